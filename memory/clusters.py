"""Tools to Business Clusters [ours]: what one piece of real work would use together, and the leaf it counts for.

A leaf is a cell of a two-level K-Means over tool embeddings (10 x 5 in the paper, arXiv:2602.03219). A cluster is a
part of one service that dependencies hold together: an output of A can fill a required input of B.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans  # type: ignore[import-untyped]
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from agents.schema import READ_VERBS, Cluster, Schema, Tool, words
from memory.embedder import Embedder, Vectors

Field = tuple[str, ...]
"""A field as the singular words of what it means, such as ("order", "id")."""
Edges = dict[tuple[int, int], float]

_MAKE = "create add new make open start insert register upload generate"
_HANDLES = "id key uuid guid slug name number code ref handle token url path sku email"
_STOPS = "by for in from to of with on at as and all into via using"
_COMMON = """query limit page offset format type status text message result data content language success total count
item"""
MAKE_VERBS = frozenset(_MAKE.split())
FIND_VERBS = MAKE_VERBS | {"list", "search", "find", "query"}
HANDLES = frozenset(_HANDLES.split())
"""Last words of fields that point at something."""
STOPS = frozenset(_STOPS.split())
COMMON = frozenset(_COMMON.split())
"""Last words that mean something else in every tool: no dependency follows from them."""
TYPES = {"integer": "number"}


def build(
    tools: Sequence[Tool], embedder: Embedder, seed: int = 0, n_dom: int = 10, n_cls: int = 5, max_size: int = 8
) -> list[Cluster]:
    """Clusters that hold every tool once, ordered by service; the order of the tools does not matter."""
    unique = {tool.key: tool for tool in sorted(tools, key=lambda tool: (tool.key, tool.description))}
    ordered = list(unique.values())
    leaves = dict(zip(unique, leaf_labels(ordered, embedder, seed, n_dom, n_cls), strict=True))
    services: dict[str, list[Tool]] = defaultdict(list)
    for tool in ordered:
        services[tool.service].append(tool)
    parts = (part for service in services.values() for part in split(service, max_size))
    return [_cluster(part, leaves) for part in parts]


def leaf_labels(tools: Sequence[Tool], embedder: Embedder, seed: int, n_dom: int, n_cls: int) -> list[str]:
    """Each tool's `domain.class`; domains and classes are numbered by size, the largest first."""
    if not tools:
        return []
    rows = embedder.embed([f"{' '.join(words(tool.name))} {tool.description[:400]}" for tool in tools])
    domains = _k_means(rows, n_dom, seed)
    classes = np.zeros_like(domains)
    for domain in np.unique(domains):
        members = domains == domain
        classes[members] = _k_means(rows[members], n_cls, seed)
    return [f"{domain}.{cls}" for domain, cls in zip(domains, classes, strict=True)]


def _k_means(rows: Vectors, k: int, seed: int) -> NDArray[np.int64]:
    k = min(k, len(np.unique(rows, axis=0)))
    with threadpool_limits(1):  # several threads add in any order, and the last bit moves a tool to another cell
        found = KMeans(k, n_init=1, random_state=seed).fit_predict(rows)
    _, first = np.unique(found, return_index=True)
    ranked = sorted(range(len(first)), key=lambda label: (-int((found == label).sum()), first[label]))
    ranks: NDArray[np.int64] = np.argsort(ranked)[found]
    return ranks


def split(service: Sequence[Tool], max_size: int) -> list[list[Tool]]:
    """The service's parts: joined along the strongest dependencies first while they fit, then what is left over."""
    edges = dependencies(service)
    group = {i: [i] for i in range(len(service))}
    for (a, b), _ in sorted(edges.items(), key=lambda edge: (-edge[1], edge[0])):
        if group[a] is not group[b] and len(group[a]) + len(group[b]) <= max_size:
            group[a] += group[b]
            group.update(dict.fromkeys(group[b], group[a]))
    parts = {id(members): sorted(members) for members in group.values()}.values()
    alone = sorted(part[0] for part in parts if len(part) == 1)
    chunks = [alone[start : start + max_size] for start in range(0, len(alone), max_size)]
    whole = sorted([part for part in parts if len(part) > 1] + chunks)
    return [[service[i] for i in part] for part in whole]


