"""What the operator of a directive does to a draft: longer chains, more services, a look or a live call first."""

from collections.abc import Collection, Iterable
from itertools import chain, pairwise, takewhile

from agents.offline.fields.topic import name_thing
from agents.offline.plans.draft import Draft, add_chain, desk_of, edges, ends, list_settled, telling
from agents.offline.plans.sense import clash, is_sensible, sources_of
from agents.offline.plans.states import reacts, suits_listed
from agents.offline.talk.phrases import phrase_of
from agents.plan.dataflow import tables
from agents.plan.operators import path
from agents.schema import JsonObject, singular, words

OTHER_ONE = 0.5
"""The share of follow-ups, where there is a list to choose from, in which the first choice was the wrong one."""


def deepen(draft: Draft, length: int) -> None:
    """A chain of that many calls, each fed by the one before, or the longest shorter one."""
    flows = telling(draft)
    feeds = {
        a: draft.rng.sample([b for b in draft.known if (a, b) in flows], sum(a == x for x, _ in flows))
        for a in draft.known
    }
    starts = draft.wished_first(draft.rng.sample(list(draft.tools), len(draft.tools)))
    ways = (path(feeds, (start,), n) for n in range(length, 0, -1) for start in starts)
    # A tool that ends what it names may only be the last.
    able = (way for way in ways if way and (draft.loose or not any(map(ends, way[:-1]))))
    longest = next(able)
    others = takewhile(lambda way: len(way) == len(longest), able)
    natural = (way for way in chain([longest], others) if all(is_sensible(draft, *pair) for pair in pairwise(way)))
    add_chain(draft, next(natural, longest), flows)


def call_named(draft: Draft, names: Iterable[str], size: int, mode: str) -> None:
    """The tools that a directive names and that the plan lacks, up to its number of steps, fed where they can be.

    What takes something away comes last: with a thing that is gone little can be done.
    """
    flows = edges(draft)
    for name in sorted((name for name in names if name in draft.known), key=ends):
        settled = list_settled(draft)
        called = [step["tool"] for step in draft.steps]
        if len(draft.steps) >= size or name in called:
            continue
        if not draft.known[name]["reads"] and any((name, other) in flows for other in called):
            continue  # what it would make is in use already
        if any(clash(draft, tool, name) for tool in called):
            continue
        if ends(name) and any(step.get("repeat") for step in draft.steps):
            continue  # of a list that is gone through nothing is taken away
        gone = [tool for tool in called if ends(tool)]
        if gone and (ends(name) or name_thing(name) in map(name_thing, gone)):
            continue  # with what is gone nothing more is done
        feeder = next((step for step in reversed(settled) if (step["tool"], name) in flows), None)
        if feeder and gone:
            continue  # of what is gone nothing more can be asked
        # fed, an independent or parallel call would be none
        if feeder and mode not in ("linear", "parallel") and is_sensible(draft, feeder["tool"], name):
            flow = flows[feeder["tool"], name]
            draft.add(name, {key: {"source": "step", "step": feeder["id"], "path": at} for at, key in flow})
        elif not feeder and name in draft.tools:
            draft.add(name)


def broaden(draft: Draft, services: int) -> None:
    """More calls, of services that the plan does not call yet, fed by its steps where they can be."""
    flows = edges(draft)
    called = {draft.known[step["tool"]]["service"] for step in draft.steps if step["tool"] in draft.known}
    names = sorted(
        draft.rng.sample(list(draft.tools), len(draft.tools)), key=lambda name: not draft.tools[name]["reads"]
    )
    for name in names:  # a look elsewhere fits in anywhere, a change seldom
        service = draft.tools[name]["service"]
        if len(called) < services and service not in called:
            called.add(service)
            feeder = next((step for step in list_settled(draft) if (step["tool"], name) in flows), None)
            flow = flows[feeder["tool"], name] if feeder else []
            draft.add(name, {key: {"source": "step", "step": feeder["id"], "path": at} for at, key in flow if feeder})


def look_first(draft: Draft) -> None:
    """A read before everything else, and a write at the end if there is none: at one desk, if it has both."""
    # code changes nothing, and what only an earlier result makes callable is known all the same
    reads = {draft.code: True, **{name: tool["reads"] for name, tool in draft.known.items()}}
    order = draft.rng.sample(list(draft.tools), len(draft.tools))
    called = {step["tool"] for step in draft.steps}
    order.sort(key=lambda name: name in called)  # what was looked at is not looked at again
    if all(reads[step["tool"]] for step in draft.steps):
        desks = {desk_of(draft, step) for step in draft.steps}
        writes = [name for name in order if not reads[name]]
        # What does not go with the looks is changed only where nothing else can be.
        fitting = [name for name in writes if not any(clash(draft, other, name) for other in called)] or writes
        fitting = sorted(fitting, key=lambda name: not at_desk(draft, name, desks))
        draft.add(next(iter(fitting), order[0]))
    if not reads[draft.steps[0]["tool"]]:
        # A look that is in the plan anyway comes first; else one is added. All others wait for it.
        desks = {desk_of(draft, step) for step in draft.steps if not reads[step["tool"]]}
        free = [step for step in draft.steps if reads[step["tool"]] and not sources_of(step)]
        looks = [name for name in order if reads[name] and not any(clash(draft, name, other) for other in called)]
        near = [step for step in free if desk_of(draft, step) in desks]
        added = [name for name in looks if at_desk(draft, name, desks) and name not in called]
        free = near or ([] if added else free)
        # The same is not looked at twice, before and after, while there is anything else to see.
        fresh = added or [name for name in looks if name not in called]
        first = free[0] if free else draft.add(next(iter(fresh or looks), order[0]))
        draft.steps.remove(first)
        draft.steps.insert(0, first)
        for step in draft.steps[1:]:
            step["after"] = [draft.steps[0]["id"]]


