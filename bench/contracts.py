"""Hot calls of the native contracts as whole transactions, and native code against bytecode.

Transactions go through ``BlockTransition.apply`` (form, signature recovered before, checks, gas,
call, receipt) over a ledger in memory whose state genesis made: what one core executes, without
roots and disk. Each kind of call runs on a chain of its own, with its preparation not timed, in
blocks of a hundred: a block's journal stays as short as on a chain.

The ERC-20 comparison runs the same calldata as messages (no transaction around them) on the native
contract and on the bytecode of its Vyper twin under py-evm. Expected before measuring: 3,000 to
8,000 transactions a second for the hot calls, and a native transfer at least 20 times as fast as
the bytecode's, since it is a few microseconds of Python against an interpreter loop of some 150
instructions.
"""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from bench.result import Result
from contracts.chain.v1.contract import GENESIS_SUPPLY_SLOT, SUPPLY_SLOT
from contracts.context import SYSTEM_ADDRESS, BlockContext
from contracts.framework.contract import Method
from contracts.governance.v1.contract import Governance
from contracts.governance.v1.messages import Kind
from contracts.guardian.v1.contract import Guardian
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.messaging.v1.contract import Messaging
from contracts.places import RECEIPTS_ADDRESS, RUNTIME_ADDRESS, native_address
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.settings import ReceiptsGenesis
from contracts.runtime import NATIVE_NONCE
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.settings import StakingGenesis, StakingValidator
from contracts.system import SYSTEM, governance_genesis
from evm.reference import ReferenceEngine
from primitives.abi import decode_exactly, encode_call
from primitives.compute import ComputeReceipt
from primitives.genesis import Parameters
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT
from primitives.keys import public_key, secret_to_address, sign
from primitives.matmul import MatmulSpec, tile_leaf
from primitives.matmul_kernel import compute_tile
from primitives.merkle import merkle_levels, merkle_path
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from primitives.types import WEI_PER_AIT as AIT
from primitives.types import Address
from state.account import Account
from state.execution import Execution
from state.ledger import Ledger
from state.process import ProcessedTransaction, process_transaction
from state.validity import check_form

COUNT = 400
BLOCK = 100
COMPARED_CALLS = 10_000
TRANSFERS = 1_000
RUNS = 5
CHAIN_ID = 1
VALIDATORS = 4
DAY = 86_400
GAS = 4_000_000
PARAMETERS = Parameters(
    block_gas_max=10**12, transaction_gas_max=10**9, evm_gas_share_percent=100
)  # fmt: skip

Call = tuple[int, type[Any], str, tuple[Any, ...], int]
"""Sender's number, contract, method, arguments, value."""


def run() -> Iterator[Result]:
    """Measure everything; see the module."""
    for name, scenario in SCENARIOS.items():
        yield from _measure(name, scenario)
    yield from compare_tokens()


def secret(number: int) -> bytes:
    return number.to_bytes(32, "big")


class _View:
    """A state in which every account of a key is rich and nothing else exists."""

    def __init__(self) -> None:
        self._rich = Account(
            nonce=0, balance=10**27, storage_root=EMPTY_TRIE_ROOT, code_hash=EMPTY_KECCAK
        )

    def account(self, address: bytes) -> Account | None:
        return self._rich if any(address[:16]) and address != SYSTEM_ADDRESS else None

    def storage(self, _address: bytes, _slot: int) -> int:
        return 0

    def code(self, _code_hash: bytes) -> bytes:
        return b""


