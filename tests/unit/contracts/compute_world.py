"""A chain with all system contracts: clients, miners, jobs and signed receipts."""

from dataclasses import dataclass, replace

from contracts.framework.types import struct_type
from contracts.governance.v1.contract import Governance
from contracts.guardian.v1.account import ACCOUNT_CODE
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.messages import JobInfo
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.places import MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.messages import ReceiptData, ReceiptInfo
from contracts.receipts.v1.settings import ReceiptsGenesis
from contracts.staking.v1.contract import Staking
from contracts.system import SYSTEM, governance_genesis
from primitives.abi import decode, encode_call
from primitives.compute import Acknowledgement, ComputeReceipt
from primitives.keys import sign
from primitives.matmul import MatmulSpec, tile_leaf
from primitives.matmul_kernel import compute_tile
from primitives.merkle import merkle_levels, merkle_path
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.guardian_world import vault_account
from tests.unit.contracts.memory_context import CHAIN_ID, MemoryChain, block_at
from tests.unit.contracts.staking_world import (
    PARAMETERS,
    account,
    key_address,
    secret,
    staking_genesis,
)

AIT = WEI_PER_AIT
CLIENT, MINER, CHALLENGER = account(1), account(2), account(3)
OPERATOR = 77
SEED = b"\x11" * 32
DRAW_FIRST, DRAW_LAST, TILES_DRAWN = 2, 3, 2
WINDOW = 10
DEADLINE = 60
JOB_TYPE = struct_type(JobInfo)
RECEIPT_TYPE = struct_type(ReceiptData)
RECEIPT_INFO = struct_type(ReceiptInfo)
SUBMIT = f"submitReceipt({RECEIPT_TYPE.name},bytes,bytes32)"
PRICE = 2 * AIT + 7


def compute_chain() -> MemoryChain:
    chain = MemoryChain(SYSTEM, block=block_at(0, epoch=0))
    chain.code_models[ACCOUNT_CODE] = vault_account
    settings = {
        Staking: staking_genesis(),
        Governance: governance_genesis(),
        Marketplace: MarketplaceGenesis(window_blocks_min=8),
        Receipts: ReceiptsGenesis(
            draw_first=DRAW_FIRST, draw_last=DRAW_LAST, tiles_drawn=TILES_DRAWN
        ),
    }
    chain.begin(settings, {"staking": PARAMETERS})
    for number in range(1, 20):
        chain.balances[account(number)] = 1_000_000 * AIT
    chain.advance(epoch=1)
    return chain


def market(chain: MemoryChain, sender: bytes, signature: str, *values, value: int = 0) -> bytes:
    return chain.transact(sender, MARKETPLACE_ADDRESS, encode_call(signature, *values), value)


def receipts(chain: MemoryChain, sender: bytes, signature: str, *values) -> bytes:
    return chain.transact(sender, RECEIPTS_ADDRESS, encode_call(signature, *values))


def ask_market(chain: MemoryChain, signature: str, outputs: tuple, *values):
    return decode(outputs, chain.read(MARKETPLACE_ADDRESS, encode_call(signature, *values)))


def ask_receipts(chain: MemoryChain, signature: str, outputs: tuple, *values):
    return decode(outputs, chain.read(RECEIPTS_ADDRESS, encode_call(signature, *values)))


def job_of(chain: MemoryChain, job_id: bytes) -> JobInfo:
    return ask_market(chain, "job(bytes32)", (JOB_TYPE,), job_id)[0]


def receipt_of(chain: MemoryChain, receipt_id: bytes) -> ReceiptInfo:
    return ask_receipts(chain, "receipt(bytes32)", (RECEIPT_INFO,), receipt_id)[0]


def become_miner(chain: MemoryChain, miner: bytes = MINER, bond: int = 10 * AIT) -> None:
    operator = key_address(OPERATOR)
    market(chain, miner, "registerMiner(address,string)", operator, "tcp://[::1]:1", value=bond)


POST = "postJob(bytes32,uint32,uint32,uint32,uint64,uint64)"


