"""What the offline assistant tells of results, and how its user tells facts: sentences, and nothing unasked."""

import re
from random import Random
from typing import Any

import pytest
from pydantic import JsonValue

from agents.offline.plans.pointing import speak_of_several
from agents.offline.speech.forms import forms_of
from agents.offline.speech.hear import NOT_SAID, hear
from agents.offline.speech.tell import hang, join_clauses, put_listed, tell_clauses, tell_together
from agents.offline.talk.answers import answer_turn
from agents.offline.talk.changes import describe_change, sum_up_changes
from agents.offline.talk.clauses import say_field
from agents.offline.talk.coder import versions
from agents.offline.talk.conversation import Work, act, refuse
from agents.offline.talk.deeds import name_object
from agents.offline.talk.phrases import can_be_asked_for, phrase_of
from agents.offline.talk.readings import say_reading
from agents.offline.talk.records import describe_read
from agents.offline.talk.sentences import name_subject
from agents.offline.talk.standouts import find_standing_out
from agents.offline.talk.telling import Call, Report, Telling, collect_names
from agents.offline.talk.times import name_zone
from agents.offline.talk.user import is_understood, name_each, react, speak
from agents.schema import JsonObject

CONTRACTORS: list[dict[str, Any]] = [
    {"contractorId": 4, "company": "Halden Textiles", "hourlyRate": 61, "url": "https://halden.example/4"},
    {"contractorId": 5, "company": "Corvus Studio", "hourlyRate": 44, "url": "https://corvus.example/5"},
]
ASSIGNED: dict[str, JsonValue] = {
    "contractorId": 5,
    "repairId": "RP97",
    "success": True,
    "updated_at": "2026-07-27T09:03:00Z",
}
ADDRESS = {"street": "144 Mill Lane", "postcode": "2400", "city": "Copenhagen"}


def telling(phrase: str, arguments: dict[str, Any], **called: str) -> Telling:
    return Telling("assignContractor", phrase, arguments, frozenset(phrase.split()), called)


def test_of_a_list_is_told_how_many_and_which_one_stands_out() -> None:
    for seed in range(20):
        text = describe_read({"contractors": [*CONTRACTORS]}, telling("look for contractors", {}), Random(seed))
        first = text.partition("\n")[0]
        assert "two contractors" in first
        assert "Corvus Studio" in first
        assert "cheapest" in first
        assert "example" not in text
        assert "contractor ID" not in text


def test_two_that_are_ahead_alike_do_not_stand_out() -> None:
    alike = [{**record, "hourlyRate": 50} for record in CONTRACTORS]
    assert find_standing_out(alike, ("contractor", "contractors"), "") == ""


def test_of_some_that_hold_the_others_are_counted_too_as_they_are_listed_with_them() -> None:
    plugins: list[JsonObject] = [{"name": f"plugin {n}", "active": n != 2} for n in range(4)]
    told = find_standing_out(plugins, ("plugin", "plugins"), "")
    assert told == "of the four plugins, three are active and one is not"


def test_the_latest_of_many_are_not_all_there_are() -> None:
    releases: list[JsonValue] = [{"version": f"3.{n}.0", "released_on": f"2026-0{n}-01"} for n in (3, 2)]
    asked = telling("show the latest releases of the package", {"package_name": "tinyroute"})
    text = describe_read({"releases": [*releases]}, asked, Random(0))
    assert text.startswith("Here are the latest two releases of package tinyroute")


def test_a_change_is_confirmed_with_its_object_and_without_its_moment() -> None:
    about = telling("assign the contractor", {"contractorId": 5, "repairId": "RP97"}, **{"5": "Corvus Studio"})
    for seed in range(20):
        text = describe_change(ASSIGNED, about, Random(seed))
        assert text.endswith("assigned the contractor Corvus Studio to repair RP97.")
        assert "2026" not in text
        assert "True" not in text


def test_a_change_that_failed_is_not_confirmed() -> None:
    text = describe_change({"status": "declined"}, telling("assign the contractor", {}), Random(0))
    assert text.startswith("I tried to assign the contractor, but it did not go through")


def test_a_second_attempt_is_told_of_the_call_that_needed_it_alone() -> None:
    page, page_error = {"success": True}, {"error": {"code": "busy", "message": "Resource busy."}}
    opened, loaded = (Call(name, {"url": "x.example"}, True, page) for name in ("open_tab", "load_page"))
    calls = [Call("open_tab", {"url": "x.example"}, False, page_error), opened, loaded]
    steps = [{"id": f"s{n}", "turn": n, "tool": call.tool, "arguments": {}} for n, call in enumerate(calls[1:], 1)]
    functions = {call.tool: {"name": call.tool, "description": "", "parameters": {}} for call in calls}
    told = [
        answer_turn(
            Report({"steps": steps, "checkpoints": []}, turn, {"s1": [page], "s2": [page]}, calls, functions), Random(0)
        )
        for turn in (1, 2)
    ]
    assert ["first" in text or "attempt" in text for text in told] == [True, False]


def test_what_was_asked_for_comes_first_and_the_rest_is_left_out() -> None:
    record: dict[str, JsonValue] = {
        "id": "V-1",
        "channel": "crafts",
        "views": 79,
        "title": "Repairing a radio",
        "url": "https://a.example/v",
    }
    asked = Telling("get_video", "get me the title", {}, frozenset(("get", "me", "the", "title")), {})
    for seed in range(20):
        text = describe_read(record, asked, Random(seed))
        assert "Repairing a radio" in text
        assert "V-1" not in text
        assert "a.example" not in text


def test_the_same_look_asked_for_twice_is_told_once() -> None:
    steps = [{"id": f"s{n}", "tool": "list_pages", "turn": 1, "arguments": {}} for n in (1, 2)]
    result: JsonValue = {"pages": [{"name": "About us"}, {"name": "Pricing"}]}
    calls = [Call("list_pages", {}, True, result)]
    function = {"name": "list_pages", "description": "List the pages."}
    plan = {"steps": steps, "checkpoints": []}
    report = Report(plan, 1, {"s1": [result], "s2": [result]}, calls, {"list_pages": function})
    assert answer_turn(report, Random(0)).count("Pricing") == 1


