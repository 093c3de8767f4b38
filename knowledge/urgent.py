"""The urgent gate: poisoning, fresh spills, fumes and fires get a fixed text, never a guess.

Recall comes first: a frightened parent who is answered with an article is the worse error. Still,
a question about theory ("what are the effects of pesticide poisoning?") or a habit ("my toddler
eats soil") is no emergency. So a rule's match is dropped where the text sounds theoretical and
nothing in it is personal, or where it is hypothetical ("what if …") and nothing happens now.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from knowledge.language import detect_language
from knowledge.model import LANGUAGES
from knowledge.phrases import compile_phrases, matchable

_EVENTS: Final = frozenset({"ate", "ingest", "poisoned", "body", "inhaled", "collapse", "leaking"})
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
    """The emergency that a message tells of, or None. Any of the six languages, any text."""
    detected = detect_language(text).language
    ready = matchable(text)
    for language in _SCRIPT_LANGUAGES.get(detected, (detected, "en")):
        found = _check(ready, language)
        if found is not None:
            return found
    return None


def emergency_text(language: str) -> str:
    """The fixed text for emergencies, in English where ``language`` is not one of the six."""
    texts = _gate().texts
    return texts.get(language, texts["en"])


def _check(ready: str, language: str) -> Emergency | None:
    found: dict[str, re.Match[str] | None] = {}

    def seen(group: str) -> re.Match[str] | None:
        if group not in found:
            found[group] = _group(language, group).search(ready)
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


@cache
def _group(language: str, name: str) -> re.Pattern[str]:
    """A group's expression, compiled when it is first looked for."""
    return compile_phrases(_gate().groups[language][name])


@cache
def _gate() -> _Gate:
    content = files("knowledge").joinpath("urgent.toml").read_text("utf-8")
    table: dict[str, Any] = tomllib.loads(content)
    return _Gate(
        rules=tuple((kind, tuple(rule)) for kind, some in table["rules"].items() for rule in some),
        groups={language: table[language] for language in LANGUAGES},
        texts={language: text.strip() for language, text in table["texts"].items()},
    )
