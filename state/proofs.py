"""Account and storage proofs at any layer of the state (EIP-1186)."""

from collections.abc import Sequence

from state.layers import ChainReader, Layer, hashed_address, hashed_slot
from state.store import ACCOUNTS, SLOTS
from state.trie.proof import AccountProof, StorageProof, prove_key


def prove(layer: Layer, address: bytes, slots: Sequence[int] = ()) -> AccountProof:
    """Prove an account and slots of it, present or absent, against ``layer.state_root``.

    Raises:
        CorruptionError: a row on the way fails its checksum.
    """
    reader = ChainReader(layer)
    owner = hashed_address(address)
    return AccountProof(
        nodes=prove_key(reader, ACCOUNTS, owner),
        storage=tuple(
            StorageProof(
                slot=slot,
                value=layer.storage(address, slot),
                nodes=prove_key(reader, SLOTS + owner, hashed_slot(slot)),
            )
            for slot in slots
        ),
    )
