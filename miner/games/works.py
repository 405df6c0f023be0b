"""What a miner keeps of finished work so that he can defend it: one file a receipt.

A file holds receipt, signature, what was asked and what was delivered; the execution itself follows
from these and the model, to the bit, and is repeated when a game begins. Written whole or not at
all, synced, for the owner only: prompts are private.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol

import msgpack
import numpy as np

from miner.exact.execution import ExactRequest, Runtime
from miner.games.knowledge import Defence, ProductDefence, exact_defence
from miner.leases.protocol import Ask, decode_ask
from miner.record_log import write_synced
from primitives.compute import ComputeReceipt, decode_compute_receipt
from primitives.errors import ConfigError, DecodeError
from primitives.integer_model.request import decode_options
from primitives.matmul import Int8Matrix
from primitives.matmul_dispute import MatmulJob

SUFFIX: Final = ".work"
EXACT: Final = "exact"
PRODUCT: Final = "product"
SIGNED: Final = "signed"


class Kept(Protocol):
    """One receipt of a miner's with what defends it."""

    @property
    def receipt(self) -> ComputeReceipt:
        """Return the receipt."""

    @property
    def signature(self) -> bytes:
        """Return the operator's signature over it."""

    def defence(self) -> Defence | None:
        """Return the defence; may take as long as the work did. None: only the signature."""


class Works(Protocol):
    """Where a defender finds what he has to defend."""

    def find(self, receipt_hash: bytes) -> Kept | None:
        """Return a receipt's work, None when it is not ours (any more)."""

    def leases(self) -> set[bytes]:
        """Return the leases of all receipts kept."""


@dataclass(frozen=True, kw_only=True)
class ExactWork:
    """Work of the integer model."""

    receipt: ComputeReceipt
    signature: bytes
    ask: Ask
    delivered: bytes
    runtimes: Mapping[bytes, Runtime]

    def defence(self) -> Defence | None:
        """Execute again; None without the model.

        Raises:
            DecodeError: the options kept are none.
        """
        runtime = self.runtimes.get(self.receipt.model_root)
        if runtime is None:
            return None
        return exact_defence(runtime, exact_request(self.ask), self.ask.salt, self.delivered)


@dataclass(frozen=True, kw_only=True)
class ProductWork:
    """A product of a job's own operands; ``b`` is k x n."""

    receipt: ComputeReceipt
    signature: bytes
    a: Int8Matrix
    b: Int8Matrix

    def defence(self) -> Defence | None:
        """Multiply again."""
        return ProductDefence(MatmulJob(self.a, self.b))


@dataclass(frozen=True, kw_only=True)
class SignedWork:
    """A receipt of which only the signature is kept."""

    receipt: ComputeReceipt
    signature: bytes

    def defence(self) -> Defence | None:
        """Return nothing."""
        return None


class WorkStore:
    """A directory of kept works; implements ``Works``."""

    def __init__(self, directory: Path, runtimes: Mapping[bytes, Runtime] | None = None) -> None:
        """``runtimes`` execute the models by their roots."""
        self._directory = directory
        self._runtimes = runtimes or {}
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def keep_exact(
        self, receipt: ComputeReceipt, signature: bytes, ask: Ask, delivered: bytes
    ) -> None:
        """Keep work of the integer model."""
        self._write(receipt, [EXACT, receipt.encode(), signature, ask.encode(), delivered])

    def keep_product(
        self, receipt: ComputeReceipt, signature: bytes, a: Int8Matrix, b: Int8Matrix
    ) -> None:
        """Keep a product of given operands."""
        body = [PRODUCT, receipt.encode(), signature, pack_matrix(a), pack_matrix(b)]
        self._write(receipt, body)

    def keep_signed(self, receipt: ComputeReceipt, signature: bytes) -> None:
        """Keep a receipt that nothing but its signature can defend."""
        self._write(receipt, [SIGNED, receipt.encode(), signature])

    def drop(self, receipt_hash: bytes) -> None:
        """Forget work of a lease that is final."""
        self._path(receipt_hash).unlink(missing_ok=True)

    def find(self, receipt_hash: bytes) -> Kept | None:
        """Return a receipt's work.

        Raises:
            ConfigError: its file is damaged.
        """
        path = self._path(receipt_hash)
        return self._read(path) if path.exists() else None

    def leases(self) -> set[bytes]:
        """Return the leases of all receipts kept; ``find`` tells of damaged files."""
        return {bytes(work.receipt.lease_id) for work in self._readable()}

    def _readable(self) -> Iterator[Kept]:
        for path in sorted(self._directory.glob("*" + SUFFIX)):
            with suppress(ConfigError):
                yield self._read(path)

    def _path(self, receipt_hash: bytes) -> Path:
        return self._directory / (receipt_hash.hex() + SUFFIX)

    def _write(self, receipt: ComputeReceipt, body: Sequence[object]) -> None:
        write_synced(self._path(receipt.struct_hash()), msgpack.packb(body))

    def _read(self, path: Path) -> Kept:
        try:
            kind, encoded, signature, *rest = msgpack.unpackb(path.read_bytes(), raw=False)
            receipt = decode_compute_receipt(encoded)
            if kind == EXACT:
                asked, delivered = rest
                return ExactWork(
                    receipt=receipt, signature=signature, ask=decode_ask(asked),
                    delivered=delivered, runtimes=self._runtimes,
                )  # fmt: skip
            if kind == PRODUCT:
                a, b = (unpack_matrix(packed) for packed in rest)
                return ProductWork(receipt=receipt, signature=signature, a=a, b=b)
            return SignedWork(receipt=receipt, signature=signature)
        except (DecodeError, ValueError, TypeError, msgpack.UnpackException) as error:
            raise ConfigError(
                f"{path} is damaged: {error}", "Move it away; its receipt cannot be defended"
            ) from error


def exact_request(ask: Ask) -> ExactRequest:
    """Return what an ask of the integer model asks for.

    Raises:
        DecodeError: its options are none.
    """
    return ExactRequest(prompt=ask.tokens, options=decode_options(ask.options))


def pack_matrix(matrix: Int8Matrix) -> list[Any]:
    """Return a matrix for msgpack."""
    return [*matrix.shape, np.ascontiguousarray(matrix).tobytes()]


def unpack_matrix(packed: Any) -> Int8Matrix:
    """Return a matrix from msgpack.

    Raises:
        ValueError, TypeError: it is none.
    """
    rows, columns, data = packed
    return np.frombuffer(data, dtype=np.int8).reshape(rows, columns)
