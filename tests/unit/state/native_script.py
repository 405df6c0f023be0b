"""A native contract that does what its calldata says, and two ways to execute a transaction."""

from types import MappingProxyType

import msgpack

from contracts.context import BlockContext
from contracts.errors import OutOfGas, error_string
from contracts.framework.contract import Contract
from contracts.places import native_address
from contracts.runtime import NATIVE_NONCE, Registry, native_code
from evm.reference import ReferenceEngine
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT, keccak256
from primitives.keys import secret_to_address
from primitives.transaction import DYNAMIC_FEE, SET_CODE, Transaction, sign_transaction
from state.account import Account
from state.execution import Execution
from state.ledger import Ledger
from state.process import process_transaction

CHAIN_ID = 7
BASE_FEE = 10
GAS = 1_000_000
WEI = 10**20
SECRET = bytes([9]) * 32
SENDER = secret_to_address(SECRET)
AUTHORITY_SECRET = bytes([8]) * 32
AUTHORITY = secret_to_address(AUTHORITY_SECRET)
COINBASE = bytes([0xCB]) * 20
NATIVE, OTHER_NATIVE = native_address(200), native_address(201)
DEAD = bytes([0xDE]) * 20
"""An account that is in the state and empty, as only a genesis file could make it."""
EMPTY, HOLDER = bytes([0xE0]) * 20, bytes([0xE1]) * 20
ENGINE = ReferenceEngine()


class Script:
    """The contract; ``dispatch`` is what ``Execution`` calls."""

    index = 200
    name = "script"
    version, version_packed = "1.0.0", 1 << 64
    is_dormant = False
    methods = MappingProxyType({})
    begin_block = Contract.begin_block
    end_block = Contract.end_block

    @staticmethod
    def dispatch(ctx, calldata):
        output = b""
        for operation, *arguments in msgpack.unpackb(calldata) if calldata else []:
            output = OPERATIONS[operation](ctx, calldata, *arguments) or output
        return output


class OtherScript(Script):
    index = 201
    name = "other"


def word(value):
    return value.to_bytes(32, "big")


def facts(ctx, _calldata):
    parts = (ctx.this, ctx.caller, ctx.origin, word(ctx.value), bytes((ctx.is_static,)))
    return b"".join(parts)


def call(ctx, _calldata, to, value, data, gas):
    result = ctx.call(to, value, data, gas)
    return bytes((result.success,)) + result.output + word(ctx.gas_left)


def static_call(ctx, _calldata, to, data):
    result = ctx.static_call(to, data)
    return bytes((result.success,)) + result.output


def recurse(ctx, calldata, to):
    result = ctx.call(to, 0, calldata)
    depth = int.from_bytes(result.output, "big") + 1 if result.success else 1
    return word(depth)


def revert(_ctx, _calldata, reason):
    raise error_string(reason)


def burn_gas(_ctx, _calldata):
    raise OutOfGas


OPERATIONS = {
    "facts": facts,
    "call": call,
    "static_call": static_call,
    "recurse": recurse,
    "revert": revert,
    "out_of_gas": burn_gas,
    "sload": lambda ctx, _, slot: word(ctx.sload(slot)),
    "sstore": lambda ctx, _, slot, value: ctx.sstore(slot, value),
    "tload": lambda ctx, _, slot: word(ctx.tload(slot)),
    "tstore": lambda ctx, _, slot, value: ctx.tstore(slot, value),
    "balance": lambda ctx, _, who: word(ctx.balance(who)),
    "transfer": lambda ctx, _, to, amount: ctx.transfer(to, amount),
    "mint": lambda ctx, _, amount: ctx.mint(amount),
    "burn": lambda ctx, _, amount: ctx.burn(amount),
    "emit": lambda ctx, _, topic, data: ctx.emit((topic,), data),
    "use_gas": lambda ctx, _, amount: ctx.use_gas(amount),
    "gas": lambda ctx, _: word(ctx.gas_left),
}


def script(*operations):
    return bytes(msgpack.packb([list(operation) for operation in operations]))


REGISTRY = Registry((Script, OtherScript))


