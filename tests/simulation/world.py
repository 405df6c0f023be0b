"""A simulated world for the consensus core: time, network, disk, signer, adversaries, checkers.

One integer clock (milliseconds), one seeded generator, one heap of events. The cores are the real
ones; signatures are digests that nobody forges because the world makes them. Everything that a
checker dislikes becomes a line of ``World.violations``.
"""

import hashlib
import heapq
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from consensus import effects as fx
from consensus import inputs as ix
from consensus.chain import BlockRef, block_ref
from consensus.core import Core
from consensus.evidence import is_equivocation
from consensus.messages import Proposal
from primitives.block import Block
from primitives.seal import Seal
from primitives.types import Address, Epoch, Hash32
from primitives.vote import (
    Certificate,
    Statement,
    ValidatorSet,
    Vote,
    VoteKind,
    nullification,
)
from tests.simulation.actors import (
    GENESIS,
    START_MS,
    Signatures,
    SimNode,
    core_config,
    make_block,
    members_of,
    reseal,
    summary,
)
from tests.simulation.scenario import Scenario


class World:
    """Run one scenario. ``run`` returns when the goal is reached or the bound is over."""

    def __init__(self, scenario: Scenario, core_class: type[Core] = Core) -> None:
        self.scenario = scenario
        self.rng = random.Random(scenario.seed)
        self.now = 0
        self.core_class = core_class
        self.violations: list[str] = []
        self.rules: set[str] = set()
        self.final: dict[int, Hash32] = {}
        self.honest_votes: dict[tuple[int, int, int], list[Vote]] = {}
        self.views = 0
        self.events = 0
        self.restarts = 0
        self._heap: list[tuple[int, int, Callable[[], None]]] = []
        self._sequence = 0
        self._digest = hashlib.blake2b()
        self.signatures = Signatures()
        self._sets: dict[int, ValidatorSet] = {}
        self.addresses = [Address(bytes((i + 1,)) * 20) for i in range(scenario.validators)]
        self.nodes = self._make_nodes()

    def _make_nodes(self) -> list[SimNode]:
        behaviours = dict(self.scenario.behaviours)
        names = [
            *((a, behaviours.get(i, "honest")) for i, a in enumerate(self.addresses)),
            *((self.addresses[i], "twin") for i in self.scenario.twins),
            *(
                (Address(bytes((200 + i,)) * 20), "follower")
                for i in range(self.scenario.followers)
            ),
        ]
        nodes = []
        for number, (address, behaviour) in enumerate(names):
            if number < len(self.addresses) and number in self.scenario.twins:
                behaviour = "twin"
            skews = self.scenario.skews_ms
            skew = skews[number] if number < len(skews) else 0
            core = self._new_core(address)
            nodes.append(
                SimNode(id=number, address=address, behaviour=behaviour, skew_ms=skew, core=core)
            )
        return nodes

    def _new_core(self, address: Address) -> Core:
        return self.core_class(core_config(self.scenario, address))

    def validators(self, epoch: int) -> ValidatorSet:
        """Return an epoch's set: powers vary, and one honest member sits out when that is safe."""
        found = self._sets.get(epoch)
        if found is None:
            found = self._sets[epoch] = members_of(self.scenario, self.addresses, epoch)
        return found

    # -- running

    def run(self) -> "World":
        scenario = self.scenario
        for node in self.nodes:
            self._feed(node, self._epoch_start(Epoch(0), GENESIS, None))
        for at, number, down_ms in scenario.crashes:
            self._at(at, lambda n=number: self._arm_crash(n))
            self._at(at + down_ms, lambda n=number: self._restart(n))
        goal: int | None = None
        while not self._is_fork():
            if not self._heap:
                self._violate("nothing is left to happen")
                break
            at, _, action = heapq.heappop(self._heap)
            self.now = at
            if goal is None and at >= scenario.heal_ms:
                goal = max(n.height for n in self.nodes) + scenario.grow_blocks
            if self.events > scenario.events_max:
                self._violate("a storm of events")
                break
            if at > scenario.heal_ms + scenario.bound_ms:
                self._violate(f"no progress: heights {[n.height for n in self.nodes]}, goal {goal}")
                break
            action()
            if goal is not None and min(n.height for n in self._judged()) >= goal:
                break
        self._check_evidence()
        return self

    @property
    def digest(self) -> str:
        return self._digest.hexdigest()

    def _judged(self) -> list[SimNode]:
        return [n for n in self.nodes if n.is_honest]

    def _is_fork(self) -> bool:
        return any(v.startswith("fork") for v in self.violations)

    def _violate(self, line: str) -> None:
        self.violations.append(f"{line} [seed {self.scenario.seed}, t={self.now}]")

    def _at(self, at: int, action: Callable[[], None]) -> None:
        self._sequence += 1
        heapq.heappush(self._heap, (at, self._sequence, action))

    def _epoch_start(
        self, epoch: Epoch, parent: BlockRef, proof: Certificate | None
    ) -> ix.EpochStarted:
        return ix.EpochStarted(
            epoch=epoch, parent=parent, proof=proof, validators=self.validators(epoch)
        )

    def _feed(self, node: SimNode, event: ix.Input) -> None:
        """Give an input to a core and perform what it wants, until it wants nothing."""
        node.inbox.append(event)
        self._drain(node)

    def _drain(self, node: SimNode) -> None:
        while node.inbox and node.is_up:
            self._log(node, node.inbox[0])
            before = (node.core.epoch, node.core.view) if self.events > len(self.nodes) else (0, 0)
            effects = node.core.step(node.inbox.pop(0))
            if (node.core.epoch, node.core.view) < before:
                self._violate(f"node {node.id} went back to an earlier view")
            self._perform_all(node, effects)

    def _perform_all(self, node: SimNode, effects: list[fx.Effect]) -> None:
        for effect in effects:
            if node.crash_after is not None:
                node.crash_after -= 1
                if node.crash_after < 0:
                    self._crash(node)
                    return
            self.rules.add(effect.rule)
            self._perform(node, effect)

    def _log(self, node: SimNode, event: ix.Input) -> None:
        self.events += 1
        line = f"{self.now}|{node.id}|{type(event).__name__}|{summary(event)}\n"
        self._digest.update(line.encode())

    # -- crash and restart

    def _arm_crash(self, number: int) -> None:
        node = self.nodes[number]
        if node.is_up:
            node.crash_after = self.rng.randint(0, 12)

    def _crash(self, node: SimNode) -> None:
        """Stop in the middle of an effect list and lose a part of what was not synced."""
        node.crash_after = None
        node.is_up = False
        node.life += 1
        disk = node.disk
        keep = self.rng.randint(disk.synced, len(disk.wal))
        del disk.wal[keep:]
        node.inbox.clear()
        node.timers.clear()
        node.expected &= node.evidence

    def _restart(self, number: int) -> None:
        node = self.nodes[number]
        node.crash_after = None
        if node.is_up:
            return
        self.restarts += 1
        chain = node.disk.chain
        length = self.scenario.epoch_length
        terminal = len(chain) // length * length
        epoch = Epoch(terminal // length)
        parent, proof = (GENESIS, None)
        if terminal:
            parent, proof = block_ref(chain[terminal - 1][0]), chain[terminal - 1][1]
        root = block_ref(chain[-1][0]) if chain else GENESIS
        records = [*node.disk.wal, *([chain[-1][1]] if chain else [])]
        node.core = self._new_core(node.address)
        node.is_up = True
        node.blocks = {b.hash: b for b, _ in chain}
        node.blocks.update({r.hash: r for r in records if isinstance(r, Block)})
        node.executed = {b.hash for b, _ in chain}
        node.seen.clear()
        started = self._epoch_start(epoch, parent, proof)
        effects = node.core.restore(started, root, records, self._clock(node))
        self._perform_all(node, effects)
        self._drain(node)

    def _clock(self, node: SimNode) -> int:
        return START_MS + 1_000 + self.now + node.skew_ms

    # -- effects

    def _perform(self, node: SimNode, effect: fx.Effect) -> None:
        match effect:
            case fx.Sign():
                self._sign(node, effect.statement)
            case fx.Broadcast():
                if isinstance(effect.message, Certificate):
                    node.disk.wal.append(effect.message)
                    if not self._is_certificate(effect.message) and node.is_honest:
                        self._violate("invalid certificate sent by an honest node")
                self._broadcast(node, effect.message)
            case fx.SendTo():
                self._send(node, int(effect.peer), effect.message)
            case fx.Build():
                delay = max(0, effect.earliest_ms - self._clock(node))
                self._later(
                    node, delay + self.scenario.execution_ms, lambda: self._built(node, effect)
                )
            case fx.Propose():
                self._propose(node, effect)
            case fx.Execute():
                self._execute(node, effect.block)
            case fx.FetchBlock() | fx.FetchCertificate():
                self._fetch(node, effect)
            case fx.SetTimer():
                self._set_timer(node, effect)
            case fx.CancelTimers():
                node.cancel(effect)
            case fx.Finalize():
                self._finalize(node, effect)
            case fx.EpochEnded():
                node.disk.wal.clear()
                node.disk.synced = 0
                parent = block_ref(node.blocks[effect.block_hash])
                epoch = Epoch(effect.epoch + 1)
                node.inbox.append(self._epoch_start(epoch, parent, effect.proof))
            case fx.ReportEvidence():
                if not is_equivocation(effect.first, effect.second):
                    self._violate("evidence that proves nothing")
                s = effect.first.statement
                node.evidence.add((s.epoch, s.view, effect.first.voter))
            case fx.Halt():
                self._violate(f"fork: node {node.id} halted: {effect.why}")

    def _later(self, node: SimNode, delay: int, action: Callable[[], None]) -> None:
        life = node.life

        def guarded() -> None:
            if node.is_up and node.life == life:
                action()

        self._at(self.now + delay, guarded)

    def _set_timer(self, node: SimNode, effect: fx.SetTimer) -> None:
        key = (effect.epoch, effect.view, int(effect.kind))
        self._sequence += 1
        token = node.timers[key] = self._sequence
        event = ix.ViewTimerFired(epoch=effect.epoch, view=effect.view, kind=effect.kind)

        def fire() -> None:
            if node.timers.get(key) == token:
                del node.timers[key]
                self._feed(node, event)

        self._later(node, effect.delay_ms, fire)
        if effect.kind is ix.TimerKind.ADVANCE:
            self.views += 1

    # -- signing, and who does it wrong

    def _vote(self, node: SimNode, statement: Statement) -> Vote:
        return Vote(
            statement=statement,
            voter=node.address,
            signature=self.signatures.make(statement, node.address),
        )

    def _sign(self, node: SimNode, statement: Statement) -> None:
        vote = self._vote(node, statement)
        behaviour = node.behaviour
        if behaviour == "silent":
            return
        if behaviour == "no_finalize" and statement.kind is VoteKind.FINALIZE:
            return
        if behaviour == "equivocate" and statement.view in node.split:
            self._sign_split(node, statement)
            return
        if not self._guard(node, statement):
            return
        if node.is_honest:
            self._check_honest(node, vote)
        node.disk.wal.append(vote)
        node.disk.synced = len(node.disk.wal)
        node.inbox.append(ix.VoteReceived(vote=vote))
        self._broadcast(node, vote)
        if behaviour == "contradict" and statement.kind is VoteKind.FINALIZE:
            self._broadcast(node, self._vote(node, nullification(statement.epoch, statement.view)))

    def _guard(self, node: SimNode, s: Statement) -> bool:
        """The signer's guard; an honest core never asks for what it refuses."""
        is_fine = node.disk.allow(s)
        if not is_fine and node.is_honest:
            self._violate(f"guard of node {node.id} refused {s.kind.name} in {s.epoch}/{s.view}")
        return is_fine

    def _check_honest(self, node: SimNode, vote: Vote) -> None:
        s = vote.statement
        votes = self.honest_votes.setdefault((node.id, s.epoch, s.view), [])
        if any(is_equivocation(earlier, vote) for earlier in votes):
            self._violate(f"double vote by honest node {node.id}")
        votes.append(vote)

    def _sign_split(self, node: SimNode, statement: Statement) -> None:
        """An equivocating leader tells each half that it voted for that half's block."""
        first, second = node.split[statement.view]
        for number, peer in enumerate(self.nodes):
            block = second if number % 2 else None
            block_hash = first if block is None else block.hash
            if statement.kind is not VoteKind.NULLIFY:
                statement = replace(statement, block_hash=block_hash)
            self._send(node, peer.id, self._vote(node, statement))

    def _propose(self, node: SimNode, effect: fx.Propose) -> None:
        behaviour, block = node.behaviour, effect.block
        if behaviour in ("silent", "withhold"):
            return
        is_new = effect.view == block.seal.view
        if is_new and behaviour == "liar":
            block = reseal(block, extra_data=b"bad")
        if is_new and behaviour == "forker":
            block = self._fork(node, block)
        key = (block.seal.epoch, effect.view)
        if key in node.disk.proposed and node.is_honest:
            self._violate(f"second proposal by honest node {node.id}")
        node.disk.proposed.add(key)
        proposal = Proposal(
            view=effect.view,
            block=block,
            certificate=effect.certificate,
            nullifications=effect.nullifications if behaviour != "forker" else (),
            signature=bytes(65),
        )
        if behaviour == "equivocate" and is_new:
            other = replace(proposal, block=reseal(block, gas_limit=block.header.gas_limit + 1))
            node.split[effect.view] = (block.hash, other.block)
            for number, peer in enumerate(self.nodes):
                self._send(node, peer.id, other if number % 2 else proposal)
            self._sign_split(node, replace(proposal.statement, kind=VoteKind.NOTARIZE))
            return
        node.disk.wal.append(proposal)
        node.disk.synced = len(node.disk.wal)
        node.blocks[block.hash] = block
        if behaviour in ("honest", "twin"):
            node.inbox.append(ix.ProposalReceived(proposal=proposal, now_ms=self._clock(node)))
        self._broadcast(node, proposal)
        if behaviour == "forker":
            self._broadcast(
                node, self._vote(node, replace(proposal.statement, kind=VoteKind.NOTARIZE))
            )

    def _fork(self, node: SimNode, block: Block) -> Block:
        """Build beside the parent, on the grandparent, with a certificate that is real."""
        parent = node.blocks.get(block.parent_hash)
        if parent is None or parent.seal.epoch != block.seal.epoch:
            return block
        seal = replace(block.seal, parent_certificate=parent.seal.parent_certificate)
        grand = self._ref(node, parent.parent_hash)
        return make_block(grand, seal)

    # -- blocks

    def _ref(self, node: SimNode, block_hash: Hash32) -> BlockRef:
        return GENESIS if block_hash == GENESIS.hash else block_ref(node.blocks[block_hash])

    def _built(self, node: SimNode, effect: fx.Build) -> None:
        parent = self._ref(node, effect.parent_hash)
        seal = Seal(
            epoch=effect.epoch,
            view=effect.view,
            proposer=node.address,
            time_ms=max(parent.time_ms + 1, self._clock(node)),
            vrf_proof=bytes(81),
            parent_certificate=effect.certificate,
            late_votes=effect.late_votes,
        )
        block = make_block(parent, seal)
        node.blocks[block.hash] = block
        node.executed.add(block.hash)
        self._feed(
            node,
            ix.BlockBuilt(
                epoch=effect.epoch, view=effect.view, block=block, now_ms=self._clock(node)
            ),
        )

    def _execute(self, node: SimNode, block: Block) -> None:
        node.blocks[block.hash] = block
        node.disk.wal.append(block)
        if block.parent_hash != GENESIS.hash and block.parent_hash not in node.executed:
            self._violate("a block was executed before its parent")
        parent = self._ref(node, block.parent_hash)
        is_valid = not block.header.extra_data and block.height == parent.height + 1

        def finish() -> None:
            node.executed.add(block.hash)
            event = ix.ExecutionFinished(
                block_hash=block.hash, is_valid=is_valid, now_ms=self._clock(node)
            )
            self._feed(node, event)

        self._later(node, self.scenario.execution_ms, finish)

    def _finalize(self, node: SimNode, effect: fx.Finalize) -> None:
        block = node.blocks[effect.block_hash]
        chain = node.disk.chain
        tip = chain[-1][0].hash if chain else GENESIS.hash
        if block.parent_hash != tip or block.height != len(chain) + 1:
            self._violate(f"node {node.id} finalized height {block.height} out of order")
        if block.header.extra_data and node.is_honest:
            self._violate("an invalid block was finalized")
        if block.seal.epoch != (block.height - 1) // self.scenario.epoch_length:
            self._violate(f"height {block.height} was finalized in epoch {block.seal.epoch}")
        chain.append((block, effect.proof))
        if node.is_honest:
            self._agree(block)

    def _agree(self, block: Block) -> None:
        if self.final.setdefault(block.height, block.hash) != block.hash:
            self._violate(f"fork at height {block.height}")

    # -- network

    def _broadcast(self, node: SimNode, message: Any) -> None:
        for peer in self.nodes:
            if peer.id != node.id:
                self._send(node, peer.id, message)

    def _send(self, node: SimNode, peer: int, message: Any) -> None:
        rng, scenario = self.rng, self.scenario
        if node.behaviour == "silent" or peer == node.id:
            return
        is_faulty_time = self.now < scenario.heal_ms
        if is_faulty_time:
            for start, end, pairs in scenario.partitions:
                if start <= self.now < end and (node.id, peer) in pairs:
                    return
            if rng.randrange(100) < scenario.loss_percent:
                return
        copies = 2 if is_faulty_time and rng.randrange(100) < scenario.duplicate_percent else 1
        for _ in range(copies):
            low, high = scenario.delay_ms if is_faulty_time else (5, 40)
            delay = rng.randint(low, high)
            self._at(self.now + delay, lambda: self._deliver(node.id, self.nodes[peer], message))

    def _deliver(self, source: int, node: SimNode, message: Any) -> None:
        if not node.is_up:
            return
        sender = str(source).encode()
        core = node.core
        match message:
            case Vote():
                self._deliver_vote(sender, node, message)
            case Certificate():
                if message.statement.epoch > core.epoch:
                    self._ask_sync(node, source)
                elif message.statement.epoch == core.epoch and self._is_certificate(message):
                    self._feed(node, ix.CertificateReceived(certificate=message, sender=sender))
            case Proposal():
                self._deliver_proposal(sender, node, message)
            case Block():
                node.blocks.setdefault(message.hash, message)
                self._feed(node, ix.BlockFetched(block=message))
            case ("block", block_hash):
                block = node.blocks.get(block_hash)
                if block is not None:
                    self._send(node, source, block)
            case ("certificate", epoch, view, kind):
                answer = core.answer_certificate(epoch, view, kind)
                if answer is not None:
                    self._send(node, source, answer)
            case ("sync", height):
                self._send(node, source, ("chain", tuple(node.disk.chain[height:])))
            case ("chain", blocks):
                self._take_chain(node, blocks)

    def _deliver_vote(self, sender: bytes, node: SimNode, vote: Vote) -> None:
        s, core = vote.statement, node.core
        if s.epoch > core.epoch:
            self._ask_sync(node, int(sender))
            return
        if s.epoch < core.epoch - 1 or self.validators(s.epoch).index_of(vote.voter) is None:
            return
        if s.epoch == core.epoch and core.wants_vote(s) and not core.is_epoch_ended:
            node.note(vote)
        self._feed(node, ix.VoteReceived(vote=vote, sender=sender))

    def _deliver_proposal(self, sender: bytes, node: SimNode, proposal: Proposal) -> None:
        seal, core = proposal.block.seal, node.core
        if seal.epoch > core.epoch:
            self._ask_sync(node, int(sender))
        if seal.epoch != core.epoch:
            return
        certificates = (proposal.certificate, *proposal.nullifications, seal.parent_certificate)
        if not all(c is None or self._is_certificate(c) for c in certificates):
            self._violate("a proposal with a false certificate was sent")
            return
        now_ms = self._clock(node)
        self._feed(node, ix.ProposalReceived(proposal=proposal, now_ms=now_ms, sender=sender))

    def _is_certificate(self, certificate: Certificate) -> bool:
        members = self.validators(certificate.statement.epoch)
        return self.signatures.is_certificate(certificate, members)

    def _fetch(self, node: SimNode, effect: fx.FetchBlock | fx.FetchCertificate) -> None:
        if isinstance(effect, fx.FetchBlock):
            known = node.blocks.get(effect.block_hash)
            if known is not None:
                node.inbox.append(ix.BlockFetched(block=known))
                return
            request: tuple[Any, ...] = ("block", effect.block_hash)
        else:
            request = ("certificate", effect.epoch, effect.view, effect.kind)
        for peer in self.rng.sample(range(len(self.nodes)), 2):
            self._send(node, peer, request)

    # -- block sync (the node's syncer, in short)

    def _ask_sync(self, node: SimNode, peer: int) -> None:
        if self.now - node.last_sync_ms >= 200:
            node.last_sync_ms = self.now
            self._send(node, peer, ("sync", node.height))

    def _take_chain(self, node: SimNode, blocks: tuple[tuple[Block, Certificate], ...]) -> None:
        chain, core = node.disk.chain, node.core
        if not blocks or blocks[0][0].height > len(chain) + 1:
            return
        new = [b for b in blocks if b[0].height > len(chain)]
        if not new or block_ref(new[-1][0]).epoch <= core.epoch - 1:
            return
        # The tip must be what its proof names, and each earlier one its ancestor.
        tip, proof = new[-1]
        if proof.statement.block_hash != tip.hash or not self._is_certificate(proof):
            return
        for block, block_proof in new:
            chain.append((block, block_proof))
            node.blocks[block.hash] = block
            node.executed.add(block.hash)
            if node.is_honest:
                self._agree(block)
        length = self.scenario.epoch_length
        terminal = len(chain) // length * length
        if terminal // length > core.epoch:
            node.disk.wal.clear()
            node.disk.synced = 0
            last = chain[terminal - 1]
            epoch = Epoch(terminal // length)
            self._feed(node, self._epoch_start(epoch, block_ref(last[0]), last[1]))
        if len(chain) > terminal:
            node.disk.wal.append(proof)
            self._feed(node, ix.FinalizedSynced(block=block_ref(tip), proof=proof))

    # -- final checks

    def _check_evidence(self) -> None:
        for node in self._judged():
            lacking = node.expected - node.evidence
            if lacking and not self._is_fork():
                self._violate(f"node {node.id} saw equivocations without reporting: {len(lacking)}")
