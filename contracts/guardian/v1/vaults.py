"""Vaults of the guardian: parameters, storage, roles, creation, and the queues' common part."""

from typing import Final

from contracts.framework.clock import Moment
from contracts.framework.contract import Contract, call, view
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import (
    ADDRESS,
    BOOL,
    BYTES32,
    U8,
    U64,
    U128,
    ArrayHandle,
    Slot,
    array,
    mapping,
    struct,
)
from contracts.framework.types import Address, bytes32, camel, u64
from contracts.guardian.v1.account import ACCOUNT_CODE, account_address, account_salt
from contracts.guardian.v1.failures import (
    ERRORS,
    BadAccount,
    BadGuardianCount,
    BadLimits,
    BadLockSeconds,
    NotGuardian,
    NotOwner,
    NotOwnerOrGuardian,
    ParametersContradict,
    RecoveryPending,
    TooMany,
    UnknownPreset,
    UnknownVault,
    VaultPaused,
)
from contracts.guardian.v1.messages import EVENTS, Limits, LimitsChanged, VaultCreated
from contracts.guardian.v1.records import (
    Budget,
    Change,
    Operation,
    Role,
    Rule,
    Seat,
    Session,
    Vault,
)
from contracts.guardian.v1.weights import ADDRESS_ROW_GAS, WEIGHTS
from contracts.places import GUARDIAN_ADDRESS
from primitives.keccak import keccak256
from primitives.types import WEI_PER_AIT, ZERO_ADDRESS

NATIVE: Final = ZERO_ADDRESS
"""The name of AIT among the assets; tokens go by their addresses."""
HOUR_SECONDS: Final = 3_600
DAY_SECONDS: Final = 24 * HOUR_SECONDS
PAGE_MAX: Final = 100
ASSETS_MAX: Final = 32
"""Assets with limits in one vault: the vault's record lists them."""

PRESETS: Final = ("conservative", "aggressive", "high_security")


def _ait(default: int) -> Parameter:
    """Return a preset's amount, in AIT."""
    return Parameter(
        U128, default=default * WEI_PER_AIT, minimum=0, maximum=1_000_000_000 * WEI_PER_AIT
    )


def _seconds(default: int, minimum: int, maximum: int) -> Parameter:
    return Parameter(U64, default=default, minimum=minimum, maximum=maximum)


