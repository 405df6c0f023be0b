"""How a job ends: settled by the miner's claim, taken back, or by an answer that he published.

A client whom the miner leaves alone asks for the rest of the escrow and waits one response time.
Within it a miner of checkable work may publish the sealed answer on the chain: then the client has
what was paid for, and the lease settles after its window.
"""

from typing import Final

from contracts.framework.version import pack_version
from contracts.governance.v1.contract import Governance
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from contracts.marketplace.v1.market_messages import LeaseOutcome, OrderInfo
from contracts.marketplace.v1.records import OrderStatus
from contracts.marketplace.v2.contract import Marketplace as MarketplaceV2
from contracts.receipts.v1.claim_messages import ClaimInfo
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain, RefusedError
from miner.client.evidence import find_evidence
from miner.client.faults import DeliveryRefusedError, Fault, JobOverError, NotReadyError
from miner.client.session import CLOSED, POLL_SECONDS, ClientSession
from miner.leases.protocol import Answer, Delivery
from miner.native_calls import place_of
from primitives.errors import ConfigError

ENDED: Final = (
    LeaseStatus.SETTLED,
    LeaseStatus.RECLAIMED,
    LeaseStatus.CONVICTED,
    LeaseStatus.CANCELLED,
    LeaseStatus.CLOSED,
)
NOT_YET: Final = ("ReclaimNotDue", "WindowOpen", "LeaseHeld", "MinersTime", "WrongPeriod")
"""Refusals that time cures."""


async def reclaim(session: ClientSession, *, patience_seconds: float) -> LeaseStatus:
    """Take the rest of the escrow back, or what the miner shows meanwhile; returns the end.

    Raises:
        NotReadyError: it has not ended after ``patience_seconds``; call it again.
        RefusedError: the contract refuses.
    """
    waited = 0.0
    while True:
        lease = await session.lease()
        status = LeaseStatus(lease.status)
        if status in ENDED:
            session.log.save_ending(status.name.lower())
            return status
        claim = await _claim(session)
        if claim.height:
            await take_posted(session, claim)
            await try_call(
                session, f"settle {claim.height}", Receipts, "settleLease", lease.lease_id
            )
        elif status == LeaseStatus.ACTIVE and not await _is_convicted(session, lease):
            await session.account.send(
                "request reclaim", Marketplace, "requestReclaim", lease.lease_id
            )
            session.manners.tell(f"asked for the escrow; the miner has {lease.response_seconds} s")
        else:
            await try_call(session, "finish reclaim", Marketplace, "finishReclaim", lease.lease_id)
        if (await session.lease()).status in ENDED:
            continue
        if waited >= patience_seconds:
            raise NotReadyError(
                f"the lease is {status.name.lower()}; "
                + ("a claim stands, its window is open" if claim.height else "the wait is on"),
                "go on later: aitbc job reclaim",
            )
        await session.manners.sleep(POLL_SECONDS)
        waited += POLL_SECONDS


async def take_posted(session: ClientSession, claim: ClaimInfo | None = None) -> Answer | None:
    """Open and check an answer that the miner published; None when there is none for us.

    It is paid for without an acknowledgement, so none is signed.

    Raises:
        DeliveryRefusedError: it failed a check, and can be challenged within the claim's window.
    """
    claim = await _claim(session) if claim is None else claim
    exchange = session.log.last
    if not claim.is_unacknowledged or exchange is None or exchange.answer is not None:
        return None
    if claim.seq != exchange.seq:
        return None
    if exchange.refused:
        raise _to_challenge(
            DeliveryRefusedError(Fault(exchange.refused), "the miner claims pay for it"), claim
        )
    found = await find_evidence(session.chain, claim)
    delivery = Delivery(receipt=found.receipt, signature=found.signature, sealed=found.response)
    try:
        answer = await session.receive(delivery, exchange, is_posted=True)
    except DeliveryRefusedError as error:
        raise _to_challenge(error, claim) from None
    session.manners.tell("the miner published the answer on the chain")
    return answer


