"""Any call of any release ends in a result or in a contract error, and its gas pays for its work.

The state is busy: every contract is in the middle of something. Work is counted as calls of Python
functions, which is the same on every machine.
"""

import os
import sys
import time
from functools import cache
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import OutOfGas, Revert, WriteProtection
from contracts.places import DISPUTES_ADDRESS, GOVERNANCE_ADDRESS, RECEIPTS_ADDRESS
from contracts.system import SYSTEM
from primitives.abi import decode, encode_call
from primitives.types import U256_MAX
from tests.property.abi_strategies import values_of
from tests.unit.contracts import busy_world as b
from tests.unit.contracts.compute_world import AIT, CHALLENGER, CLIENT, MINER
from tests.unit.contracts.memory_context import MemoryContext, run_frame

EXAMPLES = int(os.environ.get("AITBC_FUZZ_EXAMPLES", "12"))
"""Random calls per method and kind; a campaign sets it to thousands."""
ROWS = [
    (address, release, method)
    for address in SYSTEM.addresses()
    for release in SYSTEM.releases(address)
    for method in sorted(release.methods.values(), key=lambda method: method.signature)
]
NAMES = [f"{release.name}-{release.version}-{method.name}" for _, release, method in ROWS]
EVERY_METHOD = pytest.mark.parametrize(("address", "release", "method"), ROWS, ids=NAMES)
SENDERS = (
    CLIENT, MINER, CHALLENGER, b.NOBODY, b.OWNER, b.AGENT, b.KEY, *b.GUARDIANS, b.MODERATOR,
    b.CREATOR, b.AUTHOR, *b.OPERATORS, *b.DELEGATORS, GOVERNANCE_ADDRESS, RECEIPTS_ADDRESS,
    DISPUTES_ADDRESS,
)  # fmt: skip
WIDTHS = (0, 1, 2**64 - 1, 2**128 - 1, U256_MAX)
SMALL = (0, 1, 2, 3, 100, 101)
GAS = 30_000_000
CALLS_FREE = 400
CALLS_PER_GAS = 0.35
"""Most Python calls that a unit of gas pays for; 1 gas is 25 ns of a reference core."""


@cache
def world(version):
    return b.BusyWorld(version)


def world_of(address, release):
    return world(b.V2 if release.version == b.V2 else b.V1)


@cache
def known(version):
    """Values of each type that mean something in the world."""
    w = world(version)
    work = w.work
    paths = tuple(work.path(0))
    return {
        "address": (
            *SENDERS, *b.VALIDATORS, w.vault, b.NATIVE, b.TOKEN, b.TARGET, b.NEW_OWNER, b.DEPUTY,
            b.READER, *SYSTEM.addresses(),
        ),
        "address[]": (b.GUARDIANS, b.GUARDIANS[::-1], b.GUARDIANS[:2], b.GUARDIANS * 2),
        "bool": (False, True),
        "bytes4": (b"abcd", bytes(4), bytes.fromhex("01ffc9a7")),
        "bytes32": (
            *w.jobs, work.receipt_id, work.claim.lease_id, b.HASH, b.CODE, bytes(32), w.order,
            w.auction, w.bidden, w.proposal, w.settled, w.lease, w.serving,
        ),
        "bytes32[]": (paths, (), paths + paths),
        "bytes": (b"", b"abcd", work.signature(), bytes(65)),
        "string": (
            "", "x", "conservative", "1.0.0", "2.0.0", "1.1.0", "9.9.9", "pendingMax", "feePerByte",
        ),
        "int8": (0, 1, -1, 127, -128),
    }  # fmt: skip


def integers(kind):
    bits = int(kind.name[4:])
    return tuple(sorted({*(n for n in (*WIDTHS, *SMALL) if n >> bits == 0), (1 << bits) - 1}))


