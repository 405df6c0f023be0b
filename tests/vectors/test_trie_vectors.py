"""The official TrieTests. The two nextprev files test iteration in key order, which this state
does not offer; all others run, the plain ones through the same kernel as the secure ones.
"""

import json
import os
from pathlib import Path

import pytest

from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from state.store import seal
from state.trie.commitment import Limits, TrieUpdate, hash_updates
from state.trie.hashing import trie_root

ROOT = Path(os.environ.get("AITBC_VECTORS", Path(__file__).parents[3] / "shared" / "vectors"))
FOLDER = ROOT / "ethereum" / "TrieTests"
PLAIN = ("trietest.json", "trieanyorder.json")
SECURE = (
    "trietest_secureTrie.json",
    "trieanyorder_secureTrie.json",
    "hex_encoded_securetrie_test.json",
)


def cases(names):
    found = []
    for name in names:
        path = FOLDER / name
        if not path.exists():
            reason = f"OFFICIAL VECTORS ARE MISSING: {path}"
            found.append(pytest.param(None, id=name, marks=pytest.mark.skip(reason=reason)))
            continue
        for title, case in json.loads(path.read_text()).items():
            found.append(pytest.param(case, id=f"{name}:{title}"))
    return found


def as_bytes(text):
    if text is None:
        return b""
    return bytes.fromhex(text[2:]) if text.startswith("0x") else text.encode()


def steps(case):
    pairs = case["in"].items() if isinstance(case["in"], dict) else case["in"]
    return [(as_bytes(key), as_bytes(value)) for key, value in pairs]


@pytest.mark.parametrize("case", cases(PLAIN))
def test_plain_trie_root(case):
    leaves = {key: value for key, value in dict(steps(case)).items() if value}
    assert trie_root(leaves) == bytes.fromhex(case["root"][2:])


@pytest.mark.parametrize("case", cases(SECURE))
def test_secure_trie_root(case):
    leaves = {keccak256(key): value for key, value in dict(steps(case)).items() if value}
    assert trie_root(leaves) == bytes.fromhex(case["root"][2:])


@pytest.mark.parametrize("limit", [1, 2, 32])
@pytest.mark.parametrize("case", cases(SECURE))
def test_secure_trie_root_step_by_step_through_pages(case, limit):
    rows, pages, root = {}, {}, EMPTY_TRIE_ROOT

    class Reader:
        def page(self, key):
            return pages.get(key)

        def leaves(self, first, last, expected):
            return {key: row for key, row in sorted(rows.items()) if first <= key <= last}

    for plain, value in steps(case):
        key = b"a" + keccak256(plain)
        row = seal(key, value) if value else None
        update = TrieUpdate(b"a", [(key, row)], Reader(), Limits(bucket=limit))
        pages.update(hash_updates([update]))
        pages = {name: page for name, page in pages.items() if page is not None}
        rows[key] = row
        rows = {name: found for name, found in rows.items() if found is not None}
        root = update.root
    assert root == bytes.fromhex(case["root"][2:])
