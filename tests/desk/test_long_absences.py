"""More was written while nobody listened than Discord tells at once, and others talk there too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.discord.catching_up import PAGES
from bot.adapters.discord.history import PAGE
from bot.chat.events import MessageReceived
from bot.delivery.threading import TRIES
from tests.desk.test_on_discord import said
from tests.desk.town import Town, lines, town_at


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with town_at(tmp_path) as opened:
        yield opened


def chat(town: Town, channel: Any, count: int) -> None:
    """Contacts talk among themselves."""
    for _ in range(count):
        town.env.backend.create_message(channel.id, town.nat.id, "Lunch?")


async def test_answers_are_found_on_every_page_and_in_order(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    head = thread.last_message
    await town.leaves()
    words = ("Alfa", "Bravo", "Charlie", "Delta")
    for each in words:
        await town.ser.send(thread, each, reply_to=head)
        chat(town, thread, PAGE - 1)
    await town.returns()
    ana = town.ana.user.dm_channel
    await town.until(lambda: "Delta" in said(ana))
    assert lines(ana, words) == list(words)
    assert "please write it again" not in said(thread)


async def test_what_is_more_than_can_be_read_is_said_to_be_missed(town: Town) -> None:
    thread = await town.ask(town.ana, "Is my well safe?")
    head = thread.last_message
    await town.leaves()
    await town.ser.send(thread, "Alfa", reply_to=head)
    chat(town, thread, PAGE * PAGES)
    await town.ser.send(thread, "Bravo", reply_to=head)
    await town.returns()
    ana = town.ana.user.dm_channel
    await town.until(lambda: "Alfa" in said(ana) and "please write it again" in said(thread))
    assert "Bravo" not in said(ana)


async def test_at_a_desk_without_threads_only_answers_count(town: Town) -> None:
    town.let_make_threads(is_so=False)
    form = await town.ana.user.slash("contact")
    await town.ana.user.submit_modal(form, {"question": "Is my well safe?"})
    for _ in range(TRIES):
        await town.until(lambda: True)
    await town.until(lambda: "Is my well safe?" in said(town.desk))
    head = town.desk.last_message
    await town.leaves()
    await town.nat.send(town.desk, f"{town.mention} May I use ash?")
    await town.ser.send(town.desk, "Have it tested.", reply_to=head)
    await town.returns()
    await town.until(lambda: "Have it tested." in said(town.ana.user.dm_channel))
    texts = [event.text for event in town.events if isinstance(event, MessageReceived)]
    assert texts == ["Have it tested."]
