"""Settings of membership: how people join, how mail leaves, how long data is kept."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from bot.config_base import Section


class MembershipSettings(Section):
    """``telegram_name`` is the bot's user name, for links that open it."""

    email: Literal["off", "optional", "required"] = "optional"
    approval: bool = False
    telegram_name: str | None = None


class EmailSettings(Section):
    """``console`` prints mail instead of sending it, so that nothing leaves a trial machine.

    ``password`` comes from INSOP_EMAIL_PASSWORD or ``password_file``.
    """

    transport: Literal["console", "smtp"] = "console"
    host: str = "localhost"
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password: SecretStr | None = None
    password_file: str | None = None
    sender: str = "INSOP assistant <insop@localhost>"
    timeout: float = Field(default=30.0, gt=0, le=300)

    @model_validator(mode="after")
    def _is_whole(self) -> EmailSettings:
        if "@" not in parseaddr(self.sender)[1]:
            raise ValueError('sender must hold an address, like "INSOP <insop@example.org>"')
        if (self.username is None) != (self.password is None):
            raise ValueError(
                "username and password belong together; the password comes from "
                "INSOP_EMAIL_PASSWORD or password_file"
            )
        if self.username is not None and self.security == "none":
            raise ValueError('a password must not travel in the open: use security = "starttls"')
        return self


class RetentionSettings(Section):
    """Days until a daily job drops what is not needed any more."""

    left_days: int = Field(default=30, ge=0)
    conversation_days: int = Field(default=30, ge=1)
    question_days: int = Field(default=730, ge=1)
    delivery_days: int = Field(default=90, ge=1)
    inbox_days: int = Field(default=7, ge=2)
    audit_days: int = Field(default=365, ge=1)
