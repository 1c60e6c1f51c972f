"""What becomes of the assistant's calls: refused by the guard, executed or simulated, and locked.

    guard the inputs -> draft -> lock the outputs -> draft what was sent back ... until every call has its observation

A call of a tool whose service has a runner is executed, once; what it returned is handed over whatever it breaks. The
other tools are simulated by the ObservationAgent, whose drafts go back until they keep lock and ledger.
"""

from dataclasses import dataclass, replace
from typing import Any

import orjson
from langgraph.runtime import Runtime

from agents.errors import FormatError, LockError, TeacherError
from agents.plan.operators import code_of
from agents.roles import observation
from agents.roles.prompting import dumps
from agents.schema import Cluster, JsonObject, Observation, Observed, Origin, Schema, Stop, Tool
from graphs.trajectory import lock
from graphs.trajectory.state import (
    Call,
    Context,
    Guard,
    Runner,
    State,
    blueprint_of,
    cluster_of,
    directive_of,
    dump_observation,
    stop_for,
)


@dataclass(frozen=True)
class Draft:
    """An observation that has not passed the guard yet."""

    request: str
    """The call as the ObservationAgent reads it."""
    origin: Origin
    observed: Observed
    step: str = ""
    """The step whose planned failure this is."""


@dataclass(frozen=True)
class Pending:
    """A call that passed the guard and waits for its observation."""

    id: str
    name: str
    arguments: Any
    violation: str = ""
    """What its last draft broke."""
    draft: Draft | None = None
    """It was executed already and waits for calls before it: it is never executed again."""


async def observe(state: State, runtime: Runtime[Context]) -> State:
    """An answer for every call of the last message: an observation, or the guard's error envelope."""
    calls = _Calls(state, runtime.context)
    pending = calls.guard()
    if calls.refused > lock.MAX_RECOVERIES:
        return calls.update() | State(stop=Stop.RECOVERY_LIMIT, reason=calls.messages[-1]["content"])
    regenerated = 0
    while pending:
        try:
            drafts = await calls.draft(pending)
        except (FormatError, TeacherError) as error:
            return calls.update() | stop_for(error)
        pending = calls.seal(pending, drafts)
        regenerated = regenerated + 1 if pending else 0
        if regenerated > lock.MAX_REGENERATIONS:
            return calls.update() | State(stop=Stop.SCHEMA_VIOLATION, reason=pending[0].violation)
    return calls.update()


