"""The system contracts of this release, and the registry that the node runs."""

from typing import Final

from contracts.chain.v1.contract import ChainRules
from contracts.disputes.v1.contract import Disputes
from contracts.framework.contract import Contract
from contracts.framework.layout import layout_hash
from contracts.governance.v1.contract import Governance
from contracts.governance.v1.settings import FirstVersion, GovernanceGenesis
from contracts.guardian.v1.contract import Guardian
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.settings import MarketplaceGenesis
from contracts.marketplace.v2.contract import Marketplace as MarketplaceV2
from contracts.messaging.v1.contract import Messaging
from contracts.messaging.v2.contract import Messaging as MessagingV2
from contracts.receipts.v1.contract import Receipts
from contracts.receipts.v1.settings import ReceiptsGenesis
from contracts.runtime import Registry
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.settings import StakingGenesis, StakingValidator
from contracts.treasury.v1.contract import Treasury
from primitives.errors import ConfigError
from primitives.genesis import Genesis

SYSTEM_CONTRACTS: Final[tuple[type[Contract], ...]] = (
    ChainRules,
    Staking,
    Governance,
    Guardian,
    Messaging,
    MessagingV2,
    Marketplace,
    MarketplaceV2,
    Receipts,
    Disputes,
    Treasury,
)
SYSTEM: Final = Registry(SYSTEM_CONTRACTS)


def genesis_parameters(genesis: Genesis) -> dict[str, dict[str, int]]:
    """Return the chain's own parameter values by contract name and key.

    Raises:
        ConfigError: the file names an unknown contract or parameter.
    """
    parameters = genesis.parameters
    chosen: dict[str, dict[str, int]] = {
        ChainRules.name: {
            "blockGasMax": parameters.block_gas_max,
            "transactionGasMax": parameters.transaction_gas_max,
            "evmGasSharePercent": parameters.evm_gas_share_percent,
        }
    }
    initial = {release.name: release for _, release in SYSTEM.initial()}
    for name, values in genesis.contracts:
        release = initial.get(name)
        if release is None or name == ChainRules.name:
            known = ", ".join(n for n, r in initial.items() if r.governed and n != ChainRules.name)
            raise ConfigError(
                f"genesis contracts names {name!r}", f"Contracts with parameters are: {known}"
            )
        for key, value in values:
            if key not in release.governed:
                known = ", ".join(release.governed)
                raise ConfigError(f"{name} has no parameter {key!r}", f"It has: {known}")
            if value >> 8 * release.governed[key].element.size:
                raise ConfigError(f"genesis {name} {key} is too large", "Lower it in genesis.json")
        chosen.setdefault(name, {}).update(values)
    return chosen


def governance_genesis() -> GovernanceGenesis:
    """Return the versions that genesis activates."""
    return GovernanceGenesis(
        contracts=tuple(
            FirstVersion(
                address=address,
                name=release.name,
                version=release.version_packed,
                layout_hash=layout_hash(release),
            )
            for address, release in SYSTEM.initial()
        )
    )


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
            epoch_blocks=parameters.epoch_blocks,
        ),
        Governance: governance_genesis(),
        Marketplace: MarketplaceGenesis(
            window_blocks_min=parameters.receipt_window_blocks_min,
        ),
        Receipts: ReceiptsGenesis(
            draw_first=parameters.receipt_draw_first,
            draw_last=parameters.receipt_draw_last,
            tiles_drawn=parameters.receipt_tiles_drawn,
        ),
    }
