"""Runtime 2: what a product of a job's own operands commits to, and its single steps."""

import time
from dataclasses import replace

import numpy as np
import pytest

from primitives.adjudication import OPENING_BYTES_MAX, WITNESS_BYTES_MAX
from primitives.compute import UNIT_MACS, UNIT_SECONDS, ComputeReceipt
from primitives.errors import DecodeError
from primitives.matmul_dispute import (
    BAND_BYTES,
    MatmulAdjudicator,
    MatmulJob,
    OperandSpec,
    band_leaf,
    check_dimensions,
    micro_levels,
    operand_root,
)

ZERO = bytes(32)
JUDGE = MatmulAdjudicator()


def operands(m=128, n=192, k=200, seed=1):
    rng = np.random.default_rng(seed)
    shape = {"low": -128, "high": 128, "dtype": np.int8}
    return rng.integers(size=(m, k), **shape), rng.integers(size=(k, n), **shape)


def receipt(job, **changes) -> ComputeReceipt:
    values = {
        "job_id": ZERO, "lease_id": ZERO, "seq": 1, "miner": bytes(20), "client": bytes(20),
        "model_root": ZERO, "request_hash": job.spec.request_hash(),
        "response_hash": job.trace_root, "trace_root": job.trace_root, "fingerprint": ZERO,
        "unit_kind": UNIT_MACS, "units": job.spec.macs, "unit_price": 1, "started_at": 1,
        "ended_at": 2, "beacon": ZERO, "attestation": ZERO, "flags": 0,
    }  # fmt: skip
    return ComputeReceipt(**values | changes)


A, B = operands()
JOB = MatmulJob(A, B)
RECEIPT = receipt(JOB)


def test_the_result_is_the_product():
    assert np.array_equal(JOB.result, A.astype(np.int64) @ B.astype(np.int64))


