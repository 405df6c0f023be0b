"""A chain with staking: keys, accounts and the calls that tests make."""

from dataclasses import replace

from contracts.framework.history import latest
from contracts.places import RUNTIME_ADDRESS
from contracts.places import STAKING_ADDRESS as STAKING
from contracts.runtime import Registry
from contracts.staking.v1.contract import Staking, validator_set
from contracts.staking.v1.registration import registration_digest
from contracts.staking.v1.settings import StakingGenesis, StakingValidator
from primitives.abi import decode, decode_exactly, encode_call, selector
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
        epoch_blocks=EPOCH_BLOCKS,
    )


PARAMETERS = {"unbondingSeconds": UNBONDING_SECONDS}


def staking_chain(count: int = 4, parameters=None, **fields) -> MemoryChain:
    chain = MemoryChain(Registry((Staking,)), block=block_at(0, epoch=0))
    own = {"staking": PARAMETERS | (parameters or {})}
    chain.registry.genesis(chain.hook, {Staking: staking_genesis(count, **fields)}, own)
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


METHODS = {method.name: method for method in Staking.methods.values()}


def act(chain: MemoryChain, sender: bytes, name: str, *values, value: int = 0):
    """Send a call by its method's name and return its result."""
    method = METHODS[name]
    data = method.selector + method.arguments.write(values)
    return _results(method, chain.transact(sender, STAKING, data, value))


def see(chain: MemoryChain, name: str, *values):
    """Read a view by its method's name."""
    method = METHODS[name]
    return _results(method, chain.read(STAKING, method.selector + method.arguments.write(values)))


def _results(method, output: bytes):
    results = decode_exactly(method.results, output) if method.outputs else ()
    return results[0] if len(results) == 1 else results


def double_sign(chain: MemoryChain, number: int, reporter: bytes, *, epoch: int, members) -> int:
    votes = [
        vote_data(number, statement(VoteKind.NOTARIZE, epoch=epoch, block=block))
        for block in (1, 2)
    ]
    return report(chain, reporter, number, *votes, members)


def unbond_time(chain: MemoryChain, seconds: int = UNBONDING_SECONDS) -> None:
    """Go to where what left in an earlier epoch has just matured."""
    blocks = seconds // 4
    chain.advance(blocks, seconds=seconds)


def with_supply(chain: MemoryChain, supply=None) -> None:
    """Put a runtime on the chain that answers ``supply()``: its own figure, or all balances."""

    def answer(frame, data: bytes) -> bytes:
        assert data == selector("supply()")
        return (frame.chain.supply if supply is None else supply).to_bytes(32, "big")

    chain.foreign[RUNTIME_ADDRESS] = answer


def storage(chain: MemoryChain) -> Staking:
    """Return the contract for reading its variables."""
    return Staking(chain.context(STAKING, is_static=True))


def check_books(chain: MemoryChain, delegators) -> None:
    """Check the invariants of staking's money over all accounts that ever staked."""
    staking = storage(chain)
    held = chain.balances[STAKING]
    totals = (
        staking.bonded_total,
        staking.unbonding_total,
        staking.rewards_total,
        staking.slashing_total,
    )
    assert held == sum(totals)
    bonded = rewards = 0
    held_by_pools = {}
    validators = [staking.registered[i] for i in range(len(staking.registered))]
    unbonding = 0
    for validator in validators:
        for pools in (staking.redelegation_pools[validator],):
            for index in range(len(pools)):
                pool = pools[index]
                known = held_by_pools.get(pool.destination, 0)
                held_by_pools[pool.destination] = known + pool.held
        pools = staking.unbonding_pools[validator]
        unbonding += sum(pools[index].tokens for index in range(len(pools)))
    for validator in validators:
        record = staking.records[validator]
        own = [see(chain, "delegation", validator, who) for who in delegators]
        shares = sum(info.shares for info in own) + held_by_pools.get(validator, 0)
        assert shares == record.shares
        assert sum(info.tokens + info.arriving for info in own) <= record.tokens
        bonded += record.tokens
        rewards += sum(info.rewards for info in own)
        rewards += see(chain, "validator", validator).commission_due
    assert bonded == staking.bonded_total
    assert unbonding == staking.unbonding_total
    assert rewards <= staking.rewards_total
    owed = sum(e.payable_amount for who in delegators for e in see(chain, "unbondings", who))
    assert owed <= staking.unbonding_total
    active = [v for v in validators if staking.records[v].is_active]
    assert latest(staking.active_past) == sum(staking.records[v].tokens for v in active)
    power = sum(staking.records[v].reward_power for v in validators)
    assert power == staking.reward_power


def validator_set_of(chain: MemoryChain):
    return validator_set(lambda slot: chain.storage.get((STAKING, slot), 0))
