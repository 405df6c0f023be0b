"""Changes of a vault's rules: what tightens acts at once, what loosens waits for the time lock.

A pause stops delayed changes except guardian rotation, a pending recovery stops all of them.
"""

from typing import Final

from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.types import Address, abi_type, bytes4, u64, u128
from contracts.guardian.v1.failures import (
    AllowanceTooLarge,
    BadLifetime,
    BadLimits,
    DataTooLong,
    NotReady,
    NotTooLate,
    OwnRemoval,
    StaleChange,
    TooLate,
    TooMany,
    UnknownRule,
    UnknownSessionKey,
    WrongStatus,
)
from contracts.guardian.v1.messages import (
    AgentChanged,
    ChangeCancelled,
    ChangeExecuted,
    ChangeExpired,
    ChangeQueued,
    GuardiansChanged,
    Limits,
    LockSecondsChanged,
    RuleChanged,
    SessionAllowance,
    SessionKeyAdded,
    SessionKeyRemoved,
)
from contracts.guardian.v1.operations import Operations
from contracts.guardian.v1.records import Budget, Change, ChangeKind, Role, Status, Vault
from contracts.guardian.v1.vaults import (
    are_ordered,
    budget_key,
    rule_key,
    session_budget_key,
    unlist,
)
from contracts.guardian.v1.weights import ADDRESS_ROW_GAS
from primitives.abi import AbiType, decode, encode
from primitives.types import ZERO_ADDRESS

PAYLOAD_BYTES_MAX: Final = 8_192
AT_ONCE: Final = 0
"""The change id of a change that did not wait."""

PAYLOADS: Final[dict[ChangeKind, tuple[str | AbiType, ...]]] = {
    ChangeKind.LIMITS: ("address", abi_type(Limits)),
    ChangeKind.GUARDIANS: ("address[]",),
    ChangeKind.ALLOW: ("address", "bytes4", "uint128", "uint128"),
    ChangeKind.SESSION: ("address", "uint64", abi_type(tuple[SessionAllowance, ...])),
    ChangeKind.AGENT: ("address",),
    ChangeKind.LOCK_SECONDS: ("uint64",),
}
"""What the payload of each kind encodes."""


