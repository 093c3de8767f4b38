"""``insop route``: to whom a question would go, and why."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.app import build_library, prepare_database
from bot.config import Settings
from bot.store.database import DatabaseError
from knowledge.answering import Query
from knowledge.countries import is_country
from knowledge.library import Library
from knowledge.model import LANGUAGES
from knowledge.routing import Choice, Matter, Situation, route


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Print the choice and every rule that had a say."""
    if not options.text.strip():
        print(
            'Write the question, for example: insop route "lead in my garden" --country SN',
            file=sys.stderr,
        )
        return 2
    country = options.country.upper() if options.country else None
    if country is not None and not is_country(country):
        print(f"--country {options.country}: write a code of two letters, like SN", file=sys.stderr)
        return 2
    if options.lang and options.lang not in LANGUAGES:
        print(f"--lang {options.lang}: choose one of {', '.join(LANGUAGES)}.", file=sys.stderr)
        return 2
    library = build_library(settings)
    matter = _matter(options, library, country)
    try:
        situation = asyncio.run(_situation(settings))
    except DatabaseError as error:
        print(error, file=sys.stderr)
        return 1
    choice = route(matter, library.everyone, situation)
    print(_told(matter, choice, settings.zone))
    return 0 if choice.contact is not None else 1


def _matter(options: argparse.Namespace, library: Library, country: str | None) -> Matter:
    outcome = library.decide(Query(text=options.text, language=options.lang))
    best = outcome.article or next((each.article for each in outcome.candidates), None)
    article = library.article(best or "")
    return Matter(
        topic=options.topic or (article.topic if article else None),
        language=options.lang or (outcome.language if outcome.language in LANGUAGES else "en"),
        country=country,
        group=options.group,
        is_urgent=options.urgent or outcome.decision == "urgent",
    )


async def _situation(settings: Settings) -> Situation:
    now = datetime.now(UTC)
    database = await prepare_database(settings)
    async with database, database.begin() as store:
        away = await store.contact_absences.away(now)
        load = await store.questions.load()
    return Situation(now=now, away=frozenset(away), load=load)


def _told(matter: Matter, choice: Choice, zone: str) -> str:
    urgency = "urgent" if matter.is_urgent else "ordinary"
    lines = [
        f"topic {matter.topic or 'unknown'}, language {matter.language}, "
        f"country {matter.country or 'unknown'}, {urgency}"
    ]
    for reason in choice.reasons:
        who = f"{reason.contact}: " if reason.contact else ""
        lines.append(f"  {reason.rule:14} {who}{reason.detail}")
    if choice.contact is None:
        return "\n".join([*lines, "There is no contact; fill knowledge/contacts.toml."])
    due = choice.due.astimezone(ZoneInfo(zone))
    lines.append(f"→ {choice.contact.name} <{choice.contact.email}>")
    lines.append(f"  due {due:%A %d %B %Y %H:%M} {zone}")
    if choice.others:
        lines.append(f"  then {', '.join(other.name for other in choice.others)}")
    return "\n".join(lines)
