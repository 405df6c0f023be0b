"""Methods on a real chain: what they answer, and in which words they refuse."""

import json
from pathlib import Path
from typing import Any

import pytest

from contracts.places import MARKETPLACE_ADDRESS, RECEIPTS_ADDRESS, STAKING_ADDRESS
from contracts.runtime import native_code
from primitives import rlp
from primitives.abi import encode_call
from primitives.keccak import keccak256
from primitives.keys import secret_to_address
from primitives.transaction import LEGACY, decode_transaction
from primitives.types import WEI_PER_AIT
from rpc.limits import LOG_RANGE_BLOCKS_MAX
from rpc.routes.table import ROUTES
from rpc.routing import Access
from state.trie.proof import verify_proof
from tests.unit.rpc.small_chain import (
    ALICE,
    BOB,
    CHAIN_ID,
    CLEARER,
    COUNTER,
    LOGGER,
    PROXY,
    REVERTER,
    VALIDATOR,
    Caller,
    World,
    make_backend,
)

A = "0x" + secret_to_address(ALICE).hex()
NOBODY = "0x" + "12" * 20


def hexed(value: bytes) -> str:
    return "0x" + value.hex()


def native(address: bytes, signature: str, *values: object) -> dict[str, str]:
    return {"to": hexed(address), "data": hexed(encode_call(signature, *values))}


async def test_every_method_of_the_table_answers_without_internal_error(call: Caller) -> None:
    samples = {
        "address": A, "block": "latest", "blockNumber": "latest", "hash": "0x" + "00" * 32,
        "quantity": "0x1", "boolean": True, "call": {"to": A}, "data": "0x00", "filter": {},
        "string": "open", "list": [], "object": {}, "any": None,
    }  # fmt: skip
    for route in ROUTES:
        if route.access is Access.STREAM:
            continue
        params = [samples[p.schema] for p in route.parameters if p.is_required]
        answer = await call.answer(route.name, *params)
        assert answer.get("error", {}).get("code") not in (-32601, -32603), (route.name, answer)


async def test_tags_name_the_finalized_head_and_the_genesis(call: Caller) -> None:
    head = await call("eth_blockNumber")
    assert head == "0x4"
    for tag in ("latest", "safe", "finalized", "pending", head):
        assert (await call("eth_getBlockByNumber", tag, False))["number"] == head
    genesis = await call("eth_getBlockByNumber", "earliest", True)
    assert genesis["number"] == "0x0"
    assert genesis["transactions"] == []
    assert await call("eth_getBlockByNumber", "0x5", False) is None


async def test_block_hash_and_size_are_those_of_the_raw_block(call: Caller) -> None:
    shown = await call("eth_getBlockByNumber", "0x2", False)
    raw = bytes.fromhex((await call("debug_getRawBlock", "0x2"))[2:])
    header, transactions, ommers, withdrawals = rlp.as_list(rlp.decode(raw), "block", 4)
    assert hexed(keccak256(rlp.encode(header))) == shown["hash"]
    assert [hexed(keccak256(t)) for t in transactions] == shown["transactions"]
    assert (ommers, withdrawals) == ([], [])
    assert int(shown["size"], 16) == len(raw)
    assert await call("eth_getBlockByHash", shown["hash"], False) == shown


async def test_transaction_is_found_by_hash_and_by_place(call: Caller) -> None:
    block = await call("eth_getBlockByNumber", "0x1", True)
    for index, shown in enumerate(block["transactions"]):
        assert shown == await call("eth_getTransactionByHash", shown["hash"])
        place = hex(index)
        assert shown == await call("eth_getTransactionByBlockHashAndIndex", block["hash"], place)
        assert shown == await call("eth_getTransactionByBlockNumberAndIndex", "0x1", place)
        raw = bytes.fromhex((await call("debug_getRawTransaction", shown["hash"]))[2:])
        transaction = decode_transaction(raw)
        assert hexed(transaction.sender) == shown["from"]
        base_fee = int(block["baseFeePerGas"], 16)
        assert int(shown["gasPrice"], 16) == transaction.effective_gas_price(base_fee)
    assert await call("eth_getTransactionByBlockNumberAndIndex", "0x1", "0x9") is None
    assert await call("eth_getTransactionByHash", "0x" + "01" * 32) is None


