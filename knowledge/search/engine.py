"""The whole answering engine: gates, language, context, search in six languages, decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from knowledge.answering import Candidate, Decision, Outcome, Query
from knowledge.boundaries import boundary
from knowledge.gates import screen
from knowledge.language import Detection, LanguageDetector
from knowledge.model import LANGUAGES, Collection
from knowledge.search.cache import cached_matcher
from knowledge.search.crossing import Crossing, Found, Searcher
from knowledge.search.explain import explain
from knowledge.search.followup import follow_up
from knowledge.search.normalise import words
from knowledge.search.recent import Recent
from knowledge.search.semantic import Encoder, FusedMatcher
from knowledge.search.splitting import split_questions
from knowledge.smalltalk import intent

_SUGGESTIONS = 10
_NEARLY_ASKED = 0.6
"""Similarity to an example from which an article covers a question of dosage, health or law."""
_ALIKE = 0.42
_REMOTE = 0.32
_FEW_UNSEEN = 0.20
"""An answer needs an example much like the question (similarity `_ALIKE`), or hardly any word that
the articles never use (`_FEW_UNSEEN`); a suggestion the same with `_REMOTE`. "What is the capital
of France" has neither, whatever the articles on France."""

_KEPT = 512
"""Questions whose outcome is kept: greetings, buttons and what an announcement makes many ask."""
_LONG = 200
"""Characters from which a text is not kept: nobody else will write the same."""

_WARM = {
    "en": "how do I know that the fumes of my leaking pesticide drum are poison",
    "fr": "comment savoir si le fût de pesticide qui fuit est un poison pour mon sol",
    "es": "cómo sé si el bidón de veneno que gotea daña mi suelo",
    "ar": "كيف أعرف أن برميل المبيد يتسرب إلى التربة",
    "ru": "как узнать, что бочка с ядом течёт в почву",
    "zh": "怎么知道农药桶泄漏到土壤里",
}


@dataclass(frozen=True, slots=True)
class Look:
    """What a text says by itself, whatever was said before it.

    ``outcome`` is the decision; it is final where ``is_final``. ``nearest`` is how much the text
    is like the nearest example.
    """

    outcome: Outcome
    nearest: float = 0.0
    is_final: bool = False
    parts: tuple[str, ...] = ()
    intent: str | None = None


_Key = tuple[str, str | None]


