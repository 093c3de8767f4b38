"""Settings: every fault at once, with file, key and fix."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from bot.cli import main
from bot.config import ConfigError, Settings, load

ROOT = Path(__file__).resolve().parents[2]


def test_without_a_file_there_are_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load(environment={}) == Settings()


def test_all_faults_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        'zoen = "Europe/Rome"\nzone = "Mars/Base"\nlanguage = "tlh"\n'
        '[telegram]\ntoken = "123:abc"\nmode = "webhook"\nrate_per_second = "x"\n'
        '[limits]\nburst = 0\n[roles]\nadmins = ["bob"]\n',
        encoding="utf-8",
    )
    with pytest.raises(ConfigError) as caught:
        load(path, environment={})
    faults = "\n".join(caught.value.faults)
    for expected in (
        "zoen: unknown key; did you mean 'zone'?",
        "'Mars/Base' is not an IANA time zone",
        "'tlh' is not one of en, fr",
        "[telegram] token: a secret does not belong in this file",
        "INSOP_TELEGRAM_TOKEN",
        "[telegram] rate_per_second",
        "[limits] burst",
        "'bob' is not an account",
    ):
        assert expected in faults, faults
    assert all(line.startswith(str(path)) for line in caught.value.faults)
    assert "123:abc" not in faults


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[telegram]\nmode = "webhook"\n', "needs webhook_url"),
        ("[telegram]\ndesk_topic = 3\n", "desk_topic needs desk_chat"),
        ('[email]\nusername = "insop"\n', "username and password belong together"),
        ('[email]\nsender = "INSOP"\n', "sender must hold an address"),
        ("[answering]\nanswer_at = 0.2\nsuggest_at = 0.5\n", "must not be above"),
        ('[database]\nurl = "mysql://x"\n', "sqlite:/// or postgresql://"),
        ("[telegram]\n[telegram]\n", "not valid TOML"),
        ('[telegram]\nmode = "webhook"\n', "needs a secret token"),
        ("telegram = 5\n", "[telegram]: is a section; write [telegram] on a line of its own"),
        ('[roles]\nadmins = "telegram:1"\n', "[roles] admins: must be a list"),
        ("[limits]\ngroup_cooldown_seconds = inf\n", "[limits] group_cooldown_seconds"),
        ('[discord]\ngateway_url = "discord.gg"\n', "must begin with wss://"),
        ('knowledge_dir = "nowhere"\n', "knowledge_dir: 'nowhere' is not a folder"),
        ('[telegram]\napi_url = "ftp://x"\n', "must begin with http"),
        ('[discord]\ntoken_file = "nowhere"\n', "cannot be read"),
    ],
)
def test_impossible_combinations_are_named(tmp_path: Path, content: str, expected: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape(expected)):
        load(path, environment={})


def test_secrets_come_from_the_environment_and_from_files(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("42:file\n", encoding="utf-8")
    path = tmp_path / "c.toml"
    path.write_text(f'[telegram]\ntoken_file = "{secret}"\n', encoding="utf-8")
    settings = load(path, environment={"INSOP_DISCORD_TOKEN": "disc"})
    assert settings.telegram.token is not None
    assert settings.telegram.token.get_secret_value() == "42:file"
    assert settings.discord.token is not None
    assert settings.discord.token.get_secret_value() == "disc"
    assert "42:file" not in repr(settings)
    assert "disc" not in repr(settings.discord.token)


@pytest.mark.parametrize("token", ["", " \n", "12:ab\ncd", "12:ab cd", "12:\u0430\u0431"])
def test_what_cannot_be_a_token_is_said_before_it_is_used(tmp_path: Path, token: str) -> None:
    secret, path = tmp_path / "token", tmp_path / "c.toml"
    secret.write_text(token, encoding="utf-8")
    path.write_text(f'[telegram]\ntoken_file = "{secret}"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=re.escape("[telegram] token: is empty, or holds")):
        load(path, environment={})
    if token.strip():
        with pytest.raises(ConfigError, match=re.escape("[discord] token: is empty, or holds")):
            load(environment={"INSOP_DISCORD_TOKEN": token})


def test_a_line_break_behind_a_token_does_no_harm() -> None:
    token = load(environment={"INSOP_TELEGRAM_TOKEN": "12:ab\n"}).telegram.token
    assert token is not None
    assert token.get_secret_value() == "12:ab"


def test_the_example_documents_every_key_with_its_default() -> None:
    example = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    documented = set(re.findall(r"^# (\w+) = ", example, re.MULTILINE))
    known: set[str] = set()
    secrets = {"token", "webhook_secret", "password"}
    for name, field in Settings.model_fields.items():
        section = getattr(Settings(), name)
        if isinstance(section, BaseModel):
            assert f"[{name}]" in example
            known |= set(type(section).model_fields) - secrets
        else:
            known.add(name)
            assert field.default is None or f"# {name} = " in example
    assert documented == known
    assert tomllib.loads(example) == {
        name: {} for name in re.findall(r"^\[(\w+)\]", example, re.MULTILINE)
    }


def test_defaults_in_the_example_are_the_real_ones() -> None:
    example = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    kept = re.sub(r"^# (\w+ = (?!.*…)[^#]*)", r"\1", example, flags=re.MULTILINE)
    data = tomllib.loads(re.sub(r"^# .*$", "", kept, flags=re.MULTILINE))
    defaults = Settings().model_dump(mode="python")
    optional = {"desk_chat", "desk_topic", "token_file", "webhook_secret_file", "desk_channel"}
    optional |= {"password_file", "server", "member_role", "welcome_channel"}
    optional |= {"answer_at", "suggest_at"}
    for section, values in data.items():
        pairs = values.items() if isinstance(values, dict) else [(section, values)]
        for key, value in pairs:
            if key in optional or (section, key) == ("database", "url"):
                continue
            expected = defaults[section][key] if isinstance(values, dict) else defaults[section]
            assert (tuple(value) if isinstance(value, list) else value) == expected, key


def test_a_broken_file_ends_the_command_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "c.toml"
    path.write_text("unknown = 1\nother = 2\n", encoding="utf-8")
    assert main(["--config", str(path), "doctor"]) == 2
    assert capsys.readouterr().err.count("unknown key") == 2
    assert main(["--config", str(tmp_path / "none.toml"), "doctor"]) == 2
    assert "no such file" in capsys.readouterr().err