async def test_receipts_number_logs_through_the_block(call: Caller) -> None:
    receipts = await call("eth_getBlockReceipts", "0x2")
    assert [r["logs"][0]["logIndex"] for r in receipts] == ["0x0", "0x1"]
    assert [r["transactionIndex"] for r in receipts] == ["0x0", "0x1"]
    for receipt in receipts:
        assert receipt == await call("eth_getTransactionReceipt", receipt["transactionHash"])
        assert receipt["status"] == "0x1"
    used = [int(r["gasUsed"], 16) for r in receipts]
    assert int(receipts[1]["cumulativeGasUsed"], 16) == sum(used)
    raw = await call("debug_getRawReceipts", "0x2")
    assert len(raw) == 2


async def test_failed_transaction_has_status_0(call: Caller) -> None:
    receipts = await call("eth_getBlockReceipts", "0x3")
    assert [r["status"] for r in receipts] == ["0x1", "0x0"]


async def test_accounts_are_read_from_the_newest_state(call: Caller) -> None:
    assert await call("eth_getBalance", "0x" + "77" * 20) == hex(5 + 7)
    assert await call("eth_getTransactionCount", A, "latest") == "0x5"
    assert await call("eth_getBalance", NOBODY, "latest") == "0x0"
    assert await call("eth_getStorageAt", hexed(COUNTER), "0x0", "latest") == f"0x{7:064x}"
    assert await call("eth_getCode", NOBODY) == "0x"
    block_hash = (await call("eth_getBlockByNumber", "latest", False))["hash"]
    assert await call("eth_getTransactionCount", A, {"blockHash": block_hash}) == "0x5"


async def test_native_contracts_have_code_and_answer_calls(call: Caller) -> None:
    assert await call("eth_getCode", hexed(STAKING_ADDRESS)) == hexed(native_code(1))
    output = await call("eth_call", native(STAKING_ADDRESS, "totals()"), "latest")
    assert int(output[2:66], 16) == 10_000 * WEI_PER_AIT


async def test_state_of_past_blocks_is_refused_by_name(mined: World) -> None:
    call = Caller(make_backend(mined))
    error = await call.error("eth_getBalance", A, "0x1")
    assert error["code"] == -32000
    assert error["message"].startswith("historical state at block 1 is not available")
    error = await call.error("eth_getBalance", A, "0x63")
    assert error == {"code": -32000, "message": "header not found"}


async def test_proof_verifies_against_the_header(call: Caller) -> None:
    proof = await call("eth_getProof", hexed(COUNTER), ["0x0", f"0x{5:064x}"], "latest")
    root = (await call("eth_getBlockByNumber", "latest", False))["stateRoot"]
    nodes = [bytes.fromhex(node[2:]) for node in proof["accountProof"]]
    leaf = verify_proof(bytes.fromhex(root[2:]), keccak256(COUNTER), nodes)  # type: ignore[arg-type]
    assert leaf is not None
    _, _, storage_root, code_hash = rlp.decode_list(leaf, "account", 4)
    assert hexed(storage_root) == proof["storageHash"]  # type: ignore[arg-type]
    assert hexed(code_hash) == proof["codeHash"]  # type: ignore[arg-type]
    first, second = proof["storageProof"]
    assert (first["key"], first["value"]) == ("0x0", "0x7")
    assert (second["key"], second["value"]) == (f"0x{5:064x}", "0x0")


async def test_call_does_not_change_the_state(call: Caller) -> None:
    request = {"to": hexed(COUNTER)}
    assert int(await call("eth_call", request), 16) == 8
    assert int(await call("eth_call", request), 16) == 8
    assert await call("eth_getStorageAt", hexed(COUNTER), "0x0") == f"0x{7:064x}"


