"""The system calls that Python needs for computing, and no others: what a cell can ask of the kernel.

Threads but no processes, files but no changed modes or owners, pipes within the process but no sockets to anything,
no signals to others. The numbers are the kernel's own (asm/unistd_64.h, asm-generic/unistd.h).
"""

Test = tuple[int, str, tuple[int, ...]]
"""Argument, operator, values. `is`: the whole word; `any`: the low half is one of these; `has`, `lacks`: these bits."""

_PLAIN = """
read write close fstat stat lstat newfstatat statx lseek mmap mprotect munmap mremap madvise brk
rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack restart_syscall pread64 pwrite64 readv writev
access faccessat faccessat2 pipe pipe2 select pselect6 poll ppoll epoll_create1 epoll_ctl epoll_wait epoll_pwait
eventfd2 dup dup2 dup3 fcntl flock fsync fdatasync ftruncate fallocate getdents64 getcwd chdir fchdir
open openat mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat
readlink readlinkat statfs fstatfs umask copy_file_range sendfile
nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time alarm setitimer getitimer
getpid gettid getppid getuid geteuid getgid getegid getresuid getresgid getgroups getpgrp getpgid getsid uname sysinfo
getrusage times getrlimit sched_yield sched_getaffinity getcpu
futex set_robust_list get_robust_list rseq set_tid_address membarrier getrandom exit exit_group wait4
recvfrom shutdown getsockname getpeername getsockopt
"""
_THREAD, _NAMESPACES = 0x10000, 0x7E020000
_TERMINAL, _DESCRIPTOR = (0x5401,), (0x5450, 0x5451, 0x5421, 0x541B)
"""ioctl: is it a terminal; close-on-exec, non-blocking, bytes to read."""
_STREAM = (0x1, 0x801, 0x80001, 0x80801)
"""A datagram pair could still send to any socket whose path it knows."""

