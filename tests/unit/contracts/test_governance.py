"""Governance: proposing, voting, deciding, executing, rolling back."""

from dataclasses import replace

import pytest

from contracts.errors import MissingRelease, Revert
from contracts.framework.messages import encode_error
from contracts.framework.types import struct_type
from contracts.framework.version import NO_VERSION
from contracts.governance.v1.contract import (
    CHANGES_MAX,
    DESCRIPTION_BYTES_MAX,
    KEY_BYTES_MAX,
    Governance,
)
from contracts.governance.v1.lifecycle import COUNTS_PER_BLOCK, FAILURE_BYTES_MAX
from contracts.governance.v1.messages import (
    Change,
    ChangeRefused,
    Choice,
    ContractVersion,
    Kind,
    NotActiveVersion,
    OldValueDiffers,
    ProposalInfo,
    ReadinessInfo,
    Status,
    VersionInfo,
    VoteInfo,
)
from contracts.governance.v1.readers import coming_versions, is_ready, recorded_versions
from contracts.governance.v1.tally import Tally, is_quorum
from contracts.places import GOVERNANCE_ADDRESS, RUNTIME_ADDRESS, STAKING_ADDRESS, TREASURY_ADDRESS
from primitives.abi import array_of, decode, encode_call, selector
from primitives.errors import InvariantError
from primitives.types import U256_MAX
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.governance_world import (
    AIT,
    CODE,
    DAY,
    DEPOSIT,
    OTHER,
    PLAIN,
    PROPOSER,
    STRANGER,
    THING,
    V1,
    V2,
    V3,
    VOTER,
    StakeAt,
    Stakes,
    Thing,
    Thing3,
    active,
    ask,
    end_block,
    governance_chain,
    holder,
    info,
    packed,
    propose,
    propose_change,
    ready,
    roll_back,
    send,
    statistics,
    tally,
    vote,
    wait,
)
from tests.unit.contracts.staking_world import account

YES, NO, ABSTAIN = Choice.YES, Choice.NO, Choice.ABSTAIN
FEE = Change(THING, "fee", 10, 20)
OPERATOR1, OPERATOR2, OPERATOR3 = account(11), account(12), account(13)


def status(chain, proposal):
    return Status(info(chain, proposal).status)


def parameter(chain, key, target=THING):
    return int.from_bytes(chain.read(target, encode_call("parameter(string)", key)), "big")


def size(chain):
    return int.from_bytes(chain.read(THING, encode_call("size()")), "big")


def approve(chain, proposal, weight=6_000 * AIT):
    holder(weight)
    vote(chain, VOTER, proposal, YES)


def all_ready(chain, **fields):
    for validator in (V1, V2, V3):
        ready(chain, validator, **fields)


def upgraded(chain):
    """Bring ``thing`` to 2.0.0; returns the proposal."""
    proposal = propose(chain)
    approve(chain, proposal)
    all_ready(chain)
    wait(chain, 4 * DAY)
    assert active(chain) == "2.0.0"
    return proposal


# --- proposing ------------------------------------------------------------------------------


def test_a_proposal_is_kept_with_everything_it_says():
    chain = governance_chain()
    number = propose(chain)
    found = info(chain, number)
    assert number == 1
    assert (found.proposer, found.target, found.kind) == (PROPOSER, THING, Kind.LOGIC_UPDATE)
    assert (found.current_version, found.new_version) == ("1.0.0", "2.0.0")
    assert (found.code_hash, found.description) == (CODE, "why not")
    assert (found.deposit, found.bonded, found.status) == (DEPOSIT, 10_000 * AIT, 1)
    assert found.voting_ends_at == chain.block.timestamp + 3 * DAY
    assert chain.balances[GOVERNANCE_ADDRESS] == DEPOSIT
    assert Stakes.asked == [chain.block.height - 1] * 2, "the snapshot is the block before"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"description": "  "}, "EmptyField(string)"),
        ({"current": ""}, "EmptyField(string)"),
        ({"new": ""}, "EmptyField(string)"),
        ({"target": bytes(20)}, "EmptyField(string)"),
        ({"code_hash": bytes(32)}, "EmptyField(string)"),
        ({"description": "x" * (DESCRIPTION_BYTES_MAX + 1)}, "TextTooLong(uint64)"),
        ({"kind": 0}, "BadKind(uint8)"),
        ({"kind": 7}, "BadKind(uint8)"),
        ({"changes": (FEE,)}, "BadKind(uint8)"),
        ({"new": "2.0"}, "BadVersion(string)"),
        ({"new": "2.0.00"}, "BadVersion(string)"),
        ({"current": "v1"}, "BadVersion(string)"),
        ({"current": "1.0.1"}, "NotActiveVersion(string)"),
        ({"new": "1.0.0"}, "VersionNotGreater(string)"),
        ({"new": "0.9.9"}, "VersionNotGreater(string)"),
        ({"target": account(5)}, "UnknownContract(address)"),
        ({"target": (0x1100).to_bytes(20, "big")}, "UnknownContract(address)"),
        ({"voting": 3 * DAY - 1}, "BadVotingPeriod(uint64,uint64)"),
        ({"voting": 7 * DAY + 1}, "BadVotingPeriod(uint64,uint64)"),
        ({"kind": Kind.EMERGENCY_FIX, "voting": 36 * 3600 - 1}, "BadVotingPeriod(uint64,uint64)"),
        ({"voting": 36 * 3600}, "BadVotingPeriod(uint64,uint64)"),
        ({"deposit": DEPOSIT - 1}, "WrongDeposit(uint256)"),
        ({"deposit": DEPOSIT + 1}, "WrongDeposit(uint256)"),
        ({"deposit": 0}, "WrongDeposit(uint256)"),
        ({"sender": STRANGER}, "StakeTooSmall(uint256,uint256)"),
    ],
)
def test_refused_proposals(fields, error):
    chain = governance_chain()
    with reverts(error):
        propose(chain, **fields)
    assert chain.balances.get(GOVERNANCE_ADDRESS, 0) == 0


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"changes": ()}, "EmptyField(string)"),
        ({"changes": (Change(THING, "", 1, 2),)}, "EmptyField(string)"),
        ({"changes": (FEE,) * (CHANGES_MAX + 1)}, "TooManyChanges(uint64)"),
        ({"changes": (Change(THING, "k" * (KEY_BYTES_MAX + 1), 1, 2),)}, "TextTooLong(uint64)"),
        ({"changes": (Change(OTHER, "fee", 10, 20),)}, "UnknownContract(address)"),
        ({"changes": (Change(THING, "fee", 11, 20),)}, "OldValueDiffers(address,string,uint256)"),
        ({"changes": (Change(THING, "none", 0, 1),)}, "ChangeRefused(address,string,bytes)"),
        ({"changes": (Change(THING, "fee", 10, 0),)}, "ChangeRefused(address,string,bytes)"),
        ({"changes": (Change(THING, "fee", 10, 101),)}, "ChangeRefused(address,string,bytes)"),
        ({"changes": (Change(THING, "fee", 10, 60),)}, "ChangeRefused(address,string,bytes)"),
        ({"changes": (Change(THING, "grant(address)", 1, 2),)}, "BadKind(uint8)"),
        ({"changes": (Change(THING, "grant(string)", 0, 2),)}, "BadKind(uint8)"),
        (
            {"changes": (Change(THING, "none(address)", 0, 2),)},
            "ChangeRefused(address,string,bytes)",
        ),
        ({"changes": (FEE,), "code_hash": CODE}, "BadKind(uint8)"),
        ({"changes": (FEE,), "new": "1.0.1"}, "BadVersion(string)"),
        ({"changes": (FEE,), "target": OTHER, "current": "0.0.0"}, "UnknownContract(address)"),
        ({"changes": (FEE,), "kind": Kind.EMERGENCY_FIX}, "BadKind(uint8)"),
        ({"changes": (FEE,), "kind": Kind.TREASURY_SPEND}, "BadKind(uint8)"),
    ],
)
def test_refused_changes(fields, error):
    chain = governance_chain()
    before = dict(chain.storage)
    with reverts(error):
        propose_change(chain, **({"kind": Kind.PARAMETER_CHANGE} | fields))
    assert chain.storage == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (Change(bytes(20), "", 0, 5), "EmptyField(string)"),
        (Change(account(5), "", 0, 0), "EmptyField(string)"),
        (Change(account(5), "x", 0, 5), "BadKind(uint8)"),
        (Change(account(5), "", 1, 5), "BadKind(uint8)"),
    ],
)
def test_refused_payments(change, error):
    with reverts(error):
        propose_change(
            governance_chain(), change, target=TREASURY_ADDRESS, kind=Kind.TREASURY_SPEND
        )


