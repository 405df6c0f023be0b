"""Nobody changes anything without the right to: each entry point, each actor, the whole state."""

from functools import cache

import pytest

from contracts.errors import OutOfGas, Revert, WriteProtection
from contracts.places import GOVERNANCE_ADDRESS
from contracts.system import SYSTEM
from primitives.abi import encode_call
from tests.unit.contracts import busy_world as b
from tests.unit.contracts.rights import ACTORS, ANYBODY, RIGHTS, Case

RELEASES = [
    (address, release) for address in SYSTEM.addresses() for release in SYSTEM.releases(address)
]
CHANGING = [
    (address, release, method)
    for address, release in RELEASES
    for method in sorted(release.methods.values(), key=lambda method: method.name)
    if not method.spec.is_view
]
CASES = [
    (address, release, method, RIGHTS[release.name][method.name])
    for address, release, method in CHANGING
    if isinstance(RIGHTS[release.name].get(method.name), Case)
]


@cache
def world(version):
    return b.BusyWorld(version)


def world_of(address, release):
    return world(b.V2 if release.version == b.V2 else b.V1)


def refused(w, address, data, sender, value):
    """Send a call; answer whether it was refused, which must leave everything as it was."""
    before = w.snapshot()
    try:
        w.chain.transact(sender, address, data, value)
    except (Revert, OutOfGas, WriteProtection):
        assert w.snapshot() == before
        return True
    return False


def test_every_entry_point_that_changes_something_stands_in_the_table():
    for name in {release.name for _, release in RELEASES}:
        declared = {m.name for _, r, m in CHANGING if r.name == name} - {"setParameter"}
        assert declared == set(RIGHTS[name]), name
    assert set(RIGHTS) == {release.name for _, release in RELEASES}
    for rights in RIGHTS.values():
        assert all(right == ANYBODY or isinstance(right, Case) for right in rights.values())


@pytest.mark.parametrize(
    ("address", "release", "method", "case"),
    CASES,
    ids=[f"{release.name}-{release.version}-{method.name}" for _, release, method, _ in CASES],
)
def test_a_call_goes_through_for_those_with_the_right_alone(address, release, method, case):
    w = world_of(address, release)
    start = w.snapshot()
    if case.prepare is not None:
        case.prepare(w)
    saved = w.snapshot()
    data = encode_call(method.signature, *case.arguments(w))
    accepted = set()
    for actor in ACTORS:
        if not refused(w, address, data, actor, case.value):
            accepted.add(actor)
        w.restore(saved)
    w.restore(start)
    assert accepted == case.allowed, sorted(who.hex()[-6:] for who in accepted ^ case.allowed)


GOVERNED = [(address, release) for address, release in RELEASES if release.governed]


@pytest.mark.parametrize(
    ("address", "release"), GOVERNED, ids=[f"{r.name}-{r.version}" for _, r in GOVERNED]
)
def test_parameters_are_governances(address, release):
    w = world_of(address, release)
    start = w.snapshot()
    for key, parameter in release.governed.items():
        data = encode_call("setParameter(string,uint256)", key, parameter.default)
        accepted = {who for who in ACTORS if not refused(w, address, data, who, 0)}
        w.restore(start)
        is_in_bounds = parameter.allows(parameter.__get__(read(w, address, release), release),
                                        parameter.default)  # fmt: skip
        assert accepted == ({GOVERNANCE_ADDRESS} if is_in_bounds else set()), key


def read(w, address, release):
    return release(w.chain.context(address, is_static=True))


def test_a_stranger_gains_nothing_from_calls_that_anybody_may_make():
    """With ids of others' things in every argument, and the money of others where it was."""
    w = world(b.V1)
    saved = w.snapshot()
    known = {
        "address": w.vault, "bytes32": w.work.receipt_id, "uint64": 1, "uint256": b.AIT,
        "bytes32[]": tuple(w.work.path(0)), "bytes": b"", "string": "x", "uint32": 0, "uint8": 1,
    }  # fmt: skip
    for address, release, method in CHANGING:
        if release.version != b.V1 or RIGHTS[release.name].get(method.name) != ANYBODY:
            continue
        values = [known.get(kind.name, ()) for _, kind in method.inputs]
        try:
            data = encode_call(method.signature, *values)
        except Exception:  # noqa: BLE001 - a struct argument; its own cases say more
            continue
        held = w.chain.balances[b.NOBODY]
        if not refused(w, address, data, b.NOBODY, 0):
            assert w.chain.balances[b.NOBODY] <= held, method.signature
            lost = {
                who
                for who, wei in saved[1].items()
                if w.chain.balances.get(who, 0) < wei and who != b.NOBODY
            }
            assert not lost, method.signature
        w.restore(saved)
