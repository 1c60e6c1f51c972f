"""Cells in, what they gave back out: the last expression's value, displayed objects, or the exception."""

import ast
import base64
import linecache
import signal
import sys
import traceback
from types import CodeType, FrameType, ModuleType
from typing import Any

FORMATS = {
    "text/html": "html", "text/markdown": "markdown", "image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpeg",
    "application/pdf": "pdf", "text/latex": "latex", "application/json": "json", "application/javascript": "javascript",
}  # fmt: skip
"""MIME type -> E2B's name for it."""


class Interrupted(BaseException):
    """The cell's time is over; not an Exception, so that code that catches errors does not catch it."""

    @classmethod
    def throw(cls, number: int, frame: FrameType | None) -> None:
        """What a signal calls."""
        raise cls


class Notebook:
    """A namespace that lives as long as the process."""

    def __init__(self, most: int) -> None:
        self._most, self._count, self._results = most, 0, list[dict[str, Any]]()
        main = ModuleType("__main__")  # a module of its own, so that classes can be pickled
        sys.modules["__main__"] = main
        self._names = vars(main)
        self._names.update(display=self.display, exit=sys.exit, quit=sys.exit)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def run(self, code: str) -> dict[str, Any]:
        """One cell in E2B's shape but for the logs, which the host reads from standard output and error."""
        self._count += 1
        self._results, error = [], None
        try:
            signal.signal(signal.SIGINT, Interrupted.throw)
            value = self._value(code)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            if value is not None:
                self._show(value, main=True)
        except BaseException as raised:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            error = _failure(raised, self._most)
        for stream in (sys.stdout, sys.stderr):
            _flush(stream)
        return {"results": self._results, "error": error, "execution_count": self._count}

    def _value(self, code: str) -> Any:
        """Of the last expression; None where the cell does not end in one."""
        name = f"<cell {self._count}>"
        # None as time stamp keeps the source over linecache's check of files.
        linecache.cache[name] = (len(code), None, [f"{line}\n" for line in code.splitlines()], name)
        tree = ast.parse(code, name)
        last = tree.body[-1] if tree.body else None
        if isinstance(last, ast.Expr):
            tree.body.pop()
        body: CodeType = compile(tree, name, "exec")
        exec(body, self._names)
        if not isinstance(last, ast.Expr):
            return None
        return eval(compile(ast.Expression(last.value), name, "eval"), self._names)

    def display(self, *values: Any) -> None:
        """What cells call by this name, as in a notebook."""
        for value in values:
            self._show(value, main=False)

    def _show(self, value: Any, *, main: bool) -> None:
        """By E2B's name of each format, asked for as IPython asks; a string is shown without quotes."""
        bundle: dict[str, Any] = {"text": value if isinstance(value, str) else repr(value)}
        shown: dict[str, Any] = {}
        if isinstance(value, type):
            pass  # its methods are for its instances
        elif many := getattr(value, "_repr_mimebundle_", None):
            offers = many()
            shown = dict(offers[0] if isinstance(offers, tuple) else offers)  # alone, or with its metadata
        else:
            methods = {mime: getattr(value, f"_repr_{name}_", None) for mime, name in FORMATS.items()}
            shown = {mime: give() for mime, give in methods.items() if callable(give)}
            shown = {mime: data for mime, data in shown.items() if data is not None}  # None: not in this format
        for mime, data in shown.items():
            if name := FORMATS.get(mime):
                bundle[name] = base64.b64encode(data).decode() if isinstance(data, bytes) else data
        size = sum(len(str(part)) for part in bundle.values())
        held = sum(len(str(part)) for result in self._results for part in result.values())
        if size + held > self._most:
            bundle = {"text": bundle["text"][: max(0, self._most - held)] + " [cut off]"}
        self._results.append({**bundle, "is_main_result": main})


def _failure(raised: BaseException, most: int) -> dict[str, str]:
    """Name, value and a traceback that begins in the cell."""
    trace = raised.__traceback__
    while trace and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    lines = traceback.format_exception(type(raised), raised, trace)
    return {"name": type(raised).__name__, "value": str(raised)[:most], "traceback": "".join(lines)[:most]}


def _flush(stream: Any) -> None:
    try:
        stream.flush()
    except (OSError, ValueError, AttributeError):  # the code closed or replaced it
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
