"""Whether somebody would go on so: what is done after what, because of which state, and what is asked in one breath."""

from collections.abc import Sequence
from itertools import permutations
from random import Random
from typing import Any

from pydantic import JsonValue

from agents.offline.fields.reference import COINS
from agents.offline.fields.topic import (
    find_state,
    find_states,
    has_fields,
    is_listing,
    is_opened,
    name_state,
    name_thing,
    tells_more,
)
from agents.offline.plans.draft import APART, Draft, Plan, edges, ends, passes, telling
from agents.offline.plans.states import reacts
from agents.offline.talk.phrases import phrase_of
from agents.offline.trade.almanac import ALMANAC
from agents.plan.dataflow import (
    MAKING,
    Described,
    find_condition,
    is_computable,
    is_registered,
    is_repeatable,
    list_fields,
    nouns,
)
from agents.plan.operators import path
from agents.schema import READ_VERBS, singular, words

_LATE = frozenset(("complete", "check", "rate", "receive", "review", "submit"))
"""Verbs of what is done with a thing only some time after it was made."""
_OPPOSITES = {
    "enable": "disable",
    "start": "stop",
    "lock": "unlock",
    "approve": "deny",
    "open": "close",
    "add": "remove",
}
_OPPOSITES |= {"create": "delete", "enabled": "disabled", "launch": "quit", "pause": "resume"}
_WHERE = frozenset(("id", "owner", "repo", "number", "uuid", "workspace", "project"))
"""Last words of arguments that say where one looks, not what for."""
_DECIDING = frozenset(("approve", "deny", "reject", "decline", "accept", "confirm", "refuse", "dismiss"))
"""Verbs of decisions, of which nobody takes two about one thing."""
_MENDING = frozenset(("retry", "restart", "rollback", "capture", "refund", "reopen"))
"""Verbs of what is done to a thing because something is wrong with it."""
_SAYING = frozenset(("comment", "note", "reply", "message", "notify", "remind", "report", "feedback", "log"))
"""Words of what is said of a thing and leaves it as it is."""
_STANDING = frozenset(("status", "state", "progress"))
"""Words of tools that tell where one thing stands."""
_ASKING = frozenset(("request", "order", "book", "file", "submit", "reserve", "schedule"))
"""Verbs of what is made because somebody asks for it."""


def is_sensible(draft: Draft, source: str, target: str) -> bool:
    """Whether somebody would go on so: nothing just made is undone, and of a list its own things are changed."""
    flow, reads = edges(draft)[source, target], draft.known[source]["reads"]
    if ends(source) or is_asked_twice(draft.known[source], draft.known[target]):
        return False
    if not any(passes(draft, source, target, key) for _, key in flow):
        return False  # whose mail it is at one desk says nothing of whose it is at another
    if not _DECIDING.isdisjoint(words(source)) and not _DECIDING.isdisjoint(words(target)):
        return False
    traded = f"{target} {draft.known[target].get('description') or ''}".lower()
    if not COINS.keys().isdisjoint(words(source)) and "stock" in traded and "crypto" not in traded:
        return False  # a coin is no stock
    if name_thing(target) == "transcript" and name_thing(source) not in ("video", "episode", "meeting", "recording"):
        return False  # only what is spoken has one
    if not MAKING.isdisjoint(words(target)[:2]) and all(words(key)[-1] in ("name", "title") for _, key in flow):
        return False  # what is made anew is not called like what is there already
    early = not draft.known[target]["reads"] and not _LATE.isdisjoint(words(target))
    if not reads and (ends(target) or early or words(target)[-1] == "results"):
        return False  # what was ordered a moment ago has no results yet, and nobody has come
    if draft.known[target]["reads"]:
        return is_worth_looking(draft.known[source], draft.known[target])
    if any("[0]" in at for at, _ in flow) and words(target)[0] in _MENDING:
        return False  # nobody retries the first of several for being the first
    return all("[0]" not in at or name_listed(source, at) in words(key) for at, key in flow)


