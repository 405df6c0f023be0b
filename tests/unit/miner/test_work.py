"""Products: right, committed, kept, and never taken for another's."""

import os
import subprocess
import sys

import numpy as np
import pytest

from miner import cpu_kernel
from miner.work import ProductStore, compute_leaves, fill_for, read_product
from primitives.errors import ConfigError, DecodeError
from primitives.matmul import MatmulSpec, operand_rows, result_leaves
from primitives.merkle import merkle_root, root_from_path

SEED = b"\x05" * 32
JOB = b"\x0a" * 32


def spec_of(m=64, n=128, k=77) -> MatmulSpec:
    return MatmulSpec(seed=SEED, m=m, n=n, k=k)


def reference(spec: MatmulSpec):
    a = operand_rows(spec.seed, 0, 0, spec.m, spec.k).astype(np.int64)
    b = operand_rows(spec.seed, 1, 0, spec.n, spec.k).astype(np.int64)
    return (a @ b.T).astype(np.int32)


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize(("m", "n", "k"), [(64, 64, 64), (128, 64, 65), (64, 192, 79)])
def test_cpu_product_equals_numpy(m, n, k, threads):
    spec = spec_of(m, n, k)
    out = np.full((m, n), 7, dtype=np.int32)
    cpu_kernel.fill_product(spec, out, threads)
    assert np.array_equal(out, reference(spec))


def test_depth_blocks_and_column_blocks_change_nothing(monkeypatch):
    spec = spec_of(64, 192, 130)
    whole = np.empty((64, 192), dtype=np.int32)
    cpu_kernel.fill_product(spec, whole, 1)
    monkeypatch.setattr(cpu_kernel, "OPERAND_BYTES_MAX", 1)
    blocks = np.empty((64, 192), dtype=np.int32)
    cpu_kernel.fill_product(spec, blocks, 2)
    assert np.array_equal(whole, blocks)


def test_product_deeper_than_a_depth_block_equals_the_shared_kernel():
    from primitives.matmul_kernel import compute_product

    spec = spec_of(64, 64, cpu_kernel.DEPTH + 5)
    out = np.empty((64, 64), dtype=np.int32)
    cpu_kernel.fill_product(spec, out, 1)
    assert np.array_equal(out, compute_product(spec))


CUDA_SCRIPT = """
import numpy as np
from miner.cuda_kernel import check_device, fill_product
from primitives.matmul import MatmulSpec
from primitives.matmul_kernel import compute_product
spec = MatmulSpec(seed=bytes(range(32)), m=32, n=16, k=19)
out = np.zeros((32, 16), dtype=np.int32)
check_device()
fill_product(spec, out, 1)
assert np.array_equal(out, compute_product(spec)), "differs"
print("equal")
"""


def test_cuda_kernel_equals_the_cpu_kernel_in_the_simulator():
    environment = {**os.environ, "NUMBA_ENABLE_CUDASIM": "1"}
    command = [sys.executable, "-W", "ignore", "-c", CUDA_SCRIPT]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "equal\n", done.stderr


def test_cuda_without_a_device_names_the_remedy(monkeypatch):
    from miner import cuda_kernel

    monkeypatch.setattr(cuda_kernel.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="--backend cpu"):
        fill_for("cuda")


def test_unknown_backend_is_refused():
    with pytest.raises(ConfigError, match="cpu, cuda"):
        fill_for("abacus")


def test_stored_product_commits_to_the_reference_and_survives_reopening(tmp_path):
    spec = spec_of()
    made = ProductStore(tmp_path).compute(JOB, spec, fill_for("cpu"), 2)
    assert made.root == merkle_root(result_leaves(spec, reference(spec)))
    found = ProductStore(tmp_path).load(JOB, spec)
    assert found is not None
    assert found.levels == made.levels
    assert np.array_equal(found.matrix(), reference(spec))


def test_every_tile_path_leads_to_the_root(tmp_path):
    spec = spec_of(192, 192, 64)
    product = ProductStore(tmp_path).compute(JOB, spec, fill_for("cpu"), 1)
    for tile in range(spec.tiles):
        path = product.tile_path(tile)
        assert root_from_path(product.levels[0][tile], tile, spec.tiles, path) == product.root


def test_product_of_another_spec_is_not_loaded(tmp_path):
    store = ProductStore(tmp_path)
    store.compute(JOB, spec_of(), fill_for("cpu"), 1)
    assert store.load(JOB, spec_of(k=78)) is None
    assert store.load(b"\x0b" * 32, spec_of()) is None


def test_damaged_or_torn_files_are_not_loaded(tmp_path):
    store = ProductStore(tmp_path)
    spec = spec_of(64, 64, 64)
    path = store.compute(JOB, spec, fill_for("cpu"), 1).path
    whole = path.read_bytes()
    for position in (0, 9, 50, 60, 90):
        path.write_bytes(whole[:position] + bytes((whole[position] ^ 1,)) + whole[position + 1 :])
        assert store.load(JOB, spec) is None, position
    for size in (0, 10, 83, 4095, len(whole) - 1):
        path.write_bytes(whole[:size])
        assert store.load(JOB, spec) is None, size
        with pytest.raises(DecodeError):
            read_product(path)


def test_partial_files_of_a_crash_are_removed_at_start(tmp_path):
    (tmp_path / "x.part").write_bytes(b"half")
    ProductStore(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_finished_products_are_dropped_oldest_first_and_open_ones_kept(tmp_path):
    store = ProductStore(tmp_path, bytes_max=50_000)
    spec = spec_of(64, 64, 64)
    jobs = [bytes((number,)) * 32 for number in range(5)]
    for age, job in enumerate(jobs):
        path = store.compute(job, spec, fill_for("cpu"), 1).path
        os.utime(path, ns=(age, age))
    store.drop_finished([jobs[0]])
    kept = [job for job in jobs if store.path(job).exists()]
    assert kept == [jobs[0], jobs[3], jobs[4]]


def test_leaves_do_not_depend_on_threads():
    spec = spec_of(128, 128, 64)
    result = reference(spec)
    assert compute_leaves(spec, result, 1) == compute_leaves(spec, result, 4)
    assert compute_leaves(spec, result, 1) == result_leaves(spec, result)
