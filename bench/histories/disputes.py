"""Disputes: games to both ends, frauds of receipts and batches, arbitrators and a panel.

Marketplace and receipts are stand-ins: their own time is measured in their own histories.
"""

from dataclasses import replace
from typing import Any

import numpy as np

from bench.histories.dispute_desks import BatchDesk, LeaseDesk, write_row
from bench.histories.world import AIT, World, account, key_address, secret
from bench.memory_host import CHAIN_ID, MemoryHost, block_at
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import Fault, Phase
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.places import MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.claim_messages import BatchInfo
from contracts.runtime import Registry
from primitives.compute import KIND_LLM, KIND_MATMUL, UNIT_MACS, ComputeReceipt
from primitives.keys import sign
from primitives.matmul_dispute import MatmulJob, micro_levels
from primitives.merkle import count_at
from primitives.sum_tree import SumLeaf, SumNode, combine
from primitives.types import Address, Hash32

CLIENT, MINER, ALICE, BOB, CAROL = (account(number) for number in range(1, 6))
OPERATOR_KEY, MOVE, GAME = 77, 300, 4_000
DP = "disputes"
ZERO, SALT = Hash32(bytes(32)), b"\x5a" * 32
SIDE, DEPTH = 256, 256
ARBITRATORS = 128


class DisputeWorld(World):
    """Disputes between two desks; leases and batches are written, not made."""

    def __init__(self) -> None:
        self.host = MemoryHost(Registry((Disputes, LeaseDesk, BatchDesk)), block_at(1_000))
        self.host.registry.genesis(self.host.hook, {})
        self.host.active.forget()
        for number in range(1, 300):
            self.host.balances[account(number)] = 1_000_000 * AIT
        rng = np.random.default_rng(1)
        a = rng.integers(-128, 128, (SIDE, DEPTH), dtype=np.int8)
        b = rng.integers(-128, 128, (DEPTH, SIDE), dtype=np.int8)
        self.job = MatmulJob(a, b)
        self.leases = 0
        self.batches = 0

    def lease(self, kind: int = KIND_MATMUL) -> bytes:
        """Write a lease of the miner, whose bond is full again."""
        self.leases += 1
        lease_id = bytes((self.leases,)) * 32
        desk = LeaseDesk(self.host.hook(MARKETPLACE_ADDRESS))
        desk.bonds[MINER] = 1_000 * AIT
        desk.operators[MINER][key_address(OPERATOR_KEY)] = True
        info = LeaseInfo(
            lease_id=lease_id, order_id=ZERO, client=CLIENT, miner=MINER, kind=kind, classes=5,
            model_root=ZERO, unit_kind=UNIT_MACS, unit_price=10**9, units_max=self.job.spec.macs,
            escrow=40 * AIT, prepaid=0, lock=40 * AIT, fee_bps=250, status=LeaseStatus.ACTIVE,
            holds=0, window_blocks=100, response_seconds=600, move_seconds=MOVE,
            game_seconds=GAME, adjudicator=2, opened_at=1, opened_height=1, deadline=10**6,
            client_key=ZERO, miner_key=ZERO,
        )  # fmt: skip
        write_row(desk.leases[lease_id], info)
        self.host.balances[MARKETPLACE_ADDRESS] = 10_000 * AIT
        return lease_id

    def end(self, lease_id: bytes) -> None:
        """Write that a lease ended now."""
        desk = LeaseDesk(self.host.hook(MARKETPLACE_ADDRESS))
        desk.leases[lease_id].status = LeaseStatus.RECLAIMED
        desk.ended[lease_id] = self.host.block.height

    def receipt(self, lease_id: bytes, **changes: Any) -> ComputeReceipt:
        """Return the miner's receipt for the product."""
        claim = ComputeReceipt(
            job_id=ZERO, lease_id=Hash32(lease_id), seq=1, miner=Address(MINER),
            client=Address(CLIENT), model_root=ZERO, request_hash=self.job.spec.request_hash(),
            response_hash=self.job.trace_root, trace_root=self.job.trace_root, fingerprint=ZERO,
            unit_kind=UNIT_MACS, units=self.job.spec.macs, unit_price=10**9, started_at=1,
            ended_at=2, beacon=ZERO, attestation=ZERO, flags=0,
        )  # fmt: skip
        return replace(claim, **changes)

    def commit(
        self, who: bytes, subject: bytes, fault: Fault, evidence: bytes = ZERO, value: int = AIT
    ) -> int:
        """Commit to a challenge and go to the next block."""
        found = self.ask(DP, "commitmentFor", subject, who, fault, evidence, SALT)
        number: int = self.send(who, DP, "commitChallenge", found, value=value)
        self.host.advance()
        return number

    def start(self, who: bytes, claim: ComputeReceipt) -> int:
        """Begin a game."""
        number = self.commit(who, claim.struct_hash(), Fault.WRONG_TILE)
        values = (number, SALT, Fault.WRONG_TILE, data(claim), signed(claim))
        self.send(who, DP, "revealGame", *values, value=200 * AIT)
        return number

    def play(self, number: int, claim: ComputeReceipt, who: bytes, place: int) -> None:
        """Play a game of a right product to its last step."""
        job, head = self.job, (number, data(claim), self.job.opening())
        while (game := self.ask(DP, "game", number)).phase not in (Phase.STEP, Phase.OVER):
            outputs = job.partial_bands(game.leaf - 1) if game.stage == 2 else []
            levels = micro_levels(outputs) if game.stage == 2 else job.levels
            below = max(0, game.level - 4)
            first = game.index << game.level - below
            last = min(first + (1 << game.level - below), count_at(max(1, game.leaves), below))
            nodes = levels[below][first:last]
            if game.phase == Phase.TRACE:
                self.refuse(MINER, DP, "openTrace", number, data(claim), bytes(8_000))
                self.send(MINER, DP, "openTrace", *head)
            elif game.phase == Phase.REVEAL:
                self.refuse(MINER, DP, "revealNodes", number, nodes[::-1])
                self.send(MINER, DP, "revealNodes", number, nodes)
            elif game.phase == Phase.CHOOSE:
                self.send(who, DP, "choose", number, nodes, min(place, len(nodes) - 1))
            else:
                micro = micro_levels(job.partial_bands(game.leaf - 1))
                witness = job.root_witness(micro)
                self.send(MINER, DP, "postMicroRoot", *head, micro[-1][0], witness)

    def step(self, number: int, claim: ComputeReceipt) -> None:
        """Execute the last step, after a witness that is refused."""
        game = self.ask(DP, "game", number)
        outputs = self.job.partial_bands(game.leaf - 1)
        levels = micro_levels(outputs)
        witness = self.job.step_witness(game.leaf, game.index, outputs, levels)
        head = (number, data(claim), self.job.opening())
        self.refuse(BOB, DP, "oneStep", *head, bytes(16_000))
        self.send(BOB, DP, "oneStep", *head, witness)

    def batch(self, leaves: list[tuple[Any, ...]]) -> tuple[int, list[list[SumNode]]]:
        """Write a batch; returns its number and its tree."""
        self.batches += 1
        level = [SumLeaf(*leaf).node() for leaf in leaves]
        levels = [level]
        while len(level) > 1:
            level = [combine(level[i], level[i + 1]) for i in range(0, len(level), 2)]
            levels.append(level)
        top = level[0]
        info = replace(
            BatchInfo.empty(self.batches), root=top.hash, count=top.count, total=top.total,
            poster=CAROL, height=7, bond=AIT,
        )  # fmt: skip
        write_row(BatchDesk(self.host.hook(RECEIPTS_ADDRESS)).batches[self.batches], info)
        self.host.balances[RECEIPTS_ADDRESS] = 1_000 * AIT
        return self.batches, levels


