"""Committed weights of the receipts calls, in gas; see ``contracts.staking.v1.weights``.

Checking a tile is generating 2 x 64 x k bytes, 64 x 64 x k multiply-accumulates and hashing 16 KiB;
measured at 0.07 to 0.25 ns per multiply-accumulate, committed at twice the slower figure.
"""

from typing import Final

WEIGHTS: Final = {
    "submitReceipt": 16_000,
    "openTiles": 3_000,
    "challengeTile": 4_000,
    "acknowledge": 7_000,
    "settle": 2_500,
    "failReceipt": 2_500,
    "drawnTiles": 2_500,
    "receipt": 2_500,
    "receiptCount": 400,
    "receipts": 1_000,
    "beaconAt": 500,
    "freshBeacon": 500,
    "parameters": 600,
}
RECEIPT_ROW_GAS: Final = 2_500
TILE_GAS: Final = 5_000
MACS_PER_GAS: Final = 128
PATH_NODE_GAS: Final = 60
STAMP_GAS: Final = 150
