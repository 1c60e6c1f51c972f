"""The same conversation in other people's layouts: words, calls, results and tools come out of each."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agents.errors import UsageError
from memory.corpus import conversations

Row = dict[str, Any]
SCHEMA = {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}
FUNCTION = {"name": "find", "description": "Finds.", "parameters": SCHEMA}
TOOL = {"type": "function", "function": FUNCTION}
ANTHROPIC = {"name": "find", "description": "Finds.", "input_schema": SCHEMA}
CALL = {"name": "find", "arguments": {"id": "5"}}
OPENAI: list[Row] = [
    {"role": "user", "content": "Find 5."},
    {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "find", "arguments": '{"id":"5"}'}}],
    },
    {"role": "tool", "tool_call_id": "c", "content": '{"ok":true}'},
    {"role": "assistant", "content": "It is ok."},
]
TAGGED = f"<tool_call>\n{json.dumps(CALL)}\n</tool_call>"
RESULT = '<tool_response>\n{"ok":true}\n</tool_response>'


def sharegpt(call: str, result: str, *speakers: str, key: str = "from", value: str = "value") -> list[Row]:
    texts = ("Find 5.", call, result, "It is ok.")
    return [{key: speaker, value: text} for speaker, text in zip(speakers, texts, strict=True)]


def older(name: str = "function") -> list[Row]:
    """OpenAI's calls before they were tools."""
    call = {"role": "assistant", "content": None, "function_call": {"name": "find", "arguments": '{"id":"5"}'}}
    return [OPENAI[0], call, {"role": name, "name": "find", "content": '{"ok":true}'}, OPENAI[3]]


LAYOUTS: dict[str, Row] = {
    "OpenAI": {"messages": OPENAI, "tools": [TOOL]},
    "OpenAI, all as text": {"messages": json.dumps(OPENAI), "tools": json.dumps([TOOL])},
    "OpenAI, before tools": {"messages": older(), "functions": [FUNCTION]},
    "Toucan": {"messages": json.dumps(older()), "available_tools": json.dumps([TOOL])},
    "a request of a batch": {"custom_id": "1", "body": {"messages": OPENAI, "tools": [TOOL]}},
    "a viewer's row": {"row_idx": 0, "row": {"messages": OPENAI, "tools": [TOOL]}},
    "TRL's prompt and completion": {"prompt": OPENAI[:1], "completion": OPENAI[1:], "tools": [TOOL]},
    "LLaMA-Factory": {
        "conversations": sharegpt(json.dumps(CALL), '{"ok":true}', "human", "function_call", "observation", "gpt"),
        "tools": json.dumps([FUNCTION]),
    },
    "roles and contents": {
        "conversations": sharegpt(TAGGED, RESULT, "human", "gpt", "tool", "gpt", key="role", value="content"),
        "tools": [FUNCTION],
    },
    "other speakers": {"conversation": sharegpt(TAGGED, RESULT, "user", "chatgpt", "function", "bot"), "tools": TOOL},
    "Hermes in Python": {
        "conversations": [
            {"from": "system", "value": f"You call tools. <tools> {json.dumps([TOOL])} </tools>"},
            *sharegpt(f"<tool_call>\n{CALL!r}\n</tool_call>", RESULT, "human", "gpt", "tool", "gpt"),
        ]
    },
    "ToolACE": {
        "system": "You call tools.",
        "conversations": sharegpt('[find(id="5")]', '{"ok":true}', "user", "assistant", "tool", "assistant"),
        "tools": [FUNCTION],
    },
    "Anthropic": {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Find 5."}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t", "name": "find", "input": {"id": "5"}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": '{"ok":true}'}]},
            {"role": "assistant", "content": "It is ok."},
        ],
        "tools": [ANTHROPIC],
    },
    "Gemini": {
        "contents": [
            {"role": "user", "parts": [{"text": "Find 5."}]},
            {"role": "model", "parts": [{"functionCall": {"name": "find", "args": {"id": "5"}}}]},
            {"role": "user", "parts": [{"functionResponse": {"name": "find", "response": {"ok": True}}}]},
            {"role": "model", "parts": [{"text": "It is ok."}]},
        ],
        "tools": [{"functionDeclarations": [FUNCTION]}],
    },
}


