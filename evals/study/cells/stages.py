"""The stages of a study, each a command of this project run in a cell's folder.

pool   tools -> Business Clusters, and the services held out          memory.clusters
data   an arm and a seed -> trajectories                              graphs.run
exam   the held-out services -> conversations to examine on           graphs.run, one run for each strategy
base   the student's name -> a folder                                 finetune.unpack
sft    rows and a base -> a trained student                           finetune.sft
held   a student and the exam -> loss and exact calls                 finetune.held_out
bench  a student and a benchmark -> its score                         evals.run
"""

import shutil
from collections.abc import Sequence
from math import ceil
from pathlib import Path

import orjson

from agents.errors import UsageError
from agents.schema import JsonObject
from evals.bench import data as home
from evals.study.cells import cell, code_sets
from evals.study.cells.cell import Job
from evals.study.config import options

SPARE, GROWTH, MOST = 1.25, 1.5, 8
"""Slots for each row wanted: at first, by how much more at each try, at most."""
ROWS = "trajectories.jsonl"
EXAM_SEED = 77_777
"""Of the exam's runs: no arm's seed."""
MISSING = (2, 3, 4)
"""What evals.run ends with where a benchmark cannot be played: by its options, for want of data, by an outage."""


def pool(job: Job) -> Sequence[str]:
    tools = [part for tool in job.source["tools"] for part in ("--tools", tool)]
    settings = ["--hold-out", str(job.inputs["hold_out"]), "--out", str(job.folder / "clusters.jsonl")]
    job.python("memory.clusters", *tools, *settings)
    if not (job.folder / "held_out.jsonl").is_file():
        raise UsageError(f"hold_out: no service of the tools is held out at {job.inputs['hold_out']}; raise it")
    return ["clusters.jsonl", "held_out.jsonl"]


def data(job: Job) -> Sequence[str]:
    """At least `source.rows` accepted rows; how many more there are changes none of them.

    Raises: UsageError: eight slots a row were not enough, or other services are held out than for the other arms.
    """
    options_of_arm = dict(job.inputs["options"])
    strategy, without = options_of_arm.get("strategy", "tdscaling"), str(options_of_arm.get("without", ""))
    # arms that choose clusters draw from the pool's; the others draw their own, from the same services
    if strategy == "tdscaling" and "cluster-sampling" not in without:
        options_of_arm["clusters"] = str(job.source["clusters"])
    shared = {"tools": job.source["tools"], "hold_out": job.inputs["hold_out"]}
    play(job, job.folder / "run", {**shared, **options_of_arm}, job.source["rows"])
    kept = orjson.loads((job.folder / "run" / "manifest.json").read_bytes())["clusters"]["held_out_services"]
    if kept != job.source["held_out_services"]:
        raise UsageError(f"{job.folder}: held out are {kept}, not {job.source['held_out_services']} as for the others")
    return [f"run/{ROWS}", "run/metrics.jsonl"]


def play(job: Job, out: Path, settings: JsonObject, rows: int) -> None:
    """A run with so many accepted rows; one that is there goes on."""
    played, count = 0, max(_slots(out), ceil(rows * SPARE))
    while count > played:
        begun = (out / "manifest.json").is_file()
        arguments = ["--resume"] if begun else options(settings)
        job.python("graphs.run", "--out", str(out), "--count", str(count), *arguments, may_end=(0, 1))
        if _lines(out / ROWS) >= rows:
            return
        played, count = count, min(ceil(count * GROWTH), rows * MOST)
    raise UsageError(
        f"{out}: {_lines(out / ROWS)} rows of {played} slots where {rows} are needed; see its rejected.jsonl"
    )


def exam(job: Job) -> Sequence[str]:
    """exam.jsonl: of each strategy so many conversations over the held-out services; sets of code beside it."""
    parts = job.inputs["parts"]
    names = []
    for strategy, rows in parts.items():
        settings = {"tools": str(job.source["held_out"]), "strategy": strategy, "seed": EXAM_SEED}
        run = job.folder / strategy / "run"
        play(job, run, settings, rows)
        (job.folder / f"{strategy}.jsonl").write_bytes(b"".join(first(run, rows)))
        names.append(f"{strategy}.jsonl")
    return [*names, *(code_sets.write(job.folder) if job.inputs["code"] else ())]


