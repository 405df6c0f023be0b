"""Tiny models, and bisection games over their executions, for the tests of the integer model."""

import dataclasses
import functools
import json
import tempfile
from pathlib import Path

import numpy as np

from miner.exact.convert import convert
from miner.exact.execution import ExactRequest, Execution, commit
from miner.exact.model import Model
from miner.exact.prover import Memory, Prover, expected_leaves, known_levels
from miner.exact.reference import ReferenceRuntime
from miner.exact.train import initial_weights
from primitives.compute import ComputeReceipt
from primitives.errors import DecodeError
from primitives.integer_model.adjudicator import IntegerModelAdjudicator
from primitives.integer_model.manifest import leaf_hash
from primitives.integer_model.program import Place, Program
from primitives.integer_model.request import Options
from primitives.integer_model.steps import Step
from primitives.integer_model.trace import VOID, Header, header_leaf, leaf_place
from primitives.merkle import merkle_levels
from primitives.types import Address, Hash32

JUDGE = IntegerModelAdjudicator()
SALT = bytes(range(32))
DELIVERED = b"an answer"
ROUND = 4
ZERO = Hash32(bytes(32))

TINY = {
    "hidden_size": 64, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2,
    "num_key_value_heads": 2, "head_dim": 32, "max_position_embeddings": 96, "vocab_size": 100,
    "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": True, "hidden_act": "silu",
}  # fmt: skip
SHAPES = {
    "tiny": TINY,
    "grouped": {**TINY, "hidden_size": 128, "num_key_value_heads": 1, "head_dim": 64,
                "intermediate_size": 192, "tie_word_embeddings": False, "hidden_act": "gelu_new"},
    "wide heads": {**TINY, "num_key_value_heads": 1, "head_dim": 128, "num_hidden_layers": 1},
    "one layer": {**TINY, "num_hidden_layers": 1, "vocab_size": 64},
    "many chunks": {**TINY, "hidden_size": 1152, "num_hidden_layers": 1, "num_key_value_heads": 18,
                    "num_attention_heads": 18, "head_dim": 64},
}  # fmt: skip


def write_checkpoint(folder: Path, config: dict, seed: int = 0) -> Path:
    from safetensors.numpy import save_file

    rng = np.random.default_rng(seed)
    weights = initial_weights(config, config["vocab_size"], rng)
    weights["model.embed_tokens.weight"] *= 4
    if not config["tie_word_embeddings"]:
        shape = (config["vocab_size"], config["hidden_size"])
        weights["lm_head.weight"] = (rng.standard_normal(shape) * 0.3).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, str(folder / "model.safetensors"))
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@functools.cache
def tiny_model(shape: str = "tiny", seed: int = 0) -> Model:
    with tempfile.TemporaryDirectory() as folder:
        source = write_checkpoint(Path(folder), SHAPES[shape], seed)
        model = convert(source, source / "model.aitbcm")
        return Model(np.array(model._data))


@functools.cache
def reference(shape: str = "tiny") -> ReferenceRuntime:
    return ReferenceRuntime(tiny_model(shape))


def ask(*prompt: int, **options) -> ExactRequest:
    return ExactRequest(prompt=prompt, options=Options(**{"tokens_max": 3, **options}))


@functools.cache
def honest(request: ExactRequest, shape: str = "tiny") -> Execution:
    return reference(shape).run([request], keep=True)[0]


def make_receipt(model: Model, request_hash, response_hash, trace_root) -> ComputeReceipt:
    nobody = Address(bytes(20))
    return ComputeReceipt(
        job_id=ZERO, lease_id=ZERO, seq=1, miner=nobody, client=nobody, model_root=model.root,
        request_hash=request_hash, response_hash=response_hash, trace_root=trace_root,
        fingerprint=ZERO, unit_kind=1, units=1, unit_price=1, started_at=1, ended_at=2,
        beacon=ZERO, attestation=ZERO, flags=0,
    )  # fmt: skip