def is_worth_looking(source: Described, target: Described) -> bool:
    """Whether a look at one thing of a list tells more of it than the list does."""
    about = name_thing(target["name"])
    again = is_registered(target) and not target.get("outputSchema") and about == name_thing(source["name"])
    return not again or is_listing(target, {}) or tells_more(target)


def undoes(first: str, second: str) -> bool:
    """Whether one of two tools takes back what the other does: protect and unprotect, start and stop.

    >>> undoes("protect_document", "unprotect_document"), undoes("pause_dag", "unpause_dag"), undoes("get_a", "set_a")
    (True, True, False)
    """
    differing = set(words(first)) ^ set(words(second))
    return any(f"un{verb}" in differing or _OPPOSITES.get(verb) in differing for verb in differing)


def takes_away(first: Described, second: Described) -> bool:
    """Whether the second ends the very thing that the first changes: nobody books extras for a stay and calls it off.

    Somebody may well say something of a thing before it is closed.
    """
    if first["reads"] or second["reads"] or first["service"] != second["service"] or not ends(second["name"]):
        return False
    required = second["inputSchema"].get("required", [])
    keys = [key for key in required if words(key)[-1] in ("id", "number", "uuid")]
    named = [key for key in keys if words(key)[-2:-1] == list(nouns(second["name"])[-1:])]
    # What is named by nothing but a number is that thing, whatever the tool calls it.
    alone = keys if len(keys) == 1 and set(required) - {*keys} <= {"reason", "note", "comment"} else []
    shared = {tuple(words(key)) for key in named or alone} & {
        *map(tuple, map(words, first["inputSchema"].get("required", [])))
    }
    return bool(shared) and _SAYING.isdisjoint(words(first["name"]))


def makes_again(first: Described, second: Described) -> bool:
    """Whether one tool asks where a thing stands and the other makes such a thing: of what is ready no other is asked
    for."""
    same = first["service"] == second["service"] and not _STANDING.isdisjoint(words(first["name"]))
    things = [[noun for noun in nouns(tool["name"]) if noun not in _STANDING][-1:] for tool in (first, second)]
    making = not second["reads"] and not (MAKING | _ASKING).isdisjoint(words(second["name"])[:1])
    return same and making and bool(things[0]) and things[0] == things[1]


def clash(draft: Draft, first: str, second: str) -> bool:
    """Whether nobody has the second tool called, too, once the first was."""
    if (first, second) in APART or undoes(first, second):
        return True
    if not {first, second} <= draft.known.keys():
        return False
    tool, other = draft.known[first], draft.known[second]
    if all(not one["reads"] and one["inputSchema"].get("required") == ["url"] for one in (tool, other)):
        return True  # what was opened is there
    if words(first)[-1] == "results" and ends(second) and tool["service"] == other["service"]:
        return True  # what has results is not called off
    twice = is_asked_twice(tool, other) or is_listed_twice(tool, other) or is_pointed_at(tool, other)
    if twice and is_registered(tool) and is_registered(other):
        return True
    return takes_away(tool, other) or takes_away(other, tool) or makes_again(tool, other)


def go_together(draft: Draft, names: Sequence[str]) -> list[str]:
    """Those of the tools that go with the ones before them: nobody has a patient arrive and calls the visit off."""
    kept: list[str] = []
    for name in names:
        if not any(clash(draft, other, name) or clash(draft, name, other) for other in kept):
            kept.append(name)
    return kept


def leave_unlinked(draft: Draft, names: Sequence[str]) -> list[str]:
    """Those of the tools that may be called at once: who looks for somebody does not change somebody else meanwhile."""
    flows = edges(draft)
    changes = [name for name in names if not draft.known[name]["reads"]]
    return [
        name
        for name in names
        if not any(
            any("[0]" in at for at, _ in flows.get((name, to), ()))
            or _points_at(draft.known[to], draft.known[name])
            # What is sent is not in the list yet, and which tabs there are changes with what is opened.
            or (name not in changes and name_thing(name) in (name_thing(to), "tab"))
            for to in changes
        )
    ]


