"""The nouns of the project: tools, clusters, directives, blueprints, verdicts.

Everything else imports this file; it imports nothing of ours. All nouns are frozen and refuse unknown keys, so that
a teacher's answer that does not fit is an error at the border and not three files later.
"""

import hashlib
import re
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import (
    Annotated,
    Any,
    Literal,
    Required,  # pydantic reads typing's own only from Python 3.12 on
)

from anyascii import anyascii
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationInfo, field_validator, with_config
from typing_extensions import TypedDict

JsonObject = dict[str, Any]
"""A JSON object whose fields are read by name; who writes it decides on its shape."""
Schema = JsonObject
"""A JSON Schema, Draft 7 or 2020-12 by its own `$schema`."""


MISFIT = "That answer does not fit: "
"""How a request begins its last message when it asks again for the form."""
UNSOUND = "That cannot stand: "
"""The same where the form is right and what it says is not: a value that nobody told, a fact left out."""


class Noun(BaseModel):
    """Frozen, strict about keys; the string under each field is its description."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Role(StrEnum):
    """The five agents; each is a chat model of its own."""

    BLUEPRINT = "blueprint"
    USER = "user"
    ASSISTANT = "assistant"
    OBSERVATION = "observation"
    QUALITY = "quality"


class Mode(StrEnum):
    """Coarse reasoning modes [ours]: the shape that a trajectory's actions take."""

    LINEAR = "linear"
    CHAINED = "chained"
    PARALLEL = "parallel"
    BRANCHING = "branching"
    ITERATIVE = "iterative"
    RECOVERY = "recovery"
    CLARIFICATION = "clarification"
    COMPUTATION = "computation"
    REFUSAL = "refusal"


class Operator(StrEnum):
    """How adaptive evolution [ours] makes a slot differ from what there is."""

    FRESH = "fresh"
    """Anything of the mode."""
    DEEPEN = "deepen"
    """More calls feed each other than in the parent."""
    BROADEN = "broaden"
    """More services are called than in the parent."""
    CONSTRAIN = "constrain"
    """A policy holds: look before anything is changed."""
    PERTURB = "perturb"
    """A tool fails once."""
    UNDERSPECIFY = "underspecify"
    """The user must be asked."""
    COMPUTE = "compute"
    """The Code Tool is needed."""
    REFUSE = "refuse"
    """No tool fits."""


LIVE = "mcp: "
WITHHELD = "simulated "
"""What the source of a live server's tool begins with; of one that must not be called, before that."""


class Tool(Noun):
    """One MCP tool definition and where it comes from."""

    name: str
    """As its server spells it; the name a model sees is the cluster's (`Cluster.offered`)."""
    description: str = ""
    input_schema: Schema
    output_schema: Schema | None = None
    annotations: JsonObject = {}
    """MCP hints such as readOnlyHint."""
    service: str
    """The MCP server that the tool belongs to."""
    source: str = ""
    """Where the definition was read: a catalogue, a file, a live server."""
    licence: str = ""

    @property
    def key(self) -> str:
        return f"{self.service}/{self.name}"

    @property
    def live(self) -> bool:
        """Whether a live server listed it: what it really does cannot be planned, a failure least of all."""
        return self.source.startswith(LIVE)

    @property
    def withheld(self) -> bool:
        """Whether a live server listed it and the user gave no leave to call it: it is simulated."""
        return self.source.startswith(WITHHELD)

    @property
    def reads(self) -> bool:
        """Whether a call leaves the world as it is: `readOnlyHint`, else the verb of the name, else it writes."""
        hint = self.annotations.get("readOnlyHint")
        if hint is not None:
            return bool(hint)
        return not READ_VERBS.isdisjoint(words(self.name)[:3])


_READ = """get list search find read fetch query show describe check lookup view retrieve count compare convert
calculate validate verify estimate preview status browse summarize analyze inspect download export track"""
READ_VERBS = frozenset(_READ.split())


def words(name: str) -> list[str]:
    """The lower-case words of an identifier.

    >>> words("getOrderByID"), words("list_open-orders")
    (['get', 'order', 'by', 'id'], ['list', 'open', 'orders'])
    """
    return list(_words(name))