GAMES: list[JsonValue] = [
    {"id": "g1", "title": "Nine Realms", "rating": 3.3},
    {"id": "g2", "title": "Lantern Quest", "rating": 4.3},
]


def test_what_was_worked_out_is_told_first_with_its_value() -> None:
    reads = [{"source": "step", "step": "s1", "path": "games"}]
    code = {"source": "written", "task": "see which game has the highest rating", "reads": reads}
    steps = [
        {"id": "s1", "tool": "list_games", "turn": 1, "arguments": {}},
        {"id": "s2", "tool": "run_python", "turn": 1, "arguments": {"code": code}},
    ]
    result: JsonValue = {"games": GAMES}
    functions = {name: {"name": name, "description": "List the games."} for name in ("list_games", "run_python")}
    calls = [Call("list_games", {}, True, result)]
    results: dict[str, list[JsonValue]] = {"s1": [result], "s2": [{"result": "Lantern Quest"}]}
    text = answer_turn(Report({"steps": steps, "checkpoints": []}, 1, results, calls, functions), Random(0))
    assert text.startswith("Of the two games, Lantern Quest has the highest rating: 4.3.")
    assert "- **Nine Realms**: rating 3.3" in text


def test_what_was_done_because_of_what_was_seen_says_so() -> None:
    steps = [
        {"id": "s1", "tool": "query_status", "turn": 1, "arguments": {}},
        {
            "id": "s2",
            "tool": "cancel_query",
            "turn": 1,
            "arguments": {},
            "when": {"step": "s1", "path": "state", "equals": "running"},
        },
    ]
    seen: JsonValue = {"query_id": "q_7", "state": "running"}
    changed: JsonValue = {"query_id": "q_7", "success": True}
    calls = [
        Call("query_status", {"query_id": "q_7"}, True, seen),
        Call("cancel_query", {"query_id": "q_7"}, True, changed),
    ]
    functions = {
        "query_status": {"name": "query_status", "description": "Get the status of a query."},
        "cancel_query": {"name": "cancel_query", "description": "Cancel a query."},
    }
    report = Report({"steps": steps, "checkpoints": []}, 1, {"s1": [seen], "s2": [changed]}, calls, functions)
    for seed in range(10):
        text = answer_turn(report, Random(seed))
        assert text.startswith("Query q_7 was running, so ")
        assert "stopped" in text


def test_a_yes_or_no_that_something_was_done_because_of_is_said_as_one() -> None:
    seen: JsonValue = {"trigger_id": "t_75", "name": "Cart abandoned", "enabled": False, "event": "cart.abandoned"}
    steps = [
        {"id": "s1", "tool": "get_trigger", "turn": 1, "arguments": {}},
        {
            "id": "s2",
            "tool": "delete_trigger",
            "turn": 1,
            "arguments": {},
            "when": {"step": "s1", "path": "enabled", "equals": False},
        },
    ]
    gone: JsonValue = {"trigger_id": "t_75", "deleted": True}
    calls = [Call("get_trigger", {"trigger_id": "t_75"}, True, seen), Call("delete_trigger", {}, True, gone)]
    functions = {
        "get_trigger": {"name": "get_trigger", "description": "Get a trigger."},
        "delete_trigger": {"name": "delete_trigger", "description": "Delete a trigger."},
    }
    report = Report({"steps": steps, "checkpoints": []}, 1, {"s1": [seen], "s2": [gone]}, calls, functions)
    text = answer_turn(report, Random(0))
    assert text.startswith("Cart abandoned was not enabled, so I")
    assert text.endswith("deleted the trigger (t_75).\n\nIts event was cart.abandoned.")


def test_a_deed_is_told_before_what_else_was_seen_and_that_in_the_past() -> None:
    seen: JsonValue = {
        "runId": "8c80da22",
        "outcome": "queued",
        "stages": [{"name": n, "outcome": "queued"} for n in "ab"],
    }
    stopped: JsonValue = {"runId": "8c80da22", "success": True}
    when = {"step": "s1", "path": "outcome", "equals": "queued"}
    steps = [
        {"id": "s1", "tool": "getRun", "turn": 1, "arguments": {}},
        {"id": "s2", "tool": "cancelRun", "turn": 1, "arguments": {}, "when": when},
    ]
    results = [seen, stopped]
    calls = [
        Call(step["tool"], {"runId": "8c80da22"}, True, result) for step, result in zip(steps, results, strict=True)
    ]
    functions = {name: {"name": name, "description": ""} for name in ("getRun", "cancelRun")}
    report = Report({"steps": steps, "checkpoints": []}, 1, {"s1": [seen], "s2": [stopped]}, calls, functions)
    for seed in range(10):
        first, _, rest = answer_turn(report, Random(seed)).partition("\n\n")
        assert first.startswith("Run 8c80da22 was queued, so ")
        assert first.endswith(" stopped it.")
        assert rest.startswith("It had two stages, both queued: ")


def test_a_sum_whose_parts_were_told_already_announces_no_list() -> None:
    costs: JsonValue = {
        "total": 30.5,
        "currency": "EUR",
        "groups": [{"key": "a", "amount": 10.5}, {"key": "b", "amount": 20}],
    }
    about = Telling("costs_summary", "sum up the costs", {}, frozenset(), {})
    assert describe_read(costs, about, Random(0)).startswith("The total is 30.50 EUR, made up like this:\n- ")
    worked = about._replace(worked="groups", spared="all", figures=frozenset(("amount",)))
    assert describe_read(costs, worked._replace(asked=frozenset(("total",))), Random(0)) == "The total is 30.50 EUR."


def test_a_flag_is_told_of_each_that_has_one() -> None:
    measured = {"unit": "nmol/L", "low": 50, "high": 125}
    values: list[JsonValue] = [
        {"analyte": "glucose", "value": 4.8, "unit": "mmol/L", "low": 3.9, "high": 5.6},
        {"flag": "high", "analyte": "vitamin B", "value": 140, **measured},
        {"flag": "low", "analyte": "vitamin D", "value": 40, **measured},
    ]
    text = describe_read({"values": values}, telling("show me the results", {}), Random(0))
    assert text.split("\n")[-2:] == [
        "- **vitamin B**: 140 nmol/L, range 50 to 125, flagged high",
        "- **vitamin D**: 40 nmol/L, range 50 to 125, flagged low",
    ]


