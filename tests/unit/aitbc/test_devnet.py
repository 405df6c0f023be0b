"""aitbc devnet: the banner's commands reach the devnet that it speaks of."""

import pytest

from aitbc.commands.devnet import _print_banner
from aitbc.devnet.layout import Devnet, load_template
from primitives.genesis import encode_genesis


@pytest.fixture
def place(tmp_path):
    found = Devnet(tmp_path)
    found.genesis.parent.mkdir(parents=True)
    found.genesis.write_text(encode_genesis(load_template()))
    (tmp_path / "config" / "port_offset").write_text("20000")
    return found


def test_the_banner_points_the_next_commands_at_its_own_ports(place, capsys):
    _print_banner(place, is_new=True, first_seconds=1.0)
    text = capsys.readouterr().out
    export = text.index("export AITBC_RPC_URL=http://127.0.0.1:28545")
    assert export < text.index("aitbc send")
    assert "http://127.0.0.1:29470" in text