def data(claim: ComputeReceipt) -> tuple[object, ...]:
    """Return a receipt as an argument."""
    return tuple(getattr(claim, name) for name in ComputeReceipt.__dataclass_fields__)


def signed(claim: ComputeReceipt) -> bytes:
    """Return the operator's signature."""
    digest = claim.digest(CHAIN_ID, Address(RECEIPTS_ADDRESS))
    return sign(secret(OPERATOR_KEY), digest).to_bytes()


def disputes_history() -> World:
    """Play it all."""
    world = DisputeWorld()
    _games(world)
    _frauds(world)
    _batches(world)
    _arbitration(world)
    world.framework_calls(DP, "gamesMax", 7)
    return world


def _games(world: DisputeWorld) -> None:
    lease_id = world.lease()
    claim = world.receipt(lease_id)
    numbers = [world.start(account(20 + place), claim) for place in range(8)]
    late = world.commit(ALICE, claim.struct_hash(), Fault.WRONG_TILE)
    world.refuse(
        ALICE, DP, "revealGame", late, SALT, Fault.WRONG_TILE, data(claim), signed(claim),
        value=2_000 * AIT,
    )  # fmt: skip
    for size in (0, 1, 4, 8):
        world.ask(DP, "games", claim.struct_hash(), 0, size)
    world.ask(DP, "caseOf", lease_id)
    world.ask(DP, "challenge", numbers[0])
    world.ask(DP, "challengeCount")
    world.ask(DP, "bondFor", lease_id)
    world.refuse(BOB, DP, "claimTimeout", numbers[7])
    world.play(numbers[7], claim, account(27), 9)
    world.step(numbers[7], claim)
    world.host.leap(MOVE)
    world.send(BOB, DP, "claimTimeout", numbers[6])
    world.host.leap(600)
    for number in numbers[:7]:
        world.send(BOB, DP, "claimReward", number)
    world.send(BOB, DP, "expireChallenge", late)


