"""What genesis tells the receipts contract."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptsGenesis:
    """A receipt included at height a is drawn by the beacons of a + first .. a + last."""

    draw_first: int
    draw_last: int
    tiles_drawn: int
