"""Welcome, help, language, privacy, the contact form."""

from __future__ import annotations

import pytest

from bot.chat.actions import Action
from bot.chat.events import IncomingFile, MessageReceived
from bot.chat.forms import Form
from bot.chat.messages import Message
from bot.chat.turn import Role
from tests.stage import Stage

PAGES = {
    "start": "assistant of INSOP",
    "help": "What I can do",
    "about": "22 April 2022",
    "language": "In which language",
    "privacy": "What I keep about you",
    "contact": "What is your question?",
}


@pytest.mark.parametrize(("command", "words"), PAGES.items())
async def test_every_command_answers(stage: Stage, command: str, words: str) -> None:
    ana = stage.persona("Ana")
    await ana.says(f"/{command}")
    ana.sees(words)


@pytest.mark.parametrize("command", ["start", "help", "about", "privacy"])
async def test_each_command_is_a_button_away_from_the_others(stage: Stage, command: str) -> None:
    ana = stage.persona("Ana")
    await ana.says(f"/{command}")
    buttons = {button.action.pack(): button for button in ana.buttons}
    others = {f"go:{name}" for name in ("ask", "help", "about", "language", "privacy", "contact")}
    own = {f"go:{command}", "go:about" if command == "start" else ""}
    assert others - own <= set(buttons)
    for packed in others - own:
        await ana.presses_action(buttons[packed].action)
        ana.sees_not("no longer works")
        assert ana.last


async def test_start_with_a_stale_payload_still_welcomes(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/start expired-token-123")
    ana.sees("Hello Ana")


async def test_a_name_with_markup_is_shown_as_it_is(stage: Stage) -> None:
    ana = stage.persona("**Ana** [x](https://evil.example)")
    await ana.says("/start")
    ana.sees("Hello **Ana** [x](https://evil.example)")


async def test_a_chosen_language_holds_after_a_restart(stage: Stage) -> None:
    ana = stage.persona("Ana", locale="en")
    await ana.says("/language")
    await ana.presses("Français")
    stage.restart()
    async with stage.database.begin() as store:
        member = await store.people.recognise(ana.author, stage.clock.now())
    assert member.language == "fr"
    await ana.presses_action(Action("language", "auto"))
    async with stage.database.begin() as store:
        member = await store.people.recognise(ana.author, stage.clock.now())
    assert member.language is None


async def test_a_language_nobody_speaks_shows_the_choice(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.presses_action(Action("language", "tlh"))
    assert {"English", "العربية", "中文"} <= {button.label for button in ana.buttons}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hello", "Hello Ana"),
        ("thank you", "You are welcome"),
        ("bye", "Good-bye"),
    ],
)
async def test_small_talk_is_understood(stage: Stage, text: str, words: str) -> None:
    ana = stage.persona("Ana")
    await ana.says(text)
    ana.sees(words)


