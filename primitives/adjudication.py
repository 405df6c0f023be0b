"""What a bisection game needs of an exact runtime: the shape of its trace, and one step of it.

A runtime commits an execution as a Merkle tree over trace leaves; a leaf in turn stands for a tree
over micro-steps. A dispute finds the leftmost leaf, then the leftmost micro-step, that the two
sides disagree about; everything to the left is agreed. An adjudicator says how many leaves and
micro-steps there are and executes that one step. Everything here is pure and deterministic.
"""

from typing import Final, Protocol

from primitives.compute import (
    KIND_INTEGER_MODEL,
    KIND_MATMUL,
    UNIT_MACS,
    UNIT_TOKENS,
    ComputeReceipt,
)
from primitives.types import Hash32

RUNTIMES: Final = {
    KIND_INTEGER_MODEL: (1, UNIT_TOKENS),
    KIND_MATMUL: (2, UNIT_MACS),
}
"""The runtime that judges canonical work of a kind, and the units in which it counts it."""
OPENING_BYTES_MAX: Final = 8 * 1024
WITNESS_BYTES_MAX: Final = 16 * 1024
LEAVES_MAX: Final = 1 << 32


class Adjudicator(Protocol):
    """One runtime's rules; found by the runtime id that a lease names."""

    @property
    def runtime_id(self) -> int:
        """Return the id (u32, not 0)."""

    def check_opening(self, receipt: ComputeReceipt, opening: bytes) -> int:
        """Return the number of trace leaves.

        ``opening`` shows header and manifest under traceRoot and modelRoot, and that the header
        names the receipt's requestHash and responseHash.

        Raises:
            DecodeError: it does not.
        """

    def micro_count(self, receipt: ComputeReceipt, opening: bytes, leaf: int) -> int:
        """Return the number of micro-steps of a trace leaf; ``opening`` was checked before."""

    def check_micro_root(
        self,
        receipt: ComputeReceipt,
        opening: bytes,
        leaf: int,
        leaf_hash: Hash32,
        micro_root: Hash32,
        witness: bytes,
    ) -> None:
        """Check that the last micro-step under ``micro_root`` yields the committed leaf.

        For a sampled token also that responseHash opens to it.

        Raises:
            DecodeError: it does not.
        """

    def right_output(
        self,
        receipt: ComputeReceipt,
        opening: bytes,
        leaf: int,
        micro: int,
        micro_root: Hash32,
        witness: bytes,
    ) -> Hash32:
        """Execute one micro-step and return the micro leaf that is right.

        ``witness`` opens the operands: against modelRoot and requestHash, against trace leaves
        before ``leaf``, and micro-steps before ``micro``.

        Raises:
            DecodeError: the witness does not open exactly the operands of this step.
        """
