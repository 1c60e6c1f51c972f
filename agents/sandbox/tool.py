"""What executes the Code Tool's calls: one sandbox for each trajectory."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from agents.sandbox.choose import Sandboxes
from agents.sandbox.execution import Execution, Result
from agents.schema import JsonObject, Observed, Origin, Tool


class CodeTool:
    """Executes the calls of one trajectory."""

    origin = Origin.CODE

    def __init__(self, sandboxes: Sandboxes) -> None:
        self._sandboxes, self._sandbox = sandboxes, sandboxes.new()
        self._ran: list[str] = []

    async def call(self, tool: Tool, arguments: JsonObject, before: Sequence[tuple[Tool, Any]]) -> Observed:
        """What the code gave back; the cells before it are run again where this sandbox has not seen them."""
        cells = [str(earlier["code"]) for _, earlier in before]
        if cells != self._ran:
            await self.aclose()
            self._sandbox = self._sandboxes.new()
            for cell in cells:
                await self._sandbox.run(cell)
        execution = await self._sandbox.run(arguments["code"])
        self._ran = [*cells, arguments["code"]]
        return as_observation(execution)

    async def aclose(self) -> None:
        await self._sandbox.aclose()


@asynccontextmanager
async def open_code_tool(sandboxes: Sandboxes) -> AsyncIterator[CodeTool]:
    """For one trajectory; nothing is started before the first call."""
    tool = CodeTool(sandboxes)
    try:
        yield tool
    finally:
        await tool.aclose()


def as_observation(execution: Execution) -> Observed:
    """An execution as the assistant reads it: text, and the names of formats that text cannot hold."""
    stdout, stderr = "".join(execution.logs.stdout), "".join(execution.logs.stderr)
    if execution.error:
        parts = [stdout, execution.error.traceback or execution.error.value]
        return Observed(ok=False, code=execution.error.name, message="\n".join(part.rstrip() for part in parts if part))
    shown = [_show(result) for result in execution.results if not result.is_main_result]
    main = next((_show(result) for result in execution.results if result.is_main_result), None)
    extra = {"stderr": stderr, "displayed": shown}
    return Observed(ok=True, result={"result": main, "stdout": stdout} | {k: v for k, v in extra.items() if v})


def _show(result: Result) -> str:
    held = result.model_dump(exclude={"text", "is_main_result"}, exclude_none=True)
    return " ".join([*([result.text] if result.text else []), *(f"[{name.rstrip('_')}]" for name in held)])
