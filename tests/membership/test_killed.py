"""Joining on Telegram while the process is really killed, in the middle and again and again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store import Database
from bot.store.memberships import MemberFilter
from tests.knowledge.test_loader import CONTACTS, GOOD, SOURCES, write
from tests.telegram.loopback.server import TOKEN, LoopbackServer

ROOT = Path(__file__).resolve().parents[2]
STARTING = 90.0
"""Seconds that a start may take on a busy machine."""


class Process:
    """``insop run`` on a folder of its own."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        knowledge = folder / "kb"
        (knowledge / "articles" / "en").mkdir(parents=True)
        (knowledge / "sources.toml").write_text(SOURCES, encoding="utf-8")
        (knowledge / "contacts.toml").write_text(CONTACTS, encoding="utf-8")
        write(knowledge, "lead", GOOD.format(id="lead"))
        (folder / "config.toml").write_text(
            f'knowledge_dir = "{knowledge}"\n'
            f'[database]\nurl = "sqlite:///{folder / "insop.db"}"\n'
            f'[telegram]\napi_url = "{url}"\nset_commands = false\n'
            f"[limits]\nburst = 1000\n"
            f'[answering]\ncache_dir = "{folder / "cache"}"\n',
            encoding="utf-8",
        )
        self._running: subprocess.Popen[bytes] | None = None

    async def start(self, server: LoopbackServer) -> None:
        """Until it asks for updates."""
        asked = server.received("getUpdates")
        self._launch()
        await server.until_received("getUpdates", asked + 1, within=STARTING)

    def _launch(self) -> None:
        with (self._folder / "log").open("ab") as log:
            self._running = subprocess.Popen(
                [sys.executable, "-m", "bot", "--config", "config.toml", "run"],
                cwd=self._folder,
                env={**os.environ, "INSOP_TELEGRAM_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """SIGKILL: it can finish nothing."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()
            self._running = None


@pytest.fixture
def processes(tmp_path: Path) -> Iterator[list[Process]]:
    started: list[Process] = []
    yield started
    for each in started:
        each.kill()


async def test_the_persona_goes_on_where_it_was(tmp_path: Path, processes: list[Process]) -> None:
    async with LoopbackServer() as server:
        process = Process(tmp_path, server.url)
        processes.append(process)
        await process.start(server)
        ana = server.user("Ana")
        await ana.says("/join")
        await ana.sees("Question 1 of 8")
        await ana.says("Ana Wanjiru")
        await ana.sees("Question 2 of 8")

        # Between two answers: the next one finds nobody, and waits at Telegram.
        process.kill()
        await ana.says("ana@example.org")
        await process.start(server)
        await ana.sees("Question 3 of 8")

        # While an answer is being handled.
        await ana.says("kenia")
        process.kill()
        await process.start(server)
        await ana.sees("Question 4 of 8")

        for text in ("farmer", "1, 4", "Green Fields", "English", "news"):
            await ana.says(text)
        await ana.sees("Is this right?")

        # Right after the yes.
        await ana.presses("Yes, I join")
        process.kill()
        await process.start(server)
        await ana.sees("Welcome, Ana Wanjiru")
        await ana.says("/me")
        await ana.sees("ana@example.org")
        process.kill()
    async with (
        Database(f"sqlite:///{tmp_path / 'insop.db'}") as database,
        database.begin() as store,
    ):
        members = await store.memberships.find(MemberFilter(), limit=9)
        consents = await store.consents.history(members[0].person_id)
    assert [(each.name, each.country, each.state) for each in members] == [
        ("Ana Wanjiru", "KE", "member")
    ]
    assert members[0].interests == ("assessment", "management")
    assert [each.purpose for each in consents] == ["membership", "news"]
