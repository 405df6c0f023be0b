"""Lists grow, prices do not: gas per added row on the real ledger, and what hooks cost at most."""

from dataclasses import astuple, replace

import pytest

from contracts.governance.v1.messages import Kind
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v2.contract import Marketplace as MarketplaceV2
from contracts.places import (
    DISPUTES_ADDRESS,
    GOVERNANCE_ADDRESS,
    GUARDIAN_ADDRESS,
    MARKETPLACE_ADDRESS,
    MESSAGING_ADDRESS,
    STAKING_ADDRESS,
)
from contracts.staking.v1.candidates import CANDIDATES_MAX
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.registration import registration_digest
from contracts.staking.v1.slashing import POOLS_PER_BLOCK, slash
from contracts.system import SYSTEM
from evm.engine import Message
from primitives.abi import decode, encode_call
from primitives.genesis import Parameters
from primitives.keys import public_key, sign
from primitives.types import WEI_PER_AIT, Address
from state.account import Account
from state.execution import Execution
from state.genesis_block import genesis_changes
from state.ledger import Ledger
from state.native_frame import UNMETERED_GAS
from state.transition import Runtime
from tests.property.whole_chain import State
from tests.property.whole_history import genesis
from tests.unit.contracts.compute_world import POST
from tests.unit.contracts.governance_world import PROPOSE
from tests.unit.contracts.guardian_world import CREATE, GUARDIANS, INITIATE, LIMITS
from tests.unit.contracts.lease_world import offer_terms, order_terms
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import key_address, secret
from tests.unit.state import native_script as w

AIT = WEI_PER_AIT
FEE = 10**9
GAS = 30_000_000
BLOCK_GAS = 30_000_000
DAY = 86_400


def account(number: int) -> bytes:
    return b"\xac" * 18 + number.to_bytes(2, "big")


class Meter:
    """A chain whose blocks are made by hand; calls and hooks are metered at the EVM's prices."""

    def __init__(self):
        made = genesis()
        runtime = Runtime(
            chain_id=CHAIN_ID, parameters=made.parameters, registry=SYSTEM, engine=w.ENGINE
        )
        state = State()
        state.apply(genesis_changes(made, runtime, state))
        for number in range(600):
            state.accounts[account(number)] = Account(balance=10**7 * AIT)
        self.ledger = Ledger(state)
        self.height, self.time = 1, 1_700_000_004
        self.hook_gas = 0

    def execution(self) -> Execution:
        block = w.block_context(
            chain_id=CHAIN_ID, height=self.height, beacon=self.height.to_bytes(32, "big"),
            timestamp=self.time, time_ms=1_000 * self.time,
            epoch=1 + (self.height - 1) // 5, block_time_ms=4_000,
        )  # fmt: skip
        return Execution(self.ledger, block, SYSTEM, w.ENGINE)

    def try_send(self, who, to, signature, *values, value=0):
        """Return (gas used, output, whether it succeeded) of one call with everything cold."""
        execution = self.execution()
        self.ledger.begin_transaction()
        message = Message(
            caller=Address(who), to=Address(to), value=value,
            data=encode_call(signature, *values), code=b"", gas=GAS, origin=Address(who),
            gas_price=1,
        )  # fmt: skip
        result = execution.run(message)
        self.ledger.finish_transaction()
        return GAS - result.gas_left, result.output, result.is_success

    def send(self, *call, **fields) -> int:
        """Return the gas of a call that succeeds."""
        gas, output, succeeded = self.try_send(*call, **fields)
        assert succeeded, output
        return gas

    def hooks(self, *, is_begin: bool) -> int:
        """Run one kind of hook and return its gas."""
        execution = self.execution()
        frames = []

        def frame_of(address):
            frames.append(execution.hook_frame(address))
            return frames[-1]

        self.ledger.begin_transaction()
        contracts = execution.contracts
        (contracts.begin_block if is_begin else contracts.end_block)(frame_of)
        self.ledger.finish_transaction()
        return sum(UNMETERED_GAS - frame.gas_left for frame in frames)

    def block(self, blocks: int = 1, seconds: int = 4) -> int:
        """Let blocks pass; return the most gas that the hooks of one of them used."""
        most = 0
        for _ in range(blocks):
            used = self.hooks(is_begin=False)
            self.height += 1
            self.time += seconds
            most = max(most, used + self.hooks(is_begin=True))
        return most


