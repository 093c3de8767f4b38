"""Joining, through the real router: the form, doubts, the summary, the yes."""

from __future__ import annotations

import pytest

from bot.chat.actions import Action
from bot.chat.forms import Form
from bot.chat.turn import Role
from bot.config_members import MembershipSettings
from bot.store.memberships import Membership
from handlers.privacy_text import VERSION
from tests.membership.journeys import answer_the_form, join, modal, settings_with
from tests.stage import Persona, Stage


async def member_of(stage: Stage, persona: Persona) -> Membership | None:
    async with stage.database.begin() as store:
        person = await store.people.recognise(persona.author, stage.clock.now())
        return await store.memberships.get(person.id)


async def test_ten_messages_are_enough_where_questions_come_one_by_one(stage: Stage) -> None:
    ana = stage.persona("Ana")
    sent = 0
    for text in (
        "/join",
        "Ana Wanjiru",
        "Ana.Wanjiru+soil@Example.org",
        "kenia",
        "farmer",
        "1, 4",
        "Green Fields",
        "English, 2",
        "events, calls for contributions",
    ):
        await ana.says(text)
        sent += 1
    ana.sees("Is this right?", "Kenya", "Farmer", "Assessment, Management and clean-up")
    ana.sees("English, Français", "Green Fields", "version 2026-11")
    await ana.presses("Yes, I join")
    assert sent + 1 <= 10
    ana.sees("Welcome, Ana Wanjiru", "Enter the code", "My data")
    member = await member_of(stage, ana)
    assert member is not None
    assert member.state == "member"
    assert member.email == "ana.wanjiru+soil@example.org"
    assert (member.country, member.stakeholder) == ("KE", "farmer")
    assert member.receives == ("events", "calls")
    async with stage.database.begin() as store:
        consents = await store.consents.history(member.person_id)
        assert await store.accounts.role(member.person_id) is Role.MEMBER
    assert [(each.purpose, each.is_given, each.version) for each in consents] == [
        ("membership", True, VERSION),
        ("events", True, VERSION),
        ("calls", True, VERSION),
    ]


async def test_three_interactions_are_enough_where_forms_are_shown_whole(stage: Stage) -> None:
    ana = stage.persona("Ana", platform="discord", chat_id="a-server")
    await ana.says("/join")
    (form,) = ana.last
    assert isinstance(form, Form)
    assert len(form.fields) == 5
    await ana.does(modal(ana, "join", name="Ana", email="", country="Кения", stakeholder="ngo"))
    ana.sees("Kenya", "Tell more (optional)")
    await ana.presses("Yes, I join")
    ana.sees("Welcome, Ana")
    member = await member_of(stage, ana)
    assert member is not None
    assert member.email is None


async def test_more_can_be_told_before_the_yes(stage: Stage) -> None:
    ana = stage.persona("Ana", platform="discord")
    await ana.does(modal(ana, "join", name="Ana", country="fr", stakeholder="ngo", interests=""))
    await ana.presses("Tell more")
    (form,) = ana.last
    assert isinstance(form, Form)
    assert [field.name for field in form.fields] == [
        "email",
        "organisation",
        "languages",
        "receives",
    ]
    await ana.does(
        modal(ana, "join.more", organisation="Terre", languages="fr,en", receives="news")
    )
    ana.sees("Terre", "English, Français", "News of the network")


async def test_every_doubt_of_a_whole_form_is_a_question_with_buttons(stage: Stage) -> None:
    ana = stage.persona("Ana", platform="discord")
    await ana.does(modal(ana, "join", name="Ana", email="ana@", country="Congo", stakeholder="x"))
    ana.sees("does not look like an e-mail address")
    await ana.presses("Write it again")
    await ana.does(modal(ana, "join.email", email="ana@example.org"))
    ana.sees("I am not sure about “Congo”")
    await ana.presses("Congo - Kinshasa")
    ana.sees("Please choose one of these")
    await ana.presses("Student")
    ana.sees("Is this right?", "Congo - Kinshasa", "Student")


