"""Solidity sources of the tests, compiled by solc-js where it is installed."""

import json
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent
GENERATED = FOLDER.parents[1] / "docs" / "contracts"
ARTIFACT = FOLDER / "native_caller.json"


def compile_caller(node_modules: Path) -> dict:
    """Compile NativeCaller against every generated interface of the first releases.

    Returns abi and bytecode; raises with the compiler's message when anything is not Solidity.
    """
    sources = {"NativeCaller.sol": (FOLDER / "NativeCaller.sol").read_text()}
    for path in GENERATED.glob("*-1.0.0/I*.sol"):
        sources[path.name] = path.read_text()
    for path in GENERATED.glob("*/I*.sol"):
        if path.parent.name.endswith("-1.0.0"):
            continue
        sources[f"{path.parent.name}/{path.name}"] = path.read_text()
    output = run_solc(node_modules, sources)
    compiled = output["contracts"]["NativeCaller.sol"]["NativeCaller"]
    return {
        "compiler": "solc 0.8.30, cancun, optimizer 200",
        "abi": compiled["abi"],
        "bytecode": compiled["evm"]["bytecode"]["object"],
    }


def run_solc(node_modules: Path, sources: dict[str, str]) -> dict:
    settings = {
        "evmVersion": "cancun",
        "optimizer": {"enabled": True, "runs": 200},
        "metadata": {"appendCBOR": False},
        "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
    }
    document = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": settings,
    }
    done = subprocess.run(
        ["node", str(FOLDER / "compile.mjs"), str(node_modules)],
        input=json.dumps(document), capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    output = json.loads(done.stdout)
    failures = [e["formattedMessage"] for e in output.get("errors", []) if e["severity"] == "error"]
    assert not failures, "\n".join(failures)
    return output


def artifact() -> dict:
    return json.loads(ARTIFACT.read_text())


if __name__ == "__main__":
    import sys

    ARTIFACT.write_text(json.dumps(compile_caller(Path(sys.argv[1])), indent=1) + "\n")
