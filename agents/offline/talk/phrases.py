"""What a tool does in a person's words, never its name: from its description where that is an order, else its name."""

import re
from functools import lru_cache

from agents.offline.talk.named import DOING, WAYS, order_from_name, turn_round
from agents.offline.talk.wording import IRREGULAR
from agents.offline.trade.subject import NOUNS, load_table
from agents.plan.dataflow import STOPS, VERBS
from agents.schema import READ_VERBS, JsonObject, singular, with_article, words

_SPOKEN: dict[str, str] = load_table("phrases")
_EXPLAINING = (
    "by|using|via|given|according|through|with|when|which|that|within|under|per|including"
    "|based on|so that|in order|from the specified|for the specified|such as|to get"
)
"""What begins the part of a description that explains, and is no part of a request."""
_MARKS = r"[.,;:()\[\]\n`*–—!?\"。：，（]| - "
"""What ends the first clause of a description."""
_CLAUSE = re.compile(_MARKS)
_STOPPERS = re.compile(rf"{_MARKS}| (?:{_EXPLAINING}) ")
_BEGINNINGS = (
    (re.compile(r"^\[[^\]]*\] *"), ""),  # `[Finder] Preview a file` begins with where it belongs
    (re.compile(r"^(\w+) \([a-z ]+\) (?=\w)"), r"\1 "),  # `Archive (delete) a call record`
    (re.compile(r"^[A-Z][a-z]+ly (?=[a-z])"), ""),  # `Quickly read the page` is asked for without the hurry
    (re.compile(r"\.(?=\w)"), "\0"),  # `llms.txt` is one word
    (re.compile(r"\bthe (?:given|specified|provided) "), "the "),
)
_IN_CAPITALS = re.compile(r"\b[A-Z]{3,}$")
_TELLING = re.compile(r" (?:that|which|with|within) ")
_EXPLAINED = re.compile(r" (?:using|via|by|given|based on|according to|through|specified|provided) ")
_LEFT_OVER = re.compile(
    r" (?:(?:sorted|filtered|based|associated|created|specified|provided|returned|located|stored|identified|owned"
    r"|tailored|written)|for relevant)$"
)
"""What is left of a clause that was cut, and says nothing."""
_SEVERAL = re.compile(r"\b(?:multiple|several) (?=(?:[A-Za-z]+ ){0,2}[a-z]+s\b)")
_SAID_TWICE = re.compile(r"^(.*\b(\w+)) or (?:[a-z]+ )?\2\b.*")
_BY_ITS_KEY = re.compile(
    r" by (?:its |their |the |an? )?(?:[A-Za-z]+ )?(?:id|ids|ID|IDs|name|names|key|slug|number|uuid)$"
)
_SHOWN = re.compile(r"^(show me|go through) (?:a list of )?")
_WORD = re.compile(r"(?<![\w-])[A-Za-z]+(?![\w.-])")
_WITHOUT_ARTICLE = (
    "the a an one two no all my me your every each whether if what which how who when where that any this information "
    "for and in on up back out if today's detailed"
)
_THE = re.compile(
    r"^(pull up|look up|open|read|load|check|look at|show me|go through|get me) (?![A-Z])"
    rf"(?!(?:{'|'.join(_WITHOUT_ARTICLE.split())})\b)"
)
_SPOKEN_OTHERWISE = (
    (re.compile(r"\b(?:the|a) (?:currently )?(?:current|authenticated|logged[- ]in|calling)(?: in)? user's\b"), "my"),
    (re.compile(r"\b(?:the|a) (?:currently )?(?:current|authenticated|logged[- ]in|calling)(?: in)? user\b"), "me"),
    (re.compile(r" from (?:an?|the) (?:given )?(?:web ?page |website |web )?URLs?\b"), " of the page"),
    (re.compile(r"\b(web ?page|website|site|page|image|video) URL\b"), r"\1"),
    (re.compile(r"\ba (\w+) or (?:an? )?\w+\b"), r"the \1"),
    (re.compile(r"\bthe (?=[A-Z]\w+ [A-Z]\w+'s )"), ""),
    (re.compile(r"^((?:pull|look) up|get me|show me) me$"), r"\1 my profile"),
    (re.compile(r"^(\w+) (?=current [a-z])"), r"\1 the "),
    (re.compile(r"^((?:show me|go through) .+) (?:for|of) the user$"), r"\1"),
    (re.compile(r"^((?:show|get|pull|look) (?:me|up)) the (.+?) (?:for|of) me$"), r"\1 my \2"),
    (re.compile(r" (?:from|with|in|to) an? optional .+$"), ""),
    (re.compile(r"\b(time|date|version) string\b"), r"\1"),
    (re.compile(r" matching (?:an?|the) (?:name|query|term|pattern|keyword)$"), ""),
    (re.compile(r"\bavg\b"), "average"),
    (re.compile(r"\ban? (?=(?:last|latest|current|next|first|newest) )"), "the "),
    (re.compile(r" in packages$"), " of a package"),
    (re.compile(r"\b(?:info|infos)\b"), "information"),
    (re.compile(r"\bsemantic scholar\b"), "Semantic Scholar"),
    (re.compile(r"^select an element on the page with Select tag$"), "choose an option from a list on the page"),
    (re.compile(r"^((?:pull|look) up|get me|show me) one "), r"\1 the "),
    (re.compile(r"\bmsg\b"), "message"),
    (re.compile(r"\bdir\b"), "folder"),
    (re.compile(r"\bdb\b"), "database"),
    (re.compile(r"\bstats\b"), "statistics"),
    (re.compile(r"\b(papers|models|articles|items|posts) curated\b"), r"\1"),
    (
        re.compile(
            r"^(set up|create|make|add|generate|deploy|start|open|launch|write) (virtual|new|custom) (?=\w+(?!s)\w\b)"
        ),
        r"\1 a \2 ",
    ),
)
"""What definitions say that people say in other words."""
_OF_ONESELF = (
    (re.compile(r"\byou are\b"), "I am"),
    (re.compile(r"\byou (can|have|want|need)\b"), r"I \1"),
    (re.compile(r"\byou\b"), "me"),
    (re.compile(r"\b(?:your|the user's|a user's)\b"), "my"),
)
"""How a definition speaks to whoever calls the tool, and how that one speaks."""
_NAMES_WORDS = """GitHub GitLab PDF HTML JSON CSV SQL IP YouTube API CSS DNS SSL NFT FAQ ETH BTC AWS PNG SVG XML QR
LinkedIn WhatsApp OpenAI PostgreSQL MySQL MongoDB Slack Discord Notion Trello Jira Docker Kubernetes
UUID Python Wikipedia Canvas Chromium Google Figma Outlook Asana Stripe Airtable Okta Spotify Reddit Airbnb Redis Kafka
PubMed VPS VPC DAG CDN UI Gmail Maven NPM OpenProject Superset Firestore Metabase Supabase"""
_NAMES = {name.lower(): name for name in _NAMES_WORDS.split()}
"""How names and abbreviations are written that stand in a tool's name in small letters."""
_OPTIONS = re.compile(
    r" (?:with|and) (?:an? |the |their |its )?(?:optional|various|support|streaming|full|pagination|filters?|filtering"
    r"|cleanup|comprehensive|segment|details|customizable|advanced|additional|specified|extended|enhanced|proper|given|default|detailed|enabled|context|features|complete|all)\b.*$"
    r"| for (?:monitoring|analysis|processing|debugging|display|reference|future operations|organizing .*)$"
    r"| or (?:retrieves?|gets?|lists?|returns?|fetch(?:es)?) .*$"
    r"| for (?:visuali[sz]ation|charting|dashboards|plotting)$"
    r"| (?:matching|that match(?:es)?) .*(?:criteria|filters?|pattern|query|term|keywords?)$"
)
"""The end of a description that speaks of what can be set, which nobody says who asks."""
_AT_ONCE = re.compile(
    r" (?:in|with|using) (?:an?|one|the)(?: single| one)?(?: API)? (?:request|call|operation|go)$"
    r"| in (?:any|various|different|multiple|several|many)(?: available| supported)? (?:formats|format|languages)$"
    r"|(?<=web) for (?:information|results|content|relevant \w+)$"
)
"""The end of a description that says how many at once, or in which form, which nobody says who asks."""
_HOW = re.compile(
    " (?:directly|simultaneously|permanently|immediately|dynamically|asynchronously|progressively|visually|safely"
    "|locally)$"
)
"""How something is done, which nobody says who has it done."""
_BARE = re.compile(
    r"(?!(?:the|an?|all|my|your|this|one|some|any|no|multiple|new|it|in|on|to|out|up|if|what|how|as|for) )"
    r"(?:[a-z]+[ -]){0,2}([a-z]+)(?= (?:of|for|in|from|to|with|on|at|into|between) |$)"
)
"""A thing without an article at the beginning of what is done, its last word by itself."""
_MASS = "weather news music mail email data text content status health time money history advice software dns"
_COUNTED = NOUNS.keys() | frozenset(load_table("repertoire")["nouns"]) - frozenset(_MASS.split())
"""Things of which there is one or several."""
_NEW = frozenset(("create", "add", "make", "generate", "set", "book", "schedule", "ask", "send", "start", "register"))
_ARTICLES = frozenset(("a", "an", "the", "all", "your", "this", "one", "multiple", "new", "existing", "several"))
_PLAIN = (
    "existing|specific|specified|given|particular|registered|prepared|single|paginated|comprehensive|condensed"
    "|ordinary|persistent|quick|short-lived|stored"
)
"""What only a definition has to say of a thing."""
_PLAIN_FIRST = re.compile(rf"^(?:{_PLAIN}) (?=[a-z]*(?<!s)\b)")
_A_PLAIN, _ANY_PLAIN = re.compile(rf"\ban? (?:{_PLAIN}) "), re.compile(rf"\b(?:{_PLAIN}) ")
_JOINTS = frozenset(("a", "an", "the", "of", "for", "to", "in", "and", "or", "on"))
"""What no order ends with."""
_NOT_VERBS_WORDS = "the a an this all new current your user data web file api my"
_NOT_VERBS = frozenset(_NOT_VERBS_WORDS.split()) | NOUNS.keys()
_KEYS = "name|id|ID|url|URL|link|key|query|string|path|slug|uuid|symbol"
_TRAILING = re.compile(rf" (?:for|by|from|with|of|to) (?:(?:an?|the|its|their) )?(?:given |specific )?(?:{_KEYS})$")
"""The end of a description that says by what a thing is found: whoever asks says it with the value."""
_PUT_TOGETHER = re.compile(
    r"\b(?:the|an?) (?:to|by|for|if|of|in|on|with|from|and|or|is|are|at|get|set|the|an?|it)\b|\bor (?:update|add)\b"
    r"|\b(?:contains|in timezone|an? new)$|\bstart here\b|\bthe (?:delete|create|get|add|remove)\b"
    r"|\d|\b(?:of|the|for) [b-z]\b|\bids?$|\b(?:sc|api|mcp|crud|controller|handler|endpoint|info only)\b"
)
"""What no person says: two articles, an article before a preposition, words of programs."""
_ORDERS_WORDS = """pull push rebase power merge stash blame clone initialize detach attach reset resize fetches
perform attempt force setup cherry-pick double-tap make go claim purchase advance handle call apply looksup respond
provide step repair research"""
_ORDERS = frozenset(_ORDERS_WORDS.split())
_OF_PROGRAMS = frozenset(
    ("tool", "this", "use", "used", "mcp", "server", "operations", "commands", "agent", "assistant")
)
"""What a label speaks of that names a program and not what it brings."""
_WRITING = frozenset(("add", "append", "create", "update", "write", "insert", "upload", "send", "edit", "post", "set"))
_NOUNLESS = frozenset(("update", "create", "delete", "look", "quick", "only", "exists", "is", "has", "or", "and"))
"""Words inside a name after its verb that make no thing of it."""


