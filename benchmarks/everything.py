"""Every benchmark, one after the other, and one table of them: docs/benchmarks.md.

``--only turns,flood`` leaves the others as they stand in the table of the last run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
TABLE: Final = ROOT / "docs" / "benchmarks.md"
RESULTS: Final = ROOT / "docs" / "benchmarks.json"
LIBRARIES: Final = (
    "python-telegram-bot",
    "discord.py",
    "sqlalchemy",
    "aiohttp",
    "psycopg",
    "uvloop",
)

_MILLION: Final = [
    *("benchmarks/delivery.py", "--recipients", "1000000", "--ceiling", "1000"),
    *("--latency-ms", "50", "--seconds", "30"),
]
RUNS: Final[dict[str, tuple[str, list[str]]]] = {
    "turns": (
        "Turns, Telegram stand-in, SQLite, eight texts over and over",
        ["benchmarks/turns.py", "--json"],
    ),
    "turns-postgres": (
        "Turns, Telegram stand-in, PostgreSQL, eight texts over and over",
        ["benchmarks/turns.py", "--database", "postgres", "--json"],
    ),
    "turns-distinct": (
        "Turns, Telegram stand-in, SQLite, six languages and no question twice",
        ["benchmarks/turns.py", "--texts", "distinct", "--json"],
    ),
    "turns-distinct-postgres": (
        "Turns, Telegram stand-in, PostgreSQL, six languages and no question twice",
        ["benchmarks/turns.py", "--database", "postgres", "--texts", "distinct", "--json"],
    ),
    "starting": (
        "From the start to the first answer, and idle memory",
        ["benchmarks/starting.py", "--json"],
    ),
    "delivery": (
        "An announcement to 1,000,000 at a ceiling of 1,000 a second, SQLite",
        [*_MILLION, "--json"],
    ),
    "delivery-postgres": (
        "An announcement to 1,000,000 at a ceiling of 1,000 a second, PostgreSQL",
        [*_MILLION, "--database", "postgres", "--json"],
    ),
    "crash": (
        "A sender to Telegram killed over and over, SQLite, hold",
        ["benchmarks/crash.py", "--kills", "20", "--json"],
    ),
    "crash-discord": (
        "A sender to Discord killed over and over, SQLite, hold",
        ["benchmarks/crash.py", "--kills", "20", "--platform", "discord", "--json"],
    ),
    "crash-discord-postgres": (
        "A sender to Discord killed over and over, PostgreSQL, hold",
        [
            *("benchmarks/crash.py", "--kills", "20", "--database", "postgres"),
            *("--platform", "discord", "--json"),
        ],
    ),
    "crash-postgres": (
        "A sender to Telegram killed over and over, PostgreSQL, hold",
        ["benchmarks/crash.py", "--kills", "20", "--database", "postgres", "--json"],
    ),
    "cluster": (
        "Two gateways, two senders, PostgreSQL, one of each killed every 10 s",
        ["-m", "benchmarks.cluster", "--kills", "12", "--json"],
    ),
    "flood": (
        "Others' latency while somebody floods",
        ["-m", "benchmarks.flood", "--json"],
    ),
    "reminders": (
        "Reminders at random moments, and many due in one second, SQLite",
        ["benchmarks/reminders.py", "--json"],
    ),
    "reminders-postgres": (
        "Reminders at random moments, and many due in one second, PostgreSQL",
        ["benchmarks/reminders.py", "--database", "postgres", "--json"],
    ),
    "importing": ("A member list imported", ["benchmarks/importing.py"]),
    "soak": ("Mixed traffic with faults", ["-m", "benchmarks.soak", "--minutes", "5", "--json"]),
}
LONG: Final = {
    **dict.fromkeys(
        ("crash", "crash-discord", "crash-discord-postgres", "crash-postgres"), "`make chaos`"
    ),
    "cluster": "`make chaos-cluster`",
    "soak": "`make soak`",
}


def main() -> int:
    """Run them, keep what they say, write the table; 1 where one failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", help="names joined by commas: " + ", ".join(RUNS))
    options = parser.parse_args()
    chosen = options.only.split(",") if options.only else list(RUNS)
    kept: dict[str, Any] = {}
    if RESULTS.exists():
        kept = json.loads(RESULTS.read_text(encoding="utf-8"))
    failed = 0
    for name in chosen:
        print(f"{name} …", file=sys.stderr, flush=True)
        result = _run(RUNS[name][1])
        failed += not result["passed"]
        kept[name] = {**result, "at": f"{datetime.now(UTC):%Y-%m-%d}", "machine": _machine()}
    RESULTS.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    TABLE.write_text(table(kept), encoding="utf-8")
    print(f"{TABLE.relative_to(ROOT)} written.")
    return 1 if failed else 0


def table(kept: dict[str, Any]) -> str:
    """The page; no folder of this machine stands in it."""
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Figures of one machine on one day, often beside other work: they "
        "tell orders of magnitude. How each is measured stands at the head of its file in "
        "`benchmarks/`.",
        "",
        f"Versions: Python {platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
        + ".",
    ]
    for name, (title, _) in RUNS.items():
        if name not in kept:
            continue
        found = kept[name]
        verdict = "" if found["passed"] else " — **did not pass**"
        lines += ["", f"## {title}{verdict}", "", f"{found['machine']}, {found['at']}.", ""]
        if name in LONG:
            lines += [f"At full length: {LONG[name]}.", ""]
        lines += ["| | |", "|---|---|"]
        lines += [f"| {key} | {_shown(value)} |" for key, value in found["figures"].items()]
    return "\n".join(lines) + "\n"


def _run(command: list[str]) -> dict[str, Any]:
    began = time.monotonic()
    outcome = subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    figures: dict[str, Any] = {}
    for line in reversed(outcome.stdout.strip().splitlines()):
        try:
            figures = json.loads(line)
            break
        except ValueError:
            continue
    if not figures:
        # Plain lines of a name and a value.
        for line in outcome.stdout.strip().splitlines()[-12:]:
            name, _, value = line.strip().partition("  ")
            figures[name.strip()] = value.strip()
    figures["seconds"] = round(time.monotonic() - began, 1)
    return {"passed": outcome.returncode == 0, "figures": figures}


def _machine() -> str:
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"


def _shown(value: Any) -> str:
    text = json.dumps(value) if isinstance(value, dict | list) else str(value)
    return text.replace("|", "\\|").replace(str(ROOT), "…")


if __name__ == "__main__":
    sys.exit(main())
