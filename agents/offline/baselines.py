"""The offline teacher in the baselines' own prompts: APIGen-MT, TOUCAN and Simia."""

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import orjson

from agents.offline import blueprint, conversation, observation, user
from agents.offline.draft import Plan
from agents.schema import Blueprint, JsonObject

Message = JsonObject
Section = Callable[[str, str], Any]


def answer(strategy: str, role: str, messages: Sequence[Message], section: Section, rng: Random) -> JsonObject:
    """Raises: ValueError: no such agent of the strategy."""
    agents = {
        ("APIGen-MT", "Blueprint"): _task,
        ("APIGen-MT", "Quality"): _review,
        ("APIGen-MT", "User"): _choice,
        ("TOUCAN", "Blueprint"): _question,
        ("TOUCAN", "Quality"): _rating,
        ("Simia", "Assistant"): _conversation,
    }
    if (strategy, role) not in agents:
        raise ValueError(f"system prompt: the offline teacher is no {role}Agent of {strategy}")
    system, request = str(messages[0]["content"]), str(messages[1]["content"])
    return agents[strategy, role](system, lambda name: section(request, name), rng)


Read = Callable[[str], Any]


def _task(system: str, read: Read, rng: Random) -> Plan:
    return blueprint.walked(read("Tools"), read("Walk"), rng)


def _review(system: str, read: Read, rng: Random) -> JsonObject:
    """A task that calls a tool again, or tells more facts than anyone would, is thought less of."""
    task = read("Task")["task"]
    burdened = len(task["facts"]) > 6
    scores = {name: 5 - (rng.random() < 0.25) for name in ("correctness", "completeness", "satisfaction")}
    scores["creativity"] = min(5, 2 + len(task["steps"])) - burdened
    scores["satisfaction"] -= 2 * burdened
    return {**scores, "feedback": "too many details for one person to tell" if burdened else "a plain task"}


def _choice(system: str, read: Read, rng: Random) -> JsonObject:
    """The shortest candidate that says something."""
    said = [len(candidate["say"]) or 10_000 for candidate in read("Candidates")]
    return {"best": said.index(min(said)), "reason": "says it all in the fewest words"}


def _question(system: str, read: Read, rng: Random) -> JsonObject:
    """A whole plan told in one breath; another person's with the same tools, or one with more to do."""
    tools, size = read("Tools"), max(1, read("Count"))
    harder, wider = "Keep what it asks for" in system, "Keep its tools" in system
    old = read("Question")["tools"] if harder or wider else []
    if wider:
        tools = [tool for tool in tools if tool["name"] in old]
    wish = {"mode": rng.choice(("linear", "chained")), "steps": max(size, len(old) + 1) if harder else size}
    plan = _full(blueprint.drawn(tools, wish, rng))
    one = {**plan, "turns": [{"ask": "; also ".join(t["ask"] for t in plan["turns"]), "facts": []}]}
    one["turns"][0]["facts"] = [fact["name"] for fact in plan["facts"]]
    say = user.speak(one, [{"role": "user", "content": ""}], rng)["say"]
    return {"question": say, "tools": list(dict.fromkeys(step["tool"] for step in plan["steps"]))}


def _full(plan: Plan) -> Plan:
    """With what a blueprint leaves out filled in."""
    return Blueprint.model_validate(plan).model_dump(mode="json")


def _rating(system: str, read: Read, rng: Random) -> JsonObject:
    """Of a question, or of a response, as the prompt asks."""
    if "completeness" in system:
        calls = [call for message in read("Transcript") for call in message.get("tool_calls") or ()]
        return {"completeness": 5 - (rng.random() < 0.1), "conciseness": 5 - (len(calls) > 6)}
    question = read("Question")
    hard = min(5, 1 + len(question["tools"]))
    fine = {name: 5 - (rng.random() < 0.25) for name in ("uniqueness", "realism", "verifiability", "stability")}
    return {**fine, "difficulty": hard, "quality": 5 - 2 * (len(question["question"]) > 1200)}


