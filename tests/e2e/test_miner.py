"""A client posts a job, the devnet's miner computes and proves it, the chain checks and pays."""

import json
import time

import pytest
from web3 import Web3

from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.messages import ReceiptStatus
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
