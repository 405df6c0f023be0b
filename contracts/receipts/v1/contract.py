"""Receipts: what miners claim to have computed (0x...1006).

Products are proven tile by tile (``products``); leases are claimed by acknowledged receipts, alone
(``claims``) or out of batches (``batches``) whose leaves anybody may demand (``demands``);
certificates say how fast a miner multiplies (``capacity``). Escrow and miners' bonds are the
marketplace's; this contract holds the bonds of batches and demands alone (R15).
"""

from contracts.receipts.v1.capacity import Capacity


class Receipts(Capacity):
    """The receipts contract; its calls are in the classes below it."""

    __slots__ = ()

    index = 6
    name = "receipts"
