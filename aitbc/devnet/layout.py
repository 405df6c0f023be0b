"""Where a devnet lives and which ports its parts use.

``HOME/config/genesis.json``, ``HOME/nodes/K`` (a node's home each), ``HOME/miner``,
``HOME/run`` (process ids), ``HOME/logs``.
"""

import time
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any, Final

from aitbc.dev_accounts import DEV_SECRETS
from aitbc.devnet.ports import (
    LEASE_PORT,
    METRICS_PORT,
    MINER_PORT,
    P2P_PORT,
    PORT_STEP,
    RPC_PORT,
    default_port_offset,
    made_port_offset,
)
from contracts.system import genesis_parameters
from node.home import Home, load_secret
from node.setup import make_keys, peer_of, write_settings
from primitives.errors import ConfigError
from primitives.genesis import Genesis, GenesisAccount, GenesisValidator, decode_genesis
from primitives.keys import public_key, public_key_to_address, secret_to_address
from primitives.types import WEI_PER_AIT

MINER_ACCOUNT: Final = 8
POSTER_ACCOUNT: Final = 9
NODES_MAX: Final = 32
DEV_BALANCE: Final = 10_000 * WEI_PER_AIT
REPORTS_BALANCE: Final = 10 * WEI_PER_AIT
VALIDATOR_STAKE: Final = 10_000 * WEI_PER_AIT
EPOCH_BLOCKS: Final = 60
ContractParameters = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
"""A chain's own values: (contract name, ((key, value), ...))."""
SHORT_DURATIONS: Final[ContractParameters] = (
    (
        "governance",
        (
            ("emergencyVotingSeconds", 45),
            ("executionDelaySeconds", 5),
            ("expirySeconds", 300),
            ("rollbackSeconds", 300),
            ("votingSecondsMax", 600),
            ("votingSecondsMin", 60),
        ),
    ),
    (
        "guardian",
        (
            ("lockSecondsMin", 10),
            ("pauseSeconds", 600),
            ("presetLockSeconds", 60),
            ("recoverySeconds", 120),
        ),
    ),
    ("staking", (("jailSeconds", 60), ("unbondingSeconds", 3_600))),
)
"""Parameters of a devnet that differ from the defaults: nobody waits three days to try a vote."""


@dataclass(frozen=True, slots=True)
class Devnet:
    """Paths and addresses of a devnet."""

    root: Path

    @property
    def genesis(self) -> Path:
        """The derived genesis file."""
        return self.root / "config" / "genesis.json"

    @property
    def run(self) -> Path:
        """Process ids."""
        return self.root / "run"

    @property
    def logs(self) -> Path:
        """Log files."""
        return self.root / "logs"

    @property
    def miner(self) -> Path:
        """The miner's directory."""
        return self.root / "miner"

    @property
    def port_offset(self) -> int:
        """Return what is added to every port; fixed when the devnet was made."""
        made = made_port_offset(self.root)
        return default_port_offset() if made is None else made

    def rpc_port(self, index: int) -> int:
        """Return a node's RPC port."""
        return RPC_PORT + self.port_offset + PORT_STEP * index

    def rpc_url(self, index: int) -> str:
        """Return a node's RPC address."""
        return f"http://127.0.0.1:{self.rpc_port(index)}"

    def p2p_port(self, index: int) -> int:
        """Return a node's port for other nodes."""
        return P2P_PORT + self.port_offset + PORT_STEP * index

    def metrics_port(self, index: int) -> int:
        """Return a node's metrics port."""
        return METRICS_PORT + self.port_offset + PORT_STEP * index

    @property
    def miner_port(self) -> int:
        """Return the port of the miner's status."""
        return MINER_PORT + self.port_offset

    @property
    def lease_port(self) -> int:
        """Return the port where the miner's leases are served."""
        return LEASE_PORT + self.port_offset

    @property
    def exists(self) -> bool:
        """Answer whether a devnet was made here."""
        return self.genesis.exists()

    @property
    def size(self) -> int:
        """Return the number of nodes."""
        return len(list((self.root / "nodes").glob("[0-9]*")))

    def node(self, index: int) -> Home:
        """Return a node's home.

        Raises:
            ConfigError: no such node.
        """
        if not 0 <= index < max(self.size, 1):
            raise ConfigError(f"there is no node {index}", f"Nodes are 0 to {self.size - 1}")
        return Home(self.root / "nodes" / str(index))


