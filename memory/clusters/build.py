"""Tools to Business Clusters [ours]: what one piece of real work would use together, and the leaf it counts for.

Of all candidates (candidates.py) those are chosen that together cover the most (coverage.py), a tool
weighing one over the size of its leaf, so that the long tail counts; near-duplicates cover each other.

    python -m memory.clusters --tools FILE_OR_FOLDER --out clusters.jsonl     the file, and a page to look at beside it
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from time import perf_counter
from typing import Annotated, Any

import typer
from pydantic import Field, ValidationError

from agents import cli
from agents.errors import UsageError, usage_error
from agents.plan.dataflow import nouns
from agents.schema import Cluster, Noun, Tool, words
from memory import tool_files
from memory.clusters import candidates, coverage, file, leaves
from memory.clusters import page as cluster_report
from memory.clusters.survey import Grain, Survey, survey, unique
from memory.embed.cache import Cached
from memory.embed.embedder import Embedder, embedder

BUDGET = 6944
"""The paper's number of clusters (arXiv:2602.03219), from 30,000 tools."""


def build(tools: Sequence[Tool], vectors: Embedder, seed: int = 0, budget: int = BUDGET) -> list[Cluster]:
    """The chosen clusters, the most useful first; the order of the tools does not matter."""
    known = survey(tools, vectors, seed)
    return [named(known, known.parts[index]) for index in chosen(known, budget)]


def chosen(known: Survey, budget: int) -> list[int]:
    """Indices of the parts, in the order of their choice.

    The connected ones while they gain, then the loose ones, then one of each service that has none: its tools are all
    near-duplicates of others, and still it is a service of its own.
    """
    count = len(known.connected)
    first = coverage.greedy(known.covers[:count], known.weights, budget)
    done = {tool for index in first for tool in known.covers[index]}
    rest = coverage.greedy(known.covers[count:], known.weights, budget - len(first), done)
    picked = first + [count + index for index in rest]
    numbers = {service: n for n, service in enumerate(dict.fromkeys(tool.service for tool in known.tools))}
    services = [frozenset(numbers[known.tools[i].service] for i in part) for part in known.parts]
    covered = {service for index in picked for service in services[index]}
    return picked + coverage.greedy(services, [1.0] * len(numbers), budget - len(picked), covered)


def named(known: Survey, part: Sequence[int]) -> Cluster:
    return cluster([known.tools[i] for i in part], [known.leaves[i] for i in part], known.sizes)


def cluster(part: Sequence[Tool], labels: Sequence[str], sizes: Mapping[str, int]) -> Cluster:
    """The cluster of these tools. It counts for the leaf that most of them have, of several for the rarest."""
    leaf = leaves.commonest(labels, sizes)
    things = Counter(noun for tool in part for noun in nouns(tool.name)[-1:])
    main = min(things.items(), key=lambda found: (-found[1], found[0]))[0]
    services = dict.fromkeys(" ".join(words(tool.service.split(":")[-1].split("/")[-1])) for tool in part)
    digest = hashlib.sha256("\n".join(sorted(tool.key for tool in part)).encode()).hexdigest()
    return Cluster(id=f"c{digest[:10]}", leaf=leaf, title=f"{' + '.join(services)} {main}".strip(), tools=tuple(part))


def at_random(tools: Sequence[Tool], vectors: Embedder, like: Sequence[Cluster], seed: int = 0) -> list[Cluster]:
    """For each cluster of `like` a random service's random tools, as many as there are: no dependency, no coverage.

    What cluster sampling is measured against; where the same tools are drawn twice, that is one cluster.
    """
    rng, ordered = Random(seed), unique(tools)
    labels = leaves.labels(vectors.embed([leaves.subject(tool) for tool in ordered]), seed)
    services, sizes = candidates.by_service(ordered), Counter(labels)
    parts: dict[tuple[int, ...], None] = {}
    for one in like:
        members = rng.choice(services)
        parts[tuple(sorted(rng.sample(members, min(len(one.tools), len(members)))))] = None
    return [cluster([ordered[i] for i in part], [labels[i] for i in part], sizes) for part in parts]


def set_aside(tools: Sequence[Tool], share: float) -> tuple[list[Tool], list[Tool]]:
    """(kept, held out): about that share of the services, whole, by a hash of the service's name.

    The same service is held out whatever else there is, and at any larger share. Raises UsageError where none is kept.
    """
    held = {name for name in {tool.service for tool in tools} if _lot(name) < share}
    kept = [tool for tool in tools if tool.service not in held]
    if held and not kept:
        raise UsageError(f"--hold-out: all services would be held out at {share:g}; lower it or give more tools")
    return kept, [tool for tool in tools if tool.service in held]


