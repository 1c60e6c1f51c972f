"""A string that means what its field says, within the field's format, pattern and lengths."""

import re
from collections.abc import Callable
from random import Random

import rstr

from agents.offline.fields.meaning import clock_of, day_of, moment_of, split
from agents.offline.fields.particulars import (
    draw_iban,
    draw_id,
    draw_uuid,
    name_person,
    name_place,
    search_term,
    title_thing,
)
from agents.offline.fields.prose import PROSE, write_log, write_prose
from agents.offline.trade.subject import COMPANIES, FIRST_DAY, NOUNS, PLACES, Subject, is_named, load_table, pick, plain
from agents.schema import Schema, singular

_IDS_WORDS = "id ids uuid guid key ref reference number code sku token identifier hash uid gid slug sha no nr tracking"
_IDS = frozenset(_IDS_WORDS.split())
_CODED = frozenset(("number", "code", "key", "reference", "token"))
_NO_IDS = frozenset(("phone", "country", "currency", "postal", "zip", "language", "voucher"))
"""Words that make a number or code something else than an id."""
_SEARCHING = frozenset(("query", "q", "search", "term", "keyword", "keywords", "like", "pattern"))
_WORKED = frozenset(("task", "subtask", "issue", "ticket", "project", "card", "story", "request", "shipment", "parcel"))
"""Things that are in whatever state the work of their trade is in; any other thing of a registry is active or not."""
_TITLES = frozenset(("name", "title", "subject", "label", "headline", "topic", "names", "titles"))
_TURNS = (0, 1, 0, 2, 1, 0, 0, 3, 1, 0, 2, 4)
"""Which of the options the things of a list take, in their order."""
_ELSEWHERE_WORDS = """page result news headline article story website link bookmark web tab history search fetch
document image photo video paper site content monitor webhook"""
_ELSEWHERE = frozenset(_ELSEWHERE_WORDS.split())
"""Things whose links lead to anybody's site; of all others a service keeps the pages itself."""
_SITES = frozenset(("webflow", "wordpress", "ghost", "wix", "squarespace", "cms", "contentful", "confluence", "wiki"))
"""Services in which somebody keeps their own pages, all of them at one address."""
_FOLDERS = frozenset(("directory", "dir", "folder"))
_DAYS = ("date", "deadline", "birthday", "dob")
_CODE_LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789_-"
CHOICES: dict[str, list[str]] = load_table("choices")
_FILES: dict[str, list[str]] = load_table("files")
_OFFICE = {"word": "word", "excel": "excel", "powerpoint": "powerpoint", "pptx": "powerpoint", "ppt": "powerpoint"}
FILE_KINDS = {kind: kind for kind in _FILES} | _OFFICE | {"docx": "word", "xlsx": "excel", "repository": "repo"}
FILE_KINDS |= {
    "presentation": "powerpoint",
    "slide": "powerpoint",
    "workbook": "excel",
    "photo": "image",
    "md": "markdown",
}
"""Word -> the kind of file that it speaks of."""
_PROGRAM = re.compile(r"(?i)source|snippet|script|python|javascript|typescript|program|function|execute|analy[sz]e")
_MACHINES: dict[str, dict[str, object]] = load_table("machines")
PROGRAMS, QUERIES = tuple(_MACHINES["programs"]), tuple(_MACHINES["queries"])
STATEMENTS = tuple(_MACHINES["statements"])
_LETTERS_WORDS = "origin destination from to airport country currency project key language locale"
_LETTERS = frozenset(_LETTERS_WORDS.split())
"""Fields in which a code of a few letters means something."""
PATH_ROOTS = ("projects/harbour", "documents/2026", "shared/reports", "notes")
_DIRECTORIES = (*PATH_ROOTS, "photos/spring", "archive/2024", "templates", "clients/larkspur", "invoices/open")


def means_something(schema: Schema, key: str, holder: str) -> bool:
    """Whether there is a rule for what such a string holds; the others are called after the thing that holds them."""
    subject = Subject("", "general", "", FIRST_DAY)
    if schema.get("pattern") or follow_format(schema, key, holder, subject):
        return True
    return bool(_follow_words(split(key), holder, subject))


