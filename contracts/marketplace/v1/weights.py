"""Committed base weights of the marketplace calls, in gas; see ``contracts.staking.v1.weights``."""

from typing import Final

WEIGHTS: Final = {
    "registerMiner": 3_000,
    "setOperator": 1_400,
    "setEndpoint": 1_100,
    "addBond": 1_500,
    "requestWithdrawal": 900,
    "withdrawBond": 3_300,
    "postJob": 3_200,
    "takeJob": 2_600,
    "cancelJob": 1_400,
    "expireJob": 2_500,
    "noteReceipt": 1_000,
    "settleLease": 1_900,
    "failLease": 2_300,
    "job": 1_900,
    "jobOfLease": 600,
    "jobCount": 400,
    "jobs": 1_000,
    "openJobs": 1_700,
    "miner": 2_000,
    "setSealingKey": 1_200,
    "noteCapacity": 1_900,
    "updateIndex": 3_500,
    "priceIndex": 3_000,
    "capacity": 1_200,
    "operatorValid": 900,
    "wasOperator": 700,
    "postOffer": 5_500,
    "repriceOffer": 1_500,
    "closeOffer": 2_500,
    "offer": 2_300,
    "offers": 1_000,
    "offerCount": 400,
    "postOrder": 4_800,
    "cancelOrder": 1_600,
    "expireOrder": 1_400,
    "order": 2_600,
    "orders": 1_900,
    "openOrders": 1_000,
    "orderCount": 400,
    "nextOrderId": 900,
    "takeOffer": 5_500,
    "matchOrder": 9_600,
    "dryRun": 6_400,
    "fits": 1_800,
    "standing": 1_400,
    "acceptLease": 2_900,
    "declineLease": 4_500,
    "cancelLease": 2_500,
    "expireProposal": 4_500,
    "requestReclaim": 1_500,
    "finishReclaim": 1_700,
    "expireLease": 1_600,
    "payLease": 5_500,
    "holdLease": 1_500,
    "releaseLease": 600,
    "convict": 5_500,
    "closeUnpaid": 1_800,
    "proposeTo": 5_500,
    "candidates": 600,
    "paySplit": 2_800,
    "lease": 2_500,
    "leaseOutcome": 1_200,
    "endedAt": 500,
    "leases": 1_000,
    "leasesOf": 1_000,
    "leaseCount": 400,
    "postAuction": 3_600,
    "commitBid": 2_500,
    "revealBid": 6_500,
    "closeAuction": 2_800,
    "bidHash": 900,
    "bids": 900,
}
JOB_ROW_GAS: Final = 750
"""Per job that a paged view reads, storage apart."""
OFFER_ROW_GAS: Final = 900
"""Per offer that a paged view reads, storage apart."""
ORDER_ROW_GAS: Final = 1_200
"""Per order that a paged view reads, storage apart."""
LEASE_ROW_GAS: Final = 1_350
"""Per lease that a paged view reads, storage apart."""
FIT_GAS: Final = 520
"""Per offer that is held against an order, storage apart."""
SCORE_GAS: Final = 560
"""Per offer that fits and is scored, storage apart."""
MODEL_GAS: Final = 60
"""Per model root of an offer that is written or read, storage apart."""
ROOM_GAS: Final = 260
"""Per offer of a full book that is looked at for the weakest, storage apart."""
BID_GAS: Final = 150
"""Per bid of an auction that is walked over, storage apart."""
BUCKET_GAS: Final = 100
"""Per six hours of certificates that a class's rate is brought forward by, storage apart."""
