"""Guardian: vaults for autonomous agents that cannot be drained (0x...1003).

A vault is an account of its own (``account.py``): deposits are plain transfers to it, it is the
``msg.sender`` of what it calls, tokens and allowances belong to it, EIP-1271 is asked there. This
contract keeps every vault's rules and is the only one that its account obeys. Invariants:

G1. Nothing leaves a vault but by an operation of its owner, its agent or a live session key.
G2. In any hour, day and week at most the limit of an asset is spent, by plain transfers, decoded
    token calls and approved hashes; rounding only refuses. What else a call moves has waited or is
    allowlisted.
G3. An operation runs at once only when it is below the lock of each asset that it spends, is no
    approve-type call, and is a plain transfer, a transfer of an asset with limits, or allowlisted.
G4. All state is written before the vault calls out, and no call of this contract but a view is
    entered meanwhile, so an operation runs once.
G5. Owner, agent, guardians and session keys of a vault are distinct: an account has one role.
G6. What loosens a rule waits for the vault's time lock, what tightens one acts at once.
G7. The contract itself holds no money.

Where the specification leaves a choice:

* The current bucket *and N before it* count, one more than N in all: N alone would let an amount
  drop out up to a bucket too early, and rounding would not only refuse.
* An allowlist entry spares a call the wait that unknown calls and assets without limits have, not
  limits nor the lock's threshold nor the wait of approve-type calls. Its value rule is a maximum
  of AIT sent and, for a token transfer, of tokens moved. Malformed token calldata has no entry.
* Setting an allowance of an asset with limits to zero is a cut: it does not wait.
* Nobody can check what a hash costs against what its approval declares, so an approval always
  waits. A pause makes every EIP-1271 answer negative meanwhile.
* A waiting operation counts as spent when it is executed. One whose call fails stays pending until
  it succeeds, is cancelled, or expires (``expirySeconds`` after it was ready): anybody executes,
  so a caller who is stingy with gas must not be able to spoil it.
* Changes of rules have a list of their own beside the 32 operations, so that an agent that fills
  that one cannot keep the owner from changing anything.
* A recovery is pending once it has the support that it needs; before, nothing is frozen. What it
  froze waits for its whole time lock again when it ends without a new owner, else a stolen owner's
  key could object and rotate the guardians in one transaction. New session keys, agents and a
  shorter lock are frozen too. Taken over, the vault loses agent, session keys, approved hashes and
  all that waited; its new owner may object afresh.
* A pause stops operations, approvals of hashes and all delayed changes but rotation; its cooldown
  runs from its beginning. Cuts are never stopped.
* A session key does only what its own limits or the allowlist cover; it cannot queue unknown calls.
* Replacing the agent waits like a new session key; removing it does not. A longer time lock
  acts at once and holds for what is queued from then on.
"""

from typing import TypeVar

from contracts.framework.contract import view
from contracts.framework.storage import ArrayHandle
from contracts.framework.types import Address, bytes4, bytes32, u8, u32, u64, u128
from contracts.guardian.v1.account import SIGNATURE_INVALID, SIGNATURE_VALID
from contracts.guardian.v1.messages import (
    BudgetInfo,
    ChangeInfo,
    Limits,
    OperationInfo,
    RecoveryInfo,
    RuleInfo,
    SessionInfo,
    VaultInfo,
)
from contracts.guardian.v1.records import Budget, Role
from contracts.guardian.v1.recovery import Recovery
from contracts.guardian.v1.vaults import (
    PAGE_MAX,
    budget_key,
    hash_key,
    rule_key,
    session_budget_key,
)
from contracts.guardian.v1.weights import ADDRESS_ROW_GAS, ROW_GAS
from contracts.guardian.v1.windows import DAY, HOUR, WEEK
from primitives.types import ZERO_ADDRESS

T = TypeVar("T")


