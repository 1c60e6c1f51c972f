"""QualityAgent: a finished conversation in, a verdict out."""

from collections.abc import Sequence

import orjson

from agents.roles.assistant import plan
from agents.roles.prompting import render, section
from agents.schema import Blueprint, Cluster, Role, Verdict
from agents.teacher.teachers import Ask, Message, fill


async def judge(ask: Ask, blueprint: Blueprint, cluster: Cluster, messages: Sequence[Message]) -> Verdict:
    """Raises: FormatError: the judge's answer is no verdict; there is then no score."""
    tools = {name: tool.description[:200] for name, tool in cluster.offered.items()}
    case = {"persona": blueprint.persona, **plan(blueprint)}
    parts = [section("Tools", tools), section("Case", case), section("Transcript", [_told(one) for one in messages])]
    asked = [{"role": "system", "content": render(Role.QUALITY)}, {"role": "user", "content": "\n".join(parts)}]
    return await fill(ask, Role.QUALITY, asked, Verdict)


def _told(message: Message) -> Message:
    """A message with its arguments and results as JSON, not as quoted text, which takes half as many tokens again."""
    if message["role"] == "tool":
        return {"role": "tool", "id": message["tool_call_id"], "result": orjson.loads(message["content"])}
    calls = [
        {"id": call["id"], "name": call["function"]["name"], "arguments": orjson.loads(call["function"]["arguments"])}
        for call in message.get("tool_calls") or ()
    ]
    spoken = {"role": message["role"], "content": message["content"]}
    return {**spoken, "calls": calls} if calls else spoken
