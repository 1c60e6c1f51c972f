"""Every attack is held at every level, and the suite can see: without a sandbox the harmless ones get through."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from agents.sandbox import CRASH, Level, Sandbox
from tests import attacks
from tests.attacks import BOMBS, HARMLESS, LIMITS, RISKY, breached, target, unprotected
from tests.levels import LEVELS, WHY_NOT

in_module = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=LEVELS)
async def box(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    async with attacks.sandbox(request.param) as one:
        yield one


def test_this_machine_has_a_level() -> None:
    assert LEVELS, WHY_NOT


@in_module
@pytest.mark.parametrize("name", HARMLESS | RISKY | BOMBS)
async def test_an_attack_is_held(name: str, box: Sandbox) -> None:
    with target() as on:
        assert not await breached(box, (HARMLESS | RISKY | BOMBS)[name], on)


@pytest.mark.parametrize("name", HARMLESS)
def test_without_a_sandbox_the_attack_gets_through(name: str) -> None:
    with target() as on:
        assert unprotected(HARMLESS[name], on)


BOUNDS = {
    "thread bomb": f"more than {LIMITS.threads} threads",
    "inode bomb": f"more than {LIMITS.files} files",
    "deep folders": f"more than {LIMITS.files} files",
    "output flood": "of output",
}


@in_module
@pytest.mark.parametrize("name", BOUNDS)
async def test_a_bomb_is_ended_for_the_limit_that_it_passes(name: str, box: Sandbox) -> None:
    with target() as on:
        made = await box.run(BOMBS[name].format(**on._asdict()))
    assert made.error
    assert made.error.name == CRASH
    assert BOUNDS[name] in made.error.value


@in_module
async def test_no_thread_goes_on_between_cells(box: Sandbox) -> None:
    await box.run(
        "import threading\ncount = 0\ndef spin():\n    global count\n    while True: count += 1\n"
        "threading.Thread(target=spin, daemon=True).start()"
    )
    first = int((await box.run("count")).text or "")
    await asyncio.sleep(0.5)
    spun = int((await box.run("count")).text or "") - first
    rate = int((await box.run("import time\nbefore = count\ntime.sleep(0.1)\ncount - before")).text or "")
    assert spun < rate  # half a second of spinning would be five times that


@in_module
@pytest.mark.parametrize("level", LEVELS)
async def test_a_sandbox_cannot_reach_another(level: Level) -> None:
    async with attacks.sandbox(level) as one, attacks.sandbox(level) as other:
        told = await one.run("import os\nopen('mine', 'w').write('x')\nf'{os.getcwd()} {os.getpid()}'")
        home, pid = (told.text or "").split()
        read = await other.run(f"import os\nopen('{home}/mine').read()")
        signalled = await other.run(f"os.kill({pid}, 0)")
    assert read.error
    assert signalled.error


DENIED = """
import asyncio, ctypes, sys
from agents.sandbox import find
from agents.sandbox.inside import lockdown
from agents.sandbox.inside.syscalls import NUMBERS
import os

machine = os.uname().machine
clone = NUMBERS[machine][1]["clone"]
mount, unshare = {"x86_64": (165, 272), "aarch64": (40, 97)}[machine]
op, refuse = lockdown.op, lockdown.op(lockdown.RETURN, lockdown.REFUSE)
code = [op(lockdown.LOAD, 0)]
for number in [mount, unshare, *([lockdown.LANDLOCK_CREATE_RULESET] if "landlock" in sys.argv else [])]:
    code += [op(lockdown.EQUAL, number, 0, 1), refuse]
code += [op(lockdown.EQUAL, clone, 0, 3), op(lockdown.LOAD, 16), op(lockdown.ANY_BIT, 0x7E020000, 0, 1), refuse]
lockdown.LIBC.prctl(lockdown.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
lockdown.install(b"".join([*code, op(lockdown.RETURN, lockdown.ALLOW)]))

async def main():
    try:
        found = await find("auto")
        box = found.new()
        print(found.level, (await box.run("6 * 7")).text)
        await box.aclose()
        await found.aclose()
    except Exception as error:
        print(type(error).__name__, error)

asyncio.run(main())
"""
"""A kernel that refuses namespaces, as Docker's default profile does, and on demand Landlock too."""


def denied(*what: str) -> str:
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", DENIED, *what]
    return subprocess.run(
        command, cwd=root, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    ).stdout.strip()


def test_where_namespaces_are_denied_it_falls_to_landlock() -> None:
    assert denied() == "landlock 42"


def test_where_both_are_denied_it_refuses_and_names_each_level_and_its_remedy() -> None:
    said = denied("landlock")
    assert said.startswith("SandboxUnavailable --sandbox auto: nothing here isolates code, so none is run.")
    assert "e2b: E2B_API_KEY is not set (set E2B_API_KEY)" in said
    assert "landlock: PermissionError: [Errno 1] landlock: Operation not permitted (use Linux 5.13" in said
    assert "namespaces: bwrap: " in said
    assert "(install bubblewrap and allow user namespaces" in said
