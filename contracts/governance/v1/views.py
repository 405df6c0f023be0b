"""What governance shows: proposals, votes, tallies, versions, readiness, statistics."""

from contracts.framework.contract import view
from contracts.framework.messages import revert
from contracts.framework.types import Address, u8, u32, u64
from contracts.framework.version import pack_version, version_text
from contracts.governance.v1.messages import (
    CODE_KINDS,
    BadVersion,
    Change,
    ContractVersion,
    Kind,
    ProposalInfo,
    ReadinessInfo,
    Statistics,
    Status,
    TallyInfo,
    UnknownContract,
    UnknownProposal,
    VersionInfo,
    VoteInfo,
)
from contracts.governance.v1.storage import GovernanceStorage, ProposalRecord, VersionRecord
from contracts.governance.v1.tally import BPS, Tally, is_quorum
from contracts.governance.v1.weights import ROW_GAS, STAKE_ROW_GAS
from contracts.places import STAKING_ADDRESS
from primitives.abi import decode

PAGE_MAX = 100
ROW_TYPE = "(address,uint256)[]"


class GovernanceViews(GovernanceStorage):
    """The reading half of the contract."""

    __slots__ = ()

    @view
    def proposal_count(self) -> u64:
        """Return how many proposals were ever made; they are numbered from 1."""
        return len(self.proposals)

    @view
    def proposal(self, proposal: u64) -> ProposalInfo:
        """Return one proposal; reverts for an unknown one."""
        return self._info(proposal, self._proposal(proposal))

    @view
    def proposals_by_status(self, status: u8, offset: u64, limit: u32) -> tuple[ProposalInfo, ...]:
        """Return proposals of one status, at most 100, in the order of that list.

        Status 0 stands for all, the newest first.
        """
        if status == 0:
            total = len(self.proposals)
            rows = self._page(total, offset, limit)
            return tuple(self._numbered(total - place) for place in rows)
        ids = self.by_status[status]
        return tuple(self._numbered(ids[place]) for place in self._page(len(ids), offset, limit))

    @view
    def votes(self, proposal: u64, offset: u64, limit: u32) -> tuple[VoteInfo, ...]:
        """Return votes in the order in which the accounts first voted, at most 100."""
        voters = self._proposal(proposal).voters
        rows = self._page(len(voters), offset, limit)
        return tuple(self._vote(proposal, voters[place]) for place in rows)

    @view
    def vote_of(self, proposal: u64, voter: Address) -> VoteInfo:
        """Return one account's vote; choice 0 when it has not voted."""
        self._proposal(proposal)
        return self._vote(proposal, voter)

    @view
    def tally(self, proposal: u64) -> TallyInfo:
        """Return the votes so far, and whether they would pass now."""
        record = self._proposal(proposal)
        tally = self._tally(record)
        return TallyInfo(
            tally.yes,
            tally.no,
            tally.abstain,
            tally.bonded,
            tally.participation_bps,
            tally.approval_bps,
            self._passes(record, tally),
        )

    @view
    def readiness(self, proposal: u64) -> ReadinessInfo:
        """Return how much of the active stake has announced that it has the code."""
        self._proposal(proposal)
        ready, total = self._ready_stake(proposal, self._active_power())
        return ReadinessInfo(ready, total, is_quorum(ready, total))

    @view
    def is_ready(self, proposal: u64, validator: Address) -> bool:
        """Answer whether a validator has announced that it has the code of a proposal."""
        return self.ready_of[proposal][validator]

    @view
    def open_proposal_of(self, target: Address, version: str) -> u64:
        """Return the open proposal that brings this version of a contract, 0 for none."""
        return self._open_for(target, self._version(version))

    @view
    def contracts(self) -> tuple[ContractVersion, ...]:
        """Return all contracts under governance with their active versions."""
        addresses = self.addresses
        self.ctx.use_gas(ROW_GAS * len(addresses))
        found = (addresses[place] for place in range(len(addresses)))
        return tuple(
            ContractVersion(
                address,
                self.records[address].name,
                version_text(self.active[address]),
                self.records[address].layout_hash,
            )
            for address in found
        )

    @view
    def active_version(self, target: Address) -> str:
        """Return the version that answers at an address; reverts for an unknown contract."""
        version = self.active[target]
        if not version:
            raise revert(UnknownContract(target))
        return version_text(version)

    @view
    def version_history(self, target: Address, offset: u64, limit: u32) -> tuple[VersionInfo, ...]:
        """Return the versions that were active, the oldest first, at most 100."""
        history = self.records[target].history
        rows = self._page(len(history), offset, limit)
        return tuple(self._version_info(target, history[place]) for place in rows)

    @view
    def statistics(self) -> Statistics:
        """Return counts and rates over all proposals ever made."""
        decided, executions = self.decided, self.executions
        return Statistics(
            proposals=len(self.proposals),
            by_status=tuple(len(self.by_status[status]) for status in Status),
            by_kind=tuple(self.made_of_kind[kind] for kind in Kind),
            success_bps=executions * BPS // decided if decided else 0,
            participation_bps_mean=self.participation_bps_total // decided if decided else 0,
            execution_seconds_mean=(
                self.execution_seconds_total // executions if executions else 0
            ),
        )

    # --- parts ------------------------------------------------------------------------------

    def _proposal(self, proposal: int) -> ProposalRecord:
        if not 1 <= proposal <= len(self.proposals):
            raise revert(UnknownProposal(proposal))
        return self.proposals[proposal - 1]

    def _page(self, total: int, offset: int, limit: int) -> range:
        end = min(offset + min(limit, PAGE_MAX), total)
        rows = range(min(offset, end), end)
        self.ctx.use_gas(ROW_GAS * len(rows))
        return rows

    def _numbered(self, proposal: int) -> ProposalInfo:
        return self._info(proposal, self.proposals[proposal - 1])

    def _info(self, proposal: int, record: ProposalRecord) -> ProposalInfo:
        changes = record.changes
        found = (changes[place] for place in range(len(changes)))
        return ProposalInfo(
            id=proposal,
            proposer=record.proposer,
            kind=record.kind,
            status=record.status,
            target=record.target,
            current_version=version_text(record.current_version),
            new_version=version_text(record.new_version),
            code_hash=record.code_hash,
            rolls_back=record.rolls_back,
            created_at=record.created.seconds,
            created_height=record.created.height,
            voting_ends_at=record.created.seconds + record.voting_seconds,
            executed_at=record.executed.seconds,
            deposit=record.deposit,
            yes=record.votes[1],
            no=record.votes[2],
            abstain=record.votes[3],
            bonded=record.bonded,
            changes=tuple(Change(c.target, c.key, c.old_value, c.new_value) for c in found),
            description=record.description,
            failure=record.failure,
        )

    def _vote(self, proposal: int, voter: bytes) -> VoteInfo:
        vote = self.votes_of[proposal][voter]
        weight = vote.weight
        if any(vote.validator):
            cast = self.validator_votes[proposal][vote.validator]
            weight += cast.tokens - cast.overridden
        return VoteInfo(voter, vote.choice, weight)

    def _version_info(self, target: bytes, row: VersionRecord) -> VersionInfo:
        version = row.version
        return VersionInfo(
            version_text(version),
            self.records[target].code_hashes[version],
            row.proposal,
            row.since.seconds,
            row.since.height,
            row.is_rolled_back,
        )

    def _tally(self, record: ProposalRecord) -> Tally:
        votes = record.votes
        return Tally(yes=votes[1], no=votes[2], abstain=votes[3], bonded=record.bonded)

    def _passes(self, record: ProposalRecord, tally: Tally) -> bool:
        is_emergency = record.kind == Kind.EMERGENCY_FIX
        approval = self.emergency_approval_bps if is_emergency else self.approval_bps
        return tally.has_participation(self.participation_bps) and tally.is_approved(approval)

    def _active_power(self) -> tuple[tuple[bytes, int], ...]:
        """Return (validator, tokens now) of the active set."""
        output = self.consult(STAKING_ADDRESS, "activePower()")
        (rows,) = decode((ROW_TYPE,), output)
        self.ctx.use_gas(STAKE_ROW_GAS * len(rows))
        return tuple(rows)

    def _ready_stake(self, proposal: int, powers: tuple[tuple[bytes, int], ...]) -> tuple[int, int]:
        """Return the active stake that is ready, and all of it, in wei."""
        self.ctx.use_gas(STAKE_ROW_GAS * len(powers))
        ready_of = self.ready_of[proposal]
        ready = sum(power for validator, power in powers if ready_of[validator])
        return ready, sum(power for _, power in powers)

    def _open_for(self, target: bytes, version: int) -> int:
        """Return the open proposal for ``version``: one that names it, or a rollback to it."""
        return self.records[target].open_proposals[version] or self._code_for(target, version)

    def _code_for(self, target: bytes, version: int) -> int:
        """Return the open proposal that activates ``version``: its own, or a rollback to it."""
        record = self.records[target]
        proposal = record.open_proposals[version]
        if proposal and self.proposals[proposal - 1].kind not in CODE_KINDS:
            proposal = 0  # a change of parameters, made while that version was active
        history = record.history
        if proposal or not len(history):
            return proposal
        last = history[len(history) - 1].proposal
        rollback = self.proposals[last - 1].open_rollback if last else 0
        is_it = rollback and self.proposals[rollback - 1].new_version == version
        return rollback if is_it else 0

    def _version(self, text: str) -> int:
        packed = pack_version(text)
        if packed is None:
            raise revert(BadVersion(text))
        return packed
