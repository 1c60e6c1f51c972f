"""What the operator of a directive does to a draft: longer chains, more services, a look or a live call first."""

from agents.offline.draft import Draft, add_chain, edges, ends
from agents.plan.operators import path


def deepen(draft: Draft, length: int) -> None:
    """A chain of that many calls, each fed by the one before, or the longest shorter one."""
    flows = edges(draft)
    feeds = {
        a: draft.rng.sample([b for b in draft.known if (a, b) in flows], sum(a == x for x, _ in flows))
        for a in draft.known
    }
    starts = draft.wished_first(draft.rng.sample(list(draft.tools), len(draft.tools)))
    ways = (path(feeds, (start,), n) for n in range(length, 0, -1) for start in starts)
    # A tool that ends what it names may only be the last.
    add_chain(draft, next(way for way in ways if way and not any(map(ends, way[:-1]))), flows)


def broaden(draft: Draft, services: int) -> None:
    """More calls, of services that the plan does not call yet, fed by its steps where they can be."""
    flows = edges(draft)
    called = {draft.known[step["tool"]]["service"] for step in draft.steps}
    for name in draft.wished_first(draft.rng.sample(list(draft.tools), len(draft.tools))):
        service = draft.tools[name]["service"]
        if len(called) < services and service not in called:
            called.add(service)
            feeder = next((step for step in draft.steps if (step["tool"], name) in flows), None)
            flow = flows[feeder["tool"], name] if feeder else []
            draft.add(name, {key: {"source": "step", "step": feeder["id"], "path": at} for at, key in flow if feeder})


def look_first(draft: Draft) -> None:
    """A read before everything else, and a write at the end if there is none."""
    reads = {name: tool["reads"] for name, tool in draft.tools.items()}
    order = draft.rng.sample(list(reads), len(reads))
    if all(reads[step["tool"]] for step in draft.steps):
        draft.add(next((name for name in order if not reads[name]), order[0]))
    if not reads[draft.steps[0]["tool"]]:
        # `add` appends: the new step is moved to the front, and all others wait for it.
        draft.steps.insert(0, draft.add(next((name for name in order if reads[name]), order[0])))
        draft.steps.pop()
        for step in draft.steps[1:]:
            step["after"] = [draft.steps[0]["id"]]


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