async def await_settlement(session: ClientSession, *, patience_seconds: float) -> LeaseOutcome:
    """Wait until the lease has ended, settling it when it is due; returns what became of it.

    Raises:
        NotReadyError: it has not ended after ``patience_seconds``.
    """
    waited, told = 0.0, None
    while True:
        lease = await session.lease()
        if lease.status in ENDED:
            session.log.save_ending(LeaseStatus(lease.status).name.lower())
            outcome: LeaseOutcome = await session.chain.view(
                Marketplace, "leaseOutcome", lease.lease_id
            )
            return outcome
        claim = await _claim(session)
        if (lease.status, claim.height) != told:
            told = (lease.status, claim.height)
            session.manners.tell(await _awaited(session, claim, patience_seconds - waited))
        if claim.height:
            await try_call(
                session, f"settle {claim.height}", Receipts, "settleLease", lease.lease_id
            )
        if waited >= patience_seconds:
            raise NotReadyError(
                "the lease has not settled yet: "
                + (
                    f"its window ends at block {claim.window_end}"
                    if claim.height
                    else "the miner has claimed nothing"
                ),
                "wait longer, or ask for the rest of the escrow: aitbc job reclaim",
            )
        await session.manners.sleep(POLL_SECONDS)
        waited += POLL_SECONDS


async def cancel(session: ClientSession) -> str:
    """Take the job's order back; returns the call that did; raises as ``cancelling_call``."""
    method, subject = await cancelling_call(session.chain, session.log.job.order_id)
    await session.account.send("cancel", Marketplace, method, subject)
    session.log.save_ending("cancelled")
    return method


async def cancelling_call(chain: Chain, order_id: bytes) -> tuple[str, bytes]:
    """Return the call that takes an order back: alone, or with the proposal that it has.

    Raises:
        JobOverError: a lease is active, or all is over.
    """
    order: OrderInfo = await chain.view(Marketplace, "order", order_id)
    status = OrderStatus(order.status)
    if status == OrderStatus.PROPOSED:
        return "cancelLease", order.lease_id
    if status in (OrderStatus.OPEN, OrderStatus.BIDDING):
        return "cancelOrder", order_id
    if status == OrderStatus.LEASED:
        raise JobOverError(
            "the order has a lease: its miner may be working",
            "take back what is not used: aitbc job reclaim",
        )
    raise JobOverError(
        f"nothing to take back: the order is {status.name.lower()}"
        + ("; its escrow is back" if status in CLOSED else ""),
        "List orders: aitbc job list --mine",
    )


async def rate(session: ClientSession, stars: int) -> None:
    """Rate the miner of a settled lease.

    Raises:
        ConfigError: the chain runs a marketplace without ratings.
        RefusedError: not settled, or rated before.
    """
    place = place_of(Marketplace)
    active = await session.chain.view(Governance, "activeVersion", place)
    if (pack_version(active) or 0) < MarketplaceV2.version_packed:
        raise ConfigError(
            f"this chain's marketplace ({active}) has no ratings",
            "They come with marketplace 2.0.0, which the validators activate by governance "
            "(docs/contracts.md); whether they have: aitbc gov versions",
        )
    lease_id = (await session.lease()).lease_id
    await session.account.send("rate", MarketplaceV2, "rateLease", lease_id, stars)


def _to_challenge(error: DeliveryRefusedError, claim: ClaimInfo) -> DeliveryRefusedError:
    error.remedy = (
        f"challenge it before block {claim.window_end}: aitbc job receipts --export DIR, then "
        "aitbc miner audit know DIR/ask-N.json and run; or by hand: aitbc dispute"
    )
    return error


async def _awaited(session: ClientSession, claim: ClaimInfo, seconds: float) -> str:
    """Return what a lease's end waits for, and for how long."""
    if not claim.height:
        return (
            f"the miner has claimed nothing yet; waiting up to {max(0.0, seconds):g} s for its "
            "claim; to end the lease now: aitbc job reclaim"
        )
    blocks = max(0, claim.window_end - (await session.chain.head()).height)
    return (
        f"{claim.units} units are claimed; the lease settles after block {claim.window_end}, "
        f"in {blocks} blocks"
    )


async def _claim(session: ClientSession) -> ClaimInfo:
    lease_id = session.log.lease_id
    found: ClaimInfo = await session.chain.view(Receipts, "claim", lease_id)
    return found


async def _is_convicted(session: ClientSession, lease: LeaseInfo) -> bool:
    standing = await session.chain.view(Marketplace, "standing", lease.miner)
    return bool(standing.convicted_height)


async def _settle(session: ClientSession, claim: ClaimInfo) -> None:
    """Settle by a claim, when its window is over."""
    purpose = f"settle {claim.height}"
    await try_call(session, purpose, Receipts, "settleLease", claim.lease_id)


async def try_call(
    session: ClientSession, purpose: str, contract: type, method: str, subject: bytes | int
) -> None:
    """Make a call that may still be early, or made by another already."""
    try:
        await session.account.send(purpose, contract, method, subject)
    except RefusedError as error:
        if error.refusal.code not in (*NOT_YET, "AlreadySettled", "WrongStatus"):
            raise
