"""Many requests through one device: prompts by pieces, answers token by token, slots reused.

B1  Rows of one request are in one call in ascending order, or in calls one after the other.
"""

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from miner.exact.execution import ExactRequest, Execution, OnToken, check_request, choose_token
from miner.exact.model import Model
from miner.exact.trace_leaves import LeafQueue

PROMPT_ROWS_MAX: Final = 64
"""Positions of one prompt in one call."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What one call computes: a token at a position of the request in a slot."""

    tokens: npt.NDArray[np.int64]
    slots: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int64]

    def split(self, parts: int) -> list[slice]:
        """Return at most so many slices that cut no request."""
        ends = [0, *(np.flatnonzero(np.diff(self.slots)) + 1).tolist(), len(self.slots)]
        cuts = sorted({int(ends[round(i * (len(ends) - 1) / parts)]) for i in range(parts + 1)})
        return [slice(a, b) for a, b in pairwise(cuts)]


class Device(Protocol):
    """What executes rows."""

    slots: int
    exp: npt.NDArray[np.int64]

    @property
    def model(self) -> Model:
        """Return the model that it executes."""

    def make_cache(self, slots: int, length: int) -> Any:
        """Return the K and V rows of so many requests."""

    def run_layers(self, rows: Rows, cache: Any) -> npt.NDArray[np.int32]:
        """Run all layers on rows and return their outputs, shape (rows, layers, d_model)."""

    def read_rows(
        self, cache: Any, slots: npt.NDArray[np.int64], positions: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int16]:
        """Return K and V rows that were made, shape (rows, layers, 2 kv_width)."""

    def logits(self, stream: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Return the logits of rows of the last layer's output."""


class Batch:
    """The requests under way, each in its slot."""

    def __init__(
        self,
        device: Device,
        done: list[Execution],
        *,
        trace: bool,
        keep: bool,
        on_token: OnToken | None,
    ) -> None:
        self.device = device
        self.done = done
        self.trace = trace
        self.keep = keep
        self.on_token = on_token
        self.waiting = list(range(len(done)))[::-1]
        self.slots: list[int | None] = [None] * min(device.slots, len(done))
        self.next: list[int] = [0] * len(done)
        longest = max(len(e.request.prompt) + e.request.options.tokens_max for e in done)
        length = min(longest, device.model.manifest.context_max)
        self.cache = device.make_cache(len(self.slots), length)
        read = functools.partial(device.read_rows, self.cache)
        self.leaves = LeafQueue(device.model.manifest, read)

    def step(self) -> bool:
        """Compute one piece of every request under way; False when there is none."""
        for slot, number in enumerate(self.slots):
            if number is None and self.waiting:
                self.leaves.flush_rows()
                self.slots[slot] = self.waiting.pop()
        pieces = [(slot, n, self._piece(n)) for slot, n in enumerate(self.slots) if n is not None]
        if not pieces:
            return False
        places = [(slot, n, position) for slot, n, piece in pieces for position in piece]
        rows = Rows(
            np.array([self.done[n].fed(p) for _, n, p in places], dtype=np.int64),
            np.array([slot for slot, _, _ in places], dtype=np.int64),
            np.array([p for _, _, p in places], dtype=np.int64),
        )
        outs = self.device.run_layers(rows, self.cache)
        if self.trace:
            executions = [self.done[n] for _, n, _ in places]
            self.leaves.add(executions, rows.slots, rows.positions, outs)
        if self.keep:
            made = self.device.read_rows(self.cache, rows.slots, rows.positions)
            for row, (_, n, _) in enumerate(places):
                self.done[n].outs.append(outs[row])
                self.done[n].rows.append(made[row])
        self._sample(pieces, outs)
        return True

    def finish(self) -> None:
        """Complete the traces."""
        self.leaves.flush()

    def _piece(self, number: int) -> range:
        """The positions of a request that the next call computes."""
        first = self.next[number]
        prompt = len(self.done[number].request.prompt)
        last = min(first + PROMPT_ROWS_MAX, prompt) if first < prompt else first + 1
        self.next[number] = last
        return range(first, last)

    def _sample(self, pieces: list[tuple[int, int, range]], outs: npt.NDArray[np.int32]) -> None:
        ready, ends, end = [], [], 0
        for slot, number, piece in pieces:
            end += len(piece)
            if piece.stop >= len(self.done[number].request.prompt):
                ready.append((slot, number, piece.stop - 1))
                ends.append(end - 1)
        if not ready:
            return
        found = self.device.logits(outs[ends, -1])
        for (slot, number, position), logits in zip(ready, found, strict=True):
            execution = self.done[number]
            token = choose_token(logits, execution.request.options, position, self.device.exp)
            execution.tokens.append(token)
            if self.trace:
                self.leaves.add_sample(execution, position, token)
            if self.on_token is not None:
                self.on_token(number, token)
            if execution.is_done:
                self.slots[slot] = None


def run_batch(
    device: Device,
    requests: Sequence[ExactRequest],
    *,
    trace: bool,
    keep: bool,
    on_token: OnToken | None,
) -> list[Execution]:
    """Execute requests on a device to their ends.

    Raises:
        RequestRefused: one of them does not fit the model.
    """
    for request in requests:
        check_request(device.model.manifest, request)
    done = [Execution(request=request) for request in requests]
    if done:
        batch = Batch(device, done, trace=trace, keep=keep, on_token=on_token)
        while batch.step():
            pass
        batch.finish()
    return done
