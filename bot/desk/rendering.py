"""How a message of a question looks at a desk and at the asker's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final, Literal

from bot.chat.actions import Action
from bot.chat.errors import ActionTooLong
from bot.chat.markup import escape
from bot.chat.messages import Button, FileRef, Message, Row
from bot.chat.turn import Translate
from bot.store.question_messages import QuestionMessage, StoredFile
from bot.store.questions import Question
from bot.translating import RIGHT_TO_LEFT
from knowledge.countries import country_name
from knowledge.library import Library
from knowledge.model import Article

DESK: Final = "desk"
"""The action of the buttons for contacts; its arguments are a verb and the question's number."""
MINE: Final = "mine"
"""The same for the asker's."""
SUGGESTED: Final = 2
TITLE_LIMIT: Final = 90
"""Characters of a thread's name; Discord takes 100, Telegram 128."""
LABEL_LIMIT: Final = 60
"""Characters of a button's label; Discord takes 80."""

_COORDINATE: Final = re.compile(r"(-?\d{1,3}[.,٫]\d)\d{2,}(?=\D|$)")
_SECONDS: Final = r"(?:[.,٫]\d+)?\s*['′’ʹ](?:\s*\d{1,2}(?:[.,٫]\d+)?\s*(?:[\"″”]|['′’ʹ]{2}))?"
_MINUTES: Final = re.compile(rf"(\d{{1,3}})\s*[°º˚]\s*(\d{{1,2}}){_SECONDS}")
_DEVICE: Final = re.compile(
    r"(?<![^\W\d])([NSEWO]\s*\d{1,3}\s+)(\d{1,2})[.,]\d+|(\b\d{1,3}\s+)(\d{1,2})[.,]\d+(?=\s*[NSEWO]\b)"
)
""""N14 41.567", as navigation devices write it."""
_PLUS_CODE: Final = re.compile(
    r"(?<!\w)(?:([2-9CFGHJMPQRVWX]{4})\w{4}|[2-9CFGHJMPQRVWX]{4})\+\w{2,3}\b"
)
"""Open Location Codes; the first four characters are a degree."""


def coarse(text: str) -> str:
    """Coordinates to a tenth of a degree or ten minutes, some ten kilometres or more."""
    text = _PLUS_CODE.sub(lambda found: f"{found[1] or ''}…", text)
    text = _MINUTES.sub(lambda found: f"{found[1]}°{_tens(found[2])}′", text)
    text = _DEVICE.sub(lambda found: (found[1] or found[3]) + _tens(found[2] or found[4]), text)
    return _COORDINATE.sub(r"\1", text)


def _tens(minutes: str) -> str:
    return f"{int(minutes) // 10 * 10:02}"


def shown(question: Question, words: str) -> str:
    """What an asker wrote as contacts see it: without exact places where it is confidential."""
    return coarse(words) if question.is_confidential else words


def asker_name(question: Question, translate: Translate) -> str:
    """The asker's name as contacts see it."""
    if question.is_confidential or not question.asker:
        return translate("the asker")
    return question.asker


def title(question: Question) -> str:
    """The name of a question's thread."""
    marks = {"closed": "✅ ", "waiting": "💬 ", "assigned": "✍️ "}
    mark = "🔴 " if question.is_urgent and question.is_alive else marks.get(question.state, "")
    words = " ".join(shown(question, question.text).split()) or "📷"
    whole = f"{mark}#{question.number} {words}"
    return _cut(whole, TITLE_LIMIT)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"


def describe(question: Question, library: Library, translate: Translate) -> str:
    """A question in a few lines: for the head of its thread and for lists."""
    _ = translate
    heading = _("Question {number}", number=question.number)
    if question.is_urgent:
        heading = "🔴 " + _("URGENT") + f" · {heading}"
    facts = [question.language, question.where.platform]
    if question.country:
        facts.append(country_name(question.country, translate.language))
    if question.topic:
        facts.append(question.topic)
    facts.append(escape(asker_name(question, _)))
    lines = [f"**{heading}** · " + " · ".join(facts)]
    lines.append(
        escape(shown(question, question.text)) or "*" + _("a picture or file without words") + "*"
    )
    if question.first_text:
        first = shown(question, question.first_text)
        lines.append(_("*First asked as:* {text}", text=first))
    titles = [
        article.text(_.language).title
        for key in question.candidates
        if (article := library.article(key)) is not None
    ]
    if titles:
        lines.append(_("*Shown by me:* {titles}", titles="; ".join(titles)))
    return "\n".join(lines)


