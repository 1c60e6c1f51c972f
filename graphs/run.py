"""Tools -> trajectories: python -m graphs.run

Reads MCP tool definitions, plays `--count` slots with the teacher and writes the accepted ones to `--out`. The default
needs no key and no network. A stopped or killed run goes on where it was with `--resume`.
"""

import logging
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator

from agents import cli
from agents.errors import UsageError, usage_error
from agents.sandbox import Limits, Sandboxes
from agents.schema import Cluster, Noun, Role
from agents.teacher.endpoint import read_name
from agents.teacher.params import parsed
from agents.teacher.teachers import Teachers
from graphs.campaign import budget, cost, estimate, manifest, output
from graphs.campaign.budget import Budget, Halt, Prices
from graphs.campaign.campaign import Campaign, Parts, Settings, Steering
from graphs.campaign.journal import Journal, recorded
from graphs.campaign.progress import Teller
from graphs.engine import event_loop
from graphs.engine.heap import settled
from graphs.engine.signals import heed
from graphs.report import page as report
from graphs.report import summary
from graphs.strategies import Part, Strategy, choose, lacking, parts, threshold
from graphs.tools.execution import Service
from graphs.tools.search import Elsewhere
from graphs.tools.services import OFF, sandboxes, services
from graphs.trajectory.graph import play
from graphs.trajectory.state import Play, Search, nothing_near
from memory.clusters import sample as sampling
from memory.clusters.sample import Sample
from memory.corpus.corpus import Corpus
from memory.embed.embedder import Embedder, embedder
from memory.store.trajectories import Memory

DEFAULT_OUT = Path("runs/default")
FREE = {"out", "count", "concurrency", "attempts", "max_tokens", "max_usd", "prices", "engine", "address", "workers"}
"""What a resume may change; the count may only grow."""
OURS = {"journal.lock", "journal.sqlite", "journal.sqlite-wal", "journal.sqlite-shm", "manifest.json.tmp"}
OURS |= {f"{name}{end}" for name in (sampling.CLUSTERS, sampling.HELD_OUT) for end in ("", ".part")}
"""What a process killed before its manifest may leave behind."""
SIGNALLED = "stopped"
SWITCHES = {
    "resume": cli.Switch(False, "Go on with the run in --out; options not given are the run's."),
    "dry_run": cli.Switch(False, "Only estimate requests, tokens and dollars."),
}
EXAMPLES = """Generate diverse tool-use trajectories from MCP tool definitions.

\b
  python -m graphs.run --count 3                           no key, no network
  python -m graphs.run --out runs/a --teacher openai:gpt-4.1-mini --count 500
  python -m graphs.run --out runs/a --resume               go on after Ctrl-C, or a kill
  python -m graphs.run --out runs/a --resume --count 1000  let it grow
  python -m graphs.run --out runs/b --tools my/tools --hold-out 0.1 --clusters my/clusters.jsonl
  python -m graphs.run --out runs/c --tools my/tools --teacher openai:NAME@http://127.0.0.1:8000/v1

Without --out the run is runs/default: it goes on by itself and, once complete, only says so.
"""


class Engine(StrEnum):
    """Who plays the slots."""

    PROCESS = "process"
    RAY = "ray"