@lru_cache(maxsize=16384)
def phrase_ways(name: str, description: str) -> tuple[str, ...]:
    """The ways in which people ask for a tool, the plainest first; none of them has its name in it.

    >>> phrase_ways("get_order", "Get an order by its id."), phrase_ways("linear_archiveStage", "")
    (('pull up an order', 'look up an order', 'get me an order'), ('archive the stage',))
    """
    if spoken := _SPOKEN.get(name) or _SPOKEN.get(" ".join(words(name))):
        return (spoken,)
    base = _from_description(name, description) or _from_label(name, description) or _clear(order_from_name(name))
    verb, _, rest = base.partition(" ")
    # `Search the web` is not looking for the web, and who finds and marks something does both.
    kept = (
        verb in ("search", "searches", "query") and (rest.startswith("the ") or " for " in rest)
    ) or rest.startswith(("and ", "or "))
    ways = [base] if kept else [f"{way} {rest}".strip() for way in WAYS.get(verb, (verb,))] or [base]
    ways = ways[:1] if rest.startswith(("if ", "whether ")) else ways  # one checks if, and looks at no `if`
    # "show me all" reads well and "go through list" does not: what follows must begin like a thing.
    ways = [_SHOWN.sub(r"\1 ", way) for way in ways]
    ways = [_THE.sub(r"\1 the ", way) for way in ways]
    for pattern, otherwise in _SPOKEN_OTHERWISE:
        ways = [pattern.sub(otherwise, way) for way in ways]
    ways = [_WORD.sub(lambda word: _NAMES.get(word[0], word[0]), way) for way in ways]
    plain = " ".join(words(name))
    # `Navigate to` in `navigate to the city` is no name of anything.
    short = len(words(name)) < 2 or (len(words(name)) == 2 and words(name)[-1] in STOPS)
    fine = [way for way in ways if short or not _has_words(way, plain)]
    last = rest.rpartition(" ")[2]
    articles = ("the", "some") if singular(last) != last else ("the",)
    spare = [f"{verb} {article} {rest}" for article in articles if rest and rest.partition(" ")[0] not in STOPS]
    fine = fine or [way for way in spare if not _has_words(way, plain)]
    if fine:
        return tuple(dict.fromkeys(fine))
    return (turn_round(name),)


