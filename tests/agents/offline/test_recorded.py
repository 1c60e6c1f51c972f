"""Conversations as a capable model plays them, through the whole graph: each role answers by its place."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from agents.errors import UsageError
from agents.offline.recorded import RecordedTeacher, load, main, record
from agents.plan.code_tool import RUN_PYTHON, SERVICE
from agents.sandbox.choose import Sandboxes, find
from agents.sandbox.tool import open_code_tool
from agents.schema import UNSOUND, Cluster, Directive, Played, Stop, Tool
from agents.teacher.request import Request
from agents.teacher.teachers import Answer, Ask, teachers
from graphs.campaign.accept import passes
from graphs.trajectory.graph import play
from graphs.trajectory.state import Context
from tests.bench.prompts import Meter, is_accepted, replay

FILE = Path(__file__).parent / "recorded.jsonl"
SHARED = Path(__file__).parents[4] / "shared" / "data" / "real_model"
TEXT = {"type": "string"}
KINDS = {"type": "array", "items": {"type": "string", "enum": ["open", "closed", "stale"]}}
LABELS = {"type": "array", "items": {"type": "string", "enum": ["bug", "docs", "feature"]}}
BODY = {"type": "object", "properties": {"title": TEXT, "parent": TEXT, "labels": LABELS}, "required": ["title"]}
ISSUE = {"type": "object", "properties": {"id": TEXT, "url": TEXT}, "required": ["id"]}
CANCELLED = {"type": "object", "properties": {"cancelled": {"type": "integer"}}, "required": ["cancelled"]}
READS = {"readOnlyHint": True}


def tool(name: str, *, reads: bool, output: Any = None, **properties: Any) -> Tool:
    schema = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    hint = {"readOnlyHint": reads}
    return Tool(name=name, input_schema=schema, output_schema=output, service="forge", annotations=hint)


CLUSTER = Cluster(
    id="forge",
    leaf="0.0",
    tools=(
        tool("get_path", reads=True, path=TEXT),
        tool("create_issue", reads=False, output=ISSUE, body=BODY),
        tool("find_runs", reads=True, branch=TEXT),
        tool("cancel_runs", reads=False, output=CANCELLED, run_ids={"type": "array", "items": TEXT}),
        tool("list_issues", reads=True, kinds=KINDS, since={"type": "string", "format": "date"}),
        RUN_PYTHON,
    ),
)
CONVERSATIONS: list[dict[str, Any]] = [orjson.loads(line) for line in FILE.read_bytes().splitlines()]
REST, LIST, ARRAY, CODE, RECOVERY, REFUSAL = range(6)


@pytest.fixture
async def sandboxes() -> AsyncIterator[Sandboxes]:
    boxes = await find()
    yield boxes
    await boxes.aclose()


def changed(number: int, old: str, new: str) -> dict[str, Any]:
    """The conversation with other words in it, the plan as it is."""
    conversation = CONVERSATIONS[number]
    text = orjson.dumps({**conversation, "blueprint": []}).decode()
    assert old in text
    return {**orjson.loads(text.replace(old, new)), "blueprint": conversation["blueprint"]}


async def replayed(
    conversation: dict[str, Any], heard: list[str] | None = None, sandboxes: Sandboxes | None = None
) -> Played:
    teacher = RecordedTeacher(persona="recorded:test", conversations=(conversation,))
    (plan,) = conversation["blueprint"]
    steps = len(plan.get("steps", ()))
    directive = Directive(slot=0, cluster="forge", leaf="0.0", mode=conversation["mode"], steps=steps)
    ask = asking(teacher, [] if heard is None else heard)
    if not sandboxes:
        return await play(directive, CLUSTER, Context(ask))
    async with open_code_tool(sandboxes) as code:
        return await play(directive, CLUSTER, Context(ask, runners={SERVICE: code}))


def asking(teacher: RecordedTeacher, heard: list[str]) -> Ask:
    async def ask(role: Any, messages: list[dict[str, Any]], *, tools: Any = (), form: Any = None) -> Answer:
        heard.append(str(messages[-1]["content"]))
        said = teacher.answer(messages, list(tools), 0)
        calls = tuple(call["function"] for call in said.get("tool_calls", ()))
        return Answer(content=said["content"], tool_calls=calls)

    return ask


def calls_of(played: Played) -> list[dict[str, Any]]:
    messages = played.trajectory.messages
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    return [orjson.loads(call["function"]["arguments"]) for call in calls]


@pytest.mark.parametrize("number", [REST, LIST, ARRAY, RECOVERY, REFUSAL])
async def test_a_recorded_conversation_is_accepted(number: int) -> None:
    played = await replayed(CONVERSATIONS[number])
    assert (played.stop, played.faults, played.reason) == (Stop.COMPLETED, (), "")
    assert played.trajectory.verdict
    assert passes(played.trajectory.verdict)
    words = [m["content"] for m in played.trajectory.messages if m["role"] == "user"]
    assert words == CONVERSATIONS[number]["user"]


async def test_recorded_code_really_runs(sandboxes: Sandboxes) -> None:
    played = await replayed(CONVERSATIONS[CODE], sandboxes=sandboxes)
    assert (played.stop, played.faults) == (Stop.COMPLETED, ())
    assert orjson.loads(played.trajectory.messages[5]["content"])["result"] == "33.3"


async def test_a_path_is_put_together_and_an_object_filled_from_a_result() -> None:
    path, body = calls_of(await replayed(CONVERSATIONS[REST]))
    assert path == {"path": "/repos/acme-tools/billing-api/pulls"}
    assert body["body"] == {"title": "Explain the rounding rule", "parent": "PR-318", "labels": ["docs"]}


async def test_a_second_answer_at_a_place_is_given_to_an_objection() -> None:
    heard: list[str] = []
    played = await replayed(CONVERSATIONS[LIST], heard)
    (objection,) = [text for text in heard if text.startswith(UNSOUND)]
    assert objection.startswith(f"{UNSOUND}leak: call_3 run_ids[1] = 'run-77199' was neither told nor returned before")
    assert calls_of(played)[-1] == {"run_ids": ["run-77120", "run-77134"]}


@pytest.mark.parametrize(
    ("number", "old", "new", "reason"),
    [
        (REST, "acme-tools/billing-api/", "acme-tools/ledger-api/", "claim: call_1 calls get_path with path"),
        (
            REST,
            '"parent":"PR-318"',
            '"parent":"PR-381"',
            "claim: call_2 calls create_issue with body.parent = 'PR-381'",
        ),
        (
            LIST,
            '"run-77134"]',
            '"run-77102"]',
            "claim: step s3 takes run_ids = [['run-77120', 'run-77102']] from what step s2",
        ),
        (ARRAY, '"since":"2026-08-31"', '"since":"2026-08-30"', "claim: call_1 calls list_issues with since"),
    ],
)
async def test_a_value_that_is_put_together_wrongly_is_refused(number: int, old: str, new: str, reason: str) -> None:
    conversation = changed(number, old, new)
    rulings = [{"id": n, "derivable": False, "why": "nobody said so"} for n in range(1, 6)]
    conversation["quality"] = [{**conversation["quality"][0], "claims": rulings}]
    played = await replayed(conversation)
    assert any(fault.startswith(reason) for fault in played.faults), (played.faults, played.reason)


async def test_a_member_that_the_array_does_not_know_is_refused_by_the_guard() -> None:
    played = await replayed(changed(ARRAY, '"kinds":["open","stale"]', '"kinds":["open","late"]'))
    (refused, *_) = [m for m in played.trajectory.messages if m["role"] == "tool"]
    assert "'late' is not one of ['open', 'closed', 'stale']" in refused["content"]


async def test_the_teacher_of_that_name_plays_the_file() -> None:
    made = teachers(f"recorded:{FILE}")
    system = f'You are the UserAgent.\n\n## You\n```json\n{{"goal":{orjson.dumps(goal(REFUSAL)).decode()}}}\n```'
    messages = [{"role": "system", "content": system}, {"role": "user", "content": "(The assistant waits.)"}]
    answer = await made.answer(Request(role="user", messages=messages))
    await made.aclose()
    assert orjson.loads(answer.content) == {"say": CONVERSATIONS[REFUSAL]["user"][0], "done": False}


def goal(number: int) -> str:
    return str(CONVERSATIONS[number]["blueprint"][-1]["goal"])


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["{"], "line 1 is no JSON object"),
        (["{}"], "line 1 has no tools, mode, blueprint, user, assistant, observation, quality"),
        ([orjson.dumps(CONVERSATIONS[0]).decode()] * 2, "two conversations have the goal 'Have an issue for the docs"),
    ],
)
def test_a_file_that_holds_no_conversations_says_where(lines: list[str], reason: str, tmp_path: Path) -> None:
    (tmp_path / "file.jsonl").write_text("\n".join(lines))
    with pytest.raises(UsageError) as refused:
        load(tmp_path / "file.jsonl")
    assert reason in str(refused.value)


def test_an_absent_file_is_the_users_mistake(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        load(tmp_path / "none.jsonl")


async def test_a_row_is_recorded_as_it_was_played() -> None:
    played = await replayed(CONVERSATIONS[REST])
    row = orjson.loads(played.trajectory.model_dump_json())
    again = record(row)
    assert {key: again[key] for key in ("tools", "mode", "user", "assistant", "observation")} == {
        key: CONVERSATIONS[REST][key] for key in ("tools", "mode", "user", "assistant", "observation")
    }
    meter = Meter()
    assert (await replay(row, meter)).trajectory.messages == played.trajectory.messages


@pytest.mark.skipif(not SHARED.exists(), reason="no ../shared/data/real_model")
async def test_the_good_rows_of_a_real_model_are_accepted() -> None:
    rows = [orjson.loads(line) for name in "ac" for line in (SHARED / f"{name}.jsonl").read_bytes().splitlines()]
    judged = [row for row in rows if row["verdict"] and row["label"]["good"]]
    assert len(judged) > 6
    for row in judged:
        played = await replay(row, Meter())
        assert is_accepted(played), (row["slot"], played.faults, played.reason)


@pytest.mark.parametrize(
    "line", ['{"messages": [{"role": "user", "content": "Hi"}]}', "[]", "{", '{"blueprint": {"goal": "x"}}']
)
def test_a_row_of_somebody_else_is_named_with_its_line(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text(line)
    assert main([str(file)]) == 2
    told = capsys.readouterr().err
    assert told.startswith(f"error: {file}:1: ")
    assert told.endswith("; name a run's trajectories.jsonl\n")
    assert main([str(tmp_path / "nowhere")]) == 2
