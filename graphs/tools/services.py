"""What a run executes instead of having it simulated: code in sandboxes, and the tools of live MCP servers."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from agents.errors import SandboxUnavailable, UsageError
from agents.plan.code_tool import SERVICE, offering
from agents.sandbox import Limits, Sandboxes, find
from agents.sandbox.tool import open_code_tool
from agents.schema import Cluster
from graphs.trajectory.state import Service

OFF = "off"


def find_sandboxes(kind: str, limits: Limits) -> Sandboxes | None:
    """None where there is to be no Code Tool. Raises SandboxUnavailable where there is no sandbox."""
    try:
        return None if kind == OFF else asyncio.run(find(kind, limits))
    except SandboxUnavailable as error:
        raise SandboxUnavailable(f"{error}; or go without the Code Tool: --sandbox {OFF}") from None


def add_code_tool(clusters: Sequence[Cluster], code: Sandboxes | None) -> list[Cluster]:
    """The clusters with the Code Tool, where there is one."""
    return [offering(cluster) for cluster in clusters] if code else list(clusters)


def list_services(code: Sandboxes | None, mcp: Path | None) -> Mapping[str, Service]:
    """Service -> what opens its runner for one trajectory. Raises UsageError where two are called the same."""
    coded: dict[str, Service] = {SERVICE: partial(open_code_tool, code)} if code else {}
    if mcp is None:
        return coded
    from graphs.tools import mcp as live

    servers = live.services(mcp)
    if SERVICE in servers:
        raise UsageError(f"--mcp: {mcp}: {SERVICE!r} is the Code Tool's own name; call the server something else")
    return {**servers, **coded}