def arguments(kind, version):
    if kind.name.startswith("uint") and kind.item is None:
        return st.one_of(st.sampled_from(integers(kind)), values_of(kind))
    if kind.is_tuple:
        return st.tuples(*(arguments(part, version) for part in kind.components))
    values = known(version).get(kind.name)
    if values is None and kind.item is not None:
        return st.lists(arguments(kind.item, version), max_size=3).map(tuple)
    return (
        values_of(kind) if values is None else st.one_of(st.sampled_from(values), values_of(kind))
    )


class Work:
    """Counts calls of Python functions and built-ins."""

    def __init__(self):
        self.calls = 0

    def _count(self, _frame, event, _argument):
        if event in ("call", "c_call"):
            self.calls += 1

    def __enter__(self):
        self._previous = sys.getprofile()
        sys.setprofile(self._count)
        return self

    def __exit__(self, *_):
        sys.setprofile(self._previous)


def attempt(w, address, method, data, sender, *, value=0, gas=GAS, is_static=False):
    """Run one call, check what holds for every call, and return whether it succeeded."""
    chain = w.chain
    before = chain.storage, dict(chain.storage), dict(chain.balances), len(chain.logs)
    supply, change = chain.supply, chain.minted - chain.burnt
    chain.transient = {}
    frame = MemoryContext(chain, address, sender, sender, value, is_static, gas)
    work = Work()
    try:
        with work:
            output = run_frame(frame, data)
    except (Revert, OutOfGas, WriteProtection):
        assert chain.storage == before[1]
        assert (chain.balances, len(chain.logs)) == before[2:]
        succeeded = False
    else:
        succeeded = True
        if method is not None:
            decode(method.outputs, output)
        if is_static or (method is not None and method.spec.is_view):
            assert chain.storage == before[1]
            assert len(chain.logs) == before[3]
        assert chain.supply == supply + chain.minted - chain.burnt - change
    used = gas - frame.gas
    assert work.calls <= CALLS_FREE + CALLS_PER_GAS * used, (work.calls, used)
    return succeeded


def encode(method, values):
    return encode_call(method.signature, *values)


@EVERY_METHOD
def test_any_typed_arguments_give_a_result_or_a_contract_error(address, release, method):
    w = world_of(address, release)
    saved = w.snapshot()
    version = release.version

    @settings(max_examples=EXAMPLES, deadline=None, database=None)
    @given(
        st.tuples(*(arguments(kind, version) for _, kind in method.inputs)),
        st.sampled_from((0, 0, 1, 10**9, AIT, 100 * AIT, 2_000 * AIT)),
        st.sampled_from(SENDERS),
        st.sampled_from((10**3, 10**5, GAS)),
        st.booleans(),
    )
    def check(values, value, sender, gas, is_static):
        data = encode(method, values)
        value = 0 if is_static else value
        attempt(w, address, method, data, sender, value=value, gas=gas, is_static=is_static)
        w.restore(saved)

    check()


@pytest.mark.parametrize(
    ("address", "release"),
    [(a, r) for a in SYSTEM.addresses() for r in SYSTEM.releases(a)],
    ids=lambda value: getattr(value, "__module__", "")[10:],
)
def test_any_bytes_give_a_result_or_a_contract_error(address, release):
    w = world_of(address, release)
    saved = w.snapshot()
    selectors = st.sampled_from(sorted(release.methods))

    @settings(max_examples=10 * EXAMPLES, deadline=None, database=None)
    @given(
        st.one_of(st.just(b""), st.binary(max_size=4), selectors),
        st.one_of(
            st.binary(max_size=400),
            st.lists(st.sampled_from((0, 1, 32, 64, 2**31, 2**64 - 1, U256_MAX)), max_size=30).map(
                lambda words: b"".join(word.to_bytes(32, "big") for word in words)
            ),
        ),
        st.sampled_from((0, 1, AIT)),
        st.booleans(),
    )
    def check(start, rest, value, is_static):
        value = 0 if is_static else value
        attempt(w, address, None, start + rest, CLIENT, value=value, is_static=is_static)
        w.restore(saved)

    check()


