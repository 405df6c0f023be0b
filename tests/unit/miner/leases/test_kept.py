"""What defends a receipt: the kept request, run again, gives the very trace that was signed."""

import pytest

from contracts.marketplace.v1.lease_messages import LeaseStatus
from miner.backends.exact import ExactBackend
from miner.exact.generate import install_small
from miner.leases.kept import BookWorks
from miner.leases.protocol import Ask
from primitives.integer_model.request import Options
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.miner.chain_double import MINER_SECRET
from tests.unit.miner.leases.desk_world import Client, Desk, EchoBackend, Market, ask_desk


@pytest.fixture
def market():
    made = Market()
    made.join()
    return made


async def test_a_signed_trace_is_found_again_from_the_kept_request(market, tmp_path):
    path = install_small(tmp_path / "models")
    small = ExactBackend(path, runtime="cpu", threads=1, device="cpu")
    desk = Desk(market, tmp_path, backend=small)
    lease_id = await desk.lease(model_root=small.served.model_root)
    tokens = tuple(small.generator.tokenizer.encode("23+58="))
    options = Options(tokens_max=8, stop=small.generator.stop)
    question = Ask(salt=b"\x07" * 32, options=options.encode(), tokens=tokens)
    client = Client(market, lease_id)
    receipt, answer = client.read(
        await ask_desk(desk, client, 1, ask=question, asked=small.check(question, 8))
    )
    assert answer.delivered == b"81"
    desk.restart()
    works = BookWorks(desk.book, desk.catalog, MINER_SECRET, CHAIN_ID)
    assert works.leases() == {lease_id}
    kept = works.find(receipt.struct_hash())
    assert kept.receipt == receipt
    assert kept.defence().trace()[-1][0] == receipt.trace_root
    assert works.find(bytes(32)) is None
    assert market.lease(lease_id).status == LeaseStatus.ACTIVE
    desk.kill()


async def test_work_of_no_exact_model_has_its_signature_alone(market, tmp_path):
    desk = Desk(market, tmp_path, backend=EchoBackend())
    client = Client(market, await desk.lease())
    receipt, _ = client.read(await ask_desk(desk, client, 1, 1, 2))
    works = BookWorks(desk.book, desk.catalog, MINER_SECRET, CHAIN_ID)
    assert works.find(receipt.struct_hash()).defence() is None
    desk.kill()
