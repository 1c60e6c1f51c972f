"""Scripted teachers, play and memory under a real event loop; run as a program it is the process that gets killed."""

import asyncio
import hashlib
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest

from agents.errors import LostError, UsageError
from agents.schema import (
    Blueprint,
    Cluster,
    Directive,
    Fact,
    Mode,
    Observation,
    Origin,
    Played,
    Role,
    Scores,
    Step,
    Stop,
    Tool,
    Trajectory,
    Turn,
    Verdict,
)
from agents.teacher.teachers import Answer, Request
from graphs.campaign.accept import passes
from graphs.campaign.campaign import Campaign
from graphs.campaign.parts import Parts, Settings
from graphs.campaign.record.journal import Journal
from graphs.campaign.record.output import NAMES, Files
from graphs.campaign.spending import cost
from graphs.trajectory.state import Context
from memory.store.trajectories import Neighbour

TOOL = Tool(name="get_order", input_schema={"type": "object", "properties": {}}, service="shop")
CLUSTER = Cluster(id="c0", leaf="0.0", tools=(TOOL,))
WINDOW = 16
GOOD = Scores(task_completion=5, tool_use=4, grounding=4, coherence=4, naturalness=3)


class Teacher:
    """An answer is a function of the request; it takes a random while and is counted."""

    def __init__(self, asked: Path | None = None, dies_at: int = 0) -> None:
        self.asked, self.dies_at, self.count = asked, dies_at, 0
        self.stop: Callable[[int], None]

    async def answer(self, request: Request) -> Answer:
        await asyncio.sleep(random.random() * 0.004)
        self.count += 1
        self.stop(self.count)
        if self.asked:
            with self.asked.open("a") as log:
                log.write(f"{request.digest()}\n")
        if self.count == self.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        content = hashlib.sha256(request.digest().encode()).hexdigest()
        return Answer(content=content, usage={"input": 7, "output": 3, "cached": 1})


class Steering:
    """Draws from all outcomes up to slot - window and all draws before, so that a wrong view shows in the bytes."""

    def __init__(self) -> None:
        self.told: Counter[str] = Counter()
        self.outcomes: dict[int, str] = {}

    def draw(self, slot: int) -> Directive:
        if slot >= WINDOW:
            self.told[self.outcomes.pop(slot - WINDOW)] += 1
        said = repr(sorted(self.told.items())) + str(slot)
        number = int.from_bytes(hashlib.sha256(said.encode()).digest()[:4])
        self.told[f"planned {number % 9}"] += 1
        return Directive(slot=slot, cluster="c0", leaf="0.0", mode=list(Mode)[number % 9], steps=number % 5)

    def advance(self, slot: int, measures: Any, used_up: bool = False, refused: bool = False) -> None:
        assert slot not in self.outcomes
        self.outcomes[slot] = "rejected" if measures is None else measures.signature


class Recall:
    """A Global Memory that knows the nearest one: at distance 0 for the same goal, at 1 for any other."""

    is_shared = False

    def __init__(self) -> None:
        self.items: dict[int, tuple[str, str]] = {}

    def add(self, slot: int, text: str, summary: str, words: str = "") -> None:
        self.items[slot] = (text, summary)

    def reconcile(self, items: Iterable[Any], find_words: object = None) -> None:
        self.items = {slot: (text, summary) for slot, text, summary in items}

    def nearest(self, text: str, k: int, *, before: int) -> list[Neighbour]:
        goal = re.compile(r"goal-\d+")
        seen = [(slot, *item) for slot, item in self.items.items() if slot < before]
        near = [(float(goal.findall(known) != goal.findall(text)), slot, told) for slot, known, told in seen]
        return [Neighbour(slot, distance, told) for distance, slot, told in sorted(near)[:1]]


def planned(goal: str, mode: Mode) -> Blueprint:
    return Blueprint(
        persona="a clerk",
        goal=goal,
        mode=mode,
        turns=(Turn(ask="my order", facts=("order id",)),),
        facts=(Fact(name="order id", value="A1"),),
        steps=(Step(id="s1", tool="get_order"),),
    )


