"""``insop announce`` at a real terminal: nothing goes out without a yes."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.test_announce import URL, folder

__all__ = ["folder"]

ROOT = Path(__file__).resolve().parents[2]
HANGING = 120


def announced(place: Path, typed: bytes) -> tuple[int, str, str]:
    """Exit code, output and errors of an announcement whose question is answered so."""
    keyboard, terminal = pty.openpty()
    try:
        os.write(keyboard, typed)
        done = subprocess.run(
            [sys.executable, "-m", "bot", "announce", "news.md"],
            cwd=place,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=terminal,
            capture_output=True,
            check=False,
            timeout=HANGING,
        )
    finally:
        os.close(keyboard)
        os.close(terminal)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.mark.parametrize("typed", [b"yes\n", b" YES \n"])
def test_a_yes_sends(folder: Path, typed: bytes) -> None:
    code, out, errors = announced(folder, typed)
    assert (code, errors) == (0, "")
    assert "Send to 3 recipients? Type yes: " in out
    assert "Announcement 1 is on its way through insop run." in out
    assert URL not in out


@pytest.mark.parametrize("typed", [b"no\n", b"y\n", b"\n", b"\x04"], ids=["no", "y", "", "Ctrl+D"])
def test_anything_else_sends_nothing(folder: Path, typed: bytes) -> None:
    code, out, errors = announced(folder, typed)
    assert (code, errors) == (1, "")
    assert out.rstrip().endswith("Nothing was sent.")
    assert "on its way" not in out
