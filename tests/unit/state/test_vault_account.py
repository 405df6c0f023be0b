"""Vault accounts for real: the guardian, its bytecode and other contracts on the ledger and EVM."""

from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
import vyper

from contracts.guardian.v1.account import (
    ACCOUNT_CODE,
    DRIVE_SIGNATURE,
    account_address,
    drive_data,
)
from contracts.guardian.v1.contract import Guardian
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.places import GUARDIAN_ADDRESS, MARKETPLACE_ADDRESS
from contracts.runtime import NATIVE_NONCE, Registry
from primitives.abi import decode, encode, encode_call, selector
from primitives.keccak import keccak256
from primitives.keys import secret_to_address
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from state.account import Account
from state.execution import Execution
from state.ledger import Ledger
from state.process import process_transaction
from state.transition import BlockTransition
from tests.unit.contracts.guardian_world import (
    ALLOW,
    APPROVE_HASH,
    CREATE,
    DAY,
    INITIATE,
    PRESET,
    SET_LIMITS,
)
from tests.unit.contracts.guardian_world import LIMITS as AIT_LIMITS
from tests.unit.state import native_script as w

AIT = 10**18
ERC20 = Path(__file__).resolve().parents[2] / "contracts" / "erc20.vy"
SECRETS = {name: bytes([number]) * 32 for number, name in enumerate(("owner", "agent", "eve"), 1)}
OWNER, AGENT, EVE = (secret_to_address(secret) for secret in SECRETS.values())
GUARDIANS = tuple(bytes([number]) * 20 for number in (0x71, 0x72, 0x73))
SHOP = bytes([0x55]) * 20
SALT = b"\x01" * 32
TOKEN_LIMITS = (100, 300, 900, 2_000, 50)
VALID, INVALID = bytes.fromhex("1626ba7e"), b"\xff" * 4
CALLER_AND_VALUE = bytes.fromhex("335f52346020525f3560e01c60405260605ff3")
"""Returns who called it, with how much, and the selector."""
REVERTER = bytes.fromhex("63deadbeef60e01b5f5260045ffd")
"""Reverts with 0xdeadbeef."""
HALTER = bytes.fromhex("fe")


@cache
def erc20() -> bytes:
    code = vyper.compile_code(ERC20.read_text(), output_formats=["bytecode"])["bytecode"]
    return bytes.fromhex(code[2:]) + encode(("string", "string", "uint256"), ("Gold", "G", 10_000))


class Empty(w.WorldView):
    """Nothing but people with money."""

    def __init__(self):
        super().__init__()
        self.slots = {}
        self.accounts = {who: Account(balance=10**24) for who in (OWNER, AGENT, EVE)}


class Chain:
    """Transactions one after another, each in its block."""

    def __init__(self):
        self.registry = Registry((Guardian, Marketplace))
        self.ledger = Ledger(Empty())
        self.height, self.time = 10_000_000, 10_000_000
        self.nonces = dict.fromkeys(SECRETS, 0)
        execution = self.execution()
        for address in self.registry.addresses():
            self.ledger.set_nonce(address, NATIVE_NONCE)
            self.ledger.set_code(address, self.registry.code(address))
        settings = {Marketplace: MarketplaceGenesis(window_blocks_min=8)}
        self.ledger.begin_transaction()
        self.registry.genesis(execution.hook_frame, settings)
        self.ledger.finish_transaction()

    def execution(self) -> Execution:
        block = w.block_context(
            height=self.height, timestamp=self.time, time_ms=1_000 * self.time, base_fee=0
        )
        return Execution(self.ledger, block, self.registry, w.ENGINE)

    def place(self, code: bytes, number: int) -> bytes:
        address = bytes([number]) * 20
        self.ledger.begin_transaction()
        self.ledger.set_nonce(address, 1)
        self.ledger.set_code(address, code)
        self.ledger.finish_transaction()
        return address

    def try_send(self, who, to, data=b"", value=0, gas=5_000_000):
        transaction = Transaction(
            kind=DYNAMIC_FEE, chain_id=w.CHAIN_ID, nonce=self.nonces[who],
            max_priority_fee_per_gas=0, max_fee_per_gas=0, gas_limit=gas, to=to, value=value,
            data=data, access_list=(), authorizations=(),
        )  # fmt: skip
        done = process_transaction(self.execution(), sign_transaction(transaction, SECRETS[who]))
        self.nonces[who] += 1
        return done

    def send(self, who, to, data=b"", value=0):
        done = self.try_send(who, to, data, value)
        assert done.succeeded, (done.error, done.output)
        return done

    def guardian(self, who, signature, *values):
        return self.send(who, GUARDIAN_ADDRESS, encode_call(signature, *values)).output

    def create(self, agent=AGENT, salt=SALT) -> bytes:
        values = (agent, GUARDIANS, AIT_LIMITS, DAY, salt)
        return self.guardian("owner", CREATE, *values)[-20:]

    def do(self, vault, target, value=0, data=b"", who="agent"):
        return decode(("uint64", "bytes"), self.guardian(who, INITIATE, vault, target, value, data))

    def wait(self, seconds=DAY):
        self.height += seconds
        self.time += seconds

    def run_queued(self, operation_id):
        self.wait()
        return decode(("bytes",), self.guardian("eve", "execute(uint64)", operation_id))[0]

    def change(self, signature, *values):
        change_id = int.from_bytes(self.guardian("owner", signature, *values), "big")
        self.wait()
        self.guardian("eve", "executeChange(uint64)", change_id)


