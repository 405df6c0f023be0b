"""Games side by side: one that takes long to compute does not let another's clock run out."""

import asyncio
from collections.abc import Callable, Coroutine, Hashable, Mapping
from typing import Any, Final

PATIENCE_SECONDS: Final = 2.0
"""How long a look waits for work that has begun; what is not done then goes on beside it."""

Work = Callable[[], Coroutine[Any, Any, None]]


class Tasks:
    """At most one piece of work a key runs at a time."""

    def __init__(self) -> None:
        self._running: dict[Hashable, asyncio.Task[None]] = {}

    async def run(self, works: Mapping[Any, Work]) -> None:
        """Begin what does not run yet, wait a while, and raise what went wrong."""
        for key, work in works.items():
            if key not in self._running:
                self._running[key] = asyncio.create_task(work())
        if not self._running:
            return
        await asyncio.wait(self._running.values(), timeout=PATIENCE_SECONDS)
        done = {key: task for key, task in self._running.items() if task.done()}
        for key in done:
            del self._running[key]
        failures = [error for task in done.values() if (error := task.exception()) is not None]
        if failures:
            raise failures[0]

    async def close(self) -> None:
        """Cancel what still runs."""
        for task in self._running.values():
            task.cancel()
        await asyncio.gather(*self._running.values(), return_exceptions=True)
        self._running.clear()
