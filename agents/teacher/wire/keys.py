"""Which key goes to which host: a key belongs to an endpoint and is shown to no other.

`provider:model@url#NAME` names the environment variable. Without a name a host gets TDS_KEY_<HOST>, such as
TDS_KEY_OPENROUTER_AI or TDS_KEY_OPENROUTER for https://openrouter.ai/api/v1; OPENAI_API_KEY is for OpenAI's own host,
and for the one in OPENAI_BASE_URL.
"""

import os
import re
from urllib.parse import urlsplit

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_KEY = "OPENAI_API_KEY"


def variables(base_url: str) -> list[str]:
    """The environment variables that may hold a host's key, the most exact first.

    >>> variables("https://api.mistral.ai/v1")
    ['TDS_KEY_API_MISTRAL_AI', 'TDS_KEY_MISTRAL']
    >>> variables("http://127.0.0.1:8000/v1"), variables("https://api.openai.com/v1")[-1]
    (['TDS_KEY_127_0_0_1_8000', 'TDS_KEY_127_0_0_1'], 'OPENAI_API_KEY')
    """
    parts = urlsplit(base_url)
    host = (parts.hostname or "").lower()
    labels = host.split(".")
    names = [f"{host}_{parts.port}", host] if parts.port else [host]
    if len(labels) > 1 and not labels[-1].isdigit():
        names.append(labels[-2])
    keys = [f"TDS_KEY_{re.sub(r'[^A-Z0-9]', '_', name.upper())}" for name in names]
    # OpenAI's own host, or the one that the user's environment names beside its key
    is_openais = _origin(base_url) in {_origin(OPENAI_URL), _origin(default_url())}
    return [*keys, OPENAI_KEY] if is_openais else keys


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


def default_url() -> str:
    """OpenAI's host, or the one that the user's environment puts in its place."""
    return os.environ.get("OPENAI_BASE_URL") or OPENAI_URL


def find(base_url: str, variable: str) -> str:
    """The key for this base URL, from the variable that the user names or from the host's own; empty without one."""
    names = [variable] if variable else variables(base_url)
    return next((os.environ[name] for name in names if os.environ.get(name)), "")
