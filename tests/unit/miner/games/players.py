"""A miner and a challenger on a chain in memory, with the very shells that play on a real one."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from contracts.disputes.v1.contract import Disputes
from contracts.disputes.v1.messages import Phase
from contracts.receipts.v1.contract import Receipts
from miner.account import MinerAccount
from miner.chain import Chain
from miner.games.accusations import Accusation, AccusationStore
from miner.games.challenger import Challenger, Limits
from miner.games.defender import MinerDefender
from miner.games.knowledge import ExactDefence, ExactOpinion, ProductDefence, ProductOpinion
from miner.journal import Journal
from primitives.compute import KIND_MATMUL, UNIT_MACS
from primitives.matmul_dispute import MatmulJob
from primitives.types import WEI_PER_AIT
from tests.unit.contracts.deal_world import CLIENT_SECRET, DealWorld
from tests.unit.contracts.memory_context import CHAIN_ID
from tests.unit.contracts.staking_world import EPOCH_BLOCKS, secret
from tests.unit.miner.chain_double import MINER_ADDRESS, MINER_SECRET, ChainDouble
from tests.unit.miner.exact.model_games import SALT, Miner, honest, tiny_model

AIT = WEI_PER_AIT
HUNTER_SECRET = secret(91)


class CheatsDefence(ExactDefence):
    """A miner who answers with the payloads that he made up, consistent in themselves."""

    def __init__(self, miner: Miner):
        super().__init__(miner.prover)
        self._miner = miner

    def root_witness(self, leaf):
        try:
            return super().root_witness(leaf)
        except IndexError:
            return b""  # a response without such a token: nothing can be shown

    def _steps(self, leaf):
        if leaf == 0:
            return super()._steps(leaf)
        return self._miner.payloads[leaf - 1], self._miner.micro_levels(leaf)


@dataclass
class KeptWork:
    receipt: object
    signature: bytes
    made: object

    def defence(self):
        return self.made


class Shelf(dict):
    """Kept works by receipt hash."""

    def find(self, receipt_hash):
        return self.get(bytes(receipt_hash))

    def leases(self):
        return {work.receipt.lease_id for work in self.values()}

    def put(self, work, defence):
        self[bytes(work.hash)] = KeptWork(work.receipt, work.signature(), defence)


class Table:
    """The chain, both players and their disks; ``kill`` forgets what a player had in memory."""

    def __init__(self, home: Path, **limits):
        self.home = home
        self.double = ChainDouble()
        self.world = DealWorld(self.double.chain)
        for key in (MINER_SECRET, HUNTER_SECRET):
            self.world.chain.balances[_address(key)] = 100_000 * AIT
        self.shelf = Shelf()
        self.opinions = {}
        self.limits = Limits(**limits)
        self._journals = {}
        self.defender = self.challenger = None
        self.wake_miner()
        self.wake_hunter()

    def wake_miner(self):
        account = self._account("miner", MINER_SECRET)
        self.defender = MinerDefender(Chain(self.double), account, self.shelf)

    def wake_hunter(self):
        account = self._account("hunter", HUNTER_SECRET)
        self.challenger = Challenger(
            Chain(self.double), account, HUNTER_SECRET, AccusationStore(self.home / "accusations"),
            lambda receipt: self.opinions.get(bytes(receipt.struct_hash())), self.limits,
        )  # fmt: skip

    def close(self):
        for journal in self._journals.values():
            journal.close()

    @property
    def hunter(self):
        return self.challenger.account.address

    def _account(self, name, key):
        if name in self._journals:
            self._journals[name].close()
        self._journals[name] = Journal(self.home / name)
        return MinerAccount(Chain(self.double), self._journals[name], key, CHAIN_ID)

    # --- deals --------------------------------------------------------------------------------

    def exact_lease(self, shape="tiny", **changes):
        root = tiny_model(shape).root
        return self.world.leased(MINER_ADDRESS, model_root=root, **{"window_blocks": 600} | changes)

    def exact_work(self, lease_id, miner: Miner, own=None, *, is_claimed=True, **changes):
        """Return the receipt of a (cheating) miner; his defence and the right opinion are known."""
        values = {
            "request_hash": miner.receipt.request_hash, "trace_root": miner.receipt.trace_root,
            "response_hash": miner.receipt.response_hash, "units": miner.header.output_count,
        }  # fmt: skip
        work = self.world.work(lease_id, **values | changes)
        self.shelf.put(work, CheatsDefence(miner))
        own = own or honest(miner.prover.done.request)
        opinion = ExactOpinion(work.receipt, miner.model, own, SALT)
        self.opinions[bytes(work.hash)] = opinion
        if is_claimed:
            self.world.claim_alone(work)
        return work

    def product_lease(self, spec):
        return self.world.leased(
            MINER_ADDRESS, kind=KIND_MATMUL, unit_kind=UNIT_MACS, adjudicator=2,
            units_max=spec.macs, unit_price_max=10**12, window_blocks=600,
        )  # fmt: skip

    def product_work(self, lease_id, right, job, jump=0, *, is_claimed=True):
        work = self.world.work(
            lease_id, units=job.spec.macs, request_hash=job.spec.request_hash(),
            trace_root=job.trace_root, response_hash=job.trace_root,
        )  # fmt: skip
        self.shelf.put(work, ProductDefence(job, lambda leaf: bands_to(right, job, leaf, jump)))
        self.opinions[bytes(work.hash)] = ProductOpinion(work.receipt, right)
        if is_claimed:
            self.world.claim_alone(work)
        return work

    def accuse(self, work):
        opinion = self.opinions[bytes(work.hash)]
        made = Accusation(
            fault=opinion.fault, height=self.world.block.height, receipt=work.receipt,
            signature=work.signature(),
        )  # fmt: skip
        self.challenger.accuse(made)
        return made

    def post(self, key, contract, name, *values, value=0):
        """Send a signed transaction, as somebody outside does; it stands in the next block."""
        from miner.chain import Fees, sign_call
        from miner.native_calls import encode_native, place_of

        sender = _address(key)
        self.world.chain.balances.setdefault(sender, 100_000 * AIT)
        signed = sign_call(
            key, chain_id=CHAIN_ID, nonce=self.double.nonces.get(sender, 0),
            fees=Fees(max_fee=10**10, tip=10**9), gas=5_000_000, to=place_of(contract),
            data=encode_native(contract, name, *values), value=value,
        )  # fmt: skip
        self.double.pool[sender, signed.nonce] = signed
        self.double.mine()
        assert self.double.executed[-1][1], f"{name} reverted"

    def post_claim(self, work, key=CLIENT_SECRET):
        self.post(key, Receipts, "claimReceipt", *work.claim_values())

    # --- play ---------------------------------------------------------------------------------

    async def turn(self, *, has_miner=True, has_hunter=True, blocks=1):
        """Let both look once, then make blocks."""
        for player, does in ((self.defender, has_miner), (self.challenger, has_hunter)):
            if not does:
                continue
            height = self.world.block.height
            await player.account.poll(height)
            await (player.look if player is self.defender else player.step)(height)
        self.mine(blocks)

    def mine(self, blocks):
        for _ in range(blocks):
            if self.world.block.height % EPOCH_BLOCKS == 0:
                self.world.chain.advance(epoch=self.world.block.epoch + 1)
                continue
            self.double.mine()

    async def until_over(self, rounds=60, **players):
        """Play until the first challenge's game is over; returns its status."""
        for _ in range(rounds):
            if self.game(1).phase == Phase.OVER:
                return self.status(1)
            await self.turn(**players)
        raise AssertionError(f"not over after {rounds} turns: {self.game(1)}")

    def game(self, number):
        return self.world.ask(Disputes, "game", number)

    def status(self, number):
        return self.world.ask(Disputes, "challenge", number).status

    def claim(self, lease_id):
        return self.world.ask(Receipts, "claim", lease_id)


def bands_to(right: MatmulJob, job: MatmulJob, leaf: int, jump: int):
    """Return bands that go wrong at step ``jump`` and keep the difference to the end."""
    bands = right.partial_bands(leaf - 1)
    wanted = job.bands(leaf - 1)
    for band in range(4):
        off = np.frombuffer(wanted[band], "<i4") - np.frombuffer(bands[band - 4], "<i4")
        for micro in range(band, len(bands), 4):
            if micro >= jump:
                bands[micro] = (np.frombuffer(bands[micro], "<i4") + off).tobytes()
    return bands


def _address(key):
    from primitives.keys import secret_to_address

    return secret_to_address(key)
