"""Answers come in while the process is killed again and again: each counts once, in order."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

from bot.store import Database
from tests.email.house import House
from tests.email.servers import ImapServer, SmtpServer
from tests.telegram.loopback.server import LoopbackServer

ROOT = Path(__file__).resolve().parents[2]
ANSWERS = 12
KILLS = 2


async def _process(house: House, log: Path) -> asyncio.subprocess.Process:
    with log.open("ab") as errors:
        return await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "tests.email.process"),
            *(house.url, house.telegram.url, str(house.smtp.port), str(house.imap.port)),
            cwd=ROOT,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=errors,
        )


async def _heard(url: str) -> list[str]:
    async with Database(url) as database, database.begin() as store:
        return [each.text for each in await store.question_messages.of(1, ["contact"])]


async def test_killed_readers_lose_no_answer_and_double_none(
    tmp_path: Path, imap: ImapServer, smtp: SmtpServer
) -> None:
    log = tmp_path / "process.log"
    chance = random.Random(8)
    async with LoopbackServer() as telegram:
        house = House(tmp_path, telegram, imap, smtp)
        await house.start()
        ana = telegram.user("Ana")
        await ana.says("/contact")
        await ana.sees("question?")
        await ana.says("My well smells of diesel, who can look at it?")
        sent = await house.mail(1)
        await house.stop()
        waiting = [f"Answer number {n}." for n in range(ANSWERS)]
        for number, text in enumerate(waiting):
            await house.answers(sent, text, n=number)
        for _ in range(KILLS):
            known = len(await _heard(house.url))
            process = await _process(house, log)
            async with asyncio.timeout(180):
                while len(await _heard(house.url)) == known:
                    assert process.returncode is None, log.read_text()[-3000:]
                    await asyncio.sleep(0.02)
            await asyncio.sleep(chance.uniform(0, 0.15))
            process.kill()
            await process.wait()
        process = await _process(house, log)
        try:
            async with asyncio.timeout(180):
                while len(await _heard(house.url)) < ANSWERS:  # noqa: ASYNC110 - another process.
                    await asyncio.sleep(0.1)
            await asyncio.sleep(1.5)
        finally:
            process.kill()
            await process.wait()
        heard = await _heard(house.url)
        assert [text.replace("\\", "") for text in heard] == waiting
