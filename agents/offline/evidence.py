"""What a judge can see in a transcript: each check reads calls, results and words, and says what does not fit."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from agents.offline.criteria import meets, read_conditions
from agents.offline.meaning import split
from agents.offline.numbers import read_number
from agents.offline.ordering import COUNTS, read_moment
from agents.offline.world import identifies, iter_objects, scalars
from agents.plan.dataflow import VERBS
from agents.plan.json_paths import leaves
from agents.plan.values import says
from agents.plan.values.answer import Answer
from agents.schema import READ_VERBS, JsonObject, words

Message = JsonObject
_DENIALS = re.compile(
    r"\b(?:not|couldn't|could not|wasn't|unable|unfortunately|failed|declined|rejected|didn't|no)\b", re.IGNORECASE
)


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
    result: Any

    @property
    def ok(self) -> bool:
        return not (isinstance(self.result, dict) and set(self.result) == {"error"})

    @property
    def reads(self) -> bool:
        """By the first verb of its name; a name without any is a look at something."""
        verb = next((word for word in words(self.name) if word in VERBS), "")
        return not verb or verb in READ_VERBS

    @property
    def looks(self) -> bool:
        """Whether its name says that it looks for something."""
        return next((word for word in words(self.name) if word in VERBS), "") in READ_VERBS

    @property
    def tells(self) -> bool:
        """Whether it was made to learn something, which the answer then owes."""
        acknowledged = isinstance(self.result, dict) and "success" in self.result
        return self.looks and self.ok and not acknowledged


def pair_calls(transcript: Sequence[Message]) -> list[Exchange]:
    results = {m.get("id"): m["result"] for m in transcript if m["role"] == "tool"}
    in_order = [m["result"] for m in transcript if m["role"] == "tool"]
    exchanges: list[Exchange] = []
    for place, message in enumerate(transcript):
        for call in message.get("calls", ()):
            spare = in_order[len(exchanges)] if len(exchanges) < len(in_order) else {"error": {"message": "no answer"}}
            arguments = call["arguments"] if isinstance(call["arguments"], dict) else {}
            exchanges.append(Exchange(place, call["name"], arguments, results.get(call.get("id"), spare)))
    return exchanges


def _coded(case: JsonObject) -> set[str]:
    """The tools whose argument is code: what it says is its author's own."""
    return {step["tool"] for step in case["steps"] if "task" in (step["arguments"].get("code") or {})} | {"run_python"}


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
    coded, fixed = _coded(case), _fixed(case)
    for exchange in exchanges:
        before = "\n".join(_text(message) for message in transcript[: exchange.place])
        if exchange.name in coded:
            continue  # the graph's rules read code; a judge reads what comes of it
        for path, value in leaves(exchange.arguments):
            plain = str(value)
            if isinstance(value, bool) or plain in fixed or not re.search(r"\d", plain) or len(plain.split()) > 5:
                continue
            if plain.lower() not in before.lower() and says(before, value) is Answer.DOES_NOT:
                yield Complaint("grounding", "assistant", f"{path} {plain} was neither told nor returned")


def _fixed(case: JsonObject) -> set[str]:
    return {str(source.get("value")) for step in case["steps"] for source in step["arguments"].values()}


def _text(message: Message) -> str:
    return orjson.dumps(message["result"]).decode() if message["role"] == "tool" else str(message["content"])


