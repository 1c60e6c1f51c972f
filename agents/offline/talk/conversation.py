"""The offline AssistantAgent with a plan: which calls it makes next, and when it asks instead."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

import orjson
from pydantic import JsonValue

from agents.offline.speech.hear import NOT_SAID, hear
from agents.offline.speech.money import keep_signs
from agents.offline.speech.spoken import understand
from agents.offline.talk.answers import answer_turn
from agents.offline.talk.coder import versions
from agents.offline.talk.people import is_like
from agents.offline.talk.phrases import can_be_asked_for, phrase_of
from agents.offline.talk.telling import Call, Report, enumerate_parts
from agents.offline.talk.wording import only_looks, swap_persons, turn_to_you
from agents.offline.trade.policies import ADVICE, find_forbidding
from agents.offline.trade.subject import load_table
from agents.plan.json_paths import MISSING, flat, value_at
from agents.schema import JsonObject, Schema, singular, with_article, words

Message = JsonObject
_ITS = re.compile(r"(?i:\b(?:it's|that would be|that's)) (\"[^\"]*\"|[^\n]+?)\.?$", re.M)
_QUESTIONS = (
    "Could you tell me {}?", "To go on I need {}. What should I use?", "What is {}?", "Happy to. What is {}?",
    "Before I do that: what is {}?", "I just need one more thing from you. What is {}?", "Sure. Could I have {}?",
    "I can do that. What is {} in this case?", "One detail is missing: what is {}?", "Would you give me {}, please?",
    "Gladly, but first: what is {}?", "I'd need {} for that. Can you tell me?", "Of course. May I ask for {}?",
)  # fmt: skip
_MANY = (
    "Could you tell me {}?",
    "To go on I need {}. Could you give me those?",
    "A few things before I start: what are {}?",
    "I can do that once I have {}. What are they?",
)
_REMARKS = ("", "", "", "Let me look that up.", "I'll check.", "Let me see.", "I'll have a look.", "Let me {do}.")
_STARTS = ("", "", "", "", "I'll do that now.", "On it.", "Right away.", "I'll {do}.")
"""A word before a call that changes something: nothing is looked up by it."""
_SLIPS = ("That was a slip of mine ({}); corrected:", "It stopped with {}. Once more:")
_UNIMPORTED = ("I forgot an import ({}); with it:", "An import was missing ({}). Corrected:")
"""The same of the one slip by which a name is not known."""
_FIRST_TRY = ("That didn't go through ({}). I'll try once more.", 'The service answered "{}". Trying again.', "")
_SHORT = 8
"""Words of a request that is still said back as a whole."""

_CANNOT = (
    "I'm sorry, I can't {}: none of my tools covers that.",
    "I'm afraid I have no way to {} from here.",
    "Sorry, I can't {}, as I have no tool for that.",
    "I'd like to help, but I have no access that would let me {}.",
    "I can't {}, sorry: nothing that I have access to does that.",
    "That is outside of what I can do here: I have no tool to {}.",
    "I'm sorry, that's not possible from here: I have no tool for it.",
)
_MUST_NOT = (
    "I'm sorry, I can't {}: {own}",
    "I have to say no to that. I can't {}, because the rule here is clear: {own}",
    "I'm sorry, but that isn't something I may do here. {rule}",
    "No, I can't do that, and I can't make an exception either. {rule}",
    "I understand why you ask, but the rule on it is clear: {rule}",
)
_NEAR = ("What I can do is {}.", "If it helps, I can {}.", "I could {} instead, if that is of use.")
_ABLE = (
    "What I can do here is {}.", "The tools that I have are for something else: with them I can {}.",
    "From here I can {}.", "What I have here lets me {}.",
)  # fmt: skip
"""What there is where nothing comes near: the reason why it cannot be done, and no offer in its place."""
_AMONG = (
    "The tools that I have are for something else: with them I can, for instance, {}.",
    "What I can do instead is {}, among other things.",
    "If something else helps, I can for instance {}.",
)
"""The same where there is more than is named."""
_CLAUSE = re.compile(r"\b(?:where|what|how|whether|who|which|when)\b")
_SINGLE = (
    "available|background|calendar|cloud|current|damage|first|heating|internet|knowledge|last|latest|live|next|official"
    "|pager|recent|supported|weather|web"
)
"""First words of what there is one of."""
_UNCOUNTED = frozenset(("data", "information", "metadata", "history", "documentation", "content", "news", "feedback"))
"""What there is no single one of."""
_TEMPLATES = sorted({way for ways in load_table("talk")["requests"].values() for way in ways}, key=len, reverse=True)
_REQUESTS = [
    re.compile(
        re.escape(way).replace(re.escape("{ask}"), r"([a-z][^.?!]*?)").replace(re.escape("."), r"(?:[.]|$)"), re.I
    )
    for way in _TEMPLATES
]
"""How people wrap what they ask for; the longest first, since each short one is a part of others."""


class Work:
    """The assistant's view: its plan, what the user said, which calls were made and what came back."""

    def __init__(self, plan: JsonObject, messages: Sequence[Message], tools: Sequence[JsonObject]) -> None:
        self.plan = plan
        self.functions = {tool["function"]["name"]: tool["function"] for tool in tools}
        self.spoken = "\n".join(m["content"] for m in messages if m["role"] == "user")
        self.answers = [
            (messages[n - 1].get("content") or "", m["content"])
            for n, m in enumerate(messages)
            if m["role"] == "user" and n and not self.opens_turn(messages, n)
        ]
        openings = [n for n in range(len(messages)) if self.opens_turn(messages, n)]
        self.turn = len(openings)
        self.begun = any(message.get("tool_calls") for message in messages[openings[-1] if openings else 0 :])
        """Whether a call was made in this turn already, so that nothing need be announced."""
        self.calls = read_calls(messages)
        self.results: dict[str, list[JsonValue]] = {}
        self.missing: list[str] = []

    @staticmethod
    def opens_turn(messages: Sequence[Message], n: int) -> bool:
        """A user message that does not answer a question."""
        before = messages[n - 1] if n else {"role": "system"}
        question = before["role"] == "assistant" and (before.get("content") or "").rstrip().endswith("?")
        return messages[n]["role"] == "user" and not question

    def hear(self, fact: str, schema: Schema, root: Schema) -> Any:
        """What the user said of a fact, by its name or in reply to the question for it."""
        sources = [source for step in self.plan["steps"] for source in step["arguments"].values()]
        longer = {str(source.get("fact")) for source in sources if str(source.get("fact")).startswith(f"{fact} ")}
        others = "".join(f"(?!{re.escape(name.removeprefix(fact))}\\b)" for name in sorted(longer))
        for question, reply in reversed(self.answers):
            # Who is asked for the race date is not asked for the race.
            asked = re.search(rf"\bthe {re.escape(fact)}\b{others}", question)
            if asked and (match := _ITS.search(reply)):
                return understand(match[1].strip('"'), flat(schema, root))
        return hear(fact, schema, root, self.spoken)

    def next_calls(self) -> list[tuple[str, JsonObject]]:
        """Calls that can be made now, in plan order; fills `results` and `missing` on the way."""
        calls = []
        for step in self.plan["steps"]:
            when = step.get("when") or {"step": ""}
            looked = self.results.get(when["step"])
            # A step with a condition waits for the result that it is about.
            due = bool(looked and value_at(looked[0], when["path"]) == when["equals"]) or not step.get("when")
            if step["turn"] > self.turn or not due:
                continue
            items: list[JsonValue] = [None]
            if repeat := step.get("repeat"):
                listed = value_at(self.results.get(repeat["step"], [None])[0], repeat["path"])
                items = listed[:3] if isinstance(listed, list) else []
            for item in items:
                arguments = {name: self._value(step, name, source, item) for name, source in step["arguments"].items()}
                if any(value is MISSING or value is NOT_SAID for value in arguments.values()):
                    continue  # something that the call needs is not there yet
                # A failed call is tried once more, code in its next version.
                code = arguments.get("code")
                tries = [{"code": text} for text in code] if isinstance(code, Versions) else [arguments, arguments]
                same = [call for call in self.calls if call.tool == step["tool"] and call.arguments in tries]
                successes = [call.result for call in same if call.ok]
                if successes:
                    self.results.setdefault(step["id"], []).append(successes[-1])
                elif len(same) < len(tries):
                    calls.append((step["tool"], tries[len(same)]))
        return calls

    def _value(self, step: JsonObject, name: str, source: JsonObject, item: JsonValue) -> Any:
        """The value of a source; MISSING or NOT_SAID where it is not there yet."""
        root = self.functions[step["tool"]]["parameters"]
        schema = (root.get("properties") or {}).get(name) or {}
        kind = source["source"]
        if kind == "constant":
            return source["value"]
        if kind == "item":
            return value_at(item, source["path"])
        if kind == "step":
            return value_at(self.results.get(source["step"], [MISSING])[0], source["path"])
        if kind == "list":
            parts = [self.hear(part["fact"], flat(schema, root).get("items") or {}, root) for part in source["items"]]
            return NOT_SAID if NOT_SAID in parts else parts
        if kind == "written":
            data = []
            for read in source["reads"]:
                value = self._value(step, "", read, None)
                if value is MISSING or value is NOT_SAID:
                    return value  # the code is not begun before everything that it reads is there
                number = read["source"] == "user" and isinstance(value, str)
                data.append(understand(value, {"type": "number"}) if number else value)
            return Versions(versions(source["task"], data))
        if kind == "code":
            text = value_at(self.results.get(source["step"], [MISSING])[0], "result")
            return understand(text, schema) if isinstance(text, str) else MISSING
        value = self.hear(source["fact"], schema, root)
        if value is NOT_SAID and source["fact"] not in self.missing:
            self.missing.append(source["fact"])
        return value