@lru_cache(maxsize=65536)
def _words(name: str) -> tuple[str, ...]:
    spaced = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3 \2\4", _in_ascii(name))
    return tuple(re.findall(r"[a-z]+|\d+", spaced.lower()))


def singular(word: str) -> str:
    """
    >>> singular("orders"), singular("entries"), singular("status")
    ('order', 'entry', 'status')
    """
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    plural = word.endswith("s") and not word.endswith(("ss", "us", "is", "ws")) and len(word) > 3
    return word[:-1] if plural else word


class Cluster(Noun):
    """A Business Cluster [ours]: 1 to 12 tools that one piece of real work would use together."""

    id: str
    """Stable over runs with the same corpus and settings."""
    leaf: str
    """The `domain.class` cell, such as "3.1", that the cluster counts for in Domain Entropy."""
    title: str = ""
    """A few words for people."""
    tools: tuple[Tool, ...] = Field(min_length=1, max_length=13)
    """At most 12, and the Code Tool."""

    @cached_property
    def offered(self) -> dict[str, Tool]:
        """The tools by the name that models see: `[A-Za-z0-9_-]{1,64}`, unique within the cluster.

        A name used by two services gets its service in front; whatever still collides gets a number.
        """
        plain = [_callable_name(tool.name) for tool in self.tools]
        names: dict[str, Tool] = {}
        for name, tool in zip(plain, self.tools, strict=True):
            clash = plain.count(name) > 1
            name = _callable_name(f"{tool.service.split(':')[-1]}_{tool.name}") if clash else name
            while name in names:
                name = f"{name[:61]}_{len(names)}"
            names[name] = tool
        return names


def _callable_name(name: str) -> str:
    """The name in the letters that every endpoint takes: 查询天气 is ChaXunTianQi."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", _in_ascii(name)).strip("_")[:64] or "tool"


def _in_ascii(name: str) -> str:
    return name if name.isascii() else anyascii(name)


class Parent(Noun):
    """An earlier slot of the same leaf that a directive goes beyond."""

    slot: int
    chain: int
    """Calls that feed each other one after the other: as measured, or as its directive asked while it is still out."""
    services: int
    """Services called, at least 1."""


class Directive(Noun):
    """What the next slot should become: drawn before its blueprint, from what is still missing."""

    slot: int
    cluster: str
    """The id of the Business Cluster to use."""
    leaf: str
    mode: Mode
    steps: int = Field(ge=0, le=12)
    """About how many tool calls the plan should have: the complexity band."""
    operator: Operator = Operator.FRESH
    parent: Parent | None = None
    """What `deepen` and `broaden` are measured against; none for the others."""
    tools: tuple[str, ...] = ()
    """Offered names of the tools that the fewest rows call: the plan should call these where it can."""
    exists: tuple[str, ...] = ()
    """Plans of this cluster that are accepted, or planned in slots before this one: not to be repeated."""
    gains: dict[str, float] = {}
    """What the choice adds to evolution's coverage, by kind of unit."""

    @property
    def today(self) -> date:
        """The day on which the slot plays [ours]: drawn from what the directive says, never from a clock."""
        digest = hashlib.sha256(f"{self.slot} {self.cluster} {self.mode} {self.steps}".encode()).digest()
        return date(2026, 1, 1) + timedelta(days=int.from_bytes(digest[:4]) % 365)


class FromUser(Noun):
    """An argument that the user tells."""

    source: Literal["user"] = "user"
    fact: str
    """The name of a fact of the blueprint."""


class Constant(Noun):
    """An argument fixed by the tool itself: an enum member, a boolean, a const or the schema's default."""

    source: Literal["constant"] = "constant"
    value: JsonValue


class FromStep(Noun):
    """An argument read from what an earlier step returned."""

    source: Literal["step"] = "step"
    step: str
    path: str
    """Into that step's result, such as `orders[0].id`, or `orders[*].id` for a list of every order's."""


class FromItem(Noun):
    """An argument read from the current element of a repeated step."""

    source: Literal["item"] = "item"
    path: str
    """Into the element; empty for the element itself."""


class FromCode(Noun):
    """An argument computed by an earlier code step: the value of its last expression."""

    source: Literal["code"] = "code"
    step: str


