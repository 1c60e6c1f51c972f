"""A config -> every point of the study, made: what was found in its cells is not made again."""

import shutil
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import TypeVar

import orjson

from agents.errors import UsageError
from evals.bench import data as home
from evals.study.cells import cell, leaks, second, stages
from evals.study.cells import rows as study_rows
from evals.study.cells.cell import Inputs, Shop
from evals.study.cells.code_sets import CODE
from evals.study.cells.points import Point, Run, largest, plan
from evals.study.config import Config

POINTS = "points.json"
T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Ground:
    """What all points share."""

    base: Path
    pool: Path
    exam: Path
    second: tuple[Path, ...] = ()
    """The parts of the second exam, a cell each."""

    def files(self, code: bool) -> dict[Path, str]:
        """Those of both exams, with their sha256; those of code only where it is asked for."""
        return {
            folder / name: digest
            for folder in (self.exam, *self.second)
            for name, digest in cell.read(folder).files.items()
            if code or not name.startswith(CODE)
        }


def ground(config: Config, shop: Shop) -> Ground:
    """The untrained student, the pool and the exam; the data of benchmarks that the exam makes are put in place."""
    student, template = Path(config.student), Path(config.chat_template)
    named: Inputs = {"student": home.sha256(student) if student.is_file() else config.student}
    named["chat_template"] = home.sha256(template) if template.is_file() else config.chat_template
    where: Inputs = {"student": config.student, "chat_template": config.chat_template}
    base = shop.make("base", stages.base, named, where)
    tools: Inputs = {"tools": [_content(Path(tool)) for tool in config.tools], "hold_out": config.hold_out}
    pool = shop.make("pool", stages.pool, tools, {"tools": list(config.tools)})
    held_out = pool / "held_out.jsonl"
    contents: Inputs = {"held_out": home.sha256(held_out), "parts": dict(config.exam), "code": bool(config.code)}
    exam = shop.make("exam", stages.exam, contents, {"held_out": str(held_out)})
    place(config, exam, shop.evals)
    parts = []
    for name, part in config.second.items():
        file = part.rows or part.tools
        # by its content and not its place; the tools of the arms decide which rows may stay
        settings = part.model_dump(mode="json", exclude={"rows", "tools"}) | {"rows": "", "tools": ""}
        settings["rows" if part.rows else "tools"] = home.sha256(Path(file)) if file else ""
        chosen: Inputs = {"name": name, "part": settings, "pool": tools, "held_out": contents["held_out"]}
        chosen["strategies"] = list(config.exam) if part.tools else []
        where = {"file": file, "tools": list(config.tools), "held_out": str(held_out)}
        parts.append(shop.make("second", second.write_part, chosen, where))
    return Ground(base, pool, exam, tuple(parts))


def place(config: Config, exam: Path, evals: Path | None) -> None:
    """The folder of benchmarks' data: the exam's own, and for the others links to where they are set up."""
    assert evals, "a study's benchmarks lie in its own folder"
    evals.mkdir(parents=True, exist_ok=True)
    own = {
        "heldout": exam / "tdscaling",
        **({"codeci": exam / "codeci", "bird": exam / "bird"} if config.code else {}),
    }
    for name in {bench.name for bench in config.benches}:
        link = evals / name
        # a link of an earlier call may lead to data that was set up elsewhere
        link.unlink(missing_ok=True)
        link.symlink_to(own.get(name, home.folder(name)).absolute())


def _content(path: Path) -> str:
    """sha256 of a file, or of a folder's files."""
    return home.digest(*(file for file in path.rglob("*") if file.is_file())) if path.is_dir() else home.sha256(path)


def data(config: Config, shop: Shop, shared: Ground, run: Run) -> Path:
    """The folder of an arm's run with at least as many rows as its largest size."""
    arm, seed = run
    rows = max(config.of(arm))
    if file := config.arms[arm].data:
        content: Inputs = {"file": home.sha256(Path(file)), "seed": seed, "rows": rows}
        return shop.make("rows", study_rows.take, content, {"file": file, "rows": rows}) / "run"
    options = {**config.data, **config.arms[arm].options, "seed": seed}
    held_out = sorted({tool["service"] for tool in home.lines(shared.pool / "held_out.jsonl")})
    pool = {name: home.sha256(shared.pool / name) for name in ("clusters.jsonl", "held_out.jsonl")}
    inputs: Inputs = {"options": options, "hold_out": config.hold_out, "pool": pool}
    source: Inputs = {"tools": list(config.tools), "rows": rows, "held_out_services": list(held_out)}
    source["clusters"] = str(shared.pool / "clusters.jsonl")
    folder = shop.make("data", stages.data, inputs, source)
    if len(stages.first(folder / "run", rows)) < rows:  # made for a smaller study
        (folder / cell.MANIFEST).unlink()
        folder = shop.make("data", stages.data, inputs, source)
    return folder / "run"


