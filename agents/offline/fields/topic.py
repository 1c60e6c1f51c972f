"""What a tool is about by its words: the thing, whether it is only looked at, whether many come back, its states."""

import re
from collections.abc import Collection
from functools import lru_cache

from pydantic import JsonValue

from agents.offline.fields.strings import CHOICES
from agents.offline.talk.phrases import phrase_of
from agents.offline.talk.wording import only_looks
from agents.offline.trade.almanac import ALMANAC, READ
from agents.offline.trade.subject import COMPANIES, PERSONS, load_table
from agents.plan.dataflow import LISTING, STOPS, VERBS, Described, nouns
from agents.schema import READ_VERBS, JsonObject, plural, singular, words

FIELDS: dict[str, list[str]] = {noun: list(records[0]) for noun, records in ALMANAC.items() if noun != "video"}
TABLED: dict[str, str] = load_table("fields")
FIELDS |= {noun: text.partition("|")[0].split() for noun, text in TABLED.items()}
"""Noun -> the fields of a record of it."""
DETAILS = {noun: text.partition("|")[2].split() for noun, text in TABLED.items() if "|" in text}
"""Noun -> the fields that a record has besides when it is looked at alone."""
_SENSES: dict[str, list[tuple[re.Pattern[str], JsonObject]]] = {
    noun: [(re.compile(f"(?i){pattern}"), fields) for pattern, fields in senses]
    for noun, senses in load_table("senses").items()
}
"""Noun -> what a record of it holds where the tool speaks of this: a field and the values that belong together."""
_STATES = ("status", "state", "condition", "severity", "priority")
SWITCHES = ("enabled", "online", "verified", "protected", "active")
"""Fields that say by yes or no what state something is in."""
SERIES = ("children", "history", "leaderboard", "ranking", "trending")
"""Words that are singular and mean many."""
_UNIQUE = frozenset(("email", "username", "phone", "sku", "isbn", "doi", "slug"))
"""Words of arguments that name a single thing."""
_ALIASES = {"json": "document", "jsons": "documents", "xml": "document", "html": "page", "webpage": "page"}
_ALIASES |= {"docs": "documents", "doc": "document", "webpages": "pages", "repos": "repositories"}
_ALIASES |= {"airbnb": "listing", "web": "result", "google": "result", "duckduckgo": "result", "brave": "result"}
_ALIASES |= dict.fromkeys(("bing", "exa", "linkup", "tavily", "perplexity", "baidu", "kagi", "serper"), "result")
_ALIASES |= dict.fromkeys(("arxiv", "biorxiv", "medrxiv", "pubmed", "scholar", "crossref"), "paper")
_ALIASES |= dict.fromkeys(("markdown", "url", "website"), "page") | {"wikipedia": "article", "orderbook": "order_book"}
_ALIASES |= {"captions": "transcripts", "subtitles": "transcripts", "dog": "breed", "indices": "indexes"}
_ALIASES |= {"children": "files"}
_PARTS = frozenset(("content", "contents", "summary", "sections", "links", "nutrition"))
"""What is read of a thing that stands in the almanac."""
_EMPTY = frozenset(("tool", "tools", "mcp", "api", "v", "exist", "exists"))
_LINKING = frozenset(("associated", "related", "linked", "connected", "matching", "based", "belonging", "named"))
"""Words after which a name says what a thing belongs to and not what it is."""


@lru_cache(maxsize=65536)  # of each tool of a corpus, again for each mode and pair
def name_thing(tool: str) -> str:
    """What a tool is about, in one word: `plugin` for `list_plugins_associated_to_a_route`."""
    spoken = words(tool)
    end = next((place for place, word in enumerate(spoken) if word in (*_LINKING, "for") and place > 1), len(spoken))
    if {"what", "time"} <= set(spoken) or spoken[-1:] == ["datetime"]:
        return "time"
    spoken = [word for word in spoken[:end] if word not in _EMPTY and not (word.isdigit() or len(word) < 2)]
    while "of" in spoken and {"list", "set", "number", "details", "summary", "count"} & set(
        spoken[: spoken.index("of")]
    ):
        spoken = spoken[spoken.index("of") + 1 :]  # of a list of tabs the tabs are what comes back
    if spoken[-3:] == ["table", "of", "contents"]:
        return "outline"
    if spoken[-2:] == ["key", "words"] and len(spoken) > 3:
        spoken = spoken[:-2]  # by which something is looked for
    spoken = [_ALIASES.get(word, word) for word in spoken]
    if len(spoken) > 1 and singular(spoken[-1]) in ("image", "photo", "picture"):
        return "image"
    if "git" in spoken and spoken[-1] == "log":
        return "commit"
    while len(spoken) > 1 and spoken[-1] in _PARTS and singular(spoken[-2]) in (*ALMANAC, "transcript"):
        spoken = spoken[:-1]  # of what is read of a thing the thing is known
    while len(spoken) > 2 and spoken[-1] in ("status", "state") and "status" in FIELDS.get(singular(spoken[-2]), ()):
        spoken = spoken[:-1]  # the status of a job is one of its fields
    if "historical" in spoken and singular(spoken[-1]) == "price":
        return "price_history"
    compound = "_".join(singular(word) for word in spoken[-2:])
    if compound in FIELDS:
        return compound
    about = singular((list(nouns("_".join(spoken))) or ["result"])[-1]) if spoken else "result"
    return "result" if about in ("fetch", "search", "lookup", "query") and len(spoken) > 1 else about


def find_sense(tool: Described) -> JsonObject:
    """The fields of what the tool is about where its noun means something of its own there; none for most.

    Those with a plus before them only one thing has that is looked at alone.
    """
    fields = _look_up_sense(tool)
    several = fields and is_listing(tool, {})
    return {name.removeprefix("+"): part for name, part in fields.items() if not (several and name.startswith("+"))}


