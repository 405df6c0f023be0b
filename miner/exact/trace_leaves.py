"""The trace leaves of executions under way, hashed many at a time.

The reference hashes each leaf by itself as ``primitives.integer_model.trace`` defines it; this one
gives the same hashes from a vector kernel whose lanes are rows of many layers, positions and
requests. A token of a small model has too few rows to fill the lanes, so rows wait here until
there are enough; until then their places in ``Execution.leaves`` are empty. Invariant:

T1  After ``flush`` every leaf stands where ``Execution.add_layers`` would have put it.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from miner.exact.execution import Execution
from primitives.integer_model.manifest import CHUNK
from primitives.integer_model.trace import LEAF_BYTES
from primitives.sha256_batch import DIGEST, sha256_tagged
from primitives.types import Hash32

Bytes = npt.NDArray[np.uint8]

WAITING_BYTES_MAX: Final = 1 << 18
"""So many bytes of rows fill the lanes of any width and still lie in the cache."""
_LEAF_TAG: Final = 0
_NODE_TAG: Final = 1
_EMPTY: Final = Hash32(b"")


class LeafQueue:
    """Rows whose leaves are still to be hashed."""

    def __init__(self) -> None:
        self._places: list[tuple[Execution, int, int]] = []
        self._outs: list[npt.NDArray[np.int32]] = []
        self._rows: list[npt.NDArray[np.int16]] = []
        self._bytes = 0

    def add(
        self,
        places: list[tuple[Execution, int]],
        outs: npt.NDArray[np.int32],
        rows: npt.NDArray[np.int16],
    ) -> None:
        """Take what a call computed: for each (execution, position) the rows of all layers.

        Arrays of shape (places, layers, width) are kept, not copied.
        """
        layers = outs.shape[1]
        for execution, position in places:
            self._places.append((execution, position, len(execution.leaves)))
            execution.leaves += [_EMPTY] * layers
        self._outs.append(outs)
        self._rows.append(rows)
        self._bytes += outs.nbytes + rows.nbytes
        if self._bytes >= WAITING_BYTES_MAX:
            self.flush()

    def flush(self) -> None:
        """Hash what waits and put the leaves into their places."""
        if not self._places:
            return
        outs, rows = _joined(self._outs), _joined(self._rows)
        positions = np.array([position for _, position, _ in self._places], np.uint32)
        raw = layer_leaves(positions, outs, rows).tobytes()
        layers = outs.shape[1]
        for number, (execution, _, start) in enumerate(self._places):
            first = DIGEST * layers * number
            execution.leaves[start : start + layers] = [
                Hash32(raw[at : at + DIGEST])
                for at in range(first, first + DIGEST * layers, DIGEST)
            ]
        self._places, self._outs, self._rows, self._bytes = [], [], [], 0


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
    return _hash_parts(payloads.reshape(-1), count * layers, LEAF_BYTES, LEAF_BYTES, 0, _LEAF_TAG)


def _row_roots(values: npt.NDArray[Any]) -> Bytes:
    """Return the Merkle root over the chunks of each row, shape (rows, 32)."""
    width = values.shape[-1]
    count, size = values.size // width, width * values.itemsize
    chunk = min(size, CHUNK * values.itemsize)
    data = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
    full, rest = divmod(size, chunk)
    parts = [_hash_parts(data, count, size, chunk, at * chunk, _LEAF_TAG) for at in range(full)]
    if rest:
        parts.append(_hash_parts(data, count, size, rest, full * chunk, _LEAF_TAG))
    while len(parts) > 1:
        parents = [
            _hash_parts(
                np.concatenate(parts[at : at + 2], axis=1).reshape(-1), count, 2 * DIGEST,
                2 * DIGEST, 0, _NODE_TAG,
            )
            for at in range(0, len(parts) - 1, 2)
        ]  # fmt: skip
        parts = parents + parts[2 * len(parents) :]
    return parts[0]


def _hash_parts(data: Bytes, count: int, stride: int, size: int, first: int, tag: int) -> Bytes:
    """Return the tagged hashes of ``count`` parts of ``size`` bytes, ``stride`` bytes apart."""
    digests = np.empty((count, DIGEST), np.uint8)
    starts = np.arange(count, dtype=np.int64) * stride + first
    sha256_tagged(data, starts, np.full(count, size, np.int64), tag, digests)
    return digests


def _joined(arrays: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
