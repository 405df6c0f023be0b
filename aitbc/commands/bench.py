"""``aitbc bench``: run the benchmarks of the source tree and print a table."""

import importlib
import os
import platform
from dataclasses import asdict
from typing import Any, Final

import click
from rich.table import Table

from aitbc.output import console, fail, json_flag, print_json

NAMES: Final = ("finality", "transfers", "state_updates", "evm_gas", "compute")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
@json_flag
def bench(names: tuple[str, ...], is_json: bool) -> None:
    """Measure this machine: all benchmarks, or those NAMED."""
    results: list[Any] = []
    for name in names or NAMES:
        try:
            module: Any = importlib.import_module(f"bench.{name}")
        except ModuleNotFoundError as error:
            fail(
                f"benchmark {name} cannot be loaded: {error}",
                "run make bench in a source tree; it installs the test extras",
            )
        with console.status(f"{name} ...") as status:
            for result in module.run():
                results.append(result)
                status.update(f"{name} ... {result.name}")
    if is_json:
        print_json({"machine": _machine(), "results": [asdict(result) for result in results]})
        return
    table = Table(box=None, pad_edge=False, header_style="bold", title_justify="left")
    for column, justify in (
        ("benchmark", "left"),
        ("value", "right"),
        ("", "left"),
        ("target", "left"),
    ):
        table.add_column(column, justify=justify)  # type: ignore[arg-type]
    for result in results:
        table.add_row(result.name, f"{result.value:,.2f}", result.unit, result.target)
    console.print(table)
    console.print(_machine(), style="dim")


def _machine() -> str:
    processor = platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}"
