"""Distinct types for distinct integers and byte strings."""

from typing import Final, NewType

Hash32 = NewType("Hash32", bytes)
Address = NewType("Address", bytes)
Height = NewType("Height", int)
Epoch = NewType("Epoch", int)
View = NewType("View", int)
Wei = NewType("Wei", int)
Gas = NewType("Gas", int)

HASH_BYTES: Final = 32
ADDRESS_BYTES: Final = 20
U64_MAX: Final = 2**64 - 1
U128_MAX: Final = 2**128 - 1
U256_MAX: Final = 2**256 - 1
ZERO_HASH: Final = Hash32(bytes(32))
ZERO_ADDRESS: Final = Address(bytes(20))
WEI_PER_AIT: Final = 10**18
