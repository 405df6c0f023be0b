"""Text to token ids and back: a model's own tokenizer.json, or plain bytes where there is none."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from primitives.errors import ConfigError


class Tokenizer(Protocol):
    """What a runtime's caller needs."""

    def encode(self, text: str) -> list[int]:
        """Return the token ids of a text."""

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of token ids."""


class FileTokenizer:
    """A tokenizer.json of the ``tokenizers`` library."""

    def __init__(self, path: Path) -> None:
        from tokenizers import Tokenizer as Loaded  # noqa: PLC0415

        try:
            self._inner = Loaded.from_file(str(path))
        except Exception as error:  # the library raises bare Exception
            raise ConfigError(
                f"{path.name} is not a tokenizer: {error}", "Take the model's own tokenizer.json"
            ) from error

    def encode(self, text: str) -> list[int]:
        """Return the token ids of a text, without special tokens added."""
        return list(self._inner.encode(text, add_special_tokens=False).ids)

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of token ids; special tokens give none."""
        return str(self._inner.decode(list(tokens), skip_special_tokens=True))


class ByteTokenizer:
    """Token i is byte i: for models without a tokenizer (vocabulary of at least 256)."""

    def encode(self, text: str) -> list[int]:
        """Return the UTF-8 bytes."""
        return list(text.encode())

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the text of the bytes; other ids and broken UTF-8 become replacement marks."""
        return b"".join(
            bytes((t,)) if t < 256 else "\N{REPLACEMENT CHARACTER}".encode() for t in tokens
        ).decode(errors="replace")


def write_letter_tokenizer(letters: Sequence[str], path: Path) -> None:
    """Write a tokenizer.json whose token i is ``letters[i]``; others are dropped."""
    vocabulary = {letter: i for i, letter in enumerate(letters)}
    data: dict[str, object] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": {"type": "Fuse"},
        "model": {
            "type": "BPE", "dropout": None, "unk_token": None, "continuing_subword_prefix": None,
            "end_of_word_suffix": None, "fuse_unk": False, "byte_fallback": False,
            "ignore_merges": False, "vocab": vocabulary, "merges": [],
        },
    }  # fmt: skip
    path.write_text(json.dumps(data, indent=1, ensure_ascii=True) + "\n")
