"""What a person reads of a survey and its clusters: lines for a terminal, and one HTML page.

The page holds the map of the tools, the leaves, and what the clusters cover, greedy beside random.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

import numpy as np
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis  # type: ignore[import-untyped]

from agents.schema import Cluster
from memory.clusters import coverage, leaves
from memory.clusters.survey import Survey
from memory.page.charts import Line, Point, bars, lines, scatter
from memory.page.page import page, section, table

SHOWN, STEPS, ROWS = 2000, 120, 40
"""Points of the map, points of a curve, clusters of the table."""
SHARES = (0.5, 0.8, 0.95)
MAP = "The plane that tells the domains best apart (linear discriminants), so they look more separate than they are."
CURVES = (
    "Share of the weight that all connected candidates cover together; a tool weighs one over the size of its leaf."
)


def told(known: Survey, order: Sequence[int]) -> Iterator[str]:
    """Leaves, dependencies, candidates, the chosen clusters, and what they leave uncovered."""
    sizes = known.sizes
    yield f"leaves {len(sizes)}, {min(sizes.values())} to {max(sizes.values())} of {len(known.tools)} tools"
    yield from (f"  {leaf:5} {sizes[leaf]:6}  {known.names[leaf]}" for leaf in sorted(sizes))
    yield f"dependencies {len(known.edges)} inside services, {len(known.bridges)} between them"
    yield f"candidates {len(known.connected)} connected, {len(known.loose)} of tools that nothing connects"
    parts = [known.parts[index] for index in order]
    connected = sum(index < len(known.connected) for index in order)
    crossing = sum(len({known.tools[i].service for i in part}) > 1 for part in parts)
    sized = Counter(map(len, parts))
    spread = ", ".join(f"{count} of {size}" for size, count in sorted(sized.items()))
    yield f"clusters {len(order)}: {connected} connected, {crossing} across services; tools: {spread}"
    yield from _covered(known, order)


def _covered(known: Survey, order: Sequence[int]) -> Iterator[str]:
    held = {tool for index in order for tool in known.parts[index]}
    kinds = {kind for index in order for kind in known.covers[index]}
    reached = {tool for tool, kind in enumerate(known.kinds) if kind in kinds}
    weight = sum(known.weights[kind] for kind in kinds) / sum(known.weights)
    share = len(reached) / len(known.tools)
    yield f"covered {len(reached)} of {len(known.tools)} tools ({share:.1%}, {weight:.1%} by weight)"
    yield f"  {len(held)} stand in a cluster, {len(reached - held)} are near-duplicates of one"
    yield f"  {len(known.tools) - len(reached)} are left uncovered by the budget"


def compared(curves: Sequence[Sequence[float]]) -> Iterator[str]:
    """How many connected candidates greedy and random need for a share of what all of them cover."""
    for share in SHARES:
        greedy, random = (coverage.needed(curve, share) for curve in curves)
        if greedy and random:
            yield f"{share:.0%} of the weight: greedy {greedy}, random {random} clusters ({random / greedy:.1f} x)"


def write(path: Path, known: Survey, made: Sequence[Cluster], curves: Sequence[Sequence[float]]) -> None:
    """The page of a survey; `curves` are what the first n candidates cover, greedy and random."""
    about = {f"{leaf} {known.names[leaf]}": float(known.sizes[leaf]) for leaf in sorted(known.sizes)}
    drawn = [Line(name, _thinned(curve)) for name, curve in zip(("greedy", "random"), curves, strict=True) if curve]
    sections = [
        section("Tools by what they are about", scatter("Tools by domain", _points(known)), note=MAP),
        section("Leaves", bars("Tools in each leaf", about, uniform=len(known.tools) / len(about))),
        section("Clusters by size", bars("Clusters of so many tools", _sizes(made)), note=_most_held(made)),
        section("Coverage", lines("Coverage by clusters", drawn, "clusters", "share covered"), note=CURVES),
        section(f"The first {min(ROWS, len(made))} of {len(made)} clusters", _table(made)),
    ]
    path.write_text(page("Business Clusters", sections), encoding="utf-8")


def _sizes(made: Sequence[Cluster]) -> dict[str, float]:
    counts = Counter(len(cluster.tools) for cluster in made)
    return {f"{size} tools": float(counts[size]) for size in sorted(counts)}


def _most_held(made: Sequence[Cluster]) -> str:
    """Which tool is in most clusters: a hub in many of them would make them all alike."""
    held = Counter(tool.key for cluster in made for tool in cluster.tools)
    if not held:
        return ""
    key, count = held.most_common(1)[0]
    middle = median(len(cluster.tools) for cluster in made)
    return f"The median is {middle:g} tools. {key} is in most of all: in {count / len(made):.0%} of the clusters."


def _points(known: Survey) -> list[Point]:
    """Tools at even distances in the order of their keys, by domain."""
    shown = np.unique(np.linspace(0, len(known.tools) - 1, SHOWN).astype(int))
    every = [leaf.split(".")[0] for leaf in known.leaves]
    about = leaves.names(known.tools, every)
    domains = [f"{every[i]} {about[every[i]]}" for i in shown]
    if not 3 <= len(set(domains)) < len(shown):  # no plane to be found
        return []
    placed = LinearDiscriminantAnalysis(n_components=2).fit_transform(known.subjects[shown], domains)
    if placed.shape[1] < 2:  # nor where they lie in a line
        return []
    return [
        Point(float(x), float(y), domain, f"{known.tools[i].key} ({known.leaves[i]})")
        for i, domain, (x, y) in zip(shown, domains, placed, strict=True)
    ]


def _thinned(curve: Sequence[float]) -> list[tuple[float, float]]:
    at = np.unique(np.linspace(0, len(curve) - 1, STEPS).astype(int))
    return [(float(i + 1), curve[i]) for i in at]


def _table(made: Sequence[Cluster]) -> str:
    rows = [(one.leaf, one.title, len(one.tools), ", ".join(tool.name for tool in one.tools)) for one in made[:ROWS]]
    return table(("leaf", "title", "tools", "names"), rows)
