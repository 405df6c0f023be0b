"""A chain on which every contract is in the middle of something: the state that attacks run on."""

from dataclasses import replace

import numpy as np

from contracts.chain.v1.contract import SUPPLY_SLOT
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ArbitrationStatus, ChallengeStatus, Fault, Phase
from contracts.governance.v1.messages import Change
from contracts.marketplace.v2.messages import ServiceTerms
from contracts.places import (
    DISPUTES_ADDRESS,
    GOVERNANCE_ADDRESS,
    GUARDIAN_ADDRESS,
    RECEIPTS_ADDRESS,
    RUNTIME_ADDRESS,
    TREASURY_ADDRESS,
)
from primitives.abi import encode_call
from primitives.keccak import keccak256
from primitives.matmul_dispute import MatmulJob
from primitives.types import U256_MAX
from tests.unit.contracts import compute_world, governance_world, guardian_world, messaging_world
from tests.unit.contracts import staking_world as staking
from tests.unit.contracts.compute_world import (
    AIT,
    CHALLENGER,
    CLIENT,
    MINER,
    compute,
    compute_chain,
)
from tests.unit.contracts.disputes_world import send as disputes_call
from tests.unit.contracts.guardian_world import (
    ADD_KEY,
    AGENT,
    ALLOW,
    APPROVE_HASH,
    DAY,
    GUARDIANS,
    KEY,
    LOCK,
    NATIVE,
    NEW_OWNER,
    OWNER,
    ROTATE,
    STRANGER,
    TARGET,
    TOKEN,
)
from tests.unit.contracts.lease_world import LeaseDesk, order_terms
from tests.unit.contracts.memory_context import block_at
from tests.unit.contracts.staking_world import account, key_address

OPERATORS = tuple(account(100 + number) for number in range(1, 6))
VALIDATORS = tuple(key_address(number) for number in range(1, 6))
DELEGATORS = tuple(account(number) for number in (11, 12, 13))
CREATOR, AUTHOR, READER, DEPUTY, MODERATOR = messaging_world.PARTIES[:5]
HASH = b"\x33" * 32
NOBODY = account(999)
"""Holds money and nothing else: no stake, no vault, no message, no job."""
V1, V2 = messaging_world.V1, messaging_world.V2
LEVELS = ServiceTerms(
    response_seconds=100, availability_bps=9_000, credit_bps=2_000, notice_seconds=0,
    interruption_seconds=1_000,
)  # fmt: skip
CODE = b"\xc0" * 32


