"""Ten kinds of planted faults: what rules and judge catch of each, and their false alarms; with -s as a table."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema.validators import validator_for

from agents.roles import quality
from agents.schema import Blueprint, Cluster, FromItem, FromStep, Observation, Role
from agents.teacher.teachers import Answer, Request, teachers
from graphs.campaign.accept import passes
from graphs.campaign.config import Config
from graphs.run import main
from graphs.setup import prepare
from graphs.trajectory.checks import examine

SEED, COUNT, PLANTED = 3, 110, 20


@dataclass(frozen=True)
class Conversation:
    """What a fault is planted into."""

    blueprint: Blueprint
    cluster: Cluster
    messages: list[dict[str, Any]]
    origins: dict[str, Observation]
    locks: dict[str, Any]

    def exchanges(self) -> Iterator[tuple[int, str, str, Any, int]]:
        """Place, id, tool, arguments of every successful call, and the place of its observation."""
        answered = {m["tool_call_id"]: place for place, m in enumerate(self.messages) if m["role"] == "tool"}
        for place, message in enumerate(self.messages):
            for call in message.get("tool_calls", ()):
                if self.origins[call["id"]].ok:
                    said = call["function"]
                    yield place, call["id"], said["name"], orjson.loads(said["arguments"]), answered[call["id"]]

    def calling(self, call_id: str, arguments: Any) -> "Conversation":
        """With other arguments of that call."""
        messages = copied(self.messages)
        for call in (call for m in messages for call in m.get("tool_calls", ()) if call["id"] == call_id):
            call["function"]["arguments"] = orjson.dumps(arguments).decode()
        return replace(self, messages=messages)

    def saying(self, place: int, content: str) -> "Conversation":
        """With other words in that message."""
        messages = copied(self.messages)
        messages[place]["content"] = content
        return replace(self, messages=messages)

    def exchanged(self, name: str, arguments: Any, result: Any, times: int = 1) -> "Conversation":
        """With a call and its success before the last answer."""
        messages, origins, number = copied(self.messages), dict(self.origins), len(self.origins)
        like = next(iter(self.origins.values()))
        for _ in range(times):
            number += 1
            function = {"name": name, "arguments": orjson.dumps(arguments).decode()}
            call = {"id": f"call_{number}", "type": "function", "function": function}
            seen = {"role": "tool", "tool_call_id": call["id"], "content": orjson.dumps(result).decode()}
            messages[-1:-1] = [{"role": "assistant", "content": "", "tool_calls": [call]}, seen]
            origins[call["id"]] = like.model_copy(update={"ok": True})
        return replace(self, messages=messages, origins=origins)


def copied(value: Any) -> Any:
    return orjson.loads(orjson.dumps(value))


def valid(schema: Any, value: Any) -> bool:
    return bool(validator_for(schema)(schema).is_valid(value))


def scalars(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from scalars(inner, (*path, key))
    else:
        yield path, value


def put(value: Any, path: tuple[str | int, ...], leaf: Any) -> Any:
    """A copy of the value with another leaf."""
    whole = inner = copied({"": value})
    for part in ("", *path)[:-1]:
        inner = inner[part]
    inner[("", *path)[-1]] = leaf
    return whole[""]


def other(value: Any) -> Any:
    """A value of the same type and form: another last digit, another currency, else another word."""
    if isinstance(value, bool) or value is None:
        return not value
    if isinstance(value, int | float):
        return value + 7
    if digits := re.findall(r"\d", value):
        head, _, tail = value.rpartition(digits[-1])
        return head + str((int(digits[-1]) + 7) % 10) + tail
    if re.fullmatch("[A-Z]{3}", value):
        return "USD" if value == "CHF" else "CHF"
    return f"{value} Nord"


def leaked_value(clean: Conversation) -> Iterator[Conversation]:
    """An id or a number that nobody told, from its call on."""
    for place, call_id, name, arguments, _ in clean.exchanges():
        schema = clean.cluster.by_name[name].input_schema
        before = str(clean.messages[:place]) + str(schema)
        for path, value in scalars(arguments):
            new = other(value)
            # code is no value: of `:.2f` another digit is no leak
            if (
                not re.search(r"\d", str(value))
                or "\n" in str(value)
                or str(new) in before
                or not valid(schema, put(arguments, path, new))
            ):
                continue
            planted = clean.calling(call_id, put(arguments, path, new))
            for message in planted.messages[place + 1 :]:
                if message["role"] != "user" and isinstance(value, str):
                    message["content"] = message["content"].replace(value, new)
            yield planted


def wrong_type(clean: Conversation) -> Iterator[Conversation]:
    """An argument that its tool refuses, answered as if it had fitted."""
    for _, call_id, name, arguments, _ in clean.exchanges():
        for path, value in scalars(arguments):
            new = [value] if isinstance(value, str) else str(value)
            if not valid(clean.cluster.by_name[name].input_schema, put(arguments, path, new)):
                yield clean.calling(call_id, put(arguments, path, new))


def ignored_dependency(clean: Conversation) -> Iterator[Conversation]:
    """A value that the user or another tool told, where the plan takes it from a step."""
    for step in clean.blueprint.steps:
        for argument, source in step.arguments.items():
            if isinstance(source, FromStep | FromItem):
                feeder = source.step if isinstance(source, FromStep) else step.repeat.step if step.repeat else ""
                tool = next(one.tool for one in clean.blueprint.steps if one.id == feeder)
                yield from redirected(clean, step.tool, argument, tool)


def redirected(clean: Conversation, tool: str, argument: str, feeder: str) -> Iterator[Conversation]:
    """Every call of the tool takes the argument from somewhere else than the feeder."""
    calls = [call for call in clean.exchanges() if call[2] == tool and argument in call[3]]
    if not calls:
        return
    fed = [str(leaf) for _, _, name, _, seen in clean.exchanges() if name == feeder for leaf in said(clean, seen)]
    told = [fact.value for fact in clean.blueprint.facts if not fact.withheld]
    told += [leaf for place, _, name, _, seen in clean.exchanges() if seen < calls[0][0] for leaf in said(clean, seen)]
    schema = clean.cluster.by_name[tool].input_schema
    for value in told:
        if str(value) not in fed and all(valid(schema, {**call[3], argument: value}) for call in calls):
            planted = clean
            for _, call_id, _, arguments, _ in calls:
                planted = planted.calling(call_id, {**arguments, argument: value})
            yield planted


def said(clean: Conversation, place: int) -> list[Any]:
    return [leaf for _, leaf in scalars(orjson.loads(clean.messages[place]["content"]))]


def contradiction(clean: Conversation) -> Iterator[Conversation]:
    """The same read says otherwise of the same id."""
    for _, _, name, arguments, seen in clean.exchanges():
        result = orjson.loads(clean.messages[seen]["content"])
        named = [path for path, _ in scalars(result) if str(path[-1:]).endswith("id',)")]
        last = [call[2] for call in clean.exchanges()][-1] == name
        if not (clean.cluster.by_name[name].reads and named and last):
            continue
        for path, value in scalars(result):
            if path not in named and any(path[:-1] == one[:-1] for one in named):
                again = put(result, path, other(value))
                if valid(clean.locks.get(name, {}), again):
                    yield clean.exchanged(name, arguments, again)


def unanswered_goal(clean: Conversation) -> Iterator[Conversation]:
    """It ends with an observation, or with an answer that says nothing."""
    if clean.messages[-2]["role"] == "tool":
        yield replace(clean, messages=clean.messages[:-1])
    yield clean.saying(len(clean.messages) - 1, "")


def user_names_a_tool(clean: Conversation) -> Iterator[Conversation]:
    for place, message in enumerate(clean.messages):
        if message["role"] == "user":
            for name in clean.cluster.by_name:
                yield clean.saying(place, f"{message['content']} Please use {name} for it.")


def loop(clean: Conversation) -> Iterator[Conversation]:
    for _, _, name, arguments, seen in clean.exchanges():
        yield clean.exchanged(name, arguments, orjson.loads(clean.messages[seen]["content"]), times=2)


def broken_lock(clean: Conversation) -> Iterator[Conversation]:
    """A field of another type than the tool's lock says."""
    for _, _, name, _, seen in clean.exchanges():
        result = orjson.loads(clean.messages[seen]["content"])
        for path, value in scalars(result):
            new = [value] if isinstance(value, str) else str(value)
            if not valid(clean.locks.get(name, {}), put(result, path, new)):
                yield clean.saying(seen, orjson.dumps(put(result, path, new)).decode())


