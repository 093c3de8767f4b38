"""What the secretariat reads when something needs a person, and when it is well again."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from bot.chat.markup import plain
from bot.chat.troubles import KINDS
from bot.desk.alert_texts import alert_text, clear_text
from bot.translating import translator

EN = translator("en")
SINCE = datetime(2026, 4, 22, 10, 5, tzinfo=UTC)
CAUSES = [f"{kind}:discord" for kind in KINDS]


@pytest.mark.parametrize("cause", CAUSES)
def test_every_cause_is_told_in_words_with_what_to_do(cause: str) -> None:
    told = plain(alert_text(cause, EN))
    assert told.startswith("⚠️ ")
    assert cause not in told
    assert "Please" in told


@pytest.mark.parametrize("cause", CAUSES)
def test_every_all_clear_names_the_warning_by_its_time(cause: str) -> None:
    told = plain(clear_text(cause, SINCE, EN))
    assert told.startswith("✅ ")
    assert "2026-04-22 10:05 UTC" in told
    assert cause not in told


@pytest.mark.parametrize("kind", ["sender", "token"])
@pytest.mark.parametrize(("subject", "name"), [("telegram", "Telegram"), ("discord", "Discord")])
def test_the_platform_is_called_as_people_call_it(kind: str, subject: str, name: str) -> None:
    cause = f"{kind}:{subject}"
    for told in (alert_text(cause, EN), clear_text(cause, SINCE, EN)):
        assert name in plain(told)


def test_no_two_causes_are_told_alike() -> None:
    assert len({alert_text(cause, EN) for cause in CAUSES}) == len(CAUSES)
    assert len({clear_text(cause, SINCE, EN) for cause in CAUSES}) == len(CAUSES)


def test_a_cause_that_only_a_newer_release_knows_is_told_all_the_same() -> None:
    assert plain(alert_text("flood:x", EN)).endswith("whoever runs the assistant: flood:x.")
    assert plain(clear_text("flood:x", SINCE, EN)) == (
        "✅ What was told at 2026-04-22 10:05 UTC is well again: flood:x."
    )
