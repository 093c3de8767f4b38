"""A small search over RapidFuzz, needing no training: for tests and as the measuring stick.

It ranks by ``token_set_ratio`` and plain ``ratio`` over folded words. ``WRatio`` is not used:
where lengths differ by more than half, any shared word scores 85.5 with it. Han characters are
words of their own, so Chinese works like the other scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from rapidfuzz import fuzz, process

from knowledge.answering import Candidate, Outcome, Query
from knowledge.gates import screen
from knowledge.language import detect_language
from knowledge.model import Collection
from knowledge.search.normalise import words
from knowledge.smalltalk import intent

ANSWER_FROM: Final = 0.82
SUGGEST_FROM: Final = 0.60
"""Below this nothing is shown at all."""

CLEAR_MARGIN: Final = 0.05


@dataclass(frozen=True, slots=True)
class FuzzySearch:
    """Nearest example question, by RapidFuzz; immutable and safe to share."""

    keys: tuple[str, ...]
    owners: tuple[str, ...]

    @classmethod
    def build(cls, collection: Collection) -> FuzzySearch:
        """Index titles and example questions in all languages."""
        pairs = sorted(
            {
                (" ".join(words(text)), article.id)
                for article in collection.articles.values()
                for version in article.texts.values()
                for text in (version.title, *version.questions)
            }
        )
        pairs = [pair for pair in pairs if pair[0]]
        return cls(keys=tuple(key for key, _ in pairs), owners=tuple(owner for _, owner in pairs))

    def rank(self, text: str) -> list[Candidate]:
        """Up to ten articles, best first; empty when the text or the index holds no word."""
        asked = " ".join(words(text))
        if not asked or not self.keys:
            return []
        sets = process.cdist([asked], self.keys, scorer=fuzz.token_set_ratio)[0]
        plain = process.cdist([asked], self.keys, scorer=fuzz.token_sort_ratio)[0]
        scores = (0.45 * sets + 0.55 * plain) / 100
        best: dict[str, float] = {}
        for place in np.argsort(-scores, kind="stable")[:200]:
            best.setdefault(self.owners[place], round(float(scores[place]), 4))
        return [Candidate(article=key, score=score) for key, score in list(best.items())[:10]]

    def decide(self, query: Query) -> Outcome:
        """Decide on one question; see `knowledge.answering`."""
        language = query.language or detect_language(query.text).language
        screened = screen(query, language)
        if screened is not None:
            return screened
        candidates = tuple(self.rank(query.text))
        top = candidates[0].score if candidates else 0.0
        margin = top - (candidates[1].score if len(candidates) > 1 else 0.0)
        explanation = (f"best example {top:.2f}, ahead by {margin:.2f} (RapidFuzz)",)
        if top >= ANSWER_FROM and (margin >= CLEAR_MARGIN or top >= 0.98):
            return Outcome(
                decision="answer",
                language=language,
                score=top,
                candidates=candidates,
                article=candidates[0].article,
                intent=intent(query.text),
                explanation=explanation,
            )
        return Outcome(
            decision="suggest" if top >= SUGGEST_FROM else "rephrase",
            language=language,
            score=top,
            candidates=candidates,
            intent=intent(query.text),
            explanation=explanation,
        )
