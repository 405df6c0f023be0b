"""What defends the receipts of leases in disputes: the requests that the book keeps, run again.

Only the sealed request is kept: it opens with the miner's key, and the exact model computes the
very same trace from it. Work of float engines has no defence beyond its signature.
"""

from dataclasses import dataclass

from miner.backends.catalog import Catalog
from miner.backends.exact import ExactBackend
from miner.games.knowledge import Defence
from miner.leases.book import Deal, LeaseBook, SignedReceipt
from miner.leases.protocol import TO_MINER, Ask, decode_ask, decode_envelope, seal_subject
from primitives.compute import ComputeReceipt
from wallet.sealing import open_sealed


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWork:
    """One receipt and the request that it answered; ``backend`` None: not of an exact model."""

    receipt: ComputeReceipt
    signature: bytes
    ask: Ask
    backend: ExactBackend | None

    def defence(self) -> Defence | None:
        """Execute the request again; None when nothing can be executed."""
        return None if self.backend is None else self.backend.defence(self.ask)


class BookWorks:
    """The book's receipts as a defender finds them (``miner.games.works.Works``)."""

    def __init__(self, book: LeaseBook, catalog: Catalog, secret: bytes, chain_id: int) -> None:
        self._book = book
        self._catalog = catalog
        self._secret = secret
        self._chain_id = chain_id

    def find(self, receipt_hash: bytes) -> KeptWork | None:
        """Return a receipt of a live lease, None when there is no such receipt.

        Raises:
            DecodeError: its file is damaged.
            SealingError: it was sealed to another key.
        """
        for deal in self._book.live:
            for signed in deal.receipts.values():
                if signed.receipt.struct_hash() == receipt_hash:
                    return self._kept(deal, signed)
        return None

    def leases(self) -> set[bytes]:
        """Return the leases with receipts that may be challenged."""
        return {deal.lease_id for deal in self._book.live if deal.receipts}

    def _kept(self, deal: Deal, signed: SignedReceipt) -> KeptWork:
        lease, receipt = deal.lease, signed.receipt
        body, _ = self._book.read_work(deal.lease_id, receipt.seq)
        text = open_sealed(
            decode_envelope(body).sealed,
            secret=self._secret,
            sender=lease.client,
            recipient=lease.miner,
            chain_id=self._chain_id,
            subject=seal_subject(lease.order_id, lease.lease_id, receipt.seq, TO_MINER),
        )
        shelf = self._catalog.find(lease.model_root)
        backends = [] if shelf is None else shelf.backends
        exact = next((b for b in backends if isinstance(b, ExactBackend)), None)
        return KeptWork(
            receipt=receipt, signature=signed.signature, ask=decode_ask(text), backend=exact
        )
