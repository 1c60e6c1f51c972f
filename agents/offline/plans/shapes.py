"""The shapes of work: for each mode the steps that make a plan one of it, as far as the tools allow."""

import re
from collections.abc import Callable

from agents.offline.fields.topic import find_state, looks
from agents.offline.plans.computing import compute
from agents.offline.plans.draft import Draft, Flows, edges, ends, find_listed, telling
from agents.offline.plans.optional import SEARCHES, needs
from agents.offline.plans.sense import (
    find_reactions,
    go_together,
    is_sensible,
    is_worth_looking,
    keep_one_desk,
    leave_unlinked,
)
from agents.offline.trade.subject import load_table
from agents.plan.dataflow import (
    MAKING,
    Described,
    find_condition,
    is_registered,
    is_repeatable,
    names_several,
)
from agents.plan.examples import examples
from agents.plan.json_paths import flat
from agents.schema import JsonObject, words

TAKEN = 0.65
"""The share of branches for which the plan says that they are to be taken."""
SEVERAL = 0.7
"""The share of parallel plans that ask the same about several things, where two calls at one desk would do as well."""
_TROUBLES: JsonObject = load_table("failures")
_FAILURES: dict[str, list[str]] = {kind: texts for kind, texts in _TROUBLES.items() if isinstance(texts, list)}
"""Passing troubles of a service, as services word them: time-outs, limits, locks, stale caches, half an answer."""
_OWN = frozenset(str(_TROUBLES["own_words"]).split())
"""Words of tools that work on the machine at which somebody sits, or need none other."""
_WRITTEN = frozenset(("body", "text", "message", "summary", "description", "note", "comment", "explanation"))
"""Words of arguments that hold a text: nobody writes the same to three places at once."""
Shape = Callable[[Draft, int], None]
SHAPES: dict[str, Shape] = {}
"""Mode -> what adds about so many steps of it to a draft."""


def _shape(mode: str) -> Callable[[Shape], Shape]:
    def enter(add: Shape) -> Shape:
        SHAPES[mode] = add
        return add

    return enter


@_shape("linear")
def add_linear(draft: Draft, size: int) -> None:
    """Calls that have nothing to do with each other; a tool that an earlier one feeds would make a chain."""
    most = min(size, len(draft.tools), 3)
    names = draft.rng.sample(list(draft.tools), len(draft.tools) if draft.wished else most)
    names = draft.wished_first(names)[:most]
    names = keep_one_desk(draft, [name for name in names if not ends(name)] or names[:1])
    flows = edges(draft)
    for n, name in enumerate(names):
        if n == 0 or not any((earlier, name) in flows for earlier in names[:n]):
            draft.add(name)


@_shape("chained")
def add_chained(draft: Draft, size: int) -> None:
    """A walk along the data flow, each step fed with what an earlier one found out."""
    _follow(draft, size, telling(draft))


def _follow(draft: Draft, size: int, flows: Flows) -> None:
    """A walk along these flows."""
    sensible = {pair: flow for pair, flow in flows.items() if is_sensible(draft, *pair)}
    flows = sensible or (flows if draft.loose else {})
    if not flows:
        return add_linear(draft, size)
    # by how many of a source and the best that it feeds the directive names
    feeding = {a for a, b in flows if b in draft.wished}
    source = draft.rng.choice(
        sorted(
            {a for a, _ in flows if not ends(a)} or {a for a, _ in flows},
            key=lambda a: (-(a in draft.wished) - (a in feeding), not draft.tools[a]["reads"], a),
        )[: 1 if draft.wished else 3]
    )
    taken = {source: draft.add(source)["id"]}
    while len(taken) < max(2, size):
        changed = [name for name in taken if not draft.known[name]["reads"]]
        nexts = sorted(
            {
                b
                for a, b in flows
                if a in taken
                and b not in taken
                # one change, and what is done with the thing that it made
                and (draft.known[b]["reads"] or changed in ([], [a]))
            }
        )
        # beyond a chain of two a directive's tools come first, fed or not
        if not nexts or (len(taken) > 1 and draft.wished - taken.keys() and draft.wished.isdisjoint(nexts)):
            break
        lasting = [name for name in nexts if not ends(name)]
        if not lasting and len(taken) > 1 and not all(draft.known[name]["reads"] for name in taken):
            break  # nobody changes a thing to remove it right away, unless there is no other chain
        target = draft.rng.choice(draft.prefer(lasting or nexts))
        feeder = next(a for a in reversed(taken) if (a, target) in flows)
        fed = {key: {"source": "step", "step": taken[feeder], "path": path} for path, key in flows[feeder, target]}
        taken[target] = draft.add(target, fed)["id"]
        if ends(target):
            break
    return None


