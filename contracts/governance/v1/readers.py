"""Governance's storage read from outside a call: by the node, which announces its readiness."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contracts.framework.storage import ReadOnlyWords
from contracts.governance.v1.contract import Governance
from contracts.governance.v1.messages import Status

Reader = Callable[[int], int]
"""Reads a word of governance's storage, for example from a view of the state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComingVersion:
    """A version that an open proposal would activate; ``version`` packed."""

    proposal: int
    address: bytes
    version: int
    code_hash: bytes
    is_approved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedVersion:
    """What the chain says of an active contract; ``version`` packed."""

    address: bytes
    name: str
    version: int
    layout_hash: bytes
    code_hash: bytes


def coming_versions(reader: Reader) -> Iterator[ComingVersion]:
    """Yield the code changes that are being voted on or wait to be executed."""
    governance = Governance(ReadOnlyWords(reader))
    for status in (Status.PROPOSED, Status.APPROVED):
        ids = governance.by_status[status]
        for place in range(len(ids)):
            proposal = ids[place]
            record = governance.proposals[proposal - 1]
            if record.new_version != record.current_version:
                yield ComingVersion(
                    proposal=proposal,
                    address=record.target,
                    version=record.new_version,
                    code_hash=record.code_hash,
                    is_approved=status == Status.APPROVED,
                )


def is_ready(reader: Reader, proposal: int, validator: bytes) -> bool:
    """Answer whether a validator has announced the code of a proposal."""
    return Governance(ReadOnlyWords(reader)).ready_of[proposal][validator]


def recorded_versions(reader: Reader) -> Iterator[RecordedVersion]:
    """Yield the active version of every contract under governance."""
    governance = Governance(ReadOnlyWords(reader))
    addresses = governance.addresses
    for place in range(len(addresses)):
        address = addresses[place]
        record = governance.records[address]
        version = governance.active[address]
        yield RecordedVersion(
            address=address,
            name=record.name,
            version=version,
            layout_hash=record.layout_hash if version == record.history[0].version else b"",
            code_hash=record.code_hashes[version],
        )
