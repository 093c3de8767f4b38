"""No token, password or opening address is ever logged, wherever it hides."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.config import LogSettings, Settings, load
from bot.logs import configure
from bot.redacting import MASK, Redactor, secrets_of

TELEGRAM = "123456789:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw-"
DISCORD = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
ENVIRONMENT = {
    "INSOP_TELEGRAM_TOKEN": TELEGRAM,
    "INSOP_TELEGRAM_WEBHOOK_SECRET": "hook_secret_1",
    "INSOP_DISCORD_TOKEN": DISCORD,
    "INSOP_DATABASE_URL": f"postgresql://insop:{quote('db-pass-word')}@db.example.org/insop",
}
SECRETS = (TELEGRAM, DISCORD, "hook_secret_1", "db-pass-word")


@pytest.fixture(params=["console", "json"])
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What the logs write, with the settings of an installation."""
    before = structlog.get_config(), logging.getLogger().handlers[:], sys.excepthook
    level = logging.getLogger().level
    stream = io.StringIO()
    settings = load(environment=ENVIRONMENT)
    log = LogSettings(format=request.param)
    configure(log, secrets=secrets_of(settings), stream=stream)
    yield stream
    structlog.configure(**before[0])
    logging.getLogger().handlers[:] = before[1]
    logging.getLogger().setLevel(level)
    sys.excepthook = before[2]


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_written(written: io.StringIO, secret: str) -> None:
    log = structlog.get_logger("test")
    log.warning("plain", value=secret, nested={"list": [secret], "path": Path(f"/x/{secret}")})
    log.warning(f"event {secret}")
    log.warning("url", url=f"https://api.telegram.org/bot{secret}/getMe?{quote(secret, safe='')}")
    try:
        raise RuntimeError(f"cannot reach https://x.org/bot{secret}/getMe")
    except RuntimeError as error:
        log.exception("failed", error=error)
        log.error("failed", exc_info=error)
        logging.getLogger("aiohttp.client").exception("in a library: %s", secret)
        sys.excepthook(type(error), error, error.__traceback__)
    text = written.getvalue()
    assert secret not in text
    assert quote(secret, safe="") not in text
    assert text.count(MASK) >= 8
    assert "Traceback" in text


def test_names_and_ids_stay(written: io.StringIO) -> None:
    structlog.get_logger("test").info(
        "turn.done", platform="telegram", event_id="8124:17", ms=3.5, article="lead-limits"
    )
    text = written.getvalue()
    for word in ("turn.done", "telegram", "8124:17", "3.5", "lead-limits"):
        assert word in text
    if text.startswith("{"):
        assert json.loads(text)["ms"] == 3.5


@pytest.mark.parametrize(
    "text",
    [
        f"https://api.telegram.org/bot{TELEGRAM}/sendMessage",
        f"https://api.telegram.org/file/bot{TELEGRAM}/a.jpg",
        f"Authorization: Bot {DISCORD}",
        f"Bot {DISCORD}",
        "https://discord.com/api/webhooks/123456/aW50ZXJhY3Rpb246MTI",
        "https://discord.com/api/v10/interactions/123456/aW50ZXJhY3Rpb246MTI/callback",
        "postgresql://insop:hunter2-long@db/insop",
        "GET /calendar/AbCdEfGh12345678.ics",
        "GET /l/stop/AbCdEfGh12345678",
    ],
)
def test_what_looks_like_a_token_is_masked_without_being_known(text: str) -> None:
    masked = Redactor().text(text)
    assert MASK in masked
    for part in (TELEGRAM, DISCORD, "aW50ZXJhY3Rpb246MTI", "hunter2", "AbCdEfGh12345678"):
        assert part not in masked


@given(secret=st.text(min_size=6), around=st.text())
def test_a_known_secret_never_survives(secret: str, around: str) -> None:
    assert secret not in Redactor([secret]).text(f"{around}{secret}{around}").replace(MASK, "")


def test_every_secret_of_the_settings_is_known() -> None:
    found = secrets_of(load(environment=ENVIRONMENT))
    assert found == set(SECRETS)
    assert secrets_of(Settings()) == set()
