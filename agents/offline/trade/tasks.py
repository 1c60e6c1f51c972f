"""What can be worked out in what a tool returns: tasks in words, for the plan, the user and whoever writes the code."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from random import Random
from typing import NamedTuple

from agents.offline.speech.labels import name_field
from agents.offline.trade.subject import PERSONS
from agents.plan.dataflow import IDENTIFYING, Described, is_registered, tables
from agents.schema import JsonObject, plural, singular, words

_MEASURED = """amount total price cost balance quantity count score rating size weight duration minutes hours days
distance percent rate value budget salary points stock usage level capacity temperature comments views revenue fee tax
limit progress credits renewals copies applicants charts subscribers
night households rows bytes hand reserved calories seats nights guests likes open
remaining mileage humidity width height length power energy"""
_MEASURES = frozenset(_MEASURED.split())
_MONEY_WORDS = "amount total price cost balance value budget salary revenue fee rent premium deposit credit"
_MONEY = frozenset(_MONEY_WORDS.split())
_GROUPING = """plan department discipline stage trade line sport cuisine status state type category currency unit
priority kind role country city method severity"""
_KINDS_OF = frozenset(_GROUPING.split())
_DATES = frozenset(("date", "day", "at", "timestamp", "datetime", "deadline"))

WORDS = {
    "reconcile": "check that the details agree with the list",
    "numbers": "work out the sum, the average and the range of the numbers in it",
    "dates": "work out how many days lie between the earliest and the latest date in it",
    "tidy": "check that nothing in it is empty and nothing is listed twice",
    "group": "work out the total {number} per {category}",
    "sum": "work out the total {number}",
    "share": "work out which share of the total {number} each {category} has",
    "spread": "work out the average, the median and the highest {number}",
    "interval": "estimate by bootstrap how certain the average {number} is",
    "growth": "work out what the {number} sums up to when it grows at that rate for those years",
    "highest": "find the {key} with the highest {number}",
    "lowest": "find the {key} with the lowest {number}",
    "latest": "find the {key} with the latest {date}",
    "count": "count how many there are per {category}",
    "span": "work out how many days lie between the earliest and the latest {date}",
    "months": "count how many fall in each month by {date}",
    "ages": "work out how many days lie between the {moment} of each {key} and today, {today}",
    "portion": "work out which share of the total {number} each {key} has, in percent",
    "above": "work out by how many percent the {number} of each {key} is above the lowest",
    "age": "work out how many days lie between the {moment} and today, {today}",
    "check": "check that every {key} is unique and that nothing is missing",
}
"""Kind -> the task in words, fields of the records in braces; those without any come first when a task is read."""
OTHERWISE = {
    "highest": ("tell me which {key} has the highest {number}", "see which {key} has the highest {number}"),
    "lowest": ("tell me which {key} has the lowest {number}", "see which {key} has the lowest {number}"),
    "group": ("add up the {number} for each {category}", "tell me the total {number} for each {category}"),
    "sum": ("add up the {number}", "tell me the total {number}"),
    "spread": ("tell me the average, the median and the highest {number}",),
    "count": ("tell me how many there are per {category}", "count them by {category}"),
    "numbers": (
        "add up the numbers in it and tell me how they are spread",
        "tell me the total of its numbers, their mean, the smallest and the largest",
        "take every number in it and get the sum, the mean and how far apart they lie",
        "crunch the figures in it for me: sum, mean, lowest and highest",
    ),
    "dates": (
        "count the days from the first date in it to the last",
        "tell me how long a time its dates cover, in days",
        "look for the oldest and the newest date in it and give me the difference in days",
        "say how many days its entries stretch over",
    ),
    "tidy": (
        "make sure that no field of it is blank and nothing comes up again",
        "look for gaps and repeated entries in it",
        "tell me if any value is missing or any entry is there more than once",
        "verify that it is complete and free of doubles",
    ),
}
"""Kind -> other ways to ask for it. A tool that declares nothing allows these alone, so they are asked for most."""
PICKING = ("highest", "lowest", "latest")
"""Kinds whose value is the key of one record."""
EACH = ("ages", "portion", "above")
"""Kinds that say something of every record."""
NAMING = (*PICKING, "count", "group", "share")
"""Kinds of which the value names something that stands in the records."""
OF_MANY = ("count", "group", "sum", "highest", "lowest")
"""Kinds that anybody sees at a glance where there are few."""
_DULL_WORDS = "latest share ages months span age check interval numbers dates tidy growth"
DULL = tuple(_DULL_WORDS.split())
"""Kinds that can nearly always be worked out, those that people ask for sooner first."""
_ADDED_WORDS = """amount total cost balance quantity count minutes hours days bytes rows hand stock seconds applicants
subscribers views likes households tracks tasks charts points deals usage revenue volume"""
_ADDED = frozenset(_ADDED_WORDS.split())
"""Words of what adds up over several things; prices, ratings and rates do not."""
_OFFERED = frozenset(("quote", "tariff", "rate", "class", "opening", "slot", "dish", "offer", "room", "listing"))
"""What somebody takes one of: nobody adds up what they would cost together."""
_SMALL = frozenset(("tasks", "charts", "tracks"))
"""Counts of which nobody asks what share of all of them each has."""
_SUMS = frozenset(("total", "balance", "net", "gross"))
_COUNTED = _KINDS_OF - {"type", "unit", "method", "currency", "line", "role", "country"}
_PLAIN_WORDS = """copies renewals credits bytes households places position left distance capacity subscribers rows score
unsubscribed charts applicants open age"""
_PLAIN = frozenset(_PLAIN_WORDS.split())
"""Words of counts of which nobody wants an average."""
_AVERAGED_WORDS = """amount cost rating minutes seconds hours duration value temperature calories total rate salary
distance usage revenue"""
_AVERAGED = frozenset(_AVERAGED_WORDS.split())
"""Words of what somebody wants the average of."""
_PAID_OUT = frozenset(("amount", "total"))
_LOW_WORDS = "night price cost premium fee distance total seconds days rate yearly"
_LOW = frozenset(_LOW_WORDS.split())
_PAID = _LOW - {"distance", "seconds", "days"}
"""Words of what is better the less there is of it, and of what is paid among that."""
UNDECLARED = ("numbers", "dates", "tidy")
"""Kinds that take a result as it comes."""
_PATTERNS = [
    (
        kind,
        re.compile(
            re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(text)).replace("the\\ highest", "the\\ (?:highest|most)")
            + "$"
        ),
    )
    for kind, common in WORDS.items()
    for text in (common, *OTHERWISE.get(kind, ()))
]


def say_most(text: str, names: Mapping[str, str]) -> str:
    """Of what is counted one has most: nobody asks for the highest comments.

    >>> say_most("see which issue has the highest comments", {"number": "comments"})
    'see which issue has the most comments'
    """
    number = names.get("number", "")
    counted = number.rpartition(" ")[2]
    # a number of comments is as high as it is
    several = counted != singular(counted) and not number.startswith("number of ")
    return text.replace("the highest", "the most") if several else text


_NEARBY = "point|store|pharmacy|restaurant|hotel|station|cinema|place|shop|stop"
_PLAINLY = (
    (
        r"^work out how many days lie between the (\w+) (?:time|date) of each (.+) and today, .+$",
        r"work out how many days ago each \2 was \1",
    ),
    (
        r"^work out which share of the total number of (.+) each (.+) has, in percent$",
        r"work out what percentage of all \1 each \2 has",
    ),
    (
        r"^work out which share of the total (.+) each (.+) has, in percent$",
        r"work out what percentage of the total \1 each \2 makes up",
    ),
    (
        r"^work out by how many percent the .+ of each (.+) is above the lowest$",
        r"work out by how many percent each \1 is dearer than the cheapest one",
    ),
    (rf"^(?:tell me|see) which (?:{_NEARBY}) has the lowest distance$", "tell me which one is the closest"),
    (rf"^find the (?:{_NEARBY}) with the lowest distance$", "find the closest one"),
    (
        r"^(?:tell me|see) which .+ has the lowest (?:price|cost|fee|price per night)$",
        "tell me which one is the cheapest",
    ),
    (r"^find the .+ with the lowest (?:price|cost|fee|price per night)$", "find the cheapest one"),
    (r"^(tell me|see) which (?!group ).+ has the (?=highest|lowest|most|latest)", r"\1 which one has the "),
    (r"\bthe highest number of ", "the most "),
    (r"\bthe highest (fuel|stock)$", r"the most \1"),
    (r"\bthe total bytes$", "the total size in bytes"),
    (r"^add up the bytes$", "add up the sizes"),
    (r"^add up the (amount|total|price|balance|rent|cost)$", r"add up the \1s"),
    (r"^(?:add up|work out|tell me) the (?:total )?on hand$", "add up how many are on hand"),
    (r"\blowest distance$", "shortest distance"),
    (r"^find the (.+) with the latest (updated|created|started) time$", r"find the \1 that was \2 last"),
    (
        r"^work out how many days lie between the (updated|created) time and today, .+$",
        r"tell me how many days ago it was \1",
    ),
    (
        r"^(work out|tell me) the total "
        r"(?=(?:(?:affected )?households|tracks|seats|copies|likes|views|subscribers|members)$)",
        r"\1 the total number of ",
    ),
)
"""How a task is asked for by somebody who sees no fields before them."""


def ask_for(task: str) -> str:
    """The task in a person's words.

    >>> ask_for("find the store with the lowest distance"), ask_for("tell me which film has the most minutes")
    ('find the closest one', 'tell me which one has the most minutes')
    """
    for pattern, plainly in _PLAINLY:
        task = re.sub(pattern, plainly, task)
    return task


class Task(NamedTuple):
    kind: str
    fields: dict[str, str]
    """Role in the words, such as `number` -> the field as said, such as `total amount`."""


def read(task: str) -> Task | None:
    """
    >>> read("work out the total amount due per status")
    Task(kind='group', fields={'number': 'amount due', 'category': 'status'})
    """
    for kind, pattern in _PATTERNS:
        if match := pattern.match(task):
            return Task(kind, match.groupdict())
    return None


def speak_field(field: str) -> str:
    """A field as a task calls it, in small letters and without its unit.

    >>> speak_field("distance_m"), speak_field("dueOn")
    ('distance', 'due date')
    """
    spoken = re.sub(r" in [a-z]+$", "", name_field(field).lower()).removeprefix("from ")
    if counted := re.fullmatch(r"(.+) count", spoken):
        return f"number of {plural(singular(counted[1]))}"
    return f"price {spoken}" if spoken.startswith("per ") else spoken


_HAPPENED = re.compile(r"(?!scheduled|expected|estimated|planned|needed|requested)[a-z]+ed (?:time|date)")
"""A field that says when something was done with the record, as people call it."""

Fits = Callable[[str, str, str, Described], bool]
"""Whether somebody asks for a kind of a field in a role, of what a tool brings."""


class Choice(NamedTuple):
    """Something that can be worked out in what a tool returns."""

    kind: str
    task: str
    path: str
    """Of the records in the result; empty for the whole."""
    fields: dict[str, str]
    """Role -> field."""


def is_of_person(field: str, path: str) -> bool:
    """Whether the field names somebody who has to do with the thing, and may have to do with several.

    >>> is_of_person("customer_name", "invoices"), is_of_person("customer_name", "customers")
    (True, False)
    """
    holder = singular((words(path) or [""])[-1])
    return words(field)[-1] == "name" and words(field)[-2:-1] not in ([], [holder]) and words(field)[-2] in PERSONS


def choices(tool: Described, rng: Random, today: date) -> list[Choice]:
    """One of each kind that the declared records allow; for a tool that declares nothing those that need no field."""
    return list_choices(tool, rng, today, fits) or list_choices(tool, rng, today, lambda *_: True)


def list_choices(tool: Described, rng: Random, today: date, wanted_of: Fits) -> list[Choice]:
    """Those of which each field is one that is asked for in its role."""
    if not tool.get("outputSchema"):
        return [Choice(kind, rng.choice((WORDS[kind], *OTHERWISE[kind])), "", {}) for kind in UNDECLARED]
    options = []
    for path, schemas in tables(tool).items():
        fields_of: dict[str, set[str]] = {}
        for field, schema in schemas.items():
            last = words(field)[-1:]
            parts: tuple[str, ...] = ()
            if schema.get("type") in ("integer", "number"):
                if IDENTIFYING.isdisjoint(last) and not _MEASURES.isdisjoint(words(field)):
                    parts = ("number",)
            elif schema.get("enum") or not _KINDS_OF.isdisjoint(last):
                parts = ("category",)
            elif not _DATES.isdisjoint(last) or schema.get("format") in ("date", "date-time"):
                parts = ("date", "moment") if _HAPPENED.fullmatch(speak_field(field)) else ("date",)
            elif words(field) == ["room", "type"]:
                parts = ("key",)
            elif last in (["id"], ["sku"], ["number"], ["ref"]):
                parts = ("id", "key")
            elif last in (["name"], ["title"], ["symbol"], ["code"], ["company"], ["seat"], ["key"]):
                parts = ("key",)
            for role in parts:
                fields_of.setdefault(role, set()).add(field)
        # Sorted, because what is drawn from a set would depend on the process.
        roles = {role: sorted(names) for role, names in fields_of.items()}
        calling = ("name", "title", "symbol", "company", "type")
        named = [name for name in roles.get("key", ()) if words(name)[-1] in calling and not is_of_person(name, path)]
        if named and is_registered(tool):
            roles["key"] = named  # nobody asks for the id of the best
        elif is_registered(tool) and not {"symbol", "code"} & {words(name)[-1] for name in roles.get("key", ())}:
            roles.pop("key", None)
        for kind, text in WORDS.items():
            wanted = re.findall(r"\{(?!today)(\w+)\}", text)
            money = [name for name in roles.get("number", ()) if not _MONEY.isdisjoint(words(name))]
            if wanted and all(roles.get(role) for role in wanted) and (money or kind != "growth"):
                fitting = {role: [n for n in roles[role] if wanted_of(kind, role, n, tool)] for role in wanted}
                if (kind not in DULL or kind in ("spread", "share")) and not all(fitting.values()):
                    continue
                fields = {role: rng.choice(fitting[role] or roles[role]) for role in wanted}
                if kind == "growth":
                    fields["number"] = rng.choice(money)  # ratings and guests bear no interest
                names = {role: speak_field(field) for role, field in fields.items()}
                names["today"] = f"{today:%-d %B %Y}"
                wording = rng.choice((text, *OTHERWISE.get(kind, ())))
                if kind in (*PICKING, *EACH) and path:  # which audience, not which name
                    names["key"] = speak_field("_".join([*words(path)[:-1], singular(words(path)[-1])]))
                spoken = wording.format(**names)
                spoken = say_most(spoken, names) if kind in PICKING else spoken
                options.append(Choice(kind, spoken, path, fields))
    for field, schema in ((tool["outputSchema"] or {}).get("properties") or {}).items():
        if isinstance(schema, dict) and schema.get("format") in ("date", "date-time"):
            task = WORDS["age"].format(moment=speak_field(field), today=f"{today:%-d %B %Y}")
            options.append(Choice("age", task, "", {"moment": field}))
    # What can always be worked out is only worth asking for where nothing else can.
    telling = [choice for choice in options if choice.kind not in DULL]
    first = next((kind for kind in DULL if any(choice.kind == kind for choice in options)), "")
    return telling or [choice for choice in options if choice.kind == first]


def fits(kind: str, role: str, field: str, tool: Described) -> bool:
    """Whether somebody would ask for the kind of such a field: a total of amounts, the lowest of prices."""
    about = set(words(field))
    record = next((set(fields) for fields in tables(tool).values() if field in fields), set[str]())
    holders = [singular(words(path)[-1]) for path, some in tables(tool).items() if path and field in some]
    noun = holders[0] if holders else ""
    if kind == "count" and not key_of(sorted(record)):
        return False  # of each kind there is one
    if kind == "sum" and _SUMS & (tool["outputSchema"] or {}).get("properties", {}).keys():
        return False  # it is there already
    if role == "category":  # what the list was asked for by is the same for all of it
        return bool(about & _COUNTED) and field not in (tool["inputSchema"].get("properties") or {})
    if kind in ("group", "share", "sum", "portion") and role != "key":
        lasting = bool(about & {"minutes", "hours", "days", "seconds"}) and noun not in ("workout", "zone", "stage")
        if kind == "portion" and about & _SMALL:
            return False
        added = bool(about & _ADDED and about != {"total"}) and noun not in _OFFERED and not lasting
        return role != "number" or added
    if role == "key" and kind in (*PICKING, *EACH):
        called = key_of([name for schemas in tables(tool).values() if field in schemas for name in schemas])
        return field == called and (kind != "above" or field != "seat")  # seats of a class cost the same
    if kind == "spread":
        series = any(not _DATES.isdisjoint(words(name)[-1:]) for name in record)
        if not _OFFERED.isdisjoint(holders):
            return False
        # Readings of several kinds have no average, nor have bookings, nor what is offered side by side.
        return bool(about & _AVERAGED) and "age" not in about and series and not about & _PAID_OUT
    if kind == "above":
        return bool(about & _PAID) and (about != {"total"} or noun in _OFFERED)
    if kind == "highest" and role == "number":
        return not about & (_LOW | _PLAIN)
    return role != "number" or kind != "lowest" or bool(about & _LOW)


def key_of(fields: Sequence[str]) -> str:
    """The field by which a record is called: its name, else its code, else its id.

    >>> key_of(["hotelId", "name", "stars"]), key_of(["quote_id", "total"])
    ('name', 'quote_id')
    """
    named = ("symbol", "code", "key", "company", "seat")
    for kinds in (("name", "title"), named, ("type",), ("id", "sku", "number", "ref")):
        if field := next((field for field in fields if words(field)[-1:] and words(field)[-1] in kinds), ""):
            return field
    return ""


def facts(kind: str, rng: Random) -> JsonObject:
    """What the user must tell for the kind, by name."""
    rates = (2, 3, 4.5, 5, 7.5)
    return (
        {"growth rate in percent": rng.choice(rates), "number of years": rng.randint(2, 8)} if kind == "growth" else {}
    )
