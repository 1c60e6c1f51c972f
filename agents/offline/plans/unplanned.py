"""The offline AssistantAgent without a plan: reads from the user's words what to call, in which order and with what."""

import re
from collections.abc import Iterator, Sequence
from random import Random

from pydantic import JsonValue

from agents.offline.speech.hear import NOT_SAID
from agents.offline.speech.labels import label_argument
from agents.offline.talk.conversation import Work
from agents.offline.talk.phrases import phrase_ways
from agents.plan.dataflow import nouns
from agents.plan.json_paths import flat, leaves
from agents.schema import JsonObject, Schema, words

Message = JsonObject
_ARTICLE = re.compile(r"\b(?:the|an?) (?=\w+$)")
"""That of the thing at the end of a request."""
_CHOSEN = re.compile(r"\b(?:the first (\w+)(?: on the list)?|the (\w+) at the top of the list)")
"""`the first article on the list` is asked for in the words of `the article`."""
_ANY = re.compile(r"\ban? (?=\w)")
"""`a member` and `the member` are the same words of a request."""


def draw_plan(messages: Sequence[Message], tools: Sequence[JsonObject], rng: Random) -> JsonObject:
    """A plan in the form of a planned assistant's, drawn anew from all that was said and returned so far."""
    steps: list[JsonObject] = []
    work = Work({"steps": [], "mode": "linear"}, messages, tools)
    results = [(name, result) for name, _, ok, result in work.calls if ok]
    tried = {name for name, _, _, _ in work.calls}
    requests: list[tuple[str, int]] = []
    opening = [n for n, m in enumerate(messages) if m["role"] == "user" and Work.opens_turn(messages, n)]
    for turn, place in enumerate(opening, 1):
        spans, text = [], _CHOSEN.sub(lambda match: f"the {match[1] or match[2]}", messages[place]["content"].lower())
        text = _ANY.sub("the ", text)
        for name, function in work.functions.items():
            ways = [*phrase_ways(name, function.get("description") or ""), " ".join(words(name))]
            # `look up the order` as `look up order OR856183`: a name or a number takes the article's place
            ways += [_ARTICLE.sub("", way) for way in ways]
            ways = [_ANY.sub("the ", way.lower()) for way in ways]
            places = [match for way in ways if (match := re.search(rf"{re.escape(way)}\b", text))]
            if places:
                start, end = max((match.span() for match in places), key=lambda span: span[1] - span[0])
                spans.append((start, end, name))
        for start, end, name in sorted(spans):
            # Words inside a longer request are not meant.
            if not any(a <= start and end <= b and b - a > end - start for a, b, _ in spans):
                requests.append((name, turn))
    for name, turn in requests:
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
            source = {"source": "constant", "value": fixed[0]} if fixed else None
            returned, about, wanted = dict(results), nouns(name)[-1:], words(key)
            # Where an earlier step's result has what the argument is called, the latest of them.
            for step in steps:
                its = [*nouns(step["tool"])[-1:], "id"]
                for path, value in reversed(list(leaves(returned.get(step["tool"])))):
                    field = words(path.rpartition(".")[2].split("[")[0])
                    own = field == ["id"] and wanted in (its, [*about, "id"], ["id"])
                    if value is not None and (field == wanted or own):
                        source = {"source": "step", "step": step["id"], "path": path}
            yield key, source
