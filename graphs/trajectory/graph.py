"""One trajectory as a LangGraph state machine over the five roles, with Dynamic Schema Locking as its guard.

    blueprint -> user -> assistant -> observation -> assistant ... -> user ... -> quality

A directive and a cluster go in, a `Played` comes out. A teacher's fault ends the trajectory with a typed `Stop`; a
UsageError passes through, for it would meet every slot.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langsmith.utils import tracing_is_enabled

from agents.errors import BlueprintError, FormatError, TeacherError
from agents.roles import assistant, blueprint, quality, user
from agents.roles.blueprint import Refused
from agents.schema import (
    Blueprint,
    Cluster,
    Directive,
    Mode,
    Origin,
    Played,
    Stop,
    Trajectory,
    Utterance,
    Verdict,
)
from agents.teacher.request import Message
from graphs.trajectory import lock
from graphs.trajectory.calls import observe
from graphs.trajectory.checks import examine, unmet
from graphs.trajectory.early import is_over, object_to_assistant, object_to_user
from graphs.trajectory.state import (
    Context,
    State,
    blueprint_of,
    cluster_of,
    directive_of,
    dump_blueprint,
    dump_cluster,
    dump_directive,
    origins_of,
    stop_for,
)

Node = Callable[[State, Runtime[Context]], Awaitable[State]]
RECURSION_LIMIT = 400
"""Supersteps; the message limit ends a conversation long before."""


async def draw(state: State, runtime: Runtime[Context]) -> State:
    """A blueprint that is valid and novel, or the reason why there is none."""
    context, cluster = runtime.context, cluster_of(state)
    directive, refused, stop = directive_of(state), list[Refused](), Stop.BLUEPRINT_INVALID
    elsewhere = await context.search(cluster) if directive.mode is Mode.REFUSAL else ()
    for n in range(1, context.limits.draws + 1):
        drawn: Blueprint | None = None
        try:
            drawn = await blueprint.draw(context.ask, cluster, directive, refused, elsewhere)
            blueprint.validate(drawn, cluster, directive)
        except (BlueprintError, FormatError) as error:
            refused.append(Refused(drawn, str(error)))
            stop = Stop.BLUEPRINT_INVALID
            continue
        near = await context.gate(drawn)
        if not near:
            return begin(state, drawn, n)
        fault = "too close to what is already known: " + "; ".join(neighbour.summary for neighbour in near)
        refused.append(Refused(drawn, fault))
        stop = Stop.BLUEPRINT_NOT_NOVEL
    return end_undrawn(stop, refused[-1].fault, context.limits.draws)


def end_undrawn(stop: Stop, reason: str, draws: int) -> State:
    """The state of a slot that has no blueprint and so no conversation."""
    return {"stop": stop, "reason": reason, "draws": draws, "blueprint": None, "messages": []}


def begin(state: State, drawn: Blueprint, draws: int) -> State:
    """The state of a conversation about to begin; the locks are frozen here."""
    return {
        "blueprint": dump_blueprint(drawn),
        "draws": draws,
        "messages": [{"role": "system", "content": assistant.public_prompt(drawn, directive_of(state).today)}],
        "locks": lock.freeze(drawn, cluster_of(state)),
        "origins": {},
        "guard": {"ledger": lock.Ledger().dump(), "history": [], "failed": [], "refused": 0, "objections": []},
    }


async def speak(state: State, runtime: Runtime[Context]) -> State:
    """The user's next words; nothing is added when the user is done."""
    ask, plan, messages = runtime.context.ask, blueprint_of(state), state["messages"]
    today, cluster, guard = assistant.spell(directive_of(state).today), cluster_of(state), state["guard"]
    if is_over(plan, cluster, messages, origins_of(state)):
        return {"stop": Stop.COMPLETED, "messages": messages}
    try:
        utterance = await user.speak(ask, plan, messages, today)
        if runtime.context.limits.early:
            objection = object_to_user(plan, cluster, messages, utterance, guard["objections"])
            if objection.text:
                utterance = await user.speak(ask, plan, messages, today, (utterance, objection.text))
                guard = {**guard, "objections": [*guard["objections"], *objection.keys]}
    except (FormatError, TeacherError) as error:
        return stop_for(error)
    return hear(utterance, state) | {"guard": guard}


