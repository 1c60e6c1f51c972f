"""What is asked for in one breath, in which words, and what fits on what was done before."""

from random import Random
from typing import Any

import pytest

from agents.offline.plans.draft import Draft, Plan
from agents.offline.plans.operators import lists_named
from agents.offline.plans.sense import clash, go_together, is_sensible
from agents.offline.plans.states import suit_kinds, suit_states
from agents.offline.plans.sums import name_currencies
from agents.offline.plans.turns import ELSEWHERE, RETHOUGHT, cut_turns, order_by_desk
from agents.plan.dataflow import Described, describe_tool
from agents.schema import JsonObject
from memory.corpus import corpus

TOOLS = {tool.name: describe_tool(tool.name, tool) for tool in corpus.builtin().tools}


def draft(*names: str, seed: int = 0) -> Draft:
    return Draft([TOOLS[name] for name in names], Random(seed), today="2026-03-02")


def first_of(step: Plan, path: str) -> dict[str, Any]:
    return {"source": "step", "step": step["id"], "path": path}


def test_what_belongs_to_another_desk_is_asked_for_in_a_turn_of_its_own() -> None:
    plan = draft("findCinemas", "get_order", "goalProgress")
    for name in ("findCinemas", "get_order", "goalProgress"):
        plan.add(name)
    asks = [turn["ask"] for turn in cut_turns(plan, "linear")]
    assert len(asks) == 3
    assert not asks[0].startswith(ELSEWHERE)
    assert all(ask.startswith(ELSEWHERE) for ask in asks[1:])


def test_what_is_of_one_trade_is_no_other_matter() -> None:
    plan = draft("search_flights", "searchHotels")
    for name in ("search_flights", "searchHotels"):
        plan.add(name)
    assert not any(turn["ask"].startswith(ELSEWHERE) for turn in cut_turns(plan, "linear"))


def test_what_only_waits_for_another_step_is_another_matter() -> None:
    plan = draft("findCinemas", "goalProgress")
    first, second = plan.add("findCinemas"), plan.add("goalProgress")
    second["after"] = [first["id"]]
    assert [turn["ask"].startswith(ELSEWHERE) for turn in cut_turns(plan, "linear")] == [False, True]


def test_steps_of_a_desk_stand_together_where_they_can() -> None:
    plan = draft("findCinemas", "get_order", "nowShowing")
    for name in ("findCinemas", "get_order", "nowShowing"):
        plan.add(name)
    assert [step["tool"] for step in order_by_desk(plan, plan.steps)] == ["findCinemas", "nowShowing", "get_order"]


def test_what_was_just_made_is_ended_only_after_a_change_of_plans() -> None:
    plan = draft("place_hold", "cancel_hold")
    hold = plan.add("place_hold")
    plan.add("cancel_hold", {"hold_id": first_of(hold, "hold_id")})
    first, second = (turn["ask"] for turn in cut_turns(plan, "chained"))
    assert first.startswith("reserve title ")
    assert second == f"{RETHOUGHT}call off the hold"


def test_a_request_tells_its_own_facts() -> None:
    plan = draft("findCinemas", "nowShowing")
    plan.add("findCinemas")
    (turn,) = cut_turns(plan, "linear")
    assert turn == {"ask": f"look for cinemas in {plan.facts['city']['value']}", "facts": ["city"]}


def test_nobody_does_at_once_what_takes_its_time() -> None:
    assert not is_sensible(draft("book_appointment", "check_in_patient"), "book_appointment", "check_in_patient")
    assert is_sensible(draft("create_playlist", "add_tracks"), "create_playlist", "add_tracks")


def test_of_a_list_the_first_is_in_a_state_that_fits() -> None:
    plan = draft("list_lab_orders", "cancel_lab_order")
    orders = plan.add("list_lab_orders")
    plan.add("cancel_lab_order", {"lab_order_id": first_of(orders, "orders[0].lab_order_id")})
    suit_states(plan)
    assert plan.expects == [{"step": "s1", "path": "orders[0].state", "value": "ordered"}]


def test_who_locks_a_door_looks_for_locks() -> None:
    plan = draft("list-devices", "lock-door")
    devices = plan.add("list-devices", whole=True)
    plan.add("lock-door", {"device_id": first_of(devices, "devices[0].device_id")})
    suit_kinds(plan)
    assert plan.facts[devices["arguments"]["kind"]["fact"]]["value"] == "lock"


def test_what_ends_a_thing_comes_last_of_its_desk() -> None:
    plan = draft("cancel-rental", "extend-rental")
    for name in ("cancel-rental", "extend-rental"):
        plan.add(name)
    assert [step["tool"] for step in order_by_desk(plan, plan.steps)] == ["extend-rental", "cancel-rental"]


def test_what_has_nothing_in_common_is_asked_for_in_turns_of_its_own() -> None:
    apart, together = draft("getRentLedger", "closeRepair"), draft("get_ticket", "assign_ticket")
    for plan, names in ((apart, ("getRentLedger", "closeRepair")), (together, ("get_ticket", "assign_ticket"))):
        for name in names:
            plan.add(name)
    assert len(list(cut_turns(apart, "linear"))) == 2
    assert len(list(cut_turns(apart, "parallel"))) == 1
    assert together.facts["ticket ID"]
    assert any(len(list(cut_turns(draft_of_ticket(seed), "linear"))) == 1 for seed in range(6))


def draft_of_ticket(seed: int) -> Draft:
    plan = draft("get_ticket", "assign_ticket", seed=seed)
    plan.add("get_ticket")
    plan.add("assign_ticket")
    return plan


