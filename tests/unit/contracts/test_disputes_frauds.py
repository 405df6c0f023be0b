"""Disputes: commitments, and faults that are proven by one call."""

from dataclasses import replace

import pytest

from contracts.disputes.v1.messages import (
    CaseDecided,
    ChallengeCommitted,
    ChallengeExpired,
    ChallengeStatus,
    Fault,
)
from contracts.marketplace.v1.lease_messages import LeaseStatus
from primitives.compute import KIND_MATMUL, UNIT_SECONDS
from primitives.types import U64_MAX, U128_MAX
from tests.unit.contracts import disputes_world as w
from tests.unit.contracts.disputes_world import (
    AIT,
    ALICE,
    BATCH_BOND,
    BOB,
    BOND,
    CAROL,
    LEASE,
    MINER,
    POSTER,
    SALT,
    STRANGER,
    Batch,
    ask,
    commit,
    data,
    gain,
    held,
    next_block,
    overclaim,
    pass_seconds,
    receipt,
    send,
    signed,
    word,
)
from tests.unit.contracts.expectations import reverts

TOO_MUCH = receipt(units=400_001)
ONE = word(1)


# --- commitments ------------------------------------------------------------------------------


def test_a_commitment_is_what_the_view_says():
    chain = w.disputes_chain()
    values = (w.ORDER, ALICE, 5, ONE, SALT)
    assert ask(chain, "commitmentFor", *values) == w.commitment(w.ORDER, ALICE, 5, ONE)
    number = send(chain, ALICE, "commitChallenge", SALT, value=AIT)
    assert number == ask(chain, "challengeCount") == 1
    info = ask(chain, "challenge", 1)
    assert (info.challenger, info.status, info.bond) == (ALICE, ChallengeStatus.COMMITTED, AIT)
    assert (info.commitment, info.committed_height) == (SALT, chain.block.height)
    assert len(w.events(chain, ChallengeCommitted)) == 1


def test_a_commitment_needs_the_least_bond():
    chain = w.disputes_chain()
    with reverts("BondTooSmall(uint128,uint128)"):
        send(chain, ALICE, "commitChallenge", SALT, value=AIT - 1)


