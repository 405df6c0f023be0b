"""What players keep on disk: written whole or not at all, read back as it was, damage is loud."""

import dataclasses

import numpy as np
import pytest

from contracts.disputes.v1.messages import Fault, LeafOpening
from miner.exact.execution import commit
from miner.games.accusations import Accusation, AccusationStore, State, read_accusations
from miner.games.findings import FINDINGS, STATE, AuditBook, Entry, Finding, count_findings
from miner.games.library import KnownAsk, Library, Publication, levels_of, load_runtimes
from miner.games.works import WorkStore
from miner.leases.protocol import Answer, Ask
from primitives.errors import ConfigError
from primitives.matmul_dispute import MatmulJob
from primitives.sum_tree import SumLeaf
from primitives.types import Hash32
from tests.unit.contracts.disputes_world import receipt
from tests.unit.miner.exact.model_games import (
    DELIVERED,
    SALT,
    ask,
    honest,
    make_receipt,
    reference,
    tiny_model,
    write_checkpoint,
)

REQUEST = ask(1, 5, 9)
ASKED = Ask(salt=SALT, options=REQUEST.options.encode(), tokens=REQUEST.prompt)
RUNTIMES = {bytes(reference().model.root): reference()}
LEAF = LeafOpening(3, b"\x01" * 32, 2**64 - 1, b"\x02" * 32, 2**128 - 1, (b"\x03" * 32,), (2**127,))
ONE = receipt()
ACCUSATIONS = [
    Accusation(fault=Fault.WRONG_STEP, height=7, receipt=ONE, signature=b"s" * 65),
    Accusation(fault=Fault.OVERCLAIM, height=7, receipt=ONE, signature=b"s" * 65, bond=2**127),
    Accusation(
        fault=Fault.DOUBLE_SIGNING, height=7, receipt=ONE, other=receipt(units=5),
        other_signature=b"o" * 65, state=State.COMMITTED, challenge_id=9,
    ),
    Accusation(fault=Fault.WRONG_SUM, height=7, batch_id=2**64 - 1, left=LEAF, receipt=ONE),
    Accusation(fault=Fault.BAD_SIGNATURE, height=7, batch_id=4, left=LEAF),
    Accusation(
        fault=Fault.DUPLICATE_LEAF, height=7, batch_id=4, left=LEAF,
        right=dataclasses.replace(LEAF, index=4), outcome="lost",
    ),
]  # fmt: skip


@pytest.mark.parametrize("accusation", ACCUSATIONS, ids=lambda found: found.fault.name)
def test_an_accusation_is_read_back_as_it_was(tmp_path, accusation):
    AccusationStore(tmp_path).save(accusation)
    again = AccusationStore(tmp_path)
    assert again.all() == [accusation]
    assert again.find(accusation.name) == accusation
    assert list(read_accusations(tmp_path)) == [accusation]


def test_accusations_of_different_things_have_different_names_and_salts():
    assert len({found.name for found in ACCUSATIONS}) == len(ACCUSATIONS)
    assert len({found.salt(b"\x01" * 32) for found in ACCUSATIONS}) == len(ACCUSATIONS)
    assert ACCUSATIONS[0].salt(b"\x01" * 32) != ACCUSATIONS[0].salt(b"\x02" * 32)


def test_only_accusations_that_are_not_over_are_open(tmp_path):
    store = AccusationStore(tmp_path)
    for found in ACCUSATIONS:
        store.save(found)
    store.change(ACCUSATIONS[0], state=State.OVER)
    assert len(store.open()) == len(ACCUSATIONS) - 1


def test_a_damaged_accusation_is_an_error(tmp_path):
    AccusationStore(tmp_path).save(ACCUSATIONS[0])
    (path,) = tmp_path.glob("*.accusation")
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(ConfigError, match="damaged"):
        AccusationStore(tmp_path)


def entry(name, finding=Finding.RIGHT, claim=None):
    return Entry(
        name=name, finding=finding, detail="d", height=3,
        receipt=b"" if claim is None else claim.encode(), signature=b"s" * 65,
    )  # fmt: skip


def test_findings_survive_a_crash_at_every_byte(tmp_path):
    entries = [entry("a", claim=ONE), entry("b", Finding.WRONG), entry("a", Finding.UNKNOWN)]
    book = AuditBook(tmp_path / "whole")
    for found in entries:
        book.note(found)
    book.close()
    raw = (tmp_path / "whole" / FINDINGS).read_bytes()
    ends = [len(b"".join(raw.splitlines(keepends=True)[:n])) for n in range(4)]
    for cut in range(0, len(raw) + 1, 7):
        place = tmp_path / str(cut)
        place.mkdir()
        (place / FINDINGS).write_bytes(raw[:cut])
        whole = sum(cut >= end for end in ends[1:])
        torn = AuditBook(place)
        assert torn.entries == {found.name: found for found in entries[:whole]}
        torn.note(entry("c"))
        torn.close()
        again = AuditBook(place)
        assert len(again.entries) == len({found.name for found in entries[:whole]}) + 1
        again.close()