class BusyWorld(guardian_world.World):
    """All contracts, each with open business; a vault with everything in it comes first."""

    def __init__(self, version: str = V1):
        self.chain = chain = compute_chain()
        chain.block = block_at(1_000_000)
        self.token = chain.foreign[TOKEN] = guardian_world.Token()
        chain.foreign[TARGET] = self.target
        self.calls: list[tuple[bytes, int, bytes]] = []
        self.answer = b"done"
        parties = (OWNER, AGENT, STRANGER, KEY, NEW_OWNER, *GUARDIANS, *OPERATORS, *VALIDATORS)
        natives = (GOVERNANCE_ADDRESS, RECEIPTS_ADDRESS, DISPUTES_ADDRESS)
        for who in (*parties, *DELEGATORS, NOBODY, *natives):
            chain.balances[who] = 100_000 * AIT
        self.vault = self.create()
        chain.balances[self.vault] = 5_000 * AIT
        self._fill_vault()
        self._fill_staking()
        self._fill_forum(version)
        self._fill_market(version)
        self._fill_batches()
        self._fill_disputes()
        self._fill_governance()
        chain.balances[TREASURY_ADDRESS] = 5_000 * AIT
        chain.storage[RUNTIME_ADDRESS, SUPPLY_SLOT] = chain.supply

    def _fill_vault(self) -> None:
        self.limit_token()
        self.change_now(ALLOW, TARGET, b"abcd", 10, 10)
        self.add_key((NATIVE, 10, 20, 30, 40), (TOKEN, 10, 20, 30, 40))
        approval = self.number(OWNER, APPROVE_HASH, self.vault, HASH, NATIVE, 5)
        self.pass_time(LOCK)
        self.execute(approval)
        self.operations = (
            self.queue(),
            self.number(OWNER, APPROVE_HASH, self.vault, HASH, TOKEN, 5),
        )
        self.changes = (
            self.number(OWNER, ROTATE, self.vault, GUARDIANS[::-1]),
            self.number(OWNER, ADD_KEY, self.vault, STRANGER, DAY, ()),
        )
        self.pass_time(LOCK)

    def _fill_staking(self) -> None:
        """Leave a candidate, delegations, unbondings, a redelegation and a slash in its queue."""
        chain = self.chain
        staking.register(chain, OPERATORS[4], 5, 2_000 * AIT)
        for delegator in DELEGATORS:
            staking.act(chain, delegator, "delegate", VALIDATORS[0], value=1_500 * AIT)
            staking.act(chain, delegator, "delegate", VALIDATORS[2], value=100 * AIT)
        staking.next_epoch(chain)
        self.epoch, self.members = chain.block.epoch, staking.current_set(chain)
        staking.act(chain, DELEGATORS[0], "undelegate", VALIDATORS[2], 50 * AIT)
        staking.act(chain, DELEGATORS[1], "redelegate", VALIDATORS[2], VALIDATORS[1], 40 * AIT)
        staking.act(chain, OPERATORS[3], "undelegate", VALIDATORS[3], U256_MAX)

    def _fill_forum(self, version: str) -> None:
        chain, w = self.chain, messaging_world
        w.grant(chain, MODERATOR)
        for title in ("one", "two"):
            w.open_topic(chain, title=title, tags=("t",))
        w.deputize(chain)
        w.post(chain, kind=w.QUESTION)
        w.post(chain, READER, kind=w.ANSWER, parent=1)
        w.edit(chain, 1, "changed")
        w.vote(chain, READER, 1, 1)
        w.ban(chain, DEPUTY, account(7), 1)
        w.send(chain, READER, "registerKey(bytes32)", b"\x01" * 32)
        w.send(chain, AUTHOR, "sendSealed(address,bytes)", READER, b"x" * 80, value=80 * w.FEE)
        if version == V2:
            assert w.migrate(chain, V1, V2)
            w.send(chain, AUTHOR, "acceptAnswer(uint64)", 2)

    def _fill_market(self, version: str) -> None:
        """Leave one job of each kind: open, leased, and submitted with its receipt open."""
        chain = self.chain
        compute_world.become_miner(chain, bond=100 * AIT)
        self.jobs = tuple(compute_world.post(chain) for _ in range(3))
        for job in self.jobs[1:]:
            compute_world.take(chain, job)
        self.work = compute(chain, self.jobs[2])
        self.leased = compute(chain, self.jobs[1])
        compute_world.submit(chain, self.work)
        self._fill_leases(version)

    def _fill_leases(self, version: str) -> None:
        """Leave an order of each kind, and leases proposed, active, settled and of two clients."""
        client, miner, other = CLIENT, MINER, account(9)
        self.desk = desk = LeaseDesk(self.chain)
        desk.send(miner, "setSealingKey", HASH)
        self.offer = desk.offer(miner)
        self.order, self.auction, self.bidden = (
            desk.order(client),
            *(desk.auction(client) for _ in range(2)),
        )
        desk.bid(self.bidden, miner, 100)
        self.proposal, self.settled, self.convicting, self.lease = (
            desk.send(who, "takeOffer", desk.order(who), self.offer)
            for who in (client, client, other, client)
        )
        for lease in (self.settled, self.convicting, self.lease):
            desk.send(miner, "acceptLease", lease)
        desk.pay(self.settled, 1, 1)
        self.serving = bytes(32)
        if version == V2:
            assert desk.migrate(V1, V2)
            desk.send(miner, "promiseService", self.offer, LEVELS)
            terms = order_terms()
            value = terms.units_max * terms.unit_price_max
            order = desk.send(client, "postOrderWithService", terms, LEVELS, value=value)
            self.serving = desk.send(client, "takeOffer", order, self.offer)
            desk.send(miner, "acceptLease", self.serving)

    def _fill_batches(self) -> None:
        """Leave two anchored batches, the second with an open demand."""
        anchor = "anchorBatch(bytes32,uint32,uint128)"
        demand = "demandLeaf(uint64,uint32,bytes32)"
        calls = [encode_call(anchor, HASH, 3, 10**18)] * 2
        calls.append(encode_call(demand, 2, 0, bytes(32)))
        values = (100 * AIT, 100 * AIT, AIT + AIT // 20)
        for data, value in zip(calls, values, strict=True):
            self.chain.transact(STRANGER, RECEIPTS_ADDRESS, data, value)
        self.batch, self.demand = 1, 1

    def _fill_disputes(self) -> None:
        """Leave a challenge that is only committed, a game in each phase, and a panel.

        Games and arbitration are written, as the marketplace's leases are not there yet.
        """
        chain = self.chain
        contract = Disputes(chain.context(DISPUTES_ADDRESS))
        word = b"\x01" * 32
        for _ in range(5):
            disputes_call(chain, CHALLENGER, "commitChallenge", word, value=2 * AIT)
        rng = np.random.default_rng(5)
        shape = {"low": -128, "high": 128, "dtype": np.int8}
        self.product = MatmulJob(
            rng.integers(size=(128, 64), **shape), rng.integers(size=(64, 64), **shape)
        )
        root = self.product.trace_root
        self.disputed = replace(
            self.leased.claim, trace_root=root, response_hash=root,
            request_hash=self.product.spec.request_hash(), units=self.product.spec.macs,
        )  # fmt: skip
        for place, phase in enumerate((Phase.TRACE, Phase.REVEAL, Phase.CHOOSE, Phase.MICRO_ROOT)):
            self._write_game(contract, place + 2, phase)
        judges = (STRANGER, NEW_OWNER, NOBODY, DELEGATORS[0])
        for judge in judges:
            disputes_call(chain, judge, "registerArbitrator", value=200 * AIT)
        disputes_call(chain, DELEGATORS[0], "leaveArbitration")
        court = contract.arbitrations[1]
        contract.arbitration_total = 1
        court.opener, court.client, court.miner = CLIENT, CLIENT, MINER
        court.status, court.round = ArbitrationStatus.VOTING, 1
        court.commit_seconds = court.reveal_seconds = DAY
        court.seat_stake = 10 * AIT
        court.voting.stamp(chain.block)
        for judge in judges[:3]:
            seat = court.seats.grow()
            seat.arbitrator = judge
            contract.arbitrator_records[judge].locked = 10 * AIT

    def _write_game(self, contract: Disputes, number: int, phase: Phase) -> None:
        """Write a game about the product that waits for a move."""
        product, challenge = self.product, contract.challenges[number]
        challenge.status, challenge.fault = ChallengeStatus.OPEN, Fault.WRONG_TILE
        challenge.receipt_hash = self.disputed.struct_hash()
        challenge.case_id = self.disputed.lease_id
        contract.cases[self.disputed.lease_id].open_ids.push(number)
        game = contract.games_by_id[number]
        game.accused, game.phase, game.stage = MINER, phase, 1
        game.adjudicator, game.leaves = 2, len(product.levels[0])
        game.move_seconds = game.game_seconds = 30 * DAY
        game.turn.stamp(self.chain.block)
        game.level, game.node = len(product.levels) - 1, product.trace_root
        game.revealed = keccak256(b"".join(product.levels[0]))
        game.opening_hash = keccak256(product.opening())
        game.leaf, game.leaf_hash = 1, product.levels[0][1]

    def _fill_governance(self) -> None:
        chain, g = self.chain, governance_world
        chain.advance(2)
        change = Change(GUARDIAN_ADDRESS, "expirySeconds", 14 * DAY, 13 * DAY)
        self.proposals = (
            g.propose_change(chain, change, sender=OPERATORS[0], target=GUARDIAN_ADDRESS),
            g.propose(chain, OPERATORS[1], target=GUARDIAN_ADDRESS, new="1.1.0", code_hash=CODE),
        )
        g.vote(chain, DELEGATORS[0], 1, 1)
        g.ready(chain, OPERATORS[0], "1.1.0", CODE, GUARDIAN_ADDRESS)
        chain.advance(2)
        staking.double_sign(chain, 3, DELEGATORS[2], epoch=self.epoch, members=self.members)
        assert staking.see(chain, "slashQueue", 0, 10)

    def snapshot(self) -> tuple:
        chain = self.chain
        return (
            dict(chain.storage), dict(chain.balances), dict(chain.foreign), list(chain.logs),
            chain.block, chain.minted, chain.burnt, list(self.calls), list(self.token.moved),
        )  # fmt: skip

    def restore(self, saved: tuple) -> None:
        chain = self.chain
        storage, balances, foreign, logs, chain.block, chain.minted, chain.burnt = saved[:7]
        chain.storage, chain.balances = dict(storage), dict(balances)
        chain.foreign, chain.logs = dict(foreign), list(logs)
        self.calls[:], self.token.moved[:] = saved[7], saved[8]
        chain.transient = {}
        chain.active.forget()
