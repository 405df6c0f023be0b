"""Guardian: what changes a vault's rules, and session keys."""

import pytest

from contracts.guardian.v1.messages import Limits
from contracts.guardian.v1.records import Role, Status
from contracts.places import GUARDIAN_ADDRESS
from primitives.abi import decode, encode_call
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.guardian_world import (
    ADD_KEY,
    AGENT,
    AIT,
    ALLOW,
    APPROVE_HASH,
    DAY,
    GUARDIANS,
    HOUR,
    KEY,
    LIMITS,
    LOCK,
    NATIVE,
    NEW_OWNER,
    OWNER,
    ROTATE,
    SET_LIMITS,
    SHOP,
    STRANGER,
    TARGET,
    TOKEN,
    TOKEN_LIMITS,
    World,
    account,
    transfer,
)  # fmt: skip

EXCEEDED = "LimitExceeded(address,uint8,uint256,uint256)"
PING = b"\xaa\xbb\xcc\xdd" + bytes(32)
OTHERS = tuple(account(number) for number in (31, 32, 33))
KEY_LIMITS = (10 * AIT, 20 * AIT, 30 * AIT, 40 * AIT)
LIFETIME = 30 * DAY
SET_AGENT = "setAgent(address,address)"
SET_LOCK = "setLockSeconds(address,uint64)"
REMOVE_KEY = "removeSessionKey(address,address)"
EXECUTE, CANCEL, EXPIRE = (
    f"{name}(uint64)" for name in ("executeChange", "cancelChange", "expireChange")
)


@pytest.fixture
def world():
    return World()


def delayed(world):
    """Return (signature, values, is in force) of each kind of delayed change."""
    vault = world.vault

    def budget(asset):
        return world.ask("limits(address,address)", vault, asset)

    raised = (101 * AIT, *LIMITS[1:])
    key = (KEY, LIFETIME, ((NATIVE, *KEY_LIMITS),))
    return {
        "rise": (SET_LIMITS, (NATIVE, raised), lambda: budget(NATIVE).limits == Limits(*raised)),
        "asset": (SET_LIMITS, (TOKEN, TOKEN_LIMITS), lambda: budget(TOKEN).is_set),
        "lock": (SET_LOCK, (HOUR,), lambda: world.info().lock_seconds == HOUR),
        "agent": (SET_AGENT, (NEW_OWNER,), lambda: world.info().agent == NEW_OWNER),
        "guardians": (ROTATE, (OTHERS,), lambda: world.info().guardians == OTHERS),
        "allow": (
            ALLOW,
            (TARGET, PING[:4], 1, 0),
            lambda: world.ask("rule(address,address,bytes4)", vault, TARGET, PING[:4]).is_set,
        ),
        "key": (ADD_KEY, key, lambda: world.info().session_keys == (KEY,)),
    }


KINDS = ("rise", "asset", "lock", "agent", "guardians", "allow", "key")


@pytest.mark.parametrize("kind", KINDS)
def test_what_loosens_waits_for_the_time_lock(world, kind):
    signature, values, is_in_force = delayed(world)[kind]
    change_id = world.number(OWNER, signature, world.vault, *values)
    assert world.info().pending_changes == (change_id,)
    world.pass_time(LOCK - 1)
    assert not world.ask("change(uint64)", change_id).is_ready
    with reverts("NotReady()"):
        world.send(OWNER, EXECUTE, change_id)
    assert not is_in_force()
    world.pass_time(1)
    assert world.ask("change(uint64)", change_id).is_ready
    world.send(STRANGER, EXECUTE, change_id)
    assert is_in_force()
    assert world.ask("change(uint64)", change_id).status == Status.EXECUTED
    assert world.info().pending_changes == ()
    with reverts("WrongStatus(uint8)"):
        world.send(OWNER, EXECUTE, change_id)


@pytest.mark.parametrize("kind", KINDS)
def test_only_the_owner_changes_rules(world, kind):
    signature, values, _ = delayed(world)[kind]
    for who in (AGENT, STRANGER, KEY, *GUARDIANS):
        with reverts("NotOwner()"):
            world.send(who, signature, world.vault, *values)


def test_only_the_owner_tightens_rules(world):
    world.add_key((NATIVE, *KEY_LIMITS))
    calls = (
        (SET_LIMITS, NATIVE, (0, 0, 0, 0, 0)),
        (SET_LOCK, 2 * LOCK),
        (SET_AGENT, bytes(20)),
        ("disallow(address,address,bytes4)", TARGET, PING[:4]),
        (REMOVE_KEY, KEY),
    )
    for who in (AGENT, STRANGER, KEY, *GUARDIANS):
        for signature, *values in calls:
            with reverts("NotOwner()"):
                world.send(who, signature, world.vault, *values)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("who", [OWNER, GUARDIANS[1]])
