"""Rows as people have them: one conversation, whatever layout it comes in."""

import json
from typing import Any

import pytest

from agents.errors import RowError
from finetune.data.conversation import Call, Conversation, Utterance
from finetune.data.layouts import read_conversation, read_tools
from graphs.export.layouts import chat, text, traces
from tests.tiny_student import TOOL, row

WEATHER = TOOL["function"]
SIX: Any = {**row(), "slot": 6, "origins": {}, "tool_licences": {}, "cluster": {"tools": {}}, "directive": {}}


def heard(conversation: Conversation) -> list[tuple[Any, ...]]:
    """Who said and called what, without call ids, which some layouts have no place for."""
    return [
        (each.role, each.text, [(call.name, call.arguments) for call in each.calls]) for each in conversation.utterances
    ]


@pytest.mark.parametrize(
    "record", [chat.openai(SIX), chat.axolotl(SIX), text.sharegpt(SIX), text.hermes(SIX), traces.atif(SIX)]
)
def test_every_export_of_ours_is_the_same_conversation(record: dict[str, Any]) -> None:
    conversation = read_conversation(record)
    assert heard(conversation) == heard(read_conversation(row()))
    assert conversation.tools == [TOOL]


def test_results_belong_to_the_calls_in_their_order() -> None:
    utterances = read_conversation(text.hermes(SIX)).utterances
    calls = [call.id for each in utterances for call in each.calls]
    assert calls == [each.call_id for each in utterances if each.role == "tool"] == ["call_1", "call_2"]


def test_nulls_that_arrow_puts_are_no_values() -> None:
    """As `datasets` gives back a column of messages, and of tools, whose rows differ in their keys."""
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": {"a": 1, "b": None, "c": None}}}
    schema = {
        "type": "object",
        "properties": {"a": {"type": "integer", "enum": None}, "b": None, "c": {"type": "null"}},
    }
    record = {
        "messages": [
            {"role": "user", "content": "Hi", "tool_calls": None, "tool_call_id": None, "weight": None, "learn": None},
            {"role": "assistant", "content": None, "tool_calls": [call], "tool_call_id": None, "reasoning": None},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "description": None, "parameters": schema}}],
    }
    conversation = read_conversation(record)
    assert conversation.utterances[1] == Utterance("assistant", calls=(Call("f", {"a": 1, "c": None}, "1"),))
    assert conversation.tools == [
        {
            "type": "function",
            "function": {
                "name": "f",
                "description": "",
                "parameters": {"type": "object", "properties": {"a": {"type": "integer"}, "c": {"type": "null"}}},
            },
        }
    ]


def test_a_null_that_a_schema_means_stays() -> None:
    tool = {"type": "function", "function": {**WEATHER, "parameters": {"properties": {"a": {"default": None}}}}}
    assert read_tools([tool]) == [tool]


@pytest.mark.parametrize(
    "tools",
    [
        [TOOL],
        json.dumps([TOOL]),
        [json.dumps(TOOL)],
        [WEATHER],
        json.dumps(WEATHER),
        [{"name": WEATHER["name"], "description": WEATHER["description"], "inputSchema": WEATHER["parameters"]}],
        "\n".join([json.dumps(TOOL)]),
    ],
)
def test_tools_in_any_form_are_openais(tools: Any) -> None:
    assert read_tools(tools) == [TOOL]


@pytest.mark.parametrize("tools", [None, "", [], "null"])
def test_no_tools_are_none(tools: Any) -> None:
    assert read_tools(tools) == []


def test_openais_older_functions_are_tools_and_calls() -> None:
    record = {
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "How is "}, {"type": "text", "text": "Oslo?"}]},
            {
                "role": "assistant",
                "content": None,
                "function_call": {"name": "get_weather", "arguments": '{"city": "Oslo"}'},
            },
            {"role": "function", "name": "get_weather", "content": "{}"},
        ],
        "functions": [WEATHER],
    }
    conversation = read_conversation(record)
    assert heard(conversation) == [
        ("user", "How is Oslo?", []),
        ("assistant", "", [("get_weather", {"city": "Oslo"})]),
        ("tool", "{}", []),
    ]
    assert conversation.tools == [TOOL]


