"""Staking: registration, delegation, election, unbonding, slashing."""

from dataclasses import replace

import pytest

from contracts.errors import OutOfGas, Revert, WriteProtection
from contracts.runtime import Registry
from contracts.staking.v1.candidates import CANDIDATES_MAX
from contracts.staking.v1.contract import (
    Staking,
    fee_recipient,
    next_set_hash,
    validator_set,
)
from contracts.staking.v1.election import elect
from contracts.staking.v1.storage import evidence_seconds
from primitives.abi import encode, selector
from primitives.errors import InvariantError
from primitives.keccak import keccak256
from primitives.keys import public_key, sign
from primitives.types import U256_MAX
from primitives.vote import VoteKind
from tests.unit.contracts.expectations import reverts
from tests.unit.contracts.memory_context import MemoryChain
from tests.unit.contracts.staking_world import (
    AIT,
    STAKING,
    UNBONDING_SECONDS,
    account,
    act,
    ask,
    check_books,
    current_set,
    key_address,
    next_epoch,
    register,
    report,
    secret,
    see,
    send,
    staking_chain,
    statement,
    storage,
    vote_data,
)

ALICE, BOB = account(1), account(2)
VALIDATOR = key_address(1)


def skip(chain, *, blocks: int, seconds: int) -> None:
    """Let blocks and time pass without hooks."""
    block = chain.block
    chain.block = replace(
        block,
        height=block.height + blocks,
        timestamp=block.timestamp + seconds,
        time_ms=block.time_ms + 1000 * seconds,
    )


def reader(chain):
    return lambda slot: chain.storage.get((STAKING, slot), 0)


def test_genesis_elects_its_validators_and_backs_them_with_balance():
    chain = staking_chain(4)
    members = validator_set(reader(chain))
    assert {member.address for member in members} == {key_address(n) for n in range(1, 5)}
    assert [member.power for member in members] == [2000] * 4
    assert [member.address for member in members] == sorted(member.address for member in members)
    assert chain.balances[STAKING] == 8000 * AIT
    assert fee_recipient(reader(chain), VALIDATOR) == account(201)


def test_slot_zero_is_the_hash_of_the_abi_encoded_set():
    chain = staking_chain(3)
    rows = [(v.address, v.public_key, v.power) for v in validator_set(reader(chain))]
    expected = keccak256(encode(("(address,bytes,uint256)[]",), (rows,)))
    assert chain.storage[STAKING, 0].to_bytes(32, "big") == expected
    assert next_set_hash(reader(chain)) == expected
    assert ask(chain, "nextSetHash()", ("bytes32",)) == (expected,)
    assert ask(chain, "epochRecord(uint64)", ("bytes32", "uint64", "uint64"), 1)[0] == expected


def test_a_new_validator_enters_the_set_at_the_terminal_block_and_not_before():
    chain = staking_chain(1)
    validator = register(chain, ALICE, 9, 5_000 * AIT)
    assert validator == key_address(9)
    assert len(validator_set(reader(chain))) == 1
    next_epoch(chain)
    members = validator_set(reader(chain))
    assert [(m.address, m.power) for m in members] == [(key_address(9), 5000), (VALIDATOR, 2000)]
    assert ask(chain, "epochRecord(uint64)", ("bytes32", "uint64", "uint64"), 2)[1] == 6


def test_registration_needs_the_keys_own_signature_over_this_operator():
    chain = staking_chain(1)
    stolen = sign(secret(9), keccak256(b"something else")).to_bytes()
    with reverts("BadProof()"):
        register(chain, ALICE, 9, 1_000 * AIT, proof=stolen)
    for proof in (b"\x01" * 65, b"\xff" * 65, b""):
        with reverts("BadProof()"):
            register(chain, ALICE, 9, 1_000 * AIT, proof=proof)
    with reverts("BadPublicKey()"):
        register(chain, ALICE, 9, 1_000 * AIT, public_key=b"\x02" + bytes(32))
    with reverts("BadPublicKey()"):
        register(chain, ALICE, 9, 1_000 * AIT, public_key=public_key(secret(9))[:32])
    with reverts("BondTooSmall(uint256,uint256)"):
        register(chain, ALICE, 9, 1_000 * AIT - 1)
    with reverts("NameTooLong(uint32)"):
        register(chain, ALICE, 9, 1_000 * AIT, name="x" * 32)
    with reverts("BadCommission()"):
        register(chain, ALICE, 9, 1_000 * AIT, commission=1_001)
    assert see(chain, "validatorOf", ALICE) == bytes(20)
    register(chain, ALICE, 9, 1_000 * AIT)
    assert see(chain, "validatorOf", ALICE) == key_address(9)
    with reverts("AlreadyRegistered()"):
        register(chain, ALICE, 10, 1_000 * AIT)
    with reverts("AlreadyRegistered()"):
        register(chain, BOB, 9, 1_000 * AIT)


