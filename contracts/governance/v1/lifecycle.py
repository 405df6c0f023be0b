"""How a proposal moves: decided at its deadline, executed, expired, rolled back, finalized.

Everything here runs in governance's end-of-block hook, over at most the open proposals and those
whose rollback window is not over, in order of their numbers. Where more than ``COUNTS_PER_BLOCK``
approved proposals wait for code, their readiness is counted in turn over the following blocks.
"""

from contracts.context import CallResult
from contracts.framework.messages import encode_error, revert
from contracts.framework.version import version_text
from contracts.governance.v1.messages import (
    CODE_KINDS,
    Change,
    ChangeRefused,
    DepositBurnt,
    DepositReturned,
    Kind,
    NotActiveVersion,
    NotReversible,
    OldValueDiffers,
    Status,
    StatusChanged,
    ValueMovedOn,
    VersionActivated,
)
from contracts.governance.v1.storage import ProposalRecord
from contracts.governance.v1.tally import is_quorum
from contracts.governance.v1.views import GovernanceViews
from contracts.places import RUNTIME_ADDRESS, STAKING_ADDRESS, TREASURY_ADDRESS
from primitives.abi import encode_call
from primitives.types import U64_MAX

REASON_BYTES_MAX = 256
FAILURE_BYTES_MAX = 512
"""A failure holds the refusal of a change, which holds the contract's own reason."""
COUNTS_PER_BLOCK = 8
"""Proposals whose readiness one block counts; each is as long as the active set."""
RULED = (STAKING_ADDRESS, RUNTIME_ADDRESS)
"""Contracts whose parameters governance's own rules speak of."""
WATCHED = (Status.PROPOSED, Status.APPROVED, Status.EXECUTED)


