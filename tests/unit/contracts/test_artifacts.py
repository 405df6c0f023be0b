"""What is generated from the system contracts."""

import pytest
from eth_utils.abi import function_abi_to_4byte_selector
from web3 import Web3

from contracts.artifacts import contract_abi, contract_named, contract_solidity, names
from contracts.places import native_address
from contracts.system import SYSTEM, SYSTEM_CONTRACTS, genesis_settings
from primitives.abi import selector, type_from_json
from primitives.errors import ConfigError
from primitives.genesis import Genesis, Parameters


def test_names_are_those_of_the_system_contracts():
    assert names() == (
        "runtime",
        "staking",
        "governance",
        "guardian",
        "messaging",
        "marketplace",
        "receipts",
        "disputes",
        "treasury",
    )
    with pytest.raises(ConfigError, match="Known: runtime"):
        contract_named("unknown")


@pytest.mark.parametrize("name", ["staking", "messaging", "marketplace", "receipts", "disputes"])
def test_a_wallet_library_reads_the_abi_and_finds_the_same_selectors(name):
    contract = Web3().eth.contract(abi=contract_abi(contract_named(name)))
    theirs = {function_abi_to_4byte_selector(function.abi) for function in contract.all_functions()}
    assert theirs == set(contract_named(name).methods)
    for entry in contract_abi(contract_named(name)):
        for parameter in entry["inputs"]:
            type_from_json(parameter)


def test_solidity_names_every_function():
    for name in names():
        text = contract_solidity(contract_named(name))
        for method in contract_named(name).methods.values():
            assert f"function {method.name}(" in text


def test_the_receipt_struct_is_the_typed_data():
    from contracts.framework.types import struct_type
    from contracts.receipts.v1.messages import ReceiptData
    from primitives.compute import RECEIPT_TYPE

    kind = struct_type(ReceiptData)
    fields = ",".join(
        f"{component.name} {name}"
        for component, name in zip(kind.components, kind.field_names, strict=True)
    )
    assert f"ComputeReceipt({fields})".encode() == RECEIPT_TYPE


def test_addresses_and_selectors_are_stable():
    assert SYSTEM.addresses() == tuple(
        native_address(index) for index in (0, 1, 2, 3, 4, 5, 6, 7, 15)
    )
    assert [contract.index for contract in SYSTEM_CONTRACTS] == [0, 1, 2, 3, 4, 4, 5, 5, 6, 7, 15]
    assert selector("delegate(address)") in contract_named("staking").methods


def test_a_window_that_ends_before_the_draw_is_refused_at_genesis():
    def genesis(**parameters):
        return Genesis(
            chain_id=1, time_ms=1, parameters=Parameters(**parameters), accounts=(), validators=()
        )

    assert len(genesis_settings(genesis())) == 4
    with pytest.raises(ConfigError, match="receiptWindowBlocksMin"):
        genesis_settings(genesis(receipt_window_blocks_min=15))


def test_what_answers_an_accusation_may_use_the_urgent_gas():
    urgent = {
        "disputes": {
            "openTrace", "revealNodes", "choose", "postMicroRoot", "oneStep", "claimTimeout",
            "revealGame", "answerSignature",
        },
        "receipts": {"answerDemand"},
        "marketplace": {"holdLease", "releaseLease", "convict"},
    }  # fmt: skip
    for contract in SYSTEM_CONTRACTS:
        methods = {m.name for m in contract.methods.values() if m.spec.is_reserved}
        assert urgent.get(contract.name, set()) <= methods, contract.name
