"""Whether anybody listens at an address: refused, no such name, and a host that swallows what is sent to it."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from agents.errors import UsageError
from agents.schema import Role
from agents.teacher.wire.names import read_name
from agents.teacher.wire.reach import check_listening, check_teachers


@pytest.fixture
def closed() -> str:
    """An address at which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}/v1"


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that answers no attempt to connect: nobody takes the connections, and the queue for them is full."""
    with ExitStack() as sockets:
        server = sockets.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        while True:
            client = sockets.enter_context(socket.socket())
            client.settimeout(0.2)
            try:
                client.connect(server.getsockname())
            except TimeoutError:
                break
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"


def test_address_where_somebody_listens_passes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        check_listening({"a server": f"http://127.0.0.1:{server.getsockname()[1]}"}, "start it")


@pytest.mark.parametrize("role", Role)
def test_refused_connection_names_role_address_and_fix(role: Role, closed: str) -> None:
    names = dict.fromkeys(Role, "offline") | {role: f"openai:x@{closed}"}
    with pytest.raises(UsageError) as error:
        check_teachers(names)
    assert str(error.value) == (
        f"{role} teacher openai:x@{closed}: ConnectionRefusedError: [Errno 111] Connection refused; "
        "is it running, and is the base URL right?"
    )


def test_other_providers_base_url_is_tried_too(closed: str) -> None:
    with pytest.raises(UsageError, match=r"^user teacher anthropic:x@http://.*Connection refused"):
        check_teachers({Role.USER: f"anthropic:x@{closed}#KEY"})


def test_name_that_does_not_resolve_is_told() -> None:
    with pytest.raises(UsageError, match=r"^user teacher openai:x@http://nobody\.invalid/v1: gaierror: .*; is it"):
        check_teachers({Role.USER: "openai:x@http://nobody.invalid/v1"})


def test_silent_hosts_are_waited_for_together_and_not_for_long(silent: str, closed: str) -> None:
    # both were tried at the same time: when the first has had its four seconds the other's refusal is long known
    urls = {"first": silent, "second": closed}
    with pytest.raises(UsageError, match=r"^first: no connection within 4 s; start it$"):
        check_listening(urls, "start it")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_host_that_takes_the_connection_and_says_nothing_is_told(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:  # the system takes connections that nobody reads
        name = f"openai:x@{scheme}://127.0.0.1:{server.getsockname()[1]}/v1"
        with pytest.raises(UsageError) as error:
            check_teachers({Role.USER: name}, answer_s=0.3)
    silence = "it takes the connection and answers nothing within 0.3 s"
    assert str(error.value) == f"user teacher {name}: {silence}; is it running, and is the base URL right?"


@pytest.mark.parametrize(
    "words", [b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", b"SSH-2.0-OpenSSH_9\r\n", b""]
)
def test_whoever_answers_anything_passes(words: bytes) -> None:
    requests: list[bytes] = []

    def answer() -> None:
        connection, _ = server.accept()
        with connection:
            requests.append(connection.recv(4096))
            connection.sendall(words)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=answer)
        thread.start()
        check_teachers({Role.USER: f"openai:x@http://127.0.0.1:{server.getsockname()[1]}/v1/"}, answer_s=60)
        thread.join()
    assert requests[0].startswith(b"GET /v1/models HTTP/1.1\r\n")
    assert b"uthorization" not in requests[0]


@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/v1", "http://:9/v1", "http://h:0/v1", "http://[::1/v1"])
def test_url_that_is_no_address_is_told_by_its_value(url: str) -> None:
    with pytest.raises(UsageError, match=r"^teacher openai:x: \S+ is no address; such as offline"):
        read_name(f"openai:x@{url}")