async def test_revert_is_code_3_with_data_and_reason(call: Caller) -> None:
    for method in ("eth_call", "eth_estimateGas"):
        error = await call.error(method, {"to": hexed(REVERTER)})
        assert error["code"] == 3
        assert error["message"] == "execution reverted: no"
        assert error["data"].startswith("0x08c379a0")
    request = native(MARKETPLACE_ADDRESS, "takeJob(bytes32)", bytes(32))
    error = await call.error("eth_call", request)
    assert (error["code"], error["message"]) == (3, "execution reverted")
    assert len(error["data"]) > 10


async def test_call_sees_state_and_block_overrides(call: Caller) -> None:
    request = {"to": hexed(COUNTER)}
    state = {hexed(COUNTER): {"stateDiff": {"0x" + "00" * 32: f"0x{40:064x}"}}}
    assert int(await call("eth_call", request, "latest", state), 16) == 41
    number = {hexed(b"\xee" * 20): {"code": "0x4360005260206000f3"}}
    request = {"to": hexed(b"\xee" * 20)}
    shown = await call("eth_call", request, "latest", number, {"number": "0x99"})
    assert int(shown, 16) == 0x99


async def test_call_with_a_price_needs_funds(call: Caller) -> None:
    request = {"from": NOBODY, "to": A, "gasPrice": hex(10**10), "gas": "0x5208"}
    error = await call.error("eth_call", request)
    assert error["code"] == -32000
    assert error["message"].startswith("insufficient funds for gas * price + value: address")
    error = await call.error("eth_call", request | {"gasPrice": "0x1"})
    assert error["message"].startswith("max fee per gas less than block base fee")
    error = await call.error("eth_call", {"from": NOBODY, "to": A, "value": "0x1"})
    assert error["message"].startswith("insufficient funds")


async def test_estimate_of_a_transfer_is_exact_and_of_a_call_suffices(world: World) -> None:
    call = Caller(make_backend(world))
    assert await call("eth_estimateGas", {"from": A, "to": NOBODY, "value": "0x1"}) == "0x5208"
    gas = int(await call("eth_estimateGas", {"from": A, "to": hexed(COUNTER)}), 16)
    executed, _ = world.mine(world.transaction(to=COUNTER, gas_limit=gas))
    receipt = executed.receipts[0]
    assert receipt.succeeded
    assert gas <= receipt.gas_used * 1.02 + 5_000
    too_little, _ = world.mine(world.transaction(to=COUNTER, gas_limit=receipt.gas_used - 3_000))
    assert not too_little.receipts[0].succeeded


@pytest.mark.parametrize("to", [CLEARER, PROXY])
async def test_estimate_counts_refunds_and_the_64th_that_a_frame_keeps(
    world: World, to: bytes
) -> None:
    call = Caller(make_backend(world))
    gas = int(await call("eth_estimateGas", {"from": A, "to": hexed(to)}), 16)
    executed, _ = world.mine(world.transaction(to=to, gas_limit=gas))
    assert executed.receipts[0].succeeded
    assert executed.receipts[0].gas_used < gas


async def test_estimate_of_a_native_call_with_payment_suffices(world: World) -> None:
    call = Caller(make_backend(world))
    data = encode_call("registerMiner(address,string)", secret_to_address(BOB), "here")
    request = {
        "from": A,
        "to": hexed(MARKETPLACE_ADDRESS),
        "data": hexed(data),
        "value": hex(10**19),
    }
    gas = int(await call("eth_estimateGas", request), 16)
    mined, _ = world.mine(
        world.transaction(to=MARKETPLACE_ADDRESS, data=data, value=10**19, gas_limit=gas)
    )
    assert mined.receipts[0].succeeded
    miner = await call("compute_getMiner", A)
    assert miner["bond"] == hex(10**19)
    assert miner["endpoint"] == "here"


