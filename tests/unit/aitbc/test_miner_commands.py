"""aitbc miner: settings, doctor, records, money, models, screen."""

import csv
import io
import json
import time
from dataclasses import replace

import pytest

import aitbc.miner_home
import aitbc.miner_screen as screen
from aitbc.commands.miner_records import check_deal
from aitbc.dev_accounts import DEV_SECRETS
from aitbc.log_copy import LogCopy
from contracts.places import RECEIPTS_ADDRESS
from miner.config import load_config
from miner.journal import Journal, LeaseRecord, LeaseState
from miner.leases.book import Deal, Ending, LeaseBook
from miner.leases.protocol import Voucher
from primitives.compute import Acknowledgement
from primitives.keys import secret_to_address, sign
from primitives.types import Hash32
from tests.unit.aitbc.miner_status import STATUS
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.miner.leases.book_entries import lease_info, signed_receipt

SECRET = bytes.fromhex(DEV_SECRETS[1])
ADDRESS = secret_to_address(SECRET)
CLIENT_SECRET = b"\x31" * 32
LEASE = Hash32(b"\x01" * 32)


def true_deal(receipts=2, **changes):
    """Return a lease with receipts and a voucher that are signed as they should be."""
    deal = Deal(lease=lease_info(LEASE, client=secret_to_address(CLIENT_SECRET)))
    for seq in range(1, receipts + 1):
        signed, _, _ = signed_receipt(LEASE, seq)
        digest = signed.receipt.digest(CHAIN_ID, RECEIPTS_ADDRESS)
        deal.receipts[seq] = replace(signed, signature=sign(SECRET, digest).to_bytes())
    values = {
        "lease_id": LEASE, "seq": receipts, "receipt_hash": Hash32(bytes(32)),
        "cumulative_units": 5 * receipts, "cumulative_amount": 35 * receipts,
    }  # fmt: skip
    ack = Acknowledgement(**(values | changes))
    digest = ack.digest(CHAIN_ID, RECEIPTS_ADDRESS)
    deal.voucher = Voucher(ack=ack, signature=sign(CLIENT_SECRET, digest).to_bytes())
    return deal


def fill_book(tmp_path, *, is_ended=False):
    """Write a journal and a book of one lease."""
    place = tmp_path / "miner" / ADDRESS.hex()
    Journal(place).close()
    book = LeaseBook(place)
    deal = true_deal()
    book.adopt(deal.lease)
    for signed in deal.receipts.values():
        _, envelope, delivery = signed_receipt(LEASE, signed.receipt.seq)
        book.save_receipt(signed, envelope, delivery)
    book.save_voucher(deal.voucher)
    if is_ended:
        ending = Ending(status=4, reason="", paid=68, units=10, at=86_400 * 365)
        book.save_ending(LEASE, ending)
    book.close()


def test_init_writes_a_file_that_start_understands(line, tmp_path):
    text = line.done("miner", "init", "--endpoint", "http://me:1").stdout
    assert "aitbc miner doctor" in text
    path = tmp_path / "miner" / "miner.toml"
    assert path.stat().st_mode & 0o077 == 0
    config = load_config(tmp_path / "miner", environment={}).config
    assert config.miner.endpoint == "http://me:1"
    assert config.model[0].path == "small"
    assert "--force" in line.problem("miner", "init")
    line.done("miner", "init", "--force", "--model", "other")


def test_init_names_the_key_that_is_given(line, tmp_path):
    line.done("miner", "init", "--keystore", "0x" + ADDRESS.hex())
    assert load_config(tmp_path / "miner", environment={}).config.miner.keystore


def test_config_show_says_where_values_come_from(line, tmp_path):
    line.done("miner", "init")
    found = line.json("miner", "config", "show", "--origin", env={"AITBC_MINER_THREADS": "3"})
    assert found["values"]["miner"]["threads"] == 3
    assert found["origins"]["miner.threads"] == "environment"
    assert found["origins"]["offer.price"].endswith("miner.toml")
    text = line.done("miner", "config", "show").stdout
    (tmp_path / "miner" / "miner.toml").write_text(text)  # it is a file that may be used
    line.done("miner", "config", "show", "--origin")
    (tmp_path / "miner" / "miner.toml").write_text("[miner]\nthreds = 1\n")
    assert "did you mean" in line.problem("miner", "config", "show")


