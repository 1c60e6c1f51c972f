"""Strings of a format: the declared one, or one that a description spells out or a name implies."""

import re
from collections.abc import Callable
from uuid import UUID

from agents.offline.fields.meaning import clock_of, day_of, moment_of, split
from agents.offline.trade.subject import COMPANIES, Subject, is_named, plain
from agents.schema import Schema, singular

_LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789_-"


def follow_format(schema: Schema, key: str, holder: str, subject: Subject) -> str:
    """A string of a declared format, or of one that a description spells out or a name implies; else empty."""
    form, about = schema.get("format") or "", split(key)
    described = str(schema.get("description", ""))
    if not form:
        day, hour = "YYYY-MM-DD" in described, "HH:MM" in described
        form = "date-time" if day and hour else "date" if day else "HH:MM" if hour else ""
    last = about[-1] if about else ""
    if not form and not schema.get("pattern"):
        form = "date" if last in ("date", "deadline", "birthday", "dob") or about[-2:] == ("born", "on") else ""
        moment = last in ("timestamp", "datetime", "eta", "etd", "at") or about == ("as", "of")
        form = form or ("date-time" if moment else "")
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
        return f"https://youtu.be/{''.join(rng.choice(_LETTERS) for _ in range(11))}"
    kind = next((word for word in (*about, singular(holder)) if word not in vague and is_named(word)), "page")
    if "website" in about and holder in COMPANIES:
        return f"https://www.{host}"
    ending = {"photo": ".jpg", "image": ".jpg", "receipt": ".pdf", "label": ".pdf", "source": ".pdf"}.get(kind, "")
    leaf = re.sub(r"\W+", "-", plain(subject.called or subject.title(kind))).strip("-")
    return f"https://{host}/{kind}/{leaf}{f'-{rng.randint(11, 99)}' if ending else ''}{ending}"
