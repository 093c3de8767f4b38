"""What the core answers, and what people then see."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.telegram.adapter import TelegramAdapter
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, MessageReceived
from bot.chat.messages import (
    Attachment,
    Button,
    Delete,
    Edit,
    InlineResult,
    InlineResults,
    Message,
    Notice,
)
from bot.chat.ports import Lane
from bot.chat.turn import Reply
from tests.telegram.conftest import Stage

pytestmark = pytest.mark.usefixtures("adapter")

MORE = ((Button(label="More", action=Action("more")),),)


def always(stage: Stage, reply: Reply) -> None:
    stage.script.reply = lambda event: reply


async def show_button(stage: Stage, then: Reply) -> None:
    """A message brings a button; the press brings ``then``."""
    stage.script.reply = lambda event: (
        then if isinstance(event, ActionPressed) else Message(text="Question", rows=MORE)
    )


async def test_an_answer_on_the_interactive_lane(stage: Stage) -> None:
    ana = stage.server.user("Ana", language="es")
    always(stage, Message(text="An **answer**"))
    await ana.says("how do I take a soil sample?")
    seen = await ana.sees("An answer")
    assert "reply_to_message" not in seen.raw
    (carried,) = stage.courier.carried
    assert carried[0].chat_id == str(ana.id)
    assert carried[1] is Lane.INTERACTIVE
    event = await stage.script.event()
    assert event.author.locale == "es"


async def test_several_replies_come_in_order(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    always(stage, tuple(Message(text=f"part {number}") for number in range(5)))
    await ana.says("go")
    await ana.sees("part 4")
    assert [seen.text for seen in ana.shown()] == [f"part {number}" for number in range(5)]


async def test_an_answer_in_a_group_quotes_and_stays_in_its_topic(stage: Stage) -> None:
    ana, desk = stage.server.user("Ana"), stage.server.group("Desk", topics=("A", "B"))
    always(stage, Message(text="Hello"))
    asked = await ana.says("@insop_test_bot hi", chat=desk, topic="B")
    seen = await ana.sees("Hello", chat=desk)
    assert seen.raw["message_thread_id"] == desk.topics["B"]
    assert seen.raw["reply_to_message"]["message_id"] == asked


async def test_a_question_that_was_deleted_is_answered_all_the_same(stage: Stage) -> None:
    ana, group = stage.server.user("Ana"), stage.server.group("Soil")
    always(stage, Message(text="Hello"))
    stage.script.gate = asyncio.Event()
    asked = await ana.says("@insop_test_bot hi", chat=group)
    await stage.script.event()
    del group.state.messages[asked]
    stage.script.gate.set()
    assert "reply_to_message" not in (await ana.sees("Hello", chat=group)).raw


async def test_a_press_is_answered_once_with_the_notice(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    await show_button(stage, (Notice(text="Thank you"), Message(text="And more")))
    await ana.says("hi")
    await ana.sees("Question")
    press = await ana.presses("More")
    assert await ana.sees_toast(press) == "Thank you"
    await ana.sees("And more")
    assert len(stage.server.calls("answerCallbackQuery")) == 1


async def test_a_press_without_words_is_answered_too(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    await show_button(stage, None)
    await ana.says("hi")
    await ana.sees("Question")
    assert await ana.sees_toast(await ana.presses("More")) == ""


async def test_a_notice_too_long_for_a_toast_is_a_message(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    await show_button(stage, Notice(text="*" * 300))
    await ana.says("hi")
    await ana.sees("Question")
    assert await ana.sees_toast(await ana.presses("More")) == ""
    await ana.sees("*" * 300)


async def test_a_press_that_is_too_old_still_has_its_effect(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    await show_button(stage, Edit(message=Message(text="Answer")))
    await ana.says("hi")
    await ana.sees("Question")
    stage.server.fail("answerCallbackQuery", 400, "Bad Request: query is too old")
    await ana.presses("More")
    await ana.sees("Answer")


async def test_an_edit_changes_the_pressed_message(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    await show_button(stage, Edit(message=Message(text="Answer")))
    await ana.says("hi")
    before = await ana.sees("Question")
    await ana.presses("More")
    after = await ana.sees("Answer")
    assert after.message_id == before.message_id
    assert after.buttons == ()


async def test_an_edit_that_is_too_late_is_sent_anew(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    await show_button(stage, Edit(message=Message(text="Answer")))
    await ana.says("hi")
    before = await ana.sees("Question")
    stage.server.fail("editMessageText", 400, "Bad Request: message can't be edited")
    await ana.presses("More")
    after = await ana.sees("Answer")
    assert after.message_id > before.message_id


async def test_an_edit_of_a_picture_changes_its_caption(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    picture = Attachment(name="map.png", media_type="image/png", data=b"png")
    stage.script.reply = lambda event: (
        Edit(message=Message(text="A **newer** map", rows=MORE))
        if isinstance(event, ActionPressed)
        else Message(text="A map", attachments=(picture,), rows=MORE)
    )
    await ana.says("hi")
    before = await ana.sees("A map")
    for _ in range(2):
        await ana.presses("More")
    after = await ana.sees("A newer map")
    assert (after.message_id, after.buttons) == (before.message_id, ("More",))
    await stage.server.until_called("editMessageCaption", 2)
    assert len(ana.shown()) == 1


async def test_an_edit_with_a_file_is_sent_anew(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    picture = Attachment(name="map.png", media_type="image/png", data=b"png")
    await show_button(stage, Edit(message=Message(text="See", attachments=(picture,))))
    await ana.says("hi")
    await ana.sees("Question")
    await ana.presses("More")
    assert "photo" in (await ana.sees("See")).raw


async def test_delete_takes_the_pressed_message_away(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    await show_button(stage, Delete())
    await ana.says("hi")
    await ana.sees("Question")
    await ana.presses("More")
    await stage.server.until_called("deleteMessage")
    assert ana.shown() == []


async def test_after_two_days_a_dash_is_left(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    await show_button(stage, Delete())
    await ana.says("hi")
    await ana.sees("Question")
    stage.server.world.seconds_ahead = 49 * 3600
    await ana.presses("More")
    seen = await ana.sees("—")
    assert (seen.text, seen.buttons) == ("—", ())


async def test_a_personal_answer_leaves_the_group(stage: Stage) -> None:
    ana, group = stage.server.user("Ana"), stage.server.group("Soil")
    always(stage, Message(text="Your account", is_ephemeral=True))
    await ana.says("@insop_test_bot me", chat=group)
    await ana.sees("Your account")
    assert group.shown() == []


async def test_a_personal_answer_is_never_shown_to_others(stage: Stage) -> None:
    ana = stage.server.user("Ana", is_started=False)
    group = stage.server.group("Soil")
    always(stage, Message(text="Your account", is_ephemeral=True))
    await ana.says("@insop_test_bot me", chat=group)
    seen = await ana.sees("🔒", chat=group)
    assert seen.buttons == ("@insop_test_bot",)
    button = seen.raw["reply_markup"]["inline_keyboard"][0][0]
    assert button["url"] == "https://t.me/insop_test_bot?start=private"
    assert "account" not in seen.text


async def test_a_personal_answer_to_an_anonymous_administrator(stage: Stage) -> None:
    ana, group = stage.server.user("Ana"), stage.server.group("Soil")
    always(stage, Message(text="Your account", is_ephemeral=True))
    await ana.says("/ask@insop_test_bot", chat=group, sender_chat=group.state.chat)
    await ana.sees("🔒", chat=group)
    assert [seen.text for seen in group.shown()] == ["🔒"]


async def test_an_inline_query_is_answered_for_this_person(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    results = tuple(
        InlineResult(id=name, title=name, description="", message=Message(text=f"On {name}"))
        for name in ("lead", "zinc")
    )
    always(stage, InlineResults(results=results))
    offered = await ana.queries("heavy metals")
    assert [result["title"] for result in offered] == ["lead", "zinc"]
    (call,) = stage.server.calls("answerInlineQuery")
    assert call.parameters["is_personal"] is True
    assert stage.inbox.kept == {}


async def test_an_inline_query_without_results_is_answered(stage: Stage) -> None:
    assert await stage.server.user("Ana").queries("zzz") == []


async def test_a_button_on_a_message_posted_inline(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    posted = stage.server.world.inline_messages.setdefault("inline-1", {"text": "old"})
    always(stage, Edit(message=Message(text="new")))
    await ana.presses_data("more", None)
    await stage.server.until_called("editMessageText")
    assert posted["text"] == "new"


async def test_data_of_a_removed_feature_reaches_the_core(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    always(stage, Notice(text="That button is gone"))
    await ana.says("hi")
    await ana.sees("That button is gone")
    message = ana.state.messages[max(ana.state.messages)]
    press = await ana.presses_data("removed:feature:1", message)
    event = await stage.script.event(1)
    assert isinstance(event, ActionPressed)
    assert event.action == Action("removed", "feature", "1")
    assert await ana.sees_toast(press) == "That button is gone"


async def test_a_reply_that_cannot_be_drawn_stops_nothing(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    always(stage, (Message(text=""), Message(text="after")))
    await ana.says("hi")
    await ana.sees("after")


async def test_a_refused_styling_goes_out_plain(stage: Stage, adapter: TelegramAdapter) -> None:
    ana = stage.server.user("Ana")
    always(stage, Message(text="An **answer**"))
    stage.server.fail("sendMessage", 400, "Bad Request: can't parse entities: nonsense")
    await ana.says("hi")
    seen = await ana.sees("An answer")
    assert "entities" not in seen.raw


async def test_an_album_stays_together(stage: Stage) -> None:
    ana = stage.server.user("Ana")
    for caption in ("first", ""):
        await ana.sends_photo(caption, album="A1")
    events = [await stage.script.event(number) for number in range(2)]
    assert all(isinstance(event, MessageReceived) and event.album == "A1" for event in events)


async def test_a_file_can_be_fetched(stage: Stage, adapter: TelegramAdapter) -> None:
    ana = stage.server.user("Ana")
    stage.server.world.files["doc"] = b"ph,7"
    await ana.says("see", document={"file_id": "doc", "file_unique_id": "doc"})
    event = await stage.script.event()
    assert isinstance(event, MessageReceived)
    assert await adapter.download(event.conversation, event.files[0].handle) == b"ph,7"
