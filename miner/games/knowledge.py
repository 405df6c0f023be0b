"""What a side of a game knows: the miner all of his trees, a challenger his own right values.

A ``Defence`` answers for a receipt whatever it says: an honest miner's is made from the execution
kept or repeated. An ``Opinion`` is what a re-execution found; ``against`` turns it into a ``View``
of the miner's trace, as soon as the game says how many leaves that trace has.

Everything of the miner's that a challenger needs follows from the receipt, the number of leaves and
the nodes that the game revealed; no calldata of the miner's is read.
"""

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final, Protocol

from contracts.disputes.v1.messages import Fault
from miner.exact.execution import ExactRequest, Execution, Runtime, commit
from miner.exact.model import Model
from miner.exact.prover import Levels, Prover, expected_leaves, known_levels
from primitives.compute import UNIT_MACS, UNIT_TOKENS, ComputeReceipt
from primitives.integer_model.manifest import leaf_hash
from primitives.integer_model.request import response_hash
from primitives.integer_model.trace import (
    VOID,
    Header,
    header_leaf,
    leaf_count,
    leaf_index,
)
from primitives.matmul_dispute import MatmulJob, micro_levels
from primitives.merkle import merkle_levels, merkle_path, merkle_root
from primitives.types import Hash32

Nodes = Mapping[tuple[int, int], Hash32]
"""Revealed nodes of one tree by (level above the leaves, index)."""
LEAVES_KNOWN_MAX: Final = 1 << 24
"""Larger traces are no execution of any model's context."""


class Defence(Protocol):
    """A miner's answers about one receipt."""

    def opening(self) -> bytes:
        """Return the opening of the trace."""

    def trace(self) -> Levels:
        """Return the trace's tree."""

    def micro(self, leaf: int) -> Levels:
        """Return the tree over a leaf's micro-steps."""

    def root_witness(self, leaf: int) -> bytes:
        """Return what shows that the last micro-step yields the leaf."""

    def step_witness(self, leaf: int, micro: int) -> bytes:
        """Return the operands of one micro-step."""


class View(Protocol):
    """A challenger's view of one miner's trace."""

    @property
    def leaves(self) -> list[Hash32]:
        """Return the right trace leaves."""

    @property
    def target(self) -> int | None:
        """Return a leaf to dispute even where the miner's hash is the right one."""

    def micro_leaves(self, leaf: int) -> list[Hash32]:
        """Return the right micro leaves of a trace leaf."""

    def opening(self, nodes: Nodes, leaf: int) -> bytes:
        """Return the miner's opening; the leaves before ``leaf`` are agreed."""

    def step_witness(self, nodes: Nodes, leaf: int, micro_nodes: Nodes, micro: int) -> bytes:
        """Return the operands of a micro-step; those before it are agreed."""


class Opinion(Protocol):
    """What a re-execution says of one receipt."""

    @property
    def fault(self) -> Fault:
        """Return what such a receipt is accused of."""

    def agrees(self) -> bool:
        """Answer whether the receipt is what an honest execution gives."""

    def against(self, leaves: int) -> View | None:
        """Return the view of a trace with so many leaves, None where there can be none."""


# --- the exact model ----------------------------------------------------------------------------


class ExactDefence:
    """The defence of an execution of the integer model."""

    def __init__(self, prover: Prover) -> None:
        """``prover`` holds the miner's execution and his trace."""
        self._prover = prover
        self._leaf: tuple[int, list[bytes], Levels] | None = None

    def opening(self) -> bytes:
        """Return the opening of the trace."""
        return self._prover.opening()

    def trace(self) -> Levels:
        """Return the trace's tree."""
        return self._prover.trace

    def micro(self, leaf: int) -> Levels:
        """Return the tree over a leaf's micro-steps."""
        return self._steps(leaf)[1]

    def root_witness(self, leaf: int) -> bytes:
        """Return what shows that the last micro-step yields the leaf."""
        return self._prover.root_witness(leaf, self._steps(leaf)[1])

    def step_witness(self, leaf: int, micro: int) -> bytes:
        """Return the operands of one micro-step."""
        payloads, levels = self._steps(leaf)
        return self._prover.step_witness(leaf, micro, payloads, levels)

    def _steps(self, leaf: int) -> tuple[list[bytes], Levels]:
        if self._leaf is None or self._leaf[0] != leaf:
            payloads = self._prover.micro_payloads(leaf) if leaf else []
            hashes = [leaf_hash(p) for p in payloads] or [self._prover.trace[0][0]]
            levels = merkle_levels(hashes)
            self._leaf = leaf, payloads, levels
        return self._leaf[1:]


