"""The rules of the house: types, style, layers, and what may stand in a commit."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


def run(*command: str) -> None:
    """Run a tool in the project; its output is the failure's text."""
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"


def test_types_are_strict() -> None:
    run("mypy")


@pytest.mark.parametrize("arguments", [("check", "."), ("format", "--check", ".")])
def test_style_is_ruffs(arguments: tuple[str, ...]) -> None:
    run("ruff", *arguments)


def test_imports_point_down() -> None:
    run("lint-imports")


def test_no_lock_or_document_names_a_download_address() -> None:
    pattern = re.compile(r"(index-url|extra-index|find-links)[ =]|--trusted-host")
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml", "README.md"):
        assert not pattern.search((ROOT / name).read_text(encoding="utf-8")), name


def test_locks_hold_what_pyproject_asks_for_with_hashes() -> None:
    wanted = re.findall(
        r'^    "([A-Za-z0-9.\-]+)',
        (ROOT / "pyproject.toml").read_text(encoding="utf-8").split("[project.optional")[0],
        re.MULTILINE,
    )
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text(encoding="utf-8")
        pinned = set(re.findall(r"^([a-z0-9.\-]+)(?:\[[a-z,]+\])?==", lock, re.MULTILINE))
        missing = {each.lower().replace(".", "-") for each in wanted} - {
            each.replace(".", "-") for each in pinned
        }
        assert not missing, f"{name} lacks {missing}"
        assert lock.count("--hash=sha256:") >= len(pinned)


def test_files_keep_to_one_subject() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for folder in ("bot", "handlers", "knowledge", "migrations", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if (count := len(path.read_text(encoding="utf-8").splitlines())) > 300
    }
    assert not long
