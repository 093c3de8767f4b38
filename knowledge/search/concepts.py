"""Words that mean one thing: synonyms of everyday words, and the field's terms in six languages.

A term's names, symbols ("Pb"), CAS numbers and translations all become one concept, written
``#lead``; a group of the thesaurus becomes ``~17``. Symbols that are also words ("As", "In")
count only in their exact spelling and beside another sign of chemistry.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from knowledge.language import common_words
from knowledge.model import LANGUAGES
from knowledge.search.normalise import words
from knowledge.search.stems import stem

_LONGEST_PHRASE: Final = 6
_CAS: Final = re.compile(r"(?<!\d)\d{2,7}-\d{2}-\d(?!\d)")
_SYMBOL: Final = re.compile(r"(?<![^\W\d_])(?:[A-Z][a-z]?(?:\d|(?=[^\w]|$))|Cr\(?VI\)?)")
_CHEMISTRY: Final = re.compile(
    r"\d\s*(?:mg|ug|µg|ppm|ppb|%|bq)|mg\s*/\s*kg|ppm|\bppb\b|[,/+&]\s*[A-Z][a-z]\b", re.IGNORECASE
)

_AMOUNT: Final = re.compile(r"\s*(?:[\d,/+&)=:<>]|$)")

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Concepts:
    """The concepts of one language: by single stem, and by phrase of stems."""

    single: Mapping[str, tuple[str, ...]]
    phrases: Mapping[Phrase, tuple[str, ...]]
    starts: frozenset[str]

    def of(self, stems: Sequence[str]) -> list[str]:
        """One or more concepts for each word, the stem itself where it has none."""
        found: list[str] = []
        for place, word in enumerate(stems):
            found.extend(self.single.get(word, (word,)))
            if word in self.starts:
                for length in range(2, _LONGEST_PHRASE + 1):
                    found.extend(self.phrases.get(tuple(stems[place : place + length]), ()))
        return found


@dataclass(frozen=True, slots=True)
class Glossary:
    """The field's terms: ``names`` by concept and language, ``symbols`` and CAS numbers."""

    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    symbols: Mapping[str, str]
    shy: frozenset[str]
    registry: Mapping[str, str]

    def spell_out(self, text: str) -> str:
        """Put the English name behind every chemical symbol and CAS number of a raw text."""
        text = _CAS.sub(lambda match: self._by_number(match.group()), text)
        if not any(char.isupper() for char in text) or text.isupper():
            return text
        is_chemistry = _CHEMISTRY.search(text) is not None
        return _SYMBOL.sub(
            lambda match: self._by_symbol(
                match.group(), is_chemistry and _AMOUNT.match(text, match.end()) is not None
            ),
            text,
        )

    def _by_number(self, number: str) -> str:
        concept = self.registry.get(number)
        return number if concept is None else f" {self.names[concept]['en'][0]} "

    def _by_symbol(self, symbol: str, is_chemistry: bool) -> str:
        concept = self.symbols.get(symbol)
        if concept is None or (symbol in self.shy and not is_chemistry):
            return symbol
        return f" {self.names[concept]['en'][0]} "


@lru_cache(maxsize=1)
def glossary() -> Glossary:
    """The glossary as shipped."""
    content = files("knowledge").joinpath("glossary.toml").read_text("utf-8")
    table = tomllib.loads(content).get("term", {})
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    symbols: dict[str, str] = {}
    shy: set[str] = set()
    registry: dict[str, str] = {}
    for concept, entry in table.items():
        names[concept] = {
            language: tuple(part.strip() for part in entry.get(language, "").split(",") if part)
            for language in (*LANGUAGES, "latin")
        }
        for symbol in entry.get("symbols", ()):
            symbols[symbol] = concept
        for symbol in entry.get("shy_symbols", ()):
            symbols[symbol] = concept
            shy.add(symbol)
        for number in entry.get("cas", ()):
            registry[number] = concept
    return Glossary(names=names, symbols=symbols, shy=frozenset(shy), registry=registry)


@cache
def concepts(language: str) -> Concepts:
    """The concepts of a language; terms of the other languages count where they are no homonym."""
    single: dict[str, list[str]] = {}
    phrases: dict[Phrase, list[str]] = {}

    def add(name: str, concept: str, spoken: str) -> None:
        stems = tuple(stem(word, spoken) for word in words(name))
        if len(stems) == 1:
            concepts_here = single.setdefault(stems[0], [])
        elif 1 < len(stems) <= _LONGEST_PHRASE:
            concepts_here = phrases.setdefault(stems, [])
        else:
            return
        if concept not in concepts_here:
            concepts_here.append(concept)

    for number, group in enumerate(_groups(language)):
        for name in group:
            add(name.replace("_", " "), f"~{number}", language)
    own = _names(language)
    for concept, name in own:
        add(name, f"#{concept}", language)
    taken = set(single)
    for other in (*LANGUAGES, "latin"):
        if other == language:
            continue
        for concept, name in _names(other):
            if not _is_homonym(name, language, taken):
                add(name, f"#{concept}", language)
    return Concepts(
        single={word: tuple(found) for word, found in single.items()},
        phrases={phrase: tuple(found) for phrase, found in phrases.items()},
        starts=frozenset(phrase[0] for phrase in phrases),
    )


def _is_homonym(name: str, language: str, taken: set[str]) -> bool:
    """Whether a foreign name would be mistaken for a word of this language."""
    stems = [stem(word, language) for word in words(name)]
    return len(stems) == 1 and (len(stems[0]) < 4 or stems[0] in taken)


def _names(language: str) -> list[tuple[str, str]]:
    return [
        (concept, name)
        for concept, by_language in glossary().names.items()
        for name in by_language[language]
    ]


def _groups(language: str) -> list[list[str]]:
    content = files("knowledge").joinpath("thesaurus.toml").read_text("utf-8")
    groups = tomllib.loads(content).get(language, {}).get("groups", "")
    return [line.split() for line in groups.strip().splitlines()]


def to_english(text: str, language: str) -> tuple[str, float]:
    """The terms of a question that the glossary knows, in English, and their share of its words.

    Little words ("how", "the") are not counted.
    """
    known = concepts(language)
    found = words(text)
    stems = [stem(word, language) for word in found]
    little = common_words(language)
    total = sum(word not in little for word in found)
    english: list[str] = []
    covered = 0
    place = 0
    while place < len(stems):
        concept, length = _longest(known, stems, place)
        if concept is not None:
            english.append(glossary().names[concept]["en"][0])
            covered += sum(word not in little for word in found[place : place + length])
        place += max(length, 1)
    return " ".join(english), covered / total if total else 0.0


def _longest(known: Concepts, stems: Sequence[str], place: int) -> tuple[str | None, int]:
    """The longest term that begins at a word, and how many words it takes."""
    for length in range(_LONGEST_PHRASE, 0, -1):
        phrase = tuple(stems[place : place + length])
        options = known.phrases.get(phrase, ()) if length > 1 else known.single.get(phrase[0], ())
        for concept in options:
            if concept.startswith("#"):
                return concept[1:], length
    return None, 1
