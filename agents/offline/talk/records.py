"""Results in words: what was asked for first, what stands out of a list; the rest left out."""

import re
from collections.abc import Sequence
from random import Random

from pydantic import JsonValue

from agents.offline.speech.labels import label_argument
from agents.offline.speech.spoken import show_number, show_value
from agents.offline.speech.tell import put_behind, show_attached
from agents.offline.talk.clauses import line_field
from agents.offline.talk.listings import describe_list, is_empty, lay_out_rows, name_beside
from agents.offline.talk.sentences import name_subject, say_record
from agents.offline.talk.telling import (
    MOMENT,
    NAMING,
    STATES,
    Telling,
    capitalise,
    choose_fields,
    end_sentence,
    id_key,
    is_aside,
    label_field,
    name_key,
    say_number,
)
from agents.offline.talk.wording import answers_yes_or_no, say_filter, turn_to_you
from agents.plan.dataflow import nouns
from agents.schema import JsonObject, plural, singular, words

_WRITTEN_WORDS = "content text body markdown answer explanation output transcript html summary log logs"
_VERB = re.compile(r"\b(exist|work|run|support|contain|cover|include|belong|fit|respond)s\b|\bhas\b(?! been)")
"""What a thing does or has, or not."""
_ROW = 3
"""Fields that a sentence each would only name."""
_WHOLE = 120
"""Characters of a text that is told as one, and not in a sentence among other fields."""
_DETAILED = frozenset(("detail", "details", "detailed", "information", "about"))
_TOLD_TOO = frozenset(("description", "language", "version"))
"""What is told of a thing only to those who ask for its details."""
_WRITTEN = frozenset(_WRITTEN_WORDS.split())
"""Fields that hold what somebody wrote: it is told as a text."""


def describe_read(result: JsonValue, telling: Telling, rng: Random) -> str:
    """What a look brought: a text as a text, a list with what stands out of it, a record by what was asked of it."""
    if isinstance(result, list):
        result = {plural(singular((nouns(telling.tool) or ("result",))[-1])): result}
    if not isinstance(result, dict):
        text = show_value(result)
        return text if "\n" in text or len(text) > 120 else f"The answer is {text}."
    (whole,) = result.values() if len(result) == 1 else ("",)
    if isinstance(whole, str) and re.search(r" .*[.!?]$", whole) and len(whole) < 300:
        return whole  # a fact, a joke: what was asked for is the text itself
    beside: list[str] = []
    answer, result = answer_yes_or_no(result, telling)
    if answer and not result:
        return answer
    telling = telling._replace(arguments={}) if answer else telling  # what it is about was said with the yes or no
    names, table = result.get("columns"), result.get("rows")
    if isinstance(names, list) and isinstance(table, list) and all(isinstance(line, list) for line in table):
        return lay_out_rows(names, [line for line in table if isinstance(line, list)])
    lists = [key for key, some in result.items() if isinstance(some, list) and (not some or isinstance(some[0], dict))]
    if telling.figures and telling.worked in lists:  # what was worked out is the answer, and this its grounds
        beside = [name_beside(result[key], key, telling) for key in lists if key != telling.worked]
        lists = [key for key in lists if key == telling.worked or set(words(key)) <= telling.asked]
        kept = {telling.worked, name_key(result), "currency", "unit"}
        result = {key: value for key, value in result.items() if key in kept or set(words(key)) <= telling.asked}
    rest = {
        key: value
        for key, value in result.items()
        if key not in lists
        and telling.arguments.get(key, ...) != value
        and not is_empty(value)
        # what the person called it by is no news, whatever its field
        and not (isinstance(value, str) and value in telling.arguments.values())
    }
    # What a list is of is said where it is counted, and what the person called it by is no news.
    head = next((key for key in rest if words(key)[-1] in NAMING), "") if lists else ""
    if head and all(key == head or is_aside(key, value) for key, value in rest.items()):
        if rest[head] not in telling.arguments.values():
            placed = words(head)[-1] in ("city", "place", "location")
            title = {"city" if placed else "title_id": rest[head], **telling.arguments}
            telling = telling._replace(arguments=title, called={**telling.called, str(rest[head]): str(rest[head])})
        del rest[head]
    lengths = {len(items) for items in result.values() if isinstance(items, list)}
    # How many are listed is seen, and said before the list; a unit stands with each value.
    rest = {key: value for key, value in rest.items() if words(key)[-1:] != ["count"] or value not in lengths}
    rest = {key: value for key, value in rest.items() if not lists or key != "unit"}
    summation = result.get("total")
    total = summation if isinstance(summation, int) else 0
    parts = []
    summed = isinstance(summation, float) or (bool(summation) and "currency" in result)
    plain = not lists or any(not is_aside(key, value) for key, value in rest.items())
    if plain and not (summed and len(rest) < 3):  # a sum and its currency are told behind what adds up to it
        parts.append(_describe_record(rest or result, telling))
    if summed and len(lists) == 1:
        telling = telling._replace(worked=lists[0])
    for key in lists:
        items = result[key]
        # What is said once for all of them holds for each.
        money: JsonObject = {key: result[key] for key in ("currency", "unit") if isinstance(result.get(key), str)}
        records = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
        records = [_price_parts(record, money) for record in records]
        parts.append(describe_list(records, key, total, telling, rng))
    if summed and isinstance(summation, int | float):
        unit = str(result.get("currency") or result.get("unit") or "")
        shown = say_number("total", summation, {"currency": unit}) if unit else show_value(summation, "total")
        shown = f"{show_number(summation)} {unit}" if unit and "currency" not in result else shown
        # What was worked out of a list may have told it already.
        parts.insert(0, f"The total{say_filter(telling)} is {shown}{', made up like this:' if any(parts) else '.'}")
    elif lists and set(words(lists[0])) & telling.asked:
        parts.append(parts.pop(0))
    if lists and any(result[key] is True for key in result if words(key)[-1:] == ["more"]):
        parts.append("There are more than these.")
    # Whose lists they are is said with the first of them.
    heads = [part.partition(" has ")[0].strip("“”") for part in parts]
    parts = [
        f"It also has {part.partition(' has ')[2]}"
        if n and heads[n] == heads[n - 1] != part and parts[n - 1].partition("\n")[0].endswith(":")
        else part
        for n, part in enumerate(parts)
    ]
    parts = [part for part in (*parts, *beside) if part]
    for n, part in enumerate(parts[1:], 1):
        subject = part.partition(" has ")[0]
        if " has " in part.partition("\n")[0] and parts[0].strip("“").startswith(subject) and len(subject) > 3:
            parts[n] = f"It has {part.partition(' has ')[2]}"  # whose they are was said
    if answer and parts and "\n" not in parts[0]:
        parts[0] = f"{answer} {parts[0]}"  # a yes and what there is to know of it
    elif answer:
        parts = [answer, *parts]
    return "\n\n".join(parts).replace("made up like this:\n\n-", "made up like this:\n-")


