"""What a person reads of a run: report.html, one page that opens from disk, without a network.

python -m graphs.report runs/default
"""

from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import numpy as np

from agents import cli
from agents.files import write_whole
from agents.outputs import check_output
from agents.schema import Mode, Noun
from graphs.report import map
from graphs.report.figures import HEAD, Figure, compare, list_figures
from graphs.report.requests import Requests
from graphs.report.rows import Browser
from graphs.report.summary import Row, Summary, open_run, read_rows
from memory.measure.diversity import DUPLICATE
from memory.page.charts import Line, bars, lines
from memory.page.page import page, section, table
from memory.statistics import exact_share

HERE = Path(__file__).parent
OPTIONS = {
    "seed": "the same seed and options give the same bytes",
    "window": "slots that may be under way at once; a directive sees the outcomes of all before them",
    "copies": "the largest share of rows that may be near-copies, cosine 0.95 or more",
}
SCRIPTS = ("trajectory.js", "reader.js", "report.js")
"""One after the other in one element: the last begins."""
CURVES: Sequence[tuple[str, dict[str, str], str]] = (
    (
        "Entropies",
        {"H_dom": "h_dom", "H_mode": "h_mode", "coarse H_mode": "h_mode_coarse", "log2 n, the ceiling": "log2_n"},
        "bits",
    ),
    (
        "Entropies of services, tools and pairs",
        {"over services": "h_service", "over tools": "h_tool", "over pairs": "h_pair"},
        "bits",
    ),
    ("Coverage", {"tools called": "tools", "services": "services", "pairs of tools": "pairs"}, ""),
    ("Mean CAC", {"mean CAC": "cac_mean"}, ""),
    ("The largest service's share", {"share of rows": "largest_service"}, ""),
)
"""Title, names of the curves and of what they show in metrics.jsonl, unit."""
MISSING = (
    "Of {:,} slots one in {} is here, evenly, {:,} in all, so that the page stays small. Other counts and curves are "
    "of all; the .jsonl files hold all rows."
)
DRAWN = 300
"""Points of a curve; a longer run is thinned out."""


def write(folder: Path, beside: Path | None = None) -> Path:
    """Write report.html into the run's folder, with another run beside it if there is one; returns its path."""
    summary, path = open_run(folder), folder / "report.html"
    check_output("RUN", path, fix="copy the run to where it can")
    compared = list(compare(folder, beside)) if beside else []
    with closing(Requests(folder)) as requests:
        browser = Browser(requests.read)
        for line, row in read_rows(folder):
            summary.add(row)
            browser.add(line, row)
        data = browser.data()
    # what a reader must know of a page that does not hold all rows
    note = "" if browser.stride == 1 else MISSING.format(summary.slots, browser.stride, len(browser.entries))
    browse = section("Trajectories", (HERE / "report.html").read_text(encoding="utf-8"), note=note)
    sections = [*_sections(summary), *compared, *map.sections(browser.entries, browser.texts, note), browse]
    html = page(
        f"Run {folder.resolve().name}",
        sections,
        style=(HERE / "report.css").read_text(encoding="utf-8"),
        script="\n".join((HERE / name).read_text(encoding="utf-8") for name in SCRIPTS),
        data=data,
    )
    write_whole(path, html)
    return path


