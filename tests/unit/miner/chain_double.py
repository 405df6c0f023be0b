"""The real contracts in memory behind the JSON-RPC methods that a miner uses."""

from contextlib import suppress

from contracts.errors import OutOfGas, Revert
from primitives.keys import secret_to_address
from primitives.transaction import decode_transaction
from primitives.types import WEI_PER_AIT
from rpc.client import NodeUnreachableError, RpcCallError
from tests.unit.contracts.compute_world import CLIENT, compute_chain, job_of, market, post
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import EPOCH_BLOCKS

MINER_SECRET = b"\x21" * 32
MINER_ADDRESS = secret_to_address(MINER_SECRET)
GAS_USED = 100_000


def _matches(topics, wanted):
    """Match as eth_getLogs does: None is any topic, a list any of these."""
    if len(topics) < len(wanted):
        return False
    return all(
        want is None or topic in (want if isinstance(want, list) else [want])
        for topic, want in zip(topics, wanted, strict=False)
    )


class UndoError(Exception):
    """Leaves a frame so that nothing of it stays."""


def refusal(reason: str) -> RpcCallError:
    return RpcCallError("eth_sendRawTransaction", -32000, reason, None)


class ChainDouble:
    """One node: a pool, blocks on demand, faults on demand."""

    def __init__(self) -> None:
        self.chain = compute_chain()
        self.chain.balances[MINER_ADDRESS] = 1_000 * WEI_PER_AIT
        self.pool = {}
        self.nonces = {}
        self.outcomes = {}
        self.executed = []
        self.requests = []
        self.unreachable = 0
        self.lost_answers = 0
        self.swallowed = b""
        self.pool_error = None
        self.is_censoring = False

    # --- what a test does ---------------------------------------------------------------------

    def post(self, **fields) -> bytes:
        return post(self.chain, **fields)

    def job(self, job_id: bytes):
        return job_of(self.chain, job_id)

    def as_client(self, signature: str, *values) -> bytes:
        return market(self.chain, CLIENT, signature, *values)

    def mine(self, blocks: int = 1) -> None:
        for _ in range(blocks):
            is_terminal = self.chain.block.height % EPOCH_BLOCKS == 0
            self.chain.advance(epoch=self.chain.block.epoch + is_terminal)
            if self.is_censoring:
                continue
            for (sender, nonce), tx in sorted(self.pool.items()):
                if nonce == self.nonces.get(sender, 0):
                    self._execute(sender, tx)

    def sent(self, selector: bytes) -> int:
        """Return how many executed transactions called the method."""
        return sum(tx.data[:4] == selector and ok for tx, ok in self.executed)

    def _execute(self, sender: bytes, tx) -> None:
        del self.pool[sender, tx.nonce]
        self.nonces[sender] = tx.nonce + 1
        logs_before = len(self.chain.logs)
        try:
            self.chain.transact(sender, tx.to, tx.data, tx.value, tx.gas_limit)
            is_success = True
        except (Revert, OutOfGas):
            is_success = False
        self.executed.append((tx, is_success))
        self.outcomes[tx.hash] = {
            "blockNumber": hex(self.chain.block.height),
            "status": hex(is_success),
            "gasUsed": hex(GAS_USED),
            "effectiveGasPrice": hex(10**9),
            "contractAddress": None,
            "logs": [
                {
                    "address": "0x" + address.hex(),
                    "topics": ["0x" + topic.hex() for topic in topics],
                    "data": "0x" + data.hex(),
                }
                for address, topics, data in self.chain.logs[logs_before:]
            ],
        }

    # --- the node's side ------------------------------------------------------------------------

    async def call(self, method: str, *params):
        self.requests.append(method)
        if self.unreachable:
            self.unreachable -= 1
            raise NodeUnreachableError({"double": "connection refused"})
        return getattr(self, "_" + method)(*params)

    def _eth_chainId(self):
        return hex(CHAIN_ID)

    def _eth_getBlockByNumber(self, tag, full):
        block = self.chain.block
        if tag != "latest" and int(tag, 16) > block.height:
            return None
        height = block.height if tag == "latest" else int(tag, 16)
        return {
            "number": hex(height),
            "mixHash": "0x" + height.to_bytes(32, "big").hex(),
            "timestamp": hex(block.timestamp),
            "baseFeePerGas": hex(block.base_fee),
            "hash": "0x" + "aa" * 32,
            "parentHash": "0x" + "bb" * 32,
            "stateRoot": "0x" + "cc" * 32,
            "miner": "0x" + "dd" * 20,
            "transactions": [],
            "gasUsed": "0x0",
            "gasLimit": hex(block.gas_limit),
            "size": "0x200",
        }

    def _eth_maxPriorityFeePerGas(self):
        return hex(10**9)

    def _eth_getBalance(self, address, tag):
        return hex(self.chain.balances.get(bytes.fromhex(address[2:]), 0))

    def _eth_getTransactionCount(self, address, tag):
        sender = bytes.fromhex(address[2:])
        nonce = self.nonces.get(sender, 0)
        while tag == "pending" and (sender, nonce) in self.pool:
            nonce += 1
        return hex(nonce)

    def _eth_call(self, request, tag):
        return "0x" + self._refusable(lambda: self._simulate(request)).hex()

    def _eth_estimateGas(self, request):
        self._refusable(lambda: self._simulate(request))
        return hex(4_000_000)

    def _simulate(self, request) -> bytes:
        sender = bytes.fromhex(request.get("from", "0x" + "00" * 20)[2:])
        to, data = bytes.fromhex(request["to"][2:]), bytes.fromhex(request["data"][2:])
        outputs = []
        with suppress(UndoError), self.chain.frame():
            value = int(request.get("value", "0x0"), 16)
            outputs.append(self.chain.transact(sender, to, data, value))
            raise UndoError
        return outputs[0]

    def _refusable(self, work):
        try:
            return work()
        except Revert as error:
            raise RpcCallError(
                "eth_call", 3, "execution reverted", "0x" + error.data.hex()
            ) from error

    def _eth_sendRawTransaction(self, raw):
        if self.pool_error is not None:
            error, self.pool_error = self.pool_error, None
            raise refusal(error)
        tx = decode_transaction(bytes.fromhex(raw[2:]))
        if self.swallowed and tx.data.startswith(self.swallowed):
            return "0x" + tx.hash.hex()
        if tx.nonce < self.nonces.get(tx.sender, 0):
            raise refusal("nonce too low")
        old = self.pool.get((tx.sender, tx.nonce))
        if old is not None and old.hash == tx.hash:
            raise refusal("already known")
        if old is not None and 10 * tx.max_fee_per_gas < 11 * old.max_fee_per_gas:
            raise RpcCallError(
                "eth_sendRawTransaction", -32000, "replacement transaction underpriced", None
            )
        self.pool[tx.sender, tx.nonce] = tx
        if self.lost_answers:
            self.lost_answers -= 1
            raise NodeUnreachableError({"double": "connection reset"})
        return "0x" + tx.hash.hex()

    def _eth_getTransactionReceipt(self, value):
        return self.outcomes.get(bytes.fromhex(value[2:]))

    # --- what an auditor asks -------------------------------------------------------------------

    def _eth_getLogs(self, query):
        first, last = int(query["fromBlock"], 16), int(query["toBlock"], 16)
        found = []
        for value, outcome in self.outcomes.items():
            if not first <= int(outcome["blockNumber"], 16) <= last:
                continue
            for index, log in enumerate(outcome["logs"]):
                if log["address"] == query["address"] and _matches(log["topics"], query["topics"]):
                    place = {"blockNumber": outcome["blockNumber"], "logIndex": hex(index)}
                    found.append({**log, **place, "transactionHash": "0x" + value.hex()})
        return found

    def _eth_getTransactionByHash(self, value):
        for tx, _ in self.executed:
            if tx.hash == bytes.fromhex(value[2:]):
                return {
                    "hash": value,
                    "from": "0x" + tx.sender.hex(),
                    "to": None if tx.to is None else "0x" + tx.to.hex(),
                    "value": hex(tx.value),
                    "nonce": hex(tx.nonce),
                    "gas": hex(tx.gas_limit),
                    "input": "0x" + tx.data.hex(),
                }
        return None

    def _eth_getCode(self, address, tag):
        is_native = self.chain.active.is_native(bytes.fromhex(address[2:]))
        return "0xfe" if is_native else "0x"


class MiningRpc:
    """A node that makes a block for every transaction."""

    def __init__(self, double):
        self.double = double

    async def call(self, method, *params):
        result = await self.double.call(method, *params)
        if method == "eth_sendRawTransaction":
            self.double.mine()
        return result
