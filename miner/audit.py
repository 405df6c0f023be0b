"""Checks a compute receipt without trusting the node's judgement.

The node is asked for data only: the job, the signed claim in the submitting transaction, beacons,
the paths in the opening transactions. Everything that can be computed from them is computed here:
the EIP-712 hash and signature, the draw, the drawn tiles, on request the whole product.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from contracts.framework.messages import message_codec
from contracts.marketplace.v1.messages import JobInfo
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import (
    ReceiptInfo,
    ReceiptStatus,
    ReceiptSubmitted,
    TilesOpened,
)
from contracts.receipts.v1.products import to_compute_receipt
from miner import cpu_kernel
from miner.amounts import format_ait
from miner.chain import Chain
from miner.native_calls import method_named
from miner.work import Product, compute_leaves, read_product
from primitives.abi import decode_exactly
from primitives.errors import ConfigError, DecodeError, InvalidSignatureError
from primitives.keccak import keccak256
from primitives.keys import Signature, recover_address
from primitives.matmul import (
    FREIVALDS_ROUNDS,
    Int32Matrix,
    MatmulSpec,
    check_vector,
    drawn_tiles,
    tile_leaf,
)
from primitives.matmul_kernel import compute_tile, freivalds_wrong_row
from primitives.merkle import merkle_root, root_from_path
from primitives.types import Address, Hash32

FULL_MACS_MAX: Final = 10**13
"""Largest product that is computed again as a whole: minutes on a few cores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was compared; ``is_good`` is None when it could not be checked yet."""

    name: str
    is_good: bool | None
    detail: str


async def audit_receipt(
    chain: Chain, receipt_id: bytes, *, is_full: bool, result: Path | None, threads: int
) -> list[Check]:
    """Return every check of a receipt, in the order of its life.

    Raises:
        ConfigError: there is no such receipt.
    """
    info = await chain.receipt(receipt_id)
    if info.status == ReceiptStatus.UNKNOWN:
        raise ConfigError(
            f"there is no receipt 0x{receipt_id.hex()}", "List them with: aitbc receipt list"
        )
    job = await chain.job(info.job_id)
    spec = MatmulSpec(seed=Hash32(job.seed), m=job.m, n=job.n, k=job.k)
    checks = await _check_claim(chain, info, job, spec)
    last_beacon, drawn, draw = await _check_draw(chain, info, spec)
    checks.append(draw)
    checks += await _check_openings(chain, info, spec, drawn)
    root = Hash32(info.tile_root)
    if result is not None:
        checks += _check_result(read_product(result), spec, root, info, last_beacon, threads)
    elif is_full:
        checks.append(_check_product(spec, root, threads))
    return checks


async def _check_claim(
    chain: Chain, info: ReceiptInfo, job: JobInfo, spec: MatmulSpec
) -> list[Check]:
    """Check the signed claim in the transaction that submitted it."""
    call = await _call_of_event(chain, ReceiptSubmitted, info, "submitReceipt")
    if not call:
        return [Check(name="claim", is_good=None, detail="submitted through another contract")]
    data, signature, tile_root = call[0]
    claim = to_compute_receipt(data)
    digest = claim.digest(await chain.chain_id(), Address(RECEIPTS_ADDRESS))
    try:
        signer = recover_address(digest, Signature.from_bytes(signature))
    except InvalidSignatureError:
        signer = Address(bytes(20))
    return [
        _compare("receipt id is the claim's EIP-712 hash", claim.struct_hash(), info.receipt_id),
        _compare("signed by the miner's operator key", signer, job.operator_key),
        _compare("request hash of seed and dimensions", claim.request_hash, spec.request_hash()),
        _compare("response hash is the tile root", claim.response_hash, info.tile_root),
        _compare("tile root is the submitted one", tile_root, info.tile_root),
        _compare("units are the product's MACs", claim.units, spec.macs),
        _compare("price is the job's", *(_per_mac(row.unit_price) for row in (claim, job))),
    ]


async def _check_draw(
    chain: Chain, info: ReceiptInfo, spec: MatmulSpec
) -> tuple[Hash32, list[int], Check]:
    """Draw the tiles from the beacons in the block headers and compare with the contract's."""
    name = "drawn tiles follow from later beacons"
    first, last, count = await chain.view(Receipts, "parameters")
    head = await chain.head()
    if head.height < info.height + last:
        detail = f"drawn at height {info.height + last}, now {head.height}"
        return Hash32(bytes(32)), [], Check(name=name, is_good=None, detail=detail)
    beacons = [
        await _beacon(chain, height)
        for height in range(info.height + first, info.height + last + 1)
    ]
    entropy = keccak256(b"".join(beacons))
    mine = drawn_tiles(Hash32(info.receipt_id), entropy, spec.tiles, count)
    unique = list(dict.fromkeys(mine))
    theirs = list(await chain.drawn_tiles(info.receipt_id))
    detail = f"tiles {', '.join(map(str, unique))} of {spec.tiles}"
    return beacons[-1], unique, Check(name=name, is_good=unique == theirs, detail=detail)