async def test_estimate_above_the_sender_funds_is_refused(call: Caller) -> None:
    request = {"from": NOBODY, "to": hexed(COUNTER), "gasPrice": hex(10**9)}
    error = await call.error("eth_estimateGas", request)
    assert error["code"] == -32000
    error = await call.error("eth_estimateGas", request | {"value": "0x1"})
    assert error["message"] == "insufficient funds for transfer"


async def test_access_list_names_slots_and_its_gas(call: Caller) -> None:
    found = await call("eth_createAccessList", {"from": A, "to": hexed(COUNTER)})
    entry = {"address": hexed(COUNTER), "storageKeys": ["0x" + "00" * 32]}
    assert found["accessList"] == [entry]
    plain = await call("eth_createAccessList", {"from": A, "to": NOBODY, "value": "0xa"})
    assert plain == {"accessList": [], "gasUsed": "0x5208"}
    failed = await call("eth_createAccessList", {"to": hexed(REVERTER)})
    assert "revert" in failed["error"]


async def test_logs_are_found_by_address_topic_range_and_hash(call: Caller) -> None:
    everything = await call("eth_getLogs", {"fromBlock": "earliest", "toBlock": "latest"})
    ours = [entry for entry in everything if entry["address"] == hexed(LOGGER)]
    assert len(ours) == 2
    topic = f"0x{42:064x}"
    wide = {"fromBlock": "0x0", "toBlock": "0x4"}
    for criteria in (
        wide | {"address": hexed(LOGGER)},
        wide | {"address": [hexed(LOGGER), NOBODY]},
        wide | {"topics": [topic]},
        wide | {"topics": [[NOBODY + "00" * 12, topic]]},
        {"blockHash": ours[0]["blockHash"], "address": hexed(LOGGER)},
    ):
        assert await call("eth_getLogs", criteria) == ours
    for criteria in (
        wide | {"address": NOBODY},
        wide | {"topics": [None, topic]},
        wide | {"address": hexed(LOGGER), "fromBlock": "0x3"},
        {"address": hexed(LOGGER)},
    ):
        assert await call("eth_getLogs", criteria) == []


async def test_log_ranges_are_checked(call: Caller) -> None:
    error = await call.error("eth_getLogs", {"fromBlock": "0x3", "toBlock": "0x2"})
    assert error["code"] == -32602
    error = await call.error("eth_getLogs", {"blockHash": "0x" + "00" * 32})
    assert error["message"] == "header not found"
    both = {"blockHash": "0x" + "00" * 32, "fromBlock": "0x1"}
    assert (await call.error("eth_getLogs", both))["code"] == -32602
    assert LOG_RANGE_BLOCKS_MAX == 10_000


async def test_fee_history_ends_with_the_next_base_fee(call: Caller) -> None:
    shown = await call("eth_feeHistory", "0x2", "0x2", [0, 50, 100])
    assert shown["oldestBlock"] == "0x1"
    assert len(shown["baseFeePerGas"]) == 3
    third = await call("eth_getBlockByNumber", "0x3", False)
    assert shown["baseFeePerGas"][2] == third["baseFeePerGas"]
    assert shown["reward"] == [[hex(2_000_000)] * 3] * 2
    assert "reward" not in await call("eth_feeHistory", 4, "latest", [])
    error = await call.error("eth_feeHistory", "0x1", "latest", [50, 10])
    assert "rewardPercentiles" in error["message"]
    assert (await call.error("eth_feeHistory", "0x1", "0x63", []))["message"] == "header not found"


async def test_gas_price_is_accepted_by_the_next_block(world: World) -> None:
    world.mine()
    call = Caller(make_backend(world))
    price = int(await call("eth_gasPrice"), 16)
    tip = int(await call("eth_maxPriorityFeePerGas"), 16)
    executed, _ = world.mine(world.transaction(max_fee_per_gas=price, max_priority_fee_per_gas=tip))
    assert executed.receipts[0].succeeded


