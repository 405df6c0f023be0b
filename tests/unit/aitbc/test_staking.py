"""aitbc staking."""

import json

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from contracts.chain.v1.contract import SUPPLY_SLOT
from contracts.places import RUNTIME_ADDRESS
from node.home import save_validator_key
from primitives.keys import public_key, public_key_to_address, secret_to_address
from primitives.types import WEI_PER_AIT
from primitives.vote import Vote, VoteDomain, VoteKind, sign_vote
from rpc.formats import checksummed
from tests.unit.contracts.memory_context import CHAIN_ID, GENESIS_HASH
from tests.unit.contracts.staking_world import key_address, secret, statement

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
    assert "BondTooSmall(given=0.5 AIT, minimum=1 AIT)" in text


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


def test_commission_out_of_range_is_refused_by_the_chain_not_by_habit(line, tmp_path):
    save_validator_key(tmp_path / "key.json", b"\x5a" * 32)
    words = ("staking", "register", "--validator-key", str(tmp_path / "key.json"))
    text = line.problem(*words, "--commission", "10.01", "--dev-account", "0")
    assert "BadCommission" in text
    assert "aitbc gov parameters staking" in text


def test_current_set_adds_up(line):
    rows = line.json("staking", "set")
    assert [row["power"] for row in rows] == [2000] * 4
    assert {row["share"] for row in rows} == {"25.00 %"}


# --- further reading ------------------------------------------------------------------------

SECOND = checksummed(key_address(2))


def pay_inflation(double) -> None:
    """Tell staking of a supply, of which each block mints a part."""
    double.chain.storage[RUNTIME_ADDRESS, SUPPLY_SLOT] = 10**9 * AIT


def register_own(line, tmp_path, secret=b"\x5a" * 32):
    """Make a validator that dev account 1 operates, and return its address."""
    save_validator_key(tmp_path / "own.json", secret)
    words = ("--validator-key", str(tmp_path / "own.json"), "--name", "own", "--dev-account", "1")
    return line.json("staking", "register", *words)["validator"]


def delegate(line, amount="25"):
    return line.json("staking", "delegate", VALIDATOR, amount, "--dev-account", "0")


READING = [
    (("validators",), "validator 1"),
    (("show", VALIDATOR), "self bond"),
    (("set",), "stake now"),
    (("candidates",), "2,000 AIT"),
    (("delegation", VALIDATOR, ALICE), "25 AIT"),
    (("delegations", ALICE), "25 AIT"),
    (("rewards", ALICE), "rewards"),
    (("rewards", ALICE, "--validator", VALIDATOR), "rewards"),
    (("unbondings", ALICE), "5 AIT"),
    (("redelegations", ALICE), "4 AIT"),
    (("presence", VALIDATOR), "of the last 144 periods"),
    (("slashes",), "no slash"),
    (("totals",), "of it active"),
    (("epoch", "1"), "set hash"),
    (("power",), "active stake"),
    (("power", ALICE), "weight"),
    (("power", ALICE, "--validator", VALIDATOR), "weight"),
    (("power", "--validator", VALIDATOR), "weight"),
]


@pytest.mark.parametrize(("words", "shown"), READING, ids=[" ".join(w[:1]) for w, _ in READING])
def test_each_view_speaks_to_people_and_to_programs(line, double, words, shown):
    delegate(line, "34")
    line.done("staking", "undelegate", VALIDATOR, "5", "--dev-account", "0")
    line.done("staking", "redelegate", VALIDATOR, SECOND, "4", "--dev-account", "0")
    double.mine(2)
    assert shown in line.done("staking", *words).stdout
    found = line.json("staking", *words)
    rows = found if isinstance(found, list) else [found]
    assert all(" " not in key for row in rows for key in row)
    assert not any("AIT" in str(value) for row in rows for value in row.values())


def test_delegation_says_what_was_bonded(line):
    assert delegate(line)["delegated"] == str(25 * AIT)


def test_undelegation_says_when_it_can_be_withdrawn(line):
    delegate(line)
    words = ("staking", "undelegate", VALIDATOR, "5", "--dev-account", "0")
    record = line.json(*words)
    assert record["unbonding"] == str(5 * AIT)
    assert record["withdrawable_at"] > 1_700_000_000
    assert "UTC (in " in line.done(*words).stdout


def test_redelegated_stake_is_listed_with_the_end_of_its_liability(line):
    delegate(line)
    words = ("staking", "redelegate", VALIDATOR, SECOND, "--all", "--dev-account", "0")
    assert line.json(*words)["moved"] == str(25 * AIT)
    (row,) = line.json("staking", "redelegations", ALICE)
    assert (row["from"], row["to"], row["stake"]) == (VALIDATOR, SECOND, str(25 * AIT))
    assert row["liable_until"] > 1_700_000_000
    text = line.problem("staking", "undelegate", SECOND, "--all", "--dev-account", "0")
    assert "StillLiable" in text
    assert "stays put" in text


