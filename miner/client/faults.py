"""Why a client does not accept a delivery, and what else goes wrong between client and miner."""

from enum import StrEnum
from typing import Final

from primitives.errors import AitbcError


class Fault(StrEnum):
    """What is wrong with a delivery; the words are stable and stand in the client's log."""

    MALFORMED = "malformed"
    WRONG_ORDER = "wrong_order"
    WRONG_LEASE = "wrong_lease"
    WRONG_SEQ = "wrong_seq"
    WRONG_PARTY = "wrong_party"
    WRONG_MODEL = "wrong_model"
    WRONG_TERMS = "wrong_terms"
    WRONG_UNITS = "wrong_units"
    OVER_BUDGET = "over_budget"
    WRONG_TIMES = "wrong_times"
    STALE_BEACON = "stale_beacon"
    UNUSED_FIELD = "unused_field"
    WRONG_SIGNATURE = "wrong_signature"
    NOT_OPENED = "not_opened"
    WRONG_REQUEST = "wrong_request"
    WRONG_RESPONSE = "wrong_response"
    WRONG_TEXT = "wrong_text"
    WRONG_TRACE = "wrong_trace"
    REPLAYED = "replayed"
    IMPLAUSIBLE = "implausible"


_TAKE_BACK: Final = "nothing was acknowledged; take the escrow back: aitbc job reclaim"
REMEDIES: Final[dict[Fault, str]] = {
    Fault.WRONG_TRACE: "take the escrow back (aitbc job reclaim); if the miner claims for it, "
    "disprove it: aitbc job receipts --export, aitbc miner audit",
}


FINAL_REFUSALS: Final = frozenset(("work_refused", "bad_request", "wrong_request", "too_large"))
"""Codes of refusals that the very same request meets again, and no other may take its number.

Two signed requests of one number could both be shown on the chain, and either could be paid.
"""


class DeliveryRefusedError(AitbcError):
    """A delivery failed a check: it is not acknowledged."""

    def __init__(self, fault: Fault, detail: str) -> None:
        self.fault = fault
        self.problem = f"the miner's delivery is refused ({fault}): {detail}"
        self.remedy = REMEDIES.get(fault, _TAKE_BACK)
        super().__init__(self.problem)


class MinerSilentError(AitbcError):
    """The miner's endpoint gave no delivery in time."""

    def __init__(self, where: str, why: str) -> None:
        self.problem = f"the miner at {where} does not answer: {why}"
        self.remedy = (
            "try again later: aitbc job result; or take the escrow back: aitbc job reclaim"
        )
        super().__init__(self.problem)


class MinerNotReadyError(MinerSilentError):
    """The miner's endpoint asks to come again: nothing is wrong yet."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(where, why)
        self.problem = f"the miner at {where} is not ready yet ({why})"


class MinerRefusedError(AitbcError):
    """The miner's endpoint refuses a request and says why."""

    def __init__(self, code: str, reason: str, remedy: str = "") -> None:
        self.code = code
        self.problem = f"the miner refuses the request ({code}): {reason}"
        self.remedy = _TAKE_BACK
        if code in FINAL_REFUSALS:
            self.remedy = (
                "this request is signed and stands: take the escrow back (aitbc job reclaim), and "
                "submit a corrected one"
            )
        elif remedy:
            self.remedy = f"{remedy}; or take the escrow back: aitbc job reclaim"
        super().__init__(self.problem)


class JobOverError(AitbcError):
    """Nothing more comes of a job."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(problem)


class NotReadyError(AitbcError):
    """What was waited for has not happened in the time that was given."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(problem)
