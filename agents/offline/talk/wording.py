"""A request in other words: as what was done, as said back to who asked; and whether it only looks."""

import re
from collections.abc import Sequence
from random import Random

from pydantic import JsonValue

from agents.offline.speech.labels import label_argument, spell_words
from agents.offline.speech.spoken import show_number, show_value, spell_number
from agents.offline.talk.telling import AWAITING, IDENTIFYING, MOMENT, UNITS, Report, Telling, label_field, say_number
from agents.offline.trade.subject import load_table
from agents.plan.dataflow import nouns
from agents.plan.json_paths import MISSING, value_at
from agents.schema import JsonObject, plural, singular, words

CREATING = frozenset(
    ["create", "open", "write", "add", "start", "set", "register", "place", "draw", "make", "generate", "put"]
)
"""Verbs of what is not there before."""
_LOOKING_WORDS = """
show look pull get find see check tell ask read open list search go compare sum work describe view count suggest query
visit scrape crawl extract
calculate analyze estimate validate verify track summarize detect identify discover determine recommend recall
inspect investigate geocode trace lookup review
"""
_LOOKING = frozenset(_LOOKING_WORDS.split())
"""How a request begins that only wants to know something."""
_YOURS = {
    **{"me": "you", "my": "your", "I": "you", "mine": "yours", "myself": "yourself"},
    **{"we": "you", "us": "you", "our": "your", "ours": "yours", "ourselves": "yourselves"},
}
_SPANS = {"from": "from", "start": "from", "to": "until", "end": "until", "date": "on", "day": "on", "on": "on"}
IRREGULAR: dict[str, str] = load_table("verbs")["past"]
"""Verb -> what was done, where no rule tells."""

_GENERIC_WORDS = """
web google internet engine duckduckgo brave item result value
record row datum element data hit match response output search fetch lookup
"""
_GENERIC = frozenset(_GENERIC_WORDS.split())
_LOOKED_FOR = frozenset(("query", "q", "search", "keyword", "keywords", "term", "name", "title"))
_PAGES = frozenset(("results", "result", "items", "records", "entries", "rows", "count", "pages", "depth"))
"""What is told of how much is wanted at most, which chooses nothing."""
_SIDES = frozenset(("pickup", "return", "from", "to", "start", "end", "source", "target", "origin", "destination"))
_COULD_NOT = ("I could not {}: {}.", "Unfortunately I wasn't able to {}. The answer was: {}.")


def only_looks(phrase: str) -> bool:
    """Whether a request wants to know something and nothing else.

    >>> only_looks("see how much leave is left"), only_looks("get rid of the note"), only_looks("ask for time off")
    (True, False, False)
    """
    made = phrase.startswith(("get rid", "open a ", "open an ", "ask for "))
    return phrase.split()[0] in _LOOKING and not made


def answers_yes_or_no(phrase: str) -> bool:
    """Whether a request asks if something is so.

    >>> answers_yes_or_no("check if the key is set"), answers_yes_or_no("check the key")
    (True, False)
    """
    return bool(re.match(r"(?:check|see|verify|find out) (?:if|whether) \w", phrase))


def find_head(phrase: str) -> str:
    """The noun that a request is about, singular.

    >>> find_head("show me all open tickets of a customer"), find_head("pull up information about the parcel")
    ('ticket', 'parcel')
    """
    text = re.sub(r"^.*?\b(?:information|details) (?:about|of|on) ", "", phrase)
    text = re.split(r" (?:of|for|in|from|on|to|by|with|that|at|across|within|under) ", text, maxsplit=1)[0]
    return singular(re.sub(r"\W", " ", text.lower()).split()[-1])


def turn_to_you(phrase: str) -> str:
    """A request as the one who is asked says it: what is me and mine is you and yours.

    >>> turn_to_you("show me my loans"), turn_to_you("stop a running query"), turn_to_you("create an issue")
    ('show you your loans', 'stop the running query', 'create an issue')
    """
    verb, _, rest = phrase.partition(" ")
    if verb not in CREATING:
        rest = re.sub(r"^an? ", "the ", rest)
    return f"{verb} {swap_persons(rest)}".strip()


def swap_persons(text: str) -> str:
    """The text as the other one says it.

    >>> swap_persons("put up the menu of our canteen, as I'm away")
    "put up the menu of your canteen, as you're away"
    >>> swap_persons("send what I am owed"), swap_persons("say where I was")
    ('send what you are owed', 'say where you were')
    """
    text = re.sub(r"\bI (am|was)\b", lambda match: {"am": "you are", "was": "you were"}[match[1]], text)
    text = re.sub(r"\b(I'm|we're)\b", "you're", text)
    return re.sub(rf"\b(?:{'|'.join(_YOURS)})\b", lambda match: _YOURS[match[0]], text)


