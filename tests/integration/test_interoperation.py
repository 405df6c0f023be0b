"""Native contracts beside everything else: Solidity callers, proofs, reads by published layout."""

import pytest
import rlp
from eth_utils import keccak
from web3 import Web3

from contracts.places import MESSAGING_ADDRESS, RECEIPTS_ADDRESS, STAKING_ADDRESS
from primitives.abi import decode, encode_call, selector
from primitives.keys import secret_to_address
from primitives.types import WEI_PER_AIT
from state.process import contract_address
from tests.contracts.compiled import artifact
from tests.contracts.published import in_mapping, layout_of, members_of, proven_slots, read_member
from tests.unit.rpc.small_chain import ALICE, BOB, VALIDATOR, Caller, make_backend, make_world

AIT = WEI_PER_AIT
STAKER = secret_to_address(VALIDATOR)
"""The validator of the world: its key's account operates it."""
GAS = 2_500_000


@pytest.fixture
def world(tmp_path):
    return make_world(tmp_path)


@pytest.fixture
def caller(world):
    """The Solidity contract, deployed; returns (address, contract object that encodes calls)."""
    compiled = artifact()
    code = bytes.fromhex(compiled["bytecode"])
    executed, _ = world.mine(world.transaction(ALICE, to=None, data=code, gas_limit=GAS))
    assert executed.receipts[0].succeeded
    place = contract_address(secret_to_address(ALICE), 0)
    return place, Web3().eth.contract(abi=compiled["abi"])


def encoded(contract, name, *values):
    return bytes.fromhex(contract.encode_abi(name, args=list(values))[2:])


def hexed(data):
    return "0x" + bytes(data).hex()


def test_solidity_stakes_through_the_generated_interface_and_gets_the_data_back(world, caller):
    place, contract = caller
    data = encoded(contract, "stake", Web3.to_checksum_address(STAKER))
    executed, head = world.mine(
        world.transaction(ALICE, place, data=data, value=5 * AIT, gas_limit=GAS)
    )
    (receipt,) = executed.receipts
    assert receipt.succeeded
    by_address = [log.address for log in receipt.logs]
    assert by_address == [STAKING_ADDRESS, place], "the native log, then the caller's own"
    shares = int.from_bytes(receipt.logs[1].data, "big")
    assert shares == 5 * AIT, "the return value arrived"
    assert head.state.account(STAKING_ADDRESS).balance >= 10_005 * AIT


async def test_solidity_reads_structs_and_sees_code(world, caller):
    place, contract = caller
    call = Caller(make_backend(world))

    async def ask(name, outputs, *values):
        request = {"to": hexed(place), "data": hexed(encoded(contract, name, *values))}
        return decode(outputs, bytes.fromhex((await call("eth_call", request, "latest"))[2:]))

    validator = Web3.to_checksum_address(STAKER)
    assert await ask("tokensOf", ("uint256", "string"), validator) == (10_000 * AIT, "one")
    size, code_hash, is_contract = await ask("codeOf", ("uint256", "bytes32", "bool"))
    assert (size, is_contract) == (8, True)
    assert code_hash == keccak(
        bytes.fromhex((await call("eth_getCode", hexed(STAKING_ADDRESS), "latest"))[2:])
    )
    assert await ask("writeInView", ("bool",), validator) == (False,)


def test_a_native_refusal_bubbles_up_and_can_be_caught_by_its_selector(world, caller):
    place, contract = caller
    nobody = Web3.to_checksum_address(b"\x99" * 20)
    refused = world.transaction(
        ALICE, place, data=encoded(contract, "stake", nobody), value=5 * AIT, gas_limit=GAS
    )
    caught = world.transaction(
        ALICE, place, data=encoded(contract, "open", "title", ["tag"]), value=1, gas_limit=GAS
    )
    executed, _ = world.mine(refused, caught)
    assert [receipt.succeeded for receipt in executed.receipts] == [False, True]
    assert executed.receipts[0].logs == ()


