import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agents.serve import app
from agents.teacher.teachers import Message
from evals import contamination
from evals.bench import held_out
from evals.schema import Outcome, Record
from evals.score.result import score_records
from memory.corpus.corpus import CATALOGUE
from tests.evals.bench.test_bfcl import command


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The environment of a held-out set that graphs.run made of two built-in services."""
    place = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TDS_EVAL_DATA", str(place))
        held_out.set_up(CATALOGUE / "energy.json", "offline", 8)
        yield place


def rows(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "heldout" / held_out.FILE).read_text().splitlines()]


def outcomes(answers: dict[str, Any]) -> list[Outcome]:
    records = [Record(task=task, run=0, answer=answer) for task, answer in answers.items()]
    return asyncio.run(score_records(held_out.load(), records))


def test_recorded_calls_are_right_and_silence_only_where_no_tool_fits(folder: Path) -> None:
    suite = held_out.load()
    gold, nothing = outcomes(dict(suite.gold())), outcomes(dict(suite.nothing()))
    assert {outcome.value for outcome in gold} == {1}
    assert {outcome.category for outcome in nothing if outcome.value} <= {"refusal"}


def test_another_write_or_another_argument_is_wrong_and_counted_as_not_exact(folder: Path) -> None:
    suite = held_out.load()
    task, calls = next(
        (task, calls) for task, calls in suite.gold().items() if isinstance(calls, list) and len(calls) > 1
    )
    assert isinstance(calls, list)
    spoiled = [*calls[:-1], {**calls[-1], "arguments": {"meter_id": "X"}, "result": {}}]
    extra = [*calls, {"name": "reading_submit", "arguments": {}, "ok": True, "result": {}}]
    scored = [outcomes({task: answer})[0] for answer in (spoiled, extra)]
    assert [outcome.value for outcome in scored] == [0, 0]
    assert scored[0].also["exact calls"] < scored[1].also["exact calls"] == 1


class Replay:
    """A model that makes the recorded calls, all of a turn at once, and then answers."""

    def __init__(self, data: list[dict[str, Any]]) -> None:
        self._turns = {}
        for row in data:
            words: list[str] = []
            for message in row["messages"]:
                if message["role"] == "user":
                    words.append(message["content"])
                self._turns.setdefault(tuple(words), []).extend(message.get("tool_calls") or [])

    def __call__(self, messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        calls = self._turns[tuple(message["content"] for message in messages if message["role"] == "user")]
        if messages[-1]["role"] == "tool" or not calls:
            return {"role": "assistant", "content": "Done."}
        return {"role": "assistant", "content": "", "tool_calls": calls}


def test_a_model_that_makes_the_recorded_calls_live_gets_all_of_it(folder: Path, tmp_path: Path) -> None:
    with app.running(app.app(Replay(rows(folder)))) as url:
        command(["generate", "heldout", "--model", f"openai:offline@{url}", "--out", str(tmp_path)])
    command(["score", str(tmp_path)])
    result = json.loads((tmp_path / "heldout" / "result.json").read_text())
    assert (result["score"]["mean"], result["also"]["exact calls"]["mean"]) == (100, 100)
    assert result["ceiling"] == 100 > result["floor"]


def test_a_call_outside_the_data_is_answered_in_the_tools_own_form(folder: Path, tmp_path: Path) -> None:
    row = next(row for row in rows(folder) if "meters_list" in row["cluster"]["tools"])

    def other(messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        if messages[-1]["role"] == "tool":
            return {"role": "assistant", "content": messages[-1]["content"]}
        calls = [("meters_list", '{"customer_number": "123456789"}'), ("teleport", "{}"), ("meters_list", "no json")]
        answered = [
            {"id": f"c{i}", "type": "function", "function": {"name": name, "arguments": text}}
            for i, (name, text) in enumerate(calls)
        ]
        return {"role": "assistant", "content": "", "tool_calls": answered}

    with app.running(app.app(other)) as url:
        command(["generate", "heldout", "--model", f"openai:offline@{url}", "--out", str(tmp_path)])
    records = [json.loads(line) for line in (tmp_path / "heldout" / "answers.jsonl").read_text().splitlines()]
    answered = next(call["answer"] for call in records if call["task"] == f"slot_{row['slot']}")[:3]
    assert [call["ok"] for call in answered] == [True, False, False]
    assert "meters" in json.dumps(answered[0]["result"])
    assert [call["result"]["error"]["message"][:20] for call in answered[1:]] == [
        "unknown tool 'telepo",
        "the arguments are no",
    ]


def code_row(folder: Path) -> dict[str, Any]:
    return next(
        row
        for row in rows(folder)
        if any(origin["origin"] == "code" and origin["ok"] for origin in row["origins"].values())
        and row["directive"]["mode"] == "computation"
    )


class Rewritten(Replay):
    """A model whose programs are not byte for byte the recorded ones."""

    def __init__(self, data: list[dict[str, Any]], code: str) -> None:
        super().__init__(data)
        self._code = code

    def __call__(self, messages: list[Message], tools: list[dict[str, Any]], seed: int) -> Message:
        reply = super().__call__(messages, tools, seed)
        return {**reply, "tool_calls": [self._other(call) for call in reply.get("tool_calls", [])]}

    def _other(self, call: dict[str, Any]) -> dict[str, Any]:
        if call["function"]["name"] != "run_python":
            return call
        code = json.loads(call["function"]["arguments"])["code"]
        arguments = json.dumps({"code": self._code.format(code=code)})
        return {**call, "function": {"name": "run_python", "arguments": arguments}}


@pytest.mark.parametrize(("code", "value"), [("# my own way\n{code}", 1), ("0", 0)])
def test_code_is_run_and_right_by_the_numbers_that_it_gives(
    folder: Path, tmp_path: Path, code: str, value: float
) -> None:
    task = f"slot_{code_row(folder)['slot']}"
    with app.running(app.app(Rewritten(rows(folder), code))) as url:
        command(["generate", "heldout", "--model", f"openai:offline@{url}", "--out", str(tmp_path)])
    command(["score", str(tmp_path)])
    lines = (tmp_path / "heldout" / "outcomes.jsonl").read_bytes().splitlines()
    assert next(outcome["value"] for outcome in map(json.loads, lines) if outcome["task"] == task) == value


def test_what_a_tool_declares_of_itself_decides_whether_a_call_changes_anything() -> None:
    def call(**fields: Any) -> dict[str, Any]:
        return {"name": "cancel_query", "ok": True, "result": {"done": True}, "arguments": {}, **fields}

    row = {
        "messages": [
            {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "cancel_query", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "1", "content": '{"done":true}'},
        ],
        "origins": {"1": {"ok": True}},
        "cluster": {"tools": {"cancel_query": "db/cancel_query"}},
    }
    again = [call(), call(arguments={"id": 2})]
    declared = {**row, "cluster": {**row["cluster"], "reads": ["cancel_query"]}}
    writing = {**row, "cluster": {**row["cluster"], "reads": []}}
    assert [held_out.grade(each_row, again).value for each_row in (declared, writing)] == [1, 0]


@pytest.mark.parametrize("text", ['{"a":' + "[" * 5000, '{"a":"\\ud83d"}', '{"a":NaN}'])
def test_a_degenerate_call_is_a_fault_of_the_model(folder: Path, text: str) -> None:
    cluster = held_out._cluster(rows(folder)[0])
    assert held_out._arguments(cluster, next(iter(cluster.by_name)), text) == (text, "the arguments are not JSON")


def test_a_line_separator_in_somebodys_words_does_not_end_a_row(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rows(folder)[0]
    first["messages"][1]["content"] += "\u2028and so on"
    (tmp_path / "heldout/run").mkdir(parents=True)
    text = json.dumps(first, ensure_ascii=False) + "\n"
    (tmp_path / "heldout" / held_out.FILE).write_text(text, encoding="utf-8")
    monkeypatch.setenv("TDS_EVAL_DATA", str(tmp_path))
    assert len(held_out.load().tasks) == len(contamination.read_rows(tmp_path / "heldout" / held_out.FILE)) == 1
