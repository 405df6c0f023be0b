"""A typed JSON-RPC client: one endpoint or several, batches, contract calls by ABI.

T1. A URL that cannot be reached is left alone for a while that doubles; the next one is asked. An
    answer, be it an error, is final: only failures of transport move on.
T2. Sending a transaction twice is harmless: "already known" counts as success.
"""

import asyncio
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

import aiohttp
import orjson

from contracts.artifacts import contract_named
from contracts.framework.contract import Method
from contracts.places import native_address
from primitives.abi import decode, decode_exactly, encode_call
from primitives.errors import AitbcError, ConfigError, DecodeError
from primitives.transaction import DYNAMIC_FEE, Transaction, decode_transaction
from primitives.types import Address, Hash32

REQUEST_SECONDS: Final = 35.0
"""Above the server's own limit, so that its error arrives instead of ours."""
BACKOFF_SECONDS_MIN: Final = 0.1
BACKOFF_SECONDS_MAX: Final = 5.0
ATTEMPTS_MAX: Final = 5
"""Rounds through all URLs before a call fails."""
BATCH_MAX: Final = 1_000
RECEIPT_POLL_SECONDS: Final = 0.1
RECEIPT_SECONDS_DEFAULT: Final = 60.0
ANSWER_BYTES_MAX: Final = 64 * 1024 * 1024
FILE_BODY_BYTES: Final = 512 * 1024
FEE_HEADROOM: Final = 2
"""A fee cap holds for so many times the present base fee."""


class RpcCallError(AitbcError):
    """The node answered with an error."""

    def __init__(self, method: str, code: int, message: str, data: Any) -> None:
        self.method = method
        self.code = code
        self.data = data
        self.reason = message
        super().__init__(f"{method}: {message}")

    @property
    def is_revert(self) -> bool:
        """Answer whether a simulated call reverted."""
        return self.code == 3


class NodeUnreachableError(AitbcError):
    """No URL gave an answer; the message names each with its failure."""

    is_retryable = True

    def __init__(self, failures: dict[str, str]) -> None:
        listed = "; ".join(f"{url}: {why}" for url, why in failures.items())
        super().__init__(f"no node answered ({listed}). Is the node running, and the URL right?")


class ReceiptMissingError(AitbcError):
    """The transaction was not final in time."""

    is_retryable = True

    def __init__(self, transaction_hash: bytes, seconds: float) -> None:
        super().__init__(f"transaction 0x{transaction_hash.hex()} is not final after {seconds:g} s")


@dataclass(slots=True)
class _Endpoint:
    """One URL; ``again_at`` is when it may be asked after a failure."""

    url: str
    again_at: float = 0.0
    backoff: float = BACKOFF_SECONDS_MIN


