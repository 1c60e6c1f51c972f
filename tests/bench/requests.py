"""Requests per CPU second of the whole pipeline beside bare loops that send the same: python -m tests.bench.requests

One canned server in a process of its own gives every request its recorded answer. The pipeline is a child `graphs.run`;
its CPU time counts from its first slot to its last, start-up and report aside. The bare loops send the bodies that the
pipeline sent, to the same server, at the same number in flight: AsyncOpenAI as it comes, and aiohttp with orjson. They
take turns with it, nine of them, while it is stopped: a core's pace changes by half within a minute. A peer, in an
environment of its own (tests/bench/peers.py), sends them as prompts, without its start-up too, afterwards:
`--peer data-designer=ENV/bin/python`.
"""

import argparse
import asyncio
import json
import os
import re
import signal
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
from agents.teacher.teachers import Answer
from graphs.campaign.record.journal import seed_of

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
    if journal.exists():
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


def pipeline(out: Path, *options: str, turn: Callable[[], object] = lambda: None) -> tuple[float, float]:
    """CPU seconds and seconds from the first slot of a child `graphs.run` to its last, without its turns."""
    command = [sys.executable, "-m", "graphs.run", "--out", str(out), *options]
    spans: list[tuple[float, float]] = []
    paused, tenth, tail = 0.0, 1, ""
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as child:
        for tail in child.stderr or ():
            if not (found := PROGRESS.match(tail)):
                continue
            if found[1] == "0" or found[1] == found[2]:
                spans.append((_cpu(child.pid), time.monotonic()))
            elif 10 * int(found[1]) >= tenth * int(found[2]):
                tenth += 1
                paused += _stopped(child, turn)
    if len(spans) != 2:
        raise SystemExit(f"graphs.run did not play all its slots: {tail}")
    return spans[1][0] - spans[0][0], spans[1][1] - spans[0][1] - paused


def _stopped(child: subprocess.Popen[str], turn: Callable[[], object]) -> float:
    began = time.monotonic()
    child.send_signal(signal.SIGSTOP)
    turn()
    child.send_signal(signal.SIGCONT)
    return time.monotonic() - began


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
    """CPU seconds of this process, its connections made before."""
    async with LOOPS[name](url) as send:

        async def sent(bodies: list[dict[str, Any]]) -> None:
            left = iter(bodies)

            async def worker() -> None:
                for body in left:
                    await send(body)

            await asyncio.gather(*(worker() for _ in range(flight)))

        await sent(bodies[:flight])
        began = time.process_time()
        await sent(bodies)
        return time.process_time() - began


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


class Turns:
    """What the bare loops send of the bodies that have come last, whenever it is their turn."""

    def __init__(self, bodies: Path, url: str, flight: int, sent: int) -> None:
        self._bodies, self._url, self._flight = bodies, url, flight
        self._each = max(sent // 9, 2 * flight)
        self._sent, self._spent = 0, dict.fromkeys(LOOPS, 0.0)

    def __call__(self) -> None:
        lines = self._bodies.read_bytes().splitlines()[-self._each :]
        asked = [orjson.loads(line) for line in lines]
        self._sent += len(asked)
        for name in LOOPS:
            self._spent[name] += asyncio.run(loop(name, self._url, asked, self._flight))

    def rates(self) -> dict[str, float]:
        return {name: round(self._sent / cpu, 1) for name, cpu in self._spent.items()}


def measure(options: argparse.Namespace, flight: int) -> dict[str, Any]:
    """One number in flight: the pipeline over `windows` windows, the bare loops over about `sent` of its bodies."""
    window = 4 * flight
    sizes = [f"--count={round(options.windows * window)}", f"--window={window}", f"--concurrency={flight}"]
    with tempfile.TemporaryDirectory() as folder:
        recorded, served, bodies = Path(folder) / "recorded", Path(folder) / "served", Path(folder) / "bodies.jsonl"
        if not options.live:
            # recorded over HTTP too: of what the embedded teacher knows evolution draws more, and other slots
            with canned(recorded / "journal.sqlite", bodies, 0.0) as url:
                pipeline(recorded, *sizes, f"--teacher=openai:offline@{url}")
        with canned(recorded / "journal.sqlite", bodies, options.latency) as url:
            turns = Turns(bodies, url, flight, options.sent)
            cpu, wall = pipeline(served, *sizes, f"--teacher=openai:offline@{url}", turn=turns)
            requests = json.loads((served / "cost.json").read_bytes())["requests"]
            lines = bodies.read_bytes().splitlines()[: options.sent]
            peers = dict(one.split("=", 1) for one in options.peer)
            others = {name: round(played_by(name, python, url, lines, flight), 1) for name, python in peers.items()}
        rows = [folder / "trajectories.jsonl" for folder in (recorded, served)]
        same = None if options.live else rows[0].read_bytes() == rows[1].read_bytes()
    row: dict[str, Any] = {"in_flight": flight, "slots": round(options.windows * window), "requests": requests}
    row |= {"same": same, "pipeline": round(requests / cpu, 1), **turns.rates(), **others}
    row["over_openai"] = round(row["pipeline"] / row["AsyncOpenAI"], 2)
    row |= {"per_s": round(requests / wall, 1), "of_ideal": round(requests / wall * options.latency / flight, 3)}
    return row | {"load": round(os.getloadavg()[0], 1)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flight", type=int, nargs="+", default=[16, 64, 256, 1024])
    parser.add_argument("--windows", type=float, default=10, help="slots, in windows of 4 x in flight")
    parser.add_argument("--sent", type=int, default=3000, help="requests of each bare loop; at least 18 x in flight")
    parser.add_argument("--latency", type=float, default=0.0)
    parser.add_argument("--live", action="store_true", help="no run is recorded first: the server is the teacher")
    parser.add_argument("--peer", nargs="*", default=[], metavar="NAME=PYTHON", help="data-designer, distilabel")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--bodies", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.bodies, options.latency)
    for flight in options.flight:
        print(json.dumps(measure(options, flight)), flush=True)


if __name__ == "__main__":
    main()
