"""The precompiled contracts of Prague: addresses, and prices where the reference engine is slow.

py-evm computes pairings in Python. At Ethereum's price a block of pairings would take minutes, so
0x06 to 0x08 (BN254) and 0x0b to 0x11 (BLS12-381) cost a multiple of it, until a compiled backend
stands behind them (docs/adr). Everything else costs what it costs on Ethereum.
"""

from typing import Final

from primitives.types import Address

PRECOMPILE_LAST: Final = 0x11


def _address(index: int) -> Address:
    return Address(index.to_bytes(20, "big"))


PRECOMPILES: Final[frozenset[bytes]] = frozenset(
    _address(index) for index in range(1, PRECOMPILE_LAST + 1)
)

PRICE_FACTORS: Final[dict[bytes, int]] = {
    _address(0x06): 4,
    _address(0x07): 4,
    _address(0x08): 40,
    _address(0x09): 20,
    _address(0x0B): 4,
    _address(0x0C): 16,
    _address(0x0D): 4,
    _address(0x0E): 16,
    _address(0x0F): 40,
    _address(0x10): 16,
    _address(0x11): 16,
}
"""Multiples of Ethereum's price, rounded up from measured time at 3 M gas a second."""