@dataclass(frozen=True, slots=True)
class Engine:
    """Decides on questions; immutable, safe to share between threads, never raises on any text."""

    matchers: Mapping[str, Searcher]
    crossing: Crossing
    detector: LanguageDetector
    titles: Mapping[str, str]
    # An engine with anything else, such as other thresholds, begins with an empty memory.
    _looks: Recent[_Key, Look] = field(
        default_factory=lambda: Recent(_KEPT), compare=False, init=False
    )
    _outcomes: Recent[Query, Outcome] = field(
        default_factory=lambda: Recent(_KEPT), compare=False, init=False
    )

    @classmethod
    def build(
        cls,
        collection: Collection,
        cache_dir: Path | None = None,
        languages: Sequence[str] = LANGUAGES,
        encoder: Encoder | None = None,
    ) -> Engine:
        """Learn from a collection; some seconds a language when cold, a fraction of one warm.

        Call it off the event loop, then swap the new engine in whole. With fewer ``languages``
        it serves sooner: questions in the others are met through the glossary. An ``encoder``
        adds sentence embeddings (see `knowledge.search.semantic`).
        """
        examples = {language: examples_of(collection, language) for language in languages}
        matchers: dict[str, Searcher] = {}
        for language, found in examples.items():
            if found:
                lexical = cached_matcher(found, language, cache_dir)
                matchers[language] = FusedMatcher.build(lexical, encoder) if encoder else lexical
        vocabulary = {
            language: [word for word in matcher.repair.counts if len(word) > 3]
            for language, matcher in matchers.items()
            if language in ("en", "fr", "es")
        }
        return cls(
            matchers=matchers,
            crossing=Crossing(matchers),
            detector=LanguageDetector(vocabulary),
            titles={key: article.text("en").title for key, article in collection.articles.items()},
        )

    def warm_up(self) -> None:
        """Compile what the first questions need; call it once, off the event loop."""
        for language in LANGUAGES:
            self.decide(Query(text=_WARM[language]))

    def decide(self, query: Query) -> Outcome:
        """Decide on one question; see `knowledge.answering`."""
        if len(query.text) > _LONG:
            return self._decide(query)
        return self._outcomes.get(query, lambda: self._decide(query))

    def _decide(self, query: Query) -> Outcome:
        look = self._look(query.text, query.language)
        if look.is_final:
            return look.outcome
        outcome = self._with_context(query, look)
        if len(look.parts) > 1:
            outcome = self._with_parts(outcome, look.parts)
        return replace(outcome, intent=look.intent)

    def _look(self, text: str, language: str | None) -> Look:
        if len(text) > _LONG:
            return self._read(text, language)
        return self._looks.get((text, language), lambda: self._read(text, language))

    def _read(self, text: str, language: str | None) -> Look:
        """Look at a text by itself; ``language`` is the reader's, None to detect it."""
        detection = self.detector.detect(text, default=language or "en")
        spoken = language or detection.language
        screened = screen(Query(text=text, language=language), spoken)
        if screened is not None:
            return Look(screened, is_final=True)
        if not words(text):
            nothing = Outcome(
                decision="rephrase", language=spoken, score=0.0, explanation=("no words",)
            )
            return Look(nothing, is_final=True)
        outcome, nearest = self._find(text, spoken, detection)
        return Look(outcome, nearest, parts=split_questions(text), intent=intent(text))

    def _with_context(self, query: Query, look: Look) -> Outcome:
        alone, language = look.outcome, look.outcome.language
        if query.previous is None or query.previous not in self.titles:
            return alone
        spoken = self.detector.detect(query.text, default=language).language
        before = query.previous_text or self.titles[query.previous]
        follow = follow_up(query.text, spoken, before)
        if follow is None:
            return alone
        if follow.is_more:
            return Outcome(
                decision="answer",
                language=language,
                score=1.0,
                article=query.previous,
                candidates=(Candidate(article=query.previous, score=1.0),),
                explanation=("asks for more of the article shown before",),
            )
        if not follow.is_leaning and alone.decision == "answer" and look.nearest >= _NEARLY_ASKED:
            return alone
        together = self._search(follow.text, language)
        if together.decision == "handoff" or alone.decision == "handoff":
            return together
        if alone.decision == "answer" and alone.score >= together.score:
            return alone
        note = f"read together with the question before: “{follow.text}”"
        return replace(together, explanation=(note, *together.explanation))

    def _with_parts(self, whole: Outcome, parts: tuple[str, ...]) -> Outcome:
        """Keep the parts only where each finds something, and not all the same thing."""
        found = [self._search(part, whole.language) for part in parts]
        if any(part.decision == "rephrase" for part in found):
            return whole
        if len({part.candidates[0].article for part in found if part.candidates}) < 2:
            return whole
        note = "separate questions: " + " | ".join(parts)
        first = found[0] if whole.decision == "rephrase" else whole
        return replace(first, parts=parts, explanation=(note, *first.explanation))

    def _search(self, text: str, language: str) -> Outcome:
        return self._find(text, language, self.detector.detect(text, default=language))[0]

    def _find(self, text: str, language: str, detection: Detection) -> tuple[Outcome, float]:
        """The outcome, and how much the text is like the nearest example."""
        found = self.crossing.find(text, detection)
        best = found.match
        candidates = tuple(
            Candidate(article=entry, score=score)
            for entry, score in found.scored(_SUGGESTIONS)
            if entry in self.titles
        )
        limit = boundary(text)
        decision = self._decision(found, limit, bool(candidates))
        outcome = Outcome(
            decision=decision,
            language=language,
            score=round(best.chance, 4),
            candidates=candidates,
            article=candidates[0].article if decision == "answer" else None,
            explanation=explain(found, self.titles, limit),
        )
        return outcome, best.nearest

    def _decision(self, found: Found, limit: str | None, has_candidates: bool) -> Decision:
        match, calibration = found.match, found.calibration
        has_known_words = match.unseen <= _FEW_UNSEEN
        is_sure = (
            match.sureness >= calibration.answer_from
            and not found.is_guess
            and (match.nearest >= _ALIKE or has_known_words)
        )
        if limit is not None and not (is_sure and match.nearest >= _NEARLY_ASKED):
            return "handoff"
        if not has_candidates or match.chance < calibration.suggest_from:
            return "rephrase"
        if match.nearest < _REMOTE and not has_known_words:
            return "rephrase"
        return "answer" if is_sure else "suggest"


def examples_of(collection: Collection, language: str) -> dict[str, tuple[str, ...]]:
    """Title and example questions of each article that has a text in ``language``."""
    return {
        key: (article.texts[language].title, *article.texts[language].questions)
        for key, article in collection.articles.items()
        if language in article.texts
    }
