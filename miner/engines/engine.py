"""What a float engine is asked, what it answers, and the reasons to refuse an answer.

Engines (Ollama, vLLM, any OpenAI-compatible server) compute in floating point: what they say cannot
be re-executed bit for bit, so everything that can be checked of an answer is checked before a
receipt is signed for it, and the rest is left to auditors who score the very same tokens again.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from primitives.errors import AitbcError, ConfigError, DecodeError
from primitives.keccak import keccak256
from primitives.types import Hash32

PROMPT_BYTES_MAX: Final = 1 << 20
TOKENS_MAX: Final = 32_768
STOPS_MAX: Final = 16
MILLI: Final = 1_000

OPTION_NUMBERS: Final = (
    "tokens_max",
    "seed",
    "temperature_milli",
    "top_p_milli",
    "top_k",
    "stops",
)
"""The numbers that begin an encoding of options, in their order; of ``stops`` the count."""

_OPTIONS_TAG: Final = b"AITBC float request v1"


class Fault(StrEnum):
    """Why an answer is refused; the words are stable and stand in the miner's receipt log."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    SERVER_ERROR = "server_error"
    BAD_ANSWER = "bad_answer"
    WRONG_MODEL = "wrong_model"
    NO_LOGPROBS = "no_logprobs"
    WRONG_COUNT = "wrong_count"
    IMPOSSIBLE_LOGPROB = "impossible_logprob"
    TRUNCATED_CONTEXT = "truncated_context"
    OVER_LIMIT = "over_limit"
    REPLAYED = "replayed"
    EMPTY = "empty"


REMEDIES: Final = {
    Fault.UNREACHABLE: "start the engine, or correct its address in the miner's configuration",
    Fault.TIMEOUT: "raise the engine's timeout, or offer a smaller model",
    Fault.SERVER_ERROR: "read the engine's own log; it may be out of memory",
    Fault.BAD_ANSWER: "use an engine that speaks the OpenAI or the Ollama interface",
    Fault.WRONG_MODEL: "load the model that the offer names: aitbc miner models verify",
    Fault.NO_LOGPROBS: "use an engine and a version that return log-probabilities",
    Fault.WRONG_COUNT: "the engine's token counts contradict its tokens; update it",
    Fault.IMPOSSIBLE_LOGPROB: "the engine's log-probabilities are no logarithms; update it",
    Fault.TRUNCATED_CONTEXT: "raise the engine's context window (Ollama: num_ctx)",
    Fault.OVER_LIMIT: "the engine answered with more than was asked for; update it",
    Fault.REPLAYED: "turn off response caching between the miner and the engine",
    Fault.EMPTY: "the engine answered nothing; read its own log",
}


TRANSIENT: Final = frozenset((Fault.UNREACHABLE, Fault.TIMEOUT, Fault.SERVER_ERROR))
"""Faults after which the same request may be sent again."""


class EngineError(AitbcError):
    """An engine's answer is refused, or there is none."""

    def __init__(self, fault: Fault, detail: str) -> None:
        self.fault = fault
        self.problem = f"engine: {detail}"
        self.remedy = REMEDIES[fault]
        super().__init__(self.problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """What is generated: every option that changes the answer; fractions in thousandths."""

    prompt: str
    tokens_max: int
    seed: int = 0
    temperature_milli: int = 0
    top_p_milli: int = MILLI
    top_k: int = 0
    stops: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no engine should be asked.

        Raises:
            ConfigError: an option is out of range.
        """
        bounds = (
            ("prompt", 1, len(self.prompt.encode()), PROMPT_BYTES_MAX),
            ("tokens", 1, self.tokens_max, TOKENS_MAX),
            ("seed", 0, self.seed, (1 << 63) - 1),
            ("temperature", 0, self.temperature_milli, 10 * MILLI),
            ("top_p", 1, self.top_p_milli, MILLI),
            ("top_k", 0, self.top_k, 1 << 20),
            ("stops", 0, len(self.stops), STOPS_MAX),
        )
        for name, low, value, high in bounds:
            if not low <= value <= high:
                raise ConfigError(
                    f"{name} of {value} is outside {low} to {high}", "Change the request"
                )

    def encode_options(self) -> bytes:
        """Return all options but the prompt, canonically: what a request hash covers."""
        numbers = (
            self.tokens_max,
            self.seed,
            self.temperature_milli,
            self.top_p_milli,
            self.top_k,
            len(self.stops),
        )
        parts = [_OPTIONS_TAG, *(number.to_bytes(8, "big") for number in numbers)]
        for stop in self.stops:
            raw = stop.encode()
            parts += [len(raw).to_bytes(4, "big"), raw]
        return b"".join(parts)


def decode_request(prompt: str, options: bytes) -> GenerationRequest:
    """Return the request of a prompt with encoded options.

    Raises:
        DecodeError: not what ``encode_options`` gives.
        ConfigError: an option is out of range.
    """
    head = len(_OPTIONS_TAG)
    count = len(OPTION_NUMBERS)
    if not options.startswith(_OPTIONS_TAG) or len(options) < head + 8 * count:
        raise DecodeError("sampling options", "no options of a float engine")
    numbers = [
        int.from_bytes(options[at : at + 8], "big") for at in range(head, head + 8 * count, 8)
    ]
    values = dict(zip(OPTION_NUMBERS, numbers, strict=True))
    stops, at = [], head + 8 * count
    if values.pop("stops") > STOPS_MAX:
        raise DecodeError("sampling options", "too many stops")
    for _ in range(numbers[-1]):
        size = int.from_bytes(options[at : at + 4], "big")
        try:
            stops.append(options[at + 4 : at + 4 + size].decode())
        except UnicodeDecodeError as error:
            raise DecodeError("sampling options", "a stop is no text") from error
        at += 4 + size
    request = GenerationRequest(prompt=prompt, stops=tuple(stops), **values)
    if request.encode_options() != options:
        raise DecodeError("sampling options", "not their canonical encoding")
    return request


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token: its text and the natural logarithm of its probability."""

    text: str
    logprob: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """An answer that passed ``miner.engines.checks``; ``answer_id`` is the engine's own."""

    text: str
    tokens: tuple[Token, ...]
    prompt_tokens: int
    model: str
    answer_id: str
    is_complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIdentity:
    """What an engine runs: ``digest`` is that of the model's blob or of its weight files."""

    engine: str
    model: str
    digest: Hash32

    @property
    def model_root(self) -> Hash32:
        """Return what a receipt's modelRoot says of a float model."""
        return keccak256(b"AITBC float model v1" + self.digest)


class Engine(Protocol):
    """A float engine; every method raises EngineError."""

    async def identity(self) -> ModelIdentity:
        """Return what the engine runs."""

    async def generate(self, request: GenerationRequest) -> Generation:
        """Generate and check."""

    async def score(self, prompt: str, answer: tuple[Token, ...]) -> tuple[float, ...]:
        """Return the log-probabilities that this engine gives the very tokens of an answer."""

    async def count_tokens(self, text: str) -> int | None:
        """Return the number of tokens of a text, None where the engine does not tell."""

    async def close(self) -> None:
        """Release connections."""
