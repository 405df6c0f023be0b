"""Guardian: a vault with all its roles, operations, delayed changes, a pause and a recovery."""

from typing import Any

from bench.histories.world import AIT, World, account
from primitives.abi import encode_call

G = "guardian"
HOUR, DAY = 3_600, 86_400
OWNER, AGENT, STRANGER, KEY, NEW_OWNER, SHOP = (account(number) for number in range(1, 7))
GUARDIANS = [account(number) for number in range(11, 16)]
NEW_GUARDIANS = [account(number) for number in range(21, 28)]
TOKEN, TARGET = account(91), account(92)
NATIVE = bytes(20)
LIMITS = (100 * AIT, 500 * AIT, 2_000 * AIT, 10_000 * AIT, 80 * AIT)
TOKEN_LIMITS = (1_000, 3_000, 9_000, 20_000, 500)
LOCK = 24 * HOUR


def vault_history() -> World:
    """Two vaults; one loses its owner in the end."""
    world = World()
    host = world.host
    host.foreign[TOKEN] = lambda _frame, _data: (1).to_bytes(32, "big")
    host.foreign[TARGET] = lambda _frame, _data: b"done"
    world.host.leap(40 * DAY)
    send = world.send
    vault = send(OWNER, G, "createVault", AGENT, GUARDIANS, LIMITS, LOCK, b"\x05" * 32)
    send(OWNER, G, "createVaultFromPreset", "conservative", bytes(20), GUARDIANS[:3], b"\x06" * 32)
    world.refuse(OWNER, G, "createVaultFromPreset", "unknown", AGENT, GUARDIANS, b"\x07" * 32)
    host.balances[vault] = 5_000 * AIT
    _rules(world, vault)
    waiting = _operations(world, vault)
    _views(world, vault)
    _expiry(world, vault, waiting)
    _pause(world, vault)
    _recovery(world, vault)
    world.framework_calls(G, "pauseSeconds", 72 * HOUR + 1)
    return world


def _later(world: World, name: str, *values: Any) -> int:
    """Queue a change of the owner and return its number."""
    number: int = world.send(OWNER, G, name, *values)
    assert number, name
    return number


def _rules(world: World, vault: bytes) -> None:
    allowances = [(NATIVE, 10 * AIT, 20 * AIT, 30 * AIT, 40 * AIT), (TOKEN, 10, 20, 30, 40)]
    selector = encode_call("transfer(address,uint256)", SHOP, 1)[:4]
    first = _later(world, "setLimits", vault, TOKEN, TOKEN_LIMITS)
    world.refuse(STRANGER, G, "executeChange", first)
    world.host.leap(LOCK)
    world.send(STRANGER, G, "executeChange", first)
    changes = [
        _later(world, "allow", vault, TARGET, b"\x01\x02\x03\x04", AIT, 0),
        _later(world, "allow", vault, TOKEN, selector, 0, 400),
        _later(world, "addSessionKey", vault, KEY, 30 * DAY, allowances),
        _later(world, "setLockSeconds", vault, LOCK - 1),
        _later(world, "rotateGuardians", vault, NEW_GUARDIANS),
        _later(world, "setAgent", vault, account(8)),
    ]
    spare = _later(world, "setAgent", vault, account(9))
    world.refuse(OWNER, G, "addSessionKey", vault, AGENT, 30 * DAY, allowances)
    world.refuse(STRANGER, G, "executeChange", changes[0])
    world.pages(G, "changes", vault, sizes=(0, 1, 4, 8))
    world.send(OWNER, G, "cancelChange", spare)
    guarded = _later(world, "rotateGuardians", vault, GUARDIANS)
    world.send(GUARDIANS[0], G, "cancelChange", guarded)
    world.host.leap(LOCK + HOUR)
    for change in changes[:5]:
        world.send(STRANGER, G, "executeChange", change)
    late = changes[5]
    world.host.leap(15 * DAY)
    world.refuse(STRANGER, G, "executeChange", late)
    world.send(STRANGER, G, "expireChange", late)
    change = _later(world, "setAgent", vault, account(8))
    world.host.leap(LOCK)
    world.send(STRANGER, G, "executeChange", change)
    world.send(OWNER, G, "setAgent", vault, bytes(20))
    change = _later(world, "setAgent", vault, AGENT)
    world.host.leap(LOCK)
    world.send(STRANGER, G, "executeChange", change)
    world.send(OWNER, G, "setLimits", vault, TOKEN, tuple(limit - 1 for limit in TOKEN_LIMITS))
    world.send(OWNER, G, "setLockSeconds", vault, LOCK)
    world.refuse(STRANGER, G, "setLimits", vault, NATIVE, LIMITS)


