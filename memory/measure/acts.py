"""What a trajectory did: the messages of a row in, its actions out.

A row is `agents.schema.Trajectory` dumped as JSON; only what is exported is read, so any strategy's rows can be.
"""

import ast
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from agents.schema import Origin, Tool

Row = Mapping[str, Any]
LEAST = 4
"""Characters of a value that is looked for within longer ones: shorter ones stand in too much by chance."""


class Taken(NamedTuple):
    """An argument's value that the action at index `act` had returned before anyone else said it."""

    value: str
    act: int
    listed: bool
    """It stood inside a list of that observation."""


@dataclass(frozen=True)
class Act:
    """One action [ours]: a tool call, or a text of the assistant that hands the turn back."""

    kind: str
    """ask, read, write, code, recover, refuse or answer."""
    message: int
    """Index of its message; calls with the same index are parallel."""
    tool: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    ok: bool = True
    taken: tuple[Taken, ...] = ()
    depth: int = 0
    """1 + the largest depth of the actions that its arguments came from; 0 for none."""
    nodes: int = 0
    """AST nodes of a code call."""
    code: bool = False


class _Reader:
    """A fold over the messages: what was said, what was observed and by which action first."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.acts: list[Act] = []
        # An enum member or a rule of the policy was known before anything was observed.
        self.context = json.dumps(row.get("tools", ()), ensure_ascii=False)
        self.first: dict[str, tuple[int, bool]] = {}
        self.calls: dict[str, int] = {}

    def read(self) -> list[Act]:
        messages = list(self.row.get("messages", ()))
        last_user = max((i for i, m in enumerate(messages) if m["role"] == "user"), default=-1)
        closing = "answer" if any(message.get("tool_calls") for message in messages) else "refuse"
        for i, message in enumerate(messages):
            content = message.get("content") or ""
            if message["role"] in ("system", "user"):
                self.context += f"\n{content}"
            elif message["role"] == "tool":
                self._observe(message["tool_call_id"], content)
            elif message["role"] == "assistant" and message.get("tool_calls"):
                self._call(i, message["tool_calls"])
            elif message["role"] == "assistant":
                self.acts.append(Act("ask" if asks_back(content) and i < last_user else closing, i))
        if self.acts and self.acts[-1].kind == "ask":  # a question that nothing followed was the closing word
            self.acts[-1] = replace(self.acts[-1], kind=closing)
        return self.acts

    def _call(self, index: int, calls: Iterable[Mapping[str, Any]]) -> None:
        before = next((act.message for act in reversed(self.acts) if act.tool), -1)
        failed = {act.tool for act in self.acts if act.tool and act.message == before and not act.ok}
        for call in calls:
            tool, given = call["function"]["name"], _parse(call["function"].get("arguments"))
            arguments = given if isinstance(given, dict) else {}
            seen = self.row.get("origins", {}).get(call["id"], {})
            code = seen.get("origin") == Origin.CODE
            try:
                nodes = list(ast.walk(ast.parse(str(arguments.get("code", ""))))) if code else []
            except (SyntaxError, ValueError):  # no Python
                nodes = []
            constants = [node.value for node in nodes if isinstance(node, ast.Constant)]
            values = dict.fromkeys(value for value, _ in _leaves(constants if code else arguments))
            # the first action to return a value is its source; what the user had said before was not taken from it
            sources = dict.fromkeys(source for value in values for source in self._find_parts(value))
            taken = tuple(Taken(value, *self.first[value]) for value in sources)
            kind = "recover" if tool in failed else "code" if code else "read" if reads(self.row, tool) else "write"
            depth = max((1 + self.acts[source.act].depth for source in taken), default=0)
            ok = bool(seen.get("ok", True))
            self.calls[call["id"]] = len(self.acts)
            self.acts.append(Act(kind, index, tool, arguments, ok, taken, depth, len(nodes), code))

    def _find_parts(self, text: str) -> Iterator[str]:
        """The observed values that an argument was put together of: itself, or those that stand within it.

        In running words a plain one may stand by chance (`open`), in an address or a path it hardly does.
        """
        if text in self.first or len(text) <= LEAST:
            yield from [text] if text in self.first else ()
            return
        running = " " in text.strip()
        for value in self.first:
            plain = running and value.isalpha() and value.islower()
            if not plain and LEAST <= len(value) < len(text) and says(text, value):
                yield value

    def _observe(self, call: str, content: str) -> None:
        act = self.calls.get(call)
        if act is None or not self.acts[act].ok:
            return
        for value, listed in _leaves(_parse(content)):
            # code prints sentences: each of their words may be what a later call is made with
            spoken = [value, *value.split()] if self.acts[act].code else [value]
            for text in spoken:
                # a single character is in everything, so it tells nothing of where a value came from
                if len(text) > 1 and text not in self.first and not says(self.context, text):
                    self.first[text] = act, listed


_OFFER = re.compile(
    r"\b(?:want me|would you like|do you want|should i also|shall i (?:also|go ahead)|(?:can|may) i help|anything else|"
    r"something else|let me know|need me to|like me to|happy to|soll ich|m\u00f6chten sie|souhaitez-vous)\b",
    re.IGNORECASE,
)


def asks_back(text: str) -> bool:
    """Whether the text asks for something that is missing [ours]; an offer of more is no such question.

    >>> asks_back("Which order is it?"), asks_back("It is booked. Want me to send it too?")
    (True, False)
    """
    questions = re.findall(r"[^.!?\n]*\?", text) if "?" in text else ()  # else it walks back from each sign
    return any(not _OFFER.search(question) for question in questions)


def reads(row: Row, offered: str) -> bool:
    """Whether a call of the tool leaves the world as it is: as its row says, else by the verb of its name [ours]."""
    cluster = row.get("cluster", {})
    if "reads" in cluster:
        return offered in cluster["reads"]
    name = cluster.get("tools", {}).get(offered, offered).rsplit("/", 1)[-1]
    return Tool(name=name, input_schema={}, service="").reads


def actions(row: Row) -> list[Act]:
    """The row's actions in order: each tool call, and each assistant text that hands the turn to the user."""
    return _Reader(row).read()


