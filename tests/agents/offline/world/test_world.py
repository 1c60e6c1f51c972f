"""The simulated world: what is looked for comes back, records agree in themselves, the setting is kept."""

from datetime import date
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from pydantic import JsonValue

from agents.offline.talk.phrases import phrase_ways
from agents.offline.world.observation import simulate
from agents.offline.world.pricing import agree_on_least
from agents.offline.world.world import _collect_choices
from agents.plan.dataflow import describe_tool
from agents.schema import Schema, words
from memory.corpus import corpus

TOOLS = {tool.name: describe_tool(tool.name, tool) for tool in corpus.builtin().tools}


def call(name: str, arguments: dict[str, Any], seed: int = 0, **setting: Any) -> Any:
    """A successful first call's result."""
    tools = [tool for tool in TOOLS.values() if tool["service"] == TOOLS[name]["service"]]
    lock = TOOLS[name].get("outputSchema") or {}
    request = {"tool": name, "arguments": arguments, "lock": lock}
    answer = simulate(tools, [], request, Random(seed), {"facts": {"seed": seed}, **setting})
    assert answer["ok"]
    return answer["result"]


@pytest.mark.parametrize("seed", range(12))
def test_a_search_brings_what_was_looked_for(seed: int) -> None:
    for patient in call("find_patient", {"last_name": "Lindqvist", "born_on": "1984-03-12"}, seed)["patients"]:
        assert patient["full_name"].endswith("Lindqvist")
        assert patient["born_on"] == "1984-03-12"
    for track in call("search_tracks", {"query": "northern line", "limit": 3}, seed)["tracks"]:
        assert "northern line" in track["title"].lower()
    window = {"calendar_id": "c", "from": "2026-05-04T00:00:00Z", "to": "2026-05-08T00:00:00Z"}
    events = call("list_events", window, seed)["events"]
    assert all("2026-05-04" <= event["start"] < event["end"] <= "2026-05-09" for event in events)


def test_there_are_hundreds_of_some_things_only() -> None:
    """Where there is much of everything: orders, but no task lists, and none is told from another by its number."""
    orders = [len(call("search_orders", {"per_page": 100}, seed)["orders"]) for seed in range(60)]
    lists = [call("get-lists", {}, seed)["lists"] for seed in range(60)]
    names = [entry["name"] for listed in lists for entry in listed]
    names += [entry["title"] for seed in range(60) for entry in call("search_tracks", {"limit": 50}, seed)["tracks"]]
    assert max(orders) >= 60
    assert max(map(len, lists)) <= 12
    assert not [name for name in names if name[-1].isdecimal()]


@pytest.mark.parametrize("seed", range(12))
def test_a_record_agrees_in_itself(seed: int) -> None:
    candidate = call("getCandidate", {"candidateId": "CAND-10203"}, seed)
    assert candidate["candidateId"] == "CAND-10203"
    first, _, last = candidate["email"].partition("@")[0].partition(".")
    assert first
    assert last
    slip = call("get-payslip", {"payslip_id": 41}, seed)
    assert slip["net"] == pytest.approx(sum(line["amount"] for line in slip["lines"]))
    order = call("get_order", {"order_id": "ORD-1000200"}, seed)
    assert order["total"] == pytest.approx(sum(line["quantity"] * line["unit_price"] for line in order["lines"]))


@pytest.mark.parametrize(
    ("today", "year", "most"), [("2026-04-06", 2026, 3), ("2026-01-15", 2026, 0), ("2026-04-06", 2025, 6)]
)
def test_no_payslip_is_there_before_its_month_is_over(today: str, year: int, most: int) -> None:
    slips = [
        slip
        for seed in range(6)
        for slip in call("list-payslips", {"employee_number": "E1234", "year": year}, seed, today=today)["payslips"]
    ]
    assert max((slip["month"] for slip in slips), default=0) == most


def test_the_setting_is_kept() -> None:
    lists = [{"tool": "listPayments", "path": "payments", "at_most": 2}]
    assert len(call("listPayments", {}, lists=lists)["payments"]) <= 2
    expects = [{"tool": "claim_status", "path": "state", "value": "approved"}]
    assert call("claim_status", {"claim_id": "CLM-12345678"}, expects=expects)["state"] == "approved"
    other = [
        {**expects[0], "arguments": {"claim_id": f"CLM-1234567{n}"}, "value": v}
        for n, v in ((8, "closed"), (9, "open"))
    ]
    assert call("claim_status", {"claim_id": "CLM-12345678"}, expects=other)["state"] == "closed"
    assert call("claim_status", {"claim_id": "CLM-12345679"}, expects=other)["state"] == "open"
    placed = [order["placed_at"] for order in call("search_orders", {}, today="2026-06-10")["orders"]]
    assert all(date.fromisoformat(moment[:10]) <= date(2026, 6, 10) for moment in placed)


