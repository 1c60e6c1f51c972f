"""What an endpoint can do, found by one small turn of a role that it plays, before a run spends anything on it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from typing import get_args

from agents.errors import FormatError, ModelError, TeacherError, UsageError
from agents.roles import assistant, blueprint, observation, quality, user
from agents.schema import (
    Blueprint,
    Checkpoint,
    Cluster,
    Directive,
    Fact,
    FromUser,
    Mode,
    Noun,
    Role,
    Schema,
    Step,
    Tool,
    Turn,
)
from agents.teacher.fault import Fault, WireError
from agents.teacher.request import Answer, Ask, Flaw, Message
from agents.teacher.teachers import Form, Teachers
from agents.teacher.wire.endpoint import Endpoint
from agents.teacher.wire.langchain import is_wired

CITY: Schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = Tool(name="get_time", description="The local time of a city", input_schema=CITY, service="clock")
CLUSTER = Cluster(id="probe", leaf="0.0", title="the time", tools=(TOOL,))
STEP = Step(id="s1", tool="get_time", arguments={"city": FromUser(fact="city")})
PLAN = Blueprint(
    persona="Ana, a traveller; manner: terse",
    goal="learn the time in Lisbon",
    mode=Mode.LINEAR,
    turns=(Turn(ask="tell me the time", facts=("city",)),),
    facts=(Fact(name="city", value="Lisbon"),),
    steps=(STEP,),
    checkpoints=(Checkpoint(text="the time was found", step="s1"),),
)
DIRECTIVE = Directive(slot=0, cluster="probe", leaf="0.0", mode=Mode.LINEAR, steps=1)
BEGUN: list[Message] = [
    {"role": "system", "content": assistant.public_prompt(PLAN)},
    {"role": "user", "content": "Please tell me the time. The city is Lisbon."},
]
CHEAPEST = (Role.USER, Role.OBSERVATION, Role.QUALITY, Role.BLUEPRINT)
"""Roles that answer with a form, by what a turn costs."""
TURNS: dict[Role, Callable[[Ask], Awaitable[object]]] = {
    Role.USER: lambda ask: user.speak(ask, PLAN, BEGUN[:1]),
    Role.OBSERVATION: lambda ask: observation.simulate(
        ask, observation.write_prompt(CLUSTER), [], '{"tool":"get_time","arguments":{"city":"Lisbon"}}'
    ),
    Role.QUALITY: lambda ask: quality.judge(ask, PLAN, CLUSTER, BEGUN),
    Role.BLUEPRINT: lambda ask: blueprint.draw(ask, CLUSTER, DIRECTIVE),
}


class Found(Noun):
    """What one endpoint showed."""

    form: Form | None = None
    """The best way in which it gives JSON; None where no role of it needs that."""
    tools: bool | None = None
    """That it calls tools; None where it does not play the assistant."""
    base_url: str = ""
    """Where it was asked."""
    served_by: str = ""
    """What it said the model was."""
    fingerprint: str = ""
    usage: bool = True
    """Whether it says how many tokens it used."""
    differs: tuple[str, ...] = ()
    """What it refused in a request and is left out or put differently since."""


async def examine(teachers: Teachers, ask: Ask, earlier: Mapping[str, Found] | None = None) -> dict[str, Found]:
    """Endpoint's name -> what it can do; `teachers.forms` is set by it. Endpoints of this process are not asked.

    `ask` reaches the same teachers and may record. `earlier` is what a run heard when it began: a model that was asked
    at the same address is not asked again. Raises: UsageError: one line with the fix.
    """
    by_name: dict[str, Found] = {}
    answers: list[Answer] = []

    async def listening(
        role: Role, messages: list[Message], *, tools: list[Schema] | None = None, form: Schema | None = None
    ) -> Answer:
        answers.append(await ask(role, messages, tools=tools or [], form=form))
        return answers[-1]

    for name in dict.fromkeys(each.name for each in teachers.endpoints.values() if each.provider != "offline"):
        roles = [role for role, endpoint in teachers.endpoints.items() if endpoint.name == name]
        endpoint = teachers.endpoints[roles[0]]
        before = (earlier or {}).get(name)
        if before and before.base_url == endpoint.base_url:
            teachers.forms |= {name: before.form} if before.form else {}
            by_name[name] = before
            continue
        answers.clear()
        formed = [role for role in CHEAPEST if role in roles]
        try:
            form = await _form(teachers, endpoint, formed[0], listening) if formed else None
            tools = await _calls(endpoint, listening) if Role.ASSISTANT in roles else None
        except TeacherError as error:
            fix = "is it running, and is the base URL right?"
            if error.faults and error.faults[-1] == Fault.MALFORMED:
                fix = "it answers, but not as a chat model does; does the base URL end in /v1, or where its own ends?"
            elif error.status is not None and error.faults[-1:] == (Fault.REJECTED,):
                fix = "it is there and refuses; mend what it says, or name another teacher"
            raise UsageError(f"{error}; {fix}") from None
        except ModelError as error:
            # The models that the endpoint lists, for the user to choose from; not every endpoint lists any.
            offered: Sequence[str] = []
            with suppress(WireError):
                offered = await endpoint.chat.wire.models() if is_wired(endpoint.chat) else []
            raise ModelError(f"{error}; it offers {', '.join(offered[:8])}" if offered else str(error)) from None
        by_name[name] = Found(
            form=form,
            tools=tools,
            base_url=endpoint.base_url,
            served_by=answers[-1].served_by,
            fingerprint=answers[-1].fingerprint,
            usage=all(answer.usage for answer in answers),
            differs=tuple(endpoint.dialect.notes),
        )
    return by_name


async def _form(teachers: Teachers, endpoint: Endpoint, role: Role, ask: Ask) -> Form:
    """The first way of asking for JSON in which the role's turn can be read."""
    problem: Exception = FormatError("nothing was tried")
    ways: tuple[Form, ...] = get_args(Form) if endpoint.provider == "openai" else ("text",)
    for form in ways:
        teachers.forms[endpoint.name] = form
        try:
            await TURNS[role](ask)
            return form
        except FormatError as error:
            problem = error
        except TeacherError as error:
            if error.status is None:
                raise
            problem = error  # 400 and the like: it does not know this way
    if isinstance(problem, TeacherError):  # not even in words, which is no question of JSON
        raise UsageError(f"{problem}; it is there and refuses; mend what it says, or name another --teacher-{role}")
    cut = f"it is {Flaw.TRUNCATED}" in str(problem)
    fix = "raise --param max_tokens=N or the server's own limit, or " if cut else ""
    raise UsageError(
        f"{role} teacher {endpoint.name}: gives no JSON, asked by json_schema, json_object and in words ({problem}); "
        f"{fix}name another with --teacher-{role}"
    )