def phrase_done(phrase: str) -> str:
    """What was done, after `I've`.

    >>> phrase_done("cancel the order"), phrase_done("put in a leave request"), phrase_done("pull up an order")
    ('cancelled the order', 'put in a leave request', 'pulled up the order')
    >>> phrase_done("put me on the waiting list"), phrase_done("book me a room")
    ('put you on the waiting list', 'booked the room')
    """
    verb, _, rest = phrase.partition(" ")
    rest = re.sub(r"^me (?=(?:on|onto|in|into|up|down|through|to)\b)", "you ", rest)  # put you on the list
    rest = re.sub(r"^me ", "", rest)
    if verb not in CREATING:
        rest = re.sub(r"\ban? ", "the ", rest)
    head, _, tail = rest.partition(" ")
    rest = f"{head} {re.sub(r'(?<=(?:to|of|on|in) )an? |(?<=for )an? |(?<=from )an? ', 'the ', tail)}".strip()
    rest = re.sub(r"\b(?:my|I)\b", lambda match: {"my": "your", "I": "you"}[match[0]], rest)
    past = IRREGULAR.get(verb) or (
        f"{verb}d" if verb.endswith("e") else f"{verb[:-1]}ied" if re.search(r"[^aeiou]y$", verb) else f"{verb}ed"
    )
    if verb not in IRREGULAR and re.fullmatch(r"(?:un|re)?[^aeiou]*[aeiou][bdgmnpt]", verb):
        past = f"{verb}{verb[-1]}ed"  # `unpinned`, `planned`
    return f"{past} {rest}".strip()


def name_things(key: str, telling: Telling) -> tuple[str, str]:
    """What the records under this key are called, one and several of them."""
    about = words(key)
    thing = spell_words([*about[:-1], singular(about[-1])]) if about else "result"
    played = thing == "match" and "matches" in words(telling.tool)
    if thing in _GENERIC and not played:
        own = [noun for noun in nouns(telling.tool)[-1:] if noun not in _GENERIC]
        # What an eligibility holds is no eligibility: a quality has no plural, and a query brings rows.
        plain = own and not own[0].endswith(("ity", "ness", "ance", "sql", "query", "database"))
        thing = own[0] if plain else "row" if own and about == ["rows"] else "item" if own else "result"
    before = nouns(telling.tool)
    if (
        len(before) > 1
        and before[-1] == thing
        and before[-2] in telling.asked
        and before[-2] not in ("all", "my", "available", "current", "latest", "every", *say_filter(telling).split())
    ):
        thing = spell_words(before[-2:])  # `points` are pickup points to whoever asked for these
    thing = "absence" if about == ["away"] else "feedback entry" if about == ["feedback"] else thing
    if about == ["results"] and {"doc", "docs", "documentation"} & set(words(telling.tool)):
        thing = "page"
    thing = "news item" if thing == "news" else thing
    thing = "stock level" if thing == "level" and "stock" in words(telling.tool) else thing
    thing = "forecast day" if thing.rpartition(" ")[2] == "forecast" else thing
    if about[-1:] == ["history"]:
        thing = spell_words([*about[:-1], "entry"])
    # Who asks which seats are free is told of the free seats.
    which = re.search(r"\bwhich (\w+) are (free|open|available)\b", telling.phrase)
    thing = f"{which[2]} {thing}" if which and which[1] == plural(thing) else thing
    return thing, plural(thing)


def count_things(n: int, total: int, things: str, telling: Telling) -> str:
    """How many there are, in the words in which they were asked for: `six lines were found` says less than whose."""
    number = spell_number(n)
    query = next((value for key, value in telling.arguments.items() if _is_query(key, value)), "")
    subject = next((text for key, value in telling.arguments.items() if (text := _name_owner(key, value, telling))), "")
    # What is looked up by its own name is looked for by it: a facet has no facets.
    last = singular(things.rpartition(" ")[2])
    for key, value in telling.arguments.items():
        if words(key)[-2:] in ([last, "name"], [last, "title"]) and isinstance(value, str):
            query = value
    rest = say_filter(telling, (query, subject))
    if total > n:
        return f"these are {n} of the {show_number(total)} {things}{say_filter(telling)}"
    if things == "forecast days":
        return f"here is the forecast for {number} days{say_filter(telling)}"
    newest = re.search(rf"\b(latest|newest|most recent) (?:[a-z]+ )?{re.escape(plural(last))}\b", telling.phrase)
    if newest and n > 1 and not query:
        # There are more than these: it has not got five releases.
        return f"here are the {newest[1]} {number} {things}{f' of {subject}' if subject else ''}{rest}"
    if query:
        return f"{number} {things} {'match' if n > 1 else 'matches'} “{query}”{rest}"
    if subject:
        return f"{subject} has {number} {things}{rest}"
    if re.search(r"\bmy\b", telling.phrase):
        return f"you have {number} {things}{rest}"
    return f"there {'are' if n > 1 else 'is'} {number} {things}{rest}"


def _is_query(key: str, value: JsonValue) -> bool:
    about = words(key)
    plain = isinstance(value, str) and len(value) <= 60
    if about[-1:] and about[-1] in ("name", "title"):
        return plain and len(about) == 1
    return plain and bool(set(about) & _LOOKED_FOR) and about[-1] not in IDENTIFYING


