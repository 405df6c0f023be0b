"""What the framework, the registry and genesis refuse, and the pages of declarations it shows."""

from dataclasses import dataclass, replace
from types import MappingProxyType

import pytest

from contracts.artifacts import contract_named, contract_solidity
from contracts.chain.v1.contract import gas_limits
from contracts.errors import Revert
from contracts.framework.arithmetic import to_u64, to_u256
from contracts.framework.contract import Contract, call, view
from contracts.framework.history import HISTORY, record
from contracts.framework.layout import layout_hash
from contracts.framework.parameters import Parameter
from contracts.framework.storage import (
    ADDRESS,
    STRING,
    STRING_BYTES_MAX,
    U8,
    U64,
    U256,
    ReadOnlyWords,
    Slot,
    Struct,
    array,
    mapping,
    struct,
)
from contracts.framework.types import Address, struct_type, u8, u64, u256
from contracts.governance.v1.contract import Governance
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.places import GUARDIAN_ADDRESS, MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.beacons import RING_HEIGHTS
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.settings import ReceiptsGenesis
from contracts.reference import contract_reference
from contracts.runtime import Registry
from contracts.system import SYSTEM, genesis_parameters
from contracts.typescript import contract_typescript
from primitives.abi import decode, encode_call, selector
from primitives.errors import ConfigError, InvariantError
from primitives.genesis import Genesis, Parameters
from primitives.types import U64_MAX, U128_MAX, U256_MAX
from tests.unit.contracts import compute_world as compute
from tests.unit.contracts.memory_context import MemoryChain
from tests.unit.contracts.staking_world import account

BOX, OTHER = account(40_001), account(40_002)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    left: u8
    right: u64


@dataclass(frozen=True, slots=True)
class Single:
    only: u64


class TwoWords(Struct):
    __slots__ = ()
    first = Slot(U256)
    second = Slot(U64)


class Box(Contract):
    """Every kind of slot, and calls that use them wrongly."""

    __slots__ = ()
    index = 903
    name = "box"
    weights = MappingProxyType(
        dict.fromkeys(("pair", "single", "hash", "ask", "grid", "many"), 100)
    )

    small = Slot(U8)
    owner = Slot(ADDRESS)
    text = Slot(STRING)
    pair_of = Slot(array(struct(TwoWords), 2))
    by_number = Slot(mapping(U64, U8))
    by_address = Slot(mapping(ADDRESS, U8))
    items = Slot(array(U8))
    past = Slot(HISTORY)

    @view
    def pair(self, left: u8, right: u64) -> Pair:
        return Pair(left=left, right=right)

    @view
    def single(self, one: Single) -> Single:
        return one

    @view
    def grid(self, rows: tuple[tuple[u64, ...], ...]) -> tuple[tuple[u64, ...], ...]:
        return rows

    @view
    def many(self, items: tuple[tuple[u64, Address], ...]) -> tuple[u64, u256]:
        return len(items), 0

    @call
    def ask(self, to: Address) -> u64:
        return len(self.invoke(to, "nothing()"))

    @view
    def hash(self, function: u64) -> u64:
        return function


@pytest.fixture
def box():
    chain = MemoryChain(Registry((Box,)))
    return Box(chain.context(SYSTEM_BOX))


SYSTEM_BOX = Registry((Box,)).addresses()[0]


def panics(action) -> None:
    with pytest.raises(Revert) as info:
        action()
    assert info.value.data[:4].hex() == "4e487b71"


@pytest.mark.parametrize("value", [-1, U64_MAX + 1, U256_MAX + 1])
def test_integers_are_held_to_their_range(box, value):
    panics(lambda: to_u64(value))
    panics(lambda: setattr(box, "small", value))
    panics(lambda: box.by_number[value])
    if not 0 <= value <= U256_MAX:
        panics(lambda: to_u256(value))
    assert to_u64(U64_MAX) == U64_MAX
    assert to_u256(U256_MAX) == U256_MAX


def test_a_history_holds_128_bits(box):
    for value in (-1, U128_MAX + 1):
        panics(lambda value=value: record(box.past, 1, value))
    record(box.past, 1, U128_MAX)


def test_addresses_have_twenty_bytes(box):
    for wrong in (b"", bytes(19), bytes(21)):
        with pytest.raises(InvariantError, match="20 bytes"):
            box.owner = wrong
        with pytest.raises(InvariantError, match="20 bytes"):
            box.by_address[wrong]


def test_texts_have_an_end(box):
    panics(lambda: setattr(box, "text", "x" * (STRING_BYTES_MAX + 1)))
    declared = {slot.name: slot.offset for slot in Box.slots_declared}
    box.ctx.sstore(declared["text"], 2 * (STRING_BYTES_MAX + 1) + 1)
    with pytest.raises(InvariantError, match="longer than any"):
        _ = box.text


