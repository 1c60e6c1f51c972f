"""The process in the sandbox: it locks itself down, then runs cells for as long as it is asked.

Only the standard library, for nothing else need be there. Standard input is a socket to the host; a message is four
bytes of length and JSON. The host takes whatever comes back for what it is: data of a process that it does not trust.
"""

import json
import os
import resource
import socket
import sys
from typing import Any

from . import cells, lockdown, modes

# How this package was found is nothing to the code; what it imports must not come from there.
sys.path.remove(os.environ.pop("PYTHONPATH"))


def main() -> None:
    orders = json.loads(sys.argv[1])
    sys.path += orders["packages"]
    # The host's socket, moved away from standard input, which reads as empty from then on.
    wire = socket.socket(fileno=os.dup(0))
    wire.setblocking(True)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    megabyte = 2**20
    limits = {
        resource.RLIMIT_AS: orders["memory_mb"] * megabyte,
        resource.RLIMIT_FSIZE: orders["disk_mb"] * megabyte,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CORE: 0,
    }
    lockdown.enter(orders["readable"], orders["packages"], orders["home"], limits, orders["uid"])
    os.chdir(orders["home"])
    modes.leave_own_files(orders["home"])
    _send(wire, {"ready": True})
    notebook = cells.Notebook(orders["output_kb"] * 1024)
    while head := _exactly(wire, 4):  # empty once the host has gone
        request = json.loads(_exactly(wire, int.from_bytes(head, "big")))
        _send(wire, notebook.run(request["code"]))


def _send(wire: socket.socket, message: dict[str, Any]) -> None:
    data = json.dumps(message).encode()
    wire.sendall(len(data).to_bytes(4, "big") + data)


def _exactly(wire: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        part = wire.recv(size - len(data))
        if not part:
            return b""
        data += part
    return data


main()
