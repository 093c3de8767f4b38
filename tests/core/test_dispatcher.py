"""Dedupe, order, limits, the error boundary, blocked chats."""

from __future__ import annotations

import asyncio

import pytest
import structlog
from sqlalchemy import func, select, text

from bot.chat.actions import Action
from bot.chat.cleaning import clean
from bot.chat.events import ActionPressed, ChatStatusChanged, MessageReceived
from bot.chat.forms import Form
from bot.chat.messages import Attachment, Button, Delete, Edit, Message, Notice
from bot.chat.turn import Turn
from bot.chat.wire import reply_from_json, reply_to_json
from bot.config import LimitSettings, Settings
from bot.dispatcher import Dispatcher, StoredInbox
from bot.middleware import HEAVY
from bot.store import Database
from bot.store.inbox import Inbox
from bot.store.schema import inbox as table
from tests.clock import ManualClock
from tests.stage import Persona, Stage


async def test_an_update_that_comes_twice_is_answered_once(stage: Stage) -> None:
    ana = stage.persona("Ana")
    event = MessageReceived(text="how do I take a soil sample?", message_id="1", **ana.common())
    await ana.does(event)
    assert ana.last
    stage.restart()
    await ana.does(event)
    ana.sees_nothing()


async def test_the_same_update_at_once_is_answered_once(stage: Stage) -> None:
    ana = stage.persona("Ana")
    event = MessageReceived(text="hello", message_id="1", **ana.common())
    replies = await asyncio.gather(*(stage.app.dispatch(event) for _ in range(5)))
    assert sum(reply is not None for reply in replies) == 1


async def test_what_is_not_said_to_the_assistant_is_left_alone(stage: Stage) -> None:
    ana = stage.persona("Ana", chat_id="-5")
    event = MessageReceived(text="hello", message_id="1", is_addressed=False, **ana.common())
    await ana.does(event)
    ana.sees_nothing()
    async with stage.database.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM person"))).scalar() == 0


async def test_somebody_too_fast_is_told_when_to_try_again_once(stage: Stage) -> None:
    stage.restart(Settings(limits=LimitSettings(messages_per_minute=6, burst=2)))
    ana = stage.persona("Ana")
    await ana.says("hello")
    await ana.says("hello")
    await ana.says("hello")
    ana.sees("try again in 10 seconds")
    await ana.says("hello")
    ana.sees_nothing()
    bob = stage.persona("Bob")
    await bob.says("hello")
    bob.sees("Hello Bob")
    stage.clock.advance(10)
    await ana.says("hello")
    ana.sees("Hello Ana")


async def test_a_refused_press_does_not_silence_the_message_after_it(stage: Stage) -> None:
    stage.restart(Settings(limits=LimitSettings(messages_per_minute=6, burst=1)))
    ana = stage.persona("Ana")
    await ana.says("/help")
    await ana.presses("About the network")
    ana.sees("try again in 10 seconds")
    await ana.says("hello")
    ana.sees("try again in 10 seconds")
    await ana.says("hello")
    ana.sees_nothing()


async def test_what_was_refused_as_too_fast_is_not_taken_up_again(stage: Stage) -> None:
    stage.restart(Settings(limits=LimitSettings(messages_per_minute=6, burst=1)))
    ana = stage.persona("Ana")
    await ana.says("hello")
    inbox = StoredInbox(stage.database, stage.clock)
    await inbox.accept("telegram", [("77", "{}")])
    common = {**ana.common(), "id": "77"}
    await ana.does(MessageReceived(text="hello", message_id="1", **common))
    ana.sees("try again")
    await inbox.answered("telegram", "77")
    assert await inbox.pending("telegram") == []
    async with stage.database.begin() as store:
        assert not (await store.inbox.take("telegram", "77", stage.clock.now())).is_first


async def test_a_group_has_a_cooldown_of_its_own(stage: Stage) -> None:
    stage.restart(Settings(limits=LimitSettings(burst=1, group_cooldown_seconds=3.0)))
    ana = stage.persona("Ana", chat_id="-5")
    bob = stage.persona("Bob", chat_id="-5")
    await ana.says("hello")
    ana.sees("Hello")
    await bob.says("hello")
    bob.sees("try again in 3 seconds")


