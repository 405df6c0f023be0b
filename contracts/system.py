"""The system contracts of this release, and the registry that the node runs."""

from typing import Final

from contracts.framework.contract import Contract
from contracts.guardian.v1.contract import Guardian
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.settings import ReceiptsGenesis
from contracts.runtime import Registry
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.settings import StakingGenesis, StakingValidator
from primitives.errors import ConfigError
from primitives.genesis import Genesis

SYSTEM_CONTRACTS: Final[tuple[type[Contract], ...]] = (Staking, Guardian, Marketplace, Receipts)
SYSTEM: Final = Registry(SYSTEM_CONTRACTS)


def genesis_settings(genesis: Genesis) -> dict[type[Contract], object]:
    """Return what the genesis file says to each contract, for ``Registry.genesis``.

    Raises:
        ConfigError: the shortest challenge window ends before tiles are drawn and opened.
    """
    parameters = genesis.parameters
    if parameters.receipt_window_blocks_min <= parameters.receipt_draw_last:
        raise ConfigError(
            "genesis receiptWindowBlocksMin does not exceed receiptDrawLast",
            "Correct genesis.json: tiles are drawn within the window and opened before it ends",
        )
    validators = tuple(
        StakingValidator(
            operator=validator.operator,
            public_key=validator.public_key,
            stake=validator.stake,
            fee_recipient=validator.fee_recipient,
            name=validator.name,
        )
        for validator in genesis.validators
    )
    return {
        Staking: StakingGenesis(
            validators=validators,
            unbonding_seconds=parameters.unbonding_seconds,
            epoch_blocks=parameters.epoch_blocks,
        ),
        Marketplace: MarketplaceGenesis(
            window_blocks_min=parameters.receipt_window_blocks_min,
        ),
        Receipts: ReceiptsGenesis(
            draw_first=parameters.receipt_draw_first,
            draw_last=parameters.receipt_draw_last,
            tiles_drawn=parameters.receipt_tiles_drawn,
        ),
    }
