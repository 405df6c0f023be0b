"""Who may call what: every state-changing entry point of every release, with calls that show it."""

from collections.abc import Callable
from dataclasses import astuple, dataclass, replace

from contracts.framework.types import struct_type
from contracts.governance.v1.messages import Choice, Status
from contracts.marketplace.v1.lease_messages import LeaseInfo
from contracts.places import (
    DISPUTES_ADDRESS,
    GOVERNANCE_ADDRESS,
    GUARDIAN_ADDRESS,
    RECEIPTS_ADDRESS,
    STAKING_ADDRESS,
)
from contracts.receipts.v1.contract import Receipts
from contracts.staking.v1.slashing import jail
from primitives.keys import public_key, sign
from primitives.matmul_dispute import micro_levels
from tests.unit.contracts import compute_world, governance_world
from tests.unit.contracts import staking_world as staking
from tests.unit.contracts.busy_world import (
    AGENT,
    AUTHOR,
    CODE,
    CREATOR,
    DELEGATORS,
    DEPUTY,
    GUARDIANS,
    HASH,
    KEY,
    LEVELS,
    MODERATOR,
    NEW_OWNER,
    NOBODY,
    OPERATORS,
    OWNER,
    READER,
    STRANGER,
    TARGET,
    V1,
    VALIDATORS,
    BusyWorld,
)
from tests.unit.contracts.compute_world import AIT, CHALLENGER, CLIENT, MINER, OPERATOR
from tests.unit.contracts.disputes_world import ask as ask_disputes
from tests.unit.contracts.disputes_world import send as disputes_call
from tests.unit.contracts.guardian_world import DAY, LIMITS, NATIVE, SHOP
from tests.unit.contracts.lease_world import KEY as SALT
from tests.unit.contracts.lease_world import offer_terms
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.messaging_world import FEE, send
from tests.unit.contracts.staking_world import account, key_address, secret

LEASE_TYPE = struct_type(LeaseInfo)
ACTORS = tuple(
    dict.fromkeys(
        (
            NOBODY, OWNER, AGENT, KEY, *GUARDIANS, STRANGER, NEW_OWNER, *OPERATORS, *VALIDATORS,
            *DELEGATORS, CLIENT, MINER, CHALLENGER, CREATOR, AUTHOR, READER, DEPUTY, MODERATOR,
            account(7), GOVERNANCE_ADDRESS, RECEIPTS_ADDRESS, GUARDIAN_ADDRESS, STAKING_ADDRESS,
            DISPUTES_ADDRESS,
        )
    )
)  # fmt: skip
ANYBODY = "anybody: the call touches the caller's own things, or only carries out what is due"
Prepare = Callable[[BusyWorld], None]


@dataclass(frozen=True)
class Case:
    """A call that goes through for exactly ``allowed``; ``values`` may depend on the world."""

    allowed: frozenset[bytes]
    values: tuple | Callable[[BusyWorld], tuple] = ()
    value: int = 0
    prepare: Prepare | None = None

    def arguments(self, world: BusyWorld) -> tuple:
        return self.values(world) if callable(self.values) else self.values


def only(*who: bytes, **fields) -> Callable[..., Case]:
    return lambda *values: Case(frozenset(who), values, **fields)


def no_one(values: Callable[[BusyWorld], tuple]) -> Case:
    """A call whose right is a signature, here a forged one."""
    return Case(frozenset(), values)


def by_world(values: Callable[[BusyWorld], tuple], *who: bytes, **fields) -> Case:
    return Case(frozenset(who), values, **fields)


def pass_seconds(world: BusyWorld, seconds: int) -> None:
    """Let time and its blocks pass without hooks."""
    block = world.chain.block
    world.chain.block = replace(
        block,
        height=block.height + seconds,
        time_ms=block.time_ms + 1_000 * seconds,
        timestamp=block.timestamp + seconds,
    )


