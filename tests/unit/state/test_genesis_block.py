"""Block 0: its hash names everything that the genesis file says."""

from dataclasses import fields, replace

import pytest

from primitives.genesis import Genesis, GenesisAccount, GenesisValidator, Parameters
from primitives.keys import public_key
from primitives.types import WEI_PER_AIT, ZERO_HASH
from state.genesis_block import genesis_header

GENESIS = Genesis(
    chain_id=7,
    time_ms=1_500,
    parameters=Parameters(),
    accounts=(GenesisAccount(address=b"\x05" * 20, balance=5),),
    validators=(
        GenesisValidator(
            operator=b"\x06" * 20,
            public_key=public_key(b"\x01" * 32),
            stake=2 * WEI_PER_AIT,
            fee_recipient=b"\x07" * 20,
            name="one",
        ),
    ),
)


def named(genesis):
    """Return the hash under a state root that says nothing."""
    return genesis_header(genesis, ZERO_HASH).hash


@pytest.mark.parametrize("name", [field.name for field in fields(Parameters)])
def test_every_parameter_is_part_of_the_chains_name(name):
    changed = replace(GENESIS.parameters, **{name: getattr(GENESIS.parameters, name) + 1})
    assert named(replace(GENESIS, parameters=changed)) != named(GENESIS)


@pytest.mark.parametrize(
    "change", [{"chain_id": 8}, {"time_ms": 1_501}, {"accounts": ()}, {"validators": ()}]
)
def test_everything_else_is_part_of_the_chains_name(change):
    assert named(replace(GENESIS, **change)) != named(GENESIS)


def test_the_same_file_names_the_same_chain():
    assert named(replace(GENESIS)) == named(GENESIS)
