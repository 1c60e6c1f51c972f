"""What a tool is called with: values that a person would want, for what it needs and seldom for a bit more."""

import re
from collections.abc import Collection
from functools import lru_cache
from random import Random

import orjson
from jsonschema.exceptions import ValidationError
from pydantic import JsonValue

from agents.offline.fields.facts import relate
from agents.offline.fields.fitting import FACTS
from agents.offline.fields.library import PAPERS
from agents.offline.fields.meaning import split
from agents.offline.fields.ordering import settle
from agents.offline.fields.particulars import search_term
from agents.offline.fields.prose import PROSE, suit_text, write_prose
from agents.offline.fields.strings import CHOICES, FILE_KINDS, PATH_ROOTS, PROGRAMS, QUERIES, STATEMENTS, name_file
from agents.offline.fields.topic import find_sense, is_listing, name_thing
from agents.offline.fields.values import draw_subject, fill_value, qualify
from agents.offline.plans.grasp import explain
from agents.offline.plans.hints import find_hint, look_back
from agents.offline.plans.optional import POINT, SEARCHES, alters, find_owners, is_asked_for, is_of_other_way, needs
from agents.offline.speech.hear import hear
from agents.offline.speech.tell import join_clauses, tell_clauses
from agents.offline.talk.phrases import phrase_of
from agents.offline.trade.almanac import ALMANAC, MANUAL, name_one
from agents.offline.trade.subject import PERSONS, Subject, domain_of, load_table, plain, trade_text
from agents.plan.dataflow import MAKING, Described, is_registered, nouns
from agents.plan.examples import examples, unknown_arguments, valid
from agents.plan.json_paths import flat
from agents.schema import JsonObject, Schema, words

