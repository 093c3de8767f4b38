"""``insop run``: every platform that has a token, or the part that ``--role`` names."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable
from functools import partial

import structlog

from bot.app import build, build_library, own_folder_of, prepare_database, supervise
from bot.chat.errors import StartupError
from bot.chat.events import Platform
from bot.clock import SystemClock
from bot.commands.calendar_feed import feed_of
from bot.commands.channels import subscribe_channels
from bot.commands.collecting import keep_what_is_there
from bot.commands.event_seeds import seed_events
from bot.commands.letter_links import letter_links
from bot.commands.roles import (
    ALL,
    Part,
    Task,
    owner_name,
    parse_roles,
    unsearched_library,
    watch_for,
)
from bot.commands.sending import upkeep
from bot.config import Settings
from bot.delivery.own_articles import OwnArticles
from bot.operations.keeping import Platforms
from bot.sharing import Gateway
from bot.store import Database
from bot.store.database import DatabaseError
from bot.store.outages import OUTAGES
from bot.web.feeds import add_feed
from bot.web.health import HealthPages
from bot.web.metrics import Metrics
from bot.web.server import WebServer

_log = structlog.get_logger(__name__)

_POOL = 12
"""Connections of a process with a role: some are kept for locks."""
_PAUSE = 2.0


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Serve; 1 where a platform refuses to start, 2 where the settings cannot work."""
    try:
        roles = parse_roles(getattr(options, "role", ALL))
    except ValueError as error:
        print(f"--role: {error}", file=sys.stderr)
        return 2
    fault = _fault(settings, roles)
    if fault:
        print(fault, file=sys.stderr)
        return 2
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(settings, roles))
    except (DatabaseError, StartupError) as error:
        print(error, file=sys.stderr)
        return 1
    except BaseExceptionGroup as group:
        refused, others = group.split((DatabaseError, StartupError))
        for each in _leaves(refused) if refused else ():
            print(each, file=sys.stderr)
        if others is not None:
            raise others from None
        return 1
    return 0


def _fault(settings: Settings, roles: frozenset[str]) -> str:
    if not _platforms(settings):
        return (
            "There is no token yet, so there is nothing to serve. Set INSOP_TELEGRAM_TOKEN or "
            "INSOP_DISCORD_TOKEN, or try the assistant here with: insop chat"
        )
    if roles and settings.database.url.get_secret_value().startswith("sqlite:"):
        return (
            "--role needs PostgreSQL: SQLite is one process's alone. Set INSOP_DATABASE_URL, and "
            "bring the data over with: insop db copy FROM TO"
        )
    # With roles another process may serve the address.
    if not roles and settings.web.public_url is not None and not settings.web.port:
        return (
            "[web] public_url is set, but with port = 0 nothing answers there, and the links in "
            "mails and calendars lead nowhere. Set [web] port, or take public_url out."
        )
    return ""


async def _serve(settings: Settings, roles: frozenset[str]) -> None:
    clock, owner, metrics = SystemClock(), owner_name(), Metrics()
    database = await _open_database(settings, roles)
    async with database:
        gateway = None
        if "gateway" in roles:
            name = "+".join(sorted(roles))[:16]
            gateway = Gateway(database, clock, owner=owner, role=name)
            await gateway.beat()
        has_search = not roles or "gateway" in roles
        library = build_library(settings) if has_search else unsearched_library(settings)
        app = build(settings, database, library, clock=clock, meter=metrics, gateway=gateway)
        web = WebServer(settings.web, clock) if settings.web.port else None
        links = await letter_links(app)
        if web is not None and links is not None:
            links.links.add_to(web)
        part = Part(app=app, roles=roles, owner=owner, web=web, gateway=gateway, links=links)
        tasks = _tasks(part, metrics)
        if part.has("gateway"):
            await subscribe_channels(app)
            await seed_events(database, clock)
        keep_what_is_there()
        try:
            await supervise(tasks)
        finally:
            if gateway is not None:
                await gateway.leave()


def _tasks(part: Part, metrics: Metrics) -> dict[str, Task]:
    app = part.app
    tasks: dict[str, Task] = {}
    if part.has("gateway"):
        tasks["reloading"] = app.reloader().run
        own = own_folder_of(app.settings)
        if own is not None:
            articles = OwnArticles(
                database=app.database, clock=app.clock, library=app.library, folder=own
            )
            tasks["articles"] = articles.run
    if part.gateway is not None:
        tasks["gateway"] = part.gateway.run
    platforms = Platforms(app.clock, app.troubles)
    for platform in _platforms(app.settings):
        if not part.roles or part.roles & {"gateway", "sender"}:
            tasks[platform] = platforms.keep(platform, partial(part.tasks, platform))
    if app.settings.mailbox.host is not None:
        from bot.commands.mail_tasks import mail_tasks

        tasks |= mail_tasks(part)
    if part.has("clock"):
        tasks |= _clock(part)
    if app.settings.alerts.enabled:
        tasks["watch"] = watch_for(part).run
    if part.web is not None:
        pages = HealthPages(app.database, app.clock, metrics)
        pages.add_to(part.web, has_metrics=app.settings.web.has_metrics)
        add_feed(part.web, feed_of(app.database, app.clock))
        tasks["web"] = part.web.run
        tasks["web.end"] = pages.until_stopping
    return tasks


def _clock(part: Part) -> dict[str, Task]:
    """What is done at its time: in this process, or in the elected one of several."""
    works = upkeep(part.app, part.poke_senders, part.links)
    if not part.roles:
        return works

    async def together(over: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            for name, work in works.items():
                group.create_task(work(over), name=name)

    async def elected(stop: asyncio.Event) -> None:
        await part.elected("clock").run(together, stop)

    return {"clock": elected}


async def _open_database(settings: Settings, roles: frozenset[str]) -> Database:
    """Waits for a server that is away: after a power cut it may come back later than this."""
    while True:
        try:
            return await prepare_database(settings, pool_size=_POOL if roles else 8)
        except DatabaseError as error:
            is_away = isinstance(error.__cause__, OUTAGES)
            is_sqlite = settings.database.url.get_secret_value().startswith("sqlite:")
            if is_sqlite or not is_away:
                raise
            _log.warning("database.waiting", reason=str(error))
            await asyncio.sleep(_PAUSE)


def _platforms(settings: Settings) -> list[Platform]:
    found: list[Platform] = []
    if settings.telegram.token is not None:
        found.append("telegram")
    if settings.discord.token is not None:
        found.append("discord")
    return found


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where there is one (not on Windows): a tenth less time a turn, and steadier."""
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def _leaves(group: BaseExceptionGroup[Exception]) -> list[Exception]:
    found: list[Exception] = []
    for fault in group.exceptions:
        found += _leaves(fault) if isinstance(fault, BaseExceptionGroup) else [fault]
    return found