class Miner:
    """A miner's receipt and what he answers. ``payloads`` are those of each leaf behind the header.

    ``tamper`` maps (leaf, micro) to another payload; what follows is computed from it, so that
    nothing else is wrong. ``outputs`` forces the number of generated tokens.
    """

    def __init__(self, request, *, shape="tiny", tamper=None, outputs=None, claims=None):
        self.model = tiny_model(shape)
        tamper = dict(tamper or {})
        outputs = outputs or len(honest(request, shape).tokens)
        self.header = Header(
            prompt_count=len(request.prompt), output_count=outputs, options=request.options
        )
        self.payloads = []
        done = Execution(request=request)
        self.prover = Prover(self.model, done, [], SALT, header=self.header)
        layers = self.model.manifest.layers
        for leaf in range(1, 1 + self.header.positions * layers + outputs):
            position, layer = leaf_place(self.model.manifest, self.header, leaf)
            payloads = self._run_leaf(leaf, Place(self.model.manifest, position, layer), tamper)
            self.payloads.append(payloads)
            if layer == layers:
                done.tokens.append(int.from_bytes(payloads[-1][8:12], "big"))
            else:
                self._keep(done, Program(Place(self.model.manifest, position, layer)), payloads)
            done.leaves.append(leaf_hash(payloads[-1]))
        self.prover.done = done
        claimed = Execution(request=request, tokens=claims or done.tokens, leaves=done.leaves)
        committed = commit(self.model.root, claimed, SALT, DELIVERED)
        self.prover = Prover(
            self.model, done, committed.levels, SALT, header=self.header, delivered=DELIVERED
        )
        if claims:
            from primitives.integer_model.request import response_leaves

            self.prover.answered = merkle_levels(response_leaves(SALT, claims, DELIVERED))
        self.trace = committed.levels
        self.receipt = make_receipt(
            self.model, committed.request_hash, committed.response_hash, committed.trace_root
        )

    def _run_leaf(self, leaf, place, tamper):
        payloads = []
        program = Program(place)
        step = Step(program, self.header, Memory(self.prover, program, payloads))
        for micro in range(program.count):
            right = step.payload(micro)
            found = tamper.get((leaf, micro), right)
            payloads.append(found(right) if callable(found) else found)
        return payloads

    def _keep(self, done, program, payloads):
        def part(name, dtype):
            start, count = program.phases[name]
            return np.frombuffer(b"".join(payloads[start : start + count]), dtype=dtype)

        if program.place.layer == 0:
            done.outs.append(
                np.empty((self.model.manifest.layers, self.model.manifest.d_model), "<i4")
            )
            done.rows.append(
                np.empty((self.model.manifest.layers, 2 * self.model.manifest.kv_width), "<i2")
            )
        done.outs[-1][program.place.layer] = part("x_out", "<i4")
        done.rows[-1][program.place.layer] = np.concatenate([part("k", "<i2"), part("v", "<i2")])

    def micro_levels(self, leaf):
        if leaf == 0:
            return [[self.trace[0][0]]]
        return merkle_levels([leaf_hash(p) for p in self.payloads[leaf - 1]])


def descend(miner_levels, own_leaves, target=0):
    """Play one stage; return (leaf, revealed nodes, rounds).

    The challenger knows his leaves only. Where nothing differs, he goes for ``target``.
    """
    count = len(miner_levels[0])
    own = merkle_levels(own_leaves)
    height, index = len(miner_levels) - 1, 0
    revealed = {(height, 0): miner_levels[-1][0]}
    rounds = 0
    while height:
        down = max(0, height - ROUND)
        first, last = index << (height - down), (index + 1) << (height - down)
        shown = miner_levels[down][first:last]
        assert merkle_levels(list(shown))[-1][0] == miner_levels[height][index]
        for i, node in enumerate(shown):
            revealed[down, first + i] = node
        wrong = [i for i, node in enumerate(shown) if own[down][first + i] != node]
        choice = wrong[0] if wrong else (target >> down) - first
        height, index, rounds = down, first + choice, rounds + 1
    assert index < count
    return index, revealed, rounds


@dataclasses.dataclass
class Verdict:
    convicted: bool
    leaf: int = -1
    phase: str = ""
    rounds: int = 0
    why: str = ""


def play(miner: Miner, own: Execution) -> Verdict:
    """A challenger with an honest execution plays a whole game against a miner."""
    receipt, opening = miner.receipt, miner.prover.opening()
    try:
        count = JUDGE.check_opening(receipt, opening)
    except DecodeError as error:
        return Verdict(convicted=True, why=str(error))
    assert count == len(miner.trace[0])
    model, header = miner.model, miner.header
    first = header_leaf(header, receipt.model_root, receipt.request_hash, receipt.response_hash)
    expected = expected_leaves(model.manifest, first, own, header)
    void = leaf_hash(VOID)
    target = expected.index(void) if void in expected else 0
    leaf, revealed, rounds = descend(miner.trace, expected, target)
    trace = known_levels(count, expected[:leaf], revealed)
    challenger = Prover(model, own, trace, SALT, header=header)
    levels = miner.micro_levels(leaf)
    try:
        JUDGE.check_micro_root(
            receipt, opening, leaf, miner.trace[0][leaf], levels[-1][0],
            miner.prover.root_witness(leaf, levels),
        )  # fmt: skip
    except DecodeError as error:
        return Verdict(convicted=True, leaf=leaf, why=str(error))
    assert JUDGE.micro_count(receipt, opening, leaf) == len(levels[0])
    payloads = challenger.micro_payloads(leaf) if leaf else []
    mine = [leaf_hash(p) for p in payloads] or [miner.trace[0][0]]
    micro, shown, more = descend(levels, mine)
    known = known_levels(len(mine), mine[:micro], shown)
    witness = challenger.step_witness(leaf, micro, payloads, known)
    right = JUDGE.right_output(receipt, opening, leaf, micro, levels[-1][0], witness)
    phase = challenger.program(leaf).locate(micro)[0] if leaf else "header"
    return Verdict(
        convicted=right != levels[0][micro], leaf=leaf, phase=phase, rounds=rounds + more
    )
