"""Attacks on a sandbox: code that ends with `breach`, which is true where it got what it must not get.

    python -m tests.attacks          each on each level of this machine, and what is harmless without a sandbox too

`{...}` is filled in from a Target. BOMBS are bounded, and still run in a sandbox only.
"""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import NamedTuple

from agents.sandbox import Level, Limits, Sandbox, find
from tests.levels import LEVELS

TOKEN = "t0ken-of-the-host"
LIMITS = Limits(time_s=2, memory_mb=256, threads=16, disk_mb=8, files=500, output_kb=16)


class Target(NamedTuple):
    """What of the host is attacked."""

    folder: str
    secret: str
    port: int
    victim: int
    """A process of the same user."""
    project: str
    descriptor: int
    """An open, inheritable file that holds the token."""


@contextmanager
def target() -> Iterator[Target]:
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as listening:
        secret = Path(folder, "secret")
        secret.write_text(TOKEN)
        paths = [socket.socket(socket.AF_UNIX, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)]
        for one, name in zip(paths, ("stream", "dgram"), strict=True):
            one.bind(f"{folder}/{name}")
        abstract = socket.socket(socket.AF_UNIX)
        abstract.bind(f"\0{folder}")
        for one in (paths[0], abstract):
            one.listen()
        descriptor = os.open(secret, os.O_RDONLY)
        os.set_inheritable(descriptor, True)
        os.environ["HOST_SECRET"] = TOKEN
        victim = subprocess.Popen(["sleep", "300"])
        try:
            yield Target(folder, str(secret), listening.getsockname()[1], victim.pid, __file__, descriptor)
        finally:
            del os.environ["HOST_SECRET"]
            victim.kill()
            victim.wait()
            os.close(descriptor)
            for one in (*paths, abstract):
                one.close()


