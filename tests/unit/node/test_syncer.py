"""Block ranges from strangers: proofs, and a liar who must not stop the node."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from node.driver import NodeStoppedError
from node.syncer import Syncer
from node.wire import Kind, ProvenBlock, Status, encode_range, encode_status
from primitives.errors import InvalidBlockError, InvalidSignatureError
from primitives.vote import VoteKind
from state.chain import FinalityProof
from tests.unit.node import consensus_samples as samples


class Chain:
    """A chain at genesis, and an executor that accepts everything or refuses everything."""

    def __init__(self, refusal=None):
        self.chain = self.head = self
        self.header = samples.GENESIS
        self.height = 0
        self.refusal = refusal
        self.committed = []

    def validator_set(self, epoch):
        return samples.SET if epoch == 1 else None

    def execute_synced(self, block):
        if self.refusal is not None:
            raise self.refusal
        return block

    def commit_proven(self, executed, proof, signed):
        self.committed.append((executed, proof, signed))
        return self


def syncer_of(chain):
    return Syncer(
        driver=None,
        executor=chain,
        execution_thread=None,
        guard=None,
        network=None,
        domain=samples.DOMAIN,
    )


def finalized(block, kind=VoteKind.FINALIZE, epoch=1):
    of = samples.statement(kind, block.seal.view, block.height, block.hash, epoch)
    return samples.certificate(of)


BLOCK = samples.block(transactions=(samples.transaction(0),))
CHILD = samples.block(BLOCK.header, view=2)
GRANDCHILD = samples.block(CHILD.header, view=3)


def entry(block=BLOCK, certificate=None, headers=()):
    certificate = certificate or finalized(block)
    return ProvenBlock(block=block, proof=FinalityProof(certificate=certificate, headers=headers))


@pytest.mark.parametrize(
    "proven",
    [
        entry(),
        entry(certificate=finalized(CHILD), headers=(CHILD.header,)),
        entry(certificate=finalized(GRANDCHILD), headers=(CHILD.header, GRANDCHILD.header)),
    ],
)
async def test_a_proven_block_is_persisted(proven):
    chain = Chain()
    syncer_of(chain)._persist(proven)
    assert [block for block, _, _ in chain.committed] == [BLOCK]


@pytest.mark.parametrize(
    "proven",
    [
        entry(certificate=finalized(CHILD)),
        entry(certificate=finalized(BLOCK, VoteKind.NOTARIZE)),
        entry(certificate=finalized(GRANDCHILD), headers=(GRANDCHILD.header,)),
        entry(certificate=finalized(CHILD), headers=(CHILD.header, GRANDCHILD.header)),
        entry(certificate=finalized(BLOCK, epoch=2)),
        entry(samples.block(CHILD.header)),
        entry(replace(BLOCK, transactions=())),
        entry(replace(BLOCK, transactions=(samples.transaction(1),))),
    ],
    ids=[
        "another block",
        "notarized only",
        "headers with a gap",
        "headers beyond the certificate",
        "another epoch",
        "not on our head",
        "without its transactions",
        "with other transactions",
    ],
)
@pytest.mark.parametrize("refusal", [None, InvalidBlockError("refused by execution")])
async def test_a_lie_blames_the_peer_and_stops_nothing(proven, refusal):
    chain = Chain(refusal)
    with pytest.raises(InvalidBlockError):
        syncer_of(chain)._persist(proven)
    assert chain.committed == []


async def test_a_proof_without_a_quorum_blames_the_peer():
    weak = finalized(BLOCK)
    weak = replace(weak, signers=0b11, signatures=weak.signatures[:2])
    with pytest.raises(InvalidSignatureError):
        syncer_of(Chain())._persist(entry(certificate=weak))


class Network:
    """Peers of which some never answer."""

    def __init__(self, silent):
        self.silent = silent
        self.asked = []
        self.penalties = []

    def peers(self):
        return [b"a", b"b", b"c"]

    async def request(self, peer, kind, body, *, timeout_seconds):
        self.asked.append(peer)
        if peer in self.silent:
            raise TimeoutError
        return Kind.RANGE, encode_range([])

    def penalize(self, peer, _why):
        self.penalties.append(peer)


async def test_a_silent_peer_that_claims_the_most_holds_nobody_up():
    network = Network(silent=[b"c"])
    syncer = Syncer(
        driver=None,
        executor=Chain(),
        execution_thread=None,
        guard=None,
        network=network,
        domain=samples.DOMAIN,
    )
    for _ in range(3):
        for peer, height in ((b"a", 10), (b"b", 20), (b"c", 2**60)):
            syncer.on_status(
                peer, encode_status(Status(height=height, block_hash=bytes(32), epoch=1))
            )
        await syncer._catch_up()
    assert network.asked[:3] == [b"c", b"b", b"a"]
    assert network.asked[3] == b"b"
    # An answer without the blocks that were claimed is a lie, no answer is not.
    assert set(network.penalties) == {b"a", b"b"}


async def test_a_claim_alone_does_not_make_the_node_say_that_it_syncs():
    seen = []

    class Liar(Network):
        async def request(self, peer, kind, body, *, timeout_seconds):
            seen.append(syncer.is_syncing)
            return await super().request(peer, kind, body, timeout_seconds=timeout_seconds)

    syncer = Syncer(
        driver=None,
        executor=Chain(),
        execution_thread=None,
        guard=None,
        network=Liar(silent=[b"c"]),
        domain=samples.DOMAIN,
    )
    syncer.on_status(b"c", encode_status(Status(height=2**63, block_hash=bytes(32), epoch=1)))
    await syncer._catch_up()
    assert seen == [False]
    assert not syncer.is_syncing


async def test_a_peer_that_delivered_is_asked_before_one_that_claims_more():
    class Honest(Network):
        async def request(self, peer, kind, body, *, timeout_seconds):
            self.asked.append(peer)
            if peer in self.silent:
                raise TimeoutError
            return Kind.RANGE, encode_range([entry()])

    class Heard:
        def announce(self, *_done):
            syncing.append(syncer.is_syncing)

        def submit(self, _event):
            pass

    syncing = []
    chain, network = Chain(), Honest(silent=[b"c"])
    chain.runtime = SimpleNamespace(parameters=SimpleNamespace(epoch_blocks=100))
    syncer = Syncer(
        driver=Heard(),
        executor=chain,
        execution_thread=None,
        guard=None,
        network=network,
        domain=samples.DOMAIN,
    )
    for peer, height in ((b"a", 20), (b"b", 10)):
        syncer.on_status(peer, encode_status(Status(height=height, block_hash=bytes(32), epoch=1)))
    await syncer._sync_from(b"b")
    assert syncing == [True]
    syncer.on_status(b"c", encode_status(Status(height=2**63, block_hash=bytes(32), epoch=1)))
    assert syncer._best_peer() == b"b"


async def test_a_finalized_block_that_our_rules_refuse_stops_the_node():
    with pytest.raises(NodeStoppedError):
        syncer_of(Chain(InvalidBlockError("state_root")))._persist(entry())
