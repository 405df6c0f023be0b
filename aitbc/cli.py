"""``aitbc``: one group of commands per part of the system.

Command modules are imported when their group is used, so that ``aitbc --help`` stays quick.
"""

import importlib
import sys
from collections.abc import Callable
from typing import Final

import click

from aitbc import __version__
from aitbc.output import errors, show_error

_GROUPS: Final[dict[str, tuple[str, str]]] = {
    "init": ("aitbc.commands.node", "Make a home directory: keys, genesis, configuration."),
    "start": ("aitbc.commands.node", "Run a node."),
    "status": ("aitbc.commands.node", "Show what a running node says of itself."),
    "version": ("aitbc.commands.node", "Print the version."),
    "selfcheck": ("aitbc.commands.selfcheck", "Compile kernels, check this machine's arithmetic."),
    "config": ("aitbc.commands.node", "Show or check the configuration."),
    "genesis": ("aitbc.commands.genesis", "Make and check genesis files."),
    "devnet": ("aitbc.commands.devnet", "A whole network on this machine."),
    "keys": ("aitbc.commands.keys", "Keystore: new, import, list, export, delete, sign, verify."),
    "send": ("aitbc.commands.transactions", "Send AIT or call data to an account."),
    "call": ("aitbc.commands.transactions", "Read from a contract."),
    "tx": ("aitbc.commands.transactions", "Show a transaction."),
    "block": ("aitbc.commands.transactions", "Show a block."),
    "account": ("aitbc.commands.transactions", "Show an account."),
    "contracts": ("aitbc.commands.contracts", "Native contracts: list, abi, solidity, layout."),
    "gov": ("aitbc.commands.gov", "Proposals, votes, upgrades, parameters."),
    "staking": ("aitbc.commands.staking", "Validators, delegation, rewards, unbonding."),
    "guardian": ("aitbc.commands.guardian", "Vaults of agents: limits, time lock, recovery."),
    "message": ("aitbc.commands.message", "Forum and sealed letters on chain."),
    "job": ("aitbc.commands.job", "Submit jobs to miners; post and follow products."),
    "market": ("aitbc.commands.market", "Offers, orders, auctions, leases, miners, prices."),
    "receipt": ("aitbc.commands.receipt", "Compute receipts: show, verify, claim, demand."),
    "dispute": ("aitbc.commands.dispute", "Challenges, games, arbitration: a verb per call."),
    "miner": ("aitbc.commands.miner", "Find jobs, compute, prove, be paid."),
    "bench": ("aitbc.commands.bench", "Measure this machine."),
}


class _LazyGroup(click.Group):
    """Resolves a command by importing its module at first use; listing imports none."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _GROUPS:
            return None
        module = importlib.import_module(_GROUPS[cmd_name][0])
        command = getattr(module, cmd_name.replace("-", "_"))
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in _GROUPS.items()])


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aitbc")
def app() -> None:
    """AITBC: a blockchain for AI compute. Start with: aitbc devnet up."""


def main() -> None:
    """Run the command line; known errors become one line with a remedy.

    Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
    """
    run_reporting(lambda: app(prog_name="aitbc"))


def run_reporting(command: Callable[[], object]) -> None:
    """Run a command line and turn known errors into one line with a remedy."""
    from primitives.errors import AitbcError, ConfigError

    try:
        command()
    except ConfigError as error:
        show_error(error.problem, error.remedy)
        sys.exit(1)
    except AitbcError as error:
        show_error(getattr(error, "problem", str(error)), getattr(error, "remedy", ""))
        sys.exit(1)
    except KeyboardInterrupt:
        errors.print("interrupted")
        sys.exit(130)
