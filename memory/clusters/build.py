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

from pydantic import Field

from agents import cli
from agents.errors import UsageError
from agents.outputs import check_output
from agents.plan.dataflow import nouns
from agents.schema import Cluster, Noun, Tool, words
from memory.clusters import candidates, coverage, file, leaves
from memory.clusters import page as cluster_report
from memory.clusters.file import HELD_OUT
from memory.clusters.survey import Grain, Survey, survey_tools, unique
from memory.corpus import corpus
from memory.embed.cache import Cached
from memory.embed.embedder import Embedder, embedder

BUDGET = 6944
"""The paper's number of clusters (arXiv:2602.03219), from 30,000 tools."""


def build(tools: Sequence[Tool], vectors: Embedder, seed: int = 0) -> list[Cluster]:
    """The chosen clusters, the most useful first; the order of the tools does not matter."""
    survey = survey_tools(tools, vectors, seed)
    return [cluster_at(survey, index) for index in choose(survey, BUDGET)]


def choose(survey: Survey, budget: int) -> list[int]:
    """Indices of the parts, in the order of their choice.

    The connected ones while they gain, then the loose ones, then one of each service that has none: its tools are all
    near-duplicates of others, and still it is a service of its own.
    """
    count = len(survey.connected)
    first = coverage.greedy(survey.covers[:count], survey.weights, budget)
    done = {tool for index in first for tool in survey.covers[index]}
    rest = coverage.greedy(survey.covers[count:], survey.weights, budget - len(first), done)
    picked = first + [count + index for index in rest]
    # the same greedy once more, over services instead of tools, and each service worth the same
    numbers = {service: n for n, service in enumerate(dict.fromkeys(tool.service for tool in survey.tools))}
    services = [frozenset(numbers[survey.tools[i].service] for i in part) for part in survey.parts]
    covered = {service for index in picked for service in services[index]}
    return picked + coverage.greedy(services, [1.0] * len(numbers), budget - len(picked), covered)


def cluster_at(survey: Survey, index: int) -> Cluster:
    """The cluster of one of the survey's parts."""
    part = survey.parts[index]
    return cluster([survey.tools[i] for i in part], [survey.leaves[i] for i in part], survey.sizes)


def cluster(part: Sequence[Tool], labels: Sequence[str], sizes: Mapping[str, int]) -> Cluster:
    """The cluster of these tools. It counts for the leaf that most of them have, of several for the rarest."""
    leaf = leaves.commonest(labels, sizes)
    things = Counter(noun for tool in part for noun in nouns(tool.name)[-1:])
    main = min(things, key=lambda noun: (-things[noun], noun))
    services = dict.fromkeys(" ".join(words(tool.service.split(":")[-1].split("/")[-1])) for tool in part)
    # by its tools alone: the same tools are the same cluster, whatever order or corpus they came from
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
    for model in like:
        members = rng.choice(services)
        parts[tuple(sorted(rng.sample(members, min(len(model.tools), len(members)))))] = None
    return [cluster([ordered[i] for i in part], [labels[i] for i in part], sizes) for part in parts]


def set_aside(tools: Sequence[Tool], share: float) -> tuple[list[Tool], list[Tool]]:
    """(kept, held out): about that share of the services, whole, by a hash of the service's name.

    The same service is held out whatever else there is, and at any larger share. Raises UsageError where none is kept.
    """
    # eight bytes of the hash as a number from 0 to 1: a lot that is spread evenly and that nothing else moves
    lots = {name: int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]) for name in {t.service for t in tools}}
    held = {name for name, lot in lots.items() if lot / 2**64 < share}
    kept = [tool for tool in tools if tool.service not in held]
    if held and not kept:
        raise UsageError(f"--hold-out: all services would be held out at {share:g}; lower it or give more tools")
    return kept, [tool for tool in tools if tool.service in held]


EXAMPLES = """Tool definitions to Business Clusters, the most useful first, for graphs.run --clusters FILE.

\b
  python -m memory.clusters --tools my/tools --out my/clusters.jsonl   and my/clusters.html, a map of the tools
  python -m memory.clusters --tools my/tools --out my/clusters.jsonl --hold-out 0.1   holds a tenth back
  python -m memory.clusters --mcp mcp.json --out live.jsonl            what your live servers list
  python -m graphs.run --clusters my/clusters.jsonl --out runs/mine    plays them

A cluster is 1 to 8 tools that one piece of real work would use together. 30,000 tools take about a minute.

Exit codes: 0 written, 2 a mistake in the options or no tool to read.
"""


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
    page, held_out = check_place(config)
    clock = Clock()
    read = corpus.choose(config.tools, config.mcp, with_catalogue=config.with_catalogue)
    print("\n".join(corpus.report(read)), flush=True)
    tools, held = set_aside(read.tools, config.hold_out)
    clock("reading")
    grain = Grain(config.n_dom, config.n_cls, config.max_size)
    vectors = Cached(embedder(config.embedder))
    survey = survey_tools(tools, vectors, config.seed, grain, clock)
    order = choose(survey, config.budget)
    clusters = [cluster_at(survey, index) for index in order]
    clock("greedy coverage")
    # among connected candidates, without a budget: what greedy is worth against a random order of the same
    covers = survey.covers[: len(survey.connected)]
    orders = (coverage.greedy(covers, survey.weights, len(covers)), coverage.shuffle(covers, config.seed))
    curves = [coverage.curve(covers, survey.weights, order) for order in orders] if covers else [[], []]
    clock("beside random")
    file.write(config.out, clusters)
    if held:
        file.write(held_out, held)
    cluster_report.write(page, survey, clusters, curves)
    clock("page")
    print(*cluster_report.describe(survey, order), *cluster_report.compare_with_random(curves), sep="\n")
    print(f"embedded {vectors.embedded} texts anew")
    print(f"held out: {len(held)} tools of {len({tool.service for tool in held})} services")
    print(f"clusters: {config.out}, page: {page}")


def check_place(config: Config) -> tuple[Path, Path]:
    """Where the page and the tools held out go, beside the clusters.

    Raises: UsageError: one of the three is another's, or what is read, or cannot be written.
    """
    page, held_out = config.out.with_suffix(".html"), config.out.with_name(HELD_OUT)
    beside = [page, held_out] if config.hold_out else [page]
    if config.out in beside:
        raise UsageError(f"--out: {config.out} is the name of what is written beside it; choose another")
    for path in (config.out, *beside):
        check_output("--out", path, (*config.tools, config.mcp))
    return page, held_out


class Clock:
    """Says of each stage how long it took, and the most memory that was held so far."""

    def __init__(self) -> None:
        self._last = perf_counter()

    def __call__(self, stage: str) -> None:
        now, self._last = self._last, perf_counter()
        peak = max(getrusage(RUSAGE_SELF).ru_maxrss, getrusage(RUSAGE_CHILDREN).ru_maxrss)
        print(f"{stage:16} {self._last - now:6.1f} s, peak {peak / 1024:5.0f} MiB", file=sys.stderr)


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's; exits as its help says."""
    cli.run(cli.command(Config, start, EXAMPLES), arguments, "memory.clusters")
