"""The knowledge base in one file: for other programs, for review, for print."""

from __future__ import annotations

import csv
import html
import io
import json
from typing import Any, Literal

from knowledge.model import TOPICS, Article, ArticleText, Collection

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def export(
    collection: Collection, form: Literal["json", "csv", "html"], language: str = "en"
) -> str:
    """All articles: ``json`` and ``csv`` in every language, ``html`` as a page in one."""
    match form:
        case "json":
            return json.dumps(_records(collection), ensure_ascii=False, indent=2) + "\n"
        case "csv":
            return _csv(collection)
        case "html":
            return _page(collection, language)


def _records(collection: Collection) -> dict[str, Any]:
    return {
        "articles": [
            {
                "id": article.id,
                "topic": article.topic,
                "audience": article.audience,
                "sources": article.sources,
                "related": article.related,
                "last_review": article.last_review.isoformat(),
                "urgent": article.is_urgent,
                "texts": {language: _text(text) for language, text in article.texts.items()},
            }
            for article in collection.articles.values()
        ],
        "sources": [
            {
                "id": source.id,
                "title": source.title,
                "organisation": source.organisation,
                "year": source.year,
                "url": source.url,
                "checked": source.checked.isoformat(),
            }
            for source in collection.sources.values()
        ],
    }


def _text(text: ArticleText) -> dict[str, Any]:
    return {
        "title": text.title,
        "questions": text.questions,
        "short": text.short,
        "steps": text.steps,
        "body": text.body,
        "reviewed": text.is_reviewed,
    }


def _csv(collection: Collection) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(
        ["id", "language", "topic", "title", "short", "steps", "body", "questions", "sources"]
    )
    for article in collection.articles.values():
        for language, text in article.texts.items():
            row = [
                article.id,
                language,
                article.topic,
                text.title,
                text.short,
                "\n".join(text.steps),
                text.body,
                "\n".join(text.questions),
                " ".join(article.sources),
            ]
            writer.writerow([_safe(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula (OWASP: CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _page(collection: Collection, language: str) -> str:
    direction = "rtl" if language == "ar" else "ltr"
    by_topic = {
        topic: [each for each in collection.articles.values() if each.topic == topic]
        for topic in TOPICS
    }
    contents = "\n".join(
        f'<li><a href="#topic-{topic}">{topic}</a> ({len(articles)})</li>'
        for topic, articles in by_topic.items()
    )
    sections = "\n".join(
        f'<section id="topic-{topic}"><h2>{topic}</h2>\n'
        + "\n".join(_article(each, language) for each in articles)
        + "\n</section>"
        for topic, articles in by_topic.items()
    )
    sources = "\n".join(
        f'<li id="{html.escape(source.id)}">{html.escape(source.id)}: '
        f"{html.escape(source.organisation)} ({html.escape(source.year)}): "
        f"{_link(source.title, source.url)}</li>"
        for source in collection.sources.values()
    )
    return f"""<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>INSOP knowledge base</title>
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; }}
body {{ padding: 0 1rem; }}
article {{ border-top: 1px solid #bbb; padding: .5rem 0; break-inside: avoid; }}
.note {{ color: #555; font-size: .85rem; }}
.short {{ font-weight: 600; }}
</style>
</head>
<body>
<h1>INSOP knowledge base</h1>
<p>{len(collection.articles)} articles.</p>
<ul>
{contents}
</ul>
{sections}
<section><h2>Sources</h2>
<ul>
{sources}
</ul>
</section>
</body>
</html>
"""


def _article(article: Article, language: str) -> str:
    text = article.text(language)
    steps = "".join(f"<li>{html.escape(step)}</li>" for step in text.steps)
    body = "".join(f"<p>{html.escape(part)}</p>" for part in text.body.split("\n\n") if part)
    cited = ", ".join(
        f'<a href="#{html.escape(key)}">{html.escape(key)}</a>' for key in article.sources
    )
    unreviewed = "" if text.is_reviewed else " · not checked by a native reader"
    questions = html.escape(" · ".join(text.questions))
    return f"""<article id="{article.id}" lang="{text.language}">
<h3>{html.escape(text.title)}</h3>
<p class="short">{html.escape(text.short)}</p>
{f"<ol>{steps}</ol>" if steps else ""}
{body}
<p class="note">{article.id} · reviewed {article.last_review.isoformat()}{unreviewed}</p>
<p class="note">Sources: {cited}</p>
<p class="note">{questions}</p>
</article>"""


def _link(title: str, url: str | None) -> str:
    if url and url.startswith(("http://", "https://")):
        return f'<a href="{html.escape(url, quote=True)}">{html.escape(title)}</a>'
    return html.escape(title)
