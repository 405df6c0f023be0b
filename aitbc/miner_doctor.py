"""What ``aitbc miner doctor`` looks at: every line PASS, WARN or FAIL, with the fix."""

import asyncio
import os
import resource
import shutil
import socket
import time
from collections.abc import Awaitable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from contracts.disputes.v1.contract import Disputes
from contracts.marketplace.v1.contract import Marketplace
from contracts.receipts.v1.contract import Receipts
from miner.backends.backend import WorkRefusedError
from miner.backends.devices import find_devices
from miner.chain import Chain, Head
from miner.config import Loaded, is_private
from miner.leases.server import split_address
from miner.native_calls import place_of
from miner.status_server import LOOPBACK
from primitives.errors import AitbcError, ConfigError
from rpc.client import NodeUnreachableError, RpcClient
from wallet.sealing import mailbox_key

DISK_BYTES_MIN: Final = 2 * 2**30
FILES_MIN: Final = 1_024
HEAD_AGE_SECONDS: Final = 30
GAS_WEI_MIN: Final = 10**17
CLOCK_SECONDS: Final = 30
ENDPOINT_SECONDS: Final = 5.0


class Level(StrEnum):
    """How bad it is."""

    PASS = "PASS"  # noqa: S105 - no password
    WARN = "WARN"
    FAIL = "FAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at."""

    level: Level
    what: str
    found: str
    fix: str = ""


