"""What agents and guards ask of the same object again and again."""

from collections.abc import Callable
from typing import Generic, TypeVar

S = TypeVar("S")
R = TypeVar("R")
T = TypeVar("T")

SIZE = 512
"""Objects that a function remembers, the latest; with more slots in flight it asks again."""
MESSAGES = 8192
"""The same for functions of a message, of which a slot in flight has some twenty."""


class remembered(Generic[S, T]):
    """A function of one object that answers once for that very object; an equal one is another.

    Neither the object nor what the function makes of it is ever changed.
    """

    def __init__(self, function: Callable[[S], T], size: int = SIZE) -> None:
        self._function, self._size = function, size
        self._by_id: dict[int, tuple[S, T]] = {}

    def __call__(self, value: S) -> T:
        entry = self._by_id.get(id(value))  # the entry holds the object, so no other can have its id
        return self.keep(value, self._function(value)) if entry is None else entry[1]

    def keep(self, value: S, answer: T) -> T:
        """Remember an answer that the caller knows already."""
        self._by_id[id(value)] = value, answer
        if len(self._by_id) > self._size:
            del self._by_id[next(iter(self._by_id))]
        return answer


class remembered_of_both(Generic[R, S, T]):
    """The same of a function of two objects."""

    def __init__(self, function: Callable[[R, S], T]) -> None:
        self._function = function
        self._by_ids: dict[tuple[int, int], tuple[R, S, T]] = {}

    def __call__(self, first: R, second: S) -> T:
        entry = self._by_ids.get((id(first), id(second)))
        if entry is None:
            entry = self._by_ids[id(first), id(second)] = first, second, self._function(first, second)
            if len(self._by_ids) > SIZE:
                del self._by_ids[next(iter(self._by_ids))]
        return entry[2]
