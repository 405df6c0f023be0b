"""All contracts on the real host: signed transactions, blocks, hooks, bytecode and state roots.

The state lies in dictionaries and its roots come from a slow independent trie, so a history runs on
every Python that has the EVM. It answers to the names of ``MemoryChain``, whose readers serve here.
"""

from dataclasses import replace
from functools import partial

from trie import HexaryTrie

import state.execution as execution_module
from contracts.chain.v1.contract import SUPPLY_SLOT
from contracts.context import BlockContext
from contracts.framework.storage import ReadOnlyWords
from contracts.places import GUARDIAN_ADDRESS, RUNTIME_ADDRESS, STAKING_ADDRESS
from contracts.staking.v1.contract import validator_set
from contracts.system import SYSTEM
from evm.engine import Message
from evm.reference import ReferenceEngine
from primitives import rlp
from primitives.block import Block, Header
from primitives.errors import InvalidTransactionError
from primitives.genesis import Genesis
from primitives.keccak import EMPTY_KECCAK, EMPTY_TRIE_ROOT, keccak256
from primitives.seal import Seal
from primitives.transaction import DYNAMIC_FEE, Transaction, sign_transaction
from primitives.types import Address, Epoch, Hash32, View
from primitives.vote import Certificate, Statement, VoteKind
from primitives.vrf import PROOF_BYTES
from state.account import Account
from state.execution import Execution
from state.genesis_block import genesis_changes, genesis_header
from state.ledger import Ledger
from state.native_frame import NativeFrame
from state.transition import BlockTransition, ParentBlock, Runtime, build_header
from tests.unit.contracts.staking_world import key_address, secret

READ_GAS = 50_000_000
NATIVE_ADDRESSES = frozenset(SYSTEM.addresses())


class State:
    """One state in dictionaries; implements ``StateView`` and counts its root."""

    def __init__(self):
        self.accounts: dict[bytes, Account] = {}
        self.storage_by_slot: dict[tuple[bytes, int], int] = {}
        self.codes: dict[bytes, bytes] = {EMPTY_KECCAK: b""}
        self._tries: dict[bytes, HexaryTrie] = {}
        self._trie = HexaryTrie({}, prune=True)

    @property
    def root(self) -> Hash32:
        return Hash32(bytes(self._trie.root_hash))

    def account(self, address):
        return self.accounts.get(address)

    def storage(self, address, slot):
        return self.storage_by_slot.get((address, slot), 0)

    def code(self, code_hash):
        return self.codes[code_hash]

    def apply(self, changes) -> None:
        self.codes |= changes.codes
        for address, change in changes.accounts.items():
            if change.is_storage_wiped:
                self._tries.pop(address, None)
                for key in [key for key in self.storage_by_slot if key[0] == address]:
                    del self.storage_by_slot[key]
            for slot, value in change.slots.items():
                self._set(address, slot, value)
            self._set_account(address, change.basics)

    def _set(self, address, slot, value) -> None:
        trie = self._tries.setdefault(address, HexaryTrie({}, prune=True))
        key = keccak256(slot.to_bytes(32, "big"))
        if value:
            self.storage_by_slot[address, slot] = value
            trie[key] = rlp.encode(value)
        else:
            self.storage_by_slot.pop((address, slot), None)
            del trie[key]

    def _set_account(self, address, basics) -> None:
        key = keccak256(address)
        if basics is None:
            self.accounts.pop(address, None)
            del self._trie[key]
            return
        trie = self._tries.get(address)
        root = EMPTY_TRIE_ROOT if trie is None else bytes(trie.root_hash)
        self.accounts[address] = Account(
            nonce=basics.nonce,
            balance=basics.balance,
            storage_root=Hash32(root),
            code_hash=basics.code_hash,
        )
        self._trie[key] = rlp.encode([basics.nonce, basics.balance, root, basics.code_hash])


