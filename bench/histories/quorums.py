"""Quorums: opened, drawn, committed, revealed, closed with a majority and without one."""

from typing import Any

from bench.histories.compute import CLIENT
from bench.histories.leases import KEY, MK, MODELS, PRICE, UNITS, _call, _offer
from bench.histories.world import AIT, World, account, key_address
from contracts.marketplace.v1.market_messages import OrderTerms

DP = "disputes"
MINERS = tuple(account(number) for number in range(10, 18))
STRANGER = account(5)
SALT = b"\x5a" * 32
RIGHT, WRONG = b"\x02" * 32, b"\x07" * 32


def quorums_history() -> World:
    """Three, five and seven miners; some silent, some wrong."""
    world = World()
    world.host.balances[CLIENT] = 1_000_000 * AIT
    for number, miner in enumerate(MINERS):
        key = key_address(500 + number)
        world.send(miner, MK, "registerMiner", key, "tcp://x", value=500 * AIT)
        world.send(miner, MK, "setSealingKey", KEY)
        for _ in range(4):
            _offer(world, miner)
    world.advance(1)
    for answers in (
        (RIGHT, RIGHT, WRONG), (RIGHT, None, None), (RIGHT,) * 3 + (WRONG,) * 2, (RIGHT,) * 7,
    ):  # fmt: skip
        _quorum(world, answers)
    return world


def _quorum(world: World, answers: tuple[bytes | None, ...]) -> None:
    send = world.send
    terms = OrderTerms(
        kind=2, classes=9, unit_kind=1, gpu_class=3, region=2, vram_mib=1, latency_ms=50,
        macs_per_second=0, model_root=MODELS[-1], client_key=KEY, units_max=UNITS,
        unit_price_max=PRICE, prepay_units=0, deadline_seconds=86_400, window_blocks=60,
        response_seconds=60, move_seconds=60, game_seconds=1_800, adjudicator=0,
        expiry_seconds=3_600,
    )  # fmt: skip
    value = UNITS * PRICE
    orders = [_call(world, CLIENT, "postOrder", terms, value=value) for _ in answers]
    world.ask(MK, "candidates", orders[0], world.host.block.height)
    world.refuse(STRANGER, DP, "openQuorum", orders, MODELS[0])
    quorum: int = send(CLIENT, DP, "openQuorum", orders, MODELS[0])
    world.refuse(STRANGER, DP, "drawQuorum", quorum)
    world.advance(9)
    for _ in range(1 if len(answers) == 3 else 2):
        send(STRANGER, DP, "drawQuorum", quorum)
    members: Any = world.ask(DP, "quorumMembers", quorum)
    rows = list(zip(members, answers, strict=True))
    for member, _ in rows:
        send(member.miner, MK, "acceptLease", member.lease_id)
    for member, answer in rows:
        hidden = world.ask(DP, "outputCommitment", quorum, member.miner, answer or WRONG, SALT)
        send(member.miner, DP, "commitOutput", quorum, hidden)
    world.host.leap(3_600)
    for member, answer in rows:
        if answer is not None:
            world.refuse(member.miner, DP, "revealOutput", quorum, answer, KEY)
            send(member.miner, DP, "revealOutput", quorum, answer, SALT)
    world.refuse(STRANGER, DP, "closeQuorum", quorum)
    world.host.leap(600)
    send(STRANGER, DP, "closeQuorum", quorum)
    world.refuse(STRANGER, DP, "releaseQuorum", quorum)
    world.host.leap(60)
    send(STRANGER, DP, "releaseQuorum", quorum)
    for name, values in (
        ("quorum", (quorum,)), ("quorumOf", (members[0].lease_id,)), ("quorumCount", ()),
        ("quorumAnswer", (members[0].lease_id,)),
    ):  # fmt: skip
        world.ask(DP, name, *values)
