"""Stock wallet libraries against a devnet of four validators."""

import json
import subprocess
from pathlib import Path

import pytest
from eth_account import Account
from web3 import Web3
from web3.exceptions import ContractLogicError, Web3RPCError

from aitbc.dev_accounts import DEV_SECRETS
from contracts.artifacts import contract_abi, contract_named
from tests.contracts.compiled import GENERATED, artifact, compile_caller

pytestmark = pytest.mark.e2e

CLIENTS = Path(__file__).parent / "clients"
STAKING = Web3.to_checksum_address("0x0000000000000000000000000000000000001001")


@pytest.fixture(scope="module")
def w3(devnet):
    return Web3(Web3.HTTPProvider(devnet.url))


def account(index):
    return Account.from_key(DEV_SECRETS[index])


def call_transaction(w3, sender, function, value=0):
    nonce = w3.eth.get_transaction_count(sender.address)
    fields = {"from": sender.address, "value": value, "nonce": nonce}
    signed = sender.sign_transaction(function.build_transaction(fields))
    sent = w3.eth.send_raw_transaction(signed.raw_transaction)
    return w3.eth.wait_for_transaction_receipt(sent, timeout=30, poll_latency=0.1)


def transfer(w3, sender, to, amount, **changes):
    base_fee = w3.eth.get_block("latest")["baseFeePerGas"]
    fields = {
        "to": to,
        "value": amount,
        "gas": 21_000,
        "nonce": w3.eth.get_transaction_count(sender.address),
        "chainId": w3.eth.chain_id,
        "maxFeePerGas": 2 * base_fee + 10**9,
        "maxPriorityFeePerGas": 10**9,
        "data": "0x",
    }
    return sender.sign_transaction(fields | changes)


def test_web3_moves_money_between_accounts(w3):
    sender, to = account(2), Web3.to_checksum_address("0x" + "ab" * 20)
    before = w3.eth.get_balance(to)
    sent = w3.eth.send_raw_transaction(transfer(w3, sender, to, 10**18).raw_transaction)
    receipt = w3.eth.wait_for_transaction_receipt(sent, timeout=30, poll_latency=0.1)
    assert (receipt["status"], receipt["gasUsed"]) == (1, 21_000)
    assert w3.eth.get_balance(to) - before == 10**18


def test_web3_deploys_and_uses_an_erc20(w3, erc20):
    sender = account(2)
    factory = w3.eth.contract(abi=erc20["abi"], bytecode=erc20["bytecode"])
    deployed = call_transaction(w3, sender, factory.constructor("Web3", "WEB", 10**6))
    token = w3.eth.contract(address=deployed["contractAddress"], abi=erc20["abi"])
    receipt = call_transaction(w3, sender, token.functions.transfer(account(3).address, 41))
    (event,) = token.events.Transfer().process_receipt(receipt)
    assert (event["args"]["value"], receipt["status"]) == (41, 1)
    assert token.functions.balanceOf(account(3).address).call() == 41
    assert len(w3.eth.get_logs({"address": token.address, "fromBlock": 0})) == 2
    with pytest.raises(ContractLogicError):
        token.functions.transfer(account(3).address, 10**30).call({"from": sender.address})


def test_web3_calls_the_staking_contract_by_its_abi(w3):
    sender = account(2)
    staking = w3.eth.contract(address=STAKING, abi=contract_abi(contract_named("staking")))
    validators = staking.functions.validators(0, 10).call()
    assert len(validators) == 4
    validator = validators[0][0]
    receipt = call_transaction(w3, sender, staking.functions.delegate(validator), value=3 * 10**18)
    assert receipt["status"] == 1
    assert [e["event"] for e in staking.events.Delegated().process_receipt(receipt)]
    assert staking.functions.delegation(validator, sender.address).call()[2] == 3 * 10**18


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"nonce": 10_000}, "txpool is full"),
        ({"chainId": 1}, "invalid chain id"),
        ({"gas": 20_000}, "intrinsic gas too low"),
        ({"value": 10**30}, "insufficient funds"),
        ({"maxPriorityFeePerGas": 10**12}, "max priority fee per gas higher"),
        ({"nonce": 0}, "nonce too low"),
    ],
)
def test_bad_transactions_are_refused_in_geths_words(w3, changes, words):
    raw = transfer(w3, account(2), account(3).address, 1, **changes).raw_transaction
    with pytest.raises((Web3RPCError, ValueError), match=words):
        w3.eth.send_raw_transaction(raw)


def run_client(node_modules, name, *arguments):
    folder = node_modules.parent
    script = folder / f"{name}.mjs"
    script.write_text((CLIENTS / f"{name}.mjs").read_text())
    done = subprocess.run(
        ["node", str(script), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def write_json(path, value):
    path.write_text(json.dumps(value))
    return path


def test_ethers_connects_sends_deploys_and_subscribes(devnet, node_modules, erc20, tmp_path):
    artifact = write_json(tmp_path / "erc20.json", erc20)
    staking = write_json(tmp_path / "staking.json", contract_abi(contract_named("staking")))
    to = Web3.to_checksum_address("0x" + "cd" * 20)
    found = run_client(
        node_modules, "ethers", devnet.url, account(4).key.hex(), to, artifact, staking
    )
    assert found["transferStatus"] == 1
    assert found["moved"] == str(25 * 10**16)
    assert (found["tokenBalance"], found["logs"], found["revert"]) == ("7", 1, "CALL_EXCEPTION")
    assert found["validators"] == 4
    assert found["head"] > 0


def test_viem_connects_sends_deploys_and_watches(devnet, node_modules, erc20, tmp_path):
    artifact = write_json(tmp_path / "erc20.json", erc20)
    to = Web3.to_checksum_address("0x" + "ef" * 20)
    secret = "0x" + DEV_SECRETS[5]
    found = run_client(node_modules, "viem", devnet.url, secret, to, artifact)
    assert found["transferStatus"] == "success"
    assert (found["tokenBalance"], found["symbol"], found["logs"]) == ("9", "VIM", 1)
    assert found["fees"]
    assert found["head"] > 0


def test_generated_solidity_compiles_to_the_committed_caller(node_modules):
    assert compile_caller(node_modules) == artifact()


def test_generated_typescript_is_accepted_by_the_compiler(node_modules):
    files = sorted(str(path) for path in GENERATED.glob("*/*.ts"))
    words = ["--noEmit", "--strict", "--target", "es2022", "--module", "es2022"]
    for path in files:  # each is a module of its own, with the same helper types
        command = ["node", str(node_modules / "typescript" / "bin" / "tsc"), *words, path]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stdout
    assert len(files) == len(list(GENERATED.iterdir()))
