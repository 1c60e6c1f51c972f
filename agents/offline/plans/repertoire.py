"""Which tools the embedded teacher plays: those whose thing, words and arguments its tables know.

A teacher made of rules has nothing to say of most tools that there are. It calls those that it can speak of sensibly;
the others stay among the tools that are offered.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from random import Random

import orjson

from agents.offline.fields.imagine import imagine_shape
from agents.offline.fields.reference import COINS
from agents.offline.fields.topic import FIELDS, find_states, is_listing, is_opened, looks, name_state, name_thing
from agents.offline.plans.arguments import usable
from agents.offline.plans.computing import SELDOM, lists_many
from agents.offline.plans.grasp import grasps, is_plain_argument
from agents.offline.plans.optional import needs
from agents.offline.plans.states import MEANT
from agents.offline.talk.phrases import has_own_phrase, phrase_of
from agents.offline.talk.wording import find_head
from agents.offline.trade.subject import FIRST_DAY, domain_of, load_table, trade_text
from agents.offline.trade.tasks import DULL, OF_MANY, fits, list_choices
from agents.plan.dataflow import MAKING, STOPS, Described, find_condition, is_computable, is_registered, list_fields
from agents.schema import JsonObject, singular, words

TABLE: JsonObject = load_table("repertoire")
_COMMON = frozenset(TABLE["common"].split()) | STOPS
"""Words of names that change nothing about what comes back."""
_VERBS = frozenset(TABLE["verbs"].split())
"""What is done to things in ways of which the effect is clear."""
_LOOKS = frozenset(TABLE["looks"].split())
_ARGUMENTS = frozenset(TABLE["arguments"].split())
_THIN = frozenset(TABLE["spoken"].split()) | frozenset(
    ("get", "information", "details", "data", "info", "list", "all", "the", "of", "a")
)
"""Words of which alone no request is made."""
_SPOKEN = frozenset(TABLE["spoken"].split())
"""Words that a request has besides those of the name."""
_WITH = {noun: frozenset(entry.get("with", "").split()) for noun, entry in TABLE["nouns"].items()}
_TRADES = {noun: frozenset(entry.get("trades", "").split()) for noun, entry in TABLE["nouns"].items()}
_TEXTS = frozenset(("read", "content", "contents", "text", "html", "markdown", "transcript"))
_PRINTED = frozenset(("page", "transcript", "article", "candlestick", "price_history"))
"""What is read as it was printed: the almanac has the words, or a price its course."""
_LISTED = frozenset(noun for noun, entry in TABLE["nouns"].items() if entry.get("lists"))
"""Nouns of which a list can be given, but no single one in full."""
_ARGUMENTS_OF = {noun: frozenset(entry.get("args", "").split()) for noun, entry in TABLE["nouns"].items()}
_READ_OFF = frozenset(
    (
        "location",
        "geolocation",
        "battery",
        "disk",
        "cpu",
        "system",
        "status",
        "health",
        "weather",
        "forecast",
        "price",
        "time",
    )
)
"""What can be looked at and not be set."""
_TOWARD = frozenset(("recipient", "to", "channel", "chat", "user", "email", "phone", "id"))
"""Words of arguments that say where something goes."""
_RUNNING = frozenset(
    ("code", "python", "program", "script", "command", "exec", "shell", "cmd", "terminal", "sql", "query")
)
_RUN = frozenset(("run", "execute", "exec", "shell", "query"))
_RUNNABLE = frozenset(("command", "cmd", "code", "script", "sql", "query"))
"""Arguments that hold what a machine is to do."""
_LANGUAGES = re.compile(
    r"(?i)\b(?:cypher|gremlin|promql|prolog|sparql|kql|memgraph|graphql|jql|xpath|jsonpath|lucene)\b"
)
"""What queries are written in of which no table has any."""
_OTHERWISE = {
    **dict.fromkeys(("package", "group", "tag", "organization"), re.compile(r"(?i)dataset|data\.gov|ckan")),
    "rule": re.compile(r"(?i)semgrep|lint|grammar|cursor"),
    "department": re.compile(r"(?i)museum|\bmet\b"),
    "agent": re.compile(r"(?is)^(?!.*\b(?:support|ticket|desk|zendesk|call cent)\b)"),
    "tenant": re.compile(r"(?i)azure|cloud|okta|auth|subscription|weaviate|database|collection|class"),
    "server": re.compile(r"(?i)\bmcp\b.*server|radio|smithery"),
    "file": re.compile(r"(?i)figma|markdown|\bcsv|\baudio|\bvideo|\bimage|\bpdf|\blog\b|source file"),
    **dict.fromkeys(("news", "headline"), re.compile(r"(?i)ticker|stock|crypto|coin|market")),
    "status": re.compile(r"(?is)^(?!.*\b(?:api|server|services?|system|database|health|website|cluster|instance)\b)"),
    **dict.fromkeys(("document", "documents"), re.compile(r"(?i)documentation|api reference|\blibrar")),
    **dict.fromkeys(("film", "movie", "character"), re.compile(r"(?i)ghibli|pixar|marvel|star wars|anime")),
    **dict.fromkeys(("network", "chain"), re.compile(r"(?i)starknet|docker|vpc|wi-?fi|cluster|firewall|bridge")),
    **dict.fromkeys(("task", "result"), re.compile(r"(?i)paper|celery|airflow|meilisearch")),
    "balance": re.compile(r"(?i)native|all (?:token )?balances"),
    "category": re.compile(r"(?i)crypto|\bcoin"),
    "permission": re.compile(r"(?i)azure|\biam\b"),
    "game": re.compile(r"(?i)\bfree\b|\b(?:mlb|nba|nfl|nhl)\b"),
    "flag": re.compile(r"(?i)\bcrate|\brust\b"),
    "plugin": re.compile(r"(?i)volatility"),
    "connection": re.compile(r"(?i)airflow"),
    "instance": re.compile(r"(?i)airflow|spanner"),
    "link": re.compile(r"(?i)degree"),
    **dict.fromkeys(("doc", "docs"), re.compile(r"(?i)\bpython docs|standard library")),
    "channel": re.compile(r"(?i)nixos|flake|distribution|\btv\b|broadcast|payment"),
    "pool": re.compile(r"(?i)airflow|liquidity|\bdex|defi|swap"),
    "forecast": re.compile(r"(?i)\buv\b|pollen|\btides?\b|sales|demand|air quality"),
    "bank": re.compile(r"(?i)memory"),
    "price": re.compile(
        r"(?i)\bcars?\b|fipe|vehicle|house|flat|hotel|flight|fuel|electric|energy|product|steam|grocer"
    ),
    "variable": re.compile(r"(?i)\bida\b|ghidra|global variable|debugg|\bscope\b"),
    "label": re.compile(r"(?i)\bzia\b|polic|kubernetes|\bpods?\b"),
    "pod": re.compile(r"(?i)runpod|gpu"),
    "event": re.compile(
        r"(?i)\bhmr\b|dataset|audit|queue|stream|namespace|kubernetes|\bpods?\b|k8s|blockchain|prospect|business"
    ),
    "order": re.compile(r"(?i)for the day|today"),
    "domain": re.compile(r"(?i)macos|defaults"),
    "word": re.compile(r"(?i)pubmed|wordpress|count"),
    "model": re.compile(r"(?i)3d|mesh"),
    **dict.fromkeys(("app", "application"), re.compile(r"(?i)frontmost|foreground")),
    "image": re.compile(r"(?i)distribution|snapshot|droplet|docker|container|virtual machine"),
    "book": re.compile(r"(?i)\bbible|testament|scripture|quran|hadith"),
    "chapter": re.compile(r"(?i)\bbible|testament|scripture|quran|hadith"),
    "space": re.compile(r"(?i)twitter|audio|digitalocean|parking"),
    "page": re.compile(r"(?i)\b(?:browser|open) (?:pages|tabs)\b"),
    "schema": re.compile(r"(?i)database|\btables?\b"),
}
"""Nouns that mean something else where the tool speaks of this."""
_SQL = re.compile(r"(?i)sql\b|clickhouse|postgres|sqlite|bigquery|snowflake|duckdb|redshift")
_PLACED_WORDS = "file folder directory commit branch status document paragraph heading presentation sheet worksheet"
_PLACED = frozenset(_PLACED_WORDS.split())
_WRAPPING = frozenset(("result", "content", "text", "message", "output", "response"))
"""Fields of a declared result that hold a whole answer as text."""
_MOST = 4
"""Arguments that one person gives for one call, at most."""


def plays(tool: Described) -> bool:
    """Whether what the tool does, takes and gives back is known well enough to hold a conversation about it.

    What a live server gives back is not made up, and tools that come from no registry are somebody's own: they are
    meant to be called.
    """
    if tool.get("live") or not is_registered(tool):
        return True
    return name_thing(tool["name"]) in _WITH and knows(orjson.dumps(tool))


@lru_cache(maxsize=16384)
def knows(text: bytes) -> bool:
    """Whether words, arguments and verb of a registry's tool are ones that something can be said of."""
    tool = orjson.loads(text)
    about = name_thing(tool["name"])
    if not speaks(tool) or says_nothing(tool):
        return False
    described = f"{tool['service']} {tool['name']} {tool.get('description')}"
    required = tool["inputSchema"].get("required", [])
    properties = [key for key in tool["inputSchema"].get("properties") or {} if is_plain_argument(key)]
    owned = _WITH[about] | _ARGUMENTS_OF[about] | set(about.split("_"))
    plain = [
        is_plain_argument(key) or all({word, singular(word)} & owned or word.isdigit() for word in words(key))
        for key in required
    ]
    if len(required) > _MOST or not all(plain):
        return False
    name = words(tool["name"])
    if not looks(tool) and not (required and _VERBS & set(name)):
        return False
    vague = name[-1:] and singular(name[-1]) in ("item", "value", "data", "content", "history", "stat")
    if vague and about not in _PRINTED:
        return False  # what is in a thing is not the thing
    if {"compare", "comparison"} & set(name) or (about in _READ_OFF and not looks(tool)):
        return False
    if "send" in name and not any(_TOWARD & set(words(key)) for key in required):
        return False
    if about in _RUNNING and not (
        _RUN & set(name) and set(required) <= {"language"} | _RUNNABLE and _RUNNABLE & set(required)
    ):
        return False
    if _LANGUAGES.search(described) and any("query" in key for key in required):
        return False
    if "by" in name and not {about, *about.split("_")} & {singular(word) for word in name[: name.index("by")]}:
        return False  # what is searched by a tag is not the tag
    if {"search", "find"} & set(name) and not tool["inputSchema"].get("properties"):
        return False  # for what?
    if about == "page" and not any({"url", "link", "uri"} & set(words(key)) for key in required):
        return is_listing(tool, {})
    if about in ("price", "quote", "ticker", "location") and is_listing(tool, {}):
        return False  # the prices of what?
    if means_otherwise(about, described):
        return False
    if {"search", "find"} & set(name) and not tool["inputSchema"].get("properties"):
        return False  # for what?
    if about in ("price", "quote", "ticker") and not required and COINS.keys().isdisjoint(name):
        return False  # of what?
    head = find_head(phrase_of(tool))
    if is_listing(tool, {}) and head in FIELDS and head not in about.split("_"):
        return False  # the events of a calendar are no calendars
    if makes_its_own(tool) or (about in ("joke", "fact") and required):
        return False
    if looks(tool) and name[:1] and name[0] in MAKING | {"update", "set", "delete", "remove", "edit"} - {"open"}:
        return False  # it says of itself that it only reads
    if about == "navigate" and not any({"url", "link"} & set(words(key)) for key in required):
        return False
    if re.search(r"CREATE TABLE|INSERT|UPDATE|DELETE", described) and _RUNNABLE & set(required):
        return False  # the tables hold questions only
    if about in ("click", "hover", "fill") and "selector" not in required:
        return False
    if about == "query" and not _SQL.search(described):
        return False
    if about not in _PLACED and any("path" in words(key) for key in required):
        return False
    if about in _LISTED and looks(tool) and not is_listing(tool, {}):
        return False
    if looks(tool) and _TEXTS & set(name) and about not in _PRINTED:
        return False  # nobody can guess what is written there
    if not needs(tool, properties, required, ()) and needs(tool, ["title", "query", "city"], required, ()):
        return False  # a change or a look for which there is nothing to say
    return grasps(tool) and usable(text)


