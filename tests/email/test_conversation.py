"""What contacts do by mail: Telegram, the desk, a mail server, a mail program, and back."""

from __future__ import annotations

import structlog

from bot.translating import translator
from tests.desk.test_carrying import jpeg_with_place
from tests.email.house import QUESTION, House, asks, count, words
from tests.email.letters import CONTACT, bounce, mail


async def test_a_note_stays_inside_and_commands_are_confirmed(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    await house.answers(sent, "#note I know this well.")
    await house.answers(sent, "Have it tested.", n=2)
    await ana.sees("Have it tested.")
    await house.answers(sent, "#close", n=3)
    await ana.sees("is closed")
    assert count(ana, "I know this well") == 0
    await house.mail_with("Closed; the asker is told.")
    assert len(house.mails()) == 2


async def test_a_contact_hands_on_by_mail_and_the_other_reads_all_in_one(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    await house.answers(sent, "#note Boris knows this well.")
    await house.answers(sent, "#assign bor", n=2)
    await ana.sees("is with Boris now")
    given = await house.mail(1, to="boris@example.org")
    assert QUESTION in words(given)
    assert "> Boris knows this well." in words(given)
    await house.answers(given, "I come on Friday.", n=3)
    await ana.sees("I come on Friday.")
    await house.answers(sent, "#assign nobody", n=4)
    await house.mail_with("Whom do you mean?")
    assert len(house.mails("boris@example.org")) == 1


async def test_a_mail_is_in_the_contacts_language(house: House) -> None:
    await asks(house)
    sent = await house.mail(1)
    assert "Question 1" in words(sent)
    await house.answers(sent, "#assign chloé")
    given = words(await house.mail(1, to="chloe@example.org"))
    head = given.split("\n\n")[1]
    assert translator("fr")("Question {number}", number=1) in head


async def test_nothing_crosses_between_askers(house: House) -> None:
    ana = await asks(house)
    ben = await asks(house, "Is my lettuce safe beside the old smelter site?", "Ben")
    one, two = await house.about(1), await house.about(2)
    await house.answers(two, "For Ben: do not eat it.", n=1)
    await house.answers(one, "For Ana: close it.", n=2)
    await ben.sees("do not eat it")
    await ana.sees("close it")
    assert count(ana, "For Ben") == 0
    assert count(ben, "For Ana") == 0


async def test_a_holiday_notice_is_a_note_and_no_answer(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    notice = mail(
        "I am away until Friday.",
        subject=f"Automatic reply: {sent['Subject']}",
        In_Reply_To=sent["Message-ID"],
        Auto_Submitted="auto-replied",
    )
    await house.imap.deliver(notice)
    await house.answers(sent, "Back now.", n=7)
    await ana.sees("Back now.")
    assert count(ana, "away until Friday") == 0
    async with house.database.begin() as store:
        said = await store.question_messages.of(1)
    assert [each.kind for each in said if "away until Friday" in each.text] == ["note"]


async def test_a_contact_hears_that_the_asker_has_left(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    await house.answers(sent, "Close the well.")
    await ana.sees("Close the well.")
    ana.state.is_blocked = True
    await house.answers(sent, "And call us.", n=2)
    await house.mail_with("the asker has blocked the assistant or left")


async def test_a_mail_that_comes_back_goes_to_the_deputy(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    await house.imap.deliver(bounce(sent.as_bytes(), CONTACT))
    given = await house.mail(1, to="boris@example.org")
    assert QUESTION in words(given)
    await house.answers(given, "I can come.")
    await ana.sees("I can come.")
    await house.imap.deliver(bounce(sent.as_bytes(), CONTACT))
    await ana.says("Today?")
    await house.mail(len(house.mails("boris@example.org")) + 1, to="boris@example.org")
    assert len(house.mails()) == 1
    async with house.database.begin() as store:
        copies = await store.question_copies.of_question(1)
        question = await store.questions.get(1)
    assert question is not None
    assert question.owner == "boris"
    failed = [copy for copy in copies if copy.state in ("failed", "blocked")]
    assert [copy.where.chat_id.casefold() for copy in failed] == [CONTACT]


async def test_an_address_that_the_server_refuses_is_as_good_as_returned(house: House) -> None:
    house.smtp.refusals["Amina@example.org"] = "550 no such user"
    ana = await asks(house)
    given = await house.mail(1, to="boris@example.org")
    await house.answers(given, "I can come.")
    await ana.sees("I can come.")
    async with house.database.begin() as store:
        places = await store.desk_threads.of(1)
    assert {each.where.chat_id: each.state for each in places} == {
        "Amina@example.org": "refused",
        "boris@example.org": "open",
    }


async def test_no_mail_tells_who_asks_without_a_name(
    house: House, logs: list[structlog.typing.EventDict]
) -> None:
    zoe = house.telegram.user("Zoe Kamara")
    await zoe.says("/confidential")
    await zoe.sees("What would you like to tell?")
    await zoe.says("They dump drums at 14.69278, -17.44672 by night")
    await zoe.sees("has the number")
    first = await house.mail(1)
    await house.answers(first, "Since when?")
    await zoe.sees("Since when?")
    house.telegram.world.files["photo-large"] = jpeg_with_place()
    await zoe.sends_photo("Here, at 14.692780, since May.")
    second = await house.mail_with("since May")
    await house.answers(second, "#assign boris", n=2)
    third = await house.mail(1, to="boris@example.org")
    (picture,) = second.iter_attachments()
    assert b"SecretPhone" not in picture.get_content()
    for each in (first, second, third):
        told = "\n".join(f"{name}: {value}" for name, value in each.items()) + words(each)
        told += "".join(str(part.get_filename()) for part in each.iter_attachments())
        for secret in ("Zoe", "Kamara", str(zoe.id), "14.69", "photo-large"):
            assert secret not in told
        assert "14.6" in told
    assert "Kamara" not in str(logs)
    assert "drums" not in str(logs)