def test_owner_and_guardians_cancel_a_change(world, kind, who):
    signature, values, is_in_force = delayed(world)[kind]
    if kind == "guardians":
        values = ((GUARDIANS[1], *OTHERS),)
    change_id = world.number(OWNER, signature, world.vault, *values)
    for other in (AGENT, STRANGER):
        with reverts("NotOwnerOrGuardian()"):
            world.send(other, CANCEL, change_id)
    world.send(who, CANCEL, change_id)
    assert world.ask("change(uint64)", change_id).status == Status.CANCELLED
    world.pass_time(LOCK)
    with reverts("WrongStatus(uint8)"):
        world.send(OWNER, EXECUTE, change_id)
    assert not is_in_force()


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_expires(world, kind):
    signature, values, is_in_force = delayed(world)[kind]
    change_id = world.number(OWNER, signature, world.vault, *values)
    world.pass_time(LOCK + 14 * DAY - 1)
    with reverts("NotTooLate()"):
        world.send(STRANGER, EXPIRE, change_id)
    world.pass_time(1)
    with reverts("TooLate()"):
        world.send(STRANGER, EXECUTE, change_id)
    world.send(STRANGER, EXPIRE, change_id)
    assert world.ask("change(uint64)", change_id).status == Status.EXPIRED
    assert not is_in_force()


@pytest.mark.parametrize("place", range(5))
def test_cuts_act_at_once_and_a_single_rise_waits(world, place):
    for step, is_at_once in ((-1, True), (1, False)):
        limits = list(world.ask("limits(address,address)", world.vault, NATIVE).limits
                      .__getstate__())  # fmt: skip
        limits[place] += step
        change_id = world.number(OWNER, SET_LIMITS, world.vault, NATIVE, tuple(limits))
        assert (change_id == 0) is is_at_once
        now = world.ask("limits(address,address)", world.vault, NATIVE).limits
        assert (now == Limits(*limits)) is is_at_once


def test_a_cut_voids_a_waiting_rise(world):
    change_id = world.number(OWNER, SET_LIMITS, world.vault, NATIVE, (101 * AIT, *LIMITS[1:]))
    assert world.number(OWNER, SET_LIMITS, world.vault, NATIVE, (1, *LIMITS[1:])) == 0
    world.pass_time(LOCK)
    with reverts("StaleChange()"):
        world.send(STRANGER, EXECUTE, change_id)


def test_a_rise_keeps_what_was_spent(world):
    world.pay(50 * AIT)
    world.change_now(SET_LIMITS, NATIVE, (200 * AIT, *LIMITS[1:]))
    assert world.ask("limits(address,address)", world.vault, NATIVE).week_spent == 50 * AIT


def test_a_longer_lock_acts_at_once_for_what_is_queued_then(world):
    before = world.queue()
    assert world.number(OWNER, SET_LOCK, world.vault, 2 * LOCK) == 0
    after = world.queue()
    world.pass_time(LOCK)
    world.execute(before)
    with reverts("NotReady()"):
        world.execute(after)
    world.pass_time(LOCK)
    world.execute(after)
    for wrong in (HOUR - 1, 168 * HOUR + 1, 2**64 - 1):
        with reverts("BadLockSeconds(uint64,uint64)"):
            world.send(OWNER, SET_LOCK, world.vault, wrong)


def test_an_agent_is_removed_at_once_and_replaced_later(world):
    world.send(OWNER, SET_AGENT, world.vault, bytes(20))
    with reverts("NotInitiator(address)"):
        world.pay(1)
    assert world.ask("role(address,address)", world.vault, AGENT) == Role.NONE
    world.change_now(SET_AGENT, NEW_OWNER)
    assert world.pay(1, NEW_OWNER) == (0, b"")
    world.change_now(SET_AGENT, AGENT)
    with reverts("NotInitiator(address)"):
        world.pay(1, NEW_OWNER)
    for taken in (OWNER, AGENT, GUARDIANS[0], world.vault, GUARDIAN_ADDRESS):
        with reverts("BadAccount(address)"):
            world.send(OWNER, SET_AGENT, world.vault, taken)


