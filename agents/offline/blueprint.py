"""The offline BlueprintAgent: tools and a directive in, a plan over real data flow out."""

from collections.abc import Iterator, Sequence
from random import Random

from agents.offline import tasks
from agents.offline.draft import Draft, Plan, edges, ends
from agents.offline.people import wish_in_vain, write_goal, write_persona
from agents.offline.phrases import phrase_of
from agents.offline.policies import DOCUMENTED, draw_forbidden, write_policy, write_role
from agents.offline.subject import DOMAINS
from agents.plan.dataflow import Described, computable, returned, tables, telling
from agents.plan.examples import examples
from agents.plan.json_paths import flat
from agents.plan.operators import path
from agents.schema import words

_FAILURES = (
    "Service temporarily unavailable, please try again.",
    "Upstream timed out after 30 seconds; retry the request.",
    "Rate limit reached for this account; try once more.",
    "The record is locked by another session, retry shortly.",
)
TAKEN = 0.65
"""The share of branches for which the plan says that they are to be taken."""
FORBIDDEN = 0.3
"""The share of refusals in which a rule forbids what is asked for."""


def drawn(tools: list[Described], directive: Plan, rng: Random, elsewhere: Sequence[Plan] = ()) -> Plan:
    """A blueprint of the mode, or the nearest thing that the tools allow, which the validator then refuses."""
    mode, size = directive["mode"], max(1, directive["steps"])
    draft = Draft(tools, rng, directive.get("tools", ()), directive.get("today", ""))
    who = write_persona(draft.subject, rng)
    if mode == "refusal" or not draft.tools:
        return _refused(draft, tools, elsewhere, who)
    operator, parent = directive.get("operator", "fresh"), directive.get("parent") or {}
    if operator == "deepen":
        _deepened(draft, parent["chain"] + 1)
    else:
        _SHAPES.get(mode, _any)(draft, size)
    if operator == "broaden":
        _broadened(draft, parent["services"] + 1)
    if operator == "constrain":
        _looking_first(draft)
    _calling_first(draft)
    plan = _written(draft, who, mode)
    if operator == "constrain" or rng.random() < DOCUMENTED:
        plan["policy"] = write_policy(draft.subject, rng, look=operator == "constrain")
    return plan | _role(draft)


def _refused(draft: Draft, tools: list[Described], elsewhere: Sequence[Plan], who: str) -> Plan:
    """Somebody asks for what no tool does, or now and then for what the house forbids."""
    rng = draft.rng
    reason = str(rng.choice(DOMAINS["general"]["reasons"]))  # what is asked for may be of any trade
    if rng.random() < FORBIDDEN:
        rule, wish = draw_forbidden(draft.subject, rng)
        policy = {"policy": write_policy(draft.subject, rng, look=False, forbidding=rule)}
    else:
        wish, policy = wish_in_vain(tools, elsewhere, rng), {}
    return {
        "persona": who,
        "goal": write_goal([wish], reason),
        "mode": "refusal",
        "turns": [{"ask": wish}],
        **policy,
        **_role(draft),
    }


def _role(draft: Draft) -> Plan:
    """Who the assistant is, in half of the plans."""
    return {"role": write_role(draft.subject, draft.rng)} if draft.rng.random() < 0.5 else {}


def _written(draft: Draft, who: str, mode: str) -> Plan:
    """The draft's steps with the person, the turns and the checkpoints around them."""
    plan: Plan = {"persona": who, "mode": mode, "steps": draft.steps, "facts": list(draft.facts.values())}
    _withhold(plan, draft.rng, always=mode == "clarification")
    plan["turns"] = list(_turns(draft, plan, draft.rng))
    reason = draft.subject.text("reasons", f"reason {draft.rng.random()}")
    plan["goal"] = write_goal([turn["ask"] for turn in plan["turns"]], reason)
    plan["checkpoints"] = list(_checkpoints(draft))
    if draft.expects:
        plan["expects"] = draft.expects
    return plan


def walked(tools: list[Described], way: list[str], rng: Random) -> Plan:
    """A blueprint whose steps are these tools in their order, each fed by the step before it where it can be."""
    draft = Draft(tools, rng)
    _chain(draft, way)
    return _written(
        draft, write_persona(draft.subject, rng), "chained" if any(fed(step) for step in draft.steps) else "linear"
    )


def fed(step: Plan) -> bool:
    return any(source["source"] == "step" for source in step["arguments"].values())


def _linear(draft: Draft, size: int) -> None:
    most = min(size, len(draft.tools), 3)
    names = draft.rng.sample(list(draft.tools), len(draft.tools) if draft.wished else most)
    names = draft.wished_first(names)[:most]
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
            key=lambda a: (a not in draft.wished, not draft.tools[a]["reads"], a),
        )[: 1 if draft.wished else 3]
    )
    taken = {source: draft.add(source)["id"]}
    while len(taken) < max(2, size):
        nexts = sorted({b for a, b in flows if a in taken and b not in taken})
        if not nexts:
            break
        target = draft.rng.choice(draft.preferred([name for name in nexts if not ends(name)] or nexts))
        feeder = next(a for a in reversed(taken) if (a, target) in flows)
        given = {key: {"source": "step", "step": taken[feeder], "path": path} for path, key in flows[feeder, target]}
        taken[target] = draft.add(target, given)["id"]
        if ends(target):
            break
    return None


