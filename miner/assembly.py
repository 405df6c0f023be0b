"""Puts a miner together from its configuration, and takes it apart again."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from time import monotonic
from typing import Any, Final

import structlog

from miner.account import MinerAccount
from miner.backends.backend import Backend, WorkRefusedError
from miner.backends.catalog import Catalog
from miner.backends.engine import open_engine
from miner.backends.exact import ExactBackend, using
from miner.backends.scheduler import Lane, Priority, Scheduler
from miner.capacity import Certifier
from miner.chain import Chain
from miner.config import EngineEntry, Loaded, MinerConfig, load_config
from miner.engines.engine import Engine
from miner.engines.http import JsonHttp
from miner.engines.ollama import OllamaEngine
from miner.engines.openai import OpenAiEngine
from miner.exact.generate import install_small
from miner.games.defender import MinerDefender
from miner.journal import Journal
from miner.leases.bids import BidSettings
from miner.leases.book import LeaseBook
from miner.leases.desk import DeskSettings, LeaseDesk
from miner.leases.kept import BookWorks
from miner.leases.offers import OfferPlan
from miner.leases.plan import Patience
from miner.leases.proposals import Limits
from miner.leases.server import DeskServer
from miner.leases.service import LeaseService, ServiceSettings
from miner.leases.tally import DeskTally
from miner.runner import Miner, MinerSettings, Part
from miner.status_server import StatusServer
from miner.tally import Tally
from miner.work import ProductStore, fill_for
from primitives.errors import ConfigError
from primitives.keys import secret_to_address
from primitives.types import Hash32
from rpc.client import NodeUnreachableError

SMALL: Final = "small"
PID_FILE: Final = "pid"
RELOAD_SECONDS: Final = 5.0
_DAY: Final = 86_400


def miner_place(directory: Path, secret: bytes) -> Path:
    """Return where an account's journal lies below ``HOME/miner``."""
    return directory / secret_to_address(secret).hex()


async def run_miner(
    chain: Chain,
    *,
    loaded: Loaded,
    secret: bytes,
    stop: asyncio.Event,
    is_once: bool = False,
) -> None:
    """Run a miner until ``stop`` is set and everything with a deadline is done.

    Raises:
        ConfigError: the account or the configuration does not allow it; with a remedy.
        RefusedError: the chain refuses the registration.
    """
    config, directory = loaded.config, loaded.path.parent
    place = miner_place(directory, secret)
    async with AsyncExitStack() as stack:
        journal = Journal(place)
        stack.callback(journal.close)
        stack.enter_context(_pid_file(place / PID_FILE))
        chain_id = await first_answer(chain, stop)
        if chain_id is None:
            return
        account = MinerAccount(chain, journal, secret, chain_id)
        scheduler = make_scheduler(config)
        fill = fill_for(config.miner.backend)
        device = "cuda:0" if config.miner.backend == "cuda" else "cpu"

        def beside(priority: Priority) -> Callable[[Callable[[], Any]], Awaitable[Any]]:
            return lambda work: scheduler.run(device, priority, lambda: _on(device, work))

        tally = Tally(monotonic)
        miner = Miner(
            chain=chain,
            account=account,
            journal=journal,
            products=ProductStore(place / "products"),
            fill=fill,
            secret=secret,
            settings=_miner_settings(config, is_once=is_once),
            tally=tally,
            compute=beside(Priority.PRODUCT),
        )
        stack.push_async_callback(miner.close)
        server = StatusServer(miner.status, tally.registry)
        await server.start(config.miner.status_port)
        stack.push_async_callback(server.close)
        parts: list[Part] = []
        if config.miner.leases and (config.model or config.engine):
            parts.append(
                await _open_desk(stack, chain, account, scheduler, loaded, secret, chain_id, tally)
            )
        if config.miner.certify:
            certifier = Certifier(
                chain=chain,
                account=account,
                store=ProductStore(place / "capacity"),
                fill=fill,
                threads=config.miner.threads,
                compute=beside(Priority.CERTIFICATE),
            )
            stack.push_async_callback(certifier.close)
            parts.append(certifier)
        await miner.start()  # sends the bond: not before all that can fail here has been done
        miner.parts = parts
        await miner.run(stop)


