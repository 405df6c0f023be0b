"""Guardian: pauses and recovery."""

import pytest

from contracts.guardian.v1.records import Role, Status
from contracts.places import GUARDIAN_ADDRESS
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
    is_approved,
)  # fmt: skip

FIRST, SECOND, THIRD = GUARDIANS
OTHERS = tuple(account(number) for number in (31, 32, 33))
FIVE = tuple(account(number) for number in range(41, 46))
HASH = b"\x33" * 32
PING = b"\xaa\xbb\xcc\xdd" + bytes(32)
PAUSE, CONFIRM, UNPAUSE = "pause(address)", "confirmPause(address)", "unpause(address)"
SUPPORT, OBJECT = "supportRecovery(address,address)", "objectToRecovery(address)"
RECOVER = "executeRecovery(address)"
EXECUTE, CANCEL = "executeChange(uint64)", "cancelChange(uint64)"
DELAY = 48 * HOUR


@pytest.fixture
def world():
    return World()


def is_paused(world):
    return any(world.info().paused_by)


def pause(world, guardian=FIRST):
    world.send(guardian, PAUSE, world.vault)


def recovery(world):
    return world.ask("recovery(address)", world.vault)


# --- pause ----------------------------------------------------------------------------------


def test_a_guardian_pauses_for_72_hours(world):
    pause(world)
    assert world.info().paused_by == FIRST
    world.pass_time(72 * HOUR - 1)
    with reverts("VaultPaused()"):
        world.pay(1)
    world.pass_time(1)
    assert world.pay(1) == (0, b"")
    assert not is_paused(world)


@pytest.mark.parametrize("who", [OWNER, AGENT, STRANGER])
def test_only_guardians_pause(world, who):
    for call in (PAUSE, CONFIRM, UNPAUSE):
        with reverts("NotGuardian()"):
            world.send(who, call, world.vault)


def test_a_pause_stops_operations_approvals_and_changes(world):
    world.add_key((NATIVE, AIT, AIT, AIT, AIT))
    operation_id = world.queue()
    change_id = world.number(OWNER, "setLockSeconds(address,uint64)", world.vault, HOUR)
    hash_id = world.number(OWNER, APPROVE_HASH, world.vault, HASH, NATIVE, 1)
    world.pass_time(LOCK)
    pause(world)
    for sender in (OWNER, AGENT, KEY):
        with reverts("VaultPaused()"):
            world.pay(1, sender)
    for call in (("execute(uint64)", operation_id), ("execute(uint64)", hash_id),
                 (EXECUTE, change_id), (APPROVE_HASH, world.vault, HASH, NATIVE, 1)):  # fmt: skip
        with reverts("VaultPaused()"):
            world.send(OWNER, *call)
    with reverts("VaultPaused()"):
        world.ask("preview(address,address,address,uint128,bytes)", world.vault, AGENT, SHOP, 1,
                  b"")  # fmt: skip


def test_a_pause_stops_neither_cancel_nor_rotation_nor_cuts(world):
    operation_id = world.queue()
    hash_id = world.number(OWNER, APPROVE_HASH, world.vault, HASH, NATIVE, 1)
    change_id = world.number(OWNER, "setLockSeconds(address,uint64)", world.vault, HOUR)
    rotation = world.number(OWNER, ROTATE, world.vault, OTHERS)
    world.pass_time(LOCK)
    pause(world)
    world.send(SECOND, "cancel(uint64)", operation_id)
    world.send(OWNER, "cancel(uint64)", hash_id)
    world.send(SECOND, CANCEL, change_id)
    assert world.number(OWNER, SET_LIMITS, world.vault, NATIVE, (1, 1, 1, 1, 1)) == 0
    world.send(STRANGER, EXECUTE, rotation)
    assert world.info().guardians == OTHERS
    assert is_paused(world), "the pause outlives its guardian's seat"


def test_a_pause_stops_neither_recovery_nor_objection(world):
    pause(world)
    world.support(2)
    world.send(OWNER, OBJECT, world.vault)
    world.support(2)
    world.send(SECOND, CONFIRM, world.vault)
    world.pass_time(2 * DELAY)
    assert is_paused(world)
    world.send(STRANGER, RECOVER, world.vault)
    assert world.info().owner == NEW_OWNER