def test_an_empty_array_gives_nothing_up(box):
    panics(lambda: box.items.pop(0))
    panics(box.items.cut)


def test_a_struct_is_copied_word_by_word(box):
    one, other = box.pair_of[0], box.pair_of[1]
    one.first, one.second = 7, 8
    other.copy_from(one)
    other.copy_from(other)
    assert (other.first, other.second) == (7, 8)
    one.clear()
    assert (one.first, one.second, other.first) == (0, 0, 7)


def test_whole_structs_and_arrays_are_not_assigned(box):
    with pytest.raises(InvariantError, match="not assigned whole"):
        box.items = ()
    with pytest.raises(InvariantError, match="cannot be a mapping key"):
        mapping(array(U8), U8)
    with pytest.raises(InvariantError, match="read-only"):
        Box(ReadOnlyWords(lambda _: 0)).small = 1


def test_a_declaration_that_makes_no_sense_does_not_build():
    with pytest.raises(InvariantError, match="has the version"):
        type("Odd", (Contract,), {"index": 1, "version": "one", "__slots__": ()})
    with pytest.raises(InvariantError, match="unsigned integer"):
        Parameter(ADDRESS, default=0, minimum=0, maximum=1)
    for bounds in ((2, 3, 4), (5, 1, 4)):
        default, minimum, maximum = bounds
        with pytest.raises(InvariantError, match="make no sense"):
            Parameter(U8, default=default, minimum=minimum, maximum=maximum)
    with pytest.raises(InvariantError, match="make no sense"):
        Parameter(U8, default=1, minimum=0, maximum=256)


def test_a_contract_without_migrations_says_so(box):
    with pytest.raises(InvariantError, match="declares no upgrade"):
        box.upgrade()
    with pytest.raises(InvariantError, match="declares no downgrade"):
        box.downgrade()
    with pytest.raises(InvariantError, match="has no parameter"):
        box.install({"unknown": 1})


def test_a_refusal_of_another_contract_is_passed_on():
    chain = MemoryChain(Registry((Box,)))

    def refuse(_frame, _data):
        raise Revert(b"\x01\x02", "no")

    chain.foreign[BOX] = refuse
    with pytest.raises(Revert) as info:
        chain.transact(OTHER, SYSTEM_BOX, encode_call("ask(address)", BOX))
    assert info.value.data == b"\x01\x02"
    chain.foreign[BOX] = lambda _frame, _data: b"four"
    assert chain.transact(OTHER, SYSTEM_BOX, encode_call("ask(address)", BOX))[-1] == 4


def test_keyword_structs_single_fields_and_nested_lists_pass():
    chain = MemoryChain(Registry((Box,)))
    assert chain.read(SYSTEM_BOX, encode_call("pair(uint8,uint64)", 1, 2))[-1] == 2
    answer = chain.read(SYSTEM_BOX, encode_call("single((uint64))", (7,)))
    assert decode(("(uint64)",), answer) == ((7,),)
    kind = struct_type(Pair)
    assert kind.struct_name == "Pair"
    rows = ((1, 2), (), (3,))
    answer = chain.read(SYSTEM_BOX, encode_call("grid(uint64[][])", rows))
    assert decode(("uint64[][]",), answer) == (rows,)


def test_generated_texts_know_nested_lists_tuples_and_reserved_words():
    solidity, typescript = contract_solidity(Box), contract_typescript(Box)
    assert "uint64[][] calldata rows" in solidity
    assert "function hash(uint64 function_)" in solidity
    assert "(readonly bigint[])[]" in typescript
    assert "readonly [bigint, Address]" in typescript
    assert "## Events" not in contract_reference(Box)


@pytest.mark.parametrize("release", [r for a in SYSTEM.addresses() for r in SYSTEM.releases(a)])
def test_every_release_has_its_page(release):
    page = contract_reference(release)
    for method in release.methods.values():
        assert f"`{method.name}(" in page
    assert f"export interface {release.__name__}Calls" in contract_typescript(release)


def test_a_release_is_found_by_name_and_version():
    assert contract_named("Messaging@2.0.0").version == "2.0.0"
    assert contract_named("messaging").version == "1.0.0"
    first, second = contract_named("messaging"), contract_named("messaging@2.0.0")
    assert layout_hash(first) != layout_hash(second)
    with pytest.raises(ConfigError, match="has no version"):
        contract_named("messaging@9.0.0")


class Same(Contract):
    __slots__ = ()
    index = 904
    name = "box"


class Elsewhere(Contract):
    __slots__ = ()
    index = 903
    name = "crate"


