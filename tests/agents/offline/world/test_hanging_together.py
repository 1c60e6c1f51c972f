"""What comes back hangs together with what the call told and with what earlier calls brought."""

from datetime import datetime
from itertools import pairwise
from random import Random
from typing import Any

import pytest

from agents.offline.trade.almanac import search_web
from agents.offline.world.observation import simulate
from agents.offline.world.world import find_place
from agents.plan.dataflow import describe_tool
from memory.corpus import corpus

TOOLS = {tool.name: describe_tool(tool.name, tool) for tool in corpus.builtin().tools}
TODAY = "2026-03-10"


def call(name: str, arguments: dict[str, Any], *history: tuple[str, dict[str, Any]], **setting: Any) -> Any:
    """The result of a call after those of the history."""
    tools = [tool for tool in TOOLS.values() if tool["service"] == TOOLS[name]["service"]]
    past: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for tool, given in (*history, (name, arguments)):
        request = {"tool": tool, "arguments": given, "lock": TOOLS[tool].get("outputSchema") or {}}
        answer = simulate(tools, past, request, Random(0), {"today": TODAY, **setting})
        past.append((request, answer))
    assert past[-1][1]["ok"]
    return past[-1][1]["result"]


def test_an_invoice_is_the_sum_of_its_lines() -> None:
    lines = [
        {"description": "Consulting", "quantity": 2, "unit_price": 840},
        {"description": "Print", "quantity": 10, "unit_price": 3.2},
    ]
    invoice = call("invoice_create", {"client_id": 4711, "lines": lines})
    assert invoice["net"] == 1712
    assert invoice["vat"] == 325.28
    assert invoice["total"] == 2037.28


@pytest.mark.parametrize("seed", range(8))
def test_flights_leave_on_the_day_that_was_asked_for(seed: int) -> None:
    flights = {"origin": "LIS", "destination": "ARN", "depart_on": "2026-04-02"}
    offers = call("search_flights", flights, facts={"seed": seed})["offers"]
    assert {offer["departs"][:10] for offer in offers} == {"2026-04-02"}
    assert all(number.startswith(offer["carrier"]) for offer in offers for number in offer["flight_numbers"])


def test_a_booking_leads_back_to_where_it_began() -> None:
    segments = call("get_booking", {"booking_reference": "VXLSTS", "last_name": "Lund"})["segments"]
    assert segments[0]["from"] == segments[-1]["to"]
    assert segments[0]["departs"] < segments[-1]["departs"]


@pytest.mark.parametrize("seed", range(8))
def test_a_parcel_was_delivered_if_that_is_its_state(seed: int) -> None:
    parcel = call("track_shipment", {"tracking_number": f"PH12345678{seed:02}"})
    assert (parcel["scans"][-1]["event"] == "Delivered") == (parcel["state"] == "delivered")
    assert sorted(scan["at"] for scan in parcel["scans"]) == [scan["at"] for scan in parcel["scans"]]


def test_what_has_not_come_is_missing() -> None:
    order = {"supplier_id": 7, "warehouse_id": "w", "lines": [{"article": "00611247", "quantity": 100}]}
    number = call("purchase_order_create", order)["po_number"]
    came = {"po_number": number, "lines": [{"article": "00611247", "received": 26}]}
    received = call("purchase_order_receive", came, ("purchase_order_create", order))
    assert received["missing"] == [{"article": "00611247", "quantity": 74}]
    assert not received["complete"]


def test_a_quote_covers_what_was_to_be_insured() -> None:
    wanted = {
        "product": "travel",
        "applicant": {"bornOn": "1990-01-01", "postcode": "1020"},
        "sumInsured": 3000,
        "startOn": "2026-04-01",
    }
    quotes = call("getQuote", wanted)["quotes"]
    covered = call("explainQuote", {"quoteNumber": quotes[0]["quoteNumber"]}, ("getQuote", wanted))["covered"]
    assert set(covered) <= {"cancellation", "lost baggage", "illness abroad", "delays over four hours"}


def test_a_goal_that_was_just_set_is_not_half_reached() -> None:
    goal = {"athleteId": "a-1", "metric": "workouts", "target": 36, "until": "2026-06-01"}
    progress = call("goalProgress", {"goalId": call("setGoal", goal)["goalId"]}, ("setGoal", goal))
    assert (progress["done"], progress["target"]) == (0, 36)


@pytest.mark.parametrize("seed", range(8))
def test_a_build_that_waits_has_taken_no_time(seed: int) -> None:
    expects = [{"tool": "getRun", "path": "outcome", "value": "queued"}]
    run = call("getRun", {"runId": f"111540dd-87c5-4a05-9545-16bb6495c4{seed:02}"}, expects=expects)
    assert {(stage["outcome"], stage["seconds"]) for stage in run["stages"]} == {("queued", 0)}


