"""Making homes: keys, configuration, guard. What ``aitbc init`` and the devnet have in common."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.system import SYSTEM
from evm.reference import ReferenceEngine
from node.config import encode_config
from node.files import write_atomically
from node.guard import SignerGuard
from node.home import Home, load_secret, save_key, save_validator_key
from primitives.genesis import Genesis, encode_genesis
from primitives.keys import generate_secret
from primitives.types import Hash32
from primitives.vote import VoteDomain
from state.chain import ChainStore
from state.store import Store
from state.transition import Runtime


def make_keys(home: Home, *, is_validator: bool) -> None:
    """Make the node's identity and, for a validator, its voting key.

    Raises:
        ConfigError: a key exists; keys are never overwritten.
    """
    home.create()
    identity = Ed25519PrivateKey.generate()
    public = identity.public_key().public_bytes_raw()
    save_key(home.node_key, identity.private_bytes_raw(), public, None)
    if is_validator:
        save_validator_key(home.validator_key, generate_secret())


def peer_of(home: Home) -> bytes:
    """Return the node's public identity."""
    key = Ed25519PrivateKey.from_private_bytes(load_secret(home.node_key))
    return key.public_key().public_bytes_raw()


def write_settings(home: Home, genesis: Genesis, settings: dict[str, dict[str, Any]]) -> Hash32:
    """Write genesis and configuration, open the chain once, start the guard of a fresh key.

    Returns the genesis hash.
    """
    write_atomically(home.genesis, encode_genesis(genesis).encode(), mode=0o644)
    write_atomically(home.config / "node.toml", encode_config(settings).encode(), mode=0o644)
    runtime = Runtime(
        chain_id=genesis.chain_id,
        parameters=genesis.parameters,
        registry=SYSTEM,
        engine=ReferenceEngine(),
    )
    with Store.open(str(home.leveldb)) as store:
        genesis_hash = ChainStore.open(store, genesis, runtime).genesis_hash
    if home.validator_key.exists() and not home.guard.exists():
        domain = VoteDomain(genesis.chain_id, genesis_hash)
        SignerGuard.create(home.guard, load_secret(home.validator_key), domain)
    return genesis_hash
