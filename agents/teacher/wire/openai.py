"""ChatOpenAI traced: the only file that imports OpenAI's package, which takes a second of CPU time."""

from typing import Any

from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_openai import ChatOpenAI
from langsmith.utils import tracing_is_enabled
from pydantic import Field

from agents.schema import JsonObject
from agents.teacher.request import Answer
from agents.teacher.wire.http import Wire


class OpenAI(ChatOpenAI):
    """ChatOpenAI whose asynchronous calls with an `extra_body` send just that, and keep the text of tool arguments."""

    wire: Wire
    traced: bool = Field(default_factory=lambda: bool(tracing_is_enabled()))
    """Whether LangSmith listens, asked once: the environment says so before the first request."""

    async def complete(self, body: JsonObject) -> Answer:
        """The answer to exactly this body; through LangChain, which takes longer than the exchange, only if traced.

        Raises: WireError.
        """
        if self.traced:
            message = await self.ainvoke([], extra_body=body)
            return Answer.model_validate(message.additional_kwargs["answer"])
        return await self.wire.complete({"model": self.model_name, **body})

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        if "extra_body" not in kwargs:
            return await super()._agenerate(messages, stop, run_manager, **kwargs)
        answer = await self.wire.complete({"model": self.model_name, **kwargs["extra_body"]})
        counts: UsageMetadata | None = None
        if usage := answer.usage:
            total = usage["input"] + usage["output"]
            counts = UsageMetadata(input_tokens=usage["input"], output_tokens=usage["output"], total_tokens=total)
            counts["input_token_details"] = InputTokenDetails(cache_read=usage["cached"])
        message = AIMessage(
            answer.content,
            # LangSmith shows LangChain's message; LangChain parses what calls say, so the answer travels beside it
            additional_kwargs={"answer": answer.model_dump(mode="json")},
            response_metadata={"finish_reason": answer.finish, "model_name": answer.served_by},
            usage_metadata=counts,
        )
        return ChatResult(generations=[ChatGeneration(message=message)])
