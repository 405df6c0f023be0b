"""Marketplace and receipts: miners, jobs, leases, receipts, openings, challenges, settlement."""

from dataclasses import replace
from functools import cache

from bench.histories.world import AIT, World, account, key_address, secret
from bench.memory_host import CHAIN_ID
from contracts.disputes.v1.messages import Fault
from contracts.places import RECEIPTS_ADDRESS
from primitives.compute import Acknowledgement, ComputeReceipt
from primitives.keys import sign
from primitives.matmul import MatmulSpec, tile_leaf
from primitives.matmul_kernel import compute_tile
from primitives.merkle import merkle_levels, merkle_path

MINER, CHALLENGER = account(2), account(3)
CLIENT_KEY, OPERATOR_KEY = 76, 77
CLIENT = key_address(CLIENT_KEY)
SEED = b"\x11" * 32
SIDE, DEPTH = 256, 64
PRICE = SIDE * SIDE * DEPTH * 10**12 + 7
DEADLINE, WINDOW = 60, 10
MK, RC, DP = "marketplace", "receipts", "disputes"
LATE = account(5)
OTHER = b"\x22" * 32


@cache
def _leaves(spec: MatmulSpec) -> tuple[bytes, ...]:
    return tuple(tile_leaf(spec, index, compute_tile(spec, index)) for index in range(spec.tiles))


