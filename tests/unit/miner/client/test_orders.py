"""What an order says: prices from budgets or offers, least terms, exclusions in words."""

import pytest

from contracts.marketplace.v1.records import Exclusion
from miner.client.faults import JobOverError
from miner.client.orders import (
    Wish,
    class_names,
    classes_of,
    default_classes,
    list_offers,
    make_terms,
    survey,
)
from primitives.compute import CLASS_CANONICAL, CLASS_SIGNED, KIND_INTEGER_MODEL, KIND_LLM
from primitives.errors import ConfigError
from primitives.types import Hash32
from rpc.words import EXCLUSIONS
from tests.unit.miner.client.market_world import CLIENT, CLIENT_SECRET, MODEL, PRICE


def wish(**changes):
    return Wish(**({"kind": KIND_LLM, "model_root": MODEL, "units_max": 100} | changes))


async def test_the_price_is_that_of_the_best_offer(world):
    world.join(price=PRICE * 3)
    world.join(price=PRICE * 2)
    terms = await make_terms(world.chain, CLIENT_SECRET, wish())
    assert terms.unit_price_max == PRICE * 2


async def test_a_budget_is_never_exceeded(world):
    terms = await make_terms(world.chain, CLIENT_SECRET, wish(budget=1_055))
    assert terms.unit_price_max == 10
    with pytest.raises(ConfigError, match="less than a wei"):
        await make_terms(world.chain, CLIENT_SECRET, wish(budget=99))
    with pytest.raises(ConfigError, match="exceed the budget"):
        await make_terms(world.chain, CLIENT_SECRET, wish(budget=1_000, unit_price_max=11))


async def test_without_offer_or_budget_there_is_no_price(world):
    world.join(models=(Hash32(b"\x0c" * 32),))
    with pytest.raises(JobOverError, match="1 do not serve the model"):
        await make_terms(world.chain, CLIENT_SECRET, wish())


async def test_terms_are_the_least_that_the_classes_need(world):
    signed = await make_terms(world.chain, CLIENT_SECRET, wish(budget=10**18))
    assert (signed.window_blocks, signed.adjudicator, signed.prepay_units) == (0, 0, 1)
    exact = wish(budget=10**18, classes=CLASS_CANONICAL, kind=KIND_INTEGER_MODEL)
    terms = await make_terms(world.chain, CLIENT_SECRET, exact)
    assert (terms.window_blocks, terms.adjudicator, terms.prepay_units) == (60, 1, 0)


async def test_a_survey_says_how_many_each_reason_excludes(world):
    world.join(price=PRICE)
    world.join(price=PRICE * 5)
    terms = await make_terms(world.chain, CLIENT_SECRET, wish(unit_price_max=PRICE))
    found = await survey(world.chain, CLIENT, terms)
    assert str(found) == "1 offers fit; 1 ask a higher price"
    assert (found.offer_id, found.excluded) == (1, ((Exclusion.PRICE, 1),))
    assert len(await list_offers(world.chain, 1)) == 2
    assert set(EXCLUSIONS) == set(Exclusion)


def test_classes_have_names():
    assert classes_of("v2") == CLASS_CANONICAL
    assert classes_of("V0+v2") == CLASS_CANONICAL | CLASS_SIGNED
    assert class_names(CLASS_CANONICAL | CLASS_SIGNED) == "v0+v2"
    assert default_classes(KIND_INTEGER_MODEL) == CLASS_CANONICAL
    assert default_classes(KIND_LLM) == CLASS_SIGNED
    with pytest.raises(ConfigError, match="v9"):
        classes_of("v9")
