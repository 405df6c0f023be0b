"""The declared contract class: its annotations are its interface.

``@call`` methods change state, ``@view`` methods do not; arguments and results are annotated with
the types of ``contracts.framework.types``. The dispatch table is compiled when the class is made:
an annotation without ABI type, two methods with one selector or a method without committed gas
weight is an ``InvariantError`` then, so such a node does not start.

Invariants of ``dispatch``:

D1. A call without payable refuses value; an unknown selector and calldata that is not canonical
    revert with empty data, as in Solidity.
D2. A state-changing call is refused in a static frame before it runs (WriteProtection).
D3. A state-changing call is not re-entered unless it says ``reentrant=True``: a flag in transient
    storage (EIP-1153) is raised while it runs, and undone with the frame.
D4. Gas is taken before work: base weight and calldata words first, output words after.
"""

import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar, overload

from contracts.context import Context
from contracts.errors import Revert, WriteProtection
from contracts.framework.messages import message_codec, revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import Struct
from contracts.framework.types import Indexed, abi_type, bytes4, bytes32, camel, u256
from contracts.framework.version import pack_version
from contracts.places import GOVERNANCE_ADDRESS
from primitives.abi import AbiType, decode_exactly, encode_call, tuple_of
from primitives.errors import DecodeError, InvariantError
from primitives.keccak import keccak256

ARGUMENT_GAS_PER_WORD: Final = 18
"""Per word of calldata: strict decoding of a list of structs takes up to 450 ns per word."""
RESULT_GAS_PER_WORD: Final = 6
"""Per word of output: a copy (3) and the memory it lies in (3), as in the EVM; rows cost apart."""

FRAMEWORK_WEIGHTS: Final = {
    "supportsInterface": 300,
    "setParameter": 1_500,
    "parameter": 600,
    "parameterList": 300,
    "checkParameters": 1_900,
    "governedCall": 1_900,
}
"""Committed gas of the methods that every contract has."""

PARAMETER_ROW_GAS: Final = 300
REENTRANCY_FLAG_SLOT: Final = int.from_bytes(keccak256(b"AITBC reentrancy flag"), "big")
ERC165_ID: Final = bytes.fromhex("01ffc9a7")

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Reentered:
    """A call arrived while another call of this contract was running."""


@dataclass(frozen=True, slots=True)
class ParameterChanged:
    """Governance set a parameter."""

    key: Indexed[str]
    name: str
    old_value: u256
    new_value: u256


@dataclass(frozen=True, slots=True)
class UnknownParameter:
    """The contract has no parameter of this name."""

    key: str


@dataclass(frozen=True, slots=True)
class ParameterOutOfRange:
    """Governance may set this parameter within bounds, and by at most one step at once."""

    key: str
    minimum: u256
    maximum: u256
    step_max: u256


@dataclass(frozen=True, slots=True)
class OnlyGovernance:
    """The call belongs to the governance contract."""


@dataclass(frozen=True, slots=True)
class ParameterInfo:
    """A governed number: its value now, and what governance may set it to."""

    key: str
    value: u256
    default_value: u256
    minimum: u256
    maximum: u256
    step_max: u256


GOVERNED_ERRORS: Final = (UnknownParameter, ParameterOutOfRange, OnlyGovernance)


@dataclass(frozen=True, slots=True)
class CallSpec:
    """What ``@call`` or ``@view`` says of a method.

    ``is_reserved``: its transactions may use the tenth of block gas that is kept for dispute
    moves, answers to demands, evidence and guardian cancels. ``is_framework``: only contracts
    with parameters have it. ``runs_bytecode``: it calls accounts that may hold bytecode, so its
    transactions use bytecode's share of the block. ``is_governed``: a proposal may name it; it
    takes one static argument.
    """

    is_view: bool
    is_payable: bool
    is_reentrant: bool
    is_reserved: bool = False
    is_framework: bool = False
    runs_bytecode: bool = False
    is_governed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One compiled entry of a dispatch table."""

    name: str
    signature: str
    selector: bytes
    spec: CallSpec
    inputs: tuple[tuple[str, AbiType], ...]
    outputs: tuple[AbiType, ...]
    arguments: AbiType
    results: AbiType
    gas: int
    run: Callable[..., Any]

    @property
    def mutability(self) -> str:
        """Solidity's word for what the method may do."""
        if self.spec.is_view:
            return "view"
        return "payable" if self.spec.is_payable else "nonpayable"


