"""Executing an exact answer again: the same tokens and the same trace, or it is wrong.

``full`` executes every answer, ``sample`` each with a probability of one eighth, drawn from the
operating system's randomness, so that a miner cannot tell which ones.
"""

import secrets
import threading
from pathlib import Path
from typing import Final

from miner.client.faults import DeliveryRefusedError, Fault
from miner.exact.execution import ExactRequest, commit
from miner.exact.generate import Generator
from miner.leases.protocol import Answer, Ask
from primitives.compute import ComputeReceipt
from primitives.errors import ConfigError
from primitives.integer_model.request import decode_options

LEVELS: Final = ("none", "sample", "full")
SAMPLE_ONE_IN: Final = 8


class Verifier:
    """Re-executes answers of one exact model."""

    def __init__(
        self, path: Path, model_root: bytes, *, level: str = "full", threads: int = 1
    ) -> None:
        """Open the model file.

        Raises:
            ConfigError: it is no model, or not the one that the order names.
        """
        self.generator = Generator(path, threads=threads)
        self.level = level
        self._lock = threading.Lock()
        if self.generator.model.root != model_root:
            raise ConfigError(
                f"{path} has the model root 0x{self.generator.model.root.hex()}",
                f"Take the file of 0x{model_root.hex()}: aitbc miner models list",
            )

    def check(self, ask: Ask, receipt: ComputeReceipt, answer: Answer) -> None:
        """Check the text by the tokenizer, and as the level says the execution.

        Raises:
            DeliveryRefusedError: something is not what the model yields.
        """
        options = decode_options(ask.options)
        text = self.generator.text(answer.tokens, options)
        if text.encode() != answer.delivered:
            raise DeliveryRefusedError(Fault.WRONG_TEXT, "the text is not that of the tokens")
        is_sampled = self.level == "sample" and not secrets.randbelow(SAMPLE_ONE_IN)
        if self.level != "full" and not is_sampled:
            return
        request = ExactRequest(prompt=ask.tokens, options=options)
        with self._lock:
            (done,) = self.generator.runtime.run([request], trace=True)
        if tuple(done.tokens) != answer.tokens:
            raise DeliveryRefusedError(Fault.WRONG_TRACE, "executed again it gives other tokens")
        mine = commit(self.generator.model.root, done, ask.salt, answer.delivered)
        if any(receipt.trace_root) and mine.trace_root != receipt.trace_root:
            raise DeliveryRefusedError(Fault.WRONG_TRACE, "executed again it has another trace")
