"""What an ask commits to: the hash that the client signs and the receipt names, and its units.

Client and miner compute both from the same plain text, so a miner that finds another hash signed
refuses before it works: it could not claim that work without the client.
"""

from dataclasses import dataclass

from miner.engines.engine import decode_request
from miner.leases.float_work import float_request_hash
from miner.leases.protocol import Ask
from primitives.compute import KIND_INTEGER_MODEL
from primitives.integer_model.request import decode_options, request_hash
from primitives.types import Hash32


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """``units_max`` is the most that the ask's options allow to come out."""

    request_hash: Hash32
    units_max: int


def asked_of(kind: int, ask: Ask) -> Asked:
    """Return what an ask of this job kind commits to.

    Raises:
        DecodeError: its options are not canonical.
        ConfigError: they ask for what the kind does not have.
    """
    if kind == KIND_INTEGER_MODEL:
        options = decode_options(ask.options)
        return Asked(
            request_hash=request_hash(ask.salt, ask.tokens, options), units_max=options.tokens_max
        )
    request = decode_request(ask.prompt, ask.options)
    return Asked(
        request_hash=float_request_hash(ask.salt, ask.prompt, ask.options),
        units_max=request.tokens_max,
    )
