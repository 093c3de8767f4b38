"""``insop kb``: tools for those who write the knowledge base."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from bot.app import folder_of, own_folder_of
from bot.config import Settings
from knowledge.checks import check
from knowledge.front_matter import BrokenFile, parse
from knowledge.loader import digest_of, load
from knowledge.model import LANGUAGES, TOPICS, Collection
from knowledge.templates import original_skeleton, translation_skeleton


def run_check(options: argparse.Namespace, settings: Settings) -> int:
    """Print findings; 1 where there is an error (or, with ``--strict``, a warning)."""
    collection = load(folder_of(settings), own=own_folder_of(settings))
    findings = check(collection, datetime.now(UTC).date())
    for finding in findings:
        print(finding)
    levels = Counter(finding.level for finding in findings)
    print(
        f"{len(collection.articles)} articles: {levels['error']} errors, "
        f"{levels['warning']} warnings."
    )
    return 1 if levels["error"] or (options.strict and findings) else 0


def run_stats(options: argparse.Namespace, settings: Settings) -> int:
    """Print the table of articles by topic and language."""
    collection = load(folder_of(settings), own=own_folder_of(settings))
    table = Table(title="Articles by topic and language")
    for name in ("topic", *LANGUAGES, "with body in all six"):
        table.add_column(name, justify="left" if name == "topic" else "right")
    for topic in TOPICS:
        table.add_row(topic, *_counts(collection, topic))
    table.add_section()
    table.add_row("all", *_counts(collection, None))
    Console(highlight=False).print(table)
    questions = Counter[str]()
    for article in collection.articles.values():
        for text in article.texts.values():
            questions[text.language] += len(text.questions)
    shown = ", ".join(f"{language} {questions[language]}" for language in LANGUAGES)
    print(f"Example questions: {shown}. Sources: {len(collection.sources)}.")
    return 0


def run_digest(options: argparse.Namespace, settings: Settings) -> int:
    """Print what a translation's ``source_digest`` should be."""
    path = folder_of(settings) / "articles" / "en" / f"{options.article}.md"
    own = own_folder_of(settings)
    if own is not None and not path.exists():
        path = own / "articles" / "en" / path.name
    try:
        print(digest_of(parse(path.read_text(encoding="utf-8"), path, "en").text))
    except FileNotFoundError:
        return _missing(options.article)
    except BrokenFile as error:
        print(*error.problems, sep="\n", file=sys.stderr)
        return 1
    return 0


def run_new(options: argparse.Namespace, settings: Settings) -> int:
    """Write a skeleton that says what to fill in; never overwrites."""
    folder = folder_of(settings)
    path = folder / "articles" / options.lang / f"{options.article}.md"
    if path.exists():
        print(f"{options.lang}/{path.name} is there already.", file=sys.stderr)
        return 1
    if options.lang == "en":
        today = datetime.now(UTC).date()
        content = original_skeleton(options.article, options.title, options.topic, today)
    else:
        article = load(folder).articles.get(options.article)
        if article is None:
            return _missing(options.article)
        content = translation_skeleton(article, options.title)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    print(f"Wrote {options.lang}/{path.name}. Fill it in, then run: insop kb check")
    return 0


def run_preview(options: argparse.Namespace, settings: Settings) -> int:
    """Print an article as the terminal, Telegram and Discord would show it."""
    from bot.commands.preview import print_previews

    return print_previews(options.article, options.lang, settings)


def run_export(options: argparse.Namespace, settings: Settings) -> int:
    """Write everything as JSON, CSV or one HTML page."""
    from knowledge.exporting import export

    collection = load(folder_of(settings), own=own_folder_of(settings))
    text = export(collection, options.format, options.lang)
    if options.output is None:
        sys.stdout.write(text)
        return 0
    options.output.write_text(text, encoding="utf-8")
    print(f"Wrote {options.output.name}.")
    return 0


def _counts(collection: Collection, topic: str | None) -> list[str]:
    articles = [each for each in collection.articles.values() if topic in (None, each.topic)]
    cells = [str(sum(language in each.texts for each in articles)) for language in LANGUAGES]
    whole = sum(
        all(language in each.texts and each.texts[language].body for language in LANGUAGES)
        for each in articles
    )
    return [*cells, str(whole)]


def _missing(article: str) -> int:
    print(f"There is no article {article!r}; insop kb export lists all ids.", file=sys.stderr)
    return 1
