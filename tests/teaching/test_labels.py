"""Labels of staff: one press each, and what the search makes of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from bot.chat.actions import Action
from bot.chat.turn import Role
from bot.cli import main
from bot.store import Database
from bot.store.labels import Label
from bot.store.migrating import upgrade
from bot.store.schema_teaching import label
from knowledge.answering import Query
from knowledge.labels import Labelled, evaluate_labels, fit, keep, with_kept
from knowledge.search.engine import Engine
from tests.clock import ManualClock
from tests.knowledge.small_base import collection
from tests.stage import Persona, Stage


@pytest.fixture
def chief(stage: Stage) -> Persona:
    return stage.persona("Chief", role=Role.SECRETARIAT)


async def labels(stage: Stage) -> list[Label]:
    async with stage.database.begin() as store:
        return await store.teaching.labels.all()


async def test_one_press_labels_and_shows_the_next(stage: Stage, chief: Persona) -> None:
    await stage.persona("Ana").says("brass bands of quokkas")
    await stage.persona("Bob").says("which pipes carry quokka lead hats?")
    await chief.says("/teach")
    chief.sees("Unanswered questions to look at: 2")
    await chief.presses("Look at the unanswered")
    chief.sees("quokka lead hats", "What should this have found?")
    await chief.presses_action(Action("teach", "is", "asked:2", "lead-limits"))
    chief.sees("brass bands of quokkas")
    none = chief.button("No article answers this").action
    await chief.presses_action(none)
    chief.sees("Nothing is left")
    await chief.presses_action(none)
    assert [(each.source, each.article) for each in await labels(stage)] == [
        ("asked:2", "lead-limits"),
        ("asked:1", None),
    ]
    await chief.presses_action(Action("teach", "is", "asked:1", "no-such-article"))
    chief.sees("This question is gone")


async def test_a_label_goes_with_its_asker(stage: Stage, chief: Persona) -> None:
    ana = stage.persona("Ana")
    await ana.says("brass bands of quokkas")
    await chief.presses_action(Action("teach", "is", "asked:1", "-"))
    await ana.says("/forget")
    await ana.presses("Yes, erase")
    assert await labels(stage) == []


@pytest.mark.parametrize(
    "action",
    [
        Action("teach", "next"),
        Action("teach", "is", "asked:1", "-"),
        Action("teach", "publish", "1"),
    ],
)
async def test_only_the_secretariat_may(stage: Stage, action: Action) -> None:
    ana = stage.persona("Ana", role=Role.EXPERT)
    await ana.says("brass bands of quokkas")
    await ana.presses_action(action)
    ana.sees("for the network's secretariat")
    await ana.says("/teach")
    ana.sees("for the network's secretariat")
    assert await labels(stage) == []


def labelled(*, right: int, wrong: int) -> list[Labelled]:
    good = [
        Labelled(text=f"how do i take a soil sample {word}", language="en", article="soil-sample")
        for word in (str(number) for number in range(right))
    ]
    bad = [
        Labelled(text=f"brass band of quokkas {number}", language="en", article=None)
        for number in range(wrong)
    ]
    return good + bad


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.build(collection(), None, languages=("en",))


def test_the_figures_tell_right_from_refused(engine: Engine) -> None:
    found = evaluate_labels(engine, labelled(right=5, wrong=4))["en"]
    assert (found["labels"], found["answerable"], found["right_first"]) == (9, 5, 5)
    assert found["unanswerable_shown"] == 0
    assert found["suggest_from_fitted"] is None
    assert found["needed"] > 0


def test_enough_labels_change_the_threshold_and_are_kept(engine: Engine, tmp_path: Path) -> None:
    assert fit(engine, labelled(right=5, wrong=4)) == {}
    fitted = fit(engine, labelled(right=30, wrong=30))
    assert fitted["en"].labels == 60
    keep(fitted, tmp_path)
    again = with_kept(engine, tmp_path)
    assert getattr(again.matchers["en"], "calibration") == fitted["en"]  # noqa: B009
    assert again.crossing is not engine.crossing
    (tmp_path / "calibration.json").write_text("broken", encoding="utf-8")
    assert with_kept(engine, tmp_path) is engine


def test_other_thresholds_know_nothing_of_earlier_decisions(engine: Engine, tmp_path: Path) -> None:
    query = Query(text="how do i take a soil sample", language="en")
    assert engine.decide(query).decision == "answer"
    strict = replace(fit(engine, labelled(right=30, wrong=30))["en"], suggest_from=2.0)
    keep({"en": strict}, tmp_path)
    assert with_kept(engine, tmp_path).decide(query).decision == "rephrase"
    assert engine.decide(query).decision == "answer"


async def test_the_command_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with Database(f"sqlite:///{tmp_path / 'insop.db'}") as database:
        await upgrade(database)
        async with database.connect() as connection:
            await connection.execute(
                insert(label).values(
                    source="asked:1",
                    language="en",
                    words="soil sample",
                    article="soil-sample",
                    at=ManualClock().now(),
                )
            )
            assert (await connection.scalar(select(label.c.words))) == "soil sample"


def test_the_command_without_labels(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.toml").write_text('[database]\nurl = "sqlite:///insop.db"\n')
    assert main(["eval", "--labels"]) == 0
    assert "Nobody has labelled a question yet" in capsys.readouterr().out
