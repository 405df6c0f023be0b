"""The light client walks from set to set, and believes nothing that a set did not certify."""

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest

from aitbc.light_client import Anchor, LightClient, UnprovenError
from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.election import set_hash
from contracts.staking.v1.messages import SetMember
from primitives import rlp
from primitives.keccak import keccak256
from primitives.keys import public_key, public_key_to_address, sign
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import (
    Statement,
    Validator,
    ValidatorSet,
    Vote,
    VoteDomain,
    VoteKind,
    make_certificate,
)
from rpc.backend import SetProof
from rpc.formats import certificate_json, validators_json
from state.trie.nodes import leaf_node
from tests.unit.node.consensus_samples import GENESIS
from tests.unit.rpc.small_chain import Caller, make_backend, make_world

EPOCH_BLOCKS = 4
DOMAIN = VoteDomain(7, Hash32(b"\x09" * 32))
SECRETS = [bytes(31) + bytes([n]) for n in range(1, 13)]


def set_of(epoch):
    """Three validators, others in every epoch."""
    rows = []
    for secret in SECRETS[3 * (epoch - 1) : 3 * epoch]:
        key = public_key(secret)
        rows.append(Validator(address=public_key_to_address(key), public_key=key, power=100))
    return ValidatorSet(Epoch(epoch), tuple(rows))


def one_leaf(key, value):
    """Return root and only node of a trie with one entry."""
    node = leaf_node(keccak256(key).hex(), value)
    return keccak256(node), node


