"""aitbc contracts."""

from contracts.artifacts import contract_abi, contract_named, contract_solidity, names
from contracts.framework.layout import contract_layout


def test_list_names_every_contract_with_its_address(line):
    rows = line.json("contracts", "list")
    assert list(dict.fromkeys(row["name"] for row in rows)) == list(names())
    assert [row["version"] for row in rows if row["name"] == "messaging"] == ["1.0.0", "2.0.0"]
    assert rows[0]["address"] == "0x0000000000000000000000000000000000001000"


def test_artifacts_are_printed_as_generated(line):
    import json

    receipts, staking = contract_named("receipts"), contract_named("staking")
    found = contract_layout(contract_named("marketplace"))["hash"]
    assert json.loads(line.done("contracts", "abi", "Receipts").stdout) == contract_abi(receipts)
    assert line.done("contracts", "solidity", "staking").stdout == contract_solidity(staking)
    assert line.json("contracts", "layout", "marketplace")["hash"] == found
    assert found in line.done("contracts", "layout", "marketplace").stdout


def test_unknown_contract_is_wrong_usage(line):
    assert "marketplace" in line.usage("contracts", "abi", "market")
