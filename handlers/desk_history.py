"""All that was said and done in a question, with the state of every message."""

from __future__ import annotations

from bot.chat.markup import escape
from bot.chat.messages import Message
from bot.chat.turn import Turn
from bot.desk.staff import name_of
from bot.store import Store
from bot.store.questions import Question
from handlers import desk_texts
from handlers.desk_words import deed_word
from knowledge.library import Library


async def history(turn: Turn, library: Library, question: Question) -> Message:
    """For contacts."""
    store: Store = turn.store
    messages = [
        (message, await store.question_copies.of(message.id))
        for message in await store.question_messages.of(question.number)
    ]
    done = [
        f"{event.at:%Y-%m-%d %H:%M} {deed_word(event.kind, turn._)}"
        + (f" · {name_of(library, event.actor) or event.actor}" if event.actor else "")
        + (f" · {name_of(library, event.detail) or event.detail}" if event.detail else "")
        for event in await store.question_events.of(question.number)
    ]
    return desk_texts.transcript(question, messages, [escape(line) for line in done], turn._)
