"""Puts published articles into the folder of own articles, and tells those who asked for them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Final

import structlog

from bot.chat.actions import Action
from bot.chat.messages import Button, Message
from bot.chat.ports import Clock, Lane
from bot.delivery.waking import wait_first
from bot.store import Database
from bot.store.article_drafts import ArticleDraft, Wish
from bot.store.outages import OUTAGES
from bot.translating import translator
from knowledge.answering import Query
from knowledge.drafting import sources_toml
from knowledge.library import Library

POLL: Final = 5.0
"""Seconds between two looks."""

_log = structlog.get_logger(__name__)


class OwnArticles:
    """The folder is written once for each article; afterwards the file is the authors'.

    Askers are told when the library serves the article, in the transaction that notes it.
    """

    def __init__(self, *, database: Database, clock: Clock, library: Library, folder: Path) -> None:
        self._database = database
        self._clock = clock
        self._library = library
        self._folder = folder

    async def run(self, stop: asyncio.Event) -> None:
        """Look every few seconds until ``stop`` is set."""
        while not stop.is_set():
            try:
                await self.step()
            except OUTAGES as error:  # The folder's disk may be the one that fails.
                _log.warning("publishing.delayed", error=type(error).__name__)
            await wait_first(self._clock, POLL, stop)

    async def step(self) -> int:
        """Write what is missing and tell of what is served; returns how many articles were told."""
        async with self._database.begin() as store:
            untold = await store.teaching.article_drafts.untold()
        served = [each for each in untold if self._library.article(each.article) is not None]
        missing = [each for each in untold if each not in served]
        if missing:
            await asyncio.to_thread(self._write, missing)
        return sum([await self._tell(each) for each in served])

    def _write(self, drafts: list[ArticleDraft]) -> None:
        articles = self._folder / "articles" / "en"
        articles.mkdir(parents=True, exist_ok=True)
        for draft in drafts:
            path = articles / f"{draft.article}.md"
            if path.exists():
                continue
            self._add_sources(draft)
            _replace(path, draft.content)
            _log.info("article.published", article=draft.article)

    def _add_sources(self, draft: ArticleDraft) -> None:
        path = self._folder / "sources.toml"
        there = path.read_text(encoding="utf-8") if path.exists() else ""
        new = tuple(each for each in draft.sources if f'id = "{each["id"]}"' not in there)
        if new:
            _replace(path, there + sources_toml(new))

    async def _tell(self, draft: ArticleDraft) -> bool:
        async with self._database.begin() as store:
            drafts = store.teaching.article_drafts
            now = self._clock.now()
            if not await drafts.told(draft.id, now):
                return False
            for wish in await drafts.wishing():
                if self._is_answered(wish, draft):
                    await store.outbox.add(
                        f"question:{wish.question}:article:{draft.id}",
                        wish.to,
                        self._message(wish, draft),
                        lane=Lane.RELAY,
                        on_unknown="resend",
                        now=now,
                    )
                    await drafts.fulfil(wish.question)
        return True

    def _is_answered(self, wish: Wish, draft: ArticleDraft) -> bool:
        """The question itself, those merged into it, and those that find the article now."""
        if draft.question is not None and draft.question in (wish.question, wish.merged_into):
            return True
        outcome = self._library.decide(Query(text=wish.text, language=wish.language))
        return outcome.decision == "answer" and outcome.article == draft.article

    def _message(self, wish: Wish, draft: ArticleDraft) -> Message:
        _ = translator(wish.language)
        article = self._library.article(draft.article)
        title = article.text(_.language).title if article else draft.article
        return Message(
            text=_("We published the answer you asked for: **{title}**", title=title),
            rows=((Button(label=_("Read it"), action=Action("show", draft.article)),),),
        )


def _replace(path: Path, content: str) -> None:
    """Whole or not at all, for whoever reads at this moment."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(content, encoding="utf-8")
    fresh.replace(path)
