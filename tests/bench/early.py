"""What showing a fault at once is worth: python -m tests.bench.early [SLOTS]

The same slots of the built-in catalogue, played by a teacher that slips in a tenth of the assistant's turns, with the
early look and without: accepted slots, and tokens for each of them.
"""

import asyncio
import itertools
import sys
from collections.abc import Iterator
from typing import Any

from agents.schema import Role, Stop
from agents.teacher.teachers import Answer, Message, Request, teachers
from graphs.campaign.accept import passes
from graphs.campaign.record.journal import seed_of
from graphs.trajectory.graph import play
from graphs.trajectory.state import Context, Limits
from tests.bench.graph import drawn


async def measure(count: int, *, early: bool) -> dict[str, Any]:
    slipping, tokens, accepted, again = teachers("offline-slipping"), 0, 0, 0
    for directive, cluster in drawn(count):
        seeds = (seed_of(0, directive.slot, call) for call in itertools.count())

        async def ask(role: Role, messages: list[Message], seeds: Iterator[int] = seeds, **given: Any) -> Answer:
            nonlocal tokens, again
            request = Request(role=role, messages=messages, seed=next(seeds), **given)
            answer = await slipping.answer(request)
            tokens += sum((answer.usage or {}).get(key, 0) for key in ("input", "output"))
            again += request.early
            return answer

        played = await play(directive, cluster, Context(ask, limits=Limits(early=early)))
        verdict = played.trajectory.verdict
        accepted += bool(played.stop == Stop.COMPLETED and not played.faults and verdict and passes(verdict))
    per_row = tokens // max(accepted, 1)
    return {"early": early, "accepted": accepted, "of": count, "asked_anew": again, "tokens_per_row": per_row}


if __name__ == "__main__":
    for early in (False, True):
        print(asyncio.run(measure(int((sys.argv[1:] or ["60"])[0]), early=early)))