def _has_words(phrase: str, plain: str) -> bool:
    """Whether the words stand in the phrase, one after the other and whole."""
    return plain in phrase.lower() and re.search(rf"\b{re.escape(plain)}\b", phrase.lower()) is not None


@lru_cache(maxsize=16384)
def _from_description(name: str, description: str) -> str:
    """The order that a description begins with, up to where it explains itself; empty if it is none or a long one."""
    first = (description or "").strip().split("\n")[0]
    for pattern, otherwise in _BEGINNINGS:
        first = pattern.sub(otherwise, first)
    sentence = _CLAUSE.split(f"{first} ", maxsplit=1)[0].strip()
    if _IN_CAPITALS.search(sentence) and first.startswith(f"{sentence}, "):
        return ""  # `Execute an INSERT, UPDATE or DELETE query` is not to be cut at its comma
    # A clause that says which things are meant stays, if the whole is still short enough to be said.
    telling = _TELLING.search(sentence) and len(sentence.split()) <= 10
    short = not _EXPLAINED.search(sentence)
    text = sentence if telling and short else _STOPPERS.split(f"{first} ", maxsplit=1)[0].strip()
    text = text.replace("\0", ".")
    text = _OPTIONS.sub("", text)
    text = _AT_ONCE.sub("", _HOW.sub("", _LEFT_OVER.sub("", text)))
    text = _SEVERAL.sub("the ", text)
    if " record" in text and "record" not in map(singular, words(name)):
        things = "|".join({singular(word) for word in words(name)})
        text = re.sub(rf" ({things}) record(s?)\b", r" \1\2", text)  # who archives a call record archives the call
    text = _TRAILING.sub("", text)
    text = _SAID_TWICE.sub(r"\1", text)  # `all notes or notes in a folder`
    # who wants something created or updated asks for one of the two
    pair = re.match(r"(\w+)( or | and | ?/ ?)(\w+) (?=\w)", text)
    if pair and ("/" in pair[2] or {pair[3].lower(), pair[3].lower().rstrip("s")} & (DOING | WAYS.keys() | VERBS)):
        text = f"{pair[1]} {text[pair.end() :]}"
    order = text.split()
    verb = order[0].lower() if order else ""
    # What its name begins with, in whatever form, is a verb, too: `finalize_invoice`, `Finalizes an invoice`.
    # Where the first word is one, the second is none: `list_classes`, `Classes of a studio`.
    begins = words(name)[: 1 if words(name)[:1] and words(name)[0] in VERBS | WAYS.keys() | DOING else 2]
    plain = next((word for word in begins if verb in (word, f"{word}s", f"{word}es")), "")
    # A verb has its object behind it: `Health check of a server` begins with a thing.
    plain = plain if order[1:] and order[1].lower() in _ARTICLES else ""
    if order[1:] and order[1].lower() in _ARTICLES and verb in words(name):
        plain = verb  # `Unmute the channel` is an order, wherever in the name its verb stands
    if plain and plain not in _NOT_VERBS:
        verb = plain
    elif verb.endswith("s") and verb not in DOING:
        bare = (verb[:-1], verb[:-2])  # `searches` is search, `lists` is list
        verb = next((word for word in bare if word in DOING | WAYS.keys()), verb)
    # `list of all` and `current best bid` are what is left of a longer thing.
    cut = order[-1:] and order[-1].lower() in ("all", "best", "bid")
    if (
        cut
        or not (2 <= len(order) <= 10)
        or not (verb in WAYS or verb in DOING or (plain and plain == verb and plain not in _NOT_VERBS))
        or "tool" in text.lower()
    ):
        return ""
    rest = " ".join(order[1:])
    rest = rest if verb == "wait" else rest.removeprefix("for ")
    rest = _clear(rest)
    rest = _BY_ITS_KEY.sub("", rest)
    head, joint, second = rest.partition(" and ")
    if joint and (second.split() or [""])[0] in (DOING | IRREGULAR.keys() | WAYS.keys()) - {"ask"}:
        rest = head
    if re.search(r"[_{}<>/\\|=@#$%^~]|[a-z][A-Z]", rest) or order[-1].lower() in _JOINTS:
        return ""
    # A list of something is asked for as these things.
    if verb in ("get", "fetch", "retrieve", "return", "returns", "gets") and re.match(r"(?:the |a )?list of \w", rest):
        verb, rest = "list", re.sub(r"^(?:the |a )?list of (?:the |all )?", "the ", rest)
    plainly = _BARE.match(rest)
    thing = plainly[1] if plainly else ""
    if thing in _COUNTED and singular(thing) == thing and verb not in WAYS.keys() & READ_VERBS:
        rest = with_article(rest) if verb in _NEW else f"the {rest}"  # `delete custom template` is said with an article
    # A definition speaks to whoever calls it; the person who asks speaks of themselves.
    for pattern, otherwise in _OF_ONESELF:
        rest = pattern.sub(otherwise, rest)
    return f"{verb} {rest}"


