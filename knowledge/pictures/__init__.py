"""Practice pictures: drawn once, lettered in six languages, read as PNG while the bot runs.

``<name>.svg`` is the drawing, ``<name>.toml`` its words and the alternative text by language, and
``rendered/<language>/<name>.png`` what is sent. ``make pictures`` renders them anew.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from knowledge.model import LANGUAGES

FOLDER: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture in one language; ``alt`` says in words what it shows."""

    name: str
    language: str
    title: str
    alt: str
    path: Path
    is_reviewed: bool
    """Whether a native reader has read the words; English is the original."""

    def read(self) -> bytes:
        """The PNG; raises ``OSError`` where it has gone since the start."""
        return self.path.read_bytes()


@dataclass(frozen=True)
class Pictures:
    """The pictures that are there in every language; ``faults`` names what keeps others out."""

    by_name: Mapping[str, Mapping[str, Picture]]
    faults: tuple[tuple[str, str], ...] = ()
    """The file, and what is wrong with it."""

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Self:
        """The pictures of a folder."""
        found: dict[str, Mapping[str, Picture]] = {}
        faults = []
        for path in sorted(folder.glob("*.toml")):
            try:
                words = tomllib.loads(path.read_text(encoding="utf-8"))
                found[path.stem] = {
                    language: _picture(path, words.get(language, {}), language)
                    for language in LANGUAGES
                }
            except (OSError, ValueError) as error:
                faults.append((f"pictures/{path.name}", str(error)))
        return cls(by_name=found, faults=tuple(faults))

    def find(self, name: str, language: str) -> Picture | None:
        """The picture in ``language``, or None where there is none of that name."""
        languages = self.by_name.get(name)
        return None if languages is None else languages.get(language, languages["en"])


def _picture(path: Path, words: Mapping[str, Any], language: str) -> Picture:
    rendered = path.parent / "rendered" / language / f"{path.stem}.png"
    for key in ("title", "alt"):
        if not isinstance(words.get(key), str) or not words[key].strip():
            raise ValueError(f"{language} lacks {key!r}")
    if not rendered.is_file():
        raise ValueError(f"it is not rendered in {language}; run `make pictures`")
    return Picture(
        name=path.stem,
        language=language,
        title=words["title"],
        alt=words["alt"],
        path=rendered,
        is_reviewed=language == "en" or words.get("reviewed") is True,
    )
