"""The explorer opens in a real browser and shows what the chain holds."""

import shutil
import subprocess
import urllib.request

import pytest

pytestmark = pytest.mark.e2e

BROWSER = next(
    (p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None
)
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-sync", "--disable-background-networking", "--disable-component-update"),
    *("--virtual-time-budget=8000", "--dump-dom"),
)


def dom_of(page, tmp_path):
    if BROWSER is None:
        pytest.skip("NO CHROMIUM HERE: the explorer's pages are not opened in a browser")
    command = [BROWSER, *OPTIONS, f"--user-data-dir={tmp_path}", page]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    return done.stdout


def test_block_list_shows_final_blocks_and_is_live(devnet, tmp_path):
    dom = dom_of(devnet.url + "/explorer", tmp_path)
    assert "Latest final blocks" in dom
    assert dom.count("#/block/") >= 4
    assert 'class="live on"' in dom


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("validators", "Validators of epoch"),
        ("jobs", "Compute jobs"),
        ("leases", "<h1>Leases</h1>"),
        ("receipts", "Compute receipts"),
        ("account/0x0000000000000000000000000000000000001001", "native contract"),
        ("block/0", "Block 0"),
        ("nonsense", "there is no such page"),
        ("tx/0x" + "11" * 32, "no such transaction"),
        ("job/0x" + "11" * 32, "there is no such job"),
        ("lease/0x" + "11" * 32, "there is no such lease"),
        ("receipt/0x" + "11" * 32, "there is no such receipt"),
    ],
)
def test_every_page_answers_in_words(devnet, tmp_path, path, words):
    assert words in dom_of(f"{devnet.url}/explorer#/{path}", tmp_path)


def test_pages_forbid_foreign_scripts(devnet):
    with urllib.request.urlopen(devnet.url + "/explorer", timeout=10) as answer:
        page = answer.read().decode()
    assert "script-src 'self'" in page
    assert "innerHTML" not in page