def _conversation(system: str, read: Read, rng: Random) -> JsonObject:
    """A whole conversation of the seed's kind over the tools, every part played here as one author would."""
    tools, seed = read("Tools"), read("Seed")["messages"]
    calls = [call for message in seed for call in message.get("calls") or ()]
    plan = _full(blueprint.drawn(tools, {"mode": _kind(seed), "steps": len(calls)}, rng))
    bound = [{"function": {"name": tool["name"], "parameters": tool["inputSchema"]}} for tool in tools]
    messages: list[Message] = [{"role": "system", "content": ""}]
    for _ in range(24):
        messages += list(_spoken(plan, messages, tools, bound, rng))
        if messages[-1].get("done"):
            break
    return {"messages": [_line(message) for message in messages[1:] if not message.get("done")]}


def _kind(seed: Sequence[Message]) -> str:
    """The mode of the seed, by what is seen of it."""
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


def _spoken(
    plan: Plan, messages: Sequence[Message], tools: Sequence[Any], bound: Sequence[Any], rng: Random
) -> Iterator[Message]:
    """The next message; after calls, also what they return."""
    if messages[-1]["role"] in ("system", "assistant"):
        heard = [{"role": "user", "content": ""}, *_swapped(messages)]
        said = user.speak(plan, heard, rng)
        yield {"role": "user", "content": said["say"], "done": said["done"]}
        return
    text, calls = conversation.act(plan, messages, bound, rng)
    count = sum(len(message.get("tool_calls") or ()) for message in messages)
    made = [
        {"id": f"c{count + n}", "function": {"name": name, "arguments": orjson.dumps(arguments).decode()}}
        for n, (name, arguments) in enumerate(calls)
    ]
    yield {"role": "assistant", "content": text, **({"tool_calls": made} if made else {})}
    history = list(_history(messages))
    for call, (name, arguments) in zip(made, calls, strict=True):
        request = {"tool": name, "arguments": arguments, "must_fail": _failure(plan, name, history)}
        seen = observation.simulate(list(tools), history, request, rng)
        history.append((request, seen))
        told = seen["result"] if seen["ok"] else {"error": {"code": seen["code"], "message": seen["message"]}}
        yield {"role": "tool", "tool_call_id": call["id"], "content": orjson.dumps(told).decode()}


def _swapped(messages: Sequence[Message]) -> Iterator[Message]:
    """The spoken words as the user hears them."""
    for message in messages[1:]:
        if message["role"] == "assistant" and not message.get("tool_calls"):
            yield {"role": "user", "content": message["content"]}


def _history(messages: Sequence[Message]) -> Iterator[tuple[JsonObject, JsonObject]]:
    asked = {call["id"]: call["function"] for message in messages for call in message.get("tool_calls") or ()}
    for message in messages:
        if message["role"] == "tool":
            call, result = asked[message["tool_call_id"]], orjson.loads(message["content"])
            request = {"tool": call["name"], "arguments": orjson.loads(call["arguments"])}
            yield request, {"ok": not (isinstance(result, dict) and set(result) == {"error"}), "result": result}


def _failure(plan: Plan, tool: str, history: Sequence[tuple[JsonObject, Any]]) -> str:
    """The failure that the plan has for the tool, once."""
    failed = any(request["tool"] == tool and not seen["ok"] for request, seen in history)
    return next(
        (step["fails"] for step in plan["steps"] if step["tool"] == tool and step.get("fails") and not failed), ""
    )


def _line(message: Message) -> JsonObject:
    calls = [
        {"name": call["function"]["name"], "arguments": orjson.loads(call["function"]["arguments"])}
        for call in message.get("tool_calls") or ()
    ]
    return {"role": message["role"], "content": message["content"], **({"calls": calls} if calls else {})}
