"""What the world and the plans give for tools of registries that nobody has described to it."""

import re
from collections import Counter
from random import Random

import pytest

from agents.offline.fields.imagine import imagine_shape
from agents.offline.fields.numbers import read_bounds
from agents.offline.fields.particulars import draw_id
from agents.offline.fields.reference import look_up
from agents.offline.fields.strings import write_string
from agents.offline.fields.topic import find_sense, name_thing
from agents.offline.plans.arguments import fillable
from agents.offline.plans.computing import compute, lists_many
from agents.offline.plans.draft import Draft
from agents.offline.plans.grasp import grasps
from agents.offline.plans.hints import find_hint
from agents.offline.plans.ordinary import keep_telling
from agents.offline.plans.sense import is_worth_looking
from agents.offline.plans.shapes import list_failures
from agents.offline.trade import tasks
from agents.offline.trade.subject import FIRST_DAY, Subject
from agents.offline.world.criteria import keep_asked
from agents.offline.world.observation import leave_others, simulate
from agents.plan.code_tool import SERVICE
from agents.plan.dataflow import Described
from agents.plan.examples import examples
from agents.schema import JsonObject


def described(name: str, text: str = "", *required: str, reads: bool = True, **optional: JsonObject) -> Described:
    properties = {key: {"type": "string"} for key in required} | optional
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return {"name": name, "description": text, "inputSchema": schema, "reads": reads, "service": "smithery:@x/desk"}


def acknowledge(tool: Described, arguments: JsonObject) -> list[str]:
    return list(imagine_shape(tool, arguments, {}, "general")["properties"])


def test_ids_of_a_service_look_alike_and_begin_with_no_half_word() -> None:
    subjects = [Subject(f"seed/{n}", "general", "smithery:@x/tasks", FIRST_DAY, n) for n in range(3)]
    ids = [draw_id((noun, "id"), noun, subject) for subject in subjects for noun in ("task", "label")]
    assert len({len(one.removeprefix("task_").removeprefix("label_")) for one in ids}) == 1
    assert not any(one.startswith(("tas-", "labe-", "TAS", "LAB")) for one in ids)


def test_what_is_bid_and_asked_lies_around_the_price() -> None:
    price = look_up("get_price", "price", {"symbol": "BTC"}, "2026-03-30T09:00:00", "seed") or {}
    book = look_up("get_order_book", "order_book", {"symbol": "BTC"}, "2026-03-30T09:00:00", "seed") or {}
    assert book["best_bid"] < price["price"] < book["best_ask"]


def test_papers_of_an_archive_are_numbered_as_it_numbers_them() -> None:
    paper = draw_id(("paper", "id"), "paper", Subject("seed/1", "science", "smithery:arxiv-mcp", FIRST_DAY, 1))
    assert re.fullmatch(r"2[34](?:0[1-9]|1[0-2])\.\d{5}", paper)


@pytest.mark.parametrize(
    ("tool", "arguments", "fields"),
    [
        (described("select_tab", "", "index", reads=False), {"index": 2}, ["index", "success"]),
        (
            described("create_database", "", "database_name", reads=False),
            {"database_name": "crm"},
            ["database_name", "success"],
        ),
        (
            described("update_task", "", "task_id", reads=False),
            {"task_id": "1"},
            ["task_id", "success", "updated_at"],
        ),
        (
            described("create_issue", "Returns the created issue's URL.", "title", reads=False),
            {"title": "Typo"},
            ["id", "url", "title", "success", "created_at"],
        ),
        (
            described("create_oauth_url", "", "config_id", reads=False),
            {"config_id": "7"},
            ["url", "config_id", "success"],
        ),
    ],
    ids=lambda part: part["name"] if isinstance(part, dict) and "name" in part else "",
)
def test_an_acknowledgement_has_what_such_a_change_brings(
    tool: Described, arguments: JsonObject, fields: list[str]
) -> None:
    assert acknowledge(tool, arguments) == fields


def test_a_list_of_a_registry_has_more_of_one_state_than_of_another() -> None:
    tool = described("list_tasks", "List the tasks.")
    result = simulate([tool], [], {"tool": "list_tasks", "arguments": {}}, Random(0))["result"]
    states = Counter(task["status"] for task in result["tasks"])
    assert max(states.values()) > 1


def test_what_code_works_on_is_a_list_that_code_is_written_for() -> None:
    tool = described("list_invoices", "List the invoices.")
    worked = [{"tool": "list_invoices", "path": "invoices", "at_least": 9}]
    call = {"tool": "list_invoices", "arguments": {}}
    sizes = [
        len(simulate([tool], [], call, Random(0), {"lists": worked, "facts": {"n": n}})["result"]["invoices"])
        for n in range(6)
    ]
    assert min(sizes) >= 9
    assert (lists_many(tool), lists_many(described("list_sites", "List the sites."))) == (True, False)