async def test_sent_transaction_waits_in_the_pool_until_it_is_mined(world: World) -> None:
    backend = make_backend(world)
    call = Caller(backend)
    first, gap = world.transaction(), world.transaction(nonce=2)
    for transaction in (first, gap):
        sent = await call("eth_sendRawTransaction", hexed(transaction.encode()))
        assert sent == hexed(transaction.hash)
    shown = await call("eth_getTransactionByHash", hexed(first.hash))
    assert shown["blockHash"] is None
    assert shown["transactionIndex"] is None
    assert await call("eth_getTransactionReceipt", hexed(first.hash)) is None
    assert await call("eth_getTransactionCount", A, "latest") == "0x0"
    assert await call("eth_getTransactionCount", A, "pending") == "0x1"
    assert await call("txpool_status") == {"pending": "0x1", "queued": "0x1"}
    content = await call("txpool_content")
    (key,) = content["pending"]
    assert key.lower() == A
    assert list(content["pending"][key]) == ["0"]
    assert list(content["queued"][key]) == ["2"]
    assert list((await call("txpool_contentFrom", A))["queued"]) == ["2"]
    assert "wei" in (await call("txpool_inspect"))["pending"][key]["0"]
    world.mine(first)
    assert (await call("eth_getTransactionReceipt", hexed(first.hash)))["status"] == "0x1"


async def test_refused_transactions_have_geths_words(world: World) -> None:
    call = Caller(make_backend(world))
    first = world.transaction()
    await call("eth_sendRawTransaction", hexed(first.encode()))
    cases = {
        first: "already known",
        world.transaction(nonce=0, value=1): "replacement transaction underpriced",
        world.transaction(nonce=1, gas_limit=20_000): "intrinsic gas too low",
        world.transaction(nonce=1, chain_id=CHAIN_ID + 1): "invalid chain id for signer",
        world.transaction(BOB, nonce=0, value=10**20): "insufficient funds for gas * price + value",
        world.transaction(nonce=1, kind=LEGACY, chain_id=None, max_priority_fee_per_gas=3 * 10**9):
            "only replay-protected (EIP-155) transactions allowed over RPC",
    }  # fmt: skip
    for transaction, words in cases.items():
        error = await call.error("eth_sendRawTransaction", hexed(transaction.encode()))
        assert error["code"] == -32000
        assert error["message"].startswith(words)
    world.mine(first)
    error = await call.error(
        "eth_sendRawTransaction", hexed(world.transaction(nonce=0, value=2).encode())
    )
    assert error["message"] == "nonce too low: next nonce 1, tx nonce 0"
    error = await call.error("eth_sendRawTransaction", "0x02c0")
    assert error["code"] == -32602


async def test_sync_send_reports_the_hash_when_no_block_comes(world: World) -> None:
    call = Caller(make_backend(world))
    transaction = world.transaction()
    error = await call.error("eth_sendRawTransactionSync", hexed(transaction.encode()), "0x1")
    assert error["code"] == 4
    assert error["data"] == hexed(transaction.hash)


async def test_pending_block_is_the_highest_executed_one(world: World) -> None:
    call = Caller(make_backend(world))
    world.mine()
    world.build(world.transaction(value=3))
    shown = await call("eth_getBlockByNumber", "pending", True)
    assert shown["number"] == "0x2"
    assert shown["hash"] is None
    assert len(shown["transactions"]) == 1
    assert await call("eth_getBalance", "0x" + "77" * 20, "pending") == "0x3"
    assert await call("eth_getBalance", "0x" + "77" * 20, "latest") == "0x0"
    assert await call("eth_getTransactionCount", A, "pending") == "0x1"
    assert await call("eth_blockNumber") == "0x1"


