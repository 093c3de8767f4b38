"""Countries by name, in any of the six languages, however they are typed.

Names come from the Unicode CLDR through Babel, codes from ISO 3166-1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.languages import get_official_languages
from rapidfuzz import fuzz, process

from knowledge.model import LANGUAGES

SURE: Final = 88.0
"""Similarity (0 to 100) from which a typed name is taken without asking."""
POSSIBLE: Final = 66.0
"""Similarity from which a name is worth offering."""
MARGIN: Final = 6.0
"""How much better than the next country a name must be to be taken without asking."""

_NOT_COUNTRIES: Final = frozenset(
    {"AC", "CP", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"}
)
"""Codes that CLDR names and ISO 3166-1 does not assign to a country."""

_ALIASES: Final[Mapping[str, tuple[str, ...]]] = {
    "BO": ("bolivia",),
    "CD": ("drc", "dr congo", "congo kinshasa", "rdc", "др конго", "刚果金"),
    "CG": ("congo brazzaville", "republic of the congo", "刚果布"),
    "CI": ("ivory coast",),
    "CZ": ("czech republic",),
    "GB": ("uk", "great britain", "britain", "england", "scotland", "wales", "англия", "英格兰"),
    "IR": ("persia",),
    "KP": ("dprk",),
    "KR": ("republic of korea",),
    "LA": ("lao pdr",),
    "MK": ("macedonia",),
    "MM": ("burma",),
    "NL": ("holland", "голландия"),
    "PS": ("palestine", "palestina", "فلسطين", "палестина", "巴勒斯坦"),
    "RU": ("russian federation", "рф"),
    "SZ": ("swaziland",),
    "SY": ("syrian arab republic",),
    "TR": ("turkey",),
    "TZ": ("united republic of tanzania",),
    "US": ("usa", "america", "united states of america", "ee uu", "eeuu", "сша", "امريكا"),
    "VE": ("bolivarian republic of venezuela",),
    "VN": ("viet nam",),
}
_SHARED: Final[Mapping[str, tuple[str, ...]]] = {
    "congo": ("CD", "CG"),
    "конго": ("CD", "CG"),
    "korea": ("KR", "KP"),
    "corea": ("KR", "KP"),
    "coree": ("KR", "KP"),
    "корея": ("KR", "KP"),
}
"""Names that more than one country is called by: always asked."""
_LETTERS: Final = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryMatch:
    """``code`` where there is no doubt, else what was perhaps meant, the likeliest first."""

    code: str | None
    candidates: tuple[str, ...] = ()


def country_name(code: str, language: str) -> str:
    """What a country is called; the code itself where it is unknown."""
    return _names(language).get(code, code)


def is_country(code: str) -> bool:
    """Whether ISO 3166-1 assigns ``code`` (alpha-2, upper case)."""
    return code in _names("en")


def find_country(text: str, *, limit: int = 4) -> CountryMatch:
    """The country that somebody typed: a name in any language, or a two-letter code."""
    code = text.strip().upper()
    if len(code) == 2 and code.isascii() and is_country(code):
        return CountryMatch(code=code)
    wanted = fold(text)
    if not wanted:
        return CountryMatch(code=None)
    if wanted in _SHARED:
        return CountryMatch(code=None, candidates=_SHARED[wanted])
    found = _search(wanted, _index(), limit)
    if found.code is None and wanted in _own_names():
        return CountryMatch(code=_own_names()[wanted])
    return found


def _search(wanted: str, index: Mapping[str, frozenset[str]], limit: int) -> CountryMatch:
    if len(index.get(wanted, ())) == 1:
        return CountryMatch(code=next(iter(index[wanted])))
    best: dict[str, float] = {}
    for name, score, _ in process.extract(
        wanted, index.keys(), scorer=_similarity, score_cutoff=POSSIBLE, limit=24
    ):
        for each in index[name]:
            best[each] = max(best.get(each, 0.0), score)
    ranked = sorted(best, key=lambda each: (-best[each], each))
    if not ranked:
        return CountryMatch(code=None)
    lead = best[ranked[0]] - (best[ranked[1]] if len(ranked) > 1 else 0.0)
    if best[ranked[0]] >= SURE and lead >= MARGIN:
        return CountryMatch(code=ranked[0])
    return CountryMatch(code=None, candidates=tuple(ranked[:limit]))


def _similarity(one: str, other: str, *, score_cutoff: float | None = None) -> float:
    """Edits count in full; a whole name inside a longer one counts nearly as much."""
    whole = float(fuzz.ratio(one, other))
    words = float(fuzz.token_set_ratio(one, other)) * 0.86 if min(len(one), len(other)) > 3 else 0.0
    score = max(whole, words)
    return score if score_cutoff is None or score >= score_cutoff else 0.0


@cache
def _names(language: str) -> dict[str, str]:
    territories = Locale(language).territories
    return {
        code: name
        for code, name in territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }


@cache
def _index() -> dict[str, frozenset[str]]:
    index: dict[str, set[str]] = {}
    for language in LANGUAGES:
        for code, name in _names(language).items():
            index.setdefault(fold(name), set()).add(code)
    for code, names in _ALIASES.items():
        for name in names:
            # An alias settles what CLDR leaves open.
            index[fold(name)] = {code}
    return {name: frozenset(codes) for name, codes in index.items()}


@cache
def _own_names() -> dict[str, str]:
    """What countries are called in their own languages, where no two share a name.

    Reads some hundred locales, a third of a second, and only when nothing else was found.
    """
    found: dict[str, set[str]] = {}
    for code in _names("en"):
        for language in get_official_languages(code, de_facto=True):
            try:
                name = Locale.parse(language).territories.get(code)
            except (UnknownLocaleError, ValueError):
                continue
            if name:
                found.setdefault(fold(name), set()).add(code)
    return {name: codes.pop() for name, codes in found.items() if len(codes) == 1}


def fold(text: str) -> str:
    """A name of a place without case, accents, Arabic vowel signs and punctuation."""
    plain = "".join(
        sign
        for sign in unicodedata.normalize("NFKD", text.casefold())
        if not unicodedata.combining(sign)
    )
    return " ".join(_LETTERS.sub(" ", plain).split())
