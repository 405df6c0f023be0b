"""Random histories of all contracts together: everybody acts, rightly and wrongly, block by block.

Half of the steps are directed (they carry a job, a proposal, an evidence through its life), half
call any method of any active contract with values that mean something somewhere.
"""

from collections import Counter
from dataclasses import astuple
from random import Random

from contracts.governance.v1.contract import Governance
from contracts.governance.v1.messages import Change, Choice, Kind, Status
from contracts.guardian.v1.account import account_address
from contracts.marketplace.v1.contract import Marketplace
from contracts.marketplace.v1.messages import JobStatus
from contracts.messaging.v2.contract import Messaging
from contracts.places import (
    GOVERNANCE_ADDRESS,
    GUARDIAN_ADDRESS,
    MARKETPLACE_ADDRESS,
    MESSAGING_ADDRESS,
    RECEIPTS_ADDRESS,
    STAKING_ADDRESS,
    TREASURY_ADDRESS,
)
from contracts.receipts.v1.messages import ReceiptStatus
from contracts.runtime import ActiveContracts
from contracts.staking.v1.contract import Staking
from contracts.staking.v1.election import set_hash
from contracts.staking.v1.messages import SetMember
from contracts.staking.v1.registration import registration_digest
from contracts.system import SYSTEM
from contracts.treasury.v1.contract import Treasury
from primitives.abi import decode, encode_call
from primitives.genesis import Genesis, GenesisAccount, GenesisValidator, Parameters
from primitives.keys import public_key, sign
from primitives.types import U256_MAX, WEI_PER_AIT
from primitives.vote import Statement, VoteDomain, VoteKind
from tests.property.whole_chain import WholeChain, supply_slot
from tests.unit.contracts.compute_world import POST, SUBMIT, compute, drawn
from tests.unit.contracts.governance_world import PROPOSE
from tests.unit.contracts.guardian_world import ADD_KEY, INITIATE, PRESET
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.rights import RIGHTS, Case
from tests.unit.contracts.staking_world import REPORT, check_books, key_address, secret
from tests.unit.state.native_script import forwarder

AIT = WEI_PER_AIT
EPOCH_BLOCKS = 5
OPERATORS = (101, 102, 103, 104, 105, 106)
"""Operator 100 + n runs the validator of key n; the last two register during the history."""
DELEGATORS = (11, 12, 13)
CLIENTS = (21, 22)
MINERS = (31, 32)
MINER_KEY = 41
OWNERS = (51, 52)
AGENTS = (53, 54)
SESSION, NEW_OWNER = 55, 56
GUARDIANS = (61, 62, 63)
FORUM = (71, 72, 73, 74)
NOBODY = 99
PARTIES = (
    *OPERATORS, *DELEGATORS, *CLIENTS, *MINERS, *OWNERS, *AGENTS, SESSION, NEW_OWNER, *GUARDIANS,
    *FORUM,
)  # fmt: skip
STAKERS = tuple(key_address(key) for key in (*PARTIES, NOBODY))
SALTS = tuple(bytes([n]) * 32 for n in (1, 2))
VAULTS = tuple(account_address(key_address(o), salt) for o in OWNERS for salt in SALTS)
COUNTER = b"\xbb" * 20
COUNTER_CODE = bytes.fromhex("60005460010160005560005460005260206000f3")
NATIVES = (GUARDIAN_ADDRESS, STAKING_ADDRESS, MESSAGING_ADDRESS, MARKETPLACE_ADDRESS,
           GOVERNANCE_ADDRESS)  # fmt: skip
