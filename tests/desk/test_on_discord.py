"""Threads of a text channel and posts of a forum on Discord, in simcord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
import simcord
from pydantic import SecretStr

from bot.adapters.discord import threads
from bot.adapters.discord.adapter import DiscordAdapter
from bot.app import build, prepare_database
from bot.chat.errors import DeliveryError
from bot.chat.events import ConversationRef, Event
from bot.chat.turn import Reply
from bot.clock import SystemClock
from bot.commands.desk_tasks import due_of, threads_of
from bot.commands.sending import sender_for
from bot.config import DatabaseSettings, DiscordSettings, Settings
from bot.delivery.courier import InteractiveCourier
from bot.delivery.marking import Marking
from bot.store import Database
from tests.desk.hurrying import hurried
from tests.desk.people import SER, desk_library
from tests.discord.conftest import *  # noqa: F403 - the world of the Discord tests
from tests.discord.world import World
from tests.waiting import until


class TrueClock(SystemClock):
    """Real time also where simcord stands still."""

    def monotonic(self) -> float:
        return monotonic()


class House:
    """The whole assistant on Discord; ``desk`` is its channel, ``ser`` its contact."""

    def __init__(
        self, adapter: DiscordAdapter, env: simcord.Env, database: Database, *, is_forum: bool
    ) -> None:
        guild = env.create_guild("Soil people")
        make = guild.create_forum_channel if is_forum else guild.create_text_channel
        self.env = env
        self.desk = make("desk")
        self.general = guild.create_text_channel("general")
        self.ser = guild.add_member(env.create_user("ser", global_name="Sergei"))
        self.ana = guild.add_member(env.create_user("ana", global_name="Ana"))
        library = desk_library()
        contact = replace(SER, accounts=(f"discord:{self.ser.id}",))
        collection = replace(library._snapshot.collection, contacts=(contact,))
        library._snapshot = replace(library._snapshot, collection=collection)
        settings = Settings(discord=DiscordSettings(desk_channel=self.desk.id))
        self.app = build(settings, database, library)
        self._due = due_of(self.app)
        self._threads = threads_of(self.app, adapter)
        pacer = hurried(self.app.clock)
        self.sender, _ = sender_for(self.app, adapter, token_id="discord", pacer=pacer)
        self.marking = Marking(
            database=database,
            clock=self.app.clock,
            platform="discord",
            marker=adapter,
            pacer=pacer,
        )

    def thread(self, words: str) -> Any:
        """The newest thread with such words in its name, or None."""
        found = [thread for thread in self.desk.threads if words in thread.name]
        return found[-1] if found else None

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Let everything beside the turns work until something is to be seen."""
        threads = self._threads
        assert threads is not None

        async def goes_on() -> bool:
            if is_so():
                return True
            await threads.step()
            await self._due.process()
            await self.marking.step()
            self.sender.poke()
            return False

        await until(goes_on)
        await self.env.settle()


