"""From a teacher's name to its chat model, and from a lost request to whose fault it is."""

import difflib
import importlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import SecretStr

from agents.errors import ModelError, TDScalingError, TeacherError, UsageError
from agents.teacher.fault import Fault, WireError, one_line
from agents.teacher.wire import keys
from agents.teacher.wire.dialect import Dialect
from agents.teacher.wire.keys import OPENAI_URL
from agents.teacher.wire.names import EXAMPLES, OFFLINE, RECORDED, read_name
from agents.teacher.wire.throttle import Pace, Throttle

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

_PROVIDERS = """anthropic azure_openai bedrock cerebras cohere deepseek fireworks google_genai google_vertexai groq
huggingface ibm mistralai nvidia ollama openrouter perplexity together upstage xai"""
PROVIDERS = tuple(_PROVIDERS.split())
"""LangChain's, beside openai, which is built in."""


@dataclass(frozen=True)
class Endpoint:
    """A chat model by its name, how fast it may be asked, and how it wants to be spoken to."""

    name: str
    provider: str
    model: str
    chat: "BaseChatModel" = field(repr=False)
    base_url: str = ""
    variable: str = ""
    """The environment variable that the user names for its key."""
    throttle: Throttle = field(default_factory=Throttle, repr=False)
    dialect: Dialect = field(default_factory=lambda: Dialect(""), repr=False)


def connect(name: str, timeout_s: float, pace: Pace | None = None) -> Endpoint:
    """The endpoint that `provider:model[@base_url][#KEY_VARIABLE]` names. Raises: UsageError."""
    provider, model, base_url, variable = read_name(name)
    if name.startswith(RECORDED):
        from agents.offline.recorded import load

        return Endpoint(name, provider, model, load(Path(name.removeprefix(RECORDED))))
    if name in OFFLINE:
        from agents.offline import OfflineTeacher  # only here: its word lists take a while to load

        return Endpoint(name, provider, model, OfflineTeacher(persona=model))
    if provider == "openai":
        base_url = base_url or keys.default_url()
        chat: BaseChatModel = _open(model, base_url, variable, timeout_s)
    else:
        chat = _langchain(provider, model, base_url, variable, timeout_s)
    dialect = Dialect(f"{provider}:{model}")
    return Endpoint(name, provider, model, chat, base_url, variable, Throttle(pace), dialect)


def _open(model: str, base_url: str, variable: str, timeout_s: float) -> "BaseChatModel":
    from agents.teacher.wire.http import Wire
    from agents.teacher.wire.openai import OpenAI  # takes a second: --help and a wrong option do without

    key = keys.find(base_url, variable)
    if not key and (variable or base_url == OPENAI_URL):
        name = variable or keys.OPENAI_KEY
        raise UsageError(f"teacher openai:{model}: {name} is not set; export it, or use offline")
    secret = SecretStr(key or "none")
    wire = Wire(base_url, secret, timeout_s)
    return OpenAI(model=model, base_url=base_url, api_key=secret, wire=wire, use_responses_api=False)


def _langchain(provider: str, model: str, base_url: str, variable: str, timeout_s: float) -> "BaseChatModel":
    where = f"teacher {provider}:{model}: provider {provider!r}"
    reach: dict[str, object] = {"base_url": base_url} if base_url else {}
    if base_url or variable:  # without them the provider reads its own key, which is for its own host
        reach["api_key"] = keys.find(base_url, variable) or "none"
    if provider == "ollama":
        reach = {"base_url": base_url} if base_url else {}
        reach["client_kwargs"] = {"timeout": timeout_s}
        if key := keys.find(base_url, variable):
            reach["client_kwargs"] = {"timeout": timeout_s, "headers": {"Authorization": f"Bearer {key}"}}
    else:
        reach |= {"timeout": timeout_s, "max_retries": 1 if provider == "google_genai" else 0}
    if provider == "google_genai" and base_url:  # before its version 4 the package speaks gRPC and knows no base URL
        reach |= {"client_options": {"api_endpoint": reach.pop("base_url")}, "transport": "rest"}
    try:
        init: Callable[..., BaseChatModel] = importlib.import_module("langchain.chat_models").init_chat_model
        return init(model, model_provider=provider, **reach)
    except Exception as error:
        # LangChain says ValueError of a name that it does not know, ImportError of a package that is missing
        if isinstance(error, ImportError) or provider not in PROVIDERS:
            # a package is named only for a provider that there is: a misspelt one must not be looked for on PyPI
            near = difflib.get_close_matches(provider.lower(), ("openai", *PROVIDERS), n=1)
            fix = f"did you mean {near[0]}:{model}" if near else f"known are openai, {', '.join(PROVIDERS)}"
            fix = f"pip install langchain langchain-{provider.replace('_', '-')}" if provider in PROVIDERS else fix
            raise UsageError(f"{where} is not built in; {fix}, or use one {EXAMPLES}") from None
        fix = f"is it one of LangChain's providers, and {provider.upper()}_API_KEY set?"
        raise UsageError(f"{where} could not be set up ({type(error).__name__}); {fix}") from None


def blame(error: WireError, role: str, endpoint: Endpoint, faults: Sequence[Fault], proven: bool) -> TDScalingError:
    """The user's mistake as UsageError, everything else as TeacherError; neither quotes a key.

    `proven`: the endpoint has answered this key and this model before, so that a refusal is about the request.
    """
    status, where, words = error.status, f"{role} teacher {endpoint.name}", one_line(error)
    if error.fault is Fault.SPENT:
        return UsageError(f"{where}: the account is out of credit or quota ({words}); add some, then --resume")
    if not proven and status == 403 and "a web page" in words:
        fix = "is the base URL right, and does its gateway let this machine in?"
        return UsageError(f"{where}: a gateway in front of it refuses ({words}); {fix}")
    if not proven and status in {401, 403}:
        named = endpoint.variable or f"{endpoint.provider.upper()}_API_KEY"
        hint = ""
        if not endpoint.variable and (endpoint.provider == "openai" or endpoint.base_url):
            named, hint = (
                " or ".join(keys.variables(endpoint.base_url)),
                f", or name its variable: {endpoint.name}#NAME",
            )
        fix = f"set {named} to one that may use it{hint}"
        return UsageError(f"{where}: the endpoint refuses the key ({words}); {fix}")
    moved = status is not None and 300 <= status < 400
    if moved or (not proven and status in {404, 405} and not re.search("tool|requested parameters", words)):
        # the model, not what it can do
        is_named = re.search(r"\bmodel|deployment|no such|not found|not exist|<html", words, re.IGNORECASE)
        unknown = "unknown model or path" if is_named else "the request is refused"
        fix = f"check the name and the base URL, {EXAMPLES}"
        if endpoint.base_url and not urlsplit(endpoint.base_url).path.strip("/"):
            fix = f"this base URL has no path, and most end in /v1: try {endpoint.base_url.rstrip('/')}/v1"
        return ModelError(f"{where}: {unknown} ({words}); {fix}")
    return TeacherError(f"{where}: {words}", faults, status)
