"""The seal: what consensus adds to a block beside its transactions.

The header commits to it through ``parent_beacon_block_root = keccak(rlp(seal))``.
"""

from dataclasses import dataclass, field
from typing import Final

from primitives import rlp
from primitives.errors import DecodeError
from primitives.keccak import keccak256
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import (
    VALIDATORS_MAX,
    Certificate,
    Vote,
    decode_certificate_item,
    decode_vote_item,
)
from primitives.vrf import PROOF_BYTES

LATE_VOTE_ANCESTORS_MAX: Final = 8
LATE_VOTES_MAX: Final = LATE_VOTE_ANCESTORS_MAX * VALIDATORS_MAX


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Who made a block, when, and on which proof.

    ``time_ms`` is Unix time in milliseconds, strictly increasing along a chain. ``vrf_proof`` is
    over the parent's mix hash, epoch and view. ``parent_certificate`` is None only on the block
    whose parent is the genesis block.
    """

    epoch: Epoch
    view: View
    proposer: Address
    time_ms: int
    vrf_proof: bytes
    parent_certificate: Certificate | None
    late_votes: tuple[Vote, ...] = ()
    _cache: dict[str, bytes] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    @property
    def hash(self) -> Hash32:
        """Return keccak(rlp(seal))."""
        cached = self._cache.get("hash")
        if cached is None:
            cached = self._cache["hash"] = keccak256(self.encode())
        return Hash32(cached)

    def encode(self) -> bytes:
        """Return the seal's RLP."""
        return rlp.encode(self.to_item())

    def to_item(self) -> list[rlp.Encodable]:
        """Return the RLP item."""
        certificate = self.parent_certificate
        return [
            self.epoch,
            self.view,
            self.proposer,
            self.time_ms,
            self.vrf_proof,
            certificate.to_item() if certificate is not None else [],
            [vote.to_item() for vote in self.late_votes],
        ]


def decode_seal(raw: bytes) -> Seal:
    """Decode a seal; signatures are not checked."""
    return decode_seal_item(rlp.decode(raw))


def decode_seal_item(item: rlp.Item) -> Seal:
    """Decode a seal from its RLP item."""
    fields = rlp.as_list(item, "seal", 7)
    certificate_fields = rlp.as_list(fields[5], "seal certificate")
    votes = rlp.as_list(fields[6], "seal late votes")
    if len(votes) > LATE_VOTES_MAX:
        raise DecodeError("seal", f"more than {LATE_VOTES_MAX} late votes")
    return Seal(
        epoch=Epoch(rlp.as_uint(fields[0], "seal epoch", 64)),
        view=View(rlp.as_uint(fields[1], "seal view", 64)),
        proposer=Address(rlp.as_bytes(fields[2], "seal proposer", 20)),
        time_ms=rlp.as_uint(fields[3], "seal time", 64),
        vrf_proof=rlp.as_bytes(fields[4], "seal vrf proof", PROOF_BYTES),
        parent_certificate=decode_certificate_item(fields[5]) if certificate_fields else None,
        late_votes=tuple(decode_vote_item(vote) for vote in votes),
    )
