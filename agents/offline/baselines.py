"""The offline teacher in the baselines' own prompts: APIGen-MT, TOUCAN and Simia."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import orjson

from agents.offline.plans import blueprint
from agents.offline.plans.draft import Plan
from agents.offline.talk import conversation, user
from agents.offline.world import observation
from agents.plan.dataflow import Described
from agents.schema import Blueprint, JsonObject

Message = JsonObject
Section = Callable[[str, str], Any]
Read = Callable[[str], Any]
Part = Callable[[str, Read, Random], JsonObject]
_PARTS: dict[tuple[str, str], Part] = {}
"""(strategy, role) -> who plays it: system prompt, reader of the request's sections and chance in, a form out."""
LONGEST = 24
"""Messages, tools' results aside, after which a conversation is over in any case."""


def answer(strategy: str, role: str, messages: Sequence[Message], section: Section, rng: Random) -> JsonObject:
    """Raises: ValueError: no such agent of the strategy."""
    if (strategy, role) not in _PARTS:
        raise ValueError(f"system prompt: the offline teacher is no {role}Agent of {strategy}")
    system, request = str(messages[0]["content"]), str(messages[1]["content"])
    return _PARTS[strategy, role](system, lambda name: section(request, name), rng)


def _part(strategy: str, role: str) -> Callable[[Part], Part]:
    def enter(play: Part) -> Part:
        _PARTS[strategy, role] = play
        return play

    return enter


@_part("APIGen-MT", "Blueprint")
def write_task(system: str, read: Read, rng: Random) -> Plan:
    return blueprint.walk_plan(read("Tools"), read("Walk"), rng)


@_part("APIGen-MT", "Quality")
def review_task(system: str, read: Read, rng: Random) -> JsonObject:
    """A task that tells more facts than anyone would is thought less of; more steps are more of a task."""
    task = read("Task")["task"]
    burdened = len(task["facts"]) > 6
    scores = {name: 5 - (rng.random() < 0.25) for name in ("correctness", "completeness", "satisfaction")}
    scores["creativity"] = min(5, 2 + len(task["steps"])) - burdened
    scores["satisfaction"] -= 2 * burdened
    return {**scores, "feedback": "too many details for one person to tell" if burdened else "a plain task"}


@_part("APIGen-MT", "User")
def choose_utterance(system: str, read: Read, rng: Random) -> JsonObject:
    """The shortest candidate that says something."""
    lengths = [len(candidate["say"]) or 10_000 for candidate in read("Candidates")]
    return {"best": lengths.index(min(lengths)), "reason": "says it all in the fewest words"}


@_part("TOUCAN", "Blueprint")
def write_question(system: str, read: Read, rng: Random) -> JsonObject:
    """A whole plan told in one breath; another person's with the same tools, or one with more to do."""
    tools, size = read("Tools"), max(1, read("Count"))
    # Two of the prompts ask for a variant of a question: one for more work, one for another setting.
    harder, wider = "Keep what it asks for" in system, "Keep its tools" in system
    old = read("Question")["tools"] if harder or wider else []
    if wider:
        tools = [tool for tool in tools if tool["name"] in old]
    wish = {"mode": rng.choice(("linear", "chained")), "steps": max(size, len(old) + 1) if harder else size}
    plan = _complete(blueprint.draw_plan(tools, wish, rng))
    ask = "; also ".join(turn["ask"] for turn in plan["turns"])
    breath = {**plan, "turns": [{"ask": ask, "facts": [fact["name"] for fact in plan["facts"]]}]}
    say = user.speak(breath, [{"role": "user", "content": ""}], rng)["say"]
    return {"question": say, "tools": list(dict.fromkeys(step["tool"] for step in plan["steps"]))}


@_part("TOUCAN", "Quality")
def rate(system: str, read: Read, rng: Random) -> JsonObject:
    """Of a question, or of a response, as the prompt asks."""
    if "completeness" in system:
        calls = [call for message in read("Transcript") for call in message.get("tool_calls") or ()]
        return {"completeness": 5 - (rng.random() < 0.1), "conciseness": 5 - (len(calls) > 6)}
    question = read("Question")
    hard = min(5, 1 + len(question["tools"]))
    fine = {name: 5 - (rng.random() < 0.25) for name in ("uniqueness", "realism", "verifiability", "stability")}
    return {**fine, "difficulty": hard, "quality": 5 - 2 * (len(question["question"]) > 1200)}


