"""The offline UserAgent and AssistantAgent: what each says next, from what it has read."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

import orjson

from agents.offline.coder import versions
from agents.offline.language import NOT_SAID, heard, said, typed
from agents.plan.json_paths import MISSING, leaves, parts, value_at
from agents.schema import singular, words

Message = dict[str, Any]
_OPENERS = {
    "terse": ("", "Need this: ", "Please "),
    "chatty": (
        "Hey there! So, I'd love some help: ",
        "Hi! Busy day here. I was hoping you could ",
        "Hello again, could you ",
    ),
    "formal": ("Good day. I would like you to ", "Kindly ", "I would appreciate it if you could "),
    "hurried": ("Quick one: ", "I'm in a rush, please ", "No time to lose: "),
    "friendly": ("Hi, could you please ", "Hello! Would you mind helping me to ", "Hi there, please "),
    "careful": ("I want to be sure this is right. Please ", "Step by step, please ", "Before anything else, please "),
}
_LATER = ("Thanks. Next, please ", "Great, now ", "One more thing: ", "Good. After that, please ")
_GIVEN = ("For that, ", "Details: ", "Here is what I have: ", "You will need this: ")
_TOLD = ("Sure, ", "Of course: ", "Right, ", "Ah yes, ")


def user_says(you: dict[str, Any], seen: Sequence[Message], rng: Random) -> dict[str, Any]:
    """The next turn's ask, the facts that were asked for, or the end."""
    replies = [message["content"] for message in seen if message["role"] == "user"]
    asked = replies[-1].rstrip().endswith("?") and len(replies) > 1
    wanted = [fact for fact in you.get("facts", ()) if f"the {fact['name']}" in replies[-1]] if asked else []
    if wanted:
        clauses = [clause for fact in wanted for clause in said(fact["name"], fact["value"], rng)]
        return {"say": f"{rng.choice(_TOLD)}{'; '.join(clauses)}.", "done": False}
    if asked:  # for something that this person does not know
        return {"say": "", "done": True}
    questions = sum(reply.rstrip().endswith("?") for reply in replies[1:])
    turn = len(replies) - 1 - questions
    if turn >= len(you["turns"]):
        return {"say": "", "done": True}
    return {"say": _turn(you, turn, rng), "done": False}


def _turn(you: dict[str, Any], turn: int, rng: Random) -> str:
    manner = you["persona"].rpartition("manner: ")[2]
    opener = rng.choice(_LATER if turn else _OPENERS.get(manner, _OPENERS["friendly"]))
    facts = {fact["name"]: fact["value"] for fact in you.get("facts", ())}
    clauses = [clause for name in you["turns"][turn].get("facts", ()) for clause in said(name, facts[name], rng)]
    ask = f"{opener}{you['turns'][turn]['ask']}."
    return f"{ask[0].upper()}{ask[1:]}" + (f" {rng.choice(_GIVEN)}{'; '.join(clauses)}." if clauses else "")


