"""Mail through any SMTP server (RFC 5321, with RFC 6531 for addresses beyond ASCII)."""

from __future__ import annotations

import ssl
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import localtime, make_msgid, parseaddr

import aiosmtplib

from bot.adapters.email.unsubscribing import offer_unsubscribing
from bot.config_members import EmailSettings
from bot.mail import Letter, MailError


class SmtpMail:
    """A connection a letter: letters are few, and a connection kept open would be dropped."""

    def __init__(self, settings: EmailSettings, *, tls: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._tls = tls

    async def send(self, letter: Letter) -> None:
        """Hand the letter to the server; raises ``MailError``."""
        try:
            mail = compose(letter, self._settings.sender)
        except ValueError as error:
            raise MailError(type(error).__name__, is_final=True) from error
        await self.deliver(mail)

    async def deliver(self, mail: EmailMessage) -> None:
        """Hand any mail to the server; raises ``MailError``.

        A 5xx answer is final (RFC 5321, 4.2.1), except that of a refused log-in, which an
        administrator can mend.
        """
        settings = self._settings
        password = settings.password.get_secret_value() if settings.password else None
        try:
            await aiosmtplib.send(
                mail,
                hostname=settings.host,
                port=settings.port,
                username=settings.username,
                password=password,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                tls_context=self._tls,
                timeout=settings.timeout,
            )
        except aiosmtplib.SMTPAuthenticationError as error:
            raise MailError(
                "the server refuses the log-in", is_final=False, is_unsent=True
            ) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            is_final = all(each.code >= 500 for each in error.recipients)
            raise MailError(
                "the server refuses the address", is_final=is_final, is_address=True
            ) from error
        except aiosmtplib.SMTPResponseException as error:
            raise MailError(
                f"the server answers {error.code}", is_final=error.code >= 500
            ) from error
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPConnectTimeoutError) as error:
            raise MailError("the server is not there", is_final=False, is_unsent=True) from error
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            is_wrong = isinstance(error, ValueError)
            raise MailError(
                type(error).__name__, is_final=is_wrong, is_in_doubt=not is_wrong
            ) from error


def compose(letter: Letter, sender: str) -> EmailMessage:
    """The letter as a message; marked as automatic, so that nobody's holiday notice answers."""
    is_ascii = letter.to.isascii()
    message = EmailMessage(policy=SMTP if is_ascii else SMTPUTF8)
    message["From"] = sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=parseaddr(sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    offer_unsubscribing(message, letter.stop)
    message.set_content(letter.text, charset="utf-8")
    return message