async def play(directive: Directive, cluster: Cluster, context: Context) -> Played:
    """Three answers decide everything: the blueprint, whether it is refused, and how the slot ends."""
    said = (await context.ask(Role.BLUEPRINT, [{"role": "user", "content": f"{directive.mode}"}])).content
    blueprint = planned(f"goal-{int(said[:4], 16) % 50}", directive.mode)
    if await context.gate(blueprint):
        said = (await context.ask(Role.BLUEPRINT, [{"role": "user", "content": "another"}])).content
        blueprint = planned(f"goal-{int(said[:4], 16) % 50}", directive.mode)
    await asyncio.sleep(random.random() * 0.004)
    end = int((await context.ask(Role.QUALITY, [{"role": "user", "content": blueprint.goal}])).content[:4], 16)
    return ended(directive, blueprint, end % 10)


def ended(directive: Directive, blueprint: Blueprint, end: int) -> Played:
    if end == 0:
        failed = Trajectory(slot=directive.slot, directive=directive, blueprint=blueprint)
        return Played(trajectory=failed, stop=Stop.TURN_LIMIT, reason="too long")
    if end == 1 and directive.steps < 3:
        raise ZeroDivisionError("a bug of ours")
    scores = GOOD.model_copy(update={"grounding": 2}) if end == 2 else GOOD
    call = {"id": "call_1", "type": "function", "function": {"name": "get_order", "arguments": "{}"}}
    trajectory = Trajectory(
        slot=directive.slot,
        messages=(
            {"role": "system", "content": "Help."},
            {"role": "user", "content": blueprint.goal},
            {"role": "assistant", "content": "", "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "call_1", "content": '{"id":"A1"}'},
            {"role": "assistant", "content": "Done."},
        ),
        cluster={"id": "c0", "leaf": "0.0", "title": "", "tools": {"get_order": "shop/get_order"}},
        directive=directive,
        blueprint=blueprint,
        verdict=Verdict(scores=scores, blame="none", reasons="fine"),
        origins={"call_1": Observation(origin=Origin.SIMULATED, ok=True)},
    )
    return Played(trajectory=trajectory, stop=Stop.COMPLETED, faults=("ids: made up",) if end == 3 else ())


async def campaign(
    folder: Path,
    count: int = 60,
    concurrency: int = 8,
    stop_at: int = 0,
    accepted: int | None = None,
    **scripted: Any,
) -> dict[str, bytes]:
    """Run to the end, or until the teacher was asked `stop_at` times; returns the files."""
    await asyncio.to_thread(folder.mkdir, exist_ok=True)
    journal, files = Journal(folder), Files(folder)
    settings = Settings(count=count, seed=7, window=WINDOW, concurrency=concurrency, accepted=accepted)
    parts = {"play": play, "teachers": Teacher(), "steering": Steering(), "memory": Recall()} | scripted
    try:
        run = Campaign(settings, Parts(clusters={"c0": CLUSTER}, journal=journal, files=files, **parts))
        parts["teachers"].stop = lambda count: run.stop.set() if count == stop_at else None
        assert await run.run() is (stop_at == 0)
        cost.write(folder, journal)
    finally:
        files.close()
        journal.close()
    return {name: (folder / name).read_bytes() for name in (*NAMES, "cost.json") if (folder / name).exists()}


def rows(content: bytes) -> list[Any]:
    return [orjson.loads(line) for line in content.splitlines()]


async def test_same_bytes_at_any_concurrency(tmp_path: Path) -> None:
    alone = await campaign(tmp_path / "1", concurrency=1)
    assert await campaign(tmp_path / "16", concurrency=16) == alone
    assert len(rows(alone["trajectories.jsonl"])) > 5
    reasons = {row["reason"] for row in rows(alone["rejected.jsonl"])}
    assert reasons == {"turn_limit", "rules", "quality", "not_novel", "internal_error"}


async def test_same_bytes_after_kills_and_resumes(tmp_path: Path) -> None:
    whole = await campaign(tmp_path / "whole")
    killed, asked, kills = tmp_path / "killed", tmp_path / "asked", 0
    asked.touch()
    while not (killed / "cost.json").exists():
        kills += _killed_after(60, killed, asked)
    assert kills >= 2
    assert {name: (killed / name).read_bytes() for name in whole} == whole
    requests = Counter(asked.read_text().split())
    assert sum(requests.values()) - len(requests) <= 8 * kills  # only answers on the wire are asked again


def _killed_after(answers: int, folder: Path, asked: Path) -> bool:
    """Start or resume a process that is killed within its so many-th answer; False where it ended before."""
    path = os.pathsep.join([os.getcwd(), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, __file__, str(folder), str(asked), str(answers)]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": path}).returncode == -signal.SIGKILL


async def test_no_slot_is_lost_or_twice(tmp_path: Path) -> None:
    files = await campaign(tmp_path / "run")
    slots = [row["slot"] for name in NAMES[:2] for row in rows(files[name])]
    assert sorted(slots) == list(range(60))
    assert [row["slot"] for row in rows(files["metrics.jsonl"])] == list(range(60))


async def test_a_complete_run_asks_nothing_and_may_grow(tmp_path: Path) -> None:
    teacher = Teacher()
    grown = await campaign(tmp_path / "whole", count=40)
    await campaign(tmp_path / "run", count=25, teachers=teacher)
    asked = teacher.count
    again = await campaign(tmp_path / "run", count=25, teachers=teacher)
    assert teacher.count == asked
    assert await campaign(tmp_path / "run", count=40) == grown
    assert rows(again["metrics.jsonl"]) == rows(grown["metrics.jsonl"])[:25]


async def test_the_last_accepted_row_that_is_wanted_ends_the_run(tmp_path: Path) -> None:
    whole, teacher = await campaign(tmp_path / "whole"), Teacher()
    alone = await campaign(tmp_path / "1", concurrency=1, accepted=7)
    assert await campaign(tmp_path / "16", concurrency=16, accepted=7, teachers=teacher) == alone
    wanted = rows(whole["trajectories.jsonl"])[:7]
    assert rows(alone["trajectories.jsonl"]) == wanted
    assert len(rows(alone["metrics.jsonl"])) == wanted[-1]["slot"] + 1
    assert teacher.count == orjson.loads(alone["cost.json"])["requests"]  # none of a slot that is not committed


async def test_a_stopped_run_of_so_many_rows_goes_on(tmp_path: Path) -> None:
    whole = await campaign(tmp_path / "whole", concurrency=1, accepted=9)
    await campaign(tmp_path / "run", accepted=9, stop_at=15)
    assert await campaign(tmp_path / "run", accepted=9) == whole
    teacher = Teacher()
    assert await campaign(tmp_path / "run", accepted=9, teachers=teacher) == whole
    assert teacher.count == 0


async def test_more_rows_or_more_slots_let_it_grow(tmp_path: Path) -> None:
    whole = await campaign(tmp_path / "whole", accepted=9)
    slots = len(rows(whole["metrics.jsonl"]))
    await campaign(tmp_path / "rows", accepted=4)
    assert await campaign(tmp_path / "rows", accepted=9) == whole
    short = await campaign(tmp_path / "slots", count=slots - 1, accepted=9)
    assert len(rows(short["trajectories.jsonl"])) == 8
    assert await campaign(tmp_path / "slots", accepted=9) == whole


async def test_a_torn_last_line_is_rebuilt(tmp_path: Path) -> None:
    whole = await campaign(tmp_path / "run", count=20)
    with (tmp_path / "run" / "trajectories.jsonl").open("ab") as file:
        file.write(b'{"slot": 2')
    assert await campaign(tmp_path / "run", count=20) == whole


async def test_gate_sees_commits_up_to_the_window(tmp_path: Path) -> None:
    views: list[int] = []

    class Watching(Recall):
        def nearest(self, text: str, k: int, *, before: int) -> list[Neighbour]:
            views.append(before)
            return super().nearest(text, k, before=before)

    async def flawless(directive: Directive, cluster: Cluster, context: Context) -> Played:
        blueprint = planned(f"goal-{directive.slot}", directive.mode)
        assert not await context.gate(blueprint)
        return ended(directive, blueprint, 9)

    await campaign(tmp_path / "run", count=20, concurrency=1, play=flawless, memory=Watching())
    await campaign(tmp_path / "run", count=30, concurrency=1, play=flawless, memory=Watching())
    assert views == [before for slot in range(30) for before in (slot - WINDOW + 1, slot)]


async def test_another_steering_cannot_go_on(tmp_path: Path) -> None:
    class Changed(Steering):
        def draw(self, slot: int) -> Directive:
            return super().draw(slot).model_copy(update={"steps": 11})

    await campaign(tmp_path / "run", count=5)
    with pytest.raises(UsageError, match="slot 0: this version draws another directive"):
        await campaign(tmp_path / "run", count=9, steering=Changed())


async def test_three_unexpected_errors_in_a_row_stop_the_run(tmp_path: Path) -> None:
    async def broken(directive: Directive, *rest: Any) -> Played:
        if directive.slot < 4:
            return await play(directive, *rest)
        raise KeyError("teleport")

    with pytest.raises(KeyError, match="teleport"):
        await campaign(tmp_path / "run", play=broken)
    rejected = rows((tmp_path / "run" / "rejected.jsonl").read_bytes())
    assert [(row["slot"], row["detail"]) for row in rejected[-2:]] == [(n, "KeyError: 'teleport'") for n in (4, 5)]
    assert await campaign(tmp_path / "run", count=8)  # the third was not recorded: once mended, it goes on


async def test_an_outage_stops_the_run_and_loses_nothing(tmp_path: Path) -> None:
    async def unreachable(directive: Directive, *seams: Any) -> Played:
        trajectory = Trajectory(slot=directive.slot, directive=directive)
        return Played(trajectory=trajectory, stop=Stop.TEACHER_ERROR, reason="openai: connection refused")

    with pytest.raises(UsageError, match="5 slots in a row: openai: connection refused"):
        await campaign(tmp_path / "run", count=20, play=unreachable)
    rejected = rows((tmp_path / "run" / "rejected.jsonl").read_bytes())
    assert [(row["slot"], row["reason"]) for row in rejected] == [(n, "teacher_error") for n in range(4)]
    assert await campaign(tmp_path / "run", count=20)  # the endpoint is back: the other slots are played


async def test_a_slot_that_lost_its_player_goes_on_from_the_journal(tmp_path: Path) -> None:
    whole, teacher, lost = await campaign(tmp_path / "whole", count=20), Teacher(), set[int]()

    async def mortal(directive: Directive, cluster: Cluster, context: Context) -> Played:
        played = await play(directive, cluster, context)
        if directive.slot % 3 == 0 and directive.slot not in lost:
            lost.add(directive.slot)
            raise LostError("killed")
        return played

    assert await campaign(tmp_path / "run", count=20, play=mortal, teachers=teacher) == whole
    crashed = {row["slot"] for row in rows(whole["rejected.jsonl"]) if row["reason"] == "internal_error"}
    assert lost == set(range(0, 20, 3)) - crashed
    assert teacher.count == orjson.loads(whole["cost.json"])["requests"]


async def test_a_slot_that_loses_every_player_stops_the_run(tmp_path: Path) -> None:
    async def killed(*seams: Any) -> Played:
        raise LostError("its actor died")

    with pytest.raises(UsageError, match="slot 0: its actor died, 3 times; go on with --resume"):
        await campaign(tmp_path / "run", concurrency=1, play=killed)


async def test_the_users_own_mistake_stops_the_run(tmp_path: Path) -> None:
    async def refused(*seams: Any) -> Played:
        raise UsageError("openai: the key is wrong")

    with pytest.raises(UsageError, match="key is wrong"):
        await campaign(tmp_path / "run", play=refused)
    assert not (tmp_path / "run" / "rejected.jsonl").read_bytes()


def test_concurrency_above_the_window_is_refused() -> None:
    with pytest.raises(UsageError, match="--concurrency 17 is above --window 16"):
        Settings(count=1, window=WINDOW, concurrency=17)


@pytest.mark.parametrize(
    ("change", "passed"),
    [
        ({}, True),
        ({"naturalness": 2}, False),
        ({"tool_use": 3}, False),
        ({"tool_use": 5}, True),
        ({"tool_use": 5, "coherence": 3}, False),
    ],
)
def test_verdict_needs_every_score_and_the_mean(change: dict[str, int], passed: bool) -> None:
    assert passes(Verdict(scores=GOOD.model_copy(update=change), blame="none", reasons="")) is passed


async def test_stop_cancels_and_keeps_what_was_answered(tmp_path: Path) -> None:
    whole = await campaign(tmp_path / "whole")
    teacher = Teacher()
    await campaign(tmp_path / "run", teachers=teacher, stop_at=50)
    assert 0 < len(rows((tmp_path / "run" / "metrics.jsonl").read_bytes())) < 60
    assert teacher.count < 50 + 8
    assert await campaign(tmp_path / "run") == whole


if __name__ == "__main__":
    asyncio.run(campaign(Path(sys.argv[1]), teachers=Teacher(Path(sys.argv[2]), int(sys.argv[3]))))