def test_an_audit_book_knows_receipts_by_lease_and_counts(tmp_path):
    book = AuditBook(tmp_path)
    book.note(entry("a", Finding.UNKNOWN, ONE))
    book.note(entry("a", Finding.RIGHT, ONE))
    book.progress.demands["3"] = 5
    book.save_progress()
    book.close()
    again = AuditBook(tmp_path)
    assert again.receipts(ONE.lease_id) == [(ONE, b"s" * 65)]
    assert again.receipts(bytes(32)) == []
    assert again.progress.demands == {"3": 5}
    again.close()
    assert count_findings(tmp_path)["right"] == 1
    assert count_findings(tmp_path)["unknown"] == 0


@pytest.mark.parametrize("name", [FINDINGS, STATE])
def test_a_damaged_audit_book_is_an_error(tmp_path, name):
    AuditBook(tmp_path).close()
    (tmp_path / name).write_bytes(b"nonsense\n")
    with pytest.raises(ConfigError, match="damaged"):
        AuditBook(tmp_path)


def exact_receipt():
    made = commit(reference().model.root, honest(REQUEST), SALT, DELIVERED)
    return make_receipt(
        reference().model, made.request_hash, made.response_hash, made.trace_root
    )  # fmt: skip


def test_kept_work_of_the_model_is_defended_by_executing_it_again(tmp_path):
    claim = exact_receipt()
    WorkStore(tmp_path).keep_exact(claim, b"s" * 65, ASKED, DELIVERED)
    kept = WorkStore(tmp_path, RUNTIMES).find(claim.struct_hash())
    assert (kept.receipt, kept.signature) == (claim, b"s" * 65)
    assert kept.defence().trace()[-1][0] == claim.trace_root
    assert WorkStore(tmp_path).find(claim.struct_hash()).defence() is None


def test_kept_products_and_signatures_are_found_and_dropped(tmp_path):
    a, b = np.ones((64, 3), dtype=np.int8), np.ones((3, 64), dtype=np.int8)
    store = WorkStore(tmp_path)
    store.keep_product(ONE, b"s", a, b)
    job = MatmulJob(a, b)
    assert store.find(ONE.struct_hash()).defence().trace() == job.levels
    assert store.leases() == {bytes(ONE.lease_id)}
    store.keep_signed(ONE, b"t")
    assert store.find(ONE.struct_hash()).defence() is None
    assert store.find(ONE.struct_hash()).signature == b"t"
    store.drop(ONE.struct_hash())
    assert store.find(ONE.struct_hash()) is None
    assert store.leases() == set()


def test_kept_work_is_for_its_owner_alone_and_damage_is_loud(tmp_path):
    store = WorkStore(tmp_path)
    store.keep_exact(ONE, b"s" * 65, ASKED, DELIVERED)
    (path,) = tmp_path.glob("*.work")
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_bytes(b"\x93\x01\x02\x03")
    with pytest.raises(ConfigError, match="damaged"):
        store.find(ONE.struct_hash())


def test_an_ask_is_believed_as_far_as_hashes_prove_it(tmp_path):
    library, claim = Library(tmp_path, RUNTIMES), exact_receipt()
    assert library.opinion(claim) is None
    answer = Answer(delivered=DELIVERED, tokens=tuple(honest(REQUEST).tokens))
    library.put(claim.request_hash, KnownAsk(ask=ASKED, answer=answer))
    assert library.opinion(claim).agrees()
    assert Library(tmp_path, {}).opinion(claim) is None
    for wrong in (
        dataclasses.replace(ASKED, salt=bytes(32)),
        dataclasses.replace(ASKED, tokens=(1, 5, 8)),
        dataclasses.replace(ASKED, tokens=(1, 5, 1 << 20)),
        dataclasses.replace(ASKED, options=b"short"),
    ):
        library.put(claim.request_hash, KnownAsk(ask=wrong))
        assert library.opinion(claim) is None
    operands = np.ones((64, 3), dtype=np.int8), np.ones((3, 64), dtype=np.int8)
    library.put(claim.request_hash, KnownAsk(operands=operands))
    assert library.opinion(claim) is None


def test_a_published_batch_is_believed_if_its_leaves_lead_to_the_root(tmp_path):
    library = Library(tmp_path, {})
    leaves = tuple(SumLeaf(ONE.lease_id, seq, Hash32(bytes(32)), seq) for seq in (1, 2, 3))
    root = levels_of(leaves)[-1][0].hash
    batch = Publication(leaves=leaves, signed={bytes(ONE.struct_hash()): (ONE, b"s" * 65)})
    library.publish_batch(root, batch)
    assert library.batch(root) == batch
    library.publish_batch(bytes(32), batch)
    assert library.batch(bytes(32)) is None
    assert library.batch(b"\x01" * 32) is None


def test_models_of_folders_are_found_by_their_roots(tmp_path):
    from miner.exact.convert import convert
    from tests.unit.miner.exact.model_games import SHAPES

    source = write_checkpoint(tmp_path / "checkpoint", SHAPES["tiny"])
    convert(source, tmp_path / "one.aitbcm")
    told = []
    found = load_runtimes([tmp_path], "reference", 1, lambda path, root: told.append(path.name))
    assert list(found) == [bytes(tiny_model().root)]
    assert told == ["one.aitbcm"]
