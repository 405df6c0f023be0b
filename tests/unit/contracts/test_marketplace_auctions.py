"""Marketplace: sealed reverse auctions."""

import pytest

from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v1.records import CloseReason, OfferStatus, OrderStatus
from primitives.abi import encode
from primitives.keccak import keccak256
from tests.unit.contracts.lease_world import (
    AIT,
    BOND,
    CLIENT,
    DAY,
    KEY,
    MARKET,
    MINER,
    PRICE,
    RICH,
    RIVAL,
    STRANGER,
    THIRD,
    UNITS,
    LeaseWorld,
    order_terms,
)
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import account

ESCROW = UNITS * PRICE
MINERS = (MINER, RIVAL, THIRD)


@pytest.fixture
def world():
    world = LeaseWorld()
    for miner in MINERS:
        world.join(miner)
        world.offer(miner)
    yield world
    world.check_books()


def reveal(world, order, miner, place, price, *, offer=None, salt=KEY):
    offer = MINERS.index(miner) + 1 if offer is None else offer
    return world.send(miner, "revealBid", order, place, offer, price, salt)


def test_a_commitment_binds_chain_contract_order_bidder_price_and_salt(world):
    order = world.auction()
    kinds = ("uint256", "address", "bytes32", "address", "uint128", "bytes32")
    values = (CHAIN_ID, MARKET, order, MINER, 5, KEY)
    assert world.ask("bidHash", order, MINER, 5, KEY) == keccak256(encode(kinds, values))


