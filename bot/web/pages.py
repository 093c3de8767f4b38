"""A page of a few words and at most one button: no script, nothing from elsewhere, no cookie."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from html import escape
from typing import Final

from aiohttp import web

from bot.chat.markup import plain
from bot.chat.turn import Translate
from bot.translating import direction

_STYLE: Final = (
    "body{font:1.1rem system-ui;max-width:34rem;margin:4rem auto;padding:0 1rem}"
    "button{font:inherit;padding:.6rem 1.2rem}"
)
_DIGEST: Final = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode("ascii")
_HEADERS: Final = {
    # The one style is named by its digest, so that no other can be put in (CSP Level 3, 2.3.1).
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_DIGEST}'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """``text`` is markup; ``to`` is where the button sends its POST, empty for the page itself."""

    text: str
    button: str = ""
    to: str = ""


def plain_page(page: PageText, _: Translate, *, status: int = 200) -> web.Response:
    """The page in the language of ``_``; Arabic runs from right to left."""
    said = "".join(f"<p>{escape(part)}</p>" for part in plain(page.text).split("\n\n") if part)
    action = f' action="{escape(page.to)}"' if page.to else ""
    form = (
        f'<form method="post"{action}><button>{escape(plain(page.button))}</button></form>'
        if page.button
        else ""
    )
    html = (
        f'<!doctype html><html lang="{escape(_.language)}" dir="{direction(_.language)}">'
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>INSOP</title><style>{_STYLE}</style>{said}{form}</html>"
    )
    return web.Response(text=html, content_type="text/html", status=status, headers=_HEADERS)
