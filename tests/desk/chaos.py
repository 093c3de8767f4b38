"""Askers and contacts talk through a process that is killed again and again.

The stand-ins live in this process: Telegram, Discord's wire, and real servers for mail; the
assistant is ``tests.desk.worker``. What is looked at in the end is only what people see.
"""

from __future__ import annotations

import asyncio
import random
import re
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.desk.chaos_people import (
    ROOT,
    Asker,
    DeskSide,
    DiscordDesk,
    InTerminal,
    Listening,
    MailDesk,
    OnDiscord,
    OnTelegram,
    TelegramDesk,
    until,
)
from tests.desk.worker import Place
from tests.discord.wire.people import Person as DiscordPerson
from tests.discord.wire.server import WireServer
from tests.email.servers import ImapServer, SmtpServer
from tests.telegram.loopback.server import LoopbackServer

SAID = re.compile(r"(reply|again|thanks) (\d+)\.")
_ACCOUNT = 910_000_000_000_000_000


@dataclass
class Outcome:
    """What went wrong: none of the lists may hold anything.

    ``doubled`` counts messages on Telegram that were repeated, by whom they were seen.
    """

    kills: int = 0
    missing: list[str] = field(default_factory=list)
    crossed: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    doubled: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    topics: int = 0
    threads: int = 0
    repeated: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """All that outlives the process."""

    telegram: LoopbackServer
    discord: WireServer
    imap: ImapServer
    smtp: SmtpServer

    @property
    def work(self) -> int:
        """How much was sent by the process and said to it so far."""
        posts = sum(len(kept) for kept in self.discord.messages.values())
        sent = len(self.telegram.calls("sendMessage")) + posts + len(self.smtp.raw)
        return sent + self.telegram.world.last_update + self.discord.gateway.told


