"""A plan: facts, steps whose arguments have sources, turns, checkpoints and what the world must hold."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue
from typing_extensions import TypeAliasType

from agents.schema.base import Noun
from agents.schema.directive import Mode


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


Source = TypeAliasType(  # a name of its own, so that its JSON Schema says the nine of them once
    "Source",
    Annotated[
        FromUser | Constant | FromStep | FromItem | FromCode | Template | ListOf | ObjectOf | Written,
        Field(discriminator="source"),
    ],
)


# they name `Source`, which is only made after them
for _whole in (Template, ListOf, ObjectOf):
    _whole.model_rebuild()


def flow(source: Source) -> tuple[Source, ...]:
    """The sources that an argument comes from: itself, or the leaves of one put together, or what code reads."""
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