def test_nobody_asks_by_a_tools_name() -> None:
    for tool in corpus.builtin().tools:
        ways = phrase_ways(tool.name, tool.description)
        assert ways
        named = [way for way in ways if len(words(tool.name)) > 1 and " ".join(words(tool.name)) in way]
        assert named == []


@pytest.mark.parametrize("seed", range(12))
def test_what_is_looked_for_in_a_city_lies_there(seed: int) -> None:
    for city in ("Helsinki", "Porto", "Trondheim"):
        cinemas = call("findCinemas", {"city": city}, seed)["cinemas"]
        assert [cinema["address"] for cinema in cinemas if not cinema["address"].endswith(city)] == []


def imagined(name: str, arguments: dict[str, Any], description: str = "", *, reads: bool = True) -> Any:
    """The result of a tool that declares none."""
    tool = {"name": name, "service": "s", "description": description, "inputSchema": {}, "reads": reads}
    request = {"tool": name, "arguments": arguments, "lock": {}}
    return simulate([tool], [], request, Random(0), {"today": "2026-05-04"})["result"]


def test_an_undeclared_result_has_the_fields_of_its_noun() -> None:
    (reviews,) = (value for value in imagined("getReviews", {"sku": "A-1"}).values() if isinstance(value, list))
    assert reviews[0].keys() == {"author", "rating", "title", "text", "created_at"}
    rows = imagined("query", {"sql": "SELECT name, SUM(price) AS total FROM products"})
    assert {tuple(row) for row in rows["rows"]} == {("name", "total")}
    assert rows["row_count"] == len(rows["rows"])
    assert "temperature" in imagined("get_reading", {"id": "7"}, "Temperature and humidity of a sensor.")


def test_what_was_just_done_bears_its_moment_and_its_state() -> None:
    done = imagined("cancel_booking", {"booking_id": "B-71204"}, reads=False)
    assert done["updated_at"] == "2026-05-04T09:00:00Z"
    assert call("cancel_order", {"order_id": "ORD-1000200", "reason": "changed_mind"})["status"] == "cancelled"


def test_no_two_things_of_a_list_are_called_the_same() -> None:
    for seed in range(12):
        titles = [film["title"] for film in call("nowShowing", {"cinemaId": 4, "date": "2026-05-04"}, seed)["films"]]
        assert len(set(titles)) == len(titles)


def test_the_choices_of_a_list_of_schemas_are_read() -> None:
    """Draft 7's `items` may be a list; a real MCP server's output schema has one."""
    choices: dict[str, list[JsonValue]] = {}
    rows: Schema = {"items": [{"properties": {"status": {"enum": ["open", "shut"]}}}, True]}
    _collect_choices({"properties": {"rows": rows}}, choices)
    assert choices == {"status": ["open", "shut"]}


@pytest.mark.parametrize("seed", range(8))
def test_what_is_left_out_of_a_call_holds_as_its_default(seed: int) -> None:
    issues = call("list_issues", {"repo": "northwind/mobile-app"}, seed)["issues"]
    assert {issue["state"] for issue in issues} <= {"open"}
    found = call("browseFolder", {}, seed)
    for records in (found["folders"], found["documents"]):
        assert [record["name"] for record in records] == sorted(record["name"] for record in records)
    told = [entry["at"] for entry in call("getInteractions", {"contactId": "con_259d182359"}, seed)["interactions"]]
    assert told == sorted(told, reverse=True)  # newest first, as its description has it


def play(*calls: tuple[str, dict[str, Any]], **setting: Any) -> list[Any]:
    """The results of calls one after the other."""
    service = TOOLS[calls[0][0]]["service"]
    tools = [tool for tool in TOOLS.values() if tool["service"] == service]
    history: list[Any] = []
    for name, arguments in calls:
        request = {"tool": name, "arguments": arguments, "lock": TOOLS[name].get("outputSchema") or {}}
        answer = simulate(tools, history, request, Random(0), {"today": "2026-03-02", **setting})
        history.append((request, answer))
    return [answer["result"] for _, answer in history]


