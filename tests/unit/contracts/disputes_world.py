"""A chain with disputes: leases, signed receipts, challenges, and both sides of a game.

``disputes_chain`` alone knows that marketplace and receipts are stand-ins.
"""

import hashlib
from dataclasses import dataclass, field, replace

from bench.histories.dispute_desks import BatchDesk, LeaseDesk, write_row
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import Fault
from contracts.framework.clock import blocks_in
from contracts.framework.messages import message_codec
from contracts.framework.types import struct_type
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.places import DISPUTES_ADDRESS, MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.claim_messages import BatchInfo, ClaimInfo
from contracts.receipts.v1.messages import ReceiptData
from contracts.runtime import Registry
from primitives.abi import decode, encode, encode_call
from primitives.compute import KIND_INTEGER_MODEL, UNIT_TOKENS, ComputeReceipt
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.keys import sign
from primitives.merkle import merkle_levels, merkle_path, root_from_path
from primitives.sum_tree import SumLeaf, SumNode, combine
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.memory_context import CHAIN_ID, MemoryChain, block_at
from tests.unit.contracts.staking_world import account, key_address, secret

AIT = WEI_PER_AIT
CLIENT, MINER, ALICE, BOB, CAROL, STRANGER, POSTER = (account(n) for n in range(1, 8))
OPERATOR, FORMER_OPERATOR, OTHER_KEY = 77, 78, 79
LEASE = b"\x4c" * 32
ORDER = b"\x4f" * 32
MODEL = b"\x4d" * 32
SALT = b"\x5a" * 32
ZERO = bytes(32)
ESCROW, BOND, BATCH_BOND = 400 * AIT, 1_000 * AIT, 50 * AIT
MOVE_SECONDS, GAME_SECONDS = 300, 2_000
REVEAL_SECONDS = 600
RUNTIME = 99
RECEIPT_TYPE = struct_type(ReceiptData).name
EVM_GAS = 1 << 40


def disputes_chain(**parameters: int) -> MemoryChain:
    """Return a chain with one active lease of ``MINER`` and one batch of ``POSTER``."""
    chain = MemoryChain(Registry((Disputes, LeaseDesk, BatchDesk)), block=block_at(1_000))
    chain.registry.genesis(chain.hook, {}, {"disputes": parameters})
    for number in range(1, 200):
        chain.balances[account(number)] = 1_000_000 * AIT
    desk = LeaseDesk(chain.context(MARKETPLACE_ADDRESS))
    desk.bonds[MINER] = BOND
    desk.operators[MINER][key_address(OPERATOR)] = True
    desk.former_operators[MINER][key_address(FORMER_OPERATOR)] = True
    chain.balances[MARKETPLACE_ADDRESS] = BOND
    put_lease(chain)
    return chain


def put_lease(chain: MemoryChain, lease_id: bytes = LEASE, **changes) -> None:
    """Write a lease with its escrow."""
    values = {
        "lease_id": lease_id, "order_id": ORDER, "client": CLIENT, "miner": MINER,
        "kind": KIND_INTEGER_MODEL, "classes": 5, "model_root": MODEL, "unit_kind": UNIT_TOKENS,
        "unit_price": 10**15, "units_max": 400_000, "escrow": ESCROW, "prepaid": 0, "lock": ESCROW,
        "fee_bps": 250, "status": LeaseStatus.ACTIVE, "holds": 0, "window_blocks": 100,
        "response_seconds": 600, "move_seconds": MOVE_SECONDS, "game_seconds": GAME_SECONDS,
        "adjudicator": RUNTIME, "opened_at": 1, "opened_height": 1, "deadline": 10**6,
        "client_key": ZERO, "miner_key": ZERO,
    }  # fmt: skip
    info = LeaseInfo(**values | changes)
    write_row(LeaseDesk(chain.context(MARKETPLACE_ADDRESS)).leases[lease_id], info)
    chain.balances[MARKETPLACE_ADDRESS] += info.escrow


def lease(chain: MemoryChain, lease_id: bytes = LEASE):
    return LeaseDesk(chain.context(MARKETPLACE_ADDRESS)).leases[lease_id]