@_part("Simia", "Assistant")
def write_conversation(system: str, read: Read, rng: Random) -> JsonObject:
    """A whole conversation of the seed's kind over the tools, every part played here as one author would."""
    tools, seed = read("Tools"), read("Seed")["messages"]
    calls = [call for message in seed for call in message.get("calls") or ()]
    plan = _complete(blueprint.draw_plan(tools, {"mode": mode_of(seed), "steps": len(calls)}, rng))
    messages: list[Message] = [{"role": "system", "content": ""}]
    for _ in range(LONGEST):
        messages += list(_go_on(plan, messages, tools, rng))
        if messages[-1].get("done"):
            break
    lines = []
    for message in messages[1:]:
        functions = [call["function"] for call in message.get("tool_calls") or ()]
        calls = [{"name": call["name"], "arguments": orjson.loads(call["arguments"])} for call in functions]
        line = {"role": message["role"], "content": message["content"], **({"calls": calls} if calls else {})}
        lines += [] if message.get("done") else [line]
    return {"messages": lines}


def _complete(plan: Plan) -> Plan:
    """The plan with what a blueprint may leave out filled in."""
    return Blueprint.model_validate(plan).model_dump(mode="json")


def mode_of(seed: Sequence[Message]) -> str:
    """The mode of a seed conversation, by what is seen of it."""
    calls = [message["calls"] for message in seed if message.get("calls")]
    asks = [m for m in seed[:-1] if m["role"] == "assistant" and not m.get("calls")]
    if not calls:
        return "refusal"
    if any('{"error"' in message["content"] for message in seed if message["role"] == "tool"):
        return "recovery"
    if any("?" in message["content"] for message in asks):
        return "clarification"
    if any(len(some) > 1 for some in calls):
        return "parallel"
    names = [call["name"] for some in calls for call in some]
    if any(" if " in message["content"] for message in seed if message["role"] == "user"):
        return "branching"
    return "iterative" if len(set(names)) < len(names) else "chained" if len(names) > 1 else "linear"


def _go_on(plan: Plan, messages: Sequence[Message], tools: Sequence[Described], rng: Random) -> Iterator[Message]:
    """The next message; after calls, also what they return."""
    if messages[-1]["role"] in ("system", "assistant"):
        # To the user the assistant's words are the other side's, and calls are not heard.
        spoken = [m for m in messages[1:] if m["role"] == "assistant" and not m.get("tool_calls")]
        heard = [{"role": "user", "content": text} for text in ("", *(m["content"] for m in spoken))]
        turn = user.speak(plan, heard, rng)
        yield {"role": "user", "content": turn["say"], "done": turn["done"]}
        return
    bound = [{"function": {"name": tool["name"], "parameters": tool["inputSchema"]}} for tool in tools]
    text, calls = conversation.act(plan, messages, bound, rng)
    count = sum(len(message.get("tool_calls") or ()) for message in messages)
    tool_calls = [
        {"id": f"c{count + n}", "function": {"name": name, "arguments": orjson.dumps(arguments).decode()}}
        for n, (name, arguments) in enumerate(calls)
    ]
    yield {"role": "assistant", "content": text, **({"tool_calls": tool_calls} if tool_calls else {})}
    history: list[tuple[JsonObject, JsonObject]] = [
        ({"tool": name, "arguments": arguments}, {"ok": ok, "result": result})
        for name, arguments, ok, result in conversation.read_calls(messages)
    ]
    for call, (name, arguments) in zip(tool_calls, calls, strict=True):
        # A planned failure comes once.
        failed = any(request["tool"] == name and not seen["ok"] for request, seen in history)
        failures = [step["fails"] for step in plan["steps"] if step["tool"] == name and step.get("fails")]
        request = {"tool": name, "arguments": arguments, "must_fail": failures[0] if failures and not failed else ""}
        seen = observation.simulate(list(tools), history, request, rng)
        history.append((request, seen))
        result = seen["result"] if seen["ok"] else {"error": {"code": seen["code"], "message": seen["message"]}}
        yield {"role": "tool", "tool_call_id": call["id"], "content": orjson.dumps(result).decode()}
