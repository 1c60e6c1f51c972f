"""Executed code in trajectories: planned, written, run in a real sandbox, repaired, kept over a resume."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import aclosing
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pytest

from agents.errors import BlueprintError
from agents.offline.talk import coder
from agents.offline.talk.telling import Telling
from agents.offline.trade import tasks
from agents.plan.code_tool import RUN_PYTHON, SERVICE, offering
from agents.plan.dataflow import find_modes
from agents.roles import blueprint
from agents.sandbox import find
from agents.sandbox.tool import CodeTool, open_code_tool
from agents.schema import Blueprint, Cluster, Directive, Mode, Origin, Played, Tool
from graphs.campaign.record.journal import Journal
from graphs.campaign.record.recorded_calls import open_runners as recorded
from graphs.run import main
from graphs.studio import slots as studio
from graphs.trajectory.graph import play
from graphs.trajectory.state import Context
from tests.graphs.trajectory.test_graph import teacher
from tests.levels import LEVELS

ROWS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "order_id": {"type": "string"},
            "status": {"type": "string", "enum": ["open", "paid"]},
            "total_amount": {"type": "number"},
            "created_at": {"type": "string", "format": "date-time"},
        },
        "required": ["order_id", "status", "total_amount", "created_at"],
    },
}
LISTED = {"type": "object", "properties": {"orders": ROWS}, "required": ["orders"]}
ID = {"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}}
LIST = Tool(name="list_orders", input_schema={"type": "object", "properties": {}}, output_schema=LISTED, service="shop")
GET = Tool(name="get_order", input_schema=ID, output_schema=ROWS["items"], service="shop")  # type: ignore[arg-type]
PLAIN = Cluster(id="c", leaf="0.0", tools=(LIST, GET))
CLUSTER = offering(PLAIN)
FIELDS = {"number": "total amount", "category": "status", "key": "order id", "id": "order id", "date": "created at"}
FIELDS |= {"moment": "created at", "today": "20 November 2026"}


async def played(seed: int, steps: int = 4) -> Played:
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.COMPUTATION, steps=steps)
    async with aclosing(await find(LEVELS[-1])) as sandboxes, open_code_tool(sandboxes) as code:
        return await play(directive, CLUSTER, Context(teacher(seed=seed), runners={SERVICE: code}))


def cells(messages: Any, origins: Any) -> Iterator[tuple[str, Any]]:
    """The code that was executed, and what came back."""
    seen = {m["tool_call_id"]: orjson.loads(m["content"]) for m in messages if m["role"] == "tool"}
    for call in (call for message in messages for call in message.get("tool_calls") or []):
        if origins[call["id"]]["origin"] == Origin.CODE:
            yield orjson.loads(call["function"]["arguments"])["code"], seen[call["id"]]


def test_only_a_cluster_with_the_code_tool_carries_computation() -> None:
    assert Mode.COMPUTATION not in find_modes(PLAIN)
    assert find_modes(CLUSTER) == find_modes(PLAIN) | {Mode.COMPUTATION}


async def test_the_offline_teacher_computes_without_a_fault() -> None:
    for one in await asyncio.gather(*(played(seed) for seed in range(24))):
        assert (one.stop, one.faults, one.reason) == ("completed", (), "")
        assert one.trajectory.verdict
        assert one.trajectory.verdict.blame == "none"
        assert Origin.CODE in {seen.origin for seen in one.trajectory.origins.values()}


async def test_what_the_code_found_goes_into_the_next_call() -> None:
    """Of the seeds, one whose plan takes the order that the code picks."""
    for one in await asyncio.gather(*(played(seed) for seed in range(24))):
        row = one.trajectory.model_dump(mode="json")
        if '"source":"code"' in orjson.dumps(row["blueprint"]).decode():
            break
    *_, (_, found) = [cell for cell in cells(row["messages"], row["origins"]) if "result" in cell[1]]
    last = [call for m in row["messages"] for call in m.get("tool_calls") or []][-1]
    assert orjson.loads(last["function"]["arguments"]) == {"order_id": found["result"]}


def table(rng: Random) -> list[dict[str, Any]]:
    return [
        {
            "order_id": f"ORD-{rng.randint(100, 999)}",
            "status": rng.choice(("open", "paid")),
            "total_amount": rng.randint(1, 99) / 4,
            "created_at": f"2026-0{rng.randint(1, 9)}-11T08:00:00Z",
        }
        for _ in range(4)
    ]


def data(kind: str, rng: Random) -> list[Any]:
    rows = table(rng)
    if kind in tasks.UNDECLARED:
        return [{"orders": rows, "total": len(rows)}]
    return {"reconcile": [rows, rows[1]], "growth": [rows, 4.5, 3], "age": [rows[0]]}.get(kind, [rows])


@pytest.mark.parametrize("kind", tasks.WORDS)
async def test_code_of_every_kind_works(kind: str) -> None:
    task = tasks.WORDS[kind].format(**FIELDS)
    found = tasks.read(task)
    assert found
    assert found.kind == kind
    async with aclosing(await find(LEVELS[-1])) as sandboxes:
        box = sandboxes.new()
        for seed in range(12):
            made = await box.run(coder.versions(task, data(kind, Random(seed)))[-1])
            assert made.error is None
            assert made.text
        await box.aclose()


@pytest.mark.parametrize("kind", tasks.WORDS)
def test_what_any_kind_brought_is_told_though_the_records_are_not_at_hand(kind: str) -> None:
    task = tasks.WORDS[kind].format(**FIELDS)
    look = Telling("list_orders", "list the orders", {}, frozenset(), {})
    assert coder.answer_task(task, "42", "three orders", "orders", look).endswith(" 42.")


@pytest.mark.parametrize("gap", [False, True])
@pytest.mark.parametrize("kind", tasks.WORDS)
async def test_every_slip_raises(kind: str, gap: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the data are like: as records or as text, whole or with a gap."""
    monkeypatch.setattr(coder, "SLIPS", 1.0)
    slips = set()
    for seed in range(40):
        values: list[Any] = data(kind, Random(seed))
        if gap and isinstance(values[0], list):
            values[0][seed % 3] |= {"total_amount": None, "created_at": None}
        slips |= {*coder.versions(tasks.WORDS[kind].format(**FIELDS), values)[:-1]}
    async with aclosing(await find(LEVELS[-1])) as sandboxes:
        box = sandboxes.new()
        errors = [(await box.run(alone(slip))).error for slip in sorted(slips)]
        await box.aclose()
    assert all(errors)
    assert slips or kind in ("check", "reconcile", "tidy") or not gap


