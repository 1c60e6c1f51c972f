"""Paths of this machine: hidden in all that a server says, and put back in what it is asked."""

import sys
from pathlib import Path

import pytest

from memory.corpus.servers.mcp_file import Server
from memory.corpus.servers.neutral import Neutral


@pytest.fixture
def world(tmp_path: Path) -> Path:
    (tmp_path / "world" / "notes").mkdir(parents=True)
    (tmp_path / "world" / "shop.db").touch()
    return tmp_path / "world"


def neutral(*args: str, workplace: Path | None = None, **more: object) -> Neutral:
    return Neutral(Server.model_validate({"name": "a", "command": sys.executable, "args": args, **more}), workplace)


def test_root_is_hidden_and_shown_again(world: Path) -> None:
    paths = neutral(str(world))
    hidden = paths.hide({"content": f"{world}/notes/a.txt and {world}", str(world): [f"file://{world}/b"]})
    assert hidden == {"content": "/workspace/world/notes/a.txt and /workspace/world",
                      "/workspace/world": ["file:///workspace/world/b"]}  # fmt: skip
    assert paths.show("/workspace/world/notes/a.txt") == f"{world}/notes/a.txt"
    assert paths.show(hidden)["content"] == f"{world}/notes/a.txt and {world}"


def test_root_in_an_option_and_in_a_variable_is_hidden(world: Path) -> None:
    paths = neutral(f"--db={world}/shop.db", env={"NOTES": f"{world}/notes"})
    assert paths.hide(f"opened {world}/shop.db, {world}/notes") == "opened /workspace/shop.db, /workspace/notes"


def test_two_roots_of_one_name_stay_two(world: Path, tmp_path: Path) -> None:
    (tmp_path / "other" / "world").mkdir(parents=True)
    paths = neutral(str(world), f"{tmp_path}/other/world")
    assert paths.hide(f"{world} {tmp_path}/other/world") == "/workspace/world /workspace/world-2"
    assert paths.show("/workspace/world-2/a") == f"{tmp_path}/other/world/a"


def test_home_and_this_python_are_hidden(world: Path) -> None:
    paths = neutral(str(world))
    told = paths.hide(f'HOME={Path.home()} {Path.home()}/.cache File "{sys.prefix}/lib/site-packages/x.py", line 1')
    assert "HOME=/home/user /home/user/.cache" in told
    assert sys.prefix not in told


def test_only_whole_segments_are_hidden(world: Path) -> None:
    paths = neutral(str(world))
    same = f"{world}-old {world}s /mnt{world}/a"
    assert paths.hide(same) == same.replace(f"/mnt{world}", f"/mnt{world}")


def test_copy_of_a_fixture_is_the_workspace(tmp_path: Path) -> None:
    assert neutral(workplace=tmp_path).hide(f"On {tmp_path}/a") == "On /workspace/a"
