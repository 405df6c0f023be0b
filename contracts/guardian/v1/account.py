"""The vault account: the bytecode that stands at every vault's own address.

A vault holds AIT and tokens at its own address, so it needs an account of its own; the guardian
deploys this code for each. The code keeps no storage and has no owner: it obeys the guardian.

V1. Only the guardian makes it call; what it then runs is one CALL of target, value and data, whose
    output or revert data it hands back whole.
V2. A transfer without data is accepted, from anybody.
V3. ``isValidSignature`` (EIP-1271) answers what the guardian's ``signatureAnswer`` says for this
    account, and 0xffffffff when that call fails.
V4. It takes ERC-721 and ERC-1155 tokens and says so (ERC-165). Any other call reverts without data.
"""

from typing import Final

from contracts.places import GUARDIAN_ADDRESS
from primitives.abi import encode_call
from primitives.keccak import keccak256

DRIVE_SIGNATURE: Final = "execute(address,uint256,bytes)"
"""How the guardian drives an account; the code relies on the canonical encoding of it."""

SIGNATURE_VALID: Final = bytes.fromhex("1626ba7e")
"""EIP-1271's answer for a signature that stands; the selector of ``isValidSignature`` too."""
SIGNATURE_INVALID: Final = bytes.fromhex("ffffffff")
ON_ERC721: Final = bytes.fromhex("150b7a02")
ON_ERC1155: Final = bytes.fromhex("f23a6e61")
ON_ERC1155_BATCH: Final = bytes.fromhex("bc197c81")
ERC165: Final = bytes.fromhex("01ffc9a7")
ERC1155_RECEIVER: Final = bytes.fromhex("4e2312e0")
ANSWER_SELECTOR: Final = keccak256(b"signatureAnswer(address,bytes32)")[:4]

_OPCODES: Final = {
    "STOP": 0x00, "EQ": 0x14, "ISZERO": 0x15, "AND": 0x16, "OR": 0x17, "SHL": 0x1B, "SHR": 0x1C,
    "ADDRESS": 0x30, "CALLER": 0x33, "CALLDATALOAD": 0x35, "CALLDATASIZE": 0x36,
    "CALLDATACOPY": 0x37, "RETURNDATASIZE": 0x3D, "RETURNDATACOPY": 0x3E, "POP": 0x50,
    "MSTORE": 0x52, "JUMPI": 0x57, "GAS": 0x5A, "JUMPDEST": 0x5B, "PUSH0": 0x5F, "DUP1": 0x80,
    "DUP2": 0x81, "DUP3": 0x82, "CALL": 0xF1, "RETURN": 0xF3, "STATICCALL": 0xFA, "REVERT": 0xFD,
}  # fmt: skip
_PUSH1: Final = 0x60
_LABEL_BYTES: Final = 2

