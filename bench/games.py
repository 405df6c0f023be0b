"""Whole disputes as transactions on the real contracts: rounds, gas, calldata, the last step.

A model of width 4,096 with 32 layers, 301 positions: the miner computed one micro-step of one late
leaf wrong; both sides move as ``miner.games.moves`` says. Expected: four rounds of 16 for some ten
thousand trace leaves and five for the 80,000 micro-steps of a leaf; every step below 1 ms.
"""

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from bench.contracts import Chain
from bench.integer_model import LARGE, SALT, LargeModel
from bench.result import Result
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.games import TRACE_STAGE
from contracts.disputes.v1.messages import Fault, GameInfo, Phase
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.market_messages import OfferTerms, OrderTerms
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.contract import Receipts
from miner.exact.execution import ExactRequest, Execution, commit
from miner.exact.prover import Memory, Prover
from miner.games.knowledge import (
    Defence,
    ExactDefence,
    ExactOpinion,
    Opinion,
    ProductDefence,
    ProductOpinion,
)
from miner.games.moves import Moment, Move, Revealed, Transcript, attack, defend
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_SIGNED,
    JOB_KINDS,
    KIND_INTEGER_MODEL,
    KIND_MATMUL,
    UNIT_MACS,
    UNIT_TOKENS,
    ComputeReceipt,
)
from primitives.integer_model.manifest import leaf_hash
from primitives.integer_model.request import Options
from primitives.integer_model.steps import Step
from primitives.integer_model.trace import layer_leaf, leaf_index, sample_payload
from primitives.keys import sign
from primitives.matmul_dispute import MatmulJob
from primitives.merkle import merkle_levels
from primitives.types import WEI_PER_AIT as AIT
from primitives.types import Address, Hash32

MINER, CLIENT, HUNTER, READER = 2_001, 2_002, 2_003, 2_004
POSITION, LAYER = 300, 31
PHASES = ("mix", "down_acc", "x_out")
MASK = 0x75
K = 65_535


def run() -> Iterator[Result]:
    """Play one game a phase, and one about a product."""
    model = LargeModel()
    for phase in PHASES:
        yield from _exact(model, phase)
    yield from _product()


class _Cheat(ExactDefence):
    """Answers for one leaf with payloads that were made up."""

    def __init__(self, prover: Prover, leaf: int, payloads: list[bytes]) -> None:
        super().__init__(prover)
        self._leaf = leaf, payloads, merkle_levels([leaf_hash(p) for p in payloads])


def _exact(model: LargeModel, phase: str) -> Iterator[Result]:
    done, leaf = _execution()
    trace = commit(model.levels()[-1][0], done, SALT, b"").levels
    prover = Prover(model, done, trace, SALT)  # type: ignore[arg-type]
    program = prover.program(leaf)
    right = prover.micro_payloads(leaf)
    done.leaves[leaf - 1] = leaf_hash(right[-1])
    wrong: list[bytes] = []
    step = Step(program, prover.header, Memory(prover, program, wrong))
    for micro in range(program.count):
        payload = step.payload(micro)
        spoilt = micro == program.phases[phase][0]
        wrong.append(bytes(b ^ MASK for b in payload) if spoilt else payload)
    leaves = [trace[0][0], *done.leaves]
    leaves[leaf] = leaf_hash(wrong[-1])
    assert wrong[-1] != right[-1], phase
    prover.trace = merkle_levels(leaves)
    commitments = commit(model.levels()[-1][0], done, SALT, b"")
    chain = Chain()
    receipt = _deal(
        chain, KIND_INTEGER_MODEL, UNIT_TOKENS, 1, model.levels()[-1][0], 1,
        request_hash=commitments.request_hash, response_hash=commitments.response_hash,
        trace_root=prover.trace[-1][0],
    )  # fmt: skip
    opinion = ExactOpinion(receipt, model, done, SALT)  # type: ignore[arg-type]
    case = f"d=4096,leaves={len(leaves)},steps={program.count},phase={phase}"
    yield from _play(chain, receipt, _Cheat(prover, leaf, wrong), opinion, case)


