"""Governance over a staking double whose snapshots a test sets by hand."""

from dataclasses import astuple, dataclass, replace
from types import MappingProxyType
from typing import ClassVar

from contracts.chain.v1.contract import ChainRules
from contracts.framework.clock import blocks_in
from contracts.framework.contract import Contract, OnlyGovernance, call, view
from contracts.framework.layout import layout_hash
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import ADDRESS, BOOL, U64, U128, Slot, mapping
from contracts.framework.types import Address, struct_type, u64, u256
from contracts.framework.version import pack_version
from contracts.governance.v1.contract import Governance
from contracts.governance.v1.messages import Change, Kind, ProposalInfo, Statistics, TallyInfo
from contracts.governance.v1.settings import FirstVersion, GovernanceGenesis
from contracts.places import GOVERNANCE_ADDRESS, native_address
from contracts.runtime import Registry
from contracts.treasury.v1.contract import Treasury
from primitives.abi import decode, encode_call
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.memory_context import MemoryChain, block_at
from tests.unit.contracts.staking_world import account

AIT = WEI_PER_AIT
DAY = 86_400
THING, OTHER, PLAIN = native_address(40), native_address(41), native_address(42)
PROPOSER, VOTER, STRANGER = account(1), account(2), account(9)
V1, V2, V3 = account(101), account(102), account(103)
DEPOSIT = 100 * AIT
CODE = b"\xc0" * 32
CHANGE_TYPE = struct_type(Change)
PROPOSE = f"propose(address,string,string,uint8,uint64,bytes32,{CHANGE_TYPE.name}[],string)"


@dataclass(frozen=True, slots=True)
class StakeAt:
    validator: Address
    weight: u256
    validator_tokens: u256
    is_operator: bool


@dataclass(frozen=True, slots=True)
class NoValidator:
    """Nobody validates under this address."""


class Stakes(Contract):
    """Answers what ``stakes`` and ``powers`` say; a test fills them."""

    __slots__ = ()
    index = 1
    name = "staking"
    errors = (NoValidator,)
    weights = MappingProxyType(
        dict.fromkeys(("stakesAt", "bondedAt", "activePower", "validatorOf", "validator"), 100)
    )
    unbonding_seconds = Parameter(U64, default=21 * DAY, minimum=DAY, maximum=90 * DAY)

    stakes: ClassVar[dict[bytes, list[StakeAt]]] = {}
    powers: ClassVar[dict[bytes, int]] = {}
    operators: ClassVar[dict[bytes, bytes]] = {}
    bonded: ClassVar[list[int]] = [0]
    asked: ClassVar[list[int]] = []

    @view
    def stakes_at(self, delegator: Address, height: u64) -> tuple[StakeAt, ...]:
        self.asked.append(height)
        return tuple(self.stakes.get(delegator, ()))

    @view
    def bonded_at(self, height: u64) -> u256:
        self.asked.append(height)
        return self.bonded[0]

    @view
    def active_power(self) -> tuple[tuple[Address, u256], ...]:
        return tuple(self.powers.items())

    @view
    def validator_of(self, operator: Address) -> Address:
        return self.operators.get(operator, bytes(20))

    @view
    def validator(self, validator: Address) -> u64:
        if validator not in self.powers:
            raise revert(NoValidator())
        return 1


class Thing(Contract):
    """A contract with parameters and a governed call."""

    __slots__ = ()
    index = 40
    name = "thing"
    errors = (OnlyGovernance,)
    weights = MappingProxyType(
        {"grant": 100, "take": 100, "toil": 100, "isGranted": 100, "size": 100}
    )

    fee = Parameter(U64, default=10, minimum=1, maximum=1_000, step_max=90)
    limit = Parameter(U64, default=50, minimum=1, maximum=1_000)
    granted = Slot(mapping(ADDRESS, BOOL))
    counter = Slot(U64)

    def check_cross_rules(self) -> None:
        if self.fee > self.limit:
            raise revert(NoValidator())

    @call(governed=True)
    def grant(self, who: Address) -> None:
        if self.ctx.caller != GOVERNANCE_ADDRESS:
            raise revert(OnlyGovernance())
        self.granted[who] = True

    @call(governed=True)
    def toil(self, gas: u256) -> None:
        self.ctx.use_gas(gas)

    @call
    def take(self, who: Address) -> None:
        self.granted[who] = False

    @view
    def is_granted(self, who: Address) -> bool:
        return self.granted[who]

    @view
    def size(self) -> u64:
        return self.counter


class Thing2(Thing):
    __slots__ = ()
    version = "2.0.0"
    doubled = Slot(U128)

    def upgrade(self) -> None:
        self.doubled = 2 * self.counter + 1

    def downgrade(self) -> None:
        self.counter += self.doubled
        self.doubled = 0

    @view
    def size(self) -> u64:
        return self.doubled


class Thing3(Thing2):
    """An upgrade that writes, then refuses."""

    __slots__ = ()
    version = "3.0.0"

    def upgrade(self) -> None:
        self.doubled = 77
        raise revert(NoValidator())

    def downgrade(self) -> None:
        return


class Thing4(Thing2):
    """An upgrade without end."""

    __slots__ = ()
    version = "4.0.0"

    def upgrade(self) -> None:
        place = 10_000
        while True:
            self.ctx.sstore(place, 1)
            place += 1

    def downgrade(self) -> None:
        return