def test_a_paused_vault_signs_nothing(world):
    hash_id = world.number(OWNER, APPROVE_HASH, world.vault, HASH, NATIVE, 1)
    world.pass_time(LOCK)
    world.execute(hash_id)
    pause(world)
    assert not is_approved(world, HASH)
    world.pass_time(72 * HOUR)
    assert is_approved(world, HASH)


def test_a_guardian_pauses_once_in_thirty_days(world):
    pause(world)
    with reverts("VaultPaused()"):
        pause(world, SECOND)
    world.pass_time(30 * DAY - 1)
    with reverts("PauseTooSoon(uint64)"):
        pause(world)
    pause(world, SECOND)
    world.pass_time(72 * HOUR)
    pause(world)


def test_a_rotation_does_not_shorten_the_cooldown(world):
    pause(world)
    world.change_now(ROTATE, OTHERS)
    world.change_now(ROTATE, GUARDIANS)
    world.pass_time(72 * HOUR)
    with reverts("PauseTooSoon(uint64)"):
        pause(world)


def test_a_majority_confirms_a_pause(world):
    pause(world)
    world.send(FIRST, CONFIRM, world.vault)
    assert not world.info().is_pause_confirmed, "its own confirmation is in it already"
    world.send(SECOND, CONFIRM, world.vault)
    assert world.info().is_pause_confirmed
    with reverts("NotPaused()"):
        world.send(THIRD, CONFIRM, world.vault)
    world.pass_time(90 * DAY)
    assert is_paused(world)
    with reverts("VaultPaused()"):
        world.pay(1)


def test_a_confirmation_after_the_end_is_refused(world):
    for call in (CONFIRM, UNPAUSE):
        with reverts("NotPaused()"):
            world.send(FIRST, call, world.vault)
    pause(world)
    world.pass_time(72 * HOUR)
    for call in (CONFIRM, UNPAUSE):
        with reverts("NotPaused()"):
            world.send(SECOND, call, world.vault)


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_majority_unpauses(world, is_confirmed):
    pause(world)
    if is_confirmed:
        world.send(SECOND, CONFIRM, world.vault)
    world.send(FIRST, UNPAUSE, world.vault)
    world.send(FIRST, UNPAUSE, world.vault)
    assert is_paused(world)
    world.send(THIRD, UNPAUSE, world.vault)
    assert not is_paused(world)
    assert world.pay(1) == (0, b"")


def test_votes_on_one_pause_say_nothing_about_the_next(world):
    pause(world)
    world.send(THIRD, UNPAUSE, world.vault)
    world.pass_time(72 * HOUR)
    pause(world, SECOND)
    world.send(SECOND, UNPAUSE, world.vault)
    assert is_paused(world)
    assert not world.info().is_pause_confirmed


def test_a_pause_after_a_confirmed_one_ends_by_itself_again(world):
    pause(world)
    world.send(SECOND, CONFIRM, world.vault)
    for guardian in (FIRST, THIRD):
        world.send(guardian, UNPAUSE, world.vault)
    pause(world, THIRD)
    assert not world.info().is_pause_confirmed
    world.pass_time(72 * HOUR)
    assert not is_paused(world)


def test_half_of_four_guardians_is_no_majority():
    four = FIVE[:4]
    world = World(guardians=four)
    pause(world, four[0])
    world.send(four[1], CONFIRM, world.vault)
    assert not world.info().is_pause_confirmed
    for guardian in four[:2]:
        world.send(guardian, UNPAUSE, world.vault)
    assert is_paused(world)
    world.send(four[2], CONFIRM, world.vault)
    assert world.info().is_pause_confirmed
    world.send(four[2], UNPAUSE, world.vault)
    assert not is_paused(world)


def test_a_young_chain_takes_nothing_for_recent():
    """Moments that were never set lie before everything, at any height."""
    world = World(height=5)
    operation_id = world.queue()
    pause(world)
    for guardian in (FIRST, SECOND):
        world.send(guardian, UNPAUSE, world.vault)
    world.pass_time(LOCK)
    world.execute(operation_id)
    world.support(2)
    assert not recovery(world).is_final


# --- recovery -------------------------------------------------------------------------------


