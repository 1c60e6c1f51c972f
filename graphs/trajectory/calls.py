"""What becomes of the assistant's calls: refused by the guard, executed or simulated, and locked.

    lock_inputs -> observe -> lock_outputs -> observe ... until every call has its observation

A call of a tool whose service has a runner is executed, once; what it returned is handed over whatever it breaks. The
other tools are simulated by the ObservationAgent, whose drafts go back until they keep lock and ledger.
"""

from collections.abc import Iterator
from typing import Any

import orjson
from langgraph.runtime import Runtime

from agents.errors import FormatError, LockError, TeacherError
from agents.roles import observation
from agents.roles.prompting import dumps
from agents.schema import Cluster, Observation, Observed, Origin, Schema, Step, Stop
from graphs.trajectory import lock
from graphs.trajectory.state import Call, Context, Runner, State, blueprint_of, cluster_of, stopped


async def lock_inputs(state: State, runtime: Runtime[Context]) -> State:
    """Calls that fit the frozen cluster go on; the others get the error envelope and are never simulated."""
    cluster, messages, origins = cluster_of(state), list(state["messages"]), dict(state["origins"])
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
    """One draft for each pending call: executed where its service has a runner, else simulated.

    An executed call is never executed again: a draft of it that had to wait is used as it is.
    """
    drafts: list[dict[str, Any]] = []
    view = _View(state, runtime.context)
    try:
        for call in state["pending"]:
            drafts.append(call.get("draft") or await view.draft(call))
            view.heard(drafts[-1])
    except (FormatError, TeacherError) as error:
        return stopped(error)
    return {"drafts": drafts}


class _View:
    """What the calls of one assistant message are answered from."""

    def __init__(self, state: State, context: Context) -> None:
        self._state, self._context, self._cluster = state, context, cluster_of(state)
        self._ledger, self._failed = lock.Ledger(state["ledger"]), list(state["failed"])
        self.history = [(call, seen) for call, seen in state["history"]]
        self._executed = list(_executed(state, self._cluster))

    def heard(self, draft: dict[str, Any]) -> None:
        if draft["origin"] != Origin.CODE:  # nothing in the simulated world comes of it
            self.history.append((draft["request"], _answered(draft)))

    async def draft(self, call: dict[str, Any]) -> dict[str, Any]:
        runner = self._context.runners.get(self._cluster.offered[call["name"]].service)
        return await (self._execute(call, runner) if runner else self._simulate(call))

    async def _execute(self, call: dict[str, Any], runner: Runner) -> dict[str, Any]:
        tool, arguments = self._cluster.offered[call["name"]], call["arguments"]
        before = [one for one in self._executed if one[0].service == tool.service]
        seen = await runner.call(tool, arguments, before)
        self._executed.append((tool, arguments))
        return _draft(observation.asked(call["name"], arguments, None, "", ""), runner.origin, seen)

    async def _simulate(self, call: dict[str, Any]) -> dict[str, Any]:
        """From the ledger where the same read was answered before, else by the ObservationAgent."""
        name, arguments = call["name"], call["arguments"]
        known = self._ledger.remembered(name, arguments)
        failing = None if known else _planned_failure(self._state, name, self._failed)
        must_fail = failing.fails if failing else ""
        request = observation.asked(name, arguments, self._untold(name), must_fail, call.get("violation", ""))
        if known is not None:
            seen = Observed(ok=True, result=known["result"])
        else:
            seen = await observation.simulate(self._context.ask, self._cluster, self.history, request)
        step = failing.id if failing else ""
        return {**_draft(request, Origin.SIMULATED, seen), "must_fail": must_fail, "step": step}

    def _untold(self, name: str) -> Schema:
        """What the tool's lock demands beyond what its definition and the calls so far have told."""
        told = dict(self._cluster.offered[name].output_schema or {})
        for call in (orjson.loads(text) for text, _ in self.history):
            told |= call.get("lock", {}) if call["tool"] == name else {}
        lock = self._state["locks"].get(name, {})
        return {key: part for key, part in lock.items() if key not in told or told[key] != part}


def _draft(request: str, origin: Origin, seen: Observed) -> dict[str, Any]:
    return {"request": request, "origin": origin, "must_fail": "", "step": "", **seen.model_dump(mode="json")}


