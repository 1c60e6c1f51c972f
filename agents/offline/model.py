"""The offline teacher: plays all five roles from the rendered prompts and bound tools alone, as a hosted model would.

`reply` is the whole of it, messages in and a message out; `OfflineTeacher` is its LangChain face and `agents.serve` its
HTTP one. It is deterministic for a given prompt and seed.
"""

import re
from collections.abc import Sequence
from hashlib import sha256
from random import Random
from typing import Any

import orjson
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, convert_to_openai_messages
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

from agents.offline import baselines
from agents.offline import weak as slips
from agents.offline.again import SLIPPING, before_fault, is_asked_again, refused_plans, slip
from agents.offline.judge import claims, quality
from agents.offline.plans import blueprint, unplanned
from agents.offline.sections import complete_definition, section
from agents.offline.talk import conversation, user
from agents.offline.world import observation
from agents.schema import JUDGING, REFUSED, JsonObject

Message = JsonObject

FINGERPRINT = "fp_offline"
FAVOURED = 0.8
"""The share of its blueprints in which `offline-favourite` gives its favourite."""


def reply(messages: Sequence[Message], tools: Sequence[JsonObject], seed: int, *, persona: str = "offline") -> Message:
    """The next message of whichever agent, of whichever strategy, the system prompt names.

    The persona `offline-weak` makes mistakes (`slips`); `offline-favourite` gives the same plan for the same tools and
    mode in 80% of its blueprints, as a model does whose modes have collapsed. `offline-slipping` says something wrong
    in a tenth of the assistant's turns, and says it right when it is shown its fault.

    Raises: ValueError: the system prompt names none of them, or a section that the role needs is missing.
    """
    system, weak = str(messages[0]["content"]) if messages else "", persona == "offline-weak"
    opening = re.match(r"You are the (\w+)Agent(?: of ([\w-]+))?\.", system)
    # All chance comes from the request, so that an answer can be given again in any process and any order.
    rng = Random(sha256(orjson.dumps([list(messages), list(tools), seed])).digest())
    if not opening or opening[1] not in ("Blueprint", "User", "Assistant", "Observation", "Quality"):
        raise ValueError(f"system prompt: begins with {system[:40]!r}, expected 'You are the <Role>Agent'")
    role, strategy = opening.groups()
    judging = find_judging(messages)
    if strategy:
        return to_message(orjson.dumps(baselines.answer(strategy, role, messages, section, rng)).decode(), [])
    if role == "Assistant" and not judging:
        planned = "\n## Plan\n" in system
        heard = before_fault(messages)
        plan = section(system, "Plan") if planned else unplanned.draw_plan(heard[1:], tools, rng)
        text, calls = conversation.act(plan, heard[1:], tools, rng, system)
        if persona == SLIPPING and not is_asked_again(messages):
            return to_message(*slip(text, calls, rng))
        return to_message(*(slips.assistant(text, calls, rng) if weak else (text, calls)))
    form: JsonObject
    match role:
        case "Blueprint":
            request = str(messages[1]["content"])
            directive, elsewhere = section(request, "Directive"), section(request, "Elsewhere", [])
            refused = refused_plans(messages)
            if any(str(message["content"]).startswith(REFUSED) for message in messages):
                directive.pop("tools", None)  # a plan over these was refused: another one may be over others
            favourite = persona == "offline-favourite" and rng.random() < FAVOURED
            if favourite:
                directive, refused = {**directive, "steps": min(2, directive["steps"]), "exists": []}, []
            drawing = Random(persona) if favourite else rng
            form = blueprint.draw_plan(section(request, "Tools"), directive, drawing, elsewhere, refused)
        case "User":
            form = user.speak(section(system, "You"), before_fault(messages)[1:], rng)
        case "Observation":
            # Calls and observations take turns; the last message is the call to answer.
            talk = [orjson.loads(message["content"]) for message in messages[1:]]
            history = list(zip(talk[:-1:2], talk[1::2], strict=True))
            # The definition of a tool that the plan does not call came with its first call.
            brought = [complete_definition(message["definition"]) for message in talk if "definition" in message]
            known = [*section(system, "Tools"), *brought]
            call = {**talk[-1], "lock": observation.lock_of(known, history, talk[-1])}
            form = observation.simulate(known, history, call, rng, section(system, "World", {}))
        case _:
            role, request = "Quality", str(messages[judging]["content"])
            transcript = quality.transcribe(messages[:judging])
            case = quality.complete(section(request, "Case"), section(system, "Plan"), tools, transcript)
            rulings = claims.rulings(section(request, "Claims", []), transcript)
            form = quality.verdict(case, transcript, rng) | {"claims": rulings}
    return to_message(orjson.dumps(slips.form(role, form, rng) if weak else form).decode(), [])


