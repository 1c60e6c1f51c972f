"""Whether somebody would go on so: what is done after what, because of which state, and what is asked in one breath."""

from collections.abc import Sequence
from typing import Any

from agents.offline.plans.draft import Draft, Plan, edges, ends
from agents.offline.trade.subject import load_table
from agents.plan.dataflow import list_fields, nouns
from agents.schema import singular, words

_AFTER: dict[str, list[str]] = load_table("fitting")
"""State of a thing -> verbs of what somebody does because it is in that state."""
_KIND_OF = {"temperature": "thermostat", "door": "lock"}
_LATE = frozenset(("complete", "check", "rate", "receive", "review", "submit"))
"""Verbs of what is done with a thing only some time after it was made."""
_IDS = frozenset(("id", "ids", "number", "sku", "code", "key", "city", "postcode", "place", "repo", "symbol"))
_MENDING = frozenset(("retry", "restart", "rollback", "capture", "refund", "reopen"))
"""Verbs of what is done to a thing because something is wrong with it."""


def is_sensible(draft: Draft, source: str, target: str) -> bool:
    """Whether somebody would go on so: nothing just made is undone, and of a list its own things are changed."""
    flow, reads = edges(draft)[source, target], draft.known[source]["reads"]
    apart = draft.known[source]["service"] != draft.known[target]["service"]
    if apart and not any(_IDS & set(words(key)[-1:]) for _, key in flow):
        return False  # whose mail it is at one desk says nothing of whose it is at another
    early = not draft.known[target]["reads"] and not _LATE.isdisjoint(words(target))
    if not reads and (ends(target) or early or words(target)[-1] == "results"):
        return False  # what was ordered a moment ago has no results yet, and nobody has come
    if draft.known[target]["reads"]:
        return True
    if any("[0]" in at for at, _ in flow) and words(target)[0] in _MENDING:
        return False  # nobody retries the first of several for being the first
    return all("[0]" not in at or name_listed(source, at) in words(key) for at, key in flow)


def awaited(step: Plan) -> set[str]:
    """The steps whose results a step waits for."""
    sources = [part for source in step["arguments"].values() for part in source.get("reads", [source])]
    waiting = [step[key]["step"] for key in ("when", "repeat") if step.get(key)]
    return {source["step"] for source in sources if source.get("step")} | {*waiting, *step.get("after", ())}


def name_listed(tool: str, path: str) -> str:
    """What a list's elements are, in one word: by its field's name, or its tool's where the result itself is the list.

    >>> name_listed("search_singers", "open_calls[0].id"), name_listed("search_singers", "[0].id")
    ('call', 'singer')
    """
    field = words(path.partition("[0]")[0])
    return singular((field or nouns(tool) or ("item",))[-1])


def find_reactions(
    draft: Draft, looks: Sequence[tuple[str, tuple[str, Any] | None]]
) -> list[tuple[str, str, Any, str]]:
    """(look, path of a state, state, tool) for each tool that somebody calls because a look shows that state."""
    flows = edges(draft)
    choices: list[tuple[str, str, Any, str]] = []
    loose: list[tuple[str, str, Any, str]] = []
    for look, condition in looks:
        field = next((inner for at, inner, _ in list_fields(draft.known[look]) if condition and at == condition[0]), {})
        for value in field.get("enum", ()) if condition else ():
            for target in sorted(draft.tools):
                if not condition or not set(words(target)) & set(_AFTER.get(value, ())):
                    continue
                about_it = any("[" not in at for at, _ in flows.get((look, target), ()))
                same = draft.known[look]["service"] == draft.known[target]["service"]
                (choices if about_it else loose if same else []).append((look, condition[0], value, target))
    return choices or loose


def suit_states(draft: Draft) -> None:
    """Expects that the first of a list is in a state in which somebody does with it what the plan does."""
    tool_of = {step["id"]: step["tool"] for step in draft.steps if step["tool"] in draft.known}
    for step in draft.steps:
        sources = [source for source in step["arguments"].values() if source["source"] == "step"]
        for source in sources if step["tool"] in draft.known else ():
            listed, first, _ = source["path"].partition("[0].")
            tool = draft.known.get(tool_of.get(source["step"], ""))
            if not first or not tool or tool.get("live") or draft.known[step["tool"]]["reads"]:
                continue
            for at, inner, _ in list_fields(tool):
                fitting = [
                    state for state in inner.get("enum", ()) if set(words(step["tool"])) & set(_AFTER.get(state, ()))
                ]
                asked = any(words(key)[-1:] == words(at)[-1:] for key in tool["inputSchema"].get("properties") or {})
                named = at.startswith(f"{listed}[0].") and words(at)[-1] in ("state", "status", "outcome")
                planned = {(entry["step"], entry["path"]) for entry in draft.expects}
                if fitting and named and not asked and (source["step"], at) not in planned:
                    expect = {"step": source["step"], "path": at, "value": draft.rng.choice(fitting)}
                    draft.expects.append(expect)


def suit_kinds(draft: Draft) -> None:
    """Asks a list for the kind of thing that something is done with then: who locks a door looks for locks."""
    step_of = {step["id"]: step for step in draft.steps if step["tool"] in draft.known}
    for step in step_of.values():
        about = set(words(step["tool"]))
        about |= {_KIND_OF[word] for word in about if word in _KIND_OF}
        firsts = [source["step"] for source in step["arguments"].values() if "[0]" in source.get("path", "")]
        for listing in (step_of[first] for first in firsts if first in step_of):
            offered = (draft.known[listing["tool"]]["inputSchema"].get("properties") or {}).get("kind")
            choices = offered.get("enum", ()) if isinstance(offered, dict) else ()
            kind = next((member for member in choices if member in about), "")
            if kind and not draft.known[step["tool"]]["reads"]:
                name = listing["arguments"].setdefault("kind", {"source": "user", "fact": "kind"})["fact"]
                draft.facts[name] = {"name": name, "value": kind}


def keep_one_desk(draft: Draft, names: Sequence[str]) -> list[str]:
    """Those of the first's service, with one change among them at most: nobody has five things done in one breath."""
    desk = [name for name in names if draft.known[name]["service"] == draft.known[names[0]]["service"]] or list(names)
    changes = [name for name in desk if not draft.known[name]["reads"]]
    return [name for name in desk if draft.known[name]["reads"] or name == changes[0]]
