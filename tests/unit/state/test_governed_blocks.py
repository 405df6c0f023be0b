"""What blocks take from governed state: limits, the urgent reserve, the supply, active versions."""

from dataclasses import replace

import pytest

from contracts.chain.v1.contract import ChainRules
from contracts.errors import PANIC_ASSERT, panic
from contracts.framework.version import pack_version
from contracts.messaging.v2.contract import Messaging as MessagingV2
from contracts.places import (
    GOVERNANCE_ADDRESS,
    MESSAGING_ADDRESS,
    RUNTIME_ADDRESS,
    STAKING_ADDRESS,
    TREASURY_ADDRESS,
)
from contracts.runtime import active_version_slot, native_code
from primitives.abi import encode_call
from primitives.errors import InvariantError
from primitives.types import WEI_PER_AIT
from state.transition import BlockGasError, BlockTransition, governed_parameters
from tests.unit.rpc.small_chain import ALICE, BOB, VALIDATOR, make_world

LIMIT = 30_000_000
RESERVE = LIMIT // 10


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


def transition(world):
    """A block on the head, before its transactions."""
    executed = world.build()
    layer, parent = world.executor.parent_state(executed.block.parent_hash)
    made = BlockTransition(world.runtime, layer, parent, executed.block.seal)
    made.begin()
    return made


def supply(world):
    state = world.chain.head.state
    slot = ChainRules.supply_wei.offset
    return state.storage(RUNTIME_ADDRESS, slot), state.storage(RUNTIME_ADDRESS, slot + 1)


def test_limits_are_those_of_the_parents_state(world):
    head = world.chain.head.state
    assert governed_parameters(world.runtime, head).block_gas_max == LIMIT
    made = transition(world)
    slot = ChainRules.block_gas_max.offset
    word = made.ledger.storage(RUNTIME_ADDRESS, slot)
    made.ledger.set_storage(RUNTIME_ADDRESS, slot, word - LIMIT + 40_000_000)
    assert made.block.gas_limit == LIMIT, "a block's own change acts on the next one"
    changed = governed_parameters(world.runtime, ViewOf(made.ledger))
    assert changed.block_gas_max == 40_000_000
    assert changed.epoch_blocks == world.runtime.parameters.epoch_blocks


class ViewOf:
    """Reads a ledger as if it were final."""

    def __init__(self, ledger):
        self.storage = ledger.storage


def test_ordinary_calls_leave_a_tenth_of_the_block_to_urgent_ones(world):
    made = transition(world)
    made.gas_used = made.ordinary_gas_used = LIMIT - RESERVE - 100_000
    ordinary = world.transaction(ALICE, gas_limit=100_001)
    with pytest.raises(BlockGasError):
        made.apply(ordinary)
    made.apply(world.transaction(BOB, gas_limit=100_000))
    assert made.ordinary_gas_used == LIMIT - RESERVE - 100_000 + 21_000
    evidence = encode_call("reportDoubleSign(address)", bytes(20))[:4]
    report = world.transaction(ALICE, to=STAKING_ADDRESS, data=evidence, gas_limit=3_000_000)
    assert not made.is_urgent(report), "another selector"
    urgent = next(m for m in staking_methods() if m.spec.is_reserved)
    fields = {"to": STAKING_ADDRESS, "data": urgent.selector, "gas_limit": 3_000_000}
    before = made.ordinary_gas_used
    made.apply(world.transaction(ALICE, nonce=0, **fields))
    assert made.ordinary_gas_used == before
    assert made.gas_used > before
    made.gas_used = LIMIT - 2_999_999
    with pytest.raises(BlockGasError):
        made.apply(world.transaction(ALICE, nonce=1, **fields))


def staking_methods():
    from contracts.staking.v1.contract import Staking

    return Staking.methods.values()