class Chain:
    """All system contracts after genesis, executing signed transactions."""

    def __init__(self) -> None:
        self.ledger = Ledger(_View())
        self.engine = ReferenceEngine()
        self.engine.warm_up()
        self.height, self.seconds = 1, 1_700_000_000
        self._nonces: dict[int, int] = {}
        self._senders: dict[int, Address] = {}
        self.execution = self._block()
        self.ledger.begin_transaction()
        for address in SYSTEM.addresses():
            self.ledger.set_nonce(address, NATIVE_NONCE)
            self.ledger.set_code(address, SYSTEM.code(address))
        validators = tuple(
            StakingValidator(
                operator=self.sender(number), public_key=public_key(secret(number)),
                stake=100_000 * AIT, fee_recipient=self.sender(number), name=f"validator {number}",
            )
            for number in range(1, VALIDATORS + 1)
        )  # fmt: skip
        settings = {
            Staking: StakingGenesis(validators=validators, epoch_blocks=100_000_000),
            Governance: governance_genesis(),
            Marketplace: MarketplaceGenesis(window_blocks_min=8),
            Receipts: ReceiptsGenesis(draw_first=2, draw_last=3, tiles_drawn=4),
        }
        SYSTEM.genesis(self.execution.hook_frame, settings)
        for slot in (SUPPLY_SLOT, GENESIS_SUPPLY_SLOT):
            self.ledger.set_storage(RUNTIME_ADDRESS, slot, 10**27)
        self.ledger.finish_transaction()
        self.next_block()

    def sender(self, number: int) -> Address:
        """Return the account of a key."""
        if number not in self._senders:
            self._senders[number] = secret_to_address(secret(number))
        return self._senders[number]

    def next_block(self, blocks: int = 1, seconds: int = 1) -> None:
        """End the block and begin the one ``blocks`` and ``seconds`` later."""
        self._hooks(self.execution.contracts.end_block)
        self.height += blocks
        self.seconds += seconds
        self.execution = self._block()
        self._hooks(self.execution.contracts.begin_block)

    def sign(self, call: Call) -> Transaction:
        """Return a call as a signed transaction, its sender recovered."""
        number, contract, name, values, value = call
        nonce = self._nonces.get(number, 0)
        self._nonces[number] = nonce + 1
        unsigned = Transaction(
            kind=DYNAMIC_FEE, chain_id=CHAIN_ID, nonce=nonce, max_priority_fee_per_gas=1,
            max_fee_per_gas=10**10, gas_limit=GAS, to=Address(native_address(contract.index)),
            value=value, data=encode_call(_method(contract, name).signature, *values),
        )  # fmt: skip
        signed = sign_transaction(unsigned, secret(number))
        assert signed.sender == self.sender(number)
        return signed

    def apply(self, transaction: Transaction) -> ProcessedTransaction:
        """Execute a transaction that must succeed."""
        check_form(transaction, CHAIN_ID, PARAMETERS)
        done = process_transaction(self.execution, transaction)
        if not done.succeeded:
            raise RuntimeError(done.error)
        return done

    def do(self, *call: Any, value: int = 0) -> Any:
        """Send (number, contract, method, arguments...) and return the result."""
        number, contract, name, *values = call
        done = self.apply(self.sign((number, contract, name, tuple(values), value)))
        method = _method(contract, name)
        results = decode_exactly(method.results, done.output) if method.outputs else ()
        return results[0] if len(results) == 1 else results

    def _hooks(self, run: Callable[[Any], None]) -> None:
        self.ledger.begin_transaction()
        run(self.execution.hook_frame)
        self.ledger.finish_transaction()

    def _block(self) -> Execution:
        block = BlockContext(
            chain_id=CHAIN_ID, genesis_hash=b"\x47" * 32, height=self.height,
            time_ms=1000 * self.seconds, timestamp=self.seconds, epoch=1, view=self.height,
            beacon=self.height.to_bytes(32, "big"), coinbase=b"\xcb" * 20, base_fee=10**9,
            gas_limit=10**12, proposer=self.sender(1), signers=(1 << VALIDATORS) - 1,
        )  # fmt: skip
        return Execution(self.ledger, block, SYSTEM, self.engine)


Scenario = Callable[[Chain], Sequence[Call]]


def _method(contract: type[Any], name: str) -> Method:
    return next(m for m in contract.methods.values() if m.name == name)


def _measure(name: str, scenario: Scenario) -> Iterator[Result]:
    """Return calls and gas per second of a scenario: the median of its blocks."""
    chain = Chain()
    transactions = [chain.sign(call) for call in scenario(chain)]
    rates, gas_rates = [], []
    with _collector_of_a_node():
        for first in range(0, len(transactions), BLOCK):
            block = transactions[first : first + BLOCK]
            began = time.perf_counter()
            gas = sum(chain.apply(transaction).gas_used for transaction in block)
            seconds = time.perf_counter() - began
            rates.append(len(block) / seconds)
            gas_rates.append(gas / seconds / 1e6)
            chain.next_block()
    yield Result(name=f"contracts::{name}", value=statistics.median(rates), unit="calls/s")
    yield Result(name=f"contracts::{name}/gas", value=statistics.median(gas_rates), unit="Mgas/s")


@contextmanager
def _collector_of_a_node() -> Iterator[None]:
    """Set the garbage collector as ``node.service`` does."""
    thresholds = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        gc.unfreeze()


# --- scenarios: each prepares a chain and returns the calls to time -----------------------------

USERS = range(1_000, 1_000 + COUNT)
BONDED = 1_000 * AIT
DEPOSIT = 100 * AIT
OPEN_PROPOSALS_MAX = 64


def _validator(number: int) -> Address:
    return secret_to_address(secret(1 + number % VALIDATORS))


