"""A light client: what a node says, checked against certificates of the validators.

Trust begins with the genesis file (or a set that was proven before and kept on disk). At the end of
every epoch the outgoing set certifies a block whose state holds the hash of the next set; nodes
keep the proof of that word with the set, for the state itself is gone soon. A value
is believed when it is proven against the state root of a certified header. Invariants:

K1. No set is used that the one before it did not certify, back to genesis.
K2. A header is believed only under a finality certificate of its epoch's set (over it, or over a
    descendant with all headers in between).
K3. A storage word is believed only with a proof against such a header's state root.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.election import set_hash
from contracts.staking.v1.messages import SetMember
from contracts.staking.v1.storage import NEXT_SET_SLOT
from node.files import write_atomically
from primitives import rlp
from primitives.block import Header, decode_header
from primitives.errors import AitbcError, DecodeError, InvalidSignatureError
from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import (
    Certificate,
    Statement,
    Validator,
    ValidatorSet,
    VoteDomain,
    VoteKind,
    check_certificate,
)
from state.trie.proof import verify_proof

HEADERS_MAX: Final = 1_024
CHECKPOINT_EVERY: Final = 64

Progress = Callable[[int, int], None]
"""Is told (epochs checked, epochs to check)."""


class UnprovenError(AitbcError):
    """The node's answer is not proven: it lies, or is on another chain."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what}. Ask another node with --rpc, and check that --genesis is this chain's file"
        )


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where trust begins: what votes are bound to, and the first epoch's set."""

    domain: VoteDomain
    epoch_blocks: int
    first_set: ValidatorSet


