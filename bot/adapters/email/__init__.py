"""Mail: printed here (``console``), or handed to a server (``smtp``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.adapters.email.console import ConsoleMail
from bot.config_members import EmailSettings

if TYPE_CHECKING:
    from bot.adapters.email.smtp import SmtpMail


def transport_for(settings: EmailSettings) -> ConsoleMail | SmtpMail:
    """What the settings ask for; a server's client is imported only where it is used."""
    if settings.transport == "console":
        return ConsoleMail()
    from bot.adapters.email.smtp import SmtpMail

    return SmtpMail(settings)


__all__ = ["ConsoleMail", "transport_for"]
