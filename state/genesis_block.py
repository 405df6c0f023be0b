"""The genesis block: the state that a genesis file describes, and the header over it."""

from typing import Final

from contracts.chain.v1.contract import GENESIS_SUPPLY_SLOT, SUPPLY_SLOT
from contracts.context import BlockContext
from contracts.errors import Revert
from contracts.places import RUNTIME_ADDRESS
from contracts.runtime import NATIVE_NONCE, Registry
from contracts.system import genesis_parameters, genesis_settings
from primitives.block import EMPTY_BLOOM, Header
from primitives.errors import ConfigError
from primitives.genesis import Genesis, encode_genesis
from primitives.keccak import EMPTY_TRIE_ROOT, keccak256
from primitives.types import ZERO_ADDRESS, ZERO_HASH, Hash32
from state.changes import StateChanges
from state.execution import HISTORY_ADDRESS, Execution
from state.ledger import Ledger
from state.transition import BEACON_ROOTS_ADDRESS, Runtime
from state.view import StateView

HISTORY_CODE: Final = bytes.fromhex(
    "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff"
    "81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500"
)
"""EIP-2935."""

BEACON_ROOTS_CODE: Final = bytes.fromhex(
    "3373fffffffffffffffffffffffffffffffffffffffe14604d57602036146024575f5ffd5b5f35801560495762001f"
    "ff810690815414603c575f5ffd5b62001fff01545f5260205ff35b5f5ffd5b62001fff42064281555f359062001fff"
    "015500"
)
"""EIP-4788."""


def genesis_beacon(chain_id: int) -> Hash32:
    """Return the beacon that the first leader's VRF proof is over."""
    return keccak256(b"AITBC genesis beacon" + chain_id.to_bytes(8, "big"))


def genesis_changes(genesis: Genesis, runtime: Runtime, empty: StateView) -> StateChanges:
    """Return the genesis state as changes of the empty state."""
    ledger = Ledger(empty)
    ledger.begin_transaction()
    for account in genesis.accounts:
        ledger.set_balance(account.address, account.balance)
        ledger.set_nonce(account.address, account.nonce)
        ledger.set_code(account.address, account.code)
        for slot, value in account.storage:
            ledger.set_storage(account.address, slot, value)
    for address, code in (
        (HISTORY_ADDRESS, HISTORY_CODE),
        (BEACON_ROOTS_ADDRESS, BEACON_ROOTS_CODE),
    ):
        ledger.set_nonce(address, 1)
        ledger.set_code(address, code)
    _create_natives(ledger, runtime.registry)
    execution = Execution(ledger, _genesis_context(genesis), runtime.registry, runtime.engine)
    runtime.registry.genesis(
        execution.hook_frame, genesis_settings(genesis), genesis_parameters(genesis)
    )
    _check_rules(execution)
    ledger.finish_transaction()
    supply = ledger.balance_change()
    ledger.set_storage(RUNTIME_ADDRESS, SUPPLY_SLOT, supply)
    ledger.set_storage(RUNTIME_ADDRESS, GENESIS_SUPPLY_SLOT, supply)
    return ledger.changes()


def genesis_header(genesis: Genesis, state_root: Hash32) -> Header:
    """Return the header of block 0; its hash names the chain.

    There is no seal to commit to, so ``parent_beacon_block_root`` commits to the genesis file: two
    chains that differ only in a parameter which the state does not hold differ in their hash.
    """
    return Header(
        parent_hash=ZERO_HASH,
        coinbase=ZERO_ADDRESS,
        state_root=state_root,
        transactions_root=EMPTY_TRIE_ROOT,
        receipts_root=EMPTY_TRIE_ROOT,
        logs_bloom=EMPTY_BLOOM,
        height=0,
        gas_limit=genesis.parameters.block_gas_max,
        gas_used=0,
        timestamp=genesis.time_ms // 1000,
        mix_hash=genesis_beacon(genesis.chain_id),
        base_fee_per_gas=genesis.parameters.base_fee_initial_wei,
        parent_beacon_block_root=keccak256(encode_genesis(genesis).encode()),
    )


def _check_rules(execution: Execution) -> None:
    """Refuse parameters that contradict each other: governance could never change one of them.

    Raises:
        ConfigError: the rule that is broken, with its contract.
    """
    execution.contracts.forget()
    for address, release in execution.contracts.registry.initial():
        try:
            release(execution.hook_frame(address)).check_cross_rules()
        except Revert as error:
            raise ConfigError(
                f"genesis parameters of {release.name} contradict each other: {error}",
                "Correct contracts and parameters in genesis.json",
            ) from error


def _create_natives(ledger: Ledger, registry: Registry) -> None:
    for address, _ in registry.initial():
        ledger.set_nonce(address, NATIVE_NONCE)
        ledger.set_code(address, registry.code(address))


def _genesis_context(genesis: Genesis) -> BlockContext:
    return BlockContext(
        chain_id=genesis.chain_id,
        genesis_hash=ZERO_HASH,
        height=0,
        time_ms=genesis.time_ms,
        timestamp=genesis.time_ms // 1000,
        epoch=0,
        view=0,
        beacon=genesis_beacon(genesis.chain_id),
        coinbase=ZERO_ADDRESS,
        base_fee=genesis.parameters.base_fee_initial_wei,
        gas_limit=genesis.parameters.block_gas_max,
        proposer=ZERO_ADDRESS,
    )
