"""Values as geth's JSON shows them: quantities without leading zeros, data as whole bytes."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from functools import lru_cache
from typing import Any, Final

from contracts.framework.types import camel
from primitives.block import Header, Log, TransactionReceipt
from primitives.keccak import keccak256
from primitives.seal import Seal
from primitives.transaction import LEGACY, SET_CODE, AccessList, Transaction
from primitives.types import Address
from primitives.vote import Certificate, ValidatorSet
from rpc.backend import (
    AccessListRecord,
    BlockRecord,
    FinalityRecord,
    LogRecord,
    PoolView,
    ProofRecord,
    SetProof,
    SyncRecord,
)

Json = dict[str, Any]

_DYNAMIC_KINDS: Final = (2, 4)


def quantity(value: int) -> str:
    """Return an integer as JSON-RPC's QUANTITY."""
    return hex(value)


def data(value: bytes) -> str:
    """Return bytes as JSON-RPC's DATA."""
    return "0x" + value.hex()


def word(value: int) -> str:
    """Return an integer as 32 bytes."""
    return f"0x{value:064x}"


@lru_cache(maxsize=4_096)
def checksummed(address: bytes) -> str:
    """Return an address with EIP-55's capitals."""
    text = address.hex()
    digest = keccak256(text.encode()).hex()
    letters = (c.upper() if int(d, 16) > 7 else c for c, d in zip(text, digest, strict=False))
    return "0x" + "".join(letters)


def header_json(header: Header) -> Json:
    """Return a header as ``newHeads`` sends it."""
    return {
        "parentHash": data(header.parent_hash),
        "sha3Uncles": data(header.ommers_hash),
        "miner": data(header.coinbase),
        "stateRoot": data(header.state_root),
        "transactionsRoot": data(header.transactions_root),
        "receiptsRoot": data(header.receipts_root),
        "logsBloom": data(header.logs_bloom),
        "difficulty": hex(header.difficulty),
        "number": hex(header.height),
        "gasLimit": hex(header.gas_limit),
        "gasUsed": hex(header.gas_used),
        "timestamp": hex(header.timestamp),
        "extraData": data(header.extra_data),
        "mixHash": data(header.mix_hash),
        "nonce": data(header.nonce),
        "baseFeePerGas": hex(header.base_fee_per_gas),
        "withdrawalsRoot": data(header.withdrawals_root),
        "blobGasUsed": hex(header.blob_gas_used),
        "excessBlobGas": hex(header.excess_blob_gas),
        "parentBeaconBlockRoot": data(header.parent_beacon_block_root),
        "requestsHash": data(header.requests_hash),
        "hash": data(header.hash),
    }


def block_json(block: BlockRecord, *, is_full: bool) -> Json:
    """Return a block with transaction hashes or whole transactions.

    A pending block has no hash and no nonce, as in geth.
    """
    shown = header_json(block.header)
    shown["size"] = hex(ethereum_block_size(block))
    shown["totalDifficulty"] = "0x0"
    shown["uncles"] = []
    shown["withdrawals"] = []
    if is_full:
        shown["transactions"] = [
            transaction_json(transaction, block, index)
            for index, transaction in enumerate(block.transactions)
        ]
    else:
        shown["transactions"] = [data(transaction.hash) for transaction in block.transactions]
    if not block.is_final:
        shown["hash"] = shown["nonce"] = None
    return shown


def transaction_json(
    transaction: Transaction, block: BlockRecord | None = None, index: int | None = None
) -> Json:
    """Return a transaction with its place; without a block it waits in the pool."""
    is_placed = block is not None and block.is_final
    shown: Json = {
        "blockHash": data(block.header.hash) if block is not None and is_placed else None,
        "blockNumber": hex(block.header.height) if block is not None else None,
        "from": data(transaction.sender),
        "gas": hex(transaction.gas_limit),
        "gasPrice": hex(_shown_price(transaction, block)),
        "hash": data(transaction.hash),
        "input": data(transaction.data),
        "nonce": hex(transaction.nonce),
        "to": None if transaction.to is None else data(transaction.to),
        "transactionIndex": None if index is None else hex(index),
        "value": hex(transaction.value),
        "type": hex(transaction.kind),
    }
    if transaction.kind in _DYNAMIC_KINDS:
        shown["maxFeePerGas"] = hex(transaction.max_fee_per_gas)
        shown["maxPriorityFeePerGas"] = hex(transaction.max_priority_fee_per_gas)
    if transaction.kind != LEGACY:
        shown["accessList"] = access_list_json(transaction.access_list)
        shown["yParity"] = hex(transaction.y_parity)
    if transaction.kind == SET_CODE:
        shown["authorizationList"] = [
            {
                "chainId": hex(entry.chain_id),
                "address": data(entry.address),
                "nonce": hex(entry.nonce),
                "yParity": hex(entry.y_parity),
                "r": hex(entry.r),
                "s": hex(entry.s),
            }
            for entry in transaction.authorizations
        ]
    if transaction.chain_id is not None:
        shown["chainId"] = hex(transaction.chain_id)
    shown["v"] = hex(_shown_v(transaction))
    shown["r"] = hex(transaction.r)
    shown["s"] = hex(transaction.s)
    return shown


