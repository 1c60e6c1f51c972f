"""A plan in the making: which tool can be called with what, and which value comes from where."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from random import Random

import orjson

from agents.offline.fields.imagine import imagine_shape
from agents.offline.fields.topic import is_listing, is_opened, is_record, looks, name_thing
from agents.offline.fields.values import draw_subject
from agents.offline.plans.arguments import TEXTS, draw_argument, fillable, usable
from agents.offline.plans.grasp import explain
from agents.offline.plans.optional import SEARCHES, alters
from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import understand
from agents.offline.talk.phrases import phrase_of
from agents.offline.trade.subject import Subject, domain_of, load_table, trade_text
from agents.plan.code_tool import SERVICE
from agents.plan.dataflow import MAKING, VERBS, Described, feeds, is_echo, is_registered, nouns
from agents.plan.examples import valid
from agents.plan.json_paths import flat
from agents.schema import JsonObject, singular, words

Plan = JsonObject
_ENDING_WORDS = """
delete remove destroy drop purge cancel withdraw void close revoke archive terminate refund uninstall kill
stop leave release unsubscribe deactivate disable end clear quit trash
"""
_ENDING = frozenset(_ENDING_WORDS.split())
_WARMTH = frozenset(("weather", "temp", "temperature"))
"""What one tool of the weather tells: who asks for the weather is told how warm it is."""
_QUOTED = frozenset(("price", "quote", "ticker", "stock"))
"""What is looked up of one paper, and of none that it brings."""
_FRESH = frozenset(("new", "dst", "destination"))
"""Words of arguments that name what is not there yet."""
_SAID_ONCE = frozenset(
    ("body", "text", "comment", "note", "message", "amount", "value", "quantity", "reason", "level", "subject", "title")
)
"""Words of arguments that hold what is written to one place, or how much of one thing there is."""
_SPANNING = frozenset(("start", "end", "from", "until", "starts", "ends"))
"""Words of arguments that say from when until when: what is moved is not moved to where one has looked."""
_MOVING = frozenset(("move", "reschedule", "postpone", "extend", "change", "update", "shift"))
"""Verbs of what is set for another time."""
ACROSS = frozenset(("id", "ids", "number", "sku", "code", "key", "city", "postcode", "place", "repo", "symbol"))
"""Last words of what is the same at every desk: whose name it is at one says nothing of whose it is at another."""
WORLD = frozenset(
    ("url", "link", "uri", "email", "symbol", "ticker", "sku", "isbn", "doi", "city", "postcode", "address")
)
"""The same of servers that strangers made: what one gives an id to, no other has heard of."""
_NEVER: dict[str, list[list[str]]] = load_table("never")
APART = frozenset(map(tuple, _NEVER["together"]))
"""Pairs of tools of which nobody wants the second done once the first is."""
_UNFED = frozenset(map(tuple, _NEVER["flows"])) | APART
"""Pairs of tools of which nobody calls the second for what the first brings."""
_WHITHER = frozenset(("target", "destination", "dst", "dest"))
"""Words of arguments that say where something is moved to."""
_WHERE = frozenset(("id", "key", "owner", "repo", "project", "workspace", "database", "bucket"))
"""Last words of arguments that say where one looks."""
Flows = dict[tuple[str, str], list[tuple[str, str]]]
"""(source, target) -> (path in the source's result, argument of the target) of each field that flows."""


class Draft:
    """A plan in the making: steps, and the facts that the person tells."""

    def __init__(self, tools: list[Described], rng: Random, wished: Sequence[str] = (), today: str = "") -> None:
        self.wished = frozenset(wished)
        """Tools that the directive names."""
        self.known = {tool["name"]: tool for tool in tools if tool["service"] != SERVICE}
        self.tools = {name: tool for name, tool in self.known.items() if usable(orjson.dumps(tool))}
        """Those that can be called with what a person tells; the others need an earlier result, or cannot be called."""
        self.code = next((tool["name"] for tool in tools if tool["service"] == SERVICE), "")
        self.rng = rng
        self.facts: dict[str, JsonObject] = {}
        self.steps: list[Plan] = []
        self.ways: dict[str, int] = {}
        self.expects: list[Plan] = []
        self.speaks = False
        """Whether an assistant with a plan hears the person, who may then use pronouns."""
        self.searches: dict[tuple[str, str], str] = {}
        """(what a search is called, what is looked for) -> what the person calls it."""
        self.loose = False
        """Whether any value that fits may flow, and any call be made twice: what is wanted cannot be had otherwise."""
        self.flows: Flows | None = None
        """What `edges` found: the tools of a draft stay the same."""
        self.later: dict[str, int] = {}
        """How many of the last steps only come up once there is an answer, by why."""
        first = next(iter(self.tools.values()), None)
        day = date.fromisoformat(today) if today else None
        trade = trade_text(list(self.tools.values()))
        self.subject = draw_subject(rng, trade, first["service"] if first else "", day)

    def leave_doubles(self) -> None:
        """Leaves out tools that are asked for in the words of another: nobody asks for the same thing twice."""
        asked: set[str] = set()
        asked_of: dict[object, str] = {}
        for name in self.wished_first(self.tools):
            tool = self.known[name]
            matter: object
            phrase, matter, whom = phrase_of(tool), name, tool["service"]
            seen = is_registered(tool) and looks(tool)
            if seen and name_thing(name) in _WARMTH:
                matter, whom = ("weather", tool["service"]), name
            elif seen and is_opened(tool):
                matter, whom = "page", name  # what was read is not read again in another way
            elif seen:
                matter = (name_thing(name), is_listing(tool, {}))  # nobody asks two services for the price of one thing
            if phrase in asked or asked_of.setdefault(matter, whom) != whom:
                del self.tools[name], self.known[name]
            asked.add(phrase)

    def wished_first(self, names: Iterable[str]) -> list[str]:
        """The tools that the directive names before the others, else in the order given."""
        return sorted(names, key=lambda name: name not in self.wished)

    def prefer(self, names: Sequence[str]) -> Sequence[str]:
        """Those that the directive names, where there are any."""
        return [name for name in names if name in self.wished] or names

    def expect_result(self, tool: Described) -> Described:
        """The tool with what it will bring though it declares nothing, where such records are known."""
        about, required = name_thing(tool["name"]), tool["inputSchema"].get("required", [])
        if tool.get("outputSchema") or not is_record(about):
            return tool
        domain = self.trade_of(tool["service"])
        return {**tool, "outputSchema": imagine_shape(tool, dict.fromkeys(required, ""), {}, domain)}

    def add(
        self, name: str, fed: JsonObject | None = None, turn: int = 1, tag: str = "", *, whole: bool = False
    ) -> Plan:
        """A step of the tool; arguments that no earlier result feeds are constants or facts.

        `whole`: all that it brings is wanted, so nothing that may be left out narrows it.
        """
        step: Plan = {"id": f"s{len(self.steps) + 1}", "tool": name, "turn": turn, "arguments": dict(fed or {})}
        schema = self.known[name]["inputSchema"]
        properties = schema.get("properties") or {}
        holder = name_thing(name)
        # Steps that differ only by a tag are about different things of the same kind.
        about = self.subject.other(tag, len(self.steps)) if tag else self.subject
        about = about.in_trade(self.trade_of(self.known[name]["service"]))
        about.service = self.known[name]["service"]  # whose ids look as that desk writes them
        labels = (
            {} if tag else {key: label_argument(name, key, flat(inner, schema)) for key, inner in properties.items()}
        )
        makes = not MAKING.isdisjoint(words(name)[:2]) and is_registered(self.known[name])
        if makes and any(not MAKING.isdisjoint(words(step["tool"])[:2]) for step in self.steps):
            # Two things that are made are not called alike.
            about = about.other(name, len(self.steps))
            called = {key: label for key, label in labels.items() if words(key)[-1] in ("name", "title")}
            labels |= {key: f"other {label}" for key, label in called.items() if label in self.facts}
        if all(step["tool"] != name for step in self.steps):
            # Nobody writes the same to two places: the text of a comment is another one than that of the issue.
            told_once = _SAID_ONCE if self.known[name]["reads"] else _SAID_ONCE | _SPANNING
            again = {key for key, label in labels.items() if label in self.facts and told_once & set(words(key))}
            moved = not _MOVING.isdisjoint(words(name))
            formats = {key: flat(properties[key], schema).get("format") for key in properties}
            # A room is booked for the hours for which it was looked for, and what is moved is moved to other ones.
            again -= set() if moved else {key for key in again if formats[key] == "time"}
            timed = {key for key in labels if moved and formats[key] in ("date", "time", "date-time")}
            timed |= {key for key in labels if moved and alters(name, key)}  # a change to the same is none
            again |= {key for key in timed if labels[key] in self.facts}
            verb = words(name)[0] if MAKING.isdisjoint(words(name)[:1]) else holder
            another = {key: "new" if key in timed else verb for key in again}
            labels |= {key: f"{another[key]} {labels[key]}" for key in again}
        given = {key: self.facts[label]["value"] for key, label in labels.items() if label in self.facts}
        values = (
            fillable(self.known[name], self.rng, about, optional=not (tag or whole), fed=fed or (), given=given) or {}
        )
        firsts = {key: self.facts.get(label.removeprefix("other "), {"value": ...}) for key, label in labels.items()}
        for n in range(3):  # what is made second is not called like the first
            same = [
                key
                for key in values
                if labels.get(key, "").startswith("other ") and values[key] == firsts[key]["value"]
            ]
            if not same:
                break
            drawn = fillable(self.known[name], Random(f"{name}/{n}"), about.other("again", n), optional=False) or {}
            values |= {key: drawn[key] for key in same if key in drawn}
        if is_registered(self.known[name]):
            self._change_for_real(name, values, about)
        else:
            self._move_elsewhere(name, values, about)
        for key, value in values.items():
            if key not in step["arguments"]:
                inner = flat(properties.get(key, {}), schema)
                # What the tool fixes by itself is a constant; everything else, also a choice, somebody has to say.
                if value is None or value == inner.get("const", ...) or value == inner.get("default", ...):
                    step["arguments"][key] = {"source": "constant", "value": value}
                else:
                    # an argument may be required without being declared
                    label = labels.get(key) or f"{tag} {label_argument(name, key, inner)}".strip()
                    if is_registered(self.known[name]) and alters(name, key):
                        label = f"new {label.removeprefix('new ')}"
                    # `crate name` says whose name it is.
                    whose = TEXTS if len(words(key)) == 1 else ()
                    if not {"id", "number"} & set(words(key)) and set(words(key)) & SEARCHES.union(whose):
                        # Who looks for a user and for a film does not look for the same words.
                        label = self.searches.setdefault((label, holder), label)
                        if any(other != holder and taken == label for (_, other), taken in self.searches.items()):
                            label = self.searches[label, holder] = f"{holder} {label}"
                    known = self.facts.get(singular(label)) if isinstance(value, list) else None
                    if known and valid(inner, [known["value"]]):  # several things may be the one that was spoken of
                        one = {"source": "user", "fact": known["name"]}
                        step["arguments"][key] = {"source": "list", "items": [one]}
                        continue
                    step["arguments"][key] = {"source": "user", "fact": self._fact(label, value, inner)}
        if fed and is_registered(self.known[name]):
            self._stay(step, properties)
        self.steps.append(step)
        return step

    def _change_for_real(self, name: str, values: JsonObject, about: Subject) -> None:
        """Draws anew what a thing is changed to, where it was said of it already: a change to the same is none."""
        tool, said = self.known[name], [fact["value"] for fact in self.facts.values()]
        for key in [key for key, value in values.items() if alters(name, key) and isinstance(value, str)]:
            for turn in range(1, 5):
                if values[key] not in said:
                    break
                other = about.other(f"again {key}", about.index + turn)
                values[key] = draw_argument(tool, key, explain(tool, key), name_thing(name), other)

    def _move_elsewhere(self, name: str, values: JsonObject, about: Subject) -> None:
        """Draws anew where a thing is moved to, where that was spoken of already: it would stay where it is."""
        tool, said = self.known[name], [fact["value"] for fact in self.facts.values()]
        for key in [key for key, value in values.items() if _WHITHER & set(words(key)) and isinstance(value, str)]:
            for turn in range(1, 5):
                if values[key] not in said or "format" in explain(tool, key):
                    break
                other = about.other(f"elsewhere {key}", about.index + turn)
                values[key] = draw_argument(tool, key, explain(tool, key), name_thing(name), other)

    def _stay(self, step: Plan, properties: JsonObject) -> None:
        """What was looked at in a project is looked at more closely in the same one."""
        for earlier in self.steps:
            for key, source in earlier["arguments"].items():
                same = key in properties and key not in step["arguments"] and words(key)[-1] in _WHERE
                if same and source["source"] == "user" and desk_of(self, earlier) == desk_of(self, step):
                    step["arguments"][key] = source

    def trade_of(self, service: str) -> str:
        """The trade that a service of the draft is of."""
        return domain_of(trade_text([tool for tool in self.known.values() if tool["service"] == service]))

    def find_trade(self) -> str:
        """The trade that the conversation begins in."""
        opening = next((step["tool"] for step in self.steps if step["tool"] in self.known), "")
        return self.trade_of(self.known[opening]["service"]) if opening else self.subject.domain

    def add_code(self, task: str, reads: list[Plan], spoken: JsonObject) -> Plan:
        """A step of the Code Tool over what earlier steps returned and what the person tells for it."""
        facts = [{"source": "user", "fact": self._fact(name, value, {})} for name, value in spoken.items()]
        code = {"source": "written", "task": task, "reads": [*reads, *facts]}
        step: Plan = {"id": f"s{len(self.steps) + 1}", "tool": self.code, "turn": 1, "arguments": {"code": code}}
        self.steps.append(step)
        return step

    def _fact(self, label: str, value: object, schema: JsonObject) -> str:
        """The fact's name; one that is there already and fits is told only once."""
        present = self.facts.get(label)
        if present and valid(schema, present["value"]):
            return label
        while label in self.facts:
            label = f"other {label}"
        self.facts[label] = {"name": label, "value": value}
        # A choice is said as a word: `IN_TRANSIT` is "in transit", if that is heard as the choice again.
        choice = isinstance(value, str) and schema.get("enum") and not re.search(r"\d-\d", value)
        spoken = re.sub(r"[_-]+", " ", value).lower() if isinstance(value, str) and choice else value
        if spoken != value and understand(str(spoken), schema) == value:
            self.facts[label]["spoken"] = spoken
        return label


def edges(draft: Draft) -> Flows:
    """All flows of the draft, also into tools that only an earlier result makes callable."""
    if draft.flows is not None:
        return draft.flows
    pairs = {(a["name"], b["name"]): feeds(a, b) for a in draft.tools.values() for b in draft.known.values() if a != b}
    if draft.loose:
        return _make_callable(draft, pairs)
    pairs = {pair: flow for pair, flow in pairs.items() if pair not in _UNFED}
    pairs = {(a, b): flow for (a, b), flow in pairs.items() if {name_thing(a), name_thing(b)} - _QUOTED}
    # What is made anew does not get the name of what is there already, unless nothing else flows.
    making = {name for name in draft.known if not MAKING.isdisjoint(words(name)[:2])}
    meant = {pair: [step for step in flow if is_meant(draft, pair[0], step[1])] for pair, flow in pairs.items()}
    pairs = meant if any(meant.values()) else pairs  # a cluster that is drawn for its flows has one
    near = {(a, b): [step for step in flow if passes(draft, a, b, step[1])] for (a, b), flow in pairs.items()}
    house = not any(map(is_registered, draft.known.values()))
    pairs = near if any(near.values()) or not house else pairs
    renewed = {
        pair: [(at, key) for at, key in flow if pair[1] not in making or words(key)[-1] not in ("name", "title")]
        for pair, flow in pairs.items()
    }
    return _make_callable(draft, renewed if any(renewed.values()) else pairs)


def telling(draft: Draft) -> Flows:
    """The flows of which something is found out: not what the call before was made with."""
    return {
        (a, b): flow for (a, b), flow in edges(draft).items() if not all(is_echo(draft.known[a], at) for at, _ in flow)
    }


def _make_callable(draft: Draft, pairs: Flows) -> Flows:
    """The flows into tools that can then be called; from now on they are the draft's."""
    fed = {(a, b): [key for _, key in flow] for (a, b), flow in pairs.items() if flow and b not in draft.tools}
    able = {pair for pair, keys in fed.items() if fillable(draft.known[pair[1]], Random(0), fed=keys) is not None}
    draft.flows = {pair: flow for pair, flow in pairs.items() if flow and (pair[1] in draft.tools or pair in able)}
    return draft.flows


def passes(draft: Draft, source: str, target: str, key: str) -> bool:
    """Whether what the source brings is at the target's desk what the argument names."""
    desks = draft.known[source]["service"], draft.known[target]["service"]
    common = WORLD if is_registered(draft.known[target]) else ACROSS
    return desks[0] == desks[1] or not common.isdisjoint(words(key)[-1:])


def is_meant(draft: Draft, source: str, key: str) -> bool:
    """Whether the argument names what the source brings: the id of a task's list is none of a task."""
    about = words(key)
    if _FRESH & set(about) or ends(source):
        return False
    imagined = not draft.known[source].get("outputSchema") and is_registered(draft.known[source])
    return not imagined or len(about) < 3 or singular(about[-2]) == nouns(source)[-1]


def add_chain(draft: Draft, way: Sequence[str], flows: Flows) -> None:
    """A step for each tool, fed by the step before it where it can be."""
    for n, name in enumerate(way):
        flow = flows.get((way[n - 1], name), []) if n else []
        draft.add(name, {key: {"source": "step", "step": draft.steps[-1]["id"], "path": at} for at, key in flow})


_FINDING = frozenset(("city", "location", "place", "country", "query", "name", "search", "term", "keyword"))
"""Last words of what a search is made with: everybody knows in which city the cinema is, and nobody its number."""


def find_listed(draft: Draft, name: str) -> set[str]:
    """The arguments of the tool that an offered list or search brings: nobody has to be asked for those.

    That nobody goes on so from the list by himself is no reason to ask.
    """
    target, known = draft.known[name], draft.known.values()
    required = {tool["name"]: {words(key)[-1] for key in tool["inputSchema"].get("required", ())} for tool in known}
    lists = [tool for tool in known if tool["reads"] and required[tool["name"]] <= _FINDING]
    flows = [step for tool in lists if tool["service"] == target["service"] for step in feeds(tool, target)]
    return {key for at, key in flows if "[0]" in at}


def list_settled(draft: Draft) -> list[Plan]:
    """The steps that are taken, and once, and of which something comes back: of no result can anything be asked."""
    nothing = {entry["step"] for entry in draft.expects if entry["path"] == "total" and entry["value"] == 0}
    return [step for step in draft.steps if not (step.get("when") or step.get("repeat") or step["id"] in nothing)]


def ends(name: str) -> bool:
    """Whether a tool takes away or finishes what it names, so that little can be done with it afterwards."""
    said = words(name)
    verb = next((word for word in said if word in VERBS), "")  # `GroupsController_deleteGroup` begins with its desk
    return not _ENDING.isdisjoint([*said[:2], *said[-1:], verb])


def desk_of(draft: Draft, step: Plan) -> str:
    """The service that a step is asked of; none for code."""
    return str(draft.known[step["tool"]]["service"]) if step["tool"] in draft.known else ""
