"""What the documents say of the project is so: the tree, the links, the modules and options that they name."""

import importlib
import importlib.util
import re
from functools import cache
from pathlib import Path

import pytest

from tests.docs import architecture, studio

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
COMMAND = re.compile(r"python -m ((?:agents|graphs|memory|finetune|evals|tests)(?:\.\w+)+)([^\n]*(?:\\\n[^\n]*)*)")
FROM_OUTSIDE = {"--help"}


def test_the_tree_is_todays() -> None:
    assert architecture.PAGE.read_text(encoding="utf-8") == architecture.page(), "python -m tests.docs.architecture"


def test_the_graphs_and_forms_of_studio_are_todays() -> None:
    assert studio.PAGE.read_text(encoding="utf-8") == studio.page(), "python -m tests.docs.studio"


def test_the_readme_is_one_sitting() -> None:
    prose = FENCE.sub("", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(prose.split()) < 900


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    broken = []
    for link in (link for link in LINK.findall(FENCE.sub("", text)) if "://" not in link):
        target, _, heading = link.partition("#")
        page = path.parent / target if target else path
        if not page.exists() or (heading and heading not in anchors(page)):
            broken.append(link)
    assert not broken


def anchors(page: Path) -> set[str]:
    """The names that a page's headings have as targets, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_commands_exist_with_their_options(path: Path) -> None:
    wrong = []
    for module, arguments in COMMAND.findall(path.read_text(encoding="utf-8")):
        if not importlib.util.find_spec(module):
            wrong.append(module)
            continue
        options = set(re.findall(r"(?<!\S)--[a-z][a-z-]*", arguments.partition("#")[0].replace("`", " ")))
        wrong += [f"{module} {option}" for option in options - FROM_OUTSIDE if not _has(module, option)]
    assert not wrong


def _has(module: str, option: str) -> bool:
    """Whether the source that makes the command's line knows the option, by its name or its field."""
    name = option.removeprefix("--").removeprefix("no-")
    return option in _sources(module) or re.search(rf"\b{name.replace('-', '_')}: ", _sources(module)) is not None


@cache
def _sources(module: str) -> str:
    package = ROOT / module.split(".")[0] if not module.startswith("tests") else ROOT / "tests" / "bench"
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py")))


def test_a_fence_that_is_no_command_of_ours_is_not_looked_at() -> None:
    assert COMMAND.findall("```\npython -m pytest\n```") == []


@pytest.mark.parametrize("name", ["graphs.run", "memory.clusters", "finetune.sft", "evals.run", "evals.study"])
def test_the_help_of_a_command_teaches(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    module = importlib.import_module(
        {"memory.clusters": "memory.clusters.build", "evals.study": "evals.study.__main__"}.get(name, name)
    )
    with pytest.raises(SystemExit, match="0"):
        module.main(["--help"])
    text = capsys.readouterr().out
    assert text.count(f"  python -m {name} ") >= 3
    assert "Exit codes: 0 " in text
    assert "list[" not in text
