"""Askers and a contact talk through a process that is killed again and again.

The Telegram stand-in lives in this process; the assistant is ``tests.desk.worker``. What is
looked at in the end is only what people see.
"""

from __future__ import annotations

import asyncio
import random
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.telegram.loopback.people import Group, Person
from tests.telegram.loopback.server import TOKEN, LoopbackServer

ROOT = Path(__file__).resolve().parents[2]
REPLY = re.compile(r"(reply|again) (\d+)")


@dataclass
class Outcome:
    """What went wrong: none of the lists but ``doubled`` may hold anything."""

    kills: int = 0
    missing: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    doubled: int = 0
    topics: int = 0


class Chaos:
    """``askers`` people ask at once; ``kills`` times the process dies."""

    def __init__(self, server: LoopbackServer, folder: Path, *, askers: int, kills: int) -> None:
        self._server = server
        self._database = f"sqlite:///{folder / 'chaos.db'}"
        self._random = random.Random(8)
        self._kills = kills
        self._group: Group = server.group("Desk", topics=("General",))
        self._contact: Person = server.user("Natalia")
        self._askers = [server.user(f"Asker {number}") for number in range(askers)]
        self._log = (folder / "worker.log").open("ab")
        self._worker: asyncio.subprocess.Process | None = None

    async def run(self) -> Outcome:
        """Everybody asks, is answered, writes back, and is answered once more."""
        outcome = Outcome()
        await self._start()
        killing = asyncio.create_task(self._kill_at_random(outcome))
        try:
            await asyncio.gather(*(self._ask(n) for n in range(len(self._askers))))
            await self._until(lambda n: f"question {n}." in self._at_desk(n))
            await self._answer("reply")
            await self._until(lambda n: f"reply {n}." in self._seen(n))
            for number in self._shuffled():
                await self._askers[number].says(f"thanks {number}.")
            await self._until(lambda n: f"thanks {n}." in self._at_desk(n))
            await self._answer("again")
            await self._until(lambda n: f"again {n}." in self._seen(n))
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
            await self._stop()
            self._log.close()
        self._judge(outcome)
        return outcome

    async def _ask(self, number: int) -> None:
        asker = self._askers[number]
        await asker.says("/contact")
        await self._shown(number, "What is your question?")
        await asker.says(f"question {number}.")

    async def _answer(self, word: str) -> None:
        for number in self._shuffled():
            await self._contact.says(
                f"{word} {number}.",
                chat=self._group,
                topic=self._group.thread(f"question {number}."),
            )
            if self._random.random() < 0.2:
                await asyncio.sleep(0)

    def _shuffled(self) -> list[int]:
        numbers = list(range(len(self._askers)))
        self._random.shuffle(numbers)
        return numbers

    def _seen(self, number: int) -> str:
        return "\n".join(seen.text for seen in self._askers[number].shown())

    def _at_desk(self, number: int) -> str:
        words = f"question {number}."
        threads = {key for key, name in self._group.state.topics.items() if words in name}
        return "\n".join(
            seen.text
            for seen in self._group.shown()
            if seen.raw.get("message_thread_id") in threads
        )

    async def _shown(self, number: int, words: str) -> None:
        await self._wait(lambda: words in self._seen(number), f"{number}: {words}")

    async def _until(self, is_so: Callable[[int], bool]) -> None:
        await self._wait(lambda: all(is_so(n) for n in range(len(self._askers))), "all")

    async def _wait(self, is_so: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(240), self._server.world.changed:
                await self._server.world.changed.wait_for(is_so)
        except TimeoutError:
            raise AssertionError(f"waited in vain for {what}") from None

    async def _start(self) -> None:
        self._worker = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.desk.worker", self._server.url, TOKEN),
            *(str(self._group.id), self._database, f"telegram:{self._contact.id}"),
            cwd=ROOT,
            stdout=self._log,
            stderr=self._log,
        )

    async def _stop(self) -> None:
        if self._worker is not None and self._worker.returncode is None:
            self._worker.send_signal(signal.SIGKILL)
        if self._worker is not None:
            await self._worker.wait()

    async def _kill_at_random(self, outcome: Outcome) -> None:
        for _ in range(self._kills):
            # At any moment of the work, counted in what the stand-in is asked for.
            steps = self._random.randrange(5, 5 + 10 * len(self._askers) // self._kills)
            start = sum(len(self._server.calls(name)) for name in ("sendMessage",))
            await self._wait_for_calls(start + steps)
            await self._stop()
            outcome.kills += 1
            await self._start()

    async def _wait_for_calls(self, count: int) -> None:
        async with self._server.world.changed:
            await self._server.world.changed.wait_for(
                lambda: len(self._server.calls("sendMessage")) >= count
            )

    def _judge(self, outcome: Outcome) -> None:
        outcome.topics = len(self._group.state.topics) - 1
        for number in range(len(self._askers)):
            heard = [f"{word} {of}" for word, of in REPLY.findall(self._seen(number))]
            outcome.crossed += [each for each in heard if not each.endswith(f" {number}")]
            wanted = [f"reply {number}", f"again {number}"]
            outcome.doubled += len(heard) - len(dict.fromkeys(heard))
            if list(dict.fromkeys(heard)) != wanted:
                bad = outcome.missing if set(wanted) - set(heard) else outcome.disordered
                bad.append(f"{number}: {heard}")
            desk = Counter(re.findall(rf"thanks {number}\.", self._at_desk(number)))
            outcome.doubled += max(0, sum(desk.values()) - 1)
            others = set(re.findall(r"thanks (\d+)\.", self._at_desk(number))) - {str(number)}
            outcome.crossed += [f"thanks {other} in {number}" for other in others]
