"""The terminal when the assistant speaks by itself, and what only other platforms can do."""

from __future__ import annotations

import asyncio
import io

from bot.adapters.console import ConsoleAdapter
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, ConversationRef, Event
from bot.chat.messages import Button, Delete, InlineResults, Message
from bot.chat.turn import Reply
from tests.clock import ManualClock

ME = ConversationRef(platform="console", chat_id="Ana")
ANSWER = Message(
    text="Somebody asks about a well.",
    rows=((Button(label="Take it", action=Action("desk", "take", "7")),),),
)


class Terminal(io.StringIO):
    """Keeps what is written; ``is_tty`` says whether somebody looks at it."""

    def __init__(self, *, is_tty: bool) -> None:
        super().__init__()
        self._is_tty = is_tty

    def isatty(self) -> bool:
        return self._is_tty


def terminal(
    lines: str, *, is_tty: bool = False, greeting: str = ""
) -> tuple[ConsoleAdapter, Terminal]:
    """Ana's, without the first /start, unless there is a greeting."""
    out = Terminal(is_tty=is_tty)
    adapter = ConsoleAdapter(
        clock=ManualClock(),
        name="Ana",
        locale="en",
        stdin=io.StringIO(lines),
        stdout=out,
        greeting=greeting,
        is_silent_start=not greeting,
    )
    return adapter, out


async def test_it_begins_with_start_and_a_word_of_how_it_works() -> None:
    adapter, out = terminal("", greeting="Type /quit to leave.")
    events: list[Event] = []

    async def dispatch(event: Event) -> Reply:
        events.append(event)
        return Message(text="Welcome")

    await adapter.run(dispatch, asyncio.Event())
    (start,) = events
    assert isinstance(start, CommandInvoked)
    assert start.name == "start"
    shown = out.getvalue()
    assert shown.index("Welcome") < shown.index("Type /quit to leave.")


async def test_buttons_of_what_came_by_itself_are_pressed_by_number() -> None:
    adapter, out = terminal("1\n")
    events: list[Event] = []

    async def dispatch(event: Event) -> Reply:
        events.append(event)
        return None

    first = await adapter.send(adapter.where, ANSWER)
    second = await adapter.send(ME, Message(text="And without a button."))
    assert first.message_id != second.message_id
    await adapter.run(dispatch, asyncio.Event())
    (pressed,) = events
    assert isinstance(pressed, ActionPressed)
    assert pressed.action == Action("desk", "take", "7")
    assert "[1] Take it" in out.getvalue()


async def test_words_are_never_taken_back_but_said_anew() -> None:
    adapter, out = terminal("")
    assert not adapter.capabilities.can_edit
    assert not adapter.capabilities.can_delete
    await adapter.edit(ME, "1", Message(text="The new words"))
    await adapter.delete(ME, "1", instead=Message(text="This was withdrawn"))
    shown = out.getvalue()
    assert "The new words" in shown
    assert "This was withdrawn" in shown
    await adapter.delete(ME, "1")
    assert out.getvalue() == shown


async def test_what_a_terminal_cannot_do_leaves_it_quiet() -> None:
    adapter, out = terminal("hello\n")

    async def dispatch(event: Event) -> Reply:
        return (Delete(), InlineResults(results=()))

    await adapter.run(dispatch, asyncio.Event())
    assert out.getvalue() == ""


async def test_somebody_who_looks_sees_where_to_type_and_a_pipe_does_not() -> None:
    for is_tty in (True, False):
        adapter, out = terminal("/quit\n", is_tty=is_tty)
        await adapter.send(ME, Message(text="A message"))
        assert out.getvalue().endswith("> ") is is_tty
        await adapter.run(_nothing, asyncio.Event())
        assert out.getvalue().count("> ") == (2 if is_tty else 0)


async def _nothing(event: Event) -> Reply:
    return None
