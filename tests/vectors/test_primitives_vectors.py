"""Official vectors of transactions, RLP, keystores, mnemonics and the curves that we rely on."""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import coincurve
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from p2p import noise
from p2p.identity import check_hello
from p2p.noise import CipherState, HandshakeError
from primitives import rlp
from primitives.errors import DecodeError, InvalidSignatureError, InvalidTransactionError
from primitives.genesis import Parameters
from primitives.keys import (
    CURVE_ORDER,
    HALF_ORDER,
    Signature,
    is_signed_by,
    public_key_to_address,
    recover_public_key,
    secret_to_address,
)
from primitives.transaction import decode_transaction
from primitives.types import U256_MAX
from state.gas import intrinsic_gas
from state.validity import FloorDataGasError, check_form, check_funds
from wallet.keystore import decrypt
from wallet.mnemonic import derive_secret

VECTORS = Path(os.environ.get("AITBC_VECTORS", Path(__file__).parents[3] / "shared" / "vectors"))
ETHEREUM = VECTORS / "ethereum"
FORKS = ("Cancun", "Shanghai", "London", "Berlin", "Istanbul", "Byzantium", "Frontier")
"""Newest first: a case says only what the forks that it was made for make of it."""
BELOW_THE_FLOOR = ("DataTestSufficientGas2028Filler.json",)
"""Gas that is enough for Istanbul's data and below Prague's floor (EIP-7623)."""


def missing(path):
    reason = f"OFFICIAL VECTORS ARE MISSING: {path}"
    return [pytest.param(None, None, marks=pytest.mark.skip(reason=reason), id="missing")]


def load(path):
    return json.loads(path.read_text())


def cases(folder, pattern="*.json"):
    found = [
        pytest.param(case, path.name, id=f"{path.stem}-{name}")
        for path in sorted(folder.rglob(pattern))
        for name, case in load(path).items()
    ]
    return found or missing(folder)


def unhex(text):
    return bytes.fromhex(text.removeprefix("0x"))


# Transactions


@pytest.mark.parametrize(("case", "_file"), cases(ETHEREUM / "TransactionTests"))
def test_official_transaction(case, _file):
    raw = unhex(case["txbytes"])
    expected = next(case["result"][fork] for fork in FORKS if fork in case["result"])
    if "exception" in expected:
        with pytest.raises((DecodeError, InvalidSignatureError, InvalidTransactionError)):
            check_transaction(raw)
        return
    if case["_info"]["source"].endswith(BELOW_THE_FLOOR):
        with pytest.raises(FloorDataGasError):
            check_transaction(raw)
        return
    transaction = check_transaction(raw)
    assert transaction.hash == unhex(expected["hash"])
    assert transaction.sender == unhex(expected["sender"])
    assert intrinsic_gas(transaction) == int(expected["intrinsicGas"], 16)
    assert replace(transaction).encode() == raw


def check_transaction(raw):
    transaction = decode_transaction(raw)
    assert transaction.sender
    # The tests are of a chain with id 1 that also takes transactions without replay protection.
    chain_id = 1 if transaction.chain_id is None else transaction.chain_id
    check_form(replace(transaction, chain_id=chain_id), 1, Parameters(transaction_gas_max=U256_MAX))
    check_funds(replace(transaction, value=0), U256_MAX)  # no account can hold more
    return transaction


# RLP


def as_item(value):
    if isinstance(value, list):
        return [as_item(entry) for entry in value]
    if isinstance(value, str) and value.startswith("#"):
        return int(value[1:])
    return value.encode() if isinstance(value, str) else value


def flat(item):
    """Return an item with integers as the bytes that they are encoded to."""
    if isinstance(item, list):
        return [flat(entry) for entry in item]
    return rlp.encode_uint(item) if isinstance(item, int) else item


@pytest.mark.parametrize(("case", "_file"), cases(ETHEREUM / "RLPTests"))
def test_official_rlp(case, _file):
    raw = unhex(case["out"])
    if case["in"] == "INVALID":
        with pytest.raises(DecodeError):
            rlp.decode(raw)
        return
    item = rlp.decode(raw)
    assert rlp.encode(item) == raw
    if case["in"] != "VALID":
        expected = as_item(case["in"])
        assert rlp.encode(expected) == raw
        assert item == flat(expected)


# Wallet


@pytest.mark.parametrize(("case", "_file"), cases(ETHEREUM / "KeyStoreTests"))
def test_official_keystore(case, _file):
    assert decrypt(case["json"], case["password"]) == unhex(case["priv"])


def mnemonics():
    path = VECTORS / "wallet" / "bip39.json"
    if not path.exists():
        return missing(path)
    rows = load(path)["english"]
    return [pytest.param(words, xprv, id=words[:20]) for _, words, _, xprv in rows]