def plain(kind, version):
    """One harmless value of a type."""
    if kind.is_tuple:
        return tuple(plain(part, version) for part in kind.components)
    if kind.name.startswith("uint") and kind.item is None:
        return 1
    values = known(version).get(kind.name)
    return values[0] if values else ()


def edges_of(kind, version):
    """Every value of a type with an edge in one of its integers, the rest plain."""
    if kind.is_tuple:
        rest = [plain(part, version) for part in kind.components]
        for place, part in enumerate(kind.components):
            for value in edges_of(part, version):
                yield (*rest[:place], value, *rest[place + 1 :])
    elif kind.item is not None and kind.name not in known(version):
        yield ()
        yield from ((value,) for value in edges_of(kind.item, version))
    elif kind.name.startswith("uint"):
        yield from integers(kind)
    else:
        yield from known(version).get(kind.name, ())[:3]


@EVERY_METHOD
def test_every_integer_takes_its_edges(address, release, method):
    w = world_of(address, release)
    saved = w.snapshot()
    version = release.version
    kinds = [kind for _, kind in method.inputs]
    choices = [tuple(edges_of(kind, version)) for kind in kinds]
    rest = [plain(kind, version) for kind in kinds]
    total = 1
    for choice in choices:
        total *= len(choice)
    if total <= 400:
        rows = list(product(*choices))
    else:
        rows = [
            (*rest[:i], value, *rest[i + 1 :]) for i, row in enumerate(choices) for value in row
        ]
    senders = (b.OWNER, b.OPERATORS[0], CLIENT)
    value = AIT if method.spec.is_payable else 0
    for values in rows:
        for sender in senders:
            if attempt(w, address, method, encode(method, values), sender, value=value):
                w.restore(saved)


LENGTHS = (200, 2_000)


def long_values(kind, count, version):
    """A value of a type in which every list, text and byte string is long."""
    if kind.is_tuple:
        return tuple(long_values(part, count, version) for part in kind.components)
    if kind.item is not None:
        inner = kind.item
        return (long_values(inner, 3 if inner.item else count // 100, version),) * count
    if kind.name == "string":
        return "x" * 32 * count
    return b"\x01" * 32 * count if kind.name == "bytes" else plain(kind, version)


@pytest.mark.parametrize("count", LENGTHS)
@pytest.mark.parametrize(
    ("address", "release", "method"),
    [row for row in ROWS if row[2].arguments.is_dynamic],
    ids=[name for name, row in zip(NAMES, ROWS, strict=True) if row[2].arguments.is_dynamic],
)
def test_long_arguments_are_paid_for(address, release, method, count):
    w = world_of(address, release)
    saved = w.snapshot()
    version = release.version
    values = [long_values(kind, count, version) for _, kind in method.inputs]
    value = 100 * AIT if method.spec.is_payable else 0
    for sender in (b.OWNER, b.OPERATORS[0]):
        attempt(w, address, method, encode(method, values), sender, value=value, gas=10**9)
        w.restore(saved)


def test_the_time_of_a_refused_call_stays_near_its_gas():
    """A coarse check by the clock: no refused call takes a hundred times what its gas pays."""
    w = world(b.V1)
    for address, release, method in ROWS:
        if release.version == b.V2:
            continue
        values = [plain(kind, b.V1) for _, kind in method.inputs]
        saved = w.snapshot()
        chain = w.chain
        chain.transient = {}
        frame = MemoryContext(chain, address, b.NOBODY, b.NOBODY, 0, False, GAS)
        began = time.perf_counter()
        try:
            run_frame(frame, encode(method, values))
        except (Revert, OutOfGas, WriteProtection):
            seconds = time.perf_counter() - began
            assert seconds < 0.02 + 100 * 25e-9 * (GAS - frame.gas)
        w.restore(saved)