def _points_at(tool: Described, listing: Described) -> bool:
    """Whether an argument names one or several of the things that are listed by a number."""
    about = name_thing(listing["name"])
    keys = [words(key) for key in tool["inputSchema"].get("required", [])]
    same = tool is not listing and tool["service"] == listing["service"] and is_listing(listing, {})
    return same and is_registered(tool) and any(key[-2:-1] == [about] and key[-1] in ("id", "ids") for key in keys)


def is_asked_twice(first: Described, second: Described) -> bool:
    """Whether two tools do the same thing: they are asked for in the same words, or look at one thing in two ways."""
    looks = all(tool["reads"] and is_registered(tool) and not is_listing(tool, {}) for tool in (first, second))
    things = {_SAME.get(thing := name_thing(tool["name"]), thing) for tool in (first, second)}
    alike = len(things) == 1 or (is_opened(first) and is_opened(second))
    return phrase_of(first) == phrase_of(second) or (looks and alike)


def is_listed_twice(first: Described, second: Described) -> bool:
    """Whether two tools bring one list: the tables of a database, and the tables, which may be those of a database."""
    part, whole = sorted((first, second), key=lambda tool: len(words(tool["name"])), reverse=True)
    if first["service"] != second["service"] or not all(is_listing(tool, {}) for tool in (first, second)):
        return False
    owner = {*map(singular, words(part["name"]))} - {*map(singular, words(whole["name"]))} - READ_VERBS
    required = part["inputSchema"].get("required", [])
    owned = bool(required) and {*required} <= {*whole["inputSchema"].get("properties", {})}
    named = owner <= {word for key in required for word in words(key)}
    return bool(owner) and owned and named and name_thing(part["name"]) == name_thing(whole["name"])


def is_pointed_at(first: Described, second: Described) -> bool:
    """Whether both change what a selector finds: what was filled in is not clicked on then."""
    return all(not tool["reads"] and "selector" in tool["inputSchema"].get("required", ()) for tool in (first, second))


def sources_of(step: Plan) -> set[str]:
    """The steps whose results a step waits for."""
    sources = [part for source in step["arguments"].values() for part in source.get("reads", [source])]
    waiting = [step[key]["step"] for key in ("when", "repeat") if step.get(key)]
    return {source["step"] for source in sources if source.get("step")} | {*waiting, *step.get("after", ())}


_SAME = {"temp": "weather", "temperature": "weather", "forecast": "weather"}
"""What is told with something else: who hears of the weather hears how warm it is."""
_PERMITTED = frozenset(("allowed", "permitted", "supported", "available", "accessible"))
"""Words of a list of what may be used: where it is empty nothing can be set up either."""


def name_listed(tool: str, path: str) -> str:
    """What a list's elements are, in one word: by its field's name, or its tool's where the result itself is the list.

    >>> name_listed("search_singers", "open_calls[0].id"), name_listed("search_singers", "[0].id")
    ('call', 'singer')
    """
    field = words(path.partition("[0]")[0])
    return singular((field or nouns(tool) or ("item",))[-1])


def find_cause(look: Described, tool: Described) -> tuple[str, JsonValue] | None:
    """Where a look answers by yes or by how many there are, the path and the answer that make somebody call the tool.

    If there is none of what the first lists, the second sets one up; if something is so, anything of the desk follows.
    """
    if look.get("outputSchema") or look.get("live") or look["service"] != tool["service"] or not look["reads"]:
        return None
    about = name_thing(look["name"])
    plain = about not in ("status", "health") and not is_listing(look, {}) and words(look["name"])[0] == "check"
    if plain and phrase_of(look).startswith(("check if ", "check whether ")) and not is_asked_twice(look, tool):
        told = {tuple(words(key)) for key in look["inputSchema"].get("required", ())}
        asked = {tuple(words(key)) for key in tool["inputSchema"].get("required", ())}
        # What the look is made with says all that the other needs: a link and an id would name one thing twice.
        return None if phrase_of(tool).startswith("check ") or not asked <= told else ("result", True)
    listing = is_listing(look, {}) and has_fields(about) and about not in ALMANAC
    required = look["inputSchema"].get("required", [])
    free = listing and all(words(key)[-1] in _WHERE for key in required) and name_thing(tool["name"]) == about
    free = free and _PERMITTED.isdisjoint(words(look["name"]))
    free = free and set(nouns(tool["name"])) <= set(nouns(look["name"])) | set(words(look["service"]))
    return ("total", 0) if free and not MAKING.isdisjoint(words(tool["name"])) and not tool["reads"] else None


