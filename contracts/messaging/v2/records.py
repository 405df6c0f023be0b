"""Storage records that version two keeps beside those of version one."""

from typing import Final

from contracts.framework.storage import BYTES32, U8, U32, U64, Slot, Struct
from contracts.messaging.v1.records import Edit
from primitives.keccak import keccak256

LAYOUT: Final = 2
"""Tag of message records whose history root has been begun."""
EAGER_TOPICS: Final = 32
"""Newest topics that the upgrade puts in the order of activity; the others enter when written to.
A constant, so that the upgrade's gas does not grow with the forum."""


class Activity(Struct):
    """A topic's place in the list by latest activity; void unless ``era`` is the present one."""

    __slots__ = ()
    era = Slot(U32)
    newer = Slot(U64)
    older = Slot(U64)

    def write(self, era: int, newer: int, older: int) -> None:
        """Store all three with one write."""
        self.ctx.sstore(self.base_slot, era | newer << 32 | older << 96)


class Extra(Struct):
    """What version two knows of a message: ``root`` covers its first ``chained`` edits."""

    __slots__ = ()
    chained = Slot(U8)
    accepted_id = Slot(U64)
    root = Slot(BYTES32)


def chain_edit(root: bytes, edit: Edit) -> bytes:
    """Return keccak(root, content hash, time, height): the root with one more edit."""
    replaced = edit.replaced
    return keccak256(
        root
        + edit.content_hash
        + replaced.seconds.to_bytes(8, "big")
        + replaced.height.to_bytes(8, "big")
    )