class RpcClient:
    """A client; use it as an async context manager, or ``close`` it."""

    def __init__(self, *urls: str, request_seconds: float = REQUEST_SECONDS) -> None:
        if not urls:
            raise ConfigError("no RPC URL was given", "Name at least one, for example with --rpc")
        self._endpoints = [_Endpoint(url) for url in urls]
        self._timeout = aiohttp.ClientTimeout(total=request_seconds)
        self._session: aiohttp.ClientSession | None = None
        self._next_id = 0
        self._chain_id: int | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, method: str, *params: Any) -> Any:
        """Call a method and return its result.

        Raises:
            RpcCallError: the node answered with an error.
            NodeUnreachableError: no node answered.
        """
        answer = await self._post(self._request(method, params))
        if not isinstance(answer, dict):
            raise DecodeError("rpc answer", "not an object")
        return _result_of(method, answer)

    async def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Call many methods at once; each place holds a result or the ``RpcCallError``.

        Raises:
            NodeUnreachableError: no node answered.
        """
        results: list[Any] = []
        for first in range(0, len(calls), BATCH_MAX):
            results += await self._batch(calls[first : first + BATCH_MAX])
        return results

    async def _batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        requests = [self._request(method, params) for method, params in calls]
        answers = await self._post(requests)
        if not isinstance(answers, list):
            if isinstance(answers, dict) and "error" in answers:
                _result_of("batch", answers)
            raise DecodeError("rpc answer", "not a list")
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        results: list[Any] = []
        for request in requests:
            method = request["method"]
            answer = by_id.get(request["id"])
            if answer is None:
                raise DecodeError("rpc answer", f"no answer to {method} in a batch")
            try:
                results.append(_result_of(method, answer))
            except RpcCallError as error:
                results.append(error)
        return results

    # What wallets and miners ask

    async def chain_id(self) -> int:
        """Return the chain id (asked once)."""
        if self._chain_id is None:
            self._chain_id = int(await self.call("eth_chainId"), 16)
        return self._chain_id

    async def height(self) -> int:
        """Return the newest finalized height."""
        return int(await self.call("eth_blockNumber"), 16)

    async def nonce(self, address: bytes, block: str = "pending") -> int:
        """Return an account's next nonce, waiting transactions counted."""
        return int(await self.call("eth_getTransactionCount", _hex(address), block), 16)

    async def balance(self, address: bytes, block: str = "latest") -> int:
        """Return a balance in wei."""
        return int(await self.call("eth_getBalance", _hex(address), block), 16)

    async def code(self, address: bytes) -> bytes:
        """Return an account's code."""
        return _bytes(await self.call("eth_getCode", _hex(address), "latest"))

    async def eth_call(
        self, to: bytes, data: bytes, *, sender: bytes | None = None, value: int = 0
    ) -> bytes:
        """Run a call that changes nothing and return its output.

        Raises:
            RpcCallError: it reverted (``is_revert``), or failed.
        """
        request = _call_object(sender, to, value, data)
        return _bytes(await self.call("eth_call", request, "latest"))

    async def estimate_gas(self, sender: bytes, to: bytes | None, value: int, data: bytes) -> int:
        """Return a gas limit with which a call succeeds; raises as ``eth_call``."""
        request = _call_object(sender, to, value, data)
        return int(await self.call("eth_estimateGas", request), 16)

    async def call_function(
        self, to: bytes, signature: str, outputs: Sequence[str], *values: object
    ) -> tuple[Any, ...]:
        """Call ``name(type,...)`` of any contract and decode its outputs."""
        return decode(outputs, await self.eth_call(to, encode_call(signature, *values)))

    async def call_native(self, contract: str, name: str, *values: object) -> tuple[Any, ...]:
        """Call a native contract's method by name and return its outputs, structs by field."""
        method = native_method(contract, name)
        data = method.selector + method.arguments.write(values)
        output = await self.eth_call(native_address_of(contract), data)
        return tuple(decode_exactly(method.results, output))

    async def send_raw(self, raw: bytes) -> Hash32:
        """Send a signed transaction and return its hash (T2)."""
        try:
            return Hash32(_bytes(await self.call("eth_sendRawTransaction", _hex(raw))))
        except RpcCallError as error:
            if error.reason != "already known":
                raise
            return decode_transaction(raw).hash

    async def receipt(self, transaction_hash: bytes) -> dict[str, Any] | None:
        """Return a transaction's receipt, None while it is not final."""
        found: dict[str, Any] | None = await self.call(
            "eth_getTransactionReceipt", _hex(transaction_hash)
        )
        return found

    async def wait_for_receipt(
        self, transaction_hash: bytes, seconds: float = RECEIPT_SECONDS_DEFAULT
    ) -> dict[str, Any]:
        """Return a transaction's receipt once it is final.

        Raises:
            ReceiptMissingError: it is not in time.
        """
        try:
            async with asyncio.timeout(seconds):
                while True:
                    found = await self.receipt(transaction_hash)
                    if found is not None:
                        return found
                    await asyncio.sleep(RECEIPT_POLL_SECONDS)
        except TimeoutError as error:
            raise ReceiptMissingError(transaction_hash, seconds) from error

    async def fees(self) -> tuple[int, int]:
        """Return (fee cap, tip) per gas for a transaction sent now."""
        block, tip = await self.batch(
            [("eth_getBlockByNumber", ("latest", False)), ("eth_maxPriorityFeePerGas", ())]
        )
        for answer in (block, tip):
            if isinstance(answer, RpcCallError):
                raise answer
        priority = int(tip, 16)
        return FEE_HEADROOM * int(block["baseFeePerGas"], 16) + priority, priority

    async def prepare(
        self,
        sender: bytes,
        to: bytes | None,
        *,
        value: int = 0,
        data: bytes = b"",
        nonce: int | None = None,
        gas: int | None = None,
    ) -> Transaction:
        """Return an unsigned type 2 transaction with nonce, gas and fees filled in."""
        cap, tip = await self.fees()
        return Transaction(
            kind=DYNAMIC_FEE,
            chain_id=await self.chain_id(),
            nonce=await self.nonce(sender) if nonce is None else nonce,
            max_priority_fee_per_gas=tip,
            max_fee_per_gas=cap,
            gas_limit=await self.estimate_gas(sender, to, value, data) if gas is None else gas,
            to=None if to is None else Address(to),
            value=value,
            data=data,
        )

    # Transport

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        self._next_id += 1
        return {"jsonrpc": "2.0", "id": self._next_id, "method": method, "params": list(params)}

    async def _post(self, document: Any) -> Any:
        """Post to the first URL that answers (T1)."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        body = orjson.dumps(document)
        failures: dict[str, str] = {}
        loop = asyncio.get_running_loop()
        for _ in range(ATTEMPTS_MAX * len(self._endpoints)):
            endpoint = min(self._endpoints, key=lambda e: max(e.again_at, loop.time()))
            await asyncio.sleep(max(0.0, endpoint.again_at - loop.time()))
            try:
                answer = await _post_once(self._session, endpoint.url, body)
            except (aiohttp.ClientError, TimeoutError, OSError, DecodeError) as error:
                failures[endpoint.url] = str(error) or type(error).__name__
                endpoint.again_at = loop.time() + endpoint.backoff
                endpoint.backoff = min(2 * endpoint.backoff, BACKOFF_SECONDS_MAX)
            else:
                endpoint.again_at, endpoint.backoff = 0.0, BACKOFF_SECONDS_MIN
                return answer
        raise NodeUnreachableError(failures)


def native_method(contract: str, name: str) -> Method:
    """Return a native contract's method by its name in the ABI.

    Raises:
        ConfigError: no such contract or method.
    """
    methods = contract_named(contract).methods.values()
    for method in methods:
        if method.name == name:
            return method
    known = ", ".join(sorted(method.name for method in methods))
    raise ConfigError(f"{contract} has no method {name!r}", f"Known: {known}")


def native_address_of(contract: str) -> Address:
    """Return a native contract's address; raises as ``native_method``."""
    return Address(native_address(contract_named(contract).index))


