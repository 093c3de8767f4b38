"""The terminal: the contract of adapters, and whole conversations through ``insop chat``."""

from __future__ import annotations

import asyncio
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.adapters.console import ConsoleAdapter
from bot.adapters.console.adapter import NO_BUTTON
from bot.adapters.console.render import plain_lines, pressables
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, ConversationRef, Event, MessageReceived
from bot.chat.messages import (
    Attachment,
    Button,
    Choice,
    Edit,
    LinkButton,
    Message,
    Notice,
    Select,
)
from bot.chat.turn import Reply
from tests.clock import ManualClock
from tests.contract.hostile import HOSTILE_TEXTS

ME = ConversationRef(platform="console", chat_id="Ana")
MESSAGE = Message(
    title="Title",
    text="**bold** and [label](https://a.example)",
    footer="small",
    rows=(
        (Button(label="One", action=Action("a", "1")), LinkButton(label="Go", url="https://b.c")),
        (Select(placeholder="p", action=Action("s"), choices=(Choice(label="Two", value="2"),)),),
    ),
    attachments=(Attachment(name="x.png", media_type="image/png", data=b"", alt="A field"),),
)


def adapter(lines: str, out: io.StringIO) -> ConsoleAdapter:
    return ConsoleAdapter(
        clock=ManualClock(),
        name="Ana",
        locale="en",
        stdin=io.StringIO(lines),
        stdout=out,
        is_silent_start=True,
    )


def test_plain_text_numbers_every_button() -> None:
    shown = plain_lines(MESSAGE)
    assert shown.startswith("Title\n\nbold and label (https://a.example)\n\nsmall")
    assert "[1] One   Go: https://b.c\n[2] Two\n(x.png: A field)" in shown
    assert [each.action for each in pressables(MESSAGE)] == [Action("a", "1"), Action("s", "2")]


async def test_lines_become_events_and_numbers_press_buttons() -> None:
    out = io.StringIO()
    events: list[Event] = []

    async def dispatch(event: Event) -> Reply:
        events.append(event)
        if isinstance(event, MessageReceived):
            return (MESSAGE, Notice(text="noted"))
        return Edit(message=Message(text="changed"))

    await adapter("7\nhello\n\n2\n[1]\n7\n0\n1234\n/Help me now\n/quit\nnever\n", out).run(
        dispatch, asyncio.Event()
    )
    kinds = [type(event) for event in events]
    assert kinds == [
        *(MessageReceived, MessageReceived),
        *(ActionPressed, ActionPressed, ActionPressed, ActionPressed),
        *(MessageReceived, CommandInvoked),
    ]
    assert [event.action for event in events if isinstance(event, ActionPressed)] == [
        *(Action("s", "2"), Action("a", "1")),
        *(NO_BUTTON, NO_BUTTON),
    ]
    command = events[-1]
    assert isinstance(command, CommandInvoked)
    assert (command.name, command.text) == ("help", "me now")
    assert len({event.id for event in events}) == len(events)
    assert all(event.conversation == ME for event in events)
    assert "noted" in out.getvalue()
    assert "changed" in out.getvalue()


async def test_a_number_above_the_buttons_answers_a_form() -> None:
    events: list[Event] = []
    cancel = Button(label="Cancel", action=Action("form", "cancel", "join", "0"))

    async def dispatch(event: Event) -> Reply:
        events.append(event)
        return Message(text="How many?", rows=((cancel,),))

    await adapter("join\n12\n1\n", io.StringIO()).run(dispatch, asyncio.Event())
    assert [type(event) for event in events] == [MessageReceived, MessageReceived, ActionPressed]


async def test_stop_ends_a_terminal_that_waits_for_a_line() -> None:
    read_end, write_end = os.pipe()
    stop = asyncio.Event()
    out = io.StringIO()
    with os.fdopen(read_end) as stdin, os.fdopen(write_end, "w"):
        console = ConsoleAdapter(
            clock=ManualClock(), name="Ana", locale=None, stdin=stdin, stdout=out
        )

        async def dispatch(event: Event) -> Reply:
            stop.set()
            return Message(text="welcome")

        await asyncio.wait_for(console.run(dispatch, stop), 5)
    assert "welcome" in out.getvalue()


@pytest.mark.parametrize("name", HOSTILE_TEXTS)
async def test_hostile_texts_are_printed(name: str) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", errors="replace")
    text = HOSTILE_TEXTS[name]
    console = ConsoleAdapter(
        clock=ManualClock(), name="Ana", locale=None, stdin=io.StringIO(), stdout=out
    )
    sent = await console.send(ME, Message(text=text))
    assert sent.message_id
    out.seek(0)
    assert "\x1b" not in out.read()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder without settings or database."""
    return tmp_path


def chat(home: Path, lines: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run ``insop chat`` in a folder of its own."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "chat", *options],
        input=lines,
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    )


def test_a_piped_question_is_answered_and_the_command_ends_with_0(home: Path) -> None:
    done = chat(home, "What is INSOP?\n")
    assert done.returncode == 0, done.stderr
    assert "Global Soil Partnership" in done.stdout
    assert "\x1b[" not in done.stdout
    assert done.stderr == ""


def test_a_script_is_not_told_to_slow_down(home: Path) -> None:
    done = chat(home, "thanks\n" * 30)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("You are welcome") == 30


def test_without_standard_input_it_says_so_in_one_line(home: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f'exec "{sys.executable}" -m bot chat <&-'],
        cwd=home,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_bytes_that_are_not_text_do_no_harm(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        input=b"\xff\xfe\x00 lead\nWhat is INSOP?\n",
        cwd=home,
        capture_output=True,
        timeout=60,
        check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    )
    assert done.returncode == 0
    assert b"Global Soil Partnership" in done.stdout


def test_what_one_terminal_hands_over_another_sees(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "bot", "chat", "--as", "Sec", "--role", "secretariat"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[1])},
    ) as desk:
        assert desk.stdin is not None
        assert desk.stdout is not None
        desk.stdin.write("/questions\n")
        desk.stdin.flush()
        _read_until(desk.stdout, "No question is open")
        asked = chat(home, "purple zebra\nxylophone\n1\n", "--as", "Ana")
        assert "number 1" in asked.stdout
        seen = _read_until(desk.stdout, "purple zebra")
        assert "Ana" in seen
        desk.stdin.close()
    assert desk.returncode == 0


def test_wrong_options_are_said_in_one_line(home: Path) -> None:
    done = chat(home, "", "--lang", "tlh")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def _read_until(stream: io.TextIOBase | object, words: str) -> str:
    seen = ""
    for line in stream:  # type: ignore[attr-defined]  # a pipe's text stream
        seen += line
        if words in seen:
            return seen
    raise AssertionError(f"{words!r} never came; got:\n{seen}")
