"""What a client makes of a miner's HTTP answers."""

import json

import pytest

from miner.client.endpoint import failure_of
from miner.client.faults import MinerNotReadyError, MinerRefusedError, MinerSilentError

URL = "http://double"


def body(code):
    return json.dumps({"code": code, "message": "m", "remedy": "r"}).encode()


@pytest.mark.parametrize(
    ("status", "code"), [(409, "lease_not_active"), (404, "unknown_lease"), (503, "busy")]
)
def test_who_asks_to_come_again_is_not_said_to_be_silent(status, code):
    failure = failure_of(URL, status, body(code))
    assert isinstance(failure, MinerNotReadyError)
    assert isinstance(failure, MinerSilentError)
    assert "not ready" in failure.problem
    assert "does not answer" not in failure.problem


def test_a_broken_answer_is_none():
    failure = failure_of(URL, 500, b"<html>")
    assert type(failure) is MinerSilentError
    assert "does not answer: http_500" in failure.problem


def test_a_refusal_says_why():
    failure = failure_of(URL, 409, body("seq_used"))
    assert isinstance(failure, MinerRefusedError)
    assert "seq_used" in failure.problem