def test_prices_are_written_and_kept_within_sense(line, tmp_path):
    assert "0.000000005 AIT" in line.done("miner", "price", "set", "5gwei").stdout
    assert load_config(tmp_path / "miner", environment={}).config.offer.price == 5 * 10**9
    line.done("miner", "price", "auto", "--min", "1gwei", "--max", "1")
    offer = load_config(tmp_path / "miner", environment={}).config.offer
    assert (offer.auto, offer.price_min, offer.price_max) == (True, 10**9, 10**18)
    assert "at least 1 wei" in line.problem("miner", "price", "set", "0")
    assert "at least 1 wei" in line.problem("miner", "price", "auto", "--min", "0")
    shown = line.json("miner", "price", "show")
    assert shown["mode"] == "auto"
    assert int(shown["index"]) > 0


def test_stake_is_shown_added_and_withdrawn(line, double):
    who = ("--dev-account", "1")
    line.done("send", *who, "--to", "marketplace", "--value", "100", "--call",
              "registerMiner", "0x" + ADDRESS.hex(), "http://x")  # fmt: skip
    assert line.json("miner", "stake", "show", *who)["bond"] == str(100 * 10**18)
    line.done("miner", "stake", "add", "5", *who)
    assert line.json("miner", "stake", "show", *who)["bond"] == str(105 * 10**18)
    line.done("miner", "stake", "withdraw", *who)
    assert "WithdrawalNotDue" in line.problem("miner", "stake", "withdraw", "--finish", *who)


def test_jobs_receipts_and_earnings_come_from_the_book(line, tmp_path):
    fill_book(tmp_path)
    (job,) = line.json("miner", "jobs")
    assert (job["what"], job["state"], job["done"], job["of"]) == ("lease", "working", 10, 100)
    rows = line.json("miner", "receipts", "list")
    assert [row["state"] for row in rows] == ["acknowledged"] * 2
    assert line.json("miner", "earnings") == []
    exported = json.loads(line.done("miner", "receipts", "export").stdout)
    assert [row["seq"] for row in exported] == [1, 2]
    assert exported[1]["voucher"]
    text = line.done("miner", "receipts", "export", "--csv").stdout
    lines = list(csv.DictReader(io.StringIO(text)))
    assert lines[0]["receipt_hash"] == exported[0]["receipt_hash"]


def product(number, state, paid=0):
    return LeaseRecord(
        job_id=bytes((number,)) * 32, state=state, client=bytes(20), seed=bytes(32), m=64, n=64,
        k=64, escrow=10**18, unit_price=1, paid=paid, updated_at=86_400 * 365,
    )  # fmt: skip


def test_jobs_say_what_their_numbers_count(line, tmp_path):
    fill_book(tmp_path)
    journal = Journal(tmp_path / "miner" / ADDRESS.hex())
    journal.save_lease(product(1, LeaseState.TAKEN))
    journal.save_lease(product(2, LeaseState.SUBMITTED))
    journal.save_lease(product(3, LeaseState.SETTLED, 5 * 10**17))
    journal.close()
    text = line.done("miner", "jobs", "--all").stdout
    assert "0 of 262,144 MACs" in text
    assert "262,144 of 262,144 MACs" in text
    assert "10 of 100 tokens" in text
    assert "0.5 AIT" in text
    units = {row["what"]: (row["unit"], row["of"]) for row in line.json("miner", "jobs")}
    assert units == {"product": ("MACs", 262_144), "lease": ("tokens", 100)}