def add_any(draft: Draft, size: int) -> None:
    """Calls that feed each other or independent ones, for modes that are about something else."""
    if draft.rng.random() < 0.6 and size > 1:
        _follow(draft, size, edges(draft))
    else:
        add_linear(draft, size)


@_shape("parallel")
def add_parallel(draft: Draft, size: int) -> None:
    """Several tools at once, or one tool about several things."""
    names = sorted(draft.tools, key=lambda name: (not draft.tools[name]["reads"], draft.rng.random()))
    names = draft.wished_first(names)
    asking = []
    for name in names:
        # The calls must differ: a choice of two cannot, and of a live tool only examples are known.
        schema, live = draft.tools[name]["inputSchema"], draft.tools[name].get("live")
        properties = schema.get("properties") or {}
        wanted = [flat(properties.get(key) or {}, schema) for key in schema.get("required", [])]
        free = [inner for inner in wanted if not {"enum", "const", "default"} & inner.keys()]
        nested = any(inner.get("type") in ("array", "object") for inner in wanted)
        paired = len(schema.get("required", [])) > 1
        # Nobody looks for two clients in one breath by saying what to search for.
        searched = any(set(words(key)) & (SEARCHES | {"name"}) for key in schema.get("required", []))
        paired = paired or (searched and not is_registered(draft.tools[name]))
        if "navigate" in words(name) and not draft.loose:
            continue  # a browser shows one page at a time
        if (paired or (nested and len(names) > 1)) and not draft.loose:
            continue  # a first and a second of each of three
        wordy = any(_WRITTEN & set(words(key)) for key in schema.get("required", []))
        # To assign three tickets says nothing without to whom.
        wordy = wordy or bool(needs(draft.tools[name], list(properties), schema.get("required", []), ()))
        written = wordy and not draft.loose
        if (
            not written and any(inner.get("type") in ("string", "integer", "number") for inner in free) and not live
        ) or (live and any(len(examples(inner)) >= 3 for inner in wanted)):
            asking.append(name)
    most, near = max(2, min(size, 3)), names[: max(2, min(size, 3))]
    desk = [name for name in near if draft.known[name]["service"] == draft.known[near[0]]["service"]]
    if is_registered(draft.known[near[0]]):
        desk = [name for name in names if draft.known[name]["service"] == draft.known[near[0]]["service"]][:most]
    asking = [name for name in asking if name in desk]
    desk = leave_unlinked(draft, keep_one_desk(draft, desk))
    # What the directive wants of two services is asked for one after the other.
    mixed = len({draft.known[name]["service"] for name in draft.wished & draft.known.keys()}) > 1
    alone = len(desk) < 2 or mixed or (len(draft.wished) < 2 and draft.rng.random() < SEVERAL)
    if asking and alone:
        for count in range(most, 1, -1):
            steps = [draft.add(asking[0], tag=tag) for tag in ("first", "second", "third")[:count]]
            values = [
                [draft.facts[source["fact"]]["value"] for source in step["arguments"].values() if "fact" in source]
                for step in steps
            ]
            if all(value not in values[:n] for n, value in enumerate(values)):
                return
            draft.steps.clear()  # the same three times over is no work
            draft.facts.clear()
    others = leave_unlinked(draft, go_together(draft, names))
    for name in next((some for some in (desk, others) if len(some) > 1), names)[:most]:
        draft.add(name)


@_shape("branching")
def add_branching(draft: Draft, size: int) -> None:
    """A look, and a second call that is made only where the look says so."""
    domain = draft.subject.domain
    conditions = {
        name: find_state(tool, domain) or find_condition(tool) for name, tool in draft.tools.items() if tool["reads"]
    }
    looks = [(name, condition) for name, condition in conditions.items() if condition]
    fitting = find_reactions(draft, looks)
    if not (looks or fitting) or len(draft.tools) < 2:
        return add_linear(draft, size)
    flows = edges(draft)
    # A state is asked for where there is one: declared, or known of such things.
    states = [
        name for name, _ in looks if draft.known[name].get("outputSchema") or find_state(draft.known[name], domain)
    ]
    names = draft.prefer(states or [name for name, _ in looks])
    if fitting:
        wished = [choice for choice in fitting if {choice[0], choice[3]} & draft.wished]
        look, path, value, target = draft.rng.choice(wished or fitting)
    else:
        look, (path, value) = draft.rng.choice([look for look in looks if look[0] in names])
        others = sorted(name for name in draft.tools if name != look)
        # What depends on a look is about the same work.
        others = [n for n in others if draft.known[n]["service"] == draft.known[look]["service"]] or others
        target = draft.rng.choice(draft.prefer([name for name in others if (look, name) in flows] or others))
    # Whether there is any is asked of all that there are.
    first = draft.add(look, whole=path == "total")["id"]
    flow = flows.get((look, target), []) if path != "total" else []
    fed = {key: {"source": "step", "step": first, "path": at} for at, key in flow}
    draft.add(target, fed)["when"] = {"step": first, "path": path, "equals": value}
    if draft.rng.random() < TAKEN and not draft.known[look].get("live"):
        draft.expects.append({"step": first, "path": path, "value": value})
    return None


