"""The offline AssistantAgent without a plan: reads from the user's words what to call, in which order and with what."""

from collections.abc import Iterator, Sequence
from random import Random

from pydantic import JsonValue

from agents.offline.conversation import Work
from agents.offline.labels import label_argument
from agents.offline.language import NOT_SAID
from agents.offline.phrases import phrase_ways
from agents.plan.dataflow import noun
from agents.plan.json_paths import flat, leaves
from agents.schema import JsonObject, Schema, words

Message = JsonObject


def draw_plan(messages: Sequence[Message], tools: Sequence[JsonObject], rng: Random) -> JsonObject:
    """A plan in the form of a planned assistant's, drawn anew from all that was said and returned so far."""
    steps: list[JsonObject] = []
    work = Work({"steps": [], "mode": "linear"}, messages, tools)
    results = [(name, result) for name, _, ok, result in work.calls if ok]
    tried = {name for name, _, _, _ in work.calls}
    for name, turn in _read_requests(messages, work):
        schema = work.functions[name]["parameters"]
        arguments = dict(_arguments(name, schema, work, steps, results))
        if any(source is None for source in arguments.values()) and not {step["tool"] for step in steps} <= tried:
            break  # an earlier call may still return what is missing
        sources = {
            key: source or {"source": "user", "fact": _label(name, key, schema)} for key, source in arguments.items()
        }
        steps.append({"id": f"s{len(steps) + 1}", "tool": name, "turn": turn, "arguments": sources})
    mode = "parallel" if rng.random() < 0.3 else "linear"
    return {"mode": mode, "goal": "", "steps": steps, "checkpoints": []}


def _label(name: str, key: str, schema: Schema) -> str:
    return label_argument(name, key, flat((schema.get("properties") or {}).get(key) or {}, schema))


def _read_requests(messages: Sequence[Message], work: Work) -> Iterator[tuple[str, int]]:
    """The tools that the user asks for, as asked, with the turn; words inside a longer request are not meant."""
    opening = [n for n, m in enumerate(messages) if m["role"] == "user" and Work.opens_turn(messages, n)]
    for turn, text in enumerate((messages[n]["content"].lower() for n in opening), 1):
        spans = []
        for name, function in work.functions.items():
            ways = [*phrase_ways(name, function.get("description") or ""), " ".join(words(name))]
            places = [(place, way) for way in ways if (place := text.find(way.lower())) >= 0]
            if places:
                place, way = max(places, key=lambda pair: len(pair[1]))
                spans.append((place, place + len(way), name))
        for start, end, name in sorted(spans):
            inside = any(a <= start and end <= b and b - a > end - start for a, b, _ in spans)
            if not inside:
                yield name, turn


def _arguments(
    name: str, schema: Schema, work: Work, steps: Sequence[JsonObject], results: Sequence[tuple[str, JsonValue]]
) -> Iterator[tuple[str, JsonObject | None]]:
    """A source for each argument that was told or is required; None where nobody has said it yet."""
    for key, inner in (schema.get("properties") or {}).items():
        fact = _label(name, key, schema)
        inner = flat(inner, schema) if isinstance(inner, dict) else {}
        if work.hear(fact, inner, schema) is not NOT_SAID:
            yield key, {"source": "user", "fact": fact}
        elif key in schema.get("required", []):
            # What no result has may be fixed by the tool itself: a default, a const, its first choice, a yes.
            fixed = [inner[name] for name in ("default", "const") if name in inner] + list(inner.get("enum") or ())
            fixed += [True] if inner.get("type") == "boolean" else []
            constant = {"source": "constant", "value": fixed[0]} if fixed else None
            yield key, _find_source(name, key, steps, results) or constant


def _find_source(
    name: str, key: str, steps: Sequence[JsonObject], results: Sequence[tuple[str, JsonValue]]
) -> JsonObject | None:
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