FORWARDERS = {target: b"\xf0" * 19 + target[-1:] for target in NATIVES}
"""Contracts that pass on whatever they are sent, with the value."""
CODE = b"\xc0" * 32
FEE = 10**9
OVERRIDES = (
    (
        "governance",
        (
            ("emergencyVotingSeconds", 60), ("executionDelaySeconds", 40), ("expirySeconds", 400),
            ("rollbackSeconds", 900), ("votingSecondsMax", 1_000), ("votingSecondsMin", 60),
        ),
    ),
    (
        "guardian",
        (
            ("expirySeconds", 600), ("lockSecondsMin", 40), ("objectionSeconds", 400),
            ("pauseCooldownSeconds", 300), ("pauseSeconds", 150), ("presetLockSeconds", 60),
            ("recoverySeconds", 120),
        ),
    ),
    (
        "staking",
        (
            ("downtimePpm", 5_000), ("jailSeconds", 60), ("periodBlocksMin", 3),
            ("periodSeconds", 40), ("unbondingSeconds", 1_200), ("windowPeriods", 4),
        ),
    ),
)  # fmt: skip
MUST_HAPPEN = (
    "staking.register", "staking.edit", "staking.unjail", "staking.delegate", "staking.undelegate",
    "staking.redelegate", "staking.withdraw", "staking.withdrawRewards", "staking.compound",
    "staking.withdrawCommission", "staking.heartbeat", "staking.reportDoubleSign",
    "governance.propose", "governance.vote", "governance.ready", "governance.proposeRollback",
    "guardian.createVaultFromPreset", "guardian.initiate", "guardian.approveHash",
    "guardian.execute", "guardian.cancel", "guardian.expire", "guardian.pause",
    "guardian.supportRecovery", "guardian.executeRecovery", "guardian.executeChange",
    "messaging.openTopic", "messaging.post", "messaging.edit", "messaging.vote",
    "messaging.deleteMessage", "messaging.hideMessage", "messaging.sendSealed",
    "messaging.registerKey", "messaging.acceptAnswer", "marketplace.registerMiner",
    "marketplace.takeJob", "marketplace.cancelJob", "marketplace.expireJob",
    "marketplace.addBond", "receipts.submitReceipt", "receipts.openTiles", "receipts.settle",
    "receipts.challengeTile", "receipts.acknowledge", "receipts.failReceipt",
    "downtime", "slash", "upgrade", "rollback", "parameter", "treasury", "forwarded",
)  # fmt: skip


def genesis() -> Genesis:
    accounts = [
        GenesisAccount(address=key_address(key), balance=200_000 * AIT + key)
        for key in (*PARTIES, NOBODY)
    ]
    accounts.append(GenesisAccount(address=COUNTER, code=COUNTER_CODE, nonce=1))
    accounts += [
        GenesisAccount(address=place, code=forwarder("f1", target, True), nonce=1)
        for target, place in FORWARDERS.items()
    ]
    return Genesis(
        chain_id=CHAIN_ID,
        time_ms=1_700_000_000_000,
        parameters=Parameters(
            epoch_blocks=EPOCH_BLOCKS, block_time_ms=4_000, receipt_draw_first=2,
            receipt_draw_last=3, receipt_tiles_drawn=2, receipt_window_blocks_min=8,
        ),
        accounts=tuple(sorted(accounts, key=lambda account: account.address)),
        validators=tuple(
            GenesisValidator(
                operator=key_address(100 + number),
                public_key=public_key(secret(number)),
                stake=(4_000 - 300 * number) * AIT,
                fee_recipient=key_address(100 + number),
                name=f"validator {number}",
            )
            for number in range(1, 5)
        ),
        contracts=OVERRIDES,
    )  # fmt: skip


