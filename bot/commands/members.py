"""``insop members``: the list of members from the command line."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bot.app import prepare_database
from bot.chat.turn import Role
from bot.commands.member_files import (
    ENCODING,
    FileError,
    printable,
    read_rows,
    write_csv,
    write_json,
    write_xlsx,
)
from bot.commands.member_import import carry_out, lines_of, make_plan
from bot.commands.members_options import FORMATS
from bot.config import Settings
from bot.store import Database
from bot.store.database import DatabaseError
from bot.store.memberships import MemberFilter, Membership
from handlers.duplicates import find_pairs
from handlers.members import read_filter

HEADER: Final = (
    "number",
    "state",
    "name",
    "email",
    "email_confirmed_at",
    "country",
    "stakeholder",
    "organisation",
    "interests",
    "languages",
    "receives",
    "source",
    "joined_at",
    "consented_at",
)
Work = Callable[[Database, argparse.Namespace], Awaitable[int]]


def run(options: argparse.Namespace, settings: Settings) -> int:
    """Do what ``options.work`` names; 1 where it failed."""
    try:
        return asyncio.run(_run(options, settings))
    except (DatabaseError, FileError) as error:
        print(error, file=sys.stderr)
        return 1


async def _run(options: argparse.Namespace, settings: Settings) -> int:
    works: dict[str, Work] = {
        "list": _list,
        "export": _export,
        "import": _import,
        "duplicates": _duplicates,
        "stats": _stats,
        "grant": _grant,
    }
    async with await prepare_database(settings) as database:
        return await works[options.work](database, options)


async def _list(database: Database, options: argparse.Namespace) -> int:
    count = 0
    async for member in _each(database, options):
        count += 1
        row = _row(member)
        print("\t".join(row[:4] + row[5:8]))
    await _note(database, "list", f"{count} rows")
    print(f"{count} members.", file=sys.stderr)
    return 0


async def _export(database: Database, options: argparse.Namespace) -> int:
    file, form = _target(options)
    rows = [_row(member) async for member in _each(database, options)]
    await _note(database, "export", f"{form} {len(rows)} rows")
    if form == "xlsx":
        if file is None:
            raise FileError("An Excel file needs a name: insop members export members.xlsx")
        try:
            write_xlsx(file, [HEADER, *rows])
        except OSError as error:
            raise FileError(f"{file}: cannot be written ({error.strerror}).") from error
    else:
        lines = write_csv([HEADER, *rows]) if form == "csv" else write_json(HEADER, rows)
        _write(lines, file, form)
    print(f"{len(rows)} members.", file=sys.stderr)
    return 0


def _target(options: argparse.Namespace) -> tuple[Path | None, str]:
    """The file to write, None for standard output, and its format; raises ``FileError``."""
    if options.file is not None and options.output is not None:
        raise FileError("Name the file once: as FILE or with --output, not both.")
    file: Path | None = options.file or options.output
    suffix = "" if file is None else file.suffix.lower().removeprefix(".")
    form = options.format or (suffix if suffix in FORMATS else None)
    if form is None and options.file is not None:
        # Search words in the place of the file would become a file of that name.
        raise FileError(
            f"{file}: a file's name ends in .csv, .xlsx or .json, or --format tells; words to "
            "search for go after --search."
        )
    return file, form or "csv"


def _write(lines: Iterable[str], file: Path | None, form: str) -> None:
    if file is None:
        sys.stdout.writelines(lines)
        return
    encoding = ENCODING if form == "csv" else "utf-8"
    try:
        with file.open("w", encoding=encoding, newline="") as target:
            target.writelines(lines)
    except OSError as error:
        raise FileError(f"{file}: cannot be written ({error.strerror}).") from error


async def _import(database: Database, options: argparse.Namespace) -> int:
    now = datetime.now(UTC)
    plan = await make_plan(database, read_rows(options.file), now)
    for line in lines_of(plan, options.faults):
        print(line)
    if options.dry_run:
        print("Nothing was written: this was a dry run.")
        return 1 if plan.faults else 0
    if plan.faults and not options.skip_bad:
        print("Nothing was written. Mend the rows above, or leave them out with --skip-bad.")
        return 1
    print(f"{await carry_out(database, plan, now)} members imported.")
    return 0


async def _duplicates(database: Database, options: argparse.Namespace) -> int:
    members = {member.person_id: member async for member in _each(database, options)}
    for pair in find_pairs(members.values(), limit=1000):
        one, other = members[pair.first], members[pair.second]
        print(
            f"{pair.first}\t{pair.second}\t{pair.reason}\t{pair.score:.0f}\t{one.name}\t{other.name}"
        )
    await _note(database, "duplicates", "")
    return 0


async def _stats(database: Database, _: argparse.Namespace) -> int:
    async with database.begin() as store:
        for field in ("state", "country", "stakeholder"):
            for name, count in (await store.memberships.counts(field)).items():
                print(f"{field}\t{name or '–'}\t{count}")
        months: dict[str, int] = {}
        for at in await store.memberships.joined_times():
            months[f"{at:%Y-%m}"] = months.get(f"{at:%Y-%m}", 0) + 1
    for month, count in months.items():
        print(f"month\t{month}\t{count}")
    return 0


async def _grant(database: Database, options: argparse.Namespace) -> int:
    role = Role[options.role.upper()] if options.role != "none" else Role.ANYONE
    async with database.begin() as store:
        if await store.accounts.role(options.number) is None:
            print(f"There is no person number {options.number}.", file=sys.stderr)
            return 1
        await store.accounts.grant(options.number, role)
        await store.audit.add(
            "grant",
            actor_id=None,
            via="cli",
            now=datetime.now(UTC),
            subject_id=options.number,
            detail=options.role,
        )
    print(f"Person {options.number} has the role {options.role} now.")
    return 0


async def _each(database: Database, options: argparse.Namespace) -> AsyncIterator[Membership]:
    wanted: MemberFilter = read_filter(getattr(options, "words", "") or "")
    async with database.begin() as store:
        async for member in store.memberships.each(wanted):
            yield member


async def _note(database: Database, action: str, detail: str) -> None:
    async with database.begin() as store:
        now = datetime.now(UTC)
        await store.audit.add(action, actor_id=None, via="cli", now=now, detail=detail)


def _row(member: Membership) -> tuple[str, ...]:
    confirmed = member.email_confirmed_at
    return tuple(
        printable(cell)
        for cell in (
            str(member.person_id),
            member.state,
            member.name,
            member.email or "",
            confirmed.isoformat() if confirmed else "",
            member.country or "",
            member.stakeholder or "",
            member.organisation,
            ",".join(member.interests),
            ",".join(member.languages),
            ",".join(member.receives),
            member.source,
            member.joined_at.isoformat(),
            member.consented_at.isoformat() if member.consented_at else "",
        )
    )
