"""Which native code answers where: the releases of this node, and those that the chain has active.

A ``Registry`` holds every version of every contract that this node ships. ``ActiveContracts`` joins
it with governance's record of active versions, for the length of one block: the host dispatches
calls and hooks through it. The checkpoint around each of these is the host's (rule C1 of
``contracts.context``).

V1. The active version of a contract is what governance's slot 0 maps its address to, zero when the
    contract is not active; a registry without governance runs the first release of each.
V2. Versions change in governance's end-of-block hook alone, so one block runs one version, and all
    hooks of a block run in the version with which the block began.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from contracts.context import Context
from contracts.errors import MissingRelease
from contracts.framework.contract import Contract
from contracts.framework.version import NO_VERSION, VERSION_BITS, version_text
from contracts.places import GOVERNANCE_ADDRESS, native_address
from primitives.errors import InvariantError
from primitives.keccak import keccak256

CODE_PREFIX: Final = b"\xfeAITBC"
CODE_INDEX_BYTES: Final = 2
NATIVE_NONCE: Final = 1

ContextFactory = Callable[[bytes], Context]
"""Makes the block-hook context of the contract at an address (rule C4)."""

Release = type[Contract]


def native_code(index: int) -> bytes:
    """Return the account code of a native contract: INVALID, "AITBC", index in two bytes.

    Non-empty, so that EXTCODESIZE answers and EIP-161 never deletes the account; its first byte
    halts whoever runs it by DELEGATECALL.
    """
    return CODE_PREFIX + index.to_bytes(CODE_INDEX_BYTES, "big")


def active_version_slot(address: bytes) -> int:
    """Return the slot of governance that holds a contract's active version (V1)."""
    return int.from_bytes(keccak256(address.rjust(32, b"\0") + bytes(32)), "big")


class Registry:
    """The native contracts of this node by address, each with its releases in ascending order.

    ``identity`` returns the code hash of a release as it lies on this machine; a registry without
    it takes its code for what was approved.
    """

    __slots__ = ("_by_name", "_identity", "_releases", "is_governed")

    def __init__(
        self, releases: Iterable[Release], identity: Callable[[Release], bytes] | None = None
    ) -> None:
        self._identity = identity
        self._releases: dict[bytes, tuple[Release, ...]] = {}
        self._by_name: dict[str, bytes] = {}
        for release in sorted(releases, key=lambda r: (r.index, r.version_packed)):
            address = native_address(release.index)
            known = self._releases.get(address, ())
            if known and known[0].name != release.name:
                raise InvariantError("two native contracts share an address")
            if known and known[-1].version_packed == release.version_packed:
                raise InvariantError(f"{release.name} {release.version} is registered twice")
            if known and not _migrates(release):
                raise InvariantError(f"{release.name} {release.version} declares no migration")
            if self._by_name.setdefault(release.name, address) != address:
                raise InvariantError(f"two native contracts are called {release.name}")
            self._releases[address] = (*known, release)
        self.is_governed = GOVERNANCE_ADDRESS in self._releases

    def addresses(self) -> tuple[bytes, ...]:
        """Return all native addresses, ascending."""
        return tuple(self._releases)

    def address_of(self, name: str) -> bytes | None:
        """Return where the contract of this name lives, None for an unknown name."""
        return self._by_name.get(name)

    def releases(self, address: bytes) -> tuple[Release, ...]:
        """Return the versions of a contract that this node ships, ascending; none elsewhere."""
        return self._releases.get(address, ())

    def first(self, address: bytes) -> Release:
        """Return the first release at a native address; KeyError elsewhere."""
        return self._releases[address][0]

    def release(self, address: bytes, version: int) -> Release:
        """Return one release.

        Raises:
            MissingRelease: this node does not ship it.
        """
        for release in self._releases.get(address, ()):
            if release.version_packed == version:
                return release
        known = self._releases.get(address)
        name = known[0].name if known else "0x" + address.hex()
        raise MissingRelease(name, version_text(version))

    def may_run_bytecode(self, address: bytes, calldata: bytes) -> bool:
        """Answer whether a call runs bytecode in any release; for those who ask before a block."""
        methods = (release.methods.get(calldata[:4]) for release in self.releases(address))
        return any(method is not None and method.spec.runs_bytecode for method in methods)

    def initial(self) -> tuple[tuple[bytes, Release], ...]:
        """Return (address, release) of what genesis activates."""
        pairs = ((address, releases[0]) for address, releases in self._releases.items())
        return tuple((address, release) for address, release in pairs if not release.is_dormant)

    def code(self, address: bytes) -> bytes:
        """Return the account code of ``address``."""
        return native_code(self._releases[address][0].index)

    def genesis(
        self,
        context_for: ContextFactory,
        settings: Mapping[Release, object],
        parameters: Mapping[str, Mapping[str, int]] | None = None,
    ) -> None:
        """Initialise what genesis activates, in address order: parameters, then settings.

        ``parameters`` are the chain's own values by contract name and key.

        Raises:
            InvariantError: a setting or parameter for a contract that is not there.
        """
        initial = self.initial()
        parameters = parameters or {}
        for release in settings:
            if release not in [known for _, known in initial]:
                raise InvariantError(f"{release.__name__} is not registered")
        for name in parameters:
            if name not in self._by_name:
                raise InvariantError(f"no native contract is called {name}")
        for address, release in initial:
            contract = release(context_for(address))
            contract.install(parameters.get(release.name, {}))
            if release in settings:
                contract.genesis(settings[release])

    def migration(
        self, address: bytes, current: int, target: int, code_hash: bytes = b""
    ) -> tuple[Callable[[Context], Any], ...]:
        """Return the steps from one version to another, each a function of the frame to run in.

        Raises:
            MissingRelease: this node lacks a version on the way, or its code is not the approved.
        """
        if current != NO_VERSION:
            self.release(address, current)
        if target != NO_VERSION:
            release = self.release(address, target)
            if any(code_hash) and self._identity and self._identity(release) != code_hash:
                raise MissingRelease(release.name, release.version)
        between = range(min(current, target) + 1, max(current, target) + 1)
        steps = [r for r in self.releases(address) if r.version_packed in between]
        if current == NO_VERSION and steps:
            first, *later = steps
            begin: list[Callable[[Context], Any]] = [lambda ctx: first(ctx).activate()]
            return (*begin, *(lambda ctx, r=release: r(ctx).upgrade() for release in later))
        if target > current:
            return tuple(lambda ctx, r=release: r(ctx).upgrade() for release in steps)
        return tuple(lambda ctx, r=release: r(ctx).downgrade() for release in reversed(steps))