def post(chain: MemoryChain, *, m=128, n=128, k=64, price=PRICE, client=CLIENT) -> bytes:
    return market(chain, client, POST, SEED, m, n, k, DEADLINE, WINDOW, value=price)


def take(chain: MemoryChain, job_id: bytes, miner: bytes = MINER) -> bytes:
    return market(chain, miner, "takeJob(bytes32)", job_id)


@dataclass
class Work:
    """What a miner made for a job; ``wrong`` tiles were computed with one element changed."""

    spec: MatmulSpec
    levels: list
    claim: ComputeReceipt

    @property
    def root(self) -> bytes:
        return self.levels[-1][0]

    @property
    def receipt_id(self) -> bytes:
        return self.claim.struct_hash()

    def path(self, tile: int) -> list[bytes]:
        return merkle_path(self.levels, tile)

    def data(self) -> tuple:
        return claim_values(self.claim)

    def signature(self, key: int = OPERATOR) -> bytes:
        return sign(secret(key), self.claim.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()

    def changed(self, **changes) -> "Work":
        return Work(self.spec, self.levels, replace(self.claim, **changes))

    def acknowledgement(self, key: int) -> bytes:
        voucher = Acknowledgement(
            lease_id=self.claim.lease_id,
            seq=self.claim.seq,
            receipt_hash=self.receipt_id,
            cumulative_units=self.claim.units,
            cumulative_amount=self.claim.units * self.claim.unit_price,
        )
        return sign(secret(key), voucher.digest(CHAIN_ID, RECEIPTS_ADDRESS)).to_bytes()


def claim_values(claim: ComputeReceipt) -> tuple:
    return tuple(getattr(claim, name) for name in ComputeReceipt.__dataclass_fields__)


def compute(chain: MemoryChain, job_id: bytes, *, wrong: frozenset[int] = frozenset()) -> Work:
    job = job_of(chain, job_id)
    spec = MatmulSpec(seed=job.seed, m=job.m, n=job.n, k=job.k)
    leaves = []
    for index in range(spec.tiles):
        tile = compute_tile(spec, index)
        if index in wrong:
            tile = bytes((tile[0] ^ 1,)) + tile[1:]
        leaves.append(tile_leaf(spec, index, tile))
    levels = merkle_levels(leaves)
    beacon = ask_receipts(chain, "freshBeacon()", ("bytes32", "uint64"))[0]
    now = chain.block.timestamp
    claim = ComputeReceipt(
        job_id=job_id,
        lease_id=job.lease_id,
        seq=1,
        miner=job.miner,
        client=job.client,
        model_root=bytes(32),
        request_hash=spec.request_hash(),
        response_hash=levels[-1][0],
        trace_root=bytes(32),
        fingerprint=bytes(32),
        unit_kind=2,
        units=spec.macs,
        unit_price=job.unit_price,
        started_at=now - 1,
        ended_at=now,
        beacon=beacon,
        attestation=bytes(32),
        flags=0,
    )
    return Work(spec, levels, claim)


def submit(chain: MemoryChain, work: Work, key: int = OPERATOR) -> bytes:
    return receipts(chain, MINER, SUBMIT, work.data(), work.signature(key), work.root)


def drawn(chain: MemoryChain, receipt_id: bytes) -> tuple[int, ...]:
    return ask_receipts(chain, "drawnTiles(bytes32)", ("uint32[]",), receipt_id)[0]


def open_drawn(chain: MemoryChain, work: Work) -> None:
    paths = [work.path(tile) for tile in drawn(chain, work.receipt_id)]
    receipts(chain, MINER, "openTiles(bytes32,bytes32[][])", work.receipt_id, paths)


def leased_work(chain: MemoryChain, **fields) -> tuple[bytes, Work]:
    """Return (job id, work) of a job that is posted, taken and computed."""
    become_miner(chain)
    job_id = post(chain)
    take(chain, job_id)
    return job_id, compute(chain, job_id, **fields)
