"""Disputes among processes on a devnet: who cheats loses, who is honest keeps his bond.

Three miners at once, each with one lease of the small trained model. The first computed one layer
of one token wrong and plays on; the second did too and is silent; the third is honest and accused
falsely. Players are killed with SIGKILL in the middle and started again.
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from aitbc.signing import send_call
from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ChallengeStatus, Fault, Phase
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.lease_messages import LeaseStatus
from contracts.places import RECEIPTS_ADDRESS
from contracts.receipts.v1.claim_messages import AckData
from contracts.receipts.v1.contract import Receipts
from miner.chain import Chain
from miner.exact.execution import ExactRequest, commit
from miner.exact.generate import Generator, install_small
from miner.games.accusations import Accusation, AccusationStore
from miner.games.moves import receipt_data
from miner.games.works import WorkStore
from miner.leases.protocol import Ask
from primitives.compute import Acknowledgement, ComputeReceipt
from primitives.integer_model.request import Options
from primitives.keys import secret_to_address, sign
from primitives.types import WEI_PER_AIT, Address, Hash32
from rpc.client import RpcClient
from tests.e2e.conftest import ENVIRONMENT, ROOT, Devnet
from tests.e2e.dispute_players import cheat
from tests.unit.contracts.deal_world import offer_terms, order_terms

pytestmark = [pytest.mark.e2e, pytest.mark.slow, pytest.mark.timeout(600)]

AIT = WEI_PER_AIT
PORT_OFFSET = 12_500
BOND = 20 * AIT
CLIENT, AUDITOR, LIAR = 6, 7, 9
PLAYING, SILENT, HONEST = 1, 2, 3
SALT = bytes(range(32))
MOVE_SECONDS = 15
SHORT = (
    "marketplace.moveSecondsMin=5", "marketplace.gameSecondsMin=60", "disputes.revealSeconds=60",
)  # fmt: skip


def key(account):
    return bytes.fromhex(DEV_SECRETS[account])


def address(account):
    return secret_to_address(key(account))


class Network(Devnet):
    """A devnet of its own ports, without the miner that a devnet has."""

    def __init__(self, home):
        super().__init__(home)
        self.url = f"http://127.0.0.1:{8545 + PORT_OFFSET}"


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    made = Network(tmp_path_factory.mktemp("dispute") / "net")
    parameters = [word for value in SHORT for word in ("--parameter", value)]
    made.devnet(
        "up", "--detach", "--block-time", "400", "--port-offset", PORT_OFFSET, "--no-miner",
        *parameters,
    )  # fmt: skip
    yield made
    made.devnet("down")


class Player:
    """A process that can be killed and started again."""

    def __init__(self, home, secret, *command):
        home.mkdir(parents=True, exist_ok=True)
        self.log = home / "log"
        self.command = [sys.executable, "-m", *map(str, command)]
        self.environment = {**os.environ, **ENVIRONMENT, "PLAYER_KEY": secret.hex()}
        self.running = None
        self.start()

    def start(self):
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log, cwd=ROOT
            )

    async def kill(self):
        self.running.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.running.wait, 30)

    def end(self):
        if self.running.poll() is None:
            self.running.terminate()
            self.running.wait(30)


@dataclass
class Deal:
    """One miner's lease with its claimed receipt."""

    lease_id: bytes
    receipt: ComputeReceipt
    signature: bytes
    escrow: int


