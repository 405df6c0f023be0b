"""What is asked of a miner: sampling options, and a text made to fit lease and model."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click

from aitbc.wishes import find_model
from miner.client.faults import JobOverError
from miner.client.verification import Verifier
from miner.engines.engine import GenerationRequest
from miner.exact.generate import stop_of, tokenizer_of
from miner.exact.model import load_model
from primitives.compute import KIND_EMBEDDING, KIND_INTEGER_MODEL, KIND_LLM
from primitives.errors import ConfigError
from primitives.integer_model.request import Options

TOKENS_DEFAULT: Final = 256
TOP_K_DEFAULT: Final = 40
_SHARE: Final = 10_000

_SAMPLING: Final = (
    click.option(
        "--max-tokens", type=click.IntRange(1, 32_768),
        help="Most tokens of the answer: what is paid for at most. "
        f"[default: {TOKENS_DEFAULT}, or what units and context leave]",
    ),
    click.option("--temperature", type=click.FloatRange(0, 10), default=0.0, show_default=True),
    click.option("--seed", type=click.IntRange(0, (1 << 63) - 1), default=0, show_default=True),
    click.option("--top-k", type=click.IntRange(0, 1 << 20), default=0, help="0: the default."),
    click.option("--top-p", type=click.FloatRange(0.001, 1.0), default=1.0, show_default=True),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How tokens are chosen, and how many at most; None: as many as there is room for."""

    max_tokens: int | None
    temperature: float
    seed: int
    top_k: int
    top_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedAsk:
    """A request to be: token ids for an exact model, the text for an engine."""

    options: bytes
    prompt: str
    tokens: tuple[int, ...]
    tokens_max: int


def sampling_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add how tokens are chosen; the command gets it as ``sampling``."""

    @functools.wraps(function)
    def wrapper(
        max_tokens: int | None, temperature: float, seed: int, top_k: int, top_p: float, **rest: Any
    ) -> Any:
        sampling = Sampling(
            max_tokens=max_tokens, temperature=temperature, seed=seed, top_k=top_k, top_p=top_p
        )
        return function(sampling=sampling, **rest)

    wrapped: Callable[..., Any] = wrapper
    for option in reversed(_SAMPLING):
        wrapped = option(wrapped)
    return wrapped


def plan_of(
    home: Path | None,
    kind: int,
    root: bytes,
    text: str,
    sampling: Sampling,
    *,
    units: int | None = None,
    left: int | None = None,
) -> PlannedAsk:
    """Return the request for a text, as long as ``units`` ordered or ``left`` of a lease allow.

    Raises:
        UsageError: it may take more than is ordered; or the kind has no text.
        ConfigError: it may take more than is left, or than the model's context holds.
        JobOverError: nothing is left.
    """
    if kind not in (KIND_LLM, KIND_EMBEDDING, KIND_INTEGER_MODEL):
        raise click.UsageError("submit asks models; products are posted with: aitbc job post")
    wanted = sampling.max_tokens
    if wanted and units is not None and wanted > units:
        raise click.UsageError(f"--max-tokens {wanted} is more than the --units {units} ordered")
    if left is not None:
        _check_left(wanted, left)
    rooms = [TOKENS_DEFAULT, *(most for most in (units, left) if most is not None)]
    milli = round(sampling.temperature * 1_000)
    if kind != KIND_INTEGER_MODEL:
        request = GenerationRequest(
            prompt=text,
            tokens_max=wanted or min(rooms),
            seed=sampling.seed,
            temperature_milli=milli,
            top_p_milli=max(1, round(sampling.top_p * 1_000)),
            top_k=sampling.top_k,
        )
        return PlannedAsk(
            options=request.encode_options(), prompt=text, tokens=(), tokens_max=request.tokens_max
        )
    path = find_model(home, root)
    if path is None:
        raise ConfigError(
            "an exact model's prompt is sent as token ids, and its tokenizer is not here",
            "Name the model's file (--model FILE.aitbcm), or put it into HOME/models",
        )
    tokens = tuple(tokenizer_of(path).encode(text))
    rooms.append(_context_left(path, tokens, wanted))
    options = Options(
        seed=sampling.seed,
        tokens_max=wanted or min(rooms),
        temperature=milli,
        top_k=(sampling.top_k or TOP_K_DEFAULT) if milli else 1,
        top_p=max(1, round(sampling.top_p * _SHARE)),
        stop=stop_of(path),
    )
    return PlannedAsk(
        options=options.encode(), prompt="", tokens=tokens, tokens_max=options.tokens_max
    )


def verifier_of(home: Path | None, kind: int, root: bytes, level: str) -> Verifier | None:
    """Return what checks exact answers: at least their text, where the model is here."""
    if kind != KIND_INTEGER_MODEL:
        if level != "none":
            raise click.UsageError("--verify executes exact models only (--kind integer-model)")
        return None
    path = find_model(home, root)
    return None if path is None else Verifier(path, root, level=level)


def _check_left(wanted: int | None, left: int) -> None:
    if left <= 0:
        raise JobOverError("all units of the lease are used", "submit another: aitbc job submit")
    if wanted is not None and wanted > left:
        raise ConfigError(
            f"the request may take {wanted} units, {left} of the lease are left",
            f"Ask for fewer (--max-tokens {left}), or submit another job",
        )


def _context_left(path: Path, tokens: tuple[int, ...], wanted: int | None) -> int:
    """Return how many tokens an answer may have after a prompt.

    Raises:
        ConfigError: none, or fewer than ``wanted``.
    """
    context = load_model(path).manifest.context_max
    room = context - len(tokens) + 1
    if room < (wanted or 1):
        raise ConfigError(
            f"a prompt of {len(tokens)} tokens and an answer of up to {wanted or 1} exceed the "
            f"model's context of {context} tokens",
            f"Ask for fewer: --max-tokens {room}" if room > 0 else "Shorten the prompt",
        )
    return room
