"""Committed base weights of the staking calls, in gas. Storage, logs and calls are charged apart.

One gas stands for 25 ns of the reference core. A weight covers decoding, the contract's own
computation (hashing of storage keys included) and one signature recovery where there is one
(3,000 as the ecrecover precompile).
"""

from typing import Final

WEIGHTS: Final = {
    "register": 13_000,
    "edit": 3_500,
    "delegate": 4_000,
    "undelegate": 5_000,
    "redelegate": 7_000,
    "withdraw": 3_000,
    "withdrawRewards": 3_500,
    "withdrawCommission": 2_000,
    "compound": 4_000,
    "join": 2_500,
    "unjail": 3_000,
    "heartbeat": 6_000,
    "reportDoubleSign": 17_000,
    "nextSetHash": 400,
    "totals": 1_200,
    "validatorOf": 500,
    "validator": 3_000,
    "validatorCount": 400,
    "validators": 2_000,
    "candidates": 1_000,
    "currentSet": 1_000,
    "activePower": 1_000,
    "delegation": 2_000,
    "delegationsOf": 1_500,
    "rewards": 2_000,
    "unbondings": 1_500,
    "redelegations": 1_500,
    "slashQueue": 1_000,
    "epochRecord": 700,
    "presence": 1_200,
    "bondedAt": 1_000,
    "validatorTokensAt": 1_000,
    "delegationAt": 2_500,
    "stakesAt": 2_000,
}
SET_MEMBER_GAS: Final = 800
"""Per member of the set that evidence carries, and per row of a paged view."""
ENTRY_GAS: Final = 400
"""Per redelegation or unbonding entry that a call looks at."""
