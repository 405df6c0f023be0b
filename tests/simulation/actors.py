"""The simulated processes, their disks and the blocks that they make."""

import hashlib
from dataclasses import dataclass, field, replace
from typing import Any

from consensus import effects as fx
from consensus import inputs as ix
from consensus.chain import BlockRef
from consensus.config import CoreConfig
from consensus.core import Core
from consensus.evidence import is_equivocation
from primitives.block import EMPTY_BLOOM, Block, Header
from primitives.keccak import EMPTY_TRIE_ROOT
from primitives.seal import Seal
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import (
    Certificate,
    Statement,
    Validator,
    ValidatorSet,
    Vote,
    VoteKind,
    certificate_power,
)
from tests.simulation.scenario import Scenario

START_MS = 1_700_000_000_000
GENESIS = BlockRef(
    epoch=Epoch(0),
    view=View(0),
    height=0,
    hash=Hash32(b"\x01" * 32),
    parent_hash=Hash32(bytes(32)),
    time_ms=START_MS,
    beacon=Hash32(b"\x02" * 32),
)


@dataclass(slots=True)
class Disk:
    """What survives a crash: the synced part of the WAL, the guard, the finalized chain."""

    wal: list[Any] = field(default_factory=list)
    synced: int = 0
    guard: dict[tuple[int, int], tuple[Hash32 | None, Hash32 | None, bool]] = field(
        default_factory=dict
    )
    proposed: set[tuple[int, int]] = field(default_factory=set)
    chain: list[tuple[Block, Certificate]] = field(default_factory=list)

    def allow(self, s: Statement) -> bool:
        """The signer's guard; an honest core never asks for what it refuses."""
        notarize, finalize, is_nullified = self.guard.get((s.epoch, s.view), (None, None, False))
        if s.kind is VoteKind.NOTARIZE:
            is_fine, notarize = notarize in (None, s.block_hash), s.block_hash
        elif s.kind is VoteKind.FINALIZE:
            is_fine = finalize in (None, s.block_hash) and not is_nullified
            finalize = s.block_hash
        else:
            is_fine, is_nullified = finalize is None, True
        if is_fine:
            self.guard[(s.epoch, s.view)] = (notarize, finalize, is_nullified)
        return is_fine


class Signatures:
    """Digests in place of signatures: only the world makes them, so nobody forges one."""

    def __init__(self) -> None:
        self._digests: dict[Statement, bytes] = {}
        self._checked: dict[int, tuple[Certificate, bool]] = {}

    def make(self, statement: Statement, voter: Address) -> bytes:
        digest = self._digests.get(statement)
        if digest is None:
            text = repr([int(statement.kind), *statement.to_items()[1:]]).encode()
            digest = self._digests[statement] = hashlib.blake2b(text, digest_size=45).digest()
        return voter + digest

    def is_certificate(self, certificate: Certificate, members: ValidatorSet) -> bool:
        """Check power and every signature (what the real shell's worker does)."""
        known = self._checked.get(id(certificate))
        if known is None:
            indexes = certificate.signer_indexes()
            is_fine = 3 * certificate_power(certificate, members) > 2 * members.power_total
            is_fine = is_fine and len(indexes) == len(certificate.signatures)
            for index, signature in zip(indexes, certificate.signatures, strict=False):
                voter = members.validators[index].address
                is_fine = is_fine and signature == self.make(certificate.statement, voter)
            known = self._checked[id(certificate)] = (certificate, is_fine)
        return known[1]


