"""Questions that lean on the one before: "and for lead?", "what about compost", "tell me more"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from knowledge.phrases import compile_phrases, matchable
from knowledge.search.concepts import concepts
from knowledge.search.normalise import IS_HAN, words
from knowledge.search.stems import stem

_LONGEST: Final = 9


@dataclass(frozen=True, slots=True)
class FollowUp:
    """``is_more``: the person only wants more of the article shown; else ``text`` is the whole
    question put together with the one before. ``is_leaning``: its words say so ("and …", "what
    about …"); else it is only short."""

    is_more: bool
    text: str = ""
    is_leaning: bool = False


def follow_up(text: str, language: str, before: str) -> FollowUp | None:
    """What a message means after an earlier question ``before``, or None when it stands alone."""
    ready = matchable(text).strip()
    found = words(text)
    if not found or len(found) > (20 if language == "zh" else _LONGEST):
        return None
    if _is_more(ready, found):
        return FollowUp(is_more=True)
    start = _phrases().starts.get(language, _phrases().starts["en"]).search(ready)
    is_leaning = start is not None or _phrases().tail.search(ready) is not None
    rest = ready[start.end() :] if start else ready
    rest = _phrases().tail.sub("", rest).strip(" ?!.,؟？。，、:")
    if not is_leaning and len(found) > (6 if IS_HAN.search(ready) else 3):
        return None
    if not words(rest):
        return None
    return FollowUp(
        is_more=False, text=_put_together(rest, before, language), is_leaning=is_leaning
    )


def _is_more(ready: str, found: list[str]) -> bool:
    rest = _phrases().more.sub(" ", ready)
    if rest != ready and len(words(rest)) <= 3:
        return True
    return len(found) <= 2 and bool(_phrases().bare.intersection(found))


@dataclass(frozen=True, slots=True)
class _Phrases:
    starts: Mapping[str, re.Pattern[str]]
    tail: re.Pattern[str]
    more: re.Pattern[str]
    bare: frozenset[str]


@lru_cache(maxsize=1)
def _phrases() -> _Phrases:
    table = tomllib.loads(files("knowledge").joinpath("followup.toml").read_text("utf-8"))
    return _Phrases(
        starts={language: _starts(some, language) for language, some in table["leaning"].items()},
        tail=compile_phrases(table["words"]["tail"]),
        more=compile_phrases(table["words"]["more"]),
        bare=frozenset(table["words"]["bare"]),
    )


def _starts(phrases: Sequence[str], language: str) -> re.Pattern[str]:
    """Any of the phrases at a message's beginning, the longest first."""
    end = "" if language == "zh" else r"\b"
    ready = sorted((re.escape(matchable(phrase)) for phrase in phrases), key=len, reverse=True)
    return re.compile(rf"^\W*(?:{'|'.join(ready)}){end}")


def _put_together(rest: str, before: str, language: str) -> str:
    """Swap the term that both share a kind of, else add the new words to the old question."""
    known = concepts(language)

    def terms(word: str) -> set[str]:
        return {c for c in known.single.get(stem(word, language), ()) if c.startswith("#")}

    if not any(terms(word) for word in words(rest)):
        return f"{before} {rest}"
    kept = [word for word in words(before) if not terms(word)]
    return " ".join([*kept, rest])
