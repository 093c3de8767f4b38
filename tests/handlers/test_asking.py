"""A question on its way: answer, choice, another try, a person."""

from __future__ import annotations

import pytest

from bot.chat.actions import Action
from bot.chat.events import FormSubmitted, Platform
from bot.chat.messages import Delete, Message
from bot.chat.turn import Role
from bot.config import DiscordSettings, Settings, TelegramSettings
from tests.stage import Stage


async def test_a_clear_question_is_answered_with_its_sources(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("how do I take a soil sample?")
    ana.sees("Taking a soil sample", "Short answer on taking a soil sample.", "FAO (2021)")
    assert {"More", "Sources", "Limits for lead", "Ask a person"} <= {
        button.label for button in ana.buttons
    }


async def test_more_and_sources_show_steps_and_addresses(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("how do I take a soil sample?")
    await ana.presses("More")
    ana.sees("1. First step.", "A longer text")
    await ana.says("how do I take a soil sample?")
    await ana.presses("Sources")
    ana.sees("https://example.org/report", "2026-04-22")


async def test_a_vague_question_gets_a_choice(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("what about lead limit health")
    ana.sees("Did you mean one of these?", "Limits for lead", "None of these")
    await ana.presses("Limits for lead")
    ana.sees("Short answer on limits for lead.")


async def test_two_misses_lead_to_a_person_with_both_texts(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("zebra crossing paint colours")
    ana.sees("Could you say it in other words")
    await ana.says("purple zebra xylophone")
    ana.sees("I do not know this one")
    await ana.presses("Ask a person")
    ana.sees("Your question has the number 1")
    async with stage.database.begin() as store:
        question = await store.questions.get(1)
    assert question is not None
    assert question.text == "purple zebra xylophone"
    assert question.first_text == "zebra crossing paint colours"
    assert question.asker == "Ana"


async def test_none_of_these_counts_as_a_miss(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("what about lead limit health")
    await ana.presses("None of these")
    ana.sees("in other words")
    await ana.says("purple zebra xylophone")
    ana.sees("I do not know this one")
    await ana.presses("Ask a person")
    async with stage.database.begin() as store:
        question = await store.questions.get(1)
    assert question is not None
    assert "lead-limits" in question.candidates


async def test_an_answer_resets_the_misses(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("zebra crossing paint colours")
    await ana.says("how do I take a soil sample?")
    await ana.says("zebra crossing paint colours")
    ana.sees("Could you say it in other words")


async def test_pressing_ask_a_person_twice_hands_over_once(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("zebra crossing paint colours")
    await ana.presses_action(Action("person"))
    ana.sees("number 1")
    await ana.presses_action(Action("person"))
    ana.sees("What is your question?")
    async with stage.database.begin() as store:
        assert await store.questions.count_open() == 1


async def test_every_desk_is_told_of_a_question_once(stage: Stage) -> None:
    stage.restart(
        Settings(
            telegram=TelegramSettings(desk_chat=-100, desk_topic=7),
            discord=DiscordSettings(desk_channel=55),
        )
    )
    ana = stage.persona("Ana *bold*", platform="discord")
    await ana.says("zebra crossing paint colours")
    await ana.presses("Ask a person")
    from sqlalchemy import text

    async with stage.database.connect() as connection:
        rows = (
            await connection.execute(
                text("SELECT platform, chat_id, thread_id, payload FROM delivery ORDER BY platform")
            )
        ).all()
    # The thread at Discord has to be made first.
    assert [row[:3] for row in rows] == [("telegram", "-100", "7")]
    assert "zebra crossing paint colours" in rows[0][3]
    assert "Ana \\\\*bold\\\\*" in rows[0][3]


async def test_the_secretariat_lists_open_questions_and_others_only_their_own(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("zebra crossing paint colours")
    await ana.presses("Ask a person")
    await ana.says("/questions")
    ana.sees("Your questions to people", "#1 zebra")
    bob = stage.persona("Bob")
    await bob.says("/questions")
    bob.sees_not("zebra")
    staff = stage.persona("Staff", platform="console", role=Role.SECRETARIAT)
    await staff.says("/questions")
    staff.sees("1 open question", "zebra crossing paint colours", "telegram", "Ana")


async def test_an_emergency_gets_the_fixed_text_and_a_flagged_question(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("my child drank pesticide, what do I do")
    ana.sees("poison centre", "number 1", "desk@example.org")
    async with stage.database.begin() as store:
        question = await store.questions.get(1)
    assert question is not None
    assert question.is_urgent


@pytest.mark.parametrize("platform", ["telegram", "discord"])
async def test_an_emergency_in_the_contact_form_is_one(stage: Stage, platform: Platform) -> None:
    ana = stage.persona("Ana", platform=platform)
    await ana.says("/contact")
    if platform == "discord":
        values = (("question", "my child drank pesticide"),)
        await ana.does(FormSubmitted(form="contact", values=values, **ana.common()))
    else:
        await ana.says("my child drank pesticide")
    ana.sees("poison centre", "number 1", "desk@example.org")
    async with stage.database.begin() as store:
        question = await store.questions.get(1)
    assert question is not None
    assert question.is_urgent


async def test_votes_are_kept_once_and_the_last_counts(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("how do I take a soil sample?")
    up = ana.button("👍").action
    down = ana.button("👎").action
    for action in (up, up, down):
        await ana.presses_action(action)
    ana.sees("Thank you", "let a person answer")
    from sqlalchemy import text

    async with stage.database.connect() as connection:
        rows = (await connection.execute(text("SELECT article, vote FROM feedback"))).all()
    assert [tuple(row) for row in rows] == [("soil-sampling", -1)]


async def test_only_the_asker_deletes_an_answer_in_a_group(stage: Stage) -> None:
    ana = stage.persona("Ana", chat_id="-5")
    bob = stage.persona("Bob", chat_id="-5")
    await ana.says("how do I take a soil sample?")
    delete = ana.button("Delete").action
    await bob.presses_action(delete)
    bob.sees("Only the person who asked")
    await ana.presses_action(delete)
    assert ana.last == (Delete(),)


async def test_in_a_group_details_are_for_the_one_who_pressed(stage: Stage) -> None:
    ana = stage.persona("Ana", chat_id="-5")
    await ana.says("how do I take a soil sample?")
    await ana.presses("More")
    (message,) = ana.last
    assert isinstance(message, Message)
    assert message.is_ephemeral


async def test_an_arabic_question_is_answered_in_arabic_and_marked_unreviewed(
    stage: Stage,
) -> None:
    ana = stage.persona("Ana")
    await ana.says("كيف آخذ عينة من التربة؟")
    ana.sees("خذ خمس عشرة عينة صغيرة واخلطها.")
    (message,) = ana.last
    assert isinstance(message, Message)
    assert message.direction == "rtl"
    assert message.footer


async def test_a_missing_translation_falls_back_to_english_and_says_so(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/language es")
    await ana.says("what is the limit for lead?")
    ana.sees("Short answer on limits for lead.")
    (message,) = ana.last
    assert isinstance(message, Message)
    assert message.text.startswith("*")


async def test_inline_queries_show_answers_without_a_trace(stage: Stage) -> None:
    ana = stage.persona("Ana")
    results = await ana.types("lead limits")
    assert results.results[0].title == "Limits for lead"
    assert not results.results[0].message.rows
    from sqlalchemy import text

    async with stage.database.connect() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM inbox"))).scalar() == 0


@pytest.mark.parametrize(
    ("typed", "title"), [("Taki", "Taking a soil sample"), ("SAMPL tak", "Taking a soil sample")]
)
async def test_half_a_title_is_enough_while_typing(stage: Stage, typed: str, title: str) -> None:
    found = await stage.persona("Ana").types(typed)
    assert title in found.results[0].title


async def test_the_first_letters_may_be_of_the_readers_language(stage: Stage) -> None:
    found = await stage.persona("Ana", locale="ar").types("أخذ")
    assert found.results[0].title == "أخذ عينة من التربة"


async def test_an_article_that_is_gone_is_said_to_be_gone(stage: Stage) -> None:
    ana = stage.persona("Ana")
    for name in ("show", "more", "sources"):
        await ana.presses_action(Action(name, "removed-article"))
        ana.sees("no longer here")
    await ana.presses_action(Action("vote", "up", "removed-article"))
    ana.sees("no longer here")
    await ana.presses_action(Action("feature-of-old"))
    ana.sees("This button no longer works")


async def test_a_word_that_names_a_page_opens_it(stage: Stage) -> None:
    from tests.knowledge_sample import sample_library

    ana = stage.persona("Ana")
    assert sample_library().article("how-to-join") is not None
    for text, words in {
        "help": "What I can do",
        "contact": "What is your question?",
        "privacy": "What I keep about you",
        "I want to join": "Short answer on how to join.",
    }.items():
        await ana.says(text)
        ana.sees(words)
        await ana.says("/cancel")
