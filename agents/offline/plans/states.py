"""The state in which a thing is when somebody does what the plan does: a draft is sent, an overdue bill reminded of."""

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from agents.offline.fields.topic import is_listing, list_states, name_state, name_thing
from agents.offline.plans.draft import Draft, Plan, desk_of
from agents.offline.trade.subject import load_table
from agents.plan.dataflow import Described, list_fields
from agents.schema import words

_AFTER: dict[str, list[str]] = load_table("fitting")
"""State of a thing -> verbs of what somebody does because it is in that state."""
MEANT = frozenset(_AFTER)
"""States that somebody does something about."""
_PRESSING = frozenset(("overdue",))
"""States that are the very reason for what is done, where there is one among those in which it may be done."""
_STATES = ("state", "status", "outcome")
_KIND_OF = {"temperature": "thermostat", "door": "lock"}


def reacts(target: str, state: str) -> bool:
    """Whether somebody calls the tool because a thing is in that state."""
    return bool(set(words(target)) & set(_AFTER.get(state, ())))


def suit_states(draft: Draft) -> None:
    """Expects that a thing that was looked at is in a state in which somebody does with it what the plan does."""
    planned = {(entry["step"], entry["path"]) for entry in draft.expects}
    planned |= {(step["when"]["step"], step["when"]["path"]) for step in draft.steps if step.get("when")}
    changes = [step for step in draft.steps if step["tool"] in draft.known and not draft.known[step["tool"]]["reads"]]
    for step in (step for step in changes if not step.get("when")):
        for look, record in find_looks(draft, step):
            tool, about = draft.known[look["tool"]], set(words(step["tool"]))
            expect_state(draft, look, record, step["tool"], planned)
            for at, inner, _ in list_fields(tool):
                named = at.removeprefix(record) in _STATES and at.startswith(record)
                choices = inner.get("enum") or (find_choices(draft, tool, at) if named else ())
                fitting = [state for state in map(str, choices) if about & set(_AFTER.get(state, ()))]
                asked = any(words(key)[-1:] == words(at)[-1:] for key in look["arguments"])
                fitting = [state for state in fitting if state in _PRESSING] or fitting
                if fitting and named and not asked and (look["id"], at) not in planned and not tool.get("live"):
                    draft.expects.append({"step": look["id"], "path": at, "value": draft.rng.choice(fitting)})
                    planned.add((look["id"], at))


def expect_state(draft: Draft, look: Plan, record: str, target: str, planned: set[tuple[str, str]]) -> None:
    """Of a thing whose tool declares nothing the same, as far as the tables say which states it has.

    Nobody deletes somebody's task before it is done, nor a server that runs, without a word about it.
    """
    tool = draft.known[look["tool"]]
    if not record and (is_listing(tool, {}) or name_thing(tool["name"]) != name_thing(target)):
        return  # what they share is what the thing is in
    field, values = list_states(tool, draft.trade_of(desk_of(draft, look))) or ("", [])
    fitting = [value for value in values if reacts(target, name_state(field, value))]
    if fitting and (look["id"], f"{record}{field}") not in planned:
        draft.expects.append({"step": look["id"], "path": f"{record}{field}", "value": draft.rng.choice(fitting)})
        planned.add((look["id"], f"{record}{field}"))


def find_looks(draft: Draft, step: Plan) -> Iterator[tuple[Plan, str]]:
    """Earlier looks at the thing that a step is about, each with the path of its record there."""
    earlier = [other for other in draft.steps[: draft.steps.index(step)] if other["tool"] in draft.known]
    numbered = {key for key, source in step["arguments"].items() if source["source"] == "user" and _numbers(key)}
    facts = [source["fact"] for source in step["arguments"].values() if source["source"] == "user"]
    for look in (look for look in earlier if draft.known[look["tool"]]["reads"]):
        for source in step["arguments"].values():
            if source.get("step") == look["id"] and "[0]." in source.get("path", ""):
                yield look, f"{source['path'].partition('[0].')[0]}[0]."
            elif source.get("step") == look["id"] and _numbers(source.get("path", "")):
                yield look, ""
        # Of a list what somebody speaks of by its number is the first that comes in question.
        yield from (
            (look, at.removesuffix(key))
            for at, _, _ in list_fields(draft.known[look["tool"]])
            for key in numbered
            if at.endswith(f"[0].{key}")
        )
        keys = [key for key, source in look["arguments"].items() if source.get("fact") in facts]
        if any(map(_numbers, keys)):
            yield look, ""


