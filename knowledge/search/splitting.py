"""Two questions in one message: where one ends and the next begins."""

from __future__ import annotations

import re
from typing import Final

from knowledge.search.normalise import IS_HAN, words

_ENDS: Final = re.compile(r"(?<=[?؟？!。；;])\s*|\n+")
_JOINTS: Final = re.compile(
    r",?\s+(?:and also|and|also|plus|et aussi|et|y tambien|y también|y|а также|и ещё|и)\s+"
    r"(?=(?:how|what|where|when|which|who|why|can|is|are|do|does|should|may|"
    r"comment|que|quel\w*|où|ou|quand|pourquoi|qui|combien|est-ce|peut-on|"
    r"c[oó]mo|qu[eé]|d[oó]nde|cu[aá]ndo|cu[aá]l\w*|qui[eé]n|cu[aá]nt\w*|puedo|"
    r"как|что|где|когда|какой|какие|какая|кто|почему|сколько|можно)\b)"
    r"|\s+(?:و(?=كيف|ما\b|ماذا|أين|متى|هل|من\b|لماذا))"
    r"|[，,、]?\s*(?:还有|另外|以及)[，,]?",
    re.IGNORECASE,
)
_MOST: Final = 3


def split_questions(text: str) -> tuple[str, ...]:
    """The questions of a message in order, at most three; a single one for most messages.

    A part without at least two words is joined to its neighbour.
    """
    pieces = [
        piece.strip(" ,;")
        for sentence in _ENDS.split(text[:2_000])
        for piece in _JOINTS.split(sentence)
        if piece and piece.strip()
    ]
    parts: list[str] = []
    for piece in pieces:
        if parts and (_is_small(piece) or _is_small(parts[-1])):
            parts[-1] = f"{parts[-1]} {piece}"
        else:
            parts.append(piece)
    return tuple(parts) if 1 < len(parts) <= _MOST else (text,)


def _is_small(piece: str) -> bool:
    found = words(piece)
    return len(found) < (4 if IS_HAN.search(piece) else 2)