def says_nothing(tool: Described) -> bool:
    """Whether what the tool declares of its result is only that it is one."""
    declared = tool.get("outputSchema") or {}
    properties = declared.get("properties") or {}
    # A server that wraps each answer as `result: string` says that there is one, and no more.
    wrapped = properties.keys() <= _WRAPPING and all(
        inner == {} or inner.get("type") == "string" or (inner.get("type") == "object" and not inner.get("properties"))
        for inner in properties.values()
    )
    return declared.get("type") == "object" and (not properties or (wrapped and is_registered(tool)))


def makes_its_own(tool: Described) -> bool:
    """Whether something new is made under an id that somebody has to give it: nobody has one to give."""
    about = name_thing(tool["name"])
    ids = [words(key) for key in tool["inputSchema"].get("required", [])]
    return bool(MAKING & set(words(tool["name"])[:2])) and any(key in ([about, "id"], ["id"]) for key in ids)


_SOUGHT = frozenset(("name", "title", "query", "q", "term", "search", "keyword"))
"""Last words of arguments by which one thing or a few are found."""
_ALIKE = {"word": "definition", "definition": "definition", "lookup": "definition"}
_ALIKE |= {"temp": "temperature", "temperature": "temperature"}
_ALIKE |= dict.fromkeys(("price", "quote", "ticker", "stock", "coin"), "price")


