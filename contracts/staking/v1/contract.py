"""Staking: who validates, with whose stake, and what a double sign costs (0x...1001).

A validator is named by the address of its consensus key; its operator is the account that
registered it. Delegations are shares of the validator's tokens. Invariants:

I1. Slot 0 holds the hash of the set that votes next; only a terminal block's hook writes it.
I2. The contract's balance is ``bonded_total`` plus ``unbonding_total`` plus what was sent to it
    without a call; the sum of all claims is at most that, short of it by rounding alone.
I3. A validator's shares are the sum of its delegators' shares. Shares only lose value by a slash.
I4. A validator is slashed once: evidence needs one that is not tombstoned, and tombstones it.
I5. What unbonded in the fault's epoch or later cannot have been paid out when evidence is still
    accepted: evidence expires before the unbonding period of its epoch's first second ends.
"""

from collections.abc import Callable
from typing import Any, Final

from contracts.framework.arithmetic import mul_div
from contracts.framework.clock import has_passed
from contracts.framework.contract import Contract, call, view
from contracts.framework.messages import revert
from contracts.framework.storage import (
    ADDRESS,
    BYTES32,
    U64,
    U128,
    ReadOnlyWords,
    Slot,
    array,
    mapping,
    struct,
)
from contracts.framework.types import Address, bytes32, u16, u32, u64, u256
from contracts.staking.v1.election import (
    SET_MAX,
    elect,
    set_hash,
)
from contracts.staking.v1.evidence import are_conflicting, check_votes
from contracts.staking.v1.messages import (
    ERRORS,
    EVENTS,
    AlreadyRegistered,
    AlreadySlashed,
    BadCommission,
    BondTooSmall,
    CandidateLeft,
    CandidatesFull,
    Delegated,
    EvidenceNotConflicting,
    EvidenceTooOld,
    EvidenceWrongSet,
    InsufficientDelegation,
    NameTooLong,
    NextSet,
    NoNewDelegation,
    NotEligible,
    NothingToWithdraw,
    NotOperator,
    SetMember,
    Slashed,
    TooManyUnbondings,
    UnbondingInfo,
    Undelegated,
    UnknownValidator,
    ValidatorEdited,
    ValidatorInfo,
    ValidatorRegistered,
    VoteData,
    Withdrawn,
)
from contracts.staking.v1.records import EpochRecord, Member, UnbondingEntry, ValidatorRecord
from contracts.staking.v1.registration import check_proof, registration_digest
from contracts.staking.v1.settings import StakingGenesis
from contracts.staking.v1.unbonding import (
    SLASH_PERCENT,
    drop_entry,
    open_entry,
    opened_since,
    payable_amount,
)
from contracts.staking.v1.weights import SET_MEMBER_GAS, WEIGHTS
from primitives.errors import InvariantError
from primitives.keys import (
    public_key_to_address,
)
from primitives.types import U256_MAX, WEI_PER_AIT
from primitives.types import Address as AccountAddress
from primitives.vote import Validator

SELF_BOND_MIN: Final = 1_000 * WEI_PER_AIT
DELEGATION_MIN: Final = WEI_PER_AIT
CANDIDATES_MAX: Final = 200
"""Validators that an election looks at: the budget of the terminal block's hook."""
UNBONDINGS_MAX: Final = 32
NAME_BYTES_MAX: Final = 31
COMMISSION_BPS_MIN: Final = 100
COMMISSION_BPS_MAX: Final = 1_000
COMMISSION_BPS_DEFAULT: Final = 500
COMMISSION_STEP_BPS: Final = 100
DAY_SECONDS: Final = 24 * 3600
EVIDENCE_MARGIN_MAX: Final = DAY_SECONDS
REPORTER_PERCENT: Final = 5
PAGE_MAX: Final = 100

Reader = Callable[[int], int]
"""Reads a word of the staking contract's storage, for example from a view of the state."""