def write_string(schema: Schema, key: str, holder: str, subject: Subject) -> str:
    """A string for the field, within its pattern and lengths where these allow what it means."""
    text = follow_format(schema, key, holder, subject)
    if split(key)[-1:] == ("code",) and _PROGRAM.search(str(schema.get("description", ""))):
        text = subject.rng(key).choice(PROGRAMS)
    if split(key)[-1:] == ("language",) and "programming" in str(schema.get("description", "")).lower():
        text = subject.rng(key).choice(("python", "typescript", "csharp", "go"))
    text = text or _follow_words(split(key), holder, subject) or subject.title(holder)
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


def name_file(about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """A file of the kind that the field, its holder or its service speaks of; empty where they speak of none."""
    spoken = (*about, holder, *(word for word in split(subject.service) if word in _OFFICE))
    kind = next((FILE_KINDS[word] for word in spoken if word in FILE_KINDS), "")
    if not kind:
        return ""
    name = pick(subject.rng("/".join(about)), _FILES[kind])
    if "absolute" in about and kind != "repo":
        return f"/home/lena/{pick(subject.rng('path'), PATH_ROOTS)}/{name}"
    whole = {"path", "filepath"} & set(about) and kind != "repo"
    return f"{pick(subject.rng('path'), PATH_ROOTS)}/{name}" if whole else name


def _follow_words(about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """A string by the words of the field and the noun that holds it, the most telling rule first."""
    last, every = (about[-1] if about else ""), set(about)
    noun = singular(last)
    if about == ("key",) and holder in ("group", "facet"):
        return pick(subject.rng("key"), CHOICES["team"])
    if last in _IDS and not (last in _CODED and every & _NO_IDS):
        return draw_id(about, holder, subject)
    if particular := name_person(about, last, noun, holder, subject) or name_place(every, last, subject):
        return particular
    if options := CHOICES.get(f"{holder}/{last}"):
        return _take_turn(options, last, subject)
    if last in PROSE:
        return write_prose(last, about, holder, subject)
    if every & _SEARCHING:
        return search_term(holder, subject)
    if last in _TITLES:
        return title_thing(about[:-1], holder, subject)
    if last == "path" and holder in _FOLDERS:
        start = len(subject.service) + len(subject.seed.rpartition("/")[0])
        return _DIRECTORIES[(start + subject.index) % len(_DIRECTORIES)]
    if last == "path" and holder in ("project", "workspace"):
        return f"projects/{re.sub(r'[^a-z0-9]+', '-', plain(subject.title(holder)))}"
    if last == "path" and every & _FOLDERS:
        return pick(subject.rng("path"), PATH_ROOTS)
    if last in _FOLDERS | {"path", "file", "filename", "filepath"} or every & {"path", "filename"}:
        if last not in _FOLDERS and (named := name_file(about, holder, subject)):
            return named
        folder = pick(subject.rng("path"), PATH_ROOTS)
        return folder if last in _FOLDERS else f"{folder}/{subject.title('file')}"
    for word in dict.fromkeys(("".join(about), *reversed(about))):
        own = (
            (f"{subject.domain}/{word}",) if ":" not in subject.service or holder in _WORKED or word != "status" else ()
        )
        keys = (*own, singular(word), word)
        if word == "order" and len(about) > 1:
            continue  # a purchase order is no order in which things stand
        if options := next((CHOICES[key] for key in keys if key in CHOICES), None):
            return _take_turn(options, "/".join(about), subject)
    if noun in NOUNS:
        return subject.title(noun)
    # Queries, expressions, addresses, logs: what machines read.
    rng = subject.rng(last)
    if every & {"sql", "statement"}:
        return rng.choice(QUERIES)
    if every & {"code", "script", "expression", "formula"}:
        return "sum(x * x for x in range(10))"
    if every & {"ip", "ipaddress"}:
        return f"192.0.2.{rng.randint(2, 250)}"
    if last == "log":
        return write_log(subject)
    if last in ("version", "sha"):
        return "3.1.1"
    return f"{subject.day('x', -30, -1):%Y-%m-%d}" if last == "x" else ""


def _take_turn(options: list[str], about: str, subject: Subject) -> str:
    """One of these, neighbours of a list in their order: not all of them are in one state, and no two lists are alike.

    In a registry's world the first of them comes up most, as it does where there are open, closed and overdue ones.
    """
    rng = Random(f"{subject.kin}/{about}")
    told = about.rpartition("/")[2] in _TITLES or any(len(option.split()) > 2 for option in options)
    if ":" not in subject.service or told:  # nobody posts one text twice
        return options[(rng.randrange(len(options)) + subject.index) % len(options)]
    kinds = list(dict.fromkeys(options))
    return kinds[(rng.randrange(len(kinds)) + _TURNS[subject.index % len(_TURNS)]) % len(kinds)]


def follow_format(schema: Schema, key: str, holder: str, subject: Subject) -> str:
    """A string of a declared format, or of one that a description spells out or a name implies; else empty."""
    form, about = schema.get("format") or "", split(key)
    described = str(schema.get("description", ""))
    if not form:
        day, hour = "YYYY-MM-DD" in described, "HH:MM" in described
        form = "date-time" if day and hour else "date" if day else "HH:MM" if hour else ""
    last = about[-1] if about else ""
    if not form and not schema.get("pattern"):
        form = "date" if last in _DAYS or about[:1] == ("date",) or about[-2:] == ("born", "on") else ""
        moment = last in ("timestamp", "datetime", "eta", "etd", "at") or about == ("as", "of")
        form = form or ("date-time" if moment else "")
        form = form or ("uuid" if "uuid" in about or "guid" in about else "")
        form = form or ("uri" if last in ("url", "uri", "link", "href", "website") or "url" in about else "")
        form = form or ("email" if {"email", "mail"} & set(about[-2:]) and last not in ("id", "ids", "type") else "")
    host = f"{plain(subject.company).split()[0]}.example"
    own = singular(holder) not in _ELSEWHERE or not _SITES.isdisjoint(split(subject.service))
    if ":" in subject.service and about == ("url",) and own:
        host = f"{plain(Subject(subject.service, '', '', FIRST_DAY).company).split()[0]}.example"  # its own site
    makers: dict[str, Callable[[], str]] = {
        "date": lambda: day_of(key, subject).isoformat(),
        "date-time": lambda: moment_of(key, subject).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "time": lambda: clock_of(key, subject) + ":00",
        "HH:MM": lambda: clock_of(key, subject),
        "email": lambda: subject.email,
        "uuid": lambda: draw_uuid(subject.rng(key)),
        "uri": lambda: _write_url(host, about, holder, subject),
        "url": lambda: _write_url(host, about, holder, subject),
        "hostname": lambda: f"www.{host}",
        # 192.0.2.0/24 is kept for documentation (RFC 5737) as .example is for hosts (RFC 2606): nobody owns either.
        "ipv4": lambda: "192.0.2." + str(subject.rng(key).randint(2, 250)),
    }
    return makers[form]() if form in makers else ""


def _write_url(host: str, about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """A link to what the field names, else to what holds it: a recipe's link has the recipe's title in it."""
    rng = subject.rng("/".join(about))
    vague = ("url", "uri", "link", "href", "website", "html", "web", "base", "site")
    if "youtube" in split(subject.service) or {"youtube", "yt"} & set(about):
        return f"https://youtu.be/{''.join(rng.choice(_CODE_LETTERS) for _ in range(11))}"
    kind = next((word for word in (*about, singular(holder)) if word not in vague and is_named(word)), "page")
    if "website" in about and holder in COMPANIES:
        return f"https://www.{host}"
    ending = {"photo": ".jpg", "image": ".jpg", "receipt": ".pdf", "label": ".pdf", "source": ".pdf"}.get(kind, "")
    leaf = re.sub(r"\W+", "-", plain(subject.called or subject.title(kind))).strip("-")
    return f"https://{host}/{kind}/{leaf}{f'-{rng.randint(11, 99)}' if ending else ''}{ending}"
