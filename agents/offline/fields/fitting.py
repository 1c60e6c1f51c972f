"""What hangs together in a record of a trade: a drug and its strength, a seat and its price, a stay and its length.

`tables/facts.json` says for each noun of a trade what a field holds and which other field it follows; the names of
fields are words joined by `_`, however a tool spells them. What the call gave stands; everything else is fitted to it.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from random import Random
from typing import Any

from pydantic import JsonValue

from agents.offline.fields.meaning import split
from agents.offline.trade.subject import NOUNS, Subject, load_table, plain
from agents.plan.examples import valid
from agents.schema import JsonObject, Schema

FACTS: dict[str, JsonObject] = load_table("facts")
"""`trade/noun` or noun -> what its fields hold; under `=` stand the values that belong together."""
QUERIES: dict[str, list[JsonObject]] = load_table("machines")["queries"]
"""Query -> the rows that it brings."""
Price = Callable[[object, str], float | None]
"""(id, field) -> what an earlier result says that the thing costs."""


def count_known(noun: str, domain: str) -> int:
    """How many different things of that noun the trade knows; nought where it does not say."""
    return len((FACTS.get(f"{domain}/{noun}") or FACTS.get(noun) or {}).get("=", ()))


def titles_of(noun: str, domain: str) -> list[str]:
    """What things of that noun are called in the trade."""
    rows = (FACTS.get(f"{domain}/{noun}") or FACTS.get(noun) or {}).get("=", ())
    named = [str(row[key]) for row in rows for key in ("title", "name") if key in row]
    named = named or [first for row in rows if isinstance(first := next(iter(row.values())), str)]
    return named or NOUNS.get(noun, [])


def known_row(noun: str, domain: str, named: JsonObject) -> JsonObject:
    """What belongs together in the trade with what is named, and that itself: a seat has its category and price.

    >>> known_row("seat", "media", {"seat": "G4"}), known_row("seat", "media", {"seat": "Z9"})
    ({'seat': 'G4', 'category': 'standard', 'price': 11.5}, {'seat': 'Z9'})
    """
    rows = (FACTS.get(f"{domain}/{noun}") or FACTS.get(noun) or {}).get("=", ())
    return next((dict(row) for row in rows if named.items() <= row.items()), named)


def follows(noun: str, domain: str, field: str) -> bool:
    """Whether the field comes after one that the call tells: a class starts in the days after the first one asked."""
    facts = FACTS.get(f"{domain}/{noun}") or FACTS.get(noun) or {}
    return "after" in (spec if isinstance(spec := facts.get(join(field)), dict) else {})


def join(key: str) -> str:
    return "_".join(split(key))


class Fitting:
    """One record on its way to hanging together."""

    def __init__(
        self,
        record: JsonObject,
        schema: Schema,
        root: Schema,
        holder: str,
        subject: Subject,
        told: JsonObject,
        fixed: Collection[str],
        price: Price | None,
    ) -> None:
        self.record, self.schema, self.root, self.holder, self.subject = record, schema, root, holder, subject
        self.told = {join(key): value for key, value in told.items()}
        self.fixed = {join(key) for key in fixed}
        self.price = price
        self.keys = {join(key): key for key in record}
        if "name" not in self.keys and f"{holder}_name" in self.keys:
            self.keys["name"] = self.keys[f"{holder}_name"]

    def fit(self, facts: JsonObject) -> None:
        # What is only so after something is known of it stands under that field's name at `?`.
        rows = [row for row in facts.get("=", ()) if self.agrees(row) and row.get("?") in {None, *self.told}]
        if rows:
            head, _, tail = self.subject.seed.rpartition("/")
            # Neighbours of a list count on from the same start; what stands alone has a start of its own.
            listed = tail == str(self.subject.index)
            start = Random(f"{head if listed else self.subject.seed}/{self.holder}").randrange(len(rows))
            start = self.subject.start if listed and self.subject.start is not None else start
            start = 0 if facts.get("ordered") else start
            for name, value in rows[(start + self.subject.index) % len(rows)].items():
                self._put(name, value)
        if "now" in self.told:
            # What was left out before anybody knew of what kind the thing is.
            spared = {join(key): key for key in self.schema.get("properties") or ()}
            kinds = {
                name: spec for name, spec in facts.items() if isinstance(spec, dict) and spec.get("by") in self.told
            }
            self.keys |= {name: spared[name] for name in kinds if name in spared and name not in self.keys}
        for name, spec in facts.items():
            if name not in ("=", "ordered") and name in self.keys and name not in self.fixed:
                value = self.draw(name, spec)
                if value is not ...:
                    self._put(name, value)

    def agrees(self, row: JsonObject) -> bool:
        """Whether the row is about what is said of the record already."""
        given = {**self.told, **{name: self.look(name) for name in self.fixed}}
        return all(plain(str(given[name])) in plain(str(value)) for name, value in row.items() if given.get(name))

    def look(self, name: str) -> Any:
        """What the record says under that name, else what is told."""
        return self.record[self.keys[name]] if self.keys.get(name) in self.record else self.told.get(name)

    def _put(self, name: str, value: JsonValue) -> None:
        key = self.keys.get(name)
        if key is None or name in self.fixed:
            return
        inner = (self.schema.get("properties") or {}).get(key) or {}
        if value is None and key not in self.schema.get("required", ()):
            self.record.pop(key, None)
        elif valid({**inner, "$defs": self.root.get("$defs", {})}, value):
            self.record[key] = value

    def draw(self, name: str, spec: JsonValue) -> Any:
        """The value that the spec says; an ellipsis where it follows from something that nobody said."""
        rng, index = self.subject.rng(f"fact/{name}"), self.subject.index
        if isinstance(spec, list) and spec:
            return spec[(Random(self.subject.kin).randrange(len(spec)) + index) % len(spec)]
        if not isinstance(spec, dict) or not spec:
            return spec
        kind = next(iter(spec))
        rule = RULES.get(kind)
        return rule(self, name, spec, rng) if rule else ...

    def moment(self, name: str, when: datetime) -> str:
        """The moment as the field writes it: a clock, a day or both."""
        present = str(self.look(name) or "")
        if present[2:3] == ":":
            return f"{when:%H:%M}{present[5:]}"
        return f"{when:%Y-%m-%dT%H:%M:%S}Z" if "T" in present else f"{when:%Y-%m-%d}"


Rule = Callable[[Fitting, str, JsonObject, Random], Any]
RULES: dict[str, Rule] = {}
"""First key of a spec -> what value it means."""


def rule(kind: str) -> Callable[[Rule], Rule]:
    def enter(rule: Rule) -> Rule:
        RULES[kind] = rule
        return rule

    return enter


@rule("among")
def keep_those(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """Which of these the things of a list beside it are called: a table is partitioned by columns that it has."""
    present = [item.get(spec["field"]) for item in record.look(spec["among"]) or () if isinstance(item, dict)]
    return [called for called in present if called in spec["of"]] or None


@rule("sum")
def add_lines(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """What the lines of the call come to."""
    lines = record.look(spec["sum"])
    if not isinstance(lines, list) or not lines:
        return record.draw(name, spec["else"])
    return round(sum(line.get("quantity", 1) * line.get("unit_price", 0) for line in lines), 2)


@rule("plus")
def add_fields(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    parts = [record.look(part) for part in spec["plus"]]
    off = [record.look(part) or 0 for part in spec.get("minus", ())]
    return record.draw(name, spec["else"]) if None in parts else round(sum(parts) - sum(off), 2)


@rule("answered")
def answer_query(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The columns, the rows or the number of rows that a query brings: the one that was run, else any by its id."""
    known: dict[str, list[JsonObject]] = QUERIES
    asked = str(record.look("sql"))
    own = Random(str(record.look(spec["answered"]))).choice(list(known))
    rows = known[asked if asked in known else own]
    parts: dict[str, Any] = {"columns": list(rows[0]), "rows": [list(map(str, row.values())) for row in rows]}
    return parts.get(name, ...) if spec.get("of") != "count" else len(rows)