def test_the_edges_of_the_voting_period_are_allowed():
    for voting in (3 * DAY, 7 * DAY):
        propose(governance_chain(), voting=voting)
    propose(governance_chain(), voting=36 * 3600, kind=Kind.EMERGENCY_FIX)


def test_the_proposer_holds_exactly_enough_stake():
    chain = governance_chain()
    Stakes.stakes[PROPOSER] = [
        StakeAt(V1, 400 * AIT, 4_000 * AIT, False),
        StakeAt(V2, 600 * AIT, 3_000 * AIT, True),
    ]
    propose(chain)
    Stakes.stakes[PROPOSER][1] = StakeAt(V2, 600 * AIT - 1, 3_000 * AIT, True)
    with reverts("StakeTooSmall(uint256,uint256)"):
        propose(chain, new="2.1.0")


def test_stake_with_inactive_validators_does_not_count():
    chain = governance_chain()
    Stakes.stakes[PROPOSER] = [StakeAt(V1, 5_000 * AIT, 0, False)]
    with reverts("StakeTooSmall(uint256,uint256)"):
        propose(chain)


def test_one_open_proposal_for_a_contract_and_version():
    chain = governance_chain()
    propose(chain)
    with reverts("ProposalOpen(uint64)"):
        propose(chain)
    propose(chain, new="2.0.1")
    propose_change(chain, FEE)
    with reverts("ProposalOpen(uint64)"):
        propose_change(chain, FEE)
    wait(chain, 3 * DAY)
    assert propose(chain) == 4, "the first one is decided"


def test_open_proposals_have_a_limit():
    chain = governance_chain(openMax=2)
    propose(chain)
    propose(chain, new="2.1.0")
    with reverts("TooManyOpen(uint64)"):
        propose(chain, new="2.2.0")


def test_a_version_binds_its_code_once_and_for_ever():
    chain = governance_chain()
    proposal = propose(chain)
    approve(chain, proposal)
    wait(chain, 3 * DAY + 14 * DAY)
    assert status(chain, proposal) is Status.EXPIRED
    with reverts("CodeHashBound(bytes32)"):
        propose(chain, code_hash=b"\xc1" * 32)
    propose(chain)


def test_a_version_that_once_ran_is_never_proposed_again():
    chain = governance_chain()
    upgrade = upgraded(chain)
    undo = roll_back(chain, upgrade)
    approve(chain, undo, 8_000 * AIT)
    all_ready(chain, version="1.0.0")
    wait(chain, 36 * 3600)
    assert active(chain) == "1.0.0"
    with reverts("VersionNotGreater(string)"):
        propose(chain)
    propose(chain, new="2.0.1")


# --- voting ---------------------------------------------------------------------------------


def test_a_vote_counts_the_stake_of_the_snapshot_and_may_be_changed():
    chain = governance_chain()
    proposal = propose(chain)
    Stakes.asked.clear()
    holder(500 * AIT)
    vote(chain, VOTER, proposal, YES)
    assert set(Stakes.asked) == {info(chain, proposal).created_height - 1}
    holder(9_000 * AIT)
    vote(chain, VOTER, proposal, NO)
    found = tally(chain, proposal)
    assert (found.yes, found.no, found.abstain) == (0, 500 * AIT, 0)
    vote(chain, VOTER, proposal, ABSTAIN)
    found = tally(chain, proposal)
    assert (found.no, found.abstain) == (0, 500 * AIT)
    row = ask(chain, "voteOf(uint64,address)", (struct_type(VoteInfo),), proposal, VOTER)[0]
    assert row == VoteInfo(VOTER, ABSTAIN, 500 * AIT)


