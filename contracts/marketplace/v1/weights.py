"""Committed base weights of the marketplace calls, in gas; see ``contracts.staking.v1.weights``."""

from typing import Final

WEIGHTS: Final = {
    "registerMiner": 3_000,
    "setOperator": 900,
    "setEndpoint": 1_100,
    "addBond": 900,
    "requestWithdrawal": 900,
    "withdrawBond": 2_000,
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
}
JOB_ROW_GAS: Final = 750
"""Per job that a paged view reads, storage apart."""
