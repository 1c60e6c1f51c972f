"""What was played: observations, utterances, verdicts, and the whole trajectory with its provenance."""

from enum import StrEnum
from typing import Literal

from pydantic import Field, JsonValue, ValidationInfo, field_validator

from agents.schema.base import JsonObject, Noun, Schema
from agents.schema.blueprint import Blueprint
from agents.schema.directive import Directive


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
    # readOnly: `answer_form` leaves it out of what the judge has to write
    claim: str = Field(default="", json_schema_extra={"readOnly": True})
    """The claim itself, which is put in beside the answer."""


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
    TOOLS_REFUSED = "tools_refused"
    """The assistant's endpoint does not take the definitions of the cluster's tools; it is not drawn again."""
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


class Thinking(Noun):
    """How much of an assistant's reasoning a row holds, and whose it is."""

    source: Literal["own", "replay", "keep"]
    """`own`: of an assistant without a plan; `replay`: of one without a plan that was asked at the same places and
    answered alike; `keep`: of one that saw the plan."""
    turns: int
    """Answers that a student should learn."""
    kept: int
    """Those of them that have reasoning."""
    refused: int
    """Answers whose reasoning the gate refused, such as for words of a plan."""


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
    thinking: Thinking | None = Field(default=None, exclude_if=lambda value: value is None)
    """Whose reasoning the answers hold; absent where none was given."""
    difficulty: float | None = Field(default=None, exclude_if=lambda value: value is None)
    """The share of the answers of an assistant without a plan that agree with the row's; absent without a replay."""


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