def test_a_reveal_comes_in_a_later_block_within_the_period():
    chain = w.disputes_chain()
    subject = TOO_MUCH.struct_hash()
    found = w.commitment(subject, ALICE, Fault.OVERCLAIM)
    number = send(chain, ALICE, "commitChallenge", found, value=AIT)
    with reverts("SameBlock()"):
        overclaim(chain, ALICE, TOO_MUCH, number)
    pass_seconds(chain, w.REVEAL_SECONDS - 1, blocks=1)
    with reverts("RevealPeriodOpen()"):
        send(chain, STRANGER, "expireChallenge", number)
    pass_seconds(chain, 1)
    with reverts("RevealPeriodOpen()"):
        send(chain, STRANGER, "expireChallenge", number)
    pass_seconds(chain, 0, blocks=w.REVEAL_SECONDS // 4)
    with reverts("RevealPeriodOver()"):
        overclaim(chain, ALICE, TOO_MUCH, number)
    send(chain, STRANGER, "expireChallenge", number)
    assert (held(chain), chain.burnt) == (0, AIT)
    assert len(w.events(chain, ChallengeExpired)) == 1
    with reverts("WrongStatus(uint8)"):
        send(chain, STRANGER, "expireChallenge", number)


def test_a_revealed_challenge_does_not_expire():
    chain = w.disputes_chain()
    number = overclaim(chain, ALICE, TOO_MUCH)
    pass_seconds(chain, w.REVEAL_SECONDS)
    with reverts("WrongStatus(uint8)"):
        send(chain, STRANGER, "expireChallenge", number)


def test_only_what_was_committed_is_revealed_and_only_by_who_did():
    chain = w.disputes_chain()
    other = receipt(units=400_002)
    number = commit(chain, ALICE, TOO_MUCH.struct_hash(), Fault.OVERCLAIM)
    with reverts("NotChallenger()"):
        overclaim(chain, BOB, TOO_MUCH, number)
    with reverts("WrongReveal()"):
        overclaim(chain, ALICE, other, number)
    with reverts("WrongReveal()"):
        send(chain, ALICE, "revealOverclaim", number, ONE, data(TOO_MUCH), signed(TOO_MUCH))
    copied = w.commitment(TOO_MUCH.struct_hash(), ALICE, Fault.OVERCLAIM)
    stolen = send(chain, BOB, "commitChallenge", copied, value=AIT)
    next_block(chain)
    with reverts("WrongReveal()"):
        overclaim(chain, BOB, TOO_MUCH, stolen)
    elsewhere = w.commitment(TOO_MUCH.struct_hash(), BOB, Fault.OVERCLAIM, chain_id=1)
    foreign = send(chain, BOB, "commitChallenge", elsewhere, value=AIT)
    next_block(chain)
    with reverts("WrongReveal()"):
        overclaim(chain, BOB, TOO_MUCH, foreign)


def test_the_period_of_a_commitment_is_that_of_its_block():
    chain = w.disputes_chain()
    number = commit(chain, ALICE, TOO_MUCH.struct_hash(), Fault.OVERCLAIM)
    chain.registry.first(w.DISPUTES_ADDRESS)(chain.context(w.DISPUTES_ADDRESS)).reveal_seconds = 60
    pass_seconds(chain, 100)
    overclaim(chain, ALICE, TOO_MUCH, number)


# --- a receipt that contradicts its lease -----------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"units": 400_001}, {"units": U64_MAX}, {"unit_price": 10**15 + 1}, {"unit_price": 0},
        {"unit_price": U128_MAX}, {"unit_kind": UNIT_SECONDS}, {"model_root": w.ORDER},
        {"job_id": w.MODEL}, {"client": STRANGER}, {"miner": STRANGER},
    ],
)  # fmt: skip
def test_a_signed_receipt_that_contradicts_its_lease_convicts(change):
    chain = w.disputes_chain()
    number = overclaim(chain, ALICE, receipt(**change))
    assert w.lease(chain).status == LeaseStatus.CONVICTED
    assert gain(chain, w.CLIENT) == w.ESCROW
    pass_seconds(chain, w.REVEAL_SECONDS)
    send(chain, STRANGER, "claimReward", number)
    assert gain(chain, ALICE) == BOND // 2
    assert held(chain) == 0
    ((topics, _),) = w.events(chain, CaseDecided)
    assert topics == (LEASE, ONE, MINER.rjust(32, b"\0"))


def test_a_receipt_within_its_lease_convicts_nobody():
    chain = w.disputes_chain()
    fair = receipt(units=400_000)
    number = commit(chain, ALICE, fair.struct_hash(), Fault.OVERCLAIM)
    with reverts("NothingWrong()"):
        overclaim(chain, ALICE, fair, number)
    assert ask(chain, "challenge", number).status == ChallengeStatus.COMMITTED


def test_an_overclaim_counts_only_where_the_miner_signed_for_an_open_lease():
    chain = w.disputes_chain()
    number = commit(chain, ALICE, TOO_MUCH.struct_hash(), Fault.OVERCLAIM)
    for signature in (signed(TOO_MUCH, w.OTHER_KEY), bytes(65), b"", bytes(64) + b"\x02"):
        with reverts("NotSigned()"):
            send(chain, ALICE, "revealOverclaim", number, SALT, data(TOO_MUCH), signature)
    w.put_claim(chain, chain.block.height - 1)
    with reverts("WindowClosed(uint64)"):
        overclaim(chain, ALICE, TOO_MUCH, number)
    w.put_claim(chain, chain.block.height)
    w.lease(chain).status = LeaseStatus.SETTLED
    with reverts("LeaseNotOpen(uint8)"):
        overclaim(chain, ALICE, TOO_MUCH, number)
    stray = receipt(lease_id=ONE, units=400_001)
    other = commit(chain, ALICE, stray.struct_hash(), Fault.OVERCLAIM)
    with reverts("LeaseNotOpen(uint8)"):
        overclaim(chain, ALICE, stray, other)


