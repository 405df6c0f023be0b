"""Letters between two accounts, encrypted end to end.

The contract keeps each account's X25519 key and, per inbox, who sent what hash when. It cannot read
a payload, nor tell whether it opens: ``wallet.sealing`` makes and opens them.
"""

from contracts.framework.contract import call, view
from contracts.framework.messages import revert
from contracts.framework.types import Address, bytes32, u32, u64
from contracts.messaging.v1.listing import key_info, letter_info
from contracts.messaging.v1.messages import (
    KeyInfo,
    KeyRegistered,
    LetterInfo,
    LetterKind,
    SealedMessage,
    SealedPointer,
)
from contracts.messaging.v1.moderation import Moderation
from contracts.messaging.v1.records import PAGE_MAX, SEALED_BYTES_MIN
from contracts.messaging.v1.refusals import BadKey, NoKey, NotSealed, TooLong
from contracts.messaging.v1.store import EVERYWHERE
from contracts.messaging.v1.texts import check_text
from contracts.messaging.v1.weights import ENTRY_ROW_GAS
from primitives.keccak import keccak256

HASH_BYTES = 32


class Mailbox(Moderation):
    """Key registry and inboxes."""

    __slots__ = ()

    @call
    def register_key(self, public_key: bytes32) -> None:
        """Set the X25519 key to which letters for the caller are sealed from now on."""
        if not any(public_key):
            raise revert(BadKey())
        key = self.keys[self.ctx.caller]
        key.public_key = public_key
        key.registered.stamp(self.ctx.block)
        key.number += 1
        self.emit(KeyRegistered(self.ctx.caller, public_key, key.number))

    @call(payable=True)
    def send_sealed(self, to: Address, sealed: bytes) -> u64:
        """Send a letter whose sealed payload goes into the log; returns its number in the inbox."""
        size, longest = len(sealed), self.sealed_bytes_max
        self._check_correspondents(to)
        if size < SEALED_BYTES_MIN:
            raise revert(NotSealed(SEALED_BYTES_MIN))
        if size > longest:
            raise revert(TooLong(size, longest))
        fee = self._check_fee(size)
        number = self._file(to, LetterKind.ON_CHAIN, keccak256(sealed))
        self.emit(SealedMessage(self.ctx.caller, to, number, sealed))
        self.ctx.burn(fee)
        return number

    @call(payable=True)
    def send_sealed_hash(self, to: Address, content_hash: bytes32, uri: str) -> u64:
        """Send a letter whose sealed payload lies at ``uri``, ``content_hash`` being its keccak."""
        self._check_correspondents(to)
        if not any(content_hash):
            raise revert(NotSealed(SEALED_BYTES_MIN))
        fee = self._check_fee(HASH_BYTES + check_text(uri, self.uri_bytes_max))
        number = self._file(to, LetterKind.OFF_CHAIN, content_hash)
        self.emit(SealedPointer(self.ctx.caller, to, number, content_hash, uri))
        self.ctx.burn(fee)
        return number

    @view
    def key_of(self, account: Address) -> KeyInfo:
        """Return the key to which letters for an account are sealed; zero when it has none."""
        return key_info(self.keys[account])

    @view
    def inbox(
        self, account: Address, cursor: u64, limit: u32
    ) -> tuple[tuple[LetterInfo, ...], u64]:
        """Return an account's letters from number ``cursor`` (at most 100) and the next cursor."""
        letters = self.letters[account]
        end = min(cursor + min(limit, PAGE_MAX), len(letters))
        self.ctx.use_gas(ENTRY_ROW_GAS * max(0, end - cursor))
        rows = tuple(letter_info(number, letters[number]) for number in range(cursor, end))
        return rows, max(cursor, end)

    def _check_correspondents(self, to: bytes) -> None:
        self._check_ban(self.ctx.caller, EVERYWHERE)
        if not any(self.keys[to].public_key):
            raise revert(NoKey(to))

    def _file(self, to: bytes, kind: LetterKind, content_hash: bytes) -> int:
        """Enter a letter in the recipient's inbox and return its number."""
        letters = self.letters[to]
        number = len(letters)
        letter = letters.grow()
        letter.sender = self.ctx.caller
        letter.kind = kind
        letter.sent.stamp(self.ctx.block)
        letter.content_hash = content_hash
        return number
