"""What stands in books and on pages, by noun: articles, animals, web pages, films of a channel, parts of a kit.

Such things are the same for everybody, so they are looked up in a table and not made up for a firm.
"""

import re
from random import Random

from pydantic import JsonValue

from agents.offline.trade.subject import load_table, plain
from agents.plan.dataflow import VERBS
from agents.schema import READ_VERBS, JsonObject, plural, words

ALMANAC: dict[str, list[JsonObject]] = load_table("almanac")
"""Noun -> all records of it that there are."""
_FETCHED = frozenset(("page", "video"))
"""What is found by its address alone, not by what it says."""
_READ_WORDS = "page fetch content url website webpage html markdown transcript caption subtitle web_content"
READ = frozenset(_READ_WORDS.split())
"""Nouns of tools that bring what stands behind a link."""
_SEEKING = frozenset(("list", "search", "find", "query", "browse"))
_TYPED = frozenset(("query", "q", "search", "keyword", "keywords", "term", "question"))
_PAGES: list[tuple[str, str]] = [tuple(row) for row in load_table("prose")["hits"]]
"""Titles and snippets of what is found for any words."""
_ANSWERS: list[tuple[str, str]] = [tuple(row) for row in load_table("prose")["answers"]]
"""Titles and snippets of what is found for a question."""
_TOPICS: dict[str, list[tuple[str, str]]] = {
    topic: [tuple(row) for row in rows] for topic, rows in load_table("prose")["topics"].items()
}
"""What people look for -> titles and snippets of the pages on it."""
MANUAL: dict[str, str] = load_table("prose")["manual"]
"""Topic of a manual -> what it says about it in a sentence."""
_HOSTS = ("fieldnotes", "harbourpost", "opencompendium", "makersguide", "thedailyledger", "askanexpert", "townlibrary")
_PARTS = ("summary", "sections", "links", "text")
_CHANGING = VERBS - READ_VERBS | frozenset(("navigate", "screenshot", "click"))
_POINTING = frozenset(("id", "uuid", "gid", "token", "project", "team", "file"))
_HOW_MANY = frozenset(("limit", "count", "max", "number", "results", "size", "top"))


def consult(
    name: list[str], about: str, by_words: JsonObject, rng: Random, known: str = "", start: int | None = None
) -> JsonObject | None:
    """What the table says of the things that the arguments name; None where it knows no such things.

    `known` is what a thing is called that an id of an earlier result points at; of things that only an id tells
    apart, `start` says which it is: no two videos of a conversation are one.
    """
    if not _CHANGING.isdisjoint(name):
        return None
    if about in READ or {"fetch", "scrape", "read", "visit", "crawl"} & set(name[:1]):
        return read_page(name, by_words)
    if about in ("result", "search", "web"):
        return search_web(by_words, rng)
    if about in ("doc", "document", "documentation"):
        topic = next((str(value) for key, value in by_words.items() if key.split()[-1] in (*_TYPED, "topic")), "")
        return search_manual(topic, by_words) if topic in MANUAL else None
    records = ALMANAC.get(about, []) if about not in _FETCHED else []
    telling = {key: value for key, value in by_words.items() if not _points(key)}
    if not records or any(not isinstance(value, str) for value in telling.values()):
        return None
    matches = [record for record in records if all(is_said_of(record, str(value)) for value in telling.values())]
    count = next(
        (value for key, value in by_words.items() if key not in telling and isinstance(value, int)), len(matches)
    )
    if telling and not matches:
        return None
    if "random" in name:
        matches = rng.sample(matches, min(max(count, 1), len(matches)))
    if _SEEKING & set(name) or (plural(about) in name and not set(_PARTS) & set(name)):
        brief = [
            {key: field for key, field in record.items() if key not in ("sections", "links", "text")}
            for record in matches
        ]
        return {plural(about): brief[:count], "total": len(brief[:count])}
    part = next((part for part in _PARTS if part in name or part.rstrip("s") in name), "")
    record = matches[0] if telling or "random" in name else None
    pointed = next(
        (str(value) for key, value in by_words.items() if _points(key) and key.split()[-1] not in _HOW_MANY), ""
    )
    if pointed and not telling:
        called = next((entry for entry in records if entry.get("name", entry.get("title")) == known), None)
        return {
            **{key.replace(" ", "_"): value for key, value in by_words.items()},
            **(called or (Random(pointed).choice(records) if start is None else records[start % len(records)])),
        }
    if record and part in record:
        return {"title": record.get("title", record.get("name")), part: record[part]}
    return record


