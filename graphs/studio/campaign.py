"""A whole small campaign as a graph that `langgraph dev` serves: slots are played and committed, a few a superstep.

Each superstep goes on with the run in the folder, so an interrupt leaves a run that `python -m graphs.run --resume`
finishes, and the report lies in the folder at the end. A thread is one run: a fork would go on with the same folder.
"""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Literal

from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from pydantic import Field
from typing_extensions import TypedDict  # pydantic reads typing's own only from Python 3.12 on

from agents.schema import JsonObject, Noun
from graphs.report import summary
from graphs.report.rows import mode_of
from graphs.studio.served import Mistake

SLOTS = 4
"""Slots of a superstep: few enough to watch, for each begins with opening the run again."""


class Campaign(Noun):
    """What to play."""

    count: int = Field(default=8, ge=1, le=400)
    """Slots; the accepted ones become rows."""
    seed: int = 0
    """Another seed, other rows."""
    strategy: Literal["tdscaling", "random", "apigen-mt", "toucan", "simia"] = "tdscaling"
    """Whose method."""
    teacher: str = "offline"
    """provider:model[@base_url] for every role; the key comes from the server's environment."""
    out: str = "runs/studio"
    """The run's folder, below where the server was started; a run that is there already goes on if it is the same."""


class State(TypedDict, total=False):
    """A campaign so far."""

    count: int
    seed: int
    strategy: str
    teacher: str
    out: str
    played: int
    """Slots committed."""
    accepted: int
    reasons: dict[str, int]
    """Why slots were rejected."""
    rows: list[JsonObject]
    """Each accepted row in a line: slot, mode, goal."""
    metrics: JsonObject
    """The diversity of the rows so far, in bits."""
    report: str
    """The page of the run, once it has ended."""


async def play(state: Campaign) -> State:
    """The next slots, and what there is then. Raises: Mistake: the options do not go together, or are another run's."""
    folder = Path(state.out)

    def count_slots() -> int:
        return summary.read(folder).slots if (folder / "manifest.json").is_file() else 0

    played = await asyncio.to_thread(count_slots)
    options = ["--out", state.out, "--seed", str(state.seed), "--strategy", state.strategy, "--teacher", state.teacher]
    options += ["--count", str(max(played, min(played + SLOTS, state.count))), *(["--resume"] if played else [])]
    # A process of its own: a campaign writes its journal from its event loop, which this server forbids to its own.
    command = [sys.executable, "-m", "graphs.run", *options]
    process = await asyncio.create_subprocess_exec(*command, stdout=DEVNULL, stderr=PIPE)
    _, stderr = await process.communicate()
    if process.returncode not in (0, 1):  # 1: no slot was accepted so far
        raise Mistake(stderr.decode().strip().rpartition("error: ")[2])
    return await asyncio.to_thread(_read, state, folder)


def _read(wanted: Campaign, folder: Path) -> State:
    held = summary.read(folder)
    rows = [_describe(row) for _, row in summary.read_rows(folder) if "reason" not in row]
    return {
        "count": wanted.count,
        "seed": wanted.seed,
        "strategy": wanted.strategy,
        "teacher": wanted.teacher,
        "out": wanted.out,
        "played": held.slots,
        "accepted": held.accepted,
        "reasons": dict(held.reasons),
        "rows": rows,
        "metrics": held.metrics[-1] if held.metrics else {},
        "report": str(folder / "report.html"),
    }


def _describe(row: JsonObject) -> JsonObject:
    return {"slot": row["slot"], "mode": mode_of(row), "goal": row["blueprint"]["goal"], "novelty": row["novelty"]}


def wire() -> CompiledStateGraph[State, None, Campaign, State]:
    """The graph: it plays until the slots are played."""

    def is_over(state: State) -> bool:
        return state["played"] >= state["count"]

    graph = StateGraph(State, input_schema=Campaign)
    graph.add_node("play", play)
    graph.add_edge(START, "play").add_conditional_edges("play", is_over, {True: END, False: "play"})
    return graph.compile(name="campaign").with_config({"recursion_limit": 400})


campaign_graph = wire()
"""What langgraph.json names."""