# One instruction group per line. ``#hex`` pushes a constant, ``@label`` a place, ``label:`` is one.
# Comments show the stack after the line, top at the right.
_SOURCE: Final = f"""
    CALLER #{GUARDIAN_ADDRESS[-2:].hex()} EQ @drive JUMPI    ; the guardian alone drives (V1)
    CALLDATASIZE ISZERO @stop JUMPI                          ; a plain transfer (V2)
    PUSH0 CALLDATALOAD #e0 SHR                               ; selector
    DUP1 #{SIGNATURE_VALID.hex()} EQ @signature JUMPI        ; selector
    DUP1 #{ON_ERC721.hex()} EQ @echo JUMPI                   ; selector
    DUP1 #{ON_ERC1155.hex()} EQ @echo JUMPI                  ; selector
    DUP1 #{ON_ERC1155_BATCH.hex()} EQ @echo JUMPI            ; selector
    DUP1 #{ERC165.hex()} EQ @interface JUMPI                 ; selector
    PUSH0 PUSH0 REVERT                                       ; anything else (V4)
stop:
    STOP
echo:                                                        ; selector: it is the answer (V4)
    #e0 SHL PUSH0 MSTORE #20 PUSH0 RETURN
interface:                                                   ; selector
    POP #04 CALLDATALOAD #e0 SHR                             ; id
    DUP1 #{ERC165.hex()} EQ                                  ; id, known
    DUP2 #{SIGNATURE_VALID.hex()} EQ OR                      ; id, known
    DUP2 #{ON_ERC721.hex()} EQ OR                            ; id, known
    DUP2 #{ERC1155_RECEIVER.hex()} EQ OR                     ; id, known
    PUSH0 MSTORE #20 PUSH0 RETURN
signature:                                                   ; selector
    POP #{ANSWER_SELECTOR.hex()} #e0 SHL PUSH0 MSTORE        ; memory 0: the guardian's selector
    ADDRESS #04 MSTORE                                       ; memory 4: this account
    #04 CALLDATALOAD #24 MSTORE                              ; memory 36: the hash
    PUSH0 PUSH0 #44 PUSH0                                    ; out size, out, in size, in
    #{GUARDIAN_ADDRESS[-2:].hex()} GAS STATICCALL            ; success
    #{SIGNATURE_INVALID.hex()} #e0 SHL PUSH0 MSTORE          ; success; memory 0: the refusal
    RETURNDATASIZE #20 EQ AND @answer JUMPI                  ; -
    #20 PUSH0 RETURN
answer:
    #20 PUSH0 PUSH0 RETURNDATACOPY #20 PUSH0 RETURN
drive:
    #64 CALLDATALOAD                                         ; size of data
    DUP1 #84 PUSH0 CALLDATACOPY                              ; size; memory 0: data
    PUSH0 PUSH0 DUP3 PUSH0                                   ; size, out size, out, size, in
    #24 CALLDATALOAD #04 CALLDATALOAD                        ; ..., value, target
    GAS CALL                                                 ; size, success
    RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY                ; size, success; memory 0: output
    @done JUMPI                                              ; size
    RETURNDATASIZE PUSH0 REVERT
done:
    RETURNDATASIZE PUSH0 RETURN
"""


def _assemble(source: str) -> bytes:
    """Return the bytecode of a listing; labels take two bytes wherever they are pushed."""
    words = [word for line in source.splitlines() for word in line.partition(";")[0].split()]
    code = bytearray()
    places: dict[str, int] = {}
    uses: list[tuple[int, str]] = []
    for word in words:
        if word.endswith(":"):
            places[word[:-1]] = len(code)
            code.append(_OPCODES["JUMPDEST"])
        elif word.startswith("#"):
            constant = bytes.fromhex(word[1:])
            code.append(_PUSH1 + len(constant) - 1)
            code += constant
        elif word.startswith("@"):
            code.append(_PUSH1 + _LABEL_BYTES - 1)
            uses.append((len(code), word[1:]))
            code += bytes(_LABEL_BYTES)
        else:
            code.append(_OPCODES[word])
    for position, label in uses:
        code[position : position + _LABEL_BYTES] = places[label].to_bytes(_LABEL_BYTES, "big")
    return bytes(code)


ACCOUNT_CODE: Final = _assemble(_SOURCE)
"""The runtime code of every vault account."""
ACCOUNT_CODE_HASH: Final = keccak256(ACCOUNT_CODE)


def drive_data(target: bytes, value: int, data: bytes) -> bytes:
    """Return the calldata by which the guardian makes an account call ``target``."""
    return encode_call(DRIVE_SIGNATURE, target, value, data)


def account_salt(owner: bytes, salt: bytes) -> bytes:
    """Return the deployment salt of an owner's vault: nobody else can take its address."""
    return keccak256(owner.rjust(32, b"\0") + salt)


def account_address(owner: bytes, salt: bytes) -> bytes:
    """Return where an owner's vault of a salt stands (the rule of ``Context.deploy``)."""
    place = b"\xff" + GUARDIAN_ADDRESS + account_salt(owner, salt) + ACCOUNT_CODE_HASH
    return keccak256(place)[12:]
