"""Bonded arbitrators: who may be drawn, with which weight.

At most 128 are active; a newcomer with more bond displaces the weakest. A seat locks its stake.
"""

from contracts.disputes.v1.games import Games
from contracts.disputes.v1.messages import ArbitratorBonded, ArbitratorLeft
from contracts.disputes.v1.records import Arbitrator
from contracts.disputes.v1.refusals import (
    AlreadyArbitrator,
    ArbitratorsFull,
    BondTooSmall,
    NotArbitrator,
    SeatsOpen,
    WithdrawalNotDue,
)
from contracts.disputes.v1.store import ARBITRATORS_LIMIT
from contracts.disputes.v1.weights import MEMBER_GAS
from contracts.framework.contract import call
from contracts.framework.history import record
from contracts.framework.messages import revert
from contracts.framework.types import u256


class Arbitrators(Games):
    """The list of arbitrators and their bonds."""

    __slots__ = ()

    @call(payable=True)
    def register_arbitrator(self) -> None:
        """Become an arbitrator with the value sent as bond."""
        caller, bond = self.ctx.caller, self.ctx.value
        member = self.arbitrator_records[caller]
        if member.bond:
            raise revert(AlreadyArbitrator())
        self._check_bond(bond)
        if len(self.arbitrator_list) >= ARBITRATORS_LIMIT:
            self._displace(bond)
        member.place = self.arbitrator_list.push(caller) + 1
        self._set_bond(caller, member, bond)

    @call(payable=True)
    def add_arbitrator_bond(self) -> None:
        """Raise the caller's bond by the value sent; it counts for disputes of later blocks."""
        caller = self.ctx.caller
        member = self._active(caller)
        self._set_bond(caller, member, member.bond + self.ctx.value)

    @call
    def leave_arbitration(self) -> None:
        """Be drawn no more; the bond is paid out after the delay and the last open seat."""
        caller = self.ctx.caller
        self._drop(caller, self._active(caller))

    @call
    def withdraw_arbitrator_bond(self) -> u256:
        """Pay out the bond of an arbitrator who left; returns the amount."""
        caller = self.ctx.caller
        member = self.arbitrator_records[caller]
        bond = member.bond
        if member.place or not bond:
            raise revert(NotArbitrator(caller))
        if member.locked:
            raise revert(SeatsOpen(member.locked))
        seconds = self.arbitrator_leave_seconds
        if not member.left.has_passed(self.ctx.block, seconds):
            raise revert(WithdrawalNotDue(member.left.seconds + seconds))
        self._set_bond(caller, member, 0)
        self.ctx.transfer(caller, bond)
        return bond

    # --- parts ------------------------------------------------------------------------------

    def _check_bond(self, bond: int) -> None:
        needed = self.arbitrator_bond_min
        if bond < needed:
            raise revert(BondTooSmall(bond, needed))

    def _active(self, account: bytes) -> Arbitrator:
        member = self.arbitrator_records[account]
        if not member.place:
            raise revert(NotArbitrator(account))
        return member

    def _set_bond(self, account: bytes, member: Arbitrator, bond: int) -> None:
        member.bond = bond
        record(member.past, self.ctx.block.height, bond)
        self.emit(ArbitratorBonded(account, bond))

    def _drop(self, account: bytes, member: Arbitrator) -> None:
        """Take an arbitrator off the list; the last one takes his place."""
        members = self.arbitrator_list
        place = member.place
        last = members[len(members) - 1]
        members[place - 1] = last
        self.arbitrator_records[last].place = place
        member.place = 0
        members.pop(bytes(20))
        member.left.stamp(self.ctx.block)
        self.emit(ArbitratorLeft(account))

    def _displace(self, bond: int) -> None:
        members = self.arbitrator_list
        self.ctx.use_gas(MEMBER_GAS * len(members))
        ranked = [
            (self.arbitrator_records[members[index]].bond, members[index])
            for index in range(len(members))
        ]
        weakest, loser = min(ranked)
        if bond <= weakest:
            raise revert(ArbitratorsFull(weakest))
        self._drop(loser, self.arbitrator_records[loser])
