"""Simia (arXiv:2511.01824): one call writes a whole conversation after a seed trajectory; rules repair it or drop it.

docs/strategies.md says what this port leaves out.
"""

import ast
from functools import lru_cache
from random import Random
from typing import Literal

import orjson
from pydantic import Field, JsonValue

from agents.errors import FormatError, LockError, TeacherError
from agents.roles import assistant, blueprint
from agents.roles.prompting import FOLDER, dumps, render, section
from agents.schema import Cluster, Directive, Mode, Noun, Observation, Origin, Played, Role, Stop
from agents.teacher.reading.parse import fill
from agents.teacher.request import Message
from graphs.trajectory.graph import to_played
from graphs.trajectory.lock import check_call
from graphs.trajectory.state import Context, State, stop_for


class Written(Noun):
    """A call as the model wrote it."""

    name: str
    arguments: JsonValue


class Line(Noun):
    """A message of the written conversation."""

    role: Literal["user", "assistant", "tool"]
    content: str = ""
    calls: tuple[Written, ...] = ()


class Conversation(Noun):
    """The one answer."""

    messages: tuple[Line, ...] = Field(min_length=2)


class Seed(Noun):
    """A trajectory to write after."""

    mode: Mode
    messages: tuple[Line, ...]


@lru_cache
def seeds() -> tuple[Seed, ...]:
    lines = (FOLDER / "simia" / "seeds.jsonl").read_bytes().splitlines()
    return tuple(Seed.model_validate_json(line) for line in lines)


def modes() -> tuple[Mode, ...]:
    """Those that there is a seed of."""
    return tuple(mode for mode in Mode if any(seed.mode is mode for seed in seeds()))


async def play(directive: Directive, cluster: Cluster, context: Context) -> Played:
    """The whole slot in one call: no graph, no lock, no judge. The seed is one of the directive's mode."""
    rng = Random(directive.model_dump_json())
    seed = rng.choice([seed for seed in seeds() if seed.mode is directive.mode])
    example = seed.model_dump(mode="json", include={"messages"}, exclude_defaults=True)
    text = section("Tools", blueprint.describe_tools(cluster)) + section("Seed", example)
    prompt = [{"role": "system", "content": render("simia/conversation")}, {"role": "user", "content": text}]
    try:
        end = repair(await fill(context.ask, Role.ASSISTANT, prompt, Conversation), cluster)
    except (FormatError, TeacherError) as error:
        end = stop_for(error)
    return to_played(end, directive, cluster)


def repair(written: Conversation, cluster: Cluster) -> State:
    """The final state: calls numbered, arguments mended, and a fault for what the rules cannot mend."""
    messages: list[Message] = [{"role": "system", "content": assistant.DEFAULT_PROMPT}]
    origins: dict[str, Observation | None] = {}
    faults: list[str] = []
    waiting: list[str] = []
    for line in written.messages:
        if line.role == "tool":
            # The model writes no call ids: results belong to the calls before them, in their order.
            call_id = waiting.pop(0) if waiting else ""
            try:
                result = orjson.loads(line.content)
            except orjson.JSONDecodeError:
                result = line.content
            failed = isinstance(result, dict) and set(result) == {"error"}
            if call_id:
                origins[call_id] = Observation(origin=Origin.SIMULATED, ok=not failed)
            else:
                faults.append("format: a result that no call asked for")
            messages.append({"role": "tool", "tool_call_id": call_id, "content": dumps(result)})
            continue
        faults += [f"format: no result for {call}" for call in waiting]
        calls: list[Message] = []
        for n, call in enumerate(line.calls, 1):
            arguments = call.arguments if isinstance(call.arguments, dict) else mend(call.arguments)
            try:
                check_call(cluster, call.name, arguments)
            except LockError as error:
                faults.append(f"call: {error}")
            function = {"name": call.name, "arguments": dumps(arguments)}
            calls.append({"id": f"call_{len(origins) + n}", "type": "function", "function": function})
        waiting = [call["id"] for call in calls]
        origins |= dict.fromkeys(waiting)
        spoken: Message = {"role": line.role, "content": line.content}
        messages.append({**spoken, "tool_calls": calls} if calls else spoken)
    faults += [f"format: no result for {call}" for call in waiting]
    if messages[-1]["role"] != "assistant" or not messages[-1]["content"].strip():
        faults.append("format: the last message is no answer")
    silent = Observation(origin=Origin.SIMULATED, ok=False)
    observed = {name: origin or silent for name, origin in origins.items()}
    return {"messages": messages, "origins": observed, "stop": Stop.COMPLETED, "faults": faults}


def mend(text: JsonValue) -> JsonValue:
    """Arguments that came as text: JSON, or a Python literal as some models write it; otherwise as they are.

    >>> mend("{'id': 'A-1', 'all': True}")
    {'id': 'A-1', 'all': True}
    """
    for read in (orjson.loads, ast.literal_eval):
        try:
            value: JsonValue = read(str(text))
            return value
        except (ValueError, SyntaxError):
            continue
    return text
