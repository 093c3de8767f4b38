"""A current folder of one's own, and articles in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.articles import write_articles


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def articles(here: Path) -> Path:
    """Three articles of three questions each, named in ``config.toml`` of the current folder."""
    return write_articles(here)
