"""Why the desk refuses a request: stable codes with an HTTP status and a remedy each."""

from enum import StrEnum
from typing import Any, Final

from primitives.errors import AitbcError


class Code(StrEnum):
    """The reason; the words are stable."""

    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    TOO_SLOW = "too_slow"
    RATE_LIMITED = "rate_limited"
    UNKNOWN_LEASE = "unknown_lease"
    LEASE_NOT_ACTIVE = "lease_not_active"
    LEASE_ENDING = "lease_ending"
    WRONG_SIGNATURE = "wrong_signature"
    WRONG_REQUEST = "wrong_request"
    WRONG_SEQ = "wrong_seq"
    SEQ_USED = "seq_used"
    ACKNOWLEDGE_FIRST = "acknowledge_first"
    UNITS_USED_UP = "units_used_up"
    UNREADABLE = "unreadable"
    WRONG_RECEIPT = "wrong_receipt"
    WRONG_TOTALS = "wrong_totals"
    BUSY = "busy"
    DRAINING = "draining"
    NO_CHAIN = "no_chain"
    WORK_REFUSED = "work_refused"
    WORK_FAILED = "work_failed"
    GONE = "gone"


STATUS_AND_REMEDY: Final[dict[Code, tuple[int, str]]] = {
    Code.BAD_REQUEST: (400, "send what the protocol says: docs/miner.md"),
    Code.TOO_LARGE: (413, "send a smaller request, or split it"),
    Code.TOO_SLOW: (408, "send the whole request at once"),
    Code.RATE_LIMITED: (429, "wait as long as Retry-After says"),
    Code.UNKNOWN_LEASE: (404, "check the lease id and that its miner is this one"),
    Code.LEASE_NOT_ACTIVE: (409, "wait until the acceptance is final, or order another lease"),
    Code.LEASE_ENDING: (409, "acknowledge what was delivered and order another lease"),
    Code.WRONG_SIGNATURE: (401, "sign with the account that pays the lease"),
    Code.WRONG_REQUEST: (422, "sign the sealed ask's requestHash and the units it allows"),
    Code.WRONG_SEQ: (409, "use the next sequence number: GET the lease shows the last one"),
    Code.SEQ_USED: (409, "this number answered another request: use the next one"),
    Code.ACKNOWLEDGE_FIRST: (402, "check the last delivery and send its acknowledgement"),
    Code.UNITS_USED_UP: (409, "order another lease"),
    Code.UNREADABLE: (400, "seal to the lease's miner key, bound to order, lease and number"),
    Code.WRONG_RECEIPT: (409, "acknowledge the receipt that was delivered"),
    Code.WRONG_TOTALS: (409, "acknowledge the sums of all receipts up to this number"),
    Code.BUSY: (503, "send the very same request again later"),
    Code.DRAINING: (503, "the miner is about to stop: acknowledge, and order another lease"),
    Code.NO_CHAIN: (503, "send the very same request again later"),
    Code.WORK_REFUSED: (422, "correct the request"),
    Code.WORK_FAILED: (502, "send the very same request again later"),
    Code.GONE: (410, "the delivery was deleted after the lease had ended"),
}
RETRY_SECONDS: Final = 2


class DeskRefusedError(AitbcError):
    """The desk refuses; ``more`` is shown beside code and remedy."""

    def __init__(
        self, code: Code, problem: str, *, remedy: str = "", retry_seconds: float = 0, **more: Any
    ) -> None:
        self.code = code
        self.problem = problem
        self.status, usual = STATUS_AND_REMEDY[code]
        self.remedy = remedy or usual
        self.retry_seconds = retry_seconds or (RETRY_SECONDS if self.status in (429, 503) else 0)
        self.more = more
        super().__init__(f"{code}: {problem}")

    def body(self) -> dict[str, Any]:
        """Return what is sent as JSON."""
        return {
            "code": self.code.value,
            "message": self.problem,
            "remedy": self.remedy,
            **self.more,
        }
