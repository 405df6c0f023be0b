"""compute: offers, matching, leases, claims, batches, prices, certificates, and signed receipts."""

from types import SimpleNamespace
from typing import Any, Final

from contracts.artifacts import contract_named
from contracts.framework.contract import Method
from contracts.framework.messages import message_codec
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.marketplace.v1.market_messages import OfferInfo
from contracts.marketplace.v1.records import CloseReason, Exclusion, OfferStatus
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.beacons import STAMP_INTERVAL
from contracts.receipts.v1.claim_messages import AckData, WrongAcknowledgement
from primitives.abi import AbiType
from primitives.types import ZERO_ADDRESS, Address, Hash32
from rpc import formats
from rpc.backend import CallRequest
from rpc.errors import InvalidParamsError, RevertedError
from rpc.formats import Json
from rpc.parameters import parse_address, parse_data, parse_quantity
from rpc.routes.governance import check_page, view
from rpc.routing import Session
from rpc.words import EXCLUSIONS, Reason, reason_of

MARKETPLACE: Final = contract_named("marketplace")
RECEIPTS: Final = contract_named("receipts")
STAMPS_SEARCHED_MAX: Final = 128
"""All stamps that the ring of beacons holds."""


async def offers(session: Session, unit_kind: int, cursor: int, limit: int) -> Json:
    """Return listed offers of a unit kind, and the next cursor."""
    check_page(limit)
    _fits(unit_kind, 8, "unitKind")
    rows, following = await view(session, MARKETPLACE, "offers", unit_kind, cursor, limit)
    return {"offers": [offer_json(row) for row in rows], "next": hex(following)}


async def match(session: Session, terms: Any, client: Address | None) -> Json:
    """Return how an order would be matched now: who fits best, and why others do not."""
    method = _method("marketplace", "dryRun")
    values = _struct(method.inputs[0][1], terms, "terms")
    best, score, fits, counts = await view(
        session, MARKETPLACE, "dryRun", values, client or ZERO_ADDRESS
    )
    excluded = [
        {"reason": Exclusion(code).name.lower(), "count": hex(count), "text": words}
        for code, count in enumerate(counts)
        if count and code != Exclusion.FITS
        for words in [f"{count} {EXCLUSIONS[Exclusion(code)]}"]
    ]
    offer = None
    if best:
        offer = offer_json((await view(session, MARKETPLACE, "offer", best))[0])
    return {"best": offer, "score": hex(score), "fits": hex(fits), "excluded": excluded}


async def leases(session: Session, cursor: int, limit: int) -> Json:
    """Return leases in the order of their proposal, the next cursor, and how many there are."""
    check_page(limit)
    rows, following = await view(session, MARKETPLACE, "leases", cursor, limit)
    (count,) = await view(session, MARKETPLACE, "leaseCount")
    shown = [lease_json(row) for row in rows]
    return {"leases": shown, "next": hex(following), "count": hex(count)}


async def lease(session: Session, lease_id: Hash32) -> Json | None:
    """Return one lease with what became of it, null when there is none."""
    row: LeaseInfo = (await view(session, MARKETPLACE, "lease", lease_id))[0]
    if row.status == LeaseStatus.UNKNOWN:
        return None
    (outcome,) = await view(session, MARKETPLACE, "leaseOutcome", lease_id)
    told: Json = formats.struct_json(outcome)
    del told["leaseId"], told["status"]
    told["reason"] = CloseReason(outcome.reason).name.lower()
    return lease_json(row) | {"outcome": told}


async def claim(session: Session, lease_id: Hash32) -> Json | None:
    """Return a lease's claim, null when there is none."""
    (row,) = await view(session, RECEIPTS, "claim", lease_id)
    return formats.struct_json(row) if row.height else None


async def batch(session: Session, batch_id: int) -> Json | None:
    """Return an anchored batch, null when there is none."""
    (row,) = await view(session, RECEIPTS, "batch", batch_id)
    return formats.struct_json(row) if row.count else None


async def price_index(session: Session, unit_kind: int, gpu_class: int) -> Json:
    """Return the price index of a unit kind and a GPU class."""
    _fits(unit_kind, 8, "unitKind")
    _fits(gpu_class, 16, "gpuClass")
    (row,) = await view(session, MARKETPLACE, "priceIndex", unit_kind, gpu_class)
    shown: Json = formats.struct_json(row)
    return shown


async def certificate(session: Session, miner: Address) -> Json | None:
    """Return a miner's certificate of capacity and what matching counts, null without one."""
    (row,) = await view(session, RECEIPTS, "capacity", miner)
    if not row.certified_epoch and not row.committed_epoch:
        return None
    (counted,) = await view(session, MARKETPLACE, "capacity", miner)
    shown: Json = formats.struct_json(row)
    now = session.backend.head.timestamp
    shown["isValid"] = bool(row.macs_per_second) and row.expires_at > now
    shown["gpuClass"] = hex(counted.gpu_class)
    return shown


