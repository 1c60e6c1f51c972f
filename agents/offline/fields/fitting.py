"""What hangs together in a record of a trade: a drug and its strength, a seat and its price, a stay and its length.

`tables/facts.json` says for each noun of a trade what a field holds and which other field it follows; the names of
fields are words joined by `_`, however a tool spells them. What the call gave stands; everything else is fitted to it.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime
from random import Random
from typing import Any

from pydantic import JsonValue

from agents.offline.fields.meaning import split
from agents.offline.trade.subject import NOUNS, Subject, load_table, plain
from agents.plan.examples import valid
from agents.schema import JsonObject, Schema

FACTS: dict[str, JsonObject] = load_table("facts")
"""`trade/noun` or noun -> what its fields hold; under `=` stand the values that belong together."""
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

    def fit(self, facts: JsonObject) -> None:
        rows = [row for row in facts.get("=", ()) if self.agrees(row)]
        if rows:
            head, _, tail = self.subject.seed.rpartition("/")
            # Neighbours of a list count on from the same start; what stands alone has a start of its own.
            seed = head if tail == str(self.subject.index) else self.subject.seed
            start = 0 if facts.get("ordered") else Random(f"{seed}/{self.holder}").randrange(len(rows))
            for name, value in rows[(start + self.subject.index) % len(rows)].items():
                self._put(name, value)
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
            return spec[(Random(self.subject.seed.rpartition("/")[0]).randrange(len(spec)) + index) % len(spec)]
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


def month_after(today: date, ahead: int) -> date:
    """The first day of the month so many months from this one."""
    months = today.year * 12 + today.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)
