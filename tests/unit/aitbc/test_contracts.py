"""aitbc contracts."""

from contracts.artifacts import abi_json, layout, names, solidity


def test_list_names_every_contract_with_its_address(line):
    rows = line.json("contracts", "list")
    assert list(dict.fromkeys(row["name"] for row in rows)) == list(names())
    assert [row["version"] for row in rows if row["name"] == "messaging"] == ["1.0.0", "2.0.0"]
    assert rows[0]["address"] == "0x0000000000000000000000000000000000001000"


def test_artifacts_are_printed_as_generated(line):
    import json

    assert json.loads(line.done("contracts", "abi", "Receipts").stdout) == abi_json("receipts")
    assert line.done("contracts", "solidity", "staking").stdout == solidity("staking")
    assert line.json("contracts", "layout", "marketplace")["hash"] == layout("marketplace")["hash"]
    assert layout("marketplace")["hash"] in line.done("contracts", "layout", "marketplace").stdout


def test_unknown_contract_is_wrong_usage(line):
    assert "marketplace" in line.usage("contracts", "abi", "market")
