"""From a role and its prompt to that role's answer: one chat model for each of the five agents.

A teacher is `offline` or named `provider:model[@base_url]`, such as `openai:NAME@http://127.0.0.1:8000/v1`; providers
besides openai are those of LangChain's `init_chat_model`. Messages are OpenAI dicts on both sides.
"""

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Protocol, TypeVar

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, convert_to_messages
from pydantic import Field, ValidationError

from agents import endpoint
from agents.errors import FormatError, UsageError
from agents.schema import Noun, Role, Schema

Message = dict[str, Any]
"""An OpenAI chat message."""

NounT = TypeVar("NounT", bound=Noun)


class Request(Noun):
    """All that decides an answer, besides the model."""

    role: Role
    messages: list[Message]
    tools: list[Schema] = Field(default=[])
    """OpenAI function definitions."""
    form: Schema | None = None
    """JSON Schema that the answer must match."""
    seed: int = 0

    def digest(self) -> str:
        text = json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


class Answer(Noun):
    """What a model said."""

    content: str
    tool_calls: tuple[dict[str, str], ...] = ()
    """Each `{"name", "arguments"}`; the arguments are the model's own text, which need not be JSON."""
    usage: dict[str, int] | None = None
    """Tokens: `input`, `output`, and `cached` as part of the input. None where the endpoint does not say."""
    finish: str = "stop"
    served_by: str = ""
    """What the endpoint said the model was."""


class Ask(Protocol):
    """How agents reach their model; the caller binds seeds, caches and limits."""

    async def __call__(
        self, role: Role, messages: list[Message], *, tools: list[Schema] = ..., form: Schema | None = None
    ) -> Answer: ...


class Teachers:
    """Role -> chat model. Use it in one event loop, then `await teachers.aclose()`."""

    def __init__(
        self,
        names: Mapping[Role, str],
        *,
        params: Mapping[str, Any] | None = None,
        attempts: int = 4,
        wait_s: float = 1.0,
        timeout_s: float = 180.0,
    ) -> None:
        """`params` (temperature, ...) go to every hosted model; `wait_s` is the first of the growing waits."""
        shared = {name: endpoint.connect(name, params or {}, timeout_s) for name in dict.fromkeys(names.values())}
        self._endpoints = {role: shared[name] for role, name in names.items()}
        self._retrying = endpoint.retrying(attempts, wait_s)
        self.identity = {role.value: _identity(one, params or {}) for role, one in self._endpoints.items()}
        """Role -> name, model and params, for the manifest."""

    async def answer(self, request: Request) -> Answer:
        """The role's answer.

        Raises: UsageError: the key, the quota or the model's name is wrong, so that every request would fail.
                TeacherError: this request failed, transient faults tried again first.
                FormatError: a call's arguments are JSON but no object, which LangChain cannot hold.
        """
        one = self._endpoints[request.role]
        if one.provider == "offline":
            return _answer(await _invoke(one, request))
        try:
            return _answer(await self._retrying.copy()(_invoke, one, request))
        except ValidationError as error:
            raise FormatError(f"{request.role} answer: a call's arguments are not an object: {_fault(error)}") from None
        except Exception as error:
            raise endpoint.blamed(error, request.role, one) from None  # the cause may quote a key

    async def aclose(self) -> None:
        shared = {one.name: one for one in self._endpoints.values()}
        await asyncio.gather(*(one.aclose() for one in shared.values()))


def teachers(default: str, **per_role: str | None) -> Teachers:
    """One teacher for every role, others by role: `teachers("offline", quality="openai:gpt-4.1-mini")`."""
    if unknown := sorted(set(per_role) - set(Role)):
        raise UsageError(f"teachers: no role {unknown[0]!r}; one of {', '.join(Role)}")
    return Teachers({role: per_role.get(role) or default for role in Role})


async def fill(ask: Ask, role: Role, messages: list[Message], form: type[NounT]) -> NounT:
    """The role's answer as a noun; an answer that does not fit is shown its fault and asked again once.

    Raises: FormatError: the second answer did not fit either.
    """
    schema = _schema(form)
    first = await ask(role, messages, form=schema)
    try:
        return _read(first.content, form)
    except (ValueError, RecursionError) as error:
        fault = f"That answer does not fit: {_fault(error)}. Answer again, with one JSON object and nothing else."
    bad = {"role": "assistant", "content": first.content or "(empty)"}
    second = await ask(role, [*messages, bad, {"role": "user", "content": fault}], form=schema)
    try:
        return _read(second.content, form)
    except (ValueError, RecursionError) as error:
        shown = second.content[:200]
        raise FormatError(f"{role} answer is no {form.__name__}: {_fault(error)}; it begins {shown!r}") from None


