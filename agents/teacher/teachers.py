"""From a role and its prompt to that role's answer: one chat model for each of the five agents.

A teacher is `offline`, `offline-weak`, `offline-favourite` or named `provider:model[@base_url][#KEY_VARIABLE]`, such as
`openai:NAME@http://127.0.0.1:8000/v1`; providers besides openai are those of LangChain's `init_chat_model`. Messages
are OpenAI dicts on both sides.
"""

import asyncio
import json
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, get_args

from agents.errors import TDScalingError, TeacherError, ToolsRefusedError, UsageError
from agents.schema import JsonObject, Role
from agents.teacher.fault import Fault, WireError, one_line
from agents.teacher.params import by_role
from agents.teacher.reading import text_calls
from agents.teacher.reading.parse import fill, mend
from agents.teacher.request import IN_WORDS, Answer, Ask, Message, Request
from agents.teacher.retries import persist
from agents.teacher.wire.dialect import knows_no_tools, refuses_definitions
from agents.teacher.wire.endpoint import Endpoint, blame, connect
from agents.teacher.wire.history import write_out
from agents.teacher.wire.throttle import Pace

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

logger = logging.getLogger(__name__)

__all__ = ["Answer", "Ask", "Form", "Message", "Request", "Teachers", "fill", "teachers"]

Form = Literal["json_schema", "json_object", "text"]
"""How an endpoint is asked for JSON; from `text` it is taken as it comes."""
TIMEOUT_S = 600.0
"""Of one attempt. A reasoning model may think for minutes."""
HOPELESS = {Fault.CONNECTION: 1, Fault.MALFORMED: 2}
"""[ours] So often is enough from an endpoint that has never answered: nobody listens there, or it is no chat model."""
ONE_REQUEST = frozenset({400, 413, 415, 422, 451})
"""What an endpoint answers to a request that it does not like, whoever sends it."""
BYTES_PER_TOKEN = 4
"""A guess for the pace alone; what an answer says that it used corrects it."""
_FORM = re.compile(r"response_format|json_schema|structured|guided|grammar|schema|regex", re.IGNORECASE)


