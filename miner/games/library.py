"""What an auditor knows of requests: asks that clients published, or a client's own.

One file a request, named by its requestHash: who sealed a prompt for a miner may publish it, or
keep it for himself and audit his own receipts. A batch's leaves may be published likewise, in a
file named by the batch's root. What a file says is believed as far as hashes prove it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import msgpack

from contracts.disputes.v1.messages import LeafOpening
from miner.exact.execution import Runtime, check_request
from miner.exact.generate import make_runtime
from miner.exact.model import SUFFIX as MODEL_SUFFIX
from miner.exact.model import load_model
from miner.games.knowledge import ExactOpinion, Opinion, ProductOpinion
from miner.games.works import exact_request, pack_matrix, unpack_matrix
from miner.leases.protocol import Answer, Ask, decode_answer, decode_ask
from miner.record_log import write_synced
from primitives.compute import ComputeReceipt, decode_compute_receipt
from primitives.errors import BadInputError, ConfigError, DecodeError
from primitives.integer_model.request import request_hash
from primitives.matmul import Int8Matrix
from primitives.matmul_dispute import MatmulJob
from primitives.sum_tree import SumLeaf, SumNode, combine
from primitives.types import Hash32

ASK_SUFFIX: Final = ".ask"
BATCH_SUFFIX: Final = ".batch"
SAID: Final = "said"
PRODUCT: Final = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAsk:
    """A request that is known here: an ask with the answer if that is known, or two operands."""

    ask: Ask | None = None
    answer: Answer | None = None
    operands: tuple[Int8Matrix, Int8Matrix] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """A batch's leaves in order, and the signed receipts that are known of them, by hash."""

    leaves: tuple[SumLeaf, ...]
    signed: Mapping[bytes, tuple[ComputeReceipt, bytes]]

    def encode(self) -> bytes:
        """Return the file's bytes."""
        rows = [
            [bytes(row.lease_id), row.seq, bytes(row.receipt_hash), row.amount.to_bytes(16, "big")]
            for row in self.leaves
        ]
        pairs = [[receipt.encode(), signature] for receipt, signature in self.signed.values()]
        packed: bytes = msgpack.packb([rows, pairs])
        return packed


