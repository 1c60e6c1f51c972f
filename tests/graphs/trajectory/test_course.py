"""Whether a conversation goes round in circles: the same said twice after the same, or the same call three times."""

from typing import Any

from agents.schema import Blueprint, Cluster, Mode, Observation, Origin, Step, Tool, Turn
from graphs.trajectory.checks import examine

LOOK = Tool(name="get_team", service="crm", input_schema={"type": "object", "properties": {"id": {"type": "string"}}})
STEP = Step(id="s1", tool="get_team")
PLAN = Blueprint(persona="p", goal="g", mode=Mode.LINEAR, turns=(Turn(ask="x"),), steps=(STEP,))
SAID = "Support has 14 members."


def turn(number: int, team: str, answer: str = SAID) -> list[Any]:
    call = {"id": f"call_{number}", "function": {"name": "get_team", "arguments": f'{{"id": "{team}"}}'}}
    return [
        {"role": "user", "content": f"Team {team}, please ({number})."},
        {"role": "assistant", "content": "", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": f"call_{number}", "content": '{"members": 14}'},
        {"role": "assistant", "content": answer},
    ]


def repeats(*turns: list[Any]) -> list[str]:
    messages = [{"role": "system", "content": "Help."}, *(message for part in turns for message in part)]
    calls = [call["id"] for message in messages for call in message.get("tool_calls", ())]
    origins = dict.fromkeys(calls, Observation(origin=Origin.SIMULATED, ok=True))
    examined = examine(PLAN, Cluster(id="c", leaf="0.0", tools=(LOOK,)), messages, origins, {})
    return [fault for fault in examined.faults if fault.startswith("repeat")]


def test_two_looks_that_show_the_same_are_told_alike() -> None:
    assert repeats(turn(1, "a"), turn(2, "b")) == []


def test_the_same_said_after_the_same_look_or_after_none_is_a_loop() -> None:
    assert repeats(turn(1, "a"), turn(2, "a")) == [f"repeat: the assistant says {SAID!r} 2 times"]
    spoken = [{"role": "user", "content": "And?"}, {"role": "assistant", "content": "Anything else?"}]
    again = [{"role": "user", "content": "No."}, {"role": "assistant", "content": "Anything else?"}]
    assert repeats(turn(1, "a"), spoken, again) == ["repeat: the assistant says 'Anything else?' 2 times"]
    assert repeats(spoken, turn(1, "a"), [spoken[0]], turn(2, "b")[1:]) == ["repeat: the user says 'And?' 2 times"]
    assert repeats(turn(1, "a", "1"), turn(2, "a", "2"), turn(3, "a", "3")) == [
        "repeat: the same call of get_team 3 times"
    ]
