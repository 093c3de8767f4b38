"""Answers to interactions over the wire: their timing, and what is lost on the way."""

from __future__ import annotations

import asyncio

import pytest

from bot.chat.actions import Action
from bot.chat.events import ConversationRef
from bot.chat.messages import Button, Delete, Edit, Message, Notice
from tests.discord.doubles import ANSWER, HandClock
from tests.discord.test_forms import CONTACT
from tests.discord.wire.conftest import Line
from tests.discord.wire.server import Fault

POST = r"/channels/\d+/messages$"
CALLBACK = "/callback$"


def dm(line: Line) -> ConversationRef:
    return ConversationRef(platform="discord", chat_id=str(line.ana.channel_id))


async def test_a_quick_command_is_answered_at_once(line: Line) -> None:
    line.core.reply = ANSWER
    used = await line.ana.uses("ask", question="lead?")
    await line.server.until(lambda: used.callbacks)
    assert used.callbacks[0]["type"] == 4
    event = line.core.events[0]
    assert event.author.locale == "fr"


async def test_a_slow_command_is_deferred_and_then_answered(line: Line, clock: HandClock) -> None:
    line.core.gate = asyncio.Event()
    line.core.reply = (ANSWER, Message(text="and more"))
    used = await line.ana.uses("ask", question="lead?")
    await line.core.heard(1)
    await clock.sleeper()
    await clock.move(1.4)
    assert used.callbacks == []
    await clock.move(0.2)
    await line.server.until(lambda: used.callbacks)
    assert used.callbacks[0]["type"] == 5
    line.core.gate.set()
    await line.server.until(lambda: used.followups)
    assert used.edits[0]["embeds"][0]["title"] == "Soil sampling"
    assert used.followups[0]["content"] == "and more"


async def test_a_slow_press_is_deferred_without_a_placeholder(line: Line, clock: HandClock) -> None:
    await line.adapter.send(dm(line), ANSWER)
    line.core.gate = asyncio.Event()
    line.core.reply = (Notice(text="Thanks"), Edit(message=Message(text="Changed")))
    pressed = await line.ana.presses("More")
    await line.core.heard(1)
    await clock.sleeper()
    await clock.move(1.6)
    await line.server.until(lambda: pressed.callbacks)
    assert pressed.callbacks[0]["type"] == 6
    line.core.gate.set()
    await line.server.until(lambda: pressed.followups)
    assert pressed.edits[0]["content"] == "Changed"
    assert pressed.followups[0]["flags"] == 64


async def test_a_form_after_a_deferral_waits_behind_a_button(line: Line, clock: HandClock) -> None:
    line.core.gate = asyncio.Event()
    line.core.reply = CONTACT
    used = await line.ana.uses("help")
    await line.core.heard(1)
    await clock.sleeper()
    await clock.move(1.6)
    await line.server.until(lambda: used.callbacks)
    line.core.gate.set()
    await line.server.until(lambda: used.followups)
    (button,) = used.followups[0]["components"][0]["components"]
    assert button["custom_id"].startswith("f:")
    # In a direct message the placeholder was for all; the form is for one, so it was removed.
    assert used.deleted == 1


async def test_after_fifteen_minutes_the_answer_goes_to_the_channel(
    line: Line, clock: HandClock
) -> None:
    line.core.gate = asyncio.Event()
    line.core.reply = (Message(text="At last"), Notice(text="for you"), Delete())
    used = await line.ana.uses("help")
    await line.core.heard(1)
    await clock.sleeper()
    await clock.move(1.6)
    await line.server.until(lambda: used.callbacks)
    await clock.move(15 * 60)
    line.core.gate.set()
    posts = line.server.messages[line.ana.channel_id]
    await line.server.until(lambda: len(posts) == 2)
    assert [post["content"] for post in posts] == ["At last", "for you"]
    assert used.followups == []