def test_a_ticket_is_called_by_its_number_again_once_another_was_opened() -> None:
    plan = draft("assign_ticket", "create_ticket", "escalate_ticket")
    for name in ("assign_ticket", "create_ticket", "escalate_ticket"):
        plan.add(name)
    number = plan.facts["ticket ID"]["value"]
    last = list(cut_turns(plan, "linear"))[-1]["ask"]
    assert last.startswith(f"escalate ticket {number}")


def test_what_is_moved_is_moved_to_another_time_than_was_looked_at() -> None:
    plan = draft("find_restaurants", "change_reservation", "searchRooms", "bookRoom")
    for name in ("find_restaurants", "change_reservation", "searchRooms", "bookRoom"):
        plan.add(name)
    told = {step["tool"]: {source.get("fact") for source in step["arguments"].values()} for step in plan.steps}
    assert told["change_reservation"].isdisjoint(told["find_restaurants"])
    assert {"start time", "end time"} <= told["searchRooms"] & told["bookRoom"]


def test_who_has_each_of_several_things_dealt_with_names_them_once() -> None:
    plan = draft("find_policy", "renewPolicy")
    step = plan.add("renewPolicy", {"policyNumber": {"source": "item", "path": "policy_number"}})
    found = plan.add("find_policy")
    plan.steps = [found, step]
    found["id"], step["id"] = "s1", "s2"
    step["repeat"] = {"step": "s1", "path": "policies"}
    (turn,) = cut_turns(plan, "iterative")
    assert turn["ask"].startswith("look up the policies")
    assert turn["ask"].endswith("for each of them, extend it")


def test_a_reminder_is_sent_of_what_is_overdue() -> None:
    plan = draft("invoice_list", "invoice_remind")
    listed = plan.add("invoice_list", whole=True)
    plan.add("invoice_remind", {"invoice_id": first_of(listed, "invoices[0].invoice_id")})
    suit_states(plan)
    assert plan.expects == [{"step": "s1", "path": "invoices[0].state", "value": "overdue"}]


@pytest.mark.parametrize(
    ("listing", "deed", "key", "asked", "number", "fitting"),
    [
        ("search_listings", "make_offer", "offer", "rent", "listings[0].listing_id", "sale"),
        ("listIncidents", "acknowledgeIncident", "state", "resolved", "incidents[0].incidentId", "triggered"),
    ],
)
def test_a_list_is_asked_for_what_something_can_be_done_with(
    listing: str, deed: str, key: str, asked: str, number: str, fitting: str
) -> None:
    plan = draft(listing, deed)
    found = plan.add(listing, {key: {"source": "user", "fact": key}})
    plan.facts[key] = {"name": key, "value": asked}
    plan.add(deed, {number.rpartition(".")[2]: first_of(found, number)})
    suit_kinds(plan)
    assert plan.facts[key]["value"] == fitting


def test_nothing_is_changed_that_is_ended_in_the_same_conversation() -> None:
    names = ["addExtras", "cancelReservation", "getRooms", "comment_on_issue", "close_issue"]
    plan = draft(*names)
    assert go_together(plan, ["addExtras", "cancelReservation"]) == ["addExtras"]
    assert clash(plan, "cancelReservation", "addExtras")
    assert not clash(plan, "comment_on_issue", "close_issue")
    assert not clash(plan, "getRooms", "cancelReservation")


def test_no_second_one_is_asked_for_after_a_look_at_where_the_first_stands() -> None:
    plan = draft("getRefillStatus", "requestRefill", "transferPrescription")
    assert clash(plan, "getRefillStatus", "requestRefill")
    assert not clash(plan, "requestRefill", "getRefillStatus")
    assert not clash(plan, "getRefillStatus", "transferPrescription")


def test_who_has_named_one_of_them_does_not_ask_which_there_are() -> None:
    plan = draft("lock-door", "list-devices", "my_loans")
    plan.add("lock-door")
    assert lists_named(plan, "list-devices")
    assert not lists_named(plan, "my_loans")


@pytest.mark.parametrize(("tool", "fact"), [("instalment_change", "new instalment"), ("setPrice", "new price")])
def test_a_sum_is_named_with_the_currency_that_no_argument_says(tool: str, fact: str) -> None:
    plan = draft(tool)
    plan.subject.home = plan.subject.home._replace(currency="GBP")
    plan.add(tool)
    name_currencies(plan)
    (named,) = [other for other in plan.facts.values() if isinstance(other["value"], int | float)]
    sign = "£" if tool == "instalment_change" else "€"  # of a price euros are understood
    assert named["spoken"] == f"{sign}{named['value']:.2f}".removesuffix(".00")


def test_a_sum_has_no_currency_where_a_result_may_say_another() -> None:
    plan = draft("instalment_change", "costs_summary")
    for name in ("instalment_change", "costs_summary"):
        plan.add(name)
    name_currencies(plan)
    assert not any("spoken" in fact for fact in plan.facts.values())


def test_what_is_deleted_from_a_list_is_done_with() -> None:
    task: JsonObject = {"type": "object", "properties": {"task_id": {"type": "string"}}, "required": ["task_id"]}
    tools: list[Described] = [
        {
            "name": name,
            "service": "smithery:@x_tasks",
            "description": "",
            "inputSchema": schema,
            "reads": name != "delete_task",
        }
        for name, schema in (("list_tasks", {"type": "object", "properties": {}}), ("delete_task", task))
    ]
    plan = Draft(tools, Random(1))
    plan.add("list_tasks")
    plan.add("delete_task", {"task_id": {"source": "step", "step": "s1", "path": "tasks[0].task_id"}})
    suit_states(plan)
    assert plan.expects == [{"step": "s1", "path": "tasks[0].status", "value": "done"}]
