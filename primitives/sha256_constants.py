"""The constants of SHA-256 (FIPS 180-4, 4.2.2 and 5.3.3), computed from their definition."""

from typing import Final


def _primes(count: int) -> list[int]:
    found: list[int] = []
    number = 2
    while len(found) < count:
        if all(number % prime for prime in found):
            found.append(number)
        number += 1
    return found


def _root_fraction(prime: int, power: int) -> int:
    """Return the first 32 bits of the fractional part of a prime's square or cube root."""
    scaled = prime << 32 * power
    low, high = 0, 1 << 40
    while low < high:
        middle = (low + high + 1) // 2
        if middle**power <= scaled:
            low = middle
        else:
            high = middle - 1
    return low & 0xFFFFFFFF


ROUND_CONSTANTS: Final = tuple(_root_fraction(prime, 3) for prime in _primes(64))
"""K: one 32-bit word a round, from the cube roots of the first 64 primes."""
INITIAL_STATE: Final = tuple(_root_fraction(prime, 2) for prime in _primes(8))
"""H: the state before the first block, from the square roots of the first 8 primes."""
