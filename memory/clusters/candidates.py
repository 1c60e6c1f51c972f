"""Tools to candidate clusters [ours]: small sets that dependencies hold together, of one service or of two.

From every tool a set grows along the strongest dependencies; each of its sizes in SIZES is a candidate. A service that
feeds another gives a candidate across the two. What no dependency touches stays with its service, as a last resort.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from agents.schema import Tool
from memory.clusters.dependencies import Edges, Field, Interface, Meaning, Value, compatible, dependencies, pointing
from memory.embed.embedder import Vectors

WORLD = frozenset(["email", "url", "uri", "symbol", "accession", "number", "sku"])
"""Handles that mean the same thing everywhere; an id means something in the service that gave it."""
SIZES = (2, 4, 8, 12)
NEAR = 0.25
"""[ours] Cosine of two tools of different services below which a common field name is a coincidence."""
COMMONPLACE = 30
"""[ours] A field that more services ask for, such as a resource's ARN, connects nothing in particular."""
GIVERS = 256
"""At most so many services are looked at for a field that others ask for."""
CLOSENESS = 4
"""[ours] How much likeness counts against how many sets hold a tool already: a power, so that near tools win."""
Links = Mapping[int, Mapping[int, float]]
"""Tool -> its neighbours in either direction, with the strength of what flows."""
Candidate = tuple[int, ...]
"""Indices of tools, ascending."""


def by_service(tools: Sequence[Tool]) -> list[list[int]]:
    """The indices of each service's tools, services in order of their names."""
    services: dict[str, list[int]] = defaultdict(list)
    for index, tool in enumerate(tools):
        services[tool.service].append(index)
    return [services[name] for name in sorted(services)]


def within(services: Iterable[Sequence[int]], interfaces: Sequence[Interface], meaning: Meaning) -> Edges:
    """The dependencies inside each service."""
    edges: Edges = {}
    for members in services:
        inside = dependencies([interfaces[index] for index in members], meaning)
        edges.update({(members[a], members[b]): strength for (a, b), strength in inside.items()})
    return edges


def across(tools: Sequence[Tool], interfaces: Sequence[Interface], rows: Vectors) -> Edges:
    """For each argument the tool of another service that fits best; its strength is the cosine of the two tools.

    Two services only feed each other where a field means the same to both and the tools are about like things.
    """
    askers: dict[Field, set[str]] = defaultdict(set)
    for tool, sides in zip(tools, interfaces, strict=True):
        for field in sides.asks:
            askers[field].add(tool.service)
    givers = _givers(tools, interfaces, askers)
    edges: Edges = {}
    for b, sides in enumerate(interfaces):
        for field, argument in sides.asks.items():
            others = [(a, output) for a, output in givers.get(field, ()) if tools[a].service != tools[b].service]
            fit = [a for a, output in others if passes(field, output, argument)]
            near = rows[fit] @ rows[b]
            if fit and near.max() >= NEAR:
                best = int(np.argmax(near))
                edges[fit[best], b] = float(near[best])
    return edges


def _givers(
    tools: Sequence[Tool], interfaces: Sequence[Interface], askers: Mapping[Field, set[str]]
) -> dict[Field, list[tuple[int, Value]]]:
    """Field -> the tools that return it, one a service: they declare it, or their own service asks for it too."""
    pointers: dict[tuple[str, Field], list[Field]] = defaultdict(list)
    for field, services in askers.items():
        for service in services if pointing(field) else ():
            pointers[service, field[:-1]].append(field)
    first: dict[Field, dict[str, tuple[int, Value]]] = defaultdict(dict)
    for a, (tool, sides) in enumerate(zip(tools, interfaces, strict=True)):
        promised = [field for thing in sides.things for field in pointers[tool.service, thing]]
        for field in (*sides.declares, *promised):
            if pointing(field) and field not in sides.asks and 0 < len(askers.get(field, ())) <= COMMONPLACE:
                first[field].setdefault(tool.service, (a, sides.declares.get(field, Value())))
    return {field: list(by_service.values())[:GIVERS] for field, by_service in first.items()}


def passes(field: Field, output: Value, argument: Value) -> bool:
    """Whether a value keeps its meaning from one service to another: a handle of the world, or the same pattern."""
    same = output.pattern != "" and output.pattern == argument.pattern
    return same or (field[-1] in WORLD and compatible(output, argument))


def links(edges: Edges) -> dict[int, dict[int, float]]:
    """The edges without their direction; what flows both ways holds the two together twice."""
    neighbours: dict[int, dict[int, float]] = defaultdict(dict)
    for (a, b), strength in edges.items():
        neighbours[a][b] = neighbours[a].get(b, 0.0) + strength
        neighbours[b][a] = neighbours[b].get(a, 0.0) + strength
    return neighbours


def connect(edges: Edges, bridges: Edges, max_size: int, rows: Vectors) -> list[Candidate]:
    """Every candidate once, smaller ones first, so that greedy takes the smallest of those that gain the same.

    `rows` are the tools' meanings. A hub, which feeds or is fed by many, weighs less with each set that holds it: of
    all tools that could come next, those near in meaning to the start come first, and those in fewest sets so far.
    """
    inside, held = links(edges), Counter[int]()
    candidates = set[Candidate]()
    for start in sorted(inside):
        whole = grow([start], inside, max_size, rows, held)
        candidates.update(_sizes(whole))
        held.update(whole)
    for bridge in bridges:
        candidates.update(_sizes(grow(bridge, inside, max_size, rows, held)))
    return sorted(candidates, key=lambda part: (len(part), part))


def grow(start: Sequence[int], links: Links, max_size: int, rows: Vectors, held: Mapping[int, int]) -> list[int]:
    """The start, then again and again the tool that is held strongest by those before it.

    What holds it is the strength of what flows, times how near it is to the start, over the sets that hold it already.
    """
    taken: list[int] = []
    pull: dict[int, float] = {}
    weight: dict[int, float] = {}
    waiting = list(start)
    while len(taken) < max_size and (waiting or pull):
        new = waiting.pop(0) if waiting else min(pull, key=lambda tool: (-pull[tool] * weight[tool], tool))
        taken.append(new)
        pull.pop(new, None)
        near = links.get(new, {})
        fresh = [other for other in near if other not in weight]
        likeness = rows[fresh] @ rows[start[0]] if fresh else ()
        for tool, like in zip(fresh, likeness, strict=True):
            weight[tool] = (1.0 + like) ** CLOSENESS / (1 + held.get(tool, 0))
        for other, strength in near.items():
            if other not in taken:
                pull[other] = pull.get(other, 0.0) + strength
    return taken


def _sizes(whole: Sequence[int]) -> Iterator[Candidate]:
    ends = {min(size, len(whole)) for size in SIZES}
    return (tuple(sorted(whole[:end])) for end in ends if end > 1)


def loose(services: Iterable[Sequence[int]], touched: Iterable[int], max_size: int) -> list[Candidate]:
    """What no dependency touches, service by service."""
    held = set(touched)
    candidates = list[Candidate]()
    for members in services:
        alone = [index for index in members if index not in held]
        candidates += [tuple(alone[i : i + max_size]) for i in range(0, len(alone), max_size)]
    return candidates