async def test_filters_answer_what_is_new_once(world: World) -> None:
    backend = make_backend(world)
    call = Caller(backend)
    blocks = await call("eth_newBlockFilter")
    logs = await call("eth_newFilter", {"address": hexed(LOGGER)})
    pending = await call("eth_newPendingTransactionFilter")
    transaction = world.transaction(to=LOGGER)
    await call("eth_sendRawTransaction", hexed(transaction.encode()))
    world.mine(transaction)
    head = await call("eth_getBlockByNumber", "latest", False)
    assert await call("eth_getFilterChanges", blocks) == [head["hash"]]
    assert [e["logIndex"] for e in await call("eth_getFilterChanges", logs)] == ["0x0"]
    assert await call("eth_getFilterChanges", pending) == [hexed(transaction.hash)]
    for filter_id in (blocks, logs, pending):
        assert await call("eth_getFilterChanges", filter_id) == []
    assert len(await call("eth_getFilterLogs", logs)) == 1
    assert await call("eth_uninstallFilter", logs) is True
    assert await call("eth_uninstallFilter", logs) is False
    assert (await call.error("eth_getFilterChanges", logs))["message"] == "filter not found"


async def test_finality_proof_names_the_block_and_its_signer(call: Caller) -> None:
    block = await call("eth_getBlockByNumber", "0x2", False)
    shown = await call("aitbc_getCertificate", "0x2")
    assert shown["certificate"]["blockHash"] == block["hash"]
    assert shown["certificate"]["signers"] == [0]
    assert await call("aitbc_getCertificate", "earliest") is None
    light = await call("aitbc_getLightBlock", "0x2")
    raw = bytes.fromhex(light["rawHeader"][2:])
    assert hexed(keccak256(raw)) == block["hash"]
    seal = bytes.fromhex(light["seal"]["raw"][2:])
    assert hexed(keccak256(seal)) == block["parentBeaconBlockRoot"]


async def test_validators_supply_and_node_are_told(call: Caller) -> None:
    shown = await call("aitbc_getValidators")
    assert [v["address"] for v in shown["validators"]] == [hexed(secret_to_address(VALIDATOR))]
    assert await call("aitbc_getValidators", "0x63") is None
    supply = await call("aitbc_getSupply")
    total = int(supply["total"], 16)
    created = (1_000_000 + 5 + 10_000) * WEI_PER_AIT
    assert int(supply["bonded"], 16) == 10_000 * WEI_PER_AIT
    assert int(supply["genesis"], 16) == created
    sums = {name: int(value, 16) for name, value in supply.items()}
    assert total == created + sums["minted"] - sums["burnt"]
    assert 0 < sums["burnt"] < WEI_PER_AIT, "base fees"
    assert sums["minted"] > 0
    assert (await call("aitbc_nodeInfo"))["chainId"] == hex(CHAIN_ID)
    assert (await call("aitbc_consensusState"))["isStarted"] is False
    assert (await call("aitbc_health"))["status"] == "stalled"
    assert await call("net_version") == str(CHAIN_ID)
    assert await call("web3_sha3", "0x") == hexed(keccak256(b""))


async def test_jobs_can_be_listed_and_taken_work_disappears(world: World) -> None:
    call = Caller(make_backend(world))
    post = encode_call(
        "postJob(bytes32,uint32,uint32,uint32,uint64,uint64)", b"\5" * 32, 64, 64, 64, 3_600, 30
    )
    register = encode_call("registerMiner(address,string)", secret_to_address(BOB), "")
    world.mine(
        world.transaction(to=MARKETPLACE_ADDRESS, data=post, value=10**18, gas_limit=900_000),
        world.transaction(to=MARKETPLACE_ADDRESS, data=register, value=10**19, gas_limit=900_000),
    )
    (job,) = (await call("compute_getJobs", "open"))["jobs"]
    assert job["status"] == "open"
    assert job["escrow"] == hex(10**18)
    assert (await call("compute_getWork", A))["jobs"] == [job]
    assert (await call("compute_getWork", NOBODY))["jobs"] == []
    assert await call("compute_getJob", job["jobId"]) == job
    assert await call("compute_getJob", "0x" + "01" * 32) is None
    take = encode_call("takeJob(bytes32)", bytes.fromhex(job["jobId"][2:]))
    world.mine(world.transaction(to=MARKETPLACE_ADDRESS, data=take, gas_limit=900_000))
    assert (await call("compute_getWork", A))["jobs"] == []
    (leased,) = (await call("compute_getJobs", "leased"))["jobs"]
    assert leased["miner"] == A
    error = await call.error("compute_getJobs", "nonsense")
    assert error["code"] == -32602
    assert (await call.error("compute_getJobs", "open", "0x0", "0x65"))["code"] == -32005


