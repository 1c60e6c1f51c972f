"""What a field means by its words, and a string of that meaning for a subject: ids, days, names, texts."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from random import Random
from uuid import UUID

import rstr

from agents.offline.subject import COMPANIES, DOMAINS, NOUNS, PERSONS, PLACES, Subject, load_table, pick, plain
from agents.schema import Schema, singular, words

_PAST_WORDS = """
created updated placed opened started occurred sent issued paid booked spent read modified last since after
seen submitted added published joined registered collected signed closed completed built finished scan posted
"""
_PAST = frozenset(_PAST_WORDS.split())
_FUTURE_WORDS = """
due expires expiry until ends end valid eta deadline starts start arrival scheduled next expected arrives
departs departure pickup return checkin checkout before renewal deliver ready respond exam to execution
viewing
"""
_FUTURE = frozenset(_FUTURE_WORDS.split())
_DATE_WORDS = frozenset(("date", "day", "on", "deadline", "eta", "until", "birthday", "expires", "dob"))
_TIME_WORDS = frozenset(("at", "timestamp", "datetime", "starts", "ends", "since"))
_ID_WORDS_WORDS = """
id ids uuid guid key ref reference number code sku token identifier hash uid slug sha no nr
"""
_ID_WORDS = frozenset(_ID_WORDS_WORDS.split())
_PROSE = {
    "reason": "causes", "cause": "causes", "purpose": "causes", "why": "reasons", "description": "texts",
    "message": "texts", "body": "texts", "content": "texts", "text": "texts", "comment": "texts", "note": "texts",
    "notes": "texts", "summary": "texts", "details": "texts", "explanation": "texts", "instructions": "texts",
    "feedback": "texts", "caption": "things", "requests": "texts", "excerpt": "texts", "advice": "texts",
    "bio": "texts", "snippet": "texts", "abstract": "texts", "input": "texts", "prompt": "texts", "thought": "texts",
}  # fmt: skip
_SEARCHING = frozenset(("query", "q", "search", "term", "keyword", "keywords", "like", "pattern"))
_CHOICES: dict[str, list[str]] = load_table("choices")
_LOGS = (
    "connection to cache timed out, retrying", "request finished in 182 ms", "worker 3 restarted after exit code 137",
    "queue length back to normal", "certificate renewed", "slow query took 4.1 s on table orders",
)  # fmt: skip
PATH_ROOTS = ("projects/harbour", "documents/2026", "shared/reports", "notes")


@lru_cache(maxsize=65536)
def split(key: str) -> tuple[str, ...]:
    return tuple(words(key))


def write_string(schema: Schema, key: str, holder: str, subject: Subject) -> str:
    """A string for the field, within its pattern and lengths where these allow what it means."""
    text = _of_format(schema, key, subject) or _of_words(schema, split(key), holder, subject)
    if pattern := schema.get("pattern"):
        return _fit_pattern(pattern, text, key, subject)
    least, most = schema.get("minLength", 0), schema.get("maxLength", 4000)
    if len(text) > most:
        text = text[:most].rsplit(" ", 1)[0].strip() or text[:most]
    rng = subject.rng(f"{key}/pad")
    while len(text) < least:
        text += rng.choice("abcdefghjkmnpqrstuvwxyz23456789")
    return text


def _fit_pattern(pattern: str, text: str, key: str, subject: Subject) -> str:
    """What the words mean if the pattern allows it, else any of several candidates, else what the pattern makes.

    Raises: re.error: a pattern that Python cannot read; the planner leaves such a tool alone.
    """
    place, rng, today = subject.place, subject.rng(f"{key}/pattern"), subject.today
    term = f"{'spring' if today.month < 6 else 'autumn'}-{today.year}"
    thing = re.sub(r"\W+", "_", plain(subject.title("query"))).strip("_")
    other = PLACES[rng.randrange(len(PLACES))]
    airport = place.airport if "origin" in key or key == "from" else other.airport
    options = [text, airport, place.code, place.locale, term, f"{today:%Y-%m}", thing, "AMBER"[: rng.randint(3, 5)]]
    options += ["northwind/" + subject.title("repo"), f"0{rng.randint(1, 9)}/{rng.randint(27, 31)}", "#2F6F4E"]
    options += [f"v{rng.randint(1, 4)}.{rng.randint(0, 9)}.{rng.randint(0, 6)}"]
    options += [_iban(subject)] if "iban" in key.lower() else []
    options += [f"{pick(rng, ('LH', 'TP', 'SK', 'KL'))}{rng.randint(210, 1990)}"]
    for option in options:
        # A code of several letters alone says nothing of its own: only what the field is about may use one.
        if re.fullmatch(pattern.strip("^$"), option) and _may_stand(option, key):
            return option
    generator = rstr.Rstr(rng)
    return min((str(generator.xeger(pattern)) for _ in range(6)), key=len)


def _may_stand(option: str, key: str) -> bool:
    if not option.isalpha() or len(option) > 5:
        return True
    coded = {
        "origin",
        "destination",
        "from",
        "to",
        "airport",
        "country",
        "currency",
        "project",
        "key",
        "language",
        "locale",
    }
    return bool(coded & set(split(key)))


def _iban(subject: Subject) -> str:
    """A German account number whose check digits are right."""
    account = f"{subject.rng('iban').randint(10**17, 10**18 - 1)}"
    check = 98 - int(f"{account}131400") % 97
    return f"DE{check:02d}{account}"


def _of_format(schema: Schema, key: str, subject: Subject) -> str:
    """A string of a declared format, or of one that a description spells out or a name implies."""
    form, about = schema.get("format") or "", split(key)
    described = str(schema.get("description", ""))
    if not form:
        day, hour = "YYYY-MM-DD" in described, "HH:MM" in described
        form = "date-time" if day and hour else "date" if day else "HH:MM" if hour else ""
    last = about[-1] if about else ""
    if not form and not schema.get("pattern"):
        form = "date" if last in ("date", "deadline", "birthday", "dob") or about[-2:] == ("born", "on") else ""
        form = form or ("date-time" if last in ("timestamp", "datetime") or (last == "at" and len(about) > 1) else "")
        form = form or ("uuid" if "uuid" in about or "guid" in about else "")
        form = form or ("uri" if last in ("url", "uri", "link", "href", "website") or "url" in about else "")
        form = form or ("email" if {"email", "mail"} & set(about[-2:]) and last not in ("id", "type") else "")
    makers: dict[str, Callable[[], str]] = {
        "date": lambda: day_of(key, subject).isoformat(),
        "date-time": lambda: moment_of(key, subject).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "time": lambda: clock_of(key, subject) + ":00",
        "HH:MM": lambda: clock_of(key, subject),
        "email": lambda: subject.email,
        "uuid": lambda: str(UUID(int=subject.rng(key).getrandbits(128), version=4)),
        "uri": lambda: _url(about, subject),
        "url": lambda: _url(about, subject),
        "hostname": lambda: f"www.{_host(subject)}",
        "ipv4": lambda: "192.0.2." + str(subject.rng(key).randint(2, 250)),
    }
    return makers[form]() if form in makers else ""


def day_of(key: str, subject: Subject) -> date:
    """A day that fits the field: births long past, what happened before today, what is planned after it."""
    about = set(split(key))
    if about & {"born", "birth", "birthday", "dob"}:
        return subject.birthday
    if about & _PAST:
        return subject.day(key, -40, -1)
    if about & _FUTURE:
        return subject.day(key, 12, 45)
    return subject.day(key, 2, 12)


def moment_of(key: str, subject: Subject) -> datetime:
    hour, minute = clock_of(key, subject).split(":")
    day = day_of(key, subject)
    return datetime(day.year, day.month, day.day, int(hour), int(minute))


def clock_of(key: str, subject: Subject) -> str:
    """A quarter of an hour of a working day; what ends is later than what starts."""
    rng, about = subject.rng(f"{key}/clock"), split(key)
    late = bool({"end", "ends", "to", "until", "closes", "arrives"} & set(about))
    return f"{rng.randint(15, 19) if late else rng.randint(8, 13):02d}:{rng.choice(('00', '15', '30', '45'))}"


def _host(subject: Subject) -> str:
    return f"{plain(subject.company).split()[0]}.example"


def _url(about: tuple[str, ...], subject: Subject) -> str:
    rng = subject.rng("/".join(about))
    kind = next((word for word in about if word not in ("url", "uri", "link", "href")), "page")
    ending = {"photo": ".jpg", "image": ".jpg", "receipt": ".pdf", "label": ".pdf", "source": ".pdf"}.get(kind, "")
    leaf = re.sub(r"\W+", "-", plain(subject.title(kind if kind in NOUNS else "page")))
    return f"https://{_host(subject)}/{kind}/{leaf}-{rng.randint(11, 99)}{ending}"


def _of_words(schema: Schema, about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """A string by the words of the field and the noun that holds it."""
    last, every = (about[-1] if about else ""), set(about)
    noun = singular(last)
    if last in _ID_WORDS and not (
        last in ("number", "code", "key", "reference", "token")
        and every & {"phone", "country", "currency", "postal", "zip", "language", "voucher"}
    ):
        return _identifier(about, holder, subject)
    person = _person(about, last, noun, holder, subject)
    if person:
        return person
    place = _place(every, last, subject)
    if place:
        return place
    if last in _PROSE:
        return _prose(last, about, holder, subject)
    if every & _SEARCHING:
        return search_term(holder, subject)
    if last in ("name", "title", "subject", "label", "headline", "topic", "names", "titles"):
        return _title(about[:-1], holder, subject)
    if last in ("path", "file", "filename", "filepath", "directory", "dir", "folder") or every & {"path", "filename"}:
        return _path(last, subject)
    for word in reversed(about):
        options = _CHOICES.get(singular(word)) or _CHOICES.get(word)
        if options:
            return pick(subject.rng("/".join(about)), options)
    if noun in NOUNS:
        return subject.title(noun)
    special = _special(every, last, subject)
    return special or subject.title(holder if holder in NOUNS else "")


def _special(every: set[str], last: str, subject: Subject) -> str:
    rng = subject.rng(last)
    if every & {"sql", "statement"}:
        return "SELECT region, SUM(amount) AS total FROM orders GROUP BY region"
    if every & {"code", "script", "expression", "formula"}:
        return "sum(x * x for x in range(10))"
    if every & {"ip", "ipaddress"}:
        return f"192.0.2.{rng.randint(2, 250)}"
    if last == "log":
        start = moment_of("started", subject)
        lines = [
            f"{start + timedelta(seconds=7 * n):%H:%M:%S} {_LOGS[(subject.index + n) % len(_LOGS)]}"
            for n in range(rng.randint(6, 30))
        ]
        return "\n".join(lines)
    if last in ("version", "sha"):
        return "3.1.1"
    if last == "x":
        return f"{subject.day('x', -30, -1):%Y-%m-%d}"
    return ""


def _person(about: tuple[str, ...], last: str, noun: str, holder: str, subject: Subject) -> str:
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
        every & (PERSONS | {"full", "to", "display"}) or (len(about) == 1 and holder in PERSONS)
    ):
        return subject.name
    if noun in PERSONS or last == "by":
        return someone.username if subject.domain == "code" else someone.name
    return ""


def _place(every: set[str], last: str, subject: Subject) -> str:
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
        return place.currency if place.currency in ("EUR", "GBP", "USD") else "EUR"
    if last in ("province", "state") and subject.domain in ("maps", "travel", "property"):
        return place.region
    if last in ("location", "destination", "place", "origin") and subject.domain in (
        "maps",
        "travel",
        "property",
        "general",
    ):
        return place.city
    if last == "iban":
        return _iban(subject)
    return ""


def _prose(last: str, about: tuple[str, ...], holder: str, subject: Subject) -> str:
    if (
        last in ("message", "text")
        and (subject.domain == "devops" or holder in ("line", "log"))
        and holder in ("line", "log", "entry")
    ):
        return _LOGS[(subject.index + len(subject.seed)) % len(_LOGS)]
    if last in ("text", "body", "content", "description") and holder in (
        "document",
        "article",
        "page",
        "file",
        "paper",
    ):
        return " ".join(
            str(text) for text in (*DOMAINS[subject.domain]["texts"], *DOMAINS[subject.domain]["reasons"][:2])
        )
    return subject.text(_PROSE[last], "/".join(about))


def _title(owner: tuple[str, ...], holder: str, subject: Subject) -> str:
    nouns = [singular(word) for word in (*owner, holder)]
    noun = next(
        (word for word in nouns if word in NOUNS or word in PERSONS or word in COMPANIES), nouns[-1] if nouns else ""
    )
    return subject.title(noun)


def _path(last: str, subject: Subject) -> str:
    rng = subject.rng("path")
    folder = pick(rng, PATH_ROOTS)
    return folder if last in ("directory", "dir", "folder") else f"{folder}/{subject.title('file')}"


def search_term(holder: str, subject: Subject) -> str:
    """What someone would type to find such a thing: a name, or two telling words of a title."""
    noun = singular(holder)
    if noun in PERSONS:
        return subject.names[1]
    said = re.findall(r"[^\W\d_][\w'-]*", subject.title(noun)) or [subject.title(noun)]
    if noun in COMPANIES:
        return str(said[0])
    pairs = [f"{first} {second}" for first, second in pairwise(said) if min(len(first), len(second)) > 3]
    return str(pairs[0] if pairs else max(said, key=len)).lower()


def _identifier(about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """An id in the style that its service gives to ids of that noun."""
    noun = next((word for word in reversed(about[:-1]) if len(word) > 2), singular(holder) or "item")
    style = Random(f"{subject.service}/{noun}").randrange(5)
    rng = subject.rng(f"{noun}/id")
    if about[-1] in ("slug",):
        return re.sub(r"\W+", "-", plain(subject.title(noun)))
    if about[-1] in ("sha", "hash"):
        return f"{rng.getrandbits(160):040x}"
    if about[-1] in ("token",):
        return f"tok_{rng.getrandbits(64):016x}"
    if noun in (
        "schedule",
        "service",
        "table",
        "list",
        "calendar",
        "warehouse",
        "audience",
        "location",
        "offer",
        "rate",
    ):
        slug = re.sub(r"\W+", "-", plain(subject.title(noun)))
        return f"{noun[:3]}-{slug}" if noun not in ("service", "table") else slug
    return (
        f"{noun[:3].upper()}-{rng.randint(10000, 99999)}",
        f"{rng.randint(100000, 999999)}",
        f"{noun[:3]}_{rng.getrandbits(40):010x}",
        f"{noun[:2].upper()}{rng.randint(100000, 999999)}",
        f"{noun[:4]}-{rng.getrandbits(32):08x}",
    )[style]
