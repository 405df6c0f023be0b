"""Committed base weights of the guardian's calls, in gas; see ``contracts.staking.v1.weights``."""

from typing import Final

WEIGHTS: Final = {
    "createVault": 6_800,
    "createVaultFromPreset": 4_500,
    "initiate": 4_000,
    "approveHash": 3_000,
    "execute": 6_900,
    "cancel": 1_500,
    "expire": 1_500,
    "revokeHash": 1_200,
    "setLimits": 3_300,
    "setLockSeconds": 1_500,
    "setAgent": 2_300,
    "rotateGuardians": 1_600,
    "allow": 2_300,
    "disallow": 1_200,
    "addSessionKey": 4_000,
    "removeSessionKey": 1_500,
    "executeChange": 4_000,
    "cancelChange": 1_500,
    "expireChange": 1_500,
    "pause": 1_500,
    "confirmPause": 1_500,
    "unpause": 1_500,
    "supportRecovery": 2_000,
    "objectToRecovery": 1_500,
    "executeRecovery": 8_700,
    "vault": 2_000,
    "vaults": 600,
    "predictVault": 500,
    "preview": 1_600,
    "limits": 1_500,
    "sessionKey": 1_100,
    "sessionLimits": 2_500,
    "rule": 700,
    "role": 500,
    "operation": 1_500,
    "operations": 1_300,
    "change": 1_500,
    "changes": 1_400,
    "recovery": 1_500,
    "supportOf": 500,
    "signatureAnswer": 600,
}
ROW_GAS: Final = 660
"""Per operation or change that a paged view reads, storage apart."""
ADDRESS_ROW_GAS: Final = 100
"""Per address or guardian that a call or view walks over, storage apart."""