def _look_up_sense(tool: Described) -> JsonObject:
    senses = _SENSES.get(name_thing(tool["name"]))
    if not senses:
        return {}
    described = f"{tool['service']} {tool['name']} {tool.get('description')}"
    return next((fields for pattern, fields in senses if pattern.search(described)), {})


_CHANGES = frozenset(("add", "create", "update", "delete", "remove", "set", "insert", "register"))
"""First words of tools that change something, whatever else their names hold: a list is added to a board."""


def looks(tool: Described) -> bool:
    """Whether a tool tells something and changes nothing: as it says itself, else as people ask for it."""
    spoken = words(tool["name"])
    # To save a view is no look at it, and to check somebody in is no check.
    verbs = [word for n, word in enumerate(spoken) if word in VERBS and (n == 0 or word != "view")]
    if spoken[:2] == ["check", "in"] or not _CHANGES.isdisjoint(spoken[:1]):
        return False
    if spoken[-1:] in (["details"], ["detail"], ["info"]) and spoken[0] in ("open", "view", "show"):
        return True
    begins = words(str(tool.get("description") or "")[:40])[:1]
    if begins and begins[0] in READ_VERBS and (not verbs or spoken[0] not in VERBS):
        return True  # it says of itself that it lists or gets
    if tool["reads"] or verbs:
        return bool(tool["reads"] or verbs[0] in READ_VERBS)
    return only_looks(phrase_of(tool))


def is_opened(tool: Described) -> bool:
    """Whether the tool brings what stands behind a link: whoever has read a page does not have it read once more."""
    required = tool["inputSchema"].get("required", [])
    linked = any({"url", "urls", "uri", "link"} & set(words(key)) for key in required)
    return linked and name_thing(tool["name"]) in READ and looks(tool)


def name_state(field: str, value: object) -> str:
    """The state in a word: what is switched off is `not enabled`."""
    return str(value) if not isinstance(value, bool) else field if value else f"not {field}"


def find_state(tool: Described, domain: str) -> tuple[str, JsonValue] | None:
    """A field of the one thing that an undeclared tool brings and a value of it, on which something may depend."""
    states = find_states(tool, domain)
    return (states[0], states[1][0]) if states else None


def find_states(tool: Described, domain: str) -> tuple[str, list[JsonValue]] | None:
    """That field and all its values."""
    return None if is_listing(tool, {}) else list_states(tool, domain)


def list_states(tool: Described, domain: str) -> tuple[str, list[JsonValue]] | None:
    """The same of each of several things that it brings."""
    about = name_thing(tool["name"])
    fields = [*find_sense(tool)] or FIELDS.get(f"{domain}/{about}") or FIELDS.get(about, [])
    field = next((name for name in (*_STATES, *SWITCHES) if name in fields), "")
    if (
        about in ("forecast", "weather", "temp", "temperature", "location")
        or not field
        or tool.get("outputSchema")
        or tool.get("live")
        or not looks(tool)
    ):
        return None
    if field in SWITCHES:
        return field, [False, True]
    options = CHOICES.get(f"{about}/{field}") or CHOICES.get(f"{domain}/{field}") or CHOICES[field]
    return field, list(dict.fromkeys(options))


def is_record(about: str) -> bool:
    """Whether it is said what fields a record of that noun has, or it is a thing as most are."""
    return about in FIELDS or about not in ("result", "data", "info", "item", "detail")


def tells_more(tool: Described) -> bool:
    """Whether one such thing looked at alone has something that a list of them lacks."""
    about = name_thing(tool["name"])
    if sense := _look_up_sense(tool):
        return any(name.startswith("+") for name in sense) or (
            "description" not in sense and is_described(about, sense)
        )
    return bool(DETAILS.get(about)) or about in ALMANAC or about not in FIELDS


def is_described(about: str, fields: Collection[str]) -> bool:
    """Whether a thing with these fields is described where it is looked at alone: one with a name of its own.

    >>> is_described("game", ["title", "genre"]), is_described("game", ["home_team", "away_team"])
    (True, False)
    """
    return "description" in DETAILS.get(about, ()) and not {"name", "title", "full_name"}.isdisjoint(fields)


def has_fields(about: str) -> bool:
    """Whether the tables say what a record of that noun holds."""
    return about in FIELDS or about in PERSONS or about in COMPANIES


def is_listing(tool: Described, arguments: JsonObject) -> bool:
    """Whether many things come back: the name says so, and no argument names a single one of them."""
    about = name_thing(tool["name"])
    single = any(words(key) == [about, "id"] for key in arguments)
    counting = {"count", "number"} & set(words(tool["name"])[:1])
    spoken = [word for word in words(tool["name"]) if not word.isdigit() and len(word) > 1]
    if len(spoken) > 2 and spoken[-1] in ("details", "stats"):
        spoken = spoken[:-1]  # the details of a package are of one
    # `chats by label` are several chats.
    end = next((place for place, word in enumerate(spoken) if place and word in STOPS and word != "all"), len(spoken))
    last = spoken[end - 1] if spoken else ""
    verb = LISTING & set(words(tool["name"]))
    last = "logs" if about == "commit" and last == "log" else last
    several = bool(verb) or (last != singular(last) and last != "exists") or last in SERIES or about == "news"
    if (
        verb <= {"find", "query"}
        and last == singular(last)
        and _UNIQUE & {word for key in arguments for word in words(key)}
    ):
        several = False  # of an e-mail address there is one user
    return bool(looks(tool) and several and not single and not counting)


def list_key(about: str) -> str:
    return about if about.endswith(("s", *SERIES)) and not about.endswith("ss") else plural(about)
