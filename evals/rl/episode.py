"""A blueprint played as an episode by any assistant: locks on its calls, a world that answers, checkpoints as reward.

    task = Task.model_validate(record["verifier_metadata"]["episode"])      of `graphs.export --format verifiers`
    episode = Episode(task)
    await episode.begin()
    while not episode.over:
        await episode.take(await policy(episode.messages, task.tools))
    episode.reward()

The world is what the row recorded: a call that does what a recorded one did, however it is spelled, returns what that
returned. Other calls fail; or, with somebody to ask, the ObservationAgent simulates them and the UserAgent speaks.
"""

import json
from collections.abc import Awaitable, Callable, Sequence

import jsonschema_rs

from agents.errors import FormatError
from agents.plan.episode import Point, Task
from agents.plan.equivalence import Called, is_equivalent
from agents.plan.values import Answer, read, says
from agents.roles import assistant, observation, user
from agents.roles.prompting import dumps
from agents.schema import JsonObject, Observed
from agents.teacher.request import Ask, Message

Policy = Callable[[Sequence[Message], Task], Awaitable[Message]]
"""The conversation so far and the task, of which it may take the tools alone -> the assistant's next message."""
MESSAGES = 48
"""Messages after which an episode ends, as in a campaign."""
REFUSALS = 2
"""Calls that may be refused: a wrong one is an error to recover from, a third ends the episode."""
REGENERATIONS = 3
"""Times that a simulated observation which breaks its lock is asked for again."""