def _execution() -> tuple[Execution, int]:
    """Return an execution with the same values everywhere, and the leaf that will be disputed."""
    rng = np.random.default_rng(1)
    options = Options(tokens_max=1, temperature=1000, top_k=64)
    request = ExactRequest(prompt=tuple(range(POSITION + 1)), options=options)
    done = Execution(request=request, tokens=[5])
    out = rng.integers(-90_000, 90_000, LARGE.d_model).astype(np.int32)
    row = rng.integers(-2000, 2000, 2 * LARGE.kv_width).astype(np.int16)
    layers, count = LARGE.layers, POSITION + 1
    done.outs = [np.broadcast_to(out, (layers, LARGE.d_model))] * count
    done.rows = [np.broadcast_to(row, (layers, 2 * LARGE.kv_width))] * count
    done.leaves = [layer_leaf(p, at, out, row) for p in range(count) for at in range(layers)]
    done.leaves.append(leaf_hash(sample_payload(POSITION, layers, 5)))
    return done, leaf_index(LARGE, done.header, POSITION, LAYER)


def _product() -> Iterator[Result]:
    rng = np.random.default_rng(2)
    a = rng.integers(-128, 128, (256, K), dtype=np.int8)
    b = rng.integers(-128, 128, (K, 256), dtype=np.int8)
    right = MatmulJob(a, b)
    result = right.result.copy()
    result[200, 100] += 1
    job = MatmulJob(a, b, result)
    chain = Chain()
    receipt = _deal(
        chain, KIND_MATMUL, UNIT_MACS, 2, Hash32(b"\x0a" * 32), job.spec.macs,
        request_hash=job.spec.request_hash(), response_hash=job.trace_root,
        trace_root=job.trace_root,
    )  # fmt: skip

    def steps(leaf: int) -> list[bytes]:
        return [*right.partial_bands(leaf - 1)[:-4], *job.bands(leaf - 1)]

    case = f"n=256,k={K},leaves={job.spec.tiles + 1},steps={4 * job.spec.blocks},phase=band"
    yield from _play(
        chain, receipt, ProductDefence(job, steps), ProductOpinion(receipt, right), case
    )