TEXTS = frozenset(("text", "pattern", "like", "dish", "title", "name"))
_CAUSES: dict[str, list[str]] = load_table("causes")
"""Verb -> why somebody does it."""
_ASIDE_WORDS = """
page offset cursor skip pattern folder format fields include expand per starting verbose output locale timeout debug
dry force raw profile explain pretty session api token password secret credentials headers version position
"""
_ASIDE = frozenset(_ASIDE_WORDS.split())
"""Words of arguments that nobody asks for of their own accord."""
_EXCHANGING = frozenset(("currency", "currencies", "exchange", "rate", "rates"))
_ENDS = frozenset(("base", "from", "to", "target", "source"))
_WRITTEN = frozenset(("content", "text", "body", "message"))
"""Arguments that hold what somebody writes."""
_SLUGGED = re.compile(r"(?i)alphanumeric|\bdash(?:es)?\b|hyphens|underscores|lower-?case letters|no spaces")
"""How names are written that machines read."""
_SELECT, _CHANGING_SQL = re.compile(r"\bSELECT\b"), re.compile(r"\b(?:INSERT|UPDATE|DELETE)\b")
_SQL = re.compile(r"\bSELECT\b|(?i:sql\b|clickhouse|postgres|bigquery|snowflake|duckdb|redshift)")
_CODED = re.compile(r"(?i)github|repositor|source code|programming")
_PREPRINTS = re.compile(r"(?i)biorxiv|medrxiv")
_LEDGER = re.compile(r"(?i)\berc-?\d+|blockchain|\bsafe (?:address|transaction)|on-?chain|ethereum|multisig|\bevm\b")
"""What speaks of addresses where nobody lives."""
_APPS = ("org.example.notes", "com.example.timetracker", "com.example.transit")
_ANY = frozenset(("all", "any", "none", "default", "auto"))
_MANUALS = re.compile(r"(?i)documentation|\bdocs\b|library|framework")
_OPPOSITE = (
    *(("from", "to"), ("source", "target"), ("base", "target"), ("origin", "destination"), ("old", "new")),
    *(("source", "destination"), ("source", "dest"), ("src", "dst"), ("src", "dest"), ("src", "target")),
)
_COORDINATE = re.compile(r"^([\w.-]+:[\w.-]+):\d.*$")
"""A package with its group, and its version behind them."""
_FORMULA = re.compile(r"[=\[\]{}`]")
"""What is written for machines and said by nobody."""


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
    who = bool(re.search(r"\bwho\b", phrase_of(tool)))
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
                    and type_of(flat(inner, schema)) in ("string", "integer", "number")
                    and "pattern" not in inner
                    and not (key == "amount" and {"capture", "refund"} & set(words(tool["name"])))  # all of it
                    and "default" not in inner  # what is understood by itself is not said
                    and not (key == "date" and "exchange" in words(tool["name"]))  # today's is wanted
                    and inner.get("format") != "uri"  # nobody adds a link who need not
                    and not _ASIDE & set(words(key))
                    and not is_of_other_way(key, properties)
                    and not (who and words(key)[0] in PERSONS)  # `who has asked for leave` is asked of a team
                    and (not is_registered(tool) or is_asked_for(key, flat(inner, schema), holder))
                    and not any(_FORMULA.search(str(example)) for example in examples(flat(inner, schema)))
                    and not (tool.get("live") and not inner.get("enum") and not examples(flat(inner, schema)))
                ]
                looking_for = set(words(tool["name"])) & {"search", "find"} and tool["reads"]
                least = int(bool(looking_for) or not tool["reads"])
                wanted = rng.choice((0, 0, 1, 1, 2) if required else (least, 1, 1, 2))
                if is_registered(tool) or not tool["reads"]:
                    # Who changes something says to what, and who looks something up says which.
                    needed = needs(tool, spare, required, fed)
                    needed = needed[: 2 if needed and words(needed[0])[-1] in POINT else 1]
                    chosen += needed
                    spare, wanted = [key for key in spare if key not in needed], min(wanted, 1)
                owners = find_owners(tool, [key for key in properties if key not in (*chosen, *fed)])[:1]
                spare = [key for key in spare if key not in owners]
                chosen += owners + rng.sample(spare, min(len(spare), 0 if owners else wanted))
            whose = subject if not attempt else subject.other(f"attempt {attempt}")
            whose.settled |= not is_registered(tool)  # a tour, or a parcel, does not cross an ocean
            values: JsonObject = {}
            for key in chosen:
                # An example that a description gives is what people say, unless nobody would hear it right.
                inner = explain(tool, key) if attempt < 2 else flat(properties.get(key) or {}, schema)
                about_it = whose.other(f"new {key}") if is_registered(tool) and alters(tool["name"], key) else whose
                drawn = draw_argument(tool, key, inner, holder, about_it)
                values[key] = look_back(tool, key, drawn, whose) if is_registered(tool) else drawn
            if any(words(key)[-1] == "version" for key in values):
                # whoever names a version apart does not name another one within the coordinate
                values = {key: _COORDINATE.sub(r"\1", v) if isinstance(v, str) else v for key, v in values.items()}
            for source, target in _OPPOSITE:
                here = next((key for key in values if source in words(key)), "")
                there = next((key for key in values if target in words(key)), "")
                for turn in range(6):
                    if here and there and values[here] == values[there]:  # nobody converts euros into euros
                        near = whose.place if "postcode" in words(there) else None  # a parcel goes to the same country
                        elsewhere = Subject(
                            f"{whose.seed}/{turn}", whose.domain, whose.service, whose.today, turn + 1, near
                        )
                        values[there] = draw_argument(tool, there, explain(tool, there), holder, elsewhere)
            if is_registered(tool):
                _tell_apart(tool, values, holder, whose)
            shared = {name: schema[name] for name in ("$defs", "definitions") if name in schema}
            parts = {key: {**(properties.get(key) or {}), **shared} for key in values}
            same = {k: v for k, v in (given or {}).items() if k in values and valid(parts[k], v)}
            values |= same  # what was said of one call holds for the next
            if holder not in ALMANAC or holder in FACTS or not is_registered(tool):
                relate(values, schema, schema, holder, whose, same, list(same))
            values = settle(values, schema, schema, whose)
            suit_text(values, properties)
            values = link_name(values)
            if valid(schema, values) and all(is_heard(v, properties.get(k) or {}, schema) for k, v in values.items()):
                return values
        except (ValidationError, ValueError, LookupError, TypeError, RecursionError, re.error):
            continue  # a schema that contradicts itself; the tool is then left out of the plan
    return None


