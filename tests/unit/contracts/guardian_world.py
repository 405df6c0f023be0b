"""A chain with the guardian, a vault with all its roles, a token and a Python model of accounts."""

from contracts.context import CallResult
from contracts.errors import Revert
from contracts.framework.types import struct_type
from contracts.guardian.v1 import messages as m
from contracts.guardian.v1.account import (
    ACCOUNT_CODE,
    DRIVE_SIGNATURE,
    SIGNATURE_INVALID,
    SIGNATURE_VALID,
)
from contracts.guardian.v1.contract import Guardian
from contracts.places import GUARDIAN_ADDRESS
from contracts.runtime import Registry
from primitives.abi import decode, decode_call, encode, encode_call, selector
from primitives.errors import DecodeError
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.memory_context import MemoryChain, block_at

AIT = WEI_PER_AIT
HOUR, DAY = 3_600, 86_400
NATIVE = bytes(20)


def account(number: int) -> bytes:
    return bytes((0xAA,)) * 18 + number.to_bytes(2, "big")


OWNER, AGENT, STRANGER, KEY, NEW_OWNER, SHOP = (account(n) for n in range(1, 7))
GUARDIANS = tuple(account(n) for n in (11, 12, 13))
TOKEN, OTHER_TOKEN, TARGET = (account(n) for n in (21, 22, 23))
SALT = b"\x05" * 32
LIMITS = (100 * AIT, 500 * AIT, 2_000 * AIT, 10_000 * AIT, 80 * AIT)
"""The conservative preset."""
TOKEN_LIMITS = (1_000, 3_000, 9_000, 20_000, 500)
LOCK = 24 * HOUR
LIMITS_ABI = struct_type(m.Limits).name
ALLOWANCES_ABI = struct_type(m.SessionAllowance).name + "[]"
CREATE = f"createVault(address,address[],{LIMITS_ABI},uint64,bytes32)"
PRESET = "createVaultFromPreset(string,address,address[],bytes32)"
INITIATE = "initiate(address,address,uint128,bytes)"
APPROVE_HASH = "approveHash(address,bytes32,address,uint128)"
SET_LIMITS = f"setLimits(address,address,{LIMITS_ABI})"
ADD_KEY = f"addSessionKey(address,address,uint64,{ALLOWANCES_ABI})"
ALLOW = "allow(address,address,bytes4,uint128,uint128)"
ROTATE = "rotateGuardians(address,address[])"
VIEWS = {
    "vault(address)": (struct_type(m.VaultInfo),),
    "limits(address,address)": (struct_type(m.BudgetInfo),),
    "sessionLimits(address,address,address)": (struct_type(m.BudgetInfo),),
    "sessionKey(address,address)": (struct_type(m.SessionInfo),),
    "rule(address,address,bytes4)": (struct_type(m.RuleInfo),),
    "operation(uint64)": (struct_type(m.OperationInfo),),
    "change(uint64)": (struct_type(m.ChangeInfo),),
    "recovery(address)": (struct_type(m.RecoveryInfo),),
    "role(address,address)": ("uint8",),
    "supportOf(address,address)": ("address",),
    "signatureAnswer(address,bytes32)": ("bytes4",),
    "predictVault(address,bytes32)": ("address",),
    "preview(address,address,address,uint128,bytes)": ("bool",),
    "parameter(string)": ("uint256",),
}


def vault_account(frame, data: bytes) -> bytes:
    """Do what the account's bytecode does; its own tests run the bytecode."""
    if frame.caller == GUARDIAN_ADDRESS:
        target, value, inner = decode_call(DRIVE_SIGNATURE, data)
        result: CallResult = frame.call(target, value, inner)
        if not result.success:
            raise Revert(result.output, "inner call failed")
        return result.output
    if not data:
        return b""
    if data[:4] == selector("isValidSignature(bytes32,bytes)"):
        ask = encode_call("signatureAnswer(address,bytes32)", frame.this, data[4:36])
        return frame.static_call(GUARDIAN_ADDRESS, ask).output
    raise Revert(b"", "unknown call")


class Token:
    """A lenient ERC-20: it reads what it needs of its calldata and ignores what follows."""

    def __init__(self):
        self.moved: list[tuple[bytes, bytes, bytes]] = []

    def __call__(self, frame, data: bytes) -> bytes:
        self.moved.append((frame.caller, data[:4], data[4:]))
        return encode(("bool",), (True,))


