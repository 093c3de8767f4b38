"""An output that takes nothing: a full disk, a reader that has gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cli import main

FULL = Path("/dev/full")
ROOT = Path(__file__).parents[2]
BATCH = '{"id": 1, "text": "hello"}\n'


def said(stderr: str) -> list[str]:
    """What went wrong; that the index is being built, on a slow or fresh machine, is no fault."""
    return [line for line in stderr.splitlines() if "Building the search index" not in line]


def insop(folder: Path, *words: str, out: int) -> subprocess.CompletedProcess[str]:
    """The command as people start it."""
    return subprocess.run(
        [sys.executable, "-m", "bot", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=out,
        stderr=subprocess.PIPE,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    batch = tmp_path / "in.jsonl"
    batch.write_text(BATCH)
    for words in (("ask", "hello"), ("ask", "--json", "--batch", str(batch))):
        with FULL.open("wb") as full:
            done = insop(tmp_path, *words, out=full.fileno())
        assert said(done.stderr) == ["The output cannot be written: No space left on device."]
        assert done.returncode == 1


def test_a_reader_that_has_gone_is_no_error_to_read(tmp_path: Path) -> None:
    ours, theirs = os.pipe()
    os.close(ours)
    done = insop(tmp_path, "ask", "hello", out=theirs)
    os.close(theirs)
    assert said(done.stderr) == []
    assert done.returncode == 1


@pytest.mark.parametrize(
    "words",
    [
        ["announce", "report", "9" * 30],
        ["announce", "cancel", "-1"],
        ["members", "grant", "9" * 30, "expert"],
        ["events", "export", "--id", "9" * 30],
        ["events", "list", "--limit", "-1"],
    ],
)
def test_a_number_that_no_table_holds_is_wrong_use(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
