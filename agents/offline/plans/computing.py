"""What is worked out from what a tool returns: which figures, from which look, and what is done with the result."""

from functools import lru_cache, partial

import orjson

from agents.offline.fields.facts import WORKED_ON
from agents.offline.fields.imagine import imagine_shape
from agents.offline.fields.reference import look_up
from agents.offline.fields.topic import is_listing, list_states, name_thing
from agents.offline.fields.values import fill_value
from agents.offline.plans.draft import Draft, edges, ends
from agents.offline.trade import tasks
from agents.offline.trade.subject import FIRST_DAY, Subject, domain_of, trade_text
from agents.plan.dataflow import MAKING, Described, is_computable, list_fields, tables
from agents.schema import words

SELDOM = ("months", "span", "age", "latest")
_BY_WORDS = frozenset(("query", "q", "text", "term", "search", "name", "title", "keyword", "keywords"))


def compute(draft: Draft, size: int) -> bool:
    """A look, code over what it returns, and where that picks a record a call for it; whether there was any to do."""
    looks = [tool for tool in draft.tools.values() if is_computable(tool)]
    # of what is found by its words there may be one
    looks = [tool for tool in looks if not _BY_WORDS & set(tool["inputSchema"].get("required", ()))] or looks
    names = draft.prefer([tool["name"] for tool in looks])
    tasks_of = partial(tasks.choices, rng=draft.rng, today=draft.subject.today)
    expected = [(tool, draft.expect_result(tool)) for tool in looks]
    # What is expected of a tool may leave nothing to work out; then whatever it brings is taken as it comes.
    every = [(tool, choice) for tool, shown in expected for choice in tasks_of(shown) or tasks_of(tool)]
    useful = [option for option in every if option[1].kind not in (*tasks.DULL, *SELDOM)]
    # Of what is named, unless there only something dull can be worked out and elsewhere something of use.
    options = [option for option in useful or every if option[0]["name"] in names] or useful or every
    # Of records that are only imagined few people count months or days, unless there is but something dull to do.
    lively = [option for option in options if option[1].kind not in tasks.DULL]
    asked = [option for option in lively if option[0].get("outputSchema") or option[1].kind not in SELDOM]
    options = asked or lively or options
    # Which one has the most of something is seen without a program, unless something is done with it then.
    used = [
        (tool, choice)
        for tool, choice in options
        if choice.kind not in tasks.PICKING or (size > 2 and _takers(draft, tool["name"], choice))
    ]
    options = used if any(choice.kind not in tasks.DULL for _, choice in used) else options
    # Nor does anybody count or add up by a program what is seen at a glance.
    worthy = [(tool, choice) for tool, choice in options if choice.kind not in tasks.OF_MANY or lists_many(tool)]
    options = worthy if any(choice.kind not in tasks.DULL for _, choice in worthy) else options
    # One record has no numbers that anybody adds up, and the mean of shares is known without them.
    options = [
        (tool, choice) for tool, choice in options if choice.kind not in tasks.UNDECLARED or is_listing(tool, {})
    ]
    options = [
        (tool, choice)
        for tool, choice in options
        if choice.kind != "interval" or not _SHARES & {*words(choice.fields.get("number", ""))}
    ]
    kinds = sorted({choice.kind for _, choice in options})
    if not kinds or not draft.code:
        return False
    # First the kind and then one of it: drawn from all options, the kinds with many fields would come up most.
    telling = [kind for kind in kinds if kind not in tasks.DULL]
    kind = draft.rng.choice(telling) if telling else min(kinds, key=tasks.DULL.index)
    tool, choice = draft.rng.choice([option for option in options if option[1].kind == kind])
    step = draft.add(tool["name"], whole=True)
    look = step["id"]
    for role in ("category", "number"):
        # What is filtered by is the same in all that comes back: there is nothing to count by it.
        field = choice.fields.get(role, "")
        if field in step["arguments"] and field not in tool["inputSchema"].get("required", []):
            draft.facts.pop(step["arguments"].pop(field).get("fact", ""), None)
    detail = _look_at_first(draft, tool, look, choice.path) if size > 2 and draft.rng.random() < 0.3 else None
    if detail:
        reads = [{"source": "step", "step": step, "path": at} for step, at in ((look, choice.path), (detail, ""))]
        draft.add_code(tasks.WORDS["reconcile"], reads, {})
        return True
    reads = [{"source": "step", "step": look, "path": choice.path}]
    others = [
        other
        for source, other in options
        if source is tool and other.path == choice.path and other.kind not in (kind, *tasks.DULL)
    ]
    if others and size > 3:
        draft.add_code(draft.rng.choice(others).task, reads, {})
    code = draft.add_code(choice.task, reads, tasks.facts(kind, draft.rng))["id"]
    # A call that takes the key that the code picked, if there is one.
    if kind in tasks.PICKING and size > 2 and (able := _takers(draft, tool["name"], choice)):
        target, key = draft.rng.choice(able)
        draft.add(target, {key: {"source": "code", "step": code}})
    return True


