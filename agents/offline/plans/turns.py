"""What the person asks in each turn of a plan, in words, and what must be true when it is over."""

import re
from collections.abc import Iterator

from agents.offline.plans.draft import Draft, Plan
from agents.offline.plans.sense import name_listed
from agents.offline.talk.phrases import phrase_of
from agents.plan.dataflow import IDENTIFYING, list_fields
from agents.schema import words

OTHERS = ("for the second one", "for the other one, the second in the list", "the second one this time")
"""How somebody asks for the same of another thing than the one that was taken."""

_TEXTS = ("content", "text", "body", "markdown", "html", "log", "output", "transcript")
_TROUBLED = re.compile(r"\b(?:again|another time|fail\w*|errors?|retr\w+|outages?|recover\w*|unavailable|timeouts?)\b")
FIRSTS = ("for the first one in the list", "for the one at the top of the list", "for the first of them")
"""How somebody says that of a list the first is meant, so that nobody has to guess whom a call is about."""


def takes_first(step: Plan) -> bool:
    """Whether a call is about the first of the things that an earlier call lists."""
    sources = [source for source in step["arguments"].values() if source["source"] == "step"]
    return any(source["path"].count("[0]") == 1 for source in sources)


def cut_turns(draft: Draft, mode: str) -> Iterator[Plan]:
    """One turn, or two where the work can be cut and the second part needs nothing new to be asked for first."""
    rng, later = draft.rng, sum(draft.later.values())
    steps = draft.steps[: len(draft.steps) - later]
    whole = mode in ("parallel", "branching", "iterative") or len(steps) < 2
    cut = len(steps) if whole or rng.random() < 0.4 else rng.randint(1, len(steps) - 1)
    changing = [step["tool"] in draft.known and not draft.known[step["tool"]]["reads"] for step in steps]
    chosen = next((n for n, step in enumerate(steps) if n and changing[n] and takes_first(step)), 0)
    if not whole and chosen:
        cut = min(cut, chosen)  # who has one of a list changed has seen the list before
    desks = [draft.known[step["tool"]]["service"] if step["tool"] in draft.known else "" for step in steps]
    moved = next((n for n in range(1, len(steps)) if desks[n] and desks[n - 1] and desks[n] != desks[n - 1]), 0)
    if mode != "parallel" and moved:
        cut = min(cut, moved)  # what has nothing to do with it comes up later
    while 0 < cut < len(steps) and steps[cut]["tool"] == draft.code:
        cut -= 1  # what is worked out is asked for together with what it is worked out from
    cut = cut or len(steps)
    rest, half = steps[cut:], (len(steps) - cut) // 2
    portions = [rest] if len(rest) < 4 else [rest[:half], rest[half:]]  # nobody asks for six things in one breath
    spoken: set[str] = set()
    parts = [part for part in (steps[:cut], *portions, draft.steps[len(steps) :]) if part]
    for turn, part in enumerate(parts, 1):
        names: dict[str, None] = {}
        for step in part:
            step["turn"] = turn
            for argument in step["arguments"].values():
                # Code has no sources of its own: it reads.
                for source in argument.get("reads", [argument]):
                    if source["source"] == "user":
                        names[source["fact"]] = None
        fresh = [name for name in names if name not in spoken and not draft.facts[name].get("withheld")]
        spoken |= set(fresh)
        ask = _join_steps(draft, part)
        if turn == len(parts) and "other" in draft.later:
            ask = f"{ask}, but {rng.choice(OTHERS)}"
        yield {"ask": ask, "facts": fresh}


def name_first(draft: Draft, step: Plan, text: str) -> str:
    """The request about the first of a list: `acknowledge the first incident`, else `..., for the first of them`."""
    fed = [source for source in step["arguments"].values() if source["source"] == "step"]
    listing = next(source for source in fed if source["path"].count("[0]") == 1)
    tool_of = {earlier["id"]: earlier["tool"] for earlier in draft.steps}
    noun = name_listed(tool_of[listing["step"]], listing["path"])
    named = re.compile(rf" (?:the|an?|it|this) ((?:[a-z]+ )?{noun})\b(?! (?:of|for|in|on)\b)")
    if len(re.findall(rf"\b{noun}\b", text)) == 1 and named.search(text):
        which = draft.rng.choice(
            ("the first {}", "the first {}", "the {} at the top of the list", "the first {} on the list")
        )
        return named.sub(lambda match: f" {which.format(match[1])}", text, count=1)
    return f"{text}, {draft.rng.choice(FIRSTS)}"


def _phrase(draft: Draft, step: Plan) -> str:
    """What a step does, in a person's words."""
    code = step["arguments"].get("code", {})
    if code.get("source") == "written":
        return str(code["task"])
    return phrase_of(draft.known[step["tool"]], draft.ways.setdefault(step["tool"], draft.rng.randrange(12)))


def _join_steps(draft: Draft, part: list[Plan]) -> str:
    """The steps as one request: `show me the orders, and for each of the first three, cancel it`."""
    texts: list[str] = []
    pointed = False  # once said which one is meant, all that follows is about it
    for step in part:
        text = _phrase(draft, step)
        if step.get("repeat"):
            # Whom it is for is said by `each of them`: draft a campaign, not `a campaign for an audience`.
            text = f"for each of them, {re.sub(r' (?:for|of|in|on|from) (?:an?|the) [a-z]+$', '', text)}"
        if step.get("when"):
            field = " ".join(words(step["when"]["path"]))
            text = f"if the {field} is {str(step['when']['equals']).replace('_', ' ')}, {text}"
        if text in texts:
            continue
        thing = re.search(r" (?:the|an?) ([a-z ]+)$", text)
        fed = any(source["source"] == "step" for source in step["arguments"].values())
        named = thing and any(earlier.endswith(f" {thing[1]}") for earlier in texts)
        if draft.speaks and thing and named and fed:
            # What was just named need not be named again: `take it back`.
            text = re.sub(r"^(.*?\w+) (back|up|out|off|in|down|over) it$", r"\1 it \2", f"{text[: thing.start()]} it")
        elif fed and not takes_first(step):
            text = re.sub(r"(?<= )an? ([a-z]+)$", r"the \1", text)
        elif takes_first(step) and not step.get("when") and not pointed:
            text, pointed = name_first(draft, step, text), True
        texts.append(text)
    if len(texts) == 1:
        same = len(part) > 1 and len({step["tool"] for step in part}) == 1
        return f"{texts[0]}, for these {('two', 'three')[min(len(part), 3) - 2]}" if same else texts[0]
    joint = draft.rng.choice((" and then ", " and ", ", and then "))
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
            fields = [at for at in fields if words(at)[-1:] != ["at"] or len(fields) == 1]
            fields = [at for at in fields if "seen" not in words(at)]
            path = next(iter(sorted(fields, key=lambda at: words(at)[-1] in IDENTIFYING)), "")
        # `run a failed job again` would read as if it spoke of a failure that only the plan knows of.
        phrase = _phrase(draft, step)
        phrase = " ".join(words(step["tool"])) if _TROUBLED.search(phrase) else phrase
        point = {"text": f"{phrase} is done", "step": step["id"]}
        # A repeated step has many results: which of them would the path mean?
        yield {**point, "path": path} if path and not step.get("repeat") else point