def compute_history() -> World:
    """Seven jobs: settled, acknowledged, challenged, failed, cancelled and expired ones."""
    world = World()
    world.host.balances[CLIENT] = 1_000_000 * AIT
    send = world.send
    operator = key_address(OPERATOR_KEY)
    send(MINER, MK, "registerMiner", operator, "tcp://[2001:db8::1]:30303/a/rather/long/place",
         value=900 * AIT)  # fmt: skip
    world.refuse(MINER, MK, "registerMiner", operator, "tcp://x", value=10 * AIT)
    send(MINER, MK, "setOperator", operator)
    send(MINER, MK, "setEndpoint", "tcp://[2001:db8::1]:30303/another/rather/long/place")
    send(MINER, MK, "addBond", value=AIT)
    jobs = [_post_job(world) for _ in range(7)]
    world.refuse(CLIENT, MK, "postJob", SEED, SIDE, SIDE, DEPTH, DEADLINE, 1, value=PRICE)
    world.pages(MK, "openJobs", sizes=(0, 1, 3, 7))
    for job in jobs[:5]:
        send(MINER, MK, "takeJob", job)
    world.refuse(CHALLENGER, MK, "takeJob", jobs[5])
    world.refuse(MINER, MK, "requestWithdrawal")
    send(CLIENT, MK, "cancelJob", jobs[5])
    claims = [_claim(world, job, is_wrong=place == 2) for place, job in enumerate(jobs[:4])]
    for place, (levels, claim) in enumerate(claims):
        signature = sign(secret(OPERATOR_KEY), claim.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
        if place == 0:
            wrong = sign(secret(40), claim.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()
            world.refuse(MINER, RC, "submitReceipt", _values(claim), wrong, levels[-1][0])
            stale = replace(claim, beacon=b"\x77" * 32)
            world.refuse(MINER, RC, "submitReceipt", _values(stale), wrong, levels[-1][0])
        send(MINER, RC, "submitReceipt", _values(claim), signature, levels[-1][0])
    world.refuse(MINER, RC, "openTiles", claims[0][1].struct_hash(), [[bytes(32)] * 4])
    world.advance(3)
    _open_and_challenge(world, claims)
    voucher = _voucher(claims[1][1])
    world.refuse(MINER, RC, "acknowledge", claims[1][1].struct_hash(), bytes(64) + b"\x01")
    send(CLIENT, RC, "acknowledge", claims[1][1].struct_hash(), voucher)
    send(MINER, RC, "settle", claims[1][1].struct_hash())
    world.advance(WINDOW)
    send(MINER, RC, "settle", claims[0][1].struct_hash())
    send(CLIENT, RC, "failReceipt", claims[3][1].struct_hash())
    world.advance(DEADLINE)
    send(CLIENT, MK, "expireJob", jobs[4])
    send(CLIENT, MK, "expireJob", jobs[6])
    _views(world, jobs, claims)
    send(MINER, MK, "requestWithdrawal")
    world.refuse(MINER, MK, "withdrawBond")
    world.host.leap(86_400)
    send(LATE, DP, "sweepReward", OTHER)
    send(MINER, MK, "withdrawBond")
    return world


def _post_job(world: World) -> bytes:
    values = (SEED, SIDE, SIDE, DEPTH, DEADLINE, WINDOW)
    job: bytes = world.send(CLIENT, MK, "postJob", *values, value=PRICE)
    return job


def _claim(
    world: World, job_id: bytes, *, is_wrong: bool
) -> tuple[list[list[bytes]], ComputeReceipt]:
    job = world.ask(MK, "job", job_id)
    spec = MatmulSpec(seed=job.seed, m=job.m, n=job.n, k=job.k)
    leaves = list(_leaves(spec))
    if is_wrong:
        leaves[3] = b"\x66" * 32
    levels = merkle_levels(leaves)
    now = world.host.block.timestamp
    claim = ComputeReceipt(
        job_id=job_id, lease_id=job.lease_id, seq=1, miner=job.miner, client=job.client,
        model_root=bytes(32), request_hash=spec.request_hash(), response_hash=levels[-1][0],
        trace_root=bytes(32), fingerprint=bytes(32), unit_kind=2, units=spec.macs,
        unit_price=job.unit_price, started_at=now - 1, ended_at=now,
        beacon=world.ask(RC, "freshBeacon")[0], attestation=bytes(32), flags=0,
    )  # fmt: skip
    return levels, claim


def _values(claim: ComputeReceipt) -> tuple[object, ...]:
    return tuple(getattr(claim, name) for name in ComputeReceipt.__dataclass_fields__)


def _voucher(claim: ComputeReceipt) -> bytes:
    voucher = Acknowledgement(
        lease_id=claim.lease_id, seq=claim.seq, receipt_hash=claim.struct_hash(),
        cumulative_units=claim.units, cumulative_amount=claim.units * claim.unit_price,
    )  # fmt: skip
    return sign(secret(CLIENT_KEY), voucher.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()


def _open_and_challenge(
    world: World, claims: list[tuple[list[list[bytes]], ComputeReceipt]]
) -> None:
    levels, claim = claims[0]
    receipt = claim.struct_hash()
    drawn = world.ask(RC, "drawnTiles", receipt)
    paths = [merkle_path(levels, tile) for tile in drawn]
    world.refuse(MINER, RC, "openTiles", receipt, [[bytes(32), *paths[0][1:]]])
    world.send(MINER, RC, "openTiles", receipt, paths[:1])
    world.send(MINER, RC, "openTiles", receipt, paths[1:])
    path = merkle_path(levels, 0)
    world.refuse(CHALLENGER, RC, "challengeTile", receipt, 0, levels[0][0], path)
    levels, claim = claims[2]
    path = merkle_path(levels, 3)
    receipt = claim.struct_hash()
    shown = (receipt, 3, levels[0][3], path)
    world.ask(RC, "checkTile", *shown)
    evidence = (3).to_bytes(32, "big")
    for who in (CHALLENGER, LATE):
        named = (receipt, who, Fault.WRONG_PRODUCT, evidence, SEED)
        hidden = world.ask(DP, "commitmentFor", *named)
        world.send(who, DP, "commitChallenge", hidden, value=AIT)
        world.advance(who == CHALLENGER)
    world.refuse(CHALLENGER, DP, "revealTile", 1, SEED, receipt, 3, levels[0][3], path[1:])
    world.send(CHALLENGER, DP, "revealTile", 1, SEED, *shown)
    world.send(LATE, DP, "withdrawTileChallenge", 2, SEED, receipt, 3)
    world.send(RECEIPTS_ADDRESS, DP, "noteProductFailed", OTHER, 0)


def _views(
    world: World, jobs: list[bytes], claims: list[tuple[list[list[bytes]], ComputeReceipt]]
) -> None:
    for place in (0, 3, 5):
        world.ask(MK, "job", jobs[place])
    world.ask(MK, "jobOfLease", claims[0][1].lease_id)
    world.ask(MK, "jobCount")
    world.pages(MK, "jobs", 0, sizes=(0, 1, 3, 7))
    world.ask(MK, "miner", MINER)
    world.ask(RC, "receipt", claims[0][1].struct_hash())
    world.ask(RC, "receiptCount")
    world.pages(RC, "receipts", sizes=(0, 1, 2, 4))
    world.ask(RC, "beaconAt", world.host.block.height - 1)
    world.ask(RC, "parameters")
    world.framework_calls(MK)
    world.framework_calls(RC)
