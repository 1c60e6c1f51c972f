"""Each layout of JSON lines is read back by a reader written here, from what the layout's own tools document."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from agents.errors import FormatError
from graphs.export import dataset, formats
from graphs.export import rows as reading
from graphs.export.formats import Format
from graphs.export.layouts import text as texts
from graphs.export.layouts import traces
from tests.graphs.export.samples import parallel, refused

Row = dict[str, Any]
Content = tuple[list[Row], list[Row]]


def content_of(row: Any) -> Content:
    """Messages with parsed arguments, and the tools as every layout has them."""
    return [plain(message) for message in row["messages"]], list(reading.definitions(row))


def plain(message: Any) -> Row:
    calls = [
        (call["id"], call["function"]["name"], json.loads(call["function"]["arguments"]))
        for call in message.get("tool_calls") or ()
    ]
    answers = message.get("tool_call_id")
    return {"role": message["role"], "content": message.get("content") or "", "calls": calls, "answers": answers}


class Numbered:
    """Gives calls and observations the ids that their order says."""

    def __init__(self) -> None:
        self.called = self.answered = 0

    def call(self, name: str, arguments: Row) -> tuple[str, str, Row]:
        self.called += 1
        return f"call_{self.called}", name, arguments

    def answer(self, content: str) -> Row:
        self.answered += 1
        return result(f"call_{self.answered}", content)


def text(role: str, content: str, calls: list[Any] | None = None) -> Row:
    return {"role": role, "content": content, "calls": calls or [], "answers": None}


def result(call: str, content: str) -> Row:
    return {"role": "tool", "content": content, "calls": [], "answers": call}


def read_openai(records: list[Row]) -> Content:
    return [plain(message) for message in records[0]["messages"]], records[0]["tools"]


def read_axolotl(records: list[Row]) -> Content:
    return read_openai([{**records[0], "tools": json.loads(records[0]["tools"])}])


def read_sharegpt(records: list[Row]) -> Content:
    (record,) = records
    messages, ids = [text("system", record["system"])], Numbered()
    calls: list[Row] = []
    for turn in record["conversations"]:
        kind, value = turn["from"], turn["value"]
        if kind == "function_call":
            calls = json.loads(value) if value.startswith("[") else [json.loads(value)]
            messages.append(text("assistant", turn.get("text", ""), [ids.call(**call) for call in calls]))
        elif kind == "observation":
            messages += [ids.answer(part) for part in (json.loads(value) if len(calls) > 1 else [value])]
        else:
            messages.append(text({"human": "user", "gpt": "assistant"}[kind], value))
    return messages, [{"type": "function", "function": tool} for tool in json.loads(record["tools"])]


def read_hermes(records: list[Row]) -> Content:
    (record,) = records
    ids, (system, *turns) = Numbered(), record["conversations"]
    messages = [text("system", system["value"].partition("\n\nYou may call")[0])]
    for turn in turns:
        if turn["from"] == "tool":
            parts = turn["value"].removeprefix("<tool_response>\n").removesuffix("\n</tool_response>")
            messages += [ids.answer(part) for part in parts.split("\n</tool_response>\n<tool_response>\n")]
            continue
        before, *tagged = turn["value"].split("<tool_call>\n")
        calls = [ids.call(**json.loads(part.rstrip().removesuffix("\n</tool_call>"))) for part in tagged]
        content = before.removesuffix("\n") if tagged else before
        messages.append(text({"human": "user", "gpt": "assistant"}[turn["from"]], content, calls))
    offered = system["value"].partition("<tools>\n")[2].partition("\n</tools>")[0]
    return messages, [json.loads(line) for line in offered.splitlines()]


def read_atif(records: list[Row]) -> Content:
    (record,), messages = records, []
    for step in record["steps"]:
        calls = [(c["tool_call_id"], c["function_name"], c["arguments"]) for c in step.get("tool_calls", ())]
        messages.append(text({"agent": "assistant"}.get(step["source"], step["source"]), step["message"], calls))
        for seen in step.get("observation", {}).get("results", ()):
            messages.append(result(seen["source_call_id"], seen["content"]))
    return messages, record["agent"]["tool_definitions"]


def read_anthropic(records: list[Row]) -> Content:
    (record,) = records
    messages = [text("system", record["system"])]
    for message in record["messages"]:
        said = "".join(block["text"] for block in message["content"] if block["type"] == "text")
        calls = [(b["id"], b["name"], b["input"]) for b in message["content"] if b["type"] == "tool_use"]
        results = [b for b in message["content"] if b["type"] == "tool_result"]
        messages += [result(block["tool_use_id"], block["content"]) for block in results]
        if said or calls:
            messages.append(text(message["role"], said, calls))
    tools = [
        {"name": t["name"], "description": t["description"], "parameters": t["input_schema"]} for t in record["tools"]
    ]
    return messages, [{"type": "function", "function": tool} for tool in tools]


def read_responses(records: list[Row]) -> Content:
    (record,) = records
    messages = [text("system", record["instructions"])]
    for item in record["input"]:
        if item["type"] == "message":
            messages.append(text(item["role"], item["content"]))
        elif item["type"] == "function_call_output":
            messages.append(result(item["call_id"], item["output"]))
        elif item["type"] == "function_call":
            if messages[-1]["role"] != "assistant":
                messages.append(text("assistant", ""))
            messages[-1]["calls"].append((item["call_id"], item["name"], json.loads(item["arguments"])))
    keys = ("name", "description", "parameters")
    return messages, [{"type": "function", "function": {key: tool[key] for key in keys}} for tool in record["tools"]]


def read_session(records: list[Row]) -> Content:
    header, *lines = records
    messages = [
        plain({**m, "tool_calls": m.get("toolCalls"), "tool_call_id": m.get("toolCallId")})
        for m in (line["message"] for line in lines)
    ]
    return messages, header["tools"]


READERS: dict[Format, Callable[[list[Row]], Content]] = {
    Format.OPENAI: read_openai,
    Format.AXOLOTL: read_axolotl,
    Format.SHAREGPT: read_sharegpt,
    Format.HERMES: read_hermes,
    Format.ANTHROPIC: read_anthropic,
    Format.RESPONSES: read_responses,
    Format.ATIF: read_atif,
    Format.AGENT_TRACES: read_session,
}


def export(*arguments: str) -> None:
    with pytest.raises(SystemExit, match="0"):
        dataset.main([*arguments])


def written(out: Path) -> list[list[Row]]:
    """The records of each row."""
    if out.is_dir():
        files = sorted(out.iterdir(), key=lambda path: int(path.stem.partition("-")[2]))
        return [[orjson.loads(line) for line in file.read_bytes().splitlines()] for file in files]
    return [[orjson.loads(line)] for line in out.read_bytes().splitlines()]


@pytest.mark.parametrize("layout", READERS)
def test_what_was_written_reads_back_as_it_was(layout: Format, run: Path, rows: list[Row], tmp_path: Path) -> None:
    export(str(run), "--format", layout, "--out", str(tmp_path / "out"))
    assert len(rows) >= 8
    assert [READERS[layout](records) for records in written(tmp_path / "out")] == [content_of(row) for row in rows]


@pytest.mark.parametrize("layout", READERS)
def test_parallel_calls_and_what_is_said_beside_them_survive(layout: Format) -> None:
    records: Any = orjson.loads(orjson.dumps(list(formats.layout(layout, {})(parallel()))))
    assert READERS[layout](records) == content_of(parallel())
    assert "annotations" not in str(records)


def test_openai_has_weight_zero_where_nothing_should_be_learned_and_no_reasoning() -> None:
    (record,) = formats.layout(Format.OPENAI, {})(refused())
    weights = [message.get("weight") for message in record["messages"]]
    assert weights == [None, None, 0, None, None, None, None, None, None]
    assert {key for message in record["messages"] for key in message} == {
        "role", "content", "tool_calls", "tool_call_id", "weight",
    }  # fmt: skip


def test_axolotl_trains_on_what_should_be_learned_and_keeps_reasoning() -> None:
    (record,) = formats.layout(Format.AXOLOTL, {})(refused())
    assert [message["train"] for message in record["messages"]] == [n in (4, 6, 8) for n in range(9)]
    assert record["messages"][4]["reasoning_content"] == "A number."


def test_trl_has_an_example_for_each_stretch_that_is_learned() -> None:
    first, *others = formats.layout(Format.TRL, {})(refused())
    assert others == []
    assert [message["role"] for message in first["prompt"]] == ["system", "user", "assistant", "tool"]
    assert first["completion"][0]["tool_calls"][0]["function"]["arguments"] == {"id": 3}
    again = refused()
    again["messages"][6]["learn"] = False
    assert [(len(r["prompt"]), len(r["completion"])) for r in formats.layout(Format.TRL, {})(again)] == [(4, 1), (8, 1)]


@pytest.mark.parametrize("layout", [Format.SHAREGPT, Format.HERMES])
def test_a_row_with_an_answer_not_to_be_learned_is_left_out_where_no_flag_says_so(layout: Format) -> None:
    with pytest.raises(FormatError, match="slot 8: message 2 should not be learned"):
        list(formats.layout(layout, {})(refused()))


def test_sharegpt_turns_alternate() -> None:
    turns = [turn["from"] for turn in texts.sharegpt(parallel())["conversations"]]
    assert turns == ["human", "function_call", "observation", "gpt"]


def test_anthropic_roles_take_turns_and_errors_are_marked() -> None:
    (record,) = formats.layout(Format.ANTHROPIC, {})(refused())
    assert [message["role"] for message in record["messages"]] == ["user", "assistant"] * 4
    assert record["messages"][2]["content"][0]["is_error"] is True


def test_atif_steps_hold_their_observations() -> None:
    record = traces.atif(parallel(), model="a-model")
    assert [(step["step_id"], step["source"]) for step in record["steps"]] == [
        (1, "system"), (2, "user"), (3, "agent"), (4, "agent"),
    ]  # fmt: skip
    assert record["steps"][2]["observation"]["results"][0]["extra"]["origin"] == "mcp"
    assert (record["schema_version"], record["agent"]["model_name"]) == ("ATIF-v1.7", "a-model")


def test_a_row_that_hermes_cannot_hold_is_left_out_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FormatError, match="slot 7: a message holds <tool_call>"):
        texts.hermes(parallel(content="Say <tool_call>"))
    row = {**parallel("Say <tool_call>"), "origins": {}}
    (tmp_path / "trajectories.jsonl").write_bytes(orjson.dumps(row) + b"\n" + b'{"torn')
    export(str(tmp_path), "--format", "hermes")
    assert "left out: slot 7" in capsys.readouterr().out
    assert (tmp_path / "export" / "hermes.jsonl").read_bytes() == b""


@pytest.mark.parametrize(("layout", "name"), [(Format.AXOLOTL, "axolotl.yaml"), (Format.SHAREGPT, "dataset_info.json")])
def test_the_settings_beside_name_the_file(layout: Format, name: str, run: Path, tmp_path: Path) -> None:
    export(str(run), "--format", layout, "--out", str(tmp_path / "mine.jsonl"))
    settings = (tmp_path / name).read_text()
    assert "mine.jsonl" in settings
    assert "{{" not in settings


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--format", "atif"], "no trajectories.jsonl there"),
        (["--format", "openai", "--push", "me/data"], "--push: a hub takes --format trl, dpo or parquet, not openai"),
        (["--format", "csv"], "'csv' is not one of"),
    ],
)
def test_bad_export_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as exited:
        dataset.main([str(tmp_path), *arguments])
    text = capsys.readouterr().err
    assert (exited.value.code, text.count("\n")) == (2, 1)
    assert message in text