class Vaults(Contract):
    """The common part of the guardian contract."""

    __slots__ = ()

    name = "guardian"
    events = EVENTS
    errors = ERRORS
    weights = WEIGHTS

    lock_seconds_min = _seconds(HOUR_SECONDS, 60, 168 * HOUR_SECONDS)
    lock_seconds_max = _seconds(168 * HOUR_SECONDS, HOUR_SECONDS, 720 * HOUR_SECONDS)
    preset_lock_seconds = _seconds(DAY_SECONDS, HOUR_SECONDS, 168 * HOUR_SECONDS)
    expiry_seconds = _seconds(14 * DAY_SECONDS, DAY_SECONDS, 90 * DAY_SECONDS)
    pause_seconds = _seconds(72 * HOUR_SECONDS, HOUR_SECONDS, 336 * HOUR_SECONDS)
    pause_cooldown_seconds = _seconds(30 * DAY_SECONDS, DAY_SECONDS, 365 * DAY_SECONDS)
    recovery_seconds = _seconds(48 * HOUR_SECONDS, HOUR_SECONDS, 30 * DAY_SECONDS)
    objection_seconds = _seconds(30 * DAY_SECONDS, DAY_SECONDS, 365 * DAY_SECONDS)
    session_seconds_max = _seconds(90 * DAY_SECONDS, HOUR_SECONDS, 365 * DAY_SECONDS)
    pending_max = Parameter(U8, default=32, minimum=1, maximum=64)
    changes_max = Parameter(U8, default=16, minimum=1, maximum=32)
    guardians_min = Parameter(U8, default=3, minimum=3, maximum=7)
    guardians_max = Parameter(U8, default=15, minimum=7, maximum=31)
    session_keys_max = Parameter(U8, default=16, minimum=1, maximum=32)
    session_assets_max = Parameter(U8, default=8, minimum=1, maximum=16)
    conservative_transaction = _ait(100)
    conservative_hour = _ait(500)
    conservative_day = _ait(2_000)
    conservative_week = _ait(10_000)
    conservative_lock = _ait(80)
    aggressive_transaction = _ait(1_000)
    aggressive_hour = _ait(5_000)
    aggressive_day = _ait(20_000)
    aggressive_week = _ait(100_000)
    aggressive_lock = _ait(800)
    high_security_transaction = _ait(50)
    high_security_hour = _ait(200)
    high_security_day = _ait(1_000)
    high_security_week = _ait(5_000)
    high_security_lock = _ait(40)

    records = Slot(mapping(ADDRESS, struct(Vault)))
    roles = Slot(mapping(ADDRESS, mapping(ADDRESS, U8)))
    seats = Slot(mapping(ADDRESS, mapping(ADDRESS, struct(Seat))))
    sessions = Slot(mapping(ADDRESS, mapping(ADDRESS, struct(Session))))
    budgets = Slot(mapping(BYTES32, struct(Budget)))
    rules = Slot(mapping(ADDRESS, mapping(BYTES32, struct(Rule))))
    approved = Slot(mapping(BYTES32, BOOL))
    operation_count = Slot(U64)
    change_count = Slot(U64)
    operation_by_id = Slot(mapping(U64, struct(Operation)))
    change_by_id = Slot(mapping(U64, struct(Change)))
    vault_list = Slot(array(ADDRESS))

    def check_cross_rules(self) -> None:
        """Refuse parameters that contradict each other."""
        if self.lock_seconds_min > self.lock_seconds_max:
            raise revert(ParametersContradict("lockSecondsMax"))
        if not self.lock_seconds_min <= self.preset_lock_seconds <= self.lock_seconds_max:
            raise revert(ParametersContradict("presetLockSeconds"))
        for preset in PRESETS:
            if not are_ordered(self._preset(preset)):
                raise revert(ParametersContradict(preset))

    # --- creation ---------------------------------------------------------------------------

    @call
    def create_vault(
        self,
        agent: Address,
        guardians: tuple[Address, ...],
        limits: Limits,
        lock_seconds: u64,
        salt: bytes32,
    ) -> Address:
        """Create a vault of the caller and return its address; ``agent`` may be zero.

        ``limits`` are those of AIT, ``lock_seconds`` how long operations at or above the lock wait.
        """
        return self._create(agent, guardians, limits, lock_seconds, salt)

    @call
    def create_vault_from_preset(
        self, preset: str, agent: Address, guardians: tuple[Address, ...], salt: bytes32
    ) -> Address:
        """Create a vault of the caller with a preset's limits and the presets' time lock."""
        if preset not in PRESETS:
            raise revert(UnknownPreset(preset))
        limits = self._preset(preset)
        return self._create(agent, guardians, limits, self.preset_lock_seconds, salt)

    @view
    def predict_vault(self, owner: Address, salt: bytes32) -> Address:
        """Return where the vault of an owner and a salt stands or would stand."""
        return account_address(owner, salt)

    def _create(
        self,
        agent: bytes,
        guardians: tuple[bytes, ...],
        limits: Limits,
        lock_seconds: int,
        salt: bytes,
    ) -> bytes:
        owner = self.ctx.caller
        if not are_ordered(limits):
            raise revert(BadLimits())
        self._check_lock_seconds(lock_seconds)
        self._check_guardian_count(guardians)
        vault = self.ctx.deploy(ACCOUNT_CODE, account_salt(owner, salt))
        record = self.records[vault]
        record.owner = owner
        record.lock_seconds = lock_seconds
        self._take_role(vault, owner, Role.OWNER)
        if any(agent):
            record.agent = agent
            self._take_role(vault, agent, Role.AGENT)
        for guardian in guardians:
            self._take_role(vault, guardian, Role.GUARDIAN)
            record.guardians.push(guardian)
        self.vault_list.push(vault)
        self.emit(VaultCreated(vault, owner, agent, guardians, limits, lock_seconds))
        self._write_limits(vault, NATIVE, limits)
        return vault

    def _preset(self, preset: str) -> Limits:
        transaction, hour, day, week, lock = (
            self.governed[key].__get__(self, type(self)) for key in _preset_keys(preset)
        )
        return Limits(transaction, hour, day, week, lock)

    # --- parts ------------------------------------------------------------------------------

    def _vault(self, vault: bytes) -> Vault:
        record = self.records[vault]
        if not any(record.owner):
            raise revert(UnknownVault(vault))
        return record

    def _vault_of_owner(self, vault: bytes) -> Vault:
        """Return a vault whose owner the caller is."""
        record = self._vault(vault)
        if record.owner != self.ctx.caller:
            raise revert(NotOwner())
        return record

    def _vault_of_guardian(self, vault: bytes) -> Vault:
        """Return a vault whose guardian the caller is."""
        record = self._vault(vault)
        if self.roles[vault][self.ctx.caller] != Role.GUARDIAN:
            raise revert(NotGuardian())
        return record

    def _check_owner_or_guardian(self, vault: bytes) -> Role:
        role = Role(self.roles[vault][self.ctx.caller])
        if role not in (Role.OWNER, Role.GUARDIAN):
            raise revert(NotOwnerOrGuardian())
        return role

    def _check_account(self, vault: bytes, account: bytes) -> None:
        """Refuse an account that cannot take a role: roles are distinct."""
        is_own = account in (ZERO_ADDRESS, vault, GUARDIAN_ADDRESS)
        if is_own or self.roles[vault][account] != Role.NONE:
            raise revert(BadAccount(account))

    def _take_role(self, vault: bytes, account: bytes, role: Role) -> None:
        self._check_account(vault, account)
        self.roles[vault][account] = role

    def _check_guardian_count(self, guardians: tuple[bytes, ...]) -> None:
        minimum, maximum = self.guardians_min, self.guardians_max
        if not minimum <= len(guardians) <= maximum:
            raise revert(BadGuardianCount(minimum, maximum))
        self.ctx.use_gas(ADDRESS_ROW_GAS * len(guardians))

    def _check_lock_seconds(self, seconds: int) -> None:
        minimum, maximum = self.lock_seconds_min, self.lock_seconds_max
        if not minimum <= seconds <= maximum:
            raise revert(BadLockSeconds(minimum, maximum))

    def _check_not_paused(self, record: Vault) -> None:
        if self._is_paused(record):
            raise revert(VaultPaused())

    def _check_not_frozen(self, record: Vault) -> None:
        if any(record.candidate):
            raise revert(RecoveryPending())

    def _is_paused(self, record: Vault) -> bool:
        if not any(record.paused_by):
            return False
        if record.is_pause_confirmed:
            return True
        return not record.paused_at.has_passed(self.ctx.block, self.pause_seconds)

    def _write_limits(self, vault: bytes, asset: bytes, limits: Limits) -> None:
        budget = self.budgets[budget_key(vault, asset)]
        if not budget.is_set:
            assets = self.records[vault].assets
            if len(assets) >= ASSETS_MAX:
                raise revert(TooMany(ASSETS_MAX))
            assets.push(asset)
            budget.is_set = True
        budget.revision += 1
        budget.transaction, budget.hour = limits.transaction, limits.hour
        budget.day, budget.week, budget.lock = limits.day, limits.week, limits.lock
        self.emit(LimitsChanged(vault, asset, limits))

    def _is_ready(self, record: Vault, entry: Operation | Change) -> bool:
        """Answer whether a queued entry has waited: since it was queued, and since the last
        recovery that froze it ended.
        """
        block, delay = self.ctx.block, entry.delay_seconds
        thawed = record.thawed_at
        has_thawed = not is_set(thawed) or thawed.has_passed(block, delay)
        return has_thawed and entry.queued_at.has_passed(block, delay)

    def _is_late(self, record: Vault, entry: Operation | Change) -> bool:
        """Answer whether a queued entry can no longer be executed."""
        block, seconds = self.ctx.block, entry.delay_seconds + self.expiry_seconds
        thawed = record.thawed_at
        has_thawed = not is_set(thawed) or thawed.has_passed(block, seconds)
        return has_thawed and entry.queued_at.has_passed(block, seconds)

    def _forget_role(self, vault: bytes, account: bytes) -> None:
        self.roles[vault][account] = Role.NONE


