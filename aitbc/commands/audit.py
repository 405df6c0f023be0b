"""``aitbc miner audit`` and ``aitbc miner defend``: the programs that play disputes."""

import asyncio
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import click
import structlog
from prometheus_client import CollectorRegistry

from aitbc.arguments import ADDRESS, AMOUNT, HASH
from aitbc.native import VerbGroup
from aitbc.output import errors, format_ait, json_flag, print_json, print_record, print_rows
from aitbc.signing import SignerChoice, signer_options
from miner.account import MinerAccount
from miner.chain import Chain
from miner.engines.audit import Limits as ScoreLimits
from miner.engines.http import JsonHttp
from miner.engines.openai import OpenAiEngine
from miner.exact.execution import Runtime
from miner.exact.generate import BACKENDS
from miner.games.accusations import AccusationStore, read_accusations
from miner.games.auditor import Auditor, AuditSettings
from miner.games.challenger import Challenger, Limits
from miner.games.defender import MinerDefender
from miner.games.findings import AuditBook, count_findings, read_progress
from miner.games.library import KnownAsk, Library, load_runtimes
from miner.games.votes import AuditVoter, VoteBook, read_votes
from miner.games.works import WorkStore
from miner.journal import Journal
from miner.leases.asked import asked_of
from miner.leases.protocol import Answer, Ask
from miner.status_server import StatusServer
from node.config import default_home
from primitives.compute import KIND_INTEGER_MODEL, KIND_LLM
from primitives.errors import ConfigError, DecodeError
from primitives.integer_model.request import Options, check_options
from primitives.json_text import parse_json
from primitives.keys import secret_to_address
from primitives.types import Address, Hash32
from rpc.client import NodeUnreachableError, RpcCallError, RpcClient

RPC_DEFAULT: Final = "http://127.0.0.1:8545"
LEVELS: Final = ("debug", "info", "warning", "error")
POLL_SECONDS: Final = 0.5

_rpc = click.option(
    "--rpc",
    "rpc_urls",
    multiple=True,
    envvar="AITBC_RPC_URL",
    default=(RPC_DEFAULT,),
    show_default=True,
    help="JSON-RPC address; given several times, the next one is used when one fails.",
)
_models = click.option(
    "--models",
    "model_folders",
    multiple=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with model files (*.aitbcm); may be given several times.",
)
_backend = click.option("--backend", type=click.Choice(BACKENDS), default="cpu", show_default=True)
_threads = click.option("--threads", type=click.IntRange(1, 1024), default=1, show_default=True)
_log_level = click.option(
    "--log-level", type=click.Choice(LEVELS), default="info", show_default=True
)
_home = click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    help="Home directory; default $AITBC_HOME, else ~/.aitbc.",
)


@click.group(cls=VerbGroup)
def audit() -> None:
    """Watch claims and batches, execute again, challenge what is wrong."""


@audit.command("run")
@_rpc
@_models
@_backend
@_threads
@click.option("--samples", type=click.IntRange(0, 64), default=2, show_default=True,
              help="Drawn leaves of a batch to demand.")  # fmt: skip
@click.option("--bond-max", type=AMOUNT, default="100", show_default=True,
              help="Largest bond of one challenge.")  # fmt: skip
@click.option("--stake-max", type=AMOUNT, default="500", show_default=True,
              help="Bonds of all open challenges together.")  # fmt: skip
@click.option("--fees-per-day", type=AMOUNT, default="1", show_default=True,
              help="Fees for demands in a day.")  # fmt: skip
@click.option("--lookback", type=click.IntRange(0, 100_000), default=600, show_default=True,
              help="Blocks to read at the first start.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Find, and send nothing.")
@click.option("--engine", help="Address of an OpenAI-compatible engine that scores V1 answers.")
@click.option("--engine-model", help="The engine's name for the model.")
@click.option("--engine-digest", type=HASH, help="Digest of the model's weights (models verify).")
@click.option("--pass-milli", type=click.IntRange(1), default=50, show_default=True,
              help="Mean difference (thousandths of a nat) that passes.")  # fmt: skip
@click.option("--fail-milli", type=click.IntRange(1), default=150, show_default=True,
              help="Mean difference that fails.")  # fmt: skip
@click.option("--status-port", type=click.IntRange(0, 65535), default=9710, show_default=True,
              help="Loopback port of /status; 0 for none.")  # fmt: skip