def test_a_yes_or_no_names_what_it_is_about() -> None:
    wondering = Telling(
        "check_website",
        "check if a website has llms.txt files",
        {"url": "https://kestrel.example"},
        frozenset(),
        {},
    )
    no = describe_read({"url": "https://kestrel.example", "result": False}, wondering, Random(0))
    assert no == "No, the website https://kestrel.example does not have llms.txt files."


def test_what_somebody_wrote_is_not_called_by_who_wrote_it() -> None:
    post: JsonValue = {"post_id": 7, "author": "Ann Lee", "text": "Open day on Friday.", "likes": 11}
    assert collect_names([{"posts": [post]}]) == {}
    assert collect_names([{"bookings": [{"booking_id": 7, "guest": "Ann Lee"}]}]) == {"7": "Ann Lee"}
    assert collect_names([{"key": "API_TIMEOUT", "name": "API_TIMEOUT", "value": "30"}]) == {}


def test_of_what_was_made_its_number_and_its_link_are_told() -> None:
    about = Telling("create_playlist", "set up a playlist", {"name": "Rainy days"}, frozenset(), {})
    result: JsonValue = {"playlist_id": 929147, "url": "https://tunes.example/playlists/929147"}
    text = describe_change(result, about, Random(3))
    assert "a playlist named Rainy days (playlist ID 929147)" in text
    assert text.endswith("You can open it at https://tunes.example/playlists/929147.")


@pytest.mark.parametrize(
    ("phrase", "arguments", "text"),
    [
        ("change the price", {"sku": "UFS-1", "amount": 18.5}, "changed the price for UFS-1 to 18.50."),
        (
            "register a new patient",
            {"first_name": "Jonas", "last_name": "Vogel"},
            "registered a new patient named Jonas Vogel.",
        ),
        ("extend the booking", {"booking_id": "RB-1", "extraMinutes": 15}, "extended booking RB-1 by 15 minutes."),
        ("assign the ticket", {"ticket_id": 4, "group": "engineering"}, "assigned ticket 4 to the engineering group."),
        (
            "switch the light",
            {"device_id": "d-1", "on": True, "brightness": 30},
            "switched the light for device d-1 (on, brightness 30).",
        ),
    ],
)
def test_what_a_thing_was_changed_to_is_part_of_the_sentence(phrase: str, arguments: dict[str, Any], text: str) -> None:
    about = Telling("tool", phrase, arguments, frozenset(), {})
    for seed in range(10):
        answer = describe_change({"success": True}, about, Random(seed))
        assert answer.endswith(text) or answer.startswith("Done, ")


def test_the_same_done_several_times_is_told_once_with_what_came_of_each() -> None:
    steps = [{"id": f"s{n}", "tool": "create_address", "turn": 1, "arguments": {}} for n in (1, 2)]
    calls = [Call("create_address", {"email": f"{n}@a.example"}, True, {"id": f"ADD-{n}"}) for n in (1, 2)]
    function = {"name": "create_address", "description": "Create a forwarding address."}
    results: dict[str, list[JsonValue]] = {f"s{n}": [{"id": f"ADD-{n}"}] for n in (1, 2)}
    report = Report({"steps": steps, "checkpoints": []}, 1, results, calls, {"create_address": function})
    lines = [
        "I've created two forwarding addresses:",
        "- 1@a.example: the ID is ADD-1",
        "- 2@a.example: the ID is ADD-2",
    ]
    assert answer_turn(report, Random(0)).split("\n") == lines


def test_an_address_is_told_in_one_clause_and_heard_again() -> None:
    schema = {"type": "object", "required": list(ADDRESS), "properties": {key: {"type": "string"} for key in ADDRESS}}
    (clause,) = tell_clauses("address", ADDRESS, Random(0))
    assert clause == "the address is 144 Mill Lane, 2400 Copenhagen"
    assert hear("address", schema, schema, f"Please send it. T{clause[1:]}.") == ADDRESS


def test_the_second_part_of_a_thing_is_its() -> None:
    first, second, _ = tell_clauses("quota", {"unit": "GB", "most": 12, "hard": True}, Random(0))
    assert "of the quota" in first
    assert second == "its most is 12"
    schema = {"type": "object", "properties": {"unit": {"type": "string"}, "most": {"type": "integer"}}}
    heard = hear("quota", {**schema, "required": ["unit", "most"]}, schema, f"{first.capitalize()}, and {second}.")
    assert heard["most"] == 12


def test_the_plain_parts_of_a_thing_are_told_in_a_row_and_heard_again() -> None:
    guests = [{"name": "Ann Lee", "age": 41}, {"name": "Joe, the cook", "age": 29}]
    schema = {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        },
    }
    text = join_clauses(tell_clauses("guests", guests, Random(0)))
    assert text == 'First guest: name Ann Lee, age 41. Second guest: name "Joe, the cook", age 29.'
    assert hear("guests", schema, schema, f"Book it. {text}") == guests


def test_a_fact_hangs_on_the_thing_that_it_names() -> None:
    asks = [
        hang("see where the claim stands", "claim ID", "CLM-4", Random(0)),
        hang("look for cinemas", "city", "New York", Random(0)),
        hang("resend the order confirmation", "order ID", "ORD-17", Random(0)),
    ]
    assert asks == [
        "see where claim CLM-4 stands",
        "look for cinemas in New York",
        "resend the order confirmation for order ORD-17",
    ]


def test_what_is_born_on_a_day_does_not_happen_on_it() -> None:
    assert hear("date", {"type": "string"}, {}, "They were born on 9 June 1990.") is NOT_SAID
    assert hear("date", {"type": "string"}, {}, "Please book it on 9 June 2026.") == "2026-06-09"


def test_a_first_and_a_second_of_a_kind_are_told_in_one_row() -> None:
    clause = tell_together("search term", ["night trains", "salt"])
    assert clause == 'the search terms are "night trains" and salt'
    heard = [hear(f"{tag} search term", {"type": "string"}, {}, clause) for tag in ("first", "second")]
    assert heard == ["night trains", "salt"]


