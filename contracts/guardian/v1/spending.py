"""What a call spends, whether the limits allow it, and whether it has to wait."""

from dataclasses import dataclass
from typing import Final

from contracts.framework.messages import revert
from contracts.guardian.v1.calldata import CallKind, read_call
from contracts.guardian.v1.failures import (
    BadTarget,
    LimitExceeded,
    NotInitiator,
    SessionKeyLimited,
)
from contracts.guardian.v1.records import Budget, Role
from contracts.guardian.v1.vaults import (
    NATIVE,
    Vaults,
    budget_key,
    rule_key,
    session_budget_key,
)
from contracts.guardian.v1.windows import WINDOWS, Ring, Window
from contracts.places import GUARDIAN_ADDRESS

NO_SESSION: Final = 0
WINDOW_TRANSACTION: Final = 0
"""The ``window`` of ``LimitExceeded`` for one operation; rings follow from 1."""


@dataclass(frozen=True, slots=True)
class Initiator:
    """Who starts an operation; ``session`` is the number of a session key, 0 for owner, agent."""

    account: bytes
    session: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a call spends of which asset, what it names, and whether it waits for the lock."""

    spends: tuple[tuple[bytes, int], ...]
    amount: int
    selector: bytes
    must_wait: bool


class Spending(Vaults):
    """The guardian's judgement of calls."""

    __slots__ = ()

    def _initiator(self, vault: bytes, account: bytes) -> Initiator:
        """Return an account that may start operations now."""
        role = self.roles[vault][account]
        if role in (Role.OWNER, Role.AGENT):
            return Initiator(account, NO_SESSION)
        if role == Role.SESSION and self._is_live(vault, account):
            return Initiator(account, self.sessions[vault][account].number)
        raise revert(NotInitiator(account))

    def _is_live(self, vault: bytes, key: bytes) -> bool:
        """Answer whether a session key has not expired."""
        session = self.sessions[vault][key]
        return not session.added_at.has_passed(self.ctx.block, session.lifetime_seconds)

    def _judge(
        self, vault: bytes, initiator: Initiator, target: bytes, value: int, data: bytes
    ) -> Verdict:
        """Judge a call; refuses one above a limit or beyond what a session key may do."""
        if target in (vault, GUARDIAN_ADDRESS):
            raise revert(BadTarget(target))
        claim = read_call(data)
        is_token = claim.kind in (CallKind.TRANSFER, CallKind.ALLOWANCE)
        spends: list[tuple[bytes, int]] = [(NATIVE, value)]
        must_wait = value >= self.budgets[budget_key(vault, NATIVE)].lock
        budget = self.budgets[budget_key(vault, target)]
        if is_token and target != NATIVE and budget.is_set:
            spends.append((target, claim.amount))
            must_wait = must_wait or claim.amount >= budget.lock
            is_covered = True
        else:
            is_covered = claim.kind == CallKind.PLAIN or self._is_allowed(
                vault, target, claim.selector, value, claim.amount
            )
            if initiator.session and (is_token or not is_covered):
                raise revert(SessionKeyLimited(initiator.account))
        is_approval = claim.kind == CallKind.ALLOWANCE and claim.amount > 0
        must_wait = must_wait or is_approval or not is_covered
        verdict = Verdict(tuple(spends), claim.amount, claim.selector, must_wait)
        self._check_spends(vault, initiator, verdict.spends)
        return verdict

    def _is_allowed(
        self, vault: bytes, target: bytes, selector: bytes, value: int, amount: int
    ) -> bool:
        """Answer whether the allowlist frees a call from the time lock."""
        if not selector:
            return False
        rule = self.rules[vault][rule_key(target, selector)]
        return rule.is_set and value <= rule.value_max and amount <= rule.amount_max

    def _check_spends(
        self, vault: bytes, initiator: Initiator, spends: tuple[tuple[bytes, int], ...]
    ) -> None:
        for asset, amount in spends:
            if not amount:
                continue
            for budget in self._budgets_for(vault, initiator, asset):
                self._check_budget(budget, asset, amount)

    def _record_spends(
        self, vault: bytes, initiator: Initiator, spends: tuple[tuple[bytes, int], ...]
    ) -> None:
        """Count what was checked."""
        now = self.ctx.block.timestamp
        for asset, amount in spends:
            if not amount:
                continue
            for budget in self._budgets_for(vault, initiator, asset):
                for window, ring, _ in _rings(budget):
                    ring.add(window, now, amount)

    def _budgets_for(self, vault: bytes, initiator: Initiator, asset: bytes) -> tuple[Budget, ...]:
        own = self.budgets[budget_key(vault, asset)]
        if not initiator.session:
            return (own,)
        key = self.budgets[session_budget_key(vault, initiator.session, asset)]
        if not key.is_set:
            raise revert(SessionKeyLimited(initiator.account))
        return (own, key)

    def _check_budget(self, budget: Budget, asset: bytes, amount: int) -> None:
        limit = budget.transaction
        if amount > limit:
            raise revert(LimitExceeded(asset, WINDOW_TRANSACTION, amount, limit))
        now = self.ctx.block.timestamp
        for number, (window, ring, limit) in enumerate(_rings(budget), start=1):
            spent = ring.spent(window, now)
            if spent + amount > limit:
                raise revert(LimitExceeded(asset, number, amount, max(0, limit - spent)))


def _rings(budget: Budget) -> tuple[tuple[Window, Ring, int], ...]:
    """Return (window, ring, limit) of a budget's windows."""
    rings = (budget.hour_ring, budget.day_ring, budget.week_ring)
    limits = (budget.hour, budget.day, budget.week)
    return tuple(zip(WINDOWS, rings, limits, strict=True))