@_log_level
@signer_options
def audit_run(
    rpc_urls: tuple[str, ...],
    model_folders: tuple[Path, ...],
    backend: str,
    threads: int,
    samples: int,
    bond_max: int,
    stake_max: int,
    fees_per_day: int,
    lookback: int,
    dry_run: bool,
    engine: str | None,
    engine_model: str | None,
    engine_digest: bytes | None,
    pass_milli: int,
    fail_milli: int,
    status_port: int,
    log_level: str,
    signer: SignerChoice,
) -> None:
    """Watch until Ctrl-C or SIGTERM.

    A bonded arbitrator (aitbc dispute arbitrator register) is drawn for audits of class V1: what
    --engine scores is committed and revealed on the chain, in time, whatever stops in between.

    Requests that are known lie in HOME/audit/ADDRESS/asks (aitbc miner audit know). HOME/audit
    keeps what was found and every open challenge: the next start goes on where this one stopped.
    """
    _start_logs(log_level)
    secret = signer.load()
    place = _directory(signer.home) / secret_to_address(secret).hex()
    scorer = None
    if engine is not None:
        if engine_model is None or engine_digest is None:
            raise click.UsageError("--engine needs --engine-model and --engine-digest")
        scorer = OpenAiEngine(JsonHttp(engine), engine_model, Hash32(engine_digest))
    library = Library(place / "asks", _runtimes(model_folders, backend, threads))

    async def work(chain: Chain, account: MinerAccount, stop: asyncio.Event) -> None:
        limits = Limits(bond_max=bond_max, stake_max=stake_max, is_dry=dry_run)
        store = AccusationStore(place / "accusations")
        challenger = Challenger(chain, account, secret, store, library.opinion, limits)
        settings = AuditSettings(
            samples_max=samples, fees_per_day=fees_per_day, lookback=lookback, is_dry=dry_run
        )
        book = AuditBook(place)
        votes = VoteBook(place)
        voter = AuditVoter(chain, account, secret, votes, book.finding_of, is_dry=dry_run)
        auditor = Auditor(
            chain, account, challenger, library, book, settings, scorer,
            ScoreLimits(pass_milli=pass_milli, fail_milli=fail_milli), voter,
        )  # fmt: skip
        server = StatusServer(auditor.status, CollectorRegistry())
        try:
            if status_port:
                await server.start(status_port)
            await auditor.run(stop)
        finally:
            await server.close()
            if scorer is not None:
                await scorer.close()
            book.close()
            votes.close()

    asyncio.run(_with_account(rpc_urls, secret, place, work))


@audit.command("status")
@_home
@json_flag
def audit_status(home: Path | None, is_json: bool) -> None:
    """Show what the auditors of this home found, and their challenges."""
    found = [_summary(path) for path in sorted(_directory(home).glob("*")) if path.is_dir()]
    if is_json:
        print_json(found)
        return
    if not found:
        print_rows([], is_json=False, empty="no auditor has run here: aitbc miner audit run")
    for entry in found:
        challenges = entry.pop("challenges")
        print_record(
            {
                "auditor": entry["address"],
                "read up to": entry["next_height"],
                "findings": ", ".join(f"{n} {word}" for word, n in entry["findings"].items()),
                "waiting": f"{entry['batches']} batches, {entry['demands']} demands",
                "votes": ", ".join(f"{n} {word}" for word, n in entry["votes"].items()) or None,
                "fees today": format_ait(int(entry["fees_today_wei"])),
                "at stake": format_ait(int(entry["at_stake_wei"])),
            },
            is_json=False,
        )
        print_rows(challenges, is_json=False, empty="no challenges yet")


@audit.command("know")
@click.argument("files", nargs=-1, required=True,
                type=click.Path(exists=True, dir_okay=False, path_type=Path))  # fmt: skip
@click.option("--auditor", type=ADDRESS, required=True, help="The auditor's account.")
@_home
@json_flag
def audit_know(files: tuple[Path, ...], auditor: Address, home: Path | None, is_json: bool) -> None:
    """Make requests known, so that receipts about them are executed again.

    Each FILE is JSON, as aitbc job receipts --export writes it. Of an exact model: salt (hex, 32
    bytes), tokens (ids of the prompt), options {tokens_max, seed, temperature, top_k, top_p, stop};
    where the answer is known also answer {tokens, delivered (hex)}. Of an engine: salt, prompt,
    options (hex), answer {scored [[text, millionths of a nat]], delivered}.
    """
    library = Library(_directory(home) / auditor.hex() / "asks", {})
    rows = []
    for path in files:
        kind, known = _read_ask(path)
        assert known.ask is not None
        name = asked_of(kind, known.ask).request_hash
        library.put(name, known)
        rows.append({"file": str(path), "request": name})
    print_rows(rows, is_json=is_json, empty="")


