"""Days, times and lengths as people write them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from handlers.event_reading import Start, read_end, read_start, written

AFTERNOON = datetime(2027, 3, 15, 14)  # noqa: DTZ001  # a wall time


@pytest.mark.parametrize(
    "text",
    [
        "2027-03-15 14:00",
        "2027-3-15T14:00",
        "15.03.2027 14:00",
        "15/3/2027, 14h00",
        "15 March 2027, 2 pm",
        "March 15, 2027 at 2:00 pm",
        "15 mars 2027 à 14h",
        "15 de marzo de 2027 14:00",
        "15 марта 2027, 14:00",
        "15 مارس 2027 14:00",
        "2027年3月15日 14:00",
        "٢٠٢٧-٠٣-١٥ ١٤:٠٠",
    ],
)
def test_a_start_is_read(text: str) -> None:
    assert read_start(text) == Start(wall=AFTERNOON, is_all_day=False)


@pytest.mark.parametrize(
    "text",
    [
        *("", "tomorrow", "14:00", "2027-02-30 10:00", "2027-03-15 25:00", "2027-03-15 14"),
        *("2027-03-15 13 pm", "9" * 4000, "15 foo 2027 10:00"),
    ],
)
def test_what_is_no_start_is_refused(text: str) -> None:
    assert read_start(text) is None


def test_a_day_alone_is_a_whole_day() -> None:
    assert read_start("5 December 2027") == Start(
        wall=AFTERNOON.replace(month=12, day=5, hour=0),
        is_all_day=True,
    )


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("15:30", 90),
        ("3:30 pm", 90),
        ("90 min", 90),
        ("1.5 h", 90),
        ("2 heures", 120),
        ("2 часа", 120),
        ("90分钟", 90),
        ("01:00", 660),
        ("2027-03-16 14:00", 1440),
    ],
)
def test_an_end_is_a_time_a_length_or_a_day_with_a_time(text: str, minutes: int) -> None:
    start = Start(wall=AFTERNOON, is_all_day=False)
    assert read_end(text, start) == AFTERNOON + timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "soon", "0 min", "2027-03-15 13:00", "2028-03-15 13:00"])
def test_what_is_no_end_is_refused(text: str) -> None:
    assert read_end(text, Start(wall=AFTERNOON, is_all_day=False)) is None


def test_the_last_of_several_days_is_part_of_it() -> None:
    start = read_start("2027-03-15")
    assert start is not None
    assert read_end("2027-03-16", start) == datetime(2027, 3, 17)  # noqa: DTZ001  # a wall time


def test_what_is_offered_to_change_is_read_again() -> None:
    assert read_start(written(AFTERNOON)) == Start(wall=AFTERNOON, is_all_day=False)