class Changes(Operations):
    """The guardian's changes of rules; each call is the owner's unless it says otherwise."""

    __slots__ = ()

    @call
    def set_limits(self, vault: Address, asset: Address, limits: Limits) -> u64:
        """Set an asset's limits (zero address: AIT); returns the change's id, 0 if done at once.

        A cut acts at once and voids waiting changes of the same limits. Anything else, and the
        first limits of a token, waits.
        """
        self._vault_of_owner(vault)
        if not are_ordered(limits):
            raise revert(BadLimits())
        budget = self.budgets[budget_key(vault, asset)]
        if budget.is_set and _is_cut(budget, limits):
            self._write_limits(vault, asset, limits)
            return AT_ONCE
        return self._queue_change(vault, ChangeKind.LIMITS, (asset, limits), budget.revision)

    @call
    def set_lock_seconds(self, vault: Address, seconds: u64) -> u64:
        """Set how long operations wait; returns the change's id, 0 for a longer lock, at once."""
        record = self._vault_of_owner(vault)
        self._check_lock_seconds(seconds)
        if seconds >= record.lock_seconds:
            record.lock_seconds = seconds
            self.emit(LockSecondsChanged(vault, seconds))
            return AT_ONCE
        return self._queue_change(vault, ChangeKind.LOCK_SECONDS, (seconds,))

    @call
    def set_agent(self, vault: Address, agent: Address) -> u64:
        """Set the agent; returns the change's id. Zero removes it at once and returns 0."""
        record = self._vault_of_owner(vault)
        if not any(agent):
            self._write_agent(vault, record, agent)
            return AT_ONCE
        self._check_account(vault, agent)
        return self._queue_change(vault, ChangeKind.AGENT, (agent,))

    @call
    def rotate_guardians(self, vault: Address, guardians: tuple[Address, ...]) -> u64:
        """Replace the guardians, all at once; returns the change's id."""
        self._vault_of_owner(vault)
        self._check_guardian_count(guardians)
        return self._queue_change(vault, ChangeKind.GUARDIANS, (guardians,))

    @call
    def allow(
        self,
        vault: Address,
        target: Address,
        selector: bytes4,
        value_max: u128,
        amount_max: u128,
    ) -> u64:
        """Put a call on the allowlist; returns the change's id.

        It frees calls of ``selector`` at ``target`` from the time lock while they send at most
        ``value_max`` wei and, as a token transfer, move at most ``amount_max``; limits, the lock's
        threshold and the wait of approve-type calls stay.
        """
        self._vault_of_owner(vault)
        payload = (target, selector, value_max, amount_max)
        return self._queue_change(vault, ChangeKind.ALLOW, payload)

    @call
    def disallow(self, vault: Address, target: Address, selector: bytes4) -> None:
        """Take a call off the allowlist, at once; frozen while a recovery is pending."""
        self._check_not_frozen(self._vault_of_owner(vault))
        rule = self.rules[vault][rule_key(target, selector)]
        if not rule.is_set:
            raise revert(UnknownRule())
        rule.clear()
        self.emit(RuleChanged(vault, target, selector, False, 0, 0))

    @call
    def add_session_key(
        self,
        vault: Address,
        key: Address,
        lifetime_seconds: u64,
        allowances: tuple[SessionAllowance, ...],
    ) -> u64:
        """Add a session key with limits of its own; returns the change's id.

        Its lifetime runs from the change's execution. It may spend no other assets.
        """
        self._vault_of_owner(vault)
        self._check_account(vault, key)
        maximum = self.session_seconds_max
        if not 0 < lifetime_seconds <= maximum:
            raise revert(BadLifetime(maximum))
        maximum = self.session_assets_max
        if len(allowances) > maximum:
            raise revert(TooMany(maximum))
        for allowance in allowances:
            self._check_allowance(vault, allowance)
        payload = (key, lifetime_seconds, allowances)
        return self._queue_change(vault, ChangeKind.SESSION, payload)

    @call
    def remove_session_key(self, vault: Address, key: Address) -> None:
        """Remove a session key, at once."""
        record = self._vault_of_owner(vault)
        if self.roles[vault][key] != Role.SESSION:
            raise revert(UnknownSessionKey(key))
        keys = record.session_keys
        self.ctx.use_gas(ADDRESS_ROW_GAS * len(keys))
        place = next(index for index in range(len(keys)) if keys[index] == key)
        keys[place] = keys[len(keys) - 1]
        keys.pop(ZERO_ADDRESS)
        self._drop_session(vault, key)

    @call
    def execute_change(self, change_id: u64) -> None:
        """Bring a change into force whose time lock has passed; anybody may."""
        change = self._pending_change(change_id)
        vault = change.vault
        record = self.records[vault]
        kind = ChangeKind(change.kind)
        if kind != ChangeKind.GUARDIANS:
            self._check_not_paused(record)
        self._check_not_frozen(record)
        if not self._is_ready(record, change):
            raise revert(NotReady())
        if self._is_late(record, change):
            raise revert(TooLate())
        payload, revision = change.payload, change.revision
        self._finish_change(record, change, Status.EXECUTED)
        self.emit(ChangeExecuted(change_id, vault))
        values = decode(PAYLOADS[kind], payload)
        match kind:
            case ChangeKind.LIMITS:
                asset, limits = values
                if self.budgets[budget_key(vault, asset)].revision != revision:
                    raise revert(StaleChange())
                self._write_limits(vault, asset, limits)
            case ChangeKind.GUARDIANS:
                self._write_guardians(vault, record, *values)
            case ChangeKind.ALLOW:
                self._write_rule(vault, *values)
            case ChangeKind.SESSION:
                self._write_session(vault, record, *values)
            case ChangeKind.AGENT:
                self._write_agent(vault, record, *values)
            case _:  # LOCK_SECONDS
                (record.lock_seconds,) = values
                self.emit(LockSecondsChanged(vault, record.lock_seconds))

    @call(reserved=True)
    def cancel_change(self, change_id: u64) -> None:
        """Take a waiting change back; for the owner, and guardians whom it does not remove."""
        change = self._pending_change(change_id)
        vault, caller = change.vault, self.ctx.caller
        role = self._check_owner_or_guardian(vault)
        if role == Role.GUARDIAN and change.kind == ChangeKind.GUARDIANS:
            (guardians,) = decode(PAYLOADS[ChangeKind.GUARDIANS], change.payload)
            if caller not in guardians:
                raise revert(OwnRemoval())
        self._finish_change(self.records[vault], change, Status.CANCELLED)
        self.emit(ChangeCancelled(change_id, vault, caller))

    @call
    def expire_change(self, change_id: u64) -> None:
        """Free the place of a change that can no longer be executed; anybody may."""
        change = self._pending_change(change_id)
        record = self.records[change.vault]
        if not self._is_late(record, change):
            raise revert(NotTooLate())
        self._finish_change(record, change, Status.EXPIRED)
        self.emit(ChangeExpired(change_id, change.vault))

    # --- parts ------------------------------------------------------------------------------

    def _queue_change(
        self, vault: bytes, kind: ChangeKind, values: tuple[object, ...], revision: int = 0
    ) -> int:
        """Store a change that waits, and return its id."""
        record = self.records[vault]
        self._check_not_frozen(record)
        payload = encode(PAYLOADS[kind], values)
        if len(payload) > PAYLOAD_BYTES_MAX:
            raise revert(DataTooLong(PAYLOAD_BYTES_MAX))
        pending, maximum = record.pending_change_ids, self.changes_max
        if len(pending) >= maximum:
            raise revert(TooMany(maximum))
        change_id = self.change_count + 1
        self.change_count = change_id
        change = self.change_by_id[change_id]
        change.vault = vault
        change.kind = kind
        change.status = Status.PENDING
        change.place = pending.push(change_id) + 1
        change.revision = revision
        change.delay_seconds = delay = record.lock_seconds
        change.queued_at.stamp(self.ctx.block)
        change.payload = payload
        record.change_ids.push(change_id)
        self.emit(ChangeQueued(change_id, vault, kind, payload, delay))
        return change_id

    def _pending_change(self, change_id: int) -> Change:
        change = self.change_by_id[change_id]
        if change.status != Status.PENDING:
            raise revert(WrongStatus(change.status))
        return change

    def _finish_change(self, record: Vault, change: Change, status: Status) -> None:
        """Take a change off the list of pending ones."""
        place = change.place
        moved = unlist(record.pending_change_ids, place)
        if moved:
            self.change_by_id[moved].place = place
        change.place = 0
        change.status = status

    def _write_agent(self, vault: bytes, record: Vault, agent: bytes) -> None:
        before = record.agent
        if any(before):
            self._forget_role(vault, before)
        if any(agent):
            self._take_role(vault, agent, Role.AGENT)
        record.agent = agent
        self.emit(AgentChanged(vault, agent))

    def _write_guardians(self, vault: bytes, record: Vault, guardians: tuple[bytes, ...]) -> None:
        self._check_guardian_count(guardians)
        seated = record.guardians
        for index in reversed(range(len(seated))):
            before = seated[index]
            self._forget_role(vault, before)
            if before not in guardians:
                self.seats[vault][before].candidate = ZERO_ADDRESS
            seated.pop(ZERO_ADDRESS)
        for guardian in guardians:
            self._take_role(vault, guardian, Role.GUARDIAN)
            seated.push(guardian)
        self.emit(GuardiansChanged(vault, guardians))

    def _write_rule(
        self, vault: bytes, target: bytes, selector: bytes, value_max: int, amount_max: int
    ) -> None:
        rule = self.rules[vault][rule_key(target, selector)]
        rule.is_set = True
        rule.value_max, rule.amount_max = value_max, amount_max
        self.emit(RuleChanged(vault, target, selector, True, value_max, amount_max))

    def _write_session(
        self,
        vault: bytes,
        record: Vault,
        key: bytes,
        lifetime_seconds: int,
        allowances: tuple[SessionAllowance, ...],
    ) -> None:
        maximum = self.session_keys_max
        if len(record.session_keys) >= maximum:
            raise revert(TooMany(maximum))
        self._take_role(vault, key, Role.SESSION)
        record.session_keys.push(key)
        record.sessions_made = number = record.sessions_made + 1
        session = self.sessions[vault][key]
        session.number = number
        session.lifetime_seconds = lifetime_seconds
        session.added_at.stamp(self.ctx.block)
        for allowance in allowances:
            self._check_allowance(vault, allowance)
            budget = self.budgets[session_budget_key(vault, number, allowance.asset)]
            budget.is_set = True
            budget.transaction, budget.hour = allowance.transaction, allowance.hour
            budget.day, budget.week = allowance.day, allowance.week
        self.emit(SessionKeyAdded(vault, key, lifetime_seconds))

    def _check_allowance(self, vault: bytes, allowance: SessionAllowance) -> None:
        """A session key's limits are ordered and at most the vault's."""
        budget = self.budgets[budget_key(vault, allowance.asset)]
        limits = Limits(
            allowance.transaction, allowance.hour, allowance.day, allowance.week, budget.lock
        )
        if not are_ordered(limits):
            raise revert(BadLimits())
        if not budget.is_set or not _is_cut(budget, limits):
            raise revert(AllowanceTooLarge(allowance.asset))

    def _drop_session(self, vault: bytes, key: bytes) -> None:
        """Take a session key's right, the list apart."""
        self.sessions[vault][key].clear()
        self._forget_role(vault, key)
        self.emit(SessionKeyRemoved(vault, key))


def _is_cut(budget: Budget, limits: Limits) -> bool:
    """Answer whether no limit rises."""
    return (
        limits.transaction <= budget.transaction
        and limits.hour <= budget.hour
        and limits.day <= budget.day
        and limits.week <= budget.week
        and limits.lock <= budget.lock
    )
