"""What a receipt's requestHash and responseHash commit, openable one token at a time.

Both are binary Merkle roots over salted leaves sha256(0x00, salt, payload). The client draws one
32-byte salt a request; a leaf's 16 bytes are derived from it, so that an opened leaf says nothing
about the others.

* request: leaf 0 holds the prompt's length and every sampling option, leaf 1 + i prompt token i;
* response: leaf 0 holds sha256 of the delivered bytes, leaf 1 + i generated token i.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from primitives.errors import DecodeError
from primitives.integer_model.arithmetic import CANDIDATES_MAX, SHARE_UNIT
from primitives.integer_model.manifest import leaf_hash
from primitives.merkle import merkle_root
from primitives.types import Hash32

SALT_BYTES: Final = 16
NO_STOP: Final = 0xFFFFFFFF
TEMPERATURE_MAX: Final = 100_000
TOKENS_MAX: Final = 1 << 17

_OPTIONS: Final = struct.Struct(">Q5I")
OPTIONS_BYTES: Final = _OPTIONS.size
_REQUEST: Final = b"AITBC request v1"
_RESPONSE: Final = b"AITBC response v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How tokens are chosen.

    ``temperature`` in thousandths (0: the most likely token), ``top_k`` 1..64 candidates, ``top_p``
    in ten-thousandths. Generation ends behind token ``stop`` or at ``tokens_max``.
    """

    seed: int = 0
    tokens_max: int
    temperature: int = 0
    top_k: int = 1
    top_p: int = SHARE_UNIT
    stop: int = NO_STOP

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        return _OPTIONS.pack(
            self.seed, self.tokens_max, self.temperature, self.top_k, self.top_p, self.stop
        )


def decode_options(data: bytes) -> Options:
    """Decode and check the canonical bytes.

    Raises:
        DecodeError: another length, or an option out of its range.
    """
    if len(data) != _OPTIONS.size:
        raise DecodeError("sampling options", "wrong length")
    seed, tokens_max, temperature, top_k, top_p, stop = _OPTIONS.unpack(data)
    options = Options(
        seed=seed, tokens_max=tokens_max, temperature=temperature, top_k=top_k, top_p=top_p,
        stop=stop,
    )  # fmt: skip
    check_options(options)
    return options


def check_options(options: Options) -> None:
    """Refuse options out of range.

    Raises:
        DecodeError: which one.
    """
    bounds = (
        ("seed", options.seed, 0, (1 << 64) - 1),
        ("tokens_max", options.tokens_max, 1, TOKENS_MAX),
        ("temperature", options.temperature, 0, TEMPERATURE_MAX),
        ("top_k", options.top_k, 1, CANDIDATES_MAX),
        ("top_p", options.top_p, 1, SHARE_UNIT),
        ("stop", options.stop, 0, NO_STOP),
    )
    for name, value, least, most in bounds:
        if not least <= value <= most:
            raise DecodeError("sampling options", f"{name} is outside {least}..{most}")


def request_salt(salt: bytes, index: int) -> bytes:
    """Return the salt of a request's leaf."""
    return _leaf_salt(_REQUEST, salt, index)


def response_salt(salt: bytes, index: int) -> bytes:
    """Return the salt of a response's leaf."""
    return _leaf_salt(_RESPONSE, salt, index)


def options_leaf(salt: bytes, prompt_count: int, options: Options) -> Hash32:
    """Return leaf 0 of a request under its leaf salt."""
    return leaf_hash(salt + prompt_count.to_bytes(4, "big") + options.encode())


def token_leaf(salt: bytes, token: int) -> Hash32:
    """Return the leaf of a token under its leaf salt."""
    return leaf_hash(salt + token.to_bytes(4, "big"))


def request_leaves(salt: bytes, prompt: Sequence[int], options: Options) -> list[Hash32]:
    """Return the leaves whose Merkle root is requestHash."""
    leaves = [options_leaf(request_salt(salt, 0), len(prompt), options)]
    return leaves + [token_leaf(request_salt(salt, 1 + i), t) for i, t in enumerate(prompt)]


def response_leaves(salt: bytes, tokens: Sequence[int], delivered: bytes) -> list[Hash32]:
    """Return the leaves whose Merkle root is responseHash."""
    leaves = [leaf_hash(response_salt(salt, 0) + hashlib.sha256(delivered).digest())]
    return leaves + [token_leaf(response_salt(salt, 1 + i), t) for i, t in enumerate(tokens)]


def request_hash(salt: bytes, prompt: Sequence[int], options: Options) -> Hash32:
    """Return the receipt's requestHash; ``salt`` is the client's 32 bytes."""
    return merkle_root(request_leaves(salt, prompt, options))


def response_hash(salt: bytes, tokens: Sequence[int], delivered: bytes) -> Hash32:
    """Return the receipt's responseHash."""
    return merkle_root(response_leaves(salt, tokens, delivered))


def _leaf_salt(tag: bytes, salt: bytes, index: int) -> bytes:
    return hashlib.sha256(tag + salt + index.to_bytes(4, "big")).digest()[:SALT_BYTES]
