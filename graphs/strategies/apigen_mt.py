"""APIGen-MT (arXiv:2504.03601) over simulated tools: a random walk, a reviewed task, a blind user at the best of four.

docs/strategies.md says what this port leaves out.
"""

from random import Random

from langgraph.runtime import Runtime
from pydantic import Field

from agents.errors import BlueprintError, FormatError, TeacherError
from agents.plan.code_tool import own
from agents.plan.dataflow import describe_tool, informs
from agents.roles import blueprint, soundness, user
from agents.roles.prompting import dumps, render, section, without_reasoning
from agents.schema import Blueprint, Cluster, Directive, Noun, Played, Role, Stop, answer_form
from agents.teacher.reading.parse import fill
from graphs.trajectory import graph
from graphs.trajectory.checks import examine
from graphs.trajectory.graph import Roles, act_unplanned, begin, end_undrawn, hear
from graphs.trajectory.state import (
    Context,
    State,
    blueprint_of,
    cluster_of,
    directive_of,
    origins_of,
    stop_for,
)

ROUNDS = 3
REVIEWERS = 3
CANDIDATES = 4
MIN_MEAN = 4.0
"""[ours] The paper does not publish its threshold: a reviewer accepts at a mean of 4 with no score under 3."""


class Review(Noun):
    """What one of the committee says of a task."""

    correctness: int = Field(ge=1, le=5)
    completeness: int = Field(ge=1, le=5)
    satisfaction: int = Field(ge=1, le=5)
    creativity: int = Field(ge=1, le=5)
    feedback: str = ""

    @property
    def accepts(self) -> bool:
        scores = (self.correctness, self.completeness, self.satisfaction, self.creativity)
        return min(scores) >= 3 and sum(scores) / len(scores) >= MIN_MEAN


class Choice(Noun):
    """Which candidate the user says."""

    best: int = Field(ge=0, lt=CANDIDATES)
    reason: str = ""


async def draw(state: State, runtime: Runtime[Context]) -> State:
    """A task over a random walk that a majority of the committee accepts, after at most three rounds of reflection."""
    ask, cluster = runtime.context.ask, cluster_of(state)
    way, feedback = walk(cluster, directive_of(state)), list[str]()
    order = [{"role": "system", "content": render("apigen-mt/blueprint", form=dumps(answer_form(Blueprint)))}]
    for n in range(1, ROUNDS + 1):
        try:
            wish = section("Tools", blueprint.describe_tools(cluster)) + section("Walk", way)
            wish += section("Feedback", feedback) if feedback else ""
            task = await fill(ask, Role.BLUEPRINT, [*order, {"role": "user", "content": wish}], Blueprint)
            soundness.check(task, cluster)
            if [step.tool for step in task.steps] != way:
                raise BlueprintError(f"calls {[step.tool for step in task.steps]}, the walk is {way}")
            case = {"tools": blueprint.describe_tools(cluster), "task": task.model_dump(mode="json")}
            prompt = [
                {"role": "system", "content": render("apigen-mt/review")},
                {"role": "user", "content": section("Task", case)},
            ]
            # Reviewers see the same and differ by their seeds alone, one after the other: calls of a slot are numbered.
            reviews = [await fill(ask, Role.QUALITY, prompt, Review) for _ in range(REVIEWERS)]
            objections = [review.feedback or "refused without a word" for review in reviews if not review.accepts]
        except (BlueprintError, FormatError) as error:
            feedback.append(str(error))
            continue
        if len(objections) <= REVIEWERS // 2:
            return begin(state, task, n)
        feedback += objections
    return end_undrawn(Stop.BLUEPRINT_INVALID, feedback[-1], ROUNDS)


def walk(cluster: Cluster, directive: Directive) -> list[str]:
    """A random walk over the dependencies, of at most so many tools as the directive has steps.

    It ends at a tool that others feed and that writes, where there is one: write calls are at the core of the tasks.
    """
    rng = Random(directive.model_dump_json())
    tools = [describe_tool(name, tool) for name, tool in own(cluster).items()]
    feeders = {b["name"]: [a["name"] for a in tools if a is not b and informs(a, b)] for b in tools}
    ends = [name for name, before in feeders.items() if before] or list(feeders)
    way = [rng.choice([name for name in ends if not cluster.by_name[name].reads] or ends)]
    while len(way) < directive.steps:
        before = [name for name in feeders[way[0]] if name not in way]
        if not before:
            break
        way.insert(0, rng.choice(before))
    return way


async def speak(state: State, runtime: Runtime[Context]) -> State:
    """The best of four candidates by the user's own critique."""
    ask, plan, messages = runtime.context.ask, blueprint_of(state), state["messages"]
    try:
        candidates = [await user.speak(ask, plan, messages) for _ in range(CANDIDATES)]
        # Where all say the same there is nothing to choose, and a request to save.
        if all(candidate == candidates[0] for candidate in candidates):
            return hear(candidates[0], state)
        you = plan.model_dump(mode="json", include={"persona", "goal", "turns", "facts"})
        shown = [candidate.model_dump(mode="json") for candidate in candidates]
        spoken = [
            m for m in without_reasoning(messages) if m["role"] in ("user", "assistant") and not m.get("tool_calls")
        ]
        prompt = [
            {"role": "system", "content": render("apigen-mt/critique", you=dumps(you))},
            {"role": "user", "content": section("Conversation", spoken) + section("Candidates", shown)},
        ]
        return hear(candidates[(await fill(ask, Role.USER, prompt, Choice)).best], state)
    except (FormatError, TeacherError) as error:
        return stop_for(error)


async def check(state: State, runtime: Runtime[Context]) -> State:
    """Kept only if the rules hold and the calls that write are those of the ground truth; there is no judge."""
    plan, cluster, origins = blueprint_of(state), cluster_of(state), origins_of(state)
    broken = examine(plan, cluster, state["messages"], origins, state["locks"]).faults
    calls = [call for message in state["messages"] for call in message.get("tool_calls") or ()]
    done = {call["function"]["name"] for call in calls if call["id"] in origins and origins[call["id"]].ok}
    truth, tools = {step.tool for step in plan.steps}, cluster.by_name
    broken += [f"ground truth: {name} was not called" for name in sorted(truth - done)]
    broken += [f"ground truth: {name} was called" for name in sorted(done - truth) if not tools[name].reads]
    return {"faults": broken, "verdict": None}


ROLES = Roles(blueprint=draw, user=speak, assistant=act_unplanned, quality=check)


async def play(directive: Directive, cluster: Cluster, context: Context) -> Played:
    return await graph.play(directive, cluster, context, ROLES)
