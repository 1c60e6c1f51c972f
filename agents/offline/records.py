"""Results in words: a sentence for little, a list for a record, bullets for a few of them and a table for many."""

from collections.abc import Sequence
from random import Random

from pydantic import JsonValue

from agents.offline.labels import split_unit
from agents.offline.phrases import phrase_done, pluralise, turn_to_you
from agents.offline.spoken import show_value
from agents.plan.dataflow import nouns
from agents.schema import JsonObject, singular, words

_NAMES = ("name", "title", "subject", "label", "full_name", "fullName", "display_name", "summary", "path")
_ASIDE_WORDS = """page total_pages totalPages total count more has_more hasMore next_page success facets"""
_ASIDE = frozenset(_ASIDE_WORDS.split())
"""Fields that say something of the list and not of the things in it."""
_IDENTIFYING = ("id", "number", "reference", "code", "sku", "key", "slug", "name", "title", "path", "url")
_STAMPS = frozenset(("updated_at", "updatedAt", "created_at", "createdAt", "deleted"))
"""When something was changed is of no interest to whoever has just asked for it."""
FAILED_STATES = ("failed", "rejected", "declined", "error", "denied")
_SHOWN = 10
"""Records that an answer lists before it only counts the rest."""
_GENERIC = frozenset(("item", "result", "value", "record", "row", "entry", "datum", "element"))
_NOTHING = ("I found no {} for that.", "There are no {} that match.", "Nothing came up: no {}.")
_SOME = ("I found {n} {t}:", "There are {n} {t}:", "Here are the {n} {t}:", "{n} {t} came back:")


def failure_of(result: JsonValue) -> str:
    """What a result says of its own failure though the call went through; empty for a success."""
    if not isinstance(result, dict):
        return ""
    for key in ("success", "ok", "merged", "ticketed", "deposit_returned"):
        if result.get(key) is False:
            return f"{label_field(key)} came back as no"
    state = str(result.get("status", result.get("state", "")))
    return f"its status is {state}" if state in FAILED_STATES else ""


def describe_result(
    result: JsonValue, tool: str, phrase: str, arguments: JsonObject, *, reading: bool, rng: Random
) -> str:
    """One result in words; `phrase` is how people ask for the tool."""
    failure = failure_of(result)
    if failure and not reading:
        lead = f"I tried to {turn_to_you(phrase)}, but it did not go through: {failure}."
        return f"{lead} {_write_record(result, '', rng)}".strip()
    if isinstance(result, list):
        result = {pluralise(singular((nouns(tool) or ("result",))[-1])): result}
    if not isinstance(result, dict):
        return f"I've {phrase_done(phrase)}: {show_field(result)}." if not reading else f"{show_field(result)}"
    lists = [key for key, some in result.items() if isinstance(some, list) and (not some or isinstance(some[0], dict))]
    if lists and reading:
        return _write_list(result, lists[0], arguments, rng)
    if not reading:
        fresh = {
            key: value
            for key, value in result.items()
            if key not in _ASIDE | _STAMPS and arguments.get(key, ...) != value
        }
        return f"I've {_name_object(phrase_done(phrase), arguments)}. {_write_record(fresh, '', rng)}".strip()
    if result.get("success") is True:
        result = {key: value for key, value in result.items() if key not in _ASIDE | _STAMPS} or {
            "outcome": "done, without further details"
        }
    ids = (str(arguments[key]) for key in arguments if words(key)[-1:] in (["id"], ["number"], ["reference"]))
    about = next(ids, "")
    # The thing that was asked for comes first; what the person said, and when it was last touched, is no news.
    shown = {
        key: value
        for key, value in result.items()
        if str(value) != about and (arguments.get(key, ...) != value or key == "status")
    }
    spare = _STAMPS if len(shown) > 3 else frozenset()
    ordered = sorted((key for key in shown if key not in spare), key=lambda key: label_field(key) not in phrase)
    return _write_record({key: shown[key] for key in ordered} or result, about, rng)


def _name_object(done: str, arguments: JsonObject) -> str:
    """What was done with the thing that it was done to: `cancelled the order ORD-7`, `changed the plan (ID 4711)`."""
    for key, value in arguments.items():
        last = words(key)[-1:]
        if last not in ([[word] for word in _IDENTIFYING]) or not isinstance(value, str | int) or len(str(value)) > 60:
            continue
        shown, label = show_field(value, key), label_field(key)
        if shown.lower() in done.lower():
            return done
        stem = label.rpartition(" ")[0]
        if last[0] not in ("name", "title", "path", "url") and stem and done.endswith(f" {stem}"):
            return f"{done} {shown}"
        return f"{done} ({label} {shown})"
    return done


