"""Every method of this node, in one table: name, parameters, result, who may call it."""

from typing import Any, Final

from rpc import openrpc
from rpc.limits import PAGE_ROWS_MAX
from rpc.parameters import (
    parse_address,
    parse_any,
    parse_block,
    parse_block_number,
    parse_block_override,
    parse_bool,
    parse_call,
    parse_data,
    parse_hash,
    parse_log_filter,
    parse_overrides,
    parse_percentiles,
    parse_slot,
    parse_slots_list,
    parse_text,
    parse_u64,
)
from rpc.routes import chain, compute, compute_market, governance, logs, node, state
from rpc.routing import Access, Parameter, Route, Session, table_of
from rpc.subscriptions import parse_topic

ADDRESS: Final = Parameter("address", parse_address, "address")
BLOCK: Final = Parameter("block", parse_block, "block", "latest")
BLOCK_NUMBER: Final = Parameter("block", parse_block_number, "blockNumber")
REFERENCE: Final = Parameter("block", parse_block, "block")
BLOCK_HASH: Final = Parameter("blockHash", parse_hash, "hash")
TRANSACTION_HASH: Final = Parameter("transactionHash", parse_hash, "hash")
INDEX: Final = Parameter("index", parse_u64, "quantity")
IS_FULL: Final = Parameter("hydrated", parse_bool, "boolean", False)
CALL: Final = Parameter("transaction", parse_call, "call")
OVERRIDES: Final = Parameter("stateOverrides", parse_overrides, "object", {})
BLOCK_OVERRIDES: Final = Parameter("blockOverrides", parse_block_override, "object", None)
RAW: Final = Parameter("rawTransaction", parse_data, "data")
FILTER: Final = Parameter("filter", parse_log_filter, "filter")
FILTER_ID: Final = Parameter("filterId", parse_text, "string")
CURSOR: Final = Parameter("cursor", parse_u64, "quantity", 0)
LEASE: Final = Parameter("leaseId", parse_hash, "hash")
LIMIT: Final = Parameter("limit", parse_u64, "quantity", PAGE_ROWS_MAX)


def discover(session: Session) -> dict[str, Any]:
    """Return the OpenRPC document of this table."""
    return openrpc.document(ROUTES, session.backend.client_version)


