"""Staking: bonds, moves, rewards, elections, faults."""

from bench.histories.world import AIT, EPOCH_BLOCKS, World, account, key_address, secret
from bench.memory_host import CHAIN_ID, GENESIS_HASH
from contracts.places import STAKING_ADDRESS
from contracts.staking.v1.registration import registration_digest
from primitives.keys import public_key, sign
from primitives.types import U256_MAX
from primitives.vote import Statement, VoteDomain, VoteKind

ALICE, BOB, CAROL = account(1), account(2), account(3)
V = [key_address(number) for number in range(1, 9)]
UNBONDING_SECONDS = 800
DOMAIN = VoteDomain(chain_id=CHAIN_ID, genesis_hash=GENESIS_HASH)
S = "staking"


def signed_vote(number: int, *, epoch: int, height: int, block: int = 1) -> tuple[object, ...]:
    vote = Statement(
        kind=VoteKind.NOTARIZE, epoch=epoch, view=height, height=height,
        block_hash=block.to_bytes(32, "big"),
    )  # fmt: skip
    signature = sign(secret(number), vote.digest(DOMAIN)).to_bytes()
    return (int(vote.kind), vote.epoch, vote.view, vote.height, vote.block_hash, signature)


def staking_history() -> World:
    """Delegations of three accounts over some epochs, a registration and a double sign."""
    world = World(staking={"unbondingSeconds": UNBONDING_SECONDS, "periodSeconds": 100})
    world.note_supply()
    send = world.send
    for validator in V[:5]:
        send(ALICE, S, "delegate", validator, value=500 * AIT)
    send(BOB, S, "delegate", V[0], value=50 * AIT)
    world.refuse(BOB, S, "delegate", ALICE, value=50 * AIT)
    _registrations(world)
    send(account(101), S, "edit", account(9), "a name of some thirty letters", 600)
    world.refuse(ALICE, S, "edit", ALICE, "name", 600)
    for count in range(4):
        world.next_epoch()
        send(ALICE, S, "compound", ALICE, V[0])
        send(BOB, S, "compound", ALICE, V[1])
        send(ALICE, S, "withdrawRewards", V[2])
        send(account(101 + count), S, "withdrawCommission")
        send(ALICE, S, "delegate", V[3], value=10 * AIT)
        send(ALICE, S, "redelegate", V[4], V[5], 20 * AIT)
        send(ALICE, S, "redelegate", V[0], V[6], 20 * AIT)
        send(ALICE, S, "undelegate", V[0], 10 * AIT)
        send(ALICE, S, "undelegate", V[1], 10 * AIT)
        for name in ("unbondings", "redelegations", "delegationsOf"):
            world.ask(S, name, ALICE)
        world.ask(S, "stakesAt", ALICE, world.host.block.height)
    world.refuse(ALICE, S, "undelegate", V[5], 1_000 * AIT)
    world.refuse(ALICE, S, "redelegate", V[5], V[6], 20 * AIT)
    send(BOB, S, "undelegate", V[0], U256_MAX)
    send(account(108), S, "undelegate", V[7], 1_500 * AIT)
    world.refuse(account(108), S, "join")
    send(account(108), S, "delegate", V[7], value=1_500 * AIT)
    send(account(108), S, "join")
    _views(world)
    world.host.advance(UNBONDING_SECONDS // 4, seconds=UNBONDING_SECONDS)
    send(ALICE, S, "compound", ALICE, V[5])
    send(ALICE, S, "withdrawRewards", V[6])
    send(ALICE, S, "withdraw")
    world.refuse(CAROL, S, "withdrawRewards", CAROL)
    world.next_epoch()
    world.host.advance(UNBONDING_SECONDS // 4, seconds=UNBONDING_SECONDS)
    send(BOB, S, "withdraw")
    world.next_epoch()
    send(ALICE, S, "undelegate", V[0], AIT)
    _double_sign(world)
    world.framework_calls(S, "jailSeconds", 601)
    world.framework_calls("runtime", "evmGasSharePercent", 13)
    world.ask("runtime", "supply")
    return world


def _registrations(world: World) -> None:
    operator = account(50)
    digest = registration_digest(CHAIN_ID, STAKING_ADDRESS, operator)
    for number in (8, 20):  # a known key, then a new one
        proof = sign(secret(number), digest).to_bytes()
        values = (public_key(secret(number)), proof, operator, "a name of some thirty letters", 500)
        if number == 8:
            world.refuse(operator, S, "register", *values, value=1_500 * AIT)
        else:
            world.send(operator, S, "register", *values, value=1_500 * AIT)


def _double_sign(world: World) -> None:
    host = world.host
    epoch, height = host.block.epoch, host.block.height
    members = [(row.validator, row.public_key, row.power) for row in world.ask(S, "currentSet")]
    votes = [signed_vote(1, epoch=epoch, height=height, block=block) for block in (1, 2)]
    forged = (*votes[1][:5], bytes(64) + b"\x01")
    world.refuse(CAROL, S, "reportDoubleSign", V[0], votes[0], forged, members)
    world.refuse(CAROL, S, "reportDoubleSign", V[0], *votes, [])
    world.send(CAROL, S, "reportDoubleSign", V[0], *votes, members)
    for size in (1, 100):
        world.ask(S, "slashQueue", 0, size)
    world.refuse(CAROL, S, "withdraw")
    world.refuse(account(101), S, "unjail")


def _views(world: World) -> None:
    height = world.host.block.height
    for name in ("totals", "nextSetHash", "validatorCount", "candidates", "currentSet",
                 "activePower"):  # fmt: skip
        world.ask(S, name)
    world.ask(S, "validatorOf", account(101))
    world.ask(S, "validator", V[0])
    world.pages(S, "validators", sizes=(0, 1, 4, 8))
    for validator in V[:2]:
        world.ask(S, "delegation", validator, ALICE)
        world.ask(S, "rewards", validator, ALICE)
    for who in (ALICE, BOB, CAROL):
        for name in ("delegationsOf", "unbondings", "redelegations"):
            world.ask(S, name, who)
        world.ask(S, "stakesAt", who, height)
    world.ask(S, "slashQueue", 0, 10)
    world.ask(S, "epochRecord", world.host.block.epoch)
    world.ask(S, "presence", V[7])
    world.ask(S, "bondedAt", height - 1)
    world.ask(S, "validatorTokensAt", V[0], 3)
    for place in (2, 5, 6):  # without entries and with
        world.ask(S, "delegationAt", V[place], ALICE, height - 1)


def downtime_history() -> World:
    """One validator in three is away until it is jailed; heartbeats bring others back."""
    world = World(
        validators=3,
        staking={
            "unbondingSeconds": UNBONDING_SECONDS, "periodSeconds": 10, "periodBlocksMin": 10,
            "windowPeriods": 4, "jailSeconds": 40,
        }
    )  # fmt: skip
    world.note_supply()
    members = [row.validator for row in world.ask(S, "currentSet")]
    away = 1 << members.index(V[0])
    present = (1 << len(members)) - 1 ^ away

    def step() -> None:
        is_terminal = world.host.block.height % EPOCH_BLOCKS == 0
        world.advance(signers=0 if is_terminal else present)

    for _ in range(30):
        step()
    while world.host.block.height % EPOCH_BLOCKS < 3:
        step()
    epoch, height = world.host.block.epoch, world.host.block.height - 1
    for number in (2, 3):
        world.send(ALICE, S, "heartbeat", signed_vote(number, epoch=epoch, height=height))
    vote = signed_vote(40, epoch=epoch, height=height)
    world.refuse(ALICE, S, "heartbeat", vote)
    for name in ("activePower", "candidates"):
        world.ask(S, name)
    world.ask(S, "presence", V[0])
    while not world.ask(S, "validator", V[0]).is_jailed:
        step()
        members = [row.validator for row in world.ask(S, "currentSet")]
        present = (1 << len(members)) - 1
        present ^= 1 << members.index(V[0]) if V[0] in members else 0
    world.refuse(account(101), S, "unjail")
    for _ in range(45):
        world.advance(signers=0)
    world.send(account(101), S, "unjail")
    return world
