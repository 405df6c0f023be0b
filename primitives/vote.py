"""Votes, certificates and the validator set that judges them (docs: consensus).

A vote signs a domain-separated digest: chain id, genesis hash, kind, epoch, view, height, block
hash. A nullify vote names no block: height 0 and hash 0. A certificate is a signer bitmap and the
signatures in validator order: attributable, so that equivocation can be slashed.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from primitives import rlp
from primitives.errors import DecodeError, InvalidSignatureError
from primitives.keccak import keccak256
from primitives.keys import SIGNATURE_BYTES, Signature, is_signed_by, sign
from primitives.types import ZERO_HASH, Address, Epoch, Hash32, View

VALIDATORS_MAX: Final = 256
"""Upper bound of a bitmap; staking admits at most 100 active validators."""

_VOTE_TAG: Final = b"AITBC vote v1"


class VoteKind(IntEnum):
    """What a vote says of a view. PROPOSE is the leader's signature under its proposal."""

    PROPOSE = 0
    NOTARIZE = 1
    NULLIFY = 2
    FINALIZE = 3


@dataclass(frozen=True, slots=True)
class VoteDomain:
    """What keeps a signature from being valid on another chain."""

    chain_id: int
    genesis_hash: Hash32


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What votes and certificates are about."""

    kind: VoteKind
    epoch: Epoch
    view: View
    height: int
    block_hash: Hash32

    def digest(self, domain: VoteDomain) -> Hash32:
        """Return the 32 bytes that a validator signs."""
        payload = [domain.chain_id, domain.genesis_hash, *self.to_items()]
        return keccak256(_VOTE_TAG + rlp.encode(payload))

    def to_items(self) -> list[rlp.Encodable]:
        """Return the five RLP fields."""
        return [int(self.kind), self.epoch, self.view, self.height, self.block_hash]


def nullification(epoch: Epoch, view: View) -> Statement:
    """Return the statement "nothing was notarized by me in this view's time"."""
    return Statement(kind=VoteKind.NULLIFY, epoch=epoch, view=view, height=0, block_hash=ZERO_HASH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """One validator's signed statement."""

    statement: Statement
    voter: Address
    signature: bytes

    def to_item(self) -> list[rlp.Encodable]:
        """Return the RLP item."""
        return [*self.statement.to_items(), self.voter, self.signature]

    def encode(self) -> bytes:
        """Return the vote's RLP."""
        return rlp.encode(self.to_item())


def sign_vote(statement: Statement, domain: VoteDomain, voter: Address, secret: bytes) -> Vote:
    """Sign a statement. Only the signer's guard may call this with a live key."""
    signature = sign(secret, statement.digest(domain)).to_bytes()
    return Vote(statement=statement, voter=voter, signature=signature)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validator:
    """A member of an epoch's set. ``power`` is bonded stake in whole AIT."""

    address: Address
    public_key: bytes
    power: int


@dataclass(frozen=True, slots=True)
class ValidatorSet:
    """The fixed voters of one epoch, ordered as staking orders them."""

    epoch: Epoch
    validators: tuple[Validator, ...]
    _index: dict[bytes, int] = field(
        default_factory=dict, init=False, repr=False, compare=False, hash=False
    )

    def __post_init__(self) -> None:
        self._index.update({v.address: i for i, v in enumerate(self.validators)})

    def __len__(self) -> int:
        return len(self.validators)

    @property
    def power_total(self) -> int:
        """Return the sum of voting power."""
        return sum(v.power for v in self.validators)

    def index_of(self, address: Address) -> int | None:
        """Return the position of a validator, None for a stranger."""
        return self._index.get(address)

    def is_quorum(self, power: int) -> bool:
        """Answer whether ``power`` is more than two thirds of the total."""
        return 3 * power > 2 * self.power_total

    def validator(self, address: Address) -> Validator | None:
        """Return the member at ``address``, None for a stranger."""
        index = self._index.get(address)
        return None if index is None else self.validators[index]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Votes of more than two thirds of power on one statement.

    ``signers`` has bit i set when validator i signed; ``signatures`` stand in validator order.
    """

    statement: Statement
    signers: int
    signatures: tuple[bytes, ...]

    def to_item(self) -> list[rlp.Encodable]:
        """Return the RLP item."""
        return [*self.statement.to_items(), self.signers, list(self.signatures)]

    def encode(self) -> bytes:
        """Return the certificate's RLP."""
        return rlp.encode(self.to_item())

    def signer_indexes(self) -> list[int]:
        """Return the positions of the signers in ascending order."""
        return [i for i in range(self.signers.bit_length()) if self.signers >> i & 1]


