"""The urgent gate: poisoning, fresh spills, fumes and fires get a fixed text, never a guess.

Recall comes first: a frightened parent who is answered with an article is the worse error. Still,
a question about theory ("what are the effects of pesticide poisoning?") or a habit ("my toddler
eats soil") is no emergency. So a rule's match is dropped where the text sounds theoretical and
nothing in it is personal, or where it is hypothetical ("what if …") and nothing happens now.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from knowledge.language import detect_language
from knowledge.model import LANGUAGES
from knowledge.phrases import Phrases, heads_of, matchable
from knowledge.search.repair import SpellingRepair
from knowledge.search.transliteration import to_cyrillic

_EVENTS: Final = frozenset(
    {"ate", "ingest", "poisoned", "body", "inhaled", "collapse", "leaking", "cloud"}
)
_REPAIRED: Final = ("ate", "ingest", "agent", "inhaled", "collapse")
_LONG_WORD: Final = re.compile(r"[^\W\d_]{6,}")
_LONGEST: Final = 400
_UNSURE: Final = 0.3
_SCRIPT_LANGUAGES: Final = {
    "en": ("en", "fr", "es"),
    "fr": ("fr", "en", "es"),
    "es": ("es", "en", "fr"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """What the gate saw: ``kind`` is poisoning, spill, fumes or fire; ``evidence`` the words."""

    kind: str
    language: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Gate:
    rules: tuple[tuple[str, tuple[str, ...]], ...]
    groups: Mapping[str, Mapping[str, list[str]]]
    texts: Mapping[str, str]


def find_emergency(text: str) -> Emergency | None:
    """The emergency that a message tells of, or None. Any of the six languages, any text.

    Misspelt words of the rules count as well ("swalowed"), and Russian in Latin letters.
    """
    detection = detect_language(text)
    ready = matchable(text)
    readings = [
        (language, ready)
        for language in _SCRIPT_LANGUAGES.get(detection.language, (detection.language, "en"))
    ]
    if ready.isascii() and (detection.language == "ru" or detection.confidence < _UNSURE):
        readings.append(("ru", to_cyrillic(ready)))
    for language, reading in readings:
        found = _check(reading, language)
        if found is not None:
            return found
    for language, reading in readings:
        repaired = _repaired(reading, language)
        found = _check(repaired, language) if repaired != reading else None
        if found is not None:
            return found
    return None


def emergency_text(language: str) -> str:
    """The fixed text for emergencies, in English where ``language`` is not one of the six."""
    texts = _gate().texts
    return texts.get(language, texts["en"])


def _check(ready: str, language: str) -> Emergency | None:
    found: dict[str, re.Match[str] | None] = {}
    heads = heads_of(ready)

    def seen(group: str) -> re.Match[str] | None:
        if group not in found:
            found[group] = _group(language, group).search(ready, heads)
        return found[group]

    for kind, rule in _gate().rules:
        if not all(seen(group) for group in rule):
            continue
        if _is_general(rule, seen("personal"), seen("now"), seen("theory")):
            continue
        if seen("hypothetical") and not seen("now"):
            continue
        evidence = tuple(match.group() for group in rule if (match := seen(group)))
        return Emergency(kind=kind, language=language, evidence=evidence)
    return None


def _is_general(rule: tuple[str, ...], personal: object, now: object, theory: object) -> bool:
    """Whether a theoretical wording takes back what the rule's words say."""
    if not theory or now:
        return False
    return not (personal and _EVENTS.intersection(rule))


def _repaired(ready: str, language: str) -> str:
    """The text with misspelt words of the rules put right; long texts are left alone."""
    if language in ("zh", "ar") or len(ready) > _LONGEST:
        return ready
    spelling = _spelling(language)
    return _LONG_WORD.sub(lambda word: spelling.repair(word.group()) or word.group(), ready)


@cache
def _spelling(language: str) -> SpellingRepair:
    words: Counter[str] = Counter()
    for name in _REPAIRED:
        for phrase in _gate().groups[language][name]:
            words.update(_LONG_WORD.findall(matchable(phrase)))
    return SpellingRepair.of(words, language)


@cache
def _group(language: str, name: str) -> Phrases:
    """A group's expression, compiled when it is first looked for."""
    return Phrases.of(_gate().groups[language][name])


@cache
def _gate() -> _Gate:
    content = files("knowledge").joinpath("urgent.toml").read_text("utf-8")
    table: dict[str, Any] = tomllib.loads(content)
    return _Gate(
        rules=tuple((kind, tuple(rule)) for kind, some in table["rules"].items() for rule in some),
        groups={language: table[language] for language in LANGUAGES},
        texts={language: text.strip() for language, text in table["texts"].items()},
    )
