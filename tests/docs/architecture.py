"""The tree of docs/architecture.md, of the files' own first lines: python -m tests.docs.architecture writes it anew."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- the tree: python -m tests.docs.architecture -->\n", "<!-- end of the tree -->"
PACKAGES = ("agents", "memory", "graphs", "finetune", "evals")


def tree() -> str:
    """A list for each package: its rooms, and in each its files with what their docstrings say first."""
    return "\n".join(line for name in PACKAGES for line in _package(ROOT / name))


def page() -> str:
    """The whole page with today's tree in it."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    return f"{before}{BEGIN}\n{tree()}\n{END}{rest.partition(END)[2]}"


def _package(folder: Path) -> Iterator[str]:
    yield f"### `{folder.name}/`\n"
    yield from _files(folder, "")
    for room in sorted(path for path in folder.iterdir() if any(path.glob("*.py"))):
        yield f"- **`{room.name}/`**"
        yield from _files(room, "  ")
    yield ""


def _files(folder: Path, indent: str) -> Iterator[str]:
    """Those of the folder, and of folders in it."""
    for path in sorted(folder.rglob("*.py") if indent else folder.glob("*.py")):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
        if text:
            yield f"{indent}- `{path.relative_to(folder).as_posix()}`: {text.splitlines()[0].rstrip('.')}."


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
