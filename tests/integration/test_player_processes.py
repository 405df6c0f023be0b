"""An auditor and a cheater as processes, killed at random again and again while they play."""

import asyncio
import os
import random
import signal
import subprocess
import sys

import pytest

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import ChallengeStatus
from contracts.marketplace.v1.lease_messages import LeaseStatus
from miner.exact.convert import convert
from miner.exact.reference import ReferenceRuntime
from miner.games.library import KnownAsk, Library
from miner.games.works import WorkStore
from miner.leases.protocol import Ask
from tests.e2e.dispute_players import cheat
from tests.integration.test_miner_process import free_port, serve
from tests.unit.miner.chain_double import MINER_SECRET
from tests.unit.miner.exact.model_games import (
    DELIVERED,
    SALT,
    SHAPES,
    ask,
    tiny_model,
    write_checkpoint,
)
from tests.unit.miner.games.players import HUNTER_SECRET, Table

REQUEST = ask(1, 5, 9, 20, temperature=9000, top_k=64, seed=3)
ASKED = Ask(salt=SALT, options=REQUEST.options.encode(), tokens=REQUEST.prompt)
KILLS = 3


class Process:
    def __init__(self, home, secret, *command):
        self.command = [sys.executable, "-m", *map(str, command)]
        self.environment = {**os.environ, "PLAYER_KEY": secret.hex()}
        self.log = home / "log"
        self.start()

    def start(self):
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(
                self.command, env=self.environment, stdout=log, stderr=log
            )

    async def kill(self):
        self.running.send_signal(signal.SIGKILL)
        await asyncio.to_thread(self.running.wait, 30)


@pytest.mark.slow
async def test_killed_players_lose_nothing_and_send_nothing_twice(tmp_path):
    rng = random.Random(5)
    table = Table(tmp_path)
    homes = {name: tmp_path / name for name in ("cheater", "auditor", "models")}
    for home in homes.values():
        home.mkdir()
    source = write_checkpoint(tmp_path / "checkpoint", SHAPES["tiny"])
    model = homes["models"] / "tiny.aitbcm"
    convert(source, model)
    lease_id = table.exact_lease(move_seconds=600, game_seconds=3_000)
    runtime = ReferenceRuntime(tiny_model())
    done = runtime.run([REQUEST])[0]
    from miner.exact.execution import commit

    made = commit(tiny_model().root, done, SALT, DELIVERED)
    work = table.world.work(
        lease_id, units=len(done.tokens), request_hash=made.request_hash,
        response_hash=made.response_hash,
        trace_root=cheat(runtime, REQUEST, SALT, DELIVERED).trace()[-1][0],
    )  # fmt: skip
    WorkStore(homes["cheater"] / "works").keep_exact(
        work.receipt, work.signature(), ASKED, DELIVERED
    )
    account = table.hunter.hex()
    Library(homes["auditor"] / "audit" / account / "asks", {}).put(
        made.request_hash, KnownAsk(ask=ASKED)
    )
    table.post_claim(work)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    server = await serve(table.double, port)
    auditor = Process(
        homes["auditor"], HUNTER_SECRET, "aitbc", "miner", "audit", "run", "--rpc", url,
        "--models", homes["models"], "--backend", "reference", "--home", homes["auditor"],
        "--status-port", 0, "--private-key-env", "PLAYER_KEY",
    )  # fmt: skip
    cheater = Process(
        homes["cheater"], MINER_SECRET, "tests.e2e.dispute_players", "cheat", url,
        homes["cheater"], model,
    )  # fmt: skip
    players = [auditor, cheater]
    try:
        for _ in range(KILLS):
            for player in players:
                await asyncio.sleep(rng.uniform(1.5, 4))
                await player.kill()
                player.start()
        for _ in range(600):
            if table.world.lease(lease_id).status == LeaseStatus.CONVICTED:
                break
            await asyncio.sleep(0.1)
    finally:
        for player in players:
            await player.kill()
        await server.cleanup()
        table.close()
    logs = "\n".join(player.log.read_text()[-2_000:] for player in players)
    assert table.world.lease(lease_id).status == LeaseStatus.CONVICTED, logs
    assert table.world.ask(Disputes, "challengeCount") == 1
    assert table.status(1) == ChallengeStatus.WON
    by_sender: dict[bytes, list[int]] = {}
    for tx, is_success in table.double.executed:
        assert is_success, tx
        by_sender.setdefault(tx.sender, []).append(tx.nonce)
    assert all(nonces == list(range(len(nonces))) for nonces in by_sender.values())
