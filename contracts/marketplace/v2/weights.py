"""Committed base weights of version two, in gas; see ``contracts.staking.v1.weights``."""

from typing import Final

from contracts.marketplace.v1.weights import WEIGHTS as FORMER

WEIGHTS: Final = {
    **FORMER,
    "postOrderWithService": 4_400,
    "attachService": 2_000,
    "promiseService": 2_000,
    "announceInterruption": 2_200,
    "probeService": 2_000,
    "answerProbe": 1_700,
    "failProbe": 1_700,
    "service": 1_800,
    "promisedService": 900,
    "rateLease": 2_500,
    "reputation": 900,
}