def are_ordered(limits: Limits) -> bool:
    """Answer whether limits rise with their windows."""
    return limits.transaction <= limits.hour <= limits.day <= limits.week


def budget_key(vault: bytes, asset: bytes) -> bytes:
    """Return the key of a vault's budget."""
    return keccak256(vault + asset)


def session_budget_key(vault: bytes, number: int, asset: bytes) -> bytes:
    """Return the key of a session key's budget."""
    return keccak256(vault + asset + number.to_bytes(8, "big"))


def hash_key(vault: bytes, generation: int, approved_hash: bytes) -> bytes:
    """Return the key of an approved hash; another generation knows nothing of it."""
    return keccak256(vault + approved_hash + generation.to_bytes(4, "big"))


def rule_key(target: bytes, selector: bytes) -> bytes:
    """Return the key of an allowlist entry."""
    return (target + selector).ljust(32, b"\0")


def is_set(moment: Moment) -> bool:
    """Answer whether a moment was ever stamped."""
    return bool(moment.ctx.sload(moment.base_slot))


def unlist(ids: ArrayHandle[int], place: int) -> int:
    """Take the entry at ``place`` (counted from one) off a list; the last one takes its place.

    Returns the id that now stands there, 0 when the entry was the last.
    """
    last = ids[len(ids) - 1]
    is_last = place == len(ids)
    if not is_last:
        ids[place - 1] = last
    ids.pop(0)
    return 0 if is_last else last


def _preset_keys(preset: str) -> tuple[str, ...]:
    return tuple(
        f"{camel(preset)}{limit}" for limit in ("Transaction", "Hour", "Day", "Week", "Lock")
    )