def find_reactions(
    draft: Draft, looks: Sequence[tuple[str, tuple[str, Any] | None]]
) -> list[tuple[str, str, Any, str]]:
    """(look, path of a state, state, tool) for each tool that somebody calls because a look shows that state."""
    flows = edges(draft)
    choices: list[tuple[str, str, Any, str]] = []
    loose: list[tuple[str, str, Any, str]] = []
    for look, condition in looks:
        field = next((inner for at, inner, _ in list_fields(draft.known[look]) if condition and at == condition[0]), {})
        states = find_states(draft.known[look], draft.subject.domain)
        for value in field.get("enum") or (states[1] if states else ()) if condition else ():
            for target in sorted(draft.tools):
                if not condition or target == look or not reacts(target, name_state(condition[0], value)):
                    continue
                about_it = any("[" not in at for at, _ in flows.get((look, target), ()))
                same = draft.known[look]["service"] == draft.known[target]["service"]
                same = same and (not is_registered(draft.known[look]) or nouns(look)[-1:] == nouns(target)[-1:])
                (choices if about_it else loose if same else []).append((look, condition[0], value, target))
    for first, second in permutations(draft.tools.values(), 2):
        if cause := find_cause(first, second):
            choices.append((first["name"], *cause, second["name"]))
    return choices or loose


def keep_one_desk(draft: Draft, names: Sequence[str]) -> list[str]:
    """Those of the first's service, with one change among them at most: nobody has five things done in one breath."""
    desk = [name for name in names if draft.known[name]["service"] == draft.known[names[0]]["service"]] or list(names)
    desk = go_together(draft, desk)
    changes = [name for name in desk if not draft.known[name]["reads"]]
    return [name for name in desk if draft.known[name]["reads"] or name == changes[0]]


def carries(tools: list[Described], mode: str) -> bool:
    """Whether work of that mode comes of the tools that somebody would ask for."""
    return mode not in ("chained", "iterative") or allows(Draft(tools, Random(0)), mode, "fresh", {})


def allows(draft: Draft, mode: str, operator: str, parent: Plan) -> bool:
    """Whether the draft's tools are enough for the mode and for what the operator adds to it."""
    tools = draft.tools.values()
    asking = any(tool["inputSchema"].get("required") for tool in tools)
    flows = {"chained": telling, "iterative": edges}[mode](draft) if mode in ("chained", "iterative") else {}
    enough = {
        "chained": any(is_sensible(draft, *pair) for pair in flows),
        "iterative": any(
            "[0]" in path
            and is_repeatable(draft.known[target])
            and is_worth_looking(draft.known[source], draft.known[target])
            for (source, target), flow in flows.items()
            for path, _ in flow
        ),
        "parallel": asking or len(tools) > 1,
        "branching": any(
            find_reactions(
                draft,
                [
                    (tool["name"], find_state(tool, draft.subject.domain) or find_condition(tool))
                    for tool in tools
                    if tool["reads"]
                ],
            )
        ),
        "clarification": asking,
        "recovery": not all(tool.get("live") for tool in tools),
        "computation": bool(draft.code) and any(map(is_computable, tools)),
    }
    guarded = operator != "constrain" or len({tool["reads"] for tool in tools}) > 1
    if operator == "broaden":
        guarded = len({tool["service"] for tool in tools}) > parent.get("services", 1)
    if operator == "deepen":
        flows = telling(draft)
        fed = {a: [b for b in draft.known if (a, b) in flows] for a in draft.known}
        guarded = any(path(fed, (start,), parent.get("chain", 1) + 1) for start in draft.tools)
    return bool(tools) and enough.get(mode, True) and guarded