@pytest.mark.parametrize("operator_first", [True, False])
def test_a_delegator_overrides_its_validator_in_whatever_order(operator_first):
    chain = governance_chain()
    proposal = propose(chain)
    holder(1_500 * AIT)
    Stakes.stakes[OPERATOR1] = [StakeAt(V1, 1_000 * AIT, 4_000 * AIT, True)]
    ballots = [(OPERATOR1, YES), (VOTER, NO)]
    for voter, choice in ballots if operator_first else reversed(ballots):
        vote(chain, voter, proposal, choice)
    found = tally(chain, proposal)
    assert (found.yes, found.no) == (2_500 * AIT, 1_500 * AIT)
    vote(chain, VOTER, proposal, YES)
    vote(chain, OPERATOR1, proposal, NO)
    found = tally(chain, proposal)
    assert (found.yes, found.no) == (1_500 * AIT, 2_500 * AIT)


def test_an_operator_votes_with_its_validator_and_its_own_delegations():
    chain = governance_chain()
    proposal = propose(chain)
    Stakes.stakes[OPERATOR1] = [
        StakeAt(V1, 1_000 * AIT, 4_000 * AIT, True),
        StakeAt(V2, 300 * AIT, 3_000 * AIT, False),
        StakeAt(V3, 300 * AIT, 0, False),
    ]
    vote(chain, OPERATOR1, proposal, YES)
    assert tally(chain, proposal).yes == 4_300 * AIT
    vote(chain, OPERATOR1, proposal, NO)
    assert (tally(chain, proposal).yes, tally(chain, proposal).no) == (0, 4_300 * AIT)
    rows = ask(
        chain, "votes(uint64,uint64,uint32)", (array_of(struct_type(VoteInfo)),), proposal, 0, 9
    )[0]
    assert rows == (VoteInfo(OPERATOR1, NO, 4_300 * AIT),)


def test_refused_votes():
    chain = governance_chain()
    proposal = propose(chain)
    holder(1)
    with reverts("UnknownProposal(uint64)"):
        vote(chain, VOTER, 0, YES)
    with reverts("UnknownProposal(uint64)"):
        vote(chain, VOTER, 2, YES)
    for choice in (0, 4, 255):
        with reverts("BadChoice(uint8)"):
            vote(chain, VOTER, proposal, choice)
    with reverts("NoVotingPower(uint64)"):
        vote(chain, STRANGER, proposal, YES)
    vote(chain, VOTER, proposal, YES)


def test_voting_ends_when_time_and_blocks_have_passed():
    chain = governance_chain()
    proposal = propose(chain)
    holder(1)
    start = chain.block
    blocks = 3 * DAY // 4
    late = replace(start, timestamp=start.timestamp + 3 * DAY, height=start.height + blocks - 1)
    chain.block = late
    vote(chain, VOTER, proposal, YES)
    chain.block = replace(
        start, timestamp=start.timestamp + 3 * DAY - 1, height=start.height + blocks
    )
    vote(chain, VOTER, proposal, NO)
    end_block(chain)
    assert status(chain, proposal) is Status.PROPOSED, "nothing is decided before the deadline"
    chain.block = replace(late, height=start.height + blocks)
    with reverts("VotingEnded(uint64)"):
        vote(chain, VOTER, proposal, YES)
    end_block(chain)
    assert status(chain, proposal) is Status.REJECTED
    with reverts("VotingEnded(uint64)"):
        vote(chain, VOTER, proposal, YES)


# --- thresholds -----------------------------------------------------------------------------

BONDED = 10_000


def decided(kind, yes, no, abstain):
    """Decide a change of parameters (or an emergency) with these weights of 10,000 bonded."""
    chain = governance_chain()
    Stakes.bonded = [BONDED]
    is_emergency = kind == Kind.EMERGENCY_FIX
    proposal = (
        propose(chain, kind=kind, voting=36 * 3600) if is_emergency else propose_change(chain, FEE)
    )
    for number, (weight, choice) in enumerate(((yes, YES), (no, NO), (abstain, ABSTAIN))):
        if weight:
            Stakes.stakes[account(3 + number)] = [StakeAt(V1, weight, BONDED, False)]
            vote(chain, account(3 + number), proposal, choice)
    wait(chain, 36 * 3600 if is_emergency else 3 * DAY)
    return chain, proposal


@pytest.mark.parametrize(
    ("yes", "no", "abstain", "passes"),
    [
        (3_000, 0, 0, True),
        (2_999, 0, 0, False),
        (3_001, 0, 0, True),
        (1, 0, 2_999, True),
        (1, 0, 2_998, False),
        (0, 0, 5_000, False),
        (6_000, 4_000, 0, True),
        (5_999, 4_001, 0, False),
        (6_001, 3_999, 0, True),
        (3_000, 2_000, 5_000, True),
        (2_999, 2_001, 5_000, False),
    ],
)
def test_ordinary_thresholds_at_just_below_and_just_above(yes, no, abstain, passes):
    chain, proposal = decided(Kind.PARAMETER_CHANGE, yes, no, abstain)
    assert status(chain, proposal) is (Status.EXECUTED if passes else Status.REJECTED)
    assert parameter(chain, "fee") == (20 if passes else 10)
    assert tally(chain, proposal).is_passing is passes


@pytest.mark.parametrize(
    ("yes", "no", "passes"),
    [(8_000, 2_000, True), (7_999, 2_001, False), (8_001, 1_999, True), (2_999, 0, False)],
)
def test_an_emergency_needs_eighty_percent(yes, no, passes):
    chain, proposal = decided(Kind.EMERGENCY_FIX, yes, no, 0)
    assert status(chain, proposal) is (Status.APPROVED if passes else Status.REJECTED)


@pytest.mark.parametrize(("yes", "no", "burnt"), [(1_000, 1_999, True), (1_000, 2_000, False)])
def test_the_deposit_is_burnt_when_participation_fails_alone(yes, no, burnt):
    chain = governance_chain()
    before = chain.balances[PROPOSER]
    chain, proposal = decided(Kind.PARAMETER_CHANGE, yes, no, 0)
    assert status(chain, proposal) is Status.REJECTED
    assert chain.burnt == (DEPOSIT if burnt else 0)
    assert chain.balances[PROPOSER] == before - (DEPOSIT if burnt else 0)
    assert chain.balances[GOVERNANCE_ADDRESS] == 0


def test_the_tally_without_votes_or_stake_decides_nothing():
    assert not Tally(0, 0, 0, 0).has_participation(0)
    assert (Tally(0, 0, 0, 0).participation_bps, Tally(0, 0, 0, 0).approval_bps) == (0, 0)
    assert not Tally(0, 0, 5, 5).is_approved(0)
    assert is_quorum(7, 10)
    assert not is_quorum(6, 9)


