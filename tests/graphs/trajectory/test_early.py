"""A fault is shown to the role that made it while it is cheap, once, and leaves no trace in the row."""

from typing import Any

import orjson
import pytest

from agents.schema import UNSOUND, Directive, Mode, Played, Role, Stop
from agents.teacher.teachers import Answer, Ask
from graphs.trajectory.case import Case
from graphs.trajectory.graph import play
from graphs.trajectory.grounding import look
from graphs.trajectory.state import Context, Limits
from tests.graphs.trajectory.test_graph import CLUSTER, Script, said, teacher

DIRECTIVE = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.CHAINED, steps=2)
INVENTED = said("", ("get_order", '{"order_id":"ORD-99999"}'))


def listening(ask: Ask, heard: list[tuple[Role, str]]) -> Ask:
    async def asked(role: Role, messages: list[dict[str, Any]], **given: Any) -> Answer:
        heard.append((role, str(messages[-1]["content"])))
        return await ask(role, messages, **given)

    return asked


async def slot(script: Any, heard: list[tuple[Role, str]], *, early: bool = True) -> Played:
    ask = listening(teacher({Role.ASSISTANT: script}), heard)
    return await play(DIRECTIVE, CLUSTER, Context(ask, limits=Limits(early=early)))


async def test_an_invented_id_is_called_anew() -> None:
    heard: list[tuple[Role, str]] = []
    played = await slot(lambda n, _: INVENTED if n == 1 else None, heard)
    shown = [text for role, text in heard if text.startswith(UNSOUND)]
    assert (played.stop, played.faults) == (Stop.COMPLETED, ())
    assert len(shown) == 1
    assert "call_1 order_id = 'ORD-99999' was neither told nor returned before" in shown[0]
    assert "ORD-99999" not in orjson.dumps(played.trajectory.model_dump(mode="json")).decode()


async def test_a_value_that_is_insisted_on_is_the_judges_to_decide() -> None:
    heard: list[tuple[Role, str]] = []
    played = await slot(lambda n, _: INVENTED if n <= 2 else None, heard)
    assert sum(text.startswith(UNSOUND) for _, text in heard) == 1
    assert played.faults[0].startswith("claim: call_1 calls get_order with order_id = 'ORD-99999'")


async def test_another_invented_value_after_the_objection_is_a_fault() -> None:
    other = said("", ("get_order", '{"order_id":"ORD-11111"}'))
    played = await slot(lambda n, _: {1: INVENTED, 2: other}.get(n), [])
    assert any(fault.startswith("leak: call_1 order_id = 'ORD-11111'") for fault in played.faults)


async def test_what_the_judge_finds_derivable_keeps_the_row() -> None:
    rulings = [{"id": n, "derivable": True, "why": "the user spelled it"} for n in range(1, 9)]
    scores = dict.fromkeys(("task_completion", "tool_use", "grounding", "coherence", "naturalness"), 5)
    verdict = said({"scores": scores, "blame": "none", "reasons": "", "claims": rulings})
    scripts: dict[Role, Script] = {
        Role.ASSISTANT: lambda n, _: INVENTED if n <= 2 else None,
        Role.QUALITY: lambda n, _: verdict,
    }
    played = await play(DIRECTIVE, CLUSTER, Context(teacher(scripts)))
    assert not any("ORD-99999" in fault for fault in played.faults)


async def test_a_fact_is_asked_for_once() -> None:
    silent = said({"say": "Please do what I need.", "done": False})
    alone = DIRECTIVE.model_copy(update={"mode": Mode.LINEAR, "steps": 1})
    counts = []
    for seed in range(6):
        heard: list[tuple[Role, str]] = []
        ask = listening(teacher({Role.USER: lambda n, _: silent if n <= 4 else None}, seed=seed), heard)
        await play(alone, CLUSTER, Context(ask, limits=Limits(messages=8)))
        counts.append(sum(role is Role.USER and text.startswith(UNSOUND) for role, text in heard))
    assert max(counts) == 1


async def test_without_the_early_look_it_is_found_at_the_end() -> None:
    heard: list[tuple[Role, str]] = []
    played = await slot(lambda n, _: INVENTED if n == 1 else None, heard, early=False)
    assert not any(text.startswith(UNSOUND) for _, text in heard)
    assert any(fault.startswith("leak: call_1 order_id") for fault in played.faults)


@pytest.mark.parametrize("mode", [Mode.LINEAR, Mode.CHAINED, Mode.CLARIFICATION])
async def test_a_user_that_leaves_a_fact_out_says_it_anew(mode: Mode) -> None:
    heard: list[tuple[Role, str]] = []
    silent = said({"say": "Please do what I need.", "done": False})
    ask = listening(teacher({Role.USER: lambda n, _: silent if n == 1 else None}, seed=3), heard)
    played = await play(DIRECTIVE.model_copy(update={"mode": mode}), CLUSTER, Context(ask))
    assert played.trajectory.blueprint
    told = [name for turn in played.trajectory.blueprint.turns[:1] for name in turn.facts]
    shown = [text for role, text in heard if role is Role.USER and text.startswith(UNSOUND)]
    assert len(shown) == bool(told)
    assert all(f"turn 1 must tell the {name}" in shown[0] for name in told[:1])


@pytest.mark.parametrize(
    ("answer", "faults"),
    [
        ("It is renewed: loan ID 77349.", 0),
        ("It is renewed: loan ID 77346.", 1),
        ("Renewed.\n- **Loan ID:** `77346`", 1),
        ("Renewed, the fee comes to 77346 in all.", 0),
        ("Renewed, your valid 77346 points stay.", 0),
    ],
)
async def test_a_bare_number_that_is_called_an_id_was_said_before(answer: str, faults: int) -> None:
    plan = (await slot(lambda n, _: None, [])).trajectory.blueprint
    assert plan
    messages = [{"role": "user", "content": "Please renew loan 77349."}, {"role": "assistant", "content": answer}]
    findings = look(Case(plan, CLUSTER, messages), 1).words
    assert [finding.name for finding in findings] == ["grounding"] * faults


async def test_a_message_is_looked_at_anew_after_other_words() -> None:
    plan = (await play(DIRECTIVE, CLUSTER, Context(teacher()))).trajectory.blueprint
    assert plan
    answer = {"role": "assistant", "content": "Loan 77349 is renewed, member AB-4077."}
    told = {"role": "user", "content": "Please renew loan 77349 of AB-4077."}
    untold = {"role": "user", "content": "Please renew loan 77349."}
    for before, faults in ((told, 0), (untold, 1), (untold, 1), (told, 0)):
        assert len(look(Case(plan, CLUSTER, [before, answer]), 1).words) == faults
