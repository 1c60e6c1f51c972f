"""What every sandbox promises, tried on each: both embedded levels, and E2B against a fake of its HTTP API."""

import asyncio
import base64
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from agents.errors import SandboxUnavailable, UsageError
from agents.sandbox import CRASH, TIMEOUT, Level, Limits, Sandbox, Sandboxes, e2b, find
from agents.sandbox.worker import Worker
from agents.serve.app import running
from tests.e2b_fake import KEY, FakeE2B
from tests.levels import LEVELS

LIMITS = Limits(time_s=1, output_kb=4)
FRAME = """
class Frame:
    def __repr__(self): return "   a\\n0  1"
    def _repr_html_(self): return "<table><tr><td>1</td></tr></table>"
Frame()
"""
FIGURE = """
class Figure:
    def __repr__(self): return "<Figure>"
    def _repr_png_(self): return b"\\x89PNG\\r\\n"
display(Figure())
"""


pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def fake() -> Iterator[FakeE2B]:
    served = FakeE2B()
    with running(served.app) as url, pytest.MonkeyPatch.context() as here:
        base = url.removesuffix("/v1")
        for name, value in {"E2B_API_KEY": KEY, "E2B_API_URL": base, "E2B_SANDBOX_URL": base}.items():
            here.setenv(name, value)
        here.setattr(e2b, "WAIT_S", 0.01)
        yield served


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=[*LEVELS, Level.E2B])
async def sandboxes(request: pytest.FixtureRequest) -> AsyncIterator[Sandboxes]:
    if request.param is Level.E2B:
        request.getfixturevalue("fake")
    made = await find(request.param, LIMITS)
    yield made
    await made.aclose()
    assert workers() == []


@pytest_asyncio.fixture(loop_scope="module")
async def sandbox(sandboxes: Sandboxes) -> AsyncIterator[Sandbox]:
    one = sandboxes.new()
    yield one
    await one.aclose()