def _from_label(name: str, description: str) -> str:
    """A request for what a description names without an order: `Valorant map data` of a tool without a verb."""
    text = re.split(_MARKS, (description or "").strip(), maxsplit=1)[0].strip()
    verbs = [word for word in words(name) if word in VERBS or word in WAYS or word in DOING]
    plain = re.fullmatch(r"[A-Za-z][A-Za-z' -]+", text) and 2 <= len(text.split()) <= 7
    about = set(words(text))
    first = text.partition(" ")[0].lower()
    orders = _ORDERS | DOING | WAYS.keys()
    if not orders.isdisjoint((first, first.removesuffix("s"))) or re.match(
        r"[A-Z][a-z]+(?:ly|s? (?:the|an?|all|on)) ", text
    ):
        return ""  # `Pull changes from a remote repository` is an order that no table has words for
    if verbs or not plain or about & _OF_PROGRAMS or about.isdisjoint(words(name)):
        return ""
    return f"get {text if text.lower().startswith(('the ', 'a ')) else f'the {text}'}"


def _clear(text: str) -> str:
    """The text without the words that only a definition needs: `a specific order` is the order."""
    text = _PLAIN_FIRST.sub("the ", text)  # `existing sheet` is the sheet
    return _ANY_PLAIN.sub("", _A_PLAIN.sub("the ", text))