def test_of_few_things_only_that_is_worked_out_which_nobody_sees_at_a_glance() -> None:
    code: Described = {"name": "run_python", "service": SERVICE, "description": "", "inputSchema": {}, "reads": True}
    kinds = set()
    for seed in range(12):
        draft = Draft([described("list_collections", "List the collections."), code], Random(seed))
        assert compute(draft, 2)
        task = tasks.read(draft.steps[1]["arguments"]["code"]["task"])
        kinds.add(task and task.kind)
    assert kinds == {"portion"}


def test_nobody_posts_one_text_twice_in_a_row() -> None:
    tool = described("list_tweets", "", "username")
    call = {"tool": "list_tweets", "arguments": {"username": "inesv"}}
    tweets = [tweet["text"] for tweet in simulate([tool], [], call, Random(0))["result"]["tweets"]]
    assert len(set(tweets)) == len(tweets)


def test_what_is_listed_by_its_number_is_looked_up_by_it_within_the_same_project() -> None:
    tools = [described("list_pull_requests", "", "project"), described("get_pull_request", "", "number", "project")]
    tools[1]["inputSchema"]["properties"]["number"] = {"type": "number"}
    history = [
        ({"tool": "get_pull_request", "arguments": {"number": 12, "project": "OPS"}}, {"ok": True, "result": {
            "number": 12, "project": "OPS", "title": "Fix rounding in invoices"}})
    ]  # fmt: skip
    call = {"tool": "get_pull_request", "arguments": {"number": 31, "project": "OPS"}}
    assert simulate(tools, history, call, Random(0))["result"]["number"] == 31


def test_what_is_called_alike_elsewhere_is_another_thing() -> None:
    tool = described("list_databases", "", "instance_id")
    first = {"tool": "list_databases", "arguments": {"instance_id": "9001"}}
    result = simulate([tool], [], first, Random(0))["result"]
    second = {"tool": "list_databases", "arguments": {"instance_id": "9002"}}
    other = simulate([tool], [(first, {"ok": True, "result": result})], second, Random(0))["result"]
    sizes = {entry["name"]: entry["size_mb"] for entry in result["databases"]}
    assert all(sizes.get(entry["name"]) != entry["size_mb"] for entry in other["databases"])


def test_bounds_that_only_a_description_tells_hold() -> None:
    assert read_bounds({"description": "Priority (0-4)"})["maximum"] == 4
    assert read_bounds({"description": "Number of results, between 1 and 100."})["minimum"] == 1
    assert read_bounds({"description": "Since 2024-2025"}) == {"description": "Since 2024-2025"}


def test_a_service_keeps_its_pages_on_one_site() -> None:
    subjects = [Subject(f"seed/{n}", "code", "npm:tracker", FIRST_DAY, n) for n in range(6)]
    links = [write_string({"format": "uri"}, "url", "issue", subject) for subject in subjects]
    assert len({link.split("/")[2] for link in links}) == 1


def test_only_changes_meet_conflicts_and_only_lists_are_stale() -> None:
    clock, change = described("get_time", "", "zone"), described("close_ticket", "", "ticket_id", reads=False)
    assert not any("Conflict" in text or "stale" in text for text in list_failures(clock))
    assert any("Conflict" in text for text in list_failures(change))


def test_an_argument_holds_what_is_said_of_it() -> None:
    group = described("create_group", "Create a resource group", "location")
    assert find_hint(group, "location", {"description": "Azure region"}, Random(0)) == "uksouth"
    assert find_hint(group, "owner", {"description": "Azure region"}, Random(0)) == ""


def test_a_placeholder_is_no_example() -> None:
    assert examples({"type": "string", "description": "Path (e.g. 'users/userId1/orders/orderId1')"}) == []
    assert examples({"type": "string", "description": "Key (e.g. 'PROJECT', 'OPS')"}) == ["OPS"]


def test_what_is_of_a_repository_is_asked_for_with_one() -> None:
    tool = described("get_pulls", "Returns the pull requests of a repository", repoName={"type": "string"})
    assert set(fillable(tool, Random(0)) or {}) == {"repoName"}


def test_a_summary_is_not_asked_for_where_only_a_yes_would_come() -> None:
    assert not grasps(described("pirate", "Summarise the given text in a pirate style.", "text", reads=False))


