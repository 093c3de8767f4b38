"""A moment in a message: by the reader's clock on Discord, in words elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from rich.console import Console

from bot.adapters.console.render import panel, plain_lines
from bot.adapters.discord.render import render
from bot.adapters.telegram.styling import entities, styled_parts
from bot.chat.markup import escape, moment, parse, plain
from bot.chat.messages import Message

LAUNCH = datetime(2022, 4, 22, 10, tzinfo=UTC)
TEXT = f"It begins on **{moment(LAUNCH, 'Friday [22], 12:00 (Rome)')}**."


def test_discord_shows_it_by_its_readers_clock() -> None:
    (payload,) = render(Message(text=TEXT))
    assert payload.content == "It begins on **<t:1650621600:F>**."
    end = moment(LAUNCH, "12:00", is_time_alone=True)
    (payload,) = render(Message(text=str(end)))
    assert payload.content == "<t:1650621600:t>"


def test_other_platforms_show_the_words() -> None:
    words = "It begins on Friday [22], 12:00 (Rome)."
    assert plain(TEXT) == words
    assert plain_lines(Message(text=TEXT)) == words
    console = Console(width=100, record=True)
    console.print(panel(Message(text=TEXT), "INSOP"))
    assert words in console.export_text()
    (styled,) = styled_parts(Message(text=TEXT))
    assert styled.text == words
    assert [entity["type"] for entity in entities(styled)] == ["bold"]


@pytest.mark.parametrize(
    "address", ["t:", "t:x", "t:-1", "t:123456789012", "t:1:R", "t:1:F>", "t:1 ", "t:١"]
)
def test_what_is_no_moment_stays_as_it_stands(address: str) -> None:
    text = f"[now]({address})"
    assert parse(text).text == text
    assert parse(text).spans == ()


def test_nobody_smuggles_one_in() -> None:
    (payload,) = render(Message(text=escape("[now](t:1650621600:F) <t:1650621600:F>")))
    assert payload.content is not None
    assert "<t:" not in payload.content.replace("\\<t:", "")
