"""Ollama: ``/api/generate``, with the blob digest as the model's identity."""

from typing import Any

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


class OllamaEngine:
    """One model of an Ollama server; ``context`` is the window it is run with (num_ctx)."""

    def __init__(self, http: JsonHttp, model: str, *, context: int = 8_192) -> None:
        self._http = http
        self._model = model
        self._context = context
        self._replays = ReplayGuard()

    async def identity(self) -> ModelIdentity:
        """Return the model with the digest of its manifest (``/api/tags``)."""
        answer = await self._http.get("/api/tags")
        models = answer.get("models") if isinstance(answer, dict) else None
        wanted = self._model.removesuffix(":latest")
        for entry in models if isinstance(models, list) else ():
            if isinstance(entry, dict) and str(entry.get("name")).removesuffix(":latest") == wanted:
                return ModelIdentity(
                    engine="ollama", model=self._model, digest=_digest(entry.get("digest"))
                )
        raise EngineError(Fault.WRONG_MODEL, f"{self._model!r} is not installed")

    async def generate(self, request: GenerationRequest) -> Generation:
        """Generate and check; the prompt goes to the model as it is, without a template."""
        options: dict[str, Any] = {
            "seed": request.seed,
            "temperature": request.temperature_milli / MILLI,
            "top_p": request.top_p_milli / MILLI,
            "num_predict": request.tokens_max,
            "num_ctx": self._context,
        }
        if request.top_k:
            options["top_k"] = request.top_k
        if request.stops:
            options["stop"] = list(request.stops)
        body = {
            "model": self._model,
            "prompt": request.prompt,
            "raw": True,
            "stream": False,
            "logprobs": True,
            "options": options,
        }
        raw = _raw_answer(await self._http.post("/api/generate", body))
        if raw.prompt_tokens is not None and raw.prompt_tokens >= self._context:
            raise EngineError(Fault.TRUNCATED_CONTEXT, f"the prompt fills all {self._context}")
        checked = check_answer(raw, request, self._model, None)
        self._replays.check(request, checked)
        return checked

    async def score(self, prompt: str, answer: tuple[Token, ...]) -> tuple[float, ...]:
        """Refuse: Ollama gives no log-probabilities of a prompt; audit with another engine."""
        raise EngineError(
            Fault.NO_LOGPROBS, f"Ollama scores no prompt ({len(prompt)} letters, {len(answer)})"
        )

    async def count_tokens(self, text: str) -> int | None:  # noqa: ARG002
        """Return None: Ollama does not tell."""
        return None

    async def close(self) -> None:
        """Release connections."""
        await self._http.close()


def _raw_answer(answer: Any) -> RawAnswer:
    if not isinstance(answer, dict) or not isinstance(answer.get("response"), str):
        raise EngineError(Fault.BAD_ANSWER, "the answer holds no response")
    if answer.get("done") is not True:
        raise EngineError(Fault.BAD_ANSWER, "the answer is not complete")
    return RawAnswer(
        text=answer["response"],
        tokens=_tokens(answer.get("logprobs")),
        prompt_tokens=_count(answer.get("prompt_eval_count")),
        answer_tokens=_count(answer.get("eval_count")),
        model=str(answer.get("model")),
        answer_id="",
        finish=str(answer.get("done_reason")),
    )


def _tokens(entries: Any) -> tuple[Token, ...] | None:
    if not isinstance(entries, list):
        return None
    tokens = []
    for entry in entries:
        text = entry.get("token") if isinstance(entry, dict) else None
        value = entry.get("logprob") if isinstance(entry, dict) else None
        if not isinstance(text, str) or not isinstance(value, int | float):
            raise EngineError(Fault.BAD_ANSWER, "log-probabilities of another shape")
        tokens.append(Token(text, float(value)))
    return tuple(tokens)


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _digest(value: Any) -> Hash32:
    text = str(value).removeprefix("sha256:")
    try:
        raw = bytes.fromhex(text)
    except ValueError:
        raw = b""
    if len(raw) != 32:
        raise EngineError(Fault.WRONG_MODEL, f"digest {text[:80]!r} is no SHA-256")
    return Hash32(raw)