def kind_of(tool: Described) -> object:
    """What a request for the tool comes to, whoever keeps it: nobody asks two services for the price of one thing."""
    about = name_thing(tool["name"])
    if not (is_registered(tool) and looks(tool)):
        return f"{tool['service']}/{tool['name']}"
    if is_opened(tool):
        return "page", True
    if about not in _WITH:
        return f"{tool['service']}/{tool['name']}"
    return _ALIKE.get(about, about), about in (*_PRINTED, *_ALIKE) or is_listing(tool, {})


def means_otherwise(about: str, described: str) -> bool:
    """Whether the noun is not what it usually is in a tool of which this is told."""
    return about in _OTHERWISE and bool(_OTHERWISE[about].search(described))


def speaks(tool: JsonObject) -> bool:
    """Whether a request for the tool is made of words that people use for such things."""
    about = name_thing(tool["name"])
    if about not in _WITH:
        return False
    if _TRADES[about] and domain_of(trade_text([tool])) not in _TRADES[about]:
        return False
    known = _known_words(tool) | _ARGUMENTS
    phrase = phrase_of(tool).lower()
    heard = re.findall(r"[a-z']+", phrase)
    plain = has_own_phrase(tool["name"]) or all(word in known | _SPOKEN or singular(word) in known for word in heard)
    thin = set(heard) <= _THIN or bool(
        re.search(r" of the (?:recent|latest|current|all|top|my|new|free|random)$", phrase)
    )
    return plain and not thin and _is_made_of(tool["name"], known)


