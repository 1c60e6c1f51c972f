"""A plan in the making: which tool can be called with what, and which value comes from where."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache
from random import Random

import orjson
from jsonschema.exceptions import ValidationError
from pydantic import JsonValue

from agents.offline.fields.facts import relate
from agents.offline.fields.imagine import imagine_shape, is_listing, is_record, name_thing
from agents.offline.fields.meaning import split
from agents.offline.fields.ordering import settle
from agents.offline.fields.particulars import search_term
from agents.offline.fields.prose import PROSE, write_prose
from agents.offline.fields.values import draw_subject, fill_value, qualify
from agents.offline.plans.grasp import explain, is_plain_argument
from agents.offline.talk.labels import label_argument
from agents.offline.talk.language import hear, join_clauses, tell_clauses
from agents.offline.talk.phrases import phrase_of
from agents.offline.talk.spoken import understand
from agents.offline.trade.subject import PERSONS, Subject, domain_of, load_table, trade_text
from agents.plan.code_tool import SERVICE
from agents.plan.dataflow import MAKING, Described, feeds, is_registered, nouns
from agents.plan.examples import examples, unknown_arguments, valid
from agents.plan.json_paths import flat
from agents.schema import JsonObject, Schema, words

Plan = JsonObject
_CAUSES: dict[str, list[str]] = load_table("causes")
"""Verb -> why somebody does it."""
_TEXTS = frozenset(("text", "pattern", "like", "dish", "title", "name"))
_SEARCHES = frozenset(("query", "q", "search", "keyword", "keywords", "term"))
_ASIDE_WORDS = """
page offset cursor skip pattern folder format fields include expand per starting verbose output locale timeout debug
dry force raw profile explain pretty session api token password secret credentials headers version position
"""
_ASIDE = frozenset(_ASIDE_WORDS.split())
"""Words of arguments that nobody asks for of their own accord."""
_EXCHANGING = frozenset(("currency", "currencies", "exchange", "rate", "rates"))
_WRITTEN = frozenset(("content", "text", "body", "message"))
"""Arguments that hold what somebody writes."""
_OPPOSITE = (("from", "to"), ("source", "target"), ("base", "target"), ("origin", "destination"))
_ALTERING = frozenset(("update", "edit", "modify", "change", "patch", "updates"))
_NAMING = frozenset(("id", "ids", "gid", "uuid", "number", "owner", "repo", "slug", "key"))
"""Words of arguments that say which thing is meant."""
_WHICH = frozenset(("city", "location", "symbol", "query", "ticker", "coin", "id", "name", "word", "title", "country"))
_FORMULA = re.compile(r"[=\[\]{}`]")
"""What is written for machines and said by nobody."""
_ENDING_WORDS = """
delete remove destroy drop purge cancel withdraw void close revoke archive terminate refund uninstall kill
stop leave release unsubscribe deactivate disable
"""
_ENDING = frozenset(_ENDING_WORDS.split())


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
        for name in self.wished_first(self.tools):
            phrase = phrase_of(self.known[name])
            if phrase in asked:
                del self.tools[name]
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
        domain = self._trade_of(tool["service"])
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
        about = about.in_trade(self._trade_of(self.known[name]["service"]))
        labels = (
            {} if tag else {key: label_argument(name, key, flat(inner, schema)) for key, inner in properties.items()}
        )
        given = {key: self.facts[label]["value"] for key, label in labels.items() if label in self.facts}
        values = (
            fillable(self.known[name], self.rng, about, optional=not (tag or whole), fed=fed or (), given=given) or {}
        )
        for key, value in values.items():
            if key not in step["arguments"]:
                inner = flat(properties.get(key, {}), schema)
                # What the tool fixes by itself is a constant; everything else, also a choice, somebody has to say.
                if value is None or value == inner.get("const", ...) or value == inner.get("default", ...):
                    step["arguments"][key] = {"source": "constant", "value": value}
                else:
                    label = f"{tag} {label_argument(name, key, inner)}".strip()
                    if is_registered(self.known[name]) and alters(name, key):
                        label = f"new {label}"
                    if not {"id", "number"} & set(words(key)) and set(words(key)) & (_TEXTS | _SEARCHES):
                        # Who looks for a user and for a film does not look for the same words.
                        label = self.searches.setdefault((label, holder), label)
                        if any(other != holder and taken == label for (_, other), taken in self.searches.items()):
                            label = self.searches[label, holder] = f"{holder} {label}"
                    step["arguments"][key] = {"source": "user", "fact": self._fact(label, value, inner)}
        self.steps.append(step)
        return step

    def _trade_of(self, service: str) -> str:
        return domain_of(trade_text([tool for tool in self.known.values() if tool["service"] == service]))

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
        spoken = re.sub(r"[_-]+", " ", value).lower() if isinstance(value, str) and schema.get("enum") else value
        if spoken != value and understand(str(spoken), schema) == value:
            self.facts[label]["spoken"] = spoken
        return label


def fillable(
    tool: Described,
    rng: Random,
    about: Subject | None = None,
    *,
    optional: bool = True,
    fed: Collection[str] = (),
    given: JsonObject | None = None,
) -> JsonObject | None:
    """Arguments that the tool accepts, now and then with something optional; None if none were found.

    What a live server must know is not made up: it is `fed` by an earlier result, or the tool cannot be called.
    """
    schema = tool["inputSchema"]
    if tool.get("live") and not set(fed).issuperset(unknown_arguments(schema)):
        return None
    required, properties = schema.get("required", []), schema.get("properties") or {}
    subject = about or draw_subject(rng, domain_of(trade_text([tool])), tool["service"])
    holder = name_thing(tool["name"])
    for attempt in range(4):
        try:
            chosen = list(required)
            if optional and not attempt:
                # Seldom a plain argument that may be left out; of a live tool only one of which a value is known.
                spare = [
                    key
                    for key, inner in properties.items()
                    if key not in required
                    and isinstance(inner, dict)
                    and flat(inner, schema).get("type") in ("string", "integer", "number")
                    and "pattern" not in inner
                    and not _ASIDE & set(words(key))
                    and (not is_registered(tool) or is_plain_argument(key))
                    and not any(_FORMULA.search(str(example)) for example in examples(flat(inner, schema)))
                    and not (tool.get("live") and not inner.get("enum") and not examples(flat(inner, schema)))
                ]
                looking_for = set(words(tool["name"])) & {"search", "find"} and tool["reads"]
                wanted = rng.choice((0, 0, 1, 1, 2)) if required else rng.choice((int(bool(looking_for)), 1, 1, 2))
                if is_registered(tool):
                    # Who changes something says to what, and who looks something up says which.
                    needed = needs(tool, spare, required, fed)
                    chosen += needed[:1]
                    spare, wanted = [key for key in spare if key not in needed[:1]], min(wanted, 1)
                chosen += rng.sample(spare, min(len(spare), wanted))
            whose = subject if not attempt else subject.other(f"attempt {attempt}")
            values: JsonObject = {}
            for key in chosen:
                # An example that a description gives is what people say, unless nobody would hear it right.
                inner = explain(tool, key) if attempt < 2 else flat(properties.get(key) or {}, schema)
                about_it = whose.other(f"new {key}") if is_registered(tool) and alters(tool["name"], key) else whose
                values[key] = _draw_argument(tool, key, inner, holder, about_it)
            for source, target in _OPPOSITE:
                here = next((key for key in values if source in words(key)), "")
                there = next((key for key in values if target in words(key)), "")
                for turn in range(6):
                    if here and there and values[here] == values[there]:  # nobody converts euros into euros
                        elsewhere = Subject(f"{whose.seed}/{turn}", whose.domain, whose.service, whose.today)
                        values[there] = _draw_argument(tool, there, explain(tool, there), holder, elsewhere)
            shared = {name: schema[name] for name in ("$defs", "definitions") if name in schema}
            parts = {key: {**(properties.get(key) or {}), **shared} for key in values}
            same = {k: v for k, v in (given or {}).items() if k in values and valid(parts[k], v)}
            values |= same  # what was said of one call holds for the next
            relate(values, schema, schema, holder, whose, same, list(same))
            values = settle(values, schema, schema, whose)
            if valid(schema, values) and all(is_heard(v, properties.get(k) or {}, schema) for k, v in values.items()):
                return values
        except (ValidationError, ValueError, LookupError, TypeError, RecursionError, re.error):
            continue  # a schema that contradicts itself; the tool is then left out of the plan
    return None


def alters(tool: str, key: str) -> bool:
    """Whether the argument is what something is changed to."""
    return bool(_ALTERING & set(words(tool))) and not _NAMING & set(words(key)[-1:])


def needs(tool: Described, spare: Sequence[str], required: Sequence[str], fed: Collection[str]) -> list[str]:
    """Optional arguments of which one has to be there, or the call would say nothing, the most telling first."""
    name = words(tool["name"])
    if _ALTERING & set(name) and all(_NAMING & set(words(key)[-1:]) for key in required):
        return [key for key in spare if not _NAMING & set(words(key)[-1:])]
    if not required and not fed and tool["reads"] and not is_listing(tool, {}):
        return [key for key in spare if _WHICH & set(words(key))]
    return (
        [] if required or not {"search", "find"} & set(name) else [key for key in spare if _SEARCHES & set(words(key))]
    )


def _draw_argument(tool: Described, key: str, schema: JsonObject, holder: str, subject: Subject) -> JsonValue:
    """A value that a person would want; what looks for something is a name or two words of a title."""
    if is_listing(tool, {}) and is_registered(tool) and len(nouns(tool["name"])) > 1 and key in ("name", "title"):
        holder = nouns(tool["name"])[-2]  # the versions of a package are found by its name
    searching = tool["reads"] and set(words(key)) & (_TEXTS | _SEARCHES) and not schema.get("pattern")
    plain = (
        schema.get("type", "string") == "string"
        and not schema.get("enum")
        and "const" not in schema
        and not schema.get("format")
    )
    if searching and plain and not examples(schema) and len(words(key)) == 1 and "sql" not in words(tool["name"]):
        term = search_term(holder, subject)
        if len(term) < schema.get("minLength", 0):
            return fill_value(schema, key, holder, subject, tool["inputSchema"])
        return term
    if plain and words(key)[-1:] in (["reason"], ["cause"], ["why"], ["justification"]) and not examples(schema):
        # Why somebody wants this is a matter of what is done: nobody cancels for the reason they book for.
        causes = next((_CAUSES[word] for word in words(tool["name"]) if word in _CAUSES), None)
        if causes:
            return subject.rng(key).choice(causes)
    if plain and is_registered(tool):
        if words(key)[-1] in ("base", "from", "to", "target", "source") and _EXCHANGING & set(words(tool["name"])):
            return subject.rng(key).choice(("EUR", "USD", "GBP", "CHF", "JPY"))
        if "timezone" in words(key):
            return subject.place.timezone
        if words(key)[-1] in _WRITTEN:
            return write_prose(holder if holder in PROSE else "description", split(key), holder, subject)
    label = key if holder in PERSONS and key == "name" else qualify(key, holder)
    return fill_value(schema, label, holder, subject, tool["inputSchema"])


def is_heard(value: JsonValue, schema: Schema, root: Schema) -> bool:
    """Whether a person can tell the value so that it is heard as it is; what the tool itself fixes is not told."""
    if value is None or value == schema.get("const", ...) or value == schema.get("default", ...):
        return True
    spoken = join_clauses(tell_clauses("value", value, Random(0)) or ["nothing"])
    return bool(hear("value", schema, root, spoken) == value)


def edges(draft: Draft) -> Flows:
    """All flows of the draft, also into tools that only an earlier result makes callable."""
    if draft.flows is not None:
        return draft.flows
    pairs = {(a["name"], b["name"]): feeds(a, b) for a in draft.tools.values() for b in draft.known.values() if a != b}
    # What is made anew does not get the name of what is there already, unless nothing else flows.
    making = {name for name in draft.known if not MAKING.isdisjoint(words(name)[:2])}
    renewed = {
        pair: [(at, key) for at, key in flow if pair[1] not in making or words(key)[-1] not in ("name", "title")]
        for pair, flow in pairs.items()
    }
    pairs = renewed if any(renewed.values()) else pairs
    fed = {(a, b): [key for _, key in flow] for (a, b), flow in pairs.items() if flow and b not in draft.tools}
    able = {pair for pair, keys in fed.items() if fillable(draft.known[pair[1]], Random(0), fed=keys) is not None}
    draft.flows = {pair: flow for pair, flow in pairs.items() if flow and (pair[1] in draft.tools or pair in able)}
    return draft.flows


def add_chain(draft: Draft, way: Sequence[str], flows: Flows) -> None:
    """A step for each tool, fed by the step before it where it can be."""
    for n, name in enumerate(way):
        flow = flows.get((way[n - 1], name), []) if n else []
        draft.add(name, {key: {"source": "step", "step": draft.steps[-1]["id"], "path": at} for at, key in flow})


def ends(name: str) -> bool:
    """Whether a tool takes away or finishes what it names, so that little can be done with it afterwards."""
    return not _ENDING.isdisjoint(words(name)[:2])


@lru_cache(maxsize=4096)
def usable(tool: bytes) -> bool:
    return fillable(orjson.loads(tool), Random(0)) is not None
