"""Whole bisection games: who changes anything is convicted, who is honest never."""

import dataclasses
import functools
import random

import pytest

from miner.exact.prover import UNKNOWN, known_levels
from primitives.integer_model.trace import sample_payload
from primitives.merkle import merkle_levels
from tests.unit.miner.exact.model_games import (
    Miner,
    ask,
    descend,
    honest,
    play,
    reference,
)

REQUEST = ask(1, 5, 9, 20, temperature=9000, top_k=64, seed=3)


def flip(at):
    return lambda payload: payload[:at] + bytes((payload[at] ^ 1,)) + payload[at + 1 :]


def overwrite(payload, with_):
    """Replace the front of a payload; its last byte keeps the sign."""
    front = with_[: len(payload) - 1]
    return front + payload[len(front) :]


def step_of(miner, position, layer, phase):
    """Return (leaf, micro) of the first step of a phase."""
    for leaf in range(1, len(miner.trace[0])):
        program = miner.prover.program(leaf)
        if (program.place.position, program.place.layer) == (position, layer):
            return leaf, program.phases[phase][0]
    raise AssertionError


def test_an_honest_miner_wins_whatever_is_disputed():
    miner = Miner(REQUEST)
    assert not play(miner, honest(REQUEST)).convicted


LAYER_PHASES = [
    "embed", "attn_sum", "attn_inv", "attn_norm", "q_acc", "k_acc", "v_acc", "q", "k", "v",
    "score", "max", "exp", "sum", "weight", "mix", "mixed", "o_acc", "x_mid", "mlp_sum",
    "mlp_inv", "mlp_norm", "gate_acc", "up_acc", "act", "down_acc", "x_out", "out_chunk",
    "kv_chunk", "leaf",
]  # fmt: skip


@pytest.mark.parametrize("phase", LAYER_PHASES)
def test_a_wrong_step_of_a_layer_is_found(phase):
    position, layer = (2, 0) if phase == "embed" else (4, 1)
    place = step_of(Miner(REQUEST), position, layer, phase)

    def spoil(payload):  # large enough to reach the leaf through roundings
        return bytes(b ^ (0x55 if phase not in ("max", "score") else 0x07) for b in payload)

    miner = Miner(REQUEST, tamper={place: spoil})
    assert miner.trace[0] != Miner(REQUEST).trace[0]
    verdict = play(miner, honest(REQUEST))
    assert verdict.convicted
    assert (verdict.leaf, verdict.phase) == (place[0], phase)


@pytest.mark.parametrize(
    "phase", ["final_sum", "final_inv", "final_norm", "head_acc", "logits", "top"]
)
def test_a_wrong_step_of_sampling_is_found(phase):
    """The step is spoilt in every way until the token changes, as a cheater wants it to."""
    leaf, micro = step_of(Miner(REQUEST), 4, 2, phase)
    for seed in range(40):
        noise = random.Random(seed).randbytes(512)
        if phase == "top":
            wrong = b"\x00\x00\x00\x20" + (77).to_bytes(4, "little")
        else:
            wrong = b""
        tamper = functools.partial(overwrite, with_=wrong or noise)
        miner = Miner(REQUEST, tamper={(leaf, micro): tamper})
        if miner.trace[0] != Miner(REQUEST).trace[0]:
            break
    verdict = play(miner, honest(REQUEST))
    assert verdict.convicted
    assert (verdict.leaf, verdict.phase) == (leaf, phase)


def test_another_token_is_found():
    leaf, micro = step_of(Miner(REQUEST), 3, 2, "pick")
    token = (honest(REQUEST).tokens[0] + 1) % 100
    miner = Miner(REQUEST, tamper={(leaf, micro): sample_payload(3, 2, token)})
    verdict = play(miner, honest(REQUEST))
    assert verdict.convicted
    assert verdict.phase == "pick"


@pytest.mark.parametrize("phase", ["k", "v"])
def test_a_wrong_cache_row_of_a_prompt_token_is_found(phase):
    place = step_of(Miner(REQUEST), 0, 0, phase)
    verdict = play(Miner(REQUEST, tamper={place: flip(0)}), honest(REQUEST))
    assert verdict.convicted
    assert (verdict.leaf, verdict.phase) == (place[0], phase)


