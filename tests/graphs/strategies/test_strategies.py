"""The baselines' ports, played by the offline teacher from their own prompts."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from agents.offline import reply
from agents.schema import Cluster, Directive, Mode, Origin, Played, Role, Stop, Tool
from agents.teacher.teachers import Answer, Ask
from graphs.campaign.config import Strategy, parse_parts
from graphs.run import main
from graphs.strategies import apigen_mt, choose, lacking, near_copies, simia
from graphs.strategies.simia import Conversation, mend, repair
from graphs.trajectory.state import Context
from memory.embed.embedder import embedder
from memory.store.novelty import Aim

ID = {"type": "object", "required": ["order_id"], "properties": {"order_id": {"type": "string"}}}
LIST = Tool(name="list_orders", input_schema={"type": "object", "properties": {}}, service="shop")
GET = Tool(name="get_order", input_schema=ID, service="shop")
CANCEL = Tool(name="cancel_order", input_schema=ID, output_schema=ID, service="shop")
CLUSTER = Cluster(id="c", leaf="0.0", tools=(LIST, GET, CANCEL))


def teacher(heard: list[tuple[Role, str]], answers: dict[Role, list[Any]] | None = None) -> Ask:
    """The offline teacher, after the answers given for a role; `heard` gets the role and its system prompt."""

    async def ask(role: Role, messages: list[dict[str, Any]], *, tools: Any = (), form: Any = None) -> Answer:
        heard.append((role, messages[0]["content"]))
        if answers and answers.get(role):
            return Answer(content=orjson.dumps(answers[role].pop(0)).decode())
        answer = reply(messages, list(tools), len(heard))
        return Answer(content=answer["content"], tool_calls=tuple(c["function"] for c in answer.get("tool_calls", [])))

    return ask


async def played(strategy: Strategy, ask: Ask, slot: int = 0) -> Played:
    chosen = choose(strategy, frozenset(), [CLUSTER], embedder())
    directive = Directive(slot=slot, cluster="c", leaf="0.0", mode=Mode.CHAINED, steps=2)
    return await chosen.play(directive, CLUSTER, Context(ask))


@pytest.mark.parametrize("strategy", [Strategy.APIGEN_MT, Strategy.TOUCAN, Strategy.SIMIA])
async def test_the_offline_teacher_plays_a_baseline_from_its_own_prompts(strategy: Strategy) -> None:
    heard: list[tuple[Role, str]] = []
    slot = await played(strategy, teacher(heard))
    assert (slot.stop, slot.faults, slot.trajectory.verdict) == (Stop.COMPLETED, (), None)
    assert any(f"Agent of {name}." in prompt for _, prompt in heard for name in ("APIGen-MT", "TOUCAN", "Simia"))
    assert {seen.origin for seen in slot.trajectory.origins.values()} == {Origin.SIMULATED}


@pytest.mark.parametrize("strategy", [Strategy.APIGEN_MT, Strategy.TOUCAN])
async def test_a_baselines_assistant_sees_no_plan(strategy: Strategy) -> None:
    heard: list[tuple[Role, str]] = []
    await played(strategy, teacher(heard))
    prompts = [prompt for role, prompt in heard if role is Role.ASSISTANT]
    assert prompts
    assert not any("## Plan" in prompt for prompt in prompts)


async def test_a_walk_ends_where_something_is_written() -> None:
    for slot in range(6):
        directive = Directive(slot=slot, cluster="c", leaf="0.0", mode=Mode.CHAINED, steps=2)
        # what an order is asked for by, it only tells back
        assert apigen_mt.walk(CLUSTER, directive) == ["list_orders", "cancel_order"]


async def test_a_refused_task_is_written_anew_with_the_committees_words() -> None:
    heard: list[tuple[Role, str]] = []
    no = {"correctness": 2, "completeness": 5, "satisfaction": 5, "creativity": 5, "feedback": "who would do that"}
    yes = {**no, "correctness": 5}
    slot = await played(Strategy.APIGEN_MT, teacher(heard, {Role.QUALITY: [no, yes, no, yes, no, yes]}))
    assert (slot.stop, slot.draws) == (Stop.COMPLETED, 2)
    assert sum(role is Role.BLUEPRINT for role, _ in heard) == 2


async def test_a_question_that_names_a_tool_ends_its_slot() -> None:
    question = {"question": "Please call list_orders.", "tools": ["list_orders"]}
    slot = await played(Strategy.TOUCAN, teacher([], {Role.BLUEPRINT: [question]}))
    assert (slot.stop, slot.reason) == (Stop.BLUEPRINT_INVALID, "question: names the tools ['list_orders']")


async def test_a_question_of_low_quality_ends_its_slot() -> None:
    fine = dict.fromkeys(("difficulty", "uniqueness", "realism", "verifiability", "stability"), 5)
    slot = await played(Strategy.TOUCAN, teacher([], {Role.QUALITY: [{**fine, "quality": 2}]}))
    assert slot.reason == "question: quality 2, realism 5"


def written(*lines: dict[str, Any]) -> Conversation:
    return Conversation.model_validate({"messages": [{"role": "user", "content": "Order A-1?"}, *lines]})


CALLING = {"role": "assistant", "calls": [{"name": "get_order", "arguments": "{'order_id': 'A-1'}"}]}
SEEN = {"role": "tool", "content": '{"order_id": "A-1"}'}
TOLD = {"role": "assistant", "content": "It is there."}


def test_arguments_written_as_text_are_mended() -> None:
    state = repair(written(CALLING, SEEN, TOLD), CLUSTER)
    assert state["faults"] == []
    assert state["messages"][2]["tool_calls"][0]["function"]["arguments"] == '{"order_id":"A-1"}'
    assert mend("no literal at all") == "no literal at all"


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([{"role": "assistant", "calls": [{"name": "find", "arguments": {}}]}, SEEN, TOLD], "unknown tool 'find'"),
        ([{"role": "assistant", "calls": [{"name": "get_order", "arguments": {}}]}, SEEN, TOLD], "'order_id' is a req"),
        ([CALLING, TOLD], "no result for call_1"),
        ([SEEN, TOLD], "a result that no call asked for"),
        ([CALLING, SEEN], "the last message is no answer"),
    ],
)
def test_what_cannot_be_mended_is_dropped(lines: list[dict[str, Any]], fault: str) -> None:
    assert fault in "; ".join(repair(written(*lines), CLUSTER)["faults"])


def test_seeds_cover_every_mode_but_computation() -> None:
    assert set(simia.modes()) == set(Mode) - {Mode.COMPUTATION}


def lines(folder: Path) -> list[bytes]:
    return [
        line for name in ("trajectories", "rejected") for line in (folder / f"{name}.jsonl").read_bytes().splitlines()
    ]


@pytest.mark.parametrize("strategy", ["apigen-mt", "toucan", "simia"])
def test_a_baselines_bytes_do_not_depend_on_concurrency(strategy: str, tmp_path: Path) -> None:
    for concurrency in ("1", "6"):
        options = ["--strategy", strategy, "--count", "6", "--concurrency", concurrency]
        with pytest.raises(SystemExit, match="0"):
            main([*options, "--out", str(tmp_path / concurrency)])
    assert lines(tmp_path / "1") == lines(tmp_path / "6")
    assert len((tmp_path / "1" / "trajectories.jsonl").read_bytes().splitlines()) >= 4


def test_random_is_tdscaling_without_what_steers_it() -> None:
    bare = parse_parts("memory,evolution,cluster-sampling")
    names = ((Strategy.RANDOM, parse_parts("")), (Strategy.TDSCALING, bare))
    both = [choose(strategy, lacking(strategy, without), [CLUSTER], embedder()) for strategy, without in names]
    first, second = ([chosen.steering.draw(slot) for slot in range(20)] for chosen in both)
    assert first == second
    assert repr(both[0].play) == repr(both[1].play)  # the same function with the same arguments


def test_only_a_memory_asks_for_novelty() -> None:
    assert near_copies(Strategy.TDSCALING, parse_parts(""), 0.3) == Aim(0.05, 0.3)
    assert near_copies(Strategy.TDSCALING, parse_parts("memory"), 0.3).distance == 0.0
    assert near_copies(Strategy.RANDOM, parse_parts(""), 0.3).distance == 0.0
    assert near_copies(Strategy.TOUCAN, parse_parts(""), 0.3) == Aim(0.005, 0.0)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--without", "wheels"], "--without: 'wheels' is none of cluster-sampling, evolution, code-tool, memory"),
        (["--strategy", "simia", "--without", "evolution"], "--without evolution: simia has none"),
        (["--strategy", "alchemy"], "alchemy"),
    ],
)
def test_what_cannot_be_taken_out_is_told(
    options: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main([*options, "--out", str(tmp_path / "x")])
    assert message in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_parts_are_read_in_any_order() -> None:
    assert parse_parts("memory, code-tool,") == parse_parts("code-tool,memory")