def _price_parts(record: JsonObject, money: JsonObject) -> JsonObject:
    """The record with the currency of the whole, its parts as well: a menu's sections, and the dishes in them."""
    whole = {**money, **record}
    for key, part in record.items():
        if isinstance(part, list) and part and money:
            whole[key] = [_price_parts(item, money) if isinstance(item, dict) else item for item in part]
    return whole


def answer_yes_or_no(result: JsonObject, telling: Telling) -> tuple[str, JsonObject]:
    """The yes or no that was asked for, and what the result has besides; empty where nobody asked whether."""
    if not answers_yes_or_no(telling.phrase):
        return "", result
    fresh = {key: value for key, value in result.items() if telling.arguments.get(key, ...) != value}
    key = next(iter(fresh), "")
    if not isinstance(fresh.get(key), bool) or fresh.get("success") is True:
        return "", result
    phrase = telling.phrase
    for argument, value in telling.arguments.items():
        label = label_argument(telling.tool, argument)
        phrase = put_behind(phrase, label, show_attached(label, value)) or phrase
    clause = re.sub(r"^[a-z ]*?(?:if|whether) ", "", turn_to_you(phrase))
    rest = {name: value for name, value in result.items() if name != key}
    subject = name_subject({}, telling)
    head = nouns(telling.tool)[-1:] or ("",)
    stem = subject.partition(" ")[0] if " " in subject else head[0]
    named = subject != "it" and subject not in clause
    clause = re.sub(rf"^(?:the|an?) {re.escape(stem)}\b(?: name)?", subject, clause) if named else clause
    left = {name: value for name, value in rest.items() if telling.arguments.get(name, ...) != value}
    rest = left
    no, denied = re.subn(
        r"\b(is|are|was|were|can|will|has(?= been))\b", lambda match: f"{match[0]} not", clause, count=1
    )
    if not denied:
        no, denied = _VERB.subn(lambda match: f"does not {match[1] or 'have'}", clause, count=1)
    no = no.replace("can not", "cannot").replace("not still", "no longer").replace("cannot still", "can no longer")
    no = f"No, {no}." if denied else f"No. I checked whether {clause}, and that is not so."
    yes = f"Yes, {re.sub('^an? ', 'the ', clause)}." if fresh[key] else no
    return yes, rest if left else {}