# --- parameters and payments ----------------------------------------------------------------


def test_old_values_are_checked_again_at_execution():
    chain = governance_chain()
    first = propose_change(chain, FEE)
    other = propose_change(
        chain,
        Change(GOVERNANCE_ADDRESS, "openMax", 64, 60),
        Change(THING, "fee", 10, 30),
        target=GOVERNANCE_ADDRESS,
    )
    for proposal in (first, other):
        approve(chain, proposal)
    wait(chain, 3 * DAY)
    assert status(chain, first) is Status.EXECUTED
    assert status(chain, other) is Status.FAILED
    assert info(chain, other).failure == encode_error(OldValueDiffers(THING, "fee", 20))
    assert parameter(chain, "fee") == 20
    assert parameter(chain, "openMax", GOVERNANCE_ADDRESS) == 64, "all or nothing"


def test_the_version_is_checked_again_at_execution():
    chain = governance_chain()
    upgrade = propose(chain)
    change = propose_change(chain, FEE, voting=7 * DAY)
    approve(chain, upgrade)
    approve(chain, change)
    all_ready(chain)
    wait(chain, 4 * DAY)
    assert active(chain) == "2.0.0"
    wait(chain, 3 * DAY)
    assert status(chain, change) is Status.FAILED
    assert parameter(chain, "fee") == 10


def test_governance_changes_its_own_parameters_and_the_chain_s_limits():
    chain = governance_chain()
    proposal = propose_change(
        chain,
        Change(GOVERNANCE_ADDRESS, "participationBps", 3_000, 3_500),
        Change(RUNTIME_ADDRESS, "blockGasMax", 30_000_000, 40_000_000),
        target=GOVERNANCE_ADDRESS,
    )
    approve(chain, proposal)
    wait(chain, 3 * DAY)
    assert status(chain, proposal) is Status.EXECUTED
    assert parameter(chain, "participationBps", GOVERNANCE_ADDRESS) == 3_500
    assert parameter(chain, "blockGasMax", RUNTIME_ADDRESS) == 40_000_000


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [
        ("votingSecondsMin", 3 * DAY, 4 * DAY),
        ("emergencyVotingSeconds", 36 * 3600, 60 * 3600),
        ("migrationGasMax", 20_000_000, 30_000_000),
        ("executionDelaySeconds", DAY, 2 * DAY),
    ],
)
def test_the_cross_rules_of_governance_hold_at_proposal(key, old, new):
    small = {"votingSecondsMax": 3 * DAY, "rollbackSeconds": 50 * 3600, "expirySeconds": 2 * DAY}
    chain = governance_chain(**small)
    chain.storage[RUNTIME_ADDRESS, 0] = 25_000_000
    with reverts("ChangeRefused(address,string,bytes)"):
        propose_change(chain, Change(GOVERNANCE_ADDRESS, key, old, new), target=GOVERNANCE_ADDRESS)


@pytest.mark.parametrize(
    ("key", "old", "new"),
    [("emergencyVotingSeconds", 36 * 3600, 60 * 3600), ("votingSecondsMax", 7 * DAY, 8 * DAY)],
)
def test_voting_stays_within_the_window_of_rollbacks_and_of_staking_s_memory(key, old, new):
    chain = governance_chain(rollbackSeconds=50 * 3600)
    slot = next(s for s in Stakes.slots_declared if s.name == "unbonding_seconds").offset
    chain.storage[STAKING_ADDRESS, slot] = 7 * DAY
    with reverts("ChangeRefused(address,string,bytes)"):
        propose_change(chain, Change(GOVERNANCE_ADDRESS, key, old, new), target=GOVERNANCE_ADDRESS)


def test_staking_cannot_forget_what_open_votes_may_ask_for():
    chain = governance_chain()
    change = Change(STAKING_ADDRESS, "unbondingSeconds", 21 * DAY, 6 * DAY)
    with reverts("ChangeRefused(address,string,bytes)"):
        propose_change(chain, change, target=STAKING_ADDRESS)
    propose_change(chain, replace(change, new_value=7 * DAY), target=STAKING_ADDRESS)


def test_an_emergency_vote_fits_in_the_longest_voting_period():
    chain = governance_chain(votingSecondsMin=DAY, votingSecondsMax=2 * DAY)
    with reverts("ChangeRefused(address,string,bytes)"):
        propose_change(
            chain,
            Change(GOVERNANCE_ADDRESS, "votingSecondsMax", 2 * DAY, DAY),
            target=GOVERNANCE_ADDRESS,
            voting=2 * DAY,
        )


def test_a_governed_call_reaches_its_contract_once_approved():
    chain = governance_chain()
    grant = Change(THING, "grant(address)", 0, int.from_bytes(STRANGER, "big"))
    proposal = propose_change(chain, grant)
    is_granted = encode_call("isGranted(address)", STRANGER)
    assert not any(chain.read(THING, is_granted)), "the rehearsal is undone"
    approve(chain, proposal)
    wait(chain, 3 * DAY)
    assert any(chain.read(THING, is_granted))
    with reverts("NotReversible(uint8)"):
        roll_back(chain, proposal)
    with reverts("OnlyGovernance()"):
        chain.transact(STRANGER, THING, encode_call("grant(address)", STRANGER))


@pytest.mark.parametrize("key", ["take(address)", "isGranted(address)", "fee(uint256)"])
def test_only_methods_that_say_so_can_be_named_by_a_proposal(key):
    chain = governance_chain()
    with reverts("ChangeRefused(address,string,bytes)"):
        propose_change(chain, Change(THING, key, 0, 5))
    data = encode_call("governedCall(string,bytes32)", "grant(address)", bytes(32))
    with reverts("OnlyGovernance()"):
        chain.transact(STRANGER, THING, data)


def test_a_name_that_shares_a_selector_with_a_method_reaches_nothing():
    # keccak("setBoundimldgyba(uint256)") begins as keccak("execute(uint64)") does.
    key = "setBoundimldgyba(uint256)"
    assert selector(key) == selector("execute(uint64)")
    chain = governance_chain()
    data = encode_call("governedCall(string,bytes32)", key, bytes(32))
    frame = chain.context(THING, caller=GOVERNANCE_ADDRESS)
    with reverts("UnknownParameter(string)"):
        Thing.dispatch(frame, data)


