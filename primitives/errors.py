"""The error tree: one class per reason, each holding its values and building its own message.

::

    AitbcError
    +-- BadInputError            expected: bytes or text from outside that we refuse
    |   +-- DecodeError          any bytes whatever that are not a canonical value
    |   +-- InvalidSignatureError
    |   +-- InvalidTransactionError   (subclasses in state.transition and node.mempool)
    |   +-- InvalidBlockError
    |   +-- ConfigError          carries the remedy
    +-- RevertError              expected: part of a transaction's receipt
    +-- PeerMisbehaviourError    a peer broke the protocol; the session ends, a penalty follows
    +-- InvariantError           our bug or a broken disk: the node stops with a bundle

Class attributes: ``rpc_code`` is the JSON-RPC error code, ``blames_peer`` tells gossip whether the
sender is at fault, ``is_retryable`` tells a caller whether the same input may succeed later.
"""

from typing import ClassVar


class AitbcError(Exception):
    """Root of everything the node raises on purpose."""

    rpc_code: ClassVar[int] = -32603
    blames_peer: ClassVar[bool] = False
    is_retryable: ClassVar[bool] = False


class BadInputError(AitbcError):
    """Input from outside was refused; nothing changed."""

    rpc_code = -32602


class DecodeError(BadInputError):
    """Bytes are not the canonical encoding of a value."""

    rpc_code = -32602
    blames_peer = True

    def __init__(self, what: str, why: str) -> None:
        self.what = what
        self.why = why
        super().__init__(f"{what}: {why}")


class InvalidSignatureError(BadInputError):
    """A signature is malformed, malleable (high s) or by another key."""

    blames_peer = True


class InvalidTransactionError(BadInputError):
    """A transaction breaks a rule that needs no state, or cannot be paid for by the state."""

    rpc_code = -32000


class InvalidBlockError(BadInputError):
    """A block breaks a rule; the message says which."""

    blames_peer = True


class ConfigError(BadInputError):
    """Configuration is wrong; the message says what to do."""

    def __init__(self, problem: str, remedy: str) -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}. {remedy}")


class RevertError(AitbcError):
    """A contract call reverted; ``data`` is the ABI-encoded reason."""

    rpc_code = 3

    def __init__(self, data: bytes = b"", message: str = "execution reverted") -> None:
        self.data = data
        super().__init__(message)


class PeerMisbehaviourError(AitbcError):
    """A peer did what no honest peer does."""

    blames_peer = True


class InvariantError(AitbcError):
    """A broken invariant: our bug or a broken disk. Never caught except to stop the node."""
