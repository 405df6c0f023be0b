"""What titles, tags and messages may look like, and what they cost by the byte."""

from collections.abc import Sequence
from typing import Final

from contracts.framework.messages import revert
from contracts.messaging.v1.refusals import BadTag, EmptyText, TooLong, TooMany
from primitives.keccak import keccak256

TAG_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz0123456789-"


def check_text(text: str, maximum: int, *, may_be_empty: bool = False) -> int:
    """Return the size of ``text`` in bytes of UTF-8.

    Raises:
        Revert: EmptyText, TooLong.
    """
    size = len(text.encode())
    if not size and not may_be_empty:
        raise revert(EmptyText())
    if size > maximum:
        raise revert(TooLong(size, maximum))
    return size


def check_tags(tags: Sequence[str], count_max: int, bytes_max: int) -> int:
    """Return the size of all tags in bytes.

    Raises:
        Revert: TooMany, EmptyText, TooLong, BadTag.
    """
    if len(tags) > count_max:
        raise revert(TooMany(count_max))
    size = 0
    for position, tag in enumerate(tags):
        size += check_text(tag, bytes_max)
        if any(letter not in TAG_LETTERS for letter in tag) or tag in tags[:position]:
            raise revert(BadTag(position))
    return size


def content_hash_of(text: str) -> bytes:
    """Return the keccak by which a text is known after it was replaced."""
    return keccak256(text.encode())