def test_a_governed_argument_is_decoded_strictly():
    chain = governance_chain()
    frame = chain.context(THING, caller=GOVERNANCE_ADDRESS)
    dirty = encode_call("governedCall(string,bytes32)", "grant(address)", b"\xff" * 32)
    with pytest.raises(Revert) as refused:
        Thing.dispatch(frame, dirty)
    assert refused.value.data == b""


def test_changes_are_refused_once_a_contract_they_name_runs_another_version():
    chain = governance_chain()
    upgrade = propose(chain, kind=Kind.EMERGENCY_FIX, voting=36 * 3600)
    change = propose_change(
        chain, FEE, Change(RUNTIME_ADDRESS, "evmGasSharePercent", 12, 13), target=RUNTIME_ADDRESS
    )
    approve(chain, upgrade, 8_000 * AIT)
    approve(chain, change)
    all_ready(chain)
    wait(chain, 3 * DAY)
    assert active(chain) == "2.0.0"
    assert status(chain, change) is Status.FAILED
    assert info(chain, change).failure == encode_error(NotActiveVersion("2.0.0"))
    assert parameter(chain, "evmGasSharePercent", RUNTIME_ADDRESS) == 12


def test_one_account_cannot_take_all_places_and_emergencies_have_their_own():
    chain = governance_chain(openMax=8)
    Stakes.stakes[VOTER] = Stakes.stakes[STRANGER] = Stakes.stakes[PROPOSER]
    for number in range(4):
        propose(chain, new=f"2.0.{number}")
    with reverts("TooManyOpen(uint64)"):
        propose(chain, new="2.1.0")
    for number in range(4):
        propose(chain, sender=VOTER, new=f"2.2.{number}")
    with reverts("TooManyOpen(uint64)"):
        propose(chain, sender=STRANGER, new="2.3.0")
    fix = {"kind": Kind.EMERGENCY_FIX, "voting": 36 * 3600}
    propose(chain, sender=STRANGER, new="2.3.0", **fix)
    wait(chain, 3 * DAY)
    propose(chain, new="2.4.0")


def test_a_change_of_parameters_does_not_catch_the_readiness_of_a_rollback():
    chain = governance_chain()
    upgrade = propose(chain, kind=Kind.EMERGENCY_FIX, voting=36 * 3600)
    approve(chain, upgrade, 8_000 * AIT)
    all_ready(chain)
    wait(chain, 36 * 3600 - 1)
    decoy = propose_change(chain, FEE, voting=7 * DAY)
    wait(chain, 1, 1)
    undo = roll_back(chain, upgrade)
    approve(chain, undo, 8_000 * AIT)
    all_ready(chain, version="1.0.0", code_hash=b"\x01" * 32)
    assert ask(chain, "isReady(uint64,address)", ("bool",), undo, V1) == (True,)
    assert ask(chain, "isReady(uint64,address)", ("bool",), decoy, V1) == (False,)
    wait(chain, 36 * 3600)
    assert active(chain) == "1.0.0"


def test_the_treasury_pays_what_was_approved_or_nothing():
    chain = governance_chain()
    chain.balances[TREASURY_ADDRESS] = 50 * AIT
    pays = [Change(account(30), "", 0, 20 * AIT), Change(account(31), "", 0, 20 * AIT)]
    fields = {"target": TREASURY_ADDRESS, "kind": Kind.TREASURY_SPEND}
    proposal = propose_change(chain, *pays, **fields)
    approve(chain, proposal)
    wait(chain, 3 * DAY)
    assert status(chain, proposal) is Status.EXECUTED
    assert [chain.balances[account(n)] for n in (30, 31)] == [20 * AIT] * 2
    spent = decode(("uint256", "uint64"), chain.read(TREASURY_ADDRESS, encode_call("spent()")))
    assert spent == (40 * AIT, 2)
    again = propose_change(chain, Change(account(32), "", 0, 8 * AIT), pays[0], **fields)
    approve(chain, again)
    wait(chain, 3 * DAY)
    assert status(chain, again) is Status.FAILED
    assert chain.balances.get(account(32), 0) == 0
    assert len(info(chain, again).failure) <= FAILURE_BYTES_MAX
    with reverts("NotReversible(uint8)"):
        roll_back(chain, proposal)
    with reverts("OnlyGovernance()"):
        chain.transact(
            STRANGER,
            TREASURY_ADDRESS,
            encode_call("spend(uint64,address,uint256)", 1, STRANGER, 1),
        )


def test_only_governance_carries_out_changes_and_sets_parameters():
    chain = governance_chain()
    proposal = propose_change(chain, FEE)
    with reverts("OnlySelf()"):
        send(chain, PROPOSER, "applyChanges(uint64,bool)", proposal, False)
    with reverts("OnlyGovernance()"):
        chain.transact(PROPOSER, THING, encode_call("setParameter(string,uint256)", "fee", 20))


# --- code -----------------------------------------------------------------------------------


def test_an_upgrade_waits_for_its_delay_and_for_two_thirds_of_active_stake():
    chain = governance_chain()
    proposal = propose(chain)
    approve(chain, proposal)
    Stakes.powers = {V1: 2_000, V2: 4_000, V3: 3_000}
    ready(chain, V1)
    ready(chain, OPERATOR2)
    wait(chain, 4 * DAY - 1)
    assert status(chain, proposal) is Status.APPROVED
    wait(chain, 1, 1)
    assert status(chain, proposal) is Status.APPROVED, "6,000 of 9,000 is not more than 2/3"
    shown = ask(chain, "readiness(uint64)", (struct_type(ReadinessInfo),), proposal)[0]
    assert shown == ReadinessInfo(6_000, 9_000, False)
    assert size(chain) == 0
    ready(chain, V3)
    wait(chain, 1, 1)
    assert (status(chain, proposal), active(chain)) == (Status.EXECUTED, "2.0.0")
    assert size(chain) == 1, "version 2 answers, on migrated storage"
    assert info(chain, proposal).executed_at == chain.block.timestamp


def test_stake_that_becomes_active_is_counted_at_the_next_epoch():
    chain = governance_chain()
    proposal = propose(chain)
    approve(chain, proposal)
    ready(chain, V1)
    wait(chain, 4 * DAY)
    Stakes.powers = {V1: 10_000}
    wait(chain, 1, 1)
    assert status(chain, proposal) is Status.APPROVED
    chain.block = replace(chain.block, epoch=2)
    wait(chain, 1, 1)
    assert status(chain, proposal) is Status.EXECUTED