def _delegated(chain: Chain) -> None:
    for number in USERS:
        chain.do(number, Staking, "delegate", _validator(number), value=BONDED)
    for _ in range(3):
        chain.next_block()


def _delegate(_chain: Chain) -> list[Call]:
    return [(n, Staking, "delegate", (_validator(n),), BONDED) for n in USERS]


def _undelegate(chain: Chain) -> list[Call]:
    _delegated(chain)
    return [(n, Staking, "undelegate", (_validator(n), 10 * AIT), 0) for n in USERS]


def _compound(chain: Chain) -> list[Call]:
    _delegated(chain)
    return [(1, Staking, "compound", (chain.sender(n), _validator(n)), 0) for n in USERS]


def _withdraw_rewards(chain: Chain) -> list[Call]:
    _delegated(chain)
    return [(n, Staking, "withdrawRewards", (_validator(n),), 0) for n in USERS]


def _proposal(place: int) -> tuple[tuple[Any, ...], int]:
    target, kind = native_address(1 + place % 4), int(Kind.LOGIC_UPDATE)
    values = (target, "1.0.0", f"9.0.{place}", kind, 3 * DAY, b"\xc0" * 32, [], "for a bench")
    return values, DEPOSIT


def _propose(chain: Chain) -> list[Call]:
    _delegated(chain)
    users = enumerate(USERS[:OPEN_PROPOSALS_MAX])
    return [(n, Governance, "propose", *_proposal(place)) for place, n in users]


def _vote(chain: Chain) -> list[Call]:
    _delegated(chain)
    values, deposit = _proposal(0)
    number = chain.do(1_000, Governance, "propose", *values, value=deposit)
    chain.next_block()
    return [(n, Governance, "vote", (number, 1), 0) for n in USERS]


GUARDS = [bytes(16) + bytes((0xAA, 0, 0, number)) for number in range(1, 4)]
LIMITS = (10**6, 10**9, 10**9, 10**9, 10**5)


def _vault(chain: Chain, lock_seconds: int = 3_600) -> bytes:
    values = (bytes(20), GUARDS, LIMITS, lock_seconds, b"\x05" * 32)
    vault: bytes = chain.do(1_000, Guardian, "createVault", *values)
    chain.ledger.begin_transaction()
    chain.ledger.set_balance(vault, 10**27)
    chain.ledger.finish_transaction()
    return vault


def _initiate_transfer(chain: Chain) -> list[Call]:
    vault = _vault(chain)
    shop = chain.sender(2_000)
    return [(1_000, Guardian, "initiate", (vault, shop, 10, b""), 0) for _ in USERS]


def _token_limits(chain: Chain) -> tuple[bytes, bytes]:
    """Return a vault and a token (an empty account) that it has limits for."""
    vault, token = _vault(chain), chain.sender(2_001)
    change = chain.do(1_000, Guardian, "setLimits", vault, token, LIMITS)
    chain.next_block(4_000, 4_000)
    chain.do(1_000, Guardian, "executeChange", change)
    return vault, token


def _initiate_token(chain: Chain) -> list[Call]:
    vault, token = _token_limits(chain)
    data = encode_call("transfer(address,uint256)", chain.sender(2_002), 10)
    return [(1_000, Guardian, "initiate", (vault, token, 0, data), 0) for _ in USERS]


