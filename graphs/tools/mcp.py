"""Calls of live MCP servers: a runner for each trajectory, whose observations are real.

Each trajectory has a server of its own, started by its first call and ended with it: what one conversation does to a
server's memory must not show in another, or a run's bytes would hang on who came first.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TextIO

import anyio
import httpx
import orjson
from mcp import ClientSession, McpError, types
from pydantic import Field, JsonValue, ValidationError

from agents.schema import JsonObject, Observed, Origin, Tool
from graphs.tools.failure import failure
from graphs.trajectory.state import Call, Service
from memory.corpus.servers.mcp import blame, connect, leaves, scratch, workplace
from memory.corpus.servers.mcp_file import Server, read
from memory.corpus.servers.neutral import Neutral

SESSION_TERMINATED = 32600
"""What the SDK says of a session over HTTP that its server does not know any more."""
Request = tuple[str, JsonObject, asyncio.Future[Observed]]
"""A tool's name, its arguments, and where the answer goes."""


class _Called(types.Result):
    """An answer to `tools/call` as it came."""

    content: list[JsonValue] = Field(default_factory=list)
    structuredContent: JsonValue = None
    isError: bool = False


class _Gone(Exception):
    """The server does not answer any more; the message is the same however that came to light."""


def services(path: Path) -> Mapping[str, Service]:
    """What opens a runner of each server of a file for one trajectory."""
    return {server.name: partial(open_live, server) for server in read(path)}


@asynccontextmanager
async def open_live(server: Server) -> AsyncIterator["Live"]:
    with scratch() as (log, folder):
        runner = Live(server, log, folder)
        try:
            yield runner
        finally:
            await runner.aclose()


class Live:
    """One trajectory's server. A server that dies or stays silent fails the call; the next call starts it again.

    Calls that the journal answered are made again only where the server works in a copy of a fixture: there nobody else
    sees them. Elsewhere a live call is never made twice.
    """

    origin = Origin.MCP

    def __init__(self, server: Server, log: TextIO, folder: str) -> None:
        self._server, self._log, self._folder = server, log, folder
        self._workplace: Path | None = None
        self._neutral = Neutral(server)
        self._requests: asyncio.Queue[Request | None] = asyncio.Queue()
        self._owner: asyncio.Task[None] | None = None
        self._connected = False

    async def call(self, tool: Tool, arguments: JsonObject, before: Sequence[Call]) -> Observed:
        """Raises: UsageError: the server cannot be started."""
        if self._owner is None:
            self._workplace = workplace(self._server, self._folder)
            self._neutral = Neutral(self._server, self._workplace)
            for earlier, its_arguments in before if self._server.fixture else ():
                await self._request(earlier.name, its_arguments)
        return await self._request(tool.name, arguments)

    async def _request(self, name: str, arguments: JsonObject) -> Observed:
        if self._owner is None or self._owner.done():
            self._requests = asyncio.Queue()
            self._owner = asyncio.create_task(self._own(self._requests))
        reply: asyncio.Future[Observed] = asyncio.get_running_loop().create_future()
        self._requests.put_nowait((name, arguments, reply))
        either: set[asyncio.Future[Observed] | asyncio.Task[None]] = {reply, self._owner}
        try:
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:  # the run stops, and does not wait for an answer
            self._owner.cancel()
            raise
        if reply.done():
            return reply.result()
        error = self._owner.exception()
        # A server that never began is the user's to mend; one that ended is an observation like any other.
        if not self._connected:
            raise blame(self._server, error if isinstance(error, Exception) else _Gone("it ended"), self._log)
        gone = next((leaf for leaf in leaves(error) if isinstance(leaf, _Gone)), None) if error else None
        return Observed(ok=False, code="server_unavailable", message=str(gone or _Gone("the server ended")))

    async def _own(self, requests: asyncio.Queue[Request | None]) -> None:
        """Start the server, ask it what is asked of it, end it: all in one task, as the SDK wants it."""
        self._connected = False
        async with connect(self._server, self._log, self._workplace) as (session, _):
            self._connected = True
            while (request := await requests.get()) is not None:
                name, arguments, reply = request
                observed = await _call_tool(session, name, self._neutral.show(arguments))
                reply.set_result(Observed.model_validate(self._neutral.hide(observed.model_dump())))

    async def aclose(self) -> None:
        if self._owner is not None:
            self._requests.put_nowait(None)
            await asyncio.gather(self._owner, return_exceptions=True)  # its death was the answer to a call


async def _call_tool(session: ClientSession, name: str, arguments: JsonObject) -> Observed:
    """The server's answer, an error among them. Raises _Gone where there is none."""
    request = types.CallToolRequest(params=types.CallToolRequestParams(name=name, arguments=arguments))
    try:
        answer = await session.send_request(types.ClientRequest(request), _Called)
    except (anyio.ClosedResourceError, anyio.BrokenResourceError):
        raise _Gone("the server ended") from None
    except ValidationError:
        return Observed(ok=False, code="invalid_answer", message="the answer is no result of a tool call")
    except McpError as error:
        if error.error.code == httpx.codes.REQUEST_TIMEOUT:
            raise _Gone("the server did not answer in time") from None
        if error.error.code in (types.CONNECTION_CLOSED, SESSION_TERMINATED):
            raise _Gone("the server ended") from None
        return Observed(ok=False, code="tool_error", message=error.error.message)
    # Structured content as it is, else the text, which may itself be JSON; several parts are a list.
    parts: list[JsonValue] = []
    for part in answer.content:
        text = part.get("text") if isinstance(part, dict) else None
        if isinstance(text, str):
            part = text
            with suppress(ValueError):
                parsed: JsonValue = orjson.loads(text)
                part = parsed if isinstance(parsed, dict | list) else text
        elif isinstance(part, dict):
            part = {key: value for key, value in part.items() if key != "data"}  # bytes, which no text model reads
        parts.append(part)
    if answer.isError:
        return Observed(ok=False, code="tool_error", message="\n".join(map(str, parts)))
    result: JsonValue = parts[0] if len(parts) == 1 else parts
    if answer.structuredContent is not None:
        result = answer.structuredContent
    words = failure(result, arguments)
    if isinstance(result, dict) and not any(result.values()):  # an empty list, and beside it why it is empty
        words = words or failure(parts, arguments)
    if words:
        return Observed(ok=False, code="tool_error", message=words)
    return Observed(ok=True, result=result)
