"""Committed weights of the receipts calls, in gas; see ``contracts.staking.v1.weights``.

Checking a tile is generating 2 x 64 x k bytes, 64 x 64 x k multiply-accumulates and hashing 16 KiB;
measured at 0.07 to 0.25 ns per multiply-accumulate, committed at twice the slower figure.
"""

from typing import Final

WEIGHTS: Final = {
    "submitReceipt": 7_400,
    "openTiles": 5_600,
    "checkTile": 300,
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
    "claimReceipt": 14_000,
    "postResponse": 13_900,
    "settleLease": 2_200,
    "claim": 1_300,
    "claimedAt": 600,
    "anchorBatch": 2_000,
    "claimFromBatch": 16_500,
    "releaseBond": 1_500,
    "slashBatch": 1_200,
    "batchClosedAt": 600,
    "batch": 1_600,
    "batchCount": 400,
    "samples": 1_000,
    "demandLeaf": 3_500,
    "demandSample": 2_500,
    "answerDemand": 7_400,
    "closeDemand": 2_100,
    "demand": 1_400,
    "demandCount": 400,
    "commitCapacity": 3_800,
    "openCapacity": 8_400,
    "capacityWindow": 1_000,
    "capacitySeed": 500,
    "capacity": 1_400,
    "capacityTiles": 4_700,
}
RECEIPT_ROW_GAS: Final = 470
TILE_GAS: Final = 5_000
MACS_PER_GAS: Final = 128
PATH_NODE_GAS: Final = 30
STAMP_GAS: Final = 150
SAMPLE_GAS: Final = 80
"""Per drawn point: one hash."""
RESPONSE_WORD_GAS: Final = 2
"""Per word of a published response: it is hashed once."""