@pytest.fixture(params=["text channel", "forum"])
async def house(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    houses: list[House] = []

    async def dispatch(event: Event) -> Reply:
        return await houses[-1].app.dispatch(event)

    settings = Settings(database=DatabaseSettings(url=SecretStr(f"sqlite:///{tmp_path / 'x.db'}")))
    async with await prepare_database(settings) as database:
        before = build(settings, database, desk_library())
        clock = TrueClock()
        pacer = hurried(clock)
        adapter = DiscordAdapter(
            DiscordSettings(token=SecretStr("never-used")),
            before.presentation,
            courier=InteractiveCourier(pacer=pacer, clock=clock),
            inbox=before.inbox,
            clock=before.clock,
        )
        adapter.attach(dispatch)
        env = simcord.Env(adapter.client)
        await env.start()
        house = House(adapter, env, database, is_forum=request.param == "forum")
        houses.append(house)
        stop = asyncio.Event()
        sending = asyncio.create_task(house.sender.run(stop))
        try:
            yield house
        finally:
            stop.set()
            await sending
            await env.shutdown()
        assert env.errors == []


def said(channel: Any) -> str:
    """What stands in a channel, embeds included."""
    if channel is None:
        return ""
    return "\n".join(
        "\n".join([message.content, *(embed.description or "" for embed in message.embeds)])
        for message in channel.history()
    )


def said_below_the_title(thread: Any) -> str:
    """Without the name that a forum's post begins with, which stands there first."""
    return "" if thread is None else said(thread).replace(thread.name, "")


async def asks(house: House, words: str, *, command: str = "contact", in_channel: bool) -> None:
    """By the slash command and its form, in private or where others read along."""
    ana = house.ana
    if in_channel:
        form = await ana.slash(house.general, command)
        await ana.submit_modal(form, {"question": words})
    else:
        form = await ana.user.slash(command)
        await ana.user.submit_modal(form, {"question": words})
    await house.until(lambda: words in said_below_the_title(house.thread(words)))


async def test_a_question_and_its_thread(house: House) -> None:
    await asks(house, "Is my well safe?", in_channel=False)
    thread = house.thread("Is my well safe?")
    await house.ser.send(thread, "Have it tested.", reply_to=thread.last_message)
    private = house.ana.user.dm_channel
    await house.until(lambda: "Have it tested." in said(private))
    await house.ana.send_dm("Where?")
    await house.until(lambda: "Where?" in said(thread))
    await house.ser.send(thread, "At a laboratory.", reply_to=thread.last_message)
    await house.until(lambda: "At a laboratory." in said(private))
    assert said(house.general) == ""


async def test_articles_are_found_and_sent_in_a_thread(house: House) -> None:
    await asks(house, "Is my well safe?", in_channel=False)
    thread = house.thread("Is my well safe?")
    form = await house.ser.click(thread.last_message, label="Find an answer")
    found = await house.ser.submit_modal(form, {"text": "lead limits"})
    assert not found.ephemeral
    assert "Lead and health" in said(thread)
    send = {"label": "Send: Lead and health"}
    pressed = await house.ser.click(found.response, **send)
    assert pressed.response.content == "Sent to the asker."
    private = house.ana.user.dm_channel
    await house.until(lambda: "Short answer on lead and health" in said(private))
    await house.until(lambda: "Short answer on lead and health" in said(thread))
    pressed = await house.ser.click(found.response, **send)
    assert pressed.response.content == "The asker was sent this article already."
    assert pressed.ephemeral
    await house.ser.send(thread, "#find soil sample", reply_to=thread.last_message)
    await house.until(lambda: "Taking a soil sample" in said(thread).split("#find")[-1])
    assert said(private).count("Short answer on") == 1


def signs(channel: Any, words: str) -> list[str]:
    """The reactions on the message with these words."""
    found = [message for message in channel.history() if words in message.content]
    return [str(reaction.emoji) for message in found for reaction in message.reactions]


async def test_each_sees_on_the_own_message_where_it_stands(house: House) -> None:
    await asks(house, "Is my well safe?", in_channel=False)
    thread = house.thread("Is my well safe?")
    await house.ser.send(thread, "Have it tested.", reply_to=thread.last_message)
    await house.until(lambda: signs(thread, "Have it tested.") == ["✅"])
    private = house.ana.user.dm_channel
    await house.ana.send_dm("Where?")
    await house.until(lambda: signs(private, "Where?") == ["👌"])


async def test_a_person_asked_for_in_a_channel_answers_in_private(house: House) -> None:
    answer = await house.ana.slash(house.general, "ask", question="xyzzy plugh frobnicate")
    receipt = await house.ana.click(answer.response, label="Ask a person")
    assert receipt.ephemeral
    await house.until(lambda: house.thread("xyzzy plugh") is not None)
    thread = house.thread("xyzzy plugh")
    await house.until(lambda: "Reply here" in said(thread))
    await house.ser.send(thread, "No plugh at all.", reply_to=thread.last_message)
    await house.until(lambda: "No plugh at all." in said(house.ana.user.dm_channel))
    assert "number" not in said(house.general)
    assert "plugh at all" not in said(house.general)


@pytest.mark.parametrize("command", ["contact", "confidential"])
async def test_what_was_asked_unseen_is_answered_unseen(house: House, command: str) -> None:
    await asks(house, "Is my well safe?", command=command, in_channel=True)
    thread = house.thread("Is my well safe?")
    assert ("Ana" in said(thread)) == (command == "contact")
    await house.ser.send(thread, "Have it tested.", reply_to=thread.last_message)
    await house.until(lambda: "Have it tested." in said(house.ana.user.dm_channel))
    assert said(house.general) == ""
    await house.ana.send_dm("Where?")
    await house.until(lambda: "Where?" in said(thread))
    private = house.ana.user.dm_channel
    answer = {"channel_id": str(private.id), "message_id": str(private.history()[0].id)}
    await house.ana.user.send_dm("By when?", reference=answer)
    await house.until(lambda: "By when?" in said(thread))


async def test_a_thread_is_opened_renamed_closed_and_found_gone(world: World) -> None:
    client = world.env.bot
    desk = ConversationRef(platform="discord", chat_id=str(world.channel.id), is_private=False)
    made = await threads._open(client, desk, "#1 " + "x" * 200)
    assert made is not None
    assert made.chat_id != desk.chat_id
    await threads._change(client, made, "✅ #1 done", is_closed=True)
    thread = await client.fetch_channel(int(made.chat_id))
    assert thread.name == "✅ #1 done"
    assert thread.archived
    await threads._change(client, made, "💬 #1 again", is_closed=False)
    assert not (await client.fetch_channel(int(made.chat_id))).archived
    await (await client.fetch_channel(int(made.chat_id))).delete()
    with pytest.raises(DeliveryError):
        await threads._change(client, made, "#1", is_closed=False)
