"""The offline AssistantAgent without a plan: reads from the user's words what to call, in which order and with what."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from agents.offline.conversation import Work
from agents.offline.draft import labelled
from agents.offline.language import NOT_SAID, heard
from agents.plan.dataflow import noun
from agents.plan.json_paths import flat, leaves
from agents.schema import Schema, words

Message = dict[str, Any]


def plan(messages: Sequence[Message], tools: Sequence[dict[str, Any]], rng: Random) -> dict[str, Any]:
    """A plan in the form of a planned assistant's, drawn anew from all that was said and returned so far."""
    schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in tools}
    steps: list[dict[str, Any]] = []
    work = Work({"steps": [], "mode": "linear"}, messages, tools)
    results = [(name, result) for name, _, ok, result in work.calls if ok]
    tried = {name for name, _, _, _ in work.calls}
    for name, turn in _asked(messages, schemas):
        arguments = dict(_arguments(name, schemas[name], work.told, steps, results))
        if any(source is None for source in arguments.values()) and not {step["tool"] for step in steps} <= tried:
            break  # an earlier call may still return what is missing
        known = {key: source or {"source": "user", "fact": labelled(name, key)} for key, source in arguments.items()}
        steps.append({"id": f"s{len(steps) + 1}", "tool": name, "turn": turn, "arguments": known})
    mode = "parallel" if rng.random() < 0.3 else "linear"
    return {"mode": mode, "goal": "", "steps": steps, "checkpoints": []}


def _asked(messages: Sequence[Message], schemas: dict[str, Schema]) -> Iterator[tuple[str, int]]:
    """The tools whose words the user says, as said, with the turn; a name inside a longer one is not meant."""
    spoken = [n for n, m in enumerate(messages) if m["role"] == "user" and Work.opens_turn(messages, n)]
    said = [messages[n]["content"].lower() for n in spoken]
    for turn, text in enumerate(said, 1):
        found = [(text.find(phrase), phrase, name) for name in schemas if (phrase := " ".join(words(name))) in text]
        spans = [(at, at + len(phrase)) for at, phrase, _ in found]
        for at, phrase, name in sorted(found):
            if not any(a <= at and at + len(phrase) <= b and b - a > len(phrase) for a, b in spans):
                yield name, turn


def _arguments(
    name: str, schema: Schema, told: str, steps: Sequence[dict[str, Any]], results: Sequence[tuple[str, Any]]
) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """A source for each argument that was told or is required; None where nobody has said it yet."""
    for key, inner in (schema.get("properties") or {}).items():
        fact = labelled(name, key)
        inner = flat(inner, schema) if isinstance(inner, dict) else {}
        if heard(fact, inner, schema, told) is not NOT_SAID:
            yield key, {"source": "user", "fact": fact}
        elif key in schema.get("required", []):
            yield key, _found(name, key, steps, results) or _fixed(inner)


def _found(
    name: str, key: str, steps: Sequence[dict[str, Any]], results: Sequence[tuple[str, Any]]
) -> dict[str, Any] | None:
    """Where an earlier step's result has what the argument is called."""
    returned = dict(results)
    about, wanted = noun({"name": name})[-1:], words(key)
    for step in reversed(steps):
        for path, value in leaves(returned.get(step["tool"])):
            field = words(path.rpartition(".")[2].split("[")[0])
            own = field == ["id"] and wanted in ([*noun({"name": step["tool"]})[-1:], "id"], [*about, "id"], ["id"])
            if value is not None and (field == wanted or own):
                return {"source": "step", "step": step["id"], "path": path}
    return None


def _fixed(schema: Schema) -> dict[str, Any] | None:
    """What the tool itself fixes: a default, a const, the first enum member, a yes."""
    for key in ("default", "const"):
        if key in schema:
            return {"source": "constant", "value": schema[key]}
    if schema.get("enum"):
        return {"source": "constant", "value": schema["enum"][0]}
    return {"source": "constant", "value": True} if schema.get("type") == "boolean" else None
