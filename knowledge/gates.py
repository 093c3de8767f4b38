"""What is decided before any search: emergencies and small talk."""

from __future__ import annotations

from knowledge.answering import Outcome, Query
from knowledge.smalltalk import smalltalk_kind
from knowledge.urgent import find_emergency


def screen(query: Query, language: str) -> Outcome | None:
    """The outcome of a message that needs no search, or None where a search must follow."""
    emergency = find_emergency(query.text)
    if emergency is not None:
        words = ", ".join(f"“{word}”" for word in emergency.evidence)
        return Outcome(
            decision="urgent",
            language=query.language or emergency.language,
            score=1.0,
            explanation=(f"emergency ({emergency.kind}): {words}",),
        )
    kind = smalltalk_kind(query.text)
    if kind is not None:
        return Outcome(
            decision="smalltalk",
            language=language,
            score=1.0,
            smalltalk_kind=kind,
            explanation=(f"small talk: {kind}",),
        )
    return None
