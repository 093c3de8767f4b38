"""Reads one article file into its parts, and says exactly where it is broken."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from knowledge.model import (
    AUDIENCES,
    SHORT_LIMIT,
    TOPICS,
    ArticleText,
    Problem,
)

FENCE: Final = "+++"
ID: Final = re.compile(r"^[a-z0-9]+(?:-[a-z0-9]+)*$")
ID_LIMIT: Final = 40
"""Characters in an id: button data holds it together with a verb, in 64 bytes."""
PICTURE_LIMIT: Final = 40
TITLE_LIMIT: Final = 70
STEP_LIMIT: Final = 300

_TEXT_KEYS: Final = frozenset({"id", "title", "questions", "short", "steps"})
_ORIGINAL_KEYS: Final = _TEXT_KEYS | {
    "topic",
    "audience",
    "sources",
    "related",
    "last_review",
    "urgent",
    "picture",
}
_TRANSLATION_KEYS: Final = _TEXT_KEYS | {"translator", "reviewed", "source_digest"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """The fields of a file that belong to the article, not to one language."""

    topic: str
    audience: tuple[str, ...]
    sources: tuple[str, ...]
    related: tuple[str, ...]
    last_review: date
    is_urgent: bool
    picture: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleFile:
    """One file that could be read; ``front`` only in the English original."""

    id: str
    text: ArticleText
    front: Front | None


class BrokenFile(Exception):
    """The file cannot serve; ``problems`` names each fault with its line."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def parse(raw: str, path: Path, language: str) -> ArticleFile:
    """The parts of an article file; raises ``BrokenFile`` with every fault found."""
    reader = _Reader(raw, path)
    data, body = reader.sections()
    is_original = language == "en"
    reader.check_keys(data, _ORIGINAL_KEYS if is_original else _TRANSLATION_KEYS)
    article_id = reader.text(data, "id", limit=ID_LIMIT)
    if article_id and not ID.match(article_id):
        reader.fault("id", "must be lower-case words joined by hyphens")
    if article_id and article_id != path.stem:
        reader.fault("id", f"is {article_id!r}, but the file is named {path.name}")
    text = ArticleText(
        language=language,
        title=reader.text(data, "title", limit=TITLE_LIMIT),
        questions=reader.texts(data, "questions", limit=200, least=1),
        short=reader.text(data, "short", limit=SHORT_LIMIT),
        steps=reader.texts(data, "steps", limit=STEP_LIMIT),
        body=body,
        translator=None if is_original else reader.text(data, "translator", limit=120) or None,
        is_reviewed=is_original or bool(data.get("reviewed", False)),
        source_digest=None if is_original else str(data.get("source_digest", "")) or None,
    )
    front = _front(reader, data) if is_original else None
    if reader.problems:
        raise BrokenFile(reader.problems)
    return ArticleFile(id=article_id, text=text, front=front)


def _front(reader: _Reader, data: Mapping[str, Any]) -> Front:
    topic = reader.text(data, "topic", limit=20)
    if topic and topic not in TOPICS:
        reader.fault("topic", f"{topic!r} is not one of {', '.join(TOPICS)}")
    audience = reader.texts(data, "audience", limit=20, least=1)
    for name in audience:
        if name not in AUDIENCES:
            reader.fault("audience", f"{name!r} is not one of {', '.join(AUDIENCES)}")
    review = data.get("last_review")
    if type(review) is not date:
        reader.fault("last_review", "must be a date such as 2026-11-23, without quotes")
        review = date.min
    if not isinstance(data.get("urgent", False), bool):
        reader.fault("urgent", "must be true or false")
    return Front(
        topic=topic,
        audience=audience,
        sources=reader.texts(data, "sources", limit=20, least=1),
        related=reader.texts(data, "related", limit=ID_LIMIT),
        last_review=review,
        is_urgent=data.get("urgent") is True,
        picture=reader.text(data, "picture", limit=PICTURE_LIMIT) if "picture" in data else None,
    )


class _Reader:
    """Collects faults with their lines while fields are taken out."""

    def __init__(self, raw: str, path: Path) -> None:
        self._lines = raw.lstrip("\ufeff").replace("\r\n", "\n").split("\n")
        self._path = path
        self.problems: list[Problem] = []

    def sections(self) -> tuple[dict[str, Any], str]:
        """Front matter and body; raises ``BrokenFile`` where they cannot be told apart."""
        if not self._lines or self._lines[0].strip() != FENCE:
            raise self._broken(1, f"must begin with a line {FENCE}")
        try:
            end = next(
                number for number, line in enumerate(self._lines[1:], 1) if line.strip() == FENCE
            )
        except StopIteration:
            raise self._broken(1, f"the front matter has no closing line {FENCE}") from None
        try:
            data = tomllib.loads("\n".join(self._lines[1:end]) + "\n")
        except tomllib.TOMLDecodeError as error:
            found = re.search(r"at line (\d+)", str(error))
            line = int(found.group(1)) + 1 if found else end
            reason = re.sub(r" \(at .*\)$", "", str(error))
            raise self._broken(line, f"the front matter is not valid TOML: {reason}") from None
        except RecursionError:
            raise self._broken(end, "the front matter is nested too deeply") from None
        return data, "\n".join(self._lines[end + 1 :]).strip()

    def check_keys(self, data: Mapping[str, Any], known: frozenset[str]) -> None:
        """Name keys that mean nothing."""
        for key in data:
            if key not in known:
                self.fault(key, f"is not a field; known are {', '.join(sorted(known))}")

    def text(self, data: Mapping[str, Any], key: str, *, limit: int) -> str:
        """A required text of at most ``limit`` characters."""
        value = data.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(key, "is missing or not a text")
            return ""
        return self._bounded(key, value.strip(), limit)

    def texts(
        self, data: Mapping[str, Any], key: str, *, limit: int, least: int = 0
    ) -> tuple[str, ...]:
        """A list of texts, each of at most ``limit`` characters."""
        value = data.get(key, [])
        is_list = isinstance(value, list) and all(
            isinstance(part, str) and part.strip() for part in value
        )
        if not is_list or len(value) < least:
            self.fault(key, f"must be a list of at least {least} texts, none of them empty")
            return ()
        return tuple(self._bounded(key, part.strip(), limit) for part in value)

    def fault(self, key: str, message: str) -> None:
        """Note a fault at the line where ``key`` stands."""
        self.problems.append(self._problem(self._line_of(key), f"{key}: {message}"))

    def _bounded(self, key: str, value: str, limit: int) -> str:
        if len(value) > limit:
            self.fault(key, f"has {len(value)} characters; at most {limit} fit")
        return value

    def _line_of(self, key: str) -> int:
        starts: Callable[[str], bool] = re.compile(rf"\s*{re.escape(key)}\s*=").match  # type: ignore[assignment]  # a match is truthy
        return next((number for number, line in enumerate(self._lines, 1) if starts(line)), 1)

    def _problem(self, line: int, message: str) -> Problem:
        return Problem(path=_shown(self._path), line=line, message=message)

    def _broken(self, line: int, message: str) -> BrokenFile:
        return BrokenFile([self._problem(line, message)])


def _shown(path: Path) -> str:
    """``fr/lead.md``: enough to find the file, and no path of the machine."""
    return "/".join(path.parts[-2:])
