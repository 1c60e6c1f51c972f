"""An answer after a failed call, and a text that a live server returned."""

from typing import Any

import pytest

from agents.schema import Blueprint, Cluster, Mode, Observation, Origin, Step, Tool, Turn
from graphs.trajectory.case import Case
from graphs.trajectory.outcomes import check_failures, check_texts

TOOL = Tool(name="create_table", service="db", input_schema={"type": "object", "properties": {}}, source="mcp: db 1")
STEP = Step(id="s1", tool="create_table")
PLAN = Blueprint(persona="p", goal="g", mode=Mode.LINEAR, turns=(Turn(ask="x"),), steps=(STEP,))


def case(result: str, answer: str, name: str = "create_table") -> Case:
    call = {"id": "call_1", "type": "function", "function": {"name": name, "arguments": "{}"}}
    messages: list[Any] = [
        {"role": "system", "content": "Help."},
        {"role": "user", "content": "Please do it."},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": result},
        {"role": "assistant", "content": answer},
    ]
    return Case(PLAN, Cluster(id="c", leaf="0.0", tools=(TOOL.model_copy(update={"name": name}),)), messages)


def origins(*, ok: bool) -> dict[str, Observation]:
    return {"call_1": Observation(origin=Origin.MCP, ok=ok)}


ERROR = '{"error": {"code": "tool_error", "message": "Error: Only CREATE TABLE statements are allowed"}}'


@pytest.mark.parametrize("answer", ["create table: done.", "All set!", "The table has been created.", "I've made it."])
def test_failure_that_is_called_done_is_a_fault(answer: str) -> None:
    (finding,) = check_failures(case(ERROR, answer), origins(ok=False))
    assert finding.fault == "failure: call_1 failed and the answer says that it is done"


@pytest.mark.parametrize(
    "answer",
    [
        "I could not create the table: only CREATE TABLE statements are allowed.",
        "The rest is done, but creating the table failed.",
        "That can’t be done: the server said Error: not allowed.",
        "Which columns should it have?",
    ],
)
def test_failure_that_is_admitted_is_none(answer: str) -> None:
    assert list(check_failures(case(ERROR, answer), origins(ok=False))) == []


@pytest.mark.parametrize(
    ("tool", "answer"),
    [
        ("import_rows", "1,250 are done, 40 are open."),
        ("import_rows", "Of the tasks 7 are completed and two are finished."),
        ("import_rows", "There are 3 completed orders."),
        ("send_mail", "Done: 12, open: 4."),
        ("send_mail", "2 of your orders were completed in May."),
        ("import_rows", "0 rows were imported."),
        ("import_rows", "None of the rows were imported."),
        ("get_import", "1,250 rows were imported in March."),  # a look that failed changes nothing
    ],
)
def test_a_count_of_things_in_a_state_is_no_claim(tool: str, answer: str) -> None:
    assert list(check_failures(case(ERROR, answer, tool), origins(ok=False))) == []


@pytest.mark.parametrize(
    ("tool", "answer"),
    [
        ("import_rows", "1,250 rows were imported."),
        ("import_rows", "I imported 1,250 rows."),
        ("import_rows", "1,250 rows imported, 12 are done."),
        ("import_rows", "7 are done. Everything is now in place."),
        ("complete_task", "2 tasks completed."),
        ("create_table", "3 tables are created."),
        ("send_mail", "The mail was sent."),
        ("copy_file", "Both files were successfully copied."),
        ("stop_machine", "It is stopped."),
        ("import_rows", "All done!"),
        ("import_rows", "I looked at 3 things and created the rest."),
    ],
)
def test_a_count_of_what_the_call_should_have_done_is_a_claim(tool: str, answer: str) -> None:
    (finding,) = check_failures(case(ERROR, answer, tool), origins(ok=False))
    assert finding.fault == "failure: call_1 failed and the answer says that it is done"


def test_success_may_be_called_done() -> None:
    assert list(check_failures(case('"created"', "create table: done."), origins(ok=True))) == []


LOG = '"commit 8f3a2c1\\nAuthor: Ada\\n    First notes"'


@pytest.mark.parametrize(
    ("answer", "count"), [("Done.", 1), ("One commit, 8f3a2c1 by Ada.", 0), ("Autorin: Ada (8f3a2c1)", 0)]
)
def test_text_of_which_nothing_is_told_is_a_fault(answer: str, count: int) -> None:
    findings = list(check_texts(case(LOG, answer), origins(ok=True)))
    assert [finding.fault for finding in findings] == ["told: nothing of the text that call_1 returned is told"] * count


def test_text_without_a_number_may_be_told_in_other_words() -> None:
    assert list(check_texts(case('"nothing to commit"', "Es ist alles sauber."), origins(ok=True))) == []