class Template(Noun):
    """A text put together: `/repos/{owner}/{name}/pulls`."""

    source: Literal["template"] = "template"
    template: str
    """With a name in braces for each part."""
    parts: dict[str, "Source"]


class ListOf(Noun):
    """A list put together of several sources, such as the ids that two steps returned."""

    source: Literal["list"] = "list"
    items: tuple["Source", ...]


class ObjectOf(Noun):
    """An object whose fields come from several sources."""

    source: Literal["object"] = "object"
    fields: dict[str, "Source"]


class Written(Noun):
    """The code of a code step: the assistant writes it when the step is due, with what it reads as literals."""

    source: Literal["written"] = "written"
    task: str
    """In words, what its last expression must be the value of."""
    reads: tuple[Annotated[FromUser | FromStep, Field(discriminator="source")], ...] = Field(min_length=1)


Source = Annotated[
    FromUser | Constant | FromStep | FromItem | FromCode | Template | ListOf | ObjectOf | Written,
    Field(discriminator="source"),
]


for _whole in (Template, ListOf, ObjectOf):
    _whole.model_rebuild()


def flow(source: Source) -> tuple[Source, ...]:
    """Where the values of an argument come from; what is put together, and code, have several."""
    if isinstance(source, Written):
        return source.reads
    if isinstance(source, Template | ObjectOf):
        inner = tuple((source.parts if isinstance(source, Template) else source.fields).values())
    elif isinstance(source, ListOf):
        inner = source.items
    else:
        return (source,)
    return tuple(leaf for part in inner for leaf in flow(part))


class Condition(Noun):
    """A step is taken only where an earlier step's result says so."""

    step: str
    path: str
    equals: JsonValue


class Step(Noun):
    """One planned tool call."""

    id: str
    tool: str
    """The name as offered."""
    turn: int = Field(default=1, ge=1)
    """The user turn that asks for it, counted from 1."""
    arguments: dict[str, Source] = {}
    after: tuple[str, ...] = ()
    """Steps that must be done first although no value flows from them."""
    repeat: FromStep | None = None
    """Do it once for each element of this list (at most 3)."""
    when: Condition | None = None
    fails: str = ""
    """If not empty, the first attempt fails with this message and a second one succeeds."""


class Fact(Noun):
    """Something the user knows."""

    name: str
    """A short noun phrase, unique in the blueprint, such as `order id`."""
    value: JsonValue
    spoken: str = ""
    """How a person would say it, such as `Tuesday the 19th of May`; empty where as it is."""
    withheld: bool = False
    """Told only when the assistant asks for it."""


class Turn(Noun):
    """What the user asks for in one turn."""

    ask: str
    facts: tuple[str, ...] = ()
    """Names of the facts told in this turn."""


class Checkpoint(Noun):
    """Something that must be true for the goal to be met."""

    text: str
    step: str
    """This step succeeded."""
    path: str = ""
    """If given: the answers say the value that the step's result has here; of a repeated step each result's."""


class Expect(Noun):
    """A result that the plan needs to be so, such as the state that makes a branch be taken."""

    step: str
    path: str
    value: JsonValue


class Blueprint(Noun):
    """The plan that anchors a trajectory: a directed acyclic graph of tool calls and the person who needs them."""

    persona: str
    """Who asks, and how they speak."""
    goal: str
    role: str = ""
    """Who the assistant is, in a sentence of its system prompt; exported."""
    policy: str = ""
    """Rules that the assistant is told in its system prompt; exported."""
    mode: Mode
    turns: tuple[Turn, ...] = Field(min_length=1, max_length=6)
    facts: tuple[Fact, ...] = ()
    steps: tuple[Step, ...] = Field(default=(), max_length=12)
    """Empty exactly when no tool fits (mode refusal)."""
    expects: tuple[Expect, ...] = ()
    """What the ObservationAgent is told to return."""
    checkpoints: tuple[Checkpoint, ...] = ()


class Observed(Noun):
    """The ObservationAgent's answer: what the tool returned, or how it failed."""

    ok: bool
    result: JsonValue = None
    """When ok: the tool's structured result."""
    code: str = ""
    message: str = ""
    """When not ok: the error as the tool would word it."""