class Config(Noun):
    """All that a run can be told."""

    tools: tuple[Path, ...] = ()
    """Files or folders of MCP tool definitions, the option once for each; none: the built-in catalogue."""
    mcp: Path | None = None
    """A file with `mcpServers`, as MCP clients have it: live servers, whose tools are really called."""
    clusters: Path | None = None
    """A file of Business Clusters, used as it is and built there if absent; none: built into the run's folder."""
    hold_out: float = Field(default=0.0, ge=0, lt=1)
    """About this share of the services is set aside, whole, into held_out.jsonl; no trajectory uses them."""
    count: int = Field(default=40, ge=1)
    """Slots to play; the accepted ones become trajectories. May grow with --resume."""
    seed: int = 0
    """Another seed, another dataset."""
    out: Path = DEFAULT_OUT
    """The run's folder."""
    window: int = Field(default=64, ge=1)
    """Slot i sees what was accepted up to slot i - window."""
    concurrency: int = Field(default=16, ge=1)
    """Slots in flight, at most the window; it never changes the result."""
    engine: Engine = Engine.PROCESS
    """`process`: slots are played in this one; `ray`: by actors, with the same result (docs/ray.md)."""
    address: str = ""
    """A Ray cluster's, such as auto or HOST:6379; none: a Ray of the run's own on this machine."""
    workers: int | None = Field(default=None, ge=1)
    """Ray's actors, each with a CPU; by default one for each CPU that there is."""
    teacher: str = "offline"
    """provider:model[@base_url] for every role; the key comes from the environment."""
    teacher_blueprint: str = ""
    """Another teacher for the BlueprintAgent."""
    teacher_user: str = ""
    """Another teacher for the UserAgent."""
    teacher_assistant: str = ""
    """Another teacher for the AssistantAgent."""
    teacher_observation: str = ""
    """Another teacher for the ObservationAgent."""
    teacher_quality: str = ""
    """Another teacher for the QualityAgent."""
    param: tuple[str, ...] = ()
    """[ROLE.]NAME=VALUE, a decoding parameter such as temperature=0.7 or quality.top_p=1; the option once for each."""
    attempts: int = Field(default=6, ge=1)
    """How often a request is sent that fails in transport, at most; HTTP 429 is waited out and not counted."""
    max_tokens: int | None = Field(default=None, ge=1)
    """Stop before a request that would spend more tokens than this, in and out, those before a resume included."""
    max_usd: float | None = Field(default=None, gt=0)
    """The same in US dollars, by --prices."""
    prices: Path | None = None
    """A JSON file, teacher -> {"input", "output", "cached"}: dollars for a million tokens. No price is built in."""
    embedder: str = "wordllama"
    """`wordllama` (embedded) or a sentence-transformers model."""
    sandbox: str = "auto"
    """Where the Code Tool runs code: namespaces, landlock, e2b; off: nowhere; auto: e2b with a key, else the first."""
    code_time_s: float = Field(default=10, gt=0)
    """Seconds that one call of the Code Tool may take."""
    code_memory_mb: int = Field(default=512, ge=64)
    """Memory of one sandbox."""
    code_threads: int = Field(default=32, ge=1)
    """Threads in one sandbox; it never has other processes."""
    code_disk_mb: int = Field(default=64, ge=1)
    """All files in one sandbox."""
    code_output_kb: int = Field(default=64, ge=1)
    """What one call of the Code Tool may print, and give back."""
    novelty: float = Field(default=0.05, ge=0, le=1)
    """The least cosine distance to what is known of a blueprint and of an accepted trajectory."""
    strategy: Strategy = Strategy.TDSCALING
    """`tdscaling`, or for comparison `random` or a port of `apigen-mt`, `toucan` or `simia` (docs/strategies.md)."""
    without: str = ""
    """Parts taken out, with commas: cluster-sampling, evolution, memory, code-tool."""

    @field_validator("without")
    @classmethod
    def _in_order(cls, text: str) -> str:
        return ",".join(sorted(parts(text)))


@dataclass(frozen=True)
class Inputs:
    """What a config names, found and checked before anything is written."""

    corpus: Corpus
    teachers: Teachers
    embedder: Embedder
    sample: Sample
    clusters: Sequence[Cluster]
    """Those that the strategy draws from: the sample's, with the Code Tool unless there is none."""
    steering: Steering
    prices: Prices
    sandboxes: Sandboxes | None = None
    services: Mapping[str, Service] = field(default_factory=dict)
    play: Play = play
    search: Search = nothing_near
    engine: Callable[[Play], AbstractAsyncContextManager[Play]] = nullcontext
    """From a play of this process to one by other processes."""