def test_the_miner_does_not_convict_himself_under_his_own_name():
    chain = w.disputes_chain()
    with reverts("OwnLease()"):
        overclaim(chain, MINER, TOO_MUCH)


# --- two receipts with one number -------------------------------------------------------------


def double(chain, challenger, first, second, *, evidence=None, number=None, keys=(77, 77)):
    if number is None:
        evidence = second.struct_hash() if evidence is None else evidence
        number = commit(chain, challenger, first.struct_hash(), Fault.DOUBLE_SIGNING, evidence)
    send(
        chain, challenger, "revealDoubleSigning", number, SALT, data(first), signed(first, keys[0]),
        data(second), signed(second, keys[1]),
    )  # fmt: skip
    return number


def test_two_receipts_of_one_number_convict_whichever_operator_keys_signed():
    chain = w.disputes_chain()
    double(chain, ALICE, receipt(), receipt(units=2), keys=(w.OPERATOR, w.FORMER_OPERATOR))
    assert w.lease(chain).status == LeaseStatus.CONVICTED


def test_receipts_of_two_numbers_or_leases_or_the_same_twice_convict_nobody():
    chain = w.disputes_chain()
    for other in (receipt(seq=2), receipt(lease_id=ONE), receipt()):
        with reverts("NothingWrong()"):
            double(chain, ALICE, receipt(), other)
    for keys in ((w.OPERATOR, w.OTHER_KEY), (w.OTHER_KEY, w.OPERATOR)):
        with reverts("NotSigned()"):
            double(chain, ALICE, receipt(), receipt(units=2), keys=keys)


def test_a_commitment_without_the_second_receipt_cannot_take_it_over_later():
    chain = w.disputes_chain()
    empty = commit(chain, BOB, receipt().struct_hash(), Fault.DOUBLE_SIGNING)
    double(chain, ALICE, receipt(), receipt(units=2))
    with reverts("WrongReveal()"):
        double(chain, BOB, receipt(), receipt(units=2), number=empty)


# --- sharing ----------------------------------------------------------------------------------


