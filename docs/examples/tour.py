"""The README's tour with a stock wallet library: send, deploy an ERC-20, call staking by its ABI.

Needs a running devnet and, in the virtual environment: pip install web3 vyper==0.4.3
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import vyper
from eth_account import Account
from web3 import Web3

URL = os.environ.get("AITBC_RPC_URL", "http://127.0.0.1:8545")
KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"
FRIEND = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
STAKING = "0x0000000000000000000000000000000000001001"
TOKEN = Path(__file__).parents[2] / "tests" / "contracts" / "erc20.vy"

w3 = Web3(Web3.HTTPProvider(URL))
me = Account.from_key(KEY)


def send(function, value=0):
    """Sign, send, wait; return the receipt."""
    nonce = w3.eth.get_transaction_count(me.address)
    fields = {"from": me.address, "nonce": nonce, "value": value}
    signed = me.sign_transaction(function.build_transaction(fields))
    return w3.eth.wait_for_transaction_receipt(w3.eth.send_raw_transaction(signed.raw_transaction))


print(f"connected to chain {w3.eth.chain_id} at block {w3.eth.block_number}: {w3.client_version}")

payment = {
    "to": FRIEND,
    "value": w3.to_wei(1, "ether"),
    "gas": 21_000,
    "nonce": w3.eth.get_transaction_count(me.address),
    "chainId": w3.eth.chain_id,
    "maxFeePerGas": 2 * w3.eth.gas_price,
    "maxPriorityFeePerGas": w3.eth.max_priority_fee,
}
sent = w3.eth.send_raw_transaction(me.sign_transaction(payment).raw_transaction)
receipt = w3.eth.wait_for_transaction_receipt(sent)
print(f"sent 1 AIT in block {receipt['blockNumber']}, final when the receipt came")

compiled = vyper.compile_code(TOKEN.read_text(), output_formats=["abi", "bytecode"])
factory = w3.eth.contract(abi=compiled["abi"], bytecode=compiled["bytecode"])
deployed = send(factory.constructor("Tour token", "TOUR", 10**24))
token = w3.eth.contract(address=deployed["contractAddress"], abi=compiled["abi"])
moved = send(token.functions.transfer(FRIEND, 5 * 10**18))
balance = token.functions.balanceOf(FRIEND).call()
print(f"deployed {token.functions.symbol().call()} at {token.address}")
print(f"moved 5 of it for {moved['gasUsed']} gas, the friend holds {balance // 10**18}")

command = [sys.executable, "-m", "aitbc", "contracts", "abi", "staking"]
abi = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
staking = w3.eth.contract(address=STAKING, abi=abi)
validators = staking.functions.validators(0, 10).call()
bonded = send(staking.functions.delegate(validators[0][0]), value=w3.to_wei(3, "ether"))
print(f"delegated 3 AIT to {validators[0][4]} of {len(validators)} validators,", end=" ")
print(f"event {staking.events.Delegated().process_receipt(bonded)[0]['event']}")
