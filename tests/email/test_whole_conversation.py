"""A whole conversation, from an asker's phone to a contact's mail program and back, for days."""

from __future__ import annotations

from bot.adapters.email.stripping import MARKER
from tests.databases import on_both
from tests.email.house import QUESTION, House, asks, count, words
from tests.email.letters import mail

pytestmark = on_both


async def test_asked_answered_asked_back_closed_and_opened_again(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    assert "#1" in sent["Subject"]
    assert QUESTION[:40] in sent["Subject"]
    assert words(sent).startswith(MARKER)
    assert QUESTION in words(sent)
    await house.answers(sent, "#note I know this well.")
    # Asking back is an answer like any other, and shows nothing of what the mail quotes.
    await house.answers(sent, "Please close the well.\nHow deep is it?\n\n-- \nAmina", n=2)
    await ana.sees("Please close the well.")
    (shown,) = (seen.text for seen in ana.shown() if "close the well" in seen.text)
    assert "How deep is it?" in shown
    assert "Amina" in shown
    assert QUESTION not in shown
    assert MARKER not in shown
    assert await _state(house) == "waiting"
    await house.stop()
    await house.start()
    await ana.says("Twelve metres.")
    follow_up = await house.mail_with("Twelve metres.")
    assert follow_up["Subject"] == sent["Subject"]
    assert "reply2@example.org" in follow_up["References"]
    assert "> " in words(follow_up)
    await house.answers(follow_up, "Then have it tested.", n=3)
    await ana.sees("have it tested")
    await house.answers(sent, "#close", n=4)
    await ana.sees("is closed")
    assert await _state(house) == "closed"
    await house.answers(sent, "One more thing: keep children away.", n=5)
    assert "question 1" in (await ana.sees("keep children away")).text
    assert await _state(house) == "waiting"
    assert count(ana, "close the well") == 1
    assert count(ana, "I know this well") == 0


async def test_files_go_both_ways(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    await house.imap.deliver(
        mail(
            "See the map.",
            files=(("map.pdf", "application/pdf", b"%PDF-1.7"),),
            subject=f"Re: {sent['Subject']}",
            message_id="<file@example.org>",
        )
    )
    shown = await ana.sees("See the map.")
    assert shown.raw["document"]["file_name"] == "map.pdf"
    house.telegram.world.files["photo-large"] = b"\xff\xd8jpeg"
    await ana.sends_photo("This is the lid.")
    second = await house.mail_with("This is the lid.")
    (part,) = second.iter_attachments()
    assert part.get_content() == b"\xff\xd8jpeg"


async def test_forged_mail_and_our_own_coming_back_reach_nobody(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    await house.answers(sent, "Forged words.", sender="Boris <boris@example.org>")
    fake = mail("Forged words.", subject="Re: [INSOP #1] x", message_id="<f@example.org>")
    # A mailbox that passes everything on to another sends our own words back to us.
    await house.imap.deliver(fake, sent.as_bytes())
    await house.answers(sent, "True words.", n=5)
    await ana.sees("True words.")
    assert count(ana, "Forged") == 0
    async with house.database.begin() as store:
        said = [each.text for each in await store.question_messages.of(1)]
    assert said == [QUESTION, "True words."]
    assert len(house.mails()) == 1


async def _state(house: House) -> str:
    async with house.database.begin() as store:
        question = await store.questions.get(1)
    assert question is not None
    return question.state
