"""Signed links in mails: confirm an address, stop mails with one click (RFC 8058).

A link says what it is for and about whom, and carries a signature that only this installation
can make. Opening one changes nothing: scanners of mail servers open links too. Only a press of
the page's button, or the mail program's own POST of RFC 8058, does.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Protocol

import structlog
from aiohttp import web

from bot.chat.ports import Clock
from bot.chat.turn import Translate
from bot.middleware import RateLimit
from bot.translating import supported, translator
from bot.web.pages import PageText, plain_page
from bot.web.server import WebServer

_log = structlog.get_logger(__name__)

BODY: Final = 4096
"""Bytes of a press; what a mail program sends by itself is 26."""
PACE: Final = 0.2
BURST: Final = 20
"""Looks at one link, and presses of it, and how many a second when these are used up."""
_SIGNATURE: Final = 16
"""Bytes of the HMAC that a link carries: 128 bits."""
_MOST: Final = 256
"""Characters of a token that are looked at."""
_HEAD: Final = struct.Struct(">I")


class BadLink(Exception):
    """A token that this installation did not make, or that is too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a page says. ``button`` presses this link, or another one: ``purpose`` and token."""

    text: str
    button: str = ""
    other: tuple[str, str] | None = None


class LinkPage(Protocol):
    """What a kind of link does; both return None where it does not count any more."""

    async def show(self, subject: str, _: Translate) -> Shown | None:
        """What to say before the press; changes nothing."""
        ...

    async def act(self, subject: str, _: Translate) -> Shown | None:
        """The press; must bear being repeated."""
        ...


class Links:
    """Makes and opens links. ``key`` from ``store.site_keys``."""

    def __init__(self, key: bytes, *, public_url: str | None, clock: Clock) -> None:
        self._key = key
        self._public_url = public_url
        self._clock = clock
        self._pages: dict[str, LinkPage] = {}
        self._pace = RateLimit(clock, rate=PACE, burst=BURST)

    def add(self, purpose: str, page: LinkPage) -> None:
        """Say what links of a purpose do; raises ``ValueError`` where that is said already."""
        if purpose in self._pages:
            raise ValueError(f"{purpose!r} is taken already")
        self._pages[purpose] = page

    def add_to(self, server: WebServer) -> None:
        """Register the pages, at ``/l/<purpose>/<token>``."""
        server.add_get("/l/{purpose}/{token}", self._show)
        server.add_post("/l/{purpose}/{token}", self._act)

    def url(
        self, purpose: str, subject: str, expires: datetime, language: str | None = None
    ) -> str | None:
        """The link, or None where the settings name no address for people.

        The page speaks ``language``, that of the mail; without one, the browser's.
        """
        if self._public_url is None:
            return None
        token = self.token(purpose, subject, expires)
        asked = f"?l={language}" if language else ""
        return f"{self._public_url.rstrip('/')}/l/{purpose}/{token}{asked}"

    def token(self, purpose: str, subject: str, expires: datetime) -> str:
        """``subject`` must be short and no secret: it can be read out of the token."""
        body = _HEAD.pack(int(expires.timestamp())) + subject.encode()
        return _encode(body + self._sign(purpose, body))

    def subject(self, purpose: str, token: str) -> str:
        """Whom a token is about; raises ``BadLink``."""
        try:
            raw = _decode(token)
        except (ValueError, binascii.Error) as error:
            raise BadLink from error
        body, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
        if not hmac.compare_digest(signature, self._sign(purpose, body)):
            raise BadLink
        if len(body) < _HEAD.size:
            raise BadLink
        expires = datetime.fromtimestamp(_HEAD.unpack_from(body)[0], UTC)
        if expires <= self._clock.now():
            raise BadLink
        return body[_HEAD.size :].decode()

    def _sign(self, purpose: str, body: bytes) -> bytes:
        said = purpose.encode() + b"\0" + body
        return hmac.digest(self._key, said, hashlib.sha256)[:_SIGNATURE]

    async def _show(self, request: web.Request) -> web.Response:
        return await self._answer(request, is_press=False)

    async def _act(self, request: web.Request) -> web.Response:
        if (request.content_length or 0) > BODY:
            return web.Response(status=413)
        return await self._answer(request, is_press=True)

    async def _answer(self, request: web.Request, *, is_press: bool) -> web.Response:
        _ = _language(request)
        purpose = request.match_info["purpose"]
        shown = None
        try:
            page = self._pages[purpose]
            subject = self.subject(purpose, request.match_info["token"])
        except (KeyError, BadLink):
            pass
        else:
            # Guesses cost a digest; only what was made here reaches the database.
            # Looks are counted apart: a scanner that looks often must not keep a reader from
            # pressing, least of all the mail program, which does not try again.
            wait = self._pace.take((purpose, subject, is_press)).wait
            if wait:
                return web.Response(status=429, headers={"Retry-After": str(wait)})
            shown = await (page.act if is_press else page.show)(subject, _)
        if shown is None:
            return plain_page(PageText(text=_("This link does not count any more.")), _, status=404)
        if is_press:
            _log.info("web.link_used", purpose=purpose)
        to = "" if shown.other is None else self._path(*shown.other, _)
        return plain_page(PageText(text=shown.text, button=shown.button, to=to), _)

    def _path(self, purpose: str, token: str, _: Translate) -> str:
        # Relative, so that it holds behind whatever stands in front of the server.
        return f"../{purpose}/{token}?l={_.language}"


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _decode(token: str) -> bytes:
    if len(token) > _MOST or not token.isascii():
        raise ValueError("not a token")
    return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)


def _language(request: web.Request) -> Translate:
    """The mail's, or the first language of the browser that we have."""
    said = request.headers.get("Accept-Language", "")[:200].split(",")
    for part in (request.query.get("l", "")[:8], *said):
        if language := supported(part.partition(";")[0].strip()):
            return translator(language)
    return translator("en")
