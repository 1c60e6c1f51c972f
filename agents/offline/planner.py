"""The offline BlueprintAgent: tools and a directive in, a plan over real data flow out."""

import re
from collections.abc import Iterator
from functools import lru_cache
from random import Random
from typing import Any

import orjson
from jsonschema.exceptions import ValidationError

from agents.dataflow import Described, feeds, noun, returned, telling
from agents.offline.language import heard, said
from agents.offline.people import goal, persona, phrase, unrelated
from agents.offline.values import believable, qualified, valid
from agents.paths import flat
from agents.schema import words

Plan = dict[str, Any]
_VAGUE = frozenset(
    ("id", "name", "type", "title", "query", "text", "description", "value", "data", "key", "path", "content")
)
_FAILURES = (
    "Service temporarily unavailable, please try again.",
    "Upstream timed out after 30 seconds; retry the request.",
    "Rate limit reached for this account; try once more.",
    "The record is locked by another session, retry shortly.",
)


class Draft:
    """A plan in the making: steps, and the facts that the person tells."""

    def __init__(self, tools: list[Described], rng: Random) -> None:
        self.tools = {tool["name"]: tool for tool in tools}
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

    def _source(self, tool: str, key: str, value: Any, schema: dict[str, Any], tag: str) -> Plan:
        fixed = value in (schema.get("enum") or []) or value == schema.get("const", ...)
        if fixed or isinstance(value, bool) or value is None or value == schema.get("default", ...):
            return {"source": "constant", "value": value}
        label = " ".join(words(key)) or "value"
        if len(words(key)) == 1 and label in _VAGUE:
            label = " ".join([*noun(self.tools[tool])[-2:], label])
        return {"source": "user", "fact": self._fact(f"{tag} {label}".strip(), value, schema)}

    def _fact(self, label: str, value: Any, schema: dict[str, Any]) -> str:
        """The fact's name; one that is known already and fits is told only once."""
        known = self.facts.get(label)
        if known and valid(schema, known["value"]):
            return label
        while label in self.facts:
            label = f"other {label}"
        self.facts[label] = {"name": label, "value": value}
        return label


def fillable(tool: Described, rng: Random) -> dict[str, Any] | None:
    """Arguments that the tool accepts, now and then with something optional; None if none were found."""
    schema = tool["inputSchema"]
    required = schema.get("required", [])
    for _ in range(4):
        try:
            chosen = [*required, *_optional(schema, rng)]
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


def _in_order(made: dict[str, Any]) -> None:
    """What begins does so before it ends."""
    for one, other in (("start", "end"), ("from", "to"), ("begin", "end"), ("since", "until"), ("min", "max")):
        for key in [key for key in made if one in key and key.replace(one, other) in made]:
            pair = [made[key], made[key.replace(one, other)]]
            if all(isinstance(value, str) for value in pair) or all(isinstance(value, int | float) for value in pair):
                made[key], made[key.replace(one, other)] = sorted(pair)


def _sayable(value: Any, schema: dict[str, Any], root: dict[str, Any]) -> bool:
    """Whether a person can tell the value so that it is heard as it is; what the tool itself fixes is not told."""
    if isinstance(value, bool) or value is None or value in (schema.get("enum") or []):
        return True
    heard_back = heard("value", schema, root, "; ".join(said("value", value, Random(0))) + ".")
    return bool(heard_back == value)


def _optional(schema: dict[str, Any], rng: Random) -> list[str]:
    simple = [
        key
        for key, inner in (schema.get("properties") or {}).items()
        if key not in schema.get("required", [])
        and isinstance(inner, dict)
        and flat(inner, schema).get("type") in ("string", "integer", "number")
        and not {"pattern", "format"} & inner.keys()
    ]
    return rng.sample(simple, min(len(simple), rng.choice((0, 0, 0, 1, 1, 2))))