def _deepened(draft: Draft, length: int) -> None:
    """A chain of that many calls, each fed by the one before, or the longest shorter one."""
    flows = edges(draft)
    fed = {
        a: draft.rng.sample([b for b in draft.known if (a, b) in flows], sum(a == x for x, _ in flows))
        for a in draft.known
    }
    starts = draft.wished_first(draft.rng.sample(list(draft.tools), len(draft.tools)))
    ways = (path(fed, (start,), n) for n in range(length, 0, -1) for start in starts)
    _chain(draft, next(way for way in ways if way and not any(map(ends, way[:-1]))))


def _chain(draft: Draft, way: Sequence[str]) -> None:
    """A step for each tool, fed by the step before it where it can be."""
    flows = edges(draft)
    for n, name in enumerate(way):
        flow = flows.get((way[n - 1], name), []) if n else []
        given = {key: {"source": "step", "step": draft.steps[-1]["id"], "path": at} for at, key in flow}
        draft.add(name, given)


def _broadened(draft: Draft, services: int) -> None:
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


def _looking_first(draft: Draft) -> None:
    """A read before everything else, and a write at the end if there is none."""
    reads = {name: tool["reads"] for name, tool in draft.tools.items()}
    order = draft.rng.sample(list(reads), len(reads))
    if all(reads[step["tool"]] for step in draft.steps):
        draft.add(next((name for name in order if not reads[name]), order[0]))
    if not reads[draft.steps[0]["tool"]]:
        draft.steps.insert(0, draft.add(next((name for name in order if reads[name]), order[0])))
        draft.steps.pop()
        for step in draft.steps[1:]:
            step["after"] = [draft.steps[0]["id"]]


def _calling_first(draft: Draft) -> None:
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


def _parallel(draft: Draft, size: int) -> None:
    names = sorted(draft.tools, key=lambda name: (not draft.tools[name]["reads"], draft.rng.random()))
    names = draft.wished_first(names)
    asking = [name for name in names if _has_choice(draft.tools[name])]
    if asking and (len(names) < 2 or draft.rng.random() < 0.5):
        for tag in ("first", "second", "third")[: max(2, min(size, 3))]:
            draft.add(asking[0], tag=tag)
        return
    for name in names[: max(2, min(size, 3))]:
        draft.add(name)


def _has_choice(tool: Described) -> bool:
    """Whether the tool can be called three times with something else each time."""
    schema = tool["inputSchema"]
    properties, required = schema.get("properties") or {}, schema.get("required", [])
    known = [examples(flat(properties.get(key) or {}, schema)) for key in required]
    return any(not tool.get("live") or len(values) >= 3 for values in known)


def _branching(draft: Draft, size: int) -> None:
    """A look, and a second call that is made only where the look says so."""
    looks = [(n, field) for n, tool in draft.tools.items() if tool["reads"] for field in [telling(tool)] if field]
    if not looks or len(draft.tools) < 2:
        return _linear(draft, size)
    flows = edges(draft)
    names = draft.preferred([name for name, _ in looks])
    look, (path, value) = draft.rng.choice([look for look in looks if look[0] in names])
    first = draft.add(look)["id"]
    others = sorted(name for name in draft.tools if name != look)
    target = draft.rng.choice(draft.preferred([name for name in others if (look, name) in flows] or others))
    given = {key: {"source": "step", "step": first, "path": at} for at, key in flows.get((look, target), [])}
    draft.add(target, given)["when"] = {"step": first, "path": path, "equals": value}
    if draft.rng.random() < TAKEN and not draft.known[look].get("live"):
        draft.expects.append({"step": first, "path": path, "value": value})
    return None


def _iterative(draft: Draft, size: int) -> None:
    """One call for each element of a list."""
    flows = {pair: flow for pair, flow in edges(draft).items() if any("[0]" in path for path, _ in flow)}
    if not flows:
        return _chained(draft, size)
    most = max(len(draft.wished.intersection(pair)) for pair in flows)
    pair = draft.rng.choice(sorted(pair for pair in flows if len(draft.wished.intersection(pair)) == most))
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
    simulated = [name for name, tool in draft.tools.items() if not tool.get("live")]
    if not simulated:
        return  # the validator says that no step fails
    if not any(step["tool"] in simulated for step in draft.steps):
        draft.add(draft.rng.choice(simulated))
    failing = draft.rng.choice([step for step in draft.steps if step["tool"] in simulated])
    failing["fails"] = draft.rng.choice(_FAILURES)


def _clarification(draft: Draft, size: int) -> None:
    """Anything in which the person has something to tell."""
    _any(draft, size)
    asking = [name for name, tool in draft.tools.items() if tool["inputSchema"].get("required")]
    if not draft.facts and asking:
        draft.steps.clear()
        draft.add(draft.rng.choice(draft.preferred(asking)))