def empty_validator(world: BusyWorld) -> None:
    """Fund validator 4 again, whose operator had left; it is no candidate yet."""
    staking.act(world.chain, OPERATORS[3], "delegate", VALIDATORS[3], value=3_000 * AIT)
    contract = staking.storage(world.chain)
    assert not contract.records[VALIDATORS[3]].candidate_place


def jailed(world: BusyWorld) -> None:
    contract = staking.Staking(world.chain.context(STAKING_ADDRESS))
    jail(contract, VALIDATORS[1], contract.records[VALIDATORS[1]], is_for_ever=False)
    pass_seconds(world, 600)


def forged_vote(world: BusyWorld) -> tuple:
    height = world.chain.block.height - 1
    epoch = world.chain.block.epoch
    vote = staking.statement(staking.VoteKind.NOTARIZE, epoch=epoch, height=height)
    return (*staking.vote_data(1, vote)[:5], bytes(65))


def forged_evidence(world: BusyWorld) -> tuple:
    votes = [
        staking.vote_data(
            9, staking.statement(staking.VoteKind.NOTARIZE, epoch=world.epoch, block=block)
        )
        for block in (1, 2)
    ]
    return (VALIDATORS[0], *votes, world.members)


def registration(world: BusyWorld) -> tuple:
    """A registration whose proof was made for NOBODY."""
    digest = staking.registration_digest(CHAIN_ID, STAKING_ADDRESS, NOBODY)
    proof = sign(secret(8), digest).to_bytes()
    return public_key(secret(8)), proof, NOBODY, "eight", 500


def executed_proposal(world: BusyWorld) -> None:
    for operator in OPERATORS[:2]:
        governance_world.vote(world.chain, operator, 1, Choice.YES)
    governance_world.wait(world.chain, 3 * DAY)
    governance_world.wait(world.chain, DAY)
    assert governance_world.info(world.chain, 1).status == Status.EXECUTED
    world.chain.advance()


def paused(world: BusyWorld) -> None:
    world.send(GUARDIANS[0], "pause(address)", world.vault)


def recovering(world: BusyWorld) -> None:
    world.support(2)


def unanswered(world: BusyWorld) -> None:
    send(world.chain, AUTHOR, "withdrawAcceptance(uint64)", 1)


def idle_miner(world: BusyWorld) -> None:
    compute_world.become_miner(world.chain, CHALLENGER)


def leaving_miner(world: BusyWorld) -> None:
    idle_miner(world)
    compute_world.market(world.chain, CHALLENGER, "requestWithdrawal()")
    pass_seconds(world, DAY)


def convicted(world: BusyWorld) -> None:
    world.desk.convict(world.convicting)


def one_less(world: BusyWorld) -> None:
    world.desk.send(CLIENT, "cancelLease", world.proposal)


def probed(world: BusyWorld) -> None:
    world.desk.send(CLIENT, "probeService", world.serving)


def upgrade(_world: BusyWorld) -> tuple:
    return STAKING_ADDRESS, V1, "1.1.0", 2, 3 * DAY, CODE, (), "why not"


def revealing(world: BusyWorld) -> None:
    """Commit a vote of NOBODY and let the time to reveal begin."""
    vote = (world.chain, NOBODY, "commitVote", 1)
    disputes_call(*vote, ask_disputes(world.chain, "voteCommitment", 1, NOBODY, 5_000, HASH))
    pass_seconds(world, DAY)


def after_a_week(world: BusyWorld) -> None:
    pass_seconds(world, 7 * DAY)


def disputed(world: BusyWorld, number: int) -> tuple:
    claim = compute_world.claim_values(world.disputed)
    return number, claim, world.product.opening()


def micro_root(world: BusyWorld) -> tuple:
    levels = micro_levels(world.product.partial_bands(0))
    return *disputed(world, 5), levels[-1][0], world.product.root_witness(levels)


def stray_reveal(world: BusyWorld) -> tuple:
    """The receipt and signature of a lease that the commitment does not name."""
    return 1, HASH, world.leased.data(), world.leased.signature()


def stray_leaf(_world: BusyWorld) -> tuple:
    return 0, HASH, 1, HASH, 1, (), ()