class Library:
    """Directories of asks and batches, and the runtimes of models by root."""

    def __init__(self, directory: Path, runtimes: Mapping[bytes, Runtime]) -> None:
        self.directory = directory
        self.runtimes = runtimes

    def put(self, asked: bytes, known: KnownAsk) -> None:
        """Keep a request under its requestHash."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        if known.operands is not None:
            body: list[Any] = [PRODUCT, *(pack_matrix(operand) for operand in known.operands)]
        else:
            assert known.ask is not None
            answer = None if known.answer is None else known.answer.encode()
            body = [SAID, known.ask.encode(), answer]
        write_synced(self.directory / (asked.hex() + ASK_SUFFIX), msgpack.packb(body))

    def has(self, asked: bytes) -> bool:
        """Answer whether the request with this hash is known."""
        return (self.directory / (asked.hex() + ASK_SUFFIX)).exists()

    def find(self, asked: bytes) -> KnownAsk | None:
        """Return the request with this hash, None when it is not known.

        Raises:
            ConfigError: its file is damaged.
        """
        path = self.directory / (asked.hex() + ASK_SUFFIX)
        if not path.exists():
            return None
        try:
            kind, first, second = msgpack.unpackb(path.read_bytes(), raw=False)
            if kind == PRODUCT:
                return KnownAsk(operands=(unpack_matrix(first), unpack_matrix(second)))
            answer = None if second is None else decode_answer(second)
            return KnownAsk(ask=decode_ask(first), answer=answer)
        except (DecodeError, ValueError, TypeError, msgpack.UnpackException) as error:
            raise _damaged(path, error) from error

    def publish_batch(self, root: bytes, batch: Publication) -> None:
        """Keep the leaves of a batch under its root."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_synced(self.directory / (root.hex() + BATCH_SUFFIX), batch.encode())

    def batch(self, root: bytes) -> Publication | None:
        """Return the published leaves of the batch with this root, None without (right) ones.

        Raises:
            ConfigError: its file is damaged.
        """
        path = self.directory / (root.hex() + BATCH_SUFFIX)
        if not path.exists():
            return None
        try:
            rows, pairs = msgpack.unpackb(path.read_bytes(), raw=False)
            leaves = tuple(
                SumLeaf(Hash32(lease), seq, Hash32(name), int.from_bytes(amount, "big"))
                for lease, seq, name, amount in rows
            )
            receipts = [(decode_compute_receipt(encoded), signed) for encoded, signed in pairs]
            if not leaves or levels_of(leaves)[-1][0].hash != root:
                return None
        except (DecodeError, ValueError, TypeError, msgpack.UnpackException) as error:
            raise _damaged(path, error) from error
        signed = {bytes(pair[0].struct_hash()): pair for pair in receipts}
        return Publication(leaves=leaves, signed=signed)

    def opinion(self, receipt: ComputeReceipt) -> Opinion | None:
        """Execute what a receipt is about; None when request or model are not known here.

        Raises:
            ConfigError: the request's file is damaged.
        """
        known = self.find(receipt.request_hash)
        if known is None:
            return None
        if known.operands is not None:
            job = MatmulJob(*known.operands)
            is_it = job.spec.request_hash() == receipt.request_hash
            return ProductOpinion(receipt, job) if is_it else None
        runtime = self.runtimes.get(receipt.model_root)
        if runtime is None or known.ask is None:
            return None
        try:
            request = exact_request(known.ask)
            check_request(runtime.model.manifest, request)
        except (DecodeError, BadInputError):
            return None
        salt, answer = known.ask.salt, known.answer
        if request_hash(salt, request.prompt, request.options) != receipt.request_hash:
            return None
        done = runtime.run([request], keep=True)[0]
        return ExactOpinion(
            receipt, runtime.model, done, salt,
            answered=None if answer is None else answer.tokens,
            delivered=None if answer is None else answer.delivered,
        )  # fmt: skip


def load_runtimes(
    folders: Sequence[Path], backend: str, threads: int, tell: Callable[[Path, bytes], None]
) -> dict[bytes, Runtime]:
    """Return runtimes of all models in some folders by root; ``tell`` hears of each.

    Raises:
        ConfigError: a file is no model, or the backend has no device.
    """
    found: dict[bytes, Runtime] = {}
    for path in (path for folder in folders for path in sorted(folder.glob("*" + MODEL_SUFFIX))):
        model = load_model(path)
        found[bytes(model.root)] = make_runtime(model, backend, threads)
        tell(path, model.root)
    return found


def levels_of(leaves: Sequence[SumLeaf]) -> list[list[SumNode]]:
    """Return the levels of a sum tree whatever its leaves are: frauds are not in order.

    Raises:
        DecodeError: its total leaves 128 bits.
    """
    levels = [[leaf.node() for leaf in leaves]]
    while len(levels[-1]) > 1:
        level = levels[-1]
        parents = [combine(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        levels.append(parents + ([level[-1]] if len(level) % 2 else []))
    return levels


def open_leaf(batch: Publication, levels: list[list[SumNode]], index: int) -> LeafOpening:
    """Return a leaf with its path, as the disputes contract takes it."""
    leaf, path, place = batch.leaves[index], [], index
    for level in levels[:-1]:
        if place ^ 1 < len(level):
            path.append(level[place ^ 1])
        place //= 2
    return LeafOpening(
        index, leaf.lease_id, leaf.seq, leaf.receipt_hash, leaf.amount,
        tuple(node.hash for node in path), tuple(node.total for node in path),
    )  # fmt: skip


def _damaged(path: Path, error: Exception) -> ConfigError:
    return ConfigError(f"{path} is damaged: {error}", "Get it again from who published it")