@pytest.fixture
def chain():
    return Chain()


@pytest.fixture
def vault(chain):
    made = chain.create()
    chain.send("eve", made, value=500 * AIT)
    return made


def test_a_vault_has_an_account_of_its_own(chain):
    made = chain.create()
    assert made == account_address(OWNER, SALT)
    assert chain.ledger.code(made) == ACCOUNT_CODE
    assert chain.ledger.nonce(made) == 1
    place = b"\xff" + GUARDIAN_ADDRESS + keccak256(OWNER.rjust(32, b"\0") + SALT)
    assert made == keccak256(place + keccak256(ACCOUNT_CODE))[12:]


def test_a_vault_survives_the_end_of_the_block(chain):
    made = chain.create()
    changes = chain.ledger.changes()
    assert changes.accounts[made].basics.nonce == 1
    assert changes.codes[keccak256(ACCOUNT_CODE)] == ACCOUNT_CODE


def test_money_sent_before_the_vault_stands_is_its_own(chain):
    chain.send("eve", account_address(OWNER, SALT), value=7)
    assert chain.ledger.balance(chain.create()) == 7


def test_two_vaults_of_one_salt_are_refused(chain):
    chain.create()
    data = encode_call(PRESET, "aggressive", AGENT, GUARDIANS, SALT)
    assert chain.send("eve", GUARDIAN_ADDRESS, data).succeeded, "another owner has another address"
    done = chain.try_send("owner", GUARDIAN_ADDRESS, encode_call(PRESET, "aggressive", AGENT,
                                                                 GUARDIANS, SALT))  # fmt: skip
    assert done.output[:4] == selector("AddressTaken(address)")


def test_deposits_are_plain_transfers(chain, vault):
    done = chain.send("eve", vault, value=3)
    assert chain.ledger.balance(vault) == 500 * AIT + 3
    assert done.gas_used < 21_100


def test_a_payment_leaves_the_vault(chain, vault):
    assert chain.do(vault, SHOP, 5 * AIT) == (0, b"")
    assert chain.ledger.balance(SHOP) == 5 * AIT
    assert chain.ledger.balance(vault) == 495 * AIT


def test_the_vault_is_who_calls(chain, vault):
    target = chain.place(CALLER_AND_VALUE, 0xA1)
    operation_id, _ = chain.do(vault, target, 9, b"\xab\xcd\xef\x01")
    output = chain.run_queued(operation_id)
    words = [output[at : at + 32] for at in (0, 32, 64)]
    assert words[0][12:] == vault
    assert int.from_bytes(words[1], "big") == 9
    assert words[2][-4:] == b"\xab\xcd\xef\x01"
    assert chain.ledger.balance(target) == 9


