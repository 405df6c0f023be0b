"""The miner's program with a spoiled model: everything else is the real desk.

``python -m tests.e2e.cheating_miner trace|answer miner start ...``: ``trace`` computes one layer of
one token wrong and defends that; ``answer`` gives other tokens than the model does.
"""

import sys
from dataclasses import replace

import miner.assembly
from aitbc.cli import main
from miner.backends.exact import ExactBackend
from miner.games.works import exact_request
from primitives.integer_model.request import decode_options, response_hash
from tests.e2e.dispute_players import cheat


class WrongTrace(ExactBackend):
    """Commits to a trace that nobody who executes the model finds."""

    def _execute(self, ask):
        work = super()._execute(ask)
        defence = self._cheat(ask, work.answer.delivered)
        return replace(work, trace_root=defence.trace()[-1][0])

    def defence(self, ask):
        return self._cheat(ask, super()._execute(ask).answer.delivered)

    def _cheat(self, ask, delivered):
        return cheat(self.generator.runtime, exact_request(ask), ask.salt, delivered)


class WrongAnswer(ExactBackend):
    """Says something else, and commits to just that."""

    def _execute(self, ask):
        work = super()._execute(ask)
        first, *rest = work.answer.tokens
        tokens = (first + 1, *rest)
        delivered = self.generator.text(tokens, decode_options(ask.options)).encode()
        return replace(
            work,
            response_hash=response_hash(ask.salt, tokens, delivered),
            answer=replace(work.answer, tokens=tokens, delivered=delivered),
        )


if __name__ == "__main__":
    miner.assembly.ExactBackend = {"trace": WrongTrace, "answer": WrongAnswer}[sys.argv.pop(1)]
    main()