class CountedFrame(NativeFrame):
    """Counts what contracts mint and burn, in the journal: an undone frame did neither.

    Of all native contracts the guardian alone calls accounts that may hold bytecode.
    """

    __slots__ = ()

    def _sub_call(self, to, *arguments, **fields):
        assert self.this == GUARDIAN_ADDRESS or to in NATIVE_ADDRESSES, self.this.hex()
        return super()._sub_call(to, *arguments, **fields)

    def mint(self, amount):
        super().mint(amount)
        _count(self._ledger, "minted", amount)

    def burn(self, amount):
        super().burn(amount)
        _count(self._ledger, "burnt", amount)


def _count(ledger, name, amount):
    money = ledger.money
    ledger._put(money, name, money[name] + amount)


class CountedLedger(Ledger):
    __slots__ = ("money",)

    def __init__(self, view):
        super().__init__(view)
        self.money = {"minted": 0, "burnt": 0}


class WholeChain:
    """A chain of blocks; ``send`` works inside a block, reading between and inside."""

    def __init__(self, genesis: Genesis):
        self.genesis = genesis
        self.runtime = Runtime(
            chain_id=genesis.chain_id,
            parameters=genesis.parameters,
            registry=SYSTEM,
            engine=ReferenceEngine(),
        )
        self.state = State()
        self.state.apply(genesis_changes(genesis, self.runtime, self.state))
        header = genesis_header(genesis, self.state.root)
        self.runtime = replace(self.runtime, genesis_hash=header.hash)
        self.parent = ParentBlock(header=header, time_ms=genesis.time_ms)
        self.parent_epoch = 0
        self.transition: BlockTransition | None = None
        self.blocks: list[Block] = []
        self.jumps: dict[int, tuple[int, int]] = {}
        self.minted = self.burnt = 0
        self.transactions: list[Transaction] = []
        self.first_supply = self.supply
        self.block: BlockContext | None = None

    # --- what helpers of the memory chain read ----------------------------------------------

    @property
    def balances(self) -> dict[bytes, int]:
        return {address: account.balance for address, account in self.state.accounts.items()}

    @property
    def storage(self) -> dict[tuple[bytes, int], int]:
        return self.state.storage_by_slot

    @property
    def supply(self) -> int:
        return sum(account.balance for account in self.state.accounts.values())

    def context(self, address: bytes, **_fields) -> ReadOnlyWords:
        return ReadOnlyWords(partial(self.state.storage, address))

    def read(self, to: bytes, data: bytes) -> bytes:
        """Call a view of the state after the last block."""
        execution = Execution(Ledger(self.state), self.block, SYSTEM, self.runtime.engine)
        execution.ledger.begin_transaction()
        message = Message(
            caller=Address(bytes(20)), to=Address(to), value=0, data=data, code=b"",
            gas=READ_GAS, origin=Address(bytes(20)), gas_price=0, is_static=True,
        )  # fmt: skip
        result = execution.run(message)
        assert result.is_success, (to.hex(), data[:4].hex(), result.error)
        return result.output

    # --- blocks -----------------------------------------------------------------------------

    @property
    def height(self) -> int:
        return self.parent.header.height

    def members(self):
        """Return the set that staking elected last."""
        return validator_set(partial(self.state.storage, STAKING_ADDRESS))

    def skip(self, blocks: int, seconds: int) -> None:
        """Pretend that empty blocks passed, hooks left out; whole epochs only."""
        self.jumps[self.height] = (blocks, seconds)
        self.parent = self.after_skip(self.parent)

    def after_skip(self, parent: ParentBlock) -> ParentBlock:
        """Return the parent that the next block builds on, pretended blocks counted."""
        blocks, seconds = self.jumps.get(parent.header.height, (0, 0))
        header = replace(parent.header, height=parent.header.height + blocks)
        return ParentBlock(header=header, time_ms=parent.time_ms + 1_000 * seconds)

    def begin(self, seconds: int, absent=frozenset()) -> None:
        """Begin a block ``seconds`` after its parent; ``absent`` validators signed nothing."""
        height = self.height + 1
        epoch_blocks = self.genesis.parameters.epoch_blocks
        epoch = 1 + (height - 1) // epoch_blocks
        members = self.members()
        certificate = None
        if self.blocks:
            signers = sum(1 << place for place, m in enumerate(members) if m.address not in absent)
            statement = Statement(
                kind=VoteKind.NOTARIZE,
                epoch=Epoch(1 + (height - 2) // epoch_blocks),
                view=View(height - 1),
                height=height - 1,
                block_hash=self.parent.header.hash,
            )
            certificate = Certificate(statement=statement, signers=signers, signatures=())
        seal = Seal(
            epoch=Epoch(epoch),
            view=View(height),
            proposer=members[height % len(members)].address,
            time_ms=self.parent.time_ms + 1_000 * seconds,
            vrf_proof=height.to_bytes(PROOF_BYTES, "big"),
            parent_certificate=certificate,
        )
        self.transition = transition = BlockTransition(self.runtime, self.state, self.parent, seal)
        transition.ledger = CountedLedger(self.state)
        transition.execution = CountedExecution(
            transition.ledger, transition.block, SYSTEM, self.runtime.engine
        )
        self.block = transition.block
        self.transactions = []
        transition.begin()

    def nonce(self, sender: bytes) -> int:
        return self.transition.ledger.nonce(sender)

    def send(self, key: int, to: bytes | None, data: bytes = b"", value: int = 0, gas=3_000_000):
        """Send a transaction signed by a key; None when it found no room or no money.

        A refused one is checked to have changed nothing but its sender's and the proposer's money.
        """
        transaction = sign_transaction(
            Transaction(
                kind=DYNAMIC_FEE, chain_id=self.runtime.chain_id,
                nonce=self.nonce(key_address(key)), max_priority_fee_per_gas=1_000,
                max_fee_per_gas=100 * 10**9, gas_limit=gas,
                to=to and Address(to), value=value, data=data,
            ),
            secret(key),
        )  # fmt: skip
        ledger = self.transition.ledger
        before = effects(ledger)
        money = dict(ledger.money)
        try:
            done = self.transition.apply(transaction)
        except InvalidTransactionError:
            assert effects(ledger) == before
            return None
        self.transactions.append(transaction)
        if not done.succeeded:
            paid = {transaction.sender, self.block.coinbase}
            assert ledger.money == money
            assert without_money(effects(ledger), paid) == without_money(before, paid)
        return done

    def finish(self) -> Header:
        """End the block and take its changes into the state; returns its header."""
        transition = self.transition
        outcome = transition.finish()
        self.state.apply(outcome.changes)
        ledger = transition.ledger
        self.minted += ledger.money["minted"]
        self.burnt += ledger.money["burnt"] + outcome.gas_used * transition.block.base_fee
        header = build_header(transition, self.transactions, outcome, self.state.root)
        block = Block(header=header, transactions=tuple(self.transactions), seal=transition.seal)
        self.blocks.append(block)
        self.parent = ParentBlock(header=header, time_ms=transition.seal.time_ms)
        self.transition = None
        return header


class CountedExecution(Execution):
    """Runs native frames that count money."""

    def _run_body(self, contract, message):
        return with_counted_frames(super()._run_body, contract, message)

    def hook_frame(self, address):
        return with_counted_frames(super().hook_frame, address)


def with_counted_frames(run, *arguments):
    """Run with frames that count in the place of the host's own."""
    plain = execution_module.NativeFrame
    execution_module.NativeFrame = CountedFrame
    try:
        return run(*arguments)
    finally:
        execution_module.NativeFrame = plain


def effects(ledger) -> dict[bytes, tuple]:
    """Return what the block did to each account so far."""
    return {
        address: (change.basics, dict(change.slots), change.is_storage_wiped)
        for address, change in ledger.changes().accounts.items()
    }


def without_money(found: dict[bytes, tuple], paid: set[bytes]) -> dict[bytes, tuple]:
    """Forget the money and nonces of those who pay and earn fees."""
    return {
        address: change[1:] if address in paid else change
        for address, change in found.items()
        if address not in paid or change[1]
    }


def supply_slot(chain: WholeChain) -> int:
    """Return what the chain says that its supply is."""
    return chain.state.storage(RUNTIME_ADDRESS, SUPPLY_SLOT)
