"""Sandboxes of E2B, one for each trajectory, without internet. The key is E2B_API_KEY.

The SDK's own deadline comes late once a stream stalls, and some of its errors are not `SandboxException`: both are seen
to here, so that whoever runs code knows one kind of answer and one error.
"""

import asyncio
import os
from contextlib import suppress
from typing import Any

import httpx
from e2b import AuthenticationException, SandboxException
from e2b.exceptions import ServiceBusyException
from e2b_code_interpreter import AsyncSandbox  # type: ignore[import-untyped]
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from agents.errors import SandboxUnavailable
from agents.sandbox.execution import CRASH, TIMEOUT, Execution, Failure, Limits, Logs, Result, Sandbox
from agents.sandbox.level import Level

LIFE_S = 1800
"""After which E2B ends a sandbox by itself, should this process die before it does."""
SLACK_S = 2.0
"""For the way to E2B and back, beyond the time that the code has."""
ATTEMPTS, WAIT_S = 4, 1.0
PASSING = (ServiceBusyException, SandboxException, httpx.TransportError)
"""Worth another attempt."""


class Hosted:
    """Makes sandboxes at E2B."""

    level = Level.E2B

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    def new(self) -> Sandbox:
        return _Session(self.limits)

    async def aclose(self) -> None:
        """Nothing is kept warm where each second is paid for."""


class _Session:
    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._box: AsyncSandbox | None = None

    async def run(self, code: str) -> Execution:
        """Raises: SandboxUnavailable: no key, a wrong one, or E2B cannot be reached."""
        box = self._box
        if box is None:
            wait = wait_random_exponential(WAIT_S, max=20)
            stop, passing = stop_after_attempt(ATTEMPTS), retry_if_exception_type(PASSING)
            retrying = AsyncRetrying(retry=passing, stop=stop, wait=wait, reraise=True)
            try:
                box = self._box = await retrying(AsyncSandbox.create, timeout=LIFE_S, allow_internet_access=False)
            except AuthenticationException:
                raise SandboxUnavailable("sandbox e2b: the key in E2B_API_KEY is refused") from None
            except PASSING as error:
                fault = f"no sandbox after {ATTEMPTS} attempts, {type(error).__name__}"
                raise SandboxUnavailable(f"sandbox e2b: {fault}") from None
        assert box  # the last attempt returns it or raises
        try:
            async with asyncio.timeout(self._limits.time_s + SLACK_S):
                execution = await box.run_code(code, timeout=2 * (self._limits.time_s + SLACK_S))
        except TimeoutError:  # the request is gone, so E2B interrupts the code
            return _failure(
                TIMEOUT, f"the cell took longer than {self._limits.time_s:g} s; what it had defined is kept"
            )
        except (SandboxException, httpx.HTTPError) as error:
            await self.aclose()
            return _failure(CRASH, f"{type(error).__name__}: the sandbox is gone and its state is lost")
        return _execution(execution, self._limits.output_kb * 1024)

    async def aclose(self) -> None:
        box, self._box = self._box, None
        if box:
            with suppress(*PASSING):  # LIFE_S ends it
                await box.kill()


def _failure(name: str, value: str) -> Execution:
    return Execution(error=Failure(name=name, value=value, traceback=""))


def _execution(execution: Any, most: int) -> Execution:
    """E2B's own as ours; a kernel that was restarted has lost its state."""
    logs = Logs(stdout=_join(execution.logs.stdout, most), stderr=_join(execution.logs.stderr, most))
    error = execution.error and Failure(
        name=execution.error.name, value=execution.error.value, traceback=execution.error.traceback
    )
    if error and error.name == "ContextRestarting":
        error = Failure(name=CRASH, value="the process died and its state is lost", traceback="")
    results = tuple(_result(result, most) for result in execution.results)
    return Execution(results=results, logs=logs, error=error, execution_count=execution.execution_count or 0)


def _join(parts: list[str], most: int) -> tuple[str, ...]:
    text = "".join(parts)
    cut = len(text.encode()) - most
    kept = text.encode()[:most].decode(errors="replace")
    return (kept + (f"\n[cut off: {cut} more bytes]" if cut > 0 else ""),) if text else ()


def _result(theirs: Any, most: int) -> Result:
    formats = {name: getattr(theirs, name, None) for name in Result.model_fields if name != "json_"}
    result = Result.model_validate({**formats, "json": theirs.json})
    if len(result.model_dump_json()) <= most:
        return result
    return Result(text=(theirs.text or "")[:most] + " [cut off]", is_main_result=theirs.is_main_result)


async def why_not(limits: Limits) -> str:
    """Why E2B cannot be used, found out by running a cell there; empty where it can."""
    if not os.environ.get("E2B_API_KEY"):
        return "E2B_API_KEY is not set"
    session = _Session(limits)
    try:
        execution = await session.run("1 + 1")
    except SandboxUnavailable as error:
        return str(error).removeprefix("sandbox e2b: ")
    finally:
        await session.aclose()
    return "" if execution.text == "2" else f"1 + 1 gave {execution.error or execution.text}"
