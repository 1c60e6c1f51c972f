"""Which result can fill which argument: read from output schemas, or expected from a tool's verb and noun."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from agents.memo import remembered_of_both
from agents.plan.code_tool import own
from agents.plan.examples import names_something
from agents.plan.json_paths import flat
from agents.schema import READ_VERBS, Cluster, JsonObject, Mode, Schema, Tool, plural, singular, words

Described = JsonObject
"""A tool as the prompts describe it: name, service, description, inputSchema, outputSchema, reads."""
Field = tuple[str, Schema, list[str]]
"""Path in a result, schema, and the noun that holds it."""

_IDENTIFYING = "id ids uuid key slug name path url number code ref sku email username handle symbol address"
IDENTIFYING = frozenset(_IDENTIFYING.split())
LISTING = frozenset(("list", "search", "find", "query", "browse"))
MAKING = frozenset(["create", "add", "new", "make", "open", "start", "insert", "register", "upload", "generate"])
_CHANGING = "update delete remove cancel set send close modify edit move copy put post patch stop run execute"
_EACH_WORDS = """remind acknowledge renew export archive notify resend publish capture complete confirm retry ping
sync refresh approve"""
_EACH = frozenset(_EACH_WORDS.split())
"""Verbs of what is done to each thing of a list without a thought for which one it is."""
VERBS = READ_VERBS | MAKING | frozenset(_CHANGING.split())
_STOPS = "by for in from to of with on at as and all into via using"
STOPS = frozenset(_STOPS.split())
_VAGUE = "detail detailed info information metadata list item data content image doc stat history exist"
VAGUE = frozenset(_VAGUE.split())
"""Last words of a name that say how a thing is looked at and not what it is."""
_OF_EACH = frozenset(["id", "key", "slug", "name", "path", "url", "number", "code", "ref", "title"])
"""Words by which each thing of a list is told from the others, whatever the list was asked with."""


@lru_cache(maxsize=65536)  # asked for each pair of tools of a cluster
def nouns(name: str) -> tuple[str, ...]:
    """The words of what a tool of that name is about, singular: those after its verb up to a preposition, else before.

    The last is the thing itself.


    >>> nouns("list_open_orders_by_user"), nouns("shop.orders.search"), nouns("get_order_details")
    (('open', 'order'), ('shop', 'order'), ('order',))
    """
    split = words(name)
    verb = next((i for i, word in enumerate(split) if word in VERBS), -1)
    after = split[verb + 1 :]
    end = next((i for i, word in enumerate(after) if word in STOPS and i > 0), len(after))
    about = [singular(word) for word in after[:end] or split[: max(verb, 0)] or split]
    while len(about) > 1 and about[-1] in VAGUE:
        about.pop()
    return tuple(about)


def is_registered(tool: Described) -> bool:
    """Whether it comes from a registry, whose services are `npm:NAME` and the like; others are somebody's own."""
    return ":" in tool.get("service", "")


def names_several(tool: Described) -> bool:
    """Whether its name says that it returns several: by a verb of `LISTING`, or a plural at its end."""
    name = words(tool["name"])
    if len(name) > 2 and name[-1] in ("details", "stats"):
        name = name[:-1]  # the details of a package are of one
    if "with" in name[1:]:
        name = name[: name.index("with")]  # a story with its comments is one story
    plain = name[-1:] == ["exists"]  # whether there is one says nothing of several
    return not plain and (
        not LISTING.isdisjoint(name) or bool(tool["reads"] and name and name[-1] != singular(name[-1]))
    )


def list_fields(tool: Described) -> tuple[Field, ...]:
    """Text and number fields of a declared result, optional ones too.

    Left out are flags, and keys that no path can be written to.
    """
    schema = tool.get("outputSchema")
    return _fields_of(schema, nouns(tool["name"])) if schema else ()


@remembered_of_both  # asked for each pair of tools of a cluster, and for each required argument
def _fields_of(schema: Schema, about: tuple[str, ...]) -> tuple[Field, ...]:
    return tuple(_fields(schema, schema, "", list(about[-1:]), 0))