def _declare(spec: CallSpec) -> Callable[[F], F]:
    def mark(method: F) -> F:
        method.__aitbc_call__ = spec  # type: ignore[attr-defined]
        return method

    return mark


@overload
def call(method: F) -> F: ...


@overload
def call(
    *,
    payable: bool = False,
    reentrant: bool = False,
    reserved: bool = False,
    runs_bytecode: bool = False,
    governed: bool = False,
) -> Callable[[F], F]: ...


def call(
    method: F | None = None,
    *,
    payable: bool = False,
    reentrant: bool = False,
    reserved: bool = False,
    runs_bytecode: bool = False,
    governed: bool = False,
) -> F | Callable[[F], F]:
    """Declare a state-changing method of the interface."""
    spec = CallSpec(
        is_view=False,
        is_payable=payable,
        is_reentrant=reentrant,
        is_reserved=reserved,
        runs_bytecode=runs_bytecode,
        is_governed=governed,
    )
    return _declare(spec) if method is None else _declare(spec)(method)


def view(method: F) -> F:
    """Declare a reading method of the interface."""
    return _declare(CallSpec(is_view=True, is_payable=False, is_reentrant=True))(method)


def _framework(method: F, *, is_view: bool) -> F:
    spec = CallSpec(is_view=is_view, is_payable=False, is_reentrant=is_view, is_framework=True)
    return _declare(spec)(method)


