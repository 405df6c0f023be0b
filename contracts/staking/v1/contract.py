"""Staking: who validates, with whose stake, what it earns and what a fault costs (0x...1001).

A validator is named by the address of its consensus key; its operator is the account that
registered it. Delegations are shares of the validator's tokens. Invariants:

I1. Slot 0 holds the hash of the set that votes next; only a terminal block's hook writes it.
I2. The contract's balance is ``bonded_total`` + ``unbonding_total`` + ``rewards_total`` +
    ``slashing_total``, plus what was sent to it without a call. The sum of all claims is at most
    that, short of it by rounding alone.
I3. A validator's shares are the sum of its delegations' and of what redelegation pools hold of it;
    ``bonded_total`` is the sum of all validators' tokens. A share only loses value by a slash.
I4. A validator is slashed for a double sign once: evidence tombstones it.
I5. What left in the fault's epoch or later cannot have been paid out when evidence is still
    accepted: evidence expires before the unbonding period of its epoch's first second ends.

Choices where the rules leave room: the least self-bond is the one in force when the validator
registered, and counts the operator's own plain shares; nobody may leave less than the least
delegation behind, so that a share never grows so dear that rounding matters; a validator that
everybody left may be bonded again, only one slashed to nothing not; whoever is unjailed votes from
the next election on.
"""

from collections.abc import Callable
from typing import Any, Final

from contracts.framework.clock import has_passed
from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.storage import ReadOnlyWords
from contracts.framework.types import Address, u16, u256
from contracts.staking.v1.bonding import bond, keep_place, release, release_all
from contracts.staking.v1.candidates import enter, hold_election, leave, set_members
from contracts.staking.v1.downtime import (
    begin_periods,
    end_period,
    is_period_over,
    note_votes,
    take_heartbeat,
)
from contracts.staking.v1.election import set_hash
from contracts.staking.v1.evidence import are_conflicting, check_votes
from contracts.staking.v1.messages import (
    AlreadyRegistered,
    AlreadySlashed,
    BadCommission,
    BondTooSmall,
    CommissionPaid,
    EvidenceNotConflicting,
    EvidenceTooOld,
    EvidenceWrongSet,
    InsufficientDelegation,
    NameTooLong,
    NotEligible,
    NotJailed,
    NotOperator,
    ParametersContradict,
    Redelegated,
    SameValidator,
    SetMember,
    SlashPending,
    StillJailed,
    StillLiable,
    Undelegated,
    Unjailed,
    ValidatorEdited,
    ValidatorRegistered,
    VoteData,
    Withdrawn,
)
from contracts.staking.v1.records import ValidatorRecord
from contracts.staking.v1.redelegation import (
    blocked_source,
    collect,
    liable_until,
    open_redelegation,
)
from contracts.staking.v1.registration import check_proof, registration_digest
from contracts.staking.v1.rewards import bond_rewards, pay_inflation, pay_rewards, settle
from contracts.staking.v1.settings import StakingGenesis
from contracts.staking.v1.slashing import jail, run_jobs, slash
from contracts.staking.v1.storage import DAY_SECONDS, evidence_seconds, value_of
from contracts.staking.v1.unbonding import open_unbonding, take_matured
from contracts.staking.v1.views import StakingViews
from contracts.staking.v1.weights import SET_MEMBER_GAS
from primitives.errors import InvariantError
from primitives.keys import public_key_to_address
from primitives.types import U256_MAX, ZERO_ADDRESS
from primitives.types import Address as AccountAddress
from primitives.vote import Validator

NAME_BYTES_MAX: Final = 31
COMMISSION_BPS_DEFAULT: Final = 500

Reader = Callable[[int], int]
"""Reads a word of the staking contract's storage, for example from a view of the state."""


