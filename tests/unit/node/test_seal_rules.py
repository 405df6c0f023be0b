"""What makes a seal valid: proposer, VRF, the parent's certificate, late votes."""

from dataclasses import replace

import pytest

from node.seal_rules import check_seal
from primitives.errors import InvalidBlockError
from primitives.types import Epoch
from primitives.vote import VoteKind
from tests.unit.node import consensus_samples as samples

PARENT = samples.block()
HASHES = {0: samples.GENESIS.hash, 1: PARENT.hash}


def certificate(kind=VoteKind.NOTARIZE, block=PARENT, secrets=samples.SECRETS[:3], epoch=1):
    of = samples.statement(kind, block.seal.view, block.height, block.hash, epoch)
    return samples.certificate(of, secrets)


def late_vote(kind=VoteKind.NOTARIZE, height=1, secret=samples.SECRETS[3], view=1, of=None):
    block_hash = HASHES.get(height, bytes(32)) if of is None else of
    return samples.vote(samples.statement(kind, view, height, block_hash), secret)


def child(parent=PARENT.header, **seal_fields):
    values = {"parent_certificate": certificate()} | seal_fields
    return samples.block(parent, view=2, proposer=samples.SECRETS[1], **values)


def check(block, parent=PARENT.header):
    check_seal(
        block,
        parent,
        lambda epoch: samples.SET if epoch == 1 else None,
        HASHES.get,
        samples.DOMAIN,
    )


def test_good_seals_pass():
    check(PARENT, samples.GENESIS)
    check(child())
    check(child(parent_certificate=certificate(VoteKind.FINALIZE)))
    check(child(late_votes=(late_vote(), late_vote(VoteKind.FINALIZE, view=2))))
    check(child(parent_certificate=certificate(secrets=samples.SECRETS)))


WEAK = certificate(secrets=samples.SECRETS[:2])
FORGED = replace(certificate(), signatures=(*certificate().signatures[:2], b"\x01" * 65))
STRANGER = b"\x55" * 32


@pytest.mark.parametrize(
    "change",
    [
        {"epoch": Epoch(2)},
        {"proposer": bytes(20)},
        {"proposer": samples.SET.validators[2].address},
        {"vrf_proof": PARENT.seal.vrf_proof},
        {"vrf_proof": bytes(81)},
        {"parent_certificate": None},
        {"parent_certificate": samples.nullification_of(1)},
        {"parent_certificate": certificate(block=samples.block(view=3))},
        {"parent_certificate": certificate(epoch=2)},
        {"parent_certificate": WEAK},
        {"parent_certificate": FORGED},
        {"late_votes": (late_vote(), late_vote())},
        {"late_votes": (late_vote(VoteKind.PROPOSE),)},
        {"late_votes": (late_vote(of=b"\x09" * 32),)},
        {"late_votes": (late_vote(height=2),)},
        {"late_votes": (late_vote(secret=STRANGER),)},
        {"late_votes": (replace(late_vote(), signature=bytes(65)),)},
        {"late_votes": (samples.vote(samples.statement(VoteKind.NULLIFY, 1, 0, bytes(32))),)},
    ],
)
def test_a_spoiled_seal_is_invalid(change):
    block = child()
    with pytest.raises(InvalidBlockError):
        check(replace(block, seal=replace(block.seal, **change)))


@pytest.mark.parametrize(("height", "is_recent"), [(9, True), (10, False)])
def test_a_late_vote_is_for_a_recent_ancestor(height, is_recent):
    """Block ``height + 1`` may carry votes for its parent and eight blocks below it."""
    far = replace(PARENT.header, height=height)
    of = samples.statement(VoteKind.NOTARIZE, 1, height, far.hash)
    block = child(far, parent_certificate=samples.certificate(of), late_votes=(late_vote(),))
    if is_recent:
        check(block, far)
        return
    with pytest.raises(InvalidBlockError, match="too far"):
        check(block, far)


def test_the_first_block_has_no_certificate_and_any_other_needs_one():
    with pytest.raises(InvalidBlockError):
        check(child(parent_certificate=None))
    check(samples.block(samples.GENESIS), samples.GENESIS)
