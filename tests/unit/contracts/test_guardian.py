"""Guardian: creation, operations, limits, allowlist, approved hashes."""

import pytest

from contracts.errors import OutOfGas, Revert, WriteProtection
from contracts.guardian.v1.account import drive_data
from contracts.guardian.v1.contract import Guardian
from contracts.guardian.v1.messages import Limits
from contracts.guardian.v1.records import Role, Status
from contracts.places import GOVERNANCE_ADDRESS, GUARDIAN_ADDRESS
from primitives.abi import decode, encode, encode_call, selector
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.guardian_world import (
    AGENT,
    AIT,
    ALLOW,
    APPROVE_HASH,
    CREATE,
    DAY,
    GUARDIANS,
    HOUR,
    INITIATE,
    KEY,
    LIMITS,
    LOCK,
    NATIVE,
    NEW_OWNER,
    OTHER_TOKEN,
    OWNER,
    PRESET,
    SALT,
    SET_LIMITS,
    SHOP,
    STRANGER,
    TARGET,
    TOKEN,
    World,
    account,
    is_approved,
    malformed,
    transfer,
)  # fmt: skip

HASH = b"\x33" * 32
EXCEEDED = "LimitExceeded(address,uint8,uint256,uint256)"
PING = b"\xaa\xbb\xcc\xdd" + bytes(32)
MAX = 2**256 - 1


@pytest.fixture
def world():
    return World()


def window_exceeded(world, sender, target, value, data=b""):
    """Return which window refuses an operation, and what is left of it."""
    with pytest.raises(Revert) as info:
        world.do(sender, target, value, data)
    assert info.value.data[:4] == selector(EXCEEDED)
    _, window, _, left = decode(("address", "uint8", "uint256", "uint256"), info.value.data[4:])
    return window, left


# --- creation -------------------------------------------------------------------------------


def test_a_vault_starts_with_its_roles_and_limits(world):
    info = world.info()
    assert (info.owner, info.agent, info.guardians) == (OWNER, AGENT, GUARDIANS)
    assert (info.lock_seconds, info.session_keys, info.assets) == (LOCK, (), (NATIVE,))
    assert info.vault == world.vault == world.ask("predictVault(address,bytes32)", OWNER, SALT)
    budget = world.ask("limits(address,address)", world.vault, NATIVE)
    assert budget.limits == Limits(*LIMITS)
    roles = {OWNER: 1, AGENT: 2, GUARDIANS[0]: 3, GUARDIANS[2]: 3, STRANGER: 0}
    for who, role in roles.items():
        assert world.ask("role(address,address)", world.vault, who) == role


@pytest.mark.parametrize(
    ("preset", "amounts"),
    [
        ("conservative", (100, 500, 2_000, 10_000, 80)),
        ("aggressive", (1_000, 5_000, 20_000, 100_000, 800)),
        ("high_security", (50, 200, 1_000, 5_000, 40)),
    ],
)
def test_presets_have_the_numbers_of_the_specification(world, preset, amounts):
    vault = world.send(STRANGER, PRESET, preset, AGENT, GUARDIANS, SALT)[-20:]
    budget = world.ask("limits(address,address)", vault, NATIVE)
    assert budget.limits == Limits(*(amount * AIT for amount in amounts))
    assert world.ask("vault(address)", vault).lock_seconds == DAY


def test_an_unknown_preset_is_refused(world):
    with reverts("UnknownPreset(string)"):
        world.send(STRANGER, PRESET, "Conservative", AGENT, GUARDIANS, SALT)


def test_an_owner_has_as_many_vaults_as_salts(world):
    with reverts("AddressTaken(address)"):
        world.create()
    second = world.create(salt=b"\x06" * 32)
    assert second != world.vault
    rows, cursor = decode(
        ("address[]", "uint64"),
        world.chain.read(GUARDIAN_ADDRESS, encode_call("vaults(uint64,uint32)", 0, 100)),
    )
    assert (rows, cursor) == ((world.vault, second), 2)


def test_a_vault_may_do_without_agent(world):
    vault = world.create(agent=bytes(20), salt=b"\x06" * 32)
    assert world.ask("vault(address)", vault).agent == bytes(20)
    assert world.ask("role(address,address)", vault, bytes(20)) == Role.NONE


