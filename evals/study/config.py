"""What a study is made of: one TOML file, checked before anything starts."""

import tomllib
from collections.abc import Collection, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, JsonValue, PositiveInt, ValidationError, model_validator

from agents.errors import UsageError
from agents.schema import JsonObject, Noun
from evals.bench.bfcl import TALKS
from evals.bench.load import BENCHES
from memory.corpus.corpus import CATALOGUE

PACKAGE = "package:"
Options = dict[str, JsonValue]
"""Options of a command of this project, by their names."""


def _unlike(numbers: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(numbers)) < len(numbers):
        raise ValueError("a number is there twice")
    return numbers


Seeds = Annotated[tuple[int, ...], AfterValidator(_unlike)]
Sizes = Annotated[tuple[PositiveInt, ...], AfterValidator(_unlike)]


class Arm(Noun):
    """A way to make data: a strategy, an ablation, another teacher."""

    data: str = ""
    """A file of rows instead of a run, in any common layout, so that public sets can be arms."""
    options: Options = Field(default={})
    """Of graphs.run: strategy, without, teacher, ..."""
    sizes: Sizes = ()
    """Other sizes than the study's."""
    against: str = ""
    """The arm that this one is compared with; by default the study's first."""


class Part(Noun):
    """A part of the second exam: of rows, of bfcl or of tools."""

    rows: str = ""
    """A file of conversations, such as a real model's, in any common layout."""
    bfcl: tuple[str, ...] = ()
    """Categories of BFCL's tasks of one turn, answered by their own calls; `evals.run setup bfcl` first."""
    tools: str = ""
    """A file of tools, whose services are played anew by each of the exam's strategies, `count` times."""
    services: PositiveInt = 8
    """So many of them are drawn."""
    options: Options = Field(default={})
    """Of graphs.run, for tools: the teacher."""
    count: PositiveInt = 20
    """Conversations at most."""

    @model_validator(mode="after")
    def check_source(self) -> Self:
        if sum(map(bool, (self.rows, self.bfcl, self.tools))) != 1:
            raise ValueError("a part has one source: rows, bfcl or tools")
        if unknown := set(self.bfcl) - set(TALKS):
            raise ValueError(f"bfcl: no {', '.join(sorted(unknown))}; of {', '.join(TALKS)}")
        return self


class Bench(Noun):
    """A benchmark that `evals.run` plays on a trained student; dear on a CPU, so its cells can be chosen."""

    name: str
    options: Options = Field(default={})
    """Of evals.run generate: category, runs, clusters, ..."""
    arms: tuple[str, ...] = ()
    sizes: tuple[int, ...] = ()
    seeds: tuple[int, ...] = ()
    """Only these; empty: all."""


class Config(Noun):
    """A study: arms x seeds x sizes, and what is measured of each student."""

    name: str
    question: str = ""
    """For the head of the page."""
    seeds: Seeds = Field(min_length=1)
    sizes: Sizes = Field(min_length=1)
    """Accepted trajectories, the first so many of an arm's run in the order of their commits."""
    budgets: tuple[int, ...] = ()
    """Teacher tokens at which the first arm and those against it are compared too, no more than each of them spent;
    none: for each seed what the cheapest of them spent on its largest size."""
    arms: dict[str, Arm] = Field(min_length=1)
    tools: tuple[str, ...] = ()
    """Files or folders of tool definitions, as graphs.run reads them; none: the built-in catalogue."""
    hold_out: float = Field(default=0.15, gt=0, lt=1)
    """About this share of the services is kept from every arm, and examined on."""
    data: Options = Field(default={})
    """Options of graphs.run for every arm."""
    student: str
    """A folder, a name on a hub, a .gguf file, or package:NAME for the .gguf file inside an installed package."""
    chat_template: str = ""
    """A file beside the study's or a name that trl carries; empty: the student's own."""
    train: Options = Field(default={})
    """Options of finetune.sft."""
    launch: tuple[str, ...] = ()
    """What starts finetune.sft, such as accelerate launch --config_file ...; empty: one process."""
    exam: dict[str, int] = Field(default={"tdscaling": 8}, min_length=1)
    """Strategy -> held-out conversations made by it. Of several, none examines on its home ground alone."""
    exam_length: int = Field(default=2048, ge=8)
    """Tokens of an examined conversation that count."""
    second: dict[Annotated[str, Field(pattern=r"^[\w-]+$")], Part] = Field(default={})
    """Name -> a part of a second exam, which no strategy wrote and whose tools no arm is given."""
    free: int = Field(default=0, ge=0)
    """Conversations whose first call is also generated."""
    code: tuple[str, ...] = ()
    """Arms that are examined on the small sets in CodeCI's and BIRD's formats too, at their largest size."""
    benches: tuple[Bench, ...] = ()
    jobs: int = Field(default=1, ge=1)
    """Cells at once."""
    threads: int = Field(default=0, ge=0)
    """CPU threads of each process; 0: as many as it takes."""
    gpus: int = Field(default=0, ge=0)
    """Of each training process: for GPU-hours."""
    keep_models: bool = False
    """Keep every student's weights once it is measured."""
    parameters: float = Field(gt=0)
    """Of the student's, those active for a token: for the estimate."""
    flops: float = Field(gt=0)
    """Operations a second that one job reaches: for the estimate."""
    row_tokens: int = Field(default=1000, ge=1)
    """The student's tokens of a trajectory: for the estimate."""
    teacher_tokens: int = Field(default=30_000, ge=0)
    """The teacher's tokens of a trajectory: for the estimate; docs/diversity.md gives measured ones."""
    usd_per_million: float | None = Field(default=None, ge=0)
    """Of the teacher's tokens, in and out together; None: no price is known."""

    def of(self, arm: str) -> tuple[int, ...]:
        """The arm's sizes."""
        return self.arms[arm].sizes or self.sizes

    def against(self, arm: str) -> str:
        return self.arms[arm].against or next(iter(self.arms))

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """(the one that should lead, the other)."""
        return [(self.against(arm), arm) for arm in self.arms if self.against(arm) != arm]


