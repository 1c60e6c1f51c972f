"""A model over all its benchmarks: card.html, card.md for a model card, and results in the leaderboards' own formats.

Every figure stands beside its n, its interval, what doing nothing and the benchmark's own solutions score, and its
cost. Where the paper gives a figure of the same benchmark, its table is shown too, with intervals that are estimated.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import yaml

from agents import files
from evals.answer import records
from evals.bench import bfcl, tau2
from evals.schema import Interval, Result
from evals.score import page, paper, scoring
from memory.page.page import page as whole
from memory.page.page import section, table

HEADER = ("benchmark", "score", "95% interval", "n", "clusters", "floor", "ceiling")
COST = ("benchmark", "runs", "calls", "tokens in", "tokens out", "dollars", "lost", "left out", "scorer")
PAPER = {"bfcl": "BFCL multi-turn", "bird": "BIRD"}
"""The paper's column for a benchmark."""
Row = tuple[str, Interval, float | None, float | None]
"""What is scored, its score, floor, ceiling."""


def write(out: Path) -> list[Path]:
    """What was written. Raises: UsageError: a benchmark of the folder is not scored."""
    results = [scoring.read(folder)[0] for folder in scoring.folders(out)]
    name = results[0].model
    page_path, card = out / "card.html", out / "card.md"
    files.write_whole(page_path, whole(f"{name} on {len(results)} benchmarks", sections(results)))
    files.write_whole(card, markdown(name, results))
    return [page_path, card, *leaderboards(out)]


def rows(result: Result) -> Iterator[Row]:
    """The benchmark's score, as its leaderboard weighs it, its categories, its other measures."""
    yield result.bench, result.score, result.floor, result.ceiling
    if result.overall:
        weighed = f"{result.bench}, as its leaderboard weighs it"
        yield f"{weighed}, {result.overall.asked:.0%} of the weights", result.overall.of_asked, None, None
        if result.overall.missing:
            yield f"{weighed}, 0 for {', '.join(result.overall.missing)}", result.overall.score, None, None
    for name, interval in result.by_category.items():
        yield f"{result.bench}: {name}", interval, result.floors.get(name), result.ceilings.get(name)
    for name, interval in result.also.items():
        yield f"{result.bench}: {name}", interval, None, None


def sections(results: Sequence[Result]) -> Iterator[str]:
    """Scores, cost, and the paper's figures of the same benchmarks."""
    scored = [row for result in results for row in rows(result)]
    cells = [(name, i.mean, page.edges(i), i.n, i.clusters, floor, ceiling) for name, i, floor, ceiling in scored]
    note = "In percent. Floor: what doing nothing scores. Ceiling: what the benchmark's own solutions score."
    # more rows make a plot that nobody can read
    plot = page.forest("Scores", {name: interval for name, interval, *_ in scored[:40]})
    yield section("Scores", table(HEADER, cells), plot, note=note)
    yield section("Cost", table(COST, [_cost(result) for result in results]))
    published = json.loads(paper.PUBLISHED.read_text(encoding="utf-8"))
    estimates = paper.estimates(published)
    shown = [PAPER[result.bench] for result in results if result.bench in PAPER]
    there = [
        (model, column, scores[column]) for model, scores in estimates.items() for column in shown if column in scores
    ]
    if there:
        header = ("model", "benchmark", "score", "95% ESTIMATED", "n", "clusters")
        published_cells = [(model, name, i.mean, page.edges(i), i.n, i.clusters) for model, name, i in there]
        note = f"{published['source']}. {paper.assumptions(published)}"
        yield section("The paper's figures", table(header, published_cells), note=note)


def _cost(result: Result) -> tuple[object, ...]:
    left_out = ", ".join(f"{count} {why}" for why, count in result.left_out.items()) or "none"
    spent = (result.calls, result.input_tokens, result.output_tokens, result.dollars, result.missing)
    return (result.bench, result.runs, *spent, left_out, result.scorer)


def markdown(name: str, results: Sequence[Result]) -> str:
    """A table for people and a `model-index` for a hub, which has no place for an interval: it stands in the name."""
    lines = ["| benchmark | score [95% interval] | n | floor | ceiling |", "| --- | --- | --- | --- | --- |"]
    for label, interval, *bounds in (row for result in results for row in rows(result)):
        floor, ceiling = ("–" if value is None else f"{value:.2f}" for value in bounds)
        lines.append(f"| {label} | {page.percent(interval)} | {interval.n} | {floor} | {ceiling} |")
    spent = [f"{result.bench}: {result.calls} calls, {result.scorer}" for result in results]
    index = []
    for result in results:
        floor, ceiling = ("unknown" if value is None else f"{value:.2f}" for value in (result.floor, result.ceiling))
        beside = f"{page.edges(result.score)} (95%), n {result.n}, floor {floor}, ceiling {ceiling}"
        metric = {"type": "accuracy", "name": f"score {beside}", "value": round(result.score.mean, 2)}
        dataset = {"name": result.bench, "type": result.bench}
        index.append({"task": {"type": "text-generation"}, "dataset": dataset, "metrics": [metric]})
    block = yaml.safe_dump({"model-index": [{"name": name, "results": index}]}, sort_keys=False, allow_unicode=True)
    return "\n".join(["---", f"{block}---", "", *lines, "", *spent, ""])


def leaderboards(out: Path) -> list[Path]:
    """BFCL's own result files, one for each category, and tau2's, one for each domain."""
    written = []
    if (out / "tau2").exists():
        scored, answers = scoring.read(out / "tau2")[0], records.read(out / "tau2").values()
        for domain, results in tau2.as_results(scored, list(answers)).items():
            written.append(out / "leaderboard" / f"tau2_{domain}.json")
            files.write_whole(written[-1], json.dumps(results, indent=1) + "\n")
    folder = out / "bfcl"
    if not folder.exists():
        return written
    outcomes = {outcome.task: outcome.category for outcome in scoring.read(folder)[1]}
    by_category: dict[str, list[dict[str, object]]] = {}
    for (task, run), record in records.read(folder).items():
        if run == 0 and task in outcomes:
            by_category.setdefault(outcomes[task], []).append({"id": task, "result": record.answer})
    for name, lines in by_category.items():
        path = out / "leaderboard" / bfcl.result_file(name)
        files.write_json_lines(path, lines)
        written.append(path)
    return written