def edges(draft: Draft) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(source, target) -> the fields that flow between them."""
    usable = list(draft.tools.values())
    pairs = {(a["name"], b["name"]): feeds(a, b) for a in usable for b in usable if a is not b}
    return {pair: flow for pair, flow in pairs.items() if flow}


@lru_cache(maxsize=4096)
def _usable(tool: bytes) -> bool:
    return fillable(orjson.loads(tool), Random(0)) is not None


def drawn(tools: list[Described], directive: Plan, rng: Random) -> Plan:
    """A blueprint of the mode, or the nearest thing that the tools allow, which the validator then refuses."""
    mode, size = directive["mode"], max(1, directive["steps"])
    draft = Draft([tool for tool in tools if _usable(orjson.dumps(tool))], rng)
    who = persona(rng)
    if mode == "refusal" or not draft.tools:
        wish = unrelated(tools, rng)
        return {"persona": who, "goal": wish, "mode": "refusal", "turns": [{"ask": wish}]}
    _SHAPES.get(mode, _any)(draft, size)
    plan: Plan = {"persona": who, "mode": mode, "steps": draft.steps, "facts": list(draft.facts.values())}
    _withhold(plan, rng, always=mode == "clarification")
    plan["turns"] = list(_turns(draft, plan, rng))
    plan["goal"] = goal([turn["ask"] for turn in plan["turns"]])
    plan["checkpoints"] = list(_checkpoints(draft))
    return plan


def _linear(draft: Draft, size: int) -> None:
    names = draft.rng.sample(list(draft.tools), min(size, len(draft.tools), 3))
    names = [name for name in names if not ends(name)] or names[:1]
    flows = edges(draft)
    for n, name in enumerate(names):
        fed = any((earlier, name) in flows for earlier in names[:n])
        if n == 0 or not fed:
            draft.add(name)


def _chained(draft: Draft, size: int) -> None:
    """A walk along the data flow, each step fed by an earlier one."""
    flows = edges(draft)
    if not flows:
        return _linear(draft, size)
    source = draft.rng.choice(
        sorted(
            {a for a, _ in flows if not ends(a)} or {a for a, _ in flows},
            key=lambda a: (not draft.tools[a]["reads"], a),
        )[:3]
    )
    taken = {source: draft.add(source)["id"]}
    while len(taken) < max(2, size):
        nexts = sorted({b for a, b in flows if a in taken and b not in taken})
        if not nexts:
            break
        target = draft.rng.choice([name for name in nexts if not ends(name)] or nexts)
        feeder = next(a for a in reversed(taken) if (a, target) in flows)
        given = {key: {"source": "step", "step": taken[feeder], "path": path} for path, key in flows[feeder, target]}
        taken[target] = draft.add(target, given)["id"]
        if ends(target):
            break
    return None


def ends(name: str) -> bool:
    """Whether a tool takes away what it names, so that nothing can be done with it afterwards."""
    return words(name)[:1] in (["delete"], ["remove"], ["destroy"], ["drop"], ["purge"])


def _parallel(draft: Draft, size: int) -> None:
    names = sorted(draft.tools, key=lambda name: (not draft.tools[name]["reads"], draft.rng.random()))
    asking = [name for name in names if draft.tools[name]["inputSchema"].get("required")]
    if asking and (len(names) < 2 or draft.rng.random() < 0.5):
        for tag in ("first", "second", "third")[: max(2, min(size, 3))]:
            draft.add(asking[0], tag=tag)
        return
    for name in names[: max(2, min(size, 3))]:
        draft.add(name)


def _branching(draft: Draft, size: int) -> None:
    """A look, and a second call that is made only where the look says so."""
    looks = [(n, field) for n, tool in draft.tools.items() if tool["reads"] for field in [telling(tool)] if field]
    if not looks or len(draft.tools) < 2:
        return _linear(draft, size)
    flows = edges(draft)
    look, (path, value) = draft.rng.choice(looks)
    first = draft.add(look)["id"]
    others = sorted(name for name in draft.tools if name != look)
    target = draft.rng.choice([name for name in others if (look, name) in flows] or others)
    given = {key: {"source": "step", "step": first, "path": at} for at, key in flows.get((look, target), [])}
    draft.add(target, given)["when"] = {"step": first, "path": path, "equals": value}
    return None


def _iterative(draft: Draft, size: int) -> None:
    """One call for each element of a list."""
    flows = {pair: flow for pair, flow in edges(draft).items() if any("[0]" in path for path, _ in flow)}
    if not flows:
        return _chained(draft, size)
    pair = draft.rng.choice(sorted(flows))
    path, key = next((path, key) for path, key in flows[pair] if "[0]" in path)
    listed, _, inner = path.partition("[0]")
    first = draft.add(pair[0])["id"]
    step = draft.add(pair[1], {key: {"source": "item", "path": inner.lstrip(".")}})
    step["repeat"] = {"step": first, "path": listed}
    return None


def _any(draft: Draft, size: int) -> None:
    _chained(draft, size) if draft.rng.random() < 0.6 and size > 1 else _linear(draft, size)


def _recovery(draft: Draft, size: int) -> None:
    _any(draft, size)
    draft.rng.choice(draft.steps)["fails"] = draft.rng.choice(_FAILURES)


def _clarification(draft: Draft, size: int) -> None:
    """Anything in which the person has something to tell."""
    _any(draft, size)
    asking = [name for name, tool in draft.tools.items() if tool["inputSchema"].get("required")]
    if not draft.facts and asking:
        draft.steps.clear()
        draft.add(draft.rng.choice(asking))


_SHAPES = {
    "linear": _linear,
    "chained": _chained,
    "parallel": _parallel,
    "branching": _branching,
    "iterative": _iterative,
    "recovery": _recovery,
    "clarification": _clarification,
}


def _withhold(plan: Plan, rng: Random, *, always: bool) -> None:
    """In a clarification the person forgets a fact or two, never a nested one."""
    plain = [fact for fact in plan["facts"] if not isinstance(fact["value"], dict | list)] or plan["facts"]
    if always and plain:
        for fact in rng.sample(plain, min(len(plain), rng.choice((1, 1, 2)))):
            fact["withheld"] = True


def _turns(draft: Draft, plan: Plan, rng: Random) -> Iterator[Plan]:
    """One turn, or two where the work can be cut and the second part needs nothing new to be asked for first."""
    steps = plan["steps"]
    whole = plan["mode"] in ("parallel", "branching", "iterative") or len(steps) < 2
    cut = len(steps) if whole or rng.random() < 0.5 else rng.randint(1, len(steps) - 1)
    told: set[str] = set()
    for turn, part in enumerate([part for part in (steps[:cut], steps[cut:]) if part], 1):
        names = []
        for step in part:
            step["turn"] = turn
            names += [s["fact"] for s in step["arguments"].values() if s["source"] == "user"]
        fresh = [name for name in dict.fromkeys(names) if name not in told and not draft.facts[name].get("withheld")]
        told |= set(fresh)
        yield {"ask": _ask(draft, part), "facts": fresh}


def _ask(draft: Draft, part: list[Plan]) -> str:
    """The steps in words: `list orders and then, for each of them, cancel order`."""
    said: list[str] = []
    for step in part:
        each = "for each of them, " if step.get("repeat") else ""
        if step.get("when"):
            field = " ".join(words(step["when"]["path"]))
            each = f"if the {field} is {step['when']['equals']}, "
        text = each + phrase(draft.tools[step["tool"]])
        if text not in said:
            said.append(text)
    return " and then ".join(said)


def _checkpoints(draft: Draft) -> Iterator[Plan]:
    for step in draft.steps:
        if step.get("when"):
            continue
        tool = draft.tools[step["tool"]]
        point = {"text": f"{phrase(tool)} is done", "step": step["id"]}
        path = _worthtelling(tool)
        yield {**point, "path": path} if path and not step.get("repeat") else point


def _worthtelling(tool: Described) -> str:
    """A required scalar at the top of the declared result."""
    schema = tool.get("outputSchema") or {}
    top = [path for path, inner, _ in returned(tool) if path in schema.get("required", []) and inner.get("type")]
    return top[0] if top else ""
