"""Live MCP servers: an `mcpServers` file -> the tools that they list; `live` calls them.

The file is the one that MCP clients share: `command`, `args`, `env`, `cwd` for a server over stdio, `url` and `headers`
for one over streamable HTTP; `${NAME}` is taken from the environment. It may say more about a server, see `Server`.
"""

import asyncio
import logging
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, TextIO, cast

import httpx
import orjson
from mcp import ClientSession, StdioServerParameters, stdio_client, types
from mcp.client.streamable_http import streamable_http_client
from pydantic import AliasChoices, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from agents.errors import UsageError
from memory.corpus.corpus import Corpus, gathered
from memory.corpus.definition import Place
from memory.corpus.read import Row

logging.getLogger("mcp.client").setLevel(logging.CRITICAL)  # a traceback for each line of chatter on a server's stdout
NAMED = re.compile(r"\$\{(\w+)\}")


class Server(BaseModel):
    """One entry of `mcpServers`; keys of other clients are no concern of ours."""

    model_config = ConfigDict(frozen=True, extra="ignore", use_attribute_docstrings=True)

    name: str
    command: str = ""
    args: tuple[str, ...] = ()
    env: dict[str, str] = {}
    cwd: Path | None = None
    url: str = ""
    headers: dict[str, str] = {}
    timeout_s: float = Field(default=60, gt=0)
    """For an answer; then the call has failed and the server is ended."""
    license: str = ""
    """Of the tool definitions."""
    include_tools: tuple[str, ...] = Field(default=(), validation_alias=AliasChoices("includeTools", "include_tools"))
    """The tools to use; none named: all."""
    examples: dict[str, list[JsonValue]] = {}
    """Argument -> values that mean something to this server; they become `examples` in its tools' schemas."""
    fixture: Path | None = None
    """A folder of which each trajectory's server gets a copy to work in, so that it may write."""


class _Page(types.Result):
    """A part of `tools/list` as it came: the SDK's own type refuses the whole list for one bad tool."""

    tools: list[Any] = Field(default_factory=list)
    nextCursor: str | None = None


def read(path: Path) -> list[Server]:
    """The servers of a file. Raises UsageError for what is not such a file."""
    try:
        found = orjson.loads(path.read_bytes())
        entries = found["mcpServers"].items()
    except OSError as error:
        raise UsageError(f"--mcp: {path}: {error.strerror}; name a file with mcpServers") from None
    except (ValueError, TypeError, KeyError, AttributeError):
        raise UsageError(f'--mcp: {path}: expected {{"mcpServers": {{"NAME": {{"command": ...}}}}}}') from None
    return [_server(path, name, entry) for name, entry in entries]


def _server(path: Path, name: str, entry: Any) -> Server:
    try:
        server = Server.model_validate({"name": name, **_expanded(entry)})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise UsageError(f"--mcp: {path}: {name}.{where}: {first['msg']}, not {first['input']!r}") from None
    except (TypeError, LookupError) as error:
        raise UsageError(f"--mcp: {path}: {name}: {error}; correct the entry or set the variable") from None
    if bool(server.command) == bool(server.url):
        raise UsageError(f"--mcp: {path}: {name}: expected either a command or a url")
    fixture = server.fixture and path.parent / server.fixture
    if fixture and not fixture.is_dir():
        raise UsageError(f"--mcp: {path}: {name}.fixture: {fixture} is not a folder")
    return server.model_copy(update={"fixture": fixture})