@pytest.mark.parametrize("key", ["messages", "conversations"])
def test_calls_within_tags_are_calls_whatever_the_turns_are_called(key: str) -> None:
    call = '<tool_call>\n{"name": "get_weather", "arguments": {"city": "Oslo"}}\n</tool_call>'
    record = {
        key: [
            {"role": "user", "content": "How is Oslo?"},
            {"role": "assistant", "content": call},
            {"role": "tool", "content": "<tool_response>\n{}\n</tool_response>"},
        ],
        "tools": [TOOL],
    }
    assert heard(read_conversation(record)) == [
        ("user", "How is Oslo?", []),
        ("assistant", "", [("get_weather", {"city": "Oslo"})]),
        ("tool", "{}", []),
    ]


def test_hermes_with_tools_in_its_prompt_and_python_literals() -> None:
    """As NousResearch's function-calling set has them."""
    offered = json.dumps([TOOL])
    prompt = f"Be brief.\n\nYou are given functions within <tools> </tools> tags: <tools> {offered} </tools>"
    record = {
        "conversations": [
            {"from": "system", "value": prompt},
            {"from": "human", "value": "How is Oslo?"},
            {
                "from": "gpt",
                "value": "Well.\n<tool_call>\n{'arguments': {'city': 'Oslo'}, 'name': 'get_weather'}\n</tool_call>",
            },
            {"from": "tool", "value": "<tool_response>\n{}\n</tool_response>"},
        ]
    }
    conversation = read_conversation(record)
    assert heard(conversation) == [
        ("system", "Be brief.", []),
        ("user", "How is Oslo?", []),
        ("assistant", "Well.", [("get_weather", {"city": "Oslo"})]),
        ("tool", "{}", []),
    ]
    assert conversation.tools == [TOOL]


def test_weights_and_learn_say_what_is_learned() -> None:
    flags: list[dict[str, Any]] = [{}, {"weight": 0}, {"weight": 1}, {"learn": False}, {"learn": True}]
    messages = [{"role": "assistant", "content": "a", **flag} for flag in flags]
    assert [each.learn for each in read_conversation({"messages": messages}).utterances] == [
        True,
        False,
        True,
        False,
        True,
    ]


def broken(**changes: Any) -> dict[str, Any]:
    plain = row()
    plain["messages"][2] = {**plain["messages"][2], **changes}
    return plain


def called(arguments: Any) -> dict[str, Any]:
    return broken(tool_calls=[{"function": {"name": "f", "arguments": arguments}}])


@pytest.mark.parametrize(
    ("record", "fault"),
    [
        ([1], "not a JSON object"),
        ({"text": "plain"}, "no `messages`, `conversations` or `steps`"),
        ({"messages": 3}, "messages: not a list: 3"),
        ({"messages": ["Hi"]}, "messages.0: not a JSON object: 'Hi'"),
        (broken(role="boss"), "messages.2: nobody knows the role 'boss'"),
        (broken(role=None), "messages.2: nobody knows the role None"),
        (broken(content=[{"type": "image"}]), "messages.2.content: only text can be trained on, not {'type': 'image'}"),
        (broken(content=3), "messages.2.content: not a list: 3"),
        (called("[1]"), "messages.2.tool_calls.0: arguments are not a JSON object: [1]"),
        (called("{oops"), "messages.2.tool_calls.0: arguments are not JSON: '{oops'"),
        (broken(tool_calls=[{"function": {"arguments": "{}"}}]), "messages.2.tool_calls.0: a call without a name"),
        ({**row(), "tools": 7}, "tools: not a list: 7"),
        ({**row(), "tools": "{oops"}, "tools: neither JSON nor a literal: '{oops'"),
        ({**row(), "tools": [{"type": "function", "function": {}}]}, "tools.0: a tool without a name"),
        ({**row(), "tools": ["{oops"]}, "tools.0: neither JSON nor a literal"),
        ({"steps": [{"source": "user", "message": {"a": 1}}]}, "steps.0: only text can be trained on"),
        ({"steps": [{"source": "agent", "tool_calls": [{}]}]}, "steps.0: a call without a name"),
        (
            {"conversations": [{"from": "gpt", "value": "<tool_call>oops</tool_call>"}]},
            "conversations.0: neither JSON nor",
        ),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place(record: object, fault: str) -> None:
    with pytest.raises(RowError) as caught:
        read_conversation(record)
    assert str(caught.value).startswith(fault)
