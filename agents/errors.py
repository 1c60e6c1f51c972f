"""The errors, one small tree named by boundary.

A message says what, where and the value; for the user's own mistakes also the fix.
"""

import errno
import re
from collections.abc import Sequence

from pydantic import ValidationError

_FULL_OR_CLOSED = "ENOSPC EDQUOT EROFS EACCES EPERM ENOTDIR EFBIG ENAMETOOLONG ELOOP"
FULL_OR_CLOSED = frozenset(getattr(errno, name) for name in _FULL_OR_CLOSED.split())
UNWRITABLE = re.compile(r"disk is full|disk I/O|read-?only|unable to open|no space|permission denied", re.IGNORECASE)
"""What SQLite, and Chroma over it, say of such a place."""


class TDScalingError(Exception):
    """Anything this project raises on purpose."""


class UsageError(TDScalingError):
    """The user's own mistake: a command prints it as one line and exits with 2."""


def usage_error(error: ValidationError) -> UsageError:
    """The first thing that is wrong with a command's options, as its option, the reason and the value."""
    first = error.errors()[0]
    option, message = ".".join(map(str, first["loc"])).replace("_", "-"), first["msg"].removeprefix("Value error, ")
    return UsageError(f"--{option}: {message}, not {first['input']!r}")


def installing(extra: str) -> str:
    """The command that installs an extra, from the checkout or, where the wheel is installed, of it."""
    of_wheel = __name__.startswith("tdscaling.")
    return f"pip install 'tdscaling[{extra}]'" if of_wheel else f"pip install -e '.[{extra}]'"


def storage_fault(error: BaseException) -> str:
    """What is wrong with the place that is written to, in a line: full or read-only; empty for any other error."""
    if isinstance(error, OSError) and error.errno in FULL_OR_CLOSED:
        return f"{error.filename or 'what is written to'}: {error.strerror}"
    words = " ".join(str(error).split())
    return words if type(error).__module__.startswith(("sqlite3", "chromadb")) and UNWRITABLE.search(words) else ""


class ModelError(UsageError):
    """The endpoint knows no such model, or no such path."""


class FormatError(TDScalingError):
    """A teacher's answer could not be read as what was asked for."""


class BlueprintError(TDScalingError):
    """A blueprint that cannot be carried out with its cluster; the message is given back to the BlueprintAgent."""


class LockError(TDScalingError):
    """A call or an observation that breaks Dynamic Schema Locking; the message is the validator's."""


class TeacherError(TDScalingError):
    """A model could not be reached, or refused; says which role and endpoint."""

    def __init__(self, message: str, faults: Sequence[str] = (), status: int | None = None) -> None:
        super().__init__(message)
        self.faults = tuple(faults)
        """Why each attempt failed."""
        self.status = status
        """Of the last HTTP answer, if there was one."""


class ToolsRefusedError(TeacherError):
    """The endpoint does not take the definitions of these tools, however plainly they are put; others may pass."""


class LostError(TDScalingError):
    """Whoever played a slot is gone; what the slot was told is in the journal, from which another goes on."""


class SandboxUnavailable(UsageError):
    """No level of isolation works here; names each, why it failed and what would help."""


class MissingError(TDScalingError):
    """Data or a package of a benchmark is not there: a command names the path and where to get it, and exits with 3."""


class OutageError(TDScalingError):
    """Too much was lost to infrastructure for a score: a command prints none and exits with 4."""


class RowError(TDScalingError):
    """A row that training cannot read or use; it is refused and counted."""


class RenderError(RowError):
    """A row that the student's chat template cannot say as inference would."""
