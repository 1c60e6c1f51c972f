"""What running code gives back, in the shape of E2B's `Execution`, and what a sandbox is held to."""

from typing import Protocol

from pydantic import Field

from agents.schema import JsonObject, Noun

TIMEOUT, CRASH = "TimeoutError", "SandboxCrash"
"""Errors that the sandbox itself gives: the code took too long, or its process died and all state with it."""


class Result(Noun):
    """What one object looks like: the cell's last expression, or something displayed."""

    text: str | None = None
    html: str | None = None
    """Such as a data frame's table."""
    markdown: str | None = None
    svg: str | None = None
    png: str | None = None
    """base64, like `jpeg` and `pdf`."""
    jpeg: str | None = None
    pdf: str | None = None
    latex: str | None = None
    json_: JsonObject | None = Field(default=None, alias="json")
    javascript: str | None = None
    is_main_result: bool = False
    """It is the value of the cell's last expression."""


class Logs(Noun):
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()


class Failure(Noun):
    """An exception of the code, or `TIMEOUT` or `CRASH`."""

    name: str
    value: str
    traceback: str


class Execution(Noun):
    """One cell that was run."""

    results: tuple[Result, ...] = ()
    logs: Logs = Logs()
    error: Failure | None = None
    execution_count: int = 0
    """Cells run since the state began."""

    @property
    def text(self) -> str | None:
        """The last expression's value; None where it has none."""
        return next((result.text for result in self.results if result.is_main_result), None)


class Limits(Noun):
    """What one sandbox may use."""

    time_s: float = Field(default=10, gt=0)
    """Seconds for one cell."""
    memory_mb: int = Field(default=512, ge=64)
    """Address space."""
    threads: int = Field(default=32, ge=1)
    """Threads; other processes are never started."""
    disk_mb: int = Field(default=64, ge=1)
    """All files together."""
    files: int = Field(default=2048, ge=1)
    output_kb: int = Field(default=64, ge=1)
    """Each of standard output, standard error and the results of a cell; what is more is cut off."""


class Sandbox(Protocol):
    """Python that keeps its state from cell to cell."""

    async def run(self, code: str) -> Execution:
        """Whatever the code does is in the Execution; after a crash the next cell begins with an empty state.

        Raises: SandboxUnavailable: nothing can be run any more.
        """

    async def aclose(self) -> None:
        """Ends it with all that it started."""