def _operations(world: World, vault: bytes) -> int:
    send = world.send
    token = encode_call("transfer(address,uint256)", SHOP, 5)
    call = b"\x01\x02\x03\x04" + bytes(64)
    for who in (AGENT, OWNER, KEY):
        send(who, G, "initiate", vault, SHOP, AIT, b"")
        send(who, G, "initiate", vault, TOKEN, 0, token)
    send(AGENT, G, "initiate", vault, TARGET, AIT, call)
    waits = [send(AGENT, G, "initiate", vault, SHOP, 90 * AIT, b"")[0] for _ in range(3)]
    waits.append(send(AGENT, G, "initiate", vault, TARGET, 0, b"\x09" * 1_000)[0])
    approval = encode_call("approve(address,uint256)", SHOP, 9)
    waits.append(send(AGENT, G, "initiate", vault, TOKEN, 0, approval)[0])
    waits.append(send(OWNER, G, "approveHash", vault, b"\x31" * 32, NATIVE, AIT))
    world.refuse(AGENT, G, "initiate", vault, SHOP, 101 * AIT, b"")
    world.refuse(KEY, G, "initiate", vault, SHOP, 11 * AIT, b"")
    world.refuse(STRANGER, G, "initiate", vault, SHOP, AIT, b"")
    world.refuse(STRANGER, G, "execute", waits[0])
    for data, value in ((b"", AIT), (token, 0), (call, AIT)):
        target = SHOP if not data else TOKEN if data is token else TARGET
        world.ask(G, "preview", vault, AGENT, target, value, data)
    world.pages(G, "operations", vault, sizes=(0, 1, 3, 6))
    send(OWNER, G, "cancel", waits[2])
    world.host.leap(LOCK + HOUR)
    for operation in (waits[0], *waits[3:]):
        send(STRANGER, G, "execute", operation)
    world.ask(G, "signatureAnswer", vault, b"\x31" * 32)
    send(OWNER, G, "revokeHash", vault, b"\x31" * 32)
    send(OWNER, G, "disallow", vault, TARGET, b"\x01\x02\x03\x04")
    cancelled = send(AGENT, G, "initiate", vault, SHOP, 90 * AIT, b"")[0]
    send(NEW_GUARDIANS[0], G, "cancel", cancelled)
    return int(waits[1])


def _expiry(world: World, vault: bytes, operation: int) -> None:
    world.host.leap(15 * DAY)
    world.refuse(STRANGER, G, "execute", operation)
    world.send(STRANGER, G, "expire", operation)
    change = _later(world, "addSessionKey", vault, account(9), DAY, [])
    world.host.leap(LOCK)
    world.send(STRANGER, G, "executeChange", change)
    world.send(OWNER, G, "removeSessionKey", vault, account(9))


def _pause(world: World, vault: bytes) -> None:
    first, *rest = NEW_GUARDIANS
    world.send(first, G, "pause", vault)
    world.refuse(AGENT, G, "initiate", vault, SHOP, AIT, b"")
    for guardian in rest[:3]:
        world.send(guardian, G, "confirmPause", vault)
    world.ask(G, "vault", vault)
    for guardian in NEW_GUARDIANS[:4]:
        world.send(guardian, G, "unpause", vault)
    world.refuse(first, G, "pause", vault)


def _recovery(world: World, vault: bytes) -> None:
    for guardian in NEW_GUARDIANS[:4]:
        world.send(guardian, G, "supportRecovery", vault, NEW_OWNER)
    world.ask(G, "recovery", vault)
    world.send(OWNER, G, "objectToRecovery", vault)
    for number in range(6):
        world.send(AGENT, G, "initiate", vault, SHOP, 90 * AIT, b"")
        if number < 4:
            _later(world, "setAgent", vault, account(30 + number))
    for guardian in NEW_GUARDIANS:
        world.send(guardian, G, "supportRecovery", vault, NEW_OWNER)
    world.ask(G, "recovery", vault)
    world.refuse(OWNER, G, "objectToRecovery", vault)
    world.refuse(STRANGER, G, "executeRecovery", vault)
    world.host.leap(4 * DAY)
    world.send(STRANGER, G, "executeRecovery", vault)


def _views(world: World, vault: bytes) -> None:
    ask = world.ask
    ask(G, "vault", vault)
    ask(G, "vault", SHOP)
    world.pages(G, "vaults", sizes=(0, 1, 2))
    ask(G, "predictVault", OWNER, b"\x05" * 32)
    for asset in (NATIVE, TOKEN):
        ask(G, "limits", vault, asset)
        ask(G, "sessionLimits", vault, KEY, asset)
    ask(G, "sessionKey", vault, KEY)
    ask(G, "rule", vault, TOKEN, encode_call("transfer(address,uint256)", SHOP, 1)[:4])
    ask(G, "role", vault, AGENT)
    for number in (1, 2, 4):
        ask(G, "operation", number)
        ask(G, "change", number)
    world.pages(G, "changes", vault, sizes=(0, 1, 4, 8))
    ask(G, "recovery", vault)
    ask(G, "supportOf", vault, NEW_GUARDIANS[0])
