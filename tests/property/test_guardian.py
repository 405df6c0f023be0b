"""Long random histories of many vaults against a plain model of what may leave them."""

from collections import Counter, defaultdict
from random import Random

import pytest

from contracts.errors import Revert
from contracts.guardian.v1.messages import Limits
from tests.unit.contracts.guardian_world import (
    ADD_KEY,
    ALLOW,
    APPROVE_HASH,
    DAY,
    HOUR,
    NATIVE,
    NEW_OWNER,
    ROTATE,
    SALT,
    SET_LIMITS,
    SHOP,
    STRANGER,
    TARGET,
    TOKEN,
    World,
    account,
    transfer,
)  # fmt: skip

STEPS = 600
WINDOWS = (HOUR, DAY, 7 * DAY)
LOCK = 2 * HOUR
PING = b"\xaa\xbb\xcc\xdd"
TOKENS_HELD = 10**6
KEY_LIMITS = (10, 15, 20, 30)
MUST_HAPPEN = (
    "at once", "queued", "execute", "refused", "cancel", "executeChange", "cancelChange", "pause",
    "recovered", "objected", "session", "token", "expire", "hash", "rotated", "cut",
)  # fmt: skip


class Book:
    """What a vault has spent, when, and the highest limits that it had since."""

    def __init__(self, limits):
        self.limits = limits
        self.spent: list[tuple[int, int]] = []

    def check(self, now: int, amount: int) -> None:
        """Add a payment; every window that ends now must hold it."""
        transaction, *windows, _ = self.limits
        assert amount <= transaction
        self.spent.append((now, amount))
        for seconds, limit in zip(WINDOWS, windows, strict=True):
            assert sum(wei for at, wei in self.spent if now - at <= seconds) <= limit


class Bank:
    """A token with balances: the vault's money is where the model says."""

    def __init__(self, holders):
        self.balances = Counter(dict.fromkeys(holders, TOKENS_HELD))

    def __call__(self, frame, data):
        amount = int.from_bytes(data[36:68], "big")
        if self.balances[frame.caller] < amount:
            raise Revert(b"", "poor")
        self.balances[frame.caller] -= amount
        self.balances[data[16:36]] += amount
        return (1).to_bytes(32, "big")


class Vault:
    """One vault as the model knows it."""

    def __init__(self, number: int, address: bytes, limits):
        people = [account(1_000 + 50 * number + place) for place in range(20)]
        self.owner, self.agent, self.heir, *rest = people
        self.guardians, self.keys = rest[:5], rest[5:7]
        self.address = address
        self.books = {NATIVE: Book(limits)}
        self.key_books: dict[bytes, Book] = {}
        self.may_start = {self.owner, self.agent}
        self.queued: dict[int, tuple[bytes, bytes, int, int, int]] = {}
        """id: (initiator, asset or target, AIT, tokens, when it was queued)"""
        self.changes: dict[int, int] = {}


