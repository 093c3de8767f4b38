"""What is said where no answer can be given: a choice, another try, or a person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.chat.actions import Action
from bot.chat.messages import Button, Message, Row
from bot.chat.turn import Translate
from handlers.answers import title_button
from handlers.menu import GO, menu
from knowledge.answering import Outcome
from knowledge.library import Library
from knowledge.model import Article

SUGGESTIONS: Final = 3


def suggested(library: Library, outcome: Outcome) -> list[Article]:
    """The articles of a "did you mean", best first."""
    found = (library.article(each.article) for each in outcome.candidates[:SUGGESTIONS])
    return [article for article in found if article is not None]


def suggest(articles: Sequence[Article], translate: Translate) -> Message:
    """A few titles to choose from."""
    rows: list[Row] = [(title_button(article, translate),) for article in articles]
    rows.append((Button(label=translate("None of these"), action=Action("none")),))
    return Message(text=translate("Did you mean one of these?"), rows=tuple(rows))


def ask_again(translate: Translate) -> Message:
    """The first miss."""
    _ = translate
    return Message(
        text=_(
            "I did not find an answer to that. Could you say it in other words, and name the "
            "pollutant, the crop or the place?"
        ),
        rows=((person_button(_), Button(label=_("Help"), action=Action(GO, "help"))),),
    )


def none_of_these(translate: Translate) -> Message:
    """The person saw the choice and found nothing in it."""
    return Message(
        text=translate(
            "Then please say it in other words, or let a person of the secretariat answer."
        ),
        rows=((person_button(translate),),),
    )


def offer_person(translate: Translate) -> Message:
    """The second miss."""
    return Message(
        text=translate(
            "I do not know this one. Shall I pass your question to a person of the secretariat? "
            "They will see what you wrote and what I showed you."
        ),
        rows=((person_button(translate), _no(translate)), (_hidden_button(translate),)),
    )


def must_not_answer(translate: Translate) -> Message:
    """Doses, diagnoses, legal advice: never answered by a program."""
    return Message(
        text=translate(
            "I must not answer this one: it needs a person who knows the law, medicine or the "
            "doses for your case. Shall I pass it to the secretariat?"
        ),
        rows=((person_button(translate), _no(translate)),),
    )


def small_talk(kind: str, translate: Translate, name: str = "") -> Message:
    """A short answer to a greeting, thanks and the like."""
    _ = translate
    match kind:
        case "thanks" | "praise":
            return Message(text=_("You are welcome. Ask again whenever you like."))
        case "goodbye":
            return Message(text=_("Good-bye, and good luck with your soil."))
        case "who":
            text = _(
                "I am a program, the assistant of the International Network on Soil Pollution. "
                "I answer from its knowledge base, with sources; people of the secretariat help "
                "where I cannot."
            )
            return Message(text=text, rows=menu(_))
        case "complaint":
            text = _(
                "I am sorry that I was not of more help. Try other words, or let a person "
                "answer you."
            )
            return Message(text=text, rows=((person_button(_),),))
    text = (
        _("Hello {name}. What would you like to know about soil pollution?", name=name)
        if name
        else _("Hello. What would you like to know about soil pollution?")
    )
    return Message(text=text, rows=menu(_, without="ask"))


def person_button(translate: Translate) -> Button:
    """Hands the last question over, or opens the contact form."""
    return Button(label=translate("Ask a person"), action=Action("person"), style="primary")


def _hidden_button(translate: Translate) -> Button:
    return Button(label=translate("Ask without my name"), action=Action("person", "hidden"))


def _no(translate: Translate) -> Button:
    return Button(label=translate("No, thank you"), action=Action(GO, "ask"))