def conversation_text(row: Row) -> str:
    """What is embedded of a row, whatever its strategy: the user's words, the tools called, the mode signature."""
    words = [message["content"] for message in row["messages"] if message["role"] == "user"]
    return "\n".join([*words, ", ".join(act.tool for act in actions(row) if act.tool), row["measures"]["signature"]])


def _parse(content: object) -> object:
    try:
        return json.loads(content) if isinstance(content, str) else content
    except (TypeError, ValueError):
        return content


def _leaves(value: object, listed: bool = False) -> Iterator[tuple[str, bool]]:
    """Every scalar as text, and whether a list holds it; booleans and null say nothing about where they came from."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _leaves(item, listed)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item, True)
    elif isinstance(value, str):
        yield value.strip(), listed
    elif isinstance(value, int | float) and not isinstance(value, bool):
        # 3.0 and 3 are the same number
        yield str(int(value) if isinstance(value, float) and value.is_integer() else value), listed


def says(context: str, text: str) -> bool:
    """Whether the text, which is not empty, stands in what was told and not within a longer word.

    Without a regular expression, whose compilation for each value took a fifth of a run's rule checks and measures.

    >>> says("order 17, please", "17"), says("order 173, please", "17")
    (True, False)
    """
    at = context.find(text)
    while at >= 0 and (_of_word(context[at - 1 : at]) or _of_word(context[at + len(text) : at + len(text) + 1])):
        at = context.find(text, at + 1)
    return at >= 0


def _of_word(sign: str) -> bool:
    # Chinese, Japanese and Korean have no blanks between words: a value ends where they go on
    return (sign.isalnum() and not "\u3040" <= sign <= "\ud7af") or sign == "_"
