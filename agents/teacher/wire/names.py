"""The name of a teacher, `provider:model[@base_url][#KEY_VARIABLE]`, and its parts.

Nothing heavy is imported here: a command reads names before it loads the rest.
"""

import re
from urllib.parse import urlsplit

from agents.errors import UsageError

EXAMPLES = "such as offline, openai:gpt-4.1-mini or openai:NAME@http://127.0.0.1:8000/v1"
HOST = re.compile(r"(?:(?:localhost|[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}|\d+(?:\.\d+){3})(?::\d+)?|[\w.-]+:\d+)(?:/\S*)?")
"""What looks like a base URL without its scheme."""
RECORDED = "recorded:"
"""What the name of a teacher begins with that plays the conversations of a file again."""
OFFLINE = ("offline", "offline-weak", "offline-favourite", "offline-slipping")
"""The teachers that ship."""


def read_name(name: str) -> tuple[str, str, str, str]:
    """Provider, model, base URL and the key's variable, empty where none is given. Raises: UsageError."""
    if name in OFFLINE or name.startswith(RECORDED):
        return "offline", name, "", ""
    match = re.fullmatch(r"([\w-]+):([^\s#]+?)(?:@(https?://[^\s@?#]+))?(?:#([A-Za-z_]\w*))?", name)
    model, _, url = name.partition("@")
    if "://" in url and (not match or "://" in match[2]):
        # a query or a password stays untold
        fix = "a base URL begins with http:// or https://, without query, password and blanks; keys come by #VARIABLE"
        raise UsageError(f"teacher {model}: what stands after @ is no base URL; {fix}")
    if not match or "://" in match[2]:  # the value may hold a password: show its beginning only
        raise UsageError(f"teacher {re.split('@|://|#', name)[0]!r} is not provider:model[@base_url][#KEY]; {EXAMPLES}")
    if not match[3] and HOST.fullmatch(match[2].rpartition("@")[2]) and "@" in match[2]:
        name = f"teacher {match[1]}:{match[2]}"
        raise UsageError(f"{name}: the base URL has no scheme; write @http:// or @https:// before it")
    try:
        address = urlsplit(match[3] or "http://host")
        is_address = bool(address.hostname) and address.port != 0
    except ValueError:  # a port above 65535, half of an IPv6 address
        is_address = False
    if not is_address:
        raise UsageError(f"teacher {match[1]}:{match[2]}: {match[3]} is no address; {EXAMPLES}")
    return match[1], match[2], match[3] or "", match[4] or ""
