"""Float engines against servers that behave, and servers that do not."""

import asyncio
import contextlib
import itertools

import pytest
from aiohttp import web

from miner.engines.engine import EngineError, Fault, GenerationRequest, Token
from miner.engines.http import JsonHttp
from miner.engines.ollama import OllamaEngine
from miner.engines.openai import OpenAiEngine
from primitives.errors import ConfigError
from primitives.types import Hash32

MODEL = "tiny"
DIGEST = Hash32(b"\x07" * 32)
WORDS = [f" w{n}" for n in range(12)]


def request_of(**changes):
    values = {"prompt": "one two three", "tokens_max": 12, "seed": 3, "temperature_milli": 700}
    return GenerationRequest(**(values | changes))


class OpenAiServer:
    """Counts words as tokens; ``spoil`` changes an answer before it leaves."""

    def __init__(self, spoil=None, *, status=200, delay=0.0, scores="echo", has_tokenizer=True):
        self.spoil, self.status, self.delay = spoil, status, delay
        self.scores, self.has_tokenizer = scores, has_tokenizer
        self.numbers = itertools.count(1)
        self.bodies = []

    def application(self):
        app = web.Application()
        app.router.add_get("/v1/models", self.models)
        app.router.add_post("/v1/completions", self.completions)
        if self.has_tokenizer:
            app.router.add_post("/tokenize", self.tokenize)
        return app

    async def models(self, _request):
        return web.json_response({"data": [{"id": MODEL}]})

    async def tokenize(self, request):
        body = await request.json()
        return web.json_response({"count": len(body["prompt"].split())})

    async def completions(self, request):
        body = await request.json()
        self.bodies.append(body)
        await asyncio.sleep(self.delay)
        if self.status != 200:
            return web.Response(status=self.status, text="out of memory\x1b[31m")
        number = next(self.numbers)
        answer = {
            "id": f"cmpl-{number}",
            "model": MODEL,
            "choices": [self.choice(body, number)],
            "usage": {"prompt_tokens": len(body["prompt"].split()), "completion_tokens": 12},
        }
        if self.spoil is not None:
            answer = self.spoil(answer)
        return web.json_response(answer)

    def choice(self, body, number):
        words = [f" {word}" for word in body["prompt"].split()]
        if "prompt_logprobs" in body:
            if self.scores != "prompt_logprobs":
                return {"text": ""}
            entries = [
                {"5": {"logprob": -0.25, "decoded_token": word}, "6": {"logprob": -1.0}}
                for word in words
            ]
            return {"text": " x", "prompt_logprobs": [None, *entries[1:]]}
        if body.get("echo"):
            if self.scores != "echo":
                return {"text": ""}
            values = [None] + [-0.5] * len(words)
            logprobs = {"tokens": [*words, " x"], "token_logprobs": values}
            return {"text": " x", "logprobs": logprobs}
        values = [-0.5 - 0.001 * number] * 12
        return {
            "text": "".join(WORDS),
            "logprobs": {"tokens": WORDS, "token_logprobs": values},
            "finish_reason": "length",
        }


@contextlib.asynccontextmanager
async def serving(application):
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = site._server.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def openai(server, seconds=5.0):
    async with serving(server.application()) as url:
        engine = OpenAiEngine(JsonHttp(url, seconds=seconds), MODEL, DIGEST)
        try:
            yield engine
        finally:
            await engine.close()


async def test_an_honest_answer_is_taken_with_every_option_sent():
    server = OpenAiServer()
    async with openai(server) as engine:
        identity = await engine.identity()
        assert (identity.model, identity.digest) == (MODEL, DIGEST)
        request = request_of(top_k=5, top_p_milli=900, stops=("\n",))
        answer = await engine.generate(request)
    assert answer.text == "".join(WORDS)
    assert len(answer.tokens) == 12
    assert answer.prompt_tokens == 3
    assert not answer.is_complete
    body = server.bodies[0]
    assert (body["seed"], body["temperature"], body["top_p"]) == (3, 0.7, 0.9)
    assert (body["top_k"], body["stop"], body["max_tokens"]) == (5, ["\n"], 12)


def drop_logprobs(answer):
    answer["choices"][0].pop("logprobs")
    return answer


def wrong_model(answer):
    return answer | {"model": "tiny-half"}


def inflate(answer):
    answer["usage"]["completion_tokens"] = 40
    return answer


def no_counts(answer):
    answer.pop("usage")
    return answer


def truncate_prompt(answer):
    answer["usage"]["prompt_tokens"] = 2
    return answer


def inflate_prompt(answer):
    answer["usage"]["prompt_tokens"] = 9
    return answer


def positive_logprob(answer):
    answer["choices"][0]["logprobs"]["token_logprobs"] = [0.4] * 12
    return answer


