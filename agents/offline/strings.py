"""A string that means what its field says, within the field's format, pattern and lengths."""

import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import rstr

from agents.offline.meaning import clock_of, day_of, moment_of, split
from agents.offline.particulars import draw_iban, draw_id, name_person, name_place, search_term, title_thing
from agents.offline.subject import NOUNS, PLACES, Subject, load_table, pick, plain
from agents.schema import Schema, singular

_IDS_WORDS = "id ids uuid guid key ref reference number code sku token identifier hash uid slug sha no nr"
_IDS = frozenset(_IDS_WORDS.split())
_CODED = frozenset(("number", "code", "key", "reference", "token"))
_NO_IDS = frozenset(("phone", "country", "currency", "postal", "zip", "language", "voucher"))
"""Words that make a number or code something else than an id."""
_PROSE = {
    "reason": "causes", "cause": "causes", "purpose": "causes", "why": "reasons", "description": "texts",
    "message": "texts", "body": "texts", "content": "texts", "text": "texts", "comment": "texts", "note": "texts",
    "notes": "texts", "summary": "texts", "details": "texts", "explanation": "texts", "instructions": "texts",
    "feedback": "texts", "caption": "things", "requests": "texts", "excerpt": "texts", "advice": "texts",
    "bio": "texts", "snippet": "texts", "abstract": "texts", "input": "texts", "prompt": "texts", "thought": "texts",
}  # fmt: skip
_SEARCHING = frozenset(("query", "q", "search", "term", "keyword", "keywords", "like", "pattern"))
_TITLES = frozenset(("name", "title", "subject", "label", "headline", "topic", "names", "titles"))
_FOLDERS = frozenset(("directory", "dir", "folder"))
_CHOICES: dict[str, list[str]] = load_table("choices")
_LOGS = (
    "connection to cache timed out, retrying", "request finished in 182 ms", "worker 3 restarted after exit code 137",
    "queue length back to normal", "certificate renewed", "slow query took 4.1 s on table orders",
)  # fmt: skip
_PROSE_OF: dict[str, list[str]] = load_table("prose")
_SENTENCES = _PROSE_OF["sentence"]
_LIKE = {"reply": "comment", "response": "comment", "rating": "review", "chat": "message", "thread": "message"}
_LIKE |= {"tweet": "post", "mail": "email", "inbox": "email"}
"""What is written like something else."""
_PARAGRAPHS = (1, 1, 2, 2, 3, 4, 8)
"""Paragraphs of a document; now and then it is a long one."""
_PROGRAM = re.compile(r"(?i)source|snippet|script|python|javascript|typescript|program|function|execute|analy[sz]e")
_PROGRAMS = (
    "def total(prices): return sum(prices) / len(prices)",
    "print(sorted(set(open('names.txt').read().split())))",
    "for row in rows: print(row['id'], row['amount'] * 1.19)",
    "function first(items) { return items.length ? items[0] : null }",
)
_QUERIES = (
    "SELECT region, SUM(amount) AS total FROM orders GROUP BY region",
    "SELECT name, email FROM customers WHERE city IN ('Lyon', 'Porto')",
    "SELECT status, COUNT(*) AS orders FROM orders GROUP BY status",
    "SELECT title, price FROM products WHERE stock < 10",
    "SELECT name, created_at FROM projects WHERE status LIKE 'open%'",
)
_LETTERS_WORDS = "origin destination from to airport country currency project key language locale"
_LETTERS = frozenset(_LETTERS_WORDS.split())
"""Fields in which a code of a few letters means something."""
PATH_ROOTS = ("projects/harbour", "documents/2026", "shared/reports", "notes")


def write_string(schema: Schema, key: str, holder: str, subject: Subject) -> str:
    """A string for the field, within its pattern and lengths where these allow what it means."""
    text = _follow_format(schema, key, subject)
    if split(key)[-1:] == ("code",) and _PROGRAM.search(str(schema.get("description", ""))):
        text = subject.rng(key).choice(_PROGRAMS)
    text = text or _follow_words(split(key), holder, subject)
    if pattern := schema.get("pattern"):
        return _fit_pattern(pattern, text, key, subject)
    least, most = schema.get("minLength", 0), schema.get("maxLength", 60_000)
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
    options += [draw_iban(subject)] if "iban" in key.lower() else []
    options += [f"{pick(rng, ('LH', 'TP', 'SK', 'KL'))}{rng.randint(210, 1990)}"]
    for option in options:
        # A code of several letters alone says nothing of its own: only what the field is about may use one.
        telling = not option.isalpha() or len(option) > 5 or _LETTERS & set(split(key))
        if re.fullmatch(pattern.strip("^$"), option) and telling:
            return option
    generator = rstr.Rstr(rng)
    # What a pattern makes is noise; the shortest of several tries is the least of it.
    return min((str(generator.xeger(pattern)) for _ in range(6)), key=len)