def test_no_slip_contradicts_the_data_above_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A field is called as the records call it, and a long table is typed once."""
    monkeypatch.setattr(coder, "SLIPS", 1.0)
    task = tasks.WORDS["group"].format(**FIELDS)
    for seed in range(40):
        slip, code = coder.versions(task, data("group", Random(seed)))
        assert {*re.findall(r'row\["(\w+)"\]', slip)} == {*re.findall(r'row\["(\w+)"\]', code)}
    wide: list[Any] = table(Random(1)) * 20
    assert len(coder.versions(task, [wide])) == 1


NAMES = "re, date, datetime, Counter, defaultdict, groupby, statistics, random, np"


def alone(code: str) -> str:
    """The code without what earlier cells imported."""
    return f"for name in '{NAMES}'.split(', '):\n    globals().pop(name, None)\nexec({code!r}, globals())"


def test_the_total_per_group_is_right() -> None:
    rows = [{"status": s, "total_amount": n} for s, n in (("open", 2), ("paid", 4.5), ("open", 1))]
    code = coder.versions("work out the total total amount per status", [rows])[-1]
    body, _, last = code.rpartition("\n")
    names: dict[str, Any] = {}
    exec(body, names)
    assert eval(last, names) == "open 3, paid 4.5"


READ = {"source": "step", "step": "s1", "path": "orders"}
PLAN: dict[str, Any] = {
    "persona": "p",
    "goal": "g",
    "mode": "computation",
    "turns": [{"ask": "a"}],
    "steps": [
        {"id": "s1", "tool": "list_orders"},
        {
            "id": "s2",
            "tool": "run_python",
            "arguments": {
                "code": {
                    "source": "written",
                    "task": "t",
                    "reads": [{"source": "step", "step": "s1", "path": "orders"}],
                }
            },
        },
        {"id": "s3", "tool": "get_order", "arguments": {"order_id": {"source": "code", "step": "s2"}}},
    ],
}


@pytest.mark.parametrize(
    ("step", "change", "said"),
    [
        (1, {"fails": "timed out"}, "code is executed once"),
        (1, {"arguments": {"code": {"source": "constant", "value": None}}}, "exactly the code of run_python"),
        (2, {"arguments": {"order_id": {"source": "code", "step": "s1"}}}, "step 's1' runs no code"),
        (2, {"arguments": {"order_id": PLAN["steps"][1]["arguments"]["code"]}}, "exactly the code of run_python"),
    ],
)
def test_a_plan_that_misuses_code_is_refused(step: int, change: dict[str, Any], said: str) -> None:
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.COMPUTATION, steps=3)
    blueprint.validate(Blueprint.model_validate(PLAN), CLUSTER, directive)
    steps = [{**one, **change} if n == step else one for n, one in enumerate(PLAN["steps"])]
    with pytest.raises(BlueprintError, match=said):
        blueprint.validate(Blueprint.model_validate({**PLAN, "steps": steps}), CLUSTER, directive)


async def test_a_resumed_trajectory_has_the_variables_of_its_recorded_cells(tmp_path: Path) -> None:
    """The first cell comes from the journal, so its sandbox must run it before the second can use what it defined."""
    first, second = {"code": "x = 41"}, {"code": "x + 1"}
    for asked in ([first], [first, second]):
        journal = Journal(tmp_path)
        async with (
            aclosing(await find(LEVELS[-1])) as sandboxes,
            recorded({SERVICE: partial(open_code_tool, sandboxes)}, journal, 3) as runners,
        ):
            before = [(RUN_PYTHON, given) for given in asked]
            seen = [await runners[SERVICE].call(RUN_PYTHON, given, before[:n]) for n, given in enumerate(asked)]
        journal.close()
    assert [one.result for one in seen] == [{"result": None, "stdout": ""}, {"result": "42", "stdout": ""}]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("code") / "run"
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(out), "--count", "40", "--seed", "5"])
    return out


def coded(run: Path) -> list[dict[str, Any]]:
    rows = [orjson.loads(line) for line in (run / "trajectories.jsonl").read_bytes().splitlines()]
    return [row for row in rows if any(seen["origin"] == "code" for seen in row["origins"].values())]


def test_a_run_with_defaults_executes_code_in_no_less_than_an_even_share_of_nine_modes(run: Path) -> None:
    rows = (run / "trajectories.jsonl").read_bytes().splitlines()
    assert len(coded(run)) >= len(rows) / 9
    calls = [call for row in coded(run) for m in row["messages"] for call in m.get("tool_calls") or []]
    assert {call["function"]["name"] for call in calls} > {"run_python"}


async def test_running_the_code_again_gives_the_same(run: Path) -> None:
    async with aclosing(await find(LEVELS[0])) as sandboxes:
        for row in coded(run):
            tool = CodeTool(sandboxes)
            for n, (code, seen) in enumerate(cells(row["messages"], row["origins"])):
                before = [(RUN_PYTHON, {"code": text}) for text, _ in list(cells(row["messages"], row["origins"]))[:n]]
                again = await tool.call(RUN_PYTHON, {"code": code}, before)
                failed = {"error": {"code": again.code, "message": again.message}}
                assert (again.result if again.ok else failed) == seen
            await tool.aclose()


async def test_studio_plays_a_slot_with_code_from_the_journal(run: Path) -> None:
    steps = await studio.turns(*studio.read(run, coded(run)[0]["slot"]))
    assert [node for node, _ in steps][-1] == "quality"


def test_a_run_without_a_sandbox_has_no_code_tool(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(tmp_path / "run"), "--count", "3", "--sandbox", "off"])
    assert b"run_python" not in (tmp_path / "run" / "trajectories.jsonl").read_bytes()
    assert orjson.loads((tmp_path / "run" / "manifest.json").read_bytes())["sandbox"] == "off"
