"""Whether a tool without annotations reads or writes, by the verbs of its name and of its description [ours].

A writer that is taken for a reader is called for real where nobody gave leave; so wherever the words leave it open, a
tool writes. Nouns that look like verbs are told by their place: `write_query` writes, `list_open_orders` reads.
"""

import re
from functools import lru_cache
from itertools import pairwise

from agents.schema.names import words

_READING = """get find fetch read show describe retrieve browse compare convert calculate compute validate verify
summarize analyze analyse inspect lookup explain extract detect determine has is exists diagnose parse decode
disassemble"""
_READING_NOUNS = """list search query check view count status estimate preview download export track autocomplete"""
"""Verbs of reading that are nouns as often. A report is none: whoever reports damage writes."""
_WRITING = """create delete remove add insert write send modify edit append upload install uninstall apply enable
disable stop cancel approve reject assign unassign destroy drop truncate replace rename save register unregister
deregister subscribe unsubscribe publish unpublish purge merge restart reboot trigger terminate revoke grant
associate disassociate attach detach launch invoke provision accept decline rotate unlock execute exec perform pay
buy upsert reply forward upgrade downgrade rollback migrate erase wipe kill mute unmute ban unban invite"""
_WRITING_LOOSELY = """update set put post patch run start open close reset clear push move copy import sync submit
deploy restore mark unmark click fill navigate refresh initialize configure switch toggle increment decrement"""
"""Verbs that describe a thing as often as they change one: open orders, an import job, the start time."""
_WRITING_NOUNS = """commit order book release transfer charge request schedule log record comment change share test
process lock tag archive refund kick vote rate watch note"""
_READS, _READ_NOUNS = frozenset(_READING.split()), frozenset(_READING_NOUNS.split())
_WRITES, _WRITES_LOOSELY = frozenset(_WRITING.split()), frozenset(_WRITING_LOOSELY.split())
_WRITE_NOUNS = frozenset(_WRITING_NOUNS.split())
_KINDS = {
    "reading": _READS,
    "reading noun": _READ_NOUNS,
    "writing": _WRITES,
    "loosely": _WRITES_LOOSELY,
    "writing noun": _WRITE_NOUNS,
}
_JOINING = frozenset(("and", "or", "then"))
_RUNNING = frozenset(("execute", "exec", "run", "perform", "invoke"))
_LEADS = _WRITES - {"execute", "exec", "perform", "invoke", "apply", "trigger"} | {"update", "submit", "manage"}
"""What a description must begin with for a tool to write whose name says that it reads."""
_LOOSE_LEADS = frozenset(
    ("generate", "make", "build", "produce", "set", "initiate", "begin", "start", "request", "schedule")
)
"""The same where the name is not sure of it."""


def _forms(verbs: frozenset[str]) -> frozenset[str]:
    """
    >>> sorted(_forms(frozenset(["modify", "push"])))
    ['modifies', 'modify', 'push', 'pushes', 'pushs']
    """
    third = {f"{verb[:-1]}ies" if verb.endswith("y") else f"{verb}s" for verb in verbs}
    return verbs | third | {f"{verb}es" for verb in verbs if verb.endswith(("s", "sh", "ch", "x"))}


_WROTE, _WROTE_LOOSELY = _forms(_LEADS), _forms(_LEADS | _LOOSE_LEADS)
_TOLD = _forms(
    _READS | {"list", "search", "query", "return", "provide", "check", "view", "count", "estimate", "preview"}
)
_BEFORE_VERBS = """this tool api endpoint method function operation action is used to can be allows you lets"""
_OPENING = frozenset(_BEFORE_VERBS.split())
_HARMLESS = re.compile(
    r"read[- ]?only|\bSELECT (?:quer|statement|SQL|only)|only SELECT|(?:does|do|will) not (?:modify|change|write)"
    r"|without (?:modifying|changing)|no side effects",
    re.IGNORECASE,
)
_FILES = re.compile(r"\b(?:in a |word |the )documents?\b|\bfile(?:name|path|_path)?s?\b", re.IGNORECASE)
_HARMFUL = re.compile(r"\b(?:INSERT|UPDATE|DELETE|DROP|CREATE TABLE|DDL|DML)\b")
_ANYTHING = re.compile(
    r"\b(?:execut\w+|runs?|perform\w*)\b[^.]{0,40}\b(?:sql|quer(?:y|ies)|statements?|commands?|code|scripts?)\b", re.I
)
"""What may do anything that its argument says."""