@pytest.mark.parametrize(
    ("step", "wrong", "words", "right"),
    [
        (0, "💥", "the name that you go by", "Ana"),
        (0, "ana@example.org", "the name that you go by", "Ana"),
        (1, "ana at example", "does not look like", "ana@example.org"),
        (2, "Zzyzx 9", "I do not know a country called “Zzyzx 9”", "Italia"),
        (2, "Nigera", "Did you mean", "Nigeria"),
        (3, "astronaut", "Please choose one of these", "expert"),
    ],
)
async def test_a_wrong_answer_is_asked_again_at_once(
    stage: Stage, step: int, wrong: str, words: str, right: str
) -> None:
    ana = stage.persona("Ana")
    await ana.says("/join")
    for text in ("Ana", "ana@example.org", "Kenya", "farmer")[:step]:
        await ana.says(text)
    await ana.says(wrong)
    ana.sees(words, f"Question {step + 1} of 8")
    await ana.says(right)
    ana.sees(f"Question {step + 2} of 8")


async def test_a_country_that_was_meant_is_one_press_away(stage: Stage) -> None:
    ana = stage.persona("Ana", locale="ar")
    await ana.says("/join")
    await ana.says("عائشة")
    await ana.presses_action(Action("form", "skip", "join", "1"))
    await ana.says("Nigera")
    await ana.presses("نيجيريا")
    assert any(
        button.action.args[2:4] == ("3", "farmer") or "farmer" in button.action.args
        for button in ana.buttons
    )


@pytest.mark.parametrize(
    "name",
    ["Ana", "Анна Иванова", "عائشة بنت محمد", "李小龙", "Nguyễn Văn Ân", "आरती", "O'Neil-Şahin"],
)
async def test_names_in_any_script_stay_as_they_are(stage: Stage, name: str) -> None:
    ana = stage.persona("Ana")
    await join(ana, name=name)
    member = await member_of(stage, ana)
    assert member is not None
    assert member.name == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("ana+insop@example.org", "ana+insop@example.org"),
        ("用户@例子.广告", "用户@例子.广告"),
        ("josé@exämple.org", "josé@exämple.org"),
        ("  Ana@EXAMPLE.org ", "ana@example.org"),
    ],
)
async def test_addresses_with_unicode_and_sub_addresses(
    stage: Stage, typed: str, kept: str
) -> None:
    ana = stage.persona("Ana")
    await join(ana, email=typed)
    member = await member_of(stage, ana)
    assert member is not None
    assert member.email == kept