class GovernanceLifecycle(GovernanceViews):
    """The steps of a proposal after its making."""

    __slots__ = ()

    def end_block(self) -> None:
        """Take every proposal as far as this block allows; at once when nothing is due."""
        block = self.ctx.block
        is_due = 0 < self.due_at <= block.timestamp
        is_news = is_due or self.must_recount or self.checked_epoch != block.epoch
        if not is_due:
            waits = len(self.by_status[Status.APPROVED]) > 0
            if not waits or not (is_news or self.counts_left):
                return
        self.must_recount = False
        self.checked_epoch = block.epoch
        watched = sorted(self._watched())
        counted = self._choose_counted(watched, is_news=is_news)
        powers = self._active_power() if counted else ()
        for proposal in watched:
            ready = self._ready_stake(proposal, powers) if proposal in counted else None
            self._advance(proposal, self.proposals[proposal - 1], ready)
        self.due_at = min((self._next_due(proposal) for proposal in self._watched()), default=0)

    def _choose_counted(self, watched: list[int], *, is_news: bool) -> list[int]:
        """Return whose readiness is counted now: whoever waits for code, in turn over blocks.

        After news every waiting proposal is counted once, ``COUNTS_PER_BLOCK`` in a block.
        """
        waiting = [p for p in watched if self._awaits_code(self.proposals[p - 1])]
        left = len(waiting) if is_news else min(self.counts_left, len(waiting))
        last = self.counted_last
        turn = [p for p in waiting if p > last] + [p for p in waiting if p <= last]
        chosen = turn[: min(left, COUNTS_PER_BLOCK)]
        self.counts_left = left - len(chosen)
        if chosen:
            self.counted_last = chosen[-1]
        return chosen

    def _awaits_code(self, record: ProposalRecord) -> bool:
        """Answer whether a proposal may be executed now, should enough stake be ready."""
        return (
            record.status in (Status.PROPOSED, Status.APPROVED)
            and self._changes_code(record)
            and record.created.has_passed(
                self.ctx.block, record.voting_seconds + self._delay(record)
            )
        )

    def _watched(self) -> list[int]:
        found: list[int] = []
        for status in WATCHED:
            ids = self.by_status[status]
            found += [ids[place] for place in range(len(ids))]
        return found

    def _next_due(self, proposal: int) -> int:
        """Return the second at which the passing of time alone next moves a proposal."""
        record = self.proposals[proposal - 1]
        status = record.status
        now = self.ctx.block.timestamp
        if status == Status.EXECUTED:
            rollback = record.open_rollback
            return U64_MAX if rollback else record.executed.seconds + self.rollback_seconds
        ends = record.created.seconds + record.voting_seconds
        if status == Status.PROPOSED:
            return ends
        executable = ends + self._delay(record)
        return executable if now < executable else ends + self.expiry_seconds

    def _delay(self, record: ProposalRecord) -> int:
        return 0 if record.kind == Kind.EMERGENCY_FIX else self.execution_delay_seconds

    def _advance(
        self, proposal: int, record: ProposalRecord, ready: tuple[int, int] | None
    ) -> None:
        """Move a proposal; ``ready`` is its ready and all active stake where they were counted."""
        block = self.ctx.block
        if record.status == Status.PROPOSED:
            if not record.created.has_passed(block, record.voting_seconds):
                return
            self._decide(proposal, record)
        if record.status == Status.APPROVED:
            self._execute_when_due(proposal, record, ready)
        elif (
            record.status == Status.EXECUTED
            and not record.open_rollback
            and record.executed.has_passed(block, self.rollback_seconds)
        ):
            self._set_status(proposal, record, Status.FINALIZED)

    def _decide(self, proposal: int, record: ProposalRecord) -> None:
        """Count, and settle the deposit: burnt when participation fails, else returned."""
        tally = self._tally(record)
        takes_part = tally.has_participation(self.participation_bps)
        passes = self._passes(record, tally)
        target = self.records[record.target]
        version, code_hash = record.new_version, record.code_hash
        if passes and any(code_hash):
            target.code_hashes[version] = code_hash
        self.decided += 1
        self.participation_bps_total += tally.participation_bps
        self._set_status(proposal, record, Status.APPROVED if passes else Status.REJECTED)
        deposit, record.deposit = record.deposit, 0
        if takes_part:
            self.emit(DepositReturned(proposal, deposit))
            self.ctx.transfer(record.proposer, deposit)
        else:
            self.emit(DepositBurnt(proposal, deposit))
            self.ctx.burn(deposit)

    def _execute_when_due(
        self, proposal: int, record: ProposalRecord, ready: tuple[int, int] | None
    ) -> None:
        if not self._changes_code(record):
            self._execute(proposal, record)
        elif ready is not None:
            lifetime = record.voting_seconds + self.expiry_seconds
            if is_quorum(*ready):
                self._execute(proposal, record)
            elif record.created.has_passed(self.ctx.block, lifetime):
                self._set_status(proposal, record, Status.EXPIRED)

    def _changes_code(self, record: ProposalRecord) -> bool:
        """Answer whether execution changes a version; a rollback does what it undoes did."""
        undone = record.rolls_back
        kind = self.proposals[undone - 1].kind if undone else record.kind
        return kind in CODE_KINDS

    def _execute(self, proposal: int, record: ProposalRecord) -> None:
        """Do what was approved, all or nothing; a refusal leaves everything as it was."""
        active = self.active[record.target]
        if active != record.current_version:
            failure = encode_error(NotActiveVersion(version_text(active)))
            done = CallResult(success=False, output=failure)
        elif self._changes_code(record):
            done = self._migrate(proposal, record)
        else:
            data = encode_call("applyChanges(uint64,bool)", proposal, False)
            done = self.ctx.call(self.ctx.this, 0, data, self.migration_gas_max)
        undone = record.rolls_back
        if undone:
            self.proposals[undone - 1].open_rollback = 0
        if not done.success:
            record.failure = done.output[:FAILURE_BYTES_MAX]
            self._set_status(proposal, record, Status.FAILED)
            return
        record.executed.stamp(self.ctx.block)
        self.executions += 1
        self.execution_seconds_total += self.ctx.block.timestamp - record.created.seconds
        if undone:
            self._set_status(undone, self.proposals[undone - 1], Status.ROLLED_BACK)
        self._set_status(proposal, record, Status.EXECUTED)

    def _migrate(self, proposal: int, record: ProposalRecord) -> CallResult:
        """Change a contract's code."""
        address, current, target = record.target, record.current_version, record.new_version
        if record.rolls_back and not self._is_latest(address, record.rolls_back):
            failure = encode_error(NotReversible(self.proposals[record.rolls_back - 1].status))
            return CallResult(success=False, output=failure)
        done = self.ctx.migrate(address, current, target, self.migration_gas_max, record.code_hash)
        if not done.success:
            return done
        contract = self.records[address]
        history = contract.history
        if record.rolls_back:
            history[len(history) - 1].is_rolled_back = True
        if not current:
            self.addresses.push(address)
        entry = history.grow()
        entry.version = target
        entry.proposal = proposal
        entry.since.stamp(self.ctx.block)
        contract.highest = max(contract.highest, target)
        self.active[address] = target
        self.emit(VersionActivated(address, proposal, version_text(target), version_text(current)))
        return done

    def _is_latest(self, address: bytes, proposal: int) -> bool:
        """Answer whether a proposal made the version that its contract runs now."""
        history = self.records[address].history
        return len(history) > 0 and history[len(history) - 1].proposal == proposal

    def _set_status(self, proposal: int, record: ProposalRecord, status: Status) -> None:
        """Move a proposal to the list of its new status; closed ones free their version."""
        previous = record.status
        if previous:
            ids = self.by_status[previous]
            last = ids[len(ids) - 1]
            ids[record.place] = last
            self.proposals[last - 1].place = record.place
            ids.pop(0)
        record.place = self.by_status[status].push(proposal)
        record.status = status
        if status not in (Status.PROPOSED, Status.APPROVED):
            open_proposals = self.records[record.target].open_proposals
            version = record.new_version
            if open_proposals[version] == proposal:
                open_proposals[version] = 0
            if previous in (Status.PROPOSED, Status.APPROVED):
                self.open_of[record.proposer] -= 1
            if record.rolls_back and status in (Status.REJECTED, Status.EXPIRED):
                self.proposals[record.rolls_back - 1].open_rollback = 0
        self.emit(StatusChanged(proposal, status, previous))

    # --- changes ----------------------------------------------------------------------------

    def _apply(self, proposal: int) -> None:
        """Set every parameter, or pay; reverts at the first refusal.

        Raises:
            Revert: OldValueDiffers, ValueMovedOn, ChangeRefused.
        """
        undone = self.proposals[proposal - 1].rolls_back
        source = self.proposals[(undone or proposal) - 1]
        changes = self._changes(source)
        self._check_versions_held(source)
        if source.kind == Kind.TREASURY_SPEND:
            for change in changes:
                self._pay(proposal, change)
            return
        for change in reversed(changes) if undone else changes:
            if is_call(change.key):
                self._call(change)
            elif undone:
                self._set(change, change.new_value, change.old_value, ValueMovedOn)
            else:
                self._set(change, change.old_value, change.new_value, OldValueDiffers)
        touched = dict.fromkeys(change.target for change in changes)
        if any(target in RULED for target in touched):
            touched[self.ctx.this] = None
        for target in touched:
            self._check(target, "", self.ctx.static_call(target, encode_call("checkParameters()")))

    def _changes(self, record: ProposalRecord) -> list[Change]:
        stored = record.changes
        found = (stored[place] for place in range(len(stored)))
        return [Change(c.target, c.key, c.old_value, c.new_value) for c in found]

    def _check_versions_held(self, record: ProposalRecord) -> None:
        """Refuse when a contract that the changes name runs another version than at proposal.

        Raises:
            Revert: NotActiveVersion.
        """
        stored = record.changes
        for place in range(len(stored)):
            change = stored[place]
            active = self.active[change.target]
            if change.version and change.version != active:
                raise revert(NotActiveVersion(version_text(active)))

    def _set(
        self,
        change: Change,
        expected: int,
        value: int,
        mismatch: type[OldValueDiffers] | type[ValueMovedOn],
    ) -> None:
        target, key = change.target, change.key
        held = self._parameter(target, key)
        if held != expected:
            raise revert(mismatch(target, key, held))
        if target == self.ctx.this:
            self.change_parameter(key, value)
            return
        data = encode_call("setParameter(string,uint256)", key, value)
        self._check(target, key, self.ctx.call(target, 0, data))

    def _parameter(self, target: bytes, key: str) -> int:
        data = encode_call("parameter(string)", key)
        done = self.ctx.static_call(target, data)
        self._check(target, key, done)
        return int.from_bytes(done.output, "big")

    def _call(self, change: Change) -> None:
        argument = change.new_value.to_bytes(32, "big")
        data = encode_call("governedCall(string,bytes32)", change.key, argument)
        self._check(change.target, change.key, self.ctx.call(change.target, 0, data))

    def _pay(self, proposal: int, change: Change) -> None:
        signature = "spend(uint64,address,uint256)"
        data = encode_call(signature, proposal, change.target, change.new_value)
        self._check(change.target, "spend", self.ctx.call(TREASURY_ADDRESS, 0, data))

    def _check(self, target: bytes, key: str, done: CallResult) -> None:
        """Revert with the contract's own reason when it refused."""
        if not done.success:
            raise revert(ChangeRefused(target, key, done.output[:REASON_BYTES_MAX]))


def is_call(key: str) -> bool:
    """Answer whether a change is a governed call rather than a parameter."""
    return "(" in key
