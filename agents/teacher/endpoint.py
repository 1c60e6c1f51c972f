"""From a teacher's name to its chat model, and from a failed request to whose fault it is."""

import importlib
import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from langchain_core.language_models import BaseChatModel
from pydantic import SecretStr, ValidationError

from agents.errors import ModelError, TDScalingError, TeacherError, UsageError
from agents.teacher.http import Fault, Wire, WireError, fault_of, seconds
from agents.teacher.langchain import OpenAI
from agents.teacher.throttle import Throttle

EXAMPLES = "such as offline, openai:gpt-4.1-mini or openai:NAME@http://127.0.0.1:8000/v1"
OFFLINE = ("offline", "offline-weak", "offline-favourite")
"""The teachers that ship."""
OPENAI_URL = "https://api.openai.com/v1"


@dataclass(frozen=True)
class Endpoint:
    """A chat model by its name, and how fast it may be asked."""

    name: str
    provider: str
    model: str
    chat: BaseChatModel = field(repr=False)
    base_url: str = ""
    throttle: Throttle = field(default_factory=Throttle, repr=False)

    async def aclose(self) -> None:
        if isinstance(self.chat, OpenAI):
            await self.chat.wire.aclose()


def read_name(name: str) -> tuple[str, str, str]:
    """Provider, model and base URL, empty where none is given. Raises: UsageError."""
    if name in OFFLINE:
        return "offline", name, ""
    match = re.fullmatch(r"([\w-]+):([^\s]+?)(?:@(https?://[^\s@?#]+))?", name)
    if not match or "://" in match[2]:  # the value may hold a password: show its beginning only
        raise UsageError(f"teacher {re.split('@|://', name)[0]!r} is not provider:model[@base_url]; {EXAMPLES}")
    return match[1], match[2], match[3] or ""


def connect(name: str, timeout_s: float) -> Endpoint:
    """The endpoint that `provider:model[@base_url]` names. Raises: UsageError."""
    provider, model, base_url = read_name(name)
    if name in OFFLINE:
        from agents.offline import OfflineTeacher  # only here: its word lists take a while to load

        return Endpoint(name, provider, model, OfflineTeacher(persona=model))
    if provider != "openai":
        return Endpoint(name, provider, model, _langchain(provider, model, base_url, timeout_s), base_url)
    base_url = base_url or os.environ.get("OPENAI_BASE_URL") or ""
    return Endpoint(name, provider, model, _hosted(model, base_url, timeout_s), base_url or OPENAI_URL)


def _hosted(model: str, base_url: str, timeout_s: float) -> OpenAI:
    key = SecretStr(os.environ.get("OPENAI_API_KEY") or ("none" if base_url else ""))
    if not key.get_secret_value():
        raise UsageError(f"teacher openai:{model}: OPENAI_API_KEY is not set; export it, or use offline")
    wire = Wire(base_url or OPENAI_URL, key, timeout_s)
    return OpenAI(model=model, base_url=base_url or OPENAI_URL, api_key=key, wire=wire, use_responses_api=False)


def _langchain(provider: str, model: str, base_url: str, timeout_s: float) -> BaseChatModel:
    where = f"teacher {provider}:{model}: provider {provider!r}"
    try:
        init: Callable[..., BaseChatModel] = importlib.import_module("langchain.chat_models").init_chat_model
        reach = {"base_url": base_url} if base_url else {}
        return init(model, model_provider=provider, timeout=timeout_s, max_retries=0, **reach)
    except ImportError:
        fix = f"pip install langchain langchain-{provider}"
        raise UsageError(f"{where} is not built in; {fix}, or use one {EXAMPLES}") from None
    except Exception as error:
        fix = f"is it one of LangChain's providers, and {provider.upper()}_API_KEY set?"
        raise UsageError(f"{where} could not be set up ({type(error).__name__}); {fix}") from None


def wired(error: Exception) -> WireError:
    """A client's own exception as what it means for the request; LangChain's providers each have theirs."""
    if isinstance(error, WireError):
        return error
    response = getattr(error, "response", None)
    status = next((s for s in (getattr(error, "status_code", None), getattr(response, "status_code", None)) if s), None)
    if isinstance(status, int):
        code, asked = str(getattr(error, "code", None) or ""), (getattr(response, "headers", None) or {})
        told = f"HTTP {status}: {error}"
        return WireError(
            fault_of(status, code), told, status=status, code=code, wait_s=seconds(asked.get("retry-after", ""))
        )
    if isinstance(error, ValidationError):
        return WireError(Fault.MALFORMED, f"the client cannot hold the answer: {error.errors()[0]['msg']}")
    names = {base.__name__ for base in type(error).__mro__}
    passes = isinstance(error, OSError) or not names.isdisjoint({"APIConnectionError", "TransportError"})
    return WireError(Fault.CUT if passes else Fault.REJECTED, f"{type(error).__name__}: {error}")


def blamed(error: WireError, role: str, endpoint: Endpoint, faults: Sequence[Fault]) -> TDScalingError:
    """The user's mistake as UsageError, everything else as TeacherError; neither quotes a key."""
    status, where = error.status, f"{role} teacher {endpoint.name}"
    if status in {401, 403}:
        key = f"{endpoint.provider.upper()}_API_KEY"
        return UsageError(f"{where}: the endpoint refuses the key (HTTP {status}); set {key} to one that may use it")
    if status == 404:
        return ModelError(f"{where}: unknown model or path (HTTP 404); check the name and the base URL, {EXAMPLES}")
    if error.code == "insufficient_quota":
        return UsageError(f"{where}: the account is out of quota (HTTP {status}); add credit or use another teacher")
    return TeacherError(f"{where}: {one_line(error)}", faults, status)


def one_line(error: Exception) -> str:
    """What an error says, without secrets, in at most 300 characters."""
    return " ".join(redacted(str(error)).split())[:300]


def redacted(text: str) -> str:
    """The text without anything that looks like a secret or is one of the environment's.

    >>> redacted("Incorrect API key provided: sk-ab*****yz.")
    'Incorrect API key provided: ***.'
    """
    secrets = [value for name, value in os.environ.items() if re.search("KEY|TOKEN|SECRET", name) and len(value) > 7]
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return re.sub(r"\bsk-[\w*-]+|(?<=Bearer )\S+", "***", text)