def test_earnings_keep_products_and_leases_apart(line, tmp_path):
    fill_book(tmp_path, is_ended=True)
    journal = Journal(tmp_path / "miner" / ADDRESS.hex())
    journal.save_lease(product(1, LeaseState.SETTLED, 5))
    journal.close()
    assert line.json("miner", "earnings") == [
        {"day": "1971-01-01", "leases": 1, "tokens": 10, "products": 1, "macs": 262_144,
         "paid_wei": "73"}
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("by", "key"),
    [("day", "1971-01-01"), ("model", "0x" + "05" * 32),
     ("client", "0x" + secret_to_address(CLIENT_SECRET).hex())],
)  # fmt: skip
def test_earnings_add_up_by_what_is_asked(line, tmp_path, by, key):
    fill_book(tmp_path, is_ended=True)
    assert line.json("miner", "earnings", "--by", by) == [
        {by: key, "leases": 1, "tokens": 10, "products": 0, "macs": 0, "paid_wei": "68"}
    ]
    text = line.done("miner", "earnings", "--by", by, "--csv").stdout
    assert text.splitlines() == [f"{by},leases,tokens,products,macs,paid_wei", f"{key},1,10,0,0,68"]
    assert "total" in line.done("miner", "earnings", "--by", by).stdout
    assert line.json("miner", "jobs") == []
    assert line.json("miner", "jobs", "--all")[0]["state"] == "settled"


def test_verify_passes_what_is_right_and_fails_for_another_chain(line, tmp_path):
    fill_book(tmp_path)
    chain = ("--chain-id", str(CHAIN_ID))
    assert line.json("miner", "receipts", "verify", *chain)[0]["result"] == "PASS"
    assert "FAIL" in line.problem("miner", "receipts", "verify", "--chain-id", "1")


def test_verify_asks_the_configured_node_for_its_chain(line, tmp_path):
    fill_book(tmp_path)
    assert line.json("miner", "receipts", "verify")[0]["result"] == "PASS"


def test_start_and_run_do_not_look_like_two_things(line):
    text = line.done("miner", "--help").stdout
    assert "The same as start" in text
    assert text.count("Work until Ctrl-C") == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"cumulative_units": 9}, "sums"),
        ({"cumulative_amount": 71}, "sums"),
        ({"seq": 1}, "sums"),
    ],
)
def test_a_wrong_voucher_is_found(changes, why):
    assert why in check_deal(true_deal(**changes), ADDRESS, CHAIN_ID)


def test_wrong_receipts_are_found():
    assert check_deal(true_deal(), ADDRESS, CHAIN_ID) == ""
    assert "not signed" in check_deal(true_deal(), secret_to_address(CLIENT_SECRET), CHAIN_ID)
    deal = true_deal(3)
    del deal.receipts[1]
    assert "missing" in check_deal(deal, ADDRESS, CHAIN_ID)
    deal = true_deal()
    deal.receipts[2] = deal.receipts[1]
    assert "another" in check_deal(deal, ADDRESS, CHAIN_ID)
    deal = true_deal()
    deal.voucher = Voucher(ack=deal.voucher.ack, signature=b"\x01" * 65)
    assert "client" in check_deal(deal, ADDRESS, CHAIN_ID)


def test_models_are_pulled_verified_and_listed(line, tmp_path):
    pulled = line.json("miner", "models", "pull", "small")
    root, file = pulled["root"], pulled["file"]
    assert line.json("miner", "models", "list")[0]["root"] == root
    assert line.json("miner", "models", "verify", file, "--root", root)["root"] == root
    assert "is 0x" in line.problem("miner", "models", "verify", file, "--root", "0x" + "00" * 32)
    line.done("miner", "models", "pull", file, "--name", "copy.aitbcm", "--root", root)
    wrong = ("--name", "bad.aitbcm", "--root", "0x" + "00" * 32)
    assert "another source" in line.problem("miner", "models", "pull", file, *wrong)
    assert not list((tmp_path / "miner" / "models").glob("bad*"))
    assert "no file" in line.problem("miner", "models", "pull", "/nowhere/x.aitbcm")
    assert line.json("miner", "models", "verify", str(tmp_path / "miner"))["digest"]
    assert line.json("miner", "models", "verify", "small")["root"] == root
    assert line.json("miner", "models", "verify", "models/copy.aitbcm")["root"] == root
    assert "models list" in line.problem("miner", "models", "verify", "nothing")


def test_doctor_names_every_fault_with_its_fix(line, tmp_path):
    result = line.type("miner", "doctor", "--json", env={"AITBC_RPC_URL": "http://127.0.0.1:1"})
    assert result.exit_code == 1
    found = {row["what"]: row for row in json.loads(result.stdout)}
    assert found["key"]["level"] == "FAIL"
    assert found["node http://127.0.0.1:1"]["level"] == "FAIL"
    assert found["arithmetic"]["level"] == "PASS"
    assert found["configuration"]["level"] == "WARN"
    assert all(row["fix"] for row in found.values() if row["level"] != "PASS")
    line.done("miner", "init")
    text = line.type("miner", "doctor", "--dev-account", "1",
                     env={"AITBC_RPC_URL": "http://127.0.0.1:1"}).output  # fmt: skip
    assert "PASS key" in text
    assert "PASS model small" in text