@pytest.mark.parametrize(("words", "xprv"), mnemonics())
def test_official_mnemonic_leads_to_its_master_key(words, xprv):
    assert derive_secret(words, passphrase="TREZOR", path="m") == master_secret(xprv)


def master_secret(xprv):
    """Return the last 32 bytes of a BIP-32 serialization."""
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number = 0
    for character in xprv:
        number = number * 58 + alphabet.index(character)
    data = number.to_bytes(82, "big")
    assert hashlib.sha256(hashlib.sha256(data[:78]).digest()).digest()[:4] == data[78:]
    return data[46:78]


# Curves and ciphers, through the code that wraps them


def wycheproof(name):
    path = VECTORS / "wycheproof" / name
    if not path.exists():
        return missing(path)
    return [
        pytest.param(group, test, id=str(test["tcId"]))
        for group in load(path)["testGroups"]
        for test in group["tests"]
    ]


@pytest.mark.parametrize(("group", "test"), wycheproof("ecdsa_secp256k1_sha256_p1363_test.json"))
def test_official_secp256k1_signature(group, test):
    """Only canonical signatures pass: 64 bytes, r and s in range, low s."""
    public = unhex(group["publicKey"]["uncompressed"])
    compressed = coincurve.PublicKey(public).format()
    digest = hashlib.sha256(unhex(test["msg"])).digest()
    raw = unhex(test["sig"])
    verdict = any(verifies(compressed, digest, raw + bytes((parity,))) for parity in (0, 1))
    is_low = len(raw) == 64 and 0 < int.from_bytes(raw[32:], "big") <= HALF_ORDER
    assert verdict == (test["result"] == "valid" and is_low)
    if verdict:
        assert public_key_to_address(compressed) == public_key_to_address(public)
        high = raw[:32] + (CURVE_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
        assert not any(verifies(compressed, digest, high + bytes((p,))) for p in (0, 1))


def verifies(public, digest, raw):
    try:
        signature = Signature.from_bytes(raw)
    except InvalidSignatureError:
        return False
    is_ours = is_signed_by(public, digest, signature)
    if is_ours:
        assert recover_public_key(digest, signature)[1:33] == public[1:]
    return is_ours


@pytest.mark.parametrize(("_group", "test"), wycheproof("x25519_test.json"))
def test_official_x25519_exchange(_group, test):
    """An all-zero shared secret is refused, everything else is as published."""
    private = X25519PrivateKey.from_private_bytes(unhex(test["private"]))
    shared = unhex(test["shared"])
    if not any(shared):
        with pytest.raises(HandshakeError):
            noise._exchange(private, unhex(test["public"]))
        return
    assert noise._exchange(private, unhex(test["public"])) == shared


@pytest.mark.parametrize(("_group", "test"), wycheproof("hkdf_sha256_test.json"))
def test_official_hkdf(_group, test):
    """Noise's HKDF is RFC 5869 without info; cases with info or above two blocks are not its."""
    if unhex(test["info"]) or test["size"] > 64 or test["result"] != "valid":
        return
    first, second = noise._hkdf2(unhex(test["salt"]), unhex(test["ikm"]))
    assert (first + second)[: test["size"]] == unhex(test["okm"])


@pytest.mark.parametrize(("_group", "test"), wycheproof("chacha20_poly1305_test.json"))
def test_official_chacha20_poly1305(_group, test):
    """Noise counts its nonces; here the published one takes the counter's place."""
    nonce = unhex(test["iv"])
    if len(nonce) != 12:
        return
    state = CipherAt(unhex(test["key"]))
    state.nonce = nonce
    sealed, associated = unhex(test["ct"]) + unhex(test["tag"]), unhex(test["aad"])
    if test["result"] != "valid":
        with pytest.raises(HandshakeError):
            state.decrypt(associated, sealed)
        return
    assert state.decrypt(associated, sealed) == unhex(test["msg"])
    assert state.encrypt(associated, unhex(test["msg"])) == sealed


class CipherAt(CipherState):
    """A cipher at a nonce that the test chooses."""

    def _next_nonce(self):
        return self.nonce


@pytest.mark.parametrize(("group", "test"), wycheproof("ed25519_test.json"))
def test_official_ed25519_signature(group, test, monkeypatch):
    """A hello is accepted exactly when its identity's signature is."""
    import msgpack

    monkeypatch.setattr("p2p.identity._IDENTITY_TAG", b"")
    public = unhex(group["publicKey"]["pk"])
    hello = msgpack.packb([1, public, unhex(test["sig"]), "test"])
    if test["result"] == "valid":
        assert check_hello(hello, unhex(test["msg"])).peer == public
        return
    with pytest.raises(HandshakeError):
        check_hello(hello, unhex(test["msg"]))


def test_a_secret_leads_to_the_address_that_wallets_show():
    secret = bytes.fromhex("ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80")
    assert secret_to_address(secret).hex() == "f39fd6e51aad88f6f4ce6ab8827279cfffb92266"
