"""One devnet for all end-to-end tests, started and stopped through the command line."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import vyper

ROOT = Path(__file__).resolve().parents[2]
PORT_OFFSET = 11_000
ENVIRONMENT = {**os.environ, "AITBC_DEVNET_PORT_OFFSET": str(PORT_OFFSET), "COLUMNS": "200"}
NODE_MODULES = os.environ.get("AITBC_TEST_NODE_MODULES")


class Devnet:
    """The command line against one home."""

    def __init__(self, home):
        self.home = home
        self.url = f"http://127.0.0.1:{8545 + PORT_OFFSET}"

    def rpc_url(self, node):
        return f"http://127.0.0.1:{8545 + PORT_OFFSET + 10 * node}"

    def aitbc(self, *arguments, check=True):
        environment = {**ENVIRONMENT, "AITBC_RPC_URL": self.url}
        done = subprocess.run(
            [sys.executable, "-m", "aitbc", *map(str, arguments)],
            capture_output=True, text=True, env=environment, cwd=ROOT, timeout=180, check=False,
        )  # fmt: skip
        assert not check or done.returncode == 0, done.stdout + done.stderr
        return done

    def devnet(self, *arguments):
        return self.aitbc("devnet", *arguments, "--home", self.home)

    def status(self):
        return json.loads(self.devnet("status", "--json").stdout)

    def await_status(self, what, is_reached, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status = self.status()
            if is_reached(status):
                return status
            time.sleep(0.2)
        raise AssertionError(f"not reached in {seconds} s: {what}; last {status}")


@pytest.fixture(scope="session")
def devnet(tmp_path_factory):
    network = Devnet(tmp_path_factory.mktemp("devnet") / "net")
    network.devnet("up", "--detach", "--block-time", "500", "--no-jobs")
    yield network
    network.devnet("down")


@pytest.fixture(scope="session")
def erc20():
    source = (ROOT / "tests" / "contracts" / "erc20.vy").read_text()
    return vyper.compile_code(source, output_formats=["abi", "bytecode"])


@pytest.fixture(scope="session")
def node_modules(tmp_path_factory):
    """ethers and viem, installed by npm; skipped loudly where that cannot be done."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("NODE IS NOT INSTALLED: ethers and viem are not tested here")
    if NODE_MODULES:
        return Path(NODE_MODULES)
    folder = tmp_path_factory.mktemp("clients")
    package = (ROOT / "tests" / "e2e" / "clients" / "package.json").read_text()
    (folder / "package.json").write_text(package)
    install = ["npm", "install", "--no-audit", "--no-fund", "--silent"]
    done = subprocess.run(
        install, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    if done.returncode:
        pytest.skip(f"NPM COULD NOT INSTALL THE CLIENTS: {done.stderr[-300:]}")
    return folder / "node_modules"