def search_web(by_words: JsonObject, rng: Random) -> JsonObject | None:
    """What a search engine finds, each page about what was typed; None where nothing was typed."""
    query = next((str(value) for key, value in by_words.items() if key.split()[-1] in _TYPED), "")
    count = next(
        (value for key, value in by_words.items() if set(key.split()) & _HOW_MANY and isinstance(value, int)), 5
    )
    if not query:
        return None
    hits = list[JsonObject]()
    pages = _TOPICS.get(query.lower()) or (_ANSWERS if query.endswith("?") else _PAGES)
    for title, snippet in rng.sample(pages, min(max(count, 1), len(pages))):
        title = title.format(query=query, Query=query[:1].upper() + query[1:])
        url = f"https://{rng.choice(_HOSTS)}.example/{_slug(title)}"
        hits.append({"title": title, "url": url, "snippet": snippet.format(query=query)})
    return {"query": query, "results": hits}


def search_manual(topic: str, by_words: JsonObject) -> JsonObject:
    """What a manual says about a topic: its pages, each with its part of the book."""
    library = next((f"/{_slug(str(value))}" for key, value in by_words.items() if "name" in key or "id" in key), "")
    parts = (
        ("Guides", "how it works", MANUAL[topic]),
        ("Reference", "all options", f"Every option of {topic} with its default and the version that brought it."),
        ("Examples", "a complete example", f"A small project that uses {topic}, from the first line to the test."),
    )
    pages = [
        {
            "title": f"{topic[:1].upper()}{topic[1:]}: {ending}",
            "section": section,
            "url": f"https://docs.example{library}/{section.lower()}/{_slug(topic)}",
            "text": text,
        }
        for section, ending, text in parts
    ]
    return {"results": pages[: 1 + len(topic) % 3], "total": 1 + len(topic) % 3}


def read_page(name: list[str], by_words: JsonObject) -> JsonObject | None:
    """The page or the transcript behind a link; None where nobody knows it."""
    watched = re.compile(r"https?://(?:www\.)?(?:youtube\.com/watch\?v=|youtu\.be/)([\w-]+)")
    address = next((str(value) for value in by_words.values() if str(value).startswith("http")), "")
    if seen := watched.match(address):
        return {"video_id": seen[1], "url": address, **Random(seen[1]).choice(ALMANAC["video"])}
    match = re.match(r"https?://([^/]+)(?:/[^?#]*?)?/([\w-]+)(?:\.html?)?/?$", address)
    if not match or len(by_words) > 2:
        return None
    host, slug = match[1], match[2]
    for video in ALMANAC["video"]:
        if _slug(str(video["title"])) == slug and {
            "transcript",
            "caption",
            "captions",
            "subtitles",
            "transcripts",
        } & set(name):
            return {"url": address, **video}
    page = next((page for page in ALMANAC["page"] if page["slug"] == slug), None)
    if not page:
        return None
    title, text = str(page["title"]), str(page["text"]).replace("{host}", host.removeprefix("www."))
    written: JsonValue = text
    if "html" in name:
        written = f"<h1>{title}</h1>\n<p>{text}</p>"
    elif "markdown" in name or "md" in name:
        written = f"# {title}\n\n{text}"
    return {"url": address, "title": title, "content": written}


def name_one(about: str, key: str, rng: Random) -> str:
    """What a person calls one of the things with that argument; empty where the table knows none."""
    records = ALMANAC.get(about, []) if about not in _FETCHED else []
    field = next((word for word in reversed(words(key)) if records and isinstance(records[0].get(word), str)), "")
    called = "title" if records and "title" in records[0] else "name"
    if set(words(key)) & _POINTING or (words(key)[-1:] == ["key"] and len(words(key)) > 1):
        return ""
    naming = {"name", "title", "query", "q", "keyword", "search", "term", "key", about} & set(words(key))
    if not records or not (field or naming):
        return ""
    return str(rng.choice(records)[field or called])


def _points(key: str) -> bool:
    """Whether an argument says how many, or names by an id what no table knows."""
    parts = key.split()
    return parts[-1] in _HOW_MANY | _POINTING or (parts[-1] == "key" and len(parts) > 1)


def is_said_of(record: JsonObject, value: str) -> bool:
    wanted = plain(value).replace("-", " ")  # `food-and-drink` is the key of food and drink
    if len(wanted.split()) > 3:  # a whole sentence names one of them
        return any(plain(str(record.get(key))) in wanted for key in ("brand", "name", "title") if record.get(key))
    return any(
        wanted in plain(str(field)).replace("-", " ")
        for key, field in record.items()
        if key
        in (
            "id",
            "name",
            "title",
            "category",
            "class",
            "group",
            "language",
            "tags",
            "types",
            "habitat",
            "code",
            "family",
            "brand",
            "model",
        )
    )


def _slug(title: str) -> str:
    return re.sub(r"\W+", "-", plain(title)).strip("-")