class Chaos:
    """``askers`` people ask at once, on three platforms; ``kills`` times the process dies.

    Nobody asks by mail: it is only where contacts answer, and mail without a question's mark is
    left alone.
    """

    def __init__(
        self, servers: Servers, folder: Path, database: str, *, askers: int, kills: int
    ) -> None:
        self._servers = servers
        self._random = random.Random(8)
        self._kills = kills
        self._log = (folder / "worker.log").open("ab")
        self._worker: asyncio.subprocess.Process | None = None
        telegram, wire = servers.telegram, servers.discord
        self._listening = Listening(wire, database)
        group = telegram.group("Desk", topics=("General",))
        natalia = telegram.user("Natalia")
        sergei = DiscordPerson(wire, _ACCOUNT, "Sergei")
        channel = DiscordDesk(wire, sergei, self._listening)
        self._group = group
        self._desks: dict[str, DeskSide] = {
            "telegram": TelegramDesk(group, natalia),
            "discord": channel,
            "email": MailDesk(servers.imap, servers.smtp),
        }
        self._place = Place(
            database=database,
            telegram=telegram.url,
            group=group.id,
            discord=wire.api_url,
            gateway=wire.gateway.url,
            channel=channel.channel,
            smtp=servers.smtp.port,
            imap=servers.imap.port,
            natalia=f"telegram:{natalia.id}",
            sergei=f"discord:{_ACCOUNT}",
        )
        self._askers = [self._asker(number) for number in range(askers)]

    def _asker(self, number: int) -> Asker:
        """One in twenty at a terminal, since each needs a process; half of the others each."""
        name = f"Asker {number}"
        if number % 20 == 5:
            return InTerminal(name, self._place)
        if number % 2:
            wire = self._servers.discord
            person = DiscordPerson(wire, _ACCOUNT + 1 + number, name)
            return OnDiscord(person, wire, self._listening)
        return OnTelegram(self._servers.telegram.user(name))

    async def run(self) -> Outcome:
        """Everybody asks, is answered, writes back, and is answered once more."""
        outcome = Outcome()
        numbers = range(len(self._askers))
        await self._start()
        killing = asyncio.create_task(self._kill_at_random(outcome))
        try:
            await asyncio.gather(*(self._askers[n].asks(f"question {n}.") for n in numbers))
            await self._all(lambda n: self._is_at_desks(n, f"question {n}."))
            await self._answer("reply", outcome)
            await self._all(lambda n: f"reply {n}." in self._askers[n].seen())
            await asyncio.gather(*(self._askers[n].says(f"thanks {n}.") for n in self._shuffled()))
            await self._all(lambda n: self._is_at_desks(n, f"thanks {n}."))
            await self._answer("again", outcome)
            await self._all(lambda n: f"again {n}." in self._askers[n].seen())
            await self._all(lambda n: self._is_told_of(n, ("reply", "again")))
        finally:
            killing.cancel()
            await asyncio.gather(killing, return_exceptions=True)
            await self._stop()
            await asyncio.gather(*(asker.leaves() for asker in self._askers))
            self._log.close()
            self._listening.close()
        self._judge(outcome)
        return outcome

    async def _answer(self, word: str, outcome: Outcome) -> None:
        """Each question through a desk that chance chooses, in an order that chance chooses."""
        names = sorted(self._desks)
        chosen = [(n, names[place % len(names)]) for place, n in enumerate(self._shuffled())]
        self._random.shuffle(chosen)
        outcome.answered.update(desk for _, desk in chosen)
        await asyncio.gather(
            *(self._desks[desk].answers(f"question {n}.", f"{word} {n}.") for n, desk in chosen)
        )

    def _shuffled(self) -> list[int]:
        numbers = list(range(len(self._askers)))
        self._random.shuffle(numbers)
        return numbers

    def _is_at_desks(self, number: int, words: str) -> bool:
        return all(words in desk.seen(f"question {number}.") for desk in self._desks.values())

    def _is_told_of(self, number: int, words: tuple[str, ...]) -> bool:
        """Whether the desks that did not answer have the answers as well."""
        told = [desk.seen(f"question {number}.") for desk in self._desks.values()]
        return all(
            sum(f"{word} {number}." in each for each in told) >= len(told) - 1 for word in words
        )

    async def _all(self, is_so: Callable[[int], bool]) -> None:
        waiting = set(range(len(self._askers)))

        def is_done() -> bool:
            for number in sorted(waiting):
                if not is_so(number):
                    return False
                waiting.discard(number)
            return True

        try:
            await until(is_done, "all")
        except AssertionError:
            raise AssertionError(f"waited in vain for {sorted(waiting)}") from None

    async def _start(self) -> None:
        self._worker = await asyncio.create_subprocess_exec(
            *self._place.command(), cwd=ROOT, stdout=self._log, stderr=self._log
        )

    async def _stop(self) -> None:
        if self._worker is not None and self._worker.returncode is None:
            self._worker.send_signal(signal.SIGKILL)
        if self._worker is not None:
            await self._worker.wait()
        self._listening.died()

    async def _kill_at_random(self, outcome: Outcome) -> None:
        for _ in range(self._kills):
            # At any moment of the work, counted in what it hears and sends.
            steps = self._random.randrange(5, 5 + 24 * len(self._askers) // self._kills)
            await self._has_worked(self._servers.work + steps)
            await self._stop()
            outcome.kills += 1
            await self._start()

    async def _has_worked(self, mark: int) -> None:
        await until(lambda: self._servers.work >= mark, "work")

    def _judge(self, outcome: Outcome) -> None:
        outcome.topics = len(self._group.state.topics) - 1
        outcome.threads = len(self._servers.discord.threads.called("question"))
        outcome.repeated = self._listening.repeated
        for number, asker in enumerate(self._askers):
            heard = SAID.findall(asker.seen())
            where = type(asker).__name__
            self._judge_words(outcome, number, heard, where)
            wanted = [("reply", str(number)), ("again", str(number))]
            if list(dict.fromkeys(heard)) != wanted:
                bad = outcome.missing if set(wanted) - set(heard) else outcome.disordered
                bad.append(f"{number} {where}: {heard}")
            for name, desk in self._desks.items():
                said = SAID.findall(desk.seen(f"question {number}."))
                self._judge_words(outcome, number, said, name)
                if ("thanks", str(number)) not in said:
                    outcome.missing.append(f"thanks {number} at {name}")

    @staticmethod
    def _judge_words(
        outcome: Outcome, number: int, said: list[tuple[str, str]], where: str
    ) -> None:
        outcome.doubled[where] += len(said) - len(set(said))
        outcome.crossed += [
            f"{word} {of} with {number} in {where}" for word, of in said if of != str(number)
        ]