async def test_turns_of_one_conversation_keep_their_order(
    database: Database, clock: ManualClock
) -> None:
    seen: list[str] = []
    gate = asyncio.Event()

    async def handler(turn: Turn) -> Message:
        assert isinstance(turn.event, MessageReceived)
        if turn.event.text == "first":
            await gate.wait()
        seen.append(turn.event.text)
        return Message(text=turn.event.text)

    dispatcher = Dispatcher(database=database, clock=clock, handler=handler, limits=LimitSettings())
    ana = _persona(clock)
    events = [
        MessageReceived(text=word, message_id="1", **ana.common()) for word in ("first", "second")
    ]
    tasks = [asyncio.create_task(dispatcher.dispatch(event)) for event in events]
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*tasks)
    assert seen == ["first", "second"]


async def test_a_fault_is_logged_once_and_told_by_number(
    database: Database, clock: ManualClock, logs: list[structlog.typing.EventDict]
) -> None:
    async def broken(turn: Turn) -> Message:
        await turn.store.people.set_language(turn.member.id, "fr")
        raise RuntimeError("bug")

    dispatcher = Dispatcher(database=database, clock=clock, handler=broken, limits=LimitSettings())
    ana = _persona(clock)
    event = MessageReceived(text="secret words", message_id="1", **ana.common())
    reply = await dispatcher.dispatch(event)
    assert isinstance(reply, Message)
    failed = [line for line in logs if line["event"] == "turn.failed"]
    assert len(failed) == 1
    assert failed[0]["error_number"] in reply.text
    assert "secret words" not in repr({k: v for k, v in failed[0].items() if k != "exc_info"})
    assert await dispatcher.dispatch(event) is None
    async with database.begin() as store:
        member = await store.people.recognise(ana.author, clock.now())
    assert member.language is None


async def test_a_reply_that_was_not_sent_is_given_after_a_restart(stage: Stage) -> None:
    ana = stage.persona("Ana")
    inbox = StoredInbox(stage.database, stage.clock)
    await inbox.accept("telegram", [("9", '{"update_id":9}')])
    press = ActionPressed(action=Action("person"), **{**ana.common(), "id": "9"})
    await ana.says("purple zebra")
    await ana.does(press)
    ana.sees("number 1")
    told = ana.last
    await ana.does(press)
    ana.sees_nothing()
    stage.restart()
    assert await inbox.pending("telegram") == ['{"update_id":9}']
    await ana.does(press)
    assert ana.last == told
    async with stage.database.begin() as store:
        assert await store.questions.count_open() == 1
    await asyncio.gather(*(inbox.answered("telegram", key) for key in ("9", "8")))
    stage.restart()
    assert await inbox.pending("telegram") == []
    await ana.does(press)
    ana.sees_nothing()


