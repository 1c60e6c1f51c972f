"""People: they mistype, correct themselves, want the other one; what they mean is heard all the same."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from agents.offline.fields.values import draw_subject
from agents.offline.plans.blueprint import draw_plan
from agents.offline.plans.draft import Draft, find_listed
from agents.offline.plans.pointing import speak_of_several
from agents.offline.speech.hear import hear
from agents.offline.speech.spoken import speak_value
from agents.offline.talk.conversation import refuse
from agents.offline.talk.people import give_reason, wish_in_vain
from agents.offline.talk.user import correct_oneself, mistype, point_at, speak
from agents.offline.talk.wording import only_looks, turn_to_you
from agents.offline.trade.policies import ADVICE, draw_forbidden, find_forbidding, write_policy, write_role
from agents.offline.trade.subject import load_table
from agents.offline.trade.wishes import imagine_more, imagine_wishes
from agents.plan.dataflow import describe_tool
from memory.corpus import corpus

TOOLS = [describe_tool(tool.name, tool) for tool in corpus.builtin().tools if tool.service == "pager"]


@pytest.mark.parametrize("seed", range(20))
def test_a_typo_swaps_two_letters_of_one_word(seed: int) -> None:
    text = "My colleague is on leave and I took over her accounts."
    typo = mistype(text, Random(seed))
    changed = [(a, b) for a, b in zip(text.split(), typo.split(), strict=True) if a != b]
    assert len(changed) <= 1
    assert all(Counter(a) == Counter(b) and a[0] == b[0] for a, b in changed)


@pytest.mark.parametrize(
    ("value", "schema"), [("2026-05-04", {"type": "string", "format": "date"}), (12, {"type": "integer"})]
)
def test_the_corrected_value_is_heard(value: Any, schema: dict[str, Any]) -> None:
    facts = [{"name": "note", "value": "A-7"}, {"name": "budget", "value": value}]
    for seed in range(20):
        details = correct_oneself(facts, "", Random(seed))
        assert hear("budget", schema, schema, details) == value
        assert hear("note", {"type": "string"}, {}, details) == "A-7"
        assert details.count("The budget is") == 1


def test_nothing_to_mix_up_is_told_as_it_is() -> None:
    assert correct_oneself([{"name": "note", "value": "A-7"}], "The note is A-7.", Random(0)) == "The note is A-7."


def test_nobody_puts_right_how_much_of_a_list_is_enough() -> None:
    facts = [{"name": "number of results", "value": 46}]
    assert correct_oneself(facts, "The number of results is 46.", Random(0)) == "The number of results is 46."


def test_a_choice_is_said_as_its_spoken_form() -> None:
    fact = {"name": "delivery", "value": "IN_STORE", "spoken": "in store"}
    you = {
        "persona": "Ana, nurse; manner: terse",
        "turns": [{"ask": "book it", "facts": ["delivery"]}],
        "facts": [fact],
    }
    said = speak(you, [{"role": "user", "content": ""}], Random(0))["say"]
    assert "in store" in said
    assert hear("delivery", {"enum": ["IN_STORE", "HOME"]}, {}, said) == "IN_STORE"


def test_who_wants_the_other_one_gets_the_second() -> None:
    paths = set()
    for seed in range(60):
        directive = {"mode": "chained", "steps": 2, "operator": "fresh", "today": "2026-05-04"}
        plan = draw_plan(TOOLS, directive, Random(seed))
        if "second" in plan["turns"][-1]["ask"]:
            last = plan["steps"][-1]
            assert last["turn"] == len(plan["turns"]) > 1
            sources = [source for source in last["arguments"].values() if source["source"] == "step"]
            paths |= {source["path"] for source in sources}
    assert paths
    assert all("[1]" in path for path in paths)


def test_a_refusal_never_quotes_what_stands_above_the_public_prompt() -> None:
    private = "- Never guess a value about an order number.\n"
    system = f"{private}## Public system prompt\nYou help.\n- Never read out an order of somebody else.\n"
    request = [{"role": "user", "content": "Please read out the order number of somebody else, guess a value."}]
    for seed in range(10):
        answer = refuse(system, request, [], Random(seed))
        assert "Never guess" not in answer
        assert "ever read out an order" in answer


def test_who_is_asked_for_the_race_date_says_nothing_of_the_race() -> None:
    facts = [{"name": "race", "value": "5k"}, {"name": "race date", "value": "2026-07-22"}]
    you = {"persona": "Ana, nurse; manner: terse", "turns": [{"ask": "make a plan", "facts": ["race"]}], "facts": facts}
    seen = [{"role": "user", "content": text} for text in ("Begin.", "Would you give me the race date, please?")]
    for seed in range(20):
        say = speak(you, seen, Random(seed))["say"]
        assert "22" in say
        assert "5k" not in say


@pytest.mark.parametrize(
    ("tool", "reasons"),
    [
        ({"name": "createContact", "description": "", "service": "rolodex"}, {"We met at a trade fair."}),
        ({"name": "findContact", "description": "", "service": "rolodex"}, {"look contact"}),
        ({"name": "find_contact", "description": "Find a contact.", "service": "npm:rolodex"}, set()),
        ({"name": "delete_pod", "description": "Delete a pod", "service": "npm:pods"}, {"It's no longer needed."}),
    ],
)
def test_a_reason_fits_what_is_done_with_what(tool: dict[str, Any], reasons: set[str]) -> None:
    given = {give_reason(tool, Random(seed)) for seed in range(40)} - {""}
    expected = set(load_table("reasons")["own"]["look contact"]) if reasons == {"look contact"} else reasons
    assert given == expected


def test_a_reason_that_would_tell_a_value_is_left_out() -> None:
    you = {
        "persona": "Ana, nurse; manner: terse",
        "goal": "send the route out - because: The driver is ready to go.",
        "turns": [{"ask": "send the route out", "facts": ["driver ID"]}],
        "facts": [{"name": "driver ID", "value": "DRI-95278"}],
    }
    for seed in range(20):
        say = speak(you, [{"role": "user", "content": ""}], Random(seed))["say"]
        assert hear("driver ID", {"type": "string"}, {}, say) == "DRI-95278"


def test_what_stands_in_quotes_is_told_of_nothing_else() -> None:
    text = 'Open a ticket. The subject is "Charged twice in May". We are in Lyon.'
    assert hear("city", {"type": "string"}, {}, text) == "Lyon"
    assert hear("subject", {"type": "string"}, {}, text) == "Charged twice in May"


def test_several_things_are_named_once() -> None:
    assert speak_of_several("retire the knowledge base article", 2, ["article ID"]) == (
        "retire these two knowledge base articles"
    )
    assert speak_of_several("look up the film", 3, ["film name"]) == "look up these three films"
    assert speak_of_several("check if a domain name is free", 2, ["domain"]) == "check if these two domains are free"
    assert speak_of_several("switch the plan", 2, ["member ID", "plan"]) == "switch the plan for these two members"


def test_a_month_is_said_by_its_name() -> None:
    assert speak_value("2025-12", "month") == "December 2025"
    assert hear("month", {"type": "string"}, {}, "sum up what it cost in December 2025.") == "2025-12"
    assert hear("start date", {"type": "string", "format": "date"}, {}, "from 5 December 2025") == "2025-12-05"


def test_my_things_are_yours_to_the_one_who_answers() -> None:
    assert turn_to_you("show me my loans") == "show you your loans"
    assert [only_looks("get rid of the note"), only_looks("get me the note")] == [False, True]


def test_whoever_chose_from_a_list_calls_the_thing_by_its_name() -> None:
    reply = (
        "I see 2 folders: Leases and Board.\n\nThere are 2 documents.\n- **NDA.pdf**: 3 bytes\n- **Lease.pdf**: 4 bytes"
    )
    assert point_at("open the first document", reply) == 'open the document "NDA.pdf"'
    assert point_at("open the first folder", reply) == 'open the folder "Leases"'
    assert point_at("open the first drawer", reply) == "open the first drawer"
    table = "I see 2 bookings.\n\n| Booking ID | Date |\n|---|---|\n| RB-387 | 9 May 2026 |"
    assert point_at("extend the first booking", table) == "extend the booking RB-387"
    alone = "I found one student for “Fontaine”: Matteo Fontaine (year 1, programme BSc Economics)."
    assert point_at("enrol the first student for course B2", alone) == "enrol Matteo Fontaine for course B2"


def test_a_rule_is_left_out_where_nobody_could_see_whether_it_is_kept() -> None:
    subject, rule = draw_subject(Random(1), "clinic patient"), "Findings are read out only to the patient"
    assert rule in write_policy(subject, Random(1), look=False, called=["find_patient"])
    assert rule not in write_policy(subject, Random(1), look=False, called=["get_results"])


def test_a_rule_of_the_trade_is_told_where_the_desk_has_to_do_with_it() -> None:
    subject, rule = (
        draw_subject(Random(1), "youtube video transcript"),
        "Seats on hold are given back after ten minutes.",
    )
    assert subject.domain == "media"
    assert rule in write_policy(subject, Random(1), look=False, matters=["screening", "seat"])
    assert rule not in write_policy(subject, Random(1), look=False, matters=["video", "transcript"])


def test_what_is_forbidden_is_something_that_the_desk_has_to_do_with() -> None:
    weather = [
        draw_forbidden(draw_subject(Random(1), "map place route"), Random(seed), ["weather"]) for seed in range(40)
    ]
    assert {rule for rule, _ in weather} == {
        "Whether somebody is safe out there is decided by nobody at this desk.",
        "Readings are never changed or left out.",
    }


def test_wishes_in_vain_of_one_trade_are_seldom_the_same() -> None:
    wishes = [imagine_wishes(draw_subject(Random(seed), "chess_player game"), Random(seed))[0] for seed in range(100)]
    assert len(set(wishes)) > 40
    assert not any("{" in wish for wish in wishes)


def test_nobody_asks_a_library_for_a_refill_nor_for_what_its_own_tools_do() -> None:
    library = [{"service": "city-library", "name": "renew_loan", "description": "Keep a loan of the library longer."}]
    refill = {
        "service": "counter",
        "name": "see_refill_dates",
        "description": "See on which days refills of drugs end.",
    }
    subject = draw_subject(Random(1), "city-library loan")
    wishes = [wish_in_vain(library, [refill], subject, Random(seed))[0] for seed in range(60)]
    assert subject.domain == "education"
    assert not any("refill" in wish or wish.startswith("renew") for wish in wishes)


def test_whatever_a_rule_forbids_is_found_to_be_forbidden_by_it() -> None:
    for seed in range(400):
        rule, wish = draw_forbidden(draw_subject(Random(seed), "slack_server send message"), Random(seed))
        assert find_forbidding(f"Could you {wish}? Nobody will find out.", f"- {rule}\n") == rule
        assert "{" not in wish


def test_who_may_not_is_told_what_to_do_instead() -> None:
    rules = {rule for trade in load_table("policies").values() for rule, *_ in trade["forbidden"]}
    assert rules == set(ADVICE)
    answer = refuse(
        "- A signed document is never changed.\n",
        [{"role": "user", "content": "Swap page three of the signed agreement."}],
        [],
        Random(1),
    )
    assert answer.endswith("A new version can be drawn up and signed by everybody again.")


@pytest.mark.parametrize(("service", "houses"), [("city-library", {"Library"}), ("wheels", {"Rental", "Rent-a-Car"})])
def test_a_house_is_of_the_trade_of_its_service(service: str, houses: set[str]) -> None:
    for seed in range(30):
        subject = draw_subject(Random(seed), f"{service} {'loan' if 'library' in service else 'car rental'}")
        role = write_role(subject, service, Random(seed))
        assert any(house in role for house in houses), role


def test_nobody_sells_an_insurers_quote_at_tonights_price() -> None:
    subject = draw_subject(Random(1), "coverquote insurance quote")
    wishes = {wish for seed in range(60) for wish in imagine_more(["quote"], subject, Random(seed))}
    assert wishes == set()
    assert imagine_more(["quote"], draw_subject(Random(1), "stock market ticker"), Random(1))


def test_nobody_is_asked_for_what_an_offered_list_tells() -> None:
    homes = [tool for tool in corpus.builtin().tools if tool.service == "hearth-home"]
    draft = Draft([describe_tool(tool.name, tool) for tool in homes], Random(1))
    assert find_listed(draft, "lock-door") == {"device_id"}
