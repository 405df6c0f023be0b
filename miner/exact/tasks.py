"""The questions that the small model learns, made by rule: sums, differences, dates, words, Roman.

Every question ends with ``=`` and every answer with a newline. A question belongs to the held-out
part by its CRC-32, so that no question of the test was ever trained on.
"""

import datetime
import zlib
from typing import Final

import numpy as np

HELD_OUT_ONE_IN: Final = 16
STOP: Final = "\n"
TASKS: Final = ("sum", "difference", "tomorrow", "words", "roman")

_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ROMAN: Final = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
    (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_FIRST_DAY: Final = datetime.date(1900, 1, 1).toordinal()
_LAST_DAY: Final = datetime.date(2099, 12, 31).toordinal()


def spell(number: int) -> str:
    """Return the English words of 0..999."""
    if number >= 100:
        rest = f" {spell(number % 100)}" if number % 100 else ""
        return f"{_ONES[number // 100]} hundred{rest}"
    if number >= 20:
        rest = f" {_ONES[number % 10]}" if number % 10 else ""
        return _TENS[number // 10 - 2] + rest
    return _ONES[number]


def roman(number: int) -> str:
    """Return the Roman numeral of 1..3999."""
    out = ""
    for value, sign in _ROMAN:
        out += sign * (number // value)
        number %= value
    return out


def make_pair(task: str, rng: np.random.Generator) -> tuple[str, str]:
    """Return one question and its answer, drawn by ``rng``."""
    if task == "tomorrow":
        day = int(rng.integers(_FIRST_DAY, _LAST_DAY))
        if rng.integers(3) == 0:  # ends of months are one in thirty but half of the rule
            month = 1 if rng.integers(3) == 0 else datetime.date.fromordinal(day).month
            day = datetime.date.fromordinal(day).replace(month=month, day=1).toordinal() - 1
            day = max(day, _FIRST_DAY)
        question = datetime.date.fromordinal(day).isoformat() + "+1 day="
        return question, datetime.date.fromordinal(day + 1).isoformat()
    if task == "words":
        number = int(rng.integers(0, 1000))
        return f"{number} words=", spell(number)
    if task == "roman":
        number = int(rng.integers(1, 4000))
        return f"{number} roman=", roman(number)
    a, b = (int(rng.integers(0, 10 ** int(rng.choice((1, 2, 2, 3, 3, 3))))) for _ in range(2))
    if task == "sum":
        return f"{a}+{b}=", str(a + b)
    return f"{max(a, b)}-{min(a, b)}=", str(abs(a - b))


def is_held_out(question: str) -> bool:
    """Whether a question is never trained on."""
    return zlib.crc32(question.encode()) % HELD_OUT_ONE_IN == 0


def make_pairs(
    task: str, count: int, rng: np.random.Generator, *, held_out: bool
) -> list[tuple[str, str]]:
    """Return so many pairs of the trained or of the held-out part."""
    pairs: list[tuple[str, str]] = []
    while len(pairs) < count:
        pair = make_pair(task, rng)
        if is_held_out(pair[0]) == held_out:
            pairs.append(pair)
    return pairs


def alphabet() -> list[str]:
    """Return every character that questions and answers use; the stop first."""
    letters = set("0123456789+-= days words roman MDCLXVI")
    for number in range(1000):
        letters |= set(spell(number))
    return [STOP, *sorted(letters)]
