"""Slash commands, the message menu, buttons and selects, in simcord."""

from __future__ import annotations

from collections.abc import Callable

import discord
import pytest
import simcord

from bot.adapters.discord.client import AssistantClient
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, InlineQueried
from bot.chat.messages import (
    Attachment,
    Button,
    Choice,
    Delete,
    Edit,
    InlineResult,
    InlineResults,
    Message,
    Notice,
    Select,
)
from tests.discord.doubles import ANSWER, DirectCourier
from tests.discord.world import World


async def test_ask_is_answered_where_everybody_sees_it(
    world: World, courier: DirectCourier
) -> None:
    world.core.reply = ANSWER
    result = await world.ana.slash(world.channel, "ask", question="how deep do I dig?")
    event = world.event
    assert isinstance(event, CommandInvoked)
    assert (event.name, event.text) == ("ask", "how deep do I dig?")
    assert event.options == (("question", "how deep do I dig?"),)
    assert event.author.locale == "en-US"
    assert event.conversation.chat_id == str(world.channel.id)
    assert result.response is not None
    assert not result.response.ephemeral
    assert result.response.embeds[0].title == "Soil sampling"
    # Answers to interactions do not count against the global rate.
    assert courier.carried == []


async def test_a_command_without_its_text_is_told_without(world: World) -> None:
    world.core.reply = Message(text="What would you like to know?")
    await world.ana.user.slash("ask")
    assert isinstance(world.event, CommandInvoked)
    assert world.event.text == ""
    assert world.event.options == ()
    assert world.event.conversation.is_private


async def test_titles_are_offered_while_typing(world: World) -> None:
    results = [
        InlineResult(
            id=f"a{number}",
            title=f"{number:02} " + "title " * 30,
            description="",
            message=ANSWER,
        )
        for number in range(30)
    ]
    world.core.reply = InlineResults(results=(*results, results[0]))
    choices = await world.ana.autocomplete(world.channel, "ask", "question", "tit")
    assert isinstance(world.event, InlineQueried)
    assert world.event.text == "tit"
    assert len(choices) == 25
    assert len(choices[0]["name"]) <= 100
    assert choices[0]["value"] == choices[0]["name"]


async def test_no_suggestions_are_an_empty_list(world: World) -> None:
    assert await world.ana.autocomplete(world.channel, "ask", "question", "x") == []


async def test_the_message_menu_asks_what_somebody_wrote(world: World) -> None:
    # The core answers a question in a channel for all; who was looked up must not be bothered.
    world.core.reply = (ANSWER, Message(text="It depends"))
    said = await world.ben.send(world.channel, "is ash good for soil?")
    result = await world.ana.context_menu(world.channel, "Ask the assistant", said)
    event = world.event
    assert isinstance(event, CommandInvoked)
    assert (event.name, event.text) == ("ask", "is ash good for soil?")
    assert event.message_id == str(said.id)
    assert result.response is not None
    assert result.response.ephemeral
    assert [part.ephemeral for part in result.followups] == [True]
    assert world.channel.history(viewer=world.ben) == [said]


async def test_staff_commands_are_hidden_from_others(world: World) -> None:
    assert "desk" not in world.ana.available_commands(world.channel)
    assert "ask" in world.ana.available_commands(world.channel)
    assert "leave" not in world.ana.available_commands(world.channel)
    assert "leave" in world.ana.user.available_commands()


async def test_an_answer_may_come_in_several_messages(world: World) -> None:
    world.core.reply = (
        Message(text="one"),
        Message(text="two", is_ephemeral=True),
        Notice(text="three"),
    )
    result = await world.ana.slash(world.channel, "help")
    assert result.response is not None
    assert result.response.content == "one"
    assert [(part.content, part.ephemeral) for part in result.followups] == [
        ("two", True),
        ("three", True),
    ]


async def test_no_answer_leaves_nothing_behind(world: World) -> None:
    result = await world.ana.slash(world.channel, "help")
    assert result.acknowledged
    assert world.channel.history() == []


async def test_files_come_with_their_description(world: World) -> None:
    picture = Attachment(name="map.png", media_type="image/png", data=b"\x89PNG", alt="A map")
    world.core.reply = Message(text="The map", attachments=(picture,))
    result = await world.ana.slash(world.channel, "help")
    assert result.response is not None
    (file,) = result.response.attachments
    assert (file.filename, file.description) == ("map.png", "A map")


async def test_a_button_survives_a_restart(
    world: World, make_client: Callable[[], AssistantClient]
) -> None:
    world.core.reply = ANSWER
    await world.ana.slash(world.channel, "ask", question="sampling")
    answer = world.channel.last_message
    await world.env.restart_bot(make_client())
    world.core.reply = Message(text="More of it")
    result = await world.ben.click(answer, label="More")
    event = world.event
    assert isinstance(event, ActionPressed)
    assert event.action == Action("more", "soil-sampling")
    assert event.message_id == str(answer.id)
    assert event.author.id == str(world.ben.id)
    assert result.response is not None
    assert result.response.content == "More of it"