def test_devices_and_bench_speak_of_this_machine(line):
    assert line.json("miner", "devices")[0]["device"] == "cpu"
    (row,) = line.json("miner", "bench", "--seconds", "0.1")
    assert (row["device"], row["what"], row["unit"]) == ("cpu", "products", "MAC/s")
    assert row["rate"] > 1e6


def test_bench_counts_tokens_of_whole_batches_for_the_time_that_was_given(line):
    line.done("miner", "init", "--model", "small")
    began = time.perf_counter()
    rows = line.json("miner", "bench", "--seconds", "0.8", "--threads", "1")[1:]
    assert [(row["what"], row["batch"], row["unit"]) for row in rows] == [
        ("small", 1, "tokens/s"), ("small", 8, "tokens/s"), ("small", 32, "tokens/s"),
    ]  # fmt: skip
    for row in rows:
        assert row["tokens"] % row["batch"] == 0
        assert row["tokens"] > row["batch"]
        assert row["seconds"] >= 0.2
        assert row["rate"] == pytest.approx(row["tokens"] / row["seconds"], rel=0.05)
    assert time.perf_counter() - began < 60
    shown = line.done("miner", "bench", "--seconds", "0.1").stdout
    assert "tokens/s" in shown
    assert "made by all requests of a" in shown


def test_drain_and_stop_without_a_miner_say_so(line):
    assert "no miner runs" in line.problem("miner", "drain")
    assert "no miner runs" in line.problem("miner", "stop")


def test_a_pid_without_the_journal_s_lock_is_not_believed(tmp_path):
    place = tmp_path / "miner" / ADDRESS.hex()
    journal = Journal(place)
    (place / "pid").write_text("4242")
    assert aitbc.miner_home.running_pids(tmp_path) == [4242]
    journal.close()
    assert aitbc.miner_home.running_pids(tmp_path) == []


def test_logs_are_kept_bounded_and_private(line, tmp_path, monkeypatch, capsys):
    assert "no log" in line.problem("miner", "logs")
    monkeypatch.setattr("aitbc.log_copy.COPY_BYTES_MAX", 40)
    copy = LogCopy(tmp_path / "miner" / "miner.log")
    for number in range(6):
        copy.write(f"line {number} .........\n")
    copy.flush()
    copy.close()
    assert "line 5" in line.done("miner", "logs").stdout
    names = sorted(path.name for path in (tmp_path / "miner").iterdir())
    assert names == ["miner.log", "miner.log.1"]
    assert (tmp_path / "miner" / "miner.log").stat().st_mode & 0o077 == 0


def test_the_screen_shows_devices_leases_rates_and_refusals():
    from rich.console import Console

    console = Console(width=160, record=True, file=io.StringIO())
    console.print(screen._screen(STATUS, 1))
    text = console.export_text()
    for part in ("cpu", "1 of 1", "small", "ready", "active (challenged or audited)", "WindowOpen",
                 "wait", "[bold]too early",
                 "1.000 GMAC/s accepted, 2.000 GMAC/s local"):  # fmt: skip
        assert part in text
    console.print(screen._screen(None, 9_700))
    assert "no miner answers on port 9700" in console.export_text()


def test_a_lease_that_its_quorum_holds_is_not_shown_as_challenged(capsys, monkeypatch):
    monkeypatch.setattr("aitbc.output.console._width", 200)
    (deal,) = STATUS["deals"]
    screen.print_status({**STATUS, "deals": [{**deal, "quorum": "open"}]})
    text = capsys.readouterr().out
    assert "active (quorum open)" in text
    assert "challenged" not in text


def test_the_plain_status_shows_the_same(capsys, monkeypatch):
    monkeypatch.setattr("aitbc.output.console._width", 200)
    screen.print_status(STATUS)
    text = capsys.readouterr().out
    assert "3 of 9, 1 of 2 acknowledged" in text
    assert "too early" in text