async def test_submit_work_takes_calls_of_the_receipts_contract_only(world: World) -> None:
    call = Caller(make_backend(world))
    other = world.transaction()
    error = await call.error("compute_submitWork", hexed(other.encode()))
    assert "receipts contract" in error["message"]
    settle = world.transaction(
        nonce=0, to=RECEIPTS_ADDRESS, data=encode_call("settle(bytes32)", bytes(32))
    )
    sent = await call("compute_submitWork", hexed(settle.encode()))
    assert sent == {"transactionHash": hexed(settle.hash), "method": "settle"}
    broken = world.transaction(nonce=1, to=RECEIPTS_ADDRESS, data=settle.data + b"\0")
    error = await call.error("compute_submitWork", hexed(broken.encode()))
    assert "arguments of settle" in error["message"]


async def test_debug_methods_do_not_exist_for_strangers(mined: World) -> None:
    call = Caller(make_backend(mined), is_local=False)
    error = await call.error("debug_getRawBlock", "latest")
    assert error == {
        "code": -32601,
        "message": "the method debug_getRawBlock does not exist/is not available",
    }
    assert (await call.error("eth_subscribe", "newHeads"))["code"] == -32601


async def test_openrpc_document_lists_every_method(call: Caller) -> None:
    document = await call("rpc.discover")
    assert {m["name"] for m in document["methods"]} == {route.name for route in ROUTES}


SHAPES = (
    "eth_getBlockByNumber/get-block-n.io",
    "eth_getBlockByNumber/get-latest.io",
    "eth_getTransactionByHash/get-dynamic-fee.io",
    "eth_getTransactionReceipt/get-legacy-input.io",
    "eth_getLogs/no-topics.io",
    "eth_feeHistory/fee-history.io",
    "eth_getProof/get-account-proof-blockhash.io",
    "eth_createAccessList/create-al-value-transfer.io",
)


@pytest.mark.parametrize("name", SHAPES)
async def test_answers_have_the_members_of_the_official_exchanges(
    call: Caller, vectors: Path, name: str
) -> None:
    lines = (vectors / "rpc" / "execution-apis" / name).read_text().splitlines()
    (answer,) = [json.loads(line[3:]) for line in lines if line.startswith("<< ")]
    block = await call("eth_getBlockByNumber", "0x1", True)
    transaction = block["transactions"][0]["hash"]
    params: dict[str, list[Any]] = {
        "eth_getBlockByNumber": ["0x1", True],
        "eth_getTransactionByHash": [transaction],
        "eth_getTransactionReceipt": [transaction],
        "eth_getLogs": [{"fromBlock": "0x1", "toBlock": "0x4"}],
        "eth_feeHistory": ["0x2", "latest", [95, 99]],
        "eth_getProof": [A, [], "latest"],
        "eth_createAccessList": [{"from": A, "to": NOBODY, "value": "0xa"}, "latest"],
    }
    method = name.partition("/")[0]
    ours = await call(method, *params[method])
    assert missing(answer["result"], ours) == []


def missing(theirs: Any, ours: Any, path: str = "") -> list[str]:
    """Return the members that an official answer has and ours lacks."""
    if isinstance(theirs, dict):
        if not isinstance(ours, dict):
            return [path]
        lacking = [f"{path}.{key}" for key in theirs if key not in ours and key not in OPTIONAL]
        shared = [key for key in theirs if key in ours]
        return lacking + [
            m for key in shared for m in missing(theirs[key], ours[key], f"{path}.{key}")
        ]
    if isinstance(theirs, list) and theirs and isinstance(ours, list) and ours:
        is_typed = isinstance(theirs[0], dict) and theirs[0].get("type") not in (None, "0x2")
        return [] if is_typed else missing(theirs[0], ours[0], f"{path}[0]")
    return []


OPTIONAL = {"totalDifficulty"}
