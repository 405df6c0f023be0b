"""Committed base weights of the marketplace calls, in gas; see ``contracts.staking.v1.weights``."""

from typing import Final

WEIGHTS: Final = {
    "registerMiner": 3_000,
    "setOperator": 1_500,
    "setEndpoint": 2_000,
    "addBond": 1_500,
    "requestWithdrawal": 1_500,
    "withdrawBond": 2_000,
    "postJob": 5_000,
    "takeJob": 5_000,
    "cancelJob": 3_500,
    "expireJob": 4_500,
    "noteReceipt": 2_000,
    "settleLease": 5_000,
    "failLease": 5_000,
    "job": 3_000,
    "jobOfLease": 600,
    "jobCount": 400,
    "jobs": 1_000,
    "openJobs": 1_000,
    "miner": 2_000,
}
JOB_ROW_GAS: Final = 3_000
"""Per job that a paged view reads, storage apart."""
