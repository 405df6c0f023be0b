"""The reference engine behind a lazy import: a node votes before py-evm has loaded.

Loading takes about a second of one core; ``warm_up`` does it in whatever thread the shell chooses.
"""

from evm.engine import BlockEnvironment, Engine, Host, Message, MessageResult


class ReferenceEngine:
    """``evm.Engine`` that imports py-evm at its first message or at ``warm_up``."""

    __slots__ = ("_engine", "_is_repriced")

    def __init__(self, *, is_repriced: bool = True) -> None:
        self._engine: Engine | None = None
        self._is_repriced = is_repriced

    def warm_up(self) -> Engine:
        """Load py-evm; later calls cost nothing."""
        if self._engine is None:
            from evm.pyevm import PyEvmEngine  # noqa: PLC0415 - lazy on purpose

            self._engine = PyEvmEngine(is_repriced=self._is_repriced)
        return self._engine

    def execute(self, host: Host, environment: BlockEnvironment, message: Message) -> MessageResult:
        """Run one message to its end; see ``evm.engine.Engine``."""
        return self.warm_up().execute(host, environment, message)
