"""What the person asks in each turn of a plan, in words, and what must be true when it is over."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from agents.offline.fields.topic import name_state
from agents.offline.plans.draft import Draft, Plan, desk_of, ends
from agents.offline.plans.pointing import (
    call_listed,
    leave_open,
    list_renamed,
    name_first,
    name_one_of_several,
    place_it,
    speak_of_several,
    take_up,
)
from agents.offline.plans.sense import name_listed, sources_of
from agents.offline.speech.forms import ORDINALS
from agents.offline.speech.hear import NOT_SAID, is_told, overhear
from agents.offline.speech.tell import hang, put_listed
from agents.offline.talk.phrases import phrase_of
from agents.offline.talk.wording import only_looks
from agents.offline.trade import tasks
from agents.offline.trade.subject import find_trade
from agents.plan.dataflow import IDENTIFYING, STOPS, list_fields
from agents.schema import plural, singular, words

OTHERS = ("for the second one", "for the second in the list", "the second one this time")
"""How somebody asks for the same of another thing than the one that was taken."""

_OPENING = frozenset(("navigate", "open", "connect", "login", "load", "visit"))
"""Words of tools that come before anything else is done there."""
_TEXTS = ("content", "text", "body", "markdown", "html", "log", "output", "transcript")
_TROUBLED = re.compile(r"\b(?:again|another time|fail\w*|errors?|retr\w+|outages?|recover\w*|unavailable|timeouts?)\b")
ELSEWHERE, RETHOUGHT = "on another matter: ", "after a change of plans: "
"""What a request begins with that has nothing to do with the one before, or takes back what was just done."""
_ONE_MATTER = frozenset(("travel", "markets"))
_FILTERS = frozenset(
    ["language", "type", "kind", "category", "status", "state", "limit", "count", "sort", "order", "format", "since"]
)
"""Last words of arguments that say which of many, or how they are shown."""
_SHOWN = re.compile(r"^(?:(?:show|list|give|get) me|list) (?=the )")
_OWNER = re.compile(r"^(\w+ .+?) (?:for|of|in|on|from|about|with) (?:an?|the)(?: [A-Za-z-]+){1,3}$")
"""A request that ends with whom or what it is for."""
_LOOKED_UP = re.compile(
    r"(?:pull up|look up|get me|show me|open|describe|tell me about) (?:an?|the) "
    r"(?:(?!(?:for|of|in|on|from) )[A-Za-z]+ )*?(\w+)"
    r"(?: that .+| from [A-Z].+| from the [a-z]+)?"
)
"""A request for a thing and nothing more about it."""
_JOINING = "for|from|in|on|to|with|at|of|under|and|as|by"


def takes_first(step: Plan) -> bool:
    """Whether a call is about the first of the things that an earlier call lists."""
    sources = [source for source in step["arguments"].values() if source["source"] == "step"]
    return any(source["path"].count("[0]") == 1 for source in sources)


def cut_turns(draft: Draft, mode: str) -> Iterator[Plan]:
    """The turns of a conversation: what belongs together is asked for in one breath, and never much at once."""
    rng, later = draft.rng, sum(draft.later.values())
    if mode in ("parallel", "linear") and not later:
        keep_together(draft)
    steps = draft.steps[: len(draft.steps) - later]
    kept = 2 if mode == "parallel" else 0  # what is called at once stays together
    ordered = [*steps[:kept], *order_by_desk(draft, steps[kept:], desk_of(draft, steps[0]) if kept else "")]
    parts = list(part_steps(draft, ordered, mode))
    draft.steps[: len(steps)] = [step for part in parts for step in part]
    parts += [draft.steps[len(steps) :]] if later else []
    spoken: set[str] = set()
    for turn, part in enumerate(parts, 1):
        names: dict[str, None] = {}
        for step in part:
            step["turn"] = turn
            leave_filters(draft, step, spoken)
            for argument in step["arguments"].values():
                # Code has no sources of its own: it reads, and a list has them in it.
                for source in argument.get("reads") or argument.get("items") or [argument]:
                    if source["source"] == "user":
                        names[source["fact"]] = None
        fresh = [name for name in names if name not in spoken and not draft.facts[name].get("withheld")]
        spoken |= set(fresh)
        ask = _join_steps(draft, part, fresh, spoken)
        if turn == len(parts) and "other" in draft.later:
            ask = f"{ask}, but {rng.choice(OTHERS)}"
        elif turn > 1 and takes_back(draft, part[0]):
            ask = f"{RETHOUGHT}{ask}"
        elif (
            turn > 1
            and not any(is_near(draft, part[0], earlier[0]) for earlier in parts[: turn - 1])
            and len(fresh) == len(names)
            and not sources_of({**part[0], "after": ()})  # to come after another is not to be about it
        ):
            ask = f"{ELSEWHERE}{ask}"
        yield {"ask": ask, "facts": fresh}


def leave_filters(draft: Draft, step: Plan, spoken: Collection[str]) -> None:
    """Takes out how a list of an earlier turn was to be filtered: of another list nobody has said it."""
    required = draft.known[step["tool"]]["inputSchema"].get("required", ()) if step["tool"] in draft.known else ()
    for key, argument in list(step["arguments"].items()):
        is_filter = key not in required and not _FILTERS.isdisjoint(words(key)[-1:])
        if is_filter and argument["source"] == "user" and argument["fact"] in spoken:
            del step["arguments"][key]


def is_near(draft: Draft, step: Plan, earlier: Plan) -> bool:
    """Whether two steps are of one service, or of two of a trade in which that is one matter: a flight and a hotel, two
    prices."""
    desks = [desk_of(draft, one) for one in (step, earlier)]
    trade, other = (find_trade([tool for tool in draft.known.values() if tool["service"] == desk]) for desk in desks)
    return desks[0] == desks[1] or trade == other in _ONE_MATTER


def belongs(step: Plan, part: Sequence[Plan]) -> bool:
    """Whether a step is about something that the others of its turn are about: a fact, or what one of them brings."""
    sources = [source for one in part for source in one["arguments"].values()]
    told = {source["fact"] for source in sources if source["source"] == "user"}
    own = {source["fact"] for source in step["arguments"].values() if source["source"] == "user"}
    return not own or not told.isdisjoint(own) or not {one["id"] for one in part}.isdisjoint(sources_of(step))


def order_by_desk(draft: Draft, steps: Sequence[Plan], desk: str = "") -> list[Plan]:
    """The steps with those of a service behind each other, as far as each still comes after what it needs."""
    left, ordered = list(steps), list[Plan]()
    while left:
        waiting = {step["id"] for step in left}
        ready = [step for step in left if waiting.isdisjoint(sources_of(step))]
        near = [step for step in ready if desk_of(draft, step) in ("", desk)]
        step = (near or ready)[0]
        # With what is gone nothing more can be done.
        lasting = [other for other in ready if desk_of(draft, other) == desk_of(draft, step)]
        step = min([step, *lasting], key=lambda other: ends(other["tool"]))
        desk = desk_of(draft, step) or desk
        ordered.append(step)
        left.remove(step)
    return ordered


def part_steps(draft: Draft, steps: Sequence[Plan], mode: str) -> Iterator[list[Plan]]:
    """The steps of each turn: of one service, three at most, and a list is seen before something of it is changed."""
    part: list[Plan] = []
    most = draft.rng.choice((1, 2, 2, 3))
    for step in steps:
        inside = {earlier["id"] for earlier in part}
        bound = step["tool"] == draft.code or bool(step.get("when") or step.get("repeat"))
        bound = (bound and not inside.isdisjoint(sources_of(step))) or (mode == "parallel" and steps.index(step) == 1)
        bound = bound or any(earlier["tool"] == step["tool"] for earlier in part[-1:])
        changes = step["tool"] in draft.known and not draft.known[step["tool"]]["reads"]
        chosen = changes and takes_first(step) and not inside.isdisjoint(sources_of(step))
        apart = bool(part) and desk_of(draft, step) != desk_of(draft, part[0])
        apart = apart or (mode != "parallel" and not belongs({**step, "after": ()}, part))
        asked = sum(earlier["tool"] != draft.code for earlier in part)
        if part and not bound and (asked >= most or apart or chosen or (ends(step["tool"]) and _changes(draft, part))):
            yield part
            part, most = [], draft.rng.choice((1, 2, 2, 3))
        part.append(step)
    yield part


def takes_back(draft: Draft, step: Plan) -> bool:
    """Whether a step ends what an earlier one has made or changed."""
    if not ends(step["tool"]) or {"close", "complete", "archive"} & set(words(step["tool"])):
        return False  # what is closed has run its course
    past = [
        earlier
        for earlier in draft.steps[: draft.steps.index(step)]
        if _changes(draft, [earlier]) and not only_looks(phrase_of(draft.known[earlier["tool"]]))
    ]
    values = [source for source in step["arguments"].values() if source["source"] != "constant"]
    shared = any(value in values for earlier in past for value in earlier["arguments"].values())
    return shared or not {earlier["id"] for earlier in past}.isdisjoint(sources_of(step))


def _changes(draft: Draft, steps: Sequence[Plan]) -> bool:
    """Whether one of the steps changes something."""
    return any(step["tool"] in draft.known and not draft.known[step["tool"]]["reads"] for step in steps)


def keep_together(draft: Draft) -> None:
    """Independent calls in the order of their services, the one with most calls first, and what opens it before all."""
    sources = [source for step in draft.steps for source in step["arguments"].values()]
    if any(source["source"] not in ("user", "constant") for source in sources):
        return
    if any({"after", "when", "repeat"} & step.keys() for step in draft.steps):
        return
    counts = Counter(desk_of(draft, step) for step in draft.steps)
    draft.steps.sort(
        key=lambda step: (
            -counts[desk_of(draft, step)],
            desk_of(draft, step),
            ends(step["tool"]),  # with what is gone nothing more can be done
            _OPENING.isdisjoint(words(step["tool"])),
        )
    )
    for place, step in enumerate(draft.steps, 1):
        step["id"] = f"s{place}"


def _phrase(draft: Draft, step: Plan) -> str:
    """What a step does, in a person's words."""
    code = step["arguments"].get("code", {})
    if code.get("source") == "written":
        return tasks.ask_for(str(code["task"]))
    return phrase_of(draft.known[step["tool"]], draft.ways.setdefault(step["tool"], draft.rng.randrange(12)))


