"""The genesis file: chain id, time, balances, validators and the parameters fixed at birth.

JSON with camelCase keys; amounts are decimal strings in wei, or ``0x`` quantities. Unknown keys are
refused, so that a misspelt parameter cannot silently keep its default.
"""

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from primitives.errors import ConfigError, InvalidSignatureError
from primitives.json_text import parse_json
from primitives.keys import PUBLIC_KEY_BYTES, public_key_to_address
from primitives.types import U64_MAX, U256_MAX, WEI_PER_AIT, Address

GENESIS_BYTES_MAX: Final = 16 * 1024 * 1024
VALIDATOR_NAME_BYTES_MAX: Final = 31
_ROOT_KEYS: Final = {"chainId", "timeMs", "parameters", "contracts", "alloc", "validators"}
_REMEDY: Final = "Correct genesis.json, or make one with: aitbc genesis new"


@dataclass(frozen=True, slots=True, kw_only=True)
class GenesisAccount:
    """An account that exists before the first block."""

    address: Address
    balance: int = 0
    nonce: int = 0
    code: bytes = b""
    storage: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GenesisValidator:
    """A validator of the first epoch. ``stake`` in wei is taken from no balance: it is supply."""

    operator: Address
    public_key: bytes
    stake: int
    fee_recipient: Address
    name: str

    @property
    def address(self) -> Address:
        """Return the address of the validator key, which names it in votes."""
        return public_key_to_address(self.public_key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Chain parameters fixed at genesis; names end in their unit."""

    epoch_blocks: int = 600
    block_time_ms: int = 1_000
    block_gas_max: int = 30_000_000
    transaction_gas_max: int = 5_000_000
    evm_gas_share_percent: int = 12
    base_fee_initial_wei: int = 1_000_000_000
    receipt_draw_first: int = 8
    receipt_draw_last: int = 15
    receipt_tiles_drawn: int = 4
    receipt_window_blocks_min: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Genesis:
    """Everything that decides the genesis block.

    ``contracts`` are the chain's own values of contract parameters where they differ from the
    defaults: (contract name, ((key, value), ...)), both in order of name.
    """

    chain_id: int
    time_ms: int
    parameters: Parameters
    accounts: tuple[GenesisAccount, ...]
    validators: tuple[GenesisValidator, ...]
    contracts: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()


def decode_genesis(text: str | bytes) -> Genesis:
    """Read a genesis file.

    Raises:
        ConfigError: not JSON, an unknown or missing key, a value out of range.
    """
    if len(text) > GENESIS_BYTES_MAX:
        raise ConfigError(f"genesis.json is larger than {GENESIS_BYTES_MAX} bytes", _REMEDY)
    try:
        document = parse_json(text)
    except ValueError as error:
        raise ConfigError(f"genesis.json is not JSON: {error}", _REMEDY) from error
    root = _object(document, "genesis", _ROOT_KEYS)
    chain_id = _quantity(root.get("chainId"), "chainId", U64_MAX)
    if chain_id == 0:
        raise ConfigError("genesis chainId must not be 0", _REMEDY)
    alloc = root.get("alloc", {})
    if not isinstance(alloc, dict):
        raise ConfigError("genesis alloc is not an object", _REMEDY)
    accounts = sorted((_account(k, v) for k, v in alloc.items()), key=lambda a: a.address)
    entries = root.get("validators", [])
    if not isinstance(entries, list):
        raise ConfigError("genesis validators is not a list", _REMEDY)
    genesis = Genesis(
        chain_id=chain_id,
        time_ms=_quantity(root.get("timeMs"), "timeMs", U64_MAX),
        parameters=_parameters(root.get("parameters", {})),
        accounts=tuple(accounts),
        validators=tuple(_validator(entry) for entry in entries),
        contracts=_contracts(root.get("contracts", {})),
    )
    _check_unique(genesis)
    return genesis


def encode_genesis(genesis: Genesis) -> str:
    """Return the file's text, in an order that does not depend on how it was made."""
    alloc = {}
    for account in sorted(genesis.accounts, key=lambda a: a.address):
        entry: dict[str, Any] = {"balance": str(account.balance)}
        if account.nonce:
            entry["nonce"] = account.nonce
        if account.code:
            entry["code"] = "0x" + account.code.hex()
        if account.storage:
            entry["storage"] = {f"0x{s:064x}": f"0x{v:064x}" for s, v in account.storage}
        alloc["0x" + account.address.hex()] = entry
    document = {
        "chainId": genesis.chain_id,
        "timeMs": genesis.time_ms,
        "parameters": {_camel(k): v for k, v in asdict(genesis.parameters).items()},
        **_contracts_document(genesis),
        "validators": [
            {
                "operator": "0x" + v.operator.hex(),
                "publicKey": "0x" + v.public_key.hex(),
                "stake": str(v.stake),
                "feeRecipient": "0x" + v.fee_recipient.hex(),
                "name": v.name,
            }
            for v in genesis.validators
        ],
        "alloc": alloc,
    }
    return json.dumps(document, indent=2) + "\n"


def _contracts(value: Any) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    named = _object_of_any(value, "contracts")
    return tuple(
        (
            name,
            tuple(
                (key, _quantity(number, f"contracts {name} {key}", U256_MAX))
                for key, number in sorted(_object_of_any(keys, f"contracts {name}").items())
            ),
        )
        for name, keys in sorted(named.items())
    )


def _contracts_document(genesis: Genesis) -> dict[str, Any]:
    """Return the ``contracts`` object; absent where all parameters have their defaults."""
    if not genesis.contracts:
        return {}
    return {
        "contracts": {
            name: {key: value if value < 2**53 else str(value) for key, value in values}
            for name, values in genesis.contracts
        }
    }


def _object(value: Any, what: str, known: set[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{what} is not a JSON object", _REMEDY)
    for key in value:
        if key not in known:
            names = ", ".join(sorted(known))
            raise ConfigError(f"{what} has the unknown key {key!r} (known: {names})", _REMEDY)
    return value


def _quantity(value: Any, what: str, maximum: int) -> int:
    """Read an integer, a decimal string or a 0x quantity."""
    if isinstance(value, str):
        try:
            value = int(value, 16) if value.startswith("0x") else int(value, 10)
        except ValueError:
            value = None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= maximum:
        raise ConfigError(f"genesis {what} is not an integer in 0..{maximum}", _REMEDY)
    return value


def _hex(value: Any, what: str, size: int | None = None) -> bytes:
    if isinstance(value, str) and value.startswith("0x"):
        try:
            data = bytes.fromhex(value[2:])
        except ValueError:
            data = None
        if data is not None and (size is None or len(data) == size):
            return data
    wanted = "0x-prefixed hex" if size is None else f"0x-prefixed hex of {size} bytes"
    raise ConfigError(f"genesis {what} is not {wanted}", _REMEDY)


def _account(key: str, value: Any) -> GenesisAccount:
    entry = _object(value, f"alloc {key}", {"balance", "nonce", "code", "storage"})
    storage = _object_of_any(entry.get("storage", {}), f"alloc {key} storage")
    slots = sorted(
        (_quantity(slot, "storage slot", U256_MAX), _quantity(word, "storage value", U256_MAX))
        for slot, word in storage.items()
    )
    return GenesisAccount(
        address=Address(_hex(key, "alloc address", 20)),
        balance=_quantity(entry.get("balance", 0), f"balance of {key}", U256_MAX),
        nonce=_quantity(entry.get("nonce", 0), f"nonce of {key}", U64_MAX - 1),
        code=_hex(entry.get("code", "0x"), f"code of {key}"),
        storage=tuple(slots),
    )


def _object_of_any(value: Any, what: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"genesis {what} is not an object", _REMEDY)
    return value


def _validator(value: Any) -> GenesisValidator:
    known = {"operator", "publicKey", "stake", "feeRecipient", "name"}
    entry = _object(value, "validator", known)
    public = _hex(entry.get("publicKey"), "validator publicKey", PUBLIC_KEY_BYTES)
    try:
        public_key_to_address(public)
    except InvalidSignatureError as error:
        raise ConfigError(f"genesis validator publicKey: {error}", _REMEDY) from error
    operator = Address(_hex(entry.get("operator"), "validator operator", 20))
    name = entry.get("name", "")
    try:
        is_name = isinstance(name, str) and len(name.encode()) <= VALIDATOR_NAME_BYTES_MAX
    except UnicodeEncodeError:  # JSON can name half of a surrogate pair
        is_name = False
    if not is_name:
        raise ConfigError("genesis validator name is not a string of at most 31 bytes", _REMEDY)
    recipient = entry.get("feeRecipient")
    stake = _quantity(entry.get("stake"), "validator stake", U256_MAX >> 64)
    if stake < WEI_PER_AIT:
        raise ConfigError("genesis validator stake is below 1 AIT (10^18 wei)", _REMEDY)
    return GenesisValidator(
        operator=operator,
        public_key=public,
        stake=stake,
        fee_recipient=operator if recipient is None else Address(_hex(recipient, "fee", 20)),
        name=name,
    )


def _parameters(value: Any) -> Parameters:
    names = {_camel(f.name): f.name for f in fields(Parameters)}
    entry = _object(value, "parameters", set(names))
    given = {names[key]: _quantity(v, key, U64_MAX) for key, v in entry.items()}
    parameters = Parameters(**given)
    zeros = [f.name for f in fields(Parameters) if getattr(parameters, f.name) == 0]
    zeros = [name for name in zeros if name != "block_time_ms"]
    if zeros:
        raise ConfigError(f"genesis parameter {_camel(zeros[0])} must not be 0", _REMEDY)
    if parameters.receipt_draw_first > parameters.receipt_draw_last:
        raise ConfigError("genesis receiptDrawFirst is after receiptDrawLast", _REMEDY)
    if parameters.epoch_blocks < 4:
        raise ConfigError("genesis epochBlocks must be at least 4", _REMEDY)
    return parameters


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _check_unique(genesis: Genesis) -> None:
    addresses = [a.address for a in genesis.accounts]
    if len(set(addresses)) != len(addresses):
        raise ConfigError("genesis alloc names an account twice", _REMEDY)
    keys = [v.public_key for v in genesis.validators]
    operators = [v.operator for v in genesis.validators]
    if len(set(keys)) != len(keys) or len(set(operators)) != len(operators):
        raise ConfigError("genesis names a validator key or operator twice", _REMEDY)