async def test_commands_are_sent_again_only_when_they_change(
    world: World, make_client: Callable[[], AssistantClient]
) -> None:
    assert len(world.requests("PUT", "/commands")) == 1
    await world.env.restart_bot(make_client())
    assert len(world.requests("PUT", "/commands")) == 1


async def test_command_texts_are_localised_where_discord_can(world: World) -> None:
    (sent,) = world.requests("PUT", "/commands")
    by_name = {command["name"]: command for command in sent}
    ask = by_name["ask"]
    assert ask["name_localizations"] == {
        "es-ES": "preguntar",
        "es-419": "preguntar",
        "en-US": "ask",
        "en-GB": "ask",
    }
    assert ask["description_localizations"]["es-ES"] == "Pregunte"
    assert "ar" not in ask["description_localizations"]
    option = ask["options"][0]
    assert (option["name"], option["autocomplete"], option["required"]) == ("question", True, False)
    assert option["description_localizations"]["fr"] == "Votre question"
    assert by_name["Ask the assistant"]["name_localizations"]["fr"] == "Demander à l'assistant"
    assert by_name["desk"]["default_member_permissions"] == 1 << 5


async def test_a_choice_survives_a_restart(
    world: World, make_client: Callable[[], AssistantClient]
) -> None:
    select = Select(
        placeholder="Language",
        action=Action("language", "set"),
        choices=(Choice(label="English", value="en"), Choice(label="العربية", value="ar")),
    )
    world.core.reply = Message(text="Which?", rows=((select,),))
    await world.ana.slash(world.channel, "help")
    question = world.channel.last_message
    await world.env.restart_bot(make_client())
    await world.ana.select(question, ["ar"])
    assert isinstance(world.event, ActionPressed)
    assert world.event.action == Action("language", "set", "ar")


async def test_two_buttons_may_do_the_same(world: World) -> None:
    twice = tuple(Button(label=name, action=Action("vote", "up")) for name in ("Yes", "Of course"))
    world.core.reply = Message(text="Helpful?", rows=(twice,))
    await world.ana.slash(world.channel, "help")
    world.core.reply = None
    for name in ("Yes", "Of course"):
        await world.ana.click(world.channel.last_message, label=name)
        assert isinstance(world.event, ActionPressed)
        assert world.event.action == Action("vote", "up")


async def test_a_press_may_change_the_message(world: World) -> None:
    world.core.reply = ANSWER
    await world.ana.slash(world.channel, "help")
    world.core.reply = (Notice(text="Thank you"), Edit(message=Message(text="Changed")))
    result = await world.ana.click(world.channel.last_message, label="More")
    (message,) = world.channel.history(viewer=world.ben)
    assert message.content == "Changed"
    assert message.embeds == []
    assert message.components == []
    assert [part.content for part in result.followups] == ["Thank you"]


async def test_a_press_may_take_the_message_away(world: World) -> None:
    world.core.reply = ANSWER
    await world.ana.slash(world.channel, "help")
    world.core.reply = Delete()
    result = await world.ana.click(world.channel.last_message, label="More")
    assert result.acknowledged
    assert world.channel.history() == []


async def test_a_press_without_an_answer_is_still_noted(world: World) -> None:
    world.core.reply = ANSWER
    await world.ana.slash(world.channel, "help")
    world.core.reply = None
    result = await world.ana.click(world.channel.last_message, label="More")
    assert result.acknowledged
    assert len(world.channel.history()) == 1


async def test_an_edit_without_a_message_is_said(world: World) -> None:
    world.core.reply = Edit(message=Message(text="Changed"))
    result = await world.ana.slash(world.channel, "help")
    assert result.response is not None
    assert result.response.content == "Changed"


async def test_a_refused_part_does_not_stop_the_next(world: World) -> None:
    world.core.reply = (Message(text="lost"), Message(text="kept"))
    world.env.inject_error("POST", "/interactions/*/callback", status=400, code=50035)
    result = await world.ana.slash(world.channel, "help")
    assert result.response is not None
    assert result.response.content == "kept"


async def test_where_the_time_is_over_it_goes_to_the_channel(
    world: World, courier: DirectCourier
) -> None:
    world.core.reply = Message(text="Late but here")
    world.env.inject_error("POST", "/interactions/*/callback", status=404, code=10062)
    await world.ana.slash(world.channel, "help")
    assert world.channel.last_message.content == "Late but here"
    assert len(courier.carried) == 1


@pytest.mark.parametrize("text", ["@everyone look", "hello @here"])
async def test_a_command_cannot_make_it_ping(world: World, text: str) -> None:
    world.core.reply = Message(text=text)
    result = await world.ana.slash(world.channel, "help")
    assert result.response is not None
    assert not result.response.message.mention_everyone


async def test_a_command_that_is_gone_goes_to_the_core(world: World) -> None:
    bot = world.env.bot
    assert isinstance(bot, AssistantClient)
    bot.tree.remove_command("help")
    world.expected = (discord.app_commands.CommandNotFound,)
    world.core.reply = Message(text="I do not know that one")
    result = await world.ana.slash(world.channel, "help")
    assert isinstance(world.event, CommandInvoked)
    assert world.event.name == "help"
    assert isinstance(result, simcord.InteractionResult)
    assert result.response is not None
    assert result.response.content == "I do not know that one"