def first(run: Path, rows: int) -> list[bytes]:
    """The lines of the first rows that a run committed."""
    return (run / ROWS).read_bytes().splitlines(keepends=True)[:rows]


def base(job: Job) -> Sequence[str]:
    template = str(job.inputs["chat_template"])
    arguments = ["--chat-template", str(job.source["chat_template"])] if template else []
    job.fork("finetune.unpack", str(job.source["student"]), str(job.folder / "model"), *arguments)
    return [f"model/{path.name}" for path in sorted((job.folder / "model").iterdir())]


def sft(job: Job) -> Sequence[str]:
    """losses.json holds what a repeat must give again: the losses, without the clock."""
    rows, out = job.folder / "rows.jsonl", job.folder / "run"
    rows.write_bytes(b"".join(first(Path(str(job.source["run"])), job.source["rows"])))
    # a student that is there was finished; one that was killed goes on from its last checkpoint
    if not (out / "model").is_dir():
        arguments = ["--out", str(out), "--resume"]
        if not (out / "config.json").is_file():
            shutil.rmtree(out, ignore_errors=True)
            settings = dict(job.inputs["options"])
            where = ["--model", str(job.source["base"]), "--data", str(rows), "--out", str(out), "--held-out", "0"]
            arguments = [*where, "--seed", str(job.inputs["seed"]), "--tracker", "none", *options(settings)]
        if launch := job.source["launch"]:
            job.run([*launch, "-m", "finetune.sft", *arguments], gpus=_gpus(job))
        else:
            job.fork("finetune.sft", *arguments, gpus=_gpus(job))
    # optimizer states are three times the weights, and nothing resumes from here
    shutil.rmtree(out / "checkpoints", ignore_errors=True)
    lines = home.lines(out / "log.jsonl")
    cell.write(job.folder / "losses.json", [[line["step"], line["loss"], line["grad_norm"]] for line in lines])
    cell.write(job.folder / "counts.json", orjson.loads((out / "config.json").read_bytes())["data"]["train"])
    return ["rows.jsonl", "losses.json", "counts.json"]


def examine(job: Job) -> Sequence[str]:
    """Raises: UsageError: of a part of the exam nothing can be measured."""
    files = [part for name in job.source["rows"] for part in ("--rows", name)]
    limits = ["--length", str(job.inputs["length"]), "--free", str(job.inputs["free"])]
    model = str(job.source["model"])
    job.fork(
        "finetune.held_out", "--model", model, *files, *limits, "--out", str(job.folder / "held.json"), gpus=_gpus(job)
    )
    parts = orjson.loads((job.folder / "held.json").read_bytes())
    if unsaid := [name for name, rows in parts.items() if not any(row["learned"] for row in rows)]:
        why = (
            f"the template refuses its rows, or none has an answer within {job.inputs['length']} tokens; see {job.log}"
        )
        raise UsageError(f"exam: {', '.join(unsaid)}: {why}; raise exam_length or choose another chat_template")
    return ["held.json"]


def bench(job: Job) -> Sequence[str]:
    """result.json and outcomes.jsonl, or missing.json with the reason; remove the cell to try it again."""
    name, out = str(job.inputs["bench"]), job.folder / "scored"
    settings = dict(job.inputs["options"])
    where = [name, "--model", str(job.source["model"]), "--out", str(out)]
    ended = job.python("evals.run", "generate", *where, *options(settings), may_end=(0, *MISSING))
    ended = ended or job.python("evals.run", "score", str(out), may_end=(0, *MISSING))
    if ended:
        lines = (job.folder / "log.txt").read_text(errors="replace").splitlines()
        errors = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
        cell.write(job.folder / "missing.json", {"reason": errors[-1] if errors else "no reason was told"})
        return ["missing.json"]
    return [f"scored/{name}/result.json", f"scored/{name}/outcomes.jsonl"]


def _gpus(job: Job) -> int:
    return int(job.source.get("gpus", 0))


def _lines(path: Path) -> int:
    return len(path.read_bytes().splitlines()) if path.is_file() else 0


def _slots(run: Path) -> int:
    """The count that a run has."""
    path = run / "manifest.json"
    return int(orjson.loads(path.read_bytes())["config"]["count"]) if path.is_file() else 0
