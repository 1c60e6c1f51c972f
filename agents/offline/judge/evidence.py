"""What a judge can see in a transcript: each check reads calls, results and words, and says what does not fit."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

import orjson
from pydantic import JsonValue

from agents.offline.fields.meaning import read_moment, split
from agents.offline.judge.claims import read_text
from agents.offline.talk.phrases import phrase_ways
from agents.offline.talk.wording import only_looks
from agents.offline.trade.policies import DEMANDS_LOOK
from agents.offline.world.criteria import reads_rows
from agents.plan.dataflow import VERBS
from agents.plan.json_paths import leaves
from agents.plan.values import lacks, says
from agents.plan.values.answer import Answer
from agents.schema import READ_VERBS, JsonObject, verbs, words

Message = JsonObject
_DENIALS = re.compile(
    r"\b(?:not|couldn't|could not|wasn't|unable|unfortunately|failed|declined|rejected|didn't|no)\b", re.IGNORECASE
)

_OPENING = 60
"""So many characters of a long text are its beginning: an answer breaks it off where it likes."""


class Complaint(NamedTuple):
    """Something that does not fit."""

    aspect: str
    role: str
    seen: str
    weight: int = 3


class Exchange(NamedTuple):
    """A call and what came back."""

    place: int
    name: str
    arguments: JsonObject
    result: JsonValue
    description: str = ""

    @property
    def ok(self) -> bool:
        return not (isinstance(self.result, dict) and set(self.result) == {"error"})

    @property
    def reads(self) -> bool:
        """By the SQL that it runs, else the first verb of its name, else how people ask for it."""
        if any(map(reads_rows, self.arguments.values())):
            return True
        verb = next((word for word in words(self.name) if word in VERBS), "")
        return verb in READ_VERBS if verb else only_looks(phrase_ways(self.name, self.description)[0])

    @property
    def tells(self) -> bool:
        """Whether it was made to learn something, which the answer then owes."""
        acknowledged = isinstance(self.result, dict) and "success" in self.result
        return self.reads and self.ok and not acknowledged


def pair_calls(case: JsonObject, transcript: Sequence[Message]) -> list[Exchange]:
    """Every call of the transcript with its result, by the call's id where it has one."""
    results = {m.get("id"): m["result"] for m in transcript if m["role"] == "tool"}
    in_order = [m["result"] for m in transcript if m["role"] == "tool"]
    exchanges: list[Exchange] = []
    for place, message in enumerate(transcript):
        for call in message.get("calls", ()):
            spare = in_order[len(exchanges)] if len(exchanges) < len(in_order) else {"error": {"message": "no answer"}}
            arguments = call["arguments"] if isinstance(call["arguments"], dict) else {}
            description = case["tools"].get(call["name"], "")
            exchanges.append(Exchange(place, call["name"], arguments, results.get(call.get("id"), spare), description))
    return exchanges


def code_tools(case: JsonObject) -> set[str]:
    """The tools whose argument is code: what it says is its author's own."""
    written = {step["tool"] for step in case["steps"] if "task" in (step.get("arguments", {}).get("code") or {})}
    return written | {"run_python"}