def _follow_format(schema: Schema, key: str, subject: Subject) -> str:
    """A string of a declared format, or of one that a description spells out or a name implies; else empty."""
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
    host = f"{plain(subject.company).split()[0]}.example"
    makers: dict[str, Callable[[], str]] = {
        "date": lambda: day_of(key, subject).isoformat(),
        "date-time": lambda: moment_of(key, subject).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "time": lambda: clock_of(key, subject) + ":00",
        "HH:MM": lambda: clock_of(key, subject),
        "email": lambda: subject.email,
        "uuid": lambda: str(UUID(int=subject.rng(key).getrandbits(128), version=4)),
        "uri": lambda: _write_url(host, about, subject),
        "url": lambda: _write_url(host, about, subject),
        "hostname": lambda: f"www.{host}",
        # 192.0.2.0/24 is kept for documentation (RFC 5737) as .example is for hosts (RFC 2606): nobody owns either.
        "ipv4": lambda: "192.0.2." + str(subject.rng(key).randint(2, 250)),
    }
    return makers[form]() if form in makers else ""


def _write_url(host: str, about: tuple[str, ...], subject: Subject) -> str:
    rng = subject.rng("/".join(about))
    kind = next((word for word in about if word not in ("url", "uri", "link", "href")), "page")
    ending = {"photo": ".jpg", "image": ".jpg", "receipt": ".pdf", "label": ".pdf", "source": ".pdf"}.get(kind, "")
    leaf = re.sub(r"\W+", "-", plain(subject.title(kind if kind in NOUNS else "page")))
    return f"https://{host}/{kind}/{leaf}-{rng.randint(11, 99)}{ending}"


def _follow_words(about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """A string by the words of the field and the noun that holds it, the most telling rule first."""
    last, every = (about[-1] if about else ""), set(about)
    noun = singular(last)
    if last in _IDS and not (last in _CODED and every & _NO_IDS):
        return draw_id(about, holder, subject)
    if particular := name_person(about, last, noun, holder, subject) or name_place(every, last, subject):
        return particular
    if last in _PROSE:
        return _write_prose(last, about, holder, subject)
    if every & _SEARCHING:
        return search_term(holder, subject)
    if last in _TITLES:
        return title_thing(about[:-1], holder, subject)
    if last in _FOLDERS | {"path", "file", "filename", "filepath"} or every & {"path", "filename"}:
        folder = pick(subject.rng("path"), PATH_ROOTS)
        return folder if last in _FOLDERS else f"{folder}/{subject.title('file')}"
    for word in reversed(about):
        keys = (f"{subject.domain}/{word}", singular(word), word)
        if options := next((_CHOICES[key] for key in keys if key in _CHOICES), None):
            return pick(subject.rng("/".join(about)), options)
    if noun in NOUNS:
        return subject.title(noun)
    return _write_technical(every, last, subject) or subject.title(holder if holder in NOUNS else "")


def _write_prose(last: str, about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """A sentence or more of the trade; a line of a log is no letter to anybody."""
    logging = holder in ("line", "log") or (holder == "entry" and subject.domain == "devops")
    if last in ("message", "text") and logging:
        return _LOGS[(subject.index + len(subject.seed)) % len(_LOGS)]
    documents = ("document", "article", "page", "file", "paper")
    if (last in ("text", "body", "description") and holder in documents) or last == "content":
        rng = subject.rng("/".join(about))
        paragraphs: list[str] = []
        for _ in range(rng.choice(_PARAGRAPHS) * (12 if subject.plenty else 1)):
            sentences = rng.sample(_SENTENCES, rng.randint(2, 5))
            paragraphs.append(" ".join([subject.other(f"{len(paragraphs)}").text("texts", last), *sentences]))
        return "\n\n".join(dict.fromkeys(paragraphs))
    if some := _PROSE_OF.get(_LIKE.get(holder, holder)):
        return some[(subject.rng(holder).randrange(len(some)) + subject.index) % len(some)]
    if last in ("snippet", "summary", "abstract", "excerpt") or (last == "description" and subject.index):
        return _SENTENCES[(len(subject.seed) + subject.index) % len(_SENTENCES)]
    return subject.text(_PROSE[last], "/".join(about))


def _write_technical(every: set[str], last: str, subject: Subject) -> str:
    """Queries, expressions, addresses, logs: what machines read; empty for anything else."""
    rng = subject.rng(last)
    if every & {"sql", "statement"}:
        return rng.choice(_QUERIES)
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
    return f"{subject.day('x', -30, -1):%Y-%m-%d}" if last == "x" else ""
