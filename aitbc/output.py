"""How commands speak: tables for people, JSON for programs, one clear line for errors.

Exit status: 0 done, 1 failed, 2 wrong usage.
"""

import os
import re
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import click
import orjson
from rich.console import Console
from rich.table import Table

_LONG_AMOUNT = re.compile(r"^(\d[\d,]*\.\d{6})\d+ AIT$")

PIPE_COLUMNS = 200
"""Width where there is no terminal: nothing is folded in the middle of a hash."""

console = Console(
    highlight=False,
    width=None if sys.stdout.isatty() else int(os.environ.get("COLUMNS") or PIPE_COLUMNS),
)
errors = Console(stderr=True, highlight=False)

json_flag = click.option("--json", "is_json", is_flag=True, help="Print JSON instead of a table.")


JSON_INTEGER_MAX = 2**53 - 1


class Wei(int):
    """An amount: people see AIT, programs a decimal string of wei."""

    __slots__ = ()


def print_json(value: Any) -> None:
    """Print a value as indented JSON; bytes as 0x hex."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    sys.stdout.write(orjson.dumps(value, default=_plain, option=options).decode() + "\n")


def print_record(record: Mapping[str, Any], *, is_json: bool, title: str | None = None) -> None:
    """Print one record: a two-column table, or JSON."""
    if is_json:
        print_json(_for_programs(record))
        return
    table = Table(title=title, show_header=False, box=None, pad_edge=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in record.items():
        table.add_row(key, _text(value))
    console.print(table)


def print_rows(
    rows: Sequence[Mapping[str, Any]], *, is_json: bool, empty: str = "nothing to show"
) -> None:
    """Print a list of records with the same keys."""
    if is_json:
        print_json([_for_programs(row) for row in rows])
        return
    if not rows:
        console.print(empty, style="dim")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in rows[0]:
        table.add_column(key, overflow="fold")
    cells = [[_text(value) for value in row.values()] for row in rows]
    is_cut = _width_of(list(rows[0]), cells) > console.width
    for line in cells:
        table.add_row(*(_shorten(text) if is_cut else text for text in line))
    console.print(table)
    if is_cut and any(text != _shorten(text) for line in cells for text in line):
        console.print("long values are cut to fit; --json prints them whole", style="dim")


def show_error(message: str, remedy: str = "") -> None:
    """Print an error with its remedy."""
    errors.print(f"[bold red]error:[/] {_escape(message)}", soft_wrap=True)
    if remedy:
        errors.print(f"  [bold]try:[/] {_escape(remedy)}", soft_wrap=True)


def fail(message: str, remedy: str = "") -> NoReturn:
    """Print an error with its remedy and leave with status 1."""
    show_error(message, remedy)
    sys.exit(1)


def format_ait(wei: int) -> str:
    """Return an amount in AIT with as many decimals as it needs."""
    whole, fraction = divmod(abs(wei), 10**18)
    sign = "-" if wei < 0 else ""
    if fraction == 0:
        return f"{sign}{whole:,} AIT"
    return f"{sign}{whole:,}.{fraction:018d}".rstrip("0") + " AIT"


def parse_amount(text: str) -> int:
    """Return wei for ``1.5``, ``1.5ait`` or ``20gwei`` or ``7wei``; AIT is the default unit.

    Raises:
        click.BadParameter: not an amount, or finer than a wei.
    """
    units = {"wei": 0, "gwei": 9, "ait": 18}
    lowered = text.strip().lower().replace(",", "").replace("_", "")
    for unit in ("gwei", "wei", "ait"):
        if lowered.endswith(unit):
            digits, places = lowered[: -len(unit)].strip(), units[unit]
            break
    else:
        digits, places = lowered, 18
    whole, _, fraction = digits.partition(".")
    if not (whole + fraction).isdigit() or len(fraction.rstrip("0")) > places:
        raise click.BadParameter(f"{text!r} is not an amount (examples: 1.5, 20gwei, 7wei)")
    return int((whole or "0") + fraction.rstrip("0").ljust(places, "0"))


def _width_of(names: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """Return the columns that a table needs when nothing is folded."""
    columns = zip(names, *cells, strict=True)
    return sum(max(map(len, column)) + 2 for column in columns)


def _shorten(text: str) -> str:
    """Return a hash or address as its first and last digits, an amount with six decimals."""
    if text.startswith("0x") and len(text) >= 24:
        return f"{text[:8]}…{text[-4:]}"
    return _LONG_AMOUNT.sub(r"\1… AIT", text)


def _for_programs(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with keys of one word and amounts as strings of wei."""
    return {key.replace(" ", "_"): _json_number(value) for key, value in record.items()}


def _json_number(value: Any) -> Any:
    """Return amounts, and integers that a JSON reader would round, as decimal strings."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if is_number and (isinstance(value, Wei) or abs(value) > JSON_INTEGER_MAX):
        return str(int(value))
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, bytes | bytearray):
        return "0x" + bytes(value).hex()
    if isinstance(value, int):
        return str(value)
    return str(value)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bytes | bytearray):
        return "0x" + bytes(value).hex()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Wei):
        return format_ait(value)
    return str(value)


def _escape(text: str) -> str:
    return text.replace("[", r"\[")
