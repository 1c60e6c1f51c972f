"""UserAgent: the person and the conversation so far in, the next words out. It sees no tools, calls or observations."""

from collections.abc import Sequence

from agents.memo import remembered
from agents.roles.prompting import dumps, render
from agents.schema import Blueprint, Role, Utterance
from agents.teacher.teachers import Ask, Message, fill


async def speak(ask: Ask, blueprint: Blueprint, messages: Sequence[Message]) -> Utterance:
    """Raises: FormatError: no utterance, asked again included."""
    system = {"role": "system", "content": _prompt(blueprint)}
    return await fill(ask, Role.USER, [system, *_seen(messages)], Utterance)


@remembered
def _prompt(blueprint: Blueprint) -> str:
    you = blueprint.model_dump(mode="json", include={"persona", "goal", "turns", "facts"}, exclude_defaults=True)
    return render(Role.USER, you=dumps(you))


def _seen(messages: Sequence[Message]) -> list[Message]:
    """The spoken words with the parts swapped: the user's own are the model's."""
    seen: list[Message] = [{"role": "user", "content": "(The assistant waits for you to begin.)"}]
    for message in messages:
        if message["role"] == "user":
            seen.append({"role": "assistant", "content": dumps({"say": message["content"], "done": False})})
        elif message["role"] == "assistant" and not message.get("tool_calls"):
            seen.append({"role": "user", "content": message["content"]})
    return seen