def _sections(summary: Summary) -> Iterator[str]:
    facts = table(HEAD, _facts(summary))
    yield '<p><a href="#trajectories">To the trajectories</a></p>'
    note = "Metrics are this project's own definitions [ours]. Intervals are over the run's rows: each left out once."
    yield section("Summary", facts, note=note)
    if summary.reasons:
        yield section(
            "Rejections",
            bars("Rejected slots by reason", dict(summary.reasons.most_common()), key="outcome"),
            bars("Whom the judge blames for the worst fault", dict(summary.blames.most_common()), key="blame"),
            bars("Rule checks that failed", dict(summary.faults.most_common(16)), key="search"),
            note="Click on a bar to see its slots in the list of trajectories.",
        )
    note = (
        "Each metric after every commit, as the summary explains it. An entropy cannot exceed log2 n. Novelty is the "
    )
    note += "cosine distance to the nearest row before it; below the line of near-copies a row is refused."
    yield section("Curves", *_curves(summary), note=note)
    modes = {mode.value: summary.modes[mode] for mode in Mode}

    def by_number(leaf: str) -> list[tuple[int, str]]:
        return [(int(part) if part.isdigit() else 0, part) for part in leaf.split(".")]

    leaves = {leaf: summary.leaves[leaf] for leaf in sorted(summary.wanted | set(summary.leaves), key=by_number)}
    yield section(
        "Diversity",
        bars("Modes of accepted trajectories", modes, summary.accepted / len(modes), key="mode"),
        bars("Leaves (domain.class)", leaves, summary.accepted / max(len(leaves), 1), key="leaf"),
        table(("mode signature, the most frequent", "n"), summary.signatures.most_common(15)),
        note="The dashed line is uniform: over the nine modes, and over the leaves that a slot was meant for. A mode "
        "signature is a row's acts in order; a mark says that an argument came from an earlier observation.",
    )
    # each kind's share in the choices of evolution
    whole = sum(summary.shares.values())
    shares = sorted(((kind, round(share / whole, 3)) for kind, share in summary.shares.items()), key=lambda s: -s[1])
    steering = [table(("kind of unit", "share in the choices"), shares)] if whole else []
    yield section(
        "Services and steering",
        table(("the most used services", "rows"), summary.services.most_common(15)),
        table(("the least used services", "rows"), summary.services.most_common()[:-16:-1]),
        *steering,
        note="A service counts a row that was offered its tools. Shares are means over slots of what each kind of unit "
        "added to the coverage that evolution levels; no strategy but tdscaling has one.",
    )
    note = (
        "As the endpoints said; cached tokens are part of the input. A transport fault brought no answer, a semantic "
    )
    note += "fault is an answer that was not good, and mended_early one that was shown to the model at once."
    yield section("Cost in tokens", *_costs(summary.cost), note=note)


def _facts(summary: Summary) -> Iterator[Figure]:
    """What was measured, with its interval and bounds; then what was spent and set, which has none."""
    config, slots = summary.manifest.get("config", {}), summary.slots
    accepted, meaning = f"{summary.accepted} of {slots} slots", "good by rules and judge, and no near-copy"
    share = exact_share(summary.accepted, slots) if slots else None
    interval = f"[{share.low:.1%}, {share.high:.1%}]" if share else None
    yield "accepted", accepted, interval, slots, 0.0, 1.0, meaning
    yield from list_figures(summary.metrics[-1] if summary.metrics else {}, summary.measures)
    each = summary.cost.get("per_accepted")
    tokens = each and round(each["input"] + each["output"])
    dollars = (summary.cost.get("dollars") or {}).get("per_accepted")
    teachers = {teacher["name"] for teacher in summary.manifest.get("teachers", {}).values()}
    settings = [
        ("tokens for each accepted", tokens, "of all roles, rejected slots too"),
        ("dollars for each accepted", dollars, "a dash without --prices, never a guess"),
        ("teacher", ", ".join(sorted(teachers)), "offline is rule-based: its prose is plain"),
        *((name, config.get(name), OPTIONS[name]) for name in ("seed", "window", "copies")),
        ("sandbox", summary.manifest.get("sandbox"), "what isolated the code that was executed (SECURITY.md)"),
        ("version", (summary.manifest.get("git_commit") or "")[:12], "the commit that made the run"),
    ]
    for name, value, meaning in settings:
        yield name, value, None, None, None, None, meaning


