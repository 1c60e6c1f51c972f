"""Requests per CPU second of the whole pipeline beside bare loops that send the same: python -m tests.bench.requests

One canned server in a process of its own gives every request its recorded answer. The pipeline is a child `graphs.run`;
its CPU time counts from its first slot to its last, start-up and report aside. The bare loops send the bodies that the
pipeline sent, to the same server, at the same number in flight: AsyncOpenAI as it comes, and aiohttp with orjson. A
peer, in an environment of its own (tests/bench/peers.py), sends them as prompts, without its start-up too:
`--peer data-designer=ENV/bin/python`.
"""

import argparse
import asyncio
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import openai
import orjson
from aiohttp import web

from agents import offline
from agents.teachers import Answer
from graphs.journal import seed_of

ROOT = Path(__file__).parents[2]
PROGRESS = re.compile(r"^(\d+)/(\d+) slots")
SEED = re.compile(rb'"seed": ?(\d+)')
Send = Callable[[dict[str, Any]], Awaitable[Any]]


def completion(answer: Answer) -> bytes:
    calls = [{"id": f"call_{n}", "type": "function", "function": call} for n, call in enumerate(answer.tool_calls)]
    said = {"role": "assistant", "content": answer.content, **({"tool_calls": calls} if calls else {})}
    used = answer.usage or {"input": 0, "output": 0}
    usage = {"prompt_tokens": used["input"], "completion_tokens": used["output"]}
    usage["total_tokens"] = sum(usage.values())
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 0, "model": "offline", "usage": usage}
    return orjson.dumps(head | {"choices": [{"index": 0, "message": said, "finish_reason": answer.finish}]})


def serve(journal: Path, bodies: Path, latency_s: float) -> None:
    """Print the port, then answer by seed; a request that was never recorded is answered by the offline teacher."""
    canned, short = {}, completion(Answer(content="As a peer asks, without a seed: any words will do."))
    with sqlite3.connect(journal) as recorded:
        for slot, call, text in recorded.execute("select slot, call, answer from answers"):
            canned[seed_of(0, slot, call)] = completion(Answer.model_validate_json(text))

    async def answer(request: web.Request) -> web.Response:
        raw = await request.read()
        found = SEED.search(raw[-400:]) or SEED.search(raw)
        await asyncio.sleep(latency_s)
        whole = (canned.get(int(found[1])) or _played(raw)) if found else short
        log.write(raw + b"\n")
        log.flush()
        return web.Response(body=whole, content_type="application/json")

    async def forever() -> None:
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/v1/chat/completions", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
        await site.start()
        print(runner.addresses[0][1], flush=True)
        await asyncio.Event().wait()

    with bodies.open("wb") as log:
        asyncio.run(forever())


def _played(raw: bytes) -> bytes:
    body = orjson.loads(raw)
    said = offline.reply(body["messages"], body.get("tools") or [], body["seed"])
    calls = tuple(call["function"] for call in said.get("tool_calls", ()))
    return completion(Answer(content=said["content"], tool_calls=calls, finish="tool_calls" if calls else "stop"))


@contextmanager
def canned(journal: Path, bodies: Path, latency_s: float) -> Iterator[str]:
    options = ["--serve", str(journal), "--bodies", str(bodies), "--latency", str(latency_s)]
    command = [sys.executable, "-m", "tests.bench.requests", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
        finally:
            process.terminate()


def pipeline(out: Path, *options: str) -> tuple[float, float]:
    """CPU seconds and seconds from the first slot of a child `graphs.run` to its last."""
    command = [sys.executable, "-m", "graphs.run", "--out", str(out), *options]
    spans: list[tuple[float, float]] = []
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as child:
        tail = ""
        for tail in child.stderr or ():
            if (found := PROGRESS.match(tail)) and (found[1] == "0" or found[1] == found[2]):
                spans.append((_cpu(child.pid), time.monotonic()))
    if len(spans) != 2:
        raise SystemExit(f"graphs.run did not play all its slots: {tail}")
    return spans[1][0] - spans[0][0], spans[1][1] - spans[0][1]


def _cpu(pid: int) -> float:
    ticks = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK")


@asynccontextmanager
async def through_openai(url: str) -> AsyncIterator[Send]:
    async with openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0, timeout=600) as client:
        yield lambda body: client.chat.completions.create(**body)