def signed_by_another(world: BusyWorld) -> tuple:
    return world.leased.data(), world.leased.signature(OPERATOR + 1), world.leased.root


def unacknowledged(world: BusyWorld) -> tuple:
    return world.work.receipt_id, world.work.acknowledgement(OPERATOR)


def unsigned_claim(world: BusyWorld) -> tuple:
    """A receipt for the live lease that nobody signed, with an Ack that nobody signed."""
    lease = compute_world.ask_market(world.chain, "lease(bytes32)", (LEASE_TYPE,), world.lease)[0]
    receipt = replace(
        world.leased.claim, lease_id=lease.lease_id, job_id=lease.order_id,
        unit_kind=lease.unit_kind, units=1, unit_price=lease.unit_price,
        model_root=lease.model_root, client=lease.client, miner=lease.miner,
    )  # fmt: skip
    ack = (lease.lease_id, receipt.seq, receipt.struct_hash(), 1, 1)
    data = compute_world.claim_values(receipt)
    return data, world.leased.signature(OPERATOR + 1), ack, bytes(65), 0


def after_the_hold(world: BusyWorld) -> None:
    block = world.chain.block
    world.chain.block = replace(block, height=block.height + 20_001)


def new_epoch(world: BusyWorld) -> None:
    """Begin an epoch, in whose window capacity is committed."""
    contract = Receipts(world.chain.context(RECEIPTS_ADDRESS))
    contract.epoch_height = world.chain.block.height


STAKERS = (OPERATORS[0], *DELEGATORS)
"""Who holds a delegation to the first validator."""
BIG_STAKERS = (OPERATORS[0], OPERATORS[1], OPERATORS[4], *DELEGATORS)
"""Who has at least 1,000 AIT with active validators."""
WEIGHED = (*BIG_STAKERS, OPERATORS[2])
"""Who had them at the end of the block before: the third validator was jailed in this one."""
VAULT_OWNER = only(OWNER)
RIGHTED = only(OWNER, *GUARDIANS)
FORUM_OFFICE = (CREATOR, DEPUTY, MODERATOR)


def vault(*values, who=(OWNER,), **fields) -> Case:
    return Case(frozenset(who), lambda world: (world.vault, *values), **fields)


