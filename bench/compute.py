"""Work proofs: what computing costs, what checking costs, how many receipts a node checks.

Expected: Freivalds on a whole result costs a small part of the product, falling with n; one opened
tile costs about 2 n / 64 less than the product again.
"""

from collections.abc import Iterator

from bench import games
from bench.result import Result, median_seconds
from primitives import matmul, matmul_kernel, merkle
from primitives.compute import ComputeReceipt
from primitives.keys import recover_address, sign
from primitives.types import ZERO_ADDRESS, ZERO_HASH, Hash32

TILES = 4


def run() -> Iterator[Result]:
    yield from _products()
    yield _receipts()
    yield from games.run()


def _products() -> Iterator[Result]:
    for n in (1024, 2048, 4096):
        spec = matmul.MatmulSpec(seed=Hash32(bytes(31) + b"\x09"), m=n, n=n, k=n)
        result = matmul_kernel.compute_product(spec)
        root = merkle.merkle_root(matmul.result_leaves(spec, result))
        vectors = [
            matmul.check_vector(spec, root, ZERO_HASH, ZERO_ADDRESS, ZERO_HASH, turn)
            for turn in range(matmul.FREIVALDS_ROUNDS)
        ]
        execute = median_seconds(lambda s=spec: matmul_kernel.compute_product(s), 3)
        verify = median_seconds(
            lambda s=spec, r=result, v=vectors: matmul_kernel.freivalds_wrong_row(s, r, v), 3
        )
        tile = median_seconds(lambda s=spec: matmul_kernel.compute_tile(s, 3))
        case = f"n={n}"
        yield Result(name=f"matmul::execute/{case}", value=execute * 1e3, unit="ms")
        yield Result(name=f"matmul::rate/{case}", value=spec.macs / execute / 1e9, unit="GMAC/s")
        yield Result(name=f"matmul::verify/{case},rounds=3", value=verify * 1e3, unit="ms")
        yield Result(
            name=f"matmul::verify_to_execute/{case}",
            value=verify / execute,
            unit="x",
            target="at most 1/100",
        )
        yield Result(name=f"matmul::open_tile/{case}", value=tile * 1e3, unit="ms")
        sampled = TILES * tile / execute
        yield Result(name=f"matmul::open_tiles_to_execute/{case},tiles={TILES}", value=sampled,
                     unit="x", target="1/4000 a tile")  # fmt: skip


def _receipts() -> Result:
    """Return receipts checked per second on one core: signature and four tiles of n = 512."""
    spec = matmul.MatmulSpec(seed=Hash32(bytes(32)), m=512, n=512, k=512)
    leaves = matmul.result_leaves(spec, matmul_kernel.compute_product(spec))
    levels = merkle.merkle_levels(leaves)
    root = levels[-1][0]
    receipt = ComputeReceipt(
        job_id=ZERO_HASH, lease_id=ZERO_HASH, seq=1, miner=ZERO_ADDRESS, client=ZERO_ADDRESS,
        model_root=ZERO_HASH, request_hash=spec.request_hash(), response_hash=root,
        trace_root=ZERO_HASH, fingerprint=ZERO_HASH, unit_kind=2, units=spec.macs, unit_price=1,
        started_at=1, ended_at=2, beacon=ZERO_HASH, attestation=ZERO_HASH, flags=0,
    )  # fmt: skip
    signature = sign(bytes(31) + b"\x01", receipt.digest(1, ZERO_ADDRESS))
    tiles = matmul.drawn_tiles(receipt.struct_hash(), ZERO_HASH, spec.tiles, 4)
    paths = [merkle.merkle_path(levels, index) for index in tiles]

    def check() -> None:
        recover_address(receipt.digest(1, ZERO_ADDRESS), signature)
        for index, path in zip(tiles, paths, strict=True):
            leaf = matmul.tile_leaf(spec, index, matmul_kernel.compute_tile(spec, index))
            assert merkle.root_from_path(leaf, index, spec.tiles, path) == root

    return Result(
        name="receipts::check/tiles=4,n=512", value=1 / median_seconds(check, 21), unit="receipts/s"
    )