def test_the_lowest_price_wins_and_is_paid(world):
    order = world.auction()
    prices = (PRICE - 1, PRICE // 2, PRICE // 3)
    for miner, price in zip(MINERS, prices, strict=True):
        world.bid(order, miner, price)
    world.check_books()
    world.pass_seconds(60)
    assert reveal(world, order, MINER, 0, PRICE - 1)
    first = world.ask("order", order).lease_id
    assert reveal(world, order, THIRD, 2, PRICE // 3)
    assert not reveal(world, order, RIVAL, 1, PRICE // 2)
    world.check_books()
    assert world.ask("leaseOutcome", first).reason == CloseReason.NETWORK_OUTBID
    assert world.ask("miner", MINER).locked == 0
    world.pass_seconds(59)
    with world.refuses("NotExpired"):
        world.send(STRANGER, "closeAuction", order)
    world.pass_seconds(1)
    lease = world.send(STRANGER, "closeAuction", order)
    info = world.info(lease)
    assert (info.miner, info.status, info.unit_price) == (THIRD, LeaseStatus.ACTIVE, PRICE // 3)
    assert world.held(CLIENT) == RICH - UNITS * (PRICE // 3)
    assert world.held(MINER) == RICH - BOND - AIT
    world.pay(lease, UNITS, UNITS * (PRICE // 3))
    with world.refuses("WrongOrderStatus"):
        world.send(STRANGER, "closeAuction", order)


@pytest.mark.parametrize("turn", [(0, 1), (1, 0)])
def test_of_equal_prices_the_earlier_commitment_wins_in_any_order_of_reveals(world, turn):
    order = world.auction()
    for miner in MINERS[:2]:
        world.bid(order, miner, 100)
    world.pass_seconds(60)
    for place in turn:
        reveal(world, order, MINERS[place], place, 100)
    world.pass_seconds(60)
    assert world.info(world.send(CLIENT, "closeAuction", order)).miner == MINER


def test_hidden_bids_lose_their_bonds_half_to_the_client(world):
    order = world.auction()
    for miner in MINERS:
        world.bid(order, miner, 100)
    world.pass_seconds(60)
    reveal(world, order, RIVAL, 1, 100)
    world.pass_seconds(60)
    supply = world.chain.supply
    lease = world.send(STRANGER, "closeAuction", order)
    fee = 1_000 * 250 // 10_000  # of the tick
    assert world.chain.supply == supply - AIT - -(-fee // 2)
    assert world.held(CLIENT) == RICH - UNITS * 100 + AIT
    assert world.held(MINER) == RICH - BOND - 2 * AIT
    assert world.info(lease).miner == RIVAL


def test_an_odd_bond_is_burnt_by_the_larger_half():
    world = LeaseWorld(bidBond=3)
    world.join()
    order = world.auction()
    world.send(MINER, "commitBid", order, KEY, value=3)
    world.set("bidBond", 9)
    world.pass_seconds(120)
    world.send(STRANGER, "closeAuction", order)
    assert (world.held(CLIENT), world.chain.burnt) == (RICH + 1, 2)
    world.check_books()


def test_without_a_valid_bid_the_client_has_everything_back(world):
    order = world.auction()
    world.bid(order, MINER, PRICE + 1)
    world.bid(order, RIVAL, 0)
    world.pass_seconds(60)
    assert not reveal(world, order, MINER, 0, PRICE + 1)
    assert not reveal(world, order, RIVAL, 1, 0)
    assert world.held(MINER) == RICH - BOND - AIT
    world.pass_seconds(60)
    assert world.send(STRANGER, "closeAuction", order) == bytes(32)
    assert world.held(CLIENT) == RICH
    assert world.ask("order", order).status == OrderStatus.EXPIRED


def test_a_winner_convicted_meanwhile_leaves_the_auction_without_lease(world):
    other = world.send(CLIENT, "takeOffer", world.order(), 1)
    world.send(MINER, "acceptLease", other)
    order = world.auction()
    world.bid(order, MINER, 100)
    world.pass_seconds(60)
    reveal(world, order, MINER, 0, 100)
    world.convict(other)
    world.pass_seconds(60)
    best = world.ask("order", order).lease_id
    assert world.send(STRANGER, "closeAuction", order) == bytes(32)
    assert world.ask("leaseOutcome", best).reason == CloseReason.NETWORK_NO_WINNER
    assert world.held(CLIENT) == RICH


def test_a_dearer_bid_replaces_that_of_a_convict(world):
    other = world.send(CLIENT, "takeOffer", world.order(), 1)
    world.send(MINER, "acceptLease", other)
    order = world.auction()
    world.bid(order, MINER, 100)
    world.bid(order, RIVAL, 200)
    world.pass_seconds(60)
    reveal(world, order, MINER, 0, 100)
    world.convict(other)
    assert reveal(world, order, RIVAL, 1, 200)


def test_the_best_bid_is_not_accepted_declined_or_cancelled_before_the_end(world):
    order = world.auction()
    world.bid(order, MINER, 100)
    world.pass_seconds(60)
    reveal(world, order, MINER, 0, 100)
    lease = world.ask("order", order).lease_id
    world.pass_seconds(DAY)
    for sender, name in (
        (MINER, "acceptLease"), (MINER, "declineLease"), (CLIENT, "cancelLease"),
        (STRANGER, "expireProposal"),
    ):  # fmt: skip
        with world.refuses("WrongStatus"):
            world.send(sender, name, lease)
    with world.refuses("LeasesOpen"):
        world.send(MINER, "requestWithdrawal")


def test_clocks_of_an_auction_have_bounds(world):
    for bid, window in ((29, 60), (60, 29), (DAY + 1, 60), (60, DAY + 1)):
        with world.refuses("BadTerm"):
            world.auction(bid=bid, reveal=window)
    with world.refuses("BadTerm"):
        world.auction(expiry_seconds=1)
    with world.refuses("WrongEscrow"):
        world.send(CLIENT, "postAuction", order_terms(expiry_seconds=0), 60, 60, value=1)
    world.auction(bid=30, reveal=DAY)


def test_bids_have_a_bond_a_time_and_a_number(world):
    world.set("bidsMax", 2)
    order = world.auction()
    with world.refuses("WrongBidBond", expected=AIT):
        world.send(MINER, "commitBid", order, KEY, value=AIT - 1)
    with world.refuses("NotMiner"):
        world.bid(order, STRANGER, 1)
    world.send(THIRD, "requestWithdrawal")
    with world.refuses("NotMiner"):
        world.bid(order, THIRD, 1)
    world.send(THIRD, "addBond", value=1)
    assert world.bid(order, MINER, 1) == 0
    with world.refuses("AlreadyBid"):
        world.bid(order, MINER, 1)
    world.pass_seconds(59)
    assert world.bid(order, RIVAL, 1) == 1
    with world.refuses("TooManyBids", maximum=2, bond=AIT):
        world.bid(order, THIRD, 1)
    assert world.ask("bids", order) == ((MINER, RIVAL), (False, False), (AIT, AIT))
    late = world.auction()
    world.pass_seconds(60)
    with world.refuses("BiddingOver"):
        world.bid(late, MINER, 1)


def committed(world, order, miner, price, bond):
    hidden = world.ask("bidHash", order, miner, price, KEY)
    return world.send(miner, "commitBid", order, hidden, value=bond)


def test_a_full_auction_takes_a_bid_with_a_larger_bond(world):
    """Who fills all places with cheap bids of his own would be the only bidder."""
    world.set("bidsMax", 2)
    order = world.auction()
    world.bid(order, MINER, 900)
    world.bid(order, RIVAL, 800)
    before = world.held(RIVAL)
    with world.refuses("TooManyBids", maximum=2, bond=AIT):
        committed(world, order, THIRD, 100, AIT)
    assert committed(world, order, THIRD, 100, AIT + 1) == 1
    world.check_books()
    assert world.held(RIVAL) == before + AIT
    assert world.ask("bids", order) == ((MINER, THIRD), (False, False), (AIT, AIT + 1))
    with world.refuses("AlreadyBid"):
        committed(world, order, THIRD, 100, 9 * AIT)
    assert committed(world, order, RIVAL, 100, 3 * AIT) == 0
    assert world.held(MINER) == RICH - BOND - AIT
    world.check_books()
    world.pass_seconds(60)
    with world.refuses("UnknownBid"):
        reveal(world, order, MINER, 0, 900)
    assert reveal(world, order, RIVAL, 0, 100)
    assert world.held(RIVAL) == RICH - BOND - AIT
    assert reveal(world, order, THIRD, 1, 100), "of equal prices the earlier commitment"
    world.pass_seconds(60)
    assert world.info(world.send(STRANGER, "closeAuction", order)).miner == THIRD


def test_a_large_bond_that_is_not_revealed_is_lost_whole(world):
    order = world.auction()
    committed(world, order, MINER, 100, 5 * AIT)
    committed(world, order, RIVAL, 100, 2 * AIT)
    world.pass_seconds(60)
    reveal(world, order, RIVAL, 1, 100)
    client, burnt = world.held(CLIENT), world.chain.burnt
    world.pass_seconds(60)
    world.send(STRANGER, "closeAuction", order)
    assert world.held(CLIENT) - client == 5 * AIT // 2 + UNITS * (PRICE - 100)
    assert world.chain.burnt - burnt >= 5 * AIT // 2
    world.check_books()


def test_only_an_auction_takes_bids(world):
    with world.refuses("WrongOrderStatus"):
        world.bid(world.order(), MINER, 1)
    with world.refuses("WrongOrderStatus"):
        world.send(MINER, "revealBid", world.order(), 0, 1, 1, KEY)
    with world.refuses("WrongOrderStatus"):
        world.send(STRANGER, "matchOrder", world.auction())
    with world.refuses("WrongOrderStatus"):
        world.send(STRANGER, "expireOrder", world.auction())


def test_a_reveal_is_of_ones_own_bid_in_the_reveal_window(world):
    order = world.auction()
    world.bid(order, MINER, 100)
    world.bid(order, RIVAL, 100)
    world.pass_seconds(59)
    with world.refuses("RevealNotOpen"):
        reveal(world, order, MINER, 0, 100)
    world.pass_seconds(1)
    with world.refuses("UnknownBid"):
        reveal(world, order, MINER, 1, 100)
    with world.refuses("UnknownBid"):
        reveal(world, order, MINER, 2, 100)
    with world.refuses("WrongReveal"):
        reveal(world, order, MINER, 0, 99)
    with world.refuses("WrongReveal"):
        reveal(world, order, MINER, 0, 100, salt=bytes(32))
    with world.refuses("WrongMiner"):
        reveal(world, order, MINER, 0, 100, offer=2)
    with world.refuses("WrongMiner"):
        reveal(world, order, MINER, 0, 100, offer=9)
    reveal(world, order, MINER, 0, 100)
    assert world.ask("bids", order)[:2] == ((MINER, RIVAL), (True, False))
    with world.refuses("UnknownBid"):
        reveal(world, order, MINER, 0, 100)
    world.pass_seconds(60)
    with world.refuses("RevealNotOpen"):
        reveal(world, order, RIVAL, 1, 100)


def test_a_bid_counts_only_with_an_offer_that_fits(world):
    order = world.auction(region=7)
    world.bid(order, MINER, 100)
    world.bid(order, RIVAL, 200)
    world.pass_seconds(60)
    assert not reveal(world, order, MINER, 0, 100)
    fitting = world.offer(RIVAL, region=7, unit_price=10 * PRICE)
    assert reveal(world, order, RIVAL, 1, 200, offer=fitting)


def test_an_offer_pushed_out_of_the_book_costs_a_bidder_no_bond(world):
    """The client filled the book under a bidder's offer, who then could not reveal, and took half
    of the bond."""
    order = world.auction()
    world.bid(order, MINER, PRICE - 2)
    world.bid(order, RIVAL, PRICE - 1)
    world.set("bookMax", 8)
    world.pass_seconds(60)
    for _ in range(6):
        world.offer(THIRD, value=2 * AIT)
    assert world.ask("offer", 1).status == OfferStatus.CLOSED
    before = world.held(MINER)
    assert reveal(world, order, MINER, 0, PRICE - 2) is False
    assert world.held(MINER) == before + AIT
    assert reveal(world, order, RIVAL, 1, PRICE - 1) is True


def test_a_bid_is_copied_in_vain(world):
    order = world.auction()
    copied = world.ask("bidHash", order, MINER, 100, KEY)
    world.send(MINER, "commitBid", order, copied, value=AIT)
    world.send(RIVAL, "commitBid", order, copied, value=AIT)
    world.pass_seconds(60)
    reveal(world, order, MINER, 0, 100)
    with world.refuses("WrongReveal"):
        reveal(world, order, RIVAL, 1, 100)


def test_an_auction_is_cancelled_until_the_first_bid(world):
    order = world.auction()
    world.send(CLIENT, "cancelOrder", order)
    assert world.held(CLIENT) == RICH
    order = world.auction()
    world.bid(order, MINER, 100)
    with world.refuses("BidsStand", count=1):
        world.send(CLIENT, "cancelOrder", order)


def test_a_halt_ends_no_auction(world):
    order = world.auction()
    world.bid(order, MINER, 100)
    world.pass_seconds(DAY, blocks=14)
    with world.refuses("RevealNotOpen"):
        reveal(world, order, MINER, 0, 100)
    world.bid(order, RIVAL, 100)
    world.pass_seconds(0, blocks=1)
    reveal(world, order, MINER, 0, 100)
    world.pass_seconds(0, blocks=14)
    with world.refuses("NotExpired"):
        world.send(STRANGER, "closeAuction", order)
    world.pass_seconds(0, blocks=1)
    world.send(STRANGER, "closeAuction", order)


def test_an_unknown_account_wins_nothing(world):
    assert world.ask("order", account(1).rjust(32, b"\0")).status == OrderStatus.UNKNOWN
