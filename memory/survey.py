"""A corpus surveyed: leaves, dependencies, candidate clusters and what each of them covers [ours].

Everything that is known before any cluster is chosen; `memory.clusters` chooses.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from agents.schema import Tool, words
from memory import candidates, leaves
from memory.candidates import Candidate
from memory.dependencies import Edges, Meaning, interface
from memory.embedder import Embedder, Vectors

DUPLICATE = 0.95
"""Cosine from which two tools of a leaf cover each other."""
BLOCK = 1024
"""Rows compared at a time."""


@dataclass(frozen=True)
class Survey:
    """What is known of the tools; edges, candidates and covers hold their indices."""

    tools: list[Tool]
    """By key, each once."""
    subjects: Vectors
    """What each tool is about; leaves are cells of these."""
    leaves: list[str]
    """Each tool's `domain.class`."""
    edges: Edges
    """Dependencies inside services."""
    bridges: Edges
    """Dependencies between services."""
    connected: list[Candidate]
    loose: list[Candidate]
    covers: list[frozenset[int]]
    """What each candidate covers, near-duplicates of its tools included: the connected ones, then the loose ones."""

    @cached_property
    def parts(self) -> list[Candidate]:
        return self.connected + self.loose

    @cached_property
    def sizes(self) -> Counter[str]:
        """Tools in each leaf."""
        return Counter(self.leaves)

    @cached_property
    def names(self) -> dict[str, str]:
        """What each leaf is about."""
        return leaves.names(self.tools, self.leaves)

    @cached_property
    def weights(self) -> list[float]:
        """w(u) = 1 / |leaf(u)| of each tool: every leaf weighs the same."""
        return [1 / self.sizes[leaf] for leaf in self.leaves]


@dataclass(frozen=True)
class Grain:
    """How finely a corpus is cut."""

    n_dom: int = 10
    n_cls: int = 5
    max_size: int = 8


def survey(
    tools: Sequence[Tool],
    embedder: Embedder,
    seed: int = 0,
    grain: Grain = Grain(),
    tell: Callable[[str], None] = lambda stage: None,
) -> Survey:
    """The order of the tools does not matter; `tell` hears of each stage when it is done."""
    ordered = unique(tools)
    subjects = embedder.embed([leaves.subject(tool) for tool in ordered])
    rows = embedder.embed([said(tool) for tool in ordered])
    tell("embedding")
    labels = leaves.labels(subjects, seed, grain.n_dom, grain.n_cls)
    tell("leaves")
    interfaces = [interface(tool) for tool in ordered]
    services = candidates.by_service(ordered)
    edges = candidates.within(services, interfaces, Meaning(interfaces, embedder))
    bridges = candidates.across(ordered, interfaces, rows)
    tell("dependencies")
    connected = candidates.connected(edges, bridges, grain.max_size)
    loose = candidates.loose(services, {index for part in connected for index in part}, grain.max_size)
    like = duplicates(rows, labels)
    covers = [frozenset(other for tool in part for other in (tool, *like.get(tool, ()))) for part in connected + loose]
    tell("candidates")
    return Survey(ordered, subjects, labels, edges, bridges, connected, loose, covers)


def unique(tools: Sequence[Tool]) -> list[Tool]:
    """By key; of two with the same key the later description."""
    return list({tool.key: tool for tool in sorted(tools, key=lambda tool: (tool.key, tool.description))}.values())


def said(tool: Tool) -> str:
    """What a tool is found by and compared with: the words of its name and the beginning of its description."""
    return f"{' '.join(words(tool.name))} {tool.description[:400]}"


def duplicates(rows: Vectors, labels: Sequence[str]) -> dict[int, list[int]]:
    """Tool -> the others of its leaf at a cosine of at least DUPLICATE."""
    leaf = np.array(labels)
    found: dict[int, list[int]] = {}
    for label in np.unique(leaf):
        members = np.flatnonzero(leaf == label)
        for start in range(0, len(members), BLOCK):
            part = members[start : start + BLOCK]
            for one, other in zip(*np.nonzero(rows[part] @ rows[members].T >= DUPLICATE), strict=True):
                if part[one] != members[other]:
                    found.setdefault(int(part[one]), []).append(int(members[other]))
    return found
