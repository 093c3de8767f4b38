"""Old messages as Discord tells them, where simcord differs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from simcord.http import router
from simcord.http.router import RequestContext

_PATH: Final = ["channels", "{channel_id}", "messages"]


@contextmanager
def true_histories() -> Iterator[None]:
    """``after`` brings what follows next, as discord.py relies on, and not the newest of all."""
    routes = router._ROUTES["GET"]
    number = next(n for n, (template, _) in enumerate(routes) if template == _PATH)
    template, simulated = routes[number]

    def get_history(ctx: RequestContext) -> Any:
        if "after" not in ctx.params:
            return simulated(ctx)
        limit = int(ctx.params.get("limit", 50))
        ctx.params["limit"] = 1_000_000
        return simulated(ctx)[-limit:]

    routes[number] = (template, get_history)
    try:
        yield
    finally:
        routes[number] = (template, simulated)