def _curves(summary: Summary) -> Iterator[str]:
    """Every measure against rows and against tokens, what was accepted, and its novelty."""
    # at most DRAWN + 1 commits, the last among them: more points than pixels only make the page heavy
    step = -(-len(summary.metrics) // DRAWN) or 1
    rows = [*summary.metrics[:-1:step], *summary.metrics[-1:]]
    for title, names, unit in CURVES:
        for axis, against in (("rows", "n"), ("tokens", "tokens")):
            measured = [row for row in rows if against in row]  # a run of an earlier version measured less
            curves = [
                Line(name, [(row[against], row[key]) for row in measured if key in row]) for name, key in names.items()
            ]
            yield lines(title if against == "n" else f"{title} for tokens", curves, axis, unit)
    share = [(row["slot"], row["n"] / (row["slot"] + 1)) for row in rows]
    yield lines("Accepted share so far", [Line("accepted", share)], "slot")
    # neighbouring slots together, in at most 50 parts: their median, their spread, and where near-copies begin
    parts = np.array_split(np.array(summary.novelties).reshape(-1, 2), max(1, min(50, len(summary.novelties) // 10)))
    spread = [(float(part[:, 0].mean()), *np.percentile(part[:, 1], (10, 50, 90))) for part in parts if len(part)]
    median, band = [(at, middle) for at, _, middle, _ in spread], [(low, high) for _, low, _, high in spread]
    copies = [(at, 1 - DUPLICATE) for at, _ in (*median[:1], *median[-1:])]
    novelty = [Line("novelty", median, band), Line("near-copy", copies)]
    yield lines("Novelty of what was accepted", novelty, "slot", "median, 10 to 90%")


def _costs(cost: Row) -> Iterator[str]:
    """Tokens by role and by reason; a dash where an endpoint did not say."""
    heads = ("", "answers", "input", "output", "cached")
    for title, part in (("by role", "by_role"), ("spent on rejected slots", "wasted_by_reason")):
        rows = [(name, *(tokens.get(head) for head in heads[1:])) for name, tokens in cost.get(part, {}).items()]
        sums = {name: (read or 0) + (written or 0) for name, _, read, written, _ in rows}
        if rows:
            yield bars(f"Input and output tokens {title}", sums)
            yield table((title, *heads[1:]), rows)
    paid = (cost.get("dollars") or {}).get("by_role", {})
    if paid:
        yield bars("Dollars by role", {role: dollars for role, dollars in paid.items() if dollars is not None})
    faults = [
        (role, name, count)
        for kind in ("transport_faults", "semantic_faults")
        for role, by_name in cost.get(kind, {}).items()
        for name, count in by_name.items()
    ]
    if faults:
        yield table(("role", "fault of its endpoint or answer", "n"), faults)
    early = cost.get("mended_early") or {}
    if early.get("by_role"):
        asked, kept = early["asked"], early["saved"]
        rows = [(f"faults shown to the {role} at once", count) for role, count in early["by_role"].items()]
        rows += [("tokens for the answers to them", _sum_tokens(asked))]
        rows += [("accepted slots in which one was shown", early["slots_kept"])]
        rows += [("tokens of these slots, which a fault at the end would have cost", _sum_tokens(kept))]
        yield table(("mended early", "n"), rows)
    if not cost:
        yield "<p>cost.json is written when a run ends.</p>"


def _sum_tokens(tokens: Row) -> int | None:
    """Input and output; None where an endpoint did not say."""
    return None if tokens["input"] is None else tokens["input"] + tokens["output"]


class Config(Noun):
    """Whose page to write."""

    run: Annotated[Path, cli.ARGUMENT]
    """The folder of a run, such as runs/default; it may still be going on."""
    beside: Path | None = None
    """Another run, whose figures and curves stand beside this one's at equal numbers of rows."""


def main(arguments: list[str] | None = None) -> None:
    """Write the report of the folder given on the command line."""
    show = cli.command(
        Config, lambda config: print(write(config.run, config.beside)), "Write RUN/report.html of a run."
    )
    cli.run(show, arguments, "graphs.report")
