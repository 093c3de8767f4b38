"""Whether a mail server would take letters: asked without sending one."""

from __future__ import annotations

import ssl
from typing import Final

import aiosmtplib

from bot.config_members import EmailSettings
from bot.mail import MailError

LONGEST: Final = 8.0
"""Seconds for the server to answer."""


async def check_server(settings: EmailSettings, *, tls: ssl.SSLContext | None = None) -> None:
    """Connect, and log in where that is set up; raises ``MailError`` with a reason."""
    client = aiosmtplib.SMTP(
        hostname=settings.host,
        port=settings.port,
        username=settings.username,
        password=settings.password.get_secret_value() if settings.password else None,
        use_tls=settings.security == "tls",
        start_tls=settings.security == "starttls",
        tls_context=tls,
        timeout=min(settings.timeout, LONGEST),
    )
    try:
        await client.connect()
        await client.quit()
    except aiosmtplib.SMTPAuthenticationError as error:
        raise MailError("the server refuses the log-in", is_final=False) from error
    except aiosmtplib.SMTPResponseException as error:
        raise MailError(f"the server answers {error.code}", is_final=False) from error
    except ssl.SSLError as error:
        raise MailError("its certificate is not trusted", is_final=False) from error
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        raise MailError(f"not reachable ({type(error).__name__})", is_final=False) from error
    finally:
        client.close()