@pytest.fixture
def meter():
    return Meter()


def is_flat(costs: list[int], spread: int = 40_000) -> bool:
    """Answer whether the last rows cost what the first ones did, but for packed words and zeros."""
    warm = costs[3:]
    return max(warm) - min(warm) <= spread and max(warm[-20:]) <= max(warm[:20]) + 3_000


def rows(count: int, add) -> list[int]:
    return [add(number) for number in range(count)]


def test_topics_messages_replies_votes_and_letters_cost_the_same_for_ever(meter):
    def send(who, *call, value=FEE):
        return meter.send(account(who), MESSAGING_ADDRESS, *call, value=value)

    sealed = bytes(49)
    send(4, "registerKey(bytes32)", b"\x01" * 32, value=0)
    topics = rows(150, lambda n: send(1, "openTopic(string,string,string[])", "t", "", ()))
    post = "post(uint64,uint8,uint64,string)"
    messages = rows(150, lambda n: send(2, post, 1, 1, 0, "m"))
    replies = rows(150, lambda n: send(2, post, 1, 2, 1, "r"))
    votes = rows(150, lambda n: send(10 + n, "vote(uint64,int8)", 1, 1, value=0))
    letters = rows(
        150, lambda n: send(3, "sendSealed(address,bytes)", account(4), sealed, value=49 * FEE)
    )
    for costs in (topics, messages, replies, votes, letters):
        assert is_flat(costs), costs


def test_jobs_and_vaults_cost_the_same_for_ever(meter):
    jobs = rows(
        120,
        lambda n: meter.send(
            account(1), MARKETPLACE_ADDRESS, POST, b"\x11" * 32, 64, 64, 64, 60, 10, value=AIT
        ),
    )
    vaults = rows(
        60,
        lambda n: meter.send(
            account(n), GUARDIAN_ADDRESS, CREATE, account(500), GUARDIANS, LIMITS, DAY, bytes(32)
        ),
    )
    assert is_flat(jobs)
    assert is_flat(vaults)


def test_a_vaults_waiting_operations_are_capped_and_cost_the_same(meter):
    _, output, _ = meter.try_send(
        account(1), GUARDIAN_ADDRESS, CREATE, account(500), GUARDIANS, LIMITS, DAY, bytes(32)
    )
    (vault,) = decode(("address",), output)
    call = (account(500), GUARDIAN_ADDRESS, INITIATE, vault, account(9), 90 * AIT, b"")
    costs = rows(32, lambda n: meter.send(*call))
    assert is_flat(costs)
    assert not meter.try_send(*call)[2], "the cap"


def test_delegations_cost_the_same_whoever_delegated_before(meter):
    validator = key_address(1)
    costs = rows(
        250,
        lambda n: meter.send(
            account(n), STAKING_ADDRESS, "delegate(address)", validator, value=AIT
        ),
    )
    assert is_flat(costs)


def test_an_accounts_unbondings_are_capped(meter):
    who, validator = account(1), key_address(1)
    meter.send(who, STAKING_ADDRESS, "delegate(address)", validator, value=1_000 * AIT)
    costs = []
    while True:
        call = (who, STAKING_ADDRESS, "undelegate(address,uint256)", validator, AIT)
        gas, _, succeeded = meter.try_send(*call)
        if not succeeded:
            break
        costs.append(gas)
        meter.block(5)
        assert len(costs) <= 32
    assert len(costs) == 32
    assert max(costs) < 500_000, "every entry is looked at, and there are at most 32"


def register(meter: Meter, number: int, stake: int = 1_000 * AIT) -> int:
    key, who = 1_000 + number, account(number)
    proof = sign(secret(key), registration_digest(CHAIN_ID, STAKING_ADDRESS, who)).to_bytes()
    call = "register(bytes,bytes,address,string,uint16)"
    values = (public_key(secret(key)), proof, who, f"v{number}", 500)
    gas, _, succeeded = meter.try_send(who, STAKING_ADDRESS, call, *values, value=stake)
    return gas if succeeded else 0