def test_a_majority_replaces_the_owner_after_the_delay(world):
    world.support(1)
    assert recovery(world).candidate == bytes(20)
    world.support(2)
    info = recovery(world)
    assert (info.candidate, info.support, info.needed) == (NEW_OWNER, 2, 2)
    assert (info.is_final, info.delay_seconds) == (False, DELAY)
    world.pass_time(DELAY - 1)
    with reverts("NotReady()"):
        world.send(STRANGER, RECOVER, world.vault)
    world.pass_time(1)
    world.send(STRANGER, RECOVER, world.vault)
    assert world.info().owner == NEW_OWNER
    assert world.ask("role(address,address)", world.vault, OWNER) == Role.NONE
    assert world.pay(1, NEW_OWNER) == (0, b"")
    with reverts("NotInitiator(address)"):
        world.pay(1, OWNER)
    with reverts("NoRecovery()"):
        world.send(STRANGER, RECOVER, world.vault)


@pytest.mark.parametrize("who", [OWNER, AGENT, STRANGER, NEW_OWNER])
def test_only_guardians_support_a_recovery(world, who):
    with reverts("NotGuardian()"):
        world.send(who, SUPPORT, world.vault, NEW_OWNER)


def test_a_new_owner_has_no_other_role(world):
    world.add_key((NATIVE, 1, 1, 1, 1))
    for who in (OWNER, AGENT, KEY, SECOND, world.vault, GUARDIAN_ADDRESS):
        with reverts("BadAccount(address)"):
            world.send(FIRST, SUPPORT, world.vault, who)


@pytest.mark.parametrize(("count", "majority"), [(3, 2), (4, 3), (5, 3)])
def test_a_majority_is_more_than_half(count, majority):
    guardians = FIVE[:count]
    world = World(guardians=guardians)
    world.support(majority - 1, guardians=guardians)
    assert recovery(world).candidate == bytes(20)
    world.support(majority, guardians=guardians)
    assert recovery(world).candidate == NEW_OWNER


def test_votes_for_different_candidates_do_not_add_up(world):
    world.send(FIRST, SUPPORT, world.vault, NEW_OWNER)
    world.send(SECOND, SUPPORT, world.vault, STRANGER)
    assert recovery(world).candidate == bytes(20)
    world.send(FIRST, SUPPORT, world.vault, STRANGER)
    assert recovery(world).candidate == STRANGER
    assert world.ask("supportOf(address,address)", world.vault, FIRST) == STRANGER


def test_taking_support_back_ends_a_recovery(world):
    world.support(3)
    world.send(THIRD, SUPPORT, world.vault, bytes(20))
    assert recovery(world).candidate == NEW_OWNER
    world.send(SECOND, SUPPORT, world.vault, bytes(20))
    assert recovery(world).candidate == bytes(20)
    world.send(SECOND, SUPPORT, world.vault, NEW_OWNER)
    assert recovery(world).candidate == NEW_OWNER
    world.pass_time(DELAY - 1)
    world.send(FIRST, SUPPORT, world.vault, NEW_OWNER)
    world.pass_time(1)
    world.send(STRANGER, RECOVER, world.vault)


def test_guardians_who_agree_on_another_owner_begin_anew(world):
    world.support(2)
    world.pass_time(DELAY)
    world.send(FIRST, SUPPORT, world.vault, STRANGER)
    assert recovery(world).candidate == bytes(20)
    world.send(SECOND, SUPPORT, world.vault, STRANGER)
    assert recovery(world).candidate == STRANGER
    with reverts("NotReady()"):
        world.send(STRANGER, RECOVER, world.vault)


def test_a_former_guardians_support_does_not_count(world):
    world.support(1)
    world.change_now(ROTATE, (SECOND, THIRD, *OTHERS[:1]))
    world.send(SECOND, SUPPORT, world.vault, NEW_OWNER)
    assert recovery(world).candidate == bytes(20)
    world.change_now(ROTATE, GUARDIANS)
    assert world.ask("supportOf(address,address)", world.vault, FIRST) == bytes(20)
    assert world.ask("supportOf(address,address)", world.vault, SECOND) == NEW_OWNER


