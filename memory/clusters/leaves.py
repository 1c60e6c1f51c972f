"""Tools to leaves: the cells of a two-level K-Means over tool embeddings, and what each is about.

The paper (arXiv:2602.03219) takes 10 domains of 5 classes each. A tool weighs one over the size of its leaf, so that
the long tail counts as much as the crowd.
"""

import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from math import log

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from agents.plan.dataflow import VERBS
from agents.schema import Tool, singular, words
from memory.embed.cache import make_folder
from memory.embed.embedder import Embedder, Vectors

ADDRESS = frozenset(["com", "org", "net", "io", "dev", "local", "www", "api", "mcp", "server"])
"""Words of a service's name that say where it is and not what it is about."""
LARGE = 200_000
"""Rows above which K-Means goes through mini-batches; below, the full one is as fast and better."""


def subject(tool: Tool) -> str:
    """What the tool is about, in words: its service, its name and its description's beginning, without the verbs.

    With their verbs tools gather by what they do (all that lists, all that deletes) and not by the work they belong to.
    """
    return " ".join([*_title(tool), *_nouns(tool.description[:400])])


def meanings(groups: Sequence[Sequence[Tool]], embedder: Embedder) -> Vectors:
    """A row for each group, none of them empty: what its tools are about, in sum."""
    rows = embedder.embed([subject(tool) for tools in groups for tool in tools])
    starts = np.cumsum([0, *(len(tools) for tools in groups)])[:-1]
    summed: Vectors = np.add.reduceat(rows, starts, axis=0)
    return summed


def _title(tool: Tool) -> list[str]:
    service = (word for word in words(tool.service.split(":")[-1]) if word not in ADDRESS)
    return [*service, *_nouns(tool.name)]


def _nouns(text: str) -> list[str]:
    return [word for word in words(text) if word not in VERBS and singular(word) not in VERBS]


def labels(rows: Vectors, seed: int = 0, n_dom: int = 10, n_cls: int = 5) -> list[str]:
    """Each row's `domain.class`; domains and classes are numbered by size, the largest first.

    Found once and kept in the cache folder beside the vectors: a second run does without scikit-learn, whose import
    takes three seconds of CPU time.
    """
    given = f"{rows.shape} {seed} {n_dom} {n_cls} {version('scikit-learn')} {version('numpy')}"
    key = sha256(given.encode() + rows.tobytes()).digest()
    with closing(sqlite3.connect(make_folder() / "leaves.sqlite", timeout=60)) as store:
        store.execute("create table if not exists leaves (key blob primary key, labels text)")
        if kept := store.execute("select labels from leaves where key = ?", [key]).fetchone():
            return str(kept[0]).split()
        found = _find_labels(rows, seed, n_dom, n_cls)
        with store:  # another process may have found the same meanwhile
            store.execute("insert or ignore into leaves values (?, ?)", [key, " ".join(found)])
    return found


def _find_labels(rows: Vectors, seed: int, n_dom: int, n_cls: int) -> list[str]:
    if not len(rows):
        return []
    domains = _k_means(rows, n_dom, seed)
    classes = np.zeros_like(domains)
    for domain in np.unique(domains):
        members = domains == domain
        classes[members] = _k_means(rows[members], n_cls, seed)
    return [f"{domain}.{cls}" for domain, cls in zip(domains, classes, strict=True)]


def _k_means(rows: Vectors, k: int, seed: int) -> NDArray[np.int64]:
    k = min(k, len(np.unique(rows[:LARGE], axis=0)))
    from sklearn.cluster import KMeans, MiniBatchKMeans  # type: ignore[import-untyped]

    model = KMeans(k, n_init=1, random_state=seed)
    if len(rows) > LARGE:
        model = MiniBatchKMeans(k, n_init=1, random_state=seed, batch_size=8192)
    with threadpool_limits(1):  # several threads add in any order, and the last bit moves a tool to another cell
        cells = model.fit_predict(rows)
    # K-Means numbers its cells as they come; by size, and then by their first row, the names say something
    _, first = np.unique(cells, return_index=True)
    ranked = sorted(range(len(first)), key=lambda label: (-int((cells == label).sum()), first[label]))
    ranks: NDArray[np.int64] = np.argsort(ranked)[cells]
    return ranks


def commonest(labels: Sequence[str], sizes: Mapping[str, int]) -> str:
    """The leaf that most of the labels are, of several the rarest."""
    counts = Counter(labels)
    return min(counts, key=lambda leaf: (-counts[leaf], sizes[leaf], leaf))


def names(tools: Sequence[Tool], leaves: Sequence[str], count: int = 3) -> dict[str, str]:
    """What each leaf is about: the words most its own, by p(word | leaf) log(p(word | leaf) / p(word))."""
    inside: dict[str, Counter[str]] = {leaf: Counter() for leaf in sorted(set(leaves))}
    for tool, leaf in zip(tools, leaves, strict=True):
        inside[leaf].update({word for word in _title(tool) if len(word) > 2})
    overall = sum(inside.values(), Counter[str]())
    about = {}
    for leaf, counter in inside.items():
        share, whole = 1 / max(counter.total(), 1), 1 / max(overall.total(), 1)
        gain = {word: n * log(n * share / (overall[word] * whole)) for word, n in counter.items()}
        words = sorted((-gain[word], word) for word in gain)
        about[leaf] = ", ".join(word for _, word in words[:count])
    return about