@lru_cache(maxsize=65536)
def reads(name: str, description: str) -> bool:
    """Whether a call leaves the world as it is.

    >>> reads("read_query", "Execute a SELECT query"), reads("write_query", ""), reads("get_update_status", "")
    (True, False, True)
    >>> reads("update_status", ""), reads("list_open_orders", ""), reads("orders_list", ""), reads("weather", "")
    (False, True, True, False)
    >>> reads("weather", "Returns the forecast."), reads("get_it", "Deletes it."), reads("query", "Runs any SQL query.")
    (True, False, False)
    """
    first = re.split(r"(?<=[.!])\s|\n\s*\n", description.strip(), maxsplit=1)[0]
    named, by = _of_name(name)
    told = _lead(first, by in _READS)
    is_harmless = bool(_HARMLESS.search(description)) and not _HARMFUL.search(description)
    if named is False:
        return by in _RUNNING and is_harmless
    if told is False:
        return False
    if named is None:
        return bool(told) and (is_harmless or not _ANYTHING.search(first))
    if by == "convert" and _FILES.search(description):
        return False  # in its place, or into another file
    return by in _READS or is_harmless or not _ANYTHING.search(first)


def _of_name(name: str) -> tuple[bool | None, str]:
    """What a name says, and the word that says it; None where it has no verb.

    Of a dotted name the last part is the method; a service's name may stand before the verb, and the verb at the end.
    """
    parts = [words(part) for part in re.split(r"[./:]", name)]
    spelt = next((part for part in reversed(parts) if part), [])
    kinds = [_kind(word) for word in spelt]
    firm = next((n for n, kind in enumerate(kinds) if kind and not kind.endswith("noun")), None)
    if kinds[:1] == ["reading noun"] and firm is not None and kinds[firm] == "loosely" and firm + 1 < len(spelt):
        firm = None  # list_open_orders, but not query_run
        kinds = ["reading noun"]
    if spelt[:1] == ["check"] and spelt[1:2] in (["in"], ["out"]):
        return False, "check"
    if firm is not None:
        also = any(word in _JOINING and _kind(verb) in {"writing", "loosely"} for word, verb in pairwise(spelt[firm:]))
        return kinds[firm] == "reading" and not also, spelt[firm]
    nouns = [n for n, kind in enumerate(kinds) if kind]
    if not nouns:
        return None, ""
    # orders_list and order_status read, book_hotel_status does not: its first word is the verb
    deciding = nouns[0] if nouns[0] == 0 and (kinds[0] == "reading noun" or len(spelt) > 2) else nouns[-1]
    return kinds[deciding] == "reading noun", spelt[deciding]


def _kind(word: str) -> str:
    return next((kind for kind, members in _KINDS.items() if word in members), "")


def _lead(sentence: str, is_sure: bool) -> bool | None:
    """Whether the verb that a sentence begins with reads; a second one that writes counts more.

    Beside the name of a sure reader only its very first word counts: get_rates, "Free subscribe plan".
    """
    spoken = re.findall(r"[a-z]+", sentence.lower())
    while is_sure and spoken and spoken[0] in _OPENING:
        spoken = spoken[1:]
    writes = _WROTE if is_sure else _WROTE_LOOSELY
    verbs = [word in _TOLD for word in spoken[: 1 if is_sure else 6] if word in _TOLD or word in writes]
    also = any(word in _JOINING and verb in _WROTE for word, verb in pairwise(spoken))
    return verbs[0] and not also if verbs else False if also else None
