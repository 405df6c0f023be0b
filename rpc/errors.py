"""Errors of the JSON-RPC edge, with geth's codes.

::

    RpcError                 code, message, optional data
    +-- ParseError           -32700  the body is not JSON
    +-- InvalidRequestError  -32600  JSON, but not a JSON-RPC 2.0 request
    +-- UnknownMethodError   -32601
    +-- InvalidParamsError   -32602  names the parameter
    +-- ServerError          -32000  geth's default: the request is fine, the answer is no
    |   +-- StateUnavailableError    the state of a past block is not kept
    +-- TimedOutError        -32002
    +-- ResponseTooLargeError -32003
    +-- LimitExceededError   -32005  a named limit (EIP-1474)
    +-- RevertedError        3       with the revert data

Everything else of the error tree carries its own ``rpc_code`` (``primitives.errors``).
"""

from typing import ClassVar

from primitives.abi import revert_reason
from primitives.errors import AitbcError


class RpcError(AitbcError):
    """An answer of the ``error`` kind."""

    data: object = None


class ParseError(RpcError):
    """The body is not JSON."""

    rpc_code: ClassVar[int] = -32700


class InvalidRequestError(RpcError):
    """The JSON is no JSON-RPC 2.0 request."""

    rpc_code: ClassVar[int] = -32600


class UnknownMethodError(RpcError):
    """No such method, or not for this caller."""

    rpc_code: ClassVar[int] = -32601

    def __init__(self, method: str) -> None:
        super().__init__(f"the method {method} does not exist/is not available")


class InvalidParamsError(RpcError):
    """A parameter is missing, superfluous or malformed."""

    rpc_code: ClassVar[int] = -32602


class ServerError(RpcError):
    """The request was understood and cannot be answered."""

    rpc_code: ClassVar[int] = -32000


class StateUnavailableError(ServerError):
    """The state of a past block was asked for; only the newest is kept."""

    def __init__(self, height: int) -> None:
        super().__init__(
            f"historical state at block {height} is not available; this node keeps the state of "
            "the newest block"
        )


class UnknownBlockError(ServerError):
    """The block named by a parameter is not here."""

    def __init__(self) -> None:
        super().__init__("header not found")


class TimedOutError(RpcError):
    """The answer was not ready in time."""

    rpc_code: ClassVar[int] = -32002

    def __init__(self, seconds: float) -> None:
        super().__init__(f"request timed out: limit {seconds:g} s")


class ResponseTooLargeError(RpcError):
    """The answer would exceed the limit on answers."""

    rpc_code: ClassVar[int] = -32003

    def __init__(self, limit: int) -> None:
        super().__init__(f"response too large: limit {limit} bytes")


class LimitExceededError(RpcError):
    """A limit that the message names."""

    rpc_code: ClassVar[int] = -32005


class RevertedError(RpcError):
    """A simulated call reverted; ``data`` is what it returned."""

    rpc_code: ClassVar[int] = 3

    def __init__(self, output: bytes) -> None:
        reason = revert_reason(output)
        super().__init__(
            "execution reverted" if reason is None else f"execution reverted: {reason}"
        )
        self.data = "0x" + output.hex()
