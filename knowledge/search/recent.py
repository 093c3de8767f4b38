"""What was worked out a moment ago: many people ask the same thing in the same words."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """The results for the keys asked last, at most ``size``; safe to share between threads.

    Only for functions whose result depends on the key alone. Two threads that ask for a new key
    at once both work it out; the results are equal.
    """

    __slots__ = ("_known", "_lock", "_size")

    def __init__(self, size: int) -> None:
        self._size = size
        self._known: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, key: K, make: Callable[[], V]) -> V:
        """The result kept for ``key``, or a new one."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
        made = make()
        with self._lock:
            self._known[key] = made
            if len(self._known) > self._size:
                self._known.popitem(last=False)
        return made