def dependencies(service: Sequence[Tool]) -> Edges:
    """{(a, b): strength} where an output of tool a can fill a required input of tool b."""
    fillers: dict[Field, list[tuple[int, str, float]]] = defaultdict(list)
    for i, tool in enumerate(service):
        for name, (kind, strength) in outputs(tool).items():
            fillers[name].append((i, kind, strength))
    edges: Edges = defaultdict(float)
    for b, tool in enumerate(service):
        for name, kind in inputs(tool).items():
            for wanted in dict.fromkeys((name, name[-2:])):
                for a, given, strength in fillers.get(wanted, ()):
                    if a != b and (not given or not kind or given == kind):
                        edges[a, b] += strength
    return dict(edges)


def inputs(tool: Tool) -> dict[Field, str]:
    """Required inputs with their JSON types; a bare `id` is that of the tool's own noun, unless it makes a new one."""
    found = {}
    properties = tool.input_schema.get("properties") or {}
    for name in tool.input_schema.get("required") or ():
        schema = properties.get(name)
        field, kind = _field(name), _kind(schema)
        if len(field) == 1 and field[0] in HANDLES:
            if MAKE_VERBS.isdisjoint(words(tool.name)):
                found[(*nouns(tool)[-1:], *field)] = kind
        elif field and field[-1] not in COMMON:
            found[field] = kind
    return found


def outputs(tool: Tool) -> dict[Field, tuple[str, float]]:
    """Fields of a success with (JSON type, strength): those declared, else guessed from the noun of the name.

    A guess is stronger for tools that list or make things than for tools that show one.
    """
    if tool.output_schema:
        return {name: (kind, 2.0) for name, kind in _declared(tool.output_schema, nouns(tool)[-1:])}
    verbs = words(tool.name)[:3]
    if not tool.reads and MAKE_VERBS.isdisjoint(verbs):
        return {}
    strength = 2.0 if not FIND_VERBS.isdisjoint(verbs) else 1.0
    things = dict.fromkeys(thing for thing in (nouns(tool)[-1:], nouns(tool)[-2:]) if thing)
    guessed = {(*thing, *handle): ("", strength) for thing in things for handle in [(), *((h,) for h in HANDLES)]}
    return {name: value for name, value in guessed.items() if name not in inputs(tool)}


def nouns(tool: Tool) -> Field:
    """What the tool is about, singular: the words after its verb, up to a preposition.

    >>> nouns(Tool(name="list_open_orders_by_user", input_schema={}, service="shop"))
    ('open', 'order')
    """
    name = words(tool.name)
    verb = next((i for i, word in enumerate(name[:3]) if word in READ_VERBS or word in MAKE_VERBS), 0)
    after = name[verb + 1 :] or name
    end = next((i for i, word in enumerate(after) if word in STOPS and i > 0), len(after))
    return tuple(_singular(word) for word in after[:end])


def _declared(schema: Schema, noun: Field, depth: int = 0) -> Iterator[tuple[Field, str]]:
    """Fields of a JSON Schema; `orders[].id` is an order's id."""
    if isinstance(schema.get("items"), dict):
        yield from _declared(schema["items"], noun, depth)
    properties = schema.get("properties")
    for name, inner in properties.items() if isinstance(properties, dict) and depth < 4 else ():
        field = _field(name)
        if not field or not isinstance(inner, dict):
            continue
        if inner.get("properties") or inner.get("items"):
            yield from _declared(inner, noun if field[-1] in COMMON else field[-1:], depth + 1)
        elif field[-1] not in COMMON:
            yield (*noun, *field) if len(field) == 1 and field[0] in HANDLES else field, _kind(inner)


def _field(name: str) -> Field:
    return tuple(_singular(word) for word in words(name))


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3 else word


def _kind(schema: object) -> str:
    """The JSON type, integers being numbers; empty if unknown or several."""
    kind = schema.get("type") if isinstance(schema, dict) else None
    return TYPES.get(kind, kind) if isinstance(kind, str) else ""


def _cluster(part: Sequence[Tool], leaves: dict[str, str]) -> Cluster:
    keys = sorted(tool.key for tool in part)
    leaf = min(Counter(leaves[key] for key in keys).items(), key=lambda found: (-found[1], found[0]))[0]
    things = Counter(noun for tool in part for noun in nouns(tool)[-1:])
    main = min(things.items(), key=lambda found: (-found[1], found[0]))[0] if things else ""
    service = " ".join(words(part[0].service.split(":")[-1].split("/")[-1]))
    digest = hashlib.sha256("\n".join(keys).encode()).hexdigest()
    return Cluster(id=f"c{digest[:10]}", leaf=leaf, title=f"{service} {main}".strip(), tools=tuple(part))
