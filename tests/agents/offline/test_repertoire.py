"""The embedded teacher calls what it knows, and tells what anybody can look up as it is."""

from random import Random
from typing import Any

import pytest

from agents.offline.fields.reference import look_up
from agents.offline.plans.optional import needs
from agents.offline.plans.ordinary import is_ordinary
from agents.offline.plans.repertoire import branch_states, kind_of, plays
from agents.offline.plans.states import reacts
from agents.offline.talk.wording import find_head
from agents.offline.trade.subject import PLACES
from agents.offline.world.observation import simulate

NOW = "2026-07-06T09:00:00+00:00"


def tool(name: str, description: str, required: str = "", optional: str = "", **more: Any) -> dict[str, Any]:
    keys = {key: {"type": "string"} for key in f"{required} {optional}".split()}
    schema = {"type": "object", "properties": keys, "required": required.split()}
    reads = name.split("_")[0] in ("get", "list", "search", "find", "read")
    described = {"name": name, "description": description, "inputSchema": schema, "reads": reads}
    return {**described, "service": "npm:somebody", **more}


@pytest.mark.parametrize(
    "known",
    [
        tool("get_task", "Get details of a specific task.", "task_id"),
        tool("update_task", "Update a task.", "task_id", "title status"),
        tool("list_projects", "List all projects."),
        tool("get_definitions", "Get definitions for a word.", "word"),
        tool("execute_command", "Execute a command.", "command"),
    ],
    ids=lambda known: known["name"],
)
def test_what_its_tables_know_is_played(known: dict[str, Any]) -> None:
    assert plays(known)


@pytest.mark.parametrize(
    "odd",
    [
        tool("get_pv_value", "Get the value of an EPICS PV.", "pv_name"),
        tool("read_file", "Read the file.", "path"),
        tool("update_task", "Update a task.", "task_id"),
        tool("search_by_tag", "Search files by a tag.", "tag"),
        tool("send_message", "Send a message.", "message"),
        tool("search_code", "Search for code.", "query"),
        tool("get_collection_items", "Get all items of a collection.", "collection_id"),
    ],
    ids=lambda odd: odd["name"],
)
def test_what_nobody_could_speak_of_is_only_offered(odd: dict[str, Any]) -> None:
    assert not plays(odd)
    assert plays({**odd, "service": "own-tools"})  # whoever brings a few tools of their own wants them called


@pytest.mark.parametrize(
    "plain",
    [
        tool("delete_index", "Delete a Meilisearch index", "indexUid"),
        tool("list_rule_labels", "List the rule labels."),
        tool("get_scan", "Get a single scan by its ID.", "scan_id"),
        tool("check_api_key", "Check if a Figma API key is already configured"),
    ],
    ids=lambda plain: plain["name"],
)
def test_what_follows_from_the_call_is_asked_for_as_the_tool_describes_itself(plain: dict[str, Any]) -> None:
    assert is_ordinary(plain)


@pytest.mark.parametrize(
    "odd",
    [
        tool("get_lgtm", "Get LGTM image and show markdown code and imageurl."),
        tool("get_poem_lines", "Get lines from a poem with the given title.", "title"),
        tool("lint_files", "Lint files using ESLint.", "path"),
        tool("set_api_key", "Set your Figma API key.", "api_key"),
        tool("get_table_of_contents", "Get table of contents for a markdown file", "file_id"),
        tool("get_thoughts", "Retrieve all thoughts of the current session."),
        tool("spider_ai_daily", "AI日报生成"),
        tool("browser_console_messages", "Returns all console messages"),
    ],
    ids=lambda odd: odd["name"],
)
def test_what_would_need_a_world_of_its_own_is_only_offered(odd: dict[str, Any]) -> None:
    assert not is_ordinary(odd)


def test_a_request_is_about_its_first_thing() -> None:
    assert find_head("show me all open tickets of a customer") == "ticket"
    assert find_head("pull up information about the parcel") == "parcel"


def test_a_change_has_something_that_it_changes_to() -> None:
    change = tool("update_task", "Update a task.", "task_id", "title status")
    assert needs(change, ["title", "status"], ["task_id"], ()) == ["title", "status"]
    assert needs(tool("get_task", "Get a task.", "task_id"), ["title"], ["task_id"], ()) == []


def test_only_one_thing_with_a_state_decides_what_comes_next() -> None:
    assert "open" in branch_states(tool("get_task", "Get details of a specific task.", "task_id"))
    assert not branch_states(tool("list_tasks", "List all tasks."))
    assert not branch_states(tool("get_forecast", "Get the forecast.", "city"))
    assert not branch_states(tool("get_weather", "Get the weather.", "city"))
    assert reacts("disable_task", "active")
    assert not reacts("get_exchange_rates", "clear sky")


