"""The question desk's handlers, put together."""

from __future__ import annotations

from collections.abc import Sequence

from bot.chat.events import ConversationRef
from bot.config import Settings
from bot.desk.relaying import Relay
from handlers.descriptions import Translators
from handlers.desk import Desk
from handlers.desk_absence import DeskAbsence
from handlers.desk_hearing import Hearing
from handlers.desk_mine import Mine
from handlers.desk_moving import Moving
from handlers.desk_opening import Opening
from handlers.desk_staff import DeskStaff
from knowledge.library import Library


def build_desk(
    library: Library,
    desks: Sequence[ConversationRef],
    translators: Translators,
    settings: Settings,
) -> tuple[Desk, Hearing, tuple[Desk, Mine, DeskStaff, DeskAbsence]]:
    """The way in, what listens to messages, and all that registers."""
    has_mail = settings.mailbox.host is not None
    relay = Relay(library, desks, has_mail=has_mail, language=settings.language)
    opening = Opening(library, relay)
    moving = Moving(library, relay)
    mine = Mine(relay, opening, moving)
    staff = DeskStaff(library, relay, moving)
    desk = Desk(library, opening, mine, translators, settings.membership)
    absence = DeskAbsence(library, translators)
    return desk, Hearing(relay, mine, staff), (desk, mine, staff, absence)
