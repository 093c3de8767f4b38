"""Time zones from a country, a city or words."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from knowledge.zones import city, clocks_of, find_zones, guess_zone, offset_name, zones_of

NOVEMBER = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_country_with_one_time_needs_no_question() -> None:
    assert guess_zone("KE", NOVEMBER) == "Africa/Nairobi"
    assert guess_zone("DE", NOVEMBER) == "Europe/Berlin"
    assert guess_zone("AR", NOVEMBER) == "America/Argentina/Buenos_Aires"


def test_a_country_with_several_is_asked_about_each_once() -> None:
    assert guess_zone("US", NOVEMBER) is None
    assert guess_zone("??", NOVEMBER) is None
    clocks = clocks_of("US", NOVEMBER)
    assert len(zones_of("US")) > 20 > len(clocks)
    assert {"America/New_York", "America/Phoenix", "America/Denver"} <= set(clocks)
    assert clocks_of("BR", NOVEMBER)[0] == "America/Sao_Paulo"


@pytest.mark.parametrize(
    ("words", "zone"),
    [
        ("Europe/Rome", "Europe/Rome"),
        ("europe/rome", "Europe/Rome"),
        ("روما", "Europe/Rome"),
        ("Рим", "Europe/Rome"),
        ("罗马", "Europe/Rome"),
        ("Nueva York", "America/New_York"),
        ("北京", "Asia/Shanghai"),
        ("Genève", "Europe/Zurich"),
        ("nairoby", "Africa/Nairobi"),
        ("Kenya", "Africa/Nairobi"),
        ("UTC+3", "Etc/GMT-3"),
        ("+05:00", "Etc/GMT-5"),
        ("gmt-4", "Etc/GMT+4"),
        ("UTC+0", "UTC"),
    ],
)
def test_a_zone_is_found_by_what_people_call_it(words: str, zone: str) -> None:
    assert find_zones(words, NOVEMBER) == (zone,)


@pytest.mark.parametrize("words", ["", "?", "UTC+15", "UTC-13", "atlantis", "." * 4000])
def test_what_is_no_place_is_no_zone(words: str) -> None:
    assert find_zones(words, NOVEMBER) == ()


def test_an_offset_is_that_of_the_day() -> None:
    assert offset_name("Asia/Kathmandu", NOVEMBER) == "UTC+5:45"
    assert offset_name("America/New_York", NOVEMBER) == "UTC\u22125"
    assert offset_name("America/New_York", NOVEMBER.replace(month=7)) == "UTC\u22124"
    assert offset_name("Europe/London", NOVEMBER) == "UTC"


def test_cities_have_names_in_the_readers_language() -> None:
    assert city("Europe/Rome", "ru") == "Рим"
    assert city("America/Argentina/Buenos_Aires", "en") == "Buenos Aires"
    assert city("UTC", "fr") == "UTC"


def test_every_zone_of_a_country_is_one_that_this_machine_knows() -> None:
    for country in ("US", "RU", "CN", "UA", "GB"):
        for zone in zones_of(country):
            ZoneInfo(zone)
