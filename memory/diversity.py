"""What a trajectory did, and how different a dataset's trajectories are: rows in, `Measures` and metrics out.

A row is `agents.schema.Trajectory` dumped as JSON. All definitions here are this project's own [ours]: the paper
(arXiv:2602.03219) names Domain Entropy, Mode Entropy and Cumulative Action Complexity but gives no formula.
"""

import ast
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import fsum, log2
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict

from agents.schema import Mode, Origin, Tool

Row = Mapping[str, Any]


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
        self.told = json.dumps(row.get("tools", ()), ensure_ascii=False)
        self.first: dict[str, tuple[int, bool]] = {}
        self.calls: dict[str, int] = {}
        self.annotations = {
            tool["function"]["name"]: tool["function"].get("annotations") or tool.get("annotations") or {}
            for tool in row.get("tools", ())
        }

    def read(self) -> list[Act]:
        messages = list(self.row.get("messages", ()))
        last_user = max((i for i, m in enumerate(messages) if m["role"] == "user"), default=-1)
        planned = (self.row.get("blueprint") or {}).get("steps")
        closing = "answer" if planned or any(m.get("tool_calls") for m in messages) else "refuse"
        for i, message in enumerate(messages):
            content = message.get("content") or ""
            if message["role"] in ("system", "user"):
                self.told += f"\n{content}"
            elif message["role"] == "tool":
                self._observe(message["tool_call_id"], content)
            elif message["role"] == "assistant" and message.get("tool_calls"):
                self._call(i, message["tool_calls"])
            elif message["role"] == "assistant":
                self.acts.append(Act("ask" if "?" in content and i < last_user else closing, i))
        return _closed(self.acts, closing)

    def _call(self, index: int, calls: Iterable[Mapping[str, Any]]) -> None:
        before = next((act.message for act in reversed(self.acts) if act.tool), -1)
        failed = {act.tool for act in self.acts if act.tool and act.message == before and not act.ok}
        for call in calls:
            tool, arguments = call["function"]["name"], _arguments(call["function"].get("arguments"))
            seen = self.row.get("origins", {}).get(call["id"], {})
            code = seen.get("origin") == Origin.CODE
            taken = tuple(self._taken(_code_values(arguments) if code else (v for v, _ in _leaves(arguments))))
            kind = "recover" if tool in failed else "code" if code else "read" if self._reads(tool) else "write"
            depth = max((1 + self.acts[t.act].depth for t in taken), default=0)
            nodes = _ast_nodes(arguments) if code else 0
            self.calls[call["id"]] = len(self.acts)
            self.acts.append(Act(kind, index, tool, arguments, bool(seen.get("ok", True)), taken, depth, nodes, code))

    def _taken(self, values: Iterable[str]) -> Iterator[Taken]:
        """The first action to return a value is its source; what the user had said before was not taken from it."""
        for value in dict.fromkeys(values):
            if value in self.first:
                yield Taken(value, *self.first[value])

    def _observe(self, call: str, content: str) -> None:
        act = self.calls.get(call)
        if act is None or not self.acts[act].ok:
            return
        for value, listed in _leaves(_parsed(content)):
            spoken = [value, *value.split()] if self.acts[act].code else [value]
            for text in spoken:
                if _telling(text) and text not in self.first and not _says(self.told, text):
                    self.first[text] = act, listed

    def _reads(self, offered: str) -> bool:
        key = self.row.get("cluster", {}).get("tools", {}).get(offered, offered)
        name = key.rsplit("/", 1)[-1]
        return Tool(name=name, input_schema={}, service="", annotations=self.annotations.get(offered, {})).reads


def _closed(acts: list[Act], closing: str) -> list[Act]:
    """The same actions; a question that nothing followed was the closing word."""
    if acts and acts[-1].kind == "ask":
        return [*acts[:-1], replace(acts[-1], kind=closing)]
    return acts


def actions(row: Row) -> list[Act]:
    """The row's actions in order: each tool call, and each assistant text that hands the turn to the user."""
    return _Reader(row).read()


def signature(row: Row) -> str:
    """The mode signature [ours], such as `ask read write* parallel2* answer`; `*`: an argument was observed before."""
    return _signature(actions(row))


def coarse(row: Row) -> Mode:
    """The coarse mode [ours] of what really happened, whatever the blueprint intended."""
    return _coarse(row, actions(row))


def cac(row: Row) -> float:
    """Cumulative Action Complexity [ours].

    The sum over actions, texts included, of 1 + log2(1 + arguments) + dependency depth + [an argument was observed
    before] + [code] * log2(1 + AST nodes) / 4.
    """
    return _cac(actions(row))


def _signature(acts: list[Act]) -> str:
    groups: dict[int, list[Act]] = {}
    for act in acts:
        groups.setdefault(act.message, []).append(act)
    marks = []
    for group in groups.values():
        kind = group[0].kind if len(group) == 1 else f"parallel{len(group)}"
        marks.append(kind + "*" * any(act.taken for act in group))
    return " ".join(marks)


def _coarse(row: Row, acts: list[Act]) -> Mode:
    steps = (row.get("blueprint") or {}).get("steps") or ()
    calls = [act for act in acts if act.tool]
    messages = [act.message for act in calls]
    tests = (
        (Mode.REFUSAL, not calls and not steps),
        (Mode.COMPUTATION, any(act.code for act in calls)),
        (Mode.RECOVERY, any(act.kind == "recover" for act in calls)),
        (Mode.CLARIFICATION, any(act.kind == "ask" for act in acts)),
        (Mode.BRANCHING, any(step.get("when") for step in steps)),
        (Mode.ITERATIVE, any(step.get("repeat") for step in steps) and _iterates(calls)),
        (Mode.PARALLEL, len(set(messages)) < len(messages)),
        (Mode.CHAINED, any(act.taken for act in calls)),
    )
    return next((mode for mode, holds in tests if holds), Mode.LINEAR)


