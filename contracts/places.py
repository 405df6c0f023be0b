"""Where the system contracts live: 0x1000 + index."""

from typing import Final

NATIVE_ADDRESS_BASE: Final = 0x1000


def native_address(index: int) -> bytes:
    """Return the address of the native contract with this index."""
    return (NATIVE_ADDRESS_BASE + index).to_bytes(20, "big")


RUNTIME_ADDRESS: Final = native_address(0)
STAKING_ADDRESS: Final = native_address(1)
GOVERNANCE_ADDRESS: Final = native_address(2)
GUARDIAN_ADDRESS: Final = native_address(3)
MESSAGING_ADDRESS: Final = native_address(4)
MARKETPLACE_ADDRESS: Final = native_address(5)
RECEIPTS_ADDRESS: Final = native_address(6)
DISPUTES_ADDRESS: Final = native_address(7)
TREASURY_ADDRESS: Final = native_address(15)
