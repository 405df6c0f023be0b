import pytest
import rlp as reference_rlp

from primitives.errors import DecodeError
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT
from state.account import EMPTY_ACCOUNT, Account, decode_account, encode_account

EDGES = [0, 1, 127, 128, 255, 256, 2**64 - 1]


@pytest.mark.parametrize("nonce", EDGES)
@pytest.mark.parametrize("balance", [*EDGES, 2**255, 2**256 - 1])
def test_encoding_is_the_rlp_of_four_fields_and_decodes_back(nonce, balance):
    account = Account(nonce=nonce, balance=balance, storage_root=b"\x11" * 32)
    raw = encode_account(account)
    assert raw == reference_rlp.encode([nonce, balance, b"\x11" * 32, EMPTY_KECCAK])
    assert decode_account(raw) == account


def test_the_empty_account_is_empty_and_any_field_of_eip_161_makes_it_otherwise():
    assert EMPTY_ACCOUNT.is_empty
    assert Account(storage_root=b"\x01" * 32).is_empty
    assert not Account(nonce=1).is_empty
    assert not Account(balance=1).is_empty
    assert not Account(code_hash=b"\x01" * 32).is_empty


@pytest.mark.parametrize(
    "fields",
    [
        [2**64, 0, EMPTY_TRIE_ROOT, EMPTY_KECCAK],
        [0, 2**256, EMPTY_TRIE_ROOT, EMPTY_KECCAK],
        [b"\x00", 0, EMPTY_TRIE_ROOT, EMPTY_KECCAK],
        [0, 0, EMPTY_TRIE_ROOT[1:], EMPTY_KECCAK],
        [0, 0, EMPTY_TRIE_ROOT, EMPTY_KECCAK + b"\x00"],
        [0, 0, EMPTY_TRIE_ROOT],
        [[], 0, EMPTY_TRIE_ROOT, EMPTY_KECCAK],
    ],
)
def test_a_malformed_account_is_refused(fields):
    with pytest.raises(DecodeError):
        decode_account(reference_rlp.encode(fields))