def is_clear(draft: Draft, ask: str, told: Collection[str]) -> bool:
    """Whether a listener hears nothing in a request that is not told by it or before it."""
    for name, fact in draft.facts.items():
        heard = overhear(name, fact["value"], ask)
        silent = heard is NOT_SAID or (isinstance(fact["value"], list | dict) and not heard)
        if not silent and not (name in told and heard == fact["value"]):
            return False
    return True


def _join_steps(draft: Draft, part: list[Plan], fresh: Iterable[str], told: Collection[str]) -> str:
    """The steps as one request: `show me the orders, and for each of the first three, cancel it`.

    Of the facts that are told in this turn each step takes up to three that fit on its end.
    """
    texts: list[str] = []
    telling = [name for name in fresh if name.partition(" ")[0] not in ORDINALS]
    tool_of = {earlier["id"]: earlier["tool"] for earlier in draft.steps}
    pointed = False  # once said which one is meant, all that follows is about it
    for step in part:
        text = _phrase(draft, step)
        spread = next((one["repeat"] for one in part if (one.get("repeat") or {}).get("step") == step["id"]), None)
        if spread:
            # Of what is gone through one by one there are several: `look up the policies`.
            listed_as = name_listed(step["tool"], f"{spread['path']}[0]")
            text = re.sub(rf"\bthe {re.escape(listed_as)}\b", f"the {plural(listed_as)}", text)
        codes = [other["arguments"].get("code", {}) for other in part]
        tasked = [code["task"] for code in codes if step["id"] in [read.get("step") for read in code.get("reads", ())]]
        if any(kind.kind in tasks.EACH for kind in map(tasks.read, tasked) if kind):
            text = _SHOWN.sub("take ", text)  # what is worked out for each of them is all that is to be told
        if step.get("repeat"):
            # Whom it is for is said by `each of them`: draft a campaign, not `a campaign for an audience`.
            listed = _LOOKED_UP.fullmatch(text)
            again = listed and any(re.search(rf"\b{plural(listed[1])}\b", earlier) for earlier in texts)
            single, things = call_listed(tool_of[step["repeat"]["step"]], f"{step['repeat']['path']}[0]")
            spoken = any(re.search(rf"\b{re.escape(things)}\b", earlier) for earlier in texts)
            each = "them" if spoken else f"the {things}"
            done = take_up(_OWNER.sub(r"\1", text), single)
            text = f"for each of {each}, " + ("get me the details" if again else done)
        if step.get("when"):
            field, value = " ".join(words(step["when"]["path"])), step["when"]["equals"]
            whose = "it" if field in ("state", "status", "outcome") else f"the {field}"
            held = f"if {whose} is {str(value).replace('_', ' ')}" if value else "if there are none"
            if isinstance(value, bool):
                held = "if so" if field == "result" else f"if it is {name_state(field, value)}"
            text = f"{held}, {text}"
        alike = [other for other in part if other["tool"] == step["tool"]]
        tagged = [source.get("fact", "") for source in alike[0]["arguments"].values()]
        tagged = [name.removeprefix("first ") for name in tagged if name.startswith("first ")]
        if len(alike) > 1 and tagged:
            text = speak_of_several(text, len(alike), tagged)
        if text in texts:
            continue
        thing = re.search(r" (?:the|an?) ([a-z ]+)$", text)
        fed = any(source["source"] == "step" for source in step["arguments"].values())
        before = [source for earlier in part[: part.index(step)] for source in earlier["arguments"].values()]
        args = step["arguments"].items()
        known = (set(told) - {*fresh}) | {source.get("fact") for source in before} - {None}
        linked = [key for key, source in args if source["source"] == "step" or source.get("fact") in known]
        about = {word for key, source in step["arguments"].items() for word in words(f"{key} {source.get('fact', '')}")}
        shared = any(source in before for source in step["arguments"].values() if source["source"] == "user")
        named = thing and any(re.search(rf" {thing[1]}(?=$| \S*\d| (?:{_JOINING}) )", earlier) for earlier in texts)
        same = (fed or shared) and not takes_first(step)
        if draft.speaks and thing and named and same and thing[1].rpartition(" ")[2] in about:
            # What was just named need not be named again: `take it back`.
            text = place_it(f"{text[: thing.start()]} it")
        elif linked and not takes_first(step):
            ending = re.search(rf"(?<!\bas) an? ((?:(?!(?:{_JOINING}) )[A-Za-z]+ )*([A-Za-z]+))$", text)
            whole = step["tool"] if {"id", "name", "key"} & {*map(str.lower, linked)} else ""  # its own id is its own
            spoken_of = map(singular, words(" ".join([whole, *linked])))
            if ending and ending[2] in spoken_of:  # a comment on what was spoken of is new
                text = f"{text[: ending.start()]} the {ending[1]}"
        if fed and not takes_first(step):
            text = name_one_of_several(draft, step, text)
        if fed and takes_first(step) and not step.get("when") and not pointed:
            text, pointed = name_first(draft, step, text), True
        for name in (source.get("fact", "") for source in step["arguments"].values()):
            things = re.sub(r" (?:IDs|numbers|codes)$", "s", name)
            if isinstance(value := draft.facts.get(name, {}).get("value"), list) and len(value) == 1:
                said = re.compile(rf"\bthe {re.escape(things)}(?= (?:to|from|in|on|for)\b|$)")
                text = said.sub(f"the {singular(things)}", text)  # `hold the seat`
        for name in [name for name in list_renamed(draft, step) if name not in fresh]:
            text = hang(text, name, draft.facts[name]["value"], draft.rng) or text
        for name in [source.get("fact", "") for source in step["arguments"].values()]:
            if name not in told and draft.facts.get(name, {}).get("withheld"):
                text = leave_open(text, name)
        hung = 0
        for source in step["arguments"].values():
            name = source.get("fact", "")
            fact = draft.facts.get(name, {})
            told_as = fact.get("spoken") or fact.get("value")
            longer = (
                (put_listed(text, name, told_as) or hang(text, name, told_as, draft.rng)) if name in telling else ""
            )
            own = words(step["tool"])
            ahead = " ".join(own[: 2 if own[1:2] and own[1] in STOPS else 1])  # `wait for` the task
            if thing_said := " ".join(own)[len(ahead) + 1 :]:  # no person says a tool's name
                longer = re.sub(rf"\b{ahead} {thing_said}\b", f"{ahead} the {thing_said}", longer)
            if longer and hung < 3 and is_told(longer, fact) and is_clear(draft, longer, told):
                text, hung = longer, hung + 1
                telling.remove(name)
        texts.append(text)
    if len(texts) == 1:
        return texts[0]
    joint = draft.rng.choice((" and then ", " and ", ", and then "))
    if (
        len(texts) == 2
        and desk_of(draft, part[0]) != desk_of(draft, part[-1])
        and not {"when", "repeat"} & part[-1].keys()
        and part[-1]["tool"] != draft.code
    ):
        joint = draft.rng.choice((", and also ", " and also "))
    return f"{', '.join(texts[:-1])}{joint}{texts[-1]}" if len(texts) > 2 else f"{texts[0]}{joint}{texts[1]}"


