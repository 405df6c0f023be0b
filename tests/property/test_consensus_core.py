"""Whatever arrives in whatever order: the core does not raise and keeps its two promises."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

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
    Statement,
    Validator,
    ValidatorSet,
    Vote,
    VoteKind,
    make_certificate,
    nullification,
)

NAMES = [Address(bytes((i + 1,)) * 20) for i in range(4)]
SET = ValidatorSet(
    Epoch(0), tuple(Validator(address=a, public_key=bytes(33), power=1) for a in NAMES)
)
GENESIS = BlockRef(
    epoch=Epoch(0),
    view=View(0),
    height=0,
    hash=Hash32(b"\x0f" * 32),
    parent_hash=Hash32(bytes(32)),
    time_ms=0,
    beacon=Hash32(bytes(32)),
)
STARTED = ix.EpochStarted(epoch=Epoch(0), parent=GENESIS, proof=None, validators=SET)
VIEWS = range(1, 8)


def _vote(voter: int, what: Statement) -> Vote:
    return Vote(statement=what, voter=NAMES[voter], signature=bytes(65))


def _about(kind: VoteKind, view: int, block: Block) -> Statement:
    if kind is VoteKind.NULLIFY:
        return nullification(Epoch(0), View(view))
    return Statement(
        kind=kind, epoch=Epoch(0), view=View(view), height=block.height, block_hash=block.hash
    )


def _certificate(what: Statement) -> Any:
    return make_certificate(what, [_vote(v, what) for v in range(3)], SET)


def _block(view: int, parent: BlockRef, certificate: Any, salt: int) -> Block:
    seal = Seal(
        epoch=Epoch(0),
        view=View(view),
        proposer=NAMES[(view - 1) % 4],
        time_ms=parent.time_ms + 1,
        vrf_proof=bytes(81),
        parent_certificate=certificate,
    )
    header = Header(
        parent_hash=parent.hash,
        coinbase=seal.proposer,
        state_root=Hash32(bytes(32)),
        transactions_root=EMPTY_TRIE_ROOT,
        receipts_root=EMPTY_TRIE_ROOT,
        logs_bloom=EMPTY_BLOOM,
        height=parent.height + 1,
        gas_limit=salt,
        gas_used=0,
        timestamp=0,
        mix_hash=Hash32(bytes(32)),
        base_fee_per_gas=7,
        parent_beacon_block_root=seal.hash,
    )
    return Block(header=header, transactions=(), seal=seal)


def _make_blocks() -> list[Block]:
    """Two branches of blocks per view, on parents one and two views below."""
    blocks: list[Block] = []
    for view in VIEWS:
        for salt in (1, 2):
            below = [b for b in blocks if b.seal.view == view - salt and b.header.gas_limit == 1]
            parent = block_ref(below[0]) if below else GENESIS
            proof = (
                _certificate(_about(VoteKind.NOTARIZE, view - salt, below[0])) if below else None
            )
            blocks.append(_block(view, parent, proof, salt))
    return blocks


BLOCKS = _make_blocks()
KINDS = (VoteKind.NOTARIZE, VoteKind.NULLIFY, VoteKind.FINALIZE)
STATEMENTS = st.builds(
    _about, st.sampled_from(KINDS), st.sampled_from(list(VIEWS)), st.sampled_from(BLOCKS)
)


def _proposal(block: Block, shift: int, is_certified: bool) -> ix.Input:
    view = block.seal.view + shift
    certificate = _certificate(_about(VoteKind.NOTARIZE, block.seal.view, block))
    gap = tuple(_certificate(nullification(Epoch(0), View(v))) for v in range(view - 1, 0, -1))
    proposal = Proposal(
        view=View(view),
        block=block,
        certificate=certificate if is_certified else None,
        nullifications=gap[:1],
        signature=bytes(65),
    )
    return ix.ProposalReceived(proposal=proposal, now_ms=10_000)


INPUTS = st.one_of(
    st.builds(
        lambda v, s: ix.VoteReceived(vote=_vote(v, s), sender=b"p"), st.integers(0, 2), STATEMENTS
    ),
    st.builds(lambda s: ix.CertificateReceived(certificate=_certificate(s)), STATEMENTS),
    st.builds(_proposal, st.sampled_from(BLOCKS), st.sampled_from([0, 0, 0, 1]), st.booleans()),
    st.builds(
        lambda b, ok: ix.ExecutionFinished(block_hash=b.hash, is_valid=ok, now_ms=0),
        st.sampled_from(BLOCKS),
        st.sampled_from([True, True, False]),
    ),
    st.builds(
        lambda v, k: ix.ViewTimerFired(epoch=Epoch(0), view=View(v), kind=k),
        st.sampled_from(list(VIEWS)),
        st.sampled_from(list(ix.TimerKind)),
    ),
    st.builds(lambda b: ix.BlockFetched(block=b), st.sampled_from(BLOCKS)),
    st.builds(
        lambda b: ix.BlockBuilt(epoch=Epoch(0), view=b.seal.view, block=b, now_ms=0),
        st.sampled_from(BLOCKS),
    ),
    st.builds(
        lambda b: ix.FinalizedSynced(
            block=block_ref(b), proof=_certificate(_about(VoteKind.FINALIZE, b.seal.view, b))
        ),
        st.sampled_from(BLOCKS),
    ),
)


def _new_core() -> Core:
    return Core(CoreConfig(address=NAMES[3], epoch_length=4, block_time_ms=0, delta_ms=10))


def _aimed(core: Core, aim: str) -> ix.Input:
    """Return an input that matters in the view that the core is in."""
    view = min(core.view, VIEWS[-1])
    block = next(b for b in BLOCKS if b.seal.view == view)
    match aim:
        case "propose":
            return _proposal(block, 0, is_certified=False)
        case "notarize":
            what = _about(VoteKind.NOTARIZE, view, block)
            return ix.CertificateReceived(certificate=_certificate(what))
        case _:
            return ix.ViewTimerFired(epoch=Epoch(0), view=core.view, kind=ix.TimerKind.ADVANCE)


class _Shell:
    """The shell's duties: sign into a WAL, execute, restart."""

    def __init__(self) -> None:
        self.core = _new_core()
        self.core.step(STARTED)
        self.wal: list[Any] = []
        self.said: dict[int, set[tuple[VoteKind, bytes]]] = {}

    def restart(self) -> None:
        if self.core.finalized.height == 0:
            self.core = _new_core()
            self.perform(self.core.restore(STARTED, GENESIS, self.wal, now_ms=0))

    def perform(self, effects: list[fx.Effect]) -> None:
        for effect in effects:
            match effect:
                case fx.Sign():
                    s = effect.statement
                    self.said.setdefault(s.view, set()).add((s.kind, s.block_hash))
                    self.wal.append(_vote(3, s))
                    self.perform(self.core.step(ix.VoteReceived(vote=self.wal[-1])))
                case fx.Broadcast():
                    self.wal.append(effect.message)
                case fx.Execute():
                    self.wal.append(effect.block)
                    done = ix.ExecutionFinished(
                        block_hash=effect.block.hash, is_valid=True, now_ms=10_000
                    )
                    self.perform(self.core.step(done))
                case _:
                    pass

    def check(self) -> None:
        for votes in self.said.values():
            kinds = [kind for kind, _ in votes]
            assert kinds.count(VoteKind.NOTARIZE) <= 1
            assert kinds.count(VoteKind.FINALIZE) <= 1
            assert not {VoteKind.NULLIFY, VoteKind.FINALIZE} <= set(kinds)


AIMS = st.sampled_from(["propose", "notarize", "timer", "restart"])


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(AIMS, AIMS, INPUTS), max_size=60))
def test_no_order_of_inputs_breaks_a_promise(events):
    shell = _Shell()
    for event in events:
        if event == "restart":
            shell.restart()
            continue
        position = (shell.core.epoch, shell.core.view)
        aimed = _aimed(shell.core, event) if isinstance(event, str) else event
        shell.perform(shell.core.step(aimed))
        assert (shell.core.epoch, shell.core.view) >= position
    shell.check()