class Market:
    """Calls of the parties, straight to the contracts."""

    def __init__(self, chain, model):
        self.chain = chain
        self.generator = Generator(model, backend="reference")
        prompt = tuple(self.generator.tokenizer.encode("12+7="))
        options = Options(tokens_max=8, stop=self.generator.stop)
        self.request = ExactRequest(prompt=prompt, options=options)
        self.ask = Ask(salt=SALT, options=options.encode(), tokens=prompt)

    async def send(self, account, contract, name, *values, value=0):
        return await send_call(self.chain, key(account), contract, name, *values, value=value)

    async def deal(self, miner, works, *, is_wrong):
        """Lease, work, acknowledge and claim; the client notices nothing."""
        model = self.generator.model
        await self.send(
            miner, Marketplace, "registerMiner", address(miner), "http://[::1]:1", value=BOND
        )
        await self.send(miner, Marketplace, "setSealingKey", b"\x0b" * 32)
        terms = order_terms(
            model_root=model.root, move_seconds=MOVE_SECONDS, game_seconds=240, window_blocks=150
        )
        await self.send(miner, Marketplace, "postOffer", offer_terms(terms), value=AIT)
        offer = await self.chain.view(Marketplace, "offerCount")
        escrow = terms.units_max * terms.unit_price_max
        order = await self.chain.view(Marketplace, "nextOrderId", address(CLIENT))
        await self.send(CLIENT, Marketplace, "postOrder", terms, value=escrow)
        await self.send(CLIENT, Marketplace, "takeOffer", order, offer)
        count = await self.chain.view(Marketplace, "leaseCount")
        leases, _ = await self.chain.view(Marketplace, "leases", count - 1, 1)
        lease_id = leases[0].lease_id
        await self.send(miner, Marketplace, "acceptLease", lease_id)
        receipt, stamp = await self.receipt(lease_id, is_wrong=is_wrong)
        digest = receipt.digest(await self.chain.chain_id(), Address(RECEIPTS_ADDRESS))
        signature = sign(key(miner), digest).to_bytes()
        WorkStore(works).keep_exact(receipt, signature, self.ask, b"19")
        await self.claim(receipt, signature, stamp)
        return Deal(lease_id, receipt, signature, escrow)

    async def receipt(self, lease_id, *, is_wrong):
        lease = await self.chain.view(Marketplace, "lease", lease_id)
        beacon, stamp = await self.chain.view(Receipts, "freshBeacon")
        now = (await self.chain.head()).timestamp
        runtime = self.generator.runtime
        done = runtime.run([self.request])[0]
        made = commit(runtime.model.root, done, SALT, b"19")
        trace_root = made.trace_root
        if is_wrong:
            trace_root = cheat(runtime, self.request, SALT, b"19").trace()[-1][0]
        zero = Hash32(bytes(32))
        return ComputeReceipt(
            job_id=Hash32(lease.order_id), lease_id=Hash32(lease_id), seq=1,
            miner=Address(lease.miner), client=Address(lease.client),
            model_root=Hash32(lease.model_root), request_hash=made.request_hash,
            response_hash=made.response_hash, trace_root=trace_root, fingerprint=zero,
            unit_kind=lease.unit_kind, units=len(done.tokens), unit_price=lease.unit_price,
            started_at=now, ended_at=now, beacon=Hash32(beacon), attestation=zero, flags=0,
        ), stamp  # fmt: skip

    async def claim(self, receipt, signature, stamp):
        ack = Acknowledgement(
            lease_id=receipt.lease_id, seq=1, receipt_hash=receipt.struct_hash(),
            cumulative_units=receipt.units, cumulative_amount=receipt.units * receipt.unit_price,
        )  # fmt: skip
        digest = ack.digest(await self.chain.chain_id(), Address(RECEIPTS_ADDRESS))
        voucher = AckData(*(getattr(ack, name) for name in AckData.__dataclass_fields__))
        signed = sign(key(CLIENT), digest).to_bytes()
        await self.send(
            CLIENT, Receipts, "claimReceipt", receipt_data(receipt), signature, voucher, signed,
            stamp,
        )  # fmt: skip

    async def bond(self, miner):
        return (await self.chain.view(Marketplace, "miner", address(miner))).bond

    async def game_of(self, deal):
        """Return (challenge id, game) of a lease's first game, or (0, None)."""
        games, _ = await self.chain.view(Disputes, "games", deal.receipt.struct_hash(), 0, 10)
        return (games[0].challenge_id, games[0]) if games else (0, None)


async def reached(condition, what, players=(), seconds=240):
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            logs = "\n".join(player.log.read_text()[-3_000:] for player in players)
            raise AssertionError(f"not reached in {seconds} s: {what}\n{logs}")
        await asyncio.sleep(0.2)


async def test_cheaters_lose_and_the_honest_keep_their_bond(network, tmp_path):
    model = install_small(tmp_path / "models")
    async with RpcClient(network.url) as client:
        market = Market(Chain(client), model)
        await play(market, network, tmp_path, model)


