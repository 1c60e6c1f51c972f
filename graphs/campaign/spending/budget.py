"""What a run may spend: prices from the user's own file, and limits that hold a request back before it breaks them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError

from agents.errors import TDScalingError, UsageError
from agents.files import as_utf8
from agents.schema import Noun, Role
from agents.teacher.request import Answer
from agents.teacher.wire.names import OFFLINE

Usage = Mapping[str, int]
"""Tokens: `input`, `output`, and `cached` as part of the input."""


class Halt(TDScalingError):
    """No further request is sent. A slot that meets it is neither finished nor rejected: a resume goes on with it."""


class Price(Noun):
    """US dollars for a million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    cached: float | None = Field(default=None, ge=0)
    """Of the input's cached part, where it costs less."""

    def of(self, usage: Usage) -> float:
        cached = usage["cached"] * (self.input if self.cached is None else self.cached)
        return ((usage["input"] - usage["cached"]) * self.input + cached + usage["output"] * self.output) / 1e6


FREE = Price(input=0, output=0)
Prices = Mapping[Role, Price | None]
"""None: unknown, and never guessed."""


def read_prices(file: Path | None, teachers: Mapping[Role, str]) -> Prices:
    """Each role's price; the offline teachers cost nothing. Raises: UsageError: the file cannot be read."""
    by_name: dict[str, Price] = dict.fromkeys(OFFLINE, FREE)
    try:
        by_name |= TypeAdapter(dict[str, Price]).validate_json(as_utf8(file.read_bytes())) if file else {}
    except OSError as error:
        raise UsageError(f"--prices: {file}: {error.strerror}; give a JSON file of your provider's prices") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) + (": " if first["loc"] else "")
        form = '{"openai:gpt-4.1-mini": {"input": 0.4, "cached": 0.1, "output": 1.6}}, dollars for a million tokens'
        raise UsageError(f"--prices: {file}: {where}{first['msg']}; expected {form}") from None
    return {role: by_name.get(name) for role, name in teachers.items()}


_MARGIN = 1.25
"""[ours] How much dearer than all before it an answer may be without breaking the limit: their lengths vary."""


class Limit:
    """What was spent of a limit, what is reserved for requests on their way, and how dear a role's requests have been.

    A request is expected to cost `_MARGIN` times as much for its size as the role's dearest so far. Sizes are the
    caller's, in bytes.
    """

    def __init__(self, option: str, most: float, cost: Callable[[Role, Usage], float]) -> None:
        self.option, self.most, self._cost = option, most, cost
        self.spent = self.reserved = 0.0
        self._largest: dict[Role, float] = {}
        self._rates: dict[Role, float] = {}

    def knows(self, role: Role) -> bool:
        """Whether the role has had an answer."""
        return role in self._largest

    def expected_cost(self, role: Role, size: int) -> float:
        """What a request of the role may cost; before its first answer as much for its size as any role's."""
        # after a resume the sizes of what was paid before are not known, only the sums
        if self.knows(role) and role not in self._rates:
            return _MARGIN * self._largest[role]
        return _MARGIN * self._rates.get(role, max(self._rates.values(), default=0.0)) * size

    def fits(self, role: Role, size: int) -> bool:
        return self.spent + self.reserved + self.expected_cost(role, size) <= self.most

    def pay(self, role: Role, usage: Usage | None, size: int | None = None) -> None:
        """`size` is None for what an earlier process paid: the dearest of these stands for the first request.

        Raises: UsageError: an answer does not say what it used, so that the limit cannot be kept.
        """
        if usage is None:
            raise UsageError(f"{self.option}: the {role} teacher does not say how many tokens it used; leave it out")
        cost = self._cost(role, usage)
        self.spent += cost
        self._largest[role] = max(cost, self._largest.get(role, 0.0))
        if size:
            self._rates[role] = max(cost / size, self._rates.get(role, 0.0))

    def __str__(self) -> str:
        return f"{self.option} {self.most:g}: {self.spent:g} spent"


class Budget:
    """The limits of a run; without any, every request passes."""

    def __init__(self, limits: Sequence[Limit] = (), paid: Iterable[tuple[Role, Usage | None]] = ()) -> None:
        self._limits, self._flying, self._landed = limits, 0, asyncio.Condition()
        self.reached = ""
        """The limit that stopped the run, with what was spent."""
        for role, usage in paid:
            for limit in limits:
                limit.pay(role, usage)

    def room(self, role: Role, size: int) -> AbstractAsyncContextManager[Callable[[Answer], object]]:
        """Waits until so many bytes fit beside the requests on their way, and gives what is to be told of the answer.

        Raises: Halt: it does not fit even when nothing is on its way.
        """
        return self._room(role, size) if self._limits else nullcontext(lambda answer: None)

    @asynccontextmanager
    async def _room(self, role: Role, size: int) -> AsyncIterator[Callable[[Answer], object]]:
        async with self._landed:
            # A request that is alone goes on to the check below, or it would wait for ever. A role's first request
            # flies alone: nobody knows yet what it costs.
            await self._landed.wait_for(
                lambda: not self._flying or all(limit.knows(role) and limit.fits(role, size) for limit in self._limits)
            )
            if broken := [limit for limit in self._limits if not limit.fits(role, size)]:
                self.reached = str(broken[0])
                raise Halt(self.reached)
            self._flying += 1

        def pay(answer: Answer) -> None:
            for limit in self._limits:
                limit.pay(role, answer.usage, size)

        reserved = [(limit, limit.expected_cost(role, size)) for limit in self._limits]
        for limit, cost in reserved:
            limit.reserved += cost  # what is on its way counts as spent, or many at once would break the limit
        try:
            yield pay
        finally:
            for limit, cost in reserved:
                # in any case: what was paid is in `spent` by now, and what failed has spent nothing
                limit.reserved -= cost
            async with self._landed:
                self._flying -= 1
                self._landed.notify_all()


def make_limits(
    max_tokens: int | None, max_usd: float | None, prices: Prices, teachers: Mapping[Role, str]
) -> list[Limit]:
    """Raises: UsageError: dollars are limited and a price is unknown."""
    limits = []
    if max_tokens is not None:
        limits.append(Limit("--max-tokens", max_tokens, lambda role, usage: usage["input"] + usage["output"]))
    if max_usd is not None:
        known_prices = {role: price for role, price in prices.items() if price}
        if unknown := sorted({teachers[role] for role in set(prices) - set(known_prices)}):
            fix = f'give --prices FILE with {{"{unknown[0]}": {{"input": ..., "output": ...}}}}'
            raise UsageError(f"--max-usd: the price of {unknown[0]} is not known; {fix}, or limit --max-tokens")
        limits.append(Limit("--max-usd", max_usd, lambda role, usage: known_prices[role].of(usage)))
    return limits
