"""What an argument can be put together of, what a plan may expect, and what a checkpoint must not give away."""

from datetime import date
from typing import Any

import pytest

from agents.errors import BlueprintError
from agents.roles.soundness import check
from agents.schema import Blueprint, Cluster, Tool

TEXT = {"type": "string"}
IDS = {"type": "array", "items": TEXT}
KINDS = {"type": "array", "items": {"type": "string", "enum": ["open", "closed"]}}
BODY = {"type": "object", "properties": {"title": TEXT, "parent": TEXT}, "required": ["title"]}


def tool(name: str, output: Any = None, **properties: Any) -> Tool:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return Tool(name=name, input_schema=schema, output_schema=output, service="forge")


STATE = {"type": "object", "properties": {"state": {"enum": ["open", "merged"]}, "id": TEXT}}
CLUSTER = Cluster(
    id="c",
    leaf="0.0",
    tools=(
        tool("get_path", path=TEXT),
        tool("get_issue", STATE, id=TEXT),
        tool("close_issues", ids=IDS),
        tool("create_issue", body=BODY),
        tool("list_issues", kinds=KINDS),
    ),
)


def plan(*steps: dict[str, Any], **parts: Any) -> Blueprint:
    facts = [{"name": "owner", "value": "acme"}, {"name": "id", "value": "I-17"}]
    turn = {"ask": "look at the issue", "facts": ["owner", "id"]}
    named = [{"id": f"s{n}", **step} for n, step in enumerate(steps, 1)]
    whole = {"persona": "Ana", "goal": "look", "mode": "linear", "turns": [turn], "facts": facts, "steps": named}
    return Blueprint.model_validate({**whole, **parts})


KIND = {"source": "constant", "value": ["open"]}
OWNER = {"source": "user", "fact": "owner"}
LOOK = {"tool": "get_issue", "arguments": {"id": {"source": "user", "fact": "id"}}}
FOUND = {"source": "step", "step": "s1", "path": "id"}


def template(text: str, **parts: Any) -> dict[str, Any]:
    return {"tool": "get_path", "arguments": {"path": {"source": "template", "template": text, "parts": parts}}}


def calling(name: str, argument: str, source: Any) -> dict[str, Any]:
    return {"tool": name, "arguments": {argument: source}}


@pytest.mark.parametrize(
    "steps",
    [
        [template("/repos/{owner}/pulls", owner=OWNER)],
        [LOOK, calling("close_issues", "ids", {"source": "list", "items": [FOUND, FOUND]})],
        [LOOK, calling("create_issue", "body", {"source": "object", "fields": {"title": OWNER, "parent": FOUND}})],
        [calling("list_issues", "kinds", {"source": "constant", "value": ["open", "closed"]})],
    ],
)
def test_an_argument_put_together_is_accepted(steps: list[dict[str, Any]]) -> None:
    check(plan(*steps), CLUSTER)


@pytest.mark.parametrize(
    ("steps", "reason"),
    [
        ([template("/repos/{name}/pulls", owner=OWNER)], "the template names ['name'], its parts are ['owner']"),
        ([template("/repos/{owner}/pulls/40817", owner=OWNER)], "the template holds the value '40817'"),
        (
            [calling("create_issue", "body", {"source": "object", "fields": {"parent": OWNER}})],
            "no source for its fields ['title']",
        ),
        (
            [calling("close_issues", "ids", {"source": "list", "items": [{"source": "constant", "value": "I-17"}]})],
            "'I-17' is no enum member",
        ),
        ([calling("list_issues", "kinds", {"source": "constant", "value": ["open", "late"]})], "is no enum member"),
    ],
)
def test_an_argument_put_together_wrongly_says_why(steps: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(BlueprintError) as refused:
        check(plan(*steps), CLUSTER)
    assert reason in str(refused.value)


def test_what_is_expected_must_be_possible() -> None:
    check(plan(LOOK, expects=[{"step": "s1", "path": "state", "value": "merged"}]), CLUSTER)
    with pytest.raises(BlueprintError, match="state of 'get_issue' is one of"):
        check(plan(LOOK, expects=[{"step": "s1", "path": "state", "value": "lost"}]), CLUSTER)


@pytest.mark.parametrize(
    ("value", "spoken"),
    [
        ("2026-05-19", "Tuesday the 19th of May"),
        (84.5, "eighty-four euros fifty"),
        (["left knee"], "my left knee"),
        ("in_transit", "on its way"),
    ],
)
def test_a_fact_may_be_spoken_as_people_speak(value: Any, spoken: str) -> None:
    facts = [{"name": "owner", "value": "acme"}, {"name": "id", "value": value, "spoken": spoken}]
    check(plan(LOOK, facts=facts), CLUSTER, date(2026, 5, 1))


@pytest.mark.parametrize(
    ("value", "spoken"),
    [("2026-05-19", "Tuesday the 18th of May"), (84.5, "forty-eight fifty"), ("RB-40817", "RB 40871")],
)
def test_a_fact_that_is_spoken_as_another_value_is_refused(value: Any, spoken: str) -> None:
    facts = [{"name": "owner", "value": "acme"}, {"name": "id", "value": value, "spoken": spoken}]
    with pytest.raises(BlueprintError, match=r"fact 'id': .* does not say its value"):
        check(plan(LOOK, facts=facts), CLUSTER, date(2026, 5, 1))


@pytest.mark.parametrize("part", ["goal", "role", "policy"])
def test_the_planned_failure_stands_in_no_text_that_others_read(part: str) -> None:
    failing = {**LOOK, "fails": "503 from upstream"}
    with pytest.raises(BlueprintError, match="speaks of the planned failure; only `fails` does"):
        check(plan(failing, mode="recovery", **{part: "see it through although 503 from upstream comes"}), CLUSTER)


@pytest.mark.parametrize("text", ["the second attempt succeeds", "the issue is read after a retry", "Try it AGAIN"])
def test_a_checkpoint_does_not_give_a_failure_away(text: str) -> None:
    failing = {**LOOK, "fails": "503 from upstream"}
    point = {"step": "s1", "text": text}
    check(plan(LOOK, checkpoints=[point]), CLUSTER)
    with pytest.raises(BlueprintError, match="speaks of the planned failure"):
        check(plan(failing, checkpoints=[point], mode="recovery"), CLUSTER)


def test_again_gives_nothing_away_where_another_step_fails() -> None:
    steps = [{**LOOK, "fails": "503 from upstream"}, {"tool": "list_issues", "arguments": {"kinds": KIND}}]
    point = {"step": "s2", "text": "the issue is open again"}
    check(plan(*steps, checkpoints=[point], mode="recovery"), CLUSTER)
    with pytest.raises(BlueprintError, match=r"speaks of the planned failure \(again\)"):
        check(plan(*steps, checkpoints=[{**point, "step": "s1"}], mode="recovery"), CLUSTER)
