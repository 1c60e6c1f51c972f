"""A skipped test fails the session unless its reason is on this list."""

import os
import tempfile
from collections.abc import Iterator

import pytest

os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="tdscaling-")  # no test sees, or leaves, a user's vectors
os.environ["OMP_NUM_THREADS"] = "1"  # beside other workers, threads that wait for each other take three times the CPU
MAY_SKIP = {
    "no chromedriver": "a browser is not a Python package; `make browser` installs one where apt can",
    "mcp_tools.jsonl.gz": "real tool definitions lie beside the checkout and are never committed",
    "namespaces are refused": "ordinary Docker and some distributions refuse them; Landlock is tested there",
    "no tables of the leaderboard": "published results lie beside the checkout and are never committed",
    "real_model": "conversations of a real model lie beside the checkout and are never committed",
}

WHOLE = (
    "e2e/",
    "docs/",
    "evals/study/test_study",
    "finetune/test_",
    "graphs/studio/",
    "graphs/strategies/",
    "graphs/test_run.",
)
"""Where tests play whole runs."""
_skipped: list[str] = []


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a fifth of the time a test waits for a server, a timer or a process."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Coverage is the share of lines that tests of parts run; whole runs, which take far longer traced, are not."""
    tracing = getattr(item.config.pluginmanager.getplugin("_cov"), "cov_controller", None)
    if tracing is None or not item.nodeid.removeprefix("tests/").startswith(WHOLE):
        return (yield)
    tracing.pause()
    try:
        return (yield)
    finally:
        tracing.resume()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _note(report)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    _note(report)


def _note(report: pytest.TestReport | pytest.CollectReport) -> None:
    reason = str(report.longrepr[2]) if report.skipped and isinstance(report.longrepr, tuple) else ""
    if reason and not any(allowed in reason for allowed in MAY_SKIP):
        _skipped.append(f"{report.nodeid}: {reason}")


def pytest_sessionfinish(session: pytest.Session) -> None:
    if _skipped:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for line in _skipped:
        terminalreporter.write_line(f"SKIPPED without leave (see tests/conftest.py): {line}", red=True)
