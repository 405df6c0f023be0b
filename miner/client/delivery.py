"""The checks of a delivery: every field of its receipt, both commitments, and the answer's shape.

Nothing is acknowledged that has not passed all of them. They mirror what the receipts contract asks
of a claim, so that an acknowledged receipt is one that settles, and go beyond it where only the
client can look: what was asked, what came, and whether the count that is paid is what came.
"""

from dataclasses import dataclass, field

from contracts.marketplace.v1.lease_messages import LeaseInfo
from contracts.receipts.v1.products import CLOCK_SLACK_SECONDS
from miner.client.faults import DeliveryRefusedError, Fault
from miner.engines.checks import RawAnswer, ReplayGuard, check_answer
from miner.engines.engine import EngineError, Token, decode_request
from miner.leases.float_work import MICRO, float_request_hash, float_response_hash
from miner.leases.protocol import TO_CLIENT, Answer, Ask, Delivery, decode_answer, seal_subject
from primitives.compute import CLASS_CANONICAL, KIND_INTEGER_MODEL, ComputeReceipt
from primitives.errors import DecodeError, InvalidSignatureError
from primitives.integer_model.request import decode_options, request_hash, response_hash
from primitives.keys import Signature, recover_address
from primitives.types import Address
from wallet.sealing import SealingError, open_sealed