def test_revert_data_comes_through(chain, vault):
    target = chain.place(REVERTER, 0xA2)
    data = encode_call(INITIATE, vault, target, 1, b"")
    done = chain.try_send("agent", GUARDIAN_ADDRESS, data)
    assert not done.succeeded
    assert done.output == bytes.fromhex("deadbeef")
    assert chain.ledger.balance(vault) == 500 * AIT


def test_a_halting_target_undoes_everything(chain, vault):
    target = chain.place(HALTER, 0xA3)
    data = encode_call(INITIATE, vault, target, 1, b"")
    done = chain.try_send("agent", GUARDIAN_ADDRESS, data)
    assert not done.succeeded
    assert done.output == b""
    assert chain.ledger.balance(vault) == 500 * AIT


def test_stingy_gas_does_not_spoil_a_queued_operation(chain, vault):
    operation_id, _ = chain.do(vault, SHOP, 80 * AIT)
    chain.wait()
    data = encode_call("execute(uint64)", operation_id)
    outcomes = [
        chain.try_send("eve", GUARDIAN_ADDRESS, data, gas=gas).succeeded
        for gas in range(30_000, 300_000, 7_000)
    ]
    assert outcomes.count(True) == 1
    assert chain.ledger.balance(SHOP) == 80 * AIT


def test_nobody_but_the_guardian_drives_an_account(chain, vault):
    drive = drive_data(EVE, 1, b"")
    for who in SECRETS:
        done = chain.try_send(who, vault, drive)
        assert not done.succeeded
        assert done.output == b""
    thief = chain.place(w.forwarder("f1", vault, True), 0xA4)
    assert not chain.try_send("eve", thief, drive).succeeded
    delegate = chain.place(w.forwarder("f4", vault, False), 0xA5)
    assert not chain.try_send("eve", delegate, drive).succeeded
    assert chain.ledger.balance(vault) == 500 * AIT


def test_one_vault_does_not_drive_another(chain, vault):
    second = chain.create(salt=b"\x02" * 32)
    chain.send("eve", second, value=AIT)
    operation_id, _ = chain.do(vault, second, 0, drive_data(EVE, AIT, b""))
    chain.wait()
    data = encode_call("execute(uint64)", operation_id)
    assert not chain.try_send("eve", GUARDIAN_ADDRESS, data).succeeded
    assert chain.ledger.balance(second) == AIT


def test_unknown_calls_of_an_account_revert_without_data(chain, vault):
    for data in (b"\x00", b"\x12\x34\x56\x78", selector(DRIVE_SIGNATURE)):
        done = chain.try_send("eve", vault, data)
        assert not done.succeeded
        assert done.output == b""


@pytest.mark.parametrize(
    "signature",
    [
        "onERC721Received(address,address,uint256,bytes)",
        "onERC1155Received(address,address,uint256,uint256,bytes)",
        "onERC1155BatchReceived(address,address,uint256[],uint256[],bytes)",
    ],
)
def test_tokens_are_received(chain, vault, signature):
    output = chain.send("eve", vault, selector(signature) + bytes(128)).output
    assert output == selector(signature).ljust(32, b"\0")


@pytest.mark.parametrize(
    ("interface", "is_known"),
    [("01ffc9a7", 1), ("1626ba7e", 1), ("150b7a02", 1), ("4e2312e0", 1), ("ffffffff", 0),
     ("00000000", 0)],
)  # fmt: skip
def test_interfaces_are_announced(chain, vault, interface, is_known):
    data = encode_call("supportsInterface(bytes4)", bytes.fromhex(interface))
    done = chain.send("eve", vault, data)
    assert done.output == is_known.to_bytes(32, "big")
    assert done.gas_used < 21_000 + 30_000


def ask_signature(chain, vault, signed, signature=b"x"):
    data = encode_call("isValidSignature(bytes32,bytes)", signed, signature)
    return chain.send("eve", vault, data).output