def read(config: Config) -> Inputs:
    """Raises UsageError for whatever cannot be used."""
    named = Teachers(names(config), params=parsed(config.param), attempts=config.attempts)
    playing, without = engine(config), lacking(config.strategy, parts(config.without))
    tools, vectors, drawn = drawn_from(config)
    code = sandboxes(OFF if Part.CODE_TOOL in without else config.sandbox, _limits(config))
    chosen = choose(config.strategy, without, drawn.clusters, code, config.seed, config.window)
    priced = budget.prices(config.prices, named.names)
    budget.limits(config.max_tokens, config.max_usd, priced, named.names)  # refused here, before anything is written
    executed = services(code, config.mcp)
    search = Elsewhere(drawn.clusters, vectors)
    return Inputs(
        tools,
        named,
        vectors,
        drawn,
        chosen.clusters,
        chosen.steering,
        priced,
        code,
        executed,
        chosen.play,
        search,
        playing,
    )


def names(config: Config) -> dict[Role, str]:
    """Role -> its teacher."""
    return {role: getattr(config, f"teacher_{role}") or config.teacher for role in Role}


def drawn_from(config: Config) -> tuple[Corpus, Embedder, Sample]:
    """The tools and their clusters. Raises UsageError where there are none."""
    tools = sampling.tools(config.tools, config.clusters, config.mcp)
    if config.clusters and not config.clusters.is_file():
        print(f"--clusters: no {config.clusters} yet; clusters are made of {len(tools.tools)} tools", file=sys.stderr)
    vectors, file = embedder(config.embedder), config.clusters or config.out / sampling.CLUSTERS
    at_random = Part.CLUSTER_SAMPLING in lacking(config.strategy, parts(config.without))
    if at_random and config.clusters:
        raise UsageError("--clusters: without cluster sampling clusters are drawn at random; leave the option out")
    return (
        tools,
        vectors,
        sampling.sample(tools.tools, file, config.hold_out, vectors, config.seed, at_random=at_random),
    )


def foretold(config: Config) -> list[str]:
    """What the run would cost; asks nobody, so it needs no key."""
    named = names(config)
    for name in named.values():
        read_name(name)
    priced, (_, _, drawn) = budget.prices(config.prices, named), drawn_from(config)
    return estimate.foretold(drawn.clusters, config.seed, config.count, priced)


def engine(config: Config) -> Callable[[Play], AbstractAsyncContextManager[Play]]:
    """Who plays the slots. Raises: UsageError: Ray is asked for and not installed."""
    if config.engine is Engine.PROCESS:
        return nullcontext
    try:
        from graphs.engine import ray
    except ImportError:
        raise UsageError("--engine ray: Ray is missing; install the extra: pip install -e '.[dist]'") from None
    return partial(ray.fleet, address=config.address, workers=config.workers, flight=config.concurrency)


def _limits(config: Config) -> Limits:
    return Limits(**{name: getattr(config, f"code_{name}") for name in Limits.model_fields if name != "files"})


def settle(given: dict[str, Any], resume: bool) -> Config:
    """The config of a new run, or of the one that is there: a run keeps what it began with."""
    folder = Path(given.get("out", DEFAULT_OUT))
    old = manifest.read(folder).get("config")
    if old is None:
        if resume:
            raise UsageError(f"--resume: there is no run in {folder}; leave the option out, or correct --out")
        if folder.exists() and (not folder.is_dir() or {path.name for path in folder.iterdir()} - OURS):
            raise UsageError(f"--out: {folder} is not empty and not a run; choose another folder")
        return _config(given)
    if "out" in given and not resume:
        raise UsageError(f"--out: {folder} is not empty; add --resume to go on, or choose another folder")
    config = _config({**(old if resume else {"count": old["count"]}), **given, "out": folder})
    for name, value in config.model_dump(mode="json", exclude=FREE).items():
        if value != old.get(name):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(
                f"{option}: the run in {folder} has {old.get(name)!r}, not {value!r}; choose another --out"
            )
    if config.count < old["count"]:
        raise UsageError(f"--count: the run in {folder} has {old['count']} and may only grow, not {config.count}")
    return config