def test_a_role_that_was_taken_meanwhile_is_refused_at_execution(world):
    first = world.number(OWNER, SET_AGENT, world.vault, KEY)
    second = world.number(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, ())
    third = world.number(OWNER, ROTATE, world.vault, (KEY, *GUARDIANS))
    world.pass_time(LOCK)
    world.send(STRANGER, EXECUTE, first)
    for change_id in (second, third):
        with reverts("BadAccount(address)"):
            world.send(STRANGER, EXECUTE, change_id)
    assert world.info().guardians == GUARDIANS


def test_a_rotation_replaces_the_guardians(world):
    kept = (*OTHERS, GUARDIANS[0])
    world.change_now(ROTATE, kept)
    assert world.info().guardians == kept
    operation_id = world.queue()
    for who in GUARDIANS[1:]:
        with reverts("NotOwnerOrGuardian()"):
            world.send(who, "cancel(uint64)", operation_id)
    world.send(OTHERS[2], "cancel(uint64)", operation_id)


@pytest.mark.parametrize("count", [0, 2, 16])
def test_a_rotation_needs_the_right_number(world, count):
    guardians = tuple(account(100 + number) for number in range(count))
    with reverts("BadGuardianCount(uint32,uint32)"):
        world.send(OWNER, ROTATE, world.vault, guardians)


@pytest.mark.parametrize("wrong", [OWNER, AGENT, OTHERS[0], bytes(20), GUARDIAN_ADDRESS])
def test_a_rotation_to_wrong_accounts_fails(world, wrong):
    change_id = world.number(OWNER, ROTATE, world.vault, (*OTHERS, wrong))
    world.pass_time(LOCK)
    with reverts("BadAccount(address)"):
        world.send(STRANGER, EXECUTE, change_id)


def test_a_guardian_cannot_cancel_its_own_removal(world):
    stays, *leave = GUARDIANS
    change_id = world.number(OWNER, ROTATE, world.vault, (stays, *OTHERS))
    for guardian in leave:
        with reverts("OwnRemoval()"):
            world.send(guardian, CANCEL, change_id)
    world.send(stays, CANCEL, change_id)


def test_at_most_16_changes_wait_and_operations_do_not_count(world):
    for _ in range(32):
        world.queue()
    ids = [world.number(OWNER, SET_LOCK, world.vault, HOUR) for _ in range(16)]
    with reverts("TooMany(uint32)"):
        world.send(OWNER, SET_LOCK, world.vault, HOUR)
    world.send(OWNER, CANCEL, ids[0])
    world.send(OWNER, CANCEL, ids[15])
    assert sorted(world.info().pending_changes) == ids[1:15]
    world.send(OWNER, SET_LOCK, world.vault, HOUR)


def test_changes_are_listed_in_pages(world):
    ids = [world.number(OWNER, SET_LOCK, world.vault, HOUR) for _ in range(3)]
    kind = "(uint64,address,uint8,uint8,bytes,uint64,uint64,bool)[]"
    for cursor, limit, expected in ((0, 2, ids[:2]), (2, 100, ids[2:]), (9, 5, [])):
        data = encode_call("changes(address,uint64,uint32)", world.vault, cursor, limit)
        rows, _ = decode((kind, "uint64"), world.chain.read(GUARDIAN_ADDRESS, data))
        assert [row[0] for row in rows] == expected


def test_at_most_32_assets_have_limits(world):
    for number in range(31):
        world.change_now(SET_LIMITS, account(200 + number), TOKEN_LIMITS)
    assert len(world.info().assets) == 32
    change_id = world.number(OWNER, SET_LIMITS, world.vault, account(300), TOKEN_LIMITS)
    world.pass_time(LOCK)
    with reverts("TooMany(uint32)"):
        world.send(STRANGER, EXECUTE, change_id)
    world.change_now(SET_LIMITS, account(200), (2_000, 3_000, 9_000, 20_000, 500))


def test_cutting_the_limits_of_an_asset_without_any_is_no_cut(world):
    assert world.number(OWNER, SET_LIMITS, world.vault, TOKEN, (0, 0, 0, 0, 0)) > 0


def test_a_payload_that_does_not_fit_is_refused(world):
    governed = world.chain.registry.first(GUARDIAN_ADDRESS)(world.chain.hook(GUARDIAN_ADDRESS))
    governed.session_assets_max = 100
    rows = ((NATIVE, *KEY_LIMITS),) * 60
    with reverts("DataTooLong(uint32)"):
        world.send(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, rows)


# --- session keys ---------------------------------------------------------------------------


