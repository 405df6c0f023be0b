"""Who computes next: one queue a device, by priority, then by arrival.

S1. A device runs at most ``slots`` pieces of work at once and holds at most ``queue_max`` waiting.
S2. Of equal devices the one with the least work per slot is chosen.
"""

import asyncio
import heapq
import itertools
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final, TypeVar

from primitives.errors import AitbcError

QUEUE_MAX: Final = 64

T = TypeVar("T")


class Priority(IntEnum):
    """What goes first."""

    DISPUTE = 0
    LEASE = 1
    CERTIFICATE = 2
    PRODUCT = 3


class BusyError(AitbcError):
    """Every device that could do it has a full queue."""

    is_retryable = True


@dataclass(slots=True)
class Lane:
    """One device's queue."""

    device: str
    slots: int = 1
    queue_max: int = QUEUE_MAX
    running: int = 0
    waiting: list[tuple[int, int, asyncio.Future[None]]] = field(default_factory=list)

    @property
    def load(self) -> float:
        """Return running and waiting work per slot."""
        return (self.running + len(self.waiting)) / self.slots


class Scheduler:
    """The lanes of all devices."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self.lanes = {lane.device: lane for lane in lanes}
        self._order = itertools.count()

    def choose(self, devices: Sequence[str]) -> str:
        """Return the device with the least load (S2).

        Raises:
            BusyError: all queues are full (S1).
        """
        open_lanes = [
            lane
            for lane in (self.lanes[device] for device in devices)
            if lane.running < lane.slots or len(lane.waiting) < lane.queue_max
        ]
        if not open_lanes:
            raise BusyError("every device that serves this model has a full queue")
        return min(open_lanes, key=lambda lane: lane.load).device

    async def run(self, device: str, priority: Priority, work: Callable[[], Awaitable[T]]) -> T:
        """Wait for a slot of a device, then do the work."""
        lane = self.lanes[device]
        await self._enter(lane, priority)
        try:
            return await work()
        finally:
            self._leave(lane)

    def load_bps(self) -> int:
        """Return how busy the machine is: running work of all slots, in hundredths of a percent."""
        slots = sum(lane.slots for lane in self.lanes.values())
        running = sum(lane.running for lane in self.lanes.values())
        return 10_000 * running // slots if slots else 0

    def status(self) -> list[dict[str, Any]]:
        """Return every lane for the status page."""
        return [
            {
                "device": lane.device,
                "slots": lane.slots,
                "running": lane.running,
                "waiting": len(lane.waiting),
            }
            for lane in self.lanes.values()
        ]

    async def _enter(self, lane: Lane, priority: Priority) -> None:
        if lane.running < lane.slots and not lane.waiting:
            lane.running += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(lane.waiting, (priority, next(self._order), turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._leave(lane)  # the slot was handed over in the same moment
            raise

    def _leave(self, lane: Lane) -> None:
        """Hand the slot to whoever is next."""
        while lane.waiting:
            _, _, turn = heapq.heappop(lane.waiting)
            if not turn.done():
                turn.set_result(None)
                return
        lane.running -= 1
