"""The integer model: tokens a second, what the trace costs, what a judged step costs at full size.

Expected: the trace costs a few per cent at a width of 1,024 and below 2 % at 4,096 (of a small
model Python's calls show); every step of a model of width 4,096 with 32 layers stays below 16 KiB
and 1 ms.
"""

import functools
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from bench.result import Result, median_seconds
from miner.exact.convert import convert
from miner.exact.execution import ExactRequest, Execution
from miner.exact.fast import FastRuntime
from miner.exact.model import Layout
from miner.exact.prover import Prover
from primitives.compute import ComputeReceipt
from primitives.integer_model.adjudicator import IntegerModelAdjudicator
from primitives.integer_model.manifest import (
    EXP_TABLE_BYTES,
    GATE_TABLE_BYTES,
    TILE_BYTES,
    LayerShifts,
    Manifest,
    ModelTree,
    encode_layers,
    leaf_hash,
)
from primitives.integer_model.request import Options, request_hash
from primitives.integer_model.trace import Header, header_leaf, layer_leaf, sample_payload
from primitives.merkle import merkle_levels
from primitives.types import ZERO_ADDRESS, ZERO_HASH

SMALL = Path(__file__).parents[1] / "miner" / "exact" / "small"
SALT = bytes(32)
STEPS_OF_A_PHASE = 9
LARGE = Manifest(
    vocabulary=32_000, layers=32, d_model=4096, heads=32, kv_heads=32, head_dim=128, d_ff=8128,
    context_max=4096, activation_max=2047, tied=False, epsilon=1, embed_shift=20, final_shift=20,
    head_shift=30,
    layer_bytes=encode_layers(
        [LayerShifts(20, 30, 30, 30, 30, 40, 20, 30, 30, 17, 30, 1 << 29)] * 32
    ),
)  # fmt: skip


def run() -> Iterator[Result]:
    yield from _tokens()
    yield from _steps(position=300)


def _tokens() -> Iterator[Result]:
    with tempfile.TemporaryDirectory() as folder:
        model = convert(SMALL, Path(folder) / "small.aitbcm")
        runtime = FastRuntime(model)
        for batch in (1, 8, 32):
            options = Options(tokens_max=60)
            asked = [ExactRequest(prompt=(3, 5, 7), options=options)] * batch
            plain, traced = (
                median_seconds(functools.partial(runtime.run, asked, trace=trace), 7)
                for trace in (False, True)
            )
            case = f"model=small,batch={batch}"
            rate = 60 * batch / plain
            yield Result(name=f"integer_model::tokens/{case}", value=rate, unit="tokens/s")
            overhead = 100 * (traced / plain - 1)
            yield Result(name=f"integer_model::trace_overhead/{case}", value=overhead, unit="%")


class LargeModel:
    """A model of full size whose tiles are all the same: its tree fits memory."""

    def __init__(self) -> None:
        self.manifest = LARGE
        self.layout = Layout(LARGE)
        rng = np.random.default_rng(0)
        sizes = {EXP_TABLE_BYTES, GATE_TABLE_BYTES, TILE_BYTES, 2 * LARGE.head_dim, 128, 256}
        self.payloads = {size: rng.bytes(size) for size in sizes}
        self.hashes = {size: leaf_hash(data) for size, data in self.payloads.items()}

    def payload(self, leaf: int) -> bytes:
        return LARGE.encode() if leaf == 0 else self.payloads[self.layout.span(leaf)[1]]

    @functools.cache  # noqa: B019
    def levels(self) -> list:
        layout = self.layout
        leaves = [leaf_hash(LARGE.encode())]
        leaves += [self.hashes[layout.span(at)[1]] for at in range(1, layout.first_tile)]
        leaves += [self.hashes[TILE_BYTES]] * (ModelTree(LARGE).count - layout.first_tile)
        return merkle_levels(leaves)


def _steps(position: int) -> Iterator[Result]:
    """Judge some steps of every phase of a late leaf, of layer 0, and of sampling."""
    model, rng = LargeModel(), np.random.default_rng(1)
    options = Options(tokens_max=8, temperature=1000, top_k=64)
    request = ExactRequest(prompt=tuple(range(position + 1)), options=options)
    done = Execution(request=request, tokens=[5])
    out = rng.integers(-90_000, 90_000, LARGE.d_model).astype(np.int32)
    row = rng.integers(-2000, 2000, 2 * LARGE.kv_width).astype(np.int16)
    done.outs = [np.broadcast_to(out, (32, LARGE.d_model))] * (position + 1)
    done.rows = [np.broadcast_to(row, (32, 2 * LARGE.kv_width))] * (position + 1)
    leaves = [layer_leaf(p, at, out, row) for p in range(position + 1) for at in range(32)]
    leaves.append(leaf_hash(sample_payload(position, 32, 5)))
    header = Header(prompt_count=position + 1, output_count=1, options=options)
    asked, root = request_hash(SALT, request.prompt, options), model.levels()[-1][0]
    trace = merkle_levels([header_leaf(header, root, asked, ZERO_HASH), *leaves])
    receipt = ComputeReceipt(
        job_id=ZERO_HASH, lease_id=ZERO_HASH, seq=1, miner=ZERO_ADDRESS, client=ZERO_ADDRESS,
        model_root=root, request_hash=asked, response_hash=ZERO_HASH, trace_root=trace[-1][0],
        fingerprint=ZERO_HASH, unit_kind=1, units=1, unit_price=1, started_at=1, ended_at=2,
        beacon=ZERO_HASH, attestation=ZERO_HASH, flags=0,
    )  # fmt: skip
    prover = Prover(model, done, trace, SALT)  # type: ignore[arg-type]
    worst: dict[str, SimpleNamespace] = {}
    for leaf in (1 + 32 * position, 1 + 32 * position + 31, len(leaves)):
        began = time.perf_counter()
        payloads = prover.micro_payloads(leaf)
        spent = time.perf_counter() - began
        levels = merkle_levels([leaf_hash(payload) for payload in payloads])
        place = prover.program(leaf).place
        case = f"d=4096,layer={place.layer},steps={len(payloads)}"
        yield Result(name=f"integer_model::prove_leaf/{case}", value=spent, unit="s")
        _judge(prover, receipt, leaf, payloads, levels, worst)
    opening = len(prover.opening())
    yield Result(name="integer_model::opening/d=4096", value=opening, unit="bytes")
    for phase, found in worst.items():
        case = f"d=4096,phase={phase}"
        yield Result(name=f"integer_model::witness/{case}", value=found.size, unit="bytes")
        yield Result(name=f"integer_model::step/{case}", value=found.ms, unit="ms", target="<= 1")


def _judge(prover, receipt, leaf, payloads, levels, worst) -> None:
    judge, opening = IntegerModelAdjudicator(), prover.opening()
    program = prover.program(leaf)
    for phase, (start, count) in program.phases.items():
        for at in {start + count * i // STEPS_OF_A_PHASE for i in range(STEPS_OF_A_PHASE)}:
            if not count:
                continue
            witness = prover.step_witness(leaf, at, payloads, levels)
            call = functools.partial(
                judge.right_output, receipt, opening, leaf, at, levels[-1][0], witness
            )
            assert call() == levels[0][at]
            seen = worst.setdefault(phase, SimpleNamespace(size=0, ms=0.0))
            seen.size = max(seen.size, len(witness))
            seen.ms = max(seen.ms, 1e3 * median_seconds(call, 5))