def _deal(
    chain: Chain, kind: int, unit_kind: int, adjudicator: int, root: Hash32, units: int,
    **hashes: Hash32,
) -> ComputeReceipt:  # fmt: skip
    """Make a lease and the receipt of its work."""
    price = max(1, AIT // (100 * units))
    order_terms = OrderTerms(
        kind=kind, classes=CLASS_SIGNED | CLASS_CANONICAL, unit_kind=unit_kind, gpu_class=0,
        region=0, vram_mib=0, latency_ms=0, macs_per_second=0, model_root=root,
        client_key=b"\x0b" * 32, units_max=units, unit_price_max=price, prepay_units=0,
        deadline_seconds=3_600, window_blocks=600, response_seconds=60, move_seconds=60,
        game_seconds=1_800, adjudicator=adjudicator, expiry_seconds=3_600,
    )  # fmt: skip
    offer_terms = OfferTerms(
        unit_kind=unit_kind, kinds=sum(1 << number for number in JOB_KINDS), classes=15,
        gpu_class=3, gpu_count=1, region=2, vram_mib=80_000, latency_ms=50, leases_max=4,
        unit_price=price, expiry_seconds=30 * 86_400, model_roots=(root,),
    )  # fmt: skip
    miner = chain.sender(MINER)
    chain.do(MINER, Marketplace, "registerMiner", miner, "http://[::1]:1", value=100 * AIT)
    chain.do(MINER, Marketplace, "setSealingKey", b"\x0b" * 32)
    offer = chain.do(MINER, Marketplace, "postOffer", dataclasses.astuple(offer_terms), value=AIT)
    order = chain.do(
        CLIENT, Marketplace, "postOrder", dataclasses.astuple(order_terms), value=units * price
    )
    lease_id = chain.do(CLIENT, Marketplace, "takeOffer", order, offer)
    chain.do(MINER, Marketplace, "acceptLease", lease_id)
    beacon, _ = chain.do(READER, Receipts, "freshBeacon")
    zero = Hash32(bytes(32))
    return ComputeReceipt(
        job_id=Hash32(order), lease_id=Hash32(lease_id), seq=1, miner=miner,
        client=chain.sender(CLIENT), model_root=root, fingerprint=zero, unit_kind=unit_kind,
        units=units, unit_price=price, started_at=chain.seconds, ended_at=chain.seconds,
        beacon=Hash32(beacon), attestation=zero, flags=0, **hashes,
    )  # fmt: skip


def _play(
    chain: Chain, receipt: ComputeReceipt, defence: Defence, opinion: Opinion, case: str
) -> Iterator[Result]:
    """Commit, reveal, play to the verdict; yield what it took."""
    signature = sign(MINER.to_bytes(32, "big"), receipt.digest(1, Address(RECEIPTS_ADDRESS)))
    salt = b"\x5a" * 32
    found = chain.do(
        READER, Disputes, "commitmentFor", receipt.struct_hash(), chain.sender(HUNTER),
        opinion.fault, bytes(32), salt,
    )  # fmt: skip
    gas, size, sent = {MINER: 0, HUNTER: 0}, 0, 0

    def send(number: int, move: Move, value: int = 0) -> tuple[int, int, float]:
        values = tuple(_plain(value) for value in move.values)
        transaction = chain.sign((number, Disputes, move.method, values, value))
        began = time.perf_counter()
        used = chain.apply(transaction).gas_used
        spent = time.perf_counter() - began
        gas[number] += used
        chain.next_block()
        return used, len(transaction.data), spent

    _, size, _ = send(HUNTER, Move("commitChallenge", (found,)), AIT)
    head: tuple[Any, ...] = (1, salt, Fault(opinion.fault), receipt, signature.to_bytes())
    size += send(HUNTER, Move("revealGame", head))[1]
    sent, rounds, last = 2, 0, (0, 0, 0.0)
    transcript = Transcript()
    while (game := chain.do(READER, Disputes, "game", 1)).phase != Phase.OVER:
        now = Moment(seconds=chain.seconds, height=chain.height)
        number, move = _next(game, receipt, signature.to_bytes(), defence, opinion, transcript, now)
        last = send(number, move)
        size, sent, rounds = size + last[1], sent + 1, rounds + (move.method == "choose")
    assert chain.do(READER, Marketplace, "miner", chain.sender(MINER)).bond == 0
    yield Result(name=f"disputes::one_step/{case}", value=1e3 * last[2], unit="ms")
    yield Result(name=f"disputes::one_step_gas/{case}", value=last[0], unit="gas")
    yield Result(name=f"disputes::one_step_bytes/{case}", value=last[1], unit="bytes")
    yield Result(name=f"disputes::game/rounds,{case}", value=rounds, unit="rounds")
    yield Result(name=f"disputes::game/transactions,{case}", value=sent, unit="")
    yield Result(name=f"disputes::game/gas_miner,{case}", value=gas[MINER], unit="gas")
    yield Result(name=f"disputes::game/gas_challenger,{case}", value=gas[HUNTER], unit="gas")
    yield Result(name=f"disputes::game/calldata,{case}", value=size, unit="bytes")


def _next(
    game: GameInfo, receipt: ComputeReceipt, signature: bytes, defence: Defence,
    opinion: Opinion, transcript: Transcript, now: Moment,
) -> tuple[int, Move]:  # fmt: skip
    """Return who moves and how; revealed nodes go into the transcript."""
    if game.stage == TRACE_STAGE:
        transcript.leaves = game.leaves
    if game.phase in (Phase.CHOOSE, Phase.STEP):
        move = attack(game, receipt, opinion, transcript, now)
        assert move is not None, game
        return HUNTER, move
    move = defend(game, receipt, signature, defence, now)
    assert move is not None, game
    if game.phase == Phase.REVEAL:
        nodes: Any = move.values[1]
        transcript.reveals.append(Revealed(game.stage, game.level, game.index, nodes))
    return MINER, move


def _plain(value: object) -> object:
    """Return a receipt as the tuple that calldata takes."""
    if isinstance(value, ComputeReceipt) or dataclasses.is_dataclass(value):
        return tuple(getattr(value, field.name) for field in dataclasses.fields(value))
    return value