ELECTION_GAS_MAX = 25_000_000
"""End of an epoch with 200 candidates, of whom all 100 members change at once."""
BLOCK_HOOK_GAS_MAX = 400_000
"""Any other block of a chain on which nothing is due."""


def test_the_hooks_of_two_hundred_validators_stay_within_a_block(meter):
    costs = [register(meter, n) for n in range(CANDIDATES_MAX + 20)]
    accepted = [gas for gas in costs if gas]
    assert len(accepted) >= CANDIDATES_MAX - 4
    assert is_flat(accepted, spread=600_000)
    assert max(accepted) < 2_500_000
    election = meter.block(5)
    assert election < ELECTION_GAS_MAX
    for number in range(100, 196):
        meter.send(
            account(number), STAKING_ADDRESS, "delegate(address)", key_address(1_000 + number),
            value=5_000 * AIT,
        )  # fmt: skip
    change = meter.block(5)
    assert change < ELECTION_GAS_MAX
    quiet = max(meter.block() for _ in range(3))
    print(max(accepted), election, change, quiet)  # noqa: T201
    assert quiet < BLOCK_HOOK_GAS_MAX


def test_slashes_walk_their_budget_of_pools_however_many_there_are(meter):
    who, validator = account(1), key_address(2)
    meter.send(who, STAKING_ADDRESS, "delegate(address)", validator, value=5_000 * AIT)
    for _ in range(30):
        meter.send(who, STAKING_ADDRESS, "undelegate(address,uint256)", validator, AIT)
        meter.send(who, STAKING_ADDRESS, "delegate(address)", key_address(1), value=AIT)
        meter.block(5)
    execution = meter.execution()
    staking = Staking(execution.hook_frame(STAKING_ADDRESS))
    meter.ledger.begin_transaction()
    for _ in range(40):
        slash(
            staking, validator, staking.records[validator], epoch=1, ppm=1_000,
            reporter=account(2), percent=5,
        )  # fmt: skip
    queued = len(staking.jobs) - staking.jobs_done
    assert queued == 40
    worst, blocks = 0, 0
    while staking.jobs_done < len(staking.jobs):
        worst = max(worst, meter.block())
        blocks += 1
        assert blocks < 100
    print(worst, blocks)  # noqa: T201
    assert blocks >= 40 * 30 // POOLS_PER_BLOCK
    assert worst < 64 * 40_000 + 1_000_000


CAP = "contracts.governance.v1.contract.OPEN_PER_PROPOSER"


def test_open_proposals_cost_the_same_and_are_capped(meter, monkeypatch):
    monkeypatch.setattr(
        "contracts.governance.v1.contract.OPEN_PER_PROPOSER", 64
    )  # as sixteen proposers would
    proposer = account(1)
    meter.send(proposer, STAKING_ADDRESS, "delegate(address)", key_address(1), value=2_000 * AIT)
    meter.block(2)
    costs = []
    while True:
        number = len(costs)
        # each for a version of its own
        values = (MESSAGING_ADDRESS, "1.0.0", f"2.0.{number}", Kind.LOGIC_UPDATE, 1_000,
                  b"\xc0" * 32, (), "why not")  # fmt: skip
        gas, _, succeeded = meter.try_send(
            proposer, GOVERNANCE_ADDRESS, PROPOSE, *values, value=100 * AIT
        )
        if not succeeded:
            break
        costs.append(gas)
    assert len(costs) == 64
    assert is_flat(costs), costs
    votes = rows(
        64,
        lambda n: meter.send(proposer, GOVERNANCE_ADDRESS, "vote(uint64,uint8)", n + 1, 1),
    )
    assert is_flat(votes)
    assert meter.block(2) < BLOCK_HOOK_GAS_MAX, "nothing is due"
    meter.height += 300
    decided = meter.block(1, seconds=1_200)
    print(max(costs), max(votes), decided)  # noqa: T201
    assert decided < BLOCK_GAS


