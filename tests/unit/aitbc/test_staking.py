"""aitbc staking."""

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from node.home import save_validator_key
from primitives.keys import public_key, public_key_to_address, secret_to_address
from primitives.types import WEI_PER_AIT
from rpc.formats import checksummed
from tests.unit.contracts.staking_world import key_address

AIT = WEI_PER_AIT
ALICE = checksummed(secret_to_address(bytes.fromhex(DEV_SECRETS[0])))
VALIDATOR = checksummed(key_address(1))


def test_validators_are_listed_with_stake_and_power(line):
    rows = line.json("staking", "validators")
    assert len(rows) == 4
    assert {row["stake"] for row in rows} == {str(2_000 * AIT)}
    text = line.done("staking", "validators").stdout
    assert VALIDATOR in text
    assert "2,000 AIT" in text


def test_validator_is_found_by_its_operator_too(line):
    row = line.json("staking", "show", VALIDATOR)
    assert row["validator"] == VALIDATOR
    assert row["self_bond"] == str(2_000 * AIT)
    assert line.json("staking", "show", row["operator"]) == row


def test_delegation_grows_and_unbonds(line):
    line.done("staking", "delegate", VALIDATOR, "25", "--dev-account", "0")
    held = line.json("staking", "delegation", VALIDATOR, ALICE)
    assert held["worth"] == str(25 * AIT)
    line.done("staking", "undelegate", VALIDATOR, "10", "--dev-account", "0")
    line.done("staking", "undelegate", VALIDATOR, "--all", "--dev-account", "0")
    entries = line.json("staking", "unbondings", ALICE)
    assert [entry["amount"] for entry in entries] == [str(25 * AIT)]  # of one epoch
    text = line.done("staking", "unbondings", ALICE).stdout
    assert "25 AIT" in text
    assert "UTC (in 13 min" in text


def test_withdrawal_before_time_is_refused_and_after_it_pays(line, double):
    line.done("staking", "delegate", VALIDATOR, "25", "--dev-account", "0")
    line.done("staking", "undelegate", VALIDATOR, "--all", "--dev-account", "0")
    text = line.problem("staking", "withdraw", "--dev-account", "0")
    assert "NothingToWithdraw" in text
    assert "aitbc staking unbondings" in text
    double.mine(900)
    line.done("staking", "withdraw", "--dev-account", "0")
    assert line.json("staking", "unbondings", ALICE) == []


def test_too_small_delegation_shows_the_minimum(line):
    text = line.problem("staking", "delegate", VALIDATOR, "0.5", "--dev-account", "0")
    assert "BondTooSmall(given=500000000000000000, minimum=1000000000000000000)" in text


@pytest.mark.parametrize("extra", [("5", "--all"), ()])
def test_undelegate_wants_an_amount_or_all(line, extra):
    line.usage("staking", "undelegate", VALIDATOR, *extra, "--dev-account", "0")


def test_register_proves_the_key_and_edit_keeps_what_is_not_named(line, tmp_path):
    secret = b"\x5a" * 32
    save_validator_key(tmp_path / "key.json", secret)
    address = checksummed(public_key_to_address(public_key(secret)))
    words = ("staking", "register", "--validator-key", str(tmp_path / "key.json"))
    record = line.json(*words, "--name", "mine", "--commission", "7.5", "--dev-account", "0")
    assert record["validator"] == address
    row = line.json("staking", "show", address)
    assert (row["name"], row["commission"], row["stake"]) == ("mine", "7.5 %", str(1_000 * AIT))
    line.done("staking", "edit", "--name", "renamed", "--dev-account", "0")
    row = line.json("staking", "show", address)
    assert (row["name"], row["commission"], row["operator"]) == ("renamed", "7.5 %", ALICE)


def test_edit_without_a_validator_is_refused_by_name(line):
    text = line.problem("staking", "edit", "--name", "x", "--dev-account", "0")
    assert "NotOperator" in text


def test_edit_of_nothing_is_wrong_usage(line):
    line.usage("staking", "edit", "--dev-account", "0")


def test_current_set_adds_up(line):
    rows = line.json("staking", "set")
    assert [row["power"] for row in rows] == [2000] * 4
    assert {row["share"] for row in rows} == {"25.00 %"}
