"""What an answer says of a field, held against what came back: another number, or a name that nobody said."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date

from pydantic import JsonValue

from agents.offline.judge.claims import read_text
from agents.offline.judge.evidence import Complaint, Exchange, code_tools, read_token
from agents.offline.talk.clauses import CLAUSES
from agents.plan.json_paths import leaves
from agents.plan.values import lacks
from agents.schema import JsonObject, words

Message = JsonObject
_NAME = re.compile(r"(?<=[a-z0-9] )[A-Z][a-zà-ÿ]{2,}\b")
"""Inside a sentence: at its beginning, in a heading or a quotation any word is written so."""
_NUMBERED = re.compile(r"\b[a-z]+ (\d{4,})(?![\w:.,%-]\d|\w)")
"""What is called by a number: `interview 1218`; a year stands behind its month."""
_CALENDAR = {f"{date(2026, month, month):%B}" for month in range(1, 13)} | {
    f"{date(2026, 6, day):%A}" for day in range(1, 8)
}


def check_statements(
    case: JsonObject, transcript: Sequence[Message], exchanges: Sequence[Exchange]
) -> Iterator[Complaint]:
    """`The queue position is 8` is true of a queue position that came back; `Support Nord` was said by somebody."""
    coded = code_tools(case)
    for place, message in enumerate(transcript):
        if message["role"] != "assistant" or message.get("calls") or message["content"].rstrip().endswith("?"):
            continue
        text = message["content"]
        earlier = [exchange for exchange in exchanges if exchange.place < place]
        fields: dict[str, list[JsonValue]] = defaultdict(list)
        counts: dict[str, list[JsonValue]] = defaultdict(list)
        # `the average total is 237.62`: a figure of such a field that only code's result has
        worked_out = "\n".join(str(exchange.result) for exchange in earlier if exchange.name in coded)
        computed = {float(number) for number in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", worked_out)}  # 3.70 is 3.7
        for path, value in (leaf for exchange in earlier for leaf in leaves(exchange.result)):
            for name, index in re.findall(r"(\w+)\[(\d+)\]", path):
                counts[" ".join(words(name))].append(int(index) + 1)  # so many of them are listed
            fields[" ".join(words(path.rpartition(".")[2].split("[")[0]))].append(value)
        for label, values in fields.items():
            numeric = all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
            if not numeric or label in ("", "id", "result", "value"):
                continue
            name, number = re.escape(label), r"(-?\d[\d,]*(?:\.\d+)?)(?!,?\d)"
            figures = re.findall(rf"\b{name} (?:is|are) {number}(?![\w:%-]|\.\d)", text)
            figures += re.findall(rf"\b(?:[Tt]here (?:is|are)|has) {number} {name}\b(?! [a-z]+s\b)", text)
            # `a target of 200`, and what shares its verb with what stands before it: `and the total 1,999.20`
            figures += re.findall(rf"\b(?:an? {name} of|(?:and|,) the {name}) {number}(?![\w:%-]|\.\d)", text)
            clause = CLAUSES.get(label)  # of a field that has words of its own: `it costs 29 a month`
            if isinstance(clause, str):
                around = re.escape(clause).replace(re.escape("{shown}"), rf"{number}(?![\w:%-]|\.\d)")
                figures += re.findall(rf"(?<!\w){around}", text, re.IGNORECASE)
                alike = [other for other in fields if CLAUSES.get(other) == clause]
                values = [value for other in alike for value in fields[other]]
            for figure in figures:
                known = float(figure.replace(",", "")) in computed or not lacks(worked_out, read_token(figure))
                if not known and all(lacks(figure, value) for value in (*values, *counts[label])):
                    yield Complaint("grounding", "assistant", f"the {label} is {figure} in the answer alone")
        told = [read_text(before) for before in transcript[:place]] + [str(exchange.arguments) for exchange in earlier]
        before = "\n".join([*told, *case["tools"], *case["tools"].values()]).lower()
        for figure in dict.fromkeys(_NUMBERED.findall(text)):
            if figure not in before:
                yield Complaint("grounding", "assistant", f"{figure} was told by nobody before")
        for name in dict.fromkeys(_NAME.findall(text)):
            if name not in _CALENDAR and name.lower()[: max(4, len(name) - 2)] not in before:
                yield Complaint("grounding", "assistant", f"{name} was named by nobody before")
