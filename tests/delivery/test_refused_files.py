"""A file that the platform refuses takes no words along."""

from __future__ import annotations

from bot.chat.errors import Ambiguous, RecipientGone, Undeliverable, Unreachable
from bot.chat.events import ConversationRef, Platform
from bot.chat.messages import FileRef, Message
from bot.chat.ports import Download, Lane
from bot.delivery.carrying import FileCarrier
from tests.delivery.world import World, private

PHOTO = FileRef(platform="telegram", kind="photo", handle="abc", language="fr")
ELSEWHERE = FileRef(platform="discord", kind="photo", handle="abc")
ANA = private("ana")
REFUSED = Undeliverable("PHOTO_INVALID_DIMENSIONS")


class Elsewhere:
    """Another platform, which is away for so many looks."""

    def __init__(self, away_for: int) -> None:
        self.looks = 0
        self._away_for = away_for

    async def download(self, _where: ConversationRef, _handle: str) -> bytes:
        self.looks += 1
        if self.looks <= self._away_for:
            raise Unreachable
        return b"x"


async def relay(
    world: World, *files: FileRef, elsewhere: Elsewhere | None = None, seconds: float = 10
) -> None:
    message = Message(text="Is my well safe?", files=files)
    downloads: dict[Platform, Download] = {"discord": elsewhere.download} if elsewhere else {}
    async with world.database.begin() as store:
        await store.outbox.add(
            "q:1", ANA, message, lane=Lane.RELAY, on_unknown="resend", now=world.clock.now()
        )
    sender = await world.sender(carry=FileCarrier(1000, downloads).prepared)
    await world.clock.run_for(seconds)
    await world.stop(sender)


async def test_the_words_arrive_and_name_what_is_missing_in_the_readers_language(
    world: World,
) -> None:
    world.platform.plan("ana", REFUSED)
    await relay(world, PHOTO, PHOTO)
    (row,) = await world.rows()
    (arrived,) = world.platform.texts("ana")
    assert (row.state, row.message_id) == ("sent", "1")
    assert arrived.startswith("Is my well safe?")
    assert "2 fichiers" in arrived


async def test_words_that_are_refused_themselves_are_tried_twice_and_no_more(world: World) -> None:
    world.platform.always = REFUSED
    await relay(world, PHOTO)
    (row,) = await world.rows()
    assert (row.state, row.error) == ("failed", "refused")
    assert world.platform.calls == 2


async def test_words_without_a_file_are_tried_once(world: World) -> None:
    world.platform.always = REFUSED
    await relay(world)
    assert world.platform.calls == 1


async def test_a_file_that_could_not_be_had_is_not_tried_without_it_again(world: World) -> None:
    world.platform.always = REFUSED
    await relay(world, ELSEWHERE)
    assert world.platform.calls == 1


async def test_somebody_who_is_gone_is_not_written_to_again(world: World) -> None:
    world.platform.always = RecipientGone()
    await relay(world, PHOTO)
    assert world.platform.calls == 1


async def test_in_doubt_the_file_goes_along_again(world: World) -> None:
    world.platform.plan("ana", Ambiguous())
    await relay(world, PHOTO)
    assert world.platform.texts("ana") == ["Is my well safe?"]


async def test_a_file_of_a_platform_that_comes_back_soon_goes_along(world: World) -> None:
    elsewhere = Elsewhere(away_for=3)
    await relay(world, ELSEWHERE, elsewhere=elsewhere)
    assert world.platform.texts("ana") == ["Is my well safe?"]
    assert elsewhere.looks == 4
    assert world.platform.calls == 1


async def test_the_words_do_not_wait_for_a_platform_that_stays_away(world: World) -> None:
    elsewhere = Elsewhere(away_for=1000)
    await relay(world, ELSEWHERE, elsewhere=elsewhere, seconds=300)
    (row,) = await world.rows()
    (arrived,) = world.platform.texts("ana")
    assert row.state == "sent"
    assert "1 file could not be passed on" in arrived


async def test_where_the_files_of_some_are_away_others_get_theirs_at_once(world: World) -> None:
    async with world.database.begin() as store:
        for name in ("b", "c", "d", "e"):
            message = Message(text="Look", files=(ELSEWHERE,))
            await store.outbox.add(
                f"q:{name}", private(name), message,
                lane=Lane.RELAY, on_unknown="resend", now=world.clock.now(),
            )  # fmt: skip
    downloads: dict[Platform, Download] = {"discord": Elsewhere(away_for=1000).download}
    sender = await world.sender(carry=FileCarrier(1000, downloads).prepared)
    await world.clock.run_for(8)
    async with world.database.begin() as store:
        await store.outbox.add(
            "q:1", ANA, Message(text="Words"), lane=Lane.RELAY, on_unknown="resend",
            now=world.clock.now(),
        )  # fmt: skip
    sender.poke()
    await world.clock.run_for(3)
    assert world.platform.texts("ana") == ["Words"]
    await world.stop(sender)