async def test_the_contact_form_is_asked_step_by_step(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    stage.restart()
    await ana.says("Who tests soil in my province?")
    ana.sees("number 1", "desk@example.org")
    async with stage.database.begin() as store:
        question = await store.questions.get(1)
    assert question is not None
    assert question.text == "Who tests soil in my province?"


async def test_the_contact_form_is_whole_where_the_platform_has_forms(stage: Stage) -> None:
    ana = stage.persona("Ana", platform="discord")
    await ana.says("/contact")
    (form,) = ana.last
    assert isinstance(form, Form)
    assert form.fields[0].limit <= 4000
    assert len(form.title) <= 45


async def test_a_form_can_be_cancelled_by_button_and_by_command(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    await ana.presses("Cancel")
    ana.sees("Nothing was sent")
    await ana.says("/contact")
    await ana.says("/cancel")
    ana.sees("Nothing was sent")
    await ana.says("/cancel")
    ana.sees("nothing to cancel")


async def test_what_comes_between_is_answered_with_the_open_question_under_it(
    stage: Stage,
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    await ana.says("/help")
    ana.sees("What I can do", "What is your question?")
    await ana.presses("About the network")
    ana.sees("FAO's Global Soil Partnership", "What is your question?")
    await ana.says("/contact")
    assert ana.screen.count("What is your question?") == 1
    await ana.says("/cancel")
    await ana.says("/help")
    ana.sees_not("What is your question?")


async def test_the_cancel_button_of_an_older_form_leaves_a_newer_one(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    await ana.presses_action(Action("form", "cancel", "another", "0"))
    ana.sees("This form is closed")
    await ana.says("Who tests soil here?")
    ana.sees("number 1")


async def a_question(stage: Stage) -> None:
    zoe = stage.persona("Zoe")
    await zoe.says("/contact")
    await zoe.says("Is my well safe?")


async def test_contact_in_a_group_asks_in_private(stage: Stage) -> None:
    ana = stage.persona("Ana", chat_id="-5")
    await ana.says("/contact")
    ana.sees("in a private chat")
    ana.sees_not("What is your question?")


async def test_cancel_in_a_group_is_heard_only_where_a_form_is_open(stage: Stage) -> None:
    await a_question(stage)
    ana = stage.persona("Ana", chat_id="-5", role=Role.EXPERT)
    await ana.says("/cancel")
    ana.sees_nothing()
    await ana.presses_action(Action("desk", "note", "1"))
    await ana.says("/cancel")
    ana.sees("Nothing was sent")


async def test_a_form_left_open_is_forgotten_after_a_day(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    stage.clock.advance(25 * 3600)
    await ana.says("how do I take a soil sample?")
    ana.sees("Taking a soil sample")


async def test_a_too_long_answer_to_a_form_is_asked_again_and_nothing_is_lost(
    stage: Stage,
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/contact")
    await ana.says("x" * 2001)
    ana.sees("at most 2000 characters", "What is your question?")
    await ana.says("shorter")
    ana.sees("number 1")


async def test_a_button_of_somebody_elses_form_is_refused(stage: Stage) -> None:
    await a_question(stage)
    ana = stage.persona("Ana", chat_id="-5", role=Role.EXPERT)
    bob = stage.persona("Bob", chat_id="-5")
    await ana.presses_action(Action("desk", "note", "1"))
    cancel = ana.button("Cancel").action
    await bob.presses_action(Action("form", "skip", *cancel.args[1:]))
    bob.sees("closed, or it was somebody else's")
    await ana.says("my note")
    ana.sees("Noted")


async def test_help_in_a_group_says_how_to_speak_to_it(stage: Stage) -> None:
    ana = stage.persona("Ana", chat_id="-5")
    await ana.says("/help")
    ana.sees("In a group")


async def test_a_group_that_lets_it_in_is_told_how_it_speaks(stage: Stage) -> None:
    from bot.chat.events import MemberJoined

    ana = stage.persona("Ana", chat_id="-5")
    await ana.does(MemberJoined(is_bot_itself=True, **ana.common()))
    ana.sees("only when spoken to")
    await ana.does(MemberJoined(**ana.common()))
    ana.sees_nothing()


async def test_an_unknown_command_is_silent_in_groups_and_answered_in_private(
    stage: Stage,
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/frobnicate")
    ana.sees("/help")
    group = stage.persona("Ana", chat_id="-5")
    await group.says("/frobnicate")
    group.sees_nothing()


async def test_a_photo_alone_opens_a_question_and_the_next_words_belong_to_it(stage: Stage) -> None:
    ana = stage.persona("Ana")
    photo = IncomingFile(kind="photo", handle="abc")
    await ana.does(MessageReceived(text="", message_id="9", files=(photo,), **ana.common()))
    ana.sees("has the number 1", "in a few words")
    await ana.says("a blue crust on my field")
    ana.sees("Passed on with question 1")
    await ana.says("how do I take a soil sample?")
    ana.sees("Taking a soil sample")


async def test_an_album_is_answered_once(stage: Stage) -> None:
    ana = stage.persona("Ana")

    async def shows(album: str, text: str = "") -> None:
        photo = IncomingFile(kind="photo", handle="abc")
        await ana.does(
            MessageReceived(text=text, message_id="9", files=(photo,), album=album, **ana.common())
        )

    await shows("one")
    ana.sees("has the number 1")
    await shows("one")
    ana.sees_nothing()
    await shows("two", "how do I take a soil sample?")
    ana.sees("Taking a soil sample")
    await shows("two")
    ana.sees_nothing()


async def test_every_button_of_every_page_fits_64_bytes(stage: Stage) -> None:
    ana = stage.persona("Ana")
    for command in PAGES:
        await ana.says(f"/{command}")
        for part in ana.last:
            assert isinstance(part, Message)
        assert all(len(button.action.pack().encode()) <= 64 for button in ana.buttons)