@pytest.mark.parametrize("k", [1, 63, 64, 65, 200])
def test_every_step_of_an_honest_trace_is_right(k):
    job = MatmulJob(*operands(64, 128, k))
    claim, opening = receipt(job), job.opening()
    assert JUDGE.check_opening(claim, opening) == 3
    assert len(opening) <= OPENING_BYTES_MAX
    for leaf in (1, 2):
        outputs = job.partial_bands(leaf - 1)
        levels = micro_levels(outputs)
        root = levels[-1][0]
        assert JUDGE.micro_count(claim, opening, leaf) == len(outputs) == 4 * -(-k // 64)
        assert outputs[-4:] == job.bands(leaf - 1)
        witness = job.root_witness(levels)
        JUDGE.check_micro_root(claim, opening, leaf, job.levels[0][leaf], root, witness)
        for micro in range(len(outputs)):
            witness = job.step_witness(leaf, micro, outputs, levels)
            assert len(witness) <= WITNESS_BYTES_MAX
            found = JUDGE.right_output(claim, opening, leaf, micro, root, witness)
            assert found == levels[0][micro]


def test_the_deepest_step_fits_the_witness():
    """Operands of 64 x 1,024 tiles and 4,096 micro-steps: 16 hashes and 2 x 12 at most."""
    deepest = 3 * 4096 + 32 * (16 + 16 + 12)
    assert deepest <= WITNESS_BYTES_MAX


def test_a_step_takes_less_than_a_millisecond():
    outputs = JOB.partial_bands(0)
    levels = micro_levels(outputs)
    witness = JOB.step_witness(1, 8, outputs, levels)
    runs = []
    for _ in range(20):
        began = time.perf_counter()
        JUDGE.right_output(RECEIPT, JOB.opening(), 1, 8, levels[-1][0], witness)
        runs.append(time.perf_counter() - began)
    assert min(runs) < 0.001


@pytest.mark.parametrize(
    "change",
    [
        {"request_hash": ZERO}, {"response_hash": ZERO}, {"trace_root": ZERO}, {"units": 1},
        {"unit_kind": UNIT_SECONDS}, {"trace_root": ZERO, "response_hash": ZERO},
    ],
)  # fmt: skip
def test_an_opening_belongs_to_one_receipt(change):
    with pytest.raises(DecodeError):
        JUDGE.check_opening(replace(RECEIPT, **change), JOB.opening())


def test_no_part_of_an_opening_can_be_changed():
    good = JOB.opening()
    for bad in (b"", good[:75], good[:-1], good[:-32], good + ZERO):
        with pytest.raises(DecodeError):
            JUDGE.check_opening(RECEIPT, bad)
    for place in range(0, len(good), 7):
        bad = bytearray(good)
        bad[place] ^= 1
        with pytest.raises(DecodeError):
            JUDGE.check_opening(RECEIPT, bytes(bad))


def test_dimensions_are_bound_and_bounded():
    spec = JOB.spec
    swapped = replace(spec, m=spec.n, n=spec.m)
    assert (
        len({spec.request_hash(), swapped.request_hash(), replace(spec, k=1).request_hash()}) == 3
    )
    for change in ({"m": 0}, {"m": 63}, {"n": 65}, {"n": 4160}, {"k": 0}, {"k": 65_536}):
        with pytest.raises(DecodeError):
            check_dimensions(replace(spec, **change))
    check_dimensions(OperandSpec(m=4096, n=64, k=65_535, root_a=ZERO, root_b=ZERO))


def test_padding_and_order_of_operands_are_bound():
    wide = np.zeros((64, 128), dtype=np.int8)
    wide[:, :100] = A[:64, :100]
    assert operand_root(A[:64, :100]) == operand_root(wide)  # k tells them apart in the request
    assert operand_root(A[:64]) != operand_root(A[64:])


def test_a_wrong_cell_gives_another_root_and_its_own_step_is_wrong():
    result = JOB.result.copy()
    result[70, 130] += 1
    liar = MatmulJob(A, B, result)
    assert liar.trace_root != JOB.trace_root
    wrong = [i for i, leaf in enumerate(liar.levels[0]) if leaf != JOB.levels[0][i]]
    assert wrong == [1 + 1 * 3 + 2]
    leaf = wrong[0]
    outputs = [*JOB.partial_bands(leaf - 1)[:-4], *liar.bands(leaf - 1)]
    levels = micro_levels(outputs)
    JUDGE.check_micro_root(
        receipt(liar), liar.opening(), leaf, liar.levels[0][leaf], levels[-1][0],
        liar.root_witness(levels),
    )  # fmt: skip
    for micro in range(len(outputs)):
        witness = liar.step_witness(leaf, micro, outputs, levels)
        found = JUDGE.right_output(
            receipt(liar), liar.opening(), leaf, micro, levels[-1][0], witness
        )
        assert (found == levels[0][micro]) == (micro != len(outputs) - 4)


def test_a_micro_root_ends_in_the_tile_that_was_committed():
    outputs = JOB.partial_bands(0)
    levels = micro_levels(outputs)
    root, witness = levels[-1][0], JOB.root_witness(levels)
    good = (RECEIPT, JOB.opening(), 1, JOB.levels[0][1], root, witness)
    JUDGE.check_micro_root(*good)
    for place, value in ((2, 2), (3, JOB.levels[0][2]), (4, ZERO), (5, witness + b"\0"),
                         (5, witness[:-1]), (5, b"")):  # fmt: skip
        bad = list(good)
        bad[place] = value
        with pytest.raises(DecodeError):
            JUDGE.check_micro_root(*bad)


def test_a_step_opens_its_own_operands_and_no_others():
    outputs = JOB.partial_bands(0)
    levels = micro_levels(outputs)
    root = levels[-1][0]
    good = JOB.step_witness(1, 5, outputs, levels)
    others = [
        JOB.step_witness(1, 4, outputs, levels), JOB.step_witness(1, 9, outputs, levels),
        JOB.step_witness(2, 5, outputs, levels), good[:-1], good + b"\0", b"", bytes(len(good)),
    ]  # fmt: skip
    for place in (0, 4096, 4096 + 96, 9000, len(good) - 1):
        changed = bytearray(good)
        changed[place] ^= 1
        others.append(bytes(changed))
    for bad in others:
        with pytest.raises(DecodeError):
            JUDGE.right_output(RECEIPT, JOB.opening(), 1, 5, root, bad)


def test_a_band_beyond_the_bound_is_no_operand():
    bands = JOB.partial_bands(0)
    for value, is_fine in ((16_384 * 64, True), (-16_384 * 64, True), (16_384 * 64 + 1, False),
                           (-16_384 * 64 - 1, False), (-(2**31), False)):  # fmt: skip
        huge = np.zeros(BAND_BYTES // 4, dtype="<i4")
        huge[17] = value
        outputs = [huge.tobytes(), *bands[1:]]
        levels = micro_levels(outputs)
        witness = JOB.step_witness(1, 4, outputs, levels)
        values = (RECEIPT, JOB.opening(), 1, 4, levels[-1][0], witness)
        if is_fine:
            assert JUDGE.right_output(*values) != band_leaf(bands[4])
        else:
            with pytest.raises(DecodeError):
                JUDGE.right_output(*values)


def test_the_largest_product_of_the_deepest_inner_dimension_does_not_overflow():
    a = np.full((64, 65_535), -128, dtype=np.int8)
    job = MatmulJob(a, np.ascontiguousarray(a.T), np.full((64, 64), 16_384 * 65_535))
    assert job.result[0, 0] == 16_384 * 65_535
    outputs = job.partial_bands(0)
    levels = micro_levels(outputs)
    last = len(outputs) - 1
    witness = job.step_witness(1, last, outputs, levels)
    assert len(witness) <= WITNESS_BYTES_MAX
    claim = receipt(job)
    found = JUDGE.right_output(claim, job.opening(), 1, last, levels[-1][0], witness)
    assert found == levels[0][last]
