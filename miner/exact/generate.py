"""Text in, text out: model files with what lies beside them, run on a chosen backend.

Beside ``name.aitbcm`` lie ``name.tokenizer.json`` (a copy of the checkpoint's) and
``name.options.json`` (the stop token). Neither is under the model root: they say how text becomes
tokens, and a receipt commits the tokens.
"""

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from miner.exact.convert import convert, read_config
from miner.exact.execution import ExactRequest, Execution, Runtime
from miner.exact.fast import FastRuntime
from miner.exact.model import SUFFIX, Model, Progress, load_model, no_progress
from miner.exact.reference import ReferenceRuntime
from miner.exact.tokenizer import ByteTokenizer, FileTokenizer, Tokenizer
from primitives.errors import ConfigError
from primitives.integer_model.request import NO_STOP, Options
from primitives.json_text import parse_json

BACKENDS: Final = ("cpu", "cuda", "reference")
SMALL: Final = Path(__file__).parent / "small"
SMALL_NAME: Final = "small" + SUFFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A finished execution and its text, without the stop."""

    text: str
    execution: Execution


class Generator:
    """A model with its tokenizer and a runtime."""

    def __init__(self, path: Path, *, backend: str = "cpu", threads: int = 1) -> None:
        """Open a model file.

        Raises:
            ConfigError: the file is no model, or the backend is unknown or has no device.
        """
        self.model = load_model(path)
        self.tokenizer = tokenizer_of(path)
        self.stop = stop_of(path)
        self.runtime = make_runtime(self.model, backend, threads)

    def answer(
        self,
        prompts: Sequence[str],
        options: Options,
        *,
        trace: bool = True,
        keep: bool = False,
        on_text: Callable[[int, str], None] | None = None,
    ) -> list[Answer]:
        """Answer prompts together; ``on_text`` is told (prompt's number, new text).

        The model's stop token is used where ``options`` name none.

        Raises:
            RequestRefused: a prompt does not fit the model.
        """
        options = self._with_stop(options)
        asked = [
            ExactRequest(prompt=tuple(self.tokenizer.encode(prompt)), options=options)
            for prompt in prompts
        ]
        seen: list[list[int]] = [[] for _ in asked]

        def tell(number: int, token: int) -> None:
            if on_text is not None and token != options.stop:
                before = self.tokenizer.decode(seen[number])
                seen[number].append(token)
                on_text(number, self.tokenizer.decode(seen[number])[len(before) :])

        done = self.runtime.run(asked, trace=trace, keep=keep, on_token=tell)
        return [Answer(text=self.text(e.tokens, options), execution=e) for e in done]

    def text(self, tokens: Sequence[int], options: Options) -> str:
        """Return the delivered text of generated tokens."""
        ended = bool(tokens) and tokens[-1] == options.stop
        return self.tokenizer.decode(tokens[:-1] if ended else tokens)

    def _with_stop(self, options: Options) -> Options:
        if options.stop != NO_STOP:
            return options
        return Options(
            seed=options.seed, tokens_max=options.tokens_max, temperature=options.temperature,
            top_k=options.top_k, top_p=options.top_p, stop=self.stop,
        )  # fmt: skip


def make_runtime(model: Model, backend: str, threads: int = 1) -> Runtime:
    """Return a runtime of a model.

    Raises:
        ConfigError: the backend is unknown, or there is no CUDA device.
    """
    if backend == "cpu":
        return FastRuntime(model, threads=threads)
    if backend == "reference":
        return ReferenceRuntime(model)
    if backend == "cuda":
        from miner.exact.cuda import CudaRuntime  # noqa: PLC0415  a driver is loaded

        return CudaRuntime(model)
    raise ConfigError(f"unknown backend {backend!r}", f"Use one of: {', '.join(BACKENDS)}")


def install(checkpoint: Path, path: Path, progress: Progress = no_progress) -> Model:
    """Convert a checkpoint's folder and put its tokenizer and stop token beside the model.

    Raises:
        ConfigError: the checkpoint is not of a supported kind.
    """
    model = convert(checkpoint, path, progress)
    tokenizer = checkpoint / "tokenizer.json"
    if tokenizer.exists():
        shutil.copyfile(tokenizer, _beside(path, "tokenizer"))
    stop = read_config(checkpoint).get("eos_token_id")
    stop = stop if isinstance(stop, int) else NO_STOP
    _beside(path, "options").write_text(json.dumps({"stop": stop}) + "\n")
    return model


def install_small(folder: Path) -> Path:
    """Return the model that ships with the package, converted into a folder if it is not there.

    Raises:
        ConfigError: the package lacks its files.
    """
    path = folder / SMALL_NAME
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        install(SMALL, path)
    return path


def tokenizer_of(path: Path) -> Tokenizer:
    """Return a model file's tokenizer; bytes where none lies beside it.

    Raises:
        ConfigError: its file is damaged.
    """
    found = _beside(path, "tokenizer")
    return FileTokenizer(found) if found.exists() else ByteTokenizer()


def stop_of(path: Path) -> int:
    """Return a model file's stop token, or ``NO_STOP``.

    Raises:
        ConfigError: the file beside the model is damaged.
    """
    found = _beside(path, "options")
    if not found.exists():
        return NO_STOP
    try:
        stop = parse_json(found.read_text())["stop"]
        if type(stop) is int and 0 <= stop <= NO_STOP:
            return stop
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(f"{found.name} is damaged: {error}", "Convert the model again") from error
    raise ConfigError(f"{found.name} names no token", "Convert the model again")


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name.removesuffix(SUFFIX)}.{what}.json")