class Versions(list[str]):
    """Code to try, in order."""


def read_calls(messages: Sequence[Message]) -> list[Call]:
    """Every call so far, in order."""
    answers = {m["tool_call_id"]: orjson.loads(m["content"]) for m in messages if m["role"] == "tool"}
    calls = []
    for message in messages:
        for call in message.get("tool_calls") or []:
            result = answers.get(call["id"])
            failed = isinstance(result, dict) and set(result) == {"error"}
            name, arguments = call["function"]["name"], orjson.loads(call["function"]["arguments"])
            calls.append(Call(name, arguments, not failed, result))
    return calls


def act(
    plan: JsonObject,
    messages: Sequence[Message],
    tools: Sequence[JsonObject],
    rng: Random,
    system: str = "",
) -> tuple[str, list[tuple[str, JsonObject]]]:
    """Words and calls; calls are made before anything is asked, and never both at once."""
    if not plan["steps"]:
        return refuse(system, messages, tools, rng), []
    work = Work(plan, messages, tools)
    calls = work.next_calls()
    if work.missing:
        names = enumerate_parts([f"the {name}" for name in work.missing], "and")
        question = rng.choice(_MANY if len(work.missing) > 1 else _QUESTIONS).format(names)
        several = len(work.missing) == 1 and re.search(r"\b(?:IDs|links|names|numbers|codes|keys|paths)$", names)
        return re.sub(r"\b([Ww]hat) is ", r"\1 are ", question) if several else question, []
    if calls:
        name, _, ok, result = work.calls[-1] if work.calls else ("", {}, True, {})
        if ok:
            at_once = plan.get("mode") == "parallel" and len(calls) > 1
            remark = "" if work.begun else announce(work.functions[calls[0][0]], rng, several=at_once)
        else:  # what went wrong, or what the slip was if it was code that raised
            problem = str(result["error"]["message"]).strip().rpartition("\n")[2]
            steps = [step for step in plan["steps"] if step["tool"] == name]
            coding = any("task" in step["arguments"].get("code", {}) for step in steps)
            slips = _UNIMPORTED if problem.startswith("NameError") else _SLIPS
            remark = rng.choice(slips if coding else _FIRST_TRY).format(problem if coding else problem.rstrip("."))
        # Several calls at once only where the plan wants them: what one returns may change the next.
        return remark, calls if plan.get("mode") == "parallel" else calls[:1]
    remarks = "\n".join(message["content"] or "" for message in messages if message["role"] == "assistant")
    report = Report(plan, work.turn, work.results, work.calls, work.functions, remarks)
    said = "\n".join(message["content"] for message in messages if message["role"] == "user")
    return keep_signs(answer_turn(report, rng), said), []