def test_only_approved_hashes_are_valid_signatures(chain, vault):
    signed = b"\x77" * 32
    assert ask_signature(chain, vault, signed) == INVALID.ljust(32, b"\0")
    values = (vault, signed, bytes(20), AIT)
    operation_id = int.from_bytes(chain.guardian("owner", APPROVE_HASH, *values), "big")
    assert ask_signature(chain, vault, signed) == INVALID.ljust(32, b"\0")
    chain.run_queued(operation_id)
    assert ask_signature(chain, vault, signed) == VALID.ljust(32, b"\0")
    assert ask_signature(chain, vault, b"\x78" * 32) == INVALID.ljust(32, b"\0")
    second = chain.create(salt=b"\x02" * 32)
    assert ask_signature(chain, second, signed) == INVALID.ljust(32, b"\0")
    chain.guardian("owner", "revokeHash(address,bytes32)", vault, signed)
    assert ask_signature(chain, vault, signed) == INVALID.ljust(32, b"\0")


def test_a_copy_of_the_code_elsewhere_signs_nothing(chain):
    copy = chain.place(ACCOUNT_CODE, 0xA6)
    assert ask_signature(chain, copy, bytes(32)) == INVALID.ljust(32, b"\0")


@pytest.mark.parametrize(
    ("opcode", "size", "answer"),
    [("fd", "20", INVALID), ("f3", "1f", INVALID), ("f3", "40", INVALID), ("f3", "20", VALID)],
)
def test_only_a_whole_answer_of_the_guardian_counts(opcode, size, answer):
    """Bytecode in the guardian's place says yes, in the right form or not."""
    chain = Chain()
    chain.registry = Registry((Marketplace,))
    chain.ledger.set_code(
        GUARDIAN_ADDRESS, bytes.fromhex(f"63{VALID.hex()}60e01b5f5260{size}5f{opcode}")
    )
    account = chain.place(ACCOUNT_CODE, 0xA8)
    assert ask_signature(chain, account, bytes(32)) == answer.ljust(32, b"\0")


def test_a_vault_answers_within_an_operation(chain, vault):
    """EIP-1271 is asked by contracts that the vault calls: the guardian's view is open then."""
    signed = b"\x79" * 32
    values = (vault, signed, bytes(20), AIT)
    operation_id = int.from_bytes(chain.guardian("owner", APPROVE_HASH, *values), "big")
    chain.run_queued(operation_id)
    asker = chain.place(w.forwarder("fa", vault, False), 0xA7)
    data = encode_call("isValidSignature(bytes32,bytes)", signed, b"")
    operation_id, _ = chain.do(vault, asker, 0, data)
    assert chain.run_queued(operation_id) == VALID.ljust(32, b"\0")


def deploy_token(chain, vault):
    """Deploy an ERC-20 and give the vault 1,000 of it."""
    done = chain.try_send("eve", None, erc20())
    assert done.succeeded
    token = done.contract_address
    chain.send("eve", token, encode_call("transfer(address,uint256)", vault, 1_000))
    return token


def token_balance(chain, token, who):
    output = chain.send("eve", token, encode_call("balanceOf(address)", who)).output
    return int.from_bytes(output, "big")


def test_a_vault_spends_a_token_within_its_limits(chain, vault):
    token = deploy_token(chain, vault)
    chain.change(SET_LIMITS, vault, token, TOKEN_LIMITS)
    pay = encode_call("transfer(address,uint256)", SHOP, 49)
    for _ in range(6):
        assert chain.do(vault, token, 0, pay) == (0, (1).to_bytes(32, "big"))
    done = chain.try_send("agent", GUARDIAN_ADDRESS, encode_call(INITIATE, vault, token, 0, pay))
    assert done.output[:4] == selector("LimitExceeded(address,uint8,uint256,uint256)")
    assert token_balance(chain, token, SHOP) == 6 * 49
    assert token_balance(chain, token, vault) == 1_000 - 6 * 49


def test_an_allowance_of_a_vault_waits_and_counts(chain, vault):
    token = deploy_token(chain, vault)
    chain.change(SET_LIMITS, vault, token, TOKEN_LIMITS)
    operation_id, _ = chain.do(vault, token, 0, encode_call("approve(address,uint256)", EVE, 10))
    assert operation_id
    chain.run_queued(operation_id)
    take = encode_call("transferFrom(address,address,uint256)", vault, EVE, 10)
    chain.send("eve", token, take)
    assert not chain.try_send("eve", token, take).succeeded


