"""A chain with staking: keys, accounts and the calls that tests make."""

from dataclasses import replace

from contracts.places import STAKING_ADDRESS as STAKING
from contracts.runtime import Registry
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.registration import registration_digest
from contracts.staking.v1.settings import StakingGenesis, StakingValidator
from primitives.abi import decode, encode_call
from primitives.keys import public_key, public_key_to_address, sign
from primitives.types import WEI_PER_AIT
from primitives.vote import Statement, VoteDomain, VoteKind
from tests.unit.contracts.memory_context import CHAIN_ID, GENESIS_HASH, MemoryChain, block_at

AIT = WEI_PER_AIT
EPOCH_BLOCKS = 5
UNBONDING_SECONDS = 800


def secret(number: int) -> bytes:
    return number.to_bytes(32, "big")


def key_address(number: int) -> bytes:
    return public_key_to_address(public_key(secret(number)))


def account(number: int) -> bytes:
    return number.to_bytes(20, "big")


def staking_genesis(count: int = 4, stake: int = 2_000 * AIT) -> StakingGenesis:
    return StakingGenesis(
        validators=tuple(
            StakingValidator(
                operator=account(100 + number),
                public_key=public_key(secret(number)),
                stake=stake,
                fee_recipient=account(200 + number),
                name=f"validator {number}",
            )
            for number in range(1, count + 1)
        ),
        unbonding_seconds=UNBONDING_SECONDS,
        epoch_blocks=EPOCH_BLOCKS,
    )


def staking_chain(count: int = 4, **fields) -> MemoryChain:
    chain = MemoryChain(Registry((Staking,)), block=block_at(0, epoch=0))
    chain.registry.genesis(chain.hook, {Staking: staking_genesis(count, **fields)})
    chain.block = block_at(1, epoch=1)
    for number in range(1, 20):
        chain.balances[account(number)] = 1_000_000 * AIT
    return chain


def next_epoch(chain: MemoryChain) -> None:
    """Go to the first block of the next epoch."""
    epoch = chain.block.epoch
    while chain.block.height % EPOCH_BLOCKS:
        chain.advance()
    chain.advance(epoch=epoch + 1)


def send(chain: MemoryChain, sender: bytes, signature: str, *values, value: int = 0) -> bytes:
    return chain.transact(sender, STAKING, encode_call(signature, *values), value)


def ask(chain: MemoryChain, signature: str, outputs: tuple[str, ...], *values):
    return decode(outputs, chain.read(STAKING, encode_call(signature, *values)))


def register(chain: MemoryChain, operator: bytes, number: int, stake: int, **changes) -> bytes:
    values = {
        "public_key": public_key(secret(number)),
        "proof": sign(secret(number), registration_digest(CHAIN_ID, STAKING, operator)).to_bytes(),
        "fee_recipient": operator,
        "name": f"validator {number}",
        "commission": 500,
    } | changes
    output = send(
        chain,
        operator,
        "register(bytes,bytes,address,string,uint16)",
        *values.values(),
        value=stake,
    )
    return decode(("address",), output)[0]


def statement(kind: VoteKind, *, epoch: int = 1, view: int = 3, height: int = 3, block: int = 1):
    if kind == VoteKind.NULLIFY:
        height, block = 0, 0
    return Statement(
        kind=kind, epoch=epoch, view=view, height=height, block_hash=block.to_bytes(32, "big")
    )


def vote_data(number: int, vote: Statement, genesis_hash: bytes = GENESIS_HASH):
    domain = VoteDomain(chain_id=CHAIN_ID, genesis_hash=genesis_hash)
    signature = sign(secret(number), vote.digest(domain)).to_bytes()
    return (int(vote.kind), vote.epoch, vote.view, vote.height, vote.block_hash, signature)


REPORT = (
    "reportDoubleSign(address,(uint8,uint64,uint64,uint64,bytes32,bytes),"
    "(uint8,uint64,uint64,uint64,bytes32,bytes),(address,bytes,uint256)[])"
)


def current_set(chain: MemoryChain):
    return ask(chain, "currentSet()", ("(address,bytes,uint256)[]",))[0]


def report(chain: MemoryChain, reporter: bytes, number: int, first, second, members) -> int:
    output = send(chain, reporter, REPORT, key_address(number), first, second, members)
    return decode(("uint256",), output)[0]


def view_changed(vote: Statement, **changes) -> Statement:
    return replace(vote, **changes)
