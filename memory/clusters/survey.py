"""A corpus surveyed: leaves, dependencies, candidate clusters and what each of them covers [ours].

Everything that is known before any cluster is chosen; `memory.clusters` chooses.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from agents.schema import Tool, words
from memory.clusters import candidates, leaves
from memory.clusters.candidates import Candidate
from memory.clusters.dependencies import Edges, Meaning, interface
from memory.embed.embedder import Embedder, Vectors

DUPLICATE = 0.95
"""Cosine from which two tools of a leaf are of one kind, and cover each other."""
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
    kinds: list[int]
    """Each tool's kind, named by its first tool: near-duplicates are of one."""
    covers: list[frozenset[int]]
    """The kinds that each candidate covers: the connected ones, then the loose ones."""

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
        """Of each kind, by its first tool, the sum of w(u) = 1 / |leaf(u)| of its tools: every leaf weighs the same."""
        held = np.bincount(self.kinds, minlength=len(self.tools))
        return [float(count) / self.sizes[leaf] for count, leaf in zip(held, self.leaves, strict=True)]


@dataclass(frozen=True)
class Grain:
    """How finely a corpus is cut."""

    n_dom: int = 10
    n_cls: int = 5
    max_size: int = 8


def survey_tools(
    tools: Sequence[Tool],
    embedder: Embedder,
    seed: int = 0,
    grain: Grain = Grain(),
    tell: Callable[[str], None] = lambda stage: None,
) -> Survey:
    """The order of the tools does not matter; `tell` hears of each stage when it is done."""
    ordered = unique(tools)
    subjects = embedder.embed([leaves.subject(tool) for tool in ordered])
    rows = embedder.embed([search_text(tool) for tool in ordered])
    tell("embedding")
    labels = leaves.labels(subjects, seed, grain.n_dom, grain.n_cls)
    tell("leaves")
    interfaces = [interface(tool) for tool in ordered]
    services = candidates.by_service(ordered)
    edges = candidates.within(services, interfaces, Meaning(interfaces, embedder))
    bridges = candidates.across(ordered, interfaces, rows)
    tell("dependencies")
    connected = candidates.connect(edges, bridges, grain.max_size, rows)
    loose = candidates.loose(services, {index for part in connected for index in part}, grain.max_size)
    alike = kinds(rows, labels)
    covers = [frozenset(alike[tool] for tool in part) for part in connected + loose]
    tell("candidates")
    return Survey(ordered, subjects, labels, edges, bridges, connected, loose, alike, covers)


def unique(tools: Sequence[Tool]) -> list[Tool]:
    """By key; of two with the same key the later description."""
    return list({tool.key: tool for tool in sorted(tools, key=lambda tool: (tool.key, tool.description))}.values())


def search_text(tool: Tool) -> str:
    """What a tool is found by and compared with: the words of its name and the beginning of its description."""
    return f"{' '.join(words(tool.name))} {tool.description[:400]}"


def kinds(rows: Vectors, labels: Sequence[str]) -> list[int]:
    """Each tool's kind: the first tool of its leaf that begins a kind and is near to it, cosine DUPLICATE, else itself.

    Pairs are not kept: where a million tools repeat a few, their number grows with the square and fills any memory.
    """
    leaf, first_of = np.array(labels), np.arange(len(rows))
    for label in np.unique(leaf):
        members, first = np.flatnonzero(leaf == label), np.zeros(0, dtype=np.int64)
        for start in range(0, len(members), BLOCK):
            part = members[start : start + BLOCK]
            _join(first_of, rows, part, first)
            first = np.concatenate([first, _begin(first_of, rows, part[first_of[part] == part])])
    return [int(kind) for kind in first_of]


def _join(first_of: NDArray[np.int64], rows: Vectors, part: NDArray[np.int64], first: NDArray[np.int64]) -> None:
    """Give the part's tools that are near to the first of a kind that kind."""
    for start in range(0, len(first), BLOCK):
        kinds = first[start : start + BLOCK]
        open_ = part[first_of[part] == part]
        near = rows[open_] @ rows[kinds].T >= DUPLICATE
        joined = near.any(axis=1)
        first_of[open_[joined]] = kinds[near[joined].argmax(axis=1)]


def _begin(first_of: NDArray[np.int64], rows: Vectors, left: NDArray[np.int64]) -> NDArray[np.int64]:
    """The first tools of the kinds that begin among those left; the others join them."""
    near = rows[left] @ rows[left].T >= DUPLICATE
    waiting, first = np.ones(len(left), dtype=bool), list[int]()
    for at in range(len(left)):
        if waiting[at]:
            first.append(at)
            first_of[left[near[at] & waiting]] = left[at]
            waiting &= ~near[at]
    return left[first]