POST = "postJob(bytes32,uint32,uint32,uint32,uint64,uint64)"


def test_a_vault_pays_for_a_compute_job(chain, vault):
    """A native call with value: the marketplace's client is the vault."""
    post = encode_call(POST, b"\x11" * 32, 64, 64, 64, 3_600, 10)
    chain.change(ALLOW, vault, MARKETPLACE_ADDRESS, selector(POST), 10 * AIT, 0)
    operation_id, job_id = chain.do(vault, MARKETPLACE_ADDRESS, 2 * AIT, post)
    assert operation_id == 0
    assert chain.ledger.balance(MARKETPLACE_ADDRESS) == 2 * AIT
    assert chain.ledger.balance(vault) == 498 * AIT
    cancel = encode_call("cancelJob(bytes32)", job_id)
    operation_id, _ = chain.do(vault, MARKETPLACE_ADDRESS, 0, cancel)
    chain.run_queued(operation_id)
    assert chain.ledger.balance(vault) == 500 * AIT, "the refund goes to the vault"


def test_a_call_that_may_run_bytecode_uses_its_share(chain, vault):
    execution = chain.execution()
    for signature, uses in ((INITIATE, True), ("execute(uint64)", True), ("cancel(uint64)", False)):
        assert execution.uses_bytecode_share(GUARDIAN_ADDRESS, selector(signature)) is uses
    assert not execution.uses_bytecode_share(EVE, b"")
    assert execution.uses_bytecode_share(vault, b"")
    data = encode_call(INITIATE, vault, SHOP, 1, b"")
    assert chain.try_send("agent", GUARDIAN_ADDRESS, data).has_entered_evm
    block = SimpleNamespace(execution=execution)
    assert BlockTransition.runs_bytecode(block, w.signed(GUARDIAN_ADDRESS, data))
    cancel = w.signed(GUARDIAN_ADDRESS, selector("cancel(uint64)"))
    assert not BlockTransition.runs_bytecode(block, cancel)


def reenter(target: bytes, data: bytes) -> bytes:
    """Return code that calls ``target`` with ``data`` and hands back whether that succeeded."""
    body = bytes.fromhex(f"5f5f61{len(data):04x}5f5f73{target.hex()}5af15f5260205ff3")
    copy = bytes.fromhex(f"61{len(data):04x}61{len(body) + 9:04x}5f39")
    return (copy + body).ljust(len(body) + 9, b"\0") + data


def test_a_hostile_target_cannot_spend_twice(chain, vault):
    """The target is the agent itself: a contract that initiates again while it is paid."""
    thief = bytes([0xB1]) * 20
    own = chain.create(agent=thief, salt=b"\x03" * 32)
    chain.send("eve", own, value=100 * AIT)
    chain.place(reenter(GUARDIAN_ADDRESS, encode_call(INITIATE, own, thief, AIT, b"")), 0xB1)
    _, output = chain.do(own, thief, AIT, who="owner")
    assert int.from_bytes(output, "big") == 0
    assert chain.ledger.balance(thief) == AIT
    assert chain.send("eve", thief).output == (1).to_bytes(32, "big"), "called by others it may"
    assert chain.ledger.balance(thief) == 2 * AIT


@pytest.mark.parametrize("signature", ["execute(uint64)", "cancel(uint64)", "expire(uint64)"])
def test_a_hostile_target_cannot_run_its_operation_again(chain, vault, signature):
    thief = chain.place(reenter(GUARDIAN_ADDRESS, encode_call(signature, 1)), 0xB2)
    operation_id, _ = chain.do(vault, thief, 80 * AIT)
    assert operation_id == 1
    assert int.from_bytes(chain.run_queued(operation_id), "big") == 0
    assert chain.ledger.balance(thief) == 80 * AIT


def test_nothing_happens_in_a_static_call(chain, vault):
    data = encode_call(INITIATE, vault, SHOP, 1, b"")
    reader = chain.place(w.forwarder("fa", GUARDIAN_ADDRESS, False), 0xB3)
    assert not chain.try_send("agent", reader, data).succeeded
    assert chain.ledger.balance(SHOP) == 0
