"""How commands speak: tables for people, JSON for programs, one clear line for errors.

Exit status: 0 done, 1 failed, 2 wrong usage.
"""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

import click
import orjson
from rich.console import Console
from rich.table import Table
from rich.text import Text

_UNITS: Final = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
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


class Span(int):
    """A duration in seconds: people see its two largest units, programs the number."""

    __slots__ = ()


class Percent(int):
    """Hundredths of a percent: people see ``75.00 %``, programs the number of percent."""

    __slots__ = ()


class Coded(int):
    """A number of the protocol that has a name: people see the name, programs the number."""

    words: str

    def __new__(cls, number: int, words: str) -> "Coded":
        """Return a number with its name."""
        made = super().__new__(cls, number)
        made.words = words
        return made


@dataclass(frozen=True, slots=True)
class When:
    """A moment of block time, in seconds; 0 is none, and anything beyond the year 9999 is never.

    People see it in UTC and how far from ``now`` it is, programs the number.
    """

    seconds: int
    now: int


def print_json(value: Any) -> None:
    """Print a value as indented JSON; bytes as 0x hex."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    sys.stdout.write(orjson.dumps(value, default=_plain, option=options).decode() + "\n")


def print_record(record: Mapping[str, Any], *, is_json: bool, title: str | None = None) -> None:
    """Print one record: a two-column table, or JSON."""
    if is_json:
        print_json(_for_programs(record))
        return
    table = Table(
        title=None if title is None else Text(title),
        show_header=False,
        box=None,
        pad_edge=False,
        title_justify="left",
    )
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in record.items():
        table.add_row(Text(key), Text(show_text(value)))
    console.print(table)


def print_rows(
    rows: Sequence[Mapping[str, Any]], *, is_json: bool, empty: str = "nothing to show"
) -> None:
    """Print a list of records with the same keys."""
    if is_json:
        print_json(_for_programs(list(rows)))
        return
    if not rows:
        console.print(empty, style="dim")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for key in rows[0]:
        table.add_column(key, overflow="fold")
    cells = [[show_text(value) for value in row.values()] for row in rows]
    fitted = _fit(list(rows[0]), cells)
    for line in fitted:
        table.add_row(*map(Text, line))
    console.print(table)
    if fitted != cells:
        console.print("long values are cut to fit; --json prints them whole", style="dim")


def show_error(message: str, remedy: str = "") -> None:
    """Print an error with its remedy."""
    errors.print(f"[bold red]error:[/] {_escape(message)}", soft_wrap=True)
    if remedy:
        errors.print(f"  [bold]try:[/] {_escape(remedy)}", soft_wrap=True)


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show long work on the error stream of a terminal; yields what to tell (done, total).

    Elsewhere, and while nothing is told, nothing is shown.
    """
    if not errors.is_terminal:
        yield lambda _done, _total: None
        return
    from rich.progress import Progress

    with Progress(console=errors, transient=True) as bars:
        task = bars.add_task(what, total=None, visible=False)
        yield lambda done, total: bars.update(task, completed=done, total=total, visible=True)


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


def format_span(seconds: int) -> str:
    """Return a duration in its two largest units, rounded down: ``20 d 23 h``."""
    for place, (unit, size) in enumerate(_UNITS):
        if seconds >= size:
            text = f"{seconds // size} {unit}"
            for smaller, length in _UNITS[place + 1 : place + 2]:
                rest = seconds % size // length
                text += f" {rest} {smaller}" if rest else ""
            return text
    return "0 s"


def format_time(seconds: int) -> str:
    """Return a moment in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


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


def _fit(names: Sequence[str], cells: list[list[str]]) -> list[list[str]]:
    """Return cells that fit the console; columns are cut from the last on, the first one at last.

    The first column is what other commands take, so it stays whole as long as that helps.
    """
    fitted = cells
    for place in (*range(len(names) - 1, 0, -1), 0):
        if _width_of(names, fitted) <= console.width:
            break
        fitted = [
            [_shorten(text) if column == place else text for column, text in enumerate(line)]
            for line in fitted
        ]
    return fitted


def _width_of(names: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """Return the columns that a table needs when nothing is folded."""
    columns = zip(names, *cells, strict=True)
    return sum(max(map(len, column)) + 2 for column in columns)


def _shorten(text: str) -> str:
    """Return a hash or address as its first and last digits, an amount with six decimals."""
    if text.startswith("0x") and len(text) >= 24:
        return f"{text[:8]}…{text[-4:]}"
    return _LONG_AMOUNT.sub(r"\1… AIT", text)


def _for_programs(value: Any) -> Any:
    """Return a value with keys of one word, times as seconds, and amounts as strings of wei.

    Integers that a JSON reader would round are decimal strings too.
    """
    if isinstance(value, Mapping):
        return {key.replace(" ", "_"): _for_programs(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_for_programs(item) for item in value]
    if isinstance(value, When):
        return _for_programs(value.seconds or None)
    if isinstance(value, Percent):
        return int(value) / 100
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


def show_text(value: Any) -> str:
    """Return a value as people see it."""
    if value is None:
        return "-"
    if isinstance(value, bytes | bytearray):
        return "0x" + bytes(value).hex()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Wei):
        return format_ait(value)
    if isinstance(value, Span):
        return format_span(value)
    if isinstance(value, Percent):
        return f"{int(value) / 100:.2f} %"
    if isinstance(value, Coded):
        return value.words
    if isinstance(value, When):
        return _when_text(value)
    if isinstance(value, list | tuple):
        return ", ".join(map(show_text, value)) or "-"
    return clean_text(str(value))


def clean_text(text: str) -> str:
    """Return text of strangers without what a terminal would obey: controls, escapes, overrides."""
    return "".join(map(_clean_letter, text))


def _clean_letter(letter: str) -> str:
    if letter.isprintable() or letter in "\n\t":
        return letter
    return " " if letter.isspace() else "\ufffd"


def _when_text(when: When) -> str:
    if not when.seconds:
        return "-"
    try:
        text = format_time(when.seconds)
    except (ValueError, OverflowError):
        return "never"
    left = when.seconds - when.now
    if not left:
        return f"{text} (now)"
    return f"{text} (in {format_span(left)})" if left > 0 else f"{text} ({format_span(-left)} ago)"


def _escape(text: str) -> str:
    return text.replace("[", r"\[")