def _name_owner(key: str, value: JsonValue, telling: Telling) -> str:
    """Whose things are listed: `order 7`, or what order 7 is called."""
    about = words(key)
    if about == ["sku"]:
        return telling.called.get(str(value)) or str(value)
    if about == ["article"] and str(value).isdecimal():
        return telling.called.get(str(value)) or f"article {value}"
    plain = isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) <= 40
    if not plain or len(about) < 2 or about[-1] not in IDENTIFYING | {"name", "title"}:
        return ""
    stem = label_argument("", key).rpartition(" ")[0]
    if stem.endswith("ing") and about[-1] != "id":  # the parcel of tracking number 7
        stem = (nouns(telling.tool) or (f"{stem} {about[-1]}",))[-1]
    if about[0] in _SIDES or about in (["first", "name"], ["last", "name"]):
        return ""  # a quote from one station to another is neither's
    shown = str(value) if str(value).lower().startswith(stem.lower()) else f"{stem} {value}"
    return telling.called.get(str(value)) or shown


def say_filter(telling: Telling, without: Sequence[str] = ()) -> str:
    """By what a list was chosen: ` for “night trains”`, ` in Lisbon`, ` for order 7`, ` placed before 3 May 2026`."""
    parts = []
    for key, value in telling.arguments.items():
        about = words(key)
        if not isinstance(value, str | int | float) or isinstance(value, bool) or len(str(value)) > 60:
            continue
        shown, owner = show_value(value, key), _name_owner(key, value, telling)
        stem = spell_words([word for word in about if word not in ("min", "max", "minimum", "maximum", *UNITS)])
        if _is_query(key, value):
            parts += [f" for “{value}”"] if value not in without else []
        elif owner:
            parts += [f" for {owner}"] if owner not in without else []
        elif about[-1:] and about[-1] in ("like", "contains", "pattern"):
            parts.append(f" with “{value}” in the name")
        elif about == ["postcode"]:
            parts.append(f" near {value}")
        elif about[-1:] and about[-1] in ("city", "place", "location", "month"):
            parts.append(f" in {shown}")
        elif about[-1:] and about[-1] in ("symbol", "ticker"):
            parts.append(f" for {value}")
        elif about[-1:] and about[-1] in ("username", "author", "artist"):
            parts.append(f" by {value}")
        elif about[-1:] == ["environment"]:
            parts.append(f" in the {shown} environment")
        elif about[-1:] and about[-1] in ("before", "after", "since", "until"):
            parts.append(f" {' '.join(about)} {shown}")
        elif MOMENT.fullmatch(str(value)) and about[0] in _SPANS:
            parts.append(f" {_SPANS[about[0]]} {shown}")
        elif isinstance(value, int | float) and about[0] in ("min", "minimum", "max", "maximum") and stem not in _PAGES:
            unit = say_number(key, value, telling.arguments) or shown
            article = "an" if stem[:1] in ("a", "e", "i", "o") else "a"
            parts.append(f" with {article} {stem} of at {'least' if about[0].startswith('min') else 'most'} {unit}")
    for n in range(len(parts) - 1, 0, -1):
        first = parts[n].split()[0]
        if first.endswith("ed") and parts[n - 1].split()[0] == first:  # placed after one day and before another
            parts[n] = f" and{parts[n].removeprefix(f' {first}')}"
    return "".join(parts[:3])


def name_problem(result: JsonObject) -> str:
    """What went wrong, as the last line of the error says it.

    >>> name_problem({"error": {"code": "busy", "message": "Traceback\\nResource busy."}})
    'Resource busy'
    """
    return str(result["error"]["message"]).strip().rpartition("\n")[2].rstrip(".")


def explain_nothing(report: Report, step: JsonObject, phrase: str, rng: Random) -> str:
    """Why a step has no result: it failed, its condition did not hold, there was nothing to do it for."""
    phrase = turn_to_you(phrase)
    errors = [result for tool, _, ok, result in report.calls if tool == step["tool"] and not ok]
    if errors:
        return rng.choice(_COULD_NOT).format(phrase, name_problem(errors[-1]))
    when = step.get("when")
    if when and when["step"] in report.results:
        seen = value_at(report.results[when["step"]][0], when["path"])
        if seen is not MISSING:
            hoped, shown = show_value(when["equals"]), show_value(seen)
            where = "" if label_field(when["path"]) in ("status", "state") else f" the {label_field(when['path'])}"
            if label_field(when["path"]) in ("total", "count") and hoped == "0":
                return f"As there are some already, I did not {phrase}."
            if shown in (f"in{hoped}", f"not {hoped}", "no", "yes"):
                return f"Since it is {shown}, I did not {phrase}." if len(shown) > 3 else f"So I did not {phrase}."
            # What requires action is not `is requires action`.
            being, still = ("", "is ") if AWAITING.match(shown) else ("is ", "")
            stands = f"{where or ' it'} {being}{shown} and {still}not {hoped}"
            ways = (
                f"As{stands}, I did not {phrase}.",
                f"Since{stands}, I have left it at that and did not {phrase}.",
            )
            return rng.choice(ways)
    if step.get("repeat"):
        return f"There was nothing to {phrase.removeprefix('show you ')} here, so I left that out."
    return f"I did not {phrase}, as it was not needed."
