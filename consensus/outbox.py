"""The effects of one step in the making, and what was asked or sent once already in this view."""

from consensus import effects as fx
from consensus.inputs import TimerKind
from primitives.types import Epoch, Hash32, View
from primitives.vote import Certificate, VoteKind


class Outbox:
    """Collects effects; stamps timers and requests with the current (epoch, view)."""

    def __init__(self) -> None:
        self.epoch = Epoch(0)
        self.view = View(0)
        self._effects: list[fx.Effect] = []
        self._requested: set[tuple[int, bytes]] = set()
        self._helped: set[bytes] = set()

    def move_to(self, epoch: Epoch, view: View) -> None:
        """Begin a view: everything may be asked again."""
        self.epoch, self.view = epoch, view
        self.forget()

    def forget(self) -> None:
        """Let requests and help be repeated."""
        self._requested.clear()
        self._helped.clear()

    def emit(self, effect: fx.Effect) -> None:
        """Append an effect."""
        self._effects.append(effect)

    def take(self) -> list[fx.Effect]:
        """Return the step's effects and start over."""
        effects, self._effects = self._effects, []
        return effects

    def set_timer(self, kind: TimerKind, delay_ms: int, rule: fx.Rule) -> None:
        """Start a timer of the current view."""
        self.emit(
            fx.SetTimer(epoch=self.epoch, view=self.view, kind=kind, delay_ms=delay_ms, rule=rule)
        )

    def cancel_timers(self, kind: TimerKind | None, rule: fx.Rule) -> None:
        """Stop one timer of the current view, or all of earlier ones."""
        self.emit(fx.CancelTimers(epoch=self.epoch, view=self.view, kind=kind, rule=rule))

    def help(self, peer: bytes | None, certificate: Certificate | None) -> None:
        """Show a straggler the certificate that leads on, once per view and peer."""
        if peer is not None and certificate is not None and peer not in self._helped:
            self._helped.add(peer)
            self.emit(fx.SendTo(peer=peer, message=certificate, rule="repair"))

    def request_certificate(self, view: View, kind: VoteKind) -> None:
        """Ask for a certificate, once until ``forget``."""
        key = (view, bytes((kind,)))
        if key not in self._requested:
            self._requested.add(key)
            self.emit(fx.FetchCertificate(epoch=self.epoch, view=view, kind=kind, rule="repair"))

    def request_block(self, block_hash: Hash32, height: int) -> None:
        """Ask for a block, once until ``forget``."""
        key = (height, block_hash)
        if key not in self._requested:
            self._requested.add(key)
            self.emit(fx.FetchBlock(block_hash=block_hash, height=height, rule="repair"))
