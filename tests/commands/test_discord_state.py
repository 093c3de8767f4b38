"""What outlives a restart of the Discord adapter."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.adapters.discord.drafts import FormDraft
from bot.chat.forms import Field, Form
from bot.chat.messages import Choice
from bot.commands.discord_state import StoredDrafts, SyncFile
from bot.store import Database
from tests.clock import ManualClock

FORM = Form(
    id="join",
    title="Join",
    fields=(
        Field(
            name="topic", label="Topic", kind="choices", choices=(Choice(label="Pb", value="pb"),)
        ),
        Field(name="name", label="Имя", is_required=False),
    ),
)


async def test_a_half_filled_form_is_there_after_a_restart(
    database: Database, clock: ManualClock
) -> None:
    draft = FormDraft(form=FORM, owner="42", page=1, values={"topic": "pb"})
    await StoredDrafts(database, clock).set("ab12", draft)
    drafts = StoredDrafts(database, clock)
    assert await drafts.get("ab12") == draft
    assert await drafts.get("ab13") is None
    await drafts.set("ab12", FormDraft(form=FORM, owner="42", page=2, values={"name": "Я"}))
    found = await drafts.get("ab12")
    assert found is not None
    assert (found.page, found.values) == (2, {"name": "Я"})
    await drafts.drop("ab12")
    await drafts.drop("ab12")
    assert await drafts.get("ab12") is None


async def test_a_form_is_forgotten_after_a_day(database: Database, clock: ManualClock) -> None:
    drafts = StoredDrafts(database, clock)
    await drafts.set("ab12", FormDraft(form=FORM, owner="42"))
    clock.advance(timedelta(hours=24).total_seconds())
    assert await drafts.get("ab12") is None


async def test_what_discord_has_is_remembered(tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "insop"
    assert await SyncFile(folder).get("a") is None
    await SyncFile(folder).set("a", "1")
    await SyncFile(folder).set("b", "2")
    assert [await SyncFile(folder).get(key) for key in "abc"] == ["1", "2", None]
    (file,) = folder.iterdir()
    file.write_text("[broken", encoding="utf-8")
    assert await SyncFile(folder).get("a") is None
    file.write_text("[]", encoding="utf-8")
    assert await SyncFile(folder).get("a") is None


async def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    state = SyncFile(blocked / "insop")
    await state.set("a", "1")
    assert await state.get("a") is None