def _describe_record(record: JsonObject, telling: Telling) -> str:
    texts = [key for key in record if words(key)[-1:] and words(key)[-1] in _WRITTEN and len(str(record[key])) > _WHOLE]
    paragraphs = [_shorten(show_value(str(record[key])).strip("“”")) for key in texts]
    if texts and (about := name_subject({}, telling)) != "it":
        idents = (str(value) for key, value in telling.arguments.items() if words(key)[-1:] == ["id"])
        number = next((f" ({ident})" for ident in idents if ident not in about), "")
        page, pages = record.get("page"), record.get("pages")
        number += f", page {page} of {pages}" if page and pages and page != pages else ""
        paragraphs[0] = f"The {label_field(texts[0])} of {about}{number}:\n\n{paragraphs[0]}"
    elif texts and name_key(record):
        paragraphs[0] = f"“{record[name_key(record)]}”:\n\n{paragraphs[0]}"
    plain = {key: value for key, value in record.items() if key not in texts}
    if plain.get("success") is True and len(plain) == 1:
        plain = {}
    name = name_key(plain)
    it = name_subject(plain, telling)
    # What the person called it by is no news; what it is called is said with the first of its fields.
    known = (it, it.partition(" (")[0])
    brief = isinstance(record.get("description"), str) and len(str(record["description"])) < _WHOLE
    asked = telling.asked | (_TOLD_TOO if telling.asked & _DETAILED else {"description"} if brief else frozenset())
    fields = [key for key in choose_fields(plain, asked, most=8) if str(plain[key]) not in known]
    telling_fields = [key for key in fields if not is_aside(key, plain[key]) or set(words(key)) <= asked]
    fields = telling_fields or ([] if texts else fields[:3])
    # What was asked for by its last word alone is told, too: the token of an app is its access token.
    wanted = [key for key in plain if words(key)[-1:] and words(key)[-1] in telling.asked & {*nouns(telling.tool)}]
    fields = [*(key for key in wanted if key not in fields and is_aside(key, plain[key]) and plain[key]), *fields]
    if texts:
        fields = [key for key in fields if isinstance(plain[key], list) or set(words(key)) <= telling.asked]
    spoken = {*words(telling.phrase)}
    strict = [key for key in fields if set(label_field(key).lower().split()) <= spoken] if len(fields) > 5 else []
    fields = [*strict, *(key for key in fields if key not in strict)][: len(strict) + 2] if strict else fields
    lists = [value for value in (plain[key] for key in fields) if isinstance(value, list)]
    # Of what has nothing else the day says at least how old it is.
    if not fields and not texts:
        fields = [key for key in plain if is_aside(key) and MOMENT.fullmatch(str(plain[key]))][:2]
    thing = next((noun for noun in nouns(telling.tool)[-1:] if noun in telling.asked), "")
    if it == "it" and (ident := id_key(plain)) and words(ident)[-1:] in (["id"], ["number"], ["code"]):
        noun = next((noun for noun in nouns(telling.tool)[-1:] if {noun, plural(noun)} & telling.asked), "")
        it = f"{noun} {plain[ident]}" if noun and ident not in fields else it
    watched = re.search(r"\b(?:status|health) of (the [\w .-]+)$|\b(the (?!health|current)\w+) status$", telling.phrase)
    it = (watched[1] or watched[2]) if it == "it" and watched else it
    it = f"the {thing}" if it == "it" and thing not in ("", "status", "state", "health") else it
    place = next((key for key in ("city", "location") if isinstance(plain.get(key), str)), "")
    fields = [key for key in fields if key != place or not it.startswith("the ")]
    where = str(plain[place]) if place and it.startswith("the ") else ""
    # What holds in a city is not the city's own.
    where = where or next(
        (v for k, v in telling.arguments.items() if words(k)[-1] in ("city", "location") and v == it), ""
    )
    it = "it" if where == it or any(f"the {label_field(key)}" == it for key in fields[1:]) else it
    title, number, ident = it.partition(" (")
    titled = words(name) in (["title"], ["headline"]) and " " in title
    it = f"“{title}”{number}{ident}" if titled and plain[name] == title else f"“{it}”" if titled else it
    zone = telling.arguments.get("timezone")
    plain = plain | ({"timezone": zone} if "time" in fields and isinstance(zone, str) else {})
    short = all(len(items) <= 5 and not any(isinstance(item, dict) for item in items) for items in lists)
    if not fields:
        lead = "" if not name or texts else f"“{it.strip('“”')}”" if it.endswith((".", ".”")) else f"It's {it}."
    elif len(fields) <= 5 and short and not _is_dry(sentences := say_record(fields, plain, it)):
        lead = " ".join(map(end_sentence, sentences))
    else:
        stands = bool(STATES & {*words(fields[0])})
        first = (
            say_record(fields[:1], plain, it)[0]
            if stands
            else f"here is what I found on {it}"
            if it != "it"
            else "here it is"
        )
        lines = [f"- {_shorten(line_field(key, plain[key], plain))}" for key in fields[stands:]]
        lead = "\n".join([f"{capitalise(first)}:", *lines])
    if lead and where:
        lead = f"In {where}, {lead[:1].lower()}{lead[1:]}"
    return "\n\n".join([*paragraphs, *([lead] if lead else [])])


def _is_dry(sentences: Sequence[str]) -> bool:
    """Whether a record in sentences is but a row of its fields, which a list shows better.

    >>> _is_dry(["the family of Mango is A and its sugar is 13 g", "its protein is 1 g"]), _is_dry(["it is new"])
    (True, False)
    """
    text = " ".join(sentences)
    return len(re.findall(r"\b(?:its|their) [a-z ]+? (?:is|are) |^the [a-z ]+ of .+? is ", text)) >= _ROW


def _shorten(text: str) -> str:
    """The beginning of a long text, up to the end of a sentence."""
    if len(text) < 420:
        return text
    end = max(text[:300].rfind(". "), text[:300].rfind("\n")) + 1 or 240
    return f"{text[:end].strip()} …"
