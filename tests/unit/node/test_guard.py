"""The signer's guard refuses every conflict, across restarts."""

import pytest

from node import guard as guard_module
from node.guard import VIEWS_KEPT, GuardRefusedError, SignerGuard
from primitives.errors import ConfigError
from primitives.types import ZERO_HASH
from primitives.vote import Statement, VoteDomain, VoteKind, nullification

DOMAIN = VoteDomain(7, bytes(32))
SECRET = bytes(31) + b"\x05"


def statement(kind, view=1, block=b"\x01", epoch=1):
    return Statement(kind=kind, epoch=epoch, view=view, height=3, block_hash=block * 32)


@pytest.fixture
def guard(tmp_path):
    return SignerGuard.create(tmp_path / "guard", SECRET, DOMAIN)


def reopen(tmp_path):
    return SignerGuard.load(tmp_path / "guard", SECRET, DOMAIN)


@pytest.mark.parametrize("kind", [VoteKind.PROPOSE, VoteKind.NOTARIZE, VoteKind.FINALIZE])
def test_second_hash_in_one_view_is_refused_also_after_restart(guard, tmp_path, kind):
    first = guard.sign(statement(kind))
    again = reopen(tmp_path)
    assert again.sign(statement(kind)) == first
    with pytest.raises(GuardRefusedError, match="signed already"):
        again.sign(statement(kind, block=b"\x02"))


def test_all_that_was_written_is_fsynced_before_the_signature_is_returned(
    guard, tmp_path, monkeypatch
):
    path, synced = tmp_path / "guard", []
    monkeypatch.setattr(guard_module.os, "fsync", lambda _file: synced.append(path.read_bytes()))
    for view in (1, 2):
        guard.sign(statement(VoteKind.NOTARIZE, view=view))
        assert len(synced) == view
        assert synced[-1] == path.read_bytes()


def test_nullify_is_refused_after_finalize(guard, tmp_path):
    guard.sign(statement(VoteKind.FINALIZE))
    with pytest.raises(GuardRefusedError):
        reopen(tmp_path).sign(nullification(1, 1))


def test_finalize_is_refused_after_nullify(guard, tmp_path):
    guard.sign(nullification(1, 1))
    with pytest.raises(GuardRefusedError):
        reopen(tmp_path).sign(statement(VoteKind.FINALIZE))


def test_notarize_then_nullify_is_allowed(guard):
    guard.sign(statement(VoteKind.NOTARIZE))
    guard.sign(nullification(1, 1))


def test_refused_statement_leaves_the_record_unchanged(guard, tmp_path):
    guard.sign(statement(VoteKind.NOTARIZE))
    with pytest.raises(GuardRefusedError):
        guard.sign(statement(VoteKind.NOTARIZE, block=b"\x02"))
    reopen(tmp_path).sign(statement(VoteKind.NOTARIZE))
    with pytest.raises(GuardRefusedError):
        reopen(tmp_path).sign(statement(VoteKind.NOTARIZE, block=b"\x02"))


def test_views_older_than_those_kept_are_below_the_floor(guard):
    for view in range(1, VIEWS_KEPT + 3):
        guard.sign(nullification(1, view))
    with pytest.raises(GuardRefusedError, match="floor"):
        guard.sign(nullification(1, 2))
    guard.sign(nullification(2, 1))


def test_raised_floor_survives_restart(guard, tmp_path):
    guard.raise_floor((3, 7))
    with pytest.raises(GuardRefusedError, match="floor"):
        reopen(tmp_path).sign(nullification(3, 6))
    assert reopen(tmp_path).highest == (3, 7)


def test_missing_damaged_and_foreign_guards_are_refused(guard, tmp_path):
    guard.sign(nullification(1, 1))
    path = tmp_path / "guard"
    raw = path.read_bytes()
    for damaged in (raw[:-1] + b"\xff", raw[:20] + b"\xff" + raw[21:], b"", b"junk"):
        path.write_bytes(damaged)
        with pytest.raises(ConfigError, match="damaged"):
            reopen(tmp_path)
    path.write_bytes(raw)
    with pytest.raises(ConfigError, match="another key or chain"):
        SignerGuard.load(path, bytes(31) + b"\x06", DOMAIN)
    with pytest.raises(ConfigError, match="another key or chain"):
        SignerGuard.load(path, SECRET, VoteDomain(8, ZERO_HASH))
    path.unlink()
    with pytest.raises(ConfigError, match="missing"):
        reopen(tmp_path)


def test_guard_file_is_private(guard, tmp_path):
    guard.sign(nullification(1, 1))
    assert (tmp_path / "guard").stat().st_mode & 0o777 == 0o600


def test_torn_last_record_is_dropped_and_earlier_ones_stay(guard, tmp_path):
    guard.sign(statement(VoteKind.NOTARIZE, view=1))
    path = tmp_path / "guard"
    whole = len(path.read_bytes())
    guard.sign(statement(VoteKind.NOTARIZE, view=2))
    raw = path.read_bytes()
    for torn in (raw[: whole + 3], raw[:-1], raw[:whole] + bytes(len(raw) - whole)):
        path.write_bytes(torn)
        again = reopen(tmp_path)
        assert again.highest == (1, 1)
        with pytest.raises(GuardRefusedError):
            again.sign(statement(VoteKind.NOTARIZE, view=1, block=b"\x02"))
        again.sign(statement(VoteKind.NOTARIZE, view=2, block=b"\x02"))
        with pytest.raises(GuardRefusedError):
            reopen(tmp_path).sign(statement(VoteKind.NOTARIZE, view=2))


def test_rewritten_journal_says_the_same(guard, tmp_path, monkeypatch):
    monkeypatch.setattr(guard_module, "FRAMES_MAX", 10)
    for view in range(1, 40):
        guard.sign(statement(VoteKind.NOTARIZE, view=view))
        guard.sign(nullification(1, view))
    again = reopen(tmp_path)
    for view in range(1, 40):
        with pytest.raises(GuardRefusedError):
            again.sign(statement(VoteKind.NOTARIZE, view=view, block=b"\x02"))
        with pytest.raises(GuardRefusedError):
            again.sign(statement(VoteKind.FINALIZE, view=view))


def test_any_flipped_bit_but_in_the_last_record_is_damage(guard, tmp_path):
    """Also in a length, which would otherwise hide the records behind it."""
    path = tmp_path / "guard"
    for view in range(1, 4):
        guard.sign(statement(VoteKind.NOTARIZE, view=view))
    whole = len(path.read_bytes())
    guard.sign(statement(VoteKind.NOTARIZE, view=4))
    raw = path.read_bytes()
    for place in range(8 * whole):
        damaged = bytearray(raw)
        damaged[place // 8] ^= 1 << place % 8
        path.write_bytes(bytes(damaged))
        with pytest.raises(ConfigError):
            reopen(tmp_path)