class Work:
    """The assistant's view: its plan, what the user said, which calls were made and what came back."""

    def __init__(self, plan: dict[str, Any], messages: Sequence[Message], tools: Sequence[dict[str, Any]]) -> None:
        self.plan = plan
        self.schemas = {tool["function"]["name"]: tool["function"]["parameters"] for tool in tools}
        self.told = "\n".join(m["content"] for m in messages if m["role"] == "user")
        self.turn = sum(self.opens_turn(messages, n) for n in range(len(messages)))
        self.calls = list(_calls(messages))
        self.results: dict[str, list[Any]] = {}
        self.missing: list[str] = []

    @staticmethod
    def opens_turn(messages: Sequence[Message], n: int) -> bool:
        """A user message that does not answer a question."""
        return messages[n]["role"] == "user" and not (messages[n - 1].get("content") or "").rstrip().endswith("?")

    def ready(self) -> list[tuple[str, dict[str, Any]]]:
        """Calls that can be made now, in plan order; fills `results` and `missing` on the way."""
        calls = []
        for step in self.plan["steps"]:
            if step["turn"] > self.turn or not self._wanted(step):
                continue
            for arguments in self._each(step):
                calls += self._next(step, arguments)
        return calls

    def _next(self, step: dict[str, Any], arguments: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """The call that a step still needs: a failed one is tried once more, code in its next version."""
        code = arguments.get("code")
        tries = [{"code": text} for text in code] if isinstance(code, Versions) else [arguments, arguments]
        made = [(args, ok, result) for name, args, ok, result in self.calls if name == step["tool"] and args in tries]
        done = [result for _, ok, result in made if ok]
        if done:
            self.results.setdefault(step["id"], []).append(done[-1])
        return [(step["tool"], tries[len(made)])] if not done and len(made) < len(tries) else []

    def _wanted(self, step: dict[str, Any]) -> bool:
        when = step.get("when")
        if not when:
            return True
        return when["step"] in self.results and value_at(self.results[when["step"]][0], when["path"]) == when["equals"]

    def _each(self, step: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """The arguments of each call of a step; none while something it needs is not there."""
        items: list[Any] = [None]
        if repeat := step.get("repeat"):
            found = value_at(self.results.get(repeat["step"], [None])[0], repeat["path"])
            items = found[:3] if isinstance(found, list) else []
        for item in items:
            made = {name: self._value(step, name, source, item) for name, source in step["arguments"].items()}
            if not any(value is MISSING or value is NOT_SAID for value in made.values()):
                yield made

    def _value(self, step: dict[str, Any], name: str, source: dict[str, Any], item: Any) -> Any:
        if source["source"] == "constant":
            return source["value"]
        if source["source"] == "item":
            return value_at(item, source["path"])
        if source["source"] == "step":
            return value_at(self.results.get(source["step"], [MISSING])[0], source["path"])
        if source["source"] == "written":
            return self._code(step, source)
        if source["source"] == "code":
            told, schema = (
                value_at(self.results.get(source["step"], [MISSING])[0], "result"),
                self.schemas[step["tool"]],
            )
            return typed(told, schema["properties"][name].get("type")) if isinstance(told, str) else MISSING
        root = self.schemas[step["tool"]]
        value = heard(source["fact"], (root.get("properties") or {}).get(name) or {}, root, self.told)
        if value is NOT_SAID and source["fact"] not in self.missing:
            self.missing.append(source["fact"])
        return value

    def _code(self, step: dict[str, Any], source: dict[str, Any]) -> Any:
        """The versions of the code, once everything that it reads is there."""
        data = [self._value(step, "", given, None) for given in source["reads"]]
        told = (given["source"] == "user" for given in source["reads"])
        data = [typed(v, "number") if said and isinstance(v, str) else v for said, v in zip(told, data, strict=True)]
        gap = next((value for value in data if value is MISSING or value is NOT_SAID), None)
        return gap or Versions(versions(source["task"], data))


class Versions(list[str]):
    """Code to try, in order."""


def _calls(messages: Sequence[Message]) -> Iterator[tuple[str, Any, bool, Any]]:
    """Name, arguments, success and result of every call that was answered."""
    answers = {m["tool_call_id"]: orjson.loads(m["content"]) for m in messages if m["role"] == "tool"}
    for message in messages:
        for call in message.get("tool_calls") or []:
            result = answers.get(call["id"])
            failed = isinstance(result, dict) and set(result) == {"error"}
            yield call["function"]["name"], orjson.loads(call["function"]["arguments"]), not failed, result


def assistant_says(
    plan: dict[str, Any], messages: Sequence[Message], tools: Sequence[dict[str, Any]], rng: Random
) -> tuple[str, list[tuple[str, dict[str, Any]]]]:
    """Words and calls; calls are made before anything is asked, and never both at once."""
    if not plan["steps"]:
        return _refusal(messages, tools, rng), []
    work = Work(plan, messages, tools)
    calls = work.ready()
    if work.missing:
        names = " and ".join(f"the {name}" for name in work.missing)
        return rng.choice(("Could you tell me {}?", "To go on I need {}. What should I use?", "What is {}?")).format(
            names
        ), []
    if calls:
        return _remark(work, rng), calls if plan["mode"] == "parallel" else calls[:1]
    return _answer(work, rng), []


def _remark(work: Work, rng: Random) -> str:
    """A word before a call; after code that raised, what was wrong with it."""
    name, _, ok, result = work.calls[-1] if work.calls else ("", {}, True, {})
    if not ok and any(_written(step) for step in work.plan["steps"] if step["tool"] == name):
        slip = result["error"]["message"].strip().rpartition("\n")[2]
        return rng.choice(("That was a slip of mine ({}); corrected:", "It stopped with {}. Once more:")).format(slip)
    return rng.choice(("", "", "Let me do that.", "One moment."))


def _written(step: dict[str, Any]) -> str:
    """The task of a step whose code is to be written; empty for every other step."""
    return str(step["arguments"].get("code", {}).get("task", ""))


def _refusal(messages: Sequence[Message], tools: Sequence[dict[str, Any]], rng: Random) -> str:
    asked = next(m["content"] for m in reversed(messages) if m["role"] == "user")
    able = ", ".join(" ".join(words(tool["function"]["name"])) for tool in tools[:3])
    start = rng.choice(("I'm sorry, I can't help with that", "I'm afraid that is beyond what I can do here"))
    return (
        f"{start}: none of my tools fits your request ({asked.rstrip('.')[-80:]}). I can help with things like: {able}."
    )


def _answer(work: Work, rng: Random) -> str:
    """What was done in this turn and what came back, checkpoint values first."""
    lines = []
    points = {(point["step"], point["path"]) for point in work.plan["checkpoints"]}
    for step in work.plan["steps"]:
        if step["turn"] != work.turn:
            continue
        name = _written(step) or " ".join(words(step["tool"]))
        results = work.results.get(step["id"], [])
        if not results:
            lines.append(_undone(work, step, name))
        for n, result in enumerate(results, 1):
            nth = f" ({n} of {len(results)})" if len(results) > 1 else ""
            if _written(step):
                lines.append(f"{name}: {result['result']}")
                continue
            lines.append(f"{name}{nth}: done" + _told(result, [path for owner, path in points if owner == step["id"]]))
    head = rng.choice(("All set.", "Done.", "Here is what I found.", "That is taken care of.", "Here you go."))
    return "\n".join([head, *(f"- {line}." for line in lines)])


def _undone(work: Work, step: dict[str, Any], name: str) -> str:
    errors = [result["error"]["message"] for tool, _, ok, result in work.calls if tool == step["tool"] and not ok]
    return f"{name}: could not be done, {errors[-1].splitlines()[-1]}" if errors else f"{name}: not needed"


def _told(result: Any, paths: Sequence[str]) -> str:
    """The checkpoint values, then a few more, list elements counted from 1."""
    first = [(path, value_at(result, path)) for path in paths if path]
    rest = [(path, value) for path, value in leaves(result) if value not in (None, "") and path not in paths]
    shown = [(path, value) for path, value in [*first, *rest[:5]] if value is not MISSING]
    return "".join(f", {_called(path)} {value}" for path, value in shown)


def _called(path: str) -> str:
    """
    >>> _called("orders[0].orderId")
    'order 1 order id'
    """
    said: list[str] = []
    for part in parts(path):
        if isinstance(part, int):
            said[-1:] = [singular(said[-1]) if said else "item", str(part + 1)]
        else:
            said += words(part)
    return " ".join(said) or "result"
