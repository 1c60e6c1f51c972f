"""Which tool's result can fill which tool's required argument [ours]: by field name and JSON type, or by meaning.

Tools in, edges out. What a result holds is read from the output schema; a tool that declares nothing telling is taken
to return what its verb and noun promise: who lists, finds, shows or makes orders returns whatever points at an order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from agents.plan.dataflow import MAKING, describe_tool, list_fields, nouns
from agents.plan.json_paths import flat
from agents.schema import Schema, Tool, singular, words
from memory.embed.embedder import Embedder

Field = tuple[str, ...]
"""A field as the singular words of what it means, such as ("order", "id"); a thing is its words before the handle."""
Edges = dict[tuple[int, int], float]
"""(a, b) -> strength, where an output of tool a can fill a required input of tool b."""

_HANDLES = """id key uuid guid arn slug name number code ref handle token url uri path sku email identifier accession
symbol username"""
_COMMON = """query limit page offset format type status text message result data content language success total count
item value body payload request response cursor"""
HANDLES = frozenset(_HANDLES.split())
"""Last words of fields that point at something."""
COMMON = frozenset(_COMMON.split())
"""Last words that mean something else in every tool: no dependency follows from them."""
FINDING = MAKING | {"list", "search", "find", "query"}
ENDING = frozenset(("delete", "remove", "destroy", "drop", "purge"))
SCALARS = ("string", "integer", "number")
SURE, LIKELY = 2.0, 1.0
SIMILAR = 0.75
"""[ours] Cosine from which two things are the same: the best of the odd pairs in dependency_pairs.tsv of its tests."""


class Value(NamedTuple):
    """What a field's schema says of one value, a list's being that of its items; empty where it says nothing."""

    kind: str = ""
    pattern: str = ""


class Interface(NamedTuple):
    """A tool's two sides."""

    asks: dict[Field, Value]
    """Required arguments that a result could fill."""
    declares: dict[Field, Value]
    """Telling fields of its result."""
    things: dict[Field, float]
    """What its result is about, where it is not described: any handle of it may be there, with this strength."""


def interface(tool: Tool) -> Interface:
    """What the tool needs and gives. What was deleted feeds nothing."""
    if not ENDING.isdisjoint(words(tool.name)):
        return Interface(_needs(tool), {}, {})
    declares, things = _gives(tool.output_schema, tool) if tool.output_schema else ({}, {})
    # Its verb and noun promise something where it describes nothing: surer where it lists or makes things than where
    # it shows one. What only writes may answer with anything.
    if not declares and not things and (tool.reads or _makes(tool)):
        noun, strength = nouns(tool.name), LIKELY if FINDING.isdisjoint(words(tool.name)) else SURE
        things = {thing: strength for thing in (noun[-1:], noun[-2:]) if thing}
    return Interface(_needs(tool), declares, things)


def _needs(tool: Tool) -> dict[Field, Value]:
    """A bare `id` is that of the tool's own noun, and of nothing where the tool makes a new one."""
    fields = {}
    properties = tool.input_schema.get("properties") or {}
    for name in tool.input_schema.get("required") or ():
        inner = properties.get(name)
        schema = flat(inner, tool.input_schema) if isinstance(inner, dict) else {}
        field = _field(name)
        if len(field) == 1 and field[0] in HANDLES:
            field = () if _makes(tool) else (*nouns(tool.name)[-1:], *field)
        if field and field[-1] not in COMMON and not schema.get("enum"):
            fields[field] = _value(schema, tool.input_schema)
    return fields


def _gives(schema: Schema, tool: Tool) -> tuple[dict[Field, Value], dict[Field, float]]:
    """The telling fields of an output schema, and the things that it names without describing them."""
    fields: dict[Field, Value] = {}
    for path, inner, holder in list_fields(describe_tool(tool.name, tool)):
        field = _field(path.split(".")[-1].split("[")[0])
        if field and field[-1] not in COMMON:
            own = len(field) == 1 and field[0] in HANDLES
            fields[(*holder, *field) if own else field] = _value(inner, {})
    properties = flat(schema, schema).get("properties") or {}
    inner_schemas = [(name, inner) for name, inner in properties.items() if isinstance(inner, dict)]
    vague = [_field(name) for name, inner in inner_schemas if not _describes(inner, schema)]
    return fields, {field[-1:]: SURE for field in vague if field and field[-1] not in COMMON}


