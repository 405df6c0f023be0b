"""A jar: anybody adds, its owner takes what has lain for a day. The guide's whole contract."""

from contracts.framework.clock import Moment
from contracts.framework.contract import Contract, call, view
from contracts.framework.messages import revert
from contracts.framework.parameters import Parameter
from contracts.framework.storage import ADDRESS, U64, U128, Slot, mapping, struct
from contracts.framework.types import Address, u256
from docs.examples.jar_messages import Added, NothingGiven, NotYet, Taken


class Jar(Contract):
    index, events, errors = 200, (Added, Taken), (NothingGiven, NotYet)
    weights = {"add": 800, "take": 900, "amountOf": 400}

    rest_seconds = Parameter(U64, default=86_400, minimum=60, maximum=30 * 86_400)
    amounts = Slot(mapping(ADDRESS, U128))
    added = Slot(mapping(ADDRESS, struct(Moment)))

    @call(payable=True)
    def add(self, owner: Address) -> None:  # a new gift begins the day anew
        if not self.ctx.value:
            raise revert(NothingGiven())
        self.amounts[owner] += self.ctx.value
        self.added[owner].stamp(self.ctx.block)
        self.emit(Added(owner, self.ctx.caller, self.ctx.value))

    @call
    def take(self) -> u256:
        owner, rest = self.ctx.caller, self.rest_seconds
        if not self.added[owner].has_passed(self.ctx.block, rest):
            raise revert(NotYet(self.added[owner].seconds + rest))
        amount, self.amounts[owner] = self.amounts[owner], 0
        self.emit(Taken(owner, amount))
        self.ctx.transfer(owner, amount)
        return amount

    @view
    def amount_of(self, owner: Address) -> u256:
        return self.amounts[owner]
