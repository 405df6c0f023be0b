"""The checks of a float engine's answer, and the memory that notices replays."""

import hashlib
import math
from collections import OrderedDict
from dataclasses import dataclass
from typing import Final

from miner.engines.engine import (
    EngineError,
    Fault,
    Generation,
    GenerationRequest,
    Token,
)

REPLAY_MEMORY: Final = 4_096
REPLAY_TOKENS_MIN: Final = 8
"""Shorter answers may well repeat by themselves."""
LOGPROB_SLACK: Final = 1e-3
"""Engines round: a logarithm may come out this much above 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawAnswer:
    """An engine's answer before any check; counts as the engine reports them."""

    text: str
    tokens: tuple[Token, ...] | None
    prompt_tokens: int | None
    answer_tokens: int | None
    model: str
    answer_id: str
    finish: str


def check_answer(
    raw: RawAnswer, request: GenerationRequest, model: str, prompt_tokens: int | None
) -> Generation:
    """Return a checked answer.

    ``prompt_tokens`` is the prompt's length by a tokenizer that is not the engine's word alone,
    None when there is none.

    Raises:
        EngineError: with the fault that was found first.
    """
    if raw.model.removesuffix(":latest") != model.removesuffix(":latest"):
        raise EngineError(Fault.WRONG_MODEL, f"asked {model!r}, answered by {raw.model!r}")
    if raw.tokens is None or (not raw.tokens and raw.text):
        raise EngineError(Fault.NO_LOGPROBS, "the answer carries no log-probabilities")
    if not raw.tokens:
        raise EngineError(Fault.EMPTY, "the answer holds no token")
    count = len(raw.tokens)
    if raw.answer_tokens != count and not _is_end_counted(raw, count):
        said = "no count" if raw.answer_tokens is None else f"{raw.answer_tokens}"
        raise EngineError(Fault.WRONG_COUNT, f"{said} for {count} tokens")
    if count > request.tokens_max:
        raise EngineError(Fault.OVER_LIMIT, f"{count} tokens, asked for {request.tokens_max}")
    for token in raw.tokens:
        if not math.isfinite(token.logprob) or token.logprob > LOGPROB_SLACK:
            raise EngineError(Fault.IMPOSSIBLE_LOGPROB, f"log-probability {token.logprob}")
    _check_text(raw)
    _check_prompt(raw, prompt_tokens)
    return Generation(
        text=raw.text,
        tokens=raw.tokens,
        prompt_tokens=raw.prompt_tokens or 0,
        model=raw.model,
        answer_id=raw.answer_id,
        is_complete=raw.finish == "stop",
    )


def _is_end_counted(raw: RawAnswer, count: int) -> bool:
    """Answer whether the count differs by the end token, which has no text and no entry."""
    return raw.finish == "stop" and raw.answer_tokens == count + 1


def _check_text(raw: RawAnswer) -> None:
    """Check that the tokens spell the text; bytes that are half a letter may be replaced."""
    spelt = "".join(token.text for token in raw.tokens or ())
    if "�" in spelt or "�" in raw.text:
        return
    if spelt != raw.text and not spelt.strip().startswith(raw.text.strip()):
        raise EngineError(Fault.WRONG_COUNT, "the tokens do not spell the text")


def _check_prompt(raw: RawAnswer, prompt_tokens: int | None) -> None:
    if raw.prompt_tokens is None:
        raise EngineError(Fault.BAD_ANSWER, "the answer does not count the prompt's tokens")
    if prompt_tokens is None:
        return
    if raw.prompt_tokens < prompt_tokens:
        raise EngineError(
            Fault.TRUNCATED_CONTEXT,
            f"{raw.prompt_tokens} of the prompt's {prompt_tokens} tokens were read",
        )
    if raw.prompt_tokens > prompt_tokens + 2:  # a begin token, and one for a template
        raise EngineError(
            Fault.WRONG_COUNT, f"{raw.prompt_tokens} prompt tokens counted, {prompt_tokens} sent"
        )


class ReplayGuard:
    """Remembers answers: one that comes twice for different requests was not computed twice."""

    def __init__(self, memory: int = REPLAY_MEMORY) -> None:
        self._memory = memory
        self._seen: OrderedDict[bytes, bytes] = OrderedDict()

    def check(self, request: GenerationRequest, answer: Generation) -> None:
        """Note an answer.

        Raises:
            EngineError: REPLAYED, its id or its very numbers answered another request before.
        """
        asked = hashlib.sha256(request.encode_options() + request.prompt.encode()).digest()
        keys = []
        if answer.answer_id:
            keys.append(hashlib.sha256(b"id" + answer.answer_id.encode()).digest())
        if len(answer.tokens) >= REPLAY_TOKENS_MIN:
            spelt = "".join(f"{token.text}\0{token.logprob!r}\0" for token in answer.tokens)
            keys.append(hashlib.sha256(b"tokens" + spelt.encode()).digest())
        for key in keys:
            if self._seen.get(key, asked) != asked:
                raise EngineError(Fault.REPLAYED, "an answer to another request came again")
        for key in keys:
            self._seen[key] = asked
            self._seen.move_to_end(key)
        while len(self._seen) > self._memory:
            self._seen.popitem(last=False)
