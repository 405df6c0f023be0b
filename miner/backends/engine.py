"""A float engine as a backend: every answer is checked before a receipt is signed for it."""

import asyncio
import random
from typing import Final

from miner.backends.backend import Served, Work, WorkRefusedError
from miner.engines.engine import (
    TRANSIENT,
    Engine,
    EngineError,
    Generation,
    GenerationRequest,
    ModelIdentity,
    decode_request,
)
from miner.leases.asked import Asked, asked_of
from miner.leases.float_work import float_request_hash, float_response_hash, log_micros
from miner.leases.protocol import Answer, Ask
from primitives.compute import CLASS_SAMPLED, CLASS_SIGNED, KIND_LLM, UNIT_TOKENS
from primitives.errors import ConfigError, DecodeError

ATTEMPTS: Final = 3
PAUSE_SECONDS: Final = 0.5


class EngineBackend:
    """One model of one engine; open it with ``open_engine``."""

    def __init__(self, engine: Engine, identity: ModelIdentity, device: str) -> None:
        self._engine = engine
        self._identity = identity
        self._device = device
        self._served = Served(
            name=identity.model,
            kind=KIND_LLM,
            classes=CLASS_SIGNED | CLASS_SAMPLED,
            unit_kind=UNIT_TOKENS,
            model_root=identity.model_root,
        )

    @property
    def served(self) -> Served:
        """Return what it sells."""
        return self._served

    @property
    def device(self) -> str:
        """Return the id of its device."""
        return self._device

    def check(self, ask: Ask, units_max: int) -> Asked:
        """Check that the options are canonical and fit the lease; return what they commit to.

        Raises:
            WorkRefusedError: they do not.
        """
        request = _request(ask)
        if request.tokens_max > units_max:
            raise WorkRefusedError(
                "over_budget",
                f"up to {request.tokens_max} tokens asked, {units_max} are left",
                "ask for fewer tokens, or order another lease",
            )
        return asked_of(self._served.kind, ask)

    async def work(self, ask: Ask) -> Work:
        """Generate; an engine that stumbles is asked again, one that lies is not.

        Raises:
            WorkRefusedError: with the engine's fault.
        """
        done = await self._generate(_request(ask))
        delivered = done.text.encode()
        return Work(
            request_hash=float_request_hash(ask.salt, ask.prompt, ask.options),
            response_hash=float_response_hash(ask.salt, delivered, done.tokens),
            units=len(done.tokens),
            answer=Answer(
                delivered=delivered,
                scored=tuple((token.text, log_micros(token.logprob)) for token in done.tokens),
                is_complete=done.is_complete,
            ),
        )

    async def verify(self) -> None:
        """Check that the engine runs the very model that was offered.

        Raises:
            WorkRefusedError: it runs another one, or does not answer.
        """
        try:
            found = await self._engine.identity()
        except EngineError as error:
            raise _failed(error) from error
        if found.model_root != self._served.model_root:
            raise WorkRefusedError(
                "wrong_model",
                f"the engine's {found.model!r} is no longer the model that was offered",
                "load the offered model, or start the miner again to offer the new one",
                is_failure=True,
            )

    async def close(self) -> None:
        """Close the engine's connections."""
        await self._engine.close()

    async def _generate(self, request: GenerationRequest) -> Generation:
        for attempt in range(ATTEMPTS):
            try:
                return await self._engine.generate(request)
            except EngineError as error:
                if error.fault not in TRANSIENT or attempt == ATTEMPTS - 1:
                    raise _failed(error) from error
            await asyncio.sleep(PAUSE_SECONDS * 2**attempt * random.uniform(0.5, 1))  # noqa: S311
        raise AssertionError("unreachable")


async def open_engine(engine: Engine, device: str) -> EngineBackend:
    """Ask an engine what it runs.

    Raises:
        WorkRefusedError: it does not answer, or lacks the model.
    """
    try:
        identity = await engine.identity()
    except EngineError as error:
        raise _failed(error) from error
    return EngineBackend(engine, identity, device)


def _request(ask: Ask) -> GenerationRequest:
    if ask.tokens:
        raise WorkRefusedError("bad_request", "a float engine takes text", "send text, not tokens")
    try:
        return decode_request(ask.prompt, ask.options)
    except (DecodeError, ConfigError) as error:
        raise WorkRefusedError("bad_request", str(error), "correct the request") from error


def _failed(error: EngineError) -> WorkRefusedError:
    return WorkRefusedError(error.fault.value, error.problem, error.remedy, is_failure=True)
