"""A decision in words, without a conversation: for the command line and for previews."""

from __future__ import annotations

from bot.chat.markup import plain
from bot.chat.messages import Message
from bot.chat.turn import Translate
from handlers import fallbacks
from handlers.answers import answer, source_list, whole
from knowledge.answering import Outcome
from knowledge.library import Library
from knowledge.urgent import emergency_text


def reply_text(library: Library, outcome: Outcome, translate: Translate) -> str:
    """What a person would read, as plain text; choices stand as a list."""
    if outcome.decision == "urgent":
        return plain(emergency_text(translate.language))
    message = _message(library, outcome, translate)
    parts = [message.title, plain(message.text), message.footer]
    if outcome.decision == "suggest":
        articles = fallbacks.suggested(library, outcome)
        parts.append("\n".join(f"- {each.text(translate.language).title}" for each in articles))
    return "\n\n".join(part for part in parts if part)


def _message(library: Library, outcome: Outcome, translate: Translate) -> Message:
    match outcome.decision:
        case "answer" if (article := library.article(outcome.article or "")) is not None:
            return answer(library, article, translate)
        case "suggest":
            return fallbacks.suggest(fallbacks.suggested(library, outcome), translate)
        case "handoff":
            return fallbacks.must_not_answer(translate)
        case "smalltalk":
            return fallbacks.small_talk(outcome.smalltalk_kind or "greeting", translate)
    return fallbacks.ask_again(translate)


def preview_messages(
    library: Library, article_id: str, translate: Translate
) -> list[Message] | None:
    """An article's answer, its longer text and its sources; None where there is no such id."""
    article = library.article(article_id)
    if article is None:
        return None
    return [make(library, article, translate) for make in (answer, whole, source_list)]