def check_goal(case: JsonObject, transcript: Sequence[Message], exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """The conversation ends with an answer, and each planned step was done or its failure told."""
    last = transcript[-1]
    if last["role"] != "assistant" or not last["content"].strip() or last.get("calls"):
        yield Complaint("task_completion", "assistant", "the conversation ends without an answer")
    worked = {exchange.name for exchange in exchanges if exchange.ok}
    for step in case["steps"]:
        if step.get("when") or step["tool"] in worked:
            continue
        tried = any(exchange.name == step["tool"] for exchange in exchanges)
        if not (tried and _DENIALS.search(last["content"])) and not step.get("repeat"):
            yield Complaint("task_completion", "assistant", f"{' '.join(words(step['tool']))} was never done")
    for name in {exchange.name for exchange in exchanges} - set(case["tools"]):
        yield Complaint("tool_use", "assistant", f"{name} is no tool of this conversation")
    for (name, _), times in Counter((e.name, orjson.dumps(e.arguments)) for e in exchanges).items():
        if times > 2:
            yield Complaint("tool_use", "assistant", f"{name} is called {times} times with the same arguments")


def check_arguments(
    case: JsonObject, transcript: Sequence[Message], exchanges: Sequence[Exchange]
) -> Iterator[Complaint]:
    """Ids, numbers and days of a call were told or returned before it."""
    coded = code_tools(case)
    fixed = {str(source.get("value")) for step in case["steps"] for source in step.get("arguments", {}).values()}
    for exchange in exchanges:
        before = "\n".join(read_text(message) for message in transcript[: exchange.place])
        if exchange.name in coded:
            continue  # the graph's rules read code; a judge reads what comes of it
        for path, value in leaves(exchange.arguments):
            plain = str(value)
            if isinstance(value, bool) or plain in fixed or not re.search(r"\d", plain) or len(plain.split()) > 5:
                continue
            if plain.lower() not in before.lower() and lacks(before, value):
                yield Complaint("grounding", "assistant", f"{path} {plain} was neither told nor returned")


def check_answers(
    case: JsonObject, transcript: Sequence[Message], exchanges: Sequence[Exchange]
) -> Iterator[Complaint]:
    """An answer tells what came back, all that was asked for, and no success where there was none."""
    for place, message in enumerate(transcript):
        if message["role"] != "assistant" or message.get("calls") or message["content"].rstrip().endswith("?"):
            continue
        sources = [read_text(earlier) for earlier in transcript[:place]]
        # How many came back is told too, and how many of them an answer leaves out.
        lengths = {len(part) for e in exchanges if e.place < place for part in iter_lists(e.result)}
        counts = {str(n - left) for n in lengths for left in range(13)}
        before = "\n".join([*sources, *case["tools"].values(), *case["tools"], *sorted(counts)])
        # The numbers of its own list claim nothing, and a day is one claim though it is three words.
        text = re.sub(r"^\d+\. ", "", message["content"], flags=re.MULTILINE)
        text = re.sub(r"\b(?:\d{1,2} [A-Z][a-z]+ \d{4}(?:, \d\d:\d\d)?)", lambda m: m[0].replace(" ", "\x00"), text)
        for clock in re.finditer(r"\b(\d\d):(\d\d) \(?(?:UTC|GMT)([+-]\d\d)(?::?00)?\)?", text):
            # `12:00 (UTC+02:00)` may stand in a result as that moment elsewhere, 10:00.
            shifted = f"{(int(clock[1]) - int(clock[3])) % 24:02}:{clock[2]}"
            text = text.replace(clock[0], shifted) if shifted in before else text
        tokens = (token.strip(".,:;()*\"'|!-/“”").replace("\x00", " ") for token in text.split())
        for token in dict.fromkeys(token for token in tokens if re.search(r"\d", token) and len(token) > 2):
            if re.fullmatch(r"(?:UTC|GMT)[+-].+|\d{1,2}(?:st|nd|rd|th)", token):
                continue  # an offset belongs to its time, an ordinal to its day or its place in a list
            if token.lower() not in before.lower() and lacks(before, read_token(token)):
                yield Complaint("grounding", "assistant", f"{token} was neither told nor returned")
        # A bare number after `for` or `ID is` names a thing: unlike an amount it cannot have been worked out.
        for number in dict.fromkeys(re.findall(r"\b(?:[Ff]or|ID(?: is|:)?) (\d{4,})\b(?![.,]\d)", text)):
            if not re.search(rf"(?<!\d){number}(?!\d)", before):
                yield Complaint("grounding", "assistant", f"nothing is called {number}")
        for name in dict.fromkeys(re.findall(r"\*\*([^*\n:]{3,60})\*\*", text)):
            if re.search(r"\d", name):
                continue  # `**68 out of 100**`: its numbers were read above
            # What is made of words that were said is called so by somebody.
            parts = [word for word in words(name) if len(word) > 2 or word.isdigit()]
            strange = [word for word in parts if word[: max(4, len(word) - 2)] not in before.lower()]
            if 2 * len(strange) > len(parts) and says(before, name) is not Answer.SAYS:
                yield Complaint("grounding", "assistant", f"nothing is called {name}")


def check_telling(
    case: JsonObject, transcript: Sequence[Message], exchanges: Sequence[Exchange]
) -> Iterator[Complaint]:
    """Each turn's answer is honest about its calls and says something of what each of them returned."""
    coded = code_tools(case)
    for place, message in enumerate(transcript):
        if message["role"] != "assistant" or message.get("calls") or message["content"].rstrip().endswith("?"):
            continue
        answer = message["content"]
        turn = max((n for n in range(place) if transcript[n]["role"] == "user"), default=0)
        for exchange in (e for e in exchanges if turn < e.place < place):
            again = any(
                e.ok and e.name == exchange.name and e.place > exchange.place for e in exchanges if e.place < place
            )
            record = exchange.result if isinstance(exchange.result, dict) else {}
            state = str(record.get("status", record.get("state", "")))
            flopped = record.get("success") is False or state in ("failed", "rejected")
            silent = not _DENIALS.search(answer) and state not in answer.split()
            if (not exchange.ok or flopped) and not again and silent:
                yield Complaint(
                    "task_completion", "assistant", f"{exchange.name} failed and the answer does not say so"
                )
            if not exchange.tells or exchange.name in coded:
                continue
            news = list(_read_news(exchange))[:12]
            if news and not any(_is_told(answer, value) for value in news):
                yield Complaint(
                    "task_completion", "assistant", f"the answer tells nothing of what {exchange.name} returned"
                )


def _read_news(exchange: Exchange) -> Iterator[str | int | float]:
    """What came back, but for what the call was made with, unless that is the name of something that was found."""
    sent = [value for _, value in leaves(exchange.arguments)]
    for path, value in leaves(exchange.result):
        found = "]." in path and split(path.rpartition(".")[2])[-1:] in (("name",), ("title",))
        if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) == 1:
            continue  # a single digit stands in an answer by chance
        if found or value not in sent:
            yield value