def access_list_json(access_list: AccessList) -> list[Json]:
    """Return an access list (EIP-2930)."""
    return [
        {"address": data(address), "storageKeys": [word(slot) for slot in slots]}
        for address, slots in access_list
    ]


def receipt_json(
    block: BlockRecord, receipts: Sequence[TransactionReceipt], index: int, first_log: int
) -> Json:
    """Return a receipt; ``first_log`` is the number of logs before it in the block."""
    header, receipt = block.header, receipts[index]
    transaction = block.transactions[index]
    logs = [
        log_json(place_log(block, log, index, first_log + offset))
        for offset, log in enumerate(receipt.logs)
    ]
    return {
        "blockHash": data(header.hash),
        "blockNumber": hex(header.height),
        "contractAddress": None
        if receipt.contract_address is None
        else data(receipt.contract_address),
        "cumulativeGasUsed": hex(receipt.cumulative_gas_used),
        "effectiveGasPrice": hex(transaction.effective_gas_price(header.base_fee_per_gas)),
        "from": data(transaction.sender),
        "gasUsed": hex(receipt.gas_used),
        "logs": logs,
        "logsBloom": data(receipt.bloom),
        "status": "0x1" if receipt.succeeded else "0x0",
        "to": None if transaction.to is None else data(transaction.to),
        "transactionHash": data(transaction.hash),
        "transactionIndex": hex(index),
        "type": hex(receipt.kind),
    }


def receipts_json(block: BlockRecord, receipts: Sequence[TransactionReceipt]) -> list[Json]:
    """Return all receipts of a block."""
    shown, first_log = [], 0
    for index, receipt in enumerate(receipts):
        shown.append(receipt_json(block, receipts, index, first_log))
        first_log += len(receipt.logs)
    return shown


def place_log(block: BlockRecord, log: Log, index: int, log_index: int) -> LogRecord:
    """Return a log of a block's transaction number ``index`` with its place."""
    return LogRecord(
        log=log,
        height=block.header.height,
        block_hash=block.header.hash,
        timestamp=block.header.timestamp,
        transaction_hash=block.transactions[index].hash,
        transaction_index=index,
        log_index=log_index,
    )


def log_json(record: LogRecord) -> Json:
    """Return a log; nothing here is ever removed, because blocks never reorganize."""
    return {
        "address": data(record.log.address),
        "topics": [data(topic) for topic in record.log.topics],
        "data": data(record.log.data),
        "blockNumber": hex(record.height),
        "transactionHash": data(record.transaction_hash),
        "transactionIndex": hex(record.transaction_index),
        "blockHash": data(record.block_hash),
        "blockTimestamp": hex(record.timestamp),
        "logIndex": hex(record.log_index),
        "removed": False,
    }


def proof_json(address: Address, keys: Sequence[str], proof: ProofRecord) -> Json:
    """Return an account proof (EIP-1186); ``keys`` are the slots as the caller wrote them."""
    return {
        "address": data(address),
        "accountProof": [data(node) for node in proof.nodes],
        "balance": hex(proof.account.balance),
        "codeHash": data(proof.account.code_hash),
        "nonce": hex(proof.account.nonce),
        "storageHash": data(proof.account.storage_root),
        "storageProof": [
            {"key": key, "value": hex(slot.value), "proof": [data(node) for node in slot.nodes]}
            for key, slot in zip(keys, proof.slots, strict=True)
        ],
    }


def created_access_list_json(found: AccessListRecord) -> Json:
    """Return what eth_createAccessList answers."""
    shown: Json = {
        "accessList": access_list_json(found.access_list),
        "gasUsed": hex(found.gas_used),
    }
    if found.error:
        shown["error"] = found.error
    return shown


def sync_json(status: SyncRecord, current: int) -> Json | bool:
    """Return eth_syncing's answer: False when in step."""
    if not status.is_syncing:
        return False
    return {
        "startingBlock": hex(status.started_at),
        "currentBlock": hex(current),
        "highestBlock": hex(max(status.best_height, current)),
    }


