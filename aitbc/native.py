"""What commands do with native contracts: ask them, send to them, and print what came of it."""

import functools
import inspect
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import click

from aitbc.commands.node import rpc_option
from aitbc.output import json_flag, print_record, print_rows
from aitbc.signing import (
    SignerChoice,
    print_outcome,
    run_with_chain,
    send_call,
    transaction_options,
)
from contracts.framework.contract import Contract
from contracts.framework.version import pack_version
from contracts.governance.v1.contract import Governance
from miner.chain import Chain, Outcome
from miner.native_calls import decode_event, place_of
from primitives.errors import ConfigError
from primitives.keys import secret_to_address
from primitives.types import Address

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
Fields = dict[str, Any]
Act = Callable[[Chain, bytes], Awaitable[tuple[Outcome, Fields]]]
"""Sends with a secret; returns the outcome and what to print before it."""


class VerbGroup(click.Group):
    """A group whose help lists commands as they were added, each with its whole first sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order in which they were added."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write one line, or as many as it takes, for each command."""
        rows = [
            (name, inspect.cleandoc(command.help or "").partition("\n\n")[0].replace("\n", " "))
            for name, command in self.commands.items()
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@dataclass(slots=True, kw_only=True)
class Reader:
    """A node to ask, and how to print its answers; the parameter ``node`` of a command."""

    rpc_url: str
    is_json: bool

    def ask(self, work: Callable[[Chain], Awaitable[T]]) -> T:
        """Run ``work``; refusals end the program with reason and remedy."""
        return run_with_chain(self.rpc_url, work)

    def view(self, contract: type[Contract], name: str, *values: object) -> Any:
        """Return one view's answer."""
        return self.ask(lambda chain: chain.view(contract, name, *values))

    def record(self, record: Mapping[str, Any]) -> None:
        """Print one record."""
        print_record(record, is_json=self.is_json)

    def rows(self, rows: Sequence[Mapping[str, Any]], empty: str) -> None:
        """Print records with the same keys; ``empty`` says that there is none."""
        print_rows(rows, is_json=self.is_json, empty=empty)


@dataclass(slots=True, kw_only=True)
class Sender(Reader):
    """A reader with a key that signs; the parameter ``sender`` of a command."""

    signer: SignerChoice
    _secret: bytes = field(default=b"", init=False, repr=False)

    @property
    def secret(self) -> bytes:
        """The signer's secret, asked for at first use."""
        if not self._secret:
            self._secret = self.signer.load()
        return self._secret

    @property
    def address(self) -> Address:
        """The signer's account."""
        return secret_to_address(self.secret)

    def run(self, act: Act) -> None:
        """Send, wait until it is final, and print what it did."""
        secret = self.secret
        outcome, fields = self.ask(lambda chain: act(chain, secret))
        print_outcome(outcome, is_json=self.is_json, **fields)

    def send(
        self,
        contract: type[Contract],
        method: str,
        *values: object,
        value: int = 0,
        tell: Callable[[Outcome], Fields] | None = None,
    ) -> None:
        """Call a contract; ``tell`` picks from the outcome what to print before it."""

        async def act(chain: Chain, secret: bytes) -> tuple[Outcome, Fields]:
            outcome = await send_call(chain, secret, contract, method, *values, value=value)
            return outcome, {} if tell is None else tell(outcome)

        self.run(act)


def reading(function: F) -> F:
    """Give a command ``--rpc`` and ``--json``; it gets them as ``node``."""

    @rpc_option
    @json_flag
    @functools.wraps(function)
    def wrapper(rpc_url: str, is_json: bool, **rest: Any) -> Any:
        return function(node=Reader(rpc_url=rpc_url, is_json=is_json), **rest)

    return wrapper  # type: ignore[return-value]


def sending(function: F) -> F:
    """Give a command a signer, ``--rpc`` and ``--json``; it gets them as ``sender``."""

    @transaction_options
    @functools.wraps(function)
    def wrapper(signer: SignerChoice, rpc_url: str, is_json: bool, **rest: Any) -> Any:
        sender = Sender(rpc_url=rpc_url, is_json=is_json, signer=signer)
        return function(sender=sender, **rest)

    return wrapper  # type: ignore[return-value]


def event_of(outcome: Outcome, contract: type[Contract], event: type) -> Fields:
    """Return the fields of a contract's first such event.

    Raises:
        ConfigError: the receipt has none, as it must.
    """
    fields = find_event(outcome, contract, event)
    if fields is None:
        raise ConfigError(
            f"the node's receipt lacks the event {event.__name__}", "Ask another node with --rpc"
        )
    return fields


def find_event(outcome: Outcome, contract: type[Contract], event: type) -> Fields | None:
    """Return the fields of a contract's first such event, None when there is none."""
    place = place_of(contract)
    for address, topics, data in outcome.logs:
        fields = decode_event(event, topics, data) if address == place else None
        if fields is not None:
            return fields
    return None


async def is_active(chain: Chain, release: type[Contract]) -> bool:
    """Answer whether a contract runs this release or a later one."""
    active = await chain.view(Governance, "activeVersion", place_of(release))
    return (pack_version(active) or 0) >= release.version_packed


async def check_active(chain: Chain, release: type[Contract], what: str) -> None:
    """Refuse what only a newer release of a contract can do.

    Raises:
        ConfigError: an older one is active.
    """
    if not await is_active(chain, release):
        active = await chain.view(Governance, "activeVersion", place_of(release))
        raise ConfigError(
            f"{what} needs {release.name} {release.version}; this chain runs {active}",
            f"Governance can activate it: aitbc gov propose upgrade "
            f"{release.name}@{release.version} (aitbc gov versions shows what is active)",
        )