def exact_defence(
    runtime: Runtime, request: ExactRequest, salt: bytes, delivered: bytes
) -> ExactDefence:
    """Execute a request (again) and return its defence."""
    done = runtime.run([request], keep=True)[0]
    trace = commit(runtime.model.root, done, salt, delivered).levels
    return ExactDefence(Prover(runtime.model, done, trace, salt, delivered=delivered))


class ExactOpinion:
    """An honest execution of the request that a receipt names.

    ``answered`` and ``delivered`` are tokens and bytes that the client got, where they are known:
    only they show a responseHash that is not of what was sampled.
    """

    fault = Fault.WRONG_STEP

    def __init__(
        self,
        receipt: ComputeReceipt,
        model: Model,
        done: Execution,
        salt: bytes,
        *,
        answered: tuple[int, ...] | None = None,
        delivered: bytes | None = None,
    ) -> None:
        self._receipt = receipt
        self._model = model
        self._done = done
        self._salt = salt
        self._answered = answered
        self._delivered = delivered

    def agrees(self) -> bool:
        """Answer whether trace, tokens and units are right."""
        receipt, done = self._receipt, self._done
        if receipt.unit_kind == UNIT_TOKENS and receipt.units > len(done.tokens):
            return False
        view = self._view(done.header)
        if view.target is not None:
            return False
        return merkle_root(view.leaves) == receipt.trace_root

    def against(self, leaves: int) -> "ExactView | None":
        """Return the view under the header that a trace of so many leaves must have."""
        request, layers = self._done.request, self._model.manifest.layers
        outputs, rest = divmod(leaves - 1 - (len(request.prompt) - 1) * layers, layers + 1)
        if rest or not 1 <= outputs <= request.options.tokens_max or leaves > LEAVES_KNOWN_MAX:
            return None
        return self._view(
            Header(prompt_count=len(request.prompt), output_count=outputs, options=request.options)
        )

    def _view(self, header: Header) -> "ExactView":
        return ExactView(
            self._receipt, self._model, self._done, self._salt, header, self._misanswered(header)
        )

    def _misanswered(self, header: Header) -> int | None:
        """Return the sampling leaf of the first token that was answered otherwise than sampled."""
        if self._answered is None or self._delivered is None:
            return None
        said = response_hash(self._salt, self._answered, self._delivered)
        if said != self._receipt.response_hash:
            return None  # not what the receipt answers with: it says nothing of the receipt
        pairs = zip(self._answered, self._done.tokens, strict=False)
        made = next((i for i, (one, other) in enumerate(pairs) if one != other), None)
        if made is None and len(self._answered) != header.output_count:
            made = header.output_count - 1
        if made is None or made >= header.output_count:
            return None
        manifest = self._model.manifest
        position = header.prompt_count - 1 + made
        return leaf_index(manifest, header, position, manifest.layers)


