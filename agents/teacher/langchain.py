"""LangChain's side of a teacher: OpenAI messages into LangChain's, a LangChain answer into plain fields, ChatOpenAI."""

import json
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, convert_to_messages
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_openai import ChatOpenAI
from langsmith.utils import tracing_is_enabled
from pydantic import Field

from agents.teacher.http import Completion, Usage, Wire

Message = dict[str, Any]
"""An OpenAI chat message."""


class OpenAI(ChatOpenAI):
    """ChatOpenAI whose asynchronous calls with an `extra_body` send just that, and keep the text of tool arguments."""

    wire: Wire
    traced: bool = Field(default_factory=lambda: bool(tracing_is_enabled()))
    """Whether LangSmith listens, asked once: the environment says so before the first request."""

    async def said(self, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to exactly this body, as the fields of an Answer; through LangChain, which takes longer than the
        exchange itself, only if traced."""
        if self.traced:
            return fields(await self.ainvoke([], extra_body=body))
        return _completed(await self.wire.complete({"model": self.model_name, **body}))

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        if "extra_body" not in kwargs:
            return await super()._agenerate(messages, stop, run_manager, **kwargs)
        completion = await self.wire.complete({"model": self.model_name, **kwargs["extra_body"]})
        return ChatResult(generations=[ChatGeneration(message=_message(completion))])


def _message(completion: Completion) -> AIMessage:
    choice, usage = completion.choices[0], completion.usage
    calls = [call.model_dump() for call in choice.message.tool_calls or ()]
    return AIMessage(
        choice.message.content or "",
        additional_kwargs={"said_calls": calls, "refusal": choice.message.refusal},
        response_metadata={
            "finish_reason": choice.finish_reason,
            "model_name": completion.model,
            "system_fingerprint": completion.system_fingerprint,
        },
        usage_metadata=_counted(usage) if usage else None,
    )


def _counted(usage: Usage) -> Any:
    asked, told = usage.prompt_tokens, usage.completion_tokens
    counts = {"input_tokens": asked, "output_tokens": told, "total_tokens": asked + told}
    return {**counts, "input_token_details": {"cache_read": _cached(usage)}}


def _cached(usage: Usage) -> int:
    return (usage.prompt_tokens_details.cached_tokens if usage.prompt_tokens_details else None) or 0


def _completed(completion: Completion) -> dict[str, Any]:
    """As `fields` has it, without LangChain's message between."""
    choice, usage = completion.choices[0], completion.usage
    said = choice.message
    calls = tuple(_call(call.function.name, call.function.arguments) for call in said.tool_calls or ())
    return {
        "content": _encodable(said.content or said.refusal or ""),
        "tool_calls": calls,
        "usage": usage and _spent(usage.prompt_tokens, usage.completion_tokens, _cached(usage)),
        "finish": _finish(said.refusal, choice.finish_reason, calls),
        "served_by": completion.model or "",
        "fingerprint": completion.system_fingerprint or "",
    }


def _finish(refusal: str | None, told: str | None, calls: tuple[Any, ...]) -> str:
    return "refusal" if refusal else told or ("tool_calls" if calls else "stop")


def _spent(asked: int, told: int, cached: int) -> dict[str, int]:
    return {"input": asked, "output": told, "cached": cached}


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


def fields(message: AIMessage) -> dict[str, Any]:
    """What a model said, as the fields of an Answer."""
    told, calls = message.response_metadata, tuple(_calls(message))
    refusal = message.additional_kwargs.get("refusal")
    return {
        "content": _encodable(message.text or refusal or ""),
        "tool_calls": calls,
        "usage": _usage(message),
        "finish": _finish(refusal, told.get("finish_reason") or told.get("stop_reason"), calls),
        "served_by": told.get("model_name") or told.get("model") or "",
        "fingerprint": told.get("system_fingerprint") or "",
    }


def _calls(message: AIMessage) -> list[dict[str, str]]:
    """The calls in the model's own text where the chat model kept it, else written anew."""
    if raw := message.additional_kwargs.get("said_calls"):  # under `tool_calls` LangChain would parse them
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
    return _spent(told["input_tokens"], told["output_tokens"], cached)