class Staking(Contract):
    """The staking contract."""

    __slots__ = ()

    index = 1
    events = EVENTS
    errors = ERRORS
    weights = WEIGHTS

    next_set = Slot(BYTES32)
    unbonding_seconds = Slot(U64)
    epoch_blocks = Slot(U64)
    bonded_total = Slot(U128)
    unbonding_total = Slot(U128)
    records = Slot(mapping(ADDRESS, struct(ValidatorRecord)))
    validator_by_operator = Slot(mapping(ADDRESS, ADDRESS))
    candidate_list = Slot(array(ADDRESS))
    shares_of = Slot(mapping(ADDRESS, mapping(ADDRESS, U128)))
    entries = Slot(mapping(ADDRESS, array(struct(UnbondingEntry))))
    members = Slot(array(struct(Member)))
    epochs = Slot(mapping(U64, struct(EpochRecord)))
    registered = Slot(array(ADDRESS))

    # --- hooks ------------------------------------------------------------------------------

    def genesis(self, settings: Any) -> None:
        """Register the validators of the first epoch and elect them; mints their stake."""
        if not isinstance(settings, StakingGenesis):
            raise InvariantError(f"staking takes StakingGenesis, got {settings!r}")
        self.unbonding_seconds = settings.unbonding_seconds
        self.epoch_blocks = settings.epoch_blocks
        for entry in settings.validators:
            validator = public_key_to_address(entry.public_key)
            self.ctx.mint(entry.stake)
            self._create(
                validator,
                entry.operator,
                entry.public_key,
                entry.fee_recipient,
                entry.name,
                COMMISSION_BPS_DEFAULT,
                min(SELF_BOND_MIN, entry.stake),
            )
            self._bond(validator, entry.operator, entry.stake)
            self._enter(validator)
        self._elect(self.ctx.block.epoch + 1)

    def end_block(self) -> None:
        """Fix the next epoch's set in a terminal block (I1); without genesis there is none."""
        epoch_blocks = self.epoch_blocks
        if epoch_blocks and self.ctx.block.height % epoch_blocks == 0:
            self._elect(self.ctx.block.epoch + 1)

    # --- calls ------------------------------------------------------------------------------

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
        operator = self.ctx.caller
        stake = self.ctx.value
        if stake < SELF_BOND_MIN:
            raise revert(BondTooSmall(stake, SELF_BOND_MIN))
        if not COMMISSION_BPS_MIN <= commission_bps <= COMMISSION_BPS_MAX:
            raise revert(BadCommission())
        _check_name(name)
        digest = registration_digest(self.ctx.block.chain_id, self.ctx.this, operator)
        validator = check_proof(public_key, proof, digest)
        if self.records[validator].public_key or any(self.validator_by_operator[operator]):
            raise revert(AlreadyRegistered())
        self._create(
            validator, operator, public_key, fee_recipient, name, commission_bps, SELF_BOND_MIN
        )
        self.emit(ValidatorRegistered(validator, operator, public_key, name))
        self._bond(validator, operator, stake)
        self._enter(validator)
        return validator

    @call(payable=True)
    def delegate(self, validator: Address) -> u256:
        """Bond the value sent to a validator; returns the shares received."""
        amount = self.ctx.value
        if amount < DELEGATION_MIN:
            raise revert(BondTooSmall(amount, DELEGATION_MIN))
        self._record(validator)
        return self._bond(validator, self.ctx.caller, amount)

    @call
    def undelegate(self, validator: Address, amount: u256) -> u256:
        """Begin to unbond ``amount`` wei, or everything when it is 2^256 - 1; returns the amount.

        Shares round up against the caller. A self-bond below the minimum ends the candidacy.
        """
        caller = self.ctx.caller
        record = self._record(validator)
        held = self.shares_of[validator][caller]
        tokens, shares = record.tokens, record.shares
        worth = held * tokens // shares if shares else 0
        if amount == U256_MAX:
            amount, burnt = worth, held
        else:
            burnt = -(-amount * shares // tokens) if tokens else 0
        if amount == 0 or amount > worth or burnt > held:
            raise revert(InsufficientDelegation(worth, amount))
        entries = self.entries[caller]
        if len(entries) >= UNBONDINGS_MAX:
            raise revert(TooManyUnbondings(UNBONDINGS_MAX))
        self.shares_of[validator][caller] = held - burnt
        record.tokens = tokens - amount
        record.shares = shares - burnt
        self.bonded_total -= amount
        self.unbonding_total += amount
        open_entry(self.ctx.block, entries, validator, record, amount)
        if (
            caller == record.operator
            and record.candidate_place
            and self._value(record, held - burnt) < record.self_bond_min
        ):
            self._leave(validator, record)
        withdrawable_at = self.ctx.block.timestamp + self.unbonding_seconds
        self.emit(Undelegated(validator, caller, amount, burnt, withdrawable_at))
        return amount

    @call
    def withdraw(self) -> u256:
        """Pay the caller everything of his that has finished unbonding."""
        caller = self.ctx.caller
        entries = self.entries[caller]
        seconds = self.unbonding_seconds
        total = 0
        index = count = len(entries)
        while index:
            index -= 1
            entry = entries[index]
            if not has_passed(self.ctx.block, entry.opened_at, entry.opened_height, seconds):
                continue
            total += payable_amount(entry, self.records[entry.validator])
            drop_entry(entries, index)
        if len(entries) == count:
            raise revert(NothingToWithdraw())
        self.unbonding_total -= total
        self.emit(Withdrawn(caller, total))
        self.ctx.transfer(caller, total)
        return total

    @call
    def edit(self, fee_recipient: Address, name: str, commission_bps: u16) -> None:
        """Change what the caller's validator shows; commission at most one point a day."""
        validator = self._own_validator()
        record = self.records[validator]
        _check_name(name)
        if commission_bps != record.commission_bps:
            now = self.ctx.block.timestamp
            step = abs(commission_bps - record.commission_bps)
            is_too_soon = now < record.commission_changed_at + DAY_SECONDS
            in_range = COMMISSION_BPS_MIN <= commission_bps <= COMMISSION_BPS_MAX
            if not in_range or step > COMMISSION_STEP_BPS or is_too_soon:
                raise revert(BadCommission())
            record.commission_bps = commission_bps
            record.commission_changed_at = now
        record.fee_recipient = fee_recipient
        record.name = name
        self.emit(ValidatorEdited(validator, fee_recipient, name, commission_bps))

    @call
    def join(self) -> None:
        """Make the caller's validator a candidate again, once its self-bond suffices."""
        validator = self._own_validator()
        record = self.records[validator]
        own = self._value(record, self.shares_of[validator][self.ctx.caller])
        if record.is_tombstoned or own < record.self_bond_min or record.candidate_place:
            raise revert(NotEligible())
        self._enter(validator)

    @call
    def report_double_sign(
        self,
        validator: Address,
        first: VoteData,
        second: VoteData,
        epoch_set: tuple[SetMember, ...],
    ) -> u256:
        """Slash a validator that signed two conflicting votes; returns the reporter's reward.

        ``epoch_set`` is the set of the votes' epoch; staking keeps only its hash.
        """
        record = self._record(validator)
        self.ctx.use_gas(SET_MEMBER_GAS * len(epoch_set))
        if record.is_tombstoned:
            raise revert(AlreadySlashed())
        if not are_conflicting(first, second):
            raise revert(EvidenceNotConflicting())
        epoch = self.epochs[first.epoch]
        started_at = epoch.start_time_ms // 1000
        if epoch.set_hash == bytes(32) or has_passed(
            self.ctx.block,
            started_at,
            epoch.start_height,
            self._evidence_seconds(),
        ):
            raise revert(EvidenceTooOld())
        is_member = any(member.validator == validator for member in epoch_set)
        if not is_member or set_hash(epoch_set) != epoch.set_hash:
            raise revert(EvidenceWrongSet())
        check_votes(self.ctx.block, record.public_key, first, second)
        return self._slash(validator, record, first.epoch)

    # --- views ------------------------------------------------------------------------------

    @view
    def next_set_hash(self) -> bytes32:
        """Return slot 0: the hash of the set elected by the latest terminal block."""
        return self.next_set

    @view
    def parameters(self) -> tuple[u64, u64, u64]:
        """Return unbonding seconds, blocks of an epoch and target block time in ms."""
        return self.unbonding_seconds, self.epoch_blocks, self.ctx.block.block_time_ms

    @view
    def totals(self) -> tuple[u256, u256]:
        """Return bonded and unbonding wei."""
        return self.bonded_total, self.unbonding_total

    @view
    def validator_of(self, operator: Address) -> Address:
        """Return the validator that an account operates, zero when none."""
        return self.validator_by_operator[operator]

    @view
    def validator(self, validator: Address) -> ValidatorInfo:
        """Return one validator; reverts for an unknown one."""
        self._record(validator)
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
        return tuple(self.set_members())

    @view
    def delegation(self, validator: Address, delegator: Address) -> tuple[u256, u256]:
        """Return a delegator's shares and what they are worth in wei."""
        shares = self.shares_of[validator][delegator]
        return shares, self._value(self.records[validator], shares)

    @view
    def unbondings(self, delegator: Address) -> tuple[UnbondingInfo, ...]:
        """Return a delegator's entries that were not withdrawn; at most 32."""
        entries = self.entries[delegator]
        self.ctx.use_gas(SET_MEMBER_GAS * len(entries))
        seconds = self.unbonding_seconds
        return tuple(
            UnbondingInfo(
                entry.validator,
                entry.amount,
                payable_amount(entry, self.records[entry.validator]),
                entry.opened_at,
                entry.opened_at + seconds,
            )
            for entry in (entries[index] for index in range(len(entries)))
        )

    @view
    def epoch_record(self, epoch: u64) -> tuple[bytes32, u64, u64]:
        """Return an epoch's set hash, start height and start time in ms; zeros when unknown."""
        record = self.epochs[epoch]
        return record.set_hash, record.start_height, record.start_time_ms

    # --- parts ------------------------------------------------------------------------------

    def _record(self, validator: bytes) -> ValidatorRecord:
        record = self.records[validator]
        if record.operator == bytes(20):
            raise revert(UnknownValidator(validator))
        return record

    def _own_validator(self) -> bytes:
        validator = self.validator_by_operator[self.ctx.caller]
        if not any(validator):
            raise revert(NotOperator())
        return validator

    def _create(
        self,
        validator: bytes,
        operator: bytes,
        public_key: bytes,
        fee_recipient: bytes,
        name: str,
        commission_bps: int,
        self_bond_min: int,
    ) -> None:
        record = self.records[validator]
        record.operator = operator
        record.commission_bps = commission_bps
        record.fee_recipient = fee_recipient
        record.self_bond_min = self_bond_min
        record.public_key = public_key
        record.name = name
        self.validator_by_operator[operator] = validator
        self.registered.push(validator)

    def _bond(self, validator: bytes, delegator: bytes, amount: int) -> int:
        """Add tokens and shares; one share is one wei until the first slash."""
        record = self.records[validator]
        tokens, total = record.tokens, record.shares
        if record.is_tombstoned or (total and not tokens):
            raise revert(NoNewDelegation(validator))
        shares = mul_div(amount, total, tokens) if total else amount
        if shares == 0:
            raise revert(BondTooSmall(amount, -(-tokens // total)))
        record.tokens = tokens + amount
        record.shares = total + shares
        self.shares_of[validator][delegator] += shares
        self.bonded_total += amount
        self.emit(Delegated(validator, delegator, amount, shares))
        return shares

    def _value(self, record: ValidatorRecord, shares: int) -> int:
        total = record.shares
        return shares * record.tokens // total if total else 0

    def _enter(self, validator: bytes) -> None:
        """Put a validator on the candidate list; when it is full the weakest makes room."""
        candidates = self.candidate_list
        record = self.records[validator]
        if len(candidates) >= CANDIDATES_MAX:
            self.ctx.use_gas(SET_MEMBER_GAS * CANDIDATES_MAX)
            ranked = [
                (self.records[candidates[index]].tokens, candidates[index])
                for index in range(CANDIDATES_MAX)
            ]
            weakest, loser = min(ranked)
            if record.tokens <= weakest:
                raise revert(CandidatesFull(weakest))
            self._leave(loser, self.records[loser])
        record.candidate_place = candidates.push(validator) + 1

    def _leave(self, validator: bytes, record: ValidatorRecord) -> None:
        """Take a candidate off the list; the last one takes its place."""
        candidates = self.candidate_list
        place = record.candidate_place
        last = candidates[len(candidates) - 1]
        candidates[place - 1] = last
        self.records[last].candidate_place = place
        record.candidate_place = 0
        candidates.pop(bytes(20))
        self.emit(CandidateLeft(validator))

    def _elect(self, epoch: int) -> None:
        """Store the set of ``epoch``; when nobody is eligible the present set goes on."""
        candidates = self.candidate_list
        pool = [candidates[index] for index in range(len(candidates))]
        elected = elect([(validator, self.records[validator].tokens) for validator in pool])
        members = self.members
        if elected:
            for index, (validator, power) in enumerate(elected):
                member = members[index] if index < len(members) else members.grow()
                member.validator = validator
                member.power = power
            self._shrink_members(len(elected))
            self.next_set = set_hash(self.set_members())
        record = self.epochs[epoch]
        record.set_hash = self.next_set
        record.start_height = self.ctx.block.height + 1
        record.start_time_ms = self.ctx.block.time_ms
        self.emit(NextSet(epoch, self.next_set, len(members)))

    def _shrink_members(self, count: int) -> None:
        members = self.members
        while len(members) > count:
            members[len(members) - 1].clear()
            members.cut()

    def set_members(self) -> list[SetMember]:
        """Return the set that the latest terminal block elected, in its order."""
        members = self.members
        rows = (members[index] for index in range(min(len(members), SET_MAX)))
        return [
            SetMember(row.validator, self.records[row.validator].public_key, row.power)
            for row in rows
        ]

    def _evidence_seconds(self) -> int:
        """Return how long evidence is accepted: the unbonding period less a day (I5)."""
        seconds = self.unbonding_seconds
        return seconds - min(EVIDENCE_MARGIN_MAX, seconds // 8)

    def _slash(self, validator: bytes, record: ValidatorRecord, epoch: int) -> int:
        bonded = record.tokens * SLASH_PERCENT // 100
        unbonding = opened_since(record, epoch) * SLASH_PERCENT // 100
        reward = (bonded + unbonding) * REPORTER_PERCENT // 100
        record.tokens -= bonded
        record.is_tombstoned = True
        record.fault_epoch = epoch
        self.bonded_total -= bonded
        self.unbonding_total -= unbonding
        if record.candidate_place:
            self._leave(validator, record)
        self.emit(Slashed(validator, self.ctx.caller, epoch, bonded, unbonding, reward))
        self.ctx.burn(bonded + unbonding - reward)
        self.ctx.transfer(self.ctx.caller, reward)
        return reward

    def _info(self, validator: bytes) -> ValidatorInfo:
        record = self.records[validator]
        return ValidatorInfo(
            validator=validator,
            operator=record.operator,
            fee_recipient=record.fee_recipient,
            public_key=record.public_key,
            name=record.name,
            commission_bps=record.commission_bps,
            tokens=record.tokens,
            shares=record.shares,
            is_candidate=record.candidate_place != 0,
            is_tombstoned=record.is_tombstoned,
        )


def validator_set(reader: Reader) -> tuple[Validator, ...]:
    """Return the set that the latest terminal block elected, read from staking's storage.

    In a terminal block's post-state this is the next epoch's set, elsewhere the current one.
    """
    return tuple(
        Validator(address=AccountAddress(row.validator), public_key=row.public_key, power=row.power)
        for row in Staking(ReadOnlyWords(reader)).set_members()
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