@pytest.mark.parametrize(
    ("ask", "fact", "value", "text"),
    [
        ("launch an application", "app name", "Safari", "launch the application Safari"),
        ("add a note", "note name", "To do", 'add a note called "To do"'),
        ("look up the word", "word", "candid", 'look up the word "candid"'),
        ("look up what a word means", "word", "candid", 'look up what the word "candid" means'),
        ("get me the balance of the wallet", "address", "0xa45960", "get me the balance of the wallet 0xa45960"),
        ("fill out an input field", "selector", "#search", "fill out the input field #search"),
        ("pull up the project", "project ID", "eeVJYULsLvPF", "pull up project eeVJYULsLvPF"),
        ("tell me the current temperature", "city name", "Oslo", "tell me the current temperature in Oslo"),
    ],
)
def test_what_is_meant_is_said_within_the_request(ask: str, fact: str, value: str, text: str) -> None:
    assert hang(ask, fact, value, Random(1)) == text
    assert hear(fact, {"type": "string"}, {}, f"Please {text}.") == value


def test_two_things_are_named_where_they_are_spoken_of() -> None:
    links = [{"name": f"{tag} link", "value": f"https://{tag}.example/a"} for tag in ("first", "second")]
    ask = name_each(speak_of_several("load the page", 2, ["link"]), links)
    assert ask == "load the pages https://first.example/a and https://second.example/a"
    heard = [hear(link["name"], {"type": "string"}, {}, f"{ask}, please.") for link in links]
    assert heard == [link["value"] for link in links]


@pytest.mark.parametrize(
    ("value", "text"), [(True, "please notify the customer"), (False, "don't notify the customer")]
)
def test_a_yes_or_no_is_said_as_a_wish(value: bool, text: str) -> None:
    for seed in range(8):
        (clause,) = tell_clauses("notify customer", value, Random(seed))
        assert hear("notify customer", {"type": "boolean"}, {}, f"{clause}.") is value
    assert hear("notify customer", {"type": "boolean"}, {}, f"And {text}.") is value


def test_every_form_of_a_label_is_heard() -> None:
    for label in ("budget", "start date", "number of results", "length in minutes", "trade", "order ID", "reason"):
        for form in (*forms_of(label).clauses, *forms_of(label).plain):
            text = f"Please do it. {form.template.format('12')}."
            assert hear(label, {"type": "string"}, {}, text) == "12", form.template


def test_a_request_that_could_be_misheard_is_said_in_plain_words() -> None:
    facts = [{"name": name, "value": value} for name, value in (("city", "Bonn"), ("place", "Ulm"))]
    you = {
        "persona": "Ana Silva, nurse; manner: terse",
        "turns": [{"ask": "look for trains", "facts": ["city", "place"]}],
        "facts": facts,
    }
    for seed in range(40):
        text = speak(you, [{"role": "user", "content": ""}], Random(seed))["say"]
        assert is_understood(you, 0, text, "")


@pytest.mark.parametrize(
    ("reply", "never"),
    [("I could not cancel it: the service is down.", "Perfect"), ("Nothing came up: no trains.", "the list")],
)
def test_nobody_is_glad_of_bad_news(reply: str, never: str) -> None:
    assert not any(never in react(reply, Random(seed)) for seed in range(60))


@pytest.mark.parametrize(
    ("name", "description", "clean"),
    [
        ("attach_to_gdb", "", False),
        ("list_classes", "Classes of a studio on the coming days.", True),
        ("ZhangTing_IP_QingBaoChaXun", "基于长亭威胁情报，获取给定 IP 的威胁情报信息", False),
        ("check_website", "Check if a website has llms.txt files", True),
    ],
)
def test_what_has_no_clean_words_is_left_alone(name: str, description: str, clean: bool) -> None:
    assert can_be_asked_for({"name": name, "description": description}) is clean


def retried(tool: str, description: str, result: JsonValue) -> str:
    """The answer to a call that failed once before it brought this."""
    failed = {"error": {"code": "timeout", "message": "Upstream timed out."}}
    calls = [Call(tool, {}, False, failed), Call(tool, {}, True, result)]
    plan = {"steps": [{"id": "s1", "tool": tool, "turn": 1, "arguments": {}}], "checkpoints": []}
    return answer_turn(
        Report(plan, 1, {"s1": [result]}, calls, {tool: {"name": tool, "description": description}}), Random(0)
    )


def test_an_answer_says_what_failed_on_the_way_to_it() -> None:
    text = retried("list_games", "List the games.", {"games": GAMES})
    assert text.startswith("Of the two games")
    assert re.search("first|attempt", text.rpartition("\n\n")[2])
    assert "Upstream" not in text


def test_moments_are_told_with_their_zone() -> None:
    text = retried("get_shift", "Get the shift.", {"from": "2026-11-03T08:00:00Z", "to": "2026-11-03T20:00:00Z"})
    assert "3 November 2026, 08:00 UTC" in text


def test_a_name_keeps_its_capital_behind_a_semicolon() -> None:
    results: list[JsonValue] = [{"offerId": 9, "approvalNeededFrom": ["Marit Eide"]}, {"offerId": 8, "note": "x"}]
    tellings = [Telling("make_offer", "prepare an offer", {"candidateId": n}, frozenset(), {}) for n in ("C-1", "C-2")]
    assert "- C-1: the offer ID is 9; Marit Eide has to approve it" in "\n".join(sum_up_changes(results, tellings))


def test_a_measure_alone_is_said_in_the_sentence() -> None:
    about = telling("assign the contractor", {"contractorId": 5, "budget": 600}, **{"5": "Corvus Studio"})
    assert name_object("assigned the contractor", about) == "assigned the contractor Corvus Studio with a budget of 600"


def test_who_can_be_helped_with_nothing_alike_hears_what_else_there_is() -> None:
    tool = {"function": {"name": "get_goal", "description": "Get the goal.", "parameters": {}}}
    for seed in range(10):
        asked = [{"role": "user", "content": "Could you water the roses by the gate?"}]
        assert "goal" in refuse("", asked, [tool], Random(seed))


