"""Who, where and which: the names, places and ids of a subject, and what one would type to find it."""

import re
from itertools import pairwise
from random import Random
from uuid import UUID

from agents.offline.trade.subject import COMPANIES, NOUNS, PERSONS, TECHNICAL, Subject, is_named, plain
from agents.schema import singular

_SLUGS_WORDS = "schedule service table list calendar warehouse audience location folder"
_SLUGS = frozenset(_SLUGS_WORDS.split())
"""Things whose ids are made of what they are called, as few of them exist and people know them."""
_TRACKERS = ("OPS", "WEB", "CORE", "PAY")
_CAPITALS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_MIXED = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits of ids, without those that look like others."""
_ASKING = frozenset(
    ("what", "how", "why", "when", "where", "which", "who", "short", "guide", "ten", "ways", "question")
)
"""Words of titles for which nobody looks."""
_ABROAD = frozenset(("maps", "travel", "property"))
"""Trades in which a province is meant by `state`, and a city by `location`."""


def name_person(about: tuple[str, ...], last: str, noun: str, holder: str, subject: Subject) -> str:
    """A name, mail or number of the person or company that the field is about; empty if it is about none."""
    every = set(about)
    someone = (
        subject
        if holder in PERSONS or every & {"first", "last", "full"} or noun in ("email", "phone")
        else subject.other("/".join(about[:1]))
    )
    if last in ("phone", "mobile", "fax", "telephone"):
        return subject.phone
    if about[-2:] == ("first", "name") or last in ("firstname", "forename"):
        return subject.names[0]
    if about[-2:] == ("last", "name") or last in ("lastname", "surname"):
        return subject.names[1]
    if last in ("username", "login", "nickname", "handle") or about[-2:] == ("user", "name"):
        return someone.username
    if (
        noun in COMPANIES
        or (last == "name" and (every & COMPANIES or holder in COMPANIES))
        or last in ("counterparty", "client")
    ):
        return subject.company
    if last in ("name", "fullname") and (
        every & (PERSONS | {"full", "to", "from", "display"}) or (len(about) == 1 and holder in PERSONS)
    ):
        return subject.name
    if noun in PERSONS or last in ("by", "manager"):
        return someone.username if subject.domain == "code" else someone.name
    return ""


def name_place(every: set[str], last: str, subject: Subject) -> str:
    """Where the subject is, as the field wants it; empty if the field is about no place."""
    place = subject.place
    if last in ("city", "town", "area"):
        return place.city
    if last in ("postcode", "zip", "postal", "zipcode") or every & {"postcode", "zip"}:
        return subject.postcode
    if last in ("street", "line1", "address") or every & {"street"} or every == {"address", "line"}:
        whole = last == "address" and not every & {"street", "line"}
        return f"{subject.street}, {subject.postcode} {place.city}" if whole else subject.street
    if last == "country":
        return place.country
    if last in ("timezone", "tz") or every == {"time", "zone"}:
        return place.timezone
    if last == "currency" or every == {"currency", "code"}:
        currency = subject.home.currency  # one for all that a list holds
        return currency if currency in ("EUR", "GBP", "USD") else "EUR"
    if last in ("province", "state") and subject.domain in _ABROAD:
        return place.region
    if last in ("location", "destination", "place", "origin") and subject.domain in _ABROAD | {"general"}:
        return place.city
    return draw_iban(subject) if last == "iban" else ""


def draw_iban(subject: Subject) -> str:
    """A German account number whose check digits are right (ISO 13616: 98 minus the number with `DE00` modulo 97)."""
    account = f"{subject.rng('iban').randint(10**17, 10**18 - 1)}"
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02d}{account}"


def draw_id(about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """An id in the style that its service gives to ids."""
    noun = next((word for word in reversed(about[:-1]) if len(word) > 2), singular(holder) or "item")
    noun = "item" if noun == "ids" else noun
    rng = subject.rng(f"{noun}/id")
    slug = re.sub(r"\W+", "-", plain(subject.title(noun)))
    if about[-1] == "slug":
        return slug
    if about[-1] in ("sha", "hash"):
        return f"{rng.getrandbits(160):040x}"
    if about[-1] == "token":
        return f"tok_{rng.getrandbits(64):016x}"
    if noun == "paper" and "arxiv" in re.sub(r"\W", "", subject.service.lower()):
        return f"{rng.randint(23, 24)}{rng.randint(1, 12):02}.{rng.randint(1000, 18000):05}"
    if ":" in subject.service:
        named = noun in _SLUGS or (about[-1] == "key" and noun in NOUNS and noun not in ("key", "file", "issue"))
        return slug if named else _number_like(about[-1], noun, rng, subject)
    short = shorten(noun)
    if noun in _SLUGS and (noun != "service" or subject.domain in TECHNICAL):  # workshops give services, too
        return f"{short}-{slug}" if noun not in ("service", "table") else slug
    style = Random(f"{subject.service}/{noun}").randrange(5)
    # All five are drawn, so that the digits of one style do not depend on the others being asked for.
    return (
        f"{short.upper()}-{rng.randint(10000, 99999)}",
        f"{rng.randint(100000, 999999)}",
        f"{short}_{rng.getrandbits(40):010x}",
        f"{short[:2].upper()}{rng.randint(100000, 999999)}",
        f"{short}-{rng.getrandbits(32):08x}",
    )[style]


def shorten(noun: str) -> str:
    """A noun as ids begin with it: its first letter and two consonants that follow.

    >>> shorten("document"), shorten("point"), shorten("lab")
    ('dcm', 'pnt', 'lab')
    """
    return noun if len(noun) < 4 else (noun[0] + re.sub(r"[aeiou]", "", noun[1:]))[:3]


def _number_like(last: str, noun: str, rng: Random, subject: Subject) -> str:
    """An id, a key or a number as services hand them out: all of one service look alike, and none begins with half
    a word."""
    if noun in ("issue", "ticket", "story") and last in ("key", "number", "identifier"):
        return f"{Random(subject.service).choice(_TRACKERS)}-{rng.randint(12, 980)}"
    if last in ("number", "no", "nr"):
        return f"{rng.randint(10_000, 99_999)}"
    if last in ("code", "ref", "reference"):
        return _letters(_CAPITALS, 6, rng)
    if last == "key":
        return _letters(_CAPITALS, 20, rng) if noun in ("access", "license", "api") else _letters(_MIXED, 22, rng)
    if last in ("gid", "tracking"):
        return draw_gid(rng)
    if last in ("uuid", "guid"):
        return draw_uuid(rng)
    return (
        f"{rng.randint(1_000_000, 99_999_999)}",
        f"{rng.randint(100_000, 999_999)}",
        f"{noun}_{_letters(_MIXED, 14, rng)}",
        f"{rng.getrandbits(96):024x}",
        _letters(_MIXED, 20, rng),
        draw_uuid(rng),
    )[Random(f"{subject.service}/ids").randrange(6)]


def draw_uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def draw_gid(rng: Random) -> str:
    """Sixteen digits, as services hand out that count all their things in one row."""
    return f"{rng.randint(10**15, 10**16 - 1)}"


def _letters(of: str, count: int, rng: Random) -> str:
    """So many of the letters and digits, the first of them a letter."""
    return "".join([rng.choice(of[:20]), *(rng.choice(of) for _ in range(count - 1))])


def search_term(holder: str, subject: Subject) -> str:
    """What someone would type to find such a thing: a name, or two telling words of a title."""
    noun = singular(holder)
    if noun in PERSONS:
        return subject.names[1]
    # For what has no names of its own people type what the trade is about.
    title = subject.title(noun) if is_named(noun) else subject.title("")
    telling = re.findall(r"[^\W\d_][\w.'-]*\w|[^\W\d_]", title) or [title]
    telling = [word for word in telling if word.lower() not in _ASKING] or telling
    if noun in COMPANIES:
        return str(telling[0])
    pairs = [f"{first} {second}" for first, second in pairwise(telling) if min(len(first), len(second)) > 3]
    longest = max(telling, key=len)
    if noun in ("search", "result") and pairs:
        return pairs[-1].lower()  # what a headline is about stands at its end
    return str(pairs[0] if pairs else longest if len(longest) > 4 else title).lower()


def title_thing(owner: tuple[str, ...], holder: str, subject: Subject) -> str:
    """What the thing is called that a `name` or `title` belongs to: the nearest noun with names of its own."""
    nouns = [singular(word) for word in (*owner, holder)]
    titled = (word for word in nouns if word in NOUNS or word in PERSONS or word in COMPANIES)
    return subject.title(next(titled, nouns[-1] if nouns else ""))
