import json

import numpy as np
import pytest

from miner.exact.tasks import (
    STOP,
    TASKS,
    alphabet,
    is_held_out,
    make_pair,
    make_pairs,
    roman,
    spell,
)
from miner.exact.tokenizer import (
    ByteTokenizer,
    FileTokenizer,
    write_letter_tokenizer,
)
from miner.exact.train import (
    CONFIG,
    Adam,
    FloatModel,
    answer,
    initial_weights,
    loss_and_gradient,
    make_batch,
    save,
)
from primitives.errors import ConfigError

LETTERS = alphabet()
IDS = {letter: i for i, letter in enumerate(LETTERS)}
SMALL = {**CONFIG, "hidden_size": 16, "intermediate_size": 24, "head_dim": 4}


@pytest.mark.parametrize("tied", [True, False])
def test_gradients_are_the_slopes(tied):
    rng = np.random.default_rng(0)
    weights = initial_weights(SMALL, len(LETTERS), rng)
    if not tied:
        weights["lm_head.weight"] = rng.standard_normal((len(LETTERS), 16)) * 0.3
    model = FloatModel(SMALL, {n: w.astype(np.float64) for n, w in weights.items()})
    batch = make_batch(make_pairs("sum", 3, rng, held_out=False), IDS)
    _, grads = loss_and_gradient(model, batch)
    assert set(grads) == set(weights)
    for name, w in model.weights.items():
        place = np.unravel_index(np.abs(grads[name]).argmax(), w.shape)
        before, step = w[place], 1e-4
        w[place] = before + step
        above, _ = loss_and_gradient(model, batch)
        w[place] = before - step
        below, _ = loss_and_gradient(model, batch)
        w[place] = before
        assert grads[name][place] == pytest.approx((above - below) / (2 * step), rel=1e-3)


def test_training_lowers_the_loss():
    rng = np.random.default_rng(0)
    model = FloatModel(SMALL, initial_weights(SMALL, len(LETTERS), rng))
    batch = make_batch(make_pairs("roman", 8, rng, held_out=False), IDS)
    adam, first = Adam(model.weights), loss_and_gradient(model, batch)[0]
    for _ in range(20):
        adam.apply(model.weights, loss_and_gradient(model, batch)[1], 0.01)
    assert loss_and_gradient(model, batch)[0] < first / 2


@pytest.mark.parametrize("task", TASKS)
def test_questions_are_right_and_in_the_alphabet(task):
    rng = np.random.default_rng(3)
    for held_out in (True, False):
        for question, answered in make_pairs(task, 40, rng, held_out=held_out):
            assert is_held_out(question) == held_out
            assert set(question + answered) <= set(LETTERS)
            if task == "sum":
                assert sum(map(int, question[:-1].split("+"))) == int(answered)
            if task == "difference":
                a, b = map(int, question[:-1].split("-"))
                assert a - b == int(answered) >= 0


def test_dates_go_over_ends_of_months_and_years():
    rng = np.random.default_rng(3)
    pairs = dict(make_pair("tomorrow", rng) for _ in range(4000))
    ends = [q for q in pairs if q[5:10] == "12-31"]
    assert ends
    assert all(pairs[q] == f"{int(q[:4]) + 1}-01-01" for q in ends)


def test_numbers_are_spelt():
    assert spell(0) == "zero"
    assert spell(13) == "thirteen"
    assert spell(70) == "seventy"
    assert spell(100) == "one hundred"
    assert spell(999) == "nine hundred ninety nine"
    assert (roman(1), roman(1994), roman(3999)) == ("I", "MCMXCIV", "MMMCMXCIX")


def test_the_stop_is_token_0():
    assert LETTERS[0] == STOP


def test_only_answers_count():
    inputs, targets, counts = make_batch([("1+2=", "3"), ("10+20=", "30")], IDS)
    assert inputs.shape == targets.shape == counts.shape == (2, 8)
    assert [LETTERS[t] for t in targets[0][counts[0]]] == ["3", STOP]
    assert [LETTERS[t] for t in targets[1][counts[1]]] == ["3", "0", STOP]


def test_what_is_saved_is_a_checkpoint(tmp_path):
    from miner.exact.calibrate import load_float_model

    rng = np.random.default_rng(0)
    model = FloatModel(SMALL, initial_weights(SMALL, len(LETTERS), rng))
    save(model, tmp_path / "out")
    again = load_float_model(tmp_path / "out")
    assert answer(again, "1+1=", LETTERS) == answer(again, "1+1=", LETTERS)
    config = json.loads((tmp_path / "out" / "config.json").read_text())
    assert (config["vocab_size"], config["eos_token_id"]) == (len(LETTERS), 0)
    found = FileTokenizer(tmp_path / "out" / "tokenizer.json")
    assert found.encode("12+3=15\n") == [IDS[letter] for letter in "12+3=15\n"]
    assert found.decode(found.encode("2023-02-28+1 day=")) == "2023-02-28+1 day="


def test_letters_outside_the_alphabet_are_dropped(tmp_path):
    write_letter_tokenizer(["a", "b"], tmp_path / "tokenizer.json")
    assert FileTokenizer(tmp_path / "tokenizer.json").encode("aXb") == [0, 1]


def test_without_a_tokenizer_bytes_are_tokens():
    found = ByteTokenizer()
    assert found.encode("aé") == [97, 195, 169]
    assert found.decode([97, 195, 169, 300]) == "aé\N{REPLACEMENT CHARACTER}"
    assert found.decode([195]) == "\N{REPLACEMENT CHARACTER}"


def test_a_damaged_tokenizer_is_refused(tmp_path):
    (tmp_path / "tokenizer.json").write_text("{")
    with pytest.raises(ConfigError):
        FileTokenizer(tmp_path / "tokenizer.json")


def test_training_goes_on_from_an_earlier_result(tmp_path, monkeypatch):
    from miner.exact import train as module

    rng = np.random.default_rng(0)
    model = FloatModel(CONFIG, initial_weights(CONFIG, len(LETTERS), rng))
    save(model, tmp_path)
    start = module.load(tmp_path)
    before = start["model.norm.weight"].copy()
    monkeypatch.setattr(module, "BATCH", 3)
    found = module.train(0.002, seed=2, start_from=start)
    assert set(found.weights) == set(model.weights)
    assert not np.array_equal(found.weights["model.norm.weight"], before)
    assert np.abs(found.weights["model.norm.weight"] - before).max() < 0.1
