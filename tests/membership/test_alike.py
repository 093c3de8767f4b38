"""Records that may be of one person, among many."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.store.memberships import Membership
from handlers.duplicates import WHOLE_BLOCK, find_pairs

AT = datetime(2026, 4, 22, tzinfo=UTC)
VOWELS = "aeiou"
PEOPLE = 3 * WHOLE_BLOCK


def member(number: int, name: str, email: str | None = None) -> Membership:
    """Somebody in Kenya."""
    return Membership(
        person_id=number, state="member", name=name, joined_at=AT, country="KE", email=email
    )


def crowd() -> list[Membership]:
    """Many names with the same first letter that are not alike."""
    found = []
    for number in range(PEOPLE):
        digits = [number // 5**place % 5 for place in range(5)]
        word = "".join(f"{'bdfgk'[digit]}{VOWELS[digit]}" * 2 for digit in digits)
        found.append(member(number + 1, f"M{word}"))
    return found


def test_in_a_large_block_those_alike_from_the_front_are_found() -> None:
    people = [*crowd(), member(9001, "Mwanajuma Kipchoge"), member(9002, "Mwanajuma Kipchoga")]
    pairs = {(pair.first, pair.second) for pair in find_pairs(people, limit=100_000)}
    assert (9001, 9002) in pairs


def test_and_those_alike_from_the_back() -> None:
    """The first letters of the names differ, so they stand far apart in the usual order."""
    people = [*crowd(), member(9001, "Maxyzwanjirukamau"), member(9002, "Muxyzwanjirukamau")]
    pairs = {(pair.first, pair.second) for pair in find_pairs(people, limit=100_000)}
    assert (9001, 9002) in pairs


def test_the_same_address_goes_first_whatever_the_names() -> None:
    people = [
        member(3, "Mary", "m@example.org"),
        member(1, "Otieno", "M+soil@example.org"),
        member(2, "Mary A", None),
        member(4, "Mary A.", None),
    ]
    first, second, *_ = find_pairs(people)
    assert (first.first, first.second, first.reason) == (1, 3, "email")
    assert (second.first, second.second, second.reason) == (2, 4, "name")


def test_no_more_than_asked_for_are_returned() -> None:
    people = [member(number, "Mary Wanjiru") for number in range(30)]
    assert len(find_pairs(people, limit=10)) == 10
    assert all(pair.first < pair.second for pair in find_pairs(people))