class Guardian(Recovery):
    """The guardian contract: its views; calls are in the classes below it."""

    __slots__ = ()

    index = 3
    name = "guardian"

    @view
    def signature_answer(self, vault: Address, signed_hash: bytes32) -> bytes4:
        """Return EIP-1271's answer for a hash: 0x1626ba7e when approved, else 0xffffffff."""
        record = self.records[vault]
        is_approved = self.approved[hash_key(vault, record.generation, signed_hash)]
        return SIGNATURE_VALID if is_approved and not self._is_paused(record) else SIGNATURE_INVALID

    @view
    def preview(
        self, vault: Address, initiator: Address, target: Address, value: u128, data: bytes
    ) -> bool:
        """Answer whether an operation would wait; reverts as ``initiate`` would."""
        record = self._vault(vault)
        who = self._initiator(vault, initiator)
        self._check_not_paused(record)
        must_wait = self._judge(vault, who, target, value, data).must_wait
        if must_wait:
            self._check_not_frozen(record)
        return must_wait

    @view
    def vault(self, vault: Address) -> VaultInfo:
        """Return a vault's rules; a zero owner when there is none."""
        record = self.records[vault]
        return VaultInfo(
            vault=vault,
            owner=record.owner,
            agent=record.agent,
            lock_seconds=record.lock_seconds,
            guardians=self._all(record.guardians),
            session_keys=self._all(record.session_keys),
            assets=self._all(record.assets),
            pending_operations=self._all(record.pending_ids),
            pending_changes=self._all(record.pending_change_ids),
            paused_by=record.paused_by if self._is_paused(record) else ZERO_ADDRESS,
            is_pause_confirmed=record.is_pause_confirmed,
        )

    @view
    def vaults(self, cursor: u64, limit: u32) -> tuple[tuple[Address, ...], u64]:
        """Return vaults in the order of their creation (at most 100) and the next cursor."""
        found = self.vault_list
        end = _page_end(len(found), cursor, limit)
        self.ctx.use_gas(ADDRESS_ROW_GAS * max(0, end - cursor))
        return tuple(found[index] for index in range(cursor, end)), max(cursor, end)

    @view
    def role(self, vault: Address, account: Address) -> u8:
        """Return an account's role: 0 none, 1 owner, 2 agent, 3 guardian, 4 session key."""
        return self.roles[vault][account]

    @view
    def limits(self, vault: Address, asset: Address) -> BudgetInfo:
        """Return an asset's limits and what counts against them; the zero address is AIT."""
        return self._budget_info(self.budgets[budget_key(vault, asset)])

    @view
    def session_key(self, vault: Address, key: Address) -> SessionInfo:
        """Return a session key; not live when there is none."""
        session = self.sessions[vault][key]
        is_known = self.roles[vault][key] == Role.SESSION
        return SessionInfo(
            is_live=is_known and self._is_live(vault, key),
            added_at=session.added_at.seconds,
            lifetime_seconds=session.lifetime_seconds,
        )

    @view
    def session_limits(self, vault: Address, key: Address, asset: Address) -> BudgetInfo:
        """Return a session key's own limits; their ``lock`` is the vault's."""
        number = self.sessions[vault][key].number
        return self._budget_info(self.budgets[session_budget_key(vault, number, asset)])

    @view
    def rule(self, vault: Address, target: Address, selector: bytes4) -> RuleInfo:
        """Return an allowlist entry."""
        rule = self.rules[vault][rule_key(target, selector)]
        return RuleInfo(is_set=rule.is_set, value_max=rule.value_max, amount_max=rule.amount_max)

    @view
    def operation(self, operation_id: u64) -> OperationInfo:
        """Return a queued operation, whatever became of it; status 0 when there is none."""
        return self._operation_info(operation_id)

    @view
    def operations(
        self, vault: Address, cursor: u64, limit: u32
    ) -> tuple[tuple[OperationInfo, ...], u64]:
        """Return a vault's queued operations from the first (at most 100) and the next cursor."""
        ids = self.records[vault].operation_ids
        end = _page_end(len(ids), cursor, limit)
        self.ctx.use_gas(ROW_GAS * max(0, end - cursor))
        rows = tuple(self._operation_info(ids[index]) for index in range(cursor, end))
        return rows, max(cursor, end)

    @view
    def change(self, change_id: u64) -> ChangeInfo:
        """Return a delayed change, whatever became of it; status 0 when there is none."""
        return self._change_info(change_id)

    @view
    def changes(
        self, vault: Address, cursor: u64, limit: u32
    ) -> tuple[tuple[ChangeInfo, ...], u64]:
        """Return a vault's delayed changes from the first (at most 100) and the next cursor."""
        ids = self.records[vault].change_ids
        end = _page_end(len(ids), cursor, limit)
        self.ctx.use_gas(ROW_GAS * max(0, end - cursor))
        rows = tuple(self._change_info(ids[index]) for index in range(cursor, end))
        return rows, max(cursor, end)

    @view
    def recovery(self, vault: Address) -> RecoveryInfo:
        """Return the pending recovery, or what the next one would need."""
        record = self.records[vault]
        candidate = record.candidate
        is_final = record.is_final if any(candidate) else self._is_next_final(record)
        return RecoveryInfo(
            candidate=candidate,
            is_final=is_final,
            started_at=record.recovery_at.seconds,
            delay_seconds=self._recovery_delay(is_final=is_final),
            support=self._support(vault, record, candidate) if any(candidate) else 0,
            needed=self._support_needed(record, is_final=is_final),
            objected_at=record.objected_at.seconds,
        )

    @view
    def support_of(self, vault: Address, guardian: Address) -> Address:
        """Return whom a guardian supports as the new owner, zero for nobody."""
        return self.seats[vault][guardian].candidate

    # --- parts ------------------------------------------------------------------------------

    def _all(self, items: ArrayHandle[T]) -> tuple[T, ...]:
        """Return a list that has a cap."""
        count = len(items)
        self.ctx.use_gas(ADDRESS_ROW_GAS * count)
        return tuple(items[index] for index in range(count))

    def _budget_info(self, budget: Budget) -> BudgetInfo:
        now = self.ctx.block.timestamp
        return BudgetInfo(
            is_set=budget.is_set,
            limits=Limits(budget.transaction, budget.hour, budget.day, budget.week, budget.lock),
            hour_spent=budget.hour_ring.spent(HOUR, now),
            day_spent=budget.day_ring.spent(DAY, now),
            week_spent=budget.week_ring.spent(WEEK, now),
        )

    def _operation_info(self, operation_id: int) -> OperationInfo:
        operation = self.operation_by_id[operation_id]
        vault = operation.vault
        return OperationInfo(
            operation_id=operation_id,
            vault=vault,
            kind=operation.kind,
            status=operation.status,
            initiator=operation.initiator,
            target=operation.target,
            value=operation.value,
            data=operation.data,
            queued_at=operation.queued_at.seconds,
            delay_seconds=operation.delay_seconds,
            is_ready=self._is_ready(self.records[vault], operation),
        )

    def _change_info(self, change_id: int) -> ChangeInfo:
        change = self.change_by_id[change_id]
        vault = change.vault
        return ChangeInfo(
            change_id=change_id,
            vault=vault,
            kind=change.kind,
            status=change.status,
            payload=change.payload,
            queued_at=change.queued_at.seconds,
            delay_seconds=change.delay_seconds,
            is_ready=self._is_ready(self.records[vault], change),
        )


def _page_end(count: int, cursor: int, limit: int) -> int:
    return min(cursor + min(limit, PAGE_MAX), count)
