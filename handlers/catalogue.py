"""All handlers in one table, and how the assistant introduces itself."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.actions import Action
from bot.chat.events import ActionPressed, ConversationRef
from bot.chat.messages import Notice
from bot.chat.routes import Presentation, Routes
from bot.chat.turn import Handler, Reply, Turn
from bot.config import Settings
from handlers.announce_ports import AnnouncePorts
from handlers.announce_routes import add_announcements
from handlers.ask import ARTICLE, Ask
from handlers.descriptions import Translators, in_all
from handlers.desk import PERSON
from handlers.desk_routes import build_desk
from handlers.event_routes import add_events
from handlers.limits import Limits
from handlers.membership_routes import add_membership, inviting
from handlers.operations import OperationsStatus
from handlers.pictures import PracticePictures
from handlers.reading import Reading
from handlers.settings import PersonalSettings
from handlers.start import ASK_MENU, DESCRIPTION, SHORT_DESCRIPTION, Start
from handlers.status import record_status
from handlers.teaching_routes import add_teaching
from knowledge.library import Library
from knowledge.pictures import Pictures


def build_routes(
    library: Library,
    desks: Sequence[ConversationRef],
    translators: Translators,
    settings: Settings | None = None,
    announcing: AnnouncePorts | None = None,
) -> Routes:
    """Everything the assistant does; ``desks`` are told about handed-over questions."""
    routes = Routes()
    settings = settings or Settings()
    desk, hearing, desk_parts = build_desk(library, desks, translators, settings)
    reading = Reading(library, translators)
    limits = Limits(library, translators)
    pages: dict[str, Handler] = {}
    words: dict[str, Handler] = {}
    ask = Ask(library, reading, desk, limits, translators, words, hearing)
    start = Start(translators)
    personal = PersonalSettings(translators)
    pictures = PracticePictures(Pictures.load())
    for part in (start, ask, reading, pictures, limits, *desk_parts, personal):
        part.add_to(routes)
    pages |= add_membership(routes, start, settings, desks, translators)
    add_announcements(routes, settings, translators, announcing or AnnouncePorts(desks=desks))
    pages |= add_events(routes, start, settings, translators)
    OperationsStatus(translators).add_to(routes)
    add_teaching(routes, library, settings, desks, translators)
    pages |= {
        "ask": ask.invite,
        "help": start.help,
        "about": start.about,
        "contact": desk.contact,
        "language": personal.language,
    }
    # Who writes "how do I join?" may want to read first.
    words |= {**pages, "join": inviting(reading.page("how-to-join"))}
    words[f"{ARTICLE}next-meeting"] = pages["events"]

    async def go(turn: Turn) -> Reply:
        """A button of the menu."""
        assert isinstance(turn.event, ActionPressed)
        match turn.event.action:
            case Action(args=(name, *_)) if name in pages:
                return await pages[name](turn)
        return Notice(text=turn._("This button no longer works. Please ask again."))

    routes.add_action("go", go)
    routes.status = record_status
    routes.edited = hearing.edited
    routes.deleted = hearing.deleted
    start.deep_links |= {
        "contact": desk.contact,
        "confidential": desk.confidential,
        PERSON: desk.hand_over,
        "questions": desk.questions,
    }
    return routes


def present(routes: Routes, translators: Translators) -> Presentation:
    """What platforms show in their menus and profiles."""
    return Presentation(
        commands=tuple(routes.specs.values()),
        short_description=in_all(translators, SHORT_DESCRIPTION),
        description=in_all(translators, DESCRIPTION),
        ask_menu=in_all(translators, ASK_MENU),
        ask_admins=frozenset(routes.ask_admins),
    )