@pytest.mark.parametrize("seed", range(8))
def test_nothing_has_happened_after_today(seed: int) -> None:
    workouts = call("listWorkouts", {"athleteId": f"a-{seed}", "from": "2026-03-01"})["workouts"]
    assert all("2026-03-01" <= workout["startedAt"] <= "2026-03-10T23" for workout in workouts)
    slots = call("find_openings", {"practitioner_id": 8, "from": "2026-03-12"}, facts={"seed": seed})["openings"]
    assert [slot["starts"] for slot in slots] == sorted(slot["starts"] for slot in slots)


@pytest.mark.parametrize("seed", range(8))
def test_few_people_bear_a_name_and_no_two_the_same(seed: int) -> None:
    students = call("findStudent", {"query": "Nowak"}, facts={"student ID": 59425 + seed})["students"]
    names = [student["name"] for student in students]
    assert len(names) == len(set(names)) <= 4
    assert 59425 + seed in [student["studentId"] for student in students]


def test_a_rental_has_quotes_for_different_cars_of_the_class() -> None:
    wanted = {
        "pickup_station_id": "s",
        "pickup": "2026-04-01T09:00:00Z",
        "return": "2026-04-03T09:00:00Z",
        "driver_age": 40,
    }
    quotes = call("quote-rental", {**wanted, "class": "suv"})["quotes"]
    assert {quote["class"] for quote in quotes} == {"suv"}
    assert len({quote["car"] for quote in quotes}) == len(quotes)


def test_slots_are_as_long_as_was_asked_for() -> None:
    wanted = {"attendees": ["a@mail.example"], "duration_minutes": 45, "from": "2026-04-01", "to": "2026-04-20"}
    moments = [
        [datetime.fromisoformat(slot[key]) for key in ("start", "end")]
        for slot in call("find_free_slots", wanted)["slots"]
    ]
    assert {(end - start).seconds for start, end in moments} == {45 * 60}


def test_what_a_list_costs_is_in_one_currency() -> None:
    deals = [deal for seed in range(6) for deal in call("deals_search", {}, facts={"seed": seed})["deals"]]
    assert len(deals) > 10
    for seed in range(6):
        found = call("deals_search", {}, facts={"seed": seed})["deals"]
        assert len({deal["currency"] for deal in found}) == 1


@pytest.mark.parametrize(("kind", "fields"), [("light", {"on": True}), ("lock", {"locked": True})])
def test_a_device_tells_the_state_of_its_kind(kind: str, fields: dict[str, bool]) -> None:
    listed = call("list-devices", {"kind": kind})["devices"][0]
    state = call("read-state", {"device_id": listed["device_id"]}, ("list-devices", {"kind": kind}))
    assert fields.items() <= state.items()


def test_a_query_brings_the_rows_that_it_asks_for() -> None:
    submitted = ("submit_query", {"sql": "SELECT status, COUNT(*) AS orders FROM orders GROUP BY status"})
    query = call(*submitted)["query_id"]
    rows = call("fetch_rows", {"query_id": query}, submitted)
    assert rows["columns"] == ["status", "orders"]
    assert rows["rows"][0] == ["paid", "412"]


def test_a_restaurant_has_a_table_at_the_time_that_was_asked_for() -> None:
    asked = {"city": "Bologna", "date": "2026-11-07", "time": "19:00:00", "party_size": 2}
    for restaurant in call("find_restaurants", asked)["restaurants"]:
        assert "19:00:00" in restaurant["times"]


def test_a_payment_is_taken_off_what_the_invoice_came_to() -> None:
    listed = call("invoice_list", {})["invoices"][0]
    paid = {"invoice_id": listed["invoice_id"], "amount": 200, "paid_on": TODAY}
    result = call("invoice_record_payment", paid, ("invoice_list", {}))
    assert result["outstanding"] == round(listed["total"] - 200, 2)


def test_nobody_meets_at_night_or_at_the_weekend() -> None:
    asked = {"attendees": ["a@b.example"], "duration_minutes": 30, "from": "2026-08-17", "to": "2026-09-04"}
    for slot in call("find_free_slots", asked)["slots"]:
        start = datetime.fromisoformat(slot["start"].removesuffix("Z"))
        assert start.weekday() < 5
        assert 8 <= start.hour < 18


def test_no_two_deployments_have_the_same_log() -> None:
    ids = [f"dep-0000000{n}" for n in range(8)]
    told = [[line["message"] for line in call("get_deployment_logs", {"deployment_id": name})["lines"]] for name in ids]
    assert len({tuple(lines) for lines in told}) == 4


def test_what_is_listed_under_an_id_made_of_a_name_bears_the_name() -> None:
    lists = call("get-lists", {}, facts={"list ID": "lst-office-move"})["lists"]
    assert {"lst-office-move": "Office move"}.items() <= {one["list_id"]: one["name"] for one in lists}.items()


def test_a_table_has_its_own_columns() -> None:
    columns = {table: call("describe_table", {"table_id": table})["columns"] for table in ("suppliers", "orders")}
    assert [column["name"] for column in columns["suppliers"]] == ["supplier_id", "name", "country", "payment_days"]
    assert columns["orders"][0] == {"name": "order_id", "type": "bigint", "nullable": False, "comment": "Primary key."}