def at_desk(draft: Draft, name: str, desks: Collection[str]) -> bool:
    """Whether one of these services has the tool."""
    return draft.known[name]["service"] in desks


def follow_up(draft: Draft, mode: str) -> None:
    """What comes up once there is an answer: the other one of a list, or a call that a result feeds."""
    # Live results cannot be foreseen, and of what is gone nothing more can be asked.
    if any(tool.get("live") for tool in draft.tools.values()) or any(ends(step["tool"]) for step in draft.steps):
        return
    rng, settled = draft.rng, list_settled(draft)
    called = {step["tool"] for step in draft.steps}
    first = [
        step
        for step in settled
        if step["tool"] in draft.known and draft.known[step["tool"]]["reads"] and not step.get("fails")
        if desk_of(draft, step) == desk_of(draft, draft.steps[-1])  # while they are still talking about it
        if all(
            later["tool"] == draft.code or reads_only(draft, later) for later in draft.steps[draft.steps.index(step) :]
        )
        for source in step["arguments"].values()
        if source["source"] == "step" and source["path"].count("[0]") == 1
    ]
    if first and rng.random() < OTHER_ONE:
        step = rng.choice(first)
        # The lock then demands a list of two: there is another one.
        arguments = {
            key: {**source, "path": source["path"].replace("[0]", "[1]")} if source["source"] == "step" else source
            for key, source in step["arguments"].items()
        }
        draft.steps.append({"id": f"s{len(draft.steps) + 1}", "tool": step["tool"], "turn": 1, "arguments": arguments})
        draft.later["other"] = 1
        return
    flows = edges(draft) if mode != "linear" else {}
    feeds = sorted((step["id"], target) for a, target in flows for step in settled if step["tool"] == a)
    feeds = [(step, target) for step, target in feeds if target not in called and not ends(target)]
    tool_of = {step["id"]: step["tool"] for step in settled}
    feeds = [(step, target) for step, target in feeds if is_sensible(draft, tool_of[step], target)]
    looks = {step["id"]: step for step in settled if step["tool"] in draft.known}
    feeds = [(step, target) for step, target in feeds if suits_listed(draft, looks[step], target)]
    feeds = [(step, target) for step, target in feeds if not any(clash(draft, tool, target) for tool in called)]
    # What waits for a state is not asked for without it: nobody fetches the rows of a query that may still run.
    awaited = {str(step["when"]["equals"]) for step in draft.steps if step.get("when")}
    early = {name for name in draft.tools for state in awaited if reacts(name, state)}
    feeds = [(step, target) for step, target in feeds if target not in early]
    if feeds:
        source, target = rng.choice(feeds)
        tool = tool_of[source]
        draft.add(target, {key: {"source": "step", "step": source, "path": at} for at, key in flows[tool, target]})
        draft.later["next"] = 1
        return
    asked = {phrase_of(draft.known[name]) for name in called if name in draft.known}
    desk = {draft.known[tool]["service"] for tool in called if tool in draft.known}
    fresh = sorted(name for name in draft.tools if name not in called | early and not ends(name))
    fresh = [name for name in fresh if phrase_of(draft.known[name]) not in asked]
    fresh = [name for name in fresh if draft.known[name]["service"] in desk] if desk else fresh
    flows = edges(draft)
    fresh = [name for name in fresh if not any((tool, name) in flows or clash(draft, tool, name) for tool in called)]
    fresh = [name for name in fresh if not lists_named(draft, name)]
    if fresh:
        draft.add(rng.choice(fresh))
        draft.later["next"] = 1


def lists_named(draft: Draft, name: str) -> bool:
    """Whether a tool lists all things of a kind of which the person has named one: then they know which there are."""
    tool = draft.known[name]
    listed = {singular((words(path) or [""])[-1]) for path in tables(tool)}
    keys = [key for step in draft.steps for key, source in step["arguments"].items() if source["source"] == "user"]
    named = {words(key)[-2] for key in keys if words(key)[-1:] == ["id"] and len(words(key)) > 1}
    return not tool["inputSchema"].get("required") and not listed.isdisjoint(named)


def reads_only(draft: Draft, step: JsonObject) -> bool:
    """Whether a step looks at something and changes nothing."""
    return step["tool"] in draft.known and bool(draft.known[step["tool"]]["reads"])


def call_live_first(draft: Draft) -> None:
    """Where there are live tools, a call of one before anything of its service is changed in imagination only."""
    live = [name for name, tool in draft.tools.items() if tool.get("live") and tool["reads"]]
    imagined = set[str]()
    for step in draft.steps:
        tool = draft.known.get(step["tool"])
        if tool and tool.get("live") and tool["service"] not in imagined:
            return
        imagined |= {tool["service"]} if tool and not tool["reads"] else set()
    if live:
        draft.steps.insert(0, draft.add(draft.rng.choice(live)))
        draft.steps.pop()
