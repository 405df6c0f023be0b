"""The trace leaves of executions under way, hashed many at a time.

The reference hashes each leaf by itself as ``primitives.integer_model.trace`` defines it; this one
gives the same hashes from a vector kernel whose lanes are rows of many layers, positions and
requests. A token of a small model has too few rows to fill the lanes, so rows wait here until
there are enough; until then their places in ``Execution.leaves`` are empty. Invariant:

T1  After ``flush`` every leaf stands where ``Execution.add_layers`` would have put it.
"""

import functools
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from miner.exact.execution import Execution
from primitives.integer_model.manifest import CHUNK, Manifest
from primitives.integer_model.trace import LEAF_BYTES
from primitives.sha256_batch import DIGEST, sha256_tagged, warm_up
from primitives.types import Hash32

Bytes = npt.NDArray[np.uint8]

WAITING_BYTES_MAX: Final = 1 << 20
"""So many bytes of rows fill the lanes of any width, and one call hashes them."""
WAITING_SAMPLES_MAX: Final = 4_096
_LEAF_TAG: Final = 0
_NODE_TAG: Final = 1
_EMPTY: Final = Hash32(b"")


ReadRows = Callable[[npt.NDArray[np.int64], npt.NDArray[np.int64]], npt.NDArray[np.int16]]
"""Returns the K and V rows at (slots, positions), shape (places, layers, 2 kv_width)."""


class LeafQueue:
    """Rows whose leaves are still to be hashed."""

    def __init__(self, manifest: Manifest, read: ReadRows) -> None:
        """Begin with nothing; ``read`` is asked for K and V rows when they are hashed.

        Raises:
            InvariantError: this machine's vector kernel computes other hashes.
        """
        _check_kernel()
        self._layers = manifest.layers
        self._place_bytes = manifest.layers * (4 * manifest.d_model + 4 * manifest.kv_width)
        self._read = read
        self._places: list[tuple[Execution, int]] = []
        self._outs: list[npt.NDArray[np.int32]] = []
        self._slots: list[npt.NDArray[np.int64]] = []
        self._positions: list[npt.NDArray[np.int64]] = []
        self._samples: list[tuple[Execution, int]] = []
        self._payloads: list[tuple[int, int, int]] = []

    def add(
        self,
        executions: list[Execution],
        slots: npt.NDArray[np.int64],
        positions: npt.NDArray[np.int64],
        outs: npt.NDArray[np.int32],
    ) -> None:
        """Take what a call computed: row by row whose it is, where its K and V are, its outputs.

        ``outs`` of shape (rows, layers, d_model) is kept, not copied. The slots must not be given
        to other requests before ``flush_rows``.
        """
        for execution in executions:
            self._places.append((execution, len(execution.leaves)))
            execution.leaves += [_EMPTY] * self._layers
        self._slots.append(slots)
        self._positions.append(positions)
        self._outs.append(outs)
        if len(self._places) * self._place_bytes >= WAITING_BYTES_MAX:
            self.flush_rows()

    def add_sample(self, execution: Execution, position: int, token: int) -> None:
        """Take a generated token."""
        self._samples.append((execution, len(execution.leaves)))
        self._payloads.append((position, self._layers, token))
        execution.leaves.append(_EMPTY)
        if len(self._samples) >= WAITING_SAMPLES_MAX:
            self._flush_samples()

    def flush(self) -> None:
        """Hash all that waits and put the leaves into their places."""
        self.flush_rows()
        self._flush_samples()

    def flush_rows(self) -> None:
        """Hash the rows that wait; slots may be given to others then."""
        if not self._places:
            return
        slots, positions = _joined(self._slots), _joined(self._positions)
        rows = self._read(slots, positions)
        raw = layer_leaves(positions.astype(np.uint32), _joined(self._outs), rows).tobytes()
        size = DIGEST * self._layers
        for number, (execution, start) in enumerate(self._places):
            first = size * number
            execution.leaves[start : start + self._layers] = [
                Hash32(raw[at : at + DIGEST]) for at in range(first, first + size, DIGEST)
            ]
        self._places, self._outs, self._slots, self._positions = [], [], [], []

    def _flush_samples(self) -> None:
        if not self._samples:
            return
        payloads = np.array(self._payloads, ">u4").view(np.uint8)
        count, size = payloads.shape
        starts = np.arange(count, dtype=np.int64) * size
        raw = _hash_parts(payloads.reshape(-1), starts, size, _LEAF_TAG).tobytes()
        for number, (execution, place) in enumerate(self._samples):
            execution.leaves[place] = Hash32(raw[DIGEST * number : DIGEST * (number + 1)])
        self._samples, self._payloads = [], []


def layer_leaves(
    positions: npt.NDArray[np.uint32],
    outs: npt.NDArray[np.int32],
    rows: npt.NDArray[np.int16],
) -> Bytes:
    """Return the leaves of positions, layer by layer within each, shape (positions * layers, 32).

    ``outs`` and ``rows`` have shape (positions, layers, width).
    """
    count, layers, _ = outs.shape
    payloads = np.empty((count, layers, LEAF_BYTES), np.uint8)
    payloads[:, :, :4] = positions.astype(">u4").view(np.uint8).reshape(count, 1, 4)
    payloads[:, :, 4:8] = np.arange(layers, dtype=">u4").view(np.uint8).reshape(1, layers, 4)
    payloads[:, :, 8:40] = _row_roots(outs).reshape(count, layers, DIGEST)
    payloads[:, :, 40:] = _row_roots(rows).reshape(count, layers, DIGEST)
    starts = np.arange(count * layers, dtype=np.int64) * LEAF_BYTES
    return _hash_parts(payloads.reshape(-1), starts, LEAF_BYTES, _LEAF_TAG)


def _row_roots(values: npt.NDArray[Any]) -> Bytes:
    """Return the Merkle root over the chunks of each row, shape (rows, 32)."""
    width = values.shape[-1]
    count, size = values.size // width, width * values.itemsize
    chunk = min(size, CHUNK * values.itemsize)
    data = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
    full, rest = divmod(size, chunk)
    rows = np.arange(count, dtype=np.int64)[:, None] * size
    starts = (rows + np.arange(full, dtype=np.int64) * chunk).reshape(-1)
    nodes = _hash_parts(data, starts, chunk, _LEAF_TAG).reshape(count, full, DIGEST)
    if rest:
        last = _hash_parts(data, rows.reshape(-1) + full * chunk, rest, _LEAF_TAG)
        nodes = np.concatenate((nodes, last.reshape(count, 1, DIGEST)), axis=1)
    while nodes.shape[1] > 1:
        half, odd = divmod(nodes.shape[1], 2)
        pairs = np.ascontiguousarray(nodes[:, : 2 * half]).reshape(-1)
        starts = np.arange(count * half, dtype=np.int64) * (2 * DIGEST)
        parents = _hash_parts(pairs, starts, 2 * DIGEST, _NODE_TAG).reshape(count, half, DIGEST)
        nodes = np.concatenate((parents, nodes[:, -1:]), axis=1) if odd else parents
    return nodes.reshape(count, DIGEST)


def _hash_parts(data: Bytes, starts: npt.NDArray[np.int64], size: int, tag: int) -> Bytes:
    """Return the tagged hashes of the parts of ``size`` bytes that begin at ``starts``."""
    digests = np.empty((len(starts), DIGEST), np.uint8)
    sha256_tagged(data, starts, np.full(len(starts), size, np.int64), tag, digests)
    return digests


@functools.cache
def _check_kernel() -> None:
    """Compare the vector kernel with the scalar hash, once in a process."""
    warm_up()


def _joined(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
