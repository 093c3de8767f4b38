"""What contacts are asked in forms: an answer, a note, whom to hand on to, what to join."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat.forms import Field, Form
from bot.chat.messages import Choice
from bot.chat.routes import ABOUT
from bot.chat.turn import Translate
from bot.store.questions import Question
from knowledge.model import Contact

NOTE: Final = "question-note"
ANSWER: Final = "question-answer"
HAND: Final = "question-hand"
MERGE: Final = "question-merge"
FIND: Final = "question-find"
LIMIT: Final = 2000
_MOST_CHOICES: Final = 25


def answer(question: Question, translate: Translate) -> Form:
    """Words for the asker."""
    _ = translate
    label = _("Your answer; the asker gets it as it is")
    return _form(ANSWER, question, _, Field(name="text", label=label, kind="text", limit=LIMIT))


def note(question: Question, translate: Translate) -> Form:
    """Words among contacts."""
    _ = translate
    label = _("The note; only contacts see it")
    return _form(NOTE, question, _, Field(name="text", label=label, kind="text", limit=LIMIT))


def hand(question: Question, contacts: Sequence[Contact], translate: Translate) -> Form:
    """One of the contacts."""
    _ = translate
    choices = tuple(
        Choice(label=contact.name, value=contact.id, description=_about(contact))
        for contact in contacts[:_MOST_CHOICES]
    )
    field = Field(name="text", label=_("Who shall answer?"), kind="choice", choices=choices)
    return _form(HAND, question, _, field)


def merge(question: Question, translate: Translate) -> Form:
    """The number of another question of the same asker."""
    _ = translate
    label = _("The number of the question that goes on")
    return _form(MERGE, question, _, Field(name="text", label=label, limit=12))


def find(question: Question, translate: Translate) -> Form:
    """Words to look for among the articles."""
    _ = translate
    label = _("What shall I look for?")
    return _form(FIND, question, _, Field(name="text", label=label, limit=200))


def _form(form_id: str, question: Question, translate: Translate, field: Field) -> Form:
    title = translate("Question {number}", number=question.number)
    return Form(id=f"{form_id}{ABOUT}{question.number}", title=title, fields=(field,))


def _about(contact: Contact) -> str:
    return ", ".join((*contact.topics, *contact.languages, *contact.countries))[:100]
