"""The row of an exported file and the chat message in it, as TypedDicts: what `Trajectory` dumps."""

from typing import Literal, Required

from pydantic import ConfigDict, JsonValue, with_config
from typing_extensions import TypedDict  # pydantic reads typing's own only from Python 3.12 on

from agents.schema.base import Schema

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
    thinking: dict[str, JsonValue]
    """Whose reasoning the answers hold, and how much; absent where none was given."""
    difficulty: float
    """With `--reasoning replay`: the share of answers of an assistant without a plan, asked at the same places, that
    agree with the row's. 1.0 is easy: it does the same without a plan."""
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