class Episode:
    """One conversation of a policy with a user and tools; `ask` reaches the models that play those."""

    def __init__(self, task: Task, ask: Ask | None = None) -> None:
        self.task, self.over = task, False
        self.messages: list[Message] = [{"role": "system", "content": task.system}]
        self._ask = ask
        self._made: list[int] = []
        """Numbers of the recorded calls that were made."""
        self._results: dict[str, str] = {}
        """What each read returned since the last write: the same read returns the same."""
        self._history: list[tuple[str, str]] = []
        self._refused = self._spoken = 0
        self._strayed = False
        """Whether something was changed that the row does not change."""
        self._parameters = {tool["function"]["name"]: tool["function"]["parameters"] for tool in task.tools}

    async def begin(self, *, at_once: bool = False) -> list[Message]:
        """The conversation as the policy finds it; at once: with all that the user has to say."""
        if at_once:
            self._spoken = len(self.task.turns)
            self.messages.append({"role": "user", "content": "\n\n".join(self.task.turns)})
        else:
            await self._hear_user()
        return self.messages

    async def take(self, answer: Message) -> list[Message]:
        """The messages that follow the policy's: results of its calls, or the user's next words; none at the end."""
        before = len(self.messages) + 1
        self.messages.append(answer)
        calls = answer.get("tool_calls") or ()
        for call in calls:
            content = await self.call(call["function"]["name"], call["function"]["arguments"])
            self.messages.append({"role": "tool", "tool_call_id": call["id"], "content": content})
        if not calls:
            await self._hear_user()
        self.over = self.over or len(self.messages) >= MESSAGES
        return self.messages[before:]

    async def call(self, name: str, arguments: str) -> str:
        """What a tool returns, as JSON text; an error envelope where the call is refused or fails."""
        fault = self._fault(name, arguments)
        if fault:
            self._refused += 1
            self.over = self.over or self._refused > REFUSALS
            return _envelope("invalid_call", fault)
        values: JsonObject = json.loads(arguments)
        reads, key = name in self.task.reads, f"{name} {dumps(sorted(values.items()))}"
        if reads and key in self._results:
            return self._results[key]
        number = self._match(Called(name=name, arguments=arguments), reads)
        if number is not None:
            self._made.append(number)
            recorded = self.task.calls[number]
            content, ok = dumps(recorded.result), recorded.ok
            observed = Observed(ok=True, result=recorded.result) if ok else Observed(ok=False, message=content)
            self._history.append((observation.write_call(name, values), _as_text(observed)))
        else:
            content, ok = await self._simulate(name, values)
            self._strayed = self._strayed or (ok and not reads)
        if ok and reads:
            self._results[key] = content
        if ok and not reads:
            self._results.clear()
        return content

    def reward(self) -> float:
        """The share of the checkpoints that are met; 0 where something else was changed than the row changes."""
        if self._strayed:
            return 0.0
        words = read("\n".join(m["content"] or "" for m in self.messages if m["role"] == "assistant"))

        def is_met(point: Point) -> bool:
            done = (
                number in self._made
                and all(says(words, value, None, self.task.today) is Answer.SAYS for value in values)
                for number, values in zip(point.calls, point.values, strict=True)
            )
            return all(done) if point.each else any(done)

        return sum(map(is_met, self.task.points)) / len(self.task.points)

    async def _hear_user(self) -> None:
        """The user's next words, or the end: the row's own user says what it said there."""
        turns, task = self.task.turns, self.task
        if self._ask is None:
            if self._spoken == len(turns):
                self.over = True
                return
            self.messages.append({"role": "user", "content": turns[self._spoken]})
            self._spoken += 1
            return
        try:
            utterance = await user.speak(self._ask, task.blueprint, self.messages, assistant.spell(task.today))
        except FormatError:  # a user who cannot be understood has gone
            self.over = True
            return
        self.over = utterance.done or not utterance.say.strip()
        if not self.over:
            self.messages.append({"role": "user", "content": utterance.say})

    def _fault(self, name: str, arguments: str) -> str:
        """What is wrong with a call before it reaches any tool; empty if nothing."""
        if name not in self._parameters:
            return f"unknown tool {name!r}: expected one of {sorted(self._parameters)}"
        try:
            values = json.loads(arguments or "{}")
        except ValueError:
            return f"{name}: the arguments are no JSON"
        errors = jsonschema_rs.validator_for(self._parameters[name]).iter_errors(values)
        first = next((error.message for error in errors), "" if isinstance(values, dict) else "no object")
        return f"{name}: {first[:300]}" if first else ""

    def _match(self, call: Called, reads: bool) -> int | None:
        """The recorded call that this one repeats: the first that is still to come; of reads, else the last."""
        numbers = [n for n, recorded in enumerate(self.task.calls) if is_equivalent(recorded.call, call)]
        left = [n for n in numbers if n not in self._made]
        if left:
            return left[0]
        return numbers[-1] if reads and numbers else None

    async def _simulate(self, name: str, values: JsonObject) -> tuple[str, bool]:
        """A call that the row did not make, answered by the ObservationAgent within the row's locks."""
        if self._ask is None:
            return _envelope("not_found", f"{name}: nothing is there for these arguments"), False
        task, lock, violation = self.task, self.task.locks.get(name, {}), ""
        prompt = observation.write_prompt(task.cluster, task.blueprint, task.today)
        # The prompt defines the tools that the plan calls; another one's definition comes with its first call.
        defined = {step.tool for step in task.blueprint.steps} | {json.loads(call)["tool"] for call, _ in self._history}
        tool = None if name in defined else task.cluster.by_name[name]
        for _ in range(1 + REGENERATIONS):
            request = observation.write_call(name, values, lock, violation, tool)
            try:
                observed = await observation.simulate(self._ask, prompt, self._history, request)
            except FormatError as error:
                return _envelope("unavailable", str(error)), False
            errors = jsonschema_rs.validator_for(lock).iter_errors(observed.result) if observed.ok else ()
            violation = next((error.message for error in errors), "")
            if not violation:
                self._history.append((request, _as_text(observed)))
                failed = _envelope(observed.code or "tool_error", observed.message)
                return (dumps(observed.result) if observed.ok else failed), observed.ok
        return _envelope("unavailable", f"{name}: {violation[:300]}"), False


def _as_text(observed: Observed) -> str:
    return dumps(observed.model_dump(mode="json", exclude_defaults=True))


def _envelope(code: str, message: str) -> str:
    return dumps({"error": {"code": code, "message": message}})


async def play(task: Task, policy: Policy, ask: Ask | None = None) -> Episode:
    """The episode from its beginning to its end; an answer that cannot be read ends it."""
    episode = Episode(task, ask)
    await episode.begin()
    while not episode.over:
        try:
            answer = await policy(episode.messages, task)
        except FormatError:
            break
        await episode.take(answer)
    return episode
