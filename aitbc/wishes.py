"""What commands of the market have in common: a client's wish as options, and models by name."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from aitbc.arguments import AMOUNT, DURATION, parse_hex
from aitbc.output import progress_bar
from miner.client.orders import (
    EXPIRY_SECONDS,
    KIND_NAMES,
    LEASE_SECONDS,
    Wish,
    classes_of,
    default_classes,
)
from miner.exact.generate import install_small
from miner.exact.model import list_models, load_model
from node.config import default_home
from primitives.compute import KIND_INTEGER_MODEL, UNIT_MACS, UNIT_SECONDS, UNIT_TOKENS
from primitives.errors import ConfigError

F = TypeVar("F", bound=Callable[..., Any])
UNIT_NAMES: Final = {"tokens": UNIT_TOKENS, "macs": UNIT_MACS, "seconds": UNIT_SECONDS}
SMALL: Final = "small"
"""Names the exact model that comes with the package."""
_NUMBER: Final = click.IntRange(min=0)

_OPTIONS: Final = (
    click.option("--model", help="Model root (0x...), a .aitbcm file, or 'small'; default: any."),
    click.option("--kind", type=click.Choice(list(KIND_NAMES)), help="Kind of job."),
    click.option("--class", "class_name", help="Verification: v0, v1, v2, v3, or several: v0+v2."),
    click.option("--budget", type=AMOUNT, default="0", help="Most AIT to pay in all."),
    click.option("--price", type=AMOUNT, default="0", help="Most AIT to pay per unit."),
    click.option("--gpu-class", type=_NUMBER, default=0, help="GPU class number; 0 is any."),
    click.option("--region", type=_NUMBER, default=0, help="Region number; 0 is any."),
    click.option("--vram", type=_NUMBER, default=0, help="Least memory, in MiB."),
    click.option("--latency", type=_NUMBER, default=0, help="Most latency, in ms; 0 is any."),
    click.option("--rate", type=_NUMBER, default=0, help="Least certified MACs per second."),
    click.option("--deadline", type=DURATION, default=LEASE_SECONDS, help="How long it may work."),
    click.option("--expiry", type=DURATION, default=EXPIRY_SECONDS, help="How long to find one."),
    click.option("--window", type=_NUMBER, default=0, help="Blocks to challenge; least allowed."),
)


def wish_options(function: F) -> F:
    """Add the terms of an order as options; the command gets them as ``make_wish(units, ...)``."""

    @functools.wraps(function)
    def wrapper(
        model: str | None,
        kind: str | None,
        class_name: str | None,
        budget: int,
        price: int,
        gpu_class: int,
        region: int,
        vram: int,
        latency: int,
        rate: int,
        deadline: int,
        expiry: int,
        window: int,
        **rest: Any,
    ) -> Any:
        def make_wish(home: Path | None, units: int, unit_kind: int = UNIT_TOKENS) -> Wish:
            root, found = model_of(home, model)
            number = KIND_NAMES[kind] if kind else _kind_of(found)
            classes = default_classes(number) if class_name is None else classes_of(class_name)
            return Wish(
                kind=number,
                model_root=root,
                units_max=units,
                unit_kind=unit_kind,
                classes=classes,
                budget=budget,
                unit_price_max=price,
                gpu_class=gpu_class,
                region=region,
                vram_mib=vram,
                latency_ms=latency,
                macs_per_second=rate,
                deadline_seconds=deadline,
                expiry_seconds=expiry,
                window_blocks=window,
            )

        return function(make_wish=make_wish, **rest)

    for option in reversed(_OPTIONS):
        wrapper = option(wrapper)
    return wrapper  # type: ignore[return-value]


def model_of(home: Path | None, name: str | None) -> tuple[bytes, Path | None]:
    """Return a model's root and, where it is an exact model known here, its file.

    Raises:
        ConfigError: the name is neither root, file nor 'small'.
    """
    if name is None:
        return bytes(32), None
    if name == SMALL:
        path = install_small(models_folder(home))
    elif name.startswith("0x"):
        root = parse_hex(name, 32)
        return root, find_model(home, root)
    else:
        path = Path(name)
        if not path.is_file():
            raise ConfigError(
                f"no model {name!r}", "Give the root (0x...), a .aitbcm file, or small"
            )
    return _root_of(path), path


def find_model(home: Path | None, root: bytes) -> Path | None:
    """Return the file in HOME/models that has a root, None when there is none."""
    folder = models_folder(home)
    for path, _ in list_models(folder) if folder.is_dir() else ():
        if _root_of(path) == root:
            return path
    return None


def models_folder(home: Path | None) -> Path:
    """Return where a home directory keeps exact models."""
    return (home or default_home()) / "models"


def _root_of(path: Path) -> bytes:
    with progress_bar(f"hashing {path.name}") as report:
        return load_model(path).levels(report)[-1][0]


def _kind_of(path: Path | None) -> int:
    if path is not None:
        return KIND_INTEGER_MODEL
    return KIND_NAMES["llm"]