def other_text(answer):
    answer["choices"][0]["text"] = "something else entirely"
    return answer


def too_many(answer):
    logprobs = answer["choices"][0]["logprobs"]
    logprobs["tokens"] = WORDS * 2
    logprobs["token_logprobs"] = [-1.0] * 24
    answer["choices"][0]["text"] = "".join(WORDS * 2)
    answer["usage"]["completion_tokens"] = 24
    return answer


def nothing(answer):
    answer["choices"][0] |= {"text": "", "logprobs": {"tokens": [], "token_logprobs": []}}
    answer["usage"]["completion_tokens"] = 0
    return answer


def uneven(answer):
    answer["choices"][0]["logprobs"]["token_logprobs"].pop()
    return answer


def no_number(answer):
    answer["choices"][0]["logprobs"]["token_logprobs"][3] = "low"
    return answer


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (drop_logprobs, Fault.NO_LOGPROBS),
        (wrong_model, Fault.WRONG_MODEL),
        (inflate, Fault.WRONG_COUNT),
        (no_counts, Fault.WRONG_COUNT),
        (truncate_prompt, Fault.TRUNCATED_CONTEXT),
        (inflate_prompt, Fault.WRONG_COUNT),
        (positive_logprob, Fault.IMPOSSIBLE_LOGPROB),
        (other_text, Fault.WRONG_COUNT),
        (too_many, Fault.OVER_LIMIT),
        (nothing, Fault.EMPTY),
        (uneven, Fault.NO_LOGPROBS),
        (no_number, Fault.BAD_ANSWER),
        (lambda _: {"choices": []}, Fault.BAD_ANSWER),
        (lambda _: {"choices": [5]}, Fault.BAD_ANSWER),
        (lambda _: [], Fault.BAD_ANSWER),
        (lambda answer: answer | {"id": 7}, Fault.BAD_ANSWER),
        (lambda answer: answer | {"model": None}, Fault.BAD_ANSWER),
    ],
)
async def test_a_dishonest_answer_is_refused_by_its_fault(spoil, fault):
    async with openai(OpenAiServer(spoil)) as engine:
        with pytest.raises(EngineError) as caught:
            await engine.generate(request_of())
    assert caught.value.fault is fault
    assert caught.value.remedy


async def test_the_same_answer_to_two_requests_is_a_replay():
    def same(answer):
        answer["choices"][0]["logprobs"]["token_logprobs"] = [-0.5] * 12
        return answer

    async with openai(OpenAiServer(same)) as engine:
        await engine.generate(request_of(seed=1))
        await engine.generate(request_of(seed=1))
        with pytest.raises(EngineError) as caught:
            await engine.generate(request_of(seed=2))
    assert caught.value.fault is Fault.REPLAYED
    async with openai(OpenAiServer(lambda answer: answer | {"id": "fixed"})) as engine:
        await engine.generate(request_of(seed=1))
        with pytest.raises(EngineError, match="came again"):
            await engine.generate(request_of(seed=2))


async def test_a_failing_slow_or_absent_server_is_named():
    async with openai(OpenAiServer(status=500)) as engine:
        with pytest.raises(EngineError) as caught:
            await engine.generate(request_of())
        assert caught.value.fault is Fault.SERVER_ERROR
        assert "out of memory" in str(caught.value)
        assert "\x1b" not in str(caught.value)
    async with openai(OpenAiServer(delay=5.0), seconds=0.2) as engine:
        with pytest.raises(EngineError) as caught:
            await engine.generate(request_of())
        assert caught.value.fault is Fault.TIMEOUT
    gone = OpenAiEngine(JsonHttp("http://127.0.0.1:9"), MODEL, DIGEST)
    with pytest.raises(EngineError) as caught:
        await gone.identity()
    assert caught.value.fault is Fault.UNREACHABLE
    await gone.close()


async def test_a_model_that_the_server_does_not_list_is_refused():
    async with serving(OpenAiServer().application()) as url:
        engine = OpenAiEngine(JsonHttp(url), "huge", DIGEST)
        with pytest.raises(EngineError) as caught:
            await engine.identity()
        await engine.close()
    assert caught.value.fault is Fault.WRONG_MODEL


@pytest.mark.parametrize(("scores", "expected"), [("echo", -0.5), ("prompt_logprobs", -0.25)])
async def test_an_answer_is_scored_in_one_prefill_either_way(scores, expected):
    server = OpenAiServer(scores=scores)
    tokens = tuple(Token(f" w{n}", -0.5) for n in range(9))
    async with openai(server) as engine:
        for _ in range(2):
            found = await engine.score("one two three", tokens)
            assert found == (expected,) * 9
    assert sum("prompt_logprobs" in body for body in server.bodies) == (
        1 if scores == "echo" else 2
    )


