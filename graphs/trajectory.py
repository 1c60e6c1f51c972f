"""One trajectory as a LangGraph state machine over the five roles, with Dynamic Schema Locking as its guard.

    blueprint -> user -> assistant -> lock_inputs -> observation -> lock_outputs -> assistant ... -> user ... -> quality

A directive and a cluster go in, a `Played` comes out. A teacher's fault ends the trajectory with a typed `Stop`; a
UsageError passes through, for it would meet every slot.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from langgraph.graph import END, START, StateGraph
from langgraph.runtime import Runtime

from agents import assistant, blueprint, observation, quality, user
from agents.errors import BlueprintError, FormatError, LockError, TeacherError
from agents.prompting import dumps
from agents.schema import (
    Blueprint,
    Cluster,
    Directive,
    Observation,
    Observed,
    Origin,
    Played,
    Step,
    Stop,
    Trajectory,
    Verdict,
)
from agents.teachers import Ask
from graphs import lock
from graphs.checks import faults
from graphs.state import Context, Gate, Limits, State, open_gate

Node = Callable[[State, Runtime[Context]], Awaitable[State]]
RECURSION_LIMIT = 400
"""Supersteps; the message limit ends a conversation long before."""


async def draw(state: State, runtime: Runtime[Context]) -> State:
    """A blueprint that is valid and novel, or the reason why there is none."""
    context, cluster = runtime.context, Cluster.model_validate(state["cluster"])
    directive, refused, stop = Directive.model_validate(state["directive"]), list[str](), Stop.BLUEPRINT_INVALID
    for n in range(1, context.limits.draws + 1):
        try:
            drawn = await blueprint.draw(context.ask, cluster, directive, refused)
        except (BlueprintError, FormatError) as error:
            refused.append(str(error))
            stop = Stop.BLUEPRINT_INVALID
            continue
        near = await context.gate(drawn)
        if not near:
            return _accepted(drawn, cluster, n)
        refused.append("too close to what is already known: " + "; ".join(neighbour.summary for neighbour in near))
        stop = Stop.BLUEPRINT_NOT_NOVEL
    return {"stop": stop, "reason": refused[-1], "draws": context.limits.draws, "blueprint": None, "messages": []}


def _accepted(drawn: Blueprint, cluster: Cluster, draws: int) -> State:
    """The state of a conversation about to begin; the locks are frozen here."""
    return {
        "blueprint": drawn.model_dump(mode="json"),
        "draws": draws,
        "messages": [{"role": "system", "content": assistant.public_prompt(drawn)}],
        "locks": lock.freeze(drawn, cluster),
        "ledger": lock.Ledger().dump(),
        "origins": {},
        "history": [],
        "failed": [],
        "refused": 0,
        "regenerated": 0,
    }


async def speak(state: State, runtime: Runtime[Context]) -> State:
    """The user's next words; nothing is added when the user is done."""
    try:
        said = await user.speak(runtime.context.ask, _blueprint(state), state["messages"])
    except (FormatError, TeacherError) as error:
        return _stopped(error)
    if said.done:
        return {"stop": Stop.COMPLETED}
    if not said.say.strip():
        return _stopped(FormatError("user answer: says nothing and is not done"))
    return {"messages": [*state["messages"], {"role": "user", "content": said.say}]}


async def act(state: State, runtime: Runtime[Context]) -> State:
    """The assistant's next words or calls."""
    if len(state["messages"]) >= runtime.context.limits.messages:
        return {"stop": Stop.TURN_LIMIT, "reason": f"more than {runtime.context.limits.messages} messages"}
    try:
        said = await assistant.act(runtime.context.ask, _blueprint(state), _cluster(state), state["messages"])
    except (FormatError, TeacherError) as error:
        return _stopped(error)
    return {"messages": [*state["messages"], said]}


async def lock_inputs(state: State) -> State:
    """Calls that fit the frozen cluster go on; the others get the error envelope and are never simulated."""
    cluster, messages, origins = _cluster(state), list(state["messages"]), dict(state["origins"])
    pending: list[dict[str, Any]] = []
    refused = state["refused"]
    for call in messages[-1]["tool_calls"]:
        name, arguments = call["function"]["name"], orjson.loads(call["function"]["arguments"])
        try:
            lock.check_call(cluster, name, arguments)
            pending.append({"id": call["id"], "name": name, "arguments": arguments})
        except LockError as error:
            refused += 1
            messages.append(_tool_message(call["id"], _envelope("invalid_call", str(error))))
            origins[call["id"]] = _origin(Origin.LOCK, ok=False)
    update: State = {"messages": messages, "origins": origins, "pending": pending, "refused": refused}
    if refused > lock.MAX_RECOVERIES:
        return {**update, "stop": Stop.RECOVERY_LIMIT, "reason": messages[-1]["content"]}
    return update


