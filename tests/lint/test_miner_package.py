"""The miner's package names the settings that the miner has, each with its default."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from aitbc.commands.miner import start
from miner.config import PREFIX, RPC_VARIABLE, SECTIONS, MinerConfig, load_config

FOLDER = Path(__file__).resolve().parents[2] / "packaging" / "miner"
TEMPLATE = (FOLDER / "miner.env.template").read_text()
UNIT = (FOLDER / "aitbc-miner.service").read_text()
LINES = [
    match.groups() for match in re.finditer(r"^(#?)([A-Z][A-Z0-9_]*)=(.*)$", TEMPLATE, re.MULTILINE)
]
VALUES = {name: value for _, name, value in LINES}


def unit_value(key):
    found = re.findall(rf"^{key}=(.*)$", UNIT, re.MULTILINE)
    assert len(found) == 1, key
    return found[0]


def known_variables():
    for section, kind in SECTIONS.items():
        part = "" if section == "miner" else f"{section.upper()}_"
        for key in kind.model_fields:
            yield f"{PREFIX}{part}{key.upper()}"


def test_the_template_names_every_setting_once_and_no_other():
    expected = sorted([*known_variables(), RPC_VARIABLE, "AITBC_HOME"])
    assert sorted(name for _, name, _ in LINES) == expected


def test_what_is_commented_out_shows_the_default(tmp_path):
    assert load_config(tmp_path, environment=VALUES).config == MinerConfig()


def test_only_the_node_and_the_home_are_set_in_a_fresh_template():
    assert [name for mark, name, _ in LINES if not mark] == [RPC_VARIABLE, "AITBC_HOME"]


@pytest.mark.parametrize("line", TEMPLATE.splitlines())
def test_every_line_is_a_comment_or_a_setting_that_systemd_reads(line):
    assert (
        not line or line.startswith("# ") or re.fullmatch(r"#?[A-Z][A-Z0-9_]*=[^\s'\"\\$]*", line)
    )


def test_the_unit_reads_the_template_and_starts_with_flags_that_exist():
    assert unit_value("EnvironmentFile") == "/etc/aitbc-miner/miner.env"
    program, command, *flags = unit_value("ExecStart").split()
    assert (program, command) == ("/usr/bin/aitbc-miner", start.name)
    known = {option for parameter in start.params for option in parameter.opts}
    assert set(flags) <= known
    settings = {flag.removeprefix("--").replace("-", "_") for flag in flags}
    assert settings <= set(SECTIONS["miner"].model_fields)
    assert not re.search(r"^Environment=", UNIT, re.MULTILINE)


def test_the_unit_keeps_the_template_s_home_and_waits_longer_than_a_drain():
    assert VALUES["AITBC_HOME"] == "/var/lib/" + unit_value("StateDirectory")
    assert int(unit_value("TimeoutStopSec")) > MinerConfig().miner.drain_seconds


def test_the_program_needs_nothing_that_the_package_leaves_out():
    """What ``build.py`` excludes: a miner has no node in it."""
    source = (FOLDER / "build.py").read_text()
    listed = re.search(r"^UNUSED = \((.*?)\)", source, re.MULTILINE | re.DOTALL)
    left_out = re.findall(r'"([A-Za-z]+)"', listed[1])
    assert "plyvel" in left_out
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({left_out!r}))\n"
        "from aitbc import miner_cli\n"
        "sys.argv = ['aitbc-miner', *sys.argv[1:]]\n"
        "miner_cli.main()"
    )
    for words in (["version"], ["--help"], ["start", "--help"], ["config", "show"]):
        done = subprocess.run(
            [sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=120,
            cwd=FOLDER.parents[1], check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr[-2000:]
