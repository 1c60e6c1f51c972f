"""TOUCAN (arXiv:2510.01179) over simulated tools: a rated question, sometimes made wider or harder, answered once.

docs/strategies.md says what this port leaves out.
"""

import re
from random import Random

from langgraph.runtime import Runtime
from pydantic import Field

from agents.errors import BlueprintError, FormatError, TeacherError
from agents.roles import blueprint
from agents.roles.prompting import render, section, without_reasoning
from agents.schema import Blueprint, Cluster, Directive, Noun, Played, Role, Step, Stop, Turn, Utterance
from agents.teacher.reading.parse import fill
from agents.teacher.request import Ask
from graphs.trajectory import graph
from graphs.trajectory.graph import Roles, act_unplanned, begin, end_undrawn, hear
from graphs.trajectory.state import Context, State, blueprint_of, cluster_of, directive_of, origins_of

TASKS = ("plain", "diversify", "complicate")
"""A third of the questions each [ours]: as it is, told anew for other people, or with more to do."""
MIN_RATING = 4
"""For the ratings that the paper's fine-tuning subset wants at 5 (quality, realism) or at 4 (the response)."""


class Question(Noun):
    """What a user asks, and the tools that it is about."""

    question: str = Field(min_length=1)
    tools: tuple[str, ...] = Field(min_length=1)


class Rating(Noun):
    """A question's rating."""

    difficulty: int = Field(ge=1, le=5)
    uniqueness: int = Field(ge=1, le=5)
    quality: int = Field(ge=1, le=5)
    realism: int = Field(ge=1, le=5)
    verifiability: int = Field(ge=1, le=5)
    stability: int = Field(ge=1, le=5)


class Response(Noun):
    """A trajectory's rating."""

    completeness: int = Field(ge=1, le=5)
    conciseness: int = Field(ge=1, le=5)


async def draw(state: State, runtime: Runtime[Context]) -> State:
    """A question that is rated well enough; its plan names the tools it is about and nothing more."""
    ask, cluster, directive = runtime.context.ask, cluster_of(state), directive_of(state)
    task = Random(directive.model_dump_json()).choice(TASKS)
    try:
        question = await _ask_question(ask, cluster, directive, "plain")
        if task != "plain":
            question = await _ask_question(ask, cluster, directive, task, question)
        shown = question.model_dump(mode="json")
        text = section("Tools", blueprint.describe_tools(cluster)) + section("Question", shown)
        prompt = [{"role": "system", "content": render("toucan/rating")}, {"role": "user", "content": text}]
        rating = await fill(ask, Role.QUALITY, prompt, Rating)
        # The paper rates six things and filters by two of them; the others are asked for as it asks for them.
        if min(rating.quality, rating.realism) < MIN_RATING:
            raise BlueprintError(f"question: quality {rating.quality}, realism {rating.realism}")
    except (BlueprintError, FormatError) as error:
        return end_undrawn(Stop.BLUEPRINT_INVALID, str(error), 1)
    steps = tuple(Step(id=f"s{n}", tool=name) for n, name in enumerate(question.tools, 1))
    turns = (Turn(ask=question.question),)
    plan = Blueprint(persona="", goal=question.question, mode=directive.mode, turns=turns, steps=steps)
    return begin(state, plan, 1)


async def _ask_question(
    ask: Ask, cluster: Cluster, directive: Directive, task: str, old: Question | None = None
) -> Question:
    text = section("Tools", blueprint.describe_tools(cluster)) + section("Count", directive.steps)
    text += section("Question", old.model_dump(mode="json")) if old else ""
    prompt = [
        {"role": "system", "content": render("toucan/question", task=task)},
        {"role": "user", "content": text},
    ]
    new = await fill(ask, Role.BLUEPRINT, prompt, Question)
    if unknown := sorted(set(new.tools) - set(cluster.by_name)):
        raise BlueprintError(f"question: unknown tools {unknown}, expected {sorted(cluster.by_name)}")
    named = [name for name in cluster.by_name if re.search(r"[_-]|[a-z][A-Z]", name) and name in new.question]
    if named:
        raise BlueprintError(f"question: names the tools {named}")
    return new


async def speak(state: State, runtime: Runtime[Context]) -> State:
    """The question, and after its answer the end: conversations have one turn."""
    answered = len(state["messages"]) > 1
    return hear(Utterance(say="" if answered else blueprint_of(state).goal, done=answered), state)


async def check(state: State, runtime: Runtime[Context]) -> State:
    """The published rule filters and the desired tools all used, then the rating of the response."""
    # The rules first: they cost nothing, and a response that breaks one is not rated.
    messages, origins = state["messages"], origins_of(state)
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    done = {call["function"]["name"] for call in calls if origins[call["id"]].ok}
    words = " ".join(m["content"] or "" for m in messages if m["role"] == "assistant")
    missing = sorted({step.tool for step in blueprint_of(state).steps} - done)
    rules = {
        "no tool call has a clean response": not done,
        f"the desired tools {missing} were not used": missing,
        "the assistant speaks of an error": re.search(r"\berror\b", words, re.IGNORECASE),
        "a degenerate run of exclamation marks": re.search(r"!{4,}", words),
        "the last message is empty": messages[-1]["role"] != "assistant" or not messages[-1]["content"].strip(),
    }
    faults = [f"filter: {rule}" for rule, broken in rules.items() if broken]
    if faults:
        return {"faults": faults, "verdict": None}
    text = section("Transcript", without_reasoning(messages))
    prompt = [{"role": "system", "content": render("toucan/response")}, {"role": "user", "content": text}]
    try:
        rated = await fill(runtime.context.ask, Role.QUALITY, prompt, Response)
    except (FormatError, TeacherError) as error:
        return {"stop": Stop.UNJUDGED, "reason": str(error), "faults": [], "verdict": None}
    low = {name: score for name, score in rated.model_dump().items() if score < MIN_RATING}
    return {"faults": [f"response: {name} {score}" for name, score in low.items()], "verdict": None}


ROLES = Roles(blueprint=draw, user=speak, assistant=act_unplanned, quality=check)


async def play(directive: Directive, cluster: Cluster, context: Context) -> Played:
    return await graph.play(directive, cluster, context, ROLES)
