"""One HTTP exchange with an OpenAI-compatible endpoint: a request's body in, its completion out, or a typed fault.

Straight through aiohttp: the openai client takes several times the CPU of the exchange
itself (docs/benchmarks.md, "Teachers: requests, limits, prefixes").
"""

import zlib
from contextlib import suppress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import orjson
from pydantic import SecretStr

from agents.files import as_utf8
from agents.schema import JsonObject
from agents.teacher.fault import Fault, WireError, refusal
from agents.teacher.reading import completion
from agents.teacher.request import Answer
from agents.teacher.wire.reach import CONNECT_S

MOST_BYTES = 16_000_000
"""Of one answer. A longer one is not read to its end."""
PACKED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x9c", b"\x78\xda")
"""How gzip and zlib begin; JSON and text never do."""
KEEP_ALIVE_S = 4.0
"""Below the 5 seconds after which uvicorn hangs up, so that no request is written to a connection just closed."""


class Wire:
    """An endpoint's base URL and key; connections are kept. One event loop, then `await wire.aclose()`."""

    def __init__(self, base_url: str, key: SecretStr, timeout_s: float) -> None:
        # some copy the whole address of the call out of a vendor's page
        base = base_url.rstrip("/").removesuffix("/chat/completions")
        self._base, self._key, self._timeout_s = base, key, timeout_s
        self._session: aiohttp.ClientSession | None = None

    async def complete(self, body: JsonObject) -> Answer:
        """Raises: WireError."""
        return completion.read(await self._exchange("POST", "/chat/completions", orjson.dumps(body)))

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
            async with self._open().request(method, self._base + path, data=body, allow_redirects=False) as response:
                raw = await _read(response)
                with suppress(UnicodeError):  # else its reader tells what is wrong with it
                    raw = as_utf8(raw, response.charset or "")
        except (aiohttp.ClientConnectorError, aiohttp.InvalidURL) as error:
            raise WireError(Fault.CONNECTION, _root(error)) from None
        except aiohttp.ConnectionTimeoutError:
            raise WireError(Fault.CONNECTION, f"no connection within {CONNECT_S:g} s") from None
        except TimeoutError:
            raise WireError(Fault.TIMEOUT, f"no answer within {self._timeout_s:g} s") from None
        except (aiohttp.ClientPayloadError, aiohttp.ClientConnectionError, zlib.error) as error:
            raise WireError(Fault.CUT, f"the connection was cut: {type(error).__name__}") from None
        except aiohttp.ClientError as error:
            raise WireError(Fault.MALFORMED, f"no HTTP: {type(error).__name__}") from None
        if 300 <= response.status < 400:  # followed, it would carry the key to whoever is named there
            place = response.headers.get("Location", "nowhere")
            raise WireError(Fault.REJECTED, f"it has moved to {place}; use that base URL", status=response.status)
        if not 200 <= response.status < 300:
            exact = response.headers.get("Retry-After-Ms", "")
            delay = f"{int(exact) / 1000:.3f}" if exact.isdigit() else response.headers.get("Retry-After", "")
            raise refusal(response.status, raw, delay)
        return raw

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {
                "Authorization": f"Bearer {self._key.get_secret_value()}",
                "Content-Type": "application/json",
                "Accept-Encoding": "gzip, deflate",
            }
            parts = urlsplit(self._base)
            # looked up once and not for each request, as trust_env=True would
            proxy = None if proxy_bypass(parts.hostname or "") else getproxies().get(parts.scheme)
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),  # a gateway's cookie would tie all slots to one worker of it
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_S),  # the throttle is the limit
                headers=headers,
                auto_decompress=False,  # some gateways say gzip of what is plain, or nothing of what is packed
                timeout=aiohttp.ClientTimeout(total=self._timeout_s, sock_connect=min(CONNECT_S, self._timeout_s)),
                proxy=proxy,
            )
        return self._session


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """The body, unpacked by its first bytes, whatever the header says. Raises: zlib.error, WireError: too long."""
    raw, unpacker = bytearray(), None
    async for chunk in response.content.iter_any():
        if not raw and unpacker is None and chunk[:2] in PACKED:
            unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)  # gzip or zlib, told by itself
        raw += unpacker.decompress(chunk, MOST_BYTES + 1 - len(raw)) if unpacker else chunk
        if len(raw) > MOST_BYTES:
            raise WireError(Fault.OVERLONG, f"the answer is longer than {MOST_BYTES} bytes")
    if unpacker and not unpacker.eof:
        raise WireError(Fault.CUT, "the packed answer ended too early")
    return bytes(raw)


def _root(error: BaseException) -> str:
    """The first cause: the client wraps a refused connection in its own words."""
    while error.__cause__:
        error = error.__cause__
    return f"{type(error).__name__}: {error}"
