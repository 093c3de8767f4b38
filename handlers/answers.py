"""How an article looks as an answer: short text, sources, and what to press next."""

from __future__ import annotations

from typing import Final, Literal

from bot.chat.actions import Action
from bot.chat.markup import escape
from bot.chat.messages import Button, LinkButton, Message, Row
from bot.chat.turn import Translate
from knowledge.library import Library
from knowledge.model import Article, ArticleText, Source

LABEL_LIMIT: Final = 40
"""Characters of a button that a small phone shows whole."""

PICTURE: Final = "picture"
"""The action of the button that sends an article's picture."""

RELATED_SHOWN: Final = 2
NAMED_SOURCES: Final = 3


def answer(
    library: Library, article: Article, translate: Translate, *, asker: str | None = None
) -> Message:
    """The short answer in the reader's language; ``asker`` adds the delete button of groups."""
    text = article.text(translate.language)
    parts = [text.short]
    if text.language != translate.language:
        note = translate("I have this only in English so far:")
        parts.insert(0, f"*{note}*")
    sources = _named(library.sources(article), translate)
    if sources:
        parts.append(f"*{sources}*")
    return Message(
        title=text.title,
        text="\n\n".join(parts),
        footer=_review_note(text, translate),
        rows=_rows(library, article, text, translate, asker),
        direction=_direction(text),
    )


def whole(library: Library, article: Article, translate: Translate) -> Message:
    """Steps and the longer text; English where the translation has no longer text."""
    _ = translate
    text = article.text(translate.language)
    parts = []
    if text.steps:
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(text.steps, 1))
        heading = _("What to do")
        parts.append(f"**{heading}**\n{steps}")
    body = text.body
    if not body and article.texts["en"].body:
        note = _("The rest is in English so far:")
        parts.append(f"*{note}*")
        body = article.texts["en"].body
    if body:
        parts.append(body)
    return Message(
        title=text.title,
        text="\n\n".join(parts) or text.short,
        footer=_review_note(text, translate),
        rows=((_sources_button(article, translate), _person_button(translate)),),
        direction=_direction(text),
    )


def source_list(library: Library, article: Article, translate: Translate) -> Message:
    """All sources with their addresses, and when they were last checked."""
    lines = []
    for source in library.sources(article):
        title = escape(source.title)
        shown = f"[{title}]({source.url})" if source.url else title
        lines.append(f"- {escape(_cited(source))}: {shown}")
    text = "\n".join(lines) or translate("This article names no source.")
    return Message(
        title=translate("Sources"),
        text=text,
        footer=translate("Article last reviewed on {day}.", day=article.last_review.isoformat()),
    )


def title_button(article: Article, translate: Translate, action: str = "show") -> Button:
    """A button with the article's title."""
    return Button(
        label=shorten(article.text(translate.language).title, LABEL_LIMIT),
        action=Action(action, article.id),
    )


def shorten(text: str, limit: int) -> str:
    """At most ``limit`` characters, cut at a word where it can be."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    space = cut.rfind(" ")
    return f"{cut[: space if space > limit // 2 else None].rstrip()}…"


def _rows(
    library: Library,
    article: Article,
    text: ArticleText,
    translate: Translate,
    asker: str | None,
) -> tuple[Row, ...]:
    _ = translate
    votes: Row = (
        Button(label="👍 " + _("Helpful"), action=Action("vote", "up", article.id)),
        Button(label="👎 " + _("Not helpful"), action=Action("vote", "down", article.id)),
    )
    detail: list[Button | LinkButton] = []
    if text.steps or text.body or article.texts["en"].body:
        detail.append(Button(label=_("More"), action=Action("more", article.id), style="primary"))
    if article.picture is not None:
        detail.append(Button(label=_("Picture"), action=Action(PICTURE, article.picture)))
    detail.append(_sources_button(article, translate))
    rows: list[Row] = [tuple(detail), votes]
    related = [library.article(key) for key in article.related]
    rows += [
        (title_button(other, translate),) for other in related[:RELATED_SHOWN] if other is not None
    ]
    last: list[Button | LinkButton] = [_person_button(translate)]
    if asker is not None:
        last.append(Button(label=_("Delete"), action=Action("delete", asker), style="danger"))
    rows.append(tuple(last))
    return tuple(rows)


def _sources_button(article: Article, translate: Translate) -> Button:
    return Button(label=translate("Sources"), action=Action("sources", article.id))


def _person_button(translate: Translate) -> Button:
    return Button(label=translate("Ask a person"), action=Action("person"))


def _named(sources: tuple[Source, ...], translate: Translate) -> str:
    names = [_cited(source) for source in sources[:NAMED_SOURCES]]
    if not names:
        return ""
    rest = len(sources) - len(names)
    shown = "; ".join(dict.fromkeys(names))
    if rest > 0:
        return translate("Sources: {names} and {rest} more", names=shown, rest=rest)
    return translate("Sources: {names}", names=shown)


def _cited(source: Source) -> str:
    """Organisation and year; pages without a year are cited without one."""
    return source.organisation + (f" ({source.year})" if source.year[:4].isdigit() else "")


def _review_note(text: ArticleText, translate: Translate) -> str:
    if text.is_reviewed:
        return ""
    return translate("Translated by machine; no native reader has checked it yet.")


def _direction(text: ArticleText) -> Literal["ltr", "rtl"]:
    return "rtl" if text.language == "ar" else "ltr"


__all__ = ["answer", "shorten", "source_list", "title_button", "whole"]