@_shape("iterative")
def add_iterative(draft: Draft, size: int) -> None:
    """One call for each element of a list."""
    flows = {pair: flow for pair, flow in edges(draft).items() if any("[0]" in path for path, _ in flow)}
    if not flows:
        return add_chained(draft, size)
    flows = {pair: flow for pair, flow in flows.items() if is_repeatable(draft.known[pair[1]])} or flows
    # Nobody has all that there is removed one by one.
    flows = {pair: flow for pair, flow in flows.items() if not ends(pair[1])} or flows
    telling = {pair: flow for pair, flow in flows.items() if is_worth_looking(*(draft.known[name] for name in pair))}
    flows = telling or flows
    # What needs more than the thing itself is seldom done for each of a list.
    needed = {name: len(tool["inputSchema"].get("required", [])) for name, tool in draft.known.items()}
    flows = {pair: flow for pair, flow in flows.items() if len(flow) == needed[pair[1]]} or flows
    most = max(len(draft.wished.intersection(pair)) for pair in flows)
    pair = draft.rng.choice(sorted(pair for pair in flows if len(draft.wished.intersection(pair)) == most))
    path, key = next((path, key) for path, key in flows[pair] if "[0]" in path)
    listed, _, inner = path.partition("[0]")
    first = draft.add(pair[0])["id"]
    alone = is_registered(draft.known[pair[1]])  # each of them is looked at as it is
    step = draft.add(pair[1], {key: {"source": "item", "path": inner.lstrip(".")}}, whole=alone)
    step["repeat"] = {"step": first, "path": listed}
    return None


@_shape("recovery")
def add_recovery(draft: Draft, size: int) -> None:
    """Anything, and one simulated step of it fails at first."""
    add_any(draft, size)
    simulated = [name for name, tool in draft.tools.items() if not tool.get("live")]
    if not simulated:
        return  # the validator says that no step fails
    if not any(step["tool"] in simulated for step in draft.steps):
        draft.add(draft.rng.choice(simulated))
    failing = draft.rng.choice([step for step in draft.steps if step["tool"] in simulated])
    failing["fails"] = draft.rng.choice(list_failures(draft.known[failing["tool"]]))


_IN_DOUBT = re.compile(r"(?i)timed out|time-?out|\breset\b|was closed|was restarted")
"""What is said where nobody knows how far a call has come."""


def spare_doubt(tool: Described, failures: list[str]) -> list[str]:
    """Those of the failures after which a call may be made again: a change has certainly not been made."""
    return failures if looks(tool) else [failure for failure in failures if not _IN_DOUBT.search(failure)]


def list_failures(tool: Described) -> list[str]:
    """What may go wrong in passing when the tool is called.

    Nothing is down for maintenance on somebody's own machine; only what is changed can be locked, and only a list can
    be stale, cut off or come back as an empty page.
    """
    if is_registered(tool) and not _OWN.isdisjoint(words(f"{tool['service']} {tool['name']}")):
        return spare_doubt(tool, _FAILURES["own"])
    changed = (
        not looks(tool)
        and MAKING.isdisjoint(words(tool["name"]))
        and any(words(key)[-1] == "id" for key in tool["inputSchema"].get("required", ()))
    )
    more = _FAILURES["changing"] if changed else _FAILURES["listing"] if names_several(tool) else []
    return spare_doubt(tool, [*_FAILURES["any"], *more])


@_shape("clarification")
def add_clarification(draft: Draft, size: int) -> None:
    """Anything in which the person has something to tell."""
    add_any(draft, size)
    asking = [name for name, tool in draft.tools.items() if tool["inputSchema"].get("required")]
    lacking = [name for name in asking if {*draft.tools[name]["inputSchema"]["required"]} - find_listed(draft, name)]
    if not any(step["tool"] in (lacking or asking) for step in draft.steps) and asking:
        draft.steps.clear()
        draft.facts.clear()
        draft.add(draft.rng.choice(draft.prefer(lacking or asking)))


@_shape("computation")
def add_computation(draft: Draft, size: int) -> None:
    """A look and code over what it returns, where there is something to work out."""
    if not compute(draft, size):
        add_linear(draft, size)
