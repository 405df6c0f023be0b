"""aitbc market, receipt and dispute: a verb per call and view, and the verbs that do more."""

import json
import re

import click
import pytest

from aitbc.arguments import HASH
from aitbc.cli import app
from aitbc.commands import dispute, job, market, receipt
from aitbc.verb_help import VerbCommand, explain
from aitbc.verbs import write_struct
from contracts.disputes.v1.contract import Disputes
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.marketplace.v2.contract import Marketplace as MarketplaceV2
from contracts.receipts.v1.contract import Receipts
from miner.client.evidence import receipt_data
from primitives.types import WEI_PER_AIT
from rpc.formats import checksummed
from tests.unit.aitbc.market_line import CLIENT, CLIENT_ADDRESS, MODEL_HEX, SUBMIT, world
from tests.unit.miner.chain_double import MINER_ADDRESS
from tests.unit.miner.client.market_world import PRICE, ack_data

__all__ = ["world"]
FRAMEWORK = {"supportsInterface", "checkParameters", "parameter", "parameterList", "setParameter"}
"""What every contract has; aitbc gov parameters shows and changes it."""
ELSEWHERE = {
    # under other names: products' receipts and offers have commands of their own
    "postOffer", "postOrder", "postOrderWithService", "postAuction", "dryRun", "commitBid",
    "offers", "openOrders", "matchOrder", "priceIndex", "updateIndex", "receipt", "receipts",
    "beaconAt", "freshBeacon", "settle", "failReceipt",
}  # fmt: skip
MINER_KEY = "0x" + "21" * 32
AS_MINER = ("--private-key-env", "MINER")
ENV = {"env": {"MINER": MINER_KEY}}


def methods_of(contract):
    return {method.name for method in contract.methods.values()} - FRAMEWORK


def verbs_of(groups):
    entries = [entry for _, verbs in groups.values() for entry in verbs.values()]
    return {entry if isinstance(entry, str) else entry[0] for entry in entries}


def test_every_call_and_view_has_a_verb():
    on_market = verbs_of(market.GROUPS) | ELSEWHERE | market.INTERNAL
    assert methods_of(MarketplaceV2) <= on_market
    assert methods_of(Receipts) <= verbs_of(receipt.GROUPS) | ELSEWHERE
    assert methods_of(Disputes) <= verbs_of(dispute.GROUPS) | dispute.INTERNAL


def commands_below(group, path=()):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands_below(command, (*path, name))
        else:
            yield (*path, name)


GROUPS = {
    "market": market.market, "receipt": receipt.receipt, "dispute": dispute.dispute,
    "job": job.job,
}  # fmt: skip


@pytest.mark.parametrize("name", GROUPS)
def test_every_command_explains_itself(line, name):
    for path in commands_below(GROUPS[name]):
        shown = line.done(name, *path, "--help").stdout
        assert "Usage:" in shown
        assert "``" not in shown, path
        assert not shown.partition("\n\n")[2].strip().startswith("Return"), path


@pytest.mark.parametrize("name", GROUPS)
def test_a_generated_verb_explains_its_arguments_and_shows_an_example(line, name):
    for path in commands_below(GROUPS[name]):
        command = GROUPS[name]
        for part in path:
            command = command.commands[part]
        if not isinstance(command, VerbCommand):
            continue
        shown = line.done(name, *path, "--help").stdout
        words = [p for p in command.params if isinstance(p, click.Argument)]
        example = shown.partition("\nExample:\n")[2].strip()
        assert example.startswith(f"app {' '.join((name, *path))}"), path
        assert len(example.split()) >= 2 + len(path) + len(words)
        section = shown.partition("\nArguments:\n")[2].partition("\n\n")[0]
        for argument in words:
            assert re.search(rf"^  {argument.name.upper()} +\S", section, re.MULTILINE), path


def test_help_of_arguments_names_units_and_words(line):
    shown = line.done("market", "offer", "reprice", "--help").stdout
    assert "in AIT; also 20gwei, 7wei" in shown
    assert shown.endswith(" market offer reprice 1 0.00002 --dev-account 0\n")
    shown = " ".join(line.done("market", "product", "post", "--help").stdout.split())
    assert "in seconds; also 10min, 2h, 3d" in shown
    assert "1 bad_signature" in line.done("dispute", "commitment", "--help").stdout
    assert "0 all, 1 open" in line.done("market", "product", "list", "--help").stdout


def test_an_argument_without_a_meaning_is_explained_by_its_type():
    assert explain(click.Argument(["strange"], type=click.IntRange(0, 9))) == "a number"
    assert explain(click.Argument(["strange"], type=HASH)) == "0x and 64 hex digits"
    assert explain(click.Argument(["stop_blocks"], type=click.IntRange(0, 9))) == "in blocks"


def test_groups_are_listed():
    assert {"market", "dispute", "job", "receipt"} <= set(app.list_commands(None))


