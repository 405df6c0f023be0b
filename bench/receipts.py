"""Receipts of leases: checking them in bulk, anchoring a million under one root, sampling.

Expected: a check costs one signature recovery (35 to 40 us) and little else, so above 25,000 a
second and core; eth-account, which hashes typed data and recovers in Python, 20 to 60 times less. A
tree of 10^6 receipts is 4 x 10^6 blocks of SHA-256: about a second on one core in software.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from bench.result import Result, median_seconds
from contracts.marketplace.v1.lease_messages import LeaseInfo, LeaseStatus
from miner.leases.bulk import Rules, check_receipts
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_SIGNED,
    DOMAIN_NAME,
    DOMAIN_VERSION,
    RECEIPT_TYPE,
    UNIT_TOKENS,
    ComputeReceipt,
)
from primitives.keys import public_key, recover_address, secret_to_address, sign
from primitives.sum_tree_kernel import build_sum_tree
from primitives.types import Address, Hash32

TYPE = RECEIPT_TYPE.decode()
COUNT = 4_000
CHAIN_ID = 7
CONTRACT = Address(b"\x10" * 20)
SECRET = bytes(31) + b"\x05"
WORD = Hash32(b"\x31" * 32)
TREE = 1_000_000


def run() -> Iterator[Result]:
    receipts = _receipts()
    signatures = [sign(SECRET, r.digest(CHAIN_ID, CONTRACT)) for r in receipts]
    rows = np.frombuffer(b"".join(r.encode() for r in receipts), np.uint8).reshape(-1, 576)
    raw = b"".join(signature.to_bytes() for signature in signatures)
    signed = np.frombuffer(raw, np.uint8).reshape(-1, 65)
    rules = _rules(receipts[0])

    def bulk() -> None:
        assert not check_receipts(rows, signed, rules).any()

    fast = COUNT / median_seconds(bulk, 5)
    yield Result(name="receipts::check/bulk", value=fast, unit="receipts/s", target="25,000 a core")

    def one_by_one() -> None:
        for receipt, signature in zip(receipts[:500], signatures, strict=False):
            digest = receipt.digest(CHAIN_ID, CONTRACT)
            assert recover_address(digest, signature) == receipt.miner

    single = 500 / median_seconds(one_by_one, 5)
    yield Result(name="receipts::check/one_by_one", value=single, unit="receipts/s")
    account = _eth_account(receipts[:50], [s.to_bytes() for s in signatures[:50]])
    yield Result(name="receipts::check/eth_account", value=account, unit="receipts/s")
    yield Result(name="receipts::check/bulk_over_eth_account", value=fast / account, unit="x")
    yield from _trees()


def _receipts() -> list[ComputeReceipt]:
    miner = secret_to_address(SECRET)
    first = ComputeReceipt(
        job_id=WORD, lease_id=WORD, seq=1, miner=miner, client=Address(b"\x11" * 20),
        model_root=WORD, request_hash=WORD, response_hash=WORD, trace_root=WORD,
        fingerprint=WORD, unit_kind=UNIT_TOKENS, units=5, unit_price=10**15, started_at=100,
        ended_at=101, beacon=WORD, attestation=Hash32(bytes(32)), flags=0,
    )  # fmt: skip
    return [replace(first, seq=seq) for seq in range(COUNT)]


def _rules(receipt: ComputeReceipt) -> Rules:
    lease = LeaseInfo(
        lease_id=WORD, order_id=WORD, client=receipt.client, miner=receipt.miner, kind=2,
        classes=CLASS_SIGNED | CLASS_CANONICAL, model_root=WORD, unit_kind=UNIT_TOKENS,
        unit_price=10**15, units_max=1_000, escrow=10**18, prepaid=0, lock=10**18, fee_bps=250,
        status=LeaseStatus.ACTIVE, holds=0, window_blocks=60, response_seconds=60,
        move_seconds=60, game_seconds=1_800, adjudicator=1, opened_at=50, opened_height=1,
        deadline=3_600, client_key=WORD, miner_key=WORD,
    )  # fmt: skip
    return Rules(
        lease=lease, operator=public_key(SECRET), beacons=[WORD], latest=1_000,
        chain_id=CHAIN_ID, contract=CONTRACT,
    )  # fmt: skip


def _eth_account(receipts: list[ComputeReceipt], signatures: list[bytes]) -> float:
    """Return how many receipts eth-account checks a second: typed data hashed, key recovered."""
    from eth_account import Account
    from eth_account.messages import encode_typed_data

    kinds = {
        name: kind
        for kind, name in (
            entry.split(" ")
            for entry in TYPE[TYPE.index("(") + 1 : -1].split(",")
        )
    }  # fmt: skip
    domain = {
        "name": DOMAIN_NAME, "version": DOMAIN_VERSION, "chainId": CHAIN_ID,
        "verifyingContract": "0x" + CONTRACT.hex(),
    }  # fmt: skip
    types = {"ComputeReceipt": [{"name": name, "type": kind} for name, kind in kinds.items()]}
    fields = list(ComputeReceipt.__dataclass_fields__)

    def check() -> None:
        for receipt, signature in zip(receipts, signatures, strict=True):
            values = [getattr(receipt, field) for field in fields]
            message = {
                name: "0x" + value.hex() if isinstance(value, bytes) else value
                for name, value in zip(kinds, values, strict=True)
            }
            signable = encode_typed_data(domain, types, message)
            vrs = signature[:64] + bytes((27 + signature[64],))
            found = Account.recover_message(signable, signature=vrs)
            assert found.lower() == "0x" + receipt.miner.hex()

    return len(receipts) / median_seconds(check, 3)


def _trees() -> Iterator[Result]:
    generator = np.random.default_rng(1)
    leaves = generator.integers(0, 256, (TREE, 88), dtype=np.uint8)
    leaves[:, 72:80] = 0
    leaves = np.ascontiguousarray(leaves[np.lexsort(leaves[:, :8].T[::-1])])
    build_sum_tree(leaves[:10])
    for threads in (1, 2):
        seconds = median_seconds(lambda t=threads: build_sum_tree(leaves, t), 3)  # type: ignore[misc]
        name = f"receipts::sum_tree/n=1000000,threads={threads}"
        yield Result(name=name, value=seconds, unit="s", target="2 s")
