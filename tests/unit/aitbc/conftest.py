"""The command line against the contracts in memory."""

import json
from dataclasses import dataclass

import pytest
import structlog
from click.testing import CliRunner, Result

import aitbc.output
import aitbc.signing
from aitbc.cli import app
from aitbc.dev_accounts import DEV_SECRETS
from primitives.errors import AitbcError, ConfigError
from primitives.keys import secret_to_address
from primitives.types import WEI_PER_AIT
from tests.unit.miner.chain_double import ChainDouble, MiningRpc


class NodeDouble(MiningRpc):
    """Stands for ``RpcClient``: a block is made for every transaction that is sent."""

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        return None


@dataclass
class Line:
    """Types command lines."""

    double: ChainDouble
    home: object

    def type(self, *words: str, **options) -> Result:
        environment = {"AITBC_HOME": str(self.home), "COLUMNS": "200"} | options.pop("env", {})
        return CliRunner().invoke(app, list(words), env=environment, **options)

    def done(self, *words: str, **options) -> Result:
        result = self.type(*words, **options)
        assert result.exit_code == 0, (result.output, result.exception)
        return result

    def json(self, *words: str, **options):
        return json.loads(self.done(*words, "--json", **options).stdout)

    def problem(self, *words: str, **options) -> str:
        """Return what a failing command says; its status is 1 and it is an expected failure."""
        result = self.type(*words, **options)
        assert result.exit_code == 1, result.output
        if isinstance(result.exception, ConfigError):
            return f"{result.exception.problem}. {result.exception.remedy}"
        assert isinstance(result.exception, SystemExit | AitbcError), result.exception
        return result.output

    def usage(self, *words: str, **options) -> str:
        """Return what a wrongly typed command says; its status is 2."""
        result = self.type(*words, **options)
        assert result.exit_code == 2, (result.output, result.exception)
        return result.output


@pytest.fixture(autouse=True)
def quiet_logs():
    with structlog.testing.capture_logs():
        yield
    structlog.reset_defaults()  # commands bind it to a stream that ends with the test


@pytest.fixture
def double():
    made = ChainDouble()
    for secret in DEV_SECRETS:
        address = secret_to_address(bytes.fromhex(secret))
        made.chain.balances[address] = 10_000 * WEI_PER_AIT
    return made


@pytest.fixture
def line(double, tmp_path, monkeypatch):
    monkeypatch.setattr(aitbc.signing, "RpcClient", lambda *urls: NodeDouble(double))
    monkeypatch.setattr(aitbc.signing, "POLL_SECONDS", 0)
    monkeypatch.setattr(aitbc.output.console, "_width", 200)
    return Line(double, tmp_path)
