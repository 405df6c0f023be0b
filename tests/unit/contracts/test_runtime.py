"""The registry: who lives where, and the order of hooks."""

import pytest

from contracts.errors import MissingRelease, Revert
from contracts.framework.contract import Contract
from contracts.framework.storage import U256, Slot
from contracts.governance.v1.contract import Governance
from contracts.places import native_address
from contracts.runtime import NATIVE_NONCE, Registry, native_code
from contracts.system import SYSTEM, governance_genesis
from primitives.abi import selector
from primitives.errors import InvariantError
from tests.unit.contracts.memory_context import MemoryChain

calls: list[str] = []


class Second(Contract):
    index = 902

    def begin_block(self) -> None:
        calls.append("begin 2")

    def end_block(self) -> None:
        calls.append("end 2")


class First(Contract):
    index = 901

    def begin_block(self) -> None:
        calls.append("begin 1")

    def genesis(self, settings) -> None:
        calls.append(f"genesis {settings}")


def test_hooks_run_in_address_order_and_only_where_declared():
    calls.clear()
    chain = MemoryChain(Registry((Second, First)))
    chain.active.begin_block(chain.hook)
    chain.active.end_block(chain.hook)
    assert calls == ["begin 1", "begin 2", "end 2"]
    assert chain.registry.addresses() == (native_address(901), native_address(902))


def test_genesis_reaches_the_contracts_that_settings_name():
    calls.clear()
    chain = MemoryChain(Registry((Second, First)))
    chain.registry.genesis(chain.hook, {First: 5})
    assert calls == ["genesis 5"]
    with pytest.raises(InvariantError, match="takes no genesis settings"):
        chain.registry.genesis(chain.hook, {Second: 5})
    with pytest.raises(InvariantError, match="is not registered"):
        Registry((First,)).genesis(chain.hook, {Second: 5})


def test_native_code_halts_and_names_the_index():
    assert native_code(1) == b"\xfeAITBC\x00\x01"
    assert SYSTEM.code(native_address(5)) == native_code(5)
    assert NATIVE_NONCE == 1


def test_hooks_of_a_chain_without_genesis_do_nothing():
    chain = MemoryChain(SYSTEM)
    chain.advance(3)
    assert not [key for key in chain.storage if key[0] == native_address(1)]


def test_calls_that_may_run_bytecode_say_so():
    chain = MemoryChain(SYSTEM)
    chain.begin({Governance: governance_genesis()})
    guardian, staking = native_address(3), native_address(1)
    asked = (
        (guardian, "execute(uint64)", True),
        (guardian, "initiate(address,address,uint128,bytes)", True),
        (guardian, "cancel(uint64)", False),
        (guardian, "nothing()", False),
        (staking, "withdraw()", False),
        (bytes(20), "execute(uint64)", False),
    )
    for address, signature, expected in asked:
        assert SYSTEM.may_run_bytecode(address, selector(signature)) is expected
        assert chain.active.runs_bytecode(address, selector(signature)) is expected


def test_a_registry_that_knows_its_code_takes_other_code_for_missing():
    class Later(First):
        version = "1.1.0"

        def upgrade(self):
            return

        def downgrade(self):
            return

    registry = Registry((First, Later), identity=lambda release: release.version.encode())
    address = native_address(First.index)
    steps = (address, First.version_packed, Later.version_packed)
    assert len(registry.migration(*steps, b"1.1.0")) == 1
    assert len(registry.migration(*steps, bytes(32))) == 1
    with pytest.raises(MissingRelease, match=r"1\.1\.0"):
        registry.migration(*steps, b"other")


@pytest.mark.parametrize("value", [-1, 1 << 256])
def test_a_whole_word_holds_256_bits(value):
    class Wide(Contract):
        index = 903
        word = Slot(U256)

    wide = Wide(MemoryChain(Registry((Wide,))).context(native_address(903)))
    with pytest.raises(Revert):
        wide.word = value
