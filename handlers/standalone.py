"""A decision in words, without a conversation: for the command line and for previews."""

from __future__ import annotations

from bot.chat.markup import plain
from bot.chat.messages import Button, Message
from bot.chat.turn import Translate
from handlers import fallbacks
from handlers.answers import answer, source_list, whole
from handlers.descriptions import Translators
from handlers.limits import Limits
from knowledge.answering import Outcome
from knowledge.library import Library
from knowledge.urgent import emergency_text


class Standalone:
    """What a person would read, as plain text or as messages."""

    def __init__(self, library: Library, translators: Translators) -> None:
        self._library = library
        self._translators = translators
        self._limits = Limits(library, translators)

    def reply_text(self, text: str, outcome: Outcome) -> str:
        """The reply to ``text`` on which ``outcome`` was decided; choices stand as a list."""
        translate = self._translators(outcome.language)
        if outcome.decision == "urgent":
            return plain(emergency_text(translate.language))
        message = self._message(text, outcome, translate)
        parts = [message.title, plain(message.text), message.footer]
        offered = [part for row in message.rows for part in row if isinstance(part, Button)]
        parts += [f"- {each.label}" for each in offered if each.action.name == "show"]
        return "\n\n".join(part for part in parts if part)

    def preview(self, article_id: str, language: str) -> list[Message] | None:
        """An article's answer, its longer text and its sources; None where it does not exist."""
        article = self._library.article(article_id)
        if article is None:
            return None
        translate = self._translators(language)
        return [make(self._library, article, translate) for make in (answer, whole, source_list)]

    def _message(self, text: str, outcome: Outcome, translate: Translate) -> Message:
        match outcome.decision:
            case "handoff":
                return fallbacks.must_not_answer(translate)
            case "smalltalk":
                return fallbacks.small_talk(outcome.smalltalk_kind or "greeting", translate)
        comparison = self._limits.answer(text, translate)
        if comparison is not None:
            return comparison
        article = self._library.article(outcome.article or "")
        if outcome.decision == "answer" and article is not None:
            return answer(self._library, article, translate)
        articles = fallbacks.suggested(self._library, outcome)
        if outcome.decision == "suggest" and articles:
            return fallbacks.suggest(articles, translate)
        return fallbacks.ask_again(translate)
