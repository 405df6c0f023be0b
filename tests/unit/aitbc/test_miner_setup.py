"""aitbc miner init, doctor and config: what is wrong is said before it costs anything."""

import json
import socket

import pytest

from aitbc.dev_accounts import DEV_SECRETS
from miner.config import load_config
from primitives.keys import secret_to_address
from wallet.keystore import Keystore

NO_NODE = {"AITBC_RPC_URL": "http://127.0.0.1:1"}


@pytest.fixture
def taken():
    """Return the port of something else."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_ports(line, tmp_path, status_port: int, listen: str) -> None:
    line.done("miner", "init", "--listen", listen)
    path = tmp_path / "miner" / "miner.toml"
    path.write_text(path.read_text().replace("[miner]", f"[miner]\nstatus_port = {status_port}"))
    path.chmod(0o600)


def doctor(line, *words):
    result = line.type("miner", "doctor", "--json", *words, env=NO_NODE)
    return {row["what"]: row for row in json.loads(result.stdout)}, result.exit_code


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--listen", "nonsense"), "miner.listen"),
        (("--endpoint", "notaurl"), "miner.endpoint"),
    ],
)
def test_init_refuses_addresses_that_cannot_be_and_writes_nothing(line, tmp_path, words, says):
    problem = line.problem("miner", "init", *words)
    assert says in problem
    assert "write it like" in problem
    assert f"Give another {words[0]}" in problem
    assert not (tmp_path / "miner" / "miner.toml").exists()


def test_doctor_shows_settings_that_cannot_be_loaded_as_a_failed_line(line, tmp_path):
    line.done("miner", "init")
    path = tmp_path / "miner" / "miner.toml"
    path.write_text(path.read_text().replace("[miner]", '[miner]\nlisten = "nonsense"'))
    found, status = doctor(line, "--dev-account", "1")
    assert status == 1
    assert found["configuration"]["level"] == "FAIL"
    assert "miner.listen" in found["configuration"]["found"]
    assert str(path) in found["configuration"]["fix"]


def test_doctor_names_ports_that_something_else_has(line, tmp_path, taken):
    write_ports(line, tmp_path, taken, f"127.0.0.1:{taken}")
    found, _ = doctor(line, "--dev-account", "1")
    assert found["status port"]["level"] == "FAIL"
    assert found["listen"]["level"] == "FAIL"
    assert "listen" in found["listen"]["fix"]


def test_doctor_passes_ports_that_are_free(line, tmp_path):
    write_ports(line, tmp_path, free_port(), f"127.0.0.1:{free_port()}")
    found, _ = doctor(line, "--dev-account", "1")
    assert found["status port"]["level"] == "PASS"
    assert found["listen"]["level"] == "PASS"


def test_doctor_s_fix_for_a_wrong_password_is_not_another_key(line, tmp_path):
    secret = bytes.fromhex(DEV_SECRETS[1])
    Keystore(tmp_path / "keystore").add(secret, "right-password")
    who = ("--keystore", "0x" + secret_to_address(secret).hex())
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong-password")
    wrong.chmod(0o600)
    found, _ = doctor(line, *who, "--password-file", str(wrong))
    assert found["key"]["level"] == "FAIL"
    assert "password_file" in found["key"]["fix"]
    assert "AITBC_PASSWORD" in found["key"]["fix"]
    assert "keys new" not in found["key"]["fix"]


def test_doctor_without_a_key_says_how_to_make_one(line):
    found, _ = doctor(line)
    assert "keys new" in found["key"]["fix"]


def test_config_show_names_models_and_engines(line, tmp_path):
    line.done("miner", "init", "--model", "small", "--model", "models/b.aitbcm")
    path = tmp_path / "miner" / "miner.toml"
    engine = '[[engine]]\nkind = "ollama"\nurl = "http://127.0.0.1:1"\nmodel = "llama3.2"\n'
    path.write_text(path.read_text() + engine)
    assert len(load_config(tmp_path / "miner", environment={}).config.engine) == 1
    text = line.done("miner", "config", "show", "--origin").stdout
    assert "small, models/b.aitbcm" in text
    assert "llama3.2" in text
