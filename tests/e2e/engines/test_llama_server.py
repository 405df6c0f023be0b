"""Our client against llama.cpp's own OpenAI-compatible server: generation, scores, audits.

Needs a Python with ``llama-cpp-python``, its server's packages and ``gguf``; its path stands in
AITBC_TEST_LLAMA_PYTHON. Compiling llama.cpp takes minutes, so the suite does not install it.
"""

import asyncio
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from miner.engines.audit import Verdict, calibrate, judge
from miner.engines.engine import EngineError, Fault, GenerationRequest
from miner.engines.http import JsonHttp
from miner.engines.identity import weights_digest
from miner.engines.openai import OpenAiEngine

PYTHON = os.environ.get("AITBC_TEST_LLAMA_PYTHON")
HERE = Path(__file__).parent
PROMPT = "the price of a good is what the market says it is"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(
        not PYTHON,
        reason="AITBC_TEST_LLAMA_PYTHON names no Python with llama-cpp-python: "
        "the real OpenAI-compatible server is not tried",
    ),
]


class Server:
    """llama.cpp serving one model."""

    def __init__(self, model, name, batch):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url, self.name, self.model = f"http://127.0.0.1:{port}", name, model
        self.process = subprocess.Popen(
            [PYTHON, "-m", "llama_cpp.server", "--model", str(model), "--model_alias", name,
             "--port", str(port), "--logits_all", "true", "--n_ctx", "256", "--verbose", "false",
             "--n_batch", str(batch), "--n_threads", "1"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def engine(self):
        return OpenAiEngine(JsonHttp(self.url, seconds=60), self.name, weights_digest(self.model))

    async def ready(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            engine = self.engine()
            try:
                return await engine.identity()
            except EngineError:
                await asyncio.sleep(0.3)
            finally:
                await engine.close()
        raise AssertionError("the server does not come up")

    def stop(self):
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    """The model on two machines (other batch sizes), and another model under the same name."""
    place = tmp_path_factory.mktemp("models")
    files = []
    for seed in (1, 2):
        files.append(place / f"{seed}.gguf")
        subprocess.run([PYTHON, HERE / "tiny_gguf.py", files[-1], str(seed)], check=True)
    started = [Server(files[0], "tiny", 512), Server(files[0], "tiny", 8),
               Server(files[1], "tiny", 512)]  # fmt: skip
    for server in started:
        asyncio.run(server.ready())
    yield started
    for server in started:
        server.stop()


def ask(seed, tokens=24):
    return GenerationRequest(
        prompt=PROMPT, tokens_max=tokens, seed=seed, temperature_milli=800, top_p_milli=950
    )


async def generated(server, count, first=0):
    engine = server.engine()
    try:
        return [await engine.generate(ask(first + seed)) for seed in range(count)]
    finally:
        await engine.close()


async def scored(server, answers):
    engine = server.engine()
    try:
        return [await engine.score(PROMPT, answer.tokens) for answer in answers]
    finally:
        await engine.close()


def claims(answers):
    return [[token.logprob for token in answer.tokens] for answer in answers]


async def test_a_real_server_generates_counts_and_scores(servers):
    answers = await generated(servers[0], 3)
    assert all(answer.tokens and len(answer.tokens) <= 24 for answer in answers)
    assert len({answer.text for answer in answers}) == 3
    engine = servers[0].engine()
    assert await engine.count_tokens(PROMPT) == answers[0].prompt_tokens
    await engine.close()
    again = await scored(servers[0], answers)
    for claimed, rescored in zip(claims(answers), again, strict=True):
        assert len(claimed) == len(rescored)


async def test_an_honest_machine_passes_and_a_substituted_model_fails(servers):
    honest = await generated(servers[1], 24)
    pairs = list(zip(claims(honest), await scored(servers[0], honest), strict=True))
    limits = calibrate(pairs)
    assert limits.fail_milli < 1_000
    fresh = await generated(servers[1], 8, first=100)
    verdicts = [
        judge(claimed, found, limits)
        for claimed, found in zip(claims(fresh), await scored(servers[0], fresh), strict=True)
    ]
    assert Verdict.FAILED not in verdicts
    assert verdicts.count(Verdict.PASSED) >= 6
    cheap = await generated(servers[2], 8, first=200)
    verdicts = [
        judge(claimed, found, limits)
        for claimed, found in zip(claims(cheap), await scored(servers[0], cheap), strict=True)
    ]
    assert verdicts == [Verdict.FAILED] * 8


async def test_a_prompt_longer_than_the_context_is_refused_by_the_server(servers):
    engine = servers[0].engine()
    long = GenerationRequest(prompt="word " * 200, tokens_max=8)
    with pytest.raises(EngineError) as caught:
        await engine.generate(long)
    await engine.close()
    assert caught.value.fault in (Fault.SERVER_ERROR, Fault.TRUNCATED_CONTEXT)


async def test_a_name_that_the_server_does_not_have_is_refused(servers):
    engine = OpenAiEngine(JsonHttp(servers[0].url), "huge", weights_digest(servers[0].model))
    with pytest.raises(EngineError) as caught:
        await engine.identity()
    await engine.close()
    assert caught.value.fault is Fault.WRONG_MODEL
