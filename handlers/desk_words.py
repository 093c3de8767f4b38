"""Words for what the tables hold as names: how a question stands, and what was done with it."""

from __future__ import annotations

from bot.chat.turn import Translate
from bot.store.questions import State


def state_word(state: State, translate: Translate) -> str:
    """One or two words for a list."""
    _ = translate
    words: dict[State, str] = {
        "open": _("not taken yet"),
        "assigned": _("somebody works on it"),
        "waiting": _("waits for the asker"),
        "closed": _("closed"),
    }
    return words.get(state, state)


def deed_word(kind: str, translate: Translate) -> str:
    """What was done, of ``bot.store.schema_desk.question_event``; an unknown name as it is."""
    _ = translate
    words = {
        "opened": _("opened"),
        "routed": _("given to a contact"),
        "claimed": _("claimed"),
        "assigned": _("handed on"),
        "answered": _("answered"),
        "canned": _("an article was sent"),
        "changed": _("the asker changed the words"),
        "nudged": _("reminded"),
        "escalated": _("went to the deputy"),
        "warned": _("the asker was warned before closing"),
        "closed": _("closed"),
        "reopened": _("reopened"),
        "merged": _("merged"),
        "withdrawn": _("withdrawn"),
        "returned": _("a mail came back"),
        "missed": _("something may have been missed"),
        "not arrived: blocked": _("not arrived: the asker has blocked the assistant or left"),
        "not arrived: failed": _("not arrived: the platform refused it"),
        "not arrived: unknown": _("perhaps not arrived"),
    }
    return words.get(kind, kind)
