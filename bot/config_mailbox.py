"""Settings of the mailbox in which contacts' answers arrive."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from bot.config_base import Section


class MailboxSettings(Section):
    """Without a ``host`` no mail is read, so that nothing happens on a trial machine.

    ``password`` comes from INSOP_MAILBOX_PASSWORD or ``password_file``.
    """

    host: str | None = None
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str | None = None
    password: SecretStr | None = None
    password_file: str | None = None
    folder: str = Field(default="INBOX", min_length=1)
    done_folder: str | None = None
    address: str | None = None
    plus_addressing: bool = False
    authentication_server: str | None = None
    poll: float = Field(default=60.0, ge=1, le=1500)
    timeout: float = Field(default=30.0, gt=0, le=300)
    attachments_mb: int = Field(default=20, ge=0, le=25)

    @model_validator(mode="after")
    def _is_whole(self) -> MailboxSettings:
        if (self.username is None) != (self.password is None):
            raise ValueError(
                "username and password belong together; the password comes from "
                "INSOP_MAILBOX_PASSWORD or password_file"
            )
        if self.host is not None and self.username is None:
            raise ValueError("host needs username and a password")
        if self.security == "none" and self.host not in (None, "localhost", "127.0.0.1", "::1"):
            raise ValueError('a password must not travel in the open: use security = "tls"')
        if self.address is not None and not re.fullmatch(r"[^@\s+]{1,30}@[^@\s]+", self.address):
            raise ValueError('address must be a short one like "desk@example.org"')
        return self