@dataclass(slots=True)
class SimNode:
    """One process: a core and the shell's duties."""

    id: int
    address: Address
    behaviour: str
    skew_ms: int
    core: Core
    disk: Disk = field(default_factory=Disk)
    is_up: bool = True
    life: int = 0
    crash_after: int | None = None
    blocks: dict[Hash32, Block] = field(default_factory=dict)
    executed: set[Hash32] = field(default_factory=set)
    timers: dict[tuple[int, int, int], int] = field(default_factory=dict)
    inbox: list[ix.Input] = field(default_factory=list)
    seen: dict[tuple[int, int, Address], list[Vote]] = field(default_factory=dict)
    evidence: set[tuple[int, int, Address]] = field(default_factory=set)
    expected: set[tuple[int, int, Address]] = field(default_factory=set)
    split: dict[int, tuple[Hash32, Block]] = field(default_factory=dict)
    last_sync_ms: int = -10_000

    @property
    def is_honest(self) -> bool:
        return self.behaviour in ("honest", "follower")

    @property
    def height(self) -> int:
        return len(self.disk.chain)

    def cancel(self, effect: fx.CancelTimers) -> None:
        """Stop one timer, or all of earlier views."""
        at = (effect.epoch, effect.view)
        if effect.kind is not None:
            self.timers.pop((*at, int(effect.kind)), None)
        else:
            self.timers = {k: v for k, v in self.timers.items() if k[:2] >= at}

    def note(self, vote: Vote) -> None:
        """Remember a vote that the core is shown; two that contradict make evidence due."""
        s = vote.statement
        key = (s.epoch, s.view, vote.voter)
        earlier = self.seen.setdefault(key, [])
        if self.is_honest and any(is_equivocation(e, vote) for e in earlier):
            self.expected.add(key)
        earlier.append(vote)


def core_config(scenario: Scenario, address: Address) -> CoreConfig:
    return CoreConfig(
        address=address,
        epoch_length=scenario.epoch_length,
        block_time_ms=scenario.block_time_ms,
        delta_ms=60,
        execution_allowance_ms=100,
    )


def members_of(scenario: Scenario, addresses: list[Address], epoch: int) -> ValidatorSet:
    """Return an epoch's set: one honest member sits out in turn when that is safe."""
    faulty = {*scenario.twins, *(i for i, _ in scenario.behaviours)}
    members = list(range(len(addresses)))
    out = members[epoch % len(members)]
    can_rotate = scenario.is_set_rotating and len(members) > 4 and out not in faulty
    if can_rotate and 3 * (len(faulty) + 1) < len(members):
        members.remove(out)
    validators = tuple(
        Validator(address=addresses[i], public_key=bytes(33), power=100 + (i + epoch) % 3)
        for i in members
    )
    return ValidatorSet(Epoch(epoch), validators)


def make_block(parent: BlockRef, seal: Seal, **changes: Any) -> Block:
    """Make an empty block whose state root follows from its parent."""
    root = hashlib.sha256(b"state" + parent.hash).digest()
    header = Header(
        parent_hash=parent.hash,
        coinbase=seal.proposer,
        state_root=Hash32(root),
        transactions_root=EMPTY_TRIE_ROOT,
        receipts_root=EMPTY_TRIE_ROOT,
        logs_bloom=EMPTY_BLOOM,
        height=parent.height + 1,
        gas_limit=30_000_000,
        gas_used=0,
        timestamp=seal.time_ms // 1000,
        mix_hash=Hash32(hashlib.sha256(parent.beacon + bytes((seal.view % 256,))).digest()),
        base_fee_per_gas=7,
        parent_beacon_block_root=seal.hash,
    )
    return Block(header=replace(header, **changes), transactions=(), seal=seal)


def reseal(block: Block, **changes: Any) -> Block:
    """Return the block with other header fields."""
    return replace(block, header=replace(block.header, **changes))


def summary(event: ix.Input) -> str:
    match event:
        case ix.VoteReceived():
            s = event.vote.statement
            voter = event.vote.voter[:1].hex()
            return f"{voter} {int(s.kind)} {s.epoch}/{s.view} {s.block_hash.hex()}"
        case ix.CertificateReceived():
            s = event.certificate.statement
            return (
                f"{int(s.kind)} {s.epoch}/{s.view} {s.block_hash.hex()} {event.certificate.signers}"
            )
        case ix.ProposalReceived():
            return f"{event.proposal.view} {event.proposal.block.hash.hex()}"
        case ix.ViewTimerFired():
            return f"{event.epoch}/{event.view} {int(event.kind)}"
        case ix.BlockBuilt() | ix.BlockFetched():
            return event.block.hash.hex()
        case ix.ExecutionFinished():
            return f"{event.block_hash.hex()} {event.is_valid}"
        case ix.EpochStarted():
            return f"{event.epoch}"
        case _:
            return ""
