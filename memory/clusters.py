"""Tools to Business Clusters [ours]: what one piece of real work would use together, and the leaf it counts for.

Of all candidates (`memory.candidates`) those are chosen that together cover the most (`memory.coverage`), a tool
weighing one over the size of its leaf, so that the long tail counts; near-duplicates cover each other.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

import orjson
from pydantic import ValidationError

from agents.dataflow import nouns
from agents.errors import UsageError
from agents.schema import Cluster, Tool, words
from memory import candidates, coverage, leaves
from memory.embedder import Embedder
from memory.survey import Survey, survey, unique

BUDGET = 6944
"""The paper's number of clusters (arXiv:2602.03219), from 30,000 tools."""


def build(tools: Sequence[Tool], embedder: Embedder, seed: int = 0, budget: int = BUDGET) -> list[Cluster]:
    """The chosen clusters, the most useful first; the order of the tools does not matter."""
    known = survey(tools, embedder, seed)
    return [named(known, known.parts[index]) for index in chosen(known, budget)]


def chosen(known: Survey, budget: int) -> list[int]:
    """Indices of the parts, in the order of their choice: the connected ones while they gain, then the loose ones."""
    count = len(known.connected)
    first = coverage.greedy(known.covers[:count], known.weights, budget)
    done = {tool for index in first for tool in known.covers[index]}
    rest = coverage.greedy(known.covers[count:], known.weights, budget - len(first), done)
    return first + [count + index for index in rest]


def named(known: Survey, part: Sequence[int]) -> Cluster:
    return cluster([known.tools[i] for i in part], [known.leaves[i] for i in part], Counter(known.leaves))


def cluster(part: Sequence[Tool], labels: Sequence[str], sizes: Mapping[str, int]) -> Cluster:
    """The cluster of these tools. It counts for the leaf that most of them have, of several for the rarest."""
    counts = Counter(labels)
    leaf = min(counts, key=lambda label: (-counts[label], sizes[label], label))
    things = Counter(noun for tool in part for noun in nouns(tool.name)[-1:])
    main = min(things.items(), key=lambda found: (-found[1], found[0]))[0]
    services = dict.fromkeys(" ".join(words(tool.service.split(":")[-1].split("/")[-1])) for tool in part)
    digest = hashlib.sha256("\n".join(sorted(tool.key for tool in part)).encode()).hexdigest()
    return Cluster(id=f"c{digest[:10]}", leaf=leaf, title=f"{' + '.join(services)} {main}".strip(), tools=tuple(part))


def at_random(tools: Sequence[Tool], embedder: Embedder, like: Sequence[Cluster], seed: int = 0) -> list[Cluster]:
    """For each cluster of `like` a random service's random tools, as many as there are: no dependency, no coverage.

    What cluster sampling is measured against; where the same tools are drawn twice, that is one cluster.
    """
    rng, ordered = Random(seed), unique(tools)
    labels = leaves.labels(embedder.embed([leaves.subject(tool) for tool in ordered]), seed)
    services, sizes = candidates.by_service(ordered), Counter(labels)
    parts: dict[tuple[int, ...], None] = {}
    for one in like:
        members = rng.choice(services)
        parts[tuple(sorted(rng.sample(members, min(len(one.tools), len(members)))))] = None
    return [cluster([ordered[i] for i in part], [labels[i] for i in part], sizes) for part in parts]


def set_aside(tools: Sequence[Tool], share: float) -> tuple[list[Tool], list[Tool]]:
    """(kept, held out): about that share of the services, whole, by a hash of the service's name.

    The same service is held out whatever else there is, and at any larger share.
    """
    held = {name for name in {tool.service for tool in tools} if _lot(name) < share}
    return [tool for tool in tools if tool.service not in held], [tool for tool in tools if tool.service in held]


def _lot(service: str) -> float:
    """Evenly spread over 0 to 1."""
    return int.from_bytes(hashlib.sha256(service.encode()).digest()[:8]) / 2**64


def dumped(items: Sequence[Cluster | Tool]) -> bytes:
    """One JSON line for each cluster or tool."""
    return b"".join(orjson.dumps(item.model_dump(mode="json"), option=orjson.OPT_APPEND_NEWLINE) for item in items)


def write(path: Path, items: Sequence[Cluster | Tool]) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(dumped(items))
    part.replace(path)


def read(path: Path) -> list[Cluster]:
    """Raises UsageError where a line is not a cluster, an id stands twice or there is none."""
    found: dict[str, Cluster] = {}
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            one = Cluster.model_validate_json(line)
        except ValidationError as error:
            fault = error.errors()[0]
            told = f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}"
            raise UsageError(f"{path}:{number}: not a cluster ({told}); write it with memory.clusters") from None
        if one.id in found:
            raise UsageError(f"{path}:{number}: cluster {one.id} stands there twice; remove one")
        found[one.id] = one
    if not found:
        raise UsageError(f"{path}: no clusters in it; remove it to have it built again")
    return list(found.values())
