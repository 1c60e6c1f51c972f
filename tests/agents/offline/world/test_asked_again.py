"""What a second call brings beside the first: of what was changed, deleted, listed or looked for meanwhile."""

from random import Random
from typing import Any

import pytest

from agents.offline.judge.coherence import check_results
from agents.offline.judge.evidence import Exchange
from agents.offline.plans.draft import ends
from agents.offline.world.observation import simulate
from agents.offline.world.recall import put_in_order
from agents.offline.world.world import World
from agents.plan.dataflow import Described
from agents.schema import JsonObject


def described(name: str, *required: str, reads: bool = True, gives: JsonObject | None = None) -> Described:
    schema = {"type": "object", "properties": {key: {"type": "string"} for key in required}, "required": list(required)}
    return {
        "name": name,
        "description": "",
        "inputSchema": schema,
        "outputSchema": gives,
        "reads": reads,
        "service": "smithery:@x/desk",
    }


def ask(
    tools: list[Described], arguments: JsonObject, *past: tuple[int, JsonObject, JsonObject], **call: Any
) -> JsonObject:
    """What the last tool answers to the arguments, after calls told by the place of their tool."""
    history = [
        ({"tool": tools[place]["name"], "arguments": sent}, {"ok": True, "result": result})
        for place, sent, result in past
    ]
    return simulate(tools, history, {"tool": tools[-1]["name"], "arguments": arguments, **call}, Random(0))


def test_a_topic_that_is_deleted_by_its_name_leaves_its_cluster() -> None:
    tools = [
        described("db-cluster-delete-topic", "id", "name", reads=False),
        described("get_cluster", "id"),
    ]
    by_name = (0, {"id": "77180", "name": "orders.paid"}, {"deleted": True})
    assert ask(tools, {"id": "77180"}, by_name)["ok"]
    by_id = (0, {"id": "77180"}, {"deleted": True})
    assert ask(tools, {"id": "77180"}, by_id)["code"] == "not_found"


def test_the_text_of_a_task_goes_with_the_title_under_which_it_was_listed() -> None:
    tools = [described("list-tasks"), described("get-task", "taskId")]
    titles = ["Renew the domain", "Collect the parcel", "Book the room"]
    listed = {"tasks": [{"taskId": f"task_{n}", "title": title} for n, title in enumerate(titles)]}
    told = [ask(tools, {"taskId": f"task_{n}"}, (0, {}, listed))["result"]["description"] for n in range(3)]
    assert told == [
        "It runs out at the end of next month; renew it for two years.",
        "It waits at the post office until Saturday; take the card with you.",
        "For eight people and two hours, with a screen.",
    ]


def test_what_was_renamed_is_listed_under_its_new_name() -> None:
    tools = [
        described("get-project-by-id", "projectId"),
        described("update-project", "projectId", "name", reads=False),
    ]
    project = {"projectId": "p_4711", "name": "Spring launch", "updated_at": "2026-09-02T10:00:00Z"}
    changed = {"projectId": "p_4711", "name": "Portal", "success": True, "updated_at": "2026-09-27T09:03:00Z"}
    calls = [
        ("get-project-by-id", {"projectId": "p_4711"}, project),
        ("update-project", {"projectId": "p_4711", "name": "Portal"}, changed),
    ]
    history = [({"tool": name, "arguments": sent}, {"ok": True, "result": result}) for name, sent, result in calls]
    world = World(tools, history, {"tool": "get-project-by-id", "arguments": {}}, {})
    assert world.listed == [{"projectId": "p_4711", "name": "Portal", "updated_at": "2026-09-27T09:03:00Z"}]
    assert project["name"] == "Spring launch"  # what was read stays as it was read


def test_what_belongs_to_a_team_does_not_go_by_the_teams_id() -> None:
    gives = {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}
    tools = [described("list_teams"), described("get_active_cycle", "teamId", gives=gives)]
    teams: tuple[int, JsonObject, JsonObject] = (0, {}, {"teams": [{"id": "team_4711", "name": "Design"}]})
    assert ask(tools, {"teamId": "team_4711"}, teams, lock=gives)["result"]["id"] != "team_4711"


def test_another_image_of_the_same_file_is_the_one_that_is_asked_for() -> None:
    gives = {"type": "object", "properties": {"fileKey": {"type": "string"}, "ids": {"type": "string"}}}
    tools = [described("get_code", "fileKey", "ids"), described("get_image", "fileKey", "ids", gives=gives)]
    code = (0, {"fileKey": "f4711xy", "ids": "1:20"}, {"fileKey": "f4711xy", "ids": "1:20"})
    image = ask(tools, {"fileKey": "f4711xy", "ids": "1:31"}, code, lock=gives)["result"]
    assert image == {"fileKey": "f4711xy", "ids": "1:31"}


def test_a_version_that_is_looked_for_is_found() -> None:
    tools = [described("find_version", "package_name", "version")]
    found = ask(tools, {"package_name": "ruby", "version": "3.5.9"})["result"]["versions"]
    assert [release["version"] for release in found] == ["3.5.9"]


def test_pages_of_a_manual_are_listed_under_the_name_that_the_plan_has_for_them() -> None:
    item = {"type": "object", "properties": {"doc_path": {"type": "string"}}, "required": ["doc_path"]}
    lock = {"type": "object", "properties": {"docs": {"type": "array", "items": item}}, "required": ["docs"]}
    result = ask([described("search_docs", "query")], {"query": "webhooks"}, lock=lock)["result"]
    assert "results" not in result
    assert {"doc_path", "title", "url"} <= result["docs"][0].keys()


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        ({"libraryName": "vuejs/docs", "topic": "routing"}, 0),  # looked for in the library
        ({"title": "vuejs/docs"}, 1),
    ],
)
def test_a_name_beside_what_is_searched_is_where_it_is_searched(arguments: JsonObject, faults: int) -> None:
    result: JsonObject = {"results": [{"title": "Routing: how it works"}]}
    assert len(list(check_results([Exchange(1, "get_docs", arguments, result)]))) == faults


@pytest.mark.parametrize(
    ("known", "stamps"),
    [("created_at", ("2026-02-05", "2026-02-05")), ("updated_at", ("2026-01-31", "2026-01-31"))],
)
def test_nothing_was_changed_before_it_was_made(known: str, stamps: tuple[str, str]) -> None:
    record: JsonObject = {"created_at": "2026-02-05", "updated_at": "2026-01-31"}
    put_in_order(record, {known: record[known]})
    assert (record["created_at"], record["updated_at"]) == stamps


def test_a_tool_takes_away_whatever_stands_before_its_verb() -> None:
    assert [*map(ends, ("GroupsController_deleteGroup", "db-cluster-delete-topic", "delete_task"))] == [True] * 3
    assert not ends("db-cluster-get-topic")
