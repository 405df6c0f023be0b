"""The native ERC-20 and the same contract as bytecode: the same bytes for every call."""

import pytest

from bench.erc20_pair import OWNER, PARTIES, TokenPair, random_calls
from primitives.abi import encode_call

CALLS = 1_500


@pytest.fixture(scope="module")
def pair():
    return TokenPair()


def test_random_calls_return_log_and_revert_with_the_same_bytes_and_leave_the_same_storage(pair):
    reverts = successes = logs = reasons = 0
    for caller, data, value in random_calls(1, CALLS):
        native, twin = pair.outcomes(caller, data, value)
        assert native == twin, f"{caller.hex()} {data.hex()} {value}"
        successes += native.is_success
        reverts += not native.is_success
        reasons += not native.is_success and len(native.output) > 0
        logs += len(native.logs)
    assert min(successes, reverts, logs) > CALLS // 5
    assert reasons > CALLS // 20
    ours, theirs = pair.storages()
    assert ours == theirs
    assert len(ours) > 20


@pytest.mark.parametrize(
    ("data", "is_good"),
    [
        (encode_call("transfer(address,uint256)", PARTIES[0], 1), True),
        (encode_call("transfer(address,uint256)", PARTIES[0], 1) + b"\0", False),
        (encode_call("transfer(address,uint256)", PARTIES[0], 1)[:-1], False),
        (encode_call("name()"), True),
        (b"\xff\xff\xff\xff", False),
        (b"", False),
    ],
)
def test_calldata_is_as_long_as_the_call_says_for_both(pair, data, is_good):
    native, twin = pair.outcomes(OWNER, data, 0)
    assert native == twin
    assert native.is_success == is_good
