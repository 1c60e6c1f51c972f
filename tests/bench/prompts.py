"""What recorded conversations cost to read: python -m tests.bench.prompts ROWS [ROWS ...] [--play N TOOLS]

The rows of a run, or others in that form, are played through the whole graph again, every role answered from the row,
so that each request is rendered by today's prompts. For each role: requests, tokens, those that a prefix cache knows
and those that are new; a line for all of it tells them per accepted row. `--play N TOOLS` plays N slots by the offline
teacher first: `builtin` or a file of tools. Tokens are the project's words and marks, and, as a hosted endpoint that
does not tell is counted, a quarter of the characters. The answer's form counts as part of the prompt; in a chat
template the system's words come before the tools, as in Qwen's.
"""

import asyncio
import itertools
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

from agents.offline import prompt, tokens
from agents.offline.recorded import RecordedTeacher, record
from agents.schema import Cluster, Directive, Observed, Origin, Played, Role, Row, Schema, Stop, Tool
from agents.serve.prefix_cache import Prefixes
from agents.teacher.teachers import Answer, Ask, Message, Request, teachers
from agents.teacher.wire.langchain import to_answer, to_messages
from graphs.campaign.accept import passes
from graphs.campaign.record.journal import seed_of
from graphs.campaign.record.recorded_calls import Replay
from graphs.trajectory.graph import play
from graphs.trajectory.state import Context, Runners
from memory.clusters import build
from memory.corpus import corpus
from memory.embed.embedder import embedder
from memory.evolution import Evolution
from tests.bench.rows import cluster_of


class Meter:
    """What an Ask is asked: requests and tokens by role."""

    def __init__(self) -> None:
        self.counts: dict[Role, Counter[str]] = {role: Counter() for role in Role}
        self._prefixes = Prefixes()

    def read(self, role: Role, messages: list[Message], tools: Sequence[Schema], form: Schema | None) -> None:
        text = prompt(messages, tools)
        if form and not tools:  # which no endpoint takes together
            text = f"{orjson.dumps(form).decode()}\n{text}"
        words = tokens(text)
        cached = self._prefixes.read(words)
        self.counts[role].update({"requests": 1, "tokens": len(words), "known": cached})
        body = orjson.dumps([messages, list(tools), form])
        self.counts[role].update({"characters": len(text) // 4, "bytes": len(body) // 4})


async def replay(row: Row, meter: Meter) -> Played:
    """The row played again; code is not run again, its results are the row's."""
    teacher = RecordedTeacher(persona="recorded", conversations=(record(row),))

    async def ask(
        role: Role, messages: list[Message], *, tools: list[Schema] | None = None, form: Schema | None = None
    ) -> Answer:
        meter.read(role, messages, tools or [], form)
        return to_answer(await teacher.ainvoke(to_messages(messages), tools=tools or []))

    directive, cluster = Directive.model_validate(row["directive"]), cluster_of(dict(row))
    return await play(directive, cluster, Context(ask, runners=_runners(row, cluster)))


def _runners(row: Row, cluster: Cluster) -> Runners:
    """Services whose calls were executed, with what they returned."""
    names = {call["id"]: call["function"]["name"] for m in row["messages"] for call in m.get("tool_calls") or ()}
    executed: dict[str, list[Observed]] = {}
    for message in row["messages"]:
        origin = row["origins"].get(message.get("tool_call_id", ""), {})
        if origin.get("origin") in (Origin.CODE, Origin.MCP):
            service = cluster.by_name[names[message["tool_call_id"]]].service
            result = orjson.loads(message["content"] or "null")
            error = result["error"] if not origin["ok"] else {}
            observed = Observed(ok=False, **error) if error else Observed(ok=True, result=result)
            executed.setdefault(service, []).append(observed)
    return {service: Replay(Origin.CODE, iter(results)) for service, results in executed.items()}


def print_table(meter: Meter, accepted: int, slots: int) -> None:
    whole = sum(meter.counts.values(), Counter[str]())
    for name, counts in [*meter.counts.items(), ("all", whole)]:
        known = counts["known"] / max(counts["tokens"], 1)
        new = counts["tokens"] - counts["known"]
        print(f"{name:12} {counts['requests']:6} requests {counts['tokens']:9,} tokens, {known:.1%} known, {new:,} new")
    per = {name: round(whole[name] / max(accepted, 1)) for name in ("tokens", "known", "characters", "bytes")}
    print(
        f"{accepted} of {slots} accepted; an accepted row took {per['tokens']:,} prompt tokens, "
        f"{per['tokens'] - per['known']:,} of them new; by characters {per['characters']:,}, by bytes {per['bytes']:,}"
    )


def is_accepted(played: Played) -> bool:
    verdict = played.trajectory.verdict
    return bool(played.stop == Stop.COMPLETED and not played.faults and verdict and passes(verdict))


async def replay_all(rows: Iterable[Row]) -> int:
    meter, accepted, slots = Meter(), 0, 0
    for row in rows:
        if not row.get("blueprint") or not row.get("verdict"):
            continue
        played = await replay(row, meter)
        slots, accepted = slots + 1, accepted + is_accepted(played)
        if not is_accepted(played):
            scores = played.trajectory.verdict.scores if played.trajectory.verdict else None
            print(f"slot {row['slot']}: {played.stop} {played.reason} {list(played.faults)} {scores}")
    print_table(meter, accepted, slots)
    return accepted


async def play_all(count: int, tools: Sequence[Tool], seed: int) -> None:
    clusters = build.build(tools, embedder("wordllama"), seed)
    by_id, steering = {cluster.id: cluster for cluster in clusters}, Evolution(clusters, seed, window=64)
    offline, meter, accepted = teachers("offline"), Meter(), 0
    for slot in range(count):
        directive = steering.draw(slot)
        played = await play(directive, by_id[directive.cluster], Context(_metered(offline, meter, seed, slot)))
        accepted += is_accepted(played)
        steering.advance(slot, None)
    print_table(meter, accepted, count)


def _metered(offline: Any, meter: Meter, seed: int, slot: int) -> Ask:
    calls: Iterator[int] = itertools.count()

    async def ask(
        role: Role, messages: list[Message], *, tools: list[Schema] | None = None, form: Schema | None = None
    ) -> Answer:
        meter.read(role, messages, tools or [], form)
        request = Request(role=role, messages=messages, tools=tools or [], seed=seed_of(seed, slot, next(calls)))
        answer: Answer = await offline.answer(request)
        return answer

    return ask


def main(arguments: list[str]) -> int:
    if "--play" in arguments:
        at = arguments.index("--play")
        count, source = int(arguments[at + 1]), arguments[at + 2]
        known = corpus.builtin() if source == "builtin" else corpus.load([Path(source)])
        asyncio.run(play_all(count, known.tools, seed=3))
        arguments = arguments[:at] + arguments[at + 3 :]
    files = [path for name in arguments for path in _files(Path(name))]
    rows = (orjson.loads(line) for file in files for line in file.read_bytes().splitlines())
    return 0 if not files or asyncio.run(replay_all(rows)) else 1


def _files(path: Path) -> list[Path]:
    """A file of rows; of a run's folder both of its files."""
    return [path / name for name in ("trajectories.jsonl", "rejected.jsonl")] if path.is_dir() else [path]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
