"""Committed base weights of the staking calls, in gas. Storage, logs and calls are charged apart.

One gas stands for 25 ns of the reference core. A weight covers decoding, the contract's own
computation (hashing of storage keys included) and one signature recovery where there is one
(3,000 as the ecrecover precompile).
"""

from typing import Final

WEIGHTS: Final = {
    "register": 12_000,
    "delegate": 2_500,
    "undelegate": 4_000,
    "withdraw": 3_000,
    "edit": 3_000,
    "join": 2_500,
    "reportDoubleSign": 16_000,
    "nextSetHash": 400,
    "parameters": 600,
    "totals": 600,
    "validatorOf": 500,
    "validator": 2_500,
    "validatorCount": 400,
    "validators": 2_000,
    "candidates": 1_000,
    "currentSet": 1_000,
    "delegation": 1_000,
    "unbondings": 1_500,
    "epochRecord": 700,
}
SET_MEMBER_GAS: Final = 800
"""Per member of the set that evidence carries, and per row of a paged view."""
