"""An audit repeats everything that can be repeated, and notices what is wrong."""

from dataclasses import replace

import numpy as np
import pytest

from contracts.receipts.v1.contract import Receipts
from miner.audit import audit_receipt
from miner.chain import Chain
from miner.journal import LeaseState
from miner.native_calls import encode_native
from miner.work import ProductStore, fill_for
from primitives.errors import ConfigError
from tests.unit.contracts.compute_world import receipts


async def finished(rig, double, state=LeaseState.SETTLED):
    await rig.start()
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is state)
    return rig.lease(job_id)


async def audit(double, lease, *, is_full=False, result=None):
    return await audit_receipt(
        Chain(double), lease.receipt_id, is_full=is_full, result=result, threads=1
    )


def verdicts(checks):
    return {check.name: check.is_good for check in checks}


def failed(checks):
    return [check.name for check in checks if check.is_good is False]


async def test_honest_receipt_passes_every_check(rig, double):
    lease = await finished(rig, double)
    checks = await audit(double, lease, is_full=True)
    assert set(verdicts(checks).values()) == {True}
    tiles = await Chain(double).drawn_tiles(lease.receipt_id)
    opened = [check.name for check in checks if "computed here leads to the root" in check.name]
    assert opened == [f"tile {tile} computed here leads to the root" for tile in tiles]
    assert "whole product computed here" in verdicts(checks)


async def test_unknown_receipt_is_said_to_be_unknown(double):
    with pytest.raises(ConfigError, match="there is no receipt"):
        await audit_receipt(Chain(double), b"\x01" * 32, is_full=False, result=None, threads=1)


async def test_stored_result_is_checked_by_freivalds(rig, double):
    lease = await finished(rig, double)
    path = rig.home / "products" / f"{lease.job_id.hex()}.product"
    checks = await audit(double, lease, result=path)
    assert failed(checks) == []
    assert checks[-1].name == "Freivalds, 3 rounds"


async def test_changed_entry_of_a_result_file_is_found(rig, double):
    lease = await finished(rig, double)
    path = rig.home / "products" / f"{lease.job_id.hex()}.product"
    matrix = np.memmap(path, dtype="<i4", mode="r+", offset=4096, shape=(128, 128))
    matrix[77, 3] += 1
    matrix.flush()
    checks = await audit(double, lease, result=path)
    assert failed(checks) == ["result file's tiles lead to the root", "Freivalds, 3 rounds"]
    assert "row 77" in checks[-1].detail


def spoil(spec, out, threads):
    fill_for("cpu")(spec, out, threads)
    out[0, 0] += 1


async def test_wrong_product_fails_the_full_check(rig, double, monkeypatch):
    await rig.start()
    rig.miner._fill = spoil
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).receipt_id != b"")
    double.mine(6)
    lease = rig.lease(job_id)
    checks = await audit(double, lease, is_full=True)
    assert failed(checks) == ["whole product computed here"]


async def test_node_that_lies_about_the_draw_is_found(rig, double):
    lease = await finished(rig, double)
    original = double._eth_getBlockByNumber

    def lying(tag, full):
        block = original(tag, full)
        return {**block, "mixHash": "0x" + "ab" * 32}

    double._eth_getBlockByNumber = lying
    names = failed(await audit(double, lease))
    assert "drawn tiles follow from later beacons" in names


async def test_claim_signed_by_another_key_is_found(rig, double):
    lease = await finished(rig, double)
    forged = encode_native(
        Receipts,
        "submitReceipt",
        _claim(lease),
        bytes(31) + b"\x01" + bytes(31) + b"\x01\x00",
        _claim(lease).response_hash,
    )
    selector = forged[:4]
    double.executed = [
        (replace(tx, data=forged) if tx.data[:4] == selector else tx, ok)
        for tx, ok in double.executed
    ]
    hashes = {
        tx.hash: value
        for (tx, _), value in zip(double.executed, double.outcomes.values(), strict=True)
    }
    double.outcomes = hashes
    assert failed(await audit(double, lease)) == ["signed by the miner's operator key"]


def _claim(lease):
    from miner.claim import claim_values
    from primitives.compute import decode_compute_receipt

    return claim_values(decode_compute_receipt(lease.claim))


async def test_audit_before_the_draw_leaves_it_open(rig, double):
    await rig.start()
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).state is LeaseState.COMPUTED)
    checks = await audit(double, rig.lease(job_id))
    assert failed(checks) == []
    assert verdicts(checks)["drawn tiles follow from later beacons"] is None


async def test_challenge_with_the_miners_own_tree_slashes(rig, double, tmp_path):
    """What ``aitbc receipt challenge`` sends: a wrong leaf with its path."""
    await rig.start()
    rig.miner._fill = spoil
    job_id = double.post()
    await rig.until(lambda: rig.lease(job_id) and rig.lease(job_id).receipt_id != b"")
    double.mine(1)
    lease = rig.lease(job_id)
    store = ProductStore(rig.home / "products")
    product = store.load(job_id, rig.miner._ready[job_id].spec)
    receipts(
        double.chain,
        b"\x00" * 19 + b"\x03",
        "challengeTile(bytes32,uint32,bytes32,bytes32[])",
        lease.receipt_id,
        0,
        product.levels[0][0],
        product.tile_path(0),
    )
    await rig.until(lambda: not rig.journal.unfinished)
    assert rig.lease(job_id).state is LeaseState.FAILED
