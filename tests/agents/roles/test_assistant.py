"""Arguments that cannot be read in one way are shown to the model once more, and then end the slot."""

import json

import pytest

from agents.errors import FormatError
from agents.roles import assistant
from agents.schema import MISFIT, Role, Schema
from agents.teacher.request import Answer, Message
from tests.graphs.trajectory.test_graph import CLUSTER

NAME = next(iter(CLUSTER.by_name))
HISTORY: list[Message] = [{"role": "system", "content": "s"}, {"role": "user", "content": "hello"}]


class Scripted:
    """A model that gives one answer's arguments after the other, and keeps what it was told last."""

    def __init__(self, *arguments: str) -> None:
        self.arguments, self.heard = list(arguments), list[str]()

    async def __call__(
        self, role: Role, messages: list[Message], *, tools: list[Schema] | None = None, form: Schema | None = None
    ) -> Answer:
        self.heard.append(messages[-1]["content"])
        call = {"name": NAME, "arguments": self.arguments.pop(0)}
        return Answer(content="", reasoning="hm", tool_calls=(call,), finish="tool_calls")


async def test_unreadable_arguments_are_asked_for_once_more() -> None:
    model = Scripted('{"id": "O-1", "id": "O-2"}', '{"id": "O-2"}')
    message = await assistant.act(model, "prompt", CLUSTER, HISTORY)
    assert json.loads(message["tool_calls"][0]["function"]["arguments"]) == {"id": "O-2"}
    assert "the key 'id' stands there twice" in model.heard[1]
    assert model.heard[1].startswith(MISFIT)
    assert "reasoning_content" not in message, "it speaks of a fault that no conversation shows"


async def test_arguments_that_stay_unreadable_end_the_slot() -> None:
    with pytest.raises(FormatError, match=r"arguments are not JSON \(.*\): '\{id: O-1'"):
        await assistant.act(Scripted("{id: O-1", "{id: O-1"), "prompt", CLUSTER, HISTORY)