def test_a_thing_called_by_its_number_is_not_called_by_its_name_alone() -> None:
    steps = [
        {"id": f"s{n}", "tool": "get_deployment", "turn": 1, "arguments": {"deployment_id": {"source": "user"}}}
        for n in (1, 2)
    ]
    results: dict[str, list[JsonValue]] = {
        "s1": [{"deployment_id": "d-1", "name": "image-resizer", "replicas": 7}],
        "s2": [{"deployment_id": "d-2", "name": "checkout-api", "replicas": 6}],
    }
    calls = [Call("get_deployment", {"deployment_id": f"d-{n}"}, True, results[f"s{n}"][0]) for n in (1, 2)]
    functions = {"get_deployment": {"name": "get_deployment", "description": "Get a deployment."}}
    text = answer_turn(Report({"steps": steps, "checkpoints": []}, 1, results, calls, functions), Random(0))
    assert text.split("\n")[1:] == ["- **image-resizer (d-1)**: 7 replicas", "- **checkout-api (d-2)**: 6 replicas"]


def test_one_of_several_that_could_be_named_stands_in_the_sentence() -> None:
    about = Telling("hold", "put a hold on the documents", {"documentIds": ["docu-8"]}, frozenset(), {})
    assert name_object("put a hold on the documents", about) == "put a hold on document docu-8"
    tabs = Telling("close-browser-tabs", "", {"tabIds": [8, 6]}, frozenset(), {})
    assert name_object("closed tabs in your browser", tabs) == "closed tabs 8 and 6 in your browser"


def test_what_is_covered_is_told_and_not_that_it_is() -> None:
    quote: dict[str, JsonValue] = {"covered": ["theft", "fire"], "excluded": ["wear"]}
    about = Telling("explain", "tell me what the quote covers", {"quoteNumber": "Q1"}, frozenset(("covers",)), {})
    text = describe_read(quote, about, Random(0))
    assert "Theft and fire are covered." in text


def test_who_is_asked_for_the_race_date_is_not_asked_for_the_race() -> None:
    facts = {"race": {"source": "user", "fact": "race"}, "raceOn": {"source": "user", "fact": "race date"}}
    plan = {"steps": [{"id": "s1", "tool": "makePlan", "turn": 1, "arguments": facts}]}
    asked = [
        {"role": "user", "content": "Kindly draw up a training plan. The race is a marathon."},
        {"role": "assistant", "content": "What is the race date?"},
        {"role": "user", "content": "Sure, it's 20 August 2026."},
    ]
    work = Work(plan, asked, [])
    assert work.hear("race", {"type": "string"}, {}) == "marathon"
    assert work.hear("race date", {"type": "string", "format": "date"}, {}) == "2026-08-20"


def test_what_does_not_exist_is_denied_in_a_sentence() -> None:
    about = Telling("check_tag", "check if the tag exists", {"tag": "v3"}, frozenset(), {})
    assert describe_read({"result": False, "tag": "v3"}, about, Random(0)) == "No, tag v3 does not exist."


def test_time_off_that_was_asked_for_is_confirmed() -> None:
    arguments = {"employee_id": "EMP-9", "first_day": "2026-06-28"}
    result: JsonValue = {"request_id": "LV1", "working_days": 1}
    text = describe_change(result, Telling("leave_request", "ask for time off", arguments, frozenset(), {}), Random(1))
    assert "asked for time off" in text
    assert "That is 1 working day." in text


def test_the_zone_stands_before_a_colon() -> None:
    assert name_zone("two incidents since 30 November 2026, 10:00:", {"10:00"}).endswith("10:00 UTC:")


@pytest.mark.parametrize(
    ("name", "description", "asked"),
    [
        ("get_fiat", "Get currencies for crypto prices - includes fiat", "pull up the currencies for crypto prices"),
        ("wait_for_selector", "Wait for an element to be visible", "wait for an element to be visible"),
        ("say_hi", "Say hello to someone", "say hello to someone"),
        ("load_csv", "Load and display data from a CSV file", "load the data from a CSV file"),
        ("get-me", "Get the current user", "pull up my profile"),
        ("tasks_batch_archive", "Archive (delete) multiple tasks", "archive the tasks"),
    ],
)
def test_a_definition_is_asked_for_as_people_say_it(name: str, description: str, asked: str) -> None:
    assert phrase_of({"name": name, "description": description}) == asked


@pytest.mark.parametrize(
    ("name", "description", "fine"),
    [
        ("recent_activity", "Get recent activity.", False),
        ("account-balance", "Get your account balance.", True),
        ("table_repairer", "Repairs corrupted database table indexes", False),
    ],
)
def test_a_tool_without_clean_words_is_left_alone(name: str, description: str, fine: bool) -> None:
    schema = {"type": "object", "properties": {"q": {"type": "string"}}}
    assert can_be_asked_for({"name": name, "description": description, "inputSchema": schema}) is fine


def test_what_is_looked_for_to_be_read_is_listed_with_its_address() -> None:
    pages: list[JsonValue] = [
        {"title": title, "url": f"https://docs.example/{title.lower()}"} for title in ("Pricing", "Limits")
    ]
    text = describe_read({"pages": pages}, telling("look for pages", {}), Random(0))
    assert text.endswith("- Pricing (https://docs.example/pricing)\n- Limits (https://docs.example/limits)")
    assert "https://" not in describe_read({"contractors": [*CONTRACTORS]}, telling("look for them", {}), Random(0))


def test_a_thing_is_not_called_by_the_number_of_what_it_is_in() -> None:
    sent: JsonObject = {"project_id": "p-1", "label_id": "l-7"}
    about = Telling("get_label", "pull up the label", sent, frozenset(), {}, told=frozenset(("p-1", "l-7")))
    assert name_subject({"name": "urgent"}, about) == "urgent (l-7)"


def test_prices_are_told_with_the_currency_of_the_whole() -> None:
    rooms: JsonValue = [{"roomType": "Twin", "perNight": 114}, {"roomType": "Double", "perNight": 109}]
    text = describe_read({"rooms": rooms, "currency": "EUR"}, telling("show me the rooms", {}), Random(0))
    assert "- **Twin**: 114 EUR per night" in text
    text = describe_read({"fines": 3, "currency": "EUR"}, telling("show me any fines", {}), Random(0))
    assert text == "The open fines come to 3 EUR."


