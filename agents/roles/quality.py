"""QualityAgent: a finished conversation in, a verdict out."""

from collections.abc import Sequence

import orjson

from agents.errors import FormatError
from agents.roles.assistant import plan
from agents.roles.prompting import render, section
from agents.schema import MISFIT, Blueprint, Claim, Cluster, JsonObject, Role, Verdict
from agents.teacher.teachers import Ask, Message, fill


async def judge(
    ask: Ask, blueprint: Blueprint, cluster: Cluster, messages: Sequence[Message], claims: Sequence[Claim] = ()
) -> Verdict:
    """A verdict with an answer to each claim; a claim without one is asked for once more.

    Raises: FormatError: the judge's answer is no verdict, or leaves a claim open; there is then no score.
    """
    request: list[Message] = [
        {"role": "system", "content": render(Role.QUALITY)},
        {"role": "user", "content": _case(blueprint, cluster, messages, claims)},
    ]
    verdict = await fill(ask, Role.QUALITY, request, Verdict)
    if missing := _list_unanswered(verdict, claims):
        shown = {"role": "assistant", "content": verdict.model_dump_json()}
        fault = f"{MISFIT}claims {missing} have no answer. Answer again, every claim included."
        verdict = await fill(ask, Role.QUALITY, [*request, shown, {"role": "user", "content": fault}], Verdict)
        if missing := _list_unanswered(verdict, claims):
            raise FormatError(f"quality answer: claims {missing} have no answer")
    rulings = {ruling.id: ruling for ruling in verdict.claims}
    answered = [rulings[n].model_copy(update={"claim": claim.text}) for n, claim in enumerate(claims, 1)]
    return verdict.model_copy(update={"claims": tuple(answered)})


def _list_unanswered(verdict: Verdict, claims: Sequence[Claim]) -> list[int]:
    return sorted(set(range(1, len(claims) + 1)) - {ruling.id for ruling in verdict.claims})


def _case(blueprint: Blueprint, cluster: Cluster, messages: Sequence[Message], claims: Sequence[Claim]) -> str:
    called = {call["function"]["name"] for message in messages for call in message.get("tool_calls") or ()}
    # Of a tool that was not called the name is enough, unless nothing was: then the question is whether one would fit.
    tools = {
        name: tool.description[:200] if name in called or not called else "" for name, tool in cluster.by_name.items()
    }
    facts = {fact.name: fact.value for fact in blueprint.facts}
    fails = {step.id: step.fails for step in blueprint.steps if step.fails}
    # Where an argument came from can be read in the transcript; what the plan itself fixes cannot.
    steps = [{**step, "arguments": _fixed(step["arguments"])} for step in plan(blueprint)["steps"]]
    case: JsonObject = {
        "persona": blueprint.persona,
        "goal": blueprint.goal,
        "facts": facts,
        "steps": [{key: value for key, value in step.items() if value} for step in steps],
        **({"fails": fails} if fails else {}),
        "checkpoints": [point.text for point in blueprint.checkpoints],
    }
    parts = [section("Tools", tools), section("Case", case)]
    parts.append(section("Transcript", [_as_json(message) for message in messages]))
    if claims:
        numbered = [
            {"id": n, "claim": claim.text, "value": claim.value, "place": claim.place}
            for n, claim in enumerate(claims, 1)
        ]
        parts.append(section("Claims", numbered))
    return "\n".join(parts)


def _fixed(arguments: JsonObject) -> JsonObject:
    return {name: source for name, source in arguments.items() if source["source"] in ("constant", "written")}


def _as_json(message: Message) -> Message:
    """A message with its arguments and results as JSON, not as quoted text, which takes half as many tokens again."""
    if message["role"] == "tool":
        return {"role": "tool", "id": message["tool_call_id"], "result": orjson.loads(message["content"])}
    calls = [
        {"id": call["id"], "name": call["function"]["name"], "arguments": orjson.loads(call["function"]["arguments"])}
        for call in message.get("tool_calls") or ()
    ]
    spoken = {"role": message["role"], "content": message["content"]}
    return {**spoken, "calls": calls} if calls else spoken