async def play(market, network, tmp_path, model):
    homes = {name: tmp_path / name for name in ("playing", "silent", "honest", "liar", "hunter")}
    playing = await market.deal(PLAYING, homes["playing"] / "works", is_wrong=True)
    silent = await market.deal(SILENT, homes["silent"] / "works", is_wrong=True)
    honest = await market.deal(HONEST, homes["honest"] / "works", is_wrong=False)
    clients = await market.chain.balance(address(CLIENT))
    bonds = {miner: await market.bond(miner) for miner in (PLAYING, SILENT, HONEST)}
    assert set(bonds.values()) == {BOND}
    know(network, market, tmp_path, homes["hunter"])
    frame_up(honest, homes)
    models = ("--models", model.parent, "--backend", "reference")
    auditor = Player(
        homes["hunter"], key(AUDITOR), "aitbc", "miner", "audit", "run", "--rpc", network.url,
        "--private-key-env", "PLAYER_KEY", "--home", homes["hunter"], "--status-port", 0, *models,
    )  # fmt: skip
    cheater = Player(
        homes["playing"], key(PLAYING), "tests.e2e.dispute_players", "cheat", network.url,
        homes["playing"], model,
    )  # fmt: skip
    defender = Player(
        homes["honest"], key(HONEST), "aitbc", "miner", "defend", "--rpc", network.url,
        "--private-key-env", "PLAYER_KEY", "--home", homes["honest"],
        "--works", homes["honest"] / "works", *models,
    )  # fmt: skip
    liar = Player(
        homes["liar"], key(LIAR), "tests.e2e.dispute_players", "lie", network.url,
        homes["liar"], model,
    )  # fmt: skip
    players = (auditor, cheater, defender, liar)
    try:
        await asyncio.gather(
            kill_in_the_middle(market, playing, cheater, auditor, players),
            kill_in_the_middle(market, honest, defender, liar, players),
        )
        await verdicts(market, playing, silent, honest, players)

        async def is_all_back():
            found = await asyncio.to_thread(audit_status, network, homes["hunter"])
            return found["at_stake_wei"] == "0"

        await reached(is_all_back, "the auditor has noted his pay", players)
    finally:
        for player in players:
            player.end()
    assert await market.chain.balance(address(CLIENT)) == (clients + playing.escrow + silent.escrow)
    assert [await market.bond(m) for m in (PLAYING, SILENT, HONEST)] == [0, 0, BOND]
    found = audit_status(network, homes["hunter"])
    assert (found["findings"]["wrong"], found["findings"]["right"]) == (2, 1)


def audit_status(network, home):
    shown = network.aitbc("miner", "audit", "status", "--home", home, "--json")
    return json.loads(shown.stdout)[0]


def know(network, market, tmp_path, home):
    """Tell the auditor the request, as its client may."""
    options = market.request.options
    names = ("seed", "tokens_max", "temperature", "top_k", "top_p", "stop")
    ask = {
        "salt": SALT.hex(), "tokens": list(market.request.prompt),
        "options": {name: getattr(options, name) for name in names},
    }  # fmt: skip
    (tmp_path / "ask.json").write_text(json.dumps(ask))
    account = "0x" + address(AUDITOR).hex()
    network.aitbc(
        "miner", "audit", "know", tmp_path / "ask.json", "--auditor", account, "--home", home
    )


def frame_up(honest, homes):
    """Let the liar accuse a receipt that is right; he knows what its client knows."""
    kept = WorkStore(homes["honest"] / "works").find(honest.receipt.struct_hash())
    WorkStore(homes["liar"] / "works").keep_exact(
        kept.receipt, kept.signature, kept.ask, kept.delivered
    )
    AccusationStore(homes["liar"] / "accusations").save(
        Accusation(
            fault=Fault.WRONG_STEP, height=0, receipt=honest.receipt, signature=honest.signature
        )
    )


async def kill_in_the_middle(market, deal, miner, challenger, players):
    """Kill each side once while its game goes on, and start it again."""

    async def stage(number):
        _, game = await market.game_of(deal)
        return game is not None and (game.stage >= number or game.phase == Phase.OVER)

    await reached(lambda: stage(1), "a game", players)
    await miner.kill()
    miner.start()
    await reached(lambda: stage(2), "the second stage", players)
    await challenger.kill()
    challenger.start()


async def verdicts(market, playing, silent, honest, players):
    async def status(deal, wanted):
        number, game = await market.game_of(deal)
        if game is None or game.phase != Phase.OVER:
            return False
        found = await market.chain.view(Disputes, "challenge", number)
        return found.status in wanted

    won = (ChallengeStatus.WON, ChallengeStatus.PAID)
    await reached(lambda: status(playing, won), "the cheater is convicted", players)
    await reached(lambda: status(silent, won), "the silent one is convicted", players)
    await reached(lambda: status(honest, (ChallengeStatus.LOST,)), "the liar loses", players)
    for deal, wanted in (
        (playing, LeaseStatus.CONVICTED), (silent, LeaseStatus.CONVICTED),
        (honest, LeaseStatus.ACTIVE),
    ):  # fmt: skip
        assert (await market.chain.view(Marketplace, "lease", deal.lease_id)).status == wanted
    paid = (ChallengeStatus.PAID,)
    await reached(lambda: status(playing, paid), "the auditor is paid", players)
    await reached(lambda: status(silent, paid), "the auditor is paid twice", players)
    liars_bond = AIT
    held = await market.chain.balance(address(HONEST))
    assert held > 10_000 * AIT - BOND - AIT - AIT + liars_bond // 2
