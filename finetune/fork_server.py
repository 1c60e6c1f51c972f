"""Commands of this package in forks of one process that has torch and transformers imported already.

A study trains dozens of small students, and an import takes longer than some of them. Lines of JSON come in on stdin,
{"module": "finetune.sft", "arguments": [...], "log": path}; one goes out when such a fork has ended: {"code", "cpu"}.
Where stdin ends while a fork is at work, whoever asked is gone: the fork is stopped as by a signal, and so is this.
"""

import json
import os
import select
import signal
import sys
from resource import struct_rusage

from agents.errors import UsageError
from finetune import held_out, require_extra, sft, unpack

MODULES = {module.__name__: module for module in (held_out, sft, unpack)}


def run(module: str, arguments: list[str], log: str) -> None:
    """The fork: the command with its output appended to the log; never returns."""
    code = 1
    try:
        with open(log, "ab") as file, open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), 0)
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        MODULES[module].main(arguments)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def wait(pid: int) -> tuple[int, struct_rusage]:
    """The fork's status and what it used. Exits where nobody is left to tell."""
    while True:
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        if ended:
            return status, usage
        # nothing is asked for before it has answered, so that what can be read of stdin is its end
        if select.select([0], [], [], 0.1)[0]:
            os.kill(pid, signal.SIGTERM)
            os.wait4(pid, 0)
            raise SystemExit(130)


def main() -> None:
    try:
        require_extra()
    except UsageError as error:
        print(f"error: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    # what the forks need, read once
    from finetune import train  # noqa: F401
    from finetune.model import scores  # noqa: F401

    for line in sys.stdin:
        request = json.loads(line)
        pid = os.fork()
        if not pid:
            run(**request)
        status, usage = wait(pid)
        answer = {"code": os.waitstatus_to_exitcode(status), "cpu": usage.ru_utime + usage.ru_stime}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