async def observe(state: State, runtime: Runtime[Context]) -> State:
    """One draft for each pending call, from the ledger where the same read was answered before."""
    cluster, ledger, drafts = _cluster(state), lock.Ledger(state["ledger"]), list[dict[str, Any]]()
    history, failed = [(call, seen) for call, seen in state["history"]], list(state["failed"])
    try:
        for call in state["pending"]:
            known = ledger.remembered(call["name"], call["arguments"])
            failing = None if known else _planned_failure(state, call["name"], failed)
            must_fail = failing.fails if failing else ""
            request = observation.asked(
                call["name"], call["arguments"], state["locks"].get(call["name"]), must_fail, call.get("violation", "")
            )
            if known is not None:
                seen = Observed(ok=True, result=known["result"])
            else:
                seen = await observation.simulate(runtime.context.ask, cluster, history, request)
            step = failing.id if failing else ""
            drafts.append({"request": request, "must_fail": must_fail, "step": step, **seen.model_dump(mode="json")})
            history.append((request, dumps(seen.model_dump(mode="json", exclude_defaults=True))))
    except (FormatError, TeacherError) as error:
        return _stopped(error)
    return {"drafts": drafts}


def _planned_failure(state: State, tool: str, failed: list[str]) -> Step | None:
    """The step whose failure the plan wants of this call; it happens once, so the step is noted in `failed`."""
    for step in _blueprint(state).steps:
        if step.tool == tool and step.fails and step.id not in failed:
            failed.append(step.id)
            return step
    return None


async def lock_outputs(state: State) -> State:
    """Drafts that keep lock and ledger become observations; the first that does not sends the rest back."""
    cluster, ledger, locks = _cluster(state), lock.Ledger(state["ledger"]), state["locks"]
    messages, origins, history = list(state["messages"]), dict(state["origins"]), list(state["history"])
    pending, failed = list(state["pending"]), list(state["failed"])
    update: State = {"drafts": [], "regenerated": 0}
    for draft in state["drafts"]:
        call = pending[0]
        try:
            locks = _seal(cluster, locks, ledger, call, draft)
        except LockError as error:
            pending[0] = {**call, "violation": str(error)}
            update = {"drafts": [], "regenerated": state["regenerated"] + 1}
            break
        content = draft["result"] if draft["ok"] else _envelope(draft["code"] or "tool_error", draft["message"])
        messages.append(_tool_message(call["id"], content))
        origins[call["id"]] = _origin(Origin.SIMULATED, ok=draft["ok"])
        answer = Observed.model_validate({key: draft[key] for key in Observed.model_fields})
        history.append([draft["request"], dumps(answer.model_dump(mode="json", exclude_defaults=True))])
        failed += [draft["step"]] if draft["step"] else []
        pending.pop(0)
    update |= {"messages": messages, "origins": origins, "history": history, "pending": pending}
    update |= {"locks": locks, "ledger": ledger.dump(), "failed": failed}
    if update["regenerated"] > lock.MAX_REGENERATIONS:
        update |= {"stop": Stop.SCHEMA_VIOLATION, "reason": pending[0]["violation"]}
    return update


def _seal(
    cluster: Cluster, locks: dict[str, Any], ledger: lock.Ledger, call: dict[str, Any], draft: dict[str, Any]
) -> dict[str, Any]:
    """The locks after one draft; failures are not locked.

    Raises: LockError: the draft breaks the tool's lock or the ledger.
    """
    name, tool = call["name"], cluster.offered[call["name"]]
    if draft["must_fail"] and draft["ok"]:
        raise LockError(f"{name}: the call had to fail with {draft['must_fail']!r}")
    if not draft["ok"]:
        return locks
    lock.refuse_invalid(locks.get(name, {}), draft["result"], name)
    ledger.check(tool, draft["result"])
    ledger.note(tool, name, call["arguments"], draft["result"])
    return lock.lock_with(locks, tool, name, draft["result"])


async def judge(state: State, runtime: Runtime[Context]) -> State:
    """Rule checks, then the judge where they found nothing to object to."""
    plan, cluster = _blueprint(state), _cluster(state)
    origins = {call: Observation.model_validate(origin) for call, origin in state["origins"].items()}
    found = faults(plan, cluster, state["messages"], origins, state["locks"])
    if found:
        return {"faults": found, "verdict": None}
    try:
        verdict = await quality.judge(runtime.context.ask, plan, cluster, state["messages"])
    except (FormatError, TeacherError) as error:
        return {"stop": Stop.UNJUDGED, "reason": str(error), "faults": [], "verdict": None}
    return {"faults": [], "verdict": verdict.model_dump(mode="json")}


def _blueprint(state: State) -> Blueprint:
    return Blueprint.model_validate(state["blueprint"])