class Thing5(Thing2):
    """An upgrade that moves money."""

    __slots__ = ()
    version = "5.0.0"

    def upgrade(self) -> None:
        self.ctx.mint(1)

    def downgrade(self) -> None:
        return


class New(Contract):
    """A contract that genesis does not activate."""

    __slots__ = ()
    index = 41
    name = "new"
    is_dormant = True
    weights = MappingProxyType({"born": 100})
    birth = Slot(U64)
    pace = Parameter(U64, default=7, minimum=1, maximum=9)

    def upgrade(self) -> None:
        self.birth = self.ctx.block.height

    @view
    def born(self) -> u64:
        return self.birth


class Plain(Contract):
    """A contract that a later release brings, with nothing to write but its parameter."""

    __slots__ = ()
    index = 42
    name = "plain"
    is_dormant = True
    pace = Parameter(U64, default=7, minimum=1, maximum=9)


RELEASES = (
    ChainRules,
    Stakes,
    Governance,
    Treasury,
    Thing,
    Thing2,
    Thing3,
    Thing4,
    Thing5,
    New,
    Plain,
)


def governance_chain(**parameters) -> MemoryChain:
    registry = Registry(RELEASES)
    chain = MemoryChain(registry, block=block_at(0, epoch=0))
    first = tuple(
        FirstVersion(
            address=address,
            name=release.name,
            version=release.version_packed,
            layout_hash=layout_hash(release),
        )
        for address, release in registry.initial()
    )
    chain.begin({Governance: GovernanceGenesis(contracts=first)}, {"governance": parameters})
    for number in range(1, 20):
        chain.balances[account(number)] = 1_000_000 * AIT
    Stakes.stakes = {PROPOSER: [StakeAt(V1, 1_000 * AIT, 4_000 * AIT, False)]}
    Stakes.powers = {V1: 4_000 * AIT, V2: 3_000 * AIT, V3: 3_000 * AIT}
    Stakes.operators = {account(11): V1, account(12): V2, account(13): V3}
    Stakes.bonded = [10_000 * AIT]
    Stakes.asked = []
    chain.advance(5, epoch=1)
    return chain


def send(chain, sender, signature, *values, value=0):
    return chain.transact(sender, GOVERNANCE_ADDRESS, encode_call(signature, *values), value)


def ask(chain, signature, outputs, *values):
    return decode(outputs, chain.read(GOVERNANCE_ADDRESS, encode_call(signature, *values)))


def propose(chain, sender=PROPOSER, **fields):
    """Propose an upgrade of ``thing`` to 2.0.0 unless ``fields`` say otherwise."""
    values = {
        "target": THING,
        "current": "1.0.0",
        "new": "2.0.0",
        "kind": Kind.LOGIC_UPDATE,
        "voting": 3 * DAY,
        "code_hash": CODE,
        "changes": (),
        "description": "why not",
        "deposit": DEPOSIT,
    } | fields
    deposit = values.pop("deposit")
    values["changes"] = [astuple(change) for change in values["changes"]]
    (number,) = decode(("uint64",), send(chain, sender, PROPOSE, *values.values(), value=deposit))
    return number


def propose_change(chain, *changes, **fields):
    fields = {
        "new": "1.0.0",
        "kind": Kind.PARAMETER_CHANGE,
        "code_hash": bytes(32),
        "changes": changes,
    } | fields
    return propose(chain, **fields)


def roll_back(chain, proposal, voting=36 * 3600, sender=PROPOSER, value=DEPOSIT):
    signature = "proposeRollback(uint64,uint64,string)"
    output = send(chain, sender, signature, proposal, voting, "undo it", value=value)
    return decode(("uint64",), output)[0]


def vote(chain, voter, proposal, choice):
    send(chain, voter, "vote(uint64,uint8)", proposal, choice)


def ready(chain, sender, version="2.0.0", code_hash=CODE, target=THING):
    send(chain, sender, "ready(address,string,bytes32)", target, version, code_hash)


def info(chain, proposal) -> ProposalInfo:
    return ask(chain, "proposal(uint64)", (struct_type(ProposalInfo),), proposal)[0]


def tally(chain, proposal) -> TallyInfo:
    return ask(chain, "tally(uint64)", (struct_type(TallyInfo),), proposal)[0]


def statistics(chain) -> Statistics:
    return ask(chain, "statistics()", (struct_type(Statistics),))[0]


def active(chain, target=THING) -> str:
    return ask(chain, "activeVersion(address)", ("string",), target)[0]


def wait(chain, seconds, blocks=None):
    """Come to the end of a block ``seconds`` and ``blocks`` later (as many as a deadline needs)."""
    block = chain.block
    blocks = max(1, blocks_in(seconds, block.block_time_ms)) if blocks is None else blocks
    chain.block = replace(
        block,
        height=block.height + blocks,
        time_ms=block.time_ms + seconds * 1000,
        timestamp=block.timestamp + seconds,
    )
    end_block(chain)


def end_block(chain):
    chain.active.end_block(chain.hook)
    chain.active.forget()


def holder(wei, validator=V1, tokens=4_000 * AIT):
    """Give VOTER a delegation."""
    Stakes.stakes[VOTER] = [StakeAt(validator, wei, tokens, False)]


def packed(version):
    return pack_version(version)
