"""What the node asks of its network: a protocol that ``p2p.Mesh`` fulfils."""

from typing import Protocol


class Network(Protocol):
    """Authenticated peers; a peer is named by its 32-byte public key. Nothing here blocks."""

    def broadcast(self, kind: int, body: bytes, *, exclude: bytes | None = None) -> None:
        """Queue a message to every peer."""

    def send(self, peer: bytes, kind: int, body: bytes) -> bool:
        """Queue a message to one peer; False when it is gone or its queue is full."""

    async def request(
        self, peer: bytes, kind: int, body: bytes, *, timeout_seconds: float
    ) -> tuple[int, bytes]:
        """Send a request and await its answer's (kind, body).

        Raises:
            TimeoutError: no answer in time.
            ConnectionError: the peer is gone.
        """

    def peers(self) -> list[bytes]:
        """Return the connected peers."""

    def penalize(self, peer: bytes, why: str) -> None:
        """Note misbehaviour; enough of it ends the session and bans the peer for a while."""