def role_of(messages: Sequence[Message]) -> str:
    """The agent that a request is for, in small letters: the one its system prompt names, unless it asks a judge."""
    if find_judging(messages):
        return "quality"
    prompts = [str(message.get("content")) for message in messages if message["role"] == "system"]
    named = re.match(r"You are the (\w+)Agent", prompts[0]) if prompts else None
    return named[1].lower() if named else ""


def find_judging(messages: Sequence[Message]) -> int:
    """Where a verdict on the conversation before it is asked for; 0 where none is."""
    places = (n for n, m in enumerate(messages) if m["role"] == "user" and str(m.get("content")).startswith(JUDGING))
    return next(places, 0)


def to_message(text: str, calls: Sequence[tuple[str, JsonObject]]) -> Message:
    tool_calls = [
        {
            "id": f"call_{n}",
            "type": "function",
            "function": {"name": name, "arguments": orjson.dumps(arguments).decode()},
        }
        for n, (name, arguments) in enumerate(calls)
    ]
    return {"role": "assistant", "content": text, **({"tool_calls": tool_calls} if tool_calls else {})}


def tokens(text: str) -> list[str]:
    """Words and punctuation marks: to compare runs by their count, not a tokenizer's."""
    return re.findall(r"\w+|[^\w\s]", text)


def prompt(messages: Sequence[Message], tools: Sequence[JsonObject]) -> str:
    """What a chat template makes of a request, as Qwen's does: the system's words, the tools, then the rest."""
    lines: list[str] = []
    for number, message in enumerate(messages):
        calls = [call["function"] for call in message.get("tool_calls") or ()]
        lines += [message["role"], message.get("content") or ""]
        lines += [f"{call['name']} {call['arguments']}" for call in calls]
        lines += [orjson.dumps(list(tools)).decode()] if number == 0 and tools else []
    return "\n".join(lines)


class OfflineTeacher(BaseChatModel):
    """`reply` as a LangChain chat model; `seed` and `tools` are taken at each call."""

    seed: int = 0
    persona: str = "offline"
    """Its name as a model."""

    @property
    def _llm_type(self) -> str:
        return "offline"

    def answer(self, messages: Sequence[Message], tools: Sequence[JsonObject], seed: int) -> Message:
        """What it says to these messages."""
        return reply(messages, tools, seed, persona=self.persona)

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[LanguageModelInput, AIMessage]:
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        request = [dict(message) for message in convert_to_openai_messages(messages)]
        tools = kwargs.get("tools") or []
        answer = self.answer(request, tools, kwargs.get("seed") or self.seed)
        calls = [
            {"id": call["id"], "name": call["function"]["name"], "args": orjson.loads(call["function"]["arguments"])}
            for call in answer.get("tool_calls", [])
        ]
        read, written = len(tokens(prompt(request, tools))), len(tokens(prompt([answer], [])))
        usage = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
        message = AIMessage(
            answer["content"],
            tool_calls=calls,
            usage_metadata=usage,
            response_metadata={"model_name": self.persona, "system_fingerprint": FINGERPRINT},
        )
        return ChatResult(generations=[ChatGeneration(message=message)])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: object = None,
        **kwargs: Any,
    ) -> ChatResult:
        # Pure computation of a few milliseconds: a thread would cost more than it frees.
        return self._generate(messages, stop, None, **kwargs)
