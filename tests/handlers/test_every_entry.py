"""Every command, button and form, by everybody: nobody gets past their role, nothing faults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import handlers
from bot.app import desks_of
from bot.chat.actions import Action
from bot.chat.events import ActionPressed, CommandInvoked, FormSubmitted
from bot.chat.routes import Routes
from bot.chat.turn import Role
from bot.config import Settings
from bot.store import Database
from bot.store.schema import metadata
from bot.translating import translator
from handlers.catalogue import build_routes
from tests.knowledge_sample import sample_library
from tests.stage import Persona, Stage

REFUSAL = "This is for the network's secretariat"
UNTOUCHED = frozenset({"inbox", "person", "account", "conversation", "process"})
"""Tables that any turn may write to: who spoke, and that it was handled."""
ARGUMENTS: tuple[tuple[str, ...], ...] = (
    (),
    ("1",),
    ("yes",),
    ("-1", "0"),
    ("999999999999", "x"),
    ("٣", "' OR 1=1 --"),
    ("../..", "a", "b"),
)
WORDS = ("", "1", "' OR 1=1 --", "=cmd|' /C calc'!A0", "@everyone <b>x</b>", "\u202eabc" * 50)


def routes() -> Routes:
    settings = Settings()
    return build_routes(sample_library(), desks_of(settings), translator, settings)


TABLE = routes()
KINDS: dict[str, dict[str, Any]] = {
    "command": TABLE.commands,
    "action": TABLE.actions,
    "form": TABLE.forms,
}
FIELDS = sorted(
    {
        name
        for path in Path(handlers.__file__).parent.rglob("*.py")
        for name in re.findall(r"\.value\(\"(\w+)\"", path.read_text(encoding="utf-8"))
    }
)
"""Every field that a handler asks a form for."""
NAMED_BY_US = frozenset({("form", "members.fix"), ("form", "teach.article")})
"""Forms whose field carries a number of ours in its name, which nobody can type."""
ENTRIES = [(kind, name) for kind, table in KINDS.items() for name in sorted(table)]
GUARDED = [(kind, name) for kind, name in ENTRIES if KINDS[kind][name][0] > Role.ANYONE]


async def tries(persona: Persona, kind: str, name: str, given: tuple[str, ...] = ()) -> None:
    """One attempt."""
    text = given[0] if given else ""
    common = persona.common()
    if kind == "command":
        await persona.does(CommandInvoked(name=name, text=text, **common))
    elif kind == "action":
        try:
            action = Action(name, *given)
            action.pack()
        except Exception:
            action = Action(name)
        await persona.does(ActionPressed(action=action, **common))
    else:
        values = tuple((field, text) for field in FIELDS)
        await persona.does(FormSubmitted(form=name, values=values, **common))


async def contents(database: Database) -> dict[str, int]:
    """Rows of every table that a refused turn must leave alone."""
    async with database.connect() as connection:
        return {
            table.name: await connection.scalar(select(func.count()).select_from(table)) or 0
            for table in metadata.sorted_tables
            if table.name not in UNTOUCHED
        }


@pytest.mark.parametrize("role", [Role.ANYONE, Role.MEMBER, Role.EXPERT, Role.SECRETARIAT])
async def test_nobody_gets_past_their_role(stage: Stage, role: Role) -> None:
    persona = stage.persona("Ana", role=role)
    before = await contents(stage.database)
    checked = 0
    for kind, name in GUARDED:
        needed = KINDS[kind][name][0]
        if role >= needed:
            continue
        for given in ((), ("1",), ("yes", "1")):
            await tries(persona, kind, name, given)
            assert REFUSAL in persona.screen, (kind, name, persona.screen)
            stage.clock.advance(60)
        checked += 1
    assert await contents(stage.database) == before
    assert checked or role == Role.SECRETARIAT


def test_what_is_described_as_the_secretariats_is_guarded() -> None:
    for name, spec in TABLE.specs.items():
        if "(secretariat)" in spec.descriptions["en"]:
            assert TABLE.commands[name][0] >= Role.SECRETARIAT, name
            assert spec.role == TABLE.commands[name][0], name


def test_there_is_something_to_guard() -> None:
    guarded = {name for _, name in GUARDED}
    assert {"announce", "members", "status"} <= guarded
    assert len(ENTRIES) > 40


@pytest.mark.parametrize("platform", ["telegram", "discord"])
@pytest.mark.parametrize("role", list(Role))
async def test_no_entry_faults_whatever_it_is_given(
    stage: Stage, role: Role, platform: Any, logs: list[Any]
) -> None:
    private = stage.persona("Ana", role=role, platform=platform)
    public = stage.persona("Ben", role=role, platform=platform, chat_id="-100")
    for kind, name in sorted(set(ENTRIES) - NAMED_BY_US):
        given = ARGUMENTS if kind == "action" else tuple((word,) for word in WORDS)
        for arguments in given:
            for persona in (private, public):
                await tries(persona, kind, name, arguments)
                stage.clock.advance(30)
        failed = [line for line in logs if line["event"] == "turn.failed"]
        assert not failed, (kind, name, repr(failed[0]["exc_info"]))
