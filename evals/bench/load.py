"""A config -> its benchmark, installed and read."""

import random
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from agents import cli
from agents.errors import MissingError, UsageError
from agents.schema import Noun
from evals.bench import data
from evals.schema import Suite, Task

BENCHES = ("bfcl", "tau2", "codeci", "bird", "rebench", "heldout", "mcpatlas", "toolathlon")


def check_bench(name: str) -> str:
    if name not in BENCHES:
        raise ValueError(f"no such benchmark; one of {', '.join(BENCHES)}")
    return name


Bench = Annotated[str, AfterValidator(check_bench), cli.ARGUMENT, Field(description=f"One of {', '.join(BENCHES)}.")]


class Config(Noun):
    """All that decides a model's answers; kept beside them."""

    bench: Bench
    model: str
    """openai:NAME@URL, a checkpoint's folder, recorded:RESULTS, or a reference: gold, nothing, noisy:0.1."""
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
    max_tokens: int = Field(default=4096, ge=1)
    """The longest answer."""
    seed: int = 0
    """Sent with each request, plus the number of the run."""
    user: str = ""
    """tau2: the model that plays the user, such as openai:gpt-4.1."""
    judge: str = ""
    """tau2: the model that judges what rules cannot; without one such tasks are left out, and counted."""
    price_input: float | None = Field(default=None, ge=0)
    """Dollars for a million input tokens."""
    price_output: float | None = Field(default=None, ge=0)
    """Dollars for a million output tokens."""


async def load(config: Config) -> Suite:
    """Raises: MissingError: data or the scorer is not there, or not as expected. UsageError: an unknown category."""
    from evals.bench import bfcl, bird, codeci, held_out, rebench, tau2  # half a second, and --help needs none
    from evals.bench.hosted import mcp_atlas, toolathlon

    loads: dict[str, Callable[[], Suite]] = {
        "codeci": codeci.load,
        "bird": bird.load,
        "rebench": rebench.load,
        "heldout": held_out.load,
        "mcpatlas": mcp_atlas.load,
        "toolathlon": toolathlon.load,
    }
    try:
        if config.bench == "bfcl":
            return await bfcl.load(config.category, config.mode, config.concurrency)
        if config.bench == "tau2":
            return await tau2.load(config.category, config.user, config.judge, config.concurrency)
        return loads[config.bench]()
    except (ValueError, LookupError, TypeError) as error:
        fault = f"the data in {data.folder(config.bench)} is not as the benchmark ships it"
        raise MissingError(f"{config.bench}: {fault}: {error!r}; get it anew") from error


def choose(suite: Suite, config: Config) -> list[Task]:
    """The tasks of the categories and of so many clusters, whole ones, in the benchmark's order.

    Raises: UsageError: nothing is left.
    """
    everything = not config.category or "all" in config.category  # `all` is bfcl's, which has loaded what it means
    tasks = [task for task in suite.tasks if everything or task.category in config.category]
    if not tasks:
        categories = ", ".join(dict.fromkeys(task.category for task in suite.tasks))
        raise UsageError(f"--category: {suite.name} has no task of {', '.join(config.category)}; it has {categories}")
    # whole clusters, so that a sample keeps what makes tasks alike
    names = list(dict.fromkeys(task.cluster for task in tasks))
    random.Random(config.seed).shuffle(names)
    kept = set(names[: config.clusters or None])
    return [task for task in tasks if task.cluster in kept]
