"""A config -> its benchmark, installed and read."""

import random
from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from agents.schema import Noun
from evals import bfcl
from evals.schema import Suite, Task

BENCHES = ("bfcl",)


class Config(Noun):
    """All that decides a model's answers; kept beside them."""

    bench: str
    model: str
    """openai:NAME@URL, a checkpoint's folder, or a reference: gold, nothing, noisy:0.1."""
    runs: int = Field(default=1, ge=1, le=64)
    """Times that each task is answered, each with a seed of its own."""
    category: tuple[str, ...] = ()
    """Only these categories, the option once for each; bfcl: by default the multi-turn ones."""
    mode: Literal["fc", "prompt"] = "fc"
    """bfcl: tool calls of the endpoint, or calls written into the text."""
    clusters: int = Field(default=0, ge=0)
    """Only so many clusters (scenarios, databases, ...), drawn by the seed; 0: all."""
    concurrency: int = Field(default=4, ge=1)
    """Tasks in flight."""
    temperature: float = Field(default=0.0, ge=0)
    """Sent with each request."""
    seed: int = 0
    """Sent with each request, plus the number of the run."""
    user: str = ""
    """tau2: the model that plays the user, such as openai:gpt-4.1."""
    price_input: float | None = Field(default=None, ge=0)
    """Dollars for a million input tokens."""
    price_output: float | None = Field(default=None, ge=0)
    """Dollars for a million output tokens."""


async def load(config: Config) -> Suite:
    """Raises: MissingError: data or the scorer is not there. UsageError: an unknown category."""
    return await bfcl.load(config.category, config.mode, config.concurrency)


def chosen(tasks: Sequence[Task], clusters: int, seed: int) -> list[Task]:
    """The tasks of so many clusters, whole ones, in the benchmark's order; 0: all."""
    names = list(dict.fromkeys(task.cluster for task in tasks))
    random.Random(seed).shuffle(names)
    kept = set(names[: clusters or None])
    return [task for task in tasks if task.cluster in kept]
