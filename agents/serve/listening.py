"""The port that a command serves at, bound before it says so."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from agents.errors import UsageError


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens there. Raises: UsageError: the port is in use, or the address is not this machine's."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        bound = socket.create_server((host, port), family=family)
    except (OSError, UnicodeError) as error:
        number = error.errno if isinstance(error, OSError) else None
        reason = os.strerror(number) if number and number > 0 else str(error)
        raise UsageError(f"--port {port}: {host}: {reason}; choose another --port, or correct --host") from None
    with bound:
        yield bound
