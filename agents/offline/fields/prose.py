"""Prose of a trade: sentences, documents, what people write to each other, and what machines log."""

import re
from datetime import timedelta
from random import Random

from agents.offline.fields.meaning import moment_of, split
from agents.offline.trade.almanac import ALMANAC
from agents.offline.trade.subject import Subject, load_table, plain
from agents.schema import JsonObject

PROSE = {
    "reason": "causes", "cause": "causes", "purpose": "causes", "why": "texts", "description": "texts",
    "message": "texts", "body": "texts", "content": "texts", "text": "texts", "comment": "texts", "note": "texts",
    "notes": "texts", "summary": "texts", "details": "texts", "explanation": "texts", "instructions": "texts",
    "feedback": "texts", "caption": "things", "requests": "texts", "excerpt": "texts", "advice": "texts",
    "bio": "texts", "snippet": "texts", "abstract": "texts", "input": "texts", "prompt": "texts", "thought": "texts",
}  # fmt: skip
"""Last word of a field that holds prose -> the kind of it that any trade has."""
_LOGS = (
    "connection to cache timed out, retrying", "request finished in 182 ms", "worker 3 restarted after exit code 137",
    "queue length back to normal", "certificate renewed", "slow query took 4.1 s on table orders",
)  # fmt: skip
_PROSE_OF: dict[str, list[str]] = load_table("prose")
_SENTENCES = _PROSE_OF["sentence"]
_ABOUT = _PROSE_OF["about"]
"""Sentences of a document about what it is called, whatever that is."""
_LIKE = {"reply": "comment", "response": "comment", "rating": "review", "chat": "message", "thread": "message"}
_LIKE |= {"repo": "repository", "library": "package", "plugin": "package", "tool": "package"}
_LIKE |= {
    "tweet": "post",
    "mail": "email",
    "inbox": "email",
    "pull_request": "pull",
    "movie": "film",
    "event": "meeting",
}
_LIKE |= {"flow": "workflow", "automation": "workflow", "cve": "vulnerability", "alert": "incident", "group": "team"}
_LIKE |= {"workspace": "board", "space": "board", "form": "survey", "feature": "milestone"}
"""What is written like something else."""
_PARAGRAPHS = (1, 1, 2, 2, 3, 4, 8)
"""Paragraphs of a document; now and then it is a long one."""


_WRITTEN: dict[str, str] = load_table("written")
"""What something is called that somebody writes -> what stands in it."""
_HEADS = frozenset(("title", "name", "subject", "summary", "headline"))
_BODIES = frozenset(("description", "body", "content", "text", "notes", "note", "message", "details"))


def suit_text(record: JsonObject, properties: JsonObject) -> None:
    """What is written in a record made to go with what it is called, where that is known.

    >>> note = {"title": "Packing list", "content": "See you on Friday."}
    >>> suit_text(note, {})
    >>> note["content"]
    'Rain jacket, charger, passport, two books, and the present for the hosts.'
    """
    heads = [value for key, value in record.items() if split(key)[-1:] and split(key)[-1] in _HEADS]
    files = [value for key, value in record.items() if split(key)[-1:] in (("path",), ("filename",))]
    heads += [part for path in files if isinstance(path, str) for part in (path, path.rpartition("/")[2])]
    written = next((_WRITTEN[head] for head in heads if isinstance(head, str) and head in _WRITTEN), "")
    for key, value in record.items():
        inner = properties.get(key)
        room = inner.get("maxLength", len(written)) if isinstance(inner, dict) else len(written)
        if isinstance(value, str) and split(key)[-1] in _BODIES and value not in _WRITTEN and len(written) <= room:
            record[key] = written or value


def write_prose(last: str, about: tuple[str, ...], holder: str, subject: Subject) -> str:
    """A sentence or more of the trade; a line of a log is no letter to anybody."""
    logging = holder in ("line", "log") or (holder == "entry" and subject.domain == "devops")
    if last in ("message", "text") and logging:
        return _LOGS[(subject.index + len(subject.seed)) % len(_LOGS)]
    if holder == "transcript" and last in ("text", "content", "transcript"):
        return subject.rng(holder).choice(_PROSE_OF["transcript"])
    thing = subject.called or subject.title(holder)
    if holder in ("page", "web_content") and last in ("text", "content", "snippet"):
        slug = re.sub(r"\W+", "-", plain(thing)).strip("-")
        if printed := next((page["text"] for page in ALMANAC["page"] if page["slug"] == slug), ""):
            return str(printed).replace("{host}", f"{plain(subject.company).split()[0]}.example")
    documents = ("document", "article", "page", "file", "paper")
    if (last in ("text", "body", "description") and holder in documents) or last == "content":
        rng = subject.rng("/".join(about))
        paragraphs: list[str] = []
        # Of a list only the first is long: three hundred long documents would be no answer.
        count = rng.choice(_PARAGRAPHS) * (8 if subject.plenty and not subject.index else 1)
        for _ in range(count if not subject.index else 1):
            sentences = rng.sample(_ABOUT, 1 if paragraphs else 2) + rng.sample(_SENTENCES, rng.randint(1, 3))
            paragraphs.append(" ".join(sentence.format(thing=thing) for sentence in sentences))
        return "\n\n".join(dict.fromkeys(paragraphs))
    if some := _PROSE_OF.get(_LIKE.get(holder, holder)):
        # Neighbours count on from the same start, so that they say different things.
        return some[(Random(f"{subject.kin}/{holder}").randrange(len(some)) + subject.index) % len(some)]
    if last in (
        "snippet",
        *(("text",) if holder in ("result", "web", "link") else ()),
        "summary",
        "abstract",
        "excerpt",
    ) or (last == "description" and subject.index):
        return _SENTENCES[(len(subject.seed) + subject.index) % len(_SENTENCES)]
    return subject.text(PROSE[last], "/".join(about))


def write_log(subject: Subject) -> str:
    """A log of some lines, a few seconds apart."""
    rng = subject.rng("log")
    start = moment_of("started", subject)
    lines = [
        f"{start + timedelta(seconds=7 * n):%H:%M:%S} {_LOGS[(subject.index + n) % len(_LOGS)]}"
        for n in range(rng.randint(6, 30))
    ]
    return "\n".join(lines)
