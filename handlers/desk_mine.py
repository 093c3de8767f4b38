"""The asker's side of a question: who has it, add to it, change it, take it back, close it."""

from __future__ import annotations

from typing import Final

from bot.chat.events import ActionPressed, FormSubmitted, MessageReceived
from bot.chat.forms import Field, Form
from bot.chat.markup import escape
from bot.chat.messages import Edit, Message, Notice
from bot.chat.routes import ABOUT, Routes
from bot.chat.turn import Reply, Turn
from bot.desk.relaying import Relay
from bot.desk.rendering import MINE
from bot.store import Store
from bot.store.questions import Question
from handlers import desk_texts
from handlers.desk_moving import Moving
from handlers.desk_opening import Opening, stored_files
from handlers.discretion import is_discreet

ADD: Final = "question-add"
CHANGE: Final = "question-change"
LIMIT: Final = 2000
LISTED: Final = 10
VERBS: Final = frozenset({"show", "add", "edit", "close", "withdraw", "reopen", "wish"})


class Mine:
    """Whose question it is is looked up at every press: buttons can be forged."""

    def __init__(self, relay: Relay, opening: Opening, moving: Moving) -> None:
        self._relay = relay
        self._opening = opening
        self._moving = moving

    def add_to(self, routes: Routes) -> None:
        """Register."""
        routes.add_action(MINE, self.pressed)
        routes.add_form(ADD, self.added)
        routes.add_form(CHANGE, self.changed)

    async def list(self, turn: Turn) -> Reply:
        """All questions of the person, those not closed first."""
        store: Store = turn.store
        found = await store.questions.of_person(turn.member.id, limit=LISTED)
        return desk_texts.my_list(found, turn._)

    async def pressed(self, turn: Turn) -> Reply:
        """A button under one of the person's own questions."""
        assert isinstance(turn.event, ActionPressed)
        verb, *rest = turn.event.action.args or ("",)
        question = await self._own(turn, tuple(rest))
        if question is None or verb not in VERBS:
            return Notice(text=turn._("This button no longer works. Please ask again."))
        if question.is_confidential and not is_discreet(turn):
            text = turn._("This is personal. Please write to me in a private chat.")
            return Notice(text=text)
        match verb:
            case "show":
                return self._shown(turn, question)
            case "add" if question.is_alive:
                return self._form(turn, ADD, question, turn._("What would you like to add?"))
            case "edit" if question.is_alive:
                label = turn._("How shall it read?")
                return self._form(turn, CHANGE, question, label, question.text)
            case "close" if question.is_alive:
                await self._moving.close(turn, question, "answered", by="")
            case "withdraw" if question.is_alive:
                await self._moving.close(turn, question, "withdrawn", by="")
            case "reopen" if question.state == "closed" and question.merged_into is None:
                await self._moving.reopen(turn, question)
            case "wish":
                await self._wish(turn, question)
        fresh = await self._own(turn, (str(question.number),))
        assert fresh is not None
        return Edit(message=self._shown(turn, fresh))

    async def added(self, turn: Turn) -> Reply:
        """Words added through the form."""
        question, text = await self._submitted(turn)
        if question is None or not text:
            return Message(text=turn._("That question is closed."), is_ephemeral=True)
        await self.add(turn, question, escape(text))
        return Message(
            text=turn._("Passed on with question {number}.", number=question.number),
            is_ephemeral=True,
        )

    async def changed(self, turn: Turn) -> Reply:
        """The question's own text was rewritten."""
        store: Store = turn.store
        question, text = await self._submitted(turn)
        if question is None or not text:
            return Message(text=turn._("That question is closed."), is_ephemeral=True)
        now = turn.clock.now()
        await store.questions.change(question.number, now, text=text)
        messages = await store.question_messages.of(question.number, {"asker"})
        if messages:
            await store.question_messages.edit(messages[0].id, escape(text), now)
        await store.question_events.add(question.number, "changed", now)
        await self.reworded(turn, question)
        await self._relay.follow(store, now, question.number)
        return Message(text=turn._("Changed. The secretariat sees it."), is_ephemeral=True)

    async def reworded(self, turn: Turn, question: Question) -> None:
        """Who changes what they wrote after an answer waits for another one."""
        if question.state == "waiting":
            await self._moving.asker_spoke(turn, question)

    async def add(self, turn: Turn, question: Question, words: str) -> None:
        """Keep what the asker adds, and pass it on; a closed question opens again."""
        store: Store = turn.store
        event, now = turn.event, turn.clock.now()
        album = event.album if isinstance(event, MessageReceived) else None
        if not question.is_alive:
            await self._moving.reopen(turn, question)
        message = await store.question_messages.add(
            question.number,
            kind="asker",
            person_id=turn.member.id,
            text=words,
            language=turn._.language,
            files=stored_files(turn),
            album=album,
            now=now,
        )
        if isinstance(event, MessageReceived):
            await store.question_copies.note_origin(
                message.id, event.conversation, event.message_id
            )
        await self._moving.asker_spoke(turn, question)
        await self._relay.to_desks(store, message, question, now)
        turn.notes["question"] = str(question.number)

    async def _wish(self, turn: Turn, question: Question) -> None:
        store: Store = turn.store
        wants = not question.wants_article
        await store.questions.change(question.number, turn.clock.now(), wants_article=wants)

    async def _submitted(self, turn: Turn) -> tuple[Question | None, str]:
        assert isinstance(turn.event, FormSubmitted)
        number = turn.event.form.partition(ABOUT)[2]
        question = await self._own(turn, (number,))
        if question is not None and not question.is_alive:
            question = None
        return question, turn.event.value("text")

    async def _own(self, turn: Turn, args: tuple[str, ...]) -> Question | None:
        store: Store = turn.store
        if not args or not args[0].isdecimal() or len(args[0]) > 12:
            return None
        question = await store.questions.hold(int(args[0]))
        is_own = question is not None and question.person_id == turn.member.id
        return question if is_own else None

    def _shown(self, turn: Turn, question: Question) -> Message:
        return desk_texts.mine(question, self._opening.owner_of(question), turn._)

    def _form(
        self, turn: Turn, form_id: str, question: Question, label: str, value: str = ""
    ) -> Form:
        field = Field(name="text", label=label, kind="text", limit=LIMIT, value=value)
        return Form(
            id=f"{form_id}{ABOUT}{question.number}",
            title=turn._("Question {number}", number=question.number),
            fields=(field,),
        )