_SHARES = frozenset(("share", "percent", "rate"))


def lists_many(tool: Described) -> bool:
    """Whether there are so many things of the kind that the tool lists as code is written for."""
    return bool(tool.get("live")) or _count_listed(orjson.dumps(tool)) >= WORKED_ON


@lru_cache(maxsize=4096)
def _count_listed(text: bytes) -> int:
    tool = orjson.loads(text)
    domain, about = domain_of(trade_text([tool])), name_thing(tool["name"])
    required = dict.fromkeys(tool["inputSchema"].get("required", []), "")
    known = (
        None if tool.get("outputSchema") else look_up(tool["name"], about, required, f"{FIRST_DAY}T09:00:00+00:00", "")
    )
    if known is not None:
        return max((len(items) for items in known.values() if isinstance(items, list)), default=0)
    shape = tool.get("outputSchema") or imagine_shape(tool, required, {}, domain)
    subject = Subject("many", domain, tool["service"], FIRST_DAY)
    subject.worked = True
    value = fill_value(shape, about, about, subject, shape, full=True, own=True)
    parts = value.values() if isinstance(value, dict) else [value]
    return max((len(items) for items in parts if isinstance(items, list)), default=0)


def _takers(draft: Draft, source: str, choice: tasks.Choice) -> list[tuple[str, str]]:
    """(tool, argument) of each that takes what such a choice picks, and nothing else of the list."""
    picked = f"{choice.path}[0].{choice.fields['key']}"
    flows = {b: flow for (a, b), flow in edges(draft).items() if a == source and not ends(b)}
    takers = [(b, key) for b, flow in flows.items() if len(flow) == 1 for at, key in flow if at == picked]
    listing = draft.known[source]
    stands = bool(list_states(listing, draft.subject.domain)) or any(
        words(at)[-1:] in (["state"], ["status"]) for at, _, _ in list_fields(listing)
    )
    # In which state the cheapest is nobody knows before, and what is made anew is not called like the first of a list.
    return sorted(
        (b, key)
        for b, key in takers
        if MAKING.isdisjoint(words(b)[:2]) and not (stands and not draft.known[b]["reads"])
    )


def _look_at_first(draft: Draft, source: Described, step: str, listed: str) -> str | None:
    """A look at the first record of a list, by the id that the list gives it."""
    flows = {b: flow for (a, b), flow in edges(draft).items() if a == source["name"] and draft.known[b]["reads"]}
    fields = set(tables(source).get(listed, ()))
    able = sorted(
        name
        for name, flow in flows.items()
        if all(at.startswith(f"{listed}[0].") for at, _ in flow)
        and len(fields & {at for at, _, _ in list_fields(draft.known[name])}) > 2
    )
    if not able or not listed:
        return None
    target = draft.rng.choice(able)
    fed = {key: {"source": "step", "step": step, "path": at} for at, key in flows[target]}
    return str(draft.add(target, fed)["id"])