class Doctor:
    """Looks at one home; ``secret`` is None when no key could be read, for ``key_problem``."""

    def __init__(
        self, loaded: Loaded, secret: bytes | None, key_problem: str, key_fix: str
    ) -> None:
        self._loaded = loaded
        self._config = loaded.config
        self._secret = secret
        self._key_problem = key_problem
        self._key_fix = key_fix
        self.lines: list[Line] = []

    async def run(self, *, is_running: bool) -> list[Line]:
        """Look at everything; one thing that cannot be looked at does not keep the others."""
        self._machine()
        if not is_running:  # who has them then
            self._ports()
        self._key()
        await self._chain(is_running=is_running)
        await self._work()
        await self._endpoint(is_running=is_running)
        return self.lines

    def _say(self, level: Level, what: str, found: str, fix: str = "") -> None:
        self.lines.append(Line(level=level, what=what, found=found, fix=fix))

    def _check(self, is_good: bool, what: str, found: str, fix: str, *, bad: Level) -> None:
        self._say(Level.PASS if is_good else bad, what, found, "" if is_good else fix)

    # --- this machine ---------------------------------------------------------------------------

    def _machine(self) -> None:
        directory = self._loaded.path.parent
        path = self._loaded.path
        if path.exists():
            self._check(
                is_private(path), "configuration", str(path), f"chmod 600 {path}", bad=Level.WARN
            )
        else:
            self._say(
                Level.WARN, "configuration", f"no {path}, defaults are used", "aitbc miner init"
            )
        existing = next(p for p in (directory, *directory.parents) if p.exists())
        free = shutil.disk_usage(existing).free
        self._check(
            free >= DISK_BYTES_MIN,
            "disk",
            f"{free / 2**30:.1f} GiB free at {existing}",
            "free some space: receipts must be written before they leave",
            bad=Level.FAIL,
        )
        self._check(
            os.access(existing, os.W_OK),
            "home",
            str(directory),
            f"make it writable for this user: {existing}",
            bad=Level.FAIL,
        )
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._check(
            files >= FILES_MIN, "open files", f"at most {files}", "ulimit -n 4096", bad=Level.WARN
        )
        for device in find_devices():
            memory = f", {device.memory_mib} MiB" if device.memory_mib else ""
            cores = f", {device.cores} cores" if device.cores else ""
            self._say(Level.PASS, f"device {device.id}", f"{device.name}{cores}{memory}")
        from miner.arithmetic import check_arithmetic

        try:
            check_arithmetic()
        except ConfigError as error:
            self._say(Level.FAIL, "arithmetic", error.problem, error.remedy)
        else:
            self._say(Level.PASS, "arithmetic", "kernels agree with their definitions")

    def _ports(self) -> None:
        """Try the ports that a start would need."""
        section = self._config.miner
        fix = "stop what listens there, or set another miner.status_port"
        self._port("status port", LOOPBACK, section.status_port, fix)
        if section.leases and (self._config.model or self._config.engine):
            host, port = split_address(section.listen)
            fix = "stop what listens there, or set another miner.listen, and miner.endpoint to it"
            self._port("listen", host, port, fix)

    def _port(self, what: str, host: str, port: int, fix: str) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            socket.create_server((host, port), family=family).close()
        except OSError as error:
            self._say(Level.FAIL, what, f"{host}:{port}: {error.strerror or error}", fix)
        else:
            self._say(Level.PASS, what, f"{host}:{port} is free")

    def _key(self) -> None:
        if self._secret is None:
            self._say(Level.FAIL, "key", self._key_problem, self._key_fix)
            return
        from primitives.keys import secret_to_address

        self._say(Level.PASS, "key", "0x" + secret_to_address(self._secret).hex())

    # --- the chain ------------------------------------------------------------------------------

    async def _chain(self, *, is_running: bool) -> None:
        answers = [await self._node(url) for url in self._config.miner.rpc]
        if not any(answers):
            return
        async with RpcClient(*self._config.miner.rpc) as client:
            chain = Chain(client)
            try:
                head = await chain.head()
                await self._contracts(chain)
                if self._secret is not None:
                    await self._account(chain, head, is_running=is_running)
            except NodeUnreachableError:
                return
            except AitbcError as error:
                self._say(Level.FAIL, "chain", str(error), "run this release's node")

    async def _node(self, url: str) -> bool:
        """Look at one node; answer whether it answers."""
        async with RpcClient(url, request_seconds=5.0) as client:
            chain = Chain(client)
            try:
                number, head = await chain.chain_id(), await chain.head()
            except AitbcError as error:
                why = str(error).partition(";")[0]
                self._say(Level.FAIL, f"node {url}", why, "start it, or name another: --rpc")
                return False
        age = int(time.time()) - head.timestamp
        found = f"chain {number}, height {head.height}, newest block {age} s old"
        if age < -CLOCK_SECONDS:
            self._say(Level.FAIL, f"node {url}", found, "set this machine's clock: timedatectl")
            return True
        fix = "wait until the node has caught up, or name another one"
        self._check(age <= HEAD_AGE_SECONDS, f"node {url}", found, fix, bad=Level.WARN)
        return True

    async def _contracts(self, chain: Chain) -> None:
        missing = [
            contract.name
            for contract in (Marketplace, Receipts, Disputes)
            if not await chain.code(place_of(contract))
        ]
        self._check(
            not missing,
            "contracts",
            f"not active: {', '.join(missing)}" if missing else "all active",
            "this chain cannot pay miners yet: aitbc gov versions",
            bad=Level.FAIL,
        )

    async def _account(self, chain: Chain, head: Head, *, is_running: bool) -> None:
        from primitives.keys import secret_to_address

        assert self._secret is not None
        me = secret_to_address(self._secret)
        info = await chain.miner(me)
        balance = await chain.balance(me)
        is_registered = any(info.operator_key)
        needed = GAS_WEI_MIN + (0 if is_registered else self._config.miner.bond)
        self._check(
            balance >= needed,
            "balance",
            f"{balance / 10**18:.4f} AIT",
            f"send at least {needed / 10**18:g} AIT to 0x{me.hex()}",
            bad=Level.FAIL,
        )
        if not is_registered:
            self._say(Level.WARN, "registration", "none yet", "aitbc miner start registers")
            return
        standing = await chain.view(Marketplace, "standing", me)
        if standing.convicted_height:
            found = f"convicted at height {standing.convicted_height}"
            self._say(Level.FAIL, "registration", found, "mine with another account")
            return
        self._check(
            not info.leaving_at,
            "bond",
            f"{info.bond / 10**18:g} AIT, {info.locked / 10**18:g} locked",
            "the miner is leaving; stay with: aitbc miner stake add 0",
            bad=Level.FAIL,
        )
        free = info.bond - info.locked
        self._check(
            free * 10 >= info.bond or not info.bond,
            "free bond",
            f"{free / 10**18:g} AIT",
            "no room for new leases: aitbc miner stake add AMOUNT",
            bad=Level.WARN,
        )
        self._check(
            info.operator_key == me,
            "operator",
            "0x" + info.operator_key.hex(),
            "receipts are signed by another key: run with it, or setOperator",
            bad=Level.FAIL,
        )
        capacity = await chain.view(Marketplace, "capacity", me)
        if self._config.miner.leases and is_running:
            self._check(
                capacity.sealing_key == mailbox_key(self._secret),
                "sealing key",
                "registered" if any(capacity.sealing_key) else "none",
                "the running miner registers it; look again in a moment",
                bad=Level.WARN,
            )
        if self._config.miner.certify:
            is_valid = capacity.expires_at > head.timestamp
            found = f"{capacity.macs_per_second / 1e9:.2f} GMAC/s certified"
            fix = "wait for the next epoch's window with the miner running"
            self._check(is_valid, "certificate", found, fix, bad=Level.WARN)

    # --- what is sold ---------------------------------------------------------------------------

    async def _work(self) -> None:
        config, directory = self._config, self._loaded.path.parent
        if not config.miner.leases:
            self._say(Level.PASS, "leases", "turned off")
            return
        if not config.model and not config.engine:
            self._say(
                Level.WARN,
                "leases",
                "no model and no engine is configured",
                "aitbc miner models pull small; aitbc miner start --model small",
            )
        for model in config.model:
            await self._guard(f"model {model.path}", self._model(directory, model))
        for engine in config.engine:
            await self._guard(f"engine {engine.model}", self._engine(engine))

    async def _guard(self, what: str, look: Awaitable[str]) -> None:
        try:
            self._say(Level.PASS, what, await look)
        except WorkRefusedError as error:
            self._say(Level.FAIL, what, error.problem, error.remedy)
        except ConfigError as error:
            self._say(Level.FAIL, what, error.problem, error.remedy)

    async def _model(self, directory: Path, entry: Any) -> str:
        from miner.assembly import model_path
        from miner.exact.model import verify_model

        root = await asyncio.to_thread(lambda: verify_model(model_path(directory, entry.path)))
        return f"root 0x{root.hex()}"

    async def _engine(self, entry: Any) -> str:
        from miner.assembly import make_engine
        from miner.backends.engine import open_engine

        opened = await open_engine(make_engine(entry), "engine")
        await opened.close()
        return f"answers; model root 0x{opened.served.model_root.hex()}"

    async def _endpoint(self, *, is_running: bool) -> None:
        """Ask the registered address for a lease that does not exist: a desk says so."""
        section = self._config.miner
        if not section.leases or not (self._config.model or self._config.engine):
            return
        url = section.endpoint or f"http://{section.listen}"
        if "127.0.0.1" in url or "localhost" in url:
            self._say(
                Level.WARN,
                "endpoint",
                f"{url} is reachable from this machine alone",
                "set miner.endpoint to a URL that clients reach, and miner.listen behind it",
            )
        if not is_running:
            return
        import aiohttp

        timeout = aiohttp.ClientTimeout(total=ENDPOINT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.get(f"{url}/v1/leases/{'00' * 32}") as response,
            ):
                answer = await response.json()
            is_desk = isinstance(answer, dict) and answer.get("code") == "unknown_lease"
        except (aiohttp.ClientError, TimeoutError, ValueError):
            is_desk = False
        fix = "let connections through to miner.listen, and check miner.endpoint"
        found = "a desk answers" if is_desk else f"{url} is not answered by a desk"
        self._check(is_desk, "endpoint answers", found, fix, bad=Level.FAIL)
