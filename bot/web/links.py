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
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from typing import Final

import structlog
from aiohttp import web

from bot.chat.ports import Clock
from bot.chat.turn import Translate
from bot.translating import supported, translator
from bot.web.server import WebServer

_log = structlog.get_logger(__name__)

_SIGNATURE: Final = 16
"""Bytes of the HMAC that a link carries: 128 bits."""
_MOST: Final = 256
"""Characters of a token that are looked at."""
_HEAD: Final = struct.Struct(">I")


class BadLink(Exception):
    """A token that this installation did not make, or that is too old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPage:
    """What a kind of link does. ``act`` returns what to tell; it must bear being repeated."""

    ask: Callable[[Translate], str]
    button: Callable[[Translate], str]
    act: Callable[[str, Translate], Awaitable[str]]


class Links:
    """Makes and opens links. ``key`` from ``store.site_keys``."""

    def __init__(self, key: bytes, *, public_url: str | None, clock: Clock) -> None:
        self._key = key
        self._public_url = public_url
        self._clock = clock
        self._pages: dict[str, LinkPage] = {}

    def add(self, purpose: str, page: LinkPage) -> None:
        """Say what links of a purpose do; raises ``ValueError`` where that is said already."""
        if purpose in self._pages:
            raise ValueError(f"{purpose!r} is taken already")
        self._pages[purpose] = page

    def add_to(self, server: WebServer) -> None:
        """Register the pages, at ``/l/<purpose>/<token>``."""
        server.add_get("/l/{purpose}/{token}", self._show)
        server.add_post("/l/{purpose}/{token}", self._act)

    def url(self, purpose: str, subject: str, expires: datetime) -> str | None:
        """The link, or None where the settings name no address for people."""
        if self._public_url is None:
            return None
        return f"{self._public_url}/l/{purpose}/{self.token(purpose, subject, expires)}"

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
        _ = _language(request)
        page, _subject = self._open(request)
        if page is None:
            return _page(_, _("This link does not count any more."), status=404)
        form = f'<form method="post"><button>{escape(page.button(_))}</button></form>'
        return _page(_, page.ask(_), extra=form)

    async def _act(self, request: web.Request) -> web.Response:
        _ = _language(request)
        page, subject = self._open(request)
        if page is None:
            return _page(_, _("This link does not count any more."), status=404)
        told = await page.act(subject, _)
        _log.info("web.link_used", purpose=request.match_info["purpose"])
        return _page(_, told)

    def _open(self, request: web.Request) -> tuple[LinkPage | None, str]:
        purpose = request.match_info["purpose"]
        try:
            return self._pages[purpose], self.subject(purpose, request.match_info["token"])
        except (KeyError, BadLink):
            return None, ""


def unsubscribe_headers(url: str) -> dict[str, str]:
    """What a mail carries so that its reader's mail program offers one click (RFC 8058, 3.1)."""
    return {
        "List-Unsubscribe": f"<{url}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode("ascii").rstrip("=")


def _decode(token: str) -> bytes:
    if len(token) > _MOST or not token.isascii():
        raise ValueError("not a token")
    return base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)


def _language(request: web.Request) -> Translate:
    """The first language of the browser that we have."""
    for part in request.headers.get("Accept-Language", "")[:200].split(","):
        if language := supported(part.partition(";")[0].strip()):
            return translator(language)
    return translator("en")


def _page(_: Translate, text: str, *, extra: str = "", status: int = 200) -> web.Response:
    direction = "rtl" if _.language == "ar" else "ltr"
    html = (
        f'<!doctype html><html lang="{_.language}" dir="{direction}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>INSOP</title>'
        "<style>body{font:1.1rem system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem}"
        "button{font:inherit;padding:.6rem 1.2rem}</style>"
        f"<p>{escape(text)}</p>{extra}</html>"
    )
    return web.Response(text=html, content_type="text/html", status=status)
