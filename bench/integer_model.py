"""The integer model: tokens a second, the trace's cost, what a judged step costs at full size.

Beside it the same shape in float32 with numpy (``bench.float_twin``); BLAS takes the threads that
``OPENBLAS_NUM_THREADS`` allows, the integer runtime one.

What the trace costs, measured twice: ``trace_overhead`` is the processor time of runs with it over
that of runs without, in turns; ``trace_work`` the time spent on it within runs over the rest, which
neighbours on the machine disturb less. Beside the small trained model: four layers of width 1,024
and one layer of width 4,096 with random weights, which say something of speed alone. Their
vocabulary has 256 tokens, so nearly all of a token's time goes into the layers: a whole model,
whose head is traced by one leaf, pays a smaller share. Target: 2 %. Every step of a model of width
4,096 with 32 layers should stay below 16 KiB and 1 ms.
"""

import contextlib
import functools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np

from bench.float_twin import FloatTwin
from bench.result import Result, median_seconds
from miner.exact.convert import convert
from miner.exact.execution import ExactRequest, Execution
from miner.exact.fast import FastRuntime
from miner.exact.model import Layout, Model, write_head
from miner.exact.prover import Prover
from miner.exact.trace_leaves import LeafQueue
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
TURNS = 9
WIDE = (("layers4_width1024", 4, 1024, 16, 24), ("layer1_width4096", 1, 4096, 32, 8))
FEED_FORWARD = {1024: 4096, 4096: 8128}
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
        small = convert(SMALL, Path(folder) / "small.aitbcm")
        yield from _compare("small", small, 60, (1, 8, 32))
    for name, layers, width, heads, tokens in WIDE:
        model = _random_model(layers, width, heads)
        yield from _compare(name, model, tokens, (1, 8, 32))


def _compare(name: str, model: Model, tokens: int, batches: tuple[int, ...]) -> Iterator[Result]:
    """Measure tokens a second, and what the trace adds."""
    runtime, twin = FastRuntime(model), FloatTwin(model.manifest)
    for batch in batches:
        asked = [ExactRequest(prompt=(3, 5, 7), options=Options(tokens_max=tokens))] * batch
        runs = [functools.partial(runtime.run, asked, trace=trace) for trace in (False, True)]
        plain, traced, overhead, work = _in_turns(*runs)
        inexact = median_seconds(functools.partial(twin.run, (3, 5, 7), tokens, batch))
        case = f"model={name},batch={batch}"
        for kind, seconds in (("tokens", plain), ("traced_tokens", traced)):
            rate = tokens * batch / seconds
            yield Result(name=f"integer_model::{kind}/{case}", value=rate, unit="tokens/s")
        rate = tokens * batch / inexact
        yield Result(name=f"integer_model::float_tokens/{case}", value=rate, unit="tokens/s")
        ratio = inexact / plain
        yield Result(name=f"integer_model::exact_over_float/{case}", value=ratio, unit="x")
        for kind, share in (("trace_overhead", overhead), ("trace_work", work)):
            name_of = f"integer_model::{kind}/{case}"
            yield Result(name=name_of, value=100 * share, unit="%", target="<= 2")


def _in_turns(
    plain: Callable[[], object], traced: Callable[[], object]
) -> tuple[float, float, float, float]:
    """Return median seconds of both, the overhead in processor time, the share of trace's work."""
    rows: list[tuple[float, ...]] = []
    plain(), traced()
    for _ in range(TURNS):
        wall, busy = [time.perf_counter()], [time.process_time()]
        for run in (plain, traced):
            run()
            wall.append(time.perf_counter())
            busy.append(time.process_time())
        rest = (busy[2] - busy[1]) / (busy[1] - busy[0]) - 1
        with _timed_trace() as spent:
            began = time.perf_counter()
            traced()
            whole = time.perf_counter() - began
        work = sum(spent) / (whole - sum(spent))
        rows.append((wall[1] - wall[0], wall[2] - wall[1], rest, work))
    seconds = [statistics.median(column) for column in zip(*rows, strict=True)]
    return seconds[0], seconds[1], seconds[2], seconds[3]


@contextlib.contextmanager
def _timed_trace() -> Iterator[list[float]]:
    """Collect the seconds of every call that only the trace needs."""
    spent: list[float] = []
    names = ("add", "add_sample", "flush", "flush_rows")
    before = {name: getattr(LeafQueue, name) for name in names}
    is_inside = False

    def timed(method):
        def call(*values):
            nonlocal is_inside
            if is_inside:  # add flushes
                return method(*values)
            is_inside, began = True, time.perf_counter()
            result = method(*values)
            spent.append(time.perf_counter() - began)
            is_inside = False
            return result

        return call

    for name in names:
        setattr(LeafQueue, name, timed(before[name]))
    try:
        yield spent
    finally:
        for name in names:
            setattr(LeafQueue, name, before[name])


def _random_model(layers: int, width: int, heads: int) -> Model:
    manifest = Manifest(
        vocabulary=256, layers=layers, d_model=width, heads=heads, kv_heads=heads,
        head_dim=width // heads, d_ff=FEED_FORWARD[width], context_max=256, activation_max=2047,
        tied=False, epsilon=1, embed_shift=20, final_shift=20, head_shift=30,
        layer_bytes=encode_layers(
            [LayerShifts(20, 30, 30, 30, 30, 40, 20, 30, 30, 17, 30, 1 << 29)] * layers
        ),
    )  # fmt: skip
    layout, head = Layout(manifest), np.frombuffer(write_head(manifest), np.uint8)
    data = np.random.default_rng(0).integers(0, 256, layout.size, np.uint8)
    data[: len(head)] = head
    data[layout.vectors + int(layout.vector_offsets[-1]) : layout.tiles] = 0
    return Model(data)


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