def _makes(tool: Tool) -> bool:
    return not MAKING.isdisjoint(words(tool.name))


class Meaning:
    """Which things are nearly the same: a `watch` and a `watching`."""

    def __init__(self, interfaces: Iterable[Interface], embedder: Embedder) -> None:
        things = sorted({thing for tool in interfaces for thing in _things(tool)})
        self._row = {thing: row for row, thing in enumerate(things)}
        self._vectors = embedder.embed([" ".join(thing) for thing in things])

    def alike(self, wanted: Sequence[Field], offered: Sequence[Field]) -> dict[Field, list[Field]]:
        """Wanted thing -> the offered ones at a cosine of at least SIMILAR; itself and its last word in any case."""
        rows, columns = [self._row[thing] for thing in wanted], [self._row[thing] for thing in offered]
        near = self._vectors[rows] @ self._vectors[columns].T >= SIMILAR
        matches = ([offered[k] for k in row.nonzero()[0]] for row in near)
        return {a: list(dict.fromkeys((a, a[-1:], *others))) for a, others in zip(wanted, matches, strict=True)}


def _things(tool: Interface) -> Iterator[Field]:
    yield from tool.things
    for field in (*tool.asks, *tool.declares):
        if pointing(field):
            yield field[:-1]


def pointing(field: Field) -> bool:
    """Whether the field says which one of a thing."""
    return len(field) > 1 and field[-1] in HANDLES


def dependencies(members: Sequence[Interface], meaning: Meaning) -> Edges:
    """What feeds what among these tools, counted from 0."""
    givers: dict[Field, list[tuple[int, Value, float]]] = defaultdict(list)
    for a, tool in enumerate(members):
        for field, value in tool.declares.items():
            givers[field].append((a, value, SURE))
        for thing, strength in tool.things.items():
            givers[thing].append((a, Value(), strength))
    wanted = dict.fromkeys(field[:-1] for tool in members for field in tool.asks if pointing(field))
    alike = meaning.alike(list(wanted), list(dict.fromkeys(thing for tool in members for thing in _things(tool))))
    edges: Edges = defaultdict(float)
    for b, tool in enumerate(members):
        for field, value in tool.asks.items():
            things = alike[field[:-1]] if pointing(field) else []
            # what can stand for the field: itself, a shorter name of it, whatever it points at
            for name in dict.fromkeys((field, field[-2:], *((*thing, field[-1]) for thing in things), *things)):
                for a, output, strength in givers.get(name, ()):
                    # who asks for the field itself only hands it through
                    if a != b and field not in members[a].asks and compatible(output, value):
                        edges[a, b] += strength
    return dict(edges)


def compatible(output: Value, argument: Value) -> bool:
    """Whether the one can stand where the other is asked: like JSON types and patterns; what is not said can."""
    kinds = {"number" if kind == "integer" else kind for kind in (output.kind, argument.kind) if kind}
    return len(kinds) < 2 and len({output.pattern, argument.pattern} - {""}) < 2


def _field(name: str) -> Field:
    return tuple("id" if word == "ids" else singular(word) for word in words(name))


def _describes(inner: Schema, root: Schema) -> bool:
    """Whether the schema of a container says what is in it; a scalar says it by itself."""
    inner = flat(inner, root)
    if inner.get("type") == "array":
        items = inner.get("items")
        return isinstance(items, dict) and _describes(items, root)
    return bool(inner.get("properties")) or inner.get("type") in (*SCALARS, "boolean")


def _value(schema: Schema, root: Schema) -> Value:
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        schema = flat(schema["items"], root)
    kind = schema.get("type")
    return Value(kind if isinstance(kind, str) else "", str(schema.get("pattern", "")))