def is_named_plainly(tool: JsonObject) -> bool:
    """Whether no word of the tool's name makes something else of its noun: definitions of roles are none of words."""
    return _is_made_of(tool["name"], _known_words(tool))


def _is_made_of(name: str, known: Collection[str]) -> bool:
    return all(word in known or singular(word) in known for word in words(name) if not word.isdigit())


def _known_words(tool: JsonObject) -> frozenset[str]:
    about = name_thing(tool["name"])
    own = {*about.split("_"), *words(tool["service"])}
    return _COMMON | _VERBS | _LOOKS | _WITH.get(about, frozenset()) | own


def branch_states(tool: Described) -> frozenset[str]:
    """States of what the tool brings, on which something else may depend; a star for any that is declared."""
    if tool.get("outputSchema") or tool.get("live"):
        condition = find_condition(tool) if tool["reads"] else None
        fields = (inner for at, inner, _ in list_fields(tool) if condition and at == condition[0])
        declared = frozenset(map(str, next(fields, {}).get("enum", "*" if condition else "")))
        # of states that no table knows anything may follow
        return declared if declared & MEANT else frozenset("*" if condition else "")
    states = find_states(tool, domain_of(trade_text([tool]))) if tool["reads"] else None
    return frozenset(name_state(states[0], value) for value in states[1]) if states else frozenset()


def can_compute(tool: Described) -> bool:
    """Whether there is something in what the tool brings that people would want worked out."""
    if tool.get("live"):
        return is_computable(tool)
    if tool.get("outputSchema"):
        return is_computable(tool) and has_figures(orjson.dumps(tool))
    named = _SOUGHT & {words(key)[-1] for key in tool["inputSchema"].get("required", [])}
    return bool(is_computable(tool) and not named and has_figures(orjson.dumps(tool)))


@lru_cache(maxsize=16384)
def has_figures(text: bytes) -> bool:
    """Whether records of the tool's noun hold a number or a kind to work with."""
    tool = orjson.loads(text)
    domain = domain_of(trade_text([tool]))
    arguments = dict.fromkeys(tool["inputSchema"].get("required", []), "")
    shape = tool.get("outputSchema") or imagine_shape(tool, arguments, {}, domain)
    options = list_choices({**tool, "outputSchema": shape}, Random(0), FIRST_DAY, fits)
    telling = [choice.kind for choice in options if choice.kind not in (*DULL, *SELDOM)]
    return any(kind not in OF_MANY for kind in telling) or bool(telling and lists_many(tool))