def test_one_of_a_list_is_looked_at_only_where_that_tells_more() -> None:
    assert is_worth_looking(described("list_tasks"), described("get_task", "", "task_id"))
    assert not is_worth_looking(described("list_permissions"), described("get_permission", "", "permission_id"))


def test_a_health_check_tells_no_made_up_figures() -> None:
    found = look_up("check_health", "health", {}, "2026-01-19T09:00:00+00:00", "seed")
    assert found == {"status": "healthy", "checked_at": "2026-01-19T09:00:00Z"}


def test_a_list_is_no_longer_than_the_tool_lists_by_default() -> None:
    tool = described("list_tasks", "List tasks.", limit={"type": "integer", "default": 2})
    tasks = [
        simulate([tool], [], {"tool": "list_tasks", "arguments": {}}, Random(0), {"facts": {"n": n}})["result"]["tasks"]
        for n in range(8)
    ]
    assert {len(some) for some in tasks} == {2}


def test_what_is_listed_together_says_different_things_when_it_is_looked_at() -> None:
    tools = [described("list_contexts"), described("get_context", "", "id")]
    listed = simulate(tools, [], {"tool": "list_contexts", "arguments": {}}, Random(0), {})
    history = [({"tool": "list_contexts", "arguments": {}}, listed)]
    ids = [context["id"] for context in listed["result"]["contexts"]]
    calls: list[JsonObject] = [{"tool": "get_context", "arguments": {"id": ident}} for ident in ids]
    texts = {simulate(tools, history, call, Random(0), {})["result"]["text"] for call in calls}
    assert len(texts) == len(ids)


def test_of_a_list_only_what_the_call_names_is_brought_unless_the_lock_wants_more() -> None:
    files = [{"name": "a.pdf", "size": 1}, {"name": "b.pdf", "size": 2}]
    total: JsonObject = {"total": {"type": "integer"}}
    lock: JsonObject = {"type": "object", "properties": {"files": {"type": "array"}, **total}}
    told: JsonObject = {"files": files, "total": 2}
    assert leave_others(told, {"file": "b.pdf"}, lock) == {"files": files[1:], "total": 1}
    assert leave_others(told, {"file": "c.pdf"}, lock) == told
    longer = {**lock, "properties": {"files": {"type": "array", "minItems": 2}, **total}}
    assert leave_others(told, {"file": "b.pdf"}, longer) == told
    cities = [{"city": "Utrecht", "price": 1}, {"city": "Toronto", "price": 2}]
    assert keep_asked(cities, {"city": "Utrecht"}) == cities[:1]


def result_of(tool: Described, **arguments: JsonObject | str) -> JsonObject:
    call: JsonObject = {"tool": tool["name"], "arguments": arguments, "now": "2026-05-04T09:00:00Z"}
    result: JsonObject = simulate([tool], [], call, Random(3))["result"]
    return result


def test_who_is_found_by_a_mail_or_a_handle_bears_it() -> None:
    found = result_of(
        described("find_user", "Find a user in the database by email.", "email"), email="bo.li@inbox.example"
    )
    assert (found["name"], found["email"]) == ("Bo Li", "bo.li@inbox.example")
    known = result_of(described("get_user_info", "Get user info.", "user_name"), user_name="mbrennan")
    assert str(known["email"]).startswith("mbrennan@")


def test_what_is_named_stands_in_its_own_row_of_the_table() -> None:
    alert = described("compound_structural_alert", "Get compound structural alerts for the name.", "alert_name")
    found = result_of(alert, alert_name="Michael acceptor")
    assert (found["smarts"], found["source"]) == ("C=CC(=O)", "Glaxo")


def test_weather_without_a_city_is_that_of_the_city_that_is_meant() -> None:
    tool = described("get_weather", "Get weather information.", city={"type": "string", "default": "Porto"})
    assert result_of(tool)["city"] == "Porto"


def test_a_list_that_the_plan_relies_on_is_there_though_what_is_looked_up_is_called_otherwise() -> None:
    tool = described("search_docs", "Search the official documentation.", "query")
    lock = {"type": "object", "properties": {"documents": {}}, "required": ["documents"]}
    shape = imagine_shape(tool, {"query": "routing"}, lock, "general")
    assert shape["properties"]["documents"]["type"] == "array"
    call: JsonObject = {"tool": "search_docs", "arguments": {"query": "routing"}, "now": "2026-05-04T09:00:00Z"}
    found = simulate([tool], [], call | {"lock": lock}, Random(3))["result"]["documents"]
    assert {type(document) for document in found} == {dict}
    assert len(simulate([tool], [], call, Random(3))["result"]["results"]) == 2