def _fields(schema: Schema, root: Schema, path: str, holder: list[str], depth: int) -> Iterator[Field]:
    schema = flat(schema, root)
    # a schema may hold itself, so the depth has an end
    if schema.get("type") == "array" and depth < 4 and isinstance(schema.get("items"), dict):
        yield from _fields(schema["items"], root, f"{path}[0]", holder, depth + 1)
    elif "properties" in schema and depth < 4:
        for key, inner in schema["properties"].items():
            # no path can be written to such a key
            if isinstance(inner, dict) and "." not in key and "[" not in key:
                held = (
                    holder if key in ("items", "results", "data", "result") else [singular(w) for w in words(key)][-1:]
                )
                deeper = flat(inner, root).get("type") in ("object", "array") or "properties" in flat(inner, root)
                yield from _fields(inner, root, f"{path}.{key}" if path else key, held if deeper else holder, depth + 1)
    elif schema.get("type") in ("string", "integer", "number") and path:
        yield path, schema, holder


def feeds(source: Described, target: Described) -> list[tuple[str, str]]:
    """(path into the source's result, argument of the target) for every required argument that it can fill.

    What was made up by a simulated tool names nothing on another service's live server.
    """
    pairs = []
    imagined = target.get("live") and not source.get("live") and source["service"] != target["service"]
    schema = target["inputSchema"]
    for name in schema.get("required", []):
        wanted = flat((schema.get("properties") or {}).get(name, {}), schema)
        if wanted.get("enum") or wanted.get("type", "string") not in ("string", "integer", "number"):
            continue
        if imagined and names_something(wanted, name, schema):
            continue
        path = _find_path(source, target, name, wanted)
        # of a list each would bring the same again
        if path and not ("[" in path and is_echo(source, path)):
            pairs.append((path, name))
    return pairs


def informs(source: Described, target: Described) -> bool:
    """Whether the source finds out what the target's call needs."""
    return not all(is_echo(source, path) for path, _ in feeds(source, target))


def is_echo(source: Described, path: str) -> bool:
    """Whether a call is told there what it was made with: nobody has to wait for that, so it makes no chain.

    >>> def tool(name, *keys):
    ...     return {"name": name, "inputSchema": {"properties": dict.fromkeys(keys, {}), "required": list(keys)}}
    >>> is_echo(tool("get_order", "id"), "order_id"), is_echo(tool("get_order", "order_id"), "customer.id")
    (True, False)
    >>> is_echo(tool("get_logs", "username"), "logs[0].username"), is_echo(tool("list_files", "path"), "files[0].path")
    (True, False)
    """
    schema, (*holders, last) = source["inputSchema"], path.split(".")
    field = words(last.partition("[")[0])
    if "[" in path:
        given = map(words, schema.get("required", ()))
        return field in given and (len(field) > 1 or _OF_EACH.isdisjoint(field))
    about = nouns(source["name"])[-1:]
    held = [singular(word) for word in words(holders[-1])][-1:] if holders and len(field) == 1 else []
    return _leave_noun([*held, *field], about) in (
        _leave_noun(words(key), about) for key in schema.get("properties") or ()
    )


def _leave_noun(name: list[str], about: tuple[str, ...]) -> list[str]:
    """`order_id` of an order is its `id`."""
    return name[1:] if len(name) > 1 and tuple(name[:1]) == about else name


def _find_path(source: Described, target: Described, name: str, wanted: Schema) -> str:
    """Where the source returns what the target's argument identifies: as it declares, or by its verb and noun."""
    asked = words(name)
    if IDENTIFYING.isdisjoint(asked[-1:]):
        return ""
    about_target = list(nouns(target["name"])[-1:])
    if not source.get("outputSchema"):
        about = list(nouns(source["name"])[-1:])
        # of a result that is only expected nobody knows whether it fits a pattern
        unfit = source.get("live") or wanted.get("pattern") or words(source["name"])[:1] in (["delete"], ["remove"])
        if unfit or not about or "." in name:
            return ""
        named = [singular(word) for word in asked[:-1]]
        fits = about[0] in named or (not named and about == about_target) or asked == about
        if named[:1] == ["parent"] and about[0] in named[1:] and asked[-1] == "id":
            name = "id"  # what a task's parent is to another task is called by its own id in a list of tasks
        return (f"{plural(about[0])}[0].{name}" if names_several(source) else name) if fits else ""
    for path, schema, holder in list_fields(source):
        field = words(path.split(".")[-1].split("[")[0])
        own_id = field == ["id"] and asked in ([*holder, "id"], ["id"]) and (asked != ["id"] or holder == about_target)
        full_id = asked == ["id"] and field == [*about_target, "id"]
        if not (field == asked or own_id or full_id):
            continue
        kinds = {schema.get("type"), wanted.get("type", "string")}
        # a bound that the source does not promise too might refuse its value
        narrow = any(key in wanted for key in ("pattern", "maxLength", "maximum", "format")) and schema != wanted
        if (len(kinds) == 1 or kinds == {"integer", "number"}) and not narrow:
            return path
    return ""


