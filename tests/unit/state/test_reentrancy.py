"""Hostile bytecode in the middle of a native contract's call, on the real host."""

import pytest

from contracts.places import GUARDIAN_ADDRESS, STAKING_ADDRESS
from contracts.system import SYSTEM
from primitives.abi import decode, encode_call
from tests.unit.contracts.busy_world import HASH
from tests.unit.contracts.guardian_world import CREATE, DAY, GUARDIANS, INITIATE, LIMITS, NATIVE
from tests.unit.contracts.staking_world import key_address
from tests.unit.state.test_growth import AIT, Meter, account
from tests.unit.state.test_vault_account import reenter

OWNER, AGENT = account(1), account(2)
THIEF = b"\xb1" * 20
PLAIN = {
    "address": NATIVE, "address[]": GUARDIANS, "uint64": 1, "uint128": 1, "bytes": b"",
    "bytes32": HASH, "bytes4": b"abcd", "string": "conservative", "uint256": 1,
}  # fmt: skip
CHANGING = [
    method
    for method in sorted(SYSTEM.first(GUARDIAN_ADDRESS).methods.values(), key=lambda m: m.name)
    if not method.spec.is_view
]


def vault_with(meter: Meter, thief_code: bytes) -> bytes:
    """Return a funded vault whose agent is a contract with this code."""
    values = (THIEF, GUARDIANS, LIMITS, DAY, bytes(32))
    _, output, succeeded = meter.try_send(OWNER, GUARDIAN_ADDRESS, CREATE, *values)
    assert succeeded
    (vault,) = decode(("address",), output)
    meter.ledger.begin_transaction()
    meter.ledger.set_balance(vault, 1_000 * AIT)
    meter.ledger.set_nonce(THIEF, 1)
    meter.ledger.set_code(THIEF, thief_code)
    meter.ledger.finish_transaction()
    return vault


def state_of(meter: Meter) -> dict:
    changes = meter.ledger.changes().accounts
    return {
        address: (change.basics, dict(change.slots))
        for address, change in changes.items()
        if address in (*SYSTEM.addresses(), THIEF, OWNER)
    }


def argument(name: str, kind, vault: bytes) -> object:
    if name == "vault":
        return vault
    if kind.name.startswith("(uint128"):
        return LIMITS
    return PLAIN.get(kind.name, ())


@pytest.mark.parametrize("method", CHANGING, ids=lambda method: method.name)
def test_no_call_of_the_guardian_goes_through_while_it_runs_a_vaults_operation(method):
    """The thief is the vault's agent, so that many of them would, were the guardian not busy."""
    meter = Meter()
    vault = vault_with(meter, b"\x00")
    values = [argument(name, kind, vault) for name, kind in method.inputs]
    if method.name == "initiate":
        values = [vault, THIEF, AIT, b""]
    if method.name == "createVault":
        values[2] = LIMITS
    data = encode_call(method.signature, *values)
    meter.ledger.begin_transaction()
    meter.ledger.set_code(THIEF, reenter(GUARDIAN_ADDRESS, data))
    meter.ledger.finish_transaction()
    call = (OWNER, GUARDIAN_ADDRESS, INITIATE, vault, THIEF)
    _, output, succeeded = meter.try_send(*call, 5, b"")
    assert succeeded
    _, output = decode(("uint64", "bytes"), output)
    assert int.from_bytes(output, "big") == 0, "the inner call failed"
    assert meter.ledger.balance(THIEF) == 5


def test_a_vaults_operation_that_calls_the_guardian_itself_fails_whole():
    meter = Meter()
    vault = vault_with(meter, b"\x00")
    before = state_of(meter)
    for signature in ("pause(address)", "supportRecovery(address,address)", "unpause(address)"):
        values = (vault, THIEF)[: signature.count(",") + 1]
        inner = encode_call(signature, *values)
        call = (OWNER, GUARDIAN_ADDRESS, "allow(address,address,bytes4,uint128,uint128)")
        meter.send(*call, vault, GUARDIAN_ADDRESS, inner[:4], 0, 0)
    meter.height += DAY
    meter.time += DAY
    for change in (1, 2, 3):
        meter.send(OWNER, GUARDIAN_ADDRESS, "executeChange(uint64)", change)
    changed = state_of(meter)
    assert changed != before
    for signature in ("pause(address)", "supportRecovery(address,address)", "unpause(address)"):
        values = (vault, THIEF)[: signature.count(",") + 1]
        inner = encode_call(signature, *values)
        call = (OWNER, GUARDIAN_ADDRESS, INITIATE, vault, GUARDIAN_ADDRESS, 0, inner)
        assert not meter.try_send(*call)[2]
        assert state_of(meter) == changed


def test_hostile_bytecode_acts_in_its_own_name_in_other_contracts():
    """What a target does elsewhere while it is called is its own doing, with its own money."""
    meter = Meter()
    delegate = encode_call("withdrawRewards(address)", key_address(1))
    vault = vault_with(meter, reenter(STAKING_ADDRESS, delegate))
    call = (OWNER, GUARDIAN_ADDRESS, INITIATE, vault, THIEF)
    _, _, succeeded = meter.try_send(*call, 5, b"")
    assert succeeded
    view = "delegation(address,address)"
    for who in (vault, OWNER, THIEF):
        _, found, _ = meter.try_send(OWNER, STAKING_ADDRESS, view, key_address(1), who)
        assert not any(found[32 * 1 : 32 * 2])


def test_the_guardian_alone_declares_that_it_runs_bytecode():
    found = {
        (release.name, method.name)
        for address in SYSTEM.addresses()
        for release in SYSTEM.releases(address)
        for method in release.methods.values()
        if method.spec.runs_bytecode
    }
    assert found == {("guardian", "initiate"), ("guardian", "execute")}


def test_a_loop_of_calls_between_bytecode_and_a_native_contract_ends():
    """A contract calls the native one with itself as the way back, until gas or depth ends it."""
    meter = Meter()
    vault = vault_with(meter, b"\x00")
    again = encode_call(INITIATE, vault, THIEF, 1, b"")
    meter.ledger.begin_transaction()
    meter.ledger.set_code(THIEF, reenter(GUARDIAN_ADDRESS, again))
    meter.ledger.finish_transaction()
    gas, _, succeeded = meter.try_send(OWNER, GUARDIAN_ADDRESS, INITIATE, vault, THIEF, 1, b"")
    assert succeeded
    assert gas < 1_000_000
    assert meter.ledger.balance(THIEF) == 1