def test_another_prompt_than_the_request_is_found():
    other = Miner(dataclasses.replace(REQUEST, prompt=(1, 5, 10, 20)))
    leaf, micro = step_of(other, 2, 0, "embed")
    wrong = other.payloads[leaf - 1][micro]
    miner = Miner(REQUEST, tamper={(leaf, micro): wrong})
    verdict = play(miner, honest(REQUEST))
    assert verdict.convicted
    assert (verdict.leaf, verdict.phase) == (leaf, "embed")


def test_a_response_that_is_not_what_was_sampled_is_found():
    tokens = honest(REQUEST).tokens
    miner = Miner(REQUEST, claims=[tokens[0], (tokens[1] + 1) % 100, *tokens[2:]])
    leaf = step_of(miner, 4, 2, "pick")[0]
    opening = miner.prover.opening()
    from primitives.errors import DecodeError
    from tests.unit.miner.exact.model_games import JUDGE

    assert JUDGE.check_opening(miner.receipt, opening)
    levels = miner.micro_levels(leaf)
    with pytest.raises(DecodeError):
        JUDGE.check_micro_root(
            miner.receipt, opening, leaf, miner.trace[0][leaf], levels[-1][0],
            miner.prover.root_witness(leaf, levels),
        )  # fmt: skip


def test_a_wrong_header_does_not_open():
    miner = Miner(REQUEST)
    header = dataclasses.replace(miner.header, prompt_count=5)
    miner.prover.header = header
    assert play(miner, honest(REQUEST)).convicted


def test_an_answer_that_ends_too_early_is_found():
    miner = Miner(REQUEST, outputs=2)
    verdict = play(miner, honest(REQUEST))
    assert verdict.convicted
    assert verdict.leaf == len(miner.trace[0]) - 1

    leaf, micro = step_of(miner, 4, 2, "pick")
    token = sample_payload(4, 2, honest(REQUEST).tokens[1])
    verdict = play(Miner(REQUEST, outputs=2, tamper={(leaf, micro): token}), honest(REQUEST))
    assert (verdict.convicted, verdict.phase) == (True, "pick")


def test_an_answer_that_goes_on_behind_the_stop_is_found():
    stop = honest(REQUEST).tokens[1]
    first = honest(REQUEST).tokens[0]
    assert stop != first
    asked = ask(1, 5, 9, 20, temperature=9000, top_k=64, seed=3, stop=stop)
    own = reference().run([asked], keep=True)[0]
    assert own.tokens == [first, stop]
    honest_miner = Miner(asked, outputs=2)
    assert not play(honest_miner, own).convicted
    place = step_of(honest_miner, 4, 2, "pick")
    longer = Miner(asked, outputs=3, tamper={place: sample_payload(4, 2, stop)})
    verdict = play(longer, own)
    assert (verdict.convicted, verdict.phase, verdict.leaf) == (True, "pick", place[0])


def test_any_leaf_and_step_that_an_honest_miner_must_defend_stands():
    """The challenger names each leaf, although all are right."""
    miner = Miner(REQUEST)
    own = honest(REQUEST)
    for target in range(len(miner.trace[0])):
        leaf, revealed, _ = descend(miner.trace, miner.trace[0], target)
        assert leaf == target
        known = known_levels(len(miner.trace[0]), miner.trace[0][:leaf], revealed)
        assert known[-1][0] == miner.trace[-1][0]
        assert own.leaves[: leaf - 1] == miner.prover.done.leaves[: leaf - 1]


def test_both_sides_make_the_same_micro_trees():
    miner = Miner(REQUEST)
    for leaf in (0, 1, 6, len(miner.trace[0]) - 1):
        assert miner.prover.micro_levels(leaf) == miner.micro_levels(leaf)


def test_known_levels_hold_what_is_known_and_nothing_else():
    leaves = [bytes([i]) * 32 for i in range(1, 12)]
    whole = merkle_levels(leaves)
    known = known_levels(11, leaves[:5], {(0, 6): leaves[6], (1, 4): whole[1][4]})
    assert [len(level) for level in known] == [len(level) for level in whole]
    assert known[0] == [*leaves[:5], UNKNOWN, leaves[6], *[UNKNOWN] * 4]
    assert known[1] == [*whole[1][:2], UNKNOWN, UNKNOWN, whole[1][4], UNKNOWN]
    assert known[2] == [whole[2][0], UNKNOWN, UNKNOWN]
