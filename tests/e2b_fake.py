"""E2B's HTTP API on loopback, as far as a sandbox needs it; cells really run, in the embedded sandbox."""

import asyncio
import itertools
import json
from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from agents.sandbox import Limits
from agents.sandbox.worker import Worker
from tests.levels import LEVELS

KEY = "e2b_0000000000000000000000000000000000000000"


class FakeE2B:
    """Behaves as E2B does: a lost client interrupts the code, a dead kernel is replaced and says ContextRestarting.

    `refuse` are statuses with which the next requests for a sandbox are answered.
    """

    def __init__(self) -> None:
        self.level, self.created = LEVELS[-1], list[dict[str, Any]]()
        self.boxes: dict[str, Worker] = {}
        self.refuse: list[int] = []
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._numbers = itertools.count(1)
        routes = [
            Route("/v2/sandboxes", self.create, methods=["POST"]),
            Route("/sandboxes/{box}", self.kill, methods=["DELETE"]),
            Route("/execute", self.execute, methods=["POST"]),
        ]
        self.app = Starlette(routes=routes)

    async def create(self, request: Request) -> Response:
        if request.headers.get("x-api-key") != KEY:
            return JSONResponse({"code": 401, "message": "Invalid API key"}, 401)
        if self.refuse:
            return JSONResponse({"code": self.refuse[0], "message": "not now"}, self.refuse.pop(0))
        self.created.append(await request.json())
        box = f"box{next(self._numbers)}"
        self.boxes[box] = await self._kernel()
        made = {"templateID": "code-interpreter-v1", "sandboxID": box, "clientID": "c", "envdVersion": "0.4.0"}
        return JSONResponse(made, 201)

    async def _kernel(self) -> Worker:
        return await Worker.start(self.level, Limits(time_s=60))

    async def kill(self, request: Request) -> Response:
        worker = self.boxes.pop(request.path_params["box"], None)
        if worker is None:
            return JSONResponse({"code": 404, "message": "sandbox not found"}, 404)
        await worker.aclose()
        return Response(status_code=204)

    async def execute(self, request: Request) -> Response:
        box = request.headers.get("e2b-sandbox-id", "")
        if box not in self.boxes:
            return JSONResponse({"message": "The sandbox was not found"}, 502)
        return StreamingResponse(self._stream(box, (await request.json())["code"]), media_type="application/x-ndjson")

    async def _stream(self, box: str, code: str) -> AsyncIterator[str]:
        running = asyncio.create_task(self._run(box, code))
        try:
            events = await asyncio.shield(running)
        except asyncio.CancelledError:  # the client has gone
            self.boxes[box].interrupt()
            raise
        for event in events:
            yield json.dumps(event) + "\n"

    async def _run(self, box: str, code: str) -> list[dict[str, Any]]:
        async with self._turns[box]:
            worker = self.boxes[box]
            made = await worker.run(code)
            if not worker.alive:
                self.boxes[box] = await self._kernel()
            return _events(made.model_dump(mode="json", by_alias=True), alive=worker.alive)


def _events(made: dict[str, Any], *, alive: bool) -> list[dict[str, Any]]:
    events = [
        {"type": stream, "text": text, "timestamp": 0} for stream, parts in made["logs"].items() for text in parts
    ]
    events += [{"type": "result", **result} for result in made["results"]]
    dead = {"name": "ContextRestarting", "value": "Context was restarted", "traceback": ""}
    error = made["error"] if alive else dead
    events += [{"type": "error", **error}] if error else []
    return [*events, {"type": "number_of_executions", "execution_count": made["execution_count"]}]
