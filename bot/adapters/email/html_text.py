"""HTML mail as plain text, by inscriptis on a tree that was pruned first.

Gone are what no reader sees, the quotations that mail programs mark as such, and the styles,
which may ask for margins of any size. Layout tables become lines.
"""

from __future__ import annotations

import re
from typing import Any, Final

from inscriptis import Inscriptis
from inscriptis.model.config import ParserConfig
from lxml.html import HTMLParser, document_fromstring

HTML_LIMIT: Final = 400_000
"""Characters of HTML that are read."""

_DROPPED: Final = frozenset(
    {"head", "script", "style", "title", "meta", "link", "object", "iframe", "svg", "template"}
)
_QUOTES: Final = re.compile(
    r"(?:^|\s)(?:gmail_quote|gmail_quote_container|gmail_attr|yahoo_quoted|moz-cite-prefix|protonmail_quote"
    r"|zmail_extra|OutlookMessageHeader|tutanota_quote|qmbox)(?:\s|$)"
)
_QUOTE_IDS: Final = frozenset(
    {"appendonsend", "divRplyFwdMsg", "mail-editor-reference-message-container"}
)
_FLAT: Final = {
    "table": "div", "tbody": "div", "thead": "div", "tfoot": "div", "tr": "div",
    "td": "span", "th": "span", "pre": "div", "center": "div",
}  # fmt: skip
_TAG: Final = re.compile(r"<[^<>]{0,2000}>")


def html_to_text(html: str, *, with_quotes: bool = False) -> str:
    """The text; of HTML that no parser takes, what stands outside the tags."""
    html = html[:HTML_LIMIT].replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    try:
        text = _render(html, with_quotes)
    except Exception:  # lxml and inscriptis raise of many kinds on what people send.
        text = ""
    return _tidy(text) or _tidy(_TAG.sub(" ", html))


def _render(html: str, with_quotes: bool) -> str:
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    tree = document_fromstring(html.encode("utf-8"), parser=parser)
    for element in list(tree.iter()):
        if _is_dropped(element) or (not with_quotes and _is_quote(element)):
            _drop(element)
            continue
        element.attrib.pop("style", None)
        name = element.tag if isinstance(element.tag, str) else ""
        if name in ("td", "th"):
            element.tail = " " + (element.tail or "")
        element.tag = _FLAT.get(name, element.tag)
    return str(Inscriptis(tree, ParserConfig(display_links=False)).get_text())


def _is_dropped(element: Any) -> bool:
    return not isinstance(element.tag, str) or element.tag in _DROPPED


def _is_quote(element: Any) -> bool:
    if element.tag == "blockquote" and element.get("type") == "cite":
        return True
    if element.get("id") in _QUOTE_IDS:
        # Outlook puts the quoted mail behind this mark, not inside it.
        for sibling in list(element.itersiblings()):
            _drop(sibling)
        return True
    return bool(_QUOTES.search(element.get("class") or ""))


def _drop(element: Any) -> None:
    """Take an element out, but not the text behind it."""
    parent = element.getparent()
    if parent is None:
        return
    tail = element.tail
    element.tail = None
    if tail:
        before = element.getprevious()
        if before is None:
            parent.text = (parent.text or "") + tail
        else:
            before.tail = (before.tail or "") + tail
    parent.remove(element)


def _tidy(text: str) -> str:
    lines = [" ".join(line.split()) for line in text.replace("\xa0", " ").split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


__all__ = ["HTML_LIMIT", "html_to_text"]
