"""What models write for JSON is read where only one value can be meant, and refused where there are two."""

import html
import json

import pytest

from agents.teacher.fault import WireError
from agents.teacher.reading import completion, loose_json, react
from agents.teacher.reading.arguments import tidy
from agents.teacher.reading.parse import mend
from agents.teacher.request import Answer

MEANT = {"q": "it's 5 < 6", "on": True, "none": None, "ids": [1, -2.5]}


@pytest.mark.parametrize(
    "text",
    [
        repr(MEANT),
        """{q: "it's 5 < 6", on: true, none: null, ids: [1, -2.5,],}""",
        r"{'q': 'it\'s 5 < 6', 'on': True, 'none': None, 'ids': [1, -2.5]}",
        r"""{"q": "it\'s 5 < 6", "on": TRUE, "none": Null, "ids": [1, -2.5]}""",
        "{“q”: “it's 5 < 6”, “on”: true, “none”: null, “ids”: [1, -2.5]}",
        "{„q“: „it's 5 < 6“, ”on”: true, “none”: null, ‘ids’: [1, -2.5]}",
        html.escape(json.dumps(MEANT)),
        '{"q": "it\'s 5 < 6", // the question\n "on": true, /* yes */ "none": null, "ids": [1, -2.5]}\0\0',
    ],
)
def test_nearly_json_is_read(text: str) -> None:
    assert loose_json.read(text) == MEANT
    assert json.loads(tidy(text)) == MEANT
    assert json.loads(mend(Answer(content=f"Here: {text}")).content) == MEANT


@pytest.mark.parametrize(
    "text",
    [
        '{"say": "a 5" pipe", "n": 1}',
        "{'say': 'it's'}",
        "{'say': 'it''s'}",
        "{“say”: “he said “no”, twice”}",
        r"{“say”: “he said \”no\””}",
        '{"id": 3, "id": 4}',
        '{id: 3, "id": 4}',
        "{city: Bonn}",
        '{"code": 007}',
        '{"n": NaN}',
        '{"n": undefined}',
        r'{"pattern": "\d+"}',
        '{"a": 1 "b": 2}',
        '{"a": 1; "b": 2}',
        '{"ids": [1,,2]}',
        '{"a": 1',
        '{"a": {"b": 1}, "c": "un',
        "{'a': (1, 2)}",
        "{&quot;q&quot;: &quot;R&D &amp;amp; more&quot;}",
        '{"a": 1}, "b": 2}',
        "{'a': 1}, 'b': 2}",
        "{'a': 1} {'b': 2}",
        "{'a': 1} {'b': ",
    ],
)
def test_what_can_be_meant_in_two_ways_is_refused(text: str) -> None:
    assert tidy(text) == text
    assert mend(Answer(content=text)) == Answer(content=text)
    with pytest.raises(ValueError, match=r"."):
        loose_json.read(text)


def test_damaged_object_is_not_the_value_of_the_only_argument() -> None:
    tools = {"weather": {"properties": {"city": {"type": "string"}}}}
    assert react.read('Thought: I look.\nAction: weather\nAction Input: {"city": "Bo"nn"}', tools) is None
    read = react.read("Thought: I look.\nAction: weather\nAction Input: {Bonn}", tools)
    assert read is not None
    assert read.calls == [{"name": "weather", "arguments": '{"city":"{Bonn}"}'}]


def body(calls: object, finish: object = "tool_calls") -> bytes:
    choice = {"message": {"content": None, "tool_calls": calls}, "finish_reason": finish}
    return json.dumps({"choices": [choice]}).encode()


def test_map_from_names_is_no_answer_and_not_lost() -> None:
    with pytest.raises(WireError, match="a call in it has no name"):
        completion.read(body({"weather": {"city": "Bonn"}}))


@pytest.mark.parametrize(
    ("reason", "finish"),
    [("FinishReason.MAX_TOKENS", "length"), ("STOP_REASON_SAFETY", "refusal"), ("Stop Reason: end of turn", "stop")],
)
def test_reason_with_a_prefix_is_what_stands_behind_it(reason: str, finish: str) -> None:
    choice = {"message": {"content": "hi"}, "finish_reason": reason}
    assert completion.read(json.dumps({"choices": [choice]}).encode()).finish == finish


@pytest.mark.parametrize(
    ("state", "details", "finish"),
    [
        ("incomplete", {"reason": "max_output_tokens"}, "length"),
        ("incomplete", None, "length"),
        ("completed", None, "stop"),
    ],
)
def test_response_says_how_it_ended(state: str, details: object, finish: str) -> None:
    output = [{"type": "message", "content": [{"type": "output_text", "text": "hi"}]}]
    whole = {"object": "response", "status": state, "incomplete_details": details, "output": output}
    assert completion.read(json.dumps(whole).encode()).finish == finish
    with pytest.raises(WireError, match="ended with 'cancelled'"):
        completion.read(json.dumps({**whole, "status": "cancelled", "incomplete_details": None}).encode())