class ExactView:
    """An honest execution beside a trace with the miner's header."""

    def __init__(
        self,
        receipt: ComputeReceipt,
        model: Model,
        done: Execution,
        salt: bytes,
        header: Header,
        misanswered: int | None,
    ) -> None:
        self._receipt = receipt
        self._model = model
        self._done = done
        self._salt = salt
        self._header = header
        self._misanswered = misanswered
        self._leaf: tuple[int, list[bytes], list[Hash32]] | None = None

    @cached_property
    def leaves(self) -> list[Hash32]:
        """Return the right trace leaves."""
        r = self._receipt
        first = header_leaf(self._header, r.model_root, r.request_hash, r.response_hash)
        return expected_leaves(self._model.manifest, first, self._done, self._header)

    @cached_property
    def target(self) -> int | None:
        """Return the first leaf that no token opens, or that answers with another token."""
        void = leaf_hash(VOID)
        found = [self.leaves.index(void)] if void in self.leaves else []
        found += [] if self._misanswered is None else [self._misanswered]
        return min(found, default=None)

    def micro_leaves(self, leaf: int) -> list[Hash32]:
        """Return the right micro leaves of a trace leaf."""
        return self._steps(leaf)[1]

    def opening(self, nodes: Nodes, leaf: int) -> bytes:
        """Return the miner's opening."""
        return self._prover(nodes, leaf).opening()

    def step_witness(self, nodes: Nodes, leaf: int, micro_nodes: Nodes, micro: int) -> bytes:
        """Return the operands of a micro-step."""
        payloads, own = self._steps(leaf)
        known = known_levels(len(own), own[:micro], micro_nodes)
        return self._prover(nodes, leaf).step_witness(leaf, micro, payloads, known)

    def _prover(self, nodes: Nodes, leaf: int) -> Prover:
        count = leaf_count(self._model.manifest, self._header)
        trace = known_levels(count, self.leaves[:leaf], nodes)
        return Prover(self._model, self._done, trace, self._salt, header=self._header)

    def _steps(self, leaf: int) -> tuple[list[bytes], list[Hash32]]:
        if self._leaf is None or self._leaf[0] != leaf:
            payloads = self._prover({}, leaf).micro_payloads(leaf)
            self._leaf = leaf, payloads, [leaf_hash(payload) for payload in payloads]
        return self._leaf[1:]


# --- products of given operands -----------------------------------------------------------------


class ProductDefence:
    """The defence of a product; ``steps`` gives the bands that a tile passed through."""

    def __init__(self, job: MatmulJob, steps: Callable[[int], list[bytes]] | None = None) -> None:
        self._job = job
        self._steps = steps or (lambda leaf: job.partial_bands(leaf - 1))

    def opening(self) -> bytes:
        """Return the opening of the trace."""
        return self._job.opening()

    def trace(self) -> Levels:
        """Return the trace's tree."""
        return self._job.levels

    def micro(self, leaf: int) -> Levels:
        """Return the tree over a tile's bands."""
        return micro_levels(self._steps(leaf))

    def root_witness(self, leaf: int) -> bytes:
        """Return what shows that the last bands are the tile's."""
        return self._job.root_witness(self.micro(leaf))

    def step_witness(self, leaf: int, micro: int) -> bytes:
        """Return the operands of one micro-step."""
        bands = self._steps(leaf)
        return self._job.step_witness(leaf, micro, bands, micro_levels(bands))


class ProductOpinion:
    """The right product of the operands that a receipt names."""

    fault = Fault.WRONG_TILE

    def __init__(self, receipt: ComputeReceipt, job: MatmulJob) -> None:
        """``job`` is the right one, with the request's own operands."""
        self._receipt = receipt
        self._job = job

    def agrees(self) -> bool:
        """Answer whether root and units are right."""
        receipt, job = self._receipt, self._job
        said = (receipt.trace_root, receipt.response_hash, receipt.unit_kind, receipt.units)
        return said == (job.trace_root, job.trace_root, UNIT_MACS, job.spec.macs)

    def against(self, leaves: int) -> "ProductView | None":
        """Return the view; every trace of these operands has the same shape."""
        return ProductView(self._job) if leaves == self._job.spec.tiles + 1 else None


class ProductView:
    """The right product beside another one."""

    target = None

    def __init__(self, job: MatmulJob) -> None:
        self._job = job

    @property
    def leaves(self) -> list[Hash32]:
        """Return the right trace leaves."""
        return self._job.levels[0]

    def micro_leaves(self, leaf: int) -> list[Hash32]:
        """Return the right bands' hashes."""
        return micro_levels(self._job.partial_bands(leaf - 1))[0]

    def opening(self, nodes: Nodes, leaf: int) -> bytes:
        """Return the miner's opening."""
        trace = known_levels(len(self.leaves), self.leaves[:leaf], nodes)
        return self._job.spec.encode() + b"".join(merkle_path(trace, 0))

    def step_witness(self, nodes: Nodes, leaf: int, micro_nodes: Nodes, micro: int) -> bytes:  # noqa: ARG002  a step of a product needs no other tile
        """Return the operands of a micro-step."""
        bands = self._job.partial_bands(leaf - 1)
        own = self.micro_leaves(leaf)
        known = known_levels(len(own), own[:micro], micro_nodes)
        return self._job.step_witness(leaf, micro, bands, known)