async def test_a_first_answer_waits_as_the_courier_says(line: Line) -> None:
    line.core.reply = (Message(text="one"), Message(text="two"))
    line.server.faults.append(
        Fault(method="POST", path=CALLBACK, status=429, body={"retry_after": 0.5})
    )
    used = await line.ana.uses("help")
    await line.server.until(lambda: used.followups)
    assert line.courier.waits == [0.5]
    assert used.callbacks[0]["data"]["content"] == "one"
    assert used.followups[0]["content"] == "two"


async def test_an_answer_whose_receipt_was_lost_is_not_said_twice(line: Line) -> None:
    line.core.reply = (Message(text="one"), Message(text="two"))
    line.server.faults.append(Fault(method="POST", path=CALLBACK, is_lost=True))
    used = await line.ana.uses("help")
    await line.server.until(lambda: used.followups)
    assert used.callbacks[0]["data"]["content"] == "one"
    assert [body["content"] for body in used.followups] == ["two"]


async def test_a_first_answer_that_discord_failed_to_take_is_repeated(line: Line) -> None:
    line.core.reply = Message(text="one")
    line.server.faults.append(Fault(method="POST", path=CALLBACK, status=500))
    used = await line.ana.uses("help")
    await line.server.until(lambda: used.callbacks)
    assert used.callbacks[0]["data"]["content"] == "one"


async def test_a_deferral_whose_receipt_was_lost_keeps_the_answer(
    line: Line, clock: HandClock
) -> None:
    line.core.gate = asyncio.Event()
    line.core.reply = Message(text="one")
    line.server.faults.append(Fault(method="POST", path=CALLBACK, is_lost=True))
    used = await line.ana.uses("help")
    await line.core.heard(1)
    await clock.sleeper()
    await clock.move(1.6)
    await line.server.until(lambda: used.callbacks)
    line.core.gate.set()
    await line.server.until(lambda: used.followups)
    assert used.followups[0]["content"] == "one"


@pytest.mark.parametrize("is_ephemeral", [False, True])
async def test_in_a_channel_the_placeholder_is_for_the_asker_alone(
    line: Line, clock: HandClock, is_ephemeral: bool
) -> None:
    line.core.gate = asyncio.Event()
    line.core.reply = Message(text="one", is_ephemeral=is_ephemeral)
    used = await line.ana.uses("help", guild_id=900000000000000099)
    await line.core.heard(1)
    await clock.sleeper()
    await clock.move(1.6)
    await line.server.until(lambda: used.callbacks)
    assert used.callbacks[0]["data"]["flags"] == 64
    line.core.gate.set()
    if is_ephemeral:
        await line.server.until(lambda: used.edits)
        assert (used.edits[0]["content"], used.deleted) == ("one", 0)
    else:
        # What is for everybody cannot take the place of what is for one.
        await line.server.until(lambda: used.followups)
        assert (used.followups[0]["content"], used.deleted) == ("one", 1)
        assert not used.followups[0].get("flags")


async def test_a_modal_over_the_wire(line: Line) -> None:
    line.core.reply = CONTACT
    used = await line.ana.uses("help")
    await line.server.until(lambda: used.callbacks)
    assert used.callbacks[0]["type"] == 9
    line.core.reply = Message(text="Thanks")
    done = await line.ana.submits(used.callbacks[0]["data"], topic="pb", question="lead?")
    await line.server.until(lambda: done.callbacks)
    assert done.callbacks[0]["data"]["content"] == "Thanks"


async def test_an_edit_of_another_message(line: Line) -> None:
    sent = await line.adapter.send(dm(line), ANSWER)
    row = ((Button(label="Again", action=Action("again")),),)
    line.core.reply = Edit(message=Message(text="Changed", rows=row), message_id=sent.message_id)
    used = await line.ana.uses("help")
    (shown,) = line.server.messages[line.ana.channel_id]
    await line.server.until(lambda: shown["content"] == "Changed" and used.callbacks)
    assert shown["embeds"] == []
    assert shown["components"][0]["components"][0]["label"] == "Again"
