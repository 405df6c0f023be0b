"""Two conflicting votes become a transaction that slashes the voter in the real contract."""

import json

import node.evidence
from node.evidence import EvidenceReporter
from node.guard import SignerGuard
from node.validator_account import ValidatorAccount
from primitives.abi import event_topic
from primitives.errors import InvalidTransactionError
from primitives.keys import secret_to_address
from primitives.transaction import decode_transaction
from primitives.types import Epoch, View
from primitives.vote import Statement, VoteKind, decode_vote, sign_vote
from tests.unit.rpc.small_chain import ALICE, VALIDATOR, make_world


def conflicting_votes(world):
    voter = secret_to_address(VALIDATOR)

    def vote(block_hash):
        statement = Statement(
            kind=VoteKind.NOTARIZE, epoch=Epoch(1), view=View(9), height=9, block_hash=block_hash
        )
        return sign_vote(statement, world.domain, voter, VALIDATOR)

    return vote(b"\x01" * 32), vote(b"\x02" * 32)


async def report(world, tmp_path, guard, times=1):
    sent = []

    async def submit(raw):
        sent.append(raw)
        return decode_transaction(raw).hash

    account = None if guard is None else ValidatorAccount(world.executor, guard, submit)
    reporter = EvidenceReporter(world.executor, account, tmp_path / "evidence")
    for _ in range(times):
        await reporter.report(*conflicting_votes(world))
    return sent


async def test_equivocation_is_reported_once_and_slashed_by_staking(tmp_path):
    world = make_world(tmp_path)
    world.mine()
    guard = SignerGuard.create(tmp_path / "guard", ALICE, world.domain)
    (raw,) = await report(world, tmp_path, guard, times=3)
    executed, _ = world.mine(decode_transaction(raw))
    assert executed.receipts[0].succeeded
    topics = [log.topics[0] for log in executed.receipts[0].logs]
    assert event_topic("Slashed(address,address,uint64,uint32,uint256,uint256)") in topics


async def test_evidence_is_on_disk_whoever_can_report_it(tmp_path):
    world = make_world(tmp_path)
    world.mine()
    assert await report(world, tmp_path, None) == []
    (path,) = (tmp_path / "evidence").iterdir()
    document = json.loads(path.read_text())
    kept = [decode_vote(bytes.fromhex(text[2:])) for text in document["votes"]]
    assert kept == list(conflicting_votes(world))
    assert path.stat().st_mode & 0o777 == 0o600


async def test_a_report_that_the_pool_refuses_is_sent_again(tmp_path, monkeypatch):
    monkeypatch.setattr(node.evidence, "RETRY_SECONDS", 0)
    world = make_world(tmp_path)
    world.mine()
    guard = SignerGuard.create(tmp_path / "guard", ALICE, world.domain)
    sent = []

    async def submit(raw):
        sent.append(decode_transaction(raw))
        if len(sent) < 3:
            raise InvalidTransactionError("replacement transaction underpriced")
        return sent[-1].hash

    account = ValidatorAccount(world.executor, guard, submit, lambda _, nonce: nonce + 5)
    await EvidenceReporter(world.executor, account, tmp_path / "evidence").report(
        *conflicting_votes(world)
    )
    assert len(sent) == 3
    assert {transaction.nonce for transaction in sent} == {5}, "after what waits already"
