"""Governance: contract upgrades and parameters, by vote of the bonded stake (0x...1002).

No key has power over it; this contract, and every parameter, change only by its own proposals.
Invariants:

G1. The balance is the sum of open deposits plus what was sent without a call.
G2. A proposal's tally is the sum of its votes: a delegator's stake counts as he voted himself, what
    is left of a validator's tokens as its operator voted. All weights are those of the snapshot,
    the end of the block before the proposal; nothing that moves later changes them.
G3. Nothing is decided before the deadline; decided proposals take no vote.
G4. Execution is all or nothing: a failed one leaves versions, parameters and storage as they were.
G5. A code change waits until more than 2/3 of active stake has announced that code, so no vote can
    halt the chain.
G6. Among the proposals of one contract at most one is open for a version.
"""

from typing import Any, Final

from contracts.errors import Revert
from contracts.framework.contract import call
from contracts.framework.messages import encode_error, revert
from contracts.framework.types import Address, bytes32, u8, u64
from contracts.framework.version import NO_VERSION, version_text
from contracts.governance.v1.lifecycle import GovernanceLifecycle, is_call
from contracts.governance.v1.messages import (
    CODE_KINDS,
    BadChoice,
    BadKind,
    BadVersion,
    BadVotingPeriod,
    Change,
    Choice,
    CodeHashBound,
    EmptyField,
    Kind,
    NotActiveVersion,
    NothingToBeReadyFor,
    NotReversible,
    NotValidator,
    NoVotingPower,
    OnlySelf,
    ProposalOpen,
    Proposed,
    ReadyAnnounced,
    RollbackTooLate,
    RulesContradict,
    StakeTooSmall,
    Status,
    TextTooLong,
    TooManyChanges,
    TooManyOpen,
    TrialPassed,
    UnknownContract,
    VersionNotGreater,
    Voted,
    VotingEnded,
    WrongDeposit,
)
from contracts.governance.v1.settings import GovernanceGenesis
from contracts.governance.v1.storage import ProposalRecord, ValidatorVote
from contracts.governance.v1.weights import STAKE_ROW_GAS
from contracts.places import (
    NATIVE_ADDRESS_BASE,
    RUNTIME_ADDRESS,
    STAKING_ADDRESS,
    TREASURY_ADDRESS,
)
from primitives.abi import decode, encode_call
from primitives.errors import InvariantError

CHANGES_MAX: Final = 16
OPEN_PER_PROPOSER: Final = 4
EMERGENCY_PLACES: Final = 16
"""Open proposals beyond the ordinary limit that only emergencies and rollbacks may take."""
DESCRIPTION_BYTES_MAX: Final = 4_096
KEY_BYTES_MAX: Final = 64
BLANKS: Final = " \t\r\n"
"""A description of these alone is empty."""
NATIVE_ADDRESSES: Final = 256
"""How many addresses from 0x...1000 on are kept for native contracts."""
GOVERNED_ARGUMENTS: Final = ("(address)", "(uint256)", "(bytes32)")
STAKES_TYPE: Final = "(address,uint256,uint256,bool)[]"