def test_a_session_key_spends_within_its_own_limits(world):
    world.add_key((NATIVE, *KEY_LIMITS))
    for _ in range(2):
        assert world.pay(10 * AIT, KEY) == (0, b"")
    with reverts(EXCEEDED):
        world.pay(1, KEY)
    info = world.ask("sessionLimits(address,address,address)", world.vault, KEY, NATIVE)
    assert info.hour_spent == 20 * AIT
    assert world.ask("limits(address,address)", world.vault, NATIVE).hour_spent == 20 * AIT
    assert world.pay(50 * AIT) == (0, b""), "the agent's limits are the vault's"
    world.pass_time(3 * HOUR)
    with reverts(EXCEEDED):
        world.pay(10 * AIT + 1, KEY)
    world.pay(10 * AIT, KEY)
    with reverts(EXCEEDED):
        world.pay(1, KEY)


def test_the_vaults_limits_hold_for_a_session_key_too(world):
    world.add_key((NATIVE, *KEY_LIMITS))
    for _ in range(10):
        world.pay(50 * AIT)
    with reverts(EXCEEDED):
        world.pay(1, KEY)


def test_a_session_key_expires(world):
    world.add_key((NATIVE, *KEY_LIMITS))
    world.pass_time(LIFETIME - 1)
    world.pay(1, KEY)
    assert world.ask("sessionKey(address,address)", world.vault, KEY).is_live
    world.pass_time(1)
    with reverts("NotInitiator(address)"):
        world.pay(1, KEY)
    assert not world.ask("sessionKey(address,address)", world.vault, KEY).is_live
    assert not world.ask("sessionKey(address,address)", world.vault, STRANGER).is_live


@pytest.mark.parametrize(
    ("lifetime", "is_right"), [(0, False), (1, True), (90 * DAY, True), (90 * DAY + 1, False)]
)
def test_a_lifetime_has_bounds(world, lifetime, is_right):
    values = (world.vault, KEY, lifetime, ())
    if is_right:
        assert world.number(OWNER, ADD_KEY, *values)
    else:
        with reverts("BadLifetime(uint64)"):
            world.send(OWNER, ADD_KEY, *values)


@pytest.mark.parametrize("place", range(4))
def test_a_session_keys_limits_are_at_most_the_vaults(world, place):
    row = list(LIMITS[:4])
    assert world.number(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, ((NATIVE, *row),))
    row[place] += 1
    error = "AllowanceTooLarge(address)"
    with reverts(error):
        world.send(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, ((NATIVE, *row),))
    with reverts(error):
        world.send(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, ((TOKEN, 0, 0, 0, 0),))
    with reverts("BadLimits()"):
        world.send(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, ((NATIVE, 2, 1, 3, 4),))


def test_a_session_keys_limits_are_checked_again_when_it_is_added(world):
    rows = ((NATIVE, *LIMITS[:4]),)
    change_id = world.number(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, rows)
    world.send(OWNER, SET_LIMITS, world.vault, NATIVE, (1, *LIMITS[1:]))
    world.pass_time(LOCK)
    with reverts("AllowanceTooLarge(address)"):
        world.send(STRANGER, EXECUTE, change_id)


def test_a_session_key_has_at_most_eight_assets(world):
    row = (NATIVE, *KEY_LIMITS)
    with reverts("TooMany(uint32)"):
        world.send(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, (row,) * 9)
    assert world.number(OWNER, ADD_KEY, world.vault, KEY, LIFETIME, (row,) * 8)


def test_a_vault_has_at_most_sixteen_session_keys(world):
    ids = []
    for number in range(17):
        ids.append(world.number(OWNER, ADD_KEY, world.vault, account(400 + number), LIFETIME, ()))
        if number == 15:
            world.pass_time(LOCK)
            for change_id in ids:
                world.send(STRANGER, EXECUTE, change_id)
    world.pass_time(LOCK)
    with reverts("TooMany(uint32)"):
        world.send(STRANGER, EXECUTE, ids[16])
    for number in (3, 15, 0):
        world.send(OWNER, REMOVE_KEY, world.vault, account(400 + number))
    gone = {account(400 + number) for number in (3, 15, 0)}
    assert set(world.info().session_keys) == {account(400 + n) for n in range(16)} - gone
    world.send(STRANGER, EXECUTE, ids[16])


@pytest.mark.parametrize("taken", [OWNER, AGENT, GUARDIANS[0], bytes(20), GUARDIAN_ADDRESS])
def test_a_session_key_has_no_other_role(world, taken):
    with reverts("BadAccount(address)"):
        world.send(OWNER, ADD_KEY, world.vault, taken, LIFETIME, ())