def has_own_phrase(name: str) -> bool:
    """Whether there are words of our own for tools of that name."""
    return name in _SPOKEN or " ".join(words(name)) in _SPOKEN


def is_plain_order(name: str, description: str) -> bool:
    """Whether people would ask for such a tool in the words that are made for it.

    >>> is_plain_order("get_order", ""), is_plain_order("attach_to_gdb", ""), is_plain_order("chaxun", "查询。")
    (True, False, False)
    """
    if has_own_phrase(name):
        return True
    turned = turn_round(name)
    if " of the " in turned and phrase_ways(name, description) == (turned,) and singular(words(name)[0]) not in NOUNS:
        return False  # a name is turned round where it begins with a thing, and not as `the activity of the recent`
    if _from_description(name, description) or _from_label(name, description):
        return _reads_well(phrase_ways(name, description)[0])
    parts = words(name)
    verb = next((place for place, word in enumerate(parts) if word in VERBS or word in WAYS or word in DOING), -1)
    about = parts[verb + 1 :]
    foreign = sum(letter > "\u024f" for letter in description) > len(description) / 4
    fine = all(len(word) > 1 and word.isalpha() for word in about) and about[:1] and about[0] not in STOPS
    plain = verb in (0, 1) and bool(fine) and not foreign and not {"tool", "mcp"} & set(about)
    # A second verb, or a preposition, inside a name is a sentence that nobody can guess.
    inside = [word for word in about[:-1] if word in STOPS or word in READ_VERBS or word in _NOUNLESS]
    return plain and len(about) <= 4 and not inside and _reads_well(phrase_ways(name, description)[0])


def _reads_well(phrase: str) -> bool:
    """Whether nothing in a request gives away that it was put together."""
    return not _PUT_TOGETHER.search(phrase)


def can_be_asked_for(tool: JsonObject) -> bool:
    """Whether there are clean words for what the tool does; else it is better left alone.

    What writes something somewhere and takes nothing to write is nothing that anybody would ask for.
    """
    empty = not (tool.get("inputSchema") or {"properties": True}).get("properties")
    return is_plain_order(tool["name"], tool.get("description") or "") and not (
        empty and _WRITING & set(words(tool["name"])[:3])
    )


def phrase_of(tool: JsonObject, way: int = 0) -> str:
    """One way of asking for a described tool."""
    ways = phrase_ways(tool["name"], tool.get("description") or "")
    return ways[way % len(ways)]
