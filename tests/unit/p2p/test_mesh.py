"""Which of two sessions stays (rule N1), and whom the bounds shut out (N2)."""

import pytest

from p2p import mesh as mesh_module
from p2p.identity import Identity
from p2p.mesh import Mesh

OURS = Identity(b"\x01" * 32)
SMALLER, LARGER = bytes(32), b"\xff" * 32


class SessionDouble:
    def __init__(self, peer, is_initiator):
        self.peer = peer
        self.is_initiator = is_initiator
        self.is_closed = False

    def close(self):
        self.is_closed = True


@pytest.fixture
def mesh():
    return Mesh(
        identity=OURS,
        network_id=bytes(32),
        agent="test",
        body_bytes_max={},
        on_message=lambda *_: None,
        on_request=lambda *_: None,
        on_peer=lambda *_: None,
    )


@pytest.mark.parametrize(("peer", "ours_stays"), [(LARGER, True), (SMALLER, False)])
@pytest.mark.parametrize("ours_first", [True, False])
def test_of_two_sessions_the_smaller_keys_one_stays(mesh, peer, ours_stays, ours_first):
    ours, theirs = SessionDouble(peer, True), SessionDouble(peer, False)
    first, second = (ours, theirs) if ours_first else (theirs, ours)
    stays = ours if ours_stays else theirs
    assert mesh._admit(first)
    assert mesh._admit(second) == (stays is second)
    assert mesh._sessions == {peer: stays}
    assert first.is_closed == (stays is second)


@pytest.mark.parametrize("is_initiator", [True, False])
def test_a_new_session_of_the_same_side_replaces_a_dead_one(mesh, is_initiator):
    old, new = SessionDouble(LARGER, is_initiator), SessionDouble(LARGER, is_initiator)
    assert mesh._admit(old)
    assert mesh._admit(new)
    assert old.is_closed
    assert mesh._sessions == {LARGER: new}


def test_strangers_have_a_bound_and_configured_peers_do_not(mesh, monkeypatch):
    monkeypatch.setattr(mesh_module, "SESSIONS_MAX", 1)
    assert mesh._admit(SessionDouble(LARGER, False))
    assert not mesh._admit(SessionDouble(SMALLER, False))
    assert mesh._admit(SessionDouble(LARGER, False))
    mesh._dials[SMALLER] = None
    assert mesh._admit(SessionDouble(SMALLER, False))