def hear(utterance: Utterance, state: State) -> State:
    """The conversation with the user's words in it, or at its end.

    The last words are kept where they answer the assistant's last question.
    """
    words = {"role": "user", "content": utterance.say}
    if utterance.done:
        is_open = bool(utterance.say.strip()) and "?" in (state["messages"][-1]["content"] or "")
        return {"stop": Stop.COMPLETED, "messages": [*state["messages"], *([words] if is_open else [])]}
    if not utterance.say.strip():
        return stop_for(FormatError("user answer: says nothing and is not done"))
    return {"messages": [*state["messages"], words]}


async def act(state: State, runtime: Runtime[Context]) -> State:
    """The next words or calls of an assistant that has the plan."""
    return await _answer(state, runtime, blueprint_of(state))


async def act_unplanned(state: State, runtime: Runtime[Context]) -> State:
    """The next words or calls of an assistant that has only the conversation."""
    return await _answer(state, runtime, None)


async def _answer(state: State, runtime: Runtime[Context], plan: Blueprint | None) -> State:
    ask, cluster, messages, limits = runtime.context.ask, cluster_of(state), state["messages"], runtime.context.limits
    if len(messages) >= limits.messages:
        return {"stop": Stop.TURN_LIMIT, "reason": f"more than {limits.messages} messages"}
    public, guard, origins = messages[0]["content"], state["guard"], origins_of(state)
    prompt = assistant.planned_prompt(plan, public) if plan else assistant.unplanned_prompt(public)
    try:
        answer = await assistant.act(ask, prompt, cluster, messages, plan=plan)
        # Without a plan nobody knows what an answer owes; what was invented is found at the end.
        objection = object_to_assistant(plan, cluster, messages, answer, origins) if plan and limits.early else None
        if plan and objection and objection.text:
            answer = await assistant.act(ask, prompt, cluster, messages, (answer, objection.text), plan)
            again = object_to_assistant(plan, cluster, messages, answer, origins)
            # of a new fault it was never told, so it cannot have insisted
            insisted = [key for key in again.keys if key in objection.keys]
            guard = {**guard, "objections": [*guard["objections"], *insisted]}
    except (FormatError, TeacherError) as error:
        return stop_for(error)
    return {"messages": [*messages, answer], "guard": guard}


async def judge(state: State, runtime: Runtime[Context]) -> State:
    """Rule checks, then the judge where they found nothing to object to."""
    plan, cluster = blueprint_of(state), cluster_of(state)
    origins = origins_of(state)
    insisted = state["guard"]["objections"]
    faults, claims = examine(plan, cluster, state["messages"], origins, state["locks"], insisted)
    # the operator last: with any other fault the row is lost already
    faults = faults or unmet(plan, cluster, state["messages"], origins, directive_of(state))
    if faults:
        return {"faults": faults, "verdict": None}
    try:
        verdict = await quality.judge(runtime.context.ask, plan, cluster, state["messages"], claims)
    except (FormatError, TeacherError) as error:
        return {"stop": Stop.UNJUDGED, "reason": str(error), "faults": [], "verdict": None}
    denied = [f"claim: {ruling.claim}: {ruling.why}" for ruling in verdict.claims if not ruling.derivable]
    return {"faults": denied, "verdict": verdict.model_dump(mode="json")}


@dataclass(frozen=True)
class Roles:
    """The nodes; a strategy of its own puts others in the places of those that ask a teacher."""

    blueprint: Node = draw
    user: Node = speak
    assistant: Node = act
    observation: Node = observe
    quality: Node = judge


NEXT_NODES: Mapping[str, tuple[str, ...]] = {
    "blueprint": ("user", END),
    "user": ("assistant", "quality", END),
    "assistant": ("observation", "user", END),
    "observation": ("assistant", END),
    "quality": (END,),
}
"""Node -> where it may go on."""


def follow(name: str, state: State) -> str:
    """The name of the node after this one, or END. LangGraph's edges and `walk` both ask here: one wiring."""
    if stop := state.get("stop"):
        return "quality" if name == "user" and stop == Stop.COMPLETED else END
    if name == "assistant":
        return "observation" if state["messages"][-1].get("tool_calls") else "user"
    return NEXT_NODES[name][0]


