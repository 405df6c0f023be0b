"""``aitbc bench``: run the benchmarks of the source tree and print a table."""

import importlib
import os
import platform
from dataclasses import asdict
from typing import Any, Final

import click
from rich.table import Table

from aitbc.output import console, fail, json_flag, print_json, print_rows

NAMES: Final = (
    "finality", "transfers", "state_updates", "evm_gas", "compute", "receipts", "contracts",
    "integer_model",
)  # fmt: skip
WEIGHTS: Final = "weights"
"""Not a benchmark of the machine: the committed gas of the contracts, beside what it should be."""


@click.command()
@click.argument("names", nargs=-1, type=click.Choice((*NAMES, WEIGHTS)))
@click.option("--write", "is_written", is_flag=True, help="With weights: commit what is off.")
@json_flag
def bench(names: tuple[str, ...], is_json: bool, is_written: bool) -> None:
    """Measure this machine: all benchmarks, or those NAMED.

    ``weights`` measures the base weight of every method of every contract instead.
    """
    if WEIGHTS in names:
        if names != (WEIGHTS,):
            fail("weights are measured alone", "name no benchmark beside them")
        measure_weights(is_json=is_json, is_written=is_written)
        return
    if is_written:
        fail("--write goes with weights", "run aitbc bench weights --write")
    results: list[Any] = []
    for name in names or NAMES:
        module = _load(name)
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


def measure_weights(*, is_json: bool, is_written: bool) -> None:
    """Print what each method's base weight is committed and measured as; rewrite what is off."""
    module = _load(WEIGHTS)
    with console.status("weights ...") as status:
        weights = module.measure(lambda text: status.update(f"weights ... {text}"))
    written = module.write(weights) if is_written else []
    rows = [
        {
            "contract": f"{weight.contract} {weight.version}".strip(),
            "method": weight.method,
            "ns": round(weight.ns),
            "gas": weight.gas,
            "weight": weight.weight,
            "committed": weight.committed,
            "ratio": round(weight.ratio, 2),
            "is_off": weight.is_off,
        }
        for weight in weights
    ]
    if is_json:
        print_json({"machine": _machine(), "weights": rows, "written": len(written)})
        return
    print_rows(rows, is_json=False)
    off = sum(weight.is_off for weight in weights)
    console.print(f"{len(rows)} numbers, {off} off, {len(written)} rewritten. {_machine()}")


def _load(name: str) -> Any:
    try:
        return importlib.import_module(f"bench.{name}")
    except ModuleNotFoundError as error:
        fail(
            f"benchmark {name} cannot be loaded: {error}",
            "run make bench in a source tree; it installs the test extras",
        )


def _machine() -> str:
    processor = platform.processor() or platform.machine()
    return f"{processor}, {os.cpu_count()} cores, Python {platform.python_version()}"
