"""From a question to a decision: the interface that handlers and the command line use.

A decision is one of six words, and it is the search's only promise to its callers:

``answer``     one article fits, clearly ahead of the others
``suggest``    up to three articles may fit; the person chooses
``rephrase``   nothing fits well enough; ask the person to say it in other words
``handoff``    no article may answer this (dosage, diagnosis, legal advice); a person must
``urgent``     poisoning, a fresh spill, fumes: the fixed emergency text, and a person
``smalltalk``  a greeting, thanks, good-bye; ``smalltalk_kind`` says which
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

Decision = Literal["answer", "suggest", "rephrase", "handoff", "urgent", "smalltalk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What was asked.

    ``language`` is the reader's language (ISO 639-1) or None to detect it from the text.
    ``previous`` is the id of the article that was shown last in this conversation, for
    questions such as "and for lead?".
    """

    text: str
    language: str | None = None
    previous: str | None = None
    previous_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article that may fit, with its confidence between 0 and 1."""

    article: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The decision on one question; ``candidates`` are at most ten, best first.

    ``intent`` names a button the whole message asks for ("join", "events"), if any.
    ``explanation`` lines are for staff: features, repaired words, margins.
    """

    decision: Decision
    language: str
    score: float
    candidates: tuple[Candidate, ...] = ()
    article: str | None = None
    smalltalk_kind: str | None = None
    intent: str | None = None
    parts: tuple[str, ...] = ()
    """The separate questions found in the message, where there are two or more."""
    explanation: tuple[str, ...] = ()


class Answerer(Protocol):
    """Decides on questions; implementations are immutable and safe to share."""

    def decide(self, query: Query) -> Outcome:
        """Decide on one question; never raises on any text, however odd."""
        ...
