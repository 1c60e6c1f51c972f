"""A model that knows BFCL's solutions and drops some turns: what a scorer must say of it is known beforehand."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from agents.teacher.teachers import Message
from evals.bench import data

HOLDOUT = "I have updated some more functions you can choose from. What about now?"
"""What BFCL says in a turn that only offers a tool."""


def drops(words: Sequence[str], share: float) -> bool:
    """Whether the turn after these words of the user is left unanswered: by a hash, so that every process agrees.

    By the words, not by the task: two tasks of BFCL begin with the same ones, and a model cannot tell which it has.
    """
    return int(hashlib.sha256(json.dumps(list(words)).encode()).hexdigest(), 16) % 1000 < 1000 * share


def read_results(gold: Mapping[str, Any], asks: Mapping[str, Sequence[str]], share: float) -> dict[str, list[Any]]:
    """The solutions with some turns emptied, in the format of BFCL's result files."""
    return {
        task: [[] if drops(asks[task][: i + 1], share) else turn for i, turn in enumerate(turns)]
        for task, turns in gold.items()
    }


def right(gold: Mapping[str, Any], asks: Mapping[str, Sequence[str]], share: float) -> dict[str, bool]:
    """Task -> whether no turn that needs a call was dropped."""
    return {
        task: not any(turn and drops(asks[task][: i + 1], share) for i, turn in enumerate(turns))
        for task, turns in gold.items()
    }


class Policy:
    """The same, as a model: it finds its task by what the user said and which tools it is offered."""

    def __init__(self, gold: Mapping[str, Any], questions: Mapping[str, Sequence[str]], share: float) -> None:
        self._gold, self._questions, self._share = gold, questions, share

    def __call__(self, messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        words = [str(message["content"]) for message in messages if message["role"] == "user"]
        if messages[-1]["role"] == "tool" or drops(words, self._share):
            return {"role": "assistant", "content": "Done."}
        steps = self._gold[self._task(words)][len(words) - 1]
        calls = [
            {"name": name, "arguments": text} for call in (steps[0] if steps else []) for name, text in call.items()
        ]
        tool_calls = [{"id": f"call_{i}", "type": "function", "function": call} for i, call in enumerate(calls)]
        return {
            "role": "assistant",
            "content": "" if tool_calls else "I cannot.",
            **({"tool_calls": tool_calls} if tool_calls else {}),
        }

    def _task(self, words: Sequence[str]) -> str:
        """The first task whose user said this; where there are two, this turn's solution is the same."""
        return next(task for task, asks in self._questions.items() if list(asks[: len(words)]) == list(words))


def questions(category: str) -> dict[str, list[str]]:
    """Task -> what its user says in each turn, read from the scorer's own package."""
    (path,) = data.folder("bfcl").glob(f"venv/lib/python*/site-packages/bfcl_eval/data/BFCL_v4_{category}.json")
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: [turn[0]["content"] if turn else HOLDOUT for turn in row["question"]] for row in rows}
