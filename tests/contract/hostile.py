"""Texts that have broken chat bots before."""

from __future__ import annotations

from typing import Final

HOSTILE_TEXTS: Final[dict[str, str]] = {
    "empty": "",
    "blank": " \n\t ",
    "only-emoji": "🌱🌍👩🏽‍🌾🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "lone-surrogate": "soil \ud83c sample \udf31",
    "only-surrogate": "\ud800",
    "rtl-override": "\u202egnp.exe\u202c \u2067abc\u2069",
    "arabic": "كيف آخذ عينة من **التربة**؟",
    "zero-width": "\u200b\u200d\u2060\ufeff",
    "controls": "a\x00b\x07c\x1b[31md",
    "nested-markup": "**bold *italic `code **x** ` [a](https://x.org) *" * 20,
    "unclosed-markup": "**never closed [label](https://example.org `tick *star",
    "many-stars": "*" * 3000,
    "deep-brackets": "[" * 1500 + "]" * 1500,
    "script-link": "[press](javascript:alert(1)) [me](tg://user?id=1)",
    "html": "<b>&amp;<script>alert(1)</script></b>",
    "everyone": "@everyone @here <@1> <@&2> <#3>",
    "combining": "e" + "\u0301" * 2000,
    "one-line-of-emoji": "🧪" * 5000,
    "one-megabyte": "soil " * 200_000,
    "one-megabyte-of-stars": "**" * 500_000,
}
"""By a short name, which is also the test's id."""
