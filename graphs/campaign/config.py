"""All that a run can be told: the options of `python -m graphs.run`, of a new run and of one that goes on.

Imports nothing that takes time, so that --help and a wrong option answer at once.
"""

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import orjson
from pydantic import AfterValidator, Field, field_validator, model_validator

from agents import cli
from agents.errors import UsageError
from agents.outputs import check_output
from agents.run_format import check_format
from agents.schema import JsonObject, Noun, Role
from memory.clusters.file import CLUSTERS, HELD_OUT

DEFAULT_OUT = Path("runs/default")
LIMITS = ("count", "accepted")
"""Where a run ends."""
FREE = {"out", *LIMITS, "concurrency", "attempts", "max_tokens", "max_usd", "prices", "engine", "address", "workers"}
FREE |= {"stop_when_saturated", "timeout", "requests_per_minute", "tokens_per_minute"}
"""What a resume may change; the count may only grow."""
OURS = {
    "journal.lock",
    "journal.lock-journal",
    "journal.sqlite",
    "journal.sqlite-wal",
    "journal.sqlite-shm",
    "manifest.json.tmp",
}
OURS |= {f"{name}{end}" for name in (CLUSTERS, HELD_OUT) for end in ("", ".part", ".tmp")}
"""What a process killed before its manifest may leave behind."""


class Engine(StrEnum):
    """Who plays the slots."""

    PROCESS = "process"
    RAY = "ray"


class Strategy(StrEnum):
    """How a run becomes what it is."""

    TDSCALING = "tdscaling"
    RANDOM = "random"
    APIGEN_MT = "apigen-mt"
    TOUCAN = "toucan"
    SIMIA = "simia"


class Part(StrEnum):
    """What an ablation takes out."""

    CLUSTER_SAMPLING = "cluster-sampling"
    EVOLUTION = "evolution"
    CODE_TOOL = "code-tool"
    MEMORY = "memory"


class Reasoning(StrEnum):
    """What becomes of the thinking of an assistant that saw the plan."""

    DROP = "drop"
    REPLAY = "replay"
    KEEP = "keep"


def parse_parts(text: str) -> frozenset[Part]:
    """The parts of a list with commas.

    Raises: ValueError: no such part.
    """
    names = {name.strip() for name in text.split(",")} - {""}
    if unknown := sorted(names - set(Part)):
        raise ValueError(f"{unknown[0]!r} is none of {', '.join(Part)}")
    return frozenset(map(Part, names))


class Cast(Noun):
    """Who plays the roles, and how they decode."""

    teacher: str = "offline"
    """provider:model[@base_url][#KEY_VARIABLE] for every role; keys come from the environment (docs/endpoints.md)."""
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

    @property
    def teachers(self) -> dict[Role, str]:
        """Role -> its teacher."""
        return {role: getattr(self, f"teacher_{role}") or self.teacher for role in Role}


class Config(Cast):
    """All that a run can be told."""

    tools: tuple[Path, ...] = ()
    """Files or folders of MCP tool definitions, the option once for each; none: the built-in catalogue."""
    mcp: Path | None = None
    """A file with `mcpServers`, as MCP clients have it: live servers, whose tools are really called, and no others."""
    with_catalogue: bool = False
    """With --mcp: the built-in catalogue beside the live servers; --tools stand beside them in any case."""
    live_writes: bool = False
    """With --mcp: tools that may change something are really called, too; without, these are simulated."""
    clusters: Path | None = None
    """A file of Business Clusters, used as it is and built there if absent; none: built into the run's folder."""
    hold_out: float = Field(default=0.0, ge=0, lt=1)
    """About this share of the services is set aside, whole, into held_out.jsonl; no trajectory uses them."""
    count: int = Field(default=40, ge=1)
    """Slots to play, at most; the accepted ones become trajectories. May grow with --resume."""
    accepted: int | None = Field(default=None, ge=1)
    """End at so many accepted rows, or at --count slots (then at most twice as many by default), whichever comes first;
    the last line says which. May grow with --resume."""
    stop_when_saturated: bool = False
    """End in order, with exit code 0, once nearly no slot brings anything new; a run says so in any case."""
    seed: int = Field(default=0, ge=0, lt=2**32)
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
    attempts: int = Field(default=6, ge=1)
    """How often a request is sent that fails in transport, at most; HTTP 429 is waited out and not counted."""
    timeout: float = Field(default=600, gt=0)
    """Seconds that one attempt may take; reasoning models think for minutes."""
    requests_per_minute: float | None = Field(default=None, gt=0)
    """Of each endpoint, spread evenly; what an endpoint itself refuses slows it down further."""
    tokens_per_minute: float | None = Field(default=None, gt=0)
    """The same in tokens, in and out."""
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
    copies: float = Field(default=0.01, ge=0, le=1)
    """At most this share of the accepted rows may be near-copies of an earlier one, cosine 0.95."""
    against: tuple[str, ...] = ()
    """Runs, files of conversations in any common layout, or Chroma servers (http://HOST:PORT, as they are when
    the command starts), the option once for each: a plan or a row near to one of theirs, cosine 0.95, is refused."""
    memory: str = ""
    """http://HOST:PORT of a Chroma server (`chroma run`) that several runs share, instead of the run's own folder: rows
    near to another run's are refused as it adds them. So the bytes then depend on what runs beside it."""
    strategy: Strategy = Strategy.TDSCALING
    """`tdscaling`, or for comparison `random` or a port of `apigen-mt`, `toucan` or `simia` (docs/strategies.md)."""
    reasoning: Reasoning = Reasoning.DROP
    """What an assistant thought that saw the plan: `drop` it, `keep` what does not speak of the plan, or `replay`: ask
    one without the plan at the same places, and keep what it thinks where it answers alike (docs/reasoning.md)."""
    reasoning_samples: int = Field(default=1, ge=1)
    """With --reasoning replay: so often each answer is asked for anew; the share that agrees is a row's difficulty."""
    without: Annotated[str, AfterValidator(lambda text: ",".join(sorted(parse_parts(text))))] = ""
    """Parts taken out, with commas: cluster-sampling, evolution, memory, code-tool."""

    @field_validator("against", mode="before")
    @classmethod
    def _are_texts(cls, places: str | Path | Iterable[str | Path]) -> tuple[str, ...]:
        # not paths: of `http://host` a Path makes `http:/host`; a script may well give paths of files
        return (str(places),) if isinstance(places, str | Path) else tuple(str(place) for place in places)

    @model_validator(mode="after")
    def _fits(self) -> "Config":
        if self.clusters and self.clusters.is_dir():
            raise UsageError(f"--clusters: {self.clusters} is a folder; name a file in it")
        if self.concurrency > self.window:
            raise UsageError(f"--concurrency {self.concurrency} is above --window {self.window}; lower it")
        if self.accepted is not None and self.accepted > self.count:
            raise UsageError(
                f"--accepted {self.accepted} is above --count {self.count}, the limit on slots; raise that"
            )
        if self.memory and not self.memory.startswith(("http://", "https://")):
            expected = "the address of a Chroma server, such as http://127.0.0.1:8000"
            raise UsageError(f"--memory: not {expected}, not {self.memory!r}")
        planned = self.strategy in {Strategy.TDSCALING, Strategy.RANDOM}
        if self.reasoning is not Reasoning.DROP and not planned:
            raise UsageError(f"--reasoning: the assistant of {self.strategy} sees no plan, and what it thinks is kept")
        if self.reasoning_samples > 1 and self.reasoning is not Reasoning.REPLAY:
            raise UsageError("--reasoning-samples: is for --reasoning replay; add that, or leave it out")
        for option in ("with_catalogue", "live_writes"):
            if getattr(self, option) and not self.mcp:
                raise UsageError(f"--{option.replace('_', '-')}: is for live servers; add --mcp FILE, or leave it out")
        return self


