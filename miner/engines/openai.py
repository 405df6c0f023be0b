"""vLLM, llama.cpp and other servers that speak OpenAI's interface (``/v1``).

Scoring an answer takes one prefill: vLLM gives ``prompt_logprobs``, others ``echo`` the prompt with
its log-probabilities. Both are tried, once, and the one that works is kept.
"""

from typing import Any, Final

from miner.engines.checks import RawAnswer, ReplayGuard, check_answer
from miner.engines.engine import (
    MILLI,
    EngineError,
    Fault,
    Generation,
    GenerationRequest,
    ModelIdentity,
    Token,
)
from miner.engines.http import JsonHttp
from primitives.types import Hash32

LOGPROBS: Final = 1
"""Alternatives asked for per position: the chosen token's own logarithm is what counts."""


class OpenAiEngine:
    """One model of an OpenAI-compatible server; ``digest`` was computed from its weight files."""

    def __init__(self, http: JsonHttp, model: str, digest: Hash32) -> None:
        self._http = http
        self._model = model
        self._digest = digest
        self._replays = ReplayGuard()
        self._has_prompt_logprobs: bool | None = None

    async def identity(self) -> ModelIdentity:
        """Return the model, when the server lists it."""
        answer = await self._http.get("/v1/models")
        names = [entry.get("id") for entry in _items(answer, "data") if isinstance(entry, dict)]
        if self._model not in names:
            raise EngineError(Fault.WRONG_MODEL, f"{self._model!r} is not among {names[:8]}")
        return ModelIdentity(engine="openai", model=self._model, digest=self._digest)

    async def generate(self, request: GenerationRequest) -> Generation:
        """Generate a completion and check it."""
        body = {
            "model": self._model,
            "prompt": request.prompt,
            "max_tokens": request.tokens_max,
            "temperature": request.temperature_milli / MILLI,
            "top_p": request.top_p_milli / MILLI,
            "seed": request.seed,
            "logprobs": LOGPROBS,
            "stream": False,
        }
        if request.top_k:
            body["top_k"] = request.top_k
        if request.stops:
            body["stop"] = list(request.stops)
        raw = _raw_answer(await self._http.post("/v1/completions", body))
        expected = await self.count_tokens(request.prompt)
        checked = check_answer(raw, request, self._model, expected)
        self._replays.check(request, checked)
        return checked

    async def score(self, prompt: str, answer: tuple[Token, ...]) -> tuple[float, ...]:
        """Return this server's logarithms of an answer's tokens."""
        text = prompt + "".join(token.text for token in answer)
        if self._has_prompt_logprobs is not False:
            scores = await self._score_by_prompt_logprobs(text, answer)
            if scores is not None:
                self._has_prompt_logprobs = True
                return scores
            self._has_prompt_logprobs = False
        return await self._score_by_echo(text, answer)

    async def count_tokens(self, text: str) -> int | None:
        """Return the count of ``/tokenize`` (vLLM) or ``/extras/tokenize/count`` (llama.cpp)."""
        for path, body, key in (
            ("/tokenize", {"model": self._model, "prompt": text}, "count"),
            ("/extras/tokenize/count", {"input": text}, "count"),
        ):
            try:
                answer = await self._http.post(path, body)
            except EngineError as error:
                if error.fault is Fault.SERVER_ERROR:
                    continue
                raise
            count = answer.get(key) if isinstance(answer, dict) else None
            if isinstance(count, int):
                return count
        return None

    async def close(self) -> None:
        """Release connections."""
        await self._http.close()

    async def _score_by_prompt_logprobs(
        self, text: str, answer: tuple[Token, ...]
    ) -> tuple[float, ...] | None:
        body = {
            "model": self._model,
            "prompt": text,
            "max_tokens": 1,
            "temperature": 0,
            "prompt_logprobs": 0,
        }
        choice = _choice(await self._http.post("/v1/completions", body))
        positions = choice.get("prompt_logprobs")
        if not isinstance(positions, list) or len(positions) < len(answer):
            return None
        entries = [entry for entry in positions[-len(answer) :] if isinstance(entry, dict)]
        found = [_first_of(entry) for entry in entries]
        texts = tuple(token.text for token in answer)
        if tuple(text for text, _ in found) != texts:
            raise EngineError(Fault.BAD_ANSWER, "the answer's tokens came back as other tokens")
        return tuple(logprob for _, logprob in found)

    async def _score_by_echo(self, text: str, answer: tuple[Token, ...]) -> tuple[float, ...]:
        body = {
            "model": self._model,
            "prompt": text,
            "max_tokens": 1,
            "temperature": 0,
            "echo": True,
            "logprobs": LOGPROBS,
        }
        tokens = _tokens(_choice(await self._http.post("/v1/completions", body)))
        if tokens is None:
            raise EngineError(Fault.NO_LOGPROBS, "the server scores no prompt")
        texts = [token.text for token in tokens]
        wanted = [token.text for token in answer]
        for start in (len(texts) - len(wanted) - 1, len(texts) - len(wanted)):
            if start >= 0 and texts[start : start + len(wanted)] == wanted:
                return tuple(token.logprob for token in tokens[start : start + len(wanted)])
        raise EngineError(Fault.BAD_ANSWER, "the answer's tokens came back as other tokens")