def test_a_registry_refuses_what_cannot_be_told_apart():
    with pytest.raises(InvariantError, match="share an address"):
        Registry((Box, Elsewhere))
    with pytest.raises(InvariantError, match="called box"):
        Registry((Box, Same))
    with pytest.raises(InvariantError, match="registered twice"):
        Registry((Box, Box))
    chain = MemoryChain(Registry((Box,)))
    with pytest.raises(InvariantError, match="is called staking"):
        chain.registry.genesis(chain.hook, {}, {"staking": {}})
    assert chain.registry.address_of("box") == SYSTEM_BOX
    assert chain.registry.address_of("none") is None


def test_a_contract_that_begins_after_genesis_has_nothing_before_it(box):
    address = SYSTEM_BOX
    registry = Registry((Box,))
    version = Box.version_packed
    (up,) = registry.migration(address, 0, version)
    (down,) = registry.migration(address, version, 0)
    up(box.ctx)
    assert {key: slot.__get__(box, Box) for key, slot in Box.governed.items()} == {
        key: slot.default for key, slot in Box.governed.items()
    }
    with pytest.raises(InvariantError, match="declares no"):
        down(box.ctx)


def genesis_with(*contracts) -> Genesis:
    return Genesis(
        chain_id=1, time_ms=1, parameters=Parameters(), accounts=(), validators=(),
        contracts=contracts,
    )  # fmt: skip


def test_genesis_sets_parameters_that_exist_and_fit():
    chosen = genesis_parameters(genesis_with(("staking", (("jailSeconds", 5),))))
    assert chosen["staking"] == {"jailSeconds": 5}
    assert chosen["runtime"]["blockGasMax"] == Parameters().block_gas_max
    for name in ("unknown", "runtime"):
        with pytest.raises(ConfigError, match=name):
            genesis_parameters(genesis_with((name, (("blockGasMax", 1),))))
    with pytest.raises(ConfigError, match="no parameter"):
        genesis_parameters(genesis_with(("staking", (("unknown", 1),))))
    with pytest.raises(ConfigError, match="too large"):
        genesis_parameters(genesis_with(("staking", (("jailSeconds", 2**64),))))


def test_limits_of_a_state_without_genesis_are_zero():
    assert gas_limits(lambda _: 0) == (0, 0, 0)


@pytest.mark.parametrize(
    ("contract", "settings"),
    [
        (Marketplace, 1),
        (Marketplace, MarketplaceGenesis(window_blocks_min=0)),
        (Marketplace, MarketplaceGenesis(window_blocks_min=4_097)),
        (Receipts, 1),
        (Receipts, ReceiptsGenesis(draw_first=0, draw_last=3, tiles_drawn=2)),
        (Receipts, ReceiptsGenesis(draw_first=4, draw_last=3, tiles_drawn=2)),
        (Receipts, ReceiptsGenesis(draw_first=1, draw_last=RING_HEIGHTS, tiles_drawn=2)),
        (Receipts, ReceiptsGenesis(draw_first=1, draw_last=3, tiles_drawn=0)),
        (Receipts, ReceiptsGenesis(draw_first=1, draw_last=3, tiles_drawn=33)),
        (Governance, 1),
    ],
)
def test_settings_outside_their_range_make_no_chain(contract, settings):
    chain = MemoryChain(SYSTEM)
    with pytest.raises(InvariantError):
        chain.begin({contract: settings})


def test_a_lease_is_not_settled_for_more_than_its_job():
    chain = compute.compute_chain()
    _, work = compute.leased_work(chain)
    compute.submit(chain, work)
    settle = "settleLease(bytes32,uint64)"
    data = encode_call(settle, work.claim.lease_id, work.spec.macs + 1)
    with pytest.raises(Revert, match="TooManyUnits"):
        chain.transact(RECEIPTS_ADDRESS, MARKETPLACE_ADDRESS, data)


def test_tiles_are_drawn_only_while_their_beacons_are_kept():
    chain = compute.compute_chain()
    _, work = compute.leased_work(chain)
    compute.submit(chain, work)
    later = chain.block.height + compute.DRAW_FIRST + RING_HEIGHTS
    chain.block = replace(chain.block, height=later)
    with pytest.raises(Revert, match="WindowClosed"):
        compute.drawn(chain, work.receipt_id)


def test_a_block_knows_native_addresses_and_urgent_calls():
    chain = compute.compute_chain()
    urgent = selector("cancel(uint64)")
    assert chain.active.is_native(GUARDIAN_ADDRESS)
    assert not chain.active.is_native(BOX)
    assert chain.active.is_reserved(GUARDIAN_ADDRESS, urgent + bytes(32))
    for address, data in (
        (GUARDIAN_ADDRESS, selector("execute(uint64)")),
        (GUARDIAN_ADDRESS, b""),
        (MARKETPLACE_ADDRESS, urgent),
        (BOX, urgent),
    ):
        assert not chain.active.is_reserved(address, data)
