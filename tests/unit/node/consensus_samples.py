"""Validators, votes, certificates and blocks made by hand; nothing here is executed."""

from dataclasses import replace

from consensus.messages import sign_proposal
from primitives.block import EMPTY_BLOOM, Block, Header
from primitives.keccak import EMPTY_TRIE_ROOT
from primitives.keys import public_key, secret_to_address
from primitives.seal import Seal
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from primitives.types import ZERO_HASH, Epoch, Hash32, View
from primitives.vote import (
    Statement,
    Validator,
    ValidatorSet,
    VoteDomain,
    VoteKind,
    make_certificate,
    sign_vote,
)
from primitives.vrf import beacon_input, compute_proof
from state.trie.ordered import ordered_trie_root

DOMAIN = VoteDomain(7, Hash32(b"\x07" * 32))
SECRETS = tuple(bytes([n]) * 32 for n in (1, 2, 3, 4))
SET = ValidatorSet(
    Epoch(1),
    tuple(
        Validator(address=secret_to_address(s), public_key=public_key(s), power=10) for s in SECRETS
    ),
)
BEACON = Hash32(b"\x0b" * 32)


def statement(kind, view=1, height=1, block_hash=b"\x01" * 32, epoch=1):
    return Statement(
        kind=kind, epoch=Epoch(epoch), view=View(view), height=height, block_hash=Hash32(block_hash)
    )


def vote(of, secret=SECRETS[0], domain=DOMAIN):
    return sign_vote(of, domain, secret_to_address(secret), secret)


def certificate(of, secrets=SECRETS[:3]):
    return make_certificate(of, [vote(of, s) for s in secrets], SET)


def transaction(nonce, secret=SECRETS[0]):
    return sign_transaction(
        Transaction(
            kind=DYNAMIC_FEE,
            chain_id=7,
            nonce=nonce,
            max_priority_fee_per_gas=1,
            max_fee_per_gas=10,
            gas_limit=21_000,
            to=bytes(20),
            value=1,
            data=b"",
        ),
        secret,
    )


GENESIS = Header(
    parent_hash=ZERO_HASH,
    coinbase=bytes(20),
    state_root=EMPTY_TRIE_ROOT,
    transactions_root=EMPTY_TRIE_ROOT,
    receipts_root=EMPTY_TRIE_ROOT,
    logs_bloom=EMPTY_BLOOM,
    height=0,
    gas_limit=30_000_000,
    gas_used=0,
    timestamp=1,
    mix_hash=BEACON,
    base_fee_per_gas=10,
    parent_beacon_block_root=ZERO_HASH,
)


def block(parent=GENESIS, view=1, proposer=SECRETS[0], transactions=(), **seal_fields):
    values = {
        "epoch": Epoch(1),
        "view": View(view),
        "proposer": secret_to_address(proposer),
        "time_ms": 1_000 * (parent.height + 2),
        "vrf_proof": compute_proof(proposer, beacon_input(parent.mix_hash, 1, view)),
        "parent_certificate": None,
    }
    seal = Seal(**(values | seal_fields))
    header = replace(
        parent,
        parent_hash=parent.hash,
        height=parent.height + 1,
        timestamp=seal.time_ms // 1000,
        transactions_root=ordered_trie_root([t.encode() for t in transactions]),
        parent_beacon_block_root=seal.hash,
    )
    return Block(header=header, transactions=tuple(transactions), seal=seal)


def proposal(of, view=1, secret=SECRETS[0], with_certificate=None, nullifications=()):
    return sign_proposal(View(view), of, with_certificate, nullifications, DOMAIN, secret)


def nullification_of(view, epoch=1):
    return certificate(statement(VoteKind.NULLIFY, view, 0, ZERO_HASH, epoch))
