"""The canonical integer model as a backend: exact on every device, judged step by step."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from miner.backends.backend import Served, Work, WorkRefusedError
from miner.exact.execution import ExactRequest, RequestRefused, check_request, commit
from miner.exact.generate import Generator
from miner.exact.prover import Prover
from miner.games.knowledge import Defence, ExactDefence
from miner.leases.asked import Asked, asked_of
from miner.leases.protocol import Answer, Ask
from primitives.compute import (
    CLASS_CANONICAL,
    CLASS_QUORUM,
    CLASS_SIGNED,
    KIND_INTEGER_MODEL,
    UNIT_TOKENS,
)
from primitives.errors import DecodeError
from primitives.integer_model.adjudicator import IntegerModelAdjudicator
from primitives.integer_model.request import decode_options

CLASSES = CLASS_SIGNED | CLASS_CANONICAL | CLASS_QUORUM
"""All machines give the same bytes, so a quorum of them agrees."""


class ExactBackend:
    """One model file on one device; ``cpu``, ``cuda`` and ``reference`` give the same bytes."""

    def __init__(self, path: Path, *, runtime: str, threads: int, device: str) -> None:
        """Open the model.

        Raises:
            ConfigError: no model file, or the runtime has no device.
        """
        with using(device):
            self._generator = Generator(path, backend=runtime, threads=threads)
        self._device = device
        self._served = Served(
            name=path.stem,
            kind=KIND_INTEGER_MODEL,
            classes=CLASSES,
            unit_kind=UNIT_TOKENS,
            model_root=self._generator.model.root,
            adjudicator=IntegerModelAdjudicator().runtime_id,
        )

    @property
    def served(self) -> Served:
        """Return what it sells."""
        return self._served

    @property
    def device(self) -> str:
        """Return the id of its device."""
        return self._device

    @property
    def generator(self) -> Generator:
        """Return the model with its tokenizer and runtime."""
        return self._generator

    def check(self, ask: Ask, units_max: int) -> Asked:
        """Check that prompt and options fit the model and the lease; return what they commit to.

        Raises:
            WorkRefusedError: they do not.
        """
        request = self._request(ask)
        if request.options.tokens_max > units_max:
            raise WorkRefusedError(
                "over_budget",
                f"up to {request.options.tokens_max} tokens asked, {units_max} are left",
                "ask for fewer tokens, or order another lease",
            )
        try:
            check_request(self._generator.model.manifest, request)
        except (RequestRefused, DecodeError) as error:
            raise WorkRefusedError("bad_request", str(error), "correct the request") from error
        return asked_of(self._served.kind, ask)

    async def work(self, ask: Ask) -> Work:
        """Execute with the trace that the receipt commits."""
        return await asyncio.to_thread(self._execute, ask)

    def defence(self, ask: Ask) -> Defence:
        """Execute a request again, keeping everything that a dispute may ask for."""
        request = self._request(ask)
        with using(self._device):
            (done,) = self._generator.runtime.run([request], trace=True, keep=True)
        model = self._generator.model
        delivered = self._generator.text(done.tokens, request.options).encode()
        levels = commit(model.root, done, ask.salt, delivered).levels
        return ExactDefence(Prover(model, done, levels, ask.salt, delivered=delivered))

    async def verify(self) -> None:
        """Nothing to check: the file is mapped, and its root was computed from it."""

    async def close(self) -> None:
        """Nothing to release."""

    def _execute(self, ask: Ask) -> Work:
        request = self._request(ask)
        with using(self._device):
            (done,) = self._generator.runtime.run([request], trace=True)
        delivered = self._generator.text(done.tokens, request.options).encode()
        found = commit(self._served.model_root, done, ask.salt, delivered)
        return Work(
            request_hash=found.request_hash,
            response_hash=found.response_hash,
            trace_root=found.trace_root,
            units=len(done.tokens),
            answer=Answer(
                delivered=delivered,
                tokens=tuple(done.tokens),
                is_complete=done.tokens[-1] == request.options.stop,
            ),
        )

    def _request(self, ask: Ask) -> ExactRequest:
        if ask.prompt:
            raise WorkRefusedError(
                "bad_request", "an integer model takes token ids", "send tokens, not text"
            )
        try:
            options = decode_options(ask.options)
        except DecodeError as error:
            raise WorkRefusedError("bad_request", str(error), "encode the options anew") from error
        return ExactRequest(prompt=ask.tokens, options=options)


@contextmanager
def using(device: str) -> Iterator[None]:
    """Let this thread compute on a device: ``cuda:1`` selects the second card, ``cpu`` nothing."""
    kind, _, number = device.partition(":")
    if kind != "cuda" or not number.isdigit():
        yield
        return
    from numba import cuda  # noqa: PLC0415 - loads the CUDA driver

    with cuda.gpus[int(number)]:
        yield