def test_a_currency_is_that_of_the_place_that_is_asked_about_later() -> None:
    moved = {"rental_id": 8709, "new_return": "2026-04-09T10:00:00Z"}
    for city, currency in (("Bologna", "EUR"), ("Bristol", "GBP"), ("Boston", "USD")):
        assert call("extend-rental", moved, facts={"city": city})["currency"] == currency


def test_on_two_cards_are_other_books() -> None:
    one, other = ({"card_number": f"784921231573{n}"} for n in (7, 8))
    first, second = call("my_loans", one), call("my_loans", other, ("my_loans", one))
    assert not {loan["title"] for loan in first["loans"]} & {loan["title"] for loan in second["loans"]}
    assert call("my_loans", one, ("my_loans", one), ("my_loans", other)) == first


def test_what_lies_around_a_postcode_has_it() -> None:
    near = [find_place({"postcode": code}) for code in ("BS3 4QF", "80331")]
    assert [place and place.postcode for place in near] == ["BS3 4QF", "80331"]


def test_outages_near_one_postcode_stay_few_whatever_works_on_them() -> None:
    lists = [{"tool": "outages_near", "path": "outages", "at_least": 9}]
    assert len(call("outages_near", {"postcode": "20753"}, lists=lists)["outages"]) == 2


def test_a_result_is_of_the_day_of_its_order() -> None:
    listed = ("list_lab_orders", {"patient_id": 55376})
    order = call(*listed)["orders"][0]
    result = call("get_results", {"lab_order_id": order["lab_order_id"]}, listed)
    assert result["ordered_on"] == order["ordered_on"] <= TODAY


def test_a_list_on_which_code_works_is_long_whatever_is_usual() -> None:
    given = {"drug": "ibuprofen", "postcode": "80331"}
    assert len(call("findStore", given)["stores"]) <= 4
    assert len(call("findStore", given, lists=[{"tool": "findStore", "path": "stores", "at_least": 9}])["stores"]) == 10


def test_a_seat_that_somebody_wants_is_free_once_and_costs_what_it_costs() -> None:
    seats = call("getSeatMap", {"screeningId": 3436}, facts={"seats": ["G3", "G4"]})["seats"]
    assert [seat for seat in seats if seat["seat"] in ("G3", "G4")] == [
        {"seat": "G3", "category": "standard", "price": 11.5},
        {"seat": "G4", "category": "standard", "price": 11.5},
    ]


@pytest.mark.parametrize(("last", "days"), [("2026-02-14", 1), ("2026-02-23", 2), ("2026-03-09", 3)])
def test_a_meter_is_read_at_even_distances(last: str, days: int) -> None:
    found = call("consumption_get", {"meter_id": "822850", "from": "2026-02-01", "to": last})
    at = [datetime.fromisoformat(reading["at"].replace("Z", "")) for reading in found["readings"]]
    assert {(after - before).days for before, after in pairwise(at)} == {days}
    assert found["total"] == pytest.approx(sum(reading["value"] for reading in found["readings"]))


def test_daily_readings_are_of_every_day() -> None:
    asked = {"meter_id": "822850", "from": "2026-02-01", "to": "2026-02-28", "resolution": "day"}
    assert len(call("consumption_get", asked)["readings"]) == 28


def test_after_a_day_is_no_more_on_it_and_before_a_day_not_yet() -> None:
    found = call("search_orders", {"placed_after": "2026-02-18", "placed_before": "2026-02-21"})["orders"]
    assert {order["placed_at"][:10] for order in found} == {"2026-02-19", "2026-02-20"}


def test_a_failed_payment_says_that_it_failed() -> None:
    expects = [{"tool": "getPayment", "path": "status", "value": "failed"}]
    payment = call("getPayment", {"paymentId": "pay_Q1w2E3r4T5y6"}, expects=expects)
    assert [event["type"] for event in payment["events"]] == ["created", "failed"]


def test_all_that_may_be_sent_back_may_be_sent_back() -> None:
    found = call("check-eligibility", {"order_number": "ord_b424e3ff5e"})
    assert (found["eligible"], {item["returnable"] for item in found["items"]}) == (True, {True})


def test_lab_orders_of_a_patient_lie_weeks_apart() -> None:
    orders = call("list_lab_orders", {"patient_id": 51714, "since": "2025-10-02"})["orders"]
    days = [datetime.fromisoformat(order["ordered_on"]) for order in orders]
    assert len(days) == 3
    assert min((later - earlier).days for later, earlier in pairwise(days)) > 20


def test_a_question_is_answered_and_is_no_topic() -> None:
    found = search_web({"query": "What changed since the last release?"}, Random(1))
    assert found
    assert all("What changed since the last release?" in str(hit) for hit in found["results"])
    assert "interested in" not in str(found)
