"""aitbc send, call, tx, block, account."""

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from contracts.marketplace.v1.contract import Marketplace
from contracts.places import MARKETPLACE_ADDRESS
from miner.native_calls import encode_native
from primitives.keys import secret_to_address
from primitives.types import WEI_PER_AIT
from rpc.formats import checksummed
from tests.unit.contracts.messaging_world import V1, V2, migrate

ALICE, BOB = (secret_to_address(bytes.fromhex(secret)) for secret in DEV_SECRETS[:2])
FRESH = "0x" + "0b" * 20


def test_send_moves_the_amount_and_prints_the_transaction(line, double):
    record = line.json("send", "--dev-account", "0", "--to", FRESH, "--value", "1.5")
    assert double.chain.balances[bytes.fromhex(FRESH[2:])] == 3 * WEI_PER_AIT // 2
    assert record["transaction"] in {"0x" + tx.hash.hex() for tx, _ in double.executed}
    assert record["fee_wei"] == str(100_000 * 10**9)


@pytest.mark.parametrize(
    ("text", "wei"),
    [("7wei", 7), ("20gwei", 20 * 10**9), ("0.5ait", 5 * 10**17), ("1,000", 10**21)],
)
def test_amounts_are_read_with_their_unit(line, double, text, wei):
    line.done("send", "--dev-account", "0", "--to", FRESH, "--value", text)
    assert double.chain.balances[bytes.fromhex(FRESH[2:])] == wei


def test_send_calls_a_native_method_by_name(line, double):
    words = ("--call", "registerMiner", checksummed(ALICE), "tcp://here", "--value", "12")
    line.done("send", "--dev-account", "0", "--to", "Marketplace", *words)
    expected = encode_native(Marketplace, "registerMiner", ALICE, "tcp://here")
    sent = double.executed[-1][0]
    assert (sent.to, sent.data, sent.value) == (MARKETPLACE_ADDRESS, expected, 12 * WEI_PER_AIT)


def test_native_values_come_back_by_name(line):
    words = ("--call", "registerMiner", checksummed(BOB), "e")
    line.done("send", "--dev-account", "0", "--to", "marketplace", *words, "--value", "12")
    info = line.json("call", "--to", "Marketplace", "miner", checksummed(ALICE))
    assert info["bond"] == str(12 * WEI_PER_AIT)
    assert info["operator_key"] == "0x" + BOB.hex()
    assert line.json("call", "--to", "Marketplace", "jobCount") == [0, 0]


def test_call_by_signature_decodes_what_it_says(line):
    words = ("call", "--to", "Staking", "epochRecord(uint64)(bytes32,uint64,uint64)", "1")
    assert line.json(*words)[1:] == [1, 1_700_000_000_000]
    raw = line.json("call", "--to", "Staking", "epochRecord(uint64)", "1")
    assert raw.startswith("0x")
    assert len(raw) == 2 + 3 * 64


def test_wrong_result_types_are_explained(line):
    text = line.problem("call", "--to", "Staking", "validatorCount()(uint64,uint64)")
    assert "Check the result types" in text


def test_revert_of_a_call_shows_the_reason(line):
    text = line.problem("call", "--to", "Staking", "validator", FRESH)
    assert f"UnknownValidator(validator={FRESH})" in text
    assert "aitbc staking validators" in text


@pytest.mark.parametrize(
    "words",
    [
        ("send", "--dev-account", "0"),
        ("send", "--dev-account", "0", "--to", FRESH, "--create", "0x00"),
        ("send", "--dev-account", "0", "--to", FRESH, "--data", "0x00", "--call", "x()"),
        ("send", "--dev-account", "0", "--to", FRESH, "stray"),
        ("send", "--dev-account", "0", "--to", FRESH, "--data", "0x123"),
        ("send", "--dev-account", "0", "--to", "0x1234"),
        ("send", "--dev-account", "0", "--to", checksummed(ALICE).swapcase().replace("0X", "0x")),
        ("call", "--to", "Staking", "validator"),
        ("call", "--to", "Staking", "validator", "0x12"),
        ("call", "--to", FRESH, "no signature"),
        ("call", "--to", FRESH, "f(uint256)", "many"),
        ("block", "newest"),
        ("tx", "0x12"),
        ("account", "alice"),
    ],
)
def test_wrong_usage_has_status_2(line, words):
    line.usage(*words)


