"""UserAgent: the person and the conversation so far in, the next words out. It sees no tools, calls or observations."""

from collections.abc import Sequence

from pydantic import JsonValue

from agents.roles.prompting import dumps, render
from agents.schema import UNSOUND, Blueprint, Role, Utterance
from agents.teacher.reading.parse import fill
from agents.teacher.request import Ask, Message


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
    you = blueprint.model_dump(mode="json", include={"persona", "goal", "turns"}, exclude_defaults=True)
    notes: dict[str, JsonValue] = {}
    for fact in blueprint.facts:
        # the bare value, unless there is more to it
        more = fact.model_dump(mode="json", include={"value", "spoken", "withheld"}, exclude_defaults=True)
        notes[fact.name] = more if len(more) > 1 or isinstance(fact.value, dict) else fact.value
    you |= {"facts": notes} if notes else {}
    system = {"role": "system", "content": render(Role.USER, you=dumps({**you, "today": today} if today else you))}
    # Chat models answer a user, so the person's first words need something to answer to. Then the spoken words with
    # the parts swapped: the user's own are the model's.
    request = [system, {"role": "user", "content": "(The assistant waits for you to begin.)"}]
    for message in messages:
        if message["role"] == "user":
            words = dumps({"say": message["content"], "done": False})
            request.append({"role": "assistant", "content": words})
        elif message["role"] == "assistant" and not message.get("tool_calls"):
            request.append({"role": "user", "content": message["content"]})
    if shown:
        utterance, fault = shown
        words = dumps(utterance.model_dump(mode="json"))
        objection = f"{UNSOUND}{fault}. Say it anew; if your words do say it, say them again."
        request += [{"role": "assistant", "content": words}, {"role": "user", "content": objection}]
    return await fill(ask, Role.USER, request, Utterance)
