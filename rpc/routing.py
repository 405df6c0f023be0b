"""What a method is: its parameters, its handler and who may call it; and the call itself.

A handler takes the ``Session`` and one positional argument per declared parameter. It returns the
JSON value of ``result``, or an awaitable of it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from rpc.backend import PENDING, Backend
from rpc.errors import InvalidParamsError, UnknownBlockError
from rpc.parameters import BlockReference, Parser

if TYPE_CHECKING:
    from rpc.filters import Filters
    from rpc.subscriptions import Subscriber

Handler = Callable[..., Any]


class Access(Enum):
    """Who may call a method; for others it does not exist."""

    PUBLIC = "public"
    LOCAL = "local"
    """From the loopback interface only."""
    STREAM = "stream"
    """Over WebSocket only."""


@dataclass(slots=True, kw_only=True)
class Session:
    """Who calls: shared by all requests of one kind over HTTP, one per WebSocket connection."""

    backend: Backend
    filters: "Filters"
    is_local: bool = False
    subscriber: "Subscriber | None" = None


class Required:
    """Marks a parameter without default."""


REQUIRED: Final = Required()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter; ``schema`` names its type for people and for OpenRPC.

    ``default`` is the parsed value of an absent or null parameter.
    """

    name: str
    parse: Parser
    schema: str
    default: Any = REQUIRED

    @property
    def is_required(self) -> bool:
        """Answer whether the caller must give it."""
        return isinstance(self.default, Required)


@dataclass(frozen=True, slots=True)
class Route:
    """One method of the table."""

    name: str
    handler: Handler
    summary: str
    parameters: tuple[Parameter, ...] = ()
    result: str = "object"
    access: Access = Access.PUBLIC
    is_public: bool = field(init=False)
    is_bare: bool = field(init=False)
    """No parameters: the handler may be called at once."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "is_public", self.access is Access.PUBLIC)
        object.__setattr__(self, "is_bare", not self.parameters)

    def is_open_to(self, session: Session) -> bool:
        """Answer whether the caller may use the method."""
        if self.access is Access.PUBLIC:
            return True
        if self.access is Access.LOCAL:
            return session.is_local
        return session.subscriber is not None

    def run(self, session: Session, params: Any) -> Any:
        """Parse ``params`` (a list, an object by name, or None) and call the handler.

        Raises:
            InvalidParamsError: they do not fit; the message names the parameter.
        """
        if params is None:
            params = []
        if isinstance(params, dict):
            params = self._by_position(params)
        elif not isinstance(params, list):
            raise InvalidParamsError("params is neither a list nor an object")
        if len(params) > len(self.parameters):
            raise InvalidParamsError(f"too many arguments, want at most {len(self.parameters)}")
        return self.handler(session, *self._arguments(params))

    def _arguments(self, params: list[Any]) -> list[Any]:
        arguments = []
        given = len(params)
        for index, parameter in enumerate(self.parameters):
            value = params[index] if index < given else None
            if value is not None:
                arguments.append(parameter.parse(value, parameter.name))
            elif isinstance(parameter.default, Required):
                raise InvalidParamsError(
                    f"missing value for required argument {index} ({parameter.name})"
                )
            else:
                arguments.append(parameter.default)
        return arguments

    def _by_position(self, named: dict[str, Any]) -> list[Any]:
        names = [parameter.name for parameter in self.parameters]
        for name in named:
            if name not in names:
                raise InvalidParamsError(f"unknown argument {name[:64]!r}; known: {names}")
        return [named.get(name) for name in names]


def height_of(backend: Backend, reference: BlockReference) -> int:
    """Return the height that a tag, number or hash names; PENDING for "pending".

    Raises:
        UnknownBlockError: no finalized block of that hash or number.
    """
    height = find_height(backend, reference)
    if height is None:
        raise UnknownBlockError
    return height


def find_height(backend: Backend, reference: BlockReference) -> int | None:
    """Return the height that a tag, number or hash names; None when it is not here."""
    if isinstance(reference, bytes):
        return backend.height_of(reference)
    head = backend.head.height
    if isinstance(reference, int):
        return reference if reference <= head else None
    if reference == "pending":
        return PENDING
    return 0 if reference == "earliest" else head


def table_of(routes: Sequence[Route]) -> dict[str, Route]:
    """Return the routes by name."""
    table = {route.name: route for route in routes}
    assert len(table) == len(routes)
    return table