def check_results(exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """What came back is about what was asked for, its totals add up and its days are in order."""
    for exchange in exchanges:
        if not exchange.ok or not isinstance(exchange.result, dict):
            continue
        for key, argument in exchange.arguments.items():
            echoed = next((exchange.result[name] for name in exchange.result if split(name) == split(key)), argument)
            both_scalar = isinstance(argument, str | int | float) and isinstance(echoed, str | int | float)
            if both_scalar and echoed != argument and identifies(key, argument):
                yield Complaint(
                    "coherence", "observation", f"{exchange.name} asked for {key} {argument!r} and got {echoed!r}"
                )
        for record in _listed(exchange.result) if exchange.looks else ():
            for condition in read_conditions(exchange.arguments, record):
                if not meets(record, condition):
                    shown = record.get(condition.field, record)
                    seen = f"a result has {condition.field} {shown!r}, asked for was {condition.value!r}"
                    yield Complaint("coherence", "observation", seen)
        for record in iter_objects(exchange.result):
            yield from _check_sums(record)
            yield from _check_days(record)


def _listed(result: JsonObject) -> list[JsonObject]:
    return [item for value in result.values() if isinstance(value, list) for item in value if isinstance(item, dict)]


def _check_sums(record: JsonObject) -> Iterator[Complaint]:
    lists = [
        value
        for value in record.values()
        if isinstance(value, list) and value and all(isinstance(i, dict) for i in value)
    ]
    if len(lists) != 1:
        return
    for key in ("total", "net", "balance"):
        number = read_number(record.get(key))
        amounts = [_amount(item) for item in lists[0]]
        if number is not None and all(amount is not None for amount in amounts):
            whole = sum(amount for amount in amounts if amount is not None)
            if abs(whole - number) > 0.02 and not (key in COUNTS and number == len(lists[0])):
                yield Complaint("coherence", "observation", f"{key} is {number:g}, its parts come to {whole:g}")


def _amount(item: JsonObject) -> float | None:
    price = next((read_number(item[key]) for key in ("unit_price", "unitPrice") if key in item), None)
    quantity = read_number(item.get("quantity"))
    if price is not None and quantity is not None:
        return price * quantity
    return read_number(item.get("amount"))


def _check_days(record: JsonObject) -> Iterator[Complaint]:
    """Nobody is born after a thing of the record, and nothing ends before it starts."""
    moments = {" ".join(split(key)): moment for key, value in record.items() if (moment := read_moment(value))}
    for start, end in (
        ("start", "end"),
        ("starts", "ends"),
        ("from", "to"),
        ("from", "until"),
        ("first day", "last day"),
        ("check in", "check out"),
        ("created at", "updated at"),
    ):
        if start in moments and end in moments and moments[end] < moments[start]:
            yield Complaint("coherence", "observation", f"{end} lies before {start}")
    for name, moment in moments.items():
        if {"born", "birth", "birthday"} & set(name.split()) and moment > datetime(2026, 12, 31):
            yield Complaint("coherence", "observation", f"{name} lies in the future")


def check_records(exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """The same identified record told in two ways by two reads with no other call between them that writes."""
    seen: dict[str, JsonObject] = {}
    for exchange in exchanges:
        if not exchange.reads:
            seen.clear()
        for entity in iter_objects(exchange.result):
            named = next((f"{key}={value}" for key, value in entity.items() if identifies(key, value)), "")
            facts = {key: value for key, value in scalars(entity).items() if f"{key}={value}" != named}
            earlier = seen.setdefault(f"{exchange.name}{named}", {}) if named else {}
            for key, value in earlier.items():
                if facts.get(key, value) != value:
                    yield Complaint("coherence", "observation", f"{named} has {key} {value!r}, then {facts[key]!r}")
            earlier |= facts


def check_answers(
    case: JsonObject, transcript: Sequence[Message], exchanges: Sequence[Exchange]
) -> Iterator[Complaint]:
    """An answer tells what came back, all that was asked for, and no success where there was none."""
    for place, message in enumerate(transcript):
        if message["role"] != "assistant" or message.get("calls") or message["content"].rstrip().endswith("?"):
            continue
        known = "\n".join(
            [*(_text(earlier) for earlier in transcript[:place]), *case["tools"].values(), *case["tools"]]
        )
        for token in dict.fromkeys(_claimed(message["content"])):
            if token.lower() not in known.lower() and says(known, _typed(token)) is Answer.DOES_NOT:
                yield Complaint("grounding", "assistant", f"{token} was neither told nor returned")
        turn = _since_user(transcript, place)
        for exchange in (e for e in exchanges if turn < e.place < place):
            yield from _check_telling(exchange, message["content"], exchanges, place, _coded(case))


def _since_user(transcript: Sequence[Message], place: int) -> int:
    """Where the turn begins that ends here."""
    return max((n for n in range(place) if transcript[n]["role"] == "user"), default=0)


def _claimed(text: str) -> list[str]:
    """The tokens of an answer that claim to be values; the numbers of its own list are none."""
    text = re.sub(r"^\d+\. ", "", text, flags=re.MULTILINE)
    text = re.sub(r"\b(?:\d{1,2} [A-Z][a-z]+ \d{4}(?:, \d\d:\d\d)?)", lambda m: m[0].replace(" ", "\x00"), text)
    tokens = (token.strip(".,:;()*\"'|!-/") for token in text.split())
    return [token.replace("\x00", " ") for token in tokens if re.search(r"\d", token) and len(token) > 2]


def _typed(token: str) -> Any:
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


def _check_telling(
    exchange: Exchange, answer: str, exchanges: Sequence[Exchange], place: int, coded: set[str]
) -> Iterator[Complaint]:
    """Whether the answer is honest about this call and says something of what it returned."""
    again = any(e.ok and e.name == exchange.name and e.place > exchange.place for e in exchanges if e.place < place)
    state = (
        str(exchange.result.get("status", exchange.result.get("state", "")))
        if isinstance(exchange.result, dict)
        else ""
    )
    flopped = isinstance(exchange.result, dict) and (
        exchange.result.get("success") is False or state in ("failed", "rejected")
    )
    if (not exchange.ok or flopped) and not again and not _DENIALS.search(answer) and state not in answer.split():
        yield Complaint("task_completion", "assistant", f"{exchange.name} failed and the answer does not say so")
    if exchange.tells and exchange.name not in coded:
        values = [
            value
            for _, value in leaves(exchange.result)
            if isinstance(value, str | int | float) and not isinstance(value, bool)
        ]
        telling = [value for value in values if len(str(value)) > 1][:12]
        if telling and not any(says(answer, value) is Answer.SAYS or str(value) in answer for value in telling):
            yield Complaint(
                "task_completion", "assistant", f"the answer tells nothing of what {exchange.name} returned"
            )


def check_policy(transcript: Sequence[Message], exchanges: Sequence[Exchange]) -> Iterator[Complaint]:
    """A rule of the system prompt that a change needs a look first, held against the order of the calls."""
    policy = "\n".join(m["content"] for m in transcript if m["role"] == "system").lower()
    looks = re.search(
        r"look at what is there|was read in this conversation|look at the current state|check the current data", policy
    )
    done = [exchange for exchange in exchanges if exchange.ok]
    if looks and done and not done[0].reads and done[0].name != "run_python":
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
    if re.search(r"\w = \S", spoken):
        yield Complaint("naturalness", "user", "the user recites a field and its value")