class Staking(StakingViews):
    """The staking contract."""

    __slots__ = ()

    # --- hooks ------------------------------------------------------------------------------

    def genesis(self, settings: Any) -> None:
        """Register the validators of the first epoch and elect them; mints their stake."""
        if not isinstance(settings, StakingGenesis):
            raise InvariantError(f"staking takes StakingGenesis, got {settings!r}")
        block = self.ctx.block
        self.epoch_blocks = settings.epoch_blocks
        self.minted_until_ms = block.time_ms
        least = self.self_bond_min
        for entry in settings.validators:
            address = public_key_to_address(entry.public_key)
            self.ctx.mint(entry.stake)
            record = self._create(
                address, entry.operator, entry.public_key, entry.fee_recipient, entry.name,
                COMMISSION_BPS_DEFAULT, min(least, entry.stake),
            )  # fmt: skip
            bond(self, address, record, entry.operator, entry.stake)
            enter(self, address, record)
        hold_election(self, block.epoch + 1, block.height)
        begin_periods(self)

    def begin_block(self) -> None:
        """Take in the votes on chain, and judge presence at a period's end."""
        note_votes(self)
        if self.epoch_blocks and is_period_over(self):
            end_period(self, self._punish_absence)

    def end_block(self) -> None:
        """Pay inflation, walk slashed pools, fix the next set in a terminal block (I1)."""
        epoch_blocks = self.epoch_blocks
        if not epoch_blocks:
            return
        block = self.ctx.block
        pay_inflation(self)
        run_jobs(self)
        if block.height % epoch_blocks == 0:
            hold_election(self, block.epoch + 1, block.height + 1)

    def check_cross_rules(self) -> None:
        """Refuse parameters that contradict each other."""
        seconds = self.unbonding_seconds
        if not 0 < evidence_seconds(seconds) < seconds:
            raise revert(ParametersContradict("evidence age lies between 0 and unbondingSeconds"))
        if self.commission_min_bps > self.commission_max_bps:
            raise revert(ParametersContradict("commissionMinBps is at most commissionMaxBps"))
        if self.jail_seconds > seconds or 2 * self.period_seconds > seconds:
            raise revert(ParametersContradict("jail and two periods end within unbondingSeconds"))

    # --- validators -------------------------------------------------------------------------

    @call(payable=True)
    def register(
        self,
        public_key: bytes,
        proof: bytes,
        fee_recipient: Address,
        name: str,
        commission_bps: u16,
    ) -> Address:
        """Create a validator operated by the caller, bonded with the value sent.

        ``proof`` is the validator key's signature over keccak(abi.encode(chain id, this contract,
        caller)): nobody registers another's key.
        """
        operator, stake = self.ctx.caller, self.ctx.value
        least = self.self_bond_min
        if stake < least:
            raise revert(BondTooSmall(stake, least))
        self._check_commission(commission_bps)
        _check_name(name)
        digest = registration_digest(self.ctx.block.chain_id, self.ctx.this, operator)
        address = check_proof(public_key, proof, digest)
        if any(self.records[address].operator) or any(self.validator_by_operator[operator]):
            raise revert(AlreadyRegistered())
        record = self._create(
            address, operator, public_key, fee_recipient, name, commission_bps, least
        )
        self.emit(ValidatorRegistered(address, operator, public_key, name))
        bond(self, address, record, operator, stake)
        enter(self, address, record)
        return address

    @call
    def edit(self, fee_recipient: Address, name: str, commission_bps: u16) -> None:
        """Change what the caller's validator shows; commission by at most one step a day."""
        address, record = self._own()
        _check_name(name)
        old = record.commission_bps
        if commission_bps != old:
            self._check_commission(commission_bps)
            changed = record.commission_changed
            is_too_soon = changed.seconds and not changed.has_passed(self.ctx.block, DAY_SECONDS)
            if abs(commission_bps - old) > self.commission_step_bps or is_too_soon:
                raise revert(BadCommission())
            settle(self, record)
            record.commission_bps = commission_bps
            changed.stamp(self.ctx.block)
        record.fee_recipient = fee_recipient
        record.name = name
        self.emit(ValidatorEdited(address, fee_recipient, name, commission_bps))

    @call
    def join(self) -> None:
        """Make the caller's validator a candidate again, once its self-bond suffices."""
        address, record = self._own()
        if record.is_jailed or record.candidate_place or not self._is_self_bonded(address, record):
            raise revert(NotEligible())
        enter(self, address, record)

    @call
    def unjail(self) -> None:
        """Make the caller's jailed validator a candidate again, once its time is over."""
        address, record = self._own()
        if not record.is_jailed or record.is_tombstoned:
            raise revert(NotJailed())
        seconds = self.jail_seconds
        if not record.jailed.has_passed(self.ctx.block, seconds):
            raise revert(StillJailed(record.jailed.seconds + seconds))
        if not self._is_self_bonded(address, record):
            raise revert(NotEligible())
        record.is_jailed = False
        self.emit(Unjailed(address))
        enter(self, address, record)

    @call
    def withdraw_commission(self) -> u256:
        """Pay the caller the commission of its validator; returns the amount."""
        address, record = self._own()
        settle(self, record)
        amount = record.commission_due
        record.commission_due = 0
        self.rewards_total -= amount
        self.emit(CommissionPaid(address, self.ctx.caller, amount))
        self.ctx.transfer(self.ctx.caller, amount)
        return amount

    # --- delegators -------------------------------------------------------------------------

    @call(payable=True)
    def delegate(self, validator: Address) -> u256:
        """Bond the value sent to a validator; returns the shares received."""
        amount, least = self.ctx.value, self.delegation_min
        if amount < least:
            raise revert(BondTooSmall(amount, least))
        record = self.known(validator)
        self._touch(validator, record, self.ctx.caller)
        return bond(self, validator, record, self.ctx.caller, amount)

    @call
    def undelegate(self, validator: Address, amount: u256) -> u256:
        """Begin to unbond ``amount`` wei, or everything when it is 2^256 - 1; returns the amount.

        Rewards are bonded first. A self-bond below the minimum ends the candidacy.
        """
        caller = self.ctx.caller
        record = self.known(validator)
        amount, burnt = self._release(validator, record, amount)
        if amount:
            open_unbonding(self, validator, record, caller, amount)
        self.emit(Undelegated(validator, caller, amount, burnt, self.ctx.block.epoch))
        return amount

    @call
    def redelegate(self, source: Address, destination: Address, amount: u256) -> u256:
        """Move ``amount`` wei (2^256 - 1: everything) to another validator; returns the amount.

        It is liable for the source as well until an unbonding period after this epoch's end, and
        can neither move on nor unbond before.
        """
        caller = self.ctx.caller
        if source == destination:
            raise revert(SameValidator())
        record, target = self.known(source), self.known(destination)
        self._touch(destination, target, caller)
        amount, _ = self._release(source, record, amount)
        least = self.delegation_min
        if amount < least:
            raise revert(BondTooSmall(amount, least))
        shares = open_redelegation(self, source, destination, caller, amount)
        epoch = self.ctx.block.epoch
        self.emit(Redelegated(source, destination, caller, amount, shares, epoch))
        return amount

    @call
    def withdraw(self) -> u256:
        """Pay the caller everything of his that has finished unbonding; returns the amount."""
        caller = self.ctx.caller
        total = take_matured(self, caller)
        self.emit(Withdrawn(caller, total))
        self.ctx.transfer(caller, total)
        return total

    @call
    def withdraw_rewards(self, validator: Address) -> u256:
        """Pay the caller's rewards with a validator out instead of bonding them."""
        caller = self.ctx.caller
        amount = collect(self, validator, self.known(validator), caller)
        pay_rewards(self, validator, caller, amount)
        return amount

    @call
    def compound(self, delegator: Address, validator: Address) -> u256:
        """Bond an account's rewards and end its matured redelegations; anybody may call.

        Returns the rewards, which are paid to the account where the validator takes no stake.
        """
        return self._touch(validator, self.known(validator), delegator)

    # --- faults -----------------------------------------------------------------------------

    @call
    def heartbeat(self, vote: VoteData) -> None:
        """Show that a validator of the set is present by a vote of its that no seal carries."""
        take_heartbeat(self, vote)

    @call(reserved=True)
    def report_double_sign(
        self,
        validator: Address,
        first: VoteData,
        second: VoteData,
        epoch_set: tuple[SetMember, ...],
    ) -> u256:
        """Slash a validator that signed two conflicting votes; returns the reward paid at once.

        ``epoch_set`` is the set of the votes' epoch; staking keeps only its hash. The reporter's
        part of what is on its way out follows when the pools have been walked.
        """
        record = self.known(validator)
        self.ctx.use_gas(SET_MEMBER_GAS * len(epoch_set))
        if record.is_tombstoned:
            raise revert(AlreadySlashed())
        if not are_conflicting(first, second):
            raise revert(EvidenceNotConflicting())
        epoch = self.epochs[first.epoch]
        started_at = epoch.start_time_ms // 1000
        if epoch.set_hash == bytes(32) or has_passed(
            self.ctx.block, started_at, epoch.start_height, evidence_seconds(self.unbonding_seconds)
        ):
            raise revert(EvidenceTooOld())
        is_member = any(member.validator == validator for member in epoch_set)
        if not is_member or set_hash(epoch_set) != epoch.set_hash:
            raise revert(EvidenceWrongSet())
        check_votes(self.ctx.block, record.public_key, first, second)
        jail(self, validator, record, is_for_ever=True)
        return slash(
            self,
            validator,
            record,
            epoch=first.epoch,
            ppm=self.double_sign_ppm,
            reporter=self.ctx.caller,
            percent=self.reporter_percent,
        )

    # --- parts ------------------------------------------------------------------------------

    def _own(self) -> tuple[bytes, ValidatorRecord]:
        address = self.validator_by_operator[self.ctx.caller]
        if not any(address):
            raise revert(NotOperator())
        return address, self.records[address]

    def _create(
        self,
        address: bytes,
        operator: bytes,
        public_key: bytes,
        fee_recipient: bytes,
        name: str,
        commission_bps: int,
        self_bond_min: int,
    ) -> ValidatorRecord:
        record = self.records[address]
        record.operator = operator
        record.commission_bps = commission_bps
        record.fee_recipient = fee_recipient
        record.self_bond_min = self_bond_min
        record.public_key = public_key
        record.name = name
        self.validator_by_operator[operator] = address
        self.registered.push(address)
        return record

    def _touch(self, address: bytes, record: ValidatorRecord, delegator: bytes) -> int:
        """Settle an account with a validator and bond its rewards; returns them."""
        amount = collect(self, address, record, delegator)
        bond_rewards(self, address, record, delegator, amount)
        return amount

    def _release(self, address: bytes, record: ValidatorRecord, asked: int) -> tuple[int, int]:
        """Take wei out of the caller's plain shares; returns the wei and the shares burnt."""
        caller = self.ctx.caller
        self._touch(address, record, caller)
        delegation = self.delegations[address][caller]
        held = delegation.shares
        worth = value_of(record, held)
        is_everything = asked == U256_MAX
        if (held == 0) if is_everything else not 0 < asked <= worth:
            self._refuse_release(address, worth, asked)
        if is_everything:
            amount, burnt = release_all(self, record, delegation)
        else:
            amount, burnt = asked, release(self, record, delegation, asked)
        keep_place(self, address, caller, delegation)
        is_candidate = caller == record.operator and record.candidate_place
        if is_candidate and not self._is_self_bonded(address, record):
            leave(self, address, record)
        return amount, burnt

    def _refuse_release(self, address: bytes, worth: int, asked: int) -> None:
        """Say why the caller cannot have ``asked`` wei: what he lacks, or what it waits for."""
        caller = self.ctx.caller
        if asked and self.delegations[address][caller].arriving:
            blocked = blocked_source(self, caller, address)
            if blocked:
                raise revert(SlashPending(blocked))
            raise revert(StillLiable(liable_until(self, caller, address)))
        raise revert(InsufficientDelegation(worth, asked))

    def _is_self_bonded(self, address: bytes, record: ValidatorRecord) -> bool:
        own = self.delegations[address][record.operator].shares
        return value_of(record, own) >= record.self_bond_min

    def _check_commission(self, commission_bps: int) -> None:
        if not self.commission_min_bps <= commission_bps <= self.commission_max_bps:
            raise revert(BadCommission())

    def _punish_absence(self, address: bytes) -> None:
        record = self.records[address]
        jail(self, address, record, is_for_ever=False)
        slash(
            self,
            address,
            record,
            epoch=self.ctx.block.epoch,
            ppm=self.downtime_ppm,
            reporter=ZERO_ADDRESS,
            percent=0,
        )


def validator_set(reader: Reader) -> tuple[Validator, ...]:
    """Return the set that the latest terminal block elected, read from staking's storage.

    In a terminal block's post-state this is the next epoch's set, elsewhere the current one.
    """
    return tuple(
        Validator(address=AccountAddress(row.validator), public_key=row.public_key, power=row.power)
        for row in set_members(Staking(ReadOnlyWords(reader)))
    )


def next_set_hash(reader: Reader) -> bytes:
    """Return slot 0."""
    return Staking(ReadOnlyWords(reader)).next_set


def fee_recipient(reader: Reader, validator: bytes) -> bytes:
    """Return the coinbase of a validator's blocks; zero for an unknown validator."""
    return Staking(ReadOnlyWords(reader)).records[validator].fee_recipient


def _check_name(name: str) -> None:
    if len(name.encode()) > NAME_BYTES_MAX:
        raise revert(NameTooLong(NAME_BYTES_MAX))
