"""Articles that were parsed before, so that a start does not read a thousand files' front matter.

One JSON file in the cache folder: for each article file its size, time of change and content. An
entry counts only while size and time are the same; a damaged cache counts as none.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, Final

from knowledge.front_matter import ArticleFile, Front
from knowledge.model import ArticleText

VERSION: Final = 2
"""Raised whenever the fields or the rules of the front matter change."""

NAME: Final = "articles.json"


class ParsedArticles:
    """Known article files; ``keep`` new ones, then ``write``."""

    def __init__(self, folder: Path | None) -> None:
        self._path = None if folder is None else folder / NAME
        self._known = _read(self._path)
        self._kept: dict[str, Any] = {}
        self._has_news = False

    def get(self, path: Path) -> ArticleFile | None:
        """The content of a file that has not changed, or None."""
        if self._path is None:
            return None
        entry = self._known.get(str(path))
        if entry is None or entry["stamp"] != _stamp(path):
            return None
        try:
            file = _restore(entry["file"])
        except (KeyError, TypeError, ValueError):
            return None
        self._kept[str(path)] = entry
        return file

    def keep(self, path: Path, file: ArticleFile) -> None:
        """Remember a file that was parsed now."""
        if self._path is not None:
            self._kept[str(path)] = {"stamp": _stamp(path), "file": asdict(file)}
            self._has_news = True

    def write(self) -> None:
        """Store what is known now; a disk that refuses costs the next start some time only."""
        if self._path is None or (not self._has_news and len(self._kept) == len(self._known)):
            return
        temporary = None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            content = json.dumps({"version": VERSION, "files": self._kept}, default=_iso)
            with tempfile.NamedTemporaryFile(
                "w", dir=self._path.parent, suffix=".tmp", delete=False, encoding="utf-8"
            ) as file:
                temporary = Path(file.name)
                file.write(content)
            temporary.replace(self._path)
        except OSError:
            if temporary is not None:
                temporary.unlink(missing_ok=True)


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return dict(data["files"]) if data["version"] == VERSION else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _stamp(path: Path) -> list[int]:
    status = path.stat()
    return [status.st_size, status.st_mtime_ns]


def _iso(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _restore(data: dict[str, Any]) -> ArticleFile:
    text = data["text"]
    front = data["front"]
    return ArticleFile(
        id=data["id"],
        text=ArticleText(
            **{**text, "questions": tuple(text["questions"]), "steps": tuple(text["steps"])}
        ),
        front=front
        and Front(
            **{
                **front,
                **{key: tuple(front[key]) for key in ("audience", "sources", "related")},
                "last_review": date.fromisoformat(front["last_review"]),
            }
        ),
    )
