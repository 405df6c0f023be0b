"""A four-validator epoch, blocks and votes for table tests of the core."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from consensus import effects as fx
from consensus import inputs as ix
from consensus.chain import BlockRef, block_ref
from consensus.config import CoreConfig
from consensus.core import Core
from consensus.messages import Proposal
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
    make_certificate,
    nullification,
)

T0 = 1_000_000
NAMES = tuple(Address(bytes((i + 1,)) * 20) for i in range(4))
GENESIS = BlockRef(
    epoch=Epoch(0),
    view=View(0),
    height=0,
    hash=Hash32(b"\x0f" * 32),
    parent_hash=Hash32(bytes(32)),
    time_ms=T0,
    beacon=Hash32(bytes(32)),
)


def statement(kind: VoteKind, view: int, block: Block | None = None, epoch: int = 0) -> Statement:
    if block is None:
        return nullification(Epoch(epoch), View(view))
    return Statement(
        kind=kind,
        epoch=Epoch(epoch),
        view=View(view),
        height=block.height,
        block_hash=block.hash,
    )


@dataclass
class Bench:
    """One core, with beacon 0 so that leaders of views 1, 2, 3, 4 are validators 0, 1, 2, 3."""

    me: int | None = 3
    epoch_length: int = 3
    effects: list[Any] = field(default_factory=list)
    rules: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        members = tuple(Validator(address=a, public_key=bytes(33), power=10) for a in NAMES)
        self.validators = ValidatorSet(Epoch(0), members)
        self.core = self.new_core()
        self.step(self.started())

    def new_core(self) -> Core:
        address = Address(b"\xee" * 20) if self.me is None else NAMES[self.me]
        return Core(
            CoreConfig(
                address=address,
                epoch_length=self.epoch_length,
                block_time_ms=100,
                delta_ms=10,
                execution_allowance_ms=5,
            )
        )

    def started(
        self, epoch: int = 0, parent: BlockRef = GENESIS, proof: Certificate | None = None
    ) -> ix.EpochStarted:
        members = replace(self.validators, epoch=Epoch(epoch))
        return ix.EpochStarted(epoch=Epoch(epoch), parent=parent, proof=proof, validators=members)

    def step(self, event: ix.Input) -> list[Any]:
        self.effects = list(self.core.step(event))
        self.rules |= {effect.rule for effect in self.effects}
        return self.effects

    def all(self, kind: type) -> list[Any]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def signed(self) -> list[tuple[VoteKind, int, str]]:
        return [(e.statement.kind, e.statement.view, e.rule) for e in self.all(fx.Sign)]

    def block(
        self,
        view: int,
        parent: Block | BlockRef = GENESIS,
        certificate: Certificate | None = None,
        time_ms: int | None = None,
        proposer: int | None = None,
        **changes: Any,
    ) -> Block:
        ref = block_ref(parent) if isinstance(parent, Block) else parent
        seal = Seal(
            epoch=Epoch(changes.pop("epoch", 0)),
            view=View(view),
            proposer=NAMES[(view - 1) % 4 if proposer is None else proposer],
            time_ms=ref.time_ms + 100 if time_ms is None else time_ms,
            vrf_proof=bytes(81),
            parent_certificate=certificate,
        )
        header = Header(
            parent_hash=ref.hash,
            coinbase=seal.proposer,
            state_root=Hash32(bytes(32)),
            transactions_root=EMPTY_TRIE_ROOT,
            receipts_root=EMPTY_TRIE_ROOT,
            logs_bloom=EMPTY_BLOOM,
            height=ref.height + 1,
            gas_limit=1,
            gas_used=0,
            timestamp=0,
            mix_hash=Hash32(bytes(32)),
            base_fee_per_gas=7,
            parent_beacon_block_root=seal.hash,
        )
        return Block(header=replace(header, **changes), transactions=(), seal=seal)

    def vote(self, voter: int, what: Statement) -> Vote:
        return Vote(statement=what, voter=NAMES[voter], signature=bytes((voter,)) * 65)

    def certificate(self, what: Statement, voters: tuple[int, ...] = (0, 1, 2)) -> Certificate:
        return make_certificate(what, [self.vote(v, what) for v in voters], self.validators)

    def notarized(self, view: int, block: Block, epoch: int = 0) -> Certificate:
        return self.certificate(statement(VoteKind.NOTARIZE, view, block, epoch))

    def finalized(self, view: int, block: Block, epoch: int = 0) -> Certificate:
        return self.certificate(statement(VoteKind.FINALIZE, view, block, epoch))

    def nullified(self, view: int) -> Certificate:
        return self.certificate(statement(VoteKind.NULLIFY, view))

    def propose(
        self,
        block: Block,
        view: int | None = None,
        certificate: Certificate | None = None,
        nullifications: tuple[Certificate, ...] = (),
        now_ms: int = T0 + 10_000,
    ) -> list[Any]:
        proposal = Proposal(
            view=View(block.seal.view if view is None else view),
            block=block,
            certificate=certificate,
            nullifications=nullifications,
            signature=bytes(65),
        )
        return self.step(ix.ProposalReceived(proposal=proposal, now_ms=now_ms))

    def executed(self, block: Block, is_valid: bool = True, now_ms: int = T0) -> list[Any]:
        return self.step(
            ix.ExecutionFinished(block_hash=block.hash, is_valid=is_valid, now_ms=now_ms)
        )

    def receive(self, message: Vote | Certificate, sender: bytes | None = b"p") -> list[Any]:
        if isinstance(message, Vote):
            return self.step(ix.VoteReceived(vote=message, sender=sender))
        return self.step(ix.CertificateReceived(certificate=message, sender=sender))

    def fire(self, kind: ix.TimerKind, view: int, epoch: int = 0) -> list[Any]:
        return self.step(ix.ViewTimerFired(epoch=Epoch(epoch), view=View(view), kind=kind))

    def accept(self, block: Block, **how: Any) -> None:
        """Proposal, execution, notarization."""
        self.propose(block, **how)
        self.executed(block)
        self.receive(self.notarized(how.get("view") or block.seal.view, block))


@pytest.fixture
def make_bench() -> Callable[..., Bench]:
    return Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.fixture
def stated() -> Callable[..., Statement]:
    return statement


@pytest.fixture
def genesis() -> BlockRef:
    return GENESIS