@pytest.mark.parametrize(
    ("count", "is_right"), [(0, False), (2, False), (3, True), (15, True), (16, False)]
)
def test_guardians_are_three_to_fifteen(world, count, is_right):
    guardians = tuple(account(100 + number) for number in range(count))
    if is_right:
        assert world.create(guardians=guardians, salt=bytes(32))
    else:
        with reverts("BadGuardianCount(uint32,uint32)"):
            world.create(guardians=guardians, salt=bytes(32))


def test_roles_are_distinct_from_the_start(world):
    first, second, third = GUARDIANS
    vault = world.ask("predictVault(address,bytes32)", OWNER, bytes(32))
    wrong = (
        (AGENT, (first, second, first)),
        (AGENT, (first, second, OWNER)),
        (AGENT, (first, second, AGENT)),
        (AGENT, (first, second, bytes(20))),
        (AGENT, (first, second, vault)),
        (AGENT, (first, second, GUARDIAN_ADDRESS)),
        (OWNER, GUARDIANS),
        (vault, GUARDIANS),
    )
    for agent, guardians in wrong:
        with reverts("BadAccount(address)"):
            world.create(agent=agent, guardians=guardians, salt=bytes(32))
    assert world.create(guardians=(first, second, third), salt=bytes(32)) == vault


@pytest.mark.parametrize(
    "limits", [(2, 1, 3, 4, 1), (1, 3, 2, 4, 1), (1, 2, 4, 3, 1)], ids=["hour", "day", "week"]
)
def test_limits_rise_with_their_windows(world, limits):
    with reverts("BadLimits()"):
        world.create(limits=limits, salt=bytes(32))
    with reverts("BadLimits()"):
        world.send(OWNER, SET_LIMITS, world.vault, NATIVE, limits)


@pytest.mark.parametrize(
    ("hours", "extra", "is_right"),
    [(1, 0, True), (1, -1, False), (168, 0, True), (168, 1, False), (0, 0, False)],
)
def test_the_lock_is_one_hour_to_a_week(world, hours, extra, is_right):
    lock = hours * HOUR + extra
    if is_right:
        assert world.create(lock=lock, salt=bytes(32))
    else:
        with reverts("BadLockSeconds(uint64,uint64)"):
            world.create(lock=lock, salt=bytes(32))


def test_no_call_takes_money(world):
    data = encode_call(CREATE, AGENT, GUARDIANS, LIMITS, LOCK, bytes(32))
    with pytest.raises(Revert):
        world.chain.transact(OWNER, GUARDIAN_ADDRESS, data, 1)
    with pytest.raises(Revert):
        world.chain.transact(OWNER, GUARDIAN_ADDRESS, b"", 1)


def test_a_static_call_changes_nothing(world):
    with pytest.raises(WriteProtection):
        world.chain.read(GUARDIAN_ADDRESS, encode_call(INITIATE, world.vault, SHOP, 1, b""))


# --- operations -----------------------------------------------------------------------------


@pytest.mark.parametrize("sender", [OWNER, AGENT])
def test_owner_and_agent_pay_at_once_below_the_lock(world, sender):
    assert world.pay(80 * AIT - 1, sender) == (0, b"")
    assert world.held(SHOP) == 80 * AIT - 1
    assert world.held(world.vault) == 4_920 * AIT + 1


@pytest.mark.parametrize("sender", [STRANGER, *GUARDIANS, NEW_OWNER])
def test_nobody_else_starts_operations(world, sender):
    for target, value, data in ((SHOP, 1, b""), (TARGET, 0, PING), (TOKEN, 0, transfer(1))):
        with reverts("NotInitiator(address)"):
            world.do(sender, target, value, data)
    with reverts("NotInitiator(address)"):
        world.send(sender, APPROVE_HASH, world.vault, HASH, NATIVE, 1)


