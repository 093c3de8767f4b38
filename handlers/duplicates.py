"""Records that may be of one person: the same address, or nearly the same name and country."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from rapidfuzz import fuzz

from bot.store.memberships import Membership

ALIKE: Final = 90.0
"""Similarity of two names, 0 to 100, in any order of their words."""
WHOLE_BLOCK: Final = 200
"""Up to so many names each is compared with each; in larger blocks with its neighbours."""
WINDOW: Final = 40
"""Neighbours in the order of the names, forwards and backwards: the sorted-neighbourhood method
of Hernández and Stolfo (SIGMOD 1995)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two numbers, the smaller first; ``score`` is 100 for the same address."""

    first: int
    second: int
    score: float
    reason: Literal["email", "name"]


def find_pairs(members: Iterable[Membership], *, limit: int = 100) -> list[Pair]:
    """The likeliest first. Names are compared within a country and a first letter of a word."""
    found: dict[tuple[int, int], Pair] = {}
    by_address: dict[str, list[Membership]] = defaultdict(list)
    by_name: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for member in members:
        if member.email:
            by_address[_plain_address(member.email)].append(member)
        name = _plain_name(member.name)
        for sign in {word[0] for word in name.split()}:
            by_name[member.country or "", sign].append((member.person_id, name))
    for group in by_address.values():
        for one, other in _couples([member.person_id for member in group]):
            found[one, other] = Pair(first=one, second=other, score=100.0, reason="email")
    for block in by_name.values():
        names = dict(block)
        for one, other in _neighbours(names):
            if (one, other) in found:
                continue
            score = fuzz.ratio(names[one], names[other], score_cutoff=ALIKE)
            if score:
                found[one, other] = Pair(first=one, second=other, score=score, reason="name")
    return sorted(found.values(), key=lambda pair: (-pair.score, pair.first, pair.second))[:limit]


def _couples(numbers: list[int]) -> Iterable[tuple[int, int]]:
    ordered = sorted(numbers)
    for position, one in enumerate(ordered):
        for other in ordered[position + 1 :]:
            yield one, other


def _neighbours(names: Mapping[int, str]) -> Iterable[tuple[int, int]]:
    if len(names) <= WHOLE_BLOCK:
        yield from _couples(list(names))
        return
    for turned in (False, True):
        ordered = sorted(names, key=lambda number: names[number][:: -1 if turned else 1])
        for position, one in enumerate(ordered):
            for other in ordered[position + 1 : position + 1 + WINDOW]:
                yield min(one, other), max(one, other)


def _plain_address(email: str) -> str:
    """Without a sub-address: ``ana+soil@…`` and ``ana@…`` reach one box almost everywhere."""
    local, _, domain = email.lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _plain_name(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign if sign.isalpha() else " " for sign in folded if not _is_mark(sign))
    return " ".join(sorted(letters.split()))


def _is_mark(sign: str) -> bool:
    return bool(unicodedata.combining(sign))
