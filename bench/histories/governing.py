"""Governance and treasury: proposals of every kind, votes, readiness, execution, rollback."""

from bench.histories.world import AIT, VALIDATORS, World, account, key_address
from contracts.governance.v1.messages import Kind
from contracts.places import MESSAGING_ADDRESS, TREASURY_ADDRESS, native_address

G = "governance"
DAY = 86_400
YES, NO = 1, 2
DEPOSIT = 100 * AIT
CODE = b"\xc0" * 32
PROPOSER, VOTER = account(1), account(2)
GUARDIAN = native_address(3)
TEXT = "An explanation of some length of why this is a good thing for everybody. " * 5


def governing_history() -> World:
    """A change of code, sixteen parameters, a payment and a rollback, each voted on and done."""
    world = World()
    world.note_supply()
    for number in range(1, 6):
        world.send(PROPOSER, "staking", "delegate", key_address(number), value=2_000 * AIT)
        world.send(VOTER, "staking", "delegate", key_address(number), value=500 * AIT)
    for place, count in enumerate((1, 3, 8)):
        for number in range(1, count + 1):
            voter = account(50 + place)
            world.send(voter, "staking", "delegate", key_address(number), value=500 * AIT)
    world.advance(12)
    code = _propose(world, MESSAGING_ADDRESS, "1.0.0", "2.0.0", Kind.LOGIC_UPDATE, CODE, [])
    change = _change(world, 1)
    changes = [
        (GUARDIAN, key, *_step(world, key))
        for key in ("conservativeHour", "conservativeDay", "conservativeWeek", "aggressiveHour",
                    "aggressiveDay", "aggressiveWeek", "pauseSeconds")
    ]  # fmt: skip
    many = _propose(world, GUARDIAN, "1.0.0", "1.0.0", Kind.PARAMETER_CHANGE, bytes(32), changes)
    payment = [(account(9), "", 0, 5 * AIT)]
    pay = _propose(
        world, TREASURY_ADDRESS, "1.0.0", "1.0.0", Kind.TREASURY_SPEND, bytes(32), payment
    )
    world.refuse(PROPOSER, G, "propose", GUARDIAN, "1.0.0", "1.0.0", int(Kind.PARAMETER_CHANGE),
                 3 * DAY, bytes(32), changes, TEXT, value=DEPOSIT)  # fmt: skip
    world.host.balances[TREASURY_ADDRESS] = 100 * AIT
    world.advance()
    _vote(world, code, change, many, pay)
    _announce(world)
    _views(world, code)
    world.host.leap(3 * DAY)
    world.host.leap(DAY + 60)
    world.advance(2)
    _views(world, code)
    world.send(PROPOSER, G, "proposeRollback", change, 36 * 3600, TEXT, value=DEPOSIT)
    world.send(PROPOSER, G, "proposeRollback", many, 36 * 3600, TEXT, value=DEPOSIT)
    world.refuse(PROPOSER, G, "proposeRollback", pay, 36 * 3600, TEXT, value=DEPOSIT)
    world.refuse(PROPOSER, G, "applyChanges", 1, False)
    world.ask("treasury", "spent")
    world.framework_calls("treasury")
    world.refuse(PROPOSER, "treasury", "spend", 1, PROPOSER, AIT)
    world.framework_calls(G, "emergencyVotingSeconds", 36 * 3600 + 1)
    return world


def _propose(
    world: World, target: bytes, old: str, new: str, kind: Kind, code: bytes, changes: list[object]
) -> int:
    number: int = world.send(
        PROPOSER, G, "propose", target, old, new, int(kind), 3 * DAY, code, changes, TEXT,
        value=DEPOSIT,
    )  # fmt: skip
    return number


def _step(world: World, key: str) -> tuple[int, int]:
    now = world.ask("guardian", "parameter", key)
    return now, now + 1


def _change(world: World, step: int) -> int:
    now = world.ask("staking", "parameter", "jailSeconds")
    changes = [(native_address(1), "jailSeconds", now, now + step)]
    place = native_address(1)
    return _propose(world, place, "1.0.0", "1.0.0", Kind.PARAMETER_CHANGE, bytes(32), changes)


def _vote(world: World, *proposals: int) -> None:
    for proposal in proposals:
        world.send(PROPOSER, G, "vote", proposal, YES)
        for number in range(1, VALIDATORS + 1):
            world.send(account(100 + number), G, "vote", proposal, YES)
        world.send(VOTER, G, "vote", proposal, NO)
        for place in range(3):
            world.send(account(50 + place), G, "vote", proposal, YES)
    world.send(VOTER, G, "vote", proposals[0], YES)
    world.send(account(101), G, "vote", proposals[0], NO)
    world.send(account(101), G, "vote", proposals[0], YES)
    world.refuse(account(40), G, "vote", proposals[0], YES)


def _announce(world: World) -> None:
    for number in range(1, VALIDATORS):
        world.send(account(100 + number), G, "ready", MESSAGING_ADDRESS, "2.0.0", CODE)
    world.send(key_address(8), G, "ready", MESSAGING_ADDRESS, "2.0.0", CODE)
    world.refuse(VOTER, G, "ready", MESSAGING_ADDRESS, "2.0.0", CODE)


def _views(world: World, code: int) -> None:
    ask = world.ask
    for number in range(1, 5):
        ask(G, "proposal", number)
        ask(G, "tally", number)
        ask(G, "voteOf", number, PROPOSER)
    ask(G, "readiness", code)
    ask(G, "isReady", code, key_address(1))
    ask(G, "proposalCount")
    for status in range(1, 9):
        world.pages(G, "proposalsByStatus", status, sizes=(0, 1, 2, 4))
    world.pages(G, "votes", 1, sizes=(0, 1, 5, 10))
    ask(G, "openProposalOf", MESSAGING_ADDRESS, "2.0.0")
    ask(G, "contracts")
    ask(G, "activeVersion", MESSAGING_ADDRESS)
    world.pages(G, "versionHistory", MESSAGING_ADDRESS, sizes=(0, 1, 2))
    ask(G, "statistics")
