"""aitbc_getProposals and what else tells of governance."""

import pytest

from tests.unit.node.test_releases import propose_upgrade
from tests.unit.rpc.small_chain import Caller, make_backend, make_world


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


@pytest.fixture
def call(world):
    return Caller(make_backend(world))


async def test_proposals_are_listed_and_shown_with_their_tally(world, call):
    assert await call("aitbc_getProposals") == {"proposals": [], "count": "0x0"}
    assert await call("aitbc_getProposal", "0x1") is None
    propose_upgrade(world)
    listed = await call("aitbc_getProposals", "proposed", "0x0", "0x5")
    (row,) = listed["proposals"]
    assert (row["id"], row["kind"], row["status"]) == ("0x1", "logic_update", "proposed")
    assert await call("aitbc_getProposals", "executed") == {"proposals": [], "count": "0x1"}
    shown = await call("aitbc_getProposal", "0x1")
    assert shown["newVersion"] == "2.0.0"
    assert shown["tally"]["isPassing"] is False
    assert shown["readiness"]["isEnough"] is False
    assert await call("aitbc_getProposal", "0x2") is None


async def test_unknown_words_are_refused_with_those_that_are_known(call):
    error = await call.error("aitbc_getProposals", "pending")
    assert error["code"] == -32602
    assert "known: all, proposed" in error["message"]
    error = await call.error("aitbc_getParameters", "nothing")
    assert "Known: runtime" in error["message"]
    error = await call.error("aitbc_getProposals", "all", "0x0", "0x3e8")
    assert "limit" in error["message"]


async def test_versions_and_parameters_are_told(call):
    rows = (await call("aitbc_getContractVersions"))["contracts"]
    assert [row["name"] for row in rows][:3] == ["runtime", "staking", "governance"]
    assert {row["version"] for row in rows} == {"1.0.0"}
    told = await call("aitbc_getParameters", "messaging")
    fee = next(row for row in told["parameters"] if row["key"] == "feePerByte")
    assert fee["value"] == fee["defaultValue"] == hex(10**9)
    assert (await call("aitbc_getParameters", "treasury"))["parameters"] == []
