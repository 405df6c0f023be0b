"""The official GeneralStateTests through our transaction processing, ledger and trie.

The vectors stop at Cancun and this chain runs Prague, so two of Prague's rules are off here and
nothing else is: the floor of EIP-7623, and the precompiles of EIP-2537. Blob transactions, which
this chain does not have, must be refused by the decoder. There are no other exceptions.

Two files take most of the time and run only with ``AITBC_ALL_STATE_TESTS=1``.
"""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.context import BlockContext
from contracts.runtime import Registry
from evm.reference import ReferenceEngine
from node.threads import deep_executor
from primitives import rlp
from primitives.errors import DecodeError, InvalidTransactionError
from primitives.genesis import Parameters
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT, keccak256
from primitives.transaction import decode_transaction
from primitives.types import U256_MAX
from state import execution as state_execution
from state import gas as prices
from state.account import Account, encode_account
from state.execution import Execution
from state.ledger import Ledger
from state.process import process_transaction
from state.trie.hashing import trie_root
from state.validity import check_form

VECTORS = Path(os.environ.get("AITBC_VECTORS", Path(__file__).parents[3] / "shared" / "vectors"))
FOLDER = VECTORS / "ethereum" / "GeneralStateTests"
FORK = "Cancun"
ENGINE = ReferenceEngine(is_repriced=False)
PRECOMPILES = frozenset(index.to_bytes(20, "big") for index in range(1, 0x0B))
BLOB_TYPE = "0x03"
SLOW = ("loopExp", "Callcode50000")
HAS_ALL = os.environ.get("AITBC_ALL_STATE_TESTS") == "1"


class DictView:
    """A state in dictionaries, its storage roots computed by our trie."""

    def __init__(self, pre):
        self.accounts, self.slots, self.codes = {}, {}, {EMPTY_KECCAK: b""}
        for key, entry in pre.items():
            address = unhex(key).rjust(20, b"\0")
            code = unhex(entry["code"])
            self.codes[keccak256(code)] = code
            self.slots[address] = {
                number(k): number(v) for k, v in entry["storage"].items() if number(v)
            }
            self.accounts[address] = Account(
                nonce=number(entry["nonce"]),
                balance=number(entry["balance"]),
                code_hash=keccak256(code),
                storage_root=storage_root(self.slots[address]),
            )

    def account(self, address):
        return self.accounts.get(address)

    def storage(self, address, slot):
        return self.slots.get(address, {}).get(slot, 0)

    def code(self, code_hash):
        return self.codes[code_hash]

    def root_after(self, changes):
        accounts, slots = dict(self.accounts), dict(self.slots)
        for address, change in changes.accounts.items():
            old = {} if change.is_storage_wiped else slots.get(address, {})
            slots[address] = {k: v for k, v in {**old, **change.slots}.items() if v}
            if change.basics is None:
                accounts.pop(address, None)
                continue
            accounts[address] = Account(
                nonce=change.basics.nonce,
                balance=change.basics.balance,
                code_hash=change.basics.code_hash,
                storage_root=storage_root(slots[address]),
            )
        return trie_root({keccak256(a): encode_account(x) for a, x in accounts.items()})


class OfficialExecution(Execution):
    """BLOCKHASH as the official tests define it: keccak of the decimal height."""

    def block_hash(self, height):
        if not max(0, self.block.height - 256) <= height < self.block.height:
            return bytes(32)
        return keccak256(str(height).encode())


def unhex(text):
    return bytes.fromhex(text.removeprefix("0x"))


def number(text):
    return int(text, 16)


def storage_root(slots):
    if not slots:
        return EMPTY_TRIE_ROOT
    return trie_root({keccak256(k.to_bytes(32, "big")): rlp.encode(v) for k, v in slots.items()})


def block_context(env):
    timestamp = number(env["currentTimestamp"])
    coinbase = unhex(env["currentCoinbase"])
    return BlockContext(
        chain_id=1,
        genesis_hash=bytes(32),
        height=number(env["currentNumber"]),
        time_ms=timestamp * 1000,
        timestamp=timestamp,
        epoch=0,
        view=0,
        beacon=number(env["currentRandom"]).to_bytes(32, "big"),
        coinbase=coinbase,
        base_fee=number(env["currentBaseFee"]),
        gas_limit=number(env["currentGasLimit"]),
        proposer=coinbase,
    )


def run_post(case, post):
    """Return (state root, logs hash, refusal) of one post entry, as our code makes them."""
    view = DictView(case["pre"])
    ledger = Ledger(view)
    execution = OfficialExecution(ledger, block_context(case["env"]), Registry(()), ENGINE)
    logs, refusal = (), None
    try:
        transaction = decode_transaction(unhex(post["txbytes"]))
        # Most official transactions have no replay protection, which our chain asks for.
        parameters = Parameters(transaction_gas_max=U256_MAX)
        check_form(replace(transaction, chain_id=1), 1, parameters)
        logs = process_transaction(execution, transaction).logs
    except (InvalidTransactionError, DecodeError) as error:
        refusal = error
    logs_hash = keccak256(rlp.encode([log.to_item() for log in logs]))
    return view.root_after(ledger.changes()), logs_hash, refusal


def check_file(path):
    """Run every post of a file and return (number of posts, what differs)."""
    count, wrong = 0, []
    for name, case in json.loads(path.read_text()).items():
        for index, post in enumerate(case["post"].get(FORK, ())):
            count += 1
            root, logs_hash, refusal = run_post(case, post)
            if post["txbytes"].startswith(BLOB_TYPE):
                if not isinstance(refusal, DecodeError):
                    wrong.append(f"{name}[{index}]: a blob transaction was not refused")
                continue
            if ("expectException" in post) != (refusal is not None):
                wrong.append(f"{name}[{index}]: refusal {refusal!r}")
            if root != unhex(post["hash"]):
                wrong.append(f"{name}[{index}]: state root {root.hex()}, not {post['hash']}")
            if logs_hash != unhex(post["logs"]):
                wrong.append(f"{name}[{index}]: logs hash {logs_hash.hex()}, not {post['logs']}")
    return count, wrong


def files():
    if not FOLDER.is_dir():
        reason = f"OFFICIAL VECTORS ARE MISSING: {FOLDER}"
        return [pytest.param(None, marks=pytest.mark.skip(reason=reason), id="missing")]
    slow = pytest.mark.skipif(not HAS_ALL, reason="slow: set AITBC_ALL_STATE_TESTS=1")
    return [
        pytest.param(
            path,
            id=str(path.relative_to(FOLDER).with_suffix("")),
            marks=slow if path.stem in SLOW else (),
        )
        for path in sorted(FOLDER.rglob("*.json"))
    ]


@pytest.fixture(scope="module")
def deep_thread():
    """Return a thread for 1,024 frames in which Cancun's rules hold."""
    from evm import pyevm

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prices, "floor_gas", lambda _transaction: 0)
        patch.setattr("state.validity.floor_gas", lambda _transaction: 0)
        patch.setattr(state_execution, "PRECOMPILES", PRECOMPILES)
        patch.setattr(pyevm, "PRECOMPILES", PRECOMPILES)
        ENGINE.warm_up()
        pool = deep_executor(1, "state-tests")
        yield pool
        pool.shutdown()


@pytest.mark.parametrize("path", files())
def test_official_state_test(path, deep_thread):
    count, wrong = deep_thread.submit(check_file, path).result()
    assert not wrong, "\n".join(wrong)
    if not count:
        pytest.skip(f"no post of {FORK} in {path.name}")
