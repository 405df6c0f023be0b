"""Pauses and recovery: what guardians do together.

Votes are kept by guardian and counted over the present guardians, so a rotation takes a former
guardian's voice with it.
"""

from typing import Final

from contracts.framework.contract import call
from contracts.framework.messages import revert
from contracts.framework.types import Address
from contracts.guardian.v1.changes import Changes
from contracts.guardian.v1.failures import (
    CannotObject,
    NoRecovery,
    NotPaused,
    NotReady,
    PauseTooSoon,
    VaultPaused,
)
from contracts.guardian.v1.messages import (
    AgentChanged,
    ChangeCancelled,
    OperationCancelled,
    OwnerRecovered,
    PauseConfirmed,
    Paused,
    RecoveryEnded,
    RecoveryStarted,
    RecoverySupported,
    Unpaused,
)
from contracts.guardian.v1.records import Role, Status, Vault
from contracts.guardian.v1.vaults import is_set
from contracts.guardian.v1.weights import ADDRESS_ROW_GAS
from primitives.types import ZERO_ADDRESS

FINAL_DELAY_FACTOR: Final = 2
"""A recovery after an objection takes this many times the ordinary delay."""


class Recovery(Changes):
    """The guardian's pauses and recoveries."""

    __slots__ = ()

    # --- pause ------------------------------------------------------------------------------

    @call
    def pause(self, vault: Address) -> None:
        """Stop the vault's operations; for a guardian, once in its cooldown."""
        record = self._vault_of_guardian(vault)
        if self._is_paused(record):
            raise revert(VaultPaused())
        guardian = self.ctx.caller
        seat = self.seats[vault][guardian]
        cooldown = self.pause_cooldown_seconds
        paused_at = seat.paused_at
        if is_set(paused_at) and not paused_at.has_passed(self.ctx.block, cooldown):
            raise revert(PauseTooSoon(cooldown))
        paused_at.stamp(self.ctx.block)
        record.pause_number = number = record.pause_number + 1
        record.paused_by = guardian
        record.paused_at.stamp(self.ctx.block)
        seat.confirmed = number
        self.emit(Paused(vault, guardian))

    @call
    def confirm_pause(self, vault: Address) -> None:
        """Confirm a pause; confirmed by a majority it lasts until a majority ends it.

        The guardian that paused has confirmed.
        """
        record = self._vault_of_guardian(vault)
        if not self._is_paused(record) or record.is_pause_confirmed:
            raise revert(NotPaused())
        guardian, number = self.ctx.caller, record.pause_number
        self.seats[vault][guardian].confirmed = number
        seats = [self.seats[vault][account] for account in self._guardians(record)]
        is_confirmed = 2 * sum(seat.confirmed == number for seat in seats) > len(seats)
        record.is_pause_confirmed = is_confirmed
        self.emit(PauseConfirmed(vault, guardian, is_confirmed))

    @call
    def unpause(self, vault: Address) -> None:
        """Ask to end a pause; a majority of the guardians ends it."""
        record = self._vault_of_guardian(vault)
        if not self._is_paused(record):
            raise revert(NotPaused())
        guardian, number = self.ctx.caller, record.pause_number
        self.seats[vault][guardian].unpaused = number
        seats = [self.seats[vault][account] for account in self._guardians(record)]
        is_ended = 2 * sum(seat.unpaused == number for seat in seats) > len(seats)
        if is_ended:
            record.paused_by = ZERO_ADDRESS
            record.is_pause_confirmed = False
        self.emit(Unpaused(vault, guardian, is_ended))

    # --- recovery ---------------------------------------------------------------------------

    @call
    def support_recovery(self, vault: Address, candidate: Address) -> None:
        """Support a new owner (zero: nobody); for guardians, whose last word counts.

        With enough support the recovery begins, and its delay. It ends when the support falls
        below that again. Calling again with the same candidate counts anew, for example once the
        time after an objection has passed.
        """
        record = self._vault_of_guardian(vault)
        if any(candidate):
            self._check_account(vault, candidate)
        guardian = self.ctx.caller
        self.seats[vault][guardian].candidate = candidate
        self.emit(RecoverySupported(vault, guardian, candidate))
        pending = record.candidate
        if any(pending):
            needed = self._support_needed(record, is_final=record.is_final)
            if self._support(vault, record, pending) >= needed:
                return
            self._end_recovery(vault, record)
        if any(candidate):
            self._begin_recovery(vault, record, candidate)

    @call
    def object_to_recovery(self, vault: Address) -> None:
        """End the pending recovery; for the owner, unless it is one after an objection."""
        record = self._vault_of_owner(vault)
        if not any(record.candidate):
            raise revert(NoRecovery())
        if record.is_final:
            raise revert(CannotObject())
        self._clear_support(vault, record)
        record.objected_at.stamp(self.ctx.block)
        self._end_recovery(vault, record)

    @call
    def execute_recovery(self, vault: Address) -> None:
        """Make the candidate owner once the delay has passed; anybody may.

        The agent, session keys, approved hashes and everything that waits were the old owner's
        doing: they go. Limits, the allowlist and the guardians stay.
        """
        record = self._vault(vault)
        candidate = record.candidate
        if not any(candidate):
            raise revert(NoRecovery())
        delay = self._recovery_delay(is_final=record.is_final)
        if not record.recovery_at.has_passed(self.ctx.block, delay):
            raise revert(NotReady())
        old_owner = record.owner
        record.candidate = ZERO_ADDRESS
        record.is_final = False
        record.recovery_at.clear()
        record.objected_at.clear()
        record.generation += 1
        self._clear_support(vault, record)
        self._drop_keys(vault, record)
        self._cancel_all(vault, record)
        self._forget_role(vault, old_owner)
        self._take_role(vault, candidate, Role.OWNER)
        record.owner = candidate
        self.emit(OwnerRecovered(vault, old_owner, candidate))

    # --- parts ------------------------------------------------------------------------------

    def _guardians(self, record: Vault) -> tuple[bytes, ...]:
        guardians = record.guardians
        count = len(guardians)
        self.ctx.use_gas(ADDRESS_ROW_GAS * count)
        return tuple(guardians[index] for index in range(count))

    def _is_next_final(self, record: Vault) -> bool:
        """Answer whether a recovery that begins now follows an objection."""
        objected = record.objected_at
        return is_set(objected) and not objected.has_passed(self.ctx.block, self.objection_seconds)

    def _support_needed(self, record: Vault, *, is_final: bool) -> int:
        """Return how many guardians a recovery needs: a majority, and after an objection all but
        one at least.
        """
        count = len(record.guardians)
        majority = count // 2 + 1
        return max(majority, count - 1) if is_final else majority

    def _support(self, vault: bytes, record: Vault, candidate: bytes) -> int:
        seats = (self.seats[vault][account] for account in self._guardians(record))
        return sum(seat.candidate == candidate for seat in seats)

    def _recovery_delay(self, *, is_final: bool) -> int:
        return self.recovery_seconds * (FINAL_DELAY_FACTOR if is_final else 1)

    def _begin_recovery(self, vault: bytes, record: Vault, candidate: bytes) -> None:
        """Begin a recovery when it has the support that it needs."""
        is_final = self._is_next_final(record)
        needed = self._support_needed(record, is_final=is_final)
        if self._support(vault, record, candidate) < needed:
            return
        record.candidate = candidate
        record.is_final = is_final
        record.recovery_at.stamp(self.ctx.block)
        delay = self._recovery_delay(is_final=is_final)
        self.emit(RecoveryStarted(vault, candidate, is_final, delay))

    def _end_recovery(self, vault: bytes, record: Vault) -> None:
        """End a recovery without a new owner: what it froze waits anew."""
        candidate = record.candidate
        record.candidate = ZERO_ADDRESS
        record.is_final = False
        record.recovery_at.clear()
        record.thawed_at.stamp(self.ctx.block)
        self.emit(RecoveryEnded(vault, candidate, self.ctx.caller))

    def _clear_support(self, vault: bytes, record: Vault) -> None:
        for guardian in self._guardians(record):
            self.seats[vault][guardian].candidate = ZERO_ADDRESS

    def _drop_keys(self, vault: bytes, record: Vault) -> None:
        """Remove the agent and all session keys."""
        if any(record.agent):
            self._forget_role(vault, record.agent)
            record.agent = ZERO_ADDRESS
            self.emit(AgentChanged(vault, ZERO_ADDRESS))
        keys = record.session_keys
        for index in reversed(range(len(keys))):
            self._drop_session(vault, keys[index])
            keys.pop(ZERO_ADDRESS)

    def _cancel_all(self, vault: bytes, record: Vault) -> None:
        """Cancel every operation and change that waits; their lists are short."""
        caller = self.ctx.caller
        ids = record.pending_ids
        for index in reversed(range(len(ids))):
            operation_id = ids[index]
            operation = self.operation_by_id[operation_id]
            self._finish(record, operation, Status.CANCELLED)
            self.emit(OperationCancelled(operation_id, vault, caller))
        ids = record.pending_change_ids
        for index in reversed(range(len(ids))):
            change_id = ids[index]
            change = self.change_by_id[change_id]
            self._finish_change(record, change, Status.CANCELLED)
            self.emit(ChangeCancelled(change_id, vault, caller))
