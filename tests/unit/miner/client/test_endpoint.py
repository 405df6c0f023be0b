"""The address that a miner registered is whatever it liked."""

import pytest

from miner.client.endpoint import HttpEndpoint
from miner.client.faults import MinerSilentError


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