class _Calls:
    """The calls of one assistant message, and what the conversation comes to know by them."""

    def __init__(self, state: State, context: Context) -> None:
        guard = state["guard"]
        self.messages, self.refused = list(state["messages"]), guard["refused"]
        self._plan, self._cluster, self._context = blueprint_of(state), cluster_of(state), context
        self._origins, self._locks = dict(state["origins"]), state["locks"]
        self._ledger, self._failed = lock.Ledger(guard["ledger"]), list(guard["failed"])
        self._objections = guard["objections"]
        self._history = [(request, answer) for request, answer in guard["history"]]
        self._executed: list[Call] = []
        self._imagined = set[str]()
        for message in state["messages"]:
            for call in message.get("tool_calls") or []:
                # the last message's calls have no origin yet: they are still to come
                origin = state["origins"].get(call["id"], {}).get("origin", Origin.LOCK)
                if origin == Origin.LOCK:
                    continue
                tool = self._cluster.by_name[call["function"]["name"]]
                self._imagined |= {tool.service} if tool.withheld else set()
                if origin != Origin.SIMULATED:
                    self._executed.append((tool, orjson.loads(call["function"]["arguments"])))
        self._prompt = observation.write_prompt(self._cluster, self._plan, directive_of(state).today)

    def update(self) -> State:
        guard: Guard = {
            "ledger": self._ledger.dump(),
            "history": [list(pair) for pair in self._history],
            "failed": self._failed,
            "objections": self._objections,
            "refused": self.refused,
        }
        return {"messages": self.messages, "origins": self._origins, "locks": self._locks, "guard": guard}

    def guard(self) -> list[Pending]:
        """Calls that fit the frozen cluster; the others get the error envelope and are never simulated."""
        pending = []
        for call in self.messages[-1]["tool_calls"]:
            name, arguments = call["function"]["name"], orjson.loads(call["function"]["arguments"])
            try:
                lock.check_call(self._cluster, name, arguments)
                pending.append(Pending(call["id"], name, arguments))
            except LockError as error:
                self.refused += 1
                self._answer(call["id"], _envelope("invalid_call", str(error)), Origin.LOCK, ok=False)
        return pending

    async def draft(self, pending: list[Pending]) -> list[Draft]:
        """One draft for each: each reads what those before it returned."""
        # copies: a draft that is sent back must not use up the planned failure
        history, failed, drafts = list(self._history), list(self._failed), list[Draft]()
        for call in pending:
            tool = self._cluster.by_name[call.name]
            runner = self._runner(tool)
            self._imagined |= {tool.service} if tool.withheld else set()
            if call.draft:
                draft = call.draft
            elif runner:
                before = [earlier for earlier in self._executed if earlier[0].service == tool.service]
                observed = await runner.call(tool, call.arguments, before)
                self._executed.append((tool, call.arguments))
                definition = self._new_definition(call.name, history)
                request = observation.write_call(call.name, call.arguments, tool=definition)
                draft = Draft(request, runner.origin, observed)
            else:
                draft = await self._simulate(call, history, failed)
            if draft.origin is not Origin.CODE:  # nothing in the simulated world comes of code
                history.append((draft.request, _answer_text(draft.observed)))
            drafts.append(draft)
        return drafts

    def _runner(self, tool: Tool) -> Runner | None:
        """None where the call is simulated, as is every call of a service of which a change was only simulated."""
        imagined = tool.withheld or tool.service in self._imagined
        return None if imagined else self._context.runners.get(tool.service)

    async def _simulate(self, call: Pending, history: list[tuple[str, str]], failed: list[str]) -> Draft:
        """From the ledger where the same read was answered before, as planned where it fails, else by the role."""
        earlier = self._ledger.recall(call.name, call.arguments)
        # the plan's failure happens once; the same read has to give the same again, so it cannot be what fails
        left = (step for step in self._plan.steps if step.tool == call.name and step.fails and step.id not in failed)
        step = None if earlier else next(left, None)
        failed += [step.id] if step else []
        demanded, tool = self._find_demands(call, history), self._new_definition(call.name, history)
        request = observation.write_call(call.name, call.arguments, demanded, call.violation, tool)
        if earlier is not None:
            observed = Observed(ok=True, result=earlier["result"])
        elif step:
            observed = Observed(ok=False, code=code_of(step.fails), message=step.fails)
        else:
            observed = await observation.simulate(self._context.ask, self._prompt, history, request)
        return Draft(request, Origin.SIMULATED, observed, step.id if step else "")

    def _new_definition(self, name: str, history: list[tuple[str, str]]) -> Tool | None:
        """The tool, where its definition has yet to be read: in the prompt where it is planned, else with a call."""
        planned = any(step.tool == name for step in self._plan.steps)
        known = planned or any(orjson.loads(text)["tool"] == name for text, _ in history)
        return None if known else self._cluster.by_name[name]

    def _find_demands(self, call: Pending, history: list[tuple[str, str]]) -> Schema:
        """What the tool's lock demands beyond what its definition and the calls so far have said."""
        name, tool = call.name, self._cluster.by_name[call.name]
        key = lock.lock_key(tool, name, call.arguments)
        parts = lock.lock_of(self._locks, key, name)
        if key != name:
            return parts
        demanded = dict(tool.output_schema or {})
        for request in (orjson.loads(text) for text, _ in history):
            demanded |= request.get("lock", {}) if request["tool"] == name else {}
        return {key: part for key, part in parts.items() if key not in demanded or demanded[key] != part}

    def seal(self, pending: list[Pending], drafts: list[Draft]) -> list[Pending]:
        """Drafts that keep lock and ledger become observations; the first that does not sends the rest back.

        What was executed is handed over as it is: a lock that it breaks is only noted.
        """
        for n, (call, draft) in enumerate(zip(pending, drafts, strict=True)):
            mismatch = ""
            try:
                self._locks = _seal(self._cluster, self._locks, self._ledger, call, draft)
            except LockError as error:
                mismatch = str(error)
                if draft.origin is Origin.SIMULATED:
                    # those behind it were drafted with it in view, so they go back too
                    behind = zip(pending[n + 1 :], drafts[n + 1 :], strict=True)
                    waiting = [c if d.origin is Origin.SIMULATED else replace(c, draft=d) for c, d in behind]
                    return [replace(call, violation=mismatch), *waiting]
            observed = draft.observed
            content = observed.result if observed.ok else _envelope(observed.code or "tool_error", observed.message)
            self._answer(call.id, content, draft.origin, ok=observed.ok, mismatch=mismatch)
            if draft.origin is not Origin.CODE:
                self._history.append((draft.request, _answer_text(observed)))
            self._failed += [draft.step] if draft.step else []
        return []

    def _answer(self, call_id: str, content: Any, origin: Origin, *, ok: bool, mismatch: str = "") -> None:
        self.messages.append({"role": "tool", "tool_call_id": call_id, "content": dumps(content)})
        self._origins[call_id] = dump_observation(Observation(origin=origin, ok=ok, lock_mismatch=mismatch))


def _answer_text(observed: Observed) -> str:
    """A draft as the ObservationAgent reads it later."""
    return dumps(observed.model_dump(mode="json", exclude_defaults=True))


def _seal(
    cluster: Cluster, locks: dict[str, Schema], ledger: lock.Ledger, call: Pending, draft: Draft
) -> dict[str, Schema]:
    """The locks after one draft; failures are not locked, and only what was simulated is held to the ledger.

    Raises: LockError: the draft breaks the tool's lock or the ledger.
    """
    tool, result = cluster.by_name[call.name], draft.observed.result
    if not draft.observed.ok:
        return locks
    key = lock.lock_key(tool, call.name, call.arguments)
    lock.refuse_invalid(lock.lock_of(locks, key, call.name), result, call.name)
    if draft.origin is Origin.SIMULATED:
        ledger.check(tool, result)
        ledger.note(tool, call.name, call.arguments, result)
    return lock.lock_with(locks, tool, key, call.name, result)


def _envelope(code: str, message: str) -> JsonObject:
    return {"error": {"code": code, "message": message}}