class Utterance(Noun):
    """The UserAgent's answer."""

    say: str
    done: bool = False
    """The user has what they came for, or gives up; `say` may then be empty."""


class Scores(Noun):
    """The rubric, 1 (bad) to 5 (good)."""

    task_completion: int = Field(ge=1, le=5)
    tool_use: int = Field(ge=1, le=5)
    grounding: int = Field(ge=1, le=5)
    coherence: int = Field(ge=1, le=5)
    naturalness: int = Field(ge=1, le=5)


class Claim(Noun):
    """Something that the rules cannot tell and ask the judge."""

    text: str
    value: JsonValue
    """What was claimed: a call's argument, or what the answers should tell."""
    place: int
    """Index of the message that claims it."""


class Ruling(Noun):
    """The judge's answer to a claim."""

    id: int
    """The claim's number, from 1."""
    derivable: bool
    """It follows from what was said or returned before."""
    why: str
    claim: str = ""
    """The claim itself, put in beside the answer."""


class Verdict(Noun):
    """The QualityAgent's answer."""

    scores: Scores
    blame: Literal["none", "blueprint", "user", "assistant", "observation"]
    """Who caused the worst fault."""
    reasons: str
    """What was seen, in a sentence or two."""
    claims: tuple[Ruling, ...] = ()

    @field_validator("blame")
    @classmethod
    def _blame_for_a_fault(cls, blame: str, info: ValidationInfo) -> str:
        """Nobody is to blame where no score is 3 or lower; judges like to name someone all the same."""
        scores = info.data.get("scores")
        return "none" if scores and min(scores.model_dump().values()) > 3 else blame


class Stop(StrEnum):
    """Why a trajectory ended. Only `completed` can be accepted."""

    COMPLETED = "completed"
    BLUEPRINT_INVALID = "blueprint_invalid"
    """No drawn blueprint was a plan that this cluster can carry out."""
    BLUEPRINT_NOT_NOVEL = "blueprint_not_novel"
    """The Global Memory refused every draw before the conversation."""
    FORMAT_ERROR = "format_error"
    """A role's answer could not be read, asked again included."""
    SCHEMA_VIOLATION = "schema_violation"
    """The observation broke its lock or the ledger more often than allowed."""
    RECOVERY_LIMIT = "recovery_limit"
    """The assistant was refused by the guard more often than allowed."""
    TURN_LIMIT = "turn_limit"
    """The conversation did not end within its limit of messages."""
    TEACHER_ERROR = "teacher_error"
    """A model could not be reached or refused to answer."""
    UNJUDGED = "unjudged"
    """The QualityAgent failed; there is no score."""


class Origin(StrEnum):
    """Where an observation came from."""

    SIMULATED = "simulated"
    CODE = "code"
    MCP = "mcp"
    LOCK = "lock"
    """Not an observation: the guard's error envelope, nothing was executed or simulated."""


class Observation(Noun):
    """Where one tool message came from and whether it is a success."""

    origin: Origin
    ok: bool
    """A success is valid against its tool's lock; a failure's content is the error envelope."""
    lock_mismatch: str = ""
    """What a live or executed success broke; such an observation is never regenerated."""


class Trajectory(Noun):
    """One conversation and its provenance, a line of `trajectories.jsonl`: no clock, path, usage or random id."""

    slot: int
    messages: tuple[JsonObject, ...] = ()
    """OpenAI chat messages: system, user, assistant (with `tool_calls`), tool. Call ids are `call_1`, `call_2`, ..."""
    tools: tuple[JsonObject, ...] = ()
    """OpenAI function definitions as offered to the assistant."""
    cluster: JsonObject = {}
    """id, leaf, title, `tools`: offered name -> `service/name`, and `reads`: the names of those that change nothing."""
    directive: Directive
    blueprint: Blueprint | None = None
    verdict: Verdict | None = None
    novelty: float | None = None
    """Mean cosine distance to the five nearest trajectories that were accepted before, 1 without any."""
    nearest: float | None = None
    """That of the nearest."""
    locks: dict[str, Schema] = {}
    """Offered name -> the schema that every successful observation of the tool is valid against."""
    origins: dict[str, Observation] = {}
    """Call id -> where its observation came from."""
    tool_licences: dict[str, str] = {}
    """Offered name -> licence of the definition."""