async def test_a_server_that_splits_the_answer_into_other_tokens_scores_nothing():
    tokens = (Token(" w", -0.5), Token("0", -0.5))
    for scores, fault in (("echo", Fault.BAD_ANSWER), ("none", Fault.NO_LOGPROBS)):
        async with openai(OpenAiServer(scores=scores)) as engine:
            with pytest.raises(EngineError) as caught:
                await engine.score("one", tokens)
        assert caught.value.fault is fault


async def test_without_a_tokenizer_the_prompt_is_not_counted_twice():
    async with openai(OpenAiServer(truncate_prompt, has_tokenizer=False)) as engine:
        answer = await engine.generate(request_of())
    assert answer.prompt_tokens == 2


@pytest.mark.parametrize(
    "changes",
    [{"prompt": ""}, {"tokens_max": 0}, {"seed": -1}, {"temperature_milli": 10_001},
     {"top_p_milli": 0}, {"top_k": -1}, {"stops": ("x",) * 17}],
)  # fmt: skip
def test_a_request_out_of_range_is_not_made(changes):
    with pytest.raises(ConfigError):
        request_of(**changes)


def test_the_options_of_two_requests_never_encode_alike():
    requests = [
        request_of(), request_of(seed=4), request_of(tokens_max=11), request_of(top_k=1),
        request_of(temperature_milli=0), request_of(top_p_milli=999), request_of(stops=("a",)),
        request_of(stops=("a", "b")), request_of(stops=("ab",)),
    ]  # fmt: skip
    assert len({request.encode_options() for request in requests}) == len(requests)


# --- Ollama ---------------------------------------------------------------------------------


class OllamaServer:
    def __init__(self, spoil=None, digest="sha256:" + "ab" * 32):
        self.spoil, self.digest = spoil, digest

    def application(self):
        app = web.Application()
        app.router.add_get("/api/tags", self.tags)
        app.router.add_post("/api/generate", self.generate)
        return app

    async def tags(self, _request):
        return web.json_response(
            {"models": [{"name": "other"}, {"name": "tiny:latest", "digest": self.digest}]}
        )

    async def generate(self, request):
        body = await request.json()
        assert body["raw"]
        assert body["options"]["num_ctx"] == 64
        answer = {
            "model": "tiny",
            "response": "".join(WORDS),
            "done": True,
            "done_reason": "length",
            "prompt_eval_count": 3,
            "eval_count": 12,
            "logprobs": [{"token": word, "logprob": -0.5} for word in WORDS],
        }
        if self.spoil:
            answer |= self.spoil
        return web.json_response(answer)


@contextlib.asynccontextmanager
async def ollama(server, model="tiny"):
    async with serving(server.application()) as url:
        engine = OllamaEngine(JsonHttp(url), model, context=64)
        try:
            yield engine
        finally:
            await engine.close()


async def test_ollama_is_known_by_the_digest_of_its_model():
    async with ollama(OllamaServer()) as engine:
        identity = await engine.identity()
        answer = await engine.generate(request_of(top_k=3, stops=("x",)))
    assert identity.digest == Hash32(bytes.fromhex("ab" * 32))
    assert identity.model_root != identity.digest
    assert len(answer.tokens) == 12


async def test_ollama_without_the_model_or_with_a_digest_that_is_none_is_refused():
    async with ollama(OllamaServer(), "huge") as engine:
        with pytest.raises(EngineError, match="not installed"):
            await engine.identity()
    for digest in ("sha256:abcd", "zz", None):
        async with ollama(OllamaServer(digest=digest)) as engine:
            with pytest.raises(EngineError, match="SHA-256"):
                await engine.identity()


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        ({"logprobs": None}, Fault.NO_LOGPROBS),
        ({"logprobs": ["x"]}, Fault.BAD_ANSWER),
        ({"eval_count": 99}, Fault.WRONG_COUNT),
        ({"prompt_eval_count": 64}, Fault.TRUNCATED_CONTEXT),
        ({"prompt_eval_count": None}, Fault.BAD_ANSWER),
        ({"model": "smaller"}, Fault.WRONG_MODEL),
        ({"done": False}, Fault.BAD_ANSWER),
        ({"response": None}, Fault.BAD_ANSWER),
    ],
)
async def test_ollama_answers_are_checked_the_same_way(spoil, fault):
    async with ollama(OllamaServer(spoil)) as engine:
        with pytest.raises(EngineError) as caught:
            await engine.generate(request_of())
        assert caught.value.fault is fault
        assert await engine.count_tokens("x") is None
        with pytest.raises(EngineError, match="scores no prompt"):
            await engine.score("x", ())
