"""What an assistant thought before it spoke, and what of that a row may teach.

An assistant without a plan thinks for itself, and its reasoning is kept. One that saw the private plan reasons from the
plan, which no student will have: that is dropped, or kept at the user's wish, or *replayed*. For a replay the assistant
without a plan is asked at the same place; where it makes an equivalent call or answer, its reasoning is kept with the
turn, where it does not the turn has none. The share of its answers that agree is the row's difficulty.

Whatever is kept has passed a gate that refuses reasoning which speaks of a plan.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import orjson

from agents.errors import FormatError, TeacherError
from agents.plan.equivalence import Called, do_the_same, expect
from agents.plan.values import read
from agents.roles import assistant
from agents.roles.prompting import without_reasoning
from agents.schema import Cluster, Directive, Played, Stop, Thinking, Trajectory, Written
from agents.teacher.reading.reasoning import has_markup
from agents.teacher.request import Message
from graphs.campaign.accept import passes
from graphs.campaign.config import Reasoning
from graphs.trajectory.early import object_to_assistant
from graphs.trajectory.state import Context, Play
from memory.measure.acts import asks_back

PLAN = re.compile(r"\b(blue-?print|check-?point|directive|plan)(?:s|ned|ning|ner)?\b|(蓝图|检查点|计划)", re.IGNORECASE)
"""What a plan and its parts are called, in English and in Chinese, in which some teachers think."""
TOKEN = re.compile(r"[\w-]+")
RUN = 6
"""[ours] So many words in a row that stand in the private plan, and nowhere in public, are taken from it."""


def think(play: Play, rule: Reasoning | None, samples: int = 1) -> Play:
    """The play, with what may be taught of its assistant's reasoning; no rule: the assistant has no plan."""
    return partial(play_thinking, play=play, rule=rule, samples=samples)  # a partial, for it travels to other processes


async def play_thinking(
    directive: Directive, cluster: Cluster, context: Context, *, play: Play, rule: Reasoning | None, samples: int
) -> Played:
    """A slot whose messages hold the reasoning that may be taught, and how much of it there is."""
    finished = await play(directive, cluster, context)
    given = finished.trajectory
    messages, verdict = without_reasoning(given.messages), given.verdict
    plain = given.model_copy(update={"messages": tuple(messages)})
    if rule is Reasoning.DROP:
        return finished.model_copy(update={"trajectory": plain})
    learned = [n for n, m in enumerate(messages) if m["role"] == "assistant" and m.get("learn", True)]
    offers: dict[int, list[str]] = {}
    difficulty: float | None = None
    if rule is not Reasoning.REPLAY:
        offers = {n: [m["reasoning_content"]] for n, m in enumerate(given.messages) if m.get("reasoning_content")}
    elif learned and finished.stop is Stop.COMPLETED and not finished.faults and (not verdict or passes(verdict)):
        # A replay costs a request a turn and more, so a row that is lost anyway is not thought over.
        try:
            replays = [await _replay(plain, n, cluster, context, samples) for n in learned]
        except TeacherError as error:  # as anywhere in a slot: a resume goes on from here
            return finished.model_copy(update={"trajectory": plain, "stop": Stop.TEACHER_ERROR, "reason": str(error)})
        difficulty = round(sum(agreeing for agreeing, _ in replays) / (samples * len(learned)), 4)
        offers = {n: thoughts for n, (_, thoughts) in zip(learned, replays, strict=True)}
    if not offers:
        return finished.model_copy(update={"trajectory": plain})
    gate = Gate.of(plain, strict=rule is Reasoning.KEEP)
    kept = {n: thought for n, thoughts in offers.items() if (thought := next(filter(gate.passes, thoughts), ""))}
    thinking = Thinking(
        source=rule.value if rule else "own",
        turns=len(learned),
        kept=len(kept.keys() & set(learned)),
        refused=sum(bool(thoughts) and n not in kept for n, thoughts in offers.items()),
    )
    thoughtful = tuple({**m, "reasoning_content": kept[n]} if n in kept else m for n, m in enumerate(messages))
    changes = {"messages": thoughtful, "thinking": thinking, "difficulty": difficulty}
    return finished.model_copy(update={"trajectory": plain.model_copy(update=changes)})


