"""Takes what names people and places out of a question, as far as words can show it.

Nothing of this kind is complete: a person looks at the result before anybody else reads it. It
errs on the side of taking out too much: a word with a capital letter that is no country and no
word of the knowledge base goes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Final

from knowledge.countries import country_name, find_country
from knowledge.model import LANGUAGES

GAP: Final = "[…]"
"""Stands where something was taken out."""

_ADDRESSES: Final = (
    re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+"),
    re.compile(r"\bhttps?://\S+|\bwww\.\S+", re.IGNORECASE),
    re.compile(r"(?<![\w@])@\w{3,}"),
    # A position in degrees.
    re.compile(r"-?\d{1,3}[.,]\d{3,}\s*°?\s*[NSEW]?\s*[,;/ ]\s*-?\d{1,3}[.,]\d{3,}\s*°?\s*[NSEW]?"),
    # A telephone number: seven digits or more, in groups. A content has a unit and fewer.
    re.compile(r"(?<![\w.,])\+?\(?\d(?:[\s().\-/]?\d){6,}(?![\w])"),
)
_PLACES: Final = (
    # "12 Mill Lane", "Mill Road"
    re.compile(
        r"\b(?:\d+\s+)?(?:[A-Z][\w'’-]+\s+)+(?:street|road|lane|avenue|village|district|county)\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:rue|avenue|village|calle|avenida|pueblo|barrio|vereda|quartier|commune|municipio|"
        r"ул(?:\.|ица)|г\.|город[еа]?|сел[оеа]|деревн[яеи]|посёлок|посел(?:ок|ке))\s+"
        r"(?:de\s+|del\s+|de\s+la\s+|la\s+)?[\w'’-]+",
        re.IGNORECASE,
    ),
    re.compile(r"(?:مدينة|قرية|حي|شارع|محافظة|بلدة|ولاية|منطقة)\s+\S+"),
    re.compile(
        r"[\u4e00-\u9fff]{2,4}(?<![城农地社乡道马公])(?:省|市|县|镇|乡|村|路|街|号)(?![场民庄政])"
    ),
)
_INTRODUCED: Final = re.compile(
    r"(?i)\b(my name is|i am called|je m'appelle|me llamo|mi nombre es|меня зовут)\s+\S+(\s+\S+)?"
    r"|(اسمي)\s+\S+(\s+\S+)?|(我叫|我是)[\u4e00-\u9fff]{2,4}"
)
_WORD: Final = re.compile(r"[^\W\d_][\w'’-]*")
_SENTENCE_ENDS: Final = '.!?…:\n¿¡"“«('


def scrub(text: str, *, names: Iterable[str] = (), known: Collection[str] = ()) -> str:
    """``text`` with ``GAP`` for addresses, numbers, ``names`` and unknown words that are capital.

    ``names`` are those of the asker and of those who answered; ``known`` are case-folded words
    that say nothing about anybody (``knowledge.gaps.plain_words``).
    """
    for pattern in (*_ADDRESSES, _INTRODUCED, *_PLACES):
        text = pattern.sub(GAP, text)
    for part in sorted({each for name in names for each in _parts(name)}, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(part)}(?!\w)", GAP, text, flags=re.IGNORECASE)
    kept: list[str] = []
    end = 0
    for match in _WORD.finditer(text):
        if _names_something(text, match, known):
            kept += [text[end : match.start()], GAP]
            end = match.end()
    scrubbed = "".join([*kept, text[end:]])
    gap = re.escape(GAP)
    return re.sub(rf"{gap}(?:[\s,'’-]*{gap})+", GAP, scrubbed).strip()


def _names_something(text: str, match: re.Match[str], known: Collection[str]) -> bool:
    word = match.group()
    if not word[0].isupper() or (word.isupper() and len(word) <= 5):
        # Small letters, scripts without capitals, and abbreviations such as PFAS.
        return False
    folded = word.casefold()
    if folded in known or folded.startswith(("i'", "i’")) or _is_country(text, match):
        return False
    before = text[: match.start()].rstrip(" \t")
    is_first = not before or before[-1] in _SENTENCE_ENDS
    return not is_first or folded.endswith(("'s", "’s"))


def _is_country(text: str, match: re.Match[str]) -> bool:
    """A country by itself, or with the word before or after it ("South Africa")."""
    before = text[: match.start()].split()
    after = text[match.end() :].split()
    word = match.group()
    tries = [word]
    tries += [f"{before[-1]} {word}"] if before else []
    tries += [f"{word} {after[0]}"] if after else []
    return any(_country(each.strip(".,;:!?()")) for each in tries)


@lru_cache(maxsize=4096)
def _country(text: str) -> bool:
    if len(text) <= 3:
        return False
    found = find_country(text)
    # A country in another case of the word ("в России") begins as its name does.
    names = (country_name(code, each) for code in found.candidates for each in LANGUAGES)
    return found.code is not None or any(_begin(name) == _begin(text) for name in names)


def _begin(text: str) -> str:
    return text[:3].casefold()


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\s,]+", name) if len(part) > 2]
