"""Pictures and documents in announcements, and forwarded messages with their look."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from telegram import Chat, MessageEntity
from telegram import Message as TelegramMessage

from bot.adapters.telegram.unstyling import markup_of
from bot.attaching import DOCUMENT, MEGABYTE, file_name, media_type_of
from bot.chat.errors import RecipientGone, Unreachable
from bot.chat.events import ConversationRef, IncomingFile, MessageReceived
from bot.chat.markup import parse
from bot.chat.wire import message_from_json
from bot.delivery.texts import Texts
from bot.fetching import TRIES, FileFetcher
from bot.store import Database
from tests.announcing.conftest import Rows, Subscribe, send, write
from tests.clock import ManualClock
from tests.stage import Persona, Stage


class Platform:
    """Holds files by their handles, or fails as it is told."""

    def __init__(self) -> None:
        self.files: dict[str, bytes | Exception] = {}

    async def download(self, where: ConversationRef, handle: str) -> bytes:
        found = self.files[handle]
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def platform() -> Platform:
    """Where the files lie."""
    return Platform()


@pytest.fixture
def fetcher(database: Database, clock: ManualClock, platform: Platform) -> FileFetcher:
    """What fetches them."""
    return FileFetcher(
        database=database, clock=clock, platform="telegram", download=platform.download
    )


def png() -> bytes:
    """A small picture."""
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "brown").save(drawn, "PNG")
    return drawn.getvalue()


async def shows(author: Persona, *files: IncomingFile, text: str = "", markup: str = "") -> None:
    """Send files, with words or without."""
    values: dict[str, Any] = {"text": text, "markup": markup, "files": files}
    await author.does(MessageReceived(message_id="1", **values, **author.common()))


def photo(handle: str = "p1", size: int = 1000) -> IncomingFile:
    """A photo as Telegram tells of one."""
    return IncomingFile(kind="photo", handle=handle, size=size)


def document(name: str, size: int = 1000) -> IncomingFile:
    """A document."""
    return IncomingFile(kind="document", handle=name, name=name, size=size)


async def test_a_forwarded_message_keeps_its_look_and_its_picture(
    stage: Stage,
    sara: Persona,
    subscribe: Subscribe,
    platform: Platform,
    fetcher: FileFetcher,
    database: Database,
) -> None:
    await subscribe("a")
    platform.files["p1"] = png()
    await sara.says("/announce")
    await shows(sara, photo(), text="Soil day 5 * 3", markup="**Soil day** 5 \\* 3")
    for label in ("English", "News of the network", "7 days"):
        await sara.presses(label)
    sara.sees("Soil day 5 * 3", "Files: picture.jpg (0.1 MB, on its way)", "still on its way")
    await sara.presses("Send to 1")
    sara.sees("“picture.jpg” is still on its way to me")
    stage.restart()
    assert await fetcher.fetch_all() == 1
    await sara.presses_action(sara_action("show"))
    assert sara.last[0].attachments[0].data == png()  # type: ignore[attr-defined]  # a message
    sara.sees("Files: picture.jpg (0.1 MB)")
    await send(sara)
    async with database.connect() as connection:
        edition = (await Texts().editions(connection, {1}))[1]
    for language in ("en", "fr", None):
        (file,) = edition.message(language).attachments
        assert (file.media_type, file.data) == ("image/png", png())
    assert parse(edition.message("en").text).spans[0].kind == "bold"


def sara_action(kind: str) -> Any:
    """A button of draft 1."""
    from bot.chat.actions import Action

    return Action("announce", kind, "1")


async def test_a_file_is_added_removed_and_tested(
    sara: Persona, subscribe: Subscribe, platform: Platform, fetcher: FileFetcher, rows: Rows
) -> None:
    await subscribe("a")
    platform.files["plan.pdf"] = b"%PDF-1.7 plan"
    await write(sara)
    await sara.presses("Add a file")
    await sara.says("Where do I click?")
    sara.sees("Please send a picture or a document")
    await shows(sara, document("plan.pdf"))
    sara.sees("Files: plan.pdf", "on its way")
    await fetcher.fetch_all()
    await sara.presses("Refresh")
    await sara.presses("Test to me")
    (row,) = await rows()
    (file,) = message_from_json(row.payload).attachments
    assert (file.name, file.media_type, file.data) == (
        "plan.pdf",
        "application/pdf",
        b"%PDF-1.7 plan",
    )
    await sara.presses_action(sara_action("unfile"))
    sara.sees_not("plan.pdf")


async def test_a_file_alone_waits_for_its_text(sara: Persona) -> None:
    await sara.says("/announce")
    await shows(sara, photo())
    sara.sees("I have the file. Now the text, please.")
    await sara.says("The text.")
    for label in ("English", "News of the network", "7 days"):
        await sara.presses(label)
    sara.sees("The text.", "picture.jpg")


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (document("film.pdf", 21 * MEGABYTE), "I can fetch at most 20 MB here"),
        (document("setup.EXE"), "is a program"),
        (IncomingFile(kind="voice", handle="v"), "pictures and documents only"),
    ],
)
async def test_what_cannot_be_taken_is_refused_in_one_sentence(
    sara: Persona, file: IncomingFile, words: str
) -> None:
    await write(sara)
    await sara.presses("Add a file")
    await shows(sara, file)
    sara.sees(words, "Draft 1")
    sara.sees_not("Files:")


async def test_a_file_above_a_platforms_limit_is_refused_before_anything_is_sent(
    sara: Persona,
    subscribe: Subscribe,
    platform: Platform,
    fetcher: FileFetcher,
    database: Database,
) -> None:
    await subscribe("a")
    await subscribe("g", platform="discord", kind="group")
    platform.files["atlas.pdf"] = bytes(11 * MEGABYTE)
    await write(sara)
    await sara.presses("Add a file")
    await shows(sara, document("atlas.pdf", 11 * MEGABYTE))
    await fetcher.fetch_all()
    await sara.presses("Refresh")
    sara.sees("“atlas.pdf” has 11.0 MB; Discord takes at most 10 MB")
    await sara.presses("Send to 2")
    sara.sees("leave Discord out")
    async with database.begin() as store:
        assert await store.announcements.running() == []


async def test_a_file_that_cannot_be_had_is_said_so(
    sara: Persona, subscribe: Subscribe, platform: Platform, fetcher: FileFetcher
) -> None:
    await subscribe("a")
    await write(sara)
    for name, error in (("a.pdf", RecipientGone("gone")), ("b.pdf", Unreachable("down"))):
        platform.files[name] = error
        await sara.presses("Add a file")
        await shows(sara, document(name))
    assert await fetcher.fetch_all() == 1
    for _ in range(TRIES):
        await fetcher.fetch_all()
    await sara.presses("Refresh")
    sara.sees("a.pdf (0.1 MB, could not be had)", "b.pdf (0.1 MB, could not be had)")
    await sara.presses("Send to 1")
    sara.sees("could not be had. Remove the files")


async def test_a_large_file_is_named_and_not_shown_with_each_look(
    sara: Persona, subscribe: Subscribe, platform: Platform, fetcher: FileFetcher
) -> None:
    await subscribe("a")
    platform.files["atlas.pdf"] = bytes(2 * MEGABYTE)
    await write(sara)
    await sara.presses("Add a file")
    await shows(sara, document("atlas.pdf", 2 * MEGABYTE))
    await fetcher.fetch_all()
    await sara.presses("Refresh")
    assert sara.last[0].attachments == ()  # type: ignore[attr-defined]  # a message
    sara.sees("Files: atlas.pdf")


async def test_files_go_some_time_after_the_announcement_has_ended(
    sara: Persona,
    subscribe: Subscribe,
    platform: Platform,
    fetcher: FileFetcher,
    database: Database,
    clock: ManualClock,
) -> None:
    await subscribe("a")
    platform.files["plan.pdf"] = b"plan"
    await write(sara)
    await sara.presses("Add a file")
    await shows(sara, document("plan.pdf"))
    await fetcher.fetch_all()
    await send(sara)
    soon, later = clock.now() + timedelta(seconds=1), clock.now() + timedelta(days=1)
    async with database.begin() as store:
        assert await store.announcement_files.forget_before(later) == 0
        await store.announcements.set_state(1, "done", soon, only_from=("running",))
        assert await store.announcement_files.forget_before(soon) == 0
        assert await store.announcement_files.forget_before(later) == 1


async def test_who_is_forgotten_leaves_no_address_at_a_file(
    sara: Persona, database: Database, clock: ManualClock
) -> None:
    await write(sara)
    await sara.presses("Add a file")
    await shows(sara, document("plan.pdf"))
    async with database.begin() as store:
        person = await store.people.recognise(sara.author, clock.now())
        await store.eraser.forget(person.id, clock.now())
        assert await store.announcement_files.wanted("telegram") == []


async def test_a_discarded_draft_takes_its_files_along(
    sara: Persona, database: Database, platform: Platform, fetcher: FileFetcher
) -> None:
    platform.files["plan.pdf"] = b"plan"
    await write(sara)
    await sara.presses("Add a file")
    await shows(sara, document("plan.pdf"))
    await sara.presses("Discard")
    assert await fetcher.fetch_all() == 0


def test_pictures_are_known_by_their_bytes() -> None:
    assert media_type_of("x.pdf", png()) == "image/png"
    assert media_type_of("x.png", b"no picture") == DOCUMENT
    assert media_type_of("x.pdf", b"%PDF") == "application/pdf"
    wide = io.BytesIO()
    Image.new("1", (2100, 100)).save(wide, "PNG")
    assert media_type_of("x.png", wide.getvalue()) == DOCUMENT
    assert file_name("../a/b.pdf", None) == "_a_b.pdf"
    assert file_name(None, "image/png") == "picture.png"


@pytest.mark.parametrize(
    ("text", "entities", "markup"),
    [
        ("😀 bold it* x", [("bold", 3, 4), ("italic", 8, 2)], "😀 **bold** *it*\\* x"),
        ("a link", [("text_link", 2, 4)], "a [link](https://insop.example)"),
        ("bold and both", [("bold", 0, 13), ("italic", 9, 4)], "**bold and *both***"),
        ("a\nb c", [("bold", 0, 5)], "**a**\n**b c**"),
        (" x ", [("bold", 0, 3)], " **x** "),
        ("# no heading", [("code", 5, 7)], "\\# no `heading`"),
        ("**typed**", [], ""),
        ("insop.example", [("url", 0, 13)], ""),
    ],
)
def test_telegrams_styles_become_markup(
    text: str, entities: list[tuple[str, int, int]], markup: str
) -> None:
    message = TelegramMessage(
        message_id=1,
        date=datetime.now(UTC),
        chat=Chat(1, "private"),
        text=text,
        entities=[
            MessageEntity(kind, offset, length, url="https://insop.example")
            for kind, offset, length in entities
        ],
    )
    assert markup_of(message) == markup
    if markup:
        assert parse(markup).text == text
