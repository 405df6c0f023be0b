"""What version two adds to messaging's events and errors."""

from dataclasses import dataclass

from contracts.framework.types import Address, Indexed, u64


@dataclass(frozen=True, slots=True)
class AnswerAccepted:
    """The author of a question accepted an answer; answer 0: none any more."""

    question_id: Indexed[u64]
    answer_id: Indexed[u64]
    author: Indexed[Address]


@dataclass(frozen=True, slots=True)
class NotAnswer:
    """Only an answer can be accepted."""

    message_id: u64