class Governance(GovernanceLifecycle):
    """The governance contract."""

    __slots__ = ()

    def genesis(self, settings: Any) -> None:
        """Record the versions that block 0 activates."""
        if not isinstance(settings, GovernanceGenesis):
            raise InvariantError(f"governance takes GovernanceGenesis, got {settings!r}")
        for first in settings.contracts:
            self.active[first.address] = first.version
            self.addresses.push(first.address)
            record = self.records[first.address]
            record.highest = first.version
            record.name = first.name
            record.layout_hash = first.layout_hash
            entry = record.history.grow()
            entry.version = first.version
            entry.since.stamp(self.ctx.block)

    def check_cross_rules(self) -> None:
        """Keep periods in order, and votes within what staking remembers."""
        if self.voting_seconds_min > self.voting_seconds_max:
            raise revert(RulesContradict("votingSecondsMin <= votingSecondsMax"))
        if self.emergency_voting_seconds > self.voting_seconds_max:
            raise revert(RulesContradict("emergencyVotingSeconds <= votingSecondsMax"))
        if self.execution_delay_seconds >= self.expiry_seconds:
            raise revert(RulesContradict("executionDelaySeconds < expirySeconds"))
        if self.emergency_voting_seconds > self.rollback_seconds:
            raise revert(RulesContradict("emergencyVotingSeconds <= rollbackSeconds"))
        if self.voting_seconds_max > self._parameter(STAKING_ADDRESS, "unbondingSeconds"):
            raise revert(RulesContradict("votingSecondsMax <= unbondingSeconds"))
        if self.migration_gas_max > self._parameter(RUNTIME_ADDRESS, "blockGasMax"):
            raise revert(RulesContradict("migrationGasMax <= blockGasMax"))

    # --- proposing --------------------------------------------------------------------------

    @call(payable=True)
    def propose(
        self,
        target: Address,
        current_version: str,
        new_version: str,
        kind: u8,
        voting_seconds: u64,
        code_hash: bytes32,
        changes: tuple[Change, ...],
        description: str,
    ) -> u64:
        """Make a proposal; send the deposit with it. Returns its number.

        A code proposal carries ``code_hash`` and no changes; a change of parameters and a payment
        repeat the current version and carry changes.
        """
        self._check_texts(target, current_version, new_version, description)
        self._check_kind(kind, target, code_hash, changes)
        current, new = self._version(current_version), self._version(new_version)
        is_code = kind in CODE_KINDS
        self._check_versions(target, current, new, code_hash, is_code=is_code)
        is_emergency = kind == Kind.EMERGENCY_FIX
        self._check_voting_period(voting_seconds, is_emergency=is_emergency)
        taken = self._open_for(target, new)
        if taken:
            raise revert(ProposalOpen(taken))
        record, proposal = self._open(
            target, current, new, kind, voting_seconds, code_hash, description
        )
        stored = record.changes
        for change in changes:
            row = stored.grow()
            row.target = change.target
            row.key = change.key
            row.old_value = change.old_value
            row.new_value = change.new_value
            row.version = 0 if kind == Kind.TREASURY_SPEND else self.active[change.target]
        self.records[target].open_proposals[new] = proposal
        if kind == Kind.PARAMETER_CHANGE:
            self._try(proposal)
        return proposal

    @call(payable=True)
    def propose_rollback(self, undone: u64, voting_seconds: u64, description: str) -> u64:
        """Propose to undo an executed proposal, under the emergency rules. Returns its number."""
        source = self._proposal(undone)
        target = source.target
        self._check_texts(target, "-", "-", description)
        is_code = source.kind in CODE_KINDS
        changes = self._changes(source)
        is_undoable = (
            source.status == Status.EXECUTED
            and not source.rolls_back
            and (self._is_latest(target, undone) if is_code else True)
            and source.kind != Kind.TREASURY_SPEND
            and not any(is_call(change.key) for change in changes)
            and (not is_code or source.current_version != NO_VERSION)
        )
        if not is_undoable:
            raise revert(NotReversible(source.status))
        if source.open_rollback:
            raise revert(ProposalOpen(source.open_rollback))
        self._check_voting_period(voting_seconds, is_emergency=True)
        decided_by = source.executed.seconds + self.rollback_seconds
        if self.ctx.block.timestamp + voting_seconds > decided_by:
            raise revert(RollbackTooLate(decided_by))
        active = self.active[target]
        restored = source.current_version if is_code else active
        code_hash = self.records[target].code_hashes[restored] if is_code else bytes(32)
        kind = Kind.EMERGENCY_FIX
        record, proposal = self._open(
            target, active, restored, kind, voting_seconds, code_hash, description
        )
        record.rolls_back = undone
        source.open_rollback = proposal
        if not is_code:
            self._try(proposal)
        return proposal

    @call(reentrant=True)
    def apply_changes(self, proposal: u64, is_trial: bool) -> None:
        """Carry out a proposal's changes; governance calls itself, so that a refusal undoes all.

        A trial always reverts: with TrialPassed when everything would go through.
        """
        if self.ctx.caller != self.ctx.this:
            raise revert(OnlySelf())
        self._apply(proposal)
        if is_trial:
            raise revert(TrialPassed())

    # --- voting -----------------------------------------------------------------------------

    @call
    def vote(self, proposal: u64, choice: u8) -> u64:
        """Vote with the stake that the caller had at the snapshot; may be repeated until the end.

        An operator casts what is left of its validator's tokens after the delegators who vote
        themselves. Returns how many validators' stake the vote moved.
        """
        record = self._proposal(proposal)
        voter, block = self.ctx.caller, self.ctx.block
        is_over = record.created.has_passed(block, record.voting_seconds)
        if record.status != Status.PROPOSED or is_over:
            raise revert(VotingEnded(record.created.seconds + record.voting_seconds))
        if not Choice.YES <= choice <= Choice.ABSTAIN:
            raise revert(BadChoice(choice))
        vote = self.votes_of[proposal][voter]
        if not vote.choice:
            moved = self._first_vote(proposal, record, voter, choice)
        else:
            moved = self._change_vote(proposal, record, voter, choice)
        weight = self._vote(proposal, voter).weight
        self.emit(Voted(proposal, voter, choice, weight))
        return moved

    def _first_vote(self, proposal: int, record: ProposalRecord, voter: bytes, choice: int) -> int:
        snapshot = record.created.height - 1
        rows = self._stakes(voter, snapshot)
        tallies = record.votes
        casts = self.validator_votes[proposal]
        vote = self.votes_of[proposal][voter]
        own = 0
        for validator, weight, tokens, is_operator in rows:
            cast = casts[validator]
            if is_operator:
                vote.validator = validator
                cast.choice = choice
                cast.tokens = tokens
                tallies[choice] += tokens - cast.overridden
                continue
            own += weight
            cast.overridden += weight
            if cast.choice:
                tallies[cast.choice] -= weight
        if not own and not any(vote.validator):
            raise revert(NoVotingPower(snapshot))
        vote.choice = choice
        vote.weight = own
        tallies[choice] += own
        record.voters.push(voter)
        return len(rows)

    def _change_vote(self, proposal: int, record: ProposalRecord, voter: bytes, choice: int) -> int:
        tallies = record.votes
        vote = self.votes_of[proposal][voter]
        weight = vote.weight
        if any(vote.validator):
            cast: ValidatorVote = self.validator_votes[proposal][vote.validator]
            weight += cast.tokens - cast.overridden
            cast.choice = choice
        tallies[vote.choice] -= weight
        tallies[choice] += weight
        vote.choice = choice
        return 1

    def _stakes(self, account: bytes, height: int) -> list[tuple[bytes, int, int, bool]]:
        """Return (validator, weight, validator's tokens, is operator) where stake was active."""
        output = self.consult(STAKING_ADDRESS, "stakesAt(address,uint64)", account, height)
        (rows,) = decode((STAKES_TYPE,), output)
        self.ctx.use_gas(STAKE_ROW_GAS * len(rows))
        return [row for row in rows if row[2]]

    # --- readiness --------------------------------------------------------------------------

    @call
    def ready(self, target: Address, version: str, code_hash: bytes32) -> None:
        """Announce that the caller's validator has the code of an open proposal.

        The caller is the validator's own account or its operator's.
        """
        proposal = self._code_for(target, self._version(version))
        if not proposal:
            raise revert(NothingToBeReadyFor())
        wanted = self.proposals[proposal - 1].code_hash
        if not any(code_hash) or (any(wanted) and wanted != code_hash):
            raise revert(NothingToBeReadyFor())
        validator = self._validator_of(self.ctx.caller)
        self.ready_of[proposal][validator] = True
        self.must_recount = True
        self.emit(ReadyAnnounced(proposal, validator, code_hash))

    def _validator_of(self, caller: bytes) -> bytes:
        output = self.consult(STAKING_ADDRESS, "validatorOf(address)", caller)
        (validator,) = decode(("address",), output)
        if any(validator):
            return bytes(validator)
        data = encode_call("validator(address)", caller)
        if not self.ctx.static_call(STAKING_ADDRESS, data).success:
            raise revert(NotValidator())
        return caller

    # --- checks -----------------------------------------------------------------------------

    def _check_texts(self, target: bytes, current: str, new: str, description: str) -> None:
        fields = (
            ("target", target if any(target) else ""),
            ("currentVersion", current),
            ("newVersion", new),
            ("description", description.strip(BLANKS)),
        )
        for name, value in fields:
            if not value:
                raise revert(EmptyField(name))
        if len(description.encode()) > DESCRIPTION_BYTES_MAX:
            raise revert(TextTooLong(DESCRIPTION_BYTES_MAX))

    def _check_kind(
        self, kind: int, target: bytes, code_hash: bytes, changes: tuple[Change, ...]
    ) -> None:
        if kind not in tuple(Kind):
            raise revert(BadKind(kind))
        if kind in CODE_KINDS:
            if changes:
                raise revert(BadKind(kind))
            if not any(code_hash):
                raise revert(EmptyField("codeHash"))
            return
        if any(code_hash) or (kind == Kind.TREASURY_SPEND and target != TREASURY_ADDRESS):
            raise revert(BadKind(kind))
        if not changes:
            raise revert(EmptyField("changes"))
        if len(changes) > CHANGES_MAX:
            raise revert(TooManyChanges(CHANGES_MAX))
        for change in changes:
            if kind == Kind.TREASURY_SPEND:
                self._check_payment(change)
            else:
                self._check_change(change)

    def _check_payment(self, change: Change) -> None:
        if not any(change.target):
            raise revert(EmptyField("changes.target"))
        if not change.new_value:
            raise revert(EmptyField("changes.newValue"))
        if change.key or change.old_value:
            raise revert(BadKind(Kind.TREASURY_SPEND))

    def _check_change(self, change: Change) -> None:
        if not change.key:
            raise revert(EmptyField("changes.key"))
        if len(change.key.encode()) > KEY_BYTES_MAX:
            raise revert(TextTooLong(KEY_BYTES_MAX))
        if not self.active[change.target]:
            raise revert(UnknownContract(change.target))
        if is_call(change.key) and (
            change.old_value or not change.key.endswith(GOVERNED_ARGUMENTS)
        ):
            raise revert(BadKind(Kind.PARAMETER_CHANGE))

    def _check_versions(
        self, target: bytes, current: int, new: int, code_hash: bytes, *, is_code: bool
    ) -> None:
        place = int.from_bytes(target, "big") - NATIVE_ADDRESS_BASE
        if not 0 <= place < NATIVE_ADDRESSES:
            raise revert(UnknownContract(target))
        active = self.active[target]
        if current != active:
            raise revert(NotActiveVersion(version_text(active)))
        record = self.records[target]
        if not is_code:
            if active == NO_VERSION:
                raise revert(UnknownContract(target))
            if new != current:
                raise revert(BadVersion(version_text(new)))
            return
        if new <= record.highest:
            raise revert(VersionNotGreater(version_text(record.highest)))
        bound = record.code_hashes[new]
        if any(bound) and bound != code_hash:
            raise revert(CodeHashBound(bound))

    def _check_voting_period(self, seconds: int, *, is_emergency: bool) -> None:
        minimum = self.emergency_voting_seconds if is_emergency else self.voting_seconds_min
        maximum = self.voting_seconds_max
        if not minimum <= seconds <= maximum:
            raise revert(BadVotingPeriod(minimum, maximum))

    def _open(
        self,
        target: bytes,
        current: int,
        new: int,
        kind: int,
        voting: int,
        code_hash: bytes,
        description: str,
    ) -> tuple[ProposalRecord, int]:
        """Take the deposit of a proposer with enough stake and store the proposal."""
        block, proposer = self.ctx.block, self.ctx.caller
        deposit = self.deposit_wei
        if self.ctx.value != deposit:
            raise revert(WrongDeposit(deposit))
        self._check_places(proposer, is_emergency=kind == Kind.EMERGENCY_FIX)
        snapshot = block.height - 1
        bonded = sum(weight for _, weight, _, _ in self._stakes(proposer, snapshot))
        minimum = self.proposer_stake_min
        if bonded < minimum:
            raise revert(StakeTooSmall(bonded, minimum))
        output = self.consult(STAKING_ADDRESS, "bondedAt(uint64)", snapshot)
        record = self.proposals.grow()
        proposal = len(self.proposals)
        record.proposer = proposer
        record.kind = kind
        record.target = target
        record.current_version = current
        record.new_version = new
        record.voting_seconds = voting
        record.code_hash = code_hash
        record.created.stamp(block)
        record.deposit = deposit
        record.bonded = int.from_bytes(output, "big")
        record.description = description
        self.made_of_kind[kind] += 1
        self._set_status(proposal, record, Status.PROPOSED)
        ends = block.timestamp + voting
        due = self.due_at
        self.due_at = min(due, ends) if due else ends
        self.emit(Proposed(proposal, proposer, target, kind, version_text(new), code_hash, ends))
        return record, proposal

    def _check_places(self, proposer: bytes, *, is_emergency: bool) -> None:
        """Keep one account from taking all places, and some places for emergencies."""
        if self.open_of[proposer] >= OPEN_PER_PROPOSER:
            raise revert(TooManyOpen(OPEN_PER_PROPOSER))
        maximum = self.open_max + (EMERGENCY_PLACES if is_emergency else 0)
        if len(self.by_status[Status.PROPOSED]) + len(self.by_status[Status.APPROVED]) >= maximum:
            raise revert(TooManyOpen(maximum))
        self.open_of[proposer] += 1

    def _try(self, proposal: int) -> None:
        """Rehearse a proposal's changes and undo them; reverts with the reason of a refusal."""
        data = encode_call("applyChanges(uint64,bool)", proposal, True)
        done = self.ctx.call(self.ctx.this, 0, data)
        if done.output != encode_error(TrialPassed()):
            raise Revert(done.output, "execution reverted: the changes would be refused")