GUARDED = (OWNER, *GUARDIANS)
RIGHTS: dict[str, dict[str, object]] = {
    "runtime": {},
    "staking": {
        "register": by_world(registration, NOBODY, value=2_000 * AIT),
        "edit": only(*OPERATORS)(account(9), "new", 500),
        "join": only(OPERATORS[3], prepare=empty_validator)(),
        "unjail": only(OPERATORS[1], prepare=jailed)(),
        "withdrawCommission": only(*OPERATORS)(),
        "delegate": ANYBODY,
        "undelegate": only(*STAKERS)(VALIDATORS[0], AIT),
        "redelegate": only(*STAKERS)(VALIDATORS[0], VALIDATORS[1], 2 * AIT),
        "withdraw": ANYBODY,
        "withdrawRewards": ANYBODY,
        "compound": ANYBODY,
        "heartbeat": no_one(lambda world: (forged_vote(world),)),
        "reportDoubleSign": no_one(forged_evidence),
    },
    "governance": {
        "propose": by_world(upgrade, *WEIGHED, value=100 * AIT),
        "proposeRollback": only(*BIG_STAKERS, value=100 * AIT, prepare=executed_proposal)(
            1, 36 * 3_600, "undo it"
        ),
        "applyChanges": only(GOVERNANCE_ADDRESS)(1, False),
        "vote": only(*WEIGHED)(1, Choice.NO),
        "ready": only(*OPERATORS, *VALIDATORS)(GUARDIAN_ADDRESS, "1.1.0", CODE),
    },
    "guardian": {
        "createVault": ANYBODY,
        "createVaultFromPreset": ANYBODY,
        "initiate": vault(SHOP, 5, b"", who=(OWNER, AGENT, KEY)),
        "approveHash": vault(HASH, NATIVE, 7, who=(OWNER, AGENT)),
        "execute": ANYBODY,
        "cancel": by_world(lambda world: world.operations[:1], *GUARDED),
        "expire": ANYBODY,
        "revokeHash": vault(HASH, who=GUARDED),
        "setLimits": vault(NATIVE, LIMITS),
        "setLockSeconds": vault(48 * 3_600),
        "setAgent": vault(NATIVE),
        "rotateGuardians": vault(GUARDIANS),
        "allow": vault(SHOP, b"abcd", 1, 1),
        "disallow": vault(TARGET, b"abcd"),
        "addSessionKey": vault(NEW_OWNER, DAY, ()),
        "removeSessionKey": vault(KEY),
        "executeChange": ANYBODY,
        "cancelChange": by_world(lambda world: world.changes[1:], *GUARDED),
        "expireChange": ANYBODY,
        "pause": vault(who=GUARDIANS),
        "confirmPause": vault(who=GUARDIANS, prepare=paused),
        "unpause": vault(who=GUARDIANS, prepare=paused),
        "supportRecovery": vault(NEW_OWNER, who=GUARDIANS),
        "objectToRecovery": vault(prepare=recovering),
        "executeRecovery": ANYBODY,
    },
    "messaging": {
        "grantModerator": only(GOVERNANCE_ADDRESS)(NOBODY),
        "governedCall": only(GOVERNANCE_ADDRESS)(
            "grantModerator(address)", NOBODY.rjust(32, b"\0")
        ),
        "revokeModerator": only(GOVERNANCE_ADDRESS)(MODERATOR),
        "grantTopicModerator": only(CREATOR)(1, NOBODY),
        "revokeTopicModerator": only(*FORUM_OFFICE)(1, DEPUTY),
        "openTopic": ANYBODY,
        "post": ANYBODY,
        "edit": only(AUTHOR, value=5 * FEE)(1, "other"),
        "deleteMessage": only(AUTHOR)(1),
        "vote": only(*(who for who in ACTORS if who not in (AUTHOR, account(7))))(1, -1),
        "hideTopic": only(MODERATOR)(1, True),
        "pinTopic": only(MODERATOR)(1, True),
        "lockTopic": only(*FORUM_OFFICE)(1, True),
        "hideMessage": only(*FORUM_OFFICE)(1, True),
        "pinMessage": only(*FORUM_OFFICE)(1, True),
        "ban": only(*FORUM_OFFICE)(NOBODY, 1, 100, False),
        "unban": only(*FORUM_OFFICE)(account(7), 1),
        "registerKey": ANYBODY,
        "sendSealed": ANYBODY,
        "sendSealedHash": ANYBODY,
        "acceptAnswer": only(AUTHOR, prepare=unanswered)(2),
        "withdrawAcceptance": only(AUTHOR)(1),
    },
    "marketplace": {
        "registerMiner": ANYBODY,
        "setOperator": only(MINER)(key_address(5)),
        "setEndpoint": only(MINER)("tcp://[::1]:2"),
        "addBond": only(MINER, value=5)(),
        "requestWithdrawal": only(CHALLENGER, prepare=idle_miner)(),
        "withdrawBond": only(CHALLENGER, prepare=leaving_miner)(),
        "postJob": ANYBODY,
        "takeJob": by_world(lambda world: world.jobs[:1], MINER),
        "cancelJob": by_world(lambda world: world.jobs[:1], CLIENT),
        "expireJob": ANYBODY,
        "noteReceipt": by_world(lambda world: (world.leased.claim.lease_id,), RECEIPTS_ADDRESS),
        "settleLease": by_world(lambda world: (world.work.claim.lease_id, 1), RECEIPTS_ADDRESS),
        "failLease": by_world(
            lambda world: (world.work.claim.lease_id, account(9)), RECEIPTS_ADDRESS
        ),
        "setSealingKey": only(MINER)(HASH),
        "noteCapacity": only(RECEIPTS_ADDRESS)(MINER, 5, 2**40),
        "updateIndex": ANYBODY,
        "postOffer": only(MINER, value=AIT)(astuple(offer_terms())),
        "repriceOffer": by_world(lambda world: (world.offer, 9), MINER),
        "closeOffer": by_world(lambda world: (world.offer,), MINER),
        "postOrder": ANYBODY,
        "cancelOrder": by_world(lambda world: (world.order,), CLIENT),
        "expireOrder": ANYBODY,
        "takeOffer": by_world(lambda world: (world.order, world.offer), CLIENT, prepare=one_less),
        "matchOrder": ANYBODY,
        "acceptLease": by_world(lambda world: (world.proposal,), MINER),
        "declineLease": by_world(lambda world: (world.proposal,), MINER),
        "cancelLease": by_world(lambda world: (world.proposal,), CLIENT),
        "expireProposal": ANYBODY,
        "requestReclaim": by_world(lambda world: (world.lease,), CLIENT),
        "finishReclaim": by_world(lambda world: (world.lease,), CLIENT, prepare=convicted),
        "expireLease": ANYBODY,
        "payLease": by_world(lambda world: (world.lease, 1, 1), RECEIPTS_ADDRESS),
        "holdLease": by_world(lambda world: (world.lease,), DISPUTES_ADDRESS),
        "releaseLease": by_world(lambda world: (world.lease,), DISPUTES_ADDRESS),
        "convict": by_world(lambda world: (world.lease, 1), DISPUTES_ADDRESS),
        "closeUnpaid": by_world(lambda world: (world.lease,), DISPUTES_ADDRESS),
        "proposeTo": by_world(
            lambda world: (world.order, world.offer), DISPUTES_ADDRESS, prepare=one_less
        ),
        "paySplit": by_world(lambda world: (world.lease, 5), DISPUTES_ADDRESS),
        "postAuction": ANYBODY,
        "commitBid": by_world(lambda world: (world.auction, HASH), MINER, value=AIT),
        "revealBid": by_world(
            lambda world: (world.bidden, 0, world.offer, 100, SALT),
            MINER,
            prepare=lambda world: pass_seconds(world, 60),
        ),
        "closeAuction": ANYBODY,
        "postOrderWithService": ANYBODY,
        "attachService": by_world(lambda world: (world.auction, astuple(LEVELS)), CLIENT),
        "promiseService": by_world(lambda world: (world.offer, astuple(LEVELS)), MINER),
        "announceInterruption": by_world(lambda world: (world.serving, 1, 1), MINER),
        "probeService": by_world(lambda world: (world.serving,), CLIENT),
        "answerProbe": by_world(lambda world: (world.serving,), MINER, prepare=probed),
        "failProbe": ANYBODY,
        "rateLease": by_world(lambda world: (world.settled, 5), CLIENT, MINER),
    },
    "receipts": {
        "submitReceipt": no_one(signed_by_another),
        "openTiles": by_world(
            lambda world: (
                world.work.receipt_id,
                [
                    world.work.path(tile)
                    for tile in compute_world.drawn(world.chain, world.work.receipt_id)
                ],
            ),
            MINER,
        ),
        "challengeTile": ANYBODY,
        "acknowledge": no_one(unacknowledged),
        "settle": ANYBODY,
        "failReceipt": ANYBODY,
        "claimReceipt": no_one(unsigned_claim),
        "postResponse": no_one(
            lambda world: (*unsigned_claim(world)[:2], 1, bytes(65), 0, b"sealed")
        ),
        "settleLease": ANYBODY,
        "anchorBatch": ANYBODY,
        "claimFromBatch": no_one(lambda world: (1, 0, (), (), *unsigned_claim(world))),
        "releaseBond": by_world(lambda world: (world.batch,), STRANGER, prepare=after_the_hold),
        "slashBatch": by_world(lambda world: (world.batch,), DISPUTES_ADDRESS),
        "demandLeaf": ANYBODY,
        "demandSample": ANYBODY,
        "answerDemand": no_one(lambda world: (world.demand, 0, (), (), *unsigned_claim(world)[:2])),
        "closeDemand": ANYBODY,
        "commitCapacity": only(MINER, prepare=new_epoch)(64, 64, 64, HASH),
        "openCapacity": no_one(lambda world: ((),)),
    },
    "disputes": {
        "commitChallenge": ANYBODY,
        "expireChallenge": ANYBODY,
        "claimReward": ANYBODY,
        "revealTile": no_one(lambda w: (1, HASH, HASH, 1, HASH, ())),
        "noteProductFailed": only(RECEIPTS_ADDRESS)(HASH, 5),
        "sweepReward": ANYBODY,
        "withdrawTileChallenge": no_one(lambda w: (1, HASH, HASH, 1)),
        "withdrawChallenge": no_one(
            lambda w: (*stray_reveal(w)[:2], 7, HASH, *stray_reveal(w)[2:])
        ),
        "withdrawBatchChallenge": no_one(lambda w: (1, HASH, 1, HASH, 1)),
        "revealGame": no_one(lambda w: (*stray_reveal(w)[:2], 7, *stray_reveal(w)[2:])),
        "revealOverclaim": no_one(stray_reveal),
        "revealDoubleSigning": no_one(lambda w: (*stray_reveal(w), *stray_reveal(w)[2:])),
        "revealDuplicateLeaf": no_one(lambda w: (1, HASH, 1, stray_leaf(w), stray_leaf(w))),
        "revealWrongSum": no_one(lambda w: (1, HASH, 1, stray_leaf(w), w.leased.data())),
        "revealBadSignature": no_one(lambda w: (1, HASH, 1, stray_leaf(w))),
        "answerSignature": no_one(lambda w: (2, w.leased.data(), w.leased.signature())),
        "openTrace": by_world(lambda world: disputed(world, 2), MINER),
        "revealNodes": by_world(lambda world: (3, world.product.levels[0]), MINER),
        "choose": by_world(lambda world: (4, world.product.levels[0], 1), CHALLENGER),
        "postMicroRoot": by_world(micro_root, MINER),
        "oneStep": ANYBODY,
        "claimTimeout": ANYBODY,
        "registerArbitrator": ANYBODY,
        "addArbitratorBond": only(STRANGER, NEW_OWNER, NOBODY, value=5)(),
        "leaveArbitration": only(STRANGER, NEW_OWNER, NOBODY)(),
        "withdrawArbitratorBond": only(DELEGATORS[0], prepare=after_a_week)(),
        "openArbitration": no_one(lambda world: (world.leased.claim.lease_id, HASH)),
        "addEvidence": only(CLIENT, MINER)(1, HASH),
        "drawPanel": ANYBODY,
        "commitVote": only(STRANGER, NEW_OWNER, NOBODY)(1, HASH),
        "revealVote": only(NOBODY, prepare=revealing)(1, 5_000, HASH),
        "closeArbitration": ANYBODY,
        "openQuorum": no_one(lambda world: ((world.order,) * 3, HASH)),
        "drawQuorum": ANYBODY,
        "commitOutput": no_one(lambda world: (1, HASH)),
        "revealOutput": no_one(lambda world: (1, HASH, HASH)),
        "closeQuorum": ANYBODY,
        "releaseQuorum": ANYBODY,
        "fundAudits": ANYBODY,
        "openAudit": ANYBODY,
        "commitAudit": no_one(lambda world: (1, HASH)),
        "revealAudit": no_one(lambda world: (1, 1, HASH)),
        "closeAudit": ANYBODY,
        "closeFailed": ANYBODY,
        "appointDesk": only(GOVERNANCE_ADDRESS)(SHOP),
        "dismissDesk": only(GOVERNANCE_ADDRESS)(SHOP),
        "governedCall": only(GOVERNANCE_ADDRESS)("appointDesk(address)", SHOP.rjust(32, b"\0")),
        "commitCanary": no_one(lambda world: (HASH,)),
        "showCanary": no_one(lambda world: (1, 1, HASH)),
    },
    "treasury": {"spend": only(GOVERNANCE_ADDRESS)(1, SHOP, AIT)},
}
"""By contract and method; ``setParameter`` is the same everywhere: governance alone."""