def _execute(chain: Chain) -> list[Call]:
    queued = []
    for place in range(COUNT // 32):
        values = (bytes(20), GUARDS, LIMITS, 3_600, place.to_bytes(32, "big"))
        vault = chain.do(1_000, Guardian, "createVault", *values)
        chain.ledger.begin_transaction()
        chain.ledger.set_balance(vault, 10**27)
        chain.ledger.finish_transaction()
        for _ in range(32):
            shop = chain.sender(2_000)
            queued.append(chain.do(1_000, Guardian, "initiate", vault, shop, 10**5, b"")[0])
    chain.next_block(4_000, 4_000)
    return [(1_001, Guardian, "execute", (operation,), 0) for operation in queued]


FEE = 10**9
TEXT = "what an agent says in two hundred bytes, more or less: " * 4


def _post(chain: Chain) -> list[Call]:
    topic = chain.do(1_000, Messaging, "openTopic", "Topic", "", [], value=5 * FEE)
    return [(n, Messaging, "post", (topic, 1, 0, TEXT), len(TEXT) * FEE) for n in USERS]


def _forum_vote(chain: Chain) -> list[Call]:
    topic = chain.do(1_000, Messaging, "openTopic", "Topic", "", [], value=5 * FEE)
    number = chain.do(999, Messaging, "post", topic, 1, 0, "hello", value=5 * FEE)
    return [(n, Messaging, "vote", (number, 1), 0) for n in USERS]


def _send_sealed(chain: Chain) -> list[Call]:
    chain.do(999, Messaging, "registerKey", b"\x01" * 32)
    to, sealed = chain.sender(999), b"s" * 256
    return [(n, Messaging, "sendSealed", (to, sealed), 256 * FEE) for n in USERS]


SIDE, DEPTH = 256, 64
PRICE = SIDE * SIDE * DEPTH * 10**10
JOB = (b"\x11" * 32, SIDE, SIDE, DEPTH, 10_000, 1_000)
MINER = 500


def _post_job(_chain: Chain) -> list[Call]:
    return [(n, Marketplace, "postJob", JOB, PRICE) for n in USERS]


def _jobs(chain: Chain, count: int) -> list[bytes]:
    chain.do(MINER, Marketplace, "registerMiner", chain.sender(MINER), "tcp://x", value=10**6 * AIT)
    return [chain.do(1_000, Marketplace, "postJob", *JOB, value=PRICE) for _ in range(count)]


def _take_job(chain: Chain) -> list[Call]:
    return [(MINER, Marketplace, "takeJob", (job,), 0) for job in _jobs(chain, COUNT)]


def _claims(chain: Chain) -> tuple[list[list[bytes]], list[ComputeReceipt]]:
    jobs = _jobs(chain, COUNT // 2)
    leases = [chain.do(MINER, Marketplace, "takeJob", job) for job in jobs]
    spec = MatmulSpec(seed=JOB[0], m=SIDE, n=SIDE, k=DEPTH)  # type: ignore[arg-type]
    levels = merkle_levels([tile_leaf(spec, i, compute_tile(spec, i)) for i in range(spec.tiles)])
    beacon = chain.do(1_000, Receipts, "freshBeacon")[0]
    now = chain.seconds
    claims = [
        ComputeReceipt(
            job_id=job, lease_id=lease, seq=1, miner=chain.sender(MINER),
            client=chain.sender(1_000), model_root=bytes(32), request_hash=spec.request_hash(),
            response_hash=levels[-1][0], trace_root=bytes(32), fingerprint=bytes(32), unit_kind=2,
            units=spec.macs, unit_price=10**10, started_at=now - 1, ended_at=now, beacon=beacon,
            attestation=bytes(32), flags=0,
        )  # type: ignore[arg-type]
        for job, lease in zip(jobs, leases, strict=True)
    ]  # fmt: skip
    return levels, claims


def _submission(claim: ComputeReceipt) -> Call:
    values = tuple(getattr(claim, name) for name in ComputeReceipt.__dataclass_fields__)
    digest = claim.digest(CHAIN_ID, Address(RECEIPTS_ADDRESS))
    signature = sign(secret(MINER), digest).to_bytes()
    return (MINER, Receipts, "submitReceipt", (values, signature, claim.response_hash), 0)


def _submit(chain: Chain) -> list[Call]:
    return [_submission(claim) for claim in _claims(chain)[1]]


def _open_tiles(chain: Chain) -> list[Call]:
    levels, claims = _claims(chain)
    for claim in claims:
        chain.apply(chain.sign(_submission(claim)))
    for _ in range(4):
        chain.next_block()
    calls: list[Call] = []
    for claim in claims:
        receipt = claim.struct_hash()
        tiles = chain.do(1_000, Receipts, "drawnTiles", receipt)
        paths = [merkle_path(levels, tile) for tile in tiles]
        calls.append((MINER, Receipts, "openTiles", (receipt, paths), 0))
    return calls


SCENARIOS: dict[str, Scenario] = {
    "staking.delegate": _delegate,
    "staking.undelegate": _undelegate,
    "staking.compound": _compound,
    "staking.withdrawRewards": _withdraw_rewards,
    "governance.propose": _propose,
    "governance.vote": _vote,
    "guardian.initiate/call=transfer": _initiate_transfer,
    "guardian.initiate/call=token": _initiate_token,
    "guardian.execute": _execute,
    "messaging.post/bytes=220": _post,
    "messaging.vote": _forum_vote,
    "messaging.sendSealed/bytes=256": _send_sealed,
    "marketplace.postJob": _post_job,
    "marketplace.takeJob": _take_job,
    "receipts.submitReceipt": _submit,
    "receipts.openTiles/tiles=4,k=64": _open_tiles,
}


# --- native code against bytecode ----------------------------------------------------------------


def compare_tokens() -> Iterator[Result]:
    """Compare 10,000 random calls, then time transfers on both tokens."""
    from bench.erc20_pair import TokenPair, random_calls

    pair = TokenPair()
    mismatches = 0
    for caller, data, value in random_calls(2, COMPARED_CALLS):
        native, twin = pair.outcomes(caller, data, value)
        mismatches += native != twin
    ours, theirs = pair.storages()
    mismatches += ours != theirs
    assert mismatches == 0, f"{mismatches} calls differ"
    yield Result(
        name=f"contracts::erc20_mismatches/calls={COMPARED_CALLS}", value=mismatches, unit="calls",
        target="0",
    )  # fmt: skip
    kinds = {
        "recipient=held": lambda: _transfer_seconds(is_fresh=False),
        "recipient=fresh": lambda: _transfer_seconds(is_fresh=True),
        "recipient=fresh,as=transaction": _transaction_seconds,
    }
    for name, seconds in kinds.items():
        runs = [run for _ in range(RUNS) for run in seconds()]
        native, twin = (statistics.median(column) for column in zip(*runs, strict=True))
        low, middle, high = statistics.quantiles([theirs / ours for ours, theirs in runs], n=4)
        suffix = f"/{name}"
        yield Result(name=f"contracts::erc20_native{suffix}", value=1 / native, unit="calls/s")
        yield Result(name=f"contracts::erc20_bytecode{suffix}", value=1 / twin, unit="calls/s")
        ratio = f"contracts::erc20_ratio{suffix}"
        target = "" if "transaction" in name else ">= 20"
        yield Result(name=ratio, value=middle, unit="x", target=target)
        yield Result(name=f"{ratio},quartile=1", value=low, unit="x")
        yield Result(name=f"{ratio},quartile=3", value=high, unit="x")


def _transfer_seconds(*, is_fresh: bool) -> list[tuple[float, float]]:
    """Return seconds per transfer, native and bytecode, of alternating rounds on one ledger.

    The recipients are new holders, or hold tokens already.
    """
    from bench.erc20_pair import OWNER, TokenPair

    pair = TokenPair()
    calls = [
        encode_call("transfer(address,uint256)", (10**6 + i).to_bytes(20, "big"), 1)
        for i in range(TRANSFERS)
    ]
    if not is_fresh:
        for data in calls:
            pair.native(OWNER, data)
            pair.twin(OWNER, data)
    return _rounds(
        [lambda data=data: pair.native(OWNER, data).is_success for data in calls],
        [lambda data=data: pair.twin(OWNER, data).is_success for data in calls],
    )


def _transaction_seconds() -> list[tuple[float, float]]:
    """Return the same of whole signed transactions, which pay for what surrounds the call too."""
    from bench.erc20_native import TOKEN_ADDRESS
    from bench.erc20_pair import OWNER, TWIN_ADDRESS, TokenPair

    pair = TokenPair()
    sender = secret_to_address(secret(7))
    funds = encode_call("transfer(address,uint256)", sender, 10**20)
    works: list[list[Callable[[], bool]]] = [[], []]
    for run in (pair.native, pair.twin):
        assert run(OWNER, funds).is_success
    pair.ledger.finish_transaction()
    for index in range(TRANSFERS):  # nonces in the order in which the rounds alternate
        first, place = divmod(index, BLOCK)
        for turn, to in enumerate((Address(TOKEN_ADDRESS), TWIN_ADDRESS)):
            data = encode_call("transfer(address,uint256)", (10**6 + index).to_bytes(20, "big"), 1)
            unsigned = Transaction(
                kind=DYNAMIC_FEE, chain_id=CHAIN_ID, nonce=(2 * first + turn) * BLOCK + place,
                max_priority_fee_per_gas=0, max_fee_per_gas=0, gas_limit=200_000, to=to, value=0,
                data=data,
            )  # fmt: skip
            signed = sign_transaction(unsigned, secret(7))
            assert signed.sender == sender

            def execute(transaction: Transaction = signed) -> bool:
                check_form(transaction, CHAIN_ID, PARAMETERS)
                return process_transaction(pair.execution, transaction).succeeded

            works[turn].append(execute)
    return _rounds(*works)


def _rounds(
    native: Sequence[Callable[[], bool]], twin: Sequence[Callable[[], bool]]
) -> list[tuple[float, float]]:
    rounds = []
    with _collector_of_a_node():
        for first in range(0, TRANSFERS, BLOCK):
            seconds = []
            for works in (native, twin):
                began = time.perf_counter()
                for work in works[first : first + BLOCK]:
                    assert work()
                seconds.append((time.perf_counter() - began) / BLOCK)
            rounds.append((seconds[0], seconds[1]))
    return rounds