def _raw_answer(answer: Any) -> RawAnswer:
    choice = _choice(answer)
    usage = answer.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return RawAnswer(
        text=_text(choice.get("text"), "text"),
        tokens=_tokens(choice),
        prompt_tokens=_count(counts.get("prompt_tokens")),
        answer_tokens=_count(counts.get("completion_tokens")),
        model=_text(answer.get("model"), "model"),
        answer_id=_text(answer.get("id", ""), "id"),
        finish=str(choice.get("finish_reason")),
    )


def _tokens(choice: dict[str, Any]) -> tuple[Token, ...] | None:
    """Read ``logprobs`` of a completion; None without them. The first of an echo has no value."""
    found = choice.get("logprobs")
    if not isinstance(found, dict):
        return None
    texts, values = found.get("tokens"), found.get("token_logprobs")
    if not isinstance(texts, list) or not isinstance(values, list) or len(texts) != len(values):
        return None
    if any(value is None for value in values[1:]):
        return None
    pairs = zip(texts, (0.0 if value is None else value for value in values), strict=True)
    try:
        return tuple(Token(_text(text, "token"), float(value)) for text, value in pairs)
    except (TypeError, ValueError) as error:
        raise EngineError(Fault.BAD_ANSWER, "a log-probability is no number") from error


def _first_of(entry: dict[str, Any]) -> tuple[str, float]:
    """Return token text and logarithm of a position of vLLM's ``prompt_logprobs``."""
    chosen = next(iter(entry.values()), None)
    if not isinstance(chosen, dict):
        raise EngineError(Fault.BAD_ANSWER, "prompt_logprobs of another shape")
    value = chosen.get("logprob")
    if not isinstance(value, int | float):
        raise EngineError(Fault.BAD_ANSWER, "a log-probability is no number")
    return _text(chosen.get("decoded_token"), "token"), float(value)


def _choice(answer: Any) -> dict[str, Any]:
    choices = _items(answer, "choices")
    if not choices or not isinstance(choices[0], dict):
        raise EngineError(Fault.BAD_ANSWER, "the answer holds no choice")
    return choices[0]


def _items(answer: Any, key: str) -> list[Any]:
    found = answer.get(key) if isinstance(answer, dict) else None
    if not isinstance(found, list):
        raise EngineError(Fault.BAD_ANSWER, f"the answer holds no {key!r}")
    return found


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise EngineError(Fault.BAD_ANSWER, f"{what} is no text")
    return value