def outside_the_cluster(clean: Conversation) -> Iterator[Conversation]:
    """A tool that was not offered answers."""
    for name in ("send_money", "get_weather"):
        if clean.origins:
            yield clean.exchanged(name, {}, {"ok": True})


def false_claim(clean: Conversation) -> Iterator[Conversation]:
    """The last answer says another value than the one that was returned."""
    steps, last = {step.id: step.tool for step in clean.blueprint.steps}, clean.messages[-1]["content"]
    for point in clean.blueprint.checkpoints:
        for _, _, name, _, seen in clean.exchanges():
            result = orjson.loads(clean.messages[seen]["content"])
            if name != steps[point.step] or not point.path or not isinstance(result, dict) or point.path not in result:
                continue
            value = str(result[point.path])
            told = str(other(value)).removeprefix(value).strip()  # with a word behind it the value would still be said
            claim = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", told, last)
            if value and claim != last:
                yield clean.saying(len(clean.messages) - 1, claim)


KINDS: dict[str, Callable[[Conversation], Iterator[Conversation]]] = {
    kind.__name__: kind
    for kind in (
        leaked_value,
        wrong_type,
        ignored_dependency,
        contradiction,
        unanswered_goal,
        user_names_a_tool,
        loop,
        broken_lock,
        outside_the_cluster,
        false_claim,
    )
}