async def _replay(
    trajectory: Trajectory, number: int, cluster: Cluster, context: Context, samples: int
) -> tuple[int, list[str]]:
    """How many of the answers in a turn's place agree with it, and the reasoning of those that do.

    One sample after the other: the calls of a slot are numbered in the journal, and each number has its own seed.
    """
    before, thoughts, agreeing = list(trajectory.messages[:number]), list[str](), 0
    prompt = assistant.unplanned_prompt(before[0]["content"])
    for _ in range(samples):
        try:
            answer = await assistant.act(context.ask, prompt, cluster, before)
        except FormatError:  # an answer that cannot be read agrees with nothing
            continue
        if agrees(trajectory, number, answer, cluster):
            agreeing += 1
            thoughts += [answer["reasoning_content"]] if "reasoning_content" in answer else []
    return agreeing, thoughts


def agrees(trajectory: Trajectory, number: int, answer: Message, cluster: Cluster) -> bool:
    """Whether another answer does what the row's message of that number does.

    Calls: the same ones, by what their values mean. Words: none is called either, both ask or neither does, and nothing
    is wrong with them that the guard would object to, such as a value left out that the user has to be told.
    """
    recorded, before = trajectory.messages[number], trajectory.messages[:number]
    calls = [call["function"] for call in answer.get("tool_calls") or ()]
    functions = [call["function"] for call in recorded.get("tool_calls") or ()]
    if not functions and not calls:
        same_kind = asks_back(recorded["content"] or "") == asks_back(answer["content"] or "")
        plan = trajectory.blueprint
        return same_kind and not (plan and object_to_assistant(plan, cluster, before, answer, trajectory.origins).text)
    heard = read("\n".join(m["content"] or "" for m in before if m["role"] != "assistant"))
    tools = cluster.by_name
    expected = [
        expect(f["name"], orjson.loads(f["arguments"]), tools[f["name"]].input_schema, heard) for f in functions
    ]
    return do_the_same(expected, [Called(name=f["name"], arguments=f["arguments"]) for f in calls])


@dataclass(frozen=True)
class Gate:
    """Refuses reasoning that speaks of a plan, or that a chat template would break at."""

    names: frozenset[str]
    """Words for a plan that the conversation and its tools use themselves: a data plan is no blueprint."""
    ids: frozenset[str]
    """The plan's names for its steps."""
    runs: frozenset[tuple[str, ...]]
    """Word for word what the private plan says."""

    @classmethod
    def of(cls, trajectory: Trajectory, *, strict: bool) -> "Gate":
        """`strict` is for reasoning of an assistant that saw the plan: no word is excused, and no phrase passes."""
        contents = [str(message["content"] or "") for message in trajectory.messages]
        public = "\n".join([*contents, orjson.dumps(trajectory.tools).decode()])
        plan = trajectory.blueprint
        if not strict or plan is None:
            return cls(frozenset(_names(public)), frozenset(), frozenset())
        # The private prompt holds the goal, the checkpoints and what code has to do, as sentences.
        sources = [source for step in plan.steps for source in step.arguments.values()]
        sentences = [plan.goal, *(point.text for point in plan.checkpoints)]
        sentences += [source.task for source in sources if isinstance(source, Written)]
        runs = {run for sentence in sentences for run in _runs(sentence)} - set(_runs(public))
        # An id that is a plain word, such as `lookup`, tells nothing.
        ids = {step.id for step in plan.steps if re.search(r"[\d_]", step.id)} - set(TOKEN.findall(public))
        return cls(frozenset(), frozenset(ids), frozenset(runs))

    def passes(self, thought: str) -> bool:
        """Whether it may be taught."""
        if not thought.strip() or has_markup(thought):
            return False
        if not self.names.issuperset(_names(thought)) or not self.ids.isdisjoint(TOKEN.findall(thought)):
            return False
        return self.runs.isdisjoint(_runs(thought))


def _names(text: str) -> Iterator[str]:
    """The words for a plan in a text, each in its plainest form."""
    for match in PLAN.finditer(text):
        yield match.group(match.lastindex or 0).lower().replace("-", "")


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """Every run of so many words, in lower case."""
    split = re.findall(r"\w+", text.lower())
    return zip(*(split[n:] for n in range(RUN)), strict=False)