def announce(function: JsonObject, rng: Random, *, several: bool = False) -> str:
    """A word before the first call of a turn, or none; where it is one of `several` it does not say what comes."""
    phrase = phrase_of(function)
    remark = rng.choice(_REMARKS if only_looks(phrase) else _STARTS)
    told = phrase.startswith(("tell ", "show ", "get "))  # that is the answer, and the call only leads to it
    if "{do}" in remark and (told or several or len(phrase.split()) > _SHORT or not can_be_asked_for(function)):
        return ""
    # By now it was said of which: the comments of the story.
    which = r"(?<=\w)() an? " if only_looks(phrase) else r"( for| from| of| on) an? "
    return remark.format(do=re.sub(which, r"\1 the ", turn_to_you(phrase)))


def refuse(system: str, messages: Sequence[JsonObject], tools: Sequence[JsonObject], rng: Random) -> str:
    """That a rule forbids it, or that no tool fits and what there is instead: of its kind, else what else."""
    functions = [tool["function"] for tool in tools if tool["function"]["name"] != "run_python"]
    ways = dict.fromkeys(turn_to_you(phrase_of(function)) for function in functions if can_be_asked_for(function))
    asked_for = "\n".join(m["content"] for m in messages if m["role"] == "user")
    # Above the public prompt stand this agent's own instructions, which nobody is told.
    _, mark, public = system.partition("## Public system prompt")
    system = public if mark else system
    request = find_request(asked_for)
    rule = find_forbidding(asked_for, system)
    if rule:
        declined = rng.choice(_MUST_NOT).format(request, rule=rule, own=f"{rule[:1].lower()}{rule[1:]}")
        return f"{declined} {ADVICE[rule]}" if rule in ADVICE else declined
    # Who wants something done is not helped by a look at what is called the same.
    near = [way for way in ways if only_looks(way) and only_looks(request) and is_like(way, [request])]
    # what has to do with the same things first, then what only looks
    asked = {singular(word) for word in words(request) if len(word) > 3}
    related = {way: not asked.isdisjoint(map(singular, words(way)[1:])) for way in ways}
    ordered = sorted(ways, key=lambda way: (related[way], only_looks(way)), reverse=True)
    able = near or [way for way in ordered if len(way.split()) <= _SHORT]
    able = [way for way in able if near or related[way]] or able  # a list of tabs is of no use to who wants a poster
    offered = [offer_any(way) for way in able[:2]]
    declined = rng.choice(_CANNOT).format(request)
    fresh = [
        way
        for way in (_AMONG if len(ways) > len(offered) else _ABLE)
        if not (" from here" in declined and way.startswith("From here"))
        and not ("something else" in way and any(related[way] for way in able))
    ]
    instead = rng.choice(_NEAR if near else fresh).format(enumerate_parts(offered, "or"))
    return f"{declined} {instead}" if able else declined