def size_of_result(subject: Subject) -> int:
    """How many rows a query has brought, whoever asks."""
    return subject.rng("rows of the result").randint(3, 12)


@rule("fed")
def choose_by_source(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """What goes with an argument that an earlier result brings; else something that needs none."""
    return spec["is"] if record.look(spec["fed"]) else record.draw(name, spec["else"])


@rule("digits")
def draw_digits(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return f"{spec['prefix']}{rng.randrange(10 ** (spec['digits'] - 1), 10 ** spec['digits'])}"


@rule("flight")
def number_flights(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """A number for each leg."""
    return [f"{record.look(spec['flight'])}{rng.randint(120, 1980)}" for _ in range(1 + (record.look("stops") or 0))]


@rule("there_and_back")
def return_home(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The second leg leads back to where the first began, some days later."""
    legs = record.look(name)
    if not isinstance(legs, list) or not legs:
        return ...
    out, back = legs[0], legs[-1]
    days = rng.randint(3, 9)
    when = datetime.fromisoformat(out["departs"].replace("Z", "")) + timedelta(days=days, hours=4)
    return [out, {**back, "from": out["to"], "to": out["from"], "departs": f"{when:%Y-%m-%dT%H:%M:%S}Z"}][: len(legs)]


@rule("stages")
def list_stages(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """What has happened until the state that the whole is in, step by step, the last of it yesterday or today."""
    items = record.look(name)
    if not isinstance(items, list) or not items:
        return ...
    until = spec["is"].get(str(record.look(spec["by"])), spec["is"]["*"])
    # Some states have a way of their own: what has failed was never captured.
    steps = FACTS[until]["="] if isinstance(until, str) else FACTS[spec["stages"]]["="][:until]
    first = datetime.combine(record.subject.today, datetime.min.time()) - timedelta(hours=13 * len(steps))
    return [
        {**items[0], **step, "at": f"{first + timedelta(hours=13 * n, minutes=23 * n):%Y-%m-%dT%H:%M:%S}Z"}
        for n, step in enumerate(steps)
    ]


@rule("each")
def set_states(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The items of a list with one field in the states that the whole's state allows, in their order."""
    states = spec["is"].get(str(record.look(spec["by"])))
    if not states or not isinstance(items := record.look(name), list):
        return ...
    usual = {row["name"]: row for row in FACTS.get(spec.get("from", ""), {}).get("=", ())}
    last = len(states) - 1
    turn = [states[0 if len(states) > 2 and n < len(items) - last else min(n, last)] for n in range(len(items))]
    turn = [*turn[: len(items) - last], *states[1:]] if 1 < len(states) <= len(items) else turn
    idle, only = ({spec["idle"]: 0} if "idle" in spec else {}), spec.get("only", {})
    return [
        {key: value for key, value in item.items() if only.get(join(key), state) == state}
        | {key: usual[item["name"]][key] for key in idle if item.get("name") in usual and not item.get(key)}
        | {spec["each"]: state, **(idle if state == "queued" else {})}  # what has not begun has taken no time
        for item, state in zip(items, turn, strict=True)
    ]


@rule("number_of")
def number_by_title(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The same number for the same title, wherever it comes up."""
    return Random(f"number of {record.look(spec['number_of'])}").randint(10_000, 99_999)


@rule("lacking")
def find_lacking(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """What was ordered earlier and has not come."""
    ordered = (record.told.get("earlier") or {}).get(spec["lacking"]) or ()
    came = {line.get(spec["by"]): line.get(spec["got"], 0) for line in record.told.get(spec["lacking"]) or ()}
    lacking = [(line[spec["by"]], line[spec["of"]] - came.get(line[spec["by"]], 0)) for line in ordered]
    return [{spec["by"]: thing, spec["of"]: count} for thing, count in lacking if count > 0]


@rule("none_of")
def lacks_nothing(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    return not record.look(spec["none_of"])


@rule("laps")
def count_laps(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """A kilometre after the other, at about the pace of the whole."""
    items, distance = record.look(name), record.look(spec["laps"]) or 5.0
    if not isinstance(items, list) or not items:
        return ...
    pace = 60 * (record.look(spec["of"]) or 5.4 * distance) / distance
    return [
        {**items[n % len(items)], "km": n + 1, "seconds": round(pace * (0.96 + 0.08 * rng.random()))}
        for n in range(max(1, int(distance)))
    ]


@rule("zones")
def share_minutes(record: Fitting, name: str, spec: JsonObject, rng: Random) -> Any:
    """The minutes of the whole, divided among the five zones of effort."""
    items, minutes = record.look(name), record.look(spec["zones"]) or 45
    if not isinstance(items, list) or not items:
        return ...
    parts = [round(minutes * share) for share in (0.12, 0.33, 0.36, 0.14)]
    return [{**items[0], "zone": n, "minutes": part} for n, part in enumerate([*parts, minutes - sum(parts)], 1)]
