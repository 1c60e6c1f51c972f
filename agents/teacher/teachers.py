"""From a role and its prompt to that role's answer: one chat model for each of the five agents.

A teacher is `offline`, `offline-weak`, `offline-favourite` or named `provider:model[@base_url]`, such as
`openai:NAME@http://127.0.0.1:8000/v1`; providers besides openai are those of LangChain's `init_chat_model`. Messages
are OpenAI dicts on both sides.
"""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal

from langchain_core.messages import HumanMessage

from agents.errors import TDScalingError, UsageError
from agents.schema import Role, Schema
from agents.teacher import endpoint, langchain
from agents.teacher.http import Fault, WireError
from agents.teacher.langchain import Message
from agents.teacher.params import by_role
from agents.teacher.parse import fill, mended
from agents.teacher.request import Answer, Ask, Request
from agents.teacher.retries import retried

__all__ = ["Answer", "Ask", "Form", "Message", "Request", "Teachers", "fill", "teachers"]

Form = Literal["json_schema", "json_object", "text"]
"""How an endpoint is asked for JSON; from `text` it is taken as it comes, mended where that is possible."""
MAX_LOST = 5
"""[ours] So many requests in a row, each tried to the end, are an outage of the endpoint and stop the run."""


class Teachers:
    """Role -> chat model. Use it in one event loop, then `await teachers.aclose()`."""

    def __init__(
        self,
        names: Mapping[Role, str],
        *,
        params: Mapping[str, Any] | None = None,
        attempts: int = 6,
        wait_s: float = 1.0,
        timeout_s: float = 180.0,
    ) -> None:
        """`params` are decoding parameters, such as `temperature` for every role or `quality.temperature` for one.

        A request is sent at most `attempts` times, 429s not counted; `wait_s` is the first of the growing waits.
        """
        shared = {name: endpoint.connect(name, timeout_s) for name in dict.fromkeys(names.values())}
        self.endpoints = {role: shared[name] for role, name in names.items()}
        self.names = dict(names)
        self.forms: dict[str, Form] = {}
        """Endpoint's name -> how it is asked for JSON, `json_schema` unless a probe found otherwise."""
        self._params = by_role(params or {})
        self._attempts, self._wait_s = attempts, wait_s
        self._lost: Counter[str] = Counter()
        self.identity = {role.value: _identity(one, self._params[role]) for role, one in self.endpoints.items()}
        """Role -> name, model and params, for the manifest."""

    async def answer(self, request: Request) -> Answer:
        """The role's answer, tried again while that may help.

        Raises: UsageError: the key, the quota or the model's name is wrong, or the endpoint has been failing for long.
                TeacherError: this request failed.
        """
        one = self.endpoints[request.role]
        if one.provider == "offline":
            return Answer(**await self._said(one, request))
        faults: list[Fault] = []
        try:
            answer = await retried(lambda: self._sent(one, request), faults, self._attempts, self._wait_s)
        except WireError as error:
            raise self._given_up(error, request.role, faults) from None  # the cause may quote a key
        self._lost[one.name] = 0
        if request.form and self._form(one) == "text":
            answer = mended(answer)
        return answer.model_copy(update={"faults": tuple(faults)}) if faults else answer

    async def _sent(self, one: endpoint.Endpoint, request: Request) -> Answer:
        """One attempt. Raises: WireError."""
        sent = await one.throttle.turn()
        try:
            said = await self._said(one, request)
        except Exception as error:
            wrong = endpoint.wired(error)
            (one.throttle.refused if wrong.fault is Fault.THROTTLED else one.throttle.passed)(sent)
            raise wrong from None
        one.throttle.passed(sent)
        return Answer(**said)

    async def _said(self, one: endpoint.Endpoint, request: Request) -> dict[str, Any]:
        form, tools, params = request.form, request.tools, self._params[request.role]
        if isinstance(one.chat, langchain.OpenAI):
            body: dict[str, Any] = {**params, "messages": request.messages, "seed": request.seed}
            body |= {"tools": tools} if tools else {}
            return await one.chat.said(body | _response_format(form, self._form(one)))
        history = langchain.converted(request.messages)
        if one.provider == "offline":
            return langchain.fields(await one.chat.ainvoke(history, tools=tools, seed=request.seed))
        if form:
            history.append(HumanMessage(f"Answer with one JSON object that matches {json.dumps(form)}"))
        return langchain.fields(await (one.chat.bind_tools(tools) if tools else one.chat).ainvoke(history, **params))

    def _form(self, one: endpoint.Endpoint) -> Form:
        return self.forms.get(one.name, "json_schema" if one.provider == "openai" else "text")

    def _given_up(self, error: WireError, role: Role, faults: list[Fault]) -> TDScalingError:
        one = self.endpoints[role]
        if error.fault is Fault.REJECTED:
            return endpoint.blamed(error, role, one, [*faults, error.fault])
        self._lost[one.name] += 1
        if self._lost[one.name] < MAX_LOST:
            return endpoint.blamed(error, role, one, faults)
        told = f"{MAX_LOST} requests in a row failed, the last with {endpoint.one_line(error)}"
        return UsageError(f"{role} teacher {one.name}: {told}; mend the endpoint, then go on with --resume")

    async def aclose(self) -> None:
        shared = {one.name: one for one in self.endpoints.values()}
        await asyncio.gather(*(one.aclose() for one in shared.values()))


def teachers(
    default: str, *, params: Mapping[str, Any] | None = None, attempts: int = 6, **per_role: str | None
) -> Teachers:
    """One teacher for every role, others by role: `teachers("offline", quality="openai:gpt-4.1-mini")`."""
    if unknown := sorted(set(per_role) - set(Role)):
        raise UsageError(f"teachers: no role {unknown[0]!r}; one of {', '.join(Role)}")
    return Teachers({role: per_role.get(role) or default for role in Role}, params=params, attempts=attempts)


def _identity(one: endpoint.Endpoint, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": one.name, "model": one.model, "params": {} if one.provider == "offline" else dict(params)}


def _response_format(form: Schema | None, asked: Form) -> dict[str, Any]:
    """Not strict: strict mode refuses open objects, which blueprints and observations are made of."""
    if form is None or asked == "text":
        return {}
    if asked == "json_object":
        return {"response_format": {"type": "json_object"}}
    name = re.sub(r"[^A-Za-z0-9_-]", "_", form.get("title", "answer"))[:64]
    schema = {"name": name, "schema": form, "strict": False}
    return {"response_format": {"type": "json_schema", "json_schema": schema}}