async def test_answers_that_could_not_be_noted_are_noted_with_the_next(
    database: Database, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = StoredInbox(database, clock)
    await inbox.accept("telegram", [(key, "{}") for key in ("1", "2", "3")])

    async def fail(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(Inbox, "forget_replies", fail)
        both = (inbox.answered("telegram", key) for key in ("1", "2"))
        failed = await asyncio.gather(*both, return_exceptions=True)
    assert any(isinstance(each, ConnectionError) for each in failed)
    assert len(await inbox.pending("telegram")) == 3
    await inbox.answered("telegram", "3")
    assert await inbox.pending("telegram") == []


async def test_a_large_file_is_not_written_down_to_be_sent_again(
    database: Database, clock: ManualClock
) -> None:
    file = Attachment(name="a.pdf", media_type="application/pdf", data=b"x" * (HEAVY + 1))

    async def give(turn: Turn) -> tuple[Message, ...]:
        return Message(text="here"), Message(text="a.pdf", attachments=(file,))

    def started() -> Dispatcher:
        return Dispatcher(database=database, clock=clock, handler=give, limits=LimitSettings())

    await StoredInbox(database, clock).accept("telegram", [("9", "{}")])
    ana = _persona(clock)
    press = ActionPressed(action=Action("person"), **{**ana.common(), "id": "9"})
    first = await started().dispatch(press)
    assert isinstance(first, tuple)
    assert isinstance(first[1], Message)
    assert first[1].attachments == (file,)
    async with database.connect() as connection:
        kept = await connection.scalar(select(func.length(table.c.payload)))
    assert kept is not None
    assert kept < 1000
    late = await started().dispatch(press)
    assert isinstance(late, tuple)
    said = [part.text.partition(" while")[0] for part in late if isinstance(part, Message)]
    assert said == ["here", "I was interrupted"]


async def test_what_needs_no_reply_is_not_kept(stage: Stage) -> None:
    ana = stage.persona("Ana")
    inbox = StoredInbox(stage.database, stage.clock)
    await inbox.accept("telegram", [("9", "{}")])
    common = {**ana.common(), "id": "9"}
    await ana.does(ChatStatusChanged(status="blocked", **common))
    assert await inbox.pending("telegram") == []


@pytest.mark.parametrize(
    "reply",
    [
        (Message(text="a", title="b", rows=((Button(label="c", action=Action("d")),),)),),
        (Notice(text="\x1e"), Edit(message=Message(text="e"), message_id="1"), Delete()),
    ],
)
def test_replies_are_the_same_after_the_store(reply: tuple[Message | Notice, ...]) -> None:
    kept = reply_to_json(reply)
    assert kept is not None
    assert "\x1e" not in kept
    assert reply_from_json(kept) == reply
    assert reply_to_json((*reply, Form(id="f", title="F", fields=()))) is None


async def test_accepted_updates_stay_pending_until_they_are_done(stage: Stage) -> None:
    inbox = StoredInbox(stage.database, stage.clock)
    await inbox.accept("telegram", [("10", '{"update_id":10}'), ("9", '{"update_id":9}')])
    await inbox.accept("telegram", [("10", "again")])
    assert await inbox.pending("telegram") == ['{"update_id":9}', '{"update_id":10}']
    ana = stage.persona("Ana")
    common = {**ana.common(), "id": "9"}
    await ana.does(MessageReceived(text="hello", message_id="1", **common))
    ana.sees("Hello")
    await inbox.answered("telegram", "9")
    assert await inbox.pending("telegram") == ['{"update_id":10}']
    async with stage.database.connect() as connection:
        payload = await connection.execute(text("SELECT payload FROM inbox WHERE update_id='9'"))
        assert payload.scalar() is None


async def test_a_blocked_chat_is_recorded(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.does(ChatStatusChanged(status="blocked", **ana.common()))
    ana.sees_nothing()
    async with stage.database.connect() as connection:
        row = (await connection.execute(text("SELECT chat_id, status FROM chat"))).one()
    assert tuple(row) == ("telegram-Ana", "blocked")


HOSTILE = {
    "empty": "",
    "spaces": " \n\t ",
    "huge": "soil " * 200_000,
    "repeated": "a" * 10_000,
    "emoji": "🌱" * 300,
    "surrogate": "\ud83d lead \udc00",
    "override": "\u202elead\u202c \u2066x",
    "zero width": "\u200b\u200b\u200d",
    "markup": "**[[`x`](y)](https://a.b)** _**__ <b>&amp;</b> @everyone",
    "null": "a\x00b",
    "mixed": "свинец 铅 الرصاص lead plomo 🧪",
    "braces": "{name} {0} %s %(x)s",
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_odd_texts_get_an_ordinary_reply(stage: Stage, name: str) -> None:
    ana = stage.persona("Ana")
    cleaned = clean(HOSTILE[name])  # as every adapter does
    await ana.does(MessageReceived(text=cleaned, message_id="1", **ana.common()))
    assert ana.last
    ana.sees_not("error number")
    await ana.says("/contact")
    await ana.does(MessageReceived(text=cleaned, message_id="2", **ana.common()))
    assert ana.last
    ana.sees_not("error number")


def _persona(clock: ManualClock) -> Persona:
    class _Here:
        def __init__(self) -> None:
            self.clock = clock
            self.count = 0

        def next_id(self) -> str:
            self.count += 1
            return str(self.count)

    from bot.chat.events import Author, ConversationRef

    return Persona(
        _Here(),  # type: ignore[arg-type]  # only the clock and the ids of a stage are needed
        Author(platform="telegram", id="1", name="Ana"),
        ConversationRef(platform="telegram", chat_id="1"),
    )
