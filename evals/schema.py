"""The nouns of an evaluation: a task, what was answered, what the scorer said, the result.

A benchmark is a `Suite`. Its answers are in the official format of that benchmark, whatever that is: nothing outside of
its own file and its scorer looks into them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

from pydantic import Field, JsonValue

from agents.schema import Noun, Schema
from agents.teacher.request import Answer, Message

INFRASTRUCTURE = "infrastructure"
"""Error class of what says nothing about the model: an endpoint that cannot be reached, a machine without memory."""


class Task(Noun):
    """One item of a benchmark."""

    id: str
    cluster: str
    """Tasks of one cluster are not independent: a scenario, a database, a repository."""
    category: str = ""


class Record(Noun):
    """One task answered once: a line of answers.jsonl."""

    task: str
    run: int
    answer: JsonValue = None
    error: str = ""
    """`class: detail` where there is no answer."""
    calls: int = 0
    """Requests to the model."""
    input: int | None = 0
    """Tokens; None where an answer did not say."""
    output: int | None = 0
    served_by: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether this says nothing about the model, so that it must be asked again."""
        return self.error.startswith(INFRASTRUCTURE)


class Outcome(Noun):
    """What the scorer said of one record: a line of outcomes.jsonl."""

    task: str
    run: int
    cluster: str
    category: str
    value: float
    error: str = ""
    """Class of the error, in the scorer's words; empty when right."""
    also: dict[str, float] = Field(default={})
    """Other measures of the same answer, by name."""


class Score(Noun):
    """What a scorer says, before anyone knows which task it was."""

    value: float
    error: str = ""
    also: dict[str, float] = Field(default={})


class Interval(Noun):
    """A mean over tasks (each the mean of its runs) with its clustered 95% interval, in percent.

    None where one cluster, or none, cannot give it.
    """

    mean: float
    low: float | None
    high: float | None
    n: int
    """Tasks."""
    clusters: int


class Overall(Noun):
    """A score weighed as the benchmark's leaderboard does; categories that were not asked count 0 there."""

    score: Interval
    asked: float
    """The share of the weights whose categories were asked."""
    of_asked: Interval
    """The score over these alone."""
    missing: tuple[str, ...]
    """Categories with a weight that were not asked."""


class Result(Noun):
    """The score of one model on one benchmark: result.json."""

    bench: str
    model: str
    served_by: tuple[str, ...]
    """What the endpoint said the model was."""
    settings: dict[str, JsonValue]
    n: int
    """Tasks scored."""
    runs: int
    score: Interval
    by_run: tuple[float, ...]
    """Mean of each run alone, in percent."""
    by_category: dict[str, Interval]
    also: dict[str, Interval]
    """Other measures of the scorer, of the same answers."""
    floor: float | None
    """What doing nothing scores on the same tasks with the same scorer; None where it cannot be measured."""
    ceiling: float | None
    """What the benchmark's own solutions score."""
    missing: int
    """Answers lost to infrastructure: not scored; few enough to be under the limit."""
    bounds: tuple[float, float]
    """The score in percent if every missing answer were wrong, or right."""
    calls: int
    input_tokens: int | None
    output_tokens: int | None
    dollars: float | None
    """From the prices given; None without them."""
    errors: dict[str, int]
    """Answers by class of error."""
    scorer: str
    """Its name and version."""
    data_sha256: str
    floors: dict[str, float] = Field(default={})
    """The floor of each category."""
    ceilings: dict[str, float] = Field(default={})
    overall: Overall | None = None
    """As the leaderboard weighs it, where the benchmark has one and its categories are there."""
    left_out: dict[str, int] = Field(default={})
    """Why tasks of the benchmark were not asked -> how many."""


Ask = Callable[[list[Message], list[Schema]], Awaitable[Answer]]
"""(messages, tools) -> what the model under test says."""
Play = Callable[[Task, int, Ask], Awaitable[JsonValue]]
"""(task, run, ask) -> the answer in the benchmark's own format."""


ALL_THERE: Mapping[str, int] = MappingProxyType({})
"""Of a benchmark that leaves nothing out."""
UNWEIGHED: Mapping[str, float] = MappingProxyType({})
"""Of a benchmark whose score is the mean of its tasks."""


class Suite(Protocol):
    """A benchmark that is installed, read and ready."""

    @property
    def name(self) -> str: ...

    @property
    def tasks(self) -> Sequence[Task]: ...

    @property
    def scorer(self) -> str:
        """Its name and version."""

    @property
    def sha256(self) -> str:
        """Of the data that the score depends on."""

    @property
    def weights(self) -> Mapping[str, float]:
        """Category -> its share of the overall score of the benchmark's leaderboard."""

    @property
    def left_out(self) -> Mapping[str, int]:
        """Why tasks of the benchmark are not among these -> how many."""

    def gold(self) -> Mapping[str, JsonValue] | None:
        """Task id -> the benchmark's own solution as an answer; None where it has none that can be scored."""

    def nothing(self) -> Mapping[str, JsonValue] | None:
        """Task id -> the answer of a model that does nothing."""

    def read_results(self, path: Path) -> Mapping[str, Sequence[JsonValue]]:
        """Task id -> its answers, run by run, of a file in the benchmark's own format of results."""

    def playing(self, endpoint: str) -> AbstractAsyncContextManager[Play]:
        """What lets a model answer, several tasks at a time; `endpoint` is for scaffolds that ask it themselves."""

    async def score(self, records: Sequence[Record]) -> list[Score]:
        """A score for each record, by the official scorer in a process of its own."""