FIRST_NODE = "blueprint"


def wire(
    graph: StateGraph[State, Any, Any, State], roles: Roles = Roles(), wrap: Callable[[Node], Any] = lambda node: node
) -> StateGraph[State, Any, Any, State]:
    """The LangGraph with the five roles in it and the edges between them; the caller adds where it starts.

    It is what Studio shows, edits and forks, and what LangSmith hears of. `wrap` is around every node, for a caller who
    cannot give a Context with each run.
    """

    async def choose(name: str, state: State) -> str:
        return follow(name, state)  # asynchronous, for LangGraph calls a plain function in a thread

    for name, nexts in NEXT_NODES.items():
        graph.add_node(name, wrap(getattr(roles, name)))
        graph.add_conditional_edges(name, partial(choose, name), list(nexts))
    return graph


@lru_cache
def compile_graph(roles: Roles = Roles()) -> CompiledStateGraph[State, Context, Any, State]:
    """The LangGraph that begins with a cluster and a directive, and keeps no checkpoints."""
    return wire(StateGraph(State, context_schema=Context), roles).add_edge(START, FIRST_NODE).compile()


async def walk(state: State, context: Context, roles: Roles = Roles()) -> State:
    """The final state, node by node as `follow` says: what LangGraph does with these nodes, without its supersteps.

    These cost a quarter of a campaign's CPU time (docs/benchmarks.md), and what they are for, checkpoints and streams,
    nobody reads of a slot that is played.
    """
    runtime, name = Runtime(context=context), FIRST_NODE
    while name != END:
        update = await getattr(roles, name)(state, runtime)
        state = {**state, **update}
        name = follow(name, state)
    return state


async def play(directive: Directive, cluster: Cluster, context: Context, roles: Roles = Roles()) -> Played:
    """The trajectory of a directive and a cluster. Never raises for a teacher's fault: `Played.stop` says how it ended.

    Raises: UsageError: the teacher cannot be used at all, such as a wrong key.
    """
    end: State = {"cluster": dump_cluster(cluster), "directive": dump_directive(directive)}
    try:
        if tracing_is_enabled():  # LangSmith hears of turns from LangGraph
            limit: RunnableConfig = {"recursion_limit": RECURSION_LIMIT}
            end = (await compile_graph(roles).ainvoke(end, limit, context=context, version="v2")).value
        else:
            end = await walk(end, context, roles)
    # from the draw, which alone of these nodes lets it through
    except TeacherError as error:
        end = {**end, **stop_for(error)}
    return to_played(end, directive, cluster)


def to_played(end: State, directive: Directive, cluster: Cluster) -> Played:
    """A final state as what the journal keeps."""
    tools = cluster.by_name
    named = {"id": cluster.id, "leaf": cluster.leaf, "title": cluster.title}
    keys, reads = {name: tool.key for name, tool in tools.items()}, [name for name, tool in tools.items() if tool.reads]
    origins = origins_of(end) if "origins" in end else {}
    # nobody should learn to say a message whose call the guard refused
    refused = {call for call, observation in origins.items() if observation.origin is Origin.LOCK}
    messages: list[Message] = []
    for message in end.get("messages") or ():
        unlearned = any(call["id"] in refused for call in message.get("tool_calls") or ())
        messages.append({**message, "learn": False} if unlearned else message)
    trajectory = Trajectory(
        slot=directive.slot,
        messages=tuple(messages),
        tools=tuple(assistant.define_tools(cluster)),
        cluster={**named, "tools": keys, "reads": reads},
        directive=directive,
        blueprint=blueprint_of(end) if end.get("blueprint") else None,
        verdict=Verdict.model_validate(end["verdict"]) if end.get("verdict") else None,
        locks=end.get("locks") or {},
        origins=origins,
        tool_licences={name: tool.licence for name, tool in tools.items()},
    )
    return Played(
        trajectory=trajectory,
        stop=Stop(end["stop"]),
        reason=end.get("reason", ""),
        faults=tuple(end.get("faults") or ()),
        draws=end.get("draws", 1),
    )
