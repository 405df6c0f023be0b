"""The chain as a user sees it: views, fees, transactions, and reasons for refusals.

Built on a single ``call(method, *params)``, so that one node, several with failover, and a test's
chain in memory are the same to it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from contracts.framework.contract import Contract
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.messages import JobInfo, MinerInfo
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptInfo
from miner.native_calls import (
    Refusal,
    decode_native,
    encode_native,
    explain_revert,
    place_of,
)
from primitives.errors import AitbcError, DecodeError
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from primitives.types import Address, Hash32
from rpc.client import RpcCallError

PAGE: Final = 100
RECEIPTS_SEARCHED_MAX: Final = 5_000
GAS_MARGIN_PERCENT: Final = 25
"""Added to an estimate: the state may be another one when the transaction runs."""
BASE_FEE_FACTOR: Final = 2
"""The base fee at most doubles within six full blocks; only the real one is paid."""
TIP_FALLBACK_WEI: Final = 10**9


class RefusedError(AitbcError):
    """A contract refuses a call."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal = refusal
        super().__init__(str(refusal))


class Rpc(Protocol):
    """Whatever answers JSON-RPC.

    ``call`` raises RpcCallError for an error that a node answered with, NodeUnreachableError when
    none answered.
    """

    async def call(self, method: str, *params: Any) -> Any:
        """Return the result of one request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What a transaction offers, in wei per gas."""

    max_fee: int
    tip: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A transaction in a final block."""

    hash: Hash32
    height: int
    is_success: bool
    gas_used: int
    fee: int
    contract_address: bytes | None = None
    logs: tuple[tuple[bytes, tuple[bytes, ...], bytes], ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest final block."""

    height: int
    timestamp: int
    base_fee: int


class Chain:
    """Typed requests; answers that are not what they should be are a DecodeError."""

    def __init__(self, rpc: Rpc) -> None:
        self.rpc = rpc

    async def chain_id(self) -> int:
        """Return the chain's id."""
        return _quantity(await self.rpc.call("eth_chainId"))

    async def head(self) -> Head:
        """Return the newest final block."""
        block = _object(await self.rpc.call("eth_getBlockByNumber", "latest", False), "block")
        return Head(
            height=_quantity(block.get("number")),
            timestamp=_quantity(block.get("timestamp")),
            base_fee=_quantity(block.get("baseFeePerGas")),
        )

    async def nonce(self, address: bytes, tag: str = "latest") -> int:
        """Return an account's nonce."""
        return _quantity(await self.rpc.call("eth_getTransactionCount", _hex(address), tag))

    async def code(self, address: bytes) -> bytes:
        """Return an account's code."""
        return _bytes(await self.rpc.call("eth_getCode", _hex(address), "latest"))

    async def balance(self, address: bytes) -> int:
        """Return an account's wei."""
        return _quantity(await self.rpc.call("eth_getBalance", _hex(address), "latest"))

    async def fees(self) -> Fees:
        """Return an offer that the next blocks take."""
        head = await self.head()
        try:
            tip = _quantity(await self.rpc.call("eth_maxPriorityFeePerGas"))
        except RpcCallError:
            tip = TIP_FALLBACK_WEI
        return Fees(max_fee=BASE_FEE_FACTOR * head.base_fee + tip, tip=tip)

    async def view(
        self, contract: type[Contract], name: str, *values: object, height: int | None = None
    ) -> Any:
        """Ask a native contract about the newest state, or the one after block ``height``.

        Raises:
            RefusedError: it reverted.
        """
        data = encode_native(contract, name, *values)
        output = await self.eth_call(place_of(contract), data, contract=contract, height=height)
        return decode_native(contract, name, output)

    async def eth_call(
        self,
        to: bytes | None,
        data: bytes,
        *,
        sender: bytes | None = None,
        value: int = 0,
        contract: type[Contract] | None = None,
        height: int | None = None,
    ) -> bytes:
        """Simulate a call against the newest state, or another one; raises as ``view``."""
        request = _request(sender, to, data, value)
        tag = "latest" if height is None else hex(height)
        return _bytes(await self._refusable("eth_call", contract, request, tag))

    async def estimate_gas(
        self,
        sender: bytes,
        to: bytes | None,
        data: bytes,
        value: int = 0,
        contract: type[Contract] | None = None,
    ) -> int:
        """Return a gas limit with a margin; raises as ``view``."""
        request = _request(sender, to, data, value)
        gas = _quantity(await self._refusable("eth_estimateGas", contract, request))
        return gas + gas * GAS_MARGIN_PERCENT // 100

    async def broadcast(self, raw: bytes) -> None:
        """Hand a signed transaction to the pool."""
        await self.rpc.call("eth_sendRawTransaction", _hex(raw))

    async def outcome(self, transaction_hash: bytes) -> Outcome | None:
        """Return what became of a transaction, None while it is not in a final block."""
        answer = await self.rpc.call("eth_getTransactionReceipt", _hex(transaction_hash))
        if answer is None:
            return None
        entry = _object(answer, "transaction receipt")
        created = entry.get("contractAddress")
        gas_used = _quantity(entry.get("gasUsed"))
        return Outcome(
            hash=Hash32(transaction_hash),
            height=_quantity(entry.get("blockNumber")),
            is_success=_quantity(entry.get("status")) == 1,
            gas_used=gas_used,
            fee=gas_used * _quantity(entry.get("effectiveGasPrice", "0x0")),
            contract_address=None if created is None else _bytes(created),
            logs=tuple(_log(log) for log in entry.get("logs", ())),
        )

    # --- compute ----------------------------------------------------------------------------

    async def job(self, job_id: bytes) -> JobInfo:
        """Return a job; status 0 when there is none."""
        info: JobInfo = await self.view(Marketplace, "job", job_id)
        return info

    async def open_jobs(self, limit: int) -> list[JobInfo]:
        """Return up to ``limit`` open jobs; the list may change between two pages."""
        found: dict[bytes, JobInfo] = {}
        cursor = 0
        while len(found) < limit:
            rows, after = await self.view(Marketplace, "openJobs", cursor, PAGE)
            found |= {row.job_id: row for row in rows}
            if after <= cursor or len(rows) < PAGE:
                break
            cursor = after
        return list(found.values())[:limit]

    async def miner(self, account: bytes) -> MinerInfo:
        """Return a miner; a zero operator key when there is none."""
        info: MinerInfo = await self.view(Marketplace, "miner", account)
        return info

    async def receipt(self, receipt_id: bytes) -> ReceiptInfo:
        """Return a compute receipt; status 0 when there is none."""
        info: ReceiptInfo = await self.view(Receipts, "receipt", receipt_id)
        return info

    async def receipt_of_lease(self, lease_id: bytes) -> ReceiptInfo | None:
        """Find a lease's receipt among the newest ``RECEIPTS_SEARCHED_MAX``."""
        end = int(await self.view(Receipts, "receiptCount"))
        lowest = max(0, end - RECEIPTS_SEARCHED_MAX)
        while end > lowest:
            start = max(lowest, end - PAGE)
            for row in reversed(await self.view(Receipts, "receipts", start, end - start)):
                if row.lease_id == lease_id:
                    found: ReceiptInfo = row
                    return found
            end = start
        return None

    async def drawn_tiles(self, receipt_id: bytes) -> Sequence[int]:
        """Return the drawn tiles in the order of opening; raises as ``view``."""
        tiles: Sequence[int] = await self.view(Receipts, "drawnTiles", receipt_id)
        return tiles

    async def _refusable(self, method: str, contract: type[Contract] | None, *params: Any) -> Any:
        try:
            return await self.rpc.call(method, *params)
        except RpcCallError as error:
            data = _revert_data(error)
            if data is None:
                raise
            raise RefusedError(explain_revert(data, contract)) from error