class World:
    """Headers whose state says who votes next, certified by the set of their epoch."""

    def __init__(self):
        self.asked = []

    def header(self, height):
        members = set_of(-(-height // EPOCH_BLOCKS) + 1).validators
        rows = [SetMember(v.address, v.public_key, v.power) for v in members]
        storage_root, self.storage_node = one_leaf(bytes(32), rlp.encode(set_hash(rows)))
        account = rlp.encode([1, 0, storage_root, keccak256(b"")])
        state_root, self.account_node = one_leaf(STAKING_ADDRESS, account)
        return replace(GENESIS, height=height, state_root=Hash32(state_root))

    def certified(self, height, voters=None, kind=VoteKind.FINALIZE):
        header = self.header(height)
        epoch = -(-height // EPOCH_BLOCKS)
        statement = Statement(
            kind=kind, epoch=Epoch(epoch), view=View(height), height=height, block_hash=header.hash
        )
        first = 3 * (epoch - 1)
        votes = []
        for secret in SECRETS[first : first + 3][:voters]:
            address = public_key_to_address(public_key(secret))
            signature = sign(secret, statement.digest(DOMAIN)).to_bytes()
            votes.append(Vote(statement=statement, voter=address, signature=signature))
        return header, make_certificate(statement, votes, set_of(epoch))

    async def call(self, method, *params):
        self.asked.append((method, params))
        if method == "aitbc_getLightBlock":
            header, certificate = self.certified(int(params[0], 16))
            return {
                "rawHeader": "0x" + header.encode().hex(),
                "finality": {"certificate": certificate_json(certificate), "headers": []},
            }
        assert method == "aitbc_getValidators"
        epoch = int(params[0], 16)
        return validators_json(set_of(epoch), self.set_proof(epoch))

    def set_proof(self, epoch):
        self.header((epoch - 1) * EPOCH_BLOCKS)
        return SetProof(account=(self.account_node,), storage=(self.storage_node,))


def client(world, checkpoint=None, **options):
    anchor = Anchor(DOMAIN, EPOCH_BLOCKS, set_of(1))
    return LightClient(world, anchor, checkpoint, **options)


def test_the_sets_are_walked_to_the_epoch_of_the_block():
    world, told = World(), []
    light = client(world, progress=lambda done, total: told.append((done, total)))
    header = asyncio.run(light.header(11))
    assert header.height == 11
    assert told == [(1, 2), (2, 2)]
    assert [light.epoch_of(height) for height in (0, 1, 4, 5, 8, 9)] == [1, 1, 1, 2, 2, 3]


def test_a_proven_set_is_kept_and_walked_from(tmp_path):
    path = tmp_path / "data" / "light.json"
    asyncio.run(client(World(), path).header(11))
    world = World()
    light = client(world, path)
    assert asyncio.run(light.header(11)).height == 11
    assert len(world.asked) == 1
    with pytest.raises(UnprovenError, match="older than the checkpoint"):
        asyncio.run(light.header(4))


@pytest.mark.parametrize("kept", ["not json", "{}", '{"genesis": "00", "epoch": 3, "set": []}'])
def test_a_checkpoint_that_says_nothing_of_this_chain_is_not_used(tmp_path, kept):
    path = tmp_path / "light.json"
    path.write_text(kept)
    world = World()
    assert asyncio.run(client(world, path).header(5)).height == 5
    assert len(world.asked) == 3


class Lying(World):
    """Answers one method with something else."""

    def __init__(self, method, change):
        super().__init__()
        self.method, self.change = method, change

    async def call(self, method, *params):
        answer = await super().call(method, *params)
        return self.change(self, answer, params) if method == self.method else answer


def block_with(certificate, header, headers=()):
    return {
        "rawHeader": "0x" + header.encode().hex(),
        "finality": {
            "certificate": certificate_json(certificate),
            "headers": ["0x" + link.encode().hex() for link in headers],
        },
    }


def minority(world, _answer, params):
    header, certificate = world.certified(int(params[0], 16), voters=2)
    return block_with(certificate, header)


def only_notarized(world, _answer, params):
    header, certificate = world.certified(int(params[0], 16), kind=VoteKind.NOTARIZE)
    return block_with(certificate, header)


def another_height(world, _answer, params):
    header, certificate = world.certified(int(params[0], 16) - 1)
    return block_with(certificate, header)


def of_the_next_epochs_set(world, _answer, params):
    header, certificate = world.certified(int(params[0], 16) + EPOCH_BLOCKS)
    return block_with(certificate, header)


def unlinked(world, _answer, params):
    header, certificate = world.certified(int(params[0], 16))
    return block_with(certificate, header, [world.header(2)])


@pytest.mark.parametrize(
    "change",
    [minority, only_notarized, another_height, of_the_next_epochs_set, unlinked, lambda *_: None,
     lambda *_: {"rawHeader": "0x00"}, lambda *_: {"rawHeader": 5, "finality": None}],
)  # fmt: skip
def test_a_header_without_its_sets_certificate_is_not_believed(change):
    with pytest.raises(UnprovenError):
        asyncio.run(client(Lying("aitbc_getLightBlock", change)).header(3))


def test_another_set_than_the_chain_holds_is_not_believed():
    def stranger(world, _answer, _params):
        return validators_json(replace(set_of(3), epoch=Epoch(2)), world.set_proof(2))

    with pytest.raises(UnprovenError, match="set of epoch 2"):
        asyncio.run(client(Lying("aitbc_getValidators", stranger)).header(5))


def of_the_set_after(world, answer, _params):
    return validators_json(set_of(2), world.set_proof(3))


@pytest.mark.parametrize(
    "change",
    [of_the_set_after, lambda *_: validators_json(set_of(2), None), lambda *_: None,
     lambda *_: {"proof": 5}, lambda *_: {"validators": []}],
)  # fmt: skip
def test_a_set_without_its_proof_is_not_believed(change):
    with pytest.raises(UnprovenError, match="storage proof is wrong"):
        asyncio.run(client(Lying("aitbc_getValidators", change)).header(5))


def test_genesis_has_no_certificate():
    with pytest.raises(UnprovenError, match="genesis"):
        asyncio.run(client(World()).header(0))


def test_an_absent_account_has_words_of_zero_and_a_wrong_proof_has_none():
    world = World()
    light = client(world)
    header = asyncio.run(light.header(2))
    proof = asyncio.run(world.call("aitbc_getValidators", "0x2"))["proof"]
    absent = {"accountProof": proof["accountProof"], "storageProof": [{"proof": []}]}
    words = asyncio.run(light.words(header, Address(b"\x05" * 20), [3], absent))
    assert words == {3: 0}
    for wrong in ({}, {**proof, "storageProof": []}, {**proof, "accountProof": ["0xzz"]}):
        with pytest.raises(UnprovenError):
            asyncio.run(light.words(header, Address(STAKING_ADDRESS), [0], wrong))


def test_a_real_node_leads_through_epochs_whose_state_is_gone(tmp_path):
    world = make_world(tmp_path, epoch_blocks=4)
    for _ in range(11):
        world.mine(world.transaction())
    call = Caller(make_backend(world))
    first = world.chain.validator_set(1)
    light = LightClient(SimpleNamespace(call=call), Anchor(world.domain, 4, first))
    assert asyncio.run(light.header(11)).hash == world.chain.head.header.hash
    gone = asyncio.run(call.error("eth_getProof", "0x" + STAKING_ADDRESS.hex(), ["0x0"], "0x4"))
    assert "not available" in gone["message"]
    world.pool.shutdown()
