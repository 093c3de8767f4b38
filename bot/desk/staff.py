"""Who may answer questions: contacts of ``contacts.toml``, and accounts with a role."""

from __future__ import annotations

from dataclasses import dataclass

from bot.chat.events import Author
from bot.chat.turn import Member, Role
from knowledge.library import Library
from knowledge.model import Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """``id`` is the contact's, or the account such as ``telegram:123``."""

    id: str
    name: str
    person_id: int | None = None


def staff_of(library: Library, author: Author, member: Member) -> Staff | None:
    """The contact or expert who acts; None for everybody else."""
    contact = contact_of(library, author)
    if contact is not None:
        return Staff(id=contact.id, name=contact.name, person_id=member.id)
    if member.role >= Role.EXPERT:
        return Staff(id=f"{author.platform}:{author.id}", name=author.name, person_id=member.id)
    return None


def contact_of(library: Library, author: Author) -> Contact | None:
    """The contact whose account or address it is.

    An e-mail author is believed because the adapter has checked the mail's token.
    """
    account = f"{author.platform}:{author.id}"
    for contact in library.everyone:
        if account in contact.accounts:
            return contact
        if author.platform == "email" and author.id.casefold() == contact.email.casefold():
            return contact
    return None


def contact_named(library: Library, words: str) -> Contact | None:
    """The one contact whose id or address this is, or whose name holds a word that begins so."""
    wanted = " ".join(words.split()).casefold()
    if not wanted:
        return None
    found = [
        each
        for each in library.everyone
        if wanted in (each.id.casefold(), each.email.casefold())
        or f" {each.name.casefold()}".find(f" {wanted}") >= 0
    ]
    return found[0] if len(found) == 1 else None


def name_of(library: Library, owner: str | None) -> str:
    """What people are told an owner is called; empty where nobody or a bare account owns it."""
    found = (contact.name for contact in library.everyone if contact.id == owner)
    return next(found, "")
