"""One value, one encoding."""

import pytest

from primitives import rlp
from primitives.errors import DecodeError

LONG = b"\x01" * 56


@pytest.mark.parametrize(
    ("item", "raw"),
    [
        (b"", b"\x80"),
        (b"\x00", b"\x00"),
        (b"\x7f", b"\x7f"),
        (b"\x80", b"\x81\x80"),
        (b"dog", b"\x83dog"),
        (b"a" * 55, b"\xb7" + b"a" * 55),
        (LONG, b"\xb8\x38" + LONG),
        (b"a" * 256, b"\xb9\x01\x00" + b"a" * 256),
        ([], b"\xc0"),
        ([b"cat", [b""]], b"\xc6\x83cat\xc1\x80"),
        ([LONG], b"\xf8\x3a\xb8\x38" + LONG),
    ],
)
def test_items_have_their_known_encoding(item, raw):
    assert rlp.encode(item) == raw
    assert rlp.decode(raw) == item


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", "end"),
        (b"\x81\x00", "needless prefix"),
        (b"\x81\x7f", "needless prefix"),
        (b"\x81", "end"),
        (b"\xb8\x37" + b"a" * 55, "long form"),
        (b"\xb9\x00\x38" + LONG, "leading zero"),
        (b"\xb8", "end in a length"),
        (b"\xbf" + b"\xff" * 8, "end"),
        (b"\xf8\x00", "leading zero"),
        (b"\xf8\x01\x80", "long form"),
        (b"\xc1", "end"),
        (b"\xc2\x81\x80\x80", "trailing"),
        (b"\xc1\x83dog", "end"),
        (b"\x80\x80", "trailing"),
    ],
)
def test_every_other_form_is_refused(raw, why):
    with pytest.raises(DecodeError, match=why):
        rlp.decode(raw)


def test_nesting_has_a_limit():
    raw = b"\xc0"
    for _ in range(rlp.DEPTH_MAX - 1):
        raw = rlp._length_prefix(len(raw), 0xC0) + raw
    rlp.decode(raw)
    with pytest.raises(DecodeError, match="nested"):
        rlp.decode(rlp._length_prefix(len(raw), 0xC0) + raw)
    with pytest.raises(DecodeError):
        rlp.decode(b"\xf9" + (60_000).to_bytes(2, "big") + b"\xc1" * 60_000)


def test_integers_are_short_and_bounded():
    assert rlp.as_uint(b"", "x") == 0
    assert rlp.as_uint(b"\x01\x00", "x", 16) == 256
    for raw, bits in ((b"\x00", 256), (b"\x00\x01", 256), (b"\x01\x00", 8), (b"\x01" * 33, 256)):
        with pytest.raises(DecodeError):
            rlp.as_uint(raw, "x", bits)


def test_shapes_are_checked():
    with pytest.raises(DecodeError):
        rlp.as_list(b"", "x")
    with pytest.raises(DecodeError):
        rlp.as_list([b""], "x", 2)
    with pytest.raises(DecodeError):
        rlp.as_bytes([], "x")
    with pytest.raises(DecodeError):
        rlp.as_bytes(b"a", "x", 2)