def test_an_upgrade_that_nobody_is_ready_for_expires_and_the_chain_goes_on():
    chain = governance_chain()
    proposal = propose(chain)
    approve(chain, proposal)
    wait(chain, 3 * DAY + 14 * DAY - 1)
    assert status(chain, proposal) is Status.APPROVED
    wait(chain, 1, 1)
    assert (status(chain, proposal), active(chain)) == (Status.EXPIRED, "1.0.0")
    with reverts("NothingToBeReadyFor()"):
        ready(chain, V1)


def test_an_emergency_executes_at_once():
    chain = governance_chain()
    proposal = propose(chain, kind=Kind.EMERGENCY_FIX, voting=36 * 3600)
    approve(chain, proposal, 8_000 * AIT)
    all_ready(chain)
    wait(chain, 36 * 3600)
    assert (status(chain, proposal), active(chain)) == (Status.EXECUTED, "2.0.0")


@pytest.mark.parametrize(
    ("version", "reason"),
    [("3.0.0", "NoValidator()"), ("4.0.0", None), ("5.0.0", None)],
    ids=["reverts", "runs out of gas", "moves money"],
)
def test_a_failing_migration_leaves_the_old_version_working(version, reason):
    chain = governance_chain(migrationGasMax=1_000_000)
    proposal = propose(chain, new=version)
    approve(chain, proposal)
    all_ready(chain, version=version)
    before = {key: value for key, value in chain.storage.items() if key[0] == THING}
    wait(chain, 4 * DAY)
    assert (status(chain, proposal), active(chain)) == (Status.FAILED, "1.0.0")
    if reason:
        assert info(chain, proposal).failure == selector(reason)
    after = {key: value for key, value in chain.storage.items() if key[0] == THING}
    assert before == after
    assert size(chain) == 0
    with reverts("NotReversible(uint8)"):
        roll_back(chain, proposal)


def test_of_two_proposals_racing_for_one_contract_the_second_fails():
    chain = governance_chain()
    first, second = propose(chain), propose(chain, new="3.0.0")
    for proposal, version in ((first, "2.0.0"), (second, "3.0.0")):
        approve(chain, proposal)
        all_ready(chain, version=version)
    wait(chain, 4 * DAY)
    assert [status(chain, p) for p in (first, second)] == [Status.EXECUTED, Status.FAILED]
    assert active(chain) == "2.0.0"
    assert info(chain, second).failure == encode_error(NotActiveVersion("2.0.0"))


def test_a_new_contract_is_activated_by_a_feature_addition():
    chain = governance_chain()
    fields = {"target": OTHER, "current": "0.0.0", "new": "1.0.0", "kind": Kind.FEATURE_ADDITION}
    with reverts("UnknownContract(address)"):
        ask(chain, "activeVersion(address)", ("string",), OTHER)
    proposal = propose(chain, **fields)
    approve(chain, proposal)
    all_ready(chain, version="1.0.0", target=OTHER)
    assert chain.read(OTHER, encode_call("born()")) == b"", "not active yet"
    wait(chain, 4 * DAY)
    assert active(chain, OTHER) == "1.0.0"
    born = int.from_bytes(chain.read(OTHER, encode_call("born()")), "big")
    assert born == chain.block.height
    assert parameter(chain, "pace", OTHER) == 7
    with reverts("NotReversible(uint8)"):
        roll_back(chain, proposal)


def test_a_new_contract_needs_no_migration_to_begin_with_its_parameters():
    chain = governance_chain()
    fields = {"target": PLAIN, "current": "0.0.0", "new": "1.0.0", "kind": Kind.FEATURE_ADDITION}
    proposal = propose(chain, **fields)
    approve(chain, proposal)
    all_ready(chain, version="1.0.0", target=PLAIN)
    wait(chain, 4 * DAY)
    assert status(chain, proposal) is Status.EXECUTED
    assert parameter(chain, "pace", PLAIN) == 7


def test_a_node_without_the_code_stops_before_the_block():
    chain = governance_chain()
    proposal = propose(chain, new="9.0.0")
    approve(chain, proposal)
    all_ready(chain, version="9.0.0")
    with pytest.raises(MissingRelease, match=r"thing 9.0.0"):
        wait(chain, 4 * DAY)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"version": "2.0.1"}, "NothingToBeReadyFor()"),
        ({"version": "2"}, "BadVersion(string)"),
        ({"code_hash": b"\x01" * 32}, "NothingToBeReadyFor()"),
        ({"code_hash": bytes(32)}, "NothingToBeReadyFor()"),
        ({"target": OTHER}, "NothingToBeReadyFor()"),
        ({"sender": STRANGER}, "NotValidator()"),
    ],
)
def test_refused_announcements(fields, error):
    chain = governance_chain()
    propose(chain)
    with reverts(error):
        ready(chain, **({"sender": V1} | fields))


# --- rollback -------------------------------------------------------------------------------


def test_code_is_rolled_back_through_downgrade_and_parameters_to_their_old_values():
    chain = governance_chain()
    upgrade = upgraded(chain)
    change = propose_change(
        chain, FEE, Change(THING, "limit", 50, 60), current="2.0.0", new="2.0.0"
    )
    approve(chain, change)
    wait(chain, 3 * DAY)
    undo_change, undo_code = roll_back(chain, change), roll_back(chain, upgrade)
    for proposal in (undo_change, undo_code):
        approve(chain, proposal, 8_000 * AIT)
    all_ready(chain, version="1.0.0", code_hash=b"\x01" * 32)
    wait(chain, 36 * 3600)
    assert [status(chain, p) for p in (undo_change, undo_code)] == [Status.EXECUTED] * 2
    assert [status(chain, p) for p in (change, upgrade)] == [Status.ROLLED_BACK] * 2
    assert (parameter(chain, "fee"), parameter(chain, "limit")) == (10, 50)
    assert active(chain) == "1.0.0"
    assert size(chain) == 1, "downgrade kept what version 2 wrote"
    rows = history(chain)
    assert [(r.version, r.proposal, r.is_rolled_back) for r in rows] == [
        ("1.0.0", 0, False),
        ("2.0.0", upgrade, True),
        ("1.0.0", undo_code, False),
    ]
    with reverts("NotReversible(uint8)"):
        roll_back(chain, undo_code)


