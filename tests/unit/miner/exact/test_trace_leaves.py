"""Leaves hashed together are those that the trace's definition hashes one by one."""

import numpy as np
import pytest

import miner.exact.trace_leaves as subject
from miner.exact.execution import ExactRequest, Execution
from miner.exact.trace_leaves import LeafQueue, layer_leaves
from primitives.integer_model.manifest import LayerShifts, Manifest, encode_layers, leaf_hash
from primitives.integer_model.request import Options
from primitives.integer_model.trace import layer_leaf, sample_payload

LAYERS = 3
SHIFTS = LayerShifts(20, 30, 30, 30, 30, 40, 20, 30, 30, 17, 30, 1 << 29)


def values(width, count, layers=LAYERS, seed=0):
    rng = np.random.default_rng(seed)
    outs = rng.integers(-(2**31), 2**31, (count, layers, width), np.int64).astype(np.int32)
    rows = rng.integers(-(2**15), 2**15, (count, layers, 2 * width)).astype(np.int16)
    return outs, rows


def one_by_one(positions, outs, rows):
    return [
        layer_leaf(int(position), layer, outs[place, layer], rows[place, layer])
        for place, position in enumerate(positions)
        for layer in range(outs.shape[1])
    ]


@pytest.mark.parametrize("width", [64, 512, 576, 1024, 1088, 1536, 2048, 3072, 4096, 5184])
@pytest.mark.parametrize("count", [1, 7])
def test_leaves_of_every_width(width, count):
    outs, rows = values(width, count)
    positions = np.array([3, 2**31, 0, 1, 2**32 - 1, 77, 78], np.uint32)[:count]
    found = layer_leaves(positions, outs, rows)
    assert [leaf.tobytes() for leaf in found] == one_by_one(positions, outs, rows)


def test_rows_that_are_no_contiguous_array():
    outs, rows = values(128, 6)
    positions = np.arange(3, dtype=np.uint32)
    found = layer_leaves(positions, outs[::2], rows[::2])
    assert [leaf.tobytes() for leaf in found] == one_by_one(positions, outs[::2], rows[::2])


class World:
    """Two executions whose rows come in calls of mixed rows."""

    def __init__(self, width=128):
        manifest = Manifest(
            vocabulary=64, layers=LAYERS, d_model=width, heads=1, kv_heads=1, head_dim=width,
            d_ff=64, context_max=64, activation_max=2047, tied=False, epsilon=1, embed_shift=20,
            final_shift=20, head_shift=30, layer_bytes=encode_layers([SHIFTS] * LAYERS),
        )  # fmt: skip
        request = ExactRequest(prompt=(1,), options=Options(tokens_max=60))
        self.executions = [Execution(request=request) for _ in range(2)]
        self.right = [Execution(request=request) for _ in range(2)]
        self.cache = values(width, 2 * 64, seed=9)[1].reshape(2, 64, LAYERS, 2 * width)
        self.reads = []
        self.queue = LeafQueue(manifest, self.read)
        self.width, self.manifest = width, manifest

    def read(self, slots, positions):
        self.reads.append(len(slots))
        return self.cache[slots, positions]

    def call(self, places):
        outs, _ = values(self.width, len(places), seed=len(self.right[0].leaves))
        slots, positions = (np.array(column, np.int64) for column in zip(*places, strict=True))
        self.queue.add([self.executions[slot] for slot in slots], slots, positions, outs)
        for place, (slot, position) in enumerate(places):
            self.right[slot].add_layers(position, outs[place], self.cache[slot, position])

    def sample(self, slot, position, token):
        self.queue.add_sample(self.executions[slot], position, token)
        self.right[slot].leaves.append(leaf_hash(sample_payload(position, LAYERS, token)))

    def check(self):
        assert [e.leaves for e in self.executions] == [e.leaves for e in self.right]


def test_leaves_of_several_calls_stand_where_they_belong():
    world = World()
    world.call([(0, 0), (0, 1), (1, 0)])
    world.sample(0, 1, 7)
    world.call([(1, 1), (0, 2)])
    world.sample(1, 1, 2**32 - 1)
    world.sample(0, 2, 8)
    world.call([(0, 3)])
    assert b"" in world.executions[0].leaves
    world.queue.flush()
    world.check()
    assert world.reads == [6]
    world.queue.flush()
    assert world.reads == [6]
    world.call([(1, 2)])
    world.queue.flush()
    world.check()


def test_samples_without_rows_are_hashed_too():
    world = World()
    world.sample(1, 0, 5)
    world.queue.flush()
    world.check()


def test_samples_that_wait_are_bounded(monkeypatch):
    world = World()
    monkeypatch.setattr(subject, "WAITING_SAMPLES_MAX", 2)
    world.sample(0, 0, 1)
    assert world.executions[0].leaves == [b""]
    world.sample(0, 1, 2)
    world.check()


def test_rows_are_hashed_before_the_samples_between_them():
    world = World()
    world.call([(0, 0)])
    world.sample(0, 0, 9)
    world.queue.flush_rows()
    assert [bool(leaf) for leaf in world.executions[0].leaves] == [True] * LAYERS + [False]
    world.queue.flush()
    world.check()


def test_rows_that_wait_are_bounded(monkeypatch):
    world = World()
    monkeypatch.setattr(subject, "WAITING_BYTES_MAX", 3 * LAYERS * 128 * 8)
    world.call([(0, 0), (0, 1)])
    assert world.reads == []
    world.call([(0, 2)])
    assert world.reads == [3]
    world.check()
