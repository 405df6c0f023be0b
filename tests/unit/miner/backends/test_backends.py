"""Backends: the exact model and float engines serve what they say, and refuse the rest."""

import pytest

from miner.backends.backend import WorkRefusedError
from miner.backends.catalog import Catalog
from miner.backends.devices import cpu_device, find_devices, smi_rows
from miner.backends.engine import open_engine
from miner.backends.exact import ExactBackend
from miner.backends.scheduler import Lane, Scheduler
from miner.engines.engine import (
    EngineError,
    Fault,
    Generation,
    GenerationRequest,
    ModelIdentity,
    Token,
    decode_request,
)
from miner.exact.generate import install_small
from miner.leases.float_work import float_request_hash, float_response_hash
from miner.leases.protocol import Ask
from primitives.errors import DecodeError
from primitives.integer_model.request import Options, request_hash, response_hash
from primitives.types import Hash32

SALT = bytes(range(32))


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    path = install_small(tmp_path_factory.mktemp("models"))
    return ExactBackend(path, runtime="cpu", threads=1, device="cpu")


def asked(small, question="23+58=", **options):
    chosen = Options(**({"tokens_max": 16, "stop": small.generator.stop} | options))
    tokens = tuple(small.generator.tokenizer.encode(question))
    return Ask(salt=SALT, options=chosen.encode(), tokens=tokens), chosen


async def test_the_exact_model_commits_what_it_delivers(small):
    ask, options = asked(small)
    small.check(ask, 16)
    work = await small.work(ask)
    assert work.answer.delivered == b"81"
    assert work.units == len(work.answer.tokens) == 3  # two digits and the stop
    assert work.request_hash == request_hash(SALT, ask.tokens, options)
    assert work.response_hash == response_hash(SALT, work.answer.tokens, b"81")
    assert any(work.trace_root)
    assert work.answer.is_complete
    assert work == await small.work(ask)


async def test_an_answer_cut_short_says_so(small):
    ask, _ = asked(small, tokens_max=1)
    work = await small.work(ask)
    assert work.units == 1
    assert not work.answer.is_complete


def test_what_defends_an_execution_is_the_same_trace(small):
    ask, _ = asked(small)
    assert small.defence(ask).trace()


def test_the_exact_model_refuses_what_it_cannot_serve(small):
    ask, _ = asked(small)
    cases = [
        (ask, 15, "over_budget"),
        (asked(small, tokens_max=4_000)[0], 4_000, "bad_request"),
        (Ask(salt=SALT, options=ask.options, tokens=()), 99, "bad_request"),
        (Ask(salt=SALT, options=ask.options, tokens=(999,)), 99, "bad_request"),
        (Ask(salt=SALT, options=b"x", tokens=(1,)), 99, "bad_request"),
        (Ask(salt=SALT, options=ask.options, prompt="text", tokens=()), 99, "bad_request"),
    ]
    for bad, units, code in cases:
        with pytest.raises(WorkRefusedError) as info:
            small.check(bad, units)
        assert info.value.code == code
        assert info.value.remedy
        assert not info.value.is_failure


class EngineDouble:
    def __init__(self):
        self.digest = Hash32(b"\x01" * 32)
        self.faults = []
        self.calls = 0
        self.is_closed = False

    async def identity(self):
        if self.faults:
            raise self.faults.pop(0)
        return ModelIdentity(engine="double", model="tiny", digest=self.digest)

    async def generate(self, request):
        self.calls += 1
        if self.faults:
            raise self.faults.pop(0)
        tokens = tuple(Token(letter, -0.25) for letter in request.prompt[: request.tokens_max])
        text = "".join(token.text for token in tokens)
        return Generation(
            text=text, tokens=tokens, prompt_tokens=1, model="tiny", answer_id="",
            is_complete=True,
        )  # fmt: skip

    async def close(self):
        self.is_closed = True


def text_ask(prompt="hello", **options):
    request = GenerationRequest(prompt=prompt, **({"tokens_max": 4} | options))
    return Ask(salt=SALT, options=request.encode_options(), prompt=prompt)


