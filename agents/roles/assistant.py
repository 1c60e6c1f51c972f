"""AssistantAgent: the public conversation, the offered tools and a private prompt in, words or tool calls out."""

import inspect
import textwrap
from collections.abc import Sequence
from datetime import date

import orjson

from agents.errors import FormatError
from agents.memo import remembered, remembered_of_both
from agents.plan.concise import concise, outline, outline_others
from agents.plan.excerpt import shown
from agents.plan.sources import shorten
from agents.roles.prompting import dumps, render, without_reasoning
from agents.schema import MISFIT, UNSOUND, Blueprint, Cluster, JsonObject, Mode, Role
from agents.teacher.reading.loose_json import decode
from agents.teacher.request import Answer, Ask, Message, flaw

INSIST = "If the user or a result did say it, do the same again: a judge will decide."
"""Rules know fewer ways of saying a value than people; without leave to insist a model asks what it was just told."""
OUTLINED = 80
"""Characters of the description of a tool that the plan does not call; its row has all of it."""
DEFAULT_PROMPT = "You are a helpful assistant. Use the tools to do what the user asks; ask when something is missing."


def public_prompt(blueprint: Blueprint, today: date | None = None) -> str:
    """The system prompt that is exported with the trajectory."""
    day = f" Today is {spell(today)}." if today else ""
    rules = f"\n\nPolicy: {blueprint.policy}" if blueprint.policy else ""
    role = f" {blueprint.role}" if blueprint.role else ""
    return f"{DEFAULT_PROMPT}{role}{day}{rules}"


def spell(today: date) -> str:
    """
    >>> spell(date(2026, 5, 19))
    'Tuesday, 19 May 2026 (2026-05-19)'
    """
    return f"{today:%A}, {today.day} {today:%B %Y} ({today.isoformat()})"


@remembered
def define_tools(cluster: Cluster) -> list[JsonObject]:
    """OpenAI function definitions of the cluster, as rows keep them."""
    return [
        {
            "type": "function",
            "function": {"name": name, "description": tool.description, "parameters": tool.input_schema},
        }
        for name, tool in cluster.by_name.items()
    ]


@remembered
def _define_twice(cluster: Cluster) -> dict[str, tuple[JsonObject, JsonObject]]:
    """Name -> the same definition as it is sent with each request: without loss, and in outline."""
    pairs = {}
    for name, tool in cluster.by_name.items():
        schema, text = shown(tool).input_schema, inspect.cleandoc(shown(tool).description)
        whole = {"name": name, "description": text, "parameters": concise(schema)}
        lines = text.splitlines() or [""]
        brief = textwrap.shorten(lines[0], OUTLINED, placeholder=" ...")
        short = {"name": name, "description": brief, "parameters": outline(schema)}
        pairs[name] = {"type": "function", "function": whole}, {"type": "function", "function": short}
    return pairs


@remembered_of_both
def offer_tools(cluster: Cluster, plan: Blueprint | None) -> list[JsonObject]:
    """The definitions as requests have them: what the plan calls and gives in full, the rest in outline.

    A third of all tokens were definitions of what nobody meant to use. Where nothing is to be called, and without a
    plan, all are in full.
    """
    called: dict[str, set[str]] = {}
    for step in plan.steps if plan else ():
        called.setdefault(step.tool, set()).update(step.arguments)
    tools = []
    for name, (whole, short) in _define_twice(cluster).items():
        function = whole["function"]
        if name in called:
            parameters = outline_others(function["parameters"], called[name])
            tools.append({**whole, "function": {**function, "parameters": parameters}})
        else:
            tools.append(short if called else whole)
    return tools


@remembered
def plan(blueprint: Blueprint) -> JsonObject:
    """Private guidance: steps by id and where each argument comes from, never what the user's facts are.

    Without the goal, which may tell facts of later turns. Of the modes only `parallel` changes what the assistant does,
    and `recovery` would give the planned failure away.
    """
    steps: dict[str, JsonObject] = {}
    for step in blueprint.steps:
        steps[step.id] = step.model_dump(mode="json", exclude={"id", "fails"}, exclude_defaults=True)
        if step.arguments:
            steps[step.id]["arguments"] = {name: shorten(source) for name, source in step.arguments.items()}
    points = [[point.step, point.text, *([point.path] if point.path else [])] for point in blueprint.checkpoints]
    mode = {"mode": blueprint.mode} if blueprint.mode is Mode.PARALLEL else {}
    return {**mode, "steps": steps, "checkpoints": points}


