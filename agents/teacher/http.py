"""One HTTP exchange with an OpenAI-compatible endpoint: a request's body in, its completion out, or a typed fault.

Straight through aiohttp and pydantic's own JSON reader: the openai client takes several times the CPU of the exchange
itself (docs/benchmarks.md, "Teachers: requests, limits, prefixes").
"""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from pydantic import BaseModel, Field, SecretStr, ValidationError

from agents.errors import TDScalingError

MOST_BYTES = 16_000_000
"""Of one answer. A longer one is not read to its end."""
KEEP_ALIVE_S = 4.0
"""Below the 5 seconds after which uvicorn hangs up, so that no request is written to a connection just closed."""


class Fault(StrEnum):
    """Why a request brought no answer. All but `rejected` may pass when the same request is sent again."""

    CONNECTION = "connection"
    """Nothing listens there: the request never arrived."""
    TIMEOUT = "timeout"
    CUT = "cut"
    """The connection ended within the answer; what it cost is unknown."""
    SERVER = "server"
    """HTTP 5xx, 408 or 409."""
    THROTTLED = "throttled"
    """HTTP 429: too many requests, or requests too fast."""
    MALFORMED = "malformed"
    """HTTP 200, but no chat completion."""
    OVERLONG = "overlong"
    REJECTED = "rejected"
    """HTTP 4xx: the request, the key or the model is wrong, or the quota spent."""


class WireError(TDScalingError):
    """One attempt that brought no answer; the text may quote what the endpoint said, secrets included."""

    def __init__(self, fault: Fault, told: str, *, status: int | None = None, code: str = "", wait_s: float = 0.0):
        super().__init__(told)
        self.fault, self.status, self.code = fault, status, code
        self.wait_s = wait_s
        """What `Retry-After` asks for; 0 without one."""


class Function(BaseModel):
    name: str
    arguments: str = ""


class Call(BaseModel):
    function: Function


class Said(BaseModel):
    content: str | None = None
    refusal: str | None = None
    tool_calls: list[Call] | None = None


class Choice(BaseModel):
    message: Said
    finish_reason: str | None = None


class Cached(BaseModel):
    cached_tokens: int | None = None


class Usage(BaseModel):
    prompt_tokens: int
    completion_tokens: int = 0
    prompt_tokens_details: Cached | None = None


class Completion(BaseModel):
    """What is read of a chat completion."""

    choices: list[Choice] = Field(min_length=1)
    model: str | None = None
    system_fingerprint: str | None = None
    usage: Usage | None = None


class Wire:
    """An endpoint's base URL and key; connections are kept. One event loop, then `await wire.aclose()`."""

    def __init__(self, base_url: str, key: SecretStr, timeout_s: float) -> None:
        self._base, self._key, self._timeout_s = base_url.rstrip("/"), key, timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def complete(self, body: dict[str, Any]) -> Completion:
        """Raises: WireError."""
        raw = await self._exchange("POST", "/chat/completions", orjson.dumps(body))
        try:
            return Completion.model_validate_json(raw)
        except ValidationError as error:
            first, shown = error.errors()[0], raw[:120].decode(errors="replace")
            where = ".".join(map(str, first["loc"]))
            raise WireError(Fault.MALFORMED, f"no chat completion: {where} {first['msg']}: {shown!r}") from None

    async def models(self) -> list[str]:
        """The names that the endpoint lists. Raises: WireError."""
        raw = await self._exchange("GET", "/models")
        try:
            return [str(model["id"]) for model in orjson.loads(raw)["data"]]
        except (ValueError, TypeError, KeyError):
            raise WireError(Fault.MALFORMED, "no list of models") from None

    async def aclose(self) -> None:
        if self._session:
            await self._session.close()

    async def _exchange(self, method: str, path: str, body: bytes | None = None) -> bytes:
        try:
            async with self._open().request(method, self._base + path, data=body) as response:
                raw = await _bounded(response)
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            raise WireError(Fault.CONNECTION, _root(error)) from None
        except TimeoutError:
            raise WireError(Fault.TIMEOUT, f"no answer within {self._timeout_s:g} s") from None
        except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError) as error:
            raise WireError(Fault.CUT, f"the connection was cut: {type(error).__name__}") from None
        except aiohttp.ClientError as error:
            raise WireError(Fault.MALFORMED, f"no HTTP: {type(error).__name__}") from None
        if response.status != 200:
            raise refused(response.status, raw, response.headers.get("Retry-After", ""))
        return raw

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Authorization": f"Bearer {self._key.get_secret_value()}", "Content-Type": "application/json"}
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S),
                headers=headers,
                timeout=aiohttp.ClientTimeout(total=self._timeout_s, sock_connect=min(10.0, self._timeout_s)),
                proxy=_proxy(self._base),
            )
        return self._session


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in response.content.iter_any():
        raw += chunk
        if len(raw) > MOST_BYTES:
            raise WireError(Fault.OVERLONG, f"the answer is longer than {MOST_BYTES} bytes")
    return bytes(raw)


def _proxy(url: str) -> str | None:
    """The environment's proxy for this URL, looked up once and not for each request."""
    parts = urlsplit(url)
    return None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)


def refused(status: int, raw: bytes, retry_after: str) -> WireError:
    """An HTTP status other than 200, with the endpoint's own words."""
    try:
        said = orjson.loads(raw)["error"]
        told, code = str(said["message"]), str(said.get("code") or "")
    except (ValueError, TypeError, KeyError, AttributeError):
        told, code = raw[:300].decode(errors="replace"), ""
    return WireError(
        fault_of(status, code), f"HTTP {status}: {told}", status=status, code=code, wait_s=seconds(retry_after)
    )


def fault_of(status: int, code: str) -> Fault:
    if status == 429 and code != "insufficient_quota":
        return Fault.THROTTLED
    return Fault.SERVER if status >= 500 or status in {408, 409} else Fault.REJECTED


def seconds(retry_after: str) -> float:
    """What a `Retry-After` header asks for, as seconds or as a date; 0 where it says neither.

    >>> seconds("1.5"), seconds("soon")
    (1.5, 0.0)
    """
    if re.fullmatch(r"\d+(\.\d+)?", retry_after):
        return float(retry_after)
    try:
        return max(0.0, (parsedate_to_datetime(retry_after) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _root(error: BaseException) -> str:
    """The first cause: the client wraps a refused connection in its own words."""
    while error.__cause__:
        error = error.__cause__
    return f"{type(error).__name__}: {error}"
