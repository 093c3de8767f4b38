"""What handlers offer: commands, actions, forms and the roles they need.

Handlers build a ``Routes`` table; the router dispatches by it, and adapters read from it the
commands that they show in their menus.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bot.chat.forms import Check
from bot.chat.turn import Handler, Role

ABOUT: Final = "#"
"""In a form's id: what follows is the number of what the form is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandSpec:
    """A command as menus show it. ``descriptions`` by language, English always among them.

    ``option`` names the free text that follows the command, where it takes any; its words in
    ``option_hints`` by language.
    """

    name: str
    descriptions: Mapping[str, str]
    role: Role = Role.ANYONE
    is_in_groups: bool = True
    option: str | None = None
    option_hints: Mapping[str, str] = field(default_factory=dict)
    has_suggestions: bool = False
    """Whether the option is completed while typing (Discord's autocomplete)."""
    names: Mapping[str, str] = field(default_factory=dict)
    """The name in other languages, where a platform can show them (Discord: lower case, at most
    32 letters, digits, - and _); ``name`` stays what the core is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Presentation:
    """How the assistant introduces itself on a platform, by language."""

    commands: tuple[CommandSpec, ...]
    short_description: Mapping[str, str]
    """At most 120 characters (Telegram ``setMyShortDescription``)."""
    description: Mapping[str, str]
    """At most 512 characters (Telegram ``setMyDescription``)."""
    ask_menu: Mapping[str, str]
    """Label of the message menu "Ask the assistant", at most 32 characters (Discord)."""
    ask_admins: frozenset[str] = frozenset()
    """See ``Routes.ask_admins``."""


@dataclass(slots=True)
class Routes:
    """Who answers what; ``add_*`` raise ``ValueError`` where a name is taken."""

    commands: dict[str, tuple[Role, Handler]] = field(default_factory=dict)
    actions: dict[str, tuple[Role, Handler]] = field(default_factory=dict)
    forms: dict[str, tuple[Role, Handler]] = field(default_factory=dict)
    specs: dict[str, CommandSpec] = field(default_factory=dict)
    checks: dict[tuple[str, str], Check] = field(default_factory=dict)
    """What looks at an answer, by form and field; platforms that ask one by one use it."""
    ask_admins: set[str] = field(default_factory=set)
    """Commands and actions that a group's administrators alone may use. A platform that does not
    say by itself who is one is asked before these are handled, outside any transaction."""
    message: Handler | None = None
    inline: Handler | None = None
    joined: Handler | None = None
    edited: Handler | None = None
    deleted: Handler | None = None
    status: Handler | None = None

    def add_command(self, spec: CommandSpec, handler: Handler) -> None:
        """Answer ``/name`` with ``handler``."""
        _claim(self.commands, spec.name, (spec.role, handler))
        self.specs[spec.name] = spec

    def add_action(self, name: str, handler: Handler, role: Role = Role.ANYONE) -> None:
        """Answer buttons and selects whose action is called ``name``."""
        _claim(self.actions, name, (role, handler))

    def add_form(self, form_id: str, handler: Handler, role: Role = Role.ANYONE) -> None:
        """Take the form ``form_id`` when it is filled in, and each ``form_id#…`` of it."""
        _claim(self.forms, form_id, (role, handler))


def _claim(table: dict[str, tuple[Role, Handler]], name: str, entry: tuple[Role, Handler]) -> None:
    if name in table:
        raise ValueError(f"{name!r} is taken already")
    table[name] = entry
