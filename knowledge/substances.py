"""The substances of the guideline tables, by every name that people use for them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from typing import Final, Self

from knowledge.model import LANGUAGES

_HAN: Final = re.compile("[\u4e00-\u9fff]")


@dataclass(frozen=True)
class Substances:
    """Names by key and language; the first name of a language is the one shown."""

    names: Mapping[str, Mapping[str, tuple[str, ...]]]
    symbols: Mapping[str, tuple[str, ...]]

    @classmethod
    def load(cls) -> Self:
        """The table that comes with the assistant."""
        raw = files("knowledge").joinpath("substances.toml").read_text("utf-8")
        data = tomllib.loads(raw)
        names = {
            key: {language: tuple(entry[language]) for language in LANGUAGES}
            for key, entry in data.items()
        }
        symbols = {
            key: (*entry.get("symbols", ()), *entry.get("cas", ())) for key, entry in data.items()
        }
        return cls(names=names, symbols=symbols)

    def name(self, key: str, language: str) -> str:
        """What a substance is called."""
        return self.names[key].get(language, self.names[key]["en"])[0]

    def find(self, text: str) -> tuple[str, tuple[int, int]] | None:
        """The substance that a text names first, the longest name where two begin there.

        ``text`` should be NFKC. Symbols must be written as the table has them, so that "as" in a
        sentence is not arsenic; names may be in any case, with or without accents.
        """
        best: tuple[int, int, str] | None = None
        folded = fold(text)
        for pattern, key, is_exact in self._patterns:
            match = pattern.search(text if is_exact else folded)
            if match is not None:
                rank = (match.start(), -match.end(), key)
                if best is None or rank < best:
                    best = rank
        return None if best is None else (best[2], (best[0], -best[1]))

    @cached_property
    def _patterns(self) -> list[tuple[re.Pattern[str], str, bool]]:
        found = []
        for key, by_language in self.names.items():
            names = sorted({name for names in by_language.values() for name in names})
            found += [(_name_pattern(name), key, False) for name in names]
            found += [(_symbol_pattern(symbol), key, True) for symbol in self.symbols[key]]
        return found


def fold(text: str) -> str:
    """Lower case without accents, letter for letter, so that places stay the same."""
    return "".join(_fold_letter(letter) for letter in text)


def _fold_letter(letter: str) -> str:
    base = unicodedata.normalize("NFD", letter)[0].lower()
    return base if len(base) == 1 else letter


def _symbol_pattern(symbol: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w(]){re.escape(symbol)}(?![\w)-])")


def _name_pattern(name: str) -> re.Pattern[str]:
    escaped = re.escape(fold(unicodedata.normalize("NFKC", name)))
    if _HAN.search(name):
        return re.compile(escaped)
    # Arabic takes the article and short prefixes without a space.
    prefix = "(?:ال|بال|لل|وال|ب|ل|و)?" if re.match("[\u0600-\u06ff]", name) else ""
    return re.compile(rf"(?<!\w){prefix}{escaped}(?!\w)")
