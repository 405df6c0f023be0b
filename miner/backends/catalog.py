"""All that this miner can serve: backends grouped by what they sell, each known good or not."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import structlog

from miner.backends.backend import Backend, Served, Work, WorkRefusedError
from miner.backends.scheduler import Priority, Scheduler
from miner.leases.asked import Asked
from miner.leases.protocol import Ask

VERIFY_SECONDS: Final = 300.0


@dataclass(slots=True)
class Shelf:
    """Backends that sell the same: one per device; ``fault`` says why it cannot be sold now."""

    served: Served
    backends: list[Backend] = field(default_factory=list)
    fault: str = ""


class Catalog:
    """Shelves by model root. ``clock`` returns monotonic seconds."""

    def __init__(
        self,
        backends: Sequence[Backend],
        scheduler: Scheduler,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.scheduler = scheduler
        self._clock = clock
        self._verify_at = clock() + VERIFY_SECONDS
        self._shelves: dict[bytes, Shelf] = {}
        self._log = structlog.get_logger("backends")
        for backend in backends:
            shelf = self._shelves.setdefault(backend.served.model_root, Shelf(backend.served))
            shelf.backends.append(backend)

    @property
    def shelves(self) -> list[Shelf]:
        """Return everything on sale, faulty or not."""
        return list(self._shelves.values())

    def shelf(self, model_root: bytes) -> Shelf | None:
        """Return what serves a model, None when nothing does or it is faulty."""
        found = self._shelves.get(model_root)
        return None if found is None or found.fault else found

    def find(self, model_root: bytes) -> Shelf | None:
        """Return what serves a model, faulty or not."""
        return self._shelves.get(model_root)

    def check(self, model_root: bytes, ask: Ask, units_max: int) -> Asked:
        """Check a request before it waits for a device; return what it commits to.

        Raises:
            WorkRefusedError: it cannot be served.
        """
        return self._shelf(model_root).backends[0].check(ask, units_max)

    async def work(self, model_root: bytes, ask: Ask) -> Work:
        """Compute on the device with the least load; waits for a slot.

        Raises:
            BusyError: all queues are full.
            WorkRefusedError: the backend failed.
        """
        shelf = self._shelf(model_root)
        device = self.scheduler.choose([backend.device for backend in shelf.backends])
        backend = next(b for b in shelf.backends if b.device == device)
        return await self.scheduler.run(device, Priority.LEASE, lambda: backend.work(ask))

    async def verify(self, *, is_forced: bool = False) -> None:
        """Ask every backend, from time to time, whether it still is what it sells."""
        if not is_forced and self._clock() < self._verify_at:
            return
        self._verify_at = self._clock() + VERIFY_SECONDS
        for shelf in self._shelves.values():
            fault = ""
            for backend in shelf.backends:
                try:
                    await backend.verify()
                except WorkRefusedError as error:
                    fault = f"{error.code}: {error.problem}"
            if fault != shelf.fault:
                self._log.warning("backend", name=shelf.served.name, fault=fault or "is well again")
            shelf.fault = fault

    async def close(self) -> None:
        """Close all backends."""
        for shelf in self._shelves.values():
            for backend in shelf.backends:
                await backend.close()

    def status(self) -> list[dict[str, Any]]:
        """Return every shelf for the status page."""
        return [
            {
                "model": shelf.served.name,
                "model_root": "0x" + shelf.served.model_root.hex(),
                "kind": shelf.served.kind,
                "devices": [backend.device for backend in shelf.backends],
                "fault": shelf.fault,
            }
            for shelf in self._shelves.values()
        ]

    def _shelf(self, model_root: bytes) -> Shelf:
        found = self.shelf(model_root)
        if found is None:
            raise WorkRefusedError(
                "model_unavailable",
                "the lease's model cannot be served now",
                "retry in some minutes, or take the escrow back: aitbc job reclaim",
                is_failure=True,
            )
        return found