async def test_reverts_reach_the_wallet_through_solidity_unchanged(world, caller):
    place, contract = caller
    call = Caller(make_backend(world))
    nobody = Web3.to_checksum_address(b"\x99" * 20)
    request = {
        "from": hexed(secret_to_address(ALICE)), "to": hexed(place), "value": hex(5 * AIT),
        "data": hexed(encoded(contract, "stake", nobody)),
    }  # fmt: skip
    error = await call.error("eth_call", request, "latest")
    assert error["code"] == 3
    assert error["data"][:10] == hexed(selector("UnknownValidator(address)"))
    request["data"] = hexed(encoded(contract, "open", "title", ["tag"]))
    request["value"] = "0x1"
    topic, refusal = decode(
        ("uint64", "bytes4"), bytes.fromhex((await call("eth_call", request, "latest"))[2:])
    )
    assert (topic, refusal) == (0, selector("WrongFee(uint256,uint256)"))


def test_native_code_does_not_run_in_the_callers_name(world, caller):
    place, contract = caller
    data = encoded(contract, "delegatecallNative", Web3.to_checksum_address(STAKER))
    executed, _ = world.mine(world.transaction(ALICE, place, data=data, gas_limit=GAS))
    assert executed.receipts[0].succeeded, "the caller goes on: only the inner call failed"
    assert executed.receipts[0].logs == ()


def test_solidity_opens_a_topic_with_dynamic_arguments_and_value(world, caller):
    place, contract = caller
    fee = (len("title") + len("from Solidity") + len("tag")) * 10**9
    data = encoded(contract, "open", "title", ["tag"])
    executed, _ = world.mine(world.transaction(ALICE, place, data=data, value=fee, gas_limit=GAS))
    (receipt,) = executed.receipts
    assert receipt.succeeded
    assert {log.address for log in receipt.logs} == {MESSAGING_ADDRESS}


# --- proofs ---------------------------------------------------------------------------------


async def test_a_stake_is_proven_to_whoever_trusts_the_header_alone(world):
    data = encode_call("delegate(address)", STAKER)
    world.mine(world.transaction(BOB, STAKING_ADDRESS, data=data, value=2 * AIT, gas_limit=GAS))
    call = Caller(make_backend(world))
    layout = layout_of("staking-1.0.0")
    row = layout["delegations"]
    base = in_mapping(row["slot"], STAKER)
    base = in_mapping(base, secret_to_address(BOB))
    shares = members_of(row)["shares"]
    slot = hex(base + shares["slot"])
    shown = await call("eth_getProof", hexed(STAKING_ADDRESS), [slot], "latest")
    block = await call("eth_getBlockByNumber", "latest", False)
    words = proven_slots(bytes.fromhex(block["stateRoot"][2:]), shown)
    assert read_member(shares, base, words) == 2 * AIT
    light = await call("aitbc_getLightBlock", "latest")
    header = rlp.decode(bytes.fromhex(light["rawHeader"][2:]))
    assert hexed(header[3]) == block["stateRoot"], "the header that validators signed"
    forged = [node[:-2] + "00" for node in shown["storageProof"][0]["proof"]]
    with pytest.raises(Exception):  # noqa: B017 - whatever py-trie says of bad nodes
        proven_slots(bytes.fromhex(block["stateRoot"][2:]), shown | {
            "storageProof": [shown["storageProof"][0] | {"proof": forged}]
        })  # fmt: skip


async def test_a_receipt_of_work_that_does_not_exist_is_proven_absent(world):
    call = Caller(make_backend(world))
    row = layout_of("receipts-1.0.0")["receipts_by_id"]
    slot = hex(in_mapping(row["slot"], b"\x42" * 32))
    shown = await call("eth_getProof", hexed(RECEIPTS_ADDRESS), [slot], "latest")
    block = await call("eth_getBlockByNumber", "latest", False)
    words = proven_slots(bytes.fromhex(block["stateRoot"][2:]), shown)
    assert words == {int(slot, 16): 0}


async def test_storage_reads_decode_by_the_published_layout(world):
    call = Caller(make_backend(world))
    row = layout_of("staking-1.0.0")["records"]
    base = in_mapping(row["slot"], STAKER)
    members = members_of(row)

    async def read(slot):
        return int(await call("eth_getStorageAt", hexed(STAKING_ADDRESS), hex(slot), "latest"), 16)

    words = {base + m["slot"]: await read(base + m["slot"]) for m in members.values()}
    assert read_member(members["tokens"], base, words) == 10_000 * AIT
    assert read_member(members["operator"], base, words).to_bytes(20, "big") == STAKER
    assert read_member(members["commission_bps"], base, words) == 500
    name = words[base + members["name"]["slot"]].to_bytes(32, "big")
    assert name[: name[-1] // 2] == b"one", "a short string lies in place, as in Solidity"