def settle(options: cli.Options, resume: bool) -> Config:
    """The config of a new run, or of the one that is there: a run keeps what it began with."""
    folder = Path(options.get("out", DEFAULT_OUT))
    for name, value in options.items():  # Linux allows any bytes in a name; JSON and Chroma hold UTF-8 alone
        for text in map(str, value if isinstance(value, list | tuple) else [value]):
            if (shown := text.encode("utf-8", "replace").decode()) != text:
                option = f"--{name.replace('_', '-')}: {shown}"
                raise UsageError(f"{option}: there are letters in this name that are no UTF-8; choose another")
    old = read_manifest(folder).get("config")
    if old is None:
        if resume:
            raise UsageError(f"--resume: there is no run in {folder}; leave the option out, or correct --out")
        if folder.exists() and not folder.is_dir():
            raise UsageError(f"--out: {folder} is a file; name a folder, which is made if it is not there")
        if folder.exists() and {path.name for path in folder.iterdir()} - OURS:
            raise UsageError(f"--out: {folder} is not empty and not a run; choose another folder")
        config = cli.validate(Config, _room_for_rows(options, 0))
        # a folder of tools that holds the run is another one once the run is in it
        inputs = (*config.tools, config.mcp, config.clusters, config.prices, *map(Path, config.against))
        check_output("--out", folder, inputs, folder=True)
        return config
    if "out" in options and not resume:
        raise UsageError(f"--out: {folder} is not empty; add --resume to go on, or choose another folder")
    rows = folder / "metrics.jsonl"
    if not (folder / "journal.sqlite").exists() and rows.is_file() and rows.stat().st_size:
        raise UsageError(
            f"--out: {folder}/journal.sqlite is gone, and with it every answer that was paid for, so the run cannot go "
            "on; its rows are still in trajectories.jsonl; put the journal back, or choose another folder"
        )
    kept = old if resume else {name: old.get(name) for name in LIMITS}
    config = cli.validate(Config, {**kept, **_room_for_rows(options, old["count"]), "out": folder})
    defaults = Config().model_dump(mode="json")
    for name, value in config.model_dump(mode="json", exclude=FREE).items():
        before = old.get(name, defaults[name])  # a run may be from before that option
        if value != before:
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option}: the run in {folder} has {before!r}, not {value!r}; choose another --out")
    if config.count < old["count"]:
        raise UsageError(f"--count: the run in {folder} has {old['count']} and may only grow, not {config.count}")
    check_output("--out", folder, folder=True, fix="copy the run to where it can")
    return config


def _room_for_rows(options: cli.Options, count: int) -> cli.Options:
    """The options with the limit on slots that so many accepted rows bring where none is named."""
    wanted = options.get("accepted")
    if not isinstance(wanted, int) or "count" in options:
        return options
    # room for as many refusals as rows
    return {**options, "count": max(count, 2 * wanted)}


def read_manifest(folder: Path) -> JsonObject:
    """manifest.json of a run's folder, empty where there is none."""
    try:
        manifest = dict(orjson.loads((folder / "manifest.json").read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError as error:
        raise UsageError(f"{folder}/manifest.json: not JSON ({error}); the run cannot be resumed") from None
    check_format(folder, manifest)
    return manifest
