"""The chain on disk: finalized blocks, receipts, indexes and the state, one batch per block.

Tables beside those of ``state.store`` (heights are 8 bytes, big-endian)::

    h height          header (RLP)
    H block hash      height
    b height          msgpack [[raw transaction], seal (RLP)]
    r height          msgpack [[kind, succeeded, cumulative gas, gas, contract, [log]]]
    x tx hash         msgpack [height, index]
    p height          msgpack [finalization certificate (RLP), [headers (RLP) above, ascending]]
    e epoch           msgpack [[address, public key, power]]: the epoch's validator set
    E epoch           msgpack [[account node], [storage node]]: the proof of that set's hash
    n name            head height; genesis hash; highest (epoch, view) that our key signed

Invariants:

C1. ``commit`` writes everything of a block in one synced batch: after a crash the chain stands at
    a whole block.
C2. ``head`` moves only after the batch is on disk, and is one immutable value: readers in other
    threads see a block with its state or the one before it. Rows above the head, which are on disk
    a moment earlier, are not there for readers.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgpack

from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.storage import NEXT_SET_SLOT
from primitives.block import (
    Block,
    Header,
    Log,
    TransactionReceipt,
    decode_header,
)
from primitives.errors import ConfigError, InvariantError
from primitives.genesis import Genesis
from primitives.seal import decode_seal
from primitives.transaction import decode_transaction
from primitives.types import Address, Epoch, Hash32
from primitives.vote import Certificate, Validator, ValidatorSet, decode_certificate
from state.genesis_block import genesis_changes, genesis_header
from state.layers import Base, Overlay
from state.overlay import StateTree
from state.proofs import prove
from state.store import Store, Write
from state.transition import ParentBlock, Runtime, read_validator_set

_HEADERS: Final = b"h"
_HEIGHTS: Final = b"H"
_BODIES: Final = b"b"
_RECEIPTS: Final = b"r"
_TRANSACTIONS: Final = b"x"
_PROOFS: Final = b"p"
_SETS: Final = b"e"
_SET_PROOFS: Final = b"E"
_NAMES: Final = b"n"
_HEAD_KEY: Final = _NAMES + b"head"
_GENESIS_KEY: Final = _NAMES + b"genesis"
_SIGNED_KEY: Final = _NAMES + b"signed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest finalized block with its state."""

    header: Header
    time_ms: int
    epoch: Epoch
    view: int
    state: Base

    @property
    def height(self) -> int:
        """Return the height of the block."""
        return self.header.height

    def as_parent(self) -> ParentBlock:
        """Return what a child's execution needs."""
        return ParentBlock(header=self.header, time_ms=self.time_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutedBlock:
    """A checked block with its effect; ``overlay`` is its post-state."""

    block: Block
    overlay: Overlay
    receipts: tuple[TransactionReceipt, ...]

    def as_parent(self) -> ParentBlock:
        """Return what a child's execution needs."""
        return ParentBlock(header=self.block.header, time_ms=self.block.seal.time_ms)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinalityProof:
    """A finalization of the block itself or of a descendant, with the headers between.

    ``headers`` ascend from the block's child to the certified block; empty when the certificate
    names the block itself.
    """

    certificate: Certificate
    headers: tuple[Header, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetProof:
    """Shows a set's hash in staking's slot 0 after the block that ended the epoch before it.

    Kept because the state of that block is gone soon, and a light client asks years later.
    """

    account: tuple[bytes, ...]
    storage: tuple[bytes, ...]


class ChainStore:
    """Finalized blocks by height and hash, receipts, validator sets, and the state tree."""

    def __init__(self, store: Store, tree: StateTree, head: Head, genesis_hash: Hash32) -> None:
        self._store = store
        self.tree = tree
        self.head = head
        self.genesis_hash = genesis_hash

    @classmethod
    def open(cls, store: Store, genesis: Genesis, runtime: Runtime) -> "ChainStore":
        """Open the chain in a store, writing the genesis block into an empty one.

        Raises:
            ConfigError: the store holds a chain with another genesis.
            CorruptionError: a row is damaged.
        """
        tree = StateTree.from_store(store)
        known = store.get(_GENESIS_KEY)
        if known is None:
            return cls._create(store, tree, genesis, runtime)
        chain = cls(store, tree, _load_head(store, tree), Hash32(known))
        _check_same_genesis(chain, genesis)
        if chain.head.header.state_root != chain.head.state.state_root:
            raise InvariantError("the state on disk is not the head block's")
        return chain

    @classmethod
    def _create(
        cls, store: Store, tree: StateTree, genesis: Genesis, runtime: Runtime
    ) -> "ChainStore":
        changes = genesis_changes(genesis, runtime, tree.base_view())
        overlay = tree.apply(tree.base_view(), changes)
        header = genesis_header(genesis, overlay.state_root)
        validators = read_validator_set(overlay, Epoch(1))
        store.write_batch(
            [
                *tree.commit(overlay),
                *_header_writes(header),
                _set_write(validators),
                (_key(_BODIES, 0), msgpack.packb([[], genesis.time_ms])),
                (_key(_RECEIPTS, 0), msgpack.packb([])),
                (_HEAD_KEY, _height_bytes(0)),
                (_GENESIS_KEY, header.hash),
            ]
        )
        base = tree.advance(overlay)
        head = Head(header=header, time_ms=genesis.time_ms, epoch=Epoch(0), view=0, state=base)
        return cls(store, tree, head, header.hash)

    def commit(
        self,
        executed: ExecutedBlock,
        proof: FinalityProof,
        next_set: ValidatorSet | None,
        signed: tuple[int, int],
    ) -> Head:
        """Make a block, whose parent is the head, the new head: one synced batch (C1).

        ``next_set`` is the following epoch's set when the block is terminal. ``signed`` is the
        highest (epoch, view) that this node's key had signed; the record never falls, also while
        the node runs without its key.
        """
        block = executed.block
        if block.parent_hash != self.head.header.hash:
            raise InvariantError(f"block {block.height} does not follow the head")
        writes: list[Write] = [
            *self.tree.commit(executed.overlay),
            *_header_writes(block.header),
            (_key(_BODIES, block.height), _encode_body(block)),
            (_key(_RECEIPTS, block.height), _encode_receipts(executed.receipts)),
            (_key(_PROOFS, block.height), _encode_proof(proof)),
            (_HEAD_KEY, _height_bytes(block.height)),
            (_SIGNED_KEY, msgpack.packb(list(max(signed, self.signed)))),
        ]
        for index, transaction in enumerate(block.transactions):
            writes.append((_TRANSACTIONS + transaction.hash, msgpack.packb([block.height, index])))
        if next_set is not None:
            writes.append(_set_write(next_set))
            writes.append(_set_proof_write(next_set.epoch, executed.overlay))
        self._store.write_batch(writes)
        base = self.tree.advance(executed.overlay)
        self.head = Head(
            header=block.header,
            time_ms=block.seal.time_ms,
            epoch=block.seal.epoch,
            view=block.seal.view,
            state=base,
        )
        return self.head

    def save_pages(self) -> None:
        """Save the trie's top hashes, so that the next start need not rebuild them."""
        self._store.write_batch(self.tree.save_pages())

    @property
    def signed(self) -> tuple[int, int]:
        """Return the highest (epoch, view) that our key had signed at the last block."""
        raw = self._store.get(_SIGNED_KEY)
        if raw is None:
            return (0, 0)
        epoch, view = msgpack.unpackb(raw)
        return (epoch, view)

    def header(self, height: int) -> Header | None:
        """Return a finalized header."""
        raw = self._row(_HEADERS, height)
        return None if raw is None else decode_header(raw)

    def height_of(self, block_hash: bytes) -> int | None:
        """Return the height of a finalized block."""
        raw = self._store.get(_HEIGHTS + block_hash)
        height = None if raw is None else int.from_bytes(raw, "big")
        return None if height is None or height > self.head.height else height

    def time_ms(self, height: int) -> int | None:
        """Return a block's time in milliseconds."""
        body = self._body(height)
        if body is None:
            return None
        return body[1] if height == 0 else decode_seal(body[1]).time_ms

    def block(self, height: int) -> Block | None:
        """Return a finalized block; the genesis block has no seal and is None here."""
        header, body = self.header(height), self._body(height)
        if header is None or body is None or height == 0:
            return None
        return Block(
            header=header,
            transactions=tuple(decode_transaction(raw) for raw in body[0]),
            seal=decode_seal(body[1]),
        )

    def receipts(self, height: int) -> tuple[TransactionReceipt, ...] | None:
        """Return the receipts of a finalized block."""
        raw = self._row(_RECEIPTS, height)
        return None if raw is None else _decode_receipts(raw)

    def transaction_location(self, transaction_hash: bytes) -> tuple[int, int] | None:
        """Return (height, index) of a finalized transaction."""
        raw = self._store.get(_TRANSACTIONS + transaction_hash)
        if raw is None:
            return None
        height, index = msgpack.unpackb(raw)
        return None if height > self.head.height else (height, index)

    def finality_proof(self, height: int) -> FinalityProof | None:
        """Return the proof that a block is final; the genesis block has none."""
        raw = self._row(_PROOFS, height)
        if raw is None:
            return None
        certificate, headers = msgpack.unpackb(raw)
        return FinalityProof(
            certificate=decode_certificate(certificate),
            headers=tuple(decode_header(header) for header in headers),
        )

    def validator_set(self, epoch: int) -> ValidatorSet | None:
        """Return the set of an epoch whose first block may be built."""
        raw = self._store.get(_key(_SETS, epoch))
        if raw is None:
            return None
        members = tuple(
            Validator(address=Address(address), public_key=public_key, power=power)
            for address, public_key, power in msgpack.unpackb(raw)
        )
        return ValidatorSet(Epoch(epoch), members)

    def set_proof(self, epoch: int) -> SetProof | None:
        """Return the proof of an epoch's set; the first epoch's, which genesis names, has none."""
        raw = self._store.get(_key(_SET_PROOFS, epoch))
        if raw is None:
            return None
        account, storage = msgpack.unpackb(raw)
        return SetProof(account=tuple(account), storage=tuple(storage))

    def _body(self, height: int) -> list[Any] | None:
        raw = self._row(_BODIES, height)
        return None if raw is None else msgpack.unpackb(raw)

    def _row(self, table: bytes, height: int) -> bytes | None:
        """Return a row of a block that the head has reached (C2)."""
        if not 0 <= height <= self.head.height:
            return None
        return self._store.get(_key(table, height))


def _key(table: bytes, height: int) -> bytes:
    return table + _height_bytes(height)


def _height_bytes(height: int) -> bytes:
    return height.to_bytes(8, "big")


def _load_head(store: Store, tree: StateTree) -> Head:
    raw = store.get(_HEAD_KEY)
    if raw is None:
        raise InvariantError("the store has a genesis but no head")
    height = int.from_bytes(raw, "big")
    header, body = store.get(_key(_HEADERS, height)), store.get(_key(_BODIES, height))
    if header is None or body is None:
        raise InvariantError(f"the head block {height} is missing")
    seal = msgpack.unpackb(body)[1]
    if height == 0:
        time_ms, epoch, view = seal, 0, 0
    else:
        decoded = decode_seal(seal)
        time_ms, epoch, view = decoded.time_ms, decoded.epoch, decoded.view
    return Head(
        header=decode_header(header),
        time_ms=time_ms,
        epoch=Epoch(epoch),
        view=view,
        state=tree.base_view(),
    )


def _check_same_genesis(chain: ChainStore, genesis: Genesis) -> None:
    """Refuse a store of another chain. The state root of block 0 is not recomputed: its hash is."""
    header = chain.header(0)
    if header is None or genesis_header(genesis, header.state_root).hash != chain.genesis_hash:
        raise ConfigError(
            "the data directory holds a chain with another genesis",
            "Use the genesis.json that made it, or an empty data directory",
        )


def _header_writes(header: Header) -> Sequence[Write]:
    return [
        (_key(_HEADERS, header.height), header.encode()),
        (_HEIGHTS + header.hash, _height_bytes(header.height)),
    ]


def _set_write(validators: ValidatorSet) -> Write:
    rows = [[v.address, v.public_key, v.power] for v in validators.validators]
    return (_key(_SETS, validators.epoch), msgpack.packb(rows))


def _set_proof_write(epoch: int, overlay: Overlay) -> Write:
    proof = prove(overlay, STAKING_ADDRESS, [NEXT_SET_SLOT])
    nodes = [list(proof.nodes), list(proof.storage[0].nodes)]
    return (_key(_SET_PROOFS, epoch), msgpack.packb(nodes))


def _encode_body(block: Block) -> bytes:
    raw = [transaction.encode() for transaction in block.transactions]
    return bytes(msgpack.packb([raw, block.seal.encode()]))


def _encode_proof(proof: FinalityProof) -> bytes:
    headers = [header.encode() for header in proof.headers]
    return bytes(msgpack.packb([proof.certificate.encode(), headers]))


def _encode_receipts(receipts: Sequence[TransactionReceipt]) -> bytes:
    rows = [
        [
            receipt.kind,
            receipt.succeeded,
            receipt.cumulative_gas_used,
            receipt.gas_used,
            receipt.contract_address,
            [[log.address, list(log.topics), log.data] for log in receipt.logs],
        ]
        for receipt in receipts
    ]
    return bytes(msgpack.packb(rows))


def _decode_receipts(raw: bytes) -> tuple[TransactionReceipt, ...]:
    return tuple(
        TransactionReceipt(
            kind=kind,
            succeeded=succeeded,
            cumulative_gas_used=cumulative,
            gas_used=gas_used,
            contract_address=None if contract is None else Address(contract),
            logs=tuple(
                Log(address=Address(a), topics=tuple(Hash32(t) for t in topics), data=data)
                for a, topics, data in logs
            ),
        )
        for kind, succeeded, cumulative, gas_used, contract, logs in msgpack.unpackb(raw)
    )