def content(value: object) -> str:
    return "".join(part["text"] for part in value) if isinstance(value, list) else str(value or "")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_conversation_comes_out_of_any_layout(layout: str) -> None:
    read = conversations.read(LAYOUTS[layout], "here")
    messages = [message for message in read["messages"] if message["role"] != "system"]
    assert [
        (message["role"], content(message.get("content"))) for message in messages if message["role"] != "tool"
    ] == [
        ("user", "Find 5."),
        ("assistant", ""),
        ("assistant", "It is ok."),
    ]
    ((call,),) = [message["tool_calls"] for message in messages if message.get("tool_calls")]
    (result,) = [message for message in messages if message["role"] == "tool"]
    assert (call["function"]["name"], json.loads(call["function"]["arguments"])) == ("find", {"id": "5"})
    assert (result["tool_call_id"], json.loads(result["content"])) == (call["id"], {"ok": True})
    assert read["tools"] == [TOOL]


def test_openais_own_messages_stay_as_they_are() -> None:
    marked = [*OPENAI[:3], {"role": "assistant", "content": "It is ok.", "weight": 0, "reasoning_content": "Well."}]
    assert conversations.read({"messages": marked}, "here") == {"messages": marked, "tools": []}


def test_a_query_with_its_answers_is_a_conversation() -> None:
    row = {"query": "Find 5.", "answers": json.dumps([CALL, CALL]), "tools": json.dumps([FUNCTION])}
    user, called = conversations.read(row, "here")["messages"]
    assert (user["content"], [call["function"]["name"] for call in called["tool_calls"]]) == ("Find 5.", ["find"] * 2)


def test_a_result_that_cannot_be_told_apart_answers_the_first_call() -> None:
    talk = sharegpt(json.dumps([CALL, CALL]), "both are ok", "human", "function_call", "observation", "gpt")
    messages = conversations.read({"conversations": talk}, "here")["messages"]
    assert [message.get("tool_call_id") for message in messages if message["role"] == "tool"] == ["call_1_0"]


WRITE: dict[str, Callable[[list[Row]], bytes]] = {
    "lines": lambda rows: b"\n".join(json.dumps(row).encode() for row in rows),
    "lines of Windows with a mark": lambda rows: "\r\n".join(
        ["\ufeff" + json.dumps(rows[0]), *map(json.dumps, rows[1:]), ""]
    ).encode(),
    "gzip": lambda rows: gzip.compress(json.dumps(rows).encode()),
    "UTF-16": lambda rows: "\n".join(map(json.dumps, rows)).encode("utf-16"),
    "a list": lambda rows: json.dumps(rows, indent=2).encode(),
    "rows over several lines": lambda rows: "\n".join(json.dumps(row, indent=2) for row in rows).encode(),
    "rows within an object": lambda rows: json.dumps({"features": [], "rows": rows}).encode(),
    "NaN beside the turns": lambda rows: "\n".join(json.dumps({**row, "score": float("nan")}) for row in rows).encode(),
    "conversations without anything around": lambda rows: json.dumps([row["messages"] for row in rows]).encode(),
}


@pytest.mark.parametrize("form", WRITE)
def test_every_row_of_a_file_is_read(form: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_bytes(WRITE[form]([{"messages": OPENAI}, {"messages": OPENAI[:1]}]))
    assert [row["messages"] for row in conversations.load(file)] == [OPENAI, OPENAI[:1]]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ('{"messages": []}\n{"note": 1}', "rows.jsonl:2: in no layout"),
        ('{"messages": []}\nnull', "rows.jsonl:2: not a JSON object"),
        ('{"messages": []}\n{"messages": [', "rows.jsonl:2: not JSON lines"),
        ('{"messages": [{"role": "narrator", "content": "Once."}]}', "rows.jsonl:1: in no layout .*narrator"),
        ('{"messages": "no list"}', "rows.jsonl:1: in no layout"),
        ('{"conversations": [{"from": "function_call", "value": "no call"}]}', "rows.jsonl:1: in no layout"),
    ],
)
def test_a_row_that_is_none_is_named_with_its_line(text: str, where: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(text)
    with pytest.raises(UsageError, match=where):
        list(conversations.load(file))