@pytest.mark.parametrize(
    ("name", "about", "arguments", "expected"),
    [
        ("add", "add", {"a": 24, "b": 13}, {"a": 24, "b": 13, "result": 37}),
        ("divide", "divide", {"a": 9, "b": 0}, None),
        (
            "execute_command",
            "command",
            {"command": "whoami"},
            {"command": "whoami", "output": "deploy", "exit_code": 0},
        ),
        ("get_current_time", "time", {"timezone": "Mars/Olympus"}, None),
        (
            "get_current_time",
            "time",
            {"timezone": "America/New_York"},
            {"timezone": "America/New_York", "date": "2026-07-06", "time": "05:00"},
        ),
        (
            "convert_time",
            "time",
            {"source_timezone": "Europe/London", "target_timezone": "Asia/Tokyo", "time": "12:00"},
            {
                "source_timezone": "Europe/London",
                "source_time": "12:00",
                "target_timezone": "Asia/Tokyo",
                "target_date": "2026-07-06",
                "target_time": "20:00",
            },
        ),
        (
            "convert_currency",
            "currency",
            {"amount": 200, "from_currency": "EUR", "to_currency": "SEK"},
            {"amount": 200, "from": "EUR", "to": "SEK", "rate": 11.042, "date": "2026-07-06", "result": 2208.4},
        ),
    ],
)
def test_what_can_be_worked_out_is_worked_out(name: str, about: str, arguments: Any, expected: Any) -> None:
    assert look_up(name, about, arguments, NOW, "seed") == expected


def test_the_forecast_begins_today_and_goes_on_day_by_day() -> None:
    days = look_up("get_forecast", "forecast", {"city": "Lyon", "days": 3}, NOW, "seed")
    assert days
    assert [day["date"] for day in days["forecast"]] == ["2026-07-06", "2026-07-07", "2026-07-08"]
    assert all(day["low_celsius"] < day["high_celsius"] for day in days["forecast"])


def test_versions_of_a_package_lie_in_the_past_the_newest_first() -> None:
    found = look_up("list_versions", "version", {"package_name": "date-kit"}, NOW, "seed")
    assert found
    days = [entry["released_on"] for entry in found["versions"]]
    assert days == sorted(days, reverse=True)
    assert days[0] < "2026-07-06"


def test_a_city_lies_in_its_country() -> None:
    answer = look_up("get_cities", "city", {}, NOW, "seed")
    assert answer
    listed = {(city["name"], city["country"]) for city in answer["cities"]}
    assert len(listed) > 4
    assert listed <= {(place.city, place.country) for place in PLACES}


def test_a_thing_within_a_result_has_the_id_that_it_was_named_by() -> None:
    schema = {
        "type": "object",
        "required": ["id", "name"],
        "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
    }
    output = {"type": "object", "required": ["cycle"], "properties": {"cycle": schema}}
    adds = tool("add_issue_to_cycle", "Add an issue to a cycle.", "issueId cycleId", outputSchema=output)
    request = {"tool": adds["name"], "arguments": {"issueId": "i-1", "cycleId": "c-7"}, "lock": output}
    answer = simulate([adds], [], request, Random(1), {"today": "2026-07-06"})
    assert answer["result"]["cycle"]["id"] == "c-7"


def test_a_page_says_what_its_link_names() -> None:
    page = look_up("fetch_markdown", "page", {"url": "https://halden.example/page/opening-hours"}, NOW, "seed")
    assert page
    assert page["content"].startswith("# Opening hours\n\nOur shop and office are open Monday to Friday")
    assert look_up("fetch_markdown", "page", {"url": "https://halden.example/page/nobody-knows"}, NOW, "seed") is None


def test_a_price_opens_each_day_where_it_closed_the_day_before() -> None:
    course = look_up("get_candlesticks", "candlestick", {"instrument": "BTC-USDT", "limit": 5}, NOW, "seed")
    assert course
    rows = course["candles"]
    assert [row["open"] for row in rows[1:]] == [row["close"] for row in rows[:-1]]
    assert all(
        row["low"] <= min(row["open"], row["close"]) <= max(row["open"], row["close"]) <= row["high"] for row in rows
    )


def test_what_a_search_engine_finds_is_about_what_was_typed() -> None:
    answer = look_up("web_search", "result", {"query": "rain water"}, NOW, "seed")
    assert answer
    assert len(answer["results"]) == 5
    assert all("rain water" in f"{hit['title']} {hit['snippet']}".lower() for hit in answer["results"])


def test_things_of_the_almanac_are_found_by_what_they_are_called() -> None:
    found = look_up("get_fruit_info", "fruit", {"name": "Mango"}, NOW, "seed")
    assert found
    assert found["family"] == "Anacardiaceae"
    listed = look_up("get_animals_by_type", "animal", {"animal_type": "bird"}, NOW, "seed")
    assert listed
    assert {animal["class"] for animal in listed["animals"]} == {"bird"}
    assert look_up("delete_prompt", "prompt", {"name": "code-review"}, NOW, "seed") is None


def test_a_sum_is_worked_out_as_it_is_written() -> None:
    answer = look_up("calculate", "expression", {"expression": "(1250 - 180) * 0.19"}, NOW, "seed")
    assert answer == {"expression": "(1250 - 180) * 0.19", "result": 203.3}


def test_two_services_that_tell_the_same_are_of_one_kind() -> None:
    first = tool("get_price", "Get the price.", "symbol")
    assert kind_of(first) == kind_of({**first, "name": "get_stock_price", "service": "npm:other"})
    assert kind_of(first) != kind_of(tool("list_tasks", "List all tasks."))