def test_delegated_stake_counts_and_returns_after_the_unbonding_period():
    chain = staking_chain(2)
    send(chain, ALICE, "delegate(address)", VALIDATOR, value=300 * AIT)
    delegated = see(chain, "delegation", VALIDATOR, ALICE)
    assert (delegated.shares, delegated.tokens) == (300 * AIT, 300 * AIT)
    next_epoch(chain)
    assert validator_set(reader(chain))[0].power == 2300
    before = chain.balances[ALICE]
    send(chain, ALICE, "undelegate(address,uint256)", VALIDATOR, 100 * AIT)
    send(chain, ALICE, "undelegate(address,uint256)", VALIDATOR, U256_MAX)
    with reverts("NothingToWithdraw()"):
        send(chain, ALICE, "withdraw()")
    next_epoch(chain)  # unbonding starts with this block's parent
    chain.advance(UNBONDING_SECONDS // 4 - 1, seconds=UNBONDING_SECONDS)
    with reverts("NothingToWithdraw()"):
        send(chain, ALICE, "withdraw()")
    chain.advance()
    send(chain, ALICE, "withdraw()")
    assert chain.balances[ALICE] == before + 300 * AIT
    totals = see(chain, "totals")
    assert (totals.bonded, totals.unbonding) == (4_000 * AIT, 0)


def test_a_halt_expires_no_unbonding():
    chain = staking_chain(1)
    send(chain, ALICE, "delegate(address)", VALIDATOR, value=AIT)
    send(chain, ALICE, "undelegate(address,uint256)", VALIDATOR, AIT)
    chain.advance(1, seconds=100 * UNBONDING_SECONDS)
    with reverts("NothingToWithdraw()"):
        send(chain, ALICE, "withdraw()")


def test_undelegating_more_than_is_held_is_refused():
    chain = staking_chain(1)
    send(chain, ALICE, "delegate(address)", VALIDATOR, value=5 * AIT)
    for amount in (0, 5 * AIT + 1):
        with reverts("InsufficientDelegation(uint256,uint256)"):
            send(chain, ALICE, "undelegate(address,uint256)", VALIDATOR, amount)
    with reverts("InsufficientDelegation(uint256,uint256)"):
        send(chain, BOB, "undelegate(address,uint256)", VALIDATOR, U256_MAX)
    with reverts("UnknownValidator(address)"):
        send(chain, ALICE, "delegate(address)", BOB, value=5 * AIT)


def test_an_operator_below_the_self_bond_leaves_the_set_and_may_join_again():
    chain = staking_chain(2)
    operator = account(101)
    chain.balances[operator] = 10_000 * AIT
    send(chain, operator, "undelegate(address,uint256)", VALIDATOR, 1_001 * AIT)
    next_epoch(chain)
    assert [m.address for m in validator_set(reader(chain))] == [key_address(2)]
    with reverts("NotEligible()"):
        send(chain, operator, "join()")
    send(chain, operator, "delegate(address)", VALIDATOR, value=AIT)
    send(chain, operator, "join()")
    next_epoch(chain)
    assert len(validator_set(reader(chain))) == 2


def test_when_nobody_is_eligible_the_present_set_goes_on():
    chain = staking_chain(1)
    send(chain, account(101), "undelegate(address,uint256)", VALIDATOR, U256_MAX)
    before = chain.storage[STAKING, 0]
    next_epoch(chain)
    assert chain.storage[STAKING, 0] == before
    assert len(validator_set(reader(chain))) == 1


def test_election_is_by_stake_then_address_and_at_most_a_hundred():
    pool = [(account(n), (n % 7 + 1) * AIT + n) for n in range(1, 151)]
    chosen = elect(pool)
    assert len(chosen) == 100
    assert chosen == [
        (a, s // AIT) for a, s in sorted(pool, key=lambda row: (-row[1], row[0]))[:100]
    ]
    assert elect([(account(1), AIT - 1), (account(2), AIT)]) == [(account(2), 1)]
    assert elect([(account(2), AIT), (account(1), AIT)])[0][0] == account(1)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (statement(VoteKind.NOTARIZE), statement(VoteKind.NOTARIZE)),
        (statement(VoteKind.NOTARIZE), statement(VoteKind.NOTARIZE, view=4, block=2)),
        (statement(VoteKind.NOTARIZE), statement(VoteKind.NOTARIZE, epoch=2, block=2)),
        (statement(VoteKind.NOTARIZE), statement(VoteKind.FINALIZE, block=2)),
        (statement(VoteKind.NOTARIZE), statement(VoteKind.NULLIFY)),
        (statement(VoteKind.PROPOSE), statement(VoteKind.PROPOSE, block=2)),
        (statement(VoteKind.NULLIFY), statement(VoteKind.NULLIFY)),
    ],
)
def test_votes_that_an_honest_validator_may_sign_are_no_evidence(first, second):
    chain = staking_chain(2)
    with reverts("EvidenceNotConflicting()"):
        report(chain, BOB, 1, vote_data(1, first), vote_data(1, second), current_set(chain))