class World:
    """One vault of OWNER with AGENT, GUARDIANS and the conservative limits, holding 5,000 AIT."""

    def __init__(self, *, lock: int = LOCK, limits=LIMITS, guardians=GUARDIANS, agent=AGENT,
                 height: int = 1_000_000):  # fmt: skip
        self.chain = MemoryChain(Registry((Guardian,)), block=block_at(height))
        self.chain.code_models[ACCOUNT_CODE] = vault_account
        self.chain.registry.genesis(self.chain.hook, {})
        self.token = self.chain.foreign[TOKEN] = Token()
        self.chain.foreign[OTHER_TOKEN] = Token()
        self.chain.foreign[TARGET] = self.target
        self.calls: list[tuple[bytes, int, bytes]] = []
        self.answer: bytes | Revert = b"done"
        for who in (OWNER, AGENT, STRANGER, KEY):
            self.chain.balances[who] = 1_000 * AIT
        self.vault = self.create(OWNER, agent, guardians, limits, lock)
        self.chain.balances[self.vault] = 5_000 * AIT

    def create(
        self, owner=OWNER, agent=AGENT, guardians=GUARDIANS, limits=LIMITS, lock=LOCK, salt=SALT
    ) -> bytes:
        return self.send(owner, CREATE, agent, guardians, tuple(limits), lock, salt)[-20:]

    def target(self, frame, data: bytes) -> bytes:
        self.calls.append((frame.caller, frame.value, data))
        if isinstance(self.answer, Revert):
            raise self.answer
        return self.answer

    def send(self, sender: bytes, signature: str, *values, value: int = 0) -> bytes:
        data = encode_call(signature, *values)
        return self.chain.transact(sender, GUARDIAN_ADDRESS, data, value)

    def number(self, sender: bytes, signature: str, *values) -> int:
        return int.from_bytes(self.send(sender, signature, *values), "big")

    def ask(self, signature: str, *values):
        data = self.chain.read(GUARDIAN_ADDRESS, encode_call(signature, *values))
        return decode(VIEWS[signature], data)[0]

    def pass_time(self, seconds: int) -> None:
        """Let seconds pass and the blocks that belong to them, in one step."""
        block = self.chain.block
        height, time_ms = block.height + seconds, block.time_ms + 1_000 * seconds
        self.chain.block = block_at(height, time_ms=time_ms, timestamp=time_ms // 1000)

    # --- operations ---------------------------------------------------------------------------

    def do(self, sender: bytes, target: bytes, value: int = 0, data: bytes = b"", vault=None):
        """Return (operation id, output)."""
        output = self.send(sender, INITIATE, vault or self.vault, target, value, data)
        return decode(("uint64", "bytes"), output)

    def pay(self, amount: int, sender: bytes = AGENT, to: bytes = SHOP):
        return self.do(sender, to, amount)

    def queue(self, sender: bytes = AGENT, target=SHOP, value: int = 80 * AIT, data=b"") -> int:
        operation_id, output = self.do(sender, target, value, data)
        assert operation_id
        assert output == b""
        return operation_id

    def execute(self, operation_id: int, sender: bytes = STRANGER) -> bytes:
        return decode(("bytes",), self.send(sender, "execute(uint64)", operation_id))[0]

    def change_now(self, signature: str, *values, sender: bytes = OWNER) -> None:
        """Make a delayed change and wait for it."""
        change_id = self.number(sender, signature, self.vault, *values)
        assert change_id
        self.pass_time(LOCK)
        self.send(STRANGER, "executeChange(uint64)", change_id)

    def limit_token(self, limits=TOKEN_LIMITS, token: bytes = TOKEN) -> None:
        self.change_now(SET_LIMITS, token, tuple(limits))

    def add_key(self, *allowances, key: bytes = KEY, lifetime: int = 30 * DAY) -> None:
        self.change_now(ADD_KEY, key, lifetime, tuple(allowances))

    # --- guardians ----------------------------------------------------------------------------

    def support(self, count: int, candidate: bytes = NEW_OWNER, guardians=GUARDIANS) -> None:
        for guardian in guardians[:count]:
            self.send(guardian, "supportRecovery(address,address)", self.vault, candidate)

    def info(self) -> m.VaultInfo:
        return self.ask("vault(address)", self.vault)

    def held(self, who: bytes) -> int:
        return self.chain.balances.get(who, 0)


def is_approved(world: World, signed: bytes) -> bool:
    """Ask the vault's own account (EIP-1271)."""
    data = encode_call("isValidSignature(bytes32,bytes)", signed, b"any")
    answer = world.chain.read(world.vault, data)[:4]
    assert answer in (SIGNATURE_VALID, SIGNATURE_INVALID)
    return answer == SIGNATURE_VALID


def transfer(amount: int, to: bytes = SHOP) -> bytes:
    return encode_call("transfer(address,uint256)", to, amount)


def malformed(data: bytes) -> None:
    """Check that bytes are no canonical transfer."""
    try:
        decode_call("transfer(address,uint256)", data)
    except DecodeError:
        return
    raise AssertionError
