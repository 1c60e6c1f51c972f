"""A slot played away from its driver, through pickled steps, ends as one that was played beside it."""

import pickle
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from agents.errors import TeacherError, UsageError
from agents.schema import Cluster, Directive, Mode, Observed, Origin, Played, Role, Stop, Tool
from agents.teacher.teachers import Answer, Ask, Request, teachers
from graphs.campaign.record.journal import seed_of
from graphs.engine.remote import Actor, Wish, grant_wish
from graphs.trajectory.graph import play
from graphs.trajectory.state import Call, Context, Play

GET = Tool(name="get_order", input_schema={"type": "object", "properties": {}}, service="shop")
CLUSTER = Cluster(id="c", leaf="0.0", tools=(GET,))
LINEAR = Directive(slot=3, cluster="c", leaf="0.0", mode=Mode.LINEAR, steps=1)


def offline() -> Ask:
    teacher, calls = teachers("offline"), iter(range(1000))

    async def ask(role: Role, messages: list[Any], *, tools: Any = None, form: Any = None) -> Answer:
        request = Request(role=role, messages=messages, tools=tools or [], form=form, seed=seed_of(1, 3, next(calls)))
        return await teacher.answer(request)

    return ask


class Shop:
    """A service that is executed."""

    origin = Origin.MCP

    async def call(self, tool: Tool, arguments: dict[str, Any], before: Sequence[Call]) -> Observed:
        return Observed(ok=True, result={"tool": tool.name, "before": len(before)})


async def away(played: Play, cluster: Cluster, context: Context) -> Played | Exception:
    """Driver and actor as two processes would be: nothing passes but what pickle carries."""

    async def run(service: str, *call: Any) -> Observed:
        return await context.runners[service].call(*call)

    hands: Mapping[str, Any] = {"ask": context.ask, "gate": context.gate, "search": context.search, "run": run}
    actor = Actor(played)
    origins = {name: runner.origin for name, runner in context.runners.items()}
    sent = pickle.dumps((LINEAR, cluster, context.limits, origins))
    step = pickle.loads(pickle.dumps(await actor.begin(*pickle.loads(sent))))
    while isinstance(step, Wish):
        answer = pickle.loads(pickle.dumps(await grant_wish(step, hands)))
        step = pickle.loads(pickle.dumps(await actor.grant(LINEAR.slot, answer)))
    await actor.end(LINEAR.slot)
    return step


async def test_the_real_play_ends_alike_here_and_away() -> None:
    here = await play(LINEAR, CLUSTER, Context(offline(), runners={"shop": Shop()}))
    assert await away(play, CLUSTER, Context(offline(), runners={"shop": Shop()})) == here
    assert here.stop == Stop.COMPLETED
    assert {one.origin for one in here.trajectory.origins.values()} == {Origin.MCP}


async def test_a_teachers_fault_ends_the_slot_as_it_does_here() -> None:
    async def failing(*asked: Any, **given: Any) -> Answer:
        raise TeacherError("user teacher: HTTP 500", ("server",), 500)

    here = await play(LINEAR, CLUSTER, Context(failing))
    assert await away(play, CLUSTER, Context(failing)) == here
    assert (here.stop, here.reason) == (Stop.TEACHER_ERROR, "user teacher: HTTP 500")


async def test_a_bug_in_the_play_comes_back_as_it_is() -> None:
    end = await away(broken, CLUSTER, Context(offline()))
    assert (type(end), str(end)) == (ZeroDivisionError, "a bug of ours")


async def broken(*seams: Any) -> Played:
    raise ZeroDivisionError("a bug of ours")


async def test_an_error_that_ends_the_run_is_the_drivers() -> None:
    async def stopping(*asked: Any, **given: Any) -> Answer:
        raise UsageError("the key is wrong")

    with pytest.raises(UsageError, match="key is wrong"):
        await away(play, CLUSTER, Context(stopping))


async def searching(directive: Directive, cluster: Cluster, context: Context) -> Played:
    raise LookupError((await context.search(cluster))[0].name)


async def test_a_search_away_is_the_drivers() -> None:
    async def search(cluster: Cluster) -> Sequence[Tool]:
        return cluster.tools

    end = await away(searching, CLUSTER, Context(offline(), search=search))
    assert (type(end), str(end)) == (LookupError, "get_order")
