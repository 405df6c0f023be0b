"""Committed base weights of the staking calls, in gas. Storage, logs and calls are charged apart.

One gas stands for 25 ns of the reference core. A weight covers decoding, the contract's own
computation (hashing of storage keys and recovering of signers included) and encoding, as
``aitbc bench weights`` measures it, with a quarter of margin.
"""

from typing import Final

WEIGHTS: Final = {
    "register": 7_800,
    "edit": 1_800,
    "delegate": 4_000,
    "undelegate": 8_200,
    "redelegate": 7_000,
    "withdraw": 3_000,
    "withdrawRewards": 1_700,
    "withdrawCommission": 1_100,
    "compound": 4_000,
    "join": 1_300,
    "unjail": 1_900,
    "heartbeat": 6_000,
    "reportDoubleSign": 11_100,
    "nextSetHash": 400,
    "totals": 1_200,
    "validatorOf": 500,
    "validator": 3_000,
    "validatorCount": 400,
    "validators": 800,
    "candidates": 1_000,
    "currentSet": 1_000,
    "activePower": 600,
    "delegation": 1_200,
    "delegationsOf": 500,
    "rewards": 900,
    "unbondings": 1_500,
    "redelegations": 400,
    "slashQueue": 1_000,
    "epochRecord": 700,
    "presence": 1_200,
    "bondedAt": 600,
    "validatorTokensAt": 1_000,
    "delegationAt": 1_200,
    "stakesAt": 700,
}
SET_MEMBER_GAS: Final = 480
"""Per member of the set that evidence carries, and per row of a paged view."""
ENTRY_GAS: Final = 660
"""Per redelegation or unbonding entry that a call looks at."""
SETTLED_ENTRY_GAS: Final = 2_530
"""Per redelegation entry whose rewards a call settles, and which it may end."""