class Teachers:
    """Role -> chat model. Use it in one event loop, then `await teachers.aclose()`."""

    def __init__(
        self,
        names: Mapping[Role, str],
        *,
        params: Mapping[str, object] | None = None,
        attempts: int = 6,
        wait_s: float = 1.0,
        timeout_s: float = TIMEOUT_S,
        pace: Pace | None = None,
    ) -> None:
        """`params` are decoding parameters, such as `temperature` for every role or `quality.temperature` for one.

        A request is sent at most `attempts` times, 429s not counted; `wait_s` is the first of the growing waits.
        """
        shared = {name: connect(name, timeout_s, pace) for name in dict.fromkeys(names.values())}
        self.endpoints = {role: shared[name] for role, name in names.items()}
        self.names = dict(names)
        self.forms: dict[str, Form] = {}
        """Endpoint's name -> how it is asked for JSON, `json_schema` unless a probe found otherwise."""
        self._simpler: dict[tuple[str, Role], Form] = {}
        """Where one role's form is more than the endpoint takes, although another's is not."""
        self._params = by_role(params or {})
        self._tuned: dict[tuple[str, str], BaseChatModel] = {}
        self._attempts, self._wait_s = attempts, wait_s
        self._proofs: dict[str, Request] = {}
        """Endpoint's name -> the first request that it answered: sent again, it tells a lost request from an outage."""
        self._unreached: set[str] = set()
        self._wordy: set[str] = set()
        """Endpoints of which it was said that they cannot be reached, and that they leave calls in the words."""
        self._toolless: set[str] = set()
        """Endpoints that take no tools, and so read the conversation that they judge in words."""
        self._checking = asyncio.Lock()
        self.identity = dict[str, JsonObject]()
        """Role -> name, model and params, for the manifest."""
        for role, each in self.endpoints.items():
            sent = {} if each.provider == "offline" else dict(self._params[role])
            self.identity[role.value] = {"name": each.name, "model": each.model, "params": sent}

    async def answer(self, request: Request) -> Answer:
        """The role's answer, tried again while that may help.

        Raises: UsageError: the key, the quota or the model's name is wrong, or the endpoint answers nothing any more.
                TeacherError: this request failed.
        """
        endpoint = self.endpoints[request.role]
        if endpoint.provider == "offline":
            return await self._say(endpoint, request)
        faults: list[Fault] = []
        try:
            answer = await self._persist(endpoint, request, faults)
        except WireError as error:
            lost = await self._given_up(endpoint, request, error, faults)
            if request.tools and isinstance(lost, TeacherError) and refuses_definitions(str(error)):
                lost = ToolsRefusedError(str(lost), lost.faults, lost.status)
            raise lost from None  # the cause may quote a key
        self._proofs.setdefault(endpoint.name, request)
        if request.form:
            answer = mend(answer)
        if request.tools and not request.form:
            by_itself = bool(answer.tool_calls)
            answer = text_calls.read(answer, request.tools)
            if answer.tool_calls and not by_itself and endpoint.name not in self._wordy:
                self._wordy.add(endpoint.name)
                logger.warning("teacher %s gives calls as text, which is read; its own parser is off", endpoint.name)
        return answer.model_copy(update={"faults": tuple(faults)}) if faults else answer

    async def _persist(self, endpoint: Endpoint, request: Request, faults: list[Fault]) -> Answer:
        few = {} if endpoint.name in self._proofs else HOPELESS
        return await persist(lambda: self._send(endpoint, request), faults, self._attempts, self._wait_s, few)

    async def _send(self, endpoint: Endpoint, request: Request) -> Answer:
        """One attempt, said in other ways where the endpoint refuses the first. Raises: WireError."""
        throttle, guess = endpoint.throttle, 0
        if throttle.counts_tokens:
            guess = len(request.as_bytes()) // BYTES_PER_TOKEN
        while True:
            body = self._body(endpoint, request)
            spoken = endpoint.dialect.say(body)
            sent = await throttle.wait(guess)
            try:
                answer = await self._say(endpoint, request, spoken)
            except Exception as raised:
                from agents.teacher.wire.langchain import to_wire_error

                error = to_wire_error(raised)
                # said at once and once: the tries that follow take a minute and more
                grave = {Fault.CONNECTION} if endpoint.name in self._proofs else {Fault.SERVER, Fault.CUT}
                if error.fault in grave and endpoint.name not in self._unreached and self._attempts > 1:
                    self._unreached.add(endpoint.name)
                    more = f"it is tried {self._attempts - 1} more times"
                    logger.warning("teacher %s does not answer (%s); %s", endpoint.name, one_line(error), more)
                if error.fault is Fault.THROTTLED:
                    throttle.note_refusal(sent)
                else:
                    throttle.note_pass(sent)
                if endpoint.dialect.learn(error, body, spoken):
                    continue
                is_judging = request.form and request.tools and endpoint.name not in self._toolless
                if is_judging and error.fault is Fault.REJECTED and knows_no_tools(str(error)):
                    self._toolless.add(endpoint.name)
                    continue
                # JSON is asked for in a simpler way from now on, although the probe found that the usual one works
                place = get_args(Form).index(self._form(endpoint, request.role))
                formal = request.form and endpoint.name in self._proofs and _FORM.search(str(error))
                refused = error.fault is Fault.REJECTED and error.status not in {401, 403}
                if not (formal and refused and place + 1 < len(get_args(Form))):
                    raise error from None
                self._simpler[endpoint.name, request.role] = get_args(Form)[place + 1]
                continue
            throttle.note_pass(sent)
            if answer.usage:
                throttle.adjust(answer.usage["input"] + answer.usage["output"] - guess)
            return answer

    def _body(self, endpoint: Endpoint, request: Request) -> JsonObject:
        """The request in OpenAI's form; a parameter that the user sets to null takes its field away."""
        body: JsonObject = {"messages": request.messages, "seed": request.seed, "stream": False}
        way = self._form(endpoint, request.role)
        if request.form and not request.tools and way != "json_schema":
            # The form once: here in words, for the role's prompt leaves it to `response_format`.
            system = f"{request.messages[0]['content']}{IN_WORDS}{json.dumps(request.form)}"
            body["messages"] = [{**request.messages[0], "content": system}, *request.messages[1:]]
        # Endpoints take no schema beside tools; the request says its form itself.
        if request.form and not request.tools and way == "json_object":
            body["response_format"] = {"type": "json_object"}
        elif request.form and not request.tools and way == "json_schema":
            name = re.sub(r"[^A-Za-z0-9_-]", "_", request.form.get("title", "answer"))[:64]
            # not strict: strict mode refuses open objects, which blueprints and observations are made of
            schema = {"name": name, "schema": request.form, "strict": False}
            body["response_format"] = {"type": "json_schema", "json_schema": schema}
        tools = {"tools": request.tools} if request.tools else {}
        if request.form and request.tools and endpoint.name in self._toolless:
            tools, body["messages"] = {}, write_out(request.messages, request.tools)
        return {**body, **tools, **self._params[request.role]}

    async def _say(self, endpoint: Endpoint, request: Request, body: JsonObject | None = None) -> Answer:
        from agents.teacher.wire import langchain  # takes a second: --help and a wrong option do without

        if body is None:
            history = langchain.to_messages(request.messages)
            return langchain.to_answer(await endpoint.chat.ainvoke(history, tools=request.tools, seed=request.seed))
        if langchain.is_wired(endpoint.chat):
            return await endpoint.chat.complete(body)
        history = langchain.to_messages(body["messages"])
        params = {key: body[key] for key in self._params[request.role] if key in body}
        fields = type(endpoint.chat).model_fields  # some providers take a parameter there, and not with each request
        fixed = {key: value for key, value in params.items() if key in fields}
        others = {key: value for key, value in params.items() if key not in fields}
        place = endpoint.name, json.dumps(fixed, sort_keys=True)
        chat = self._tuned.get(place)
        if chat is None:  # one for each set of parameters: each has connections of its own
            chat = self._tuned[place] = endpoint.chat.model_copy(update=fixed)
        tools = body.get("tools")
        model = chat.bind_tools(tools) if tools else chat
        if getattr(chat, "transport", "") == "rest":  # Google's package has no asynchronous REST
            return langchain.to_answer(await asyncio.to_thread(model.invoke, history, **others))
        return langchain.to_answer(await model.ainvoke(history, **others))

    def _form(self, endpoint: Endpoint, role: Role) -> Form:
        usual: Form = self.forms.get(endpoint.name, "json_schema" if endpoint.provider == "openai" else "text")
        return self._simpler.get((endpoint.name, role), usual)

    async def _given_up(
        self, endpoint: Endpoint, request: Request, error: WireError, faults: list[Fault]
    ) -> TDScalingError:
        """Whose fault a lost request is: where the endpoint goes on answering another it is this request's own."""
        proof = self._proofs.get(endpoint.name)
        every = faults if error.fault in faults else [*faults, error.fault]
        if error.fault is Fault.SPENT or not proof or error.status in ONE_REQUEST:
            return blame(error, request.role, endpoint, every, proven=bool(proof))
        where = f"{request.role} teacher {endpoint.name}"
        resume = "mend the endpoint, then go on with --resume"
        if error.fault is Fault.THROTTLED:
            return UsageError(f"{where}: refuses every request for too long ({one_line(error)}); {resume}")
        async with self._checking:  # many slots lose an endpoint at once
            try:
                await self._persist(endpoint, proof, [])
            except WireError as second:
                if second.fault is Fault.SPENT:
                    return blame(second, request.role, endpoint, every, proven=True)
                return UsageError(
                    f"{where}: answers no more, not even what it has answered before ({one_line(second)}); {resume}"
                )
        return TeacherError(f"{where}: {one_line(error)}", every, error.status)

    async def aclose(self) -> None:
        from agents.teacher.wire import langchain

        shared = {endpoint.name: endpoint for endpoint in self.endpoints.values()}
        chats = [endpoint.chat for endpoint in shared.values()] + list(self._tuned.values())
        await asyncio.gather(*map(langchain.aclose, chats))


def teachers(
    default: str, *, params: Mapping[str, object] | None = None, attempts: int = 6, **per_role: str | None
) -> Teachers:
    """One teacher for every role, others by role: `teachers("offline", quality="openai:gpt-4.1-mini")`."""
    if unknown := sorted(set(per_role) - set(Role)):
        raise UsageError(f"teachers: no role {unknown[0]!r}; one of {', '.join(Role)}")
    return Teachers({role: per_role.get(role) or default for role in Role}, params=params, attempts=attempts)
