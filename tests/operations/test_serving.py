"""``insop run`` as a process: its parts, its start without a database, and how it ends."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from benchmarks.postgres import Server
from bot.cli import main
from bot.store import Database
from tests.knowledge.test_loader import CONTACTS, GOOD, SOURCES, write
from tests.telegram.loopback.people import Group
from tests.telegram.loopback.server import TOKEN, LoopbackServer
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
STARTING = 90.0
"""Seconds that a start may take on a busy machine."""

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

CONFIG = """
knowledge_dir = "{folder}/kb"
[database]
url = "{database}"
[telegram]
api_url = "{url}"
set_commands = false
desk_chat = {desk}
[web]
port = 0
[answering]
cache_dir = "{folder}/cache"
[backup]
folder = "{folder}/copies"
"""


class Process:
    """One process of the assistant, with its log."""

    def __init__(self, folder: Path, name: str) -> None:
        self._folder = folder
        self.log = folder / f"{name}.log"
        self._process: asyncio.subprocess.Process | None = None

    async def start(self, *words: str, token: str = TOKEN) -> None:
        environment = {**os.environ, "INSOP_TELEGRAM_TOKEN": token, "PYTHONPATH": str(ROOT)}
        with self.log.open("wb") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "bot", "--config", "config.toml", "run", *words),
                cwd=self._folder,
                env={**environment, "INSOP_LOG_FORMAT": "json"},
                stdout=log,
                stderr=log,
            )

    @property
    def said(self) -> str:
        """Everything that it wrote."""
        return self.log.read_text(encoding="utf-8")

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for it, as long as it runs."""

        def has_come() -> bool:
            assert self._process is not None
            assert self._process.returncode is None, self.said
            return is_so()

        await until(has_come, seconds=STARTING)

    async def ends(self) -> int:
        """Its exit code, once it has ended by itself."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), STARTING)

    async def stop(self) -> int:
        """Ask it to end, as the system does."""
        assert self._process is not None
        self._process.terminate()
        return await self.ends()

    async def kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()


@pytest.fixture
async def telegram() -> AsyncIterator[LoopbackServer]:
    async with LoopbackServer() as server:
        yield server


@pytest.fixture
async def process(tmp_path: Path) -> AsyncIterator[Callable[[str], Process]]:
    made: list[Process] = []

    def make(name: str) -> Process:
        made.append(Process(tmp_path, name))
        return made[-1]

    yield make
    for each in made:
        await each.kill()


def configure(folder: Path, telegram: LoopbackServer, database: str) -> Group:
    """Settings, one article, and the group where questions are answered."""
    (folder / "kb" / "articles" / "en").mkdir(parents=True)
    (folder / "kb" / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (folder / "kb" / "contacts.toml").write_text(CONTACTS, encoding="utf-8")
    write(folder / "kb", "lead", GOOD.format(id="lead"))
    desk = telegram.group("Desk", topics=("General",))
    text = CONFIG.format(folder=folder, url=telegram.url, database=database, desk=desk.id)
    (folder / "config.toml").write_text(text, encoding="utf-8")
    return desk


async def answered(telegram: LoopbackServer, name: str) -> None:
    """Somebody new says something and is answered."""
    before = telegram.received("sendMessage")
    person = telegram.user(name)
    await person.says("question about lead?")
    await telegram.until_received("sendMessage", before + 1, within=STARTING)
    await person.sees("A short answer.")


async def asks_a_person(telegram: LoopbackServer, name: str, words: str) -> None:
    """A question for the desk."""
    person = telegram.user(name)
    await person.says("/contact")
    await person.sees("What is your question?")
    await person.says(words)
    await person.sees("has the number")


def test_without_any_token_it_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("INSOP_TELEGRAM_TOKEN", raising=False)
    monkeypatch.delenv("INSOP_DISCORD_TOKEN", raising=False)
    assert main(["run"]) == 2
    told = capsys.readouterr().err
    assert "Set INSOP_TELEGRAM_TOKEN or INSOP_DISCORD_TOKEN" in told
    assert "insop chat" in told


async def test_a_token_that_is_refused_ends_it_with_the_reason(
    tmp_path: Path, telegram: LoopbackServer, process: Callable[[str], Process]
) -> None:
    configure(tmp_path, telegram, f"sqlite:///{tmp_path / 'insop.db'}")
    refused = process("refused")
    await refused.start(token="123456:of-another-bot")
    assert await refused.ends() == 1
    last = refused.said.strip().splitlines()[-1]
    assert "token" in last.lower()
    assert "Traceback" not in refused.said
    assert "of-another-bot" not in refused.said


async def test_tables_of_a_newer_release_end_it_with_the_reason(
    tmp_path: Path, telegram: LoopbackServer, process: Callable[[str], Process]
) -> None:
    url = f"sqlite:///{tmp_path / 'insop.db'}"
    configure(tmp_path, telegram, url)
    async with Database(url) as database, database.connect() as connection:
        await connection.exec_driver_sql("CREATE TABLE alembic_version (version_num TEXT)")
        await connection.exec_driver_sql("INSERT INTO alembic_version VALUES ('9999')")
    newer = process("newer")
    await newer.start()
    assert await newer.ends() == 1
    assert "9999" in newer.said
    assert "Traceback" not in newer.said
    assert telegram.received("getUpdates") == 0


async def test_everything_in_one_answers_and_ends_when_it_is_asked_to(
    tmp_path: Path, telegram: LoopbackServer, process: Callable[[str], Process]
) -> None:
    configure(tmp_path, telegram, f"sqlite:///{tmp_path / 'insop.db'}")
    whole = process("whole")
    await whole.start()
    await answered(telegram, "Ana")
    await whole.until(lambda: any((tmp_path / "copies").glob("insop-*.db")))
    assert await whole.stop() == 0
    assert "Traceback" not in whole.said
    assert "question about lead" not in whole.said


async def test_the_parts_work_together_and_others_take_over(
    tmp_path: Path,
    telegram: LoopbackServer,
    process: Callable[[str], Process],
    postgres: Server,
) -> None:
    """A gateway in one process, the sender and the clock in another; then a second gateway."""
    url = postgres.create("serving")
    desk = configure(tmp_path, telegram, url)
    gateway, rest, other = process("gateway"), process("rest"), process("other")
    await gateway.start("--role", "gateway")
    await answered(telegram, "Ana")
    await asks_a_person(telegram, "Cho", "Is my well safe?")
    assert not any("Is my well safe?" in seen.text for seen in desk.shown()), "nobody sends yet"
    await rest.start("--role", "sender,clock")
    await rest.until(lambda: any("Is my well safe?" in seen.text for seen in desk.shown()))
    await rest.until(lambda: any((tmp_path / "copies").glob("insop-*.db")))
    await other.start("--role", "gateway")
    await other.until(lambda: "standing_by" in other.said)
    assert await gateway.stop() == 0
    await answered(telegram, "Bob")
    for each in (rest, other):
        assert await each.stop() == 0
        assert "Traceback" not in each.said
        assert "well safe" not in each.said


async def test_it_waits_for_a_database_that_comes_later(
    tmp_path: Path,
    telegram: LoopbackServer,
    process: Callable[[str], Process],
    postgres: Server,
) -> None:
    """As after a power cut, when the server takes longer to start."""
    url = postgres.create("later")
    door = await asyncio.start_server(_through(postgres.port), "127.0.0.1", 0)
    port = door.sockets[0].getsockname()[1]
    door.close()
    await door.wait_closed()
    configure(tmp_path, telegram, url.replace(f":{postgres.port}/", f":{port}/"))
    early = process("early")
    await early.start()
    await early.until(lambda: "database.waiting" in early.said)
    assert telegram.received("getUpdates") == 0
    async with await asyncio.start_server(_through(postgres.port), "127.0.0.1", port):
        await answered(telegram, "Ana")
        assert await early.stop() == 0
    assert "Traceback" not in early.said


def _through(port: int) -> Serve:
    """Hands each connection on to ``port``."""

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(pump(reader, back), pump(onward, writer), return_exceptions=True)

    return serve