def test_a_removed_session_key_acts_no_more_and_inherits_nothing(world):
    world.add_key((NATIVE, *KEY_LIMITS))
    world.pay(10 * AIT, KEY)
    world.send(OWNER, REMOVE_KEY, world.vault, KEY)
    with reverts("NotInitiator(address)"):
        world.pay(1, KEY)
    info = world.ask("sessionKey(address,address)", world.vault, KEY)
    assert (info.is_live, info.added_at, info.lifetime_seconds) == (False, 0, 0)
    with reverts("UnknownSessionKey(address)"):
        world.send(OWNER, REMOVE_KEY, world.vault, KEY)
    with reverts("UnknownSessionKey(address)"):
        world.send(OWNER, REMOVE_KEY, world.vault, AGENT)
    world.add_key((NATIVE, 5, 5, 5, 5))
    info = world.ask("sessionLimits(address,address,address)", world.vault, KEY, NATIVE)
    assert (info.limits.week, info.week_spent) == (5, 0)


def test_a_session_key_touches_only_its_assets(world):
    world.limit_token()
    world.add_key((TOKEN, 10, 20, 30, 40))
    assert world.do(KEY, TOKEN, 0, transfer(10))[0] == 0
    limited = "SessionKeyLimited(address)"
    for target, value, data in (
        (SHOP, 1, b""),
        (TOKEN, 1, transfer(1)),
        (account(22), 0, transfer(1)),
        (TARGET, 0, PING),
        (TOKEN, 0, transfer(1) + b"\0"),
        (account(22), 0, encode_call("approve(address,uint256)", SHOP, 0)),
    ):
        with reverts(limited):
            world.do(KEY, target, value, data)
    assert world.do(KEY, SHOP, 0)[0] == 0


def test_an_allowed_token_without_limits_is_not_for_session_keys(world):
    world.change_now(ALLOW, TOKEN, transfer(0)[:4], 0, 100)
    world.add_key((NATIVE, *KEY_LIMITS))
    with reverts("SessionKeyLimited(address)"):
        world.do(KEY, TOKEN, 0, transfer(1))


def test_a_session_key_uses_the_allowlist(world):
    world.change_now(ALLOW, TARGET, PING[:4], 11 * AIT, 0)
    world.add_key((NATIVE, *KEY_LIMITS))
    assert world.do(KEY, TARGET, 10 * AIT, PING) == (0, b"done")
    with reverts(EXCEEDED):
        world.do(KEY, TARGET, 11 * AIT, PING)
    with reverts("SessionKeyLimited(address)"):
        world.do(KEY, TARGET, 12 * AIT, PING)


def test_a_session_keys_allowance_of_tokens_waits(world):
    world.limit_token()
    world.add_key((TOKEN, 10, 20, 30, 40))
    data = encode_call("approve(address,uint256)", SHOP, 10)
    operation_id, _ = world.do(KEY, TOKEN, 0, data)
    world.pass_time(LOCK)
    world.execute(operation_id)
    info = world.ask("sessionLimits(address,address,address)", world.vault, KEY, TOKEN)
    assert info.hour_spent == 10


def test_a_session_key_cannot_approve_hashes(world):
    world.add_key((NATIVE, *KEY_LIMITS))
    with reverts("SessionKeyLimited(address)"):
        world.send(KEY, APPROVE_HASH, world.vault, b"\x01" * 32, NATIVE, 1)


def queued_by_key(world):
    world.add_key((NATIVE, 90 * AIT, 90 * AIT, 90 * AIT, 90 * AIT))
    return world.queue(sender=KEY)


def test_a_session_keys_queued_operation_counts_for_it(world):
    operation_id = queued_by_key(world)
    world.pass_time(LOCK)
    world.execute(operation_id)
    info = world.ask("sessionLimits(address,address,address)", world.vault, KEY, NATIVE)
    assert info.hour_spent == 80 * AIT


def test_a_session_key_must_live_when_its_operation_is_executed(world):
    operation_id = queued_by_key(world)
    world.send(OWNER, REMOVE_KEY, world.vault, KEY)
    world.pass_time(LOCK)
    with reverts("NotInitiator(address)"):
        world.execute(operation_id)
    world.add_key((NATIVE, 90 * AIT, 90 * AIT, 90 * AIT, 90 * AIT))
    with reverts("SessionKeyLimited(address)"):
        world.execute(operation_id)