def _answered(draft: dict[str, Any]) -> str:
    """A draft as the ObservationAgent reads it later."""
    seen = Observed.model_validate({key: draft[key] for key in Observed.model_fields})
    return dumps(seen.model_dump(mode="json", exclude_defaults=True))


def _executed(state: State, cluster: Cluster) -> Iterator[Call]:
    """The calls that were executed so far, in order."""
    for message in state["messages"]:
        for call in message.get("tool_calls") or []:
            origin = state["origins"].get(call["id"], {}).get("origin", Origin.LOCK)
            if origin not in (Origin.LOCK, Origin.SIMULATED):
                function = call["function"]
                yield cluster.offered[function["name"]], orjson.loads(function["arguments"])


def _planned_failure(state: State, tool: str, failed: list[str]) -> Step | None:
    """The step whose failure the plan wants of this call; it happens once, so the step is noted in `failed`."""
    for step in blueprint_of(state).steps:
        if step.tool == tool and step.fails and step.id not in failed:
            failed.append(step.id)
            return step
    return None


async def lock_outputs(state: State, runtime: Runtime[Context]) -> State:
    """Drafts that keep lock and ledger become observations; the first that does not sends the rest back.

    What was executed is handed over as it is: a lock that it breaks is only noted.
    """
    cluster, ledger, locks = cluster_of(state), lock.Ledger(state["ledger"]), state["locks"]
    messages, origins, history = list(state["messages"]), dict(state["origins"]), list(state["history"])
    pending, failed = list(state["pending"]), list(state["failed"])
    update: State = {"drafts": [], "regenerated": 0}
    for n, draft in enumerate(state["drafts"]):
        call, mismatch = pending[0], ""
        try:
            locks = _seal(cluster, locks, ledger, call, draft)
        except LockError as error:
            mismatch = str(error)
            if draft["origin"] == Origin.SIMULATED:
                pending = [{**call, "violation": mismatch}, *_waiting(pending[1:], state["drafts"][n + 1 :])]
                update = {"drafts": [], "regenerated": state["regenerated"] + 1}
                break
        content = draft["result"] if draft["ok"] else _envelope(draft["code"] or "tool_error", draft["message"])
        messages.append(_tool_message(call["id"], content))
        origins[call["id"]] = _origin(draft["origin"], ok=draft["ok"], lock_mismatch=mismatch)
        history += [] if draft["origin"] == Origin.CODE else [[draft["request"], _answered(draft)]]
        failed += [draft["step"]] if draft["step"] else []
        pending.pop(0)
    update |= {"messages": messages, "origins": origins, "history": history, "pending": pending}
    update |= {"locks": locks, "ledger": ledger.dump(), "failed": failed}
    if update["regenerated"] > lock.MAX_REGENERATIONS:
        update |= {"stop": Stop.SCHEMA_VIOLATION, "reason": pending[0]["violation"]}
    return update


def _waiting(calls: list[dict[str, Any]], drafts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The calls behind one that is sent back; what was executed keeps its draft."""
    return [
        call if draft["origin"] == Origin.SIMULATED else {**call, "draft": draft}
        for call, draft in zip(calls, drafts, strict=True)
    ]


def _seal(
    cluster: Cluster, locks: dict[str, Any], ledger: lock.Ledger, call: dict[str, Any], draft: dict[str, Any]
) -> dict[str, Any]:
    """The locks after one draft; failures are not locked, and only what was simulated is held to the ledger.

    Raises: LockError: the draft breaks the tool's lock or the ledger.
    """
    name, tool = call["name"], cluster.offered[call["name"]]
    if draft["must_fail"] and draft["ok"]:
        raise LockError(f"{name}: the call had to fail with {draft['must_fail']!r}")
    if not draft["ok"]:
        return locks
    lock.refuse_invalid(locks.get(name, {}), draft["result"], name)
    if draft["origin"] == Origin.SIMULATED:
        ledger.check(tool, draft["result"])
        ledger.note(tool, name, call["arguments"], draft["result"])
    return lock.lock_with(locks, tool, name, draft["result"])


def _envelope(code: str, message: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def _tool_message(call_id: str, content: Any) -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": call_id, "content": dumps(content)}


def _origin(origin: Origin, *, ok: bool, lock_mismatch: str = "") -> dict[str, Any]:
    return Observation(origin=origin, ok=ok, lock_mismatch=lock_mismatch).model_dump(mode="json")
