"""Undecided blocks: a tree by hash that hangs from the finalized root.

1. Every block of the tree is above the root; the root is finalized and its state is on disk.
2. A block is ``VALID`` only when its parent is the root or ``VALID``.
3. ``certified`` is closed under ancestors within the tree: who notarized a block checked that its
   parent was notarized.
4. ``pending`` names exactly the blocks that were neither given to execution nor judged.
"""

from dataclasses import dataclass
from enum import IntEnum

from primitives.block import Block
from primitives.types import Epoch, Hash32, View


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockRef:
    """What consensus needs to know of a block. ``beacon`` is the header's mix hash.

    The genesis block has view 0 and, as parent, the zero hash.
    """

    epoch: Epoch
    view: View
    height: int
    hash: Hash32
    parent_hash: Hash32
    time_ms: int
    beacon: Hash32


def block_ref(block: Block) -> BlockRef:
    """Return the reference of a block; the view is the one of its first proposal."""
    return BlockRef(
        epoch=block.seal.epoch,
        view=block.seal.view,
        height=block.height,
        hash=block.hash,
        parent_hash=block.parent_hash,
        time_ms=block.seal.time_ms,
        beacon=block.header.mix_hash,
    )


class BlockStatus(IntEnum):
    """How far execution of an undecided block is."""

    PENDING = 0
    EXECUTING = 1
    VALID = 2
    INVALID = 3


@dataclass(slots=True)
class _Entry:
    block: Block
    ref: BlockRef
    status: BlockStatus = BlockStatus.PENDING


class BlockTree:
    """The undecided blocks above one finalized root."""

    def __init__(self, root: BlockRef) -> None:
        self.root = root
        self._entries: dict[Hash32, _Entry] = {}
        self.certified: dict[Hash32, int] = {root.hash: root.height}
        self._pending: dict[Hash32, None] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def ref(self, block_hash: Hash32) -> BlockRef | None:
        """Return what is known of a block: of the tree, or the root."""
        if block_hash == self.root.hash:
            return self.root
        entry = self._entries.get(block_hash)
        return None if entry is None else entry.ref

    def block(self, block_hash: Hash32) -> Block | None:
        """Return a block of the tree; the root is on disk, not here."""
        entry = self._entries.get(block_hash)
        return None if entry is None else entry.block

    def status(self, block_hash: Hash32) -> BlockStatus | None:
        """Return how far a block is, None when it is unknown."""
        if block_hash == self.root.hash:
            return BlockStatus.VALID
        entry = self._entries.get(block_hash)
        return None if entry is None else entry.status

    def is_valid(self, block_hash: Hash32) -> bool:
        """Answer whether a block is executed and valid."""
        return self.status(block_hash) is BlockStatus.VALID

    def is_missing(self, block_hash: Hash32) -> bool:
        """Answer whether a quorum stands behind a block that we do not have."""
        return block_hash in self.certified and self.ref(block_hash) is None

    def missing(self) -> dict[Hash32, int]:
        """Return certified blocks that are not here, with their heights."""
        return {h: height for h, height in self.certified.items() if self.ref(h) is None}

    def hashes(self) -> list[Hash32]:
        """Return the hashes of the tree, the root not among them."""
        return list(self._entries)

    def add(self, block: Block) -> None:
        """Take a block; one at or below the root's height, or known already, changes nothing."""
        if block.height <= self.root.height or block.hash in self._entries:
            return
        self._entries[block.hash] = _Entry(block, block_ref(block))
        self._pending[block.hash] = None
        if block.hash in self.certified:
            self.certify(block.parent_hash, block.height - 1)

    def certify(self, block_hash: Hash32, height: int) -> None:
        """Note that a quorum stands behind a block, hence behind its ancestors."""
        while height > self.root.height and block_hash not in self.certified:
            self.certified[block_hash] = height
            entry = self._entries.get(block_hash)
            if entry is None:
                return
            block_hash, height = entry.ref.parent_hash, entry.ref.height - 1

    def set_status(self, block_hash: Hash32, status: BlockStatus) -> None:
        """Record execution's progress; unknown blocks (decided meanwhile) are ignored."""
        entry = self._entries.get(block_hash)
        if entry is not None:
            entry.status = status
            self._pending.pop(block_hash, None)

    def take_ready(self) -> list[Block]:
        """Return blocks to execute, now marked so: parent valid and certified (S2)."""
        ready = []
        for block_hash in list(self._pending):
            entry = self._entries[block_hash]
            parent = entry.ref.parent_hash
            if parent in self.certified and self.is_valid(parent):
                self.set_status(block_hash, BlockStatus.EXECUTING)
                ready.append(entry.block)
        return ready

    def path(self, block_hash: Hash32) -> list[BlockRef] | None:
        """Return the blocks from the root's child to ``block_hash``, None when one is missing.

        A chain that passes the root's height elsewhere yields a path that does not start at the
        root's child; ``is_rooted`` tells.
        """
        refs: list[BlockRef] = []
        while block_hash != self.root.hash:
            entry = self._entries.get(block_hash)
            if entry is None:
                return None
            refs.append(entry.ref)
            if entry.ref.height <= self.root.height + 1:
                break
            block_hash = entry.ref.parent_hash
        return refs[::-1]

    def is_rooted(self, path: list[BlockRef]) -> bool:
        """Answer whether a path starts at a child of the root."""
        return not path or path[0].parent_hash == self.root.hash

    def move_root(self, root: BlockRef) -> None:
        """Make a decided block the root and drop all that does not descend from it."""
        self.root = root
        kept: dict[Hash32, _Entry] = {}
        dropped: set[Hash32] = set()
        for entry in sorted(self._entries.values(), key=lambda e: e.ref.height):
            ref = entry.ref
            is_stray = ref.height == root.height + 1 and ref.parent_hash != root.hash
            if ref.height <= root.height or is_stray or ref.parent_hash in dropped:
                if ref.hash != root.hash:
                    dropped.add(ref.hash)
                continue
            kept[ref.hash] = entry
        self._entries = kept
        self._pending = {h: None for h in self._pending if h in kept}
        certified = {
            h: height
            for h, height in self.certified.items()
            if height > root.height and h not in dropped
        }
        self.certified = {root.hash: root.height, **certified}

    def drop_uncertified(self, below_view: View) -> None:
        """Forget old proposals that no quorum backed; a late certificate fetches them again."""
        for block_hash, entry in list(self._entries.items()):
            if entry.ref.view < below_view and block_hash not in self.certified:
                del self._entries[block_hash]
                self._pending.pop(block_hash, None)
