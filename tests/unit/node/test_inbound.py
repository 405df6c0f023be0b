"""What peers may and may not feed to the core."""

from dataclasses import replace

import pytest

from consensus.inputs import BlockFetched, CertificateReceived, ProposalReceived, VoteReceived
from consensus.messages import encode_message
from node import inbound
from node.inbound import ConsensusGate
from node.wire import Kind
from primitives import rlp
from primitives.errors import BadInputError, DecodeError, InvalidBlockError, InvalidSignatureError
from primitives.vote import VoteKind
from tests.unit.node import consensus_samples as samples

PEER = b"\x0a" * 32


class CoreDouble:
    """A core in epoch 1 whose first validator leads every view."""

    epoch = 1

    def __init__(self):
        self.missing_blocks = set()
        self.held = set()

    def leader(self, _view):
        return samples.SET.validators[0]

    def wants_vote(self, statement):
        return statement.epoch == self.epoch

    def knows_vote(self, _vote):
        return False

    def holds(self, statement):
        return statement in self.held


class World:
    def __init__(self):
        self.core = CoreDouble()
        self.inputs = []
        self.sent = []
        self.blocks = {}
        self.gate = ConsensusGate(self, self, self, samples.DOMAIN)

    def submit(self, event):
        self.inputs.append(event)

    def validator_set(self, epoch):
        return samples.SET if epoch == 1 else None

    def executed(self, block_hash):
        return self.blocks.get(block_hash)

    def send(self, peer, kind, body):
        self.sent.append((peer, kind, body))

    def receive(self, message):
        self.gate.on_consensus(PEER, encode_message(message))


@pytest.fixture
def world():
    return World()


def swapped(block):
    """Return a block whose header and seal are genuine and whose transactions are not."""
    return replace(block, transactions=(samples.transaction(9),))


def refuses(world, message):
    with pytest.raises(BadInputError) as caught:
        world.receive(message)
    assert caught.value.blames_peer
    assert world.inputs == []


def test_a_signed_proposal_reaches_the_core(world):
    proposal = samples.proposal(samples.block(transactions=(samples.transaction(0),)))
    world.receive(proposal)
    (event,) = world.inputs
    assert isinstance(event, ProposalReceived)
    assert event.proposal == proposal
    assert event.sender == PEER


def test_a_replayed_proposal_is_neither_checked_nor_passed_on_again(world, monkeypatch):
    proposal = samples.proposal(samples.block(transactions=(samples.transaction(0),)))
    world.receive(proposal)
    monkeypatch.setattr(
        inbound, "check_proposal_signature", lambda *_: pytest.fail("checked a replay")
    )
    world.receive(proposal)
    assert len(world.inputs) == 1


def test_a_proposal_whose_transactions_were_exchanged_is_refused(world):
    genuine = samples.proposal(samples.block(transactions=(samples.transaction(0),)))
    refuses(world, replace(genuine, block=swapped(genuine.block)))


def test_a_proposal_by_another_than_the_leader_is_refused(world):
    refuses(world, samples.proposal(samples.block(), secret=samples.SECRETS[1]))


def test_a_certificate_added_to_a_proposal_is_refused(world):
    genuine = samples.proposal(samples.block(view=3), view=3)
    extra = samples.certificate(samples.statement(VoteKind.NOTARIZE))
    refuses(world, replace(genuine, certificate=extra))


def test_a_proposal_again_without_its_own_notarization_is_refused(world):
    block = samples.block(view=3)
    refuses(world, samples.proposal(block, view=5))
    other = samples.certificate(samples.statement(VoteKind.NOTARIZE, 4, 1))
    refuses(world, samples.proposal(block, view=5, with_certificate=other))
    late = samples.certificate(samples.statement(VoteKind.NOTARIZE, 5, 1, block.hash))
    refuses(world, samples.proposal(block, view=5, with_certificate=late))
    own = samples.certificate(samples.statement(VoteKind.NOTARIZE, 4, 1, block.hash))
    world.receive(samples.proposal(block, view=5, with_certificate=own))
    assert len(world.inputs) == 1


def test_a_proposal_with_a_forged_certificate_is_refused(world):
    good = samples.nullification_of(1)
    forged = replace(good, signatures=(*good.signatures[:2], good.signatures[0]))
    block = samples.block(view=2)
    refuses(world, samples.proposal(block, view=2, nullifications=(forged,)))


def test_a_proposal_of_another_epoch_is_passed_over(world):
    world.core.epoch = 2
    world.receive(samples.proposal(samples.block()))
    assert world.inputs == []


def test_only_signed_votes_of_validators_pass(world):
    of = samples.statement(VoteKind.NOTARIZE)
    world.receive(samples.vote(of))
    assert isinstance(world.inputs.pop(), VoteReceived)
    refuses(world, samples.vote(of, secret=b"\x55" * 32))
    refuses(
        world, replace(samples.vote(of), signature=samples.vote(of, samples.SECRETS[1]).signature)
    )
    other = replace(samples.DOMAIN, chain_id=8)
    refuses(world, samples.vote(of, domain=other))


def test_only_certificates_of_a_quorum_pass(world):
    of = samples.statement(VoteKind.FINALIZE)
    world.receive(samples.certificate(of))
    assert isinstance(world.inputs.pop(), CertificateReceived)
    refuses(world, samples.certificate(of, samples.SECRETS[:2]))


def test_a_certificate_that_is_held_is_not_checked_again(world):
    of = samples.statement(VoteKind.FINALIZE)
    world.core.held.add(of)
    world.receive(samples.certificate(of, samples.SECRETS[:1]))
    assert world.inputs == []


def test_a_block_passes_only_when_it_was_asked_for(world):
    block = samples.block(transactions=(samples.transaction(0),))
    world.gate.on_block(PEER, block.encode())
    assert world.inputs == []
    world.core.missing_blocks.add(block.hash)
    world.gate.on_block(PEER, block.encode())
    assert isinstance(world.inputs.pop(), BlockFetched)


def test_of_a_block_that_nobody_asked_for_only_the_header_is_decoded(world):
    header, _, seal = rlp.decode_list(samples.block().encode(), "block", 3)
    unreadable = rlp.encode([header, [b"\x00"] * 1_000, seal])
    world.gate.on_block(PEER, unreadable)
    assert world.inputs == []
    world.core.missing_blocks.add(samples.block().hash)
    with pytest.raises(DecodeError):
        world.gate.on_block(PEER, unreadable)


def test_a_block_whose_transactions_were_exchanged_is_refused(world):
    block = samples.block(transactions=(samples.transaction(0),))
    world.core.missing_blocks.add(block.hash)
    with pytest.raises(InvalidBlockError):
        world.gate.on_block(PEER, swapped(block).encode())
    assert world.inputs == []


@pytest.mark.parametrize("body", [b"", b"\x00", b"\xc0", b"\xff" * 40])
def test_garbage_is_the_peers_fault(world, body):
    for handler in (
        world.gate.on_consensus,
        world.gate.on_block,
        world.gate.on_block_request,
        world.gate.on_certificate_request,
    ):
        with pytest.raises((DecodeError, InvalidSignatureError)):
            handler(PEER, body)


def test_an_undecided_block_is_served(world):
    class Executed:
        block = samples.block()

    world.blocks[Executed.block.hash] = Executed
    world.gate.on_block_request(PEER, Executed.block.hash)
    assert world.sent == [(PEER, Kind.BLOCK, Executed.block.encode())]
