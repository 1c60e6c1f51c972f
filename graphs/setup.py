"""Options -> the checked parts of a run. Nobody else reads a Config, and nothing is written here."""

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import cache, partial

import orjson

from agents.errors import UsageError, installing
from agents.offline.plans.arguments import usable
from agents.offline.plans.ordinary import is_foreseen, is_likely, is_ordinary, keep_telling
from agents.offline.plans.repertoire import branch_states, can_compute, kind_of, plays
from agents.offline.plans.sense import carries, find_cause
from agents.offline.plans.states import reacts
from agents.offline.talk.phrases import can_be_asked_for
from agents.offline.trade.subject import find_trade
from agents.plan.code_tool import own
from agents.plan.dataflow import describe_tool
from agents.sandbox import Limits, Sandboxes
from agents.schema import Cluster, Role
from agents.teacher import params
from agents.teacher.teachers import Teachers
from agents.teacher.wire.names import OFFLINE, read_name
from agents.teacher.wire.throttle import Pace
from graphs.campaign.config import Config, Engine, Part, parse_parts
from graphs.campaign.parts import Settings
from graphs.campaign.session import Setup
from graphs.campaign.spending import budget, estimate
from graphs.strategies import choose, gather, lacking, near_copies
from graphs.strategies.reasoning import think
from graphs.tools import leave
from graphs.tools.search import Elsewhere
from graphs.tools.services import OFF, find_sandboxes, list_services
from graphs.trajectory.graph import play
from graphs.trajectory.state import Play
from memory.clusters import sample as sampling
from memory.clusters.file import CLUSTERS
from memory.clusters.sample import Sample
from memory.corpus.corpus import Corpus, describe_long
from memory.embed.cache import Cached
from memory.embed.embedder import Embedder, embedder
from memory.stock import ABLE, Skill
from memory.store.earlier import Earlier
from memory.store.shelf import check_server


def prepare(config: Config) -> Setup:
    """Raises UsageError for whatever cannot be used."""
    teachers = Teachers(
        config.teachers,
        params=params.read(config.param),
        attempts=config.attempts,
        timeout_s=config.timeout,
        pace=Pace(config.requests_per_minute, config.tokens_per_minute),
    )
    engine = choose_engine(config)
    without = lacking(config.strategy, parse_parts(config.without))
    corpus, vectors, sample = read_tools(config)
    sandboxes = _sandboxes(config, off=Part.CODE_TOOL in without)
    # without what a live server must not, or cannot, be asked
    clusters = leave.prepare(sample.clusters, config.live_writes)
    if not clusters:
        raise UsageError(
            f"--mcp: {config.mcp}: no tool can be called with what is known of its arguments; give `examples` or "
            "`fixtures` to its entries (docs/tools.md)"
        )
    strategy = choose(
        config.strategy,
        without,
        clusters,
        Cached(vectors),
        sandboxes,
        seed=config.seed,
        window=config.window,
        reasoning=config.reasoning,
        samples=config.reasoning_samples,
        as_named=config.clusters is not None,
        skill=find_skill(teachers, clusters),
    )
    prices = budget.read_prices(config.prices, teachers.names)
    if config.memory:
        check_server(config.memory)
    return Setup(
        folder=config.out,
        settings=_settings(config),
        options=config.model_dump(mode="json", exclude={"out"}),
        corpus=corpus,
        sample=sample,
        embedder=vectors,
        teachers=teachers,
        clusters=strategy.clusters,
        steering=strategy.steering,
        play=strategy.play,
        limits=budget.make_limits(config.max_tokens, config.max_usd, prices, teachers.names),
        prices=prices if config.prices else None,
        sandboxes=sandboxes,
        services=list_services(sandboxes, config.mcp),
        search=Elsewhere(clusters, vectors),
        earlier=Earlier(config.against, vectors),
        memory=config.memory,
        engine=engine,
    )


def estimate_cost(config: Config) -> list[str]:
    """What the run would cost, as lines; asks nobody, so it needs no key."""
    names = config.teachers
    for name in names.values():
        read_name(name)
    prices = budget.read_prices(config.prices, names)
    _, vectors, sample = read_tools(config)
    thinking = think(play, config.reasoning, config.reasoning_samples)  # replays are requests, too
    # what evolution may join it draws here, too: rows about two servers cost more
    without, named = lacking(config.strategy, parse_parts(config.without)), config.clusters is not None
    clusters = gather(config.strategy, without, sample.clusters, Cached(vectors), config.seed, as_named=named)
    return estimate.estimate_run(clusters, config.seed, config.count, prices, thinking)


