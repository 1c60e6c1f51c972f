"""A process gives up what it could do: resources, capabilities, files (Landlock) and system calls (seccomp).

Nothing here can be undone by the process, and each step raises where the kernel refuses it. Landlock decides which
files can be reached; it says nothing of chmod, signals, sockets or other processes: those are seccomp's.
"""

import ctypes
import os
import resource
import struct
from collections.abc import Iterable, Mapping

from .syscalls import ALLOWED, NUMBERS, Test

LIBC = ctypes.CDLL(None, use_errno=True)
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 1, 38, 22, 2
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
"""The same on every architecture."""
READ_FILE, READ_DIR = 1 << 2, 1 << 3
ABI_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""Landlock ABI -> how many rights over files it knows: the first 13, then REFER, TRUNCATE, IOCTL_DEV."""
EXECUTE, MAKE_SPECIAL = 1 << 0, (1 << 6) | (1 << 9) | (1 << 10) | (1 << 11)
"""Starting programs; making devices, sockets and pipes."""


def enter(readable: Iterable[str], listed: Iterable[str], home: str, limits: Mapping[int, int], uid: int) -> None:
    """Files below `readable` can be read, names below `listed` be seen, all else only be in `home`.

    `uid` is who to become where the process is root in a root of its own; 0 keeps the user.
    Raises: OSError: a step that the kernel refuses, named.
    """
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]  # where it is lower already, as by `ulimit -f`, nobody may raise it
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    # All capabilities; a process without any has nothing to drop. Version 3 of the call, this process.
    _check("capset", LIBC.capset(struct.pack("Ii", 0x20080522, 0), bytes(24)))
    _check("parent_death", LIBC.prctl(PR_SET_PDEATHSIG, 9, 0, 0, 0))  # after the user, whose change clears it
    _check("no_new_privs", LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    version = abi()
    rights = (1 << max(count for since, count in ABI_RIGHTS.items() if since <= version)) - 1
    network = 0b11 if version >= 4 else 0  # TCP bind and connect
    scoped = 0b11 if version >= 6 else 0  # abstract unix sockets and signals
    wanted = struct.pack("QQQ", rights, network, scoped)[: 8 if version < 4 else 16 if version < 6 else 24]
    rules = _check("landlock", LIBC.syscall(LANDLOCK_CREATE_RULESET, wanted, len(wanted), 0))
    for path in readable:
        _allow(rules, path, (READ_FILE | READ_DIR) if os.path.isdir(path) else READ_FILE)
    for path in listed:
        _allow(rules, path, READ_DIR)
    _allow(rules, home, rights & ~EXECUTE & ~MAKE_SPECIAL)
    _check("landlock", LIBC.syscall(LANDLOCK_RESTRICT_SELF, rules, 0))
    os.close(rules)
    own = {"tgkill": ((0, "is", (os.getpid(),)),)}  # signals to its own threads alone
    install(program({**ALLOWED, **own}))


def abi() -> int:
    """The kernel's Landlock ABI. Raises OSError where there is none."""
    return _check("landlock", LIBC.syscall(LANDLOCK_CREATE_RULESET, None, 0, 1))


def _allow(rules: int, path: str, rights: int) -> None:
    beneath = os.open(path, os.O_PATH | os.O_CLOEXEC)
    rule = struct.pack("=Qi", rights, beneath)
    _check(f"landlock {path}", LIBC.syscall(LANDLOCK_ADD_RULE, rules, 1, rule, 0))
    os.close(beneath)


def install(code: bytes) -> None:
    held = ctypes.create_string_buffer(code)
    head = struct.pack("HxxxxxxP", len(code) // 8, ctypes.addressof(held))
    _check("seccomp", LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, head, 0, 0))


def _check(step: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{step}: {os.strerror(number)}")
    return result


LOAD, EQUAL, ANY_BIT, RETURN = 0x20, 0x15, 0x45, 0x06
"""BPF: load a word, jump if equal, jump if any of these bits is set, end."""
ALLOW, REFUSE, NO_SUCH_CALL, KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000
"""What a filter answers: EPERM, ENOSYS (the C library then does without), or death."""


def program(allowed: Mapping[str, tuple[Test, ...]]) -> bytes:
    """A seccomp filter that lets the named calls pass where all their tests hold.

    Everything else gets EPERM, also calls that no one had heard of when the table was written.
    Raises: OSError: an architecture whose calls are not in the table.
    """
    machine = os.uname().machine
    if machine not in NUMBERS:
        raise OSError(38, f"seccomp: no table of system calls for {machine}")
    architecture, numbers = NUMBERS[machine]
    code = [op(LOAD, 4), op(EQUAL, architecture, 1, 0), op(RETURN, KILL), op(LOAD, 0)]
    for name in allowed.keys() & numbers.keys():
        block = list[bytes]()
        for argument, operator, values in allowed[name]:
            # steps that go on where the test holds and refuse the call where it does not; words are little-endian
            low, high, refuse = op(LOAD, 16 + 8 * argument), op(LOAD, 20 + 8 * argument), op(RETURN, REFUSE)
            if operator in ("has", "lacks"):
                has = int(operator == "has")
                block += [low, op(ANY_BIT, values[0], has, 1 - has), refuse]
                continue
            equal = [op(EQUAL, value, len(values) - n, 0) for n, value in enumerate(values)]
            whole = [high, op(EQUAL, 0, 1, 0), refuse] if operator == "is" else []
            block += [low, *equal, refuse, *whole]
        block.append(op(RETURN, ALLOW))
        code += [op(EQUAL, numbers[name], 0, len(block)), *block]
    code += [op(EQUAL, numbers["clone3"], 0, 1), op(RETURN, NO_SUCH_CALL), op(RETURN, REFUSE)]
    return b"".join(code)


def op(kind: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("HBBI", kind, yes, no, value)