def measure(config: Config, shop: Shop, shared: Ground, point: Point) -> Point:
    """The point with its cells; weights that nothing needs any more are gone."""
    if not point.rows:  # the untrained student, or a budget that buys nothing
        return _examine(config, shop, shared, point, shared.base, shared.base / "model")
    run = shop.out / "cells" / point.data / "run"
    rows = b"".join(stages.first(run, point.rows))
    inputs: Inputs = {"rows": sha256(rows).hexdigest(), "base": shared.base.name, "seed": point.seed}
    inputs["options"] = dict(config.train)
    source: Inputs = {"run": str(run), "rows": point.rows, "base": str(shared.base / "model"), "gpus": config.gpus}
    source["launch"] = list(config.launch)
    folder = shop.place("sft", inputs)
    model = folder / "run" / "model"
    with shop.begun[f"{folder.name} and what is measured of it"]:  # points may share a student
        exams = [shop.place(stage, inputs) for stage, _, inputs in _exams(config, shared, point, folder)]
        if not model.is_dir() and not all(map(cell.is_finished, exams)):
            (folder / cell.MANIFEST).unlink(missing_ok=True)  # weights that are gone are made again
        shop.make("sft", stages.sft, inputs, source)
        scored = _examine(config, shop, shared, point, folder, model)
        if not config.keep_models:
            shutil.rmtree(model, ignore_errors=True)
    return scored.model_copy(update={"sft": folder.name})


def _exams(config: Config, shared: Ground, point: Point, student: Path) -> list[tuple[str, str, Inputs]]:
    """(stage, benchmark, inputs) of all that is measured of a student."""
    files = {path.name: digest for path, digest in shared.files(code=_coder(config, point)).items()}
    exam: Inputs = {"model": student.name, "exam": files, "length": config.exam_length, "free": config.free}
    exams = [("held", "", exam)]
    for bench in config.benches:
        only = ((bench.arms, point.arm), (bench.sizes, point.rows), (bench.seeds, point.seed))
        chosen = point.by == "size" and all(not some or value in some for some, value in only)
        if point.by == "base" or chosen:
            settings: Inputs = {"model": student.name, "bench": bench.name, "options": dict(bench.options)}
            # its own data and the code sets come from the exam
            exams.append(("bench", bench.name, {**settings, "exam": cell.read(shared.exam).files}))
    return exams


def _examine(config: Config, shop: Shop, shared: Ground, point: Point, student: Path, model: Path) -> Point:
    cells: dict[str, str] = {}
    for stage, name, inputs in _exams(config, shared, point, student):
        rows = [str(file) for file in shared.files(code=_coder(config, point))]
        source: Inputs = {"model": str(model), "rows": rows, "gpus": config.gpus}
        work = stages.bench if name else stages.examine
        cells[name] = shop.make(stage, work, inputs, source).name
    return point.model_copy(update={"held": cells.pop(""), "benches": cells})


def _coder(config: Config, point: Point) -> bool:
    """Whether the point is examined on code: points that share a student agree."""
    if not point.rows:
        return bool(config.code)
    return point.arm in config.code and point.rows == max(config.of(point.arm))


def run(config: Config, out: Path) -> list[Point]:
    """Make what is missing, `jobs` cells at once; points.json tells where each score is.

    Raises: UsageError: a stage ended with a fault. OutageError: the folder is in use.
    """
    with cell.open_shop(out, config.threads, out / "evals") as shop:
        cell.write(out / "study.json", config.model_dump(mode="json"))
        shared = ground(config, shop)
        chains = [(arm, seed) for seed in config.seeds for arm in config.arms]
        folders = each(config.jobs, chains, lambda chain: data(config, shop, shared, chain))
        runs = dict(zip(chains, folders, strict=True))
        todo = plan(config, runs)
        trained = {chain: (runs[chain], point.rows) for chain, point in largest(todo).items()}
        # before a student is trained: a row with a held-out tool would make every score worthless
        cell.write(out / "leaks.json", leaks.find(shared.pool, shared.exam, shared.second, trained))
        return make_points(out, config.jobs, todo, lambda chain: measure(config, shop, shared, chain))


def make_points(out: Path, jobs: int, todo: Sequence[Point], work: Callable[[Point], Point]) -> list[Point]:
    """The points, made `jobs` at once; points.json has those that are finished so far."""
    finished, writing = list[Point](), Lock()

    def done(point: Point) -> Point:
        scored = work(point)
        with writing:
            finished.append(scored)
            print(f"[{len(finished)}/{len(todo)}] {scored.label}", flush=True)
            cell.write(out / POINTS, [each_point.model_dump(mode="json") for each_point in finished])
        return scored

    return each(jobs, todo, done)


def read_points(out: Path) -> list[Point]:
    """The points of a study that are made so far. Raises: UsageError: there are none."""
    try:
        return [Point.model_validate(row) for row in orjson.loads((out / POINTS).read_bytes())]
    except (OSError, ValueError) as error:
        raise UsageError(f"{out}: no study with results ({error}); first: python -m evals.study run CONFIG") from None


def each(jobs: int, items: Iterable[T], work: Callable[[T], R]) -> list[R]:
    """The results in the order of the items, `jobs` at once; the first fault lets the rest go undone."""
    with ThreadPoolExecutor(jobs) as pool:
        tasks = [pool.submit(work, item) for item in items]
        try:
            # the first fault ends the study: the rest would be made for a comparison that cannot be
            wait(tasks, return_when=FIRST_EXCEPTION)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    for task in tasks:
        if not task.cancelled() and (fault := task.exception()):
            raise fault
    return [task.result() for task in tasks]