def planted(kind: str, clean: list[Conversation]) -> list[Conversation]:
    """Twenty, out of as many conversations as can carry the fault."""
    rounds = zip_longest(*(KINDS[kind](one) for one in clean))
    return list(islice((one for turn in rounds for one in turn if one is not None), PLANTED))


async def objections(case: Conversation) -> tuple[bool, bool]:
    """Whether the rules object, and whether the judge does, who is asked even so."""
    offline = teachers("offline")

    async def ask(role: Role, messages: list[Any], *, tools: Any = (), form: Any = None) -> Answer:
        return await offline.answer(Request(role=role, messages=messages, tools=list(tools), form=form, seed=SEED))

    faults, claims = examine(case.blueprint, case.cluster, case.messages, case.origins, case.locks)
    verdict = await quality.judge(ask, case.blueprint, case.cluster, case.messages, claims)
    denied = any(not ruling.derivable for ruling in verdict.claims)
    return bool(faults), denied or not passes(verdict)


@pytest.fixture(scope="module")
def slots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Conversation]]:
    """What the offline teacher played: every completed conversation, and the accepted ones."""
    out = tmp_path_factory.mktemp("runs") / "clean"
    with pytest.raises(SystemExit, match="0"):
        main(["--out", str(out), "--count", str(COUNT), "--seed", str(SEED)])
    clusters = {cluster.id: cluster for cluster in prepare(Config(seed=SEED, out=out)).clusters}
    accepted = conversations(out / "trajectories.jsonl", clusters)
    return {"accepted": accepted, "completed": accepted + conversations(out / "rejected.jsonl", clusters)}


def conversations(path: Path, clusters: dict[str, Cluster]) -> list[Conversation]:
    rows = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    return [
        Conversation(
            Blueprint.model_validate(row["blueprint"]),
            clusters[row["cluster"]["id"]],
            row["messages"],
            {call: Observation.model_validate(origin) for call, origin in row["origins"].items()},
            row["locks"],
        )
        for row in rows
        if row.get("stop", "completed") == "completed"
    ]


@pytest.mark.parametrize("kind", KINDS)
async def test_planted_faults_are_caught(kind: str, slots: dict[str, list[Conversation]]) -> None:
    assert len(slots["accepted"]) >= 60
    cases = planted(kind, slots["accepted"])
    caught = [await objections(case) for case in cases]
    rules, judge, either = (sum(map(one, caught)) for one in (lambda c: c[0], lambda c: c[1], any))
    print(f"\n{kind:20} rules {rules:2}  judge {judge:2}  either {either:2}  of {len(cases)}")
    assert len(cases) == PLANTED
    assert either >= 0.9 * PLANTED


async def test_clean_conversations_raise_few_alarms(slots: dict[str, list[Conversation]]) -> None:
    """All that were completed count, those too that the run's own judge turned down."""
    raised = [await objections(case) for case in slots["completed"]]
    rules, judge = (sum(alarm[n] for alarm in raised) for n in (0, 1))
    print(f"\n{'false alarms':20} rules {rules:2}  judge {judge:2}  of {len(raised)}")
    assert rules <= 0.05 * len(raised)
    assert judge <= 0.05 * len(raised)
