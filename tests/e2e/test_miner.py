"""A client posts a job, the devnet's miner computes and proves it, the chain checks and pays."""

import json
import time

import pytest

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