async def _post_once(session: aiohttp.ClientSession, url: str, body: bytes) -> Any:
    headers = {"Content-Type": "application/json"}
    # aiohttp wants large bodies as a file, which it sends in parts.
    data = io.BytesIO(body) if len(body) > FILE_BODY_BYTES else body
    async with session.post(url, data=data, headers=headers) as response:
        raw = await _read_bounded(response)
        if response.status != 200:
            raise DecodeError("rpc answer", f"HTTP {response.status}: {_reason(raw)}")
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise DecodeError("rpc answer", f"not JSON: {error}") from error


async def _read_bounded(response: aiohttp.ClientResponse) -> bytes:
    parts, size = [], 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > ANSWER_BYTES_MAX:
            raise DecodeError("rpc answer", f"more than {ANSWER_BYTES_MAX} bytes")
        parts.append(part)
    return b"".join(parts)


def _reason(raw: bytes) -> str:
    """Return what a refusal says, in short."""
    try:
        return str(json.loads(raw)["error"]["message"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return raw[:100].decode("utf-8", "replace")


def _result_of(method: str, answer: dict[str, Any]) -> Any:
    error = answer.get("error")
    if error is None:
        return answer.get("result")
    if not isinstance(error, dict):
        raise DecodeError("rpc answer", "error is not an object")
    code, message = error.get("code"), error.get("message")
    raise RpcCallError(
        method, code if isinstance(code, int) else 0, str(message), error.get("data")
    )


def _call_object(sender: bytes | None, to: bytes | None, value: int, data: bytes) -> dict[str, str]:
    request = {"input": _hex(data), "value": hex(value)}
    if sender is not None:
        request["from"] = _hex(sender)
    if to is not None:
        request["to"] = _hex(to)
    return request


def _hex(value: bytes) -> str:
    return "0x" + value.hex()


def _bytes(value: Any) -> bytes:
    if isinstance(value, str) and value.startswith("0x"):
        try:
            return bytes.fromhex(value[2:])
        except ValueError:
            pass
    raise DecodeError("rpc answer", "not 0x-prefixed hex")
