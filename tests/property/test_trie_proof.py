"""The proof verifier on hostile input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from trie import HexaryTrie

from primitives.errors import DecodeError
from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from state.trie.proof import PROOF_NODES_MAX, verify_proof


def trie_with_proof():
    trie = HexaryTrie({})
    for n in range(64):
        trie[keccak256(bytes([n]))] = bytes([n]) * 40
    key = keccak256(b"\x07")
    import rlp

    return trie.root_hash, key, [rlp.encode(node) for node in trie.get_proof(key)]


ROOT, KEY, PROOF = trie_with_proof()


def test_the_oracle_s_proof_shows_the_value():
    assert verify_proof(ROOT, KEY, PROOF) == b"\x07" * 40


@pytest.mark.parametrize(
    "proof",
    [
        [],
        PROOF[:-1],
        PROOF[1:],
        PROOF[::-1],
        [*PROOF, PROOF[-1]],
        [*PROOF[:-1], PROOF[-1] + b"\x00"],
        [PROOF[0]] * (PROOF_NODES_MAX + 1),
    ],
)
def test_a_proof_with_missing_foreign_or_needless_nodes_is_refused(proof):
    with pytest.raises(DecodeError):
        verify_proof(ROOT, KEY, proof)


def test_nodes_for_the_empty_trie_are_refused():
    assert verify_proof(EMPTY_TRIE_ROOT, KEY, []) is None
    assert verify_proof(EMPTY_TRIE_ROOT, KEY, [b"\x80"]) is None
    with pytest.raises(DecodeError):
        verify_proof(EMPTY_TRIE_ROOT, KEY, PROOF)


NODES = st.recursive(
    st.binary(max_size=40),
    lambda kids: st.one_of(
        st.lists(kids, min_size=2, max_size=2), st.lists(kids, min_size=17, max_size=17)
    ),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.binary(max_size=600), NODES))
def test_any_root_node_gives_a_value_an_absence_or_a_decode_error(node):
    import rlp

    raw = node if isinstance(node, bytes) else rlp.encode(node)
    try:
        value = verify_proof(keccak256(raw), KEY, [raw])
    except DecodeError:
        return
    assert value is None or isinstance(value, bytes)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(PROOF) - 1), st.data())
def test_a_changed_byte_is_always_refused(index, data):
    node = bytearray(PROOF[index])
    position = data.draw(st.integers(0, len(node) - 1))
    node[position] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DecodeError):
        verify_proof(ROOT, KEY, [*PROOF[:index], bytes(node), *PROOF[index + 1 :]])