def history(chain, offset=0, limit=9):
    signature = "versionHistory(address,uint64,uint32)"
    kind = struct_type(VersionInfo)
    return ask(chain, signature, (array_of(kind),), THING, offset, limit)[0]


def test_a_rollback_is_proposed_within_its_window():
    chain = governance_chain()
    upgrade = upgraded(chain)
    wait(chain, 7 * DAY - 36 * 3600)
    with reverts("RollbackTooLate(uint64)"):
        roll_back(chain, upgrade, voting=36 * 3600 + 1)
    roll_back(chain, upgrade)
    with reverts("ProposalOpen(uint64)"):
        roll_back(chain, upgrade)


def test_a_rollback_a_second_after_its_window_is_refused():
    chain = governance_chain()
    upgrade = upgraded(chain)
    wait(chain, 7 * DAY - 36 * 3600 + 1)
    with reverts("RollbackTooLate(uint64)"):
        roll_back(chain, upgrade)
    wait(chain, 7 * DAY)
    assert status(chain, upgrade) is Status.FINALIZED
    with reverts("NotReversible(uint8)"):
        roll_back(chain, upgrade)


def test_finalization_waits_for_an_open_rollback():
    chain = governance_chain()
    upgrade = upgraded(chain)
    wait(chain, 7 * DAY - 36 * 3600)
    undo = roll_back(chain, upgrade)
    wait(chain, 36 * 3600 - 1)
    assert status(chain, upgrade) is Status.EXECUTED
    wait(chain, 1, 1)
    assert status(chain, undo) is Status.REJECTED
    wait(chain, 1, 1)
    assert status(chain, upgrade) is Status.FINALIZED


def test_an_approved_rollback_waits_past_the_window_for_readiness():
    chain = governance_chain()
    upgrade = upgraded(chain)
    wait(chain, 7 * DAY - 36 * 3600)
    undo = roll_back(chain, upgrade)
    approve(chain, undo, 8_000 * AIT)
    wait(chain, 36 * 3600 + 3 * DAY)
    assert (status(chain, undo), status(chain, upgrade)) == (Status.APPROVED, Status.EXECUTED)
    wait(chain, 11 * DAY)
    assert status(chain, undo) is Status.EXPIRED
    wait(chain, 1, 1)
    assert status(chain, upgrade) is Status.FINALIZED


def test_a_rollback_is_refused_once_a_value_moved_on():
    chain = governance_chain()
    change = propose_change(chain, FEE)
    approve(chain, change)
    wait(chain, 3 * DAY)
    second = propose_change(chain, Change(THING, "fee", 20, 30))
    approve(chain, second)
    undo = roll_back(chain, change, voting=4 * DAY - 1)
    approve(chain, undo, 8_000 * AIT)
    wait(chain, 4 * DAY)
    assert status(chain, undo) is Status.FAILED
    assert parameter(chain, "fee") == 30
    assert info(chain, change).status == Status.EXECUTED
    with reverts("ValueMovedOn(address,string,uint256)"):
        roll_back(chain, change)


def test_only_the_latest_version_is_rolled_back():
    chain = governance_chain()
    first = upgraded(chain)
    undo = roll_back(chain, first, voting=7 * DAY)
    second = propose(chain, current="2.0.0", new="3.0.0")
    approve(chain, second)
    approve(chain, undo, 8_000 * AIT)
    all_ready(chain, version="3.0.0")
    all_ready(chain, version="1.0.0")
    original = Thing3.upgrade
    Thing3.upgrade = lambda self: None
    try:
        wait(chain, 4 * DAY)
    finally:
        Thing3.upgrade = original
    assert active(chain) == "3.0.0"
    with reverts("NotReversible(uint8)"):
        roll_back(chain, first)
    wait(chain, 3 * DAY)
    assert status(chain, undo) is Status.FAILED
    assert active(chain) == "3.0.0"


def test_a_rollback_does_not_outlive_a_later_version_that_was_undone():
    chain = governance_chain()
    first = upgraded(chain)
    stale = roll_back(chain, first, voting=7 * DAY)
    approve(chain, stale, 8_000 * AIT)
    all_ready(chain, version="1.0.0")
    original, Thing3.upgrade = Thing3.upgrade, lambda self: None
    try:
        fix = propose(
            chain, current="2.0.0", new="3.0.0", kind=Kind.EMERGENCY_FIX, voting=36 * 3600
        )
        approve(chain, fix, 8_000 * AIT)
        all_ready(chain, version="3.0.0")
        wait(chain, 36 * 3600)
        undo = roll_back(chain, fix)
        approve(chain, undo, 8_000 * AIT)
        all_ready(chain, version="2.0.0", code_hash=CODE)
        wait(chain, 36 * 3600)
    finally:
        Thing3.upgrade = original
    assert active(chain) == "2.0.0"
    wait(chain, 4 * DAY)
    assert status(chain, stale) is Status.FAILED
    assert active(chain) == "2.0.0"


def test_genesis_takes_its_own_settings_only():
    chain = governance_chain()
    with pytest.raises(InvariantError):
        Governance(chain.hook(GOVERNANCE_ADDRESS)).genesis(5)


def test_the_chain_s_limits_stay_in_proportion():
    for block, transaction in ((20_000_000, 18_000_001), (19_999_999, 5_000_000)):
        chain = governance_chain()
        chain.storage[RUNTIME_ADDRESS, 0] = block | transaction << 64
        with reverts("LimitsContradict(uint64,uint64)"):
            chain.read(RUNTIME_ADDRESS, encode_call("checkParameters()"))
    chain.storage[RUNTIME_ADDRESS, 0] = 20_000_000 | 18_000_000 << 64
    chain.read(RUNTIME_ADDRESS, encode_call("checkParameters()"))
    chain.storage[RUNTIME_ADDRESS, 1] = 77
    supply = chain.read(RUNTIME_ADDRESS, encode_call("supply()"))
    assert decode(("uint256", "uint256"), supply) == (77, 0)


def test_steps_of_one_parameter_are_undone_in_the_opposite_order():
    chain = governance_chain()
    change = propose_change(chain, FEE, Change(THING, "fee", 20, 30))
    approve(chain, change)
    wait(chain, 3 * DAY)
    assert parameter(chain, "fee") == 30
    undo = roll_back(chain, change)
    approve(chain, undo, 8_000 * AIT)
    wait(chain, 36 * 3600)
    assert status(chain, change) is Status.ROLLED_BACK
    assert parameter(chain, "fee") == 10


