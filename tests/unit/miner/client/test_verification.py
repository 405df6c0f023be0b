"""Exact answers executed again."""

from dataclasses import replace

import pytest

from miner.client import verification
from miner.client.faults import DeliveryRefusedError, Fault
from miner.client.verification import Verifier
from miner.exact.execution import commit
from miner.exact.generate import Generator, install_small
from miner.leases.protocol import Answer, Ask
from primitives.errors import ConfigError
from primitives.integer_model.request import Options
from primitives.types import Hash32
from tests.unit.miner.client.test_log import receipt

SALT = bytes(range(32))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    return install_small(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="module")
def made(small):
    """Return the root, an honest ask, its receipt and answer."""
    generator = Generator(small)
    options = Options(tokens_max=8, stop=generator.stop)
    (found,) = generator.answer(["23+58="], options)
    done = found.execution
    root = generator.model.root
    delivered = found.text.encode()
    commitment = commit(root, done, SALT, delivered)
    ask = Ask(salt=SALT, options=options.encode(), tokens=done.request.prompt)
    answer = Answer(delivered=delivered, tokens=tuple(done.tokens))
    return root, ask, replace(receipt(), trace_root=commitment.trace_root), answer


def test_an_honest_answer_passes(small, made):
    root, ask, signed, answer = made
    Verifier(small, root).check(ask, signed, answer)
    assert answer.delivered == b"81"


def test_another_model_is_named(small):
    with pytest.raises(ConfigError, match="model root"):
        Verifier(small, bytes(32))


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"delivered": b"82"}, Fault.WRONG_TEXT),
        ({"root": Hash32(b"\x01" * 32)}, Fault.WRONG_TRACE),
        ({"tokens": 1}, Fault.WRONG_TRACE),
    ],
)
def test_wrong_work_is_found(small, made, change, fault):
    root, ask, signed, answer = made
    verifier = Verifier(small, root)
    if "root" in change:
        signed = replace(signed, trace_root=change["root"])
    elif "tokens" in change:
        tokens = (answer.tokens[1], *answer.tokens[1:])
        text = verifier.generator.text(tokens, Options(tokens_max=8, stop=verifier.generator.stop))
        answer = replace(answer, tokens=tokens, delivered=text.encode())
    else:
        answer = replace(answer, **change)
    with pytest.raises(DeliveryRefusedError) as refused:
        verifier.check(ask, signed, answer)
    assert refused.value.fault == fault


def test_sampling_executes_some_answers_and_none_executes_none(small, made, monkeypatch):
    root, ask, signed, answer = made
    wrong = replace(signed, trace_root=Hash32(b"\x01" * 32))
    Verifier(small, root, level="none").check(ask, wrong, answer)
    monkeypatch.setattr(verification.secrets, "randbelow", lambda _: 1)
    Verifier(small, root, level="sample").check(ask, wrong, answer)
    monkeypatch.setattr(verification.secrets, "randbelow", lambda _: 0)
    with pytest.raises(DeliveryRefusedError):
        Verifier(small, root, level="sample").check(ask, wrong, answer)
