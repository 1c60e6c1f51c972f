"""Commands of this package in forks of one process that has torch and transformers imported already.

A study trains dozens of small students, and an import takes longer than some of them. Lines of JSON come in on stdin,
{"module": "finetune.sft", "arguments": [...], "log": path}; one goes out when such a fork has ended: {"code", "cpu"}.
"""

import json
import os
import sys

from finetune import held_out, sft
from finetune.model import student

MODULES = {one.__name__: one for one in (held_out, sft, student)}


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
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 0 if ended.code is None else 1
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if not pid:
            run(**asked)
        _, status, used = os.wait4(pid, 0)
        told = {"code": os.waitstatus_to_exitcode(status), "cpu": used.ru_utime + used.ru_stime}
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
