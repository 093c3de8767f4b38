"""Titles that fit what somebody is still typing: parts of words, where the search needs whole."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from knowledge.model import Article

_WORD: Final = re.compile(r"\w+")
_ARABIC_ARTICLE: Final = re.compile("^[وبكف]?ال")


def begun(articles: Iterable[Article], typed: str, language: str) -> list[Article]:
    """Articles in whose title each typed word begins a word; those that begin with it first.

    Titles are in ``language``, or English where that is missing. Scripts without spaces are
    looked for anywhere in the title.
    """
    wanted = _folded(typed)
    words = _WORD.findall(wanted)
    if not words:
        return []
    found = []
    for article in articles:
        title = _folded(article.text(language).title)
        if wanted in title if _has_no_spaces(wanted) else _begins_all(words, title):
            found.append((not title.startswith(wanted), title, article))
    return [article for *_, article in sorted(found, key=lambda entry: entry[:2])]


def _begins_all(words: list[str], title: str) -> bool:
    parts = _WORD.findall(title)
    parts += [_ARABIC_ARTICLE.sub("", part) for part in parts if _ARABIC_ARTICLE.match(part)]
    return all(any(part.startswith(word) for part in parts) for word in words)


def _has_no_spaces(text: str) -> bool:
    return any("\u3040" <= sign <= "\u9fff" for sign in text)


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).strip()
