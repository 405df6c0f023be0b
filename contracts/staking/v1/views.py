"""The reading part of the staking interface."""

from typing import Final

from contracts.framework.contract import view
from contracts.framework.history import latest, value_at
from contracts.framework.types import Address, bytes32, u32, u64, u256
from contracts.staking.v1.candidates import set_members
from contracts.staking.v1.downtime import presence_info
from contracts.staking.v1.messages import (
    ActivePower,
    DelegationInfo,
    PresenceInfo,
    RedelegationInfo,
    SetMember,
    SlashInfo,
    StakeAt,
    TotalsInfo,
    UnbondingInfo,
    ValidatorInfo,
)
from contracts.staking.v1.power import check_height, stakes_at, tokens_at, weight_at
from contracts.staking.v1.redelegation import pending, redelegation_infos
from contracts.staking.v1.rewards import earned
from contracts.staking.v1.slashing import slash_infos
from contracts.staking.v1.storage import StakingStorage, value_of
from contracts.staking.v1.unbonding import unbonding_infos
from contracts.staking.v1.weights import SET_MEMBER_GAS, WEIGHTS

PAGE_MAX: Final = 100


class StakingViews(StakingStorage):
    """Views only; ``contract.Staking`` adds calls and hooks."""

    __slots__ = ()

    @view
    def next_set_hash(self) -> bytes32:
        """Return slot 0: the hash of the set elected by the latest terminal block."""
        return self.next_set

    @view
    def totals(self) -> TotalsInfo:
        """Return what the contract holds and for what, and what it minted and burnt."""
        return TotalsInfo(
            bonded=self.bonded_total,
            unbonding=self.unbonding_total,
            rewards=self.rewards_total,
            slashing=self.slashing_total,
            active=latest(self.active_past),
            minted=self.minted_total,
            burnt=self.burnt_total,
        )

    @view
    def validator_of(self, operator: Address) -> Address:
        """Return the validator that an account operates, zero when none."""
        return self.validator_by_operator[operator]

    @view
    def validator(self, validator: Address) -> ValidatorInfo:
        """Return one validator; reverts for an unknown one."""
        self.known(validator)
        return self._info(validator)

    @view
    def validator_count(self) -> u64:
        """Return how many validators ever registered."""
        return len(self.registered)

    @view
    def validators(self, offset: u64, limit: u32) -> tuple[ValidatorInfo, ...]:
        """Return validators in order of registration, at most 100."""
        addresses = self.registered
        end = min(offset + min(limit, PAGE_MAX), len(addresses))
        count = max(0, end - offset)
        self.ctx.use_gas(WEIGHTS["validator"] * count)
        return tuple(self._info(addresses[index]) for index in range(offset, offset + count))

    @view
    def candidates(self) -> tuple[Address, ...]:
        """Return the validators that the next election looks at."""
        addresses = self.candidate_list
        return tuple(addresses[index] for index in range(len(addresses)))

    @view
    def current_set(self) -> tuple[SetMember, ...]:
        """Return the set that the latest terminal block elected."""
        self.ctx.use_gas(SET_MEMBER_GAS * len(self.members))
        return tuple(set_members(self))

    @view
    def active_power(self) -> tuple[ActivePower, ...]:
        """Return the members of the set that are not jailed, with their tokens now."""
        members = self.members
        self.ctx.use_gas(SET_MEMBER_GAS * len(members))
        addresses = (members[index].validator for index in range(len(members)))
        return tuple(
            ActivePower(address, self.records[address].tokens)
            for address in addresses
            if self.records[address].is_active
        )

    @view
    def delegation(self, validator: Address, delegator: Address) -> DelegationInfo:
        """Return an account's stake with a validator."""
        return self._delegation(validator, delegator)

    @view
    def delegations_of(self, delegator: Address) -> tuple[DelegationInfo, ...]:
        """Return an account's stake with every validator on its list; at most 32."""
        places = self.places[delegator]
        count = len(places)
        self.ctx.use_gas(WEIGHTS["delegation"] * count)
        return tuple(self._delegation(places[index].validator, delegator) for index in range(count))

    @view
    def rewards(self, validator: Address, delegator: Address) -> u256:
        """Return an account's unpaid rewards with a validator."""
        return self._delegation(validator, delegator).rewards

    @view
    def unbondings(self, delegator: Address) -> tuple[UnbondingInfo, ...]:
        """Return an account's stake on its way out; at most 32 entries."""
        return unbonding_infos(self, delegator)

    @view
    def redelegations(self, delegator: Address) -> tuple[RedelegationInfo, ...]:
        """Return an account's stake that is liable for two validators; at most 16 entries each."""
        places = self.places[delegator]
        self.ctx.use_gas(SET_MEMBER_GAS * len(places))
        rows: list[RedelegationInfo] = []
        for index in range(len(places)):
            rows += redelegation_infos(self, delegator, places[index].validator)
        return tuple(rows)

    @view
    def slash_queue(self, offset: u64, limit: u32) -> tuple[SlashInfo, ...]:
        """Return the slashes whose pools are being walked, oldest first, at most 100."""
        return slash_infos(self, offset, min(limit, PAGE_MAX))

    @view
    def epoch_record(self, epoch: u64) -> tuple[bytes32, u64, u64]:
        """Return an epoch's set hash, start height and start time in ms; zeros when unknown."""
        record = self.epochs[epoch]
        return record.set_hash, record.start_height, record.start_time_ms

    @view
    def presence(self, validator: Address) -> PresenceInfo:
        """Return how often a validator was absent lately."""
        return presence_info(self, validator)

    @view
    def bonded_at(self, height: u64) -> u256:
        """Return the active tokens of all validators at the end of a block."""
        check_height(self, height)
        return value_at(self.active_past, height)

    @view
    def validator_tokens_at(self, validator: Address, height: u64) -> u256:
        """Return a validator's active tokens at the end of a block."""
        check_height(self, height)
        return tokens_at(self, validator, height)

    @view
    def delegation_at(self, validator: Address, delegator: Address, height: u64) -> u256:
        """Return an account's weight with a validator at the end of a block, in wei."""
        check_height(self, height)
        return weight_at(self, validator, delegator, height)

    @view
    def stakes_at(self, delegator: Address, height: u64) -> tuple[StakeAt, ...]:
        """Return an account's weights at the end of a block; its own validator is always listed."""
        check_height(self, height)
        return stakes_at(self, delegator, height)

    def _delegation(self, validator: bytes, delegator: bytes) -> DelegationInfo:
        record = self.records[validator]
        shares = self.delegations[validator][delegator].shares
        per_share = record.per_share + earned(self, record)[1]
        rewards, arriving = pending(self, validator, delegator, per_share)
        return DelegationInfo(
            validator, shares, value_of(record, shares), value_of(record, arriving), rewards
        )

    def _info(self, validator: bytes) -> ValidatorInfo:
        record = self.records[validator]
        operator = record.operator
        is_held = record.is_jailed and not record.is_tombstoned
        return ValidatorInfo(
            validator=validator,
            operator=operator,
            fee_recipient=record.fee_recipient,
            public_key=record.public_key,
            name=record.name,
            commission_bps=record.commission_bps,
            commission_due=record.commission_due + earned(self, record)[0],
            tokens=record.tokens,
            shares=record.shares,
            self_bond=value_of(record, self.delegations[validator][operator].shares),
            self_bond_min=record.self_bond_min,
            is_candidate=record.candidate_place != 0,
            is_active=record.is_active,
            is_jailed=record.is_jailed,
            is_tombstoned=record.is_tombstoned,
            unjail_at=record.jailed.seconds + self.jail_seconds if is_held else 0,
            slashes=record.generation,
            slashes_pending=record.jobs,
        )