def read_tools(config: Config) -> tuple[Corpus, Embedder, Sample]:
    """The tools and their clusters. Raises UsageError where there are none."""
    corpus = sampling.tools(config.tools, config.clusters, config.mcp, with_catalogue=config.with_catalogue)
    for line in describe_long(corpus):
        print(line, file=sys.stderr)
    if config.clusters and not config.clusters.is_file():
        print(f"--clusters: no {config.clusters} yet; clusters are made of {len(corpus.tools)} tools", file=sys.stderr)
    at_random = Part.CLUSTER_SAMPLING in lacking(config.strategy, parse_parts(config.without))
    if at_random and config.clusters:
        raise UsageError("--clusters: without cluster sampling clusters are drawn at random; leave the option out")
    vectors, file = embedder(config.embedder), config.clusters or config.out / CLUSTERS
    sample = sampling.sample(corpus.tools, file, config.hold_out, vectors, config.seed, at_random=at_random)
    return corpus, vectors, sample


def find_skill(teachers: Teachers, clusters: Sequence[Cluster]) -> Skill:
    """What plans are made of: all tools, but of a cluster's the embedded teacher takes those that it can speak of."""
    teacher = teachers.endpoints[Role.BLUEPRINT]
    if teacher.provider != "offline" and teacher.model not in OFFLINE:  # it may be served: `agents.serve`
        return ABLE
    described = {tool.key: describe_tool(tool.name, tool) for cluster in clusters for tool in cluster.tools}
    known = {key for key, tool in described.items() if plays(tool)}
    ordinary = {key for key, tool in described.items() if key not in known and is_ordinary(tool)}
    called = keep_telling(described, known, ordinary)
    if not called:
        return ABLE
    able = sum(any(tool.key in called for tool in cluster.tools) for cluster in clusters)
    if len(called) < len(described):
        print(
            f"the embedded teacher knows {len(called & known)} of {len(described)} tools and asks for "
            f"{len(called - known)} as they describe themselves; of {len(clusters)} clusters it calls such tools "
            f"in {able}, elsewhere it speaks of tools by their names",
            file=sys.stderr,
        )
    others = {key: tool for key, tool in described.items() if key not in called}
    worded = {key: tool for key, tool in others.items() if can_be_asked_for(tool) and usable(orjson.dumps(tool))}
    asked = {key for key, tool in worded.items() if is_likely(tool) or is_foreseen(tool)}  # of no thing unheard of
    speakable = called | asked
    states = cache(lambda key: branch_states(described[key]))
    declared = {key for key in asked if described[key].get("outputSchema")}
    computing = {key for key in called | declared if can_compute(described[key])}
    kinds = {key: kind_of(described[key]) for key in called}
    return Skill(
        calls=lambda tool: tool.key in called,
        asks=lambda tool: tool.key in speakable,
        branches=lambda look, tool: (
            look.service == tool.service
            and (
                "*" in states(look.key)
                or any(reacts(tool.name, state) for state in states(look.key))
                or find_cause(described[look.key], described[tool.key]) is not None
            )
        ),
        carries=lambda cluster, mode: carries(
            [describe_tool(name, tool) for name, tool in own(cluster).items() if tool.key in speakable], mode
        ),
        computes=lambda tool: tool.key in computing,
        kind=lambda tool: kinds.get(tool.key, tool.key),
        trade=lambda tools: find_trade([described[tool.key] for tool in tools]),
    )


def choose_engine(config: Config) -> Callable[[Play], AbstractAsyncContextManager[Play]]:
    """Who plays the slots. Raises: UsageError: Ray is asked for and not installed."""
    if config.engine is Engine.PROCESS:
        return nullcontext
    try:
        from graphs.engine import ray  # an extra, and ten seconds: imported where it is asked for only
    except ImportError:
        raise UsageError(f"--engine ray: Ray is missing; install the extra: {installing('dist')}") from None
    return partial(ray.fleet, address=config.address, workers=config.workers, flight=config.concurrency)


def _sandboxes(config: Config, off: bool) -> Sandboxes | None:
    fields = {name: getattr(config, f"code_{name}") for name in Limits.model_fields if name != "files"}
    return find_sandboxes(OFF if off else config.sandbox, Limits(**fields))


def _settings(config: Config) -> Settings:
    aim = near_copies(config.strategy, parse_parts(config.without), config.copies)
    return Settings(
        config.count,
        config.seed,
        config.window,
        config.concurrency,
        aim,
        config.stop_when_saturated,
        config.accepted,
    )
