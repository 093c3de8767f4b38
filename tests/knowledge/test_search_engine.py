"""The engine's decisions: languages, context, two questions, boundaries, the cache, odd text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.answering import Outcome, Query
from knowledge.search.engine import Engine
from tests.knowledge.small_base import BASE, collection


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.build(collection())


def first(outcome: Outcome) -> str | None:
    return outcome.candidates[0].article if outcome.candidates else None


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("how can I take a sample of my soil?", "soil-sample"),
        ("how much lead is too much?", "lead-limits"),
        ("rinsing empty spray cans", "rinse-can"),
        ("¿Cómo puedo tomar una muestra del suelo?", "soil-sample"),
        ("как взять пробу грунта?", "soil-sample"),
        ("كيف اخذ عينه من التربه", "soil-sample"),
        ("如何采集土壤样品？", "soil-sample"),
    ],
)
def test_answers_in_six_scripts(engine: Engine, text: str, article: str) -> None:
    outcome = engine.decide(Query(text=text))
    assert (outcome.decision, outcome.article) == ("answer", article)
    assert 0 < outcome.score <= 1


def test_spelling_is_repaired_and_told(engine: Engine) -> None:
    outcome = engine.decide(Query(text="how do i rinse an emtpy spray contaner"))
    assert first(outcome) == "rinse-can"
    assert any("contaner → container" in line for line in outcome.explanation)


def test_russian_in_latin_letters(engine: Engine) -> None:
    outcome = engine.decide(Query(text="kak vzyat probu pochvy"))
    assert (outcome.language, first(outcome)) == ("ru", "soil-sample")


def test_arabic_in_latin_letters(engine: Engine) -> None:
    outcome = engine.decide(Query(text="kayf akhod 3ayyina min elturba"))
    assert (outcome.language, first(outcome)) == ("ar", "soil-sample")


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("¿Cómo me hago miembro de la red?", "join-network"),
        ("предел кадмия в почве", "cadmium-limits"),
        ("حد الكادميوم في التربة", "cadmium-limits"),
        ("土壤镉限值", "cadmium-limits"),
        ("limite de cadmium dans le sol", "cadmium-limits"),
    ],
)
def test_an_article_without_translation_is_suggested(
    engine: Engine, text: str, article: str
) -> None:
    outcome = engine.decide(Query(text=text))
    assert outcome.decision in {"suggest", "answer"}
    assert first(outcome) == article


@pytest.mark.parametrize("text", ["Pb limit", "limit for 7439-92-1 in soil", "Pb 300 mg/kg"])
def test_symbols_and_numbers_mean_the_substance(engine: Engine, text: str) -> None:
    assert first(engine.decide(Query(text=text))) == "lead-limits"


@pytest.mark.parametrize(
    "text",
    [
        "who won the football match last night",
        "какая завтра будет погода",
        "推荐一部好看的电影",
        "recette de crêpes bretonnes",
    ],
)
def test_what_it_does_not_hold_is_refused(engine: Engine, text: str) -> None:
    assert engine.decide(Query(text=text)).decision == "rephrase"


def test_and_for_lead_after_cadmium(engine: Engine) -> None:
    query = Query(
        text="and for lead?",
        previous="cadmium-limits",
        previous_text="what is the limit for cadmium in soil",
    )
    assert first(engine.decide(query)) == "lead-limits"


@pytest.mark.parametrize("text", ["tell me more", "подробнее", "更多", "más detalles"])
def test_more_of_the_article_before(engine: Engine, text: str) -> None:
    outcome = engine.decide(Query(text=text, previous="rinse-can"))
    assert (outcome.decision, outcome.article) == ("answer", "rinse-can")


def test_a_whole_question_does_not_lean_on_the_one_before(engine: Engine) -> None:
    query = Query(text="how do i join the network", previous="rinse-can", previous_text="rinse can")
    assert engine.decide(query).article == "join-network"


def test_two_questions_are_told_apart(engine: Engine) -> None:
    text = "how do I take a soil sample and how do I join the network?"
    assert len(engine.decide(Query(text=text)).parts) == 2


def test_one_question_stays_one(engine: Engine) -> None:
    assert engine.decide(Query(text="how much lead and cadmium is too much")).parts == ()


@pytest.mark.parametrize(
    "text",
    [
        "how much glyphosate per hectare should I spray",
        "what medicine helps against lead poisoning",
        "can I sue my neighbour for the polluted soil",
        "какая дозировка пестицида",
        "puedo demandar a mi vecino",
    ],
)
def test_dosage_health_and_law_go_to_a_person(engine: Engine, text: str) -> None:
    assert engine.decide(Query(text=text)).decision == "handoff"


def test_an_emergency_comes_before_everything(engine: Engine) -> None:
    outcome = engine.decide(Query(text="my son drank from the spray can", previous="rinse-can"))
    assert outcome.decision != "answer"
    assert engine.decide(Query(text="my dog drank weedkiller")).decision == "urgent"


def test_a_button_wish_is_named(engine: Engine) -> None:
    assert engine.decide(Query(text="I want to join")).intent == "join"


def test_the_chosen_language_wins(engine: Engine) -> None:
    assert engine.decide(Query(text="lead limits", language="fr")).language == "fr"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n ",
        "🙂🙂",
        "?!",
        "the of and",
        "\ud800",
        "\u202e\u200b\u0000",
        "a" * 10_000,
        "ab" * 10_000,
        "x " * 500_000,
        "soil почва تربة 土壤 sol suelo 🙂 \ud800 12.5",
    ],
)
def test_odd_text_is_refused_in_peace(engine: Engine, text: str) -> None:
    assert engine.decide(Query(text=text)).decision in {"rephrase", "suggest"}


@settings(max_examples=150, deadline=None)
@given(text=st.text(max_size=80), previous=st.sampled_from([None, "rinse-can", "gone"]))
def test_no_text_raises(text: str, previous: str | None) -> None:
    outcome = _shared().decide(Query(text=text, previous=previous, previous_text=text))
    assert 0 <= outcome.score <= 1
    assert len(outcome.candidates) <= 10


def test_an_empty_knowledge_base_refuses() -> None:
    empty = Engine.build(collection({}))
    assert empty.decide(Query(text="lead limits")).decision == "rephrase"


def test_an_article_without_words_is_never_found() -> None:
    engine = Engine.build(collection({**BASE, "mute": {"en": ("…", "?")}}))
    outcome = engine.decide(Query(text="lead limits"))
    assert first(outcome) == "lead-limits"
    assert "mute" not in {candidate.article for candidate in outcome.candidates[:3]}


def test_the_cache_gives_the_same_decisions(tmp_path: Path, engine: Engine) -> None:
    Engine.build(collection(), tmp_path)
    warm = Engine.build(collection(), tmp_path)
    for text in ("how much lead is too much?", "como tomo una muestra", "weather tomorrow"):
        assert warm.decide(Query(text=text)) == engine.decide(Query(text=text))


def test_a_damaged_cache_is_rebuilt(tmp_path: Path) -> None:
    Engine.build(collection(), tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(b"PK\x03\x04 broken")
    again = Engine.build(collection(), tmp_path)
    assert again.decide(Query(text="lead limits")).article == "lead-limits"


def test_changed_examples_miss_the_cache(tmp_path: Path) -> None:
    Engine.build(collection(), tmp_path)
    changed = {**BASE, "join-network": {"en": ("Joining", "how to grow zucchini well")}}
    engine = Engine.build(collection(changed), tmp_path)
    assert first(engine.decide(Query(text="how to grow zucchini well"))) == "join-network"


_ENGINE: list[Engine] = []


def _shared() -> Engine:
    if not _ENGINE:
        _ENGINE.append(Engine.build(collection()))
    return _ENGINE[0]