async def first_answer(chain: Chain, stop: asyncio.Event) -> int | None:
    """Return the chain id once a node answers, None when told to stop before."""
    log = structlog.get_logger("miner")
    while not stop.is_set():
        try:
            return await chain.chain_id()
        except NodeUnreachableError as error:
            log.warning("waiting for a node", error=str(error))
    return None


async def _open_desk(
    stack: AsyncExitStack,
    chain: Chain,
    account: MinerAccount,
    scheduler: Scheduler,
    loaded: Loaded,
    secret: bytes,
    chain_id: int,
    tally: Tally,
) -> LeaseDesk:
    """Open book, backends, service, server and desk."""
    config, directory = loaded.config, loaded.path.parent
    book = LeaseBook(miner_place(directory, secret))
    stack.callback(book.close)
    backends, prices = await open_backends(config, directory)
    catalog = Catalog(backends, scheduler)
    stack.push_async_callback(catalog.close)
    desk_tally = DeskTally(tally.registry)
    service = LeaseService(
        book=book,
        catalog=catalog,
        chain=chain,
        secret=secret,
        chain_id=chain_id,
        settings=ServiceSettings(credit=config.leases.credit),
        tally=desk_tally,
        clock=monotonic,
    )
    stack.push_async_callback(service.close)
    desk = LeaseDesk(
        chain=chain,
        account=account,
        book=book,
        catalog=catalog,
        service=service,
        plans=offer_plans(config, catalog, prices),
        settings=_desk_settings(config),
        tally=desk_tally,
        secret=secret,
        chain_id=chain_id,
        defender=MinerDefender(chain, account, BookWorks(book, catalog, secret, chain_id)),
    )
    stack.push_async_callback(desk.close)
    server = DeskServer(service, desk_tally)
    await server.start(config.miner.listen)
    stack.push_async_callback(server.close)
    watcher = asyncio.create_task(_follow_prices(loaded, desk, catalog, prices))
    stack.push_async_callback(_stop, watcher)
    return desk


async def open_backends(
    config: MinerConfig, directory: Path
) -> tuple[list[Backend], dict[bytes, int]]:
    """Return the backends of a configuration, and prices of models that have their own.

    A model or engine that cannot be opened is left out, with a line in the log.

    Raises:
        ConfigError: none of them can be opened.
    """
    log = structlog.get_logger("backends")
    backends: list[Backend] = []
    prices: dict[bytes, int] = {}
    for entry in config.model:
        try:
            path = model_path(directory, entry.path)
            for device in entry.devices:
                threads = config.miner.threads
                runtime = "cuda" if device.startswith("cuda") else device
                backend = await asyncio.to_thread(
                    ExactBackend, path, runtime=runtime, threads=threads, device=_lane(device)
                )
                backends.append(backend)
        except ConfigError as error:
            log.error("model left out", path=entry.path, why=str(error))
            continue
        if entry.price is not None and backends:
            prices[backends[-1].served.model_root] = entry.price
    for number, engine in enumerate(config.engine):
        try:
            opened = await open_engine(make_engine(engine), f"engine:{number}")
        except WorkRefusedError as error:
            log.error("engine left out", url=engine.url, why=error.problem, try_=error.remedy)
            continue
        backends.append(opened)
        if engine.price is not None:
            prices[opened.served.model_root] = engine.price
    if not backends:
        raise ConfigError(
            "no configured model or engine can be opened",
            "Look at each with: aitbc miner doctor; or run without leases: --no-leases",
        )
    return backends, prices


def model_path(directory: Path, text: str) -> Path:
    """Return a model's file: ``small``, a path below ``HOME/miner``, or a path."""
    if text == SMALL:
        return install_small(directory / "models")
    path = Path(text).expanduser()
    return path if path.is_absolute() else directory / path


def make_engine(entry: EngineEntry) -> Engine:
    """Return the client of a configured engine.

    Raises:
        ConfigError: its key or digest is missing.
    """
    key = None
    if entry.api_key_env:
        key = os.environ.get(entry.api_key_env)
        if key is None:
            raise ConfigError(f"the environment has no {entry.api_key_env}", "Export it first")
    http = JsonHttp(entry.url, api_key=key)
    if entry.kind == "ollama":
        return OllamaEngine(http, entry.model, context=entry.context)
    try:
        digest = Hash32(bytes.fromhex(entry.digest.removeprefix("0x")))
    except ValueError:
        digest = Hash32(b"")
    if len(digest) != 32:
        raise ConfigError(
            f"engine {entry.model!r} needs the digest of its weights",
            "Compute it: aitbc miner models verify PATH; then set digest = in its [[engine]]",
        )
    return OpenAiEngine(http, entry.model, digest)


