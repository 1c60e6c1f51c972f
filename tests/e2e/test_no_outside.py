"""A run of the offline teacher speaks to nobody: no name is looked up, no address outside this machine is tried."""

import subprocess
import sys
from pathlib import Path

GUARDED = """
import socket, sys
from graphs.run import main

connect, look_up = socket.socket.connect, socket.getaddrinfo

def guarded(self, address):
    if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(("127.", "::1")):
        print("OUTSIDE", address, file=sys.stderr)
        raise OSError("outside")
    return connect(self, address)

def guarded_look_up(host, *rest, **more):
    if host not in (None, "localhost", "127.0.0.1", "::1"):
        print("OUTSIDE", host, file=sys.stderr)
        raise OSError("outside")
    return look_up(host, *rest, **more)

socket.socket.connect, socket.getaddrinfo = guarded, guarded_look_up
TRY
main(["--out", sys.argv[1], "--count", "3"])
"""


def test_nothing_is_sent_outside_by_default(tmp_path: Path) -> None:
    command = [sys.executable, "-c", GUARDED.replace("TRY", ""), str(tmp_path / "run")]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-500:]
    assert "OUTSIDE" not in ended.stderr


def test_the_guard_would_see_it(tmp_path: Path) -> None:
    code = GUARDED.replace("TRY", "socket.create_connection(('192.0.2.1', 80))")
    ended = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert "OUTSIDE 192.0.2.1" in ended.stderr