def test_evidence_by_another_key_or_chain_is_refused():
    chain = staking_chain(2)
    members = current_set(chain)
    first = vote_data(1, statement(VoteKind.NOTARIZE))
    with reverts("EvidenceBadSignature()"):
        forged = vote_data(2, statement(VoteKind.NOTARIZE, block=2))
        report(chain, BOB, 1, first, forged, members)
    with reverts("EvidenceBadSignature()"):
        foreign = vote_data(1, statement(VoteKind.NOTARIZE, block=2), genesis_hash=b"\1" * 32)
        report(chain, BOB, 1, first, foreign, members)
    second = vote_data(1, statement(VoteKind.NOTARIZE, block=2))
    with reverts("EvidenceWrongSet()"):
        report(chain, BOB, 1, first, second, [m for m in members if m[0] != VALIDATOR])
    with reverts("EvidenceWrongSet()"):
        report(chain, BOB, 1, first, second, [(*m[:2], m[2] + 1) for m in members])
    with reverts("EvidenceTooOld()"):
        future = [vote_data(1, statement(VoteKind.NOTARIZE, epoch=9, block=b)) for b in (1, 2)]
        report(chain, BOB, 1, *future, members)


def test_evidence_expires_before_what_it_could_slash_is_paid_out():
    chain = staking_chain(2)
    members = current_set(chain)
    votes = [vote_data(1, statement(VoteKind.NOTARIZE, block=b)) for b in (1, 2)]
    chain.advance(UNBONDING_SECONDS - UNBONDING_SECONDS // 8 - 2)
    report(chain, BOB, 1, *votes, members)
    chain = staking_chain(2)
    chain.advance(UNBONDING_SECONDS - UNBONDING_SECONDS // 8)
    with reverts("EvidenceTooOld()"):
        report(chain, BOB, 1, *votes, members)


def test_a_full_candidate_list_gives_way_only_to_more_stake():
    chain = staking_chain(1, stake=50_000 * AIT)
    chain.balances = {a: b * 1000 for a, b in chain.balances.items()}
    for number in range(1, CANDIDATES_MAX):
        chain.balances[account(1000 + number)] = 2_000 * AIT
        register(chain, account(1000 + number), 1000 + number, 1_500 * AIT)
    with reverts("CandidatesFull(uint256)"):
        register(chain, ALICE, 5000, 1_500 * AIT)
    register(chain, ALICE, 5000, 1_501 * AIT)
    candidates = ask(chain, "candidates()", ("address[]",))[0]
    assert len(candidates) == CANDIDATES_MAX
    assert key_address(5000) in candidates
    assert len(set(candidates)) == CANDIDATES_MAX


def test_value_to_a_call_that_is_not_payable_reverts():
    chain = staking_chain(1)
    with pytest.raises(Revert, match="not payable"):
        send(chain, ALICE, "withdraw()", value=1)


def test_state_changing_calls_are_refused_in_static_frames_and_out_of_gas_is_clean():
    chain = staking_chain(1)
    with pytest.raises(WriteProtection):
        chain.read(STAKING, selector("withdraw()"))
    before = dict(chain.storage)
    with pytest.raises(OutOfGas):
        chain.transact(
            ALICE,
            STAKING,
            selector("delegate(address)") + encode(("address",), (VALIDATOR,)),
            AIT,
            gas=3_000,
        )
    assert chain.storage == before
    assert chain.balances[ALICE] == 1_000_000 * AIT


def test_validators_are_paged():
    chain = staking_chain(5)
    names = [
        [entry.name for entry in see(chain, "validators", offset, 2)] for offset in (0, 2, 4, 9)
    ]
    assert names == [
        ["validator 1", "validator 2"],
        ["validator 3", "validator 4"],
        ["validator 5"],
        [],
    ]
    assert ask(chain, "validatorCount()", ("uint64",)) == (5,)
    assert Staking.index == 1


def test_commission_moves_one_step_a_day():
    chain = staking_chain(1)
    operator = account(101)
    for bad in (99, 601, 1_001):
        with reverts("BadCommission()"):
            act(chain, operator, "edit", ALICE, "renamed", bad)
    act(chain, operator, "edit", ALICE, "renamed", 600)
    assert fee_recipient(reader(chain), VALIDATOR) == ALICE
    act(chain, operator, "edit", ALICE, "again", 600)
    with reverts("BadCommission()"):
        act(chain, operator, "edit", ALICE, "again", 500)
    skip(chain, blocks=21_600, seconds=24 * 3600 - 1)
    with reverts("BadCommission()"):
        act(chain, operator, "edit", ALICE, "again", 500)
    skip(chain, blocks=0, seconds=1)
    act(chain, operator, "edit", ALICE, "again", 500)
    assert see(chain, "validator", VALIDATOR).commission_bps == 500
    with reverts("NotOperator()"):
        act(chain, ALICE, "edit", ALICE, "renamed", 500)
    with reverts("NameTooLong(uint32)"):
        act(chain, operator, "edit", ALICE, "x" * 32, 500)


def test_undelegations_of_one_epoch_join_and_open_entries_are_bounded():
    chain = staking_chain(2)
    act(chain, ALICE, "delegate", VALIDATOR, value=100 * AIT)
    act(chain, ALICE, "delegate", key_address(2), value=100 * AIT)
    for epoch in range(1, 33):
        validator = key_address(1 + epoch % 2)
        for _ in range(2):
            act(chain, ALICE, "undelegate", validator, AIT)
        assert len(see(chain, "unbondings", ALICE)) == epoch
        next_epoch(chain)
    with reverts("TooManyUnbondings(uint32)"):
        act(chain, ALICE, "undelegate", VALIDATOR, AIT)
    assert [entry.amount for entry in see(chain, "unbondings", ALICE)] == [2 * AIT] * 32
    check_books(chain, (ALICE, BOB, account(101), account(102)))


def test_nobody_leaves_less_than_the_least_delegation_behind():
    chain = staking_chain(1)
    act(chain, ALICE, "delegate", VALIDATOR, value=3 * AIT)
    with reverts("RemainderTooSmall(uint256,uint256)"):
        act(chain, ALICE, "undelegate", VALIDATOR, 2 * AIT + 1)
    act(chain, ALICE, "undelegate", VALIDATOR, 2 * AIT)
    assert act(chain, ALICE, "undelegate", VALIDATOR, AIT) == AIT
    assert see(chain, "delegation", VALIDATOR, ALICE).shares == 0


def test_delegating_below_the_minimum_is_refused():
    chain = staking_chain(1)
    with reverts("BondTooSmall(uint256,uint256)"):
        act(chain, ALICE, "delegate", VALIDATOR, value=AIT - 1)
    act(chain, ALICE, "delegate", VALIDATOR, value=AIT)


def test_an_unbonding_entry_says_when_it_may_be_withdrawn():
    chain = staking_chain(1)
    act(chain, ALICE, "delegate", VALIDATOR, value=2 * AIT)
    act(chain, ALICE, "undelegate", VALIDATOR, AIT)
    entry = see(chain, "unbondings", ALICE)[0]
    assert entry.withdrawable_at == chain.block.timestamp + UNBONDING_SECONDS
    next_epoch(chain)
    entry = see(chain, "unbondings", ALICE)[0]
    assert entry.withdrawable_at == chain.block.timestamp - 1 + UNBONDING_SECONDS
    assert (entry.validator, entry.epoch, entry.amount) == (VALIDATOR, 1, AIT)
    assert not entry.is_blocked


def test_a_validator_that_everybody_left_may_be_bonded_again():
    chain = staking_chain(2)
    operator = account(101)
    chain.balances[operator] = 5_000 * AIT
    act(chain, operator, "undelegate", VALIDATOR, U256_MAX)
    assert see(chain, "validator", VALIDATOR).shares == 0
    with reverts("InsufficientDelegation(uint256,uint256)"):
        act(chain, operator, "undelegate", VALIDATOR, U256_MAX)
    act(chain, operator, "delegate", VALIDATOR, value=1_000 * AIT)
    act(chain, operator, "join")
    with reverts("NotEligible()"):
        act(chain, operator, "join")
    with reverts("NotOperator()"):
        act(chain, ALICE, "join")


def test_an_account_stakes_with_at_most_32_validators_at_a_time():
    chain = staking_chain(34, parameters={"periodSeconds": 10**9})
    for number in range(1, 33):
        act(chain, ALICE, "delegate", key_address(number), value=2 * AIT)
    for call in (("delegate", key_address(33)), ("redelegate", VALIDATOR, key_address(33), AIT)):
        with reverts("TooManyValidators(uint32)"):
            act(chain, ALICE, *call, value=AIT if call[0] == "delegate" else 0)
    act(chain, ALICE, "undelegate", key_address(2), U256_MAX)
    act(chain, ALICE, "undelegate", key_address(3), U256_MAX)
    act(chain, ALICE, "delegate", key_address(3), value=AIT)
    skip(chain, blocks=UNBONDING_SECONDS // 4, seconds=UNBONDING_SECONDS - 1)
    act(chain, ALICE, "compound", ALICE, key_address(2))  # does not begin the wait again
    with reverts("TooManyValidators(uint32)"):
        act(chain, ALICE, "delegate", key_address(33), value=AIT)
    skip(chain, blocks=0, seconds=1)
    act(chain, ALICE, "delegate", key_address(33), value=AIT)
    with reverts("TooManyValidators(uint32)"):
        act(chain, ALICE, "delegate", key_address(2), value=AIT)
    listed = [row.validator for row in see(chain, "delegationsOf", ALICE)]
    assert len(listed) == 32
    assert key_address(33) in listed
    assert key_address(2) not in listed


@pytest.mark.parametrize(
    "values",
    [
        {"unbondingSeconds": 7},
        {"commissionMinBps": 500, "commissionMaxBps": 400},
        {"jailSeconds": UNBONDING_SECONDS + 1, "periodSeconds": 60},
        {"periodSeconds": UNBONDING_SECONDS // 2 + 1},
    ],
)
def test_parameters_that_contradict_each_other_are_refused(values):
    with reverts("ParametersContradict(string)"):
        see(staking_chain(1, parameters=values), "checkParameters")


def test_the_default_parameters_agree():
    see(staking_chain(1, parameters={"unbondingSeconds": 21 * 24 * 3600}), "checkParameters")
    for seconds in (8, 100, 24 * 3600 * 90):
        assert 0 < evidence_seconds(seconds) < seconds
    assert evidence_seconds(21 * 24 * 3600) == 20 * 24 * 3600
    values = {row.key: row.value for row in see(staking_chain(1), "parameterList")}
    assert values["unbondingSeconds"] == UNBONDING_SECONDS
    assert values["selfBondMin"] == 1_000 * AIT


def test_hooks_without_genesis_do_nothing():
    chain = MemoryChain(Registry((Staking,)))
    chain.advance(3)
    assert chain.storage == {}


def test_genesis_takes_its_own_settings_alone():
    with pytest.raises(InvariantError, match="takes StakingGenesis"):
        storage(staking_chain(1)).genesis(object())


def test_the_set_is_at_most_as_large_as_governance_says():
    chain = staking_chain(6, parameters={"activeMax": 4})
    assert len(current_set(chain)) == 4
    assert len(see(chain, "activePower")) == 4
    assert see(chain, "totals").active == 8_000 * AIT


def test_a_genesis_validator_below_the_least_self_bond_keeps_to_its_own():
    chain = staking_chain(2, stake=500 * AIT)
    operator = account(101)
    assert see(chain, "validator", VALIDATOR).self_bond_min == 500 * AIT
    act(chain, operator, "undelegate", VALIDATOR, AIT)
    assert VALIDATOR not in see(chain, "candidates")
    chain.balances[operator] = AIT
    act(chain, operator, "delegate", VALIDATOR, value=AIT)
    act(chain, operator, "join")