def make_certificate(
    statement: Statement, votes: "list[Vote]", validators: ValidatorSet
) -> Certificate:
    """Join votes on one statement; voters outside the set are left out."""
    by_index: dict[int, bytes] = {}
    for vote in votes:
        index = validators.index_of(vote.voter)
        if index is not None and vote.statement == statement:
            by_index.setdefault(index, vote.signature)
    signers = sum(1 << i for i in by_index)
    return Certificate(
        statement=statement,
        signers=signers,
        signatures=tuple(by_index[i] for i in sorted(by_index)),
    )


def certificate_power(certificate: Certificate, validators: ValidatorSet) -> int:
    """Return the voting power behind the bitmap; positions outside the set count nothing."""
    return sum(
        validators.validators[i].power for i in certificate.signer_indexes() if i < len(validators)
    )


def check_vote(vote: Vote, validators: ValidatorSet, domain: VoteDomain) -> None:
    """Check membership and signature (one recovery, 45 us).

    Raises:
        InvalidSignatureError: a stranger, or not this validator's signature.
    """
    validator = validators.validator(vote.voter)
    if validator is None or vote.statement.epoch != validators.epoch:
        raise InvalidSignatureError("vote by an account outside the epoch's validator set")
    signature = Signature.from_bytes(vote.signature)
    if not is_signed_by(validator.public_key, vote.statement.digest(domain), signature):
        raise InvalidSignatureError("vote not signed by its validator's key")


def check_certificate(
    certificate: Certificate, validators: ValidatorSet, domain: VoteDomain
) -> None:
    """Check that a quorum of the epoch's set signed the statement.

    Raises:
        InvalidSignatureError: wrong epoch, stranger, missing power, or a false signature.
    """
    if certificate.statement.epoch != validators.epoch:
        raise InvalidSignatureError("certificate of another epoch")
    indexes = certificate.signer_indexes()
    if len(indexes) != len(certificate.signatures) or (indexes and indexes[-1] >= len(validators)):
        raise InvalidSignatureError("certificate bitmap does not match its signatures")
    if not validators.is_quorum(certificate_power(certificate, validators)):
        raise InvalidSignatureError("certificate without two thirds of the voting power")
    digest = certificate.statement.digest(domain)
    for index, data in zip(indexes, certificate.signatures, strict=True):
        public = validators.validators[index].public_key
        if not is_signed_by(public, digest, Signature.from_bytes(data)):
            raise InvalidSignatureError(f"certificate with a false signature of validator {index}")


def decode_vote(raw: bytes) -> Vote:
    """Decode a vote's RLP; the signature is not checked."""
    return decode_vote_item(rlp.decode(raw))


def decode_vote_item(item: rlp.Item) -> Vote:
    """Decode a vote from its RLP item."""
    fields = rlp.as_list(item, "vote", 7)
    return Vote(
        statement=_decode_statement(fields[:5]),
        voter=Address(rlp.as_bytes(fields[5], "vote voter", 20)),
        signature=rlp.as_bytes(fields[6], "vote signature", SIGNATURE_BYTES),
    )


def decode_certificate(raw: bytes) -> Certificate:
    """Decode a certificate's RLP; signatures are not checked."""
    return decode_certificate_item(rlp.decode(raw))


def decode_certificate_item(item: rlp.Item) -> Certificate:
    """Decode a certificate from its RLP item."""
    fields = rlp.as_list(item, "certificate", 7)
    signers = rlp.as_uint(fields[5], "certificate signers", VALIDATORS_MAX)
    signatures = tuple(
        rlp.as_bytes(s, "certificate signature", SIGNATURE_BYTES)
        for s in rlp.as_list(fields[6], "certificate signatures")
    )
    if signers.bit_count() != len(signatures):
        raise DecodeError("certificate", "bitmap and signatures differ in number")
    return Certificate(
        statement=_decode_statement(fields[:5]), signers=signers, signatures=signatures
    )


def _decode_statement(fields: list[rlp.Item]) -> Statement:
    kind = rlp.as_uint(fields[0], "vote kind", 8)
    if kind > VoteKind.FINALIZE:
        raise DecodeError("vote kind", f"unknown kind {kind}")
    statement = Statement(
        kind=VoteKind(kind),
        epoch=Epoch(rlp.as_uint(fields[1], "vote epoch", 64)),
        view=View(rlp.as_uint(fields[2], "vote view", 64)),
        height=rlp.as_uint(fields[3], "vote height", 64),
        block_hash=Hash32(rlp.as_bytes(fields[4], "vote block hash", 32)),
    )
    if kind == VoteKind.NULLIFY and (statement.height or statement.block_hash != ZERO_HASH):
        raise DecodeError("vote", "a nullify vote names no block")
    return statement
