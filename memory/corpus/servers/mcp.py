"""Live MCP servers: the servers of a file -> the tools that they list; `graphs.tools.mcp` calls them."""

import asyncio
import logging
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import TextIO, cast

import httpx
from mcp import ClientSession, McpError, StdioServerParameters, stdio_client, types
from mcp.client.streamable_http import streamable_http_client
from pydantic import Field, ValidationError

from agents.errors import UsageError
from agents.teacher.wire.reach import ANSWER_S, CONNECT_S
from memory.corpus.corpus import Corpus, gather
from memory.corpus.reading.definition import Place
from memory.corpus.reading.read import Row
from memory.corpus.servers.live_values import World, teach
from memory.corpus.servers.mcp_file import Server, read
from memory.corpus.servers.neutral import Neutral

logging.getLogger("mcp.client").setLevel(logging.CRITICAL)  # a traceback for each line of chatter on a server's stdout


class _Page(types.Result):
    """A part of `tools/list` as it came: the SDK's own type refuses the whole list for one bad tool."""

    tools: list[object] = Field(default_factory=list)
    nextCursor: str | None = None


def tools(path: Path) -> Corpus:
    """What the servers of a file offer. Raises UsageError for a server that cannot be asked."""
    return asyncio.run(list_tools(read(path)))


async def list_tools(servers: Sequence[Server]) -> Corpus:
    """The tools of all servers, in their order. Raises UsageError for a server that cannot be asked."""
    listed = await asyncio.gather(*(_rows(server) for server in servers))
    return gather(row for rows in listed for row in rows)


async def _rows(server: Server) -> list[Row]:
    with scratch() as (log, folder):
        try:
            folder_of_copy = workplace(server, folder)
            async with connect(server, log, folder_of_copy) as (session, about):
                info = about.serverInfo
                place = Place(server.name, f"mcp: {info.name} {info.version}", server.license)
                resources = list[str]()
                if about.capabilities.resources:
                    with suppress(McpError, ValidationError):  # a server may promise resources and have none
                        resources = [str(resource.uri) for resource in (await session.list_resources()).resources]
                world, neutral = World(server, resources), Neutral(server, folder_of_copy)
                listed_tools = [neutral.hide(teach(tool, server, world)) async for tool in _tools(session, server)]
        except Exception as error:  # an ExceptionGroup of the SDK's tasks, mostly
            raise blame(server, error, log) from error
    unknown = set(server.include_tools) - {tool.get("name") for tool in listed_tools if isinstance(tool, dict)}
    if unknown:
        raise UsageError(f"--mcp: {server.name}.includeTools: the server offers no {sorted(unknown)}")
    return [Row(f"{server.name}: tools[{n}]", tool, place) for n, tool in enumerate(listed_tools)]


async def _tools(session: ClientSession, server: Server) -> AsyncIterator[object]:
    """The raw definitions of every page; a cursor that comes again ends the list."""
    cursors: list[str | None] = [None]
    while len(set(cursors)) == len(cursors):
        request = types.ListToolsRequest(params=types.PaginatedRequestParams(cursor=cursors[-1]))
        page = await session.send_request(types.ClientRequest(request), _Page)
        for tool in page.tools:
            named = isinstance(tool, dict) and tool.get("name") in server.include_tools
            if named or not server.include_tools:
                yield tool
        if page.nextCursor is None:
            return
        cursors.append(page.nextCursor)


@contextmanager
def scratch() -> Iterator[tuple[TextIO, str]]:
    """Where a server's stderr goes and where its copy of a fixture is; both are gone afterwards."""
    with tempfile.TemporaryFile("w+") as log, tempfile.TemporaryDirectory() as folder:
        yield cast(TextIO, log), folder


def workplace(server: Server, folder: str) -> Path | None:
    """Where the server runs: in its own copy of the fixture, if it has one."""
    if not server.fixture:
        return server.cwd
    return Path(shutil.copytree(server.fixture, Path(folder) / server.fixture.name, symlinks=True))


@asynccontextmanager
async def connect(
    server: Server, log: TextIO, workplace: Path | None
) -> AsyncIterator[tuple[ClientSession, types.InitializeResult]]:
    """A conversation with the server, begun, and its introduction. It must be closed by the task that opened it."""
    # the SDK waits for ever by default, and a server that hangs would hang the run
    patience = timedelta(seconds=server.timeout_s)
    async with AsyncExitStack() as stack:
        if server.url:
            limits = httpx.Timeout(server.timeout_s, connect=min(CONNECT_S, server.timeout_s))
            client = httpx.AsyncClient(headers=server.headers, timeout=limits)
            await stack.enter_async_context(client)
            read, write, _ = await stack.enter_async_context(streamable_http_client(server.url, http_client=client))
        else:
            started = StdioServerParameters(
                command=server.command, args=list(server.args), env=server.env, cwd=workplace,
                encoding_error_handler="replace",
            )  # fmt: skip
            read, write = await stack.enter_async_context(stdio_client(started, log))
        session = await stack.enter_async_context(ClientSession(read, write, patience))
        # a program may install itself before it speaks; who listens already must answer soon
        soon = min(ANSWER_S, server.timeout_s) if server.url else None
        try:
            async with asyncio.timeout(soon):
                about = await session.initialize()
        except TimeoutError:
            raise TimeoutError(f"it takes the connection and answers nothing within {soon:g} s") from None
        yield session, about


def blame(server: Server, error: Exception, log: TextIO) -> UsageError:
    """Why a server cannot be used, with the last that it wrote on stderr."""
    if isinstance(error, UsageError):
        return error
    log.seek(0)
    words = " ".join(log.read()[-300:].split())
    cause = next(leaves(error))
    return UsageError(
        f"--mcp: {server.name}: {server.command or server.url} does not serve tools "
        f"({type(cause).__name__}: {cause}{f'; it said: {words}' if words else ''}); correct or remove it"
    )


def leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error