def test_recovery_takes_away_what_the_old_owner_set_up(world):
    world.add_key((NATIVE, 1, 1, 1, 1))
    world.add_key((NATIVE, 1, 1, 1, 1), key=STRANGER)
    hash_id = world.number(OWNER, APPROVE_HASH, world.vault, HASH, NATIVE, 1)
    world.pass_time(LOCK)
    world.execute(hash_id)
    operations = [world.queue() for _ in range(3)]
    changes = [world.number(OWNER, ROTATE, world.vault, OTHERS) for _ in range(3)]
    assert is_approved(world, HASH)
    world.support(2)
    world.pass_time(DELAY)
    world.send(STRANGER, RECOVER, world.vault)
    info = world.info()
    assert (info.owner, info.agent, info.session_keys) == (NEW_OWNER, bytes(20), ())
    assert (info.pending_operations, info.pending_changes) == ((), ())
    assert (info.guardians, info.assets) == (GUARDIANS, (NATIVE,))
    for operation_id in operations:
        assert world.ask("operation(uint64)", operation_id).status == Status.CANCELLED
    for change_id in changes:
        assert world.ask("change(uint64)", change_id).status == Status.CANCELLED
    assert not is_approved(world, HASH)
    for sender in (AGENT, KEY, STRANGER):
        with reverts("NotInitiator(address)"):
            world.pay(1, sender)
    assert world.ask("supportOf(address,address)", world.vault, FIRST) == bytes(20)
    assert world.create(agent=AGENT, salt=bytes(32)), "the old owner may begin anew elsewhere"


def test_a_vault_without_agent_is_recovered_too():
    world = World(agent=bytes(20))
    world.support(2)
    world.pass_time(DELAY)
    world.send(STRANGER, RECOVER, world.vault)
    assert world.info().owner == NEW_OWNER


def test_a_pending_recovery_freezes_what_is_delayed(world):
    world.change_now(ALLOW, TARGET, PING[:4], 0, 0)
    operation_id = world.queue()
    changes = [
        world.number(OWNER, ROTATE, world.vault, OTHERS),
        world.number(OWNER, SET_LIMITS, world.vault, NATIVE, (101 * AIT, *LIMITS[1:])),
        world.number(OWNER, ALLOW, world.vault, TARGET, b"\1\2\3\4", 0, 0),
        world.number(OWNER, ADD_KEY, world.vault, KEY, DAY, ()),
    ]
    world.pass_time(LOCK)
    world.support(2)
    frozen = "RecoveryPending()"
    with reverts(frozen):
        world.execute(operation_id)
    for change_id in changes:
        with reverts(frozen):
            world.send(OWNER, EXECUTE, change_id)
    with reverts(frozen):
        world.queue()
    with reverts(frozen):
        world.ask("preview(address,address,address,uint128,bytes)", world.vault, AGENT, SHOP,
                  80 * AIT, b"")  # fmt: skip
    for call in (
        (ROTATE, world.vault, OTHERS),
        (SET_LIMITS, world.vault, TOKEN, TOKEN_LIMITS),
        (ALLOW, world.vault, TARGET, b"\1\2\3\4", 0, 0),
        ("disallow(address,address,bytes4)", world.vault, TARGET, PING[:4]),
        (APPROVE_HASH, world.vault, HASH, NATIVE, 1),
    ):
        with reverts(frozen):
            world.send(OWNER, *call)


def test_a_pending_recovery_leaves_small_operations_and_cuts(world):
    world.support(2)
    assert world.pay(80 * AIT - 1) == (0, b"")
    assert world.number(OWNER, SET_LIMITS, world.vault, NATIVE, (1, 1, 1, 1, 1)) == 0
    world.send(OWNER, "setAgent(address,address)", world.vault, bytes(20))
    with reverts("NotInitiator(address)"):
        world.pay(1)


def test_support_below_a_majority_freezes_nothing(world):
    operation_id = world.queue()
    world.pass_time(LOCK)
    world.support(1)
    world.execute(operation_id)


def test_the_owner_objects(world):
    world.support(2)
    for who in (AGENT, STRANGER, FIRST):
        with reverts("NotOwner()"):
            world.send(who, OBJECT, world.vault)
    world.send(OWNER, OBJECT, world.vault)
    info = recovery(world)
    assert (info.candidate, info.is_final, info.needed) == (bytes(20), True, 2)
    assert info.objected_at == world.chain.block.timestamp
    with reverts("NoRecovery()"):
        world.send(OWNER, OBJECT, world.vault)
    with reverts("NoRecovery()"):
        world.send(STRANGER, RECOVER, world.vault)
    world.support(1)
    assert recovery(world).candidate == bytes(20), "earlier support is gone"


