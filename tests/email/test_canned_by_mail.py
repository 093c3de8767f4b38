"""Articles as answers by mail: looked for with ``#find``, sent with ``#send``."""

from __future__ import annotations

from bot.translating import translator
from tests.email.house import House, asks, count, words
from tests.email.letters import mail


async def test_a_contact_finds_and_sends_articles_by_mail(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    assert "• #send 1: Lead and health" in words(sent)
    await house.answers(sent, "#FIND lead limits\n\nKind regards\nAmina")
    found = await house.mail_with("• #send lead-limits: Limits for lead")
    assert found["Subject"] == sent["Subject"]
    # As copied from the list, bullet and title and all; an answer to either mail will do.
    await house.answers(found, "• #send lead-limits: Limits for lead", n=2)
    await ana.sees("Limits for lead")
    await house.mail_with("Sent to the asker.")
    await house.answers(sent, "#send lead-limits\n\nKind regards\nAmina", n=3)
    await house.mail_with("was sent this article already")
    await house.answers(sent, "#send 1", n=4)
    await ana.sees("Lead and health")
    await house.answers(sent, "That is all.", n=5)
    await ana.sees("That is all.")
    assert [count(ana, words) for words in ("Limits for lead", "regards", "#")] == [1, 0, 0]
    # One mail for each: what was sent needs no copy of its own.
    assert len(house.mails()) == 5


async def test_what_the_subject_or_a_quotation_says_is_no_mark(house: House) -> None:
    ana = await asks(house)
    sent = await house.mail(1)
    letter = mail(
        "Have it tested.\n\n> #send 1\n> #find lead",
        subject=f"#find lead {sent['Subject']}",
        to=str(sent["Reply-To"]),
        In_Reply_To=sent["Message-ID"],
    )
    await house.imap.deliver(letter)
    await ana.sees("Have it tested.")
    assert count(ana, "Lead and health") == 0
    assert len(house.mails()) == 1


async def test_a_contact_reads_marks_in_the_language_of_their_mails(house: House) -> None:
    await asks(house)
    await house.answers(await house.mail(1), "#assign chloé")
    given = await house.mail(1, to="chloe@example.org")
    french = translator("fr")
    marks = "To send an article, answer with its mark alone; #find and a few words find others:"
    assert french(marks) in words(given)
    assert "• #send 1: Lead and health" in words(given)
    await house.answers(given, "#find xyzzy", n=2)
    await house.mail_with(french("I found no article for these words."))