def _frauds(world: DisputeWorld) -> None:
    claim = world.receipt(world.lease(), units=world.job.spec.macs + 1)
    number = world.commit(ALICE, claim.struct_hash(), Fault.OVERCLAIM)
    stranger = sign(secret(40), claim.digest(CHAIN_ID, Address(RECEIPTS_ADDRESS))).to_bytes()
    world.refuse(ALICE, DP, "revealOverclaim", number, SALT, data(claim), stranger)
    world.send(ALICE, DP, "revealOverclaim", number, SALT, data(claim), signed(claim))
    claim = world.receipt(world.lease())
    other = replace(claim, units=5)
    number = world.commit(ALICE, claim.struct_hash(), Fault.DOUBLE_SIGNING, other.struct_hash())
    world.send(
        ALICE, DP, "revealDoubleSigning", number, SALT, data(claim), signed(claim), data(other),
        signed(other),
    )  # fmt: skip
    claim = world.receipt(world.lease())
    number = world.commit(ALICE, claim.struct_hash(), Fault.WRONG_TILE)
    back = (number, SALT, Fault.WRONG_TILE, ZERO, data(claim), signed(claim))
    world.refuse(ALICE, DP, "withdrawChallenge", *back)
    world.end(claim.lease_id)
    world.send(ALICE, DP, "withdrawChallenge", *back)


