import json

import pytest

from miner.exact.calibrate import load_float_model
from miner.exact.generate import (
    SMALL,
    Generator,
    install,
    install_small,
    make_runtime,
    stop_of,
    tokenizer_of,
)
from miner.exact.model import verify_model
from miner.exact.reference import ReferenceRuntime
from miner.exact.tasks import STOP, alphabet
from miner.exact.tokenizer import ByteTokenizer, FileTokenizer
from miner.exact.train import answer
from primitives.errors import ConfigError
from primitives.integer_model.request import NO_STOP, Options
from tests.unit.miner.exact.model_games import TINY, tiny_model, write_checkpoint

QUESTIONS = {
    "347+85=": "432", "612+199=": "811", "23+58=": "81", "905-347=": "558",
    "2023-02-28+1 day=": "2023-03-01", "2024-02-29+1 day=": "2024-03-01",
    "1999-10-31+1 day=": "1999-11-01", "342 words=": "three hundred forty two",
    "1987 roman=": "MCMLXXXVII", "2026 roman=": "MMXXVI",
}  # fmt: skip
GREEDY = Options(tokens_max=40)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return install_small(tmp_path_factory.mktemp("models"))


def test_the_small_model_answers(small):
    found = Generator(small).answer(list(QUESTIONS), GREEDY)
    assert dict(zip(QUESTIONS, (a.text for a in found), strict=True)) == QUESTIONS


def test_the_small_model_answers_as_its_float_original(small):
    floats = load_float_model(SMALL)
    asked = list(QUESTIONS)[::3]
    found = Generator(small, backend="reference").answer(asked, GREEDY)
    assert [a.text for a in found] == [answer(floats, q, alphabet()) for q in asked]


def test_the_small_model_has_one_root_on_every_machine(small):
    readme = (SMALL / "README.md").read_text()
    assert verify_model(small).hex() in readme


def test_the_small_model_is_installed_once(small):
    before = small.stat().st_mtime_ns
    assert install_small(small.parent) == small
    assert small.stat().st_mtime_ns == before


def test_text_is_told_piece_by_piece_and_ends_before_the_stop(small):
    told = []
    found = Generator(small).answer(
        ["1+1=", "12 roman="], GREEDY, on_text=lambda number, text: told.append((number, text))
    )
    for number, done in enumerate(found):
        assert "".join(text for n, text in told if n == number) == done.text
        assert STOP not in done.text
        assert done.execution.tokens[-1] == 0
        assert done.execution.leaves


def test_a_named_stop_goes_before_the_models(small):
    generator = Generator(small)
    five = generator.tokenizer.encode("5")[0]
    found = generator.answer(["12+3="], Options(tokens_max=40, stop=five))[0]
    assert found.text == "1"
    assert generator.answer(["12+3="], Options(tokens_max=1))[0].text == "1"


def test_a_model_without_a_tokenizer_speaks_bytes(tmp_path):
    source = write_checkpoint(tmp_path / "c", TINY)
    install(source, tmp_path / "m.aitbcm")
    assert isinstance(tokenizer_of(tmp_path / "m.aitbcm"), ByteTokenizer)
    assert stop_of(tmp_path / "m.aitbcm") == NO_STOP
    assert Generator(tmp_path / "m.aitbcm").answer(["AB"], Options(tokens_max=2))[0].text


def test_what_lies_beside_a_model_is_found(small):
    assert isinstance(tokenizer_of(small), FileTokenizer)
    assert stop_of(small) == 0
    assert stop_of(small.with_name("other.aitbcm")) == NO_STOP


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"stop": -1}', '{"stop": "0"}', '{"stop": true}']
)
def test_damaged_options_are_refused(tmp_path, text):
    (tmp_path / "m.options.json").write_text(text)
    with pytest.raises(ConfigError):
        stop_of(tmp_path / "m.aitbcm")


def test_unknown_backends_are_refused():
    assert isinstance(make_runtime(tiny_model(), "reference"), ReferenceRuntime)
    with pytest.raises(ConfigError, match="abacus"):
        make_runtime(tiny_model(), "abacus")


def test_the_shipped_files_are_small():
    sizes = {path.name: path.stat().st_size for path in SMALL.iterdir()}
    assert sizes["model.safetensors"] <= 700_000
    assert json.loads((SMALL / "config.json").read_text())["integer"]