@remembered_of_both
def planned_prompt(blueprint: Blueprint, public: str) -> str:
    """The role's prompt with the plan that it carries out, and the public one."""
    return render(Role.ASSISTANT, public=public, plan=dumps(plan(blueprint)))


def unplanned_prompt(public: str) -> str:
    """The role's prompt in strategies whose assistant finds its own way."""
    return render("unplanned", public=public)


async def act(
    ask: Ask,
    prompt: str,
    cluster: Cluster,
    messages: Sequence[Message],
    shown: tuple[Message, str] | None = None,
    plan: Blueprint | None = None,
) -> Message:
    """The next assistant message; call ids go on from those already in the conversation.

    `shown` is an earlier answer to the same with what is wrong with it: it is asked again and leaves no trace. What
    the model thinks of that is dropped, for it speaks of a fault that no conversation shows; else it is in the message.

    Arguments that cannot be read are shown their fault, and the model is asked again once.

    Raises: FormatError: an answer with a flaw, or a second one with a call whose arguments are not a JSON object.
    """
    request: list[Message] = [{"role": "system", "content": prompt}, *without_reasoning(messages[1:])]
    if shown:
        rejected, fault = shown
        text = f"{UNSOUND}{fault}. Nothing was called or said yet: answer anew. {INSIST}"
        # The objection stands where the calls' results or the user's words would: endpoints refuse other orders.
        answered = [call["id"] for call in rejected.get("tool_calls") or ()]
        objections: list[Message] = [{"role": "tool", "tool_call_id": id, "content": text} for id in answered]
        request += [*without_reasoning([rejected]), *(objections or [{"role": "user", "content": text}])]
    tools = offer_tools(cluster, plan)
    first = 1 + sum(len(message.get("tool_calls") or []) for message in messages)
    answer = _whole(await ask(Role.ASSISTANT, request, tools=tools))
    try:
        calls = _calls(answer, first)
    except FormatError as error:
        # the call is shown in words, for an endpoint takes no call back whose arguments are no object
        bad = {"role": "assistant", "content": answer.content or str(error)}
        again = f"{MISFIT}{error}. Nothing was called. Answer again; a call's arguments are one JSON object."
        answer = _whole(await ask(Role.ASSISTANT, [*request, bad, {"role": "user", "content": again}], tools=tools))
        answer = answer.model_copy(update={"reasoning": ""})
        calls = _calls(answer, first)
    message: Message = {"role": "assistant", "content": answer.content}
    if answer.reasoning and not shown:
        message["reasoning_content"] = answer.reasoning
    return {**message, "tool_calls": calls} if calls else message


def _whole(answer: Answer) -> Answer:
    """The answer itself. Raises: FormatError: it has a flaw."""
    if wrong := flaw(answer):
        raise FormatError(f"assistant answer is {wrong}: {answer.content[:200]!r}, {len(answer.tool_calls)} calls")
    return answer


def _calls(answer: Answer, first: int) -> list[JsonObject]:
    """An answer's calls with ids from `first` on. Raises: FormatError: the arguments of one are no JSON object."""
    calls: list[JsonObject] = []
    for n, call in enumerate(answer.tool_calls, first):
        where, text = f"assistant call of {call['name']!r}", call["arguments"] or "{}"
        try:
            decode(text)  # objects to a key with two values, of which orjson takes the last
            arguments = orjson.loads(text)
        except (ValueError, RecursionError) as error:
            raise FormatError(f"{where}: arguments are not JSON ({error}): {text[:200]!r}") from error
        if not isinstance(arguments, dict):
            raise FormatError(f"{where}: arguments are not an object: {text[:200]!r}")
        function = {"name": call["name"], "arguments": dumps(arguments)}
        calls.append({"id": f"call_{n}", "type": "function", "function": function})
    return calls
