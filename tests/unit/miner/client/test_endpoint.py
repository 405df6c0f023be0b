"""What a client makes of the address that a miner registered, and of its HTTP answers."""

import json

import pytest

from miner.client.endpoint import HttpEndpoint, failure_of
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


@pytest.mark.parametrize(
    "url",
    ["http://[", "http://[::1", "http://[x]/", "http://a\x1b[2Jb:1/", "http://\u2100/", "http:"],
)
def test_an_address_that_is_no_url_is_a_silent_miner(url):
    """Half an IPv6 address ended the client, and with it the other seats of its quorum."""
    with pytest.raises(MinerSilentError, match="no HTTP endpoint") as info:
        HttpEndpoint(url)
    assert info.value.problem.isprintable()


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/\x1b[2J\u202e", "http://\x1bp@127.0.0.1:1"])
async def test_an_address_is_told_without_what_a_terminal_obeys(url):
    endpoint = HttpEndpoint(url)
    with pytest.raises(MinerSilentError, match="does not answer") as info:
        await endpoint.request(bytes(32), b"")
    await endpoint.close()
    assert info.value.problem.isprintable()
