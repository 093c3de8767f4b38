"""What askers and contacts are told about a question."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.actions import Action
from bot.chat.events import ActionPressed
from bot.chat.markup import escape
from bot.chat.messages import Button, Message, Notice, Row
from bot.chat.turn import Reply, Translate, Turn
from bot.desk.rendering import MINE, shown
from bot.store.question_copies import Copy
from bot.store.question_messages import QuestionMessage
from bot.store.questions import Question
from handlers.answers import shorten


def standing(question: Question, owner: str, translate: Translate) -> str:
    """Who has it, in one sentence for the asker."""
    _ = translate
    match question.state:
        case "closed" if question.outcome == "withdrawn":
            return _("You took it back.")
        case "closed" if question.merged_into is not None:
            return _("It goes on as question {number}.", number=question.merged_into)
        case "closed":
            return _("It is closed. A reply to any of its messages opens it again.")
        case "waiting":
            return _("{name} has answered and waits for you.", name=owner or _("A person"))
        case "assigned":
            return _("{name} works on it.", name=owner or _("A person of the secretariat"))
    if owner:
        return _("It was given to {name}, who has to read it first.", name=owner)
    return _("It waits for a person of the secretariat.")


def mine(question: Question, owner: str, translate: Translate) -> Message:
    """One question of the asker's own, with what can be done."""
    _ = translate
    heading = _("Question {number}", number=question.number)
    text = f"{escape(question.text) or '📷'}\n\n{standing(question, owner, _)}"
    return Message(title=heading, text=text, rows=my_rows(question, _), is_ephemeral=True)


def my_rows(question: Question, translate: Translate) -> tuple[Row, ...]:
    """Add, edit, withdraw, close; open again where it is closed."""
    _ = translate

    def button(label: str, verb: str) -> Button:
        return Button(label=label, action=Action(MINE, verb, str(question.number)))

    rows: list[Row] = []
    if question.is_alive:
        rows.append((button(_("Add something"), "add"), button(_("Change the text"), "edit")))
        rows.append((button(_("It is settled"), "close"), button(_("Take it back"), "withdraw")))
    elif question.merged_into is None:
        rows.append((button(_("Open it again"), "reopen"),))
    wish = _("Tell me when it becomes an article")
    if question.wants_article:
        wish = "✓ " + wish
    rows.append((button(wish, "wish"),))
    return tuple(rows)


def my_list(questions: Sequence[Question], translate: Translate) -> Message:
    """The asker's questions, each a button."""
    _ = translate
    if not questions:
        return Message(
            text=_("You have put no question to a person yet. /contact does that."),
            is_ephemeral=True,
        )
    rows = tuple(
        (
            Button(
                label=shorten(f"#{question.number} {question.text or '📷'}", 40),
                action=Action(MINE, "show", str(question.number)),
            ),
        )
        for question in questions
    )
    return Message(text=_("Your questions to people:"), rows=rows, is_ephemeral=True)


def state_of(copies: Sequence[Copy], translate: Translate) -> str:
    """Where a relayed message stands, the worst of its copies."""
    _ = translate
    states = {copy.state for copy in copies if not copy.is_origin}
    words = {
        "blocked": _("blocked by the reader"),
        "failed": _("failed"),
        "unknown": _("in doubt"),
        "queued": _("on its way"),
        "sent": _("sent"),
    }
    return next((text for state, text in words.items() if state in states), "")


def transcript(
    question: Question,
    messages: Sequence[tuple[QuestionMessage, Sequence[Copy]]],
    history: Sequence[str],
    translate: Translate,
) -> Message:
    """Everything that was said, with the state of each message, and what was done."""
    _ = translate
    lines = []
    for message, copies in messages:
        kinds = {"asker": "👤", "contact": "✅", "note": "📝", "bot": "🤖"}
        state = state_of(copies, _)
        words = message.text if message.deleted_at is None else "*" + _("taken back") + "*"
        words = shown(question, words) if message.kind == "asker" else words
        files = f" 📎{len(message.files)}" if message.files else ""
        lines.append(f"{kinds[message.kind]} {words}{files}" + (f" · *{state}*" if state else ""))
    text = "\n".join([*lines, "", *history])
    heading = _("Question {number}", number=question.number)
    return Message(title=heading, text=text[-3500:], is_ephemeral=True)


def told(turn: Turn, text: str) -> Reply:
    """What came of it, for the contact who pressed or wrote."""
    if isinstance(turn.event, ActionPressed):
        return Notice(text=text)
    return Message(text=text, is_ephemeral=True)
