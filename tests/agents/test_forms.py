"""The form of an answer is short, and takes what the noun takes."""

import orjson
import pytest
from jsonschema import Draft202012Validator

from agents.schema import Blueprint, Noun, Observed, Utterance, Verdict, answer_form
from tests.agents.offline.test_recorded import CONVERSATIONS

PLANS = [conversation["blueprint"][-1] for conversation in CONVERSATIONS]


@pytest.mark.parametrize("noun", [Blueprint, Observed, Utterance, Verdict])
def test_a_form_says_no_word_and_is_a_schema(noun: type[Noun]) -> None:
    text = orjson.dumps(answer_form(noun)).decode()
    Draft202012Validator.check_schema(answer_form(noun))
    assert '"description"' not in text
    assert len(text) < 0.55 * len(orjson.dumps(noun.model_json_schema()))


@pytest.mark.parametrize("plan", PLANS)
def test_the_form_takes_a_plan_and_refuses_a_source_that_there_is_not(plan: dict[str, object]) -> None:
    form = Draft202012Validator(answer_form(Blueprint))
    assert form.is_valid(plan)
    step = {"id": "s9", "tool": "get_path", "arguments": {"path": {"source": "memory", "fact": "owner"}}}
    assert not form.is_valid({**plan, "steps": [step]})


def test_the_judge_is_not_asked_to_repeat_a_claim() -> None:
    ruling = answer_form(Verdict)["properties"]["claims"]["items"]
    assert ruling["required"] == ["id", "derivable", "why"]
    assert set(ruling["properties"]) == {"id", "derivable", "why"}