def put_claim(chain: MemoryChain, window_end: int, lease_id: bytes = LEASE) -> None:
    info = ClaimInfo(
        lease_id=lease_id, receipt_hash=ZERO, seq=1, units=1, amount=1, height=1,
        window_end=window_end, batch_id=0, is_unacknowledged=False, is_settled=False,
    )  # fmt: skip
    write_row(BatchDesk(chain.context(RECEIPTS_ADDRESS)).claims[lease_id], info)


def send(chain: MemoryChain, sender: bytes, name: str, *values, value: int = 0, gas=EVM_GAS):
    """Call a method by name; returns its first result as an integer."""
    data = calldata(name, *values)
    output = chain.transact(sender, DISPUTES_ADDRESS, data, value, gas)
    return int.from_bytes(output, "big") if output else None


def calldata(name: str, *values) -> bytes:
    found = next(m for m in Disputes.methods.values() if m.name == name)
    return encode_call(found.signature, *values)


def ask(chain: MemoryChain, name: str, *values):
    """Read a view by name; a single result comes alone."""
    found = next(m for m in Disputes.methods.values() if m.name == name)
    results = decode(found.outputs, chain.read(DISPUTES_ADDRESS, calldata(name, *values)))
    return results[0] if len(results) == 1 else results


def events(chain: MemoryChain, kind: type) -> list[tuple]:
    """Return (topics without the first, data) of the events of a kind."""
    topic = message_codec(kind).hash
    return [
        (topics[1:], data)
        for address, topics, data in chain.logs
        if address == DISPUTES_ADDRESS and topics[0] == topic
    ]


def pass_seconds(chain: MemoryChain, seconds: int, *, blocks: int | None = None) -> None:
    """Let time pass with just enough blocks for it, or with so many."""
    block = chain.block
    enough = max(1, blocks_in(seconds, block.block_time_ms)) if blocks is None else blocks
    chain.block = replace(
        block,
        height=block.height + enough,
        time_ms=block.time_ms + 1000 * seconds,
        timestamp=block.timestamp + seconds,
    )


def next_block(chain: MemoryChain) -> None:
    pass_seconds(chain, 1, blocks=1)


def held(chain: MemoryChain) -> int:
    return chain.balances.get(DISPUTES_ADDRESS, 0)


def gain(chain: MemoryChain, who: bytes) -> int:
    """Return what an account has more than in the beginning."""
    return chain.balances[who] - 1_000_000 * AIT


# --- receipts ---------------------------------------------------------------------------------


def receipt(**changes) -> ComputeReceipt:
    values = {
        "job_id": ORDER, "lease_id": LEASE, "seq": 1, "miner": MINER, "client": CLIENT,
        "model_root": MODEL, "request_hash": ZERO, "response_hash": ZERO, "trace_root": ZERO,
        "fingerprint": ZERO, "unit_kind": UNIT_TOKENS, "units": 1000, "unit_price": 10**15,
        "started_at": 1, "ended_at": 2, "beacon": ZERO, "attestation": ZERO, "flags": 0,
    }  # fmt: skip
    return ComputeReceipt(**values | changes)


def data(claim: ComputeReceipt) -> tuple:
    return tuple(getattr(claim, name) for name in ComputeReceipt.__dataclass_fields__)