class History:
    """Everybody acts at random, wrongly as often as rightly; the model is asked each time."""

    def __init__(self, seed: int):
        self.random = Random(seed)
        self.world = World()
        self.done: Counter[str] = Counter()
        self.vaults = [self.make(number) for number in range(4)]
        self.bank = self.world.chain.foreign[TOKEN] = Bank([v.address for v in self.vaults])
        self.paid: defaultdict[bytes, int] = defaultdict(int)
        self.supply = self.world.chain.supply

    def make(self, number: int) -> Vault:
        limits = (*sorted(self.random.randrange(20, 1_000) for _ in range(4)), 500)
        vault = Vault(number, b"", limits)
        vault.address = self.world.create(
            vault.owner, vault.agent, tuple(vault.guardians[:3]), limits, LOCK
        )
        vault.guardians, vault.reserve = vault.guardians[:3], vault.guardians[3:]
        self.world.chain.balances[vault.address] = 10**6
        return vault

    @property
    def now(self) -> int:
        return self.world.chain.block.timestamp

    def attempt(self, name, sender, signature, *values):
        try:
            output = self.world.send(sender, signature, *values)
        except Revert:
            self.done["refused"] += 1
            return None
        self.done[name] += 1
        return output

    def anybody(self, vault: Vault) -> bytes:
        circle = (vault.owner, vault.agent, *vault.keys, *vault.guardians, STRANGER)
        mine = (vault.owner, vault.agent, *vault.keys)
        return self.random.choice((*mine, self.random.choice(circle)))

    def spend(self, vault: Vault, initiator: bytes, wei: int, tokens: int) -> None:
        """A payment happened: the model must agree that it could."""
        assert initiator in vault.may_start
        for asset, amount in ((NATIVE, wei), (TOKEN, tokens)):
            if amount and asset in vault.books:
                vault.books[asset].check(self.now, amount)
            if amount and initiator in vault.key_books:
                assert asset == NATIVE
                vault.key_books[initiator].check(self.now, amount)
                self.done["session"] += 1
        self.done["token"] += tokens > 0
        self.paid[vault.address, NATIVE] += wei
        self.paid[vault.address, TOKEN] += tokens

    # --- what people do -----------------------------------------------------------------------

    def initiate(self, vault: Vault):
        sender = self.anybody(vault)
        amount = self.random.choice((0, 1, 10, 100, self.random.randrange(1_200)))
        is_token = self.random.random() < 0.4
        target, wei, tokens = (TOKEN, 0, amount) if is_token else (SHOP, amount, 0)
        data = transfer(tokens) if is_token else b""
        if self.random.random() < 0.1:
            target, data = TARGET, PING
        if target == TARGET:
            tokens = 0
        try:
            number, _ = self.world.do(sender, target, wei, data, vault.address)
        except Revert:
            self.done["refused"] += 1
            return
        if number:
            vault.queued[number] = (sender, target, wei, tokens, self.now)
            self.done["queued"] += 1
            return
        limits = vault.books[NATIVE].limits
        assert wei < limits[4]
        assert not tokens or tokens < vault.books[TOKEN].limits[4]
        self.spend(vault, sender, wei, tokens)
        self.done["at once"] += 1

    def execute(self, vault: Vault):
        if not vault.queued:
            return
        number = self.random.choice(list(vault.queued))
        if self.attempt("execute", STRANGER, "execute(uint64)", number) is None:
            if self.attempt("expire", STRANGER, "expire(uint64)", number) is not None:
                assert self.now >= vault.queued.pop(number)[4] + LOCK + 14 * DAY
            return
        initiator, _, wei, tokens, since = vault.queued.pop(number)
        assert self.now >= since + LOCK
        if initiator == b"hash":
            vault.books[NATIVE].check(self.now, wei)
            self.done["hash"] += 1
            return
        self.spend(vault, initiator, wei, tokens)

    def cancel(self, vault: Vault):
        if vault.queued:
            number = self.random.choice(list(vault.queued))
            sender = self.anybody(vault)
            if self.attempt("cancel", sender, "cancel(uint64)", number) is not None:
                assert sender == vault.owner or sender in vault.guardians
                del vault.queued[number]

    def approve_hash(self, vault: Vault):
        amount = self.random.randrange(50)
        values = (vault.address, SALT, NATIVE, amount)
        sender = self.random.choice((vault.owner, vault.owner, vault.agent))
        output = self.attempt("queued", sender, APPROVE_HASH, *values)
        if output is not None:
            vault.queued[int.from_bytes(output, "big")] = (b"hash", NATIVE, amount, 0, self.now)

    def change(self, vault: Vault):
        sender = self.random.choice((vault.owner, vault.owner, vault.owner, vault.agent))
        limits = (*sorted(self.random.randrange(1, 1_000) for _ in range(4)), 300)
        key = self.random.choice(vault.keys)
        pool = [*vault.guardians, *vault.reserve]
        signature, *values = self.random.choice((
            (SET_LIMITS, NATIVE, limits),
            (SET_LIMITS, TOKEN, limits),
            *((ADD_KEY, key, 20 * DAY, ((NATIVE, *KEY_LIMITS),)),) * 3,
            ("removeSessionKey(address,address)", key),
            ("setAgent(address,address)", self.random.choice((bytes(20), vault.agent))),
            (ROTATE, tuple(self.random.sample(pool, 3))),
            (ALLOW, TARGET, PING, 20, 0),
        ))  # fmt: skip
        output = self.attempt("change", sender, signature, vault.address, *values)
        if output is None:
            return
        assert sender == vault.owner
        number = int.from_bytes(output, "big")
        if number:
            vault.changes[number] = self.now
        elif signature == SET_LIMITS:
            before = vault.books[values[0]].limits
            assert all(new <= old for new, old in zip(limits, before, strict=True))
            self.done["cut"] += 1
        self.learn(vault)

    def execute_change(self, vault: Vault):
        if vault.changes:
            number = self.random.choice(list(vault.changes))
            signature = "executeChange(uint64)"
            if self.attempt("executeChange", STRANGER, signature, number) is not None:
                assert self.now >= vault.changes.pop(number) + LOCK
                self.learn(vault)

    def cancel_change(self, vault: Vault):
        if vault.changes and self.random.random() < 0.3:
            number = self.random.choice(list(vault.changes))
            sender = self.anybody(vault)
            if self.attempt("cancelChange", sender, "cancelChange(uint64)", number) is not None:
                assert sender == vault.owner or sender in vault.guardians
                del vault.changes[number]

    def pause(self, vault: Vault):
        if self.random.random() < 0.3:
            names = (("pause(address)", "pause"), ("confirmPause(address)", "confirm"),
                     ("unpause(address)", "unpause"), ("unpause(address)", "unpause"))  # fmt: skip
            signature, name = self.random.choice(names)
            self.attempt(name, self.random.choice(vault.guardians), signature, vault.address)

    def recover(self, vault: Vault):
        if self.random.random() < 0.5:
            return
        guardian = self.random.choice(vault.guardians)
        heir = self.random.choice((vault.heir, vault.heir, NEW_OWNER, bytes(20)))
        signature = "supportRecovery(address,address)"
        self.attempt("support", guardian, signature, vault.address, heir)
        if self.random.random() < 0.2:
            self.attempt("objected", vault.owner, "objectToRecovery(address)", vault.address)
        self.attempt("recovered", STRANGER, "executeRecovery(address)", vault.address)
        self.learn(vault)

    def pass_time(self, _vault: Vault):
        steps = (1, 60, 299, 300, HOUR, HOUR + 1, LOCK, 6 * HOUR, DAY, 3 * DAY)
        seconds = self.random.choice(steps)
        if self.random.random() < 0.03:
            seconds = 20 * DAY
        self.world.pass_time(seconds)

    def learn(self, vault: Vault):
        """Read a vault's rules after they changed: who may start, with which limits."""
        info = self.world.ask("vault(address)", vault.address)
        if info.owner != vault.owner:
            vault.owner, vault.heir = info.owner, vault.owner
            assert info.pending_operations == info.pending_changes == ()
            vault.queued, vault.changes = {}, {}
        if info.guardians != tuple(vault.guardians):
            everybody = [*vault.guardians, *vault.reserve]
            vault.guardians = list(info.guardians)
            vault.reserve = [who for who in everybody if who not in info.guardians]
            self.done["rotated"] += 1
        vault.may_start = {info.owner, info.agent, *info.session_keys}
        for asset in info.assets:
            limits = self.world.ask("limits(address,address)", vault.address, asset).limits
            values = tuple(getattr(limits, name) for name in Limits.__slots__)
            vault.books.setdefault(asset, Book(values)).limits = values
        added = {key: self.world.ask("sessionKey(address,address)", vault.address, key).added_at
                 for key in info.session_keys}  # fmt: skip
        known = {key: book for key, book in vault.key_books.items() if key in added
                 and book.since == added[key]}  # fmt: skip
        vault.key_books = known
        for key, since in added.items():
            if key not in known:
                vault.key_books[key] = Book((*KEY_LIMITS, 0))
                vault.key_books[key].since = since

    # --- the books ----------------------------------------------------------------------------

    def check(self):
        """Money is where the model says; lists of pending entries are the model's."""
        chain = self.world.chain
        assert chain.supply == self.supply
        assert chain.balances.get(b"\0" * 18 + b"\x10\x03", 0) == 0
        assert sum(self.bank.balances.values()) == TOKENS_HELD * len(self.vaults)
        for vault in self.vaults:
            paid, tokens = (self.paid[vault.address, asset] for asset in (NATIVE, TOKEN))
            assert chain.balances[vault.address] == 10**6 - paid
            assert self.bank.balances[vault.address] == TOKENS_HELD - tokens
            info = self.world.ask("vault(address)", vault.address)
            assert set(info.pending_operations) == set(vault.queued)
            assert len(info.pending_operations) <= 32
            assert set(info.pending_changes) == set(vault.changes)
            roles = (info.owner, info.agent, *info.guardians, *info.session_keys)
            named = [who for who in roles if any(who)]
            assert len(set(named)) == len(named)
            assert len(info.guardians) >= 3

    def run(self, steps: int):
        actions = (
            *(self.initiate,) * 6, *(self.execute,) * 3, self.cancel, self.approve_hash,
            *(self.change,) * 2, *(self.execute_change,) * 2, self.cancel_change, self.pause,
            self.recover, *(self.pass_time,) * 4,
        )  # fmt: skip
        for step in range(steps):
            self.random.choice(actions)(self.random.choice(self.vaults))
            if step % 10 == 0:
                self.check()
        self.check()


@pytest.fixture(scope="module")
def seen():
    return Counter()


@pytest.mark.parametrize("seed", range(6))
def test_no_history_drains_a_vault(seed, seen):
    history = History(seed)
    history.run(STEPS)
    seen.update(history.done)


def test_the_histories_reach_every_kind_of_step(seen):
    missing = [name for name in MUST_HAPPEN if not seen[name]]
    assert not missing, seen


def test_a_drained_budget_recovers_only_with_time():
    """An agent that takes all it can for a month gets at most what the week's limit allows."""
    world = World(limits=(100, 300, 700, 2_000, 1_000))
    book = Book((100, 300, 700, 2_000, 1_000))
    random = Random(5)
    for _ in range(1_500):
        amount = random.randrange(1, 101)
        try:
            world.pay(amount)
        except Revert:
            pass
        else:
            book.check(world.chain.block.timestamp, amount)
        world.pass_time(random.choice((1, 100, 299, 1_800, 3_600)))
    taken = sum(amount for _, amount in book.spent)
    days = (world.chain.block.timestamp - book.spent[0][0]) // DAY
    assert taken > 2_000 * days // 9, "rounding refuses little"
    assert world.held(SHOP) == taken