def forwarder(opcode, target, takes_value):
    """Return bytecode that forwards its calldata by one call opcode, and its outcome."""
    value = "34" if takes_value else ""
    return bytes.fromhex(
        "365f5f37"  # calldatacopy(0, 0, calldatasize)
        f"5f5f365f{value}73{target.hex()}5a{opcode}"
        "3d5f5f3e"  # returndatacopy(0, 0, returndatasize)
        "60{:02x}573d5ffd5b3d5ff3"
        .format(4 + 4 + len(value) // 2 + 21 + 2 + 4 + 3 + 3)
    )  # fmt: skip


PROBE = bytes([0xCF]) * 20
"""Its code asks for its own balance, cold unless the call has warmed it."""

CONTRACTS = {
    bytes([0xC0]) * 20: forwarder("f1", NATIVE, True),
    bytes([0xC1]) * 20: forwarder("fa", NATIVE, False),
    bytes([0xC2]) * 20: forwarder("f4", NATIVE, False),
    bytes([0xC3]) * 20: forwarder("f2", NATIVE, True),
}
CALLER, STATIC_CALLER, DELEGATE_CALLER, CALLCODE_CALLER = CONTRACTS
DELEGATED = bytes([0xD0]) * 20
"""An account whose code was delegated to the native contract (EIP-7702)."""


class WorldView:
    """The state before the transaction."""

    def __init__(self):
        codes = {
            NATIVE: native_code(200),
            OTHER_NATIVE: native_code(201),
            DELEGATED: b"\xef\x01\x00" + NATIVE,
            **CONTRACTS,
            PROBE: bytes.fromhex(f"73{PROBE.hex()}315000"),
        }
        self.codes = {keccak256(code): code for code in codes.values()} | {EMPTY_KECCAK: b""}
        self.slots = {(NATIVE, 1): 11, (NATIVE, 2): 22}
        self.accounts = {
            address: Account(nonce=NATIVE_NONCE, balance=1_000, code_hash=keccak256(code))
            for address, code in codes.items()
        }
        self.accounts[DEAD] = Account()
        for address, wei in ((SENDER, WEI), (AUTHORITY, WEI), (HOLDER, 1)):
            self.accounts[address] = Account(balance=wei, storage_root=EMPTY_TRIE_ROOT)

    def account(self, address):
        return self.accounts.get(address)

    def storage(self, address, slot):
        return self.slots.get((address, slot), 0)

    def code(self, code_hash):
        return self.codes[code_hash]


class ForcedExecution(Execution):
    """Sends every message through the bytecode engine, bypassing nothing."""

    def run(self, message):
        if not message.is_create and not message.code and not self.is_native(message.to):
            message = self._with_code(message)
        return self._engine.execute(self, self._environment, message)


def block_context(**changes):
    values = {
        "chain_id": CHAIN_ID,
        "genesis_hash": bytes(32),
        "height": 5,
        "time_ms": 5_000,
        "timestamp": 5,
        "epoch": 1,
        "view": 5,
        "beacon": bytes(32),
        "coinbase": COINBASE,
        "base_fee": BASE_FEE,
        "gas_limit": 30_000_000,
        "proposer": COINBASE,
    }
    return BlockContext(**(values | changes))


def signed(to, data=b"", value=0, gas=GAS, access_list=(), authorizations=(), nonce=0):
    return sign_transaction(
        Transaction(
            kind=SET_CODE if authorizations else DYNAMIC_FEE,
            chain_id=CHAIN_ID,
            nonce=nonce,
            max_priority_fee_per_gas=2,
            max_fee_per_gas=100,
            gas_limit=gas,
            to=to,
            value=value,
            data=data,
            access_list=access_list,
            authorizations=authorizations,
        ),
        SECRET,
    )


def run(transaction, kind=Execution):
    """Return (what the transaction did, the changed accounts)."""
    ledger = Ledger(WorldView())
    execution = kind(ledger, block_context(), REGISTRY, ENGINE)
    return process_transaction(execution, transaction), ledger.changes()


def run_both(transaction):
    """Run a transaction with the bypass and through the engine; they must be one."""
    direct, direct_changes = run(transaction)
    forced, forced_changes = run(transaction, ForcedExecution)
    assert direct.succeeded == forced.succeeded
    assert direct.gas_used == forced.gas_used
    assert direct.output == forced.output
    assert direct.logs == forced.logs
    assert direct_changes == forced_changes
    return direct, direct_changes
