"""Committed weights of the receipts calls, in gas; see ``contracts.staking.v1.weights``.

Checking a tile is generating 2 x 64 x k bytes, 64 x 64 x k multiply-accumulates and hashing 16 KiB;
measured at 0.07 to 0.25 ns per multiply-accumulate, committed at twice the slower figure.
"""

from typing import Final

WEIGHTS: Final = {
    "submitReceipt": 7_400,
    "openTiles": 5_600,
    "challengeTile": 1_700,
    "acknowledge": 3_900,
    "settle": 1_400,
    "failReceipt": 1_200,
    "drawnTiles": 2_500,
    "receipt": 1_600,
    "receiptCount": 400,
    "receipts": 1_000,
    "beaconAt": 500,
    "freshBeacon": 500,
    "parameters": 600,
}
RECEIPT_ROW_GAS: Final = 470
TILE_GAS: Final = 5_000
MACS_PER_GAS: Final = 128
PATH_NODE_GAS: Final = 30
STAMP_GAS: Final = 150