def link_name(values: JsonObject) -> JsonObject:
    """The arguments with a file's name in the link that it is fetched from.

    >>> link_name({"name": "Board minutes.pdf", "sourceUrl": "https://halden.example/document/office-lease"})
    {'name': 'Board minutes.pdf', 'sourceUrl': 'https://halden.example/document/board-minutes.pdf'}
    """
    name = values.get("name") or values.get("title")
    stem, dot, ending = str(name or "").rpartition(".")
    if not (dot and ending.isalpha()):
        return values
    slug = re.sub(r"\W+", "-", plain(stem)).strip("-")
    linked = re.compile(r"(https?://[^/]+/\w+/)[\w.-]+")
    links = {key: linked.fullmatch(str(value)) for key, value in values.items() if "url" in words(key)}
    return values | {key: f"{match[1]}{slug}.{ending}" for key, match in links.items() if match}


def _tell_apart(tool: Described, values: JsonObject, holder: str, subject: Subject) -> None:
    """Draws a text anew that is the same as the one before it: a channel's topic is not what the channel is called."""
    for place, (key, value) in enumerate(list(values.items())):
        before = list(values.values())[:place]
        if isinstance(value, str) and len(value) > 3 and value in before and {"name", "title", "topic"} & {*words(key)}:
            for turn in range(1, 5):
                place_of = f"{subject.seed}/{key}/{turn}"
                again = Subject(place_of, subject.domain, subject.service, subject.today, subject.index + turn)
                values[key] = draw_argument(tool, key, explain(tool, key), holder, again)
                if values[key] not in before:
                    break


def type_of(schema: Schema) -> str:
    """The type of an argument; of several the first that is not null."""
    kinds = [part.get("type") for part in schema.get("anyOf", ()) if isinstance(part, dict)]
    return str(schema.get("type") or next((kind for kind in kinds if kind != "null"), "" if kinds else "string"))