def test_where_there_is_nothing_nobody_says_nought() -> None:
    text = describe_read({"state": "open", "paid": 0}, telling("show me the claim", {}), Random(0))
    assert text == "It is open. Nothing has been paid so far."


def test_what_stands_beside_the_list_that_was_worked_on_is_named() -> None:
    result: JsonValue = {
        "folders": [{"name": "Board"}, {"name": "Leases"}],
        "documents": [{"name": "a.pdf", "bytes": 10}, {"name": "b.pdf", "bytes": 20}],
    }
    asked = telling("show me what is in the folder", {})
    asked = asked._replace(worked="documents", figures=frozenset(("bytes",)))
    assert describe_read(result, asked, Random(0)).endswith("There are also two folders: Board and Leases.")


def test_what_is_owed_of_the_record_around_a_list_that_was_gone_through_is_told() -> None:
    board: JsonValue = {"title": "Stock", "charts": [{"chart_id": 1, "title": "A"}, {"chart_id": 2, "title": "B"}]}
    looks: list[JsonValue] = [{"chart_id": n, "points": [{"x": "May", "y": n}, {"x": "June", "y": 9}]} for n in (1, 2)]
    calls = [Call("get_board", {"id": 5}, True, board)]
    calls += [Call("read_chart", {"chart_id": n}, True, look) for n, look in enumerate(looks, 1)]
    functions = {name: {"name": name, "description": ""} for name in ("get_board", "read_chart")}
    each: JsonObject = {"step": "s1", "path": "charts", "field": "chart_id"}
    steps: list[JsonObject] = [
        {"id": "s1", "tool": "get_board", "turn": 1, "arguments": {}, "repeat": None},
        {"id": "s2", "tool": "read_chart", "turn": 1, "arguments": {}, "repeat": each},
    ]
    owed = [{"step": "s1", "path": "title"}, {"step": "s1", "path": "charts[0].chart_id"}]
    report = Report({"steps": steps, "checkpoints": owed}, 1, {"s1": [board], "s2": looks}, calls, functions)
    assert answer_turn(report, Random(0)).endswith("B has two points: y 2, x May and y 9, x June. The title is Stock.")


@pytest.mark.parametrize(
    ("tool", "done", "arguments", "text"),
    [
        ("instance_stop", "stopped the machine", {"instance_id": "i-92"}, "stopped machine i-92"),
        ("merge_pull_request", "merged the pull request", {"repo": "a/b", "pull_number": 7},
         "merged pull request 7 in a/b"),
        ("confirm", "confirmed the transfer with the customer's code", {"transfer_id": "T1", "code": "47"},
         "confirmed transfer T1 with the customer's code"),
        ("change_account", "put in new bank details", {"iban": "DE52952785512641876284"},
         "put in new bank details (IBAN ending in 6284)"),
        ("subscribe", "subscribed somebody to the list", {"first_name": "Ann"}, "subscribed Ann to the list"),
    ],
)  # fmt: skip
def test_a_deed_is_said_in_the_words_of_the_request(tool: str, done: str, arguments: JsonObject, text: str) -> None:
    assert name_object(done, Telling(tool, "", arguments, frozenset(), {})) == text


def test_what_is_switched_to_is_named_once() -> None:
    look = telling("switch me to the tariff", {"tariff_code": "SK674"}, SK674="Day and Night")
    assert name_object("switched you to the tariff", look, {}) == "switched you to the tariff “Day and Night”"


def test_a_sentence_in_quotes_ends_the_sentence_that_tells_it() -> None:
    text = join_clauses(['the reason is "It was lost."', "the level is 3"])
    assert text == 'The reason is "It was lost.", and the level is 3.'
    text = f"{join_clauses(['the reason is ' + chr(34) + 'It was lost.' + chr(34)])} Level 3 is right."
    assert text == 'The reason is "It was lost." Level 3 is right.'
    assert hear("reason", {"type": "string"}, {}, text) == "It was lost."


def test_several_of_a_kind_are_asked_for_in_the_plural() -> None:
    ids = {"type": "array", "items": {"type": "string"}}
    parameters = {"type": "object", "properties": {"callIds": ids}}
    function = {"name": "archive_calls", "description": "Archive calls.", "parameters": parameters}
    steps = [
        {
            "id": "s1",
            "tool": "archive_calls",
            "turn": 1,
            "arguments": {"callIds": {"source": "user", "fact": "call IDs"}},
        }
    ]
    asked = [{"role": "user", "content": "Please archive them."}]
    plan = {"steps": steps, "checkpoints": []}
    questions = {act(plan, asked, [{"function": function}], Random(n))[0] for n in range(40)}
    assert "What are the call IDs?" in questions
    assert not any("is the call IDs" in question for question in questions)


@pytest.mark.parametrize(
    ("tool", "done", "arguments", "text"),
    [
        (
            "save_dashboard_to_collection",
            "moved the dashboard into a collection",
            {"dashboard_id": 3636, "collection_id": 72656},
            "moved dashboard 3636 into collection 72656",
        ),
        (
            "delete_version",
            "deleted the version from the project",
            {"id": 99078, "projectId": 94326},
            "deleted version 99078 from project 94326",
        ),
        (
            "delete_defined_name",
            "deleted the defined name",
            {"path": "notes/stock.xlsx", "name": "TaxRate"},
            "deleted the defined name TaxRate for notes/stock.xlsx",
        ),
        ("hello", "said hello to someone", {"name": "Hannah"}, "said hello to Hannah"),
    ],
)
def test_a_deed_names_first_what_it_was_done_to(tool: str, done: str, arguments: JsonObject, text: str) -> None:
    assert name_object(done, Telling(tool, "", arguments, frozenset(), {})) == text


