"""``aitbc selfcheck``: compile the kernels and check this machine's arithmetic once."""

import time
from collections.abc import Callable

import click

from aitbc.output import console


@click.command()
def selfcheck() -> None:
    """Compile the kernels into their cache and check hashes, signatures and products."""
    from state.trie.hashing import warm_up

    _check(warm_up)


@click.command("selfcheck")
def miner_selfcheck() -> None:
    """Compile the work kernels into their cache and check products and signatures."""
    _check()


def _check(*others: Callable[[], object]) -> None:
    from miner.arithmetic import check_arithmetic
    from primitives.sha256_batch import warm_up as check_hashes

    began = time.perf_counter()
    with console.status("compiling kernels (once) ..."):
        for check in (*others, check_hashes, check_arithmetic):
            check()
    console.print(f"selfcheck passed in {time.perf_counter() - began:.1f} s", style="dim")