class Contract(Struct):
    """Base of the declared contract classes; one instance lives for one call frame.

    ``name`` is what people call it, ``version`` the semantic version of this class. A version
    after the first overrides ``upgrade`` and ``downgrade``. ``is_dormant`` marks a contract that
    genesis does not activate.
    """

    __slots__ = ()

    index: ClassVar[int] = 0
    name: ClassVar[str] = ""
    version: ClassVar[str] = "1.0.0"
    version_packed: ClassVar[int] = 0
    is_dormant: ClassVar[bool] = False
    governed: ClassVar[dict[str, Parameter]] = {}
    events: ClassVar[tuple[type, ...]] = ()
    errors: ClassVar[tuple[type, ...]] = ()
    weights: ClassVar[Mapping[str, int]] = {}
    methods: ClassVar[dict[bytes, Method]] = {}
    interface_id: ClassVar[bytes] = bytes(4)

    ctx: Context

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        packed = pack_version(cls.version)
        if not packed:
            raise InvariantError(f"{cls.__name__} has the version {cls.version!r}")
        cls.version_packed = packed
        cls.name = cls.__dict__.get("name") or cls.name or cls.__name__.lower()
        declared = (slot for slot in cls.slots_declared if isinstance(slot, Parameter))
        cls.governed = {parameter.key: parameter for parameter in declared}
        if cls.governed:
            own = cls.__dict__.get("events", cls.events)
            cls.events = (*(e for e in own if e is not ParameterChanged), ParameterChanged)
            known = (e for e in cls.errors if e not in GOVERNED_ERRORS)
            cls.errors = (*known, *GOVERNED_ERRORS)
        cls.methods = _compile(cls)
        for message in (*cls.events, *cls.errors):
            message_codec(message)
        selectors = [s for s, m in cls.methods.items() if m.name != "supportsInterface"]
        total = 0
        for selector in selectors:
            total ^= int.from_bytes(selector, "big")
        cls.interface_id = total.to_bytes(4, "big")

    @view
    def supports_interface(self, interface_id: bytes4) -> bool:
        """Answer ERC-165: this contract's own interface, and ERC-165 itself."""
        return interface_id in (ERC165_ID, self.interface_id)

    def set_parameter(self, key: str, value: u256) -> None:
        """Set a parameter; for governance alone."""
        if self.ctx.caller != GOVERNANCE_ADDRESS:
            raise revert(OnlyGovernance())
        self.change_parameter(key, value)

    def change_parameter(self, key: str, value: int) -> None:
        """Set a parameter within its bounds; the caller has the right.

        Raises:
            Revert: UnknownParameter, ParameterOutOfRange.
        """
        parameter = self._governed(key)
        old = parameter.__get__(self, type(self))
        if not parameter.allows(old, value):
            raise revert(
                ParameterOutOfRange(key, parameter.minimum, parameter.maximum, parameter.step_max)
            )
        parameter.__set__(self, value)
        self.emit(ParameterChanged(key, key, old, value))

    def parameter(self, key: str) -> u256:
        """Return the value of a parameter."""
        return self._governed(key).__get__(self, type(self))

    def parameter_list(self) -> tuple[ParameterInfo, ...]:
        """Return all parameters with their bounds."""
        self.ctx.use_gas(PARAMETER_ROW_GAS * len(self.governed))
        return tuple(
            ParameterInfo(
                key, slot.__get__(self, type(self)), slot.default,
                slot.minimum, slot.maximum, slot.step_max,
            )
            for key, slot in self.governed.items()
        )  # fmt: skip

    def governed_call(self, signature: str, argument: bytes32) -> None:
        """Run a method that is declared as governed, by its exact signature; for governance alone.

        Not by its selector: a signature that looks harmless may share that of another method.
        """
        if self.ctx.caller != GOVERNANCE_ADDRESS:
            raise revert(OnlyGovernance())
        found = [m for m in self.methods.values() if m.signature == signature]
        if not found or not found[0].spec.is_governed:
            raise revert(UnknownParameter(signature))
        try:
            values = decode_exactly(found[0].arguments, argument)
        except DecodeError as error:
            raise Revert(b"", f"execution reverted: {error}") from error
        found[0].run(self, *values)

    def check_parameters(self) -> None:
        """Revert when the parameters contradict each other."""
        self.check_cross_rules()

    def check_cross_rules(self) -> None:
        """Raise a revert when parameters contradict each other; contracts override it."""

    set_parameter = _framework(set_parameter, is_view=False)
    parameter = _framework(parameter, is_view=True)
    governed_call = _framework(governed_call, is_view=False)
    parameter_list = _framework(parameter_list, is_view=True)
    check_parameters = _framework(check_parameters, is_view=True)

    def _governed(self, key: str) -> Parameter:
        parameter = self.governed.get(key)
        if parameter is None:
            raise revert(UnknownParameter(key))
        return parameter

    def install(self, values: Mapping[str, int]) -> None:
        """Write every parameter at genesis: the chain's own value or the default.

        A chain's own value may lie outside the bounds (test networks shorten durations).

        Raises:
            InvariantError: ``values`` names an unknown parameter.
        """
        unknown = [key for key in values if key not in self.governed]
        if unknown:
            raise InvariantError(f"{self.name} has no parameter {unknown[0]}")
        for key, parameter in self.governed.items():
            parameter.__set__(self, values.get(key, parameter.default))

    def activate(self) -> None:
        """Begin a contract that genesis did not: its parameters, then what ``upgrade`` adds."""
        self.install({})
        if type(self).upgrade is not Contract.upgrade:
            self.upgrade()

    def upgrade(self) -> None:
        """Convert the previous version's storage to this version's; runs once, at activation.

        A first version that is activated later than genesis may write its initial state here.
        """
        raise InvariantError(f"{self.name} {self.version} declares no upgrade")

    def downgrade(self) -> None:
        """Convert this version's storage back to the previous version's; for a rollback."""
        raise InvariantError(f"{self.name} {self.version} declares no downgrade")

    def begin_block(self) -> None:
        """Run before the block's first transaction; contracts override it."""

    def end_block(self) -> None:
        """Run after the block's last transaction; contracts override it."""

    def genesis(self, settings: Any) -> None:
        """Initialise storage in block 0; contracts override it."""
        raise InvariantError(f"{type(self).__name__} takes no genesis settings, got {settings!r}")

    def emit(self, event: object) -> None:
        """Write a declared event as a log."""
        kind: Any = type(event)
        if kind not in self.events:
            raise InvariantError(f"{kind.__name__} is not declared by {type(self).__name__}")
        codec = message_codec(kind)
        self.ctx.emit(codec.encode_topics(event), codec.encode_data(event))

    def invoke(self, to: bytes, signature: str, *values: object) -> bytes:
        """Call another contract; its revert becomes ours.

        Raises:
            Revert: the call failed; empty data when it ran out of gas.
        """
        result = self.ctx.call(to, 0, encode_call(signature, *values))
        if not result.success:
            raise Revert(result.output, f"execution reverted: {signature} failed")
        return result.output

    def consult(self, to: bytes, signature: str, *values: object) -> bytes:
        """Read from another contract (STATICCALL); raises as ``invoke``."""
        result = self.ctx.static_call(to, encode_call(signature, *values))
        if not result.success:
            raise Revert(result.output, f"execution reverted: {signature} failed")
        return result.output

    @classmethod
    def dispatch(cls, ctx: Context, calldata: bytes) -> bytes:
        """Run the method that ``calldata`` names and return its encoded result (D1 to D4).

        Raises:
            Revert, OutOfGas, WriteProtection: see ``contracts.runtime.execute``.
        """
        method = cls.methods.get(calldata[:4])
        if method is None:
            raise Revert(b"", "execution reverted: unknown selector")
        ctx.use_gas(method.gas + (len(calldata) + 31 >> 5) * ARGUMENT_GAS_PER_WORD)
        spec = method.spec
        if ctx.value and not spec.is_payable:
            raise Revert(b"", "execution reverted: value sent to a call that is not payable")
        if ctx.is_static and not spec.is_view:
            raise WriteProtection(f"{method.signature} in a static call")
        try:
            values = decode_exactly(method.arguments, calldata[4:])
        except DecodeError as error:
            raise Revert(b"", f"execution reverted: {error}") from error
        if spec.is_reentrant:
            result = method.run(cls(ctx), *values)
        else:
            if ctx.tload(REENTRANCY_FLAG_SLOT):
                raise revert(Reentered())
            ctx.tstore(REENTRANCY_FLAG_SLOT, 1)
            result = method.run(cls(ctx), *values)
            ctx.tstore(REENTRANCY_FLAG_SLOT, 0)
        if not method.outputs:
            return b""
        output = method.results.write(result if len(method.outputs) > 1 else (result,))
        ctx.use_gas((len(output) >> 5) * RESULT_GAS_PER_WORD)
        return output