async def test_an_engine_s_answer_is_committed_token_by_token():
    backend = await open_engine(EngineDouble(), "engine:0")
    ask = text_ask(stops=("\n", "é"), top_k=3)
    backend.check(ask, 4)
    work = await backend.work(ask)
    assert work.units == 4
    assert work.request_hash == float_request_hash(SALT, "hello", ask.options)
    tokens = [Token(letter, -0.25) for letter in "hell"]
    assert work.response_hash == float_response_hash(SALT, b"hell", tokens)
    assert work.answer.scored[0] == ("h", -250_000)
    await backend.close()


async def test_a_stumbling_engine_is_asked_again_and_a_lying_one_is_not(monkeypatch):
    monkeypatch.setattr("miner.backends.engine.PAUSE_SECONDS", 0)
    engine = EngineDouble()
    backend = await open_engine(engine, "engine:0")
    engine.faults = [EngineError(Fault.TIMEOUT, "slow"), EngineError(Fault.UNREACHABLE, "away")]
    assert (await backend.work(text_ask())).units == 4
    engine.faults = [EngineError(Fault.TIMEOUT, "slow")] * 3
    with pytest.raises(WorkRefusedError) as info:
        await backend.work(text_ask())
    assert (info.value.code, info.value.is_failure) == ("timeout", True)
    engine.faults, engine.calls = [EngineError(Fault.WRONG_COUNT, "counts")], 0
    with pytest.raises(WorkRefusedError):
        await backend.work(text_ask())
    assert engine.calls == 1


async def test_an_engine_refuses_tokens_and_bad_options():
    backend = await open_engine(EngineDouble(), "engine:0")
    for bad in (
        Ask(salt=SALT, options=text_ask().options, tokens=(1,)),
        Ask(salt=SALT, options=b"x", prompt="p"),
        Ask(salt=SALT, options=text_ask().options, prompt=""),
    ):
        with pytest.raises(WorkRefusedError):
            backend.check(bad, 10)
    with pytest.raises(WorkRefusedError) as info:
        backend.check(text_ask(), 3)
    assert info.value.code == "over_budget"


async def test_a_swapped_model_is_noticed_and_taken_off_the_shelf():
    engine, now = EngineDouble(), [0.0]
    backend = await open_engine(engine, "engine:0")
    scheduler = Scheduler([Lane(device="engine:0")])
    catalog = Catalog([backend], scheduler, clock=lambda: now[0])
    root = backend.served.model_root
    assert (await catalog.work(root, text_ask())).units == 4
    engine.digest = Hash32(b"\x02" * 32)
    await catalog.verify()
    assert catalog.shelf(root) is not None  # not looked at yet
    now[0] += 301
    await catalog.verify()
    assert catalog.shelf(root) is None
    assert catalog.find(root).fault.startswith("wrong_model")
    with pytest.raises(WorkRefusedError, match="cannot be served"):
        catalog.check(root, text_ask(), 9)
    engine.digest = Hash32(b"\x01" * 32)
    await catalog.verify(is_forced=True)
    assert catalog.shelf(root) is not None
    assert catalog.status()[0]["model"] == "tiny"
    await catalog.close()
    assert engine.is_closed


async def test_an_engine_that_is_away_is_not_opened():
    engine = EngineDouble()
    engine.faults = [EngineError(Fault.UNREACHABLE, "away")]
    with pytest.raises(WorkRefusedError, match="away"):
        await open_engine(engine, "engine:0")


def test_options_are_read_back_and_every_change_is_noticed():
    request = GenerationRequest(
        prompt="p", tokens_max=9, seed=3, temperature_milli=700, top_p_milli=900, top_k=5,
        stops=("a", "", "ü"),
    )  # fmt: skip
    raw = request.encode_options()
    assert decode_request("p", raw) == request
    for size in range(len(raw)):
        with pytest.raises(DecodeError):
            decode_request("p", raw[:size])
    with pytest.raises(DecodeError):
        decode_request("p", raw + b"x")


def test_this_machine_has_a_cpu():
    device = cpu_device()
    assert device.cores > 0
    assert device.memory_mib > 0
    assert find_devices()[0].id == "cpu"


def test_nvidia_smi_is_read_where_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert smi_rows() == {}
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho '0, NVIDIA H200, 143771, 570.1, 35'\necho 'broken'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert smi_rows()[0]["name"] == "NVIDIA H200"
    program.write_text("#!/bin/sh\nexit 9\n")
    assert smi_rows() == {}
