"""aitbc gov."""

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from contracts.messaging.v2.contract import Messaging as MessagingV2
from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.contract import Staking
from node.releases import code_hash
from primitives.keys import secret_to_address
from rpc.formats import checksummed
from tests.unit.contracts.governance_world import wait
from tests.unit.contracts.staking_world import key_address

ALICE = checksummed(secret_to_address(bytes.fromhex(DEV_SECRETS[0])))
VALIDATOR = checksummed(key_address(1))
DAY = 86_400
DEAR = ("propose", "parameter", "messaging", "feePerByte=2000000000")
WHY = ("--why", "dearer spam", "--dev-account", "0")


@pytest.fixture
def staked(line, double):
    """The first development account holds enough stake to decide alone."""
    # The double's unbonding period is short; governance wants it longer than its votes.
    staking = Staking(double.chain.hook(STAKING_ADDRESS))
    staking.unbonding_seconds = 21 * DAY
    line.done("staking", "delegate", VALIDATOR, "6000", "--dev-account", "0")
    double.mine(2)
    return line


def pass_time(double, seconds):
    wait(double.chain, seconds)


def test_a_parameter_goes_from_proposal_to_effect(staked, double):
    made = staked.json("gov", *DEAR, *WHY)
    assert made["proposal"] == 1
    assert made["transaction"].startswith("0x")
    staked.done("gov", "vote", "1", "no", "--dev-account", "0")
    staked.done("gov", "vote", "1", "yes", "--dev-account", "0")
    (row,) = staked.json("gov", "list", "--status", "proposed")
    assert (row["type"], row["contract"], row["status"]) == (
        "parameter_change", "messaging", "proposed",
    )  # fmt: skip
    shown = staked.json("gov", "show", "1")
    assert shown["change_messaging"] == "feePerByte: 1,000,000,000 -> 2,000,000,000"
    assert shown["yes"] == str(6_000 * 10**18)
    assert shown["passing"] is True
    (vote,) = staked.json("gov", "votes", "1")
    assert vote == {"voter": ALICE, "choice": "yes", "weight": str(6_000 * 10**18)}
    assert "6,000 AIT" in staked.done("gov", "tally", "1").stdout
    pass_time(double, 3 * DAY)
    assert staked.json("gov", "show", "1")["status"] == "executed"
    rows = staked.json("gov", "parameters", "messaging")
    fee = next(row for row in rows if row["key"] == "feePerByte")
    assert (fee["value"], fee["default"]) == (2_000_000_000, 1_000_000_000)
    assert shown["participation"] == 42.85
    held = staked.json("gov", "treasury")
    assert (held["spent"], held["payments"]) == ("0", 0)
    figures = staked.json("gov", "stats")
    assert (figures["proposals"], figures["executed"]) == (1, 1)
    assert "executed" in staked.done("gov", "list").stdout


def test_an_upgrade_carries_the_code_of_this_release(staked):
    made = staked.json("gov", "propose", "upgrade", "messaging", "--type", "feature", *WHY)
    shown = staked.json("gov", "show", str(made["proposal"]))
    assert shown["version"] == "1.0.0 -> 2.0.0"
    assert shown["code_hash"] == "0x" + code_hash(MessagingV2).hex()
    assert shown["ready"].startswith("0.00 % of active stake (more than")
    refused = staked.problem("gov", "ready", "messaging@2.0.0", "--dev-account", "0")
    assert "NotValidator" in refused
    again = staked.problem("gov", "propose", "upgrade", "messaging@2.0.0", *WHY)
    assert "ProposalOpen(proposal=1)" in again


def test_a_version_of_another_release_is_proposed_by_its_hash(staked):
    words = ("propose", "upgrade", "staking", "--to", "1.2.0")
    assert "--code-hash" in staked.usage("gov", *words, *WHY)
    made = staked.json("gov", *words, "--code-hash", "0x" + "ab" * 32, *WHY)
    assert staked.json("gov", "show", str(made["proposal"]))["version"] == "1.0.0 -> 1.2.0"


def test_an_executed_change_is_rolled_back(staked, double):
    staked.done("gov", *DEAR, *WHY)
    staked.done("gov", "vote", "1", "yes", "--dev-account", "0")
    pass_time(double, 3 * DAY)
    staked.done("gov", "propose", "rollback", "1", "--hours", "36", *WHY)
    staked.done("gov", "vote", "2", "yes", "--dev-account", "0")
    assert staked.json("gov", "show", "2")["type"] == "rollback of 1"
    pass_time(double, 36 * 3600)
    assert staked.json("gov", "show", "1")["status"] == "rolled_back"


def test_the_treasury_is_asked_and_a_failure_says_why(staked, double):
    made = staked.json("gov", "propose", "spend", ALICE, "1000000", *WHY)
    number = str(made["proposal"])
    assert "receives 1,000,000 AIT" in staked.done("gov", "show", number).stdout
    staked.done("gov", "vote", number, "yes", "--dev-account", "0")
    pass_time(double, 3 * DAY)
    shown = staked.json("gov", "show", number)
    assert shown["status"] == "failed"
    assert "InsufficientBalance" in shown["failure"]


def test_versions_and_history_are_listed(line):
    rows = {row["contract"]: row for row in line.json("gov", "versions")}
    assert rows["messaging"]["active"] == "1.0.0"
    assert rows["messaging"]["in_this_release"] == "1.0.0, 2.0.0"
    (first,) = line.json("gov", "history", "messaging")
    assert (first["version"], first["proposal"], first["rolled_back"]) == ("1.0.0", None, False)
    every = line.json("gov", "parameters")
    assert {row["contract"] for row in every} >= {"runtime", "staking", "governance", "guardian"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("feePerBite=1", "has no parameter"),
        ("feePerByte", "is not KEY=VALUE"),
        ("feePerByte=", "is not KEY=VALUE"),
        ("feePerByte=much", "is not an amount"),
    ],
)
def test_mistyped_changes_are_usage_errors(line, change, says):
    assert says in line.usage("gov", "propose", "parameter", "messaging", change, *WHY)


def test_a_governed_call_is_proposed_by_its_signature(staked):
    words = ("propose", "parameter", "messaging", f"grantModerator(address)={ALICE}")
    made = staked.json("gov", *words, *WHY)
    shown = staked.json("gov", "show", str(made["proposal"]))
    assert shown["change_messaging"] == f"grantModerator(address) with {ALICE.lower()}"


def test_refusals_carry_reason_and_remedy(line, staked):
    assert "VotingEnded" not in line.problem("gov", "vote", "9", "yes", "--dev-account", "0")
    assert "UnknownProposal(proposal=9)" in line.problem("gov", "show", "9")
    poor = line.problem("gov", *DEAR, "--why", "x", "--dev-account", "1")
    assert "StakeTooSmall(bonded=0" in poor
    far = line.problem("gov", "propose", "parameter", "messaging", "feePerByte=2ait", *WHY)
    assert "ParameterOutOfRange" in far
    assert "aitbc gov parameters" in far


def test_a_call_of_a_contract_that_is_not_active_is_refused(line, double):
    double._eth_getCode = lambda address, tag: "0x"
    words = ("--to", "messaging", "--call", "registerKey", "0x" + "11" * 32)
    for command in (
        ("send", *words, "--dev-account", "0"),
        ("call", "--to", "messaging", "feeFor", "5"),
    ):
        assert "messaging is not active on this chain" in line.problem(*command)
