"""The code that this node ships, and what the chain says of it.

``code_hash`` names a version by its source: sha256 over the sorted (path, bytes) of the version's
folder, and of the contract's earlier ones, from which it may inherit, with ABI, storage layout and
committed gas weights. ``check_releases`` refuses to start on a chain whose active versions this
node lacks; ``ReadinessReporter`` tells the chain, and the operator, about those that are coming.
"""

import asyncio
import hashlib
import inspect
import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from contracts.artifacts import contract_abi
from contracts.chain.v1.contract import ChainRules
from contracts.framework.contract import Contract
from contracts.framework.layout import contract_layout, layout_hash
from contracts.framework.version import version_text
from contracts.governance.v1.readers import (
    ComingVersion,
    coming_versions,
    is_ready,
    recorded_versions,
)
from contracts.places import GOVERNANCE_ADDRESS
from contracts.runtime import Registry
from contracts.system import SYSTEM_CONTRACTS
from node.validator_account import ValidatorAccount
from primitives.abi import encode_call
from primitives.errors import AitbcError, ConfigError
from primitives.types import Hash32
from state.chain import ExecutedBlock, Head
from state.view import StateView

log = structlog.get_logger("releases")

READY_GAS: Final = 400_000
RETRY_BLOCKS: Final = 30
RUNTIME_PACKAGES: Final = ("contracts/framework", "state", "evm", "primitives")
"""What a version of the pseudo-contract ``runtime`` is made of, beside its own folder."""


def code_hash(release: type[Contract]) -> bytes:
    """Return the code identity of a version that this node ships, 32 bytes; computed once."""
    known = _hashes.get(release)
    if known is None:
        known = _hashes[release] = _compute_hash(release)
    return known


def _compute_hash(release: type[Contract]) -> bytes:
    digest = hashlib.sha256()
    for path, data in sorted(_sources(release)):
        name = path.encode()
        digest.update(len(name).to_bytes(4, "big") + name)
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.digest()


def _sources(release: type[Contract]) -> Iterator[tuple[str, bytes]]:
    """Yield (path, bytes) of a version: its files, and what is generated from its declaration."""
    folder = Path(inspect.getfile(release)).parent
    root = folder.parents[2]
    number = _version_number(folder)
    folders = [f for f in folder.parent.glob("v*") if _version_number(f) <= number]
    if release.index == ChainRules.index:
        folders += [root / package for package in RUNTIME_PACKAGES]
    for path in sorted(path for place in folders for path in place.rglob("*.py")):
        yield path.relative_to(root).as_posix(), path.read_bytes()
    if release.index == ChainRules.index:
        for path in (root / "contracts").glob("*.py"):
            yield path.relative_to(root).as_posix(), path.read_bytes()
    generated = {
        "abi.json": contract_abi(release),
        "layout.json": contract_layout(release)["storage"],
        "weights.json": {method.name: method.gas for method in release.methods.values()},
    }
    for name, document in generated.items():
        yield name, json.dumps(document, sort_keys=True, separators=(",", ":")).encode()


def _version_number(folder: Path) -> int:
    """Return 2 for the folder ``v2``; 0 for a contract that lies elsewhere."""
    digits = folder.name.removeprefix("v")
    return int(digits) if digits.isdigit() else 0


def check_releases(registry: Registry, view: StateView) -> None:
    """Check that this node has what the chain runs.

    Raises:
        ConfigError: a version is missing, or its storage layout or code is another one.
    """
    for recorded in recorded_versions(partial(view.storage, GOVERNANCE_ADDRESS)):
        version = version_text(recorded.version)
        name = recorded.name or "0x" + recorded.address.hex()
        found = [
            release
            for release in registry.releases(recorded.address)
            if release.version_packed == recorded.version
        ]
        if not found:
            raise ConfigError(
                f"the chain runs {name} {version}, which this release lacks",
                "Install a release that has it, then start again; nothing is lost",
            )
        if recorded.layout_hash and layout_hash(found[0]) != recorded.layout_hash:
            raise ConfigError(
                f"{name} {version} of this release lays out its storage differently from the chain",
                "Install the release that this chain runs, or start a new chain (devnet: --reset)",
            )
        if any(recorded.code_hash) and code_hash(found[0]) != recorded.code_hash:
            raise ConfigError(
                f"{name} {version} of this release is not the code that the chain approved",
                "Install an unchanged release",
            )


_hashes: Final[dict[type[Contract], bytes]] = {}


SHIPPED: Final = Registry(SYSTEM_CONTRACTS, identity=code_hash)
"""The releases of this node, known by the code that lies on this machine."""


class ReadinessReporter:
    """Announces the code that this node has, and warns of the code that it lacks."""

    def __init__(self, registry: Registry, account: ValidatorAccount | None) -> None:
        self._registry = registry
        self._account = account
        self._announced: dict[int, int] = {}
        self._warned: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    def on_finalized(self, executed: ExecutedBlock, head: Head) -> None:  # noqa: ARG002
        """Look at what is being voted on; costs two reads when there is nothing."""
        read = partial(head.state.storage, GOVERNANCE_ADDRESS)
        for coming in coming_versions(read):
            ours = self._hash_of(coming)
            if ours is None or (any(coming.code_hash) and ours != coming.code_hash):
                self._warn(coming, has_version=ours is not None)
                continue
            self._announce(coming, ours, head)

    def _hash_of(self, coming: ComingVersion) -> bytes | None:
        for release in self._registry.releases(coming.address):
            if release.version_packed == coming.version:
                return code_hash(release)
        return None

    def _warn(self, coming: ComingVersion, *, has_version: bool) -> None:
        if coming.proposal in self._warned and not coming.is_approved:
            return
        if coming.is_approved and -coming.proposal in self._warned:
            return
        self._warned.add(-coming.proposal if coming.is_approved else coming.proposal)
        log.warning(
            "a coming version is not in this release: update before it is activated",
            proposal=coming.proposal,
            contract="0x" + coming.address.hex(),
            version=version_text(coming.version),
            code_hash="0x" + coming.code_hash.hex(),
            approved=coming.is_approved,
            why="other code under this version" if has_version else "no such version here",
        )

    def _announce(self, coming: ComingVersion, ours: bytes, head: Head) -> None:
        account = self._account
        if account is None:
            return
        last = self._announced.get(coming.proposal)
        if last is not None and head.height < last + RETRY_BLOCKS:
            return
        read = partial(head.state.storage, GOVERNANCE_ADDRESS)
        if is_ready(read, coming.proposal, account.address):
            return
        self._announced[coming.proposal] = head.height
        signature = "ready(address,string,bytes32)"
        data = encode_call(signature, coming.address, version_text(coming.version), ours)
        task = asyncio.ensure_future(self._send(account, coming, data))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _send(self, account: ValidatorAccount, coming: ComingVersion, data: bytes) -> None:
        try:
            sent: Hash32 = await account.send(GOVERNANCE_ADDRESS, data, READY_GAS)
        except AitbcError as error:
            log.warning(
                "readiness not announced: fund the validator's account",
                proposal=coming.proposal,
                account="0x" + account.address.hex(),
                why=str(error),
            )
        else:
            log.info("readiness announced", proposal=coming.proposal, tx="0x" + sent.hex())