async def _calls(endpoint: Endpoint, ask: Ask) -> bool:
    """True: it called the tool that it was told to call, at the first or the second time, and took the result.

    Raises: UsageError: it calls nothing, or takes no message with a result.
    """
    fix = "start the server with tool calling (vLLM: --enable-auto-tool-choice --tool-call-parser NAME)"
    where, prompt = f"assistant teacher {endpoint.name}", assistant.planned_prompt(PLAN, BEGUN[0]["content"])
    why = "calls no tool when told to, twice"
    for _ in range(2):
        try:
            answer = await assistant.act(ask, prompt, CLUSTER, BEGUN)
        except FormatError as error:
            why = f"gives no call that can be read, twice ({error})"
            continue
        except TeacherError as error:
            if error.status is None:
                raise
            raise UsageError(f"{error}; if it takes no tools, {fix}, or name another --teacher-assistant") from None
        if not answer.get("tool_calls"):
            continue
        # Some endpoints take the call and refuse a conversation with its result in it.
        ids = [call["id"] for call in answer["tool_calls"]]
        results = [{"role": "tool", "tool_call_id": call_id, "content": '{"time":"14:05"}'} for call_id in ids]
        try:
            await assistant.act(ask, prompt, CLUSTER, [*BEGUN, answer, *results])
        except FormatError:
            pass  # whatever it said to it, it took the message
        except TeacherError as error:
            if error.status is None:
                raise
            raise UsageError(f"{error}; it refuses a tool's result: name another with --teacher-assistant") from None
        return True
    raise UsageError(f"{where}: {why}; {fix}, or name another with --teacher-assistant")
