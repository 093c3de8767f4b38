"""Countries as people type them."""

from __future__ import annotations

import pytest

from knowledge.countries import country_name, find_country
from knowledge.model import LANGUAGES


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("Kenya", "KE"),
        ("Kenia", "KE"),
        ("keniya", "KE"),
        ("Кения", "KE"),
        ("كينيا", "KE"),
        ("肯尼亚", "KE"),
        ("Germny", "DE"),
        ("Allemagne", "DE"),
        ("Deutschland", "DE"),
        ("المانيا", "DE"),
        ("  cote divoire ", "CI"),
        ("USA", "US"),
        ("uk", "GB"),
        ("ke", "KE"),
        ("Méxique", "MX"),
        ("日本", "JP"),
        ("Niger", "NE"),
        ("Nigeria", "NG"),
        ("South Sudan", "SS"),
    ],
)
def test_a_country_is_found_in_any_language_and_spelling(typed: str, code: str) -> None:
    assert find_country(typed).code == code


@pytest.mark.parametrize(
    ("typed", "among"), [("Nigera", "NG"), ("Congo", "CD"), ("Korea", "KR"), ("Morroco", "MA")]
)
def test_what_is_in_doubt_is_asked(typed: str, among: str) -> None:
    found = find_country(typed)
    assert found.code is None
    assert among in found.candidates


@pytest.mark.parametrize("typed", ["", "asdfgh", "1", "💥", "EU", "ZZ", "x" * 200])
def test_what_is_no_country_is_none(typed: str) -> None:
    found = find_country(typed)
    assert found.code is None


def test_every_name_of_every_language_finds_its_own_country() -> None:
    from knowledge.countries import _names

    for language in LANGUAGES:
        for code, name in _names(language).items():
            found = find_country(name)
            assert found.code == code or code in found.candidates, (language, code, name)


def test_names_are_in_the_readers_language() -> None:
    assert country_name("KE", "ar") == "كينيا"
    assert country_name("??", "en") == "??"
