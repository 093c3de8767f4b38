"""Time and memory of importing a long list of members.

python benchmarks/importing.py [--rows 50000]
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import io
import random
import resource
import tempfile
import time
from pathlib import Path

from bot.cli import main

COUNTRIES = ("Kenya", "Кения", "France", "Ghanna", "中国", "Brasil", "مصر", "India")
GROUPS = ("farmer", "NGO", "Student", "Soil scientist", "Other")


def write_list(path: Path, rows: int) -> None:
    """Made-up members with the faults of real lists: odd spellings, no duplicates."""
    draw = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "email", "country", "group", "interests", "organisation"])
        for number in range(rows):
            writer.writerow(
                [
                    f"Person {number} {draw.choice('ABCDEFGH')}",
                    f"person{number}@example.org",
                    draw.choice(COUNTRIES),
                    draw.choice(GROUPS),
                    "mapping, monitoring",
                    f"Institute {draw.randrange(500)}",
                ]
            )


def measure(rows: int) -> None:
    """Import, then export, and print what both cost."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        write_list(Path("list.csv"), rows)
        for name, arguments in {
            "dry run": ["import", "list.csv", "--dry-run"],
            "import": ["import", "list.csv"],
            "export csv": ["export", "--output", "out.csv"],
            "export xlsx": ["export", "--format", "xlsx", "--output", "out.xlsx"],
            "duplicates": ["duplicates"],
        }.items():
            began = time.perf_counter()
            with (
                contextlib.redirect_stdout(io.StringIO()),
                contextlib.redirect_stderr(io.StringIO()),
            ):
                code = main(["members", *arguments])
            took = time.perf_counter() - began
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(f"{name:12} exit {code}  {took:6.1f} s  peak {peak:5.0f} MB", flush=True)
        print(f"database     {Path('var/insop.db').stat().st_size / 1e6:.0f} MB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    measure(parser.parse_args().rows)