def test_all_reveals_of_one_period_share_and_copies_do_not():
    chain = w.disputes_chain()
    before = [commit(chain, who, TOO_MUCH.struct_hash(), Fault.OVERCLAIM) for who in (ALICE, BOB)]
    overclaim(chain, ALICE, TOO_MUCH, before[0])
    copied = w.commitment(TOO_MUCH.struct_hash(), CAROL, Fault.OVERCLAIM)
    same_block = send(chain, CAROL, "commitChallenge", copied, value=AIT)
    pass_seconds(chain, w.REVEAL_SECONDS // 2)
    overclaim(chain, BOB, TOO_MUCH, before[1])
    with reverts("CommittedTooLate(uint64)"):
        overclaim(chain, CAROL, TOO_MUCH, same_block)
    with reverts("SharePeriodOpen(uint64)"):
        send(chain, ALICE, "claimReward", before[0])
    pass_seconds(chain, w.REVEAL_SECONDS // 2)
    for number in before:
        send(chain, STRANGER, "claimReward", number)
    assert [gain(chain, who) for who in (ALICE, BOB, CAROL)] == [BOND // 4, BOND // 4, -AIT]
    send(chain, STRANGER, "expireChallenge", same_block)
    assert held(chain) == 0


def test_after_the_period_nobody_joins_even_when_committed_before():
    chain = w.disputes_chain(revealSeconds=1200)
    early = commit(chain, BOB, TOO_MUCH.struct_hash(), Fault.OVERCLAIM)
    contract = chain.registry.first(w.DISPUTES_ADDRESS)(chain.context(w.DISPUTES_ADDRESS))
    contract.reveal_seconds = 60
    overclaim(chain, ALICE, TOO_MUCH)
    pass_seconds(chain, 60)
    with reverts("CommittedTooLate(uint64)"):
        overclaim(chain, BOB, TOO_MUCH, early)


def test_different_faults_of_one_lease_share_too():
    chain = w.disputes_chain()
    other = commit(
        chain, BOB, receipt().struct_hash(), Fault.DOUBLE_SIGNING, receipt(units=2).struct_hash()
    )
    first = overclaim(chain, ALICE, TOO_MUCH)
    double(chain, BOB, receipt(), receipt(units=2), number=other)
    pass_seconds(chain, w.REVEAL_SECONDS)
    for number in (first, other):
        send(chain, STRANGER, "claimReward", number)
    assert gain(chain, ALICE) == gain(chain, BOB) == BOND // 4


def test_a_second_conviction_of_one_miner_refunds_its_client_and_rewards_nobody():
    chain = w.disputes_chain()
    w.put_lease(chain, ONE)
    overclaim(chain, ALICE, TOO_MUCH)
    second = overclaim(chain, BOB, replace(TOO_MUCH, lease_id=ONE))
    assert gain(chain, w.CLIENT) == 2 * w.ESCROW
    pass_seconds(chain, w.REVEAL_SECONDS)
    assert send(chain, BOB, "claimReward", second) == AIT


# --- batches ----------------------------------------------------------------------------------


def rows(*seqs: int) -> list[tuple]:
    return [
        (LEASE, seq, claim.struct_hash(), claim.units * claim.unit_price)
        for seq, claim in ((seq, receipt(seq=seq)) for seq in seqs)
    ]


def duplicate(chain, challenger, batch, left, right, number=None, batch_id=1) -> int:
    evidence = word(left << 64 | right)
    if number is None:
        number = commit(chain, challenger, word(batch_id), Fault.DUPLICATE_LEAF, evidence)
    openings = batch.opening(left), batch.opening(right)
    send(chain, challenger, "revealDuplicateLeaf", number, SALT, batch_id, *openings)
    return number


@pytest.mark.parametrize("size", [2, 3, 5, 8, 13])
def test_leaves_that_do_not_ascend_convict_the_poster(size):
    for left, right in ((0, size - 1), (size - 2, size - 1), (0, 1)):
        seqs = list(range(1, size + 1))
        seqs[right] = seqs[left]
        chain = w.disputes_chain()
        batch = Batch(rows(*seqs))
        w.put_batch(chain, batch)
        number = duplicate(chain, ALICE, batch, left, right)
        assert w.batch_row(chain).is_closed
        pass_seconds(chain, w.REVEAL_SECONDS)
        send(chain, STRANGER, "claimReward", number)
        assert gain(chain, ALICE) == BATCH_BOND // 2
        assert held(chain) == 0


def test_leaves_that_ascend_convict_nobody():
    chain = w.disputes_chain()
    batch = Batch([*rows(1, 2, 3), (b"\xff" * 32, 1, w.ZERO, 1)])
    w.put_batch(chain, batch)
    for left, right in ((0, 1), (1, 3), (2, 2), (2, 1)):
        with reverts("NothingWrong()"):
            duplicate(chain, ALICE, batch, left, right)


def test_a_leaf_is_opened_under_root_count_and_total():
    chain = w.disputes_chain()
    batch = Batch(rows(1, 2, 2))
    w.put_batch(chain, batch)
    evidence = word(1 << 64 | 2)
    number = commit(chain, ALICE, ONE, Fault.DUPLICATE_LEAF, evidence)
    good, right = batch.opening(1), batch.opening(2)
    hashes, totals = good[-2:]
    for bad in (
        (*good[:-2], (), ()),
        (*good[:-2], hashes[:-1], totals),
        (*good[:-2], (*hashes, hashes[0]), (*totals, 0)),
        (*good[:-2], hashes, (totals[0] + 1, *totals[1:])),
        (*good[:-2], hashes, (U128_MAX, *totals[1:])),
        (good[0], LEASE, 7, *good[3:]),
        (*good[:4], good[4] + 1, hashes, totals),
    ):
        with reverts("LeafNotCommitted()"):
            send(chain, ALICE, "revealDuplicateLeaf", number, SALT, 1, bad, right)
    for name, value in (("total", 1), ("count", 4)):
        setattr(w.batch_row(chain), name, value)
        with reverts("LeafNotCommitted()"):
            send(chain, ALICE, "revealDuplicateLeaf", number, SALT, 1, good, right)
        top = batch.levels[-1][0]
        w.batch_row(chain).count, w.batch_row(chain).total = top.count, top.total
    outside = (7, *good[1:])
    far = commit(chain, ALICE, ONE, Fault.DUPLICATE_LEAF, word(7 << 64 | 2))
    with reverts("LeafNotCommitted()"):
        send(chain, ALICE, "revealDuplicateLeaf", far, SALT, 1, outside, right)
    send(chain, ALICE, "revealDuplicateLeaf", number, SALT, 1, good, right)


def test_an_unknown_or_closed_batch_is_not_challenged():
    chain = w.disputes_chain()
    batch = Batch(rows(1, 1))
    with reverts("NoSuchBatch()"):
        duplicate(chain, ALICE, batch, 0, 1)
    w.put_batch(chain, batch)
    w.batch_row(chain).is_closed = True
    with reverts("NoSuchBatch()"):
        duplicate(chain, ALICE, batch, 0, 1)


def test_proofs_of_one_period_share_a_batchs_bond():
    chain = w.disputes_chain()
    batch = Batch(rows(1, 1, 1))
    w.put_batch(chain, batch)
    waiting = commit(chain, BOB, ONE, Fault.DUPLICATE_LEAF, word(1 << 64 | 2))
    first = duplicate(chain, ALICE, batch, 0, 1)
    duplicate(chain, BOB, batch, 1, 2, waiting)
    pass_seconds(chain, w.REVEAL_SECONDS)
    for number in (first, waiting):
        send(chain, STRANGER, "claimReward", number)
    assert gain(chain, ALICE) == gain(chain, BOB) == BATCH_BOND // 4


def wrong_sum(chain, challenger, batch, index, claim) -> int:
    number = commit(chain, challenger, ONE, Fault.WRONG_SUM, word(index))
    send(chain, challenger, "revealWrongSum", number, SALT, 1, batch.opening(index), data(claim))
    return number


@pytest.mark.parametrize("change", [{1: 9}, {0: w.ORDER}, {3: 0}, {3: U128_MAX >> 8}])
def test_a_leaf_that_is_not_its_receipt_convicts_the_poster(change):
    chain = w.disputes_chain()
    leaf = list(rows(1)[0])
    for place, value in change.items():
        leaf[place] = value
    batch = Batch([tuple(leaf), *rows(3)])
    w.put_batch(chain, batch)
    wrong_sum(chain, ALICE, batch, 0, receipt())
    assert w.batch_row(chain).is_closed


def test_a_leaf_that_is_its_receipt_convicts_nobody():
    chain = w.disputes_chain()
    batch = Batch(rows(1, 2))
    w.put_batch(chain, batch)
    with reverts("NothingWrong()"):
        wrong_sum(chain, ALICE, batch, 0, receipt())
    with reverts("WrongReceipt()"):
        wrong_sum(chain, ALICE, batch, 0, receipt(seq=2))


# --- a leaf whose receipt nobody signed -------------------------------------------------------


def ask_signature(chain, challenger, batch, index=0, *, value=0, number=None) -> int:
    if number is None:
        number = commit(chain, challenger, ONE, Fault.BAD_SIGNATURE, word(index))
    values = (number, SALT, 1, batch.opening(index))
    send(chain, challenger, "revealBadSignature", *values, value=value)
    return number


def test_a_leaf_without_signature_convicts_the_poster_when_nobody_answers():
    chain = w.disputes_chain()
    batch = Batch(rows(1))
    w.put_batch(chain, batch)
    number = ask_signature(chain, ALICE, batch)
    game = ask(chain, "game", number)
    assert (game.turn, game.until) == (POSTER, chain.block.timestamp + 3600)
    with reverts("NotSigned()"):
        send(chain, POSTER, "answerSignature", number, data(receipt()), signed(receipt(), 79))
    with reverts("WrongReceipt()"):
        other = receipt(seq=2)
        send(chain, POSTER, "answerSignature", number, data(other), signed(other))
    pass_seconds(chain, 3599)
    with reverts("TimeLeft(uint64)"):
        send(chain, STRANGER, "claimTimeout", number)
    pass_seconds(chain, 1)
    with reverts("TooLate()"):
        send(chain, POSTER, "answerSignature", number, data(receipt()), signed(receipt()))
    send(chain, STRANGER, "claimTimeout", number)
    assert w.batch_row(chain).is_closed
    pass_seconds(chain, w.REVEAL_SECONDS)
    send(chain, STRANGER, "claimReward", number)
    assert (gain(chain, ALICE), held(chain)) == (BATCH_BOND // 2, 0)


def test_anybody_answers_with_the_signature_and_the_challenger_loses():
    chain = w.disputes_chain()
    batch = Batch(rows(1, 2))
    w.put_batch(chain, batch)
    first = ask_signature(chain, ALICE, batch)
    with reverts("BondTooSmall(uint128,uint128)"):
        ask_signature(chain, BOB, batch, 1, value=AIT - 1)
    second = ask_signature(chain, BOB, batch, 1, value=AIT)
    send(chain, STRANGER, "answerSignature", first, data(receipt()), signed(receipt()))
    assert (gain(chain, POSTER), gain(chain, ALICE)) == (AIT // 2, -AIT)
    assert ask(chain, "caseOf", ONE).open_ids == (second,)
    assert not w.batch_row(chain).is_closed


def test_an_answer_belongs_to_such_a_challenge():
    chain = w.disputes_chain()
    number = w.commit_game(chain, ALICE, receipt(), Fault.WRONG_TILE)
    w.lease(chain).kind, w.lease(chain).adjudicator = KIND_MATMUL, 2
    w.reveal_game(chain, ALICE, number, receipt(), Fault.WRONG_TILE)
    with reverts("NotYourTurn(uint8)"):
        send(chain, MINER, "answerSignature", number, data(receipt()), signed(receipt()))
    with reverts("WrongStatus(uint8)"):
        send(chain, MINER, "answerSignature", 99, data(receipt()), signed(receipt()))


def test_a_question_revealed_after_the_batch_was_convicted_costs_nothing():
    chain = w.disputes_chain()
    batch = Batch(rows(1, 1))
    w.put_batch(chain, batch)
    waiting = commit(chain, BOB, ONE, Fault.BAD_SIGNATURE, word(0))
    duplicate(chain, ALICE, batch, 0, 1)
    ask_signature(chain, BOB, batch, number=waiting)
    assert gain(chain, BOB) == 0


def test_a_leaf_that_is_not_committed_asks_for_nothing():
    chain = w.disputes_chain()
    w.put_batch(chain, Batch(rows(1, 2)))
    with reverts("LeafNotCommitted()"):
        ask_signature(chain, ALICE, Batch(rows(1, 3)))


def test_an_open_question_shares_when_the_batch_is_convicted_otherwise():
    chain = w.disputes_chain()
    batch = Batch(rows(1, 1))
    w.put_batch(chain, batch)
    open_one = ask_signature(chain, BOB, batch)
    winner = duplicate(chain, ALICE, batch, 0, 1)
    with reverts("WrongStatus(uint8)"):
        send(chain, POSTER, "answerSignature", open_one, data(receipt()), signed(receipt()))
    pass_seconds(chain, w.REVEAL_SECONDS)
    for number in (open_one, winner):
        send(chain, STRANGER, "claimReward", number)
    assert gain(chain, ALICE) == gain(chain, BOB) == BATCH_BOND // 4
    assert held(chain) == 0


def test_who_asked_after_the_winners_commitment_was_revealed_gets_the_bond_alone():
    chain = w.disputes_chain()
    batch = Batch(rows(1, 1))
    w.put_batch(chain, batch)
    first = ask_signature(chain, ALICE, batch)
    second = ask_signature(chain, BOB, batch, 1, value=AIT)
    pass_seconds(chain, 3600)
    send(chain, STRANGER, "claimTimeout", first)
    assert ask(chain, "challenge", second).status == ChallengeStatus.CLOSED
    send(chain, STRANGER, "claimReward", second)
    assert gain(chain, BOB) == 0
