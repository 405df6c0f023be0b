"""Which validators vote next: selection and the set's hash.

Order: stake descending, then address ascending; at most ``SET_MAX`` members; power is stake in
whole AIT, and who has none is left out.
"""

from collections.abc import Sequence
from typing import Final

from contracts.staking.v1.messages import SetMember
from contracts.staking.v1.storage import SET_MAX
from primitives.abi import encode
from primitives.keccak import keccak256
from primitives.types import WEI_PER_AIT, Hash32

_SET_TYPE: Final = "(address,bytes,uint256)[]"


def set_hash(members: Sequence[SetMember]) -> Hash32:
    """Return keccak(abi.encode((address, bytes, uint256)[])) of a set in its order."""
    rows = [(member.validator, member.public_key, member.power) for member in members]
    return keccak256(encode((_SET_TYPE,), (rows,)))


def elect(
    candidates: Sequence[tuple[bytes, int]], members_max: int = SET_MAX
) -> list[tuple[bytes, int]]:
    """Return (validator, power) of the next set from (validator, stake in wei)."""
    ranked = sorted(candidates, key=lambda candidate: (-candidate[1], candidate[0]))
    powers = [(validator, stake // WEI_PER_AIT) for validator, stake in ranked[:members_max]]
    return [(validator, power) for validator, power in powers if power]
