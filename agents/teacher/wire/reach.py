"""Whether anybody listens and answers where an endpoint is said to be, asked before time is spent on anything else."""

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
ANSWER_S = 20.0
"""For the first word of a host that takes the connection. A model may think for minutes before it speaks; a server that
says nothing to a question about itself is stuck, or is no server of HTTP."""
PORTS = {"http": 80, "https": 443}


def check_teachers(names: Mapping[Role, str], answer_s: float = ANSWER_S) -> None:
    """Raises: UsageError: a role's name is none, nobody listens at its base URL, or who does says nothing."""
    urls = {}
    for role, name in names.items():
        provider, _, base_url, _ = read_name(name)
        # other providers' packages know their own hosts
        urls[f"{role} teacher {name}"] = base_url or (keys.default_url() if provider == "openai" else "")
    check_listening(urls, "is it running, and is the base URL right?", answer_s)


def check_listening(urls: Mapping[str, str], fix: str, answer_s: float = 0.0) -> None:
    """Opens a connection to each URL, by who is reached there, to all at once, and closes it.

    With `answer_s` each is asked for its models, without a key, and must answer within so many seconds, whatever
    it says.
    Raises: UsageError: the first that fails.
    """
    attempts: dict[str, _Attempt] = {}
    for url in dict.fromkeys(urls.values()):
        parts = urlsplit(url)
        # behind a proxy it is the proxy that connects, and says so in its own words
        proxied = parts.scheme in getproxies() and not proxy_bypass(parts.hostname or "")
        if parts.hostname and not proxied:
            attempts[url] = _Attempt(url, answer_s)
    began = time.monotonic()
    for who, url in urls.items():
        if url in attempts and (problem := attempts[url].wait(began)):
            raise UsageError(f"{who}: {problem}; {fix}")


class _Attempt(threading.Thread):
    """A daemon, for a name may take longer to look up than anybody waits, and nothing ends that."""

    def __init__(self, url: str, answer_s: float) -> None:
        super().__init__(daemon=True)
        self._url, self._answer_s, self._problem = url, answer_s, ""
        self._connected = threading.Event()
        self.start()

    def run(self) -> None:
        parts = urlsplit(self._url)
        host = parts.hostname or ""
        try:
            connection = socket.create_connection((host, parts.port or PORTS[parts.scheme]), timeout=CONNECT_S)
        except TimeoutError:
            self._problem = f"no connection within {CONNECT_S:g} s"
            return
        except (OSError, UnicodeError) as error:  # a name that is no name is not even looked up
            self._problem = f"{type(error).__name__}: {error}"
            return
        self._connected.set()
        with connection:
            if not self._answer_s:
                return
            from http import client
            from ssl import create_default_context

            connection.settimeout(self._answer_s)
            asking = client.HTTPConnection(host)
            try:
                if parts.scheme == "https":
                    connection = create_default_context().wrap_socket(connection, server_hostname=host)
                asking.sock = connection
                asking.request("GET", f"{parts.path.rstrip('/')}/models")
                asking.getresponse().read(1)
            except TimeoutError:
                self._problem = self._silence
            except (OSError, client.HTTPException):
                pass  # it is there; what is wrong with its words the teacher's own client says better

    @property
    def _silence(self) -> str:
        return f"it takes the connection and answers nothing within {self._answer_s:g} s"

    def wait(self, began: float) -> str:
        """Why there is no connection, or no answer, so long after that time; empty where there was one."""
        self.join(max(0.0, began + CONNECT_S - time.monotonic()))
        if self.is_alive() and not self._connected.is_set():
            return f"no connection within {CONNECT_S:g} s"
        self.join(max(0.0, began + CONNECT_S + self._answer_s - time.monotonic()))
        return self._silence if self.is_alive() else self._problem