READINESS_GAS_MAX = 10_000_000
"""One announcement by a member of a set of 100, while 64 approved proposals wait for code."""


def test_an_announcement_makes_the_hook_count_one_proposal_and_not_all(meter, monkeypatch):
    monkeypatch.setattr(
        "contracts.governance.v1.contract.OPEN_PER_PROPOSER", 64
    )  # as sixteen proposers would
    for number in range(100):
        register(meter, number)
    proposer = account(300)
    big = 300_000 * AIT
    meter.send(proposer, STAKING_ADDRESS, "delegate(address)", key_address(1), value=big)
    meter.block(6)
    for number in range(64):
        values = (MESSAGING_ADDRESS, "1.0.0", f"2.0.{number}", Kind.LOGIC_UPDATE, 60,
                  b"\xc0" * 32, (), "why not")  # fmt: skip
        meter.send(proposer, GOVERNANCE_ADDRESS, PROPOSE, *values, value=100 * AIT)
    for number in range(64):
        meter.send(proposer, GOVERNANCE_ADDRESS, "vote(uint64,uint8)", number + 1, 1)
    meter.block(1, seconds=70)
    meter.height += 30
    meter.block(2, seconds=60)
    ready = "ready(address,string,bytes32)"
    call = (GOVERNANCE_ADDRESS, ready, MESSAGING_ADDRESS, "2.0.7", b"\xc0" * 32)
    costs = []
    for number in (50, 51, 52):
        gas = meter.send(account(number), *call)
        costs.append((gas, meter.block()))
    print(costs)  # noqa: T201
    assert max(hook for _, hook in costs) < READINESS_GAS_MAX


TRANSACTION_GAS = Parameters().transaction_gas_max
ROOTS = tuple(bytes((number,)) * 32 for number in range(1, 33))


def market(meter, number, name, *values, value=0):
    """Call the marketplace by a method's name; returns (gas, output)."""
    signature = next(m.signature for m in MarketplaceV2.methods.values() if m.name == name)
    call = (account(number), MARKETPLACE_ADDRESS, signature, *values)
    gas, output, succeeded = meter.try_send(*call, value=value)
    assert succeeded, (name, output)
    return gas, output


def test_a_full_book_is_walked_within_a_transaction(meter):
    """The largest quorum, of miners who change their bonds in every block of the draw's delay."""
    book = MarketplaceV2.governed["bookMax"].maximum
    models = MarketplaceV2.governed["modelsMax"].maximum
    rules = Marketplace(meter.execution().hook_frame(MARKETPLACE_ADDRESS))
    rules.book_max, rules.models_max = book, models
    offer = replace(offer_terms(), unit_kind=1, model_roots=ROOTS[:models])
    dearest = 0
    for number in range(book):
        operator = key_address(700 + number)
        market(meter, number, "registerMiner", operator, "x", value=1_000 * AIT)
        market(meter, number, "setSealingKey", bytes(31) + b"\x01")
        gas, _ = market(meter, number, "postOffer", astuple(offer), value=AIT)
        dearest = max(dearest, gas)
    meter.block()
    terms = order_terms(classes=9, prepay_units=0, model_root=ROOTS[models - 1])
    escrow = terms.units_max * terms.unit_price_max
    orders = [market(meter, 500, "postOrder", astuple(terms), value=escrow)[1] for _ in range(7)]
    opened = meter.send(
        account(500), DISPUTES_ADDRESS, "openQuorum(bytes32[],bytes32)", tuple(orders), ROOTS[0]
    )
    for _ in range(9):
        for number in range(book):
            market(meter, number, "addBond", value=1)
        meter.block()
    draw = (account(501), DISPUTES_ADDRESS, "drawQuorum(uint64)", 1)
    first, second = meter.send(*draw), meter.send(*draw)
    terms = replace(terms, classes=1, prepay_units=10)
    _, plain = market(meter, 500, "postOrder", astuple(terms), value=escrow)
    matched, _ = market(meter, 501, "matchOrder", plain)
    print(dearest, opened, first, second, matched)  # noqa: T201
    assert max(dearest, opened, first, second, matched) < TRANSACTION_GAS
    assert first > 2_000_000
