"""LangSmith tracing, where the user's environment switches it on: every role's turn is told, and no byte changes."""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from agents.serve.app import running
from tests.forks import Command

FILES = ("trajectories.jsonl", "metrics.jsonl")
QUIET = {name: value for name, value in os.environ.items() if not name.startswith(("LANGSMITH", "LANGCHAIN"))}


def langsmith(heard: list[dict[str, Any]], keys: set[str | None]) -> Starlette:
    """As much of LangSmith's API as its client needs: what it takes, and runs in batches."""

    async def info(request: Request) -> JSONResponse:
        sizes = {"size_limit": 100, "size_limit_bytes": 2 * 10**7, "use_multipart_endpoint": False}
        threads = {"scale_up_qsize_trigger": 1000, "scale_up_nthreads_limit": 4, "scale_down_nempty_trigger": 4}
        return JSONResponse({"batch_ingest_config": sizes | threads})

    async def batch(request: Request) -> JSONResponse:
        keys.add(request.headers.get("x-api-key"))
        heard.extend(json.loads(await request.body())["post"])
        return JSONResponse({}, status_code=202)

    routes = [Route("/v1/info", info), Route("/v1/runs/batch", batch, methods=["POST"])]
    return Starlette(routes=routes)


def run(out: Path, count: int, **environment: str) -> None:
    ended = Command("graphs.run", "--out", out, f"--count={count}", environment={**QUIET, **environment}).wait()
    assert ended.returncode == 0, ended.stderr[-800:]


def test_langsmith_hears_of_every_turn_and_no_byte_changes(tmp_path: Path) -> None:
    heard, keys = list[dict[str, Any]](), set[str | None]()
    run(tmp_path / "alone", 3)
    with running(langsmith(heard, keys)) as url:
        switched = {"LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": url, "LANGSMITH_API_KEY": "lsv2_secret"}
        run(tmp_path / "traced", 3, **switched)
    told = Counter(one["name"] for one in heard)
    assert keys == {"lsv2_secret"}
    assert told["LangGraph"] == 3
    assert set(told) >= {"blueprint", "user", "assistant", "observation", "quality"}
    assert [(tmp_path / "traced" / name).read_bytes() for name in FILES] == [
        (tmp_path / "alone" / name).read_bytes() for name in FILES
    ]
    files = [path for path in (tmp_path / "traced").rglob("*") if path.is_file()]
    assert not [path for path in files if b"lsv2_secret" in path.read_bytes()]
