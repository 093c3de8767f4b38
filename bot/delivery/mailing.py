"""Sends the mails with codes that wait, and tries again where that may help."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.chat.markup import Raw
from bot.chat.measuring import NO_METER, Meter
from bot.chat.ports import Clock
from bot.chat.troubles import Troubles
from bot.delivery.waking import wait_first
from bot.mail import Letter, LetterLinks, MailError, MailTransport
from bot.store import Database
from bot.store.email_codes import VALID_FOR, CodeMail
from bot.store.outages import OUTAGES
from bot.translating import translator

POLL: Final = 1.0
"""Seconds between two looks: somebody waits for this mail."""
RETRIES: Final = (
    timedelta(seconds=20),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
)
"""Waits after failures in a row; then the mail is given up."""

ALARMING: Final = 3
"""Failures in a row of the server, not of an address, that somebody should hear of."""

_log = structlog.get_logger(__name__)


class Mailing:
    """One task a process; several processes share the work through the rows' leases."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        transport: MailTransport,
        meter: Meter = NO_METER,
        troubles: Troubles | None = None,
        links: LetterLinks | None = None,
    ) -> None:
        self._links = links
        self._meter = meter
        self._troubles = troubles or Troubles()
        self._failures = 0
        self._database = database
        self._clock = clock
        self._transport = transport

    async def run(self, stop: asyncio.Event) -> None:
        """Send until ``stop`` is set."""
        while not stop.is_set():
            try:
                await self.send_due()
            except OUTAGES as error:
                _log.warning("mail.database", error=type(error).__name__)
            await wait_first(self._clock, POLL, stop)

    async def send_due(self) -> int:
        """Send what is due now; returns how many letters left."""
        now = self._clock.now()
        letters: list[tuple[CodeMail, Letter]] = []
        async with self._database.begin() as store:
            for mail in await store.email_codes.claim(now):
                mark = await store.letters.mark(mail.email, now)
                if await store.letters.has_refused(mark, "code"):
                    await store.email_codes.give_up(mail.id)
                else:
                    letters.append((mail, code_letter(mail, self._links, mark, now)))
        outcomes = await asyncio.gather(*(self._send(*each) for each in letters))
        return sum(outcomes)

    async def _send(self, mail: CodeMail, letter: Letter) -> bool:
        retry_in: timedelta | None = None
        is_given_up = False
        try:
            await self._transport.send(letter)
        except MailError as error:
            is_given_up = error.is_final or mail.attempts > len(RETRIES)
            retry_in = None if is_given_up else RETRIES[mail.attempts - 1]
            _log.warning("mail.failed", mail=mail.id, reason=str(error), is_given_up=is_given_up)
            self._meter.count("mails", outcome="given_up" if is_given_up else "failed")
            self._failures += not error.is_final
            if self._failures >= ALARMING:
                self._troubles.report("mailbox")
        async with self._database.begin() as store:
            if is_given_up:
                await store.email_codes.give_up(mail.id)
            else:
                await store.email_codes.settle(mail.id, self._clock.now(), retry_in=retry_in)
        if retry_in is None and not is_given_up:
            _log.info("mail.sent", mail=mail.id)
            self._meter.count("mails", outcome="sent")
            self._failures = 0
            self._troubles.settle("mailbox")
            return True
        return False


def code_letter(
    mail: CodeMail, links: LetterLinks | None = None, mark: str = "", now: datetime | None = None
) -> Letter:
    """What the mail says, in the language of the one who asked for it.

    ``mark`` stands for the address, for the link that ends such mails.
    """
    _ = translator(mail.language)
    code = f"{mail.code[:3]} {mail.code[3:]}"
    subject = _("Your code for the soil pollution network")
    if links is None or now is None:
        text = _(
            "Hello,\n\n"
            "your code for the International Network on Soil Pollution (INSOP) is:\n\n"
            "    {code}\n\n"
            "It counts for ten minutes. Give it to the assistant in the chat where you joined. "
            "Nobody of the network will ever ask you for it.\n\n"
            "If you did not ask for this mail, please ignore it; without the code nothing "
            "happens.\n",
            code=code,
        )
        return Letter(to=mail.email, subject=subject, text=text, language=mail.language)
    stop = links.stop("code", mark, now, mail.language)
    text = _(
        "Hello,\n\n"
        "your code for the International Network on Soil Pollution (INSOP) is:\n\n"
        "    {code}\n\n"
        "It counts for ten minutes. Give it to the assistant in the chat where you joined, or "
        "open this page and press its button:\n\n"
        "{page}\n\n"
        "Nobody of the network will ever ask you for the code.\n\n"
        "If you did not ask for this mail, please ignore it; without the code or the button "
        "nothing happens. If you want no such mails any more:\n{stop}\n",
        code=code,
        page=Raw(links.confirm(mail.id, mail.attempts, now + VALID_FOR, mail.language)),
        stop=Raw(stop),
    )
    return Letter(to=mail.email, subject=subject, text=text, language=mail.language, stop=stop)
