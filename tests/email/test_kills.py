"""Answers come in while the process is killed again and again: each counts once, in order."""

from __future__ import annotations

import asyncio
import random
import sys
from asyncio.subprocess import Process
from pathlib import Path

from bot.store import Database
from tests.email.house import House
from tests.email.servers import USER, ImapServer, SmtpServer
from tests.telegram.loopback.server import LoopbackServer
from tests.waiting import until

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = 12
KILLS = 2


async def _process(house: House, log: Path) -> Process:
    with log.open("ab") as errors:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.email.process"),
            *(house.url, house.telegram.url, str(house.smtp.port), str(house.imap.port)),
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=errors,
        )


async def _work(house: House) -> int:
    return len(await _heard(house.url)) + len(house.telegram.calls("sendMessage"))


async def _position(house: House) -> int:
    """The last mail that is dealt with; it moves on after everything else."""
    async with Database(house.url) as database, database.begin() as store:
        found = await store.mail.position(f"{USER}@127.0.0.1/INBOX")
    return found[1] if found is not None else 0


async def _is_read(house: House, last: int) -> bool:
    return await _position(house) >= last


async def _heard(url: str) -> list[str]:
    async with Database(url) as database, database.begin() as store:
        return [each.text for each in await store.question_messages.of(1, ["contact"])]


async def test_killed_readers_lose_no_answer_and_double_none(
    url: str, tmp_path: Path, imap: ImapServer, smtp: SmtpServer
) -> None:
    log = tmp_path / "process.log"
    chance = random.Random(8)
    async with LoopbackServer() as telegram:
        house = House(url, telegram, imap, smtp)
        await house.start()
        ana = telegram.user("Ana")
        await ana.says("/contact")
        await ana.sees("question?")
        await ana.says("My well smells of diesel, who can look at it?")
        sent = await house.mail(1)
        await until(lambda: _is_read(house, 1), "the first look at the mailbox")
        await house.stop()
        last = await _position(house) + ANSWERS
        waiting = [f"Answer number {n}." for n in range(ANSWERS)]
        for number, text in enumerate(waiting):
            await house.answers(sent, text, n=number)
        for _ in range(KILLS):
            # At any moment of its work, counted in answers kept and messages sent.
            mark = await _work(house) + chance.randrange(1, 6)
            process = await _process(house, log)

            async def has_worked(mark: int = mark, process: Process = process) -> bool:
                assert process.returncode is None, log.read_text()[-3000:]
                return await _work(house) >= mark

            await until(has_worked, "work", seconds=180)
            process.kill()
            await process.wait()
        process = await _process(house, log)
        try:
            await until(lambda: _is_read(house, last), "the last mail", seconds=180)
        finally:
            process.kill()
            await process.wait()
        heard = await _heard(house.url)
        assert [text.replace("\\", "") for text in heard] == waiting
