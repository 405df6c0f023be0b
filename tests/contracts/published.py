"""What a stranger does with a node's answers: check proofs, read storage by published layout."""

import json

import rlp
from eth_utils import keccak
from trie import HexaryTrie

from tests.contracts.compiled import GENERATED


def prove(root, proof, key):
    """Return the value that a Merkle-Patricia proof shows for a key; py-trie is the verifier."""
    nodes = tuple(rlp.decode(bytes.fromhex(node[2:])) for node in proof)
    return HexaryTrie.get_from_proof(root, keccak(key), nodes)


def proven_slots(state_root, shown):
    """Verify an eth_getProof answer against a state root; returns slot -> value."""
    address = bytes.fromhex(shown["address"][2:])
    account = rlp.decode(prove(state_root, shown["accountProof"], address))
    assert int.from_bytes(account[1], "big") == int(shown["balance"], 16)
    found = {}
    for entry in shown["storageProof"]:
        slot = int(entry["key"], 16)
        value = prove(account[2], entry["proof"], slot.to_bytes(32, "big"))
        word = int.from_bytes(rlp.decode(value), "big") if value else 0
        assert word == int(entry["value"], 16)
        found[slot] = word
    return found


def layout_of(name):
    rows = json.loads((GENERATED / name / "layout.json").read_text())["storage"]
    return {row["label"]: row for row in rows}


def in_mapping(slot, key):
    return int.from_bytes(keccak(key.rjust(32, b"\0") + slot.to_bytes(32, "big")), "big")


def read_member(layout_row, base, words):
    """Read a value member of a struct by the published layout, as ``cast storage`` does."""
    word = words[base + layout_row["slot"]]
    return word >> 8 * layout_row["offset"] & (1 << 8 * layout_row["bytes"]) - 1


def members_of(row):
    while "members" not in row:
        row = row.get("value") or row["item"]
    return {member["label"]: member for member in row["members"]}
