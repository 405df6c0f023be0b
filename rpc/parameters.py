"""Strict reading of parameters: each parser takes a JSON value and the parameter's name.

A parser raises ``InvalidParamsError`` whose message starts with the name, whatever the value is.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from primitives.transaction import AccessList, Authorization
from primitives.types import U64_MAX, U256_MAX, ZERO_ADDRESS, Address, Hash32
from rpc.backend import AccountOverride, BlockOverride, CallRequest, LogQuery
from rpc.errors import InvalidParamsError, LimitExceededError
from rpc.limits import (
    ACCESS_LIST_ENTRIES_MAX,
    FEE_HISTORY_PERCENTILES_MAX,
    LOG_ADDRESSES_MAX,
    LOG_TOPIC_CHOICES_MAX,
    LOG_TOPICS_MAX,
    OVERRIDE_ACCOUNTS_MAX,
    OVERRIDE_SLOTS_MAX,
    PROOF_SLOTS_MAX,
)

Parser = Callable[[Any, str], Any]

TAGS: Final = ("latest", "safe", "finalized", "pending", "earliest")

_HEX: Final = frozenset("0123456789abcdefABCDEF")


def parse_quantity(value: Any, name: str, maximum: int = U256_MAX) -> int:
    """Read a QUANTITY: 0x, no leading zeros, at least one digit."""
    digits = _digits(value, name)
    if not digits:
        raise InvalidParamsError(f'{name}: hex string "0x" has no digits')
    if digits[0] == "0" and len(digits) > 1:
        raise InvalidParamsError(f"{name}: hex number with leading zero digits")
    if len(digits) > 64 or (number := _number(digits, name)) > maximum:
        raise InvalidParamsError(f"{name}: hex number is above {maximum:#x}")
    return number


def parse_u64(value: Any, name: str) -> int:
    """Read a QUANTITY of at most 64 bits; JSON integers are taken as well, as geth does."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= U64_MAX:
        return value
    return parse_quantity(value, name, U64_MAX)


def parse_data(value: Any, name: str) -> bytes:
    """Read DATA: 0x and whole bytes."""
    digits = _digits(value, name)
    if len(digits) % 2:
        raise InvalidParamsError(f"{name}: hex string of odd length")
    try:
        read = bytes.fromhex(digits)
    except ValueError:
        read = b""
    if 2 * len(read) != len(digits):  # fromhex skips spaces
        raise InvalidParamsError(f"{name}: invalid hex string")
    return read


def parse_address(value: Any, name: str) -> Address:
    """Read 20 bytes; capitals are not checked, as in geth."""
    return Address(_sized(value, name, 20))


def parse_hash(value: Any, name: str) -> Hash32:
    """Read 32 bytes."""
    return Hash32(_sized(value, name, 32))


def parse_slot(value: Any, name: str) -> int:
    """Read a storage slot: a quantity, or up to 32 bytes with leading zeros."""
    digits = _digits(value, name)
    if not digits or len(digits) > 64:
        raise InvalidParamsError(
            f"{name}: storage key of {len(digits)} hex digits, expected 1 to 64"
        )
    return _number(digits, name)


