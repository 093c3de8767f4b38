"""From files to a ``Collection``: whatever can serve serves, and every fault is named.

A broken English file leaves its article out; a broken translation leaves that language out. In a
reload, ``previous`` lets a broken file keep its last good version.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, Final

from knowledge.contact_file import read_contacts
from knowledge.front_matter import ArticleFile, BrokenFile, parse
from knowledge.model import (
    LANGUAGES,
    Article,
    ArticleText,
    Collection,
    Contact,
    Problem,
    Source,
)
from knowledge.parsed import ParsedArticles
from knowledge.pictures import Pictures

FOLDER: Final = Path(__file__).parent
"""Where the content that comes with the assistant lies."""


def load(
    folder: Path = FOLDER,
    previous: Collection | None = None,
    cache: Path | None = None,
    own: Path | None = None,
) -> Collection:
    """Read articles, sources and contacts; never raises on bad content, see ``problems``.

    ``cache`` is a folder in which parsed articles are kept between starts; ``own`` holds further
    articles and sources, laid out like ``folder``, whose names must not stand in it.
    """
    problems: list[Problem] = []
    parsed = ParsedArticles(cache)
    sources = _load_sources(folder / "sources.toml", problems)
    contacts = _load_contacts(folder / "contacts.toml", problems)
    if own is not None and (own / "sources.toml").exists():
        sources = {**_load_sources(own / "sources.toml", problems), **sources}
    translations = {each: _read_both(folder, own, each, problems, parsed) for each in LANGUAGES}
    originals = translations.pop("en")
    parsed.write()
    articles = {key: _article(file, translations) for key, file in originals.items() if file.front}
    if previous is not None:
        _keep_last_good(articles, previous, [folder] if own is None else [folder, own])
    problems += _dangling(articles, sources, translations)
    problems += _undrawn(articles, Pictures.load())
    return Collection(
        articles=dict(sorted(articles.items())),
        sources=sources,
        contacts=contacts,
        problems=tuple(problems),
        digest=_digest(articles.values()),
        revision=previous.revision + 1 if previous else 1,
    )


def digest_of(text: ArticleText) -> str:
    """Twelve hexadecimal digits that change when the English text that is translated changes.

    Example questions do not count: each language has its own.
    """
    parts = [text.title, text.short, *text.steps, text.body]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:12]


def _article(file: ArticleFile, translations: Mapping[str, Mapping[str, ArticleFile]]) -> Article:
    assert file.front is not None
    texts = {"en": file.text}
    for language, files in translations.items():
        if file.id in files:
            texts[language] = files[file.id].text
    return Article(
        id=file.id,
        topic=file.front.topic,
        audience=file.front.audience,
        sources=file.front.sources,
        related=file.front.related,
        last_review=file.front.last_review,
        is_urgent=file.front.is_urgent,
        texts=texts,
        digest=digest_of(file.text),
        picture=file.front.picture,
    )


def _read_files(
    folder: Path, language: str, problems: list[Problem], parsed: ParsedArticles
) -> dict[str, ArticleFile]:
    files: dict[str, ArticleFile] = {}
    for path in sorted(folder.glob("*.md")):
        try:
            file = parsed.get(path)
            if file is None:
                file = parse(path.read_text(encoding="utf-8"), path, language)
                parsed.keep(path, file)
        except BrokenFile as error:
            problems += error.problems
        except (OSError, UnicodeDecodeError) as error:
            place = f"{language}/{path.name}"
            problems.append(
                Problem(path=place, line=None, message=f"cannot be read as UTF-8 text: {error}")
            )
        else:
            files[file.id] = file
    return files


def _read_both(
    folder: Path, own: Path | None, language: str, problems: list[Problem], parsed: ParsedArticles
) -> dict[str, ArticleFile]:
    """The files of a language; one of the own folder never hides one that came along."""
    files = _read_files(folder / "articles" / language, language, problems, parsed)
    if own is None:
        return files
    added = _read_files(own / "articles" / language, language, problems, parsed)
    problems += [
        Problem(path=f"{language}/{key}.md", line=None, message="an article of this id came along")
        for key in added
        if key in files
    ]
    return {**added, **files}


def _keep_last_good(
    articles: dict[str, Article], previous: Collection, folders: Sequence[Path]
) -> None:
    """Keep what was served before where the file is still there but can no longer be read."""

    def is_there(language: str, key: str) -> bool:
        return any((each / "articles" / language / f"{key}.md").exists() for each in folders)

    for key, article in previous.articles.items():
        if key not in articles:
            if is_there("en", key):
                articles[key] = article
            continue
        kept = {
            language: text
            for language, text in article.texts.items()
            if language not in articles[key].texts and is_there(language, key)
        }
        if kept:
            fresh = articles[key]
            articles[key] = _with_texts(fresh, {**fresh.texts, **kept})


def _with_texts(article: Article, texts: Mapping[str, ArticleText]) -> Article:
    fields = {name: getattr(article, name) for name in Article.__slots__}
    return Article(**{**fields, "texts": texts})


def _dangling(
    articles: Mapping[str, Article],
    sources: Mapping[str, Source],
    translations: Mapping[str, Mapping[str, ArticleFile]],
) -> list[Problem]:
    problems = []
    for article in articles.values():
        path = f"en/{article.id}.md"
        problems += [
            Problem(path=path, line=None, message=f"sources: {key!r} is not in sources.toml")
            for key in article.sources
            if key not in sources
        ]
        problems += [
            Problem(path=path, line=None, message=f"related: there is no article {key!r}")
            for key in article.related
            if key not in articles
        ]
    for language, files in translations.items():
        problems += [
            Problem(
                path=f"{language}/{key}.md", line=None, message="there is no English article of it"
            )
            for key in files
            if key not in articles
        ]
    return problems


def _undrawn(articles: Mapping[str, Article], pictures: Pictures) -> list[Problem]:
    """Faults of the pictures, and articles whose picture is not there in every language."""
    faults = [Problem(path=name, line=None, message=text) for name, text in pictures.faults]
    return faults + [
        Problem(
            path=f"en/{article.id}.md",
            line=None,
            message=f"picture: there is no picture {article.picture!r} in all six languages",
        )
        for article in articles.values()
        if article.picture is not None and article.picture not in pictures.by_name
    ]


def _read_toml(path: Path, problems: list[Problem]) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problems.append(Problem(path=path.name, line=None, message=f"cannot be read: {error}"))
        return {}


def _load_sources(path: Path, problems: list[Problem]) -> dict[str, Source]:
    sources = {}
    for number, entry in enumerate(_read_toml(path, problems).get("source", ()), 1):
        try:
            checked = entry["checked"]
            if type(checked) is not date:
                raise ValueError("checked must be a date")
            source = Source(
                id=str(entry["id"]),
                title=str(entry["title"]),
                organisation=str(entry["organisation"]),
                year=str(entry["year"]),
                url=entry.get("url"),
                checked=checked,
            )
        except (KeyError, TypeError, ValueError) as error:
            message = f"source {number} is incomplete: {error}"
            problems.append(Problem(path=path.name, line=None, message=message))
        else:
            sources[source.id] = source
    return sources


def _load_contacts(path: Path, problems: list[Problem]) -> tuple[Contact, ...]:
    contacts, faults = read_contacts(_read_toml(path, problems))
    problems += [Problem(path=path.name, line=None, message=fault) for fault in faults]
    return contacts


def _digest(articles: Iterable[Article]) -> str:
    content = [
        [
            article.id,
            sorted((key, digest_of(text), *text.questions) for key, text in article.texts.items()),
        ]
        for article in sorted(articles, key=lambda each: each.id)
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