def _config(given: dict[str, Any]) -> Config:
    try:
        config = Config.model_validate(given)
    except ValidationError as error:
        raise usage_error(error) from None
    _settings(config)
    return config


def _settings(config: Config) -> Settings:
    least = threshold(config.strategy, parts(config.without), config.novelty)
    return Settings(config.count, config.seed, config.window, config.concurrency, least)


async def generate(config: Config, inputs: Inputs) -> str:
    """Play and commit every slot of the run; returns what stopped it before, a signal or a limit, else nothing."""
    with suppress(FileExistsError):
        config.out.mkdir(parents=True)
    journal, files = Journal(config.out), output.Files(config.out)
    try:
        limits = budget.limits(config.max_tokens, config.max_usd, inputs.prices, inputs.teachers.names)
        spending = Budget(limits, journal.usage())
        hands = {"teachers": inputs.teachers.identity, "sandbox": inputs.sandboxes.level if inputs.sandboxes else OFF}
        made = manifest.made_of(config.out, config, inputs.corpus, inputs.sample, hands)
        todo = journal.committed < config.count
        async with (inputs.engine if todo else nullcontext)(inputs.play) as play:
            if todo:
                ask = recorded(inputs.teachers, journal, journal.before, config.seed, spending.room)
                made["endpoints"] = await manifest.examined(made, journal.committed, inputs.teachers, ask)
            manifest.write(config.out, made)
            inputs.sample.keep(config.out)
            return await _committed(config, replace(inputs, play=play), journal, files, spending)
    except Halt:
        return spending.reached
    finally:
        files.close()
        journal.close()
        await inputs.teachers.aclose()
        if inputs.sandboxes:
            await inputs.sandboxes.aclose()


async def _committed(config: Config, inputs: Inputs, journal: Journal, files: output.Files, spending: Budget) -> str:
    """What stopped the campaign before its end, else nothing."""
    memory = Memory(config.out / "memory", inputs.embedder, config.window)
    known = {cluster.id: cluster for cluster in inputs.clusters}
    parts = Parts(
        inputs.play,
        inputs.teachers,
        known,
        inputs.steering,
        memory,
        journal,
        files,
        spending,
        inputs.services,
        inputs.search,
    )
    try:
        with Teller() as tell, settled():
            campaign = Campaign(_settings(config), parts, tell)
            heed(campaign.stop)
            complete = await campaign.run()
            return "" if complete else spending.reached or SIGNALLED
    finally:
        memory.close()
        cost.write(config.out, journal, inputs.prices if config.prices else None)


def start(given: dict[str, Any], resume: bool, dry_run: bool = False) -> int:
    """The whole command; returns its exit code."""
    config = settle(given, resume)
    if config.engine is Engine.PROCESS and (rays := {"address", "workers"} & set(given)):
        raise UsageError(f"--{min(rays)}: is for --engine ray; add that, or leave it out")
    if dry_run:
        print("\n".join(foretold(config)))
        return 0
    stopped = event_loop.run(generate(config, read(config)))
    if stopped:
        print(f"{stopped}; to go on: python -m graphs.run --out {config.out} --resume", file=sys.stderr)
        return 130 if stopped == SIGNALLED else 3
    page = report.write(config.out)
    print("\n".join(summary.describe(config.out)), f"report: {page}", sep="\n")
    return 0 if summary.read(config.out).accepted else 1


def main(arguments: list[str] | None = None) -> None:
    """The command with these arguments, else the process's.

    Exits with 0, 1 if nothing was accepted, 2 for the user's own mistake, 3 when a limit stopped it, 130 a signal.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    cli.run(cli.resumable(Config, start, EXAMPLES, SWITCHES), arguments, "graphs.run")


if __name__ == "__main__":
    main()