def test_calls_of_vaults_that_do_not_exist_are_refused(world):
    nowhere = account(99)
    calls = (
        (INITIATE, nowhere, SHOP, 1, b""),
        (APPROVE_HASH, nowhere, HASH, NATIVE, 1),
        ("revokeHash(address,bytes32)", nowhere, HASH),
        (SET_LIMITS, nowhere, NATIVE, LIMITS),
        ("setLockSeconds(address,uint64)", nowhere, LOCK),
        ("setAgent(address,address)", nowhere, KEY),
        ("rotateGuardians(address,address[])", nowhere, GUARDIANS),
        (ALLOW, nowhere, TARGET, PING[:4], 0, 0),
        ("disallow(address,address,bytes4)", nowhere, TARGET, PING[:4]),
        ("removeSessionKey(address,address)", nowhere, KEY),
        ("pause(address)", nowhere),
        ("confirmPause(address)", nowhere),
        ("unpause(address)", nowhere),
        ("supportRecovery(address,address)", nowhere, NEW_OWNER),
        ("objectToRecovery(address)", nowhere),
        ("executeRecovery(address)", nowhere),
    )
    for signature, *values in calls:
        with reverts("UnknownVault(address)"):
            world.send(OWNER, signature, *values)
    for signature in ("execute", "cancel", "expire", "executeChange", "cancelChange",
                      "expireChange"):  # fmt: skip
        for number in (0, 1, 2**64 - 1):
            with reverts("WrongStatus(uint8)"):
                world.send(OWNER, f"{signature}(uint64)", number)
    assert not any(world.ask("vault(address)", nowhere).owner)


@pytest.mark.parametrize("amount", [80 * AIT, 100 * AIT])
def test_at_the_lock_an_operation_waits(world, amount):
    operation_id = world.queue(value=amount)
    assert world.held(SHOP) == 0
    operation = world.ask("operation(uint64)", operation_id)
    assert (operation.status, operation.initiator) == (Status.PENDING, AGENT)
    assert (operation.target, operation.value, operation.data) == (SHOP, amount, b"")
    assert world.info().pending_operations == (operation_id,)
    world.pass_time(LOCK - 1)
    with reverts("NotReady()"):
        world.execute(operation_id)
    world.pass_time(1)
    assert world.execute(operation_id) == b""
    assert world.held(SHOP) == amount
    assert world.ask("operation(uint64)", operation_id).status == Status.EXECUTED
    assert world.info().pending_operations == ()
    with reverts("WrongStatus(uint8)"):
        world.execute(operation_id)