def test_what_one_thing_has_besides_is_listed_nowhere() -> None:
    several = described("get_comments", "Get comments for a story", "storyId")
    one = described("get_comment", "Get a comment of a story", "id")
    assert [*find_sense(several)] == ["id", "author", "text", "posted_at"]
    assert [*find_sense(one)] == ["id", "author", "text", "posted_at", "points", "replies_count"]
    assert is_worth_looking(several, one)


def test_nothing_of_a_table_is_listed_twice() -> None:
    tool = described("get_trending_repositories", "Get trending repositories on github")
    assert imagine_shape(tool, {}, {}, "code")["properties"]["repositories"]["maxItems"] == 8


def test_a_change_out_of_nothing_is_not_asked_for_where_its_desk_shows_no_such_thing() -> None:
    tools = {
        "apart": described("delete_breakpoint", "Deletes a breakpoint", "breakpointId", reads=False),
        "shown": described("delete_tag", "Deletes a tag", "tagId", reads=False),
        "list": described("list_tags", "Lists tags"),
        "made": described("create_label", "Creates a label", "name", reads=False),
        "declared": described("get_cycle", "Gets a cycle", "id") | {"outputSchema": {"type": "object"}},
        "pointed": described("click", "Click an element on the page", "selector", reads=False),
    }
    assert keep_telling(tools, {"pointed"}, tools.keys() - {"pointed"}) == {"shown", "list", "made"}


def test_historical_prices_are_a_history() -> None:
    assert [name_thing(name) for name in ("get_historical_stock_prices", "get_stock_price")] == [
        "price_history",
        "price",
    ]


@pytest.mark.parametrize(
    ("name", "text", "fields"),
    [
        ("get_last_game", "Get the id of the given team's most recent completed game.", {"home_team", "away_team"}),
        ("get_trending_games", "Get trending games of the store.", {"title", "genre"}),
    ],
)
def test_a_game_of_a_team_is_no_game_of_a_console(name: str, text: str, fields: set[str]) -> None:
    assert fields <= {*find_sense(described(name, text, "team_id"))}


def test_a_hole_is_known_before_the_release_that_mends_it() -> None:
    tool = described("npmVulnerabilities", "Check for known vulnerabilities in packages", "packages")
    versions = described("npmVersions", "Get all versions of a package", "packages")
    given: JsonObject = {"packages": ["http-retry"]}
    world: JsonObject = {"today": "2026-05-09"}
    call = {"tool": tool["name"], "arguments": given, "lock": {}}
    holes = simulate([tool, versions], [], call, Random(0), world)["result"]["vulnerabilities"]
    later = {"tool": versions["name"], "arguments": given, "lock": {}}
    listed = simulate([tool, versions], [], later, Random(0), world)["result"]["versions"]
    released = {entry["version"]: entry["released_on"] for entry in listed}
    assert 0 < len(holes) <= 3
    assert all(hole["published_at"][:10] < released[hole["fixed_in"]] for hole in holes)


def test_stocks_rest_at_the_weekend_and_coins_do_not() -> None:
    sunday = "2026-03-29T09:00:00"
    stock = look_up("get_price", "price", {"symbol": "AAPL"}, sunday, "seed") or {}
    coin = look_up("get_price", "price", {"symbol": "BTC"}, sunday, "seed") or {}
    assert (stock["as_of"], coin["as_of"]) == ("2026-03-27T20:00:00Z", "2026-03-29T09:00:00Z")


def test_several_domains_are_told_apart() -> None:
    asked: JsonObject = {"domains": ["brightwater.example", "openai.com"]}
    found = look_up("check-domain-availability", "domain_availability", asked, "2026-03-29T09:00:00", "seed") or {}
    assert {*found["available"], *found["unavailable"]} == {*asked["domains"]}
    assert "openai.com" in found["unavailable"]


def test_a_check_says_of_a_thing_what_its_list_said() -> None:
    listing = described("list_websites", "List known websites with llms.txt files")
    check = described("check_website", "Check if a website has llms.txt files", "url")
    first = {"tool": "list_websites", "arguments": {}, "lock": {}}
    seen = simulate([listing, check], [], first, Random(0), {"today": "2026-01-17"})
    site = seen["result"]["websites"][0]
    then = {"tool": "check_website", "arguments": {"url": site["url"]}, "lock": {}}
    told = simulate([listing, check], [(first, seen)], then, Random(0), {"today": "2026-01-17"})["result"]
    flags = [value for value in told.values() if isinstance(value, bool)]
    assert flags[:1] == [site["has_llms_txt"]]
