"""A folder of answers -> result.json and outcomes.jsonl."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import Field, JsonValue, ValidationError

from agents import files
from agents.errors import UsageError
from agents.schema import Noun
from evals.answer import records
from evals.bench import data
from evals.bench.load import BENCHES, Config, choose, load
from evals.schema import Outcome, Record, Result, Suite, Task
from evals.score import overall, result

FREE = {"concurrency", "price_input", "price_output"}
"""What may change between two calls for the same answers."""


def keep(config: Config, folder: Path) -> None:
    """config.json, written at the beginning. Raises UsageError: answers there were given under another one."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "config.json"
    if path.exists() and (folder / records.NAME).exists():
        old = _config(folder)
        changed = [name for name in Config.model_fields if getattr(old, name) != getattr(config, name)]
        for name in sorted(set(changed) - FREE):
            was, now = getattr(old, name), getattr(config, name)
            raise UsageError(f"--{name}: the answers in {folder} are of {was!r}, not {now!r}; choose another --out")
    records.replace(path, config.model_dump_json(indent=2) + "\n")


def folders(out: Path) -> list[Path]:
    """The benchmarks' folders in a model's folder."""
    answered = [out / bench for bench in BENCHES if (out / bench / "config.json").exists()]
    if not answered:
        raise UsageError(f"{out}: no answers there; first: python -m evals.run generate BENCH --model ... --out {out}")
    return answered


async def score(folder: Path) -> Result:
    """The result of the answers in that folder, written beside them.

    Raises: OutageError: too many answers were lost to infrastructure; a result that was there is gone.
    """
    # an old result beside new answers would be read as theirs
    for name in ("result.json", "outcomes.jsonl"):
        (folder / name).unlink(missing_ok=True)
    config = _config(folder)
    suite = await load(config)
    tasks = choose(suite, config)
    rows = records.settle(folder, tasks, config.runs)
    outcomes = result.drop_lost(await result.score_records(suite, result.drop_lost(rows, len(rows))), len(rows))
    scored = await _result(config, suite, tasks, rows, outcomes)
    lines = [json.dumps(outcome.model_dump(mode="json"), sort_keys=True) + "\n" for outcome in outcomes]
    records.replace(folder / "outcomes.jsonl", "".join(lines))
    records.replace(folder / "result.json", scored.model_dump_json(indent=2) + "\n")
    return scored


async def _result(
    config: Config, suite: Suite, tasks: Sequence[Task], rows: Sequence[Record], outcomes: Sequence[Outcome]
) -> Result:
    mean = result.interval(outcomes)
    nothing = await _reference(suite, tasks, "nothing", suite.nothing())
    gold = await _reference(suite, tasks, "gold", suite.gold())
    spent = (result.tokens(rows, "input"), result.tokens(rows, "output"))
    return Result(
        bench=suite.name,
        model=config.model,
        served_by=tuple(sorted({row.served_by for row in rows} - {""})),
        settings=config.model_dump(mode="json", exclude={"bench", "model", "price_input", "price_output"}),
        n=mean.n,
        runs=config.runs,
        score=mean,
        by_run=result.by_run(outcomes),
        by_category=result.by_category(outcomes),
        also=result.also(outcomes),
        floor=nothing.mean,
        ceiling=gold.mean,
        floors=nothing.by_category,
        ceilings=gold.by_category,
        missing=len(rows) - len(outcomes),
        bounds=result.bounds(outcomes, len(rows)),
        calls=sum(row.calls for row in rows),
        input_tokens=spent[0],
        output_tokens=spent[1],
        dollars=result.dollars(spent, (config.price_input, config.price_output)),
        errors=result.errors(outcomes),
        scorer=suite.scorer,
        data_sha256=suite.sha256,
        overall=overall.weigh(outcomes, suite.weights),
        left_out=dict(suite.left_out),
    )


class Reference(Noun):
    """What a reference scores, in percent."""

    mean: float | None = None
    by_category: dict[str, float] = Field(default={})


async def _reference(
    suite: Suite, tasks: Sequence[Task], name: str, answers: Mapping[str, JsonValue] | None
) -> Reference:
    """What these answers score on the same tasks; measured once for the same scorer, data, tasks and answers."""
    if answers is None:
        return Reference()
    rows = [Record(task=task.id, run=0, answer=answers[task.id]) for task in tasks]
    # by all that decides it, so that a change of data or scorer measures it anew and --concurrency does not
    parts = [suite.scorer, suite.sha256, *(row.model_dump_json() for row in rows)]
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    path = data.folder(suite.name) / "references" / f"{name}-{key}-2.json"
    if not path.exists():
        outcomes = await result.score_records(suite, rows)
        by_category = {name: interval.mean for name, interval in result.by_category(outcomes).items()}
        reference = Reference(mean=result.interval(outcomes).mean, by_category=by_category)
        files.write_whole(path, reference.model_dump_json() + "\n")
    return Reference.model_validate_json(path.read_bytes())


def _config(folder: Path) -> Config:
    try:
        return Config.model_validate_json((folder / "config.json").read_text(encoding="utf-8"))
    except ValidationError as error:
        raise UsageError(f"{folder}/config.json cannot be read: {error.errors()[0]['msg']}") from None


def read(folder: Path) -> tuple[Result, list[Outcome]]:
    """What `score` wrote. Raises UsageError: nothing was."""
    try:
        scored = Result.model_validate_json((folder / "result.json").read_text(encoding="utf-8"))
        rows = data.lines(folder / "outcomes.jsonl")
    except FileNotFoundError:
        raise UsageError(f"{folder}: not scored yet; first: python -m evals.run score {folder.parent}") from None
    return scored, [Outcome.model_validate(row) for row in rows]
