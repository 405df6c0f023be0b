"""The chain on disk keeps what a restart needs."""

import pytest

from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.election import set_hash
from contracts.staking.v1.messages import SetMember
from primitives import rlp
from primitives.errors import InvariantError
from primitives.keccak import keccak256
from primitives.keys import secret_to_address
from primitives.types import Epoch, Hash32, View
from primitives.vote import Statement, VoteKind, sign_vote
from state.trie.proof import verify_proof
from tests.unit.rpc.small_chain import VALIDATOR, make_world


def proof_of(world, height):
    proof = world.chain.finality_proof(height)
    assert proof is not None
    return proof


def test_record_of_what_the_key_signed_never_falls(tmp_path):
    """A node that ran for a while without its key must still refuse an old guard."""
    world = make_world(tmp_path)
    world.mine()
    assert world.chain.signed == (1, 1)
    executed = world.build()
    world.executor.commit_proven(executed, proof_of(world, 1), (0, 0))
    assert world.chain.signed == (1, 1)


def test_block_that_does_not_follow_the_head_is_never_written(tmp_path):
    world = make_world(tmp_path)
    stale = world.build()
    world.mine(world.transaction())
    head = world.chain.head
    with pytest.raises(InvariantError):
        world.chain.commit(stale, proof_of(world, 1), None, (1, 1))
    assert world.chain.head is head


def test_everything_of_a_block_is_read_back(tmp_path):
    world = make_world(tmp_path)
    transaction = world.transaction(value=7)
    executed, head = world.mine(transaction)
    chain = world.chain
    assert chain.block(1) == executed.block
    assert chain.receipts(1) == executed.receipts
    assert chain.height_of(executed.block.hash) == 1
    assert chain.transaction_location(transaction.hash) == (1, 0)
    assert chain.time_ms(1) == executed.block.seal.time_ms == head.time_ms
    assert chain.validator_set(Epoch(1)) == world.executor.validator_set(Epoch(1))
    assert chain.block(2) is None
    assert chain.header(-1) is None


def test_the_last_block_of_an_epoch_leaves_the_proof_of_the_next_set(tmp_path):
    """The state of that block is gone later; a light client must still get there."""
    world = make_world(tmp_path, epoch_blocks=4)
    for _ in range(4):
        world.mine(world.transaction())
    chain = world.chain
    assert chain.set_proof(1) is None
    proof = chain.set_proof(2)
    account = verify_proof(chain.header(4).state_root, keccak256(STAKING_ADDRESS), proof.account)
    storage_root = Hash32(rlp.decode(account)[2])
    word = verify_proof(storage_root, keccak256(bytes(32)), proof.storage)
    members = [
        SetMember(v.address, v.public_key, v.power) for v in chain.validator_set(2).validators
    ]
    assert rlp.decode(word) == set_hash(members)
    assert chain.set_proof(3) is None


def test_block_that_sync_persisted_meanwhile_is_not_invalid(tmp_path):
    """The core may ask for a verdict on a block whose parent's state has gone with finality."""
    world = make_world(tmp_path)
    first, _ = world.mine()
    world.mine()
    world.executor.execute(first.block)


def test_votes_out_of_reach_stay_out_of_a_seal(tmp_path):
    world = make_world(tmp_path)
    for _ in range(12):
        world.mine()
    votes = tuple(vote_for(world, height) for height in (1, 3, 4, 12))
    head = world.chain.head.header.hash
    fitting = world.executor.fitting_votes(head, (*votes, vote_for(world, 11, b"\x09" * 32)))
    assert [vote.statement.height for vote in fitting] == [4, 12]


def vote_for(world, height, block_hash=None):
    statement = Statement(
        kind=VoteKind.NOTARIZE,
        epoch=Epoch(1),
        view=View(height),
        height=height,
        block_hash=block_hash or world.chain.header(height).hash,
    )
    return sign_vote(statement, world.domain, secret_to_address(VALIDATOR), VALIDATOR)