async def verify_receipt(
    session: Session, receipt: Any, signature: bytes, ack: Any, ack_signature: bytes
) -> Json:
    """Answer whether a claim by this receipt would pass, by the contract's own rules.

    A lease's receipt is checked as ``claimReceipt`` checks it now, its acknowledgement included
    when one is given; a product's as ``submitReceipt`` does.
    """
    kind = _method("receipts", "claimReceipt").inputs[0][1]
    data = _struct(kind, receipt, "receipt")
    (job_id,) = await view(session, MARKETPLACE, "jobOfLease", data.lease_id)
    if any(job_id):
        reason = await _simulate(session, "submitReceipt", data, signature, data.response_hash)
        return _verdict(reason)
    stamp = await _stamp_height(session, data.beacon)
    if ack is not None:
        voucher = _struct(_method("receipts", "claimReceipt").inputs[2][1], ack, "ack")
        values = (data, signature, voucher, ack_signature, stamp)
        return _verdict(await _simulate(session, "claimReceipt", *values))
    # The contract looks at the acknowledgement last: one of no receipt fails just there.
    voucher = AckData(bytes(32), 0, bytes(32), 0, 0)
    values = (data, signature, voucher, b"", stamp)
    reason = await _simulate(session, "claimReceipt", *values)
    is_good = reason is not None and reason.code == message_codec(WrongAcknowledgement).name
    return _verdict(None if is_good else reason)


def lease_json(row: LeaseInfo) -> Json:
    """Return a lease with its status in words."""
    shown: Json = formats.struct_json(row)
    shown["status"] = LeaseStatus(row.status).name.lower()
    return shown


def offer_json(row: OfferInfo) -> Json:
    """Return an offer with its status in words."""
    shown: Json = formats.struct_json(row)
    shown["status"] = OfferStatus(row.status).name.lower()
    return shown


def _verdict(reason: Reason | None) -> Json:
    if reason is None:
        return {"valid": True, "reason": None, "text": None, "remedy": None}
    return {
        "valid": False,
        "reason": reason.code,
        "text": reason.text,
        "remedy": reason.remedy or None,
    }


async def _simulate(session: Session, name: str, *values: object) -> Reason | None:
    """Run a call of the receipts contract and forget it; return why it is refused."""
    method = _method("receipts", name)
    request = CallRequest(
        sender=ZERO_ADDRESS,
        to=Address(RECEIPTS_ADDRESS),
        data=method.selector + method.arguments.write(values),
    )
    try:
        await session.backend.call(session.backend.head.height, request, {}, None)
    except RevertedError as error:
        return reason_of(bytes.fromhex(str(error.data)[2:]), RECEIPTS)
    return None


async def _stamp_height(session: Session, beacon: bytes) -> int:
    """Return the height of a receipt's stamp; the newest one's where it is none of the ring."""
    found, newest = await view(session, RECEIPTS, "freshBeacon")
    height = newest
    for _ in range(STAMPS_SEARCHED_MAX):
        if found == beacon:
            return int(height)
        if height < STAMP_INTERVAL:
            break
        height -= STAMP_INTERVAL
        (found,) = await view(session, RECEIPTS, "beaconAt", height)
    return int(newest)


def _method(contract: str, name: str) -> Method:
    methods = contract_named(contract).methods.values()
    return next(method for method in methods if method.name == name)


def _struct(kind: AbiType, found: Any, name: str) -> Any:
    """Read a struct from an object: quantities, data and addresses by the ABI's names."""
    if not isinstance(found, dict):
        raise InvalidParamsError(f"{name}: expected an object")
    unknown = sorted(set(found) - set(kind.field_names))
    missing = [field for field in kind.field_names if field not in found]
    if unknown or missing:
        raise InvalidParamsError(
            f"{name}: missing {', '.join(missing) or 'nothing'}; "
            f"unknown {', '.join(unknown)[:200] or 'nothing'}"
        )
    values = {
        "".join("_" + c.lower() if c.isupper() else c for c in field): _value(
            part, found[field], f"{name}.{field}"
        )
        for field, part in zip(kind.field_names, kind.components, strict=True)
    }
    return SimpleNamespace(**values)


def _value(kind: AbiType, found: Any, name: str) -> object:
    if kind.name == "address":
        return parse_address(found, name)
    if kind.name.startswith("bytes"):
        data = parse_data(found, name)
        if kind.name != "bytes" and len(data) != int(kind.name[5:]):
            raise InvalidParamsError(f"{name}: {len(data)} bytes, expected {kind.name[5:]}")
        return data
    bits = int(kind.name[4:])
    is_number = isinstance(found, int) and not isinstance(found, bool)
    number = found if is_number else parse_quantity(found, name, (1 << bits) - 1)
    _fits(number, bits, name)
    return number


def _fits(number: int, bits: int, name: str) -> None:
    if not 0 <= number < 1 << bits:
        raise InvalidParamsError(f"{name}: {number} is no number of {bits} bits")
