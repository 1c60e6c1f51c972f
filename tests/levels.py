"""The embedded levels of isolation that this machine has, really tried."""

import asyncio

from agents.sandbox import Level, Limits
from agents.sandbox.embedded import why_not

WHY_NOT = {level: asyncio.run(why_not(level, Limits())) for level in (Level.NAMESPACES, Level.LANDLOCK)}
LEVELS = [level for level, reason in WHY_NOT.items() if not reason]