def _batches(world: DisputeWorld) -> None:
    claim = world.receipt(world.lease())
    amount = claim.units * claim.unit_price
    leaf = (claim.lease_id, 1, claim.struct_hash(), amount)
    rows = [leaf, *[(b"\xfe" * 32, seq, ZERO, 1) for seq in range(1, 1024)]]
    rows[-1] = rows[-2]

    def opening(levels: list[list[SumNode]], index: int) -> tuple[Any, ...]:
        path = [levels[i][(index >> i) ^ 1] for i in range(len(levels) - 1)]
        return (index, *rows[index], [n.hash for n in path], [n.total for n in path])

    batch, levels = world.batch(rows)
    word = batch.to_bytes(32, "big")
    asked = world.commit(BOB, word, Fault.BAD_SIGNATURE, bytes(32))
    world.send(BOB, DP, "revealBadSignature", asked, SALT, batch, opening(levels, 0), value=AIT)
    world.send(CAROL, DP, "answerSignature", asked, data(claim), signed(claim))
    evidence = (1022 << 64 | 1023).to_bytes(32, "big")
    number = world.commit(ALICE, word, Fault.DUPLICATE_LEAF, evidence)
    openings = opening(levels, 1022), opening(levels, 1023)
    world.send(ALICE, DP, "revealDuplicateLeaf", number, SALT, batch, *openings)
    rows[0] = (*leaf[:3], amount + 1)
    batch, levels = world.batch(rows)
    word = batch.to_bytes(32, "big")
    number = world.commit(ALICE, word, Fault.WRONG_SUM, bytes(32))
    values = (number, SALT, batch, opening(levels, 0), data(claim))
    late = world.commit(BOB, word, Fault.WRONG_SUM, ZERO)
    world.refuse(BOB, DP, "withdrawBatchChallenge", late, SALT, Fault.WRONG_SUM, ZERO, batch)
    world.send(ALICE, DP, "revealWrongSum", *values)
    world.send(BOB, DP, "withdrawBatchChallenge", late, SALT, Fault.WRONG_SUM, ZERO, batch)


def _arbitration(world: DisputeWorld) -> None:
    judges = [account(100 + number) for number in range(ARBITRATORS)]
    for number, judge in enumerate(judges):
        world.send(judge, DP, "registerArbitrator", value=(200 + number) * AIT)
        if number in (3, 60):
            lease_id = world.lease(KIND_LLM)
            world.host.advance()
            small = world.send(CLIENT, DP, "openArbitration", lease_id, ZERO, value=10 * AIT)
            world.host.advance(9)
            world.send(BOB, DP, "drawPanel", small)
    world.send(account(99), DP, "registerArbitrator", value=500 * AIT)
    world.refuse(account(98), DP, "registerArbitrator", value=150 * AIT)
    world.send(judges[9], DP, "addArbitratorBond", value=AIT)
    world.host.advance()
    for size in (0, 1, 50, 100):
        world.ask(DP, "arbitrators", 0, size)
    world.ask(DP, "arbitrator", judges[9])
    lease_id = world.lease(KIND_LLM)
    number = world.send(CLIENT, DP, "openArbitration", lease_id, ZERO, value=10 * AIT)
    world.send(MINER, DP, "addEvidence", number, ZERO)
    world.host.advance(9)
    world.send(BOB, DP, "drawPanel", number)
    seats = [seat.arbitrator for seat in world.ask(DP, "panel", number)]
    votes = dict(zip(seats, (0, 2_500, 2_500, 5_000, 10_000), strict=True))
    for judge, value in votes.items():
        wanted = world.ask(DP, "voteCommitment", number, judge, value, SALT)
        world.send(judge, DP, "commitVote", number, wanted)
    world.refuse(BOB, DP, "commitVote", number, ZERO)
    world.host.leap(86_400)
    for judge, value in votes.items():
        world.send(judge, DP, "revealVote", number, value, SALT)
    world.host.leap(86_400)
    world.ask(DP, "arbitration", number)
    world.ask(DP, "arbitrationOf", lease_id)
    world.ask(DP, "arbitrationCount")
    world.send(BOB, DP, "closeArbitration", number)
    world.send(account(99), DP, "leaveArbitration")
    world.refuse(account(99), DP, "withdrawArbitratorBond")
    world.host.leap(7 * 86_400)
    world.send(account(99), DP, "withdrawArbitratorBond")
