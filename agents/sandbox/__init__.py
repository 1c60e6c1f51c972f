"""The Code Tool's sandbox: Python cells in, what they gave back out, never without isolation.

sandboxes = await find()          E2B where there is a key, else a locked-down process of this machine
sandbox = sandboxes.new()
(await sandbox.run("6 * 7")).text
"""

from agents.sandbox.choose import Sandboxes, find
from agents.sandbox.execution import CRASH, TIMEOUT, Execution, Failure, Limits, Logs, Result, Sandbox
from agents.sandbox.level import Level

__all__ = [
    "CRASH",
    "TIMEOUT",
    "Execution",
    "Failure",
    "Level",
    "Limits",
    "Logs",
    "Result",
    "Sandbox",
    "Sandboxes",
    "find",
]
