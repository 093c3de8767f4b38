"""A progress bar for an announcement that ``insop run`` is sending."""

from __future__ import annotations

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot.chat.ports import Clock
from bot.store import Database
from handlers.announce_progress import standing_of


async def watch(database: Database, number: int, total: int, clock: Clock) -> None:
    """Look every second until all is settled; Ctrl+C ends the looking, not the sending."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    print("Ctrl+C closes this view; the announcement goes on.")
    with Progress(*columns) as progress:
        task = progress.add_task("sending", total=total)
        while True:
            async with database.begin() as store:
                told = await store.announcements.get(number)
                standing = standing_of(await store.announcements.counts(number))
            state = told.state if told is not None else "gone"
            counted = f"failed {standing.failed}, unknown {standing.unknown}"
            progress.update(
                task,
                completed=standing.settled,
                total=max(total, standing.total),
                description=f"{state}: sent {standing.sent}, {counted}",
            )
            if state in ("done", "cancelled", "gone"):
                return
            await clock.sleep(1.0)
