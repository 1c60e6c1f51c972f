"""Policies over episodes: python -m evals.rl.play runs/default/export/verifiers.jsonl --policy offline-weak

Each policy plays each episode once; its mean reward is shown with a 95% interval.
"""

import asyncio
import sys
from collections.abc import Sequence
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import orjson
from pydantic import Field

from agents import cli, files
from agents.errors import UsageError
from agents.schema import Noun, Role, Schema
from agents.teacher.request import Answer, Ask, Message, Request

if TYPE_CHECKING:
    from agents.plan.episode import Task
    from agents.teacher.teachers import Teachers
    from evals.rl.episode import Policy

NOTHING = "nothing"


class Config(Noun):
    """What is played, and by whom."""

    episodes: Annotated[Path, cli.ARGUMENT]
    """A file that `graphs.export --format verifiers` wrote."""
    policy: tuple[str, ...] = ("offline",)
    """A model as in graphs.run --teacher, or `nothing`, which does nothing; the option once for each."""
    planned: bool = False
    """Show the policies the plan; without, they find their own way."""
    simulator: str = ""
    """A model that plays the user and the tools beyond what the row recorded; without, recorded words and results."""
    count: int | None = Field(default=None, ge=1)
    """Only the first so many episodes."""
    concurrency: int = Field(default=8, ge=1)
    """Episodes in flight."""


def read_tasks(path: Path) -> list["Task"]:
    """The episodes of a file. Raises: UsageError: it is no such file."""
    from agents.plan.episode import Task  # here and below what playing needs: --help answers at once

    try:
        records = [orjson.loads(line) for _, line in files.split_lines(path)]
        return [Task.model_validate(record["verifier_metadata"]["episode"]) for record in records]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: no episodes of `graphs.export --format verifiers` ({error!r})") from None


def number_asks(models: "Teachers", name: str) -> Ask:
    """An Ask whose calls have seeds of their own by the episode's name, so that its play can be repeated."""
    numbers = count()

    async def ask(
        role: Role, messages: list[Message], *, tools: list[Schema] | None = None, form: Schema | None = None
    ) -> Answer:
        seed = int.from_bytes(sha256(f"{name}:{next(numbers)}".encode()).digest()[:4]) // 2
        return await models.answer(Request(role=role, messages=messages, tools=tools or [], form=form, seed=seed))

    return ask


def model_policy(ask: Ask, *, planned: bool) -> "Policy":
    """A model as the assistant of an episode."""
    from agents.roles import assistant

    async def answer(messages: Sequence[Message], task: "Task") -> Message:
        with_plan, without = assistant.planned_prompt, assistant.unplanned_prompt
        prompt = with_plan(task.blueprint, task.system) if planned else without(task.system)
        return await assistant.act(ask, prompt, task.cluster, messages)

    return answer


async def do_nothing(messages: Sequence[Message], task: "Task") -> Message:
    """The floor: an assistant that says something and calls nothing."""
    return {"role": "assistant", "content": "I have taken care of that."}


async def reward_of(config: Config, name: str, tasks: Sequence["Task"]) -> list[float]:
    """The reward of a policy in each episode."""
    from agents.teacher.teachers import teachers
    from agents.teacher.wire.reach import check_teachers
    from evals.rl.episode import play

    players = {Role.ASSISTANT: name, Role.USER: config.simulator}
    check_teachers({role: each for role, each in players.items() if each not in ("", NOTHING)})
    models = None if name == NOTHING else teachers(name)
    world = teachers(config.simulator) if config.simulator else None
    room = asyncio.Semaphore(config.concurrency)

    async def play_task(task: "Task") -> float:
        policy = model_policy(number_asks(models, task.id), planned=config.planned) if models else do_nothing
        async with room:
            episode = await play(task, policy, number_asks(world, f"world {task.id}") if world else None)
        return episode.reward()

    try:
        return list(await asyncio.gather(*map(play_task, tasks)))
    finally:
        for each in (models, world):
            if each:
                await each.aclose()


def describe(name: str, rewards: Sequence[float]) -> str:
    """A line for a terminal."""
    from memory.statistics import mean

    estimate = mean(rewards)
    whole = sum(reward == 1.0 for reward in rewards)
    interval = f"{max(estimate.low, 0):.3f} to {min(estimate.high, 1):.3f}"  # rewards lie between 0 and 1
    return f"{name}: {estimate.value:.3f} ({interval}), whole {whole} of {len(rewards)}"


def run_policies(config: Config) -> None:
    """Play and print."""
    tasks = read_tasks(config.episodes)[: config.count]
    if not tasks:
        raise UsageError(f"{config.episodes}: no episode")
    print(f"{len(tasks)} episodes of {config.episodes}; mean reward with 95% interval", file=sys.stderr)
    for name in config.policy:
        print(describe(name, asyncio.run(reward_of(config, name, tasks))))


def main(arguments: list[str] | None = None) -> None:
    """Exits with 2 for the user's own mistake."""
    text = (__doc__ or "").partition("\n\n")[2]
    cli.run(cli.command(Config, run_policies, text), arguments, "evals.rl.play")


if __name__ == "__main__":
    main()