def read(path: Path) -> Config:
    """With absolute paths. Raises: UsageError: no such file, not TOML, or a value that cannot be."""
    try:
        config = Config.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}; the studies that ship are in evals/studies") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}, got {first['input']!r:.60}"
        ) from None
    for where, names, there in _names(config):
        if unknown := [name for name in names if name not in there]:
            raise UsageError(f"{path}: {where}: no {unknown[0]!r}; one of {', '.join(map(str, there))}")
    beside = path.parent / config.chat_template
    updates: JsonObject = {"student": _student(config.student)}
    updates |= {"tools": tuple(map(_tools, config.tools)) or (str(CATALOGUE),)}
    arms, parts = dict(config.arms), dict(config.second)
    for name, arm in config.arms.items():
        if arm.data and arm.options:
            raise UsageError(f"arms: {name}: data is a file, so options of graphs.run have no effect; leave one out")
        if arm.data:
            arms[name] = arm.model_copy(update={"data": _find(f"arms: {name}", arm.data, path.parent)})
    for name, part in config.second.items():
        for kind in ("rows", "tools"):
            if file := getattr(part, kind):
                parts[name] = part.model_copy(update={kind: _find(f"second: {name}", file, path.parent)})
    updates |= {"arms": arms, "second": parts}
    updates |= {"chat_template": str(beside.absolute())} if config.chat_template and beside.is_file() else {}
    return config.model_copy(update=updates)


def _names(config: Config) -> Iterator[tuple[str, Collection[Any], Collection[Any]]]:
    """(where, the names and numbers that are told there, those that the study has)."""
    yield "code", config.code, config.arms
    yield "arms: against", [arm.against for arm in config.arms.values() if arm.against], config.arms
    yield "benches: name", [bench.name for bench in config.benches], BENCHES
    sizes = sorted({size for arm in config.arms for size in config.of(arm)})
    for bench in config.benches:
        yield f"benches: {bench.name}: arms", bench.arms, config.arms
        yield f"benches: {bench.name}: sizes", bench.sizes, sizes
        yield f"benches: {bench.name}: seeds", bench.seeds, config.seeds


def _find(where: str, name: str, folder: Path) -> str:
    """The file's whole path: beside the study, or where the command is run."""
    places = [path.absolute() for path in (folder / name, Path(name)) if path.is_file()]
    if not places:
        raise UsageError(f"{where}: no file {name}; expected JSON lines")
    return str(places[0])


def _tools(name: str) -> str:
    path = Path(name).absolute()
    if not path.exists():
        raise UsageError(f"tools: no {path}; expected a file or folder of tool definitions")
    return str(path)


def _student(name: str) -> str:
    """A hub's name as it is, else a path; in a package, which is looked for and not imported, the model's file."""
    if not name.startswith(PACKAGE):
        return str(Path(name).absolute()) if Path(name).exists() else name
    spec = find_spec(name.removeprefix(PACKAGE))
    folders = list(spec.submodule_search_locations or ()) if spec else []
    files = [file for folder in folders for file in sorted(Path(folder).glob("*.gguf"))]
    if not files:
        raise UsageError(f"student: no .gguf file in an installed package {name.removeprefix(PACKAGE)}; make test")
    return str(files[0])


def options(values: Options) -> list[str]:
    """`--name value` of each; true is the bare switch, false its `--no-`, a list the option once for each."""
    arguments: list[str] = []
    for name, value in values.items():
        switch = name.replace("_", "-")
        if isinstance(value, bool):
            arguments.append(f"--{switch}" if value else f"--no-{switch}")
        else:
            for item in value if isinstance(value, list) else [value]:
                arguments += [f"--{switch}", str(item)]
    return arguments
