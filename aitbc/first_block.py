"""Block 0 of a genesis file, built to learn its hash and the validators of the first epoch."""

import tempfile

from primitives.genesis import Genesis
from primitives.types import Hash32
from primitives.vote import ValidatorSet


def genesis_block_of(found: Genesis) -> tuple[Hash32, ValidatorSet]:
    """Return block 0's hash and the first set, by building the block in a temporary store.

    Raises:
        ConfigError: the file describes no chain.
    """
    from contracts.system import SYSTEM
    from evm.reference import ReferenceEngine
    from state.chain import ChainStore
    from state.store import Store
    from state.transition import Runtime

    runtime = Runtime(
        chain_id=found.chain_id,
        parameters=found.parameters,
        registry=SYSTEM,
        engine=ReferenceEngine(),
    )
    with tempfile.TemporaryDirectory() as directory, Store.open(directory) as store:
        chain = ChainStore.open(store, found, runtime)
        validators = chain.validator_set(1)
        assert validators is not None
        return chain.genesis_hash, validators