def _iterates(calls: list[Act]) -> bool:
    """Whether one tool succeeded with two different values of the same observed list."""
    values: dict[tuple[str, int], set[str]] = {}
    for act in calls:
        for taken in act.taken if act.ok else ():
            if taken.listed:
                values.setdefault((act.tool, taken.act), set()).add(taken.value)
    calls_by_tool = Counter(act.tool for act in calls if act.ok)
    return any(len(found) > 1 and calls_by_tool[tool] > 1 for (tool, _), found in values.items())


def _cac(acts: list[Act]) -> float:
    return round(fsum(_weight(act) for act in acts), 6)


def _weight(act: Act) -> float:
    return 1 + log2(1 + len(act.arguments)) + act.depth + bool(act.taken) + log2(1 + act.nodes) / 4


def _arguments(raw: Any) -> dict[str, Any]:
    parsed = _parsed(raw) if isinstance(raw, str) else raw
    return parsed if isinstance(parsed, dict) else {}


def _parsed(content: Any) -> Any:
    try:
        return json.loads(content)
    except (TypeError, ValueError):
        return content


def _leaves(value: Any, listed: bool = False) -> Iterator[tuple[str, bool]]:
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
        yield _number(value), listed


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _telling(text: str) -> bool:
    """Whether the value is rare enough to be recognised again: two characters at least."""
    return len(text) > 1


def _says(told: str, text: str) -> bool:
    return text in told and re.search(rf"(?<!\w){re.escape(text)}(?!\w)", told) is not None


def _tree(arguments: Mapping[str, Any]) -> ast.AST | None:
    try:
        return ast.parse(str(arguments.get("code", "")))
    except (SyntaxError, ValueError):
        return None


def _ast_nodes(arguments: Mapping[str, Any]) -> int:
    tree = _tree(arguments)
    return sum(1 for _ in ast.walk(tree)) if tree else 0


def _code_values(arguments: Mapping[str, Any]) -> Iterator[str]:
    tree = _tree(arguments)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.Constant):
            yield from (text for text, _ in _leaves(node.value))


class Measures(BaseModel):
    """What the metrics and the evolution need to know of one committed row."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slot: int
    leaf: str
    mode: Mode
    signature: str
    cac: float
    tools: tuple[str, ...]
    """`service/name` of the tools called, sorted."""


def measure(row: Row) -> Measures:
    """The row's measures, from one reading of its messages."""
    acts, cluster = actions(row), row.get("cluster", {})
    keys = cluster.get("tools", {})
    return Measures(
        slot=row["slot"],
        leaf=cluster.get("leaf") or row["directive"]["leaf"],
        mode=_coarse(row, acts),
        signature=_signature(acts),
        cac=_cac(acts),
        tools=tuple(sorted({keys[act.tool] for act in acts if act.tool in keys})),
    )


def entropy_bits(counts: Iterable[int]) -> float:
    """Plug-in Shannon entropy of the counts in bits; 0.0 when there are none.

    Equal counts are added once and with `fsum`, so the value does not depend on the order of the counts.

    >>> entropy_bits([2, 1, 1])
    1.5
    """
    return _entropy(Counter(counts))


def _entropy(sizes: Mapping[int, int]) -> float:
    """The entropy from {count: how many labels have it}."""
    n = sum(size * labels for size, labels in sizes.items())
    if n == 0:
        return 0.0
    return abs(fsum(-labels * size / n * log2(size / n) for size, labels in sizes.items() if size and labels))


class Spread:
    """Counts of labels whose entropy costs no more after many labels than after few."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._sizes: Counter[int] = Counter()

    def add(self, label: str) -> None:
        self._sizes[self.counts[label]] -= 1
        self.counts[label] += 1
        self._sizes[self.counts[label]] += 1
        self._sizes = +self._sizes

    def bits(self) -> float:
        return _entropy(self._sizes)


class Tally:
    """A fold over committed rows: what `metrics.jsonl` says after each."""

    def __init__(self) -> None:
        self.n = 0
        self.leaves, self.modes, self.signatures = Spread(), Spread(), Spread()
        self.tools: Counter[str] = Counter()
        self.services: Counter[str] = Counter()
        self.cac_sum = 0.0

    def add(self, measures: Measures) -> None:
        self.n += 1
        self.leaves.add(measures.leaf)
        self.modes.add(measures.mode)
        self.signatures.add(measures.signature)
        self.tools.update(measures.tools)
        self.services.update({tool.rpartition("/")[0] for tool in measures.tools})
        self.cac_sum += measures.cac

    def metrics(self) -> dict[str, Any]:
        """H_dom, H_mode at both grains and the mean CAC [ours], with N beside them.

        Saturated: within 1% of log2 N, the most that a plug-in entropy can be; the coarse grain then decides.
        """
        ceiling = log2(self.n) if self.n else 0.0
        bits = {"h_dom": self.leaves.bits(), "h_mode": self.signatures.bits(), "h_mode_coarse": self.modes.bits()}
        return {
            "n": self.n,
            **{name: round(value, 6) for name, value in bits.items()},
            **{f"{name}_saturated": value >= 0.99 * ceiling for name, value in bits.items()},
            "log2_n": round(ceiling, 6),
            "cac_mean": round(self.cac_sum / self.n, 6) if self.n else 0.0,
            "tools": len(self.tools),
            "services": len(self.services),
        }