def describe_tool(name: str, tool: Tool) -> Described:
    """A tool as the planning and simulating roles read it: output and kind included."""
    return {
        "name": name,
        "service": tool.service,
        "description": tool.description,
        "inputSchema": tool.input_schema,
        **({"outputSchema": tool.output_schema} if tool.output_schema else {}),
        "reads": tool.reads,
        **({"live": True} if tool.live else {}),
    }


def find_condition(tool: Described) -> tuple[str, Any] | None:
    """The path of a field of the result that a step's condition can ask for, and a value that it may have there."""
    if not tool.get("outputSchema"):
        return None if names_several(tool) or tool.get("live") else ("status", "active")
    for path, schema, _ in list_fields(tool):
        if schema.get("enum") and "[" not in path and "." not in path:
            return path, schema["enum"][0]
    return None


def tables(tool: Described) -> dict[str, dict[str, Schema]]:
    """Lists of records in a declared result: path of the list -> its plain fields."""
    lists: dict[str, dict[str, Schema]] = {}
    for path, schema, _ in list_fields(tool):
        listed, inner, name = path.partition("[0].")
        if inner and "[" not in name and "." not in name:
            lists.setdefault(listed, {})[name] = schema
    return lists


def is_computable(tool: Described) -> bool:
    """Whether there may be something to work out in what it returns: figures, kinds, or what it does not declare."""
    figures = any(
        schema.get("enum") or (schema.get("type") in ("integer", "number") and IDENTIFYING.isdisjoint(words(name)[-1:]))
        for fields in tables(tool).values()
        for name, schema in fields.items()
    )
    linking = words(tool["name"])[-1:] in (["link"], ["url"])  # in a link there is nothing to add up
    return bool(tool["reads"] and (figures or not (tool.get("outputSchema") or tool.get("live") or linking)))


def is_repeatable(tool: Described) -> bool:
    """Whether somebody would have it done for each thing of a list: a look, or what differs in nothing but the thing.

    To remind each signer makes sense; to rent each car or to give a repair to each contractor does not.
    """
    verb = next(iter(words(tool["name"])), "")
    return tool["reads"] or (len(tool["inputSchema"].get("required", [])) == 1 and verb in _EACH)


def find_modes(cluster: Cluster) -> frozenset[Mode]:
    """The modes [ours] that the data flow between a cluster's tools allows.

    A refusal always is, unless all tools are a live server's: it would call none, and needs none.
    """
    tools = [describe_tool(name, tool) for name, tool in own(cluster).items()]
    flows = [(a, path, b) for a in tools for b in tools if a is not b for path, _ in feeds(a, b)]
    asking = any(tool["inputSchema"].get("required") for tool in tools)
    # On whether a list is empty something may depend, too, where nothing else is declared of it.
    listed = any(names_several(tool) and not (tool.get("outputSchema") or tool.get("live")) for tool in tools)
    looks = len(tools) > 1 and (listed or any(tool["reads"] and find_condition(tool) for tool in tools))
    has = {
        Mode.CHAINED: any(not is_echo(source, path) for source, path, _ in flows),
        Mode.ITERATIVE: any("[0]" in path and is_repeatable(target) for _, path, target in flows),
        Mode.PARALLEL: asking or len(tools) > 1,
        Mode.BRANCHING: looks,
        Mode.CLARIFICATION: asking,
        Mode.RECOVERY: not all(tool.live for tool in own(cluster).values()),
        Mode.REFUSAL: not all(tool.live or tool.withheld for tool in own(cluster).values()),
        Mode.COMPUTATION: len(tools) < len(cluster.tools) and any(map(is_computable, tools)),
    }
    return frozenset(mode for mode in Mode if has.get(mode, True))