def offer_any(way: str) -> str:
    """What can be done with things of which none was spoken of yet.

    >>> offer_any("book the place in the class"), offer_any("look for the pickup points")
    ('book a place in a class', 'look for pickup points')
    >>> offer_any("see the status of the order"), offer_any("see where the claim stands")
    ('see the status of an order', 'see where a claim stands')
    """
    within = "" if _CLAUSE.search(way) else r"(?: (\w+))?"  # in a clause the next word may be its verb
    return re.sub(rf"\bthe (?!\w+ (?:\w+ )?of\b|{_SINGLE})(\w+){within}", _name_any, way)


def _name_any(match: re.Match[str]) -> str:
    things = [word for word in match.groups() if word]
    if things[-1] in _UNCOUNTED:
        return " ".join(things)
    several = any(singular(word) != word for word in things)
    return " ".join(things) if several else with_article(" ".join(things))


def find_request(spoken: str) -> str:
    """What somebody asked for last, as the one who is asked says it.

    >>> find_request("Hello. Could you please show me my open orders? I said I'd look into it.")
    'show you your open orders'
    """
    requests = [match[1] for pattern in _REQUESTS for match in pattern.finditer(spoken.rpartition("\n")[2])]
    wrapped = r"(?i:please|could|would|can|kindly|I|hi|hello|hey|good|morning|dear)\b"
    plain = [request for request in requests if " " in request and not re.match(wrapped, request)]
    request = re.sub(r" for me$| right away$| when you can$|, though .+$", "", plain[0]) if plain else "do that"
    return swap_persons(f"{request[:1].lower()}{request[1:]}")
