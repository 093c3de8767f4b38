"""The check of requests against Discord's own description can fail, and says when it cannot run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.discord.specification import PATH, Specification


@pytest.fixture
def present(specification: Specification | None) -> Specification:
    if specification is None:
        pytest.skip(f"requests to Discord are not checked: {PATH.name} is not there")
    return specification


@pytest.mark.parametrize(
    ("method", "path", "body", "word"),
    [
        ("POST", "/channels/1/messages", {"content": 5}, "content"),
        ("POST", "/channels/1/messages", {"content": "x" * 4001}, "content"),
        ("POST", "/channels/1/messages", {"embeds": [{"title": "x" * 257}]}, "embeds"),
        ("POST", "/channels/1/letters", {}, "not in the specification"),
        ("DELETE", "/channels/1/messages/2", {"why": 1}, "no body"),
    ],
)
def test_a_wrong_request_is_found(
    present: Specification, method: str, path: str, body: Any, word: str
) -> None:
    fault = present.fault(method, path, "application/json", body)
    assert fault is not None
    assert word in fault


def test_numbers_for_ids_are_forgiven(present: Specification) -> None:
    body = {"content": "x", "message_reference": {"message_id": 12, "channel_id": 13}}
    assert present.fault("POST", "/channels/1/messages", "application/json", body) is None