def pool_groups(pool: PoolView) -> tuple[dict[Address, list[Transaction]], ...]:
    """Split waiting transactions into executable (without gap) and queued, by sender."""
    pending: dict[Address, list[Transaction]] = {}
    queued: dict[Address, list[Transaction]] = {}
    for sender, queue in pool.queues.items():
        wanted = pool.nonces.get(sender, 0)
        for nonce in sorted(queue):
            group = pending if nonce == wanted else queued
            group.setdefault(sender, []).append(queue[nonce])
            wanted += nonce == wanted
    return pending, queued


def pool_content_json(transactions: Iterable[Transaction]) -> Json:
    """Return transactions of one sender by decimal nonce."""
    return {str(t.nonce): transaction_json(t) for t in transactions}


def pool_line(transaction: Transaction) -> str:
    """Return a transaction as txpool_inspect's one line."""
    to = "contract creation" if transaction.to is None else checksummed(transaction.to)
    price, gas = transaction.max_fee_per_gas, transaction.gas_limit
    return f"{to}: {transaction.value} wei + {gas} gas x {price} wei"


def validators_json(validators: ValidatorSet, proof: SetProof | None) -> Json:
    """Return an epoch's set; ``power`` in whole AIT.

    ``proof``, null for the set that genesis names, shows the set's hash in staking's slot 0 after
    the block that ended the epoch before, in the form of eth_getProof.
    """
    return {
        "epoch": hex(validators.epoch),
        "powerTotal": hex(validators.power_total),
        "validators": [
            {"address": data(v.address), "publicKey": data(v.public_key), "power": hex(v.power)}
            for v in validators.validators
        ],
        "proof": None if proof is None else _set_proof_json(proof),
    }


def _set_proof_json(proof: SetProof) -> Json:
    nodes = [data(node) for node in proof.storage]
    return {
        "accountProof": [data(node) for node in proof.account],
        "storageProof": [{"key": "0x0", "proof": nodes}],
    }


def certificate_json(certificate: Certificate) -> Json:
    """Return a certificate; ``signers`` are positions in the epoch's set."""
    statement = certificate.statement
    return {
        "kind": statement.kind.name.lower(),
        "epoch": hex(statement.epoch),
        "view": hex(statement.view),
        "height": hex(statement.height),
        "blockHash": data(statement.block_hash),
        "signers": certificate.signer_indexes(),
        "signatures": [data(signature) for signature in certificate.signatures],
        "raw": data(certificate.encode()),
    }


def finality_json(proof: FinalityRecord) -> Json:
    """Return a finality proof: the certificate and the raw headers up to what it certifies."""
    return {
        "certificate": certificate_json(proof.certificate),
        "headers": [data(header.encode()) for header in proof.headers],
    }


def seal_json(seal: Seal) -> Json:
    """Return a seal without the votes that it carries; ``raw`` holds all of it."""
    return {
        "epoch": hex(seal.epoch),
        "view": hex(seal.view),
        "proposer": data(seal.proposer),
        "timeMs": hex(seal.time_ms),
        "vrfProof": data(seal.vrf_proof),
        "lateVotes": len(seal.late_votes),
        "raw": data(seal.encode()),
    }


def struct_json(value: object) -> Any:
    """Return a decoded ABI value: integers as quantities, bytes as data, names in camel case.

    ``value`` is what a native contract's view gives: plain values, tuples, dataclasses.
    """
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return hex(value)
    if isinstance(value, bytes):
        return data(value)
    if is_dataclass(value):
        return {
            camel(member.name): struct_json(getattr(value, member.name)) for member in fields(value)
        }
    if isinstance(value, tuple | list):
        return [struct_json(entry) for entry in value]
    raise TypeError(f"no JSON form for {type(value).__name__}")


def ethereum_block_size(block: BlockRecord) -> int:
    """Return the length of rlp([header, transactions, [], []]): what Ethereum calls the size."""
    transactions = 0
    for transaction in block.transactions:
        size = len(transaction.encode())
        transactions += size if transaction.kind == LEGACY else size + _prefix_size(size)
    body = len(block.header.encode()) + transactions + _prefix_size(transactions) + 2
    return body + _prefix_size(body)


def _prefix_size(length: int) -> int:
    """Return the length of an RLP prefix (of a payload that is no single low byte)."""
    return 1 if length < 56 else 1 + (length.bit_length() + 7) // 8


def _shown_price(transaction: Transaction, block: BlockRecord | None) -> int:
    if block is None:
        return transaction.max_fee_per_gas
    return transaction.effective_gas_price(block.header.base_fee_per_gas)


def _shown_v(transaction: Transaction) -> int:
    if transaction.kind != LEGACY:
        return transaction.y_parity
    if transaction.chain_id is None:
        return 27 + transaction.y_parity
    return 35 + 2 * transaction.chain_id + transaction.y_parity