class LightClient:
    """Checks what one node answers; ``rpc`` is the miner's ``Rpc`` protocol."""

    def __init__(
        self,
        rpc: Any,
        anchor: Anchor,
        checkpoint: Path | None = None,
        progress: Progress | None = None,
    ) -> None:
        self._rpc = rpc
        self._epoch_blocks = anchor.epoch_blocks
        self._domain = anchor.domain
        self._checkpoint = checkpoint
        self._progress = progress
        self._set = anchor.first_set
        if checkpoint is not None:
            self._resume(checkpoint)

    def epoch_of(self, height: int) -> int:
        """Return the epoch in which a height is voted on; the first is 1."""
        return max(1, -(-height // self._epoch_blocks))

    async def header(self, height: int) -> Header:
        """Return the header at ``height``, proven final (K1, K2).

        Raises:
            UnprovenError: the node cannot show that.
        """
        if height < 1:
            raise UnprovenError("the genesis block has no certificate")
        await self._advance(self.epoch_of(height))
        return await self._certified(height)

    async def words(
        self, header: Header, address: Address, slots: Sequence[int], proof: Any
    ) -> dict[int, int]:
        """Return storage words out of a proof in the form of eth_getProof (K3).

        Raises:
            UnprovenError: the proof does not show them.
        """
        try:
            return _proven_words(header.state_root, address, slots, proof)
        except (DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnprovenError(f"the storage proof is wrong: {error}") from error

    # --- parts ------------------------------------------------------------------------------

    async def _advance(self, epoch: int) -> None:
        """Walk the sets from the trusted one to that of ``epoch``."""
        first = self._set.epoch
        if epoch < first:
            raise UnprovenError(f"epoch {epoch} is older than the checkpoint of epoch {first}")
        for current in range(first, epoch):
            last = await self._certified(current * self._epoch_blocks)
            answer = await self._rpc.call("aitbc_getValidators", hex(current + 1))
            proof = answer.get("proof") if isinstance(answer, dict) else None
            words = await self.words(last, Address(STAKING_ADDRESS), [NEXT_SET_SLOT], proof)
            self._set = _read_set(answer, current + 1, words[NEXT_SET_SLOT])
            if self._progress is not None:
                self._progress(current + 1 - first, epoch - first)
            if (current + 1) % CHECKPOINT_EVERY == 0:
                self._save()
        if epoch > first:
            self._save()

    async def _certified(self, height: int) -> Header:
        answer = await self._rpc.call("aitbc_getLightBlock", hex(height))
        try:
            header = decode_header(_bytes(answer["rawHeader"]))
            finality = answer["finality"]
            certificate = _certificate(finality["certificate"])
            links = [decode_header(_bytes(raw)) for raw in finality["headers"][:HEADERS_MAX]]
        except (DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise UnprovenError(f"no finality proof for block {height}") from error
        tip = header.hash
        for link in links:
            if link.parent_hash != tip:
                raise UnprovenError(f"the headers after block {height} do not link")
            tip = link.hash
        statement = certificate.statement
        if (
            header.height != height
            or statement.kind is not VoteKind.FINALIZE
            or statement.block_hash != tip
        ):
            raise UnprovenError(f"the certificate is not of block {height}")
        try:
            check_certificate(certificate, self._set, self._domain)
        except InvalidSignatureError as error:
            raise UnprovenError(f"block {height}: {error}") from error
        return header

    def _resume(self, checkpoint: Path) -> None:
        """Go on from a set that an earlier run proved, for this very genesis."""
        try:
            kept = orjson.loads(checkpoint.read_bytes())
            if kept["genesis"] != self._domain.genesis_hash.hex():
                return
            rows = [
                Validator(address=Address(_bytes(a)), public_key=_bytes(key), power=int(power))
                for a, key, power in kept["set"]
            ]
            self._set = ValidatorSet(Epoch(int(kept["epoch"])), tuple(rows))
        except (OSError, KeyError, TypeError, ValueError):
            return  # nothing kept, or nothing usable: trust begins at genesis

    def _save(self) -> None:
        if self._checkpoint is None:
            return
        kept = {
            "genesis": self._domain.genesis_hash.hex(),
            "epoch": self._set.epoch,
            "set": [
                ["0x" + v.address.hex(), "0x" + v.public_key.hex(), v.power]
                for v in self._set.validators
            ],
        }
        self._checkpoint.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._checkpoint, orjson.dumps(kept))


def _proven_words(
    state_root: Hash32, address: Address, slots: Sequence[int], proof: Mapping[str, Any]
) -> dict[int, int]:
    nodes = [_bytes(node) for node in proof["accountProof"]]
    account = verify_proof(state_root, keccak256(address), nodes)
    storage_root = EMPTY_TRIE_ROOT
    if account is not None:
        fields = rlp.as_list(rlp.decode(account), "account", 4)
        storage_root = Hash32(rlp.as_bytes(fields[2], "storage root", 32))
    entries = proof["storageProof"]
    if len(entries) != len(slots):
        raise DecodeError("storage proof", f"{len(entries)} entries for {len(slots)} slots")
    words = {}
    for slot, entry in zip(slots, entries, strict=True):
        key = keccak256(slot.to_bytes(32, "big"))
        value = verify_proof(storage_root, key, [_bytes(node) for node in entry["proof"]])
        words[slot] = 0 if value is None else rlp.as_uint(rlp.decode(value), "storage word", 256)
    return words


def _read_set(answer: Any, epoch: int, expected: int) -> ValidatorSet:
    try:
        rows = [
            Validator(
                address=Address(_bytes(row["address"])),
                public_key=_bytes(row["publicKey"]),
                power=int(row["power"], 16),
            )
            for row in answer["validators"]
        ]
        members = [SetMember(v.address, v.public_key, v.power) for v in rows]
        if int.from_bytes(set_hash(members), "big") != expected:
            raise DecodeError("validator set", "not the one whose hash the chain holds")
    except (DecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise UnprovenError(f"the validator set of epoch {epoch} is wrong: {error}") from error
    return ValidatorSet(Epoch(epoch), tuple(rows))


def _certificate(entry: Mapping[str, Any]) -> Certificate:
    statement = Statement(
        kind=VoteKind[entry["kind"].upper()],
        epoch=Epoch(int(entry["epoch"], 16)),
        view=View(int(entry["view"], 16)),
        height=int(entry["height"], 16),
        block_hash=Hash32(_bytes(entry["blockHash"])),
    )
    return Certificate(
        statement=statement,
        signers=sum(1 << int(i) for i in set(entry["signers"])),
        signatures=tuple(_bytes(signature) for signature in entry["signatures"]),
    )


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
