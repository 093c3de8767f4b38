"""A lost platform does not stop the other; roles are for PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.app import supervise
from bot.chat.errors import StartupError
from bot.chat.troubles import Troubles
from bot.cli import main
from bot.commands.roles import parse_roles
from bot.operations.keeping import LET_IN, RETRY, Platforms
from tests.clock import ManualClock

Works = Mapping[str, Callable[[asyncio.Event], Any]]


class Platform:
    """Refuses as often as told, then runs until it is stopped."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.started = 0
        self.sender_ended = 0
        self.is_up = asyncio.Event()

    def make(self) -> Works:
        async def receive(stop: asyncio.Event) -> None:
            self.started += 1
            if self.started <= self.refusals:
                raise StartupError("the token is refused")
            self.is_up.set()
            await stop.wait()

        async def send(stop: asyncio.Event) -> None:
            await stop.wait()
            self.sender_ended += 1

        return {"receive": receive, "send": send}


async def until(clock: ManualClock, is_so: Callable[[], bool], step: float) -> None:
    """Let the clock run until it is so."""
    async with asyncio.timeout(5):
        for _ in range(10_000):
            if is_so():
                return
            clock.advance(step)
            await asyncio.sleep(0)
    raise AssertionError("it never came about")


async def test_the_other_platform_goes_on_and_the_lost_one_is_tried_again(
    clock: ManualClock,
) -> None:
    troubles, stop = Troubles(), asyncio.Event()
    platforms = Platforms(clock, troubles)
    sound, lost = Platform(0), Platform(2)
    tasks = [
        asyncio.create_task(platforms.keep("telegram", sound.make)(stop)),
        asyncio.create_task(platforms.keep("discord", lost.make)(stop)),
    ]
    await until(clock, lambda: "token:discord" in troubles.current, 0)
    assert lost.sender_ended == 1, "its messages wait in the outbox"
    assert sound.is_up.is_set()
    await until(clock, lost.is_up.is_set, RETRY / 10)
    assert lost.started == 3
    await until(clock, lambda: not troubles.current, LET_IN / 10)
    assert sound.started == 1
    stop.set()
    await asyncio.gather(*tasks)


async def test_with_no_platform_left_the_process_says_why(clock: ManualClock) -> None:
    platforms = Platforms(clock, Troubles())
    run = platforms.keep("telegram", Platform(1).make)
    with pytest.raises(StartupError, match="token is refused"):
        await run(asyncio.Event())


async def test_what_is_no_refusal_ends_the_process(clock: ManualClock) -> None:
    platforms = Platforms(clock, Troubles())

    async def broken(stop: asyncio.Event) -> None:
        raise ZeroDivisionError

    platforms.keep("discord", Platform(0).make)
    with pytest.raises(ZeroDivisionError):
        await platforms.keep("telegram", lambda: {"receive": broken})(asyncio.Event())


async def test_all_end_when_one_does() -> None:
    ended = []

    async def short(stop: asyncio.Event) -> None:
        ended.append("short")

    async def long(stop: asyncio.Event) -> None:
        await stop.wait()
        ended.append("long")

    await asyncio.wait_for(supervise({"short": short, "long": long}), 5)
    assert ended == ["short", "long"]


@pytest.mark.parametrize(
    ("text", "roles"),
    [("all", set()), ("gateway", {"gateway"}), ("sender, clock", {"sender", "clock"})],
)
def test_roles_are_read(text: str, roles: set[str]) -> None:
    assert parse_roles(text) == roles


@pytest.mark.parametrize(
    ("role", "expected"), [("gateway", "needs PostgreSQL"), ("postman", "gateway, sender, clock")]
)
def test_roles_that_cannot_be_are_refused_in_one_sentence(
    role: str,
    expected: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSOP_TELEGRAM_TOKEN", "123456:abc")
    assert main(["run", "--role", role]) == 2
    said = capsys.readouterr().err
    assert expected in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("address", "role", "is_refused"),
    [("sqlite:///x.db", "all", True), ("postgresql://x@[::", "clock", False)],
)
def test_an_address_that_nobody_would_serve_is_refused(
    address: str,
    role: str,
    is_refused: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSOP_TELEGRAM_TOKEN", "123456:abc")
    monkeypatch.setenv("INSOP_DATABASE_URL", address)
    Path("config.toml").write_text('[web]\nport = 0\npublic_url = "https://insop.example.org"\n')
    # The one with a role gets as far as its database.
    assert main(["run", "--role", role]) == (2 if is_refused else 1)
    said = capsys.readouterr().err
    assert ("public_url" in said) is is_refused
    assert said.count("\n") == 1
