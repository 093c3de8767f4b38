"""The crash test, short: real processes, really killed. ``make chaos`` runs it at full length."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.postgres import NoPostgres, temporary_postgres

ROOT = Path(__file__).resolve().parents[2]


def crash(*options: str) -> dict[str, Any]:
    """The account of a run."""
    ended = subprocess.run(
        [
            sys.executable,
            str(ROOT / "benchmarks" / "crash.py"),
            *("--kills", "3", "--takeovers", "1", "--json"),
            *options,
        ],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
        cwd=ROOT,
    )
    assert ended.stdout, ended.stderr
    return dict(json.loads(ended.stdout.splitlines()[-1]))


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_killed_senders_lose_nothing_and_double_nothing(database: str) -> None:
    if database == "postgres":
        try:
            with temporary_postgres(is_durable=False):
                pass
        except NoPostgres as error:
            pytest.skip(str(error))
    account = crash("--database", database, "--policy", "hold", "--correct")
    assert account["is_finished"]
    assert account["lost"] == 0
    assert account["duplicates"] == 0
    assert account["uncorrected"] == 0
    assert set(account["states"]) <= {"sent", "unknown"}
    assert sum(account["states"].values()) == account["recipients"]


def test_a_platform_that_knows_nonces_gets_each_message_exactly_once() -> None:
    account = crash("--platform", "discord", "--correct")
    assert (account["lost"], account["duplicates"], account["unknown"]) == (0, 0, 0)
    assert account["uncorrected"] == 0
    assert account["states"] == {"sent": account["recipients"]}
