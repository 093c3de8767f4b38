"""Direct messages, mentions, replies, edits and deletions, in simcord."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.adapters.discord.client import AssistantClient
from bot.chat.errors import RecipientGone
from bot.chat.events import (
    MessageDeleted,
    MessageEdited,
    MessageReceived,
    private_chat_with,
)
from bot.chat.messages import Delete, Edit, Message, Notice
from bot.chat.ports import Lane
from tests.discord.doubles import ANSWER, DirectCourier, ListInbox
from tests.discord.world import World


async def test_a_direct_message_is_answered_with_an_embed(
    world: World, courier: DirectCourier
) -> None:
    world.core.reply = ANSWER
    sent = await world.ana.send_dm("how do I take a \u202esample\u202c?")
    event = world.event
    assert isinstance(event, MessageReceived)
    assert event.text == "how do I take a sample?"
    assert event.id == event.message_id == str(sent.id)
    assert event.conversation.is_private
    assert event.author.name == "Ana"
    assert event.at.tzinfo is not None
    answer = world.ana.user.dm_channel.last_message
    assert answer.embeds[0].title == "Soil sampling"
    assert answer.embeds[0].description == "Take **fifteen** cores."
    assert answer.embeds[0].footer.text == "Source: FAO"
    assert answer.reference is None
    assert courier.carried == [(event.conversation, Lane.INTERACTIVE)]


async def test_a_message_is_in_the_inbox_before_the_core_sees_it(
    world: World, inbox: ListInbox
) -> None:
    sent = await world.ana.send_dm("hello")
    assert json.loads(inbox.rows[str(sent.id)])["text"] == "hello"


async def test_in_a_channel_it_is_silent_unless_spoken_to(world: World) -> None:
    world.core.reply = ANSWER
    await world.ana.send(world.channel, "does anybody know about lead?")
    assert world.core.events == []
    assert len(world.channel.history()) == 1


async def test_a_mention_is_answered_quoting_it(world: World) -> None:
    world.core.reply = Message(text="Hello")
    text = f"{world.bot_mention} what do {world.ben.mention} and I do?"
    asked = await world.ana.send(world.channel, text)
    assert isinstance(world.event, MessageReceived)
    assert world.event.text == "what do @Ben and I do?"
    assert not world.event.conversation.is_private
    answer = world.channel.last_message
    assert answer.reference is not None
    assert answer.reference.message_id == asked.id
    (body,) = world.requests("POST", f"/channels/{world.channel.id}/messages")
    assert body["allowed_mentions"] == {"parse": [], "replied_user": False}
    assert body["enforce_nonce"] is True
    assert len(body["nonce"]) <= 25


async def test_a_reply_to_the_bot_is_heard_with_what_it_answers(world: World) -> None:
    world.core.reply = ANSWER
    await world.ana.send(world.channel, f"{world.bot_mention} lead?")
    answer = world.channel.last_message
    await world.ana.send(world.channel, "and in clay?", reply_to=answer)
    event = world.event
    assert isinstance(event, MessageReceived)
    assert event.text == "and in clay?"
    assert event.replied_to == str(answer.id)
    assert event.replied_text == "Soil sampling\nTake **fifteen** cores."


async def test_a_reply_to_a_person_is_not_for_the_bot(world: World) -> None:
    said = await world.ben.send(world.channel, "I have lead")
    await world.ana.send(world.channel, "how much?", reply_to=said)
    assert world.core.events == []


async def test_a_thread_is_a_conversation_of_its_own(world: World) -> None:
    world.core.reply = Message(text="In here")
    thread = await world.thread("lead")
    await world.ana.send(thread, f"{world.bot_mention} hello")
    assert world.event.conversation.chat_id == str(thread.id)
    assert world.event.conversation.thread_id == ""
    assert thread.last_message.content == "In here"


async def test_other_bots_are_not_heard(world: World) -> None:
    robot = world.guild.add_member(world.env.create_user("robot", bot=True))
    await robot.send(world.channel, f"{world.bot_mention} hello")
    assert world.core.events == []


async def test_a_file_is_told_by_its_address(world: World) -> None:
    await world.ana.send(
        world.channel, f"{world.bot_mention} this field", attachments=[("field.png", b"\x89PNG")]
    )
    assert isinstance(world.event, MessageReceived)
    (file,) = world.event.files
    assert (file.name, file.size) == ("field.png", 4)
    assert file.handle.startswith("https://")


async def test_an_edit_and_a_deletion_are_told(world: World) -> None:
    sent = await world.ana.user.send_dm("teh question")
    await world.ana.user.edit(sent, "the question")
    edited = world.event
    assert isinstance(edited, MessageEdited)
    assert (edited.text, edited.message_id) == ("the question", str(sent.id))
    await world.ana.user.delete(sent)
    deleted = world.event
    assert isinstance(deleted, MessageDeleted)
    assert (deleted.message_id, deleted.author.id) == (str(sent.id), str(world.ana.id))
    assert len({event.id for event in world.core.events}) == 3


async def test_deletions_of_what_it_never_heard_are_not_told(world: World) -> None:
    sent = await world.ana.send(world.channel, "among ourselves")
    await world.ana.delete(sent)
    assert world.core.events == []


async def test_nobody_is_ever_pinged(world: World) -> None:
    text = f"@everyone @here <@{0}> {world.ben.mention} <#{world.channel.id}>"
    world.core.reply = Message(text=text)
    await world.ana.send(world.channel, f"{world.bot_mention} ping them")
    answer = world.channel.last_message
    assert not answer.mention_everyone
    assert answer.mentions == []
    assert "@everyone" not in answer.content


async def test_what_is_for_one_person_goes_to_their_direct_messages(world: World) -> None:
    world.core.reply = (Message(text="Your data", is_ephemeral=True), Notice(text="*done*"))
    await world.ana.send(world.channel, f"{world.bot_mention} what do you know of me?")
    assert len(world.channel.history()) == 1
    private = [message.content for message in world.ana.user.dm_channel.history()]
    assert private == ["Your data", "\\*done\\*"]


async def test_where_direct_messages_are_closed_it_stays_unsaid(world: World) -> None:
    world.core.reply = Message(text="Your data", is_ephemeral=True)
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    await world.ana.send(world.channel, f"{world.bot_mention} what do you know of me?")
    assert len(world.channel.history()) == 1
    assert world.ana.user.dm_channel.history() == []


async def test_a_handler_may_change_an_earlier_message(world: World) -> None:
    world.core.reply = Message(text="first")
    await world.ana.send_dm("hello")
    answer = world.ana.user.dm_channel.last_message
    world.core.reply = (
        Edit(message=Message(text="second"), message_id=str(answer.id)),
        Delete(),
        Edit(message=Message(text="third")),
    )
    await world.ana.send_dm("again")
    contents = [message.content for message in world.ana.user.dm_channel.history()]
    assert contents == ["hello", "second", "again", "third"]


async def test_a_failed_answer_does_not_stop_the_next(world: World) -> None:
    world.core.reply = (Message(text="lost"), Message(text="kept"))
    world.env.inject_error("POST", "/channels/*/messages", status=400, code=50035)
    await world.ana.send_dm("hello")
    assert world.ana.user.dm_channel.last_message.content == "kept"


async def test_a_person_who_blocks_is_gone(world: World) -> None:
    await world.ana.send_dm("hello")
    where = world.event.conversation
    world.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    bot: Any = world.env.bot
    with pytest.raises(RecipientGone):
        await bot.sending.send(where, Message(text="hello"))


async def test_a_private_chat_is_opened_by_the_account(world: World) -> None:
    where = private_chat_with("discord", str(world.ana.user.id))
    client = world.env.bot
    assert isinstance(client, AssistantClient)
    for text in ("You are a member now.", "And again."):
        await client.sending.send(where, Message(text=text))
    private = [message.content for message in world.ana.user.dm_channel.history()]
    assert private == ["You are a member now.", "And again."]
