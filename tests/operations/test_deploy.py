"""The files for deploying name what is there; the container's health check is tried for real."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from bot.config_operations import WebSettings
from bot.store import Database
from bot.web.health import HealthPages
from bot.web.metrics import Metrics
from bot.web.server import WebServer
from tests.clock import ManualClock

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "docs" / "deploy"
CONTAINER = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
INSTALL = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")


def copied() -> list[str]:
    """What the image takes from the project."""
    lines = [shlex.split(line)[1:-1] for line in CONTAINER.splitlines() if line.startswith("COPY ")]
    return [name for line in lines for name in line if not name.startswith(("-", "/"))]


def test_what_is_copied_is_there_and_not_ignored() -> None:
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    for name in copied():
        assert (ROOT / name).exists(), name
        assert f"!{name}" in allowed
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r"packages = (\[.*?\])", project)
    assert found is not None
    assert set(json.loads(found[1])) <= set(copied())
    assert 'insop = "bot.cli:main"' in project
    assert re.search(r"^hatchling==", (ROOT / "requirements.lock").read_text("utf-8"), re.MULTILINE)


def test_secrets_are_named_alike_everywhere() -> None:
    used = re.search(r"^  secrets: \[(.*)\]", COMPOSE, re.MULTILINE)
    assert used is not None
    names = set(used[1].split(", "))
    assert names == set(re.findall(r"^  ([a-z-]+): \{file: \./secrets/\1\}", COMPOSE, re.MULTILINE))
    for name in names:
        assert name in INSTALL, name
    unit = (DEPLOY / "insop.service").read_text(encoding="utf-8")
    for name in re.findall(r"^LoadCredential=([^:]+):", unit, re.MULTILINE):
        assert f"/etc/insop/{name}" in INSTALL
        assert f"/run/credentials/insop.service/{name}" in INSTALL


@pytest.mark.parametrize("is_stopping", [False, True])
async def test_the_health_check_of_the_container(
    database: Database, clock: ManualClock, is_stopping: bool
) -> None:
    found = re.search(r"HEALTHCHECK .*?CMD (\[.*\])", CONTAINER)
    assert found is not None
    program, *arguments = json.loads(found[1])
    assert program == "python"
    server = WebServer(WebSettings(port=0), clock)
    pages = HealthPages(database, clock, Metrics())
    pages.is_stopping = is_stopping
    pages.add_to(server, has_metrics=False)
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await asyncio.wait_for(server.listening(), 10)
    asked = [each.replace(":8080/", f":{server.port}/") for each in arguments]
    assert asked != arguments
    check = await asyncio.create_subprocess_exec(
        sys.executable, *asked, stderr=asyncio.subprocess.DEVNULL
    )
    code = await asyncio.wait_for(check.wait(), 30)
    stop.set()
    await running
    assert (code != 0) is is_stopping
