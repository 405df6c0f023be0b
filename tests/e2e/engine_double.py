"""An OpenAI-compatible HTTP server whose answers anybody can score again: a machine of its own.

Its log-probabilities are a function of the text; ``jitter`` is how far this machine rounds off.
"""

import hashlib

from aiohttp import web

NAME = "double"
DIGEST = hashlib.sha256(b"weights of the double").digest()
WORDS = tuple(f"w{number} " for number in range(97))


class EngineDouble:
    """Serves ``/v1/models`` and ``/v1/completions``; ``echo`` scores a prompt."""

    def __init__(self, jitter=0.0):
        self.jitter = jitter
        self.calls = 0
        self._runner = None
        self.url = ""

    async def start(self):
        app = web.Application()
        app.router.add_get("/v1/models", self._models)
        app.router.add_post("/v1/completions", self._complete)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = site._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self):
        await self._runner.cleanup()

    async def _models(self, request):
        return web.json_response({"data": [{"id": NAME}]})

    async def _complete(self, request):
        body = await request.json()
        if body.get("echo"):
            return web.json_response({"choices": [{"text": body["prompt"], "logprobs": self._all(
                body["prompt"])}]})  # fmt: skip
        if "prompt_logprobs" in body:
            return web.json_response({"choices": [{"text": "."}]})  # as servers without it do
        self.calls += 1
        seed = hashlib.sha256(body["prompt"].encode()).digest()
        tokens = [WORDS[seed[place] % len(WORDS)] for place in range(min(16, body["max_tokens"]))]
        return web.json_response(
            {
                "id": f"answer-{self.calls}", "model": NAME,
                "choices": [{"text": "".join(tokens), "finish_reason": "stop",
                             "logprobs": self._logprobs(tokens, body["prompt"])}],
                "usage": {"prompt_tokens": len(body["prompt"].split()),
                          "completion_tokens": len(tokens)},
            }
        )  # fmt: skip

    def _all(self, text):
        """Score the whole text, word by word; an answer begins behind the first colon."""
        head, _, tail = text.partition(":")
        words = [word + " " for word in tail.split(" ") if word]
        found = self._logprobs(words, head + ":")
        return {"tokens": [head + ":", *found["tokens"]],
                "token_logprobs": [None, *found["token_logprobs"]]}  # fmt: skip

    def _logprobs(self, tokens, prompt):
        values = []
        for place, token in enumerate(tokens):
            digest = hashlib.sha256(f"{prompt}|{place}|{token}".encode()).digest()
            values.append(-(digest[0] + 1) / 128 - self.jitter)
        return {"tokens": tokens, "token_logprobs": values}