def load_template() -> Genesis:
    """Return the root genesis file: of the source tree, or inside ``aitbc`` in a wheel."""
    source = Path(__file__).resolve().parents[2] / "genesis.json"
    if source.exists():
        return decode_genesis(source.read_bytes())
    return decode_genesis(resources.files("aitbc").joinpath("genesis.json").read_bytes())


def create(
    devnet: Devnet,
    nodes: int,
    block_time_ms: int,
    port_offset: int,
    chosen: ContractParameters,
) -> None:
    """Make keys, genesis and configuration of all nodes.

    ``chosen`` are contract parameters beside those that every devnet shortens.
    """
    devnet.genesis.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    (devnet.root / "config" / "port_offset").write_text(str(port_offset))
    homes = [Home(devnet.root / "nodes" / str(index)) for index in range(nodes)]
    for home in homes:
        make_keys(home, is_validator=True)
    genesis = _derive_genesis(homes, block_time_ms, chosen)
    genesis_parameters(genesis)
    peers = [
        f"{peer_of(home).hex()}@127.0.0.1:{devnet.p2p_port(index)}"
        for index, home in enumerate(homes)
    ]
    for index, home in enumerate(homes):
        others = [peer for k, peer in enumerate(peers) if k != index]
        write_settings(home, genesis, _settings(devnet, index, others))
    for path in (devnet.run, devnet.logs, devnet.miner, devnet.genesis.parent):
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    devnet.genesis.write_bytes(homes[0].genesis.read_bytes())


def _derive_genesis(homes: list[Home], block_time_ms: int, chosen: ContractParameters) -> Genesis:
    template = load_template()
    operators = [secret_to_address(bytes.fromhex(secret)) for secret in DEV_SECRETS]
    validators = []
    for index, home in enumerate(homes):
        secret = load_secret(home.validator_key)
        operator = operators[index] if index < len(operators) else secret_to_address(secret)
        validators.append(
            GenesisValidator(
                operator=operator,
                public_key=public_key(secret),
                stake=VALIDATOR_STAKE,
                fee_recipient=secret_to_address(secret),
                name=f"devnet-{index}",
            )
        )
    funded = tuple(GenesisAccount(address=a, balance=DEV_BALANCE) for a in operators)
    # The keys' own accounts pay for what a validator reports by itself.
    keys = (public_key_to_address(validator.public_key) for validator in validators)
    funded += tuple(GenesisAccount(address=a, balance=REPORTS_BALANCE) for a in keys)
    return replace(
        template,
        time_ms=int(time.time() * 1000),
        parameters=replace(
            template.parameters,
            epoch_blocks=EPOCH_BLOCKS,
            block_time_ms=block_time_ms,
            receipt_draw_first=2,
            receipt_draw_last=3,
            receipt_window_blocks_min=6,
        ),
        accounts=(*template.accounts, *funded),
        validators=tuple(validators),
        contracts=_merged(SHORT_DURATIONS, chosen),
    )


def _merged(first: ContractParameters, second: ContractParameters) -> ContractParameters:
    """Return both in order of name and key; the second one decides."""
    merged: dict[str, dict[str, int]] = {}
    for name, values in (*first, *second):
        merged.setdefault(name, {}).update(values)
    return tuple((name, tuple(sorted(merged[name].items()))) for name in sorted(merged))


def _settings(devnet: Devnet, index: int, peers: list[str]) -> dict[str, dict[str, Any]]:
    return {
        "node": {"name": f"devnet-{index}"},
        "p2p": {"port": devnet.p2p_port(index), "peers": peers},
        "rpc": {"port": devnet.rpc_port(index)},
        "metrics": {"port": devnet.metrics_port(index)},
    }