def _lot(service: str) -> float:
    """Evenly spread over 0 to 1."""
    return int.from_bytes(hashlib.sha256(service.encode()).digest()[:8]) / 2**64


class Config(Noun):
    """All that the command can be told."""

    tools: tuple[Path, ...] = ()
    """Files or folders of MCP tool definitions, the option once for each; none: the built-in catalogue."""
    mcp: Path | None = None
    """A file with `mcpServers`: the tools that live servers list, alone unless --tools or --with-catalogue is given."""
    with_catalogue: bool = False
    """With --mcp: the built-in catalogue beside the live servers."""
    out: Path = Path("clusters.jsonl")
    """The file of clusters; the page comes beside it as .html, services held out as held_out.jsonl."""
    budget: int = Field(default=BUDGET, ge=1)
    """Clusters at most; the default is the paper's number from 30,000 tools."""
    hold_out: float = Field(default=0.0, ge=0, lt=1)
    """About this share of the services is set aside, whole, before anything is clustered."""
    seed: int = 0
    """Of the K-Means, and of the random order that greedy is compared with."""
    n_dom: int = Field(default=10, ge=1)
    """Domains, the coarse K-Means."""
    n_cls: int = Field(default=5, ge=1)
    """Classes of each domain."""
    max_size: int = Field(default=8, ge=2, le=12)
    """Tools of a cluster at most."""
    embedder: str = "wordllama"
    """`wordllama` (embedded) or a sentence-transformers model."""


def start(config: Config) -> None:
    """The whole command."""
    clock = _Clock()
    tools = tool_files.read(config.tools, config.mcp, with_catalogue=config.with_catalogue)
    tools, held = set_aside(tools, config.hold_out)
    clock("reading")
    grain = Grain(config.n_dom, config.n_cls, config.max_size)
    vectors = Cached(embedder(config.embedder))
    known = survey(tools, vectors, config.seed, grain, clock)
    order = chosen(known, config.budget)
    made = [named(known, known.parts[index]) for index in order]
    clock("greedy coverage")
    curves = _curves(known, config.seed)
    clock("beside random")
    file.write(config.out, made)
    file.write(config.out.with_name("held_out.jsonl"), held) if held else None
    page = config.out.with_suffix(".html")
    cluster_report.write(page, known, made, curves)
    clock("page")
    print(*cluster_report.told(known, order), *cluster_report.compared(curves), sep="\n")
    print(f"embedded {vectors.embedded} texts anew")
    print(f"held out: {len(held)} tools of {len({tool.service for tool in held})} services")
    print(f"clusters: {config.out}, page: {page}")


def _curves(known: Survey, seed: int) -> list[list[float]]:
    """The coverage of the first n connected candidates, greedy without a budget and in random order."""
    covers = known.covers[: len(known.connected)]
    orders = (coverage.greedy(covers, known.weights, len(covers)), coverage.shuffled(covers, seed))
    return [coverage.curve(covers, known.weights, order) for order in orders] if covers else [[], []]


class _Clock:
    """Says of each stage how long it took, and the most memory that was held so far."""

    def __init__(self) -> None:
        self._last = perf_counter()

    def __call__(self, stage: str) -> None:
        now, self._last = self._last, perf_counter()
        peak = max(getrusage(RUSAGE_SELF).ru_maxrss, getrusage(RUSAGE_CHILDREN).ru_maxrss)
        print(f"{stage:16} {self._last - now:6.1f} s, peak {peak / 1024:5.0f} MiB", file=sys.stderr)


def _option(name: str) -> Any:
    return typer.Option(f"--{name.replace('_', '-')}", help=Config.model_fields[name].description)


app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(help="Tool definitions to Business Clusters, the most useful first, for graphs.run --clusters FILE.")
def _command(
    tools: Annotated[list[Path], _option("tools")] = [],  # noqa: B006  (typer reads it)
    mcp: Annotated[Path | None, _option("mcp")] = None,
    with_catalogue: Annotated[bool, _option("with_catalogue")] = False,
    out: Annotated[Path, _option("out")] = Path("clusters.jsonl"),
    budget: Annotated[int, _option("budget")] = BUDGET,
    hold_out: Annotated[float, _option("hold_out")] = 0.0,
    seed: Annotated[int, _option("seed")] = 0,
    n_dom: Annotated[int, _option("n_dom")] = 10,
    n_cls: Annotated[int, _option("n_cls")] = 5,
    max_size: Annotated[int, _option("max_size")] = 8,
    embedder: Annotated[str, _option("embedder")] = "wordllama",
) -> None:
    try:
        config = Config.model_validate(locals())
    except ValidationError as error:
        raise usage_error(error) from None
    start(config)


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's; exits with 2 for the user's own mistake."""
    cli.run(app, arguments, "memory.clusters")