class ActiveContracts:
    """The registry as one block sees it; ``read`` reads governance's storage, free of charge."""

    __slots__ = ("_active", "_read", "registry")

    def __init__(self, registry: Registry, read: Callable[[int], int]) -> None:
        self.registry = registry
        self._read = read
        self._active: dict[bytes, Release | None] = {}

    def at(self, address: bytes) -> Release | None:
        """Return the contract that answers at ``address``, None when no native one does.

        Raises:
            MissingRelease: the chain has activated a version that this node lacks.
        """
        try:
            return self._active[address]
        except KeyError:
            pass
        release = self._active[address] = self._resolve(address)
        return release

    def is_native(self, address: bytes) -> bool:
        """Answer whether an active native contract lives at ``address``."""
        return self.at(address) is not None

    def is_reserved(self, address: bytes, calldata: bytes) -> bool:
        """Answer whether a call may use the block gas that is kept for urgent calls."""
        release = self.at(address)
        method = release.methods.get(calldata[:4]) if release is not None else None
        return method is not None and method.spec.is_reserved

    def runs_bytecode(self, address: bytes, calldata: bytes) -> bool:
        """Answer whether a native call may run bytecode, whose gas is then bytecode's."""
        release = self.at(address)
        method = release.methods.get(calldata[:4]) if release is not None else None
        return method is not None and method.spec.runs_bytecode

    def forget(self) -> None:
        """Read governance's record again; after a migration."""
        self._active.clear()

    def begin_block(self, context_for: ContextFactory) -> None:
        """Run the begin-of-block hooks, in address order."""
        for address, release in self._all():
            if release.begin_block is not Contract.begin_block:
                release(context_for(address)).begin_block()

    def end_block(self, context_for: ContextFactory) -> None:
        """Run the end-of-block hooks, in address order (V2)."""
        for address, release in self._all():
            if release.end_block is not Contract.end_block:
                release(context_for(address)).end_block()

    def _all(self) -> list[tuple[bytes, Release]]:
        found = ((address, self.at(address)) for address in self.registry.addresses())
        return [(address, release) for address, release in found if release is not None]

    def _resolve(self, address: bytes) -> Release | None:
        releases = self.registry.releases(address)
        if not releases:
            return None
        if not self.registry.is_governed:
            return None if releases[0].is_dormant else releases[0]
        version = self._read(active_version_slot(address)) & (1 << VERSION_BITS) - 1
        return self.registry.release(address, version) if version != NO_VERSION else None


def _migrates(release: Release) -> bool:
    has_upgrade = release.upgrade is not Contract.upgrade
    return has_upgrade and release.downgrade is not Contract.downgrade
