"""What the histories share: a chain with all system contracts, parties, and calls by name."""

from collections.abc import Sequence
from typing import Any

from bench.memory_host import MemoryHost, block_at
from contracts.errors import Revert
from contracts.framework.contract import Contract, Method
from contracts.governance.v1.contract import Governance
from contracts.guardian.v1.account import ACCOUNT_CODE, DRIVE_SIGNATURE
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.places import RUNTIME_ADDRESS, native_address
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.settings import ReceiptsGenesis
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.settings import StakingGenesis, StakingValidator
from contracts.system import SYSTEM, governance_genesis
from primitives.abi import decode_call, decode_exactly, encode_call
from primitives.keys import public_key, public_key_to_address
from primitives.types import WEI_PER_AIT as AIT

EPOCH_BLOCKS = 5
VALIDATORS = 8


def secret(number: int) -> bytes:
    return number.to_bytes(32, "big")


def key_address(number: int) -> bytes:
    return public_key_to_address(public_key(secret(number)))


def account(number: int) -> bytes:
    return b"\xaa" * 18 + number.to_bytes(2, "big")


class World:
    """Genesis validators (keys from 1, operators from 101) and rich accounts 1 to 60."""

    def __init__(self, validators: int = VALIDATORS, **parameters: dict[str, int]) -> None:
        self.validators = validators
        self.host = MemoryHost(SYSTEM, block_at(0, epoch=0))
        self.host.code_models[ACCOUNT_CODE] = _vault_account
        settings = {
            Staking: StakingGenesis(
                validators=tuple(
                    StakingValidator(
                        operator=account(100 + number), public_key=public_key(secret(number)),
                        stake=2_000 * AIT, fee_recipient=account(200 + number),
                        name=f"validator {number}",
                    )
                    for number in range(1, validators + 1)
                ),
                epoch_blocks=EPOCH_BLOCKS,
            ),
            Governance: governance_genesis(),
            Marketplace: MarketplaceGenesis(window_blocks_min=8),
            Receipts: ReceiptsGenesis(draw_first=2, draw_last=3, tiles_drawn=4),
        }  # fmt: skip
        SYSTEM.genesis(self.host.hook, settings, parameters)
        self.host.active.forget()
        for number in (*range(1, 61), *range(101, 111)):
            self.host.balances[account(number)] = 1_000_000 * AIT
        self.host.advance(epoch=1)

    def send(self, sender: bytes, contract: str, name: str, *values: Any, value: int = 0) -> Any:
        """Call a method by its name; returns its result."""
        method = self._method(contract, name)
        data = encode_call(method.signature, *values)
        return _result(method, self.host.transact(sender, self._place(contract), data, value))

    def ask(self, contract: str, name: str, *values: Any) -> Any:
        """Read a view by its name."""
        method = self._method(contract, name)
        data = encode_call(method.signature, *values)
        return _result(method, self.host.read(self._place(contract), data))

    def refuse(self, sender: bytes, contract: str, name: str, *values: Any, value: int = 0) -> None:
        """Call a method that must revert."""
        try:
            self.send(sender, contract, name, *values, value=value)
        except Revert:
            return
        raise AssertionError(f"{contract}.{name} was to be refused")

    def advance(self, blocks: int = 1, **changes: Any) -> None:
        """Make blocks that every validator signed; epochs begin where they do."""
        for _ in range(blocks):
            is_terminal = self.host.block.height % EPOCH_BLOCKS == 0
            epoch = self.host.block.epoch + is_terminal
            signers = 0 if is_terminal else (1 << self.validators) - 1
            self.host.advance(**{"epoch": epoch, "signers": signers, **changes})

    def next_epoch(self) -> None:
        """Go to the first block of the next epoch."""
        epoch = self.host.block.epoch
        while self.host.block.epoch == epoch:
            self.advance()

    def note_supply(self) -> None:
        """Write the supply to the runtime, which the transition does on a real chain."""
        total = sum(self.host.balances.values())
        for index, word in enumerate((total, total)):
            self.host.storage[RUNTIME_ADDRESS, _supply_slots()[index]] = word

    def pages(self, contract: str, name: str, *first: Any, sizes: Sequence[int]) -> None:
        """Read a paged view with pages of several sizes, so that a row's cost can be told."""
        for size in sizes:
            self.ask(contract, name, *first, 0, size)

    def framework_calls(self, contract: str, key: str | None = None, new: int = 0) -> None:
        """Reach what every contract has: ERC-165, and its parameters when it has some."""
        self.ask(contract, "supportsInterface", b"\x01\xff\xc9\xa7")
        if key is None:
            return
        self.ask(contract, "parameter", key)
        self.ask(contract, "parameterList")
        self.ask(contract, "checkParameters")
        self.send(native_address(Governance.index), contract, "setParameter", key, new)
        self.refuse(account(1), contract, "setParameter", key, new)

    def _release(self, contract: str) -> type[Contract]:
        release = self.host.active.at(self._place(contract))
        assert release is not None
        return release

    def _method(self, contract: str, name: str) -> Method:
        return next(m for m in self._release(contract).methods.values() if m.name == name)

    def _place(self, contract: str) -> bytes:
        address = SYSTEM.address_of(contract)
        assert address is not None
        return address


def _supply_slots() -> tuple[int, int]:
    from contracts.chain.v1.contract import GENESIS_SUPPLY_SLOT, SUPPLY_SLOT

    return SUPPLY_SLOT, GENESIS_SUPPLY_SLOT


def _result(method: Method, output: bytes) -> Any:
    results = decode_exactly(method.results, output) if method.outputs else ()
    return results[0] if len(results) == 1 else results


def _vault_account(frame: Any, data: bytes) -> bytes:
    """Do what the guardian's account does with a drive: one call."""
    if not data:
        return b""
    target, value, inner = decode_call(DRIVE_SIGNATURE, data)
    result = frame.call(target, value, inner)
    if not result.success:
        raise Revert(result.output, "inner call failed")
    return bytes(result.output)
