"""What a native contract sees of the chain: the ``Context`` protocol, implemented by the host.

The host (the EVM adapter) owns gas accounting, journaling and account storage. Rules between the
two sides:

C1. The host takes the checkpoint before ``contracts.runtime.execute`` and transfers ``value`` to
    ``this`` after it. On ``contracts.errors.Revert`` it undoes the whole frame and returns
    ``data`` with the gas that is left; on ``OutOfGas`` or ``WriteProtection`` it undoes the
    frame and takes all its gas (an exceptional halt). Any other exception is our bug and must
    pass through untouched.
C2. The host charges storage (EIP-2929, EIP-2200, EIP-3529, refunds included), logs (375 + 375 per
    topic + 8 per byte), ``transfer``, ``balance`` and calls what they cost an EVM contract. The
    contract charges its own base weight, calldata, output and computation through ``use_gas``.
C3. Under ``is_static`` the host raises ``WriteProtection`` for ``sstore``, ``tstore``, ``emit``,
    ``transfer`` of a non-zero amount, ``mint``, ``burn``, ``deploy`` and ``call`` with value.
C4. Block hooks run in a context without gas limit whose ``caller`` and ``origin`` are the system
    address; ``value`` is 0.
"""

from dataclasses import dataclass
from typing import Final, Protocol

SYSTEM_ADDRESS: Final = bytes.fromhex("fffffffffffffffffffffffffffffffffffffffe")
"""Caller of block hooks: the address that EIP-4788 uses for system calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockContext:
    """The block that is being executed; ``time_ms`` is the seal's time, ``timestamp`` its seconds.

    ``beacon`` is this block's mixHash, 32 bytes. ``proposer`` is the validator's address (of its
    key), ``coinbase`` its fee recipient. ``genesis_hash`` is block 0's hash, which votes sign (zero
    while genesis itself is made). In ``eth_call`` the fields describe the block on whose
    state the call runs. ``signers`` has bit i set when member i of this epoch's set signed the
    parent's certificate in the seal; ``late_voters`` are (validator, height voted at) of its late
    votes. ``block_time_ms`` is the target between blocks.
    """

    chain_id: int
    genesis_hash: bytes
    height: int
    time_ms: int
    timestamp: int
    epoch: int
    view: int
    beacon: bytes
    coinbase: bytes
    base_fee: int
    gas_limit: int
    proposer: bytes
    block_time_ms: int = 1_000
    signers: int = 0
    late_voters: tuple[tuple[bytes, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CallResult:
    """Outcome of a nested call: its output, or its revert data when ``success`` is false."""

    success: bool
    output: bytes


class Context(Protocol):
    """One call frame of a native contract. Addresses are 20 bytes, amounts wei, slots u256."""

    @property
    def this(self) -> bytes:
        """The contract's own address."""

    @property
    def caller(self) -> bytes:
        """Who called this frame (``msg.sender``)."""

    @property
    def origin(self) -> bytes:
        """Who signed the transaction (``tx.origin``)."""

    @property
    def value(self) -> int:
        """Wei that came with the call, already credited to ``this``."""

    @property
    def is_static(self) -> bool:
        """Whether writes are forbidden here (STATICCALL, eth_call of a view)."""

    @property
    def block(self) -> BlockContext:
        """The block in which the call runs."""

    @property
    def gas_left(self) -> int:
        """Gas that this frame may still use."""

    def use_gas(self, amount: int) -> None:
        """Take ``amount`` from the gas left.

        Raises:
            OutOfGas: less is left.
        """

    def sload(self, slot: int) -> int:
        """Read a word of the contract's own storage."""

    def sstore(self, slot: int, value: int) -> None:
        """Write a word of the contract's own storage.

        Raises:
            OutOfGas: cost above gas left, or gas left at or below the 2,300 stipend (EIP-2200).
            WriteProtection: static frame.
        """

    def tload(self, slot: int) -> int:
        """Read a word of the contract's transient storage (EIP-1153)."""

    def tstore(self, slot: int, value: int) -> None:
        """Write transient storage; undone with the frame, cleared after the transaction."""

    def balance(self, address: bytes) -> int:
        """Return an account's balance in wei."""

    def transfer(self, to: bytes, amount: int) -> None:
        """Credit ``to`` from this contract's balance without running any code of ``to``.

        Raises:
            InsufficientBalance: this contract holds less than ``amount``.
            WriteProtection: static frame and a non-zero amount.
        """

    def mint(self, amount: int) -> None:
        """Create ``amount`` wei on this contract's balance; for block hooks of system contracts."""

    def burn(self, amount: int) -> None:
        """Destroy ``amount`` wei of this contract's balance.

        Raises:
            InsufficientBalance: this contract holds less.
        """

    def emit(self, topics: tuple[bytes, ...], data: bytes) -> None:
        """Append a log of this contract; at most four topics of 32 bytes."""

    def call(self, to: bytes, value: int, data: bytes, gas: int | None = None) -> CallResult:
        """Call another account, native or bytecode; all but a 64th of the gas when ``gas`` is None.

        A failed call is a result, not an exception; depth above 1,024 fails as well.
        """

    def static_call(self, to: bytes, data: bytes, gas: int | None = None) -> CallResult:
        """Call another account with writes forbidden."""

    def deploy(self, code: bytes, salt: bytes) -> bytes:
        """Place runtime bytecode in an account of its own and return its address.

        The address is EIP-1014's with the runtime code in the place of init code, which does not
        run: keccak(0xff ++ this ++ salt ++ keccak(code))[12:]. The account begins with nonce 1 and
        keeps a balance that it had before; ``this`` keeps its nonce. Costs 32,000 gas and 200 per
        byte, the address included. ``salt`` is 32 bytes, ``code`` is the contract's own constant.

        Raises:
            AddressTaken: the account has code, a nonce or storage (EIP-7610).
            WriteProtection: static frame.
        """

    def migrate(
        self, address: bytes, current: int, target: int, gas: int, code_hash: bytes = b""
    ) -> CallResult:
        """Convert another native contract's storage between two packed versions; all or nothing.

        For governance's hook alone. A migration that reverts, uses more than ``gas``, changes the
        contract's balance or contains a mistake is a result, not an exception.

        Raises:
            MissingRelease: this node has no code for one of the versions, or for the target other
                code than ``code_hash`` names (empty or zero: any).
        """
