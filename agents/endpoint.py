"""From a teacher's name to its chat model, and from a failed request to whose fault it is."""

import importlib
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import openai
from langchain_core.language_models import BaseChatModel
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI
from pydantic import SecretStr
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    stop_after_attempt,
    wait_exponential,
    wait_random,
)

from agents.errors import TDScalingError, TeacherError, UsageError

EXAMPLES = "such as offline, openai:gpt-4.1-mini or openai:NAME@http://127.0.0.1:8000/v1"
LONGEST_WAIT_S = 60.0


@dataclass(frozen=True)
class Endpoint:
    """A chat model by its name."""

    name: str
    provider: str
    model: str
    chat: BaseChatModel = field(repr=False)

    async def aclose(self) -> None:
        if isinstance(self.chat, OpenAI):
            await self.chat.root_async_client.close()


class OpenAI(ChatOpenAI):
    """ChatOpenAI that sends the messages of `extra_body` as they are and keeps the text of tool arguments."""

    def _get_request_payload(self, input_: Any, *, stop: list[str] | None = None, **kwargs: Any) -> dict[str, Any]:
        raw = "messages" in (kwargs.get("extra_body") or {})  # it overrides: converting here would be wasted time
        return super()._get_request_payload([] if raw else input_, stop=stop, **kwargs)

    def _create_chat_result(self, response: Any, generation_info: dict[str, Any] | None = None) -> ChatResult:
        result = super()._create_chat_result(response, generation_info)
        body = response if isinstance(response, dict) else response.model_dump(warnings=False)
        for generation, choice in zip(result.generations, body["choices"], strict=True):
            generation.message.additional_kwargs["tool_calls"] = choice["message"].get("tool_calls") or []
        return result


def connect(name: str, params: Mapping[str, Any], timeout_s: float) -> Endpoint:
    """The endpoint that `provider:model[@base_url]` names. Raises: UsageError."""
    if name == "offline":
        from agents.offline import OfflineTeacher  # only here: its word lists take a while to load

        return Endpoint(name, "offline", "offline", OfflineTeacher())
    match = re.fullmatch(r"([\w-]+):([^\s]+?)(?:@(https?://[^\s@?#]+))?", name)
    if not match or "://" in match[2]:  # the value may hold a password: show its beginning only
        raise UsageError(f"teacher {re.split('@|://', name)[0]!r} is not provider:model[@base_url]; {EXAMPLES}")
    provider, model, base_url = match.groups()
    make = _hosted if provider == "openai" else _langchain
    return Endpoint(name, provider, model, make(provider, model, base_url, {**params, "timeout": timeout_s}))


def _hosted(provider: str, model: str, base_url: str | None, params: dict[str, Any]) -> OpenAI:
    base_url = base_url or os.environ.get("OPENAI_BASE_URL")
    key = os.environ.get("OPENAI_API_KEY") or ("none" if base_url else "")
    if not key:
        raise UsageError(f"teacher {provider}:{model}: OPENAI_API_KEY is not set; export it, or use offline")
    client: Any = openai.DefaultAioHttpClient()  # three times the requests per second of the default
    made = {"model": model, "base_url": base_url, "api_key": SecretStr(key), "http_async_client": client}
    return OpenAI(**(made | {"max_retries": 0, "use_responses_api": False} | params))


def _langchain(provider: str, model: str, base_url: str | None, params: dict[str, Any]) -> BaseChatModel:
    where = f"teacher {provider}:{model}: provider {provider!r}"
    try:
        init: Callable[..., BaseChatModel] = importlib.import_module("langchain.chat_models").init_chat_model
        return init(model, model_provider=provider, **(params | ({"base_url": base_url} if base_url else {})))
    except ImportError:
        fix = f"pip install langchain langchain-{provider}"
        raise UsageError(f"{where} is not built in; {fix}, or use one {EXAMPLES}") from None
    except Exception as error:
        fix = f"is it one of LangChain's providers, and {provider.upper()}_API_KEY set?"
        raise UsageError(f"{where} could not be set up ({type(error).__name__}); {fix}") from None


def retrying(attempts: int, wait_s: float) -> AsyncRetrying:
    """Tries again what can pass, waiting `wait_s`, then longer, and at least as long as `Retry-After` asks."""
    growing = wait_exponential(multiplier=wait_s, max=LONGEST_WAIT_S) + wait_random(0, wait_s)

    def wait(state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        return max(growing(state), min(_asked_wait_s(error), LONGEST_WAIT_S))

    return AsyncRetrying(retry=retry_if_exception(_passes), stop=stop_after_attempt(attempts), wait=wait, reraise=True)


def _passes(error: BaseException) -> bool:
    """Whether the same request may succeed later: transport, timeouts, rate limits and faults of the server."""
    status = _status(error)
    if status is not None:
        return status >= 500 or (status in {408, 409, 429} and not _out_of_quota(error))
    names = {base.__name__ for base in type(error).__mro__}
    return isinstance(error, OSError) or not names.isdisjoint({"APIConnectionError", "TransportError"})


def _status(error: BaseException | None) -> int | None:
    found = [getattr(source, "status_code", None) for source in (error, getattr(error, "response", None))]
    return next((status for status in found if isinstance(status, int)), None)


def _out_of_quota(error: BaseException) -> bool:
    return getattr(error, "code", None) == "insufficient_quota"


def _asked_wait_s(error: BaseException | None) -> float:
    """What the `Retry-After` header asks for, as seconds or as a date; 0 without one."""
    text = (getattr(getattr(error, "response", None), "headers", None) or {}).get("retry-after", "")
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return 0.0


def blamed(error: Exception, role: str, endpoint: Endpoint) -> TDScalingError:
    """The user's mistake as UsageError, everything else as TeacherError; neither quotes a key."""
    status, where = _status(error), f"{role} teacher {endpoint.name}"
    if status in {401, 403}:
        key = f"{endpoint.provider.upper()}_API_KEY"
        return UsageError(f"{where}: the endpoint refuses the key (HTTP {status}); set {key} to one that may use it")
    if status == 404:
        return UsageError(f"{where}: unknown model or path (HTTP 404); check the name and the base URL, {EXAMPLES}")
    if _out_of_quota(error):
        return UsageError(f"{where}: the account is out of quota (HTTP {status}); add credit or use another teacher")
    told = f"HTTP {status}: {error}" if status else _root(error)
    line = " ".join(redacted(told).split())
    return TeacherError(f"{where}: {line[:300]}")


def _root(error: BaseException) -> str:
    """The first cause: the clients report a refused connection as a time-out."""
    while error.__cause__:
        error = error.__cause__
    return f"{type(error).__name__}: {error}"


def redacted(text: str) -> str:
    """The text without anything that looks like a secret or is one of the environment's.

    >>> redacted("Incorrect API key provided: sk-ab*****yz.")
    'Incorrect API key provided: ***.'
    """
    secrets = [value for name, value in os.environ.items() if re.search("KEY|TOKEN|SECRET", name) and len(value) > 7]
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return re.sub(r"\bsk-[\w*-]+|(?<=Bearer )\S+", "***", text)
