"""The words of a place, and the link to join that may stand among them.

Links to join are for some readers only, so whatever looks like one is taken out of the place:
with a scheme or without (``zoom.us/j/1``, ``teams.microsoft.com/l/…``, ``meet.example:8443/a``).
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

_HOSTS: Final = (
    r"zoom\.(?:us|com)|google\.com|microsoft\.com|live\.com|webex\.com|whereby\.com|jit\.si|"
    r"gotomeeting\.com|goto\.com|bluejeans\.com|skype\.com"
)
"""Where meetings are, however somebody's telephone spells them."""
_END: Final = r"[^\s.,;:!?)\]>»\"']"
_BARE: Final = (
    # host.tld and a path; a last label all small or all large tells it from "St.Peter/…".
    r"(?<![\w@.-])(?:[a-z][a-z0-9+.-]*:/{0,2})?"
    rf"(?:(?:[^\W_][\w-]{{0,62}}\.)*(?:{_HOSTS})|"
    r"(?:[^\W_][\w-]{0,62}\.)+(?-i:[a-z\u00a1-\uffff]{2,24}|[A-Z]{2,24}))(?::\d{1,5})?"
    rf"[/?#]\S*{_END}"
)
_LINK: Final = re.compile(rf"https?://\S*{_END}|www\.\S*{_END}|{_BARE}", re.IGNORECASE)
_SCHEME: Final = re.compile(r"^(?!https?://)[a-z][a-z0-9+.-]*:(?!\d)/{0,2}", re.IGNORECASE)
_AROUND: Final = " .,;:()[]<>-–—·|/"
"""Signs that are left between a place and its link."""


def place_and_link(text: str) -> tuple[str, str | None]:
    """The words of a place, and the first address among them; other addresses are left out."""
    links = [link for found in _LINK.findall(text) if is_address(link := whole_address(found))]
    if not links:
        return text, None
    words = " ".join(_LINK.sub(" ", text).split())
    return words.strip(_AROUND), links[0]


def words_of(place: str) -> str:
    """A place as everybody may read it."""
    return place_and_link(place)[0]


def whole_address(text: str) -> str:
    """What was meant by an address: ``https://`` where somebody left it out."""
    if text.lower().startswith(("https://", "http://")):
        return text
    bare = _SCHEME.sub("", text)
    return f"https://{bare}" if _LINK.fullmatch(bare) else text


def is_address(text: str) -> bool:
    """Whether it is a link that people can open."""
    if " " in text or not text.lower().startswith(("https://", "http://")):
        return False
    try:
        return bool(urlsplit(text).hostname)
    except ValueError:
        return False
