"""Messages that are no question: greetings, thanks, and single wishes that a button answers.

A message counts only when its every word belongs to the pattern, so "hello, how deep do I
dig?" stays a question.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, Final

from knowledge.phrases import matchable
from knowledge.search.normalise import IS_HAN

KINDS: Final = ("complaint", "who", "thanks", "praise", "goodbye", "greeting")
"""Kinds of small talk; where a message holds two ("hi, thanks"), the earlier one here counts."""

INTENTS: Final = ("join", "events", "contact", "help", "language", "privacy")

_WORD: Final = re.compile(r"\w+")

_LONGEST: Final = 14
"""More words than this are never small talk."""


@dataclass(frozen=True, slots=True)
class _Words:
    kinds: tuple[tuple[str, re.Pattern[str]], ...]
    filler: re.Pattern[str]
    intents: tuple[tuple[str, re.Pattern[str]], ...]
    want: re.Pattern[str]
    spoken: frozenset[str]
    written: frozenset[str]

    def hold(self, ready: str) -> bool:
        """Whether every word of a folded text stands in some phrase: most messages fail here.

        ``spoken`` are the words of all phrases, ``written`` the Han characters.
        """
        for word in _WORD.findall(ready):
            if word in self.spoken:
                continue
            drawn = IS_HAN.findall(word)
            if not drawn or not self.written.issuperset(drawn):
                return False
        return True


def smalltalk_kind(text: str) -> str | None:
    """Which kind of small talk the whole message is, or None when it holds anything else."""
    words = _words()
    found, rest = _strip(text, words.kinds, words)
    return found if found and not _remainder(rest, words.filler) else None


def intent(text: str) -> str | None:
    """The button that the whole message asks for ("I want to join" → join), or None."""
    words = _words()
    found, rest = _strip(text, words.intents, words)
    return found if found and not _remainder(rest, words.want) else None


def _strip(
    text: str, kinds: Iterable[tuple[str, re.Pattern[str]]], words: _Words
) -> tuple[str | None, str]:
    """The first kind that occurs, and the text with every kind's phrases taken out."""
    ready = matchable(text)
    if len(ready) > 120 or len(ready.split()) > _LONGEST or not words.hold(ready):
        return None, ready
    found: str | None = None
    for kind, pattern in kinds:
        stripped = pattern.sub(" ", ready)
        if stripped != ready:
            found = found or kind
            ready = stripped
    return found, ready


def _remainder(rest: str, allowed: re.Pattern[str]) -> bool:
    return re.search(r"\w", allowed.sub(" ", rest)) is not None


def _compile(phrases: Iterable[str]) -> re.Pattern[str]:
    """Whole phrases only: no endings and, unlike the content patterns, no joined particles."""
    parts = []
    for phrase in sorted({matchable(p).strip() for p in phrases}, key=len, reverse=True):
        if IS_HAN.search(phrase):
            parts.append(re.escape(phrase))
        else:
            parts.append(
                r"\b" + r"\W+".join(re.escape(w) for w in re.findall(r"\w+", phrase)) + r"\b"
            )
    return re.compile("|".join(parts))


@lru_cache(maxsize=1)
def _words() -> _Words:
    table = tomllib.loads(files("knowledge").joinpath("smalltalk.toml").read_text("utf-8"))

    def merged(entry: dict[str, list[str]]) -> re.Pattern[str]:
        return _compile(phrase for phrases in entry.values() for phrase in phrases)

    phrases = [*_phrases(table)]
    return _Words(
        spoken=frozenset(word for phrase in phrases for word in _WORD.findall(phrase)),
        written=frozenset(char for phrase in phrases for char in IS_HAN.findall(phrase)),
        kinds=tuple((kind, merged(table[kind])) for kind in KINDS),
        filler=merged(table["filler"]),
        intents=tuple((name, merged(table["intent"][name])) for name in INTENTS),
        want=merged(table["want"]),
    )


def _phrases(table: dict[str, Any]) -> Iterator[str]:
    """Every phrase of the file, folded."""
    for entry in table.values():
        if isinstance(entry, dict):
            yield from _phrases(entry)
        else:
            yield from (matchable(phrase) for phrase in entry)
