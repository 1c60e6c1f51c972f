"""When a request is sent again: what may pass, within a bound, after a growing wait."""

import random
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeVar, cast

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception

from agents.teacher.fault import Fault, WireError

LONGEST_WAIT_S = 60.0
PATIENCE_S = 600.0
"""So long a request waits while the endpoint answers 429; then, and for a longer `Retry-After`, it is given up."""


T = TypeVar("T")


async def persist(
    send: Callable[[], Awaitable[T]], faults: list[Fault], attempts: int, wait_s: float, few: Mapping[Fault, int]
) -> T:
    """What `send` brings. Nearly always at the first attempt, which tenacity would make a millisecond dearer.

    `few` is how often a fault is enough, where that is less than `attempts`.
    Raises: WireError: the last fault, or the first that does not pass.
    """
    try:
        return await send()
    except WireError as error:
        if not _may_pass(error) or few.get(error.fault, attempts) == 1:
            raise
        first = error

    async def again() -> T:
        if not faults:
            raise first
        return await send()

    return await retrying(faults, attempts, wait_s, few)(again)


def retrying(faults: list[Fault], attempts: int, wait_s: float, few: Mapping[Fault, int]) -> AsyncRetrying:
    """Sends the identical request at most `attempts` times, 429s not counted, and notes each fault that may pass.

    After a 429 it waits as long as `Retry-After` asks and no longer: the endpoint's throttle sets the pace of all.
    After others `wait_s`, then twice that, and so on, at least what `Retry-After` asks.
    """

    def note(state: RetryCallState) -> None:
        faults.append(_error(state).fault)

    def count_attempts() -> int:
        return sum(fault is not Fault.THROTTLED for fault in faults)

    def wait(state: RetryCallState) -> float:
        error = _error(state)
        growing = min(LONGEST_WAIT_S, wait_s * 2 ** (count_attempts() - 1)) + random.uniform(0, wait_s)
        return error.wait_s if error.fault is Fault.THROTTLED else max(growing, error.wait_s)

    def enough(state: RetryCallState) -> bool:
        waited = (state.seconds_since_start or 0) + state.upcoming_sleep
        often = any(faults.count(fault) >= limit for fault, limit in few.items())
        return often or count_attempts() >= attempts or waited > PATIENCE_S * (1 + count_attempts())

    return AsyncRetrying(retry=retry_if_exception(_may_pass), stop=enough, wait=wait, after=note, reraise=True)


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, WireError) and error.fault not in {Fault.REJECTED, Fault.SPENT}


def _error(state: RetryCallState) -> WireError:
    return cast(WireError, state.outcome.exception() if state.outcome else None)