def _write_list(result: JsonObject, key: str, arguments: JsonObject, rng: Random) -> str:
    """A sentence for one, bullets for a few, a table for many; what the list says of itself after it."""
    items: list[JsonObject] = result[key]
    thing = singular(words(key)[-1]) if words(key) else "entry"
    thing = "entry" if thing in _GENERIC else "absence" if thing == "away" else thing
    rest = {
        name: value
        for name, value in result.items()
        if name != key
        and (name not in _ASIDE or (name == "total" and value != len(items)))
        and value not in (None, "", [])
        and arguments.get(name) != value
    }
    more = f"\n\n{_write_record(rest, '', rng)}" if rest else ""
    if not items:
        return rng.choice(_NOTHING).format(pluralise(thing)) + more
    if len(items) == 1:
        return f"There is one {thing}: {write_line(items[0])}.{more}"
    lead = rng.choice(_SOME).format(n=len(items), t=pluralise(thing))
    columns = [name for name in items[0] if not isinstance(items[0][name], list | dict)]
    # A table pays where there is something to compare; long cells and many columns break its lines.
    narrow = all(len(str(item.get(name, ""))) < 40 for item in items for name in columns)
    if len(items) > 3 and 2 < len(columns) <= 6 and narrow:
        head = f"| {' | '.join(label_field(name) for name in columns)} |\n|{'---|' * len(columns)}"
        shown = items if len(items) <= 2 * _SHOWN else items[:_SHOWN]
        rows = "\n".join(f"| {' | '.join(show_field(item.get(name), name) for name in columns)} |" for item in shown)
        left = f"\n\nThese are the first {len(shown)} of them." if len(shown) < len(items) else ""
        return f"{lead}\n\n{head}\n{rows}{left}{more}"
    shown = items if len(items) <= _SHOWN else items[: _SHOWN - 2]
    left = f"\n- and {len(items) - len(shown)} more" if len(shown) < len(items) else ""
    return f"{lead}\n" + "\n".join(f"- {write_line(item)}" for item in shown) + left + more


def name_record(item: JsonValue) -> str:
    """What a record is called, else its id, else what it is; empty for one that has neither."""
    if not isinstance(item, dict):
        return show_field(item)
    keys = [key for key in item for name in _NAMES if words(key) == words(name)]
    keys += [key for key in item if words(key)[-1:] in (["name"], ["id"], ["number"], ["reference"], ["code"], ["key"])]
    return show_field(item[keys[0]], keys[0]) if keys else ""


def write_line(item: JsonValue) -> str:
    """One record in a line: what it is called first, then the rest."""
    if not isinstance(item, dict):
        return show_field(item)
    names = [key for key in item for name in _NAMES if words(key) == words(name)]
    name = next(iter(names + [key for key in item if words(key)[-1:] == ["name"]]), "")
    coded = (["id"], ["number"], ["reference"], ["code"], ["sku"])
    number = next((key for key in item if key != name and words(key)[-1:] in coded), "")
    others = [
        f"{label_field(key)} {show_field(value, key)}"
        for key, value in item.items()
        if key != name and key != number and key not in _STAMPS and value not in (None, "", [], {})
    ]
    head = f"**{show_field(item[name])}**" if name else ""
    ident = f"{label_field(number)} {item[number]}" if number else ""
    head = f"{head} ({ident})" if head and ident else head or ident
    return f"{head}: {', '.join(others)}" if head and others else head or ", ".join(others)


def _write_record(record: JsonValue, about: str, rng: Random) -> str:
    """A record about what is called so: a sentence if it is short, else a list of its fields."""
    if not isinstance(record, dict) or not record:
        return ""
    fields = [(key, value) for key, value in record.items() if value not in (None, "", [], {})]
    of = f" for {about}" if about else ""
    long = any(isinstance(value, list | dict) or len(str(value)) > 90 for _, value in fields)
    if len(fields) <= 3 and not long:
        clauses = []
        for key, value in fields:
            label = label_field(key)
            plural = label.endswith("s") and not label.endswith(("us", "ss", "is"))
            if str(value) != about and isinstance(value, bool):
                clauses.append(_say_yes_or_no(label, value))
            elif str(value) != about:
                clauses.append(f"the {label} {'are' if plural else 'is'} {show_field(value, key)}")
        text = enumerate_parts(clauses, "and")
        if not text:
            return f"That's all there is{of}."
        return f"For {about}, {text}." if about else f"{capitalise(text)}."
    leads = (f"Here is what I see{of}:", f"This is what is there{of}:", f"Here you go{of}:", f"Found it{of}:")
    lines = [rng.choice(leads)]
    for key, value in fields:
        label = capitalise(label_field(key))
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"- {label}:", *(f"  - {write_line(item)}" for item in value)]
        else:
            shown = write_line(value) if isinstance(value, dict) else show_field(value, key)
            lines.append(f"- {label}: {_shorten(shown)}")
    return "\n".join(lines)


def _shorten(text: str) -> str:
    """The beginning of a long text, up to the end of a sentence."""
    if len(text) < 420 or "\n- " in text[:300]:
        return text
    end = max(text[:300].rfind(". "), text[:300].rfind("\n")) + 1 or 240
    return f"{text[:end].strip()} …"


def _say_yes_or_no(label: str, value: bool) -> str:
    """`it is not on track`; what is no adjective is answered as a question."""
    last = label.split()[-1] if label else ""
    if (
        label.startswith("on ")
        or last.endswith(("able", "ed", "ible"))
        or last in ("online", "active", "open", "valid")
    ):
        return f"it is {'' if value else 'not '}{label}"
    return f"the answer on {label} is {show_field(value)}"


def is_nested(value: JsonValue) -> bool:
    """Whether a value has parts of its own, or is too long for a line."""
    return isinstance(value, list | dict) or len(str(value)) > 160


def capitalise(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}"


def show_field(value: JsonValue, key: str = "") -> str:
    """A value of a result as it is told, with the unit that its field names."""
    counted = isinstance(value, int | float) and not isinstance(value, bool)
    return show_value(value, key) + (split_unit(key)[1] if counted else "")


def label_field(path: str) -> str:
    """A field's name in words.

    >>> label_field("orders[0].orderId"), label_field("placed_at")
    ('order ID', 'placed time')
    """
    return split_unit(path.rpartition(".")[2].split("[")[0])[0] or "result"


def enumerate_parts(parts: Sequence[str], word: str) -> str:
    """The parts with commas, the word before the last one."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}" if parts else ""
