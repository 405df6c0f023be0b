"""``aitbc miner audit`` and ``aitbc miner defend`` as a user types them."""

import json

import pytest
from click.testing import CliRunner

from aitbc.cli import app
from aitbc.commands.audit import _read_ask
from contracts.disputes.v1.audit_messages import Verdict
from contracts.disputes.v1.messages import Fault
from miner.engines.engine import GenerationRequest
from miner.games.accusations import Accusation, AccusationStore, State
from miner.games.findings import AuditBook, Entry, Finding
from miner.games.library import Library
from miner.games.votes import VoteBook
from miner.leases.float_work import float_request_hash
from primitives.errors import ConfigError
from primitives.integer_model.request import Options, request_hash
from tests.unit.contracts.disputes_world import receipt

ME = bytes(19) + b"\x07"
SALT = "5a" * 32
ASK = {"salt": SALT, "tokens": [1, 2, 3], "options": {"tokens_max": 4, "seed": 9}}


def aitbc(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_a_request_is_made_known_under_its_hash(tmp_path):
    answer = {"tokens": [5], "delivered": "0x61"}
    (tmp_path / "ask.json").write_text(json.dumps({**ASK, "answer": answer}))
    words = ("--auditor", "0x" + ME.hex(), "--home", tmp_path, "--json")
    done = aitbc("miner", "audit", "know", tmp_path / "ask.json", *words)
    assert done.exit_code == 0, done.output
    (row,) = json.loads(done.stdout)
    name = request_hash(bytes.fromhex(SALT), (1, 2, 3), Options(tokens_max=4, seed=9))
    assert row["request"] == "0x" + name.hex()
    known = Library(tmp_path / "audit" / ME.hex() / "asks", {}).find(name)
    assert (known.ask.tokens, known.answer.tokens, known.answer.delivered) == (
        (1, 2, 3), (5,), b"a",
    )  # fmt: skip


def test_a_request_to_an_engine_is_made_known_with_its_scores(tmp_path):
    request = GenerationRequest(prompt="two plus two", tokens_max=8)
    options = request.encode_options()
    answer = {"scored": [["four", -250_000]], "delivered": "0x" + b"four".hex()}
    ask = {"salt": SALT, "prompt": request.prompt, "options": "0x" + options.hex()}
    (tmp_path / "ask.json").write_text(json.dumps({**ask, "answer": answer}))
    words = ("--auditor", "0x" + ME.hex(), "--home", tmp_path, "--json")
    done = aitbc("miner", "audit", "know", tmp_path / "ask.json", *words)
    assert done.exit_code == 0, done.output
    name = float_request_hash(bytes.fromhex(SALT), request.prompt, options)
    assert json.loads(done.stdout)[0]["request"] == "0x" + name.hex()
    known = Library(tmp_path / "audit" / ME.hex() / "asks", {}).find(name)
    assert (known.answer.scored, known.answer.delivered) == ((("four", -250_000),), b"four")


@pytest.mark.parametrize(
    "change", [{"options": "0x"}, {"prompt": ""}, {"answer": {"scored": [["x"]]}}], ids=str
)
def test_what_is_no_request_to_an_engine_is_refused(tmp_path, change):
    options = GenerationRequest(prompt="two", tokens_max=8).encode_options()
    ask = {"salt": SALT, "prompt": "two", "options": "0x" + options.hex()}
    (tmp_path / "ask.json").write_text(json.dumps(ask | change))
    with pytest.raises(ConfigError):
        _read_ask(tmp_path / "ask.json")


@pytest.mark.parametrize(
    "change",
    [
        {"salt": "5a"}, {"salt": 3}, {"tokens": "x"}, {"options": {}}, {"tokens": None},
        {"options": {"tokens_max": 0}}, {"options": {"tokens_max": 1, "other": 1}},
        {"answer": {"tokens": [1]}},
    ],
    ids=str,
)  # fmt: skip
def test_what_is_no_request_is_refused(tmp_path, change):
    (tmp_path / "ask.json").write_text(json.dumps(ASK | change))
    with pytest.raises(ConfigError, match="no request"):
        _read_ask(tmp_path / "ask.json")


def test_status_shows_findings_and_challenges(tmp_path):
    place = tmp_path / "audit" / ME.hex()
    book = AuditBook(place)
    book.note(Entry(name="a", finding=Finding.WRONG, detail="", height=4))
    book.progress.next_height = 77
    book.save_progress()
    book.close()
    store = AccusationStore(place / "accusations")
    accusation = Accusation(
        fault=Fault.WRONG_STEP, height=4, receipt=receipt(), signature=b"", bond=10**18,
        state=State.REVEALED, challenge_id=3,
    )  # fmt: skip
    store.save(accusation)
    votes = VoteBook(place)
    votes.keep(1, Verdict.PASSED)
    votes.keep(2, Verdict.FAILED)
    votes.keep(3, Verdict.PASSED)
    votes.close()
    (found,) = json.loads(aitbc("miner", "audit", "status", "--home", tmp_path, "--json").stdout)
    assert found["votes"] == {"passed": 2, "failed": 1}
    assert (found["findings"]["wrong"], found["next_height"]) == (1, 77)
    assert found["at_stake_wei"] == str(10**18)
    assert found["challenges"][0]["fault"] == "wrong_step"
    text = aitbc("miner", "audit", "status", "--home", tmp_path).output
    assert "wrong_step" in text
    assert "2 passed, 1 failed" in text
    assert "1 AIT" in text


def test_status_of_a_home_without_auditors_says_so(tmp_path):
    assert "no auditor" in aitbc("miner", "audit", "status", "--home", tmp_path).output


def test_an_engine_needs_a_model_and_its_digest(tmp_path):
    done = aitbc(
        "miner", "audit", "run", "--dev-account", 1, "--home", tmp_path,
        "--engine", "http://127.0.0.1:1",
    )  # fmt: skip
    assert done.exit_code == 2
    assert "--engine-digest" in done.output


@pytest.mark.parametrize("words", [("audit", "run"), ("audit", "know"), ("defend",)])
def test_every_command_explains_itself(words):
    assert aitbc("miner", *words, "--help").exit_code == 0