@asynccontextmanager
async def through_aiohttp(url: str) -> AsyncIterator[Send]:
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector, headers={"Content-Type": "application/json"}) as session:

        async def send(body: dict[str, Any]) -> Any:
            async with session.post(f"{url}/chat/completions", data=orjson.dumps(body)) as response:
                return orjson.loads(await response.read())

        yield send


LOOPS = {"AsyncOpenAI": through_openai, "aiohttp + orjson": through_aiohttp}


async def loop(name: str, url: str, bodies: list[dict[str, Any]], flight: int) -> float:
    """Requests per CPU second of this process."""
    left = iter(bodies)
    async with LOOPS[name](url) as send:

        async def worker() -> None:
            for body in left:
                await send(body)

        began = time.process_time()
        await asyncio.gather(*(worker() for _ in range(flight)))
    return len(bodies) / (time.process_time() - began)


def played_by(peer: str, python: str, url: str, bodies: list[bytes], flight: int) -> float:
    """Requests per CPU second of a peer, by what a second half of as many calls adds."""
    with tempfile.NamedTemporaryFile(suffix=".txt") as texts:
        texts.write(b"\n".join(bodies))
        texts.flush()
        whole, half = (_spent(python, peer, url, texts.name, flight, n) for n in (len(bodies), len(bodies) // 2))
    return (len(bodies) - len(bodies) // 2) / (whole - half)


def _spent(python: str, *given: object) -> float:
    # -P: this module's own name is that of a library that peers import
    command = [python, "-P", str(ROOT / "tests/bench/peers.py"), *map(str, given)]
    told = subprocess.run(command, capture_output=True, text=True)
    found = json.loads(told.stdout.splitlines()[-1]) if told.returncode == 0 else {"rows": 0}
    if found["rows"] != given[-1]:
        raise SystemExit(f"{given[0]} made {found['rows']} of {given[-1]} rows: {told.stderr[-1000:]}")
    return float(found["cpu_s"])


def measure(options: argparse.Namespace, flight: int) -> Iterator[dict[str, Any]]:
    """One number in flight: the pipeline over `windows` windows, then the others over the first `sent` of its bodies.

    In turns, `repeats` times: a core's pace may change by half within a minute.
    """
    window = 4 * flight
    sizes = [f"--count={round(options.windows * window)}", f"--window={window}", f"--concurrency={flight}"]
    peers = dict(one.split("=", 1) for one in options.peer)
    with tempfile.TemporaryDirectory() as folder:
        recorded, served, bodies = Path(folder) / "recorded", Path(folder) / "served", Path(folder) / "bodies.jsonl"
        pipeline(recorded, *sizes)
        for _ in range(options.repeats):
            with canned(recorded / "journal.sqlite", bodies, options.latency) as url:
                shutil.rmtree(served, ignore_errors=True)
                cpu, wall = pipeline(served, *sizes, f"--teacher=openai:offline@{url}")
                requests = json.loads((served / "cost.json").read_bytes())["requests"]
                lines = bodies.read_bytes().splitlines()[: options.sent]
                asked = [orjson.loads(line) for line in lines]
                bare = {name: round(asyncio.run(loop(name, url, asked, flight)), 1) for name in LOOPS}
                bare |= {name: round(played_by(name, python, url, lines, flight), 1) for name, python in peers.items()}
            same = (recorded / "trajectories.jsonl").read_bytes() == (served / "trajectories.jsonl").read_bytes()
            row: dict[str, Any] = {"in_flight": flight, "requests": requests, "same": same}
            row |= {"pipeline": round(requests / cpu, 1), **bare, "per_s": round(requests / wall, 1)}
            row["over_openai"] = round(requests / cpu / bare["AsyncOpenAI"], 2)
            row["of_ideal"] = round(requests / wall * options.latency / flight, 3)
            yield row | {"load": round(os.getloadavg()[0], 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flight", type=int, nargs="+", default=[16, 64, 256, 1024])
    parser.add_argument("--windows", type=float, default=10, help="slots, in windows of 4 x in flight")
    parser.add_argument("--sent", type=int, default=2000, help="requests of each bare loop, at most")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--peer", nargs="*", default=[], metavar="NAME=PYTHON", help="data-designer, distilabel")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--bodies", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.bodies, options.latency)
    for flight in options.flight:
        for row in measure(options, flight):
            print(json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
