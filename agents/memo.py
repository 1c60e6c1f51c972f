"""What agents and guards ask of the same object again and again."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

S = TypeVar("S")
T = TypeVar("T")

SIZE = 512
"""Objects that a function remembers, the latest; with more slots in flight it asks again."""


class remembered(Generic[S, T]):
    """A function of one object that answers once for that very object; an equal one is another.

    Neither the object nor what the function makes of it is ever changed.
    """

    def __init__(self, function: Callable[[S], T]) -> None:
        self._function = function
        self._known: dict[int, tuple[Any, T]] = {}

    def __call__(self, one: S) -> T:
        known = self._known.get(id(one))  # what is known is held, so no other object can have its id
        if known is None:
            known = self._known[id(one)] = one, self._function(one)
            if len(self._known) > SIZE:
                del self._known[next(iter(self._known))]
        return known[1]