def test_rewards_are_paid_out_or_bonded(line, double):
    pay_inflation(double)
    delegate(line, "2000")
    double.mine(20)
    (due,) = line.json("staking", "rewards", ALICE)
    assert int(due["amount"]) > 0
    paid = line.json("staking", "withdraw-rewards", VALIDATOR, "--dev-account", "0")
    assert int(paid["paid"]) > int(due["amount"])
    double.mine(20)
    words = ("staking", "compound", VALIDATOR, "--delegator", ALICE, "--dev-account", "1")
    assert int(line.json(*words)["bonded"]) > 0
    assert "bonded" in line.done("staking", "compound", VALIDATOR, "--dev-account", "0").stdout


def test_commission_is_due_and_paid_to_the_operator(line, double, tmp_path):
    pay_inflation(double)
    address = register_own(line, tmp_path)
    operator = line.json("staking", "show", address)["operator"]
    double.mine(20)
    rows = line.json("staking", "rewards", operator)
    assert [row["kind"] for row in rows] == ["rewards", "commission"]
    assert int(rows[1]["amount"]) > 0
    paid = line.json("staking", "withdraw-commission", "--dev-account", "1")
    assert int(paid["paid"]) > 0
    assert "NotOperator" in line.problem("staking", "withdraw-commission", "--dev-account", "3")


def test_join_and_unjail_explain_why_they_are_refused(line, tmp_path):
    register_own(line, tmp_path)
    assert "NotEligible" in line.problem("staking", "join", "--dev-account", "1")
    text = line.problem("staking", "unjail", "--dev-account", "1")
    assert "NotJailed" in text
    assert "not jailed" in text


def test_unknown_epoch_is_explained(line):
    assert "no record of epoch 99" in line.problem("staking", "epoch", "99")


def test_power_at_a_block_that_is_not_there_yet_is_refused(line):
    text = line.problem("staking", "power", "--height", "999")
    assert "FutureHeight(height=999)" in text
    assert "aitbc block" in text


# --- votes as evidence ----------------------------------------------------------------------


def signed_vote(number: int, vote) -> Vote:
    domain = VoteDomain(chain_id=CHAIN_ID, genesis_hash=GENESIS_HASH)
    return sign_vote(vote, domain, key_address(number), secret(number))


def evidence_file(tmp_path, *votes) -> str:
    path = tmp_path / "evidence.json"
    path.write_text(json.dumps({"votes": ["0x" + vote.encode().hex() for vote in votes]}))
    return str(path)


def test_double_sign_is_reported_from_the_file_that_a_node_wrote(line, double, tmp_path):
    double.mine(2)
    votes = (signed_vote(1, statement(VoteKind.NOTARIZE, block=n)) for n in (1, 2))
    path = evidence_file(tmp_path, *votes)
    record = line.json("staking", "report", path, "--dev-account", "0")
    assert (record["validator"], record["lost"]) == (VALIDATOR, "5 %")
    assert int(record["reward_so_far"]) > 0
    assert line.json("staking", "show", VALIDATOR)["state"] == "tombstoned"
    assert "AlreadySlashed" in line.problem("staking", "report", path, "--dev-account", "0")
    assert "tombstoned" in line.done("staking", "show", VALIDATOR).stdout


def test_votes_that_do_not_conflict_are_refused(line, tmp_path):
    vote = signed_vote(1, statement(VoteKind.NOTARIZE))
    text = line.problem("staking", "report", evidence_file(tmp_path, vote, vote), "--dev-account=0")
    assert "EvidenceNotConflicting" in text


@pytest.mark.parametrize("content", ["", "{}", '{"votes": ["0x"]}', '{"votes": 3}', "[1, 2]"])
def test_a_file_that_is_no_evidence_is_named(line, tmp_path, content):
    path = tmp_path / "evidence.json"
    path.write_text(content)
    text = line.problem("staking", "report", str(path), "--dev-account", "0")
    assert "no evidence file" in text


def test_evidence_of_an_unknown_epoch_is_explained(line, tmp_path):
    votes = [signed_vote(1, statement(VoteKind.NOTARIZE, epoch=77, block=n)) for n in (1, 2)]
    text = line.problem("staking", "report", evidence_file(tmp_path, *votes), "--dev-account", "0")
    assert "epoch 77 is not known" in text


def test_heartbeat_takes_a_vote_from_a_file(line, double, tmp_path):
    double.mine(4)
    path = tmp_path / "vote"
    path.write_text("0x" + signed_vote(1, statement(VoteKind.FINALIZE)).encode().hex() + "\n")
    record = line.json("staking", "heartbeat", str(path), "--dev-account", "0")
    assert record["validator"] == VALIDATOR
    assert line.json("staking", "presence", VALIDATOR)["seen_in_it"] is True
    path.write_text("0x1234")
    assert "RLP of a vote" in line.problem("staking", "heartbeat", str(path), "--dev-account", "0")
    path.write_text("0x" + signed_vote(1, statement(VoteKind.NULLIFY)).encode().hex())
    assert "BadHeartbeat" in line.problem("staking", "heartbeat", str(path), "--dev-account", "0")