@click.command("defend")
@_rpc
@_models
@_backend
@_threads
@click.option(
    "--works",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of kept works; default HOME/miner/ADDRESS/works.",
)
@click.option("--miner", "accused", type=ADDRESS, help="The miner, when an operator key signs.")
@_log_level
@signer_options
def defend(
    rpc_urls: tuple[str, ...],
    model_folders: tuple[Path, ...],
    backend: str,
    threads: int,
    works: Path | None,
    accused: Address | None,
    log_level: str,
    signer: SignerChoice,
) -> None:
    """Play the miner's side of every game against him, until Ctrl-C or SIGTERM."""
    _start_logs(log_level)
    secret = signer.load()
    own = secret_to_address(secret)
    base = (signer.home or default_home()) / "miner" / (accused or own).hex()
    store = WorkStore(works or base / "works", _runtimes(model_folders, backend, threads))

    async def work(chain: Chain, account: MinerAccount, stop: asyncio.Event) -> None:
        await play_defender(MinerDefender(chain, account, store, accused or own), stop)

    asyncio.run(_with_account(rpc_urls, secret, base / "defender", work))


async def play_defender(defender: MinerDefender, stop: asyncio.Event) -> None:
    """Let a defender look at every block until ``stop`` is set."""
    log = structlog.get_logger("defender")
    try:
        while not stop.is_set():
            try:
                head = await defender.chain.head()
                await defender.account.poll(head.height)
                await defender.look(head.height)
            except (NodeUnreachableError, RpcCallError, DecodeError) as error:
                log.warning("no answer from the chain", error=str(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), POLL_SECONDS)
    finally:
        await defender.close()


async def _with_account(
    urls: tuple[str, ...],
    secret: bytes,
    place: Path,
    work: Callable[[Chain, MinerAccount, asyncio.Event], Awaitable[None]],
) -> None:
    """Run ``work`` with a journaled account until a signal; the second one ends it at once."""
    journal = Journal(place)
    stop = asyncio.Event()
    task = asyncio.current_task()
    assert task is not None

    def on_signal() -> None:
        if stop.is_set():
            task.cancel()
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, on_signal)
    try:
        async with RpcClient(*urls) as client:
            chain = Chain(client)
            account = MinerAccount(chain, journal, secret, await chain.chain_id())
            await work(chain, account, stop)
    except asyncio.CancelledError:
        return
    finally:
        journal.close()


def _runtimes(folders: tuple[Path, ...], backend: str, threads: int) -> dict[bytes, Runtime]:
    def tell(path: Path, root: bytes) -> None:
        errors.print(f"model {path.name}: 0x{root.hex()}", style="dim")

    return load_runtimes(folders, backend, threads, tell)


def _summary(path: Path) -> dict[str, Any]:
    progress = read_progress(path)
    accusations = list(read_accusations(path / "accusations"))
    return {
        "address": "0x" + path.name,
        "next_height": progress.next_height,
        "findings": count_findings(path),
        "votes": dict(Counter(v.name.lower() for v in read_votes(path).values())),
        "batches": len(progress.batches),
        "demands": len(progress.demands),
        "fees_today_wei": str(progress.spent),
        "at_stake_wei": str(sum(entry.bond for entry in accusations)),
        "challenges": [
            {
                "challenge": entry.challenge_id or None,
                "fault": entry.fault.name.lower(),
                "state": entry.state.value,
                "bond": format_ait(entry.bond),
                "outcome": entry.outcome or None,
            }
            for entry in accusations
        ],
    }


def _read_ask(path: Path) -> tuple[int, KnownAsk]:
    """Read a request from JSON; returns its job kind too.

    Raises:
        ConfigError: it is none.
    """
    try:
        plain = parse_json(path.read_bytes())
        salt = _unhex(plain["salt"])
        if len(salt) != 32:
            raise ValueError("the salt has 32 bytes")
        said = plain.get("answer")
        if "prompt" in plain:
            ask = Ask(salt=salt, options=_unhex(plain["options"]), prompt=str(plain["prompt"]))
            asked_of(KIND_LLM, ask)
            return KIND_LLM, KnownAsk(ask=ask, answer=None if said is None else _scored(said))
        options = Options(**plain["options"])
        check_options(options)
        ask = Ask(salt=salt, options=options.encode(), tokens=tuple(map(int, plain["tokens"])))
        answer = None
        if said is not None:
            tokens = tuple(map(int, said["tokens"]))
            answer = Answer(delivered=_unhex(said["delivered"]), tokens=tokens)
        return KIND_INTEGER_MODEL, KnownAsk(ask=ask, answer=answer)
    except (ValueError, TypeError, KeyError, AttributeError, DecodeError) as error:
        raise ConfigError(
            f"{path} is no request: {error}", "See: aitbc miner audit know --help"
        ) from error


def _scored(said: Any) -> Answer:
    """Read an engine's answer; raises as reading JSON does."""
    scored = tuple((str(text), int(micros)) for text, micros in said["scored"])
    return Answer(delivered=_unhex(said["delivered"]), scored=scored)


def _unhex(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))


def _start_logs(level: str) -> None:
    from node.logs import configure_logs

    configure_logs(level, is_json=False)


def _directory(home: Path | None) -> Path:
    return (home or default_home()) / "audit"
