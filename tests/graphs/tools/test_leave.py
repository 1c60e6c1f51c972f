"""Which live tools may be called, which are simulated, and which stand in no plan."""

from typing import Any

import pytest

from agents.plan.dataflow import find_modes
from agents.schema import Cluster, Mode, Tool
from graphs.tools.leave import changes, prepare


def tool(name: str, *required: str, live: bool = True, **annotations: bool) -> Tool:
    properties = {key: {"type": "string"} for key in required}
    schema: dict[str, Any] = {"type": "object", "properties": properties, "required": list(required)}
    source = "mcp: a 1" if live else "a.json"
    return Tool(name=name, service="a" if live else "b", input_schema=schema, annotations=annotations, source=source)


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        (tool("list_notes"), False),
        (tool("read_query"), False),
        (tool("delete_list_item"), True),
        (tool("update_order_status"), True),
        (tool("frobnicate"), True),
        (tool("frobnicate", readOnlyHint=True), False),
        (tool("list_notes", readOnlyHint=False), True),
        (tool("list_notes", destructiveHint=True), True),
        (tool("get_note", destructiveHint=False), False),
    ],
    ids=lambda value: value.name if isinstance(value, Tool) else str(value),
)
def test_tool_changes_by_its_annotations_else_by_its_verbs(each: Tool, expected: bool) -> None:
    assert changes(each) is expected


def cluster(*tools: Tool) -> Cluster:
    return Cluster(id="c", leaf="0.0", tools=tools)


def test_writers_are_simulated_without_leave_and_live_with_it() -> None:
    both = cluster(tool("list_notes"), tool("delete_note", "text"))
    (kept,) = prepare([both], writes=False)
    assert [(each.name, each.live, each.withheld) for each in kept.tools] == [
        ("list_notes", True, False),
        ("delete_note", False, True),
    ]
    assert prepare([both], writes=True) == [both]


def test_tool_of_an_unknown_world_is_in_no_plan() -> None:
    (kept,) = prepare(
        [cluster(tool("list_notes"), tool("get_note", "note_id"), tool("echo_text", "text"))], writes=True
    )
    assert [each.name for each in kept.tools] == ["list_notes", "echo_text"]


def test_cluster_that_can_really_call_nothing_is_not_drawn() -> None:
    assert prepare([cluster(tool("get_note", "note_id")), cluster(tool("delete_note", "text"))], writes=False) == []
    simulated = cluster(tool("get_note", "note_id", live=False))
    assert prepare([simulated], writes=False) == [simulated]


def test_refusal_needs_no_server() -> None:
    assert Mode.REFUSAL not in find_modes(cluster(tool("list_notes")))
    assert Mode.REFUSAL in find_modes(cluster(tool("list_notes"), tool("get_note", "note_id", live=False)))