def test_offers_are_listed_the_cheapest_first(line, world):
    world.join(price=PRICE // 2)
    rows = line.json("market", "offers")
    assert [(row["offer"], row["price"]) for row in rows] == [
        (2, str(PRICE // 2)),
        (1, str(PRICE)),
    ]
    assert rows[0]["models"] == [MODEL_HEX]
    assert line.json("market", "offers", "--unit", "macs") == []
    assert "price per token" in line.done("market", "offers").stdout


def test_an_offer_is_posted_repriced_and_closed(line, world):
    words = ("--price", "0.002", "--kind", "llm", "--class", "v0+v1", "--model", MODEL_HEX)
    world.double.chain.balances[MINER_ADDRESS] = 100 * WEI_PER_AIT
    world.double.nonces[MINER_ADDRESS] = 0
    record = line.json("market", "offer", "post", *words, "--gpu-class", "3", *AS_MINER, **ENV)
    assert (record["offer_id"], record["classes"]) == (2, "v0+v1")
    line.done("market", "offer", "reprice", "2", "0.003", *AS_MINER, **ENV)
    shown = line.json("market", "offer", "show", "2")
    assert (shown["unit_price"], shown["status"]) == (str(3 * PRICE), "listed")
    line.done("market", "offer", "close", "2", *AS_MINER, **ENV)
    assert line.json("market", "show", "2")["status"] == "closed"
    assert line.json("market", "offer", "count") == {"offers": 2}


def told(line, *words):
    """Return what people see, a line each."""
    return {" ".join(row.split()) for row in line.done(*words).stdout.splitlines()}


def test_an_order_goes_by_verbs_from_dry_run_to_lease(line, world):
    terms = ("--model", MODEL_HEX, "--units", "100")
    dry = line.json("market", "dry-run", *terms)
    assert (dry["best_offer"], dry["fit"], dry["escrow"]) == (1, 1, str(100 * PRICE))
    order = line.json("market", "order", "post", *terms, *CLIENT)["order_id"]
    assert line.json("market", "orders")[0]["order"] == order
    assert line.json("market", "order", "fits", order, "1") == {"exclusion": "fits"}
    lease = line.json("market", "match", order, *CLIENT)["lease_id"]
    assert line.json("market", "show", lease)["status"] == "proposed"
    line.done("market", "lease", "accept", lease, *AS_MINER, **ENV)
    found = line.json("market", "lease", "show", lease)
    assert (found["status"], found["client"]) == ("active", checksummed(CLIENT_ADDRESS))
    assert line.json("market", "lease", "of", checksummed(MINER_ADDRESS))[0]["lease_id"] == lease
    shown = line.json("market", "show", order)
    assert shown["what"] == "order"
    assert (shown["kind"], shown["classes"], shown["unit_kind"]) == (3, 1, 1)
    rows = told(line, "market", "show", order)
    assert {"kind llm", "classes v0", "unit kind tokens"} <= rows
    assert any("llm" in row for row in told(line, "market", "show", "1"))
    line.done("market", "lease", "reclaim", lease, *CLIENT)
    problem = line.problem("market", "lease", "finish-reclaim", lease, *CLIENT)
    assert "ReclaimNotDue" in problem
    assert "wait until the miner's time" in problem


def test_dry_run_says_in_words_what_excludes(line, world):
    record = line.json(
        "market", "dry-run", "--model", MODEL_HEX, "--units", "10", "--price", "0.0001"
    )
    assert (record["fit"], record["ask_a_higher_price"]) == (0, 1)


def test_a_bid_is_sealed_and_revealed(line, world):
    words = ("--model", MODEL_HEX, "--units", "100", "--price", "0.001", "--auction", "30s")
    order = line.json("market", "order", "post", *words, *CLIENT)["order_id"]
    bid = line.json("market", "auction", "commit", order, "0.0005", *AS_MINER, **ENV)
    assert (bid["place"], bid["price"]) == (0, str(PRICE // 2))
    world.pass_time(40)
    reveal = (order, "0", "1", "0.0005", bid["salt"])
    shown = line.json("market", "auction", "reveal", *reveal, *AS_MINER, **ENV)
    assert shown["is_best"] is True
    world.pass_time(40)
    line.done("market", "auction", "close", order, *CLIENT)
    bids = line.json("market", "auction", "bids", order)
    shown = {"bidders": [checksummed(MINER_ADDRESS)], "revealed": [True]}
    assert bids == shown | {"bonds": [str(WEI_PER_AIT)]}
    lease = world.ask(Marketplace, "order", bytes.fromhex(order[2:])).lease_id
    assert world.ask(Marketplace, "lease", lease).status == LeaseStatus.ACTIVE


def test_miners_and_prices_are_shown(line, world):
    (row,) = line.json("market", "miners")
    assert (row["miner"], row["offers"]) == (checksummed(MINER_ADDRESS), 1)
    assert row["bond"] == str(500 * WEI_PER_AIT)
    price = line.json("market", "price", "tokens", "3")
    assert int(price["price"]) > 0
    assert line.json("market", "show", checksummed(MINER_ADDRESS))["what"] == "miner"
    assert "nothing on the market" in line.problem("market", "show", "0x" + "07" * 32)
    assert "nothing on the market" in line.problem("market", "show", "77")


def test_verbs_of_the_next_release_say_that_they_need_it(line, world):
    problem = line.problem("market", "lease", "rate", "0x" + "01" * 32, "5", *CLIENT)
    assert "needs marketplace 2.0.0" in problem


# --- receipts ---------------------------------------------------------------------------------


def test_a_claim_is_raised_from_files_and_verified(line, world, tmp_path):
    line.done(*SUBMIT, "--wait", *CLIENT)
    (voucher,), (delivery,) = world.miner.vouchers, world.miner.deliveries
    (tmp_path / "receipt.json").write_text(json.dumps(write_struct(receipt_data(delivery.receipt))))
    (tmp_path / "ack.json").write_text(json.dumps(write_struct(ack_data(voucher.ack))))
    lease = "0x" + delivery.receipt.lease_id.hex()
    assert "its miner has not claimed yet" in line.problem("receipt", "verify", lease)
    stamp = line.json("receipt", "beacon")["height"]
    raised = line.json(
        "receipt", "claim", "raise", str(tmp_path / "receipt.json"),
        "0x" + delivery.signature.hex(), str(tmp_path / "ack.json"),
        "0x" + voucher.signature.hex(), str(stamp), "--dev-account", "1",
    )  # fmt: skip
    assert raised["amount"] == str(4 * PRICE)
    shown = line.json("receipt", "claim", "show", lease)
    assert (shown["units"], shown["is_settled"]) == (4, False)
    found = line.json("receipt", "verify", lease)
    assert found["is_right"] is True
    (terms,) = [row["detail"] for row in found["checks"] if row["check"] == "terms"]
    assert terms == "4 units, 0.004 AIT"
    assert {row["check"] for row in found["checks"]} >= {
        "miner's signature",
        "client's acknowledgement",
        "terms",
    }
    (row,) = line.json("receipt", "claim", "list", checksummed(CLIENT_ADDRESS))
    assert (row["lease"], row["settled"]) == (lease, False)
    world.pass_time(61)
    line.done("receipt", "claim", "settle", lease, "--dev-account", "1")
    assert line.json("receipt", "claim", "list", checksummed(MINER_ADDRESS))[0]["settled"] is True
    problem = line.problem("receipt", "claim", "settle", lease, "--dev-account", "1")
    assert "AlreadySettled" in problem
    assert "nothing to do" in problem


def test_batches_and_demands_are_made_and_listed(line, world):
    words = ("receipt", "batch", "anchor", "0x" + "01" * 32, "1", "0")
    assert "BatchBondTooSmall" in line.problem(*words, *CLIENT)
    line.done(*words, "--value", "500", *CLIENT)
    (row,) = line.json("receipt", "batch", "list")
    assert (row["batch_id"], row["count"]) == (1, 1)
    assert line.json("receipt", "batch", "show", "1")["poster"] == checksummed(CLIENT_ADDRESS)
    assert line.json("receipt", "demand", "list") == []
    problem = line.problem("receipt", "demand", "leaf", "1", "0", "0x" + "02" * 32, *CLIENT)
    assert "LeaseNotActive" in problem
    assert "aitbc market lease show" in problem


def test_a_struct_that_lacks_a_field_names_it(line, world, tmp_path):
    (tmp_path / "bad.json").write_text('{"index": 1, "lease_id": "0x00"}')
    words = ("dispute", "reveal", "bad-signature", "1", "0x" + "00" * 32, "1")
    shown = line.usage(*words, str(tmp_path / "bad.json"), *CLIENT)
    assert "missing seq, receiptHash" in shown
    assert "cannot be read" in line.problem(*words, str(tmp_path / "none.json"), *CLIENT)
    (tmp_path / "no.json").write_text("no")
    assert "is no JSON" in line.problem(*words, str(tmp_path / "no.json"), *CLIENT)


# --- disputes ---------------------------------------------------------------------------------


def test_a_challenge_is_committed_and_shown(line, world):
    words = ("0x" + "01" * 32, checksummed(CLIENT_ADDRESS), "6", "0x" + "02" * 32, "0x" + "03" * 32)
    sealed = line.json("dispute", "commitment", *words)["commitment"]
    assert "BondTooSmall" in line.problem("dispute", "commit", sealed, *CLIENT)
    made = line.json("dispute", "commit", sealed, "--value", "200", *CLIENT)
    number = str(made["challenge_id"])
    assert line.json("dispute", "show", number)["status"] == "committed"
    assert line.json("dispute", "count") == {"challenges": 1}
    problem = line.problem("dispute", "expire", number, *CLIENT)
    assert "the challenger may still reveal" in problem


def test_arbitrators_register_and_leave(line, world):
    line.done("dispute", "arbitrator", "register", "--value", "1000", *CLIENT)
    (row,) = line.json("dispute", "arbitrator", "list")
    assert row["arbitrator"] == checksummed(CLIENT_ADDRESS)
    line.done("dispute", "arbitrator", "leave", *CLIENT)
    shown = line.json("dispute", "arbitrator", "show", checksummed(CLIENT_ADDRESS))
    assert shown["is_active"] is False
    assert "NotArbitrator" in line.problem("dispute", "arbitrator", "leave", *CLIENT)
