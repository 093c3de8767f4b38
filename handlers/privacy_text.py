"""The privacy text: one source for /privacy, for the yes of new members and for docs/privacy.md.

``VERSION`` names it in every consent. Whoever changes the meaning changes the version, too; a
test reminds of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.chat.turn import Translate
from bot.config_members import RetentionSettings
from bot.marking import N_

VERSION: Final = "2026-11-23"


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and its text; ``{…}`` are days of the settings."""

    title: str
    text: str


SECTIONS: Final = (
    Section(
        title=N_("In short"),
        text=N_(
            "I keep what I need to answer you and, if you join the network, what you tell me in "
            "the form. You can see it, change it, take it with you and erase it at any time, "
            "here, without asking anybody. Nothing is sold, and there is no advertising."
        ),
    ),
    Section(
        title=N_("If you only ask questions"),
        text=N_(
            "- **Your account's number and name** on this platform, and the language you chose, "
            "so that I can answer you.\n"
            "- **Your last question with its pictures, and the article I showed you**, so that you "
            "can ask on: for {conversation_days} days.\n"
            "- **Whether an answer helped**, if you press the button.\n"
            "- **Questions that you hand to the secretariat**, with your name, so that somebody "
            "can answer: for {question_days} days. Then only the topic, the language and the "
            "date stay, for counting. An article may be made of an answer, after two people have "
            "looked that nobody can be recognised in it.\n"
            "- **That you asked**: the topic, the language and your country as a member; and where "
            "I found no answer, your words with names, numbers and places taken out, so that the "
            "network learns what is missing. After {question_days} days only the count stays.\n"
            "- **Messages that I sent you by myself**: for {delivery_days} days."
        ),
    ),
    Section(
        title=N_("If you join the network"),
        text=N_(
            "- **Your name, e-mail address, country, group, organisation, interests, languages "
            "and what you want to receive**, so that the network can write to you, bring people "
            "together and count its members by country and group. You may skip what is not "
            "marked as needed.\n"
            "- **To which version of this text you said yes, and when.** This shows that we may "
            "write to you. It is the legal basis of all of the above: your consent.\n"
            "- **A code to confirm your e-mail address**, scrambled, for ten minutes.\n"
            "- **That an address wants no more mails from me**, scrambled, if whoever reads it "
            "says so: until they take it back."
        ),
    ),
    Section(
        title=N_("Who sees it"),
        text=N_(
            "The secretariat of the network and the administrators of this service. Each look "
            "into the list of members and each change is noted, for {audit_days} days. Other "
            "members see nothing, except that a role on the network's Discord server may show "
            "that you are a member. The platform that you use (Telegram, Discord) and your e-mail "
            "provider carry the messages and have their own rules."
        ),
    ),
    Section(
        title=N_("What you can do"),
        text=N_(
            "- /me shows what I know of you as a member, and changes it.\n"
            "- /export gives you everything in one file.\n"
            "- /leave ends your membership. What you told in the form is erased after "
            "{left_days} days, in case you come back.\n"
            "- /forget erases everything about you at once, on all your linked accounts. "
            "Backups of the database are overwritten by those who run it, in their own rhythm."
        ),
    ),
)


def privacy_text(translate: Translate, retention: RetentionSettings) -> str:
    """The whole text in one language, as markup."""
    days = retention.model_dump()
    parts = [f"**{translate(part.title)}**\n{translate(part.text, **days)}" for part in SECTIONS]
    parts.append(translate("*Version {version} of this text.*", version=VERSION))
    return "\n\n".join(parts)


def privacy_document(translate: Translate, retention: RetentionSettings) -> str:
    """The same as a Markdown document: ``docs/privacy.md``."""
    days = retention.model_dump()
    parts = [f"## {translate(part.title)}\n\n{translate(part.text, **days)}" for part in SECTIONS]
    return "\n\n".join(
        [
            "# What the assistant keeps about people",
            f"Version {VERSION}. The assistant shows this text on /privacy, in six languages, with "
            "the days of its settings (`[retention]` in `config.toml`); here stand the defaults.",
            *parts,
            "",
        ]
    )