def workers() -> list[int]:
    """Workers that this process, or a bubblewrap of its, has running."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1]) if words else 0
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"inside" in words and parent == os.getpid():
            found.append(int(entry.name))
    return found


async def test_state_is_kept_from_cell_to_cell(sandbox: Sandbox) -> None:
    assert (await sandbox.run("x = 41")).results == ()
    made = await sandbox.run("x + 1")
    assert (made.text, made.error, made.execution_count) == ("42", None, 2)


LAST = {"'a b'": "a b", "None": None, "x = 1": None, "[1, 'a']": "[1, 'a']"}


@pytest.mark.parametrize(("code", "text"), LAST.items())
async def test_the_last_expression_is_the_result(code: str, text: str | None, sandbox: Sandbox) -> None:
    assert (await sandbox.run(code)).text == text


async def test_output_and_error_stream_are_told_apart(sandbox: Sandbox) -> None:
    made = await sandbox.run("import sys\nprint('out')\nprint('err', file=sys.stderr)")
    assert ("".join(made.logs.stdout), "".join(made.logs.stderr)) == ("out\n", "err\n")


async def test_an_exception_names_the_line_and_keeps_the_state(sandbox: Sandbox) -> None:
    made = await sandbox.run("x = 5\nprint('before')\nx / 0")
    assert made.error
    assert (made.error.name, made.error.value) == ("ZeroDivisionError", "division by zero")
    assert 'File "<cell 1>", line 3, in <module>\n    x / 0' in made.error.traceback
    assert "".join(made.logs.stdout) == "before\n"
    assert (await sandbox.run("x")).text == "5"


async def test_a_cell_that_takes_too_long_ends_and_the_state_is_kept(sandbox: Sandbox) -> None:
    made = await sandbox.run("x = 7\nwhile True: pass")
    assert made.error
    assert made.error.name == TIMEOUT
    assert made.error.value == "the cell took longer than 1 s; what it had defined is kept"
    assert (await sandbox.run("x")).text == "7"


async def test_after_a_crash_the_next_cell_begins_anew(sandbox: Sandbox) -> None:
    made = await sandbox.run("x = 7\nimport os\nos._exit(3)")
    assert made.error
    assert made.error.name == CRASH
    assert (await sandbox.run("'x' in globals()")).text == "False"


async def test_a_data_frame_has_its_table_and_a_figure_its_image(sandbox: Sandbox) -> None:
    frame = (await sandbox.run(FRAME)).results[0]
    figure = (await sandbox.run(FIGURE)).results[0]
    assert (frame.text, frame.html, frame.is_main_result) == ("   a\n0  1", "<table><tr><td>1</td></tr></table>", True)
    assert (base64.b64decode(figure.png or ""), figure.is_main_result) == (b"\x89PNG\r\n", False)


async def test_numpy_can_be_imported(sandbox: Sandbox) -> None:
    assert (await sandbox.run("import numpy as np\nint(np.arange(5).sum())")).text == "10"


async def test_too_much_output_is_cut_off(sandbox: Sandbox) -> None:
    made = await sandbox.run("print('a' * 10000)\n'b' * 10000")
    assert "".join(made.logs.stdout) == "a" * 4096 + "\n[cut off: 5905 more bytes]"
    assert made.text == "b" * 4096 + " [cut off]"


async def test_eight_at_once_do_not_see_each_other(sandboxes: Sandboxes) -> None:
    boxes = [sandboxes.new() for _ in range(8)]
    try:
        await asyncio.gather(*(box.run(f"x = {n}") for n, box in enumerate(boxes)))
        made = await asyncio.gather(*(box.run("x") for box in boxes))
        assert [one.text for one in made] == [str(n) for n in range(8)]
    finally:
        await asyncio.gather(*(box.aclose() for box in boxes))


async def test_code_that_cannot_be_interrupted_costs_the_state() -> None:
    made = await find(LEVELS[-1], LIMITS)
    box = made.new()
    late = await box.run("import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True: pass")
    assert late.error
    assert late.error.value == "the cell took longer than 1 s, could not be interrupted; its state is lost"
    assert (await box.run("1 + 1")).text == "2"
    await box.aclose()
    await made.aclose()


@pytest.mark.parametrize("level", LEVELS)
async def test_a_start_that_is_cut_off_anywhere_leaves_nothing(
    level: Level, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    await (await Worker.start(level, LIMITS)).aclose()  # what is opened once stays open
    before = sorted(os.listdir("/proc/self/fd"))
    for steps in range(0, 60, 2):
        start = asyncio.create_task(Worker.start(level, LIMITS))
        for _ in range(steps):
            await asyncio.sleep(0)
        start.cancel()
        with suppress(asyncio.CancelledError):
            await (await start).aclose()
    assert sorted(os.listdir("/proc/self/fd")) == before
    assert (workers(), os.listdir(tmp_path)) == ([], [])


async def test_e2b_gets_one_sandbox_for_all_cells_and_no_internet(fake: FakeE2B) -> None:
    fake.created.clear()
    made = await find("auto", LIMITS)
    assert (made.level, fake.boxes) == (Level.E2B, {})  # the probe's own is gone
    box = made.new()
    for _ in range(3):
        await box.run("1")
    assert len(fake.created) == 2
    assert fake.created[1]["allow_internet_access"] is False
    await box.aclose()
    assert fake.boxes == {}


async def test_e2b_that_is_busy_is_asked_again(fake: FakeE2B) -> None:
    fake.refuse = [503, 429]
    made = await find(Level.E2B, LIMITS)
    assert (made.level, fake.refuse) == (Level.E2B, [])


async def test_a_refused_key_of_e2b_is_said(fake: FakeE2B, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("E2B_API_KEY", KEY.replace("0", "1"))
    with pytest.raises(SandboxUnavailable, match="e2b: the key in E2B_API_KEY is refused"):
        await find(Level.E2B)


async def test_an_e2b_sandbox_that_is_gone_is_replaced(fake: FakeE2B) -> None:
    box = (await find(Level.E2B, LIMITS)).new()
    await box.run("x = 1")
    async with httpx.AsyncClient() as client:
        await client.delete(f"{os.environ['E2B_API_URL']}/sandboxes/{list(fake.boxes)[-1]}")
    gone = await box.run("x")
    assert gone.error
    assert gone.error.name == CRASH
    assert (await box.run("1 + 1")).text == "2"
    await box.aclose()


async def test_without_a_key_e2b_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("E2B_API_KEY", raising=False)
    with pytest.raises(SandboxUnavailable, match="e2b: E2B_API_KEY is not set"):
        await find(Level.E2B)


async def test_an_unknown_level_is_the_users_mistake() -> None:
    with pytest.raises(UsageError, match="no level 'docker'; one of auto, off, namespaces, landlock, e2b"):
        await find("docker")
