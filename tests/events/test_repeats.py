"""Plain words for repetitions, and rules in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from bot.calendar.rules import tidy_rule
from bot.translating import translator
from handlers.event_repeats import fits, is_never, read_repeats, read_rule, shown_repeats

TUESDAY = datetime(2027, 3, 9, 14)  # noqa: DTZ001  # a wall time: the second Tuesday
EN = translator("en")


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("every week", "FREQ=WEEKLY"),
        ("weekly, 6 times", "FREQ=WEEKLY;COUNT=6"),
        ("every other week", "FREQ=WEEKLY;INTERVAL=2"),
        ("every second week", "FREQ=WEEKLY;INTERVAL=2"),
        ("every 3 months", "FREQ=MONTHLY;INTERVAL=3"),
        ("every month until 2027-12-31", "FREQ=MONTHLY;UNTIL=20271231T235959"),
        ("every month until 31.12.2027", "FREQ=MONTHLY;UNTIL=20271231T235959"),
        ("the second Tuesday of each month", "FREQ=MONTHLY;BYDAY=2TU"),
        ("every month on Tuesday", "FREQ=MONTHLY;BYDAY=2TU"),
        ("the last Tuesday of every month", "FREQ=MONTHLY;BYDAY=-1TU"),
        ("Every Tuesday and Thursday", "FREQ=WEEKLY;BYDAY=TU,TH"),
        ("every tuesday", "FREQ=WEEKLY"),
        ("every year", "FREQ=YEARLY"),
        ("daily 5 times", "FREQ=DAILY;COUNT=5"),
        ("toutes les deux semaines", "FREQ=WEEKLY;INTERVAL=2"),
        ("chaque mois, le deuxième mardi, 6 fois", "FREQ=MONTHLY;BYDAY=2TU;COUNT=6"),
        ("cada año", "FREQ=YEARLY"),
        ("cada dos semanas hasta el 30/06/2027", "FREQ=WEEKLY;INTERVAL=2;UNTIL=20270630T235959"),
        ("каждые две недели", "FREQ=WEEKLY;INTERVAL=2"),
        ("каждый второй вторник месяца", "FREQ=MONTHLY;BYDAY=2TU"),
        ("كل أسبوعين", "FREQ=WEEKLY;INTERVAL=2"),
        ("كل ثلاثة أشهر", "FREQ=MONTHLY;INTERVAL=3"),
        ("كل يوم ثلاثاء", "FREQ=WEEKLY"),
        ("每两周", "FREQ=WEEKLY;INTERVAL=2"),
        ("每月第二个星期二", "FREQ=MONTHLY;BYDAY=2TU"),
        ("每年", "FREQ=YEARLY"),
    ],
)
def test_plain_words_become_a_rule(words: str, rule: str) -> None:
    repeats = read_repeats(words, TUESDAY)
    assert repeats is not None
    assert repeats.to_rule() == rule
    tidy = tidy_rule(rule, "Asia/Tokyo")
    assert read_rule(tidy, "Asia/Tokyo") == repeats


@pytest.mark.parametrize("words", ["", "sometimes", "when we like", "?" * 2000])
def test_what_is_unclear_is_said(words: str) -> None:
    assert read_repeats(words, TUESDAY) is None


@pytest.mark.parametrize("words", ["no", "once", "Jamais", "нет", "لا", "不"])
def test_once_is_once(words: str) -> None:
    assert is_never(words)


def test_a_rule_must_hold_the_first_day() -> None:
    for words, is_right in (
        ("the second Tuesday of the month", True),
        ("the first Tuesday of the month", False),
        ("every Monday", False),
        ("every month until 2027-03-08", False),
        ("every month until 2027-03-09", True),
    ):
        repeats = read_repeats(words, TUESDAY)
        assert repeats is not None
        assert fits(repeats, TUESDAY) is is_right, words


def test_rules_are_told_in_words() -> None:
    tell = [
        shown_repeats(rule, "Europe/Rome", EN)
        for rule in (
            None,
            "FREQ=WEEKLY;INTERVAL=2;COUNT=6",
            "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20271231T225959Z",
            "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=22",
        )
    ]
    assert tell == [
        "It takes place once.",
        "every 2 weeks, 6 times in all",
        "every month, on the second Tuesday, until Friday, 31 December 2027",
        "It repeats by a rule of its own.",
    ]