def _compile(contract: type[Contract]) -> dict[bytes, Method]:
    """Build the dispatch table.

    Raises:
        InvariantError: an annotation without ABI type, a clash of selectors, a missing weight.
    """
    table: dict[bytes, Method] = {}
    found = {name: inspect.getattr_static(contract, name) for name in dir(contract)}
    specs = {name: getattr(function, "__aitbc_call__", None) for name, function in found.items()}
    is_called = any(spec is not None and spec.is_governed for spec in specs.values())
    for attribute, function in found.items():
        spec = specs[attribute]
        if spec is None or (spec.is_framework and not contract.governed):
            continue
        if attribute == "governed_call" and not is_called:
            continue
        method = _method(contract, function, spec)
        clash = table.setdefault(method.selector, method)
        if clash is not method:
            raise InvariantError(f"{method.signature} and {clash.signature} share a selector")
    return table


def _method(contract: type[Contract], function: Callable[..., Any], spec: CallSpec) -> Method:
    hints = typing.get_type_hints(function, include_extras=True)
    result = hints.pop("return", None)
    names = list(inspect.signature(function).parameters)[1:]
    for name in names:
        if name not in hints:
            raise InvariantError(f"{contract.__name__}.{function.__name__}: {name} has no type")
    inputs = tuple((camel(name), abi_type(hints[name])) for name in names)
    outputs = _outputs(result)
    name = camel(function.__name__)
    signature = f"{name}({','.join(kind.name for _, kind in inputs)})"
    gas = contract.weights.get(name, FRAMEWORK_WEIGHTS.get(name))
    if gas is None:
        raise InvariantError(f"{contract.__name__}.{name} has no committed gas weight")
    return Method(
        name,
        signature,
        keccak256(signature.encode())[:4],
        spec,
        inputs,
        outputs,
        tuple_of([kind for _, kind in inputs]),
        tuple_of(outputs),
        gas,
        function,
    )


def _outputs(result: Any) -> tuple[AbiType, ...]:
    """Return the result types: ``tuple[A, B]`` is two results, ``tuple[T, ...]`` one array."""
    if result is None or result is type(None):
        return ()
    args = typing.get_args(result)
    if typing.get_origin(result) is tuple and not (len(args) == 2 and args[1] is Ellipsis):
        return tuple(abi_type(arg) for arg in args)
    return (abi_type(result),)