@dataclass(slots=True, kw_only=True)
class Checker:
    """Checks the deliveries of one lease; remembers answers, to notice replays."""

    lease: LeaseInfo
    chain_id: int
    receipts: Address
    secret: bytes
    guard: ReplayGuard = field(default_factory=ReplayGuard)

    def check_receipt(self, receipt: ComputeReceipt, seq: int, now: int) -> None:
        """Compare a receipt with its lease; ``now`` is the chain's time in seconds.

        Raises:
            DeliveryRefusedError: with the fault that was found first.
        """
        lease = self.lease
        is_canonical = bool(lease.classes & CLASS_CANONICAL)
        latest = min(now + CLOCK_SLACK_SECONDS, lease.opened_at + lease.deadline)
        are_times_right = lease.opened_at <= receipt.started_at <= receipt.ended_at <= latest
        rows = (
            (receipt.lease_id == lease.lease_id, Fault.WRONG_LEASE, "it is of another lease"),
            (receipt.job_id == lease.order_id, Fault.WRONG_ORDER, "it is of another order"),
            (receipt.seq == seq, Fault.WRONG_SEQ, f"request {receipt.seq}, {seq} was made"),
            (receipt.miner == lease.miner, Fault.WRONG_PARTY, "it names another miner"),
            (receipt.client == lease.client, Fault.WRONG_PARTY, "it names another client"),
            (receipt.model_root == lease.model_root, Fault.WRONG_MODEL, "it names another model"),
            (receipt.unit_kind == lease.unit_kind, Fault.WRONG_TERMS, "it counts other units"),
            (receipt.unit_price == lease.unit_price, Fault.WRONG_TERMS, "it has another price"),
            (0 < receipt.units <= lease.units_max, Fault.WRONG_UNITS, f"{receipt.units} units"),
            (are_times_right, Fault.WRONG_TIMES, "its times are not within the lease"),
            (any(receipt.request_hash), Fault.WRONG_REQUEST, "it names no request"),
            (any(receipt.response_hash), Fault.WRONG_RESPONSE, "it names no response"),
            (
                any(receipt.trace_root) == is_canonical,
                Fault.WRONG_TRACE,
                "it must have a trace just when the lease is canonical",
            ),
            (not any(receipt.attestation), Fault.UNUSED_FIELD, "it has an attestation"),
            (not receipt.flags, Fault.UNUSED_FIELD, "it has flags"),
        )
        for is_right, fault, detail in rows:
            if not is_right:
                raise DeliveryRefusedError(fault, detail)

    def signer(self, receipt: ComputeReceipt, signature: bytes) -> Address:
        """Return who signed a receipt; whether the chain knows the key is for the caller to ask.

        Raises:
            DeliveryRefusedError: no canonical signature.
        """
        digest = receipt.digest(self.chain_id, self.receipts)
        try:
            return recover_address(digest, Signature.from_bytes(signature))
        except InvalidSignatureError as error:
            raise DeliveryRefusedError(Fault.WRONG_SIGNATURE, str(error)) from error

    def open_answer(self, delivery: Delivery) -> Answer:
        """Open the sealed answer.

        Raises:
            DeliveryRefusedError: it is not sealed for this request, or malformed.
        """
        lease, receipt = self.lease, delivery.receipt
        subject = seal_subject(lease.order_id, lease.lease_id, receipt.seq, TO_CLIENT)
        try:
            text = open_sealed(
                delivery.sealed,
                secret=self.secret,
                sender=lease.miner,
                recipient=lease.client,
                chain_id=self.chain_id,
                subject=subject,
            )
            return decode_answer(text)
        except SealingError as error:
            raise DeliveryRefusedError(Fault.NOT_OPENED, error.problem) from error
        except DecodeError as error:
            raise DeliveryRefusedError(Fault.MALFORMED, str(error)) from error

    def check_answer(self, ask: Ask, receipt: ComputeReceipt, answer: Answer) -> None:
        """Check commitments, counts and text; raises as ``check_receipt``."""
        if self.lease.kind == KIND_INTEGER_MODEL:
            self._check_exact(ask, receipt, answer)
        else:
            self._check_float(ask, receipt, answer)

    def _check_exact(self, ask: Ask, receipt: ComputeReceipt, answer: Answer) -> None:
        options = decode_options(ask.options)
        if receipt.request_hash != request_hash(ask.salt, ask.tokens, options):
            raise DeliveryRefusedError(Fault.WRONG_REQUEST, "it answers another request")
        if receipt.response_hash != response_hash(ask.salt, answer.tokens, answer.delivered):
            raise DeliveryRefusedError(Fault.WRONG_RESPONSE, "it commits to another answer")
        count = len(answer.tokens)
        if answer.scored:
            raise DeliveryRefusedError(Fault.MALFORMED, "an exact answer has no scores")
        _check_count(receipt, count)
        if not 0 < count <= options.tokens_max:
            raise DeliveryRefusedError(
                Fault.WRONG_UNITS, f"{count} tokens, asked for at most {options.tokens_max}"
            )
        has_stopped = answer.tokens[-1] == options.stop
        if options.stop in answer.tokens[:-1] or (count < options.tokens_max and not has_stopped):
            raise DeliveryRefusedError(Fault.WRONG_TEXT, "the output ends in the wrong place")

    def _check_float(self, ask: Ask, receipt: ComputeReceipt, answer: Answer) -> None:
        tokens = tuple(Token(text, micros / MICRO) for text, micros in answer.scored)
        if receipt.request_hash != float_request_hash(ask.salt, ask.prompt, ask.options):
            raise DeliveryRefusedError(Fault.WRONG_REQUEST, "it answers another request")
        if receipt.response_hash != float_response_hash(ask.salt, answer.delivered, tokens):
            raise DeliveryRefusedError(Fault.WRONG_RESPONSE, "it commits to another answer")
        if answer.tokens:
            raise DeliveryRefusedError(Fault.MALFORMED, "a float answer has no token ids")
        _check_count(receipt, len(tokens))
        request = decode_request(ask.prompt, ask.options)
        try:
            text = answer.delivered.decode()
        except UnicodeDecodeError as error:
            raise DeliveryRefusedError(Fault.WRONG_TEXT, "the answer is no text") from error
        raw = RawAnswer(
            text=text,
            tokens=tokens,
            prompt_tokens=0,
            answer_tokens=receipt.units,
            model="",
            answer_id="",
            finish="stop" if answer.is_complete else "length",
        )
        try:
            self.guard.check(request, check_answer(raw, request, "", None))
        except EngineError as error:
            raise DeliveryRefusedError(Fault.IMPLAUSIBLE, f"{error.fault}: {error}") from error


def _check_count(receipt: ComputeReceipt, count: int) -> None:
    if receipt.units != count:
        raise DeliveryRefusedError(
            Fault.WRONG_UNITS, f"{receipt.units} units are charged, {count} tokens came"
        )