def test_a_stolen_key_cannot_object_and_rotate_at_once(world):
    """What was frozen waits its whole time again, so that the guardians can begin anew."""
    rotation = world.number(OWNER, ROTATE, world.vault, OTHERS)
    operation_id = world.queue(sender=OWNER)
    world.support(2)
    world.pass_time(LOCK)
    world.send(OWNER, OBJECT, world.vault)
    for signature, number in ((EXECUTE, rotation), ("execute(uint64)", operation_id)):
        with reverts("NotReady()"):
            world.send(OWNER, signature, number)
    world.pass_time(LOCK - 1)
    with reverts("NotReady()"):
        world.send(OWNER, EXECUTE, rotation)
    world.support(2)
    with reverts("RecoveryPending()"):
        world.send(OWNER, EXECUTE, rotation)
    with reverts("CannotObject()"):
        world.send(OWNER, OBJECT, world.vault)
    world.pass_time(2 * DELAY)
    world.send(STRANGER, RECOVER, world.vault)
    assert world.info().owner == NEW_OWNER


def test_what_was_frozen_goes_on_after_its_time(world):
    rotation = world.number(OWNER, ROTATE, world.vault, OTHERS)
    world.support(2)
    world.pass_time(14 * DAY + LOCK)
    world.send(OWNER, OBJECT, world.vault)
    with reverts("NotTooLate()"):
        world.send(STRANGER, "expireChange(uint64)", rotation)
    world.pass_time(LOCK)
    world.send(STRANGER, EXECUTE, rotation)
    assert world.info().guardians == OTHERS


@pytest.mark.parametrize(("count", "needed"), [(3, 2), (4, 3), (5, 4)])
def test_a_second_recovery_needs_all_guardians_but_one(count, needed):
    guardians = FIVE[:count]
    world = World(guardians=guardians)
    world.support(count // 2 + 1, guardians=guardians)
    world.send(OWNER, OBJECT, world.vault)
    assert recovery(world).needed == needed
    world.support(needed - 1, guardians=guardians)
    assert recovery(world).candidate == bytes(20)
    world.support(needed, guardians=guardians)
    info = recovery(world)
    assert (info.candidate, info.is_final) == (NEW_OWNER, True)
    assert info.delay_seconds == 2 * DELAY
    with reverts("CannotObject()"):
        world.send(OWNER, OBJECT, world.vault)
    world.pass_time(2 * DELAY - 1)
    with reverts("NotReady()"):
        world.send(STRANGER, RECOVER, world.vault)
    world.pass_time(1)
    world.send(STRANGER, RECOVER, world.vault)


def test_a_second_recovery_ends_when_one_voice_too_many_leaves():
    world = World(guardians=FIVE)
    world.support(3, guardians=FIVE)
    world.send(OWNER, OBJECT, world.vault)
    world.support(4, guardians=FIVE)
    world.send(FIVE[0], SUPPORT, world.vault, bytes(20))
    assert recovery(world).candidate == bytes(20)


@pytest.mark.parametrize(("seconds", "is_final"), [(30 * DAY - 1, True), (30 * DAY, False)])
def test_thirty_days_after_an_objection_a_recovery_is_a_first_one_again(seconds, is_final):
    world = World(guardians=FIVE)
    world.support(3, guardians=FIVE)
    world.send(OWNER, OBJECT, world.vault)
    world.support(3, guardians=FIVE)
    world.pass_time(seconds)
    world.send(FIVE[0], SUPPORT, world.vault, NEW_OWNER)
    assert any(recovery(world).candidate) is not is_final
    assert recovery(world).is_final is is_final
    if not is_final:
        world.send(OWNER, OBJECT, world.vault)


def test_the_new_owner_may_object_to_the_next_recovery(world):
    world.support(2)
    world.send(OWNER, OBJECT, world.vault)
    world.support(2)
    world.pass_time(2 * DELAY)
    world.send(STRANGER, RECOVER, world.vault)
    world.support(2, candidate=STRANGER)
    assert not recovery(world).is_final
    world.send(NEW_OWNER, OBJECT, world.vault)
    assert world.info().owner == NEW_OWNER


def test_a_halt_of_the_chain_shortens_no_delay(world):
    world.support(2)
    block = world.chain.block
    time_ms = block.time_ms + 100 * DELAY * 1_000
    world.chain.block = type(block)(
        **{name: getattr(block, name) for name in block.__slots__}
        | {"height": block.height + 1, "time_ms": time_ms, "timestamp": time_ms // 1_000}
    )
    with reverts("NotReady()"):
        world.send(STRANGER, RECOVER, world.vault)
