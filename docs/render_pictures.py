"""Draws what Telegram and Discord would show of one answer, from the real payloads.

Development only: needs Chromium. The payloads come from the adapters' own renderers
(``bot.commands.preview``); the page around them imitates the look of each application.

    python docs/render_pictures.py how-to-join
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bot.app import Standalone, build_library
from bot.commands.preview import discord_payloads, telegram_payloads
from bot.config import load
from bot.translating import translator

OUTPUT = Path(__file__).parent / "pictures"
STYLE = """
body { margin: 0; font: 15px/1.4 'Noto Sans', sans-serif; }
.telegram { width: 430px; padding: 24px; background: #cfe0c3; }
.bubble { background: #fff; border-radius: 14px; padding: 10px 14px; white-space: pre-wrap; }
.keys { display: grid; gap: 4px; margin-top: 4px; }
.keys div { display: flex; gap: 4px; }
.keys span { flex: 1; text-align: center; background: rgba(70,100,60,.55); color: #fff;
  border-radius: 8px; padding: 8px 4px; font-size: 14px; }
.discord { width: 560px; padding: 24px; background: #313338; color: #dbdee1; }
.name { color: #f2f3f5; font-weight: 600; margin-bottom: 4px; }
.app { background: #5865f2; color: #fff; font-size: 10px; border-radius: 3px; padding: 1px 4px; }
.embed { background: #2b2d31; border-left: 4px solid #6b4f2a; border-radius: 4px; }
.embed { padding: 12px 16px; white-space: pre-wrap; }
.embed b.title { display: block; color: #f2f3f5; margin-bottom: 6px; }
.embed small { display: block; margin-top: 8px; color: #b5bac1; }
.row { display: flex; gap: 8px; margin-top: 8px; }
.row span { background: #4e5058; color: #fff; border-radius: 4px; padding: 6px 14px; }
.row span.primary { background: #5865f2; }
"""


def main() -> int:
    """Write telegram.png and discord.png of one article's answer."""
    article = sys.argv[1] if len(sys.argv) > 1 else "how-to-join"
    messages = Standalone(build_library(load()), translator).preview(article, "en")
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if messages is None or browser is None:
        print("Needs an article's id, and Chromium.", file=sys.stderr)
        return 1
    pages = {
        "telegram": (telegram_page(telegram_payloads(messages[:1])[0]), "478,518"),
        "discord": (discord_page(discord_payloads(messages[:1])[0]), "608,505"),
    }
    for name, (page, size) in pages.items():
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / "page.html"
            source.write_text(page, encoding="utf-8")
            subprocess.run(
                [
                    browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
                    "--disable-background-networking", f"--user-data-dir={folder}/profile",
                    f"--window-size={size}", f"--screenshot={OUTPUT / name}.png", str(source),
                ],
                check=True, capture_output=True,
            )  # fmt: skip
    return 0


def telegram_page(payload: dict[str, Any]) -> str:
    """A chat bubble from ``sendMessage``: entities are cut in UTF-16 units, as Telegram does."""
    units = payload["text"].encode("utf-16-le")
    tags = {"bold": "b", "italic": "i", "code": "code"}
    marks: list[tuple[int, int, str]] = []
    for entity in payload.get("entities", ()):
        tag = tags.get(entity["type"])
        if tag:
            marks.append((entity["offset"], 1, f"<{tag}>"))
            marks.append((entity["offset"] + entity["length"], 0, f"</{tag}>"))
    pieces, position = [], 0
    for offset, _, mark in sorted(marks):
        pieces.append(html.escape(units[position * 2 : offset * 2].decode("utf-16-le")) + mark)
        position = offset
    pieces.append(html.escape(units[position * 2 :].decode("utf-16-le")))
    rows = payload.get("reply_markup", {}).get("inline_keyboard", [])
    keys = "".join(
        "<div>" + "".join(f"<span>{html.escape(key['text'])}</span>" for key in row) + "</div>"
        for row in rows
    )
    return page(
        f'<div class="telegram"><div class="bubble">{"".join(pieces)}</div>'
        f'<div class="keys">{keys}</div></div>'
    )


def discord_page(payload: dict[str, Any]) -> str:
    """A message with an embed and its components."""
    embed = payload["embeds"][0]
    description = inline(embed.get("description", ""))
    footer = embed.get("footer", {}).get("text", "")
    rows = "".join(
        '<div class="row">'
        + "".join(
            f'<span class="{"primary" if part.get("style") == 1 else ""}">'
            f"{html.escape(part.get('label') or '')}</span>"
            for part in row["components"]
        )
        + "</div>"
        for row in payload.get("components", ())
    )
    return page(
        '<div class="discord"><div class="name">INSOP assistant <span class="app">APP</span></div>'
        f'<div class="embed"><b class="title">{html.escape(embed.get("title", ""))}</b>'
        f"{description}<small>{html.escape(footer)}</small></div>{rows}</div>"
    )


def inline(markdown: str) -> str:
    """Discord's bold and italics, and its escapes."""
    import re

    text = html.escape(markdown, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", text)
    text = re.sub(r"(?<![\\*])\*(?!\*)(.+?)(?<!\\)\*", r"<i>\1</i>", text)
    return re.sub(r"\\([\\*_`~|>\[\]().#-])", r"\1", text)


def page(body: str) -> str:
    """The whole page."""
    return f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{body}'


if __name__ == "__main__":
    sys.exit(main())
