"""Audits: claims drawn, votes of all kinds, failures, canaries, and what they are paid from."""

from bench.histories.claims import _claim, _receipt
from bench.histories.compute import CLIENT, OPERATOR_KEY, RC
from bench.histories.leases import KEY, MK, MODELS, PRICE, UNITS, _call, _offer
from bench.histories.world import AIT, World, account, key_address
from contracts.marketplace.v1.market_messages import OrderTerms
from contracts.places import DISPUTES_ADDRESS, GOVERNANCE_ADDRESS

DP = "disputes"
MINER, STRANGER, DESK = account(2), account(5), account(18)
JUDGES = tuple(account(number) for number in range(10, 17))
SALT = b"\x5a" * 32


def audits_history() -> World:
    """Clean and failed audits, silent auditors, a canary, a refused opening."""
    world = World()
    world.host.balances[CLIENT] = 1_000_000 * AIT
    send = world.send
    send(GOVERNANCE_ADDRESS, DP, "setParameter", "auditRateBps", 10_000)
    for judge in JUDGES:
        send(judge, DP, "registerArbitrator", value=200 * AIT)
    send(STRANGER, DP, "fundAudits", value=10 * AIT)
    for call in ("dismissDesk", "appointDesk"):
        send(GOVERNANCE_ADDRESS, DP, call, DESK)
    world.refuse(STRANGER, DP, "appointDesk", DESK)
    word = DESK.rjust(32, b"\0")
    send(GOVERNANCE_ADDRESS, DP, "governedCall", "appointDesk(address)", word)
    send(MINER, MK, "registerMiner", key_address(OPERATOR_KEY), "tcp://x", value=500 * AIT)
    send(MINER, MK, "setSealingKey", KEY)
    _offer(world, MINER)
    for votes in ((1, 1, 1), (2, 2, 1), (1, None, 0), (1, 1, 2)):
        _audit(world, votes)
    for name, values in (
        ("audit", (1,)), ("audit", (9,)), ("auditTotals", ()), ("auditFailures", (MINER,)),
        ("auditFailures", (DESK,)),
    ):  # fmt: skip
        world.ask(DP, name, *values)
    return world


def _audit(world: World, votes: tuple[int | None, ...]) -> None:
    """Claim, open, vote and close; the last of the history is a canary."""
    send = world.send
    terms = OrderTerms(
        kind=3, classes=3, unit_kind=1, gpu_class=3, region=2, vram_mib=1, latency_ms=50,
        macs_per_second=0, model_root=MODELS[-1], client_key=KEY, units_max=UNITS,
        unit_price_max=PRICE, prepay_units=1, deadline_seconds=3_600, window_blocks=60,
        response_seconds=60, move_seconds=60, game_seconds=1_800, adjudicator=0,
        expiry_seconds=600,
    )  # fmt: skip
    order = _call(world, CLIENT, "postOrder", terms, value=UNITS * PRICE)
    lease = send(CLIENT, MK, "takeOffer", order, 1)
    send(MINER, MK, "acceptLease", lease)
    world.advance(1)
    receipt, height = _receipt(world, lease, 1)
    send(STRANGER, RC, "claimReceipt", *_claim(receipt, height))
    is_canary = votes == (1, 1, 2)
    shown = receipt.struct_hash()
    if is_canary:
        world.refuse(STRANGER, DP, "commitCanary", SALT)
        subject = world.ask(DP, "canaryCommitment", shown, DESK, 2, SALT)
        send(DESK, DP, "commitCanary", subject)
    world.refuse(STRANGER, DP, "openAudit", lease, shown)
    world.advance(15)
    audit = send(STRANGER, DP, "openAudit", lease, shown)
    panel = [seat.arbitrator for seat in world.ask(DP, "auditSeats", audit)]
    for judge, vote in zip(panel, votes, strict=True):
        hidden = world.ask(DP, "auditCommitment", audit, judge, vote or 0, SALT)
        send(judge, DP, "commitAudit", audit, hidden)
    world.host.leap(600)
    for judge, vote in zip(panel, votes, strict=True):
        if vote is not None:
            world.refuse(judge, DP, "revealAudit", audit, vote, bytes(32))
            send(judge, DP, "revealAudit", audit, vote, SALT)
    world.refuse(STRANGER, DP, "closeAudit", audit)
    world.host.leap(600)
    if is_canary:
        send(DESK, DP, "showCanary", audit, 2, SALT)
    if votes[0] == 2:
        send(DISPUTES_ADDRESS, MK, "holdLease", lease)
    send(STRANGER, DP, "closeAudit", audit)
    if votes[0] == 2:
        world.refuse(STRANGER, DP, "closeFailed", lease)
        send(DISPUTES_ADDRESS, MK, "releaseLease", lease)
        send(STRANGER, DP, "closeFailed", lease)
    world.ask(DP, "auditOf", shown)
    world.ask(RC, "claimedAt", lease, shown)
    world.ask(DP, "isFailed", lease)
