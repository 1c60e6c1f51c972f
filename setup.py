"""The wheel: the five folders lie under `tdscaling.`, so that nothing of it is called `agents` where it is installed.

A checkout, and an editable install of one, keeps the five top-level names that `python -m graphs.run` needs. In a wheel
the same files get their imports, and the module names in their strings, rewritten as they are copied.
"""

import re
from pathlib import Path
from shutil import rmtree

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

FOLDERS = ("agents", "graphs", "memory", "finetune", "evals")
NAMES = "|".join(FOLDERS)
IMPORT = re.compile(rf"^(\s*)(from|import) ({NAMES})(?=[. ])", re.MULTILINE)
COMMAND = re.compile(rf"(-m )({NAMES})(?=\.\w)")
MODULE = re.compile(rf"([\"'])((?:{NAMES})(?:\.\w+)+)(?=\1)")
PUBLIC = "graphs/public"


def prefix(source: str, modules: set[str]) -> str:
    """The source with every name of one of our modules under `tdscaling.`; `graphs.public` is `tdscaling` itself."""
    source = IMPORT.sub(r"\1\2 tdscaling.\3", source)
    source = COMMAND.sub(r"\1tdscaling.\2", source)
    source = MODULE.sub(lambda match: f"{match[1]}tdscaling.{match[2]}" if match[2] in modules else match[0], source)
    return source.replace("tdscaling.graphs.public", "tdscaling")


class BuildUnderOneName(build_py):
    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        library = Path(self.build_lib)
        package = library / "tdscaling"
        for folder in FOLDERS:
            rmtree(package / folder, ignore_errors=True)
            (library / folder).rename(package / folder)
        paths = sorted(package.rglob("*.py"))
        modules = {".".join(path.relative_to(package).with_suffix("").parts) for path in paths}
        modules |= {module.removesuffix(".__init__") for module in modules}
        for path in paths:
            path.write_text(prefix(path.read_text(encoding="utf-8"), modules), encoding="utf-8")


setup(
    packages=["tdscaling", *find_packages(include=[f"{folder}*" for folder in FOLDERS], exclude=["graphs.public"])],
    package_dir={"tdscaling": PUBLIC},
    cmdclass={"build_py": BuildUnderOneName},
)