@lru_cache
def _schema(form: type[Noun]) -> Schema:
    return form.model_json_schema()


def _read(content: str, form: type[NounT]) -> NounT:
    text = re.sub(r"<think>.*?</think>", "", content, flags=re.DOTALL)
    start, end = text.find("{"), text.rfind("}")
    if start < 0 or end < start:
        raise ValueError("there is no JSON object")
    return form.model_validate(json.loads(text[start : end + 1], parse_constant=_refuse))


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _fault(error: Exception) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5])


def _identity(one: endpoint.Endpoint, params: Mapping[str, Any]) -> dict[str, Any]:
    sent = {} if one.provider == "offline" else {key: params[key] for key in sorted(params)}
    return {"name": one.name, "model": one.model, "params": sent}


async def _invoke(one: endpoint.Endpoint, request: Request) -> AIMessage:
    history, tools, form = converted(request.messages), request.tools, request.form
    formed: dict[str, Any] = {"response_format": _response_format(form)} if form else {}
    if one.provider == "offline":
        return await one.chat.ainvoke(history, tools=tools, seed=request.seed, **formed)
    if one.provider == "openai":
        body = {"messages": request.messages, "seed": request.seed} | ({"tools": tools} if tools else {}) | formed
        return await one.chat.ainvoke(history, extra_body=body)
    if form:
        history.append(HumanMessage(f"Answer with one JSON object that matches {json.dumps(form)}"))
    return await (one.chat.bind_tools(tools) if tools else one.chat).ainvoke(history)


def _response_format(form: Schema) -> dict[str, Any]:
    """Not strict: strict mode refuses open objects, which blueprints and observations are made of."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", form.get("title", "answer"))[:64]
    return {"type": "json_schema", "json_schema": {"name": name, "schema": form, "strict": False}}


def converted(messages: list[Message]) -> list[BaseMessage]:
    """LangChain messages; arguments that are no JSON object, which it cannot hold, become one that quotes them."""
    return convert_to_messages([message | _quoted(message) for message in messages])


def _quoted(message: Message) -> Message:
    calls = [call | {"function": call["function"] | _object(call)} for call in message.get("tool_calls") or ()]
    return {"tool_calls": calls} if calls else {}


def _object(call: dict[str, Any]) -> dict[str, str]:
    text = call["function"]["arguments"]
    try:
        fits = isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        fits = False
    return {} if fits else {"arguments": json.dumps({"malformed_arguments": text})}


def _answer(message: AIMessage) -> Answer:
    told, calls = message.response_metadata, tuple(_calls(message))
    return Answer(
        content=_encodable(message.text or message.additional_kwargs.get("refusal") or ""),
        tool_calls=calls,
        usage=_usage(message),
        finish=told.get("finish_reason") or told.get("stop_reason") or ("tool_calls" if calls else "stop"),
        served_by=told.get("model_name") or told.get("model") or "",
    )


def _calls(message: AIMessage) -> list[dict[str, str]]:
    """The calls in the model's own text where the chat model kept it, else written anew."""
    if raw := message.additional_kwargs.get("tool_calls"):
        return [_call(call["function"]["name"], call["function"]["arguments"]) for call in raw]
    return [_call(call["name"], call["args"]) for call in [*message.tool_calls, *message.invalid_tool_calls]]


def _call(name: str | None, arguments: Any) -> dict[str, str]:
    text = arguments if isinstance(arguments, str) else _dumps(arguments or {})
    return {"name": _encodable(name or ""), "arguments": _encodable(text) or "{}"}


def _dumps(arguments: Any) -> str:
    return json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))


def _encodable(text: str) -> str:
    """Lone surrogates, which JSON can carry and UTF-8 cannot, become `?`."""
    return text.encode("utf-8", "replace").decode()


def _usage(message: AIMessage) -> dict[str, int] | None:
    if not (told := message.usage_metadata):
        return None
    cached = told.get("input_token_details", {}).get("cache_read") or 0
    return {"input": told["input_tokens"], "output": told["output_tokens"], "cached": cached}
