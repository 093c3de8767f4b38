"""What can be made to go wrong, for the next so many calls of a method."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["answer", "lose", "drop", "hang"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """``answer``: refuse with ``code``. ``lose``: carry out, then cut the line. ``drop``: cut the
    line at once. ``hang``: never answer. ``method`` may be ``*`` for all but ``getUpdates``.
    ``after``: so many calls go well first."""

    method: str
    kind: Kind
    times: int = 1
    after: int = 0
    code: int = 500
    description: str = "Internal Server Error"
    parameters: dict[str, int] = field(default_factory=dict)


class Faults:
    """Those that still wait to happen."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let it happen at the next call that fits."""
        self._waiting.append(fault)

    def next_for(self, method: str) -> Fault | None:
        """The fault of this call, used up once."""
        for fault in self._waiting:
            if fault.method == method or (fault.method == "*" and method != "getUpdates"):
                if fault.after > 0:
                    fault.after -= 1
                    return None
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None