def parse_bool(value: Any, name: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise InvalidParamsError(f"{name}: expected a boolean, found {_kind(value)}")
    return value


def parse_text(value: Any, name: str) -> str:
    """Read a string."""
    if not isinstance(value, str):
        raise InvalidParamsError(f"{name}: expected a string, found {_kind(value)}")
    return value


def parse_any(value: Any, name: str) -> Any:  # noqa: ARG001
    """Take anything; the method reads it."""
    return value


BlockReference = str | int | Hash32
"""A tag, a height, or a block hash."""


def parse_block(value: Any, name: str) -> BlockReference:
    """Read a block: tag, number, hash, or EIP-1898's object."""
    if isinstance(value, dict):
        return _parse_block_object(value, name)
    if isinstance(value, str):
        if value in TAGS:
            return value
        if len(value) == 66:
            return parse_hash(value, name)
    return parse_height(value, name)


def parse_block_number(value: Any, name: str) -> BlockReference:
    """Read a block by tag or number."""
    if isinstance(value, str) and value in TAGS:
        return value
    return parse_height(value, name)


def parse_height(value: Any, name: str) -> int:
    """Read a height; the message of a wrong one lists the tags."""
    if not isinstance(value, str):
        raise InvalidParamsError(
            f"{name}: expected a block number or one of {', '.join(TAGS)}, found {_kind(value)}"
        )
    return parse_quantity(value, name, U64_MAX)


def parse_call(value: Any, name: str) -> CallRequest:
    """Read the call object of eth_call and eth_estimateGas."""
    fields = _object(value, name)
    data = fields.get("input", fields.get("data"))
    both = (fields.get("input"), fields.get("data"))
    if None not in both and both[0] != both[1]:
        raise InvalidParamsError(f"{name}: both data and input are set and not equal; use input")
    price = _optional(fields, "gasPrice", name, parse_quantity)
    cap = _optional(fields, "maxFeePerGas", name, parse_quantity)
    tip = _optional(fields, "maxPriorityFeePerGas", name, parse_quantity)
    if price is not None and (cap is not None or tip is not None):
        raise InvalidParamsError(
            f"{name}: both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified"
        )
    if fields.get("blobVersionedHashes") or fields.get("maxFeePerBlobGas"):
        raise InvalidParamsError(f"{name}: blob transactions (type 3) do not exist on this chain")
    _optional(fields, "chainId", name, parse_quantity)
    _optional(fields, "type", name, parse_quantity)
    return CallRequest(
        sender=_optional(fields, "from", name, parse_address) or ZERO_ADDRESS,
        to=_optional(fields, "to", name, parse_address),
        gas=_optional(fields, "gas", name, parse_u64),
        max_fee_per_gas=price if price is not None else cap,
        max_priority_fee_per_gas=price if price is not None else tip,
        value=_optional(fields, "value", name, parse_quantity) or 0,
        data=b"" if data is None else parse_data(data, f"{name}.input"),
        nonce=_optional(fields, "nonce", name, parse_u64),
        access_list=_optional(fields, "accessList", name, parse_access_list) or (),
        authorizations=_optional(fields, "authorizationList", name, _parse_authorizations) or (),
    )


def parse_access_list(value: Any, name: str) -> AccessList:
    """Read an access list (EIP-2930)."""
    entries = []
    for index, entry in enumerate(_list(value, name, ACCESS_LIST_ENTRIES_MAX)):
        where = f"{name}[{index}]"
        fields = _object(entry, where)
        keys = _list(fields.get("storageKeys") or [], f"{where}.storageKeys", OVERRIDE_SLOTS_MAX)
        slots = tuple(parse_slot(key, f"{where}.storageKeys") for key in keys)
        entries.append((parse_address(fields.get("address"), f"{where}.address"), slots))
    return tuple(entries)


def parse_overrides(value: Any, name: str) -> Mapping[Address, AccountOverride]:
    """Read eth_call's state overrides."""
    if not isinstance(value, dict):
        raise InvalidParamsError(f"{name}: expected an object, found {_kind(value)}")
    if len(value) > OVERRIDE_ACCOUNTS_MAX:
        raise LimitExceededError(f"{name}: more than {OVERRIDE_ACCOUNTS_MAX} accounts")
    found = {}
    for key, entry in value.items():
        address = parse_address(key, name)
        where = f"{name}.{key}"
        fields = _object(entry, where, {"balance", "nonce", "code", "state", "stateDiff"})
        state = _optional(fields, "state", where, _parse_slots)
        changes = _optional(fields, "stateDiff", where, _parse_slots)
        if state is not None and changes is not None:
            raise InvalidParamsError(f"{where}: has both state and stateDiff")
        found[address] = AccountOverride(
            balance=_optional(fields, "balance", where, parse_quantity),
            nonce=_optional(fields, "nonce", where, parse_u64),
            code=_optional(fields, "code", where, parse_data),
            storage=state,
            storage_changes=changes,
        )
    return found


def parse_block_override(value: Any, name: str) -> BlockOverride:
    """Read eth_call's block overrides."""
    names = {"number", "time", "gasLimit", "feeRecipient", "prevRandao", "baseFeePerGas"}
    fields = _object(value, name, names)
    return BlockOverride(
        height=_optional(fields, "number", name, parse_u64),
        timestamp=_optional(fields, "time", name, parse_u64),
        gas_limit=_optional(fields, "gasLimit", name, parse_u64),
        coinbase=_optional(fields, "feeRecipient", name, parse_address),
        beacon=_optional(fields, "prevRandao", name, parse_hash),
        base_fee=_optional(fields, "baseFeePerGas", name, parse_quantity),
    )


class LogFilter:
    """A log filter's range as it was written, and its query."""

    __slots__ = ("block_hash", "first", "last", "query")

    def __init__(
        self,
        query: LogQuery,
        first: BlockReference | None,
        last: BlockReference | None,
        block_hash: Hash32 | None,
    ) -> None:
        self.query = query
        self.first = first
        self.last = last
        self.block_hash = block_hash


def parse_log_filter(value: Any, name: str) -> LogFilter:
    """Read the filter object of eth_getLogs, eth_newFilter and the logs subscription."""
    fields = _object(value, name)
    block_hash = _optional(fields, "blockHash", name, parse_hash)
    first = _optional(fields, "fromBlock", name, _parse_range_end)
    last = _optional(fields, "toBlock", name, _parse_range_end)
    if block_hash is not None and (first is not None or last is not None):
        raise InvalidParamsError(
            f"{name}: cannot specify both blockHash and fromBlock/toBlock, choose one or the other"
        )
    addresses = fields.get("address")
    if addresses is None:
        addresses = []
    elif isinstance(addresses, str):
        addresses = [addresses]
    where = f"{name}.address"
    found = frozenset(parse_address(a, where) for a in _list(addresses, where, LOG_ADDRESSES_MAX))
    topics = fields.get("topics")
    query = LogQuery(
        addresses=found,
        topics=() if topics is None else _parse_topics(topics, f"{name}.topics"),
    )
    return LogFilter(query, first, last, block_hash)


def parse_slots_list(value: Any, name: str) -> list[tuple[str, int]]:
    """Read the slots of eth_getProof; the key is shown as geth shows it."""
    found = []
    for index, entry in enumerate(_list(value, name, PROOF_SLOTS_MAX)):
        slot = parse_slot(entry, f"{name}[{index}]")
        shown = hex(slot) if len(entry) != 66 else f"0x{slot:064x}"
        found.append((shown, slot))
    return found


def parse_percentiles(value: Any, name: str) -> list[float]:
    """Read ascending percentiles between 0 and 100."""
    found: list[float] = []
    for index, entry in enumerate(_list(value, name, FEE_HISTORY_PERCENTILES_MAX)):
        where = f"{name}[{index}]"
        if isinstance(entry, bool) or not isinstance(entry, int | float):
            raise InvalidParamsError(f"{where}: expected a number, found {_kind(entry)}")
        if not 0 <= entry <= 100:
            raise InvalidParamsError(f"{where}: invalid reward percentile: {entry}")
        if found and entry < found[-1]:
            raise InvalidParamsError(
                f"{where}: invalid reward percentile: {entry} after {found[-1]}"
            )
        found.append(float(entry))
    return found


def _parse_block_object(value: dict[str, Any], name: str) -> BlockReference:
    """Read EIP-1898's object; every block here is canonical, so requireCanonical is no question."""
    fields = _object(value, name)
    number, block_hash = fields.get("blockNumber"), fields.get("blockHash")
    if (number is None) == (block_hash is None):
        raise InvalidParamsError(
            f"{name}: exactly one of blockNumber and blockHash must be specified"
        )
    if block_hash is not None:
        return parse_hash(block_hash, f"{name}.blockHash")
    return parse_block_number(number, f"{name}.blockNumber")


def _parse_range_end(value: Any, name: str) -> BlockReference | None:
    return "latest" if value == "" else parse_block_number(value, name)


def _parse_topics(value: Any, name: str) -> tuple[frozenset[bytes], ...]:
    positions = []
    for index, entry in enumerate(_list(value, name, LOG_TOPICS_MAX)):
        where = f"{name}[{index}]"
        if entry is None:
            positions.append(frozenset[bytes]())
            continue
        choices = [entry] if isinstance(entry, str) else entry
        listed = _list(choices, where, LOG_TOPIC_CHOICES_MAX)
        if None in listed:
            positions.append(frozenset[bytes]())
        else:
            positions.append(frozenset(parse_hash(topic, where) for topic in listed))
    return tuple(positions)


def _parse_authorizations(value: Any, name: str) -> tuple[Authorization, ...]:
    found = []
    for index, entry in enumerate(_list(value, name, ACCESS_LIST_ENTRIES_MAX)):
        where = f"{name}[{index}]"
        fields = _object(entry, where)
        found.append(
            Authorization(
                chain_id=parse_quantity(fields.get("chainId"), f"{where}.chainId"),
                address=parse_address(fields.get("address"), f"{where}.address"),
                nonce=parse_u64(fields.get("nonce"), f"{where}.nonce"),
                y_parity=parse_quantity(fields.get("yParity"), f"{where}.yParity", 255),
                r=parse_quantity(fields.get("r"), f"{where}.r"),
                s=parse_quantity(fields.get("s"), f"{where}.s"),
            )
        )
    return tuple(found)


def _parse_slots(value: Any, name: str) -> Mapping[int, int]:
    if not isinstance(value, dict):
        raise InvalidParamsError(f"{name}: expected an object, found {_kind(value)}")
    if len(value) > OVERRIDE_SLOTS_MAX:
        raise LimitExceededError(f"{name}: more than {OVERRIDE_SLOTS_MAX} slots")
    return {
        int.from_bytes(parse_hash(key, name), "big"): int.from_bytes(parse_hash(word, name), "big")
        for key, word in value.items()
    }


def _optional(fields: Mapping[str, Any], key: str, name: str, parser: Parser) -> Any:
    value = fields.get(key)
    return None if value is None else parser(value, f"{name}.{key}")


def _object(value: Any, name: str, known: "set[str] | None" = None) -> dict[str, Any]:
    """Take an object; where ``known`` is not given other fields are ignored, as in geth."""
    if not isinstance(value, dict):
        raise InvalidParamsError(f"{name}: expected an object, found {_kind(value)}")
    for key in value if known is not None else ():
        if known is not None and key not in known:
            raise InvalidParamsError(f"{name}: unknown field {key[:64]!r}")
    return value


def _list(value: Any, name: str, length_max: int) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidParamsError(f"{name}: expected a list, found {_kind(value)}")
    if len(value) > length_max:
        raise LimitExceededError(f"{name}: {len(value)} entries, limit {length_max}")
    return value


def _digits(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidParamsError(f"{name}: expected a hex string, found {_kind(value)}")
    if value[:2] not in ("0x", "0X"):
        raise InvalidParamsError(f"{name}: hex string without 0x prefix")
    return value[2:]


def _number(digits: str, name: str) -> int:
    if not _HEX.issuperset(digits):
        raise InvalidParamsError(f"{name}: invalid hex string")
    return int(digits, 16)


def _sized(value: Any, name: str, size: int) -> bytes:
    data = parse_data(value, name)
    if len(data) != size:
        raise InvalidParamsError(f"{name}: hex string has {len(data)} bytes, expected {size}")
    return data


def _kind(value: Any) -> str:
    """Return what a JSON value is, in JSON's words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "a string"
    return "a list" if isinstance(value, list) else "an object"
