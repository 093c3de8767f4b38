"""Addresses of contacts, as ``contacts.toml`` tells them."""

from __future__ import annotations

import pytest

from knowledge.contact_file import read_contacts


@pytest.mark.parametrize(
    "email", ["", "amina", "@example.org", "a b@example.org", f"{'a' * 60}@example.org"]
)
def test_what_is_no_address_is_named(email: str) -> None:
    contacts, faults = read_contacts({"contact": [{"id": "a", "name": "A", "email": email}]})
    assert contacts == ()
    assert "is not an address" in faults[0]


def test_an_address_is_taken_as_it_is_written() -> None:
    entry = {"id": "a", "name": "A", "email": " Amina@Example.org "}
    (contact,), faults = read_contacts({"contact": [entry]})
    assert contact.email == "Amina@Example.org"
    assert faults == []
