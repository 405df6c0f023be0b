"""The reference engine behind a lazy import: a node votes before py-evm has loaded.

Loading takes about a second of one core; ``warm_up`` does it in whatever thread the shell chooses.
An import that a deadline breaks off leaves half a module to everybody else who waits for it, so a
shell with deadlines gives a ``run`` that lets nobody interrupt the load.
"""

from collections.abc import Callable

from evm.engine import BlockEnvironment, Engine, Host, Message, MessageResult

Run = Callable[[Callable[[], None]], None]
"""Calls a function and returns when it has come to its end."""


def _at_once(work: Callable[[], None]) -> None:
    work()


class ReferenceEngine:
    """``evm.Engine`` that imports py-evm at its first message or at ``warm_up``."""

    __slots__ = ("_engine", "_is_repriced", "_run")

    def __init__(self, *, is_repriced: bool = True, run: Run = _at_once) -> None:
        self._engine: Engine | None = None
        self._is_repriced = is_repriced
        self._run = run

    def warm_up(self) -> Engine:
        """Load py-evm; later calls cost nothing."""
        if self._engine is None:
            self._run(_load)
            from evm.pyevm import PyEvmEngine  # noqa: PLC0415 - loaded by now

            self._engine = PyEvmEngine(is_repriced=self._is_repriced)
        return self._engine

    def execute(self, host: Host, environment: BlockEnvironment, message: Message) -> MessageResult:
        """Run one message to its end; see ``evm.engine.Engine``."""
        return self.warm_up().execute(host, environment, message)


def _load() -> None:
    import evm.pyevm  # noqa: F401, PLC0415 - lazy on purpose
