"""Which sandbox there is: every level is really tried, and where none holds nothing is run."""

import logging
import os
from typing import Protocol

from agents.errors import SandboxUnavailable, UsageError
from agents.sandbox import embedded
from agents.sandbox.execution import Limits, Sandbox
from agents.sandbox.level import Level

logger = logging.getLogger(__name__)

REMEDIES: dict[Level, str] = {
    Level.E2B: "set E2B_API_KEY",
    Level.NAMESPACES: "install bubblewrap and allow user namespaces (Docker: --security-opt seccomp=unconfined; "
    "Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0)",
    Level.LANDLOCK: "use Linux 5.13 or later on x86_64 or aarch64 with Landlock switched on",
}


class Sandboxes(Protocol):
    """Makes sandboxes of one kind; close it when no more are wanted."""

    @property
    def level(self) -> Level: ...

    def new(self) -> Sandbox:
        """One with an empty state, started with its first cell; close it after use."""

    async def aclose(self) -> None: ...


async def find(wanted: str = "auto", limits: Limits | None = None) -> Sandboxes:
    """The wanted level, or with `auto` the first that holds: E2B where there is a key, namespaces, Landlock.

    Raises: SandboxUnavailable: names each level tried, why not, and the remedy. UsageError: no such level.
    """
    limits = limits or Limits()
    if wanted not in ("auto", *Level):
        raise UsageError(f"--sandbox: no level {wanted!r}; one of auto, off, {', '.join(Level)}")
    hosted = wanted == Level.E2B or bool(os.environ.get("E2B_API_KEY"))
    if hosted:
        from agents.sandbox import e2b  # its SDK takes half a second
    failed: dict[Level, str] = {}
    for level in [Level(wanted)] if wanted != "auto" else (Level.E2B, Level.NAMESPACES, Level.LANDLOCK):
        if level is Level.E2B and not hosted:
            failed[level] = "E2B_API_KEY is not set"
            continue
        failed[level] = await (e2b.why_not(limits) if level is Level.E2B else embedded.why_not(level, limits))
        if not failed[level]:
            return e2b.Hosted(limits) if level is Level.E2B else embedded.Embedded(level, limits)
        if level is not Level.E2B or os.environ.get("E2B_API_KEY"):  # without a key nobody expects E2B
            logger.warning("sandbox %s: %s", level, failed[level])
    reasons = "; ".join(f"{level}: {reason} ({REMEDIES[level]})" for level, reason in failed.items())
    raise SandboxUnavailable(f"--sandbox {wanted}: nothing here isolates code, so none is run. {reasons}")