def _is_told(answer: str, value: str | float) -> bool:
    """Whether the answer says the value, of a moment its day, or of a long text how it begins."""
    if says(answer, value) is Answer.SAYS or str(value)[:_OPENING] in answer:
        return True
    return isinstance(value, str) and bool(read_moment(value)) and says(answer, value[:10]) is Answer.SAYS


def iter_lists(value: JsonValue) -> Iterator[list[JsonValue]]:
    """Every list in a JSON value."""
    if isinstance(value, list):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from iter_lists(inner)


def read_token(token: str) -> JsonValue:
    """A token of an answer as the value that it stands for.

    >>> read_token("1,204"), read_token("2 April 2026, 10:30"), read_token("ORD-7")
    (1204, '2026-04-02T10:30:00Z', 'ORD-7')
    """
    plain = token.replace(",", "")
    if re.fullmatch(r"-?\d+(?:\.\d+)?", plain):
        return float(plain) if "." in plain else int(plain)
    if match := re.fullmatch(r"(\d{1,2} [A-Z][a-z]+ \d{4})(?:, (\d\d:\d\d))?", token):
        try:
            day = datetime.strptime(match[1], "%d %B %Y")
        except ValueError:
            return token
        return f"{day:%Y-%m-%d}" + (f"T{match[2]}:00Z" if match[2] else "")
    return token


def check_policy(transcript: Sequence[Message], exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """A rule of the system prompt that a change needs a look first, held against the order of the calls."""
    looks = any(DEMANDS_LOOK.search(m["content"]) for m in transcript if m["role"] == "system")
    done = [exchange for exchange in exchanges if exchange.ok]
    # what only its description tells to leave the world as it is may come first, too
    changes = done and not done[0].reads and not verbs.reads(done[0].name, done[0].description)
    if looks and changes and done[0].name != "run_python":
        yield Complaint("tool_use", "assistant", f"{done[0].name} changed something before anything was looked at")


def check_talk(case: JsonObject, transcript: Sequence[Message], exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """The user speaks like a person, knows no tools and recites no fields."""
    spoken = "\n".join(m["content"] for m in transcript if m["role"] == "user")
    for name in case["tools"]:
        said = words(name)
        if (re.search(r"[_-]|[a-z][A-Z]", name) and name in spoken) or (
            len(said) > 2 and " ".join(said) in spoken.lower()
        ):
            yield Complaint("naturalness", "user", f"the user speaks of the tool {name}")
    if re.search(r"\w = \S", re.sub(r'"[^"\n]*"', "", spoken)):  # a query that is quoted says `=` itself
        yield Complaint("naturalness", "user", "the user recites a field and its value")
