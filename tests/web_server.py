"""An MCP server over streamable HTTP on a free port of loopback, for tests; its first line on stdout is its address."""

import os
import socket

import uvicorn
from mcp.server.fastmcp import FastMCP

server = FastMCP("weather")


@server.tool()
def forecast(city: str) -> dict[str, str]:
    """The weather of a city."""
    return {"city": city, "sky": "clear"}


@server.tool()
def die() -> str:
    """Ends the server."""
    os._exit(3)


with socket.create_server(("127.0.0.1", 0)) as listening:
    print(f"http://127.0.0.1:{listening.getsockname()[1]}/mcp", flush=True)
    uvicorn.Server(uvicorn.Config(server.streamable_http_app(), log_level="error")).run(sockets=[listening])