class Played(Noun):
    """A finished slot before it is committed: what the journal holds."""

    trajectory: Trajectory
    stop: Stop
    reason: str = ""
    """When not completed: what happened, in one line."""
    faults: tuple[str, ...] = ()
    """Rule checks that failed, as `name: detail`."""
    draws: int = 1
    """Blueprints drawn in this slot."""


DOCUMENTED = ConfigDict(use_attribute_docstrings=True)
"""The string under each field is its description, which docs/rows.md shows."""


@with_config(DOCUMENTED)
class Function(TypedDict):
    """What a tool call calls; the arguments are JSON as text, as the model wrote it."""

    name: str
    arguments: str


@with_config(DOCUMENTED)
class ToolCall(TypedDict):
    id: str
    type: Literal["function"]
    function: Function


@with_config(DOCUMENTED)
class Message(TypedDict, total=False):
    """An OpenAI chat message: system, user, assistant (with `tool_calls`) or tool (with `tool_call_id`)."""

    role: Required[str]
    """system, user, assistant or tool."""
    content: Required[str | None]
    """What is said, or what a tool returned as JSON text."""
    tool_calls: list[ToolCall]
    """The assistant's; several are parallel. Arguments are JSON text."""
    tool_call_id: str
    """Of a tool message: the call that it answers."""
    reasoning_content: str
    """What the assistant thought before it spoke, where that may be taught."""
    learn: bool
    """Only where it is false: a student should not learn to say this, such as a call that the guard refused."""


@with_config(DOCUMENTED)
class FunctionDefinition(TypedDict):
    name: str
    description: str
    parameters: Schema


@with_config(DOCUMENTED)
class ToolDefinition(TypedDict):
    """A tool as it is offered to a model."""

    type: Literal["function"]
    function: FunctionDefinition


@with_config(DOCUMENTED)
class RowCluster(TypedDict):
    """The cluster in a row: its tools by the names they were offered under."""

    id: str
    """The Business Cluster's, stable over runs with the same tools."""
    leaf: str
    """`domain.class` of its tools."""
    title: str
    """A few words for people."""
    tools: dict[str, str]
    """Offered name -> `service/name`."""
    reads: list[str]
    """Offered names of the tools that change nothing."""


@with_config(DOCUMENTED)
class Row(TypedDict, total=False):
    """A line of trajectories.jsonl or rejected.jsonl, as `Trajectory` dumps it, with its measures."""

    slot: Required[int]
    """Its number in the run; rows stand in this order."""
    messages: Required[list[Message]]
    """The conversation, from the system prompt to the last answer."""
    tools: Required[list[ToolDefinition]]
    """What the assistant was offered, as OpenAI writes it."""
    cluster: Required[RowCluster]
    """The tools that the slot was played with, and where they come from."""
    directive: Required[dict[str, JsonValue]]
    """What the slot was meant to become."""
    blueprint: dict[str, JsonValue] | None
    """The plan that it was played by."""
    verdict: dict[str, JsonValue] | None
    """The QualityAgent's scores and reasons."""
    novelty: float | None
    """Mean cosine distance to the five nearest rows before it; 1.0 where there were none."""
    nearest: float | None
    """Cosine distance to the nearest row before it; 1.0 where there was none."""
    locks: dict[str, Schema]
    """Offered name -> the schema that every successful observation of the tool is valid against."""
    origins: dict[str, dict[str, JsonValue]]
    """Call id -> where its observation came from."""
    tool_licences: dict[str, str]
    """Offered name -> licence of the definition; empty where none is stated."""
    measures: dict[str, JsonValue] | None
    """Leaf, mode, signature and complexity of what was played."""
    reason: str
    """Of a rejected one, as are the next four: why it was rejected, in a word."""
    detail: str
    """The same in a line."""
    stop: str | None
    """How the conversation ended."""
    faults: list[str]
    """Rule checks that failed, as `name: detail`."""
    cost: dict[str, int]
    """Tokens in and out, answers, and answers whose tokens nobody told."""