FILES = {
    "read a file": "breach = 't0ken' in open('{secret}').read()",
    "list a folder": "import os; breach = 'secret' in os.listdir('{folder}')",
    "write a file": "breach = open('{folder}/new', 'w').write('x') == 1",
    "append to a file": "breach = open('{secret}', 'a').write('') == 0",
    "delete a file": "import os; os.unlink('{secret}'); breach = True",
    "rename a file": "import os; os.rename('{secret}', '{folder}/renamed'); breach = True",
    "make a folder": "import os; os.mkdir('{folder}/made'); breach = True",
    "truncate a file": "import os; os.truncate('{secret}', 0); breach = True",
    "change a mode": "import os; os.chmod('{secret}', 0o777); breach = True",
    "change an owner": "import os; os.chown('{secret}', os.getuid(), os.getgid()); breach = True",
    "change a file's times": "import os; os.utime('{secret}'); breach = True",
    "follow a symlink": "import os; os.symlink('{secret}', 'l1'); breach = 't0ken' in open('l1').read()",
    "make a hard link": "import os; os.link('{secret}', '{folder}/hard'); breach = True",
    "climb out of the folder": "breach = 't0ken' in open('../' * 20 + '{secret}'[1:]).read()",
    "read /etc/passwd": "breach = 'root' in open('/etc/passwd').read()",
    "read the project": "breach = 'attacks' in open('{project}').read()",
    "write to /dev/shm": "import os; open('/dev/shm/a{port}', 'w'); os.unlink('/dev/shm/a{port}'); breach = True",
    "make a named pipe": "import os; os.mkfifo('{folder}/pipe'); breach = True",
    "inherit a descriptor": """
import os
breach = False
for fd in range(3, 256):
    try:
        breach = breach or b't0ken' in os.pread(fd, 100, 0)
    except OSError:
        pass
""",
}
PROCESSES = {
    "read the environment": "import os; breach = 't0ken' in repr(os.environ)",
    "read the environment of process 1": "breach = bool(open('/proc/1/cmdline').read())",
    "read a process's environment": "breach = 't0ken' in open('/proc/{victim}/environ').read()",
    "list processes": "import os; breach = '{victim}' in os.listdir('/proc')",
    "read its own memory": "breach = bool(open('/proc/self/maps').read())",
    "read a process's command": "breach = 'sleep' in open('/proc/{victim}/cmdline').read()",
    "signal a process": "import os; os.kill({victim}, 0); breach = True",
    "signal its group": "import os; os.killpg(os.getpgrp(), 0); breach = True",
    "fork": "import os; pid = os.fork() or os._exit(0); os.waitpid(pid, 0); breach = True",
    "fork through ctypes": """
import ctypes, os
pid = ctypes.CDLL(None).fork()
if pid == 0:
    os._exit(0)
breach = pid > 0
""",
    "run a program": "import subprocess; breach = subprocess.run(['/bin/true']).returncode == 0",
    "run a shell": "import os; breach = os.system('exit 0') == 0",
    "spawn": "import os; os.waitpid(os.posix_spawn('/bin/true', ['true'], {{}}), 0); breach = True",
    "become a daemon": "import os; os.setpgid(0, 0); breach = True",
    "read another's limits": "import resource; resource.prlimit({victim}, resource.RLIMIT_NOFILE); breach = True",
    "change its limits": "import resource as r; r.setrlimit(r.RLIMIT_CORE, r.getrlimit(r.RLIMIT_CORE)); breach = True",
    "change a priority": "import os; os.setpriority(os.PRIO_PROCESS, {victim}, 5); breach = True",
    "pin a process": "import os; os.sched_setaffinity({victim}, {{0}}); breach = True",
    "hide memory in a file of none": "import os; os.memfd_create('x'); breach = True",
    "share memory": """
import ctypes
libc = ctypes.CDLL(None)
made = libc.shmget(0, 4096, 0o1600)
breach = made >= 0 and libc.shmctl(made, 0, None) == 0
""",
}
NETWORK = {
    "connect to loopback": "import socket; socket.create_connection(('127.0.0.1', {port}), 2).close(); breach = True",
    "send a datagram": """
import socket
breach = socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port})) == 1
""",
    "listen": "import socket; socket.create_server(('127.0.0.1', 0)).close(); breach = True",
    "connect to a unix socket": """
import socket
socket.socket(socket.AF_UNIX).connect('{folder}/stream')
breach = True
""",
    "connect to an abstract socket": """
import socket
socket.socket(socket.AF_UNIX).connect(chr(0) + '{folder}')
breach = True
""",
    "send from a socket pair": """
import socket
pair = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
breach = pair[0].sendto(b'x', '{folder}/dgram') == 1
""",
}
HARMLESS = FILES | PROCESSES | NETWORK
"""To the host, too: they touch only what `target` made, or ask and do not take."""