@pytest.mark.parametrize(
    ("name", "description", "phrase"),
    [
        ("tasks_batch_archive", "Archive (delete) multiple task records in a single request", "archive the tasks"),
        ("template-delete", "Delete custom template", "delete the custom template"),
        ("createInvoice", "Create invoice", "create an invoice"),
        ("createUser", "Create user", "create a user"),
        ("web_search", "Search the web for information", "search the web"),
        ("get_subtitles", "Download video subtitles in any available format", "download video subtitles"),
    ],
)
def test_what_only_a_definition_says_is_not_asked_for(name: str, description: str, phrase: str) -> None:
    assert phrase_of({"name": name, "description": description}) == phrase


def test_of_a_list_each_is_told_with_the_sentence_that_says_what_it_is() -> None:
    tabs = {"name": "tabs", "description": "Several panels of which one is shown.", "category": "navigation"}
    table = {"name": "table", "description": "Rows and columns with a header.", "category": "data"}
    text = describe_read({"components": [tabs, table]}, telling("show me the components", {}), Random(1))
    assert text.splitlines()[1:] == [
        "- **tabs**: navigation, “Several panels of which one is shown.”",
        "- **table**: data, “Rows and columns with a header.”",
    ]


def test_the_same_done_twice_is_told_with_where_to() -> None:
    tellings = [Telling("trash_thread", "move a thread to the trash", {"id": n}, frozenset(), {}) for n in ("7", "9")]
    assert sum_up_changes([{"success": True}, {"success": True}], tellings) == [
        "I've moved two threads to the trash: 7 and 9."
    ]


@pytest.mark.parametrize(
    ("result", "text"),
    [
        (
            {"city": "Bonn", "temperature_celsius": 6.5, "condition": "showers", "wind_kmh": 12.4},
            "In Bonn it is 6.5 °C (showers), wind 12.4 km/h.",
        ),
        (
            {"source_timezone": "UTC", "source_time": "21:15", "target_timezone": "Asia/Tokyo", "target_time": "06:15"},
            "21:15 in UTC is 06:15 in Asia/Tokyo.",
        ),
        ({"symbol": "BTC", "price": 67000.5, "currency": "USD", "bids": 3}, ""),
    ],
)
def test_what_everybody_says_in_one_way_is_said_so(result: JsonObject, text: str) -> None:
    assert say_reading(result, Telling("tool", "check it", {}, frozenset(), {})) == text


def test_looks_at_several_places_say_which_is_which() -> None:
    function = {"name": "get_alerts", "description": "Get the weather alerts."}
    found = [{"alerts": [{"title": title, "severity": "minor"}]} for title in ("Dense fog", "Strong wind")]
    calls = [Call("get_alerts", {"state": state}, True, result) for state, result in zip("XY", found, strict=True)]
    steps: list[JsonObject] = [{"id": f"s{n}", "tool": "get_alerts", "turn": 1, "arguments": {}} for n in (1, 2)]
    results: dict[str, list[JsonValue]] = {"s1": [found[0]], "s2": [found[1]]}
    text = answer_turn(
        Report({"steps": steps, "checkpoints": []}, 1, results, calls, {"get_alerts": function}), Random(0)
    )
    assert [line[:5] for line in text.split("\n\n")] == ["**X**", "**Y**"]


def test_what_is_all_called_as_it_was_looked_for_is_counted_and_not_named() -> None:
    labels: list[JsonValue] = [{"label_id": f"e83732d4068118d1903849{n}", "name": "needs review"} for n in (11, 12)]
    asked = telling("find the labels", {"search": "needs review"})
    text = describe_read({"labels": labels, "total": 2}, asked, Random(0))
    assert ":" not in text
    assert text.endswith(".")


def test_of_records_that_nobody_told_nobody_said_that_there_are_none() -> None:
    record = {"type": "object", "properties": {"file_path": {"type": "string"}}, "required": ["file_path"]}
    schema: JsonObject = {"type": "array", "items": record}
    assert hear("files", schema, schema, "Could you open the files?") is NOT_SAID
    assert hear("files", schema, schema, "The files are none.") == []
    assert hear("files", schema, schema, "Open them. File: file path a.md") == [{"file_path": "a.md"}]


def test_what_is_queued_is_not_told_as_done() -> None:
    told = telling("roll the service out", {"service_id": "billing-worker", "version": "3.2.1"})
    text = describe_change({"deployment_id": "dep-1a2b3c4d", "state": "queued"}, told, Random(0))
    assert "put in the request to roll service billing-worker out (version 3.2.1). It is queued." in text
    assert "rolled service billing-worker out" in describe_change({"state": "running"}, told, Random(0))


def test_nobody_says_that_there_is_nothing_above_a_list() -> None:
    nothing = {react("There are no open fines.", Random(n), kind="none") for n in range(60)}
    loans = "There are no open fines.\n\nThere are three loans:\n- **The Mill**: due 3 May 2026"
    assert nothing.isdisjoint({react(loans, Random(n)) for n in range(60)} - {""})


@pytest.mark.parametrize("seats", [["D9"], ["D9", "E4"]])
def test_seats_are_heard_behind_their_word(seats: list[str]) -> None:
    schema: JsonObject = {"type": "array", "items": {"type": "string"}}
    ask = put_listed("hold the seat" if len(seats) == 1 else "hold the seats", "seats", seats)
    assert hear("seats", schema, schema, f"Please {ask} for screening 12.") == seats


def test_records_of_one_part_are_told_in_a_row() -> None:
    extras = [{"kind": "late_checkout"}, {"kind": "parking"}]
    assert tell_clauses("extras", extras, Random(0)) == ["the extras are late checkout and parking"]
    kind = {"type": "string", "enum": ["late_checkout", "parking"]}
    item: JsonObject = {"type": "object", "properties": {"kind": kind}, "required": ["kind"]}
    schema: JsonObject = {"type": "array", "items": item}
    assert hear("extras", schema, schema, "The extras are late checkout and parking.") == extras


def test_a_sum_stands_before_the_name_of_what_it_is_for() -> None:
    arguments = {"title": "Pilot for Halden Foods", "company_id": 26655, "amount": 19000, "currency": "EUR"}
    done = name_object("opened a new deal", Telling("deals_create", "open a new deal", arguments, frozenset(), {}))
    assert done == "opened a new deal of 19,000 EUR named “Pilot for Halden Foods” (company 26655)"