def _cluster(state: State) -> Cluster:
    return Cluster.model_validate(state["cluster"])


def _stopped(error: FormatError | TeacherError) -> State:
    kind = Stop.FORMAT_ERROR if isinstance(error, FormatError) else Stop.TEACHER_ERROR
    return {"stop": kind, "reason": str(error)}


def _envelope(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _tool_message(call_id: str, content: Any) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": dumps(content)}


def _origin(origin: Origin, *, ok: bool) -> dict[str, Any]:
    return Observation(origin=origin, ok=ok).model_dump(mode="json")


async def _after_blueprint(state: State) -> str:
    return END if state.get("stop") else "user"


async def _after_user(state: State) -> str:
    stop = state.get("stop")
    return "assistant" if not stop else "quality" if stop == Stop.COMPLETED else END


async def _after_assistant(state: State) -> str:
    if state.get("stop"):
        return END
    return "lock_inputs" if state["messages"][-1].get("tool_calls") else "user"


async def _after_inputs(state: State) -> str:
    return END if state.get("stop") else "observation" if state["pending"] else "assistant"


async def _after_observation(state: State) -> str:
    return END if state.get("stop") else "lock_outputs"


async def _after_outputs(state: State) -> str:
    return END if state.get("stop") else "observation" if state["pending"] else "assistant"


def wired(
    graph: StateGraph[State, Any, Any, State] | None = None, supplied: Callable[[Node], Any] = lambda node: node
) -> StateGraph[State, Any, Any, State]:
    """The five roles and the two guards, on the caller's graph if given; the caller adds where it starts.

    `supplied` wraps the nodes that need a Context, for a caller who cannot give one with each run.
    """
    graph = graph or StateGraph(State, context_schema=Context)
    graph.add_node("blueprint", supplied(draw))
    graph.add_node("user", supplied(speak))
    graph.add_node("assistant", supplied(act))
    graph.add_node("lock_inputs", lock_inputs)
    graph.add_node("observation", supplied(observe))
    graph.add_node("lock_outputs", lock_outputs)
    graph.add_node("quality", supplied(judge))
    graph.add_conditional_edges("blueprint", _after_blueprint, ["user", END])
    graph.add_conditional_edges("user", _after_user, ["assistant", "quality", END])
    graph.add_conditional_edges("assistant", _after_assistant, ["lock_inputs", "user", END])
    graph.add_conditional_edges("lock_inputs", _after_inputs, ["observation", "assistant", END])
    graph.add_conditional_edges("observation", _after_observation, ["lock_outputs", END])
    graph.add_conditional_edges("lock_outputs", _after_outputs, ["observation", "assistant", END])
    graph.add_edge("quality", END)
    return graph


PLAYER = wired().add_edge(START, "blueprint").compile()
"""The graph that a campaign plays: it begins with a cluster and a directive, and keeps no checkpoints."""


async def play(
    directive: Directive, cluster: Cluster, ask: Ask, gate: Gate = open_gate, limits: Limits | None = None
) -> Played:
    """Never raises for a teacher's fault: `Played.stop` says how it ended.

    Raises: UsageError: the teacher cannot be used at all, such as a wrong key.
    """
    begin: State = {"cluster": cluster.model_dump(mode="json"), "directive": directive.model_dump(mode="json")}
    context = Context(ask=ask, gate=gate, limits=limits or Limits())
    try:
        end = await PLAYER.ainvoke(begin, {"recursion_limit": RECURSION_LIMIT}, context=context)
    except TeacherError as error:
        end = {**begin, **_stopped(error)}
    return played(end, directive, cluster)


def played(end: dict[str, Any], directive: Directive, cluster: Cluster) -> Played:
    """A final state as what the journal keeps."""
    tools = cluster.offered
    named = {"id": cluster.id, "leaf": cluster.leaf, "title": cluster.title}
    trajectory = Trajectory(
        slot=directive.slot,
        messages=tuple(end.get("messages") or ()),
        tools=tuple(assistant.offered(cluster)),
        cluster={**named, "tools": {name: tool.key for name, tool in tools.items()}},
        directive=directive,
        blueprint=Blueprint.model_validate(end["blueprint"]) if end.get("blueprint") else None,
        verdict=Verdict.model_validate(end["verdict"]) if end.get("verdict") else None,
        locks=end.get("locks") or {},
        origins={call: Observation.model_validate(origin) for call, origin in (end.get("origins") or {}).items()},
        tool_licences={name: tool.licence for name, tool in tools.items()},
    )
    return Played(
        trajectory=trajectory,
        stop=Stop(end["stop"]),
        reason=end.get("reason", ""),
        faults=tuple(end.get("faults") or ()),
        draws=end.get("draws", 1),
    )
