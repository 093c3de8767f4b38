"""From a person's answer to an article: written by one, read and published by another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.chat.actions import Action
from bot.chat.events import ConversationRef, FormSubmitted
from bot.chat.forms import Field, Form
from bot.chat.markup import escape, plain
from bot.chat.messages import Attachment, Button, Choice, Edit, Message, Notice, Row
from bot.chat.ports import Lane
from bot.chat.routes import Routes
from bot.chat.turn import Reply, Role, Turn
from bot.store import Store
from bot.store.article_drafts import ArticleDraft
from handlers.discretion import is_discreet
from handlers.noting import note
from knowledge.anonymous import scrub
from knowledge.drafting import Draft, compose, faults_of, read_back
from knowledge.gaps import plain_words
from knowledge.library import Library
from knowledge.model import SHORT_LIMIT, TOPICS

FORM = "teach.article"


class ArticleMaking:
    """Called by ``handlers.teach``, which has looked at the role.

    ``has_folder``: whether the settings name a folder in which own articles are published.
    """

    def __init__(
        self, library: Library, desks: Sequence[ConversationRef], *, has_folder: bool
    ) -> None:
        self._library = library
        self._desks = tuple(desks)
        self._has_folder = has_folder

    def add_to(self, routes: Routes) -> None:
        """Register the form."""
        routes.add_form(FORM, self.submitted, Role.SECRETARIAT)

    async def step(self, turn: Turn, step: str, number: int) -> Reply:
        """``make`` takes a question's number, the others a draft's."""
        store: Store = turn.store
        if step == "make":
            return await self._make(turn, number)
        draft = await store.teaching.article_drafts.get(number)
        if draft is None or draft.state == "dropped":
            return Notice(text=turn._("This draft is gone."))
        match step:
            case "draft":
                return self._show(turn, draft)
            case "change" if draft.state == "draft":
                return self._form(turn, draft.question or 0, read_back(draft.content))
            case "review" if draft.state == "draft":
                return await self._to_review(turn, draft)
            case "back" if draft.state == "review":
                return await self._move(turn, draft, "draft")
            case "publish" if draft.state == "review":
                return await self._publish(turn, draft)
            case "drop" if draft.state == "draft":
                return await self._move(turn, draft, "dropped")
        return Notice(text=turn._("This button no longer works. Please ask again."))

    async def _make(self, turn: Turn, number: int) -> Reply:
        store: Store = turn.store
        known = await store.teaching.article_drafts.of_question(number)
        if known is not None:
            return self._show(turn, known)
        found = await store.teaching.article_drafts.material(number)
        if found is None:
            return Notice(text=turn._("This question is gone."))
        if not found.is_closed:
            text = turn._("This question is still open. Answer it and close it first.")
            return Notice(text=text)
        if found.is_confidential:
            return Notice(text=turn._("The asker wanted this kept among a few, so not this one."))
        vocabulary = plain_words(self._library.collection, found.language)
        names = tuple(filter(None, found.names))

        def without_names(text: str) -> str:
            return scrub(plain(text), names=names, known=vocabulary)

        asked = [without_names(text) for text in found.asked if text] if found.is_english else []
        start = Draft(
            title="",
            topic=found.topic if found.topic in TOPICS else "",
            short=without_names(found.answer)[:SHORT_LIMIT],
            questions=tuple(text.replace("\n", " ")[:200] for text in asked),
            sources="",
        )
        return self._form(turn, number, start)

    def _form(self, turn: Turn, question: int, start: Draft) -> Form:
        _ = turn._
        choices = tuple(Choice(label=topic, value=topic) for topic in TOPICS)
        fields = (
            Field(name=f"title@{question}", label=_("Title, in English"), limit=70),
            Field(name="topic", label=_("Topic"), kind="choice", choices=choices),
            Field(
                name="short",
                label=_("The answer, in English, complete"),
                kind="text",
                limit=SHORT_LIMIT,
            ),
            Field(
                name="questions",
                label=_("How people ask it, in English"),
                hint=_("One a line, eight if you can; nobody may be recognised in them."),
                kind="text",
            ),
            Field(
                name="sources",
                label=_("Sources"),
                hint=_("One a line: a number like S123, or organisation; title; year; address"),
                kind="text",
            ),
        )
        values = {
            "title": start.title,
            "topic": start.topic,
            "short": start.short,
            "questions": "\n".join(start.questions),
            "sources": start.sources,
        }
        return Form(
            id=FORM,
            title=_("An article from question {number}", number=question),
            intro=_(
                "Names, numbers and places are taken out of what the asker wrote, as far as a "
                "program can tell. Please look again whether anybody could be recognised."
            ),
            fields=tuple(_filled(field, values) for field in fields),
        )

    async def submitted(self, turn: Turn) -> Reply:
        """The draft was written, or written anew."""
        assert isinstance(turn.event, FormSubmitted)
        store: Store = turn.store
        if not is_discreet(turn):
            return Message(text=turn._("This is personal. Please write to me in a private chat."))
        values = dict(turn.event.values)
        title_key = next(key for key in values if key.startswith("title@"))
        number = int(title_key.partition("@")[2])
        drafts, now = store.teaching.article_drafts, turn.clock.now()
        written = Draft(
            title=values[title_key].strip(),
            topic=values.get("topic", ""),
            short=values.get("short", "").strip(),
            questions=tuple(filter(None, map(str.strip, values.get("questions", "").split("\n")))),
            sources=values.get("sources", "").strip(),
        )
        known = await drafts.of_question(number) if number else None
        if known is not None and known.state != "draft":
            return self._show(turn, known)
        name = known.article if known else await self._free_name(store, written.name)
        content, sources = compose(written, name, number, now.date(), self._library.collection)
        if known is not None:
            await drafts.rewrite(known.id, content, sources, now)
            draft_id = known.id
        else:
            draft_id = await drafts.add(
                question=number or None,
                article=name,
                content=content,
                sources=sources,
                author_id=turn.member.id,
                now=now,
            )
        await note(turn, "article", detail=f"draft {draft_id}")
        draft = await drafts.get(draft_id)
        assert draft is not None
        return self._show(turn, draft)

    async def _free_name(self, store: Store, name: str) -> str:
        for count in range(1, 100):
            tried = name if count == 1 else f"{name[:36].rstrip('-')}-{count}"
            drafts = await store.teaching.article_drafts.with_name(tried)
            if not drafts and self._library.article(tried) is None:
                return tried
        return name

    def _show(self, turn: Turn, draft: ArticleDraft) -> Message:
        _ = turn._
        read = read_back(draft.content)
        faults = faults_of(draft.content, draft.article)
        parts = [
            f"**{escape(read.title)}** ({escape(read.topic)})\n{escape(read.short)}",
            "\n".join(f"- {escape(question)}" for question in read.questions),
            _("Sources: {sources}", sources=", ".join(read.sources.split("\n"))),
        ]
        if faults:
            heading = _("Still to mend")
            parts.append("\n- ".join([f"**{heading}**", *map(escape, faults)]))
        elif draft.state == "draft":
            parts.append(_("Read it once more: could anybody recognise the asker in it?"))
        rows = self._buttons(turn, draft, is_whole=not faults)
        if draft.state == "review" and draft.author_id == turn.member.id:
            parts.append(_("It waits for a second person, who reads and publishes it."))
        if draft.state == "published":
            parts.append(_("It is published. Translations are missing: fr, es, ar, ru, zh."))
        file = Attachment(
            name=f"{draft.article}.md",
            media_type="text/markdown",
            data=draft.content.encode(),
        )
        title = _("Draft {number}: {title}", number=draft.id, title=draft.article)
        return Message(
            title=title,
            text="\n\n".join(filter(None, parts)),
            rows=rows,
            attachments=(file,),
            is_ephemeral=True,
        )

    def _buttons(self, turn: Turn, draft: ArticleDraft, *, is_whole: bool) -> tuple[Row, ...]:
        _, number = turn._, str(draft.id)
        change = Button(label=_("Change"), action=Action("teach", "change", number))
        drop = Button(label=_("Drop"), action=Action("teach", "drop", number), style="danger")
        if draft.state == "draft":
            review = Button(
                label=_("To review"), action=Action("teach", "review", number), style="primary"
            )
            return ((review,), (change, drop)) if is_whole else ((change, drop),)
        if draft.state == "review" and draft.author_id != turn.member.id:
            publish = Action("teach", "publish", number)
            back = Action("teach", "back", number)
            return (
                (Button(label=_("Publish"), action=publish, style="primary"),),
                (Button(label=_("Give back"), action=back),),
            )
        return ()

    async def _to_review(self, turn: Turn, draft: ArticleDraft) -> Reply:
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        if faults_of(draft.content, draft.article):
            return self._show(turn, draft)
        if not await store.teaching.article_drafts.change(draft.id, "draft", "review", now):
            return Notice(text=_("Somebody was faster."))
        look = Button(label=_("Look at it"), action=Action("teach", "draft", str(draft.id)))
        told = Message(
            text=_("Article draft {number} waits for a second reader.", number=draft.id),
            rows=((look,),),
        )
        for desk in (*self._desks, *await store.chats.desks("console")):
            await store.outbox.add(
                f"article:{draft.id}:{now:%Y%m%d%H%M%S}",
                desk,
                told,
                lane=Lane.RELAY,
                on_unknown="resend",
                now=now,
            )
        await note(turn, "article", detail=f"review {draft.id}")
        return Edit(message=Message(text=_("Good. A second person reads it now.")))

    async def _publish(self, turn: Turn, draft: ArticleDraft) -> Reply:
        store: Store = turn.store
        _, now = turn._, turn.clock.now()
        if draft.author_id == turn.member.id:
            return Notice(text=_("Somebody else has to read and publish what you wrote."))
        if not self._has_folder:
            text = _("There is no folder for own articles. Set own_articles_dir in the settings.")
            return Message(text=text, is_ephemeral=True)
        is_done = await store.teaching.article_drafts.change(
            draft.id, "review", "published", now, reviewer_id=turn.member.id
        )
        if not is_done:
            return Notice(text=_("Somebody was faster."))
        await note(turn, "article", detail=f"publish {draft.id}")
        return Edit(
            message=Message(
                text=_(
                    "Published: {name}. I serve it within a minute and tell those who asked. "
                    "Translations are missing: fr, es, ar, ru, zh.",
                    name=draft.article,
                )
            )
        )

    async def _move(self, turn: Turn, draft: ArticleDraft, state: str) -> Reply:
        store: Store = turn.store
        _ = turn._
        drafts = store.teaching.article_drafts
        if state == "dropped":
            await drafts.change(draft.id, "draft", "dropped", turn.clock.now())
            await note(turn, "article", detail=f"drop {draft.id}")
            return Edit(message=Message(text=_("The draft is dropped.")))
        await drafts.change(draft.id, "review", "draft", turn.clock.now())
        await note(turn, "article", detail=f"back {draft.id}")
        return Edit(message=Message(text=_("The draft went back to its author.")))


def _filled(field: Field, values: Mapping[str, str]) -> Field:
    return replace(field, value=values[field.name.partition("@")[0]])