def test_wrong_argument_count_names_what_is_wanted(line):
    text = line.usage("call", "--to", "Staking", "delegation", FRESH)
    assert "validator address, delegator address" in text


def test_tx_shows_native_calls_and_events_in_words(line):
    words = ("--call", "registerMiner", checksummed(ALICE), "e")
    sent = line.json("send", "--dev-account", "0", "--to", "Marketplace", *words, "--value", "12")
    text = line.done("tx", sent["transaction"]).stdout
    assert f"Marketplace.registerMiner(operatorKey=0x{ALICE.hex()}, endpoint=e)" in text
    assert "MinerRegistered(" in text
    assert "success" in text
    record = line.json("tx", sent["transaction"])
    assert record["events"][0].startswith("MinerRegistered(miner=")


def test_unknown_transaction_is_said_to_be_unknown(line):
    assert "knows no transaction" in line.problem("tx", "0x" + "01" * 32)


def test_block_shows_height_and_base_fee(line, double):
    text = line.done("block").stdout
    assert f"height         {double.chain.block.height}" in text
    assert "1 gwei" in text
    assert line.json("block", "0x1")["number"] == "0x1"
    assert "no block 999" in line.problem("block", "999")


def test_account_tells_contracts_from_accounts(line):
    record = line.json("account", checksummed(ALICE))
    assert record["balance_wei"] == str(10_000 * WEI_PER_AIT)
    assert (record["kind"], record["nonce"], record["waiting"]) == ("account", 0, 0)
    assert line.json("account", "Staking")["kind"] == "native contract Staking"


def test_pool_refusal_has_a_remedy(line, double):
    double.pool_error = "insufficient funds for gas * price + value"
    text = line.problem("send", "--dev-account", "0", "--to", FRESH, "--value", "1")
    assert "insufficient funds" in text
    assert "fund the account first" in text


def test_transaction_that_reverts_in_its_block_is_explained(line, double):
    words = ("--call", "registerMiner", checksummed(ALICE), "e", "--value", "12")
    line.done("send", "--dev-account", "0", "--to", "Marketplace", *words)
    again = ("--gas", "4000000", *words)
    text = line.problem("send", "--dev-account", "0", "--to", "Marketplace", *again)
    assert "AlreadyMiner" in text


def test_methods_of_a_newer_release_are_found_by_name(line, double):
    words = ("--call", "acceptAnswer", "3")
    text = line.problem("send", "--dev-account", "0", "--to", "messaging", *words)
    assert "aitbc gov versions" in text
    assert migrate(double.chain, V1, V2)
    text = line.problem("send", "--dev-account", "0", "--to", "messaging", *words)
    assert "UnknownMessage(messageId=3)" in text
    assert line.json("call", "--to", "messaging", "acceptedAnswer", "3") == 0
    assert line.json("call", "--to", "messaging", "counts") == [0, 0]
    text = line.problem("call", "--to", "messaging", "acceptedAnswers")
    assert "acceptAnswer" in text


def test_tx_decodes_calls_and_events_of_a_newer_release(line, double):
    assert migrate(double.chain, V1, V2)
    line.done("message", "topic", "open", "T", "--dev-account", "0")
    line.done("message", "ask", "1", "Why?", "--dev-account", "0")
    line.done("message", "answer", "1", "So.", "--dev-account", "0")
    sent = line.json("message", "accept", "2", "--dev-account", "0")
    text = line.done("tx", sent["transaction"]).stdout
    assert "Messaging.acceptAnswer(answerId=2)" in text
    assert "AnswerAccepted(question_id=1, answer_id=2" in text
