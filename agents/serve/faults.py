"""What a served teacher does wrong on purpose: slow, throttling, failing, garbled and cut answers, at given shares.

Which request meets which fault depends on the seed and on how many came before it, so that a run can be repeated.
"""

import asyncio
import logging
import time
from enum import StrEnum
from random import Random

from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from agents.schema import Noun


class Outcome(StrEnum):
    """What became of a request."""

    OK = "ok"
    THROTTLED = "429"
    FAILED = "500"
    MALFORMED = "malformed"
    CUT = "cut"


class Faults(Noun):
    """How an endpoint misbehaves; by default not at all."""

    latency: float = Field(default=0.0, ge=0)
    """Seconds before each answer."""
    rate_limit: float | None = Field(default=None, gt=0)
    """Requests per second that pass, in a bucket of one second; the rest get a 429."""
    limit_from: float = 0.0
    """The rate limit appears so many seconds after the first request."""
    limit_until: float = float("inf")
    """And vanishes then."""
    throttled: float = Field(default=0.0, ge=0, le=1)
    """Share of requests that get a 429 whatever the rate."""
    errors: float = Field(default=0.0, ge=0, le=1)
    """Share that gets a 500."""
    malformed: float = Field(default=0.0, ge=0, le=1)
    """Share whose answer is HTTP 200 and no chat completion."""
    cut: float = Field(default=0.0, ge=0, le=1)
    """Share whose answer ends in the middle."""
    seed: int = 0
    """Of requests that bring none, and of which request meets which fault."""


class Weather:
    """The faults of one endpoint as its requests meet them."""

    def __init__(self, faults: Faults) -> None:
        self._faults, self._bucket = faults, faults.rate_limit or 0.0
        self._began = self._filled = 0.0

    async def outcome(self, n: int) -> Outcome:
        """What becomes of the n-th request, after its latency where that is not a 429."""
        faults, drawn = self._faults, Random(f"{self._faults.seed}/{n}").random()
        now, rate = time.monotonic(), faults.rate_limit
        self._began = self._began or now
        passes = True
        if rate is not None and faults.limit_from <= now - self._began < faults.limit_until:
            # below one request in a second the bucket must still hold a whole one, or none would ever pass
            self._bucket = min(max(rate, 1.0), self._bucket + (now - self._filled) * rate)
            self._filled = now
            passes = self._bucket >= 1
            self._bucket -= passes
        if not passes or drawn < faults.throttled:
            return Outcome.THROTTLED
        await asyncio.sleep(faults.latency)
        edge = faults.throttled
        for share, outcome in ((faults.errors, Outcome.FAILED), (faults.malformed, Outcome.MALFORMED)):
            edge += share
            if drawn < edge:
                return outcome
        return Outcome.CUT if drawn < edge + faults.cut else Outcome.OK


def refuse(outcome: Outcome) -> None:
    """Raises: HTTPException: the outcome is a refusal."""
    if outcome is Outcome.THROTTLED:
        raise HTTPException(429, "Rate limit reached; try again later", headers={"Retry-After": "1"})
    if outcome is Outcome.FAILED:
        raise HTTPException(500, "The server had an error while processing your request")


def garble(whole: Response, n: int) -> Response:
    """HTTP 200 without a chat completion: half of it, a page of HTML, or another object."""
    half = Response(bytes(whole.body)[: len(whole.body) // 2], media_type="application/json")
    page = Response("<html>502 Bad Gateway</html>", media_type="text/html")
    return (half, page, JSONResponse({"object": "chat.completion", "choices": []}))[n % 3]


class Cut(Response):
    """The first half of another response, then nothing: the server hangs up."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.body, media_type="application/json")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def quiet(record: logging.LogRecord) -> bool:
    """A log filter: uvicorn need not complain of the answers that were cut on purpose."""
    return "without completing response" not in record.getMessage()
