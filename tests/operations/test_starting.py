"""What a start loads, by Python's own list of imports: nothing that is not needed yet."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

from tests.knowledge.test_loader import CONTACTS, GOOD, SOURCES, write
from tests.telegram.loopback.server import TOKEN, LoopbackServer

ROOT = Path(__file__).resolve().parents[2]
STARTING = 90.0
"""Seconds that a start may take on a busy machine."""

LISTED = (sys.executable, "-X", "importtime", "-m", "bot")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}

CONFIG = """
knowledge_dir = "{folder}/kb"
[database]
url = "sqlite:///{folder}/insop.db"
[telegram]
api_url = "{url}"
set_commands = false
[web]
port = 0
[answering]
cache_dir = "{folder}/cache"
"""

LATER = {
    "alembic": "the tables are at this release",
    "discord": "there is no token of Discord",
    "psycopg": "the database is SQLite",
    "email_validator": "nobody has joined",
    "icalendar": "nobody asked for a calendar file",
    "imapclient": "there is no mailbox",
    "lxml": "there is no mailbox",
    "aiosmtplib": "mail is printed",
    "openpyxl": "nobody exports a table",
    "PIL": "nothing is drawn",
    "resvg_py": "nothing is drawn",
    "scipy": "the index lies in the cache",
}
"""Libraries that a start on Telegram leaves alone, and why."""


def imported(listing: str) -> set[str]:
    """The modules in the output of ``python -X importtime``, and the packages around them."""
    names = {
        line.rsplit("|", 1)[1].strip()
        for line in listing.splitlines()
        if line.startswith("import time:")
    }
    return names | {name.split(".")[0] for name in names}


async def start_and_ask(folder: Path, server: LoopbackServer) -> set[str]:
    """What a process has imported that was asked once and then told to stop."""
    listing = folder / "imports"
    with listing.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(*LISTED, "--config", str(folder / "config.toml"), "run"),
            env={**ENVIRONMENT, "INSOP_TELEGRAM_TOKEN": TOKEN},
            stderr=errors,
        )
    try:
        asked = server.received("sendMessage")
        await server.user("Ana").says("What is INSOP?")
        await server.until_received("sendMessage", asked + 1, within=STARTING)
        process.terminate()
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return imported(listing.read_text(encoding="utf-8"))


async def test_a_start_on_telegram_loads_what_the_first_answer_needs(tmp_path: Path) -> None:
    (tmp_path / "kb" / "articles" / "en").mkdir(parents=True)
    (tmp_path / "kb" / "sources.toml").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "kb" / "contacts.toml").write_text(CONTACTS, encoding="utf-8")
    write(tmp_path / "kb", "lead", GOOD.format(id="lead"))
    async with LoopbackServer() as server:
        config = CONFIG.format(folder=tmp_path, url=server.url)
        (tmp_path / "config.toml").write_text(config, encoding="utf-8")
        first = await start_and_ask(tmp_path, server)
        assert {"alembic", "telegram", "numpy"} <= first, "the listing tells nothing"
        second = await start_and_ask(tmp_path, server)
    assert {name: why for name, why in LATER.items() if name in second} == {}


def test_the_list_of_commands_loads_nothing_of_their_work() -> None:
    done = subprocess.run(
        [*LISTED, "--help"], env=ENVIRONMENT, capture_output=True, check=True, text=True
    )
    assert "announce" in done.stdout
    found = imported(done.stderr)
    assert "argparse" in found
    assert not found & {"pydantic", "sqlalchemy", "structlog", "numpy", "telegram", "discord"}