def test_whoever_has_a_name_is_called_by_it() -> None:
    told = telling("nudge the signer of the envelope", {"signer_id": 7976}, **{"7976": "Pablo Serrano"})
    assert name_object("nudged the signer of the envelope", told) == "nudged Pablo Serrano for the envelope"


def test_many_bare_names_are_told_in_a_sentence() -> None:
    seats = [{"seat": f"E{n}", "category": "standard"} for n in range(1, 8)]
    told = telling("see which seats are free", {})._replace(worked="seats", figures=frozenset(("category",)))
    text = describe_read({"seats": seats}, told, Random(0))
    assert text == "They are E1, E2, E3, E4, E5, E6 and E7, all of category standard."


def test_nothing_goes_to_two_places_in_one_request() -> None:
    group = "assign the ticket 12 to the billing group"
    assert hang(group, "assignee ID", 4235, Random(1)) == f"{group} with assignee 4235"
    assert {hang("assign the ticket 12", "assignee ID", 4235, Random(n)) for n in range(20)} == {
        "assign the ticket 12 to assignee 4235",
        "assign the ticket 12 with assignee 4235",
    }


def test_a_point_is_said_in_one_breath() -> None:
    asked = hang("tell me the current temperature", "latitude", 43.65, Random(1))
    assert asked == "tell me the current temperature at latitude 43.65"
    assert hang(asked, "longitude", -79.38, Random(1)) == f"{asked} and longitude -79.38"


def test_two_of_one_name_are_told_apart_by_their_ids() -> None:
    rows: list[JsonValue] = [{"id": f"i{n}", "name": "Kenji Mori", "amount": 10 * n} for n in (1, 3)]
    code = versions("work out which share of the total amount each name has, in percent", [rows])[-1]
    assert '"id": "i1"' in code
    assert "Kenji" not in code


def test_one_of_several_things_is_said_as_one() -> None:
    assert say_field("stopsDone", 1, {}, "route 7") == "route 7 has 1 stop done"
    assert say_field("covered", ["burst pipes"], {}) == "burst pipes are covered"
    assert say_field("covered", ["wear and tear"], {}) == "wear and tear is covered"


def test_a_time_is_told_with_its_zone() -> None:
    assert say_field("time", "09:03", {"timezone": "UTC"}) == "the time is 09:03 UTC"
    assert say_field("time", "10:00", {"timezone": "Europe/Warsaw"}) == "the time is 10:00 (Europe/Warsaw)"


def test_who_did_something_is_said_as_the_one_who_did_it() -> None:
    assert say_field("created_by", "Katrin Hartmann", {}) == "it was created by Katrin Hartmann"


def test_errors_stand_out_in_a_log() -> None:
    lines = [{"at": f"2026-02-25T08:3{n}:00Z", "level": level} for n, level in enumerate(("info", "error", "error"))]
    assert find_standing_out(lines, ("log", "logs"), "") == "of the three logs, two are errors"


def test_what_is_switched_off_does_not_run_out_first() -> None:
    coupons: list[JsonObject] = [
        {"code": "SPRING", "expires": "2026-03-24", "active": False},
        {"code": "AUTUMN", "expires": "2026-09-30", "active": True},
        {"code": "SUMMER", "expires": "2026-06-30", "active": True},
    ]
    told = find_standing_out(coupons, ("coupon", "coupons"), "")
    assert told.startswith("of the three coupons, coupon SUMMER is the first to run out")


def test_what_is_done_already_does_not_fall_due() -> None:
    tasks = [{"title": "Check", "due_date": "2026-01-28", "status": "done"}]
    tasks += [{"title": "Ask", "due_date": "2026-02-01", "status": "open"}]
    said = find_standing_out(tasks, ("task", "tasks"), "")
    assert said == "of the two tasks, Ask is the first to fall due (due 1 February 2026)"


def test_two_sides_of_a_match_are_told_together() -> None:
    match = {"id": "7", "league": "Open", "radiant_team": "Iron Tide", "dire_team": "Saltmarsh"}
    match |= {"winner": "Saltmarsh", "duration_minutes": 35, "started_at": "2026-09-28T09:15:00Z"}
    telling = Telling("get_pro_matches", "get the recent professional matches", {}, frozenset(), {})
    text = describe_read(
        {"matches": [match, match | {"id": "8", "radiant_team": "Northlight"}], "total": 2}, telling, Random(1)
    )
    assert "radiant team Iron Tide" in text
    assert "with the same dire team, Saltmarsh" in text
    assert "match 7" in text


def test_what_was_made_is_named_with_where_it_is_and_not_to_whom() -> None:
    arguments = {"issue_number": 142, "owner": "viktors", "repo": "docs-site"}
    telling = Telling("add_issue_comment", "add a comment to an issue", arguments, frozenset(), {})
    done = name_object("added a comment to an issue", telling, {"id": "eb948"})
    assert done == "added a comment to issue 142 (owner viktors, docs-site)"


def test_what_is_changed_is_told_with_its_new_title() -> None:
    arguments = {"memory_id": 6949, "title": "Prefers metric units"}
    done = name_object("updated the memory", Telling("update_memory", "update the memory", arguments, frozenset(), {}))
    assert done == "updated memory 6949: title “Prefers metric units”"


def test_who_asks_what_a_rule_forbids_is_told_no_more_than_the_wish() -> None:
    rule = "Pages that ask not to be copied are never copied."
    asked = [{"role": "user", "content": "Please copy the whole site of Ostara Foods, though they forbid it."}]
    told = {refuse(f"Policy:\n- {rule}", asked, [], Random(n)) for n in range(20)}
    assert any("copy the whole site of Ostara Foods" in text for text in told)
    assert not any("though" in text for text in told)


def test_stock_is_that_of_the_article_that_was_asked_for() -> None:
    asked: JsonObject = {"article": "65804027", "warehouse_id": "wrh-4"}
    stock = Telling("stock_lookup", "see how much is in stock", asked, frozenset(), {})
    levels: JsonValue = {"article": "65804027", "levels": [{"warehouse_id": "wrh-4", "on_hand": 23}]}
    assert describe_read(levels, stock, Random(0)).startswith(
        "Article 65804027 has one stock level for warehouse wrh-4:"
    )