def draw_argument(tool: Described, key: str, schema: JsonObject, holder: str, subject: Subject) -> JsonValue:
    """A value that a person would want; what looks for something is a name or two words of a title."""
    if is_listing(tool, {}) and is_registered(tool) and len(nouns(tool["name"])) > 1 and key in ("name", "title"):
        holder = nouns(tool["name"])[-2]  # the versions of a package are found by its name
    if is_registered(tool) and schema.get("type", "string") == "string" and not schema.get("enum"):
        about, last = name_thing(tool["name"]), words(key)[-1]
        if hint := find_hint(tool, key, schema, subject.rng(key)):
            return hint
        if tool["reads"] and (called := name_one(about, key, subject.rng(key))):
            return called
        described = f"{tool['service']} {tool.get('description')} {schema.get('description')}"
        if (last == "doi" or "arxiv" in words(key)) and not examples(schema):
            field, preprint = ("doi" if last == "doi" else "arxiv_id"), bool(_PREPRINTS.search(described))
            numbers = [str(paper[field]) for paper in PAPERS if field in paper]
            return subject.rng(key).choice([n for n in numbers if n.startswith("10.1101") == preprint] or numbers)
        if last == "language" and _CODED.search(described) and not examples(schema):
            return subject.rng(key).choice(CHOICES["repository/language"])
        if about == "paper" and last in ("author", "name") and "author" in words(f"{key} {tool['name']}"):
            return str(subject.rng(key).choice(PAPERS)["author"]).partition(" et al")[0].partition(",")[0]
        if words(key) == ["code"] and {"run", "execute", "exec", "eval"} & set(words(tool["name"])):
            return subject.rng(key).choice(PROGRAMS)
        if last == "title" and "wikipedia" in described.lower() and not examples(schema):
            return name_one("article", key, subject.rng(key))
        if about == "coin" and last == "id" and not examples(schema):
            return subject.rng(key).choice(("bitcoin", "ethereum", "solana", "cardano", "dogecoin"))
        if words(key)[:1] in (["package"], ["bundle"]) and about == "app" and not examples(schema):
            return subject.rng(key).choice(_APPS)
        names = find_sense(tool).get("name")
        made = words(key)[-1] in ("name", "title") and not MAKING.isdisjoint(words(tool["name"]))
        if names and (made or (tool["reads"] and set(words(key)) & (TEXTS | SEARCHES))) and not examples(schema):
            return str(subject.rng(key).choice(names))
        if last in ("query", "sql", "statement") and _SQL.search(described):
            writes = _CHANGING_SQL.search(described) and not _SELECT.search(described)
            return subject.rng(key).choice(STATEMENTS if writes else QUERIES)
        manual = about in ("doc", "document", "documentation") and bool(_MANUALS.search(described))
        if manual and set(words(key)) & (SEARCHES | {"topic"}) and not examples(schema):
            return subject.rng(key).choice(list(MANUAL))
        if words(key) == ["name"] and re.search(r"\bENS\b", described):
            return subject.rng(key).choice(("kestrel.eth", "northwind.eth", "halden.eth"))
        ledger = about == "balance" or _LEDGER.search(described)
        if ledger and {"address", "wallet"} & set(words(key)) and not examples(schema):
            return f"0x{subject.rng(key).getrandbits(160):040x}"
        if last == "path" and str(schema.get("description")).lower().startswith("directory") and not examples(schema):
            return subject.rng(key).choice(PATH_ROOTS)
        if last in ("filename", "file", "path", "filepath") and not examples(schema):
            kind = next((word for word in words(described) if FILE_KINDS.get(word, "repo") != "repo"), "")
            if named := name_file(split(key), kind, subject) if kind else "":
                return named
        if (options := CHOICES.get(f"{holder}/{last}")) and not examples(schema):
            return subject.rng(key).choice(options)
    vague = _ANY | {"other"} if is_registered(tool) else {"other"}
    if members := [member for member in schema.get("enum") or () if member not in vague]:
        schema = {**schema, "enum": members}  # who names a choice means one of them
    searching = tool["reads"] and set(words(key)) & (TEXTS | SEARCHES) and not schema.get("pattern")
    if is_registered(tool) and words(key)[-1] in ("title", "name") and not is_listing(tool, {}):
        searching = False  # one thing is named by its whole title
    plain = (
        schema.get("type", "string") == "string"
        and not schema.get("enum")
        and "const" not in schema
        and not schema.get("format")
    )
    single = len(words(key)) == 1 or words(key) == ["key", "words"]
    if searching and plain and single and not examples(schema) and "sql" not in words(tool["name"]):
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
        if set(words(key)) & _ENDS and _EXCHANGING & set(words(f"{tool['name']} {key}")):
            return subject.rng(key).choice(("EUR", "USD", "GBP", "CHF", "JPY"))
        if "timezone" in words(key):
            return subject.place.timezone
        if words(key)[-1] in _WRITTEN:
            return write_prose(holder if holder in PROSE else "description", split(key), holder, subject)
    label = key if holder in PERSONS and key == "name" else qualify(key, holder)
    value = fill_value(schema, label, holder, subject, tool["inputSchema"])
    if is_registered(tool) and words(key)[-1] in ("name", "slug", "id"):
        return _spell_for_machines(value, schema)
    return value


def _spell_for_machines(value: JsonValue, schema: Schema) -> JsonValue:
    """The name without spaces and capitals, where the schema says that none may be in it."""
    spelled = isinstance(value, str) and " " in value and _SLUGGED.search(str(schema.get("description")))
    return re.sub(r"\W+", "-", plain(value)).strip("-") if isinstance(value, str) and spelled else value


def is_heard(value: JsonValue, schema: Schema, root: Schema) -> bool:
    """Whether a person can tell the value so that it is heard as it is; what the tool itself fixes is not told."""
    if value is None or value == schema.get("const", ...) or value == schema.get("default", ...):
        return True
    spoken = join_clauses(tell_clauses("value", value, Random(0)) or ["nothing"])
    return bool(hear("value", schema, root, spoken) == value)


@lru_cache(maxsize=16384)
def usable(tool: bytes) -> bool:
    return fillable(orjson.loads(tool), Random(0)) is not None