def _computation(draft: Draft, size: int) -> None:
    """A look, code over what it returns, and where that picks a record a call for it."""
    looks = [tool for tool in draft.tools.values() if computable(tool)]
    names = draft.preferred([tool["name"] for tool in looks])
    looks = [tool for tool in looks if tool["name"] in names]
    found = [(tool, choice) for tool in looks for choice in tasks.choices(tool, draft.rng)]
    kinds = sorted({choice.kind for _, choice in found})
    if not kinds or not draft.code:
        return _linear(draft, size)
    kind = draft.rng.choice(kinds)
    tool, choice = draft.rng.choice([one for one in found if one[1].kind == kind])
    look = draft.add(tool["name"])["id"]
    detail = _detailed(draft, tool, look, choice.path) if size > 2 and draft.rng.random() < 0.3 else None
    if detail:
        reads = [{"source": "step", "step": step, "path": at} for step, at in ((look, choice.path), (detail, ""))]
        draft.add_code(tasks.WORDS["reconcile"], reads, {})
        return None
    reads = [{"source": "step", "step": look, "path": choice.path}]
    others = [
        other
        for one, other in found
        if one is tool and other.path == choice.path and other.kind not in (kind, "growth")
    ]
    if others and size > 3:
        draft.add_code(draft.rng.choice(others).task, reads, {})
    code = draft.add_code(choice.task, reads, tasks.facts(kind, draft.rng))["id"]
    if kind in tasks.PICKING and size > 2:
        _followed(draft, tool, code, f"{choice.path}[0].{choice.fields['key']}")
    return None


def _detailed(draft: Draft, source: Described, step: str, listed: str) -> str | None:
    """A look at the first record of a list, by the id that the list gives it."""
    flows = {b: flow for (a, b), flow in edges(draft).items() if a == source["name"] and draft.known[b]["reads"]}
    fields = set(tables(source).get(listed, ()))
    able = sorted(
        name
        for name, flow in flows.items()
        if all(at.startswith(f"{listed}[0].") for at, _ in flow)
        and len(fields & {at for at, _, _ in returned(draft.known[name])}) > 2
    )
    if not able or not listed:
        return None
    target = draft.rng.choice(able)
    given = {key: {"source": "step", "step": step, "path": at} for at, key in flows[target]}
    return str(draft.add(target, given)["id"])


def _followed(draft: Draft, source: Described, code: str, picked: str) -> None:
    """A call that takes the key that the code picked, if there is one."""
    flows = {b: flow for (a, b), flow in edges(draft).items() if a == source["name"]}
    able = sorted((b, key) for b, flow in flows.items() if len(flow) == 1 for at, key in flow if at == picked)
    if able:
        target, key = draft.rng.choice(able)
        draft.add(target, {key: {"source": "code", "step": code}})


_SHAPES = {
    "computation": _computation,
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
            names += [s["fact"] for s in _sources(step) if s["source"] == "user"]
        fresh = [name for name in dict.fromkeys(names) if name not in told and not draft.facts[name].get("withheld")]
        told |= set(fresh)
        yield {"ask": _ask(draft, part), "facts": fresh}


def _sources(step: Plan) -> Iterator[Plan]:
    for source in step["arguments"].values():
        yield from source.get("reads", [source])


def _phrase(draft: Draft, step: Plan) -> str:
    """What a step does, in a person's words."""
    code = step["arguments"].get("code", {})
    if code.get("source") == "written":
        return str(code["task"])
    return phrase_of(draft.known[step["tool"]], draft.ways.setdefault(step["tool"], draft.rng.randrange(12)))


def _ask(draft: Draft, part: list[Plan]) -> str:
    """The steps as one request: `show me the orders, and for each of the first three, cancel it`."""
    texts: list[str] = []
    for step in part:
        text = _phrase(draft, step)
        if step.get("repeat"):
            text = f"for each of them, {text}"
        if step.get("when"):
            field = " ".join(words(step["when"]["path"]))
            text = f"if the {field} is {str(step['when']['equals']).replace('_', ' ')}, {text}"
        if text not in texts:
            texts.append(text)
    if len(texts) == 1:
        same = len(part) > 1 and len({step["tool"] for step in part}) == 1
        return f"{texts[0]}, for these {('two', 'three')[min(len(part), 3) - 2]}" if same else texts[0]
    joint = draft.rng.choice((" and then ", " and ", ", and then "))
    return f"{', '.join(texts[:-1])}{joint}{texts[-1]}" if len(texts) > 2 else f"{texts[0]}{joint}{texts[1]}"


def _checkpoints(draft: Draft) -> Iterator[Plan]:
    for step in draft.steps:
        if step.get("when"):
            continue
        point = {"text": f"{_phrase(draft, step)} is done", "step": step["id"]}
        path = _worthtelling(draft.known[step["tool"]]) if step["tool"] != draft.code else "result"
        yield {**point, "path": path} if path and not step.get("repeat") else point


def _worthtelling(tool: Described) -> str:
    """A required scalar at the top of the declared result."""
    schema = tool.get("outputSchema") or {}
    top = [path for path, inner, _ in returned(tool) if path in schema.get("required", []) and inner.get("type")]
    return top[0] if top else ""