def head(
    message: QuestionMessage,
    question: Question,
    owner: str,
    library: Library,
    translate: Translate,
    *,
    is_mail: bool = False,
) -> Message:
    """The question itself, the first message of a thread, with what contacts can press.

    A mail has no buttons: it names the marks that send what is suggested.
    """
    _ = translate
    parts = [describe(question, library, _)]
    if question.is_confidential:
        parts.append("🔒 " + _("The asker wishes to stay unnamed."))
    if owner:
        parts.append(_("For: {name}", name=owner))
    parts.append(
        _(
            "Reply here to answer the asker. Begin with #note to write among yourselves; "
            "#close, #reopen and /questions do what they say."
        )
    )
    if is_mail:
        parts.append(_marks(question, library, _))
    return Message(
        text="\n\n".join(parts),
        rows=_head_rows(question, library, _),
        files=_files(message, question, _),
    )


def _head_rows(question: Question, library: Library, _: Translate) -> tuple[Row, ...]:
    number = str(question.number)

    def button(label: str, verb: str) -> Button:
        return Button(label=label, action=Action(DESK, verb, number))

    rows: list[Row] = [
        (button(_("Answer"), "answer"), button(_("I take it"), "take")),
        (button(_("Internal note"), "note"), button(_("Find an answer"), "find")),
        (button(_("Hand on"), "hand"), button(_("Close"), "close")),
        (button(_("Merge"), "merge"), button(_("History"), "history")),
        (Button(label=_("Make this an article"), action=Action("teach", "make", number)),),
    ]
    for key in question.candidates[:SUGGESTED]:
        article = library.article(key)
        sending = None if article is None else send_button(question, article, _)
        if sending is not None:
            rows.append((sending,))
    return tuple(rows)


def _marks(question: Question, library: Library, _: Translate) -> str:
    lines = [
        f"- {escape(f'#send {place}')}: {escape(article.text(question.language).title)}"
        for place, key in enumerate(question.candidates[:SUGGESTED], 1)
        if (article := library.article(key)) is not None
    ]
    if not lines:
        return _("To look for an article, answer with #find and a few words.")
    offer = _("To send an article, answer with its mark alone; #find and a few words find others:")
    return "\n".join([offer, *lines])


def send_button(question: Question, article: Article, translate: Translate) -> Button | None:
    """Sends the asker an article; None where its id is too long for a button."""
    action = Action(DESK, "send", str(question.number), article.id)
    try:
        action.pack()
    except ActionTooLong:
        return None
    label = translate("Send: {title}", title=article.text(translate.language).title)
    return Button(label=_cut(label, LABEL_LIMIT), action=action)


def to_desk(message: QuestionMessage, question: Question, translate: Translate) -> Message:
    """A message as the contacts see it."""
    _ = translate
    words = message.text
    if message.deleted_at is not None:
        words = "*" + _("taken back") + "*"
    elif message.kind == "asker":
        words = shown(question, words)
    match message.kind:
        case "asker":
            heading = f"👤 **{escape(asker_name(question, _))}**"
        case "note":
            heading = "📝 *" + _("Internal note") + f" · {escape(message.author)}*"
        case "contact":
            heading = "✅ **" + _("{name} answered", name=message.author) + "**"
        case "bot":
            return Message(text=f"🤖 *{words}*")
    if message.edited_at is not None and message.deleted_at is None:
        heading += " · *" + _("changed") + "*"
    return Message(
        text="\n".join(filter(None, (heading, words))),
        files=_files(message, question, _),
    )


def to_asker(message: QuestionMessage, question: Question, translate: Translate) -> Message:
    """A message as the asker sees it."""
    _ = translate
    if message.kind == "bot":
        return Message(text=message.text, direction=_direction(question.language))
    heading = f"💬 **{escape(message.author)}** · " + _("question {number}", number=question.number)
    return Message(
        text="\n".join(filter(None, (heading, message.text))),
        files=_files(message, question, _),
        direction=_direction(question.language),
    )


def _files(
    message: QuestionMessage, question: Question, translate: Translate
) -> tuple[FileRef, ...]:
    is_stripped = question.is_confidential and message.kind == "asker"
    return tuple(
        replace(_ref(file), is_stripped=is_stripped, language=translate.language)
        for file in message.files
    )


def _ref(file: StoredFile) -> FileRef:
    return FileRef(
        platform=file.platform,
        kind=file.kind,
        handle=file.handle,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
    )


def _direction(language: str) -> Literal["ltr", "rtl"]:
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"