ALLOWED: dict[str, tuple[Test, ...]] = {
    **dict.fromkeys(_PLAIN.split(), ()),
    "ioctl": ((1, "any", _TERMINAL + _DESCRIPTOR),),
    "prlimit64": ((0, "is", (0,)), (2, "is", (0,))),  # its own limits, to read
    "clone": ((0, "has", (_THREAD,)), (0, "lacks", (_NAMESPACES,))),
    "socketpair": ((0, "is", (1,)), (1, "any", _STREAM)),
    "sendto": ((4, "is", (0,)),),  # to no address
}
NUMBERS = {
    "x86_64": (0xC000003E, {
        "read": 0, "write": 1, "open": 2, "close": 3, "stat": 4, "fstat": 5, "lstat": 6, "poll": 7, "lseek": 8,
        "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigaction": 13, "rt_sigprocmask": 14,
        "rt_sigreturn": 15, "ioctl": 16, "pread64": 17, "pwrite64": 18, "readv": 19, "writev": 20, "access": 21,
        "pipe": 22, "select": 23, "sched_yield": 24, "mremap": 25, "madvise": 28, "dup": 32, "dup2": 33,
        "nanosleep": 35, "getitimer": 36, "alarm": 37, "setitimer": 38, "getpid": 39, "sendfile": 40, "sendto": 44,
        "recvfrom": 45, "shutdown": 48, "getsockname": 51, "getpeername": 52, "socketpair": 53, "getsockopt": 55,
        "clone": 56, "exit": 60, "wait4": 61, "uname": 63, "fcntl": 72, "flock": 73, "fsync": 74, "fdatasync": 75,
        "ftruncate": 77, "getcwd": 79, "chdir": 80, "fchdir": 81, "rename": 82, "mkdir": 83, "rmdir": 84,
        "link": 86, "unlink": 87, "symlink": 88, "readlink": 89, "umask": 95, "gettimeofday": 96, "getrlimit": 97,
        "getrusage": 98, "sysinfo": 99, "times": 100, "getuid": 102, "getgid": 104, "geteuid": 107, "getegid": 108,
        "getppid": 110, "getpgrp": 111, "getgroups": 115, "getresuid": 118, "getresgid": 120, "getpgid": 121,
        "getsid": 124, "sigaltstack": 131, "statfs": 137, "fstatfs": 138, "gettid": 186, "time": 201, "futex": 202,
        "sched_getaffinity": 204, "getdents64": 217, "set_tid_address": 218, "restart_syscall": 219,
        "clock_gettime": 228, "clock_getres": 229, "clock_nanosleep": 230, "exit_group": 231, "epoll_wait": 232,
        "epoll_ctl": 233, "tgkill": 234, "openat": 257, "mkdirat": 258, "newfstatat": 262, "unlinkat": 263,
        "renameat": 264, "linkat": 265, "symlinkat": 266, "readlinkat": 267, "faccessat": 269, "pselect6": 270,
        "ppoll": 271, "set_robust_list": 273, "get_robust_list": 274, "epoll_pwait": 281, "fallocate": 285,
        "eventfd2": 290, "epoll_create1": 291, "dup3": 292, "pipe2": 293, "prlimit64": 302, "getcpu": 309,
        "renameat2": 316, "getrandom": 318, "membarrier": 324, "copy_file_range": 326, "statx": 332, "rseq": 334,
        "clone3": 435, "faccessat2": 439,
    }),
    "aarch64": (0xC00000B7, {
        "getcwd": 17, "eventfd2": 19, "epoll_create1": 20, "epoll_ctl": 21, "epoll_pwait": 22, "dup": 23,
        "dup3": 24, "fcntl": 25, "ioctl": 29, "flock": 32, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36,
        "linkat": 37, "renameat": 38, "statfs": 43, "fstatfs": 44, "ftruncate": 46, "fallocate": 47,
        "faccessat": 48, "chdir": 49, "fchdir": 50, "openat": 56, "close": 57, "pipe2": 59, "getdents64": 61,
        "lseek": 62, "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67, "pwrite64": 68,
        "sendfile": 71, "pselect6": 72, "ppoll": 73, "readlinkat": 78, "newfstatat": 79, "fstat": 80, "fsync": 82,
        "fdatasync": 83, "exit": 93, "exit_group": 94, "set_tid_address": 96, "futex": 98, "set_robust_list": 99,
        "get_robust_list": 100, "nanosleep": 101, "getitimer": 102, "setitimer": 103, "clock_gettime": 113,
        "clock_getres": 114, "clock_nanosleep": 115, "sched_getaffinity": 123, "sched_yield": 124,
        "restart_syscall": 128, "tgkill": 131, "sigaltstack": 132, "rt_sigaction": 134, "rt_sigprocmask": 135,
        "rt_sigreturn": 139, "getresuid": 148, "getresgid": 150, "times": 153, "getpgid": 155, "getsid": 156,
        "getgroups": 158, "uname": 160, "getrlimit": 163, "getrusage": 165, "umask": 166, "getcpu": 168,
        "gettimeofday": 169, "getpid": 172, "getppid": 173, "getuid": 174, "geteuid": 175, "getgid": 176,
        "getegid": 177, "gettid": 178, "sysinfo": 179, "socketpair": 199, "getsockname": 204, "getpeername": 205,
        "sendto": 206, "recvfrom": 207, "getsockopt": 209, "shutdown": 210, "brk": 214, "munmap": 215,
        "mremap": 216, "clone": 220, "mmap": 222, "mprotect": 226, "madvise": 233, "wait4": 260, "prlimit64": 261,
        "renameat2": 276, "getrandom": 278, "membarrier": 283, "copy_file_range": 285, "statx": 291, "rseq": 293,
        "clone3": 435, "faccessat2": 439,
    }),
}  # fmt: skip
"""Machine -> its audit number and the numbers of its calls."""
