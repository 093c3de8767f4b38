"""Takes secrets out of whatever is logged: texts, values, exceptions and their tracebacks.

Two nets. The first knows this installation's own secrets by their text, in the forms in which
they may appear (plain, and quoted for a URL). The second knows what tokens look like, for those
that nobody has told us.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, Final
from urllib.parse import quote

from pydantic import BaseModel, SecretStr

MASK: Final = "***"
SHORTEST: Final = 6
"""Characters below which a secret is not looked for by its text: it would mask ordinary words."""

_LEAST: Final = 16
"""Characters of the shortest text that can hold what ``_LOOKS`` finds."""

_LOOKS: Final = (
    # Telegram: number, colon, 35 characters; alone or in a URL of the Bot API.
    re.compile(r"\b\d{6,12}:[A-Za-z0-9_-]{30,}"),
    re.compile(r"(?<=/bot)\d+:[A-Za-z0-9_-]+"),
    # Discord: three parts of base64url.
    re.compile(r"\b[A-Za-z0-9_-]{23,28}\.[A-Za-z0-9_-]{6,7}\.[A-Za-z0-9_-]{27,}"),
    # Interaction tokens and webhooks of Discord in its addresses.
    re.compile(r"(?<=/webhooks/)\d+/[A-Za-z0-9_.-]+"),
    re.compile(r"(?<=/interactions/)\d+/[A-Za-z0-9_.-]+"),
    # A password in the address of a server.
    re.compile(r"(?<=://)[^\s/:@]*:[^\s/@]+(?=@)"),
    # What stands in headers.
    re.compile(r"(?i)(?<=authorization: )\S+( \S+)?"),
    re.compile(r"(?i)\b(?:Bot|Bearer) [A-Za-z0-9_.-]{20,}"),
    # Addresses that open something by themselves.
    re.compile(r"(?<=/calendar/)[A-Za-z0-9_-]{8,}"),
    re.compile(r"(?<=/l/)[a-z]+/[A-Za-z0-9_-]{8,}"),
)


class Redactor:
    """Masks secrets in texts; ``SecretStr`` values are masked by pydantic already."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {form for secret in secrets for form in _forms(secret)}
        # The longest first, so that no part of one is left behind by another.
        ordered = sorted(known, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def text(self, text: str) -> str:
        """``text`` without any secret."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        if len(text) >= _LEAST:
            for look in _LOOKS:
                text = look.sub(MASK, text)
        return text

    def value(self, value: Any) -> Any:
        """Texts in lists and mappings too; what is no text stays, unless it shows one."""
        match value:
            case str():
                return self.text(value)
            case bool() | int() | float() | None:
                return value
            case Mapping():
                return {self.value(key): self.value(part) for key, part in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.value(part) for part in value]
            case _:
                return self.text(str(value))

    def processor(
        self, _logger: Any, _method: str, line: MutableMapping[str, Any]
    ) -> MutableMapping[str, Any]:
        """For structlog: every value of the line but a live exception, which comes as text."""
        for key, value in line.items():
            if key != "exc_info":
                line[key] = self.value(value)
        return line


class RedactingFormatter(logging.Formatter):
    """For the loggers of libraries: the whole line, tracebacks included."""

    def __init__(self, redactor: Redactor) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s")
        self._redactor = redactor

    def format(self, record: logging.LogRecord) -> str:
        """The line without any secret."""
        return self._redactor.text(super().format(record))


def secrets_of(settings: BaseModel) -> set[str]:
    """Every ``SecretStr`` of the settings, and the password in the database's address."""
    found: set[str] = set()
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, BaseModel):
            found |= secrets_of(value)
        elif isinstance(value, SecretStr):
            text = value.get_secret_value()
            password = re.search(r"://[^\s/:@]*:([^\s/@]+)@", text)
            if "://" not in text:
                found.add(text)
            elif password is not None:
                found.add(password.group(1))
    return found


def _forms(secret: str) -> set[str]:
    if len(secret) < SHORTEST:
        return set()
    return {secret, quote(secret, safe=""), quote(secret), repr(secret)[1:-1]}
