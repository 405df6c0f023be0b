"""The RPC's call requests as simulations of the state package."""

from dataclasses import replace
from typing import Any

from contracts.context import BlockContext
from rpc.backend import AccountOverride, BlockOverride, CallRequest, Overrides
from state.simulation import Call, Pretence


def pretences_of(overrides: Overrides) -> dict[Any, Pretence]:
    """Return state overrides as the simulation takes them."""
    return {address: _pretence_of(entry) for address, entry in overrides.items()}


def call_of(request: CallRequest) -> Call:
    """Return the call to simulate; without a fee cap it costs nothing, whatever the tip."""
    cap = request.max_fee_per_gas or 0
    return Call(
        sender=request.sender,
        to=request.to,
        gas=request.gas,
        max_fee_per_gas=cap,
        max_priority_fee_per_gas=(request.max_priority_fee_per_gas or 0) if cap else 0,
        value=request.value,
        data=request.data,
        access_list=request.access_list,
        authorizations=request.authorizations,
    )


def _pretence_of(override: AccountOverride) -> Pretence:
    return Pretence(
        nonce=override.nonce,
        balance=override.balance,
        code=override.code,
        storage=override.storage,
        storage_changes=override.storage_changes,
    )


def overridden(context: BlockContext, block: BlockOverride) -> BlockContext:
    """Return a block context with the fields that a caller pretends."""
    values = {
        "height": block.height,
        "timestamp": block.timestamp,
        "time_ms": None if block.timestamp is None else block.timestamp * 1000,
        "gas_limit": block.gas_limit,
        "coinbase": block.coinbase,
        "beacon": block.beacon,
        "base_fee": block.base_fee,
    }
    return replace(context, **{k: v for k, v in values.items() if v is not None})  # type: ignore[arg-type]