def _numbers(name: str) -> bool:
    """Whether a field or an argument says by a number which thing is meant."""
    return words(name)[-1:] in (["id"], ["number"])


def suit_kinds(draft: Draft) -> None:
    """Asks a list for what something is done with then: who locks a door looks for locks, and acknowledges new ones."""
    step_of = {step["id"]: step for step in draft.steps if step["tool"] in draft.known}
    for step in step_of.values():
        about = set(words(step["tool"]))
        about |= {_KIND_OF[word] for word in about if word in _KIND_OF}
        firsts = [source["step"] for source in step["arguments"].values() if "[0]" in source.get("path", "")]
        each = [step["repeat"]["step"]] if step.get("repeat") else []
        for listing in (step_of[first] for first in (*firsts, *each) if first in step_of):
            choose_spoken_of(draft, listing, draft.known[step["tool"]])
            for key in ("kind", "state", "status"):
                offered = (draft.known[listing["tool"]]["inputSchema"].get("properties") or {}).get(key)
                choices = offered.get("enum", ()) if isinstance(offered, dict) else ()
                fitting = [member for member in choices if member in about or reacts(step["tool"], member)]
                # of a list that is looked through for one thing the state is asked for only if somebody does
                source = listing["arguments"].get(key)
                asked = source["source"] == "user" if source else each or key == "kind"
                if fitting and asked and not draft.known[step["tool"]]["reads"]:
                    name = listing["arguments"].setdefault(key, {"source": "user", "fact": key})["fact"]
                    known = draft.facts.get(name, {}).get("value")
                    draft.facts[name] = {"name": name, "value": known if known in fitting else fitting[0]}


def choose_spoken_of(draft: Draft, look: Plan, tool: Described) -> None:
    """Asks a list for the choice of which the tool's description speaks: who makes an offer `for a home on sale` looks
    for homes that are for sale."""
    spoken = set(words(tool.get("description") or ""))
    properties = draft.known[look["tool"]]["inputSchema"].get("properties") or {}
    for key, source in look["arguments"].items():
        named = [choice for choice in (properties.get(key) or {}).get("enum", ()) if choice in spoken]
        if named and source["source"] == "user" and draft.facts[source["fact"]]["value"] not in named:
            draft.facts[source["fact"]] = {"name": source["fact"], "value": named[0]}


def find_choices(draft: Draft, tool: Described, at: str) -> Sequence[JsonValue]:
    """The states that another tool of the service declares under the name that the field of the tool has."""
    for other in draft.known.values():
        arguments = (other["inputSchema"].get("properties") or {}).items()
        declared = [*arguments, *((path, inner) for path, inner, _ in list_fields(other))]
        for key, inner in declared if other["service"] == tool["service"] else ():
            if isinstance(inner, dict) and inner.get("enum") and key.rpartition(".")[2] == at.rpartition(".")[2]:
                return list(inner["enum"])
    return ()


def suits_listed(draft: Draft, look: Plan, target: str) -> bool:
    """Whether things in the state that a list was asked for are ones with which somebody does what the tool does."""
    for key, source in look["arguments"].items():
        if source["source"] == "user" and key in _STATES and not draft.known[target]["reads"]:
            choices = find_choices(draft, draft.known[look["tool"]], key)
            fitting = [state for state in choices if reacts(target, str(state))]
            return not fitting or draft.facts[source["fact"]]["value"] in fitting
    return True