async def test_a_crash_in_the_middle_loses_nothing(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/join")
    await ana.says("Ana")
    stage.restart()
    await ana.says("ana@example.org")
    ana.sees("Question 3 of 8")
    stage.restart()
    await ana.says("/join")
    ana.sees("let us go on where you were", "Question 3 of 8")
    for text in ("Kenya", "ngo"):
        await ana.says(text)
    await ana.presses("Mapping")
    stage.restart()
    await ana.presses("Assessment")
    ana.sees("✓ Mapping", "✓ Assessment")
    await ana.presses("Mapping")
    ana.sees_not("✓ Mapping")
    await ana.presses("Done")
    for _ in range(3):
        await ana.presses("Skip")
    ana.sees("Is this right?", "Interests: Assessment")
    stage.restart()
    await ana.says("/join")
    ana.sees("Is this right?")
    await ana.presses("Yes, I join")
    ana.sees("Welcome, Ana")


async def test_a_form_left_open_for_two_days_begins_anew(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await answer_the_form(ana)
    yes = ana.button("Yes, I join").action
    stage.clock.advance(48 * 3600)
    await ana.presses_action(yes)
    ana.sees("This form is closed")
    await ana.says("/join")
    ana.sees("Question 1 of 8")
    assert await member_of(stage, ana) is None


async def test_two_forms_at_once_make_one_member(stage: Stage) -> None:
    ana = stage.persona("Ana", platform="discord", chat_id="server-one")
    again = stage.persona("Ana", platform="discord", chat_id="server-two")
    await ana.does(modal(ana, "join", name="Ana", country="Kenya", stakeholder="ngo"))
    await again.does(modal(again, "join", name="Ana W.", country="Ghana", stakeholder="ngo"))
    await ana.presses("Yes, I join")
    ana.sees("Welcome, Ana W.")
    await again.presses("Yes, I join")
    again.sees("You are a member of the network")
    async with stage.database.begin() as store:
        consents = await store.consents.history(1)
    assert len(consents) == 1


async def test_a_double_press_joins_once(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await answer_the_form(ana)
    yes = ana.button("Yes, I join").action
    await ana.presses_action(yes)
    await ana.presses_action(yes)
    ana.sees("You are a member of the network")
    async with stage.database.begin() as store:
        consents = await store.consents.history(1)
    assert [each.purpose for each in consents] == ["membership", "news"]


async def test_no_forgets_the_answers(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await answer_the_form(ana)
    await ana.presses("No, forget it")
    ana.sees("I forgot your answers")
    async with stage.database.begin() as store:
        assert await store.applications.get(1, stage.clock.now()) is None


async def test_a_change_before_the_yes(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await answer_the_form(ana)
    await ana.presses("Change something")
    await ana.presses("Country")
    await ana.says("Maroc")
    ana.sees("Is this right?", "Morocco")


async def test_in_a_group_the_form_is_not_filled_in_before_others(stage: Stage) -> None:
    settings = settings_with(membership=MembershipSettings(telegram_name="insop_bot"))
    stage.restart(settings)
    ana = stage.persona("Ana", chat_id="-5")
    for command in ("/join", "/me", "/export", "/leave", "/forget", "/confirm 123456"):
        await ana.says(command)
        ana.sees("This is personal")
    await ana.presses_action(Action("go", "join"))
    ana.sees("Open a private chat")


async def test_deep_link_button_and_words_lead_to_the_form(stage: Stage) -> None:
    ana = stage.persona("Ana")
    await ana.says("/start join")
    ana.sees("Question 1 of 8")
    await ana.says("/cancel")
    await ana.says("/help")
    await ana.presses("Join the network")
    ana.sees("Question 1 of 8")
    await ana.says("/cancel")
    await ana.says("I want to join")
    await ana.presses("Join the network")
    ana.sees("Question 1 of 8")


async def test_somebody_elses_button_speaks_of_ones_own_answers(stage: Stage) -> None:
    ana = stage.persona("Ana")
    bob = stage.persona("Bob")
    await answer_the_form(ana)
    await bob.presses_action(ana.button("Yes, I join").action)
    bob.sees("This form is closed")
    assert await member_of(stage, bob) is None


async def test_the_settings_decide_on_the_address(stage: Stage) -> None:
    ana = stage.persona("Ana")
    stage.restart(settings_with(membership=MembershipSettings(email="off")))
    await ana.says("/join")
    ana.sees("of 7")
    stage.restart(settings_with(membership=MembershipSettings(email="required")))
    await ana.says("/cancel")
    await ana.says("/join")
    await ana.says("Ana")
    assert not [button for button in ana.buttons if button.label == "Skip"]


async def test_the_online_form_is_offered_beside(stage: Stage) -> None:
    stage.restart(settings_with(join_form_url="https://forms.example.org/insop"))
    ana = stage.persona("Ana")
    await ana.says("/join")
    ana.sees("https://forms.example.org/insop")


async def test_every_button_fits_and_every_label_is_short_in_each_language(stage: Stage) -> None:
    for language in ("en", "fr", "es", "ar", "ru", "zh"):
        ana = stage.persona(f"Ana-{language}", locale=language)
        await ana.says("/join")
        for text in ("Ana", "ana@example.org", "Nigera"):
            await ana.says(text)
        assert all(len(button.action.pack().encode()) <= 64 for button in ana.buttons)
        for text in ("NG", "focal_point", "1"):
            await ana.says(text)
            assert all(len(button.action.pack().encode()) <= 64 for button in ana.buttons)
        assert all(len(button.label) <= 80 for button in ana.buttons)
