"""The month's report: what is counted, what is shown, and that it names nobody."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update

from bot.chat.messages import Message
from bot.chat.turn import Role
from bot.cli import main
from bot.store.schema import feedback, person, question
from bot.store.schema_teaching import asked
from handlers.report import read_month
from handlers.report_texts import quantile
from tests.membership.journeys import join
from tests.stage import Persona, Stage


@pytest.fixture
def chief(stage: Stage) -> Persona:
    return stage.persona("Chief", role=Role.SECRETARIAT)


async def rows_of(stage: Stage) -> list[dict[str, object]]:
    async with stage.database.connect() as connection:
        rows = await connection.execute(select(asked).order_by(asked.c.id))
        return [dict(row._mapping) for row in rows]


async def test_every_question_is_counted_with_topic_language_and_country(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await join(ana)
    await ana.says("how do I take a soil sample?")
    await ana.says("why do quokkas dislike brass bands?")
    await ana.says("/ask soil sampling steps")
    await ana.says("hello")
    await ana.says("/help")
    found = await rows_of(stage)
    assert [row["decision"] for row in found] == ["answer", "rephrase", "answer"]
    assert {(row["topic"], row["country"]) for row in found if row["decision"] == "answer"} == {
        ("sampling", "KE")
    }
    assert found[0]["words"] == ""
    assert found[1]["words"] == "why do quokkas dislike brass bands?"


async def test_what_is_kept_of_a_missed_question_names_nobody(stage: Stage) -> None:
    ana = stage.persona("Zubaida")
    await ana.says("quokkas of zubaida at Quartzfield, mail z@example.org, tel +254 712 345 678")
    (row,) = await rows_of(stage)
    for word in ("zubaida", "Quartzfield", "example", "712"):
        assert word not in str(row["words"])


async def test_forgetting_empties_the_words_and_keeps_the_count(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("why do quokkas dislike brass bands?")
    await ana.says("/forget")
    await ana.presses("Yes, erase")
    (row,) = await rows_of(stage)
    assert (row["person_id"], row["words"], row["decision"]) == (None, "", "rephrase")


async def a_month(stage: Stage) -> None:
    """Questions to the assistant, and ten to people, answered after one to nine hours."""
    ana = stage.persona("Ana")
    for text in ("how do I take a soil sample?", "soil sampling steps"):
        await ana.says(text)
    for name in ("Bob", "Cai", "Dan"):
        await stage.persona(name).says("price of biochar in brass bands")
    async with stage.database.connect() as connection:
        now = stage.clock.now()
        number = await connection.scalar(select(person.c.id).limit(1))
        for hours in range(10):
            await connection.execute(
                insert(question).values(
                    person_id=number,
                    platform="telegram",
                    chat_id="1",
                    thread_id="",
                    is_private=True,
                    text="biochar price",
                    first_text="biochar",
                    language="en",
                    topic="remediation",
                    state="closed" if hours else "open",
                    created_at=now,
                    updated_at=now,
                    asker_at=now,
                )
            )
            if hours:
                await connection.execute(
                    update(question)
                    .where(question.c.id == hours + 1)
                    .values(answered_at=now + timedelta(hours=hours))
                )
        await connection.execute(
            insert(feedback).values(
                person_id=number, article="soil-sampling", language="en", vote=-1, at=now
            )
        )


async def test_the_secretariat_reads_it_with_a_table_and_a_picture(
    stage: Stage, chief: Persona
) -> None:
    await a_month(stage)
    await chief.says("/report")
    chief.sees(
        "Questions to the assistant: 5",
        "Answered by the assistant: 2 (2 at once, 0 as a choice)",
        "Not found: 3",
        "Handed to people: 10",
        "Answered by people: 9",
        "half within 5.0 hours, nine in ten within 9.0",
        "Open now: 1",
        "Marked as no help: 1",
        "remediation: 10",
        "What the knowledge base lacks",
        "biochar",
    )
    (message,) = chief.last
    assert isinstance(message, Message)
    picture, table = message.attachments
    assert picture.data.startswith(b"\x89PNG")
    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert rows[0] == ["month", "table", "name", "count"]
    assert ["2026-11", "handed_over_by_topic", "remediation", "10"] in [
        ["2026-11", *row[1:]] for row in rows
    ]
    assert "Ana" not in chief.screen
    assert "Bob" not in table.data.decode("utf-8-sig")


async def test_only_the_secretariat_reads_it(stage: Stage) -> None:
    ana = stage.persona("Ana", role=Role.EXPERT)
    await ana.says("/report")
    ana.sees("for the network's secretariat")
    group = stage.persona("Chief", role=Role.SECRETARIAT, chat_id="-5")
    await group.says("/report")
    group.sees("in a private chat")


async def test_another_month_and_a_wrong_one(stage: Stage, chief: Persona) -> None:
    await a_month(stage)
    await chief.says("/report 2020-01")
    chief.sees("Questions in 2020-01", "Questions to the assistant: 0")
    for wrong in ("13-2020", "2020-13", "yesterday"):
        await chief.says(f"/report {wrong}")
        chief.sees("Write a month like 2026-11")


async def test_cells_that_look_like_formulas_are_guarded(stage: Stage, chief: Persona) -> None:
    await chief.says("/start")
    async with stage.database.connect() as connection:
        await connection.execute(
            insert(feedback).values(
                person_id=1, article="=2+5", language="en", vote=-1, at=stage.clock.now()
            )
        )
    await chief.says("/report")
    (message,) = chief.last
    assert isinstance(message, Message)
    assert "'=2+5" in message.attachments[-1].data.decode("utf-8-sig")


def test_months_begin_and_end_in_the_zone_of_the_secretariat() -> None:
    now = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    month = read_month("", "Europe/Rome", now)
    assert month is not None
    assert month.name == "2027-01"
    assert month.since == datetime(2026, 12, 31, 23, tzinfo=UTC)
    december = read_month("2026-12", "Europe/Rome", now)
    assert december is not None
    assert december.until == month.since


def test_quantiles_are_of_the_nearest_rank() -> None:
    assert quantile([], 0.5) is None
    assert quantile([3.0], 0.9) == 3.0
    ten = [float(number) for number in range(1, 11)]
    assert (quantile(ten, 0.5), quantile(ten, 0.9)) == (5.0, 9.0)


def test_the_command_writes_text_table_and_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[database]\nurl = "sqlite:///insop.db"\n')
    options = ["--csv", "november.csv", "--picture", "november.png"]
    assert main(["report", "--month", "2026-11", *options]) == 0
    assert "Questions to the assistant: 0" in capsys.readouterr().out
    assert (tmp_path / "november.csv").read_text(encoding="utf-8-sig").startswith("month,")
    assert (tmp_path / "november.png").read_bytes().startswith(b"\x89PNG")
    assert main(["report", "--month", "november"]) == 2
    assert main(["report", "--csv", "no/such/folder.csv"]) == 1