def _expanded(value: Any) -> Any:
    """The value with `${NAME}` from the environment. Raises LookupError where that is not set."""
    if isinstance(value, dict):
        return {key: _expanded(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_expanded(inner) for inner in value]
    return NAMED.sub(lambda match: _variable(match[1]), value) if isinstance(value, str) else value


def _variable(name: str) -> str:
    if name not in os.environ:
        raise LookupError(f"${{{name}}} is not in the environment")
    return os.environ[name]


def tools(path: Path) -> Corpus:
    """What the servers of a file offer. Raises UsageError for a server that cannot be asked."""
    return asyncio.run(listed(read(path)))


async def listed(servers: Sequence[Server]) -> Corpus:
    """The tools of all servers, in their order. Raises UsageError for a server that cannot be asked."""
    found = await asyncio.gather(*(_rows(server) for server in servers))
    return gathered(row for rows in found for row in rows)


async def _rows(server: Server) -> list[Row]:
    with scratch() as (log, folder):
        try:
            async with connected(server, log, workplace(server, folder)) as (session, about):
                place = Place(server.name, f"mcp: {about.name} {about.version}", server.license)
                tools = [tool async for tool in _tools(session, server)]
        except Exception as error:  # an ExceptionGroup of the SDK's tasks, mostly
            raise refused(server, error, log) from error
    unknown = set(server.include_tools) - {tool.get("name") for tool in tools if isinstance(tool, dict)}
    if unknown:
        raise UsageError(f"--mcp: {server.name}.includeTools: the server offers no {sorted(unknown)}")
    return [Row(f"{server.name}: tools[{n}]", tool, place) for n, tool in enumerate(tools)]


async def _tools(session: ClientSession, server: Server) -> AsyncIterator[Any]:
    """The raw definitions of every page; a cursor that comes again ends the list."""
    cursors: list[str | None] = [None]
    while len(set(cursors)) == len(cursors):
        request = types.ListToolsRequest(params=types.PaginatedRequestParams(cursor=cursors[-1]))
        page = await session.send_request(types.ClientRequest(request), _Page)
        for tool in page.tools:
            named = isinstance(tool, dict) and tool.get("name") in server.include_tools
            if named or not server.include_tools:
                yield _with_examples(tool, server)
        if page.nextCursor is None:
            return
        cursors.append(page.nextCursor)


def _with_examples(tool: Any, server: Server) -> Any:
    """The definition with the values that the file knows for its arguments."""
    schema = tool.get("inputSchema") if isinstance(tool, dict) else None
    known = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(schema, dict) or not isinstance(known, dict):
        return tool  # `definitions` says what is wrong with it
    told = {key: {"examples": values} for key, values in server.examples.items()}
    more = {key: {**part, **told[key]} for key, part in known.items() if key in told and isinstance(part, dict)}
    return {**tool, "inputSchema": {**schema, "properties": {**known, **more}}}


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
async def connected(
    server: Server, log: TextIO, workplace: Path | None
) -> AsyncIterator[tuple[ClientSession, types.Implementation]]:
    """A conversation with the server, begun, and what it calls itself. It must be closed by the task that opened it."""
    patience = timedelta(seconds=server.timeout_s)
    async with AsyncExitStack() as stack:
        if server.url:
            client = httpx.AsyncClient(headers=server.headers, timeout=server.timeout_s)
            await stack.enter_async_context(client)
            read, write, _ = await stack.enter_async_context(streamable_http_client(server.url, http_client=client))
        else:
            started = StdioServerParameters(
                command=server.command, args=list(server.args), env=server.env, cwd=workplace,
                encoding_error_handler="replace",
            )  # fmt: skip
            read, write = await stack.enter_async_context(stdio_client(started, log))
        session = await stack.enter_async_context(ClientSession(read, write, patience))
        yield session, (await session.initialize()).serverInfo


def refused(server: Server, error: Exception, log: TextIO) -> UsageError:
    """Why a server cannot be used, with the last that it wrote on stderr."""
    if isinstance(error, UsageError):
        return error
    log.seek(0)
    said = " ".join(log.read()[-300:].split())
    cause = next(leaves(error))
    return UsageError(
        f"--mcp: {server.name}: {server.command or server.url} does not serve tools "
        f"({type(cause).__name__}: {cause}{f'; it said: {said}' if said else ''}); correct or remove it"
    )


def leaves(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from leaves(inner)
    else:
        yield error
