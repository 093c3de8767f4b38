"""The links that stand in letters, and the pages behind them, put together."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.app import App
from bot.commands.letter_pages import ConfirmPage, ResumePage, StopPage
from bot.mail import LetterKind
from bot.store.letters import KEY
from bot.web.links import Links

CONFIRM: Final = "confirm"
STOP: Final = "stop"
RESUME: Final = "resume"
LASTS: Final = timedelta(days=730)
"""How long a mail's word on stopping counts; people keep mails for years."""
STEP: Final = 86400 * 30
"""Seconds in which such links stay the same, so that a mail sent again is a true copy."""


class SignedLinks:
    """``bot.mail.LetterLinks``; only where the settings name an address for people."""

    def __init__(self, links: Links) -> None:
        self.links = links

    def confirm(self, number: int, attempt: int, expires: datetime, language: str) -> str:
        """See ``LetterLinks``."""
        return self._url(CONFIRM, f"{number}.{attempt}", expires, language)

    def stop(self, kind: LetterKind, mark: str, now: datetime, language: str) -> str:
        """See ``LetterLinks``."""
        until = int((now + LASTS).timestamp())
        expires = datetime.fromtimestamp(until - until % STEP, now.tzinfo)
        return self._url(STOP, f"{kind}:{mark}", expires, language)

    def _url(self, purpose: str, subject: str, expires: datetime, language: str) -> str:
        url = self.links.url(purpose, subject, expires, language)
        assert url is not None
        return url


async def letter_links(app: App) -> SignedLinks | None:
    """None without ``[web] public_url``: then letters hold what they always held."""
    public_url = app.settings.web.public_url
    if public_url is None:
        return None
    async with app.database.begin() as store:
        key = await store.site_keys.get(KEY, app.clock.now())
    links = Links(key, public_url=public_url, clock=app.clock)

    def other(purpose: str, subject: str) -> tuple[str, str]:
        return purpose, links.token(purpose, subject, app.clock.now() + LASTS)

    links.add(CONFIRM, ConfirmPage(app))
    links.add(STOP, StopPage(app, lambda subject: other(RESUME, subject)))
    links.add(RESUME, ResumePage(app, lambda subject: other(STOP, subject)))
    return SignedLinks(links)