def write_checkpoints(draft: Draft) -> Iterator[Plan]:
    """Each step that is sure to be taken is done, and the first required scalar of its result is told."""
    for step in draft.steps:
        if step.get("when"):
            continue
        path = "result"  # what the Code Tool ends with
        if step["tool"] != draft.code:
            tool = draft.known[step["tool"]]
            required = (tool.get("outputSchema") or {}).get("required", [])
            fields = [at for at, inner, _ in list_fields(tool) if at in required and inner.get("type")]
            # A document is not told word for word, what the call was made with is no news, and an id seldom one.
            fields = [at for at in fields if words(at)[-1:] not in ([word] for word in _TEXTS)]
            fields = [at for at in fields if at not in tool["inputSchema"].get("properties", {})]
            fields = [at for at in fields if words(at)[-1:] != ["currency"]]  # told with its sums
            fields = [at for at in fields if words(at)[-1:] != ["at"] or len(fields) == 1]
            fields = [at for at in fields if "seen" not in words(at) and words(at)[-1:] not in (["pages"], ["page"])]
            path = next(iter(sorted(fields, key=lambda at: words(at)[-1] in IDENTIFYING)), "")
        # `run a failed job again` would read as if it spoke of a failure that only the plan knows of.
        phrase = _phrase(draft, step)
        phrase = " ".join(words(step["tool"])) if _TROUBLED.search(phrase) else phrase
        point = {"text": f"{phrase} is done", "step": step["id"]}
        # A repeated step has many results: which of them would the path mean?
        yield {**point, "path": path} if path and not step.get("repeat") else point
