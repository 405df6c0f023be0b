"""``aitbc-miner``: the miner's commands and the keystore alone, as the miner package ships them."""

import os
import sys
from pathlib import Path

import click

from aitbc import __version__


def main() -> None:
    """Run the miner's command line; exit status as ``aitbc``'s."""
    _keep_compiled_kernels()
    from aitbc.cli import run_reporting
    from aitbc.commands.keys import keys
    from aitbc.commands.miner import miner
    from aitbc.commands.node import version
    from aitbc.commands.selfcheck import miner_selfcheck

    commands = {**miner.commands, "keys": keys, "version": version, "selfcheck": miner_selfcheck}
    app = click.Group(
        "aitbc-miner",
        commands=commands,
        help="Sell compute on AITBC: find jobs, compute, prove, be paid. Start with: doctor.",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app = click.version_option(__version__, prog_name="aitbc-miner")(app)
    run_reporting(lambda: app(prog_name="aitbc-miner"))


def _keep_compiled_kernels() -> None:
    """Let numba keep its machine code in the home directory: a one-file binary has no other place.

    Every start of such a binary unpacks itself anew, and would compile anew as well.
    """
    if getattr(sys, "frozen", False):
        home = Path(os.environ.get("AITBC_HOME") or Path.home() / ".aitbc")
        os.environ.setdefault("NUMBA_CACHE_DIR", str(home / "cache" / "kernels"))


if __name__ == "__main__":
    main()