@pytest.mark.parametrize("seed", range(6))
def test_a_room_has_one_number_wherever_it_is_named(seed: int) -> None:
    free = {"date": "2026-03-09", "startTime": "10:00:00", "endTime": "11:00:00"}
    found, booked = play(("searchRooms", free), ("listMyBookings", {}), facts={"seed": seed})
    numbers = {room["name"]: room["room_id"] for room in found["rooms"]}
    for booking in booked["bookings"]:
        assert numbers.setdefault(booking["room"], booking["room_id"]) == booking["room_id"]


@pytest.mark.parametrize("seed", range(6))
def test_what_was_counted_is_listed_in_full(seed: int) -> None:
    (found,) = play(("find-dashboards", {}), facts={"seed": seed})
    first = found["dashboards"][0]
    look = ("get-dashboard", {"dashboard_id": first["dashboard_id"]})
    assert len(play(("find-dashboards", {}), look, facts={"seed": seed})[1]["charts"]) == first["charts"]


def test_a_pull_request_that_is_going_to_be_merged_is_listed_and_may_be() -> None:
    listed = ("list_pull_requests", {"repo": "northwind/docs", "author": "ana"})
    (found,) = play(listed, facts={"pull request number": 394})
    (request,) = [one for one in found["pull_requests"] if one["pull_number"] == 394]
    assert request["mergeable"]


@pytest.mark.parametrize("seed", range(6))
def test_nothing_in_a_calendar_begins_at_the_weekend(seed: int) -> None:
    window = {"calendar_id": "c", "from": "2026-05-04T00:00:00Z", "to": "2026-05-29T20:00:00Z"}
    starts = [date.fromisoformat(event["start"][:10]) for event in call("list_events", window, seed)["events"]]
    assert starts
    assert all(day.weekday() < 5 for day in starts)


def test_the_leaves_of_one_person_do_not_overlap() -> None:
    leaves = call("leave_list_requests", {"employee_id": "EMP-1"}, today="2026-03-02")["requests"]
    days = sorted((leave["first_day"], leave["last_day"]) for leave in leaves)
    assert len(days) > 1
    assert all(before[1] < after[0] for before, after in pairwise(days))


@pytest.mark.parametrize("seed", range(4))
def test_what_the_plan_has_overdue_was_due_before_today(seed: int) -> None:
    overdue = [{"tool": "invoice_list", "path": "invoices[0].state", "value": "overdue"}]
    (found,) = play(("invoice_list", {}), facts={"seed": seed}, expects=overdue)
    assert found["invoices"][0]["state"] == "overdue"
    assert found["invoices"][0]["due_on"] < "2026-03-02"


@pytest.mark.parametrize("seed", range(6))
def test_the_cheapest_room_costs_what_its_hotel_costs_from_on(seed: int) -> None:
    stay = {"checkIn": "2026-10-24", "checkOut": "2026-10-26"}
    tools = [tool for tool in TOOLS.values() if tool["service"] == TOOLS["getRooms"]["service"]]
    setting = {"facts": {"seed": seed}, "today": "2026-10-15"}
    search = {
        "tool": "searchHotels",
        "arguments": {"place": "Vienna", **stay},
        "lock": TOOLS["searchHotels"]["outputSchema"],
    }
    found = simulate(tools, [], search, Random(seed), setting)
    for hotel in found["result"]["hotels"]:
        look = {
            "tool": "getRooms",
            "arguments": {"hotelId": hotel["hotelId"], **stay},
            "lock": TOOLS["getRooms"]["outputSchema"],
        }
        rooms = simulate(tools, [(search, found)], look, Random(seed), setting)["result"]["rooms"]
        assert min(room["perNight"] for room in rooms) == hotel["fromPrice"]


def test_what_is_listed_after_its_offers_costs_from_the_least_of_them_on() -> None:
    value: dict[str, Any] = {"hotels": [{"hotelId": 7, "lowestRate": 129}, {"hotelId": 8, "lowestRate": 68}]}
    agree_on_least(value, {}, {"7": 79.0}, {})
    assert [hotel["lowestRate"] for hotel in value["hotels"]] == [79, 68]
    priced: dict[str, Any] = {"rooms": [{"rate": 50}, {"rate": 75}]}
    agree_on_least(priced, {"fromPrice": 100}, {}, {"maxRate": 80})
    assert priced == {"rooms": [{"rate": 50}, {"rate": 75}]}
