"""Nodes are killed and started again while the network goes on."""

import pytest

pytestmark = pytest.mark.e2e


def heights(status):
    return [node["height"] for node in status["nodes"]]


def test_finality_goes_on_without_one_of_four_and_it_catches_up(devnet):
    start = devnet.await_status("four nodes", lambda s: None not in heights(s))
    devnet.devnet("kill", "2")
    after = devnet.await_status(
        "ten more blocks with three nodes", lambda s: s["height"] >= start["height"] + 10
    )
    assert after["nodes"][2]["state"] == "stopped"
    devnet.devnet("start", "2")
    devnet.await_status(
        "node 2 at the head",
        lambda s: (s["nodes"][2]["height"] or 0) >= max(after["height"], s["height"] - 2),
    )


def test_whole_network_killed_continues_its_chain(devnet):
    before = devnet.await_status("four nodes", lambda s: None not in heights(s))
    for node in range(4):
        devnet.devnet("kill", str(node))
    for node in range(4):
        devnet.devnet("start", str(node))
    devnet.await_status(
        "new blocks on the old chain",
        lambda s: None not in heights(s) and min(heights(s)) > before["height"] + 2,
    )
