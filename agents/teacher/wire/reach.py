"""Whether anybody listens where an endpoint is said to be, asked before a run spends time on anything else."""

import socket
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from agents.errors import UsageError
from agents.schema import Role
from agents.teacher.wire import keys
from agents.teacher.wire.names import read_name

CONNECT_S = 4.0
"""So that a host that does not answer at all is told within five seconds."""
PORTS = {"http": 80, "https": 443}


def check_teachers(names: Mapping[Role, str]) -> None:
    """Raises: UsageError: a role's name is none, or nobody listens at its base URL."""
    urls = {}
    for role, name in names.items():
        provider, _, base_url, _ = read_name(name)
        # other providers' packages know their own hosts
        urls[f"{role} teacher {name}"] = base_url or (keys.default_url() if provider == "openai" else "")
    check_listening(urls, "is it running, and is the base URL right?")


def check_listening(urls: Mapping[str, str], fix: str) -> None:
    """Opens a connection to each URL, by who is reached there, to all at once, and closes it.

    Raises: UsageError: the first that fails.
    """
    attempts: dict[str, _Attempt] = {}
    for url in dict.fromkeys(urls.values()):
        parts = urlsplit(url)
        # behind a proxy it is the proxy that connects, and says so in its own words
        proxied = parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")
        if parts.hostname and not proxied:
            attempts[url] = _Attempt(parts.hostname, parts.port or PORTS[parts.scheme])
    ends = time.monotonic() + CONNECT_S
    for who, url in urls.items():
        if url in attempts and (problem := attempts[url].wait(ends)):
            raise UsageError(f"{who}: {problem}; {fix}")


class _Attempt(threading.Thread):
    """A daemon, for a name may take longer to look up than anybody waits, and nothing ends that."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(daemon=True)
        self._address, self._problem = (host, port), ""
        self.start()

    def run(self) -> None:
        try:
            socket.create_connection(self._address, timeout=CONNECT_S).close()
        except TimeoutError:
            self._problem = f"no connection within {CONNECT_S:g} s"
        except (OSError, UnicodeError) as error:  # a name that is no name is not even looked up
            self._problem = f"{type(error).__name__}: {error}"

    def wait(self, ends: float) -> str:
        """Why there is no connection at that time; empty where there was one."""
        self.join(max(0.0, ends - time.monotonic()))
        return f"no connection within {CONNECT_S:g} s" if self.is_alive() else self._problem