ROUTES: Final[tuple[Route, ...]] = (
    Route("rpc.discover", discover, "This document (OpenRPC)"),
    # eth: the chain
    Route("eth_blockNumber", chain.block_number, "Newest height", (), "quantity"),
    Route("eth_chainId", chain.chain_id, "Chain id", (), "quantity"),
    Route("eth_protocolVersion", chain.protocol_version, "Wire protocol", (), "quantity"),
    Route("eth_syncing", chain.syncing, "Whether the node is behind", (), "any"),
    Route("eth_accounts", chain.accounts, "Accounts of the node: none", (), "list"),
    Route("eth_coinbase", chain.coinbase, "Fee recipient of the node", (), "address"),
    Route("eth_mining", chain.mining, "False", (), "boolean"),
    Route("eth_hashrate", chain.hashrate, "0", (), "quantity"),
    Route("eth_gasPrice", chain.gas_price, "A price that is accepted now", (), "quantity"),
    Route("eth_maxPriorityFeePerGas", chain.max_priority_fee, "A usual tip", (), "quantity"),
    Route("eth_blobBaseFee", chain.blob_base_fee, "1: there are no blobs", (), "quantity"),
    Route(
        "eth_feeHistory",
        chain.fee_history,
        "Base fees, fullness and tips of past blocks",
        (
            Parameter("blockCount", parse_u64, "quantity"),
            Parameter("newestBlock", parse_block_number, "blockNumber"),
            Parameter("rewardPercentiles", parse_percentiles, "list", ()),
        ),
    ),
    Route("eth_getBlockByHash", chain.block_by_hash, "A block", (BLOCK_HASH, IS_FULL)),
    Route("eth_getBlockByNumber", chain.block_by_number, "A block", (BLOCK_NUMBER, IS_FULL)),
    Route(
        "eth_getBlockTransactionCountByHash",
        chain.transaction_count,
        "Number of transactions of a block",
        (BLOCK_HASH,),
        "quantity",
    ),
    Route(
        "eth_getBlockTransactionCountByNumber",
        chain.transaction_count,
        "Number of transactions of a block",
        (BLOCK_NUMBER,),
        "quantity",
    ),
    Route("eth_getUncleCountByBlockHash", chain.uncle_count, "0", (BLOCK_HASH,), "quantity"),
    Route("eth_getUncleCountByBlockNumber", chain.uncle_count, "0", (BLOCK_NUMBER,), "quantity"),
    Route("eth_getUncleByBlockHashAndIndex", chain.uncle, "null", (BLOCK_HASH, INDEX)),
    Route("eth_getUncleByBlockNumberAndIndex", chain.uncle, "null", (BLOCK_NUMBER, INDEX)),
    Route(
        "eth_getTransactionByHash",
        chain.transaction_by_hash,
        "A finalized or waiting transaction",
        (TRANSACTION_HASH,),
    ),
    Route(
        "eth_getTransactionByBlockHashAndIndex",
        chain.transaction_at,
        "A transaction by its place",
        (BLOCK_HASH, INDEX),
    ),
    Route(
        "eth_getTransactionByBlockNumberAndIndex",
        chain.transaction_at,
        "A transaction by its place",
        (BLOCK_NUMBER, INDEX),
    ),
    Route(
        "eth_getTransactionReceipt",
        chain.transaction_receipt,
        "What a transaction did",
        (TRANSACTION_HASH,),
    ),
    Route("eth_getBlockReceipts", chain.block_receipts, "Receipts", (REFERENCE,), "list"),
    # eth: the state
    Route("eth_getBalance", state.balance, "A balance in wei", (ADDRESS, BLOCK), "quantity"),
    Route(
        "eth_getTransactionCount", state.transaction_count, "A nonce", (ADDRESS, BLOCK), "quantity"
    ),
    Route("eth_getCode", state.code, "An account's code", (ADDRESS, BLOCK), "data"),
    Route(
        "eth_getStorageAt",
        state.storage_at,
        "A storage slot",
        (ADDRESS, Parameter("slot", parse_slot, "quantity"), BLOCK),
        "hash",
    ),
    Route(
        "eth_getProof",
        state.proof,
        "An account with Merkle proofs (EIP-1186)",
        (ADDRESS, Parameter("storageKeys", parse_slots_list, "list"), BLOCK),
    ),
    Route(
        "eth_call",
        state.call,
        "Output of a call that changes nothing",
        (CALL, BLOCK, OVERRIDES, BLOCK_OVERRIDES),
        "data",
    ),
    Route(
        "eth_estimateGas",
        state.estimate_gas,
        "A gas limit that suffices",
        (CALL, BLOCK, OVERRIDES),
        "quantity",
    ),
    Route("eth_createAccessList", state.create_access_list, "What a call touches", (CALL, BLOCK)),
    Route("eth_sendRawTransaction", state.send_raw_transaction, "Send", (RAW,), "hash"),
    Route(
        "eth_sendRawTransactionSync",
        state.send_raw_transaction_sync,
        "Send and wait for the receipt (EIP-7966)",
        (RAW, Parameter("timeout", parse_u64, "quantity", 0)),
    ),
    # eth: logs
    Route("eth_getLogs", logs.logs, "Matching logs", (FILTER,), "list"),
    Route("eth_newFilter", logs.new_filter, "Install a log filter", (FILTER,), "string"),
    Route("eth_newBlockFilter", logs.new_block_filter, "Install a block filter", (), "string"),
    Route(
        "eth_newPendingTransactionFilter",
        logs.new_pending_filter,
        "Install a filter for waiting transactions",
        (),
        "string",
    ),
    Route("eth_getFilterChanges", logs.filter_changes, "News of a filter", (FILTER_ID,), "list"),
    Route("eth_getFilterLogs", logs.filter_logs, "All logs of a filter", (FILTER_ID,), "list"),
    Route("eth_uninstallFilter", logs.uninstall_filter, "Remove", (FILTER_ID,), "boolean"),
    Route(
        "eth_subscribe",
        logs.subscribe,
        "newHeads, logs or newPendingTransactions",
        (
            Parameter("topic", parse_topic, "string"),
            Parameter("options", parse_any, "any", None),
        ),
        "string",
        Access.STREAM,
    ),
    Route(
        "eth_unsubscribe",
        logs.unsubscribe,
        "End a subscription",
        (Parameter("subscriptionId", parse_text, "string"),),
        "boolean",
        Access.STREAM,
    ),
    # net, web3, txpool, debug
    Route("net_version", node.net_version, "Chain id in decimal", (), "string"),
    Route("net_listening", node.listening, "Whether peers can connect", (), "boolean"),
    Route("net_peerCount", node.peer_count, "Number of peers", (), "quantity"),
    Route("web3_clientVersion", node.client_version, "Name and version", (), "string"),
    Route("web3_sha3", node.sha3, "Keccak-256", (Parameter("data", parse_data, "data"),), "hash"),
    Route("txpool_status", node.pool_status, "Counts of waiting transactions"),
    Route("txpool_content", node.pool_content, "All waiting transactions"),
    Route("txpool_contentFrom", node.pool_content_from, "One sender's", (ADDRESS,)),
    Route("txpool_inspect", node.pool_inspect, "All waiting transactions, a line each"),
    Route("debug_getRawBlock", node.raw_block, "RLP", (REFERENCE,), "data", Access.LOCAL),
    Route("debug_getRawHeader", node.raw_header, "RLP", (REFERENCE,), "data", Access.LOCAL),
    Route("debug_getRawReceipts", node.raw_receipts, "RLP", (REFERENCE,), "list", Access.LOCAL),
    Route(
        "debug_getRawTransaction",
        node.raw_transaction,
        "Bytes of a transaction",
        (TRANSACTION_HASH,),
        "data",
        Access.LOCAL,
    ),
    # aitbc
    Route(
        "aitbc_getValidators",
        node.validators,
        "Validator set of an epoch",
        (Parameter("epoch", parse_u64, "quantity", None),),
    ),
    Route("aitbc_getCertificate", node.certificate, "Proof that a block is final", (BLOCK,)),
    Route("aitbc_getLightBlock", node.light_block, "Header, seal, finality proof", (BLOCK,)),
    Route("aitbc_getSupply", governance.supply, "Sum of all balances, minted, burnt"),
    Route(
        "aitbc_getProposals",
        governance.proposals,
        "Governance proposals by status",
        (Parameter("status", parse_text, "string", "all"), CURSOR, LIMIT),
    ),
    Route(
        "aitbc_getProposal",
        governance.proposal,
        "One proposal with tally and readiness",
        (Parameter("proposal", parse_u64, "quantity"),),
    ),
    Route("aitbc_getContractVersions", governance.contract_versions, "Active versions"),
    Route(
        "aitbc_getParameters",
        governance.parameters,
        "A contract's governed parameters",
        (Parameter("contract", parse_text, "string"),),
    ),
    Route("aitbc_nodeInfo", node.node_info, "The node"),
    Route("aitbc_peers", node.peers, "Connected peers", (), "list"),
    Route("aitbc_consensusState", node.consensus_state, "Epoch, view, leader"),
    Route("aitbc_health", node.health, "Whether the node follows the chain"),
    # compute
    Route(
        "compute_getJobs",
        compute.jobs,
        "Jobs by status",
        (Parameter("status", parse_text, "string", "open"), CURSOR, LIMIT),
    ),
    Route("compute_getJob", compute.job, "One job", (Parameter("jobId", parse_hash, "hash"),)),
    Route("compute_getMiner", compute.miner, "One miner", (ADDRESS,)),
    Route(
        "compute_getWork",
        compute.work,
        "Open jobs that a miner can take",
        (Parameter("miner", parse_address, "address", None), CURSOR, LIMIT),
    ),
    Route("compute_submitWork", compute.submit_work, "Send a call of receipts", (RAW,)),
    Route(
        "compute_getReceipt",
        compute.receipt,
        "One compute receipt",
        (Parameter("receiptId", parse_hash, "hash"),),
    ),
    Route(
        "compute_getReceiptProof",
        compute.receipt_proof,
        "What proves a receipt or a lease's claim without trust in this node",
        (Parameter("id", parse_hash, "hash"), BLOCK),
    ),
    Route(
        "compute_getOffers",
        compute_market.offers,
        "Listed offers of a unit kind: 1 tokens, 2 MACs, 3 seconds",
        (Parameter("unitKind", parse_u64, "quantity", 1), CURSOR, LIMIT),
    ),
    Route(
        "compute_match",
        compute_market.match,
        "Dry run of an order: the best offer, and why others do not fit",
        (
            Parameter("terms", parse_any, "object"),
            Parameter("client", parse_address, "address", None),
        ),
    ),
    Route("compute_getLeases", compute_market.leases, "Leases of models", (CURSOR, LIMIT)),
    Route("compute_getLease", compute_market.lease, "One lease", (LEASE,)),
    Route("compute_getClaim", compute_market.claim, "A lease's claim", (LEASE,)),
    Route(
        "compute_getBatch",
        compute_market.batch,
        "An anchored batch of receipts",
        (Parameter("batchId", parse_u64, "quantity"),),
    ),
    Route(
        "compute_getPriceIndex",
        compute_market.price_index,
        "Price index of a unit kind and a GPU class",
        (
            Parameter("unitKind", parse_u64, "quantity"),
            Parameter("gpuClass", parse_u64, "quantity"),
        ),
    ),
    Route(
        "compute_getCertificate",
        compute_market.certificate,
        "A miner's certificate of capacity",
        (ADDRESS,),
    ),
    Route(
        "compute_verifyReceipt",
        compute_market.verify_receipt,
        "Whether a signed receipt could be claimed now, by the contract's own rules",
        (
            Parameter("receipt", parse_any, "object"),
            Parameter("signature", parse_data, "data"),
            Parameter("ack", parse_any, "object", None),
            Parameter("ackSignature", parse_data, "data", b""),
        ),
    ),
    Route("compute_getReceipts", compute.receipts, "Compute receipts", (CURSOR, LIMIT)),
)

TABLE: Final = table_of(ROUTES)
