"""How hard a text is to read, measured roughly: long sentences and hard words.

A sentence ends at ``.``, ``!``, ``?`` or their Arabic and Chinese forms, and also at a colon or a
semicolon: what follows is mostly a list, which reads item by item. Chinese has no spaces between
words; there a sentence is measured in characters. The limits follow plain-language advice
(some 20 words on average: GOV.UK content design; ISO 24495-1:2023 asks for short sentences).
"""

from __future__ import annotations

import re
from typing import Final

LONGEST_SENTENCE: Final = 30
"""Words in one sentence of a short answer."""

LONGEST_SENTENCE_ZH: Final = 70
"""Characters in one Chinese sentence."""

_SENTENCE_END: Final = re.compile(r"(?<=[.!?؟:;؛。！？])\s+|(?<=[。！？：；])|\n+")

_HARD: Final = {
    "anthropogenic": "made by people",
    "bioaccumulate": "build up in living things",
    "commence": "begin",
    "concerning": "about",
    "endeavour": "try",
    "facilitate": "help",
    "leachate": "water that has seeped through",
    "mitigate": "lessen",
    "prior to": "before",
    "pursuant": "under",
    "remediate": "clean up",
    "subsequently": "later",
    "utilise": "use",
    "utilize": "use",
}


def sentences(text: str) -> list[str]:
    """The sentences of a text, without markup lines that hold no words."""
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def too_long(text: str, language: str) -> list[str]:
    """Sentences that are too long for a small screen."""
    if language == "zh":
        return [each for each in sentences(text) if len(each) > LONGEST_SENTENCE_ZH]
    return [each for each in sentences(text) if len(each.split()) > LONGEST_SENTENCE]


def hard_words(text: str) -> dict[str, str]:
    """English words in ``text`` for which there is a plainer one, with that one."""
    lower = text.casefold()
    return {
        word: plain
        for word, plain in _HARD.items()
        if re.search(rf"\b{re.escape(word)}\w{{0,2}}\b", lower)
    }