async def _check_openings(
    chain: Chain, info: ReceiptInfo, spec: MatmulSpec, drawn: list[int]
) -> list[Check]:
    """Compute each opened tile and follow its path to the root."""
    checks = []
    calls = await _call_of_event(chain, TilesOpened, info, "openTiles")
    paths = [path for _, opened in calls for path in opened]
    for tile, path in zip(drawn, paths, strict=False):
        leaf = tile_leaf(spec, tile, compute_tile(spec, tile))
        try:
            root = root_from_path(leaf, tile, spec.tiles, [Hash32(node) for node in path])
        except DecodeError as error:
            checks.append(Check(name=f"tile {tile}", is_good=False, detail=str(error)))
            continue
        checks.append(
            _compare(f"tile {tile} computed here leads to the root", root, info.tile_root)
        )
    missing = len(drawn) - len(paths)
    if missing > 0 and drawn:
        is_due = info.status in (ReceiptStatus.OPENED, ReceiptStatus.SETTLED)
        is_excused = info.is_acknowledged or not is_due
        checks.append(
            Check(
                name="all drawn tiles were opened",
                is_good=None if is_excused else False,
                detail=f"{missing} of {len(drawn)} not opened",
            )
        )
    return checks


def _check_result(
    product: Product,
    spec: MatmulSpec,
    root: Hash32,
    info: ReceiptInfo,
    beacon: Hash32,
    threads: int,
) -> list[Check]:
    """Check a result file: its tiles against the root, its entries by Freivalds' rounds.

    The vectors depend on a beacon later than the commitment, else the file could be made for them.
    """
    if product.spec != spec:
        return [Check(name="result file", is_good=False, detail="is of another job")]
    matrix: Int32Matrix = product.matrix()
    checks = [_compare("result file's tiles lead to the root", _root(spec, matrix, threads), root)]
    name = f"Freivalds, {FREIVALDS_ROUNDS} rounds"
    if not any(beacon):
        return [*checks, Check(name=name, is_good=None, detail="the later beacon is not known yet")]
    vectors = [
        check_vector(spec, root, Hash32(info.job_id), Address(info.miner), beacon, turn)
        for turn in range(FREIVALDS_ROUNDS)
    ]
    row = freivalds_wrong_row(spec, matrix, vectors)
    detail = "A x B = C up to 2^-93" if row is None else f"row {row} is wrong"
    return [*checks, Check(name=name, is_good=row is None, detail=detail)]


def _check_product(spec: MatmulSpec, root: Hash32, threads: int) -> Check:
    """Compute the whole product again."""
    name = "whole product computed here"
    if spec.macs > FULL_MACS_MAX:
        detail = f"{spec.macs} MACs exceed {FULL_MACS_MAX}: give the miner's file with --result"
        return Check(name=name, is_good=None, detail=detail)
    return _compare(name, compute_root(spec, threads), root)


def compute_root(spec: MatmulSpec, threads: int) -> Hash32:
    """Return the root of a product, computed here."""
    matrix = np.empty((spec.m, spec.n), dtype=np.int32)
    cpu_kernel.fill_product(spec, matrix, threads)
    return _root(spec, matrix, threads)


def _root(spec: MatmulSpec, matrix: Int32Matrix, threads: int) -> Hash32:
    return merkle_root(compute_leaves(spec, matrix, threads))


async def _beacon(chain: Chain, height: int) -> Hash32:
    """Return a block's beacon: the header's mixHash."""
    block = await chain.rpc.call("eth_getBlockByNumber", hex(height), False)
    if not isinstance(block, dict):
        raise DecodeError("block", f"the node does not show block {height}")
    return Hash32(_unhex(block.get("mixHash")))


async def _call_of_event(
    chain: Chain, event: type, info: ReceiptInfo, method: str
) -> list[tuple[Any, ...]]:
    """Return the arguments of the direct calls that emitted an event about the receipt."""
    head = await chain.head()
    query = {
        "address": "0x" + RECEIPTS_ADDRESS.hex(),
        "fromBlock": hex(info.height),
        "toBlock": hex(min(head.height, info.window_end)),
        "topics": ["0x" + message_codec(event).hash.hex(), "0x" + info.receipt_id.hex()],
    }
    target = method_named(Receipts, method)
    calls = []
    for log in await chain.rpc.call("eth_getLogs", query):
        answer = await chain.rpc.call("eth_getTransactionByHash", log["transactionHash"])
        data = _unhex(answer.get("input")) if isinstance(answer, dict) else b""
        if data[:4] == target.selector:
            calls.append(tuple(decode_exactly(target.arguments, data[4:])))
    return calls


def _per_mac(unit_price: int) -> str:
    return f"{format_ait(unit_price)} per MAC"


def _compare(name: str, got: object, wanted: object) -> Check:
    if got == wanted:
        return Check(name=name, is_good=True, detail=_show(got))
    return Check(name=name, is_good=False, detail=f"{_show(got)} instead of {_show(wanted)}")


def _show(value: object) -> str:
    return "0x" + value.hex() if isinstance(value, bytes) else str(value)


def _unhex(value: Any) -> bytes:
    try:
        return bytes.fromhex(value.removeprefix("0x"))
    except (AttributeError, ValueError) as error:
        raise DecodeError("data", "the node's answer is no hex") from error
