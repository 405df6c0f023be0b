"""What an execution is asked and what it yields, whatever the runtime.

E1  A runtime's tokens and trace leaves depend on model, prompt and options alone: neither on the
    other requests of a batch, nor on threads or devices.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from miner.exact.model import Model
from primitives.errors import BadInputError
from primitives.integer_model import arithmetic as rules
from primitives.integer_model.manifest import Manifest, leaf_hash
from primitives.integer_model.request import Options, check_options, request_hash, response_hash
from primitives.integer_model.trace import Header, header_leaf, layer_leaf, sample_payload
from primitives.merkle import merkle_levels
from primitives.types import Hash32

OnToken = Callable[[int, int], None]
"""Told (request's number, token) as soon as a token is there."""


class RequestRefused(BadInputError):  # noqa: N818  a refusal is no failure
    """A request that the model cannot serve; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactRequest:
    """Token ids of a prompt, and how to go on."""

    prompt: tuple[int, ...]
    options: Options


@dataclass(slots=True, kw_only=True)
class Execution:
    """Tokens and trace of a request; ``leaves`` are those behind the header.

    With ``keep`` a runtime also leaves every activation here: ``outs[position]`` of shape (layers,
    d_model), i32, and ``rows[position]`` of shape (layers, 2 kv_width), i16, K before V.
    """

    request: ExactRequest
    tokens: list[int] = field(default_factory=list)
    leaves: list[Hash32] = field(default_factory=list)
    outs: list[npt.NDArray[np.int32]] = field(default_factory=list)
    rows: list[npt.NDArray[np.int16]] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        """Whether the output has ended."""
        options = self.request.options
        if not self.tokens:
            return False
        return len(self.tokens) >= options.tokens_max or self.tokens[-1] == options.stop

    @property
    def header(self) -> Header:
        """Return the header of the finished execution."""
        return Header(
            prompt_count=len(self.request.prompt),
            output_count=len(self.tokens),
            options=self.request.options,
        )

    def fed(self, position: int) -> int:
        """Return the token at a position."""
        prompt = self.request.prompt
        return prompt[position] if position < len(prompt) else self.tokens[position - len(prompt)]

    def add_layers(
        self, position: int, outs: npt.NDArray[np.int32], rows: npt.NDArray[np.int16]
    ) -> None:
        """Append the leaves of a position's layers."""
        for layer in range(len(outs)):
            self.leaves.append(layer_leaf(position, layer, outs[layer], rows[layer]))

    def add_token(self, manifest: Manifest, token: int, *, trace: bool) -> None:
        """Append a generated token and, with ``trace``, its sampling leaf."""
        position = len(self.request.prompt) + len(self.tokens) - 1
        self.tokens.append(token)
        if trace:
            self.leaves.append(leaf_hash(sample_payload(position, manifest.layers, token)))


class Runtime(Protocol):
    """One way to execute a model."""

    @property
    def model(self) -> Model:
        """Return the model that it executes."""

    def run(
        self,
        requests: Sequence[ExactRequest],
        *,
        trace: bool = True,
        keep: bool = False,
        on_token: OnToken | None = None,
    ) -> list[Execution]:
        """Execute requests to their ends.

        Raises:
            RequestRefused: one of them does not fit the model.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A finished execution as a receipt names it; ``levels`` is the trace's tree."""

    request_hash: Hash32
    response_hash: Hash32
    levels: list[list[Hash32]]

    @property
    def trace_root(self) -> Hash32:
        """Return the receipt's traceRoot."""
        return self.levels[-1][0]


def commit(model_root: Hash32, done: Execution, salt: bytes, delivered: bytes) -> Commitment:
    """Return the commitments of an execution under the client's 32-byte salt."""
    asked = request_hash(salt, done.request.prompt, done.request.options)
    answered = response_hash(salt, done.tokens, delivered)
    first = header_leaf(done.header, model_root, asked, answered)
    return Commitment(
        request_hash=asked, response_hash=answered, levels=merkle_levels([first, *done.leaves])
    )


def check_request(manifest: Manifest, request: ExactRequest) -> None:
    """Refuse a request that the model cannot serve.

    Raises:
        RequestRefused: the prompt is empty, too long or has unknown tokens.
        DecodeError: an option is out of its range.
    """
    check_options(request.options)
    if not request.prompt:
        raise RequestRefused("the prompt is empty")
    if len(request.prompt) + request.options.tokens_max - 1 > manifest.context_max:
        raise RequestRefused(
            f"prompt and answer exceed the context of {manifest.context_max} tokens"
        )
    if not all(0 <= token < manifest.vocabulary for token in request.prompt):
        raise RequestRefused(f"a token is outside the vocabulary of {manifest.vocabulary}")


def choose_token(
    logits: npt.NDArray[np.int32],
    options: Options,
    position: int,
    exp_table: npt.NDArray[np.int64],
) -> int:
    """Return the next token; ``logits`` of the vocabulary without its padding."""
    if options.top_k == 1 or options.temperature == 0:
        return int(np.argmax(logits))
    count = min(options.top_k, len(logits))
    least = np.partition(logits, len(logits) - count)[len(logits) - count]
    found = np.flatnonzero(logits >= least)
    order = np.argsort(-logits[found].astype(np.int64), kind="stable")[:count]
    best = [(int(logits[i]), int(i)) for i in found[order]]
    return rules.pick(best, options.temperature, options.top_p, options.seed, position, exp_table)


MATRIX_NAMES: Final = ("q", "k", "v", "o", "gate", "up", "down")
