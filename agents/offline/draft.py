"""A plan in the making: which tool can be called with what, and which value comes from where."""

import re
from functools import lru_cache
from random import Random
from typing import Any

import orjson
from jsonschema.exceptions import ValidationError

from agents.offline.language import heard, said
from agents.offline.values import believable, examples, qualified, valid
from agents.plan.code_tool import SERVICE
from agents.plan.dataflow import Described, feeds, noun
from agents.plan.json_paths import flat
from agents.schema import words

Plan = dict[str, Any]
_VAGUE = frozenset(
    ("id", "name", "type", "title", "query", "text", "description", "value", "data", "key", "path", "content")
)


class Draft:
    """A plan in the making: steps, and the facts that the person tells."""

    def __init__(self, tools: list[Described], rng: Random) -> None:
        self.tools = {tool["name"]: tool for tool in tools if tool["service"] != SERVICE}
        self.code = next((tool["name"] for tool in tools if tool["service"] == SERVICE), "")
        self.rng = rng
        self.facts: dict[str, dict[str, Any]] = {}
        self.steps: list[Plan] = []

    def add(self, name: str, given: dict[str, Any] | None = None, turn: int = 1, tag: str = "") -> Plan:
        """A step of the tool; arguments that are not given are constants or facts."""
        step: Plan = {"id": f"s{len(self.steps) + 1}", "tool": name, "turn": turn, "arguments": dict(given or {})}
        schema = self.tools[name]["inputSchema"]
        values = fillable(self.tools[name], self.rng) or {}
        for key, value in values.items():
            if key not in step["arguments"]:
                inner = flat((schema.get("properties") or {}).get(key, {}), schema)
                step["arguments"][key] = self._source(name, key, value, inner, tag)
        self.steps.append(step)
        return step

    def add_code(self, task: str, reads: list[Plan], told: dict[str, Any]) -> Plan:
        """A step of the Code Tool over what earlier steps returned and what the person tells for it."""
        facts = [{"source": "user", "fact": self._fact(name, value, {})} for name, value in told.items()]
        code = {"source": "written", "task": task, "reads": [*reads, *facts]}
        step: Plan = {"id": f"s{len(self.steps) + 1}", "tool": self.code, "turn": 1, "arguments": {"code": code}}
        self.steps.append(step)
        return step

    def _source(self, tool: str, key: str, value: Any, schema: dict[str, Any], tag: str) -> Plan:
        fixed = value in (schema.get("enum") or []) or value == schema.get("const", ...)
        if fixed or isinstance(value, bool) or value is None or value == schema.get("default", ...):
            return {"source": "constant", "value": value}
        return {"source": "user", "fact": self._fact(f"{tag} {labelled(tool, key)}".strip(), value, schema)}

    def _fact(self, label: str, value: Any, schema: dict[str, Any]) -> str:
        """The fact's name; one that is known already and fits is told only once."""
        known = self.facts.get(label)
        if known and valid(schema, known["value"]):
            return label
        while label in self.facts:
            label = f"other {label}"
        self.facts[label] = {"name": label, "value": value}
        return label


def labelled(tool: str, key: str) -> str:
    """What people call the argument; a word that says nothing alone gets what the tool is about.

    >>> labelled("get_order", "id"), labelled("get_order", "orderDate")
    ('order id', 'order date')
    """
    label = " ".join(words(key)) or "value"
    return " ".join([*noun({"name": tool})[-2:], label]) if len(words(key)) == 1 and label in _VAGUE else label


def fillable(tool: Described, rng: Random) -> dict[str, Any] | None:
    """Arguments that the tool accepts, now and then with something optional; None if none were found."""
    schema = tool["inputSchema"]
    required = schema.get("required", [])
    for _ in range(4):
        try:
            chosen = [*required, *_optional(tool, rng)]
            known = schema.get("properties") or {}
            about = (noun(tool) or ["item"])[-1]
            made = {key: believable(known.get(key) or {}, qualified(key, about), rng, schema) for key in chosen}
            if valid(schema, made) and all(
                _sayable(value, known.get(key) or {}, schema) for key, value in made.items()
            ):
                return made
        except (ValidationError, ValueError, LookupError, TypeError, RecursionError, re.error):
            continue  # a schema that contradicts itself; the tool is then left out of the plan
    return None


def _sayable(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a person can tell the value so that it is heard as it is; what the tool itself fixes is not told."""
    if isinstance(value, bool) or value is None or value in (schema.get("enum") or []):
        return True
    heard_back = heard("value", schema, root, "; ".join(said("value", value, Random(0))) + ".")
    return bool(heard_back == value)


def _optional(tool: Described, rng: Random) -> list[str]:
    """A few plain arguments that may be left out; of a live tool only those of which a value is known."""
    schema = tool["inputSchema"]
    simple = [
        key
        for key, inner in (schema.get("properties") or {}).items()
        if key not in schema.get("required", [])
        and isinstance(inner, dict)
        and flat(inner, schema).get("type") in ("string", "integer", "number")
        and not {"pattern", "format"} & inner.keys()
        and not (tool.get("live") and not inner.get("enum") and not examples(flat(inner, schema)))
    ]
    return rng.sample(simple, min(len(simple), rng.choice((0, 0, 0, 1, 1, 2))))


def edges(draft: Draft) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(source, target) -> the fields that flow between them."""
    usable = list(draft.tools.values())
    pairs = {(a["name"], b["name"]): feeds(a, b) for a in usable for b in usable if a is not b}
    return {pair: flow for pair, flow in pairs.items() if flow}


def ends(name: str) -> bool:
    """Whether a tool takes away what it names, so that nothing can be done with it afterwards."""
    return words(name)[:1] in (["delete"], ["remove"], ["destroy"], ["drop"], ["purge"])


@lru_cache(maxsize=4096)
def usable(tool: bytes) -> bool:
    return fillable(orjson.loads(tool), Random(0)) is not None