def sign_call(
    secret: bytes,
    *,
    chain_id: int,
    nonce: int,
    fees: Fees,
    gas: int,
    to: bytes | None,
    data: bytes,
    value: int,
) -> Transaction:
    """Return a signed type-2 transaction."""
    unsigned = Transaction(
        kind=DYNAMIC_FEE,
        chain_id=chain_id,
        nonce=nonce,
        max_priority_fee_per_gas=fees.tip,
        max_fee_per_gas=fees.max_fee,
        gas_limit=gas,
        to=None if to is None else Address(to),
        value=value,
        data=data,
    )
    return sign_transaction(unsigned, secret)


def _revert_data(error: RpcCallError) -> bytes | None:
    """Return what a simulated call reverted with, None when it failed otherwise."""
    if isinstance(error.data, str) and error.data.startswith("0x"):
        return _bytes(error.data)
    return b"" if error.is_revert else None


def _request(sender: bytes | None, to: bytes | None, data: bytes, value: int) -> dict[str, str]:
    request = {"data": _hex(data)}
    if to is not None:
        request["to"] = _hex(to)
    if sender is not None:
        request["from"] = _hex(sender)
    if value:
        request["value"] = hex(value)
    return request


def _log(entry: Any) -> tuple[bytes, tuple[bytes, ...], bytes]:
    log = _object(entry, "log")
    topics = tuple(_bytes(topic) for topic in log.get("topics", ()))
    return _bytes(log.get("address")), topics, _bytes(log.get("data"))


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def _object(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DecodeError(what, "the node's answer is no object")
    return value


def _quantity(value: Any) -> int:
    try:
        return int(value, 16)
    except (TypeError, ValueError) as error:
        raise DecodeError("quantity", f"the node answered {value!r}") from error


def _bytes(value: Any) -> bytes:
    try:
        return bytes.fromhex(value.removeprefix("0x"))
    except (AttributeError, ValueError) as error:
        raise DecodeError("data", "the node's answer is no hex") from error
