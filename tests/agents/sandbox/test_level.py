"""Whatever Python there is and wherever it lies, code is isolated by namespaces where the kernel allows them."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from agents.sandbox import Level
from agents.sandbox.level import stays_within
from tests.levels import LEVELS

ROOT = Path(__file__).parents[3]
PROBE = """
import asyncio, sys
from agents.sandbox import Limits, find

async def main() -> None:
    boxes = await find("auto", Limits())
    box = boxes.new()
    code = "import numpy, shutil; open('a', 'w').close(); shutil.copy2('a', 'b'); int(numpy.arange(4).sum())"
    cell = await box.run(code)
    print(boxes.level, cell.text, cell.error, sys.prefix)
    await box.aclose()
    await boxes.aclose()

asyncio.run(main())
"""


def make_environment(folder: Path, *options: str) -> Path:
    """A virtual environment, below the system's temporary folder, that finds this one's packages and this checkout."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", *options, str(folder)], check=True)
    [packages] = folder.glob("lib/python3.*/site-packages")
    # in order: the checkout's own modules, then everything that is installed where the tests run
    (packages / "beside.pth").write_text(f"{ROOT}\n{sysconfig.get_path('purelib')}\n{sysconfig.get_path('platlib')}\n")
    return folder / "bin" / "python"


@pytest.mark.skipif(Level.NAMESPACES not in LEVELS, reason="namespaces are refused here")
@pytest.mark.parametrize("kind", ["symlinks", "copies", "behind a link"])
def test_every_layout_keeps_namespaces(kind: str, tmp_path: Path) -> None:
    python = make_environment(tmp_path / "venv", *(["--copies"] if kind == "copies" else []))
    if kind == "behind a link":
        (tmp_path / "link").symlink_to(tmp_path / "venv")
        python = tmp_path / "link" / "bin" / "python"
    environment = {name: value for name, value in os.environ.items() if name != "E2B_API_KEY"}
    ended = subprocess.run([python, "-c", PROBE], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert ended.stdout.startswith("namespaces 6 None "), ended.stderr
    assert str(tmp_path) in ended.stdout


@pytest.mark.skipif(Level.NAMESPACES not in LEVELS, reason="namespaces are refused here")
def test_a_checkout_below_the_temporary_folder_keeps_namespaces(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "agents", tmp_path / "agents")
    ended = subprocess.run([sys.executable, "-c", PROBE], cwd=tmp_path, capture_output=True, text=True)
    assert ended.stdout.startswith("namespaces 6 None "), ended.stderr


def test_a_library_s_link_that_leads_elsewhere_is_not_the_library_s(tmp_path: Path) -> None:
    """Debian's sitecustomize.py is such a link, to /etc: code was run at the lesser level for it."""
    library = tmp_path / "library"
    library.mkdir()
    (tmp_path / "elsewhere.py").touch()
    (library / "own.py").touch()
    (library / "sitecustomize.py").symlink_to(tmp_path / "elsewhere.py")
    (library / "again.py").symlink_to(library / "own.py")
    kept = [entry.name for entry in sorted(library.iterdir()) if stays_within(entry, [str(library)])]
    assert kept == ["again.py", "own.py"]
