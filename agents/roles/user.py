"""UserAgent: the person and the conversation so far in, the next words out. It sees no tools, calls or observations."""

from collections.abc import Sequence

from agents.memo import remembered
from agents.roles.prompting import dumps, render
from agents.schema import UNSOUND, Blueprint, JsonObject, Role, Utterance
from agents.teacher.teachers import Ask, Message, fill


async def speak(
    ask: Ask,
    blueprint: Blueprint,
    messages: Sequence[Message],
    today: str = "",
    shown: tuple[Utterance, str] | None = None,
) -> Utterance:
    """The next words; `shown` is an earlier answer to the same with what is wrong with it.

    Raises: FormatError: no utterance, asked again included.
    """
    you = _person(blueprint)
    system = {"role": "system", "content": render(Role.USER, you=dumps({**you, "today": today} if today else you))}
    request = [system, *_swap_parts(messages)]
    if shown:
        utterance, fault = shown
        words = {"role": "assistant", "content": dumps(utterance.model_dump(mode="json"))}
        objection = f"{UNSOUND}{fault}. Say it anew; if your words do say it, say them again."
        request += [words, {"role": "user", "content": objection}]
    return await fill(ask, Role.USER, request, Utterance)


@remembered
def _person(blueprint: Blueprint) -> JsonObject:
    return blueprint.model_dump(mode="json", include={"persona", "goal", "turns", "facts"}, exclude_defaults=True)


def _swap_parts(messages: Sequence[Message]) -> list[Message]:
    """The spoken words with the parts swapped: the user's own are the model's."""
    # Chat models answer a user, so the person's first words need something to answer to.
    swapped: list[Message] = [{"role": "user", "content": "(The assistant waits for you to begin.)"}]
    for message in messages:
        if message["role"] == "user":
            swapped.append({"role": "assistant", "content": dumps({"say": message["content"], "done": False})})
        elif message["role"] == "assistant" and not message.get("tool_calls"):
            swapped.append({"role": "user", "content": message["content"]})
    return swapped
