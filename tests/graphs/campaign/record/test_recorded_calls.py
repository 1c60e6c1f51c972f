"""Tools that are executed beside simulated ones: run once, handed over as they are, and kept over a resume."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import orjson

from agents.offline import reply
from agents.schema import Cluster, Directive, Mode, Observed, Origin, Played, Role, Tool
from graphs.campaign.record.journal import Journal
from graphs.campaign.record.recorded_calls import open_runners
from graphs.trajectory.graph import play
from graphs.trajectory.state import Call, Context, Runner
from tests.graphs.trajectory.test_graph import ID, Script, said, teacher

GET = Tool(name="get_order", input_schema=ID, service="shop")
STOCK = Tool(name="get_stock", input_schema=ID, output_schema=ID, service="depot")
CLUSTER = Cluster(id="c", leaf="0.0", tools=(GET, STOCK))
CALLS = (("get_order", '{"order_id": "A17"}'), ("get_stock", '{"order_id": "A17"}'))


class Depot:
    """A live service that remembers how it was called."""

    origin = Origin.MCP

    def __init__(self, *answers: Observed) -> None:
        self.answers, self.called, self.before = list(answers), list[dict[str, Any]](), list[int]()

    async def call(self, tool: Tool, arguments: dict[str, Any], before: Sequence[Call]) -> Observed:
        self.called.append(arguments)
        self.before.append(len(before))
        return self.answers.pop(0)


FOUND = Observed(ok=True, result={"order_id": "A17", "left": 4})


def asking(*turns: Sequence[tuple[str, str]]) -> Script:
    """The assistant's calls, one message after the other, then an answer."""

    def script(n: int, messages: list[dict[str, Any]]) -> dict[str, Any]:
        return said("", *turns[n - 1]) if n <= len(turns) else said("All done.")

    return script


def naming(n: int, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """The offline user, who also says which order the calls are about."""
    utterance = orjson.loads(reply(messages, [], n)["content"])
    return said({**utterance, "say": f"{utterance['say']} It is about order A17."})


async def played(depot: Runner, *turns: Sequence[tuple[str, str]], **scripts: Script) -> Played:
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=2)
    roles = {Role.USER: naming, Role.ASSISTANT: asking(*turns)}
    roles |= {Role(name): script for name, script in scripts.items()}
    return await play(directive, CLUSTER, Context(teacher(roles), runners={"depot": depot}))


def observed(one: Played) -> list[Any]:
    return [orjson.loads(m["content"]) for m in one.trajectory.messages if m["role"] == "tool"]


async def test_a_tool_with_a_runner_is_executed_and_the_others_are_simulated() -> None:
    depot = Depot(FOUND)
    one = await played(depot, CALLS)
    assert depot.called == [{"order_id": "A17"}]
    assert [seen.origin for seen in one.trajectory.origins.values()] == [Origin.SIMULATED, Origin.MCP]
    assert observed(one)[1] == {"order_id": "A17", "left": 4}


async def test_an_executed_failure_becomes_the_error_envelope() -> None:
    one = await played(Depot(Observed(ok=False, code="gone", message="server died")), CALLS)
    assert observed(one)[1] == {"error": {"code": "gone", "message": "server died"}}
    assert not one.trajectory.origins["call_2"].ok


async def test_a_live_result_that_breaks_its_lock_is_noted_and_not_changed() -> None:
    depot = Depot(Observed(ok=True, result={"order_id": 17}))
    one = await played(depot, CALLS)
    assert (observed(one)[1], len(depot.called)) == ({"order_id": 17}, 1)
    assert one.trajectory.origins["call_2"].lock_mismatch == "get_stock: $.order_id: 17 is not of type 'string'"


async def test_the_same_live_read_may_return_something_else() -> None:
    second = Observed(ok=True, result={"order_id": "A17", "left": 3})
    one = await played(Depot(FOUND, second), CALLS[1:], CALLS[1:])
    assert [seen["left"] for seen in observed(one)] == [4, 3]
    assert not any(seen.lock_mismatch for seen in one.trajectory.origins.values())
    assert not [fault for fault in one.faults if fault.startswith("ledger")]


async def test_an_executed_call_is_not_repeated_when_its_neighbour_is_sent_back() -> None:
    def wrong_once(n: int, messages: list[dict[str, Any]]) -> dict[str, Any] | None:
        return said({"ok": True, "result": 5}) if n == 1 else None

    depot = Depot(FOUND)
    declared = GET.model_copy(update={"output_schema": ID})
    directive = Directive(slot=0, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=2)
    roles = {Role.USER: naming, Role.ASSISTANT: asking(CALLS), Role.OBSERVATION: wrong_once}
    cluster = CLUSTER.model_copy(update={"tools": (declared, STOCK)})
    one = await play(directive, cluster, Context(teacher(roles), runners={"depot": depot}))
    assert len(depot.called) == 1
    assert observed(one)[1] == {"order_id": "A17", "left": 4}


async def test_a_runner_is_told_what_it_executed_before() -> None:
    depot = Depot(FOUND, FOUND, FOUND)
    await played(depot, [CALLS[1], CALLS[1]], [CALLS[1]])
    assert depot.before == [0, 1, 2]


@contextmanager
def journal(folder: Path) -> Iterator[Journal]:
    folder.mkdir(exist_ok=True)
    one = Journal(folder)
    yield one
    one.close()


async def test_a_recorded_call_is_not_executed_again(tmp_path: Path) -> None:
    first, second = Depot(FOUND), Depot(Observed(ok=True, result="late"))
    for depot in (first, second):
        with journal(tmp_path / "run") as kept:
            async with open_runners({"depot": lambda depot=depot: nullcontext(depot)}, kept, 3) as runners:
                assert await runners["depot"].call(STOCK, {"order_id": "A17"}, ()) == FOUND
    assert (len(first.called), second.called) == (1, [])


async def test_another_call_at_the_same_place_is_executed(tmp_path: Path) -> None:
    depot = Depot(FOUND, FOUND)
    with journal(tmp_path / "run") as kept:
        for order in ("A17", "B2"):
            async with open_runners({"depot": lambda: nullcontext(depot)}, kept, 3) as runners:
                await runners["depot"].call(STOCK, {"order_id": order}, ())
    assert depot.called == [{"order_id": "A17"}, {"order_id": "B2"}]
