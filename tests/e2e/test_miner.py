"""A client posts a job, the devnet's miner computes and proves it, the chain checks and pays."""

import asyncio
import json
import time

import pytest
from web3 import Web3

from aitbc.light_client import UnprovenError
from aitbc.proven import load_anchor
from aitbc.proven import prove_receipt as prove_a_receipt
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.messages import ReceiptStatus
from miner.chain import Chain
from rpc.client import RpcClient
from tests.contracts.published import in_mapping, layout_of, members_of, proven_slots, read_member

pytestmark = pytest.mark.e2e


def records(devnet, *arguments):
    return json.loads(devnet.aitbc(*arguments, "--json").stdout)


def test_posted_job_is_computed_checked_and_paid(devnet):
    posted = records(devnet, "job", "post", "--dev-account", "6", "--escrow", "2")
    job_id = posted["job"]
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        job = records(devnet, "job", "show", job_id)
        if job["status"] == "settled":
            break
        time.sleep(0.5)
    assert job["status"] == "settled"
    verified = devnet.aitbc("receipt", "verify", job["receipt"])
    assert "PASS" in verified.stdout
    assert "FAIL" not in verified.stdout
    prove_receipt(devnet, bytes.fromhex(job["receipt"][2:]))
    genesis = devnet.home / "config" / "genesis.json"
    proven = devnet.aitbc("receipt", "verify", job["receipt"], "--genesis", genesis)
    assert "by certificates from" in proven.stdout
    assert "PASS" in proven.stdout.splitlines()[0]
    for lie in LIES:
        with pytest.raises(UnprovenError):
            asyncio.run(prove_through(LyingRpc(devnet.url, lie), job["receipt"], genesis))
    assert asyncio.run(prove_through(LyingRpc(devnet.url, None), job["receipt"], genesis))


def other(value):
    """Return a value of the same kind that is not the same."""
    if isinstance(value, list):
        return value[:-1]
    return value[:-2] + "".join("1" if digit == "0" else "0" for digit in value[-2:])


PROOF = ("compute_getReceiptProof", "proof")
CERTIFICATE = ("aitbc_getLightBlock", "finality", "certificate")
LIES = [
    (*PROOF, "accountProof", 0),
    (*PROOF, "accountProof"),
    (*PROOF, "storageProof", 2, "proof", 0),
    (*PROOF, "storageProof"),
    ("aitbc_getLightBlock", "rawHeader"),
    (*CERTIFICATE, "blockHash"),
    (*CERTIFICATE, "view"),
    (*CERTIFICATE, "kind"),
    (*CERTIFICATE, "signatures", 0),
    (*CERTIFICATE, "signatures"),
    (*CERTIFICATE, "signers"),
]


class LyingRpc:
    """A node whose answer to a method is changed at one place: ``lie`` is (method, *path)."""

    def __init__(self, url, lie):
        self._client = RpcClient(url)
        self._lie = lie

    async def call(self, method, *params):
        answer = await self._client.call(method, *params)
        if self._lie is not None and method == self._lie[0]:
            target = answer
            for key in self._lie[1:-1]:
                target = target[key]
            target[self._lie[-1]] = other(target[self._lie[-1]])
        return answer

    async def close(self):
        await self._client.close()


async def prove_through(rpc, receipt, genesis):
    try:
        return await prove_a_receipt(Chain(rpc), bytes.fromhex(receipt[2:]), load_anchor(genesis))
    finally:
        await rpc.close()


def prove_receipt(devnet, receipt_id):
    """Show the settled receipt to a verifier that trusts a block's state root alone."""
    provider = Web3.HTTPProvider(devnet.url)

    def ask(method, *parameters):
        return provider.make_request(method, list(parameters))["result"]

    row = layout_of("receipts-1.0.0")["receipts_by_id"]
    base = in_mapping(row["slot"], receipt_id)
    members = members_of(row)
    slots = sorted({base + member["slot"] for member in members.values()})
    block = ask("eth_getBlockByNumber", "latest", False)
    place = "0x" + RECEIPTS_ADDRESS.hex()
    shown = ask("eth_getProof", place, [hex(slot) for slot in slots], block["number"])
    words = proven_slots(bytes.fromhex(block["stateRoot"][2:]), shown)
    assert read_member(members["status"], base, words) == ReceiptStatus.SETTLED
