"""What computes requests of leases: a model on this machine's devices, or an engine beside it."""

from dataclasses import dataclass
from typing import Protocol

from miner.leases.asked import Asked
from miner.leases.protocol import Answer, Ask
from primitives.errors import AitbcError
from primitives.types import ZERO_HASH, Hash32


class WorkRefusedError(AitbcError):
    """A backend cannot serve a request, or failed at it; ``code`` is stable.

    ``is_failure`` says whose fault it is: the miner's, or else the request's.
    """

    def __init__(
        self, code: str, problem: str, remedy: str = "", *, is_failure: bool = False
    ) -> None:
        self.code = code
        self.problem = problem
        self.remedy = remedy
        self.is_failure = is_failure
        super().__init__(problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What a backend sells; ``classes`` is the mask of verification classes that it can serve.

    ``adjudicator`` is the runtime id that judges its work step by step, 0 when none does.
    """

    name: str
    kind: int
    classes: int
    unit_kind: int
    model_root: Hash32
    adjudicator: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A computed request: what the receipt commits, and what goes back to the client."""

    request_hash: Hash32
    response_hash: Hash32
    units: int
    answer: Answer
    trace_root: Hash32 = ZERO_HASH


class Backend(Protocol):
    """One model on one device, or one engine."""

    @property
    def served(self) -> Served:
        """Return what it sells."""

    @property
    def device(self) -> str:
        """Return the id of the device that it runs on."""

    def check(self, ask: Ask, units_max: int) -> Asked:
        """Check that a request can be served within so many units, before anything is spent.

        Returns what it commits to, as ``work`` will.

        Raises:
            WorkRefusedError: it cannot, and why.
        """

    async def work(self, ask: Ask) -> Work:
        """Compute.

        Raises:
            WorkRefusedError: no answer that could be signed.
        """

    async def verify(self) -> None:
        """Check that it still is what it sells.

        Raises:
            WorkRefusedError: it is not, or does not answer.
        """

    async def close(self) -> None:
        """Release what it holds."""