def test_the_supply_is_the_sum_of_all_balances_after_every_block(world):
    genesis, at_genesis = supply(world)
    assert genesis == at_genesis == (1_000_000 + 5 + 10_000) * WEI_PER_AIT
    world.mine(world.transaction(ALICE, value=7))
    world.mine()
    now, still = supply(world)
    assert still == genesis
    head = world.chain.head
    from state.account import decode_account
    from state.store import ACCOUNTS

    rows = head.state.snapshot.iterator(prefix=ACCOUNTS)
    assert now == sum(decode_account(row).balance for _, row in rows)
    assert now != genesis, "inflation is minted, base fees are burnt"
    assert head.state.account(TREASURY_ADDRESS).balance > 0


def test_inflation_follows_block_time_and_is_five_percent_a_year(world):
    before, _ = supply(world)
    for _ in range(5):
        world.mine()
    after, _ = supply(world)
    per_block = before * 5 // 100 * 1_000 // (365 * 86_400 * 1_000)
    assert (after - before) // 5 == pytest.approx(per_block, rel=1e-6)


def test_genesis_records_every_contract_and_its_version(world):
    state = world.chain.head.state
    slot = active_version_slot(MESSAGING_ADDRESS)
    assert state.storage(GOVERNANCE_ADDRESS, slot) == pack_version("1.0.0")
    for index in (0, 1, 2, 3, 4, 5, 6, 15):
        account = state.account((0x1000 + index).to_bytes(20, "big"))
        assert account.nonce == 1
        assert state.code(account.code_hash) == native_code(index)


def test_a_contract_that_is_not_active_is_not_native(world):
    made = transition(world)
    slot = active_version_slot(MESSAGING_ADDRESS)
    made.ledger.set_storage(GOVERNANCE_ADDRESS, slot, 0)
    made.execution.contracts.forget()
    assert not made.execution.is_native(MESSAGING_ADDRESS)
    done = made.apply(world.transaction(ALICE, to=MESSAGING_ADDRESS, gas_limit=100_000))
    assert not done.succeeded, "its code is INVALID"


def test_only_governances_hook_migrates(world):
    made = transition(world)
    one, two = pack_version("1.0.0"), pack_version("2.0.0")
    for frame in (
        made.execution.hook_frame(STAKING_ADDRESS),
        replace_caller(made.execution.hook_frame(GOVERNANCE_ADDRESS)),
    ):
        with pytest.raises(InvariantError):
            frame.migrate(MESSAGING_ADDRESS, one, two, 10**7)
    done = made.execution.hook_frame(GOVERNANCE_ADDRESS).migrate(MESSAGING_ADDRESS, one, two, 10**7)
    assert done.success
    broke = made.execution.hook_frame(GOVERNANCE_ADDRESS).migrate(MESSAGING_ADDRESS, one, two, 10)
    assert not broke.success


def test_a_mistake_in_a_migration_fails_it_and_halts_nothing(world, monkeypatch):
    made = transition(world)

    def broken(self):
        self.ctx.sstore(1, 1)
        raise KeyError("a bug")

    monkeypatch.setattr(MessagingV2, "upgrade", broken)
    hook = made.execution.hook_frame(GOVERNANCE_ADDRESS)
    before = made.ledger.storage(MESSAGING_ADDRESS, 1)
    done = hook.migrate(MESSAGING_ADDRESS, pack_version("1.0.0"), pack_version("2.0.0"), 10**7)
    assert not done.success
    assert done.output == panic(PANIC_ASSERT).data
    assert made.ledger.storage(MESSAGING_ADDRESS, 1) == before

    def out_of_memory(self):
        raise MemoryError

    monkeypatch.setattr(MessagingV2, "upgrade", out_of_memory)
    with pytest.raises(MemoryError):
        hook.migrate(MESSAGING_ADDRESS, pack_version("1.0.0"), pack_version("2.0.0"), 10**7)


def replace_caller(frame):
    frame.caller = b"\x01" * 20
    return frame


def test_the_block_tells_contracts_who_signed_its_parent(world):
    made = transition(world)
    assert made.block.block_time_ms == world.runtime.parameters.block_time_ms
    assert (made.block.signers, made.block.late_voters) == (0, ())
    assert replace(made.block, signers=3).signers == 3
    assert VALIDATOR