def make_scheduler(config: MinerConfig) -> Scheduler:
    """Return one lane for every device that the configuration names, and for every engine."""
    names = ["cuda:0" if config.miner.backend == "cuda" else "cpu"]
    names += [_lane(device) for entry in config.model for device in entry.devices]
    lanes = [Lane(device=name) for name in dict.fromkeys(names)]
    lanes += [
        Lane(device=f"engine:{number}", slots=engine.slots)
        for number, engine in enumerate(config.engine)
    ]
    return Scheduler(lanes)


def offer_plans(config: MinerConfig, catalog: Catalog, prices: dict[bytes, int]) -> list[OfferPlan]:
    """Return an offer for every model on the shelves; a price of its own is never automatic.

    A model of which no class is offered has none.
    """
    offer = config.offer
    offered = sum(1 << int(name[1:]) for name in set(offer.classes))
    return [
        OfferPlan(
            served=shelf.served,
            classes=shelf.served.classes & offered,
            price=prices.get(shelf.served.model_root, offer.price),
            is_auto=offer.auto and shelf.served.model_root not in prices,
            price_min=offer.price_min,
            price_max=offer.price_max,
            gpu_class=offer.gpu_class,
            gpu_count=offer.gpu_count,
            region=offer.region,
            vram_mib=offer.vram_mib,
            latency_ms=offer.latency_ms,
            leases_max=offer.leases_max,
            expiry_seconds=offer.expiry_days * _DAY,
        )
        for shelf in catalog.shelves
        if shelf.served.classes & offered
    ]


async def _follow_prices(
    loaded: Loaded, desk: LeaseDesk, catalog: Catalog, prices: dict[bytes, int]
) -> None:
    """Take changed prices over when the file changes: what ``aitbc miner price`` writes."""
    log = structlog.get_logger("miner")
    seen = _changed_at(loaded.path)
    while True:
        await asyncio.sleep(RELOAD_SECONDS)
        now = _changed_at(loaded.path)
        if now == seen:
            continue
        seen = now
        try:
            fresh = load_config(loaded.path.parent).config
        except ConfigError as error:
            log.warning("configuration not taken over", why=str(error))
            continue
        desk.offers.plans[:] = offer_plans(fresh, catalog, prices)
        log.info("prices taken over", auto=fresh.offer.auto, price_wei=fresh.offer.price)


def _miner_settings(config: MinerConfig, *, is_once: bool) -> MinerSettings:
    section = config.miner
    return MinerSettings(
        jobs_max=section.jobs,
        threads=section.threads,
        bond=section.bond,
        pay_min=section.min_pay,
        endpoint=section.endpoint or f"http://{section.listen}",
        is_once=is_once,
        drain_seconds=float(section.drain_seconds),
        takes_products=section.products,
        is_patient=True,
    )


def _desk_settings(config: MinerConfig) -> DeskSettings:
    leases = config.leases
    return DeskSettings(
        endpoint=config.miner.endpoint or f"http://{config.miner.listen}",
        limits=Limits(
            leases_max=leases.at_once,
            deadline_seconds_max=leases.deadline_days_max * _DAY,
            response_seconds_min=leases.response_seconds_min,
            move_seconds_min=leases.move_seconds_min,
            refused_clients=tuple(
                bytes.fromhex(text.removeprefix("0x")) for text in leases.refused_clients
            ),
        ),
        patience=Patience(idle_seconds=leases.idle_seconds, silent_seconds=leases.silent_seconds),
        bids=BidSettings(open_max=leases.auctions, price_percent=leases.bid_percent),
        batch_from=leases.batch_from,
    )


async def _on(device: str, work: Callable[[], Any]) -> Any:
    """Run a function beside the loop, on a device."""

    def inside() -> Any:
        with using(device):
            return work()

    return await asyncio.to_thread(inside)


def _lane(device: str) -> str:
    """Return the lane of a configured device: the reference runtime computes on the CPU."""
    return {"reference": "cpu", "cuda": "cuda:0"}.get(device, device)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


async def _stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class _pid_file:  # noqa: N801 - used as a function
    """Names the process while it holds the journal."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._path.write_text(str(os.getpid()))

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