class History:
    """One history; ``run`` makes blocks, each checked."""

    def __init__(self, seed: int):
        self.random = Random(seed)
        self.chain = WholeChain(genesis())
        self.done: Counter[str] = Counter()
        self.tried: Counter[str] = Counter()
        self.sets: dict[int, tuple] = {}
        self.absent: frozenset[bytes] = frozenset()
        self.jobs: list[bytes] = []
        self.works: list = []
        self.topics = self.messages = self.proposals = 0
        self.operations = self.changes = 0
        self.treasury = (0, 0)

    # --- calling ----------------------------------------------------------------------------

    def active(self, address: bytes):
        reader = self.chain.context(GOVERNANCE_ADDRESS)
        return ActiveContracts(SYSTEM, reader.sload).at(address)

    def view(self, address: bytes, name: str, *values):
        release = self.active(address)
        method = next(m for m in release.methods.values() if m.name == name)
        found = decode(
            method.outputs, self.chain.read(address, encode_call(method.signature, *values))
        )
        return found[0] if len(found) == 1 else found

    def act(
        self, who: int, address: bytes, signature: str, *values, value: int = 0
    ) -> bytes | None:
        """Send a call; count it by name when it succeeds; return its output, None when refused."""
        name = f"{SYSTEM.first(address).name}.{signature.partition('(')[0]}"
        data = encode_call(signature, *values)
        to = address
        is_forwarded = self.random.random() < 0.05 and address in FORWARDERS
        if is_forwarded:
            to = FORWARDERS[address]
        self.tried[name] += 1
        gas = 1_500_000 if is_forwarded or address == GUARDIAN_ADDRESS else 3_000_000
        done = self.chain.send(who, to, data, value, gas)
        if done is None or not done.succeeded:
            return None
        self.done[name] += 1
        self.done["forwarded"] += is_forwarded
        return done.output

    def number(self, *call, **fields) -> int:
        return int.from_bytes((self.act(*call, **fields) or b"")[:32], "big")

    def some(self, items):
        return self.random.choice(items)

    def amount(self) -> int:
        few = (0, 1, AIT - 1, AIT, 3 * AIT + 1, 999 * AIT, U256_MAX)
        return self.some((*few, *(self.random.randrange(3_000 * AIT) for _ in few)))

    def validator(self) -> bytes:
        return key_address(self.random.randint(1, 6))

    def party(self) -> int:
        return self.some(PARTIES)

    # --- staking ----------------------------------------------------------------------------

    def delegate(self):
        value = min(self.amount(), 20_000 * AIT)
        self.act(
            self.some((*DELEGATORS, *OPERATORS)), STAKING_ADDRESS, "delegate(address)",
            self.validator(), value=value,
        )  # fmt: skip

    def move_stake(self):
        who = self.some((*DELEGATORS, *OPERATORS))
        calls = (
            ("undelegate(address,uint256)", self.validator(), self.amount()),
            ("redelegate(address,address,uint256)", self.validator(), self.validator(),
             self.amount()),
            ("withdraw()",),
            ("withdrawRewards(address)", self.validator()),
            ("compound(address,address)", key_address(self.some(DELEGATORS)), self.validator()),
        )  # fmt: skip
        self.act(who, STAKING_ADDRESS, *self.some(calls))

    def operate(self):
        operator = self.some(OPERATORS)
        calls = (
            ("edit(address,string,uint16)", key_address(operator), "n", self.some((450, 500, 550))),
            ("join()",),
            ("unjail()",),
            ("withdrawCommission()",),
        )
        self.act(operator, STAKING_ADDRESS, *self.some(calls))

    def register(self):
        key = self.some((5, 6))
        digest = registration_digest(CHAIN_ID, STAKING_ADDRESS, key_address(100 + key))
        proof = sign(secret(key), digest).to_bytes()
        call = "register(bytes,bytes,address,string,uint16)"
        self.act(
            100 + key, STAKING_ADDRESS, call, public_key(secret(key)), proof,
            key_address(100 + key), f"validator {key}", 500,
            value=self.some((999, 1_000, 2_500)) * AIT,
        )  # fmt: skip

    def vote_data(self, key: int, statement: Statement) -> tuple:
        domain = VoteDomain(CHAIN_ID, self.chain.runtime.genesis_hash)
        signature = sign(secret(key), statement.digest(domain)).to_bytes()
        s = statement
        return (int(s.kind), s.epoch, s.view, s.height, s.block_hash, signature)

    def heartbeat(self):
        block = self.chain.block
        height = max(1, block.height - self.some((1, 1, 2, 30)))
        epoch = 1 + (height - 1) // EPOCH_BLOCKS
        vote = Statement(
            kind=VoteKind.NOTARIZE, epoch=epoch, view=height, height=height, block_hash=bytes(32)
        )
        data = self.vote_data(self.random.randint(1, 7), vote)
        call = "heartbeat((uint8,uint64,uint64,uint64,bytes32,bytes))"
        self.act(self.party(), STAKING_ADDRESS, call, data)

    def unjail(self):
        """Unjail whoever is jailed and may come back."""
        staking = Staking(self.chain.context(STAKING_ADDRESS))
        for operator in OPERATORS:
            record = staking.records[key_address(operator - 100)]
            if record.is_jailed and not record.is_tombstoned:
                self.act(operator, STAKING_ADDRESS, "unjail()")

    def accept(self):
        """Accept an answer where there is a question of the forum's second version."""
        forum = Messaging(self.chain.context(MESSAGING_ADDRESS))
        for number in range(1, self.messages + 1):
            answer = forum.message_records[number]
            if answer.kind == 5:
                asker = forum.message_records[answer.parent_id].author
                who = next((key for key in FORUM if key_address(key) == asker), NOBODY)
                self.act(who, MESSAGING_ADDRESS, "acceptAnswer(uint64)", number)

    def ask_and_accept(self):
        """Go the whole way, for the forum's second version is active for a few blocks alone."""
        who, text = self.some(FORUM), "why"
        fee = len(text) * self.view(MESSAGING_ADDRESS, "parameter", "feePerByte")
        open_topic, post = "openTopic(string,string,string[])", "post(uint64,uint8,uint64,string)"
        topic = self.number(who, MESSAGING_ADDRESS, open_topic, text, "", (), value=fee)
        answer = 0
        for kind in (4, 5):  # a question, then its answer
            values = (topic, kind, answer, text)
            answer = self.number(who, MESSAGING_ADDRESS, post, *values, value=fee)
        self.topics, self.messages = max(self.topics, topic), max(self.messages, answer)
        self.act(who, MESSAGING_ADDRESS, "acceptAnswer(uint64)", answer)

    def double_sign(self):
        if self.random.random() < 0.85 or not self.sets:
            return
        epoch = max(1, self.chain.block.epoch - self.some((0, 1, 2, 8)))
        key = self.random.randint(2, 6)
        votes = [
            self.vote_data(
                key,
                Statement(
                    kind=VoteKind.NOTARIZE, epoch=epoch, view=3, height=3,
                    block_hash=bytes([n]) * 32,
                ),
            )
            for n in (1, 2)
        ]  # fmt: skip
        members = self.sets.get(epoch, ())
        self.act(self.party(), STAKING_ADDRESS, REPORT, key_address(key), *votes, members)

    # --- compute ----------------------------------------------------------------------------

    def post(self):
        values = (b"\x11" * 32, self.some((64, 128)), 64, 64, self.some((30, 60, 200)), 10)
        price = self.random.randrange(2 * 64**3, 30 * AIT)
        job = self.act(self.some(CLIENTS), MARKETPLACE_ADDRESS, POST, *values, value=price)
        if job:
            self.jobs.append(job)

    def mine(self):
        miner = self.some(MINERS)
        key = key_address(MINER_KEY)
        job = self.some(self.jobs[-4:]) if self.jobs else bytes(32)
        calls = (
            (("registerMiner(address,string)", key, "tcp://[::1]:1"), 60 * AIT),
            (("takeJob(bytes32)", job), 0), (("takeJob(bytes32)", job), 0),
            (("takeJob(bytes32)", job), 0), (("addBond()",), AIT),
            (("requestWithdrawal()",), 0), (("withdrawBond()",), 0),
        )  # fmt: skip
        call, value = self.some(calls)
        self.act(miner, MARKETPLACE_ADDRESS, *call, value=value)

    def submit(self):
        if not self.jobs:
            return
        job = self.some(self.jobs[-4:])
        if self.view(MARKETPLACE_ADDRESS, "job", job).status != JobStatus.LEASED:
            return
        wrong = frozenset((0,)) if self.random.random() < 0.3 else frozenset()
        work = compute(self.chain, job, wrong=wrong)
        signature = work.signature(MINER_KEY)
        sent = self.act(self.party(), RECEIPTS_ADDRESS, SUBMIT, work.data(), signature, work.root)
        if sent:
            self.works.append(work)

    def settle(self):
        if not self.works:
            return
        work = self.some(self.works[-3:])
        receipt = work.receipt_id
        key = next((k for k in CLIENTS if key_address(k) == work.claim.client), NOBODY)
        challenge = "challengeTile(bytes32,uint32,bytes32,bytes32[])"
        calls = [
            ("settle(bytes32)", receipt),
            ("settle(bytes32)", receipt),
            *[("failReceipt(bytes32)", receipt)] * 2,
            *[(challenge, receipt, 0, work.levels[0][0], work.path(0))] * 2,
        ]
        if self.random.random() < 0.3:
            calls.append(("acknowledge(bytes32,bytes)", receipt, work.acknowledgement(key)))
        self.act(self.party(), RECEIPTS_ADDRESS, *self.some(calls))

    def open_tiles(self):
        if not self.works:
            return
        work = self.some(self.works[-3:])
        info = self.view(RECEIPTS_ADDRESS, "receipt", work.receipt_id)
        if info.status != ReceiptStatus.SUBMITTED or info.height + 3 > self.chain.height:
            return
        paths = [work.path(tile) for tile in drawn(self.chain, work.receipt_id)]
        miner = next((k for k in MINERS if key_address(k) == work.claim.miner), NOBODY)
        call = "openTiles(bytes32,bytes32[][])"
        self.act(miner, RECEIPTS_ADDRESS, call, work.receipt_id, paths)

    def end_job(self):
        if self.jobs:
            call = self.some(("cancelJob(bytes32)", "expireJob(bytes32)"))
            self.act(self.some(CLIENTS), MARKETPLACE_ADDRESS, call, self.some(self.jobs))

    # --- governance -------------------------------------------------------------------------

    def propose(self):
        kind = self.some(
            (Kind.PARAMETER_CHANGE, Kind.PARAMETER_CHANGE, Kind.TREASURY_SPEND, "call")
        )
        version = "1.0.0"
        if kind == Kind.TREASURY_SPEND:
            target = TREASURY_ADDRESS
            amount = self.some((1, self.random.randrange(AIT), 10**6 * AIT))
            changes = (Change(key_address(self.party()), "", 0, amount),)
        elif kind == "call":
            kind, target = Kind.PARAMETER_CHANGE, MESSAGING_ADDRESS
            version = self.active(target).version
            who = int.from_bytes(key_address(self.some(FORUM)), "big")
            call = self.some(("grantModerator(address)", "revokeModerator(address)"))
            changes = (Change(target, call, 0, who),)
        else:
            target = self.some((GOVERNANCE_ADDRESS, GUARDIAN_ADDRESS, MESSAGING_ADDRESS))
            release = self.active(target)
            version = release.version
            key = self.some(tuple(release.governed))
            parameter = release.governed[key]
            old = self.view(target, "parameter", key)
            new = old + self.some((1, -1)) * min(parameter.step_max, max(1, old // 10))
            old += self.random.random() < 0.1
            changes = (Change(target, key, old, max(0, new)),)
        self.make_proposal(self.some((101, 102, 11)), target, version, version, kind, changes)

    def make_proposal(self, who, target, current, new, kind, changes=(), code=bytes(32)):
        rows = [astuple(change) for change in changes]
        seconds = self.some((60, 90, 1_000)) if not any(code) else 60
        deposit = self.view(GOVERNANCE_ADDRESS, "parameter", "depositWei")
        values = (target, current, new, kind, seconds, code, rows, "why not")
        return self.act(who, GOVERNANCE_ADDRESS, PROPOSE, *values, value=deposit)

    def vote(self):
        count = self.view(GOVERNANCE_ADDRESS, "proposalCount")
        if not count:
            return
        proposal = self.random.randint(max(1, count - 5), count)
        choice = self.some((Choice.YES, Choice.YES, Choice.YES, Choice.NO, Choice.ABSTAIN))
        voter = self.some((*OPERATORS, *DELEGATORS))
        self.act(voter, GOVERNANCE_ADDRESS, "vote(uint64,uint8)", proposal, choice)

    def direct_upgrade(self):
        """Take messaging to 2.0.0, and back, by proposals that everybody carries."""
        version = self.active(MESSAGING_ADDRESS).version
        count = self.view(GOVERNANCE_ADDRESS, "proposalCount")
        rows = [self.view(GOVERNANCE_ADDRESS, "proposal", n + 1) for n in range(count)]
        upgrades = [r for r in rows if r.kind == Kind.LOGIC_UPDATE]
        executed = [r for r in upgrades if r.status == Status.EXECUTED]
        waiting = [r for r in rows if r.status == Status.PROPOSED and any(r.code_hash)]
        who = self.some((101, 102, 11))
        ready = "ready(address,string,bytes32)"
        for number, row in enumerate(rows, 1):
            is_spend = row.kind == Kind.TREASURY_SPEND
            is_plain = is_spend or (row.kind == Kind.PARAMETER_CHANGE and number % 2)
            is_waiting = row.status == Status.PROPOSED and number not in self.carried
            if is_plain and is_waiting:
                self.carried.add(number)
                for operator in OPERATORS:
                    call = ("vote(uint64,uint8)", number, Choice.YES)
                    self.act(operator, GOVERNANCE_ADDRESS, *call)
                return
            is_code = row.kind in (Kind.LOGIC_UPDATE, Kind.EMERGENCY_FIX)
            if is_code and row.status in (Status.PROPOSED, Status.APPROVED):
                for operator in OPERATORS:
                    code = row.code_hash if any(row.code_hash) else CODE
                    call = (ready, MESSAGING_ADDRESS, row.new_version, code)
                    self.act(operator, GOVERNANCE_ADDRESS, *call)
                    if row.status == Status.PROPOSED:
                        call = ("vote(uint64,uint8)", number, Choice.YES)
                        self.act(operator, GOVERNANCE_ADDRESS, *call)
                return
        if version == "1.0.0" and not executed and not waiting and not self.done["upgrade"]:
            kind = Kind.LOGIC_UPDATE
            self.make_proposal(who, MESSAGING_ADDRESS, version, "2.0.0", kind, code=CODE)
        elif executed and self.chain.height > self.halfway:
            call = (
                "proposeRollback(uint64,uint64,string)",
                rows.index(executed[0]) + 1,
                60,
                "undo it",
            )
            deposit = self.view(GOVERNANCE_ADDRESS, "parameter", "depositWei")
            self.act(who, GOVERNANCE_ADDRESS, *call, value=deposit)

    # --- guardian ---------------------------------------------------------------------------

    def guard(self):
        place = self.random.randrange(len(VAULTS))
        vault, owner = VAULTS[place], OWNERS[place // len(SALTS)]
        if self.random.random() < 0.1:
            owner = self.some((*OWNERS, NEW_OWNER))
        spender = self.some((owner, *AGENTS))
        guardians = tuple(key_address(g) for g in GUARDIANS)
        preset = self.some(("conservative", "aggressive", "high_security"))
        operation = self.random.randint(1, max(1, self.operations))
        change = self.random.randint(1, max(1, self.changes))
        calls = (
            (owner, PRESET, preset, key_address(self.some(AGENTS)), guardians, self.some(SALTS)),
            (spender, INITIATE, vault, *self.operation()),
            (spender, INITIATE, vault, *self.operation()),
            (spender, INITIATE, vault, *self.operation()),
            (owner, "approveHash(address,bytes32,address,uint128)", vault, CODE, bytes(20), 5),
            *[(self.party(), "execute(uint64)", operation)] * 3,
            (self.some((*OWNERS, *GUARDIANS)), "cancel(uint64)", operation),
            (self.party(), "expire(uint64)", operation),
            (self.party(), "executeChange(uint64)", change),
            (self.some((*OWNERS, *GUARDIANS)), "cancelChange(uint64)", change),
            (owner, "allow(address,address,bytes4,uint128,uint128)", vault, STAKING_ADDRESS,
             bytes.fromhex("5c19a95c"), 100 * AIT, 0),
            (owner, "setLockSeconds(address,uint64)", vault, self.some((40, 60, 100))),
            (owner, ADD_KEY, vault, key_address(SESSION), 4_000,
             ((bytes(20), AIT, AIT, AIT, AIT),)),
            (SESSION, INITIATE, vault, COUNTER, 0, b""),
            (SESSION, INITIATE, vault, key_address(22), AIT // 10, b""),
        )  # fmt: skip
        who, *call = self.some(calls)
        output = self.act(who, GUARDIAN_ADDRESS, *call)
        if output and call[0].startswith(("initiate", "approveHash")):
            self.operations = max(self.operations, int.from_bytes(output[:32], "big"))
        elif output and call[0].startswith(("allow", "setLock", "addSession")):
            self.changes = max(self.changes, int.from_bytes(output[:32], "big"))

    def expire_all(self):
        """Clear away, after a long time, whatever nobody executed."""
        for operation in range(1, self.operations + 1):
            self.act(self.party(), GUARDIAN_ADDRESS, "expire(uint64)", operation)

    def operation(self) -> tuple:
        """A payment, a call of bytecode, or a call of a native contract."""
        delegate = encode_call("delegate(address)", self.validator())
        return self.some((
            (key_address(self.some(CLIENTS)), self.random.randrange(120 * AIT), b""),
            (COUNTER, 0, b""), (COUNTER, 5, b"\x01\x02\x03\x04"),
            (STAKING_ADDRESS, 5 * AIT, delegate),
            (STAKING_ADDRESS, 0, encode_call("withdraw()")),
            (FORWARDERS[GUARDIAN_ADDRESS], 0, encode_call("execute(uint64)", 1)),
        ))  # fmt: skip

    def watch(self):
        """What guardians do, and the owner against them."""
        vault = self.some(VAULTS)
        who, name = self.some((
            (self.some(GUARDIANS), "pause(address)"), (self.some(GUARDIANS), "unpause(address)"),
            (self.some(GUARDIANS), "unpause(address)"),
            (self.some(GUARDIANS), "confirmPause(address)"),
            (self.some(OWNERS), "objectToRecovery(address)"),
            (self.party(), "executeRecovery(address)"), (self.party(), "executeRecovery(address)"),
            (self.some(GUARDIANS), "supportRecovery(address,address)"),
        ))  # fmt: skip
        if self.random.random() < 0.5 and name.startswith("support"):
            for guardian in GUARDIANS[:2]:
                self.act(guardian, GUARDIAN_ADDRESS, name, vault, key_address(NEW_OWNER))
            return
        values = (key_address(NEW_OWNER),) if name.startswith("support") else ()
        self.act(who, GUARDIAN_ADDRESS, name, vault, *values)

    def fund(self):
        to = self.some((*VAULTS, TREASURY_ADDRESS, COUNTER, key_address(22)))
        self.chain.send(self.party(), to, value=self.random.randrange(400 * AIT), gas=100_000)

    # --- forum ------------------------------------------------------------------------------

    def talk(self):
        who = self.some(FORUM)
        topic = self.random.randint(1, max(1, self.topics))
        message = self.random.randint(1, max(1, self.messages))
        text = "x" * self.random.randrange(1, 80)
        fee = len(text) * self.view(MESSAGING_ADDRESS, "parameter", "feePerByte")
        name, values, value = self.some((
            ("openTopic(string,string,string[])", (text, "", ()), fee),
            ("post(uint64,uint8,uint64,string)", (topic, self.some((1, 4)), 0, text), fee),
            ("post(uint64,uint8,uint64,string)", (topic, 1, 0, text), fee),
            ("post(uint64,uint8,uint64,string)", (topic, self.some((2, 5, 5)), message, text), fee),
            ("edit(uint64,string)", (message, text), fee),
            ("vote(uint64,int8)", (message, self.some((-1, 0, 1))), 0),
            ("deleteMessage(uint64)", (message,), 0),
            ("sendSealed(address,bytes)", (key_address(self.some(FORUM)), bytes(len(text))), fee),
            ("registerKey(bytes32)", (self.random.randbytes(32),), 0),
            ("hideMessage(uint64,bool)", (message, self.some((True, False))), 0),
            ("acceptAnswer(uint64)", (message,), 0),
        ))  # fmt: skip
        number = self.number(who, MESSAGING_ADDRESS, name, *values, value=value)
        if name.startswith("openTopic"):
            self.topics = max(self.topics, number)
        elif name.startswith("post"):
            self.messages = max(self.messages, number)

    # --- anything ---------------------------------------------------------------------------

    def value_of(self, name: str, kind) -> object:
        if kind.is_tuple:
            return tuple(self.value_of(n, k) for n, k in self.parts(kind))
        if kind.item is not None:
            return tuple(self.value_of(name, kind.item) for _ in range(self.random.randint(0, 3)))
        label = kind.name
        if label == "address":
            named = {
                "vault": VAULTS,
                "validator": (self.validator(),),
                "source": (self.validator(),),
                "destination": (self.validator(),),
                "target": (*NATIVES, COUNTER),
            }
            return self.some(named.get(name, (key_address(self.party()), bytes(20), *VAULTS)))
        if label.startswith("uint"):
            small = (0, 1, 2, 3, self.random.randint(0, 10), 100, self.random.randrange(2 * AIT))
            return self.some((*small, U256_MAX)) & (1 << int(label[4:])) - 1
        if label == "bytes32":
            works = [work.receipt_id for work in self.works[-3:]]
            leases = [work.claim.lease_id for work in self.works[-3:]]
            return self.some((*self.jobs[-4:], *works, *leases, CODE, bytes(32)))
        plain = {
            "bool": (True, False), "int8": (-1, 0, 1), "bytes4": (bytes.fromhex("5c19a95c"),),
            "bytes": (b"", b"\x01" * 40),
            "string": ("x", "", "conservative", "2.0.0", "jailSeconds"),
        }  # fmt: skip
        return self.some(plain[label])

    def parts(self, kind):
        return [("", component) for component in kind.components]

    def random_call(self, who: int) -> tuple[str, str, bool]:
        """Call any method; return contract, method and whether it succeeded."""
        address = self.some(SYSTEM.addresses())
        release = self.active(address)
        methods = sorted(release.methods.values(), key=lambda method: method.signature)
        method = self.some([m for m in methods if not m.spec.is_view or self.random.random() < 0.1])
        values = [self.value_of(name, kind) for name, kind in method.inputs]
        value = self.some((0, 1, FEE, AIT)) if method.spec.is_payable else 0
        try:
            data = encode_call(method.signature, *values)
        except AttributeError:  # a struct wants its own class; directed steps build those
            return release.name, method.name, False
        done = self.chain.send(who, address, data, value, 1_000_000)
        succeeded = done is not None and done.succeeded
        if succeeded and not method.spec.is_view:
            self.done[f"{release.name}.{method.name}"] += 1
        return release.name, method.name, succeeded

    def anything(self):
        self.random_call(self.party())

    def trespass(self):
        """One without any right tries; nothing that needs a right goes through."""
        contract, name, succeeded = self.random_call(NOBODY)
        right = RIGHTS[contract].get(name)
        is_reserved = name == "setParameter" or (
            isinstance(right, Case) and (contract, name) not in (("messaging", "vote"),)
        )
        assert not (succeeded and is_reserved), (contract, name)

    # --- blocks -----------------------------------------------------------------------------

    STEPS = (
        *("delegate", "move_stake", "move_stake", "operate", "register", "heartbeat", "unjail"),
        *("double_sign", "post", "mine", "mine", "submit", "submit", "open_tiles", "open_tiles"),
        *("settle", "settle", "end_job", "propose", "vote", "vote", "guard", "guard", "guard"),
        *(
            "guard",
            "watch",
            "watch",
            "fund",
            "fund",
            "talk",
            "talk",
            "talk",
            "talk",
            "accept",
            "accept",
        ),
        *("anything", "anything", "trespass"),
    )

    def run(self, blocks: int, *, until: int | None = None, check=True) -> None:
        """Make blocks; the forum is upgraded at a quarter and rolled back after half of them."""
        self.carried = set()
        self.halfway = blocks // 2
        for number in range(until or blocks):
            self.make_block(number, blocks)
            if check:
                self.check(is_thorough=number % 10 == 9)

    def make_block(self, number: int, blocks: int) -> None:
        chain, random = self.chain, self.random
        if number == 3 * blocks // 4:
            chain.skip(6_000 - 6_000 % EPOCH_BLOCKS, 90_000)
        if number % 12 == 0:
            self.absent = frozenset(self.validator() for _ in range(random.randint(0, 2)))
        chain.begin(random.choice((4, 6, 10, 20)), self.absent)
        members = tuple((m.address, m.public_key, m.power) for m in chain.members())
        self.sets[chain.block.epoch] = members
        if number >= blocks // 4 and number % 3 == 0:
            self.direct_upgrade()
        is_second = self.active(MESSAGING_ADDRESS).version == "2.0.0"
        if is_second and not self.done["messaging.acceptAnswer"]:
            self.ask_and_accept()
        if number == 3 * blocks // 4:
            self.expire_all()
        for _ in range(random.randint(4, 14)):
            getattr(self, random.choice(self.STEPS))()
        chain.finish()
        self.note_events()

    def note_events(self) -> None:
        """Count what hooks did."""
        version = self.active(MESSAGING_ADDRESS).version
        if version == "2.0.0" and not self.done["upgrade"]:
            self.done["upgrade"] += 1
        if version == "1.0.0" and self.done["upgrade"]:
            self.done["rollback"] += 1
        governance = Governance(self.chain.context(GOVERNANCE_ADDRESS))
        for place in range(len(governance.by_status[Status.EXECUTED])):
            proposal = governance.proposals[governance.by_status[Status.EXECUTED][place] - 1]
            self.done["parameter"] += proposal.kind == Kind.PARAMETER_CHANGE
            self.done["treasury"] += proposal.kind == Kind.TREASURY_SPEND
        staking = Staking(self.chain.context(STAKING_ADDRESS))
        self.done["slash"] += staking.burnt_total > 0
        for place in range(len(staking.registered)):
            record = staking.records[staking.registered[place]]
            self.done["downtime"] += record.is_jailed and not record.is_tombstoned

    # --- invariants -------------------------------------------------------------------------

    def check(self, *, is_thorough: bool) -> None:
        chain = self.chain
        assert chain.supply == supply_slot(chain)
        assert chain.supply == chain.first_supply + chain.minted - chain.burnt
        staking = Staking(chain.context(STAKING_ADDRESS))
        assert staking.minted_total == chain.minted
        balances = chain.balances
        totals = (staking.bonded_total, staking.unbonding_total, staking.rewards_total)
        assert balances[STAKING_ADDRESS] == sum(totals) + staking.slashing_total
        for address in (GUARDIAN_ADDRESS, MESSAGING_ADDRESS, RECEIPTS_ADDRESS):
            assert balances[address] == 0
        rows = [SetMember(m.address, m.public_key, m.power) for m in chain.members()]
        assert set_hash(rows) == staking.next_set
        self.check_deposits(balances)
        self.check_market(balances)
        self.check_treasury(balances)
        if is_thorough:
            check_books(chain, (*STAKERS, *VAULTS, *FORWARDERS.values()))

    def check_deposits(self, balances) -> None:
        governance = Governance(self.chain.context(GOVERNANCE_ADDRESS))
        proposals = [governance.proposals[n] for n in range(len(governance.proposals))]
        assert balances[GOVERNANCE_ADDRESS] == sum(p.deposit for p in proposals)
        open_ones = [p for p in proposals if p.deposit]
        assert all(p.status == Status.PROPOSED for p in open_ones)

    def check_market(self, balances) -> None:
        market = Marketplace(self.chain.context(MARKETPLACE_ADDRESS))
        live = (JobStatus.OPEN, JobStatus.LEASED, JobStatus.SUBMITTED)
        ids = [market.job_ids[n] for n in range(len(market.job_ids))]
        jobs = [market.jobs_by_id[job] for job in ids]
        parties = (*STAKERS, *VAULTS, *FORWARDERS.values())
        bonds = sum(market.miners[who].bond for who in parties)
        escrows = sum(job.escrow for job in jobs if job.status in live)
        assert balances[MARKETPLACE_ADDRESS] == bonds + escrows
        open_ids = {market.open_ids[place] for place in range(len(market.open_ids))}
        pairs = zip(ids, jobs, strict=True)
        assert open_ids == {job_id for job_id, job in pairs if job.status == JobStatus.OPEN}
        for who in parties:
            leases = sum(j.status in live[1:] and j.miner == who for j in jobs)
            assert market.miners[who].open_leases == leases
            locked = sum(j.bond_locked for j in jobs if j.status in live[1:] and j.miner == who)
            assert market.miners[who].locked == locked

    def check_treasury(self, balances) -> None:
        held = balances.get(TREASURY_ADDRESS, 0)
        spent = Treasury(self.chain.context(TREASURY_ADDRESS)).spent_wei
        assert held >= self.treasury[0] - (spent - self.treasury[1])
        self.treasury = (held, spent)