@pytest.mark.parametrize(
    ("gas", "end"), [(18_000_000, Status.EXECUTED), (21_000_000, Status.FAILED)]
)
def test_what_a_hook_carries_out_has_a_gas_bound(gas, end):
    chain = governance_chain()
    proposal = propose_change(chain, Change(THING, "toil(uint256)", 0, gas))
    approve(chain, proposal)
    wait(chain, 3 * DAY)
    assert status(chain, proposal) is end


def test_a_rollback_names_an_executed_proposal_and_a_reason():
    chain = governance_chain()
    proposal = propose(chain)
    with reverts("NotReversible(uint8)"):
        roll_back(chain, proposal)
    with reverts("UnknownProposal(uint64)"):
        roll_back(chain, 9)
    with reverts("EmptyField(string)"):
        send(
            chain,
            PROPOSER,
            "proposeRollback(uint64,uint64,string)",
            1,
            36 * 3600,
            "",
            value=DEPOSIT,
        )


# --- views ----------------------------------------------------------------------------------


def test_proposals_are_listed_by_status_and_newest_first():
    chain = governance_chain()
    kind = (array_of(struct_type(ProposalInfo)),)
    signature = "proposalsByStatus(uint8,uint64,uint32)"
    for version in ("2.0.0", "2.0.1", "2.0.2"):
        propose(chain, new=version)
    assert [p.id for p in ask(chain, signature, kind, 0, 0, 2)[0]] == [3, 2]
    assert [p.id for p in ask(chain, signature, kind, 0, 2, 9)[0]] == [1]
    assert [p.id for p in ask(chain, signature, kind, Status.PROPOSED, 1, 1)[0]] == [2]
    assert ask(chain, signature, kind, Status.EXPIRED, 0, 9)[0] == ()
    assert ask(chain, signature, kind, 0, 2**64 - 1, 2**32 - 1)[0] == ()
    assert ask(chain, "proposalCount()", ("uint64",)) == (3,)
    opened = "openProposalOf(address,string)"
    assert ask(chain, opened, ("uint64",), THING, "2.0.1") == (2,)
    assert ask(chain, opened, ("uint64",), THING, "2.0.9") == (0,)


def test_versions_of_all_contracts_are_shown():
    chain = governance_chain()
    rows = ask(chain, "contracts()", (array_of(struct_type(ContractVersion)),))[0]
    assert [(row.name, row.version) for row in rows] == [
        ("runtime", "1.0.0"),
        ("staking", "1.0.0"),
        ("governance", "1.0.0"),
        ("treasury", "1.0.0"),
        ("thing", "1.0.0"),
    ]
    upgraded(chain)
    rows = history(chain)
    assert [row.version for row in rows] == ["1.0.0", "2.0.0"]
    assert rows[1].code_hash == CODE
    assert history(chain, 1, 1)[0] == rows[1]


def test_statistics_count_everything_once():
    chain = governance_chain()
    good, bad = propose_change(chain, FEE), propose(chain)
    approve(chain, good, 6_000 * AIT)
    wait(chain, 3 * DAY)
    assert status(chain, bad) is Status.REJECTED
    found = statistics(chain)
    assert found.proposals == 2
    assert found.by_status == (0, 0, 1, 1, 0, 0, 0, 0)
    assert found.by_kind == (1, 1, 0, 0, 0, 0)
    assert (found.success_bps, found.participation_bps_mean) == (5_000, 3_000)
    assert found.execution_seconds_mean == 3 * DAY
    assert statistics(governance_chain()).success_bps == 0


def test_the_node_reads_what_is_coming_and_what_is_recorded():
    chain = governance_chain()

    def read(slot):
        return chain.storage.get((GOVERNANCE_ADDRESS, slot), 0)

    proposal = propose(chain)
    propose_change(chain, FEE)
    (coming,) = coming_versions(read)
    assert (coming.proposal, coming.address, coming.version) == (proposal, THING, packed("2.0.0"))
    assert (coming.code_hash, coming.is_approved) == (CODE, False)
    approve(chain, proposal)
    ready(chain, V1)
    assert is_ready(read, proposal, V1)
    assert not is_ready(read, proposal, V2)
    assert ask(chain, "isReady(uint64,address)", ("bool",), proposal, V1) == (True,)
    all_ready(chain)
    wait(chain, 3 * DAY)
    assert next(coming_versions(read)).is_approved
    wait(chain, DAY)
    recorded = {row.address: row for row in recorded_versions(read)}
    assert recorded[THING].version == packed("2.0.0")
    assert recorded[THING].code_hash == CODE
    assert recorded[THING].layout_hash == b""
    assert len(recorded[GOVERNANCE_ADDRESS].layout_hash) == 32
    assert NO_VERSION not in [row.version for row in recorded.values()]


def test_hostile_numbers_are_refused_or_harmless():
    chain = governance_chain()
    Stakes.stakes[VOTER] = [StakeAt(V1, U256_MAX, U256_MAX, False)]
    proposal = propose(chain)
    with pytest.raises(Revert):
        vote(chain, VOTER, proposal, YES)
    with reverts("ChangeRefused(address,string,bytes)"):
        propose_change(chain, Change(THING, "fee", 10, U256_MAX))
    assert ChangeRefused.__doc__


def test_readiness_of_many_is_counted_in_turn_and_none_is_forgotten(monkeypatch):
    """Fifteen wait before the one that is ready: a block counts eight."""
    monkeypatch.setattr("contracts.governance.v1.contract.OPEN_PER_PROPOSER", 64)
    chain = governance_chain()
    holder(6_000 * AIT, tokens=6_000 * AIT)
    for number in range(2 * COUNTS_PER_BLOCK - 1):
        vote(chain, VOTER, propose(chain, new=f"1.{number + 1}.0"), Choice.YES)
    last = propose(chain)
    vote(chain, VOTER, last, Choice.YES)
    wait(chain, 3 * DAY)
    wait(chain, DAY)
    end_block(chain)
    end_block(chain)
    for operator in (account(11), account(12)):
        ready(chain, operator)
    end_block(chain)
    assert info(chain, last).status == Status.APPROVED
    end_block(chain)
    assert active(chain) == "2.0.0"
    wait(chain, 14 * DAY)
    for _ in range(2):
        end_block(chain)
    assert {info(chain, n).status for n in range(1, last)} == {Status.EXPIRED}