RISKY = {
    "open an IPv6 socket": "import socket; socket.socket(socket.AF_INET6).close(); breach = True",
    "ask the kernel by netlink": """
import socket
socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()
breach = True
""",
    "reach the internet": "import socket; socket.create_connection(('1.1.1.1', 53), 2); breach = True",
    "trace a process": "import ctypes; breach = ctypes.CDLL(None).ptrace(16, {victim}, 0, 0) == 0",
    "read a process's memory": """
import ctypes
libc = ctypes.CDLL(None)
here = ctypes.create_string_buffer(8)
class Part(ctypes.Structure):
    _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]
mine, theirs = Part(ctypes.addressof(here), 8), Part(0x1000, 8)
breach = libc.process_vm_readv({victim}, ctypes.byref(mine), 1, ctypes.byref(theirs), 1, 0) != -1
""",
    "make namespaces": "import ctypes; breach = ctypes.CDLL(None).unshare(0x10000000) == 0",
    "mount": "import ctypes; breach = ctypes.CDLL(None).mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
    "use io_uring": "import ctypes; breach = ctypes.CDLL(None).syscall(425, 1, bytes(120)) >= 0",
    "load into the kernel": "import ctypes; breach = ctypes.CDLL(None).syscall(321, 0, bytes(64), 64) >= 0",
    "type into a terminal": "import fcntl; fcntl.ioctl(0, 0x5412, b'x'); breach = True",
    "become root": "import os; os.setresuid(0, 0, 0); breach = True",
    "kill everything": "import os, signal; os.kill(-1, signal.SIGCONT); breach = True",
    "make a device": "import os, stat; os.mknod('null', 0o600 | stat.S_IFCHR, os.makedev(1, 3)); breach = True",
    "change its own program": "import os; open(os.__file__, 'ab'); breach = True",
}
BOMBS = {
    "fork bomb": "import os\nfor n in range(100):\n    os.fork() or os._exit(0)\nbreach = True",
    "thread bomb": """
import threading, time
threading.stack_size(65536)
for n in range(3000):
    threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
time.sleep(0.5)
breach = True
""",
    "memory bomb": "held = []\nfor n in range(1024):\n    held.append(bytearray(2**20))\nbreach = True",
    "mapped memory bomb": "import mmap\nheld = [mmap.mmap(-1, 2**20) for n in range(1024)]\nbreach = True",
    "disk bomb": """
for n in range(400):
    open(f'f{{n}}', 'wb').write(bytes(2**20))
import time; time.sleep(0.3)
breach = True
""",
    "one large file": "file = open('large', 'wb')\nfor n in range(100):\n    file.write(bytes(2**20))\nbreach = True",
    "deleted files bomb": """
import os, time
held = []
for n in range(100):
    held.append(open(f'd{{n}}', 'wb'))
    os.unlink(f'd{{n}}')
    held[-1].write(bytes(2**21))
time.sleep(0.3)
breach = True
""",
    "inode bomb": """
import time
for n in range(100_000):
    open(f'i{{n}}', 'w').close()
time.sleep(0.3)
breach = True
""",
    "deep folders": """
import os, time
for n in range(3000):
    os.mkdir('d')
    os.chdir('d')
time.sleep(0.3)
breach = True
""",
    "output flood": """
import os, time
for n in range(64):
    os.write(1, bytes(2**20))
time.sleep(0.3)
breach = True
""",
    "descriptor bomb": "import os\nheld = [os.pipe() for n in range(200)]\nbreach = True",
    "forged reply": """
import os
for fd in range(3, 20):
    try:
        os.write(fd, b'\\xff' * 64)
    except OSError:
        pass
import time; time.sleep(0.3)
breach = True
""",
    "deep recursion": "import sys\nsys.setrecursionlimit(10**9)\ndef f(n):\n    return [f(n + 1)]\nf(0)\nbreach = True",
    "deep recursion in C": "deep = []\nfor n in range(10**6):\n    deep = [deep]\nbreach = bool(repr(deep))",
    "endless loop that catches all": """
while True:
    try:
        while True:
            x = 1
    except BaseException:
        x = 2
""",
}


async def breached(sandbox: Sandbox, code: str, on: Target) -> bool:
    """Whether the attack got through; the sandbox must work after it."""
    made = await sandbox.run(f"scope = {{}}\nexec({code.format(**on._asdict())!r}, scope)\nscope['breach']")
    usable = (await sandbox.run("1 + 1")).text == "2"
    return made.text == "True" or not usable


def unprotected(code: str, on: Target) -> bool:
    """The same without a sandbox."""
    text = code.format(**on._asdict()) + "\nprint(breach)"
    done = subprocess.run(
        [sys.executable, "-c", text],
        cwd=on.folder,
        capture_output=True,
        text=True,
        pass_fds=[on.descriptor],
        timeout=30,
    )
    return done.stdout.strip() == "True"


@asynccontextmanager
async def sandbox(level: Level) -> AsyncIterator[Sandbox]:
    made = await find(level, LIMITS)
    one = made.new()
    try:
        yield one
    finally:
        await one.aclose()
        await made.aclose()


async def _table() -> None:
    words = {True: "BREACH", False: "HELD"}
    for level in LEVELS:
        async with sandbox(level) as one:
            for name, code in (HARMLESS | RISKY | BOMBS).items():
                with target() as on:
                    print(f"{level:<12}{name:<36}{words[await breached(one, code, on)]}")
    for name, code in HARMLESS.items():
        with target() as on:
            print(f"{'none':<12}{name:<36}{words[await asyncio.to_thread(unprotected, code, on)]}")


if __name__ == "__main__":
    asyncio.run(_table())