def test_a_lock_needs_blocks_as_well_as_time(world):
    operation_id = world.queue()
    block = world.chain.block
    for blocks, is_over in ((LOCK // 4 - 1, False), (1, True)):
        time_ms = block.time_ms + 10 * LOCK * 1_000
        height = world.chain.block.height + blocks
        world.chain.block = type(block)(
            **{name: getattr(block, name) for name in block.__slots__}
            | {"height": height, "time_ms": time_ms, "timestamp": time_ms // 1_000}
        )
        assert world.ask("operation(uint64)", operation_id).is_ready is is_over
    world.execute(operation_id)


def test_an_operation_expires_two_weeks_after_it_was_ready(world):
    operation_id = world.queue()
    other = world.queue(value=90 * AIT)
    with reverts("NotTooLate()"):
        world.send(STRANGER, "expire(uint64)", operation_id)
    world.pass_time(LOCK + 14 * DAY - 1)
    world.execute(operation_id)
    with reverts("NotTooLate()"):
        world.send(STRANGER, "expire(uint64)", other)
    world.pass_time(1)
    with reverts("TooLate()"):
        world.execute(other)
    world.send(STRANGER, "expire(uint64)", other)
    assert world.ask("operation(uint64)", other).status == Status.EXPIRED
    assert world.info().pending_operations == ()


@pytest.mark.parametrize("who", [OWNER, *GUARDIANS])
def test_owner_and_guardians_cancel(world, who):
    operation_id = world.queue()
    world.send(who, "cancel(uint64)", operation_id)
    assert world.ask("operation(uint64)", operation_id).status == Status.CANCELLED
    world.pass_time(LOCK)
    with reverts("WrongStatus(uint8)"):
        world.execute(operation_id)
    with reverts("WrongStatus(uint8)"):
        world.send(who, "cancel(uint64)", operation_id)


@pytest.mark.parametrize("who", [AGENT, STRANGER, NEW_OWNER])
def test_nobody_else_cancels(world, who):
    operation_id = world.queue()
    with reverts("NotOwnerOrGuardian()"):
        world.send(who, "cancel(uint64)", operation_id)


def test_cancels_may_use_the_reserved_gas():
    reserved = {m.name for m in Guardian.methods.values() if m.spec.is_reserved}
    assert reserved == {"cancel", "cancelChange", "revokeHash"}


def test_at_most_32_operations_wait(world):
    ids = [world.queue(value=80 * AIT, sender=OWNER) for _ in range(32)]
    with reverts("TooMany(uint32)"):
        world.queue()
    assert world.pay(1) == (0, b""), "what does not wait is not concerned"
    world.send(OWNER, "cancel(uint64)", ids[3])
    world.queue()
    pending = world.info().pending_operations
    assert sorted(pending) == sorted({*ids, 33} - {ids[3]})
    for operation_id in pending:
        world.send(GUARDIANS[0], "cancel(uint64)", operation_id)
    assert world.info().pending_operations == ()


def test_queued_operations_are_listed_in_pages(world):
    ids = [world.queue() for _ in range(3)]
    kind = "(uint64,address,uint8,uint8,address,address,uint128,bytes,uint64,uint64,bool)[]"
    for cursor, limit, expected in ((0, 2, ids[:2]), (2, 100, ids[2:]), (9, 5, []), (0, 0, [])):
        data = encode_call("operations(address,uint64,uint32)", world.vault, cursor, limit)
        rows, following = decode((kind, "uint64"), world.chain.read(GUARDIAN_ADDRESS, data))
        assert [row[0] for row in rows] == expected
        assert following == max(cursor, min(3, cursor + limit))


def test_a_call_is_made_by_the_vault(world):
    operation_id = world.queue(target=TARGET, value=5, data=PING)
    world.pass_time(LOCK)
    assert world.execute(operation_id) == b"done"
    assert world.calls == [(world.vault, 5, PING)]


def test_a_failed_call_at_once_reverts_with_its_data(world):
    world.answer = Revert(b"\x01\x02\x03\x04", "no")
    with pytest.raises(Revert) as info:
        world.do(AGENT, TARGET, 5)
    assert info.value.data == b"\x01\x02\x03\x04"
    assert world.ask("limits(address,address)", world.vault, NATIVE).hour_spent == 0


def test_a_failed_queued_call_stays_pending(world):
    operation_id = world.queue(target=TARGET, value=5, data=PING)
    world.pass_time(LOCK)
    world.answer = Revert(b"\x01\x02\x03\x04", "no")
    with pytest.raises(Revert) as info:
        world.execute(operation_id)
    assert info.value.data == b"\x01\x02\x03\x04"
    assert world.ask("operation(uint64)", operation_id).status == Status.PENDING
    world.answer = b"late"
    assert world.execute(operation_id) == b"late"
    assert world.ask("limits(address,address)", world.vault, NATIVE).hour_spent == 5


def test_a_call_that_runs_out_of_gas_reverts_without_data(world):
    def burn(frame, data):
        raise OutOfGas

    world.chain.foreign[TARGET] = burn
    with pytest.raises(Revert) as info:
        world.do(AGENT, TARGET, 5)
    assert info.value.data == b""


def test_a_vault_sends_no_more_than_it_holds(world):
    world.chain.balances[world.vault] = 5
    with reverts("VaultBalanceTooLow(uint256,uint256)"):
        world.pay(6)
    world.pay(5)
    assert world.held(world.vault) == 0


def test_a_vault_calls_neither_itself_nor_the_guardian(world):
    for target in (world.vault, GUARDIAN_ADDRESS):
        for value, data in ((0, b""), (1, b""), (0, drive_data(SHOP, 1, b""))):
            with reverts("BadTarget(address)"):
                world.do(OWNER, target, value, data)


def test_long_calldata_is_refused_in_the_queue_only(world):
    world.change_now(ALLOW, TARGET, PING[:4], 0, 0)
    world.do(AGENT, TARGET, 0, PING[:4] + bytes(20_000))
    with reverts("DataTooLong(uint32)"):
        world.do(AGENT, TARGET, 0, b"\x01" * 8_193)
    world.queue(target=TARGET, value=0, data=b"\x01" * 8_192)


def test_an_amount_beyond_128_bits_is_no_value(world):
    for value in (2**128 - 1, 2**64 - 1 + 100 * AIT):
        with reverts(EXCEEDED):
            world.do(AGENT, SHOP, value)
    data = encode_call("initiate(address,address,uint256,bytes)", world.vault, SHOP, 2**128, b"")
    with pytest.raises(Revert):
        world.chain.transact(AGENT, GUARDIAN_ADDRESS, selector(INITIATE) + data[4:])


def test_the_initiator_must_still_be_one_at_execution(world):
    operation_id = world.queue()
    world.send(OWNER, "setAgent(address,address)", world.vault, bytes(20))
    world.pass_time(LOCK)
    with reverts("NotInitiator(address)"):
        world.execute(operation_id)


def test_reentry_during_an_operation_is_refused(world):
    """The target is the vault's agent: it initiates, executes, cancels while it is paid."""
    own = world.create(agent=TARGET, salt=b"\x08" * 32)
    world.chain.balances[own] = 1_000 * AIT
    tried = []

    def hostile(frame, data):
        calls = (
            encode_call(INITIATE, own, SHOP, 1, b""),
            encode_call("execute(uint64)", 1),
            encode_call("cancel(uint64)", 1),
            encode_call("setAgent(address,address)", own, bytes(20)),
        )
        tried.extend(frame.call(GUARDIAN_ADDRESS, 0, call).output[:4] for call in calls)
        state = frame.static_call(GUARDIAN_ADDRESS, encode_call("operation(uint64)", 1))
        tried.append(state.success)
        return b""

    world.chain.foreign[TARGET] = hostile
    operation_id = world.do(OWNER, TARGET, 80 * AIT, vault=own)[0]
    world.pass_time(LOCK)
    world.execute(operation_id)
    assert tried == [selector("Reentered()")] * 4 + [True]
    assert world.held(own) == 920 * AIT


# --- limits ---------------------------------------------------------------------------------


def test_an_operation_above_the_transaction_limit_is_refused(world):
    assert window_exceeded(world, AGENT, SHOP, 100 * AIT + 1) == (0, 100 * AIT)
    world.queue(value=100 * AIT)


def test_the_hour_fills_up_exactly(world):
    for _ in range(10):
        world.pay(50 * AIT)
    assert window_exceeded(world, AGENT, SHOP, 1) == (1, 0)
    budget = world.ask("limits(address,address)", world.vault, NATIVE)
    assert (budget.hour_spent, budget.day_spent, budget.week_spent) == (500 * AIT,) * 3


def test_an_hour_counts_twelve_buckets_before_the_present_one(world):
    start = world.chain.block.timestamp
    world.pass_time(-start % 300 + 299)
    for _ in range(10):
        world.pay(50 * AIT)
    world.pass_time(3_600)
    assert window_exceeded(world, AGENT, SHOP, 1) == (1, 0)
    world.pass_time(1)
    world.pay(50 * AIT)


def test_the_day_and_the_week_hold_too():
    world = World(limits=(10, 10, 20, 30, 99))
    world.pay(10)
    world.pass_time(2 * HOUR)
    world.pay(10)
    world.pass_time(2 * HOUR)
    assert window_exceeded(world, AGENT, SHOP, 1) == (2, 0)
    world.pass_time(26 * HOUR)
    world.pay(9)
    world.pass_time(2 * HOUR)
    assert window_exceeded(world, AGENT, SHOP, 2) == (3, 1)
    world.pay(1)
    world.pass_time(8 * DAY)
    world.pay(10)
    assert world.ask("limits(address,address)", world.vault, NATIVE).week_spent == 10


def test_limits_are_checked_at_initiation_and_again_at_execution():
    world = World(limits=(100, 150, 150, 150, 100))
    first, second = world.queue(value=100), world.queue(value=100)
    world.pass_time(LOCK)
    world.execute(first)
    with reverts(EXCEEDED):
        world.execute(second)
    with reverts(EXCEEDED):
        world.queue(value=100)
    assert world.ask("operation(uint64)", second).status == Status.PENDING
    world.send(OWNER, SET_LIMITS, world.vault, NATIVE, (99, 150, 150, 150, 100))
    world.pass_time(8 * DAY)
    with reverts(EXCEEDED):
        world.execute(second)


def test_zero_limits_pay_nothing_but_empty_calls():
    world = World(limits=(0, 0, 0, 0, 1))
    with reverts(EXCEEDED):
        world.pay(1)
    assert world.pay(0) == (0, b"")


def test_a_lock_of_zero_makes_everything_wait():
    world = World(limits=(10, 10, 10, 10, 0))
    assert world.queue(value=0)


def test_a_token_has_its_own_limits(world):
    world.limit_token()
    for _ in range(6):
        world.do(AGENT, TOKEN, 0, transfer(499))
    assert window_exceeded(world, AGENT, TOKEN, 0, transfer(7)) == (1, 6)
    assert world.ask("limits(address,address)", world.vault, TOKEN).hour_spent == 6 * 499
    assert world.ask("limits(address,address)", world.vault, NATIVE).hour_spent == 0
    assert world.pay(AIT) == (0, b"")
    assert window_exceeded(world, AGENT, TOKEN, 0, transfer(1_001)) == (0, 1_000)
    assert window_exceeded(world, AGENT, TOKEN, 0, transfer(MAX)) == (0, 1_000)
    world.pass_time(DAY)
    assert world.do(AGENT, TOKEN, 0, transfer(500))[0], "at the token's lock"


@pytest.mark.parametrize(
    ("signature", "values", "waits"),
    [
        ("transfer(address,uint256)", (SHOP, 100), False),
        ("transferFrom(address,address,uint256)", (STRANGER, SHOP, 100), False),
        ("approve(address,uint256)", (SHOP, 100), True),
        ("increaseAllowance(address,uint256)", (SHOP, 100), True),
        ("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
         (STRANGER, SHOP, 100, 5, 27, HASH, HASH), True),
    ],
)  # fmt: skip
def test_token_calls_are_decoded_and_count(world, signature, values, waits):
    world.limit_token()
    data = encode_call(signature, *values)
    operation_id, _ = world.do(AGENT, TOKEN, 0, data)
    assert bool(operation_id) is waits
    if waits:
        assert world.ask("limits(address,address)", world.vault, TOKEN).hour_spent == 0
        world.pass_time(LOCK)
        world.execute(operation_id)
    assert world.ask("limits(address,address)", world.vault, TOKEN).hour_spent == 100
    place = values.index(100)
    data = encode_call(signature, *(*values[:place], 1_001, *values[place + 1 :]))
    assert window_exceeded(world, AGENT, TOKEN, 0, data) == (0, 1_000)


def test_an_infinite_allowance_is_above_any_limit(world):
    world.limit_token()
    data = encode_call("approve(address,uint256)", SHOP, MAX)
    assert window_exceeded(world, OWNER, TOKEN, 0, data) == (0, 1_000)


def test_setting_an_allowance_to_zero_does_not_wait(world):
    world.limit_token()
    data = encode_call("approve(address,uint256)", SHOP, 0)
    assert world.do(AGENT, TOKEN, 0, data)[0] == 0
    assert world.do(AGENT, OTHER_TOKEN, 0, data)[0], "an asset without limits"


def test_an_asset_without_limits_waits(world):
    for signature in ("transfer(address,uint256)", "approve(address,uint256)"):
        assert world.do(AGENT, OTHER_TOKEN, 0, encode_call(signature, SHOP, 1))[0]
    operation_id = world.do(AGENT, OTHER_TOKEN, 0, transfer(MAX))[0]
    world.pass_time(LOCK)
    world.execute(operation_id)


@pytest.mark.parametrize(
    "data",
    [
        transfer(5) + b"\x00",
        transfer(5) + bytes(32),
        transfer(5)[:-1],
        transfer(5)[:4],
        transfer(5)[:4] + b"\x01" + transfer(5)[5:],
        transfer(5)[:3],
        b"\x00",
    ],
)
def test_malformed_token_calls_wait_whatever_the_allowlist_says(world, data):
    """A lenient token would take some of these for a transfer."""
    malformed(data)
    world.limit_token()
    world.change_now(ALLOW, TOKEN, transfer(5)[:4], 10**30, 10**30)
    world.change_now(ALLOW, TOKEN, data[:4].ljust(4, b"\0"), 10**30, 10**30)
    operation_id, _ = world.do(AGENT, TOKEN, 0, data)
    assert operation_id
    world.pass_time(LOCK)
    world.execute(operation_id)
    assert world.ask("limits(address,address)", world.vault, TOKEN).hour_spent == 0


def test_value_and_token_of_one_call_both_count(world):
    world.limit_token()
    world.do(AGENT, TOKEN, 7, transfer(9))
    assert world.ask("limits(address,address)", world.vault, TOKEN).day_spent == 9
    assert world.ask("limits(address,address)", world.vault, NATIVE).day_spent == 7
    assert world.do(AGENT, TOKEN, 80 * AIT, transfer(9))[0]


def test_token_words_to_the_zero_address_are_no_ait(world):
    assert world.do(AGENT, NATIVE, 0, transfer(5))[0]


def test_windows_forget_after_any_silence(world):
    world.pay(10 * AIT)
    for seconds in (HOUR, 13 * HOUR, 3 * DAY, 30 * DAY, 400 * DAY):
        world.pass_time(seconds)
        world.pay(1)
    budget = world.ask("limits(address,address)", world.vault, NATIVE)
    assert (budget.hour_spent, budget.day_spent, budget.week_spent) == (1, 1, 1)
    world.pass_time(8 * DAY)
    budget = world.ask("limits(address,address)", world.vault, NATIVE)
    assert (budget.hour_spent, budget.day_spent, budget.week_spent) == (0, 0, 0)


# --- allowlist ------------------------------------------------------------------------------


def test_an_unknown_call_waits_unless_it_is_allowed(world):
    assert world.queue(target=TARGET, value=0, data=PING)
    world.change_now(ALLOW, TARGET, PING[:4], 3, 0)
    assert world.do(AGENT, TARGET, 3, PING) == (0, b"done")
    assert world.do(AGENT, TARGET, 4, PING)[0], "above its value rule"
    assert world.do(AGENT, TARGET, 0, b"\xaa\xbb\xcc\xde")[0], "another selector"
    assert world.do(AGENT, SHOP, 0, PING)[0], "another target"


def test_an_allowed_token_moves_at_most_its_amount(world):
    world.change_now(ALLOW, OTHER_TOKEN, transfer(0)[:4], 0, 50)
    assert world.do(AGENT, OTHER_TOKEN, 0, transfer(50))[0] == 0
    assert world.do(AGENT, OTHER_TOKEN, 0, transfer(51))[0]
    assert world.do(AGENT, OTHER_TOKEN, 1, transfer(50))[0]


def test_the_allowlist_spares_no_limit_lock_or_approval(world):
    world.limit_token()
    approve = encode_call("approve(address,uint256)", SHOP, 1)
    for target, data in ((TARGET, PING), (TOKEN, transfer(0)), (OTHER_TOKEN, approve)):
        world.change_now(ALLOW, target, data[:4], 10**30, 10**30)
    assert world.do(AGENT, TARGET, 80 * AIT, PING)[0]
    assert window_exceeded(world, AGENT, TARGET, 100 * AIT + 1, PING) == (0, 100 * AIT)
    assert world.do(AGENT, TOKEN, 0, transfer(500))[0]
    assert window_exceeded(world, AGENT, TOKEN, 0, transfer(1_001)) == (0, 1_000)
    assert world.do(AGENT, OTHER_TOKEN, 0, approve)[0]


def test_an_entry_is_removed_at_once(world):
    world.change_now(ALLOW, TARGET, PING[:4], 3, 4)
    rule = world.ask("rule(address,address,bytes4)", world.vault, TARGET, PING[:4])
    assert (rule.is_set, rule.value_max, rule.amount_max) == (True, 3, 4)
    remove = ("disallow(address,address,bytes4)", world.vault, TARGET, PING[:4])
    world.send(OWNER, *remove)
    assert world.do(AGENT, TARGET, 0, PING)[0]
    with reverts("UnknownRule()"):
        world.send(OWNER, *remove)


def test_preview_says_what_would_happen(world):
    ask = "preview(address,address,address,uint128,bytes)"
    assert not world.ask(ask, world.vault, AGENT, SHOP, 1, b"")
    assert world.ask(ask, world.vault, AGENT, SHOP, 80 * AIT, b"")
    assert world.ask(ask, world.vault, OWNER, TARGET, 0, PING)
    with reverts(EXCEEDED):
        world.ask(ask, world.vault, AGENT, SHOP, 101 * AIT, b"")
    with reverts("NotInitiator(address)"):
        world.ask(ask, world.vault, STRANGER, SHOP, 1, b"")


# --- EIP-1271 -------------------------------------------------------------------------------


def test_a_hash_is_approved_by_an_operation_that_waits(world):
    operation_id = world.number(AGENT, APPROVE_HASH, world.vault, HASH, NATIVE, 10 * AIT)
    assert not is_approved(world, HASH)
    world.pass_time(LOCK - 1)
    with reverts("NotReady()"):
        world.execute(operation_id)
    world.pass_time(1)
    assert world.execute(operation_id) == b""
    assert is_approved(world, HASH)
    assert not is_approved(world, b"\x34" * 32)
    assert world.ask("limits(address,address)", world.vault, NATIVE).hour_spent == 10 * AIT
    assert world.held(world.vault) == 5_000 * AIT
    for who, is_right in ((STRANGER, False), (AGENT, False), (GUARDIANS[1], True)):
        call = ("revokeHash(address,bytes32)", world.vault, HASH)
        if is_right:
            world.send(who, *call)
        else:
            with reverts("NotOwnerOrGuardian()"):
                world.send(who, *call)
    assert not is_approved(world, HASH)
    with reverts("UnknownHash(bytes32)"):
        world.send(OWNER, "revokeHash(address,bytes32)", world.vault, HASH)


def test_a_hash_passes_the_limits_of_its_asset(world):
    with reverts(EXCEEDED):
        world.send(AGENT, APPROVE_HASH, world.vault, HASH, NATIVE, 100 * AIT + 1)
    first = world.number(AGENT, APPROVE_HASH, world.vault, HASH, NATIVE, 100 * AIT)
    world.pass_time(LOCK)
    for _ in range(9):
        world.pay(50 * AIT)
    with reverts(EXCEEDED):
        world.execute(first)
    assert not is_approved(world, HASH)


def test_a_hash_about_an_asset_without_limits_waits(world):
    operation_id = world.number(OWNER, APPROVE_HASH, world.vault, HASH, OTHER_TOKEN, 2**128 - 1)
    world.pass_time(LOCK)
    world.execute(operation_id)
    assert is_approved(world, HASH)


def test_a_cancelled_hash_is_not_approved(world):
    operation_id = world.number(OWNER, APPROVE_HASH, world.vault, HASH, NATIVE, 1)
    world.send(GUARDIANS[2], "cancel(uint64)", operation_id)
    world.pass_time(LOCK)
    with reverts("WrongStatus(uint8)"):
        world.execute(operation_id)
    assert not is_approved(world, HASH)


# --- parameters -----------------------------------------------------------------------------


def test_parameters_have_the_numbers_of_the_specification(world):
    expected = {
        "lockSecondsMin": HOUR, "lockSecondsMax": 168 * HOUR, "pendingMax": 32,
        "pauseSeconds": 72 * HOUR, "pauseCooldownSeconds": 30 * DAY, "guardiansMin": 3,
        "objectionSeconds": 30 * DAY,
    }  # fmt: skip
    for key, value in expected.items():
        assert world.ask("parameter(string)", key) == value


@pytest.mark.parametrize(
    ("changes", "contradicts"),
    [
        ({"lockSecondsMin": 168 * HOUR, "lockSecondsMax": HOUR}, "lockSecondsMax"),
        ({"presetLockSeconds": 2 * HOUR, "lockSecondsMin": 3 * HOUR}, "presetLockSeconds"),
        ({"aggressiveTransaction": 5_001 * AIT}, "aggressive"),
        ({"highSecurityWeek": 1}, "high_security"),
    ],
)
def test_contradicting_parameters_are_refused(world, changes, contradicts):
    world.chain.read(GUARDIAN_ADDRESS, encode_call("checkParameters()"))
    for key, value in changes.items():
        world.send(GOVERNANCE_ADDRESS, "setParameter(string,uint256)", key, value)
    with pytest.raises(Revert) as info:
        world.chain.read(GUARDIAN_ADDRESS, encode_call("checkParameters()"))
    expected = selector("ParametersContradict(string)") + encode(("string",), (contradicts,))
    assert info.value.data == expected
