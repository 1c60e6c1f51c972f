"""Leaves for scoring alone [ours]: those that an embedder which did not steer makes of a whole corpus.

A run is steered by the leaves of its own embedder; scored by them alone, it is judged by its own yardstick.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agents.schema import Tool
from memory.clusters.leaves import commonest, labels, subject
from memory.embed.embedder import Embedder
from memory.measure.acts import Row
from memory.measure.diversity import rarefied_classes
from memory.measure.modes import Measures


@dataclass(frozen=True)
class Leaves:
    """The leaf of each tool of a corpus, by `service/name`, and how many tools each leaf has."""

    of: Mapping[str, str]
    sizes: Counter[str]

    def label(self, row: Row, measures: Measures) -> str:
        """The leaf that most of the tools called have, of several the rarest; of the tools offered, if none was."""
        called = [self.of[tool] for tool in measures.tools if tool in self.of]
        offered = [self.of[tool] for tool in row["cluster"].get("tools", {}).values() if tool in self.of]
        return commonest(called or offered, self.sizes) if called or offered else measures.leaf

    def coverage(self, measures: Sequence[Measures], n: int) -> float:
        """The share of a leaf's tools that n of the rows call, rarefied, its mean over all leaves: 0 to 1."""
        called: dict[str, Counter[str]] = {leaf: Counter() for leaf in self.sizes}
        for row in measures:
            for tool in row.tools:
                if tool in self.of:
                    called[self.of[tool]][tool] += 1
        shares = (
            rarefied_classes(counts.values(), len(measures), n) / self.sizes[leaf] for leaf, counts in called.items()
        )
        return sum(shares) / len(called)


def leaves(tools: Iterable[Tool], vectors: Embedder) -> Leaves:
    """The 10 times 5 leaves of the corpus, the same for all runs that are compared."""
    ordered = sorted(tools, key=lambda tool: tool.key)
    cells = labels(vectors.embed([subject(tool) for tool in ordered]))
    return Leaves({tool.key: leaf for tool, leaf in zip(ordered, cells, strict=True)}, Counter(cells))