def signed(claim: ComputeReceipt, key: int = OPERATOR) -> bytes:
    return sign(secret(key), claim.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()


# --- batches ----------------------------------------------------------------------------------


@dataclass
class Batch:
    """An anchored batch: its leaves as (lease id, seq, receipt hash, amount)."""

    leaves: list[tuple]
    levels: list[list[SumNode]] = field(default_factory=list)

    def __post_init__(self):
        level = [SumLeaf(*leaf).node() for leaf in self.leaves]
        self.levels = [level]
        while len(level) > 1:
            pairs = [combine(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
            level = pairs + ([level[-1]] if len(level) % 2 else [])
            self.levels.append(level)

    def opening(self, index: int) -> tuple:
        path, place = [], index
        for level in self.levels[:-1]:
            if place ^ 1 < len(level):
                path.append((level[place ^ 1].hash, level[place ^ 1].total))
            place //= 2
        hashes, totals = [node for node, _ in path], [total for _, total in path]
        return (index, *self.leaves[index], hashes, totals)


def put_batch(chain: MemoryChain, batch: Batch, batch_id: int = 1, bond: int = BATCH_BOND) -> None:
    top = batch.levels[-1][0]
    info = replace(
        BatchInfo.empty(batch_id), root=top.hash, count=top.count, total=top.total, poster=POSTER,
        height=7, bond=bond,
    )  # fmt: skip
    write_row(BatchDesk(chain.context(RECEIPTS_ADDRESS)).batches[batch_id], info)
    chain.balances[RECEIPTS_ADDRESS] = chain.balances.get(RECEIPTS_ADDRESS, 0) + bond


def batch_row(chain: MemoryChain, batch_id: int = 1):
    return BatchDesk(chain.context(RECEIPTS_ADDRESS)).batches[batch_id]


# --- challenges -------------------------------------------------------------------------------


def word(value: int) -> bytes:
    return value.to_bytes(32, "big")


def commitment(subject, challenger, fault, evidence=ZERO, salt=SALT, chain_id=CHAIN_ID) -> bytes:
    kinds = ("uint256", "address", "bytes32", "address", "uint8", "bytes32", "bytes32")
    values = (chain_id, DISPUTES_ADDRESS, subject, challenger, fault, evidence, salt)
    return keccak256(encode(kinds, values))


def commit(chain, challenger, subject, fault, evidence=ZERO, *, bond=None, salt=SALT) -> int:
    """Commit and go to the next block."""
    found = commitment(subject, challenger, fault, evidence, salt)
    value = ask(chain, "parameter", "challengeBondMin") if bond is None else bond
    number = send(chain, challenger, "commitChallenge", found, value=value)
    next_block(chain)
    return number


def commit_game(chain, challenger, claim, fault=Fault.WRONG_STEP, **fields) -> int:
    return commit(chain, challenger, claim.struct_hash(), fault, **fields)


def reveal_game(
    chain, challenger, number, claim, fault=Fault.WRONG_STEP, *, value=None, key=OPERATOR
):
    if value is None:
        already = ask(chain, "challenge", number).bond
        value = max(0, ask(chain, "bondFor", claim.lease_id) - already)
    values = (number, SALT, fault, data(claim), signed(claim, key))
    send(chain, challenger, "revealGame", *values, value=value)


def start_game(chain, challenger, claim, fault=Fault.WRONG_STEP) -> int:
    number = commit_game(chain, challenger, claim, fault)
    reveal_game(chain, challenger, number, claim, fault)
    return number


def overclaim(chain, challenger, claim, number=None) -> int:
    if number is None:
        number = commit(chain, challenger, claim.struct_hash(), Fault.OVERCLAIM)
    send(chain, challenger, "revealOverclaim", number, SALT, data(claim), signed(claim))
    return number


# --- a small runtime --------------------------------------------------------------------------


def _digest(*parts: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + b"".join(parts)).digest()


def micro_output(seed: bytes, leaf: int, micro: int, before: bytes) -> bytes:
    return _digest(b"micro", seed, word(leaf), word(micro), before)


class ListAdjudicator:
    """Trace leaf i chains ``steps`` micro-steps from trace leaf i - 1; every leaf hangs on all."""

    runtime_id = RUNTIME

    def check_opening(self, claim, opening):
        leaves, _, seed = _parse(opening)
        header, path = opening[40:72], opening[72:]
        if claim.request_hash != _digest(b"request", opening[:40]) or header != _digest(seed):
            raise DecodeError("list", "another request")
        if (
            leaves < 1 << 32
            and root_from_path(
                header, 0, leaves, [path[i : i + 32] for i in range(0, len(path), 32)]
            )
            != claim.trace_root
        ):
            raise DecodeError("list", "another trace")
        return leaves

    def micro_count(self, claim, opening, leaf):
        return _parse(opening)[1]

    def check_micro_root(self, claim, opening, leaf, leaf_hash, micro_root, witness):
        steps = _parse(opening)[1]
        output, path = witness[:32], witness[32:]
        siblings = [path[i : i + 32] for i in range(0, len(path), 32)]
        if root_from_path(output, steps - 1, steps, siblings) != micro_root:
            raise DecodeError("list", "the last step is not under the root")
        if _digest(b"leaf", output) != leaf_hash:
            raise DecodeError("list", "another leaf")

    def right_output(self, claim, opening, leaf, micro, micro_root, witness):
        leaves, steps, seed = _parse(opening)
        before, path = witness[:32], witness[32:]
        siblings = [path[i : i + 32] for i in range(0, len(path), 32)]
        index, count, root = (micro - 1, steps, micro_root) if micro else (
            leaf - 1, leaves, claim.trace_root,
        )  # fmt: skip
        if root_from_path(before, index, count, siblings) != root:
            raise DecodeError("list", "the operand is not under its root")
        return micro_output(seed, leaf, micro, before)


def _parse(opening: bytes) -> tuple[int, int, bytes]:
    if len(opening) < 72:
        raise DecodeError("list", "too short")
    return int.from_bytes(opening[:4], "big"), int.from_bytes(opening[4:8], "big"), opening[8:40]


class Trace:
    """One side's execution: ``leaves`` trace leaves of ``steps`` micro-steps each.

    ``wrong`` maps (leaf, micro) to the output that this side claims there; what follows is computed
    on from it.
    """

    def __init__(self, leaves: int, steps: int, wrong: dict | None = None, seed: bytes = ZERO):
        self.steps, self.seed = steps, seed
        self.head = leaves.to_bytes(4, "big") + steps.to_bytes(4, "big") + seed
        self.outputs: list[list[bytes]] = [[]]
        trace = [_digest(seed)]
        for leaf in range(1, leaves):
            before, row = trace[-1], []
            for micro in range(steps):
                before = (wrong or {}).get((leaf, micro)) or micro_output(seed, leaf, micro, before)
                row.append(before)
            self.outputs.append(row)
            trace.append(_digest(b"leaf", before))
        self.levels = merkle_levels(trace)

    def claim(self, **changes) -> ComputeReceipt:
        return receipt(
            request_hash=_digest(b"request", self.head), trace_root=self.levels[-1][0], **changes
        )

    def opening(self) -> bytes:
        return self.head + self.levels[0][0] + b"".join(merkle_path(self.levels, 0))

    def micro_levels(self, leaf: int):
        return merkle_levels(self.outputs[leaf])

    def root_witness(self, leaf: int) -> bytes:
        levels = self.micro_levels(leaf)
        last = self.steps - 1
        return levels[0][last] + b"".join(merkle_path(levels, last))

    def step_witness(self, leaf: int, micro: int) -> bytes:
        levels, place = (self.micro_levels(leaf), micro - 1) if micro else (self.levels, leaf - 1)
        return levels[0][place] + b"".join(merkle_path(levels, place))


def descendants(levels, level: int, index: int) -> list[bytes]:
    below = max(0, level - 4)
    first = index << level - below
    return levels[below][first : first + (1 << level - below)]


def miner_move(chain, number: int, trace: Trace, claim: ComputeReceipt, sender=MINER) -> None:
    """Make the miner's next move from his own trace."""
    game = ask(chain, "game", number)
    head = (number, data(claim), trace.opening())
    if game.phase == 1:
        send(chain, sender, "openTrace", *head)
    elif game.phase == 2:
        levels = trace.levels if game.stage == 1 else trace.micro_levels(game.leaf)
        send(chain, sender, "revealNodes", number, descendants(levels, game.level, game.index))
    elif game.phase == 4:
        root = trace.micro_levels(game.leaf)[-1][0]
        send(chain, sender, "postMicroRoot", *head, root, trace.root_witness(game.leaf))
    else:
        assert game.phase == 5
        send(chain, sender, "oneStep", *head, trace.step_witness(game.leaf, game.index))


def revealed_nodes(chain, number: int, miner_trace: Trace) -> list[bytes]:
    game = ask(chain, "game", number)
    levels = miner_trace.levels if game.stage == 1 else miner_trace.micro_levels(game.leaf)
    return descendants(levels, game.level, game.index)


def leftmost_wrong(chain, number: int, own: Trace, miner_trace: Trace) -> int:
    """Return the first revealed node that an honest challenger does not find in his own trace."""
    game = ask(chain, "game", number)
    levels = own.levels if game.stage == 1 else own.micro_levels(game.leaf)
    right = descendants(levels, game.level, game.index)
    nodes = revealed_nodes(chain, number, miner_trace)
    return next(i for i, (a, b) in enumerate(zip(nodes, right, strict=True)) if a != b)


def choose(chain, number: int, miner_trace: Trace, place: int, challenger=ALICE) -> None:
    nodes = revealed_nodes(chain, number, miner_trace)
    send(chain, challenger, "choose", number, nodes, place)
