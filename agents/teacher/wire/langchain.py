"""LangChain's side of a teacher: OpenAI messages into LangChain's, and its answers into ours."""

import inspect
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeGuard

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, convert_to_messages
from pydantic import ValidationError

from agents.schema import JsonObject
from agents.teacher.fault import Fault, WireError, fault_of, refusal
from agents.teacher.reading import completion, reasoning
from agents.teacher.reading.arguments import call_of, encodable, is_object
from agents.teacher.request import Answer, Message
from agents.teacher.wire.http import Wire

if TYPE_CHECKING:
    from agents.teacher.wire.openai import OpenAI

UNREACHED = frozenset({"ConnectError", "ConnectTimeout", "ConnectionRefusedError", "NewConnectionError", "gaierror"})
"""Exceptions of several HTTP clients that say that there was no connection at all."""


def is_wired(chat: BaseChatModel) -> "TypeGuard[OpenAI]":
    """Whether a chat model is ours, with a wire of its own; LangChain's other providers have their own clients."""
    # told by its wire and not by its class, so that whoever plays with another provider never imports OpenAI's package
    return isinstance(getattr(chat, "wire", None), Wire)


async def aclose(chat: BaseChatModel) -> None:
    """Closes a chat model's connections; LangChain's providers keep theirs in clients that it does not close."""
    if is_wired(chat):
        await chat.wire.aclose()
        return
    for name in ("async_client", "_async_client"):
        client = vars(chat).get(name) or (chat.__pydantic_private__ or {}).get(name)
        close = getattr(client, "aclose", None) or getattr(client, "close", None)
        closing = close() if close else None
        if inspect.isawaitable(closing):
            await closing


def to_messages(messages: Sequence[Message]) -> list[BaseMessage]:
    """LangChain messages; arguments that are no JSON object, which it cannot hold, become one that quotes them."""
    quoted = list[Message]()
    for message in messages:
        calls = list[JsonObject]()
        for call in message.get("tool_calls") or ():
            function = call["function"]
            if not is_object(function["arguments"]):
                function = {**function, "arguments": json.dumps({"malformed_arguments": function["arguments"]})}
            calls.append({**call, "function": function})
        quoted.append({**message, "tool_calls": calls} if calls else message)
    return convert_to_messages(quoted)


def to_answer(message: AIMessage) -> Answer:
    """What a model of LangChain's said. Raises: WireError: it broke off."""
    metadata = message.response_metadata
    calls = [*message.tool_calls, *message.invalid_tool_calls]
    tool_calls = tuple(call_of(call["name"] or "", call["args"]) for call in calls)
    refused = message.additional_kwargs.get("refusal") or ""
    reason = metadata.get("finish_reason") or metadata.get("stop_reason") or metadata.get("done_reason") or ""
    thought, spoken = reasoning.split(message.text or refused)
    blocks = [block for block in message.content_blocks if block["type"] == "reasoning"]
    packed = "\n".join(str(block.get("reasoning") or "") for block in blocks)
    return Answer(
        content=encodable(spoken),
        reasoning=encodable("\n".join(filter(None, (packed, thought)))),
        tool_calls=tool_calls,
        usage=completion.usage(message.usage_metadata),
        finish=completion.finish(str(reason), refused, bool(tool_calls)),
        served_by=str(metadata.get("model_name") or metadata.get("model") or ""),
        fingerprint=str(metadata.get("system_fingerprint") or ""),
    )


def to_wire_error(error: Exception) -> WireError:
    """A client's own exception as what it means for the request; LangChain's providers each have theirs."""
    if isinstance(error, WireError):
        return error
    response = getattr(error, "response", None)
    statuses = (
        getattr(error, "status_code", None),
        getattr(response, "status_code", None),
        getattr(error, "code", None),
    )
    status = next((int(s) for s in statuses if isinstance(s, int) and 400 <= s < 600), None)
    if status is not None:
        headers = getattr(response, "headers", None) or {}
        body = getattr(error, "body", None) or getattr(error, "details", None)
        retry_after = str(headers.get("retry-after", ""))
        if isinstance(body, Mapping | list) and body:
            return refusal(status, body, retry_after)
        code = str(getattr(error, "code", None) or "")
        fault = fault_of(status, code, str(error))
        return WireError(fault, f"HTTP {status}: {error}", status=status, code=code)
    if isinstance(error, ValidationError):
        return WireError(Fault.MALFORMED, f"the client cannot hold the answer: {error.errors()[0]['msg']}")
    names = {base.__name__ for base in type(error).__mro__}
    cause: BaseException | None = error
    while cause:  # each client wraps the failed connection in words of its own
        if type(cause).__name__ in UNREACHED:
            return WireError(Fault.CONNECTION, f"{type(cause).__name__}: {cause}")
        cause = cause.__cause__ or cause.__context__
    if "TimeoutException" in names or isinstance(error, TimeoutError) or "APITimeoutError" in names:
        return WireError(Fault.TIMEOUT, f"no answer in time: {type(error).__name__}")
    passes = isinstance(error, OSError) or not names.isdisjoint({"APIConnectionError", "TransportError"})
    return WireError(Fault.CUT if passes else Fault.REJECTED, f"{type(error).__name__}: {error}")
