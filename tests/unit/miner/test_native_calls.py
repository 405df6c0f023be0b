"""Refusals carry the contract's own reason, in words, with a remedy."""

import pytest

from contracts import errors
from contracts.framework.messages import encode_error
from contracts.guardian.v1 import failures as guardian_failures
from contracts.guardian.v1.contract import Guardian
from contracts.marketplace.v1 import messages as market_messages
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.messages import JobTaken
from contracts.messaging.v2.contract import Messaging as MessagingV2
from contracts.places import MARKETPLACE_ADDRESS, MESSAGING_ADDRESS
from contracts.receipts.v1 import messages as receipt_messages
from contracts.receipts.v1.contract import Receipts
from contracts.staking.v1.contract import Staking
from contracts.system import SYSTEM_CONTRACTS
from miner.native_calls import (
    decode_event,
    encode_native,
    explain_revert,
    method_at,
    method_named,
    place_of,
    releases_at,
)
from primitives.abi import encode, encode_call, event_topic
from primitives.abi import encode_error as error_string
from primitives.errors import ConfigError, DecodeError
from rpc.remedies import REMEDIES, REMEDIES_OF


def test_custom_error_is_named_with_values_and_remedy():
    refusal = explain_revert(encode_error(market_messages.BondTooSmall(5, 10)), Marketplace)
    assert refusal.code == "BondTooSmall"
    assert refusal.values == (("given", 5), ("minimum", 10))
    assert "add bond" in refusal.remedy
    assert str(refusal).startswith("BondTooSmall(given=5, minimum=10): ")


def test_errors_that_two_contracts_share_are_read_as_the_asked_one():
    data = encode_error(receipt_messages.WrongStatus(2))
    assert explain_revert(data, Receipts).values == (("status", "opened"),)
    assert explain_revert(data, Marketplace).values == (("status", "leased or active"),)


def test_every_declared_error_is_explained_as_itself():
    for contract in SYSTEM_CONTRACTS:
        for error in contract.errors:
            values = [value_for(kind) for kind in contract_error_types(error)]
            refusal = explain_revert(encode_error(error(*values)), contract)
            assert refusal.code == error.__name__
            assert refusal.explanation


def contract_error_types(error):
    from contracts.framework.messages import message_codec

    return [kind.name for _, kind, _ in message_codec(error).fields]


def value_for(kind: str):
    return {"address": bytes(20), "string": "key", "bytes32": bytes(32), "bytes": b""}.get(kind, 3)


def test_remedies_name_only_errors_that_exist():
    declared = {error.__name__ for contract in SYSTEM_CONTRACTS for error in contract.errors}
    of_the_host = {"Reentered", "InsufficientBalance", "AddressTaken"}
    assert set(REMEDIES) - declared <= of_the_host
    for name, remedies in REMEDIES_OF.items():
        releases = [contract for contract in SYSTEM_CONTRACTS if contract.name == name]
        assert set(remedies) <= {error.__name__ for c in releases for error in c.errors}


ENFORCED = sorted({contract.name for contract in SYSTEM_CONTRACTS})


@pytest.mark.parametrize("name", ENFORCED)
def test_every_error_that_a_person_meets_has_a_remedy(name):
    for contract in SYSTEM_CONTRACTS:
        for error in contract.errors if contract.name == name else ():
            values = [value_for(kind) for kind in contract_error_types(error)]
            assert explain_revert(encode_error(error(*values)), contract).remedy, error


def test_a_remedy_is_the_one_of_the_contract_that_was_called():
    data = encode_error(guardian_failures.TooMany(32))
    assert "expire" in explain_revert(data, Guardian).remedy
    assert "fewer" in explain_revert(data, MessagingV2).remedy


def test_methods_are_found_in_every_release():
    assert method_at(MESSAGING_ADDRESS, "acceptAnswer").name == "acceptAnswer"
    assert method_at(MESSAGING_ADDRESS, "open_topic").name == "openTopic"
    with pytest.raises(ConfigError, match="acceptAnswer"):
        method_at(MESSAGING_ADDRESS, "acceptAnswers")
    assert [release.version for release in releases_at(MESSAGING_ADDRESS)] == ["1.0.0", "2.0.0"]
    assert releases_at(bytes(20)) == ()


def test_plain_reverts_are_explained():
    assert explain_revert(error_string("too late")).explanation == "too late"
    assert "no reason" in explain_revert(b"").explanation
    assert "0xdeadbeef" in explain_revert(b"\xde\xad\xbe\xef").explanation


def test_native_calls_encode_like_their_signature():
    expected = encode_call("takeJob(bytes32)", b"\x01" * 32)
    assert encode_native(Marketplace, "take_job", b"\x01" * 32) == expected
    assert encode_native(Marketplace, "takeJob", b"\x01" * 32) == expected
    assert place_of(Marketplace) == MARKETPLACE_ADDRESS


def test_unknown_method_lists_the_known_ones():
    with pytest.raises(ConfigError, match="delegate"):
        method_named(Staking, "deligate")


def test_event_is_decoded_and_others_passed_over():
    topic = event_topic("JobTaken(bytes32,bytes32,address,uint256)")
    topics = (topic, b"\x01" * 32, b"\x02" * 32, bytes(12) + b"\x03" * 20)
    data = encode(("uint256",), (9,))
    assert decode_event(JobTaken, topics, data) == {
        "job_id": b"\x01" * 32,
        "lease_id": b"\x02" * 32,
        "miner": b"\x03" * 20,
        "bond_locked": 9,
    }
    assert decode_event(JobTaken, (b"\x00" * 32,), data) is None
    with pytest.raises(DecodeError):
        decode_event(JobTaken, topics[:2], data)


def test_errors_of_the_host_are_explained():
    refusal = explain_revert(errors.AddressTaken(b"\x07" * 20).data, Guardian)
    assert refusal.values == (("address", b"\x07" * 20),)
    assert "--salt" in refusal.remedy
    refusal = explain_revert(errors.InsufficientBalance(1, 2).data)
    assert str(refusal).startswith("InsufficientBalance(balance=1, needed=2)")
