"""People: they mistype, correct themselves, want the other one; what they mean is heard all the same."""

from collections import Counter
from random import Random
from typing import Any

import pytest

from agents.offline.plans.blueprint import draw_plan
from agents.offline.speech.hear import hear
from agents.offline.talk.answers import refuse
from agents.offline.talk.user import correct_oneself, mistype, speak
from agents.offline.talk.wording import only_looks, turn_to_you
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
    facts = [{"name": "note", "value": "A-7"}, {"name": "limit", "value": value}]
    for seed in range(20):
        details = correct_oneself(facts, "", Random(seed))
        assert hear("limit", schema, schema, details) == value
        assert hear("note", {"type": "string"}, {}, details) == "A-7"
        assert details.count("The limit is") == 1


def test_nothing_to_mix_up_is_told_as_it_is() -> None:
    assert correct_oneself([{"name": "note", "value": "A-7"}], "The note is A-7.", Random(0)) == "The note is A-7."


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
        assert "guess" not in answer
        assert "Never read out an order" in answer


def test_my_things_are_yours_to_the_one_who_answers() -> None:
    assert turn_to_you("show me my loans") == "show you your loans"
    assert [only_looks("get rid of the note"), only_looks("get me the note")] == [False, True]
