"""A draft of an article in the authors' format: written from a form, and read back into it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from knowledge.front_matter import FENCE, ID_LIMIT, BrokenFile, parse
from knowledge.model import Collection
from knowledge.search.normalise import words
from knowledge.templates import quoted

_SMALL_WORDS: Final = frozenset({"a", "an", "the", "of", "in", "on", "for", "to", "and", "is"})
_OWN: Final = "Q"
"""Before the number of a source that came with a draft: Q12, Q12b."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the form asks for; ``sources`` as written, one a line."""

    title: str
    topic: str
    short: str
    questions: tuple[str, ...]
    sources: str

    @property
    def name(self) -> str:
        """An id made of the title's words."""
        parts = [word for word in words(self.title) if word.isascii() and word not in _SMALL_WORDS]
        name = ""
        for part in parts:
            longer = f"{name}-{part}" if name else part
            if len(longer) > ID_LIMIT - 4:
                break
            name = longer
        return name or "own-article"


def compose(
    draft: Draft, name: str, question: int, today: date, collection: Collection
) -> tuple[str, tuple[dict[str, str], ...]]:
    """The English file, and the sources that it brings along."""
    ids: list[str] = []
    own: list[dict[str, str]] = []
    for line in filter(None, map(str.strip, draft.sources.split("\n"))):
        if line in collection.sources:
            ids.append(line)
            continue
        source = _source(line, f"{_OWN}{question}{'bcdefgh'[len(own) - 1 : len(own)]}", today)
        ids.append(source["id"])
        own.append(source)
    listed = "".join(f"    {quoted(_line(text))},\n" for text in draft.questions)
    content = f"""{FENCE}
id = {quoted(name)}
title = {quoted(_line(draft.title))}
topic = {quoted(draft.topic)}
audience = ["everyone"]
questions = [
{listed}]
short = {quoted(_line(draft.short))}
steps = []
sources = [{", ".join(quoted(each) for each in ids)}]
related = []
last_review = {today.isoformat()}
urgent = false
{FENCE}
"""
    return content, tuple(own)


def read_back(content: str) -> Draft:
    """The form's values of a composed file."""
    data = tomllib.loads(content.split(FENCE)[1])
    return Draft(
        title=str(data["title"]),
        topic=str(data["topic"]),
        short=str(data["short"]),
        questions=tuple(data["questions"]),
        sources="\n".join(data["sources"]),
    )


def faults_of(content: str, name: str) -> list[str]:
    """What keeps the file from being served, in the authors' words."""
    try:
        parse(content, Path("en") / f"{name}.md", "en")
    except BrokenFile as error:
        return [problem.message for problem in error.problems]
    return []


def sources_toml(sources: tuple[dict[str, str], ...]) -> str:
    """The entries as they stand in ``sources.toml``."""
    return "".join(
        "[[source]]\n"
        + "".join(
            f"{key} = {value if key == 'checked' else quoted(value)}\n"
            for key, value in source.items()
        )
        + "\n"
        for source in sources
    )


def _source(line: str, number: str, today: date) -> dict[str, str]:
    """``organisation; title; year; address``, as much of it as there is."""
    parts = [_line(part) for part in line.split(";")]
    address = next((part for part in parts if part.startswith(("http://", "https://"))), "")
    year = next((part for part in parts if re.fullmatch(r"\d{4}", part)), str(today.year))
    others = [part for part in parts if part and part not in (address, year)]
    found = {
        "id": number,
        "title": others[1] if len(others) > 1 else others[0] if others else line,
        "organisation": others[0] if others else "INSOP",
        "year": year,
        "checked": today.isoformat(),
    }
    return {**found, "url": address} if address else found


def _line(text: str) -> str:
    """One line without control signs, which TOML's strings may not hold."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
